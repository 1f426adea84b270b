"""Equilibrium against solutions found without it: a plain dense version, two economies in levels, and closed forms."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import brentq

from interdep import (
    CapacityLoss,
    Equilibrium,
    ExportBan,
    ImportBan,
    Scenario,
    SupplyStop,
    Tariff,
    TariffSchedule,
    TradeCost,
    World,
)
from interdep.models.equilibrium.base import base_of
from interdep.models.equilibrium.case import Case
from interdep.models.equilibrium.outcome import Counterfactual
from interdep.models.model import Outcome
from interdep.testing import small_world
from interdep.units import Money
from made_equilibria import FORMS, at_rest, solved, with_duties
from plain_equilibrium import plain_equilibrium

FORMS_AND_MOBILITY = [*itertools.product(FORMS, (0.0, 0.5, 1.0))]
COBB_DOUGLAS = {"value_added_elasticity": 1.0, "input_elasticity": 1.0, "final_elasticity": 1.0}


def one_product(flows, intermediate=None) -> World:
    """Economies that make one product; flows: (R, R) to final users of each."""
    regions = len(flows)
    return World(
        name="one product", money=Money("USD", 2020), economies=("DEU", "JPN", "USA", "CHN")[:regions],
        industries=("all",), final_uses=("households",),
        intermediate=np.zeros((regions, regions)) if intermediate is None else np.array(intermediate, dtype=float),
        final_use=np.array(flows, dtype=float)[:, :, None],
    )  # fmt: skip


# ---- the plain version -------------------------------------------------------------------------------------------

MIXED = [
    ExportBan(economies="USA", buyers="DEU", industries="C26", days=365),
    Tariff(economies="DEU", suppliers="JPN", rate=0.3, days=365),
    TradeCost(economies="JPN", suppliers="USA", rate=0.1, days=365),
    CapacityLoss(economies="USA", industries="B", share=0.2, days=365),
]
SCARCE = [
    ExportBan(economies="USA", buyers="DEU", industries="C26", share=0.4, days=365),
    ImportBan(economies="JPN", suppliers=["USA", "DEU"], industries="B", share=0.3, days=365),
    CapacityLoss(economies="DEU", industries="C29", share=0.2, days=365),
    TariffSchedule(rates=[("C26", "DEU", "all", 0.4), ("B", "all", "USA", 0.0)], days=365),
]
NESTS = ({}, {"value_added_elasticity": 0.8, "input_elasticity": 1.0, "final_elasticity": 1.5})


def assert_same(found: Outcome, plain: dict, world: World, mobility: float = 1.0) -> None:
    nodes, tolerance = len(world.nodes), 1e-9
    # Without a mobile factor there is no price of it.
    for column in ("price_index", *(["factor_price"] if mobility else [])):
        np.testing.assert_allclose(found.economies[column], plain[column], rtol=tolerance, err_msg=column)
    np.testing.assert_allclose(found.economies["duties_and_rents"], plain["revenue"], rtol=tolerance, atol=1e-8)
    lost = found.economies["real_expenditure_lost"] / found.economies["expenditure"]
    np.testing.assert_allclose(1 - lost, plain["real_expenditure"], rtol=tolerance)
    np.testing.assert_allclose(found.industries["price"], plain["price"], rtol=tolerance)
    np.testing.assert_allclose(found.industries["sales"], plain["sales"], rtol=tolerance)
    np.testing.assert_allclose(found.trade["deliveries"], plain["trade"], rtol=tolerance, atol=1e-9)
    index = np.repeat(plain["price_index"], world.shape[1])
    before = base_of(world, "own").factors.reshape(nodes)
    np.testing.assert_allclose(
        found.columns["value_added_lost"], before - plain["value_added"] / index, rtol=1e-7, atol=1e-7
    )


@pytest.mark.parametrize(("form", "mobility"), FORMS_AND_MOBILITY)
@pytest.mark.parametrize("nests", NESTS, ids=["short", "long"])
@pytest.mark.parametrize("duties", [False, True], ids=["no duties", "duties"])
def test_a_ban_a_tariff_a_trade_cost_and_lower_productivity_at_once(form, mobility, nests, duties):
    world = with_duties(small_world(3, 3, 1)) if duties else small_world(3, 3, 1)
    model = Equilibrium(
        mobility=mobility, origin_shares=form, capacity="productivity", tolerance=1e-12,
        trade_elasticities={"B": 3, "C26": 5, "C29": 8}, **nests,
    )  # fmt: skip
    plain = plain_equilibrium(
        world, Scenario("made", shocks=MIXED).on(world), theta=[3.0, 5.0, 8.0], mobility=mobility,
        common=form == "common", capacity="productivity", **nests,
    )  # fmt: skip
    assert_same(solved(model, world, *MIXED), plain, world, mobility)


@pytest.mark.parametrize(("form", "mobility"), FORMS_AND_MOBILITY)
@pytest.mark.parametrize("rent", ["decider", "buyer", "seller"])
def test_capped_deliveries_scarce_output_and_a_schedule_at_once(form, mobility, rent):
    world = with_duties(small_world(3, 3, 2))
    model = Equilibrium(
        mobility=mobility, origin_shares=form, rent=rent, tolerance=1e-12, trade_elasticity=3.5,
        trade_elasticities={"B": 3.5, "C26": 3.5, "C29": 3.5},
    )  # fmt: skip
    plain = plain_equilibrium(
        world,
        Scenario("made", shocks=SCARCE).on(world),
        theta=3.5,
        mobility=mobility,
        common=form == "common",
        rent=rent,
    )
    assert plain["wedges"].min() > -1e-12
    assert plain["wedges"].max() > 0.01
    assert plain["scarce"].max() > 0.01
    assert_same(solved(model, world, *SCARCE), plain, world, mobility)


def test_lost_factors():
    world = small_world(3, 3, 4)
    shock = CapacityLoss(economies="JPN", industries=["B", "C29"], share=0.3, days=365)
    for mobility in (0.0, 0.5):
        model = Equilibrium(mobility=mobility, capacity="factors", tolerance=1e-12, trade_elasticities=dict.fromkeys(
            world.industries, 4.0))  # fmt: skip
        plain = plain_equilibrium(
            world, Scenario("made", shocks=[shock]).on(world), mobility=mobility, capacity="factors"
        )
        assert_same(solved(model, world, shock), plain, world, mobility)


def test_products_that_stop_and_a_buyer_left_without_supply():
    """Half of Germany's mining from abroad is products that stop; Japanese electronics had one supplier of vehicles."""
    world = small_world(3, 3, 6)
    flows = world.intermediate.copy()
    buyer = world.nodes.index(("JPN", "C26"))
    vehicles = [world.nodes.index((e, "C29")) for e in world.economies]
    flows[vehicles[2], buyer] = flows[vehicles, buyer].sum()
    flows[vehicles[:2], buyer] = 0.0
    world = World(
        "one supplier", world.money, world.economies, world.industries, world.final_uses, flows, world.final_use,
        classification=world.classification,
    )  # fmt: skip
    shocks = [
        ImportBan(economies="DEU", suppliers="all", industries="B", share=0.5, cut="products", days=365),
        ExportBan(economies="USA", buyers="JPN", industries="C29", days=365),
    ]
    plain = plain_equilibrium(world, Scenario("made", shocks=shocks).on(world), theta=4.0)
    model = Equilibrium(tolerance=1e-12, trade_elasticities=dict.fromkeys(world.industries, 4.0))
    found = solved(model, world, *shocks)
    assert_same(found, plain, world)
    assert found.notes == ("JPN C26 has no other supplier of C29, takes the mean mix of JPN",)


