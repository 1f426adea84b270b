"""`interdep run` where prices adjust: real expenditure beside value added, prices, the markets' state, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from interdep.cli.common import print_grid, print_line, share
from interdep.units import MISSING

if TYPE_CHECKING:
    from interdep.models.run import Run
    from interdep.tables import Table
    from interdep.world import World

MOST = 5
"""Prices and notes that are shown; all of them are in the tables and in the provenance."""

ABOUT = (
    "Value added: in purchasing power, at the economy's own final prices. Real expenditure: what final users can still",
    "buy, the measure of welfare, of what they buy over the horizon. Prices: against the world's income from work and",
    "capital. Terms of trade: in the first order, as a part of expenditure.",
)


def priced(result: Run) -> set[str]:
    """The models of a run in which prices adjust."""
    return set(result.economies.frame["model"].to_list()) if "economies" in result.markets else set()


def print_priced(
    result: Run, model: str, scenario: str, groups: Mapping[str, Sequence[str]] | None, top: int, world: World,
    sampled: Sequence[Table] = (),
) -> None:  # fmt: skip
    """Value added and real expenditure lost, final prices and terms of trade by economy, and how well the markets clear."""
    from interdep.geography import name_of

    rows = by_group(result, model, scenario, groups)
    if groups is None:
        rows.sort(key=lambda r: -r["real_share"])
    ranges = {
        r["economy"]: r for t in sampled[:1] for r in t.to_rows() if (r["model"], r["scenario"]) == (model, scenario)
    }
    rents = any(abs(r["rents"]) > 1e-6 * r["expenditure"] for r in rows)
    cells = [
        [name_of(r["economy"]), _ranged(r["loss_share"], ranges.get(r["economy"]), ""),
         _ranged(r["real_share"], ranges.get(r["economy"]), "expenditure_"), world.money.format(r["real"]),
         share(r["prices"], points=True).replace("pp", "%"), share(r["terms"], points=True).replace("pp", "%"),
         *([world.money.format(r["rents"])] if rents else [])]
        for r in rows[: len(rows) if groups else top]
    ]  # fmt: skip
    header = ["economy", "value added lost,\nof a year's", "real expenditure\nlost", "in money", "final\nprices",
              "terms of\ntrade", *(["duties and\nrents"] if rents else [])]  # fmt: skip
    print_grid(header, cells, range(1, len(header)))
    if groups is None and len(rows) > top:
        print_line(f"{len(rows) - top} more economies: --top {len(rows)}")
    for line in ABOUT:
        print_line(line)
    if ranges:
        print_line("In brackets: 5 to 95 % of the draws of all parameters at once.")
    status = next(r for r in result.status.to_rows() if (r["model"], r["scenario"]) == (model, scenario))
    print_line(
        f"Solved in {status['steps']} steps; largest excess of any market {status['residual']:.0e} of what it was."
    )
    print_line()


def by_group(
    result: Run, model: str, scenario: str, groups: Mapping[str, Sequence[str]] | None
) -> list[dict[str, Any]]:
    """One row for each economy or group; prices of a group are the mean over its members, weighted by expenditure."""
    table = result.economies.where(model=model, scenario=scenario)
    own = {r["economy"]: r for r in table.to_rows()}
    loss = result.loss.where(model=model, scenario=scenario)
    found = loss.grouped("economy", groups) if groups else loss.by("economy")
    out = []
    for row in found.to_rows():
        members = [own[m] for m in (groups[row["economy"]] if groups else (row["economy"],))]
        spent = sum(m["expenditure"] for m in members)
        real = sum(m["real_expenditure_lost"] for m in members)

        def mean(name: str, members: list[dict[str, Any]] = members, spent: float = spent) -> float:
            return sum(m["expenditure"] * m[name] for m in members) / spent if spent else 0.0

        out.append({
            "economy": row["economy"], "loss_share": row["loss_share"], "real": real, "expenditure": spent,
            "real_share": real / spent if spent else 0.0, "prices": mean("price_index") - 1, "terms": mean("terms_of_trade"),
            "rents": sum(m["duties_and_rents"] - m["duties_and_rents_before"] for m in members),
        })  # fmt: skip
    return out


def print_prices(
    result: Run, model: str, scenario: str, groups: Mapping[str, Sequence[str]] | None, top: int, world: World
) -> None:
    """The producer prices that rise most, and what is made at them."""
    from interdep.classifications import industry_name
    from interdep.geography import name_of

    members = {m for g in groups.values() for m in g} if groups else None
    rows = [
        r
        for r in result.industries.where(model=model, scenario=scenario).to_rows()
        if r["sales"] > 0 and (members is None or r["economy"] in members)
    ]
    rows.sort(key=lambda r: -r["price"])
    cells = [
        [name_of(r["economy"]), f"{r['industry']} {industry_name(r['industry'], world.classification)}",
         *(share(r[k] - 1, points=True).replace("pp", "%") for k in ("price", "output"))]
        for r in rows[: min(top, MOST)]
    ]  # fmt: skip
    print_line("Producer prices that rise most")
    print_grid(["economy", "industry", "price", "output"], cells, (2, 3))


def print_notes(result: Run) -> None:
    """What the models in which prices adjust decided on the way, once for all scenarios."""
    models = sorted(priced(result))
    notes = [s for s in result.provenance.steps if s.startswith(tuple(f"{m}: " for m in models))] if models else []
    for note in notes[:MOST]:
        print_line(f"Note: {note}")
    if len(notes) > MOST:
        print_line(f"{len(notes) - MOST} more notes are in the results (--out)")
    if notes:
        print_line()


def _ranged(value: float | None, ranges: Mapping[str, Any] | None, prefix: str) -> str:
    """A share with its range in brackets, where there is one."""
    if value is None:
        return MISSING
    low, high = ((ranges or {}).get(prefix + end) for end in ("low", "high"))
    return (
        share(value)
        if low is None or high is None
        else f"{share(value)} ({share(low).removesuffix(' %')} to {share(high)})"
    )
