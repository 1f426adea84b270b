"""The product half of `measure`: picks the trade tables that know each buyer, and puts their indicators together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, eq=False)
class _Use:
    """A table put to use: cut to the products asked for and in full, the years, and the buyers whose imports it has."""

    trade: Trade
    full: Trade
    codes: Sequence[str] | None
    years: tuple[int, ...]
    buyers: Buyers


def products_of(
    buyers: Buyers,
    trades: Sequence[Trade],
    products: str | Sequence[str] | None = None,
    years: Sequence[int] | None = None,
    thresholds: Thresholds | None = None,
) -> ProductDependencies:
    """Import dependence by product of some buyers, in the tables that hold the imports of all their members.

    products: the name of a product set (in the revision of each table), or codes or their first digits, default all; years:
    default the last three of each table; buyers may not overlap. All of them together are one more buyer, "pooled", where a
    table has the amounts of all. What is asked for and is in no table stands in `notes`. Raises MissingData where no table
    knows a buyer or a product, InputError for tables in two currencies and for a product of a buyer in two tables.
    """
    import polars as pl

    thresholds = thresholds or Thresholds()
    notes: list[str] = []
    used = _used(buyers, trades, _asked(products), years, notes)
    one_currency([use.trade for use in used])
    money = next((use.trade.value_unit for use in used if use.trade.amounts), "not known")
    pooled = _pool(buyers, used, notes)
    parts, sources, marks, moves = [], [], [], []
    for use in used:
        trade, everyone = use.trade, {**use.buyers, **(pooled if _has_all(use, buyers) else {})}
        frame, suppliers = indicators(trade, everyone, use.years)
        met = flags(trade, frame, thresholds, use.years)
        parts.append(frame)
        sources.append(suppliers)
        marks.append(met)
        whole = use.years if trade.whole else ()
        moves.append(compare.changes(frame, met, thresholds, trade.incomplete, whole))
    blind = [use.trade.name for use in used if not use.trade.whole and not use.trade.sellers]
    if blind:
        notes.append(
            f"{', '.join(blind)}: imports only, so that no test of exports or world exports is computable (EC 2021, GeoDep,"
            " MERICS type); bring all flows, such as BACI"
        )
    notes += [f"{use.trade.name}: {caveat}" for use in used for caveat in use.trade.caveats]
    provenance = _provenance([use.trade for use in used])
    frame = _named(pl.concat(parts).sort("buyer", "product", "period"), [use.trade for use in used])
    _once(frame)
    for name in buyers:
        if any(name in use.buyers for use in used) and name not in frame["buyer"]:
            notes.append(f"{name}: nothing imported in the products and years asked for")
    compared, rows, steps = _side_by_side(buyers, dict(zip(used, parts, strict=True)), thresholds, notes)
    beside = provenance.then(*steps)
    return ProductDependencies(
        dict(buyers),
        _table("products", frame.select("buyer", "product", "period", *units(money)), ("buyer", "product", "period"),
               units(money), "Import dependence by product", provenance),
        _table("flags", pl.concat(marks), ("buyer", "product", "period", "criterion"),
               {"met": "", "years_met": "years", "years_known": "years", "persistent": "", "holds": ""},
               "Criteria of dependence met", provenance),
        _table("product_suppliers", _grouped(pl.concat(sources)), ("supplier", "buyer", "product", "period"),
               {"share": "fraction of imports from abroad"}, "Suppliers of each product", provenance),
        _table("compared", compared, ("buyer", "product", "period"),
               {"name": "", "data": "", "top_supplier": "", "top_share": _SHARE, "hhi": _INDEX, "thin": "", "part": "",
                "classification": ""}, "Indicators side by side, at digits that the buyers' tables have in common", beside),
        _table("common_products", rows, ("product", "period"),
               {"name": "", "class": "", "top_supplier": "", "smallest_share": _SHARE, **{f"share_{b}": _SHARE for b in buyers},
                "criteria": "", "part": ""},
               f"Products of which {' and '.join(buyers)} have the same top supplier", beside),
        _table("changes", pl.concat(moves), ("buyer", "product", "period", "criterion"), {"change": "", "why": ""},
               "What entered or left a criterion", provenance),
        _table("reverse", _reverse(buyers, used, thresholds), ("supplier", "product", "period"),
               {"imports": money, "partners_share": "fraction of the supplier's imports", "hhi": _INDEX},
               f"Products that others buy for more than {thresholds.one_supplier:.0%} from {' and '.join(buyers)} together",
               provenance),
        thresholds,
        tuple(dict.fromkeys(notes)),
    )  # fmt: skip


_SHARE, _INDEX = "fraction of imports from abroad", "fraction (HHI, 0 to 1)"


def _asked(products: str | Sequence[str] | None) -> str | list[str] | None:
    """The name of a product set, or codes as they are; InputError for what is neither."""
    if products is None:
        return None
    if isinstance(products, str) and not products.isdigit():
        from interdep.classifications.product_sets import product_set

        product_set(products)
        return products
    if not isinstance(products, (str, Sequence)):
        raise InputError(f"products are a product set or codes as text, as in '2846', not {products!r}")
    codes = [products] if isinstance(products, str) else list(products)
    if not codes:
        raise InputError("no product is named; leave it out for all of them")
    wrong = [c for c in codes if not (isinstance(c, str) and c.isdigit() and 2 <= len(c) <= 8)]
    if wrong:
        raise InputError(f"{wrong[0]!r} is no product code; write 2 to 8 digits as text, as in '2846'")
    return codes


def _used(
    buyers: Buyers,
    trades: Sequence[Trade],
    asked: str | list[str] | None,
    years: Sequence[int] | None,
    notes: list[str],
) -> list[_Use]:
    """The tables that know a buyer, cut to what is asked for; MissingData where none does."""
    used: list[_Use] = []
    have = ", ".join(f"{t.name} ({_span(t)})" for t in trades)
    absent = sorted(y for y in years or () if not any(y in t.periods for t in trades))
    if absent:
        notes.append(f"{first_five(absent)}: no trade table has this year (there are {have})")
    covered = set()
    for trade in trades:
        when = _years(trade, years)
        codes = _codes(asked, trade, when, notes)
        if not when or not _has(trade, codes):
            continue
        covered |= {code for code in codes or () if _has(trade, [code])}
        # Shares of several importers cannot be added: a group needs amounts.
        known = {
            name: members for name, members in buyers.items()
            if _tells(trade, members)
        }  # fmt: skip
        if known:
            used.append(_Use(_only(trade, codes, notes), trade, codes, when, known))
    what = f" of {asked if isinstance(asked, str) else first_five(asked)}" if asked else ""
    for name, members in buyers.items():
        if not any(name in use.buyers for use in used):
            notes.append(f"{name}: no trade table has its imports{what} in the years asked for (there are {have}"
                         f"{_lacking(members, trades)})")  # fmt: skip
    lost = [code for code in asked if code not in covered] if isinstance(asked, list) else []
    if lost and used:
        notes.append(f"{first_five(lost)}: in no trade table")
    if not used:
        raise MissingData("; ".join(notes) + "; bring a table that does, see `interdep get`")
    return used


def _tells(trade: Trade, members: Sequence[str]) -> bool:
    """The table has all imports of a buyer from everybody else, as amounts where several members are added."""
    from interdep.geography import group

    # Without the trade inside a group the imports of a part of it are not whole.
    apart = trade.outside and not set(group(trade.outside)) <= set(members)
    return all(map(trade.covers, members)) and (trade.amounts or len(members) == 1) and not apart


def _lacking(members: Sequence[str], trades: Sequence[Trade]) -> str:
    """Which members of a group a table lacks that has others of them."""
    out = ""
    for trade in trades:
        lost = [m for m in members if not trade.covers(m)]
        if not lost and trade.outside and not _tells(trade, members):
            out += f"; {trade.name} has imports from outside the {trade.outside} only, and so not those of a part of it"
            continue
        if lost and len(lost) < len(members):
            out += f"; {trade.name} lacks {first_five(lost)}"
        elif not lost and len(members) > 1 and not trade.amounts:
            out += f"; {trade.name} holds shares, which cannot be added over members"
    return out


def _codes(asked: str | list[str] | None, trade: Trade, when: Sequence[int], notes: list[str]) -> list[str] | None:
    """What is asked for in the classification of a table: the codes of a set differ between revisions."""
    if not isinstance(asked, str):
        return asked
    from interdep.classifications.product_sets import codes_in, product_set
    from interdep.classifications.products import revision_of_year

    revisions = {revision_of_year(y) for y in when} if trade.classification == "CN8" else {trade.classification}
    out: dict[str, None] = {}
    for revision in sorted(revisions):
        if revision == product_set(asked).classification:
            out |= dict.fromkeys(product_set(asked).codes)
            continue
        found = codes_in(asked, revision)
        out |= dict.fromkeys(found["product"])
        mixed = found.filter(~found["exact"])["product"].to_list()
        if mixed and when and _has(trade, mixed):
            notes.append(f"{asked} in {trade.name} ({revision}): {first_five(mixed)} may hold other goods too")
    return list(out)


def units(money: str) -> dict[str, str]:
    """The value columns of the indicators and their units; money: that of amounts."""
    return {
        "name": "", "data": "", "imports": money, "home_imports": money, "extra_share": "fraction of all imports",
        "suppliers": "count",
        "hhi": _INDEX, "hhi_high": _INDEX, "top_supplier": "", "top_share": _SHARE, "top_share_high": _SHARE,
        "withheld_share": _SHARE, "exports": money, "exports_ratio": "fraction (imports over exports)",
        "world_hhi": _INDEX, "world_hhi_high": _INDEX, "supplier_world_share": "fraction of world exports",
        "substitutes": "fraction (other suppliers' sales elsewhere over the top supplier's deliveries)",
        "unknown": "count", "thin": "", "small": "", "part": "",
    }  # fmt: skip


def _span(trade: Trade) -> str:
    first, last = trade.periods[0], trade.periods[-1]
    return str(first) if first == last else f"{first}-{last}"


def _years(trade: Trade, years: Sequence[int] | None) -> tuple[int, ...]:
    if years is None:
        return trade.periods[-WINDOW:]
    return tuple(y for y in trade.periods if y in years)


def _has(trade: Trade, products: Sequence[str] | None) -> bool:
    """The table covers one of the codes, at its own number of digits or under them."""
    if products is None:
        return True
    if trade.products is None:
        from interdep.classifications.products import CN8, subcodes

        listed = trade.classification != CN8
        return any(not listed or subcodes(code[:6], trade.classification) for code in products)
    return any(code.startswith(p) or p.startswith(code) for code in trade.products for p in products)


def _only(trade: Trade, codes: Sequence[str] | None, notes: list[str]) -> Trade:
    """The table cut to the codes asked for; a longer code means the heading that the table has it under."""
    if codes is None:
        return trade
    long = [c for c in codes if len(c) > trade.digits and _has(trade, [c])]
    if long:
        notes.append(f"{trade.name} has {trade.digits} digits: the headings of {first_five(long)} stand for them")
    return trade.only(list(dict.fromkeys(c[: trade.digits] for c in codes)))


def _has_all(use: _Use, buyers: Buyers) -> bool:
    return use.trade.amounts and len(buyers) > 1 and len(use.buyers) == len(buyers)


def _pool(buyers: Buyers, used: Sequence[_Use], notes: list[str]) -> dict[str, tuple[str, ...]]:
    if len(buyers) < 2:
        return {}
    if not any(_has_all(use, buyers) for use in used):
        notes.append(
            f"{' and '.join(buyers)} as one importer: not computable, no table has the amounts of all of them;"
            " bring all flows, such as BACI"
        )
    return {POOLED: tuple(m for members in buyers.values() for m in members)}


def _side_by_side(
    buyers: Buyers, measured: Mapping[_Use, pl.DataFrame], thresholds: Thresholds, notes: list[str]
) -> tuple[pl.DataFrame, pl.DataFrame, list[str]]:
    """The indicators side by side, `compare.common`, both at the finest digits that all tables have, and the steps there."""
    import polars as pl

    used = list(measured)
    # Buyers that all stand in a table are compared at its own digits; tables that know some of them meet at the coarsest.
    coarsest = min((use.trade.digits for use in used if len(use.buyers) < len(buyers)), default=0)
    parts, marks, steps, there = [], [], [], []
    # What a table has at these digits itself comes before what another adds up to them.
    for use in sorted(used, key=lambda each: each.trade.digits):
        digits = use.trade.digits if len(use.buyers) == len(buyers) else coarsest
        rolled = use.trade
        if rolled.digits > digits and not rolled.amounts:
            notes.append(
                f"{rolled.name} holds shares of {rolled.digits} digits, which cannot be added up to {digits}; it is not compared"
            )
            continue
        if rolled.digits > digits:
            # Whole headings: what was asked for may be a part of one.
            cut = use.full if use.codes is None else use.full.only(list(dict.fromkeys(c[:digits] for c in use.codes)))
            rolled = cut.with_files({y: cut.files[y] for y in use.years}).rolled_up(digits)
            steps.append(f"{rolled.name}: {use.trade.digits} digits added up to {digits} to be compared")
        if rolled is use.trade:
            frame = measured[use].filter(pl.col("buyer").is_in(list(use.buyers)))
        else:
            frame, _ = indicators(rolled, use.buyers, use.years)
        own = frame.select(pl.concat_str("buyer", "product", "period", separator=" ")).to_series()
        frame = frame.filter(~own.is_in(there)).with_columns(classification=pl.lit(rolled.classification))
        there += own.to_list()
        parts.append(frame)
        marks.append(flags(rolled, frame, thresholds, use.years))
    compared = _named(pl.concat(parts), [use.trade for use in used])
    same = compare.common(compared, pl.concat(marks), list(buyers))
    return compared, same if len(buyers) > 1 else same.clear(), steps


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


def _reverse(buyers: Buyers, used: Sequence[_Use], thresholds: Thresholds) -> pl.DataFrame:
    import polars as pl

    members = [m for names in buyers.values() for m in names]
    found = [
        compare.reverse(use.trade, members, max(use.years), thresholds)
        for use in used if use.trade.whole and use.trade.amounts and len(use.buyers) == len(buyers)
    ]  # fmt: skip
    text, number = pl.String, pl.Float64
    names = {"supplier": text, "product": text, "period": pl.Int32}
    amounts = dict.fromkeys(("imports", "partners_share", "hhi"), number)
    return pl.concat([pl.DataFrame(schema={**names, **amounts}), *found])


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
