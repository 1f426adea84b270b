"""Figures say what their table says, print missing as missing, survive grey print and draw the same bytes every time."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interdep.errors import InputError
from interdep.figures import (
    FULL_WIDTH,
    HALF_WIDTH,
    Figure,
    bottleneck_weeks,
    compare_bars,
    day_fan,
    dependency_heat,
    look_through_suppliers,
    loss_by_economy,
    loss_by_industry,
    theme,
    tile_map,
)
from interdep.figures.labels import MoneyScale, class_of, classes
from interdep.figures.words import WORDS
from interdep.provenance import Provenance
from interdep.tables import Table

SVG = "{http://www.w3.org/2000/svg}"
LONG = "Warehousing, support activities for transportation, postal and courier services"
LONG_JA = "倉庫・運輸附帯サービス・郵便・信書便"

Cell = tuple[str, str, float | None, float]


def a_loss(cells: list[Cell], scenario: str = "stop", model: str = "leontief") -> Table:
    """(economy, industry, mn USD lost, mn USD made)."""
    frame = pl.DataFrame(
        {
            "model": [model] * len(cells),
            "scenario": [scenario] * len(cells),
            "economy": [c[0] for c in cells],
            "industry": [c[1] for c in cells],
            "value_added_lost": pl.Series([c[2] for c in cells], dtype=pl.Float64),
            "value_added": [c[3] for c in cells],
            "loss_share": pl.Series([None if c[2] is None else c[2] / c[3] for c in cells], dtype=pl.Float64),
        }
    )
    units = {
        "value_added_lost": "mn USD (2014) over the horizon",
        "value_added": "mn USD (2014) per year",
        "loss_share": "fraction of yearly value added",
    }
    ratios = {"loss_share": ("value_added_lost", "value_added")}
    dims = ("model", "scenario", "economy", "industry")
    return Table("loss", frame, dims, units, "Value added lost", ratios, Provenance(data_year=2014))


def suppliers(rows: list[tuple[str, str, float | None, float | None]], unit: str = "fraction of all inputs") -> Table:
    schema = {"buyer": pl.String, "supplier": pl.String, "face_share": pl.Float64, "look_through_share": pl.Float64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    units = {"face_share": unit, "look_through_share": unit}
    return Table("reliance", frame, ("buyer", "supplier"), units, provenance=Provenance(data_year=2014))


def tops(rows: list[tuple[str, str, str | None, float | None, float | None]]) -> Table:
    schema = {
        "buyer": pl.String, "industry": pl.String, "top_supplier": pl.String, "top_share": pl.Float64,
        "foreign_share": pl.Float64,
    }  # fmt: skip
    units = {"top_supplier": "", "top_share": "fraction of all inputs", "foreign_share": "fraction of all inputs"}
    return Table("tops", pl.DataFrame(rows, schema=schema, orient="row"), ("buyer", "industry"), units)


def comparison(scenarios: int = 2, economies: int = 3) -> Table:
    rows = [
        ("leontief", f"s{i}", f"E{j:02}", 0.01 * (i + 1) / (j + 1)) for i in range(scenarios) for j in range(economies)
    ]
    frame = pl.DataFrame(rows, schema=["model", "scenario", "economy", "loss_share"], orient="row")
    return Table(
        "comparison", frame, ("model", "scenario", "economy"), {"loss_share": "fraction of yearly value added"}
    )


def fan_days(peak: float = 0.05, high: float = 0.4, days: int = 100) -> Table:
    """Two economies whose loss rises to a peak on day 40 and falls to nothing on day 60."""
    rows = []
    for economy, size in (("EU27", 1.0), ("JPN", 0.5)):
        for day in range(days):
            value = size * peak * max(0.0, 1 - abs(day - 40) / 20)
            rows.append(("stop", economy, day, 0.0, 0.8 * value, value, 1.2 * value, value * high / peak))
    columns = ["scenario", "economy", "day", "low", "lower", "value", "upper", "high"]
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    units = dict.fromkeys(columns[3:], "fraction of the day's normal value added")
    return Table("daily", frame, ("scenario", "economy", "day"), units, provenance=Provenance(data_year=2014))


def held_weeks(rows: list[tuple[str, str, int, float]]) -> Table:
    frame = pl.DataFrame(
        [("stop", *row) for row in rows], schema=["scenario", "economy", "product", "period", "held"], orient="row"
    )
    return Table("held", frame, ("scenario", "economy", "product", "period"), {"held": "fraction of value added"},
                 provenance=Provenance(data_year=2014))  # fmt: skip


WEEKS = [("EU27", "C26", 4, 0.02), ("EU27", "C26", 5, 0.03), ("JPN", "C26", 5, 0.1), ("EU27", "H52-H53", 9, 0.3)]
FORTY_FOUR = [(f"E{i:02}", "C26", float(i), 1000.0) for i in range(44)]
TWO_BUYERS = [
    *(("EU27", f"S{i:02}", 0.001 * (20 - i), 0.002 * (20 - i)) for i in range(12)),
    *(("JPN", f"S{i:02}", 0.001 * (20 - i), 0.002 * (20 - i)) for i in range(6, 18)),
]


def every_figure(names: dict[str, str] | None = None, lang: str = "en") -> list[tuple[Figure, float]]:
    names = names or {}
    loss = a_loss([*FORTY_FOUR, *((f"E{i:02}", "H52-H53", 3.0, 500.0) for i in range(44))])
    heat = [(b, i, "CHN", 0.05, 0.2) for b in ("EU27", "JPN") for i in ("C26", "H52-H53")]
    values = {"DEU": 0.01, "FRA": None}
    return [
        (loss_by_economy(loss, "stop", names=names, lang=lang), HALF_WIDTH),
        (loss_by_industry(loss, "stop", ["E01", "E02"], "Group", names=names, lang=lang), HALF_WIDTH),
        (look_through_suppliers(suppliers(TWO_BUYERS), "EU27", "JPN", names=names, lang=lang), FULL_WIDTH),
        (look_through_suppliers(suppliers(TWO_BUYERS), "EU27", "JPN", width=HALF_WIDTH, lang=lang), HALF_WIDTH),
        (tile_map(values, {"DEU": (1, 0), "FRA": (0, 0)}, "Loss", "fraction of value added", lang=lang), FULL_WIDTH),
        (compare_bars(comparison(5, 12), names=names, lang=lang), FULL_WIDTH),
        (dependency_heat(tops(heat), names=names, lang=lang), FULL_WIDTH),
        (day_fan(fan_days(), "stop", names=names, lang=lang), FULL_WIDTH),
        (bottleneck_weeks(held_weeks(WEEKS), "stop", ["EU27", "JPN"], 14, names=names, lang=lang), FULL_WIDTH),
    ]


def texts(figure: Figure) -> list[str]:
    """What is printed, one entry a text element (lines of one element joined by a space)."""
    root = ET.fromstring(figure.svg())
    return [" ".join(part for part in element.itertext()) for element in root.iter(f"{SVG}text")]


def data(figure: Figure) -> list[dict[str, Any]]:
    return figure.spec["data"]["values"]


# Numbers


def test_the_ten_largest_economies_stand_in_order_and_the_others_as_one_weighted_mean():
    cells = [(f"E{i:02}", "C26", float(i), 1000.0) for i in range(1, 11)]
    figure = loss_by_economy(a_loss([*cells, ("BIG", "C26", 0.0, 3000.0), ("TIN", "C26", 0.4, 1000.0)]), "stop")
    rows = data(figure)
    assert [row["label"] for row in rows] == [f"E{i:02}" for i in range(10, 0, -1)] + ["other (2 economies)"]
    assert rows[0]["text"] == "1.0 %"
    # 0.4 of 4000, not the mean of 0 % and 0.04 %
    assert rows[-1]["value"] == pytest.approx(0.0001)
    assert figure.title == "E10 loses most: 1.0 % of a year's value added"
    assert "other: mean weighted by value added" in " ".join(figure.spec["title"]["subtitle"])
    assert "(2014)" in " ".join(figure.spec["title"]["subtitle"])


def test_a_lone_other_economy_is_shown_by_its_name():
    figure = loss_by_economy(a_loss([(f"E{i:02}", "C26", float(i), 1000.0) for i in range(11)]), "stop")
    assert [row["label"] for row in data(figure)][-1] == "E00"
    assert "other" not in " ".join(texts(figure))


def test_industries_are_summed_over_the_group_with_their_share_of_value_added_beside_them():
    cells = [("DEU", "C26", 3000.0, 50_000.0), ("FRA", "C26", 1000.0, 50_000.0), ("DEU", "C29", 100.0, 1000.0),
             ("USA", "C29", 9e9, 1e10)]  # fmt: skip
    with pytest.raises(InputError, match="unknown economy 'FRO'"):
        loss_by_industry(a_loss(cells), "stop", ["DEU", "FRO"], "EU27")
    figure = loss_by_industry(a_loss(cells), "stop", ["DEU", "FRA"], "EU27", names={"C26": "Electronics"})
    assert [(row["label"], row["text"], row["column"]) for row in data(figure)] == [
        ("Electronics", "4.00", "4.0 %"),
        ("C29", "0.100", "10.0 %"),
    ]
    assert figure.title == "EU27: largest loss 4.00 bn USD, in Electronics"
    assert "Sum over 2 economies." in figure.alt


def test_other_industries_are_a_sum():
    cells = [("DEU", f"I{i:02}", 100.0 - i, 1000.0) for i in range(14)]
    figure = loss_by_industry(a_loss(cells), "stop", ["DEU"], "Germany")
    last = data(figure)[-1]
    assert (last["label"], last["value"], last["column"]) == ("other (4 industries)", 90.0 + 89 + 88 + 87, "8.8 %")


def test_suppliers_of_both_buyers_are_marked_and_named():
    figure = look_through_suppliers(suppliers(TWO_BUYERS), "EU27", "JPN", names={"S06": "China"})
    left, right = ([row["label"] for row in panel["data"]["values"]] for panel in figure.spec["hconcat"])
    assert list(dict.fromkeys(left))[-3:] == ["● China", "● S07", "other (4 economies)"]
    assert list(dict.fromkeys(right))[:3] == ["● China", "● S07", "S08"]
    assert "● among the 8 largest of both: China, S07." in " ".join(figure.spec["title"]["subtitle"])
    assert figure.title == "EU27 relies most on S00, JPN on China"


def test_bars_of_both_panels_are_drawn_to_one_scale_whatever_their_labels():
    rows = [("EU27", "CHN", 0.001, 0.5), ("JPN", "USA", 0.02, 0.123456)]
    figure = look_through_suppliers(suppliers(rows), "EU27", "JPN", names={"CHN": "A very long name of an economy"})
    pixels = []
    for panel in figure.spec["hconcat"]:
        low, high = panel["layer"][0]["encoding"]["x"]["scale"]["domain"]
        pixels.append(panel["width"] / (high - low))
    assert pixels[0] == pytest.approx(pixels[1])


def test_the_rest_of_the_world_is_never_ranked_as_a_supplier():
    rows = [("EU27", "ROW", 0.5, 0.6), ("EU27", "CHN", 0.1, 0.2), ("JPN", "ROW", 0.5, 0.6), ("JPN", "CHN", 0.1, 0.2)]
    figure = look_through_suppliers(suppliers(rows), "EU27", "JPN")
    assert figure.title == "CHN is the largest foreign supplier of both EU27 and JPN"
    assert [row["label"] for row in figure.spec["hconcat"][0]["data"]["values"]][-1] == "rest of the world"


def test_columns_that_are_no_fractions_are_refused():
    with pytest.raises(InputError, match="'face_share' of table 'reliance' is in 'mn USD'"):
        look_through_suppliers(suppliers(TWO_BUYERS, "mn USD"), "EU27", "JPN")
    with pytest.raises(InputError, match="unknown column 'face'"):
        look_through_suppliers(suppliers(TWO_BUYERS), "EU27", "JPN", columns=("face", "look_through_share"))


def test_scenarios_stand_side_by_side_the_largest_loss_first():
    figure = compare_bars(comparison(2, 12), top=3)
    assert [(row["label"], row["kind"], row["text"]) for row in data(figure)][:3] == [
        ("E00", "s0", "1.0 %"),
        ("E00", "s1", "2.0 %"),
        ("E01", "s0", "0.50 %"),
    ]
    assert "The 3 of 12 with the largest loss." in " ".join(figure.spec["title"]["subtitle"])


def test_scenarios_can_be_the_rows_and_economies_the_bars():
    figure = compare_bars(comparison(6, 2), group="scenario")
    rows = data(figure)
    assert len({row["label"] for row in rows}) == 6
    assert {row["kind"] for row in rows} == {"E00", "E01"}
    assert rows[0]["label"] == "s5"
    assert figure.title.startswith("E00 loses most")


def test_more_series_than_can_be_told_apart_are_refused():
    with pytest.raises(InputError, match=r"6 scenarios and models in one figure .* at most 5"):
        compare_bars(comparison(6))


def test_industries_with_the_same_top_supplier_are_marked():
    rows = [
        ("EU27", "C26", "CHN", 0.05, 0.2), ("JPN", "C26", "CHN", 0.06, 0.1),
        ("EU27", "B", "RUS", 0.05, 0.2), ("JPN", "B", "AUS", 0.06, 0.1),
        ("EU27", "D", None, None, None), ("JPN", "D", None, None, None),
    ]  # fmt: skip
    figure = dependency_heat(tops(rows))
    assert figure.title == "1 of 3 industries have the same top foreign supplier in EU27 and JPN"
    assert list(dict.fromkeys(row["industry"] for row in data(figure))) == ["● C26", "B", "D"]
    assert {"CHN  5.0 %", "RUS  5.0 %", "n/a"} <= {row["text"] for row in data(figure)}
    assert figure.alt.endswith("Largest shares: JPN / B: AUS 6.0 %, JPN / C26: CHN 6.0 %, EU27 / B: RUS 5.0 %.")


# Missing, zero and one


def test_missing_is_printed_as_missing_and_not_as_zero():
    figure = loss_by_economy(a_loss([("DEU", "C26", 1.0, 100.0), ("FRA", "C26", None, 100.0)]), "stop")
    assert texts(figure).count("n/a") == 1
    assert "FRA" in texts(figure)
    assert "0 %" not in texts(figure)
    many = [("DEU", "C26", 1.0, 100.0), *((f"E{i}", "C26", None, 100.0) for i in range(3))]
    assert "no value (3)" in texts(loss_by_economy(a_loss(many), "stop"))
    assert loss_by_economy(a_loss([("FRA", "C26", None, 100.0)]), "stop").title == "No result for stop"


def test_missing_values_do_not_enter_the_mean_of_the_others():
    cells = [(f"E{i:02}", "C26", 100.0, 1000.0) for i in range(10)]
    cells += [("XA", "C26", 1.0, 100.0), ("XB", "C26", 1.0, 100.0), ("XC", "C26", None, 100.0)]
    rows = {row["label"]: row["value"] for row in data(loss_by_economy(a_loss(cells), "stop"))}
    assert rows["other (2 economies)"] == pytest.approx(0.01)
    assert rows["XC"] is None


def test_zero_losses_are_said_to_be_nothing():
    figure = loss_by_economy(a_loss([("DEU", "C26", 0.0, 100.0), ("FRA", "C26", 0.0, 100.0)]), "stop")
    assert figure.title == "Nothing is lost in stop"
    assert texts(figure).count("0 %") == 2


def test_gains_run_left_of_zero():
    figure = loss_by_economy(a_loss([("DEU", "C26", 2.0, 100.0), ("FRA", "C26", -1.0, 100.0)]), "stop")
    assert figure.spec["layer"][0]["encoding"]["x"]["scale"]["domain"][0] == pytest.approx(-0.01)
    assert "-1.0 %" in texts(figure)


@pytest.mark.parametrize("value", [0.0, None, 1e-9, 1.0])
def test_one_row_is_enough_for_every_figure(value: float | None):
    loss = a_loss([("JPN", "C26", value, 1.0)])
    supply = suppliers([("EU27", "CHN", value, value), ("JPN", "CHN", value, value)])
    for figure in (
        loss_by_economy(loss, "stop"),
        loss_by_industry(loss, "stop", ["JPN"], "Japan"),
        look_through_suppliers(supply, "EU27", "JPN"),
        tile_map({"JPN": value}, {"JPN": (15, 4)}, "Loss", "bn USD"),
        compare_bars(loss.by("economy")),
        dependency_heat(tops([("JPN", "C26", None if value is None else "CHN", value, value)])),
    ):
        assert ("n/a" in texts(figure)) == (value is None), figure.name


def test_rows_a_figure_would_hide_are_refused():
    twice = a_loss([("DEU", "C26", 1.0, 100.0)])
    doubled = Table("loss", pl.concat([twice.frame, twice.frame]).with_columns(draw=pl.Series(["a", "b"])),
                    ("draw", *twice.dims), twice.units, ratios=twice.ratios)  # fmt: skip
    with pytest.raises(InputError, match=r"several rows for DEU; choose one with \.where"):
        loss_by_economy(doubled, "stop")


def test_unknown_labels_are_errors_with_the_nearest_one():
    loss = a_loss([("DEU", "C26", 1.0, 100.0)])
    with pytest.raises(InputError, match="did you mean 'stop'"):
        loss_by_economy(loss, "Stop")
    with pytest.raises(InputError, match="unknown language 'fr'"):
        loss_by_economy(loss, "stop", lang="fr")
    with pytest.raises(InputError, match="show at least one economy"):
        loss_by_economy(loss, "stop", top=0)
    with pytest.raises(InputError, match="no economy is named for 'EU27'"):
        loss_by_industry(loss, "stop", [], "EU27")


# Tiles


def test_tiles_show_code_and_value_and_the_legend_its_classes():
    values = {"DEU": 0.1, "FRA": 0.02, "ITA": 0.0, "MLT": None}
    tiles = {"DEU": (6, 2), "FRA": (5, 4), "ITA": (6, 5), "MLT": (6, 7), "JPN": (15, 4)}
    figure = tile_map(values, tiles, "Loss", "fraction of value added", names={"DEU": "Germany"})
    assert {"DEU", "10.0", "FRA", "2.0", "ITA", "0", "MLT", "n/a", "0–2", "2–4", "8–10"} <= set(texts(figure))
    assert "JPN" not in texts(figure)
    assert figure.spec["title"]["subtitle"] == ["% of value added"]
    assert figure.alt.startswith("Tile map, % of value added; economies shown: 4. Largest: Germany: 10.0 %")
    assert figure.alt.endswith("No value: MLT.")


def test_every_tile_text_has_contrast_with_its_tile():
    fills = theme.RAMP
    assert all(theme.contrast(fill, theme.ink_on(fill)) >= 4.5 for fill in fills)
    assert {theme.ink_on(fill) for fill in fills} == {theme.INK, theme.PAPER}


def test_an_economy_without_a_tile_or_on_a_taken_tile_is_refused():
    with pytest.raises(InputError, match="FRA has no tile"):
        tile_map({"FRA": 1.0}, {"DEU": (0, 0)}, "Loss", "bn USD")
    with pytest.raises(InputError, match=r"DEU and FRA share the tile \(0, 0\)"):
        tile_map({"DEU": 1.0, "FRA": 1.0}, {"DEU": (0, 0), "FRA": (0, 0)}, "Loss", "bn USD")
    with pytest.raises(InputError, match="has no values"):
        tile_map({}, {}, "Loss", "bn USD")


@given(st.lists(st.floats(-1e9, 1e9).map(lambda v: float(f"{v:.6g}")), min_size=1, max_size=30))
def test_classes_are_at_most_five_equal_and_hold_every_value(values: list[float]):
    edges = classes(values)
    assert 2 <= len(edges) <= 6
    steps = [b - a for a, b in itertools.pairwise(edges)]
    assert steps == pytest.approx([steps[0]] * len(steps), rel=1e-6)
    slack = 1e-6 * steps[0]
    for value in values:
        place = class_of(value, edges)
        assert edges[place] - slack <= value <= edges[place + 1] + slack


# Look


def grey(colour: str) -> float:
    """CIE L* of an sRGB colour, from the definition (IEC 61966-2-1, CIE 15)."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
    y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


