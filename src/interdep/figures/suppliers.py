"""Figure: who supplies two buyers, directly and through the whole chain, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from interdep.errors import InputError, unknown
from interdep.figures.bars import Bar, block
from interdep.figures.figure import Figure, stem
from interdep.figures.labels import display, finite, only_row_each, share_text, year_text
from interdep.figures.theme import FULL_WIDTH, INK, MARK, PADDING, PALETTE, SIZE, framed
from interdep.figures.words import say, sentence
from interdep.tables import Table

REST = "ROW"
"""The rest of the world is many economies: it has a row of its own and is never ranked."""

GAP = 20


def look_through_suppliers(
    table: Table,
    left: str,
    right: str,
    top: int = 8,
    names: Mapping[str, str] | None = None,
    columns: tuple[str, str] = ("face_share", "look_through_share"),
    width: float = FULL_WIDTH,
    lang: str = "en",
) -> Figure:
    """The largest foreign suppliers of two buyers in two panels with one scale: directly, and through the chain.

    table: dims (buyer, supplier), two value columns that are fractions of all inputs, foreign suppliers only; left,
    right: buyers; columns: the direct and the look-through column; names: what to print for codes; width: pixels.
    Suppliers among the `top` of both are marked. Panels stand below each other where width is small.
    Raises InputError where a column is absent or no fraction, or a buyer unknown.
    """
    if top < 1:
        raise InputError(f"top is {top}; show at least one supplier")
    for column in columns:
        if column not in table.units:
            raise unknown("column", column, list(table.units), f"table {table.name!r}")
        if not table.units[column].startswith("fraction"):
            raise InputError(
                f"column {column!r} of table {table.name!r} is in {table.units[column]!r}; name the columns that hold"
                " fractions of all inputs"
            )
    only_row_each(table.to_rows(), ["buyer", "supplier"], table.name)
    values = {
        buyer: {
            row["supplier"]: (finite(row[columns[0]]), finite(row[columns[1]]))
            for row in table.where(buyer=buyer).to_rows()
        }
        for buyer in (left, right)
    }
    codes = [left, right, *sorted({s for each in values.values() for s in each})]
    shown = display(codes, {**(names or {}), REST: say(lang, "rest_of_world")})
    ranked = {buyer: _ranked(each) for buyer, each in values.items()}
    leading = {buyer: each if len(each) <= top + 1 else each[:top] for buyer, each in ranked.items()}
    common = [s for s in leading[left][:top] if s in leading[right][:top]]
    series = {say(lang, "direct"): PALETTE[2], say(lang, "through"): PALETTE[0]}
    panels = {
        buyer: _rows(values[buyer], leading[buyer], ranked[buyer], shown, common, list(series), lang)
        for buyer in (left, right)
    }
    everything = [bar for bars in panels.values() for bar in bars]
    beside = width >= 560
    each_width = (width - GAP) / 2 + PADDING if beside else width
    drawn: list[dict[str, Any]] = []
    for buyer, bars in panels.items():
        head = {"text": shown[buyer], "anchor": "start", "frame": "group", "fontSize": SIZE + 1, "color": INK}
        drawn.append({"title": head, **block(bars, each_width, series, everything, legend_width=width - 100)})
    firsts = [leading[buyer][0] if leading[buyer] else None for buyer in (left, right)]
    if firsts[0] is None or firsts[1] is None:
        title = say(lang, "no_value", where=shown[left if firsts[0] is None else right])
    elif firsts[0] == firsts[1]:
        title = say(lang, "same_supplier", name=shown[firsts[0]], left=shown[left], right=shown[right])
    else:
        first, second = shown[firsts[0]], shown[firsts[1]]
        title = say(lang, "two_suppliers", left=shown[left], right=shown[right], one=first, other=second)
    about = say(lang, "suppliers_subtitle", year=year_text(table.provenance.data_year, lang))
    listed = say(lang, "list").join(shown[s] for s in common)
    shared = say(lang, "suppliers_shared", n=top, names=listed) if common else say(lang, "suppliers_shared_none", n=top)
    alts = []
    for buyer in (left, right):
        said = [
            say(lang, "rest_alt", name=shown[s], value=share_text(values[buyer][s][1], lang))
            for s in leading[buyer][:3]
        ]
        direct = say(lang, "list").join(share_text(values[buyer][s][0], lang) for s in leading[buyer][:3])
        if said:
            items = say(lang, "list").join(said)
            alts.append(say(lang, "suppliers_alt", buyer=shown[buyer], items=items, direct=direct))
    alt = sentence(say(lang, "bar_chart"), about, *alts, shared)
    body = {("hconcat" if beside else "vconcat"): drawn, "spacing": GAP}
    spec = framed(title, sentence(about, shared), alt, width, body)
    return Figure(stem("look-through-suppliers", left, right), title, alt, spec, table)


def _ranked(values: Mapping[str, tuple[float | None, float | None]]) -> list[str]:
    """Suppliers by look-through share, largest first, ties by code; no rest of the world, none without a share."""
    known = {s: pair[1] for s, pair in values.items() if pair[1] is not None and s != REST}
    return sorted(known, key=lambda s: (-known[s], s))


def _rows(
    values: Mapping[str, tuple[float | None, float | None]],
    leading: list[str],
    ranked: list[str],
    shown: Mapping[str, str],
    common: list[str],
    series: list[str],
    lang: str,
) -> list[Bar]:
    """The bars of one panel: the leading suppliers, the sum of the others, the rest of the world, the missing."""
    rows: list[tuple[str, tuple[float | None, float | None]]] = [
        (f"{MARK} {shown[s]}" if s in common else shown[s], values[s]) for s in leading
    ]
    others = ranked[len(leading) :]
    if others:
        direct = [values[s][0] for s in others]
        known = [d for d in direct if d is not None]
        total = sum(known) if len(known) == len(direct) else None
        rows.append((say(lang, "other_economies", n=len(others)), (total, sum(values[s][1] or 0.0 for s in others))))
    if REST in values:
        rows.append((shown[REST], values[REST]))
    absent = [s for s, pair in values.items() if pair[1] is None and s != REST]
    if absent:
        label = shown[absent[0]] if len(absent) == 1 else say(lang, "missing_rows", n=len(absent))
        rows.append((label, (None, None)))
    if not rows:
        rows.append((say(lang, "missing_rows", n=0), (None, None)))
    return [
        Bar(label, value, share_text(value, lang), series=name)
        for label, pair in rows
        for name, value in zip(series, pair, strict=True)
    ]
