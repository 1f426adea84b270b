"""Product indicators of chosen buyers: who supplies what, how concentrated, which criteria hold, in which years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from interdep.dependence.concentration import (
    KEYS,
    bought_at_home,
    concentration,
    sold_abroad,
    sourced,
    top_suppliers,
    world_exports,
)
from interdep.dependence.criteria import CRITERIA, TIE, Thresholds, flag
from interdep.trade.coverage import Coverage, judged, least
from interdep.trade.partners import SPECIAL

if TYPE_CHECKING:
    import narwhals as nw
    import polars as pl

    from interdep.trade import Trade

    Buyers = Mapping[str, tuple[str, ...]]

WINDOW, ENOUGH = 3, 2
"""A criterion persists where it holds in two of three consecutive years (CEPII GeoDep)."""

UNRECORDED = "part of it was not recorded under today's codes"
"""Why the years before a change of codes are not used."""


def indicators(trade: Trade, buyers: Buyers, years: Sequence[int]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(indicators, sources) of some buyers over some years.

    indicators: one row for each buyer, product, period with the columns of `interdep.dependence.by_product.units` and
    `certain` (no withheld partner can be larger than the top supplier); what the table cannot tell is null. sources: (buyer,
    product, period, supplier): value and share of imports from abroad, null where a part of them is not known.
    """
    import narwhals as nw
    import polars as pl

    flows = trade.scan(years)
    sources = _plain(_collect(sourced(flows, buyers)))
    from_sources = nw.from_native(sources.lazy())
    frame = _collect(concentration(from_sources)).join(_collect(top_suppliers(from_sources)), on=KEYS, how="left")
    frame = _with_home(trade, _certain(frame, sources), buyers, years)
    frame = _with_exports(trade, frame, buyers, years)
    if not trade.amounts:
        # A share of imports has no size: what would be an amount is not known.
        frame = frame.with_columns(pl.lit(None, pl.Float64).alias(c) for c in ("imports", "home_imports"))
    frame = _with_coverage(trade, frame, sources, years)
    total, holes = pl.col("value").sum().over(KEYS), pl.col("unknown").sum().over(KEYS)
    sources = sources.with_columns(share=pl.when((total > 0) & (holes == 0)).then(pl.col("value") / total))
    return frame.sort(KEYS), sources.sort(*KEYS, "share", "supplier", descending=[False] * 3 + [True, False])


def _collect(frame: nw.LazyFrame[Any]) -> pl.DataFrame:
    return frame.to_native().collect(engine="streaming")


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Codes as text and periods as in the other frames, so that they join."""
    import polars as pl

    text = [pl.col(c).cast(pl.String) for c in ("buyer", "product") if c in frame.columns]
    return frame.with_columns(*text, pl.col("period").cast(pl.Int32))


def _certain(frame: pl.DataFrame, sources: pl.DataFrame) -> pl.DataFrame:
    """`certain`: the top supplier is the largest however the part with withheld partner is split."""
    import polars as pl

    top = frame.select(*KEYS, "top_supplier", "imports")
    others = sources.filter(~pl.col("supplier").is_in(list(SPECIAL))).join(top, on=KEYS)
    others = others.filter(pl.col("supplier") != pl.col("top_supplier"))
    second = others.group_by(KEYS).agg(second=pl.col("value").max() / pl.col("imports").first())
    frame = frame.join(second, on=KEYS, how="left")
    # What is withheld may be the second's; the rest is nobody's who is named.
    hidden = pl.col("withheld_share") - pl.col("rest_share")
    top = pl.col("top_share") * (1 + TIE)
    largest = (top >= hidden + pl.col("second").fill_null(0.0)) & (top >= hidden + pl.col("rest_share"))
    # Of flows some of which have no value nobody is known to be the largest.
    known = (pl.col("unknown") == 0) & largest.fill_null(False)
    top_supplier = pl.when(known).then(pl.col("top_supplier"))
    frame = frame.with_columns(top_supplier=top_supplier, certain=largest.fill_null(False)).drop("second")
    return frame.with_columns(certain=pl.col("certain") & pl.col("top_supplier").is_not_null())


def _with_home(trade: Trade, frame: pl.DataFrame, buyers: Buyers, years: Sequence[int]) -> pl.DataFrame:
    """home_imports and extra_share; a table without any trade between a group's members does not tell them."""
    import polars as pl

    home = _plain(_collect(bought_at_home(trade.scan(years), buyers)))
    alone = [name for name, members in buyers.items() if len(members) == 1]
    told = buyers if trade.whole else {*alone, *home["buyer"].unique()}
    none = pl.col("home_unknown").is_null() & pl.col("buyer").is_in(list(told))
    frame = frame.join(home, on=KEYS, how="left").with_columns(
        home_imports=pl.when(none).then(0.0).otherwise(pl.col("home_imports"))
    )
    return frame.with_columns(extra_share=pl.col("imports") / (pl.col("imports") + pl.col("home_imports"))).drop(
        "home_unknown"
    )


