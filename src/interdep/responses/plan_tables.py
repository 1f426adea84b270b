"""The tables of a plan, made from solved programmes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from interdep.responses.together import common_share
from interdep.tables import Table
from interdep.trade.partners import SPECIAL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.provenance import Provenance
    from interdep.responses.programme import Programme
    from interdep.responses.solution import Solution
    from interdep.responses.together import Together

    Floats = NDArray[np.float64]


WHAT = {"stockpile": "in stock", "capacity": "of output a year"}
"""What an amount of a lever is."""


def struck_out(solution: Solution) -> dict[str, Floats]:
    """{lever: (M, K)} by how much the expected shortage rises where one member's use of a lever for a product is left out."""
    p = solution.programme
    before, after = p.gone(), p.gone(solution.moved)
    have = p.spare + solution.stock[None] + p.years[:, None, :] * solution.built[None]
    out = {name: np.zeros(solution.stock.shape) for name in ("stockpile", "capacity", "diversify")}
    for number, pool in enumerate(solution.pools):
        rows = list(pool)
        left = (after - have)[:, rows].sum(axis=1)[:, None, :]
        missing = {
            "stockpile": np.broadcast_to(solution.stock[None, rows], after[:, rows].shape),
            "capacity": p.years[:, None, :] * solution.built[None, rows],
            "diversify": (before - after)[:, rows],
        }
        for name, lacking in missing.items():
            rise = (left + lacking).clip(0.0) - solution.short[number][:, None, :]
            out[name][rows] = np.einsum("wmk,w->mk", rise, p.probabilities)
    return out


def measures(solution: Solution, provenance: Provenance) -> Table:
    """One row for each lever, owner and product, the dearest first."""
    import polars as pl

    p, needs = solution.programme, solution.programme.needs
    terms, worth = p.terms, struck_out(solution)
    rows: list[dict[str, Any]] = []
    raised = np.zeros(solution.stock.shape)
    np.add.at(raised, (p.of, p.good), solution.moved.clip(0.0))
    amounts = {"stockpile": solution.stock, "capacity": solution.built, "diversify": raised}
    price = {
        "stockpile": terms.stockpile and terms.stockpile.carrying,
        "capacity": terms.capacity and terms.capacity.standby,
        "diversify": terms.diversify and terms.diversify.premium,
    }
    need = needs.need
    for lever, amount in amounts.items():
        for m, k in zip(*np.nonzero(amount), strict=True):
            code = needs.products[k]
            rows.append({
                "lever": lever, "member": needs.members[m], "product": code, "name": needs.names.get(code, code),
                "what": _moves(solution, m, k) if lever == "diversify" else WHAT[lever],
                "amount": float(amount[m, k]), "of_need": float(amount[m, k] / need[m, k]),
                "cost": float(amount[m, k] * (price[lever] or 0.0)), "avoided": float(worth[lever][m, k]),
                "ready_in": float(terms.ready(lever)),
            })  # fmt: skip
    money = needs.unit
    units = {
        "name": "", "what": "", "amount": money, "of_need": "fraction of a year's imports" if needs.level == "product" else
        "fraction of a year's purchases", "cost": f"{money} a year", "avoided": f"{money} a year, expected", "ready_in": "years",
    }  # fmt: skip
    keys = ("lever", "member", "product")
    schema = {
        **dict.fromkeys((*keys, "name", "what"), pl.String),
        **dict.fromkeys(("amount", "of_need", "cost", "avoided", "ready_in"), pl.Float64),
    }
    frame = pl.DataFrame(rows, schema=schema).sort(["cost", *keys], descending=[True, False, False, False])
    return Table(
        "measures", frame, keys, units, "What each partner does (avoided: what would be short without this line alone)",
        provenance=provenance,
    )  # fmt: skip


def _moves(solution: Solution, m: int, k: int) -> str:
    """Which suppliers lose contracts and which gain them."""
    p = solution.programme
    at = np.flatnonzero((p.of == m) & (p.good == k) & (solution.moved != 0))
    codes = [p.needs.suppliers[p.supplier[c]] if p.supplier[c] >= 0 else "" for c in at]
    names = [SPECIAL.get(code, code) or "small suppliers" for code in codes]
    down = sorted((solution.moved[c], n) for c, n in zip(at, names, strict=True) if solution.moved[c] < 0)
    up = sorted((-solution.moved[c], n) for c, n in zip(at, names, strict=True) if solution.moved[c] > 0)
    return f"from {_some(down)} to {_some(up)}"


def _some(listed: Sequence[tuple[float, str]]) -> str:
    return ", ".join(name for _, name in listed[:3]) + (f" and {len(listed) - 3} more" if len(listed) > 3 else "")


def suppliers(solution: Solution, provenance: Provenance) -> Table:
    """Deliveries of each supplier before and after the plan."""
    import polars as pl

    p, needs = solution.programme, solution.programme.needs
    names = np.array([*needs.suppliers, "OTHERS"])
    frame = pl.DataFrame({
        "member": np.array(needs.members)[p.of], "product": np.array(needs.products)[p.good], "supplier": names[p.supplier],
        "before": p.now, "after": p.now + solution.moved,
    }).sort("member", "product", "before", descending=[False, False, True])  # fmt: skip
    units: dict[str, str] = dict.fromkeys(("before", "after"), f"{needs.unit} a year")
    return Table(
        "suppliers",
        frame,
        ("member", "product", "supplier"),
        units,
        "Contracts before and after the plan",
        provenance=provenance,
    )


