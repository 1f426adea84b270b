"""The two energy files of Comext as monthly rows of members: by partner, and by mode of transport for two partners."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from interdep.errors import InputError, first_five, unknown
from interdep.trade.partners import AGGREGATES

from .table import MEMBERS, economy_codes, need_columns

PARTNER_FILE = "eurostat_comext_energy_monthly_2019_2021_reporter_partner.parquet"
MODE_FILE = "eurostat_comext_ds1262527_energy_by_transport_mode.parquet"
# The file holds three overlapping extracts; this one has months, values and quantities of 2019-2021.
EXTRACT = "DS-1262527_1_Data_20220424"
# The same day's extract of the year 2021 as a whole, quantities only: used to check the months.
ANNUAL_EXTRACT = "DS-1262527_1_Data_for_transport_share_20220424"
ANNUAL_PERIOD = "202152"
HEADINGS = ("2701", "2704", "2705", "2706", "2709", "2710", "2711")
GAS = ("271111", "271121")
TOTAL = "EU27_2020_EXTRA"
INSIDE = "EU27_2020_INTRA"
# A month with this much value (EUR) and no weight at all: the weight is withheld, not zero.
WITHHELD_WEIGHT = 1e4
MODES = {
    "Sea": "sea",
    "Rail": "rail",
    "Road": "road",
    "Air": "air",
    "Post": "post",
    "Fixed Mechanism": "pipeline",
    "Inland Waterway": "inland waterway",
    "Self Propulsion": "self propulsion",
    "Unknown": "unknown",
}
MODE_PARTNERS = {
    "Extra-EU (= 'WORLD' - 'EU_INTRA')": "extra",
    "EU_EXTRA": "extra",
    "Russian Federation (Russia)": "RUS",
    "RU": "RUS",
    "GB": "GBR",
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def only_members(frame: pl.DataFrame, column: str, where: str) -> pl.DataFrame:
    """The rows of the 27 members, as `importer`; sums and the United Kingdom leave, anybody else is an InputError."""
    kept = frame.filter(~pl.col(column).is_in([*AGGREGATES, "GB"]))
    codes = economy_codes(kept[column], f"{where}, {column}")
    strange = sorted(set(codes.values()) - set(MEMBERS))
    if strange:
        raise InputError(f"{where}: reporters {first_five(strange)} are no members of the EU")
    return kept.with_columns(pl.col(column).replace_strict(codes, return_dtype=pl.String).alias("importer"))


def read_partners(path: Path) -> pl.DataFrame:
    """importer, partner, product, month (yyyymm), value (EUR), quantity (t): partners by code, `extra` and `intra`."""
    frame = pl.read_parquet(path)
    need_columns(
        frame, ("REPORTER", "PARTNER", "PRODUCT", "FLOW", "PERIOD", "INDICATORS", "INDICATOR_VALUE"), path.name
    )
    if set(frame["FLOW"].unique()) != {1}:
        raise InputError(
            f"{path.name}: flows {first_five(sorted(frame['FLOW'].unique()))}; only 1, imports, belongs here"
        )
    frame = only_members(frame, "REPORTER", path.name)
    named = frame.filter(~pl.col("PARTNER").is_in([TOTAL, INSIDE]))["PARTNER"]
    partners = economy_codes(named, f"{path.name}, PARTNER") | {TOTAL: "extra", INSIDE: "intra"}
    keys = {"PARTNER": "partner", "PRODUCT": "product", "PERIOD": "month"}
    frame = frame.rename(keys).with_columns(pl.col("partner").replace_strict(partners))
    return _side_by_side(
        frame,
        ["importer", "partner", "product", "month"],
        "INDICATORS",
        "INDICATOR_VALUE",
        {"VALUE_IN_EUROS": 1.0, "QUANTITY_IN_100KG": 0.1},
        path.name,
    )


def read_modes(path: Path) -> pl.DataFrame:
    """importer, partner (RUS, extra), product, mode, month, value (EUR), quantity (t) of imports: the monthly extract.

    The other extracts of the file repeat the same rows under other names and are left out.
    """
    frame = _imports_by_mode(path).filter(pl.col("source_file") == EXTRACT)
    month = (
        pl.col("PERIOD").str.slice(0, 3).replace_strict({m: k + 1 for k, m in enumerate(MONTHS)}, return_dtype=pl.Int64)
    )
    frame = frame.with_columns((pl.col("PERIOD").str.slice(-4).cast(pl.Int64) * 100 + month).alias("month"))
    return _side_by_side(
        frame,
        ["importer", "partner", "product", "mode", "month"],
        "INDICATOR",
        "VALUE",
        {"VALUE_IN_EUROS": 1.0, "QUANTITY_IN_TONS": 1.0},
        path.name,
    )


def read_annual_modes(path: Path) -> pl.DataFrame:
    """importer, partner, product, mode, quantity (t) of imports in 2021 as the source adds it up itself."""
    frame = _imports_by_mode(path).filter(
        (pl.col("source_file") == ANNUAL_EXTRACT) & (pl.col("PERIOD") == ANNUAL_PERIOD)
    )
    return frame.select("importer", "partner", "product", "mode", pl.col("VALUE").alias("quantity"))


def _imports_by_mode(path: Path) -> pl.DataFrame:
    frame = pl.read_parquet(path)
    names = ("source_file", "PERIOD", "REPORTER", "PARTNER", "PRODUCT", "FLOW", "TRANSPORT_MODE", "INDICATOR", "VALUE")
    need_columns(frame, names, path.name)
    frame = only_members(frame.filter(pl.col("FLOW") == "IMPORT"), "REPORTER", path.name)
    for column, known in (("PARTNER", MODE_PARTNERS), ("TRANSPORT_MODE", MODES)):
        for name in sorted(frame[column].unique().to_list()):
            if name not in known:
                raise unknown(column, name, list(known), path.name)
    return frame.filter(pl.col("PRODUCT").is_in([*HEADINGS, *GAS])).with_columns(
        pl.col("PARTNER").replace_strict(MODE_PARTNERS).alias("partner"),
        pl.col("TRANSPORT_MODE").replace_strict(MODES).alias("mode"),
        pl.col("PRODUCT").alias("product"),
    )


def _side_by_side(
    frame: pl.DataFrame, keys: list[str], indicator: str, amount: str, scales: dict[str, float], where: str
) -> pl.DataFrame:
    """Value and quantity in columns of their own; InputError where a row stands there twice or an indicator is unknown."""
    for name in sorted(frame[indicator].unique().to_list()):
        if name not in scales:
            raise unknown(indicator, name, list(scales), where)
    twice = frame.filter(pl.struct(*keys, indicator).is_duplicated()).select(*keys, indicator)
    if twice.height:
        raise InputError(f"{where}: {twice.height} rows stand there more than once ({first_five(twice.rows())})")
    wide = frame.pivot(on=indicator, values=amount, index=keys)
    names = list(scales)
    absent = [n for n in names if n not in wide.columns]
    if absent:
        raise InputError(f"{where}: no rows of {absent[0]}")
    # 100 kg are 0.1 t; the source has two decimals of 100 kg, so kilograms are exact.
    return wide.select(
        *keys,
        (pl.col(names[0]) * scales[names[0]]).alias("value"),
        (pl.col(names[1]) * scales[names[1]]).round(3).alias("quantity"),
    ).with_columns(weightless())


def weightless() -> pl.Expr:
    """Whether a row has a value and no weight at all, as `no_weight`."""
    return ((pl.col("quantity").fill_null(0.0) == 0.0) & (pl.col("value") >= WITHHELD_WEIGHT)).alias("no_weight")
