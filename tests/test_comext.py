"""The reader of Comext: bulk files old and new and SDMX-CSV become a Trade; what would count twice is refused."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from interdep import MissingData
from interdep.sources import comext
from interdep.sources.opening import publisher_of, read_flows
from interdep.trade import Trade
from made_trades import COMEXT, COMEXT_OLD, COMEXT_SDMX, flows_of, refused
from made_trades import comext as written
from made_worlds import shared

COLUMNS = ("exporter", "importer", "product", "value", "quantity")


def read(folder: Path, text: str = COMEXT, name: str = "full_202152.dat") -> Trade:
    return comext.read(written(folder, text, name))


def replaced(old: str, new: str, text: str = COMEXT, count: int = -1) -> str:
    assert old in text
    return text.replace(old, new, count)


# The layouts


def test_a_bulk_file_is_read_with_procedures_added_up(tmp_path):
    trade = read(tmp_path)
    assert flows_of(trade, *COLUMNS) == {
        ("CHN", "DEU", "85423111", 1500.0, 3.0),  # two statistical procedures
        ("NLD", "DEU", "85423111", 300.0, 0.1),  # what Germany says, not the 290 of the Netherlands
        ("NLD", "USA", "85423190", 40.0, 0.03),
        ("X-CONF", "GRC", "25041000", 70.0, None),
        ("NAM", "GRC", "25041000", 9.0, 0.5),
    }
    assert (trade.name, trade.classification, trade.digits) == ("comext-2021", "CN8", 8)
    assert (trade.value_unit, trade.quantity_unit) == ("EUR (current prices)", "t")
    assert trade.valuation == "imports cif, exports fob"
    assert trade.products == ("25041000", "85423111", "85423190")
    assert trade.provenance.steps == ("read from full_202152.dat",)
    assert (trade.incomplete, trade.notes, trade.moded) == ({}, (), False)


def test_every_reporter_is_complete_in_the_directions_that_the_file_has(tmp_path):
    both = read(tmp_path)
    assert both.reporters == both.sellers == ("DEU", "GRC", "NLD")
    imports = read(tmp_path, "".join(line for line in COMEXT.splitlines(True) if ",16,2,1," not in line))
    assert (imports.reporters, imports.sellers, imports.valuation) == (("DEU", "GRC"), (), "cif")
    exports = read(
        tmp_path, "".join(line for line in COMEXT.splitlines(True) if "05,1,1" not in line and ",16,1," not in line)
    )
    assert (exports.reporters, exports.sellers) == ((), ("NLD",))
    assert flows_of(exports, "exporter", "importer", "value") == {("NLD", "DEU", 290.0), ("NLD", "USA", 40.0)}


def test_the_layout_of_former_years_is_read_as_well(tmp_path):
    trade = read(tmp_path, COMEXT_OLD, "full201152.dat")
    assert flows_of(trade, *COLUMNS) == {
        ("CHN", "DEU", "85423111", 1000.0, 2.0), ("NAM", "GRC", "01012100", 9.0, 0.5),
    }  # fmt: skip
    assert trade.periods == (2011,)


def test_the_service_gives_indicators_by_row_and_flags_what_is_withheld(tmp_path):
    trade = read(tmp_path, COMEXT_SDMX, "ds-045409.csv")
    assert flows_of(trade, *COLUMNS) == {
        ("RUS", "DEU", "2709", 8000.0, 20.0), ("NOR", "DEU", "2709", None, None), ("KAZ", "DEU", "2709", 0.0, None),
    }  # fmt: skip
    assert (trade.classification, trade.digits) == ("HS17", 4)
    assert trade.notes == (
        "reporters that are sums of others left out: EU27_2020", "partners that are sums of others left out: WORLD",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "factor"), [("QUANTITY_IN_KG", 0.001), ("QUANTITY_IN_100KG", 0.1), ("QUANTITY_IN_TONS", 1)]
)
def test_quantities_are_tonnes_whatever_the_indicator(tmp_path, code, factor):
    trade = read(tmp_path, COMEXT_SDMX.replace("QUANTITY_IN_100KG", code), "a.csv")
    (quantity,) = {q for e, q in flows_of(trade, "exporter", "quantity") if e == "RUS"}
    assert quantity == pytest.approx(200 * factor)


def test_other_separators_a_bom_and_windows_lines_make_no_difference(tmp_path):
    expected = flows_of(read(tmp_path))
    for place, text in enumerate(
        (COMEXT.replace(",", ";"), COMEXT.replace(",", "\t"), "\ufeff" + COMEXT.replace("\n", "\r\n"))
    ):
        assert flows_of(read(tmp_path, text, f"{place}.dat")) == expected
        assert publisher_of(tmp_path / f"{place}.dat") == "comext"


# Partners


@pytest.mark.parametrize(
    ("code", "economy"),
    [("QX", "X-CONF"), ("QY", "X-CONF-EU"), ("QZ", "X-CONF"), ("QU", "X-UNSPEC"), ("QV", "X-UNSPEC-EU"), ("QW", "X-UNSPEC"),
     ("QP", "X-STORES"), ("QQ", "X-STORES"), ("XS", "SRB"), ("XK", "XKX"), ("XC", "X-UNSPEC"), ("XI", "GBR"), ("EL", "GRC"),
     ("GR", "GRC"), ("NA", "NAM"), ("GB", "GBR")],
)  # fmt: skip
def test_a_partner_is_an_economy_or_a_category_and_never_dropped(tmp_path, code, economy):
    trade = read(tmp_path, replaced("DE,CN,E", f"DE,{code},E"))
    assert (economy, "DEU", 1500.0) in flows_of(trade, "exporter", "importer", "value")


def test_categories_that_are_one_here_are_added_up_in_their_place(tmp_path):
    row = "EL,QX,E,25041000,27822,0899,0899,111,221110,05,1,1,NO_SU,202152,70,70,,0\n"
    trade = read(tmp_path, COMEXT + row.replace("QX", "QZ").replace("70", "30"))
    assert ("X-CONF", 100.0) in flows_of(trade, "exporter", "value")


def test_northern_ireland_is_a_partner_and_no_reporter(tmp_path):
    row = "XI,FR,I,85423111,77641,2611,2611,420,322110,16,1,1,PST,202152,5,5,5,5\n"
    trade = read(tmp_path, COMEXT + row)
    assert "GBR" not in trade.reporters
    assert trade.notes == ("rows reported by XI (Northern Ireland) left out",)


def test_one_economy_under_two_spellings_is_told_twice_and_refused(tmp_path):
    row = "DE,EL,I,85423111,77641,2611,2611,420,322110,16,1,1,PST,202152,5,5,5,5\n"
    refused("rows stand there more than once", lambda: read(tmp_path, COMEXT + row + row.replace("EL", "GR")))


# Products


def test_products_withheld_by_letters_are_said_with_their_worth(tmp_path):
    rows = "DE,CN,E,85SSSSSS,,,,,,16,1,1,PST,202152,2000000,,,\nDE,CN,E,99RRR100,,,,,,16,1,1,PST,202152,1500000,,,\n"
    # The same withheld code may have several rows, which differ by other nomenclatures.
    rows += "DE,CN,E,85SSSSSS,1,,,,,16,1,1,PST,202152,500000,,,\n" + "DE,CN,E,TOTAL,,,,,,16,1,1,PST,202152,9000000,,,\n"
    trade = read(tmp_path, COMEXT + rows)
    assert flows_of(trade) == flows_of(read(tmp_path))
    assert trade.notes == (
        "4.0 mn EUR stand under codes withheld for confidentiality (chapters 85, 99) and are in no product",
    )  # fmt: skip


def test_eight_digits_roll_up_to_six(tmp_path):
    rolled = read(tmp_path).rolled_up(6)
    assert rolled.classification == "HS17"
    assert ("CHN", "DEU", "854231", 1500.0) in flows_of(rolled, "exporter", "importer", "product", "value")
    assert set(rolled.parts) == {"854231"}


def test_a_file_of_nearly_all_chapters_is_the_whole_nomenclature(tmp_path):
    row = "DE,CN,E,{0:02}010000,77641,2611,2611,420,322110,16,1,1,PST,202152,5,5,5,5\n"
    some, most = ("".join(row.format(n) for n in range(1, last)) for last in (60, 97))
    assert read(tmp_path, COMEXT + some).products is not None
    assert read(tmp_path, COMEXT + most).products is None


def test_lengths_that_differ_are_refused(tmp_path):
    refused("mixes product codes of 7, 8 digits (first '1012100'): a leading zero was lost; keep one length",
            lambda: read(tmp_path, COMEXT_OLD.replace("01012100", "1012100")))  # fmt: skip
    refused("mixes product codes of 4, 6 digits (first '2709'): sums over finer codes would be counted twice",
            lambda: read(tmp_path, replaced("KZ,2709", "KZ,270900", COMEXT_SDMX)))  # fmt: skip


# Years and months


def test_months_are_added_up_and_a_year_of_fewer_is_said_to_be_incomplete(tmp_path):
    files = [
        written(tmp_path, COMEXT.replace("202152", f"2021{m:02}"), f"full_v2_2021{m:02}.dat") for m in range(1, 13)
    ]
    whole = comext.read(files)
    assert ("CHN", "DEU", 12 * 1500.0) in flows_of(whole, "exporter", "importer", "value")
    assert whole.incomplete == {}
    assert whole.provenance.steps == ("read from 12 files from full_v2_202101.dat",)
    part = comext.read(files[:5])
    assert (part.incomplete, part.notes) == ({"": (2021,)}, ("2021 has 5 of 12 months",))
    assert {r["thin"] for r in part.coverage(["DEU"]).to_rows()} == {"months are missing"}


def test_a_folder_of_months_and_years_is_one_table(tmp_path):
    for year in (2018, 2019):
        written(tmp_path / "raw", COMEXT.replace("2021", str(year)), f"full_{year}52.dat")
    (tmp_path / "raw" / "readme.pdf").write_bytes(b"%PDF")
    trade = read_flows(tmp_path / "raw", tmp_path / "out")
    assert (trade.name, trade.periods) == ("comext-2018-2019", (2018, 2019))
    assert read_flows(tmp_path / "raw", tmp_path / "one", [2019]).periods == (2019,)
    refused(
        "the file has no year 2020; it has 2018, 2019",
        lambda: read_flows(tmp_path / "raw", tmp_path / "no", [2020]),
        MissingData,
    )
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize("period", ["2021", "202152", "2021-52"])
def test_a_year_may_be_written_in_three_ways_and_counts_once(tmp_path, period):
    other = replaced("202152", period)
    assert read(tmp_path, other).periods == (2021,)
    both = COMEXT + "".join(other.splitlines(True)[1:])
    refused("rows stand there more than once (first DE CN 85423111", lambda: read(tmp_path, both))


def test_a_year_and_its_months_are_refused(tmp_path):
    months = COMEXT + "".join(replaced("202152", "202103").splitlines(True)[1:])
    refused("has 2021 by month and as a whole year; adding them counts twice", lambda: read(tmp_path, months))


@pytest.mark.parametrize("period", ["21", "202113", "2021Q1", "Mar. 2021", ""])
def test_a_period_that_is_none_is_refused(tmp_path, period):
    refused("write 2021, 202103, 2021-03 or 202152", lambda: read(tmp_path, replaced("202152", period, count=1)))


# What would count twice


def test_overlapping_files_are_refused_whatever_their_layout(tmp_path):
    first, again = written(tmp_path), written(tmp_path, name="again.dat")
    refused("rows stand there more than once (first ", lambda: comext.read([first, again]))
    short = "REPORTER,PARTNER,PRODUCT,FLOW,PERIOD,VALUE_IN_EUROS\nDE,CN,85423111,1,2021,1500\n"
    refused("overlapping files repeat rows, read each only once",
            lambda: comext.read([first, written(tmp_path, short, "short.csv")]))  # fmt: skip


def test_the_sum_of_procedures_is_not_added_to_its_parts(tmp_path):
    summed = "DE,CN,E,85423111,77641,2611,2611,420,322110,16,1,4,PST,202152,1500,1500,3000,55\n"
    trade = read(tmp_path, COMEXT + summed)
    assert ("CHN", "DEU", 1500.0) in flows_of(trade, "exporter", "importer", "value")
    assert trade.notes == ("statistical procedures other than 4, their sum, left out",)


# Modes of transport

MODES = """\
REPORTER,PARTNER,PRODUCT,FLOW,PERIOD,TRANSPORT_MODE,VALUE_IN_EUROS,QUANTITY_IN_100KG
HU,RU,2709,1,202152,7,900,30
HU,RU,2709,1,202152,1,100,3
HU,RU,2709,1,202152,0,5,1
HU,RU,2709,1,202152,,6,1
"""


def test_modes_of_transport_are_kept_apart_and_named(tmp_path):
    trade = read(tmp_path, MODES.replace(",,6,1", ",8,6,1"), "modes.csv")
    assert trade.moded
    assert flows_of(trade, "mode", "value") == {
        ("pipeline", 900.0), ("sea", 100.0), ("unknown", 5.0), ("inland waterway", 6.0),
    }  # fmt: skip
    unknown = read(tmp_path, MODES.replace(",0,5,1", ",3,5,1"), "empty.csv")
    assert ("unknown", 6.0) in flows_of(unknown, "mode", "value")
    refused("rows stand there more than once", lambda: read(tmp_path, MODES, "twice.csv"))
    refused(
        "mode of transport 'ship' is none of 0, 1, 2",
        lambda: read(tmp_path, MODES.replace(",7,", ",ship,").replace(",,6,1", ",8,6,1"), "bad.csv"),
    )


def test_files_with_and_without_modes_are_not_mixed(tmp_path):
    files = [
        written(tmp_path, MODES.replace(",,6,1", ",8,6,1"), "modes.csv"),
        written(tmp_path, COMEXT_SDMX, "plain.csv"),
    ]
    refused("some files tell the mode of transport and others do not", lambda: comext.read(files))


# Broken


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (replaced("VALUE_EUR", "VALUE_USD"), "full_202152.dat has no column for value (VALUE_IN_EUROS or VALUE_EUR)"),
        (replaced("PARTNER,", "ORIGIN,"), "full_202152.dat has no column for partner (PARTNER_ISO or PARTNER or partner)"),
        (replaced(",1000,1000,2000", ',"1,000",1000,2000'), "line 2: value is '1,000', not a number (a thousands separator?)"),
        (replaced(",1000,1000,2000", ",1,000,1000,2000"), "is no table (a line has more columns than the first; a thousands"),
        (replaced(",1000,1000,2000", ",1000,1000,2t"), "line 2: kilograms is '2t', not a number"),
        (replaced(",300,300,100", ",-300,300,100"), "comext-2021: 1 values of value are negative (NLD to DEU, 85423111: -300)"),
        (replaced("DE,CN", "DE,ZZ"), "full_202152.dat, partner: unknown economy 'ZZ'"),
        (replaced("EL,QX", "UK,QX"), "full_202152.dat, reporter: unknown economy 'UK'; did you mean 'GBR'?"),
        (replaced(",16,1,1,", ",16,3,1,"), "full_202152.dat: flow is '3'; 1 is import and 2 export"),
        (COMEXT[:-40], "full_202152.dat ends in the middle of a line"),
        (COMEXT[: COMEXT.index("\n") + 1], "full_202152.dat has no rows; get it again"),
        ("".join(COMEXT_SDMX.splitlines(True)[i] for i in (0, 7)), "every reporter is a sum (EU27_2020); get the data by single"),
        ("".join(COMEXT_SDMX.splitlines(True)[i] for i in (0, 2)), "and no value; ask the service for VALUE_IN_EUROS as well"),
        ("".join(COMEXT_SDMX.splitlines(True)[i] for i in (0, 1, 1)), "rows stand there more than once (first DE RU 2709 1"),
        ("".join(COMEXT_SDMX.splitlines(True)[i].replace("2709", "TOTAL") for i in (0, 1)), "has no product codes, only totals"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused(tmp_path, text, sentence):
    refused(sentence, lambda: read(tmp_path, text))


def test_no_file_or_one_that_is_not_there(tmp_path):
    refused("no Comext file is named", lambda: comext.read([]))
    refused("cannot read", lambda: comext.read(tmp_path / "absent.dat"), MissingData)
    (tmp_path / "a.7z").write_bytes(b"7z\xbc\xaf\x27\x1c\xff\xfe")
    refused("a.7z is not UTF-8 text; unpack it first, and give the text file", lambda: comext.read(tmp_path / "a.7z"))


# The publisher's own figures


def test_critical_materials_come_to_the_totals_that_are_published_with_them():
    trade = comext.read(shared("data/trade/eu27_comext_critical_inputs_cn8_2022_2024.csv"))
    members = list(trade.reporters)
    assert len(members) == 27
    total = trade.scan().group_by("period").agg(
        all=pl.col("value").sum() / 1e9,
        outside=pl.col("value").filter(~pl.col("exporter").cast(pl.String).is_in(members)).sum() / 1e9,
    )  # fmt: skip
    found = {year: (every, outside) for year, every, outside in total.collect().iter_rows()}
    for year, expected in {2022: (24.3, 14.2), 2023: (20.6, 11.8), 2024: (17.2, 9.7)}.items():
        assert found[year] == pytest.approx(expected, abs=0.05)
    assert len(trade.products or ()) == 66
