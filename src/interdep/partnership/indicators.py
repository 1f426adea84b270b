"""Indicators of a partnership: what is measured, which direction is good, and how each follows from results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from interdep.partnership import indicator_values as values
from interdep.provenance import Provenance
from interdep.tables import Table

if TYPE_CHECKING:
    from interdep.partnership.schema import Partnership


@dataclass(frozen=True)
class Indicator:
    """One thing that shows whether a partnership delivers.

    per: what there is one value for ("pillar", "scenario", "plan", "coalition"); by_member: one for each member, or one for all
    together; better: the direction that is good ("lower", "higher"); needs: the result it is computed from; how: in a sentence.
    """

    id: str
    title: str
    title_ja: str
    unit: str
    better: str
    per: str
    by_member: bool
    needs: str
    how: str
    compute: Callable[[Any, Partnership], values.Rows]

    @property
    def quick(self) -> bool:
        """Computed from a measurement alone, in about a second."""
        return self.needs == "dependencies"


def indicators_of(found: Any, partnership: Partnership | None = None) -> Table:
    """Every indicator that the results at hand allow.

    found: anything with some of `dependencies`, `run`, `fan`, `adjusted`, `paths`, `plans`, `coalitions` (an assessment's
    findings); what is absent or None is left out; partnership: default `found.partnership`.
    By (criterion, member): criterion is "INDICATOR/OF", member "" where it is of all together. value is null where the data do
    not tell, and `note` says why. low and high: the range over parameters, the default among them, or what the data leave open;
    null where there is none.
    """
    import polars as pl

    partnership = partnership or found.partnership
    assert partnership is not None
    rows: list[dict[str, Any]] = []
    sources = Provenance()
    for each in INDICATORS.values():
        if getattr(found, each.needs, None) is None:
            continue
        for row in each.compute(found, partnership):
            rows.append({
                "criterion": f"{each.id}/{row['of']}", "member": row.get("member", ""), "indicator": each.id, "of": row["of"],
                "value": row.get("value"), "low": row.get("low"), "high": row.get("high"), "year": row.get("year"),
                "unit": each.unit, "better": each.better, "note": row.get("note", ""),
            })  # fmt: skip
    for each in _provenances(found):
        sources = sources.with_sources(*each.sources)
    text, number = pl.String, pl.Float64
    schema = {
        "criterion": text, "member": text, "indicator": text, "of": text, "value": number, "low": number, "high": number,
        "year": pl.Int64, "unit": text, "better": text, "note": text,
    }  # fmt: skip
    years = [row["year"] for row in rows if row["year"]]
    provenance = Provenance(
        sources.sources,
        (f"indicators of {partnership.title}",),
        max(years, default=None),
        extra={"name": partnership.name},
    )
    own = "fraction or number, see unit"
    units = {
        "indicator": "",
        "of": "",
        "value": own,
        "low": own,
        "high": own,
        "year": "year",
        "unit": "",
        "better": "",
        "note": "",
    }
    return Table("indicators", pl.DataFrame(rows, schema=schema), ("criterion", "member"), units,
                 f"Indicators of {partnership.title}", provenance=provenance)  # fmt: skip


def subjects(partnership: Partnership) -> dict[str, list[str]]:
    """What an indicator can be read for, by kind."""
    from interdep.shocks.scenario import library

    own = [s for plan in partnership.plans for s in plan.scenarios or ()]
    plans = [p.name for p in partnership.plans] or ["pillars"]
    return {
        "pillar": [p.id for p in partnership.pillars],
        "scenario": list(dict.fromkeys([*library(), *own])),
        "plan": plans,
        "coalition": [c.name for c in partnership.coalitions],
    }


def _provenances(found: Any) -> list[Provenance]:
    parts: list[Provenance] = []
    dependencies = getattr(found, "dependencies", None)
    if dependencies is not None:
        parts.append(dependencies.industries.provenance)
        parts += [dependencies.products.products.provenance] if dependencies.products is not None else []
    parts += [found.run.provenance] if getattr(found, "run", None) is not None else []
    parts += [plan.provenance for plan in (getattr(found, "plans", None) or {}).values()]
    return [*parts, *(c.steps.provenance for c in (getattr(found, "coalitions", None) or {}).values())]


def _register(*listed: Indicator) -> dict[str, Indicator]:
    return {each.id: each for each in listed}


INDICATORS: dict[str, Indicator] = _register(
    Indicator(
        "shared-industries", "Industries with the same top foreign supplier", "最大の海外供給国が共通する産業の数", "industries",
        "lower", "pillar", False, "dependencies",
        "Industries of the pillar in which every member has the same top foreign supplier, look-through",
        values.shared_industries,
    ),
    Indicator(
        "common-dependencies", "Common dependencies by product", "共通の依存品目の数", "headings", "lower", "pillar", False,
        "dependencies", "Headings of the pillar's product sets in which every member meets one criterion of dependence, with the"
        " same top supplier", values.common_dependencies,
    ),
    Indicator(
        "shared-products", "Products with the same top supplier", "最大の供給国が共通する品目の数", "headings", "lower", "pillar",
        False, "dependencies", "Headings of the pillar's product sets in which every member has the same top supplier",
        values.shared_products,
    ),
    Indicator(
        "reliance", "Reliance on outsiders, look-through", "域外への依存度（サプライチェーン全体）", "fraction of all inputs",
        "lower", "pillar", True, "dependencies", "Part of all inputs of the pillar's industries, along the whole chain, made"
        " outside the partnership; industries weighed by what they buy", values.reliance,
    ),
    Indicator(
        "largest-outsider", "Largest outside supplier, look-through", "域外最大供給国の割合（サプライチェーン全体）",
        "fraction of all inputs", "lower", "pillar", True, "dependencies",
        "The same for the one outside supplier with the largest part; the rest of the world is no supplier", values.largest,
    ),
    Indicator(
        "concentration", "Concentration of outside suppliers", "域外供給国の集中度", "HHI, 0 to 1", "lower", "pillar", True,
        "dependencies", "Sum of squared shares of outside suppliers in what comes from outside, along the whole chain; the rest"
        " of the world counts as many (value, low) to one (high)", values.concentration,
    ),
    Indicator(
        "exposure", "Loss, first order", "損失（一次の試算）", "fraction of yearly value added", "lower",
        "scenario", True, "run", "Value added lost over the horizon by the first-order model, with the range of the draws",
        values.exposure,
    ),
    Indicator(
        "exposure-by-day", "Loss, day by day", "損失（日次）", "fraction of yearly value added",
        "lower", "scenario", True, "fan", "Value added lost over the horizon day by day, least to most over the parameters",
        values.exposure_by_day,
    ),
    Indicator(
        "exposure-adjusted", "Loss, prices adjusted", "損失（価格調整後）", "fraction of real expenditure",
        "lower", "scenario", True, "adjusted", "Real expenditure lost once prices have adjusted, with the range of the draws",
        values.exposure_adjusted,
    ),
    Indicator(
        "exposure-by-year", "Loss over years", "数年間の損失", "fraction of real expenditure", "lower",
        "scenario", True, "paths", "Real expenditure lost over all its years, discounted, with the range of the draws",
        values.exposure_by_year,
    ),
    Indicator(
        "acting-together", "What acting together adds", "共同行動による追加効果", "fraction of the expected shortage", "higher",
        "plan", False, "plans", "Expected shortage that one common plan avoids beyond each member's own plan on the same budget",
        values.acting_together,
    ),
    Indicator(
        "avoided", "Shortage that the plan avoids", "計画により回避される不足", "fraction of the expected shortage", "higher",
        "plan", False, "plans", "Expected shortage that the best plan on the budget avoids", values.plan_avoided,
    ),
    Indicator(
        "sanctions-reach", "Reach of the sanctions coalition", "制裁連合の到達度", "fraction of the target's loss", "higher",
        "coalition", False, "coalitions",
        "The target's loss under the whole coalition, of its loss were every named economy in it", values.reach,
    ),
)  # fmt: skip
"""Every indicator by id."""
