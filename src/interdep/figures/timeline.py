"""Figure: which inputs hold production back, week by week, one panel for each economy or group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from interdep.errors import InputError
from interdep.figures.figure import Figure, stem
from interdep.figures.heat import TIGHT, label_axis
from interdep.figures.labels import class_names, class_of, classes, display, share_text, year_text
from interdep.figures.theme import (
    FULL_WIDTH,
    INK,
    MUTED,
    PADDING,
    RULE,
    SIZE,
    SMALL,
    framed,
    ramp,
    text_width,
    wrap,
)
from interdep.figures.words import say, sentence
from interdep.tables import Table

ROW = 17
LABELS = 0.3
"""The part of the width that input names may take."""


def bottleneck_weeks(
    held: Table,
    scenario: str,
    economies: Sequence[str],
    weeks: int,
    top: int = 8,
    names: Mapping[str, str] | None = None,
    width: float = FULL_WIDTH,
    lang: str = "en",
) -> Figure:
    """Rows inputs, columns weeks, darker where more of the value added is in industries that lack the input.

    held: dims (scenario, economy, product, period), column `held`, a fraction of the economy's value added; economies: one
    panel each, in this order; weeks: of the horizon; top: how many inputs, those that hold back most over all weeks;
    names: what to print for codes. A scenario without rows has no bottleneck. Raises InputError where nothing is asked for.
    """
    if not economies or top < 1 or weeks < 1:
        raise InputError("a timeline needs at least one economy, one input and one week")
    rows = [r for r in held.to_rows() if r["scenario"] == scenario and r["economy"] in economies]
    shown = display([scenario, *economies, *dict.fromkeys(r["product"] for r in rows)], names)
    weight: dict[str, float] = {}
    first: dict[str, int] = {}
    for row in rows:
        weight[row["product"]] = weight.get(row["product"], 0.0) + row["held"]
        first[row["product"]] = min(first.get(row["product"], weeks), row["period"])
    leading = sorted(weight, key=lambda p: (-weight[p], p))[:top]
    leading.sort(key=lambda p: (first[p], -weight[p], p))
    about = say(lang, "weeks_subtitle", scenario=shown[scenario], year=year_text(held.provenance.data_year, lang))
    note = say(lang, "weeks_top", n=len(leading), all=len(weight)) if len(weight) > len(leading) else ""
    if not leading:
        title = say(lang, "weeks_none", where=say(lang, "list").join(shown[e] for e in economies))
        body: dict[str, Any] = {"data": {"values": [{}]}, "mark": {"type": "text", "text": ""}, "width": width - 60,
                                "height": 6}  # fmt: skip
        alt = sentence(title + say(lang, "stop"), about)
        return Figure(stem("weeks", scenario), title, alt, framed(title, about, alt, width, body), held)
    edges = classes([100 * r["held"] for r in rows], 4)
    ranges = class_names(edges)
    # The lightest step is left to what is not held back at all.
    fills = ramp(len(ranges) + 1)[1:]
    lines = {p: wrap(shown[p], LABELS * width, SMALL) for p in leading}
    label_room = 8 + max(text_width(line, SMALL) for each in lines.values() for line in each)
    plot = round((width - 2 * PADDING - label_room - 12 * (len(economies) - 1)) / len(economies))
    step = max(ROW, TIGHT * max(len(each) for each in lines.values()) + 4)
    domain = [f"{name}{say(lang, 'sign')}" for name in ranges]
    drawn = []
    for place, code in enumerate(economies):
        cells = [
            {"product": "\n".join(lines[r["product"]]), "week": r["period"], "end": r["period"] + 1,
             "class": domain[class_of(100 * r["held"], edges)]}
            for r in rows
            if r["economy"] == code and r["product"] in leading
        ]  # fmt: skip
        drawn.append(
            _panel(cells, shown[code], ["\n".join(lines[p]) for p in leading], weeks, plot, step, label_room, place == 0,
                   (domain, fills), lang)
        )  # fmt: skip
    bites = min(leading, key=lambda p: (first[p], -weight[p]))
    title = say(lang, "weeks_title", name=shown[bites], week=first[bites] + 1)
    said = [say(lang, "weeks_alt", name=shown[p], week=first[p] + 1, value=share_text(max(
        r["held"] for r in rows if r["product"] == p), lang)) for p in leading[:4]]  # fmt: skip
    alt = sentence(say(lang, "week_chart"), about, *said)
    body = {"hconcat": drawn, "spacing": 12}
    return Figure(stem("weeks", scenario), title, alt, framed(title, sentence(about, note), alt, width, body), held)


def _panel(
    cells: Sequence[Mapping[str, Any]],
    name: str,
    order: Sequence[str],
    weeks: int,
    plot: int,
    step: float,
    label_room: float,
    labelled: bool,
    key: tuple[list[str], list[str]],
    lang: str,
) -> dict[str, Any]:
    axis = label_axis(label_room, max(name.count("\n") + 1 for name in order)) if labelled else None
    y = {"field": "product", "type": "nominal", "scale": {"domain": list(order), "paddingInner": 0.1}, "axis": axis}
    marks = list(range(0, weeks + 1, 4 if weeks <= 60 else 13))
    x = {
        "field": "week", "type": "quantitative", "scale": {"domain": [0, weeks], "nice": False},
        "axis": {"values": marks, "title": say(lang, "weeks"), "titleFontSize": SMALL, "titleColor": MUTED,
                 "titleFontWeight": "normal", "grid": True, "gridColor": "#eceff3", "labelFontSize": SMALL},
    }  # fmt: skip
    fill = {"field": "class", "type": "nominal", "scale": {"domain": key[0], "range": key[1]},
            "legend": {"symbolStrokeColor": RULE, "offset": 18}}  # fmt: skip
    return {
        "width": plot, "height": round(step * len(order)),
        "layer": [
            {"data": {"values": list(cells)}, "mark": {"type": "rect", "strokeWidth": 0},
             "encoding": {"x": x, "x2": {"field": "end"}, "y": y, "fill": fill}},
            {"data": {"values": [{}]},
             "mark": {"type": "text", "align": "left", "baseline": "bottom", "fontWeight": "bold", "fontSize": SIZE + 1,
                      "fill": INK},
             "encoding": {"x": {"value": 0}, "y": {"value": -4}, "text": {"value": name}}},
        ],
    }  # fmt: skip
