"""A shock that names products: the part of each industry's deliveries, supplier by buyer, that the products make up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interdep.errors import InputError, MissingData, first_five
from interdep.shocks.product_flows import flows_by_industry
from interdep.trade.exchange import ECB
from interdep.units import Money, per_cent

if TYPE_CHECKING:
    import polars as pl

    from interdep.provenance import Source
    from interdep.shocks.kinds import FlowShock
    from interdep.trade import Trade
    from interdep.world import World


@dataclass(frozen=True)
class ProductPart:
    """The products' part of what one economy's industry delivers to another economy."""

    supplier: str
    buyer: str
    industry: str
    share: float


@dataclass(frozen=True)
class ProductParts:
    """All parts of one shock, what they rest on in a sentence, and what to cite."""

    parts: tuple[ProductPart, ...]
    note: str
    sources: tuple[Source, ...]


def product_parts(
    shock: FlowShock,
    suppliers: Sequence[str],
    buyers: Sequence[str],
    world: World,
    trades: Sequence[Trade],
    year: int | None,
    place: str,
) -> ProductParts:
    """The part of every industry's bilateral deliveries that a shock's products are.

    over="trade": of all that the trade table holds of the industry, from this supplier to this buyer (the table should hold
    all of the industry's products, or all that matter); a buyer that withholds part of an industry's imports takes the part
    of the other buyers together. over="table": of the industry's deliveries in the World, which are of another year, at the
    average exchange rate of the year of trade. year: the last year of trade before this one is read, else the last there is.
    Raises MissingData where no trade table has the pairs or the products.
    """
    wanted = tuple(shock.products or ())
    trade = _table_for(wanted, shock.products_in, buyers, trades, place)
    chosen = _year(trade, wanted, year, place)
    flows, blind = flows_by_industry(trade, trades, chosen, suppliers, buyers, world)
    cut = flows.filter(flows["product"].str.contains(f"^({'|'.join(wanted)})"))
    unknown = cut.filter(cut["value"].is_null())
    if unknown.height:
        row = unknown.row(0, named=True)
        raise MissingData(
            f"{place}: {trade.name} has no value for {row['product']} from {row['exporter']} to {row['importer']} in {chosen}"
        )
    cut = cut.filter(cut["value"] > 0)
    if not cut.height:
        raise MissingData(
            f"{place}: {trade.name} has no trade of {first_five(wanted)} from {first_five(suppliers)} to {first_five(buyers)}"
            f" in {chosen}, so there is nothing that the shock could cut"
        )
    if "" in set(cut["industry"]):
        raise InputError(f"{place}: goods not specified by kind belong to no industry; name other products")
    sums = _sums(cut, flows)
    if shock.over == "trade":
        parts, note = _over_trade(sums, blind, trade, place)
    else:
        parts, note = _over_table(sums, world, trade, chosen)
    worth = Money(trade.unit, chosen, trade.scale).format(float(cut["value"].sum()))
    met = {p for p in wanted if cut["product"].str.starts_with(p).any()}
    gaps = [p for p in wanted if p not in met]
    held = [text for p in wanted if (text := _held(trade, p))]
    text = f"{first_five(wanted)} ({shock.products_in}): {worth} in {len(parts)} flows of {trade.name} {chosen}, {note}"
    return ProductParts(
        tuple(parts),
        text + (f"; no trade of {first_five(gaps)}" if gaps else "") + "".join(f"; {each}" for each in held),
        (*trade.provenance.sources, *((ECB,) if shock.over == "table" and trade.unit != world.money.currency else ())),
    )


def _table_for(
    products: Sequence[str], classification: str, buyers: Sequence[str], trades: Sequence[Trade], place: str
) -> Trade:
    """The first trade table that has the buyers' imports and covers every product."""
    if not trades:
        raise MissingData(f"{place}: products are named and there is no trade table; give one, as in --trade DIR")
    reasons = []
    for trade in trades:
        absent = [b for b in buyers if not trade.covers(b)]
        unknown = [p for p in products if not _covers(trade, p)]
        if not trade.amounts:
            reasons.append(f"{trade.name} holds shares and no amounts")
        elif absent:
            reasons.append(f"{trade.name} lacks the imports of {first_five(absent)}")
        elif unknown:
            reasons.append(f"{trade.name} does not hold {first_five(unknown)}")
        elif trade.classification not in (classification, "CN8"):
            reasons.append(f"{trade.name} is in {trade.classification}, not {classification} (products_in)")
        else:
            return trade
    raise MissingData(
        f"{place}: no trade table has {first_five(products)} between these economies ({'; '.join(reasons)}); bring one that does"
    )


def _covers(trade: Trade, product: str) -> bool:
    if len(product) > trade.digits:
        return False
    return trade.products is None or any(code.startswith(product) for code in trade.products)


def _held(trade: Trade, product: str) -> str:
    """What the table holds of a code, where that is not all of it; empty where it is."""
    from interdep.classifications.products import CN8, subcodes

    if trade.products is None or trade.classification == CN8:
        return ""
    inside = [code for code in trade.products if code.startswith(product)]
    parts = [trade.parts[code] for code in inside if code in trade.parts]
    whole = [product] if len(product) == trade.digits else subcodes(product, trade.classification, trade.digits)
    if set(whole) <= set(inside) and not parts:
        return ""
    return f"of {product} the table holds only {first_five(parts if len(inside) == len(parts) else inside)}"


def _year(trade: Trade, products: Sequence[str], before: int | None, place: str) -> int:
    """The last complete year of trade before the shock, else the last complete one."""
    gaps = {
        year
        for code, years in trade.incomplete.items()
        for year in years
        if code.startswith(tuple(products)) or any(p.startswith(code) for p in products)
    }
    known = [year for year in trade.periods if year not in gaps]
    if not known:
        raise MissingData(f"{place}: {trade.name} has no complete year of {first_five(products)}")
    earlier = [year for year in known if before is None or year < before]
    return max(earlier) if earlier else max(known)


def _sums(cut: pl.DataFrame, flows: pl.DataFrame) -> pl.DataFrame:
    """(exporter, importer, industry): value of the products, and of all the table holds of the industry (null: not known)."""
    import polars as pl

    keys = ["exporter", "importer", "industry"]
    whole = pl.when(pl.col("value").is_null().any()).then(None).otherwise(pl.col("value").sum()).alias("all")
    return cut.group_by(keys).agg(pl.col("value").sum()).join(flows.group_by(keys).agg(whole), on=keys).sort(keys)


def _over_trade(
    sums: pl.DataFrame, blind: set[tuple[str, str]], trade: Trade, place: str
) -> tuple[list[ProductPart], str]:
    """Parts of what the trade table holds of each industry."""
    rows = list(sums.iter_rows(named=True))
    open_ = [r for r in rows if (r["importer"], r["industry"]) not in blind and r["all"] is not None]
    totals: dict[tuple[str, str], list[float]] = {}
    for row in open_:
        pair = totals.setdefault((row["exporter"], row["industry"]), [0.0, 0.0])
        pair[0] += row["value"]
        pair[1] += row["all"]
    parts, hidden = [], set()
    for row in rows:
        if row in open_:
            share = row["value"] / row["all"]
        else:
            pooled = totals.get((row["exporter"], row["industry"]))
            if pooled is None:
                raise MissingData(
                    f"{place}: {row['importer']} withholds part of its imports of {row['industry']}, and no other buyer's"
                    f" are known in {trade.name}; give the share of the industry yourself"
                )
            share, _ = pooled[0] / pooled[1], hidden.add(row["importer"])
        parts.append(ProductPart(row["exporter"], row["importer"], row["industry"], share))
    of = ", ".join(
        f"{per_cent(done / whole)} of its {industry} from {exporter}"
        for (exporter, industry), (done, whole) in sorted(totals.items())[:4]
    )
    text = f"{of}, as far as partners are not withheld"
    if hidden:
        text += f"; {', '.join(sorted(hidden))} withhold some and take the part of the other buyers together"
    return parts, text


def _over_table(sums: pl.DataFrame, world: World, trade: Trade, year: int) -> tuple[list[ProductPart], str]:
    """Parts of what each industry delivers in the World."""
    from interdep.trade.exchange import rate

    into = rate(trade.unit, world.money.currency, year) * trade.scale / world.money.scale
    regions, industries = world.shape
    parts, capped, worth, delivered = [], 0, 0.0, 0.0
    for row in sums.iter_rows(named=True):
        node = world.node_index(row["exporter"], row["industry"])
        buyer = world.economy_index(row["importer"])
        used = world.intermediate[node].reshape(regions, industries)[buyer].sum()
        whole = float(used + world.final_use[node, buyer].clip(0.0).sum())
        value = row["value"] * into
        capped += value > whole
        worth, delivered = worth + value, delivered + whole
        parts.append(
            ProductPart(
                row["exporter"], row["importer"], row["industry"], min(value / whole, 1.0) if whole > 0 else 1.0
            )
        )
    names = first_five(sorted(set(sums["industry"])))
    text = (
        f"{per_cent(worth / delivered) if delivered else 'all'} of the deliveries of {names} between these economies in"
        f" {world.name} (trade of {year} over deliveries of {world.year})"
    )
    if capped:
        text += f"; {capped} flows are larger than what the table delivers and are cut whole"
    return parts, text
