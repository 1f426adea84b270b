"""Figure: how much of each product comes from one supplier, one buyer against another, a dot a product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from interdep.errors import InputError, unknown
from interdep.figures.figure import Figure, stem
from interdep.figures.labels import display, finite, only_row_each, share_text
from interdep.figures.placing import Box, end_of, free_place, shortened, way
from interdep.figures.theme import (
    FULL_WIDTH,
    INK,
    LINE,
    MUTED,
    PADDING,
    PALETTE,
    PAPER,
    RAMP,
    RULE,
    SIZE,
    SMALL,
    framed,
    text_width,
)
from interdep.figures.words import say, sentence
from interdep.tables import Table

HALF = 0.5
"""The share of one supplier from which the corner is shaded: the criterion "one supplier over half" (METI type)."""

EDGE = 0.03
"""Fraction of the scale left free around 0 and 100 %, so that a dot there is whole."""

AXIS, DOT, NAME = 52, 5.0, 128.0
"""Pixels: room for the numbers and the title of the upright axis, radius of a dot, width of a name beside its dot."""

FEW = 20
"""Up to so many dots each gets its label where there is room; beyond, those that matter, and no more than this."""

SAME, DIFFERENT, UNLIKE = "same", "different", "unlike"


@dataclass(frozen=True)
class _Dot:
    """A product of two buyers: name, shares, suppliers and years of both; why: why not to compare them, or ""."""

    product: str
    name: str
    shares: tuple[float, float]
    suppliers: tuple[str, str]
    years: tuple[int, int]
    why: str

    @property
    def kind(self) -> str:
        if self.why:
            return UNLIKE
        return SAME if self.same else DIFFERENT

    @property
    def same(self) -> bool:
        return self.suppliers[0] == self.suppliers[1]

    @property
    def corner(self) -> bool:
        return min(self.shares) > HALF

    @property
    def codes(self) -> str:
        """The suppliers by code, with their years where these differ."""
        if self.years[0] != self.years[1]:
            return " / ".join(f"{s} {y}" for s, y in zip(self.suppliers, self.years, strict=True))
        return self.suppliers[0] if self.same else " / ".join(self.suppliers)


def concentration_scatter(
    compared: Table,
    first: str,
    second: str,
    lang: str = "en",
    names: Mapping[str, str] | None = None,
    width: float = FULL_WIDTH,
) -> Figure:
    """A dot a product: the largest supplier's share in the imports of `first` (across) and of `second` (upwards).

    compared: dims (buyer, product, period), columns name, data, top_supplier, top_share (fraction of imports from
    abroad), thin, part, classification, as in `interdep.measure(...).products.compared`; names: what to print for codes
    of buyers and products; width: pixels. Each product stands for the last year that both have and neither has thin.
    Without one it stands for each one's last year, as a grey diamond; so does a product of which the two tables cover
    different parts or classifications.
    Raises InputError for an unknown column or buyer, or where the two have no product in common.
    """
    needed = ("name", "data", "top_supplier", "top_share", "thin", "part", "classification")
    rows = _rows(compared, needed, ["buyer", "product", "period"])
    if first == second:
        raise InputError(f"{first} is set against itself; name two buyers")
    by = {buyer: _by_product(rows, buyer, compared.name) for buyer in (first, second)}
    together = [p for p in by[first] if p in by[second]]
    if not together:
        raise InputError(
            f"table {compared.name!r} has no product of both {first} and {second};"
            " there is nothing to set against each other"
        )
    alone = len(set(by[first]) ^ set(by[second]))
    dots = [d for p in sorted(together) if (d := _dot(p, by[first][p], by[second][p], names))]
    shown = display([first, second], names)
    fair = [d for d in dots if not d.why]
    counts = {kind: sum(d.kind == kind for d in dots) for kind in (SAME, DIFFERENT, UNLIKE)}
    title = (
        say(lang, "dots_title", left=shown[first], right=shown[second], n=counts[SAME], all=len(fair),
            corner=sum(d.corner for d in fair))
        if fair else say(lang, "dots_none", left=shown[first], right=shown[second])
    )  # fmt: skip
    reasons = [
        say(lang, f"dots_{why}", n=n) for why in ("years", "part", "thin") if (n := sum(d.why == why for d in dots))
    ]
    hollow = say(lang, "dots_hollow", reasons=say(lang, "list").join(reasons)) if reasons else ""
    absent = len(together) - len(dots)
    about = sentence(
        say(lang, "dots_subtitle", year=years_text([y for d in fair for y in d.years], lang)),
        say(lang, "dots_codes", left=shown[first], right=shown[second]),
        hollow,
        say(lang, "dots_alone", n=alone) if alone else "",
        say(lang, "dots_absent", n=absent) if absent else "",
        made_from(compared, [r for p in together for b in (first, second) for r in by[b][p]], lang),
    )
    body, hidden = _plot(dots, (shown[first], shown[second]), counts, width, lang)
    note = say(lang, "dots_hidden", n=hidden) if hidden else ""
    said = [
        say(lang, "dots_alt", name=d.name, left=shown[first], right=shown[second],
            one=f"{d.suppliers[0]} {share_text(d.shares[0], lang)}", other=f"{d.suppliers[1]} {share_text(d.shares[1], lang)}")
        for d in sorted(fair, key=_weight)[:5]
    ]  # fmt: skip
    alt = sentence(say(lang, "dot_chart"), title + say(lang, "stop"), about, *said)
    spec = framed(title, sentence(about, note), alt, width, body)
    return Figure(stem("concentration", first, second), title, alt, spec, compared)


def _rows(table: Table, columns: Sequence[str], dims: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of a table; InputError where a column lacks, there is no row, or two rows share their labels."""
    for column in (*dims, *columns):
        if column not in table.frame.columns:
            raise unknown("column", column, table.frame.columns, f"table {table.name!r}")
    rows = table.to_rows()
    if not rows:
        raise InputError(f"table {table.name!r} has no rows; there is nothing to show")
    only_row_each(rows, dims, table.name)
    return rows


