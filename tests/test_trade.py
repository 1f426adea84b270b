"""Trade at its door: what holds for every table of flows, and the sentence for each thing that does not."""

from __future__ import annotations

import math
import re

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interdep import InputError, MissingData
from interdep.trade import Trade, invariants
from interdep.trade.exchange import USD_PER_EUR, rate
from interdep.trade.trade import SHARES, one_currency
from made_trades import ABOUT, FLOWS, flows_of, frame, made, refused

ECONOMIES = ("CHN", "DEU", "JPN", "NAM", "XKX", "X-CONF")
PRODUCTS = ("810520", "854231", "854232", "854239", "999999")


@st.composite
def rows(draw: st.DrawFn) -> list[tuple]:
    """Some flows, each once."""
    keys = st.tuples(
        st.sampled_from(ECONOMIES), st.sampled_from(ECONOMIES[:5]), st.sampled_from(PRODUCTS), st.sampled_from((2021, 2022))
    )  # fmt: skip
    found = draw(st.lists(keys, min_size=1, max_size=20, unique=True))
    values = st.one_of(st.none(), st.integers(0, 10**6).map(float))
    return [(*key, draw(values)) for key in found]


@given(rows=rows(), draw=st.data())
def test_flows_are_the_same_whatever_order_they_come_in(rows, draw):
    mixed = draw.draw(st.permutations(rows))
    one, other = made(rows), made(mixed)
    assert one.periods == other.periods == tuple(sorted({row[3] for row in rows}))
    assert one.scan().collect().equals(other.scan().collect())
    assert flows_of(one) == set(rows)


def test_a_value_that_is_not_known_is_no_zero():
    trade = made([("CHN", "DEU", "854231", 2021, None), ("TWN", "DEU", "854231", 2021, 0.0)])
    assert flows_of(trade, "exporter", "value") == {("CHN", None), ("TWN", 0.0)}


def test_a_column_of_which_nothing_is_known_is_taken():
    assert flows_of(made([("CHN", "DEU", "854231", 2021, None)]), "value") == {(None,)}


def test_a_pandas_and_a_lazy_frame_are_taken_as_well():
    expected = made().scan().collect()
    for given_ in (frame().lazy(), pd.DataFrame(frame().to_dict(as_series=False))):
        assert Trade.from_frame(given_, **ABOUT).scan().collect().equals(expected)


def test_years_are_scanned_one_by_one():
    trade = made()
    assert trade.periods == (2021, 2022)
    assert isinstance(trade.scan(), pl.LazyFrame)
    assert trade.scan([2022]).collect()["period"].to_list() == [2022]
    refused("made has no year 2019; it has 2021, 2022", lambda: trade.scan([2019, 2021]), MissingData)


def test_every_year_has_codes_of_one_type_so_that_years_can_be_put_together():
    first = made([("CHN", "DEU", "854231", 2021, 1.0)]).scan()
    second = made([("XKX", "X-CONF", "999999", 2022, 1.0)]).scan()
    assert pl.concat([first, second]).collect().height == 2


def test_who_is_complete_is_known():
    trade = made(reporters=("DEU",), sellers=("JPN",))
    assert (trade.covers("DEU"), trade.covers("JPN")) == (True, False)
    assert (trade.tells_exports_of("DEU"), trade.tells_exports_of("JPN")) == (False, True)
    assert made().reporters == ("DEU", "JPN")
    assert made(whole=True).covers("USA")


def test_the_unit_stands_in_headers_and_in_print():
    assert made().value_unit == "USD (current prices)"
    assert made(scale=1e3).value_unit == "thousand USD (current prices)"
    assert made(unit=SHARES, rows=[("CHN", "DEU", "854231", 2021, 1.0)]).value_unit == SHARES
    text = repr(made(products=("854231", "854232"), valuation="cif"))
    assert "2 products (HS17, 6 digits), 2021-2022, imports of DEU, JPN" in text
    assert "USD (current prices), cif" in text


# What does not hold

GOOD = ("CHN", "DEU", "854231", 2021, 1.0)
NEIGHBOUR = ("TWN", "DEU", "854231", 2021, 2.0)


def with_(**changes) -> tuple:
    names = ("exporter", "importer", "product", "period", "value")
    return tuple(changes.get(name, cell) for name, cell in zip(names, GOOD, strict=True))


