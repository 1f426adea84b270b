"""The programme of responses against the same written out in full, and what must hold of every plan."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interdep.errors import InputError, MissingData
from interdep.responses.arrangements import untouched
from interdep.responses.budget import read_budget
from interdep.responses.disruptions import Disruption, every_supplier, only_once, stopped, with_probabilities
from interdep.responses.levers import Capacity, Diversify, Market, Risk, Stockpile, Terms
from interdep.responses.needs import Needs
from interdep.responses.programme import Programme
from interdep.responses.solution import cheapest, cvar, shortage, solve
from interdep.responses.together import common_share, together
from plain_response import least_shortage

UNGROUPED = Market(rest=0.0)


def made(seed: int, suppliers: int = 5, members: int = 3, products: int = 2) -> Needs:
    rng = np.random.default_rng(seed)
    flows = rng.uniform(0, 10, (suppliers, members, products)) * (
        rng.uniform(size=(suppliers, members, products)) < 0.7
    )
    flows[0] += 0.5
    names = tuple("ABCDEFGH"[:members])
    home = np.zeros((suppliers, members), dtype=bool)
    home[suppliers - 1] = rng.uniform() < 0.5
    return Needs(
        names, tuple(f"28{k:02d}" for k in range(products)), tuple(f"S{s}" for s in range(suppliers)), flows,
        np.ones((members, products), dtype=bool), home, names, "EUR", 2024, "product",
    )  # fmt: skip


def feared(needs: Needs, seed: int, count: int = 4) -> list[Disruption]:
    """Single suppliers, and cuts of parts of deliveries that differ by buyer."""
    rng = np.random.default_rng(seed + 1000)
    out = list(every_supplier(needs, Risk(probability=0.03, length=200)))[: count - 1]
    part = rng.uniform(0, 1, needs.flows.shape) * (rng.uniform(size=needs.flows.shape) < 0.5)
    return [*out, Disruption("parts", 0.08, 90, part)]


ALL = Terms.of(market=UNGROUPED)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("levers", [None, ["stockpile"], ["diversify", "pool"], ["capacity", "stockpile"]])
def test_the_minimum_is_that_of_the_programme_written_out(seed, levers):
    needs = made(seed)
    terms = Terms.of(levers, market=UNGROUPED)
    fears = feared(needs, seed)
    money = 0.05 * float(needs.need.sum()) * (seed % 3)
    for pools in ([[0, 1, 2]], [[0], [1, 2]]):
        budgets = [(pool, money / len(pools)) for pool in pools]
        found = solve(Programme.of_needs(needs, fears, terms), pools, budgets)
        expected = least_shortage(needs.flows, needs.home, fears, terms, pools, budgets)
        assert found.value == pytest.approx(expected, rel=1e-6, abs=1e-9)
        assert found.gap < 1e-9


@pytest.mark.parametrize("seed", range(4))
def test_the_least_cvar_is_that_of_the_programme_written_out(seed):
    needs, tail = made(seed), 0.9
    fears = feared(needs, seed)
    pools, budgets = [[0, 1, 2]], [([0, 1, 2], 0.02 * float(needs.need.sum()))]
    found = solve(Programme.of_needs(needs, fears, ALL), pools, budgets, tail=tail)
    assert found.value == pytest.approx(
        least_shortage(needs.flows, needs.home, fears, ALL, pools, budgets, tail), rel=1e-6
    )


def test_with_stocks_alone_the_plan_is_the_newsvendors():
    """One product and one buyer: the stock grows to the next loss as long as the chance of the larger ones is worth it."""
    flows = np.array([[[6.0]], [[3.0]], [[1.0]]])
    needs = dataclasses.replace(
        made(0, 3, 1, 1), flows=flows, home=np.zeros((3, 1), dtype=bool), known=np.ones((1, 1), dtype=bool)
    )
    terms = Terms.of([Stockpile(carrying=0.1)], market=Market(spare=0.0, rest=0.0))
    fears = every_supplier(needs, Risk(probability=0.1, length=365))
    programme = Programme.of_needs(needs, fears, terms)
    # The first unit of stock helps in three disruptions, those above 1 in two, those above 3 in one.
    for stock, left in ((0.5, 8.5), (1.0, 7.0), (2.0, 5.0), (3.0, 3.0), (5.0, 1.0), (6.0, 0.0)):
        found = solve(programme, [[0]], [([0], 0.1 * stock)])
        assert found.stock.sum() == pytest.approx(stock)
        assert found.by_product().sum() == pytest.approx(0.1 * left)
    price = [solve(programme, [[0]], [([0], money)]).price[0] for money in (0.05, 0.2, 0.4)]
    assert price == pytest.approx([3.0, 2.0, 1.0])


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000), share=st.floats(0.0, 0.2))
def test_pooling_never_hurts_and_nobody_would_leave_the_core(seed, share):
    needs = made(seed, products=3)
    programme = Programme.of_needs(needs, feared(needs, seed), Terms.of())
    budgets = share * needs.need.sum(axis=1)
    game = together(programme, budgets)
    whole = game.value(game.whole)
    tolerance = 1e-6 * float(needs.need.sum())
    assert whole <= game.apart + tolerance
    core, shapley = game.core(), game.shapley()
    assert core.sum() == pytest.approx(whole, abs=tolerance)
    assert shapley.sum() == pytest.approx(whole, abs=tolerance)
    assert not game.leavers(core, tolerance)
    for solution in game.solutions.values():
        assert solution.gap < 1e-6


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_decisions_keep_their_limits_and_more_money_never_hurts(seed):
    needs = made(seed)
    terms = Terms.of(not_from=("S1",))
    programme = Programme.of_needs(needs, feared(needs, seed), terms)
    before = float("inf")
    for share in (0.0, 0.01, 0.05, 0.3):
        money = share * float(needs.need.sum())
        found = cheapest(programme, [[0, 1, 2]], [([0, 1, 2], money)])
        assert found.spent.sum() <= money * (1 + 1e-6) + 1e-9
        assert found.by_product().sum() <= before + 1e-9
        before = found.by_product().sum()
        assert (found.stock <= needs.need * terms.stockpile.most_stock * (1 + 1e-9)).all()
        balance = np.zeros(needs.need.shape)
        np.add.at(balance, (programme.of, programme.good), found.moved)
        assert np.abs(balance).max() < 1e-6
        assert (programme.now + found.moved > -1e-6).all()
        named = np.array([*needs.suppliers, ""])[programme.supplier]
        assert (found.moved[named == "S1"] <= 1e-9).all()
        again = shortage(programme, found.pools, found.moved, found.stock, found.built)
        assert np.allclose(again, found.short)


def test_spare_deliveries_belong_to_members_in_proportion_to_what_they_buy():
    needs = made(3)
    fears = feared(needs, 3)
    programme = Programme.of_needs(needs, fears, ALL)
    outside = ~needs.home.any(axis=1)
    for w, each in enumerate(fears):
        kept = (needs.flows * (1 - np.broadcast_to(each.lost, needs.flows.shape)))[outside].sum(axis=0)
        assert programme.spare[w] == pytest.approx(ALL.market.spare * max(0, each.days - 30) / 365 * kept)
    assert untouched(programme, [[0, 1, 2]]).sum() <= untouched(programme, [[0], [1], [2]]).sum()


def test_small_suppliers_stand_together_and_what_fails_stays_the_same():
    needs = made(5, suppliers=6)
    fears = feared(needs, 5)
    fine = Programme.of_needs(needs, fears, ALL)
    rough = Programme.of_needs(needs, fears, Terms.of(market=Market(rest=0.4)))
    assert len(rough.now) < len(fine.now)
    assert (rough.supplier == -1).any()
    assert rough.gone() == pytest.approx(fine.gone())


def test_cvar_is_the_mean_of_the_worst_years():
    losses, chances = np.array([10.0, 4.0, 1.0]), np.array([0.03, 0.04, 0.10])
    assert cvar(losses, chances, 0.95) == pytest.approx((0.03 * 10 + 0.02 * 4) / 0.05)
    assert cvar(losses, chances, 0.5) == pytest.approx((0.03 * 10 + 0.04 * 4 + 0.10 * 1) / 0.5)


def test_what_is_common_is_what_all_lose_at_once():
    need, chance = np.array([[10.0], [5.0]]), np.array([0.1, 0.1])
    alike = np.array([[[4.0], [2.0]], [[0.0], [0.0]]])
    assert common_share(alike, need, chance) == pytest.approx([1.0, 1.0])
    one_after_the_other = np.array([[[4.0], [0.0]], [[0.0], [2.0]]])
    assert common_share(one_after_the_other, need, chance) == pytest.approx([0.0, 0.0])
    # 40 % and 20 % fail: both lose 20 % of 15 at once, of 5 lost in all.
    assert common_share(np.array([[[4.0], [1.0]]]), need, np.array([0.1]))[-1] == pytest.approx(3 / 5)
    assert np.isnan(common_share(np.array([[[4.0], [0.0]]]), np.array([[10.0], [0.0]]), np.array([0.1]))).all()


def test_probabilities_all_doubled_change_no_plan():
    needs = made(7)
    fears = feared(needs, 7)
    twice = [dataclasses.replace(d, probability=2 * d.probability) for d in fears]
    money = [([0, 1, 2], 0.03 * float(needs.need.sum()))]
    one, two = (solve(Programme.of_needs(needs, f, ALL), [[0, 1, 2]], money) for f in (fears, twice))
    assert two.value == pytest.approx(2 * one.value)
    assert two.price == pytest.approx(2 * one.price)


@pytest.mark.parametrize(("text", "amount"), [
    ("1e9 EUR/year", 1e9), ("500 mn EUR/year", 5e8), ("2.5bn EUR / year", 2.5e9), ("0 EUR/year", 0.0), ("1,000 EUR/a", 1000.0),
    ("1 % of imports/year", 3e6), ("0.5% of imports / year", 1.5e6),
])  # fmt: skip
def test_a_budget_is_read(text, amount):
    assert read_budget(text, "EUR", "2024", 3e8) == pytest.approx(amount)


@pytest.mark.parametrize(("text", "says"), [
    ("-1e9 EUR/year", "must not be negative"),
    ("1e9 JPY/year", "in JPY, the data (2024) are in EUR; write the budget in EUR"),
    ("1,5 mn EUR/year", "not an amount a year"),
    ("1e400 EUR/year", "larger than any number"),
    ("1.2.3 % of imports/year", "not an amount a year"),
    ("1e9 EUR", "not an amount a year"),
    ("much", "not an amount a year"),
    ("-1 % of imports/year", "must not be negative"),
    ("1e9 EUR/month", "not an amount a year"),
])  # fmt: skip
def test_a_budget_that_cannot_be_read_says_how_to_write_it(text, says):
    with pytest.raises(InputError) as error:
        read_budget(text, "EUR", "2024", 3e8)
    assert says in str(error.value)


@pytest.mark.parametrize(("call", "says"), [
    (lambda: Terms.of(["stockpil"]), "did you mean 'stockpile'?"),
    (lambda: Terms.of(["pool", "pool"]), "given twice"),
    (lambda: Terms.of([]), "no lever is given"),
    (lambda: Risk(probability=1.5), "above 1"),
    (lambda: Diversify(premium=-0.1), "premium -0.1 is negative"),
    (lambda: Terms.of(["capacity"]).ready_within(1), "no lever is ready within 1 years; the first is after 3"),
    (lambda: Terms.of().ready_within(float("nan")), "within nan years"),
    (lambda: Terms.of(["pool"]).having(carrying=0.1), "unknown parameter 'carrying'"),
    (lambda: Disruption("x", 1.2, 90, np.ones((1, 1, 1))), "probability 1.2 must be above 0 and at most 1"),
    (lambda: Disruption("x", 0.1, 0, np.ones((1, 1, 1))), "length of 0 days"),
    (lambda: Disruption("x", 0.1, 9, np.full((1, 1, 1), 1.1)), "between 0 and 1"),
    (lambda: with_probabilities(feared(made(1), 1), {"S9": 0.1}), "unknown disruption 'S9'"),
    (lambda: only_once([]), "no disruption is given"),
    (lambda: only_once([*feared(made(1), 1), *feared(made(1), 1)]), "two disruptions are called"),
    (lambda: dataclasses.replace(made(1), members=("A", "A", "B")), "member A is listed twice"),
    (lambda: dataclasses.replace(made(1), flows=np.full((5, 3, 2), -1.0)), "finite and not negative"),
])  # fmt: skip
def test_what_cannot_be_asked_says_why(call, says):
    with pytest.raises(InputError) as error:
        call()
    assert says in str(error.value)


def test_needs_of_nobody_are_missing_data():
    with pytest.raises(MissingData, match="nobody among the members"):
        dataclasses.replace(made(1), flows=np.zeros((5, 3, 2)))


def test_a_member_is_no_supplier_that_stops():
    needs = dataclasses.replace(made(2), home=np.array([[False] * 3] * 4 + [[True] * 3]))
    with pytest.raises(InputError, match="S4 belongs to the partnership"):
        stopped(needs, ["S4"], Risk())
    assert "S4" not in [d.name for d in every_supplier(needs, Risk())]


def test_levers_ready_later_are_left_out():
    assert Terms.of().ready_within(0.75).names == ("stockpile", "pool")
    assert Terms.of([Capacity(built=0.5)]).ready_within(1).names == ("capacity",)


def test_a_purse_each_is_spent_no_further_than_it_helps():
    """One partner's money binds and another's does not: what is left over of the other's stays unspent."""
    needs = made(11)
    terms = Terms.of(["stockpile"], market=UNGROUPED)
    programme = Programme.of_needs(needs, feared(needs, 11), terms)
    plenty = float(needs.need.sum())
    found = cheapest(programme, [[0], [1], [2]], [([0], 0.01 * plenty), ([1], plenty), ([2], plenty)])
    for m in (1, 2):
        alone = cheapest(programme, [[m]], [([m], plenty)])
        assert found.spent[m] == pytest.approx(alone.spent[m], rel=1e-6)
        # The largest gap of each product is all that a stock can be for.
        gap = (programme.gone() - programme.spare)[:, m].clip(0.0).max(axis=0)
        assert found.spent[m] == pytest.approx(0.15 * gap.clip(0.0, needs.need[m]).sum(), rel=1e-5)


