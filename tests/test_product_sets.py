"""Product sets: shipped ones hold only codes that exist, and a file that cannot be used is refused with the way out."""

from __future__ import annotations

import polars as pl
import pytest

import interdep
from interdep.classifications.product_sets import ProductSet, codes_in, product_set, product_sets
from interdep.classifications.products import codes
from interdep.errors import InputError

GOOD = """
name = "mine"
title = "Mine"
title_ja = "例"
pillar = "supply-chains"
classification = "HS22"

[codes]
8542 = "Integrated circuits"
854141 = "LEDs"

[[sources]]
title = "A source"
url = "https://example.org"
year = 2024
"""


@pytest.mark.parametrize("name", product_sets())
def test_every_shipped_set_is_whole_and_its_codes_exist(name):
    found = product_set(name)
    assert found.name == name
    assert found.classification == "HS22"
    assert found.sources
    assert all(source.url.startswith("https://") and source.year for source in found.sources)
    for prefix, words in found.codes.items():
        assert any(code.startswith(prefix) for code in codes("HS22"))
        assert words.strip()


def test_every_set_serves_a_pillar_of_the_packaged_partnership():
    pillars = {pillar.id for pillar in interdep.Partnership.read("eu-japan").pillars}
    assert {product_set(name).pillar for name in product_sets()} <= pillars


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("chips", {"854231", "854151", "854290"}, {"854143", "848620"}),
        ("chip-equipment", {"848620", "903141"}, {"854231"}),
        ("chip-materials", {"381800", "281111", "370790", "811292"}, {"854231"}),
        ("ai-hardware", {"847150", "847330", "854232"}, {"847130"}),
        ("telecoms", {"851762", "854470", "900110"}, {"852872"}),
        ("network-security", {"851762"}, {"900110"}),
        ("batteries", {"850760", "380110", "283691"}, {"850710"}),
        ("critical-materials", {"280530", "284690", "261100", "711021"}, {"310420"}),  # potash is not on the EU's list
        ("energy", {"270900", "271111", "271600"}, {"280410"}),
    ],
)
def test_a_set_holds_what_it_is_named_for(name, inside, outside):
    found = set(codes_in(name, "HS22")["product"])
    assert inside <= found
    assert not outside & found


def test_network_security_says_that_the_hs_has_no_code_for_it():
    assert "HS has no code" in product_set("network-security").note


def test_a_set_in_its_own_revision_is_exact():
    table = codes_in("energy", "HS22")
    assert table["exact"].all()
    assert (table["share"] == 1).all()
    assert set(table["product"]) == {c for c in codes("HS22") if c.startswith("27")}


def test_in_an_older_revision_a_code_that_holds_other_goods_too_is_said_to_be_inexact():
    table = codes_in("chips", "HS17")
    # Light-emitting diodes and other devices are two of the four codes that 854140 became; solar cells are the others.
    assert table.filter(~pl.col("exact")).rows() == [("854140", 0.5, False)]
    assert {"854150", "854231"} <= set(table.filter("exact")["product"])


def test_smartphones_of_2022_are_part_of_the_mobile_phones_of_2017():
    assert codes_in(["851713"], "HS17").rows() == [("851712", 0.5, False)]
    assert codes_in(["851713", "851714"], "HS17").rows() == [("851712", 1.0, True)]
    assert codes_in(["851712"], "HS22", given="HS17")["product"].to_list() == ["851713", "851714"]


def test_an_empty_list_of_products_is_an_empty_table():
    assert codes_in([], "HS22").is_empty()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: product_set("chip"), "unknown product set 'chip'; did you mean 'chips'"),
        (lambda: codes_in("batery", "HS22"), "unknown product set 'batery'; did you mean 'batteries'"),
        (lambda: codes_in("chips", "HS21"), "unknown product classification"),
        (lambda: codes_in("chips", "CN8"), "CN8 has a new list every year"),
        (lambda: codes_in(["851712"], "HS22"), "the list of products: .*851712.*HS17"),
    ],
)
def test_a_set_or_code_that_there_is_not_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_a_set_of_ones_own_is_read():
    mine = ProductSet.from_toml(GOOD, "mine.toml")
    assert dict(mine.codes) == {"8542": "Integrated circuits", "854141": "LEDs"}
    assert mine.note == ""
    assert codes_in(mine, "HS22")["product"].to_list() == ["854141", "854231", "854232", "854233", "854239", "854290"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('pillar = "', 'piller = "', "mine.toml: unknown key 'piller'; did you mean 'pillar'"),
        ('title_ja = "例"\n', "", "title_ja is missing"),
        ('name = "mine"', "name = 3", "name is 3; write text"),
        ("854141", "854231", "8542 holds 854231, which would count it twice"),
        ("854141", "854140", "854140.*HS92.*HS17"),
        ("854141", "85414", "'85414' has 5 digits"),
        ("year = 2024", 'year = "2024"', "source 1: year is '2024'"),
        ("url =", "link =", "source 1: unknown key 'link'"),
        ('"HS22"', '"HS23"', "unknown product classification 'HS23'"),
        ("[codes]", "[code]", "unknown key 'code'; did you mean 'codes'"),
        ('8542 = "Integrated circuits"\n854141 = "LEDs"', "", r"\[codes\] is empty"),
        ("[codes]", "codes", "is not TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_place(old, new, message):
    assert old in GOOD
    with pytest.raises(InputError, match=message):
        ProductSet.from_toml(GOOD.replace(old, new, 1), "mine.toml")
