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
    """(scenario): value added the partners lose over the horizon in Ario, without and with the plan, beside the plan's own figure.

    why_not: the reason where the plan cannot be followed. The plan's figure beside it is what it avoids if this disruption happens.
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
            (lost, status), (left, other) = day_by_day(world, [forcing, with_plan], everybody)
            if status != "ok" or other != "ok":
                row["why_not"] = f"Ario: {status if status != 'ok' else other}"
            else:
                row |= {
                    "lost": lost, "left": left, "days_avoided_share": 1 - left / lost if lost > 0 else None, "why_not": "",
                    "gdp": float(sum(world.gdp[world.economy_index(m)] for m in everybody if m in world.economies)),
                }  # fmt: skip
        rows.append(row)
    money = str(world.money)
    units = {
        "plan_avoided_share": "fraction of the shortage, if it happens", "lost": f"{money} over the horizon", "left": f"{money} over the horizon",
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
    """What the plan avoids of what fails in one disruption: 1 less what is short over what is lost."""
    gone = float(plan.programme.gone()[place].sum())
    return 1 - float(plan.short[:, place].sum()) / gone if gone > 0 else None
