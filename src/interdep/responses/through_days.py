"""The plan day by day: the same disruption once more in Ario, with what the plan puts in the place of deliveries that fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from interdep.models.ario import Ario
from interdep.shocks.forcing import FlowPath

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.responses.needs import Needs
    from interdep.responses.solution import Solution
    from interdep.shocks.forcing import Forcing
    from interdep.world import World

    Floats = NDArray[np.float64]

MOSTLY = 0.25
"""A product that is less than this part of its industry's imports is not that industry, so that days say nothing of it."""


def why_not(needs: Needs, forcing: Forcing, world: World) -> str:
    """Why a plan cannot be followed day by day in the world's table; empty where it can."""
    if forcing.capacity or not forcing.flows:
        return "the scenario takes producers' capacity, from every buyer; the plan is about deliveries to the partners alone"
    if needs.level == "industry":
        return ""
    missing = [p for p in needs.products if p not in needs.industries]
    if missing:
        return f"{', '.join(missing[:5])}: several industries of {world.name} make it, or none"
    _, sectors = world.shape
    abroad = ~needs.home
    for industry in dict.fromkeys(needs.industries.values()):
        columns = [k for k, p in enumerate(needs.products) if needs.industries[p] == industry]
        bought, good = 0.0, world.industry_index(industry)
        for member, bloc in zip(needs.members, needs.bloc, strict=True):
            if member not in world.economies:
                continue
            row = world.economy_index(member)
            mine = slice(row * sectors, (row + 1) * sectors)
            inputs = world.intermediate[:, mine].sum(axis=1).reshape(-1, sectors)[:, good]
            outside = [
                e not in [m for m, b in zip(needs.members, needs.bloc, strict=True) if b == bloc]
                for e in world.economies
            ]
            bought += float(inputs[outside].sum()) * world.money.scale
        product = float((needs.flows * abroad[:, :, None])[:, :, columns].sum())
        if bought <= 0 or product < MOSTLY * bought:
            part = product / bought if bought > 0 else 0.0
            return (
                f"{', '.join(needs.products[k] for k in columns[:3])} is about {100 * part:.2g} % of what the partners buy"
                f" abroad of {industry}, in which {world.name} does not keep it apart"
            )
    return ""


def planned(
    forcing: Forcing, solution: Solution, members: Sequence[Sequence[str]], place: int, world: World
) -> Forcing:
    """The forcing of the disruption at `place` with what the plan delivers instead.

    members: the economies of each member of the programme. Contracts moved and stand-by plants cut what fails on every day, the
    stock covers the same part of the rest on every day, as if its length were known. Purchases on the market are left to Ario.
    """
    p = solution.programme
    industry = [p.needs.industries[code] for code in p.needs.products]
    gone, still = p.gone()[place], p.gone(solution.moved)[place]
    profile = np.sum([path.loss for path in forcing.flows], axis=0)
    active = profile > 0
    profile = profile / profile[active].sum()
    left: dict[tuple[int, str], Floats] = {}
    for pool in solution.pools:
        rows = list(pool)
        for name in dict.fromkeys(industry):
            columns = [k for k, each in enumerate(industry) if each == name]
            before = gone[np.ix_(rows, columns)].sum(axis=0)
            if not before.sum():
                continue
            after = np.zeros(forcing.days)
            for j, k in enumerate(columns):
                if before[j]:
                    after += _rest(
                        still[rows, k].sum() * profile,
                        float(solution.built[rows, k].sum()),
                        float(solution.stock[rows, k].sum()),
                    )
            whole = before.sum() * profile
            share = np.divide(after, whole, out=np.ones_like(after), where=whole > 0).clip(0.0, 1.0)
            left |= {(row, name): share for row in rows}
    flows: list[FlowPath] = []
    for path in forcing.flows:
        flows += _scaled(path, left, members, world)
    return replace(forcing, name=f"{forcing.name}, with the plan", flows=tuple(flows))


def _rest(lost: Floats, built: float, stock: float) -> Floats:
    """What is still short on each day, of so much lost, with this yearly stand-by output and this stock."""
    short = (lost - built / 365).clip(0.0)
    whole = float(short.sum())
    return short * (1.0 - min(1.0, stock / whole)) if whole > 0 else short


def _scaled(
    path: FlowPath, left: dict[tuple[int, str], Floats], members: Sequence[Sequence[str]], world: World
) -> list[FlowPath]:
    """A cut as one for each industry and member with a plan, and one for everybody else."""
    _, sectors = world.shape
    goods = sorted({int(node) % sectors for node in np.flatnonzero(path.suppliers)})
    out = []
    for good in goods:
        suppliers = path.suppliers & (np.arange(len(path.suppliers)) % sectors == good)
        rest = path.buyers.copy()
        for row, economies in enumerate(members):
            share = left.get((row, world.industries[good]))
            if share is None:
                continue
            mine = np.zeros_like(path.buyers)
            at = [world.economy_index(e) for e in economies if e in world.economies]
            mine[at] = path.buyers[at]
            rest &= ~mine
            if mine.any():
                out.append(replace(path, suppliers=suppliers, buyers=mine, loss=path.loss * share))
        if rest.any():
            out.append(replace(path, suppliers=suppliers, buyers=rest))
    return out


def day_by_day(
    world: World, forcings: Sequence[Forcing], members: Sequence[str], model: Ario | None = None
) -> list[tuple[float, float, str]]:
    """(lost, gained, status) of each forcing: value added of the members' industries that lose, and of those that gain.

    Industries gain from orders that their competitors cannot fill; a plan takes some of that away again.
    """
    rows = [world.economy_index(m) for m in members if m in world.economies]
    found = (model or Ario()).solve(world, list(forcings), "average")
    regions, sectors = world.shape
    out = []
    for outcome in found:
        if not outcome.ok:
            out.append((float("nan"), float("nan"), outcome.status))
            continue
        change = outcome.columns["value_added_lost"].reshape(regions, sectors)[rows]
        out.append((float(change.clip(0.0).sum()), float(-change.clip(None, 0.0).sum()), outcome.status))
    return out
