"""A line of the validation table, and how the table is printed and written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One number: what was published (or another program gives), what we get, the pass mark, and whether it is met.

    verdict: "pass", "miss", "stated" where there is no mark and the comparison stands for itself, or "skipped".
    """

    case: str
    quantity: str
    published: str
    ours: str
    mark: str
    verdict: str


HEADER = ("case", "quantity", "published", "ours", "mark", "")


def judged(case: str, quantity: str, published: str, ours: str, mark: str, met: bool) -> Row:
    """A row with a mark."""
    return Row(case, quantity, published, ours, mark, "pass" if met else "miss")


def stated(case: str, quantity: str, published: str, ours: str, note: str = "no mark") -> Row:
    """A row that only sets one number beside another."""
    return Row(case, quantity, published, ours, note, "stated")


def skipped(case: str, quantity: str, published: str, why: str) -> Row:
    """A row that could not be computed here, and what it needs."""
    return Row(case, quantity, published, f"skipped: {why}", "", "skipped")


def summary(rows: Sequence[Row]) -> str:
    """How close we are, in one sentence."""
    count = {name: sum(row.verdict == name for row in rows) for name in ("pass", "miss", "stated", "skipped")}
    marked = count["pass"] + count["miss"]
    parts = [f"{count['pass']} of {marked} marks met"] if marked else []
    if count["stated"]:
        parts.append(f"{count['stated']} comparison{'s' * (count['stated'] > 1)} without a mark")
    if count["skipped"]:
        parts.append(f"{count['skipped']} skipped")
    return ", ".join(parts)


def as_text(rows: Sequence[Row]) -> str:
    """The table for a terminal."""
    cells = [HEADER, *((r.case, r.quantity, r.published, r.ours, r.mark, r.verdict) for r in rows)]
    widths = [max(len(line[k]) for line in cells) for k in range(len(HEADER))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in cells
    )


def as_markdown(rows: Sequence[Row]) -> str:
    """The table for the docs."""
    lines = ["| " + " | ".join(HEADER) + " |", "|" + "---|" * len(HEADER)]
    lines += [f"| {r.case} | {r.quantity} | {r.published} | {r.ours} | {r.mark} | {r.verdict} |" for r in rows]
    return "\n".join(lines)
