"""A plan in words and in the report says what its tables hold, with ranges, caveats and assumptions beside the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import polars as pl
import pytest

from interdep import respond
from interdep.briefing.content import Block, Bullets, Grid, Heading, Paragraph, Picture, Row
from interdep.briefing.findings import Findings
from interdep.briefing.response_section import in_short, responses
from interdep.briefing.response_words import (
    ASSUMED,
    adds,
    avoids,
    chances,
    cover,
    money_of,
    months,
    movers,
    next_unit,
    notes,
    part,
    span,
    when,
)
from interdep.errors import InputError
from interdep.parameter import parameters_of
from interdep.responses.changes import DEFAULT, LEAD
from interdep.responses.levers import LEVERS, Market, Risk
from interdep.responses.plan import Plan
from interdep.units import Money
from made_trades import made

FLOWS = [
    ("CHN", "DEU", "854231", 2021, 60.0),
    ("TWN", "DEU", "854231", 2021, 40.0),
    ("CHN", "JPN", "854231", 2021, 30.0),
    ("TWN", "JPN", "854231", 2021, 20.0),
    ("NAM", "JPN", "810520", 2021, 7.0),
    ("NAM", "DEU", "810520", 2021, 5.0),
]
"""Chips from two suppliers, cobalt from one."""


@pytest.fixture(scope="module")
def chips() -> Plan:
    """Chips and cobalt for two partners that are cut alike, with all assumptions varied."""
    return respond(
        None, "5e6 USD/year", ["DEU", "JPN"], suppliers=[["CHN"], ["NAM"]], products=["854231", "810520"], points=3,
        trade=made(FLOWS, whole=True, scale=1e6), days=False,
    )  # fmt: skip


# Words


def test_every_assumption_that_is_varied_has_words():
    varied = {
        name for holder in (*LEVERS.values(), Market, Risk) for name, about in parameters_of(holder).items()
        if about.low is not None and name not in LEAD
    }  # fmt: skip
    assert varied == set(ASSUMED)


def test_numbers_are_printed_as_an_adviser_would():
    assert (part(None), part(1e-9), part(-1e-9), part(0.0235)) == ("n/a", "0 %", "0 %", "2.4 %")
    assert (span(0.01, 0.2), span(0.2, 0.2)) == ("1.0 to 20.0 %", "20.0 %")
    assert [months(m) for m in (None, 0.0, 0.001, 0.05, 3.14, 11.6)] == ["n/a", "0", "<0.01", "0.05", "3.1", "12"]
    assert [when(y) for y in (0.5, 1.0, 3.0)] == ["6 months", "12 months", "3.0 years"]


def test_assumptions_are_sorted_by_how_far_they_move_either_answer(chips):
    rows = chips.changes.to_rows()
    base = next(r for r in rows if r["parameter"] == DEFAULT)

    def moved(name: str) -> float:
        return max(
            abs(r[c] - base[c]) for r in rows if r["parameter"] == name for c in ("avoided_share", "added_share")
        )

    found = movers(chips)
    assert [m.most for m in found] == pytest.approx([moved(m.name) for m in found])
    assert [m.most for m in found] == sorted((m.most for m in found), reverse=True)
    assert {m.name for m in found} == {r["parameter"] for r in rows} - {DEFAULT}
    by_name = {m.name: m for m in found}
    assert (by_name["carrying"].low or (0,))[0] == 0.05
    assert (by_name["carrying"].high or (0,))[0] == 0.25


def test_an_end_where_nothing_falls_short_moves_the_answer_most_and_an_end_that_is_the_plans_own_is_left_empty(chips):
    rows = [
        {**chips.changes.to_rows()[0]},
        {**chips.changes.to_rows()[1], "parameter": "spare", "value": 0.1, "avoided_share": None, "added_share": None},
        {**chips.changes.to_rows()[1], "parameter": "rest", "value": 0.0},
    ]
    cut = _with(chips, changes=rows)
    found = {m.name: m for m in movers(cut)}
    assert movers(cut)[0].name == "spare"
    assert found["spare"].high == (0.1, None, None)
    assert found["spare"].low is None
    assert found["rest"].high is None
    assert (found["rest"].low or (1,))[0] == 0.0


def _with(plan: Plan, about: dict[str, Any] | None = None, **tables: list[dict[str, Any]]) -> Plan:
    """A plan with other rows in some tables."""
    changed = {
        name: replace(getattr(plan, name), frame=pl.DataFrame(rows, schema=getattr(plan, name).frame.schema))
        for name, rows in tables.items()
    }
    return replace(plan, about={**plan.about, **(about or {})}, **changed)


def test_sentences_hold_the_plans_numbers_and_say_what_is_not_known(chips):
    assert avoids(chips).startswith("5.00 mn USD a year avoids ")
    assert "only one partner needs these products" in adds(_with(chips, {"common": None}))
    assert "Nothing is shared" in adds(_with(chips, {"levers": ["stockpile"]}))
    assert next_unit(_with(chips, {"enough": 5e6})).startswith("More money would avoid nothing more: 5.00 mn USD")
    beyond = next_unit(_with(chips, {"enough": 6e6, "price": 0.25}))
    assert beyond == (
        "One more USD a year would avoid 0.250 USD of expected shortage. All that these levers can do takes 6.00 mn USD a year."
    )
    none = [{**r, "stock_months": 0.0, "cover_months": 0.0} for r in chips.products.to_rows()]
    assert cover(_with(chips, products=none)) == "The plan holds no stocks."
    one = [{**none[0], "stock_months": 2.0, "cover_months": 5.0}, none[1]]
    assert "2.0 months of need and cover the worst loss for 5.0 months" in cover(_with(chips, products=one))
    both = [{**r, "stock_months": 2.0, "cover_months": 5.0 + place} for place, r in enumerate(none)]
    assert "(2 of 2) for 5.0 to 6.0 months" in cover(_with(chips, products=both))
    base = chips.arrangement("no plan")["short"]
    ends = {r["value"]: r["before"] for r in chips.changes.to_rows() if r["parameter"] == "probability"}
    # Without any probability given, what is expected without a plan is proportional to the one assumed.
    assert ends == pytest.approx({0.005: base / 4, 0.1: 5 * base})
    coin = Money("USD", 2021, 1.0)
    assert f"{coin.format(base / 4)} a year at 0.50 % and {coin.format(5 * base)} at 10.0 %" in chances(chips)


def test_notes_of_many_products_or_members_are_one_line(chips):
    same = [f"{code}: only a part of it is covered" for code in range(2801, 2808)]
    assert notes(replace(chips, notes=(*same, "plain", "JPN: a size is assumed"))) == [
        "2801, 2802, 2803, 2804, 2805 and 2 more: only a part of it is covered",
        "plain",
        "JPN: a size is assumed",
    ]


# The section of the report


@dataclass(frozen=True)
class Told:
    """What the section is told: plans, and names of codes."""

    plans: Mapping[str, Plan] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def _said(blocks: list[Block]) -> str:
    out: list[str] = []
    for block in blocks:
        if isinstance(block, (Heading, Paragraph)):
            out.append(block.text)
        elif isinstance(block, Bullets):
            out += block.items
        elif isinstance(block, Grid):
            out += [block.caption, *(cell for row in block.rows for cell in row)]
        elif isinstance(block, Row):
            out += [p.figure.title for p in block.pictures]
        elif isinstance(block, Picture):
            out.append(block.figure.title)
    return "\n".join(out)


def test_the_section_says_value_range_caveat_frontier_plan_and_what_changes_it(chips):
    found = cast(
        Findings, Told(plans={"stops": chips}, names={"DEU": "Germany", "JPN": "Japan", "stops": "Two suppliers stop"})
    )
    blocks = responses(found)
    said = _said(blocks)
    assert said.count(part(chips.avoided)) >= 3
    assert "lost by both at once, and mutual aid is worth little where both are cut" in said
    assert "probabilities and the costs of the levers are assumptions" in said
    assert "Two suppliers stop" in said
    assert "Germany alone" not in said  # it stands in the table behind the picture
    (row,) = [b for b in blocks if isinstance(b, Row)]
    behind = [p.behind.rows for p in row.pictures if p.behind]
    assert [len(rows) for rows in behind] == [len(chips.arrangements), len(chips.frontier)]
    assert {r[0] for r in behind[0] if r[0].endswith("alone")} >= {"Germany alone", "Japan alone"}
    for lever in {r["lever"] for r in chips.measures.to_rows()}:
        assert {"stockpile": "hold stocks", "diversify": "buy elsewhere", "capacity": "stand-by capacity"}[
            lever
        ] in said
    assert movers(chips)[0].name in said
    (short,) = in_short(found)
    assert part(chips.avoided) in short
    assert "where mutual aid is worth little" in short
    assert "assumptions" in short


def test_no_plan_is_no_section():
    found = cast(Findings, Told())
    assert responses(found) == []
    assert in_short(found) == ()


def test_a_column_that_is_no_money_is_refused():
    with pytest.raises(InputError, match="the unit 'fraction' is no money"):
        money_of("fraction")
    assert str(money_of("mn USD (2014) over the horizon")) == "mn USD (2014)"
