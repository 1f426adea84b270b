"""Concentration of imports and of world exports, for any frame that narwhals knows (Polars, DuckDB, ...).

Every function takes flows (exporter, importer, product, period, value; lazy or not) and returns a lazy narwhals frame. Flows
of which the value is not known are counted, never taken for zero, and a sum or index with such a flow in it is null; partners
that are no economy (withheld, unspecified) are in the total and in no supplier's share, so that an index has a lowest and a
highest value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from interdep.dependence.criteria import TIE
from interdep.geography import group
from interdep.trade.partners import INSIDE, REST, SPECIAL

if TYPE_CHECKING:
    import narwhals as nw

KEYS = ("buyer", "product", "period")
"""What an indicator of imports belongs to."""


def lazy(flows: Any) -> nw.LazyFrame[Any]:
    """Any frame as a lazy narwhals frame."""
    import narwhals as nw

    return nw.from_native(flows).lazy()


def home_of(members: Sequence[str]) -> tuple[str, ...]:
    """The partners that are home for a buyer: its members and, where all of the EU is among them, what is withheld inside it.

    For a part of the EU what is withheld inside the EU may come from the other part: it is then a withheld partner.
    """
    return (*members, *(INSIDE if set(group("EU27")) <= set(members) else ()))


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
    whole = _named(
        frame, buyers, lambda members: _among("importer", members) & ~_among("exporter", home_of(members))
    ).with_columns(nw.col("exporter").cast(nw.String).alias("supplier"))
    return whole.group_by(*KEYS, "supplier").agg(
        nw.col("value").sum(), (nw.len() - nw.col("value").count()).alias("unknown")
    )


def concentration(sources: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """(buyer, product, period): imports from abroad, suppliers, unknown, hhi and hhi_high, top_share and top_share_high.

    hhi = sum of squared shares of the suppliers known, the part with withheld or unnamed partner (`withheld_share`) being
    nobody's; hhi_high and top_share_high: the same if all that stands under X-REST came from one supplier (whoever is named is
    not among the rest) and all that is withheld from the largest of all (no other split gives more).
    Herfindahl-Hirschman index, 0 to 1. Where the value of a flow is not known all but the counts are null; where nothing is
    imported there is no row.
    """
    import narwhals as nw

    value, known = nw.col("value"), nw.col("known")
    sources = sources.with_columns(
        nw.when(~nw.col("supplier").is_in(list(SPECIAL))).then(value).otherwise(None).alias("known"),
        nw.when(nw.col("supplier").is_in([REST])).then(value).otherwise(None).alias("unnamed"),
    )
    sources = sources.with_columns(
        (known * known).alias("square"), nw.when(known > 0).then(known).otherwise(None).alias("seen")
    )
    sums = sources.group_by(*KEYS).agg(
        value.sum().alias("sum"), nw.col("square").sum().alias("squares"), known.max().alias("largest"),
        known.sum().alias("known_sum"), nw.col("unnamed").sum().alias("rest"), nw.col("seen").count().alias("suppliers"),
        nw.col("unknown").sum(),
    )  # fmt: skip
    sums = sums.filter((nw.col("sum") > 0) | (nw.col("unknown") > 0))
    # Divided by null, a sum with a hole in it gives null.
    sums = sums.with_columns(
        nw.when(nw.col("unknown") == 0).then(nw.col("sum")).otherwise(None).alias("imports"),
        nw.when(nw.col("largest") > 0).then(nw.col("largest")).otherwise(nw.lit(0.0)).alias("largest"),
        nw.when(nw.col("rest") > 0).then(nw.col("rest")).otherwise(nw.lit(0.0)).alias("rest"),
    )
    total, largest, rest = nw.col("imports"), nw.col("largest"), nw.col("rest")
    hidden = total - nw.col("known_sum")
    withheld = hidden - rest
    first = nw.when(largest >= rest).then(largest).otherwise(rest)
    top_high = first + withheld
    high = nw.col("squares") + rest * rest - first * first + top_high * top_high
    return sums.select(
        *KEYS, "imports", nw.col("suppliers").cast(nw.Int64), nw.col("unknown").cast(nw.Int64),
        (nw.col("squares") / (total * total)).alias("hhi"), (high / (total * total)).alias("hhi_high"),
        (largest / total).alias("top_share"), (top_high / total).alias("top_share_high"),
        (hidden / total).alias("withheld_share"), (rest / total).alias("rest_share"),
    )  # fmt: skip


def top_suppliers(sources: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """(buyer, product, period): the known supplier with the largest value; of equal ones (within TIE) the first by code."""
    import narwhals as nw

    known = sources.filter(~nw.col("supplier").is_in(list(SPECIAL)) & (nw.col("value") > 0))
    largest = known.with_columns(nw.col("value").max().over(*KEYS).alias("largest"))
    best = largest.filter(nw.col("value") >= nw.col("largest") * (1 - TIE))
    best = best.with_columns(nw.col("supplier").cast(nw.String))
    return best.group_by(*KEYS).agg(nw.col("supplier").min().alias("top_supplier"))


def bought_at_home(flows: Any, buyers: Mapping[str, Sequence[str]]) -> nw.LazyFrame[Any]:
    """(buyer, product, period): `home_imports`, what a group's members buy of each other, null where `home_unknown`.

    home_unknown: the number of such flows without a value. No row: no such flow is in the table.
    """
    import narwhals as nw

    whole = _named(
        lazy(flows).filter(nw.col("importer") != nw.col("exporter")), buyers,
        lambda members: _among("importer", members) & _among("exporter", home_of(members)),
    )  # fmt: skip
    return _total(whole.group_by(*KEYS), "home_imports", "home_unknown")


def sold_abroad(flows: Any, sellers: Mapping[str, Sequence[str]] | None = None) -> nw.LazyFrame[Any]:
    """(buyer, product, period): `exports` of an economy or group to everybody outside it (needs every exporter's flows).

    Null where the value of `exports_unknown` flows is not known. Without sellers every exporter is one.
    """
    import narwhals as nw

    if sellers is None:
        own = lazy(flows).filter(nw.col("exporter") != nw.col("importer")).rename({"exporter": "buyer"})
        return _total(own.group_by(*KEYS), "exports", "exports_unknown")
    whole = _named(
        lazy(flows), sellers, lambda members: _among("exporter", members) & ~_among("importer", home_of(members))
    )
    return _total(whole.group_by(*KEYS), "exports", "exports_unknown")


def world_exports(exports: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """(product, period): world_exports, world_hhi and world_hhi_high, the concentration of the world's exporters.

    exports: `sold_abroad(flows)` of every economy; each economy counts for itself, members of groups as well. What exporters
    that are no economy sell is in the total; the high index is the one if all of it came from the largest. Null where a part
    is not known.
    """
    import narwhals as nw

    sales, known = nw.col("exports"), nw.col("known")
    frame = exports.with_columns(
        nw.when(~nw.col("buyer").is_in(list(SPECIAL))).then(sales).otherwise(None).alias("known")
    )
    frame = frame.with_columns((known * known).alias("square"))
    world = frame.group_by("product", "period").agg(
        sales.sum().alias("sum"), nw.col("square").sum().alias("squares"), known.max().alias("largest"),
        known.sum().alias("known_sum"), nw.col("exports_unknown").sum(),
    )  # fmt: skip
    whole = (nw.col("exports_unknown") == 0) & (nw.col("sum") > 0)
    world = world.with_columns(
        nw.when(whole).then(nw.col("sum")).otherwise(None).alias("world_exports"),
        nw.when(nw.col("largest") > 0).then(nw.col("largest")).otherwise(nw.lit(0.0)).alias("largest"),
    )
    total, largest = nw.col("world_exports"), nw.col("largest")
    most = largest + total - nw.col("known_sum")
    return world.select(
        "product", "period", "world_exports", (nw.col("squares") / (total * total)).alias("world_hhi"),
        ((nw.col("squares") - largest * largest + most * most) / (total * total)).alias("world_hhi_high"),
    )  # fmt: skip


def _among(column: str, codes: Sequence[str]) -> nw.Expr:
    import narwhals as nw

    return nw.col(column).is_in(list(codes))


def _named(frame: nw.LazyFrame[Any], groups: Mapping[str, Sequence[str]], test: Any) -> nw.LazyFrame[Any]:
    """The rows of each group under its name as `buyer`, products as text; a row may be in several."""
    import narwhals as nw

    parts = [frame.filter(test(members)).with_columns(nw.lit(name).alias("buyer")) for name, members in groups.items()]
    whole = nw.concat(parts) if len(parts) > 1 else parts[0]
    return whole.with_columns(nw.col("product").cast(nw.String))


def _total(grouped: Any, total: str, unknown: str) -> nw.LazyFrame[Any]:
    """The sum of the values of each group, null where one is not known, and how many are not."""
    import narwhals as nw

    sums = grouped.agg(nw.col("value").sum().alias(total), (nw.len() - nw.col("value").count()).alias(unknown))
    return sums.with_columns(
        nw.when(nw.col(unknown) == 0).then(nw.col(total)).otherwise(None).alias(total), nw.col(unknown).cast(nw.Int64)
    )
