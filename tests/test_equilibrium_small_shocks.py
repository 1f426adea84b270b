"""Small shocks follow from linear algebra on the benchmark; one without deficits, or taken anew, is one like any other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from interdep import Equilibrium
from interdep.models.equilibrium.base import Base, as_world, base_of
from interdep.models.equilibrium.case import Case, Elasticities
from interdep.models.equilibrium.outcome import counterfactuals, rebased
from interdep.models.equilibrium.solver import settle
from interdep.testing import small_world
from made_equilibria import ALIKE, FORMS, SHOCKS, assert_same, at_rest, solved, with_duties

# ---- small shocks ------------------------------------------------------------------------------------------------


def log_linear(base: Base, costs: np.ndarray, skill: np.ndarray, theta: float, mobile: float):
    """Log changes (prices (R, P), wages (R,), real expenditure (R,)) to first order, by one linear system over all markets.

    costs: (P, R, R) and skill: (R, P) log changes. Written out from the benchmark's shares; no duties.
    """
    R, P = base.regions, base.products
    N, M = R * P, R * P + R
    product, home = np.arange(N) % P, np.arange(N) // P
    where = np.concatenate([home, np.arange(R)])
    buyer = np.concatenate([np.arange(N) % P, np.full(R, P)])
    column = np.zeros(R * (P + 1), dtype=int) if base.common else buyer
    S = base.shares[product[:, None], home[:, None], where[None, :], column[None, :] if not base.common else 0]
    a = np.array([[base.inputs[p, where[j], buyer[j]] for j in range(M)] for p in range(P)])
    v, X, F = base.own_factors.reshape(-1), base.output.T.reshape(-1), base.factors.reshape(-1)
    money = np.concatenate([(1 - v) * X, base.spending])
    pay = S * a[product] * money
    tau, A = costs[product[:, None], home[:, None], where[None, :]], skill.reshape(-1)
    sigma = np.where(np.arange(M) < N, ALIKE["inputs"], ALIKE["final"])
    sv = ALIKE["value_added"]
    total = np.bincount(home, F)

    def off(unknown: np.ndarray, tau: np.ndarray, A: np.ndarray) -> np.ndarray:
        p, x, w, r = np.split(unknown, [N, 2 * N, 2 * N + R])
        factor = mobile * w[home] + (1 - mobile) * r
        paid = p[:, None] + tau
        price = np.array([(S * paid)[product == k].sum(axis=0) for k in range(P)])
        bundle = (a * price).sum(axis=0)
        cost = v * factor + (1 - v) * bundle[:N]
        added = x + (1 - sv) * (factor - cost)
        income = np.bincount(home, F * (mobile * w[home] + (1 - mobile) * r)) / base.spending
        spent = np.concatenate([x + (1 - sv) * (bundle[:N] - cost), income])
        change = spent + (1 - sigma) * (price - bundle) - 0.0
        sold = change[product] - theta * (paid - price[product])
        return np.concatenate([
            p - cost + A, X * x - (pay * sold).sum(axis=1), total * w - np.bincount(home, F * added), r - added,
            [(F * (mobile * w[home] + (1 - mobile) * r)).sum()],
        ])  # fmt: skip

    none = np.zeros(3 * N + R)
    matrix = np.array([off(e, 0 * tau, 0 * A) for e in np.eye(none.size)]).T
    found, _, rank, _ = np.linalg.lstsq(matrix, -off(none, tau, A), rcond=1e-12)
    assert rank == none.size
    p, _, w, r = np.split(found, [N, 2 * N, 2 * N + R])
    paid = p[:, None] + tau
    price = np.array([(S * paid)[product == k].sum(axis=0) for k in range(P)])
    income = np.bincount(home, F * (mobile * w[home] + (1 - mobile) * r)) / base.spending
    return p.reshape(R, P), w, income - (a * price).sum(axis=0)[N:]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mobile", [1.0, 0.5, 0.2])
@pytest.mark.parametrize("what", ["trade cost", "productivity"])
def test_small_shocks_follow_the_log_linear_system(form, mobile, what):
    world = small_world(3, 3, 9)
    base = base_of(world, form)
    rng = np.random.default_rng(2)
    costs, skill = np.zeros((3, 3, 3)), np.zeros((3, 3))
    if what == "trade cost":
        costs = rng.normal(0, 1, (3, 3, 3))
    else:
        skill = rng.normal(0, 1, (3, 3))
    prices, wages, real = log_linear(base, costs, skill, ALIKE["theta"], mobile)
    size = 1e-4
    up, down = at_rest(
        base,
        *(Case(trade_costs=np.exp(k * costs), productivity=np.exp(k * skill.T)) for k in (size, -size)),
        mobile=mobile,
    )
    for expected, name in ((prices, "price"), (wages, "wage"), (real, "real_expenditure")):
        slope = (np.log(getattr(up, name)) - np.log(getattr(down, name))) / (2 * size)
        np.testing.assert_allclose(slope, expected, rtol=1e-5, atol=1e-6, err_msg=name)
    assert np.abs(real).min() > 1e-3


@pytest.mark.parametrize("form", FORMS)
def test_prices_less_wages_are_the_leontief_cost_push_of_a_small_shock(form):
    """To first order, whatever the elasticities: p = (I - A')^-1 (value added x wages + direct costs)."""
    world = small_world(3, 3, 10)
    base = base_of(world, form)
    rng = np.random.default_rng(3)
    costs, skill = rng.normal(0, 1, (3, 3, 3)), rng.normal(0, 1, (3, 3))
    size = 1e-4
    up, down = at_rest(
        base, *(Case(trade_costs=np.exp(k * costs), productivity=np.exp(k * skill.T)) for k in (size, -size)),
        theta=7.0, inputs=0.05,
    )  # fmt: skip
    prices = ((np.log(up.price) - np.log(down.price)) / (2 * size)).reshape(9)
    wages = np.repeat((np.log(up.wage) - np.log(down.wage)) / (2 * size), 3)
    flows = (base.shares * base.use()[:, None])[..., :3].transpose(1, 0, 2, 3).reshape(9, 9)
    coefficients = flows / world.gross_output
    direct = (coefficients * np.repeat(costs.transpose(1, 0, 2).reshape(9, 3), 3, axis=1)).sum(axis=0) - skill.reshape(
        9
    )
    added = 1 - coefficients.sum(axis=0)
    np.testing.assert_allclose(
        prices, np.linalg.solve(np.eye(9) - coefficients.T, added * wages + direct), rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mobile", [0.0, 1.0])
def test_hulten_the_world_gains_the_domar_weight_of_what_becomes_more_productive(form, mobile):
    """Without duties and wedges, whatever the elasticities: sales, as a part of world expenditure, times the gain."""
    world = small_world(3, 3, 11)
    base = base_of(world, form)
    size = 1e-4
    for r, p in ((0, 1), (2, 2)):
        able = np.zeros((3, 3))
        able[p, r] = 1.0
        up, down = at_rest(base, *(Case(productivity=np.exp(k * able)) for k in (size, -size)), mobile=mobile)
        gain = (np.log(up.real_expenditure) - np.log(down.real_expenditure)) / (2 * size)
        domar = world.gross_output[3 * r + p] / base.spending.sum()
        assert base.spending @ gain / base.spending.sum() == pytest.approx(domar, rel=1e-6)


# ---- deficits ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("duties", [False, True])
def test_without_deficits_there_are_none_before_and_after(form, duties):
    world = small_world(3, 3, 12)
    world = with_duties(world) if duties else world
    assert np.abs(base_of(world, form).deficit).min() > 1
    model = Equilibrium(origin_shares=form, deficits="none", tolerance=1e-12)
    found = solved(model, world, *SHOCKS["duty"], *SHOCKS["cost"])
    for name in ("deliveries", "deliveries_before"):
        flows = found.trade[name] * (1 - np.eye(3))
        np.testing.assert_allclose(flows.sum(axis=(0, 1)), flows.sum(axis=(0, 2)), rtol=1e-8, err_msg=name)
    # The benchmark without deficits is a table of its own, on which the same shocks do the same.
    base = base_of(world, form)
    thetas = model.theta(world)
    rests, system = settle(
        base,
        [Case(deficit=np.zeros(3))],
        Elasticities.same(base, 1, **(ALIKE | {"theta": thetas})),
        "buyer",
        1e-12,
        2000,
    )
    table = as_world(
        rebased(system, rests[0].state[None]), world.name, world.money, world.economies, world.industries,
        world.classification,
    )  # fmt: skip
    for deficits in ("none", "kept"):
        again = solved(replace(model, deficits=deficits), table, *SHOCKS["duty"], *SHOCKS["cost"])
        assert_same(again, found, float(world.gross_output.sum()))


def test_a_rebased_benchmark_is_where_it_was_taken():
    """Two steps, with the benchmark taken in between, lead where one step leads: exact hat algebra has no memory."""
    world = with_duties(small_world(3, 3, 13))
    base = base_of(world, "own")
    rng = np.random.default_rng(5)
    first, second = rng.uniform(0.9, 1.3, (2, 3, 3, 3))
    able = rng.uniform(0.8, 1.2, (3, 3))
    same = Elasticities.same(base, 1, **ALIKE)
    rests, system = settle(base, [Case(trade_costs=first, productivity=able)], same, "buyer", 1e-12, 2000)
    (at_first,) = counterfactuals(system, rests[0].state[None])
    (then,) = at_rest(rebased(system, rests[0].state[None]), Case(trade_costs=second, productivity=1 / able))
    (at_once,) = at_rest(base, Case(trade_costs=first * second))
    np.testing.assert_allclose(at_first.real_expenditure * then.real_expenditure, at_once.real_expenditure, rtol=1e-9)
    np.testing.assert_allclose(at_first.price * then.price, at_once.price, rtol=1e-9)
    np.testing.assert_allclose(then.trade, at_once.trade, rtol=1e-8)
