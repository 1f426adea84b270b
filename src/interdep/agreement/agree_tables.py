"""The tables of an Agreement, from the costs, the bargains and the rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from interdep.agreement.carve_outs import Alternative, Problem, consenting, meets
from interdep.agreement.options import Option, lifted, spared
from interdep.agreement.sales import Cell
from interdep.agreement.stances import stance
from interdep.tables import Table

if TYPE_CHECKING:
    from interdep.agreement.costs import Costs
    from interdep.agreement.proposal import Put
    from interdep.provenance import Provenance

Bargained = tuple[Sequence[Option], Mapping[str, float]]
"""Exemptions, and what members are paid (positive) or pay."""

PROPOSED = "as proposed"
YES, NO, OPEN = "yes", "no", "open"
"""Whether it passes: open where it depends on members without data."""


def label(place: int) -> str:
    """What an alternative is called, the best one 1."""
    return f"alternative {place}"


def costs_table(costs: Costs, provenance: Provenance) -> Table:
    """(member): low, value, high, the shares behind them, why, and what is missing."""
    import polars as pl

    named = list(dict.fromkeys(n for c in costs.members for n in c.shares))
    rows = []
    for c in costs.members:
        ends = c.ends if c.ends is not None else (None, None, None)
        rows.append((c.member, *ends, costs.unit, costs.basis, c.reason, c.missing, *(c.shares.get(n) for n in named)))
    texts = ("unit", "basis", "reason", "missing")
    schema = {"member": pl.String, **dict.fromkeys(("low", "value", "high"), pl.Float64), **dict.fromkeys(texts, pl.String),
              **{f"share_{n}": pl.Float64 for n in named}}  # fmt: skip
    units = {**dict.fromkeys(("low", "value", "high"), costs.unit), **dict.fromkeys(texts, ""),
             **{f"share_{n}": "fraction of its crude, from the target" for n in named}}  # fmt: skip
    return Table(
        "costs", pl.DataFrame(rows, schema, orient="row"), ("member",), units, f"Costs: {costs.about}", {}, provenance
    )


def stances_table(
    problem: Problem, costs: Costs, stands: Mapping[str, Mapping[str, float | None]],
    chosen: Mapping[str, Bargained], provenance: Provenance,
) -> Table:  # fmt: skip
    """(scenario, member): probability of bearing what is left of the cost, the stance, what is left, the tolerance."""
    import polars as pl

    rows = []
    for name, probability in stands.items():
        options, paid = chosen[name]
        for c in problem.costs:
            tolerance = problem.tolerances[c.member]
            p = probability[c.member]
            left = None
            if not c.missing and c.ends is not None:
                left = _left(c.ends.value, c, options, problem) - (paid.get(c.member, 0.0) / c.gdp if c.gdp else 0.0)
            rows.append((name, c.member, p, stance(p, problem.sure), left, *tolerance, c.missing or c.reason))
    numbers = ("cost_left", "tolerance_low", "tolerance", "tolerance_high")
    schema = {"scenario": pl.String, "member": pl.String, "probability": pl.Float64, "stance": pl.String,
              **dict.fromkeys(numbers, pl.Float64), "reason": pl.String}  # fmt: skip
    units = {"probability": "fraction (probability that the cost is borne)", "stance": "",
             **dict.fromkeys(numbers, costs.unit), "reason": ""}  # fmt: skip
    return Table("stances", pl.DataFrame(rows, schema, orient="row"), ("scenario", "member"), units,
                 "Who would sign, as proposed and under each alternative", {}, provenance)  # fmt: skip


def _left(value: float, cost: Any, options: Sequence[Option], problem: Problem) -> float:
    """The central cost that exemptions leave: its pieces in their proportions, the middle time to adjust."""
    if not cost.pieces:
        return value
    sizes = {cell: float(np.mean(piece)) for cell, piece in cost.pieces.items()}
    whole = sum(sizes.values()) + float(np.mean(cost.fixed))
    if whole == 0:
        return value
    gone = lifted(options, problem.bargain, 1)
    return value * (1.0 - sum(size * float(np.mean(gone.get(cell, 0.0))) for cell, size in sizes.items()) / whole)


def carve_outs_table(problem: Problem, found: Sequence[Alternative], provenance: Provenance, unit: str) -> Table:
    """(scenario, member, product): each exemption of each alternative, what it lifts and what bite it costs."""
    import polars as pl

    rows = []
    weights = dict(zip(problem.sales.cells, problem.sales.weights(), strict=True))
    tonnes = problem.sales.tonnes
    whole = sum(t for t in tonnes.values() if t is not None) if all(t is not None for t in tonnes.values()) else None
    for place, alternative in enumerate(found, start=1):
        for option in alternative.options:
            for member in option.members:
                cells = [c for c in option.cells if c[0] == member]
                if not cells:
                    continue
                cost = next(c for c in problem.costs if c.member == member)
                relief = None
                if not cost.missing and cost.ends is not None:
                    relief = cost.ends.value - _left(cost.ends.value, cost, [option], problem)
                lost = sum(weights.get(c, 0.0) for c in cells) * option.lost
                weight = None if not whole else sum(tonnes.get(c) or 0.0 for c in cells) * option.lost / whole
                rows.append(
                    (label(place), member, ", ".join(option.products or ()) or "all", ", ".join(option.modes or ()) or "all",
                     str(option.until) if option.until else "until decided otherwise", "all members" if option.together else "",
                     relief, lost, weight)
                )  # fmt: skip
    texts = ("until", "together")
    schema = {**dict.fromkeys(("scenario", "member", "product", "mode", *texts), pl.String),
              **dict.fromkeys(("relief", "bite_lost", "bite_lost_tonnes"), pl.Float64)}  # fmt: skip
    units = {**dict.fromkeys(texts, ""), "relief": unit, "bite_lost": "fraction of the target's sales, by value",
             "bite_lost_tonnes": "fraction of the target's sales, by weight"}  # fmt: skip
    return Table("carve_outs", pl.DataFrame(rows, schema, orient="row"), ("scenario", "member", "product", "mode"), units,
                 "Exemptions of each alternative", {}, provenance)  # fmt: skip


def sides(
    problem: Problem, probability: Mapping[str, float | None]
) -> tuple[str, tuple[float, float], tuple[str, ...]]:
    """(passes: yes, no or open; probability of passage, lowest and highest; members not in favour)."""
    from interdep.agreement.counting import passage

    ballot = problem.ballot
    consents = consenting(problem, probability)
    unknown = [m for m, p in probability.items() if p is None]
    low = np.array([probability[m] or 0.0 for m in ballot.members])
    high = np.array([1.0 if probability[m] is None else probability[m] for m in ballot.members], dtype=float)
    passes = YES if meets(ballot, consents) else OPEN if unknown and meets(ballot, (*consents, *unknown)) else NO
    return passes, passage(ballot, low, high), tuple(m for m in ballot.members if m not in consents)


def outcome_table(
    problem: Problem, put: Put, stands: Mapping[str, Mapping[str, float | None]],
    chosen: Mapping[str, Bargained], provenance: Provenance, money: str,
) -> Table:  # fmt: skip
    """(scenario): whether it passes, how probably, what of the target's sales is still hit, transfers, who is not in favour."""
    import polars as pl

    key = put.proposal.key_products
    total = problem.ballot.total_weight
    rows = []
    for name, probability in stands.items():
        options, paid = chosen[name]
        exempt: dict[Cell, float] = {cell: 1.0 for option in options for cell in option.cells}
        passes, (low, high), refusing = sides(problem, probability)
        inside = [i for i, m in enumerate(problem.ballot.members) if m not in refusing]
        share = sum(problem.ballot.weights[i] for i in inside) / total if total else None
        hit = [problem.sales.part(exempt, by="value"), problem.sales.part(exempt, by="tonnes")]
        hit += [problem.sales.part(exempt, key, by) if key else None for by in ("value", "tonnes")]
        hit.append(problem.sales.part(spared(options)))
        rows.append(
            (name, passes, low, high, len(inside), share, *hit, sum(v for v in paid.values() if v > 0), len(options),
             ", ".join(refusing))
        )  # fmt: skip
    columns = ("hit_value", "hit_tonnes", "hit_key_value", "hit_key_tonnes", "bite_left")
    schema = {"scenario": pl.String, "passes": pl.String, "probability_low": pl.Float64, "probability_high": pl.Float64,
              "in_favour": pl.Int64, "weight_in_favour": pl.Float64, **dict.fromkeys(columns, pl.Float64),
              "transfers": pl.Float64, "exemptions": pl.Int64, "not_in_favour": pl.String}  # fmt: skip
    banned = ", ".join(put.proposal.products or ("all that it cuts",))
    what = f"fraction of the target's sales ({banned}) still hit while all exemptions hold"
    only = f"fraction of the target's sales of {', '.join(key or ('-',))} still hit while all exemptions hold"
    units = {
        "passes": "", "probability_low": "fraction (probability)", "probability_high": "fraction (probability)",
        "in_favour": "count", "weight_in_favour": "fraction of the weight", "hit_value": f"{what}, by value",
        "hit_tonnes": f"{what}, by weight", "hit_key_value": f"{only}, by value", "hit_key_tonnes": f"{only}, by weight",
        "bite_left": "fraction of the target's sales hit over the years that are counted, by value",
        "transfers": money, "exemptions": "count", "not_in_favour": "",
    }  # fmt: skip
    return Table("outcome", pl.DataFrame(rows, schema, orient="row"), ("scenario",), units,
                 "Whether it passes and what is left of it", {}, provenance)  # fmt: skip


