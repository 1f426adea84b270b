"""Numbers as an adviser says them, in English and Japanese: two digits, ranges, money, dates, years, lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from interdep.errors import unknown
from interdep.figures.labels import CURRENCIES_JA
from interdep.models.timeline import WEEK
from interdep.units import MISSING, Money, significant

Lang = Literal["en", "ja"]

DIGITS = 2
"""Significant digits of an amount that nobody knows better."""

SCALES = {
    "en": ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"), (1e3, " thousand"), (1.0, "")),
    "ja": ((1e12, "兆"), (1e8, "億"), (1e4, "万"), (1.0, "")),
}
"""The words for powers of ten that a reader of each language thinks in, largest first."""

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip

JOINS = {"en": (", ", " and "), "ja": ("、", "、")}


@dataclass(frozen=True)
class Numbers:
    """How numbers are printed in a language; raises InputError for a language not spoken."""

    lang: Lang

    def __post_init__(self) -> None:
        if self.lang not in SCALES:
            raise unknown("language", self.lang, list(SCALES), "a briefing")

    def share(self, fraction: float | None) -> str:
        """A fraction as per cent: "2 %", "0.53 %", "15 %"; what has no digit left is "under 0.01 %"."""
        if fraction is None:
            return self.missing
        text = self._digits(fraction)
        if text == "0" and fraction != 0:
            return "under 0.01 %" if self.lang == "en" else "0.01%未満"
        return f"{text}{self._sign}"

    def about(self, fraction: float | None) -> str:
        """The same with the word that says it is rounded."""
        text = self.share(fraction)
        if fraction is None or self._digits(fraction) == "0":
            return text
        return f"about {text}" if self.lang == "en" else f"約{text}"

    def span(self, low: float, high: float) -> str:
        """A range of fractions: "0.08 to 15 %"; an end that has no digit left is 0."""
        first, last = self._digits(low), self._digits(high)
        if first == last:
            return self.share(high)
        return f"{first}{self._to}{last}{self._sign}"

    def ranged(self, value: float | None, low: float | None, high: float | None) -> str:
        """A fraction with its range behind it, where there is one: "2 % (0.08 to 15 %)"."""
        if value is None or low is None or high is None:
            return self.share(value)
        if len({self._digits(each) for each in (value, low, high)}) == 1:
            return self.share(value)
        return f"{self.share(value)}{self.brackets(self.span(low, high))}"

    def points(self, difference: float | None) -> str:
        """A difference of fractions in percentage points."""
        if difference is None:
            return self.missing
        text = self._digits(difference)
        if text == "0" and difference != 0:
            return "under 0.01 points" if self.lang == "en" else "0.01ポイント未満"
        if self.lang == "ja":
            return f"{text}ポイント"
        return f"{text} point" if text == "1" else f"{text} points"

    def points_span(self, low: float, high: float) -> str:
        """A range of differences, without the unit where it stands behind the number: "2.7 to 11"."""
        first, last = self._digits(low), self._digits(high)
        return last if first == last else f"{first}{self._to}{last}"

    def money(self, amount: float | None, coin: Money) -> str:
        """An amount of money: "EUR 3.4 billion", 34億ユーロ; two digits."""
        if amount is None:
            return self.missing
        value = float(f"{amount * coin.scale:.{DIGITS - 1}e}")
        size, word = self._scale(value)
        text = _plain(value / size)
        if self.lang == "en":
            return f"{coin.currency} {text}{word}"
        return f"{text}{word}{self._currency(coin)}"

    def _scale(self, value: float) -> tuple[float, str]:
        return next((s for s in SCALES[self.lang] if abs(value) >= s[0]), SCALES[self.lang][-1])

    @staticmethod
    def _currency(coin: Money) -> str:
        return CURRENCIES_JA.get(coin.currency, f" {coin.currency}")

    def money_span(self, low: float, high: float, coin: Money) -> str:
        """A range of amounts in one scale: "EUR 0.7 to 12 billion", 7.1億～120億ユーロ."""
        first, last = self.money(low, coin), self.money(high, coin)
        if self.lang == "ja":
            return last if first == last else f"{first.removesuffix(self._currency(coin))}～{last}"
        size, word = self._scale(max(abs(low), abs(high)) * coin.scale)
        ends = [_plain(float(f"{each * coin.scale / size:.{DIGITS - 1}e}")) for each in (low, high)]
        return last if first == last else f"{coin.currency} {ends[0]} to {ends[1]}{word}"

    def prices(self, coin: Money) -> str:
        """The year whose prices an amount is in."""
        return f"prices of {coin.year}" if self.lang == "en" else f"{coin.year}年価格"

    def day(self, day: date) -> str:
        """A date: "12 May 2022", 2022年5月12日."""
        if self.lang == "ja":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"

    def years(self, first: int, last: int | None = None) -> str:
        """A year, or the years from one to another: "2022 to 2024", 2022～2024年."""
        text = f"{first}" if last in (None, first) else f"{first}{self._to}{last}"
        return f"{text}年" if self.lang == "ja" else text

    def duration(self, years: float) -> str:
        """How long something takes: months under two years, years from there on."""
        if years < 2:
            months = max(1, round(12 * years)) if years > 0 else 0
            return f"{months} month{'' if months == 1 else 's'}" if self.lang == "en" else f"{months}か月"
        text = significant(years, 1 if years == round(years) else DIGITS)
        return f"{text} years" if self.lang == "en" else f"{text}年"

    def week(self, day: int) -> str:
        """The week a day of a scenario falls in, the first one 1."""
        number = day // WEEK + 1
        return f"week {number}" if self.lang == "en" else f"第{number}週"

    def listed(self, words: Sequence[str]) -> str:
        """Words as a list in a sentence."""
        comma, last = JOINS[self.lang]
        return last.join(filter(None, [comma.join(words[:-1]), words[-1]])) if words else ""

    def pair(self, name: str, value: str) -> str:
        """A name with its number: "EU27 2 %", 日本2%, EU27 2%."""
        # Two Latin words or digits that meet would read as one.
        apart = " " if self.lang == "en" or name[-1:].isascii() else ""
        return f"{name}{apart}{value}"

    def brackets(self, text: str) -> str:
        """A text in brackets behind another."""
        return f" ({text})" if self.lang == "en" else f"（{text}）"

    @property
    def missing(self) -> str:
        """What stands where there is no number."""
        return MISSING if self.lang == "en" else "不明"

    @property
    def _sign(self) -> str:
        return " %" if self.lang == "en" else "%"

    @property
    def _to(self) -> str:
        return " to " if self.lang == "en" else "～"

    def _digits(self, fraction: float) -> str:
        """Per cent without its sign: whole from ten on, two digits above a tenth, two decimals below."""
        value = 100 * fraction
        # All but all is not all.
        if 99.5 <= abs(value) < 99.95:
            return f"{value:.1f}"
        if abs(value) >= 9.95:
            return f"{value:,.0f}"
        decimals = 1 if abs(value) >= 0.995 else 2
        return _plain(round(value, decimals))


def _plain(value: float) -> str:
    """A number with no zeros behind its digits, and none that is negative nothing."""
    text = f"{value:,.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
