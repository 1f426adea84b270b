"""Populations that the Council of the European Union votes by: a dated table, and which of its years applies on a day."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from interdep.errors import InputError
from interdep.provenance import Source

PER_CENT = "per cent"
"""The unit of a table of which only rounded shares are known."""


@dataclass(frozen=True)
class Populations:
    """The figures in force from a day on.

    since: that day; weights: by economy, in `unit`; year: of the population counted (1 January); source: the publication;
    basis: by economy, where the figure was taken from.
    """

    since: date
    weights: Mapping[str, float]
    unit: str
    year: int
    source: Source
    basis: Mapping[str, str]

    @property
    def note(self) -> str:
        """Which table was used, where its figures were taken from and how exact they are."""
        text = f"Population on 1 January {self.year} in {self.unit}, in force from {self.since}: {self.source.title}."
        eurostat = [code for code, basis in self.basis.items() if basis.startswith("Eurostat")]
        if eurostat:
            text += f" {len(eurostat)} of its {len(self.basis)} figures are taken from Eurostat (demo_pjan) instead."
        recalled = [code for code, basis in self.basis.items() if "memory" in basis]
        if recalled:
            text += f" The figures of {', '.join(recalled)} are from memory and unchecked in the last digits."
        if self.unit == PER_CENT:
            text += " Shares have two decimals, so that a coalition within 0.14 point of a threshold cannot be told."
        return text

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        # A mapping proxy cannot be sent to another process.
        return type(self), (self.since, dict(self.weights), self.unit, self.year, self.source, dict(self.basis))


@cache
def tables() -> tuple[Populations, ...]:
    """Every packaged table, the earliest first."""
    text = files("interdep.agreement").joinpath("populations.csv").read_text(encoding="utf-8")
    years: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(text.splitlines()):
        years.setdefault(row["since"], []).append(row)
    return tuple(_read(since, rows) for since, rows in sorted(years.items()))


def populations(on: date | None = None) -> Populations:
    """The latest table not after a day (None: the latest there is); InputError for a day before the first."""
    known = [each for each in tables() if on is None or each.since <= on]
    if not known:
        raise InputError(
            f"the population table begins on {tables()[0].since}, and {on} is before it; name a later day, or use a rule"
            " with weights of your own"
        )
    return known[-1]


def _read(since: str, rows: list[dict[str, str]]) -> Populations:
    first = rows[0]
    source = Source(first["source"], int(first["year"]), first["licence"], first["url"])
    weights = MappingProxyType({row["economy"]: float(row["value"]) for row in rows})
    basis = MappingProxyType({row["economy"]: row["basis"] for row in rows})
    return Populations(date.fromisoformat(since), weights, first["unit"], int(first["year"]), source, basis)
