"""A shock of 1e-4 in one industry for ten days is gone after two years, whatever the parameters within their ranges."""

from __future__ import annotations

import itertools
import sys

import numpy as np

from interdep import Ario, CapacityLoss, Scenario, World
from interdep.parameter import parameters_of
from table import Row, judged

TITLE = "Ario is stable"
ABOUT = """
A loss of 1e-4 of capacity for ten days, in one industry, on `world-2014`: the largest deviation from normal of any industry
after 730 days, over every combination of the ends and defaults of the ranges of psi, overproduction time, order time,
stocks (all together) and the threshold of essential inputs, and both kinds of orders. No shock at all: the largest
deviation on any day. Three shocks are tried: motor vehicles in Germany, electronics in China, power in the United States.
"""

SHOCKED = (("DEU", "C29"), ("CHN", "C26"), ("USA", "D"))
SIZE, DAYS, HORIZON = 1e-4, 10, 730


def rows() -> list[Row]:
    world = World.read()
    forcings = [
        Scenario(
            f"{e} {i}", shocks=[CapacityLoss(economies=e, industries=i, share=SIZE, days=DAYS)], horizon=HORIZON
        ).on(world)
        for e, i in SHOCKED
    ]
    nothing = Scenario(
        "rest", shocks=[CapacityLoss(economies="DEU", industries="C29", share=1e-300, days=1)], horizon=HORIZON
    ).on(world)
    live = world.live
    known = parameters_of(Ario)

    def ends(name: str) -> tuple[float, ...]:
        about = known[name]
        return tuple(dict.fromkeys(v for v in (about.low, about.default, about.high) if v is not None))

    kinds = ("stock_goods", "stock_mining", "stock_electronics", "stock_services")
    stocks = [dict(zip(kinds, values, strict=True)) for values in zip(*(ends(name) for name in kinds), strict=True)]
    ranges = (ends("psi"), ends("overproduction_time"), ends("order_time")[::2], stocks)
    tried = list(itertools.product(*ranges, ends("essential_above"), ("reroute", "keep")))
    left = []
    for place, (psi, over, order, stock, above, orders) in enumerate(tried):
        if place % 25 == 0:
            print(f"  stability: {place} of {len(tried)}", file=sys.stderr, flush=True)
        model = Ario(psi=psi, overproduction_time=over, order_time=order, essential_above=above, orders=orders, **stock)
        for outcome in model.solve(world, forcings, "average", paths=True):
            assert outcome.output is not None, outcome.status
            left.append((float(np.abs(outcome.output[-1, live] - 1).max()), psi, over, order, stock, above, orders))
    worst = max(left, key=lambda each: each[0])
    still = []
    for orders in ("reroute", "keep"):
        output = Ario(orders=orders).solve(world, [nothing], "average", paths=True)[0].output
        assert output is not None
        still.append(float(np.abs(output[:, live] - 1).max()))
    at = f"psi {worst[1]:g}, {worst[2]:g} d, {worst[3]:g} d, {worst[4]['stock_electronics']:g} d chips, {worst[5]:g}, {worst[6]}"
    return [
        judged("stability", f"left after two years, worst of {len(left)}", "-", f"{worst[0]:.1e} ({at})", "under 1e-6",
               worst[0] < 1e-6),
        judged("stability", "no shock: worst day of two years", "0", f"{max(still):.1e}", "under 1e-12",
               max(still) < 1e-12),
    ]  # fmt: skip
