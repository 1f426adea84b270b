"""Figures of product dependence say what their tables say, keep apart what cannot be compared, take long names."""

from __future__ import annotations

import random
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest

from interdep.errors import InputError
from interdep.figures import (
    FULL_WIDTH,
    HALF_WIDTH,
    Figure,
    concentration_scatter,
    hhi_over_years,
    product_suppliers,
    theme,
)
from interdep.figures.placing import free_place, in_title, shortened
from interdep.provenance import Provenance, Source
from interdep.tables import Table

SVG = "{http://www.w3.org/2000/svg}"
LONG = (
    "Preparations whose name is about two hundred letters long and tells apart what customs officers tell apart " * 2
)[:200]
SOURCES = Provenance(
    sources=(
        Source("Statistics Office, Imports 2021-2023", 2023, licence="CC BY 4.0"),
        Source("A paper with a threshold", 2024),
    ),
    data_year=2023,
)

COMPARED = {
    "buyer": pl.String, "product": pl.String, "period": pl.Int32, "name": pl.String, "data": pl.String,
    "top_supplier": pl.String, "top_share": pl.Float64, "hhi": pl.Float64, "thin": pl.String, "part": pl.String,
    "classification": pl.String,
}  # fmt: skip


def seen(
    buyer: str, product: str, period: int, supplier: str, share: float | None, *,
    thin: str = "", part: str = "", classification: str = "HS22", name: str | None = None,
) -> tuple[Any, ...]:  # fmt: skip
    return (buyer, product, period, name or f"product {product}", f"table-{buyer}", supplier, share, 0.5, thin, part,
            classification)  # fmt: skip


def compared(rows: list[tuple[Any, ...]]) -> Table:
    frame = pl.DataFrame(rows, schema=COMPARED, orient="row")
    units = {"name": "", "data": "", "top_supplier": "", "top_share": "fraction of imports from abroad",
             "hhi": "fraction (HHI, 0 to 1)", "thin": "", "part": "", "classification": ""}  # fmt: skip
    return Table("compared", frame, ("buyer", "product", "period"), units, provenance=SOURCES)


