"""The programme of responses written out as it stands on paper, with every transfer and purchase a variable of its own."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog


def least_shortage(flows, home, disruptions, terms, pools, budgets, tail=None):
    """Minimum of the expected shortage (or its CVaR) for members in pools; flows (S, M, K); disruptions as in the package.

    Variables: sourcing x and its increase, stock, stand-by capacity; in each disruption release y, purchases e from what each
    supplier can spare to this member, transfers between members of a pool, shortage z. Suppliers are not grouped.
    """
    suppliers, members, products = flows.shape
    cost, upper, rows_ub, limit_ub, rows_eq, limit_eq = [], [], [], [], [], []

    def variable(at_most=np.inf, price=0.0):
        cost.append(price)
        upper.append(at_most)
        return len(cost) - 1

    def row(entries):
        out = {}
        for place, value in entries:
            out[place] = out.get(place, 0.0) + value
        return out

    store, move, plant = terms.stockpile, terms.diversify, terms.capacity
    need = flows.sum(axis=0)
    outside = ~home.any(axis=1)
    spending = {m: [] for m in range(members)}
    sourced, stock, built = {}, {}, {}
    for m in range(members):
        for k in range(products):
            stock[m, k] = variable(store.most_stock * need[m, k] if store else 0.0)
            built[m, k] = variable(plant.most_built * need[m, k] if plant else 0.0)
            spending[m] += [
                (stock[m, k], store.carrying if store else 0.0),
                (built[m, k], plant.standby if plant else 0.0),
            ]
            total = []
            for s in range(suppliers):
                now = flows[s, m, k]
                most = now * (1 + move.growth) if move else now
                x, more = variable(most), variable()
                sourced[s, m, k] = x
                rows_ub.append(row([(x, 1.0), (more, -1.0)]))
                limit_ub.append(now)
                spending[m].append((more, move.premium if move else 1e9))
                total.append((x, 1.0))
            rows_eq.append(row(total))
            limit_eq.append(need[m, k])
            if not move:
                for s in range(suppliers):
                    rows_eq.append({sourced[s, m, k]: 1.0})
                    limit_eq.append(flows[s, m, k])
    short = {}
    for w, each in enumerate(disruptions):
        lost = np.broadcast_to(each.lost, flows.shape)
        years, days = each.days / 365, max(0.0, each.days - terms.market.wait) / 365
        for pool in pools:
            for k in range(products):
                for m in pool:
                    release, missing = variable(), variable(price=each.probability if tail is None else 0.0)
                    rows_ub.append({release: 1.0, stock[m, k]: -1.0})
                    limit_ub.append(0.0)
                    bought = [
                        variable(
                            days * terms.market.spare * flows[s, m, k] * (1 - lost[s, m, k]) if outside[s] else 0.0
                        )
                        for s in range(suppliers)
                    ]
                    short[w, m, k] = missing
                    entries = [(release, 1.0), (missing, 1.0), (built[m, k], years)]
                    entries += [(b, 1.0) for b in bought]
                    entries += [(sourced[s, m, k], years * (1 - lost[s, m, k])) for s in range(suppliers)]
                    short[w, m, k, "row"] = entries
                for giver in pool:
                    for taker in pool:
                        if giver != taker:
                            sent = variable()
                            short[w, giver, k, "row"].append((sent, -1.0))
                            short[w, taker, k, "row"].append((sent, 1.0))
                for m in pool:
                    rows_ub.append(row([(place, -value) for place, value in short[w, m, k, "row"]]))
                    limit_ub.append(-years * need[m, k])
    for who, money in budgets:
        rows_ub.append(row([entry for m in who for entry in spending[m]]))
        limit_ub.append(money)
    if tail is not None:
        level = variable(price=1.0)
        for w, each in enumerate(disruptions):
            above = variable(price=each.probability / (1 - tail))
            every = [(place, 1.0) for key, place in short.items() if len(key) == 3 and key[0] == w]
            rows_ub.append(row([*every, (level, -1.0), (above, -1.0)]))
            limit_ub.append(0.0)

    def dense(rows):
        out = np.zeros((len(rows), len(cost)))
        for place, entries in enumerate(rows):
            for column, value in entries.items():
                out[place, column] = value
        return out

    found = linprog(
        cost,
        dense(rows_ub),
        limit_ub,
        dense(rows_eq),
        limit_eq,
        list(zip(np.zeros(len(cost)), upper, strict=True)),
        "highs",
    )
    assert found.status == 0, found.message
    return found.fun
