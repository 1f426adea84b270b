"""Figure: the top foreign supplier of every industry, buyers side by side, darker where the share is larger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from interdep.errors import InputError, unknown
from interdep.figures.figure import Figure, stem
from interdep.figures.labels import (
    class_names,
    class_of,
    classes,
    display,
    finite,
    only_row_each,
    share_text,
    year_text,
)
from interdep.figures.theme import (
    FULL_WIDTH,
    INK,
    MARK,
    MUTED,
    PADDING,
    PAPER,
    RULE,
    SIZE,
    SMALL,
    framed,
    ink_on,
    ramp,
    text_width,
    wrap,
)  # fmt: skip
from interdep.figures.words import say
from interdep.tables import Table
from interdep.units import MISSING

CELL = 0.68
"""The part of a buyer's column that its coloured cell takes; the share of all foreign suppliers stands right of it."""

TIGHT = 10.5
"""Pixels from line to line of a label: 36 industries with long names have to stay on one page."""


def dependency_heat(
    table: Table,
    buyers: tuple[str, ...] | None = None,
    names: Mapping[str, str] | None = None,
    width: float = FULL_WIDTH,
    lang: str = "en",
) -> Figure:
    """Rows industries in the table's order, a column for each buyer: its top foreign supplier with its share.

    table: dims (buyer, industry), columns top_supplier (code), top_share and foreign_share (fractions of all inputs);
    buyers: which and in which order, default all; names: what to print for codes of buyers and industries (suppliers
    appear by their code). Rows in which all buyers have the same top supplier are marked.
    Raises InputError where a column or a buyer is unknown.
    """
    for column in ("top_supplier", "top_share", "foreign_share"):
        if column not in table.frame.columns:
            raise unknown("column", column, table.frame.columns, f"table {table.name!r}")
    chosen = table if buyers is None else table.where(buyer=buyers)
    only_row_each(chosen.to_rows(), ["buyer", "industry"], table.name)
    cells = {(row["buyer"], row["industry"]): row for row in chosen.to_rows()}
    if not cells:
        raise InputError(f"table {table.name!r} has no rows; there is nothing to show")
    columns = list(buyers) if buyers is not None else list(dict.fromkeys(b for b, _ in cells))
    industries = list(dict.fromkeys(i for _, i in cells))
    shown = display([*columns, *industries], names)
    several = len(columns) > 1
    same = [i for i in industries if several and _same(cells, columns, i)]
    labels = {i: f"{MARK} {shown[i]}" if i in same else shown[i] for i in industries}
    room = 0.52 if len(columns) < 3 else 0.36
    lines = {i: wrap(label, room * width, SMALL, i in same) for i, label in labels.items()}
    label_room = 8 + max(text_width(line, SMALL, i in same) for i in industries for line in lines[i])
    tallest = max(len(each) for each in lines.values())
    step = max(18, tallest * TIGHT + 3)
    plot = max(width - 2 * PADDING - label_room, 110.0 * len(columns))
    edges = classes([None if (s := finite(row["top_share"])) is None else 100 * s for row in cells.values()])
    ranges = class_names(edges) if any(finite(row["top_share"]) is not None for row in cells.values()) else []
    fills, sign = ramp(len(ranges)), say(lang, "sign")
    rows = []
    for (buyer, industry), row in cells.items():
        share = finite(row["top_share"])
        place = None if share is None or row["top_supplier"] is None else class_of(100 * share, edges)
        rows.append(
            {
                "buyer": shown[buyer], "industry": "\n".join(lines[industry]), "top_supplier": row["top_supplier"],
                "top_share": share, "foreign_share": finite(row["foreign_share"]),
                "text": MISSING if place is None else f"{row['top_supplier']}  {share_text(share, lang)}",
                "foreign": share_text(finite(row["foreign_share"]), lang),
                "class": MISSING if place is None else f"{ranges[place]}{sign}",
                "ink": MUTED if place is None else ink_on(fills[place]),
            }
        )  # fmt: skip
    absent = any(row["class"] == MISSING for row in rows)
    key_domain = [*(f"{name}{sign}" for name in ranges), *([MISSING] if absent else [])]
    key_width = 34 + max(text_width(name, SIZE) for name in key_domain)
    y = {
        "field": "industry", "type": "nominal", "axis": label_axis(label_room, tallest),
        "scale": {"domain": ["\n".join(lines[i]) for i in industries], "paddingInner": 0.06, "paddingOuter": 0.03},
    }  # fmt: skip
    x = {
        "field": "buyer", "type": "nominal", "axis": None,
        "scale": {"domain": [shown[b] for b in columns], "paddingInner": 0.06, "paddingOuter": 0},
    }  # fmt: skip
    head = {"data": {"values": [{"buyer": shown[b]} for b in columns]}}
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "rect", "stroke": RULE, "strokeWidth": 0.5},
            "encoding": {
                "y": y, "x": {**x, "bandPosition": 0}, "x2": {"field": "buyer", "bandPosition": CELL},
                "fill": {"field": "class", "type": "nominal",
                         "scale": {"domain": key_domain, "range": [*fills, *([PAPER] if absent else [])]},
                         "legend": {"symbolStrokeColor": RULE, "offset": 22,
                                    "columns": max(1, int(plot // key_width))}},
            },
        },
        {"mark": {"type": "text", "baseline": "middle"},
         "encoding": {"y": y, "x": {**x, "bandPosition": CELL / 2}, "text": {"field": "text"},
                      "fill": {"field": "ink", "type": "nominal", "scale": None}}},
        {"mark": {"type": "text", "baseline": "middle", "align": "right", "fill": MUTED, "fontSize": SMALL},
         "encoding": {"y": y, "x": {**x, "bandPosition": 1}, "text": {"field": "foreign"}}},
        {**head,
         "mark": {"type": "text", "baseline": "bottom", "fontWeight": "bold", "fill": INK, "fontSize": SIZE + 1},
         "encoding": {"y": {"value": -4}, "x": {**x, "bandPosition": CELL / 2}, "text": {"field": "buyer"}}},
        {**head, "mark": {"type": "text", "baseline": "bottom", "align": "right", "fill": MUTED, "fontSize": SMALL},
         "encoding": {"y": {"value": -4}, "x": {**x, "bandPosition": 1}, "text": {"value": say(lang, "all_foreign")}}},
    ]  # fmt: skip
    year = year_text(table.provenance.data_year, lang)
    together = say(lang, "and").join(shown[b] for b in columns)
    with_share = [k for k, row in cells.items() if finite(row["top_share"]) is not None]
    largest = sorted(with_share, key=lambda k: (-cells[k]["top_share"], k))[:3]
    items = say(lang, "list").join(
        say(lang, "rest_alt", name=f"{shown[b]} / {shown[i]}",
            value=f"{cells[b, i]['top_supplier']} {share_text(finite(cells[b, i]['top_share']), lang)}")
        for b, i in largest
    ) or MISSING  # fmt: skip
    if several:
        title = say(lang, "heat_title", n=len(same), all=len(industries), buyers=together)
        about = say(lang, "heat_subtitle", year=year)
        alt = say(lang, "heat_alt", all=len(industries), n=len(same), items=items)
    else:
        title = say(lang, "heat_title_one", buyer=together)
        about = say(lang, "heat_subtitle_one", year=year)
        alt = say(lang, "heat_alt_one", all=len(industries), items=items)
    body = {
        "data": {"values": rows}, "layer": layers, "width": round(plot), "height": round(len(industries) * step),
    }  # fmt: skip
    return Figure(stem("dependency-heat", *columns), title, alt, framed(title, about, alt, width, body), chosen)


def _same(cells: Mapping[tuple[str, str], Mapping[str, Any]], buyers: list[str], industry: str) -> bool:
    """Whether all buyers have one and the same top supplier in an industry."""
    tops = {cells.get((buyer, industry), {}).get("top_supplier") for buyer in buyers}
    return len(tops) == 1 and None not in tops


def label_axis(room: float, tallest: int) -> dict[str, Any]:
    """Labels of several lines, centred on their row (Vega centres the first line only); bold where marked."""
    text = "split(datum.label, '\\n')"
    axis: dict[str, Any] = {
        "labelExpr": text, "labelFontSize": SMALL, "labelLineHeight": TIGHT, "labelPadding": 6, "title": None,
        "minExtent": round(room, 1), "maxExtent": round(room, 1),
        "labelFontWeight": {
            "condition": {"test": f"indexof(datum.label, '{MARK}') == 0", "value": "bold"}, "value": "normal",
        },
    }  # fmt: skip
    if tallest > 1:
        axis["labelOffset"] = {
            "condition": [
                {"test": f"length({text}) == {count}", "value": -TIGHT / 2 * (count - 1)}
                for count in range(2, tallest + 1)
            ],
            "value": 0,
        }
    return axis
