"""Laws of the equilibrium model: accounting, symmetry, and that neither company nor order matters."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from interdep import CapacityLoss, Equilibrium, ExportBan, ImportBan, Scenario, Tariff, TradeCost, World
from interdep.models.equilibrium.base import base_of
from interdep.models.equilibrium.case import Case, Elasticities
from interdep.models.equilibrium.model import solve_all
from interdep.models.equilibrium.reading import case_of
from interdep.models.equilibrium.solver import settle
from interdep.models.equilibrium.system import System
from interdep.testing import check_model, small_world, synthetic_world
from interdep.units import Money
from made_equilibria import ALIKE, EVERYTHING, FORMS, SHOCKS, assert_same, at_rest, solved, with_duties
from made_worlds import worlds

# ---- nothing changes ---------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(world=worlds(top=40), form=st.sampled_from(FORMS), duties=st.booleans(), mobile=st.sampled_from([0.0, 0.4, 1.0]))
def test_no_shock_changes_nothing(world, form, duties, mobile):
    """Tables drawn at random, with deficits, stock changes below zero, products nobody uses, buyers of nothing."""
    assume((world.value_added >= 0.05 * world.gross_output).all())
    assume((np.maximum(world.final_use, 0).sum(axis=(0, 2)) > 0).all())
    base = base_of(with_duties(world) if duties else world, form)
    found = at_rest(base, Case(), mobile=mobile)[0]
    for name in ("price", "quantity", "real_expenditure", "price_index", "wage"):
        np.testing.assert_allclose(getattr(found, name), 1.0, rtol=1e-10, err_msg=name)
    np.testing.assert_allclose(found.output, base.output.T, rtol=1e-10)
    np.testing.assert_allclose(found.trade, base.trade, rtol=1e-10, atol=1e-12 * base.output.max())


def test_a_table_with_little_value_added_has_a_benchmark_too():
    """One in a hundred of costs is value added; without the fall in stocks twice as much is made of everything."""
    flows = np.full((3, 3), 330.0)
    final = np.tile([20.0, -10.0], (3, 1, 1))
    table = World(
        "thin", Money("USD", 2020), ("DEU",), ("B", "C26", "C29"), ("households", "inventories"), flows, final
    )
    base = base_of(table, "own")
    np.testing.assert_allclose(base.output.reshape(-1), 2000.0, rtol=1e-9)
    np.testing.assert_allclose(base.own_factors, 0.01, rtol=1e-9)


def test_an_economy_without_final_users_is_named():
    """Nothing can be said of its welfare: it is refused, or missing; never a division of nothing by nothing."""
    flows = np.zeros((2, 2))
    flows[1, 0] = 20.0
    final = np.array([[0.0, 100.0], [0.0, 80.0]])[:, :, None]
    table = World("no users", Money("USD", 2020), ("DEU", "JPN"), ("all",), ("households",), flows, final)
    duty = Scenario("duty", shocks=[TradeCost(economies="JPN", suppliers="DEU", rate=0.1, days=365)]).on(table)
    found = Equilibrium().solve(table, [duty], "average")[0]
    if found.ok:
        assert np.isfinite(found.columns["value_added_lost"]).all()
        assert found.economies["real_expenditure_lost"][0] == 0.0
    else:
        assert "DEU" in found.status


@pytest.mark.parametrize("form", FORMS)
def test_shocks_of_nothing_change_nothing(form):
    world = with_duties(small_world(3, 3))
    base = base_of(world, form)
    still = Case(
        trade_costs=np.ones((3, 3, 3)), duties=world.duties, supply=np.ones((3, 3)), productivity=np.ones((3, 3)),
        output_left=np.ones((3, 3)), deficit=base.deficit,
    )  # fmt: skip
    np.testing.assert_allclose(at_rest(base, still)[0].real_expenditure, 1.0, rtol=1e-12)


# ---- accounting --------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=20)
@given(
    seed=st.integers(0, 1000), form=st.sampled_from(FORMS), duties=st.booleans(), rent=st.sampled_from(["buyer", "seller"]),
    mobile=st.sampled_from([0.0, 0.4, 1.0]),
)  # fmt: skip
def test_walras_law_holds_in_every_state(seed, form, duties, rent, mobile):
    """Out of equilibrium too, what all markets lack or have too much is worth nothing in sum."""
    rng = np.random.default_rng(seed)
    world = small_world(3, 3, seed)
    world = with_duties(world, seed) if duties else world
    base = base_of(world, form)
    forcing = Scenario("made", shocks=EVERYTHING).on(world)
    case = case_of(world, base, forcing, "average", "output")
    system = System(base, [case], Elasticities.same(base, 1, **(ALIKE | {"mobile": mobile})), rent)
    z = system.start() + rng.normal(0, 0.2, system.start().shape)
    wedges = slice(system.parts[4].start, system.parts[5].stop)
    z[:, wedges] = np.abs(z[:, wedges])
    revenue = z[0, system.parts[6]] * base.spending
    _, state = system.solved(z)
    image = system.step(z)
    received = base.output * np.exp(image[0, system.parts[1]].reshape(3, 3))
    assert state.income.min() > 0
    scarce = np.exp(-z[0, system.parts[5]][0])
    costs = state.sales[0].copy()
    place = world.nodes.index(("DEU", "C26"))
    costs[place % 3, place // 3] *= scarce
    scarcity = received[place % 3, place // 3] * (1 - scarce)
    goods = received.sum() - costs.sum() - scarcity
    factors = (state.own[0] * costs.T).sum() - base.factors.sum()
    budgets = state.revenue.sum() - revenue.sum()
    assert np.abs(received - state.sales[0]).max() > 1e-2 * base.output.max()
    assert goods + factors + budgets == pytest.approx(0.0, abs=1e-11 * base.output.sum())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("duties", [False, True])
@pytest.mark.parametrize("name", ["ban", "duty", "cost", "cut"])
def test_every_budget_and_world_trade_balance(form, duties, name):
    world = small_world(3, 3, 2)
    world = with_duties(world) if duties else world
    base = base_of(world, form)
    found = solved(Equilibrium(origin_shares=form, mobility=0.6, tolerance=1e-12), world, *SHOCKS[name])
    index, collected = found.economies["price_index"], found.economies["duties_and_rents"]
    expenditure = (found.economies["expenditure"] - found.economies["real_expenditure_lost"]) * index
    value_added = (base.factors - found.columns["value_added_lost"].reshape(3, 3)) * index[:, None]
    np.testing.assert_allclose(value_added.sum(axis=1) + collected + base.deficit, expenditure, rtol=1e-9)
    # The numeraire is world factor income, and deficits add up to nothing.
    assert value_added.sum() == pytest.approx(base.factors.sum(), rel=1e-9)
    assert base.deficit.sum() == pytest.approx(0.0, abs=1e-9)
    assert np.abs(base.deficit).min() > 1
    # Imports at the border less exports: the deficit, but for what importers keep of the price as a rent.
    rates = np.zeros((3, 3, 3)) if world.duties is None else world.duties.copy()
    if name == "duty":
        rates[:, 1:, 0] += 0.2
    rents = collected - (rates * found.trade["deliveries"]).sum(axis=(0, 1))
    net = found.trade["deliveries"] * (1 - np.eye(3))
    gap = net.sum(axis=(0, 1)) - net.sum(axis=(0, 2)) - base.deficit
    # JPN cuts what it buys of USA, and keeps the rent.
    assert (rents[1] > 1) == (name == "cut")
    np.testing.assert_allclose(gap, rents[1] * np.array([0.0, 1.0, -1.0]), atol=1e-7)


# ---- symmetry ----------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=10)
@given(c=st.floats(1e-6, 1e9), seed=st.integers(0, 50), form=st.sampled_from(FORMS), name=st.sampled_from([*SHOCKS]))
def test_a_table_in_another_currency_gives_the_same_in_that_currency(c, seed, form, name):
    world = with_duties(small_world(3, 3, seed))
    other = replace(
        world, intermediate=world.intermediate * c, final_use=world.final_use * c, gross_output=world.gross_output * c,
        value_added=world.value_added * c,
    )  # fmt: skip
    model = Equilibrium(origin_shares=form, tolerance=1e-12)
    one, two = (solved(model, table, *SHOCKS[name]) for table in (world, other))
    assert_same(one, two, float(world.gross_output.sum()), c)


@pytest.mark.parametrize("form", FORMS)
def test_other_labels_give_the_same_under_those_labels(form):
    world = with_duties(small_world(4, 3, 3))
    order = np.array([2, 0, 3, 1])
    turn = np.array([1, 2, 0])
    nodes = (order[:, None] * 3 + turn).reshape(-1)
    other = World(
        "turned", world.money, tuple(world.economies[r] for r in order), tuple(world.industries[p] for p in turn),
        world.final_uses, world.intermediate[np.ix_(nodes, nodes)], world.final_use[nodes][:, order],
        duties=world.duties[np.ix_(turn, order, order)], classification=world.classification,
    )  # fmt: skip
    model = Equilibrium(origin_shares=form, mobility=0.7, tolerance=1e-12)
    one, two = (solved(model, table, *EVERYTHING) for table in (world, other))
    for name, values in {**one.columns, **one.industries}.items():
        if name != "residual":
            np.testing.assert_allclose({**two.columns, **two.industries}[name], values[nodes], rtol=1e-8, atol=1e-7)
    for name in one.economies.keys() - {"residual"}:
        np.testing.assert_allclose(two.economies[name], one.economies[name][order], rtol=1e-8, atol=1e-8)
    expected = one.trade["deliveries"][np.ix_(turn, order, order)]
    np.testing.assert_allclose(two.trade["deliveries"], expected, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mobility", [0.0, 1.0])
def test_an_economy_in_two_identical_halves_is_that_economy(form, mobility):
    """Or: identical economies may be merged."""
    whole = with_duties(small_world(3, 3, 4))
    # CHN and FRA are halves of USA: of everything it sells and buys, and a quarter of what it sells itself goes each way.
    parts = np.array([0, 1, 2, 2])
    part = np.array([1.0, 1.0, 0.5, 0.5])
    nodes = (parts[:, None] * 3 + np.arange(3)).reshape(-1)
    weight = np.repeat(part, 3)
    halves = World(
        "halves", whole.money, ("DEU", "JPN", "CHN", "FRA"), whole.industries, whole.final_uses,
        whole.intermediate[np.ix_(nodes, nodes)] * np.outer(weight, weight),
        whole.final_use[nodes][:, parts] * np.outer(weight, part)[:, :, None],
        duties=whole.duties[:, parts][:, :, parts], classification=whole.classification,
    )  # fmt: skip
    both = ["CHN", "FRA"]
    shocks = [
        [
            ExportBan(economies=usa, buyers=["DEU", "JPN"], industries="C26", days=365),
            ImportBan(economies="JPN", suppliers=usa, industries="B", share=0.4, days=365),
            Tariff(economies=usa, suppliers=["JPN", "DEU"], rate=0.2, days=365),
            TradeCost(economies=usa, suppliers="DEU", industries="C29", rate=0.15, days=365),
            CapacityLoss(economies=usa, industries="B", share=0.25, days=365),
        ]
        for usa in ("USA", both)
    ]  # fmt: skip
    model = Equilibrium(origin_shares=form, mobility=mobility, tolerance=1e-12)
    one, two = solved(model, whole, *shocks[0]), solved(model, halves, *shocks[1])
    for name in ("price", "output"):
        np.testing.assert_allclose(two.industries[name], one.industries[name][nodes], rtol=1e-9, err_msg=name)
    assert one.economies["real_expenditure_lost"].min() > 1e-3
    for name in ("real_expenditure_lost", "duties_and_rents", "expenditure"):
        np.testing.assert_allclose(two.economies[name], one.economies[name][parts] * part, rtol=1e-8, err_msg=name)
    np.testing.assert_allclose(two.columns["value_added_lost"], one.columns["value_added_lost"][nodes] * weight,
                               rtol=1e-8, atol=1e-7)  # fmt: skip


@pytest.mark.parametrize("mobility", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("duties", [False, True])
def test_both_forms_of_origin_shares_agree_where_all_buyers_of_an_economy_have_the_same(mobility, duties):
    rng = np.random.default_rng(7)
    mix = rng.uniform(0.1, 1, (3, 3, 3)) + 2 * np.eye(3)
    mix /= mix.sum(axis=1, keepdims=True)
    use = rng.uniform(10, 50, (3, 3, 4)) * np.array([1.0, 1.0, 1.0, 6.0])
    flows = (mix[..., None] * use[:, None]).transpose(1, 0, 2, 3)
    world = World(
        "common", small_world().money, ("DEU", "JPN", "USA"), ("B", "C26", "C29"), ("households",),
        flows[..., :3].reshape(9, 9), flows[..., 3].reshape(9, 3)[:, :, None], classification="interdep-36",
    )  # fmt: skip
    world = with_duties(world) if duties else world
    # A cap of one of several buyers would bind for some and not for others; all else is the same.
    shocks = [shock for name in ("ban", "duty", "cost", "outage") for shock in SHOCKS[name]]
    own, common = (
        solved(Equilibrium(origin_shares=form, mobility=mobility, tolerance=1e-12), world, *shocks) for form in FORMS
    )
    assert_same(own, common, float(world.gross_output.sum()))


# ---- many at once ------------------------------------------------------------------------------------------------


def test_a_batch_gives_what_each_gives_alone():
    """Different shocks and different parameters side by side, as draws are solved."""
    world = with_duties(small_world(4, 3, 5))
    forcings = [Scenario(name, shocks=shocks).on(world) for name, shocks in SHOCKS.items()]
    rng = np.random.default_rng(0)
    models, asked = [], []
    for k, form in itertools.product(range(9), FORMS):
        models.append(
            Equilibrium(
                value_added_elasticity=rng.uniform(0.2, 0.9), input_elasticity=rng.uniform(0.05, 0.5),
                final_elasticity=1.0 if k == 3 else rng.uniform(0.5, 1.2), horizon_factor=rng.uniform(0.4, 1.0),
                mobility=[1.0, 0.0, 0.5][k % 3], origin_shares=form, deficits=["kept", "none"][k == 7],
                capacity=["output", "factors", "productivity"][k // 3], tolerance=1e-12,
                trade_elasticities={"C26": rng.uniform(2, 9)},
            )
        )  # fmt: skip
        asked.append(forcings[k % len(forcings)])
    together = solve_all(models, world, asked, "average")
    assert len(together) == 18
    for model, forcing, outcome in zip(models, asked, together, strict=True):
        alone = model.solve(world, [forcing], "average")[0]
        assert outcome.ok
        assert alone.ok
        assert_same(alone, outcome, float(world.gross_output.sum()))
    shares = {round(float(o.economies["real_expenditure_lost"].sum()), 6) for o in together}
    assert len(shares) == 18, "different questions have different answers"


def test_one_that_fails_in_a_batch_leaves_the_others_as_they_are():
    world = small_world(3, 3)
    base = base_of(world, "own")
    huge = np.ones((3, 3, 3))
    huge[:, :, 1] = 1e200
    mild = huge.clip(max=1.2)
    same = Elasticities.same(base, 3, **ALIKE)
    cases = [Case(trade_costs=mild), Case(trade_costs=huge), Case(trade_costs=mild)]
    rests, _ = settle(base, cases, same, "buyer", 1e-11, 300)
    alone, _ = settle(base, [Case(trade_costs=mild)], Elasticities.same(base, 1, **ALIKE), "buyer", 1e-11, 300)
    assert [rest.converged for rest in rests] == [True, False, True]
    for rest in (rests[0], rests[2]):
        np.testing.assert_allclose(rest.state, alone[0].state, atol=1e-10)


def test_the_order_of_shocks_and_the_layout_of_arrays_do_not_matter():
    world = with_duties(small_world(3, 3, 6))
    other = replace(
        world, intermediate=np.asfortranarray(world.intermediate), final_use=np.asfortranarray(world.final_use),
        duties=np.asfortranarray(world.duties),
    )  # fmt: skip
    model = Equilibrium(tolerance=1e-12)
    one, two = solved(model, world, *EVERYTHING), solved(model, other, *EVERYTHING[::-1])
    assert_same(one, two, float(world.gross_output.sum()))


# ---- the contract of every model ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "deficits"), [*itertools.product(FORMS, ("kept", "none"))])
@pytest.mark.parametrize("capacity", ["output", "factors", "productivity"])
@pytest.mark.parametrize("rent", ["decider", "buyer", "seller"])
def test_the_contract(form, deficits, capacity, rent):
    check_model(Equilibrium(origin_shares=form, deficits=deficits, capacity=capacity, rent=rent))


@pytest.mark.parametrize("mobility", [0.0, 0.5])
def test_the_contract_with_specific_factors_duties_and_one_industry(mobility):
    check_model(Equilibrium(mobility=mobility), with_duties(small_world(3, 2)))
    check_model(Equilibrium(mobility=mobility), synthetic_world(2, 1))
