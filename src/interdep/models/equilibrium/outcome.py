"""What a case at rest says: value added, real expenditure, prices, output, trade, and the first-order decomposition."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from interdep.models.equilibrium.base import balanced

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.models.equilibrium.base import Base
    from interdep.models.equilibrium.system import System

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Counterfactual:
    """One case at rest; money per year in the benchmark's unit and its numeraire (world factor income), ratios to the benchmark.

    Of economies, (R,): expenditure (of final users), price_index (ratio), wage (ratio, mean price of the factors), revenue
    (duties and rents), deficit. Of industries, (R, P): value_added, output (money), price and quantity (ratios).
    trade: (P, R, R) deliveries by product, supplier and buying economy, before duties, or None where it was not asked for.
    goods (R, P), factors (R,), budgets (R,): what is asked for beyond what there is, as a part of it.
    """

    base: Base
    expenditure: Floats
    price_index: Floats
    wage: Floats
    revenue: Floats
    deficit: Floats
    value_added: Floats
    output: Floats
    price: Floats
    quantity: Floats
    trade: Floats | None
    goods: Floats
    factors: Floats
    budgets: Floats

    @property
    def real_expenditure(self) -> Floats:
        """(R,) ratio of final expenditure at constant prices: exact welfare of a final user with these nests."""
        return self.expenditure / self.base.spending / self.price_index

    @property
    def real_wage(self) -> Floats:
        """(R,) ratio of the mean price of factors to the price index."""
        return self.wage / self.price_index

    @property
    def residual(self) -> float:
        """The largest excess of any market."""
        return float(max(np.abs(part).max() for part in (self.goods, self.factors, self.budgets)))

    def terms_of_trade(self) -> Floats:
        """(R,) first order: what exports cost more less what imports cost more, as a part of expenditure before.

        Caliendo & Parro (2015), equation 18, with changes as ratios less one. Prices are producers'.
        """
        dearer = self._foreign() * (self.price.T - 1)[:, :, None]
        return (dearer.sum(axis=(0, 2)) - dearer.sum(axis=(0, 1))) / self.base.spending

    def volume_of_trade(self) -> Floats:
        """(R,) first order: duties collected on what is imported more, as a part of expenditure before (same equation)."""
        if self.base.duties is None:
            return np.zeros(self.base.regions)
        if self.trade is None:
            raise ValueError("deliveries by pair were not kept")
        before = self._foreign()
        more = np.divide(self.trade, before, out=np.ones_like(before), where=before > 0) - self.price.T[:, :, None]
        return (self.base.duties * before * more).sum(axis=(0, 1)) / self.base.spending

    def _foreign(self) -> Floats:
        """(P, R, R) benchmark trade between different economies."""
        return self.base.trade * (1 - np.eye(self.base.regions))


def counterfactuals(system: System, z: Floats, trade: bool = True) -> list[Counterfactual]:
    """One Counterfactual for each case of the batch, from the states z (B, n); trade: deliveries by pair, too."""
    base = system.base
    again, s = system.solved(z, trade)
    off = system.excess(z, again)
    parts = system.parts
    goods = off[:, parts[1]].reshape(system.batch, base.products, base.regions).transpose(0, 2, 1)
    factors = off[:, parts[2]]
    if system.specific:
        own = off[:, parts[3]].reshape(system.batch, base.regions, -1)
        factors = np.maximum(np.abs(factors), np.abs(own).max(axis=2))
    budgets = off[:, parts[6]] if system.has_revenue else np.zeros((system.batch, base.regions))
    out = []
    for b in range(system.batch):
        output, price = s.sales[b].T, s.price[b].T
        quantity = np.divide(output, base.output.T * price, out=np.ones_like(output), where=base.output.T > 0)
        out.append(
            Counterfactual(
                base, s.income[b], np.exp(s.bundle[b, :, -1]), s.wage[b], s.revenue[b], system.deficit[b], s.value_added[b],
                output, price, quantity, None if s.trade is None else s.trade[b], goods[b], factors[b], budgets[b],
            )
        )  # fmt: skip
    return out


def rebased(system: System, z: Floats, member: int = 0) -> Base:
    """A case at rest, one without changed cells, as a benchmark of its own: the same markets with all prices 1 again."""
    base, (_, s) = system.base, system.solved(z, trade=False)
    factor = s.factor[member]
    factor = factor[..., None] if factor.ndim == 3 else factor[..., None, None]
    shares = base.shares * factor / s.G[member][:, None]
    shares = shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-300) * (base.base_cells > 0)[:, None]
    log_price = -np.log(s.G[member]) / system.elasticities.theta[member][:, None, None]
    inputs = base.inputs * np.exp(system.bundles.e[member] * (log_price - s.bundle[member]))
    total = inputs.sum(axis=0)
    rough = replace(
        base, shares=shares, inputs=inputs / np.where(total > 0, total, 1.0), own_factors=s.own[member],
        output=s.sales[member], spending=s.income[member],
        duties=base.duties if system.duties is None else system.duties[member],
    )  # fmt: skip
    return balanced(rough)
