"""A plan in words and rows, said once for the command line and the report: headline, caveat, months, what changes it most."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from interdep.errors import InputError, first_five
from interdep.parameter import parameters_of
from interdep.responses.changes import DEFAULT
from interdep.responses.levers import LEVERS as HOLDERS
from interdep.responses.levers import Market, Risk
from interdep.responses.plan import APART, NOTHING, ONE_PURSE, POOLED, SHARING, SINGLY
from interdep.units import MISSING, Money, per_cent, significant

if TYPE_CHECKING:
    from interdep.responses.plan import ONE_PURSE, Plan

TOO_SMALL = 1e-6
"""A fraction under it is what solving leaves over, and prints as nothing."""

ASSUMED = {
    "carrying": "yearly cost of a stock, of its value",
    "most_stock": "largest stock, years of need",
    "premium": "premium for buying elsewhere",
    "growth": "what each supplier can add under contract",
    "standby": "yearly cost of stand-by plants, of their output",
    "most_built": "largest stand-by output, of need",
    "spare": "what suppliers can spare at once",
    "wait": "days until spare deliveries arrive",
    "rest": "imports under which suppliers stand as one",
    "probability": "yearly probability of each disruption",
    "length": "days a supplier's stop lasts",
}
"""Parameters as a reader calls them."""

COUNTED = ("most_stock", "wait", "length", "size of ")
"""Assumptions whose values are no fractions, by how their names begin."""

LEVERS = {"stockpile": "hold stocks", "diversify": "buy elsewhere", "capacity": "stand-by capacity", "pool": "share"}
"""Levers as a reader calls them."""


def part(value: float | None) -> str:
    """A fraction as per cent; what is only left over from solving is 0."""
    return MISSING if value is None else "0 %" if abs(value) < TOO_SMALL else per_cent(value)


def span(low: float, high: float) -> str:
    """A range as "6.5 to 37.3 %", or one number where both ends print alike."""
    first, last = part(low), part(high)
    return last if first == last else f"{first.removesuffix(' %')} to {last}"


def points(value: float | None) -> str:
    """A difference of fractions in percentage points, without the unit."""
    return part(value).removesuffix(" %")


def months(value: float | None) -> str:
    """Months in print: one decimal under ten, none above; little is never nothing."""
    if value is None:
        return MISSING
    if 0 < value < 0.01:
        return "<0.01"
    return "0" if value == 0 else f"{value:.2f}" if value < 0.1 else f"{value:.1f}" if value < 10 else f"{value:.0f}"


def when(years: float) -> str:
    """How long until a lever works."""
    return f"{12 * years:.0f} months" if years < 2 else f"{significant(years, 2)} years"


def money_of(unit: str) -> Money:
    """The money a column is in, read from a unit such as "EUR (2024) a year"."""
    found = re.match(r"(?:(thousand|mn|bn|tn) )?([A-Z]{3}) \((\d{4})\)", unit)
    if found is None:
        raise InputError(f"the unit {unit!r} is no money; it is written as in 'EUR (2024) a year'")
    scale = {None: 1.0, "thousand": 1e3, "mn": 1e6, "bn": 1e9, "tn": 1e12}[found[1]]
    return Money(found[2], int(found[3]), scale)


def money(plan: Plan) -> Money:
    """The money of a plan's tables."""
    return money_of(plan.arrangements.units["short"])


def amount(coin: Money, value: float | None) -> str:
    """An amount in print; under half a unit it is nothing."""
    return MISSING if value is None else coin.format(0.0 if abs(value * coin.scale) < 0.5 else value)


def called(names: Mapping[str, str] | None, code: str) -> str:
    """The name of a code, or the code."""
    return names[code] if names and code in names else code


def against(plan: Plan, names: Mapping[str, str] | None = None) -> str:
    """What a plan is made against: the disruption, or how many."""
    listed = [called(names, name) for name in plan.about["scenarios"]]
    return ", ".join(listed) if len(listed) <= 3 else f"{len(listed)} disruptions"


def joined(words: list[str]) -> str:
    """Words as a list in a sentence."""
    return " and ".join(", ".join(words).rsplit(", ", 1))


def partners(plan: Plan, names: Mapping[str, str] | None = None) -> list[str]:
    """The partners, each by its name."""
    return [called(names, code) for code in plan.about["pool"]]


def has_ranges(plan: Plan) -> bool:
    """The plan was solved again at the ends of its assumptions."""
    return len(plan.changes) > 1


def avoids(plan: Plan) -> str:
    """The headline: the share of the expected shortage that is avoided, with its range, and of what."""
    coin, before, after = money(plan), plan.arrangement(NOTHING), plan.arrangement(plan.best)
    ranged = f" ({span(*plan.range_of('avoided_share'))} over the ends of the assumptions)" if has_ranges(plan) else ""
    return (
        f"{amount(coin, plan.about['budget'])} a year avoids {part(plan.avoided)} of the expected shortage{ranged}:"
        f" {amount(coin, after['short'])} a year are still expected to be short, of {amount(coin, before['short'])} without"
        " a plan."
    )


