"""The sentence on where models disagree says what the results say: which is larger, by how much, whether ranges meet, why."""

from __future__ import annotations

import re

import pytest

from interdep import Ario, CapacityLoss, Equilibrium, ImportBan, Leontief, Scenario, SupplyStop, run
from interdep.models.comparison import compare
from interdep.models.run import attempt
from interdep.models.verdict import WORDS, View, parameter_words, verdict, views
from interdep.parameter import parameters_of
from interdep.testing import small_world
from interdep.units import per_cent

WORLD = small_world(4, 3)
STOP = Scenario("stop", shocks=[SupplyStop(economies=["USA", "CHN", "JPN"], industries="C26", days=300, reroute=False)])
GROUPS = {"DEU": ["DEU"], "both": ["DEU", "JPN"]}


@pytest.fixture(scope="module")
def made():
    return run(STOP, ["leontief", "ario", "equilibrium"], WORLD, draws=12)


def test_the_largest_is_told_by_how_many_times_it_is_the_smallest():
    said = verdict(
        [View("leontief", 0.002), View("ario", 0.009, seen="X lacks Y from day 5"), View("equilibrium", 0.003)], "A"
    )
    assert said.startswith("A: 0.20 % in the first order, 0.90 % day by day, 0.30 % once prices have adjusted; ")
    assert "day by day it is 4.5 times what it is in the first order: " in said
    assert "nothing replaces an essential input once stocks are used up (X lacks Y from day 5)" in said
    assert said.endswith("while the first order weighs what is missing by its value alone.")


def test_a_reason_is_given_for_an_input_that_holds_back_only_where_one_does():
    said = verdict([View("leontief", 0.002), View("ario", 0.009)], "A")
    assert "essential" not in said
    assert "passes through the chain" in said


@pytest.mark.parametrize(("low", "meets"), [(0.004, True), (0.0051, False)])
def test_ranges_that_meet_are_no_disagreement(low: float, meets: bool):
    said = verdict([View("leontief", 0.004, 0.003, 0.005), View("equilibrium", 0.02, low, 0.03)], "A")
    assert ("overlap, from 0.40 to 0.50 %" in said) is meets
    assert ("do not disagree" in said) is meets
    assert ("their ranges do not meet" in said) is not meets
    assert ("5.0 times" in said) is not meets


def test_without_both_ranges_nothing_is_said_of_ranges():
    assert "ranges" not in verdict([View("leontief", 0.004), View("equilibrium", 0.02, 0.01, 0.03)], "A")


def test_a_loss_in_one_model_and_a_gain_in_another_is_a_disagreement_about_the_sign():
    said = verdict([View("leontief", 0.002), View("equilibrium", -0.001)], "A")
    assert "disagree on whether it loses at all" in said
    assert said.endswith("it sells more or dearer, or buys cheaper what others no longer take.")


def test_near_equal_small_and_lone_losses():
    assert verdict([View("leontief", 0.002), View("equilibrium", 0.0022)], "A").endswith(
        "; the models say much the same."
    )
    assert verdict([View("leontief", 1e-6), View("ario", -2e-6)], "A") == (
        "A: next to nothing in every model (under 0.0010 % of a year's value added)."
    )
    assert verdict([View("leontief", -0.002), View("ario", -0.001)], "A").endswith("; no model sees a loss.")
    assert verdict([View("ario", 0.1)], "A") == ""


def test_the_views_are_the_losses_and_ranges_of_the_run(made):
    found = views(made, GROUPS)
    ranges = {(r["model"], r["economy"]): r for r in made.ranges(GROUPS).to_rows()}
    for label in GROUPS:
        each = found["stop", label]
        assert [v.model for v in each] == ["leontief", "ario", "equilibrium"]
        for view in each:
            row = ranges[view.model, label]
            assert (view.value, view.low, view.high) == (row["default"], row["low"], row["high"])


