"""The deliveries of a batch that a scenario changes, cell by cell: what they do to prices and payments, and their wedges.

Everything a batch shares is one array; what a case bans, caps or moves to other suppliers is this list. A cell of the list is
(product, buyer); an entry is one supplier of it. Of a cell all of whose suppliers are listed (`whole`) nothing is read from the
shared array: what is left is added up instead of what is gone being subtracted, so that no digits are lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.models.equilibrium.base import Base
    from interdep.models.equilibrium.case import Case, Elasticities

    Floats = NDArray[np.float64]
    Places = NDArray[np.intp]

LONGEST = 1.0
"""Longest step of a log wedge: the first ones, from afar, would overshoot."""


class Listed:
    """All listed entries of a batch of cases, in order of the cases.

    b, p, r, s, k: (n,) case, product, supplier, buying economy and buyer of each entry. capped: positions of the entries that
    are capped; slot: their place in the state of their case; slots: the most that one case needs.
    """

    def __init__(self, base: Base, cases: Sequence[Case], elasticities: Elasticities) -> None:
        products, regions, kinds = base.products, base.regions, base.shares.shape[3]
        wide = regions * kinds
        lists = [case.cells for case in cases]
        supplier = np.concatenate([c.supplier for c in lists]).astype(np.intp)
        cell = np.concatenate([c.cell for c in lists]).astype(np.intp)
        left = np.concatenate([c.left for c in lists])
        self.by_buyer = np.concatenate([c.by_buyer for c in lists])
        self.old = np.concatenate([c.old for c in lists])
        self.new = np.concatenate([c.new for c in lists])
        self.b = np.repeat(np.arange(len(cases)), [c.supplier.size for c in lists])
        self.p, self.r = np.divmod(supplier, regions)
        self.s, self.k = np.divmod(cell % wide, kinds)
        self.supplier = self.b * (products * regions) + supplier
        self.pair = self.supplier * regions + self.s
        self.cells, self.to_cell = np.unique(self.b * (products * wide) + cell, return_inverse=True)
        listed = np.bincount(self.to_cell, weights=self.old, minlength=self.cells.size)
        self.whole = listed > 1 - 1e-9
        # What the shared array still says of an entry and has to be taken back.
        self.old = np.where(self.whole[self.to_cell], 0.0, self.old)
        self.theta = elasticities.theta[self.b, self.p]

        self.capped = np.flatnonzero(np.isfinite(left))
        c = self.capped
        self.slot, self.slots = slots(self.b[c], len(cases))
        self._left = left[c]
        self._allowed = np.log(base.base_cells.reshape(-1)[cell[c]] * self.new[c] * left[c])
        # Of a common cell the industries' elasticity is taken: it sets the length of a step, no result.
        final = (self.k[c] == products) if kinds > 1 else np.zeros(c.size, dtype=bool)
        self._sigma = np.where(final, elasticities.final[self.b[c]], elasticities.inputs[self.b[c]])

    def __len__(self) -> int:
        return self.b.size

    def weights(self, factor: Floats, wedge: Floats) -> Floats:
        """(n,) new share of each entry times its supplier's price factor; wedge: (capped,) in logs."""
        new = self.new
        if self.capped.size:
            new = new.copy()
            new[self.capped] *= np.exp(-self.theta[self.capped] * wedge)
        return self._at(factor) * new

    def reprice(self, G: Floats, factor: Floats, weights: Floats) -> None:
        """Put the listed cells right in G (B, P, R, K), which was gathered from the shared array."""
        change = np.bincount(
            self.to_cell, weights=weights - self._at(factor) * self.old, minlength=self.cells.size
        )  # fmt: skip
        flat = G.reshape(-1)
        flat[self.cells] = np.maximum(np.where(self.whole, 0.0, flat[self.cells]) + change, 1e-250)

    def take(self, asked: Floats) -> Floats:
        """(cells,) what the listed cells ask for; those listed whole leave `asked`, which the shared array is held against."""
        flat = asked.reshape(-1)
        listed = flat[self.cells]
        flat[self.cells[self.whole]] = 0.0
        return listed

    def payments(self, listed: Floats, factor: Floats, weights: Floats, wedge: Floats) -> tuple[Floats, Floats]:
        """(n,) spending on each entry beyond what the shared array says, and (n,) the rent within it."""
        wanted = listed[self.to_cell]
        rent = np.zeros(len(self))
        if self.capped.size:
            rent[self.capped] = (wanted * weights)[self.capped] * -np.expm1(-wedge)
        return wanted * (weights - self._at(factor) * self.old), rent

    def first_wedges(self) -> Floats:
        """(capped,) the log wedge of each cap if nothing else moved."""
        first = -np.log(self._left) / (1 + self.theta[self.capped])
        # Where most suppliers of a buyer are capped the price of all moves, and this says nothing.
        return np.where(self.whole[self.to_cell[self.capped]], 0.0, first)

    def wedges(self, listed: Floats, G: Floats, weights: Floats, log_price: Floats, wedge: Floats) -> Floats:
        """(capped,) the next log wedges: a Newton step in each cell. log_price: (n,) of each entry before its wedge.

        Suppliers of one cell move together: with d the mean step, weighted by their parts s of the cell, the excess of
        supplier i is (1 + theta) d_i - (1 + theta - sigma) d, and its weighted sum gives d. Only those that bind take part.
        """
        c, cell = self.capped, self.to_cell[self.capped]
        spent = weights[c] * listed[cell]
        excess = np.log(np.maximum(spent, 1e-300)) - log_price[c] - wedge - self._allowed
        bind = (wedge > 0) | (excess > 0)
        part = np.where(bind, weights[c] / G.reshape(-1)[self.cells[cell]], 0.0)
        between, within = 1 + self.theta[c], self._sigma
        together = np.bincount(cell, weights=part, minlength=self.cells.size)[cell]
        mean = np.bincount(cell, weights=part * excess, minlength=self.cells.size)[cell]
        mean = mean / (between * (1 - together) + within * together)
        step = np.clip((excess + (between - within) * mean) / between, -LONGEST, LONGEST)
        return np.where(bind, np.maximum(wedge + step, 0.0), 0.0)

    def _at(self, factor: Floats) -> Floats:
        """(n,) the price factor of each entry; factor: (B, P, R), or (B, P, R, R) where it depends on the pair."""
        return factor.reshape(-1)[self.supplier if factor.ndim == 3 else self.pair]


def slots(b: Places, batch: int) -> tuple[Places, int]:
    """The place of each item among the items of its case (b sorted), and the most that one case has."""
    per_case = np.bincount(b, minlength=batch)
    first = np.cumsum(per_case) - per_case
    return np.arange(b.size) - np.repeat(first, per_case), int(per_case.max(initial=0))
