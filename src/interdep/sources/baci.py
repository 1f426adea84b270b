"""Reader of CEPII BACI: one CSV a year (t, i, j, k, v, q), with every flow of every economy reconciled from both sides."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from interdep.errors import InputError, InterdepError, MissingData, first_five
from interdep.provenance import Provenance, Source
from interdep.sources.rows import check_end, first_line, numbers, reason
from interdep.trade.folder import building, file_of, write_header, write_year
from interdep.trade.trade import Trade

if TYPE_CHECKING:
    import polars as pl

BACI = Source(
    "BACI: International trade database at the product level",
    licence="Etalab 2.0",
    url="https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
    citation="Gaulier, G. & Zignago, S. (2010), BACI: International trade database at the product-level, the 1994-2007"
    " version, CEPII Working Paper 2010-23",
)
NAME = re.compile(r"BACI_(HS\d\d)_Y(\d{4})_V(\w+)\.csv$")
OWN_CODES = ("271000",)
"""Petroleum oils: CEPII keeps heading 2710 as the one code that it was in HS92 and HS96, in every revision."""

COLUMNS = ("t", "i", "j", "k", "v", "q")

# UN codes of the statistical territories that BACI uses and ISO 3166 does not have, or no longer has.
_TERRITORIES = {
    58: "BEL", 251: "FRA", 280: "DEU", 381: "ITA", 490: "TWN", 579: "NOR", 697: "X-UNSPEC", 699: "IND", 711: "ZAF",
    736: "SDN", 757: "CHE", 842: "USA", 849: "UMI", 891: "SRB", 230: "ETH", 530: "CUW", 412: "XKX",
}  # fmt: skip


def is_baci(path: Path) -> bool:
    """A BACI year (by its name, or by its columns where it was renamed), or a folder with some."""
    if path.is_dir():
        return any(NAME.match(f.name) for f in path.iterdir())
    try:
        return bool(NAME.match(path.name)) or first_line(path, "").replace('"', "") == ",".join(COLUMNS)
    except InterdepError:
        return False


def read(
    path: str | Path,
    folder: Path,
    years: Sequence[int] | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Trade:
    """The years of a BACI release as a Trade, written to `folder` as Parquet one by one.

    path: a CSV file named as published (BACI_HS17_Y2021_V202401.csv) or a folder with such files; years: default all;
    progress: called with the years done and their number. Values are thousand USD at current prices, fob; quantities tonnes.
    A code 490 (other Asia) is read as Taiwan, as CEPII advises. Raises MissingData where there is no such file, InputError,
    with file, row and the way out, for the first thing that does not hold; `trade.json` is written last.
    """
    path = Path(path)
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    found = [(match, f) for f in files if (match := NAME.match(f.name))]
    if not found:
        raise MissingData(
            f"{path} is no BACI file; revision and year are read from the name, which is like BACI_HS17_Y2021_V202401.csv"
        )
    revisions = sorted({match[1] for match, _ in found})
    if len(revisions) > 1:
        raise InputError(
            f"{path} holds {len(revisions)} revisions of the HS ({', '.join(revisions)}); keep each in a folder of its own"
        )
    by_year: dict[int, Path] = {}
    for match, file in found:
        year = int(match[2])
        if year in by_year:
            raise InputError(f"{path} holds {year} twice ({by_year[year].name}, {file.name}); keep one release of it")
        by_year[year] = file
    wanted = sorted(by_year) if years is None else sorted(years)
    absent = [year for year in wanted if year not in by_year]
    if absent:
        raise MissingData(f"{path} has no year {first_five(absent)}; it has {', '.join(map(str, sorted(by_year)))}")
    named = _country_codes(path if path.is_dir() else path.parent)
    versions = sorted({match[3] for match, _ in found})
    steps = [f"read from {', '.join(by_year[y].name for y in wanted)}"]
    trade = Trade(
        name=f"baci-{revisions[0].lower()}-{'-'.join(versions).lower()}",
        files={year: folder / file_of(year) for year in wanted},
        classification=revisions[0],
        digits=6,
        unit="USD",
        scale=1e3,
        quantity_unit="t",
        title=f"BACI {revisions[0]}, version {', '.join(versions)}",
        whole=True,
        valuation="fob",
    )
    with building(folder) as place:
        for done, year in enumerate(wanted):
            progress(done, len(wanted))
            flows, notes = _year(by_year[year], year, revisions[0], named)
            write_year(flows, year, place)
            steps += notes
        progress(len(wanted), len(wanted))
        trade = trade.with_files(trade.files, provenance=Provenance((BACI,), tuple(dict.fromkeys(steps)), wanted[-1]))
        write_header(trade, place)
    return trade


def _year(file: Path, year: int, revision: str, named: dict[int, str]) -> tuple[pl.DataFrame, list[str]]:
    """The flows of one year, checked, and what was done to them, for the provenance."""
    import polars as pl

    from interdep.trade.invariants import checked, partners

    frame = _parsed(file)
    steps = []
    if not frame.height:
        raise InputError(f"{file.name} has no rows; get it again")
    if frame["t"].n_unique() != 1 or frame["t"][0] != year:
        raise InputError(f"{file.name}: t holds {first_five(sorted(frame['t'].unique()))}, the name says {year}")
    lengths = frame["k"].str.len_bytes().unique().to_list()
    if 5 in lengths:
        padded = frame.filter((pl.col("k").str.len_bytes() == 6) & pl.col("k").str.starts_with("0"))
        short = frame.filter(pl.col("k").str.len_bytes() == 5)["k"]
        if padded.height:
            raise InputError(
                f"{file.name}: {len(short)} product codes lost their leading zero (first {short[0]!r}) and others kept it;"
                " write them all with six digits"
            )
        # The release writes codes as numbers throughout: five digits can only be a code of the chapters 01 to 09.
        frame = frame.with_columns(pl.col("k").str.zfill(6))
        steps.append("product codes written as numbers: leading zeros of chapters 01 to 09 put back")
    meant = _economies([*frame["i"].unique(), *frame["j"].unique()], named, file)
    flows = frame.select(
        pl.col("i").replace_strict(meant, return_dtype=partners()).alias("exporter"),
        pl.col("j").replace_strict(meant, return_dtype=partners()).alias("importer"),
        pl.col("k").alias("product"),
        pl.lit(year, pl.Int16).alias("period"),
        pl.col("v").alias("value"),
        pl.col("q").alias("quantity"),
    )
    if len(set(meant.values())) < len(meant):
        flows = _merged(frame, flows, file)
    return checked(flows, file.name, revision, 6, "USD", 1e3, also=OWN_CODES), steps


def _merged(frame: pl.DataFrame, flows: pl.DataFrame, file: Path) -> pl.DataFrame:
    """Flows added up where two codes of BACI are one economy or one category here, after none was found twice."""
    import polars as pl

    from interdep.trade.invariants import check_once

    check_once(frame, ("i", "j", "k"), file.name)
    amounts = ("value", "quantity")
    whole = [pl.when(pl.col(c).is_null().any()).then(None).otherwise(pl.col(c).sum()).alias(c) for c in amounts]
    return flows.group_by("exporter", "importer", "product", "period").agg(whole)


def _parsed(file: Path) -> pl.DataFrame:
    """The columns of a year with their types: t, i, j whole numbers, k text, v and q numbers (q may be missing)."""
    import polars as pl

    header = first_line(file, "is it the CSV file as published?").replace('"', "")
    names = [name.strip() for name in header.split(",")]
    absent = [c for c in COLUMNS if c not in names]
    if absent:
        hint = "; columns are separated by commas" if ";" in header or "\t" in header else ""
        raise InputError(
            f"{file.name} has no column {absent[0]!r}; its first line is {header[:80]!r}, BACI has t,i,j,k,v,q{hint}"
        )
    check_end(file, header)
    types = {"t": pl.Int32, "i": pl.Int32, "j": pl.Int32, "k": pl.String, "v": pl.Float64, "q": pl.Float64}
    try:
        # All columns: with only some of them asked for, polars takes a line that has too many, and reads it wrongly.
        kinds = {**types, **{n: pl.String for n in names if n not in COLUMNS}}
        frame = pl.read_csv(file, schema_overrides=kinds, null_values={"q": "NA"}, low_memory=True).select(COLUMNS)
    except pl.exceptions.PolarsError:
        frame = _slowly(file, types)
    for column in ("t", "i", "j", "k", "v"):
        holes = frame[column].is_null().arg_true()
        if len(holes):
            raise InputError(
                f"{file.name}: {column} is empty in {len(holes)} rows (first in line {holes[0] + 2}); the file is"
                " incomplete, get it again"
            )
    return frame


def _slowly(file: Path, types: dict) -> pl.DataFrame:
    """The same with blanks around numbers allowed; says in which line a number is none."""
    import polars as pl

    try:
        text = pl.read_csv(file, infer_schema=False).select(COLUMNS).with_columns(pl.all().str.strip_chars(' "'))
    except pl.exceptions.PolarsError as error:
        raise InputError(f"{file.name} is no table ({reason(error)}); get it again") from error
    read = {c: numbers(text[c], file.name, ("", "NA") if c == "q" else ("",), kind) for c, kind in types.items()}
    return pl.DataFrame(read)


def _economies(codes: Sequence[int], named: dict[int, str], file: Path) -> dict[int, str]:
    """UN numeric codes as ISO alpha-3 or a category; an unknown one is an error."""
    from interdep.geography.economies import table

    own = {int(e.m49): e.code for e in table().values() if e.m49} | _TERRITORIES
    meant = {code: own.get(code) or named.get(code, "") for code in sorted(set(codes))}
    unknown = [code for code, economy in meant.items() if not economy]
    if unknown:
        raise InputError(
            f"{file.name}: i and j hold {first_five(unknown)}, which is no code of BACI's economies; put the file"
            " country_codes_V*.csv of the same release beside it"
        )
    return meant


def _country_codes(folder: Path) -> dict[int, str]:
    """What the release itself says its codes mean, where that file lies beside the data."""
    from interdep.geography.economies import table

    out: dict[int, str] = {}
    for file in sorted(folder.glob("country_codes_V*.csv")):
        with file.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
            for row in csv.DictReader(stream):
                code, iso = row.get("country_code") or "", row.get("iso_3digit_alpha") or row.get("country_iso3")
                if code.isdigit():
                    out[int(code)] = iso if iso and iso in table() else "X-UNSPEC"
    return out
