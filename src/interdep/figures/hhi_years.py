"""Figure: how the concentration of imports (HHI) of some products went over the years, a small panel a product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from interdep.errors import InputError, first_five, unknown
from interdep.figures.concentration import made_from, rows_of, years_text
from interdep.figures.figure import Figure, stem
from interdep.figures.labels import display, finite
from interdep.figures.placing import in_title, shortened
from interdep.figures.theme import FULL_WIDTH, INK, MUTED, PADDING, PALETTE, PAPER, RULE, SMALL, framed, text_width
from interdep.figures.words import say, sentence
from interdep.tables import Table

LIMITS = {0.4: "limit_low", 0.5: "limit_high"}
"""HHI from which a product counts as concentrated, and the word for who says so: EC 2021 and GeoDep; METI type."""

PANELS, MOST = 8, 16
"""Panels that are drawn unless codes are given, and at most."""

HEIGHT, NARROWEST, BETWEEN, SCALE = 104, 100, 14, 20
"""Pixels: a panel's height, its least width, the space between panels, room for the numbers of the upright scale."""

SEEN = 0.01
"""From this difference on a bar shows how much higher the HHI is if all withheld partners are one."""

TITLE_LINES = 3


def hhi_over_years(
    products: Table,
    buyer: str,
    codes: Sequence[str] | None = None,
    lang: str = "en",
    names: Mapping[str, str] | None = None,
    width: float = FULL_WIDTH,
) -> Figure:
    """A panel a product: its HHI by year against the thresholds 0.4 and 0.5.

    products: dims (buyer, product, period), columns name, hhi, hhi_high (0 to 1), thin, as in `.products.products`;
    codes: which products in which order (at most 16), default the four with the highest HHI in their last usable year
    and the four others that changed most; names: what to print for codes; width: pixels. Thin years are hollow, years
    that are not known break the line, and a bar runs up to hhi_high.
    Raises InputError for an unknown column, buyer or product, or where no product has two years.
    """
    rows = rows_of(products, buyer, ["name", "hhi", "hhi_high", "thin"], ["buyer", "product", "period"])
    series: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda r: (r["product"], r["period"])):
        if finite(row["hhi"]) is not None:
            series.setdefault(row["product"], []).append(row)
    years = sorted({row["period"] for row in rows})
    if len(years) < 2:
        raise InputError(
            f"table {products.name!r} knows {buyer} in {years[0]} only; a figure over years needs two of them"
        )
    able = {code: each for code, each in series.items() if len(_usable(each)) > 1}
    if codes is None:
        chosen, about_choice = _choose(able), say(lang, "hhi_choice", n=len(able))
        if len(chosen) == len(able):
            about_choice = ""
    else:
        chosen, about_choice = _asked(codes, {r["product"] for r in rows}, series, buyer, products.name), ""
    if not any(code in able for code in chosen):
        raise InputError(
            f"table {products.name!r} has no product of {buyer} with a usable HHI in two years"
            + (f" among {first_five(chosen)}" if chosen else "")
            + "; a figure over years needs two of them"
        )
    shown = display([buyer], names)[buyer]
    titles = display(chosen, {c: (names or {}).get(c, series[c][-1]["name"] or c) for c in chosen})
    body = _panels([(code, titles[code], series[code]) for code in chosen], width, lang)
    moved = [code for code in chosen if code in able]
    most = max(moved, key=lambda c: (_change(able[c]), c))
    if _change(able[most]) == 0:
        title = say(lang, "hhi_still", buyer=shown)
    else:
        (from_year, low), (to_year, high) = _swing(able[most])
        title = say(lang, "hhi_title", buyer=shown, name=in_title(titles[most], width),
                    before=_digits(low), one=from_year, after=_digits(high), other=to_year)  # fmt: skip
    drawn = [row for code in chosen for row in series[code]]
    thin = any(row["thin"] for row in drawn)
    wide = any(_spread(row) for row in drawn)
    about = sentence(
        say(lang, "hhi_subtitle", year=years_text([r["period"] for r in drawn], lang)),
        about_choice,
        say(lang, "hhi_thin") if thin else "",
        say(lang, "hhi_bar") if wide else "",
        made_from(products, drawn, lang),
    )
    over = [c for c in moved if _usable(series[c])[-1]["hhi"] > max(LIMITS)]
    said = [
        say(lang, "hhi_alt", name=titles[c], before=_digits(_usable(able[c])[0]["hhi"]),
            one=_usable(able[c])[0]["period"], after=_digits(_usable(able[c])[-1]["hhi"]),
            other=_usable(able[c])[-1]["period"])
        for c in moved[:5]
    ]  # fmt: skip
    count = say(lang, "hhi_over", n=len(over), all=len(moved), limit=max(LIMITS))
    alt = sentence(say(lang, "line_chart"), title + say(lang, "stop"), about, count, *said)
    return Figure(
        stem("hhi-over-years", buyer), title, alt, framed(title, sentence(about, count), alt, width, body), products
    )