def _with_exports(trade: Trade, frame: pl.DataFrame, buyers: Buyers, years: Sequence[int]) -> pl.DataFrame:
    """Exports, world exports, the top supplier's part of them, and what others sell elsewhere against what is at risk."""
    import polars as pl

    names = ("exports", "exports_ratio", "world_hhi", "world_hhi_high", "supplier_world_share", "substitutes")
    frame = frame.with_columns(pl.lit(None, pl.Float64).alias(c) for c in names)
    told = {n: members for n, members in buyers.items() if all(trade.tells_exports_of(m) for m in members)}
    if not told or not trade.amounts:
        return frame
    own = _plain(_collect(sold_abroad(trade.scan(years), told))).rename({"exports": "sold"})
    frame = frame.join(own, on=KEYS, how="left")
    # In a table of all their flows, no row means that nothing was exported: imports over nothing is beyond every threshold.
    none = pl.col("exports_unknown").is_null() & pl.col("buyer").is_in(list(told))
    frame = frame.with_columns(exports=pl.when(none).then(0.0).otherwise(pl.col("sold"))).drop(
        "sold", "exports_unknown"
    )
    beyond = (pl.col("exports") == 0) & (pl.col("imports") > 0)
    ratio = pl.when(pl.col("exports") > 0).then(pl.col("imports") / pl.col("exports")).when(beyond).then(float("inf"))
    frame = frame.with_columns(exports_ratio=ratio)
    return _with_world(trade, frame, years) if trade.whole else frame


def _with_world(trade: Trade, frame: pl.DataFrame, years: Sequence[int]) -> pl.DataFrame:
    """Concentration of world exports, the top supplier's part, and others' sales elsewhere over what is at risk."""
    import narwhals as nw
    import polars as pl

    every = _collect(sold_abroad(trade.scan(years)))
    world = _plain(_collect(world_exports(nw.from_native(every.lazy()))))
    frame = frame.drop("world_hhi", "world_hhi_high").join(world, on=["product", "period"], how="left")
    # Only of the economies that are somebody's top supplier.
    tops = frame["top_supplier"].drop_nulls().unique().to_list()
    top = _plain(every.filter(pl.col("buyer").cast(pl.String).is_in(tops))).drop("exports_unknown")
    top = top.rename({"buyer": "top_supplier", "exports": "of_top"})
    frame = frame.join(top, on=["top_supplier", "product", "period"], how="left")
    at_risk = pl.col("top_share") * pl.col("imports")
    # What nobody of these has yet: all sales but the buyer's own, the top supplier's, and what the buyer buys already.
    bought = pl.col("imports") - at_risk + pl.col("home_imports")
    elsewhere = pl.col("world_exports") - pl.col("exports") - pl.col("of_top") - bought
    sure = pl.when(pl.col("certain"))
    return frame.with_columns(
        supplier_world_share=sure.then(pl.col("of_top") / pl.col("world_exports")),
        substitutes=pl.when(pl.col("certain") & (at_risk > 0)).then(elsewhere.clip(0.0) / at_risk),
    ).drop("of_top", "world_exports")


