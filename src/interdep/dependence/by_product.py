"""The product half of `measure`: picks the trade tables that know each buyer, and puts their indicators together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from interdep.dependence import compare
from interdep.dependence.criteria import SOURCES, Thresholds
from interdep.dependence.product_dependencies import FEW, POOLED, ProductDependencies
from interdep.dependence.products import WINDOW, flags, indicators
from interdep.errors import InputError, MissingData, first_five
from interdep.provenance import Provenance
from interdep.tables import Table
from interdep.trade.trade import one_currency

if TYPE_CHECKING:
    import polars as pl

    from interdep.trade import Trade

    Buyers = Mapping[str, tuple[str, ...]]


def products_of(
    buyers: Buyers,
    trades: Sequence[Trade],
    products: str | Sequence[str] | None = None,
    years: Sequence[int] | None = None,
    thresholds: Thresholds | None = None,
) -> ProductDependencies:
    """Import dependence by product of some buyers, in the tables that hold the imports of all their members.

    products: the name of a product set, or codes or their first digits, default all; years: default the last three of each table; buyers may not overlap.
    All of them together are one more buyer, "pooled", where a table has the amounts of all. Raises MissingData where no
    table knows a buyer or a product, InputError for tables in two currencies.
    """
    import polars as pl

    thresholds = thresholds or Thresholds()
    products = _asked(products)
    currency = one_currency(trades)
    notes: list[str] = []
    chosen = [(trade, _years(trade, years)) for trade in trades]
    chosen = [(_only(trade, products), when) for trade, when in chosen if when and _has(trade, products)]
    used: list[tuple[Trade, Sequence[int], Buyers]] = []
    for trade, when in chosen:
        known = {name: members for name, members in buyers.items() if all(trade.covers(m) for m in members)}
        if known:
            used.append((trade, when, known))
    for name in buyers:
        if not any(name in known for _, _, known in used):
            have = ", ".join(f"{t.name} ({_span(t)})" for t in trades)
            what = f" of {first_five(list(products))}" if products else ""
            notes.append(f"{name}: no trade table has its imports{what} in the years asked for (there are {have})")
    if not used:
        raise MissingData("; ".join(notes) + "; bring a table that does, see `interdep get`")
    pooled = _pool(buyers, used, notes)
    parts, sources, marks, moves = [], [], [], []
    for trade, when, known in used:
        everyone = {**known, **(pooled if trade.amounts and len(known) == len(buyers) and len(buyers) > 1 else {})}
        frame, suppliers = indicators(trade, everyone, when)
        met = flags(trade, frame, thresholds, when)
        parts.append(frame)
        sources.append(suppliers)
        marks.append(met)
        moves.append(compare.changes(frame, met, thresholds, trade.incomplete))
    blind = [trade.name for trade, _, _ in used if not trade.whole and not trade.sellers]
    if blind:
        notes.append(
            f"{', '.join(blind)}: imports only, so that no test of exports or world exports is computable (EC 2021, GeoDep,"
            " MERICS type); bring all flows, such as BACI"
        )
    provenance = _provenance([t for t, _, _ in used])
    frame = _named(pl.concat(parts).sort("buyer", "product", "period"), [t for t, _, _ in used])
    _once(frame)
    compared, rows = _side_by_side(buyers, used, thresholds)
    return ProductDependencies(
        dict(buyers),
        _table("products", frame.select("buyer", "product", "period", *units(currency, used)), ("buyer", "product", "period"),
               units(currency, used), "Import dependence by product", provenance),
        _table("flags", pl.concat(marks), ("buyer", "product", "period", "criterion"),
               {"met": "", "years_met": "years", "years_known": "years", "persistent": ""},
               "Criteria of dependence met", provenance),
        _table("product_suppliers", _grouped(pl.concat(sources)), ("supplier", "buyer", "product", "period"),
               {"share": "fraction of imports from abroad"}, "Suppliers of each product", provenance),
        _table("compared", compared, ("buyer", "product", "period"),
               {"name": "", "data": "", "top_supplier": "", "top_share": _SHARE, "hhi": _INDEX, "thin": "", "part": "",
                "classification": ""}, "Indicators at the digits that all tables have", provenance),
        _table("common_products", rows, ("product", "period"),
               {"name": "", "class": "", "top_supplier": "", "smallest_share": _SHARE, **{f"share_{b}": _SHARE for b in buyers},
                "criteria": "", "part": ""},
               f"Products of which {' and '.join(buyers)} have the same top supplier", provenance),
        _table("changes", pl.concat(moves), ("buyer", "product", "period", "criterion"), {"change": "", "why": ""},
               "What entered or left a criterion", provenance),
        _table("reverse", _reverse(buyers, used, thresholds), ("supplier", "product", "period"),
               {"imports": _amount(used), "partners_share": "fraction of the supplier's imports", "hhi": _INDEX},
               f"Products that others buy for more than half from {' and '.join(buyers)} together", provenance),
        thresholds,
        tuple(dict.fromkeys(notes)),
    )  # fmt: skip


_SHARE, _INDEX = "fraction of imports from abroad", "fraction (HHI, 0 to 1)"


def _asked(products: str | Sequence[str] | None) -> list[str] | None:
    """Codes of a product set, or codes as they are; InputError for what is neither."""
    if products is None:
        return None
    if isinstance(products, str) and not products.isdigit():
        from interdep.classifications.product_sets import product_set

        return list(product_set(products).codes)
    codes = [products] if isinstance(products, str) else list(products)
    wrong = [c for c in codes if not (isinstance(c, str) and c.isdigit() and 2 <= len(c) <= 8)]
    if wrong:
        raise InputError(f"{wrong[0]!r} is no product code; write 2 to 8 digits as text, as in '2846'")
    return codes


def units(currency: str, used: Sequence[tuple[Trade, Sequence[int], Buyers]]) -> dict[str, str]:
    """The value columns of the indicators and their units."""
    money = _amount(used)
    return {
        "name": "", "data": "", "imports": money, "home_imports": money, "extra_share": "fraction of all imports", "suppliers": "count",
        "hhi": _INDEX, "hhi_high": _INDEX, "top_supplier": "", "top_share": _SHARE, "top_share_high": _SHARE,
        "withheld_share": _SHARE, "exports": money, "exports_ratio": "fraction (imports over exports)",
        "world_hhi": _INDEX, "supplier_world_share": "fraction of world exports",
        "substitutes": "fraction (other suppliers' sales elsewhere over the top supplier's deliveries)",
        "unknown": "count", "thin": "", "small": "", "part": "",
    }  # fmt: skip


def _span(trade: Trade) -> str:
    first, last = trade.periods[0], trade.periods[-1]
    return str(first) if first == last else f"{first}-{last}"


def _amount(used: Sequence[tuple[Trade, Sequence[int], Buyers]]) -> str:
    found = [trade.value_unit for trade, _, _ in used if trade.amounts]
    return found[0] if found else "not known"


def _years(trade: Trade, years: Sequence[int] | None) -> tuple[int, ...]:
    if years is None:
        return trade.periods[-WINDOW:]
    return tuple(y for y in trade.periods if y in years)


def _has(trade: Trade, products: Sequence[str] | None) -> bool:
    """The table covers one of the codes, at its own number of digits or under them."""
    if products is None or trade.products is None:
        return True
    return any(code.startswith(p) or p.startswith(code) for code in trade.products for p in products)


def _only(trade: Trade, products: Sequence[str] | None) -> Trade:
    """The table cut to the codes asked for; a longer code means the heading that the table has it under."""
    return trade if products is None else trade.only(list(dict.fromkeys(p[: trade.digits] for p in products)))


def _pool(
    buyers: Buyers, used: Sequence[tuple[Trade, Sequence[int], Buyers]], notes: list[str]
) -> dict[str, tuple[str, ...]]:
    if len(buyers) < 2:
        return {}
    if not any(trade.amounts and len(known) == len(buyers) for trade, _, known in used):
        notes.append(
            f"{' and '.join(buyers)} as one importer: not computable, no table has the amounts of all of them;"
            " bring all flows, such as BACI"
        )
    return {POOLED: tuple(m for members in buyers.values() for m in members)}


def _side_by_side(
    buyers: Buyers, used: Sequence[tuple[Trade, Sequence[int], Buyers]], thresholds: Thresholds
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The indicators side by side and `compare.common`, at the finest number of digits that all tables have."""
    import polars as pl

    digits = min(trade.digits for trade, _, _ in used)
    parts, marks, there = [], [], set()
    # What a table has at these digits itself comes before what another adds up to them.
    for trade, when, known in sorted(used, key=lambda each: each[0].digits):
        rolled = trade.rolled_up(digits) if trade.amounts else trade
        frame, _ = indicators(rolled, known, when)
        own = frame.select(pl.concat_str("buyer", "product", separator=" ")).to_series()
        frame = frame.filter(~own.is_in(list(there))).with_columns(classification=pl.lit(rolled.classification))
        there |= set(own)
        parts.append(frame)
        marks.append(flags(rolled, frame, thresholds, when))
    compared = _named(pl.concat(parts), [trade for trade, _, _ in used])
    same = compare.common(compared, pl.concat(marks), list(buyers))
    return compared, same if len(buyers) > 1 else same.clear()


