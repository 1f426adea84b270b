"""The catalogue: addresses as the publishers form them, what has to be named, and sentences for what is not there."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from interdep import InputError, MissingData
from interdep.sources.catalogue import Listing, listing, names


def refused(sentence: str, name: str, kind: type = InputError, **about) -> None:
    for ask in (listing(name).address, listing(name).file_name, listing(name).source):
        with pytest.raises(kind, match=re.escape(sentence)) as caught:
            ask(**about)
        assert "\n" not in str(caught.value)


def one(of: Listing) -> dict[str, object]:
    """What names some file of a listing."""
    return {"year": of.years[1], "revision": "HS17"} if of.revisions else {"year": of.years[1]}


@pytest.mark.parametrize(
    ("name", "about", "address", "file"),
    [
        ("baci", {"revision": "HS17", "version": "202401b"},
         "https://www.cepii.fr/DATA_DOWNLOAD/baci/data/BACI_HS17_V202401b.zip", "BACI_HS17_V202401b.zip"),
        ("baci", {"revision": "HS22", "year": 2024},
         "https://www.cepii.fr/DATA_DOWNLOAD/baci/data/BACI_HS22_V202601.zip", "BACI_HS22_V202601.zip"),
        ("oecd-icio", {"year": 2016},
         "https://webfs-sti.oecd.org/files/STI-PIE/ICIO/2025/2016-2022_SML.zip", "oecd-icio-2025-2016-2022_SML.zip"),
        ("oecd-icio", {"year": 1995},
         "https://webfs-sti.oecd.org/files/STI-PIE/ICIO/2025/1995-2000_SML.zip", "oecd-icio-2025-1995-2000_SML.zip"),
        ("figaro", {"year": 2021},
         "https://ec.europa.eu/eurostat/documents/51957/19580762/matrix_eu-ic-io_ind-by-ind_24ed_2021.csv",
         "matrix_eu-ic-io_ind-by-ind_24ed_2021.csv"),
    ],
)  # fmt: skip
def test_an_address_is_formed_as_the_publisher_does(name, about, address, file):
    assert listing(name).address(**about) == address
    assert listing(name).file_name(**about) == file


@pytest.mark.parametrize(("about", "file"), [({}, "full_v2_202452.7z"), ({"month": 3}, "full_v2_202403.7z")])
def test_comext_has_whole_years_and_months(about, file):
    address = listing("comext").address(year=2024, **about)
    assert parse_qs(urlsplit(address).query) == {"file": [f"comext/COMEXT_DATA/PRODUCTS/{file}"]}
    assert listing("comext").file_name(year=2024, **about) == file


@pytest.mark.parametrize("name", names())
def test_every_listing_says_where_under_which_licence_and_how_by_hand(name):
    found = listing(name)
    source = found.source(**one(found))
    assert found.name == name
    assert source.licence
    assert source.citation.isascii()
    assert "{" not in source.citation + found.address(**one(found)) + found.file_name(**one(found))
    assert urlsplit(found.landing_page).scheme == urlsplit(found.address(**one(found))).scheme == "https"
    assert found.by_hand().endswith("Then give it with --from FILE.")
    assert found.checked or found.note
    assert 10**8 < found.limit < 10**10
    assert found.years[0] < found.years[1]


@pytest.mark.parametrize("name", ["oecd-icio"])
def test_every_year_lies_in_exactly_one_bundle(name):
    found = listing(name)
    inside = [year for first, last in found.bundles for year in range(first, last + 1)]
    assert inside == list(range(found.years[0], found.years[1] + 1))


def test_what_is_not_in_the_catalogue_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="unknown source 'bacci' in the catalogue; did you mean 'baci'"):
        listing("bacci")
    assert names() == ("oecd-icio", "figaro", "baci", "comext")


def test_what_has_to_be_named_is_said():
    assert listing("baci").needs() == {"revision"}
    assert listing("comext").needs() == listing("figaro").needs() == listing("oecd-icio").needs() == {"year"}
    refused("baci needs a revision: HS92, HS96, HS02, HS07, HS12, HS17, HS22", "baci")
    refused("figaro needs a year of 2010-2022", "figaro")


def test_what_is_not_offered_is_refused():
    refused("unknown revision 'HS18' in baci", "baci", revision="HS18")
    refused("baci HS17 has the years 2017-2024, not 2016", "baci", revision="HS17", year=2016)
    refused("baci HS92 has the years 1995-2024, not 2025", "baci", revision="HS92", year=2025)
    refused("oecd-icio has the years 1995-2022, not 2023", "oecd-icio", year=2023, version="2026")
    refused("figaro has no revisions; leave 'HS17' out", "figaro", year=2020, revision="HS17")
    refused(
        "figaro: only edition 2024 has a known address, not '2025'; Open https://", "figaro", year=2020, version="2025"
    )
    refused("comext: there is no month 13", "comext", year=2024, month=13)
    refused("comext: there is no month 0", "comext", year=2024, month=0)
    refused("figaro: there is no month 1; it has whole years", "figaro", year=2020, month=1)
    refused("a version is letters and digits, as '202601', not '../x'", "baci", revision="HS17", version="../x")


def test_another_version_may_have_later_years():
    assert listing("baci").file_name(revision="HS22", year=2030, version="203201") == "BACI_HS22_V203201.zip"
    assert listing("comext").file_name(year=2031) == "full_v2_203152.7z"


def test_a_source_without_an_address_ends_in_the_manual_steps():
    closed = replace(listing("figaro"), url=None)
    with pytest.raises(MissingData, match=r"figaro has no address to download from; Open https://.* --from FILE"):
        closed.address(year=2020)
    assert closed.file_name(year=2020) == "matrix_eu-ic-io_ind-by-ind_24ed_2020.csv"
