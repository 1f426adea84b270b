"""Rules of voting as data: how many members, how much weight, how many against; and a rule applied to members on a day."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from importlib.resources import files
from math import ceil, floor, isfinite, lcm
from numbers import Real
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from interdep.agreement.populations import Populations, populations
from interdep.errors import InputError, first_five, unknown
from interdep.geography import as_date, economies, economy
from interdep.shocks.messages import line_of, sentence, worst

POPULATION = "population"
"""The name under which a rule asks for the dated population table instead of weights of its own."""

MOST_WEIGHT = 2**62
"""Total weights up to which sums are exact whole numbers of the machine."""

Abstention = Literal["against", "in favour"]


@dataclass(frozen=True)
class Rule:
    """When a proposal passes: enough members and enough weight in favour, or too few against.

    name, title, source, note: what it is and where it stands. count_share: the part of the members that must be in favour,
    0 for none; count_more: strictly more than that part. weights: by economy, or "population" for the dated table of
    populations, or None; weight_share, weight_more: the same of the total weight. blockers: where fewer members than this
    are not in favour, the proposal passes all the same; 0 for no such clause. blockers_among: the group for which that
    number is meant; among other members it is the smallest number whose weight blocks, plus one. abstention: what a member
    who abstains counts as.

    A share is a fraction, as a number or, where decimals cannot say it, as `fractions.Fraction`.
    """

    name: str
    title: str = ""
    source: str = ""
    count_share: float | Fraction = 0
    count_more: bool = False
    weights: Mapping[str, float] | str | None = None
    weight_share: float | Fraction = 0
    weight_more: bool = False
    blockers: int = 0
    blockers_among: str = ""
    abstention: Abstention = "against"
    note: str = ""

    def __post_init__(self) -> None:
        for key, more in (("count_share", self.count_more), ("weight_share", self.weight_more)):
            self._check_share(key, more)
        if self.blockers < 0:
            raise InputError(f"rule {self.name!r}: blockers = {self.blockers} must be at least 0")
        if isinstance(self.weights, str) and self.weights != POPULATION:
            raise unknown("table of weights", self.weights, [POPULATION], f"rule {self.name!r}")
        if self.weights is not None and not self.weight_share and not self.weight_more:
            raise InputError(
                f"rule {self.name!r} has weights and no weight_share; say which part of them must be in favour"
            )
        if self.weights is None and (self.weight_share or self.weight_more or self.blockers_among):
            key = "blockers_among" if self.blockers_among else "weight_share"
            raise InputError(f"rule {self.name!r} has {key} and no weights; give weights or leave {key} out")
        if self.weights is None and not self.count_share and not self.count_more:
            raise InputError(f"rule {self.name!r} asks for nobody's consent; give it a count_share, or weights")
        if self.weights is not None and not isinstance(self.weights, str):
            if not isinstance(self.weights, Mapping):
                raise InputError(
                    f'rule {self.name!r}: weights are {self.weights!r}; write {{ DEU = 4, FRA = 4 }} or "population"'
                )
            object.__setattr__(self, "weights", MappingProxyType(_checked(self.weights, self.name)))

    def _check_share(self, key: str, more: bool) -> None:
        value = getattr(self, key)
        if not isfinite(value) or value < 0:
            raise InputError(f"rule {self.name!r}: {key} = {value} must be a fraction from 0 to 1")
        if value > 1:
            per_cent = float(value)
            hint = (
                f" (shares are fractions: {per_cent / 100:g} is {per_cent:g} per cent)" if 2 <= per_cent <= 100 else ""
            )
            raise InputError(f"rule {self.name!r} can never be met: {key} = {value} is more than all of it{hint}")
        if value == 1 and more:
            raise InputError(f"rule {self.name!r} can never be met: it asks for strictly more than all of it")

    def __reduce__(self) -> tuple[Any, ...]:
        # A mapping proxy cannot be sent to another process.
        values = [getattr(self, name) for name in self.__dataclass_fields__]
        return type(self), tuple(dict(v) if isinstance(v, Mapping) else v for v in values)


@dataclass(frozen=True)
class Ballot:
    """A rule applied to members on a day.

    weights: whole numbers, one a member, all 0 where the rule has none (decimal weights are multiplied until they are whole);
    min_count, min_weight: the smallest number of members and total weight that are enough, 0 for none; blockers: with fewer
    members than this not in favour the proposal passes all the same, 0 for no such clause; on: the day that was named, None
    for the latest membership and table; notes: what was decided on the way, for the reader.
    """

    rule: Rule
    members: tuple[str, ...]
    weights: tuple[int, ...]
    min_count: int
    min_weight: int
    blockers: int
    on: date | None = None
    notes: tuple[str, ...] = ()
    population: Populations | None = None

    def passes(self, in_favour: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether the proposal passes; in_favour: booleans (..., members), result (...)."""
        given = np.asarray(in_favour)
        if given.dtype != np.bool_ or not given.ndim or given.shape[-1] != len(self.members):
            raise InputError(
                f"in_favour must be true or false for each of the {len(self.members)} members along its last axis,"
                f" not {given.dtype} of shape {given.shape}"
            )
        count = given.sum(axis=-1)
        weight = given @ np.array(self.weights, dtype=np.int64)
        enough = (count >= self.min_count) & (weight >= self.min_weight)
        return enough | (len(self.members) - count < self.blockers)

    @property
    def total_weight(self) -> int:
        """The weight of all members."""
        return sum(self.weights)


