"""Outcomes of models as Tables: losses, status, and what models that work day by day know besides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from interdep.tables import Table

if TYPE_CHECKING:
    import polars as pl

    from interdep.models.model import Model, Outcome
    from interdep.provenance import Provenance
    from interdep.shocks.scenario import Scenario
    from interdep.world import World

Results = Sequence[tuple["Model", "Scenario", "Outcome"]]

UNITS = {
    "first_day": "day of the horizon", "last_day": "day of the horizon", "days": "days",
    "depth": "fraction of the output wanted", "days_normal": "days of normal use", "days_left": "days of normal use",
    "days_lowest": "days of normal use", "output": "fraction of normal output",
}  # fmt: skip


def loss_table(world: World, results: Results, provenance: Provenance) -> Table:
    """Value added lost over the horizon by (model, scenario, economy, industry), the yearly one, and their ratio."""
    import polars as pl

    regions, industries = world.shape
    good = [(m, s, o) for m, s, o in results if o.ok]
    columns = list(dict.fromkeys(c for _, _, o in good for c in o.columns)) or ["value_added_lost"]
    nodes = regions * industries
    frame = pl.DataFrame(
        {
            "model": np.repeat([m.name for m, _, _ in good], nodes),
            "scenario": np.repeat([s.name for _, s, _ in good], nodes),
            "economy": np.tile(np.repeat(world.economies, industries), len(good)),
            "industry": np.tile(np.array(world.industries), regions * len(good)),
            **{
                # A column that a model does not give is missing, not zero.
                c: pl.concat([pl.Series(c, [], pl.Float64), *(
                    pl.Series(c, o.columns[c] if c in o.columns else [None] * nodes, pl.Float64) for _, _, o in good
                )])
                for c in columns
            },
            "value_added": np.tile(world.value_added, len(good)),
        },
        schema_overrides=dict.fromkeys(("model", "scenario", "economy", "industry"), pl.String),
    ).with_columns(
        pl.when(pl.col("value_added") > 0).then(pl.col("value_added_lost") / pl.col("value_added")).alias("loss_share")
    )  # fmt: skip
    money = str(world.money)
    units = dict.fromkeys(columns, f"{money} over the horizon")
    units |= {"value_added": f"{money} per year", "loss_share": "fraction of yearly value added"}
    return Table(
        "loss", frame, ("model", "scenario", "economy", "industry"), units, "Value added lost",
        {"loss_share": ("value_added_lost", "value_added")}, provenance,
    )  # fmt: skip


def status_table(results: Results, provenance: Provenance) -> Table:
    """One sentence for each model and scenario, and how the model read the shock."""
    import polars as pl

    frame = pl.DataFrame(
        {
            "model": [m.name for m, _, _ in results],
            "scenario": [s.name for _, s, _ in results],
            "horizon_days": [s.horizon for _, s, _ in results],
            "status": [o.status for _, _, o in results],
            "steps": [o.steps for _, _, o in results],
            "residual": [o.residual for _, _, o in results],
        },
        schema_overrides={"steps": pl.Int64, "residual": pl.Float64},
    )
    units = {"horizon_days": "days", "status": "", "steps": "count", "residual": "fraction of the benchmark"}
    return Table("status", frame, ("model", "scenario"), units, "Status of every scenario", {}, provenance)


def day_tables(world: World, results: Results, provenance: Provenance) -> dict[str, Table]:
    """The tables of models that work day by day: daily, bottlenecks, stocks, and paths where they were kept.

    Empty where no model does. `daily` is by economy, `bottlenecks` by node and the input it lacks, `stocks` by economy and
    input, `paths` by node and day.
    """
    import polars as pl

    kept = [(m, s, o) for m, s, o in results if o.ok and o.daily]
    if not kept:
        return {}
    made: dict[str, list[pl.DataFrame]] = {}
    for model, scenario, outcome in kept:
        for name, frame in _frames(world, outcome).items():
            labels = [pl.lit(model.name).alias("model"), pl.lit(scenario.name).alias("scenario")]
            made.setdefault(name, []).append(frame.select(*labels, *frame.columns))
    money = str(world.money)
    about: dict[str, tuple[str, tuple[str, ...], dict[str, str], dict[str, tuple[str, str]]]] = {
        "daily": (
            "Value added lost day by day", ("economy", "day"),
            {"value_added_lost": f"{money} on the day", "final_demand_unmet": f"{money} on the day",
             "value_added": f"{money} on a normal day", "loss_share": "fraction of the day's normal value added"},
            {"loss_share": ("value_added_lost", "value_added")},
        ),
        "bottlenecks": (
            "Inputs that hold production back: which, where, from which day", ("economy", "industry", "product"),
            {name: UNITS[name] for name in ("first_day", "last_day", "days", "depth")}, {},
        ),
        "stocks": (
            "Stocks of inputs", ("economy", "product"),
            {name: UNITS[name] for name in ("days_normal", "days_lowest", "days_left")}, {},
        ),
        "paths": ("Output day by day", ("economy", "industry", "day"), {"output": UNITS["output"]}, {}),
    }  # fmt: skip
    return {
        name: Table(name, pl.concat(frames), ("model", "scenario", *about[name][1]), about[name][2], about[name][0],
                    about[name][3], provenance)
        for name, frames in made.items()
    }  # fmt: skip


MARKETS: dict[str, tuple[str, tuple[str, ...], dict[str, str], dict[str, tuple[str, str]]]] = {
    "economies": (
        "Real expenditure, prices and revenue of every economy", ("economy",),
        {"real_expenditure_lost": "{money} over the horizon", "expenditure": "{money} over the horizon",
         "loss_share": "fraction of expenditure", "price_index": "fraction of the benchmark",
         "factor_price": "fraction of the benchmark", "duties_and_rents": "{money} over the horizon",
         "duties_and_rents_before": "{money} over the horizon", "terms_of_trade": "fraction of expenditure, first order",
         "volume_of_trade": "fraction of expenditure, first order", "residual": "fraction of the benchmark"},
        {"loss_share": ("real_expenditure_lost", "expenditure")},
    ),
    "industries": (
        "Prices and output of every industry", ("economy", "industry"),
        {"price": "fraction of the benchmark", "output": "fraction of the benchmark", "sales": "{money} over the horizon",
         "residual": "fraction of the benchmark"}, {},
    ),
    "trade": (
        "Deliveries by origin and destination, at the prices of the new equilibrium", ("supplier", "buyer"),
        {"deliveries": "{money} over the horizon", "deliveries_before": "{money} over the horizon"}, {},
    ),
}  # fmt: skip
"""The tables of models in which prices adjust: title, dimensions, units, ratios. The numeraire is world factor income."""


def market_tables(world: World, results: Results, provenance: Provenance) -> dict[str, Table]:
    """The tables `MARKETS` of the results that have them; empty where none does. Trade by product where it was kept."""
    import polars as pl

    kept = [(m, s, o) for m, s, o in results if o.ok and o.economies]
    if not kept:
        return {}
    regions, industries = world.shape
    codes, goods = np.array(world.economies), np.array(world.industries)
    made: dict[str, list[pl.DataFrame]] = {name: [] for name in MARKETS}
    by_product = False
    for model, scenario, outcome in kept:
        labels = [pl.lit(model.name).alias("model"), pl.lit(scenario.name).alias("scenario")]
        share = pl.when(pl.col("expenditure") > 0).then(pl.col("real_expenditure_lost") / pl.col("expenditure"))
        economies = pl.DataFrame({"economy": codes, **outcome.economies}).with_columns(share.alias("loss_share"))
        nodes = {"economy": np.repeat(codes, industries), "industry": np.tile(goods, regions)}
        pairs = {"supplier": np.repeat(codes, regions), "buyer": np.tile(codes, regions)}
        by_product = next(iter(outcome.trade.values())).ndim == 3
        if by_product:
            pairs = {name: np.tile(column, industries) for name, column in pairs.items()}
            pairs["product"] = np.repeat(goods, regions * regions)
        trade = {name: values.reshape(-1) for name, values in outcome.trade.items()}
        made["economies"].append(economies.select(*labels, *economies.columns))
        made["industries"].append(pl.DataFrame({**nodes, **outcome.industries}).select(*labels, pl.all()))
        made["trade"].append(pl.DataFrame({**pairs, **trade}).select(*labels, pl.all()))
    money = str(world.money)
    out = {}
    for name, (title, dims, units, ratios) in MARKETS.items():
        dims = (*dims, "product") if name == "trade" and by_product else dims
        units = {column: unit.format(money=money) for column, unit in units.items()}
        frame = pl.concat(made[name]).select("model", "scenario", *dims, *units)
        out[name] = Table(name, frame, ("model", "scenario", *dims), units, title, ratios, provenance)
    return out


def _frames(world: World, outcome: Outcome) -> dict[str, pl.DataFrame]:
    """The frames of one outcome, without model and scenario."""
    import polars as pl

    regions, industries = world.shape
    economies, codes = np.array(world.economies), np.array(world.industries)
    days = len(next(iter(outcome.daily.values())))
    normal = np.maximum(world.gdp, 0.0) / 365
    daily: dict[str, Any] = {
        "economy": np.repeat(economies, days),
        "day": np.tile(np.arange(days), regions),
        **{name: values.T.reshape(-1) for name, values in outcome.daily.items()},
        "value_added": np.repeat(normal, days),
    }
    share = pl.when(pl.col("value_added") > 0).then(pl.col("value_added_lost") / pl.col("value_added"))
    frames = {"daily": pl.DataFrame(daily).with_columns(share.alias("loss_share"))}
    if outcome.bottlenecks:
        found = outcome.bottlenecks
        r, k = np.divmod(found["node"], industries)
        labels = {"economy": economies[r], "industry": codes[k], "product": codes[found["product"]]}
        values = {name: found[name] for name in ("first_day", "last_day", "days", "depth")}
        schema = dict.fromkeys(labels, pl.String) | dict.fromkeys(values, pl.Int64) | {"depth": pl.Float64}
        frames["bottlenecks"] = pl.DataFrame({**labels, **values}, schema=schema)
    if outcome.stocks:
        values = {name: outcome.stocks[name].reshape(-1) for name in ("days_normal", "days_lowest", "days_left")}
        frames["stocks"] = pl.DataFrame(
            {"economy": np.repeat(economies, industries), "product": np.tile(codes, regions), **values}
        )
    if outcome.output is not None:
        frames["paths"] = pl.DataFrame(
            {
                "economy": np.repeat(economies, industries * days),
                "industry": np.tile(np.repeat(codes, days), regions),
                "day": np.tile(np.arange(days), regions * industries),
                "output": outcome.output.T.reshape(-1),
            }
        )
    return frames
