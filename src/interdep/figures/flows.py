"""Figure: who supplies the partners, as bands from the largest suppliers to each of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from interdep.errors import InputError, unknown
from interdep.figures.figure import Figure, stem
from interdep.figures.labels import MoneyScale, display, finite, only_row_each
from interdep.figures.theme import (
    HALF_WIDTH,
    INK,
    LINE,
    MUTED,
    PADDING,
    PALETTE,
    REST,
    SIZE,
    framed,
    lightness,
    text_width,
    wrap,
)  # fmt: skip
from interdep.figures.words import say, sentence
from interdep.tables import Table

ROW = "ROW"
"""The rest of the world is many economies: it has a band of its own, below all others, and is never ranked."""

OTHERS = " others"
"""Stands for all suppliers that are not named; no code begins with a space."""

NODE, STEPS = 5.0, 24
"""Width of the bars at either end in pixels, and points along the edge of a band."""


def supplier_flows(
    table: Table,
    buyers: Sequence[str],
    top: int = 8,
    names: Mapping[str, str] | None = None,
    column: str = "look_through",
    width: float = HALF_WIDTH,
    lang: str = "en",
    height: float = 150,
) -> Figure:
    """A band from each of the `top` largest suppliers of all buyers together to each buyer, as wide as what it delivers.

    table: dims (buyer, supplier), `column` in money; what is missing is left out and said. All other suppliers are one band,
    the rest of the world another. buyers: one to four, in this order; names: what to print for codes; width: pixels;
    height: pixels of all bands together, without the room that small ones need for their labels.
    Raises InputError where a buyer or the column is unknown, or nothing is delivered.
    """
    if not 1 <= len(buyers) <= 4:
        raise InputError(f"{len(buyers)} buyers in one flow diagram; choose one to four")
    if top < 1:
        raise InputError(f"top is {top}; show at least one supplier")
    if column not in table.units:
        raise unknown("column", column, list(table.units), f"table {table.name!r}")
    rows = table.where(buyer=list(buyers)).to_rows()
    only_row_each(rows, ["buyer", "supplier"], table.name)
    values = {(r["supplier"], r["buyer"]): finite(r[column]) for r in rows}
    absent = sorted({s for (s, _), v in values.items() if v is None})
    flows = {cell: v for cell, v in values.items() if v is not None and v > 0}
    if not flows:
        raise InputError(f"table {table.name!r} has no deliveries to {', '.join(buyers)}; there is nothing to draw")
    totals = {s: sum(v for (t, _), v in flows.items() if t == s) for s, _ in flows}
    ranked = sorted((s for s in totals if s != ROW), key=lambda s: (-totals[s], s))
    # One supplier alone is named rather than called other.
    named = ranked if len(ranked) <= top + 1 else ranked[:top]
    others = ranked[len(named) :]
    merged = _merged(flows, named, others, buyers)
    shown = display([*buyers, *ranked, ROW], {**(names or {}), ROW: say(lang, "rest_of_world")})
    shown[OTHERS] = say(lang, "other_economies", n=len(others))
    sums = {s: sum(merged.get((s, b), 0.0) for b in buyers) for s in _order(named, others, totals)}
    money = MoneyScale(table.units[column], [sum(sums.values())], lang)
    title = _title(named, flows, buyers, shown, lang)
    about = say(lang, "flows_subtitle", unit=money.unit)
    gone = (
        say(lang, "flows_missing", names=say(lang, "list").join([shown.get(str(s), str(s)) for s in absent]))
        if absent
        else ""
    )
    items = [
        say(lang, "rest_alt", name=shown[s], value=say(lang, "list").join(
            say(lang, "flows_to", name=shown[b], value=money.number(merged.get((s, b), 0.0))) for b in buyers))
        for s in [*named[:3], *([ROW] if ROW in sums else [])]
    ]  # fmt: skip
    alt = sentence(
        say(lang, "flow_chart"), about, say(lang, "flows_alt", items=say(lang, "semicolon").join(items)), gone
    )
    body = _body(merged, sums, buyers, shown, money, width, height)
    spec = framed(title, sentence(about, gone), alt, width, body)
    return Figure(stem("flows", *buyers), title, alt, spec, table)


def _merged(
    flows: Mapping[tuple[str, str], float], named: Sequence[str], others: Sequence[str], buyers: Sequence[str]
) -> dict[tuple[str, str], float]:
    """Flows by what has a band: named suppliers, all others together, the rest of the world."""
    out: dict[tuple[str, str], float] = {}
    for (supplier, buyer), value in flows.items():
        name = OTHERS if supplier in others else supplier
        if name in (*named, OTHERS, ROW) and buyer in buyers:
            out[name, buyer] = out.get((name, buyer), 0.0) + value
    return out


def _order(named: Sequence[str], others: Sequence[str], totals: Mapping[str, float]) -> list[str]:
    return [*named, *([OTHERS] if others else []), *([ROW] if ROW in totals else [])]


def _title(
    named: Sequence[str],
    flows: Mapping[tuple[str, str], float],
    buyers: Sequence[str],
    shown: Mapping[str, str],
    lang: str,
) -> str:
    firsts = [max(named, key=lambda s, b=b: flows.get((s, b), 0.0)) if named else ROW for b in buyers]
    if len(buyers) > 1 and len(set(firsts)) == 1:
        return say(lang, "flows_same", name=shown[firsts[0]], buyers=say(lang, "and").join(shown[b] for b in buyers))
    parts = [say(lang, "rest_alt", name=shown[b], value=shown[s]) for b, s in zip(buyers, firsts, strict=True)]
    return say(lang, "flows_first", items=say(lang, "list").join(parts))


def _body(
    merged: Mapping[tuple[str, str], float],
    sums: Mapping[str, float],
    buyers: Sequence[str],
    shown: Mapping[str, str],
    money: MoneyScale,
    width: float,
    bands: float,
) -> dict[str, Any]:
    """Bars left and right, bands between them, labels outside; places are in pixels from the top."""
    whole = sum(sums.values())
    arrived = {b: sum(v for (_, to), v in merged.items() if to == b) for b in buyers}
    left = _places({s: bands * v / whole for s, v in sums.items()}, 3.0)
    right = _places({b: bands * v / whole for b, v in arrived.items()}, 14.0)
    tall = max(end for _, end in left.values())
    # The buyers stand in the middle of the suppliers' height.
    shift = max(0.0, (tall - max(end for _, end in right.values())) / 2)
    height = max(tall, max(end for _, end in right.values()))
    labels = {s: f"{shown[s]}  {money.number(v)}" for s, v in sums.items()}
    room_left = 8 + max(text_width(text, SIZE) for text in labels.values())
    room_left = min(room_left, 0.46 * width)
    lines = {b: [*wrap(shown[b], 0.24 * width, SIZE, bold=True), money.number(arrived[b])] for b in buyers}
    room_right = 8 + max(text_width(line, SIZE, bold=True) for each in lines.values() for line in each)
    plot = width - 2 * PADDING - room_left - room_right
    points, bars = [], []
    used_right = dict.fromkeys(buyers, 0.0)
    order = {s: k for k, s in enumerate(sums)}
    for supplier in sums:
        top = _top(left[supplier], bands * sums[supplier] / whole)
        bars.append({"x": 0.0, "x2": NODE, "y": top, "y2": top + bands * sums[supplier] / whole, "kind": "supplier"})
        for buyer in buyers:
            thick = bands * merged.get((supplier, buyer), 0.0) / whole
            if thick <= 0:
                continue
            end = right[buyer][0] + shift + used_right[buyer]
            points += _band(f"{order[supplier]} {buyer}", buyer, NODE, plot - NODE, top, end, thick)
            top += thick
            used_right[buyer] += thick
    for buyer in buyers:
        top = right[buyer][0] + shift
        bars.append({"x": plot - NODE, "x2": plot, "y": top, "y2": top + used_right[buyer], "kind": buyer})
    texts = [
        {"x": -4.0, "y": (left[s][0] + left[s][1]) / 2, "text": text, "muted": s in (OTHERS, ROW)} for s, text in labels.items()
    ]  # fmt: skip
    ends = [
        {"x": plot + 4, "y": right[b][0] + shift + used_right[b] / 2 + LINE * (k - (len(each) - 1) / 2), "text": line,
         "bold": k < len(each) - 1}
        for b, each in lines.items() for k, line in enumerate(each)
    ]  # fmt: skip
    return _layers(points, bars, texts, ends, buyers, round(plot), round(height))


def _places(heights: Mapping[str, float], gap: float) -> dict[str, tuple[float, float]]:
    """(top, bottom) of the room of each bar: at least a line of text, and a gap between them."""
    places, y = {}, 0.0
    for name, height in heights.items():
        room = max(height, LINE)
        places[name] = (y, y + room)
        y += room + gap
    return places


def _top(room: tuple[float, float], height: float) -> float:
    """Where a bar begins that stands in the middle of its room."""
    return (room[0] + room[1] - height) / 2


def _band(
    ident: str, kind: str, start: float, end: float, top: float, last: float, thick: float
) -> list[dict[str, Any]]:
    """Points along a band that leaves and arrives level."""
    out = []
    for k in range(STEPS + 1):
        part = k / STEPS
        level = (1 - math.cos(math.pi * part)) / 2
        y = top + (last - top) * level
        # A band thinner than a hair is still one.
        out.append({"band": ident, "kind": kind, "x": round(start + (end - start) * part, 2),
                    "y": round(y, 2), "y2": round(y + max(thick, 0.4), 2)})  # fmt: skip
    return out


def _layers(
    points: list[dict[str, Any]], bars: list[dict[str, Any]], texts: list[dict[str, Any]], ends: list[dict[str, Any]],
    buyers: Sequence[str], plot: int, height: int,
) -> dict[str, Any]:  # fmt: skip
    def place(field: str, size: float) -> dict[str, Any]:
        scale = {"domain": [0, size], "range": [0, size], "nice": False, "zero": False}
        return {"field": field, "type": "quantitative", "scale": scale, "axis": None}

    x, y = place("x", plot), place("y", height)
    colours = {b: PALETTE[(0, 2, 3, 1)[k]] for k, b in enumerate(buyers)}
    fill = {"field": "kind", "type": "nominal", "legend": None,
            "scale": {"domain": ["supplier", *colours], "range": [REST, *colours.values()]}}  # fmt: skip
    edges = [MUTED if lightness(c) > 80 else c for c in colours.values()]
    stroke = {**fill, "scale": {"domain": ["supplier", *colours], "range": [REST, *edges]}}
    muted = {"condition": {"test": "datum.muted", "value": MUTED}, "value": INK}
    layers: list[dict[str, Any]] = [
        {"data": {"values": points},
         "mark": {"type": "area", "opacity": 1, "strokeWidth": 0.3, "line": False},
         "encoding": {"x": x, "y": y, "y2": {"field": "y2"}, "detail": {"field": "band"}, "fill": fill, "stroke": stroke}},
        {"data": {"values": bars}, "mark": {"type": "rect"},
         "encoding": {"x": x, "x2": {"field": "x2"}, "y": y, "y2": {"field": "y2"}, "fill": fill}},
        {"data": {"values": texts}, "mark": {"type": "text", "align": "right", "baseline": "middle"},
         "encoding": {"x": x, "y": y, "text": {"field": "text"}, "fill": muted}},
    ]  # fmt: skip
    for bold in (True, False):
        layers.append(
            {"data": {"values": [e for e in ends if e["bold"] is bold]},
             "mark": {"type": "text", "align": "left", "baseline": "middle", "fontWeight": "bold" if bold else "normal"},
             "encoding": {"x": x, "y": y, "text": {"field": "text"}}}
        )  # fmt: skip
    return {"layer": layers, "width": plot, "height": height}
