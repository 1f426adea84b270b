"""Coverage: a fragment is marked and never taken for a fall in trade; an ordinary year is not marked."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from interdep import InputError
from interdep.trade.coverage import Coverage, coverage
from interdep.trade.trade import Trade
from made_trades import made as made_in

ORIGINS = ("AUS", "CHN", "DEU", "FRA", "KOR", "NLD", "TWN", "USA", "VNM", "ZAF")


def made(rows: Sequence[tuple], **about) -> Trade:
    """A table in millions of dollars."""
    return made_in(rows, **{"scale": 1e6, **about})


def year(period: int, *values: float | None, importer: str = "JPN", product: str = "854231") -> list[tuple]:
    """Imports of a year from the first economies in ORIGINS."""
    return [(e, importer, product, period, value) for e, value in zip(ORIGINS, values, strict=False)]


def marks(rows: Sequence[tuple], **about) -> dict[tuple[str, int], str]:
    """{(product, year): why it is thin} of Japan."""
    found = coverage(made(rows, **about), ["JPN"]).to_rows()
    return {(r["product"], r["period"]): r["thin"] for r in found}


FULL = (10, 40, 8, 7, 9, 6, 5, 5, 5, 5)


def test_an_ordinary_year_is_not_marked_and_says_what_it_was_compared_with():
    rows = year(2021, *FULL) + year(2022, *(v * 0.8 for v in FULL[:8])) + year(2023, *(v * 3 for v in FULL))
    table = coverage(made(rows))
    assert set(table.frame["thin"]) == {""}
    compared = {r["period"]: r["compared_with"] for r in table.to_rows()}
    assert compared == {2021: "2022", 2022: "2021", 2023: "2022"}
    row = table.where(buyer="JPN", product="854231").to_rows()[0]
    assert (row["partners"], row["total"]) == (10, sum(FULL))
    assert table.units["total"] == "mn USD (current prices)"


def test_a_fragment_is_marked_by_its_partners():
    # Seven rows and two partners, as in the fragment of a year that a service gave while it was still being filled.
    found = marks(year(2023, *FULL) + year(2024, 10, 40))
    assert found["854231", 2024] == found["all", 2024] == "2 partners, against 10 in 2023"
    assert found["854231", 2023] == ""


def test_a_total_that_falls_to_a_fifth_is_marked():
    found = marks(year(2023, *FULL) + year(2024, *(v * 0.19 for v in FULL)))
    assert found["854231", 2024] == "total is 19.0 % of that of 2023"
    assert marks(year(2023, *FULL) + year(2024, *(v * 0.21 for v in FULL)))["854231", 2024] == ""


def test_a_large_supplier_that_is_absent_is_named():
    without_china = (10, 0, *FULL[2:])
    found = marks(year(2022, *without_china) + year(2023, *FULL))
    assert found["854231", 2022] == "CHN is absent, which had 40.0 % in 2023"
    assert found["854231", 2023] == ""


def test_the_first_year_is_compared_forward_and_a_lone_year_with_nothing():
    assert marks(year(2022, 10, 40) + year(2023, *FULL))["854231", 2022] == "2 partners, against 10 in 2023"
    (lone, *_), alone = coverage(made(year(2023, 10, 40))).to_rows(), marks(year(2023, 10, 40))
    assert lone["compared_with"] == ""
    assert set(alone.values()) == {""}


def test_a_product_without_a_row_in_a_year_is_a_year_with_no_partner():
    rows = year(2022, *FULL) + year(2022, *FULL, product="810520") + year(2023, *FULL)
    assert marks(rows)["810520", 2023] == "0 partners, against 10 in 2022"


def test_what_is_withheld_is_there_and_what_is_zero_is_not():
    held = (10, None, *FULL[2:])
    assert marks(year(2022, *FULL) + year(2023, *held))["854231", 2023] == ""
    nothing = (10, 0, *FULL[2:])
    assert marks(year(2022, *FULL) + year(2023, *nothing))["854231", 2023].startswith("CHN is absent")


def test_a_withheld_origin_that_is_told_the_year_after_does_not_make_it_thin():
    secret = [("X-CONF", "JPN", "854231", 2022, 100.0)]
    assert marks(secret + year(2022, *FULL) + year(2023, *(2 * v for v in FULL)))["854231", 2023] == ""


def test_few_partners_are_no_reason_where_there_never_were_many():
    assert marks(year(2022, 40, 40, 40) + year(2023, 60))["854231", 2023] == "CHN is absent, which had 33.3 % in 2022"
    assert marks(year(2022, 90, 5, 5) + year(2023, 60))["854231", 2023] == ""


def test_years_that_the_table_says_are_incomplete_are_marked():
    rows = year(2022, *FULL) + year(2023, *FULL) + year(2022, *FULL, product="810520")
    rows += year(2023, *FULL, product="810520")
    found = marks(rows, incomplete={"8542": (2022,)})
    assert found["854231", 2022] == "part of the product was not recorded under its codes of today"
    assert found["854231", 2023] == ""
    months = marks(rows, incomplete={"": (2023,)})
    assert {key: why for key, why in months.items() if why} == dict.fromkeys(
        [("854231", 2023), ("810520", 2023), ("all", 2023)], "months are missing"
    )


def test_the_rule_is_open_and_has_its_bounds():
    rows = year(2022, *FULL) + year(2023, *(v * 0.3 for v in FULL))
    strict = coverage(made(rows), rule=Coverage(total=0.4)).to_rows()
    assert {r["thin"] for r in strict if r["period"] == 2023} == {"total is 30.0 % of that of 2022"}
    with pytest.raises(InputError, match=r"Coverage: partners = 2 must be a fraction, 0 to 1"):
        Coverage(partners=2.0)


def test_importers_are_judged_one_by_one():
    rows = year(2022, *FULL) + year(2023, *FULL) + year(2022, *FULL, importer="DEU") + year(2023, 10, importer="DEU")
    table = coverage(made(rows))
    assert {r["thin"] for r in table.where(buyer="JPN").to_rows()} == {""}
    assert "1 partners, against 10 in 2022" in {r["thin"] for r in table.where(buyer="DEU").to_rows()}


def test_the_packaged_year_of_japan_stands_alone_and_the_materials_have_three_sound_years():
    lone = Trade.read("japan-2023").coverage(["JPN"])
    assert set(lone.frame["compared_with"]) == {""}
    whole = Trade.read("eu-critical-materials").coverage(["DEU"]).where(product="all").to_rows()
    assert [(r["period"], r["thin"]) for r in whole] == [(2022, ""), (2023, ""), (2024, "")]


def test_small_trade_comes_and_goes_and_is_not_judged():
    rows = year(2023, *FULL) + year(2024, 10, 40)
    assert marks(rows, scale=9e3)["854231", 2024] == ""  # 100 times nine thousand dollars is under a million
    assert marks(rows, scale=1.1e4)["854231", 2024] != ""
    strict = {
        (r["product"], r["period"]): r["thin"]
        for r in coverage(made(rows, scale=9e3), rule=Coverage(small=1e3)).to_rows()
    }
    assert strict["854231", 2024] != ""
