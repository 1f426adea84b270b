"""The printed table behind a figure: the one its author gave, or the rows of the table it was drawn from."""

from __future__ import annotations

from interdep.briefing.content import Grid, Picture
from interdep.tables import Table
from interdep.units import MISSING, significant

MOST = 60
"""Rows a reader scrolls through; the whole table lies beside the page as a file."""


def behind(picture: Picture) -> Grid | None:
    """The table behind a figure, None where the figure was drawn from bare values."""
    if picture.behind is not None:
        return picture.behind
    return None if picture.figure.table is None else printed(picture.figure.table)


def printed(table: Table) -> Grid:
    """The first rows of a table in print; the caption says how many there are where some are left out."""
    numeric = tuple(place for place, column in enumerate(table.frame.columns) if table.units.get(column))
    rows = tuple(tuple(_cell(value) for value in row) for row in table.frame.head(MOST).rows())
    header = tuple(f"{c} [{table.units[c]}]" if table.units.get(c) else c for c in table.frame.columns)
    caption = table.title or table.name
    if len(table.frame) > MOST:
        caption += f" ({MOST} / {len(table.frame):,})"
    return Grid(header, rows, caption, numeric)


def _cell(value: object) -> str:
    if value is None:
        return MISSING
    return significant(value, 4) if isinstance(value, float) else str(value)