# ---- two economies, two products, in levels ---------------------------------------------------------------------

TASTE = np.array([[0.6, 0.3], [0.4, 0.7]])
"""[p, s] part of spending of s on product p."""
WEIGHT = np.array([[[0.8, 0.3], [0.2, 0.7]], [[0.6, 0.1], [0.4, 0.9]]])
"""[p, r, s] weight of origin r in what s buys of product p."""
WORKERS = np.array([100.0, 60.0])


def in_levels(theta: float, duty: np.ndarray, costs: np.ndarray, skill: np.ndarray) -> tuple[np.ndarray, ...]:
    """(flows before duties [p, r, s], welfare [s], wages [r]): labour makes two products, spending on them is Cobb-Douglas.

    Armington with trade balance: one wage is 1, the other one is where trade balances. skill: [p, r].
    """

    def at(second: float) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
        wages = np.array([1.0, second])
        paid = (wages / skill)[:, :, None] * costs * (1 + duty)
        power = WEIGHT * paid**-theta
        shares = power / power.sum(axis=1, keepdims=True)
        # Of each unit of income spent, so much comes back as duties.
        back = (TASTE[:, None, :] * shares * duty / (1 + duty)).sum(axis=(0, 1))
        income = wages * WORKERS / (1 - back)
        flows = TASTE[:, None, :] * shares / (1 + duty) * income
        price = np.prod(power.sum(axis=1) ** (-TASTE / theta), axis=0)
        return flows[:, 0, 1].sum() - flows[:, 1, 0].sum(), flows, income / price, wages

    return at(brentq(lambda w: at(w)[0], 1e-3, 1e3, xtol=1e-15, rtol=1e-15))[1:]


