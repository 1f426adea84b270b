"""How each indicator of a partnership follows from results: one function each, one row for each thing it is read for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from interdep.errors import InputError
from interdep.units import counted

if TYPE_CHECKING:
    from interdep.partnership.schema import Partnership

Rows = Iterable[dict[str, Any]]
"""Rows with `of` and, where they are there, member, value, low, high, year and note (why there is no value)."""

REST = "ROW"
"""The rest of the world: many economies that the table does not keep apart."""

# By pillar, from a measurement


def _industries(found: Any, pillar: Any) -> list[str]:
    """The industries measured that a pillar is about; what the table does not keep apart is left out."""
    from interdep.classifications import COMMON, resolve

    measured = list(dict.fromkeys(found.dependencies.industries.frame["industry"].to_list()))
    world = getattr(found, "world", None)
    codes: dict[str, None] = {}
    for name in pillar.industries or ():
        try:
            codes |= dict.fromkeys(resolve(name, measured, world.classification if world is not None else COMMON))
        except InputError:
            continue
    return list(codes)


def _each_pillar(found: Any, partnership: Partnership) -> Iterable[tuple[Any, list[str], int | None]]:
    year = found.dependencies.industries.provenance.data_year
    for pillar in partnership.pillars:
        yield pillar, _industries(found, pillar), year


def shared_industries(found: Any, partnership: Partnership) -> Rows:
    """Industries of each pillar with the same top foreign supplier for all."""
    shared = set(found.dependencies.common().frame["industry"].to_list())
    for pillar, industries, year in _each_pillar(found, partnership):
        value = float(len(shared & set(industries))) if industries else None
        note = (
            f"of {counted(len(industries), 'industry', 'industries')}"
            if industries
            else "the pillar names no industry that the table keeps apart"
        )
        yield {"of": pillar.id, "value": value, "year": year, "note": note}


def _by_buyer(
    found: Any,
    partnership: Partnership,
    of: Callable[[Mapping[str, float]], tuple[float | None, float | None, float | None]],
) -> Rows:
    """One row for each pillar and member, from the member's shares by outside supplier over the pillar's industries.

    Shares are look-through, averaged over the industries by what they buy. of: shares -> (value, low, high).
    """
    import polars as pl

    known = found.dependencies
    inside = {code for members in known.buyers.values() for code in members}
    weights = known.industries.frame.select("buyer", "industry", "inputs")
    joined = known.suppliers.frame.join(weights, on=["buyer", "industry"])
    for pillar, industries, year in _each_pillar(found, partnership):
        for buyer in known.buyers:
            if not industries:
                note = "the pillar names no industry that the table keeps apart"
                yield {"of": pillar.id, "member": buyer, "year": year, "note": note}
                continue
            rows = joined.filter((pl.col("buyer") == buyer) & pl.col("industry").is_in(industries))
            bought = weights.filter((pl.col("buyer") == buyer) & pl.col("industry").is_in(industries))["inputs"].sum()
            outside = rows.filter(~pl.col("supplier").is_in(list(inside)))
            if not bought or outside["look_through_share"].null_count():
                note = "these industries buy nothing" if not bought else "the table does not tell for every industry"
                yield {"of": pillar.id, "member": buyer, "year": year, "note": note}
                continue
            amounts = outside.with_columns((pl.col("look_through_share") * pl.col("inputs")).alias("amount"))
            sums = amounts.group_by("supplier", maintain_order=True).agg(pl.col("amount").sum())
            shares = {supplier: amount / bought for supplier, amount in sums.rows()}
            value, low, high = of(shares)
            yield {"of": pillar.id, "member": buyer, "value": value, "low": low, "high": high, "year": year}


def reliance(found: Any, partnership: Partnership) -> Rows:
    """The outsiders' part of inputs along the chain."""
    return _by_buyer(found, partnership, lambda shares: (sum(shares.values()), None, None))


def largest(found: Any, partnership: Partnership) -> Rows:
    """The largest outsider's part."""

    def of(shares: Mapping[str, float]) -> tuple[float | None, None, None]:
        return max((s for supplier, s in shares.items() if supplier != REST), default=None), None, None

    return _by_buyer(found, partnership, of)


def concentration(found: Any, partnership: Partnership) -> Rows:
    """The sum of squared shares of outsiders."""

    def of(shares: Mapping[str, float]) -> tuple[float | None, float | None, float | None]:
        total = sum(shares.values())
        if not total:
            return None, None, None
        # The rest of the world lies between a great many suppliers, which add nothing, and a single one.
        low = sum((s / total) ** 2 for supplier, s in shares.items() if supplier != REST)
        return low, low, low + (shares.get(REST, 0.0) / total) ** 2

    return _by_buyer(found, partnership, of)


def common_products(found: Any, pillar: Any, classes: Sequence[str]) -> tuple[list[str], list[str]]:
    """(products of a pillar in one of these classes, those of the pillar that every member's table tells), headings compared."""
    from interdep.classifications.product_sets import product_set

    products = found.dependencies.products
    if products is None:
        return [], []
    codes = [code for name in pillar.products or () for code in product_set(name).codes]

    def belongs(product: str) -> bool:
        return any(product.startswith(code) or code.startswith(product) for code in codes)

    told = sorted(p for p in products.known_for_all(same_year=False) if belongs(p))
    rows = products.common.to_rows()
    return [r["product"] for r in rows if r["class"] in classes and belongs(r["product"])], told


