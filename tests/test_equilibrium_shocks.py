"""What each kind of shock becomes in the equilibrium model: bans, caps and their rents, scarce output, duties, trade costs."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from interdep import (
    CapacityLoss,
    Equilibrium,
    ExportBan,
    ImportBan,
    Scenario,
    SupplyStop,
    Tariff,
    TradeCost,
    World,
    run,
)
from interdep.models.equilibrium.base import base_of
from interdep.models.equilibrium.case import Case, Elasticities
from interdep.models.equilibrium.outcome import Counterfactual, counterfactuals
from interdep.models.equilibrium.reading import case_of
from interdep.models.equilibrium.solver import settle
from interdep.models.model import Outcome
from interdep.testing import small_world
from made_equilibria import ALIKE, EXACT, FORMS, SHOCKS, assert_same, flow, solved
from plain_equilibrium import plain_equilibrium

WORLD = small_world(3, 3, 1)
SIZE = float(WORLD.gross_output.sum())
C26 = WORLD.industries.index("C26")
DEU, JPN, USA = range(3)


def quantity(outcome: Outcome, product: int, supplier: int, buyer: int, rent: float = 0.0) -> float:
    """Part of the base-year quantity that is delivered, where the price holds a rent of this value."""
    price = outcome.industries["price"].reshape(3, 3)[supplier, product]
    return (flow(outcome, product, supplier, buyer) - rent) / price / flow(outcome, product, supplier, buyer, "_before")


# ---- bans --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_nothing_is_delivered_across_a_ban_and_nothing_else_stops(form):
    found = solved(Equilibrium(origin_shares=form), WORLD, *SHOCKS["ban"])
    banned = np.zeros((3, 3, 3), dtype=bool)
    banned[C26, USA, [DEU, JPN]] = True
    # Nothing but rounding of the payments of the product to the supplier, which are taken off.
    assert np.abs(found.trade["deliveries"][banned]).max() < 1e-13 * found.trade["deliveries"].max()
    assert (found.trade["deliveries"][~banned] > 0).all()
    assert found.trade["deliveries_before"][banned].min() > 1
    np.testing.assert_allclose(found.economies["duties_and_rents"], 0.0, atol=1e-9)


@pytest.mark.parametrize("form", FORMS)
def test_a_ban_is_a_trade_cost_without_end(form):
    model = Equilibrium(origin_shares=form, trade_elasticities=dict.fromkeys(WORLD.industries, 6.0), **EXACT)
    ban = solved(model, WORLD, ExportBan(economies="USA", buyers="DEU", industries="C26", days=365))
    cost = solved(model, WORLD, TradeCost(economies="DEU", suppliers="USA", industries="C26", rate=100.0, days=365))
    # 101 to the power -6 is 1e-12 of the flow.
    assert_same(ban, cost, SIZE)


def test_the_same_ban_may_be_told_from_either_side():
    model = Equilibrium(**EXACT)
    seller = solved(model, WORLD, ExportBan(economies="USA", buyers="DEU", industries="C26", days=365))
    buyer = solved(model, WORLD, ImportBan(economies="DEU", suppliers="USA", industries="C26", days=365))
    assert_same(seller, buyer, SIZE)


@pytest.mark.parametrize("form", FORMS)
def test_a_total_loss_of_capacity_is_a_stop_to_everybody(form):
    model = Equilibrium(origin_shares=form, **EXACT)
    loss = solved(model, WORLD, CapacityLoss(economies="JPN", industries="B", share=1.0, days=365))
    stop = solved(model, WORLD, SupplyStop(economies="JPN", industries="B", home=True, days=365))
    assert_same(loss, stop, SIZE)
    assert loss.industries["output"][3 * JPN] < 1e-9
    lost = loss.columns["value_added_lost"][3 * JPN]
    assert lost == pytest.approx(WORLD.value_added[3 * JPN], rel=1e-9)


def test_products_that_stop_are_what_a_trade_cost_would_make_them():
    """Of the origin's share a part f is gone: in value the same as a cost of (1 - f)^(-1/theta) on all of it."""
    theta, f = 5.0, 0.3
    model = Equilibrium(trade_elasticities={"C26": theta}, **EXACT)
    about = {"industries": "C26", "days": 365}
    stop = solved(model, WORLD, ImportBan(economies="DEU", suppliers="USA", share=f, cut="products", **about))
    cost = solved(model, WORLD, TradeCost(economies="DEU", suppliers="USA", rate=(1 - f) ** (-1 / theta) - 1, **about))
    assert_same(stop, cost, SIZE)
    np.testing.assert_allclose(stop.economies["duties_and_rents"], 0.0, atol=1e-9)


# ---- the mean mix ------------------------------------------------------------------------------------------------