@pytest.mark.parametrize("theta", [0.7, 1.0, 4.0])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("start_duty", [0.0, 0.1])
def test_two_economies_and_two_products_in_levels(theta, form, start_duty):
    abroad = 1 - np.eye(2)
    duty = np.stack([start_duty * abroad, 0.5 * start_duty * abroad])
    none, skilled = np.ones((2, 2, 2)), np.ones((2, 2))
    flows, welfare, wages = in_levels(theta, duty, none, skilled)
    world = World(
        name="two by two", money=Money("USD", 2020), economies=("DEU", "JPN"), industries=("C26", "C29"),
        final_uses=("households",), intermediate=np.zeros((4, 4)),
        final_use=flows.transpose(1, 0, 2).reshape(4, 2)[:, :, None], duties=duty if start_duty else None,
    )  # fmt: skip
    raised = duty.copy()
    raised[1, 0, 1] += 0.25
    costs = none.copy()
    costs[0, 1, 0] = 1.2
    able = skilled.copy()
    able[1, 0] = 0.9
    after, better, paid = in_levels(theta, raised, costs, able)
    model = Equilibrium(
        final_elasticity=1.0, trade_elasticity=theta, origin_shares=form, capacity="productivity", tolerance=1e-12
    )
    found = solved(
        model, world,
        Tariff(economies="JPN", suppliers="DEU", industries="C29", rate=0.25, days=365),
        TradeCost(economies="DEU", suppliers="JPN", industries="C26", rate=0.2, days=365),
        CapacityLoss(economies="DEU", industries="C29", share=0.1, days=365),
    )  # fmt: skip
    lost = found.economies["real_expenditure_lost"] / found.economies["expenditure"]
    np.testing.assert_allclose(1 - lost, better / welfare, rtol=1e-9)
    # The model counts in world factor income as it was.
    unit = (wages * WORKERS).sum() / (paid * WORKERS).sum()
    np.testing.assert_allclose(found.economies["factor_price"], paid / wages * unit, rtol=1e-9)
    np.testing.assert_allclose(found.trade["deliveries"], after * unit, rtol=1e-9)
    np.testing.assert_allclose(found.economies["duties_and_rents"], (after * raised).sum(axis=(0, 1)) * unit, rtol=1e-9)


# ---- closed forms ------------------------------------------------------------------------------------------------


def no_trade(economy: str) -> list:
    return [SupplyStop(economies=economy, days=365), ImportBan(economies=economy, suppliers="all", days=365)]


def kept(found: Outcome) -> np.ndarray:
    """(R,) real expenditure after, as a part of before."""
    return 1 - found.economies["real_expenditure_lost"] / found.economies["expenditure"]


