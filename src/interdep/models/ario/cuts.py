"""Deliveries that are capped, banned or made dearer between some suppliers and some buyers of one product.

Everything is in parts of normal: on a pair (i, j) the base-year flow is its origin share S[i, j], an order is
S[i, j] w[i] q[j], and a cap of c on the base-year flow is a cap of c on w[i] q[j].
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from interdep.shocks.forcing import patterns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from interdep.models.ario.start import Start
    from interdep.shocks.forcing import CostPath, FlowPath, Forcing

    Floats = NDArray[np.float64]

FREE = np.inf

LIMITS = {name: np.finfo(name) for name in ("float64", "float32")}

HAIR = 1e3
"""What is left of a sum of weights by rounding, in units of its precision, at most."""


@dataclass(eq=False)
class Block:
    """Pairs of one product that are treated alike: some supplying economies x some buyers.

    rows: (m,) economies; columns: (J,) buyers, or all of them as a slice; shares: (m, J) of S, zero where a buyer of the slice
    is not meant. cap: (T,) part of the base-year flow that may pass, FREE where there is no cap;
    weight: (T,) what cost makes of an order; arrives: (T,) what is left of a delivery on its way.
    reroute: the part a cap leaves unordered is ordered from suppliers that are not capped.
    """

    rows: NDArray[np.intp]
    columns: NDArray[np.intp] | slice
    shares: Any
    use: Any
    cap: Floats
    weight: Floats
    arrives: Floats
    reroute: bool
    # Of yesterday: what the orders were placed under, and the orders per unit of share and weight, (J,).
    placed_cap: float = FREE
    placed_weight: float = 1.0
    placed: Any = None

    def touched(self, day: int) -> bool:
        """Orders placed today or yesterday are not those of the plain rule."""
        return self.binding(day) or self.placed is not None

    def binding(self, day: int) -> bool:
        """Something holds on this day."""
        return self.cap[day] < FREE or self.weight[day] != 1.0 or self.arrives[day] != 1.0

    def passing(self, weights: Any, q: Any, cap: float, factor: float) -> Any:
        """(m, J) of the orders, per unit of origin share, that a cap lets pass."""
        return np.minimum(factor * weights[:, None] * q[None, :], cap)


@dataclass(eq=False)
class Cuts:
    """All blocks of one scenario, by product."""

    blocks: dict[int, list[Block]] = field(default_factory=dict)

    def active(self, product: int, day: int) -> list[Block]:
        """The blocks of a product that matter on a day."""
        return [block for block in self.blocks.get(product, ()) if block.touched(day)]

    def withdraw(self, product: int, day: int, w: Any, q: Any, demand: Any, scale: Any) -> None:
        """Take orders in flight that a cap of today makes undeliverable out of the suppliers' demand.

        w: (R,) weights the orders were placed with; q: (N,) those orders; demand: (R,), changed; scale: (R,) one over
        normal output.
        """
        for block in self.active(product, day):
            if block.placed is None:
                # Placed under no rule at all: nothing was remembered, because nothing was special.
                block.placed, block.placed_cap, block.placed_weight = q[block.columns].copy(), FREE, 1.0
            cap = float(block.cap[day])
            if cap >= block.placed_cap:
                continue
            before = block.passing(w[block.rows], block.placed, block.placed_cap, block.placed_weight)
            now = np.minimum(before, cap)
            demand[block.rows] -= (block.shares * (before - now)) @ block.use * scale[block.rows]
        np.maximum(demand, 0.0, out=demand)

    def deliver(self, product: int, day: int, w: Any, rho: Any, q: Any, received: Any) -> None:
        """Replace, in what each buyer receives, the part that comes from the blocks (after `withdraw` of the same day).

        w, rho: (R,) weights of yesterday's orders, part of them delivered today; q: (N,) yesterday's orders; received: (N,).
        """
        for block in self.active(product, day):
            rows, columns = block.rows, block.columns
            cap = min(float(block.cap[day]), block.placed_cap)
            plain = q[columns] * ((w * rho)[rows] @ block.shares)
            if cap == 0.0:
                arrived = 0.0
            elif cap < FREE:
                passing = block.passing(w[rows], block.placed, cap, block.placed_weight)
                arrived = float(block.arrives[day]) * (rho[rows] @ (block.shares * passing))
            else:
                arrived = float(block.arrives[day]) * block.placed_weight * plain
            received[columns] += arrived - plain

    def order(self, product: int, day: int, w: Any, needed: Any, reached: Any, q: Any) -> None:
        """Place today's orders under today's rules.

        w: (R,) weights; needed: (N,) what is to be ordered; reached: (N,) gather(w) over everybody; q: (N,), changed to the
        orders outside the caps.
        """
        blocks = self.active(product, day)
        if not blocks:
            return
        if len(blocks) == 1 and blocks[0].reroute and blocks[0].cap[day] == 0.0 and blocks[0].weight[day] == 1.0:
            self._banned(blocks[0], w, needed, reached, q)
            return
        open_to: dict[int, Any] = {}
        total = reached.copy()
        for number, block in enumerate(blocks):
            open_to[number] = w[block.rows] @ block.shares
            total[block.columns] -= (1.0 - float(block.weight[day])) * open_to[number]
        limits = LIMITS[total.dtype.name]
        np.maximum(total, limits.tiny, out=total)
        first = needed / total
        outside = total.copy()
        missing = np.zeros_like(needed)
        for number, block in enumerate(blocks):
            cap, factor = float(block.cap[day]), float(block.weight[day])
            if cap == FREE:
                continue
            columns = block.columns
            wanted = factor * first[columns] * open_to[number]
            outside[columns] -= factor * open_to[number]
            if block.reroute:
                if cap > 0.0:
                    passing = block.passing(w[block.rows], first[columns], cap, factor)
                    wanted = wanted - (block.shares * passing).sum(axis=0)
                missing[columns] += wanted
        # Rounding leaves a hair of `outside` where nobody is outside the caps; nothing is ordered from a hair.
        anybody = outside > HAIR * limits.eps * total
        q[...] = first + np.where(anybody, missing / np.maximum(outside, limits.tiny), 0.0)
        for block in blocks:
            block.placed_cap, block.placed_weight = float(block.cap[day]), float(block.weight[day])
            if block.placed_cap == FREE and block.placed_weight == 1.0:
                block.placed = None
            else:
                block.placed = (q if block.placed_cap == FREE else first)[block.columns].copy()

    @staticmethod
    def _banned(block: Block, w: Any, needed: Any, reached: Any, q: Any) -> None:
        """`order` for the commonest case, one ban that is re-routed: everybody else is asked for all of it."""
        limits, columns = LIMITS[reached.dtype.name], block.columns
        total = reached[columns]
        outside = total - w[block.rows] @ block.shares
        anybody = outside > HAIR * limits.eps * total
        q[columns] = needed[columns] / np.where(anybody, outside, np.maximum(total, limits.tiny))
        # Nothing passes a ban, so that what was asked of the banned need not be remembered.
        block.placed, block.placed_cap, block.placed_weight = q[columns], 0.0, 1.0

    def ask(self, product: int, w: Any, q: Any, asked: Any) -> None:
        """Replace, in what is asked of each supplier, the part that comes from the blocks. asked: (R,) money, changed."""
        for block in self.blocks.get(product, ()):
            if block.placed is None:
                continue
            rows, columns = block.rows, block.columns
            plain = w[rows] * (block.shares @ (block.use * q[columns]))
            if block.placed_cap == 0.0:
                placed = 0.0
            elif block.placed_cap < FREE:
                passing = block.passing(w[rows], block.placed, block.placed_cap, block.placed_weight)
                placed = (block.shares * passing) @ block.use
            else:
                placed = block.placed_weight * plain
            asked[rows] += placed - plain


def cuts_of(forcing: Forcing, start: Start, trade_elasticity: float, reroute: bool) -> Cuts | None:
    """The blocks of a scenario, None where it touches no delivery between industries.

    trade_elasticity: by how much orders turn away from suppliers that become dearer; reroute: false where the model keeps its
    suppliers, so that what a cap leaves unordered is ordered from nobody.
    """
    regions, products = start.shape
    nodes = regions * products
    flows: Sequence[FlowPath] = forcing.flows
    costs: Sequence[CostPath] = forcing.costs
    if not flows and not costs:
        return None
    sides = [(path.suppliers, path.buyers[:, :products].reshape(-1)) for path in flows]
    sides += [(path.suppliers, np.repeat(path.buyers, products)) for path in costs]
    cuts = Cuts()
    for row_set, suppliers in patterns([side[0] for side in sides], nodes):
        for column_set, buyers in patterns([side[1] for side in sides], nodes):
            both = row_set & column_set
            if not both:
                continue
            met = [path for k, path in enumerate(flows) if both >> k & 1]
            dearer = [path for k, path in enumerate(costs, start=len(flows)) if both >> k & 1]
            left = np.prod([1.0 - path.loss for path in met], axis=0) if met else np.ones(forcing.days)
            price = np.prod([1.0 + path.rate for path in dearer], axis=0) if dearer else np.ones(forcing.days)
            melting = [1.0 + path.rate for path in dearer if not path.duty]
            on_the_way = 1.0 / np.prod(melting, axis=0) if melting else np.ones(forcing.days)
            for product in np.unique(suppliers % products).tolist():
                rows = suppliers[suppliers % products == product] // products
                held = start.shares[product][np.ix_(rows, buyers)]
                buying = np.flatnonzero((held > 0).any(axis=0) & (start.use[product][buyers] > 0))
                if not buying.size:
                    continue
                columns, passing = buyers[buying], held[:, buying]
                if 2 * columns.size > nodes:
                    # Most buyers: whole rows with zeros are faster than picking them out.
                    passing = np.zeros((len(rows), nodes), dtype=held.dtype)
                    passing[:, columns] = held[:, buying]
                    columns = slice(None)
                cuts.blocks.setdefault(product, []).append(
                    Block(
                        rows, columns, np.ascontiguousarray(passing), start.use[product][columns],
                        np.where(left < 1.0, left, FREE), price**-trade_elasticity, on_the_way,
                        reroute and all(path.reroute for path in met),
                    )
                )  # fmt: skip
    return cuts if cuts.blocks else None