def one_supplier(part: float = 1.0) -> World:
    """JPN C26 buys C29 from USA alone, or all but a part."""
    flows = WORLD.intermediate.copy()
    buyer = WORLD.nodes.index(("JPN", "C26"))
    rows = [WORLD.nodes.index((e, "C29")) for e in WORLD.economies]
    total = flows[rows, buyer].sum()
    flows[rows, buyer] = total * np.array([1 - part, 0.0, part])
    return World(
        "one supplier", WORLD.money, WORLD.economies, WORLD.industries, WORLD.final_uses, flows, WORLD.final_use,
        classification=WORLD.classification,
    )  # fmt: skip


STOP = ExportBan(economies="USA", buyers="JPN", industries="C29", days=365)


def test_a_buyer_without_supply_takes_the_mean_mix_of_its_economy():
    world = one_supplier()
    base = base_of(world, "own")
    case = case_of(world, base, Scenario("stop", shocks=[STOP]).on(world), "average", "output")
    assert case.notes == ("JPN C26 has no other supplier of C29, takes the mean mix of JPN",)
    # What all buyers in JPN together pay for C29, by hand, less what is banned.
    rows = [world.nodes.index((e, "C29")) for e in world.economies]
    columns = [world.nodes.index(("JPN", i)) for i in world.industries]
    paid = world.intermediate[np.ix_(rows, columns)].sum(axis=1) + world.final_use[rows, JPN].sum(axis=1)
    mine = case.cells.cell == (2 * 3 + JPN) * 4 + world.industries.index("C26")
    found = dict(zip((case.cells.supplier[mine] % 3).tolist(), case.cells.new[mine].tolist(), strict=True))
    expected = paid / paid.sum() * np.array([1.0, 1.0, 0.0])
    assert found == pytest.approx(dict(enumerate(expected)), rel=1e-12)
    outcome = solved(Equilibrium(), world, STOP)
    assert outcome.notes == case.notes
    assert abs(flow(outcome, 2, USA, JPN)) < 1e-13 * flow(outcome, 2, USA, USA)
    made = run(Scenario("stop", shocks=[STOP]), Equilibrium(), world)
    assert f"equilibrium: {case.notes[0]}" in made.provenance.steps


def test_a_buyer_that_keeps_two_per_cent_lives_with_them():
    kept = solved(Equilibrium(), one_supplier(0.98), STOP)
    assert kept.notes == ()
    taken = solved(Equilibrium(), one_supplier(0.995), STOP)
    assert "mean mix" in taken.notes[0]
    price = [o.industries["price"][3 * JPN + C26] for o in (kept, taken)]
    # Its other supplier is dear at a fiftieth of its needs; the mean mix costs it little.
    assert price[1] < 1.03
    assert price[0] > 1.05 * price[1]


# ---- caps on deliveries and their rents -------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "mobility"), [*itertools.product(FORMS, (0.0, 1.0))])
@pytest.mark.parametrize("rent", ["buyer", "seller"])
@pytest.mark.parametrize("share", [0.05, 0.4, 0.9])
def test_a_cut_leaves_just_that_quantity_and_one_side_earns_the_difference(form, mobility, rent, share):
    cut = ExportBan(economies="USA", buyers="DEU", industries="C26", share=share, days=365)
    found = solved(Equilibrium(origin_shares=form, mobility=mobility, rent=rent, **EXACT), WORLD, cut)
    earner = DEU if rent == "buyer" else USA
    rents = found.economies["duties_and_rents"]
    assert rents[earner] > 0
    np.testing.assert_allclose(np.delete(rents, earner), 0.0, atol=1e-9)
    assert quantity(found, C26, USA, DEU, rents[earner]) == pytest.approx(1 - share, rel=1e-9)
    # Budgets: what is spent is what is earned, with the rent and the deficit.
    base = base_of(WORLD, form)
    index = found.economies["price_index"]
    earned = (base.factors.reshape(-1) - found.columns["value_added_lost"]).reshape(3, 3).sum(axis=1) * index
    spent = (found.economies["expenditure"] - found.economies["real_expenditure_lost"]) * index
    np.testing.assert_allclose(spent, earned + rents + base.deficit, rtol=1e-9)


def test_by_default_the_side_that_decided_earns():
    sold = solved(Equilibrium(), WORLD, ExportBan(economies="USA", buyers="DEU", industries="B", share=0.3, days=365))
    stopped = solved(Equilibrium(), WORLD, SupplyStop(economies="USA", industries="B", share=0.3, days=365))
    bought = solved(
        Equilibrium(), WORLD, ImportBan(economies="DEU", suppliers="USA", industries="B", share=0.3, days=365)
    )
    earns = [(o.economies["duties_and_rents"] > 1e-3).tolist() for o in (sold, stopped, bought)]
    assert earns == [[False, False, True], [False, False, True], [True, False, False]]


