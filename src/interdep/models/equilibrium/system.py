"""The equilibrium as a fixed point: one step maps prices, sales, factor prices and wedges of a batch to what they imply.

State of one case, all in logs relative to the benchmark but the last: cost of each product p made in r; value of its sales;
price of the mobile factor of r; price of each industry's specific factor (where some are); wedge on each capped delivery;
wedge on the output of nodes that cannot make more; duties and rents of each economy as a part of its benchmark spending.
A wedge is what a scarce thing sells for above its cost: just so much that what is asked for is what there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from interdep.models.equilibrium.case import Case, Elasticities
from interdep.models.equilibrium.listed import LONGEST, Listed, slots
from interdep.models.equilibrium.nests import Bundles, lifted, unlifted
from interdep.models.network import gather, scatter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.models.equilibrium.base import Base

    Floats = NDArray[np.float64]

Rent = Literal["decider", "buyer", "seller"]

LEAST = 1e-12
"""Sales never fall below this part of the benchmark, so that their logarithm stays finite."""


@dataclass(eq=False)
class Solved:
    """Everything a state implies, for a batch of B; money in the benchmark's unit, prices relative to it.

    price: (B, P, R) as charged. sales: (B, P, R). wage: (B, R) mean price of factors. value_added: (B, R, P), with what scarce
    output earns. income: (B, R), all that final users spend. revenue: (B, R) duties and rents. bundle: (B, R, P + 1) log price
    of each buyer's products. own: (B, R, P) part of value added in costs. G: (B, P, R, K) prices of products to the power
    -theta. trade: (B, P, R, R) deliveries by product, supplier and buying economy, before duties, or None.
    """

    price: Floats
    sales: Floats
    wage: Floats
    value_added: Floats
    income: Floats
    revenue: Floats
    bundle: Floats
    own: Floats
    G: Floats
    factor: Floats
    trade: Floats | None = None


class System:
    """The map of a batch; `step` is all that a solver needs, `solved` all that results need."""

    def __init__(
        self, base: Base, cases: Sequence[Case], elasticities: Elasticities, rent: Rent, like: System | None = None
    ) -> None:
        """like: a system of more cases on the same benchmark whose layout of the state is kept."""
        self.base, self.cases, self.elasticities = base, list(cases), elasticities
        self.rent: Rent = rent
        self.batch, self.products, self.regions = len(cases), base.products, base.regions
        e = elasticities
        self.bundles = Bundles(base, e.theta, e.inputs, e.final)
        self.theta = e.theta[:, :, None]
        self.mobile = e.mobile[:, None, None]
        self.e_value_added = (1 - e.value_added)[:, None, None]
        self.listed = Listed(base, cases, elasticities)
        self._pair_factors()
        self._limits()
        ones = np.ones((self.regions, self.products))
        self.factors = np.stack([ones if c.supply is None else c.supply for c in cases]) * base.factors
        self.log_productivity = np.log(np.stack([ones.T if c.productivity is None else c.productivity for c in cases]))
        self.deficit = np.stack([base.deficit if c.deficit is None else c.deficit for c in cases])
        self.world_income = float(base.factors.sum())
        # What nobody uses has the price 1: its share of nothing would be nothing to the power of something.
        self.unused = (base.base_cells <= 0).astype(float)
        # Factor prices move by steps that are shorter where demand is more elastic.
        elastic = (self.theta * base.elsewhere).transpose(0, 2, 1)
        weight = base.factors / np.maximum(base.factors.sum(axis=1, keepdims=True), 1e-300)
        self.step_wage = 1 / (1 + (elastic * weight).sum(axis=2))
        self.step_specific = 1 / (1 + base.own_factors * elastic)
        self._layout(like)

    def _layout(self, like: System | None) -> None:
        """Where each part of the state lies."""
        if like is None:
            self.specific = bool((self.elasticities.mobile < 1).any())
            self.caps = self.listed.slots
            self.has_revenue = self.duties is not None or self.caps + self.limits > 0
        else:
            self.specific, self.caps, self.limits = like.specific, like.caps, like.limits
            self.has_revenue = like.has_revenue
        nodes, regions = self.products * self.regions, self.regions
        sizes = [nodes, nodes, regions, nodes * self.specific, self.caps, self.limits, regions * self.has_revenue]
        self.parts = [slice(a, b) for a, b in pairwise(np.cumsum([0, *sizes]).tolist())]

    def excess(self, z: Floats, image: Floats) -> Floats:
        """(B, n) how far every market is from clearing at a state with this image: factor prices move by a part of it."""
        off = image - z
        off[:, self.parts[2]] /= self.step_wage
        if self.specific:
            off[:, self.parts[3]] /= self.step_specific.reshape(self.batch, -1)
        return off

    def start(self) -> Floats:
        """(B, n) the benchmark, from which all set out."""
        z = np.zeros((self.batch, self.parts[-1].stop))
        if self.has_revenue:
            z[:, self.parts[6]] = self.base.revenue / self.base.spending
        # Wedges begin where they would be if nothing else moved.
        listed = self.listed
        z[listed.b[listed.capped], self.parts[4].start + listed.slot] = listed.first_wedges()
        z[self.limited[0], self.parts[5].start + self.limit_slot] = -self.limit_left / self.limit_slope
        return z

    def _pair_factors(self) -> None:
        """Price factors by pair (duties, iceberg costs), the same to the power -theta, and the duties in force, or None."""
        base, cases = self.base, self.cases
        before = np.zeros((self.products, self.regions, self.regions)) if base.duties is None else base.duties
        self.duties: Floats | None = None
        self.pair_price: Floats | None = None
        if base.duties is not None or any(c.duties is not None for c in cases):
            self.duties = np.stack([before if c.duties is None else c.duties for c in cases])
        costs = any(c.trade_costs is not None for c in cases)
        if self.duties is None and not costs:
            return
        factor = np.ones((self.batch, *before.shape)) if self.duties is None else (1 + self.duties) / (1 + before)
        for b, case in enumerate(cases):
            if case.trade_costs is not None:
                factor[b] *= case.trade_costs
        self.pair_price = factor
        self.pair_power = np.exp(-self.theta[..., None] * np.log(factor))

    def _limits(self) -> None:
        """Nodes that can make only part of the benchmark quantity: a place in the state for each of a case."""
        none = np.ones((self.products, self.regions))
        left = np.stack([none if c.output_left is None else c.output_left for c in self.cases])
        left = np.where(self.base.output > 0, left, 1.0)
        self.limited = np.nonzero(left < 1)
        b, p, r = self.limited
        self.limit_slot, self.limits = slots(b, self.batch)
        self.limit_left = np.log(left[self.limited])
        away = self.base.elsewhere[p, r]
        self.limit_slope = (1 + self.elasticities.theta[b, p]) * away + self.elasticities.inputs[b] * (1 - away)

    # ---- the map -------------------------------------------------------------------------------------------------

    def step(self, z: Floats) -> Floats:
        """(B, n) what the state implies."""
        return self._evaluate(z, trade=False)[0]

    def solved(self, z: Floats, trade: bool = True) -> tuple[Floats, Solved]:
        """What the state implies, and all quantities behind it (at a fixed point: the equilibrium)."""
        return self._evaluate(z, trade)

    def _evaluate(self, z: Floats, trade: bool) -> tuple[Floats, Solved]:
        base, B, P, R, parts = self.base, self.batch, self.products, self.regions, self.parts
        log_cost = z[:, parts[0]].reshape(B, P, R)
        sales = base.output * np.exp(z[:, parts[1]].reshape(B, P, R))
        lw = z[:, parts[2]]
        lr = z[:, parts[3]].reshape(B, R, P) if self.specific else np.zeros((B, R, P))
        wedge = np.maximum(z[self.listed.b[self.listed.capped], parts[4].start + self.listed.slot], 0.0)
        scarce = np.maximum(z[self.limited[0], parts[5].start + self.limit_slot], 0.0)
        log_price = log_cost.copy()
        log_price[self.limited] += scarce

        # Prices: products from their origins, bundles from products, costs from bundles and factors.
        factor = np.exp(-self.theta * log_price)
        if self.pair_price is not None:
            factor = factor[..., None] * self.pair_power
        # Contiguous, so that single cells can be put right in place.
        G = np.ascontiguousarray(gather(base.shares, factor))
        weights = self.listed.weights(factor, wedge)
        if len(self.listed):
            self.listed.reprice(G, factor, weights)
        G += self.unused
        priced = self.bundles.prices(G)
        inputs = priced.bundle[..., :-1]
        factor_price = self.mobile * lw[:, :, None] + (1 - self.mobile) * lr
        e = self.e_value_added
        cost = unlifted(base.own_factors * lifted(factor_price, e) + (1 - base.own_factors) * lifted(inputs, e), e)
        own = base.own_factors * np.exp(e * (factor_price - cost))

        # Incomes, with world factor income as numeraire; then what everybody asks of everybody.
        earned = (self.mobile * np.exp(lw)[:, :, None] + (1 - self.mobile) * np.exp(lr)) * self.factors
        scale = self.world_income / earned.sum(axis=(1, 2))
        income = earned.sum(axis=2) * scale[:, None] + self.deficit
        paid_to_factors = earned.sum(axis=2) * scale[:, None] / np.maximum(self.factors.sum(axis=2), 1e-300)
        if self.has_revenue:
            income = income + z[:, parts[6]] * base.spending
        costs = sales.copy()
        costs[self.limited] *= np.exp(-scarce)
        money = np.concatenate(
            [(1 - own) * costs.transpose(0, 2, 1), np.maximum(income, 1e-9 * base.spending)[..., None]], axis=2
        )
        asked = self.bundles.asked(G, priced, money)
        listed = self.listed.take(asked)
        fresh, collected, flows = self._received(factor, asked, listed, weights, wedge, trade)
        scarcity = np.zeros_like(fresh)
        scarcity[self.limited] = fresh[self.limited] * -np.expm1(-scarce)
        collected += scarcity.sum(axis=1)
        added = own * (fresh - scarcity).transpose(0, 2, 1)

        out = np.zeros_like(z)
        out[:, parts[0]] = (cost.transpose(0, 2, 1) - self.log_productivity).reshape(B, -1)
        grown = np.divide(fresh, base.output, out=np.ones_like(fresh), where=base.output > 0)
        grown = np.log(np.maximum(grown, LEAST))
        out[:, parts[1]] = grown.reshape(B, -1)
        self._factor_prices(out, lw + np.log(scale)[:, None], lr + np.log(scale)[:, None, None], added)
        if self.listed.capped.size:
            places = (self.listed.b, self.listed.p, self.listed.r)
            paid = log_price[places]
            if self.pair_price is not None:
                paid = paid + np.log(self.pair_price[(*places, self.listed.s)])
            out[self.listed.b[self.listed.capped], parts[4].start + self.listed.slot] = self.listed.wedges(
                listed, G, weights, paid, wedge
            )
        if self.limits:
            excess = grown[self.limited] - log_price[self.limited] - self.limit_left
            step = np.clip(excess / self.limit_slope, -LONGEST, LONGEST)
            out[self.limited[0], parts[5].start + self.limit_slot] = np.maximum(scarce + step, 0.0)
        if self.has_revenue:
            out[:, parts[6]] = collected / base.spending
        return out, Solved(
            np.exp(log_price), sales, paid_to_factors, added + scarcity.transpose(0, 2, 1), income, collected,
            priced.bundle, own, G, factor, flows,
        )  # fmt: skip

    def _factor_prices(self, out: Floats, lw: Floats, lr: Floats, added: Floats) -> None:
        """A step of each factor's price towards what is earned with it over what there is of it."""
        there = (self.mobile * self.factors).sum(axis=2)
        goal = np.log(np.maximum((self.mobile * added).sum(axis=2) / np.maximum(there, 1e-300), LEAST))
        goal = np.where(there > 0, goal, lw)
        out[:, self.parts[2]] = lw + self.step_wage * (goal - lw)
        if self.specific:
            own = np.divide(added, self.factors, out=np.ones_like(added), where=self.factors > 0)
            goal = np.log(np.maximum(own, LEAST))
            out[:, self.parts[3]] = (lr + self.step_specific * (goal - lr)).reshape(self.batch, -1)

    def _received(
        self, factor: Floats, asked: Floats, listed: Floats, weights: Floats, wedge: Floats, trade: bool
    ) -> tuple[Floats, Floats, Floats | None]:
        """(B, P, R) what producers receive, (B, R) duties and rents by who collects them, and trade by pair where wanted."""
        spent = rent = np.zeros(0)
        some = len(self.listed) > 0
        if some:
            spent, rent = self.listed.payments(listed, factor, weights, wedge)
        if self.duties is None and not trade:
            # Deliveries by pair are not needed: one product of the shared array less.
            fresh = np.ascontiguousarray(scatter(self.base.shares, factor, asked))
            collected = self._collected(rent)
            if some:
                fresh += _added_up(self.listed.supplier, spent - rent, fresh)
            return fresh, collected, None
        pairs = self._by_pair(factor, asked)
        if some:
            pairs = pairs + _added_up(self.listed.pair, spent, pairs)
        after = np.ones(pairs.shape) if self.duties is None else 1 / (1 + self.duties)
        collected = (pairs * (1 - after)).sum(axis=(1, 2))
        flows = received = pairs * after
        if rent.any():
            rent = rent * after.reshape(-1)[self.listed.pair]
            received = received - _added_up(self.listed.pair, rent, received)
            collected += self._collected(rent)
        return received.sum(axis=3), collected, flows if trade else None

    def _collected(self, rent: Floats) -> Floats:
        """(B, R) rents by the economy that earns them."""
        out = np.zeros((self.batch, self.regions))
        if rent.size:
            buyer = self.listed.by_buyer if self.rent == "decider" else self.rent == "buyer"
            economy = np.where(buyer, self.listed.s, self.listed.r)
            out = _added_up(self.listed.b * self.regions + economy, rent, out)
        return out

    def _by_pair(self, factor: Floats, asked: Floats) -> Floats:
        """(B, P, R, R) spending by product, supplier and buying economy as the shared array says."""
        S = self.base.shares
        if self.base.common:
            pairs = S[None, ..., 0] * asked[:, :, None, :, 0]
        else:
            # [p, s, b, k] @ [p, s, k, r]
            pairs = (asked.transpose(1, 2, 0, 3) @ S.transpose(0, 2, 3, 1)).transpose(2, 0, 3, 1)
        return pairs * (factor if factor.ndim == 4 else factor[..., None])


def _added_up(places: NDArray[np.intp], values: Floats, like: Any) -> Any:
    """Values summed by flat place, in the shape of another array."""
    return np.bincount(places, weights=values, minlength=like.size).reshape(like.shape)
