"""Tables as one Excel workbook: a sheet a table with units, a contents sheet, a sheet of sources; text is never a formula."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from interdep.briefing.moment import moment
from interdep.errors import InputError

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from interdep.tables import Table

CONTENTS, SOURCES = "Contents", "Sources"
LONGEST_NAME, LONGEST_TEXT, MOST_ROWS, MOST_COLUMNS = 31, 32_767, 1_048_576, 16_384
"""What Excel holds: signs of a sheet's name, of a cell; rows and columns of a sheet."""

JAPANESE = {
    "Title": "表題", "Marking": "取扱区分", "Partnership": "パートナーシップ", "Run": "計算", "Table": "産業連関表",
    "Version": "版", "Sheet": "シート", "What it holds": "内容", "Rows": "行数", "Data year": "データ年",
    "What each table rests on: publications, licences, steps": "各表の典拠：出典、ライセンス、手順",
}  # fmt: skip
"""The words of the contents sheet in Japanese; names and titles of tables are those of the data."""

HEAD = 3
"""Rows above the data: title, column names, units."""

WHOLE = 2**53
"""Whole numbers beyond this lose digits as Excel's numbers, so they are written as text."""

STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is marked as text, also for whoever edits it or saves the sheet as CSV."""


def workbook(
    tables: Iterable[Table], about: Mapping[str, str], when: datetime | None = None, lang: str = "en"
) -> bytes:
    """The tables as the bytes of an .xlsx file; equal input and time give equal bytes.

    about: what the contents sheet says first ({"Title": ..., "Marking": ..., "Run": ...}; "Title" and "Marking" also
    stand in the file's properties and at the head of printed sheets); when: the time the file bears, by default
    SOURCE_DATE_EPOCH or now; lang: "ja" for a contents sheet in Japanese. Raises InputError where a table is larger than a sheet.
    """
    import xlsxwriter

    tables = list(tables)
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False},
    )
    made = _Book(book, about.get("Marking", ""), JAPANESE if lang == "ja" else {})
    book.set_properties({
        "title": about.get("Title", "")[:255], "comments": about.get("Marking", "")[:255], "author": "interdep",
        "created": moment(when).replace(tzinfo=None),
    })  # fmt: skip
    names = sheet_names([table.name for table in tables])
    made.contents(about, list(zip(names, tables, strict=True)))
    for name, table in zip(names, tables, strict=True):
        made.table(name, table)
    made.sources(list(zip(names, tables, strict=True)))
    book.close()
    return target.getvalue()


def sheet_names(names: Iterable[str]) -> list[str]:
    """Names Excel accepts, each once whatever its case: forbidden signs replaced, cut to 31 signs, numbered where equal.

    Of the tables of one plan or vote ("russian-oil-ban-EU27-unanimity_stances"), what they are of is cut, by words, as far as the
    longest of them needs ("russian-oil-ban-EU27_stances"), and the table's own name stays whole.
    """
    taken, found = {CONTENTS.casefold(), SOURCES.casefold(), "history"}, []
    for name in _shortened(list(names)):
        plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "_", name).strip("'").strip() or "table"
        shown, number = _cut(plain, ""), 1
        while shown.casefold() in taken:
            number += 1
            shown = _cut(plain, f"~{number}")
        taken.add(shown.casefold())
        found.append(shown)
    return found


def _shortened(names: list[str]) -> list[str]:
    """The names, with what stands before the first "_" cut by words where a name that begins so is too long for a sheet."""
    ends: dict[str, list[str]] = {}
    for name in names:
        before, _, end = name.partition("_")
        ends.setdefault(before, []).append(end)
    shown: dict[str, str] = {}
    taken = {before.casefold() for before in ends}
    for before, each in ends.items():
        room = LONGEST_NAME - len("_") - max(map(_signs, each))
        if _signs(before) > room and all(each):
            fits = (s for s in _shorter(before) if _signs(s) <= room and s.casefold() not in taken)
            shown[before] = next(fits, before)
            taken.add(shown[before].casefold())
    return [shown.get(before, before) + mark + end for before, mark, end in (name.partition("_") for name in names)]


def _shorter(name: str) -> Iterator[str]:
    """A name with fewer and fewer of its words; numbered where another one is cut to the same."""
    words = name.split("-")
    for kept in range(len(words) - 1, 0, -1):
        yield "-".join(words[:kept])
        yield from ("-".join(words[:kept]) + f"~{number}" for number in range(2, 100))


def _signs(name: str) -> int:
    """How long a name is as Excel counts (UTF-16)."""
    return len(name.encode("utf-16-le")) // 2


def _cut(name: str, ending: str) -> str:
    """A name of at most 31 signs as Excel counts them (UTF-16), with an ending."""
    while _signs(name + ending) > LONGEST_NAME:
        name = name[:-1]
    return (name + ending).strip("'")


class _Book:
    """A workbook being written: its formats, and each kind of sheet."""

    def __init__(self, book: Any, marking: str, words: Mapping[str, str]):
        self.book, self.marking, self.words = book, marking, words
        line = {"valign": "top", "quote_prefix": True}
        self.title: Format = book.add_format({"bold": True, "font_size": 13, **line})
        self.head: Format = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, **line})
        self.unit: Format = book.add_format({"italic": True, "font_color": "#4A5568", "text_wrap": True, **line})
        self.text: Format = book.add_format({"valign": "top"})
        self.quoted: Format = book.add_format(line)
        self.wrapped: Format = book.add_format({"text_wrap": True, **line})
        self.link: Format = book.add_format({"font_color": "#1F4E8C", "underline": 1, "valign": "top"})
        self.number: Format = book.add_format({"num_format": "General", "valign": "top"})
        self.day: Format = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        self.time: Format = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "valign": "top"})

    def sheet(self, name: str) -> Worksheet:
        """A new sheet, printed on A4 across with the marking at head and foot."""
        sheet = self.book.add_worksheet(name)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        if self.marking:
            marking = self.marking[:200].replace("&", "&&")  # "&" begins a code in Excel's headers
            sheet.set_header(f"&C{marking}")
            sheet.set_footer(f"&L{marking}&R&P / &N")
        else:
            sheet.set_footer("&L&A&R&P / &N")
        return sheet

    def contents(self, about: Mapping[str, str], tables: list[tuple[str, Table]]) -> None:
        """What the file is about, and a line for every sheet."""
        sheet = self.sheet(CONTENTS)
        row = 0
        for label, said in about.items():
            self.write(sheet, row, 0, self.words.get(label, label), self.head if label == "Title" else self.quoted)
            self.write(sheet, row, 1, said, self.title if label == "Title" else self.wrapped)
            row += 1
        row += 1
        for place, label in enumerate(("Sheet", "What it holds", "Rows", "Data year")):
            sheet.write_string(row, place, self.words.get(label, label), self.head)
        for name, table in tables:
            row += 1
            target = f"internal:'{name.replace(chr(39), chr(39) * 2)}'!A1"
            if sheet.write_url(row, 0, target, self.link, name) < 0:
                self.write(sheet, row, 0, name, self.quoted)
            self.write(sheet, row, 1, table.title or table.name, self.wrapped)
            self.write(sheet, row, 2, len(table.frame), self.number)
            self.write(sheet, row, 3, table.provenance.data_year, self.number)
        row += 1
        self.write(sheet, row, 0, SOURCES, self.quoted)
        rests = "What each table rests on: publications, licences, steps"
        self.write(sheet, row, 1, self.words.get(rests, rests), self.wrapped)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 80)
        sheet.set_column(2, 3, 10)

    def table(self, name: str, table: Table) -> None:
        """Title, column names and units, then a row a row; an empty cell is a missing value, not zero."""
        columns = table.frame.columns
        if len(table.frame) + HEAD > MOST_ROWS or len(columns) > MOST_COLUMNS:
            raise InputError(
                f"table {table.name!r} has {len(table.frame):,} rows and {len(columns):,} columns; a sheet holds"
                f" {MOST_ROWS - HEAD:,} and {MOST_COLUMNS:,}: sum it up first, or take its CSV or Parquet file"
            )
        sheet = self.sheet(name)
        self.write(sheet, 0, 0, table.title or table.name, self.title)
        for place, column in enumerate(columns):
            self.write(sheet, 1, place, column, self.head)
            self.write(sheet, 2, place, table.units.get(column, ""), self.unit)
            values = table.frame[column].to_list()
            longest = max((len(str(v)) for v in values[:1000] if isinstance(v, str)), default=0)
            sheet.set_column(place, place, min(max(longest + 2, len(column) + 2, 11), 60))
            for row, value in enumerate(values, HEAD):
                self.write(sheet, row, place, value, None)
        sheet.freeze_panes(HEAD, min(len(table.dims), 1))
        sheet.repeat_rows(1, 2)
        if len(table.frame):
            sheet.autofilter(2, 0, HEAD + len(table.frame) - 1, len(columns) - 1)

    def sources(self, tables: list[tuple[str, Table]]) -> None:
        """Where each table's numbers come from."""
        sheet = self.sheet(SOURCES)
        heads = ("Sheet", "Source", "Year", "Licence", "Address", "Citation", "Computed with")
        for place, label in enumerate(heads):
            sheet.write_string(0, place, label, self.head)
        row = 1
        for name, table in tables:
            origin = table.provenance
            made = f"interdep {origin.version}, method {origin.method}"
            for source in origin.sources or (None,):
                cited = (source.title, source.year, source.licence, source.url, source.citation) if source else ()
                for place, said in enumerate((name, *(cited or ("",) * 5), made)):
                    self.write(sheet, row, place, said, self.wrapped if isinstance(said, str) else None)
                row += 1
            for step in origin.steps:
                self.write(sheet, row, 0, name, self.wrapped)
                self.write(sheet, row, 1, f"Step: {step}", self.wrapped)
                row += 1
        for place, wide in enumerate((34, 60, 8, 24, 44, 60, 24)):
            sheet.set_column(place, place, wide)
        sheet.freeze_panes(1, 1)

    def write(self, sheet: Worksheet, row: int, column: int, value: Any, form: Format | None) -> None:
        """One cell as what it is, nothing for a missing one; raises InputError for a text longer than a cell holds."""
        if value is None or value == "":
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value, form or self.text)
        elif (isinstance(value, int) and abs(value) <= WHOLE) or (isinstance(value, float) and math.isfinite(value)):
            sheet.write_number(row, column, value, form or self.number)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, column, value.replace(tzinfo=None), form or self.time)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), form or self.day)
        else:
            text = str(value)
            if len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
                raise InputError(
                    f"sheet {sheet.get_name()!r}, row {row + 1}, column {column + 1}: the text has {len(text):,} signs and a"
                    f" cell holds {LONGEST_TEXT:,}; shorten it"
                )
            sheet.write_string(row, column, text, form or (self.quoted if text.startswith(STARTS) else self.text))
