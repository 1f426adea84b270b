"""coalitions: what a sanction does when more join it: to the target, to each member, and who would stay."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interdep.agreement.coalition_tables import (
    Members,
    Solved,
    losses_table,
    marginal_table,
    stability_table,
    status_table,
    steps_table,
    transfers_table,
)
from interdep.errors import InputError, MissingData, NotConverged, first_five, unknown
from interdep.models.equilibrium.model import BATCH, THREADS, Equilibrium, solve_all
from interdep.models.model import Outcome
from interdep.models.run import dates, step_of
from interdep.provenance import Source
from interdep.shocks.kinds import EVERY, ExportBan, ImportBan, Tariff
from interdep.shocks.scenario import Scenario
from interdep.store import key
from interdep.tables import Table, load_tables, save_tables
from interdep.units import Money
from interdep.world import World

if TYPE_CHECKING:
    from interdep.shocks.forcing import At, Forcing
    from interdep.trade import Trade

CHOWDHRY = Source(
    "Chowdhry, Hinz, Kamin & Wanner (2024), Brothers in arms: the value of coalitions in sanctions regimes",
    2024,
    citation="Chowdhry, S., Hinz, J., Kamin, K. & Wanner, J. (2024), Brothers in arms: the value of coalitions in sanctions"
    " regimes, Economic Policy 39(118)",
)

AGAINST = {ImportBan: "suppliers", ExportBan: "buyers", Tariff: "suppliers"}
"""The kinds of shock that somebody decides, with the key of those they are decided against; `economies` decide."""

REST = "ROW"
"""The rest of the world, which decides nothing as one."""

REFERENCES = {"share_of_named": "every named economy", "share_of_world": "the whole world"}
"""What steps are a part of: everybody but the sanctioned, without and with the rest of the world."""

SHAPLEY, SHAPLEY_AT_MOST = 7, 10
"""So many added are averaged over every order without being asked (128 coalitions), and so many at most (1,024)."""


@dataclass(frozen=True, eq=False)
class Coalitions:
    """What nested coalitions do to a target, and to themselves, once prices have adjusted; losses are of real expenditure.

    steps: by coalition (scenario), the members, each joiner in turn, everybody; marginal: what each joiner adds, first, in the
    order given, last, over all orders; transfers: what would make all members' losses the same share; stability: for each
    member and outsider, from which value of the target's loss it pays to be in; losses: every economy under every coalition
    that was solved; status: one sentence for each.
    """

    steps: Table
    marginal: Table
    transfers: Table
    stability: Table
    losses: Table
    status: Table
    scenario: Scenario
    target: str
    at: str

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table."""
        return self.steps, self.marginal, self.transfers, self.stability, self.losses, self.status

    @property
    def money(self) -> Money:
        """The unit of all amounts."""
        return Money(**self.steps.provenance.extra["money"])

    def failures(self) -> list[str]:
        """One line for each coalition without a result."""
        return [f"{r['scenario']}: {r['status']}" for r in self.status.to_rows() if r["status"] != "ok"]

    def stable(self, value: float) -> Table:
        """What each would do where one unit of the target's loss is worth `value` of its own money to it.

        By member: side, gain (money over the horizon: value x the loss that its being in adds, less what being in costs it) and
        choice: "stays" or "leaves" inside, "joins" or "stays out" outside. InputError where value is no number of at least 0.
        """
        import polars as pl

        gain = checked_value(value) * pl.col("target_loss") - pl.col("own_cost")
        inside, nothing = pl.col("side") == "inside", pl.col("when") == "nothing changes"
        # Who is indifferent keeps to where it is.
        choice = (
            pl.when(gain.is_null()).then(None)
            .when(inside & ((gain >= 0) | nothing)).then(pl.lit("stays")).when(inside).then(pl.lit("leaves"))
            .when((gain > 0) & ~nothing).then(pl.lit("joins")).otherwise(pl.lit("stays out"))
        )  # fmt: skip
        frame = self.stability.frame.select("member", "side", gain.alias("gain"), choice.alias("choice"))
        units = {"side": "", "gain": self.stability.units["own_cost"], "choice": ""}
        title = f"Who stays and who joins at a value of {value:g}"
        return Table("coalition_choices", frame, ("member",), units, title, {}, self.stability.provenance)

    def cite(self) -> str:
        """What to cite when these results are used."""
        return self.steps.provenance.cite()

    @property
    def hash(self) -> str:
        """The identity of the result: scenario, target, members, data vintage, model and versions."""
        provenance = self.steps.provenance.to_dict()
        return key({"scenario": self.scenario, "target": self.target, "at": self.at, "provenance": provenance})

    def save(self, folder: Path, csv: bool = True) -> None:
        """Write the tables (Parquet, and CSV where wanted) and a manifest from which `load` reads them back."""
        named: dict[str, Table] = dict(zip(NAMES, self.tables, strict=True))
        scenario = self.scenario.model_dump(mode="json", exclude_none=True)
        facts = {"hash": self.hash, "scenario": scenario, "target": self.target, "at": self.at}
        save_tables(folder, named, csv=csv, kind="coalitions", **facts)

    @classmethod
    def load(cls, folder: Path) -> Coalitions:
        """The result saved in a folder; InputError where there is none or where it was made by another method version."""
        tables, manifest = load_tables(folder, "coalitions")
        (scenario,) = dates([manifest["scenario"]])
        made = {name: tables[name] for name in NAMES}
        return cls(**made, scenario=Scenario.model_validate(scenario), target=manifest["target"], at=manifest["at"])

    def __repr__(self) -> str:
        lines = [f"Coalitions against {self.target}: {self.scenario.title or self.scenario.name}"]
        for row in self.steps.to_rows():
            if row["target_share"] is not None:
                lost = f"{self.target} loses {100 * row['target_share']:.2f} % of its expenditure"
                lines.append(f"├─ {row['scenario']}: {lost}, the members {100 * row['members_share']:.2f} %")
        lines += [f"├─ no result: {line}" for line in self.failures()[:3]]
        return "\n".join([*lines, f"└─ {len(self.status)} coalitions, read at the {self.at}"])


