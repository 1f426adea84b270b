"""A shock that names products: the part of each industry's deliveries, supplier by buyer, that the products make up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interdep.errors import InputError, MissingData, first_five
from interdep.units import per_cent

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
    all of the industry's products, or all that matter); over="table": of the industry's deliveries in the World, which are of
    another year and are converted at that year's average exchange rate. year: the last year of trade before this one is
    read, else the last there is. Raises MissingData where no trade table has the pair or the product.
    """
    assert shock.products is not None
    trade = _table_for(shock, buyers, trades, place)
    known = [
        y
        for y in trade.periods
        if not any(p.startswith(c) for c, ys in trade.incomplete.items() if y in ys for p in shock.products)
    ]
    earlier = [y for y in known if year is None or y < year]
    if not known:
        raise MissingData(f"{place}: {trade.name} has no year with all of {first_five(shock.products)}")
    chosen = max(earlier) if earlier else max(known)
    flows = _by_industry(trade, chosen, suppliers, buyers, world, shock.products)
    missing = [p for p in shock.products if p not in {code for codes in flows["codes"].to_list() for code in codes}]
    industries = sorted(set(flows.filter(flows["wanted"] > 0)["industry"]))
    if not industries:
        raise MissingData(
            f"{place}: {trade.name} has no trade of {first_five(shock.products)} from {first_five(suppliers)} to"
            f" {first_five(buyers)} in {chosen}, so there is nothing that the shock could cut"
        )
    parts, capped = [], 0
    for row in flows.iter_rows(named=True):
        if row["wanted"] <= 0:
            continue
        whole = row["all"] if shock.over == "trade" else _delivered(world, row, trade, chosen)
        share = row["wanted"] / whole if whole > 0 else 1.0
        capped += share > 1.0
        parts.append(ProductPart(row["exporter"], row["importer"], row["industry"], min(share, 1.0)))
    note = _note(shock, trade, chosen, world, flows, parts, capped, missing)
    return ProductParts(tuple(parts), note, trade.provenance.sources)


def _table_for(shock: FlowShock, buyers: Sequence[str], trades: Sequence[Trade], place: str) -> Trade:
    """The first trade table that has the buyers' imports and covers every product."""
    if not trades:
        raise MissingData(f"{place}: products are named and there is no trade table; give one, as in --trade DIR")
    reasons = []
    for trade in trades:
        if not trade.amounts:
            reasons.append(f"{trade.name} holds shares and no amounts")
            continue
        absent = [b for b in buyers if not trade.covers(b)]
        if absent:
            reasons.append(f"{trade.name} lacks the imports of {first_five(absent)}")
            continue
        unknown = [p for p in shock.products or () if not _covers(trade, p)]
        if unknown:
            reasons.append(f"{trade.name} does not hold {first_five(unknown)}")
            continue
        if trade.classification not in (shock.products_in, "CN8"):
            reasons.append(f"{trade.name} is in {trade.classification}, the products are named in {shock.products_in}")
            continue
        return trade
    raise MissingData(
        f"{place}: no trade table has these products between these economies ({'; '.join(reasons)}); bring one that does"
    )


def _covers(trade: Trade, product: str) -> bool:
    if len(product) > trade.digits:
        return False
    return trade.products is None or any(code.startswith(product) for code in trade.products)


