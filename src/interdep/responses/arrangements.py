"""Arrangements side by side: no plan, each member, each partner, together; and what each budget buys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from interdep.responses.plan import APART, NOTHING, POOLED, SHARING, SINGLY
from interdep.responses.programme import Programme
from interdep.responses.solution import Solution, cheapest, cvar, most_money, shortage, solve
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
    unknown = np.isnan(mean) & (np.abs(avoided) > 1e-9 * max(low, 1e-300))
    return low, None if unknown.any() else max(low, float((avoided * np.nan_to_num(mean)).sum()))


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

    def add(
        name: str,
        who: str,
        scope: Floats,
        short: Floats,
        spent: float,
        budget: float,
        stock: float,
        tail_value: float | None,
    ) -> None:
        # Differences of sums know nothing under their rounding.
        avoided = np.where(np.abs(scope - short) > ROUNDING * scope.sum(), scope - short, 0.0)
        low, high = worth(avoided, needs.need, needs.users)
        total = float(scope.sum())
        left = float(short.sum()) if float(short.sum()) > ROUNDING * total else 0.0
        rows.append({
            "arrangement": name, "who": who, "budget": budget, "spent": spent, "lost": total, "short": left,
            "avoided_share": float(avoided.sum()) / total if total > 0 else None, "stock_months": stock, "worth_low": low,
            "worth_high": high, "worst_years": tail_value,
        })  # fmt: skip

    def months(solution: Solution) -> float:
        return float(12 * solution.stock.sum() / needs.need.sum())

    whole = before.sum(axis=0)
    everybody = ", ".join(game.blocs)

    def worst_of(short: Any) -> float | None:
        return None if tail is None else cvar(short, pi, tail)

    add(NOTHING, everybody, whole, whole, 0.0, 0.0, 0.0, worst_of(base.sum(axis=(0, 2))))
    if len(members.members) > len(needs.members):
        alone = _each_member(members, fears, terms, money, tail)
        add(SINGLY, f"{len(members.members)} members", whole, alone.by_product(), float(alone.spent.sum()), money,
            float(12 * alone.stock.sum() / needs.need.sum()), alone.tail)  # fmt: skip
    if len(game.blocs) > 1:
        for b in game.whole:
            own = game.solutions[(b,)]
            stock = float(12 * own.stock[b].sum() / needs.need[b].sum())
            spent, purse = float(own.spent.sum()), float(game.budgets[b])
            add(f"{game.blocs[b]} alone", game.blocs[b], before[b], own.by_product(), spent, purse, stock, own.tail)
    own = [game.solutions[(b,)] for b in game.whole]
    add(APART, everybody, whole, np.sum([s.by_product() for s in own], axis=0), float(sum(s.spent.sum() for s in own)), money,
        float(sum(months(s) for s in own)), worst_of(sum(s.short.sum(axis=(0, 2)) for s in own)))  # fmt: skip
    if terms.pool is not None:
        shared = np.einsum("gwk,w->k", untouched(programme, [game.whole]), pi)
        lacking = untouched(programme, [game.whole]).sum(axis=(0, 2))
        add(SHARING, everybody, whole, shared, 0.0, 0.0, 0.0, worst_of(lacking))
        best = game.solutions[game.whole]
        add(POOLED, everybody, whole, best.by_product(), float(best.spent.sum()), money, months(best), best.tail)
    unit = needs.unit
    units = {
        "who": "", "budget": f"{unit} a year", "spent": f"{unit} a year",
        "lost": f"{unit} a year, expected without a plan", "short": f"{unit} a year, expected",
        "avoided_share": "fraction of the expected shortage", "stock_months": "months of need",
        "worth_low": f"{unit} a year, expected", "worth_high": f"{unit} a year, expected",
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
    top = enough if enough <= 3 * money or money == 0 else 2 * money
    parts = split / money if money > 0 else programme.needs.need.sum(axis=1) / need
    before = float(programme.probabilities @ nothing.sum(axis=1))
    rows = []
    for budget in sorted({*np.linspace(0.0, top, points).tolist(), min(money, top)}):
        found = solve(programme, whole, _purses(whole, parts, budget), tail=tail)
        row = {
            "budget": budget,
            "together": share_avoided(before, found),
            "price": float(found.price.max()),
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


def _purses(pools: Sequence[Sequence[int]], parts: Floats, budget: float) -> list[tuple[list[int], float]]:
    return [(list(pool), float(budget * parts[list(pool)].sum())) for pool in pools]
