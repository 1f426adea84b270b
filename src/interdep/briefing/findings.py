"""Findings: what an assessment has computed, with the look-ups that every section of the report needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from interdep.classifications import industry_name
from interdep.geography import name_of
from interdep.units import MISSING, per_cent

if TYPE_CHECKING:
    from interdep.dependence.measure import Dependencies
    from interdep.models.fan import Fan
    from interdep.models.run import Run
    from interdep.partnership.schema import Partnership
    from interdep.tables import Table
    from interdep.world import World


TOO_SMALL = 1e-6
"""A share that has no digit left in print."""


@dataclass(frozen=True, eq=False)
class Findings:
    """Dependencies, scenarios (in the first order, and day by day with ranges) and single stops of one partnership."""

    partnership: Partnership
    world: World
    dependencies: Dependencies
    run: Run
    fan: Fan
    stops: Table

    @property
    def buyers(self) -> list[str]:
        """The partners, each one buyer."""
        return list(self.dependencies.buyers)

    @cached_property
    def names(self) -> dict[str, str]:
        """What figures and sentences call codes: economies, partners, industries and scenarios."""
        names = {code: name_of(code) for code in (*self.world.economies, *self.buyers)}
        names |= {code: industry_name(code, self.world.classification) for code in self.world.industries}
        return names | {s.name: s.title or s.name for s in self.run.scenarios}

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


def _end(value: float) -> str:
    return "0 %" if abs(value) < TOO_SMALL else per_cent(value)
