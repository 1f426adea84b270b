"""respond: what partners can do under a budget about supplies that fail, and what doing it together is worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from interdep.errors import InputError, first_five
from interdep.geography.economies import economy
from interdep.parameter import parameters_of
from interdep.responses import plan_tables
from interdep.responses.arrangements import arrangements, frontier, next_price, share_avoided, untouched
from interdep.responses.budget import read_budget
from interdep.responses.changes import changes
from interdep.responses.days import days_table
from interdep.responses.levers import Lever, Market, Risk, Terms
from interdep.responses.plan import Plan
from interdep.responses.programme import Programme
from interdep.responses.question import Asked, blocs_of, pose, scenarios_of
from interdep.responses.solution import most_money, solve
from interdep.responses.together import Together, together
from interdep.trade.partners import SPECIAL
from interdep.units import per_cent, significant
from interdep.world import World

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.trade import Trade

    Floats = NDArray[np.float64]


NOT_FROM = ("RUS", "BLR")
"""Suppliers to which no contract is moved unless it is said: those that both partners have put sanctions on."""


def respond(
    scenarios: Any = None,
    budget: str | float = "0 EUR/year",
    pool: Any = ("EU27", "JPN"),
    levers: Sequence[Lever | str] | None = None,
    *,
    products: Sequence[str] | None = None,
    industries: Sequence[str] | None = None,
    every_supplier: bool = False,
    suppliers: Sequence[Sequence[str]] = (),
    probabilities: Mapping[str, float] | None = None,
    market: Market | None = None,
    risk: Risk | None = None,
    cvar: float | None = None,
    avoid: float | None = None,
    within: float | None = None,
    points: int = 12,
    ranges: bool = True,
    days: bool = True,
    world: World | None = None,
    trade: Trade | Sequence[Trade] | None = None,
    not_from: Sequence[str] = NOT_FROM,
    sizes: Mapping[str, float] | None = None,
    year: int | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> Plan:
    """The best plan against some disruptions under a yearly budget, alone and together.

    scenarios: values, library names or files; every_supplier: each supplier outside of the partners stops in turn, besides or
    in place of scenarios; suppliers: groups that stop together.
    budget: as "1e9 EUR/year", in the currency of the data, as "1 % of imports/year" of the products, or a number.
    pool: a Partnership, or names of partners ("EU27", "JPN"), each one bloc; levers: names or values, default all.
    products: codes; industries: of the world's table; default what the scenarios name, else the products that every partner's
    trade table knows; sizes: {bloc: its imports over the others'}, where only shares are known; year: the last year of trade.
    probabilities: {disruption: yearly probability}, default `risk.probability`; cvar: minimise the mean of the worst 1 - cvar
    of years in place of the expectation; avoid: the share of the expected shortage that must be avoided.
    within: leave out levers that are not ready after so many years; not_from: suppliers to which no contract is moved.
    points: of the frontier; ranges: solve again at the ends of all parameters; days: send the plan through Ario where a
    product is an industry.
    Raises InputError where something given cannot be used, MissingData where no table knows the products.
    """
    from interdep.trade.folder import packaged_trades

    world = world if world is not None else World.read()
    flows = () if trade is None else tuple(trade) if isinstance(trade, Sequence) else (trade,)
    trades = (*flows, *packaged_trades())
    if cvar is not None and not 0 <= cvar < 1:
        raise InputError(f"cvar {cvar:g} must be at least 0 and below 1; 0.95 means the worst 5 % of years")
    if avoid is not None and not 0 < avoid <= 1:
        raise InputError(f"avoid {avoid:g} must be above 0 and at most 1; 0.8 means 80 % of the expected shortage")
    if points < 2:
        raise InputError(f"a frontier of {points} points is no line; ask for at least 2")
    terms = Terms.of(levers, market, risk, not_from).ready_within(within)
    for name in not_from:
        if name not in SPECIAL:
            economy(name)
    asked = Asked(
        scenarios_of(scenarios), blocs_of(pool), _codes(products), _codes(industries), every_supplier,
        tuple(tuple(g) for g in suppliers), probabilities, sizes, year,
    )  # fmt: skip
    progress("reading what the partners buy")
    question = pose(asked, terms, world, trades)
    needs = question.needs
    blocs, fears = needs.by_bloc(), [d.by_bloc(needs) for d in question.disruptions]
    if isinstance(budget, str):
        money = read_budget(budget, needs.currency, f"{needs.year}, {needs.level}s", blocs.imports)
    else:
        money = float(budget)
    if not np.isfinite(money) or money < 0:
        raise InputError(f"the budget {money:g} must not be negative; 0 asks what sharing alone does")
    if cvar is not None:
        _one_a_year(question.disruptions)
    programme = Programme.of_needs(blocs, fears, terms)
    split = money * blocs.need.sum(axis=1) / blocs.need.sum()
    progress("finding the best plans, apart and together")
    game = together(programme, split, tail=cvar)
    base = untouched(programme, [[b] for b in game.whole])
    best = _chosen(game, programme, terms, split, cvar)
    if not (base @ np.ones(base.shape[2])).any():
        raise InputError(
            "nothing falls short in any of these disruptions, even without a plan: what suppliers can spare makes up for it"
        )
    nothing = base.sum(axis=0)
    before = float(programme.probabilities @ nothing.sum(axis=1))
    if avoid is not None:
        _met(avoid, before, best, programme, terms, split, needs.currency)
    provenance = needs.provenance.then(
        f"respond: {significant(money)} {needs.currency} a year, levers {', '.join(terms.names)}",
        "the linear programme is solved by HiGHS (scipy.optimize.linprog)", table=world.hash, name=world.name,
    )  # fmt: skip
    progress("comparing arrangements")
    table, extra = arrangements(needs, question.disruptions, programme, game, terms, money, cvar, provenance)
    line, enough = frontier(programme, terms, split, points, cvar, nothing, provenance)
    whole = [list(game.whole)] if terms.pool is not None else [[b] for b in game.whole]
    parts = split / money if money > 0 else blocs.need.sum(axis=1) / blocs.need.sum()
    price = next_price(programme, whole, parts, money, most_money(programme), cvar)
    progress("what changes when the parameters do")
    tried = None if ranges else ()
    moved = changes(question, blocs, terms, money, cvar, provenance, asked, world, trades, only=tried)
    if days:
        progress("following the plan day by day")
    through = days_table(question, best, needs, world, share_avoided(before, best), provenance, wanted=days)
    tolerance = 1e-7 * max(game.value(game.whole), before)
    about = {
        "scenarios": [d.name for d in question.disruptions], "budget": money, "currency": needs.currency, "year": needs.year,
        "level": needs.level, "levers": list(terms.names), "not_from": list(terms.not_from), "pool": list(blocs.members),
        "objective": "expected" if cvar is None else f"cvar {cvar:g}", "enough": enough,
        "gap": max(s.gap for s in game.solutions.values()),
        "parameters": {name: getattr(h, name) for h in terms.holders for name in parameters_of(h)},
        "price": price, "data": world.name if needs.level == "industry" else "trade", **extra,
    }  # fmt: skip
    return Plan(
        plan_tables.measures(best, provenance), table, plan_tables.blocs(game, programme, provenance, tolerance, cvar),
        plan_tables.products(nothing, best, provenance), line, moved,
        plan_tables.disruptions(nothing, best, provenance), through, plan_tables.suppliers(best, provenance), about,
        (*needs.notes, *_remarks(blocs, terms)),
    )  # fmt: skip


def _codes(given: Sequence[str] | str | None) -> tuple[str, ...] | None:
    if given is None:
        return None
    listed = [given] if isinstance(given, str) else list(given)
    if not listed:
        raise InputError("no product is named; leave it out for all that the tables know")
    doubled = sorted({c for c in listed if listed.count(c) > 1})
    if doubled:
        raise InputError(f"{doubled[0]!r} is named twice; name each product once")
    for code in listed:
        wider = [c for c in listed if c != code and code.startswith(c)]
        if wider:
            raise InputError(
                f"{code} is a part of {wider[0]}, which is named too and would count twice; name one of them"
            )
    return tuple(listed)


def _one_a_year(disruptions: Sequence[Any]) -> None:
    total = sum(d.probability for d in disruptions)
    if total > 1:
        raise InputError(
            f"with cvar at most one disruption happens in a year, and the probabilities of {len(disruptions)} sum to {total:.2f};"
            " lower them or name fewer"
        )


def _chosen(game: Together, programme: Programme, terms: Terms, split: Floats, tail: float | None) -> Any:
    """The solution that is planned: the whole pool's, or where nothing is shared every bloc's own."""
    if terms.pool is not None:
        return game.solutions[game.whole]
    from interdep.responses.solution import cheapest

    return cheapest(programme, [[b] for b in game.whole], [([b], float(split[b])) for b in game.whole], tail=tail)


def _met(
    avoid: float, before: float, best: Any, programme: Programme, terms: Terms, split: Floats, currency: str
) -> None:
    """Raise InputError, with the least money that would do, where the plan avoids less than it must."""
    got = share_avoided(before, best)
    if got >= avoid * (1 - 1e-9):
        return
    whole = [list(range(len(split)))] if terms.pool is not None else [[b] for b in range(len(split))]
    budgets = [(members, float("inf")) for members in whole]
    try:
        cheap = solve(programme, whole, budgets, most_short=(1 - avoid) * before)
    except InputError as error:
        raise InputError(
            f"the plan avoids {per_cent(got)} of the expected shortage, less than the {per_cent(avoid)} asked for, and no budget"
            " does: the levers at their largest do not"
        ) from error
    raise InputError(
        f"the plan avoids {per_cent(got)} of the expected shortage, less than the {per_cent(avoid)} asked for; that takes at"
        f" least {significant(float(cheap.spent.sum()))} {currency} a year"
    )


def _remarks(blocs: Any, terms: Terms) -> list[str]:
    """What a reader has to know about single products."""
    out = []
    abroad = np.where(blocs.home[:, :, None], 0.0, blocs.flows).sum(axis=1)
    alone: dict[str, list[str]] = {}
    for k, code in enumerate(blocs.products):
        if (abroad[:, k] > 0).sum() == 1 and terms.diversify is not None:
            alone.setdefault(blocs.suppliers[int(abroad[:, k].argmax())], []).append(code)
    for only, codes in alone.items():
        out.append(
            f"{first_five(codes)}: {only} is the only supplier, so that nothing can be bought elsewhere; stocks and capacity are"
            " left"
        )
    return out
