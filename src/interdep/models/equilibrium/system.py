"""The equilibrium as a fixed point: one step maps prices, sales, factor prices and wedges of a batch to what they imply.

State of one case, all in logs relative to the benchmark but the last: price of each product p made in r; value of its sales;
price of the mobile factor of r; price of each industry's specific factor (where some are); wedge on each capped delivery;
wedge on the output of nodes that cannot make more; duties and rents of each economy as a part of its benchmark spending.
A wedge is what a scarce thing sells for above its cost: just so much that what is asked for is what there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from interdep.models.equilibrium.case import Case, Elasticities
from interdep.models.equilibrium.nests import Bundles, lifted, unlifted
from interdep.models.network import gather, scatter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.models.equilibrium.base import Base

    Floats = NDArray[np.float64]

LONGEST = 1.0
"""Longest step of a log wedge: the first ones, from afar, would overshoot."""

Rent = Literal["buyer", "seller"]

LEAST = 1e-12
"""Sales never fall below this part of the benchmark, so that their logarithm stays finite."""


@dataclass(eq=False)
class Solved:
    """Everything a state implies, for a batch of B; money in the benchmark's unit, prices relative to it.

    price: (B, P, R) as charged. sales: (B, P, R). wage: (B, R) of the mobile factor. specific: (B, R, P) of industries' own
    factors. value_added: (B, R, P), with what scarce output earns. income: (B, R) all that final users spend. revenue:
    (B, R) duties and rents. price_index: (B, R) of final spending. pairs: (B, P, R, R) spending by product, supplier and
    buying economy, duties included. shares: (B, P, R, P + 1) parts of products in bundles; own: (B, R, P) part of value added
    in costs. G, factor: what origin shares are made of.
    """

    price: Floats
    sales: Floats
    wage: Floats
    specific: Floats
    value_added: Floats
    income: Floats
    revenue: Floats
    price_index: Floats
    asked: Floats
    listed: Floats
    factor: Floats
    own: Floats
    bundle: Floats
    G: Floats
    new: Floats


class System:
    """The map of a batch; `step` is all that a solver needs, `solved` all that results need."""

    def __init__(
        self, base: Base, cases: Sequence[Case], elasticities: Elasticities, rent: Rent, like: System | None = None
    ) -> None:
        """like: a system of more cases on the same benchmark whose layout of the state is kept."""
        self.base, self.cases, self.elasticities, self.rent = base, list(cases), elasticities, rent
        batch, products, regions = len(cases), base.products, base.regions
        self.batch, self.products, self.regions = batch, products, regions
        self.kinds = base.shares.shape[3]
        e = elasticities
        self.bundles = Bundles(base, e.theta, e.inputs, e.final)
        self.e_value_added = (1 - e.value_added)[:, None, None]
        self.mobile = e.mobile[:, None, None]
        self.specific = bool((e.mobile < 1).any())
        self.theta = e.theta[:, :, None]
        self._pair_factors()
        self._cells()
        supply = [np.ones((regions, products)) if c.supply is None else c.supply for c in cases]
        self.factors = np.stack(supply) * base.factors
        self.log_productivity = np.log(
            np.stack([np.ones((products, regions)) if c.productivity is None else c.productivity for c in cases])
        )
        self.deficit = np.stack([base.deficit if c.deficit is None else c.deficit for c in cases])
        self.world_income = float(base.factors.sum())
        # What is never used has the price 1: its share of nothing would be nothing to the power of something.
        self.unused = (base.base_cells <= 0).astype(float)
        self.live = base.output > 0
        self._limits()
        self.has_revenue = self.duties is not None or bool(self.capped.size) or bool(self.limited_b.size)
        if like is not None:
            self.specific, self.caps, self.has_revenue = like.specific, like.caps, like.has_revenue
            self.limits = like.limits
        nodes = products * regions
        sizes = [
            nodes, nodes, regions, nodes if self.specific else 0, self.caps, self.limits, regions if self.has_revenue else 0
        ]  # fmt: skip
        ends = np.cumsum([0, *sizes])
        self.parts = [slice(a, b) for a, b in zip(ends[:-1], ends[1:], strict=True)]
        self.size = int(ends[-1])
        self._dampings()

    def start(self) -> Floats:
        """(B, n) the benchmark itself."""
        z = np.zeros((self.batch, self.size))
        if self.has_revenue and self.base.duties is not None:
            z[:, self.parts[6]] = self.base_revenue() / self.base.spending
        return z

    # ---- what does not change from step to step ------------------------------------------------------------------

    def _pair_factors(self) -> None:
        """Log price factor by pair (duties, iceberg costs) to the power -theta, and the duties in force."""
        base, cases = self.base, self.cases
        costs = any(c.trade_costs is not None for c in cases)
        self.duties: Floats | None = None
        if base.duties is not None or any(c.duties is not None for c in cases):
            before = np.zeros((self.products, self.regions, self.regions)) if base.duties is None else base.duties
            self.duties = np.stack([before if c.duties is None else c.duties for c in cases])
            factor = (1 + self.duties) / (1 + before)
        elif costs:
            factor = np.ones((self.batch, self.products, self.regions, self.regions))
        else:
            self.pair_price = self.pair_power = None
            return
        for b, case in enumerate(cases):
            if case.trade_costs is not None:
                factor[b] = factor[b] * case.trade_costs
        self.pair_price = factor
        self.pair_power = np.exp(-self.theta[..., None] * np.log(factor))

    def _cells(self) -> None:
        """All changed cells of the batch in one list, with where they lie."""
        base, kinds = self.base, self.kinds
        wide = self.regions * kinds
        counts = [c.cells.supplier.size for c in self.cases]
        self.b = np.repeat(np.arange(self.batch), counts)
        joined = {
            name: np.concatenate([getattr(c.cells, name) for c in self.cases] or [np.zeros(0)])
            for name in ("supplier", "cell", "old", "new", "left")
        }
        supplier, cell = joined["supplier"].astype(np.intp), joined["cell"].astype(np.intp)
        self.old, self.new = joined["old"], joined["new"]
        self.p, self.r = np.divmod(supplier, self.regions)
        self.s, self.k = np.divmod(cell % wide, kinds)
        self.flat_supplier = self.b * (self.products * self.regions) + supplier
        flat_cell = self.b * (self.products * wide) + cell
        self.touched, self.to_cell = np.unique(flat_cell, return_inverse=True)
        # Cells all of whose suppliers are listed are made of their list alone.
        listed = np.bincount(self.to_cell, weights=self.old, minlength=self.touched.size)
        self.whole = listed > 1 - 1e-9
        self.old = np.where(self.whole[self.to_cell], 0.0, self.old)
        self.flat_pair = (self.flat_supplier * self.regions) + self.s
        self.cell_theta = self.elasticities.theta[self.b, self.p]
        # Caps: a slot for each capped cell of a case.
        self.capped = np.flatnonzero(np.isfinite(joined["left"]))
        self.cap_left = joined["left"][self.capped]
        self.cap_b = self.b[self.capped]
        self.cap_slot, self.caps = _slots(self.cap_b, self.batch)
        use = base.base_cells.reshape(-1)
        self.cap_base = use[cell[self.capped]] * self.new[self.capped]
        e = self.bundles.e
        # Of a common cell the industries' elasticity is taken: it is a step length, no result.
        kind = self.k[self.capped] if kinds > 1 else np.zeros(self.capped.size, int)
        self.cap_sigma = 1 - e[self.cap_b, kind]

    def _limits(self) -> None:
        """Nodes that can make only part of the benchmark quantity: a slot for each of a case."""
        none = np.ones((self.products, self.regions))
        left = np.stack([none if c.output_left is None else c.output_left for c in self.cases])
        left = np.where(self.base.output > 0, left, 1.0)
        self.limited_b, self.limited_p, self.limited_r = np.nonzero(left < 1)
        self.limit_slot, self.limits = _slots(self.limited_b, self.batch)
        self.limit_left = np.log(left[self.limited_b, self.limited_p, self.limited_r])
        away = self.base.elsewhere[self.limited_p, self.limited_r]
        theta = self.elasticities.theta[self.limited_b, self.limited_p]
        self.limit_slope = (1 + theta) * away + self.elasticities.inputs[self.limited_b] * (1 - away)

    def _dampings(self) -> None:
        """Steps of factor prices, shorter where demand is more elastic: about one over one plus its elasticity."""
        base = self.base
        elastic = (self.theta * base.elsewhere).transpose(0, 2, 1)
        weight = base.factors / np.maximum(base.factors.sum(axis=1, keepdims=True), 1e-300)
        self.step_wage = 1 / (1 + (elastic * weight).sum(axis=2))
        self.step_specific = 1 / (1 + base.own_factors * elastic)

    def base_revenue(self) -> Floats:
        """(R,) duties collected in the benchmark."""
        base = self.base
        if base.duties is None:
            return np.zeros(self.regions)
        spent = np.einsum("prsk,psk->prs", base.shares, base.base_cells, optimize=True)
        return (spent * base.duties / (1 + base.duties)).sum(axis=(0, 1))

    # ---- the map -------------------------------------------------------------------------------------------------

    def step(self, z: Floats) -> Floats:
        """(B, n) what the state implies."""
        return self._evaluate(z)[0]

    def solved(self, z: Floats) -> Solved:
        """All quantities at a state (at a fixed point: the equilibrium)."""
        return self._evaluate(z)[1]

    def _unpack(self, z: Floats) -> list[Floats]:
        B, P, R = self.batch, self.products, self.regions
        lp, lx, lw, lr, lt, lo, revenue = (z[:, part] for part in self.parts)
        lp, lx = lp.reshape(B, P, R), lx.reshape(B, P, R)
        lr = lr.reshape(B, R, P) if self.specific else np.zeros((1, 1, 1))
        return [lp, lx, lw, lr, lt, lo, revenue]

    def _evaluate(self, z: Floats) -> tuple[Floats, Solved]:
        base, B, P, R = self.base, self.batch, self.products, self.regions
        cost_price, lx, lw, lr, lt, lo, revenue = self._unpack(z)
        lp, limited = cost_price, (self.limited_b, self.limited_p, self.limited_r)
        if self.limited_b.size:
            scarce = lo[self.limited_b, self.limit_slot]
            lp = lp.copy()
            lp[limited] += scarce
        wedge = lt[self.cap_b, self.cap_slot] if self.capped.size else np.zeros(0)

        # Prices: products from their origins, bundles from products, costs from bundles and factors.
        power = np.exp(-self.theta * lp)
        factor = power if self.pair_power is None else power[..., None] * self.pair_power
        # Contiguous, so that single cells can be changed in place.
        G = np.ascontiguousarray(gather(base.shares, factor))
        new = self.new
        if self.b.size:
            if self.capped.size:
                new = self.new.copy()
                new[self.capped] *= np.exp(-self.cell_theta[self.capped] * wedge)
            at = factor.reshape(-1)[self.flat_supplier if self.pair_power is None else self.flat_pair]
            change = np.bincount(self.to_cell, weights=at * (new - self.old), minlength=self.touched.size)
            flat = G.reshape(-1)
            flat[self.touched] = np.where(self.whole, 0.0, flat[self.touched]) + change
            np.maximum(G, 1e-250, out=G)
        G += self.unused
        bundle = self.bundles.prices(G)
        value_added_price = self.mobile * lw[:, :, None] + (1 - self.mobile) * lr
        e = self.e_value_added
        mean = base.own_factors * lifted(value_added_price, e) + (1 - base.own_factors) * lifted(bundle[..., :-1], e)
        cost = unlifted(mean, e)
        own = base.own_factors * np.exp(e * (value_added_price - cost))

        # Incomes, with world factor income as numeraire; then what everybody asks of everybody.
        wage, specific = np.exp(lw), np.exp(lr) * np.ones((B, R, P))
        earned = self.mobile * wage[:, :, None] * self.factors + (1 - self.mobile) * specific * self.factors
        scale = self.world_income / earned.sum(axis=(1, 2))
        income = earned.sum(axis=2) * scale[:, None] + self.deficit
        if self.has_revenue:
            income = income + revenue * base.spending
        sales = base.output * np.exp(lx)
        spent = sales
        if self.limited_b.size:
            spent = sales.copy()
            spent[limited] *= np.exp(-scarce)
        money = np.empty((B, R, P + 1))
        money[..., :-1] = (1 - own) * spent.transpose(0, 2, 1)
        money[..., -1] = np.maximum(income, 1e-9 * base.spending)
        asked = self.bundles.asked(G, money)
        listed = asked.reshape(-1)[self.touched]
        if self.whole.any():
            asked.reshape(-1)[self.touched[self.whole]] = 0.0
        fresh, collected = self._received(factor, asked, listed, new, wedge)

        # The next state.
        out = np.empty_like(z)
        parts = self.parts
        out[:, parts[0]] = (cost.transpose(0, 2, 1) - self.log_productivity).reshape(B, -1)
        ratio = np.divide(fresh, base.output, out=np.ones_like(fresh), where=self.live)
        out[:, parts[1]] = np.log(np.maximum(ratio, LEAST)).reshape(B, -1)
        scarcity = np.zeros_like(fresh)
        if self.limited_b.size:
            scarcity[limited] = fresh[limited] * -np.expm1(-scarce)
            collected = collected + scarcity.sum(axis=1)
        added = own * (fresh - scarcity).transpose(0, 2, 1)
        log_scale = np.log(scale)[:, None]
        mobile = np.maximum((self.mobile * self.factors).sum(axis=2), 1e-300)
        wanted = np.where(self.mobile[..., 0] > 0, np.log(np.maximum((self.mobile * added).sum(axis=2) / mobile, LEAST)), 0)
        out[:, parts[2]] = lw + log_scale + self.step_wage * (wanted - lw - log_scale)
        if self.specific:
            there = self.factors > 0
            each = np.divide(added, self.factors, out=np.ones_like(added), where=there)
            goal = np.where(there, np.log(np.maximum(each, LEAST)), 0.0)
            now = lr + log_scale[:, :, None]
            out[:, parts[3]] = (now + self.step_specific * (goal - now)).reshape(B, -1)
        if self.caps:
            out[:, parts[4]] = 0.0
            out[self.cap_b, parts[4].start + self.cap_slot] = self._wedges(factor, G, listed, new, lp, wedge)
        if self.limits:
            out[:, parts[5]] = 0.0
        if self.limited_b.size:
            excess = np.log(np.maximum(ratio[limited], LEAST)) - lp[limited] - self.limit_left
            step = np.clip(excess / self.limit_slope, -LONGEST, LONGEST)
            out[self.limited_b, parts[5].start + self.limit_slot] = np.maximum(scarce + step, 0.0)
        if self.has_revenue:
            out[:, parts[6]] = collected / base.spending
        added = added + scarcity.transpose(0, 2, 1)
        state = Solved(
            np.exp(lp), sales, wage * scale[:, None], specific * scale[:, None, None], added, income, collected,
            np.exp(bundle[..., -1]), asked, listed, factor, own, bundle, G, new,
        )  # fmt: skip
        return out, state

    def _received(
        self, factor: Floats, asked: Floats, listed: Floats, new: Floats, wedge: Floats
    ) -> tuple[Floats, Floats]:
        """(B, P, R) what producers receive, and (B, R) duties and rents by the economy that collects them."""
        base, B, R = self.base, self.batch, self.regions
        collected = np.zeros((B, R))
        if self.pair_power is None:
            fresh = np.ascontiguousarray(scatter(base.shares, factor, asked))
            if self.b.size:
                spent, rent = self._cell_money(factor, listed, new, wedge)
                fresh.reshape(-1)[:] += np.bincount(self.flat_supplier, weights=spent - rent, minlength=fresh.size)
                collected += self._to_whom(rent)
            return fresh, collected
        pairs = self.spent_by_pair(factor, asked)
        if self.duties is None:
            after = 1.0
        else:
            after = 1 / (1 + self.duties)
        rent = np.zeros(0)
        if self.b.size:
            spent, rent = self._cell_money(factor, listed, new, wedge)
            pairs.reshape(-1)[:] += np.bincount(self.flat_pair, weights=spent, minlength=pairs.size)
        if self.duties is not None:
            collected += (pairs * (1 - after)).sum(axis=(1, 2))
        received = np.ascontiguousarray(pairs * after)
        if self.b.size and rent.any():
            rent = rent * (1.0 if self.duties is None else after.reshape(-1)[self.flat_pair])
            received.reshape(-1)[:] -= np.bincount(self.flat_pair, weights=rent, minlength=received.size)
            collected += self._to_whom(rent)
        return received.sum(axis=3), collected

    def _cell_money(self, factor: Floats, listed: Floats, new: Floats, wedge: Floats) -> tuple[Floats, Floats]:
        """Spending on each changed cell beyond what the unchanged share would take, and the rent in it."""
        at = factor.reshape(-1)[self.flat_supplier if self.pair_power is None else self.flat_pair]
        wanted = at * listed[self.to_cell]
        rent = np.zeros(self.b.size)
        if self.capped.size:
            rent[self.capped] = (wanted * new)[self.capped] * -np.expm1(-wedge)
        return wanted * (new - self.old), rent

    def _to_whom(self, rent: Floats) -> Floats:
        economy = self.s if self.rent == "buyer" else self.r
        place = self.b * self.regions + economy
        return np.bincount(place, weights=rent, minlength=self.batch * self.regions).reshape(self.batch, self.regions)

    def _wedges(
        self, factor: Floats, G: Floats, listed: Floats, new: Floats, lp: Floats, wedge: Floats
    ) -> Floats:
        """The next log wedges: a Newton step in each buyer's cell."""
        c = self.capped
        flat_cell = self.touched[self.to_cell[c]]
        at = factor.reshape(-1)[(self.flat_supplier if self.pair_power is None else self.flat_pair)[c]]
        wanted = at * new[c] * listed[self.to_cell[c]]
        log_price = lp[self.b[c], self.p[c], self.r[c]] + wedge
        if self.pair_price is not None:
            log_price = log_price + np.log(self.pair_price.reshape(-1)[self.flat_pair[c]])
        excess = np.log(np.maximum(wanted, 1e-300)) - log_price - np.log(self.cap_base * self.cap_left)
        # Suppliers of one cell move together: with d the mean step, weighted by shares s, the excess of supplier i is
        # (1 + theta) d_i - (1 + theta - sigma) d, and its share-weighted sum gives d. Only those that bind take part.
        bind = (wedge > 0) | (excess > 0)
        share = np.where(bind, at * new[c] / G.reshape(-1)[flat_cell], 0.0)
        between, within = 1 + self.cell_theta[c], self.cap_sigma
        cell, cells = self.to_cell[c], self.touched.size
        together = np.bincount(cell, weights=share, minlength=cells)[cell]
        mean = np.bincount(cell, weights=share * excess, minlength=cells)[cell]
        mean = mean / (between * (1 - together) + within * together)
        step = np.clip((excess + (between - within) * mean) / between, -LONGEST, LONGEST)
        return np.where(bind, np.maximum(wedge + step, 0.0), 0.0)

    def spent_by_pair(self, factor: Floats, asked: Floats) -> Floats:
        """(B, P, R, R) spending by product, supplier and buying economy at unchanged shares."""
        S = self.base.shares
        if self.kinds == 1:
            pairs = S[None, ..., 0] * asked[:, :, None, :, 0]
        else:
            # [p, s, b, k] @ [p, s, k, r]
            pairs = (asked.transpose(1, 2, 0, 3) @ S.transpose(0, 2, 3, 1)).transpose(2, 0, 3, 1)
        return np.ascontiguousarray(pairs * (factor if factor.ndim == 4 else factor[..., None]))


def _slots(b: NDArray[np.intp], batch: int) -> tuple[NDArray[np.intp], int]:
    """The place of each item among the items of its case (b sorted), and the largest number of items of a case."""
    per_case = np.bincount(b, minlength=batch)
    first = np.cumsum(per_case) - per_case
    return np.arange(b.size) - np.repeat(first, per_case), int(per_case.max(initial=0))
