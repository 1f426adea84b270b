"""When and where a run bites: the first day of each industry of a group, and what each input holds back week by week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from interdep.models.run import Run
from interdep.tables import Table

if TYPE_CHECKING:
    import polars as pl

BITES = 0.1
"""An industry of a group is bitten on the day on which this part of its value added is in nodes that lack an input."""

WEEK = 7


def first_bites(run: Run, groups: Mapping[str, Sequence[str]], model: str = "ario") -> Table:
    """For each (scenario, economy, industry): the first day an input holds it back, which one, and the part held at most.

    groups: {label: members}. first_day: as `BITES` says; product: the input that then holds back most of it; depth: mean
    depth of the nodes held, weighted by value added; held: part of the industry's value added that is ever held back.
    Industries that are never bitten have no row.
    """
    import polars as pl

    frames = []
    for label, members in groups.items():
        nodes = _nodes(run, members, model)
        total = nodes.group_by("industry").agg(pl.col("value_added").sum().alias("total"))
        held = _held(run, members, model).join(nodes, on=["economy", "industry"])
        # The first input to bite is what counts for a node.
        first = held.sort("first_day", "depth", descending=[False, True]).group_by(
            "scenario", "economy", "industry", maintain_order=True
        ).first()  # fmt: skip
        by = ["scenario", "industry"]
        nodes_bitten = (
            first.join(total, on="industry")
            .sort(*by, "first_day")
            .with_columns((pl.col("value_added").cum_sum().over(by) / pl.col("total")).alias("part"))
            .filter(pl.col("part").max().over(by) >= BITES)
            .with_columns(pl.col("first_day").filter(pl.col("part") >= BITES).min().over(by).alias("day"))
        )
        # The cause is the input that holds back most of what is bitten by that day, not of what follows.
        cause = (
            nodes_bitten.filter(pl.col("first_day") <= pl.col("day"))
            .group_by(*by, "product", maintain_order=True)
            .agg(pl.col("value_added").sum())
            .sort(*by, "value_added", "product", descending=[False, False, True, False])
            .group_by(by, maintain_order=True)
            .first()
            .select(*by, "product")
        )
        frames.append(
            nodes_bitten.group_by(by, maintain_order=True)
            .agg(
                pl.col("day").first().alias("first_day"),
                ((pl.col("depth") * pl.col("value_added")).sum() / pl.col("value_added").sum()).alias("depth"),
                pl.col("part").max().alias("held"),
            )
            .join(cause, on=by)
            .with_columns(pl.lit(label).alias("economy"))
        )
    frame = pl.concat(frames).select("scenario", "economy", "industry", "product", "first_day", "depth", "held")
    units = {
        "first_day": "day of the horizon", "depth": "fraction of the output wanted",
        "held": "fraction of the industry's value added",
    }  # fmt: skip
    return Table(
        "first_bites", frame, ("scenario", "economy", "industry", "product"), units,
        "The day each industry is first held back", {}, run.provenance,
    )  # fmt: skip


def held_back(run: Run, groups: Mapping[str, Sequence[str]], model: str = "ario") -> Table:
    """For each (scenario, economy, product, week): part of the group's value added in industries that lack the input.

    An industry counts from the first to the last day on which the input holds it back; `period` is the week, from 0.
    """
    import polars as pl

    weeks = {row["scenario"]: -(-row["horizon_days"] // WEEK) for row in run.status.to_rows()}
    frames = []
    for label, members in groups.items():
        nodes = _nodes(run, members, model)
        total = float(nodes["value_added"].sum())
        frames.append(
            _held(run, members, model)
            .join(nodes, on=["economy", "industry"])
            .with_columns(
                pl.int_ranges(pl.col("first_day") // WEEK, pl.col("last_day") // WEEK + 1).alias("period"),
            )
            .explode("period")
            .group_by("scenario", "product", "period", maintain_order=True)
            .agg((pl.col("value_added").sum() / total).alias("held"))
            .with_columns(pl.lit(label).alias("economy"))
        )
    frame = pl.concat(frames).select("scenario", "economy", "product", "period", "held").sort("scenario", "period")
    frame = frame.filter(pl.col("period") < pl.col("scenario").replace_strict(weeks, return_dtype=pl.Int64))
    return Table(
        "held_back", frame, ("scenario", "economy", "product", "period"), {"held": "fraction of value added"},
        "Value added in industries that lack an input, week by week", {}, run.provenance,
    )  # fmt: skip


def _nodes(run: Run, members: Sequence[str], model: str) -> pl.DataFrame:
    """Value added of every node of the group, the same in every scenario."""
    chosen = run.loss.where(model=model, economy=list(members)).frame
    return chosen.select("economy", "industry", "value_added").unique(maintain_order=True)


def _held(run: Run, members: Sequence[str], model: str) -> pl.DataFrame:
    import polars as pl

    found = run.bottlenecks.frame
    return found.filter(pl.col("economy").is_in(list(members)) & (pl.col("model") == model))
