"""The fan over parameter ranges, first bites and held-back weeks, and the section of the report that tells them."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from interdep import Ario, CapacityLoss, Leontief, Partnership, Scenario, SupplyStop, assess, run
from interdep.briefing.days_section import SETTINGS, unspoken, variant_words
from interdep.briefing.findings import between
from interdep.models.fan import DEFAULT, RANGE, Fan, fan, variants
from interdep.models.timeline import first_bites, held_back
from interdep.parameter import parameters_of
from interdep.testing import small_world

GROUPS = {"G": ("DEU", "JPN"), "USA": ("USA",)}


@pytest.fixture(scope="module")
def world():
    return small_world(4, 4, seed=5)


@pytest.fixture(scope="module")
def scenarios():
    shortage = SupplyStop(
        economies="all", home=True, industries="C26", buyer_industries="C29", share=0.3, days=80, reroute=False
    )
    outage = CapacityLoss(economies="DEU", industries="J61", share=0.5, days=10)
    return [Scenario("chips", shocks=[shortage], horizon=100), Scenario("outage", shocks=[outage], horizon=100)]


@pytest.fixture(scope="module")
def made(world, scenarios):
    return fan(scenarios, GROUPS, world)


def test_every_range_is_tried_at_both_ends_and_every_choice_the_other_way():
    tried = variants(Ario())
    assert tried[DEFAULT] == Ario()
    known = parameters_of(Ario)
    for name, about in known.items():
        values = {getattr(model, name) for model in tried.values()}
        assert values == {about.low, about.default, about.high}, name
    for name in ("orders", "rationing", "essential"):
        assert len({getattr(model, name) for model in tried.values()}) == 2, name
    for name, model in tried.items():
        changed = [f.name for f in fields(Ario) if getattr(model, f.name) != getattr(Ario(), f.name)]
        assert len(changed) == 1 or name.startswith("stocks ") or name == DEFAULT, name


def test_the_fan_holds_what_each_variant_gives_by_itself(made, world, scenarios):
    name = "psi 0.95"
    alone = run(scenarios, models=variants(Ario())[name], world=world).loss.grouped("economy", GROUPS).to_rows()
    for row in alone:
        (kept,) = made.losses.where(parameter=name, scenario=row["scenario"], economy=row["economy"]).to_rows()
        assert kept["loss_share"] == pytest.approx(row["loss_share"], rel=1e-9, abs=1e-15)


def test_ranges_are_in_order_and_hold_every_variant(made):
    for table in (made.daily, made.ranges()):
        low, lower, value, upper, high = (table.frame[c].to_numpy() for c in RANGE)
        assert (low <= lower).all()
        assert (lower <= upper).all()
        assert (upper <= high).all()
        assert ((low <= value) & (value <= high)).all()
    shares = made.losses.where(scenario="chips", economy="G").frame["loss_share"].to_numpy()
    (row,) = made.ranges().where(scenario="chips", economy="G").to_rows()
    assert (row["low"], row["high"]) == (shares.min(), shares.max())
    assert row["lower"] == pytest.approx(np.quantile(shares, 0.25))
    assert row["high"] > row["low"]


def test_what_decides_is_ordered_by_what_it_moves(made):
    moved = made.deciding("chips", "G")
    # No shock makes anything dearer, so that the two variants of the trade elasticity are left out.
    assert len(moved) == len(variants(Ario())) - 3
    assert not any(name.startswith("trade_elasticity") for name, _ in moved)
    sizes = [abs(by) for _, by in moved]
    assert sizes == sorted(sizes, reverse=True)
    name, by = moved[0]
    rows = {r["parameter"]: r["loss_share"] for r in made.losses.where(scenario="chips", economy="G").to_rows()}
    assert by == rows[name] - rows[DEFAULT]


def test_a_fan_is_saved_and_read_back(made, tmp_path):
    made.save(tmp_path)
    again = Fan.load(tmp_path)
    assert again.losses.frame.equals(made.losses.frame)
    assert again.daily.frame.equals(made.daily.frame)
    assert again.run.bottlenecks.frame.equals(made.run.bottlenecks.frame)


def test_first_bites_are_those_of_the_bottlenecks(made, world):
    bites = first_bites(made.run, GROUPS)
    rows = {(r["scenario"], r["economy"], r["industry"]): r for r in bites.to_rows()}
    motor = rows["chips", "USA", "C29"]
    found = made.run.bottlenecks.where(scenario="chips", economy="USA", industry="C29").to_rows()
    first = min(found, key=lambda r: (r["first_day"], -r["depth"]))
    # One node is all of the group's industry: its first bottleneck is the group's.
    assert (motor["first_day"], motor["product"], motor["held"]) == (first["first_day"], "C26", 1.0)
    both = rows["chips", "G", "C29"]
    days = [
        min(r["first_day"] for r in made.run.bottlenecks.where(scenario="chips", economy=e, industry="C29").to_rows())
        for e in GROUPS["G"]
    ]
    assert both["first_day"] in days


def test_the_cause_of_a_bite_is_what_is_lacking_by_that_day_and_not_what_follows(made):
    from dataclasses import replace

    import polars as pl

    # Five members of one industry, 10, 10, 10, 10 and 60 of its value added: by day 5 two lack C26 (the tenth is reached on
    # day 3), the largest lacks J61 on day 50.
    members = [
        ("A", 10.0, 3, "C26"),
        ("B", 10.0, 3, "C26"),
        ("C", 10.0, 9, "J61"),
        ("D", 10.0, 9, "J61"),
        ("E", 60.0, 50, "J61"),
    ]
    labels = {"model": ["ario"] * 5, "scenario": ["s"] * 5, "economy": [m[0] for m in members], "industry": ["C29"] * 5}
    columns = {"value_added_lost": [0.0] * 5, "final_demand_unmet": [0.0] * 5, "loss_share": [0.0] * 5}
    loss = pl.DataFrame({**labels, **columns, "value_added": [m[1] for m in members]})
    found = pl.DataFrame(
        {**labels, "product": [m[3] for m in members], "first_day": [m[2] for m in members], "last_day": [60] * 5,
         "days": [9] * 5, "depth": [0.5] * 5}
    )  # fmt: skip
    run_ = replace(
        made.run, loss=replace(made.run.loss, frame=loss),
        days={"bottlenecks": replace(made.run.bottlenecks, frame=found)},
    )  # fmt: skip
    (row,) = first_bites(run_, {"G": tuple("ABCDE")}).to_rows()
    assert (row["first_day"], row["product"], row["held"], row["depth"]) == (3, "C26", 1.0, 0.5)


def test_held_back_is_a_part_of_value_added_in_the_weeks_between(made, world):
    held = held_back(made.run, GROUPS)
    rows = [r for r in held.to_rows() if (r["scenario"], r["economy"], r["product"]) == ("chips", "USA", "C26")]
    found = [r for r in made.run.bottlenecks.where(scenario="chips", economy="USA").to_rows() if r["product"] == "C26"]
    added = dict(zip(world.industries, world.value_added.reshape(world.shape)[2], strict=True))
    week = rows[0]["period"]
    lacking = sum(added[r["industry"]] for r in found if r["first_day"] // 7 <= week <= r["last_day"] // 7)
    assert rows[0]["held"] == pytest.approx(lacking / sum(added.values()))
    assert min(r["period"] for r in rows) == min(r["first_day"] for r in found) // 7
    assert all(0 < r["held"] <= 1 for r in held.to_rows())
    assert max(r["period"] for r in held.to_rows()) <= 100 // 7


def test_a_run_without_bottlenecks_has_no_bites(world):
    calm = Scenario("calm", shocks=[CapacityLoss(economies="DEU", industries="C26", share=1e-6, days=1)], horizon=10)
    done = run(calm, models="ario", world=world)
    assert len(first_bites(done, GROUPS)) == 0
    assert len(held_back(done, GROUPS)) == 0


# In the report


def test_every_variant_reads_as_a_sentence():
    assert unspoken(Ario()) == []
    for name in variants(Ario()):
        words = variant_words(name)
        assert words
        assert "{" not in words
    assert set(SETTINGS) >= {n for n in variants(Ario()) if not n.split(" ")[-1].replace(".", "").isdigit()} - {DEFAULT}
    assert variant_words("essential_above 0.01") == "if inputs above 1.0 % of output are essential"
    assert variant_words("psi 0.95") == "if output falls as soon as stocks are below 95 % of their target"


def test_ranges_print_without_signs_nobody_can_read():
    assert between(0.001, 0.147) == "0.10 to 14.7 %"
    assert between(-1e-9, 1e-7) == "under 0.0001 %"
    assert between(-0.0002, 1e-9) == "-0.020 to 0 %"


def test_the_report_tells_days_ranges_and_what_decides(world, scenarios):
    three = Partnership(name="try", title="A try", members=["DEU", "JPN", "USA"])
    page = assess(three, scenarios, world).html()
    made = fan(scenarios, {"DEU": ("DEU",), "JPN": ("JPN",), "USA": ("USA",)}, world)
    assert "Day by day: when it bites, and where first" in page
    for words in (
        "What decides it: a loss of",
        "First held back:",
        "of the loss falls after the shock is over",
        "loss over all variants:",
        "the worst day is day",
    ):
        assert words in page, words
    worst = max(made.daily.where(scenario="chips", economy="USA").to_rows(), key=lambda r: r["value"])
    assert f"the worst day is day {worst['day']}" in page
    assert "psi 0.8" in page
    assert "Hallegatte" in page


def test_a_scenario_that_moves_nothing_is_told_in_a_sentence(world):
    calm = Scenario("calm", shocks=[CapacityLoss(economies="DEU", industries="C26", share=1e-7, days=1)], horizon=10)
    stop = Scenario("stop", shocks=[SupplyStop(economies="USA", industries="C26", days=60)], horizon=100)
    made = assess(Partnership(name="try", title="A try", members=["DEU", "JPN"]), [calm, stop], world)
    page = made.html()
    assert "On no day and in no variant does a partner lose more than 0.0010" in page.replace("\u00a0", " ")
    names = [picture.figure.name for picture in made.document.pictures]
    assert "days-stop" in names
    assert "days-calm" not in names
    assert isinstance(made.run.loss.frame["model"][0], str)
    assert set(made.run.loss.frame["model"]) == {Leontief.name}
