"""The one block of horizontal bars that the bar figures are made of: whole labels, numbers printed, no axis needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from interdep.figures import theme
from interdep.figures.theme import LINE, PADDING, SIZE, SMALL, text_width, wrap

LABEL_SHARE = 0.42
"""The part of the width that labels may take before they are wrapped."""

SINGLE_BAR, SERIES_BAR, GAP = 14.0, 12.5, 6.0
"""Pixels: a bar alone in its row, one of several, and the space between rows."""


@dataclass(frozen=True)
class Bar:
    """One bar: row label, value (None is missing), the number printed, its series, and a text in the right column."""

    label: str
    value: float | None
    text: str
    series: str = ""
    rest: bool = False
    column: str = ""


def block(
    bars: Sequence[Bar],
    width: float,
    colours: Mapping[str, str] | None = None,
    peers: Sequence[Bar] = (),
    column_title: str = "",
    legend_width: float | None = None,
) -> dict[str, Any]:
    """A Vega-Lite unit (no title, no config) as wide as `width` pixels.

    bars: rows in the order of their labels' first appearance; colours: {series: colour} where a row has several bars;
    peers: bars of panels beside this one, drawn to the same scale; column_title: heads the right column;
    legend_width: room for the legend where several blocks share it.
    """
    colours = dict(colours or {})
    everything = [*bars, *peers]
    labels = list(dict.fromkeys(bar.label for bar in everything))
    lines = {label: wrap(label, LABEL_SHARE * width, SIZE, _marked(label)) for label in labels}
    label_room = 8 + max(text_width(line, SIZE, _marked(label)) for label in labels for line in lines[label])
    number_room = 6 + max(text_width(bar.text, SIZE) for bar in everything)
    header = wrap(column_title, 62, SMALL) if column_title else []
    column_room = 10 + max(text_width(text, SIZE) for text in [*header, *(b.column for b in bars)]) if header else 0.0
    plot = max(width - 2 * PADDING - label_room, number_room + column_room + 60)
    thickness = SERIES_BAR if colours else SINGLE_BAR
    # The room for labels and numbers is that of all panels, else a pixel would mean more in one than in another.
    lines = {label: each for label, each in lines.items() if any(bar.label == label for bar in bars)}
    centres, height = _centres(lines, thickness * max(1, len(colours)))
    low, high = _span([bar.value for bar in everything])
    domain = [low, low + (high - low) * plot / (plot - number_room - column_room)]
    kinds = colours or {"named": theme.PALETTE[0], "rest": theme.REST}
    shift = {name: i - (len(colours) - 1) / 2 for i, name in enumerate(colours)}
    rows = [
        {
            "label": bar.label,
            "value": bar.value,
            # The number stands right of the bar, or right of zero where the bar runs left or is missing.
            "at": max(bar.value or 0.0, 0.0),
            "text": bar.text,
            "kind": bar.series or ("rest" if bar.rest else "named"),
            "column": bar.column,
            "missing": bar.value is None,
            "y": round(centres[bar.label] + thickness * (shift[bar.series] if colours else 0.0), 2),
        }
        for bar in bars
    ]
    texts = [
        {"line": line, "marked": _marked(label), "y": round(centres[label] + LINE * (i - (len(each) - 1) / 2), 2)}
        for label, each in lines.items()
        for i, line in enumerate(each)
    ]
    # Rows are as high as their labels need, so places are in pixels; the values keep a scale of their own.
    y = {"field": "y", "type": "quantitative", "axis": None,
         "scale": {"domain": [0, height], "range": [0, height], "nice": False, "zero": False}}  # fmt: skip
    x_scale = {"domain": domain, "nice": False, "zero": False}
    value = {"field": "value", "type": "quantitative", "scale": x_scale, "axis": None}
    fill = {
        "field": "kind", "type": "nominal", "scale": {"domain": list(kinds), "range": list(kinds.values())},
        "legend": _legend(list(colours), legend_width or plot) if colours else None,
    }  # fmt: skip
    outline = {
        "field": "kind", "type": "nominal", "legend": None,
        "scale": {"domain": list(kinds),
                  "range": [theme.MUTED if theme.lightness(c) > 80 else c for c in kinds.values()]},
    }  # fmt: skip
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "bar", "orient": "horizontal", "height": thickness, "strokeWidth": 0.6},
         "encoding": {"y": y, "x": value, "fill": fill, "stroke": outline}},
        {"data": {"values": [{}]}, "mark": {"type": "rule", "color": theme.RULE, "strokeWidth": 1},
         "encoding": {"x": {"datum": 0, "type": "quantitative"}, "y": {"value": 0}, "y2": {"value": height}}},
        {"mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 4},
         "encoding": {"y": y, "x": {**value, "field": "at"}, "text": {"field": "text"},
                      "fill": {"condition": {"test": "datum.missing", "value": theme.MUTED}, "value": theme.INK}}},
    ]  # fmt: skip
    for marked in sorted({text["marked"] for text in texts}):
        layers.append(
            {"data": {"values": [text for text in texts if text["marked"] is marked]},
             "mark": {"type": "text", "align": "right", "baseline": "middle",
                      "fontWeight": "bold" if marked else "normal"},
             "encoding": {"y": y, "x": {"value": -6}, "text": {"field": "line"}}}
        )  # fmt: skip
    if header:
        column = {"type": "text", "align": "right", "fill": theme.MUTED}
        above = {"value": -3 - LINE * (len(header) - 1)}
        layers += [
            {"mark": {**column, "baseline": "middle"},
             "encoding": {"y": y, "x": {"value": plot}, "text": {"field": "column"}}},
            {"data": {"values": [{}]}, "mark": {**column, "baseline": "bottom", "fontSize": SMALL},
             "encoding": {"x": {"value": plot}, "y": above, "text": {"value": header}}},
        ]  # fmt: skip
    return {"data": {"values": rows}, "layer": layers, "width": round(plot), "height": height}


def _marked(label: str) -> bool:
    return label.startswith(theme.MARK)


def _centres(lines: Mapping[str, Sequence[str]], bars: float) -> tuple[dict[str, float], int]:
    """The middle of every row in pixels from the top, and the height of all of them."""
    centres, y = {}, 0.0
    for label, each in lines.items():
        room = max(bars + GAP, len(each) * LINE + GAP)
        centres[label] = y + room / 2
        y += room
    return centres, round(y)


def _span(values: Sequence[float | None]) -> tuple[float, float]:
    """Smallest and largest value of a scale that includes zero; (0, 1) where there is nothing to show."""
    known = [v for v in values if v is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    return (low, high) if high > low else (0.0, 1.0)


def _legend(series: Sequence[str], width: float) -> dict[str, Any]:
    """A legend in as many columns as fit."""
    widest = max(text_width(name, SIZE) for name in series) + 32
    return {"columns": max(1, min(len(series), int(width // widest))), "symbolStrokeColor": theme.MUTED}
