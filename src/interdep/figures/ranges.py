"""Figure: what several models say of the same scenarios, each a dot with its range, one panel for each economy or group."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from interdep.errors import InputError
from interdep.figures.figure import Figure, stem
from interdep.figures.labels import display, finite, model_text, only_row_each, share_text, year_text
from interdep.figures.theme import (
    FULL_WIDTH,
    INK,
    LINE,
    MUTED,
    PADDING,
    PALETTE,
    PAPER,
    RULE,
    SIZE,
    SMALL,
    framed,
    text_width,
    wrap,
)
from interdep.figures.words import say, sentence
from interdep.tables import Table

LABELS = 0.25
"""The part of the width that scenario names may take."""

ROW, GAP = 14.0, 10.0
"""Pixels of a row, and between scenarios."""

SHAPES = ("circle", "square", "diamond", "triangle-up", "cross")
"""One for each model, so that they differ in grey print too."""

COLOURS = (PALETTE[0], PALETTE[1], PALETTE[3], PALETTE[2], PALETTE[4])

DOT = {"type": "point", "filled": True, "size": 58, "opacity": 1, "stroke": PAPER, "strokeWidth": 0.7}

LINEAR = 0.01
"""Per cent: the scale is linear up to about here and logarithmic beyond, for losses of a hundredth and of ten per cent."""


def model_ranges(
    table: Table,
    economies: Sequence[str] | None = None,
    names: Mapping[str, str] | None = None,
    width: float = FULL_WIDTH,
    lang: str = "en",
) -> Figure:
    """Dots (default parameters) and lines (range) of every model under each scenario.

    table: dims (model, scenario, economy) with low, value, high, fractions of a year's value added; low and high may be
    missing, a missing value has no dot; economies: one panel each (at most two), in this order, default all; names: what to
    print for codes of economies, scenarios and models. Raises InputError where more than two panels or five models are asked for.
    """
    chosen = table if economies is None else table.where(economy=list(economies))
    rows = chosen.to_rows()
    panels = list(economies) if economies is not None else list(dict.fromkeys(r["economy"] for r in rows))
    if not 1 <= len(panels) <= 2:
        raise InputError(f"{len(panels)} panels in one figure; choose one or two economies")
    only_row_each(rows, ["model", "scenario", "economy"], table.name)
    models = list(dict.fromkeys(r["model"] for r in rows))
    scenarios = list(dict.fromkeys(r["scenario"] for r in rows))
    if len(models) > len(SHAPES):
        raise InputError(f"{len(models)} models in one figure; at most {len(SHAPES)} can be told apart")
    shown = display([*scenarios, *panels], names)
    kinds = {m: model_text(m, names, lang) for m in models}
    lines = {s: wrap(shown[s], LABELS * width, SIZE) for s in scenarios}
    centres, height = _centres(lines, len(models))
    shift = {m: ROW * (i - (len(models) - 1) / 2) for i, m in enumerate(models)}
    points = [_point(r, centres[r["scenario"]] + shift[r["model"]], kinds[r["model"]], lang) for r in rows]
    label_room = 10 + max(text_width(line, SIZE) for each in lines.values() for line in each)
    number_room = 10 + max(text_width(point["text"], SIZE) for point in points)
    plot = round((width - 2 * PADDING - label_room - 14 * (len(panels) - 1)) / len(panels) - number_room)
    domain = _domain([p[c] for p in points for c in ("low", "value", "high") if p[c] is not None])
    drawn = []
    for place, code in enumerate(panels):
        own = [p for p, r in zip(points, rows, strict=True) if r["economy"] == code]
        labels = {s: (lines[s], centres[s]) for s in scenarios} if place == 0 else {}
        drawn.append(_panel(own, shown[code], labels, list(kinds.values()), domain, (plot, height), number_room, lang))
    about = say(lang, "apart_subtitle", year=year_text(table.provenance.data_year, lang))
    title = _title(rows, shown, lang)
    said = [
        say(lang, "apart_alt", scenario=shown[s], name=shown[code], items=say(lang, "list").join(
            say(lang, "rest_alt", name=kinds[r["model"]], value=_spread(r, lang))
            for r in rows if (r["scenario"], r["economy"]) == (s, code)
        ))
        for s in scenarios for code in panels
    ]  # fmt: skip
    alt = sentence(say(lang, "dot_chart"), about, *said)
    key = _key(list(kinds.values()), round(width - 2 * PADDING - label_room))
    body = {"vconcat": [key, {"hconcat": drawn, "spacing": 14}], "spacing": 16}
    return Figure(stem("models", *panels), title, alt, framed(title, about, alt, width, body), chosen)


def _point(row: Mapping[str, Any], y: float, kind: str, lang: str) -> dict[str, Any]:
    value = finite(row["value"])
    ends = {c: None if finite(row[c]) is None else round(100 * row[c], 6) for c in ("low", "high")}
    return {"value": None if value is None else round(100 * value, 6), **ends, "y": round(y, 2), "kind": kind,
            "text": share_text(value, lang)}  # fmt: skip


def _centres(lines: Mapping[str, Sequence[str]], models: int) -> tuple[dict[str, float], int]:
    """The middle of every scenario in pixels from the top, and the height of all."""
    centres, y = {}, 0.0
    for name, each in lines.items():
        room = max(ROW * models, LINE * len(each)) + GAP
        centres[name] = y + room / 2
        y += room
    return centres, round(y)


def _domain(values: Sequence[float]) -> list[float]:
    """Ends of the scale in per cent, a little beyond the values; zero and 0.01 are always on it."""
    low, high = min([0.0, *values]), max([LINEAR, *values])
    return [1.3 * low - 0.1 * LINEAR, 1.3 * high]


def _marks(domain: Sequence[float], plot: float, sign: str) -> list[tuple[float, str]]:
    """The powers of ten on the scale, each with its label, empty where the one before leaves no room."""
    steps = [float(f"1e{k}") for k in range(-2, 5)]
    found, end = [], -math.inf
    middle = _place(0.0, domain, plot)
    for mark in [*(-step for step in reversed(steps)), 0.0, *steps]:
        if not domain[0] <= mark <= domain[1]:
            continue
        place = _place(mark, domain, plot)
        text = f"{mark:g}{sign}" if mark else "0"
        half = text_width(text, SMALL) / 2
        # Zero is always named; a label that would run into it is left out.
        fits = place - half >= end and (mark == 0 or abs(place - middle) > half + 8) and place + half <= plot + 12
        if fits:
            end = place + half + 4
        found.append((mark, text if fits else ""))
    return found


def _place(value: float, domain: Sequence[float], plot: float) -> float:
    """Pixels from the left of a value on the scale."""
    low, here, high = (math.copysign(math.log1p(abs(v) / LINEAR), v) for v in (domain[0], value, domain[1]))
    return plot * (here - low) / (high - low)


def _looks(kinds: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The encodings of a model's colour and shape, without a legend: `_key` is one for all panels."""
    field = {"field": "kind", "type": "nominal", "legend": None}
    colour, shape = ({"domain": list(kinds), "range": list(every[: len(kinds)])} for every in (COLOURS, SHAPES))
    return {**field, "scale": colour}, {**field, "scale": shape}