DEFECTS = [
    (with_(exporter="NAMM"), "made, exporter: unknown economy 'NAMM'; did you mean 'NAM'?"),
    (with_(importer="EL"), "made, importer: unknown economy 'EL'; did you mean 'GRC'?"),
    (with_(exporter="CN"), "made, exporter: unknown economy 'CN'; did you mean 'CHN'?"),
    (with_(exporter="EU27_2020_EXTRA"), "exporter 'EU27_2020_EXTRA' is a sum of others and would be counted twice"),
    (with_(importer="EU"), "importer 'EU' is a sum of others and would be counted twice; leave its rows out"),
    (with_(exporter="WLD"), "exporter 'WLD' is a sum of others"),
    (with_(exporter="ROW"), "exporter 'ROW', the rest of the world, is many economies and no single partner"),
    (with_(exporter=None), "made: exporter is empty in 1 of 2 rows (a reader may have taken NA, Namibia, for a missing"),
    (with_(product="10121"), "1 product codes do not have 6 digits (10121); a leading zero was lost (write '010121')"),
    (with_(product="8542"), "1 product codes do not have 6 digits (8542)"),
    (with_(product="85SSSS"), "1 of 2 product codes hold something else than digits ('85SSSS')"),
    (with_(product="123456"), "1 of 2 product codes are in no revision of the HS (123456)"),
    (with_(product="854151"), "made: 1 of 2 product codes are not in HS17 (854151); all of them are in HS22"),
    (with_(product=None), "made: product is empty in 1 of 2 rows; fill it or leave them out"),
    (with_(period=21), "made: 21 is no year; period is a year such as 2021"),
    (with_(period=202103), "made: 202103 is no year"),
    (with_(value=-5.0), "1 values of value are negative (CHN to DEU, 854231: -5); flows are not"),
    (with_(value=math.nan), "1 values of value are not finite numbers (CHN to DEU, 854231: nan); leave a cell empty"),
    (with_(value=math.inf), "1 values of value are not finite numbers"),
    (with_(value=2e12), "1 values of value are larger than 1e+12 (CHN to DEU, 854231: 2e+12); more than any trade"),
    (NEIGHBOUR, "1 flows stand there more than once (TWN DEU 854231 2021); overlapping files repeat rows"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "sentence"), DEFECTS, ids=[text[:40] for _, text in DEFECTS])
def test_one_defect_is_named(row, sentence):
    refused(sentence, lambda: made([NEIGHBOUR, row]))


# Which revisions a code is told to be in depends on the other rows.
AMONG_OTHERS = [(row, text) for row, text in DEFECTS[:-1] if "not in HS17" not in text]


@given(rows=rows(), draw=st.data())
def test_one_defect_among_any_rows_is_found(rows, draw):
    row, sentence = draw.draw(st.sampled_from(AMONG_OTHERS))
    place = draw.draw(st.integers(0, len(rows)))
    with pytest.raises(InputError) as caught:
        made([*rows[:place], row, *rows[place:]])
    # Counts depend on the other rows; what stands before the first number, or behind the colon, does not.
    assert re.sub(r"\d+ of \d+", "", sentence)[-20:] in re.sub(r"\d+ of \d+", "", str(caught.value))


def test_values_as_text_are_refused_with_an_example():
    for text, shown in (
        ("1,234.5", "value holds text, for example '1,234.5'"),
        ("12", "value holds text; give numbers"),
    ):
        bad = frame().with_columns(value=pl.lit(text))
        refused(shown, lambda bad=bad: Trade.from_frame(bad, **ABOUT))


def test_codes_as_numbers_are_refused():
    bad = frame().with_columns(pl.col("product").cast(pl.Int64))
    refused("made: product holds Int64, not text; codes are text (a number loses its leading zeros)",
            lambda: Trade.from_frame(bad, **ABOUT))  # fmt: skip


def test_years_with_decimals_are_refused():
    refused("2021.0", lambda: Trade.from_frame(frame().with_columns(pl.col("period").cast(pl.Float64)), **ABOUT))


def test_two_revisions_mixed_are_told_from_the_wrong_revision():
    newer = with_(product="854151")
    refused("all of them are in HS22", lambda: made([newer]))
    refused("so revisions are mixed", lambda: made([newer, with_(product="854140")]))


