"""The printed page in numbers, and what fits it: column widths of a table, places where a long word may break, the marking."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from interdep.briefing.content import Grid
from interdep.briefing.fonts import width
from interdep.errors import InputError

MM = 72 / 25.4
PAGE = {
    "side": 18, "top": 18, "bottom": 21, "text": 9.5, "caption": 7.8, "marking": 9, "footer": 7, "inset": 3,
}  # fmt: skip
"""Margins in mm; sizes and the inset of a cell in points."""

TEXT_WIDTH = (210 - 2 * PAGE["side"]) * MM
TEXT_HEIGHT = (297 - PAGE["top"] - PAGE["bottom"]) * MM
LINE = 1.3 * PAGE["text"]
"""What the text may take of an A4 page, and a line of it, in points."""

CELL_SIZES = (8, 7.5, 7)
"""Sizes a table's text may have, in points: a wide table is set smaller before it is refused."""

COMFORT = (9, 6, 0)
"""Ems a column of text has at least, if it wants them: less of it only where no size fits."""

SEAM = 0.25
CLOSED = "、。，．・：；（）「」『』【】〜～！？　"
"""Full-width punctuation, beside which no space is added."""

FOOTER_LINES = 2
PIECE = 12
"""A run of more than twice as many signs without a space may be broken after so many."""


def breakable(text: str) -> str:
    """The text with places (zero-width spaces) where runs too long for a line or a cell may be broken, and with numbers
    held to their per-cent sign."""

    def broken(run: re.Match[str]) -> str:
        pieces = re.findall(rf"[^/&?=_.,;:-]{{1,{PIECE}}}[/&?=_.,;:-]*|[/&?=_.,;:-]{{1,{PIECE}}}", run[0])
        return "\u200b".join(pieces)

    return re.sub(rf"[^\s\u2e80-\u9fff\uff00-\uffef]{{{2 * PIECE + 1},}}", broken, text.replace(" %", "\u00a0%"))


def columns(grid: Grid) -> tuple[float, list[float]]:
    """The size of a table's text and the widths of its columns, in points.

    As wide as their text where that fits, else shared out by it; a wide table is set smaller, then its columns get narrower,
    but no word is wider than its column. Raises InputError where not even that fits a page.
    """
    room = 0.0
    for comfort in COMFORT:
        for size in CELL_SIZES:
            least, wanted = _needs(grid, size, comfort)
            if sum(wanted) <= TEXT_WIDTH:
                return size, wanted
            room = TEXT_WIDTH - sum(least)
            if room >= 0:
                more = [w - n for w, n in zip(wanted, least, strict=True)]
                return size, [n + room * m / sum(more) for n, m in zip(least, more, strict=True)]
    raise InputError(
        f"the table {grid.caption!r} is too wide for a page by {-room / MM:.0f} mm; leave out one of its"
        f" {len(grid.header)} columns or shorten its words"
    )


def _needs(grid: Grid, size: float, comfort: float) -> tuple[list[float], list[float]]:
    """The least width of each column and the one it would like; comfort: ems a column of text has at least, if it wants
    them."""
    least, wanted = [], []
    for place, head in enumerate(grid.header):
        cells = [row[place] for row in grid.rows]
        whole = max((line(cell, size) for cell in cells), default=0.0)
        words = max((line(w, size) for cell in cells for w in _words(cell)), default=0.0)
        heading = line(head, size, bold=True)
        # A number is never broken over lines (a long range is, at its spaces); its header may be.
        if place in grid.numeric and (comfort or whole <= COMFORT[0] * size):
            words = whole
        narrow = max(*(line(w, size, bold=True) for w in _words(head)), min(heading, comfort * size / 2))
        edges = 2 * PAGE["inset"] + 0.5
        least.append(max(narrow, words, min(whole, comfort * size), size) + edges)
        wanted.append(max(heading, whole, size) + edges)
    return least, wanted


def line(text: str, size: float, bold: bool = False) -> float:
    """What a text takes on one line, with the quarter of an em set between East Asian and other letters."""
    kinds = [unicodedata.east_asian_width(sign) in "WF" and sign not in CLOSED for sign in text if sign.strip()]
    seams = sum(one != other for one, other in pairwise(kinds))
    return 1.01 * (width(text, size, bold) + SEAM * size * seams)


def _words(text: str) -> list[str]:
    """What is never broken over lines: words, single East Asian signs."""
    words: list[str] = []
    for run in re.split(r"[ \u200b]", text):
        start = 0
        for place, sign in enumerate(run):
            if unicodedata.east_asian_width(sign) in "WF":
                words += [run[start:place], sign * 2]  # two: closing signs stay with the sign before
                start = place + 1
        words.append(run[start:])
    return words


def check_marking(marking: str) -> None:
    """Raise InputError where a marking does not fit its one line, saying how long it may be."""
    takes = line(marking, PAGE["marking"], bold=True)
    if takes > TEXT_WIDTH:
        most = int(len(marking) * TEXT_WIDTH / takes)
        raise InputError(
            f"the marking has {len(marking)} signs and would take {takes / MM:.0f} mm; the line at the head and foot of a page"
            f" holds {TEXT_WIDTH / MM:.0f} mm, about {most} such signs"
        )


def check_footer(footer: str) -> None:
    """Raise InputError where a footer needs more than its two lines, saying how long it may be."""
    room = TEXT_WIDTH - 14 * MM  # the page number stands beside it
    takes = line(footer, PAGE["footer"])
    if takes > 0.97 * FOOTER_LINES * room:
        most = int(0.97 * len(footer) * FOOTER_LINES * room / takes)
        raise InputError(
            f"the footer has {len(footer)} signs; {FOOTER_LINES} lines hold about {most} such signs: shorten it"
        )