def transfers_table(chosen: Mapping[str, Bargained], money: str, provenance: Provenance) -> Table:
    """(scenario, member): what it is paid by the other members (negative: pays)."""
    import polars as pl

    rows = [(name, member, amount) for name, (_, paid) in chosen.items() for member, amount in paid.items()]
    schema = {"scenario": pl.String, "member": pl.String, "received": pl.Float64}
    return Table("transfers", pl.DataFrame(rows, schema, orient="row"), ("scenario", "member"), {"received": money or "count"},
                 "Transfers between members", {}, provenance)  # fmt: skip


def check_table(
    problem: Problem, again: Mapping[str, Mapping[str, float]], first: Mapping[str, Mapping[str, float]], target: str,
    unit: str, provenance: Provenance,
) -> Table:  # fmt: skip
    """(scenario, economy): what each member and the target lose in the first order and when the scenario is run again."""
    import polars as pl

    rows = [
        (name, economy, "target" if economy == target else "member", first[name].get(economy), value)
        for name, found in again.items()
        for economy, value in found.items()
        if economy == target or economy in problem.tolerances
    ]
    schema = {
        "scenario": pl.String,
        "economy": pl.String,
        "role": pl.String,
        "first_order": pl.Float64,
        "run_again": pl.Float64,
    }
    return Table("check", pl.DataFrame(rows, schema, orient="row"), ("scenario", "economy"),
                 {"role": "", "first_order": unit, "run_again": unit},
                 "Costs with the exemptions of each alternative: first order, and run again", {}, provenance)  # fmt: skip