def rows_of(table: Table, buyer: str, columns: Sequence[str], dims: Sequence[str]) -> list[dict[str, Any]]:
    """One buyer's rows of a table with these columns; InputError for an unknown column or buyer, or an empty table."""
    rows = _rows(table, columns, dims)
    mine = [row for row in rows if row["buyer"] == buyer]
    if not mine:
        raise unknown("buyer", buyer, list(dict.fromkeys(row["buyer"] for row in rows)), f"table {table.name!r}")
    return mine


def made_from(table: Table, rows: Sequence[Mapping[str, Any]], lang: str) -> str:
    """The sentence that names the publishers of the data and the tables (column `data`) that rows come from.

    Only data have a licence among the sources of a table; a publication cited for a threshold has none.
    """
    data = [source for source in table.provenance.sources if source.licence]
    publishers = list(dict.fromkeys(source.title.split(",")[0] for source in data))
    tables = list(dict.fromkeys(str(row["data"]) for row in rows if row.get("data")))
    comma = say(lang, "list")
    if publishers and tables:
        return say(lang, "made_from", publishers=comma.join(publishers), tables=comma.join(sorted(tables)))
    return say(lang, "made_by", publishers=comma.join(publishers or sorted(tables))) if publishers or tables else ""


def years_text(years: Sequence[int], lang: str) -> str:
    """ "(2023)", "(2021–2024)", or nothing where there is no year."""
    if not years:
        return ""
    low, high = min(years), max(years)
    return say(lang, "year", year=low if low == high else say(lang, "years_range", low=low, high=high))


def _by_product(rows: Sequence[dict[str, Any]], buyer: str, table: str) -> dict[str, list[dict[str, Any]]]:
    """The buyer's rows with a share by product, oldest first."""
    known = list(dict.fromkeys(row["buyer"] for row in rows))
    if buyer not in known:
        raise unknown("buyer", buyer, known, f"table {table!r}")
    out: dict[str, list[dict[str, Any]]] = {}
    for row in sorted((r for r in rows if r["buyer"] == buyer), key=lambda r: (r["product"], r["period"])):
        out.setdefault(row["product"], []).append(row)
    return out


