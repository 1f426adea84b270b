"""Reader of Eurostat Comext: the bulk text files (monthly or yearly) and SDMX-CSV of the dissemination service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from interdep.errors import InputError, InterdepError, first_five
from interdep.provenance import Provenance, Source
from interdep.sources.rows import check_end, first_line, numbers, reason, separator_of
from interdep.trade.partners import AGGREGATES, EUROSTAT
from interdep.trade.rollup import hs_of_cn
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
_ALL_REGIMES = "4"
"""The statistical procedure that is the sum of the others, in old files."""
_NO_REPORTERS = ("XI",)
"""Northern Ireland reports some of its trade beside the members: no economy's imports are complete with it."""
_CHAPTERS = 90
"""Chapters of the HS (of 97) from which on a file is taken to hold the whole nomenclature."""
_PERIOD = r"^(19|20)\d\d(-?(0[1-9]|1[0-2]|52))?$"
_DIGITS = r"^\d+$"
_WAY_OUT = "unpack it first, and give the text file"


def is_comext(path: Path) -> bool:
    """The first line names the columns of a Comext file."""
    try:
        names = _names(first_line(path, _WAY_OUT))
    except InterdepError:
        return False
    return {"reporter", "partner", "product", "period"} <= set(_known(names).values())


def read(paths: str | Path | Sequence[str | Path]) -> Trade:
    """Imports of the EU's members from every partner, and their exports where the file has them.

    paths: one file or several (months, years). Values are EUR, quantities tonnes; months are added up to years, and a year of
    fewer than twelve is said to be incomplete. Reporters that are sums of members are left out (their members are there);
    partners withheld or not specified stay as categories; product codes withheld by letters (85SSSSSS) are said in the notes.
    Every reporter in the file counts as complete in each direction that the file has: Comext has no rows for no trade. A file
    of nearly all chapters is the whole nomenclature, any other covers the codes that are in it.
    Raises MissingData where there is no file, InputError with file, count and the way out for what does not hold.
    """
    import polars as pl

    files = [Path(p) for p in ([paths] if isinstance(paths, (str, Path)) else paths)]
    if not files:
        raise InputError("no Comext file is named")
    where = files[0].name if len(files) == 1 else f"{len(files)} files from {files[0].name}"
    frame = _together([_parsed(file) for file in files], ", ".join(f.name for f in files[:5]))
    notes: list[str] = []
    frame = _regimes(frame, notes)
    frame = _economies(frame, where, notes)
    frame = _flows(frame, where)
    frame = _products(frame, where, notes)
    frame, incomplete = _years(frame, where, notes)
    key = ["exporter", "importer", "product", "period", *(["mode"] if "mode" in frame.columns else [])]
    amounts = [c for c in ("value", "quantity") if c in frame.columns]
    whole = [pl.when(pl.col(c).is_null().any()).then(None).otherwise(pl.col(c).sum()).alias(c) for c in amounts]
    buyers, sellers = (
        tuple(sorted(frame.filter(pl.col("flow") == flow)["reporter"].unique())) for flow in ("import", "export")
    )
    # One direction alone says nothing of the other; with both, a reporter without a row has no such trade.
    everyone = tuple(sorted({*buyers, *sellers}))
    # A member's purchases from another stand on both sides; the buyer's own record counts.
    mirrored = (pl.col("flow") == "export") & pl.col("importer").is_in(list(everyone if buyers else ()))
    frame = frame.filter(~mirrored).group_by(key).agg(whole)
    digits = len(frame["product"][0])
    years = sorted(int(y) for y in frame["period"].unique())
    products = tuple(sorted(frame["product"].unique()))
    trade = Trade.from_frame(
        frame,
        name="comext-" + "-".join(map(str, dict.fromkeys((years[0], years[-1])))),
        title="Eurostat Comext, trade of EU members",
        classification="CN8" if digits == 8 else hs_of_cn(years),
        digits=digits,
        unit="EUR",
        quantity_unit="t" if "quantity" in frame.columns else "",
        products=None if len({code[:2] for code in products}) >= _CHAPTERS else products,
        incomplete=incomplete,
        valuation="imports cif, exports fob" if sellers else "cif",
        notes=tuple(notes),
        provenance=Provenance((COMEXT,), (f"read from {where}", *notes), years[-1]),
    )
    # Not through `from_frame`, which takes every importer for a reporter where none is named.
    return replace(trade, reporters=everyone if buyers else (), sellers=everyone if sellers else ())


