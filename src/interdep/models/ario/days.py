"""The days: production, rationing, stocks and orders of a batch of scenarios, product by product in reused buffers."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from interdep.models.ario.cuts import Cuts, cuts_of
from interdep.models.ario.paths import CapacityPaths, FinalPaths
from interdep.models.ario.record import Record
from interdep.models.ario.start import FLOOR
from interdep.models.network import gather_into, module_of, scatter_into

if TYPE_CHECKING:
    from interdep.models.ario.model import Ario
    from interdep.models.ario.start import Start
    from interdep.shocks.forcing import Forcing

TINY = {"float64": 1e-30, "float32": 1e-20}
"""Stands for nothing where something is divided by it."""

PIECE = 2**18
"""Bytes of one array that are worked on at a time, so that the few arrays of a step stay in the processor's cache."""

SLAB = 2**22
"""Bytes of origin shares that are worked on at a time."""


@dataclass(eq=False)
class Workspace:
    """The buffers of one thread: what reaches buyers, a piece of the batch, and the output its products allow."""

    reached: Any
    piece: Any
    allowed: Any


class Days:
    """A batch of scenarios of one length on one Start. Index letters: b scenario, p product, r economy, j node (s, k).

    State: stock (P, B, N) in days of normal use; orders (P, B, N) per unit of weighted origin share; over (B, N) the
    overproduction factor; asked (P, B, R) demand of buying industries in parts of normal output.
    """

    def __init__(
        self, model: Ario, start: Start, forcings: Sequence[Forcing], *, threads: int, keep_paths: bool = False
    ) -> None:
        self.model, self.start = model, start
        self.xp = xp = module_of(start.shares)
        self.batch, self.days = len(forcings), forcings[0].days
        regions, products = self.regions, self.products = start.shape
        self.nodes = regions * products
        self.real = real = np.dtype(model.precision)
        self.tiny, self.floor = TINY[model.precision], FLOOR[model.precision]
        self.reroute = model.orders == "reroute"
        B, P, N = self.batch, products, self.nodes

        def column(values: Any) -> Any:
            return xp.asarray(values, dtype=real)[:, None, None]

        finite = np.isfinite(start.stock)
        target = np.where(finite, start.stock, 1.0)
        # No gap is ever filled where stocks are infinite.
        self.pulls, self.pull_of = np.unique(
            np.where(finite, start.stock / start.order_time + 1.0, 1.0), return_inverse=True
        )
        self.fill = column(np.where(finite, 1.0 / start.order_time, 0.0))
        self.limiting: Any = start.binds.any(axis=1)
        # Where an input binds everybody and never less than a day of it is needed, nobody can use more than there is.
        self.may_run_out: Any = ~start.binds.all(axis=1) | (model.psi * start.stock <= 1.0)
        self.reach, self.use = start.reach[:, None, :], start.use[:, None, :]
        self.normal_reach = start.shares.sum(axis=1)[:, None, :]
        self.scale = xp.asarray(start.supply_scale, dtype=real)[:, None, :]
        self.same = xp.ones(regions, dtype=real)
        self.stock = xp.empty((P, B, N), dtype=real)
        self.stock[...] = column(target)
        first = 1.0 / self.normal_reach
        self.orders = first.repeat(B, axis=1)
        self.over = xp.ones((B, N), dtype=real)
        self.left = xp.ones((B, N), dtype=real)
        self.output = xp.ones((B, N), dtype=real) * xp.asarray(start.output > 0)
        self.allowed = (column(target) * self.reach).min(axis=0).repeat(B, axis=0)
        # Orders of the latest day in the last B rows; where suppliers are re-weighted, deliveries of today in the first B.
        self.factor = xp.ones((P, 2 * B if self.reroute else B, regions), dtype=real)
        asked = scatter_into(start.shares, first * self.use, xp.empty((P, 1, regions), dtype=real))
        self.asked = (asked * self.scale).repeat(B, axis=1)
        final = start.final.sum(axis=(1, 2)).reshape(regions, P).T * start.supply_scale
        self.final = xp.ones((B, 1), dtype=real) * xp.asarray(final.T.reshape(-1), dtype=real)

        self.capacity = [CapacityPaths(forcing, N) for forcing in forcings]
        self.finals = {b: FinalPaths(f, start) for b, f in enumerate(forcings) if f.demand or f.flows}
        found = [cuts_of(forcing, start, model.trade_elasticity, self.reroute) for forcing in forcings]
        self.cuts: dict[int, Cuts] = {b: cuts for b, cuts in enumerate(found) if cuts is not None}
        self.record = Record(self, keep_paths)
        self._plan(threads)

    def _plan(self, threads: int) -> None:
        """Cut the work into slabs of products and pieces of the batch, and give every thread its buffers."""
        B, P, N, xp = self.batch, self.products, self.nodes, self.xp
        row = N * self.real.itemsize
        on_cpu = xp is np
        each = max(1, PIECE // (B * row)) if on_cpu else max(1, 2**29 // (B * row))
        if on_cpu:
            # The shares of a slab are read twice, for deliveries and for orders: the second time from the cache.
            each = min(each, max(1, SLAB // (self.regions * row)))
        each = min(each, -(-P // threads))
        self.slabs = [slice(p, min(p + each, P)) for p in range(0, P, each)]
        rows = B if each > 1 or not on_cpu else max(1, PIECE // row)
        self.pieces = [slice(b, min(b + rows, B)) for b in range(0, B, rows)]
        self.threads = min(threads, len(self.slabs)) if on_cpu else 1
        width = self.factor.shape[1]
        self.work = [
            Workspace(
                xp.empty((each, width, N), dtype=self.real),
                xp.empty((each, min(rows, B), N), dtype=self.real),
                xp.empty((B, N), dtype=self.real),
            )
            for _ in range(self.threads)
        ]

    def _node(self, by_product: Any) -> Any:
        """(..., R * P) in the table's order from (P, ..., R)."""
        return self.xp.moveaxis(by_product, 0, -1).reshape(*by_product.shape[1:-1], self.nodes)

    def by_product(self, by_node: Any) -> Any:
        """(P, B, R), as a view, from (B, R * P)."""
        return by_node.reshape(self.batch, self.regions, self.products).transpose(2, 0, 1)

    def run(self) -> Record:
        """All days; the record of what happened. The caller holds BLAS to one thread."""
        with np.errstate(over="ignore", under="ignore"), ThreadPoolExecutor(self.threads) as pool:
            for day in range(self.days):
                self._day(day, pool)
        self.record.finish(self)
        return self.record

    def _day(self, day: int, pool: ThreadPoolExecutor) -> None:
        xp = self.xp
        self._shocks_of(day)
        asked = self._node(self.asked)
        demand = asked + self.final
        self._overproduce(day, demand)
        # No supplier's weight is quite zero, so that nothing is ever divided by nothing.
        capacity = xp.maximum(self.over * self.left, self.tiny)
        wanted = xp.minimum(demand, capacity)
        self.output = xp.minimum(wanted, self.allowed)
        to_industries, to_final = self._ration(self.output, demand, asked)
        self.record.day(self, day, wanted, to_final)
        rho = self.by_product(to_industries)
        before = self.factor[:, self.batch :].copy() if self.cuts and self.reroute else None
        if self.reroute:
            # Yesterday's orders were weighted with yesterday's capacity; today's are with today's. One product does both.
            self.factor[:, : self.batch] = self.factor[:, self.batch :] * rho
            self.factor[:, self.batch :] = self.by_product(capacity)
        else:
            self.factor[...] = rho

        # Few distinct values: each is multiplied once and serves all products that have it.
        levels = [wanted * self.real.type(pull) for pull in self.pulls]
        self.pulled = [levels[k] for k in self.pull_of]

        def share(number: int) -> None:
            self.work[number].allowed.fill(np.inf)
            for slab in self.slabs[number :: self.threads]:
                self._products(day, slab, self.work[number], wanted, before, rho)

        if self.threads == 1:
            share(0)
        else:
            list(pool.map(share, range(self.threads)))
        self.allowed = self.work[0].allowed.copy()
        for work in self.work[1:]:
            xp.minimum(self.allowed, work.allowed, out=self.allowed)

    def _shocks_of(self, day: int) -> None:
        """Bring capacity, final demand and orders in flight to what holds on this day."""
        xp, products = self.xp, self.products
        for b, path in enumerate(self.capacity):
            if day in path.changes:
                places, levels = path.changes[day]
                self.left[b, xp.asarray(places)] = xp.asarray(levels, dtype=self.real)
        for b, final in self.finals.items():
            if final.turn(day):
                scale = self.start.supply_scale[final.rows % products, final.rows // products]
                self.final[b, xp.asarray(final.rows)] = xp.asarray(final.allowed.sum(axis=1) * scale, dtype=self.real)
        for b, cuts in self.cuts.items():
            for p in cuts.blocks:
                w = self.factor[p, self.batch + b] if self.reroute else self.same
                cuts.withdraw(p, day, w, self.orders[p, b], self.asked[p, b], self.scale[p, 0])

    def _overproduce(self, day: int, demand: Any) -> None:
        """Capacity grows with scarcity and relaxes where there is none; the first day has no yesterday."""
        if day == 0:
            return
        xp, model = self.xp, self.model
        scarcity = (demand - self.output) / xp.maximum(demand, self.tiny)
        growth = xp.where(scarcity > self.floor, (model.overproduction_max - self.over) * scarcity, 1.0 - self.over)
        self.over += growth * self.real.type(1.0 / model.overproduction_time)

    def _ration(self, output: Any, demand: Any, asked: Any) -> tuple[Any, Any]:
        """(B, N) parts of what industries and of what final users asked for that they get."""
        xp = self.xp

        def part(available: Any, wanted: Any) -> Any:
            return xp.where(wanted > self.tiny, xp.minimum(available / xp.maximum(wanted, self.tiny), 1.0), 1.0)

        if self.model.rationing == "proportional":
            both = part(output, demand)
            return both, both
        if self.model.rationing == "industries first":
            first = part(output, asked)
            return first, part(xp.maximum(output - first * asked, 0.0), self.final)
        first = part(output, self.final)
        return part(xp.maximum(output - first * self.final, 0.0), asked), first

    def _products(self, day: int, slab: slice, work: Workspace, wanted: Any, before: Any, rho: Any) -> None:
        """Deliveries, stocks, orders and demand of some products for the whole batch.

        wanted: (B, N) output that demand and capacity allow; before: (P, B, R) weights of the orders now delivered (None
        where they are one, or no scenario has cuts); rho: (P, B, R) part of them delivered.
        """
        xp, start, batch, count = self.xp, self.start, self.batch, slab.stop - slab.start
        shares = start.shares[slab]
        reached = gather_into(shares, self.factor[slab], work.reached[:count])
        got, reached = reached[:, :batch], reached[:, batch:] if self.reroute else self.normal_reach[slab]
        pulled = self.pulled[slab.start][None] if count == 1 else xp.stack(self.pulled[slab])
        special = [(p, b) for p in range(slab.start, slab.stop) for b, cuts in self.cuts.items() if p in cuts.blocks]
        for piece in self.pieces:
            cut = [(p, b, p - slab.start, b - piece.start) for p, b in special if piece.start <= b < piece.stop]
            stock, orders, mine = self.stock[slab, piece], self.orders[slab, piece], got[:, piece]
            open_to = reached[:, piece] if self.reroute else reached
            need = work.piece[:count, : piece.stop - piece.start]
            xp.multiply(mine, orders, out=mine)
            for p, b, i, k in cut:
                w = self.same if before is None else before[p, b]
                self.cuts[b].deliver(p, day, w, rho[p, b], orders[i, k], mine[i, k])
            xp.add(stock, mine, out=stock)
            xp.subtract(stock, self.output[piece], out=stock)
            if self.may_run_out[slab].any():
                xp.maximum(stock, self.floor, out=stock)
            # max(planned use, planned use + (target - stock) / order time)
            xp.multiply(stock, self.fill[slab], out=mine)
            xp.subtract(pulled[:, piece], mine, out=need)
            xp.maximum(need, wanted[piece], out=need)
            xp.divide(need, open_to, out=orders)
            for p, b, i, k in cut:
                w = self.factor[p, batch + b] if self.reroute else self.same
                self.cuts[b].order(p, day, w, need[i, k], open_to[i, k if self.reroute else 0], orders[i, k])
            if self.limiting[slab].any():
                xp.multiply(stock, self.reach[slab], out=need)
                lowest = need[0] if count == 1 else need.min(axis=0)
                xp.minimum(work.allowed[piece], lowest, out=work.allowed[piece])
        xp.multiply(self.orders[slab], self.use[slab], out=got)
        asked = scatter_into(shares, got, self.asked[slab])
        if self.reroute:
            asked *= self.factor[slab, batch:]
        for p, b in special:
            w = self.factor[p, batch + b] if self.reroute else self.same
            self.cuts[b].ask(p, w, self.orders[p, b], self.asked[p, b])
        asked *= self.scale[slab]
