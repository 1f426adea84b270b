"""The small figures of the briefing: flows, joint sanctions in little room, narrow days, small tiles."""

from __future__ import annotations

import itertools
import json
from typing import Any

import polars as pl
import pytest

from interdep.errors import InputError
from interdep.figures import theme, tile_map
from interdep.figures.climb import coalition_climb
from interdep.figures.days import day_fan
from interdep.figures.flows import supplier_flows
from interdep.provenance import Provenance
from interdep.tables import Table

DELIVERED = {"AAA": (60.0, 20.0), "BBB": (30.0, 30.0), "CCC": (5.0, 1.0), "DDD": (2.0, 1.0), "ROW": (50.0, 9.0)}
"""What each supplier delivers to the buyers X and Y, in mn USD."""


def overall(changes: dict[str, tuple[float | None, float]] | None = None) -> Table:
    given: dict[str, tuple[float | None, float]] = {**DELIVERED, **(changes or {})}
    rows = [(buyer, s, each[k]) for s, each in given.items() for k, buyer in enumerate(("X", "Y"))]
    frame = pl.DataFrame(
        rows, schema={"buyer": pl.String, "supplier": pl.String, "look_through": pl.Float64}, orient="row"
    )
    unit = {"look_through": "mn USD (2014) per year"}
    return Table("overall", frame, ("buyer", "supplier"), unit, provenance=Provenance(data_year=2014))


def bands(figure: Any) -> dict[str, float]:
    """{band: its width in pixels where it begins}."""
    points = figure.spec["layer"][0]["data"]["values"]
    first = {p["band"]: p for p in reversed(points)}
    return {name: p["y2"] - p["y"] for name, p in first.items()}


def words(figure: Any) -> str:
    return json.dumps(figure.spec, ensure_ascii=False)


def test_bands_are_as_wide_as_deliveries_and_the_rest_stands_below():
    figure = supplier_flows(overall(), ["X", "Y"], top=2, height=208)
    wide = bands(figure)  # 208 pixels for 208 mn in all
    assert wide["0 X"] == pytest.approx(60, abs=0.02)
    assert wide["0 Y"] == pytest.approx(20, abs=0.02)
    assert wide["1 Y"] == pytest.approx(30, abs=0.02)
    assert wide["2 X"] == pytest.approx(7, abs=0.02)  # CCC and DDD together
    assert wide["3 X"] == pytest.approx(50, abs=0.02)  # the rest of the world, never ranked
    assert "other (2 economies)" in words(figure)
    assert "Largest named suppliers: X: AAA, Y: BBB" in figure.title
    assert "ROW" not in figure.title


def test_money_and_the_rest_of_the_world_are_japanese_in_japanese():
    said = words(supplier_flows(overall(), ["X", "Y"], names={"ROW": "ROW"}, lang="ja"))
    assert "億ドル（2014年価格）" in said
    assert "その他の世界" in said
    assert "USD" not in said


def test_one_supplier_alone_is_named_rather_than_called_other():
    figure = supplier_flows(overall(), ["X", "Y"], top=3)
    assert "other (" not in words(figure)
    assert "DDD" in words(figure)


def test_a_shared_first_supplier_is_the_title_in_both_languages():
    table = overall({"BBB": (30.0, 10.0)})
    names = {"AAA": "中国", "X": "EU27", "Y": "日本"}
    assert supplier_flows(table, ["X", "Y"]).title == "AAA is the largest named supplier of X and Y"
    assert supplier_flows(table, ["X", "Y"], names=names, lang="ja").title == "EU27と日本の最大の供給国はいずれも中国"
    assert "フロー図" in supplier_flows(table, ["X", "Y"], names=names, lang="ja").alt


def test_a_missing_delivery_is_said_and_not_drawn_as_nothing():
    figure = supplier_flows(overall({"BBB": (None, 30.0)}), ["X", "Y"])
    assert "No value: BBB." in figure.alt
    assert supplier_flows(overall(), ["X", "Y"]).svg().startswith("<svg")


def test_flows_refuse_what_cannot_be_drawn():
    with pytest.raises(InputError, match="5 buyers in one flow diagram"):
        supplier_flows(overall(), ["X", "Y", "Z", "V", "W"])
    with pytest.raises(InputError, match="unknown column 'face'"):
        supplier_flows(overall(), ["X"], column="face")
    with pytest.raises(InputError, match="there is nothing to draw"):
        supplier_flows(overall(dict.fromkeys(DELIVERED, (0.0, 0.0))), ["X", "Y"])


def on_white(colour: str, opacity: float) -> str:
    """The colour that a see-through one makes on paper."""
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(opacity * p + (1 - opacity) * 255):02x}" for p in parts)


