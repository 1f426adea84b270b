"""The record of a batch: losses by node, by economy and day, unmet final demand, stocks left, bottlenecks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from interdep.models.ario.bottlenecks import LEAST, BottleneckLog

if TYPE_CHECKING:
    from interdep.models.ario.days import Days

WEEK = 7
YEAR = 365.0


class Record:
    """What is kept of a run of B scenarios over T days; money per day is yearly money over 365.

    lost: (B, N) days of normal output not made; unmet: (P, B, R) final demand not met over all days, by product and buyer;
    daily_lost, daily_unmet: (T, B, R) money; cover, lowest_cover: (P, B, R) days of normal use in stock at the end, and at
    its lowest (seen at the end of each week); output: (T, B, N) parts of normal, or None.
    """

    def __init__(self, run: Days, keep_paths: bool) -> None:
        xp, start = run.xp, run.start
        regions, products = start.shape
        B, P, N, T = run.batch, products, run.nodes, run.days
        self.live = xp.asarray(start.output > 0)
        self.added = xp.asarray(start.value_added / YEAR)
        self.lost = xp.zeros((B, N))
        self.unmet = xp.zeros((P, B, regions))
        self.daily_lost = np.zeros((T, B, regions))
        self.daily_unmet = np.zeros((T, B, regions))
        self.final = xp.asarray(start.final.sum(axis=2).reshape(regions, P, regions).transpose(1, 0, 2) / YEAR)
        self.wanted = self.final.sum(axis=1)[:, None, :]
        use = start.use.reshape(P, regions, P)
        total = use.sum(axis=2, keepdims=True)
        self.part = use / (total + (total <= 0))
        self.cover = self.lowest_cover = self._cover(run)
        self.normal_cover = _host(self.cover[:, 0].T)
        self.log = BottleneckLog(P, N)
        self.output = np.zeros((T, B, N)) if keep_paths else None

    def day(self, run: Days, day: int, wanted: Any, to_final: Any) -> None:
        """One day: wanted (B, N) output that demand and capacity allow, to_final (B, N) part that final users get."""
        xp, output = run.xp, run.output
        short = (1.0 - output.astype(float)) * self.live
        self.lost += short
        by_economy = (short * self.added).reshape(run.batch, run.regions, run.products).sum(axis=2)
        unmet = self.wanted - xp.matmul(run.by_product(to_final.astype(float)), self.final)
        for b, final in run.finals.items():
            if not final.rows.size:
                continue
            # The usual deliveries of the touched suppliers are taken back, those that are allowed put in their place.
            got = _host(to_final[b][final.rows]).astype(float)
            change = (final.wanted - final.usual + got[:, None] * (final.usual - final.allowed)) / YEAR
            if final.rows.size == 1:
                unmet[final.products[0], b] += xp.asarray(change[0])
            else:
                by_buyer = np.zeros((run.products, run.regions))
                np.add.at(by_buyer, final.products, change)
                unmet[:, b] += xp.asarray(by_buyer)
        self.unmet += unmet
        self.daily_lost[day] = _host(by_economy)
        self.daily_unmet[day] = _host(unmet.sum(axis=0))
        if self.output is not None:
            self.output[day] = _host(output)
        if day and day % WEEK == 0:
            self.cover = self._cover(run)
            self.lowest_cover = xp.minimum(self.lowest_cover, self.cover)
        self._bottlenecks(run, day, wanted)

    def _bottlenecks(self, run: Days, day: int, wanted: Any) -> None:
        """Which input holds each short node back most: the one whose stock allows least."""
        scenario, node = (run.output < wanted * (1.0 - LEAST)).nonzero()
        if not len(scenario):
            return
        allowed = run.reach[:, 0, node] * run.stock[:, scenario, node]
        depth = 1.0 - run.output[scenario, node] / wanted[scenario, node]
        found = (scenario, node, allowed.argmin(axis=0), depth)
        self.log.add(day, *(_host(each) for each in found))

    def _cover(self, run: Days) -> Any:
        """(P, B, R) days of normal use in stock, over the industries of each economy."""
        stock = run.stock.reshape(run.products, run.batch, run.regions, run.products)
        cover = run.xp.einsum("pbrk,prk->pbr", stock, self.part).astype(float)
        cover[~np.isfinite(run.start.stock)] = np.inf
        return cover

    def finish(self, run: Days) -> None:
        """Stocks as they are left after the last day."""
        self.cover = self._cover(run)
        self.lowest_cover = run.xp.minimum(self.lowest_cover, self.cover)
        for name in ("lost", "unmet", "cover", "lowest_cover"):
            setattr(self, name, _host(getattr(self, name)))


def _host(array: Any) -> Any:
    """The array in the machine's own memory (arrays of a GPU have `get`)."""
    return array.get() if hasattr(array, "get") else array
