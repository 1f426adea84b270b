"""Recover cross-border intermediates by product and pair of economies, and by product and user, from the trade shares.

The set's trade flow of product c from r to s is trade_share * spending. It holds intermediate and final goods together,
at prices that include the import tariff, with negative investment set to zero and inventories left out. Dividing by one
plus the tariff and taking away the published final use therefore leaves the intermediate trade itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .balancing import Margin, ras
from .industries import membership, merged_50
from .parts import Parts, Shares


@dataclass(frozen=True)
class Recovered:
    """Cross-border intermediates in 50 products: who sold to whom, and who used them; all margins agree."""

    pairs: np.ndarray  # [r, c, s] intermediate deliveries, zero on the diagonal
    users: np.ndarray  # [c, s, q] imported intermediates by using industry (56)
    exports: np.ndarray  # [r, p] intermediate exports (56)
    imports: np.ndarray  # [s, q] imported intermediates by using industry (56), ROW included
    checks: dict[str, float]


def recover(parts: Parts, shares: Shares) -> Recovered:
    """Recover the two tables and fit them to the published margins."""
    n = len(parts.economies)
    row = parts.economies.index("ROW")
    to50 = membership(merged_50())
    abroad = ~np.eye(n, dtype=bool)
    at_home = np.stack([parts.final[i, :, i].sum(-1) for i in range(n)])
    exports = parts.exports - (parts.final.sum((2, 3)) - at_home)
    checks = {"smallest intermediate export, mn USD": float(exports.min())}
    exports = np.maximum(exports, 0.0)
    imports = np.maximum(parts.inputs - parts.domestic.sum(1), 0.0)

    bought = np.einsum("rpsf,pc->rsc", np.maximum(parts.final[..., :4], 0.0), to50)
    trade = shares.trade * shares.spending[None] / shares.tariff - bought
    domestic50 = np.einsum("pc,spq,qd->scd", to50, parts.domestic, to50)
    own = trade[np.arange(n), np.arange(n)]
    checks["domestic intermediates recovered, sum of misses, mn USD"] = float(np.abs(own - domestic50.sum(2)).sum())
    trade = np.where(abroad[..., None], trade, 0.0)
    checks["most negative recovered flow, mn USD"] = float(trade.min())
    exports50 = exports @ to50
    checks["intermediate exports recovered, sum of misses, mn USD"] = float(np.abs(trade.sum(1) - exports50).sum())
    named = [i for i in range(n) if i != row]
    checks["imports by economy recovered, largest miss, mn USD"] = float(
        np.abs(trade.sum((0, 2))[named] - imports[named].sum(1)).max()
    )
    totals = imports.sum(1)
    totals[row] = exports.sum() - totals[named].sum()
    pairs = np.maximum(np.moveaxis(trade, 2, 1), 0.0)
    pairs = ras(pairs, [Margin("importer", (0, 1), totals), Margin("exporter", (2,), exports50)], 1e-7).values
    pairs[pairs < 1e-9] = 0.0
    users, imports, more = _users(parts, shares, pairs, imports, domestic50, to50)
    return Recovered(pairs, users, exports, imports, checks | more)


def _users(
    parts: Parts, shares: Shares, pairs: np.ndarray, imports: np.ndarray, domestic50: np.ndarray, to50: np.ndarray
) -> tuple[np.ndarray, np.ndarray, dict[str, float]]:
    """Imports by product and user: input shares times the cost of intermediates, less what is made at home."""
    n = len(parts.economies)
    row = parts.economies.index("ROW")
    output50 = parts.output @ to50
    spent = (1.0 - shares.factors.T) * output50  # [s, d]
    weight = pairs.sum(0).T  # [s, c]
    duty = np.einsum("rcs,rsc->sc", pairs, shares.tariff)
    duty = np.divide(duty, weight, out=np.ones_like(duty), where=weight > 0)  # mean duty on s's imports of c
    own_duty = shares.tariff[np.arange(n), np.arange(n)]  # only ROW taxes trade with itself
    users50 = np.einsum("cds,sd->scd", shares.inputs, spent) - domestic50 * own_duty[:, :, None]
    users50 = np.maximum(users50 / duty[:, :, None], 0.0)
    users50[weight <= 0] = 0.0

    # ROW publishes no column totals: take the recovered ones, scaled to its imports of each product.
    scale = np.divide(weight[row], users50[row].sum(1), out=np.zeros_like(weight[row]), where=weight[row] > 0)
    row_inputs = (users50[row] * scale[:, None]).sum(0)
    by_output = parts.output[row] * (parts.domestic[row].sum(0) > 0)
    split = to50 * by_output[:, None]
    split = split / np.maximum(split.sum(0), 1e-300)
    imports = imports.copy()
    imports[row] = split @ row_inputs

    users = np.zeros((len(weight[0]), n, imports.shape[1]))
    off = {"product x user": 0.0}
    for s in range(n):
        split = to50 * imports[s][:, None]
        split = np.divide(split, split.sum(0), out=np.zeros_like(split), where=split.sum(0) > 0)
        prior = users50[s] @ split.T
        # A speck wherever both margins are positive, because a flow clipped to zero above may be needed to meet them.
        speck = 1e-9 * np.outer(weight[s], imports[s]) / max(imports[s].sum(), 1e-12)
        if s != row:
            off["product x user"] += float(np.abs(users50[s].sum(0) - imports[s] @ to50).sum())
        margins = [Margin("product", (1,), weight[s]), Margin("user", (0,), imports[s])]
        users[:, s] = ras(prior + speck, margins, 1e-6).values
    checks = {
        "imports by user recovered before fitting, sum of misses over 43 economies, mn USD": off["product x user"],
        "imports of ROW by user, before scaling to its trade, mn USD": float(users50[row].sum()),
        "imports of ROW, mn USD": float(imports[row].sum()),
    }
    return users, imports, checks
