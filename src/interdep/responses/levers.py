"""Levers: what partners can do before a supply stops, with what each costs and how long it takes; and what markets do by then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

from interdep.errors import InputError, unknown
from interdep.parameter import check_parameters, parameter, parameters_of

_YEARS = "years from the decision"


class _Checked:
    def __post_init__(self) -> None:
        check_parameters(self)
        for name, about in parameters_of(self).items():
            value = getattr(self, name)
            if value < 0:
                raise InputError(f"{type(self).__name__}: {name} {value:g} is negative; it is in {about.unit}")


@dataclass(frozen=True)
class Stockpile(_Checked):
    """Goods held by the partners, released while deliveries fail and refilled afterwards."""

    name: ClassVar[str] = "stockpile"
    does: ClassVar[str] = "hold stocks"

    carrying: float = parameter(
        0.15, unit="fraction of the stock's value a year", low=0.05, high=0.25,
        source="Assumption: capital, storage, insurance, ageing; textbooks say 15 to 25 % for firms, a state borrows at less",
    )  # fmt: skip
    most_stock: float = parameter(
        1.0, unit="years of need", low=0.25, high=2.0, source="Assumption: a year's imports at most, as no stock is larger"
    )  # fmt: skip
    filled: float = parameter(
        0.5, unit=_YEARS, low=0.25, high=1.0, source="Assumption: bought over half a year, so as not to move the price"
    )


@dataclass(frozen=True)
class Diversify(_Checked):
    """Contracts moved from one supplier to others that already deliver, at a premium, as long as nothing happens."""

    name: ClassVar[str] = "diversify"
    does: ClassVar[str] = "buy elsewhere"

    premium: float = parameter(
        0.10, unit="fraction of the value moved", low=0.02, high=0.30,
        source="Assumption: the cheapest supplier is the one bought from; what the next one costs more is not in trade data",
    )  # fmt: skip
    growth: float = parameter(
        0.25, unit="fraction of what each supplier delivers now", low=0.10, high=0.50,
        source="Assumption: what a supplier can add under contract within a year or two",
    )  # fmt: skip
    signed: float = parameter(
        1.0, unit=_YEARS, low=0.5, high=2.0, source="Assumption: tender, qualification, first delivery"
    )


@dataclass(frozen=True)
class Capacity(_Checked):
    """Plants of the partners' own (or recycling) that stand by and produce while deliveries fail."""

    name: ClassVar[str] = "capacity"
    does: ClassVar[str] = "build capacity"

    standby: float = parameter(
        0.30, unit="fraction of the yearly output's value, a year", low=0.10, high=0.60,
        source="Assumption: a plant of once to twice its yearly sales at an annuity of 8 to 10 %, with upkeep, little used",
    )  # fmt: skip
    most_built: float = parameter(
        0.25, unit="years of need a year", low=0.10, high=0.50,
        source="Assumption: a quarter of need, near the EU's benchmark for recycled strategic materials (25 % by 2030)",
    )  # fmt: skip
    built: float = parameter(3.0, unit=_YEARS, low=2.0, high=7.0, source="Assumption: permits, building, ramp-up")


@dataclass(frozen=True)
class Pool(_Checked):
    """What one partner has, stocks and spare deliveries, goes where it is short in the others."""

    name: ClassVar[str] = "pool"
    does: ClassVar[str] = "share stocks and purchases"

    agreed: float = parameter(
        0.5, unit=_YEARS, low=0.25, high=2.0, source="Assumption: an agreement between administrations"
    )


@dataclass(frozen=True)
class Market(_Checked):
    """What happens without any plan: suppliers that still deliver sell what they can spare, later and dearer."""

    name: ClassVar[str] = "market"

    spare: float = parameter(
        0.02, unit="fraction of what a supplier delivers", low=0.0, high=0.10,
        source="Assumption: spare capacity for crude oil has been 2 to 5 % of world output, for most products nobody counts it",
    )  # fmt: skip
    wait: float = parameter(30.0, unit="days", low=14.0, high=90.0, source="Assumption: finding, chartering, sailing")
    price: float = parameter(
        0.5, unit="fraction above the normal price", low=0.1, high=2.0,
        source="Assumption: paid when it happens, and outside of the budget",
    )  # fmt: skip
    rest: float = parameter(
        0.005, unit="fraction of the partners' imports of a product", low=0.0, high=0.02,
        source="Choice: suppliers under it stand together as one, which nobody can plan with",
    )  # fmt: skip


