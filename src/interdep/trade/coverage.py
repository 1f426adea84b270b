"""Is a year complete? Partners and totals of each importer against the year before; what looks like a fragment is thin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interdep.errors import InputError
from interdep.parameter import check_parameters, parameter
from interdep.units import per_cent

if TYPE_CHECKING:
    import polars as pl

    from interdep.tables import Table
    from interdep.trade.trade import Trade

_JUDGEMENT = "own judgement: real trade rarely changes so much in a year, unfinished tables do"


@dataclass(frozen=True)
class Coverage:
    """When a year is thin beside the year before (the first year: beside the one after)."""

    partners: float = parameter(
        0.5, unit="fraction of the partners of the other year", low=0.3, high=0.7, source=_JUDGEMENT
    )
    total: float = parameter(0.2, unit="fraction of the total of the other year", low=0.1, high=0.4, source=_JUDGEMENT)
    gone: float = parameter(
        0.25, unit="share in the other year of a supplier that is absent", low=0.15, high=0.4, source=_JUDGEMENT
    )
    small: float = parameter(
        1e6, unit="units of currency a year, under which trade is called small and comes and goes", low=1e5, high=1e7,
        source="own judgement: a single consignment is worth so much",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check_parameters(self)
        for name in ("partners", "total", "gone"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise InputError(f"Coverage: {name} = {getattr(self, name):g} must be a fraction, 0 to 1")


def coverage(trade: Trade, importers: Sequence[str] | None = None, rule: Coverage | None = None) -> Table:
    """Partners, total and verdict by importer, product and year, and by importer and year over all products ("all").

    A year is thin where it has under half of the partners, or under a fifth of the total, of the year before, or where a
    supplier that had a quarter of imports then is absent; the first year is compared with the one after. Trade under a
    million a year comes and goes, and is not judged. `thin` says why, empty where the year is usable. Two years are needed:
    with one, nothing is thin and `compared_with` is empty.
    """
    import polars as pl

    from interdep.tables import Table

    rule = rule or Coverage()
    # A flow of which the value is withheld is there: only what is reported as zero is no partner.
    flows = trade.scan().filter(pl.col("value").is_null() | (pl.col("value") > 0))
    if importers is not None:
        flows = flows.filter(pl.col("importer").cast(pl.String).is_in(list(importers)))
    rows = (
        flows.group_by("importer", "product", "period", "exporter")
        .agg(_known_sum())
        .with_columns(pl.col("importer", "product", "exporter").cast(pl.String))
        .collect(engine="streaming")
    )
    every = rows.group_by("importer", "period", "exporter").agg(_known_sum()).with_columns(product=pl.lit("all"))
    rows = pl.concat([rows, every.select(rows.columns)])
    frame = judged(rows, trade.periods, rule, least(trade, rule), trade.whole)
    marked = [
        pl.when(pl.col("product").str.starts_with(code) & pl.col("period").is_in(list(years)))
        .then(pl.lit("part of the product was not recorded under its codes of today" if code else "months are missing"))
        for code, years in trade.incomplete.items()
    ]  # fmt: skip
    if marked:
        frame = frame.with_columns(thin=pl.coalesce(*marked, pl.col("thin")))
    unit = trade.value_unit
    return Table(
        "coverage", frame.sort("importer", "product", "period").rename({"importer": "buyer"}),
        ("buyer", "product", "period"), {"partners": "count", "total": unit, "compared_with": "", "thin": ""},
        "Partners and totals of each year against the year before", provenance=trade.provenance.then("coverage check"),
    )  # fmt: skip


def _known_sum() -> pl.Expr:
    """The sum of values; not known where one of them is not."""
    import polars as pl

    return pl.when(pl.col("value").is_null().any()).then(None).otherwise(pl.col("value").sum()).alias("value")


def least(trade: Trade, rule: Coverage) -> float:
    """What is small, in the unit of the table; nothing is where it holds shares."""
    return rule.small / trade.scale if trade.amounts else 0.0


def judged(
    rows: pl.DataFrame, years: Iterable[int], rule: Coverage, least: float = 0.0, whole: bool = False
) -> pl.DataFrame:
    """(importer, product, period): partners, total, the year it is compared with and why it is thin.

    rows: importer, product, period, exporter, value, each flow once; least: a total of the other year under which nothing is
    judged; whole: all flows of the world are there, reconciled from both sides, so that a supplier that is absent sells no more.
    A partner that is no economy may go without making the
    year thin: what was withheld is then told.
    """
    import polars as pl

    from interdep.trade.partners import SPECIAL

    order = sorted(years)
    other = {y: order[k - 1] if k else (order[1] if len(order) > 1 else None) for k, y in enumerate(order)}
    keys = ["importer", "product"]
    sizes = rows.group_by(*keys, "period").agg(partners=pl.len(), total=_known_sum())
    # A product that is not there at all in a year is a year with no partner, not a year without a row.
    grid = (
        sizes.select(keys)
        .unique()
        .join(pl.DataFrame({"period": order}, schema={"period": sizes.schema["period"]}), how="cross")
    )
    sizes = grid.join(sizes, on=[*keys, "period"], how="left").with_columns(
        total=pl.when(pl.col("partners").is_null()).then(0.0).otherwise(pl.col("total")),
        partners=pl.col("partners").fill_null(0),
    )
    before = pl.DataFrame(
        {"period": order, "compared_with": [other[y] for y in order]},
        schema={"period": sizes.schema["period"], "compared_with": sizes.schema["period"]},
    )
    sizes = sizes.join(before, on="period")
    then = sizes.select(*keys, pl.col("period").alias("compared_with"), partners_then="partners", total_then="total")
    sizes = sizes.join(then, on=[*keys, "compared_with"], how="left")
    total = _known_sum().over(*keys, "period")
    shares = rows.with_columns(share=pl.when(total > 0).then(pl.col("value") / total))
    large = shares.filter((pl.col("share") >= rule.gone) & ~pl.col("exporter").is_in(list(SPECIAL))).select(
        *keys, "exporter", pl.col("period").alias("compared_with"), pl.col("share").alias("share_then")
    )
    gone = (
        sizes.select(*keys, "period", "compared_with")
        .join(large, on=[*keys, "compared_with"])
        .join(rows.select(*keys, "period", "exporter"), on=[*keys, "period", "exporter"], how="anti")
        .sort("share_then", "exporter", descending=[True, False])
        .group_by(*keys, "period", maintain_order=True)
        .agg(pl.col("exporter").first().alias("gone"), pl.col("share_then").first())
    )
    sizes = sizes.join(gone.clear() if whole else gone, on=[*keys, "period"], how="left")
    verdicts = [
        _thin(r, rule, least)
        for r in sizes.select(
            "period", "partners", "total", "compared_with", "partners_then", "total_then", "gone", "share_then"
        ).iter_rows(named=True)
    ]
    return sizes.with_columns(pl.Series("thin", verdicts, dtype=pl.String)).select(
        *keys, "period", "partners", "total", pl.col("compared_with").cast(pl.String).fill_null(""), "thin"
    )


def _thin(row: dict, rule: Coverage, least: float) -> str:
    """Why a year is thin, in words; empty where it is not."""
    then = row["compared_with"]
    if then is None or not row["partners_then"] or (row["total_then"] or 0.0) < least:
        return ""
    if row["partners"] < rule.partners * row["partners_then"] and row["partners_then"] >= 4:
        return f"{row['partners']} partners, against {row['partners_then']} in {then}"
    if None not in (row["total"], row["total_then"]) and row["total"] < rule.total * row["total_then"]:
        return f"total is {per_cent(row['total'] / row['total_then'])} of that of {then}"
    if row["gone"] is not None:
        return f"{row['gone']} is absent, which had {per_cent(row['share_then'])} in {then}"
    return ""
