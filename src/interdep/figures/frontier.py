"""Figure: what each yearly budget avoids, together and apart, with the budget that is planned marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from interdep.errors import InputError
from interdep.figures.figure import Figure, stem
from interdep.figures.labels import MoneyScale, classes, share_text, year_text
from interdep.figures.theme import (
    FULL_WIDTH,
    INK,
    LINE,
    MUTED,
    PADDING,
    PALETTE,
    RULE,
    SIZE,
    SMALL,
    framed,
    text_width,
)
from interdep.figures.words import say, sentence
from interdep.tables import Table

HEIGHT = 200
AXIS = 40
"""Pixels left of the plot for the numbers of its axis."""

ROOM = 48
"""Pixels from the axis that the share beside a dot needs."""

ALIKE = 1e-6
"""Lines that are nowhere further apart than this fraction are one."""

LOOKS = {"together": (PALETTE[3], [1, 0], 2.4), "apart": (PALETTE[1], [5, 3], 2.0), "one": (PALETTE[3], [1, 0], 2.4)}
"""Colour, dashes and width: dark and whole, or lighter and dashed, so that they differ in grey print too."""


def budget_frontier(
    frontier: Table, budget: float, what: str = "", width: float = FULL_WIDTH, lang: str = "en"
) -> Figure:
    """Lines of the share avoided over the yearly budget, named at their ends; a rule and dots at the budget planned.

    frontier: dim (budget,) with `together` (missing where nothing is shared) and `apart`, fractions of the expected shortage,
    and `price`, whose unit tells the money. budget: the one that is planned, in that money; one beyond the last is said to be
    more than can be used. what: what the plan is against. Raises InputError for fewer than two budgets.
    """
    rows = sorted(frontier.to_rows(), key=lambda r: r["budget"])
    if len(rows) < 2:
        raise InputError(f"table {frontier.name!r} has {len(rows)} budgets; a frontier needs at least two")
    top = float(f"{rows[-1]['budget']:.12g}")
    coin = MoneyScale(frontier.units["price"], [r["budget"] for r in rows], lang)
    beyond = budget > top * (1 + 1e-9)
    shared = all(r["together"] is not None for r in rows)
    same = shared and all(abs(r["together"] - r["apart"]) <= ALIKE for r in rows)
    rows = [{**r, "one": r["apart"]} for r in rows]
    chosen = min(rows, key=lambda r: abs(r["budget"] - budget))
    lines = ["together", "apart"] if shared and not same else ["one"]
    called = {
        "together": say(lang, "line_together"), "apart": say(lang, "line_apart"),
        "one": say(lang, "frontier_both" if same else "line_only"),
    }  # fmt: skip
    ends = {each: f"{called[each]} {share_text(rows[-1][each], lang)}" for each in lines}
    label_room = 10 + max(text_width(text, SIZE, True) for text in ends.values())
    plot = round(width - 2 * PADDING - AXIS - label_room)
    high = max(0.01, *(r[each] for r in rows for each in lines))
    low = min(0.0, *(r[each] for r in rows for each in lines))
    scale = {"domain": [100 * low, 100 * (high + 0.06 * (high - low))], "nice": False, "zero": False}
    ticks = classes([r["budget"] for r in rows], 5 if width > 400 else 4)
    body = {
        "width": plot, "height": HEIGHT,
        "layer": [
            *(_line(rows, each, scale, _axis(ticks, coin, lang), top, lang) for each in lines),
            *([] if beyond else _marked(chosen, lines, scale, plot, top, lang)),
            *_names(rows, ends, scale, plot),
        ],
    }  # fmt: skip
    values = {"budget": coin.text(chosen["budget"]), "apart": share_text(chosen["apart"], lang)}
    if shared and not same:
        title = say(lang, "frontier_title", together=share_text(chosen["together"], lang), **values)
    else:
        title = say(lang, "frontier_same" if same and shared else "frontier_single", **values)
    about = say(lang, "frontier_subtitle", what=say(lang, "scenario_first", name=what) if what else "",
                year=year_text(frontier.provenance.data_year, lang))  # fmt: skip
    note = say(lang, "frontier_beyond", budget=coin.text(budget)) if beyond else ""
    said = [
        say(lang, "frontier_alt", name=called[each], low=share_text(rows[0][each], lang), high=share_text(rows[-1][each], lang),
            top=coin.text(top))
        for each in lines
    ]  # fmt: skip
    alt = sentence(say(lang, "line_chart"), about, title + say(lang, "stop"), *said)
    name = stem("frontier", what) if what else "frontier"
    return Figure(name, title, alt, framed(title, sentence(about, note), alt, width, body), frontier)


def _axis(ticks: Sequence[float], coin: MoneyScale, lang: str) -> dict[str, Any]:
    """Round budgets, printed in the figure's scale of money."""
    labels = " : ".join(f"datum.value == {tick!r} ? '{_short(coin.number(tick))}'" for tick in ticks)
    return {
        "values": list(ticks), "labelExpr": f"{labels} : ''", "ticks": True, "tickColor": RULE, "domain": True,
        "domainColor": RULE, "title": say(lang, "frontier_axis", unit=coin.unit), "titleFontSize": SMALL, "titleColor": MUTED,
        "titleFontWeight": "normal",
    }  # fmt: skip