def _key(kinds: Sequence[str], room: int) -> dict[str, Any]:
    """Which dot is which model, in as many lines as the room in pixels asks for."""
    colour, shape = _looks(kinds)
    places, x, y = [], 5.0, 6.0
    for kind in kinds:
        if x > 5 and x + 9 + text_width(kind, SIZE) > room:
            x, y = 5.0, y + ROW
        places.append({"kind": kind, "x": x, "beside": x + 9, "y": y})
        x += 9 + text_width(kind, SIZE) + 18

    def at(field: str, end: float) -> dict[str, Any]:
        scale = {"domain": [0, end], "range": [0, end], "nice": False, "zero": False}
        return {"field": field, "type": "quantitative", "scale": scale, "axis": None}

    height = round(y + 6)
    return {
        "data": {"values": places}, "width": room, "height": height,
        "layer": [
            {"mark": DOT, "encoding": {"x": at("x", room), "y": at("y", height), "fill": colour, "shape": shape}},
            {"mark": {"type": "text", "align": "left", "baseline": "middle"},
             "encoding": {"x": at("beside", room), "y": at("y", height), "text": {"field": "kind"}}},
        ],
    }  # fmt: skip


def _panel(
    points: Sequence[Mapping[str, Any]],
    name: str,
    labels: Mapping[str, tuple[Sequence[str], float]],
    kinds: Sequence[str],
    domain: list[float],
    size: tuple[int, int],
    number_room: float,
    lang: str,
) -> dict[str, Any]:
    plot, height = size
    y = {"field": "y", "type": "quantitative", "axis": None,
         "scale": {"domain": [0, height], "range": [0, height], "nice": False, "zero": False}}  # fmt: skip
    scale = {"type": "symlog", "constant": LINEAR, "domain": domain, "range": [0, plot], "nice": False}
    colour, shape = _looks(kinds)

    def x(field: str) -> dict[str, Any]:
        return {"field": field, "type": "quantitative", "scale": scale, "axis": None}

    marks = [
        {"mark": m, "text": text, "colour": RULE if m == 0 else "#e6e9ee"}
        for m, text in _marks(domain, plot, say(lang, "sign"))
    ]
    known = [p for p in points if p["value"] is not None]
    ranged = [p for p in points if p["low"] is not None and p["high"] is not None]
    texts = [
        {"line": line, "y": round(centre + LINE * (i - (len(each) - 1) / 2), 2)}
        for each, centre in labels.values()
        for i, line in enumerate(each)
    ]
    layers: list[dict[str, Any]] = [
        {"data": {"values": marks}, "mark": {"type": "rule"},
         "encoding": {"x": x("mark"), "stroke": {"field": "colour", "type": "nominal", "scale": None},
                      "y": {"value": 0}, "y2": {"value": height}}},
        {"data": {"values": marks}, "mark": {"type": "text", "baseline": "top", "fontSize": SMALL},
         "encoding": {"x": x("mark"), "y": {"value": height + 4}, "text": {"field": "text"}}},
        {"data": {"values": ranged}, "mark": {"type": "rule", "strokeWidth": 2.4, "opacity": 0.75},
         "encoding": {"x": x("low"), "x2": {"field": "high"}, "y": y, "stroke": colour}},
        {"data": {"values": known}, "mark": DOT,
         "encoding": {"x": x("value"), "y": y, "shape": shape, "fill": colour}},
        {"data": {"values": list(points)}, "mark": {"type": "text", "align": "right", "baseline": "middle"},
         "encoding": {"y": y, "x": {"value": plot + number_room - 2}, "text": {"field": "text"},
                      "fill": {"condition": {"test": "datum.value === null", "value": MUTED}, "value": INK}}},
        {"data": {"values": [{}]},
         "mark": {"type": "text", "align": "left", "baseline": "bottom", "fontWeight": "bold", "fontSize": SIZE + 1, "fill": INK},
         "encoding": {"x": {"value": 0}, "y": {"value": -4}, "text": {"value": name}}},
    ]  # fmt: skip
    if texts:
        layers.append(
            {"data": {"values": texts}, "mark": {"type": "text", "align": "right", "baseline": "middle"},
             "encoding": {"y": y, "x": {"value": -8}, "text": {"field": "line"}}}
        )  # fmt: skip
    return {"layer": layers, "width": plot, "height": height}


def _title(rows: Sequence[Mapping[str, Any]], shown: Mapping[str, str], lang: str) -> str:
    """Where the models are furthest apart."""
    cells: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        if finite(row["value"]) is not None:
            cells.setdefault((row["scenario"], row["economy"]), []).append(row["value"])
    if not cells:
        return say(lang, "no_value", where=say(lang, "list").join(shown.values()))
    scenario, economy = max(cells, key=lambda cell: max(cells[cell]) - min(cells[cell]))
    ends = cells[scenario, economy]
    low, high = share_text(min(ends), lang), share_text(max(ends), lang)
    return say(lang, "apart_title", name=shown[economy], scenario=shown[scenario], low=low, high=high)


def _spread(row: Mapping[str, Any], lang: str) -> str:
    text = share_text(finite(row["value"]), lang)
    if row["low"] is None or row["high"] is None:
        return text
    return text + say(lang, "apart_range", low=share_text(row["low"], lang), high=share_text(row["high"], lang))