def _named(frame: pl.DataFrame, trades: Sequence[Trade]) -> pl.DataFrame:
    """`name` of each product: the one its table gives it, else the one of its nomenclature."""
    import polars as pl

    own = {(trade.name, code): name for trade in trades for code, name in trade.names.items()}
    systems = {trade.name: trade.classification for trade in trades}
    named = {
        (data, code): own.get((data, code)) or product_name_of(code, systems[data])
        for data, code in frame.select("data", "product").unique().iter_rows()
    }
    key = pl.struct("data", "product").map_elements(
        lambda row: named[row["data"], row["product"]], return_dtype=pl.String
    )
    return frame.with_columns(name=key) if frame.height else frame.with_columns(name=pl.lit(""))


def product_name_of(code: str, classification: str) -> str:
    """The short name of a code; empty where its nomenclature has none here."""
    from interdep.classifications.products import product_name

    try:
        return product_name(code, classification)
    except InputError:
        return ""


def _reverse(
    buyers: Buyers, used: Sequence[tuple[Trade, Sequence[int], Buyers]], thresholds: Thresholds
) -> pl.DataFrame:
    import polars as pl

    whole = [(trade, when) for trade, when, known in used if trade.whole and len(known) == len(buyers)]
    if not whole:
        text, number = pl.String, pl.Float64
        schema = {
            "supplier": text,
            "product": text,
            "period": pl.Int32,
            "imports": number,
            "partners_share": number,
            "hhi": number,
        }
        return pl.DataFrame(schema=schema)
    trade, when = whole[0]
    return compare.reverse(trade, [m for members in buyers.values() for m in members], max(when), thresholds)


