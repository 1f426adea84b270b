"""What solved coalitions say, as Tables: steps, who adds what, equal-burden transfers, who would leave or join."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from interdep.tables import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.models.model import Outcome
    from interdep.provenance import Provenance
    from interdep.world import World

    Floats = NDArray[np.float64]

Members = frozenset[str]

ALWAYS, NEVER, FROM, UP_TO, NOTHING = "always", "never", "from", "up to", "nothing changes"
"""When it pays a member to be in: whatever the value, at none, from the break-even on, up to it; or it makes no difference."""


@dataclass
class Solved:
    """Every coalition that was solved: real expenditure lost by economy, (R,) money over the horizon, NaN where no result.

    members, added: {name as it was given: economies}; against: the economies sanctioned, the target first; labels: what each
    coalition is called; before: (R,) expenditure of the benchmark; noise: part of the benchmark that is nothing.
    """

    world: World
    against: tuple[str, ...]
    members: Mapping[str, tuple[str, ...]]
    added: Mapping[str, tuple[str, ...]]
    labels: Mapping[Members, str]
    noise: float
    outcomes: dict[Members, Outcome] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.place = {code: k for k, code in enumerate(self.world.economies)}
        self.target = self.place[self.against[0]]

    @property
    def before(self) -> Floats:
        """(R,) expenditure of the benchmark over the horizon."""
        return next(o.economies["expenditure"] for o in self.outcomes.values() if o.ok)

    @property
    def base(self) -> Members:
        """The members without anybody added."""
        return frozenset().union(*self.members.values())

    @property
    def full(self) -> Members:
        """The members and everybody added."""
        return self.base.union(*self.added.values())

    def nested(self) -> list[tuple[str, Members]]:
        """("", base), then (who joins, the coalition with them), in the order given."""
        out, current = [("", self.base)], self.base
        for name, economies in self.added.items():
            current = current.union(economies)
            out.append((name, current))
        return out

    def lost(self, coalition: Members) -> Floats:
        """(R,) real expenditure lost under a coalition; nothing under the empty one, NaN where there is no result."""
        if not coalition:
            return np.zeros(len(self.place))
        outcome = self.outcomes.get(coalition)
        if outcome is None or not outcome.ok:
            return np.full(len(self.place), np.nan)
        return outcome.economies["real_expenditure_lost"]

    def over(self, values: Floats, economies: Members | Sequence[str]) -> float:
        """The sum of (R,) values over some economies."""
        return float(values[[self.place[e] for e in economies]].sum())

    def joining(self, coalition: Members, who: Members) -> Floats:
        """What `who` joining changes: loss of the target, of the joiners, of who is in already, of everybody else (4,)."""
        change = self.lost(coalition | who) - self.lost(coalition)
        parts = [change[self.target], self.over(change, who), self.over(change, coalition)]
        return np.array([*parts, float(change.sum()) - sum(parts)])

    def shapley(self, name: str) -> Floats:
        """`joining` averaged over every order in which the added could join the members."""
        others = [each for each in self.added if each != name]
        n, out = len(self.added), np.zeros(4)
        for size in range(n):
            weight = math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n)
            for some in combinations(others, size):
                here = self.base.union(*(self.added[each] for each in some))
                out += weight * self.joining(here, frozenset(self.added[name]))
        return out


def steps_table(solved: Solved, references: Mapping[str, Members], provenance: Provenance) -> Table:
    """The members, each joiner in turn, and the reference coalitions {share column: coalition} that are not among them."""
    import polars as pl

    rows = []
    before, whole = solved.before, {name: solved.lost(c)[solved.target] for name, c in references.items()}
    listed = {coalition: added for added, coalition in solved.nested()}
    for coalition in references.values():
        listed.setdefault(coalition, "")
    for coalition, added in listed.items():
        lost = solved.lost(coalition)
        target, members = float(lost[solved.target]), solved.over(lost, coalition)
        row = {
            "scenario": solved.labels[coalition], "added": added, "economies": len(coalition), "target_loss": target,
            "target_expenditure": float(before[solved.target]), "target_share": target / before[solved.target],
            "members_loss": members, "members_expenditure": solved.over(before, coalition),
            "members_share": members / solved.over(before, coalition),
            "others_loss": float(lost.sum()) - target - members,
        }  # fmt: skip
        rows.append(row | {name: target / of if of > 0 else None for name, of in whole.items()})
    money = _money(solved)
    units = {
        "added": "", "economies": "count", "target_loss": money, "target_expenditure": money,
        "target_share": "fraction of the target's expenditure", "members_loss": money, "members_expenditure": money,
        "members_share": "fraction of the members' expenditure", "others_loss": money,
        **dict.fromkeys(references, "fraction of the target's loss"),
    }  # fmt: skip
    ratios = {f"{who}_share": (f"{who}_loss", f"{who}_expenditure") for who in ("target", "members")}
    frame = pl.DataFrame(rows, schema_overrides=dict.fromkeys(references, pl.Float64)).fill_nan(None)
    return Table("coalition_steps", frame, ("scenario",), units, "Coalitions step by step", ratios, provenance)


def losses_table(solved: Solved, provenance: Provenance) -> Table:
    """Real expenditure lost and final prices of every economy under every coalition that was solved."""
    import polars as pl

    codes, frames = list(solved.world.economies), []
    for coalition, outcome in solved.outcomes.items():
        if outcome.ok:
            side = ["inside" if c in coalition else "target" if c in solved.against else "outside" for c in codes]
            columns = {
                name: outcome.economies[name] for name in ("real_expenditure_lost", "expenditure", "price_index")
            }
            frame = pl.DataFrame({"economy": codes, "side": side, **columns})
            frames.append(frame.select(pl.lit(solved.labels[coalition]).alias("scenario"), *frame.columns))
    frame = pl.concat(frames).with_columns(
        pl.when(pl.col("expenditure") > 0)
        .then(pl.col("real_expenditure_lost") / pl.col("expenditure"))
        .alias("loss_share")
    )
    money = _money(solved)
    units = {"side": "", "real_expenditure_lost": money, "expenditure": money,
             "price_index": "fraction of the benchmark", "loss_share": "fraction of expenditure"}  # fmt: skip
    return Table(
        "coalition_losses", frame, ("scenario", "economy"), units, "Real expenditure lost under every coalition",
        {"loss_share": ("real_expenditure_lost", "expenditure")}, provenance,
    )  # fmt: skip


CHANGES = ("target_loss", "own_cost", "members_cost", "others_cost")
"""What one more member changes, in the order of `Solved.joining`."""


def marginal_table(solved: Solved, shapley: bool, provenance: Provenance) -> Table:
    """What each of the added brings: first (to the members alone), in the order given, last, and over all orders (Shapley)."""
    import polars as pl

    rows = []
    for (name, economies), (_, so_far) in zip(solved.added.items(), solved.nested(), strict=False):
        who = frozenset(economies)
        for criterion, coalition in (("first", solved.base), ("nested", so_far), ("last", solved.full - who)):
            rows.append((name, criterion, solved.labels[coalition], *solved.joining(coalition, who)))
        if shapley:
            rows.append((name, "shapley", "every order", *solved.shapley(name)))
    names = ("member", "criterion", "joins", *CHANGES)
    schema = {n: pl.Float64 if n in CHANGES else pl.String for n in names}
    spent = float(solved.before[solved.target])
    frame = (
        pl.DataFrame(rows, schema=schema, orient="row")
        .fill_nan(None)
        .with_columns(
            (pl.col("target_loss") / spent).alias("target_points"),
            pl.when(pl.col("own_cost") > 0).then(pl.col("target_loss") / pl.col("own_cost")).alias("bite_per_cost"),
        )
    )
    money = _money(solved)
    units = {
        "joins": "", **dict.fromkeys(CHANGES, money), "target_points": "fraction of the target's expenditure",
        "bite_per_cost": "fraction: loss of the target over own cost",
    }  # fmt: skip
    return Table("coalition_members", frame, ("member", "criterion"), units, "What each member adds", {}, provenance)


def transfers_table(solved: Solved, provenance: Provenance) -> Table:
    """Transfers among the members after which each has lost the same part of its real expenditure; they sum to zero."""
    import polars as pl

    outcome = solved.outcomes[solved.full]
    here = [k for k, code in enumerate(solved.world.economies) if code in solved.full]
    # Who buys nothing bears nothing, and has no share that could be made equal.
    here = [k for k in here if solved.before[k] > 0]
    before, lost = solved.before[here], solved.lost(solved.full)[here]
    prices = outcome.economies["price_index"][here]
    after = (before - lost) * prices
    transfer = equal_burden(before, after, prices)
    frame = pl.DataFrame(
        {
            "economy": [solved.world.economies[k] for k in here],
            "expenditure": before, "expenditure_after": after, "price_index": prices, "real_expenditure_lost": lost,
            "transfer": transfer, "loss_share": lost / before, "transfer_share": transfer / before,
            "loss_share_after": 1 - (after + transfer) / (prices * before),
        }
    )  # fmt: skip
    money, share = _money(solved), "fraction of expenditure"
    numeraire = f"{money}, at the prices of the new equilibrium"
    units = {
        "expenditure": money, "expenditure_after": numeraire, "price_index": "fraction of the benchmark",
        "real_expenditure_lost": money, "transfer": numeraire, "loss_share": share, "transfer_share": share,
        "loss_share_after": share,
    }  # fmt: skip
    ratios = {"loss_share": ("real_expenditure_lost", "expenditure"), "transfer_share": ("transfer", "expenditure")}
    return Table("coalition_transfers", frame, ("economy",), units, "Equal-burden transfers", ratios, provenance)


def equal_burden(before: Floats, after: Floats, prices: Floats) -> Floats:
    """What each receives so that all have lost the same part: T = W I P - I', W = sum I' / sum(I P) (Chowdhry et al.).

    I: nominal expenditure before, I' after, P: price index of expenditure after over before. Real expenditure with the
    transfer is (I' + T) / P = W I for everyone; the transfers sum to zero.
    """
    return after.sum() / (before * prices).sum() * before * prices - after


def stability_table(solved: Solved, outsiders: Sequence[str], provenance: Provenance) -> Table:
    """For each economy, and each group that was named: what being in costs it, what it adds, and from which value it pays."""
    import polars as pl

    groups = {n: e for n, e in {**solved.members, **solved.added}.items() if len(e) > 1}
    inside = {**groups, **{e: (e,) for e in solved.world.economies if e in solved.full}}
    rows = []
    for side, each in (("inside", inside), ("outside", {e: (e,) for e in outsiders})):
        for name, economies in each.items():
            who = frozenset(economies)
            bite, cost, *rest = solved.joining(solved.full - who, who)
            small = solved.noise * solved.over(solved.before, who), solved.noise * float(solved.before[solved.target])
            when, value = break_even(cost, bite, *small)
            rows.append((name, side, len(who), bite, cost, *rest, value, when))
    schema = {"member": pl.String, "side": pl.String, "economies": pl.Int64, **dict.fromkeys(CHANGES, pl.Float64),
              "break_even": pl.Float64, "when": pl.String}  # fmt: skip
    units = {"side": "", "economies": "count", **dict.fromkeys(CHANGES, _money(solved)),
             "break_even": "fraction of the target's loss", "when": ""}  # fmt: skip
    frame = pl.DataFrame(rows, schema=schema, orient="row").fill_nan(None)
    return Table("coalition_stability", frame, ("member",), units, "Who would leave, who would join", {}, provenance)


def break_even(cost: float, bite: float, least_cost: float, least_bite: float) -> tuple[str | None, float | None]:
    """When a member gains by being in (see ALWAYS to NOTHING), and the value of the target's loss at which it breaks even.

    cost: what it loses by being in; bite: what the target loses more for it; the payoff is value x bite - cost, value >= 0.
    Amounts up to least_cost and least_bite are nothing. (None, None) where there is no result.
    """
    if math.isnan(cost) or math.isnan(bite):
        return None, None
    cost, bite = (0.0 if abs(v) <= least else v for v, least in ((cost, least_cost), (bite, least_bite)))
    if cost == 0 and bite == 0:
        return NOTHING, None
    if cost <= 0 and bite >= 0:
        return ALWAYS, None
    if cost >= 0 and bite <= 0:
        return NEVER, None
    return (FROM if bite > 0 else UP_TO), cost / bite


def status_table(solved: Solved, provenance: Provenance) -> Table:
    """One sentence for each coalition, and how well its markets clear."""
    import polars as pl

    rows: list[dict[str, Any]] = [
        {
            "scenario": solved.labels[c],
            "economies": len(c),
            "status": o.status,
            "steps": o.steps,
            "residual": o.residual,
        }
        for c, o in solved.outcomes.items()
    ]
    frame = pl.DataFrame(rows, schema_overrides={"steps": pl.Int64, "residual": pl.Float64})
    units = {"economies": "count", "status": "", "steps": "count", "residual": "fraction of the benchmark"}
    return Table("coalition_status", frame, ("scenario",), units, "Status of every coalition", {}, provenance)


def _money(solved: Solved) -> str:
    return f"{solved.world.money} over the horizon"
