"""The workbook: numbers as numbers, text never a formula, names Excel takes, units, sources; equal bytes for equal input."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import polars as pl
import pytest

from interdep.briefing import xlsx
from interdep.briefing.xlsx import sheet_names, workbook
from interdep.errors import InputError
from interdep.tables import Table
from made_documents import losses

WHEN = datetime(2026, 1, 2, tzinfo=UTC)
EVIL = [
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3",
    "+1",
    '=HYPERLINK("http://x.y")',
    "{=1}",
    "http://x.y",
    "007",
    "_x0041_",
]


def table(
    name: str = "loss", columns: dict[str, Any] | None = None, units: dict[str, str] | None = None, **more: Any
) -> Table:
    frame = pl.DataFrame(columns or {"economy": ["DEU"], "v": [1.0]})
    return Table(name, frame, ("economy",), units or {"v": "mn USD (2014)"}, **more)


def opened(made: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(made))


def parts(made: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        return {name: packed.read(name).decode("utf-8") for name in packed.namelist()}


def test_a_sheet_holds_title_names_units_and_the_rows_as_they_are():
    sheet = opened(workbook([losses()], {}, WHEN))["loss"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "Value added lost"
    assert rows[1] == ["model", "scenario", "economy", "loss_share"]
    assert rows[2] == [None, None, None, "fraction of yearly value added"]
    assert rows[3:] == [
        ["leontief", "stop", "DEU", 0.019],
        ["leontief", "stop", "FRA", 0.011],
        ["leontief", "stop", "JPN", 0.016],
    ]
    assert sheet.freeze_panes == "B4"
    assert sheet["D4"].data_type == "n"


def test_every_kind_of_value_stays_what_it_is_and_missing_stays_empty():
    columns = {
        "economy": ["a", "b", "c", "d"], "v": [1.5, None, float("nan"), float("-inf")], "n": [2**60, -3, 0, None],
        "yes": [True, False, None, True], "day": [date(2022, 5, 12), None, None, None],
    }  # fmt: skip
    units = {"v": "mn USD", "n": "count", "yes": "", "day": ""}
    sheet = opened(workbook([table(columns=columns, units=units)], {}, WHEN))["loss"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert rows == [
        ["a", 1.5, str(2**60), True, datetime(2022, 5, 12)],
        ["b", None, -3, False, None],
        ["c", "nan", 0, None, None],
        ["d", "-inf", None, True, None],
    ]


def test_no_text_is_ever_a_formula_a_number_or_a_link():
    more: dict[str, Any] = {"title": EVIL[0]}
    made = workbook(
        [table(EVIL[0], {"economy": EVIL, "v": [1.0] * len(EVIL)}, **more)], {EVIL[0]: EVIL[4], "Title": EVIL[0]}, WHEN
    )
    inside = parts(made)
    assert not any("<f>" in text or "<f " in text for text in inside.values())
    assert not any('TargetMode="External"' in text for text in inside.values())
    assert "_x005F_x0041_" in inside["xl/sharedStrings.xml"]
    book = opened(made)
    sheet = book.worksheets[1]
    cells = [sheet.cell(row, 1) for row in range(4, 4 + len(EVIL))]
    assert [cell.value.replace("_x005F", "") for cell in cells] == EVIL
    assert all(cell.data_type == "s" for cell in cells)
    assert [cell.quotePrefix for cell in cells[:5]] == [True] * 5  # stays text when edited
    assert book["Contents"]["A1"].data_type == book["Contents"]["B1"].data_type == "s"


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["x" * 40, "X" * 40, "x" * 31], ["x" * 31, "X" * 29 + "~2", "x" * 29 + "~3"]),
        (["a/b:c*?[d]\\e", "contents", "Sources", "History"], ["a_b_c__" + "_d__e", "contents~2", "Sources~2", "History~2"]),
        (["'quoted'", "", "供給停止による付加価値の損失・国と地域別・産業別・品目別の一覧表"],
         ["quoted", "table", "供給停止による付加価値の損失・国と地域別・産業別・品目別の一覧表"[:31]]),
        (["😀" * 20], ["😀" * 15]),
    ],
)  # fmt: skip
def test_sheet_names_are_cut_cleaned_and_unique_whatever_their_case(names, shown):
    assert sheet_names(names) == shown
    assert workbook([table(name) for name in names], {}, WHEN)


def test_the_contents_name_every_sheet_and_link_to_it():
    made = workbook(
        [losses(), table("second", title="The other's")], {"Title": "Europe and Japan", "Run": "0123"}, WHEN
    )
    book = opened(made)
    sheet = book["Contents"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[:2] == [["Title", "Europe and Japan", None, None], ["Run", "0123", None, None]]
    assert rows[3:6] == [
        ["Sheet", "What it holds", "Rows", "Data year"],
        ["loss", "Value added lost", 3, 2014],
        ["second", "The other's", 1, None],
    ]
    assert re.findall(r'<hyperlink [^>]*location="([^"]*)"', parts(made)["xl/worksheets/sheet1.xml"]) == [
        "'loss'!A1", "'second'!A1",
    ]  # fmt: skip
    assert book.sheetnames == ["Contents", "loss", "second", "Sources"]


def test_sources_stand_with_licence_address_and_what_computed_them():
    rows = [[cell.value for cell in row] for row in opened(workbook([losses()], {}, WHEN))["Sources"].iter_rows()]
    assert rows[0][:4] == ["Sheet", "Source", "Year", "Licence"]
    assert rows[1][:5] == [
        "loss", "World Input-Output Database, release 2016", 2014, "CC BY 4.0", "https://www.rug.nl/ggdc/valuechain/wiod/",
    ]  # fmt: skip
    assert re.fullmatch(r"interdep \d+\.\d+\.\d+.*, method \d+", str(rows[1][6]))


def test_the_marking_stands_on_every_printed_sheet_and_its_ampersand_is_no_code():
    book = opened(workbook([losses()], {"Marking": "R&D only"}, WHEN))
    assert [sheet.oddHeader.center.text for sheet in book.worksheets] == ["R&&D only"] * 3
    assert {sheet.page_setup.paperSize for sheet in book.worksheets} == {9}


def test_the_same_time_gives_the_same_bytes(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(WHEN.timestamp())))
    assert workbook([losses()], {"Title": "T"}) == workbook([losses()], {"Title": "T"}, WHEN)


def test_what_a_sheet_or_a_cell_cannot_hold_is_refused(monkeypatch):
    with pytest.raises(
        InputError, match=r"sheet 'loss', row 4, column 1: the text has 40,000 signs and a cell holds 32,767"
    ):
        workbook([table(columns={"economy": ["x" * 40_000], "v": [1.0]})], {}, WHEN)
    monkeypatch.setattr(xlsx, "MOST_ROWS", 5)
    with pytest.raises(InputError, match=r"table 'loss' has 3 rows and 4 columns; a sheet holds 2"):
        workbook([losses()], {}, WHEN)


def test_long_names_of_plans_are_cut_by_words_and_the_table_s_own_name_stays_whole():
    vote, other = "russian-oil-ban-EU27-unanimity", "russian-oil-ban-EU27-qmv-reinforced"
    names = [f"{vote}_stances", f"{vote}_carve_outs", f"{other}_stances", f"{other}_carve_outs", "rare-earths_measures"]
    assert sheet_names(names) == [
        "russian-oil-ban-EU27_stances", "russian-oil-ban-EU27_carve_outs", "russian-oil-ban_stances",
        "russian-oil-ban_carve_outs", "rare-earths_measures",
    ]  # fmt: skip
    assert sheet_names(["a-long-name-of-a-plan-one_measures", "a-long-name-of-a-plan-two_measures"]) == [
        "a-long-name-of-a-plan_measures", "a-long-name-of-a_measures",
    ]  # fmt: skip
    three = [f"eu-goods-stop-{'x' * 20}-{k}_coalition_transfers" for k in range(3)]
    assert sheet_names(three) == [
        "eu-goods_coalition_transfers", "eu-goods~2_coalition_transfers", "eu-goods~3_coalition_transfers",
    ]  # fmt: skip


def test_the_contents_in_japanese():
    book = opened(workbook([losses()], {"Title": "日EU", "Run": "0123"}, WHEN, "ja"))
    rows = [[cell.value for cell in row] for row in book["Contents"].iter_rows()]
    assert rows[:2] == [["表題", "日EU", None, None], ["計算", "0123", None, None]]
    assert rows[3] == ["シート", "内容", "行数", "データ年"]
    assert rows[4][0] == "loss"
