"""What holds for every Trade: checked at the door, where each failure names what, where and how to fix it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from interdep.errors import InputError, first_five, unknown
from interdep.geography.economies import table, unknown_economy
from interdep.trade.partners import AGGREGATES, SPECIAL, TERRITORIES
from interdep.trade.trade import KEY, SHARES, Trade

if TYPE_CHECKING:
    import polars as pl

LARGEST = {"JPY": 2e14, "KRW": 2e15, "CNY": 1e13}
"""No single flow of one product in one year is larger than this, in the currency; for others `LARGEST_ELSE`."""
LARGEST_ELSE = 1e12

MANY = 1_000_000
"""Rows from which doubled ones are looked for side by side in the sorted frame, which takes no memory."""

REST = "ROW"
"""The rest of the world in input-output tables: it has no place among partners, whose rest is X-REST."""

MODES = ("sea", "rail", "road", "air", "post", "pipeline", "inland waterway", "self propulsion", "unknown")

_FIELDS = (
    "name", "classification", "digits", "unit", "scale", "quantity_unit", "title", "whole", "moded", "reporters", "sellers",
    "products", "names", "parts", "incomplete", "outside", "small", "caveats", "valuation", "notes", "provenance",
)  # fmt: skip


def trade_from_frame(frame: Any, about: Mapping[str, Any]) -> Trade:
    """See `Trade.from_frame`."""
    import polars as pl

    strange = [name for name in about if name not in _FIELDS]
    if strange:
        raise unknown("field", strange[0], _FIELDS, "Trade.from_frame")
    needed = [name for name in ("name", "classification", "digits", "unit") if name not in about]
    if needed:
        raise InputError(f"a Trade needs {', '.join(needed)}; give them beside the frame")
    _check_fields(about)
    whole = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    if not isinstance(whole, pl.DataFrame):
        whole = pl.from_pandas(whole)
    absent = [c for c in (*KEY, "value") if c not in whole.columns]
    if absent:
        raise InputError(
            f"{about['name']}: the frame has no column {absent[0]!r}; it has {', '.join(map(str, whole.columns))}"
        )
    extra = [c for c in ("quantity", "mode") if c in whole.columns]
    whole = whole.select(*KEY, "value", *extra)
    if not whole.height:
        raise InputError(f"{about['name']}: the frame has no rows")
    whole = checked(
        whole, str(about["name"]), about["classification"], about["digits"], about["unit"], about.get("scale", 1.0)
    )
    files = {int(y): part for (y,), part in sorted(whole.partition_by("period", as_dict=True).items())}
    facts = {**about, "moded": "mode" in extra}
    if not facts.get("whole") and not facts.get("reporters"):
        facts["reporters"] = tuple(sorted(whole["importer"].cast(pl.String).unique()))
    return Trade(files={year: part.lazy() for year, part in files.items()}, **facts)


def _check_fields(about: Mapping[str, Any]) -> None:
    """The fields of a Trade are of the kinds that they should be; InputError names the first that is not."""
    for name in ("whole", "moded"):
        if not isinstance(about.get(name, False), bool):
            raise InputError(f"{about['name']}: {name} is {about[name]!r}; it is True or False")
    for name in ("reporters", "sellers", "products", "small", "caveats", "notes"):
        if isinstance(about.get(name), str):
            raise InputError(
                f"{about['name']}: {name} is the text {about[name]!r}; give a list, as in [{about[name]!r}]"
            )
    for name in ("name", "classification", "unit"):
        if not isinstance(about[name], str) or not about[name]:
            raise InputError(f"a Trade's {name} is text, not {about[name]!r}")
    scale, digits = about.get("scale", 1.0), about["digits"]
    if isinstance(scale, bool) or not isinstance(scale, (int, float)) or not scale > 0:
        raise InputError(
            f"{about['name']}: scale is {scale!r}; it is how many units of the currency 1 stands for, as 1e3"
        )
    if isinstance(digits, bool) or not isinstance(digits, int):
        raise InputError(f"{about['name']}: digits is {digits!r}; it is a whole number such as 6")


def checked(
    frame: pl.DataFrame,
    where: str,
    classification: str,
    digits: int,
    unit: str,
    scale: float = 1.0,
    also: Sequence[str] = (),
) -> pl.DataFrame:
    """The frame with the types of a Trade, sorted by its key; InputError for the first thing that does not hold.

    also: product codes that the source uses beside those of the classification.
    """
    import polars as pl

    key = [*KEY, *(["mode"] if "mode" in frame.columns else [])]
    for column in KEY[:3]:
        if frame[column].dtype not in (pl.String, pl.Categorical) and not isinstance(frame[column].dtype, pl.Enum):
            raise InputError(
                f"{where}: {column} holds {frame[column].dtype}, not text; codes are text (a number loses its leading zeros)"
            )
    for column in key:
        holes = frame[column].null_count()
        if holes:
            hint = " (a reader may have taken NA, Namibia, for a missing value)" if column in KEY[:2] else ""
            raise InputError(
                f"{where}: {column} is empty in {holes} of {frame.height} rows{hint}; fill it or leave them out"
            )
    for column in ("value", "quantity"):
        if column in frame.columns:
            if frame[column].dtype == pl.Null:
                frame = frame.with_columns(pl.col(column).cast(pl.Float64))
            check_amounts(frame, column, where, unit, scale)
    check_years(frame["period"].unique().to_list(), where)
    for column in ("exporter", "importer"):
        check_economies(frame[column].cast(pl.String).unique().to_list(), column, where)
    codes = [code for code in frame["product"].cast(pl.String).unique().to_list() if code not in also]
    check_codes(codes, classification, digits, where)
    if "mode" in frame.columns:
        for mode in frame["mode"].cast(pl.String).unique().to_list():
            if mode not in MODES:
                raise unknown("mode of transport", mode, MODES, where)
    types = {"value": pl.Float64, "quantity": pl.Float64, "period": pl.Int16}
    frame = typed(frame.cast({c: t for c, t in types.items() if c in frame.columns}), classification, digits, also)
    # The whole key: rows then stand in one order whatever order they came in, and doubled ones side by side.
    frame = frame.sort("product", "importer", "exporter", *key[3:])
    check_once(frame, key, where)
    if unit == SHARES:
        _check_shares(frame, where)
    return frame


def typed(frame: pl.DataFrame, classification: str, digits: int, also: Sequence[str] = ()) -> pl.DataFrame:
    """Codes as enumerations in the order of their text: small on disk, fast to group by, and the same in every year."""
    import polars as pl

    from interdep.classifications.products import NOT_SPECIFIED, codes

    # What may occur is in, whether it does or not: years of which each had its own list could not be put together.
    listed = (
        {*codes(classification), NOT_SPECIFIED, *also} if digits == 6 and classification.startswith("HS") else set()
    )
    codes_here = set(frame["product"].cast(pl.String).unique().to_list())
    kinds = {
        "exporter": partners(),
        "importer": partners(),
        "product": pl.Enum(sorted(listed | codes_here)),
        "mode": pl.Enum(sorted(MODES)),
    }
    columns = [
        frame[name] if frame[name].dtype == kind else frame[name].cast(pl.String).cast(kind)
        for name, kind in kinds.items()
        if name in frame.columns
    ]
    return frame.with_columns(columns)


def partners() -> pl.Enum:
    """The type of `exporter` and `importer`: every economy and every category, in the order of their codes."""
    import polars as pl

    return pl.Enum(sorted({*table(), *SPECIAL, *TERRITORIES} - {REST}))


def check_amounts(frame: pl.DataFrame, column: str, where: str, unit: str, scale: float) -> None:
    """Numbers, finite or null, none negative, no value larger than any trade of one product can be."""
    import polars as pl

    if not frame[column].dtype.is_numeric():
        bad = frame.filter(
            pl.col(column).cast(pl.String).cast(pl.Float64, strict=False).is_null() & pl.col(column).is_not_null()
        )
        shown = f", for example {bad[column][0]!r}" if bad.height else ""
        raise InputError(
            f"{where}: {column} holds text{shown}; give numbers with a decimal point and no thousands separator"
        )
    limit = LARGEST.get(unit, LARGEST_ELSE) / scale if column == "value" else float("inf")
    if unit == SHARES and column == "value":
        limit = 1.0 + 1e-9
    value = pl.col(column).cast(pl.Float64)
    counts = frame.select(
        odd=(value.is_nan() | value.is_infinite()).sum(), low=(value < 0).sum(), high=(value > limit).sum()
    ).row(0, named=True)
    wrong = {
        "odd": (
            value.is_nan() | value.is_infinite(),
            "are not finite numbers",
            "leave a cell empty where it is not known",
        ),
        "low": (value < 0, "are negative", "flows are not; correct or leave out these rows"),
        "high": (
            value > limit,
            f"are larger than {limit:,.6g}",
            "more than any trade of one product; is the unit right?",
        ),
    }
    for name, (test, what, way_out) in wrong.items():
        if counts[name]:
            rows = frame.filter(test).head(5)
            places = [f"{r['exporter']} to {r['importer']}, {r['product']}: {r[column]:g}" for r in rows.to_dicts()]
            raise InputError(f"{where}: {counts[name]} values of {column} {what} ({'; '.join(places)}); {way_out}")


def check_years(years: Sequence[Any], where: str) -> None:
    """Whole years; InputError otherwise."""
    strange = [y for y in years if not isinstance(y, int) or not 1900 <= y <= 2100]
    if strange:
        raise InputError(f"{where}: {first_five(strange)} is no year; period is a year such as 2021")


def check_economies(codes: Sequence[str], column: str, where: str) -> None:
    """Economies or categories; an aggregate is told apart from a code nobody knows."""
    for code in sorted(codes):
        if code == REST:
            raise InputError(
                f"{where}: {column} {code!r}, the rest of the world, is many economies and no single partner; write X-REST"
            )
        if code in table() or code in SPECIAL or code in TERRITORIES:
            continue
        if code in AGGREGATES:
            raise InputError(
                f"{where}: {column} {code!r} is a sum of others and would be counted twice; leave its rows out"
            )
        raise InputError(f"{where}, {column}: {unknown_economy(code)}")


def check_codes(codes: Sequence[str], classification: str, digits: int, where: str) -> None:
    """Product codes of the right shape, known in their revision of the HS."""
    from interdep.classifications.products import check_products

    wrong = sorted(c for c in codes if len(c) != digits)
    if wrong:
        short = [c for c in wrong if len(c) == digits - 1 and c.isdigit()]
        hint = f"; a leading zero was lost (write {'0' + short[0]!r}), as spreadsheets do" if short else ""
        raise InputError(f"{where}: {len(wrong)} product codes do not have {digits} digits ({first_five(wrong)}){hint}")
    check_products(codes, classification, where)


def check_once(frame: pl.DataFrame, key: Sequence[str], where: str) -> None:
    """No flow stands there twice."""
    import polars as pl

    distinct = frame.select(pl.struct(key).n_unique()).item() if frame.height < MANY else _distinct(frame, key)
    if distinct < frame.height:
        twice = frame.filter(pl.struct(key).is_duplicated()).select(key).unique(maintain_order=True).head(5)
        shown = "; ".join(" ".join(map(str, row)) for row in twice.iter_rows())
        raise InputError(
            f"{where}: {frame.height - distinct} flows stand there more than once ({shown}); overlapping files repeat rows,"
            " read each only once"
        )


def _distinct(frame: pl.DataFrame, key: Sequence[str]) -> int:
    """Rows that differ from the one before, in a frame sorted by its key."""
    import polars as pl

    order = frame.select(pl.struct(pl.col(c).to_physical() for c in key).alias("k"))
    return order.select((pl.col("k") != pl.col("k").shift()).fill_null(True).sum()).item()


def _check_shares(frame: pl.DataFrame, where: str) -> None:
    import polars as pl

    sums = frame.group_by("importer", "product", "period").agg(
        pl.col("value").sum(), pl.col("value").is_null().any().alias("open")
    )
    # With a share that is not known the others add up to less than one.
    wrong = (pl.col("value") > 1.01) | ((pl.col("value") < 0.99) & ~pl.col("open"))
    over = sums.filter(wrong).sort("importer", "product", "period")
    if over.height:
        row = over.row(0, named=True)
        raise InputError(
            f"{where}: the shares of {row['importer']} in {row['product']}, {row['period']}, add up to {row['value']:.3f},"
            f" not 1 ({over.height} such sums); give every supplier's part"
        )
