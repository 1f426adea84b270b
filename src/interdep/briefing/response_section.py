"""Section of the report on responses: what acting together is worth, what each budget buys, the plan, what changes the advice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interdep.briefing.content import Block, Bullets, Grid, Heading, Paragraph, Picture, Row
from interdep.briefing.response_words import (
    LEVERS,
    adds,
    amount,
    arrangement_name,
    assumption,
    avoids,
    bill,
    called,
    chances,
    cover,
    gains,
    has_ranges,
    money,
    money_of,
    movers,
    next_unit,
    notes,
    owned,
    part,
    points,
    reasons,
    span,
    value_text,
    when,
)
from interdep.figures import HALF_WIDTH, arrangement_bars, budget_frontier
from interdep.responses.plan import POOLED
from interdep.units import MISSING

if TYPE_CHECKING:
    from interdep.briefing.findings import Findings
    from interdep.responses.plan import Plan

MEASURES, MOVERS, NOTES = 8, 5, 6
"""How many measures, assumptions and notes of a plan are listed; all of them are in its tables."""


def responses(found: Findings) -> list[Block]:
    """The section: all plans in one table, then each with its figures, its measures and what would change the advice."""
    if not found.plans:
        return []
    blocks: list[Block] = [
        Heading("What to do together, and what it is worth", "responses"),
        Paragraph(
            "Stocks, contracts with other suppliers, stand-by capacity and sharing, chosen so that the expected shortage is the"
            " smallest under a yearly budget. Expected: what is short if a disruption happens, times its yearly probability. The"
            " probabilities and the costs of the levers are assumptions; the ranges show each at both ends. Money is an upper"
            " and a lower bound, so that the share avoided and the months covered come first."
        ),
        _all(found),
    ]
    for name, plan in found.plans.items():
        blocks += _one(found, name, plan)
    return blocks


def in_short(found: Findings) -> tuple[str, ...]:
    """One sentence for each plan: what it avoids, and what acting together adds to it."""
    out = []
    for name, plan in found.plans.items():
        coin = money(plan)
        budget = amount(coin, plan.about["budget"])
        used = plan.about["enough"]
        spare = f" (of which {amount(coin, used)} is enough)" if used < 0.99 * plan.about["budget"] else ""
        text = f"Against “{called(found.names, name)}” {budget} a year{spare} avoids {_avoided(plan)} of the expected shortage"
        if plan.added is not None and len(plan.about["pool"]) > 1:
            gain = f"{points(plan.added)} percentage points of it" if plan.added else "nothing of it"
            text += f", {gain} by acting together"
            common = plan.about["common"]
            if common:
                text += f"; {part(common)} of what is lost is lost by all partners at once, where mutual aid is worth little"
            elif common == 0:
                text += "; in no disruption all partners lose at once, so that one can help the other"
        out.append(f"{text} (probabilities are assumptions).")
    return tuple(out)


def _avoided(plan: Plan) -> str:
    return _ranged(plan, "avoided_share", plan.avoided)


def _added(plan: Plan) -> str:
    return MISSING if plan.added is None else _ranged(plan, "added_share", plan.added)


def _ranged(plan: Plan, column: str, value: float) -> str:
    return part(value) + (f" ({span(*plan.range_of(column))})" if has_ranges(plan) else "")


def _all(found: Findings) -> Grid:
    rows = tuple(
        (called(found.names, name), amount(money(plan), plan.about["budget"]), _avoided(plan), _added(plan),
         part(plan.about["common"]))
        for name, plan in found.plans.items()
    )  # fmt: skip
    header = ("Against", "Budget a year", "Avoided", "Added together", "Lost by all at once")
    return Grid(header, rows, "Plans: shares of the expected shortage, with their ranges", (1, 2, 3, 4))


def _one(found: Findings, name: str, plan: Plan) -> list[Block]:
    title = called(found.names, name)
    said = [avoids(plan), adds(plan), bill(plan), cover(plan), next_unit(plan), chances(plan)]
    bars = arrangement_bars(plan.arrangements, title, HALF_WIDTH)
    line = budget_frontier(plan.frontier, plan.about["budget"], title, HALF_WIDTH)
    blocks: list[Block] = [
        Heading(title, f"respond-{name}", 3),
        Paragraph(" ".join(s for s in said if s)),
        Row((
            Picture(bars, "What each arrangement leaves.", _behind(found, plan)),
            Picture(line, "What each budget avoids.", _line(plan)),
        )),
    ]  # fmt: skip
    blocks += [
        _measures(found, plan) if len(plan.measures) else Paragraph("No measure is bought."),
        Paragraph(_shared(found, plan)),
    ]
    if has_ranges(plan):
        blocks.append(_changes(plan))
    blocks.append(Paragraph(" ".join(_days(plan))))
    said_of_data = notes(plan)
    more = len(said_of_data) - NOTES
    listed = [f"{note[:1].upper()}{note[1:]}." for note in said_of_data[:NOTES]]
    return [*blocks, Bullets((*listed, *([f"{more} more notes are with the tables."] if more > 0 else [])))]


def _behind(found: Findings, plan: Plan) -> Grid:
    coin = money(plan)
    rows = tuple(
        (arrangement_name(r, found.names), amount(coin, r["spent"]), amount(coin, r["short"]), part(r["avoided_share"]),
         amount(coin, r["worth_low"]), amount(coin, r["worth_high"]))
        for r in plan.arrangements.to_rows()
    )  # fmt: skip
    header = ("Arrangement", "Spent", "Expected shortage", "Avoided", "Worth, at least", "Worth, at most")
    return Grid(header, rows, "A year; of a partner alone, its own shortage", (1, 2, 3, 4, 5))


def _line(plan: Plan) -> Grid:
    coin = money(plan)
    rows = tuple(
        (amount(coin, r["budget"]), part(r["together"]), part(r["apart"]), f"{r['price']:.2f}")
        for r in plan.frontier.to_rows()
    )
    header = ("Budget a year", "Together", "Apart", f"One more {coin.currency} avoids")
    return Grid(header, rows, "Share of the expected shortage avoided", (0, 1, 2, 3))


def _measures(found: Findings, plan: Plan) -> Grid:
    coin = money(plan)
    listed = sorted(plan.measures.to_rows(), key=lambda r: -r["cost"])
    rows = tuple(
        (called(LEVERS, r["lever"]), called(found.names, r["member"]),
         r["product"] if r["name"] == r["product"] else f"{r['product']} {r['name']}",
         owned(r, coin, plan.about["level"]) + (f", {r['what']}" if r["lever"] == "diversify" else ""),
         amount(coin, r["cost"]), amount(coin, r["avoided"]), when(r["ready_in"]))
        for r in listed[:MEASURES]
    )  # fmt: skip
    caption = "The plan" + (f": the {MEASURES} dearest of {len(listed)} measures" if len(listed) > MEASURES else "")
    header = ("Lever", "Owner", "Product", "How much", "Cost a year", "Avoids a year, expected", "Ready after")
    return Grid(header, rows, caption, (4, 5, 6))


def _shared(found: Findings, plan: Plan) -> str:
    """Who gains from acting together, and whether anybody would be better off leaving."""
    rows = plan.blocs.to_rows()
    if plan.best != POOLED or len(rows) < 2:
        return "Nothing is shared in this plan."
    coin = money(plan)
    split_ = "; ".join(
        f"{called(found.names, r['member'])} {amount(coin, r['gain_shapley'])} and {amount(coin, r['gain_core'])}"
        for r in rows
    )
    leaving = [
        f"{called(found.names, r['member'])} ({r['better_off_leaving']})"
        for r in rows
        if r["better_off_leaving"] != "no"
    ]
    stay = "nobody would be better off leaving" if not leaving else f"better off leaving: {', '.join(leaving)}"
    return (
        "What each gains from acting together, in expected shortage a year, by what it adds to every group it can join"
        f" (Shapley) and at the plan's prices (core): {split_}; {stay}."
    )


def _changes(plan: Plan) -> Grid:
    rows = tuple(
        (assumption(m.name), *(
            MISSING if end is None else f"{value_text(m.name, end[0])}: {part(end[1])}, {part(end[2])}" for end in (m.low, m.high)
        ))
        for m in movers(plan)[:MOVERS]
    )  # fmt: skip
    header = ("Assumption", "At its low end: avoided, added together", "At its high end: avoided, added together")
    return Grid(
        header,
        rows,
        "What would change this advice most, one assumption at a time; n/a: the plan's own end, or nothing short",
    )


def _days(plan: Plan) -> list[str]:
    """The plan's own figure beside the same plan day by day, or why there is none."""
    out = []
    for r in plan.days.to_rows():
        if r["why_not"]:
            continue
        coin = money_of(plan.days.units["lost"])
        out.append(
            f"If it happens, the levers replace {part(r['plan_avoided_share'])} of what fails; day by day (Ario) the partners"
            f" then lose {amount(coin, r['left'])} of value added in place of {amount(coin, r['lost'])},"
            f" {part(r['days_avoided_share'])} less."
        )
    if out:
        out.append(
            "The two need not agree: the first counts deliveries, the second what stands still for want of them, once firms' own"
            " stocks and other suppliers have done what they can."
        )
    if out and (said := gains(plan)):
        out.append(said)
    for reason, listed in reasons(plan):
        which = listed[0] if len(listed) == 1 else f"{len(listed)} disruptions"
        out.append(f"Not followed day by day ({which}): {reason}.")
    return out
