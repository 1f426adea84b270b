"""Product flows between the two sides of a shock, each given to the industry of the table that makes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from interdep.errors import MissingData
from interdep.trade.partners import SPECIAL

if TYPE_CHECKING:
    import polars as pl

    from interdep.trade import Trade
    from interdep.world import World

WITHHELD = tuple(code for code in SPECIAL if code.startswith("X-CONF"))


MAINLY = {"2701": "270112", "2710": "271019"}
"""Headings nearly all of whose trade is like one code: coal, not briquettes; oil products, not waste oils (under 2 per cent)."""


def flows_by_industry(
    trade: Trade, others: Sequence[Trade], year: int, suppliers: Sequence[str], buyers: Sequence[str], world: World
) -> tuple[pl.DataFrame, set[tuple[str, str]]]:
    """(flows, blind): exporter, importer, product, industry, value of a year; and the (importer, industry) that withhold some.

    A heading that several industries make is split by the six-digit codes that another of the trade tables has of it; what is
    left belongs to the one industry that makes the rest. Without such a table only the headings of MAINLY are
    given to one industry. A value that is not known stays null. Raises MissingData where a heading cannot be split.
    """
    import polars as pl

    rows = _read(trade, year, [*suppliers, *WITHHELD], buyers)
    codes = sorted(rows["product"].unique())
    made = {code: industries_of(code, trade.classification, world) for code in codes}
    plain = {code: next(iter(found)) for code, found in made.items() if len(found) == 1}
    parts = (
        [
            rows.filter(pl.col("product").is_in(list(plain))).with_columns(
                industry=pl.col("product").replace_strict(plain)
            )
        ]
        if plain
        else []
    )
    for heading in (code for code, found in made.items() if len(found) > 1):
        whole = rows.filter(pl.col("product") == heading)
        parts += _split(whole, heading, trade, others, year, world)
    flows = pl.concat(part.select("exporter", "importer", "product", "industry", "value") for part in parts)
    hidden = flows.filter(pl.col("exporter").is_in(WITHHELD) & (pl.col("value").is_null() | (pl.col("value") > 0)))
    blind = set(hidden.select("importer", "industry").unique().iter_rows())
    return flows.filter(pl.col("exporter").is_in(list(suppliers))), blind


def industries_of(code: str, classification: str, world: World) -> dict[str, list[str]]:
    """{industry of the world: six-digit codes under a code that it makes}; goods not specified by kind belong to none."""
    from interdep.classifications.hs import industry_of
    from interdep.classifications.products import subcodes

    six = [code] if len(code) >= 6 else list(subcodes(code, classification))
    out: dict[str, list[str]] = {}
    found = industry_of(six, classification, within=world.classification)
    for product, industry in found.select("product", "industry").iter_rows():
        if industry is not None and industry not in world.industries:
            raise MissingData(
                f"{world.name} has no industry {industry}, which makes {product}; use a table that has it"
            )
        out.setdefault(industry or "", []).append(product)
    return out


def _read(trade: Trade, year: int, exporters: Sequence[str], importers: Sequence[str]) -> pl.DataFrame:
    """One row a flow; a sum of which a part is not known is not known."""
    import polars as pl

    names = pl.col("exporter", "importer", "product").cast(pl.String)
    rows = trade.scan([year]).with_columns(names)
    rows = rows.filter(pl.col("exporter").is_in(list(exporters)) & pl.col("importer").is_in(list(importers)))
    whole = pl.when(pl.col("value").is_null().any()).then(None).otherwise(pl.col("value").sum()).alias("value")
    return rows.group_by("exporter", "importer", "product").agg(whole).collect(engine="streaming")


def _split(
    whole: pl.DataFrame, heading: str, trade: Trade, others: Sequence[Trade], year: int, world: World
) -> list[pl.DataFrame]:
    """A heading by its six-digit codes in another table, and what is left of it."""
    import polars as pl

    finer = [
        other for other in others
        if other.digits == 6 and other.unit == trade.unit and other.scale == trade.scale and year in other.periods
        and other.classification == trade.classification
        and other.products is not None and any(p.startswith(heading) for p in other.products)
    ]  # fmt: skip
    made = industries_of(heading, trade.classification, world)
    names = " and ".join(sorted(made))
    if not finer:
        if heading in MAINLY:
            (main,) = (industry for industry, codes in made.items() if MAINLY[heading] in codes)
            return [whole.with_columns(industry=pl.lit(main))]
        raise MissingData(
            f"{trade.name} has {heading} at four digits, which {names} make; bring a table with six digits"
        )
    inside = _read(finer[0], year, whole["exporter"].unique().to_list(), whole["importer"].unique().to_list())
    inside = inside.filter(pl.col("product").str.starts_with(heading))
    of: Mapping[str, str] = {code: industry for industry, codes in made.items() for code in codes}
    known = [code for code in finer[0].products or () if code.startswith(heading)]
    left = sorted({industry for code, industry in of.items() if code not in known})
    if len(left) > 1:
        raise MissingData(f"{finer[0].name} splits {heading} only in part: the rest is made by {' and '.join(left)}")
    inside = inside.with_columns(industry=pl.col("product").replace_strict(dict(of), return_dtype=pl.String))
    sums = inside.group_by("exporter", "importer").agg(
        pl.when(pl.col("value").is_null().any()).then(None).otherwise(pl.col("value").sum()).alias("inside"),
        met=pl.len(),
    )
    rest = whole.join(sums, on=["exporter", "importer"], how="left")
    # A heading whose parts are withheld is withheld in those parts; nothing says that the rest is.
    hidden = pl.col("exporter").is_in(WITHHELD) & pl.col("value").is_null() & pl.col("met").is_not_null()
    rest = rest.filter(~hidden).with_columns(
        value=(pl.col("value") - pl.when(pl.col("met").is_null()).then(0.0).otherwise(pl.col("inside"))).clip(0.0),
        industry=pl.lit(left[0] if left else ""),
    )
    return [inside, rest] if left else [inside]
