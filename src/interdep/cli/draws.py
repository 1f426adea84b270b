"""`interdep run --draws`: the range beside each loss, and the parameters that move it most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from interdep.cli.common import print_grid, print_line, share
from interdep.units import MISSING

if TYPE_CHECKING:
    from interdep.models.run import Run
    from interdep.tables import Table

MOST = 3
"""Parameters shown for each economy, and economies where none are named."""


def range_tables(result: Run, groups: Mapping[str, Sequence[str]] | None) -> tuple[Table, ...]:
    """The tables `ranges` and `deciding` of a run; none without draws."""
    return (result.ranges(groups), result.deciding(groups)) if result.sample else ()


def ranges_shown(tables: tuple[Table, ...], model: str, scenario: str) -> dict[str, str]:
    """Economy or group to its range as text; empty without draws."""
    if not tables:
        return {}
    return {
        r["economy"]: MISSING if r["low"] is None else f"{share(r['low'])} to {share(r['high'])}"
        for r in tables[0].to_rows()
        if (r["model"], r["scenario"]) == (model, scenario)
    }


def print_deciding(result: Run, tables: tuple[Table, ...], model: str, scenario: str, named: bool) -> None:
    """For each economy or group (the worst hit where none is named) the parameters that move its loss most."""
    from interdep.geography import name_of

    def of(table: Table) -> list[dict]:
        return [r for r in table.to_rows() if (r["model"], r["scenario"]) == (model, scenario)]

    draws = result.provenance.extra["draws"]
    chance = 2 / draws**0.5
    known = [r for r in of(tables[1]) if r["correlation"] is not None and abs(r["correlation"]) >= chance]
    shown = [r["economy"] for r in (of(tables[0]) if named else of(tables[0].top(len(tables[0]), "default"))[:MOST])]
    rows = [
        [name_of(r["economy"]), r["parameter"], f"{r['correlation']:+.2f}", share(r["lower_fifth"]), share(r["upper_fifth"])]
        for economy in shown
        # As `deciding` sorts them: the one that moves the loss most first.
        for r in [r for r in known if r["economy"] == economy][:MOST]
    ]  # fmt: skip
    if rows:
        print_line(f"What moves the loss most, over {draws} draws of all parameters at once")
        titles = ("rank\ncorrelation", "median loss in\nits lowest fifth", "in its\nhighest fifth")
        print_grid(["economy", "parameter", *titles], rows, (2, 3, 4))
    else:
        print_line(f"No parameter of {model} moves the loss by more than chance shows in {draws} draws.")
    print_line()