@dataclass(frozen=True)
class Risk(_Checked):
    """How likely a disruption is and how long it lasts, where nothing else is said."""

    name: ClassVar[str] = "risk"

    probability: float = parameter(
        0.02, unit="a year, for each disruption", low=0.005, high=0.10,
        source="Assumption: once in fifty years; limits on rare earths in 2010 and 2025 suggest more for some",
    )  # fmt: skip
    length: float = parameter(
        180.0, unit="days", low=60.0, high=365.0, source="Assumption for suppliers stopped in turn; a scenario has its own length"
    )  # fmt: skip

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.probability > 1:
            raise InputError(
                f"a probability of {self.probability:g} is above 1; write a yearly probability, as in 0.02"
            )


Lever = Stockpile | Diversify | Capacity | Pool

LEVERS: dict[str, type[Any]] = {each.name: each for each in (Stockpile, Diversify, Capacity, Pool)}
"""The levers by the name a person types."""


@dataclass(frozen=True)
class Terms:
    """The levers on the table, and the world they meet; a lever that is None is not used.

    not_from: suppliers to which no contract is moved.
    """

    stockpile: Stockpile | None = Stockpile()
    diversify: Diversify | None = Diversify()
    capacity: Capacity | None = Capacity()
    pool: Pool | None = Pool()
    market: Market = Market()
    risk: Risk = Risk()
    not_from: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        levers: Sequence[Lever | str] | None = None,
        market: Market | None = None,
        risk: Risk | None = None,
        not_from: Sequence[str] = (),
    ) -> Terms:
        """The terms with these levers (names or values; default all of them). InputError for an unknown or doubled one."""
        chosen: dict[str, Any] = {}
        for each in LEVERS if levers is None else levers:
            if isinstance(each, str) and each not in LEVERS:
                raise unknown("lever", each, list(LEVERS))
            value = LEVERS[each]() if isinstance(each, str) else each
            if value.name in chosen:
                raise InputError(f"the lever {value.name!r} is given twice; give it once")
            chosen[value.name] = value
        if not chosen:
            raise InputError(f"no lever is given; known are {', '.join(LEVERS)}")
        values = {name: chosen.get(name) for name in LEVERS}
        return cls(**values, market=market or Market(), risk=risk or Risk(), not_from=tuple(not_from))

    @property
    def holders(self) -> tuple[Any, ...]:
        """The levers in use, the market and the risk: everything that has parameters."""
        return tuple(v for f in fields(self) if f.name != "not_from" and (v := getattr(self, f.name)) is not None)

    @property
    def names(self) -> tuple[str, ...]:
        """The levers in use."""
        return tuple(name for name in LEVERS if getattr(self, name) is not None)

    def having(self, **values: float) -> Terms:
        """The same with other values of parameters, by field name; InputError for one that no holder in use has."""
        out = self
        for name, value in values.items():
            holder = next((h for h in out.holders if name in parameters_of(h)), None)
            if holder is None:
                raise unknown("parameter", name, [n for h in self.holders for n in parameters_of(h)], "these levers")
            out = replace(out, **{holder.name: replace(holder, **{name: value})})
        return out

    def ready_within(self, years: float | None) -> Terms:
        """The levers that are ready after so many years; InputError where none is."""
        if years is None:
            return self
        if not 0 <= years < float("inf"):
            raise InputError(f"within {years:g} years: write how many years there are, as in 2")
        late = {name for name in self.names if self.ready(name) > years}
        if set(self.names) <= late:
            raise InputError(
                f"no lever is ready within {years:g} years; the first is after {min(map(self.ready, late)):g}"
            )
        return replace(self, **dict.fromkeys(late))

    def ready(self, lever: str) -> float:
        """Years until a lever works."""
        when = {"stockpile": "filled", "diversify": "signed", "capacity": "built", "pool": "agreed"}
        return getattr(getattr(self, lever), when[lever])