def adds(plan: Plan) -> str:
    """What acting together adds, and right beside it how much of the loss is common; empty where one partner is alone."""
    many = len(plan.about["pool"])
    if plan.added is None:
        return "Nothing is shared: without the pool each partner acts for itself." if many > 1 else ""
    if many == 1:
        rows = {r["arrangement"]: r for r in plan.arrangements.to_rows()}
        if SINGLY not in rows:
            return ""
        more = rows[POOLED]["avoided_share"] - rows[SINGLY]["avoided_share"]
        return f"Acting as one adds {points(more)} percentage points to what its members avoid each by itself."
    ranged = ""
    if has_ranges(plan) and any(v is not None for v in plan.changes.frame["added_share"].to_list()):
        ranged = f" ({span(*plan.range_of('added_share')).removesuffix(' %')})"
    both = "both" if many == 2 else "all"
    said = f"Of this, acting together adds {points(plan.added)} percentage points{ranged}"
    if plan.added and plan.by_sharing is not None:
        said += f", {points(plan.by_sharing)} of them by sharing goods and the rest by spending all money where it avoids most"
    common = plan.about["common"]
    if common is None:
        return f"{said}; how much of the loss is common cannot be told, as only one partner needs these products."
    cut = f"{part(common)} of what is lost is lost by {both} at once"
    return f"{said}; {cut}, and mutual aid is worth little where {both} are cut."


def cover(plan: Plan) -> str:
    """How long the stocks of the plan last."""
    held = [r for r in plan.products.to_rows() if r["stock_months"] > 0 and r["cover_months"]]
    if not held:
        return "The plan holds no stocks."
    if len(held) == 1:
        row = held[0]
        return (
            f"Stocks of {row['product']} are {months(row['stock_months'])} months of need and cover the worst loss for"
            f" {months(row['cover_months'])} months."
        )
    ends = sorted(r["cover_months"] for r in held)
    total = months(plan.arrangement(plan.best)["stock_months"])
    return (
        f"Stocks are {total} months of need over all products, and cover the worst loss of those that are held"
        f" ({len(held)} of {len(plan.products)}) for {months(ends[0])} to {months(ends[-1])} months."
    )


def chances(plan: Plan) -> str:
    """The yearly probabilities that are assumed, and how the expected shortage moves with them."""
    assumed = sorted({r["probability"] for r in plan.disruptions.to_rows()})
    said = part(assumed[0]) if len(assumed) == 1 else f"{part(assumed[0])} to {part(assumed[-1])}"
    said = f"Every probability is an assumption (here {said} a year)"
    ends = sorted(
        (r["value"], r["before"])
        for r in plan.changes.to_rows()
        if r["parameter"] == "probability" and r["before"] is not None
    )
    base = plan.arrangement(NOTHING)["short"]
    moved = [(value, before) for value, before in ends if abs(before - base) > TOO_SMALL * base]
    if len(moved) < 2:
        return f"{said}."
    coin, (low, less), (high, more) = money(plan), moved[0], moved[-1]
    return (
        f"{said}: the shortage expected without a plan is {amount(coin, less)} a year at {part(low)} and {amount(coin, more)} at"
        f" {part(high)}."
    )


def next_unit(plan: Plan) -> str:
    """What one more unit of money buys, and what would be enough."""
    coin, about = money(plan), plan.about
    enough = amount(coin, about["enough"])
    if about["budget"] >= about["enough"] * (1 - 1e-9):
        return f"More money would avoid nothing more: {enough} a year is enough for all that these levers can do."
    tail = about["objective"] != "expected"
    what = "of the mean loss in the worst years" if tail else "of expected shortage"
    price = f"{significant(about['price'])} {coin.currency}"
    return f"One more {coin.currency} a year would avoid {price} {what}. All that these levers can do takes {enough} a year."


def arrangement_name(row: Mapping[str, Any], names: Mapping[str, str] | None = None) -> str:
    """An arrangement as a reader calls it."""
    name, who = row["arrangement"], row["who"]
    if name == SINGLY:
        return f"{SINGLY} ({who})"
    plain = {NOTHING, APART, SHARING, ONE_PURSE, POOLED}
    return name if name in plain else f"{called(names, who)} alone"


def owned(row: Mapping[str, Any], coin: Money, level: str) -> str:
    """How much of a lever, in money and against need: months for a stock, per cent for the rest."""
    sum_, of = amount(coin, row["amount"]), "imports" if level == "product" else "purchases"
    if row["lever"] == "stockpile":
        return f"{sum_}, {months(12 * row['of_need'])} months of {of}"
    return f"{sum_} a year, {part(row['of_need'])} of {of}"


