"""What a scenario does to capacity and to final demand, day by day, as rows that change only when a shock does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from interdep.shocks.forcing import patterns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.models.ario.start import Start
    from interdep.shocks.forcing import Forcing

    Floats = NDArray[np.float64]


class CapacityPaths:
    """The part of normal capacity that is left at every node on each day; overlapping losses compound."""

    def __init__(self, forcing: Forcing, nodes: int) -> None:
        self.changes: dict[int, tuple[NDArray[np.intp], Floats]] = {}
        found = [
            (places, np.prod([1.0 - p.loss for k, p in enumerate(forcing.capacity) if bits >> k & 1], axis=0))
            for bits, places in patterns([path.suppliers for path in forcing.capacity], nodes)
            if bits
        ]
        for day in range(forcing.days):
            moved = [(places, left[day]) for places, left in found if left[day] != (left[day - 1] if day else 1.0)]
            if moved:
                self.changes[day] = (
                    np.concatenate([places for places, _ in moved]),
                    np.concatenate([np.full(len(places), level) for places, level in moved]),
                )


class FinalPaths:
    """What final users want and may get, where a demand drop or a cut of deliveries touches them.

    rows: (m,) suppliers touched, of these `products`; normal: (m, R, F) deliveries; usual, wanted and allowed: (m, R) of a
    day, money per year.
    """

    def __init__(self, forcing: Forcing, start: Start) -> None:
        regions, products = start.shape
        nodes, uses = regions * products, start.final.shape[2]
        touched = np.zeros(nodes, dtype=bool)
        for path in forcing.demand:
            touched |= np.tile(path.products, regions)
        cutting = [path for path in forcing.flows if path.buyers[:, products:].any()]
        for path in cutting:
            touched |= path.suppliers
        self.rows = np.flatnonzero(touched)
        self.normal = start.final[self.rows]
        shape = self.normal.shape
        self.drops = [
            (
                np.broadcast_to((path.products[self.rows % products][:, None] & path.buyers)[:, :, None], shape),
                path.loss,
            )
            for path in forcing.demand
        ]
        self.cuts = [
            (path.suppliers[self.rows][:, None, None] & path.buyers[None, :, products:products + uses], path.loss)
            for path in cutting
        ]  # fmt: skip
        self.usual = self.wanted = self.allowed = self.normal.sum(axis=2)
        self.products = self.rows % products
        self._levels: tuple[float, ...] = ()

    def turn(self, day: int) -> bool:
        """Bring `wanted` and `allowed` to a day; whether they moved."""
        levels = tuple(float(loss[day]) for _, loss in (*self.drops, *self.cuts))
        if levels == (self._levels or (0.0,) * len(levels)):
            return False
        self._levels = levels
        wish, cap = np.ones(self.normal.shape), np.ones(self.normal.shape)
        for mask, loss in self.drops:
            wish *= 1.0 - loss[day] * mask
        for mask, loss in self.cuts:
            cap *= 1.0 - loss[day] * mask
        self.wanted = (self.normal * wish).sum(axis=2)
        # A cap is on the base-year flow: a buyer who wants less than that is not cut again.
        self.allowed = (self.normal * np.minimum(wish, cap)).sum(axis=2)
        return True
