"""Indicators by hand, trends against a baseline, and what the next meeting has to speak about."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

from interdep import measure
from interdep.errors import InputError
from interdep.partnership.agenda import agenda
from interdep.partnership.calendar import calendar
from interdep.partnership.changes import changes
from interdep.partnership.documents import Commitment, Decision, Effect, Evidence, Meeting, Signature
from interdep.partnership.indicators import INDICATORS, indicators_of
from interdep.partnership.schema import Partnership, Pillar
from interdep.partnership.status import Status, status
from interdep.tables import Table
from interdep.units import Money
from interdep.world import World

DAY = date(2026, 6, 1)


def partnership(*commitments: Commitment, meetings: tuple[Meeting, ...] = (), **changed) -> Partnership:
    pillar = Pillar(id="chips", title="Chips", industries=["C26", "C29"], products=["critical-materials"])
    about = {"name": "mine", "title": "Mine", "members": ("DEU", "JPN"), "pillars": (pillar,), **changed}
    return Partnership(**about, commitments=commitments, meetings=meetings)


def commitment(id_="one", **about) -> Commitment:
    return Commitment(**{"id": id_, "text": f"Do {id_}", "pillar": "chips", "owners": ["DEU", "JPN"], **about})


def table(rows, dims=(), **units) -> Table:
    return Table("made", pl.DataFrame(rows), dims, units)


def found(scale: float = 1.0, common=("C26",), products=None) -> SimpleNamespace:
    """Results as by hand: two industries that buy 10 and 30; CHN, the rest of the world and each other as suppliers.

    DEU: from CHN 0.2 and 0.4, from ROW 0.1 and 0.1, from JPN 0.3 and 0.1; JPN: from CHN half of that, nothing else.
    """
    inputs = {"C26": 10.0, "C29": 30.0}
    industries = [{"buyer": b, "industry": i, "inputs": n} for b in ("DEU", "JPN") for i, n in inputs.items()]
    shares = {
        ("DEU", "CHN"): (0.2, 0.4),
        ("DEU", "ROW"): (0.1, 0.1),
        ("DEU", "JPN"): (0.3, 0.1),
        ("JPN", "CHN"): (0.1, 0.2),
    }
    suppliers = [
        {"buyer": b, "industry": i, "supplier": s, "look_through_share": share * (scale if s == "CHN" else 1)}
        for (b, s), two in shares.items()
        for i, share in zip(inputs, two, strict=True)
    ]
    shared = {"industry": list(common), "top_supplier": ["CHN"] * len(common), "smallest_share": [0.1] * len(common)}
    return SimpleNamespace(
        dependencies=SimpleNamespace(
            buyers={"DEU": ("DEU",), "JPN": ("JPN",)}, industries=table(industries, ("buyer", "industry")),
            suppliers=table(suppliers, ("buyer", "industry", "supplier")), common=lambda: table(shared, ("industry",)),
            products=products,
        )
    )  # fmt: skip


def cell(made: Table, name: str, member: str = "") -> dict:
    return next(r for r in made.to_rows() if r["criterion"] == name and r["member"] == member)


def test_shares_of_outsiders_are_weighed_by_what_industries_buy_and_partners_are_no_outsiders():
    made = indicators_of(found(), partnership())
    # DEU, CHN: (10 x 0.2 + 30 x 0.4) / 40 = 0.35; ROW: 0.1; JPN is a partner.
    assert cell(made, "reliance/chips", "DEU")["value"] == pytest.approx(0.45)
    assert cell(made, "largest-outsider/chips", "DEU")["value"] == pytest.approx(0.35)
    assert cell(made, "reliance/chips", "JPN")["value"] == pytest.approx(0.175)
    row = cell(made, "concentration/chips", "DEU")
    # Shares of what comes from outside: 7/9 and 2/9; the rest of the world counts from nothing to one supplier.
    assert (row["low"], row["high"]) == (pytest.approx(49 / 81), pytest.approx(53 / 81))
    assert cell(made, "shared-industries/chips")["value"] == 1.0
    assert cell(made, "shared-industries/chips")["note"] == "of 2 industries"


def test_what_the_data_do_not_tell_is_missing_with_its_reason_and_never_zero():
    nowhere = Pillar(id="sea", title="Sea", industries=["H50"])
    made = indicators_of(found(), partnership(pillars=(nowhere,)))
    assert {r["value"] for r in made.to_rows()} == {None}
    assert all(r["note"] for r in made.to_rows())


def test_a_measurement_of_a_world_solved_by_hand_gives_the_same():
    # The USA's industry feeds DEU's with 30, DEU's feeds JPN's with 40: 12 of JPN's 52 along the chain are the USA's.
    world = World("chain", Money("USD", 2020), ("USA", "DEU", "JPN"), ("C26",), ("households",),
                  np.array([[0.0, 30, 0], [0, 0, 40], [0, 0, 0]]),
                  np.array([[[70.0], [0], [0]], [[0], [60], [0]], [[0], [0], [80]]]))  # fmt: skip
    made = indicators_of(SimpleNamespace(dependencies=measure(["DEU", "JPN"], world=world)), partnership())
    assert cell(made, "reliance/chips", "JPN")["value"] == pytest.approx(12 / 52)
    assert cell(made, "reliance/chips", "DEU")["value"] == pytest.approx(1.0)
    assert cell(made, "shared-industries/chips")["value"] == 0.0


def products(*rows) -> SimpleNamespace:
    """(product, class, top supplier, criteria): headings of which every member is known."""
    keys = ("product", "class", "top_supplier", "criteria")
    listed = [{**dict(zip(keys, r, strict=True)), "period": 2023, "name": "x", "smallest_share": 0.6} for r in rows]
    entered = [
        {
            "product": "2846",
            "period": 2023,
            "buyer": "JPN",
            "criterion": "one_supplier",
            "change": "entered",
            "why": "why",
        }
    ]
    return SimpleNamespace(
        common=table(listed), known_for_all=lambda same_year: {"2846", "2504", "9999"}, changes=table(entered),
        products=SimpleNamespace(provenance=indicators_of(found(), partnership()).provenance),
    )  # fmt: skip


def test_common_dependencies_are_counted_among_the_products_of_the_pillar():
    three = products(("2846", "common dependency", "CHN", "one_supplier"), ("2504", "shared top supplier", "CHN", ""),
                     ("9999", "common dependency", "CHN", "one_supplier"))  # fmt: skip
    made = indicators_of(found(products=three), partnership())
    assert cell(made, "common-dependencies/chips")["value"] == 1.0
    assert cell(made, "shared-products/chips")["value"] == 2.0
    assert cell(made, "shared-products/chips")["note"] == "of 2 headings compared"
    assert cell(indicators_of(found(), partnership()), "shared-products/chips")["value"] is None


def test_plans_and_coalitions_give_what_they_say():
    nothing = indicators_of(found(), partnership()).provenance
    plan = SimpleNamespace(
        added=0.1,
        avoided=0.6,
        range_of={"added_share": (0.0, 0.2), "avoided_share": (0.5, 0.9)}.get,
        provenance=nothing,
    )
    steps = table([{"added": "", "share_of_named": 0.4}, {"added": "JPN", "share_of_named": 0.5},
                   {"added": "", "share_of_named": 1.0}])  # fmt: skip
    made = indicators_of(
        SimpleNamespace(plans={"p": plan}, coalitions={"c": SimpleNamespace(steps=steps)}), partnership()
    )
    row = cell(made, "acting-together/p")
    assert (row["value"], row["low"], row["high"], row["better"]) == (0.1, 0.0, 0.2, "higher")
    assert cell(made, "avoided/p")["high"] == 0.9
    assert cell(made, "sanctions-reach/c")["value"] == 0.5


def test_every_indicator_says_what_it_is_in_both_languages_and_which_direction_is_good():
    for each in INDICATORS.values():
        assert each.better in ("lower", "higher")
        assert each.title_ja
        assert each.how


# Status


def test_a_commitment_stands_with_its_state_its_day_its_indicator_and_who_signed():
    late = commitment(due=date(2026, 5, 31), indicator=Effect(id="reliance", target=0.4, by=2030))
    late = late.model_copy(update={"signatures": {"DEU": Signature(hash=late.hash)}})
    done = commitment("two", due=date(2020, 1, 1), status="done", evidence=[Evidence(title="x", date="2019-12-01")])
    made = status(partnership(late, done), indicators_of(found(), partnership()), on=DAY)
    first, second = made.commitments.to_rows()
    assert (first["overdue"], first["days_overdue"], first["status"]) == (True, 1, "not known")
    assert (first["latest"], first["member"], first["reached"]) == (pytest.approx(0.45), "DEU", False)
    assert (first["signed_by"], first["agreed"], first["trend"]) == ("DEU", False, "")
    assert (second["overdue"], second["last_evidence"], second["note"]) == (
        False,
        date(2019, 12, 1),
        "no indicator is named",
    )
    assert made.where(overdue=True) == [first]
    assert made.pillars.to_rows()[0]["overdue"] == 1
    assert repr(made).splitlines()[1] == "├─ 2 commitments: 1 done, 1 of unknown state"


def test_what_is_due_today_is_not_overdue_yet():
    what = partnership(commitment(due=DAY))
    assert status(what, indicators_of(found(), what), on=DAY).commitments.to_rows()[0]["overdue"] is False


def test_a_day_that_nobody_set_is_neither_kept_nor_missed():
    row = status(partnership(commitment()), indicators_of(found(), partnership()), on=DAY).commitments.to_rows()[0]
    assert row["overdue"] is None
    assert row["days_overdue"] is None


@pytest.mark.parametrize(
    ("before", "trend"), [(1.1, "better"), (0.9, "worse"), (1.0, "unchanged")], ids=["fell", "rose", "the same"]
)
def test_a_trend_is_read_against_older_results(before, trend):
    what = partnership(commitment(indicator=Effect(id="reliance")))
    made = status(what, indicators_of(found(), what), indicators_of(found(before), what), DAY)
    row = made.commitments.to_rows()[0]
    assert row["trend"] == trend
    assert row["baseline"] == pytest.approx(0.1 + 0.35 * before)


def cells(value, low, high, better) -> Table:
    row = {"criterion": "exposure/x", "member": "DEU", "indicator": "exposure", "of": "x", "value": value, "low": low,
           "high": high, "year": 2020, "unit": "fraction", "better": better, "note": ""}  # fmt: skip
    kinds: dict[str, Any] = dict.fromkeys(("value", "low", "high"), pl.Float64)
    return Table(
        "indicators",
        pl.DataFrame([row], schema_overrides=kinds),
        ("criterion", "member"),
        {"value": "fraction", "unit": ""},
    )


@pytest.mark.parametrize(
    ("now", "then", "better", "trend"),
    [
        ((0.3, 0.1, 0.6), (0.4, 0.2, 0.9), "lower", "better"),  # wide ranges, every end moved down
        ((0.3, 0.3, 0.3), (0.4, 0.2, 0.9), "lower", "within the range"),  # the value fell and the low end rose
        ((0.3, 0.1, 0.6), (0.4, 0.2, 0.9), "higher", "worse"),
        ((0.3, 0.1, 0.6), (0.4, None, None), "lower", "within the range"),  # the older value lies inside the range
        ((0.3, 0.1, 0.35), (0.4, None, None), "lower", "better"),
        ((None, None, None), (0.4, None, None), "lower", ""),
        ((0.3, None, None), (None, None, None), "lower", ""),
    ],
)
def test_a_change_that_its_range_does_not_bear_out_is_no_trend(now, then, better, trend):
    made = status(partnership(), cells(now[0], now[1], now[2], better), cells(then[0], then[1], then[2], better), DAY)
    assert made.indicators.to_rows()[0]["trend"] == trend


def test_what_moved_between_two_runs_on_the_same_data_says_that_the_world_did_not():
    then, now = cells(0.3, 0.1, 0.5, "lower"), cells(0.4, 0.2, 0.6, "lower")
    made = status(partnership(), now, then, DAY)
    said = "baseline and latest are both of data of 2020: the runs differ, not the world"
    assert [(r["trend"], r["note"]) for r in made.indicators.to_rows()] == [("worse", said)]
    assert agenda(partnership(), DAY, made)[0].reason.endswith(f"lower is better. {said.capitalize()}.")
    older = Table(then.name, then.frame.with_columns(year=2014), then.dims, then.units)
    assert [r["note"] for r in status(partnership(), now, older, DAY).indicators.to_rows()] == [""]


def test_the_agenda_counts_what_is_still_open_and_not_what_is_done():
    what = partnership(commitment("one", status="done"), commitment("two", status="under way"), commitment("three"))
    reasons = [p.reason for p in agenda(what, DAY, status(what, indicators_of(found(), what), on=DAY))]
    assert "Of 2 open commitments 2 are without a day due." in reasons
    assert "Of 2 open commitments 1 is of unknown state." in reasons


def test_the_range_of_what_a_plan_avoids_holds_its_value():
    # The solver gives 0.3 for the plan and, a last digit less, for each end of its parameters.
    ends = table([{"avoided_share": 0.3 - 1e-12, "added_share": 0.1 - 1e-12}])
    about = SimpleNamespace(data_year=2020)
    plan = SimpleNamespace(avoided=0.3, added=0.1, provenance=about, range_of=lambda name: (ends.frame[name][0],) * 2)
    for compute in (INDICATORS["avoided"].compute, INDICATORS["acting-together"].compute):
        (row,) = compute(SimpleNamespace(plans={"chips": plan}), partnership())
        assert row["low"] <= row["value"] <= row["high"]


def test_a_baseline_in_the_file_counts_where_no_older_results_are_named():
    what = partnership(commitment(indicator=Effect(id="reliance", member="JPN", baseline=0.3, baseline_year=2014)))
    row = status(what, indicators_of(found(), what), on=DAY).commitments.to_rows()[0]
    assert (row["baseline"], row["baseline_year"], row["trend"]) == (0.3, 2014, "better")


def test_a_baseline_later_than_the_data_is_none_and_the_note_says_so():
    now = cells(0.3, None, None, "lower")  # of 2020
    aimed = Effect(id="exposure", of="x", target=0.4, baseline=0.5, baseline_year=2022)
    made = status(partnership(commitment(indicator=aimed)), now, on=DAY)
    row = made.commitments.to_rows()[0]
    note = "no trend: the baseline is of 2022, and the latest data are of 2020"
    assert (row["trend"], row["baseline"], row["reached"]) == ("", 0.5, True)
    assert row["note"] == f"{note}; whether the target is reached is told of 2020"
    older = Table(now.name, now.frame.with_columns(year=2022, value=0.3), now.dims, now.units)
    made = status(partnership(), now, older, DAY)
    assert [(r["trend"], r["note"]) for r in made.indicators.to_rows()] == [("", note)]
    assert "indicators: no earlier baseline to compare with" in repr(made)


def test_a_single_commitment_and_a_single_gap_are_said_in_the_singular():
    made = status(partnership(commitment()), indicators_of(found(), partnership()), on=DAY)
    assert repr(made).splitlines()[1] == "├─ 1 commitment: 1 of unknown state"
    made.about["not_known"][1:] = []
    assert repr(made).splitlines()[-1] == "└─ 1 kind of fact is not known"
    single = partnership(pillars=(Pillar(id="chips", title="Chips", industries=["C26"]),))
    assert cell(indicators_of(found(), single), "shared-industries/chips")["note"] == "of 1 industry"


def test_an_indicator_that_only_an_assessment_gives_is_asked_for():
    what = partnership(commitment(indicator=Effect(id="exposure", of="chip-shortage")))
    made = status(what, indicators_of(found(), what), on=DAY)
    assert made.about["needs"] == ["exposure"]
    assert made.commitments.to_rows()[0]["note"] == "needs an assessment (interdep assess)"
    assert made.commitments.to_rows()[0]["latest"] is None


def test_the_baseline_of_another_partnership_is_refused():
    other = indicators_of(found(), partnership(name="other"))
    with pytest.raises(InputError, match="the baseline is of 'other', not of 'mine'"):
        status(partnership(), indicators_of(found(), partnership()), other, DAY)


def test_a_status_is_read_back_as_it_was_and_from_no_other_folder(tmp_path):
    what = partnership(commitment(due=date(2026, 1, 1)))
    made = status(what, indicators_of(found(), what), on=DAY)
    made.save(tmp_path / "s")
    again = Status.load(tmp_path / "s")
    assert again.about == made.about
    for name, each in made.named.items():
        assert again.named[name].frame.equals(each.frame)
    assert "one" in (tmp_path / "s" / "commitments.csv").read_text(encoding="utf-8-sig")
    (tmp_path / "s" / "pillars.parquet").unlink()
    with pytest.raises(InputError, match=r"has lost its table pillars\.parquet"):
        Status.load(tmp_path / "s")


# Agenda, diff, calendar

MET = Meeting(id="first", title="First meeting", level="ministerial", date=date(2024, 5, 1),
              decisions=[Decision(id="a", text="Decide a", owners=["DEU"]),
                         Decision(id="b", text="Decide b", owners=["JPN"], due=date(2025, 1, 1))])  # fmt: skip


def test_the_agenda_begins_with_what_is_overdue_and_gives_each_reason():
    what = partnership(
        commitment(due=date(2026, 3, 1), decision="first/a", indicator=Effect(id="reliance")), meetings=(MET,)
    )
    now, then = found(), found(0.5)
    made = status(what, indicators_of(now, what), indicators_of(then, what), DAY)
    points = agenda(what, DAY, made, now.dependencies, found(common=()).dependencies)
    said = [(p.kind, p.subject) for p in points]
    assert said[:2] == [("overdue commitment", "one"), ("decision not followed up", "first/b")]
    assert points[0].reason == "Due on 2026-03-01, 92 days earlier; its state is not known."
    assert (
        points[1].reason
        == "Decided on 2024-05-01 (First meeting); no commitment follows from it; it was due on 2025-01-01."
    )
    worse = [p for p in points if p.kind == "indicator moved the wrong way"]
    assert worse[0].subject == "reliance/chips"
    # 0.1 from the rest of the world; from CHN 0.35, half of that before.
    assert worse[0].reason == "From 27.5 % to 45.0 %; lower is better. It is the indicator of one."
    assert ("new common dependency", "C26") in said
    assert points[-1].reason == "Of 1 open commitment 1 is of unknown state."


def test_a_meeting_to_come_is_not_yet_followed_up():
    what = partnership(meetings=(MET,))
    for day, count in ((date(2024, 4, 1), 0), (MET.date, 0), (date(2024, 5, 2), 2)):
        assert day is not None
        made = status(what, indicators_of(found(), what), on=day)
        assert sum(p.kind == "decision not followed up" for p in agenda(what, day, made)) == count


def test_new_common_products_are_those_that_became_so_and_not_what_older_data_could_not_tell():
    now = products(("2846", "common dependency", "CHN", "one_supplier"), ("2504", "shared top supplier", "CHN", ""))
    before = products(("2846", "shared top supplier", "CHN", ""), ("2504", "common dependency", "CHN", "one_supplier"))
    what = partnership()
    made = status(what, indicators_of(found(), what), on=DAY)

    def subjects(older):
        new = agenda(what, DAY, made, found(products=now).dependencies, older)
        return [(p.subject, p.pillar) for p in new if p.kind == "new common dependency"]

    assert subjects(found(products=before).dependencies) == [("2846", "chips")]  # 2504 has become less
    assert subjects(found(products=now).dependencies) == []
    assert subjects(None) == [("2846", "chips")]  # it came to meet its criterion in its last year


def test_a_diff_says_in_sentences_what_was_added_edited_and_signed():
    one = commitment(due=date(2026, 1, 1))
    signed = one.model_copy(update={"signatures": {"DEU": Signature(hash=one.hash)}})
    old = partnership(one, commitment("gone"), meetings=(MET,))
    new = partnership(signed, commitment("come"), title="Ours")
    assert changes(old, new) == [
        "The partnership: the title went from 'Mine' to 'Ours'.",
        "Meeting first was taken out: First meeting",
        "Commitment come was added: Do come",
        "Commitment gone was taken out: Do gone",
        "Commitment one was signed by DEU.",
    ]
    edited = signed.model_copy(update={"due": date(2026, 2, 1), "status": "under way", "text": "Do more"})
    assert changes(new, partnership(edited, commitment("come"), title="Ours")) == [
        "Commitment one: the text went from 'Do one' to 'Do more'.",
        "Commitment one: the day due went from 2026-01-01 to 2026-02-01.",
        "Commitment one: the status went from 'not known' to 'under way'.",
        "Commitment one is no longer signed by DEU: its signature is of the older wording.",
    ]
    assert changes(new, new) == []


def test_the_calendar_has_a_day_for_each_meeting_and_each_thing_due_and_is_the_same_every_time():
    from icalendar import Calendar

    text = 'Grüße; 期限, "quoted" ' * 10
    what = partnership(commitment(due=date(2026, 1, 1), decision="first/a", text=text), meetings=(MET,))
    content = calendar(what)
    assert content == calendar(what)
    events = {str(e["uid"]): e for e in Calendar.from_ical(content).walk("VEVENT")}
    assert set(events) == {
        "meeting-first@mine.interdep", "decision-first-b@mine.interdep", "commitment-one@mine.interdep"
    }  # fmt: skip
    due = events["commitment-one@mine.interdep"]
    assert due.decoded("dtstart") == date(2026, 1, 1)
    assert due.decoded("dtend") == date(2026, 1, 2)
    assert due.decoded("dtstamp").date() == date(2024, 5, 1)  # the day it was decided
    assert str(due["summary"]) == "Due: " + text
    with pytest.raises(InputError, match="has no day to put into a calendar"):
        calendar(partnership(commitment()))


@pytest.mark.parametrize(
    ("ends", "shown"), [((0.05, 0.2), (0.05, 0.2)), ((0.12, 0.2), (0.1, 0.2)), ((0.01, 0.04), (0.01, 0.1))]
)
def test_the_range_of_a_loss_holds_the_default_even_where_it_lies_outside_the_draws(ends, shown):
    about = {"of": "s", "scenario": "s", "economy": "DEU", "low": ends[0], "high": ends[1]}
    spent = {"expenditure_default": 0.1, "expenditure_low": ends[0], "expenditure_high": ends[1]}
    loss = {"model": "m", "scenario": "s", "economy": "DEU", "loss_share": 0.1}
    nothing = SimpleNamespace(data_year=2020)
    year = {"scenario": "s", "economy": "DEU", "expenditure_loss_share": 0.1, "low": ends[0], "high": ends[1]}
    discounted = SimpleNamespace(name="discounted", to_rows=lambda: [year], provenance=nothing)
    made = SimpleNamespace(
        dependencies=SimpleNamespace(buyers={}),
        run=SimpleNamespace(sample={"draws": 9}, provenance=nothing, ranges=lambda groups: table([{**about, "model": "m"}]),
                            loss=SimpleNamespace(grouped=lambda *_: table([loss]))),
        fan=SimpleNamespace(ranges=lambda: table([{**about, "value": 0.1}]), losses=SimpleNamespace(provenance=nothing)),
        adjusted=SimpleNamespace(sample={"draws": 9}, provenance=nothing, ranges=lambda groups: table([about | spent])),
        paths=SimpleNamespace(made={"s": SimpleNamespace(tables=(discounted,))}),
    )  # fmt: skip
    for name in ("exposure", "exposure-by-day", "exposure-adjusted", "exposure-by-year"):
        (row,) = INDICATORS[name].compute(made, partnership())
        assert (row["value"], row["low"], row["high"]) == (0.1, *shown), name


def test_losses_are_read_for_each_scenario_and_member_with_their_range():
    nothing = indicators_of(found(), partnership()).provenance
    loss = pl.DataFrame({"model": ["leontief"] * 2, "scenario": ["s"] * 2, "economy": ["DEU", "JPN"],
                         "lost": [10.0, 0.0], "added": [100.0, 50.0], "loss_share": [0.1, 0.0]})  # fmt: skip
    ratio = {"loss_share": ("lost", "added")}
    money = {"lost": "EUR", "added": "EUR", "loss_share": "fraction"}
    losses = Table("loss", loss, ("model", "scenario", "economy"), money, ratios=ratio)
    span = {"scenario": "s", "economy": "DEU", "low": 0.05, "high": 0.2}
    spent = {**span, "expenditure_default": 0.03, "expenditure_low": 0.01, "expenditure_high": 0.04}
    year = {"scenario": "long", "economy": "DEU", "expenditure_loss_share": 0.02, "low": 0.01, "high": 0.05}
    discounted = Table(
        "discounted", pl.DataFrame([year, {**year, "scenario": "beside it"}]), ("scenario", "economy"), {"low": ""}
    )
    run = SimpleNamespace(loss=losses, sample={"draws": 1}, provenance=nothing,
                          ranges=lambda groups: table([{"model": "leontief", **span}]))  # fmt: skip
    made = indicators_of(
        SimpleNamespace(
            dependencies=found().dependencies, run=run,
            fan=SimpleNamespace(ranges=lambda: table([{**span, "value": 0.15}]), losses=losses),
            adjusted=SimpleNamespace(sample={"draws": 1}, provenance=nothing, ranges=lambda groups: table([spent])),
            paths=SimpleNamespace(made={"long": SimpleNamespace(tables=(discounted,))}),
        ),
        partnership(),
    )  # fmt: skip
    said = {
        (r["criterion"], r["member"]): (r["value"], r["low"], r["high"])
        for r in made.to_rows()
        if r["indicator"][:3] == "exp"
    }
    assert said == {
        ("exposure/s", "DEU"): (0.1, 0.05, 0.2), ("exposure/s", "JPN"): (0.0, None, None),
        ("exposure-by-day/s", "DEU"): (0.15, 0.05, 0.2), ("exposure-adjusted/s", "DEU"): (0.03, 0.01, 0.04),
        ("exposure-by-year/long", "DEU"): (0.02, 0.01, 0.05),
    }  # fmt: skip
