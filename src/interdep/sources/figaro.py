"""Reader of Eurostat's FIGARO tables, industry by industry: the CSV matrix and the flat CSV of one year."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from interdep.classifications import classification
from interdep.errors import InputError, MissingData, first_five, unknown
from interdep.geography.economies import table as economies_table
from interdep.provenance import Provenance, Source
from interdep.sources.wide_csv import (
    PLAIN_NUMBER,
    CsvFile,
    Key,
    Wide,
    choose,
    header_of,
    layout,
    printing_error,
    read_wide,
    without_crumbs,
)
from interdep.units import Money
from interdep.world import World

_USES = {
    "P3_S14": "households", "P3_S15": "npish", "P3_S13": "government", "P51G": "investment", "P5M": "inventories",
}  # fmt: skip
# Components of value added at the prices of a World: taxes less subsidies on products, wages, other taxes on
# production, operating surplus and mixed income.
_ADDED = ("W2_D21X31", "W2_D1", "W2_D29X39", "W2_B2A3G")
# Purchases abroad by residents and at home by non-residents: they concern households, not the industries.
_LEFT_OUT = ("W2_OP_RES", "W2_OP_NRES")
_FLAT = ("refArea", "rowIi", "counterpartArea", "colIi", "obsValue")
_PRODUCTS = "is product by product; take the industry-by-industry table (ind-by-ind in the file name)"
_LAST_DIGIT = 1e-3


def read(
    path: str | Path,
    year: int | None = None,
    edition: int | None = None,
    *,
    tolerance: float = 1e-6,
    rounding: float | None = None,
) -> World:
    """The table of one year, in millions of EUR at current basic prices.

    path: a CSV file as published, matrix (matrix_eu-ic-io_ind-by-ind_24ed_2021.csv) or flat (flatfile_...), or a zip of it;
    year and edition (2024): default those in the file name. Gross output is the row sum, for none is printed; value added
    holds taxes less subsidies on products. Numbers are printed with three decimals, so columns balance to within rounding:
    `rounding` is by default ten standard deviations of the rounding errors of a row and a column. Raises MissingData where
    the file is absent, InputError for what is wrong in it.
    """
    file = choose(path, year, year_of)
    year = _known(file, "year", year, year_of(file.name))
    edition = _known(file, "edition", edition, _edition_of(file))
    if edition < 2021:
        raise InputError(f"there is no edition {edition} of FIGARO; editions are years from 2021, as 2024 for 24ed")
    fields = file.header()
    wide = _read_flat(file) if "obsValue" in fields else read_wide(file)
    industries = classification("figaro")
    absent = [row for row in _ADDED if row not in wide.rows]
    if absent:
        raise InputError(f"{file} has no row(s) {', '.join(absent)}; is it a FIGARO table as published, and complete?")
    strange = [row for row in wide.rows if row.startswith("W2_") and row not in (*_ADDED, *_LEFT_OUT)]
    if strange:
        raise unknown("row", strange[0], [*_ADDED, *_LEFT_OUT], str(file))
    codes = _economies()

    def key(label: str) -> Key:
        area, _, code = label.partition("_")
        if area not in codes:
            raise unknown("economy", area, [*codes], f"label {label!r} of {file}")
        if code.startswith("CPA_"):
            raise InputError(f"{file} {_PRODUCTS}")
        if code not in industries.codes:
            raise unknown("industry", code, [*industries.codes, *_USES], f"label {label!r} of {file}")
        return codes[area], code

    users: dict[str, Key] = {}
    for label in wide.columns:
        area, _, code = label.partition("_")
        if code in _USES:
            if area not in codes:
                raise unknown("economy", area, [*codes], f"label {label!r} of {file}")
            users[label] = (codes[area], _USES[code])
    sellers = {label: key(label) for label in wide.rows if not label.startswith("W2_")}
    buyers = {label: key(label) for label in wide.columns if label not in users}
    plan = layout(wide, sellers, buyers, users, industries.codes, _USES.values())
    flows, uses = plan.world_arrays(wide)
    if "inventories" not in plan.uses:
        raise InputError(f"{file} has no columns P5M (changes in inventories and valuables); is the file complete?")
    uses, steps = without_crumbs(uses, plan.uses, _LAST_DIGIT)
    added = wide.block(np.where(np.isin(np.array(wide.rows), _ADDED), 0, -1), plan.buyers)[0]
    if rounding is None:
        rounding = printing_error(len(wide.rows) + len(wide.columns), _LAST_DIGIT)
    output = flows.sum(axis=1) + uses.sum(axis=(1, 2))
    # An industry that an economy does not have can sum to minus one printed digit.
    crumbs = (output < 0) & (output >= -_LAST_DIGIT * (1 + 1e-9))
    if crumbs.any():
        output = np.where(crumbs, 0.0, output)
        steps = (*steps, f"gross output of {int(crumbs.sum())} industries that sum to -{_LAST_DIGIT:g} set to 0")
    return World(
        name=f"figaro-{edition}-{year}",
        money=Money("EUR", year),
        economies=plan.economies,
        industries=plan.industries,
        final_uses=plan.uses,
        intermediate=flows,
        final_use=uses,
        gross_output=output,
        value_added=added,
        classification=industries.name,
        tolerance=tolerance,
        rounding=rounding,
        provenance=Provenance(
            (_source(edition, year),),
            (
                f"read from {file.name}: {len(plan.economies)} economies, {len(plan.industries)} of"
                f" {len(industries.codes)} industries; value added is {', '.join(_ADDED)}; inventories hold valuables",
                *steps,
            ),
            year,
        ),
    )


def looks_like(path: str | Path) -> bool:
    """Whether the first line of a CSV file (or of the first one in a zip) is that of a FIGARO table; nothing else is read."""
    fields = header_of(path)
    return set(_FLAT) <= set(fields) or any(f.endswith("_P3_S14") for f in fields)


def _read_flat(file: CsvFile) -> Wide:
    """The flat file, one line a cell, as a matrix; NaN where no line gives the cell."""
    import polars as pl

    header = file.header()
    absent = [name for name in _FLAT if name not in header]
    if absent:
        if {"rowPi", "colPi"} & set(header):
            raise InputError(f"{file} {_PRODUCTS}")
        raise InputError(f"{file} has no column {absent[0]!r}; it has {first_five(header)}")
    if len(set(header)) < len(header):
        raise InputError(f"{file}: a column name occurs more than once in {first_five(header)}; keep one each")
    # Every column, wanted or not: a comma inside a number makes a line too long, and is seen only so.
    schema: dict[str, Any] = {name: pl.Float64 if name == "obsValue" else pl.Categorical for name in header}
    try:
        frame = pl.read_csv(file.content(), has_header=False, skip_rows=1, schema=schema).select(_FLAT)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _wrong_line(file, header) from error
    gaps = [name for name in _FLAT[:4] if frame[name].null_count()]
    if gaps:
        raise InputError(f"{file}: {frame[gaps[0]].null_count()} line(s) have no {gaps[0]}; is the file complete?")
    if frame.is_empty():
        raise MissingData(f"{file} has no lines but the first; is the file complete?")
    rows, row = _labels(frame, "refArea", "rowIi")
    columns, column = _labels(frame, "counterpartArea", "colIi")
    place = row * len(columns) + column
    doubled = np.flatnonzero(np.bincount(place, minlength=len(rows) * len(columns)) > 1)
    if len(doubled):
        named = [f"{rows[p // len(columns)]} -> {columns[p % len(columns)]}" for p in doubled[:5]]
        named += [""] * (len(doubled) - len(named))
        raise InputError(f"{file} has {len(doubled)} cell(s) on more than one line: {first_five(named)}; keep one each")
    cells = np.full(len(rows) * len(columns), np.nan)
    cells[place] = frame["obsValue"].to_numpy()
    return Wide(file, rows, columns, cells.reshape(len(rows), len(columns)))


def _labels(frame: Any, area: str, code: str) -> tuple[tuple[str, ...], np.ndarray]:
    """Every area_code there is, and which of them each line has, without making a text a line."""
    first, second = ({text: n for n, text in enumerate(frame[name].unique().to_list())} for name in (area, code))
    import polars as pl

    def numbered(name: str, order: dict[str, int]) -> np.ndarray:
        return frame[name].replace_strict(order, return_dtype=pl.Int64).to_numpy()

    both = numbered(area, first) * len(second) + numbered(code, second)
    present, place = np.flatnonzero(np.bincount(both)), np.zeros(len(first) * len(second), dtype=np.intp)
    place[present] = np.arange(len(present))
    areas, codes = list(first), list(second)
    return tuple(f"{areas[p // len(codes)]}_{codes[p % len(codes)]}" for p in present), place[both]


def _wrong_line(file: CsvFile, header: Sequence[str]) -> InputError:
    """The first line of a flat file that is not as it should be, looked for only after reading has failed."""
    try:
        with file.opened() as stream:
            lines = csv.reader(io.TextIOWrapper(stream, encoding="utf-8-sig", newline=""))
            next(lines)
            for fields in lines:
                if len(fields) != len(header):
                    return InputError(
                        f"{file}: line {lines.line_num} has {len(fields)} fields and the first line {len(header)}; is the"
                        " file complete, and without commas inside numbers?"
                    )
                cell = dict(zip(header, fields, strict=True))
                if not PLAIN_NUMBER.fullmatch(cell["obsValue"]):
                    place = "{refArea}_{rowIi} -> {counterpartArea}_{colIi}".format(**cell)
                    return InputError(
                        f"{file}: {place} (line {lines.line_num}) holds {cell['obsValue'][:40]!r}, which is no plain number;"
                        " write numbers with a decimal point and without thousands separators"
                    )
    except UnicodeDecodeError:
        return file.not_utf8()
    except csv.Error as error:
        return InputError(f"{file} is no readable CSV ({error}); take the file as published")
    return InputError(f"{file} is no readable CSV (a quotation mark stays open); take the file as published")


def _economies() -> dict[str, str]:
    """The code of each area: ISO alpha-2, Eurostat's EL and UK, FIGW1 for the rest of the world."""
    codes = {item.iso2: code for code, item in economies_table().items() if item.iso2}
    return {**codes, "EL": "GRC", "UK": "GBR", "FIGW1": "ROW"}