NAMES: tuple[str, ...] = ("steps", "marginal", "transfers", "stability", "losses", "status")
"""The tables of a Coalitions, in order of its fields."""


def coalitions(
    scenario: Scenario | str | Path,
    target: str,
    members: str | Sequence[str],
    add: str | Sequence[str] = (),
    world: World | None = None,
    trade: Trade | Sequence[Trade] | None = None,
    model: Equilibrium | None = None,
    at: At = "average",
    shapley: bool | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Coalitions:
    """A sanction by a coalition that grows: what each step does to the target, to every member and to everybody else.

    scenario: who decides in its shocks (`economies` of ImportBan, ExportBan and Tariff) is replaced by each coalition;
    target: an economy that all its shocks are against; members: the coalition to begin with, add: who joins, in this order
    (economies or groups, each one member); world: default the packaged "world-2014"; trade: where shocks that name products
    find them; model: default `Equilibrium()`; at: the average over the horizon or the peak; shapley: average what each of the
    added brings over every order (2 to the power of their number coalitions), default where at most 7 are added; progress: is
    told (coalitions solved, of all).
    Raises InputError for a scenario that nobody named decides, or names that cannot be; MissingData where the table does not
    keep an economy apart; NotConverged where the members, or they with all of the added, have no result.
    """
    scenario = scenario if isinstance(scenario, Scenario) else Scenario.read(scenario)
    world = world if world is not None else World.read()
    model = model if model is not None else Equilibrium()
    if not isinstance(model, Equilibrium):
        raise InputError(
            f"coalitions need the model in which prices adjust, as in model=Equilibrium(), not {type(model).__name__}"
        )
    if at not in ("average", "peak"):
        raise unknown("value of at", at, ("average", "peak"))
    against = _against(scenario, world, target)
    base = named(members, world, scenario.start, "the members")
    added = named(add, world, scenario.start, "those who join") if add else {}
    if not base:
        raise InputError("the coalition has no members; name at least one economy or group")
    _apart([*base.items(), *added.items()], against, target)
    shapley = _over_orders(shapley, len(added))
    wanted, references = _wanted(world, against, base, added, shapley)
    solved = Solved(world, against, base, added, wanted, noise=100 * model.tolerance)
    forcings = _compiled(scenario, world, trade, wanted, solved)
    _solve(solved, forcings, model, at, progress)
    for coalition in (solved.full, solved.base):
        if not solved.outcomes[coalition].ok:
            raise NotConverged(f"{wanted[coalition]}: {solved.outcomes[coalition].status}")
    full, outcome = forcings[solved.full], solved.outcomes[solved.full]
    provenance = world.provenance.with_sources(*model.sources, *full.sources, CHOWDHRY).then(
        *full.notes,
        step_of(model, world, at),
        *(f"{model.name}: {note}" for note in outcome.notes),
        f"{scenario.name} decided by each of {len(forcings)} coalitions against {', '.join(against)}, members"
        f" {', '.join(base)}{', joined by ' if added else ''}{', '.join(added)}",
        table=world.hash,
        name=world.name,
        money={"currency": world.money.currency, "year": world.money.year, "scale": world.money.scale},
    )
    outside = [e for e in world.economies if e not in solved.full and e not in against and e != REST]
    return Coalitions(
        steps_table(solved, references, provenance), marginal_table(solved, shapley, provenance),
        transfers_table(solved, provenance), stability_table(solved, outside, provenance),
        losses_table(solved, provenance), status_table(solved, provenance), scenario, target, at,
    )  # fmt: skip


def checked_value(value: float) -> float:
    """What one unit of the target's loss is worth; InputError where it is no number of at least 0."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf:
        raise InputError(f"the value of the target's loss is {value!r}; give a number of at least 0, as in 0.5")
    return float(value)


def named(names: str | Sequence[str], world: World, on: date | None, what: str) -> dict[str, tuple[str, ...]]:
    """{name: economies of the table} for economies and groups; `what` is who they are, for error texts."""
    from interdep.geography import economies, groups

    out: dict[str, tuple[str, ...]] = {}
    for name in [names] if isinstance(names, str) else names:
        if name in out:
            raise InputError(f"{name} stands twice among {what}; name it once")
        try:
            found = (name,) if name in world.economies else economies(name, on=on)
        except InputError as error:
            raise InputError(f"among {what}: {error}") from error
        absent = [code for code in found if code not in world.economies]
        if absent:
            whose = f" (of {name})" if name in groups() else ""
            inside = f"; there it is a part of {REST}" if REST in world.economies else ""
            raise MissingData(
                f"among {what}: {world.name} does not keep {first_five(absent)}{whose} apart{inside}; name economies of the"
                " table, or bring one that has them, see docs/own-table.md"
            )
        out[name] = tuple(found)
    return out


def _against(scenario: Scenario, world: World, target: str) -> tuple[str, ...]:
    """The target, then whoever else the shocks are against; InputError where a coalition cannot take the place of who decides."""
    from interdep.geography import groups

    if target not in world.economies and target in groups():
        raise InputError(f"the target {target} is a group; name one economy, whose loss is then counted")
    (_, (target,)), *_ = named(target, world, scenario.start, "targets").items()
    against: dict[str, None] = {target: None}
    first: tuple[int, frozenset[str]] | None = None
    for number, shock in enumerate(scenario.shocks, start=1):
        kind = type(shock).__name__
        side = AGAINST.get(type(shock))  # pyright: ignore[reportArgumentType]
        where = scenario.place(number)
        if side is None:
            raise InputError(
                f"{where}: a {kind} is decided by nobody named, so no coalition can take their place; use a scenario of"
                f" {', '.join(k.__name__ for k in AGAINST)}"
            )
        who, whom = (_side(shock, name, world, scenario) for name in ("economies", side))
        if target in who and who != frozenset(world.economies):
            raise InputError(
                f"{where}: the {kind} is decided by {target} itself, the target; a coalition that stops trade both ways does it"
                " with an ImportBan and an ExportBan of its own"
            )
        if whom == frozenset(world.economies):
            raise InputError(f"{where}: the {kind} is against everybody, not against {target}; name its {side}")
        if target not in whom:
            raise InputError(
                f"{where}: the {kind} is against {first_five(sorted(whom))}, not against {target}; every shock of the scenario"
                " must be against the target"
            )
        against |= dict.fromkeys(sorted(whom))
        if first is None:
            first = number, who
        elif who != first[1]:
            # One coalition in the place of several deciders would count the same cut twice.
            raise InputError(
                f"{where}: shocks {first[0]} and {number} are decided by different economies, so that one coalition cannot take"
                " the place of both; give all shocks the same economies"
            )
    return tuple(against)


def _side(shock: Any, side: str, world: World, scenario: Scenario) -> frozenset[str]:
    names = getattr(shock, side)
    if EVERY in names:
        return frozenset(world.economies)
    found = named(names, world, scenario.start, f"the {side} of {scenario.name}")
    return frozenset().union(*found.values())


def _apart(players: Sequence[tuple[str, tuple[str, ...]]], against: Sequence[str], target: str) -> None:
    """InputError where a member is sanctioned, or an economy would be a member twice."""
    seen: dict[str, str] = {}
    for name, economies in players:
        for code in economies:
            of = "" if code == name else f" of {name}"
            if code in against:
                what = "the target" if code == target else "one of those the scenario is against"
                raise InputError(f"{code}{of} is {what} and cannot be a member of the coalition; leave it out")
            if code in seen:
                raise InputError(f"{code}{of} is a member already (as {seen[code]}); name it once")
            seen[code] = name


def _over_orders(asked: bool | None, added: int) -> bool:
    if asked and added > SHAPLEY_AT_MOST:
        raise InputError(
            f"{added} joiners have {2**added:,} coalitions to average over; at most {SHAPLEY_AT_MOST} can be added with"
            " shapley=True, join some as a group or leave it out"
        )
    return added <= SHAPLEY if asked is None else asked


def _wanted(
    world: World,
    against: Sequence[str],
    members: Mapping[str, tuple[str, ...]],
    added: Mapping[str, tuple[str, ...]],
    shapley: bool,
) -> tuple[dict[Members, str], dict[str, Members]]:
    """Every coalition that is needed, with what it is called, and the reference coalitions by share column."""
    solved = Solved(world, tuple(against), members, added, {}, 0.0)
    base, full = solved.base, solved.full
    everybody = frozenset(world.economies) - set(against)
    references = dict(zip(REFERENCES, (everybody - {REST}, everybody), strict=True))
    if full - references["share_of_named"]:  # where the rest of the world was named as a member
        references["share_of_named"] = everybody

    def listed() -> Iterator[tuple[Members, str]]:
        begin = "+".join(members)
        for k in range(len(added) + 1):
            names = list(added)[:k]
            yield base.union(*(added[n] for n in names)), "+".join([begin, *names])
        for column, coalition in references.items():
            yield coalition, REFERENCES[column]
        for name, economies in added.items():
            yield base.union(economies), f"{begin}+{name}"
        for name, economies in {**{e: (e,) for e in world.economies if e in full}, **members, **added}.items():
            yield full - set(economies), f"without {name}"
        for economy in world.economies:
            if economy in everybody - full and economy != REST:
                yield full | {economy}, f"with {economy}"
        for size in range(len(added) + 1) if shapley else ():
            for names in combinations(added, size):
                yield base.union(*(added[n] for n in names)), "+".join([begin, *names])

    wanted: dict[Members, str] = {}
    for coalition, label in listed():
        wanted.setdefault(coalition, label)
    # Nobody does nothing: there is nothing to solve, only something to call it.
    wanted.setdefault(frozenset(), "nobody")
    return wanted, references


def _compiled(
    scenario: Scenario, world: World, trade: Any, wanted: Mapping[Members, str], solved: Solved
) -> dict[Members, Forcing]:
    """The scenario decided by each coalition; one that cannot be has its reason in `solved`, the full one raises it."""
    out: dict[Members, Forcing] = {}
    for coalition, label in wanted.items():
        if not coalition:
            continue
        who = {"economies": tuple(e for e in world.economies if e in coalition)}
        shocks = tuple(shock.model_copy(update=who) for shock in scenario.shocks)
        try:
            out[coalition] = scenario.model_copy(update={"shocks": shocks}).on(world, trade=trade)
        except (InputError, MissingData) as error:
            if coalition in (solved.full, solved.base):
                raise type(error)(f"{label}: {error}") from error
            solved.outcomes[coalition] = Outcome(status=str(error))
    return out


def _solve(
    solved: Solved,
    forcings: Mapping[Members, Forcing],
    model: Equilibrium,
    at: At,
    progress: Callable[[int, int], None],
) -> None:
    """Solve every coalition, a few batches at a time, so that progress can be told."""
    listed = list(forcings)
    for start in range(0, len(listed), BATCH * THREADS):
        progress(start, len(listed))
        part = listed[start : start + BATCH * THREADS]
        found = solve_all([model] * len(part), solved.world, [forcings[c] for c in part], at)
        solved.outcomes.update(zip(part, found, strict=True))
    progress(len(listed), len(listed))
