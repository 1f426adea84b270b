"""The kernel against naive loops, and the one factorisation against direct solves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interdep.errors import InputError
from interdep.models.network import Cut, LeontiefInverse, flows_by_product, gather, origin_shares, scatter
from interdep.testing import small_world


def naive_gather(S, f, cuts):
    products, suppliers, buyers, kinds = S.shape
    out = np.zeros((f.shape[0], products, buyers, kinds))
    for b, p, r, s, k in np.ndindex(f.shape[0], products, suppliers, buyers, kinds):
        factor = f[b, p, r] if f.ndim == 3 else f[b, p, r, s]
        for cut in cuts:
            if cut.suppliers[p, r] and cut.buyers[s, k]:
                factor = factor * (1 - cut.share)
        out[b, p, s, k] += factor * S[p, r, s, k]
    return out


def naive_scatter(S, f, q, cuts):
    products, suppliers, buyers, kinds = S.shape
    out = np.zeros((f.shape[0], products, suppliers))
    for b, p, r, s, k in np.ndindex(f.shape[0], products, suppliers, buyers, kinds):
        factor = f[b, p, r] if f.ndim == 3 else f[b, p, r, s]
        for cut in cuts:
            if cut.suppliers[p, r] and cut.buyers[s, k]:
                factor = factor * (1 - cut.share)
        out[b, p, r] += factor * q[b, p, s, k] * S[p, r, s, k]
    return out


def random_case(seed: int, pair: bool, cut_count: int):
    rng = np.random.default_rng(seed)
    batch, products, regions, kinds = 2, 3, 4, 5
    S = rng.uniform(size=(products, regions, regions, kinds))
    f = rng.uniform(size=(batch, products, regions, regions) if pair else (batch, products, regions))
    q = rng.uniform(size=(batch, products, regions, kinds))
    cuts = [
        Cut(rng.uniform(size=(products, regions)) < 0.4, rng.uniform(size=(regions, kinds)) < 0.5, float(rng.uniform()))
        for _ in range(cut_count)
    ]
    return S, f, q, cuts


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), pair=st.booleans(), cut_count=st.integers(0, 3))
def test_gather_and_scatter_equal_the_naive_loops(seed, pair, cut_count):
    S, f, q, cuts = random_case(seed, pair, cut_count)
    np.testing.assert_allclose(gather(S, f, cuts), naive_gather(S, f, cuts), rtol=1e-12)
    np.testing.assert_allclose(scatter(S, f, q, cuts), naive_scatter(S, f, q, cuts), rtol=1e-12)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), pair=st.booleans())
def test_what_is_asked_of_suppliers_is_what_buyers_receive_when_weighted_alike(seed, pair):
    S, f, q, cuts = random_case(seed, pair, 2)
    received = (gather(S, f, cuts) * q).sum(axis=(2, 3))
    asked = scatter(S, f, q, cuts).sum(axis=2)
    np.testing.assert_allclose(received, asked, rtol=1e-12)


def test_a_factor_of_the_supplier_alone_is_a_pair_factor_that_does_not_vary_by_buyer():
    S, f, q, cuts = random_case(7, False, 1)
    spread = np.repeat(f[:, :, :, None], S.shape[2], axis=3)
    np.testing.assert_allclose(gather(S, f, cuts), gather(S, spread, cuts), rtol=1e-12)
    np.testing.assert_allclose(scatter(S, f, q, cuts), scatter(S, spread, q, cuts), rtol=1e-12)


def test_the_kernel_changes_none_of_its_inputs():
    S, f, q, cuts = random_case(3, False, 2)
    copies = S.copy(), f.copy(), q.copy()
    gather(S, f, cuts)
    scatter(S, f, q, cuts)
    for now, before in zip((S, f, q), copies, strict=True):
        np.testing.assert_array_equal(now, before)


def test_shapes_that_do_not_fit_are_named():
    S, f, q, _ = random_case(1, False, 0)
    with pytest.raises(
        InputError, match=r"the factor has shape \(2, 3, 3\).*must be \(batch, 3, 4\) or \(batch, 3, 4, 4\)"
    ):
        gather(S, f[:, :, :3])
    with pytest.raises(InputError, match=r"scatter: q has shape \(2, 3, 4, 4\).*must be \(batch, 3, 4, 5\)"):
        scatter(S, f, q[..., :4])


def test_flows_by_product_place_every_delivery():
    world = small_world(3, 2, seed=4)
    flows = flows_by_product(world)
    assert flows.shape == (2, 3, 3, 3)
    supplier, buyer = world.node_index("JPN", "C26"), world.node_index("DEU", "B")
    assert flows[1, 1, 0, 0] == world.intermediate[supplier, buyer]
    assert flows[1, 1, 2, 2] == world.final_use[supplier, 2, 0]
    np.testing.assert_allclose(flows.sum(), world.gross_output.sum(), rtol=1e-12)


def test_origin_shares_sum_to_one_where_something_is_used_and_to_zero_elsewhere():
    flows = flows_by_product(small_world(3, 2))
    flows[0, :, 1, 2] = 0.0
    total = origin_shares(flows).sum(axis=1)
    assert total[0, 1, 2] == 0.0
    total[0, 1, 2] = 1.0
    np.testing.assert_allclose(total, 1.0, rtol=1e-12)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), rows=st.integers(0, 12), columns=st.integers(0, 12))
def test_a_cut_is_solved_as_if_the_table_were_factorised_anew(seed, rows, columns):
    world = small_world(4, 3, seed=seed % 50)
    rng = np.random.default_rng(seed)
    A = world.input_coefficients
    inverse = LeontiefInverse(A)
    row_set = np.sort(rng.choice(12, rows, replace=False))
    column_set = np.sort(rng.choice(12, columns, replace=False))
    removed = A[np.ix_(row_set, column_set)] * rng.uniform(size=(rows, columns))
    b, c = rng.uniform(size=12), rng.uniform(size=12)
    x, y = inverse.solve_cut((b, c), row_set, column_set, removed)
    changed = A.copy()
    changed[np.ix_(row_set, column_set)] -= removed
    np.testing.assert_allclose(x, np.linalg.solve(np.eye(12) - changed, b), rtol=1e-10)
    np.testing.assert_allclose(y, np.linalg.solve(np.eye(12) - changed.T, c), rtol=1e-10)


def test_a_table_that_uses_more_than_it_makes_is_refused():
    with pytest.raises(InputError, match="some group of industries uses more than it makes"):
        LeontiefInverse(np.array([[0.9, 0.3], [0.3, 0.9]]))
