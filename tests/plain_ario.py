"""Ario written out plainly, cell by cell on N x N matrices of orders in money a day: slow, and nothing of the package's own."""

from __future__ import annotations

import numpy as np


def plain_days(world, forcing, *, stock, order_time, binds, a_max=1.25, tau_a=365.0, psi=0.8, reroute=True,
               elasticity=0.76, rationing="proportional"):  # fmt: skip
    """(T, N) production over normal. stock, order_time: (P,) days; binds: (P, N)."""
    R, P = world.shape
    N = R * P
    Z = world.intermediate / 365
    Y = np.maximum(world.final_use, 0) / 365
    x0 = Z.sum(axis=1) + Y.sum(axis=(1, 2))
    product = np.arange(N) % P
    A = np.array([[Z[product == p, j].sum() / x0[j] if x0[j] else 0.0 for j in range(N)] for p in range(P)])
    total = np.array([[Z[product == product[i], j].sum() for j in range(N)] for i in range(N)])
    S = np.divide(Z, total, out=np.zeros((N, N)), where=total > 0)
    s = A * x0 * stock[:, None]
    O, a, x = Z.copy(), np.ones(N), x0.copy()
    out = []
    for t in range(forcing.days):
        left = np.ones(N)
        for path in forcing.capacity:
            left[path.suppliers] *= 1 - path.loss[t]
        pass_on = np.ones((N, N))
        may_reroute = np.ones((N, N), dtype=bool)
        for path in forcing.flows:
            hit = np.outer(path.suppliers, path.buyers[:, :P].reshape(-1))
            pass_on[hit] *= 1 - path.loss[t]
            may_reroute &= ~hit | path.reroute
        cap = np.where(pass_on < 1, pass_on * Z, np.inf)
        price, melt = np.ones((N, N)), np.ones((N, N))
        for path in forcing.costs:
            hit = np.outer(path.suppliers, np.repeat(path.buyers, P))
            price[hit] *= 1 + path.rate[t]
            if not path.duty:
                melt[hit] *= 1 + path.rate[t]
        wish, allowed = np.ones(Y.shape), np.ones(Y.shape)
        for path in forcing.demand:
            wish *= 1 - path.loss[t] * (path.products[product][:, None] & path.buyers[None, :])[:, :, None]
        for path in forcing.flows:
            allowed *= 1 - path.loss[t] * (path.suppliers[:, None, None] & path.buyers[None, :, P:])
        final = (Y * np.minimum(wish, allowed)).sum(axis=(1, 2))

        O = np.minimum(O, cap)
        asked = O.sum(axis=1)
        d = asked + final
        if t:
            scarcity = np.where(d > 0, (d - x) / np.where(d > 0, d, 1), 0)
            a = a + np.where(scarcity > 1e-12, (a_max - a) * scarcity, 1 - a) / tau_a
        c = a * left * x0
        planned = np.minimum(d, c)
        x = planned.copy()
        for p in range(P):
            for j in range(N):
                if binds[p, j] and A[p, j] > 0:
                    x[j] = min(x[j], s[p, j] / (psi * stock[p] * A[p, j]))

        def part(have, want):
            return np.where(want > 0, np.minimum(have / np.where(want > 0, want, 1), 1), 1)

        if rationing == "proportional":
            rho = part(x, d)
        elif rationing == "industries first":
            rho = part(x, asked)
        else:
            rho = part(np.maximum(x - part(x, final) * final, 0), asked)
        out.append(np.divide(x, x0, out=np.zeros(N), where=x0 > 0))
        got = O * rho[:, None] / melt
        for p in range(P):
            s[p] = np.maximum(s[p] + got[product == p].sum(axis=0) - A[p] * x, 0)
        w = c / np.where(x0 > 0, x0, 1) if reroute else np.ones(N)
        weight = w[:, None] * price**-elasticity
        O = np.zeros((N, N))
        for j in range(N):
            for p in range(P):
                rows = np.flatnonzero(product == p)
                if A[p, j] == 0:
                    continue
                need = max(0.0, stock[p] * A[p, j] * planned[j] - s[p, j]) / order_time[p] + A[p, j] * planned[j]
                reach = S[rows, j] * weight[rows, j]
                if reach.sum() <= 0:
                    continue
                first = reach * need / reach.sum()
                capped = np.isfinite(cap[rows, j])
                order = np.where(capped, np.minimum(first, cap[rows, j]), first)
                lost = (first - order)[capped & may_reroute[rows, j]].sum() if reroute else 0.0
                open_to = np.where(capped, 0.0, reach)
                if lost > 0 and open_to.sum() > 1e-9 * reach.sum():
                    order = order + lost * open_to / open_to.sum()
                O[rows, j] = order
    return np.array(out)