def _dot(
    product: str,
    left: Sequence[dict[str, Any]],
    right: Sequence[dict[str, Any]],
    names: Mapping[str, str] | None,
) -> _Dot | None:
    """The product in the year the two are compared in, or None where one of them has no share in any year."""
    one, other = (
        {r["period"]: r for r in rows if finite(r["top_share"]) is not None and r["top_supplier"] is not None}
        for rows in (left, right)
    )
    if not one or not other:
        return None
    both = [y for y in one if y in other and not one[y]["thin"] and not other[y]["thin"]]
    pair = (one[max(both)], other[max(both)]) if both else (one[max(one)], other[max(other)])
    a, b = pair
    if a["period"] != b["period"]:
        why = "years"
    elif a["thin"] or b["thin"]:
        why = "thin"
    else:
        # Two tables cut in the same way hold the same goods.
        why = "part" if (a["part"], a["classification"]) != (b["part"], b["classification"]) else ""
    name = (names or {}).get(product, a["name"] or product)
    return _Dot(product, name, (a["top_share"], b["top_share"]), (a["top_supplier"], b["top_supplier"]),
                (a["period"], b["period"]), why)  # fmt: skip


def _weight(dot: _Dot) -> tuple[bool, bool, bool, float, str]:
    """What to label first: comparable ones in the corner, then those with the same supplier, then by share."""
    return bool(dot.why), not dot.corner, not dot.same, -min(dot.shares), dot.product


def _plot(
    dots: Sequence[_Dot], shown: tuple[str, str], counts: Mapping[str, int], width: float, lang: str
) -> tuple[dict[str, Any], int]:
    """(the body of the spec, how many dots that matter have no label for want of room)."""
    plot = width - 2 * PADDING - AXIS
    # Half of "100 %" stands right of its mark.
    plot = round(plot - max(0.0, text_width("100 %", SIZE) / 2 - EDGE * plot))
    height = round(min(0.72 * plot, 440)) if width >= 560 else plot
    at = {d.product: (_pixel(d.shares[0], plot), height - _pixel(d.shares[1], height)) for d in dots}
    ordered = sorted(dots, key=_weight)
    matter = [d for d in ordered if d.same or d.corner]
    wanted = ordered if len(ordered) <= FEW else matter[:FEW]
    texts, leaders, named = _labels(wanted, at, plot, height)
    hidden = sum(d.product not in named for d in matter)
    points = [
        {"product": d.product, "name": d.name, "x": round(100 * d.shares[0], 4), "y": round(100 * d.shares[1], 4),
         "suppliers": d.codes, "kind": _kind(d.kind, counts, lang)}
        for d in ordered
    ]  # fmt: skip
    low, high = -100 * EDGE, 100 * (1 + EDGE)
    scale = {"domain": [low, high], "nice": False, "zero": False}
    axis = {"values": [0, 25, 50, 75, 100], "labelExpr": f"datum.value + '{say(lang, 'sign')}'", "domain": True,
            "domainColor": RULE, "ticks": True, "tickColor": RULE, "grid": True, "gridColor": "#e6e9ee", "titleFontSize": SIZE,
            "titleFontWeight": "bold", "titleColor": INK, "titlePadding": 6}  # fmt: skip

    def place(side: str, buyer: str) -> dict[str, Any]:
        limit = (plot if side == "x" else height) - 10
        title = shortened(say(lang, "dots_axis", buyer=buyer), limit, SIZE, 1, True)
        extent = {"minExtent": AXIS - 18, "maxExtent": AXIS - 18} if side == "y" else {}
        return {"field": side, "type": "quantitative", "scale": scale, "axis": {**axis, "title": title, **extent}}

    x, y = place("x", shown[0]), place("y", shown[1])
    kinds = [k for k in (SAME, DIFFERENT, UNLIKE) if counts[k]]
    domain = [_kind(k, counts, lang) for k in kinds]

    def look(**by_kind: Any) -> dict[str, Any]:
        return {"field": "kind", "type": "nominal",
                "scale": {"domain": domain, "range": [by_kind[k] for k in kinds]},
                "legend": {"symbolType": "circle", "symbolSize": 70, "symbolStrokeWidth": 1.6, "offset": 20,
                           "columns": _columns(domain, width)}}  # fmt: skip

    shade = {"x": {"datum": 100 * HALF, "type": "quantitative"}, "x2": {"value": plot},
             "y": {"datum": 100 * HALF, "type": "quantitative"}, "y2": {"value": 0}}  # fmt: skip
    none = {"data": {"values": [{}]}}
    layers: list[dict[str, Any]] = [
        {**none, "mark": {"type": "rect", "color": RAMP[0]}, "encoding": shade},
        {**none, "mark": {"type": "rule", "color": MUTED, "strokeDash": [4, 3]},
         "encoding": {"x": shade["x"], "y": {"value": 0}, "y2": {"value": height}}},
        {**none, "mark": {"type": "rule", "color": MUTED, "strokeDash": [4, 3]},
         "encoding": {"y": shade["y"], "x": {"value": 0}, "x2": {"value": plot}}},
        {**none, "mark": {"type": "text", "align": "right", "baseline": "bottom", "fill": INK, "fontStyle": "italic"},
         "encoding": {"x": {"value": plot}, "y": {"value": -4}, "text": {"value": say(lang, "dots_corner")}}},
        {"data": {"values": leaders}, "mark": {"type": "rule", "color": RULE, "strokeWidth": 0.7},
         "encoding": {"x": _bare("x"), "x2": {"field": "x2"}, "y": _bare("y"), "y2": {"field": "y2"}}},
        {"mark": {"type": "point", "filled": False, "size": 75, "strokeWidth": 1.6, "opacity": 1},
         "encoding": {"x": x, "y": y, "shape": look(same="circle", different="circle", unlike="diamond"),
                      "fill": look(same=PALETTE[0], different=PAPER, unlike=PAPER),
                      "stroke": look(same=PALETTE[0], different=PALETTE[0], unlike=RULE)}},
    ]  # fmt: skip
    for bold in (False, True):
        layers.append(
            {"data": {"values": [t for t in texts if t["bold"] is bold]},
             "mark": {"type": "text", "align": "left", "baseline": "middle", "fontSize": SMALL,
                      "fontWeight": "bold" if bold else "normal"},
             "encoding": {"x": _bare("x"), "y": _bare("y"), "text": {"field": "line"},
                          "fill": {"field": "ink", "type": "nominal", "scale": None, "legend": None}}}
        )  # fmt: skip
    body = {"data": {"values": points}, "layer": layers, "width": plot, "height": height}
    return body, hidden


