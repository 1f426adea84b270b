"""Labels of figures: names of codes, numbers in one readable scale, colour classes; missing is never zero."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from interdep.errors import InputError
from interdep.figures.words import say
from interdep.units import MISSING, per_cent, significant

SCALES = {
    "en": ((1e12, "tn "), (1e9, "bn "), (1e6, "mn "), (1.0, "")),
    "ja": ((1e12, "兆"), (1e8, "億"), (1e4, "万"), (1.0, "")),
}
"""The scales a reader of each language thinks in, largest first."""

CURRENCIES_JA = {
    "EUR": "ユーロ", "USD": "ドル", "JPY": "円", "GBP": "ポンド", "CHF": "スイスフラン", "CNY": "人民元", "KRW": "ウォン",
    "INR": "ルピー", "AUD": "豪ドル", "CAD": "カナダドル", "SGD": "シンガポールドル",
}  # fmt: skip
"""Currencies as Japanese readers call them; any other keeps its code."""


def finite(value: float | None) -> float | None:
    """The value, or None for what is missing (null, NaN) or infinite."""
    return None if value is None or not math.isfinite(value) else float(value)


def share_text(value: float | None, lang: str) -> str:
    """A fraction as per cent, or "n/a": "5.2 %", in Japanese "5.2%"."""
    return MISSING if value is None else per_cent(value).replace(" %", say(lang, "sign"))


def model_text(model: str, names: Mapping[str, str] | None, lang: str) -> str:
    """The name to print for a model: the one given, else the one its figures use, else its own."""
    given = (names or {}).get(model)
    return given or (say(lang, model) if model in ("leontief", "ario", "equilibrium") else model.capitalize())


def display(codes: Sequence[str], names: Mapping[str, str] | None) -> dict[str, str]:
    """The name to print for each code; two codes with one name keep their codes beside it."""
    given = {code: (names or {}).get(code, code) for code in codes}
    shown = list(given.values())
    return {code: name if shown.count(name) == 1 else f"{name} ({code})" for code, name in given.items()}


def only_row_each(rows: Sequence[Mapping[str, object]], dims: Sequence[str], name: str) -> None:
    """Raises InputError where two rows share their labels: a figure would show one of them and hide the other."""
    seen: set[tuple[object, ...]] = set()
    for row in rows:
        labels = tuple(row[dim] for dim in dims)
        if labels in seen:
            where = ", ".join(map(str, labels))
            raise InputError(f"table {name!r} has several rows for {where}; choose one with .where()")
        seen.add(labels)


def year_text(year: int | None, lang: str) -> str:
    """The year of the data as "(2014)", or nothing where the table does not say."""
    return "" if year is None else say(lang, "year", year=year)


class MoneyScale:
    """One scale for all the amounts of a figure, read from a table's unit such as "mn USD (2014) over the horizon"."""

    def __init__(self, unit: str, amounts: Sequence[float | None], lang: str) -> None:
        found = re.match(r"(?:(thousand|mn|bn|tn) )?(\w+) \((\d{4})\)", unit)
        if found is None:
            raise InputError(f"the unit {unit!r} is no money; a figure needs one such as 'mn USD (2014)'")
        factor, currency, self.year = found.groups()
        self._lang = lang
        self.currency = CURRENCIES_JA.get(currency, currency) if lang == "ja" else currency
        self._data = {None: 1.0, "thousand": 1e3, "mn": 1e6, "bn": 1e9, "tn": 1e12}[factor]
        largest = max((abs(a) * self._data for a in amounts if a is not None), default=0.0)
        self._scale, self._name = next((s for s in SCALES[lang] if largest >= s[0]), SCALES[lang][-2])
        self.unit = say(lang, "money_unit", scale=self._name, currency=self.currency, year=self.year)

    def number(self, amount: float | None) -> str:
        """The amount in this scale without its unit, or "n/a"."""
        return MISSING if amount is None else significant(amount * self._data / self._scale)

    def text(self, amount: float | None) -> str:
        """The amount in this scale with its unit, or "n/a"."""
        return (
            MISSING
            if amount is None
            else say(self._lang, "money", number=self.number(amount), scale=self._name, currency=self.currency)
        )


def classes(values: Sequence[float | None], count: int = 5) -> list[float]:
    """At most count + 1 round edges of equal classes that hold all values, from zero where none is negative."""
    known = [v for v in values if v is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    if high - low < 1e-200:
        return [0.0, 1.0]
    size = 10.0 ** math.floor(math.log10((high - low) / count))
    for factor in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 15, 20):
        first = math.floor(low / (factor * size) + 1e-9)
        last = math.ceil(high / (factor * size) - 1e-9)
        if last - first <= count:
            step = factor * size
            return [float(f"{(first + i) * step:.12g}") for i in range(last - first + 1)]
    return [low, high]


def class_of(value: float, edges: Sequence[float]) -> int:
    """The number of the class a value falls in, lower edge included; the largest value belongs to the last class."""
    inner = sum(value >= edge for edge in edges[1:-1])
    return int(inner)


def class_names(edges: Sequence[float]) -> list[str]:
    """The classes between the edges as "0–2", "2–4"; with negative ones as "-2 … -1", where a dash would mislead."""
    dash = " … " if edges[0] < 0 else "–"
    return [f"{_plain(a)}{dash}{_plain(b)}" for a, b in pairwise(edges)]


def _plain(edge: float) -> str:
    """A round number with all its digits and never a power of ten."""
    text = f"{edge:,.12f}".rstrip("0").rstrip(".")
    return text or "0"
