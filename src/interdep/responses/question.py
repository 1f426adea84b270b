"""What is asked of a plan: the partners' needs and the disruptions they fear, by product or by industry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from interdep.errors import InputError, first_five
from interdep.responses import industry_needs, product_needs
from interdep.responses.disruptions import Disruption, every_supplier, only_once, stopped, with_probabilities
from interdep.responses.levers import Terms
from interdep.responses.needs import Needs
from interdep.shocks.kinds import SupplyStop
from interdep.shocks.scenario import Scenario

if TYPE_CHECKING:
    from interdep.shocks.forcing import Forcing
    from interdep.trade import Trade
    from interdep.world import World


@dataclass(frozen=True)
class Asked:
    """The question as it was put; `fears` are the disruptions besides scenarios.

    turn: every supplier outside stops in turn; groups: suppliers that stop together; probabilities: by disruption; sizes: imports
    of a bloc over those of the others, where only shares are known.
    """

    scenarios: tuple[Scenario, ...]
    blocs: Mapping[str, tuple[str, ...]]
    products: tuple[str, ...] | None = None
    industries: tuple[str, ...] | None = None
    turn: bool = False
    groups: tuple[tuple[str, ...], ...] = ()
    probabilities: Mapping[str, float] | None = None
    sizes: Mapping[str, float] | None = None
    year: int | None = None


@dataclass(frozen=True, eq=False)
class Question:
    """Needs and disruptions, and the scenarios' forcings in the world's table where they can be compiled."""

    needs: Needs
    disruptions: tuple[Disruption, ...]
    forcings: Mapping[str, Forcing]
    refused: Mapping[str, str]


def blocs_of(pool: Any) -> dict[str, tuple[str, ...]]:
    """{partner: members} of a partnership, or of names as in ("EU27", "JPN").

    Raises InputError where a partner is named twice or an economy belongs to two of them.
    """
    from interdep.geography import economies

    names = [n.strip() for n in pool.split(",")] if isinstance(pool, str) else list(getattr(pool, "members", pool))
    if not names or not all(names):
        raise InputError("no partner is named; write groups and codes separated by commas, as in EU27,JPN")
    doubled = sorted({n for n in names if names.count(n) > 1})
    if doubled:
        raise InputError(f"{first_five(doubled)} is named twice in the pool; name each partner once")
    blocs = {name: economies(name) for name in names}
    seen: dict[str, str] = {}
    for name, members in blocs.items():
        for member in members:
            if member in seen:
                raise InputError(
                    f"{member} belongs to both {seen[member]} and {name}; name partners that share no member"
                )
            seen[member] = name
    return blocs


def pose(asked: Asked, terms: Terms, world: World, trades: Sequence[Trade]) -> Question:
    """The needs and disruptions of a question.

    Products where scenarios or the question name some, else industries of the world's table. Raises InputError where scenarios
    mix the two, or nothing that is asked cuts anything.
    """
    named = {s.name: product_needs.products_of(s) for s in asked.scenarios}
    if asked.industries and (asked.products or any(named.values())):
        raise InputError("products and industries are named together; ask for one of them at a time")
    if any(named.values()) and not all(named.values()):
        without = [name for name, codes in named.items() if not codes]
        raise InputError(
            f"{first_five(without)} names industries, other scenarios name products; plan against them one at a time"
        )
    by_product = bool(asked.products) or any(named.values()) or not (asked.scenarios or asked.industries)
    question = _by_product(asked, terms, world, trades) if by_product else _by_industry(asked, terms, world)
    found, forcings = list(question.disruptions), dict(question.forcings)
    if asked.turn:
        found += every_supplier(question.needs, terms.risk)
    for group in asked.groups:
        found.append(stopped(question.needs, group, terms.risk))
        if not by_product:
            stop = SupplyStop(economies=group, industries=question.needs.products, days=round(terms.risk.length))
            forcings[found[-1].name] = Scenario("-".join(group), shocks=[stop]).on(world)
    only_once(found)
    return replace(question, forcings=forcings, disruptions=with_probabilities(found, asked.probabilities or {}))


def _by_product(asked: Asked, terms: Terms, world: World, trades: Sequence[Trade]) -> Question:
    codes = asked.products
    if codes is None and asked.scenarios:
        codes = tuple(dict.fromkeys(c for s in asked.scenarios for c in product_needs.products_of(s)))
    needs = product_needs.needs_of_trade(trades, asked.blocs, codes, world, asked.sizes, asked.year)
    found = tuple(product_needs.disruption_of(s, needs, world, terms.risk) for s in asked.scenarios)
    return Question(needs, found, *_compiled(asked.scenarios, world, trades))


def _by_industry(asked: Asked, terms: Terms, world: World) -> Question:
    from interdep.classifications import resolve

    members = [m for group in asked.blocs.values() for m in group]
    absent = [m for m in members if m not in world.economies]
    if absent:
        raise InputError(
            f"{world.name} does not keep {first_five(absent)} apart; name partners that it has, or use a table that has them"
        )
    forcings: dict[str, Forcing] = {s.name: s.on(world) for s in asked.scenarios}
    touched = {s.name: industry_needs.touched_by(s, forcings[s.name], world, members) for s in asked.scenarios}
    named = [i for name in asked.industries or () for i in resolve(name, world.industries, world.classification)]
    industries = tuple(dict.fromkeys([*named, *(i for found, _ in touched.values() for i in found)]))
    users = np.any([mask for _, mask in touched.values()], axis=0) if touched and not asked.industries else None
    needs = industry_needs.needs_of_world(world, asked.blocs, industries, users)
    if users is not None and (lacking := _only(users, world, members)):
        needs = replace(needs, notes=(*needs.notes, lacking))
    mask = (
        users
        if users is not None
        else np.ones((len(world.economies), len(world.industries) + len(world.final_uses)), dtype=bool)
    )
    found = tuple(
        industry_needs.disruption_of(s, forcings[s.name], needs, world, mask, terms.risk) for s in asked.scenarios
    )
    return Question(needs, found, forcings, {})


def _only(users: Any, world: World, members: Sequence[str]) -> str:
    """Which users alone count, where a scenario cuts deliveries to some of them only."""
    rows = users[[world.economy_index(m) for m in members]].any(axis=0)
    if rows.all():
        return ""
    named = [world.industries[k] for k in np.flatnonzero(rows) if k < len(world.industries)]
    return f"only what {first_five(named)} buys counts as need: the scenario cuts deliveries to no other user"


def _compiled(
    scenarios: Sequence[Scenario], world: World, trades: Sequence[Trade]
) -> tuple[dict[str, Forcing], dict[str, str]]:
    """Scenarios as forcings in the world's table, and why others cannot be."""
    from interdep.models.run import compiled_on

    good, broken = compiled_on(world, scenarios, trades, raises=False)
    return (
        {scenarios[place].name: forcing for place, forcing in good.items()},
        {scenarios[place].name: outcome.status for place, outcome in broken.items()},
    )


def scenarios_of(given: Any) -> tuple[Scenario, ...]:
    """None, one or several scenarios, as values, library names or files."""
    if given is None or (not isinstance(given, (Scenario, str, Path)) and not list(given)):
        return ()
    from interdep.models.run import scenarios_of as read

    return read(given)