def supplied(rows: Sequence[tuple[str, str, str, int, float | None]]) -> Table:
    """(supplier, buyer, product, period, share)."""
    schema = {"supplier": pl.String, "buyer": pl.String, "product": pl.String, "period": pl.Int32, "share": pl.Float64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return Table("product_suppliers", frame, ("supplier", "buyer", "product", "period"),
                 {"share": "fraction of imports from abroad"}, provenance=SOURCES)  # fmt: skip


def flagged(rows: list[tuple[str, str, int, str, float]]) -> Table:
    """(buyer, product, period, name, top_share)."""
    schema = {"buyer": pl.String, "product": pl.String, "period": pl.Int32, "name": pl.String, "top_share": pl.Float64}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(data=pl.lit("a-table"))
    units = {"name": "", "top_share": "fraction of imports from abroad", "data": ""}
    return Table("flagged", frame, ("buyer", "product", "period"), units, provenance=SOURCES)


def yearly(rows: Sequence[tuple[str, str, int, float | None]], high: dict[tuple[str, int], float] | None = None,
           thin: tuple[tuple[str, int], ...] = (), names: dict[str, str] | None = None) -> Table:  # fmt: skip
    """(buyer, product, period, hhi); high: the upper bound where it is another."""
    full = [
        (
            b,
            p,
            y,
            (names or {}).get(p, f"product {p}"),
            h,
            (high or {}).get((p, y), h),
            "little" if (p, y) in thin else "",
        )
        for b, p, y, h in rows
    ]
    schema = {"buyer": pl.String, "product": pl.String, "period": pl.Int32, "name": pl.String, "hhi": pl.Float64,
              "hhi_high": pl.Float64, "thin": pl.String}  # fmt: skip
    frame = pl.DataFrame(full, schema=schema, orient="row").with_columns(data=pl.lit("a-table"))
    units = {"name": "", "hhi": "fraction (HHI, 0 to 1)", "hhi_high": "fraction (HHI, 0 to 1)", "thin": "", "data": ""}
    return Table("products", frame, ("buyer", "product", "period"), units, provenance=SOURCES)


PAIRS = compared(
    [
        seen("EU27", "1001", 2022, "USA", 0.9), seen("EU27", "1001", 2023, "CHN", 0.6),
        seen("JPN", "1001", 2023, "CHN", 0.7),
        seen("EU27", "1002", 2023, "CHN", 0.3), seen("JPN", "1002", 2023, "CHN", 0.4),
        seen("EU27", "1003", 2023, "GAB", 0.55), seen("JPN", "1003", 2023, "ZAF", 0.8),
        seen("EU27", "1004", 2021, "RUS", 0.95), seen("JPN", "1004", 2023, "RUS", 0.95),
        seen("EU27", "1005", 2023, "CHL", 0.7, part="only 100510"), seen("JPN", "1005", 2023, "CHL", 0.6),
        seen("EU27", "1006", 2023, "AUS", 0.7, thin="total fell by 98 %"), seen("JPN", "1006", 2023, "AUS", 0.6),
        seen("EU27", "1007", 2023, "NOR", None), seen("JPN", "1007", 2023, "NOR", 0.6),
        seen("EU27", "1008", 2023, "NOR", 0.6),
        seen("EU27", "1009", 2023, "BRA", 0.2, part="only 100910"),
        seen("JPN", "1009", 2023, "PER", 0.3, part="only 100910"),
    ]
)  # fmt: skip

PARTS = supplied(
    [
        ("CHN", "EU27", "1001", 2023, 0.7), ("USA", "EU27", "1001", 2023, 0.2), ("others", "EU27", "1001", 2023, 0.1),
        ("RUS", "EU27", "1002", 2022, 0.9), ("X-REST", "EU27", "1002", 2022, 0.06),
        ("X-CONF", "EU27", "1002", 2022, 0.04),
        ("CHN", "EU27", "1003", 2023, 0.6), ("RUS", "EU27", "1003", 2023, 0.4),
        ("USA", "JPN", "1001", 2023, 1.0),
    ]
)  # fmt: skip
FLAGS = [("EU27", "1001", 2023, "one", 0.7), ("EU27", "1002", 2022, "two", 0.9), ("EU27", "1003", 2023, "three", 0.6)]

YEARS = [
    ("EU27", "1001", 2021, 0.2), ("EU27", "1001", 2022, 0.3), ("EU27", "1001", 2023, 0.8),
    ("EU27", "1002", 2021, 0.6), ("EU27", "1002", 2022, 0.1), ("EU27", "1002", 2023, 0.6),
    ("EU27", "1003", 2021, 0.9), ("EU27", "1003", 2022, None), ("EU27", "1003", 2023, 0.9),
    ("JPN", "1001", 2023, 0.5),
]  # fmt: skip


def texts(figure: Figure) -> list[str]:
    root = ET.fromstring(figure.svg())
    return [" ".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def about(figure: Figure) -> str:
    return " ".join(figure.spec["title"]["subtitle"])


def dots(figure: Figure) -> dict[str, dict[str, Any]]:
    return {row["product"]: row for row in figure.spec["data"]["values"]}


def pieces(figure: Figure) -> dict[str, list[tuple[str, float]]]:
    """Supplier and share of each piece of each bar, from the left."""
    out: dict[str, list[tuple[str, float]]] = {}
    for row in figure.spec["data"]["values"]:
        out.setdefault(row["product"], []).append((row["supplier"], row["end"] - row["start"]))
    return out


def panels(figure: Figure) -> list[dict[str, Any]]:
    return [panel for line in figure.spec["vconcat"] for panel in line["hconcat"]]


def width_of(figure: Figure) -> float:
    match = re.search(r'\bwidth="([0-9.]+)"', figure.svg())
    assert match is not None
    return float(match[1])


# Scatter


def test_a_product_stands_for_the_last_year_both_have():
    figure = concentration_scatter(PAIRS, "EU27", "JPN")
    assert (dots(figure)["1001"]["x"], dots(figure)["1001"]["y"]) == (60.0, 70.0)
    assert dots(figure)["1001"]["suppliers"] == "CHN"
    assert dots(figure)["1003"]["suppliers"] == "GAB / ZAF"
    assert "EU27 / JPN where they differ" in about(figure)


def test_what_is_not_comparable_is_not_counted_but_drawn_and_explained():
    figure = concentration_scatter(PAIRS, "EU27", "JPN")
    # 1001, 1002, 1003 and 1009 (cut in the same way for both) can be compared; the same supplier in 1001 and 1002.
    assert figure.title == "EU27 and JPN: same largest supplier in 2 of 4 products, both over half from one in 2"
    kinds = {product: row["kind"] for product, row in dots(figure).items()}
    assert kinds == {
        "1001": "same largest supplier (2)", "1002": "same largest supplier (2)",
        "1003": "different largest suppliers (2)", "1009": "different largest suppliers (2)",
        "1004": "not comparable (3)", "1005": "not comparable (3)", "1006": "not comparable (3)",
    }  # fmt: skip
    said = about(figure)
    assert "different years (1)" in said
    assert "another part or classification of the product (1)" in said
    assert "thin data (1)" in said
    assert "only one of the two is known: 1." in said
    assert "a share is not known: 1." in said
    assert dots(figure)["1004"]["suppliers"] == "RUS 2021 / RUS 2023"


def test_a_thin_year_gives_way_to_an_earlier_one_that_both_have():
    rows = [
        seen("EU27", "1001", 2022, "CHN", 0.6), seen("JPN", "1001", 2022, "CHN", 0.7),
        seen("EU27", "1001", 2023, "USA", 0.9, thin="little"), seen("JPN", "1001", 2023, "CHN", 0.8),
    ]  # fmt: skip
    figure = concentration_scatter(compared(rows), "EU27", "JPN")
    assert (dots(figure)["1001"]["x"], dots(figure)["1001"]["y"]) == (60.0, 70.0)
    assert "(2022)" in about(figure)


def test_other_classifications_are_not_compared():
    rows = [seen("EU27", "1001", 2023, "CHN", 0.6), seen("JPN", "1001", 2023, "CHN", 0.7, classification="HS17")]
    figure = concentration_scatter(compared(rows), "EU27", "JPN")
    assert figure.title == "No product of EU27 and JPN can be compared"
    assert dots(figure)["1001"]["kind"] == "not comparable (1)"


def test_kinds_of_dots_differ_by_form_and_not_by_colour_alone():
    figure = concentration_scatter(PAIRS, "EU27", "JPN")
    points = next(layer for layer in figure.spec["layer"] if layer["mark"].get("type") == "point")["encoding"]
    looks = list(zip(points["shape"]["scale"]["range"], points["fill"]["scale"]["range"], strict=True))
    assert looks[0] == ("circle", theme.PALETTE[0])
    assert looks[1] == ("circle", theme.PAPER)
    assert looks[2] == ("diamond", theme.PAPER)


def test_the_shaded_corner_begins_at_half_and_reaches_the_border():
    figure = concentration_scatter(PAIRS, "EU27", "JPN")
    shade = next(layer for layer in figure.spec["layer"] if layer["mark"].get("type") == "rect")["encoding"]
    assert (shade["x"]["datum"], shade["y"]["datum"]) == (50.0, 50.0)
    assert (shade["x2"]["value"], shade["y2"]["value"]) == (figure.spec["width"], 0)
    assert "both over half from one supplier" in texts(figure)


def test_source_and_tables_are_named_but_no_paper_that_gives_a_threshold():
    for figure in (
        concentration_scatter(PAIRS, "EU27", "JPN"),
        product_suppliers(PARTS, flagged(FLAGS), "EU27"),
        hhi_over_years(yearly(YEARS), "EU27"),
    ):
        assert "all publishers: Statistics Office." in about(figure)
        assert "table" in about(figure)
        assert "paper" not in about(figure)


def test_a_hundred_products_are_all_drawn_and_labels_never_overlap():
    chance = random.Random(3)
    rows = [
        seen(buyer, f"{i:06}", 2023, chance.choice(["CHN", "USA"]), round(chance.random(), 3), name=LONG)
        for i in range(100)
        for buyer in ("EU27", "JPN")
    ]
    figure = concentration_scatter(compared(rows), "EU27", "JPN")
    assert len(dots(figure)) == 100
    assert "Without a label for want of room: " in about(figure)
    written = [t for layer in figure.spec["layer"] if "data" in layer for t in layer["data"]["values"] if "line" in t]
    assert len(written) >= 10
    boxes = [
        (t["x"], t["y"] - 5, t["x"] + theme.text_width(t["line"], theme.SMALL, t["bold"]), t["y"] + 5) for t in written
    ]
    for place, one in enumerate(boxes):
        assert one[0] >= 0
        assert one[2] <= figure.spec["width"]
        for other in boxes[place + 1 :]:
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] + 1 or other[3] <= one[1] + 1
            assert apart, (one, other)
    lead = [t for layer in figure.spec["layer"] if "data" in layer for t in layer["data"]["values"] if "x2" in t]
    assert lead
    for line in lead:
        for step in range(1, 20):
            x, y = (line[c] + (line[f"{c}2"] - line[c]) * step / 20 for c in "xy")
            assert not any(b[0] < x < b[2] and b[1] + 1 < y < b[3] - 1 for b in boxes), line


def test_a_scatter_of_nothing_and_of_unknown_buyers_is_refused():
    with pytest.raises(InputError, match="unknown buyer 'JPM' in table 'compared'; did you mean 'JPN'"):
        concentration_scatter(PAIRS, "EU27", "JPM")
    with pytest.raises(InputError, match="table 'compared' has no rows"):
        concentration_scatter(compared([]), "EU27", "JPN")
    with pytest.raises(InputError, match="no product of both EU27 and JPN"):
        concentration_scatter(
            compared([seen("EU27", "1", 2023, "CHN", 0.5), seen("JPN", "2", 2023, "CHN", 0.5)]), "EU27", "JPN"
        )
    with pytest.raises(InputError, match="EU27 is set against itself"):
        concentration_scatter(PAIRS, "EU27", "EU27")
    with pytest.raises(InputError, match="unknown column 'name'"):
        concentration_scatter(PARTS, "EU27", "JPN")
    with pytest.raises(InputError, match="unknown language 'fr'"):
        concentration_scatter(PAIRS, "EU27", "JPN", "fr")


# Stacked bars


def test_bars_stand_in_the_order_of_concentration_and_the_largest_supplier_comes_first():
    figure = product_suppliers(PARTS, flagged(FLAGS), "EU27")
    found = pieces(figure)
    assert list(found) == ["1002", "1001", "1003"]
    assert [s for s, _ in found["1001"]] == ["CHN", "USA", "others"]
    assert [share for _, share in found["1001"]] == pytest.approx([0.7, 0.2, 0.1])
    assert {"RUS 90.0 %", "CHN 70.0 %", "CHN 60.0 %", "USA", "50 %"} <= set(texts(figure))
    assert figure.title == "EU27: CHN is the largest supplier in 2 of 3 products that come mainly from one"


def test_partners_that_are_not_stated_are_no_others():
    found = pieces(product_suppliers(PARTS, flagged(FLAGS), "EU27"))
    assert [s for s, _ in found["1002"]] == ["RUS", "unstated"]
    assert found["1002"][1][1] == pytest.approx(0.1)
    only = supplied([("X-CONF", "EU27", "1001", 2023, 1.0)])
    figure = product_suppliers(only, flagged([("EU27", "1001", 2023, "one", 0.0)]), "EU27")
    assert figure.title == "EU27: no supplier of the chosen products is stated"
    assert "partner not stated" in texts(figure)


def test_the_sixth_leading_supplier_is_grey_but_named():
    shares = [("CHN", 0.9), ("USA", 0.8), ("RUS", 0.75), ("CHL", 0.7), ("ZAF", 0.65), ("EGY", 0.6)]
    rows = [(s, "EU27", f"100{i}", 2023, share) for i, (s, share) in enumerate(shares)]
    chosen = flagged([("EU27", f"100{i}", 2023, f"p{i}", share) for i, (_, share) in enumerate(shares)])
    figure = product_suppliers(supplied(rows), chosen, "EU27")
    keys = figure.spec["layer"][0]["encoding"]["fill"]["scale"]
    assert keys["domain"][:5] == ["CHN", "USA", "RUS", "CHL", "ZAF"]
    assert keys["range"][:5] == list(theme.PALETTE)
    assert dict(zip(keys["domain"], keys["range"], strict=True))["another largest supplier (named)"] == theme.REST
    assert "EGY 60.0 %" in texts(figure)


def test_a_year_other_than_the_usual_one_stands_beside_the_name():
    figure = product_suppliers(PARTS, flagged(FLAGS), "EU27")
    assert "(2023; other years beside the name)" in about(figure)
    assert "two (2022)" in texts(figure)
    assert "one" in texts(figure)


def test_only_the_first_products_are_shown_and_how_many_there_are_is_said():
    rows = [("CHN", "EU27", f"{i:04}", 2023, 0.5 + i / 1000) for i in range(100)]
    chosen = flagged([("EU27", p, y, LONG if i == 99 else f"name {p}", s) for i, (_, _, p, y, s) in enumerate(rows)])
    figure = product_suppliers(supplied(rows), chosen, "EU27", 5)
    assert list(pieces(figure)) == ["0099", "0098", "0097", "0096", "0095"]
    assert "The 5 of 100 products with the largest share." in about(figure)
    # 0000 has exactly half, so not all of them come mainly from one.
    assert figure.title == "EU27: CHN is the largest supplier in 100 of 100 chosen products"
    assert width_of(figure) <= FULL_WIDTH + 3
    assert len(pieces(product_suppliers(supplied(rows), chosen, "EU27", 100))) == 100


def test_no_bar_is_drawn_without_its_suppliers():
    with pytest.raises(InputError, match="no suppliers of 1001 to EU27 in 2021"):
        product_suppliers(PARTS, flagged([("EU27", "1001", 2021, "one", 0.7)]), "EU27")
    with pytest.raises(InputError, match="unknown buyer 'JPM' in table 'product_suppliers'; did you mean 'JPN'"):
        product_suppliers(PARTS, flagged(FLAGS), "JPM")
    with pytest.raises(InputError, match="unknown buyer 'JPN' in table 'flagged'"):
        product_suppliers(PARTS, flagged(FLAGS), "JPN")
    with pytest.raises(InputError, match="table 'flagged' has no rows"):
        product_suppliers(PARTS, flagged([]), "EU27")
    with pytest.raises(InputError, match="show at least one product"):
        product_suppliers(PARTS, flagged(FLAGS), "EU27", top=0)
    with pytest.raises(InputError, match=r"several rows for EU27, 1001; choose one with \.where"):
        product_suppliers(PARTS, flagged([*FLAGS, ("EU27", "1001", 2022, "one", 0.7)]), "EU27")


# Years


def test_the_largest_change_is_the_title_and_thresholds_are_named():
    figure = hhi_over_years(yearly(YEARS), "EU27")
    assert figure.title == "EU27: largest change of concentration in product 1001 (HHI 0.20 in 2021, 0.80 in 2023)"
    assert {"0.4 EC, GeoDep", "0.5 METI type", "0.20", "0.80"} <= set(texts(figure))
    assert "HHI over 0.5 in the last year: 3 of these 3." in about(figure)
    rules = [layer["encoding"]["y"]["datum"] for layer in panels(figure)[0]["layer"][:2]]
    assert rules == [0.4, 0.5]


def test_a_fall_is_told_in_the_order_of_time():
    rows = [("EU27", "1001", 2021, 0.9), ("EU27", "1001", 2022, 0.3)]
    assert hhi_over_years(yearly(rows), "EU27").title.endswith("(HHI 0.90 in 2021, 0.30 in 2022)")


def links(panel: dict[str, Any]) -> list[tuple[int, int, bool]]:
    found = [v for layer in panel["layer"] if "data" in layer for v in layer["data"]["values"] if "year2" in v]
    return [(link["year"], link["year2"], link["thin"]) for link in found]


def test_a_year_that_is_not_known_breaks_the_line_and_a_thin_one_is_hollow():
    figure = hhi_over_years(yearly(YEARS, thin=(("1002", 2022),)), "EU27", ["1003", "1002", "1001"])
    unknown, thin, whole = panels(figure)
    assert links(unknown) == []
    assert links(thin) == [(2021, 2022, True), (2022, 2023, True)]
    assert links(whole) == [(2021, 2022, False), (2022, 2023, False)]
    hollow = [
        layer
        for layer in thin["layer"]
        if layer["mark"].get("fill") == theme.PAPER and layer["mark"]["type"] == "point"
    ]
    assert [point["year"] for layer in hollow for point in layer["data"]["values"]] == [2022]
    assert "Hollow: thin data." in about(figure)
    # The thin year is no finding: 1002 was 0.6 in both years that can be used.
    assert "product 1001" in figure.title


def test_bounds_are_drawn_as_bars_and_are_no_finding():
    high = {("1001", 2021): 0.9, ("1001", 2022): 0.9, ("1001", 2023): 0.9}
    figure = hhi_over_years(yearly([r for r in YEARS if r[1] == "1001"], high), "EU27")
    assert figure.title == "EU27: no change of concentration that is certain"
    bars = [v["high"] for layer in panels(figure)[0]["layer"] if layer["mark"].get("strokeWidth") == 5
            for v in layer["data"]["values"]]  # fmt: skip
    assert bars == [0.9, 0.9, 0.9]
    assert "Pale bar" in about(figure)
    assert "Pale bar" not in about(hhi_over_years(yearly(YEARS), "EU27"))


def test_of_a_hundred_products_the_highest_and_the_most_changed_are_shown_once_each():
    rows = []
    for i in range(100):
        step = 0.3 if i in (7, 8, 9) else 0.4 if i == 96 else 0.0
        rows += [
            ("EU27", f"{i:04}", 2022, i / 200 - step / 2 + 0.2),
            ("EU27", f"{i:04}", 2023, i / 200 + step / 2 + 0.2),
        ]
    figure = hhi_over_years(yearly(rows, names={"0099": LONG}), "EU27")
    assert len(panels(figure)) == 8
    assert "Of 100 products first the four with the highest HHI" in about(figure)
    shown = " ".join(texts(figure))
    # 0096 is among the highest and among the most changed.
    assert all(f"product {code}" in shown for code in ("0096", "0098", "0007", "0008", "0009"))
    assert LONG[:20] in shown
    assert "…" in shown


def test_one_year_is_no_line():
    with pytest.raises(InputError, match="knows JPN in 2023 only; a figure over years needs two"):
        hhi_over_years(yearly(YEARS), "JPN")
    single = [("EU27", "1001", 2022, 0.5), ("EU27", "1002", 2023, 0.5)]
    with pytest.raises(InputError, match="no product of EU27 with a usable HHI in two years"):
        hhi_over_years(yearly(single), "EU27")


def test_unknown_buyers_and_products_are_errors_with_the_nearest_one():
    with pytest.raises(InputError, match="unknown buyer 'EU28' in table 'products'; did you mean 'EU27'"):
        hhi_over_years(yearly(YEARS), "EU28")
    with pytest.raises(InputError, match="unknown product '1009'"):
        hhi_over_years(yearly(YEARS), "EU27", ["1009"])
    with pytest.raises(InputError, match="table 'products' has no rows"):
        hhi_over_years(yearly([]), "EU27")
    many = [("EU27", f"{i:04}", year, 0.5) for i in range(20) for year in (2022, 2023)]
    with pytest.raises(InputError, match="20 panels in one figure; name at most 16"):
        hhi_over_years(yearly(many), "EU27", [f"{i:04}" for i in range(20)])
    nothing = [*YEARS, ("EU27", "1010", 2022, None)]
    with pytest.raises(InputError, match="no HHI of EU27 1010 in any year"):
        hhi_over_years(yearly(nothing), "EU27", ["1010"])


# All three


def every_figure(lang: str, width: float, names: dict[str, str]) -> list[Figure]:
    return [
        concentration_scatter(PAIRS, "EU27", "JPN", lang, names=names, width=width),
        product_suppliers(PARTS, flagged(FLAGS), "EU27", lang=lang, names=names, width=width),
        hhi_over_years(yearly(YEARS), "EU27", lang=lang, names=names, width=width),
    ]


@pytest.mark.parametrize("width", [FULL_WIDTH, HALF_WIDTH])
@pytest.mark.parametrize("name", ["short", LONG, "Wolframcarbid" * 16, "長い品目名" * 40])
def test_no_figure_is_wider_than_its_place_whatever_a_product_is_called(width: float, name: str):
    for figure in every_figure("en", width, {"1001": name}):
        assert width_of(figure) <= width + 3, figure.name


def test_japanese_figures_speak_no_english():
    names = {"EU27": "EU", "JPN": "日本", "CHN": "中国", **{f"100{i}": f"品目{i}" for i in range(1, 10)}}
    for figure in every_figure("ja", FULL_WIDTH, names):
        said = " ".join([*texts(figure), figure.alt, figure.title])
        assert not re.findall(r"\b(product|supplier|largest|others|share|change|type|label|tables?):?\s", said), (
            figure.name
        )
    assert (
        every_figure("ja", FULL_WIDTH, names)[1].title
        == "EU：一国から過半を輸入する3品目のうち2品目は中国が最大の供給元"
    )


def test_one_product_is_enough():
    rows = [seen("EU27", "1001", 2023, "CHN", 1.0), seen("JPN", "1001", 2023, "CHN", 1.0)]
    scatter = concentration_scatter(compared(rows), "EU27", "JPN")
    assert {"product 1001", "CHN"} <= set(texts(scatter))
    bars = product_suppliers(
        supplied([("CHN", "EU27", "1001", 2023, 1.0)]), flagged([("EU27", "1001", 2023, "one", 1.0)]), "EU27"
    )
    assert "CHN 100 %" in texts(bars)
    line = hhi_over_years(yearly([("EU27", "1001", 2022, 0.5), ("EU27", "1001", 2023, 0.5)]), "EU27")
    assert len(panels(line)) == 1
    assert "no change" in line.title


def test_the_order_of_rows_does_not_matter():
    def turned(table: Table) -> Table:
        return Table(table.name, table.frame.reverse(), table.dims, table.units, provenance=table.provenance)

    again = [
        concentration_scatter(turned(PAIRS), "EU27", "JPN"),
        product_suppliers(turned(PARTS), turned(flagged(FLAGS)), "EU27"),
        hhi_over_years(turned(yearly(YEARS)), "EU27"),
    ]
    for one, other in zip(every_figure("en", FULL_WIDTH, {}), again, strict=True):
        assert one.spec == other.spec


# Places and shortened names


def test_a_label_keeps_off_what_is_taken_and_says_when_it_stands_far():
    beside = free_place((50, 50), (20, 10), [(45, 45, 55, 55)], [], (200, 100), 8)
    assert beside == ((58, 45, 78, 55), False)
    # A ring of taken places close by pushes it out; where all is taken there is none.
    ring = [(20.0, 30.0, 44.0, 70.0), (56.0, 30.0, 80.0, 70.0), (44.0, 30.0, 56.0, 44.0), (44.0, 56.0, 56.0, 70.0)]
    assert free_place((50, 50), (20, 10), ring, [], (90, 90), 8) is None
    assert free_place((50, 50), (20, 10), [(0, 0, 200, 100)], [], (200, 100), 8) is None


def test_a_line_to_a_label_never_runs_through_another_point():
    # Right of the point is full close by, and the way further out leads through it.
    wall = [(60.0, 0.0, 64.0, 100.0)]
    found = free_place((50, 50), (20, 10), wall, [], (300, 100), 8)
    assert found is not None
    assert found[0][2] <= 60 - 2


def test_shortened_names_fit_and_whole_ones_stay():
    assert shortened("Graphite", 100, 9.5, 2) == ["Graphite"]
    for name in (LONG, "x" * 200, "ab " + "x" * 200, "長い品目名" * 40):
        lines = shortened(name, 120, 9.5, 2)
        assert len(lines) <= 2
        assert lines[-1].endswith("…")
        assert all(theme.text_width(line, 9.5) <= 120 for line in lines)
    assert in_title("Cobalt ores", 680) == "Cobalt ores"
    assert len(in_title("x" * 300, 340)) < 60
