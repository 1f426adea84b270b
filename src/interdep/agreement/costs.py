"""What a proposal costs each member, by product, in the equilibrium model or day by day, as a distribution in pieces."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from interdep.agreement.product_costs import Replacement, knows, sources_of, supplies, vintage
from interdep.agreement.sales import Cell, Sales
from interdep.agreement.stances import GDP, OF, SUPPLY, Range, triangular
from interdep.errors import InputError, MissingData, unknown
from interdep.provenance import Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.agreement.proposal import Put
    from interdep.trade import Trade
    from interdep.units import Money
    from interdep.world import World

    Floats = NDArray[np.float64]

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class MemberCost:
    """What the proposal costs one member: equally likely values that add up over what no exemption lifts and pieces.

    pieces: by cell of member, product and mode, what exempting it lifts; ends: low, value, high as they are shown; shares: the
    sources' figures behind it; gdp: a year's, in the money of the costs; missing: why there is no cost, empty where there is.
    """

    member: str
    ends: Range | None
    fixed: Floats
    pieces: Mapping[Cell, Floats]
    reason: str = ""
    missing: str = ""
    gdp: float | None = None
    shares: Mapping[str, float] = field(default_factory=dict)

    def left(self, exempt: Mapping[Cell, Floats | float]) -> Floats:
        """The cost where parts (0 to 1, point by point or one number) of cells are lifted."""
        out = self.fixed.copy()
        for cell, piece in self.pieces.items():
            out = out + piece * (1.0 - np.asarray(exempt.get(cell, 0.0)))
        return out


@dataclass(frozen=True)
class Costs:
    """The costs of all members: on which basis, in which unit, in which money (where they are money), and what they rest on.

    notes: for every reader; steps: what a model did on the way, for the provenance.
    """

    basis: str
    unit: str
    members: tuple[MemberCost, ...]
    money: Money | None
    about: str
    notes: tuple[str, ...]
    sources: tuple[Source, ...]
    data_year: int | None
    steps: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """The proposal costs none of the members anything, as far as is known."""
        known = [m for m in self.members if not m.missing]
        return bool(known) and all(float(m.left({}).max()) <= 0.0 for m in known)


def basis_of(put: Put, asked: str | None, measure: str | None = None) -> str:
    """The basis of costs: what is asked for, what goes with the tolerance, what the proposal says, products where known.

    measure: what the tolerance that was given is a part of. Products are known where the packaged data know them.
    """
    known = knows(put.proposal.target, put.proposal.key_products)
    if asked is not None and asked not in OF:
        raise unknown("basis of costs", asked, list(OF))
    if asked == "products" and not known:
        raise MissingData(
            f"costs by product are packaged for Russian crude (target RUS, key_products 2709) and {put.proposal.name} is about"
            f" {', '.join(put.proposal.key_products or ('no product',))} of {put.proposal.target}; ask for costs by equilibrium"
        )
    named = (
        asked or {GDP: "equilibrium", SUPPLY: "products" if known else None}.get(measure or "") or put.proposal.costs
    )
    if asked is None and measure == GDP and put.proposal.costs == "ario":
        return "ario"
    if named is None or (named == "products" and not known):
        return "products" if known else "equilibrium"
    return named


def by_products(
    put: Put, members: tuple[str, ...], as_of: date | None, facts: bool, way: Replacement | None = None
) -> Costs:
    """The part of each member's crude that it could not replace; facts: with what the fact file knows of refineries."""
    known = vintage(as_of)
    made = []
    for each in supplies(members, known, way or Replacement(), facts):
        nothing = np.zeros_like(triangular(Range(0.0, 0.0, 0.0)))
        made.append(
            MemberCost(each.member, None if each.missing else each.ends, nothing, each.pieces, each.reason, each.missing,
                       None, each.shares)
        )  # fmt: skip
    notes = [
        "costs by product are of crude (2709) alone, 2021: shares by customs, energy statistics and the register of 2019, whose"
        " smallest and largest are the range; refined products are banned too and not in these costs"
    ]
    if known.left_out:
        left = [x for x in known.left_out if facts or "known from" not in x]
        if left:
            notes.append(f"as of {as_of}, left out because younger: {'; '.join(left)}")
    if known.later_source and facts:
        notes.append(f"known by {as_of}, from a later source: {'; '.join(known.later_source)}")
    if facts:
        weak = [f.subject for f in known.facts if f.refining_share is not None and not f.certain]
        notes += [f"facts with a figure from memory: {', '.join(weak)}"] if weak else []
    else:
        notes.append("without the fact file: no refinery's owner is known")
    return Costs(
        "products", f"fraction of {SUPPLY} (crude from outside the EU)", tuple(made), None,
        f"part of its crude that a member could not replace, 2021{', with the fact file' if facts else ', data alone'}",
        tuple(notes), sources_of(known, facts), 2021,
    )  # fmt: skip


