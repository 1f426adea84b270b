"""The solver: a batch of cases brought to rest by accelerated steps; members that are done leave, others keep a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from interdep.models.equilibrium.anderson import Anderson
from interdep.models.equilibrium.case import Case, Elasticities
from interdep.models.equilibrium.system import Rent, System

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.models.equilibrium.base import Base

    Floats = NDArray[np.float64]


SHORT, CAREFUL = 5, 0.3
"""Memory and longest step of the second attempt."""

LEAVE = 0.75
"""A batch is made smaller when at most this part of it is still on its way."""


@dataclass(frozen=True, eq=False)
class Rest:
    """Where a case came to rest: its state, the largest residual of its markets, the steps taken, and whether it is enough."""

    state: Floats
    residual: float
    steps: int
    converged: bool


def settle(
    base: Base, cases: Sequence[Case], elasticities: Elasticities, rent: Rent, tolerance: float, most: int
) -> tuple[list[Rest], System]:
    """One Rest for each case, and the system whose layout the states have.

    tolerance: the largest excess that any market may keep, as a part of it (in logs); most: steps at most.
    """
    whole = System(base, cases, elasticities, rent)
    found = _brought_to_rest(whole, np.arange(len(cases)), Anderson(), np.inf, tolerance, most)
    left = np.array([b for b in found if not found[b].converged], dtype=np.intp)
    if left.size:
        # Once more with a short memory and short steps: slower, but from afar it does not overshoot.
        again = _brought_to_rest(whole, left, Anderson(SHORT), CAREFUL, tolerance, most)
        found |= {b: rest for b, rest in again.items() if rest.residual < found[b].residual}
    return [found[b] for b in range(len(cases))], whole


def _brought_to_rest(
    whole: System, members: NDArray[np.intp], method: Anderson, longest: float, tolerance: float, most: int
) -> dict[int, Rest]:
    """Member to where it came to rest; longest: how far a log price or quantity may move in a step."""
    base, cases, elasticities, rent = whole.base, whole.cases, whole.elasticities, whole.rent

    def part(members: NDArray[np.intp]) -> System:
        if len(members) == whole.batch:
            return whole
        return System(base, [cases[m] for m in members], elasticities.of(members), rent, like=whole)

    system = part(members)
    z = system.start()
    found: dict[int, Rest] = {}
    for steps in range(1, most + 1):
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            g = system.step(z)
            residual = np.abs(system.excess(z, g)).max(axis=1)
        residual = np.where(np.isfinite(residual), residual, np.inf)
        over = (residual <= tolerance) | ~np.isfinite(residual)
        if steps == most:
            over[:] = True
        for b in np.flatnonzero(over):
            # The first time counts: a member that is done stays until a good part of the batch is.
            found.setdefault(int(members[b]), Rest(z[b], float(residual[b]), steps, bool(residual[b] <= tolerance)))
        stay = np.array([b for b, m in enumerate(members) if int(m) not in found], dtype=np.intp)
        if not stay.size:
            break
        if stay.size <= LEAVE * len(members):
            members, z, g = members[stay], z[stay], g[stay]
            method.keep(stay)
            system = part(members)
        with np.errstate(over="ignore", invalid="ignore"):
            z = z + np.clip(method.next(z, g) - z, -longest, longest)
    return found
