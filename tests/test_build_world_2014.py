"""Tests of the script that builds the packaged world table: fitting, recovering, correcting energy, packing."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from interdep.world.packing import pack, unpack

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "data"))

from world_2014 import assemble as joining  # noqa: E402
from world_2014.balancing import Margin, ras  # noqa: E402
from world_2014.energy import MEMBERS, Energy, read_energy  # noqa: E402
from world_2014.industries import PACKAGED, WIOD_56, membership, merged_50  # noqa: E402
from world_2014.parts import Parts, Shares, read_parts, read_shares  # noqa: E402
from world_2014.recover import Recovered, recover  # noqa: E402
from world_2014.table import negatives, package, rounding_gap  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
N56 = len(WIOD_56)


# --- fitting ---------------------------------------------------------------------------------------------------------


def test_fitting_a_flat_prior_gives_the_product_of_its_margins():
    fit = ras(
        np.ones((2, 2)), [Margin("rows", (1,), np.array([3.0, 1.0])), Margin("columns", (0,), np.array([2.0, 2.0]))]
    )
    np.testing.assert_allclose(fit.values, [[1.5, 1.5], [0.5, 0.5]])


@given(seed=st.integers(0, 2**32 - 1), shape=st.tuples(*[st.integers(2, 5)] * 3))
@settings(max_examples=25, deadline=None)
def test_fitting_meets_every_margin_and_keeps_zeros(seed, shape):
    draw = np.random.default_rng(seed)
    support = draw.random(shape) < 0.7
    target = draw.uniform(0.5, 2.0, shape) * support
    prior = target * draw.uniform(0.5, 2.0, shape)
    margins = [
        Margin("first", (1, 2), target.sum((1, 2))),
        Margin("outer two", (1,), target.sum(1)),
        Margin("last two", (0,), target.sum(0)),
    ]
    fit = ras(prior, margins, 1e-8, 20000)
    np.testing.assert_allclose(fit.values.sum((1, 2)), target.sum((1, 2)), atol=1e-7)
    np.testing.assert_allclose(fit.values.sum(1), target.sum(1), atol=1e-7)
    np.testing.assert_allclose(fit.values.sum(0), target.sum(0), atol=1e-7)
    assert (fit.values[~support] == 0).all()


def test_a_total_that_no_cell_can_carry_is_refused_by_name_and_place():
    margins = [Margin("rows", (1,), np.array([1.0, 2.0]))]
    with pytest.raises(ValueError, match=r"Margin rows: 1 totals have no cell to carry them, first \[\(1,\)\]"):
        ras(np.array([[1.0, 1.0], [0.0, 0.0]]), margins)


def test_margins_that_contradict_each_other_are_reported_and_not_returned():
    margins = [Margin("rows", (1,), np.array([1.0, 1.0])), Margin("columns", (0,), np.array([3.0, 1.0]))]
    with pytest.raises(RuntimeError, match="stopped after 50 rounds"):
        ras(np.ones((2, 2)), margins, rounds=50)


def test_a_negative_prior_is_refused():
    with pytest.raises(ValueError, match="without negative cells"):
        ras(np.array([-1.0, 2.0]), [])


# --- industries ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("groups", "count"), [(merged_50(), 50), (list(PACKAGED.values()), 36)])
def test_groups_hold_every_industry_once(groups, count):
    assert len(groups) == count
    assert sorted(code for group in groups for code in group) == sorted(WIOD_56)


def test_an_industry_left_out_of_the_groups_is_an_error():
    with pytest.raises(ValueError, match="exactly one group"):
        membership([("A01",)])


# --- recovering a table whose cells are known ------------------------------------------------------------------------


def known_world(economies: tuple[str, ...], seed: int) -> tuple[Parts, Shares, np.ndarray]:
    """Draw a world table, and derive from it what is published and what the trade-share set holds."""
    draw = np.random.default_rng(seed)
    n = len(economies)
    buyer_mix = draw.uniform(1, 5, (n, N56, n, 1))
    z = buyer_mix * draw.uniform(1, 3, (1, N56, n, N56))
    final = draw.uniform(0, 50, (n, N56, n, 5))
    final[..., 4] -= 25.0  # changes in inventories take both signs
    final[0, WIOD_56.index("E37-E39"), 0, 3] = -40.0  # scrap sold out of the capital stock
    home = np.arange(n)
    domestic = z[home, :, home]
    output = z.sum((2, 3)) + final.sum((2, 3))
    exports = output - domestic.sum(2) - np.stack([final[i, :, i].sum(-1) for i in range(n)])
    inputs = z.sum((0, 1))
    inputs[economies.index("ROW")] = np.nan
    parts = Parts(economies, domestic, final, output, exports, inputs, {})

    to50 = membership(merged_50())
    duty = np.broadcast_to(draw.uniform(1.0, 1.3, (1, n, 50)), (n, n, 50)).copy()
    duty[home, home] = 1.0
    used = np.einsum("rpsq,pc->rscq", z, to50)
    trade = duty * (used.sum(3) + np.einsum("rpsf,pc->rsc", np.maximum(final[..., :4], 0), to50))
    cost = np.einsum("rsc,rscq,qd->csd", duty, used, to50)
    spending = trade.sum(0)
    shares = Shares(
        trade=trade / spending,
        spending=spending,
        tariff=duty,
        inputs=np.moveaxis(cost / cost.sum(0), 2, 1),
        factors=1 - cost.sum(0).T / (output @ to50).T,
    )
    return parts, shares, z


@pytest.fixture(scope="module")
def small_world() -> tuple[Parts, Recovered, np.ndarray]:
    parts, shares, z = known_world(("AAA", "BBB", "ROW"), 7)
    return parts, recover(parts, shares), z


def test_trade_between_economies_is_recovered_from_tariff_laden_shares(small_world):
    parts, recovered, z = small_world
    expected = np.einsum("rpsq,pc->rcs", z, membership(merged_50()))
    expected[np.arange(3), :, np.arange(3)] = 0.0
    np.testing.assert_allclose(recovered.pairs, expected, rtol=1e-6)
    assert parts.economies[2] == "ROW"


def test_imports_by_product_and_user_are_recovered(small_world):
    _, recovered, z = small_world
    foreign = z.copy()
    foreign[np.arange(3), :, np.arange(3)] = 0.0
    to50 = membership(merged_50())
    expected = np.einsum("rpsq,pc->csq", foreign, to50)
    single = [i for i, code in enumerate(WIOD_56) if (code,) in merged_50()]
    np.testing.assert_allclose(recovered.users[..., single], expected[..., single], rtol=1e-4)
    # ROW publishes no imports by industry; they come back in the 50 sectors.
    np.testing.assert_allclose(recovered.imports[2] @ to50, foreign.sum((0, 1))[2] @ to50, rtol=1e-4)


def test_the_assembled_table_keeps_published_margins_and_balances_after_rounding(small_world):
    parts, recovered, z = small_world
    built = joining.assemble(parts, recovered, None)
    foreign = z.copy()
    foreign[np.arange(3), :, np.arange(3)] = 0.0
    np.testing.assert_allclose(built.cross.sum((2, 3)), foreign.sum((2, 3)), rtol=1e-6)
    np.testing.assert_allclose(built.cross.sum((0, 1))[:2], foreign.sum((0, 1))[:2], rtol=1e-6)
    table = package(parts, built.cross)
    gap, bound = rounding_gap(table, parts)
    assert gap <= bound == (36 * 3 + 3 * 5) / 2
    assert table.value_added.sum() == table.y.sum()
    assert any(line.startswith("investment: 1 cells") for line in negatives(table))


# --- energy ----------------------------------------------------------------------------------------------------------


def test_correcting_energy_moves_partners_but_no_published_margin():
    economies = (*MEMBERS, "RUS", "USA", "ROW")
    n, draw = len(economies), np.random.default_rng(3)
    pairs = draw.uniform(1, 2, (n, 50, n))
    pairs[np.arange(n), :, np.arange(n)] = 0.0
    pairs[economies.index("RUS"), :, economies.index("ROW")] = 2000.0
    users = pairs.sum(0)[..., None] * draw.dirichlet(np.ones(N56))
    recovered = Recovered(pairs, users, np.zeros((n, N56)), np.zeros((n, N56)), {})
    half = np.full(len(MEMBERS), 0.5)
    ones = np.ones(len(MEMBERS))
    energy = Energy(half, half, half, half, half, {"crude": ones, "gas": ones, "coal": ones})
    values, asked, _ = joining.corrected("B", recovered, energy, economies)
    members, russia = [economies.index(m) for m in MEMBERS], economies.index("RUS")
    np.testing.assert_allclose(asked[russia, members] / asked[:, members].sum(0), 0.5)
    np.testing.assert_allclose(values.sum((1, 2)), pairs[:, 3].sum(1), rtol=1e-6)
    np.testing.assert_allclose(values.sum(0), users[3], rtol=1e-6)
    share = values.sum(2)[russia, members] / values.sum(2)[:, members].sum(0)
    assert (share > 0.4).all()


def test_refineries_take_crude_utilities_gas_and_coal_and_the_rest_other_mining():
    size = len(MEMBERS)
    full = lambda x: np.full(size, x)  # noqa: E731
    values = {"crude": full(1.0), "gas": full(3.0), "coal": full(1.0)}
    energy = Energy(full(0.9), full(0.4), full(0.8), full(0.1), full(np.nan), values)
    shares = joining.russian_shares("B", energy)
    np.testing.assert_allclose(shares[:, WIOD_56.index("C19")], 0.9)
    np.testing.assert_allclose(shares[:, WIOD_56.index("D35")], (3 * 0.4 + 0.8) / 4)
    np.testing.assert_allclose(shares[:, WIOD_56.index("C24")], 0.1)
    assert np.isnan(joining.russian_shares("C19", energy)).all()


# --- packing ---------------------------------------------------------------------------------------------------------

integers = hnp.arrays(
    np.int64,
    hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=6),
    elements=st.one_of(st.integers(-3, 3), st.integers(-(2**62), 2**62)),
)


@given(z=integers, y=integers)
@settings(max_examples=80, deadline=None)
def test_packing_loses_nothing(z, y):
    back_z, back_y = unpack(pack(z, y))
    assert back_z.dtype == back_y.dtype == np.int64
    np.testing.assert_array_equal(back_z, z)
    np.testing.assert_array_equal(back_y, y)


def test_bytes_that_are_not_a_packed_table_are_refused():
    with pytest.raises(ValueError, match="Not a packed world table"):
        unpack(b"PK\x03\x04 something else")
    with pytest.raises(ValueError, match="3 bytes too many"):
        unpack(pack(np.arange(3), np.arange(2)) + b"abc")


# --- the real table --------------------------------------------------------------------------------------------------


@pytest.mark.skipif(
    not (DATA / "wiod2014_parts").is_dir(), reason="raw data of the 2014 table are not at ../shared/data"
)
def test_the_real_table_has_the_published_totals_and_russian_energy():
    parts = read_parts(DATA / "wiod2014_parts")
    shares = read_shares(DATA / "wiod2014_parts" / "trade_shares_prior", parts.economies)
    recovered = recover(parts, shares)
    # The trade-share set reproduces what is published, which proves the reading of it.
    assert recovered.checks["intermediate exports recovered, sum of misses, mn USD"] < 200
    assert recovered.checks["domestic intermediates recovered, sum of misses, mn USD"] < 200
    energy = read_energy(DATA / "energy", DATA / "wiod2013")
    table = package(parts, joining.assemble(parts, recovered, energy).cross)
    assert table.output.sum() / 1e9 == pytest.approx(160.997198, abs=1e-4)
    assert table.value_added.sum() / 1e9 == pytest.approx(75.447, abs=1e-3)
    gap, bound = rounding_gap(table, parts)
    assert gap < bound
    assert table.value_added.min() > -50_000  # thousand USD; only cells that are negative in the source
    b = table.industries.index("B")
    for member, low, high in (("HUN", 0.6, 0.9), ("BGR", 0.45, 0.9), ("EST", 0.5, 0.95), ("ESP", 0.03, 0.15)):
        s = parts.economies.index(member)
        bought = table.z[:, b, s].sum(1).astype(float)
        bought[s] = 0.0
        assert low < bought[parts.economies.index("RUS")] / bought.sum() < high, member
