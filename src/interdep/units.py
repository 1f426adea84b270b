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
        """A value in this unit with three significant digits in the scale a person would choose."""
        if not math.isfinite(value):
            return MISSING
        amount = value * self.scale
        for size, name in ((1e12, "tn"), (1e9, "bn"), (1e6, "mn")):
            if abs(amount) >= size * 0.9995:
                return f"{significant(amount / size)} {name} {self.currency}"
        return f"{amount:,.0f} {self.currency}"


def significant(value: float, digits: int = 3) -> str:
    """A number with so many significant digits and thousands separators, never in powers of ten."""
    if not math.isfinite(value):
        return MISSING
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    rounded = round(value, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{rounded:,.{decimals}f}"


def per_cent(fraction: float, digits: int = 2) -> str:
    """A fraction as per cent: two significant digits, at most four decimals; what is smaller prints as "<0.0001 %"."""
    if not math.isfinite(fraction):
        return MISSING
    value = 100 * fraction
    if value == 0:
        return "0 %"
    if abs(value) < 1e-4:
        return "<0.0001 %" if value > 0 else ">-0.0001 %"
    decimals = min(4, max(0, digits - 1 - math.floor(math.log10(abs(value)))))
    if abs(value) >= 10:
        decimals = 1 if abs(value) < 100 else 0
    return f"{value:.{decimals}f} %"
