"""Stances: the probability that a proposal costs a member no more than it would bear, from the ranges of both."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from interdep.errors import InputError, unknown
from interdep.parameter import check_parameters, parameter
from interdep.units import per_cent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

POINTS = 1000
"""Points of a distribution: its quantiles at the middle of so many equal parts."""

GDP, SUPPLY = "GDP", "supply"
OF: Mapping[str, str] = {"products": SUPPLY, "equilibrium": GDP, "ario": GDP}
"""What a tolerance is a part of, by basis of costs."""

YES, NO, LEANING, UNKNOWN = "yes", "no", "leaning", "unknown"

_WRITTEN = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(?:(?:-|to)\s*(\d+(?:\.\d+)?)\s*)?%\s*of\s+(\S+)\s*$")


class Range(NamedTuple):
    """A number and the ends of its range; all three are equal where it has none."""

    low: float
    value: float
    high: float


@dataclass(frozen=True)
class Tolerances:
    """How much a member bears before it refuses, where nothing else is said; assumptions, to be varied.

    sure: a member counts as for (against) from this probability of bearing the cost (of not bearing it) on.
    """

    supply: float = parameter(
        0.25, unit="fraction of the supply of a product that cannot be replaced", low=0.086, high=0.50,
        source="Assumption, not an estimate. The one case there is, May 2022, bounds it: between the shares of Austria (.086),"
        " who signed, and of Czechia (.50), who refused, any threshold tells them apart; that is the range, so the case was used",
    )  # fmt: skip
    gdp: float = parameter(
        0.003, unit="fraction of yearly GDP", low=0.001, high=0.01,
        source="Assumption: nobody has published what a member bears; a third to three times the default is tried",
    )  # fmt: skip
    sure: float = parameter(
        0.9, unit="probability", low=0.75, high=0.95, source="Choice: nine in ten is called yes, one in ten no"
    )

    def __post_init__(self) -> None:
        check_parameters(self)
        if not 0.5 < self.sure < 1:
            raise InputError(f"Tolerances: sure = {self.sure:g} must be a probability above 0.5 and below 1")
        for name in ("supply", "gdp"):
            if getattr(self, name) < 0:
                raise InputError(
                    f"Tolerances: {name} = {getattr(self, name):g} is negative; a tolerance is a fraction from 0 on"
                )

    def range_of(self, of: str) -> Range:
        """The range of a tolerance of GDP or of supply; one that was set to another value than the default has none."""
        from interdep.parameter import parameters_of

        name = "supply" if of == SUPPLY else "gdp"
        about, value = parameters_of(self)[name], getattr(self, name)
        if value != about.default or about.low is None or about.high is None:
            return Range(value, value, value)
        return Range(about.low, value, about.high)


Tolerance = str | Tolerances | Mapping[str, str] | None
"""What a person may give: one text for all, the parameters, or a text for some members by code."""


def read_tolerance(text: str, basis: str) -> Range:
    """A tolerance as a person writes it, "0.3 % of GDP", "0.1 to 0.5 % of GDP" or "25 % of supply", as a fraction.

    Raises InputError where it is written otherwise or does not go with the basis of costs.
    """
    found = _WRITTEN.match(text)
    example = f"{'25 % of supply' if OF[basis] == SUPPLY else '0.3 % of GDP'}"
    if not found:
        raise InputError(
            f'tolerance {text!r} is not understood; write it as "{example}" (or as a range, "0.1 to 0.5 % of GDP")'
        )
    first, second, of = found.groups()
    if of not in (GDP, SUPPLY):
        raise unknown("measure", of, [GDP, SUPPLY], f"the tolerance {text!r}")
    if of != OF[basis]:
        raise InputError(
            f'a tolerance of {of} does not go with costs by {basis}, which are a part of {OF[basis]}; write it as "{example}",'
            f" or ask for costs by {'equilibrium' if of == GDP else 'products'}"
        )
    low, high = float(first) / 100, float(second or first) / 100
    if high > 1 or low > high:
        raise InputError(f"tolerance {text!r} must be at most 100 %, the smaller number first")
    return Range(low, (low + high) / 2, high)


def measure_of(given: Tolerance) -> str | None:
    """What a tolerance as given is a part of, GDP or supply; None where none is given as text."""
    texts = [given] if isinstance(given, str) else list(given.values()) if isinstance(given, Mapping) else []
    found = [m.group(3) for text in texts if (m := _WRITTEN.match(text))]
    return found[0] if found and found[0] in (GDP, SUPPLY) else None


def tolerances_of(given: Tolerance, basis: str, members: tuple[str, ...]) -> tuple[dict[str, Range], str]:
    """Every member's tolerance, and where it comes from in words."""
    default = given if isinstance(given, Tolerances) else Tolerances()
    usual = default.range_of(OF[basis])
    if isinstance(given, str):
        read = read_tolerance(given, basis)
        return dict.fromkeys(members, read), f"tolerance as given, {given}"
    out = dict.fromkeys(members, usual)
    about = f"tolerance {shown(usual)} of {OF[basis]}, an assumption"
    if isinstance(given, Mapping):
        for member, text in given.items():
            if member not in out:
                raise unknown("member", member, members, "the tolerances")
            out[member] = read_tolerance(text, basis)
        about = f"tolerances as given for {', '.join(given)}; for the others {about}"
    elif given is not None and not isinstance(given, Tolerances):
        raise InputError(
            f'a tolerance is text such as "0.3 % of GDP", or Tolerances(...), or texts by member, not {given!r}'
        )
    return out, about