class _RuleFile(BaseModel):
    """The keys a TOML file of a rule may have; shares and weights are looked at where they are read."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[str, Field(min_length=1)]
    title: str = ""
    source: str = ""
    count_share: Any = 0
    count_more: bool = False
    weights: Any = None
    weight_share: Any = 0
    weight_more: bool = False
    blockers: int = 0
    blockers_among: str = ""
    abstention: Abstention = "against"
    note: str = ""


def rules() -> tuple[str, ...]:
    """The names of the packaged rules."""
    return tuple(_packaged())


def rule(name: str | Rule | Path) -> Rule:
    """A packaged rule by name, or a rule of one's own from a TOML file (its keys are the fields of `Rule`).

    Shares that decimals cannot say are written as text, as in count_share = "2/3". Raises InputError for an unknown name or,
    with file and line, for the first thing that is wrong in the file.
    """
    if isinstance(name, Rule):
        return name
    if isinstance(name, str) and name in _packaged():
        return _packaged()[name]
    path = Path(name)
    if path.suffix != ".toml":
        raise unknown("rule", str(name), rules(), "the packaged rules (or name a TOML file of your own)")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise InputError(f"there is no file {path}; packaged rules are {', '.join(rules())}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    try:
        return _read(tomllib.loads(text), text, str(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path} is not TOML: {error}") from error


def ballot(rule: str | Rule | Path, members: str | Sequence[str], on: date | str | None = None) -> Ballot:
    """A rule applied to members (codes and groups) on a day.

    on: decides who belongs to a group and which population table applies (the latest that is not after the day); None for
    the latest of both.

    Raises InputError: a member named twice, an unknown economy, a day before the first population table, a member without a
    weight, weights for economies that are no members.
    """
    chosen = _rule_of(rule)
    day = None if on is None else as_date(on)
    codes = _members(members, day)
    notes: list[str] = []
    table = populations(day) if chosen.weights == POPULATION else None
    weights = _weights(chosen, codes, table, day, notes)
    total = sum(weights)
    min_weight = _least(chosen.weight_share, chosen.weight_more, total) if chosen.weights is not None else 0
    blockers = _blockers(chosen, codes, weights, min_weight, day, notes)
    if blockers > len(codes):
        raise InputError(
            f"rule {chosen.name!r}: a blocking minority of {blockers} is more than the {len(codes)} members, so that everything"
            " would pass; use another rule, or name more members"
        )
    return Ballot(
        chosen, codes, weights, _least(chosen.count_share, chosen.count_more, len(codes)), min_weight, blockers, day,
        tuple(notes), table,
    )  # fmt: skip


_rule_of = rule


def exact(value: float | int | Fraction) -> Fraction:
    """The number a person wrote: 0.55 is 55/100, not the nearest binary fraction."""
    return Fraction(value) if isinstance(value, (int, Fraction)) else Fraction(repr(float(value)))


def _least(share: float | Fraction, more: bool, whole: int) -> int:
    """The smallest whole number that is at least (or strictly more than) a share of a whole."""
    part = exact(share) * whole
    return floor(part) + 1 if more else ceil(part)


def _members(members: str | Sequence[str], day: date | None) -> tuple[str, ...]:
    names = [members] if isinstance(members, str) else list(members)
    if not names:
        raise InputError("a vote needs members; name at least one economy or group")
    economies(names)  # the same name twice, or an unknown one, is refused there
    named_by: dict[str, str] = {}
    for name in names:
        for code in economies(name, day):
            if code in named_by:
                raise InputError(f"{code} is a member twice, as {named_by[code]} and as {name}; name it once")
            named_by[code] = name
    if "ROW" in named_by:
        raise InputError("the rest of the world (ROW) has no vote; name economies")
    return tuple(named_by)


def _weights(
    chosen: Rule, codes: Sequence[str], table: Populations | None, day: date | None, notes: list[str]
) -> tuple[int, ...]:
    if chosen.weights is None:
        return (0,) * len(codes)
    if table is not None:
        given: Mapping[str, float] = table.weights
        where = f"the population table of {table.since}"
        notes.append(table.note)
        if day and day.year != table.since.year:
            notes.append(
                f"There is no population table for {day.year}: the latest before it, of {table.since}, is used."
            )
        left = len(given) - len(codes)
        if left > 0 and set(codes) <= set(given):
            notes.append(f"{left} economies of {where} are no members; shares are of the members' population.")
    else:
        assert isinstance(chosen.weights, Mapping)
        given, where = chosen.weights, f"the weights of rule {chosen.name!r}"
        more = [code for code in given if code not in codes]
        if more:
            raise InputError(f"{where} also hold {first_five(more)}, not among the members; name exactly its members")
    lacking = [code for code in codes if code not in given]
    if lacking:
        lack = f"{'lacks' if table else 'lack'} {first_five(lacking)}"
        raise InputError(f"{where} {lack}; leave them out, or use a rule with weights of your own")
    fractions = [exact(given[code]) for code in codes]
    scale = lcm(*(each.denominator for each in fractions))
    if sum(fractions) * scale > MOST_WEIGHT:
        raise InputError(f"{where} have too many digits to be added up exactly; round them to ten digits or fewer")
    return tuple(int(each * scale) for each in fractions)


def _blockers(
    chosen: Rule, codes: Sequence[str], weights: Sequence[int], min_weight: int, day: date | None, notes: list[str]
) -> int:
    """The rule's number, or for other members than it is meant for the smallest number whose weight blocks, plus one."""
    if not chosen.blockers or not chosen.blockers_among or set(codes) == set(economies(chosen.blockers_among, day)):
        return chosen.blockers
    blocking, heaviest = sum(weights) - min_weight + 1, sorted(weights, reverse=True)
    fewest = next(n for n in range(1, len(codes) + 1) if sum(heaviest[:n]) >= blocking)
    notes.append(
        f"Not all members of {chosen.blockers_among} take part: a blocking minority needs {fewest + 1} members, the smallest"
        f" number whose weight blocks plus one, in place of {chosen.blockers}."
    )
    return fewest + 1