def test_series_colours_differ_by_fifteen_in_grey_and_the_ramp_darkens_evenly():
    for one, other in itertools.combinations(theme.PALETTE, 2):
        assert abs(grey(one) - grey(other)) >= 15, (one, other)
    ramp = [grey(colour) for colour in theme.RAMP]
    assert all(a - b >= 12 for a, b in itertools.pairwise(ramp))
    assert theme.lightness("#808080") == pytest.approx(53.585, abs=0.01)


def test_no_figure_is_wider_than_its_place_on_the_page():
    for names in ({}, {"H52-H53": LONG, "E43": "United Kingdom of Great Britain and Northern Ireland"}):
        for figure, width in every_figure(names):
            match = re.search(r'\bwidth="([0-9.]+)"', figure.svg())
            assert match is not None
            assert float(match[1]) <= width + 3, figure.name


def test_long_names_are_wrapped_and_never_cut():
    loss = a_loss([("DEU", "H52-H53", 1.0, 100.0)])
    for name, between in ((LONG, " "), (LONG_JA, "")):
        figure = loss_by_industry(loss, "stop", ["DEU"], "Germany", names={"H52-H53": name})
        lines = [value["line"] for value in figure.spec["layer"][3]["data"]["values"]]
        assert len(lines) > 1 or name == LONG_JA
        assert between.join(lines) == name
        assert set(lines) <= set(texts(figure))
    heat = dependency_heat(tops([("EU27", "H52-H53", "CHN", 0.1, 0.2)]), names={"H52-H53": LONG})
    assert any(text.split() == LONG.split() for text in texts(heat))


