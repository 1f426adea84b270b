"""Groups of economies, who belonged to them on a given day, and how a selection becomes a list of codes."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from interdep.errors import InputError, first_five, unknown
from interdep.geography.economies import economy, table, unknown_economy


@dataclass(frozen=True)
class Membership:
    """One economy's time in a group: first and last day, None where the group sets no such day."""

    code: str
    since: date | None
    until: date | None

    def holds(self, on: date) -> bool:
        """Whether the economy was a member on this day."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


@dataclass(frozen=True)
class Group:
    """A named set of economies; `composition_of` and `since` are set for a fixed list of another group's members.

    `EU` is the union with its dates of accession and exit. `EU15`, `EU25`, `EU27` and `EU28` are fixed lists that
    the EU had from `since` on. `EU27` is the 27 since 2020-02-01, not the 27 of 2007-2013 (which had GBR and not HRV).
    """

    name: str
    name_en: str
    name_ja: str
    source: str
    members: tuple[Membership, ...]
    composition_of: str | None = None
    since: date | None = None


def groups() -> tuple[str, ...]:
    """The names of all groups."""
    return tuple(_groups())


def group(name: str, on: date | str | None = None) -> tuple[str, ...]:
    """The ISO 3166-1 alpha-3 codes of a group's members, in alphabetical order.

    Args:
        name: a group's name, as `groups()` lists them.
        on: the day, as a date or "YYYY-MM-DD"; None for the latest membership in the table (never for today, so that
            results do not change with the calendar).

    Raises:
        InputError: unknown name; not a day; no members on that day; a fixed list on a day before it existed (a list
            outlives its time, so EU28 may be asked for at any later day).
    """
    found = describe(name)
    if on is None:
        return tuple(sorted(item.code for item in found.members if item.until is None))
    day = as_date(on)
    if found.composition_of and found.since and day < found.since:
        raise _not_yet(found, day)
    codes = tuple(sorted(item.code for item in found.members if item.holds(day)))
    if not codes:
        first = min(item.since for item in found.members if item.since)
        raise InputError(f"{name} had no members on {day}; the first joined on {first}")
    return codes


def describe(name: str) -> Group:
    """The group with this name: its names in English and Japanese, source and dated members."""
    if name not in _groups():
        raise unknown("group", name, list(_groups()))
    return _groups()[name]


def economies(spec: str | Iterable[str] | None = None, on: date | str | None = None) -> tuple[str, ...]:
    """The codes of the economies that a selection means, in the order given.

    Args:
        spec: a code, a group's name, a list of codes and groups, or None for all economies.
        on: the day whose membership counts for dated groups; see `group`.

    Returns:
        ISO 3166-1 alpha-3 codes (and `ROW`). An economy that several groups hold appears once.

    Raises:
        InputError: an unknown code or group, or the same code or group listed twice.
    """
    if spec is None:
        return tuple(table())
    names = [spec] if isinstance(spec, str) else list(spec)
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise InputError(f"listed twice among the economies: {first_five(twice)}; list each once")
    codes: dict[str, None] = {}
    for name in names:
        codes |= dict.fromkeys(_members(name, on))
    return tuple(codes)


def as_date(day: date | str) -> date:
    """A day given as a date or as "YYYY-MM-DD"; InputError for anything else."""
    if isinstance(day, datetime):
        return day.date()
    if isinstance(day, date):
        return day
    try:
        read = date.fromisoformat(day)
    except (TypeError, ValueError):
        read = None
    if read is None or read.isoformat() != day:  # fromisoformat also takes week numbers and 20220512
        raise InputError(f"{day!r} is not a day; write it as YYYY-MM-DD, for example '2022-05-12'")
    return read


def _members(name: str, on: date | str | None) -> tuple[str, ...]:
    if not isinstance(name, str):
        raise InputError(f"an economy is given as a code such as 'JPN' or a group such as 'EU27', not as {name!r}")
    if name in _groups():
        return group(name, on)
    if name in table():
        return (name,)
    raise unknown_economy(name, also=groups())


def _not_yet(found: Group, day: date) -> InputError:
    """Say what the wider group was on that day, and which fixed list was that."""
    whole = str(found.composition_of)
    then = tuple(sorted(item.code for item in describe(whole).members if item.holds(day)))
    same = [item.name for item in _groups().values() if item.composition_of == whole and group(item.name) == then]
    instead = f"{same[0]!r}, or {whole!r}" if same else repr(whole)
    if not then:
        return InputError(f"{found.name} is the composition of the {whole} since {found.since}, and {day} is before it")
    was = f"had {len(then)} members"
    if len(then) == len(found.members):
        was = f"had {len(then)} other members ({_difference(then, group(found.name))})"
    return InputError(
        f"{found.name} is the composition of the {whole} since {found.since}; on {day} the {whole} {was}: "
        f"use {instead} for the members on that day"
    )


def _difference(then: tuple[str, ...], now: tuple[str, ...]) -> str:
    more, less = sorted(set(then) - set(now)), sorted(set(now) - set(then))
    return f"with {first_five(more)}, without {first_five(less)}"


@cache
def _groups() -> Mapping[str, Group]:
    text = files("interdep.geography").joinpath("groups.toml").read_text(encoding="utf-8")
    return MappingProxyType({name: _read(name, entry) for name, entry in tomllib.loads(text).items()})


def _read(name: str, entry: Mapping[str, Any]) -> Group:
    until = {code: step["after"] for step in entry.get("left", ()) for code in step["members"]}
    steps = entry.get("joined", [{"on": None, "members": entry.get("members", ())}])
    members = [
        Membership(economy(code).code, step["on"], until.get(code)) for step in steps for code in step["members"]
    ]
    return Group(
        name=name,
        name_en=entry["name_en"],
        name_ja=entry["name_ja"],
        source=entry["source"],
        members=tuple(members),
        composition_of=entry.get("composition_of"),
        since=entry.get("since"),
    )