@pytest.mark.parametrize("theta", [0.5, 1.0, 5.0])
@pytest.mark.parametrize("form", FORMS)
def test_gains_from_trade_follow_from_the_home_share(theta, form):
    """Arkolakis, Costinot & Rodriguez-Clare (2012): without trade real income is lambda^(1/theta) of what it was."""
    world = one_product([[60, 30, 10], [25, 80, 15], [15, 10, 90]])
    model = Equilibrium(trade_elasticity=theta, origin_shares=form, deficits="none", tolerance=1e-12)
    found = solved(model, world, *no_trade("JPN"))
    assert kept(found)[1] == pytest.approx((80 / 120) ** (1 / theta), rel=1e-10)


@pytest.mark.parametrize("theta", [1.0, 4.0])
@pytest.mark.parametrize("form", FORMS)
def test_inputs_raise_the_gains_from_trade(theta, form):
    """One product made with itself: lambda^(1 / (theta x value added share)) where all buyers have the same origins."""
    origins = np.array([[0.7, 0.2], [0.3, 0.8]])
    added = 0.4
    # Balanced trade of 30 each way; spending is final use plus inputs.
    spending = np.array([100.0, 150.0])
    inputs = (1 - added) * (origins @ spending)
    world = one_product(origins * (spending - inputs), origins * inputs)
    np.testing.assert_allclose(world.gross_output, spending)
    model = Equilibrium(
        trade_elasticity=theta, value_added_elasticity=1.0, origin_shares=form, deficits="none", tolerance=1e-12
    )
    found = solved(model, world, *no_trade("DEU"))
    np.testing.assert_allclose(kept(found), np.diag(origins) ** (1 / (theta * added)), rtol=1e-9)


def test_gains_from_trade_with_many_industries_that_buy_from_each_other():
    """Costinot & Rodriguez-Clare (2014): prod over products of lambda^(b / theta), b what stands of it behind final use."""
    world = small_world(3, 3, 8)
    theta = np.array([2.0, 4.0, 7.0])
    model = Equilibrium(
        **COBB_DOUGLAS, origin_shares="common", tolerance=1e-12,
        trade_elasticities=dict(zip(world.industries, theta.tolist(), strict=True)), deficits="none",
    )  # fmt: skip
    # Trade shares of the benchmark without deficits are found by the model itself: a world that has none instead.
    balanced = without_deficits(world)
    found = solved(model, balanced, *no_trade("USA"))
    flows = balanced.intermediate.reshape(3, 3, 3, 3)
    use = np.concatenate([flows, balanced.final_use.reshape(3, 3, 3, 1)], axis=3)[:, :, 2]
    spent = use.sum(axis=0)
    home = use[2].sum(axis=1) / spent.sum(axis=1)
    coefficients = spent[:, :3] / balanced.gross_output.reshape(3, 3)[2]
    final = spent[:, 3] / spent[:, 3].sum()
    behind = np.linalg.solve(np.eye(3) - coefficients, final)
    assert kept(found)[2] == pytest.approx(np.prod(home ** (behind / theta)), rel=1e-9)


def without_deficits(world: World) -> World:
    """A table of the same size in which every economy sells abroad what it buys there: flows and their mirror image added up."""
    regions, products = world.shape
    home = np.repeat(np.arange(regions), products)
    added = np.zeros_like(world.final_use)
    between = world.intermediate.reshape(regions, products, regions, products).sum(axis=(1, 3))
    between = between + world.final_use.sum(axis=2).reshape(regions, products, regions).sum(axis=1)
    for r, s in itertools.permutations(range(regions), 2):
        # r sells s as much more as it bought from it.
        added[np.flatnonzero(home == r)[0], s, 0] += between[s, r]
    return World(
        "without deficits", world.money, world.economies, world.industries, world.final_uses, world.intermediate,
        world.final_use + added, classification=world.classification,
    )  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("rate", [0.1, 0.6, -0.2])
