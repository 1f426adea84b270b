"""Years: a scenario followed year by year once prices adjust, elasticities rising with time, losses discounted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from interdep.errors import InputError, NotConverged
from interdep.models.equilibrium import Equilibrium
from interdep.models.equilibrium.base import base_of
from interdep.models.horizon import BOEHM_LEVCHENKO_PANDALAI_NAYAR, Horizon
from interdep.models.model import OK, Outcome
from interdep.models.run import compiled_on, scenarios_of, step_of
from interdep.models.year_draws import draw_years, with_ranges
from interdep.provenance import Provenance
from interdep.shocks.scenario import Scenario
from interdep.tables import Table, load_tables, save_tables
from interdep.units import Money, per_cent
from interdep.world import World

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from interdep.shocks.forcing import Forcing
    from interdep.trade import Trade

    Floats = NDArray[np.float64]

YEAR = 365

LONGEST = 50
"""Years: beyond this a comparison of the table's one year says nothing any more."""


@dataclass(frozen=True, eq=False)
class Years:
    """What scenarios cost year by year, for economies or groups of them.

    losses: Table over (scenario, economy, period), period 1 being the first year: real expenditure and value added lost, in
    money and as a part of the year's; null where a year has no result. sums: Table over (scenario, economy): the same
    over all years, discounted, and how much more than the first scenario. With draws both have low, value and high.
    factors: Table over (period): the part of the trade elasticities that works, mobility, and what the year counts today.
    status: Table over (scenario, period).
    """

    losses: Table
    sums: Table
    factors: Table
    status: Table

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table."""
        return (self.losses, self.sums, self.factors, self.status)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader has to know of each scenario: what its parts rest on, and what goes on after its horizon."""
        begin = tuple(f"{name}{mark}" for name in self.status.frame["scenario"].unique().to_list() for mark in ":,")
        return tuple(step for step in self.losses.provenance.steps if step.startswith(begin))

    @property
    def ok(self) -> bool:
        """Every year of every scenario has a result."""
        return bool((self.status.frame["status"] == OK).all())

    def failures(self) -> list[str]:
        """One line for each scenario and year without a result."""
        rows = self.status.to_rows()
        return [f"{r['scenario']}, year {r['period']}: {r['status']}" for r in rows if r["status"] != OK]

    def sentence(self, economy: str, name: str, money: Money) -> str:
        """What an economy (shown as `name`) loses in the first scenario against each of the others, in words."""
        first, *others = self.sums.where(economy=economy).to_rows()
        parts = []
        for other in others:
            more = other["real_expenditure_difference"]
            if more is None:
                parts.append(f"{other['scenario']} and {first['scenario']} cannot be compared, a year has no result")
                continue
            amount, points = money.format(abs(more)), per_cent(abs(other["difference"]))
            word = "less" if more > 0 else "more"
            text = f"{first['scenario']} costs {amount} ({points} of real expenditure) {word} than {other['scenario']}"
            if other.get("difference_low") is not None:
                ends = (money.format(other[f"difference_{end}"] * other["expenditure"]) for end in ("low", "high"))
                text += f"; in nine of ten draws {other['scenario']} costs {' to '.join(ends)} more"
            parts.append(text)
        return f"{name}: over {self.factors.frame.height} years, discounted, {'; '.join(parts)}."

    def save(self, folder: Path, csv: bool = True) -> None:
        """Write the tables (Parquet, and CSV where wanted) and a manifest from which `Years.load` reads them back."""
        save_tables(folder, {table.name: table for table in self.tables}, csv=csv, kind="years")

    @classmethod
    def load(cls, folder: Path) -> Years:
        """The result saved in a folder; InputError where there is none or where it was made by another method version."""
        tables, _ = load_tables(folder, "years")
        return cls(*(tables[name] for name in ("years", "discounted", "factors", "status")))

    def __repr__(self) -> str:
        count = self.factors.frame.height
        lines = [f"Years of {self.sums.frame['scenario'].n_unique()} scenario(s), {count} years"]
        for row in self.sums.top(5, "expenditure_loss_share").to_rows():
            share = row["expenditure_loss_share"]
            lines.append(
                f"├─ {row['scenario']} {row['economy']}: {'no result' if share is None else per_cent(share)} of real expenditure"
            )
        lines += [f"├─ no result: {line}" for line in self.failures()]
        lines.append(f"└─ {self.losses.provenance.steps[-1]}")
        return "\n".join(lines)