def _known(file: CsvFile, what: str, given: int | None, named: int | None) -> int:
    """What was given, else what the file name says, else a sentence that asks for it."""
    value = named if given is None else given
    if value is None:
        raise InputError(
            f"{file} does not name one {what}, as matrix_eu-ic-io_ind-by-ind_24ed_2021.csv does; give {what}="
        )
    return value


def year_of(name: str) -> int | None:
    """The one year in a file name; the edition has two digits there (24ed)."""
    found = {int(digits) for digits in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", Path(name).stem)}
    return found.pop() if len(found) == 1 else None


def _edition_of(file: CsvFile) -> int | None:
    for name in (file.name, file.path.name):
        found = re.search(r"(?<!\d)(\d\d)ed(?![a-z])", name)
        if found:
            return 2000 + int(found[1])
    return None


def _source(edition: int, year: int) -> Source:
    title = f"Eurostat FIGARO inter-country input-output tables, industry by industry, edition {edition}"
    return Source(
        f"{title}, year {year}",
        year,
        licence="CC BY 4.0",
        url="https://ec.europa.eu/eurostat/web/esa-supply-use-input-tables/database",
        citation=f"Eurostat ({edition}), FIGARO tables: EU inter-country supply, use and input-output tables, industry by"
        f" industry, edition {edition}",
    )