def test_bands_of_four_buyers_differ_by_fifteen_in_grey():
    rows = [(b, "AAA", 1.0) for b in "XYZW"]
    frame = pl.DataFrame(
        rows, schema={"buyer": pl.String, "supplier": pl.String, "look_through": pl.Float64}, orient="row"
    )
    table = Table("overall", frame, ("buyer", "supplier"), {"look_through": "mn USD (2014) per year"})
    area = supplier_flows(table, list("XYZW")).spec["layer"][0]
    scale = area["encoding"]["fill"]["scale"]
    colours = [c for kind, c in zip(scale["domain"], scale["range"], strict=True) if kind != "supplier"]
    assert len(colours) == 4
    for one, other in itertools.combinations(colours, 2):
        seen = [theme.lightness(on_white(c, area["mark"]["opacity"])) for c in (one, other)]
        assert abs(seen[0] - seen[1]) >= 15, (one, other)


# Joint sanctions


def steps(shares: list[float | None]) -> Table:
    """The first acts alone, then B, C, D, ... join."""
    codes = ["A", "B", "C", "D", "E", "F", "G"][: len(shares)]
    rows = [("+".join(codes[: k + 1]), codes[k] if k else "", share, 0.001 * k) for k, share in enumerate(shares)]
    rows.append(("every named economy", "", 0.9, 0.5))
    schema = {"scenario": pl.String, "added": pl.String, "target_share": pl.Float64, "members_share": pl.Float64}
    units = {"added": "", "target_share": "fraction", "members_share": "fraction"}
    return Table("steps", pl.DataFrame(rows, schema=schema, orient="row"), ("scenario",), units)


def bars(figure: Any) -> dict[str, float]:
    return {row["label"]: row["value"] for row in figure.spec["data"]["values"]}


def test_every_step_has_a_bar_where_there_is_room():
    figure = coalition_climb(steps([0.02, 0.03, 0.035]), "T", "s")
    assert bars(figure) == {"A": 0.02, "+ B": 0.03, "+ C": 0.035}
    assert "2.0 %" in figure.title
    assert "3.5 %" in figure.title


def test_neighbours_that_add_least_share_a_bar_and_the_last_value_stays():
    figure = coalition_climb(steps([0.02, 0.03, 0.0301, 0.0302, 0.05]), "T", "s", most=3)
    assert bars(figure) == {"A": 0.02, "+ B, C, D": 0.0302, "+ E": 0.05}
    assert "5.0 %" in figure.title


def test_the_title_counts_who_joins_in_both_languages():
    assert coalition_climb(steps([0.02, 0.03]), "T", "s").title.endswith("3.0 % with the one that joins")
    assert coalition_climb(steps([0.02, 0.03, 0.04]), "T", "s").title.endswith("4.0 % with the two that join")
    japanese = coalition_climb(steps([0.02, 0.03, 0.04]), "T", "s", lang="ja")
    assert japanese.title == "TはAのみで実質支出の2.0%、2か国・地域が加わると4.0%を失う"
    assert "モデル：価格調整後" in japanese.alt


def test_no_step_with_a_result_is_refused_and_a_step_without_one_says_so():
    with pytest.raises(InputError, match="no step with a result"):
        coalition_climb(steps([None, None]), "T", "s")
    figure = coalition_climb(steps([0.02, None, 0.03]), "T", "s")
    assert bars(figure)["+ B"] is None
    assert "n/a" in words(figure)


# Narrow days, small tiles


def test_narrow_days_stand_below_each_other_and_say_day_once():
    rows = [("s", e, day, 0.0, 0.01, 0.02 * day, 0.03 * day, 0.05 * day) for e in ("A", "B") for day in range(60)]
    columns = ("low", "lower", "value", "upper", "high")
    schema = {"scenario": pl.String, "economy": pl.String, "day": pl.Int64, **dict.fromkeys(columns, pl.Float64)}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    daily = Table("daily", frame, ("scenario", "economy", "day"), dict.fromkeys(columns, "fraction"))
    narrow = day_fan(daily, "s", width=205, height=54, stacked=True)
    panels = narrow.spec["vconcat"]
    titles = [p["layer"][0]["encoding"]["x"]["axis"]["title"] for p in panels]
    assert titles == [None, "day"]
    assert all(p["height"] == 54 and p["width"] <= 205 for p in panels)
    assert len(panels[0]["layer"][0]["encoding"]["x"]["axis"]["values"]) <= 5
    assert "hconcat" in day_fan(daily, "s").spec
    assert narrow.svg() == day_fan(daily, "s", width=205, height=54, stacked=True).svg()


def test_small_tiles_hold_the_code_alone_with_the_legend_beside():
    values, tiles = {"AA": 0.01, "BB": 0.02}, {"AA": (0, 0), "BB": (1, 0)}
    small = tile_map(values, tiles, "t", "fraction of x", width=225, largest=20, beside=True)
    large = tile_map(values, tiles, "t", "fraction of x", width=225)
    texts = [
        [layer["encoding"]["text"]["field"] for layer in figure.spec["layer"] if layer["mark"]["type"] == "text"]
        for figure in (small, large)
    ]  # fmt: skip
    assert texts == [["code"], ["code", "text"]]
    assert small.spec["layer"][0]["encoding"]["fill"]["legend"]["orient"] == "right"
    assert "orient" not in large.spec["layer"][0]["encoding"]["fill"]["legend"]