@given(st.text("ab 日本語ー、。・カナ（）10", max_size=60), st.floats(20, 300), st.booleans())
def test_wrapping_loses_nothing_but_spaces(text: str, width: float, phrases: bool):
    lines = theme.wrap(text, width, 10.5, phrases=phrases)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_no_japanese_line_begins_with_a_closing_sign():
    text = "対象期間に失われる付加価値（2014年）。44か国・地域のうち上位10。その他は加重平均。"
    lines = theme.wrap(text, 150, 10.5, phrases=False)
    assert len(lines) > 2
    assert not any(line[0] in "、。・）ー" for line in lines)


@pytest.mark.parametrize("phrases", [True, False])
def test_no_japanese_line_ends_with_an_opening_bracket(phrases: bool):
    text = "残る供給不足の期待値、年間、億ユーロ（2021年価格）、EU27（EUR）と「AI」の（36～100%）"
    for width in range(30, 300, 5):
        lines = theme.wrap(text, width, 10.5, phrases=phrases)
        assert not [line for line in lines if line[-1] in "（「" or line[0] in "）」～"], width


def test_two_codes_with_one_name_stay_two_rows():
    loss = a_loss([("AAA", "C26", 1.0, 100.0), ("BBB", "C26", 2.0, 100.0)])
    figure = loss_by_economy(loss, "stop", names={"AAA": "Same", "BBB": "Same"})
    assert [row["label"] for row in data(figure)] == ["Same (BBB)", "Same (AAA)"]


