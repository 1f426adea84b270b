"""What `interdep respond` prints: the headline, who does what, who gets what, what each budget buys, what changes the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from interdep.briefing.response_words import (
    LEVERS,
    Mover,
    adds,
    against,
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
    joined,
    money,
    money_of,
    months,
    movers,
    next_unit,
    notes,
    owned,
    part,
    partners,
    reasons,
    value_text,
    when,
)
from interdep.cli.common import print_grid, print_line
from interdep.cli.products import named
from interdep.responses.levers import LEVERS as HOLDERS
from interdep.responses.plan import NOTHING, POOLED, SINGLY
from interdep.units import MISSING, Money, significant

if TYPE_CHECKING:
    from interdep.responses.levers import Terms
    from interdep.responses.plan import Plan

STILL = 0.0005
"""An assumption that moves the answer by less than this (0.05 percentage points) is not worth a row."""

NOTHING_SHORT = "none short"


def print_plan(plan: Plan, terms: Terms, top: int) -> None:
    """Everything about a plan that a person asks first, each table cut at `top` rows."""
    coin = money(plan)
    _print_head(plan, terms)
    _print_arrangements(plan, coin)
    _print_measures(plan, coin, top)
    _print_blocs(plan, coin)
    _print_frontier(plan, coin)
    _print_changes(plan, top)
    _print_days(plan)
    _print_disruptions(plan, coin, top)
    _print_products(plan, coin, top)
    for note in notes(plan):
        print_line(f"Note: {note}")


def _print_head(plan: Plan, terms: Terms) -> None:
    about, tail = plan.about, plan.about["objective"]
    print_line(f"{against(plan)}: what {joined(partners(plan))} can do")
    level = "imports by product" if about["level"] == "product" else f"purchases by industry, {about['data']}"
    print_line(f"({level}, data of {about['year']}, in {about['currency']})")
    print_line()
    print_line(avoids(plan))
    print_line(cover(plan))
    if said := adds(plan):
        print_line(said)
    print_line(bill(plan))
    if tail != "expected":
        print_line(
            f"The plan is the best for the mean of the worst {part(1 - _level(plan))} of years, not for the mean of all."
        )
    print_line(next_unit(plan))
    print_line(chances(plan))
    if terms.pool is not None and plan.best == POOLED and len(about["pool"]) > 1:
        print_line(f"Sharing needs an agreement first, ready after {when(terms.pool.agreed)}.")
    if len(about["levers"]) < len(HOLDERS):
        print_line(f"Levers used: {joined([called(LEVERS, name) for name in about['levers']])}.")
    print_line()


def _level(plan: Plan) -> float:
    return float(plan.about["objective"].removeprefix("cvar "))


def _print_arrangements(plan: Plan, coin: Money) -> None:
    tail = plan.about["objective"] != "expected"
    one = len(plan.about["pool"]) == 1
    # A lone partner is neither apart nor sharing with anybody.
    rows = [r for r in plan.arrangements.to_rows() if not one or r["arrangement"] in (NOTHING, SINGLY, plan.best)]
    cells = [
        [f"{r['who']} as one" if one and r["arrangement"] == plan.best else arrangement_name(r),
         amount(coin, r["spent"]), amount(coin, r["short"]), _avoided(r),
         months(r["stock_months"]), _worth(coin, r), *([amount(coin, r["worst_years"])] if tail else [])]
        for r in rows
    ]  # fmt: skip
    print_line("Arrangements, a year")
    header = ["", "spent", "expected\nshortage", "avoided", "stocks, months\nof need", "worth avoiding,\nfrom to"]
    header += [f"mean of the worst\n{part(1 - _level(plan))} of years"] if tail else []
    print_grid(header, cells, range(1, len(header)))
    alone = [r for r in rows if r["arrangement"] == f"{r['who']} alone"]
    if alone:
        print_line("Of a partner alone: its own shortage, with its part of the budget by what it buys.")
    print_line("Worth: from what the goods cost to the value added of those who cannot do without them.")
    if any((r["avoided_share"] or 0.0) < 0 for r in rows):
        print_line(
            "Below nothing: without a plan a partner's members already share inside it what the market can spare."
        )
    print_line()


def _avoided(row: Mapping[str, Any]) -> str:
    return NOTHING_SHORT if row["avoided_share"] is None and row["lost"] == 0 else part(row["avoided_share"])


def _worth(coin: Money, row: Mapping[str, Any]) -> str:
    low, high = row["worth_low"], row["worth_high"]
    if abs(low) * coin.scale < 0.5 and (high is None or abs(high) * coin.scale < 0.5):
        return amount(coin, 0.0)
    return f"{amount(coin, low)} to {amount(coin, high)}" if high is not None else f"{amount(coin, low)} to {MISSING}"


def _print_measures(plan: Plan, coin: Money, top: int) -> None:
    rows = sorted(plan.measures.to_rows(), key=lambda r: -r["cost"])
    if not rows:
        print_line("The plan: nothing is bought")
        print_line()
        return
    cells = [
        [called(LEVERS, r["lever"]), r["member"], named(r["product"], "" if r["name"] == r["product"] else r["name"]),
         owned(r, coin, plan.about["level"]), r["what"] if r["lever"] == "diversify" else "", amount(coin, r["cost"]),
         amount(coin, r["avoided"]), when(r["ready_in"])]
        for r in rows[:top]
    ]  # fmt: skip
    print_line("The plan, the dearest first")
    header = ["lever", "owner", "product", "amount", "", "cost a year", "avoids a year,\nexpected", "ready after"]
    print_grid(header, cells, (5, 6, 7))
    if len(rows) > top:
        print_line(f"{len(rows) - top} more measures: --top {len(rows)}")
    print_line("Avoids: what would be short in addition if this measure were left out of the plan.")
    if "diversify" in plan.about["levers"] and (barred := plan.about.get("not_from")):
        print_line(f"No contract is moved to {', '.join(barred)} (--not-from).")
    print_line()


def _print_blocs(plan: Plan, coin: Money) -> None:
    rows = plan.blocs.to_rows()
    if plan.best != POOLED or len(rows) < 2:
        return
    columns = ("budget", "alone", "shapley", "core", "gain_shapley", "gain_core")
    cells = [
        [r["member"], *(amount(coin, r[c]) for c in columns), r["better_off_leaving"].replace("shapley", "Shapley")]
        for r in rows
    ]
    tail = plan.about["objective"] != "expected"
    years = f", mean of the worst {part(1 - _level(plan))} of years" if tail else ", expected a year"
    print_line(f"Who gets what: the shortage each is left with, and what it gains from acting together{years}")
    header = ["partner", "budget", "alone", "together\n(Shapley)", "together\n(core)", "gain\n(Shapley)", "gain\n(core)",
              "better off\nleaving"]  # fmt: skip
    print_grid(header, cells, range(1, 7))
    print_line(
        "Shapley: by what each adds to every group it can join. Core: by what each lacks and brings, at the plan's prices."
    )
    if any(min(r["shapley"], r["core"]) < 0 for r in rows):
        print_line("Below nothing: the others owe it that much for what it brings.")
    print_line()


def _print_frontier(plan: Plan, coin: Money) -> None:
    rows, pooled = plan.frontier.to_rows(), plan.best == POOLED and len(plan.about["pool"]) > 1
    columns = ("together", "apart") if pooled else ("apart",) if plan.best != POOLED else ("together",)
    cells = [
        [amount(coin, r["budget"]) + ("  <" if _is(r["budget"], plan.about["budget"]) else ""), *(part(r[c]) for c in columns),
         significant(r["price"])]
        for r in rows
    ]  # fmt: skip
    print_line("What each budget avoids of the expected shortage (< this budget)")
    header = ["budget a year", *(columns if pooled else ("avoided",)), f"one more {coin.currency}\navoids"]
    print_grid(header, cells, range(1, len(header)))
    print_line()


def _is(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * max(abs(one), abs(other))


def _print_changes(plan: Plan, top: int) -> None:
    if not has_ranges(plan):
        print_line("What changes the answer is not known: assumptions were not varied (--no-ranges).")
        print_line()
        return
    added = plan.added is not None and len(plan.about["pool"]) > 1
    found = movers(plan)
    moving = [m for m in found if m.most >= STILL]
    cells = [[assumption(m.name), *_end(m, m.low, added), *_end(m, m.high, added)] for m in moving[:top]]
    if cells:
        ends = [f"{end}\nend" for end in ("low", "high")]
        header = ["assumption"]
        for end in ends:
            header += [end, "avoided", *(["together\nadds"] if added else [])]
        print_line("What changes the answer most, one assumption at a time")
        print_grid(header, cells, range(1, len(header)))
        if any(cell in (NOTHING_SHORT,) for row in cells for cell in row):
            print_line("None short: the market alone makes up for what fails.")
    if len(moving) > top:
        print_line(f"{len(moving) - top} more assumptions: --top {len(moving)}")
    still = [m.name for m in found if m.most < STILL]
    if still:
        print_line(f"Moves it by less than 0.05 percentage points: {', '.join(still)}.")
    print_line()


def _end(mover: Mover, end: tuple[float, float | None, float | None] | None, added: bool) -> list[str]:
    """Value and answer at one end of an assumption."""
    if end is None:
        return ["default", "", *([""] if added else [])]
    value, share, more = end
    return [
        value_text(mover.name, value),
        NOTHING_SHORT if share is None else part(share),
        *([part(more)] if added else []),
    ]


def _print_days(plan: Plan) -> None:
    rows = [r for r in plan.days.to_rows() if not r["why_not"]]
    if rows:
        coin = money_of(plan.days.units["lost"])
        cells = [
            [r["scenario"], part(r["plan_avoided_share"]), part(r["days_avoided_share"]), amount(coin, r["lost"]),
             amount(coin, r["left"]), part(r["lost"] / r["gdp"] if r["gdp"] else None)]
            for r in rows
        ]  # fmt: skip
        print_line("If it happens: the plan's own figure, and the same plan day by day (Ario)")
        header = ["disruption", "levers replace,\nof what fails", "avoided day by day,\nof value added lost",
                  "lost without\na plan", "lost with\nthe plan", "lost without\na plan, of GDP"]  # fmt: skip
        print_grid(header, cells, range(1, 6))
        if said := gains(plan):
            print_line(said)
    for reason, names in reasons(plan):
        which = names[0] if len(names) == 1 else f"{len(names)} disruptions"
        print_line(f"Not followed day by day ({which}): {reason}.")
    print_line()


def _print_disruptions(plan: Plan, coin: Money, top: int) -> None:
    rows = sorted(plan.disruptions.to_rows(), key=lambda r: (-r["probability"] * r["before"], r["disruption"]))
    if len(rows) < 2:
        return
    cells = [
        [r["disruption"], part(r["probability"]), f"{r['days']:.0f}", amount(coin, r["lost"]), amount(coin, r["before"]),
         amount(coin, r["after"]), part(r["common"])]
        for r in rows[:top]
    ]  # fmt: skip
    print_line("What is feared most: what fails and is short if it happens")
    header = [
        "disruption",
        "a year\n(assumed)",
        "days",
        "fails",
        "short without\na plan",
        "short with\nthe plan",
        "common",
    ]
    print_grid(header, cells, range(1, 7))
    _more(rows, top, "disruptions")
    print_line()


def _print_products(plan: Plan, coin: Money, top: int) -> None:
    rows = plan.products.to_rows()
    if len(rows) < 2:
        return
    cells = [
        [named(r["product"], "" if r["name"] == r["product"] else r["name"]), amount(coin, r["need"]), part(r["largest_share"]),
         amount(coin, r["before"]), amount(coin, r["after"]), part(r["avoided_share"]), months(r["cover_months"]),
         part(r["common"])]
        for r in rows[:top]
    ]  # fmt: skip
    print_line("Products, the largest expected shortage first")
    header = ["product", "need a year", "largest\nsupplier", "short, expected", "with the plan", "avoided",
              "stocks cover,\nmonths", "common"]  # fmt: skip
    print_grid(header, cells, range(1, 8))
    _more(rows, top, "products")
    print_line()


def _more(rows: Sequence[object], top: int, what: str) -> None:
    if len(rows) > top:
        print_line(f"{len(rows) - top} more {what}: --top {len(rows)}")
