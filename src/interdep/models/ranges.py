"""Tables of draws: every draw, the range of each loss (5, 50, 95 % of the draws), and the parameters that decide it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from interdep.models.draws import QUANTILES, quantiles
from interdep.tables import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.models.draws import Draws
    from interdep.provenance import Provenance
    from interdep.world import World

    Floats = NDArray[np.float64]

SAMPLE = ("draws", "drawn")
"""The tables that only a run with draws has."""

FEWEST = 3
"""Draws under which a rank correlation says nothing."""

SAME = 1e-9
"""Loss shares that differ by less are equal: less than the tolerance of a solver would be ranked by its noise."""

FIFTH = 5
"""The loss is shown in the lower and the upper one of so many equal parts of a parameter's draws."""


def sample_tables(sampled: Draws, world: World, provenance: Provenance) -> dict[str, Table]:
    """draws: the losses of every draw by economy; drawn: the parameters it was made with."""
    import polars as pl

    regions, n = len(world.economies), sampled.count
    numbers = np.arange(1, n + 1)
    added = world.value_added.reshape(world.shape).sum(axis=1)
    frames = []
    for (model, scenario), each in sampled.found.items():
        real, spent = each.real, each.expenditure
        frame = pl.DataFrame(
            {
                "model": [model] * (n * regions),
                "scenario": [scenario] * (n * regions),
                "draw": np.repeat(numbers, regions),
                "economy": np.tile(np.array(world.economies), n),
                "value_added_lost": each.lost.reshape(-1),
                "value_added": np.tile(added, n),
                "real_expenditure_lost": np.full(n * regions, np.nan) if real is None else real.reshape(-1),
                "expenditure": np.full(n * regions, np.nan) if spent is None else np.tile(spent, n),
            }
        )
        frames.append(frame.with_columns(pl.col(pl.Float64).fill_nan(None)))
    money = str(world.money)
    units = {
        "value_added_lost": f"{money} over the horizon",
        "value_added": f"{money} per year",
        "loss_share": "fraction of yearly value added",
        "real_expenditure_lost": f"{money} over the horizon",
        "expenditure": f"{money} over the horizon",
        "expenditure_share": "fraction of expenditure",
    }
    ratios = {
        "loss_share": ("value_added_lost", "value_added"),
        "expenditure_share": ("real_expenditure_lost", "expenditure"),
    }
    labels = {"model": pl.String, "scenario": pl.String, "draw": pl.Int64, "economy": pl.String}
    empty = pl.DataFrame(schema=labels | {c: pl.Float64 for c in units if c not in ratios})
    frame = pl.concat([empty, *frames])
    for name, (top, bottom) in ratios.items():
        frame = frame.with_columns(pl.when(pl.col(bottom) > 0).then(pl.col(top) / pl.col(bottom)).alias(name))
    columns = [
        (model, k + 1, parameter, float(each[k]))
        for model, values in sampled.values.items()
        for k in range(n)
        for parameter, each in values.items()
    ]
    drawn = pl.DataFrame(
        columns,
        schema={"model": pl.String, "draw": pl.Int64, "parameter": pl.String, "value": pl.Float64},
        orient="row",
    )
    return {
        "draws": Table("draws", frame.select(*labels, *units), tuple(labels), units, "Losses of every draw", ratios, provenance),
        "drawn": Table(
            "drawn", drawn, ("model", "draw", "parameter"), {"value": "the parameter's own unit"},
            "Parameters of every draw", {}, provenance,
        ),
    }  # fmt: skip


def with_ranges(
    sampled: Draws, world: World, loss: Table, status: Table, markets: dict[str, Table]
) -> tuple[Table, Table, dict[str, Table]]:
    """The tables of a run with what the draws add: low, value, high of every loss, and how many draws have no result."""
    import polars as pl

    by_node = {key: each.nodes for key, each in sampled.found.items()}
    loss = _beside(loss, by_node, len(world.value_added), "value_added_lost")
    if "economies" in markets:
        real = {key: quantiles(each.real) for key, each in sampled.found.items() if each.real is not None}
        economies = _beside(markets["economies"], real, len(world.economies), "real_expenditure_lost")
        markets = {**markets, "economies": economies}
    pairs = status.frame.select("model", "scenario").iter_rows()
    told = [sampled.found[pair].without if pair in sampled.found else "" for pair in pairs]
    frame = status.frame.with_columns(pl.Series("draws", told, pl.String))
    return loss, replace(status, frame=frame, units={**status.units, "draws": ""}), markets


def _beside(table: Table, found: Mapping[tuple[str, str], Floats], rows: int, column: str) -> Table:
    """A table with low, value, high of a column, from (3, rows) for each model and scenario, in the table's order."""
    import polars as pl

    pairs = table.frame.select("model", "scenario").gather_every(rows).iter_rows() if len(table) else ()
    missing = np.full((len(QUANTILES), rows), np.nan)
    parts = [found.get(pair, missing) for pair in pairs]
    whole = np.concatenate(parts, axis=1) if parts else missing[:, :0]
    added = [pl.Series(name, whole[k], pl.Float64).fill_nan(None) for k, name in enumerate(QUANTILES)]
    units = {
        name: f"quantile ({100 * part:g} % of draws below) of {column}, {table.units[column]}"
        for name, part in QUANTILES.items()
    }
    return replace(table, frame=table.frame.with_columns(added), units={**table.units, **units})