def test_a_frame_without_a_column_or_a_row_or_a_fact_is_refused():
    refused("made: the frame has no column 'period'", lambda: Trade.from_frame(frame().drop("period"), **ABOUT))
    refused("made: the frame has no rows", lambda: made([]))
    refused("a Trade needs digits, unit", lambda: Trade.from_frame(frame(), name="made", classification="HS17"))
    refused("unknown field 'units' in Trade.from_frame; did you mean 'unit'?", lambda: made(units="USD"))
    refused("unknown product classification 'HS18'", lambda: made(classification="HS18"))


def test_a_mode_of_transport_belongs_to_the_key():
    sea, rail = (*GOOD, "sea"), (*GOOD, "rail")
    trade = made([sea, rail], "mode")
    assert trade.moded
    assert flows_of(trade, "mode") == {("sea",), ("rail",)}
    refused("1 flows stand there more than once (CHN DEU 854231 2021 sea)", lambda: made([sea, rail, sea], "mode"))
    refused("unknown mode of transport 'ship' in made", lambda: made([(*GOOD, "ship")], "mode"))


@given(rows=rows(), draw=st.data())
def test_doubled_rows_are_found_in_large_frames_as_in_small_ones(rows, draw):
    again = draw.draw(st.sampled_from(rows))
    modes = st.sampled_from(("sea", "air"))
    told = [(*row, draw.draw(modes)) for row in rows]
    twice = next(row for row in told if row[:4] == again[:4])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(invariants, "MANY", 0)
        assert flows_of(made(told, "mode"), "exporter", "importer", "product", "period", "value", "mode") == set(told)
        refused("1 flows stand there more than once", lambda: made([*told, twice], "mode"))


def test_quantities_have_the_same_rules_but_no_largest_value():
    assert flows_of(made([(*GOOD, 1e15)], "quantity"), "quantity") == {(1e15,)}
    refused("1 values of quantity are negative", lambda: made([(*GOOD, -1.0)], "quantity"))


# Shares


def test_shares_add_up_to_one_or_leave_room_for_what_is_not_known():
    def shares(*values: float | None) -> Trade:
        return made([(e, "JPN", "854231", 2023, v) for e, v in zip(("CHN", "TWN"), values, strict=False)], unit=SHARES)

    assert not shares(0.7, 0.3).amounts
    assert shares(0.7, None).periods == (2023,)
    refused("the shares of JPN in 854231, 2023, add up to 0.900, not 1 (1 such sums)", lambda: shares(0.7, 0.2))
    refused("add up to 1.100", lambda: shares(0.8, 0.3))
    refused("1 values of value are larger than 1", lambda: shares(1.2, None))


# Several tables


def test_one_currency_is_that_of_all_amounts():
    usd, eur = made(), made(unit="EUR", name="other")
    shares = made([("CHN", "JPN", "854231", 2023, 1.0)], unit=SHARES)
    one_currency([usd, shares])
    one_currency([shares])
    refused("the trade tables are in 2 units (made in USD (current prices), other in EUR (current prices))",
            lambda: one_currency([usd, eur]))  # fmt: skip
    refused("the trade tables are in 2 units", lambda: one_currency([usd, made(scale=1e3, name="thousands")]))


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        ({"whole": "no"}, "made: whole is 'no'; it is True or False"),
        ({"reporters": "DEU"}, "made: reporters is the text 'DEU'; give a list"),
        ({"unit": ""}, "a Trade's unit is text, not ''"),
        ({"scale": 0}, "made: scale is 0; it is how many units"),
        ({"digits": "6"}, "made: digits is '6'; it is a whole number"),
    ],
)
def test_a_field_of_the_wrong_kind_is_named(about, sentence):
    refused(sentence, lambda: made(**about))


def test_two_tables_with_other_rows_are_told_apart():
    one, same = made(), made(list(reversed(FLOWS)))
    other = made([*FLOWS[:-1], (*FLOWS[-1][:4], 67.0)])
    assert one.identity == same.identity != other.identity


def test_exchange_rates_are_inverse_and_bounded_to_the_years_there_are():
    assert rate("EUR", "EUR", 1900) == 1.0
    for year in USD_PER_EUR:
        assert rate("EUR", "USD", year) * rate("USD", "EUR", year) == pytest.approx(1.0)
    assert rate("EUR", "USD", 2023) == pytest.approx(1.0813)  # ECB, yearly average
    refused("no exchange rate of EUR to JPY in 2021", lambda: rate("EUR", "JPY", 2021), MissingData)
    refused("no exchange rate of EUR to USD in 1999", lambda: rate("EUR", "USD", 1999), MissingData)