def products(nothing: Floats, solution: Solution, provenance: Provenance) -> Table:
    """Each product: need, expected loss and shortage, what the plan avoids, months that stocks cover, how common the loss is.

    nothing: (W, K) what is short without a plan.
    """
    import polars as pl

    p, needs = solution.programme, solution.programme.needs
    pi, gone, need = p.probabilities, p.gone(), needs.need.sum(axis=0)
    before, after = pi @ nothing, solution.by_product()
    rate = (gone.sum(axis=1) / p.years).max(axis=0)
    stock = solution.stock.sum(axis=0)
    cover = np.divide(12 * stock, rate, out=np.full(len(rate), np.nan), where=rate > 0)
    abroad = np.where(needs.home[:, :, None], 0.0, needs.flows).sum(axis=1)
    largest = abroad.max(axis=0) / np.where(abroad.sum(axis=0) > 0, abroad.sum(axis=0), 1.0)
    frame = pl.DataFrame({
        "product": list(needs.products), "name": [needs.names.get(c, c) for c in needs.products], "need": need,
        "suppliers": (abroad > 0).sum(axis=0), "largest_share": largest,
        "lost": pi @ gone.sum(axis=1), "before": before, "after": after,
        "avoided_share": np.divide(before - after, before, out=np.full(len(before), np.nan), where=before > 0),
        "stock_months": np.divide(12 * stock, need, out=np.zeros_like(need), where=need > 0), "cover_months": cover,
        "common": common_share(gone, needs.need, pi)[:-1],
    }).with_columns(pl.col("avoided_share", "cover_months", "common").fill_nan(None)).sort("before", descending=True)  # fmt: skip
    money = needs.unit
    units = {
        "name": "", "need": f"{money} a year", "suppliers": "count, outside of the partners",
        "largest_share": "fraction of imports",
        "lost": f"{money} a year, expected", "before": f"{money} a year, expected", "after": f"{money} a year, expected",
        "avoided_share": "fraction of the expected shortage", "stock_months": "months of need",
        "cover_months": "months of the worst loss",
        "common": "fraction of the expected loss",
    }  # fmt: skip
    return Table(
        "products", frame, ("product",), units, "What the plan does, product by product", provenance=provenance
    )


def disruptions(nothing: Floats, solution: Solution, provenance: Provenance) -> Table:
    """Each disruption: probability, length, what fails, and what is short without and with the plan if it happens."""
    import polars as pl

    p = solution.programme
    gone = p.gone()
    common = [common_share(gone[w : w + 1], p.needs.need, np.ones(1))[-1] for w in range(len(p.disruptions))]
    frame = pl.DataFrame({
        "disruption": [d.name for d in p.disruptions], "probability": p.probabilities, "days": [d.days for d in p.disruptions],
        "lost": gone.sum(axis=(1, 2)), "before": nothing.sum(axis=1), "after": solution.short.sum(axis=(0, 2)), "common": common,
    }).with_columns(pl.col("common").fill_nan(None)).sort("before", descending=True)  # fmt: skip
    money = p.needs.unit
    units = {
        "probability": "a year", "days": "days", "lost": f"{money} if it happens", "before": f"{money} if it happens",
        "after": f"{money} if it happens", "common": "fraction of the loss",
    }  # fmt: skip
    return Table(
        "disruptions", frame, ("disruption",), units, "What can happen, and what is short then", provenance=provenance
    )


def blocs(game: Together, programme: Programme, provenance: Provenance, tolerance: float, tail: float | None) -> Table:
    """Each bloc alone and its part together, by Shapley and at dual prices, and whether it would be better off leaving."""
    import polars as pl

    shapley, core = game.shapley(), game.core()
    alone = np.array([game.value((b,)) for b in game.whole])
    # Parts within the solver's slack of what each has alone are what it has alone.
    shapley, core = (np.where(np.abs(alone - each) > 10 * tolerance, each, alone) for each in (shapley, core))
    leaving = {"shapley": game.leavers(shapley, tolerance), "core": game.leavers(core, tolerance)}
    frame = pl.DataFrame({
        "member": list(game.blocs), "need": programme.needs.need.sum(axis=1), "budget": game.budgets, "alone": alone,
        "shapley": shapley, "core": core, "gain_shapley": alone - shapley, "gain_core": alone - core,
        "spent_alone": [float(game.solutions[(b,)].spent.sum()) for b in game.whole],
        "pays": game.budgets / max(float(game.budgets.sum()), 1e-300) * float(game.solutions[game.whole].spent.sum()),
        "better_off_leaving": [
            ", ".join(name for name, groups in leaving.items() if any(b in g for g in groups)) or "no" for b in game.whole
        ],
    })  # fmt: skip
    money = programme.needs.unit
    units: dict[str, str] = dict.fromkeys(("need", "budget", "spent_alone", "pays"), f"{money} a year")
    measured = "expected" if tail is None else "in the mean of the worst years"
    units |= dict.fromkeys(("alone", "shapley", "core", "gain_shapley", "gain_core"), f"{money} a year, {measured}")
    units["better_off_leaving"] = ""
    return Table(
        "blocs",
        frame,
        ("member",),
        units,
        "What each partner is left with alone, and its part together",
        provenance=provenance,
    )