def _names(line: str) -> list[str]:
    return [name.strip().strip('"') for name in line.split(separator_of(line))]


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

    line = first_line(file, _WAY_OUT)
    names = _names(line)
    known = _known(names)
    absent = [n for n in ("reporter", "partner", "product", "flow", "period") if n not in known.values()]
    tall = {"indicator", "observed"} <= set(known.values())
    if absent or not (tall or "value" in known.values()):
        lacking = absent[0] if absent else "value"
        raise InputError(
            f"{file.name} has no column for {lacking} ({' or '.join(_NAMES[lacking])}); its columns are {first_five(names)}"
        )
    check_end(file, line)
    try:
        # Text throughout: NA is Namibia, and 01012100 has a zero in front. All columns: with only some of them asked for,
        # polars takes a line of too many (a thousands separator) and reads every number behind it from the wrong place.
        frame = pl.read_csv(file, separator=separator_of(line), infer_schema=False).select(list(known))
    except pl.exceptions.PolarsError as error:
        raise InputError(f"{file.name} is no table ({reason(error)}); get it again") from error
    frame = frame.rename(known).with_columns(pl.all().fill_null("").str.strip_chars())
    if not frame.height:
        raise InputError(f"{file.name} has no rows; get it again")
    strange = frame.filter(~pl.col("period").str.contains(_PERIOD))["period"].unique().sort().to_list()
    if strange:
        raise InputError(
            f"{file.name}: period is {first_five(strange)}; write 2021, 202103, 2021-03 or 202152 (the whole year)"
        )
    # One spelling of each period: else a year written in two ways would be counted twice.
    period = pl.col("period").str.replace("-", "")
    frame = frame.with_columns(pl.when(period.str.len_bytes() == 4).then(period + _YEARLY).otherwise(period))
    if "mode" in frame.columns:
        frame = frame.with_columns(pl.col("mode").replace({"": "0"}))
    if tall:
        return _pivoted(frame, file.name)
    frame = frame.with_columns(value=_amounts(frame["value"], file.name))
    for ours, factor in (("kilograms", 1e-3), ("hundred_kilograms", 0.1)):
        if ours in frame.columns:
            frame = frame.with_columns(quantity=_amounts(frame[ours], file.name) * factor).drop(ours)
    return frame


