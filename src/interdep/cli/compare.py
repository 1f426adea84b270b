"""`interdep compare`: scenarios, or results folders, side by side."""

from __future__ import annotations

import sys
import textwrap
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
    from interdep.tables import Table


def compare(
    *what: Annotated[str, Parameter(help="Scenario names, TOML files, or folders written by `interdep run --out`.")],
    models: Models = "leontief",
    economies: Shown = None,
    at: Level = "average",
    world: TableName = "world-2014",
    common: Common = DEFAULT,
) -> int:  # fmt: skip
    """Scenarios or results folders side by side; the first is what the others are compared with."""
    from interdep.cli.run import named_groups
    from interdep.models.run import Run
    from interdep.models.run import compare as compare_
    from interdep.models.run import run as run_
    from interdep.shocks.scenario import library

    if not what:
        raise InputError("name at least one scenario or results folder to compare")
    with common.progress("Comparing"):
        table = open_world(world)
        # A library scenario is never taken for a folder of the same name; ./NAME is the folder.
        runs = [
            Run.load(Path(w)) if w not in library() and Path(w).is_dir() else run_(w, split(models), table, at)
            for w in what
        ]
        groups = named_groups(economies, table)
        result = compare_(runs, groups)
    for line in (line for each in runs for line in each.failures()):
        common.warn(f"warning: no result for {line}")
    if common.out is not None:
        save_tables(common.out, [result], "Scenarios side by side")
    if common.json:
        print_json(result.to_dict())
        return 0
    print_comparison(result, runs[0].at, ranked=groups is None)
    if common.out is not None:
        print_line(f"The table is in {common.out}")
    return 0


def print_comparison(table: Table, at: str, top: int = 10, ranked: bool = True) -> None:
    """One row an economy, one column a scenario and model, per cent of yearly value added; of two, their difference.

    ranked: only the `top` worst hit; else every row in its order.
    """
    from interdep.geography import name_of

    rows = table.to_rows()
    columns = list(dict.fromkeys((r["scenario"], r["model"]) for r in rows))
    cell = {(r["economy"], r["scenario"], r["model"]): r for r in rows}
    economies = list(dict.fromkeys(r["economy"] for r in rows))

    def value(economy: str, column: tuple[str, str], name: str = "loss_share") -> float | None:
        return cell.get((economy, *column), {}).get(name)

    if ranked:
        economies.sort(key=lambda e: -max(value(e, c) or 0.0 for c in columns))
        economies = economies[:top]
    models = list(dict.fromkeys(m for _, m in columns))
    header = ["economy", *(_narrow(s if len(models) == 1 else f"{s} ({m})") for s, m in columns)]
    text = [[name_of(e), *(share(value(e, c)) for c in columns)] for e in economies]
    if len(columns) == 2 and len(models) == 1:
        header.append("difference")
        text = [
            [*line, share(value(e, columns[1], "difference"), points=True)]
            for line, e in zip(text, economies, strict=True)
        ]
    print_line("Value added lost over the horizon, per cent of yearly value added")
    print_line(f"({', '.join(models)}, shock at its {at}, data of {table.provenance.data_year})")
    print_grid(header, text, range(1, len(header)))


def _narrow(name: str) -> str:
    """A scenario's name as a column header: of several short lines in a terminal, whole in a pipe, where it may be searched."""
    return textwrap.fill(name, 11, break_long_words=False) if sys.stdout.isatty() else name