def _usable(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if not row["thin"]]


def _swing(rows: Sequence[dict[str, Any]]) -> tuple[tuple[int, float], tuple[int, float]]:
    """The years of the lowest and the highest HHI with their values, in the order of time.

    A year counts that is usable and in which the HHI is known without a bar: a change between bounds is not certain.
    """
    known = [(row["period"], row["hhi"]) for row in _usable(rows) if not _spread(row)]
    low, high = min(known, key=lambda p: (p[1], p[0])), max(known, key=lambda p: (p[1], -p[0]))
    return (low, high) if low[0] <= high[0] else (high, low)


def _change(rows: Sequence[dict[str, Any]]) -> float:
    """The difference between the lowest and the highest certain HHI; 0 with fewer than two."""
    if sum(not _spread(row) for row in _usable(rows)) < 2:
        return 0.0
    (_, one), (_, other) = _swing(rows)
    return abs(other - one)


def _choose(able: Mapping[str, Sequence[dict[str, Any]]]) -> list[str]:
    """Half the panels for the highest HHI in the last usable year, half for the largest change, each product once."""
    high = sorted(able, key=lambda c: (-_usable(able[c])[-1]["hhi"], c))
    moved = sorted(able, key=lambda c: (-_change(able[c]), c))
    chosen = high[: PANELS // 2]
    chosen += [code for code in moved if code not in chosen][: PANELS - len(chosen)]
    return chosen


def _asked(
    codes: Sequence[str], known: set[str], series: Mapping[str, Sequence[dict[str, Any]]], buyer: str, table: str
) -> list[str]:
    """The codes a caller names, each once; InputError where one is unknown or has no HHI, or there are too many."""
    chosen = list(dict.fromkeys(codes))
    for code in chosen:
        if code not in known:
            raise unknown("product", code, sorted(known), f"table {table!r} for {buyer}")
        if code not in series:
            raise InputError(f"table {table!r} has no HHI of {buyer} {code} in any year; leave it out")
    if len(chosen) > MOST:
        raise InputError(f"{len(chosen)} panels in one figure; name at most {MOST} products")
    return chosen


def _spread(row: Mapping[str, Any]) -> bool:
    high = finite(row["hhi_high"])
    return high is not None and high - row["hhi"] >= SEEN


def _digits(value: float) -> str:
    return f"{value:.2f}"


def _panels(chosen: Sequence[tuple[str, str, Sequence[dict[str, Any]]]], width: float, lang: str) -> dict[str, Any]:
    """The panels in rows, with one scale of years and one of values; whose the thresholds are stands right of a row."""
    said = {limit: say(lang, word, limit=limit) for limit, word in LIMITS.items()}
    right = 8 + max(text_width(text, SMALL) for text in said.values())
    room = width - 2 * PADDING - right - SCALE
    across = max(1, min(4, len(chosen), int((room + BETWEEN) // (NARROWEST + BETWEEN))))
    # Few panels are not drawn much wider than many.
    plot = round(min((room - BETWEEN * (across - 1)) / across, 2.4 * NARROWEST))
    years = sorted({row["period"] for *_, rows in chosen for row in rows})
    names = {code: shortened(title, plot - 4, SMALL + 0.5, TITLE_LINES, True) for code, title, _ in chosen}
    lines = []
    for start in range(0, len(chosen), across):
        part = chosen[start : start + across]
        tallest = max(len(names[code]) for code, *_ in part)
        lines.append(
            {
                "hconcat": [
                    _panel(rows, names[code], years, plot, place == 0, said if place == len(part) - 1 else {}, tallest)
                    for place, (code, _, rows) in enumerate(part)
                ],
                "spacing": BETWEEN,
            }
        )
    return {"vconcat": lines, "spacing": 12}


def _panel(
    rows: Sequence[dict[str, Any]],
    name: Sequence[str],
    years: Sequence[int],
    plot: float,
    first: bool,
    said: Mapping[float, str],
    tallest: int,
) -> dict[str, Any]:
    points = [
        {"year": r["period"], "hhi": round(r["hhi"], 4), "high": round(r["hhi_high"], 4) if _spread(r) else None,
         "thin": bool(r["thin"]), "text": "", "below": r["hhi"] > 0.85 or (_spread(r) and r["hhi"] > 0.15)}
        for r in rows
    ]  # fmt: skip
    solid = [p for p in points if not p["thin"]]
    for p in {id(p): p for p in (*solid[:1], *solid[-1:])}.values():
        p["text"] = _digits(p["hhi"])
    links = [
        {"year": a["year"], "hhi": a["hhi"], "year2": b["year"], "hhi2": b["hhi"], "thin": a["thin"] or b["thin"]}
        for a, b in pairwise(points)
        if b["year"] - a["year"] == 1
    ]
    scale = {"domain": [years[0] - 0.35, max(years[-1], years[0] + 1) + 0.35], "nice": False, "zero": False}
    every = years if plot / len(years) >= 30 else [years[0], years[-1]]
    x: dict[str, Any] = {
        "field": "year", "type": "quantitative", "scale": scale,
        "axis": {"values": list(every), "format": "d", "labelFontSize": SMALL, "domain": True, "domainColor": RULE,
                 "ticks": True, "tickColor": RULE, "tickSize": 3},
    }  # fmt: skip
    y_scale = {"domain": [0, 1.08], "nice": False}
    axis = (
        {"values": [0, 1], "format": "d", "labelFontSize": SMALL, "minExtent": SCALE, "maxExtent": SCALE}
        if first
        else None
    )
    y: dict[str, Any] = {"field": "hhi", "type": "quantitative", "scale": y_scale, "axis": axis}
    none = {"data": {"values": [{}]}}
    layers: list[dict[str, Any]] = [
        {**none, "mark": {"type": "rule", "color": RULE, "strokeDash": [4, 3] if limit == min(LIMITS) else [1, 0]},
         "encoding": {"y": {"datum": limit, "type": "quantitative", "scale": y_scale}}}
        for limit in LIMITS
    ]  # fmt: skip
    layers += [
        {"data": {"values": [p for p in points if p["high"] is not None]},
         "mark": {"type": "rule", "color": PALETTE[2], "strokeWidth": 5, "opacity": 0.8},
         "encoding": {"x": x, "y": y, "y2": {"field": "high"}}},
        *(
            {"data": {"values": [link for link in links if link["thin"] is thin]},
             "mark": {"type": "rule", "color": MUTED if thin else PALETTE[3], "strokeWidth": 1 if thin else 2,
                      "strokeDash": [2, 2] if thin else [1, 0]},
             "encoding": {"x": x, "y": y, "x2": {"field": "year2"}, "y2": {"field": "hhi2"}}}
            for thin in (False, True)
        ),
        *(
            {"data": {"values": [p for p in points if p["thin"] is thin]},
             "mark": {"type": "point", "filled": False, "shape": "circle", "size": 34, "opacity": 1,
                      "fill": PAPER if thin else PALETTE[3], "stroke": MUTED if thin else PALETTE[3]},
             "encoding": {"x": x, "y": y}}
            for thin in (False, True)
        ),
        *(
            {"data": {"values": [p for p in points if p["text"] and p["below"] is below]},
             "mark": {"type": "text", "baseline": "top" if below else "bottom", "fontSize": SMALL,
                      "dy": 6 if below else -5, "fontWeight": "bold", **halo},
             "encoding": {"x": x, "y": y, "text": {"field": "text"}}}
            for below in (False, True)
            for halo in ({"stroke": PAPER, "strokeWidth": 3, "strokeJoin": "round"}, {})
        ),
        {**none, "mark": {"type": "text", "align": "left", "baseline": "bottom", "fontWeight": "bold",
                          "fontSize": SMALL + 0.5, "lineHeight": 11, "fill": INK},
         # Names of one row stand on one line, whatever their number of lines.
         "encoding": {"x": {"value": 0}, "y": {"value": -6 - 11 * (len(name) - 1)},
                      "text": {"value": list(name)}}},
        {**none, "mark": {"type": "text", "opacity": 0, "baseline": "bottom", "fontSize": SMALL},
         "encoding": {"x": {"value": 0}, "y": {"value": -6 - 11 * (tallest - 1)}, "text": {"value": "."}}},
    ]  # fmt: skip
    for limit, text in said.items():
        layers.append(
            {**none,
             "mark": {"type": "text", "align": "left", "fontSize": SMALL, "fill": MUTED,
                      "baseline": "bottom" if limit == max(LIMITS) else "top"},
             "encoding": {"x": {"value": plot + 4}, "y": {"datum": limit, "type": "quantitative", "scale": y_scale},
                          "text": {"value": text}}}
        )  # fmt: skip
    return {"data": {"values": points}, "layer": layers, "width": plot, "height": HEIGHT}
