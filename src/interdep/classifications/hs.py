"""From one revision of the HS to another, and from the HS to end uses (BEC), ICT goods and industries (ISIC)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from interdep.classifications.industries import classification as industries_of
from interdep.classifications.products import (
    CN8,
    NOT_SPECIFIED,
    REVISIONS,
    check_products,
    codes,
    newest_revision,
    read_parquet,
    revision,
    special_in_cn,
    subcodes,
    subheading,
)
from interdep.errors import InputError, MissingData
from interdep.provenance import Source

if TYPE_CHECKING:
    import polars as pl

SOURCES = (
    Source(
        "UN Statistics Division, correlation and conversion tables of the Harmonized System, editions 1992 to 2022",
        2022,
        "facts; figures of our own",
        "https://unstats.un.org/unsd/classifications/Econ",
    ),
    Source(
        "UN Statistics Division, Broad Economic Categories Rev. 5, correspondence with HS 2017 (end use)",
        2018,
        "facts",
        "https://unstats.un.org/unsd/classifications/Econ",
    ),
    Source(
        "OECD, Guide to Measuring the Information Society, list of ICT goods, in HS 2017",
        2017,
        "facts",
        "https://www.oecd.org/digital/",
    ),
)
"""What the concordances rest on; the table from HS to ISIC is interdep's own."""

_USES = "HS17"  # the revision in which end uses and ICT goods are given


@cache
def convert(from_: str, to: str) -> pl.DataFrame:
    """How every six-digit code of one revision is shared out over the codes of another.

    The published tables say which codes became which, and give no weights. Where one code goes to several, each of these
    counts 1/n, n being the number of codes it draws from: codes that come from this one alone share it equally, and a
    new code gathered from thirty old ones takes one part in thirty of each as much as they do. Between revisions that
    are not neighbours the steps are chained. Catch-all links are left out (see docs/products.md).

    Args:
        from_: the revision of the source codes, "HS92" to "HS22".
        to: the revision wanted.

    Returns:
        A frame sorted by source and target: `source`, `target` (String), `share` (Float64, sums to 1 over a source),
        `exact` (Boolean, false where a source has several targets). Goods not specified by kind stay so. It is shared
        by all callers.

    Raises:
        InputError: a name that is no revision (CN8 has first to be cut to six digits).
    """
    import polars as pl

    start, end = REVISIONS.index(revision(from_)), REVISIONS.index(revision(to))
    listed = [*codes(from_), NOT_SPECIFIED]
    table = pl.DataFrame({"source": listed, "target": listed, "share": [1.0] * len(listed)})
    step = 1 if end > start else -1
    for here in range(start, end, step):
        links = _links(REVISIONS[here], REVISIONS[here + step])
        table = (
            table.join(links, left_on="target", right_on="from", how="inner")
            .with_columns(pl.col("share") * pl.col("part"))
            .group_by("source", "to")
            .agg(pl.col("share").sum())
            .rename({"to": "target"})
        )
    # Dividing by the sum takes the rounding of the chain away, so that an exact share is exactly 1.
    return table.with_columns(
        pl.col("share") / pl.col("share").sum().over("source"), (pl.len().over("source") == 1).alias("exact")
    ).sort("source", "target")


@cache
def end_uses(classification: str) -> pl.DataFrame:
    """The end use of every six-digit code of a revision: capital, intermediate or consumption (UN BEC Rev. 5).

    Returns:
        A frame `product`, `end_use` (null for goods that BEC leaves out, such as monetary gold), `share` (Float64, sums to
        1 over a product), `exact` (Boolean, false where a product has several uses). BEC is given for HS17; other
        revisions go through `convert`.

    Raises:
        InputError: an unknown revision.
    """
    import polars as pl

    through = convert(classification, _USES).join(_uses(), left_on="target", right_on="product", how="left")
    summed = through.group_by(pl.col("source").alias("product"), "end_use").agg(pl.col("share").sum())
    return summed.with_columns((pl.len().over("product") == 1).alias("exact")).sort("product", "end_use")


@cache
def ict_goods(classification: str) -> pl.DataFrame:
    """The part of every six-digit code of a revision that is an ICT good by the OECD's list of 2017.

    Returns:
        A frame `product`, `share` (Float64, 0 to 1), `exact` (Boolean, true where the share is 0 or 1). The list is given
        for HS17; other revisions go through `convert`.

    Raises:
        InputError: an unknown revision.
    """
    import polars as pl

    through = convert(classification, _USES).join(_uses(), left_on="target", right_on="product", how="inner")
    part = pl.col("share").filter(pl.col("ict")).sum()
    summed = through.group_by(pl.col("source").alias("product")).agg(
        part, pl.col("ict").n_unique().eq(1).alias("exact")
    )
    # All or nothing is exactly that; a sum of parts may differ from 1 in its last digit.
    whole = pl.when("exact").then(pl.col("share").round()).otherwise("share")
    return summed.with_columns(whole.alias("share")).select("product", "share", "exact").sort("product")


def bec(code: str, classification: str = "HS22") -> dict[str, float]:
    """The end uses of one six-digit code with their shares; empty for goods that BEC leaves out.

    Raises InputError for a code that is not in that revision.
    """
    import polars as pl

    _one(code, classification)
    rows = end_uses(classification).filter(pl.col("product") == code, pl.col("end_use").is_not_null())
    return {row["end_use"]: row["share"] for row in rows.iter_rows(named=True)}