def test_a_tariff_war_between_two_identical_economies(form, rate):
    """Wages stay equal, so everything follows from the home share h and the rate t."""
    h, theta = 0.7, 3.0
    world = one_product([[h, 1 - h], [1 - h, h]])
    shocks = [Tariff(economies=a, suppliers=b, rate=rate, days=365) for a, b in (("DEU", "JPN"), ("JPN", "DEU"))]
    found = solved(Equilibrium(trade_elasticity=theta, origin_shares=form, tolerance=1e-12), world, *shocks)
    power = h + (1 - h) * (1 + rate) ** -theta
    foreign = (1 - h) * (1 + rate) ** -theta / power
    income = 1 / (1 - foreign * rate / (1 + rate))
    np.testing.assert_allclose(kept(found), income * power ** (1 / theta), rtol=1e-10)
    np.testing.assert_allclose(found.economies["price_index"], power ** (-1 / theta), rtol=1e-10)
    np.testing.assert_allclose(found.economies["duties_and_rents"], income - 1, rtol=1e-9)


@pytest.mark.parametrize("form", FORMS)
def test_prices_are_a_leontief_cost_push_where_all_is_cobb_douglas(form):
    """All elasticities 1, origins nearly so: log prices are L' (value added x log wages + log costs), however large."""
    world = small_world(3, 3, 3)
    model = Equilibrium(
        **COBB_DOUGLAS, trade_elasticities=dict.fromkeys(world.industries, 1e-6), capacity="productivity",
        origin_shares=form, tolerance=1e-12,
    )  # fmt: skip
    shocks = [
        CapacityLoss(economies="USA", industries="C26", share=0.5, days=365),
        TradeCost(economies="DEU", suppliers="JPN", industries="C29", rate=0.8, days=365),
    ]
    found = solved(model, world, *shocks)
    base = base_of(world, form)
    flows = base.shares * base.use()[:, None]
    coefficients = flows[..., :3].transpose(1, 0, 2, 3).reshape(9, 9) / world.gross_output
    push = np.zeros((9, 9))
    push[world.nodes.index(("JPN", "C29")), :3] = np.log(1.8)
    direct = (coefficients * push).sum(axis=0)
    direct[world.nodes.index(("USA", "C26"))] += np.log(2)
    labour = (1 - coefficients.sum(axis=0)) * np.log(np.repeat(found.economies["factor_price"], 3))
    expected = np.linalg.solve(np.eye(9) - coefficients.T, labour + direct)
    np.testing.assert_allclose(np.log(found.industries["price"]), expected, atol=2e-6)
    # With Cobb-Douglas nests every buyer spends the same parts as before, so that wages stay as they are.
    np.testing.assert_allclose(found.economies["factor_price"], 1.0, atol=2e-6)


@pytest.mark.parametrize("form", FORMS)
def test_cobb_douglas_is_the_limit_from_both_sides(form):
    world = small_world(3, 3, 5)
    costs = np.ones((3, 3, 3))
    costs[0, 1, 0], costs[2, 0, 2] = 1.6, 1.2
    productivity = np.ones((3, 3))
    productivity[1, 1] = 0.7

    case = Case(trade_costs=costs, productivity=productivity)

    def found(e: float) -> Counterfactual:
        return at_rest(base_of(world, form), case, value_added=e, inputs=e, final=e, theta=e, mobile=0.5)[0]

    at, below, above = found(1.0), found(1 - 1e-9), found(1 + 1e-9)
    for name in ("price", "quantity", "real_expenditure", "wage", "value_added"):
        for beside in (below, above):
            np.testing.assert_allclose(getattr(beside, name), getattr(at, name), rtol=2e-8, err_msg=name)
    # It is a limit, not a plateau: a thousandth away the result has moved, and by equal steps on both sides.
    step = found(1.001).real_expenditure - at.real_expenditure
    back = at.real_expenditure - found(0.999).real_expenditure
    assert np.abs(step).min() > 1e-7
    np.testing.assert_allclose(step, back, rtol=0.02)
