"""Solving a programme: the decisions, what is short with them, the prices of its limits, and how exact it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from interdep.errors import InputError, NotConverged
from interdep.responses.programme import Programme, arrays, preference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.responses.programme import Arrays

    Floats = NDArray[np.float64]

SLACK = 1e-9
"""What the least spending may leave short beyond the minimum, as a fraction of a year's need."""

DUST = 1e-9
"""A decision under this fraction of its pair's need is the solver's rounding."""


@dataclass(frozen=True, eq=False)
class Solution:
    """What is chosen, and what it does.

    moved: (C,) change of each delivery; stock, built: (M, K); short: (pools, W, K) recomputed from the decisions; value: the
    minimum, in money (expected shortage, or CVaR); tail: CVaR where that was minimised; price: (budgets,) fall of the minimum for
    one more unit of money a year; gap: primal against dual, relative; payoff: (M,) each member's part of the minimum at dual
    prices, without its money; spent: (M,) money a year.
    """

    programme: Programme
    pools: tuple[tuple[int, ...], ...]
    moved: Floats
    stock: Floats
    built: Floats
    short: Floats
    value: float
    tail: float | None
    price: Floats
    gap: float
    payoff: Floats
    spent: Floats

    def by_product(self) -> Floats:
        """(K,) expected shortage."""
        return np.einsum("gwk,w->k", self.short, self.programme.probabilities)