def test_partners_sell_no_more_to_each_other_and_nobody_signs_with_the_rest():
    needs = made(4, suppliers=6, members=2)
    home = np.zeros((6, 2), dtype=bool)
    home[4, 0] = home[5, 1] = True
    needs = dataclasses.replace(needs, home=home, suppliers=("S0", "S1", "X-REST", "S3", "A", "B"))
    programme = Programme.of_needs(needs, [stopped(needs, ["S0"], Risk())], Terms.of(["diversify"], market=UNGROUPED))
    found = solve(programme, [[0, 1]], [([0, 1], float(needs.need.sum()))])
    for c in np.flatnonzero(found.moved > 0):
        supplier, member = needs.suppliers[programme.supplier[c]], "AB"[programme.of[c]]
        assert supplier in ("S1", "S3", member)
    assert (found.moved > 0).any()


def test_lengths_of_products_are_their_own():
    needs = made(6, members=1, products=2)
    part = np.zeros(needs.flows.shape)
    part[0] = 1.0
    both = Disruption("both", 0.1, 365, part, by_product=np.array([20.0, 365.0]))
    for k, days in enumerate((20.0, 365.0)):
        one = needs.of([needs.products[k]])
        alone = Disruption("alone", 0.1, days, part[:, :, [k]])
        short = untouched(Programme.of_needs(needs, [both], ALL), [[0]])[0, 0, k]
        assert short == pytest.approx(untouched(Programme.of_needs(one, [alone], ALL), [[0]])[0, 0, 0])


def test_tiny_probabilities_change_no_plan():
    needs = made(8)
    fears = feared(needs, 8)
    rare = [dataclasses.replace(d, probability=1e-10 * d.probability) for d in fears]
    money = [([0, 1, 2], 0.02 * float(needs.need.sum()))]
    one, two = (solve(Programme.of_needs(needs, f, ALL), [[0, 1, 2]], money) for f in (fears, rare))
    assert two.value == pytest.approx(1e-10 * one.value, rel=1e-6)
