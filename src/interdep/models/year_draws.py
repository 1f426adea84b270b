"""Draws of a path over years: what every draw of the parameters comes to in each year, and the ranges of losses and sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from interdep.errors import InterdepError
from interdep.models.draws import QUANTILES, Progress, checked, drawn_values, quantiles, strata, triangular
from interdep.models.equilibrium import Equilibrium
from interdep.models.horizon import Horizon
from interdep.parameter import parameters_of
from interdep.tables import Table

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from interdep.shocks.forcing import Forcing
    from interdep.world import World

    Floats = NDArray[np.float64]


AT_A_TIME = 128
"""Cases that are handed to the solver together, so that both of its threads have whole batches."""


@dataclass(frozen=True, eq=False)
class DrawnYears:
    """What n draws say of S scenarios in Y years and R economies; NaN where a draw has no result.

    real: (n, S, Y, R) real expenditure lost, spent: (n, S, Y, R) what it is a part of, weights: (n, Y) what a year counts.
    notes: how it was done and how many draws are without a result.
    """

    real: Floats
    spent: Floats
    weights: Floats
    notes: tuple[str, ...]


def draw_years(
    model: Equilibrium,
    horizon: Horizon,
    world: World,
    paths: Mapping[str, Sequence[Forcing]],
    draws: int,
    seed: int,
    progress: Progress = lambda done, of: None,
) -> DrawnYears:
    """Draw the parameters of the model and of the horizon, all at once, and solve every year of every draw.

    paths: scenario to the forcing of each year. The model's own horizon_factor stays: the horizon's short_run stands for it.
    """
    from interdep.models.equilibrium.model import solve_all

    checked(draws, seed)
    values = {k: v for k, v in drawn_values(model, world, draws, seed).items() if k != "horizon_factor"}
    of_horizon = _horizon_values(horizon, draws, seed)
    listed = list(paths.values())
    count = len(listed[0])
    shape = (draws, len(paths), count, len(world.economies))
    real, spent, weights = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros((draws, count))
    pairs = [(s, y) for s in range(len(paths)) for y in range(count)]
    together = max(1, AT_A_TIME // len(pairs))
    for start in range(0, draws, together):
        progress(start, draws)
        asked: list[tuple[int, int, int]] = []
        models: list[Equilibrium] = []
        for k in range(start, min(start + together, draws)):
            aged = replace(horizon, **{name: float(each[k]) for name, each in of_horizon.items()})
            weights[k] = [aged.weight(year) for year in range(count)]
            try:
                drawn = model.with_values(world, {name: float(each[k]) for name, each in values.items()})
            except InterdepError:
                continue
            asked += [(k, s, y) for s, y in pairs]
            models += [aged.model(drawn, y) for _, y in pairs]
        forcings = [listed[s][y] for _, s, y in asked]
        for place, outcome in zip(asked, solve_all(models, world, forcings, "average", light=True), strict=True):
            if outcome.ok:
                real[place] = outcome.economies["real_expenditure_lost"]
                spent[place] = outcome.economies["expenditure"]
    progress(draws, draws)
    notes = [
        f"{draws} draws with seed {seed} (Latin hypercube, triangular; low, value, high are 5, 50, 95 %) of"
        f" {', '.join([*values, *of_horizon])}"
    ]
    for s, name in enumerate(paths):
        without = int(np.isnan(real[:, s]).any(axis=(1, 2)).sum())
        if without:
            notes.append(f"{name}: {without} of {draws} draws are without a result in some year, and in no range")
    return DrawnYears(real, spent, weights, tuple(notes))


def _horizon_values(horizon: Horizon, draws: int, seed: int) -> dict[str, Floats]:
    """Parameter of the horizon to its (n,) values; one that was set outside its range stays."""
    return {
        name: triangular(strata(draws, seed, "horizon", name), about.low, getattr(horizon, name), about.high)
        for name, about in parameters_of(horizon).items()
        if about.low is not None and about.high is not None and about.low <= getattr(horizon, name) <= about.high
    }


def with_ranges(
    losses: Table, sums: Table, sampled: DrawnYears, scenarios: Sequence[str], first: str,
    groups: Mapping[str, Sequence[int]],
) -> tuple[Table, Table]:  # fmt: skip
    """The tables with the range of the loss, and of the difference to the first scenario, as parts of real expenditure.

    scenarios: those that were drawn; first: the one that others are compared with, which may be none of them. groups: label in
    the tables to the positions of its economies; a group is added up in each draw before its range is taken.
    """
    import polars as pl

    years, whole = [], []
    for label, members in groups.items():
        lost = sampled.real[..., members].sum(axis=-1)
        spent = sampled.spent[..., members].sum(axis=-1)
        weights = sampled.weights[:, None, :]
        total = (lost * weights).sum(axis=-1) / (spent * weights).sum(axis=-1)
        for s, name in enumerate(scenarios):
            for y in range(lost.shape[2]):
                years.append((name, label, y + 1, *_quantiles((lost / spent)[:, s, y])))
            difference = total[:, s] - (total[:, scenarios.index(first)] if first in scenarios else np.nan)
            whole.append((name, label, *_quantiles(total[:, s]), *_quantiles(difference)))
    names, more = list(QUANTILES), [f"difference_{name}" for name in QUANTILES]
    keys = {"scenario": pl.String, "economy": pl.String}
    by_year = pl.DataFrame(years, schema={**keys, "period": pl.Int64, **dict.fromkeys(names, pl.Float64)}, orient="row")
    over_all = pl.DataFrame(whole, schema={**keys, **dict.fromkeys([*names, *more], pl.Float64)}, orient="row")
    unit = "quantile of the draws, fraction of expenditure"
    return (
        _beside(losses, by_year, dict.fromkeys(names, unit)),
        _beside(sums, over_all, {**dict.fromkeys(names, unit), **dict.fromkeys(more, f"{unit}, less {first}")}),
    )


def _beside(table: Table, found: pl.DataFrame, units: Mapping[str, str]) -> Table:
    frame = table.frame.join(found, on=list(table.dims), how="left", maintain_order="left")
    return replace(table, frame=frame, units={**table.units, **units})


def _quantiles(values: Floats) -> list[float | None]:
    """Low, value, high of the draws with a result, None where there is none."""
    return [None if np.isnan(q) else float(q) for q in quantiles(values[:, None])[:, 0]]
