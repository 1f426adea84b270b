"""Findings: what an assessment has computed, with the look-ups that every section of the report needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from interdep.classifications import industry_name
from interdep.geography import name_of
from interdep.models.verdict import View, verdict, views
from interdep.units import MISSING, per_cent

if TYPE_CHECKING:
    from interdep.agreement.agree import Agreement
    from interdep.agreement.coalitions import Coalitions
    from interdep.dependence.measure import Dependencies
    from interdep.models.fan import Fan
    from interdep.models.long_paths import LongPaths
    from interdep.models.run import Run
    from interdep.partnership.schema import Partnership
    from interdep.responses.plan import Plan
    from interdep.shocks.scenario import Scenario
    from interdep.tables import Table
    from interdep.world import World


TOO_SMALL = 1e-6
"""A share that has no digit left in print."""


@dataclass(frozen=True, eq=False)
class Findings:
    """Dependencies, scenarios and single stops of one partnership.

    run: the scenarios in the first order; fan: day by day, with the variants; adjusted: once prices have adjusted; paths: those
    that are too long for days, year by year. plans, votes, coalitions: what can be done together, who
    would sign it and who adds what, by name; failed: those of them that have no result, and why. hash: of the whole assessment,
    empty where it is not known.
    """

    partnership: Partnership
    world: World
    dependencies: Dependencies
    run: Run
    fan: Fan
    adjusted: Run
    paths: LongPaths
    stops: Table
    plans: Mapping[str, Plan]
    votes: Mapping[str, Agreement]
    coalitions: Mapping[str, Coalitions]
    failed: Mapping[str, str]
    hash: str = ""

    @property
    def identity(self) -> str:
        """What a page names the results by: the hash of the assessment, of the run where findings are put together by hand."""
        return self.hash or self.run.hash

    @property
    def buyers(self) -> list[str]:
        """The partners, each one buyer."""
        return list(self.dependencies.buyers)

    @cached_property
    def names(self) -> dict[str, str]:
        """What figures and sentences call codes: economies, partners, industries and scenarios."""
        names = {code: name_of(code) for code in (*self.world.economies, *self.buyers)}
        names |= {code: industry_name(code, self.world.classification) for code in self.world.industries}
        names |= {p.name: p.title for p in self.partnership.plans} if self.partnership else {}
        return names | {s.name: s.title or s.name for s in (*self.run.scenarios, *self.long)}

    @property
    def long(self) -> tuple[Scenario, ...]:
        """The scenarios that are followed year by year alone."""
        return self.paths.scenarios

    def industry(self, code: str) -> str:
        """Code and name of an industry, as tables print it."""
        return code if self.names[code] == code else f"{code} {self.names[code]}"

    def overall(self, buyer: str) -> list[dict[str, Any]]:
        """Suppliers of a buyer over all industries, largest look-through first, the rest of the world left out."""
        rows = [r for r in self.dependencies.overall.to_rows() if r["buyer"] == buyer and r["supplier"] != "ROW"]
        return sorted(rows, key=lambda r: -r["look_through_share"])

    def by_partner(self) -> list[dict[str, Any]]:
        """Losses of each partner in each scenario."""
        return self.run.loss.grouped("economy", self.dependencies.buyers).to_rows()

    @cached_property
    def ranges(self) -> dict[tuple[str, str], dict[str, Any]]:
        """{(scenario, partner): low, lower, value, upper, high} of the loss day by day over the horizon."""
        return {(row["scenario"], row["economy"]): row for row in self.fan.ranges().to_rows()}

    @cached_property
    def real(self) -> dict[tuple[str, str], dict[str, Any]]:
        """{(scenario, partner): low, value, high, default, and the same with expenditure_} once prices have adjusted."""
        if not len(self.adjusted.loss):
            return {}
        return {(r["scenario"], r["economy"]): r for r in self.adjusted.ranges(self.dependencies.buyers).to_rows()}

    @cached_property
    def views(self) -> dict[tuple[str, str], list[View]]:
        """{(scenario, partner): what each model says}; day by day the range is that of the variants."""
        found: dict[tuple[str, str], list[View]] = {}
        for run in (self.run, self.fan.run, self.adjusted):
            for cell, each in views(run, self.dependencies.buyers, self.names).items():
                found.setdefault(cell, []).extend(each)
        daily = set(self.fan.run.loss.frame["model"].to_list())
        for cell, each in found.items():
            if cell in self.ranges:
                row = self.ranges[cell]
                found[cell] = [replace(v, low=row["low"], high=row["high"]) if v.model in daily else v for v in each]
        return found

    def verdict(self, scenario: str, partner: str) -> str:
        """Where the models disagree about a partner's loss, and why, in one sentence."""
        name = f"{self.names[scenario]}, {self.names[partner]}"
        return verdict(self.views.get((scenario, partner), ()), name, short=True)

    def costliest_stops(self, buyer: str) -> list[dict[str, Any]]:
        """Single-supplier stops by what they cost a buyer, the costliest first."""
        rows = [r for r in self.stops.to_rows() if r["buyer"] == buyer]
        return sorted(rows, key=lambda r: -r["value_added_lost"])

    def money(self, value: float) -> str:
        """An amount of the World's money in print."""
        return self.world.money.format(value)


def share(value: float | None) -> str:
    """A fraction as per cent; missing is not zero."""
    return MISSING if value is None else per_cent(value)


def between(low: float, high: float) -> str:
    """A range of fractions as per cent, "0.1 to 14.7 %"; an end that prints as nothing is 0."""
    if max(abs(low), abs(high)) < TOO_SMALL:
        return "under 0.0001 %"
    return f"{_end(low).removesuffix(' %')} to {_end(high)}"


def ranged(value: float | None, low: float | None, high: float | None) -> str:
    """A fraction as per cent with its range in brackets, where there is one: "0.5 % (0.4 to 0.8 %)"."""
    if value is None or low is None or high is None:
        return share(value)
    if max(abs(value), abs(low), abs(high)) < TOO_SMALL:
        return "under 0.0001 %"
    return f"{_end(value)} ({between(low, high)})"


def _end(value: float) -> str:
    return "0 %" if abs(value) < TOO_SMALL else per_cent(value)
