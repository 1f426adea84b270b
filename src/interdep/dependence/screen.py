"""Every importer and every product at once: a criterion over a whole world, year after year, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from interdep.dependence.concentration import KEYS, concentration, sold_abroad, sourced, top_suppliers, world_exports
from interdep.dependence.criteria import Thresholds, criterion, flag
from interdep.dependence.products import ENOUGH, WINDOW
from interdep.errors import InputError, MissingData
from interdep.trade.partners import SPECIAL

if TYPE_CHECKING:
    import narwhals as nw
    import polars as pl

    from interdep.trade import Trade

NEED = ("exporter", "importer", "product", "period", "value")


def screen(flows: Any, thresholds: Thresholds | None = None, name: str = "geodep") -> nw.LazyFrame[Any]:
    """One criterion for every importer and product in a frame of all flows that narwhals knows.

    flows: one row an exporter, importer, product and period; name: of the criterion. Each economy is one importer, so that
    all its imports are from outside. Returns, lazily and in the same library, (importer, product, period): imports, hhi,
    world_hhi, exports_ratio (infinite where nothing is exported) and `met`, null where a value that is not known or a
    withheld partner could decide. Raises InputError where a column is missing or flows are split by mode.
    """
    import narwhals as nw

    asked = criterion(name)

    names = nw.from_native(flows).lazy().collect_schema().names()
    absent = [c for c in NEED if c not in names]
    if absent:
        raise InputError(f"the flows have no column {absent[0]!r}; they have {', '.join(names)}")
    if "mode" in names:
        raise InputError(
            "the flows are split by mode of transport; add up the modes first, so that each flow is one row"
        )
    exports = sold_abroad(flows)
    sources = sourced(flows)
    frame = concentration(sources).filter(~nw.col("buyer").is_in(list(SPECIAL)))
    bounds = ("hhi", "hhi_high", "top_share", "top_share_high")
    frame = frame.select(*KEYS, "imports", *bounds, "withheld_share")
    frame = frame.join(exports, on=list(KEYS), how="left")
    frame = frame.join(world_exports(exports), on=["product", "period"], how="left")
    none = nw.col("exports_unknown").is_null() | ((nw.col("exports_unknown") == 0) & ~(nw.col("exports") > 0))
    ratio = nw.when(none & (nw.col("imports") > 0)).then(nw.lit(float("inf"))).otherwise(
        nw.when(nw.col("exports") > 0).then(nw.col("imports") / nw.col("exports")).otherwise(None)
    )  # fmt: skip
    frame = frame.with_columns(ratio.alias("exports_ratio"), nw.lit(1.0).alias("extra_share"))
    columns = [*bounds, "extra_share", "world_hhi", "world_hhi_high", "exports_ratio"]
    if any(check.indicator == "supplier_world_share" for check in asked.tests):
        frame, columns = _with_supplier(frame, sources, exports), [*columns, "supplier_world_share"]
    met = flag(asked, thresholds or Thresholds(), columns)
    frame = frame.with_columns(nw.when(~nw.col("imports").is_null()).then(met).otherwise(None).alias("met"))
    return frame.select(importer="buyer", product="product", period="period", imports="imports", hhi="hhi",
                        world_hhi="world_hhi", exports_ratio="exports_ratio", met="met")  # fmt: skip


def _with_supplier(
    frame: nw.LazyFrame[Any], sources: nw.LazyFrame[Any], exports: nw.LazyFrame[Any]
) -> nw.LazyFrame[Any]:
    """supplier_world_share: the top supplier's part of world exports, null where withheld partners hide who it is."""
    import narwhals as nw

    text = [nw.col(c).cast(nw.String) for c in ("buyer", "product")]
    top = top_suppliers(sources).with_columns(*text)
    sold = exports.select("product", "period", "exports", nw.col("buyer").cast(nw.String).alias("top_supplier"))
    sold = sold.with_columns(nw.col("product").cast(nw.String)).rename({"exports": "of_top"})
    frame = frame.with_columns(*text).join(top, on=list(KEYS), how="left")
    frame = frame.join(sold, on=["top_supplier", "product", "period"], how="left")
    sure = nw.when(nw.col("withheld_share") == 0)
    return frame.with_columns(
        sure.then(nw.col("of_top") / nw.col("world_exports")).otherwise(None).alias("supplier_world_share")
    )


def screen_years(
    trade: Trade, years: Iterable[int] | None = None, thresholds: Thresholds | None = None, name: str = "geodep"
) -> Iterator[pl.DataFrame]:
    """`screen` of each year, and whether the criteria persist: met in two of the three years that end with it.

    One year is in memory at a time, beside the flags of the two before; a year without imports is one in which nothing is
    met. Yields frames (importer, product, period, imports, hhi, world_hhi, exports_ratio, met, years_met, persistent);
    persistent is null where the years there are do not decide. A gap in the years begins anew.
    """
    if not trade.whole:
        raise MissingData(f"{trade.name} has no exports; the criteria need all flows, such as BACI")
    wanted = list(trade.periods if years is None else years)
    former: list[pl.DataFrame] = []
    for place, year in enumerate(wanted):
        if place and year != wanted[place - 1] + 1:
            former = []
        # The list gives its frame away, so that it is gone when the next year is read.
        held = [screen(trade.scan([year]), thresholds, name).to_native().collect(engine="streaming")]
        noted = open_or_met(held[0])
        yield with_persistence(held.pop(), former)
        former = [*former, noted][-(WINDOW - 1) :]


def open_or_met(frame: pl.DataFrame) -> pl.DataFrame:
    """(importer, product, met) where the criteria are met or cannot be told: the few that later years need."""
    import polars as pl

    return frame.filter(pl.col("met").fill_null(True)).select("importer", "product", "met")


def with_persistence(frame: pl.DataFrame, former: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """years_met and persistent beside `met`; former: `open_or_met` of each of the years before.

    persistent: true with two years met, false where two are known not to be met, else null.
    """
    import polars as pl

    met, hidden = pl.col("met").fill_null(False).cast(pl.Int8), pl.col("met").is_null().cast(pl.Int8)
    if former:
        text = [pl.col(c).cast(pl.String) for c in ("importer", "product")]
        before = (
            pl.concat(f.select(*text, "met") for f in former)
            .group_by("importer", "product")
            .agg(before=pl.col("met").sum().cast(pl.Int8), hidden=pl.col("met").is_null().sum().cast(pl.Int8))
        )
        # The few that were flagged are matched in the codes of this year, not this year's million rows in theirs.
        kinds = {c: frame.schema[c] for c in ("importer", "product")}
        known = before.with_columns(pl.col(c).cast(kind, strict=False) for c, kind in kinds.items()).drop_nulls()
        frame = frame.join(known, on=["importer", "product"], how="left", maintain_order="left")
        met, hidden = met + pl.col("before").fill_null(0), hidden + pl.col("hidden").fill_null(0)
    unmet = len(former) + 1 - met - hidden
    persistent = (
        pl.when(met >= ENOUGH).then(pl.lit(True)).when(unmet > WINDOW - ENOUGH).then(pl.lit(False)).otherwise(None)
    )
    return frame.with_columns(years_met=met, persistent=persistent).drop("before", "hidden", strict=False)
