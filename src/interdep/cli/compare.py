"""`interdep compare`: scenarios, or results folders, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from interdep.cli.common import DEFAULT, Common, open_world, print_grid, print_json, print_line, save_tables, split
from interdep.errors import InputError
from interdep.units import MISSING, per_cent

if TYPE_CHECKING:
    from interdep.models.run import Run


def compare(
    *what: str,
    models: Annotated[str, Parameter(help="Models, separated by commas (for scenarios; a folder keeps its own).")] = "leontief",
    economies: Annotated[str | None, Parameter(help="Economies or groups to show, as in EU27,JPN; default the ten worst hit.")] = None,
    at: Annotated[Literal["average", "peak"], Parameter(help="Read the shock averaged over the horizon, or at its worst day.")] = "average",
    world: Annotated[str, Parameter(help="Table: packaged name, folder, or WIOD 2013 .npz.")] = "world-2014",
    common: Common = DEFAULT,
) -> int:  # fmt: skip
    """Scenarios or results folders side by side; the first is what the others are compared with.

    WHAT are scenario names, TOML files, or folders written by `interdep run --out`.
    """
    from interdep.cli.run import named_groups
    from interdep.models.run import Run
    from interdep.models.run import compare as compare_
    from interdep.models.run import run as run_

    if not what:
        raise InputError("name at least one scenario or results folder to compare")
    with common.progress("Comparing"):
        table = open_world(world)
        runs = [Run.load(Path(w)) if Path(w).is_dir() else run_(w, split(models), table, at) for w in what]
        groups = named_groups(economies, table)
        result = compare_(runs, groups)
    if common.out is not None:
        save_tables(common.out, [result], "Scenarios side by side")
    if common.json:
        print_json(result.to_dict())
        return 0
    print_comparison(runs, groups)
    if common.out is not None:
        print_line(f"The table is in {common.out}")
    return 0


def print_comparison(runs: Sequence[Run], groups: dict[str, tuple[str, ...]] | None, top: int = 10) -> None:
    """One row an economy, one column a scenario and model, per cent of yearly value added."""
    from interdep.geography import name_of
    from interdep.models.run import compare as compare_

    rows = compare_(runs, groups).to_rows()
    columns = list(dict.fromkeys((r["scenario"], r["model"]) for r in rows))
    cell = {(r["economy"], r["scenario"], r["model"]): r["loss_share"] for r in rows}
    economies = list(dict.fromkeys(r["economy"] for r in rows))
    if groups is None:
        economies.sort(key=lambda e: -max((cell.get((e, *c)) or 0.0) for c in columns))
        economies = economies[:top]
    header = ["economy", *(f"{s} ({m})" for s, m in columns)]
    text = [
        [name_of(e), *(MISSING if cell.get((e, *c)) is None else per_cent(cell[(e, *c)]) for c in columns)] for e in economies
    ]
    year = runs[0].provenance.data_year
    print_grid(
        f"Value added lost over the horizon, per cent of yearly value added ({year} data, at the {runs[0].at})",
        header, text, tuple(range(1, len(header))),
    )  # fmt: skip
