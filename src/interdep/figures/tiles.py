"""Figure: a tile map, one tile an economy, with code and value printed on it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from interdep.errors import InputError, first_five
from interdep.figures.figure import Figure, stem
from interdep.figures.labels import class_names, class_of, classes, display, finite, share_text
from interdep.figures.theme import (
    FULL_WIDTH,
    HALF_WIDTH,
    MUTED,
    PADDING,
    PAPER,
    RULE,
    SIZE,
    framed,
    ink_on,
    ramp,
    text_width,
)  # fmt: skip
from interdep.figures.words import say, sentence
from interdep.units import MISSING, significant

LARGEST_TILE = 46

SMALLEST_WITH_NUMBER = 28
"""Pixels of a tile under which it holds the code alone: the number would be too small to read."""


def tile_map(
    values: Mapping[str, float | None],
    tiles: Mapping[str, tuple[int, int]],
    title: str,
    unit: str,
    names: Mapping[str, str] | None = None,
    width: float = FULL_WIDTH,
    lang: str = "en",
    name: str = "tile-map",
    printed_unit: str = "",
    largest: float = LARGEST_TILE,
    beside: bool = False,
) -> Figure:
    """Values of economies on a map of equal tiles, coloured in at most five classes from little to much.

    values: {code: value}, None where there is none; tiles: {code: (column, row)}; unit: of the values, printed as per
    cent where it begins with "fraction"; names: what to call codes in the text alternative; width: at most so many
    pixels; name: file stem; printed_unit: the unit in the reader's words; largest: pixels of a tile at most, of which under
    SMALLEST_WITH_NUMBER hold the code alone; beside: the legend stands right of the tiles rather than above them.
    Raises InputError where there is nothing to show, an economy has no tile, or two share one.
    """
    if not values:
        raise InputError(f"tile map {title!r} has no values; give at least one economy")
    homeless = [code for code in values if code not in tiles]
    if homeless:
        raise InputError(f"{first_five(homeless)} has no tile; add tile_col and tile_row for it, or leave it out")
    places: dict[tuple[int, int], str] = {}
    for code in values:
        if tiles[code] in places:
            raise InputError(f"{places[tiles[code]]} and {code} share the tile {tiles[code]}; give each its own")
        places[tiles[code]] = code
    fraction = unit.startswith("fraction")
    known = {code: v for code, v in ((c, finite(v)) for c, v in values.items()) if v is not None}
    absent = [code for code in values if code not in known]
    scale = 100.0 if fraction else 1.0
    edges = classes([v * scale for v in known.values()])
    ranges = class_names(edges) if known else []
    fills = ramp(len(ranges))
    first_column = min(tiles[c][0] for c in values)
    first_row = min(tiles[c][1] for c in values)
    columns = max(tiles[c][0] for c in values) - first_column + 1
    lines = max(tiles[c][1] for c in values) - first_row + 1
    size = min(largest, (width - 2 * PADDING) / columns)
    rows = []
    for code in values:
        value = known.get(code)
        place = None if value is None else class_of(value * scale, edges)
        text = MISSING if value is None else _printed(value * scale, edges[1] - edges[0])
        rows.append(
            {
                "code": code, "value": value, "text": text, "column": tiles[code][0] - first_column,
                "line": tiles[code][1] - first_row, "class": MISSING if place is None else ranges[place],
                "ink": MUTED if place is None else ink_on(fills[place]),
            }
        )  # fmt: skip
    legend_domain = [*ranges, *([MISSING] if absent else [])]
    legend_range = [*fills, *([PAPER] if absent else [])]
    if fraction and not printed_unit:
        what = unit.removeprefix("fraction").strip()
        printed_unit = say(lang, "per_cent_of", what=what) if what else say(lang, "per_cent")
    printed_unit = printed_unit or unit
    widest = max(text_width(row["text"], 1) for row in rows)
    number_size = min(SIZE, round((size - 5) / widest, 1))
    code_size = min(SIZE, round((size - 5) / max(text_width(c, 1, bold=True) for c in values), 1))
    place_x = {"field": "column", "type": "quantitative", "axis": None}
    place_y = {"field": "line", "type": "quantitative", "axis": None}
    x_scale = {"domain": [-0.5, columns - 0.5], "nice": False, "zero": False}
    y_scale = {"domain": [-0.5, lines - 0.5], "nice": False, "zero": False, "reverse": True}
    ink = {"field": "ink", "type": "nominal", "scale": None}
    x, y = {**place_x, "scale": x_scale}, {**place_y, "scale": y_scale}
    numbered = size >= SMALLEST_WITH_NUMBER
    legend: dict[str, Any] = {"symbolStrokeColor": RULE, "symbolSize": 140}
    key_width = 34 + max(text_width(name, SIZE) for name in legend_domain)
    room = max(columns * size, min(width, HALF_WIDTH) - 2 * PADDING)
    if beside:
        legend |= {"orient": "right", "direction": "vertical", "columns": 1, "offset": 14}
    else:
        legend["columns"] = max(1, int(room // key_width))
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "rect", "width": round(size - 2, 1), "height": round(size - 2, 1), "stroke": RULE,
                     "strokeWidth": 0.6},
            "encoding": {"x": x, "y": y, "fill": {
                "field": "class", "type": "nominal", "scale": {"domain": legend_domain, "range": legend_range},
                "legend": legend}},
        },
        {"mark": {"type": "text", "baseline": "middle", "dy": -size * 0.16 if numbered else 0, "fontSize": code_size,
                  "fontWeight": "bold"},
         "encoding": {"x": x, "y": y, "text": {"field": "code"}, "fill": ink}},
    ]  # fmt: skip
    if numbered:
        layers.append(
            {"mark": {"type": "text", "baseline": "middle", "dy": size * 0.2, "fontSize": number_size},
             "encoding": {"x": x, "y": y, "text": {"field": "text"}, "fill": ink}}
        )  # fmt: skip
    alt = _alt(known, absent, values, printed_unit, fraction, names, lang)
    body = {
        "data": {"values": rows}, "layer": layers, "width": round(columns * size), "height": round(lines * size),
    }  # fmt: skip
    return Figure(stem(name), title, alt, framed(title, printed_unit, alt, width, body))


def _printed(value: float, step: float) -> str:
    """A value with the same decimals on every tile, finer than a class is wide; only zero prints as zero."""
    decimals = max(0, 1 - math.floor(math.log10(step)))
    if value == 0:
        return "0"
    if abs(value) < 0.5 * 10**-decimals:
        return f"<{10**-decimals:.{decimals}f}" if value > 0 else f">-{10**-decimals:.{decimals}f}"
    return f"{value:,.{decimals}f}"


def _alt(
    known: Mapping[str, float],
    absent: list[str],
    values: Mapping[str, float | None],
    unit: str,
    fraction: bool,
    names: Mapping[str, str] | None,
    lang: str,
) -> str:
    shown = display(list(values), names)
    ordered = sorted(known, key=lambda c: (-known[c], c))

    def said(code: str) -> str:
        text = share_text(known[code], lang) if fraction else significant(known[code])
        return say(lang, "rest_alt", name=shown[code], value=text)

    if not ordered:
        return say(lang, "tile_alt_none", n=len(values), unit=unit)
    largest = say(lang, "list").join(said(c) for c in ordered[:3])
    main = say(lang, "tile_alt", n=len(values), unit=unit, items=largest, last=said(ordered[-1]))
    missing = say(lang, "tile_alt_missing", names=say(lang, "list").join(shown[c] for c in absent)) if absent else ""
    return sentence(main, missing)
