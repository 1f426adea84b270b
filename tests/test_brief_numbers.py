"""Numbers of the briefing read as an adviser would say them, in both languages; expected texts are written by hand."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import pytest

from interdep.briefing.numbers import Numbers
from interdep.errors import InputError
from interdep.units import Money

EN, JA = Numbers("en"), Numbers("ja")
EUR = Money("EUR", 2024, 1.0)


@pytest.mark.parametrize(
    ("fraction", "en", "ja"),
    [
        (0.019516, "2 %", "2%"),
        (0.0345, "3.5 %", "3.5%"),
        (0.719186, "72 %", "72%"),
        (0.0995, "10 %", "10%"),
        (0.00534, "0.53 %", "0.53%"),
        (0.0005, "0.05 %", "0.05%"),
        (0.00003, "under 0.01 %", "0.01%未満"),
        (-0.0003, "-0.03 %", "-0.03%"),
        (0.0, "0 %", "0%"),
        (1.0, "100 %", "100%"),
        (0.997, "99.7 %", "99.7%"),
        (None, "n/a", "不明"),
    ],
)
def test_a_share_has_two_digits_and_little_is_never_nothing(fraction, en, ja):
    assert (EN.share(fraction), JA.share(fraction)) == (en, ja)


def test_what_is_rounded_says_so_and_what_is_too_small_does_not():
    assert (EN.about(0.0345), JA.about(0.0345)) == ("about 3.5 %", "約3.5%")
    assert EN.about(0.00001) == "under 0.01 %"
    assert EN.about(None) == "n/a"


def test_a_range_stands_behind_its_number_and_is_left_out_where_all_print_alike():
    assert EN.ranged(0.019516, 0.000837, 0.1467) == "2 % (0.08 to 15 %)"
    assert JA.ranged(0.019516, 0.000837, 0.1467) == "2%（0.08～15%）"
    assert EN.ranged(1.0, 1.0, 1.0) == "100 %"
    assert EN.ranged(0.02, None, None) == "2 %"
    assert EN.ranged(None, 0.1, 0.2) == "n/a"
    assert EN.span(-0.0011, 0.005) == "-0.11 to 0.5 %"


def test_differences_are_points():
    assert (EN.points(0.154478), JA.points(0.154478)) == ("15 points", "15ポイント")
    assert EN.points(0.01) == "1 point"
    assert EN.points(0.00001) == "under 0.01 points"
    assert EN.points(0.0) == "0 points"
    assert EN.points_span(0.0271, 0.1053) == "2.7 to 11"


@pytest.mark.parametrize(
    ("amount", "en", "ja"),
    [
        (3.4e9, "EUR 3.4 billion", "34億ユーロ"),
        (45_544_308, "EUR 46 million", "4,600万ユーロ"),
        (1.06e11, "EUR 110 billion", "1,100億ユーロ"),
        (1.23e12, "EUR 1.2 trillion", "1.2兆ユーロ"),
        (99_900_000, "EUR 100 million", "1億ユーロ"),
        (1_345_331, "EUR 1.3 million", "130万ユーロ"),
        (0.0, "EUR 0", "0ユーロ"),
        (None, "n/a", "不明"),
    ],
)
def test_money_is_in_the_scale_a_reader_thinks_in(amount, en, ja):
    assert (EN.money(amount, EUR), JA.money(amount, EUR)) == (en, ja)


def test_money_knows_its_scale_and_a_currency_without_a_japanese_name_keeps_its_code():
    assert EN.money(46_461.8, Money("USD", 2014)) == "USD 46 billion"
    assert JA.money(46_461.8, Money("USD", 2014)) == "460億ドル"
    assert JA.money(5e6, Money("SEK", 2020, 1.0)) == "500万 SEK"


def test_a_range_of_money_has_one_scale():
    assert EN.money_span(7.1244e8, 1.168e10, EUR) == "EUR 0.71 to 12 billion"
    assert JA.money_span(7.1244e8, 1.168e10, EUR) == "7.1億～120億ユーロ"
    assert EN.money_span(2.6e7, 2.61e7, EUR) == "EUR 26 million"


def test_dates_years_and_spans_of_time():
    day = date(2022, 5, 12)
    assert (EN.day(day), JA.day(day)) == ("12 May 2022", "2022年5月12日")
    assert (EN.years(2014), JA.years(2014)) == ("2014", "2014年")
    assert (EN.years(2019, 2024), JA.years(2019, 2024)) == ("2019 to 2024", "2019～2024年")
    assert JA.years(2023, 2023) == "2023年"
    spans = [EN.duration(y) for y in (1 / 12, 0.5, 1.0, 2.0, 2.5)]
    assert spans == ["1 month", "6 months", "12 months", "2 years", "2.5 years"]
    assert (JA.duration(0.5), JA.duration(3.0)) == ("6か月", "3年")
    assert [EN.week(d) for d in (0, 6, 7, 31)] == ["week 1", "week 1", "week 2", "week 5"]
    assert JA.week(31) == "第5週"


def test_lists_and_names_with_numbers_read_as_text():
    assert EN.listed(["A", "B", "C"]) == "A, B and C"
    assert JA.listed(["A", "B", "C"]) == "A、B、C"
    assert (EN.listed(["A"]), EN.listed([])) == ("A", "")
    assert (EN.pair("EU27", "2 %"), JA.pair("EU27", "2%"), JA.pair("日本", "2%")) == ("EU27 2 %", "EU27 2%", "日本2%")


def test_a_language_not_spoken_is_refused():
    with pytest.raises(InputError, match="language 'fr'"):
        Numbers(cast(Any, "fr"))