def test_money_is_printed_in_a_scale_of_the_reader():
    assert MoneyScale("mn USD (2014) over the horizon", [12_340.0], "en").text(12_340.0) == "12.3 bn USD"
    assert MoneyScale("mn USD (2014)", [12_340.0], "ja").text(12_340.0) == "123億ドル"
    assert MoneyScale("mn EUR (2021)", [52.0], "ja").unit == "万ユーロ（2021年価格）"
    assert MoneyScale("mn XOF (2021)", [520.0], "ja").text(520.0) == "5.20億XOF"
    assert MoneyScale("bn USD (2014)", [2_000.0, None], "en").text(None) == "n/a"
    with pytest.raises(InputError, match="the unit 'per cent' is no money"):
        MoneyScale("per cent", [1.0], "en")


def test_the_fan_is_scaled_to_its_line_and_says_how_far_the_variants_go():
    figure = day_fan(fan_days(), "stop", ["EU27", "JPN"], {"EU27": "European Union", "JPN": "Japan", "stop": "A stop"})
    assert figure.title == "European Union loses most: 5.0 % of a normal day's value added at worst, on day 40"
    printed = texts(figure)
    assert "largest variant: 40.0 %" in printed
    assert "largest variant: 20.0 %" in printed
    assert {"European Union", "Japan"} <= set(printed)
    assert "Japan: at worst 2.5 % on day 40 (0 % to 20.0 %)." in figure.alt
    # It ends some days after the last one on which something moves, not on day 99.
    assert max(row["day"] for row in figure.spec["hconcat"][0]["data"]["values"]) == 74
    narrow = day_fan(fan_days(high=0.05), "stop")
    assert not any("largest variant" in text for text in texts(narrow))


