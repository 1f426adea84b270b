"""The one block of horizontal bars that the bar figures are made of: whole labels, numbers printed, no axis needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from interdep.figures import theme
from interdep.figures.theme import LINE, PADDING, SIZE, SMALL, text_width, wrap


@dataclass(frozen=True)
class Bar:
    """One bar: its row label, value (None is missing), the number printed, its series, and a text in the right column."""

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
    limits: tuple[float, float] | None = None,
    column_title: str = "",
) -> dict[str, Any]:
    """A Vega-Lite unit (no title, no config) as wide as `width` pixels.

    bars: rows in the order of their labels' first appearance; colours: {series: colour} where a row has several bars;
    limits: smallest and largest value of the scale, for panels that share one; column_title: heads the right column.
    """
    colours = dict(colours or {})
    labels = list(dict.fromkeys(bar.label for bar in bars))
    lines = {label: wrap(label, 0.42 * width, SIZE, bold=label.startswith(theme.MARK)) for label in labels}
    label_room = 8 + max(text_width(line, SIZE, label.startswith(theme.MARK)) for label in labels for line in lines[label])
    header = wrap(column_title, 80, SMALL) if column_title else []
    number_room = 6 + max(text_width(bar.text, SIZE) for bar in bars)
    column_texts = [*header, *(bar.column for bar in bars)]
    column_room = 8 + max(text_width(text, SIZE) for text in column_texts) if column_title else 0.0
    plot = max(width - 2 * PADDING - label_room, number_room + column_room + 60)
    tallest = max(len(each) for each in lines.values())
    bar_height = 12.5 * max(1, len(colours)) if colours else 14.0
    step = max(bar_height + 6, tallest * LINE + 5)
    low, high = limits or span([bar.value for bar in bars])
    domain = [low, low + (high - low) * plot / (plot - number_room - column_room)]
    rows = [
        {
            "label": "\n".join(lines[bar.label]),
            "value": bar.value,
            # The number stands right of the bar, or right of zero where the bar runs left or is missing.
            "at": max(bar.value or 0.0, 0.0),
            "text": bar.text,
            "kind": bar.series or ("rest" if bar.rest else "named"),
            "column": bar.column,
            "missing": bar.value is None,
        }
        for bar in bars
    ]
    kinds = colours or {"named": theme.PALETTE[0], "rest": theme.REST}
    y = {
        "field": "label", "type": "nominal",
        "scale": {
            "domain": ["\n".join(lines[label]) for label in labels],
            "paddingInner": 1 - bar_height / step, "paddingOuter": 0.1,
        },
        "axis": label_axis(label_room, tallest),
    }  # fmt: skip
    offset: dict[str, Any] = (
        {"yOffset": {"field": "kind", "type": "nominal", "scale": {"domain": list(colours)}}} if colours else {}
    )
    x_scale = {"domain": domain, "nice": False, "zero": False}
    fill = {
        "field": "kind", "type": "nominal", "scale": {"domain": list(kinds), "range": list(kinds.values())},
        "legend": _legend(list(colours), width) if colours else None,
    }  # fmt: skip
    outline = [theme.MUTED if theme.lightness(c) > 80 else c for c in kinds.values()]
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "bar", "strokeWidth": 0.6},
            "encoding": {
                "y": y, **offset,
                "x": {"field": "value", "type": "quantitative", "scale": x_scale, "axis": None},
                "fill": fill,
                "stroke": {"field": "kind", "type": "nominal", "legend": None,
                           "scale": {"domain": list(kinds), "range": outline}},
            },
        },
        {"data": {"values": [{}]}, "mark": {"type": "rule", "color": theme.RULE, "strokeWidth": 1},
         "encoding": {"x": {"datum": 0, "type": "quantitative"}}},
        {
            "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 4},
            "encoding": {
                "y": y, **offset,
                "x": {"field": "at", "type": "quantitative", "scale": x_scale, "axis": None},
                "text": {"field": "text"},
                "fill": {"condition": {"test": "datum.missing", "value": theme.MUTED}, "value": theme.INK},
            },
        },
    ]  # fmt: skip
    if column_title:
        layers.append(
            {"mark": {"type": "text", "align": "right", "baseline": "middle", "fill": theme.MUTED},
             "encoding": {"y": y, "x": {"value": plot}, "text": {"field": "column"}}}
        )  # fmt: skip
        layers.append(
            {"data": {"values": [{}]},
             "mark": {"type": "text", "align": "right", "baseline": "bottom", "fill": theme.MUTED, "fontSize": SMALL},
             "encoding": {"x": {"value": plot}, "y": {"value": -3 - LINE * (len(header) - 1)}, "text": {"value": header}}}
        )  # fmt: skip
    return {"data": {"values": rows}, "layer": layers, "width": round(plot), "height": round(len(labels) * step)}


def span(values: Sequence[float | None]) -> tuple[float, float]:
    """Smallest and largest value of a scale that includes zero; (0, 1) where there is nothing to show."""
    known = [v for v in values if v is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    return (low, high) if high > low else (0.0, 1.0)


def label_axis(room: float, tallest: int) -> dict[str, Any]:
    """Labels of several lines, centred on their row (Vega centres the first line only); bold where marked."""
    text = "split(datum.label, '\\n')"
    axis: dict[str, Any] = {
        "labelExpr": text, "labelPadding": 6, "minExtent": round(room, 1), "maxExtent": round(room, 1), "title": None,
        "labelFontWeight": {
            "condition": {"test": f"indexof(datum.label, '{theme.MARK}') == 0", "value": "bold"}, "value": "normal",
        },
    }  # fmt: skip
    if tallest > 1:
        axis["labelOffset"] = {
            "condition": [
                {"test": f"length({text}) == {count}", "value": -LINE / 2 * (count - 1)} for count in range(2, tallest + 1)
            ],
            "value": 0,
        }
    return axis


def _legend(series: Sequence[str], width: float) -> dict[str, Any]:
    """A legend in as many columns as fit."""
    widest = max(text_width(name, SIZE) for name in series) + 32
    return {"columns": max(1, min(len(series), int((width - 2 * PADDING) // widest))), "symbolStrokeColor": theme.MUTED}
