"""The equilibrium model written out plainly on N x M matrices of payments, solved by a general root-finder: slow, dense."""

from __future__ import annotations

import numpy as np
from scipy.optimize import root


def ces(weights, log_price, sigma):
    """Log price of CES bundles with these weights, which sum to one over the first axis."""
    if sigma == 1:
        return (weights * log_price).sum(axis=0)
    return np.log((weights * np.exp((1 - sigma) * log_price)).sum(axis=0)) / (1 - sigma)


def plain_equilibrium(world, forcing, *, theta=4.0, value_added_elasticity=0.5, input_elasticity=0.2,
                      final_elasticity=0.9, mobility=1.0, common=False, capacity="output", rent="decider"):  # fmt: skip
    """Everything about the equilibrium after a scenario whose shocks are constant; money a year, world factor income as before.

    Buyers j are the N industries and then the R final users; a market g is one buyer, or all buyers of an economy.
    """
    R, P = world.shape
    N, M = R * P, R * P + R
    product, home = np.arange(N) % P, np.arange(N) // P
    where = np.concatenate([home, np.arange(R)])
    group = where if common else np.arange(M)
    groups = group.max() + 1
    group_home = np.arange(R) if common else where
    theta = np.broadcast_to(theta, P)
    sv, sm, sf = value_added_elasticity, input_elasticity, final_elasticity

    # The benchmark: what each buyer pays each supplier, duties included.
    t0 = np.zeros((P, R, R)) if world.duties is None else world.duties
    duty0 = t0[product[:, None], home[:, None], where[None, :]]
    net0 = np.concatenate([world.intermediate, world.final_use.sum(axis=2)], axis=1)
    pay0 = net0 * (1 + duty0)
    X0 = net0.sum(axis=1)
    VA0 = X0 - pay0[:, :N].sum(axis=0)
    E0 = pay0[:, N:].sum(axis=0)
    revenue0 = np.array([(net0 * duty0)[:, where == s].sum() for s in range(R)])
    D = E0 - np.bincount(home, VA0) - revenue0
    v = VA0 / X0
    cell0 = np.zeros((N, groups))
    for j in range(M):
        cell0[:, group[j]] += pay0[:, j]
    by_product = np.array([[cell0[product == p, g].sum() for g in range(groups)] for p in range(P)])
    S = np.divide(cell0, by_product[product], out=np.zeros_like(cell0), where=by_product[product] > 0)
    a = np.array([[pay0[product == p, j].sum() for j in range(M)] for p in range(P)]) / pay0.sum(axis=0)

    # The scenario.
    tau, duty, kept, left = np.ones((N, M)), duty0.copy(), np.ones((N, groups)), np.ones((N, groups))
    limit, supply, A = np.ones(N), np.ones(N), np.ones(N)
    by_buyer = np.zeros((N, groups), dtype=bool)
    first = np.array([list(group).index(g) for g in range(groups)])
    for path in forcing.costs:
        on = np.outer(path.suppliers, path.buyers[where]) * path.rate.mean()
        duty, tau = (duty + on, tau) if path.duty else (duty, tau * (1 + on))
    for path in forcing.schedules:
        to = path.rates[product[:, None], home[:, None], where[None, :]]
        duty = np.where(np.isnan(to), duty, duty + path.weight.mean() * (to - duty0))
    for path in forcing.flows:
        buyers = np.concatenate([path.buyers[:, :P].reshape(-1), path.buyers[:, P]])[first]
        hit, loss = np.outer(path.suppliers, buyers), path.loss.mean()
        if path.products or loss == 1:
            kept[hit] *= 1 - loss
        else:
            left[hit] *= 1 - loss
            by_buyer |= hit & path.by_buyer
    for path in forcing.capacity:
        loss = path.loss.mean()
        if loss == 1:
            kept[path.suppliers] = 0
        else:
            {"output": limit, "factors": supply, "productivity": A}[capacity][path.suppliers] *= 1 - loss
    new = S * kept
    for p in range(P):
        for g in range(groups):
            rows = product == p
            if by_product[p, g] > 0 and new[rows, g].sum() < 0.01:
                same = cell0[rows][:, group_home == group_home[g]].sum(axis=1)
                new[rows, g] = same / same.sum() * kept[rows, g]
                left[rows, g] = 1
    capped = np.argwhere((left < 1) & (new > 0))
    limited = np.flatnonzero(limit < 1)
    sizes = np.cumsum([N, N, R, N, R, len(capped), len(limited)])[:-1]

    def evaluate(unknowns):
        cost, sales, w, r, revenue, wedge, scarce = np.split(unknowns, sizes)
        log_p = cost.copy()
        log_p[limited] += scarce
        wedges = np.zeros((N, groups))
        wedges[tuple(capped.T)] = wedge
        wedges = wedges[:, group]
        X = X0 * np.exp(sales)
        spent_on_costs = X.copy()
        spent_on_costs[limited] *= np.exp(-scarce)
        q = mobility * w[home] + (1 - mobility) * r
        paid = log_p[:, None] + np.log(tau * (1 + duty) / (1 + duty0)) + wedges
        price = np.zeros((P, M))
        for p in range(P):
            rows = product == p
            G = (new[rows][:, group] * np.exp(-theta[p] * paid[rows])).sum(axis=0)
            price[p] = np.where(G > 0, -np.log(np.where(G > 0, G, 1)) / theta[p], 0)
        sigma = np.where(np.arange(M) < N, sm, sf)
        bundle = np.concatenate([ces(a[:, :N], price[:, :N], sm), ces(a[:, N:], price[:, N:], sf)])
        c = ces(np.stack([v, 1 - v]), np.stack([q, bundle[:N]]), sv)
        own = v * np.exp((1 - sv) * (q - c))
        factor_income = (mobility * np.exp(w[home]) + (1 - mobility) * np.exp(r)) * VA0 * supply
        I = np.bincount(home, factor_income) + revenue * E0 + D
        money = np.concatenate([(1 - own) * spent_on_costs, I])
        on_product = a * np.exp((1 - sigma) * (price - bundle)) * money
        pay = new[:, group] * np.exp(-theta[product][:, None] * (paid - price[product])) * on_product[product]
        border = pay / (1 + duty)
        rents = border * -np.expm1(-wedges)
        earns = by_buyer if rent == "decider" else np.full((N, groups), rent == "buyer")
        collected = np.array([(pay - border)[:, where == s].sum() for s in range(R)])
        for s in range(R):
            collected[s] += rents[:, where == s][earns[:, group[where == s]]].sum()
            collected[s] += rents[home == s][~earns[home == s][:, group]].sum()
        received = (border - rents).sum(axis=1)
        scarcity = np.zeros(N)
        scarcity[limited] = received[limited] * -np.expm1(-scarce)
        collected += np.bincount(home, scarcity)
        VA = own * (received - scarcity)
        quantity = np.zeros((N, groups))
        for j in range(M):
            quantity[:, group[j]] += pay[:, j] / np.exp(paid[:, j])
        slack = (left * new * by_product[product] - quantity)[tuple(capped.T)] / (cell0 + (cell0 == 0))[tuple(capped.T)]
        room = (limit - received / X0 / np.exp(log_p))[limited]
        labour = np.exp(w) * np.bincount(home, VA0 * supply) - np.bincount(home, VA)
        # By Walras' law one market clears if all others do; in its place the numeraire.
        rentals = np.exp(r) * supply - VA / VA0
        if mobility == 0:
            labour, rentals[0] = w, factor_income.sum() / VA0.sum() - 1
        else:
            labour[0] = factor_income.sum() - VA0.sum()
        off = np.concatenate([
            cost - (c - np.log(A)), (X - received) / X0, labour / np.bincount(home, VA0), rentals,
            revenue - collected / E0, np.hypot(wedge, slack) - wedge - slack, np.hypot(scarce, room) - scarce - room,
        ])  # fmt: skip
        trade = np.zeros((P, R, R))
        np.add.at(trade, (product[:, None], home[:, None], where[None, :]), border)
        return off, {
            "price": np.exp(log_p), "sales": X, "factor_price": np.exp(w), "expenditure": I, "price_index": np.exp(bundle[N:]),
            "real_expenditure": I / E0 / np.exp(bundle[N:]), "value_added": VA + scarcity, "revenue": collected, "trade": trade,
            "rents": rents, "wedges": wedge, "scarce": scarce,
        }  # fmt: skip

    z = np.zeros(sizes[-1] + len(limited))
    z[sizes[3] : sizes[4]] = revenue0 / E0
    z[sizes[4] :] = 0.01
    z = root(lambda z: evaluate(z)[0], z, method="lm").x
    for _ in range(4):
        z = newton(lambda z: evaluate(z)[0], z)
    off, result = evaluate(z)
    assert np.abs(off).max() < 1e-12, "the plain equilibrium was not found"
    return result


def newton(f, z, h=1e-6):
    """One step of Newton's method with the Jacobian by central differences."""
    steps = h * np.eye(len(z))
    slopes = np.array([f(z + step) - f(z - step) for step in steps]).T / (2 * h)
    return z - np.linalg.solve(slopes, f(z))
