"""compare: what several runs say of each economy, scenario by scenario and model by model, in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from interdep.errors import InputError
from interdep.models.draws import QUANTILES
from interdep.models.ranges import grouped
from interdep.tables import Table

if TYPE_CHECKING:
    import polars as pl

    from interdep.models.run import Run

KEYS = ["model", "scenario", "economy"]

REAL = {"expenditure_share": ("real_expenditure_lost", "expenditure")}
"""The welfare measure of models in which prices adjust: real expenditure lost, as a part of expenditure over the horizon."""


def compare(runs: Sequence[Run], economies: Mapping[str, Sequence[str]] | None = None) -> Table:
    """Losses of several runs side by side: one row for each model, scenario and economy.

    economies: {label: members} rows to show (a group is one row), default every economy. `difference` is the loss share less
    that of the first scenario in the same model and economy; low, value and high are the loss share's range where a run has
    draws; real_expenditure_lost and the columns that begin with expenditure are of models in which prices adjust. What a
    model does not give is missing. Raises InputError where runs are on different data.
    """
    import polars as pl

    if not runs:
        raise InputError("nothing to compare; name at least one scenario or results folder")
    first = runs[0]
    _alike(runs)
    frames, units, ratios = [], {}, {**first.loss.ratios}
    for each in runs:
        table = each.loss.by("economy") if economies is None else each.loss.grouped("economy", economies)
        frame, units = table.frame, {**units, **table.units}
        if "economies" in each.markets:
            real = _real(each, economies)
            frame = _joined(frame, real.frame)
            units, ratios = {**units, **real.units}, {**ratios, **REAL}
        if each.sample:
            spread = each.ranges(economies)
            names = [
                *QUANTILES,
                *([f"expenditure_{name}" for name in QUANTILES] if "economies" in each.markets else []),
            ]
            units |= {name: spread.units[name] for name in names}
            frame = _joined(frame, spread.frame.select(*KEYS, *names))
        frames.append(frame)
    # Models may give different columns; what one does not give is missing there.
    frame = pl.concat(frames, how="diagonal")
    base = first.scenarios[0].name
    if base not in frame["scenario"].to_list():
        raise InputError(
            f"the first scenario, {base!r}, has no result, so nothing can be set against it; name another first"
        )
    reference = frame.filter(pl.col("scenario") == base).select(
        "model", "economy", pl.col("loss_share").alias("reference")
    )
    frame = frame.join(reference, on=["model", "economy"], how="left", maintain_order="left")
    frame = frame.with_columns((pl.col("loss_share") - pl.col("reference")).alias("difference")).drop("reference")
    units["difference"] = f"fraction of yearly value added, less {base}"
    return Table(
        "comparison", frame, tuple(KEYS), units, "Losses, scenarios and models side by side", ratios, first.provenance
    )


def _alike(runs: Sequence[Run]) -> None:
    """Raise InputError where runs cannot stand side by side: other data, another reading, the same result twice."""
    first = runs[0]
    seen: set[tuple[str, str]] = set()
    for each in runs:
        if each.provenance.extra.get("table") != first.provenance.extra.get("table"):
            raise InputError(
                f"the runs are not on the same data: {first.about_data} against {each.about_data}; run both on one table"
            )
        if each.at != first.at:
            raise InputError(f"one run reads the {first.at}, another the {each.at}; run both with the same --at")
        pairs = set(each.loss.frame.select("model", "scenario").unique().iter_rows())
        if pairs & seen:
            model, scenario = sorted(pairs & seen)[0]
            raise InputError(f"scenario {scenario!r} in {model} stands in two of the runs; rename one of the scenarios")
        seen |= pairs


def _real(run: Run, economies: Mapping[str, Sequence[str]] | None) -> Table:
    """Real expenditure lost by (model, scenario, economy or group), with its share."""
    table = grouped(run.economies, economies, by="economy")
    (top, bottom) = REAL["expenditure_share"]
    names = {top: top, bottom: bottom, "loss_share": "expenditure_share"}
    frame = table.frame.select(*KEYS, *names).rename(names)
    units = {name: table.units[old] for old, name in names.items()}
    return Table("real", frame, tuple(KEYS), units, "Real expenditure lost", REAL, table.provenance)


def _joined(frame: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
    return frame.join(more, on=KEYS, how="left", maintain_order="left")