def is_ict(code: str, classification: str = "HS22") -> bool:
    """Whether one six-digit code is an ICT good (OECD 2017).

    Raises InputError for a code that is not in that revision, or that is one only in part (`ict_goods` has the part).
    """
    import polars as pl

    _one(code, classification)
    row = ict_goods(classification).row(by_predicate=pl.col("product") == code, named=True)
    if not row["exact"]:
        raise InputError(
            f"{classification} {code} is an ICT good only in part ({row['share']:.2f} of it, as far as the concordance can"
            " tell); take the part from ict_goods"
        )
    return row["share"] == 1.0


def industry_of(products: Iterable[str], classification: str, within: str | None = None) -> pl.DataFrame:
    """The industry that principally produces each product: a division of ISIC Rev. 4.

    Args:
        products: codes of two, four, six or (CN8) eight digits; doubles are kept once.
        classification: their classification, "HS92" to "HS22" or "CN8".
        within: the name of a classification of industries ("interdep-36"); adds `industry`, its code that holds the division.

    Returns:
        A frame `product`, `isic` ("C26"; null for goods not specified by kind, special codes of
        the CN included) in the order given.

    Raises:
        InputError: codes that are not in the classification, or a chapter or heading made by several industries.
        MissingData: `within` has no single industry that holds a division.
    """
    import polars as pl

    listed = list(dict.fromkeys(products))
    check_products(listed, classification, "the products")
    found = {code: _division(code, classification) for code in listed}
    frame = pl.DataFrame(
        {"product": listed, "isic": list(found.values())}, schema={"product": pl.String, "isic": pl.String}
    )
    if within is None:
        return frame
    holders = {isic: _holder(isic, within) for isic in set(found.values()) if isic is not None}
    return frame.with_columns(
        pl.col("isic").replace_strict(holders, default=None, return_dtype=pl.String).alias("industry")
    )


def isic_reason(code: str, classification: str = "HS22") -> str:
    """Why a six-digit code is given to its industry, where that is not plain; "" where it is."""
    _one(code, classification)
    row = _row_of(code, classification)
    return row[1] if row else ""


def _division(code: str, classification: str) -> str | None:
    if NOT_SPECIFIED.startswith(code):
        return None
    if classification == CN8:
        if special_in_cn(code):
            return None
        code = subheading(code)
        return _division(code, newest_revision(code))
    if len(code) == 6:
        row = _row_of(code, classification)
        return row[0] if row else None
    divisions = sorted({str(_division(inner, classification)) for inner in subcodes(code, classification)})
    if len(divisions) > 1:
        raise InputError(
            f"{classification} {code} is made by several industries ({', '.join(divisions)}); bring it at six digits"
        )
    return divisions[0]


def _row_of(code: str, classification: str) -> tuple[str, str] | None:
    """Division and reason of the longest prefix that a code has in this revision."""
    table = _prefixes(classification)
    return next((table[code[:n]] for n in range(6, 1, -1) if code[:n] in table), None)


@cache
def _prefixes(classification: str) -> Mapping[str, tuple[str, str]]:
    text = files("interdep.classifications").joinpath("hs/hs-to-isic.csv").read_text(encoding="utf-8")
    here = REVISIONS.index(classification)
    out = {}
    for row in csv.DictReader(text.splitlines()):
        first, _, last = row["revisions"].partition("-")
        if not first or REVISIONS.index(first) <= here <= REVISIONS.index(last):
            out[row["prefix"]] = (row["isic"], row["reason"])
    return MappingProxyType(out)


def _holder(isic: str, within: str) -> str:
    holders = [item.code for item in industries_of(within).industries if isic[1:] in item.divisions]
    if len(holders) != 1:
        raise MissingData(
            f"{within} has {'no industry' if not holders else f'several industries ({holders})'} for {isic}, so products"
            " cannot be given to one; use a table that keeps it apart"
        )
    return holders[0]


def _one(code: str, classification: str) -> None:
    revision(classification)
    check_products([code], classification, "the product")
    if len(code) != 6:
        raise InputError(f"{code!r} has {len(code)} digits; give one code of six digits")


@cache
def _links(from_: str, to: str) -> pl.DataFrame:
    """The links between two neighbouring revisions, in either direction: `from`, `to`, `part` (sums to 1 over `from`)."""
    import polars as pl

    older, newer = sorted((from_, to), key=REVISIONS.index)
    changed = read_parquet("changes.parquet").filter(pl.col("revision") == newer).drop("revision")
    old, new = set(changed["before"]), set(changed["after"])
    kept = [c for c in [*codes(older), NOT_SPECIFIED] if c not in old and c not in new]
    table = pl.concat([changed, pl.DataFrame({"before": kept, "after": kept}, schema=changed.schema)])
    names = {"before": "from", "after": "to"} if from_ == older else {"after": "from", "before": "to"}
    # In two steps: inside a window over "from", a window over "to" would count only the links of that one source.
    weighed = table.rename(names).with_columns((1.0 / pl.len().over("to")).alias("weight"))
    return weighed.select("from", "to", (pl.col("weight") / pl.col("weight").sum().over("from")).alias("part"))


@cache
def _uses() -> pl.DataFrame:
    import polars as pl

    table = read_parquet("uses.parquet")
    unknown = pl.DataFrame([(NOT_SPECIFIED, None, False)], schema=table.schema, orient="row")
    return pl.concat([table, unknown])
