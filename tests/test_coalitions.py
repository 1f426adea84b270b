"""Coalitions: every number against runs written by hand, the laws of shares, transfers and values, and what is refused."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from interdep import (
    Equilibrium,
    ExportBan,
    ImportBan,
    Scenario,
    World,
    economies,
    run,
)
from interdep.agreement.coalition_tables import break_even, equal_burden
from interdep.agreement.coalitions import Coalitions, coalitions
from interdep.errors import InputError, NotConverged
from interdep.testing import small_world, synthetic_world

MEMBERS, ADDED, OUTSIDE, TARGET = ("DEU", "FRA"), ("JPN", "USA"), "TWN", "CHN"


def measures(*who: str, share: float = 1.0) -> Scenario:
    """No C26 bought from the target, and less of B delivered to it."""
    return Scenario(
        "measures",
        title="Measures",
        shocks=[
            ImportBan(economies=list(who), suppliers=[TARGET], industries=["C26"], days=365),
            ExportBan(economies=list(who), buyers=[TARGET], industries=["B"], share=0.6 * share, days=365),
        ],
    )


@pytest.fixture(scope="module")
def world() -> World:
    return small_world(6, 3)


@pytest.fixture(scope="module")
def found(world) -> Coalitions:
    return coalitions(measures("DEU"), TARGET, MEMBERS, ADDED, world)


@pytest.fixture(scope="module")
def alone(world) -> dict[frozenset[str], dict[str, float]]:
    """Real expenditure lost by economy, for every coalition of all five others, each from a run of its own scenario."""
    others = [e for e in world.economies if e != TARGET]
    out = {frozenset[str](): dict.fromkeys(world.economies, 0.0)}
    for size in range(1, len(others) + 1):
        for who in itertools.combinations(others, size):
            made = run(measures(*who), Equilibrium(), world).economies.to_rows()
            out[frozenset(who)] = {r["economy"]: r["real_expenditure_lost"] for r in made}
    return out


def change(alone: dict, joiner: str, to: frozenset[str], of: str = TARGET) -> float:
    return alone[to | {joiner}][of] - alone[to][of]


def close(value: Any) -> Any:
    """To the tolerance of the solver; amounts are in millions."""
    return pytest.approx(value, rel=1e-6, abs=1e-7)


# ---- steps ----------------------------------------------------------------------------------------------------------


def test_every_step_is_the_scenario_decided_by_its_coalition(found, alone, world):
    coalition = {
        "DEU+FRA": {"DEU", "FRA"}, "DEU+FRA+JPN": {"DEU", "FRA", "JPN"}, "DEU+FRA+JPN+USA": {"DEU", "FRA", "JPN", "USA"},
        "every named economy": {"DEU", "FRA", "JPN", "USA", "TWN"},
    }  # fmt: skip
    rows = {r["scenario"]: r for r in found.steps.to_rows()}
    assert list(rows) == list(coalition)
    assert [r["added"] for r in rows.values()] == ["", "JPN", "USA", ""]
    spent = dict(zip(world.economies, world.final_use.sum(axis=(0, 2)), strict=True))
    for label, members in coalition.items():
        lost, row = alone[frozenset(members)], rows[label]
        assert row["economies"] == len(members)
        assert row["target_loss"] == close(lost[TARGET])
        assert row["members_loss"] == close(sum(lost[m] for m in members))
        assert row["others_loss"] == close(sum(lost[e] for e in lost if e != TARGET and e not in members))
        assert row["target_share"] == close(lost[TARGET] / spent[TARGET])
        whole = alone[frozenset(coalition["every named economy"])][TARGET]
        assert row["share_of_named"] == row["share_of_world"] == close(lost[TARGET] / whole)


def test_losses_hold_every_economy_of_every_coalition_that_was_solved(found, alone):
    rows = {(r["scenario"], r["economy"]): r for r in found.losses.to_rows()}
    assert len(rows) == len(found.status) * 6
    for economy, lost in alone[frozenset({"DEU", "FRA", "USA"})].items():
        assert rows["DEU+FRA+USA", economy]["real_expenditure_lost"] == close(lost)
    assert [rows["DEU+FRA+USA", e]["side"] for e in ("DEU", TARGET, OUTSIDE)] == ["inside", "target", "outside"]


QUAD = ("AUS", "IND", "JPN", "USA")


def test_a_group_is_one_member_and_means_its_economies(world):
    table = replace(world, economies=("DEU", "AUS", "IND", TARGET, "JPN", "USA"))
    made = coalitions(measures("DEU"), TARGET, "DEU", "QUAD", table)
    base, joined = made.steps.to_rows()[:2]
    lost = [
        run(measures(*who), Equilibrium(), table).economies.where(economy=TARGET).to_rows()[0]["real_expenditure_lost"]
        for who in (("DEU",), ("DEU", *QUAD))
    ]
    assert (joined["scenario"], joined["added"], joined["economies"]) == ("DEU+QUAD", "QUAD", 5)
    assert [base["target_loss"], joined["target_loss"]] == close(lost)
    assert {r["criterion"]: r["member"] for r in made.marginal.to_rows()} == dict.fromkeys(
        ("first", "nested", "last", "shapley"), "QUAD"
    )
    # It may leave as one, and each of its economies by itself.
    inside = {r["member"]: r["economies"] for r in made.stability.to_rows()}
    assert inside == {"QUAD": 4, "DEU": 1, **dict.fromkeys(QUAD, 1)}
    with pytest.raises(InputError, match="JPN of QUAD is the target and cannot be a member"):
        coalitions(
            Scenario("made", shocks=[ImportBan(economies="DEU", suppliers="JPN", days=365)]), "JPN", "QUAD", (), table
        )
    with pytest.raises(InputError, match=r"JPN of QUAD is a member already \(as JPN\)"):
        coalitions(measures("DEU"), TARGET, ("DEU", "JPN"), "QUAD", table)


# ---- who adds what ---------------------------------------------------------------------------------------------------


def test_what_each_adds_first_nested_and_last(found, alone):
    base, full = frozenset(MEMBERS), frozenset(MEMBERS + ADDED)
    cells = {(r["member"], r["criterion"]): r for r in found.marginal.to_rows()}
    joined = {
        ("JPN", "first"): base, ("JPN", "nested"): base, ("JPN", "last"): full - {"JPN"}, ("USA", "first"): base,
        ("USA", "nested"): base | {"JPN"}, ("USA", "last"): full - {"USA"},
    }  # fmt: skip
    for (who, criterion), to in joined.items():
        row = cells[who, criterion]
        assert row["target_loss"] == close(change(alone, who, to))
        assert row["own_cost"] == close(change(alone, who, to, who))
        assert row["members_cost"] == close(sum(change(alone, who, to, m) for m in to))
        rest = set(alone[base]) - to - {who, TARGET}
        assert row["others_cost"] == close(sum(change(alone, who, to, e) for e in rest))


def test_shapley_is_the_mean_over_all_orders_and_adds_up(world, alone):
    joiners, base = ("JPN", "USA", "TWN"), frozenset({"DEU", "FRA"})
    cells = {r["member"]: r for r in coalitions(measures("DEU"), TARGET, MEMBERS, joiners, world).marginal.where(
        criterion="shapley").to_rows()}  # fmt: skip
    orders = list(itertools.permutations(joiners))
    for who in joiners:
        mean = np.mean([change(alone, who, base.union(order[: order.index(who)])) for order in orders])
        assert cells[who]["target_loss"] == close(mean)
    total = alone[base.union(joiners)][TARGET] - alone[base][TARGET]
    assert sum(r["target_loss"] for r in cells.values()) == close(total)


def test_nested_adds_up_and_last_is_what_is_missing_without(found):
    step = {r["scenario"]: r["target_loss"] for r in found.steps.to_rows()}
    full, base = step["DEU+FRA+JPN+USA"], step["DEU+FRA"]
    rows = found.marginal.to_rows()
    assert sum(r["target_loss"] for r in rows if r["criterion"] == "nested") == close(full - base)
    without = {r["scenario"]: r for r in found.losses.where(economy=TARGET).to_rows()}
    for row in (r for r in rows if r["criterion"] == "last"):
        assert row["target_loss"] + without[row["joins"]]["real_expenditure_lost"] == close(full)


def test_the_order_given_changes_the_nested_row_alone(found, world):
    turned = coalitions(measures("DEU"), TARGET, MEMBERS[::-1], ADDED[::-1], world)
    for criterion in ("first", "last", "shapley"):
        one, two = (
            {r["member"]: r["target_loss"] for r in each.marginal.where(criterion=criterion).to_rows()}
            for each in (found, turned)
        )
        assert one == close(two)


def test_beyond_seven_joiners_orders_are_averaged_only_where_asked():
    table = synthetic_world(14, 1)
    ban = Scenario("ban", shocks=[ImportBan(economies="E02", suppliers="E01", share=0.5, days=365)])
    joiners = [f"E{k:02d}" for k in range(3, 14)]
    made = coalitions(ban, "E01", "E02", joiners[:8], table)
    assert set(made.marginal.frame["criterion"]) == {"first", "nested", "last"}
    with pytest.raises(InputError, match=r"11 joiners have 2,048 coalitions to average over; at most 10"):
        coalitions(ban, "E01", "E02", joiners, table, shapley=True)


# ---- transfers --------------------------------------------------------------------------------------------------------


def test_transfers_by_hand():
    # Both bought 100 for 100; one is left with 90, prices are as they were: 5 change hands, both are left with 95.
    assert equal_burden(np.array([100.0, 100.0]), np.array([90.0, 100.0]), np.ones(2)) == pytest.approx([5.0, -5.0])
    # Where everything got a quarter dearer for the second, 95 + T1 = (100 + T2) / 1.25 with T1 + T2 = 0 gives T2 = 75 / 9.
    given, prices = equal_burden(np.array([100.0, 100.0]), np.array([95.0, 100.0]), np.array([1.0, 1.25])), [1.0, 1.25]
    assert given == pytest.approx([-75 / 9, 75 / 9])
    assert (np.array([95.0, 100.0]) + given) / prices == pytest.approx([780 / 9 / 1, 780 / 9 / 1])


positive = st.floats(0.1, 100.0)


@given(arrays.arrays(float, (3, 5), elements=positive))
def test_transfers_sum_to_zero_and_leave_everyone_the_same_part(drawn):
    before, after, prices = drawn
    transfer = equal_burden(before, after, prices)
    assert transfer.sum() == pytest.approx(0.0, abs=1e-12 * after.sum())
    left = (after + transfer) / prices / before
    assert left == pytest.approx(np.full(5, left.mean()), rel=1e-9)


def test_the_transfers_of_the_full_coalition(found, alone):
    rows = found.transfers.to_rows()
    assert {r["economy"] for r in rows} == {*MEMBERS, *ADDED}
    assert sum(r["transfer"] for r in rows) == pytest.approx(0.0, abs=1e-8)
    lost = alone[frozenset(MEMBERS + ADDED)]
    for row in rows:
        assert row["real_expenditure_lost"] == close(lost[row["economy"]])
        real = (row["expenditure_after"] + row["transfer"]) / row["price_index"]
        assert 1 - real / row["expenditure"] == pytest.approx(row["loss_share_after"])
        assert row["loss_share_after"] == pytest.approx(rows[0]["loss_share_after"], rel=1e-9)


# ---- stability --------------------------------------------------------------------------------------------------------


def test_what_being_in_costs_and_adds(found, alone):
    full = frozenset(MEMBERS + ADDED)
    rows = {r["member"]: r for r in found.stability.to_rows()}
    assert {n for n, r in rows.items() if r["side"] == "inside"} == full
    assert {n for n, r in rows.items() if r["side"] == "outside"} == {OUTSIDE}
    for who, row in rows.items():
        assert row["own_cost"] == close(change(alone, who, full - {who}, who))
        assert row["target_loss"] == close(change(alone, who, full - {who}))


def test_who_is_alone_leaves_nobody_and_nothing_is_lost(world, alone):
    single = coalitions(measures("DEU"), TARGET, "DEU", (), world)
    (row,) = [r for r in single.stability.to_rows() if r["side"] == "inside"]
    lost = alone[frozenset({"DEU"})]
    assert (row["own_cost"], row["target_loss"]) == close((lost["DEU"], lost[TARGET]))
    assert len(single.marginal) == 0


@pytest.mark.parametrize(
    ("cost", "bite", "expected"),
    [
        (2.0, 4.0, ("from", 0.5)), (-1.0, 4.0, ("always", None)), (0.0, 4.0, ("always", None)),
        (-1.0, 0.0, ("always", None)), (2.0, 0.0, ("never", None)), (2.0, -1.0, ("never", None)),
        (0.0, -1.0, ("never", None)), (-2.0, -4.0, ("up to", 0.5)), (0.0, 0.0, ("nothing changes", None)),
        (1e-9, 1e-9, ("nothing changes", None)), (float("nan"), 1.0, (None, None)),
    ],
)  # fmt: skip
def test_from_which_value_it_pays(cost, bite, expected):
    assert break_even(cost, bite, 1e-8, 1e-8) == expected


def test_choices_turn_at_the_break_even(found):
    for row in found.stability.to_rows():
        if row["when"] == "from":
            inside = row["side"] == "inside"
            for factor, wanted in (
                (0.999, "leaves" if inside else "stays out"),
                (1.001, "stays" if inside else "joins"),
            ):
                choice = found.stable(factor * row["break_even"]).where(member=row["member"]).to_rows()[0]
                assert choice["choice"] == wanted
                assert (choice["gain"] > 0) == (factor > 1)
    assert "from" in set(found.stability.frame["when"])


@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf"), True, "1"])
def test_a_value_is_a_number_of_at_least_zero(found, value):
    with pytest.raises(InputError, match="give a number of at least 0"):
        found.stable(value)


# ---- everybody ---------------------------------------------------------------------------------------------------------


def test_a_coalition_of_everybody_is_the_whole_of_what_can_be_done(world):
    whole = coalitions(measures("DEU"), TARGET, ("DEU", "FRA", "JPN", "USA", "TWN"), (), world)
    (row,) = whole.steps.to_rows()
    assert (row["share_of_named"], row["share_of_world"]) == (1.0, 1.0)
    assert set(whole.stability.frame["side"]) == {"inside"}


def test_the_rest_of_the_world_is_a_reference_of_its_own_and_nobody_who_could_join(world, alone):
    rest = replace(world, economies=tuple("ROW" if e == OUTSIDE else e for e in world.economies))
    made = coalitions(measures("DEU"), TARGET, MEMBERS, ADDED, rest)
    rows = {r["scenario"]: r for r in made.steps.to_rows()}
    assert list(rows)[-2:] == ["DEU+FRA+JPN+USA", "the whole world"]
    full, whole = (alone[frozenset(who)][TARGET] for who in (MEMBERS + ADDED, (*MEMBERS, *ADDED, OUTSIDE)))
    assert rows["DEU+FRA+JPN+USA"]["share_of_named"] == 1.0
    assert rows["DEU+FRA+JPN+USA"]["share_of_world"] == close(full / whole)
    assert set(made.stability.frame["side"]) == {"inside"}


def embargo(*who: str) -> Scenario:
    return Scenario("embargo", shocks=[ExportBan(economies=list(who), buyers=[TARGET], days=365)])


def test_what_everybody_cannot_do_is_missing_and_says_why(world):
    """The target may import nothing any more but still exports: no equilibrium pays for that."""
    made = coalitions(embargo("DEU"), TARGET, MEMBERS, ADDED, world)
    last = made.steps.to_rows()[-1]
    assert last["scenario"] == "every named economy"
    assert last["target_loss"] is last["share_of_named"] is last["members_share"] is None
    assert all(r["target_loss"] is not None and r["share_of_named"] is None for r in made.steps.to_rows()[:-1])
    assert all("every named economy: infeasible" in line or "with TWN" in line for line in made.failures())
    outsider = made.stability.where(member=OUTSIDE).to_rows()[0]
    assert outsider["when"] is outsider["break_even"] is outsider["own_cost"] is None
    assert made.stable(1.0).where(member=OUTSIDE).to_rows()[0]["choice"] is None


def test_members_without_a_result_are_an_error(world):
    everybody = tuple(e for e in world.economies if e != TARGET)
    with pytest.raises(NotConverged, match=r"DEU\+JPN\+USA\+FRA\+TWN: infeasible: .*CHN"):
        coalitions(embargo("DEU"), TARGET, everybody, (), world)


# ---- kept, and the library's scenario ------------------------------------------------------------------------


def test_what_is_saved_is_read_back(found, tmp_path):
    found.save(tmp_path)
    again = Coalitions.load(tmp_path)
    assert (again.scenario, again.target, again.at, again.hash) == (found.scenario, found.target, found.at, found.hash)
    for one, other in zip(found.tables, again.tables, strict=True):
        assert one.frame.equals(other.frame)
        assert one.about() == other.about()
    assert again.money == found.money
    assert "├─ DEU+FRA+JPN: CHN loses" in repr(again)
    assert "Chowdhry" in again.cite()


def test_progress_is_told(world):
    told = []
    made = coalitions(measures("DEU"), TARGET, MEMBERS, ADDED, world, progress=lambda done, of: told.append((done, of)))
    assert told == [(0, len(made.status)), (len(made.status), len(made.status))]


def test_the_stop_of_goods_cuts_goods_both_ways_between_the_eu_and_russia_and_nothing_else():
    world = World.read()
    rows, lost = Scenario.read("eu-russia-goods-stop").on(world).deliveries_lost()
    industries = len(world.industries)
    goods = {k for k, code in enumerate(world.industries) if code[0] in "ABC"}
    members, russia = {world.economy_index(e) for e in economies("EU27")}, world.economy_index("RUS")
    stopped = {
        (int(row) // industries, int(row) % industries, int(buyer))
        for row, by_buyer in zip(rows, lost, strict=True)
        for buyer in np.flatnonzero(by_buyer.all(axis=1))
    }
    assert stopped == {(russia, g, m) for g in goods for m in members} | {
        (m, g, russia) for g in goods for m in members
    }
    assert set(np.unique(lost)) == {0.0, 1.0}
