"""What changes when assumptions do: the same question at each end of every parameter's range, and with likelier disruptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from interdep.parameter import parameters_of
from interdep.responses.arrangements import ROUNDING, share_avoided, untouched, worth
from interdep.responses.programme import Programme
from interdep.responses.solution import solve
from interdep.tables import Table

if TYPE_CHECKING:
    from interdep.provenance import Provenance
    from interdep.responses.disruptions import Disruption
    from interdep.responses.levers import Terms
    from interdep.responses.needs import Needs
    from interdep.responses.question import Asked, Question
    from interdep.trade import Trade
    from interdep.world import World

LEAD = ("filled", "signed", "built", "agreed", "price")
"""Parameters that move dates and bills and not what is avoided."""

RISKS = ("probability", "length")
"""Parameters that stand for what nobody has said of a disruption."""

LIKELIEST = 5
"""How many disruptions are made twice and half as likely, those that are feared most."""

DEFAULT = "as assumed"


def changes(
    question: Question, blocs: Needs, terms: Terms, money: float, tail: float | None, provenance: Provenance, asked: Asked,
    world: World, trades: Sequence[Trade], only: Sequence[str] | None = None,
) -> Table:  # fmt: skip
    """(parameter, value): what the plan avoids, what acting together adds, and what it is worth.

    only: the parameters that are tried, default all; none leaves the row of the plan as it is.
    """
    import polars as pl

    fears = [d.by_bloc(question.needs) for d in question.disruptions]
    rows = [_row(DEFAULT, None, blocs, fears, terms, money, tail)]
    for holder in terms.holders:
        for name, about in parameters_of(holder).items():
            if name in LEAD or about.low is None or (only is not None and name not in only):
                continue
            for value in (about.low, about.high):
                if value == getattr(holder, name) or (name in RISKS and not any(name in d.assumed for d in fears)):
                    continue
                other = terms.having(**{name: float(value or 0.0)})
                again = [_as_risky(d, other) for d in fears]
                if tail is not None and sum(d.probability for d in again) > 1:
                    continue
                rows.append(_row(name, float(value or 0.0), blocs, again, other, money, tail))
    if only is None:
        for place in _feared(blocs, fears, terms):
            for factor in (0.5, 2.0):
                likely = min(1.0, factor * fears[place].probability)
                again = [replace(d, probability=likely) if w == place else d for w, d in enumerate(fears)]
                if tail is None or sum(d.probability for d in again) <= 1:
                    rows.append(_row(f"probability of {fears[place].name}", likely, blocs, again, terms, money, tail))
        rows += _sizes(question, terms, money, tail, asked, world, trades)
    unit = blocs.unit
    units = dict.fromkeys(("before", "avoided_share", "apart_share", "added_share", "worth_low", "worth_high"), "")
    units |= dict.fromkeys(("before", "worth_low", "worth_high"), f"{unit} a year, expected")
    units |= dict.fromkeys(("avoided_share", "apart_share", "added_share"), "fraction of the expected shortage")
    schema = {"parameter": pl.String, "value": pl.Float64, **dict.fromkeys(units, pl.Float64)}
    return Table(
        "changes",
        pl.DataFrame(rows, schema=schema),
        ("parameter",),
        {"value": "the parameter's", **units},
        "What changes when one assumption does",
        provenance=provenance,
    )


def _row(
    name: str,
    value: float | None,
    needs: Needs,
    fears: Sequence[Disruption],
    terms: Terms,
    money: float,
    tail: float | None,
) -> dict[str, Any]:
    programme = Programme.of_needs(needs, fears, terms)
    count = len(needs.members)
    split = money * needs.need.sum(axis=1) / needs.need.sum()
    own = [[b] for b in range(count)]
    base = np.einsum("gwk,w->k", untouched(programme, own), programme.probabilities)
    before = float(base.sum())
    apart = solve(programme, own, [([b], float(split[b])) for b in range(count)], tail=tail)
    best = apart
    if terms.pool is not None:
        best = solve(programme, [range(count)], [(range(count), money)], tail=tail)
    low, high = worth(base - best.by_product(), needs.need, needs.users)
    got, alone = share_avoided(before, best), share_avoided(before, apart)
    added = got - alone if abs(got - alone) > ROUNDING else 0.0
    nothing = before <= 0
    return {
        "parameter": name, "value": value, "before": before,
        "avoided_share": None if nothing else got, "apart_share": None if nothing else alone,
        "added_share": None if nothing or terms.pool is None else added, "worth_low": low, "worth_high": high,
    }  # fmt: skip


def _as_risky(each: Disruption, after: Terms) -> Disruption:
    """A disruption with another default probability or length, where it had the default's."""
    out = each
    if "probability" in each.assumed:
        out = replace(out, probability=after.risk.probability)
    if "length" in each.assumed:
        out = replace(out, days=after.risk.length)
    return out


def _feared(needs: Needs, fears: Sequence[Disruption], terms: Terms) -> list[int]:
    if len(fears) < 2:
        return []
    programme = Programme.of_needs(needs, fears, terms)
    short = untouched(programme, [[b] for b in range(len(needs.members))]).sum(axis=(0, 2))
    order = np.argsort(-short * programme.probabilities)
    return [int(w) for w in order[:LIKELIEST] if short[w] > 0]


def _sizes(
    question: Question,
    terms: Terms,
    money: float,
    tail: float | None,
    asked: Asked,
    world: World,
    trades: Sequence[Trade],
) -> list[dict[str, Any]]:
    """The same with partners of which only shares are known taken to be half and twice as large."""
    from interdep.responses.product_needs import assumed_sizes
    from interdep.responses.question import pose

    out = []
    if question.needs.level != "product":
        return out
    for bloc, size in assumed_sizes(trades, asked.blocs, world, asked.sizes).items():
        for factor in (0.5, 2.0):
            again = pose(replace(asked, sizes={**(asked.sizes or {}), bloc: size * factor}), terms, world, trades)
            fears = [d.by_bloc(again.needs) for d in again.disruptions]
            out.append(_row(f"size of {bloc}", size * factor, again.needs.by_bloc(), fears, terms, money, tail))
    return out
