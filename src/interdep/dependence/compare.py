"""Buyers side by side: common dependencies and shared suppliers, the reverse side, and what changed between years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from interdep.dependence.concentration import KEYS
from interdep.dependence.criteria import CRITERIA, TIE, Thresholds, holds
from interdep.trade.partners import SPECIAL
from interdep.units import per_cent, significant

if TYPE_CHECKING:
    import polars as pl

    from interdep.trade import Trade

COMMON, SHARED, UNLIKE = "common dependency", "shared top supplier", "not the same goods"


def common(indicators: pl.DataFrame, flags: pl.DataFrame, buyers: Sequence[str]) -> pl.DataFrame:
    """Products in which all buyers have the same top supplier, in the last year that none of them has thin.

    class: "common dependency" where one criterion holds for every buyer; the weaker "shared top supplier" where none does;
    "not the same goods" where a table covers only a part of the code for one of them (nothing is claimed then). Left out is
    what a withheld partner could change: a top supplier that may not be the largest.
    """
    import polars as pl

    usable = indicators.filter(pl.col("thin") == "")
    together = usable.group_by("product", "period").agg(pl.col("buyer").n_unique().alias("n"))
    together = together.filter(pl.col("n") == len(buyers)).group_by("product").agg(pl.col("period").max())
    rows = usable.join(together, on=["product", "period"])
    # One buyer whose largest supplier is not known is enough to claim nothing.
    unsure = rows.filter(~pl.col("certain")).select("product").unique()
    rows = rows.join(unsure, on="product", how="anti")
    same = rows.group_by("product", "period").agg(
        different=pl.col("top_supplier").n_unique(),
        top_supplier=pl.col("top_supplier").first(),
        name=pl.col("name").sort_by("buyer").last(),
        smallest_share=pl.col("top_share").min(),
        part=(pl.col("part").filter(pl.col("part") != "")).unique().sort().str.join("; "),
        kinds=pl.struct("part", "classification").n_unique(),
    )
    same = same.filter(pl.col("different") == 1)
    met = (
        flags.filter(pl.col("holds"))
        .group_by("product", "period", "criterion")
        .agg(pl.col("buyer").n_unique().alias("n"))
    )
    order = {name: place for place, name in enumerate(CRITERIA)}
    met = (
        met.filter(pl.col("n") == len(buyers))
        .sort(pl.col("criterion").replace_strict(order))
        .group_by("product", "period")
        .agg(criteria=pl.col("criterion").str.join(", "))
    )
    out = same.join(met, on=["product", "period"], how="left").with_columns(pl.col("criteria").fill_null(""))
    # One table cut in the same way for all buyers holds the same goods; tables that differ do not.
    unlike = pl.col("kinds") > 1
    verdict = (
        pl.when(unlike)
        .then(pl.lit(UNLIKE))
        .when(pl.col("criteria") != "")
        .then(pl.lit(COMMON))
        .otherwise(pl.lit(SHARED))
    )
    out = out.with_columns(**{"class": verdict})
    for buyer in buyers:
        share = rows.filter(pl.col("buyer") == buyer).select(
            "product", "period", pl.col("top_share").alias(f"share_{buyer}")
        )
        out = out.join(share, on=["product", "period"], how="left")
    rank = pl.col("class").replace_strict({COMMON: 0, SHARED: 1, UNLIKE: 2}, return_dtype=pl.Int8)
    return out.sort(rank, -pl.col("smallest_share"), "product").select(
        "product",
        "period",
        "name",
        "class",
        "top_supplier",
        "smallest_share",
        *(f"share_{b}" for b in buyers),
        "criteria",
        "part",
    )


def reverse(trade: Trade, partners: Sequence[str], year: int, thresholds: Thresholds) -> pl.DataFrame:
    """What every other economy depends on the partners for: products of which they together are its top supplier.

    (supplier, product, period): imports of the supplier, the partners' share of them together and hhi; only rows where that
    share is over the threshold of one supplier. Needs every importer's flows.
    """
    import narwhals as nw
    import polars as pl

    flows = trade.scan([year])
    if trade.moded:
        # Squares are of what a supplier sends, however it comes.
        whole = pl.when(pl.col("value").is_null().any()).then(None).otherwise(pl.col("value").sum())
        flows = flows.group_by("exporter", "importer", "product", "period").agg(value=whole)
    ours = pl.col("exporter").cast(pl.String).is_in(list(partners))
    other = pl.when(~ours & ~pl.col("exporter").cast(pl.String).is_in(list(SPECIAL))).then(pl.col("value"))
    # The partners are one seller, so nothing need be relabelled: their sum stands beside the others' squares.
    flows = flows.filter(~pl.col("importer").cast(pl.String).is_in([*partners, *SPECIAL]))
    flows = flows.filter(pl.col("exporter").cast(pl.String) != pl.col("importer").cast(pl.String))
    flows = flows.with_columns(other=other, from_us=pl.when(ours).then(pl.col("value")))
    total, us = pl.col("imports"), pl.col("from_us")
    frame = (
        flows.group_by("importer", "product", "period")
        .agg(
            imports=pl.col("value").sum(), from_us=pl.col("from_us").sum(), squares=(pl.col("other") ** 2).sum(),
            largest=pl.col("other").max().fill_null(0.0), unknown=pl.col("value").null_count(),
        )
        .filter((total > 0) & (pl.col("unknown") == 0) & (us > pl.col("largest")))
        .with_columns(top_share=us / total, hhi=(pl.col("squares") + us * us) / (total * total))
        .collect(engine="streaming")
    )  # fmt: skip
    check = CRITERIA["one_supplier"].tests[0]
    met = nw.from_native(frame).filter(holds(check, thresholds, ["top_share"])).to_native()
    return met.select(
        pl.col("importer").cast(pl.String).alias("supplier"), pl.col("product").cast(pl.String),
        pl.col("period").cast(pl.Int32), "imports", pl.col("top_share").alias("partners_share"), "hhi",
    ).sort("supplier", "product")  # fmt: skip


def changes(
    indicators: pl.DataFrame,
    flags: pl.DataFrame,
    thresholds: Thresholds,
    incomplete: Mapping[str, Sequence[int]],
    whole: Sequence[int] = (),
) -> pl.DataFrame:
    """(buyer, product, period, criterion): products that entered or left a criterion against the year before, and why.

    Years that are thin, or in which part of the code was not recorded, are compared with nothing. whole: years of which all
    flows are there, so that a product without a row was not imported, and left. why: each test that turned, with both values;
    one within the tie tolerance (TIE) of its threshold in either year is said to be on it.
    """
    import polars as pl

    def recorded(frame: pl.DataFrame) -> pl.DataFrame:
        for code, years in incomplete.items():
            frame = frame.filter(~(pl.col("product").str.starts_with(code) & pl.col("period").is_in(list(years))))
        return frame

    usable = recorded(indicators.filter(pl.col("thin") == "").select(*KEYS))
    now = flags.join(usable, on=list(KEYS)).select(*KEYS, "criterion", "met")
    each = [*KEYS, "criterion"]
    before = now.with_columns(pl.col("period") + 1).rename({"met": "met_before"})
    there = indicators.select(*KEYS)
    gone = recorded(before.filter(pl.col("period").is_in(list(whole)))).join(there, on=list(KEYS), how="anti")
    fresh = now.with_columns(pl.col("period") - 1).join(there, on=list(KEYS), how="anti")
    fresh = recorded(fresh.filter(pl.col("period").is_in(list(whole)))).with_columns(pl.col("period") + 1)
    both = pl.concat([
        now.join(before, on=each),
        gone.select(*each, met=pl.lit(False), met_before="met_before"),
        fresh.select(*each, "met", met_before=pl.lit(False)),
    ])  # fmt: skip
    # A comparison with null is null, and such a row is no change.
    turned = both.filter(pl.col("met") != pl.col("met_before"))
    values = {(r["buyer"], r["product"], r["period"]): r for r in indicators.iter_rows(named=True)}
    change, why = [], []
    for row in turned.iter_rows(named=True):
        after = values.get((row["buyer"], row["product"], row["period"]))
        then = values.get((row["buyer"], row["product"], row["period"] - 1))
        change.append("entered" if row["met"] else "left")
        why.append(_why(row["criterion"], then, after, thresholds, row["period"]))
    return turned.select(*each).with_columns(
        pl.Series("change", change, dtype=pl.String), pl.Series("why", why, dtype=pl.String)
    ).sort(*each)  # fmt: skip


def _why(criterion: str, then: dict | None, after: dict | None, thresholds: Thresholds, year: int) -> str:
    if then is None or after is None:
        return f"no imports in {year if after is None else year - 1}"
    reasons = []
    for check in CRITERIA[criterion].tests:
        limit = getattr(thresholds, check.threshold)
        old, new = then.get(check.indicator), after.get(check.indicator)
        if old is None or new is None:
            continue
        sides = [value > limit * (1 + TIE) if check.sign == ">" else value >= limit * (1 - TIE) for value in (old, new)]
        if sides[0] != sides[1]:
            shown = f"{check.label} {printed(check.indicator, old, limit)} to {printed(check.indicator, new, limit)}"
            near = any(abs(value - limit) <= TIE * limit for value in (old, new))
            reasons.append(shown + (" (on the threshold)" if near else ""))
    return "; ".join(reasons)


def printed(indicator: str, value: float | None, limit: float | None = None) -> str:
    """An indicator as people read it: shares per cent, indices to three digits; with more digits where they hide a limit."""
    if value is None:
        return "n/a"
    if limit is not None and value != limit and printed(indicator, value) == printed(indicator, limit):
        share = not (indicator.endswith("ratio") or indicator in ("hhi", "hhi_high", "world_hhi", "substitutes"))
        return f"{100 * value:.4f} %" if share else f"{value:.6f}"
    if indicator in ("hhi", "hhi_high", "world_hhi", "world_hhi_high"):
        return f"{value:.3f}"
    if indicator.endswith("ratio") or indicator == "substitutes":
        return "no exports" if value == float("inf") else significant(value)
    return per_cent(value)