def test_who_earns_the_rent_is_better_off():
    cut = ExportBan(economies="USA", buyers="DEU", industries="C26", share=0.3, days=365)
    to_buyer, to_seller = (solved(Equilibrium(rent=rent), WORLD, cut) for rent in ("buyer", "seller"))
    gain = to_buyer.economies["real_expenditure_lost"] - to_seller.economies["real_expenditure_lost"]
    assert gain[DEU] < -0.5
    assert gain[USA] > 0.5


@pytest.mark.parametrize("form", FORMS)
def test_a_cap_above_what_is_bought_anyway_does_nothing(form):
    model = Equilibrium(origin_shares=form, **EXACT)
    duty = Tariff(economies="DEU", suppliers="USA", industries="C26", rate=0.5, days=365)
    cap = ImportBan(economies="DEU", suppliers="USA", industries="C26", share=0.05, days=365)
    alone, both = solved(model, WORLD, duty), solved(model, WORLD, duty, cap)
    assert quantity(alone, C26, USA, DEU) < 0.9
    assert_same(alone, both, SIZE)


@pytest.mark.parametrize("rent", ["buyer", "seller"])
@pytest.mark.parametrize(("left", "theta"), [(1e-5, 4.0), (1e-8, 4.0), (1e-7, 9.0)])
def test_a_cut_of_nearly_everything_is_nearly_a_ban(rent, left, theta):
    model = Equilibrium(rent=rent, trade_elasticities=dict.fromkeys(WORLD.industries, theta), **EXACT)
    about = {"economies": "USA", "buyers": "DEU", "industries": "C26", "days": 365}
    cut, ban = solved(model, WORLD, ExportBan(share=1 - left, **about)), solved(model, WORLD, ExportBan(**about))
    # So much of the value is left: the quantity to the power theta / (1 + theta).
    value = left ** (theta / (1 + theta)) * float(ban.trade["deliveries_before"][C26, USA, DEU])
    for name in ("real_expenditure_lost", "duties_and_rents"):
        np.testing.assert_allclose(cut.economies[name], ban.economies[name], atol=2 * value, err_msg=name)
    assert cut.trade["deliveries"][C26, USA, DEU] == pytest.approx(value, rel=0.2)


def test_a_cut_of_some_days_is_that_part_of_the_year():
    model = Equilibrium(**EXACT)
    about = {"economies": "USA", "buyers": "DEU", "industries": "C26"}
    days = solved(model, WORLD, ExportBan(days=73, **about))
    part = solved(model, WORLD, ExportBan(days=365, share=0.2, **about))
    assert_same(days, part, SIZE)


def test_the_horizon_scales_money_and_nothing_else():
    once, twice = (
        Scenario("made", horizon=days, shocks=[Tariff(economies="DEU", suppliers="USA", rate=0.1, days=days)]).on(WORLD)
        for days in (365, 730)
    )
    model = Equilibrium(**EXACT)
    one, two = model.solve(WORLD, [once, twice], "average", paths=True)
    assert_same(one, two, SIZE, 2.0)


def test_the_peak_is_the_worst_day_and_the_average_is_the_mean_day():
    short = Scenario("short", shocks=[Tariff(economies="DEU", suppliers="USA", rate=0.4, days=73)]).on(WORLD)
    whole = Scenario("whole", shocks=[Tariff(economies="DEU", suppliers="USA", rate=0.4, days=365)]).on(WORLD)
    fifth = Scenario("fifth", shocks=[Tariff(economies="DEU", suppliers="USA", rate=0.08, days=365)]).on(WORLD)
    model = Equilibrium(**EXACT)
    assert_same(model.solve(WORLD, [short], "peak")[0], model.solve(WORLD, [whole], "average")[0], SIZE)
    assert_same(model.solve(WORLD, [short], "average")[0], model.solve(WORLD, [fifth], "average")[0], SIZE)


# ---- scarce output -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "mobility"), [*itertools.product(FORMS, (0.0, 1.0))])
def test_lost_capacity_leaves_just_that_output_which_then_earns_a_rent(form, mobility):
    found = solved(Equilibrium(origin_shares=form, mobility=mobility, **EXACT), WORLD, *SHOCKS["outage"])
    assert found.industries["output"][C26] == pytest.approx(0.75, rel=1e-9)
    rents = found.economies["duties_and_rents"]
    assert rents[DEU] > 1
    np.testing.assert_allclose(rents[1:], 0.0, atol=1e-9)
    # Scarce output is value added of its industry: all value added is all that is spent, less the deficit.
    index = found.economies["price_index"]
    added = (WORLD.value_added - found.columns["value_added_lost"]).reshape(3, 3).sum(axis=1) * index
    spent = (found.economies["expenditure"] - found.economies["real_expenditure_lost"]) * index
    np.testing.assert_allclose(added + base_of(WORLD, form).deficit, spent, rtol=1e-9)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(4))