def test_a_fan_of_nothing_says_so():
    figure = day_fan(fan_days(peak=1e-300, high=1e-300), "stop", ["EU27"])
    assert figure.svg()
    frame = fan_days().frame.with_columns(*(pl.lit(0.0).alias(c) for c in ("low", "lower", "value", "upper", "high")))
    still = Table("daily", frame, ("scenario", "economy", "day"), fan_days().units)
    assert day_fan(still, "stop").title == "Nothing is lost in EU27, JPN"
    with pytest.raises(InputError, match="unknown scenario 'stip'"):
        day_fan(fan_days(), "stip")
    with pytest.raises(InputError, match="0 panels in one figure"):
        day_fan(fan_days(), "stop", [])


def test_the_timeline_begins_with_the_first_input_to_bite_and_leaves_free_weeks_white():
    figure = bottleneck_weeks(held_weeks(WEEKS), "stop", ["EU27", "JPN"], 14, names={"C26": "Electronics"})
    assert figure.title == "Electronics is the first input to hold production back, from week 5"
    cells = figure.spec["hconcat"][0]["layer"][0]["data"]["values"]
    assert [(c["product"], c["week"]) for c in cells] == [("Electronics", 4), ("Electronics", 5), ("H52-H53", 9)]
    fill = figure.spec["hconcat"][0]["layer"][0]["encoding"]["fill"]["scale"]["range"]
    assert theme.RAMP[0] not in fill
    assert "Electronics: from week 5, at most 10.0 %." in figure.alt
    shorter = bottleneck_weeks(held_weeks(WEEKS), "stop", ["EU27"], 14, top=1)
    assert "The 1 of 2 inputs that hold back most." in " ".join(shorter.spec["title"]["subtitle"])


