"""The same scenario with exemptions in it, run again: what the others then bear and the target still loses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from interdep.agreement.proposal import DECIDERS
from interdep.errors import InputError

if TYPE_CHECKING:
    from interdep.shocks.forcing import CostPath, FlowPath, Forcing
    from interdep.shocks.scenario import Scenario
    from interdep.world import World

Part = Callable[[str, str | None], float]
"""(member, industry) to the part (0 to 1) of what it buys of that industry's products that is exempt; None: of everything."""


def check_exemptible(scenario: Scenario) -> None:
    """Raise InputError where a shock is one that nobody decides for himself, so that no member can be exempted from it."""
    for number, shock in enumerate(scenario.shocks, start=1):
        if shock.kind not in DECIDERS:
            raise InputError(
                f"{scenario.place(number)}: nobody can be exempted from a {shock.kind}, which no member decides; leave the"
                " carve-outs out of the proposal, or write it with ImportBan, ExportBan, Tariff or TradeCost"
            )


def with_exemptions(forcing: Forcing, world: World, members: Sequence[str], part: Part) -> Forcing:
    """A compiled scenario in which members ban only what is not exempt.

    A ban of imports is the buyer's, a ban of exports the supplier's, a duty the buyer's; what others decide (the target's own
    bans) stays. The parts of industries that products make up stay as they were read for all members together.
    """
    flows: list[FlowPath] = []
    for path in forcing.flows:
        flows += _buyers(path, world, members, part) if path.by_buyer else _suppliers(path, world, members, part)
    costs: list[CostPath] = []
    for path in forcing.costs:
        left = path.buyers.copy()
        for member in members:
            row = world.economy_index(member)
            if not path.buyers[row]:
                continue
            left[row] = False
            own = np.zeros_like(left)
            own[row] = True
            kept = 1.0 - part(member, None)
            costs += [replace(path, buyers=own, rate=path.rate * kept)] if kept > 0 else []
        costs += [replace(path, buyers=left)] if left.any() else []
    return replace(forcing, flows=tuple(flows), costs=tuple(costs))


def _buyers(path: FlowPath, world: World, members: Sequence[str], part: Part) -> list[FlowPath]:
    """A ban that buyers decide, without what is exempt of each member's purchases, industry by industry."""
    regions, industries = world.shape
    here = [m for m in members if path.buyers[world.economy_index(m)].any()]
    if not here:
        return [path]
    rest = path.buyers.copy()
    out: list[FlowPath] = []
    made = np.flatnonzero(path.suppliers.reshape(regions, industries).any(axis=0))
    for member in here:
        row = world.economy_index(member)
        own = np.zeros_like(path.buyers)
        own[row], rest[row] = path.buyers[row], False
        by_part: dict[float, list[int]] = {}
        for industry in made.tolist():
            by_part.setdefault(1.0 - part(member, world.industries[industry]), []).append(industry)
        for kept, columns in by_part.items():
            if kept > 0:
                chosen = np.zeros((regions, industries), dtype=bool)
                chosen[:, columns] = True
                mask = path.suppliers & chosen.reshape(-1)
                out.append(replace(path, suppliers=mask, buyers=own, loss=path.loss * kept))
    return [*out, replace(path, buyers=rest)] if rest.any() else out


def _suppliers(path: FlowPath, world: World, members: Sequence[str], part: Part) -> list[FlowPath]:
    """A ban that suppliers decide, without the exempt part of each member's."""
    rest = path.suppliers.copy()
    out: list[FlowPath] = []
    for member in members:
        own = path.suppliers & world.node_mask((member,), world.industries)
        if not own.any():
            continue
        rest &= ~own
        kept = 1.0 - part(member, None)
        out += [replace(path, suppliers=own, loss=path.loss * kept)] if kept > 0 else []
    return [*out, replace(path, suppliers=rest)] if rest.any() else out


def again(
    forcings: Mapping[str, Forcing], basis: str, world: World
) -> tuple[dict[str, dict[str, float]], dict[str, str]]:
    """({name: {economy: what it loses over its yearly GDP}}, {name: why it has no result}), by the model of a basis."""
    from interdep.models.run import MODELS

    outcomes = MODELS[basis]().solve(world, list(forcings.values()), "average")
    regions, industries = world.shape
    losses: dict[str, dict[str, float]] = {}
    failed: dict[str, str] = {}
    for name, outcome in zip(forcings, outcomes, strict=True):
        if not outcome.ok:
            failed[name] = outcome.status
            continue
        if basis == "equilibrium":
            lost = outcome.economies["real_expenditure_lost"]
        else:
            lost = outcome.columns["value_added_lost"].reshape(regions, industries).sum(axis=1)
        losses[name] = {e: float(lost[k] / world.gdp[k]) for k, e in enumerate(world.economies) if world.gdp[k] > 0}
    return losses, failed
