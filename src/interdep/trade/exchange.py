"""Yearly average exchange rates, for the few places where trade in one currency meets a table in another."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from interdep.errors import MissingData
from interdep.provenance import Source

ECB = Source(
    "Euro foreign exchange reference rates, yearly averages",
    licence="free use with source",
    url="https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/",
    citation="European Central Bank, euro foreign exchange reference rates, yearly averages (USD per EUR)",
)

USD_PER_EUR: Mapping[int, float] = MappingProxyType({
    2010: 1.3257, 2011: 1.3920, 2012: 1.2848, 2013: 1.3281, 2014: 1.3285, 2015: 1.1095, 2016: 1.1069, 2017: 1.1297,
    2018: 1.1810, 2019: 1.1195, 2020: 1.1422, 2021: 1.1827, 2022: 1.0530, 2023: 1.0813, 2024: 1.0824,
})  # fmt: skip


def rate(of: str, into: str, year: int) -> float:
    """Units of `into` for one unit of `of`, averaged over a year; MissingData for a pair or year that is not there."""
    if of == into:
        return 1.0
    if {of, into} != {"EUR", "USD"} or year not in USD_PER_EUR:
        raise MissingData(
            f"no exchange rate of {of} to {into} in {year}; known are EUR and USD, {min(USD_PER_EUR)}-{max(USD_PER_EUR)}"
        )
    return USD_PER_EUR[year] if of == "EUR" else 1.0 / USD_PER_EUR[year]
