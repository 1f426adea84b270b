"""Concentration of imports and of world exports, for any frame that narwhals knows (Polars, DuckDB, ...).

Every function takes flows (exporter, importer, product, period, value; lazy or not) and returns a lazy narwhals frame. Flows
of which the value is not known are counted, never taken for zero; partners that are no economy (withheld, unspecified) are in
the total and in no supplier's share, so that an index has a lowest and a highest value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from interdep.geography import group
from interdep.trade.partners import INSIDE, SPECIAL

if TYPE_CHECKING:
    import narwhals as nw

KEYS = ("buyer", "product", "period")
"""What an indicator of imports belongs to."""


def lazy(flows: Any) -> nw.LazyFrame[Any]:
    """Any frame as a lazy narwhals frame."""
    import narwhals as nw

    return nw.from_native(flows).lazy()


def home_of(members: Sequence[str]) -> tuple[str, ...]:
    """The origins that are home for a buyer: its members, and for a group inside the EU what is withheld inside the EU."""
    inside = INSIDE if len(members) > 1 and set(members) <= set(group("EU27")) else ()
    return (*members, *inside)


def sourced(flows: Any, buyers: Mapping[str, Sequence[str]] | None = None) -> nw.LazyFrame[Any]:
    """(buyer, product, period, supplier): value and `unknown`, the number of flows without one; home is left out.

    buyers: {name: members}; a group's members' imports are added and what they buy of each other is left out. Without
    buyers every importer is one, and each flow stands for itself (a key must occur once).
    """
    import narwhals as nw

    frame = lazy(flows)
    if buyers is None:
        own = frame.filter(nw.col("exporter") != nw.col("importer"))
        return own.select(
            buyer="importer", product="product", period="period", supplier="exporter", value="value",
            unknown=nw.col("value").is_null().cast(nw.UInt32),
        )  # fmt: skip
    parts = []
    for name, members in buyers.items():
        mine = nw.col("importer").is_in(list(members)) & ~nw.col("exporter").is_in(list(home_of(members)))
        parts.append(frame.filter(mine).with_columns(nw.lit(name).alias("buyer")))
    whole = nw.concat(parts) if len(parts) > 1 else parts[0]
    whole = whole.with_columns(
        nw.col("exporter").cast(nw.String).alias("supplier"), nw.col("product").cast(nw.String),
        nw.col("value").is_null().cast(nw.UInt32).alias("unknown"),
    )  # fmt: skip
    return whole.group_by(*KEYS, "supplier").agg(nw.col("value").sum(), nw.col("unknown").sum())


def concentration(sources: nw.LazyFrame[Any], special: bool = True) -> nw.LazyFrame[Any]:
    """(buyer, product, period): imports from abroad, hhi and hhi_high, top_share and top_share_high, suppliers, unknown.

    hhi = sum of squared shares of the suppliers known, the part with withheld partner being nobody's; hhi_high and
    top_share_high: the same if all that is withheld came from the largest supplier (no other split gives more). special:
    False where no such partner occurs (then low and high are one). Herfindahl-Hirschman index, 0 to 1.
    """
    import narwhals as nw

    value = nw.col("value")
    if special:
        sources = sources.with_columns(
            nw.when(~nw.col("supplier").is_in(list(SPECIAL))).then(value).otherwise(None).alias("known")
        )
    known = nw.col("known") if special else value
    sources = sources.with_columns((known * known).alias("square"))
    sums = sources.group_by(*KEYS).agg(
        value.sum().alias("imports"), nw.col("square").sum().alias("squares"), known.max().alias("largest"),
        known.sum().alias("known_sum") if special else value.sum().alias("known_sum"),
        known.count().alias("suppliers"), nw.col("unknown").sum(),
    )  # fmt: skip
    sums = sums.filter(nw.col("imports") > 0)
    total, largest, withheld = (
        nw.col("imports"),
        nw.col("largest").fill_null(0.0),
        nw.col("imports") - nw.col("known_sum"),
    )
    high = nw.col("squares") - largest * largest + (largest + withheld) * (largest + withheld)
    out = sums.with_columns(
        (nw.col("squares") / (total * total)).alias("hhi"),
        (largest / total).alias("top_share"),
    )
    if special:
        out = out.with_columns(
            (high / (total * total)).alias("hhi_high"),
            ((largest + withheld) / total).alias("top_share_high"),
            (withheld / total).alias("withheld_share"),
        )
        return out.select(
            *KEYS, "imports", "suppliers", "unknown", "hhi", "hhi_high", "top_share", "top_share_high", "withheld_share"
        )
    return out.select(*KEYS, "imports", "suppliers", "unknown", "hhi", "top_share")


def top_suppliers(sources: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """(buyer, product, period): the known supplier with the largest value; of equal ones the first by code."""
    import narwhals as nw

    known = sources.filter(~nw.col("supplier").is_in(list(SPECIAL)) & (nw.col("value") > 0))
    largest = known.with_columns(nw.col("value").max().over(*KEYS).alias("largest"))
    best = largest.filter(nw.col("value") >= nw.col("largest"))
    return best.group_by(*KEYS).agg(nw.col("supplier").cast(nw.String).min().alias("top_supplier"))


def bought_at_home(flows: Any, buyers: Mapping[str, Sequence[str]]) -> nw.LazyFrame[Any]:
    """(buyer, product, period): `home_imports`, what a group's members buy of each other."""
    import narwhals as nw

    frame, parts = lazy(flows), []
    for name, members in buyers.items():
        mine = nw.col("importer").is_in(list(members)) & nw.col("exporter").is_in(list(home_of(members)))
        parts.append(
            frame.filter(mine & (nw.col("importer") != nw.col("exporter"))).with_columns(nw.lit(name).alias("buyer"))
        )
    whole = nw.concat(parts) if len(parts) > 1 else parts[0]
    whole = whole.with_columns(nw.col("product").cast(nw.String))
    return whole.group_by(*KEYS).agg(nw.col("value").sum().alias("home_imports"))


def sold_abroad(flows: Any, sellers: Mapping[str, Sequence[str]] | None = None) -> nw.LazyFrame[Any]:
    """(buyer, product, period): `exports` of an economy or group to everybody outside it (needs every exporter's flows)."""
    import narwhals as nw

    frame = lazy(flows)
    if sellers is None:
        own = frame.filter(nw.col("exporter") != nw.col("importer"))
        return (
            own.group_by("exporter", "product", "period")
            .agg(nw.col("value").sum().alias("exports"))
            .rename({"exporter": "buyer"})
        )
    parts = []
    for name, members in sellers.items():
        mine = nw.col("exporter").is_in(list(members)) & ~nw.col("importer").is_in(list(members))
        parts.append(frame.filter(mine).with_columns(nw.lit(name).alias("buyer")))
    whole = nw.concat(parts) if len(parts) > 1 else parts[0]
    whole = whole.with_columns(nw.col("product").cast(nw.String))
    return whole.group_by(*KEYS).agg(nw.col("value").sum().alias("exports"))


def world_exports(exports: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """(product, period): world_exports and world_hhi, the concentration of the world's exporters.

    exports: `sold_abroad(flows)` of every economy; each economy counts for itself, members of groups as well.
    """
    import narwhals as nw

    sales = nw.col("exports")
    known = exports.filter(~nw.col("buyer").is_in(list(SPECIAL)))
    squares = known.with_columns((sales * sales).alias("square")).group_by("product", "period")
    world = squares.agg(sales.sum().alias("world_exports"), nw.col("square").sum())
    total = nw.col("world_exports")
    return world.with_columns((nw.col("square") / (total * total)).alias("world_hhi")).drop("square")
