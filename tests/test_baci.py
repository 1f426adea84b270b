"""The reader of BACI: a release as published becomes a Trade; a broken one ends in a sentence that names the place."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from interdep import InputError, MissingData
from interdep.sources import baci
from interdep.sources.opening import cached_flows, publisher_of, read_flows
from interdep.trade import Trade
from made_trades import BACI_2021, flows_of, refused, release, zipped
from made_trades import baci as written

NAME = "BACI_HS17_Y2021_V202401.csv"
FLOWS = {
    ("CHN", "DEU", "854231", 60.5, 1.25),
    ("TWN", "DEU", "854231", 40.0, None),
    ("NAM", "JPN", "810520", 7.0, 0.5),
    ("SAU", "JPN", "271000", 100.0, 900.0),
}
COLUMNS = ("exporter", "importer", "product", "value", "quantity")


def read(folder: Path, text: str = BACI_2021, **about) -> Trade:
    return baci.read(written(folder / "raw", text, **about), folder / "out")


def broken(folder: Path, text: str | bytes, sentence: str, kind: type = InputError) -> None:
    """Refused with this sentence, and neither a folder nor a file has come of it."""
    written(folder / "raw")
    (folder / "raw" / NAME).write_bytes(text if isinstance(text, bytes) else text.encode())
    refused(sentence, lambda: baci.read(folder / "raw", folder / "out"), kind)
    assert [p.name for p in folder.iterdir()] == ["raw"]
    assert [p.name for p in (folder / "raw").iterdir()] == [NAME]


def replaced(old: str, new: str, count: int = -1) -> str:
    assert old in BACI_2021
    return BACI_2021.replace(old, new, count)


# As published


def test_a_year_is_read_with_its_units_and_source(tmp_path):
    trade = read(tmp_path)
    # 490 is "other Asia, not elsewhere specified", which CEPII advises to take for Taiwan.
    assert flows_of(trade, *COLUMNS) == FLOWS
    assert (trade.name, trade.classification, trade.digits) == ("baci-hs17-202401", "HS17", 6)
    assert (trade.value_unit, trade.quantity_unit, trade.valuation) == ("thousand USD (current prices)", "t", "fob")
    assert trade.whole
    assert trade.products is None
    assert "Gaulier" in trade.provenance.cite()
    assert trade.provenance.steps == (f"read from {NAME}",)
    assert trade.provenance.data_year == 2021
    assert flows_of(Trade.read(tmp_path / "out")) == flows_of(trade)


@pytest.mark.parametrize(
    "text",
    [
        BACI_2021.replace("60.5,1.25", "        60.500,         1.250").replace("NA", "           NA"),
        "\ufeff" + BACI_2021,
        BACI_2021.replace("\n", "\r\n"),
        BACI_2021.rstrip("\n"),
        BACI_2021.replace("t,i,j,k,v,q", '"t","i","j","k","v","q"').replace("854231", '"854231"'),
        BACI_2021.replace("NA", ""),
        "\n".join(",".join(line.split(",")[::-1]) for line in BACI_2021.splitlines()) + "\n",
        "\n".join(line + ",1" for line in BACI_2021.replace(",q", ",q,extra", 1).splitlines()).replace(",extra,1", ",extra"),
    ],
    ids=["blanks", "bom", "windows", "no last line end", "quotes", "empty quantity", "other order", "another column"],
)  # fmt: skip
def test_the_same_year_may_be_written_in_several_ways(tmp_path, text):
    assert flows_of(read(tmp_path, text), *COLUMNS) == FLOWS


def test_codes_written_as_numbers_throughout_get_their_zeros_back_and_it_is_said(tmp_path):
    trade = read(tmp_path, BACI_2021 + "2021,156,392,10121,1,1\n2021,156,392,30342,2,1\n")
    assert {code for (code,) in flows_of(trade, "product")} == {"854231", "810520", "271000", "010121", "030342"}
    assert trade.provenance.steps[1] == "product codes written as numbers: leading zeros of chapters 01 to 09 put back"


def test_codes_of_which_only_some_lost_their_zero_are_refused(tmp_path):
    broken(tmp_path, BACI_2021 + "2021,156,392,10121,1,1\n2021,156,392,030342,2,1\n",
           f"{NAME}: 1 product codes lost their leading zero (first '10121') and others kept it")  # fmt: skip


def test_years_that_differ_in_what_is_traded_are_one_table(tmp_path):
    raw = written(tmp_path / "raw")
    written(raw, BACI_2021.replace("271000", "999999"), 2022)
    trade = baci.read(raw, tmp_path / "out")
    assert trade.periods == (2021, 2022)
    assert {year for year, code in flows_of(trade, "period", "product") if code == "271000"} == {2021}
    assert trade.provenance.data_year == 2022
    assert baci.read(raw, tmp_path / "one", years=[2022]).periods == (2022,)
    refused(
        "has no year 2019; it has 2021, 2022", lambda: baci.read(raw, tmp_path / "no", years=[2019, 2022]), MissingData
    )


def test_progress_counts_the_years(tmp_path):
    written(tmp_path / "raw")
    told = []
    baci.read(written(tmp_path / "raw", year=2022), tmp_path / "out", progress=lambda *at: told.append(at))
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_a_code_of_the_release_that_is_no_economy_is_kept_as_unspecified(tmp_path):
    raw = written(tmp_path / "raw", BACI_2021 + "2021,810,392,854231,3,1\n")
    refused("i and j hold 810, which is no code of BACI's economies; put the file country_codes_V*.csv",
            lambda: baci.read(raw, tmp_path / "out"))  # fmt: skip
    (raw / "country_codes_V202401.csv").write_bytes(
        "country_code,country_name_abbreviation,country_name_full,iso_2digit_alpha,iso_3digit_alpha\n"
        "810,Fmr USSR,Former USSR,SU,SUN\n384,Côte d'Ivoire,Côte d'Ivoire,CI,CIV\n".encode("latin-1")
    )
    assert ("X-UNSPEC", 3.0) in flows_of(baci.read(raw, tmp_path / "out"), "exporter", "value")


def test_two_codes_that_are_one_economy_here_are_added_up(tmp_path):
    # 58 is Belgium-Luxembourg, 56 Belgium.
    more = "2021,56,392,854231,3,1\n2021,58,392,854231,4,NA\n"
    trade = read(tmp_path, BACI_2021 + more)
    assert ("BEL", 7.0, None) in flows_of(trade, "exporter", "value", "quantity")
    twice = written(tmp_path / "twice", BACI_2021 + more + "2021,56,392,854231,3,1\n")
    refused("1 flows stand there more than once (56 392 854231)", lambda: baci.read(twice, tmp_path / "no"))


def test_a_release_as_published_is_a_zip(tmp_path):
    archive = release(tmp_path / "BACI_HS17_V202401.zip", 2020, 2021, 2022)
    assert publisher_of(archive) == "baci"
    trade = read_flows(archive, tmp_path / "out", [2020, 2022])
    assert trade.periods == (2020, 2022)
    assert {row[1:] for row in flows_of(trade, "period", *COLUMNS)} == FLOWS
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "flows-2020.parquet",
        "flows-2022.parquet",
        "trade.json",
    ]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["BACI_HS17_V202401.zip", "out"]
    refused(
        "has no year 2019; it has 2020, 2021, 2022", lambda: read_flows(archive, tmp_path / "no", [2019]), MissingData
    )
    assert not (tmp_path / "no").exists()


def test_a_year_in_a_folder_of_the_zip_is_found(tmp_path):
    archive = zipped(tmp_path / "a.zip", {f"BACI_HS17_V202401/{NAME}": BACI_2021})
    assert flows_of(read_flows(archive, tmp_path / "out"), *COLUMNS) == FLOWS


# Broken


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (replaced(",v,", ",value,"), f"{NAME} has no column 'v'; its first line is 't,i,j,k,value,q', BACI has t,i,j,k,v,q"),
        (BACI_2021.replace(",", ";"), "columns are separated by commas"),
        (replaced("60.5", "many"), f"{NAME}, line 2: v is 'many', not a number; 1 such cells"),
        (replaced("60.5", '"1,060.5"'), f"{NAME}, line 2: v is '1,060.5', not a number (a thousands separator?)"),
        (replaced("60.5", "1,060.5"), f"{NAME} is no table (a line has more columns than the first; a thousands separator?)"),
        (BACI_2021.replace(",q", ",q,x").replace("60.5", "1,060.5"), f"{NAME}"),
        (replaced("60.5", "60.5 kg"), f"{NAME}, line 2: v is '60.5 kg', not a number"),
        (replaced("60.5", ""), f"{NAME}: v is empty in 1 rows (first in line 2); the file is incomplete, get it again"),
        (replaced("60.5", "NA"), f"{NAME}, line 2: v is 'NA', not a number"),
        (replaced("60.5", "-60.5"), "1 values of value are negative (CHN to DEU, 854231: -60.5)"),
        (replaced("60.5", "1e12"), "1 values of value are larger than 1e+09 (CHN to DEU, 854231: 1e+12)"),
        (replaced("60.5", "inf"), "1 values of value are not finite numbers"),
        (replaced("156", "1156"), "i and j hold 1156, which is no code of BACI's economies"),
        (replaced("156", "CHN"), f"{NAME}, line 2: i is 'CHN', not a number"),
        (replaced("156", ""), f"{NAME}: i is empty in 1 rows (first in line 2)"),
        (replaced("854231", "854151", 1), f"{NAME}: 1 of 3 product codes are not in HS17 (854151); all of them are in HS22"),
        (replaced("854231", "854140", 1).replace("810520", "854151"), "854151 is in HS22), so revisions are mixed"),
        (replaced("854231", "8542", 1), "1 product codes do not have 6 digits (8542)"),
        (replaced("854231", "85SSSS", 1), "hold something else than digits ('85SSSS')"),
        (BACI_2021 + "2021,156,276,854231,60.5,1.25\n", "1 flows stand there more than once (CHN DEU 854231 2021)"),
        (replaced("2021,516", "2020,516"), f"{NAME}: t holds 2020, 2021, the name says 2021"),
        (BACI_2021[:-10], f"{NAME} ends in the middle of a line ('2021,682,392,27100'); get it again"),
        (BACI_2021[: BACI_2021.index("\n") + 1], f"{NAME} has no rows; get it again"),
        ("", f"{NAME} has no column 't'"),
        (BACI_2021.encode("utf-16"), f"{NAME} is not UTF-8 text; is it the CSV file as published?"),
    ],
)  # fmt: skip
def test_a_broken_year_is_refused_and_leaves_nothing(tmp_path, text, sentence):
    broken(tmp_path, text, sentence)


def test_a_broken_second_year_leaves_the_former_trade_as_it_was(tmp_path):
    raw = written(tmp_path / "raw", year=2020)
    baci.read(raw, tmp_path / "out")
    before = {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()}
    written(raw, year=2021)
    written(raw, replaced("60.5", "many"), year=2022)
    refused("line 2: v is 'many'", lambda: baci.read(raw, tmp_path / "out"))
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == before


def test_files_that_do_not_belong_together_are_refused(tmp_path):
    raw = written(tmp_path / "raw")
    written(raw, version="202501")
    refused(f"holds 2021 twice ({NAME}, BACI_HS17_Y2021_V202501.csv); keep one release of it",
            lambda: baci.read(raw, tmp_path / "out"))  # fmt: skip
    written(tmp_path / "two")
    written(tmp_path / "two", year=2022, revision="HS92")
    refused("holds 2 revisions of the HS (HS17, HS92); keep each in a folder of its own",
            lambda: baci.read(tmp_path / "two", tmp_path / "out"))  # fmt: skip


def test_a_renamed_file_is_known_by_its_columns_and_its_name_asked_for(tmp_path):
    (tmp_path / "trade2021.csv").write_text(BACI_2021)
    assert publisher_of(tmp_path / "trade2021.csv") == "baci"
    refused("revision and year are read from the name, which is like BACI_HS17_Y2021_V202401.csv",
            lambda: read_flows(tmp_path / "trade2021.csv", tmp_path / "out"), MissingData)  # fmt: skip
    assert not (tmp_path / "out").exists()


def test_what_is_nobodys_layout_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    refused(
        "has the layout of none of oecd-icio, figaro, wiod-2013, baci, comext", lambda: publisher_of(tmp_path / "a.csv")
    )
    refused("has the layout of none of", lambda: publisher_of(tmp_path))
    refused("there is no file", lambda: publisher_of(tmp_path / "absent"), MissingData)


# The cache


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("INTERDEP_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_the_same_files_are_converted_once_and_changed_ones_again(tmp_path, cache):
    raw = written(tmp_path / "raw")
    told: list[tuple[int, int]] = []
    first = cached_flows(raw, None, lambda *at: told.append(at))
    assert told
    told.clear()
    assert cached_flows(raw, None, lambda *at: told.append(at)).files == first.files
    assert told == []
    written(raw, BACI_2021.replace("60.5", "160.5"))
    assert ("CHN", 160.5) in flows_of(cached_flows(raw), "exporter", "value")
    assert sorted(p.name for p in (cache / "trade").iterdir() if p.name.startswith(".")) == []


def test_a_cache_for_reading_only_serves_what_is_in_it(tmp_path, cache, monkeypatch):
    raw = written(tmp_path / "raw")
    first = cached_flows(raw)

    def no_lock(target: Path):
        raise AssertionError(f"{target} was to be locked, which writes beside it")

    monkeypatch.setattr("interdep.sources.cache.lock", no_lock)
    assert cached_flows(raw).files == first.files


def test_two_processes_that_convert_at_once_do_the_work_once(tmp_path, cache):
    raw = written(tmp_path / "raw")
    for year in range(2017, 2021):
        written(raw, year=year)
    code = (
        "import sys\nfrom pathlib import Path\nfrom interdep.sources.opening import cached_flows\n"
        "print(sys.stdin.readline().strip(), flush=True)\n"
        "told = []\ntrade = cached_flows(Path(sys.argv[1]), None, lambda *at: told.append(at))\n"
        "print(len(trade.scan().collect()), bool(told))\n"
    )  # fmt: skip
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(raw)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60)[0].split()[1:] for process in started]
    assert sorted(answers) == [["20", "False"], ["20", "True"]]
    (folder,) = (cache / "trade").iterdir()
    assert not [p.name for p in folder.iterdir() if p.name.startswith(".")]
