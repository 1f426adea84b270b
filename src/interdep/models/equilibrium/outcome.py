"""What a case at rest says: value added, real expenditure, prices, output, trade, and the first-order decomposition."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from interdep.models.equilibrium.base import balanced

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.models.equilibrium.base import Base
    from interdep.models.equilibrium.system import Solved, System

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Counterfactual:
    """One case at rest; money per year in the benchmark's unit and its numeraire (world factor income), ratios to the benchmark.

    Of economies, (R,): expenditure (of final users), expenditure_before, price_index (ratio), real_expenditure (ratio),
    wage (ratio, price of the mobile factor), revenue (duties and rents), revenue_before, deficit.
    Of industries, (R, P): value_added, output (money), price and quantity (ratios).
    trade, trade_before: (P, R, R) deliveries by product, supplier and buying economy, before duties.
    residual: the largest of goods (R, P), factors (R,) and budgets (R,), each an excess as a part of the benchmark.
    """

    expenditure: Floats
    expenditure_before: Floats
    price_index: Floats
    wage: Floats
    revenue: Floats
    revenue_before: Floats
    deficit: Floats
    value_added: Floats
    output: Floats
    price: Floats
    quantity: Floats
    trade: Floats
    trade_before: Floats
    duties_before: Floats
    goods: Floats
    factors: Floats
    budgets: Floats

    @property
    def real_expenditure(self) -> Floats:
        """(R,) ratio of final expenditure at constant prices: exact welfare of a final user with these nests."""
        return self.expenditure / self.expenditure_before / self.price_index

    @property
    def real_wage(self) -> Floats:
        """(R,) ratio of the mobile factor's price to the price index."""
        return self.wage / self.price_index

    @property
    def residual(self) -> float:
        """The largest excess of any market."""
        return float(max(np.abs(part).max() for part in (self.goods, self.factors, self.budgets)))

    def terms_of_trade(self) -> Floats:
        """(R,) first order: what exports cost more less what imports cost more, as a part of expenditure before.

        Caliendo & Parro (2015), equation 18, with changes as ratios less one. Prices are producers'.
        """
        foreign = self.trade_before * (1 - np.eye(self.trade.shape[1]))
        dearer = foreign * (self.price.T - 1)[:, :, None]
        return (dearer.sum(axis=(0, 2)) - dearer.sum(axis=(0, 1))) / self.expenditure_before

    def volume_of_trade(self) -> Floats:
        """(R,) first order: duties collected on what is imported more, as a part of expenditure before (same equation)."""
        before = self.trade_before * (1 - np.eye(self.trade.shape[1]))
        more = np.divide(self.trade, before, out=np.ones_like(before), where=before > 0) - self.price.T[:, :, None]
        return (self.duties_before * before * more).sum(axis=(0, 1)) / self.expenditure_before


def counterfactuals(system: System, z: Floats) -> list[Counterfactual]:
    """One Counterfactual for each case of the batch, from the states z (B, n)."""
    base = system.base
    s = system.solved(z)
    again = system.step(z)
    off = np.expm1(np.clip(again - z, -50, 50))
    parts = system.parts
    duties = np.zeros((base.products, base.regions, base.regions)) if base.duties is None else base.duties
    before = spending_by_pair(base) / (1 + duties)
    trade = trade_of(system, s)
    out = []
    for b in range(system.batch):
        output = s.sales[b].T
        price = s.price[b].T
        quantity = np.divide(output, base.output.T * price, out=np.ones_like(output), where=base.output.T > 0)
        goods = off[b, parts[1]].reshape(base.products, base.regions).T
        prices = np.abs(off[b, parts[0]]).max()
        factors = off[b, parts[2]] / system.step_wage[b]
        if system.specific:
            inside = np.abs(off[b, parts[3]].reshape(base.regions, -1)).max(axis=1)
            factors = np.where(system.mobile[b, 0, 0] < 1, np.maximum(np.abs(factors), inside), factors)
        spent = system.world_income + system.deficit[b].sum() + s.revenue[b].sum()
        budgets = (again[b, parts[6]] - z[b, parts[6]]) if system.has_revenue else np.zeros(base.regions)
        budgets = budgets + (s.income[b].sum() - spent) / spent + prices
        out.append(
            Counterfactual(
                s.income[b], base.spending, s.price_index[b], s.wage[b], s.revenue[b], system.base_revenue(),
                system.deficit[b], s.value_added[b], output, price, quantity, trade[b], before, duties, goods, factors,
                budgets,
            )
        )  # fmt: skip
    return out


def spending_by_pair(base: Base) -> Floats:
    """(P, R, R) benchmark spending by product, supplier and buying economy, duties included."""
    return np.einsum("prsk,psk->prs", base.shares, base.base_cells, optimize=True)


def trade_of(system: System, s: Solved) -> Floats:
    """(B, P, R, R) deliveries by product, supplier and buying economy, before duties."""
    pairs = system.spent_by_pair(s.factor, s.asked)
    if system.b.size:
        at = s.factor.reshape(-1)[system.flat_supplier if s.factor.ndim == 3 else system.flat_pair]
        wanted = at * s.listed[system.to_cell] * (s.new - system.old)
        pairs.reshape(-1)[:] += np.bincount(system.flat_pair, weights=wanted, minlength=pairs.size)
    return pairs if system.duties is None else pairs / (1 + system.duties)


def rebased(system: System, z: Floats, member: int = 0) -> Base:
    """A case at rest, one without changed cells, as a benchmark of its own: the same markets with all prices 1 again."""
    base, s = system.base, system.solved(z)
    factor = s.factor[member]
    factor = factor[..., None] if factor.ndim == 3 else factor[..., None, None]
    shares = base.shares * factor / s.G[member][:, None]
    shares = shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-300) * (base.base_cells > 0)[:, None]
    e = system.bundles.e[member]
    log_price = -np.log(s.G[member]) / system.elasticities.theta[member][:, None, None]
    powers = np.exp(e * (log_price - s.bundle[member]))
    inputs = base.inputs * powers
    inputs = inputs / np.where(inputs.sum(axis=0) > 0, inputs.sum(axis=0), 1.0)
    duties = base.duties if system.duties is None else system.duties[member]
    rough = replace(
        base, shares=shares, inputs=inputs, own_factors=s.own[member], output=s.sales[member],
        spending=s.income[member], duties=duties,
    )  # fmt: skip
    return balanced(rough)
