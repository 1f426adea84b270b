"""agree: who would sign a proposal, why not, and the exemptions under which the rule would be met."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interdep.agreement.agree_steps import cited, decided_by, notes_of, put_of, run_again, says, world_of, worth_of
from interdep.agreement.agree_tables import (
    NO,
    PROPOSED,
    YES,
    Bargained,
    carve_outs_table,
    check_table,
    costs_table,
    label,
    outcome_table,
    sides,
    stances_table,
    transfers_table,
)
from interdep.agreement.carve_outs import Problem, probabilities, solve
from interdep.agreement.costs import basis_of, by_days, by_equilibrium, by_products, trades_until
from interdep.agreement.options import Bargain, options_of
from interdep.agreement.power import requirement
from interdep.agreement.product_costs import Replacement
from interdep.agreement.proposal import Put
from interdep.agreement.rerun import check_exemptible
from interdep.agreement.rules import Rule, ballot
from interdep.agreement.sales import Sales, sales_by_mode, sales_in_world
from interdep.agreement.stances import LEANING, UNKNOWN, Tolerance, Tolerances, measure_of, tolerances_of
from interdep.errors import InputError
from interdep.geography import as_date, economies, name_of
from interdep.models.draws import checked
from interdep.provenance import Provenance
from interdep.shocks.scenario import Scenario
from interdep.tables import Table, load_tables, save_tables
from interdep.units import per_cent

if TYPE_CHECKING:
    from interdep.trade import Trade
    from interdep.world import World


@dataclass(frozen=True, eq=False)
class Agreement:
    """Who would sign a proposal, and what would have to be carved out for it to pass.

    costs: Table over members. stances: over (scenario, member), "as proposed" and under each alternative. carve_outs: over
    (scenario, member, product), the exemptions of each alternative. outcome: over (scenario), whether it passes and what of
    the target's sales is still hit. transfers: over (scenario, member). check: over (scenario, economy), costs by money run
    again with the exemptions. about: plain facts; notes: what a reader has to know.
    """

    costs: Table
    stances: Table
    carve_outs: Table
    outcome: Table
    transfers: Table
    check: Table
    about: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def named(self) -> dict[str, Table]:
        """Every table by name."""
        return {n: getattr(self, n) for n in ("costs", "stances", "carve_outs", "outcome", "transfers", "check")}

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table."""
        return tuple(self.named.values())

    @property
    def provenance(self) -> Provenance:
        """Where the numbers come from."""
        return self.outcome.provenance

    @property
    def alternatives(self) -> tuple[str, ...]:
        """The names of the alternatives that meet the rule, the best first."""
        return tuple(s for s in self.outcome.frame["scenario"].to_list() if s != PROPOSED)

    @property
    def passes(self) -> str:
        """Whether the proposal passes as it stands: yes, no, or open where that depends on members without data."""
        return self.outcome.where(scenario=PROPOSED).to_rows()[0]["passes"]

    def refusing(self, scenario: str = PROPOSED) -> tuple[str, ...]:
        """Members that would not sign, by name of the alternative: those against and those who lean, not those without data."""
        rows = self.stances.where(scenario=scenario).to_rows()
        return tuple(r["member"] for r in rows if r["stance"] in (NO, LEANING))

    def unknown(self) -> tuple[str, ...]:
        """Members without data, whose stance is not known."""
        return tuple(r["member"] for r in self.stances.where(scenario=PROPOSED).to_rows() if r["stance"] == UNKNOWN)

    def past(self) -> str:
        """What came of the proposal, and which of those who objected the answer names; empty where it has not been decided."""
        told = self.about["happened"]
        if not told:
            return ""
        voters = set(self.stances.where(scenario=PROPOSED).frame["member"].to_list())
        said, objected = set(self.refusing()), set(told["objected"]) & voters
        hits, misses, alarms = (sorted(each) for each in (said & objected, objected - said, said - objected))
        others = len(voters) - len(objected)
        return (
            f"{told['text']} Of the {len(objected)} voters who objected or got an exemption the answer names {len(hits)}"
            f" ({listed(hits)}); missed: {listed(misses)}; false alarms among the other {others}: {listed(alarms)}."
            f" {told['hindsight']} ({told['source']})"
        )

    def cite(self) -> str:
        """What to cite."""
        return self.provenance.cite()

    def save(self, folder: Path, csv: bool = True) -> None:
        """Write every table and a manifest, from which `load` reads them back."""
        save_tables(folder, self.named, csv=csv, kind="agreement", about=dict(self.about), notes=list(self.notes))

    @classmethod
    def load(cls, folder: Path) -> Agreement:
        """The agreement saved in a folder; InputError where there is none or where it was made by another method version."""
        tables, manifest = load_tables(folder, "agreement")
        return cls(**tables, about=manifest["about"], notes=tuple(manifest["notes"]))

    def __repr__(self) -> str:
        about = self.about
        lines = [
            f"Agreement on {about['proposal']}: {about['members']} members, {about['rule']}",
            f"├─ {about['says']}",
        ]
        for name in self.alternatives:
            row = self.outcome.where(scenario=name).to_rows()[0]
            lines.append(f"├─ {name}: {row['exemptions']} exemptions, {_hit(row)}")
        lines.append(f"└─ costs: {about['costs']}")
        return "\n".join(lines)


def listed(codes: Sequence[str]) -> str:
    """Members by name, as a list in a sentence."""
    names = [name_of(code) for code in codes]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else "nobody"