def _pivoted(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    """Indicators, one a row, as columns value and quantity; of two for the same, the one named first in `_INDICATORS`."""
    import polars as pl

    present = set(frame["indicator"].unique())
    chosen: dict[str, str] = {}
    for indicator, (target, _) in _INDICATORS.items():
        if indicator in present:
            chosen.setdefault(target, indicator)
    if "value" not in chosen:
        raise InputError(
            f"{where}: indicators are {first_five(sorted(present))}, and no value; ask the service for VALUE_IN_EUROS as well"
        )
    key = [c for c in ("reporter", "partner", "product", "flow", "period", "mode", "regime") if c in frame.columns]
    frame = frame.filter(pl.col("indicator").is_in(list(chosen.values())))
    frame = frame.with_columns(amount=_amounts(frame["observed"], where))
    _once(frame, [*key, "indicator"], where)
    out = None
    for target, indicator in chosen.items():
        part = frame.filter(pl.col("indicator") == indicator)
        part = part.select(*key, (pl.col("amount") * _INDICATORS[indicator][1]).alias(target))
        out = part if out is None else out.join(part, on=key, how="full", coalesce=True)
    assert out is not None
    return out


def _amounts(text: pl.Series, where: str) -> pl.Series:
    """Text as numbers; empty (or ":") is not known."""
    import polars as pl

    return numbers(text, where, ("", ":"), pl.Float64)


def _together(frames: list[pl.DataFrame], where: str) -> pl.DataFrame:
    """The files as one, after none of their flows was found twice, in one of them or in two."""
    import polars as pl

    with_mode = sum("mode" in frame.columns for frame in frames)
    if 0 < with_mode < len(frames):
        raise InputError(f"{where}: some files tell the mode of transport and others do not; give them by themselves")
    key = ["reporter", "partner", "product", "flow", "period", *(["mode"] if with_mode else [])]
    # Withheld products may have several rows, which differ in columns that are not read.
    plain = pl.col("product").str.contains(_DIGITS)
    for frame in frames:
        _once(frame.filter(plain), [c for c in frame.columns if c not in ("value", "quantity")], where)
    if len(frames) > 1:
        _once(pl.concat([frame.select(key).unique() for frame in frames]).filter(plain), key, where)
    return pl.concat(frames, how="diagonal")


def _once(frame: pl.DataFrame, key: Sequence[str], where: str) -> None:
    import polars as pl

    names = pl.struct(_one_spelling(pl.col(c)) if c in ("reporter", "partner") else pl.col(c) for c in key)
    if frame.select(names.n_unique()).item() < frame.height:
        row = frame.filter(names.is_duplicated()).row(0, named=True)
        raise InputError(
            f"{where}: rows stand there more than once (first {' '.join(str(row[c]) for c in key)}); overlapping files repeat"
            " rows, read each only once"
        )


def _one_spelling(code: pl.Expr) -> pl.Expr:
    """Greece and Kosovo as they are spelled here: rows under EL and rows under GR are the same rows."""
    return code.replace({"GR": "EL", "GRC": "EL", "XKX": "XK"})


def _regimes(frame: pl.DataFrame, notes: list[str]) -> pl.DataFrame:
    """Without the procedures that are parts of a sum in the same file."""
    import polars as pl

    if "regime" in frame.columns and {_ALL_REGIMES} < set(frame["regime"].drop_nulls().unique()):
        notes.append(f"statistical procedures other than {_ALL_REGIMES}, their sum, left out")
        return frame.filter(pl.col("regime").is_null() | (pl.col("regime") == _ALL_REGIMES))
    return frame


def _economies(frame: pl.DataFrame, where: str, notes: list[str]) -> pl.DataFrame:
    """Reporter and partner as ISO alpha-3 or a category; sums of others leave."""
    import polars as pl

    from interdep.geography.economies import table, unknown_economy

    own = {e.iso2: e.code for e in table().values() if e.iso2} | {e.code: e.code for e in table().values()} | EUROSTAT
    outside = [code for code in _NO_REPORTERS if code in frame["reporter"].unique()]
    if outside:
        frame = frame.filter(~pl.col("reporter").is_in(outside))
        notes.append(f"rows reported by {', '.join(outside)} (Northern Ireland) left out")
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
    hidden = frame.filter(~pl.col("product").str.contains(_DIGITS))
    if hidden.height:
        frame = frame.filter(pl.col("product").str.contains(_DIGITS))
        worth = float(hidden["value"].sum()) / 1e6
        chapters = sorted({c[:2] for c in hidden["product"]})
        notes.append(
            f"{worth:,.1f} mn EUR stand under codes withheld for confidentiality (chapters {first_five(chapters)})"
            " and are in no product"
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

    months: dict[int, set[str]] = {}
    for period in frame["period"].unique().sort():
        months.setdefault(int(period[:4]), set()).add(period[4:])
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
    stamped = frame.with_columns(pl.col("period").str.slice(0, 4).cast(pl.Int32))
    return stamped, ({"": tuple(sorted(short))} if short else {})
