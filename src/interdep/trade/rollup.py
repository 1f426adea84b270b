"""The same flows at fewer digits, in another revision of the HS, or of fewer products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from interdep.errors import InputError, MissingData, first_five

if TYPE_CHECKING:
    import polars as pl

    from interdep.trade.trade import Trade


def summed(frame: pl.LazyFrame, trade: Trade) -> pl.LazyFrame:
    """One row a flow; a sum of which a part is not known is not known."""
    import polars as pl

    names = frame.collect_schema().names()
    key = [c for c in ("exporter", "importer", "product", "period", "mode") if c in names]
    amounts = [c for c in ("value", "quantity") if c in names]
    whole = [pl.when(pl.col(c).is_null().any()).then(None).otherwise(pl.col(c).sum()).alias(c) for c in amounts]
    return frame.group_by(key).agg(whole).sort("product", "importer", "exporter")


def roll_up(trade: Trade, digits: int) -> Trade:
    """See `Trade.rolled_up`."""
    import polars as pl

    if digits > trade.digits or digits < 2 or digits % 2:
        raise InputError(
            f"{trade.name} has {trade.digits} digits; it can be rolled up to 2, 4 or 6 of them, not {digits}"
        )
    if not trade.amounts:
        raise InputError(f"{trade.name} holds shares, which cannot be added over products")
    files = {
        year: summed(trade.scan([year]).with_columns(pl.col("product").cast(pl.String).str.slice(0, digits)), trade)
        for year in trade.periods
    }
    classification = trade.classification
    if trade.classification == "CN8" and digits <= 6:
        classification = hs_of_cn(trade.periods)
    return trade.with_files(
        files,
        digits=digits,
        classification=classification,
        products=None if trade.products is None else tuple(dict.fromkeys(c[:digits] for c in trade.products)),
        names={},
        parts=_parts(trade, digits, classification),
        incomplete=_incomplete(trade, digits),
        provenance=trade.provenance.then(f"{trade.name}: {trade.digits} digits added up to {digits}"),
    )


def hs_of_cn(years: Sequence[int]) -> str:
    """The revision of the HS that the CN of these years is built on; InputError where they differ."""
    from interdep.classifications.products import revision_of_year

    found = {revision_of_year(year) for year in years}
    if len(found) > 1:
        raise InputError(
            f"the years {min(years)}-{max(years)} lie in {len(found)} revisions of the HS ({', '.join(sorted(found))});"
            " take years of one of them"
        )
    return found.pop()


def _parts(trade: Trade, digits: int, classification: str) -> dict[str, str]:
    """Headings of which the trade covers only some subheadings, with what is inside."""
    from interdep.classifications.products import subcodes

    if trade.products is None:
        return {code[:digits]: f"only part of {code}: {what}" for code, what in trade.parts.items()}
    finest = min(trade.digits, 6)
    inside: dict[str, list[str]] = {}
    for code in trade.products:
        inside.setdefault(code[:digits], []).append(code)
    # A subheading that the CN does not split ends in 00. Of one that it does, no list says which codes make it up.
    whole = {c[:finest] for c in trade.products if c not in trade.parts and (trade.digits < 8 or c.endswith("00"))}
    return {
        heading: f"only {first_five(codes)}"
        for heading, codes in inside.items()
        if set(subcodes(heading, classification, finest)) - whole
    }


def _incomplete(trade: Trade, digits: int) -> dict[str, tuple[int, ...]]:
    """The years in which part of a heading is missing: those of any code in it."""
    out: dict[str, set[int]] = {}
    for code, years in trade.incomplete.items():
        out.setdefault(code[:digits], set()).update(years)
    return {code: tuple(sorted(years)) for code, years in out.items()}


def only(trade: Trade, products: Sequence[str]) -> Trade:
    """See `Trade.only`."""
    import polars as pl

    if not products:
        raise InputError("no product is named; leave it out for all of them")
    long = [p for p in products if len(p) > trade.digits]
    if long:
        raise MissingData(
            f"{trade.name} has {trade.digits} digits and cannot tell {first_five(long)} apart; bring a table with more"
        )
    codes = tuple(products)
    test = pl.any_horizontal(pl.col("product").cast(pl.String).str.starts_with(c) for c in codes)

    def asked(code: str) -> bool:
        return code.startswith(codes)

    return trade.with_files(
        {y: trade.scan([y]).filter(test) for y in trade.periods},
        products=None if trade.products is None else tuple(filter(asked, trade.products)),
        names={code: name for code, name in trade.names.items() if asked(code)},
        parts={code: what for code, what in trade.parts.items() if asked(code)},
        incomplete={c: y for c, y in trade.incomplete.items() if asked(c) or any(p.startswith(c) for p in codes)},
    )


def in_revision(trade: Trade, classification: str) -> Trade:
    """See `Trade.in_revision`."""
    import polars as pl

    from interdep.classifications.hs import convert

    if trade.digits != 6 or not trade.amounts:
        raise InputError(f"{trade.name}: only amounts at six digits can be moved to another revision of the HS")
    table = convert(trade.classification, classification)
    amounts = ("value", "quantity")
    files = {}
    for year in trade.periods:
        flows = trade.scan([year]).with_columns(pl.col("product").cast(pl.String))
        has = [c for c in amounts if c in flows.collect_schema().names()]
        moved = flows.join(table.lazy(), left_on="product", right_on="source", how="left")
        # A code that the classification does not list (BACI has one) is the same in every revision.
        moved = moved.with_columns(target=pl.coalesce("target", "product"), share=pl.col("share").fill_null(1.0))
        moved = moved.with_columns(pl.col(c) * pl.col("share") for c in has)
        files[year] = summed(
            moved.with_columns(pl.col("target").alias("product")).drop("target", "share", "exact"), trade
        )
    products, parts, incomplete = _moved(trade, table)
    return trade.with_files(
        files,
        classification=classification,
        products=products,
        names={},
        parts=parts,
        incomplete=incomplete,
        provenance=trade.provenance.then(
            f"{trade.name}: {trade.classification} moved to {classification};"
            " a code that split is shared out without published weights"
        ),
    )


def _moved(
    trade: Trade, table: pl.DataFrame
) -> tuple[tuple[str, ...] | None, dict[str, str], dict[str, tuple[int, ...]]]:
    """Products covered, covered in part, and years incomplete, by the codes of the other revision."""
    targets: dict[str, list[str]] = {}
    sources: dict[str, list[str]] = {}
    for source, target in table.select("source", "target").iter_rows():
        targets.setdefault(source, []).append(target)
        sources.setdefault(target, []).append(source)
    incomplete: dict[str, set[int]] = {}
    for code, years in trade.incomplete.items():
        found = {t for c, found in targets.items() if c.startswith(code) for t in found} if code else {""}
        for target in found:
            incomplete.setdefault(target, set()).update(years)
    late = {code: tuple(sorted(years)) for code, years in sorted(incomplete.items())}
    covered = list(targets) if trade.products is None else list(trade.products)
    reached = sorted({t for code in covered for t in targets.get(code, [code])})
    whole = set(covered) - set(trade.parts)
    parts = {t: f"only {first_five(held)}" for t in reached if (held := _held(t, sources, covered, whole)) is not None}
    return None if trade.products is None else tuple(reached), parts, late


def _held(target: str, sources: dict[str, list[str]], covered: Sequence[str], whole: set[str]) -> list[str] | None:
    """The codes covered of those that make up a target, where they are not all of it; else None."""
    made_of = sources.get(target, [target])
    return None if whole.issuperset(made_of) else [code for code in made_of if code in covered]