def _hit(row: Mapping[str, Any]) -> str:
    return f"{per_cent(row['hit_value'])} of the sales still hit" if row["hit_value"] is not None else "bite not known"


def agree(
    proposal: str | Path | Scenario | Put,
    members: str | Sequence[str] = "EU27",
    rule: str | Rule | Path = "unanimity",
    tolerance: Tolerance = None,
    as_of: date | str | None = None,
    costs: str | None = None,
    world: World | None = None,
    trade: Trade | Sequence[Trade] | None = None,
    facts: bool = True,
    draws: int = 100,
    seed: int = 1,
    alternatives: int = 3,
    transfers: bool = False,
    bargain: Bargain | None = None,
    replacement: Replacement | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Agreement:
    """Who would sign a proposal under a rule, and the exemptions with the smallest loss of bite under which it would pass.

    proposal: a packaged proposal, a scenario, or a TOML file; tolerance: what a member bears, as in "0.3 % of GDP" or
    "25 % of supply", for all or by member (default `Tolerances()`); as_of: the day of the data's vintage, years and facts
    younger than it are left out; costs: "products", "equilibrium" or "ario" (default: what goes with the tolerance, else
    products where the packaged data know the proposal's, else equilibrium); facts: use what is known of refineries' owners;
    draws, seed: for the range of costs by equilibrium; alternatives: sets of exemptions to look for; transfers: members may pay
    each other, where costs are money; bargain, replacement: their parameters; progress: called with the runs done and all.

    Raises InputError or MissingData with one sentence for what cannot be used.
    """
    codes = economies([members] if isinstance(members, str) else list(members))
    put = put_of(proposal, codes)
    vote = ballot(rule, members, put.day)
    day = None if as_of is None else as_date(as_of)
    if put.proposal.target in vote.members:
        raise InputError(
            f"{put.proposal.target} is the target of {put.proposal.name} and among its members; leave it out"
        )
    if put.proposal.carve_outs:
        check_exemptible(put.scenario)
    decided_by(put, vote.members)
    basis = basis_of(put, costs, measure_of(tolerance))
    if transfers and basis == "products":
        raise InputError(
            "transfers need costs in money, and costs by product are shares of supply; ask for costs by equilibrium"
        )
    tolerances, of_tolerance = tolerances_of(tolerance, basis, vote.members)
    checked(draws, seed)
    table = None if basis == "products" else world_of(world, day)
    trades = None if trade is None else (list(trade) if isinstance(trade, Sequence) else [trade])
    trades, left_out = (trades, ()) if table is None else trades_until(trades, day)
    sales = sales_by_mode(put, vote.members, day)
    if table is None:
        made = by_products(put, vote.members, day, facts, replacement)
        sales = sales or Sales((), {}, {}, "EUR", 1.0, None, vote.members, "no data on the target's sales")
    else:
        sales = sales or sales_in_world(put, vote.members, table, trades)
        if basis == "equilibrium":
            made = by_equilibrium(put, vote.members, sales, table, trades, draws, seed, progress)
        else:
            made = by_days(put, vote.members, sales, table, trades, progress)
    sure = tolerance.sure if isinstance(tolerance, Tolerances) else Tolerances().sure
    terms = bargain or Bargain()
    options = tuple(options_of(put, vote.members, made.members, sales, terms))
    worth = worth_of(made, sales) if transfers else None
    problem = Problem(vote, made.members, tolerances, sure, options, sales, terms, worth)
    stands: dict[str, dict[str, float | None]] = {PROPOSED: probabilities(problem, ())}
    bargains: dict[str, Bargained] = {PROPOSED: ((), {})}
    first = sides(problem, stands[PROPOSED])[0]
    found = solve(problem, alternatives) if first != YES else []
    for place, each in enumerate(found, start=1):
        stands[label(place)] = dict(each.probability)
        bargains[label(place)] = (each.options, each.transfers)
    again, in_first_order, more = run_again(problem, made, put, found, table, trades)
    answer = says(problem, made, put, first, found)
    notes = notes_of(
        put, vote, made, sales, of_tolerance, sure, day, left_out, terms, len(options), transfers
    ) + more  # fmt: skip
    provenance = (
        Provenance((), (*made.steps, *notes), made.data_year)
        .with_sources(*made.sources, *sales.sources, *cited(put, vote))
        .then(answer, basis=basis, rule=vote.rule.name, as_of=None if day is None else day.isoformat())
    )
    money = str(made.money) if made.money else ""
    about = {
        "proposal": put.proposal.name, "title": put.proposal.title or put.scenario.title, "target": put.proposal.target,
        "rule": vote.rule.name, "requirement": requirement(vote), "members": len(vote.members), "basis": basis,
        "costs": made.about, "unit": made.unit, "says": answer, "tolerance": of_tolerance,
        "as_of": None if day is None else day.isoformat(), "facts": facts and basis == "products", "sales": sales.about,
        "key_products": list(put.proposal.key_products or ()), "money": money,
        "happened": put.proposal.happened.model_dump(mode="json") if put.proposal.happened else None,
    }  # fmt: skip
    return Agreement(
        costs_table(made, provenance),
        stances_table(problem, made, stands, bargains, provenance),
        carve_outs_table(problem, found, provenance, made.unit),
        outcome_table(problem, put, stands, bargains, provenance, money),
        transfers_table(bargains, money, provenance),
        check_table(problem, again, in_first_order, put.proposal.target, made.unit, provenance),
        about,
        notes,
    )