def _by_industry(
    trade: Trade, year: int, suppliers: Sequence[str], buyers: Sequence[str], world: World, products: Sequence[str]
) -> pl.DataFrame:
    """(exporter, importer, industry of the world): value of the products wanted, of all, and which codes were met."""
    import polars as pl

    from interdep.classifications.hs import industry_of

    names = pl.col("exporter", "importer", "product").cast(pl.String)
    rows = (
        trade.scan([year])
        .with_columns(names)
        .filter(pl.col("exporter").is_in(list(suppliers)) & pl.col("importer").is_in(list(buyers)))
        .group_by("exporter", "importer", "product")
        .agg(pl.when(pl.col("value").is_null().any()).then(None).otherwise(pl.col("value").sum()).alias("value"))
        .collect(engine="streaming")
    )
    unknown = rows.filter(pl.col("value").is_null())
    if unknown.height:
        row = unknown.row(0, named=True)
        raise MissingData(
            f"{trade.name}, {year}: {row['exporter']} to {row['importer']}, {row['product']} has no value"
        )
    codes = rows["product"].unique().to_list()
    industries = _in_world(industry_of(codes, trade.classification), world)
    rows = rows.with_columns(industry=pl.col("product").replace_strict(industries, return_dtype=pl.String))
    named = {
        code: next(p for p in products if code.startswith(p)) for code in codes if code.startswith(tuple(products))
    }
    rows = rows.with_columns(code=pl.col("product").replace_strict(named, default=None, return_dtype=pl.String))
    wanted = pl.col("code").is_not_null()
    return rows.group_by("exporter", "importer", "industry").agg(
        wanted=pl.col("value").filter(wanted).sum(), all=pl.col("value").sum(), codes=pl.col("code").drop_nulls().unique()
    ).sort("exporter", "importer", "industry")  # fmt: skip


def _in_world(isic: pl.DataFrame, world: World) -> Mapping[str, str]:
    """{product: industry of the world} through ISIC."""
    from interdep.classifications import resolve

    of: dict[str, str] = {}
    for division in isic["isic"].unique().to_list():
        (industry,) = resolve_one(resolve, division, world)
        of[division] = industry
    return {product: of[division] for product, division in isic.select("product", "isic").iter_rows()}


def resolve_one(resolve, division: str, world: World) -> tuple[str]:
    """The one industry of the world that holds an ISIC division; InputError where the world splits it."""
    found = tuple(resolve(division, world.industries, world.classification))
    if len(found) != 1:
        raise InputError(f"{world.name} has {division} in {len(found)} industries; name industries instead of products")
    return found


def _delivered(world: World, row: Mapping[str, object], trade: Trade, year: int) -> float:
    """What the industry delivers to the buyer in the World, in the trade table's unit."""
    from interdep.trade.exchange import rate

    regions, industries = world.shape
    node = world.node_index(str(row["exporter"]), str(row["industry"]))
    place = world.economy_index(str(row["importer"]))
    used = world.intermediate[node].reshape(regions, industries)[place].sum()
    final = world.final_use[node].reshape(regions, -1)[place].clip(0.0).sum()
    return float(used + final) * world.money.scale / trade.scale * rate(world.money.currency, trade.unit, year)


def _note(
    shock: FlowShock,
    trade: Trade,
    year: int,
    world: World,
    flows: pl.DataFrame,
    parts: Sequence[ProductPart],
    capped: int,
    missing: Sequence[str],
) -> str:
    """What the parts rest on, in one sentence."""
    worth = float(flows["wanted"].sum()) * trade.scale / 1e6
    pairs = len({(p.supplier, p.buyer) for p in parts})
    if shock.over == "trade":
        base = f"{per_cent(float(flows['wanted'].sum()) / float(flows.filter(flows['wanted'] > 0)['all'].sum()))} of what it holds of {first_five(sorted({p.industry for p in parts}))} from the same suppliers"
    else:
        lowest, highest = min(p.share for p in parts), max(p.share for p in parts)
        base = (
            f"{per_cent(lowest)} to {per_cent(highest)} of the deliveries of {first_five(sorted({p.industry for p in parts}))} in"
            f" {world.name} ({world.year}): trade of one year over deliveries of another"
        )
    text = f"{first_five(shock.products or ())} ({shock.products_in}): {worth:,.1f} mn {trade.unit} between {pairs} pairs in {trade.name} {year}, {base}"
    if capped:
        text += f"; {capped} flows are larger than what the table delivers and are cut whole"
    if missing:
        text += f"; no trade of {first_five(missing)}"
    return text