def _kind(kind: str, counts: Mapping[str, int], lang: str) -> str:
    return say(lang, f"dots_kind_{kind}", n=counts[kind])


def _columns(domain: Sequence[str], width: float) -> int:
    """As many legend columns as fit."""
    widest = max((text_width(name, SIZE) for name in domain), default=0.0) + 34
    return max(1, min(len(domain), int((width - 2 * PADDING) // widest)))


def _bare(field: str) -> dict[str, Any]:
    """A place that is in pixels already."""
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def _pixel(share: float, length: float) -> float:
    return (share + EDGE) / (1 + 2 * EDGE) * length


def _labels(
    dots: Sequence[_Dot], at: Mapping[str, tuple[float, float]], plot: float, height: float
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], set[str]]:
    """(lines of text, lines that lead to them, products that got one): none over a dot, another label or the border.

    Labels are placed one after the other, what matters first: close to the dot where there is room, else further off.
    """
    taken: list[Box] = [(x - DOT, y - DOT, x + DOT, y + DOT) for x, y in at.values()]
    middle, level = _pixel(HALF, plot), height - _pixel(HALF, height)
    lines_at_half: list[Box] = [(middle - 1, 0, middle + 1, height), (0, level - 1, plot, level + 1)]
    texts: list[dict[str, Any]] = []
    leaders: list[dict[str, Any]] = []
    named: set[str] = set()
    for dot in dots:
        whole = [*((line, False) for line in shortened(dot.name, NAME, SMALL, 2)), (dot.codes, True)]
        # In a crowd the code has to do for the name.
        for lines in (whole, [(f"{dot.product} {dot.codes}", True)]):
            wide = max(text_width(line, SMALL, bold) for line, bold in lines)
            tall = len(lines) * (LINE - 1)
            found = free_place(at[dot.product], (wide, tall), taken, lines_at_half, (plot, height), DOT + 3)
            if found:
                break
        else:
            continue
        box, far = found
        taken.append(box)
        named.add(dot.product)
        ink = MUTED if dot.why else INK
        for place, (line, bold) in enumerate(lines):
            y = round(box[1] + (place + 0.5) * (LINE - 1), 2)
            texts.append({"line": line, "x": round(box[0], 2), "y": y, "bold": bold, "ink": ink})
        if far:
            x, y = at[dot.product]
            x2, y2 = end_of((x, y), box)
            leaders.append({"x": x, "y": y, "x2": x2, "y2": y2})
            # Nor may a later label stand on this line.
            taken += [(a - 1, b - 1, a + 1, b + 1) for a, b in way((x, y), (x2, y2))]
    return texts, leaders, named