def shown(each: Range) -> str:
    """A range in per cent."""
    if each.low == each.high:
        return per_cent(each.value)
    return f"{per_cent(each.value)} ({per_cent(each.low)} to {per_cent(each.high)})"


def triangular(each: Range) -> Floats:
    """(POINTS,) quantiles of the triangular distribution over a range with its mode at the value."""
    low, mode, high = each
    if not low <= mode <= high:
        raise ValueError(f"{each} is no range")
    part = (np.arange(POINTS) + 0.5) / POINTS
    if high == low:
        return np.full(POINTS, float(low))
    turn = (mode - low) / (high - low)
    left = low + np.sqrt(part * (high - low) * (mode - low))
    right = high - np.sqrt((1.0 - part) * (high - low) * (high - mode))
    return np.where(part < turn, left, right)


def borne(cost: Floats, tolerance: Range) -> float:
    """The probability that a cost, given by equally likely values, is no more than the tolerance (triangular, independent)."""
    low, mode, high = tolerance
    if high == low:
        # A cost that adds up to the tolerance by hand is borne, whatever the last bit of its sum.
        return float((cost <= low * (1 + 1e-12) + 1e-15).mean())
    below = np.divide((cost - low) ** 2, (high - low) * (mode - low), out=np.zeros_like(cost), where=mode > low)
    above = np.divide((high - cost) ** 2, (high - low) * (high - mode), out=np.zeros_like(cost), where=high > mode)
    chance = np.where(cost <= low, 1.0, np.where(cost >= high, 0.0, np.where(cost <= mode, 1.0 - below, above)))
    return float(chance.mean())


def short_by(cost: Floats, tolerance: Range, sure: float) -> float:
    """What a member would have to be given (negative: could give) to bear the cost with probability `sure`.

    To a billionth of the spread of costs and tolerances (at least 1e-12), on the side on which it is borne.
    """
    low = float(cost.min()) - tolerance.high - 1e-9
    high = float(cost.max()) - tolerance.low + 1e-9
    width = max((high - low) * 1e-9, 1e-12)
    while high - low > width:
        middle = 0.5 * (low + high)
        if borne(cost - middle, tolerance) >= sure:
            high = middle
        else:
            low = middle
    return high


def stance(probability: float | None, sure: float) -> str:
    """The word for a probability: yes, no, leaning, or unknown where there is none."""
    if probability is None or math.isnan(probability):
        return UNKNOWN
    # Ten draws of ten are 1, nine of ten 0.9 whatever the last bit.
    if probability >= sure - 1e-12:
        return YES
    return NO if probability <= 1.0 - sure + 1e-12 else LEANING
