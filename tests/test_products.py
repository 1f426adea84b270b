"""Product codes of the HS: which exist, what is wrong with those that do not, and what they are called."""

from __future__ import annotations

import subprocess
import sys

import pytest

from interdep.classifications.products import (
    REVISIONS,
    chapter,
    check_products,
    codes,
    heading,
    product_name,
    products_like,
    revision_of_year,
    subcodes,
    subheading,
    under,
)
from interdep.errors import InputError

# --- which codes there are -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("851712", "HS07", "HS17"),  # mobile phones, until smartphones got a code
        ("851713", "HS22", "HS22"),
        ("848620", "HS07", "HS22"),  # machines that make chips
        ("850760", "HS12", "HS22"),  # lithium-ion batteries
        ("854140", "HS92", "HS17"),  # photosensitive devices, one code until 2022
        ("854231", "HS07", "HS22"),
        ("270900", "HS92", "HS22"),
        ("961900", "HS12", "HS22"),
    ],
)
def test_a_code_is_in_the_revisions_in_which_it_was_in_force(code, first, last):
    inside = [name for name in REVISIONS if code in codes(name)]
    assert inside == list(REVISIONS[REVISIONS.index(first) : REVISIONS.index(last) + 1])


@pytest.mark.parametrize(
    ("year", "name"), [(1990, "HS92"), (1996, "HS96"), (2016, "HS12"), (2017, "HS17"), (2021, "HS17"), (2024, "HS22")]
)
def test_a_year_has_the_revision_in_force(year, name):
    assert revision_of_year(year) == name


def test_there_was_no_hs_before_1988():
    with pytest.raises(InputError, match="no Harmonized System in 1987"):
        revision_of_year(1987)


def test_what_lies_under_a_heading_is_found_at_six_and_at_four_digits():
    assert subcodes("8542", "HS22") == ("854231", "854232", "854233", "854239", "854290")
    assert subcodes("8516", "HS22", digits=4) == ("8516",)
    assert "8542" in subcodes("85", "HS22", digits=4)
    assert under(["854231", "270900", "854232"], "8542") == ("854231", "854232")
    assert (chapter("85423110"), heading("85423110"), subheading("85423110")) == ("85", "8542", "854231")


def test_a_chapter_lies_in_no_single_heading():
    with pytest.raises(InputError, match="'85' has 2 digits and lies in no single heading"):
        heading("85")


def test_asking_for_the_list_of_cn8_says_to_cut_the_codes():
    with pytest.raises(InputError, match=r"CN8 has a new list every year.*first six digits"):
        codes("CN8")


# --- checks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "name"),
    [(["854231", "010121"], "HS22"), (["8542", "0101"], "HS22"), (["85"], "HS92"), (["85423190"], "CN8"), ([], "HS17")],
)
def test_codes_of_one_length_that_are_in_the_revision_pass(given, name):
    check_products(given, name, "flows")


def test_goods_not_specified_by_kind_pass_in_every_revision():
    for name in REVISIONS:
        check_products(["999999"], name, "flows")
    check_products(["9999"], "HS17", "flows")


@pytest.mark.parametrize(
    ("given", "name", "message"),
    [
        (["10121", "854231"], "HS22", "flows: 1 of 2 .*'10121' has 5 digits.*write '010121'"),
        (["1012100"], "CN8", "'1012100' has 7 digits in CN8; .*write '01012100'"),
        (["854231901"], "CN8", "'854231901' has 9 digits in CN8; CN8 codes have 8 digits"),
        ([854231], "HS22", "product codes are text, 854231 is not; read the column as text"),
        (["85XXXX11"], "CN8", "1 of 1 product codes hold something else than digits"),
        (["８５４２３１"], "HS22", "something else than digits"),
        (["8542", "854231"], "HS22", "codes of 4 and 6 digits are mixed"),
        (["854238"], "HS22", "1 of 1 product codes are in no revision.*did you mean '8542"),
        (["851712", "270900"], "HS22", "1 of 2 .*not in HS22.*all of them are in HS07 and in HS12 and in HS17"),
        (
            ["851712", "851713"],
            "HS22",
            "1 of 2 .*only in other revisions than HS22.*851712 is in HS07, HS12, HS17.*mixed",
        ),
        (["854231"], "HS2022", "unknown product classification 'HS2022'; did you mean 'HS22'"),
    ],
)
def test_codes_that_cannot_be_used_are_refused_with_the_way_out(given, name, message):
    with pytest.raises(InputError, match=message):
        check_products(given, name, "flows")


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "name", "words"),
    [
        ("85", "HS22", "Electrical machinery"),
        ("8542", "HS22", "Electronic integrated circuits"),
        ("850760", "HS22", "lithium-ion"),
        ("851712", "HS12", "Telephones for cellular networks"),
        ("85423190", "CN8", "processors and controllers"),
        ("85171200", "CN8", "Telephones for cellular networks"),  # a code of 2020, gone in 2022
        ("99302400", "CN8", "Special code of the CN, chapter 99"),
        ("999999", "HS17", "not specified"),
    ],
)
def test_a_product_has_a_short_name(code, name, words):
    assert words in product_name(code, name)


def test_no_name_is_long_or_ends_in_the_middle_of_a_word():
    for code in codes("HS22"):
        name = product_name(code)
        assert 3 <= len(name) <= 70
        assert "whether or not" not in name


@pytest.mark.parametrize(
    ("code", "name"), [("850810", "HS92"), ("852491", "HS02"), ("844319", "HS02"), ("8524", "HS96")]
)
def test_a_number_that_was_given_anew_does_not_lend_its_new_name_to_the_old_goods(code, name):
    assert product_name(code, name).endswith(f"[{name} {code}]")
    assert product_name(code, name) != product_name(code if code in codes("HS22") else code[:4])


def test_the_name_of_a_code_of_another_revision_is_refused():
    with pytest.raises(InputError, match=r"851713 is in HS22|all of them are in HS22"):
        product_name("851713", "HS17")


def test_products_are_found_by_the_words_of_their_names():
    assert {"850650", "850760", "282520", "283691"} <= set(products_like("LITHIUM"))
    assert set(products_like("lithium ion", "HS17")) == {"850760", "850780"}  # the latter says "other than"
    # Machines that make them are named after them.
    assert list(products_like("integrated circuits", digits=4)) == ["8486", "8542"]
    with pytest.raises(InputError, match="no word to search for"):
        products_like("  ")


# --- speed -----------------------------------------------------------------------------------------------------------


def test_importing_loads_no_table_and_no_polars():
    text = (
        "import sys; import interdep.classifications.hs as h, interdep.classifications.product_sets, "
        "interdep.classifications.products as p; "
        "print(p._table.cache_info().currsize + h.convert.cache_info().currsize, 'polars' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "False"]
