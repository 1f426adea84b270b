"""Horizon: how far buyers have adjusted in each year after a shock, and what a later loss counts today."""

from __future__ import annotations

from dataclasses import dataclass, replace

from interdep.errors import InputError
from interdep.models.equilibrium import Equilibrium
from interdep.parameter import check_parameters, parameter
from interdep.provenance import Source

BOEHM_LEVCHENKO_PANDALAI_NAYAR = Source(
    "Boehm, Levchenko & Pandalai-Nayar (2023), The Long and Short (Run) of Trade Elasticities",
    2023,
    citation="Boehm, C., Levchenko, A. & Pandalai-Nayar, N. (2023), The Long and Short (Run) of Trade Elasticities, American"
    " Economic Review 113(4)",
)


@dataclass(frozen=True)
class Horizon:
    """How far buyers have adjusted in each year after the start, and what a later loss counts today.

    The part of every trade elasticity that works rises in equal steps, from short_run in the first year to all of it after
    years_to_long_run. mobility: part of value added paid to a mobile factor in the first year, rising in the same
    steps to the model's own; None: the model's own from the first year.
    """

    short_run: float = parameter(
        0.36, unit="part of the trade elasticity that works in the first year", low=0.34, high=0.43,
        source="Boehm, Levchenko & Pandalai-Nayar 2023: 0.76 after a year over 2.12 after ten; range: over 2.25 to 1.75",
    )  # fmt: skip
    years_to_long_run: float = parameter(
        10.0, unit="years until the whole trade elasticity works", low=7.0, high=10.0,
        source="Boehm, Levchenko & Pandalai-Nayar 2023: 7 to 10 years; 10 is the year of the 2.12 in short_run",
    )  # fmt: skip
    discount: float = parameter(
        0.03, unit="fraction a year, real", low=0.02, high=0.05,
        source="European Commission, Better Regulation Toolbox (2023): 3 %; range: US OMB Circular A-4 of 2023 (2 %) to the"
        " Commission's Guide to Cost-Benefit Analysis of 2014 for cohesion countries (5 %)",
    )  # fmt: skip
    mobility: float | None = None

    def __post_init__(self) -> None:
        check_parameters(self)
        if not 0 < self.short_run <= 1:
            raise InputError(
                f"Horizon: short_run = {self.short_run:g} is a part of the elasticity, above 0 and at most 1"
            )
        if self.years_to_long_run <= 0:
            raise InputError(f"Horizon: years_to_long_run = {self.years_to_long_run:g} must be above 0")
        if not 0 <= self.discount < 1:
            raise InputError(f"Horizon: discount = {self.discount:g} must be from 0 to under 1 (3 % is 0.03)")
        if self.mobility is not None and not 0 <= self.mobility <= 1:
            raise InputError(f"Horizon: mobility = {self.mobility:g} is a part of value added, from 0 to 1")

    def adjusted(self, year: int) -> float:
        """How much of the way from the first year to the long run lies behind, from 0; year: whole years since the start."""
        return min(1.0, year / self.years_to_long_run)

    def elasticity_factor(self, year: int) -> float:
        """The part of every trade elasticity that works in a year; year 0 is the first."""
        return self.short_run + (1.0 - self.short_run) * self.adjusted(year)

    def weight(self, year: int) -> float:
        """What a loss of a year counts today; the first year, 0, counts in full."""
        return (1.0 + self.discount) ** -year

    def model(self, model: Equilibrium, year: int) -> Equilibrium:
        """The model as it is in a year."""
        changes = {"horizon_factor": model.horizon_factor * self.elasticity_factor(year)}
        if self.mobility is not None:
            first = min(self.mobility, model.mobility)
            changes["mobility"] = first + (model.mobility - first) * self.adjusted(year)
        return replace(model, **changes)