def _common(found: Any, partnership: Partnership, classes: Sequence[str]) -> Rows:
    products = found.dependencies.products
    for pillar in partnership.pillars:
        if not pillar.products:
            yield {"of": pillar.id, "note": "the pillar names no product set"}
            continue
        held, told = common_products(found, pillar, classes)
        if not told:
            yield {"of": pillar.id, "note": "no trade table tells these products for every member; see interdep get"}
            continue
        note = f"of {counted(len(told), 'heading')} compared"
        periods = [r["period"] for r in products.common.to_rows() if r["product"] in told]
        year = max(periods, default=products.products.provenance.data_year)
        yield {"of": pillar.id, "value": float(len(held)), "year": year, "note": note}


def common_dependencies(found: Any, partnership: Partnership) -> Rows:
    """Headings that are a common dependency."""
    from interdep.dependence.compare import COMMON

    return _common(found, partnership, (COMMON,))


def shared_products(found: Any, partnership: Partnership) -> Rows:
    """Headings with the same top supplier, common dependencies among them."""
    from interdep.dependence.compare import COMMON, SHARED

    return _common(found, partnership, (COMMON, SHARED))


# From an assessment


def exposure(found: Any, partnership: Partnership) -> Rows:
    """Losses in the first order."""
    run, buyers = found.run, found.dependencies.buyers
    ranges = {}
    if run.sample:
        ranges = {(r["model"], r["scenario"], r["economy"]): r for r in run.ranges(buyers).to_rows()}
    for row in run.loss.grouped("economy", buyers).to_rows():
        span = ranges.get((row["model"], row["scenario"], row["economy"]), {})
        low, high = _around(row["loss_share"], span.get("low"), span.get("high"))
        yield {"of": row["scenario"], "member": row["economy"], "value": row["loss_share"], "low": low, "high": high,
               "year": run.provenance.data_year}  # fmt: skip


def exposure_by_day(found: Any, partnership: Partnership) -> Rows:
    """Losses day by day."""
    for row in found.fan.ranges().to_rows():
        low, high = _around(row["value"], row["low"], row["high"])
        yield {"of": row["scenario"], "member": row["economy"], "value": row["value"], "low": low, "high": high,
               "year": found.fan.losses.provenance.data_year}  # fmt: skip


def exposure_adjusted(found: Any, partnership: Partnership) -> Rows:
    """Losses of real expenditure once prices have adjusted."""
    if not found.adjusted.sample:
        return
    for row in found.adjusted.ranges(found.dependencies.buyers).to_rows():
        if row["expenditure_default"] is None:
            continue
        low, high = _around(row["expenditure_default"], row["expenditure_low"], row["expenditure_high"])
        yield {"of": row["scenario"], "member": row["economy"], "value": row["expenditure_default"], "low": low, "high": high,
               "year": found.adjusted.provenance.data_year}  # fmt: skip


def exposure_by_year(found: Any, partnership: Partnership) -> Rows:
    """Discounted losses of real expenditure in the scenarios that last for years."""
    for name, path in found.paths.made.items():
        table = next(t for t in path.tables if t.name == "discounted")
        for row in table.to_rows():
            if row["scenario"] == name:
                value = row["expenditure_loss_share"]
                low, high = _around(value, row.get("low"), row.get("high"))
                yield {"of": name, "member": row["economy"], "value": value, "low": low, "high": high,
                       "year": table.provenance.data_year}  # fmt: skip


def acting_together(found: Any, partnership: Partnership) -> Rows:
    """What each plan avoids together beyond apart."""
    for name, plan in found.plans.items():
        year = plan.provenance.data_year
        if plan.added is None:
            yield {"of": name, "year": year, "note": "the plan has no pool"}
            continue
        low, high = _around(plan.added, *plan.range_of("added_share"))
        yield {"of": name, "value": plan.added, "low": low, "high": high, "year": year}


def _around(value: float | None, low: float | None, high: float | None) -> tuple[float | None, float | None]:
    """A range over the draws and the default run, whose value may lie outside the draws' 5 to 95 per cent.

    The solver, too, gives every end anew, a last digit apart.
    """
    if value is None or low is None or high is None:
        return low, high
    return min(low, value), max(high, value)


def plan_avoided(found: Any, partnership: Partnership) -> Rows:
    """What each plan avoids."""
    for name, plan in found.plans.items():
        low, high = _around(plan.avoided, *plan.range_of("avoided_share"))
        yield {"of": name, "value": plan.avoided, "low": low, "high": high, "year": plan.provenance.data_year}


def reach(found: Any, partnership: Partnership) -> Rows:
    """What the whole coalition does to the target, of what every named economy would."""
    for name, each in found.coalitions.items():
        joined = [r for r in each.steps.to_rows() if r["added"]]
        last = joined[-1] if joined else each.steps.to_rows()[0]
        note = "" if last["share_of_named"] is not None else "no result for every named economy together"
        yield {"of": name, "value": last["share_of_named"], "year": each.steps.provenance.data_year, "note": note}