def _short(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


def _x(top: float) -> dict[str, Any]:
    return {"field": "budget", "type": "quantitative", "scale": {"domain": [0, top], "nice": False}}


def _line(
    rows: Sequence[Mapping[str, Any]],
    each: str,
    scale: Mapping[str, Any],
    axis: Mapping[str, Any],
    top: float,
    lang: str,
) -> dict[str, Any]:
    colour, dashes, thick = LOOKS[each]
    points = [{"budget": r["budget"], "share": round(100 * r[each], 6)} for r in rows]
    y_axis = {
        "grid": True,
        "gridColor": "#e6e9ee",
        "tickCount": 5,
        "labelExpr": f"datum.label + '{say(lang, 'sign')}'",
        "minExtent": AXIS - 6,
    }
    return {
        "data": {"values": points},
        "mark": {"type": "line", "color": colour, "strokeWidth": thick, "strokeDash": dashes},
        "encoding": {
            "x": {**_x(top), "axis": dict(axis)},
            "y": {"field": "share", "type": "quantitative", "scale": dict(scale), "axis": y_axis},
        },
    }  # fmt: skip


def _dots(chosen: Mapping[str, Any], lines: Sequence[str], top: float) -> dict[str, Any]:
    dots = [{"budget": chosen["budget"], "share": round(100 * chosen[each], 6), "line": each} for each in lines]
    return {
        "data": {"values": dots},
        "mark": {"type": "point", "filled": True, "size": 46, "opacity": 1},
        "encoding": {
            "x": _x(top), "y": {"field": "share", "type": "quantitative"},
            "fill": {"field": "line", "type": "nominal", "legend": None,
                     "scale": {"domain": list(lines), "range": [LOOKS[each][0] for each in lines]}},
        },
    }  # fmt: skip


def _marked(
    chosen: Mapping[str, Any], lines: Sequence[str], scale: Mapping[str, Any], plot: int, top: float, lang: str
) -> list[dict[str, Any]]:
    """A rule at the budget that is planned, with its name at the top, and the share beside each dot."""
    at = plot * chosen["budget"] / top
    # Lines rise to the right, so that there is room above them on the left and below them on the right.
    # A budget near nothing has room on neither side: the title says its shares.
    labelled = lines if at > ROOM else []
    word = say(lang, "frontier_mark")
    texts = [{"text": word, "x": at, "y": -4, "align": "right" if at > plot - text_width(word, SMALL) / 2 else
              "left" if at < text_width(word, SMALL) / 2 else "center", "bold": False}]  # fmt: skip
    first, last = scale["domain"]
    for each in labelled:
        y = HEIGHT * (last - 100 * chosen[each]) / (last - first)
        above = each == lines[0]
        dx, align, dy = (-7, "right", -9) if above else (7, "left", 11)
        texts.append({"text": share_text(chosen[each], lang), "x": at + dx, "y": min(HEIGHT - 6, max(6, y + dy)), "align": align,
                      "bold": True})  # fmt: skip
    rule = {
        "data": {"values": [{"budget": chosen["budget"]}]},
        "mark": {"type": "rule", "color": MUTED, "strokeDash": [2, 2]},
        "encoding": {"x": _x(top), "y": {"value": 0}, "y2": {"value": HEIGHT}},
    }  # fmt: skip
    return [rule, _dots(chosen, lines, top), *(_text(t) for t in texts)]


def _names(
    rows: Sequence[Mapping[str, Any]], ends: Mapping[str, str], scale: Mapping[str, Any], plot: int
) -> list[dict[str, Any]]:
    """What each line is called, at its end; names that would meet are moved apart."""
    first, last = scale["domain"]
    places = {each: HEIGHT * (last - 100 * rows[-1][each]) / (last - first) for each in ends}
    if len(places) == 2:
        upper, lower = sorted(places, key=lambda each: places[each])
        lack = LINE + 1 - (places[lower] - places[upper])
        if lack > 0:
            places[upper] -= lack / 2
            places[lower] += lack / 2
    return [
        _text({"text": text, "x": plot + 6, "y": places[each], "align": "left", "bold": True, "fill": LOOKS[each][0]})
        for each, text in ends.items()
    ]


def _text(text: Mapping[str, Any]) -> dict[str, Any]:
    look = {"fontWeight": "bold", "fontSize": SIZE} if text["bold"] else {"fontSize": SMALL}
    return {
        "data": {"values": [{}]},
        "mark": {"type": "text", "align": text["align"], "baseline": "middle", "fill": text.get("fill", INK), **look},
        "encoding": {"x": {"value": round(text["x"], 1)}, "y": {"value": round(text["y"], 1)}, "text": {"value": text["text"]}},
    }  # fmt: skip
