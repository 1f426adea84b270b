"""Money a year, as a person writes it: "1e9 EUR/year", or "1 % of imports/year"."""

from __future__ import annotations

import math
import re

from interdep.errors import InputError

SCALES = {"": 1.0, "thousand": 1e3, "mn": 1e6, "bn": 1e9, "tn": 1e12}

_FORM = re.compile(
    r"(?P<number>[-+]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?)\s*(?P<scale>thousand|mn|bn|tn)?\s*(?P<currency>[A-Z]{3})\s*/\s*(?P<per>\w+)",
    re.I,
)

_PART = re.compile(r"(?P<number>[-+]?[0-9]+(?:\.[0-9]+)?)\s*%\s*of\s+imports\s*/\s*year")


def read_budget(text: str, currency: str, data: str, imports: float) -> float:
    """The amount a year in the currency of the data.

    text: as in "1e9 EUR/year", "500 mn EUR/year" or "1 % of imports/year"; currency: the data's; data: what they are, for the
    error; imports: what the partners import of the products in a year. Raises InputError for another form, a negative amount, or
    another currency (rates are not guessed).
    """
    part = _PART.fullmatch(text.strip())
    if part:
        share = float(part["number"])
        if share < 0:
            raise InputError(f"the budget {text!r} must not be negative; 0 asks what sharing alone does")
        return share / 100 * imports
    found = _FORM.fullmatch(text.strip())
    if not found or found["per"].lower() not in ("year", "yr", "a"):
        raise InputError(
            f'the budget {text!r} is not an amount a year; write it as in "1e9 {currency}/year" or "500 mn {currency}/year"'
        )
    try:
        amount = float(found["number"].replace(",", "")) * SCALES[(found["scale"] or "").lower()]
    except ValueError:
        raise InputError(
            f'the budget {text!r} has no number that can be read; write it as in "1e9 {currency}/year"'
        ) from None
    if not math.isfinite(amount):
        raise InputError(f"the budget {text!r} is larger than any number; write what can be spent in a year")
    if amount < 0:
        raise InputError(f"the budget {text!r} must not be negative; 0 asks what sharing alone does")
    if found["currency"].upper() != currency:
        raise InputError(
            f"the budget is in {found['currency'].upper()}, the data ({data}) are in {currency}; write the budget in {currency},"
            " at an exchange rate of your own"
        )
    return amount