def test_no_industry_makes_more_than_it_can_and_only_those_at_their_limit_earn_for_it(form, seed):
    rng = np.random.default_rng(seed)
    world = small_world(3, 3, seed)
    base = base_of(world, form)
    elasticities = Elasticities.same(base, 1, **ALIKE)
    costs = 1 + rng.uniform(0.0, 1.5, (3, 3, 3)) * (1 - np.eye(3))

    def at(left: np.ndarray) -> tuple[np.ndarray, Counterfactual]:
        (rest,), system = settle(base, [Case(trade_costs=costs, output_left=left)], elasticities, "buyer", 1e-12, 2000)
        assert rest.converged
        wedge = np.zeros((3, 3))
        wedge[np.nonzero(left < 1)] = rest.state[system.parts[5]]
        return wedge, counterfactuals(system, rest.state[None])[0]

    # Limits a little above and a little below what would be made without any.
    unlimited = at(np.ones((3, 3)))[1].quantity.T
    left = np.minimum(unlimited * rng.choice([0.98, 1.03], (3, 3)), 1.0)
    wedge, found = at(left)
    made = found.quantity.T
    assert (made[left < 1] <= left[left < 1] * (1 + 1e-9)).all()
    binds = wedge > 1e-9
    assert binds.any()
    np.testing.assert_allclose(made[binds], left[binds], rtol=1e-9)
    free = (left < 1) & (made < left * (1 - 1e-6))
    assert free.any()
    np.testing.assert_allclose(wedge[free], 0.0, atol=1e-10)
    assert (wedge >= 0).all()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("theta", [2.0, 4.0])
@pytest.mark.parametrize("share", [0.9, 0.999, 0.99999])
def test_a_loss_of_nearly_all_capacity_has_the_result_of_the_plain_version(form, theta, share):
    loss = CapacityLoss(economies="DEU", industries="C26", share=share, days=365)
    model = Equilibrium(origin_shares=form, trade_elasticities=dict.fromkeys(WORLD.industries, theta), **EXACT)
    forcing = Scenario("made", shocks=[loss]).on(WORLD)
    plain = plain_equilibrium(WORLD, forcing, theta=theta, common=form == "common")
    found = solved(model, WORLD, loss)
    assert found.industries["output"][C26] == pytest.approx(1 - share, rel=1e-8)
    np.testing.assert_allclose(found.industries["price"], plain["price"], rtol=1e-8)


def test_capacity_beyond_what_is_asked_for_is_not_missed():
    model = Equilibrium(**EXACT)
    stop = ExportBan(economies="DEU", buyers=["JPN", "USA"], industries="C26", days=365)
    loss = CapacityLoss(economies="DEU", industries="C26", share=0.01, days=365)
    alone, both = solved(model, WORLD, stop), solved(model, WORLD, stop, loss)
    assert alone.industries["output"][C26] < 0.98
    assert_same(alone, both, SIZE)


def test_three_readings_of_lost_capacity_differ_as_they_should():
    outage = SHOCKS["outage"]
    output, factors, productivity = (
        solved(Equilibrium(capacity=c, **EXACT), WORLD, *outage) for c in ("output", "factors", "productivity")
    )
    # A factor that moves freely fills the gap; lower productivity needs more inputs and moves the price by its own size.
    assert output.industries["output"][C26] < factors.industries["output"][C26] < 1
    rise = productivity.industries["price"][C26] / factors.industries["price"][C26]
    assert rise == pytest.approx(1 / 0.75, rel=0.1)
    for other in (factors, productivity):
        np.testing.assert_allclose(other.economies["duties_and_rents"], 0.0, atol=1e-9)


def test_the_price_of_a_factor_that_moves_is_not_told_where_none_does():
    """Without mobility every industry has a factor of its own; no figure but missing, or what all factors earn, is right."""
    found = solved(Equilibrium(mobility=0.0, **EXACT), WORLD, *SHOCKS["cost"])
    index = found.economies["price_index"]
    earned = (WORLD.value_added - found.columns["value_added_lost"]).reshape(3, 3).sum(axis=1) * index
    ratio = earned / WORLD.gdp
    assert np.ptp(ratio) > 1e-3
    told = found.economies["factor_price"]
    assert np.isnan(told).all() or np.allclose(told, ratio, rtol=1e-8)
