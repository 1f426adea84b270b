"""Product indicators of chosen buyers: who supplies what, how concentrated, which criteria hold, in which years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from interdep.dependence.concentration import (
    KEYS,
    bought_at_home,
    concentration,
    sold_abroad,
    sourced,
    top_suppliers,
    world_exports,
)
from interdep.dependence.criteria import CRITERIA, Thresholds, flag
from interdep.trade.coverage import Coverage, judged

if TYPE_CHECKING:
    import polars as pl

    from interdep.trade import Trade

    Buyers = Mapping[str, tuple[str, ...]]

WINDOW, ENOUGH = 3, 2
"""A criterion persists where it holds in two of three consecutive years (CEPII GeoDep)."""

SMALL = 1e6
"""Units of currency: a flag that rests on less than a million a year is marked."""


def indicators(trade: Trade, buyers: Buyers, years: Sequence[int]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(indicators, sources) of some buyers over some years.

    indicators: one row for each buyer, product, period with the columns of `UNITS` in `interdep.dependence.dependencies`;
    what the table cannot tell is null. sources: (buyer, product, period, supplier): value and share of imports from abroad.
    """
    import narwhals as nw
    import polars as pl

    flows = trade.scan(years)
    sources = _plain(_collect(sourced(flows, buyers)))
    from_sources = nw.from_native(sources.lazy())
    frame = _collect(concentration(from_sources)).join(_collect(top_suppliers(from_sources)), on=KEYS, how="left")
    home = _plain(_collect(bought_at_home(flows, buyers)))
    groups = [name for name, members in buyers.items() if len(members) > 1]
    frame = frame.join(home, on=KEYS, how="left").with_columns(
        home_imports=pl.when(pl.col("buyer").is_in(groups)).then(pl.col("home_imports").fill_null(0.0)).otherwise(0.0)
    )
    frame = frame.with_columns(extra_share=pl.col("imports") / (pl.col("imports") + pl.col("home_imports")))
    frame = _with_exports(trade, frame, sources, buyers, years)
    # An index of shares of which some are not known is not known.
    holes = pl.col("unknown") > 0
    hidden = ("hhi", "hhi_high", "top_share", "top_share_high", "extra_share", "exports_ratio", "imports")
    frame = frame.with_columns(pl.when(holes).then(None).otherwise(pl.col(c)).alias(c) for c in hidden)
    if not trade.amounts:
        # A share of imports has no size: what would be an amount is not known.
        frame = frame.with_columns(pl.lit(None, pl.Float64).alias(c) for c in ("imports", "home_imports"))
    frame = _with_coverage(trade, frame, sources)
    total = pl.col("value").sum().over(KEYS)
    sources = sources.with_columns(share=pl.when(total > 0).then(pl.col("value") / total))
    return frame.sort(KEYS), sources.sort(*KEYS, "share", "supplier", descending=[False] * 3 + [True, False])


def _collect(frame) -> pl.DataFrame:
    return frame.to_native().collect(engine="streaming")


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Codes as text and periods as in the other frames, so that they join."""
    import polars as pl

    text = [pl.col(c).cast(pl.String) for c in ("buyer", "product") if c in frame.columns]
    return frame.with_columns(*text, pl.col("period").cast(pl.Int32))


def _with_exports(
    trade: Trade, frame: pl.DataFrame, sources: pl.DataFrame, buyers: Buyers, years: Sequence[int]
) -> pl.DataFrame:
    """Exports, world exports, the top supplier's part of them, and what others sell elsewhere against what is at risk."""
    import polars as pl

    names = ("exports", "exports_ratio", "world_hhi", "supplier_world_share", "substitutes")
    frame = frame.with_columns(pl.lit(None, pl.Float64).alias(c) for c in names)
    told = {n: members for n, members in buyers.items() if all(trade.tells_exports_of(m) for m in members)}
    if not told:
        return frame
    flows = trade.scan(years)
    own = _plain(_collect(sold_abroad(flows, told))).rename({"exports": "sold"})
    frame = frame.join(own, on=KEYS, how="left")
    # In a table of all their flows, no row means that nothing was exported: imports over nothing is beyond every threshold.
    sold = pl.when(pl.col("buyer").is_in(list(told))).then(pl.col("sold").fill_null(0.0))
    ratio = pl.when(pl.col("exports") > 0).then(pl.col("imports") / pl.col("exports")).when(pl.col("exports") == 0)
    frame = frame.with_columns(exports=sold).drop("sold").with_columns(exports_ratio=ratio.then(float("inf")))
    return _with_world(trade, frame, years) if trade.whole else frame


