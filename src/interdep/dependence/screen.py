"""Every importer and every product at once: the GeoDep criteria of a whole world, year after year, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from interdep.dependence.concentration import concentration, sold_abroad, sourced, world_exports
from interdep.dependence.criteria import CRITERIA, Thresholds, flag
from interdep.dependence.products import ENOUGH, WINDOW
from interdep.errors import InputError, MissingData

if TYPE_CHECKING:
    import narwhals as nw
    import polars as pl

    from interdep.trade import Trade

NEED = ("exporter", "importer", "product", "period", "value")


def screen(flows: Any, thresholds: Thresholds | None = None) -> nw.LazyFrame[Any]:
    """The GeoDep criteria of every importer and product in a frame of all flows that narwhals knows.

    flows: one row an exporter, importer, product and period. Returns, lazily and in the same library, (importer, product,
    period): imports, hhi, world_hhi, exports_ratio (infinite where nothing is exported) and `met`.
    """
    import narwhals as nw

    names = nw.from_native(flows).lazy().collect_schema().names()
    absent = [c for c in NEED if c not in names]
    if absent:
        raise InputError(f"the flows have no column {absent[0]!r}; they have {', '.join(names)}")
    keys = ["buyer", "product", "period"]
    exports = sold_abroad(flows)
    frame = concentration(sourced(flows), special=False).select(*keys, "imports", "hhi", "unknown")
    frame = frame.join(exports, on=keys, how="left").join(world_exports(exports), on=["product", "period"], how="left")
    ratio = nw.when(nw.col("exports") > 0).then(nw.col("imports") / nw.col("exports")).otherwise(nw.lit(float("inf")))
    frame = frame.with_columns(ratio.alias("exports_ratio"))
    columns = ["hhi", "world_hhi", "exports_ratio"]
    met = flag(CRITERIA["geodep"], thresholds or Thresholds(), columns)
    frame = frame.with_columns(nw.when(nw.col("unknown") == 0).then(met).alias("met"))
    return frame.select(importer="buyer", product="product", period="period", imports="imports", hhi="hhi",
                        world_hhi="world_hhi", exports_ratio="exports_ratio", met="met")  # fmt: skip


def screen_years(
    trade: Trade, years: Iterable[int] | None = None, thresholds: Thresholds | None = None
) -> Iterator[pl.DataFrame]:
    """`screen` of each year, and whether the criteria persist: met in two of the three years that end with it.

    One year is in memory at a time, beside the flags of the two before; a year without imports is one in which nothing is
    met. Yields frames (importer, product, period, imports, hhi, world_hhi, exports_ratio, met, years_met, persistent);
    persistent is null for the first years, where three are not there and two are not met.
    """
    import polars as pl

    if not trade.whole:
        raise MissingData(f"{trade.name} has no exports; the criteria need all flows, such as BACI")
    wanted = list(trade.periods if years is None else years)
    former: list[pl.DataFrame] = []
    for place, year in enumerate(wanted):
        if place and year != wanted[place - 1] + 1:
            former = []
        frame = screen(trade.scan([year]), thresholds).to_native().collect(engine="streaming")
        yield with_persistence(frame, former)
        flagged = frame.filter(pl.col("met")).select("importer", "product")
        former = [*former, flagged][-(WINDOW - 1) :]


def with_persistence(frame: pl.DataFrame, former: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """years_met and persistent beside `met`; former: the (importer, product) flagged in each of the years before."""
    import polars as pl

    count = pl.col("met").cast(pl.Int8)
    if former:
        text = [pl.col(c).cast(pl.String) for c in ("importer", "product")]
        before = (
            pl.concat(f.select(*text) for f in former)
            .group_by("importer", "product")
            .agg(before=pl.len().cast(pl.Int8))
        )
        # The few that were flagged are matched in the codes of this year, not this year's million rows in theirs.
        kinds = {c: frame.schema[c] for c in ("importer", "product")}
        known = before.with_columns(pl.col(c).cast(kind, strict=False) for c, kind in kinds.items()).drop_nulls()
        frame = frame.join(known, on=["importer", "product"], how="left", maintain_order="left")
        count = count + pl.col("before").fill_null(0)
    frame = frame.with_columns(years_met=count)
    persistent = pl.when(pl.col("years_met") >= ENOUGH).then(pl.lit(True))
    if len(former) == WINDOW - 1:
        persistent = persistent.when(pl.col("met").is_not_null()).then(pl.lit(False))
    return frame.with_columns(persistent=persistent).drop("before", strict=False)