def ranges(
    draws: Table, loss: Table, economies: Table | None, groups: Mapping[str, Sequence[str]] | None = None
) -> Table:
    """Loss shares by (model, scenario, economy): low, value, high (5, 50, 95 % of the draws lie below), default.

    default: with the parameters as they were given. The columns that begin with expenditure_ say the same of real expenditure
    lost as a part of expenditure, for models in which prices adjust. Groups are added up within each draw, for a quantile
    of a sum is no sum of quantiles. Missing where a model has no draws, or none of them has a result.
    """
    import polars as pl

    drawn, keys = grouped(draws, groups), ["model", "scenario", "economy"]
    spread = [
        pl.col(share).quantile(part, "linear").alias(prefix + name)
        for share, prefix in (("loss_share", ""), ("expenditure_share", "expenditure_"))
        for name, part in QUANTILES.items()
    ]
    given = grouped(loss, groups, by="economy").frame.select(*keys, pl.col("loss_share").alias("default"))
    frame = given.join(drawn.frame.group_by(keys).agg(spread), on=keys, how="left", maintain_order="left")
    real = pl.DataFrame(schema=dict.fromkeys(keys, pl.String) | {"expenditure_default": pl.Float64})
    if economies is not None:
        real = grouped(economies, groups, by="economy").frame.select(
            *keys, pl.col("loss_share").alias("expenditure_default")
        )
    frame = frame.join(real, on=keys, how="left", maintain_order="left")
    units = {}
    for prefix, of in (("", "yearly value added"), ("expenditure_", "expenditure")):
        units |= {prefix + n: f"fraction of {of}, {100 * part:g} % of draws below" for n, part in QUANTILES.items()}
        units[prefix + "default"] = f"fraction of {of}"
    return Table(
        "ranges", frame.select(*keys, *units), tuple(keys), units, "Loss and its range over the draws", {},
        draws.provenance,
    )  # fmt: skip


def deciding(draws: Table, drawn: Table, groups: Mapping[str, Sequence[str]] | None = None) -> Table:
    """How each parameter moves the loss share by (model, scenario, economy, parameter), the one that moves it most first.

    correlation: Spearman's, between the parameter and the loss share over the draws that have a result; by chance alone it lies
    within 2 / sqrt(draws) of zero. lower_fifth, upper_fifth: the median loss share in the fifth of the draws where the parameter
    is lowest and highest. Missing where the loss is the same in every draw, or there are under three of them.
    """
    import polars as pl

    keys = ["model", "scenario", "economy", "parameter"]
    schema = dict.fromkeys(keys, pl.String) | dict.fromkeys(("correlation", "lower_fifth", "upper_fifth"), pl.Float64)
    frames = [pl.DataFrame(schema=schema)]
    # In the order of draws, so that rows of the two tables belong together.
    losses, values = grouped(draws, groups).frame, drawn.frame
    for (model, scenario), part in losses.group_by("model", "scenario", maintain_order=True):
        wide = part.pivot("economy", index="draw", values="loss_share", maintain_order=True).sort("draw")
        X = values.filter(pl.col("model") == model).pivot(
            "parameter", index="draw", values="value", maintain_order=True
        )
        economies, names = wide.columns[1:], X.columns[1:]
        y = wide.drop("draw").to_numpy()
        good = np.isfinite(y).any(axis=1)
        x, y = X.sort("draw").drop("draw").to_numpy()[good], y[good]
        moved = np.ptp(y, axis=0) > SAME if len(y) else np.zeros(y.shape[1], dtype=bool)
        correlation = rank_correlation(x, np.where(moved, y, 0.0))
        lower, upper = _fifths(x, y)
        frame = pl.DataFrame(
            {
                "model": [model] * correlation.size,
                "scenario": [scenario] * correlation.size,
                "economy": np.tile(np.array(economies), len(names)),
                "parameter": np.repeat(np.array(names), len(economies)),
                "correlation": correlation.reshape(-1),
                "lower_fifth": lower.reshape(-1),
                "upper_fifth": upper.reshape(-1),
            },
            schema=schema,
        ).with_columns(pl.col(pl.Float64).fill_nan(None))
        order = pl.col("economy").cast(pl.Enum(economies))
        frames.append(
            frame.sort(
                [order, pl.col("correlation").abs(), "parameter"], descending=[False, True, False], nulls_last=True
            )
        )
    units = {
        "correlation": "rank correlation, from -1 to 1",
        "lower_fifth": "fraction of yearly value added",
        "upper_fifth": "fraction of yearly value added",
    }
    return Table(
        "deciding", pl.concat(frames), tuple(keys), units, "Parameters that move the loss, most first", {}, draws.provenance
    )  # fmt: skip


def rank_correlation(x: Floats, y: Floats) -> Floats:
    """(columns of x, columns of y) Spearman's rank correlation over the rows; NaN where a column does not vary."""
    if len(x) < FEWEST:
        return np.full((x.shape[1], y.shape[1]), np.nan)
    from scipy.stats import rankdata

    def standard(values: Floats) -> Floats:
        ranks = rankdata(values, axis=0, nan_policy="omit")
        ranks = ranks - ranks.mean(axis=0)
        length = np.sqrt((ranks**2).sum(axis=0))
        return np.divide(ranks, length, out=np.full_like(ranks, np.nan), where=length > 0)

    return standard(x).T @ standard(y)


def _fifths(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The median of each column of y in the rows where each column of x is in its lower and its upper fifth."""
    if not len(x):
        nothing = np.full((x.shape[1], y.shape[1]), np.nan)
        return nothing, nothing
    size = max(1, len(x) // FIFTH)
    order = np.argsort(x, axis=0, kind="stable")
    return np.median(y[order[:size]], axis=0), np.median(y[order[-size:]], axis=0)


def grouped(table: Table, groups: Mapping[str, Sequence[str]] | None, by: str | None = None) -> Table:
    """A table by groups of economies, or by economy where there are none."""
    if groups is None or not len(table):
        return table.by(by) if by else table
    return table.grouped("economy", groups)
