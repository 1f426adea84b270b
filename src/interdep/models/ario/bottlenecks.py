"""The log of inputs that hold production back: which, where, from which day, how deep, for how many days."""

from __future__ import annotations

from typing import Any

import numpy as np

LEAST = 1e-3
"""A day counts where the input holds output at least this part below what is wanted and could be made."""

ROOM = 4_000_000
"""Entries kept before they are merged."""


class BottleneckLog:
    """Entries (scenario, node, input, day, depth) of a batch, merged as they come."""

    def __init__(self, products: int, nodes: int) -> None:
        self.products, self.nodes = products, nodes
        self._keys: list[Any] = []
        self._rest: list[Any] = []
        self._held = 0

    def add(self, day: int, scenario: Any, node: Any, product: Any, depth: Any) -> None:
        """Entries of one day; arrays of one length."""
        if not len(scenario):
            return
        self._keys.append((scenario.astype(np.int64) * self.nodes + node) * self.products + product)
        ones = np.ones(len(scenario))
        self._rest.append(np.stack([np.full(len(scenario), day), np.full(len(scenario), day), depth, ones]))
        self._held += len(scenario)
        if self._held > ROOM:
            self._merge()

    def _merge(self) -> None:
        keys = np.concatenate(self._keys)
        rest = np.concatenate(self._rest, axis=1)
        order = np.argsort(keys, kind="stable")
        keys, rest = keys[order], rest[:, order]
        first = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
        merged = np.stack([
            np.minimum.reduceat(rest[0], first), np.maximum.reduceat(rest[1], first),
            np.maximum.reduceat(rest[2], first), np.add.reduceat(rest[3], first),
        ])  # fmt: skip
        self._keys, self._rest, self._held = [keys[first]], [merged], len(first)

    def of(self, scenario: int) -> dict[str, Any]:
        """Columns node, product, first_day, last_day, depth, days of one scenario, by first day, then depth."""
        empty = np.zeros(0, dtype=np.int64)
        if not self._keys:
            return {"node": empty, "product": empty, "first_day": empty, "last_day": empty, "depth": empty * 0.0,
                    "days": empty}  # fmt: skip
        if len(self._keys) > 1:
            self._merge()
        keys, rest = self._keys[0], self._rest[0]
        size = self.nodes * self.products
        low, high = np.searchsorted(keys, [scenario * size, (scenario + 1) * size])
        inside = keys[low:high] - scenario * size
        first, last, depth, days = rest[:, low:high]
        order = np.lexsort((inside, -depth, first))
        node, product = np.divmod(inside, self.products)
        columns = {"node": node, "product": product, "first_day": first.astype(np.int64),
                   "last_day": last.astype(np.int64), "depth": depth, "days": days.astype(np.int64)}  # fmt: skip
        return {name: column[order] for name, column in columns.items()}
