"""Arrangements side by side: no plan, each member, each partner, together; and what each budget buys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from interdep.responses.plan import APART, NOTHING, ONE_PURSE, POOLED, SHARING, SINGLY
from interdep.responses.programme import Programme
from interdep.responses.solution import Solution, bought, cheapest, cvar, most_money, shortage, solve
from interdep.responses.together import Together, common_share
from interdep.tables import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.provenance import Provenance
    from interdep.responses.disruptions import Disruption
    from interdep.responses.levers import Terms
    from interdep.responses.needs import Needs

    Floats = NDArray[np.float64]


ROUNDING = 1e-6
"""Avoided parts under this fraction are nothing: plans that spend the least leave a hair short."""


def untouched(programme: Programme, pools: Sequence[Sequence[int]]) -> Floats:
    """(pools, W, K) what is short where nobody does anything."""
    none = np.zeros(programme.needs.need.shape)
    return shortage(programme, pools, np.zeros(len(programme.now)), none, none)


def share_avoided(before: float, solution: Solution) -> float:
    """What a plan avoids of the expected shortage without one."""
    avoided = 1.0 - float(solution.by_product().sum()) / before if before > 0 else 0.0
    return 0.0 if abs(avoided) < ROUNDING else avoided


def worth(avoided: Floats, need: Floats, users: Floats | None) -> tuple[float, float | None]:
    """(low, high) money that avoided shortages (K,) are worth.

    Low: what the goods cost. High: the value added of those who cannot do without them, where that is known for all of it.
    """
    low = float(avoided.sum())
    if users is None:
        return low, None
    weigh = np.where(np.isfinite(users), need, 0.0)
    total = weigh.sum(axis=0)
    mean = np.divide(
        (weigh * np.nan_to_num(users)).sum(axis=0), total, out=np.full(len(total), np.nan), where=total > 0
    )
    if (np.isnan(mean) & (np.abs(avoided) > 1e-9 * max(abs(low), 1e-300))).any():
        return low, None
    # A unit is worth its price at least to those who bought it.
    return low, float((avoided * np.maximum(np.nan_to_num(mean), 1.0)).sum())


def arrangements(
    members: Needs, fears: Sequence[Disruption], programme: Programme, game: Together, terms: Terms, money: float,
    tail: float | None, provenance: Provenance,
) -> tuple[Table, dict[str, Any]]:  # fmt: skip
    """(table, facts): expected shortage of every arrangement, and what of it is avoided."""
    import polars as pl

    needs, pi = programme.needs, programme.probabilities
    apart_pools = [[b] for b in game.whole]
    base = untouched(programme, apart_pools)
    before = np.einsum("gwk,w->gk", base, pi)
    rows: list[dict[str, Any]] = []
    price = terms.market.price

    def add(
        name: str, who: str, scope: Floats, short: Floats, purse: float, made: Sequence[Solution], inside: Sequence[int]
    ) -> None:
        # Differences of sums know nothing under their rounding.
        avoided = np.where(np.abs(scope - short) > ROUNDING * scope.sum(), scope - short, 0.0)
        own = needs.users if needs.users is None else needs.users[list(inside)]
        low, high = worth(avoided, needs.need[list(inside)], own)
        total, left = float(scope.sum()), float(short.sum())
        left = left if left > ROUNDING * total else 0.0
        need = float(needs.need[list(inside)].sum())
        lacking = np.sum([m.short.sum(axis=(0, 2)) for m in made], axis=0)
        rows.append({
            "arrangement": name, "who": who, "budget": purse, "spent": sum(float(m.spent.sum()) for m in made), "lost": total,
            "short": left, "avoided_share": float(avoided.sum()) / total if total > 0 else None,
            "stock_months": 12 * sum(float(m.stock.sum()) for m in made) / need, "worth_low": low, "worth_high": high,
            "market_bill": price * sum(float(bought(m.programme, m) @ pi) for m in made),
            "worst_years": None if tail is None else cvar(lacking, pi, tail),
        })  # fmt: skip

    whole, blocs = before.sum(axis=0), list(game.whole)
    everybody, own_pools = ", ".join(game.blocs), [[b] for b in game.whole]
    idle = solve(programme, own_pools, [([b], 0.0) for b in blocs], tail)
    idle = replace(idle, moved=0.0 * idle.moved, stock=0.0 * idle.stock, built=0.0 * idle.built, short=base)
    add(NOTHING, everybody, whole, whole, 0.0, [idle], blocs)
    if len(members.members) > len(needs.members):
        alone = _each_member(members, fears, terms, money, tail)
        add(SINGLY, f"{len(members.members)} members", whole, alone.by_product(), money, [alone], blocs)
    if len(blocs) > 1:
        for b in blocs:
            own = game.solutions[(b,)]
            add(
                f"{game.blocs[b]} alone", game.blocs[b], before[b], own.by_product(), float(game.budgets[b]), [own], [b]
            )
    apart = [game.solutions[(b,)] for b in blocs]
    add(APART, everybody, whole, np.sum([s.by_product() for s in apart], axis=0), money, apart, blocs)
    if terms.pool is not None:
        shared = untouched(programme, [blocs])
        pooled = replace(idle, pools=(tuple(blocs),), short=shared)
        add(SHARING, everybody, whole, np.einsum("gwk,w->k", shared, pi), 0.0, [pooled], blocs)
        if len(blocs) > 1:
            purse = cheapest(programme, own_pools, [(blocs, money)], tail)
            add(ONE_PURSE, everybody, whole, purse.by_product(), money, [purse], blocs)
        best = game.solutions[game.whole]
        add(POOLED, everybody, whole, best.by_product(), money, [best], blocs)
    unit = needs.unit
    units = {
        "who": "", "budget": f"{unit} a year", "spent": f"{unit} a year",
        "lost": f"{unit} a year, expected without a plan", "short": f"{unit} a year, expected",
        "avoided_share": "fraction of the expected shortage", "stock_months": "months of need",
        "worth_low": f"{unit} a year, expected", "worth_high": f"{unit} a year, expected",
        "market_bill": f"{unit} a year, expected, above the normal price",
        "worst_years": f"{unit} in the mean of the worst years",
    }  # fmt: skip
    numbers = [c for c in units if c != "who"]
    schema = {"arrangement": pl.String, "who": pl.String, **dict.fromkeys(numbers, pl.Float64)}
    table = Table(
        "arrangements",
        pl.DataFrame(rows, schema=schema),
        ("arrangement",),
        units,
        "What each arrangement avoids",
        provenance=provenance,
    )
    common = common_share(programme.gone(), needs.need, pi)[-1]
    return table, {"common": None if np.isnan(common) else float(common)}


def _each_member(needs: Needs, fears: Sequence[Disruption], terms: Terms, money: float, tail: float | None) -> Solution:
    """Every member for itself, with its part of the budget by what it buys."""
    programme = Programme.of_needs(needs, fears, terms)
    share = money * needs.need.sum(axis=1) / needs.need.sum()
    pools = [[m] for m in range(len(needs.members))]
    return cheapest(programme, pools, [([m], float(share[m])) for m in range(len(pools))], tail=tail)


def frontier(
    programme: Programme,
    terms: Terms,
    split: Floats,
    points: int,
    tail: float | None,
    nothing: Floats,
    provenance: Provenance,
) -> tuple[Table, float]:
    """(table, enough): what each budget avoids together and apart, what one more buys; and the least that does all there is."""
    import polars as pl

    count, money = len(split), float(split.sum())
    whole = [list(range(count))] if terms.pool is not None else [[b] for b in range(count)]
    need, purse = float(programme.needs.need.sum()), most_money(programme)
    most = cheapest(programme, whole, [(list(range(count)), purse)], tail=tail)
    enough = float(most.spent.sum())
    top = max(money, enough if enough <= 3 * money or money == 0 else 2 * money)
    parts = split / money if money > 0 else programme.needs.need.sum(axis=1) / need
    before = float(programme.probabilities @ nothing.sum(axis=1))
    rows = []
    for budget in sorted({*np.linspace(0.0, top, points).tolist(), min(money, top)}):
        found = solve(programme, whole, _purses(whole, parts, budget), tail=tail)
        row = {
            "budget": budget,
            "together": share_avoided(before, found),
            "price": next_price(programme, whole, parts, budget, purse, tail),
            "worst_years": found.tail,
        }
        if terms.pool is not None:
            own = [[b] for b in range(count)]
            row["apart"] = share_avoided(before, solve(programme, own, _purses(own, parts, budget), tail=tail))
        else:
            row["apart"], row["together"] = row["together"], None
        rows.append(row)
    unit = programme.needs.unit
    units = {
        "together": "fraction of the expected shortage", "apart": "fraction of the expected shortage",
        "price": f"{unit} of shortage avoided for one more {programme.needs.currency}",
        "worst_years": f"{unit} in the mean of the worst years",
    }  # fmt: skip
    schema = dict.fromkeys(("budget", *units), pl.Float64)
    frame = pl.DataFrame(rows, schema=schema)
    return Table(
        "frontier",
        frame,
        ("budget",),
        units,
        f"What each budget avoids (budget in {unit} a year)",
        provenance=provenance,
    ), enough


def next_price(
    programme: Programme, pools: Sequence[Sequence[int]], parts: Floats, budget: float, purse: float, tail: float | None
) -> float:
    """What one more unit of money avoids: the dual price a hair to the right, as at a kink the solver may give the one before."""
    more = budget + 1e-6 * purse
    return float(solve(programme, pools, _purses(pools, parts, more), tail).price.max(initial=0.0))


def _purses(pools: Sequence[Sequence[int]], parts: Floats, budget: float) -> list[tuple[list[int], float]]:
    return [(list(pool), float(budget * parts[list(pool)].sum())) for pool in pools]
