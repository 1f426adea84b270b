"""The script that builds the packaged product classifications: reading, correcting and packing the published links."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "data"))

import build_hs  # noqa: E402
from hs.links import STEPS, bits, changes, code_lists, corrected, kept_numbers, read_links, same_meaning, unlinked  # noqa: E402

REFERENCE = ROOT.parent / "shared" / "data" / "reference"
PACKAGED = ROOT / "src/interdep/classifications/hs"
needs_reference = pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference tables are not beside the checkout")

HEADER = "code.after,code.before,Relationship,adjustment"
YEARS = ("1992", "1996", "2002", "2007", "2012", "2017", "2022")


def one_code_file(path: Path, extra: str = "") -> Path:
    rows = [f"10121,10121,1:1,{new} to {old}" for old, new in pairwise(YEARS)]
    path.write_text("\n".join([HEADER, *rows, extra]).strip() + "\n", encoding="utf-8")
    return path


def test_a_leading_zero_that_the_file_has_lost_comes_back(tmp_path):
    links = read_links(one_code_file(tmp_path / "links.csv"))
    assert links == {step: {("010121", "010121")} for step in STEPS}


def test_goods_not_specified_are_no_code_of_a_list(tmp_path):
    links = read_links(one_code_file(tmp_path / "links.csv", "999999,999999,1:1,2017 to 2012"))
    assert links["HS12", "HS17"] == {("010121", "010121")}


def test_rows_of_other_classifications_are_left_out_and_rows_that_are_no_codes_stop_the_build(tmp_path):
    assert read_links(one_code_file(tmp_path / "a.csv", "710820,I,1:1,1992 to 1988")) == read_links(
        one_code_file(tmp_path / "b.csv")
    )
    with pytest.raises(SystemExit, match="1 rows that are no HS codes"):
        read_links(one_code_file(tmp_path / "c.csv", "710820,I,1:1,2022 to 2017"))


def test_a_step_without_rows_stops_the_build(tmp_path):
    file = tmp_path / "links.csv"
    file.write_text(f"{HEADER}\n10121,10121,1:1,2022 to 2017\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="no rows for HS96 to HS92"):
        read_links(file)


def test_a_catch_all_keeps_only_the_sources_written_down():
    published = {("HS17", "HS22"): {(old, "854159") for old in ("930690", "903300", "850440")} | {("930690", "930690")}}
    assert {old for old, new in corrected(published)["HS17", "HS22"] if new == "854159"} == {"854150"}
    assert ("930690", "930690") in corrected(published)["HS17", "HS22"]


def test_codes_that_lead_nowhere_or_come_from_nowhere_are_found():
    links = {("HS12", "HS17"): {("a", "a")}, ("HS17", "HS22"): {("b", "b"), ("a", "a")}}
    assert unlinked(links, code_lists(links)) == ["HS17 b"]


def test_only_links_that_say_something_are_packed():
    links = {("HS17", "HS22"): {("a", "a"), ("b", "b"), ("b", "c"), ("d", "e"), ("f", "f"), ("g", "f")}}
    rows = [("HS22", "b", "b"), ("HS22", "b", "c"), ("HS22", "d", "e"), ("HS22", "f", "f"), ("HS22", "g", "f")]
    assert changes(links).rows() == rows


def test_a_name_reaches_back_only_as_far_as_the_number_meant_the_same():
    links = {
        ("HS07", "HS12"): {("850810", "850810")},
        ("HS12", "HS17"): {("850810", "846721"), ("850910", "850811")},
        ("HS17", "HS22"): {("850811", "850811")},
    }
    assert same_meaning("850811", kept_numbers(links), "HS22") == {"HS17", "HS22"}
    assert same_meaning("8508", kept_numbers(links), "HS22") == {"HS17", "HS22"}
    assert same_meaning("85", kept_numbers(links), "HS22") == {"HS07", "HS12", "HS17", "HS22"}


def test_a_set_of_revisions_is_one_bit_each():
    assert (bits(["HS92"]), bits(["HS96", "HS92"]), bits(["HS22"])) == (1, 3, 64)


@needs_reference
def test_the_published_links_of_2022_hold_cross_products_that_the_corrections_take_out():
    raw = read_links(REFERENCE / "hs/HS_consolidated_comtrade_concordances.csv")
    good = corrected(raw)
    assert len(raw["HS17", "HS22"]) == 15_656  # 15,657 rows, one of them goods not specified
    assert len(good["HS17", "HS22"]) < 6_000
    for step, pairs in good.items():
        sources = {}
        for old, new in pairs:
            sources.setdefault(new, set()).add(old)
        assert max(map(len, sources.values())) <= 41, step
    assert unlinked(good, code_lists(good)) == []
    assert unlinked(raw, code_lists(good)) != []


@needs_reference
def test_building_again_gives_the_packaged_tables(tmp_path, capsys):
    tables = build_hs.build(REFERENCE, tmp_path)
    assert "HS22 5612" in capsys.readouterr().out
    for name, table in tables.items():
        assert_frame_equal(pl.read_parquet(PACKAGED / f"{name}.parquet"), table)


def test_the_packaged_tables_stay_small():
    assert sum(file.stat().st_size for file in PACKAGED.rglob("*.*")) < 600_000
