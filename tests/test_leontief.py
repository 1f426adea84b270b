"""Leontief against a case solved by hand, independent solves, and the contract of every model."""

from __future__ import annotations

import numpy as np
import pytest

from interdep import (
    CapacityLoss,
    DemandDrop,
    ExportBan,
    ImportBan,
    InputError,
    Leontief,
    NotConverged,
    Scenario,
    SupplyStop,
    Tariff,
    run,
)
from interdep.models.leontief import baseline, every_supplier_stop
from interdep.testing import check_model, small_world
from interdep.units import Money
from interdep.world import World


@pytest.fixture
def two_by_one() -> World:
    """Two economies, one industry, solved by hand below: DEU sells 20 to JPN's industry, JPN nothing to DEU's."""
    return World(
        name="hand",
        money=Money("USD", 2020),
        economies=("DEU", "JPN"),
        industries=("C26",),
        final_uses=("households",),
        intermediate=[[0.0, 20.0], [0.0, 0.0]],
        final_use=[[[60.0], [20.0]], [[10.0], [70.0]]],
    )


def one(world: World, *shocks, horizon: int = 365, model: Leontief | None = None):
    scenario = Scenario("case", shocks=list(shocks), horizon=horizon)
    outcome = (model or Leontief()).solve(world, [scenario.on(world)], "average")[0]
    assert outcome.ok, outcome.status
    return outcome.columns


def test_the_contract_of_every_model_holds():
    check_model(Leontief())
    check_model(Leontief(), small_world(5, 4, seed=3))


