"""What acting together is worth: every coalition of blocs at its best, the split of the gain, and what is cut for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING

import numpy as np

from interdep.errors import InputError
from interdep.responses.solution import Solution, cheapest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.responses.programme import Programme

    Floats = NDArray[np.float64]

MOST_BLOCS = 10
"""Blocs whose coalitions are all solved: a thousand programmes at ten."""


@dataclass(frozen=True, eq=False)
class Together:
    """The game of blocs: each coalition shares what it has and spends its members' budgets together.

    solutions: {blocs of a coalition: its best}; budgets: (B,) money a year of each. What a coalition is left with is
    `solutions[...].value`, less is better.
    """

    blocs: tuple[str, ...]
    budgets: Floats
    solutions: dict[tuple[int, ...], Solution]

    def value(self, coalition: Sequence[int]) -> float:
        """What is short for a coalition at its best; nothing for nobody."""
        return self.solutions[tuple(sorted(coalition))].value if coalition else 0.0

    @property
    def whole(self) -> tuple[int, ...]:
        """All blocs."""
        return tuple(range(len(self.blocs)))

    @property
    def apart(self) -> float:
        """What is short in all where each bloc acts for itself."""
        return sum(self.value((b,)) for b in self.whole)

    def shapley(self) -> Floats:
        """(B,) each bloc's part of what is short together, averaged over the orders in which they can join."""
        n, out = len(self.blocs), np.zeros(len(self.blocs))
        for b in self.whole:
            others = [o for o in self.whole if o != b]
            for size in range(n):
                weight = factorial(size) * factorial(n - size - 1) / factorial(n)
                for group in combinations(others, size):
                    out[b] += weight * (self.value((*group, b)) - self.value(group))
        return out

    def core(self) -> Floats:
        """(B,) each bloc's part at the dual prices of the whole: what it lacks and what it brings, at their worth (Owen 1975)."""
        best = self.solutions[self.whole]
        return best.payoff - best.price.sum() * self.budgets

    def leavers(self, parts: Floats, tolerance: float) -> list[tuple[int, ...]]:
        """The coalitions, smaller than all, that would be left with less by acting for themselves than with their parts here."""
        return [c for c in self.solutions if c != self.whole and sum(parts[b] for b in c) > self.value(c) + tolerance]


def together(programme: Programme, budgets: Floats, tail: float | None = None) -> Together:
    """Every coalition of the programme's members (blocs) at its best. Raises InputError for more than ten blocs."""
    blocs = programme.needs.members
    if len(blocs) > MOST_BLOCS:
        raise InputError(
            f"the coalitions of {len(blocs)} blocs are {2 ** len(blocs) - 1:,} programmes; pool at most {MOST_BLOCS}, as groups"
        )
    solutions = {}
    for size in range(1, len(blocs) + 1):
        for group in combinations(range(len(blocs)), size):
            money = float(budgets[list(group)].sum())
            solutions[group] = cheapest(programme, [group], [(group, money)], tail)
    return Together(tuple(blocs), budgets, solutions)


def common_share(gone: Floats, need: Floats, probabilities: Floats) -> Floats:
    """(K + 1,) how much of what blocs lose they lose all at once, by product and over all.

    gone: (W, M, K) what fails to arrive; need: (M, K); probabilities: (W,). Of the expected loss, the part that every bloc that
    needs the product loses in the same disruption, each in proportion to its need: 1 where all are cut alike, 0 where in no
    disruption all are cut. NaN where only one needs the product, or nothing is lost.
    """
    rate = np.divide(gone, need[None], out=np.full(gone.shape, np.inf), where=np.broadcast_to(need > 0, gone.shape))
    least = np.where((need > 0).sum(axis=0) > 1, rate.min(axis=1), np.nan)
    shared = np.einsum("w,wk,k->k", probabilities, np.where(np.isfinite(least), least, 0.0), need.sum(axis=0))
    lost = np.einsum("w,wmk->k", probabilities, gone)
    both = (need > 0).sum(axis=0) > 1
    parts = np.divide(shared, lost, out=np.full(len(lost), np.nan), where=both & (lost > 0))
    whole = shared[both].sum() / lost[both].sum() if lost[both].sum() > 0 else np.nan
    return np.append(parts, whole)
