"""Numbers print as a person writes them: three significant digits, never a power of ten, never a false zero."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from interdep.units import MISSING, Money, per_cent, significant

finite = st.floats(1e-6, 1e15) | st.floats(-1e15, -1e-6)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (-0.0, "0"), (1, "1.00"), (12.345, "12.3"), (-12.345, "-12.3"), (123.45, "123"), (1234.5, "1,230"),
        (999.95, "1,000"), (999.4, "999"), (99.96, "100"), (9.996, "10.0"), (0.9996, "1.00"), (-999.95, "-1,000"),
        (0.000123456, "0.000123"), (1e-7, "0.000000100"), (123456789, "123,000,000"),
    ],
)  # fmt: skip
def test_three_significant_digits(value, text):
    assert significant(value) == text


def test_digits_may_be_chosen():
    assert significant(1234.56, 5) == "1,234.6"
    assert significant(0.0456, 1) == "0.05"


@given(finite)
@example(999.5)
@example(9.9949999)
def test_what_is_printed_is_the_value_within_half_a_unit_of_its_third_digit(value):
    text = significant(value)
    assert "e" not in text
    assert len(re.sub(r"[-,.]", "", text).lstrip("0").rstrip("0")) <= 3
    assert float(text.replace(",", "")) == pytest.approx(value, rel=0.0051)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_prints_as_missing(value):
    assert significant(value) == per_cent(value) == Money("EUR", 2020).format(value) == MISSING == "n/a"


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0, "0 %"), (-0.0, "0 %"), (0.5, "50.0 %"), (0.1234, "12.3 %"), (-0.1234, "-12.3 %"), (0.0123, "1.2 %"),
        (0.00123, "0.12 %"), (0.000123, "0.012 %"), (0.0000123, "0.0012 %"), (0.00000123, "0.0001 %"), (1e-6, "0.0001 %"),
        (9e-7, "<0.0001 %"), (1e-300, "<0.0001 %"), (-1e-9, ">-0.0001 %"), (1, "100 %"), (12.345, "1234 %"),
        (0.0996, "10.0 %"), (0.00996, "1.0 %"), (0.000996, "0.10 %"), (0.9996, "100 %"), (0.9994, "99.9 %"),
    ],
)  # fmt: skip
def test_fractions_print_as_per_cent(fraction, text):
    assert per_cent(fraction) == text


@given(st.floats(1e-12, 10) | st.floats(-10, -1e-12))
def test_a_share_that_is_not_zero_never_prints_as_zero(fraction):
    number = re.sub(r"[<> %]", "", per_cent(fraction))
    assert float(number) != 0
    assert (float(number) > 0) == (fraction > 0)


def test_more_digits_of_a_small_share():
    assert per_cent(0.012345, digits=3) == "1.23 %"


@pytest.mark.parametrize(
    ("millions", "text"),
    [
        (0, "0 EUR"), (0.5, "500,000 EUR"), (0.9994, "999,400 EUR"), (0.9996, "1.00 mn EUR"), (-5, "-5.00 mn EUR"),
        (999.4, "999 mn EUR"), (999.6, "1.00 bn EUR"), (1234.5, "1.23 bn EUR"), (999_950, "1.00 tn EUR"),
        (1_234_500, "1.23 tn EUR"), (1e9, "1,000 tn EUR"), (1e-7, "0 EUR"), (-1e-7, "0 EUR"),
    ],
)  # fmt: skip
def test_money_prints_in_the_scale_a_person_would_choose(millions, text):
    assert Money("EUR", 2020).format(millions) == text


def test_the_same_sum_prints_the_same_in_any_scale():
    assert Money("JPY", 2020, 1.0).format(2.5e9) == Money("JPY", 2020, 1e9).format(2.5) == "2.50 bn JPY"


@pytest.mark.parametrize(
    ("scale", "text"),
    [(1.0, "EUR (2014)"), (1e3, "thousand EUR (2014)"), (1e6, "mn EUR (2014)"), (1e9, "bn EUR (2014)"),
     (1e12, "tn EUR (2014)"), (1e4, "10000 EUR (2014)")],
)  # fmt: skip
def test_a_unit_names_its_scale_currency_and_year(scale, text):
    assert str(Money("EUR", 2014, scale)) == text
