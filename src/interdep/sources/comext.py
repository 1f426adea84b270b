"""Reader of Eurostat Comext: the bulk text files (monthly or yearly) and SDMX-CSV of the dissemination service."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from interdep.errors import InputError, MissingData, first_five
from interdep.provenance import Provenance, Source
from interdep.trade.partners import AGGREGATES, EUROSTAT
from interdep.trade.trade import Trade

if TYPE_CHECKING:
    import polars as pl

COMEXT = Source(
    "Eurostat Comext, international trade in goods by CN8",
    licence="CC BY 4.0",
    url="https://ec.europa.eu/eurostat/web/international-trade-in-goods/database",
    citation="Eurostat, International trade in goods, detailed data (Comext)",
)

# One name for each column, whatever the edition of the layout calls it.
_NAMES = {
    "reporter": ("DECLARANT_ISO", "REPORTER", "reporter"),
    "partner": ("PARTNER_ISO", "PARTNER", "partner"),
    "product": ("PRODUCT_NC", "PRODUCT", "product"),
    "flow": ("FLOW", "flow"),
    "period": ("PERIOD", "TIME_PERIOD", "period"),
    "value": ("VALUE_IN_EUROS", "VALUE_EUR"),
    "kilograms": ("QUANTITY_IN_KG", "QUANTITY_KG"),
    "hundred_kilograms": ("QUANTITY_IN_100KG",),
    "regime": ("STAT_PROCEDURE", "STAT_REGIME"),
    "side": ("TRADE_TYPE",),
    "mode": ("TRANSPORT_MODE", "MODE_OF_TRANSPORT", "transport_mode"),
    "indicator": ("indicators", "INDICATORS"),
    "observed": ("OBS_VALUE", "INDICATOR_VALUE"),
}
_INDICATORS = {
    "VALUE_IN_EUROS": ("value", 1.0), "VALUE_EUR": ("value", 1.0), "QUANTITY_IN_KG": ("quantity", 1e-3),
    "QUANTITY_KG": ("quantity", 1e-3), "QUANTITY_IN_100KG": ("quantity", 0.1), "QUANTITY_IN_TONS": ("quantity", 1.0),
}  # fmt: skip
_MODES = {
    "0": "unknown", "1": "sea", "2": "rail", "3": "road", "4": "air", "5": "post", "7": "pipeline", "8": "inland waterway",
    "9": "self propulsion", "Unknown": "unknown", "Sea": "sea", "Rail": "rail", "Road": "road", "Air": "air", "Post": "post",
    "Fixed Mechanism": "pipeline", "Inland Waterway": "inland waterway", "Self Propulsion": "self propulsion",
}  # fmt: skip
_FLOWS = {"1": "import", "2": "export", "IMPORT": "import", "EXPORT": "export"}
_YEARLY = "52"
"""The month that stands for the whole year in PERIOD."""


def is_comext(path: Path) -> bool:
    """The first line names the columns of a Comext file."""
    try:
        with path.open("rb") as stream:
            names = _names(stream.readline(8192).decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return False
    return {"reporter", "partner", "product", "period"} <= set(_known(names).values())


def read(paths: str | Path | Sequence[str | Path]) -> Trade:
    """Imports of the EU's members from every partner, and their exports where the file has them.

    paths: one file or several (months, years). Values are EUR, quantities tonnes; months are added up to years, and a year of
    fewer than twelve is said to be incomplete. Reporters that are sums of members are left out (their members are there);
    partners withheld or not specified stay as categories; product codes withheld by letters (85SSSSSS) are said in the notes.
    Raises MissingData where there is no file, InputError with file, count and the way out for what does not hold.
    """
    import polars as pl

    files = [Path(p) for p in ([paths] if isinstance(paths, (str, Path)) else paths)]
    if not files:
        raise InputError("no Comext file is named")
    frame = pl.concat([_parsed(file) for file in files], how="diagonal")
    _once(frame, [c for c in frame.columns if c not in ("value", "quantity")], ", ".join(f.name for f in files[:5]))
    where = files[0].name if len(files) == 1 else f"{len(files)} files from {files[0].name}"
    if "mode" in frame.columns:
        frame = frame.with_columns(pl.col("mode").fill_null("unknown"))
    notes: list[str] = []
    frame = _economies(frame, where, notes)
    frame = _flows(frame, where)
    frame = _products(frame, where, notes)
    frame, incomplete = _years(frame, where, notes)
    key = ["exporter", "importer", "product", "period", *(["mode"] if "mode" in frame.columns else [])]
    amounts = [c for c in ("value", "quantity") if c in frame.columns]
    whole = [pl.when(pl.col(c).is_null().any()).then(None).otherwise(pl.col(c).sum()).alias(c) for c in amounts]
    members = tuple(sorted(frame["reporter"].unique()))
    sellers = tuple(sorted(frame.filter(pl.col("flow") == "export")["reporter"].unique()))
    # A member's purchases from another stand on both sides; the buyer's own record counts.
    mirrored = (pl.col("flow") == "export") & pl.col("importer").is_in(list(members))
    frame = frame.filter(~mirrored).group_by(key).agg(whole)
    digits = len(frame["product"][0])
    years = sorted(int(y) for y in frame["period"].unique())
    first, last = years[0], years[-1]
    return Trade.from_frame(
        frame,
        name=f"comext-{first}-{last}" if first != last else f"comext-{first}",
        title="Eurostat Comext, trade of EU members",
        classification="CN8" if digits == 8 else _revision(years, where),
        digits=digits,
        unit="EUR",
        quantity_unit="t" if "quantity" in frame.columns else "",
        reporters=members,
        sellers=sellers if set(sellers) == set(members) else (),
        products=tuple(sorted(frame["product"].unique())),
        incomplete=incomplete,
        valuation="cif",
        notes=tuple(notes),
        provenance=Provenance((COMEXT,), (f"read from {where}", *notes), last),
    )  # fmt: skip


def _names(line: str) -> list[str]:
    separator = max(",;\t", key=line.count)
    return [name.strip().strip('"') for name in line.strip().split(separator)]


def _known(names: Sequence[str]) -> dict[str, str]:
    """{column in the file: our name}; a spelling named earlier in `_NAMES` wins."""
    out: dict[str, str] = {}
    for ours, spellings in _NAMES.items():
        found = next((s for s in spellings if s in names), None)
        if found is not None:
            out[found] = ours
    return out


def _parsed(file: Path) -> pl.DataFrame:
    """One file with our column names; text stays text, amounts are numbers, indicators are columns."""
    import polars as pl

    try:
        with file.open("rb") as stream:
            line = stream.readline(8192).decode("utf-8-sig")
    except OSError as error:
        raise MissingData(f"cannot read {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file.name} is not UTF-8 text; unpack it first, and give the text file") from error
    names = _names(line)
    known = _known(names)
    absent = [n for n in ("reporter", "partner", "product", "flow", "period") if n not in known.values()]
    tall = {"indicator", "observed"} <= set(known.values())
    if absent or not (tall or "value" in known.values()):
        lacking = absent[0] if absent else "value"
        raise InputError(
            f"{file.name} has no column for {lacking} ({' or '.join(_NAMES[lacking])}); its columns are {first_five(names)}"
        )
    try:
        # Text throughout: NA is Namibia, and 01012100 has a zero in front.
        frame = pl.read_csv(
            file,
            separator=max(",;\t", key=line.count),
            infer_schema=False,
            columns=list(known),
        )
    except pl.exceptions.PolarsError as error:
        raise InputError(f"{file.name} is no table ({str(error).splitlines()[0]}); get it again") from error
    frame = frame.rename(known).with_columns(pl.all().fill_null("").str.strip_chars())
    if not frame.height:
        raise InputError(f"{file.name} has no rows; get it again")
    if tall:
        return _pivoted(frame, file.name)
    frame = frame.with_columns(value=_numbers(frame["value"], file.name))
    for ours, factor in (("kilograms", 1e-3), ("hundred_kilograms", 0.1)):
        if ours in frame.columns:
            frame = frame.with_columns(quantity=_numbers(frame[ours], file.name) * factor).drop(ours)
    return frame


def _pivoted(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    """Indicators, one a row, as columns value and quantity."""
    import polars as pl

    strange = [i for i in frame["indicator"].unique() if i not in _INDICATORS]
    if strange and not any(i in _INDICATORS for i in frame["indicator"].unique()):
        raise InputError(
            f"{where}: indicators are {first_five(sorted(strange))}; one of {', '.join(_INDICATORS)} is needed"
        )
    frame = frame.filter(pl.col("indicator").is_in(list(_INDICATORS)))
    frame = frame.with_columns(amount=_numbers(frame["observed"], where))
    key = [c for c in ("reporter", "partner", "product", "flow", "period", "mode") if c in frame.columns]
    _once(frame, [*key, "indicator"], where)
    out = None
    for target in ("value", "quantity"):
        chosen = {i: factor for i, (what, factor) in _INDICATORS.items() if what == target}
        part = frame.filter(pl.col("indicator").is_in(list(chosen))).select(
            *key,
            (pl.col("amount") * pl.col("indicator").replace_strict(chosen, default=1.0, return_dtype=pl.Float64)).alias(
                target
            ),
        )
        if part.height:
            out = part if out is None else out.join(part, on=key, how="full", coalesce=True)
    if out is None or "value" not in out.columns:
        raise InputError(f"{where} has quantities and no values; ask the service for VALUE_IN_EUROS as well")
    return out


def _numbers(text: pl.Series, where: str) -> pl.Series:
    """Text as numbers; empty (or ":") is not known, anything else that is no number is an error with its line."""
    import polars as pl

    read = text.replace({"": None, ":": None})
    number = read.cast(pl.Float64, strict=False)
    bad = (number.is_null() & read.is_not_null()).arg_true()
    if len(bad):
        raw = str(read[bad[0]])
        hint = " (a thousands separator?)" if re.fullmatch(r"[\d., ']+", raw) else ""
        raise InputError(
            f"{where}, line {bad[0] + 2}: {text.name} is {raw!r}, not a number{hint}; {len(bad)} such cells"
        )
    return number


def _once(frame: pl.DataFrame, key: Sequence[str], where: str) -> None:
    import polars as pl

    if frame.select(pl.struct(key).n_unique()).item() < frame.height:
        row = frame.filter(pl.struct(key).is_duplicated()).row(0, named=True)
        raise InputError(
            f"{where}: rows stand there more than once (first {' '.join(str(row[c]) for c in key)}); overlapping files repeat"
            " rows, read each only once"
        )


def _economies(frame: pl.DataFrame, where: str, notes: list[str]) -> pl.DataFrame:
    """Reporter and partner as ISO alpha-3 or a category; sums of others leave."""
    import polars as pl

    from interdep.geography.economies import table, unknown_economy

    own = {e.iso2: e.code for e in table().values() if e.iso2} | {e.code: e.code for e in table().values()} | EUROSTAT
    for column in ("reporter", "partner"):
        present = frame[column].unique().sort().to_list()
        sums = [code for code in present if code in AGGREGATES]
        if sums:
            frame = frame.filter(~pl.col(column).is_in(sums))
            notes.append(f"{column}s that are sums of others left out: {', '.join(sums)}")
            if not frame.height:
                raise InputError(
                    f"{where}: every {column} is a sum ({first_five(sums)}); get the data by single {column}"
                )
        for code in present:
            if code not in own and code not in sums:
                raise InputError(f"{where}, {column}: {unknown_economy(code)}")
        frame = frame.with_columns(pl.col(column).replace_strict(own, return_dtype=pl.String))
    return frame


def _flows(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    """Exporter and importer from reporter, partner and flow."""
    import polars as pl

    strange = [f for f in frame["flow"].unique() if f.upper() not in _FLOWS]
    if strange:
        raise InputError(f"{where}: flow is {strange[0]!r}; 1 is import and 2 export")
    frame = frame.with_columns(pl.col("flow").str.to_uppercase().replace_strict(_FLOWS))
    if "mode" in frame.columns:
        modes = [m for m in frame["mode"].unique() if m not in _MODES and m not in _MODES.values()]
        if modes:
            raise InputError(f"{where}: mode of transport {modes[0]!r} is none of {', '.join(list(_MODES)[:9])}")
        frame = frame.with_columns(pl.col("mode").replace(_MODES))
    buys = pl.col("flow") == "import"
    return frame.with_columns(
        exporter=pl.when(buys).then(pl.col("partner")).otherwise(pl.col("reporter")),
        importer=pl.when(buys).then(pl.col("reporter")).otherwise(pl.col("partner")),
    )


def _products(frame: pl.DataFrame, where: str, notes: list[str]) -> pl.DataFrame:
    """Codes of one length; the grand total leaves, codes withheld by letters leave with a note of what they are worth."""
    import polars as pl

    frame = frame.filter(~pl.col("product").str.to_uppercase().is_in(["TOTAL"]))
    hidden = frame.filter(~pl.col("product").str.contains(r"^\d+$"))
    if hidden.height:
        frame = frame.filter(pl.col("product").str.contains(r"^\d+$"))
        worth = float(hidden["value"].sum()) / 1e6
        chapters = sorted({c[:2] for c in hidden["product"]})
        notes.append(
            f"{worth:,.1f} mn EUR stand under codes withheld for confidentiality (chapters {first_five(chapters)}) and are in no product"
        )
    if not frame.height:
        raise InputError(f"{where} has no product codes, only totals; get the data by product")
    lengths = sorted(frame["product"].str.len_bytes().unique())
    if len(lengths) > 1:
        short = frame.filter(pl.col("product").str.len_bytes() == lengths[0])["product"][0]
        hint = "a leading zero was lost" if lengths[0] % 2 else "sums over finer codes would be counted twice"
        raise InputError(
            f"{where} mixes product codes of {first_five(lengths)} digits (first {short!r}): {hint}; keep one length"
        )
    return frame


def _years(frame: pl.DataFrame, where: str, notes: list[str]) -> tuple[pl.DataFrame, dict[str, tuple[int, ...]]]:
    """The year of each row, and {"": years of fewer than twelve months}."""
    import polars as pl

    periods = frame["period"].unique().sort().to_list()
    strange = [p for p in periods if not re.fullmatch(r"(19|20)\d\d([-]?(0[1-9]|1[0-2]|52))?", p)]
    if strange:
        raise InputError(
            f"{where}: period is {first_five(strange)}; write 2021, 202103, 2021-03 or 202152 (the whole year)"
        )
    months: dict[int, set[str]] = {}
    for period in periods:
        months.setdefault(int(period[:4]), set()).add(period[4:].strip("-") or _YEARLY)
    short = {}
    for year, found in months.items():
        if _YEARLY in found and len(found) > 1:
            raise InputError(
                f"{where} has {year} by month and as a whole year; adding them counts twice, keep one of them"
            )
        if _YEARLY not in found and len(found) < 12:
            short[year] = len(found)
    for year, count in short.items():
        notes.append(f"{year} has {count} of 12 months")
    stamped = frame.with_columns(
        month=pl.col("period").str.slice(4), period=pl.col("period").str.slice(0, 4).cast(pl.Int32)
    )
    return stamped, ({"": tuple(sorted(short))} if short else {})


def _revision(years: Sequence[int], where: str) -> str:
    from interdep.trade.rollup import hs_of_cn

    return hs_of_cn(years)
