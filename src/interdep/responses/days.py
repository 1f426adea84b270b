"""The table of a plan followed day by day, or the reason why it cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from interdep.responses.through_days import day_by_day, planned, why_not
from interdep.tables import Table

if TYPE_CHECKING:
    from interdep.provenance import Provenance
    from interdep.responses.needs import Needs
    from interdep.responses.question import Question
    from interdep.responses.solution import Solution
    from interdep.world import World

NOT_ASKED = "not asked for"


def days_table(
    question: Question,
    plan: Solution,
    needs: Needs,
    world: World,
    avoided: float,
    provenance: Provenance,
    *,
    wanted: bool,
) -> Table:
    """(scenario): value added that the partners' industries lose in Ario, without and with the plan, beside the plan's figure.

    why_not: the reason where the plan cannot be followed. gained: what other industries gain from orders nobody else can fill.
    """
    import polars as pl

    blocs = plan.programme.needs
    economies = [[m for m, b in zip(needs.members, needs.bloc, strict=True) if b == bloc] for bloc in blocs.members]
    everybody = [m for group in economies for m in group]
    rows: list[dict[str, Any]] = []
    for place, each in enumerate(question.disruptions):
        row: dict[str, Any] = {"scenario": each.name, "plan_avoided_share": _own(plan, place)}
        forcing = question.forcings.get(each.name)
        if forcing is None:
            row["why_not"] = (
                question.refused.get(each.name)
                or "a supplier that stops all it delivers is followed day by day by `interdep run`"
            )
        elif reason := why_not(needs, forcing, world):
            row["why_not"] = reason
        elif not wanted:
            row["why_not"] = NOT_ASKED
        else:
            with_plan = planned(forcing, plan, economies, place, world)
            (lost, gained, status), (left, still, other) = day_by_day(world, [forcing, with_plan], everybody)
            if status != "ok" or other != "ok":
                row["why_not"] = f"Ario: {status if status != 'ok' else other}"
            else:
                row |= {
                    "lost": lost, "left": left, "gained": gained, "still_gained": still, "why_not": "",
                    "days_avoided_share": 1 - left / lost if lost > 0 else None,
                    "gdp": float(sum(world.gdp[world.economy_index(m)] for m in everybody if m in world.economies)),
                }  # fmt: skip
        rows.append(row)
    money = str(world.money)
    units = {
        "plan_avoided_share": "fraction of what fails, by the levers alone",
        **dict.fromkeys(("lost", "left", "gained", "still_gained"), f"{money} over the horizon"),
        "days_avoided_share": "fraction of value added lost", "gdp": f"{money} per year", "why_not": "",
    }  # fmt: skip
    schema = {"scenario": pl.String, **dict.fromkeys(list(units)[:-1], pl.Float64), "why_not": pl.String}
    return Table(
        "days",
        pl.DataFrame(rows, schema=schema),
        ("scenario",),
        units,
        "The plan day by day (Ario), beside its own figure",
        provenance=provenance,
    )


def _own(plan: Solution, place: int) -> float | None:
    """What the levers put in the place of what fails in one disruption, over what fails; purchases on the market not counted."""
    p = plan.programme
    gone = float(p.gone()[place].sum())
    have = plan.stock + p.years[place][None] * plan.built
    left = p.gone(plan.moved)[place] - have
    short = sum(float(left[list(pool)].sum(axis=0).clip(0.0).sum()) for pool in plan.pools)
    return 1 - short / gone if gone > 0 else None
