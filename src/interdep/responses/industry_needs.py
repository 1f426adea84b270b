"""Needs and disruptions by industry, from the world's table: what partners' users buy of each industry's products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from interdep.errors import InputError, first_five
from interdep.responses.disruptions import Disruption
from interdep.responses.needs import Needs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.responses.levers import Risk
    from interdep.shocks.forcing import Forcing
    from interdep.shocks.scenario import Scenario
    from interdep.world import World

    Floats = NDArray[np.float64]

ESSENTIAL = 0.001
"""Inputs above this part of a user's output are ones it cannot do without, as in the model that works day by day."""


def needs_of_world(
    world: World, blocs: Mapping[str, Sequence[str]], industries: Sequence[str], users: NDArray[np.bool_] | None = None
) -> Needs:
    """What the members of each bloc buy of each industry's products from everybody, at home too.

    users: (R, K) the users (industries, then final users) that count, default all. Raises InputError for an unknown industry.
    """
    regions, sectors = world.shape
    goods = [world.industry_index(i) for i in industries]
    members = tuple(m for group in blocs.values() for m in group)
    bloc_of = tuple(b for b, group in blocs.items() for _ in group)
    rows = [world.economy_index(m) for m in members]
    kinds = sectors + len(world.final_uses)
    mask = np.ones((regions, kinds), dtype=bool) if users is None else users
    flows = np.zeros((regions, len(members), len(goods)))
    clipped = 0.0
    for at, row in enumerate(rows):
        bought = purchases(world, row)[:, goods]
        clipped += float(-bought[bought < 0].sum())
        flows[:, at] = bought.clip(0.0) @ mask[row].astype(float)
    home = np.array([[e in blocs[b] for b in bloc_of] for e in world.economies])
    notes = (
        "purchases from everybody, deliveries inside each economy included; only deliveries from outside are imports",
        f"reductions of inventories ({world.money.format(clipped)}) count as no purchase",
    )
    value = np.array([[value_of_users(world, [m], i, mask) for i in industries] for m in members])
    from interdep.classifications import industry_name

    return Needs(
        members, tuple(industries), world.economies, flows * world.money.scale, np.ones((len(members), len(goods)), dtype=bool),
        home, bloc_of, world.money.currency, world.year, "industry", value,
        {i: industry_name(i, world.classification) for i in industries}, {i: i for i in industries}, notes, world.provenance,
    )  # fmt: skip


def purchases(world: World, buyer: int) -> Floats:
    """(R, P, K) what the users of one economy (industries, then final users) buy from every supplier."""
    regions, sectors = world.shape
    mine = slice(buyer * sectors, (buyer + 1) * sectors)
    bought = np.concatenate([world.intermediate[:, mine], world.final_use[:, buyer]], axis=1)
    return bought.reshape(regions, sectors, -1)


def value_of_users(
    world: World, members: Sequence[str], industry: str, users: NDArray[np.bool_] | None = None
) -> float:
    """Value added of the members' industries that cannot do without an industry's products, over what they buy of them.

    The most that one unit short can cost (Leontief: nothing is made without it). NaN where no industry needs them.
    """
    regions, sectors = world.shape
    good = world.industry_index(industry)
    value = bought = 0.0
    for member in members:
        row = world.economy_index(member)
        mine = slice(row * sectors, (row + 1) * sectors)
        inputs = world.intermediate.reshape(regions, sectors, -1)[:, good, mine].sum(axis=0)
        needs_it = inputs > ESSENTIAL * np.maximum(world.gross_output[mine], 1e-300)
        if users is not None:
            needs_it &= users[row, :sectors]
        value += float(world.value_added[mine][needs_it].sum())
        bought += float(inputs[needs_it].sum())
    return value / bought if bought > 0 else float("nan")


def touched_by(
    scenario: Scenario, forcing: Forcing, world: World, members: Sequence[str]
) -> tuple[list[str], NDArray[np.bool_]]:
    """(industries, users): whose products a scenario keeps from the members, and (R, K) which users lose some.

    Raises InputError where it cuts no delivery to them.
    """
    regions, sectors = world.shape
    rows, lost = forcing.deliveries_lost("average")
    at = [world.economy_index(m) for m in members]
    hit = lost[:, at].max(axis=(1, 2), initial=0.0) > 0 if len(rows) else np.zeros(0, dtype=bool)
    goods = sorted({int(r) % sectors for r in rows[hit]})
    if not goods:
        raise InputError(
            f"{scenario.name} cuts no delivery to {first_five(members)}, so that there is nothing to respond to; name a"
            " scenario of supplies that fail"
        )
    users = np.zeros((regions, lost.shape[2]), dtype=bool)
    users[at] = (lost[:, at] > 0).any(axis=0)
    return [world.industries[g] for g in goods], users


def disruption_of(
    scenario: Scenario, forcing: Forcing, needs: Needs, world: World, users: NDArray[np.bool_], risk: Risk
) -> Disruption:
    """The part of each delivery to the members that a scenario takes away, averaged over its active days."""
    _, sectors = world.shape
    rows, lost = forcing.deliveries_lost("average")
    active = {industry: active_days(forcing, world.industry_index(industry), sectors) for industry in needs.products}
    out = np.zeros(needs.flows.shape)
    for at, member in enumerate(needs.members):
        buyer = world.economy_index(member)
        bought = purchases(world, buyer).clip(0.0)
        for k, industry in enumerate(needs.products):
            good = world.industry_index(industry)
            for place in np.flatnonzero(rows % sectors == good):
                supplier = rows[place] // sectors
                counted = bought[supplier, good] * users[buyer]
                if counted.sum() > 0:
                    out[supplier, at, k] = (counted @ lost[place, buyer]) / counted.sum()
    days = np.array([float(active[industry]) for industry in needs.products])
    out = out * forcing.days / np.maximum(days, 1.0)
    return Disruption(
        scenario.name, risk.probability, float(days.max()), out.clip(0.0, 1.0), np.maximum(days, 1.0), ("probability",)
    )


def active_days(forcing: Forcing, good: int, sectors: int) -> int:
    """The days on which some delivery of an industry fails."""
    days = np.zeros(forcing.days, dtype=bool)
    for path in (*forcing.flows, *forcing.capacity):
        if path.suppliers.reshape(-1, sectors)[:, good].any():
            days |= path.loss > 0
    return int(days.sum())