def _with_coverage(trade: Trade, frame: pl.DataFrame, sources: pl.DataFrame, years: Sequence[int]) -> pl.DataFrame:
    """`thin` (why a year is not to be relied on), `part` (what of the code is inside) and `small`."""
    import polars as pl

    # A flow of which the value is withheld is there: only what is reported as zero is no partner.
    value = pl.when((pl.col("value") > 0) | (pl.col("unknown") == 0)).then(pl.col("value"))
    flows = sources.filter((pl.col("value") > 0) | (pl.col("unknown") > 0)).select(
        pl.col("buyer").alias("importer"), "product", "period", pl.col("supplier").alias("exporter"), value=value
    )
    rule = Coverage()
    verdict = judged(flows, years, rule, least(trade, rule), whole=trade.whole)
    thin = verdict.select(pl.col("importer").alias("buyer"), "product", "period", "thin")
    frame = frame.join(thin, on=KEYS, how="left").with_columns(pl.col("thin").fill_null(""))
    marked = pl.col("thin")
    for code, gaps in trade.incomplete.items():
        here = pl.col("product").str.starts_with(code) & pl.col("period").is_in(list(gaps))
        marked = pl.when(here).then(pl.lit(UNRECORDED if code else "months are missing")).otherwise(marked)
    frame = frame.with_columns(thin=marked)
    # A share says nothing of size, but that of products which the table says are small.
    by_name = pl.when(pl.col("product").is_in(list(trade.small))).then(pl.lit(True))
    small = pl.col("imports") < least(trade, rule) if trade.amounts else by_name
    return frame.with_columns(
        part=pl.col("product").replace_strict(dict(trade.parts), default="", return_dtype=pl.String),
        small=small,
        data=pl.lit(trade.name),
    )


def flags(trade: Trade, frame: pl.DataFrame, thresholds: Thresholds, years: Sequence[int]) -> pl.DataFrame:
    """(buyer, product, period, criterion): met in the year, whether it persists over the three that end with it, and holds.

    years_met of years_known: of the consecutive years, thin ones not counted; a year in which nothing is imported is one in
    which nothing is met. persistent: true with two years met, false where two are known not to be met, else null. holds:
    persistent where the criterion asks for that (GeoDep), else met.
    """
    import narwhals as nw
    import polars as pl

    columns = frame.columns
    met = (flag(c, thresholds, columns).alias(f"met_{name}") for name, c in CRITERIA.items())
    wide = nw.from_native(frame).with_columns(*met).to_native()
    long = pl.concat(wide.select(*KEYS, "thin", criterion=pl.lit(name), met=pl.col(f"met_{name}")) for name in CRITERIA)
    usable = long.filter((pl.col("thin") == "") & pl.col("met").is_not_null()).drop("thin")
    nothing = _nothing(trade, frame, years).join(pl.DataFrame({"criterion": list(CRITERIA)}), how="cross")
    known = pl.concat([usable, nothing.with_columns(met=pl.lit(False)).select(usable.columns)])
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
    lasting = pl.col("criterion").is_in([name for name, c in CRITERIA.items() if c.persistent])
    long = long.with_columns(persistent=persistent)
    long = long.with_columns(holds=pl.when(lasting).then("persistent").otherwise("met"))
    return long.drop("thin").sort(*KEYS, "criterion")


def _nothing(trade: Trade, frame: pl.DataFrame, years: Sequence[int]) -> pl.DataFrame:
    """(buyer, product, period): years in which a buyer imports nothing of a product that it imports in another year."""
    import polars as pl

    order = sorted(years)
    # As in the coverage check: a year is compared with the one before, the first with the one after.
    beside = [order[k - 1] if k else order[min(1, len(order) - 1)] for k in range(len(order))]
    when = pl.DataFrame({"period": order, "beside": beside}, schema={"period": pl.Int32, "beside": pl.Int32})
    there = frame.select(KEYS)
    out = there.select("buyer", "product").unique().join(when, how="cross").join(there, on=KEYS, how="anti")
    for code, gaps in trade.incomplete.items():
        out = out.filter(~(pl.col("product").str.starts_with(code) & pl.col("period").is_in(list(gaps))))
    if not trade.whole:
        # Where not all flows are there, a product that is gone beside a year that has it is a gap in the data.
        out = out.join(there.rename({"period": "beside"}), on=["buyer", "product", "beside"], how="anti")
    if trade.classification == "CN8":
        # The list of codes is new every year: a code that nobody trades in a year was not on it.
        listed = trade.scan(order).select(pl.col("product").cast(pl.String), pl.col("period").cast(pl.Int32)).unique()
        out = out.join(listed.collect(), on=["product", "period"], how="semi")
    return out.select(KEYS)


def headline(frame: pl.DataFrame) -> pl.DataFrame:
    """(buyer, product, period): the last year that is not thin; a product with thin years only has none."""
    import polars as pl

    usable = frame.filter(pl.col("thin") == "")
    return usable.group_by("buyer", "product").agg(pl.col("period").max()).sort("buyer", "product")