@dataclass(frozen=True)
class Mover:
    """An assumption with the answer at each end of its range; an end that is the default is None.

    low, high: (value, avoided, added), avoided None where nothing falls short at all; most: how far the answer moves.
    """

    name: str
    low: tuple[float, float | None, float | None] | None
    high: tuple[float, float | None, float | None] | None
    most: float


def movers(plan: Plan) -> list[Mover]:
    """What changes the answer, the assumption that moves share avoided or gain from acting together furthest first."""
    rows = plan.changes.to_rows()
    base = next(r for r in rows if r["parameter"] == DEFAULT)
    ends: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["parameter"] != DEFAULT:
            ends.setdefault(row["parameter"], []).append(row)
    out = []
    for name, each in ends.items():
        each.sort(key=lambda r: r["value"])
        cells = [(r["value"], r["avoided_share"], r["added_share"]) for r in each]
        moved = [_moved(row, base) for row in each]
        # One end alone: the other is the value the plan was made with.
        two = len(cells) > 1
        out.append(Mover(name, cells[0] if two or not _is_high(name, cells[0][0]) else None,
                         cells[-1] if two or _is_high(name, cells[0][0]) else None, max(moved)))  # fmt: skip
    return sorted(out, key=lambda m: -m.most)


def _moved(row: Mapping[str, Any], base: Mapping[str, Any]) -> float:
    pairs = [(row[c], base[c]) for c in ("avoided_share", "added_share")]
    # At an end where nothing falls short there is nothing to avoid: the answer moves as far as it can.
    return max((abs(v - b) if v is not None else 1.0 for v, b in pairs if b is not None), default=0.0)


def _is_high(name: str, value: float) -> bool:
    """The value is the upper end of the parameter's range."""
    for holder in (*HOLDERS.values(), Market, Risk):
        about = parameters_of(holder).get(name)
        if about is not None and about.high is not None:
            return value >= about.high
    return True


def assumption(name: str) -> str:
    """An assumption as a reader calls it; the parameter's name stands behind it, to be set."""
    if name.startswith("size of "):
        return f"imports of {name.removeprefix('size of ')} over the others'"
    return f"{ASSUMED[name]} ({name})" if name in ASSUMED else name


def value_text(name: str, value: float) -> str:
    """The value of an assumption, in its unit."""
    return significant(value) if name.startswith(COUNTED) else part(value)


def gains(plan: Plan) -> str:
    """What is not in the losses day by day; empty where nobody gains."""
    rows = [r for r in plan.days.to_rows() if not r["why_not"] and (r.get("gained") or 0.0) > 0]
    if not rows:
        return ""
    coin = money_of(plan.days.units["gained"])
    most = amount(coin, max(r["gained"] for r in rows))
    return (
        f"Losses are of the industries that lose; what others gain from orders nobody else fills ({most} at most) is not set"
        " off."
    )


def reasons(plan: Plan) -> list[tuple[str, list[str]]]:
    """Why disruptions are not followed day by day: (reason, disruptions)."""
    found: dict[str, list[str]] = {}
    for row in plan.days.to_rows():
        if row["why_not"]:
            found.setdefault(row["why_not"], []).append(row["scenario"])
    return list(found.items())


def notes(plan: Plan) -> list[str]:
    """The notes of a plan; what is said of several products in the same words, once."""
    found: dict[str, list[str]] = {}
    for note in plan.notes:
        head, colon, text = note.partition(": ")
        found.setdefault(text if colon else note, []).append(head if colon else "")
    return [f"{first_five(each)}: {text}" if each[0] else text for text, each in found.items()]


def bill(plan: Plan) -> str:
    """What the plan costs beside what it is worth, what its stocks cost to buy, and what purchases on the market cost."""
    coin, row, none = money(plan), plan.arrangement(plan.best), plan.arrangement(NOTHING)
    low = row["worth_low"] - row["spent"]
    said = (
        f"It costs {amount(coin, row['spent'])} a year, whatever happens, and is worth {amount(coin, row['worth_low'])}"
    )
    if row["worth_high"] is None:
        said += " a year at least (what its users would lose is not known)"
        net = f"; net at least {amount(coin, low)}"
    else:
        said += f" to {amount(coin, row['worth_high'])} a year in expectation"
        net = f"; net {amount(coin, low)} to {amount(coin, row['worth_high'] - row['spent'])}"
    stock = sum(r["amount"] for r in plan.measures.to_rows() if r["lever"] == "stockpile")
    upfront = f" Its stocks cost {amount(coin, stock)} to buy." if stock else ""
    market = ""
    if none["market_bill"]:
        market = (
            f" What is bought on the market when it happens costs {amount(coin, row['market_bill'])} a year above the normal"
            f" price ({amount(coin, none['market_bill'])} without the plan), which is in no budget."
        )
    return f"{said}{net}.{upfront}{market}"