def test_a_timeline_of_nothing_says_so():
    figure = bottleneck_weeks(held_weeks(WEEKS), "calm", ["EU27"], 14)
    assert figure.title == "No input holds production back in EU27"
    assert figure.svg()
    with pytest.raises(InputError, match="at least one economy, one input and one week"):
        bottleneck_weeks(held_weeks(WEEKS), "stop", [], 14)


# Languages, text and files


def test_both_languages_say_the_same_things():
    fields = {
        lang: {key: set(re.findall(r"{(\w+)}", text)) for key, text in words.items()} for lang, words in WORDS.items()
    }
    assert fields["en"] == fields["ja"]


def test_japanese_names_and_words_stay_text_in_the_svg():
    names = {"E43": "日本", "H52-H53": LONG_JA, "stop": "供給停止"}
    figures = [figure for figure, _ in every_figure(names, lang="ja")]
    assert "日本" in texts(figures[0])
    assert figures[0].title == "損失が最大なのは日本：年間付加価値の3.1%"
    for figure in figures:
        english = re.findall(r"\b(loses|other|foreign|value added lost|suppliers)\b", " ".join(texts(figure)))
        assert not english, figure.name
        said = [*texts(figure), figure.title, figure.alt]
        assert not re.search(r" %|USD|EUR|Leontief|Ario|Equilibrium|その他世界|構成国", " ".join(said)), figure.name