def by_equilibrium(
    put: Put, members: tuple[str, ...], sales: Sales, world: World, trades: Sequence[Trade] | None, draws: int, seed: int,
    progress: Progress,
) -> Costs:  # fmt: skip
    """Real expenditure lost over yearly GDP, with every draw of the parameters."""
    import polars as pl

    from interdep.models.run import run

    made = run(put.scenario, models="equilibrium", world=world, trade=trades, draws=draws, seed=seed, progress=progress)
    frame = made.draws.frame.filter(pl.col("real_expenditure_lost").is_not_null())
    lost: dict[str, list[float]] = {}
    for economy, value in frame.select("economy", "real_expenditure_lost").iter_rows():
        lost.setdefault(economy, []).append(value)
    central = {r["economy"]: r["real_expenditure_lost"] for r in made.economies.to_rows()}
    gdp = {r["economy"]: r["value_added"] for r in made.loss.by("economy").to_rows()}
    costs = []
    for member in members:
        if member not in gdp or gdp[member] <= 0:
            costs.append(_absent(member, world))
            continue
        value = central[member] / gdp[member]
        drawn = np.array(lost.get(member, [central[member]])) / gdp[member]
        low, high = np.quantile(drawn, [0.05, 0.95])
        costs.append(_in_pieces(member, drawn, Range(float(low), value, float(high)), gdp[member], sales))
    notes = (
        *_read(made.provenance.steps, put),
        "low and high are 5 and 95 % of the draws; value is at the parameters as given",
    )
    return Costs(
        "equilibrium", "fraction of yearly GDP", tuple(costs), world.money,
        f"real expenditure lost over yearly GDP, equilibrium on {world.name}, {draws} draws", notes, made.provenance.sources,
        world.year, made.provenance.steps,
    )  # fmt: skip


def by_days(
    put: Put, members: tuple[str, ...], sales: Sales, world: World, trades: Sequence[Trade] | None, progress: Progress
) -> Costs:
    """Value added lost day by day over yearly GDP; the range is that of the fan of the parameters."""
    from interdep.models.fan import fan

    inside = {m: (m,) for m in members if m in world.economies}
    made = fan([put.scenario], inside, world, progress=progress, trade=trades)
    ranges = {r["economy"]: r for r in made.ranges().to_rows()}
    tried: dict[str, list[float]] = {}
    for row in made.losses.to_rows():
        tried.setdefault(row["economy"], []).append(row["loss_share"])
    gdp = {r["economy"]: r["value_added"] for r in made.run.loss.by("economy").to_rows()}
    costs = []
    for member in members:
        if member not in ranges or gdp[member] <= 0:
            costs.append(_absent(member, world))
            continue
        row = ranges[member]
        ends = Range(row["low"], row["value"], row["high"])
        costs.append(_in_pieces(member, np.array(tried[member]), ends, gdp[member], sales))
    notes = (
        *_read(made.run.provenance.steps, put),
        "the range is the smallest and largest of the variants of the fan, one parameter at a time; the probability of bearing"
        " the cost counts every variant alike, which the fan does not claim",
    )
    return Costs(
        "ario", "fraction of yearly GDP", tuple(costs), world.money,
        f"value added lost over yearly GDP, day by day (ario) on {world.name}, range of the fan", notes,
        made.run.provenance.sources, world.year, made.run.provenance.steps,
    )  # fmt: skip


def _read(steps: Sequence[str], put: Put) -> tuple[str, ...]:
    """Of a model's steps those that say how the scenario was read."""
    return tuple(step for step in steps if step.startswith(f"{put.scenario.name}, shock "))


def _absent(member: str, world: World) -> MemberCost:
    return MemberCost(member, None, np.zeros(1), {}, missing=f"{world.name} does not keep it apart")


def _in_pieces(member: str, drawn: Floats, ends: Range, gdp: float, sales: Sales) -> MemberCost:
    """A cost shared out over what the member buys of the target, by value: in the first order, an exemption lifts its part."""
    own = {c: sales.value[c] for c in sales.cells if c[0] == member and sales.value[c] > 0}
    whole = sum(own.values())
    if not whole:
        reason = "buys nothing of what is banned; the cost comes through others"
        return MemberCost(member, ends, drawn, {}, reason, gdp=gdp)
    pieces = {cell: drawn * (value / whole) for cell, value in own.items()}
    return MemberCost(member, ends, np.zeros_like(drawn), pieces, gdp=gdp)


def check_vintage(world: World, as_of: date | None) -> None:
    """Raise InputError where the World's year was not over on the day."""
    if as_of is not None and world.year >= as_of.year:
        raise InputError(
            f"{world.name} is of {world.year}, which was not over as of {as_of}; take a later day or a table of an earlier year"
        )


def trades_until(trades: Sequence[Trade] | None, as_of: date | None) -> tuple[Sequence[Trade] | None, tuple[str, ...]]:
    """Trade tables with the years that were over on a day, and in words what is left out."""
    if as_of is None:
        return trades, ()
    from interdep.trade.folder import packaged_trades

    kept, left = [], []
    for table in packaged_trades() if trades is None else trades:
        years = {y: f for y, f in table.files.items() if y < as_of.year}
        gone = sorted(set(table.files) - set(years))
        if gone:
            left.append(f"{table.name} {', '.join(map(str, gone))}")
        if years:
            kept.append(table.with_files(years))
    return kept, tuple(left)