def _with_world(trade: Trade, frame: pl.DataFrame, years: Sequence[int]) -> pl.DataFrame:
    """Concentration of world exports, the top supplier's part, and others' sales elsewhere over what is at risk."""
    import polars as pl

    every = sold_abroad(trade.scan(years))
    world = _plain(_collect(world_exports(every)))
    frame = frame.drop("world_hhi").join(world, on=["product", "period"], how="left")
    top = _plain(_collect(every)).rename({"buyer": "top_supplier", "exports": "of_top"})
    frame = frame.join(top, on=["top_supplier", "product", "period"], how="left")
    at_risk = pl.col("top_share") * pl.col("imports")
    # What nobody of these has yet: all sales but the buyer's own, the top supplier's, and what the buyer buys already.
    bought = pl.col("imports") - at_risk + pl.col("home_imports")
    elsewhere = pl.col("world_exports") - pl.col("exports") - pl.col("of_top") - bought
    return frame.with_columns(
        supplier_world_share=pl.col("of_top") / pl.col("world_exports"),
        substitutes=pl.when(at_risk > 0).then(elsewhere.clip(0.0) / at_risk),
    ).drop("of_top", "world_exports")


def _with_coverage(trade: Trade, frame: pl.DataFrame, sources: pl.DataFrame) -> pl.DataFrame:
    """`thin` (why a year is not to be relied on), `part` (what of the code is inside) and `small`."""
    import polars as pl

    flows = sources.filter(pl.col("value") > 0).select(
        pl.col("buyer").alias("importer"), "product", "period", pl.col("supplier").alias("exporter"), "value"
    )
    verdict = judged(flows, sorted(flows["period"].unique().to_list()), Coverage())
    thin = verdict.select(pl.col("importer").alias("buyer"), "product", "period", "thin")
    frame = frame.join(thin, on=KEYS, how="left").with_columns(pl.col("thin").fill_null(""))
    marked = pl.col("thin")
    for code, years in trade.incomplete.items():
        here = pl.col("product").str.starts_with(code) & pl.col("period").is_in(list(years))
        marked = pl.when(here).then(pl.lit("part of it was not recorded under today's codes")).otherwise(marked)
    frame = frame.with_columns(thin=marked)
    small = pl.col("imports") * trade.scale < SMALL
    return frame.with_columns(
        part=pl.col("product").replace_strict(dict(trade.parts), default="", return_dtype=pl.String),
        small=small.fill_null(False),
        data=pl.lit(trade.name),
    )


def flags(trade: Trade, frame: pl.DataFrame, thresholds: Thresholds, years: Sequence[int]) -> pl.DataFrame:
    """(buyer, product, period, criterion): met, and whether it persists over the three years that end with the period.

    years_met of years_known: of the consecutive years, thin ones not counted; a year without any imports is one in which
    nothing is met. persistent: true with two years met, false where two are known not to be met, else null.
    """
    import narwhals as nw
    import polars as pl

    columns = frame.columns
    met = (flag(c, thresholds, columns).alias(f"met_{name}") for name, c in CRITERIA.items())
    wide = nw.from_native(frame).with_columns(*met).to_native()
    long = pl.concat(wide.select(*KEYS, "thin", criterion=pl.lit(name), met=pl.col(f"met_{name}")) for name in CRITERIA)
    usable = long.filter((pl.col("thin") == "") & pl.col("met").is_not_null()).drop("thin")
    each = ["buyer", "product", "criterion"]
    grid = (
        long.select(each).unique().join(pl.DataFrame({"period": list(years)}, schema={"period": pl.Int32}), how="cross")
    )
    nothing = grid.join(long, on=[*each, "period"], how="anti").with_columns(met=pl.lit(False))
    for code, gaps in trade.incomplete.items():
        nothing = nothing.filter(~(pl.col("product").str.starts_with(code) & pl.col("period").is_in(list(gaps))))
    known = pl.concat([usable, nothing.select(usable.columns)])
    window = pl.concat(known.with_columns(pl.col("period") + back) for back in range(WINDOW))
    counts = window.group_by(*KEYS, "criterion").agg(
        years_met=pl.col("met").sum().cast(pl.Int32), years_known=pl.len().cast(pl.Int32)
    )
    long = long.join(counts, on=[*KEYS, "criterion"], how="left").with_columns(
        pl.col("years_met", "years_known").fill_null(0)
    )
    unmet = pl.col("years_known") - pl.col("years_met")
    persistent = (
        pl.when(pl.col("years_met") >= ENOUGH)
        .then(pl.lit(True))
        .when(unmet > WINDOW - ENOUGH)
        .then(pl.lit(False))
        .otherwise(None)
    )
    return long.with_columns(persistent=persistent).drop("thin").sort(*KEYS, "criterion")


def headline(frame: pl.DataFrame) -> pl.DataFrame:
    """(buyer, product, period): the last year that is not thin; a product with thin years only has none."""
    import polars as pl

    usable = frame.filter(pl.col("thin") == "")
    return usable.group_by("buyer", "product").agg(pl.col("period").max()).sort("buyer", "product")