def test_a_ban_solved_by_hand(two_by_one):
    # A: JPN needs 0.25 of DEU's product for each unit (20 / 80). Output DEU 100, JPN 80; value added DEU 100, JPN 60.
    # Germany bans all deliveries to Japan. Upstream: DEU keeps its home sales, 60 of 100: HOT = 0.4; JPN loses no sales.
    # Downstream: a quarter of JPN's costs came over the ban: SHOT = 0.25; DEU buys nothing: 0.
    # Response 2/3 * 1/2 = 1/3: losses 100 * 0.4 / 3 and 60 * 0.25 / 3.
    columns = one(two_by_one, ExportBan(economies="DEU", buyers="JPN", industries="C26", days=365))
    np.testing.assert_allclose(columns["value_added_lost"], [100 * 0.4 / 3, 60 * 0.25 / 3], rtol=1e-12)
    np.testing.assert_allclose(columns["value_added_exposed"], [40.0, 15.0], rtol=1e-12)
    np.testing.assert_allclose(columns["exposed_upstream"], [40.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(columns["exposed_downstream"], [0.0, 15.0], atol=1e-12)


def test_a_ban_decided_by_the_buyer_costs_the_same(two_by_one):
    export = one(two_by_one, ExportBan(economies="DEU", buyers="JPN", industries="C26", days=365))
    imports = one(two_by_one, ImportBan(economies="JPN", suppliers="DEU", industries="C26", days=365))
    np.testing.assert_array_equal(export["value_added_lost"], imports["value_added_lost"])


def test_lost_capacity_is_lost_in_full_and_its_chain_by_the_response(two_by_one):
    # DEU makes half for a year: loses half of its 100 itself; a quarter of JPN's costs halves: 60 * 0.125 / 3.
    columns = one(two_by_one, CapacityLoss(economies="DEU", industries="C26", share=0.5, days=365))
    np.testing.assert_allclose(columns["value_added_lost"], [50.0, 60 * 0.125 / 3], rtol=1e-12)


def test_a_demand_drop_runs_up_the_chain(two_by_one):
    # JPN's households buy nothing: DEU loses 20 directly and 70 * 0.25 through JPN's industry; JPN loses 70 of 80.
    columns = one(two_by_one, DemandDrop(economies="JPN", industries="C26", share=1.0, days=365))
    np.testing.assert_allclose(columns["value_added_exposed"], [20 + 17.5, 60 * 70 / 80], rtol=1e-12)


def test_a_horizon_of_a_month_counts_a_month_of_value_added(two_by_one):
    year = one(two_by_one, ExportBan(economies="DEU", buyers="JPN", days=365))
    month = one(two_by_one, ExportBan(economies="DEU", buyers="JPN", days=30), horizon=30)
    np.testing.assert_allclose(month["value_added_lost"], year["value_added_lost"] * 30 / 365, rtol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_hot_and_shot_equal_their_published_definition(seed):
    world = small_world(4, 3, seed=seed)
    suppliers = world.node_mask(["DEU", "USA"], ["C26"])
    buyers = world.node_mask(["JPN"], world.industries)
    columns = one(world, ExportBan(economies=["DEU", "USA"], buyers="JPN", industries="C26", days=365))
    Z, F, x, v = world.intermediate, world.final_use.sum(axis=2), world.gross_output, world.value_added
    A, B = Z / x, Z / x[:, None]
    banned = np.outer(suppliers, buyers)
    A0, B0 = np.where(banned, 0, A), np.where(banned, 0, B)
    F0 = F.copy()
    F0[suppliers, 1] = 0
    eye = np.eye(len(x))
    hot = 1 - np.linalg.solve(eye - A0, F0.sum(axis=1)) / np.linalg.solve(eye - A, F.sum(axis=1))
    shot = 1 - np.linalg.solve(eye - B0.T, v) / np.linalg.solve(eye - B.T, v)
    np.testing.assert_allclose(columns["exposed_upstream"], v * hot, atol=1e-9)
    np.testing.assert_allclose(columns["exposed_downstream"], v * shot, atol=1e-9)
    np.testing.assert_allclose(columns["value_added_lost"], v / 3 * (1 - (1 - hot) * (1 - shot)), atol=1e-9)


def test_every_supplier_stop_equals_one_scenario_at_a_time():
    world = small_world(4, 3, seed=2)
    lost, exposed = every_supplier_stop(world)
    for place, (economy, industry) in enumerate(world.nodes):
        columns = one(world, SupplyStop(economies=economy, industries=industry, days=365))
        np.testing.assert_allclose(lost[place], columns["value_added_lost"], atol=1e-9)
        np.testing.assert_allclose(exposed[place], columns["value_added_exposed"], atol=1e-9)


def test_nodes_without_output_come_back_as_zeros():
    world = small_world(3, 2)
    Z, Y = world.intermediate.copy(), world.final_use.copy()
    Z[0], Z[:, 0], Y[0] = 0.0, 0.0, 0.0
    hollow = World("hollow", world.money, world.economies, world.industries, world.final_uses, Z, Y)
    columns = one(hollow, SupplyStop(economies="JPN", days=365))
    assert all(values[0] == 0.0 and np.isfinite(values).all() for values in columns.values())
    assert columns["value_added_lost"].sum() > 0


def test_inventories_leave_the_table_as_published():
    # Output 100 = 70 sold + 30 put on stock: rows grow by 100 / (100 - 30), so that the 70 stand for all of it.
    world = World(
        "stock", Money("USD", 2020), ("DEU", "JPN"), ("B",), ("households", "inventories"),
        [[0.0, 20.0], [0.0, 0.0]], [[[40.0, 25.0], [10.0, 5.0]], [[0.0, 0.0], [80.0, 0.0]]],
    )  # fmt: skip
    base = baseline(world)
    np.testing.assert_allclose(base.intermediate[0], [0.0, 20 * 100 / 70])
    np.testing.assert_allclose(base.final[0].sum(axis=1), [40 * 100 / 70, 10 * 100 / 70])


def test_a_table_with_labour_shares_uses_them_and_the_default_where_they_are_missing(two_by_one):
    world = World(
        "labour", two_by_one.money, two_by_one.economies, two_by_one.industries, two_by_one.final_uses,
        two_by_one.intermediate, two_by_one.final_use, labour_share=np.array([0.9, np.nan]),
    )  # fmt: skip
    np.testing.assert_allclose(Leontief().response(world), [2 / 3 * 0.9, 2 / 3 * 0.5])


def test_a_tariff_is_refused_by_name(two_by_one):
    tariff = Tariff(economies="JPN", suppliers="DEU", industries="C26", rate=0.1, days=365)
    with pytest.raises(
        NotConverged, match="Leontief has no prices, so it reads no Tariff, TariffSchedule or TradeCost"
    ):
        run(Scenario("duty", shocks=[tariff]), world=two_by_one)


def test_a_parameter_that_is_no_number_is_refused():
    with pytest.raises(InputError, match="Leontief: labour_share must be a finite number"):
        Leontief(labour_share=float("nan"))


def test_a_scenario_that_fails_in_a_batch_keeps_its_reason_and_the_others_return(two_by_one):
    good = Scenario("good", shocks=[ExportBan(economies="DEU", buyers="JPN", days=365)])
    bad = Scenario("bad", shocks=[ExportBan(economies="USA", buyers="JPN", days=365)])
    duty = Scenario("duty", shocks=[Tariff(economies="JPN", suppliers="DEU", rate=0.1, days=365)])
    result = run([good, bad, duty], world=two_by_one)
    assert not result.ok
    assert len(result.failures()) == 2
    assert "USA" in result.failures()[0]
    assert result.loss.frame["scenario"].unique().to_list() == ["good"]
    with pytest.raises(InputError, match="USA"):
        run(bad, world=two_by_one)


def test_peak_reads_the_worst_day_and_average_the_horizon(two_by_one):
    stop = Scenario("stop", shocks=[ExportBan(economies="DEU", buyers="JPN", days=73)], horizon=365)
    average = run(stop, world=two_by_one).loss.by("economy").frame["value_added_lost"].to_list()
    peak = run(stop, world=two_by_one, at="peak").loss.by("economy").frame["value_added_lost"].to_list()
    # A fifth of the year: DEU's lost sales are a fifth of those of a whole year at the peak's depth.
    assert average[0] == pytest.approx(peak[0] / 5)
    assert run(stop, world=two_by_one).at == "average"


def test_the_run_hash_is_of_the_numbers_not_of_their_header():
    stop = Scenario("stop", shocks=[ExportBan(economies="DEU", buyers="JPN", days=365)])
    one_world, other = small_world(3, 2, seed=1), small_world(3, 2, seed=2)
    assert run(stop, world=one_world).hash == run(stop, world=one_world).hash
    assert run(stop, world=one_world).hash != run(stop, world=other).hash
    deeper = Scenario("stop", shocks=[ExportBan(economies="DEU", buyers="JPN", days=200)])
    assert run(stop, world=one_world).hash != run(deeper, world=one_world).hash