def _checked(weights: Mapping[str, float], name: str) -> dict[str, float]:
    for code, value in weights.items():
        economy(code)
        if isinstance(value, bool) or not isinstance(value, Real) or not isfinite(value) or value < 0:
            raise InputError(f"rule {name!r}: the weight of {code} is {value!r}; weights are numbers of at least 0")
    if not any(weights.values()):
        raise InputError(f"rule {name!r}: all weights are 0; give at least one member a weight")
    return dict(weights)


def _read(data: Mapping[str, Any], text: str, where: str) -> Rule:
    try:
        read = _RuleFile.model_validate(data)
    except ValidationError as error:
        first = worst(error)
        place = f"{where}, line {line_of(text, first['loc'])}"
        raise InputError(sentence(first, place, list(_RuleFile.model_fields))) from error
    values = {name: getattr(read, name) for name in _RuleFile.model_fields}
    for key in ("count_share", "weight_share"):
        values[key] = _share(values[key], f"{where}, line {line_of(text, (key,))}: {key}")
    try:
        return Rule(**values)
    except InputError as error:
        raise InputError(f"{where}: {error}") from error


def _share(value: Any, where: str) -> float | Fraction:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    try:
        if not isinstance(value, str):
            raise ValueError(value)
        return Fraction(value)
    except (ValueError, ZeroDivisionError) as error:
        raise InputError(f'{where} = {value!r} is no fraction; write 0.55 or "2/3"') from error


@cache
def _packaged() -> Mapping[str, Rule]:
    text = files("interdep.agreement").joinpath("rules.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    return MappingProxyType({name: _read({"name": name, **each}, text, "rules.toml") for name, each in data.items()})
