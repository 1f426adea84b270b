"""What duties and trade costs become in the equilibrium model: revenue at the border, sums of rates, first-order welfare."""

from __future__ import annotations

import numpy as np
import pytest

from interdep import Equilibrium, Scenario, Tariff, TradeCost, run
from interdep.models.equilibrium.base import base_of
from interdep.models.equilibrium.case import Case
from interdep.models.equilibrium.model import batch_of
from interdep.models.equilibrium.outcome import counterfactuals, rebased
from interdep.models.equilibrium.solver import settle
from interdep.testing import small_world
from made_equilibria import EXACT, FORMS, SHOCKS, assert_same, flow, solved, with_duties

WORLD = small_world(3, 3, 1)
SIZE = float(WORLD.gross_output.sum())
C26 = WORLD.industries.index("C26")
DEU, JPN, USA = range(3)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("rate", [0.25, -0.1])
def test_revenue_is_the_rate_times_what_crosses_the_border(form, rate):
    world = with_duties(WORLD)
    duty = Tariff(economies="DEU", suppliers="USA", industries=["B", "C26"], rate=rate, days=365)
    found = solved(Equilibrium(origin_shares=form, **EXACT), world, duty)
    rates = world.duties.copy()
    rates[:2, USA, DEU] += rate
    np.testing.assert_allclose(
        found.economies["duties_and_rents"], (rates * found.trade["deliveries"]).sum(axis=(0, 1)), rtol=1e-9
    )
    before = (world.duties * found.trade["deliveries_before"]).sum(axis=(0, 1))
    np.testing.assert_allclose(found.economies["duties_and_rents_before"], before, rtol=1e-9)
    assert (flow(found, C26, USA, DEU) < flow(found, C26, USA, DEU, "_before")) == (rate > 0)


def test_a_duty_of_nothing_changes_nothing():
    found = solved(Equilibrium(**EXACT), WORLD, Tariff(economies="DEU", suppliers="USA", rate=0.0, days=365))
    np.testing.assert_allclose(found.economies["real_expenditure_lost"], 0.0, atol=1e-9)
    np.testing.assert_allclose(found.industries["price"], 1.0, rtol=1e-11)


def test_duties_add_up_and_trade_costs_compound():
    about = {"economies": "DEU", "suppliers": "USA", "days": 365}
    model = Equilibrium(**EXACT)
    two = solved(model, WORLD, Tariff(rate=0.1, **about), Tariff(rate=0.2, **about))
    assert_same(two, solved(model, WORLD, Tariff(rate=0.3, **about)), SIZE)
    two = solved(model, WORLD, TradeCost(rate=0.1, **about), TradeCost(rate=0.2, **about))
    assert_same(two, solved(model, WORLD, TradeCost(rate=0.32, **about)), SIZE)


def test_a_tariff_pays_its_own_budget_and_a_trade_cost_nobodys():
    about = {"economies": "DEU", "suppliers": ["JPN", "USA"], "rate": 0.1, "days": 365}
    duty, cost = solved(Equilibrium(), WORLD, Tariff(**about)), solved(Equilibrium(), WORLD, TradeCost(**about))
    revenue = duty.economies["duties_and_rents"]
    assert revenue[DEU] > 1
    np.testing.assert_allclose(cost.economies["duties_and_rents"], 0.0, atol=1e-9)
    saved = cost.economies["real_expenditure_lost"][DEU] - duty.economies["real_expenditure_lost"][DEU]
    assert saved == pytest.approx(revenue[DEU], rel=0.2)


@pytest.mark.parametrize("form", FORMS)
def test_the_two_first_order_terms_add_up_to_the_welfare_of_a_small_tariff(form):
    """Caliendo & Parro (2015), equation 18: without deficits, terms and volume of trade are all there is."""
    world = with_duties(WORLD)
    base = base_of(world, form)
    model = Equilibrium(origin_shares=form, **EXACT)
    zero = np.zeros(3)
    elasticities = batch_of([model], world)
    (rest,), system = settle(base, [Case(deficit=zero)], elasticities, "buyer", 1e-13, 3000)
    start = rebased(system, rest.state[None])
    raised = start.duties + 1e-5 * np.random.default_rng(1).uniform(-1, 1, (3, 3, 3)) * (1 - np.eye(3))
    (rest,), system = settle(start, [Case(duties=raised)], elasticities, "buyer", 1e-14, 3000)
    (found,) = counterfactuals(system, rest.state[None])
    exact = np.log(found.real_expenditure)
    assert np.abs(exact).min() > 1e-8
    np.testing.assert_allclose(found.terms_of_trade() + found.volume_of_trade(), exact, rtol=2e-3, atol=1e-10)
    assert np.abs(found.volume_of_trade()).min() > 1e-9


def test_the_tables_of_a_run_say_the_same_as_the_outcome():
    made = run(Scenario("duty", shocks=SHOCKS["duty"]), Equilibrium(), WORLD, keep="paths")
    found = solved(Equilibrium(), WORLD, *SHOCKS["duty"])
    assert made.economies.frame["duties_and_rents"].to_list() == found.economies["duties_and_rents"].tolist()
    rows = made.trade.where(product="C26", supplier="USA", buyer="DEU").to_rows()
    assert [row["deliveries"] for row in rows] == [flow(found, C26, USA, DEU)]
    row = made.economies.where(economy="JPN").to_rows()[0]
    assert row["loss_share"] == pytest.approx(row["real_expenditure_lost"] / row["expenditure"], rel=1e-12)
