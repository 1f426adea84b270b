"""Units of money and their printing: shares are fractions in data and per cent in print."""

from __future__ import annotations

import math
from dataclasses import dataclass

MISSING = "n/a"


@dataclass(frozen=True)
class Money:
    """A currency at the prices of a year; `scale` units of it make one number (1e6: the data are in millions)."""

    currency: str
    year: int
    scale: float = 1e6

    def __str__(self) -> str:
        """The unit as it stands in table headers, for example "mn USD (2014)"."""
        names = {1.0: "", 1e3: "thousand ", 1e6: "mn ", 1e9: "bn ", 1e12: "tn "}
        return f"{names.get(self.scale, f'{self.scale:g} ')}{self.currency} ({self.year})"

    def format(self, value: float) -> str:
        """A value with three significant digits in the scale a person would choose; whole units under a million."""
        if not math.isfinite(value):
            return MISSING
        amount = value * self.scale
        for size, name in ((1e12, "tn"), (1e9, "bn"), (1e6, "mn")):
            if abs(amount) >= size * 0.9995:
                return f"{significant(amount / size)} {name} {self.currency}"
        return f"{round(amount):,} {self.currency}"


def significant(value: float, digits: int = 3) -> str:
    """A number with so many significant digits and thousands separators, never in powers of ten."""
    if not math.isfinite(value):
        return MISSING
    if value == 0:
        return "0"
    decimals = digits - 1 - _exponent(value, digits)
    return f"{round(value, decimals):,.{max(0, decimals)}f}"


def counted(count: int, noun: str, nouns: str = "") -> str:
    """A number of things: "1 commitment", "3 commitments"; nouns: the plural where it does not end in s alone."""
    return f"{count} {noun if count == 1 else nouns or noun + 's'}"


def per_cent(fraction: float, digits: int = 2) -> str:
    """A fraction as per cent: two significant digits (one decimal from 10 to 100), at most four decimals.

    What is smaller than the fourth decimal prints as "<0.0001 %", never as zero.
    """
    if not math.isfinite(fraction):
        return MISSING
    value = 100 * fraction
    if value == 0:
        return "0 %"
    # 100 * 1e-6 is a hair under 1e-4.
    if abs(value) < 1e-4 * (1 - 1e-12):
        return "<0.0001 %" if value > 0 else ">-0.0001 %"
    exponent = _exponent(value, digits)
    decimals = min(4, max(0, digits - 1 - exponent))
    if exponent >= 1:
        decimals = 1 if abs(value) < 99.95 else 0
    return f"{value:.{decimals}f} %"


def _exponent(value: float, digits: int) -> int:
    """The power of ten of the first digit once rounded to so many digits: 999.95 to three is 1,000, so 3."""
    return int(f"{value:.{digits - 1}e}".partition("e")[2])
