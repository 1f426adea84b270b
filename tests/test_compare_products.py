"""Buyers side by side by product: common and shared, pooled, reverse, substitutes, and what changed and why, by hand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from interdep import InputError
from interdep.dependence.by_product import products_of
from interdep.dependence.compare import COMMON, SHARED, UNLIKE, printed
from interdep.dependence.criteria import Thresholds
from interdep.dependence.product_dependencies import POOLED, ProductDependencies
from interdep.trade import Trade
from interdep.trade.trade import SHARES

SCHEMA = {"exporter": pl.String, "importer": pl.String, "product": pl.String, "period": pl.Int16, "value": pl.Float64}
BUYERS = {"two": ("DEU", "FRA"), "JPN": ("JPN",)}


def trade_of(*rows: tuple, **about) -> Trade:
    """Flows (exporter, importer, product, period, value) as a table of all flows of the world in dollars."""
    facts = {"name": "made", "classification": "HS22", "digits": 6, "unit": "USD", "scale": 1e6, "whole": True, **about}
    return Trade.from_frame(pl.DataFrame(rows, schema=SCHEMA, orient="row"), **facts)


def measured(
    *rows: tuple, buyers: dict | None = None, thresholds: Thresholds | None = None, **about
) -> ProductDependencies:
    return products_of(buyers or BUYERS, [trade_of(*rows, **about)], thresholds=thresholds)


def row_of(found: ProductDependencies, buyer: str, year: int = 2023, product: str = "284610") -> dict:
    chosen = (pl.col("buyer") == buyer) & (pl.col("period") == year) & (pl.col("product") == product)
    return found.products.frame.filter(chosen).row(0, named=True)


def flow(exporter: str, importer: str, value: float | None, year: int = 2023, product: str = "284610") -> tuple:
    return (exporter, importer, product, year, value)


# Common


def test_the_same_top_supplier_and_a_criterion_that_both_meet_is_a_common_dependency():
    found = measured(
        flow("CHN", "DEU", 60.0), flow("USA", "FRA", 40.0), flow("CHN", "JPN", 70.0), flow("USA", "JPN", 30.0)
    )
    row = found.common.frame.row(0, named=True)
    assert (row["class"], row["top_supplier"], row["period"]) == (COMMON, "CHN", 2023)
    assert (row["share_two"], row["share_JPN"], row["smallest_share"]) == pytest.approx((0.6, 0.7, 0.6))
    # HHI 0.52 and 0.58: both are also over 0.5. Nobody exports, and world exports are 130 of 200 China's.
    assert row["criteria"] == "one_supplier, concentrated, ec_2021, merics"


def test_the_same_top_supplier_without_a_criterion_of_both_is_the_weaker_class():
    found = measured(
        flow("CHN", "DEU", 40.0), flow("USA", "FRA", 30.0), flow("GBR", "FRA", 30.0), flow("CHN", "JPN", 90.0),
        flow("USA", "JPN", 10.0),
        flow("JPN", "GBR", 90.0), flow("DEU", "GBR", 70.0),
    )  # fmt: skip
    assert found.common.frame.select("class", "top_supplier", "criteria").rows() == [(SHARED, "CHN", "")]


def test_two_top_suppliers_or_one_buyer_without_the_product_are_nothing_in_common():
    found = measured(
        flow("CHN", "DEU", 60.0), flow("USA", "JPN", 70.0),
        flow("CHN", "DEU", 9.0, product="250410"), flow("CHN", "USA", 9.0, product="250410"),
    )  # fmt: skip
    assert found.common.frame.is_empty()


def test_a_top_supplier_that_a_withheld_partner_may_exceed_is_not_claimed():
    sure = (flow("CHN", "JPN", 70.0), flow("USA", "JPN", 30.0), flow("CHN", "DEU", 45.0), flow("USA", "DEU", 30.0))
    assert measured(*sure, flow("X-UNSPEC", "DEU", 10.0)).common.frame["top_supplier"].to_list() == ["CHN"]
    assert measured(*sure, flow("X-UNSPEC", "DEU", 16.0)).common.frame.is_empty()
    assert measured(*sure, flow("X-CONF", "FRA", None)).common.frame.is_empty()


def test_the_last_year_that_no_buyer_has_thin_is_compared():
    rows = [
        flow(e, i, v, y)
        for y in (2022, 2023)
        for e, i, v in (("CHN", "DEU", 60.0), ("USA", "DEU", 40.0), ("CHN", "JPN", 70.0))
    ]
    # In 2023 Japan's largest supplier is missing: that is a gap, not a change.
    rows = [r for r in rows if r[:2] + r[3:4] != ("CHN", "JPN", 2023)] + [
        flow("USA", "JPN", 30.0, 2022),
        flow("USA", "JPN", 30.0),
    ]
    found = measured(*rows, whole=False, reporters=("DEU", "FRA", "JPN"))
    assert found.common.frame.select("period", "share_JPN").rows() == [(2022, 0.7)]
    assert row_of(found, "JPN")["thin"].startswith("CHN is absent")
    # Of all flows of the world, reconciled from both sides, it is a change.
    assert row_of(measured(*rows), "JPN")["thin"] == ""


def test_tables_at_two_depths_meet_at_the_finest_common_code_and_say_so():
    eu = trade_of(flow("CHN", "DEU", 30.0), flow("CHN", "DEU", 30.0, product="284690"),
                  flow("USA", "FRA", 40.0, product="284690"),
                  name="europe", whole=False, reporters=("DEU", "FRA"), unit="EUR")  # fmt: skip
    japan = trade_of(flow("CHN", "JPN", 0.7, product="2846"), flow("USA", "JPN", 0.3, product="2846"), name="japan", digits=4,
                     unit=SHARES, whole=False)  # fmt: skip
    found = products_of(BUYERS, [eu, japan])
    assert found.common.frame.select("product", "class", "share_two", "share_JPN").rows() == [
        ("2846", COMMON, 0.6, 0.7)
    ]
    assert any("europe: 6 digits added up to 4" in step for step in found.common.provenance.steps)
    assert sorted(found.products.frame.filter(pl.col("buyer") == "two")["product"]) == ["284610", "284690"]
    # One subheading asked for is compared as the whole heading.
    asked = products_of(BUYERS, [eu, japan], ["284690"])
    assert asked.common.frame.select("product", "class", "share_two").rows() == [("2846", COMMON, 0.6)]
    assert any("japan has 4 digits" in note for note in asked.notes)


def test_a_table_with_a_part_of_the_heading_is_not_the_same_goods():
    eu = trade_of(
        flow("CHN", "DEU", 30.0), name="europe", whole=False, reporters=("DEU", "FRA"), unit="EUR", products=("284610",)
    )
    japan = trade_of(flow("CHN", "JPN", 1.0, product="2846"), name="japan", digits=4, unit=SHARES, whole=False)
    row = products_of(BUYERS, [eu, japan]).common.frame.row(0, named=True)
    assert (row["class"], row["part"]) == (UNLIKE, "only 284610")


def test_shares_of_more_digits_cannot_be_added_up_and_are_not_compared():
    eu = trade_of(
        flow("CHN", "DEU", 30.0, product="2846"), name="europe", digits=4, whole=False, reporters=("DEU", "FRA")
    )
    japan = trade_of(flow("CHN", "JPN", 1.0), name="japan", unit=SHARES, whole=False)
    found = products_of(BUYERS, [eu, japan])
    assert found.common.frame.is_empty()
    assert any("japan holds shares of 6 digits" in note for note in found.notes)


# Pooled, exports, substitutes, reverse


def test_the_partnership_pooled_buys_from_outside_of_all_its_members():
    found = measured(
        flow("CHN", "DEU", 30.0),
        flow("USA", "FRA", 20.0),
        flow("CHN", "JPN", 50.0),
        flow("DEU", "JPN", 800.0),
        flow("JPN", "FRA", 100.0),
    )
    row = row_of(found, POOLED)
    assert (row["imports"], row["home_imports"], row["top_share"], row["exports"]) == (100.0, 900.0, 0.8, 0.0)
    assert row["hhi"] == pytest.approx(0.64 + 0.04)
    assert row["extra_share"] == pytest.approx(0.1)
    assert row_of(found, "two")["imports"] == 150.0


WORLD = (
    flow("CHN", "JPN", 60.0), flow("USA", "JPN", 20.0), flow("CHN", "USA", 40.0), flow("USA", "GBR", 30.0),
    flow("GBR", "CHN", 30.0),
    flow("JPN", "GBR", 20.0),
)  # fmt: skip
"""World exports 200: China 100, the USA 50, Britain 30, Japan 20."""


def test_exports_world_concentration_and_the_suppliers_part_by_hand():
    row = row_of(measured(*WORLD, buyers={"JPN": ("JPN",)}), "JPN")
    assert (row["imports"], row["exports"], row["exports_ratio"]) == (80.0, 20.0, 4.0)
    assert row["world_hhi"] == pytest.approx(0.25 + 0.0625 + 0.0225 + 0.01)
    assert row["supplier_world_share"] == 0.5


def test_substitutes_are_what_others_sell_elsewhere_over_what_is_at_risk():
    row = row_of(measured(*WORLD, buyers={"JPN": ("JPN",)}), "JPN")
    # The USA and Britain sell 60 to others than Japan; China's 60 are at risk.
    assert row["substitutes"] == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(4))
def test_substitutes_of_a_group_are_those_of_a_plain_sum(seed):
    draw = np.random.default_rng(seed)
    names = ("CHN", "DEU", "FRA", "JPN", "USA", "ZAF")
    rows = [flow(e, i, float(draw.integers(1, 90))) for e in names for i in names if e != i and draw.random() < 0.7]
    row = row_of(measured(*rows), "two")
    inside, top = ("DEU", "FRA"), row["top_supplier"]
    at_risk = sum(v for e, i, *_, v in rows if e == top and i in inside)
    elsewhere = sum(v for e, i, *_, v in rows if e not in (*inside, top) and i not in inside)
    assert row["substitutes"] == pytest.approx(elsewhere / at_risk)


def test_reverse_lists_what_others_buy_for_over_half_from_the_partners_together():
    found = measured(
        flow("DEU", "CHN", 30.0), flow("JPN", "CHN", 30.0), flow("USA", "CHN", 40.0), flow("JPN", "USA", 50.0),
        flow("CHN", "USA", 50.0),
        flow("DEU", "ZAF", 60.0), flow("X-UNSPEC", "ZAF", 40.0), flow("DEU", "GBR", 90.0), flow("CHN", "GBR", None),
        flow("DEU", "JPN", 99.0), flow("CHN", "FRA", 1.0),
    )  # fmt: skip
    # The USA has exactly half, Britain an amount that is not known, and partners' trade with each other is no reverse side.
    assert found.reverse.frame.select("supplier", "product", "imports", "partners_share").rows() == [
        ("CHN", "284610", 100.0, 0.6), ("ZAF", "284610", 100.0, 0.6),
    ]  # fmt: skip
    assert found.reverse.frame["hhi"].to_list() == pytest.approx([0.52, 0.36])


def test_reverse_is_of_suppliers_however_their_goods_come():
    rows = [flow("DEU", "CHN", 60.0), flow("USA", "CHN", 20.0), flow("USA", "CHN", 20.0)]
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row").with_columns(mode=pl.Series(["sea", "sea", "air"]))
    about = {"name": "made", "classification": "HS22", "digits": 6, "unit": "USD", "scale": 1e6, "whole": True}
    found = products_of(BUYERS, [Trade.from_frame(frame, **about)])
    # The USA's two consignments are one supplier of 40, not two of 20.
    assert found.reverse.frame["hhi"].to_list() == pytest.approx([0.36 + 0.16])


# Changes


def changes(*rows: tuple, **about) -> list[tuple]:
    found = measured(*rows, buyers={"JPN": ("JPN",)}, **about)
    return found.changes.frame.filter(pl.col("criterion") == "one_supplier").select("period", "change", "why").rows()


def years(**shares: float) -> list[tuple]:
    """Two suppliers of Japan, China with this share: y2022=0.6."""
    return [
        flow(e, "JPN", v, int(y[1:]))
        for y, share in shares.items()
        for e, v in (("CHN", 100 * share), ("USA", 100 - 100 * share))
    ]


def test_a_product_enters_and_leaves_with_the_test_that_turned():
    assert changes(*years(y2021=0.5, y2022=0.62), flow("GBR", "JPN", 10.0, 2021), flow("GBR", "JPN", 10.0, 2022)) == [
        (2022, "entered", "share of the largest supplier 45.5 % to 56.4 %")
    ]
    assert changes(*years(y2022=0.62, y2023=0.5)) == [
        (2023, "left", "share of the largest supplier 62.0 % to 50.0 % (on the threshold)")
    ]


def test_a_value_that_stays_within_the_tolerance_of_its_threshold_has_not_changed():
    assert changes(*years(y2022=0.5, y2023=0.5 * (1 + 5e-10))) == []
    assert [c[1] for c in changes(*years(y2022=0.5, y2023=0.5 * (1 + 5e-9)))] == ["entered"]


def test_in_a_table_of_all_flows_a_product_that_is_gone_has_left():
    rows = [
        flow("CHN", "JPN", 9.0, 2022),
        flow("CHN", "USA", 9.0, 2023),
        flow("CHN", "JPN", 5.0, 2023, "250410"),
        flow("CHN", "USA", 1.0, 2022, "250410"),
    ]
    assert changes(*rows) == [(2023, "entered", "no imports in 2022"), (2023, "left", "no imports in 2023")]
    assert changes(*rows, whole=False, reporters=("JPN",)) == []


def test_thin_years_and_years_that_are_not_next_to_each_other_are_not_compared():
    assert changes(*years(y2020=0.6, y2022=0.5)) == []
    assert changes(*years(y2022=0.6, y2023=0.5), incomplete={"2846": (2022,)}) == []
    assert changes(flow("CHN", "JPN", 90.0, 2022), flow("USA", "JPN", 10.0, 2022), flow("USA", "JPN", 10.0, 2023)) == []


# Several tables


def test_a_product_of_a_buyer_in_two_tables_is_refused():
    with pytest.raises(InputError, match="JPN, 284610, 2023 is in a and in b; name one trade table"):
        products_of({"JPN": ("JPN",)}, [trade_of(flow("CHN", "JPN", 1.0), name=n) for n in "ab"])


@pytest.mark.parametrize("about", [{"unit": "EUR"}, {"scale": 1e3}])
def test_two_currencies_or_scales_are_refused(about):
    with pytest.raises(InputError, match="are in 2 units"):
        products_of(
            BUYERS, [trade_of(flow("CHN", "JPN", 1.0)), trade_of(flow("CHN", "DEU", 1.0), name="other", **about)]
        )


@pytest.mark.parametrize(("indicator", "value", "text"), [
    ("hhi", 0.4567, "0.457"), ("top_share", 0.5, "50.0 %"), ("exports_ratio", float("inf"), "no exports"),
    ("exports_ratio", 2.5, "2.50"), ("world_hhi", None, "n/a"), ("substitutes", 0.0, "0"),
])  # fmt: skip
def test_indicators_are_printed_as_people_read_them(indicator, value, text):
    assert printed(indicator, value) == text
