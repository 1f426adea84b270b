"""Figure: who supplies the products that come mainly from one supplier, a stacked bar a product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from interdep.errors import InputError
from interdep.figures.concentration import HALF, made_from, rows_of
from interdep.figures.figure import Figure, stem
from interdep.figures.labels import display, finite, only_row_each, share_text
from interdep.figures.placing import in_title, shortened
from interdep.figures.theme import (
    FULL_WIDTH,
    INK,
    LINE,
    MUTED,
    PADDING,
    PALETTE,
    PAPER,
    REST,
    RULE,
    SIZE,
    SMALL,
    framed,
    ink_on,
    text_width,
)
from interdep.figures.words import say, sentence
from interdep.tables import Table

LABELS, THICK, GAP = 0.4, 17.0, 7.0
"""Part of the width that names may take before they are wrapped; pixels of a bar and between bars."""

NAME_LINES, KEY = 6, 190.0
"""Lines of a product's name at most; pixels of a supplier's name in the legend."""

OTHERS = "others"
"""What a table of suppliers calls those under one per cent, all together."""

UNSTATED = "X-"
"""How the codes of partners begin that are no economy: withheld, not specified, or all others together."""

PALE = "#e4e8ec"
"""Suppliers that are not named."""


def product_suppliers(
    suppliers: Table,
    chosen: Table,
    buyer: str,
    top: int = 12,
    lang: str = "en",
    names: Mapping[str, str] | None = None,
    width: float = FULL_WIDTH,
) -> Figure:
    """A bar a product, the most concentrated first: the largest supplier, then those named, then all others.

    suppliers: dims (supplier, buyer, product, period), column share (fraction of imports from abroad); chosen: dims
    (buyer, product, period) with name and top_share, the products to show and their years, as `.products.flagged()`
    gives them; top: how many products; names: what to print for codes of the buyer, products and suppliers; width:
    pixels. Five suppliers have a colour, those with the largest sum of shares in what they lead; the largest of any
    other product is named in grey. Partners that are not stated stay apart from the others.
    Raises InputError for an unknown column or buyer, or where a chosen product has no suppliers in its year.
    """
    if top < 1:
        raise InputError(f"top is {top}; show at least one product")
    parts = rows_of(suppliers, buyer, ["share"], ["supplier", "buyer", "product", "period"])
    every = rows_of(chosen, buyer, ["name", "top_share"], ["buyer", "product", "period"])
    only_row_each(every, ["buyer", "product"], chosen.name)
    every.sort(key=lambda r: (-(finite(r["top_share"]) or 0.0), r["product"]))
    rows = every[:top]
    shares: dict[tuple[str, int], list[tuple[str, float]]] = {}
    for part in parts:
        share = finite(part["share"])
        if share is not None:
            shares.setdefault((part["product"], part["period"]), []).append((part["supplier"], share))
    for row in rows:
        if (row["product"], row["period"]) not in shares:
            raise InputError(
                f"table {suppliers.name!r} has no suppliers of {row['product']} to {buyer} in {row['period']};"
                " give the suppliers of the same data as the chosen products"
            )
    firsts = {key: _largest(each) for key, each in shares.items()}
    named = _coloured([shares[r["product"], r["period"]] for r in rows])
    shown = {buyer: display([buyer], names)[buyer]}
    years = [r["period"] for r in rows]
    usual = max(set(years), key=lambda y: (years.count(y), y))
    titles = _titles(rows, names, usual)
    body = _bars(rows, shares, titles, named, names or {}, width, lang)
    tops = [firsts[r["product"], r["period"]] for r in every if (r["product"], r["period"]) in firsts]
    counts = {s: tops.count(s) for s in tops if s is not None}
    leader = min(counts, key=lambda s: (-counts[s], s), default=None)
    called = {s: (names or {}).get(s, s) for s in counts}
    over = all((finite(r["top_share"]) or 0.0) > HALF for r in every)
    word = "parts_half_title" if over else "parts_title"
    title = (
        say(lang, "parts_none", buyer=shown[buyer])
        if leader is None
        else say(lang, word, name=in_title(called[leader], width), buyer=shown[buyer], n=counts[leader], all=len(every))
    )
    when = say(lang, "year" if len(set(years)) == 1 else "parts_years", year=usual)
    about = sentence(
        say(lang, "parts_subtitle", year=when),
        say(lang, "parts_top", n=len(rows), all=len(every)) if len(rows) < len(every) else "",
        say(lang, "parts_grey"),
        made_from(chosen, rows, lang),
    )
    said = []
    for row in rows[:5]:
        first = firsts[row["product"], row["period"]] or say(lang, "parts_unstated")
        value = f"{first} {share_text(finite(row['top_share']), lang)}"
        said.append(say(lang, "rest_alt", name=titles[row["product"]], value=value))
    listed = say(lang, "list").join(said) + say(lang, "stop")
    alt = sentence(say(lang, "bar_chart"), title + say(lang, "stop"), about, listed)
    return Figure(stem("product-suppliers", buyer), title, alt, framed(title, about, alt, width, body), chosen)


def _unstated(supplier: str) -> bool:
    return supplier.startswith(UNSTATED)


def _largest(each: Sequence[tuple[str, float]]) -> str | None:
    """The largest supplier that is an economy, ties by code; None where there is none."""
    real = [(s, share) for s, share in each if s != OTHERS and not _unstated(s) and share > 0]
    return min(real, key=lambda pair: (-pair[1], pair[0]))[0] if real else None


def _coloured(each: Sequence[Sequence[tuple[str, float]]]) -> list[str]:
    """The suppliers that get a colour: by the sum of shares in what they lead, then by that in all products shown."""
    leading: dict[str, float] = {}
    sums: dict[str, float] = {}
    for parts in each:
        first = _largest(parts)
        for supplier, share in parts:
            if supplier != OTHERS and not _unstated(supplier):
                sums[supplier] = sums.get(supplier, 0.0) + share
                leading[supplier] = leading.get(supplier, 0.0) + (share if supplier == first else 0.0)
    return sorted(sums, key=lambda s: (-leading[s], -sums[s], s))[: len(PALETTE)]


def _titles(rows: Sequence[Mapping[str, Any]], names: Mapping[str, str] | None, usual: int) -> dict[str, str]:
    """The name of each product, with its year where that is not the usual one; two with one name keep their codes."""
    own = {r["product"]: (names or {}).get(r["product"]) or r["name"] or r["product"] for r in rows}
    titles = display(list(own), own)
    return {r["product"]: titles[r["product"]] + ("" if r["period"] == usual else f" ({r['period']})") for r in rows}


def _bars(
    rows: Sequence[Mapping[str, Any]],
    shares: Mapping[tuple[str, int], Sequence[tuple[str, float]]],
    titles: Mapping[str, str],
    named: Sequence[str],
    names: Mapping[str, str],
    width: float,
    lang: str,
) -> dict[str, Any]:
    """The bars with names left of them and a line at half; places are in pixels, as rows are as high as their names."""
    lines = {p: shortened(t, LABELS * width, SIZE, NAME_LINES) for p, t in titles.items()}
    room = 8 + max(text_width(line, SIZE) for each in lines.values() for line in each)
    plot = round(width - 2 * PADDING - room - 14)
    segments: list[dict[str, Any]] = []
    texts: list[dict[str, Any]] = []
    y = 0.0
    for row in rows:
        tall = max(THICK, len(lines[row["product"]]) * LINE) + GAP
        middle = y + tall / 2
        y += tall
        texts += [
            {"line": line, "y": round(middle + LINE * (i - (len(lines[row["product"]]) - 1) / 2), 2)}
            for i, line in enumerate(lines[row["product"]])
        ]
        segments += _segments(row, shares[row["product"], row["period"]], named, plot, middle, lang)
    height = round(y)
    fills = dict(zip(named, PALETTE, strict=False))
    label = {s: shortened(f"{s} {names[s]}" if s in names else s, KEY, SIZE, 1)[0] for s in named}
    keys = {label[s]: fills[s] for s in named}
    greys = {"named": REST, "others": PALE, "unstated": PAPER}
    keys |= {say(lang, f"parts_{k}"): fill for k, fill in greys.items() if any(s["kind"] == k for s in segments)}
    for segment in segments:
        kind = segment["kind"]
        segment["key"] = label[segment["supplier"]] if kind == "coloured" else say(lang, f"parts_{kind}")
        segment["ink"] = ink_on(keys[segment["key"]])
    scale = {"domain": [0, height], "range": [0, height], "nice": False, "zero": False}
    upright = {"field": "y", "type": "quantitative", "axis": None, "scale": scale}
    x_scale = {"domain": [0, 1], "range": [0, plot], "nice": False}
    across = {"field": "start", "type": "quantitative", "axis": None, "scale": x_scale}
    columns = max(1, int((width - 2 * PADDING) // (max(text_width(k, SIZE) for k in keys) + 32)))
    fill = {"field": "key", "type": "nominal", "scale": {"domain": list(keys), "range": list(keys.values())},
            "legend": {"symbolStrokeColor": RULE, "columns": min(columns, len(keys)), "offset": 16}}  # fmt: skip
    half = {"x": {"datum": HALF, "type": "quantitative", "scale": x_scale}, "y": {"value": -2}, "y2": {"value": height}}
    none = {"data": {"values": [{}]}}
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "bar", "orient": "horizontal", "height": THICK, "stroke": RULE, "strokeWidth": 0.6},
         "encoding": {"y": upright, "x": across, "x2": {"field": "end"}, "fill": fill}},
        # White under the dark line keeps it visible on dark bars.
        {**none, "mark": {"type": "rule", "color": PAPER, "strokeWidth": 3, "opacity": 0.7}, "encoding": half},
        {**none, "mark": {"type": "rule", "color": INK, "strokeWidth": 1, "strokeDash": [4, 3]}, "encoding": half},
        {**none, "mark": {"type": "text", "baseline": "bottom", "fill": MUTED, "fontSize": SMALL},
         "encoding": {"x": half["x"], "y": {"value": -4}, "text": {"value": say(lang, "parts_half")}}},
        {"mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 4, "fontSize": SMALL,
                  "fontWeight": "bold"},
         "encoding": {"y": upright, "x": across, "text": {"field": "text"},
                      "fill": {"field": "ink", "type": "nominal", "scale": None, "legend": None}}},
        {"data": {"values": texts}, "mark": {"type": "text", "align": "right", "baseline": "middle"},
         "encoding": {"y": upright, "x": {"value": -6}, "text": {"field": "line"}}},
    ]  # fmt: skip
    return {"data": {"values": segments}, "layer": layers, "width": plot, "height": height}


def _segments(
    row: Mapping[str, Any],
    each: Sequence[tuple[str, float]],
    named: Sequence[str],
    plot: float,
    middle: float,
    lang: str,
) -> list[dict[str, Any]]:
    """The pieces of one bar from the left: the largest supplier, the coloured ones, the others, the unstated.

    A piece carries its code, and the largest its share too, where the text fits into it and misses the line at half.
    """
    first = _largest(each)
    known = dict(each)
    own = sorted((s for s in known if s == first or s in named), key=lambda s: (s != first, -known[s], s))
    pieces = [(s, known[s], "coloured" if s in named else "named") for s in own]
    unstated = sum(share for s, share in each if _unstated(s))
    rest = sum(share for s, share in each if s not in own and not _unstated(s))
    pieces += [(kind, share, kind) for kind, share in (("others", rest), ("unstated", unstated))]
    out, start = [], 0.0
    for supplier, share, kind in pieces:
        if share <= 0:
            continue
        texts = [f"{supplier} {share_text(share, lang)}", supplier] if supplier == first else [supplier]
        if kind in ("others", "unstated"):
            texts = []
        fits = [t for t in texts if text_width(t, SMALL, True) + 8 <= share * plot]
        # Shares of a product add up to one but for rounding; a bar never runs over its end.
        end = min(1.0, start + share)
        out.append(
            {"product": row["product"], "supplier": supplier, "share": share, "start": round(start, 6),
             "end": round(end, 6), "text": fits[0] if fits else "", "kind": kind, "y": round(middle, 2)}
        )  # fmt: skip
        start = end
    return out
