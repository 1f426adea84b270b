"""Figure: loss day by day with its range, one panel for each economy or group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from interdep.errors import InputError
from interdep.figures.figure import Figure, stem
from interdep.figures.labels import display, share_text, year_text
from interdep.figures.theme import FULL_WIDTH, INK, MUTED, PADDING, PALETTE, RAMP, RULE, SIZE, SMALL, framed
from interdep.figures.words import say, sentence
from interdep.tables import Table

HEIGHT = 170
STILL = 0.02
"""Part of the largest loss below which a day is quiet."""

SHORTEST = 28
"""Days that are shown at least."""

AXIS = 34
"""Pixels left of a panel for the numbers of its axis."""


def day_fan(
    daily: Table,
    scenario: str,
    economies: Sequence[str] | None = None,
    names: Mapping[str, str] | None = None,
    width: float = FULL_WIDTH,
    lang: str = "en",
    height: int = HEIGHT,
    stacked: bool = False,
) -> Figure:
    """A line for the default parameters, a dark band for the middle half of the variants, a light one for all of them.

    daily: dims (scenario, economy, day) with low, lower, value, upper, high, fractions of the day's normal value added;
    economies: which, in this order, default all; names: what to print for codes of economies and the scenario; height: pixels of
    a panel; stacked: panels below each other, for a narrow place. The scale is that of line and dark band; how far the light band
    goes beyond it is said in each panel.
    Raises InputError for unknown labels, or where there are more than four panels.
    """
    chosen = daily.where(scenario=scenario)
    if economies is not None:
        chosen = chosen.where(economy=list(economies))
    rows = chosen.to_rows()
    panels = list(economies) if economies is not None else list(dict.fromkeys(row["economy"] for row in rows))
    if not 1 <= len(panels) <= 4:
        raise InputError(f"{len(panels)} panels in one figure; choose one to four economies")
    shown = display([scenario, *panels], names)
    top = max([1e-6, *(max(row["value"], row["upper"]) for row in rows)])
    bottom = min(0.0, *(min(row["value"], row["lower"]) for row in rows))
    domain = [100 * (bottom - 0.04 * (top - bottom)), 100 * (top + 0.1 * (top - bottom))]
    beside = 1 if stacked else len(panels)
    room = width - 2 * PADDING - 14 * (beside - 1)
    plot = round(room / beside - AXIS)
    days = _last(rows, top)
    rows = [row for row in rows if row["day"] <= days]
    most = 4 if stacked else 8
    drawn = [
        _panel([row for row in rows if row["economy"] == code], shown[code], domain, days, (plot, height), lang, most)
        for code in panels
    ]
    peaks = {code: _peak([row for row in rows if row["economy"] == code]) for code in panels}
    worst = max(panels, key=lambda code: peaks[code][1])
    if peaks[worst][1] <= 0:
        title = say(lang, "none_loses", where=say(lang, "list").join(shown[code] for code in panels))
    else:
        day, value = peaks[worst]
        title = say(lang, "fan_title", name=shown[worst], value=share_text(value, lang), day=day)
    words = "fan_subtitle_short" if stacked else "fan_subtitle"
    about = say(lang, words, scenario=shown[scenario], year=year_text(daily.provenance.data_year, lang))
    said = [
        say(lang, "fan_alt", name=shown[code], value=share_text(peaks[code][1], lang), day=peaks[code][0],
            low=share_text(_at(rows, code, peaks[code][0], "low"), lang),
            high=share_text(_at(rows, code, peaks[code][0], "high"), lang))
        for code in panels
    ]  # fmt: skip
    alt = sentence(say(lang, "line_chart"), about, *said)
    for panel in drawn[:-1] if stacked else ():
        panel["layer"][0]["encoding"]["x"]["axis"]["title"] = None
    body = {("vconcat" if stacked else "hconcat"): drawn, "spacing": 4 if stacked else 14}
    return Figure(stem("days", scenario), title, alt, framed(title, about, alt, width, body), chosen)


def _panel(
    rows: Sequence[Mapping[str, Any]],
    name: str,
    domain: list[float],
    days: int,
    size: tuple[int, int],
    lang: str,
    marks: int,
) -> dict[str, Any]:
    plot, height = size
    points = [{"day": r["day"], **{c: round(100 * r[c], 5) for c in ("low", "lower", "value", "upper", "high")}}
              for r in rows]  # fmt: skip
    x = {
        "field": "day", "type": "quantitative", "scale": {"domain": [0, days], "nice": False},
        "axis": {"values": list(range(0, days + 1, _step(days, marks))), "ticks": True, "tickColor": RULE, "domain": True,
                 "domainColor": RULE, "title": say(lang, "days"), "titleFontSize": SMALL, "titleColor": MUTED,
                 "titleFontWeight": "normal"},
    }  # fmt: skip
    scale = {"domain": domain, "nice": False, "zero": False}
    ticks = 5 if height >= HEIGHT else 3
    axis = {"grid": True, "gridColor": "#e6e9ee", "tickCount": ticks, "labelExpr": "datum.label", "minExtent": AXIS - 6}

    def y(field: str) -> dict[str, Any]:
        return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}

    layers: list[dict[str, Any]] = [
        {"mark": {"type": "area", "color": RAMP[1], "opacity": 0.55, "clip": True},
         "encoding": {"x": x, "y": y("low"), "y2": {"field": "high"}}},
        {"mark": {"type": "area", "color": RAMP[2], "opacity": 0.75, "clip": True},
         "encoding": {"x": x, "y": y("lower"), "y2": {"field": "upper"}}},
        {"data": {"values": [{}]}, "mark": {"type": "rule", "color": RULE},
         "encoding": {"y": {"datum": 0, "type": "quantitative", "scale": scale}}},
        {"mark": {"type": "line", "color": PALETTE[3], "strokeWidth": 2, "clip": True},
         "encoding": {"x": x, "y": y("value")}},
    ]  # fmt: skip
    peak = max(points, key=lambda point: point["value"])["day"]
    # The name stands where the line is not.
    side = {"align": "right", "x": plot - 4} if peak < days / 2 else {"align": "left", "x": 4}
    beyond = max(point["high"] for point in points)
    texts = [(name, 2, {"fontWeight": "bold", "fontSize": SIZE + 1, "fill": INK})]
    if beyond > domain[1]:
        texts.append(
            (say(lang, "beyond", value=share_text(beyond / 100, lang)), 17, {"fontSize": SMALL, "fill": MUTED})
        )
    for text, y_place, look in texts:
        layers.append(
            {"data": {"values": [{}]}, "mark": {"type": "text", "align": side["align"], "baseline": "top", **look},
             "encoding": {"x": {"value": side["x"]}, "y": {"value": y_place}, "text": {"value": text}}}
        )  # fmt: skip
    return {"data": {"values": points}, "layer": layers, "width": plot, "height": height}


def _peak(rows: Sequence[Mapping[str, Any]]) -> tuple[int, float]:
    """The worst day under the default parameters and its loss."""
    worst = max(rows, key=lambda row: (row["value"], -row["day"]))
    return worst["day"], worst["value"]


def _last(rows: Sequence[Mapping[str, Any]], top: float) -> int:
    """The last day worth showing: some days after the last one on which line or dark band still move."""
    horizon = max(row["day"] for row in rows)
    moving = [row["day"] for row in rows if max(abs(row["value"]), abs(row["upper"])) > STILL * top]
    return min(horizon, max([SHORTEST, *(round(1.25 * day) for day in moving)]))


def _at(rows: Sequence[Mapping[str, Any]], code: str, day: int, column: str) -> float:
    return next(row[column] for row in rows if row["economy"] == code and row["day"] == day)


def _step(days: int, marks: int) -> int:
    """Days between the marks of the axis: at most so many, in months where there is room for months."""
    return next((step for step in (1, 5, 10, 30, 60, 90, 180, 365) if days / step <= marks), -(-days // marks))
