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
    whole = system = System(base, cases, elasticities, rent)
    members = np.arange(len(cases))
    z = system.start()
    found: dict[int, Rest] = {}
    method = Anderson()
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
            system = System(base, [cases[m] for m in members], elasticities.of(members), rent, like=whole)
        z = method.next(z, g)
    return [found[k] for k in range(len(cases))], whole
