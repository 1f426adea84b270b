"""Reader of the OECD Inter-Country Input-Output tables (ICIO), editions 2021, 2023 and 2025: one CSV a year, wide."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from interdep.classifications import classification
from interdep.classifications.isic import divisions_of
from interdep.errors import InputError, unknown
from interdep.geography.economies import table as economies_table
from interdep.provenance import Provenance, Source
from interdep.sources.wide_csv import (
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

EDITIONS = (2021, 2023, 2025)
# Exporters in the processing trade of China and Mexico, apart only in the extended tables; final use is not split.
PARTS = {"CN1": "CHN", "CN2": "CHN", "MX1": "MEX", "MX2": "MEX"}
# Direct purchases abroad by residents are DPABR; the first layout of 2021 says NONRES.
_USES = {
    "HFCE": "households", "NPISH": "npish", "GGFC": "government", "GFCF": "investment", "INVNT": "inventories",
    "DPABR": "purchases abroad", "NONRES": "purchases abroad",
}  # fmt: skip
_OUTPUT = ("OUT", "OUTPUT", "TOTAL")
_ADDED = ("VA", "VALU")
_TAXES = ("TLS", "TAXSUB")
# Economies that the 2023 edition added to those of 2021.
_SINCE_2023 = {"BGD", "BLR", "CIV", "CMR", "EGY", "JOR", "NGA", "PAK", "SEN", "UKR"}
_LAST_DIGIT = 1e-3


def read(
    path: str | Path,
    year: int | None = None,
    edition: int | None = None,
    *,
    tolerance: float = 1e-6,
    rounding: float | None = None,
) -> World:
    """The table of one year, in millions of USD at current basic prices.

    path: a CSV file as published (2019_SML.csv, 2019.csv, ICIO2021_2018.csv) or a zip of them; year: default the one in the
    file name; edition: 2021, 2023 or 2025, default what the name or the labels say. China and Mexico are one economy each:
    the parts of the extended tables are added up. Value added holds taxes less subsidies on products. Numbers are printed
    with three decimals, so rows and columns balance to within rounding: `rounding` is by default ten standard deviations of
    the rounding error of the sum of a row. Raises MissingData where the file is absent, InputError for what is wrong in it.
    """
    if edition is not None and edition not in EDITIONS:
        raise InputError(f"there is no reader for edition {edition} of the OECD ICIO; there are {_listed(EDITIONS)}")
    file = choose(path, year, year_of)
    year = year if year is not None else year_of(file.name)
    if year is None:
        raise InputError(f"{file} does not name one year, as 2019_SML.csv does; name the year")
    wide = read_wide(file)
    kinds = _kinds(wide)
    edition = edition or _edition_of(file, kinds, year)
    industries = classification("oecd-icio-2025" if edition == 2025 else "oecd-icio")
    by_divisions = {item.divisions: item.code for item in industries.industries}

    def key(label: str, users: bool) -> Key:
        prefix, _, code = label.partition("_")
        economy = PARTS.get(prefix, prefix)
        if economy not in economies_table():
            raise unknown("economy", prefix, [*economies_table(), *PARTS], f"label {label!r} of {file}")
        if users:
            return economy, _USES[code]
        # The first layout of 2021 has ISIC divisions alone: 01T02 is A01_02.
        meant = by_divisions.get(divisions_of(code) or frozenset(), code) if re.match(r"\d\d", code) else code
        if meant not in industries.codes:
            raise unknown(
                "industry", code, [*industries.codes, *_USES], f"label {label!r} of {file}, edition {edition}"
            )
        return economy, meant

    sellers = {label: key(label, False) for label in kinds["sellers"]}
    buyers = {label: key(label, False) for label in kinds["buyers"]}
    users = {label: key(label, True) for label in kinds["users"]}
    plan = layout(wide, sellers, buyers, users, industries.codes, dict.fromkeys(_USES.values()), PARTS)
    flows, uses = plan.world_arrays(wide)
    if "inventories" not in plan.uses:
        raise InputError(f"{file} has no columns INVNT (changes in inventories); is the file complete?")
    uses, steps = without_crumbs(uses, plan.uses, _LAST_DIGIT)
    rows, columns = np.array(wide.rows), np.array(wide.columns)
    output = wide.block(plan.nodes, np.where(np.isin(columns, _OUTPUT), 0, -1))[:, 0]
    added = wide.block(np.where(np.isin(rows, [*kinds["taxes"], *kinds["added"]]), 0, -1), plan.buyers)[0]
    spent = wide.block(np.where(np.isin(rows, _OUTPUT), 0, -1), plan.buyers)[0]
    del wide  # a hundred megabytes that the World's own copies can have
    if rounding is None:
        rounding = printing_error(len(columns), _LAST_DIGIT)
    _same_output(file, plan.economies, plan.industries, output, spent, tolerance, rounding)
    merged = sorted({label.partition("_")[0] for label in sellers} & set(PARTS))
    if merged:
        whole = ", ".join(sorted({PARTS[part] for part in merged}))
        steps = (f"{', '.join(merged)} added to {whole}", *steps)
    return World(
        name=f"oecd-icio-{edition}-{year}",
        money=Money("USD", year),
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
                f" {len(industries.codes)} industries; value added is {', '.join(kinds['added'])} and taxes less"
                f" subsidies ({len(kinds['taxes'])} row(s))",
                *steps,
            ),
            year,
        ),
    )


def looks_like(path: str | Path) -> bool:
    """Whether the first line of a CSV file (or of the first one in a zip) is that of an ICIO table; nothing else is read."""
    fields = header_of(path)[1:]
    return any(f.endswith("_HFCE") for f in fields) and any(f in _OUTPUT for f in fields)


def _kinds(wide: Wide) -> dict[str, list[str]]:
    """The labels by what they are; InputError for an absent row or column of totals."""
    file = wide.file
    taxes = [row for row in wide.rows if row in _TAXES or row.partition("_")[2] in _TAXES]
    added = [row for row in wide.rows if row in _ADDED]
    for kind, labels, wanted in (
        ("column", wide.columns, _OUTPUT), ("row", wide.rows, _OUTPUT), ("row", wide.rows, _ADDED),
    ):  # fmt: skip
        found = [label for label in labels if label in wanted]
        if len(found) != 1:
            what = f"has no {kind}" if not found else f"has {len(found)} {kind}s"
            raise InputError(f"{file} {what} {' or '.join(wanted)}; is it an ICIO table as published, and complete?")
    if not taxes:
        raise InputError(
            f"{file} has no row TLS (taxes less subsidies); is it an ICIO table as published, and complete?"
        )
    totals = {*taxes, *added, *_OUTPUT}
    columns = [column for column in wide.columns if column not in _OUTPUT]
    users = [column for column in columns if column.partition("_")[2] in _USES]
    return {
        "sellers": [row for row in wide.rows if row not in totals], "buyers": [c for c in columns if c not in set(users)],
        "users": users, "taxes": taxes, "added": added,
    }  # fmt: skip


def _edition_of(file: CsvFile, kinds: dict[str, list[str]], year: int) -> int:
    """The edition that the file name or the labels say; else a sentence that asks for it."""
    for name in (file.name, file.path.name):
        stated = re.search(r"icio[-_ ]?(20\d\d)", name, re.IGNORECASE)
        if stated and int(stated[1]) in EDITIONS:
            return int(stated[1])
    codes = {label.partition("_")[2] for label in kinds["sellers"]}
    economies = {label.partition("_")[0] for label in kinds["sellers"]}
    old, new = (set(classification(name).codes) for name in ("oecd-icio", "oecd-icio-2025"))
    if len(codes & new) > len(codes & old):
        return 2025
    # Rows of taxes by economy, and codes without letters, were printed in 2021 only.
    if any("_" in row for row in kinds["taxes"]) or any(code[:1].isdigit() for code in codes):
        return 2021
    if len(codes & old) > len(codes & new) and (economies & _SINCE_2023 or year > 2018):
        return 2023
    raise InputError(f"{file} does not say which edition it is of; give edition= ({_listed(EDITIONS)})")


def _same_output(
    file: CsvFile, economies: tuple[str, ...], industries: tuple[str, ...], rows: np.ndarray, columns: np.ndarray,
    tolerance: float, rounding: float,
) -> None:  # fmt: skip
    """The column and the row of output say the same; a World sees only one of them."""
    apart = np.flatnonzero(np.abs(rows - columns) > tolerance * np.abs(rows) + rounding)
    if len(apart):
        place = apart[np.argmax(np.abs(rows - columns)[apart])]
        node = f"{economies[place // len(industries)]} {industries[place % len(industries)]}"
        raise InputError(
            f"{file}: the column and the row of output differ at {len(apart)} industries, most at {node}"
            f" ({rows[place]:.6g} and {columns[place]:.6g}); take the file as published"
        )


def year_of(name: str) -> int | None:
    """The one year in a file name, the edition (ICIO2021_2018.csv) aside."""
    rest = re.sub(r"icio[-_ ]?20\d\d", "", Path(name).stem, flags=re.IGNORECASE)
    found = {int(digits) for digits in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", rest)}
    return found.pop() if len(found) == 1 else None


def _source(edition: int, year: int) -> Source:
    title = f"OECD Inter-Country Input-Output tables, {edition} edition"
    return Source(
        f"{title}, year {year}",
        year,
        licence="CC BY 4.0",
        url="https://www.oecd.org/en/data/datasets/inter-country-input-output-tables.html",
        citation=f"OECD ({edition}), Inter-Country Input-Output (ICIO) tables, {edition} edition, http://oe.cd/icio",
    )


def _listed(editions: tuple[int, ...]) -> str:
    return ", ".join(map(str, editions))