def test_what_holds_back_is_the_first_bottleneck_and_prices_those_of_the_tables(made):
    each = {v.model: v for v in views(made, GROUPS, {"C26": "Electronics"})["stop", "DEU"]}
    rows = made.bottlenecks.where(economy="DEU").to_rows()
    first = min(r["first_day"] for r in rows)
    assert each["ario"].seen.endswith(f"from day {first}")
    assert "Electronics" in each["ario"].seen
    (row,) = made.economies.where(economy="DEU").to_rows()
    dearer = 100 * (row["price_index"] / row["factor_price"] - 1)
    (told,) = re.findall(r"cost ([\d.]+) % more", each["equilibrium"].seen)
    assert float(told) == pytest.approx(dearer, rel=0.06)
    assert each["leontief"].seen == ""
    quiet = run(Scenario("quiet", shocks=[SupplyStop(economies="USA", industries="B", days=30)]), "ario", WORLD)
    assert not len(quiet.bottlenecks)
    assert {view.seen for (view,) in views(quiet).values()} == {""}


def test_what_decides_is_the_first_parameter_of_the_table_with_its_two_ends(made):
    (view,) = [v for v in views(made, GROUPS)["stop", "DEU"] if v.model == "equilibrium"]
    rows = [r for r in made.deciding(GROUPS).to_rows() if (r["model"], r["economy"]) == ("equilibrium", "DEU")]
    strongest = max(rows, key=lambda r: abs(r["correlation"]))
    assert abs(strongest["correlation"]) > 2 / 12**0.5
    assert parameter_words(strongest["parameter"]) in view.decides
    assert f"{per_cent(strongest['lower_fifth'])} where it is lowest" in view.decides


@pytest.mark.parametrize("model", [Equilibrium(), Leontief()])
def test_every_parameter_that_may_decide_has_words(model):
    ranged = {name for name, about in parameters_of(model).items() if about.low is not None}
    assert ranged - set(WORDS) <= ({"labour_share"} if isinstance(model, Leontief) else set())


def test_a_run_without_results_has_no_views():
    none = Scenario("none", shocks=[CapacityLoss(economies="USA", industries="C26", share=1.0, days=365)])
    made = attempt(none, Equilibrium(steps=1), WORLD)
    assert not made.ok
    assert views(made) == {}


# Side by side


def test_real_expenditure_stands_beside_value_added_and_is_missing_where_a_model_has_none(made):
    rows = {(r["model"], r["economy"]): r for r in compare([made], GROUPS).to_rows()}
    known = {r["economy"]: r for r in made.economies.grouped("economy", GROUPS).to_rows()}
    for label in GROUPS:
        assert rows["equilibrium", label]["expenditure_share"] == known[label]["loss_share"]
        assert rows["leontief", label]["expenditure_share"] is None
        assert rows["leontief", label]["expenditure_low"] is None
        assert rows["equilibrium", label]["expenditure_low"] < rows["equilibrium", label]["expenditure_high"]
    both = rows["equilibrium", "both"]
    summed = sum(r["real_expenditure_lost"] for r in made.economies.where(economy=["DEU", "JPN"]).to_rows())
    assert both["real_expenditure_lost"] == pytest.approx(summed)


def test_runs_of_one_model_each_compare_as_one_run_of_all_does():
    apart = [run(STOP, model, WORLD) for model in (Leontief(), Ario(), Equilibrium())]
    together = compare([run(STOP, ["leontief", "ario", "equilibrium"], WORLD)])
    assert compare(apart).frame.select(together.frame.columns).equals(together.frame)


def test_a_ban_shows_the_table_of_real_expenditure_only_for_models_in_which_prices_adjust():
    ban = Scenario("ban", shocks=[ImportBan(economies="DEU", suppliers="CHN", industries="C26", days=365)])
    assert "expenditure_share" not in compare([run(ban, "leontief", WORLD)]).units
    assert "expenditure_share" in compare([run(ban, "equilibrium", WORLD)]).units