def solve(
    programme: Programme,
    pools: Sequence[Sequence[int]],
    budgets: Sequence[tuple[Sequence[int], float]],
    tail: float | None = None,
    most_short: float | None = None,
) -> Solution:
    """The best decisions of members in these pools; see `arrays` for what is given.

    most_short: the expected shortage that must not be passed; then the least money that does it is spent instead, whatever the
    budgets. Raises InputError where no money does it, NotConverged where the solver gives up.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, vstack

    made = arrays(programme, pools, budgets, tail)
    shortage, limit = made.cost, made.b_ub
    a_ub, cost = made.a_ub, shortage
    if most_short is not None:
        free = len(made.rows)
        keep = np.r_[0:free, free + len(budgets) : len(limit)]
        a_ub = csr_array(vstack([a_ub[keep], csr_array(shortage[None])]))
        limit = np.append(limit[keep], most_short / made.unit / made.scale)
        cost = np.zeros_like(shortage)
        cost[: len(made.spending)] = made.spending
    bounds = np.stack([np.zeros(len(cost)), made.upper], axis=1)
    options = {"primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9}
    found = linprog(cost, a_ub, limit, made.a_eq, np.zeros(programme.sizes[1]), bounds, "highs", options=options)
    if found.status == 2:
        raise InputError(
            f"no money brings the expected shortage down to {most_short or 0.0:.6g}: the levers at their largest do not"
        )
    if found.status != 0 or found.x is None:
        raise NotConverged(f"the linear programme has no answer: {found.message}")
    return _read(programme, pools, budgets, made, found, tail, priced=most_short is None)


def _read(
    programme: Programme, pools: Sequence[Sequence[int]], budgets: Sequence[tuple[Sequence[int], float]], made: Arrays,
    found: object, tail: float | None, priced: bool,
) -> Solution:  # fmt: skip
    p, x = programme, found.x * made.unit  # type: ignore[attr-defined]
    columns, pairs = p.sizes
    need = p.needs.need
    moved = x[:columns] - x[columns : 2 * columns]
    moved[np.abs(moved) <= DUST * p.now] = 0.0
    stock, built = np.zeros(need.shape), np.zeros(need.shape)
    stock[p.pairs] = x[2 * columns : 2 * columns + pairs]
    built[p.pairs] = x[2 * columns + pairs : 2 * (columns + pairs)]
    for decided in (stock, built):
        decided[decided <= DUST * need] = 0.0
    for pool in pools:
        if len(pool) > 1 and any(set(members) == set(pool) for members, _ in budgets):
            _by_need(stock, built, need, list(pool))
    plain = Solution(
        p, tuple(tuple(g) for g in pools), moved, stock, built, np.zeros(0), 0.0, None, np.zeros(len(budgets)), 0.0,
        np.zeros(len(p.needs.members)), spent(p, moved, stock, built),
    )  # fmt: skip
    short = shortage(p, plain.pools, moved, stock, built)
    weigh = preference(p.needs)
    out = replace(plain, short=short, value=float(np.einsum("gwk,w,k->", short, p.probabilities, weigh)))
    if tail is not None:
        worst = cvar(np.einsum("gwk,k->w", short, weigh), p.probabilities, tail)
        out = replace(out, tail=worst, value=worst)
    if not priced:
        return out
    y_ub, y_up = found.ineqlin.marginals * made.scale, found.upper.marginals * made.scale  # type: ignore[attr-defined]
    least = found.fun * made.scale  # type: ignore[attr-defined]
    finite = np.isfinite(made.upper)
    dual = float(y_ub @ made.b_ub + y_up[finite] @ made.upper[finite])
    gap = abs(least - dual) / max(abs(least), abs(dual), 1e-12 * made.scale)
    start = len(made.rows)
    price = -y_ub[start : start + len(budgets)]
    return replace(out, price=price, gap=gap, payoff=_payoff(p, pools, budgets, made, y_ub, y_up))


def _by_need(stock: Floats, built: Floats, need: Floats, rows: list[int]) -> None:
    """What a pool that pays together holds belongs to its members by need: who holds it changes neither cost nor use."""
    whole = need[rows].sum(axis=0)
    share = np.divide(need[rows], whole, out=np.zeros((len(rows), need.shape[1])), where=whole > 0)
    for decided in (stock, built):
        decided[rows] = share * decided[rows].sum(axis=0)


def _payoff(
    p: Programme, pools: Sequence[Sequence[int]], budgets: Sequence[tuple[Sequence[int], float]], made: Arrays, y: Floats,
    upper: Floats,
) -> Floats:  # fmt: skip
    """(M,) the minimum split by who brings each limit: spare, losses, contracts, stores and money (Owen 1975).

    Money is not in it: what a member pays counts with the price of its budget, `payoff - price * what it pays`.
    """
    own = p.spare - p.gone()
    out = np.zeros(len(p.needs.members))
    for number, (pool, w, k) in enumerate(made.rows):
        members = list(pools[pool])
        out[members] += y[number] * own[w, members, k]
    finite = np.isfinite(made.upper)
    value = np.where(finite, upper * np.where(finite, made.upper, 0.0), 0.0) * made.unit
    owner = np.concatenate([p.of, p.of, p.pairs[0], p.pairs[0]])
    out += np.bincount(owner, value[: len(owner)], minlength=len(out))
    return out


def cheapest(
    programme: Programme,
    pools: Sequence[Sequence[int]],
    budgets: Sequence[tuple[Sequence[int], float]],
    tail: float | None = None,
) -> Solution:
    """`solve`, and where money is left over, the least spending that does as well; pools with a purse each, one by one."""
    if len(budgets) > 1:
        own = [cheapest(programme, [pool], [budget], tail) for pool, budget in zip(pools, budgets, strict=True)]
        return _side_by_side(programme, own, tail)
    found = solve(programme, pools, budgets, tail)
    if (found.price > 0).any() or found.spent.sum() == 0:
        return found
    # A hair above the minimum, which the solver knows to so many digits only.
    allowed = found.value + SLACK * float(programme.needs.need.sum()) * float(programme.probabilities.max())
    thrifty = solve(programme, pools, budgets, tail, most_short=allowed)
    if thrifty.spent.sum() > budgets[0][1] * (1 + 1e-6):
        return found
    return replace(thrifty, price=found.price, gap=found.gap, payoff=found.payoff)


def _side_by_side(programme: Programme, own: Sequence[Solution], tail: float | None) -> Solution:
    """Solutions of pools that have nothing to do with each other, as one."""
    short = np.concatenate([s.short for s in own])
    worst = None if tail is None else cvar(short.sum(axis=(0, 2)), programme.probabilities, tail)
    return Solution(
        programme, tuple(pool for s in own for pool in s.pools), np.sum([s.moved for s in own], axis=0),
        np.sum([s.stock for s in own], axis=0), np.sum([s.built for s in own], axis=0), short, sum(s.value for s in own), worst,
        np.concatenate([s.price for s in own]), max(s.gap for s in own), np.sum([s.payoff for s in own], axis=0),
        np.sum([s.spent for s in own], axis=0),
    )  # fmt: skip


def most_money(p: Programme) -> float:
    """What all levers cost at their largest: no plan can use more."""
    terms, need = p.terms, float(p.needs.need.sum())
    out = 0.0
    if terms.diversify:
        out += terms.diversify.premium * terms.diversify.growth * float(p.now.sum())
    if terms.stockpile:
        out += terms.stockpile.carrying * terms.stockpile.most_stock * need
    if terms.capacity:
        out += terms.capacity.standby * terms.capacity.most_built * need
    return out


def shortage(p: Programme, pools: Sequence[Sequence[int]], moved: Floats, stock: Floats, built: Floats) -> Floats:
    """(pools, W, K) what is short with these decisions, in each pool."""
    have = p.spare + stock[None] + p.years[:, None, :] * built[None]
    left = p.gone(moved) - have
    return np.stack([left[:, list(members)].sum(axis=1).clip(0.0) for members in pools])


def bought(p: Programme, solution: Solution) -> Floats:
    """(W,) what is bought of spare deliveries in each disruption, once stocks and stand-by plants have given what they can."""
    left = p.gone(solution.moved) - solution.stock[None] - p.years[:, None, :] * solution.built[None]
    pools = [list(pool) for pool in solution.pools]
    lacking = np.stack([left[:, rows].sum(axis=1).clip(0.0) for rows in pools])
    there = np.stack([p.spare[:, rows].sum(axis=1) for rows in pools])
    return np.minimum(lacking, there).sum(axis=(0, 2))


def spent(p: Programme, moved: Floats, stock: Floats, built: Floats) -> Floats:
    """(M,) money a year that decisions cost."""
    terms = p.terms
    out = np.zeros(len(p.needs.members))
    if terms.diversify:
        out += terms.diversify.premium * np.bincount(p.of, moved.clip(0.0), minlength=len(out))
    if terms.stockpile:
        out += terms.stockpile.carrying * stock.sum(axis=1)
    if terms.capacity:
        out += terms.capacity.standby * built.sum(axis=1)
    return out


def cvar(short: Floats, probabilities: Floats, tail: float) -> float:
    """The mean of the worst 1 - tail of years, of which most have no disruption (one at most happens in a year)."""
    order = np.argsort(-short)
    left, total = 1.0 - tail, 0.0
    for w in order:
        part = min(left, float(probabilities[w]))
        total, left = total + part * float(short[w]), left - part
    return total / (1.0 - tail)