def test_a_model_without_a_name_is_called_as_its_figures_call_it():
    loss = a_loss([("AAA", "C26", 1.0, 100.0)])
    assert "モデル：一次の試算。" in loss_by_economy(loss, "stop", lang="ja").alt
    assert "モデル：甲。" in loss_by_economy(loss, "stop", names={"leontief": "甲"}, lang="ja").alt
    assert "Leontief model." in loss_by_economy(loss, "stop").alt


def test_the_svg_carries_title_and_text_alternative_and_is_one_image():
    loss = a_loss([("A&B", "C26", 1.0, 100.0)])
    figure = loss_by_economy(loss, "stop", names={"A&B": 'Bosnia & "Herzegovina" <x>'})
    root = ET.fromstring(figure.svg())
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("role") == "img"
    assert title is not None
    assert desc is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert title.text == figure.title
    assert desc.text == figure.alt
    assert "1.0 %" in figure.alt


def test_ids_stay_unique_when_all_figures_stand_in_one_page():
    ids = [i for figure, _ in every_figure() for i in re.findall(r'\bid="([^"]+)"', figure.svg())]
    assert len(ids) >= 14
    assert len(ids) == len(set(ids))


def test_references_inside_a_picture_follow_its_renamed_ids():
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.4.0.json",
        "data": {"values": [{"x": 1}, {"x": 2}]},
        "mark": {"type": "line", "clip": True},
        "encoding": {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "x", "type": "quantitative"}},
    }
    svg = Figure("clipped", "T", "A", spec).svg()
    used = set(re.findall(r"url\(#([^)]+)\)", svg))
    assert used
    assert used <= set(re.findall(r'\bid="([^"]+)"', svg))


