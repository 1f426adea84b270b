"""`interdep compare`: scenarios, or results folders, side by side."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from interdep.cli.common import (
    DEFAULT,
    Common,
    Level,
    Models,
    Shown,
    TableName,
    open_world,
    print_grid,
    print_json,
    print_line,
    save_tables,
    share,
    split,
)
from interdep.errors import InputError

if TYPE_CHECKING:
    from interdep.models.run import Run
    from interdep.tables import Table
    from interdep.world import World

MOST = 3
"""Economies of which a sentence is printed where none are named."""


def compare(
    *what: Annotated[str, Parameter(help="Scenario names, TOML files, or folders written by `interdep run --out`.")],
    models: Models = "leontief",
    economies: Shown = None,
    at: Level = "average",
    draws: Annotated[int | None, Parameter(help="Draw all parameters from their ranges so often, for a range.")] = None,
    seed: Annotated[int | None, Parameter(help="With --draws: the same seed gives the same draws; default 1.")] = None,
    top: Annotated[int, Parameter(help="Rows to print.")] = 10,
    world: TableName = "world-2014",
    common: Common = DEFAULT,
) -> int:  # fmt: skip
    """Scenarios, models or results folders side by side; the first scenario is what the others are compared with.

    Where models disagree, a sentence says by how much and why.
    """
    from interdep.cli.run import named_groups
    from interdep.models.comparison import compare as compare_
    from interdep.models.run import Run
    from interdep.models.run import run as run_
    from interdep.shocks.scenario import library

    if not what:
        raise InputError("name at least one scenario or results folder to compare")
    if top < 1:
        raise InputError(f"--top {top} must be at least 1")
    if seed is not None and draws is None:
        raise InputError("--seed goes with --draws alone, as in --draws 200 --seed 1")
    seed = 1 if seed is None else seed
    with common.progress("Comparing"):
        table = open_world(world)
        # A library scenario is never taken for a folder of the same name; ./NAME is the folder.
        runs = [
            Run.load(Path(w))
            if w not in library() and Path(w).is_dir()
            else run_(w, split(models), table, at, draws=draws, seed=seed)
            for w in what
        ]
        groups = named_groups(economies, table)
        result = compare_(runs, groups)
    for line in (line for each in runs for line in each.failures()):
        common.warn(f"warning: no result for {line}")
    if common.out is not None:
        save_tables(common.out, [result], "Scenarios side by side")
    if common.json:
        print_json({**result.to_dict(), "verdicts": verdicts(runs, groups, table)})
        return 0
    print_comparison(result, runs, groups, top, table)
    if common.out is not None:
        print_line(f"The table is in {common.out}")
    return 0


def print_comparison(
    table: Table, runs: Sequence[Run], groups: Mapping[str, Sequence[str]] | None, top: int, world: World
) -> None:
    """One row an economy; of one model a column a scenario, of several a grid a scenario with a column a model.

    groups: rows in their order; without them the `top` worst hit. Below several models: where they disagree, and why.
    """
    models = list(dict.fromkeys(table.frame["model"].to_list()))
    scenarios = list(dict.fromkeys(table.frame["scenario"].to_list()))
    titles = {s.name: s.title or s.name for each in runs for s in each.scenarios}
    if len(models) == 1:
        _grids(table, [(s, models[0]) for s in scenarios], runs[0].at, groups, top)
        return
    said = verdicts(runs, groups, world)
    for scenario in scenarios:
        print_line(f"{titles[scenario]} ({scenario}), models side by side")
        shown = _grids(table.where(scenario=scenario), [(scenario, m) for m in models], runs[0].at, groups, top)
        sentence = {row["economy"]: row["verdict"] for row in said if row["scenario"] == scenario}
        for economy in shown if groups else shown[:MOST]:
            if economy in sentence:
                print_line(sentence[economy])
        print_line()


def verdicts(runs: Sequence[Run], groups: Mapping[str, Sequence[str]] | None, world: World) -> list[dict[str, str]]:
    """Where models disagree and why, one sentence for each scenario and economy in which two or more have a result."""
    from interdep.classifications import industry_name
    from interdep.geography import name_of
    from interdep.models.verdict import verdict, views

    names = {code: industry_name(code, world.classification) for code in world.industries}
    found: dict[tuple[str, str], list] = {}
    for run in runs:
        for cell, each in views(run, groups, names).items():
            found.setdefault(cell, []).extend(each)
    said = [(*cell, verdict(each, name_of(cell[1]))) for cell, each in found.items()]
    return [{"scenario": s, "economy": e, "verdict": text} for s, e, text in said if text]


def _grids(
    table: Table, columns: list[tuple[str, str]], at: str, groups: Mapping[str, Sequence[str]] | None, top: int
) -> list[str]:
    """Value added lost, and real expenditure lost where a model knows it; returns the economies in their order.

    columns: (scenario, model).
    """
    from interdep.geography import name_of

    cell = {(r["economy"], r["scenario"], r["model"]): r for r in table.to_rows()}
    economies = list(dict.fromkeys(table.frame["economy"].to_list()))
    several = len({model for _, model in columns}) > 1

    def value(economy: str, column: tuple[str, str], name: str) -> float | None:
        return cell.get((economy, *column), {}).get(name)

    def text(economy: str, column: tuple[str, str], name: str, prefix: str = "") -> str:
        low, high = (value(economy, column, f"{prefix}{end}") for end in ("low", "high"))
        spread = "" if low is None or high is None else f" ({share(low).removesuffix(' %')} to {share(high)})"
        return f"{share(value(economy, column, name))}{spread}"

    if groups is None:
        economies.sort(key=lambda e: -max(value(e, c, "loss_share") or 0.0 for c in columns))
        economies = economies[:top]
    header = ["economy", *(_narrow(model if several else scenario) for scenario, model in columns)]
    rows = [[name_of(e), *(text(e, c, "loss_share") for c in columns)] for e in economies]
    if len(columns) == 2 and not several:
        header.append("difference")
        rows = [
            [*line, share(value(e, columns[1], "difference"), points=True)]
            for line, e in zip(rows, economies, strict=True)
        ]
    models = ", ".join(dict.fromkeys(model for _, model in columns))
    print_line("Value added lost over the horizon, per cent of yearly value added")
    print_line(f"({models}, shock at its {at}, data of {table.provenance.data_year})")
    real = [c for c in columns if any(value(e, c, "expenditure_share") is not None for e in economies)]
    if several:
        header += [_narrow(f"real expenditure, {model}") for _, model in real]
        rows = [
            [*line, *(text(e, c, "expenditure_share", "expenditure_") for c in real)]
            for line, e in zip(rows, economies, strict=True)
        ]
    print_grid(header, rows, range(1, len(header)))
    if real and not several:
        print_line()
        print_line("Real expenditure lost, per cent of expenditure")
        rows = [[name_of(e), *(text(e, c, "expenditure_share", "expenditure_") for c in real)] for e in economies]
        print_grid(["economy", *(_narrow(scenario) for scenario, _ in real)], rows, range(1, len(real) + 1))
    if any("low" in r and r["low"] is not None for r in cell.values()):
        print_line("In brackets: 5 to 95 % of the draws of all parameters at once")
    return economies


def _narrow(name: str) -> str:
    """A scenario's name as a column header: of several short lines in a terminal, whole in a pipe, where it may be searched."""
    return textwrap.fill(name, 11, break_long_words=False) if sys.stdout.isatty() else name