def years(
    scenarios: Scenario | str | Path | Sequence[Scenario | str | Path],
    world: World | None = None,
    model: Equilibrium | None = None,
    count: int = 5,
    discount: float | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    horizon: Horizon | None = None,
    trade: Trade | Sequence[Trade] | None = None,
    draws: int | None = None,
    seed: int = 1,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Years:
    """What scenarios cost in each of `count` years, and discounted to the first; the first is what others are compared with.

    A year reads the average of its 365 days of the scenario's path; what still holds on the last day of a scenario's horizon
    goes on. Each year is an equilibrium of its own, with elasticities as `horizon` says (default `Horizon()`); discount: in
    place of the horizon's rate; groups: {label: members}, default every economy. draws, seed: draw the parameters of model and
    horizon so often, for a range (see `interdep.models.year_draws`); progress: called with the draws done and all.
    A scenario that fails in a batch keeps its reason in `status`; a single one raises it. Raises NotConverged where no
    scenario has a whole path.
    """
    chosen = scenarios_of(scenarios)
    model = model if model is not None else Equilibrium()
    if not isinstance(model, Equilibrium):
        raise InputError("a path over years needs a model in which prices adjust; give model=Equilibrium(...)")
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= LONGEST:
        raise InputError(f"{count!r} years: count must be a whole number, from 1 to {LONGEST}")
    horizon = horizon if horizon is not None else Horizon()
    horizon = horizon if discount is None else replace(horizon, discount=discount)
    if horizon.mobility is not None and horizon.mobility > model.mobility:
        raise InputError(
            f"Horizon: mobility = {horizon.mobility:g} in the first year is above the model's {model.mobility:g}, and it only"
            " rises; lower it or raise the model's"
        )
    world = world if world is not None else World.read()
    models = [horizon.model(model, year) for year in range(count)]
    forcings, broken = compiled_on(world, chosen, trade, raises=len(chosen) == 1)
    paths = {place: by_year(forcing, count) for place, forcing in forcings.items()}
    outcomes = _solved(models, world, paths)
    outcomes |= {(place, year): why for place, why in broken.items() for year in range(count)}
    if not any(all(outcomes[p, y].ok for y in range(count)) for p in range(len(chosen))):
        (place, year), first = min(
            ((key, each) for key, each in outcomes.items() if not each.ok), key=lambda failed: failed[0]
        )
        raise NotConverged(
            f"no scenario has a result in every year; {chosen[place].name} in year {year + 1}: {first.status}"
        )
    provenance = _provenance(world, chosen, list(forcings.values()), outcomes, model, horizon, count)
    sampled = None
    if draws is not None:
        named = {chosen[place].name: path for place, path in paths.items()}
        sampled = draw_years(model, horizon, world, named, draws, seed, progress)
        provenance = provenance.then(*sampled.notes)
    losses = _losses(world, chosen, outcomes, count, provenance)
    if groups is not None:
        losses = losses.grouped("economy", groups, "period")
    sums = discounted(losses, horizon, chosen[0].name)
    if sampled is not None:
        members = {e: (e,) for e in world.economies} if groups is None else groups
        places = {label: [world.economy_index(e) for e in each] for label, each in members.items()}
        losses, sums = with_ranges(losses, sums, sampled, [chosen[p].name for p in paths], chosen[0].name, places)
    return Years(losses, sums, _factors(models, horizon, provenance), _status(chosen, outcomes, count, provenance))


def _solved(
    models: Sequence[Equilibrium], world: World, paths: Mapping[int, Sequence[Forcing]]
) -> dict[tuple[int, int], Outcome]:
    """Every year of every forcing, side by side; by (place of the forcing, year)."""
    from interdep.models.equilibrium.model import solve_all

    asked = [(place, year) for place in paths for year in range(len(models))]
    chosen = [models[year] for _, year in asked]
    solved = solve_all(chosen, world, [paths[p][y] for p, y in asked], "average", light=True)
    return {
        (place, year): _nothing_lost(found) if found.ok and paths[place][year].quiet else found
        for (place, year), found in zip(asked, solved, strict=True)
    }


def _nothing_lost(found: Outcome) -> Outcome:
    """A year without a shock is the benchmark itself, not what the solver's tolerance leaves of it."""
    economies = {**found.economies, "real_expenditure_lost": np.zeros_like(found.economies["expenditure"])}
    columns = {name: np.zeros_like(values) for name, values in found.columns.items()}
    return replace(found, economies=economies, columns=columns)


def by_year(forcing: Forcing, count: int) -> list[Forcing]:
    """The forcing of each year, 365 days long; after the horizon what holds on its last day goes on."""
    out: list[Forcing] = []
    for year in range(count):
        if year * YEAR >= forcing.days and out and (year - 1) * YEAR >= forcing.days:
            # Nothing changes any more, and the same forcing is read only once.
            out.append(out[-1])
            continue
        days = np.minimum(np.arange(year * YEAR, (year + 1) * YEAR), forcing.days - 1)
        out.append(
            replace(
                forcing,
                days=YEAR,
                capacity=tuple(replace(p, loss=p.loss[days]) for p in forcing.capacity if p.loss[days].any()),
                flows=tuple(replace(p, loss=p.loss[days]) for p in forcing.flows if p.loss[days].any()),
                demand=tuple(replace(p, loss=p.loss[days]) for p in forcing.demand if p.loss[days].any()),
                costs=tuple(replace(p, rate=p.rate[days]) for p in forcing.costs if p.rate[days].any()),
                schedules=tuple(replace(p, weight=p.weight[days]) for p in forcing.schedules if p.weight[days].any()),
            )
        )
    return out


def lasting(forcing: Forcing) -> bool:
    """Something still holds on the last day of the horizon."""
    paths = (*forcing.capacity, *forcing.flows, *forcing.demand)
    daily = [p.loss for p in paths] + [p.rate for p in forcing.costs] + [p.weight for p in forcing.schedules]
    return any(values[-1] != 0 for values in daily)


MONEY = ("real_expenditure_lost", "expenditure", "value_added_lost", "value_added")
RATIOS = {
    "expenditure_loss_share": ("real_expenditure_lost", "expenditure"),
    "loss_share": ("value_added_lost", "value_added"),
}


def _losses(
    world: World,
    scenarios: Sequence[Scenario],
    outcomes: Mapping[tuple[int, int], Outcome],
    count: int,
    provenance: Provenance,
) -> Table:
    import polars as pl

    regions, industries = world.shape
    frames = []
    for place, scenario in enumerate(scenarios):
        for year in range(count):
            found = outcomes[place, year]
            columns: dict[str, Any] = {"value_added": world.value_added.reshape(regions, industries).sum(axis=1)}
            if found.ok:
                columns |= {name: found.economies[name] for name in MONEY[:2]}
                lost = found.columns["value_added_lost"]
                columns["value_added_lost"] = lost.reshape(regions, industries).sum(axis=1)
            else:
                columns |= {name: pl.Series([None] * regions, dtype=pl.Float64) for name in MONEY[:3]}
            frame = pl.DataFrame({"economy": list(world.economies), **columns})
            labels = [pl.lit(scenario.name).alias("scenario"), pl.lit(year + 1, dtype=pl.Int64).alias("period")]
            frames.append(frame.with_columns(*labels))
    frame = pl.concat(frames, how="diagonal").with_columns(*_ratios())
    units = dict.fromkeys(MONEY, f"{world.money} in the year")
    units |= {"expenditure_loss_share": "fraction of expenditure", "loss_share": "fraction of value added"}
    dims = ("scenario", "economy", "period")
    return Table("years", frame.select(*dims, *units), dims, units, "Losses year by year", RATIOS, provenance)


def discounted(losses: Table, horizon: Horizon, first: str) -> Table:
    """Losses added up over the years, each at what it counts today; and how much more they are than the first scenario's.

    A sum of which a year is missing is missing.
    """
    import polars as pl

    weight = pl.col("period").replace_strict(
        {p: horizon.weight(p - 1) for p in losses.frame["period"].unique().to_list()}, return_dtype=pl.Float64
    )
    keys = ["scenario", "economy"]
    whole = [
        pl.when(pl.col(c).is_null().any()).then(None).otherwise((pl.col(c) * weight).sum()).alias(c) for c in MONEY
    ]
    frame = losses.frame.group_by(keys, maintain_order=True).agg(whole).with_columns(*_ratios())
    compared = {
        "real_expenditure_difference": "real_expenditure_lost", "difference": "expenditure_loss_share",
        "value_added_difference": "value_added_lost",
    }  # fmt: skip
    reference = frame.filter(pl.col("scenario") == first).select(
        "economy", *(pl.col(of).alias(name) for name, of in compared.items())
    )
    frame = frame.join(reference, on="economy", how="left", maintain_order="left")
    frame = frame.with_columns((pl.col(of) - pl.col(name)).alias(name) for name, of in compared.items())
    rate, money = per_cent(horizon.discount), losses.units["expenditure"].removesuffix(" in the year")
    units = dict.fromkeys(MONEY, f"{money} over all years, discounted at {rate}")
    units |= {"expenditure_loss_share": "fraction of expenditure", "loss_share": "fraction of value added"}
    units |= {
        "real_expenditure_difference": f"{units['expenditure']}, less {first}",
        "difference": f"fraction of expenditure, less {first}",
        "value_added_difference": f"{units['value_added']}, less {first}",
    }
    return Table(
        "discounted", frame.select(*keys, *units), ("scenario", "economy"), units, "Losses over all years, discounted", RATIOS,
        losses.provenance,
    )  # fmt: skip


def _ratios() -> list[pl.Expr]:
    import polars as pl

    return [
        pl.when(pl.col(bottom) > 0).then(pl.col(top) / pl.col(bottom)).alias(name)
        for name, (top, bottom) in RATIOS.items()
    ]


def _factors(models: Sequence[Equilibrium], horizon: Horizon, provenance: Provenance) -> Table:
    import polars as pl

    frame = pl.DataFrame(
        {
            "period": list(range(1, len(models) + 1)),
            "elasticity_factor": [m.horizon_factor for m in models],
            "mobility": [float(m.mobility) for m in models],
            "weight": [horizon.weight(year) for year in range(len(models))],
        }
    )
    units = {
        "elasticity_factor": "fraction of the long-run trade elasticities", "mobility": "fraction of value added",
        "weight": "fraction of a loss that counts today",
    }  # fmt: skip
    return Table("factors", frame, ("period",), units, "How far buyers have adjusted, by year", {}, provenance)


def _status(
    scenarios: Sequence[Scenario], outcomes: Mapping[tuple[int, int], Outcome], count: int, provenance: Provenance
) -> Table:
    import polars as pl

    rows = [
        (s.name, year + 1, found.status, found.steps, found.residual)
        for place, s in enumerate(scenarios)
        for year in range(count)
        for found in [outcomes[place, year]]
    ]
    schema = {
        "scenario": pl.String, "period": pl.Int64, "status": pl.String, "steps": pl.Int64, "residual": pl.Float64
    }  # fmt: skip
    units = {"status": "", "steps": "count", "residual": "fraction of the benchmark"}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return Table("status", frame, ("scenario", "period"), units, "Status of every year", {}, provenance)


def _provenance(
    world: World, scenarios: Sequence[Scenario], forcings: Sequence[Forcing],
    outcomes: Mapping[tuple[int, int], Outcome], model: Equilibrium, horizon: Horizon, count: int,
) -> Provenance:  # fmt: skip
    steps = [note for forcing in forcings for note in forcing.notes]
    for forcing in forcings:
        if forcing.days < count * YEAR and lasting(forcing):
            steps.append(
                f"{forcing.name}: what holds on day {forcing.days}, its last, goes on to the end of year {count}"
            )
    # What was done to the benchmark is said once, what was decided on a scenario with its name.
    benchmark = base_of(world, model.origin_shares).moved
    steps += dict.fromkeys(
        f"{model.name if note in benchmark else scenarios[place].name}: {note}"
        for (place, _), found in sorted(outcomes.items(), key=lambda each: each[0])
        for note in found.notes
    )
    mobility = "" if horizon.mobility is None else f", mobility from {horizon.mobility:g} to {model.mobility:g}"
    steps.append(step_of(model, world, "average").replace("over the horizon", "over each year"))
    steps.append(
        f"{count} years, each an equilibrium of its own; trade elasticities times {horizon.short_run:g} in the first year, rising"
        f" in equal steps to 1 after {horizon.years_to_long_run:g} years{mobility}; discounted at {per_cent(horizon.discount)}"
        " a year, the first year in full"
    )
    cited = (*model.sources, BOEHM_LEVCHENKO_PANDALAI_NAYAR, *(s for forcing in forcings for s in forcing.sources))
    return world.provenance.with_sources(*cited).then(*steps, table=world.hash, name=world.name)