def test_equal_input_draws_equal_bytes():
    for (one, _), (other, _) in zip(every_figure(), every_figure(), strict=True):
        assert one.svg() == other.svg()


def test_a_figure_is_saved_as_svg_and_as_the_spec_it_was_drawn_from(tmp_path):
    figure = every_figure()[0][0]
    picture, spec = figure.save(tmp_path / "new")
    assert picture.name == "loss-by-economy-stop-leontief.svg"
    assert spec.name == "loss-by-economy-stop-leontief.vl.json"
    assert picture.read_text(encoding="utf-8") == figure.svg()
    assert json.loads(spec.read_text(encoding="utf-8")) == figure.spec
    assert figure.spec["$schema"].endswith("/vega-lite/v6.4.0.json")


def test_a_figure_name_is_a_file_stem_whatever_the_scenario_is_called():
    loss = a_loss([("DEU", "C26", 1.0, 100.0)], scenario="../Oil: 60 %/a")
    assert loss_by_economy(loss, "../Oil: 60 %/a").name == "loss-by-economy-Oil-60-a-leontief"
    with pytest.raises(InputError, match="no file stem; call it 'a-b'"):
        Figure("a/b", "T", "A", {})


def test_nothing_is_fetched():
    spec = {"data": {"url": "https://example.org/a.csv"}, "mark": "bar", "encoding": {"x": {"field": "a"}}}
    with pytest.raises(InputError, match=r"figure 'far' cannot be drawn: .*not allowed"):
        Figure("far", "T", "A", spec).svg()


def test_importing_figures_loads_neither_polars_nor_the_renderer():
    code = "import sys, interdep.figures; print([m for m in ('polars', 'vl_convert', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@settings(max_examples=15, deadline=None)
@given(st.permutations(FORTY_FOUR[:14]))
def test_the_order_of_rows_does_not_matter(cells: list[Cell]):
    given_order = loss_by_economy(a_loss(FORTY_FOUR[:14]), "stop")
    assert data(loss_by_economy(a_loss(cells), "stop")) == data(given_order)