def _grouped(sources: pl.DataFrame) -> pl.DataFrame:
    """Suppliers with at least one per cent by name, the rest as "others"."""
    import polars as pl

    named = pl.when(pl.col("share") >= FEW).then(pl.col("supplier")).otherwise(pl.lit("others"))
    known = sources.filter(pl.col("share") > 0).with_columns(supplier=named)
    sums = known.group_by("supplier", "buyer", "product", "period").agg(pl.col("share").sum())
    return sums.sort("buyer", "product", "period", "share", "supplier", descending=[False] * 3 + [True, False])


def _once(frame: pl.DataFrame) -> None:
    """Each product of a buyer comes from one table only."""
    import polars as pl

    twice = frame.group_by("buyer", "product", "period").agg(pl.col("data")).filter(pl.col("data").list.len() > 1)
    if twice.height:
        row = twice.sort("buyer", "product").row(0, named=True)
        raise InputError(
            f"{row['buyer']}, {row['product']}, {row['period']} is in {' and in '.join(sorted(row['data']))};"
            " name one trade table for it"
        )


def _table(
    name: str, frame: pl.DataFrame, dims: tuple[str, ...], columns: dict[str, str], title: str, provenance: Provenance
) -> Table:
    return Table(name, frame.select(*dims, *columns), dims, columns, title, provenance=provenance)


def _provenance(trades: Sequence[Trade]) -> Provenance:
    first, *others = trades
    out = first.provenance
    for trade in others:
        out = out.with_sources(*trade.provenance.sources).then(
            *(s for s in trade.provenance.steps if s not in out.steps)
        )
    years = f"{min(t.periods[0] for t in trades)}-{max(t.periods[-1] for t in trades)}"
    return out.with_sources(*SOURCES).then(f"concentration of imports and criteria of dependence ({years})")
