"""Exposure of industries to a product's supplier: by hand, bounded, and the same chain as look-through reliance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from interdep import InputError, World
from interdep.dependence.exposure import REASONING, USES, Exposures
from interdep.dependence.lookthrough import reliance
from made_worlds import by_hand, worlds


def made(flows: list[list[float]], industries: tuple[str, ...] = ("C26",), output: float = 100.0) -> World:
    """DEU and JPN with these deliveries between nodes; what is left of the output is used at home."""
    z = np.array(flows, dtype=float)
    nodes = len(z)
    uses = np.zeros((nodes, 2, 2))
    uses[np.arange(nodes), np.repeat([0, 1], nodes // 2), 0] = output - z.sum(axis=1)
    return by_hand(industries=industries, intermediate=z, final_use=uses, gross_output=np.full(nodes, output),
                   value_added=output - z.sum(axis=0))  # fmt: skip


def rows_of(world: World, supplier: str = "JPN", industry: str = "C26", **buyers: tuple[str, ...]) -> list[dict]:
    return Exposures(world, buyers or {"DEU": ("DEU",)}).to(supplier, industry).frame.to_dicts()


def test_the_part_behind_the_chain_is_that_of_the_leontief_inverse():
    # A = [[0.2, 0], [0.3, 0.5]], so that L - I has 0.25 and 0.75 in Germany's column: three quarters are Japan's.
    (row,) = rows_of(made([[20, 0], [30, 50]]))
    assert (row["buyer"], row["member"], row["industry"]) == ("DEU", "DEU", "C26")
    assert (row["use_share"], row["direct_share"], row["supplier_share"]) == pytest.approx((1.0, 0.6, 0.75))
    assert row["value_added"] == 50.0
    assert row["at_stake"] == pytest.approx(37.5)


def test_where_direct_purchases_depend_more_they_are_the_bound():
    # A = [[0, 0.5], [0.3, 0]]: a third of what stands behind Germany's output is its own, in Japan's inputs.
    (row,) = rows_of(made([[0, 50], [30, 0]]))
    assert (row["direct_share"], row["supplier_share"]) == pytest.approx((1.0, 2 / 3))
    assert row["at_stake"] == pytest.approx(70.0)


def test_two_economies_with_two_industries_each():
    rows = {r["industry"]: r for r in rows_of(by_hand())}
    # Germany's electronics buys 10 + 20 of electronics in 45 of inputs, its cars 20 + 30 in 100.
    assert (rows["C26"]["use_share"], rows["C29"]["use_share"]) == pytest.approx((30 / 45, 0.5))
    assert (rows["C26"]["direct_share"], rows["C29"]["direct_share"]) == pytest.approx((2 / 3, 0.6))
    # The rounds of the chain one by one, instead of an inverse: what each needs of what the round before has made.
    coefficients = np.array([[10, 20, 5, 5], [10, 40, 5, 15], [20, 30, 10, 10], [5, 10, 10, 30]]) / [100, 200, 100, 150]
    through, made_now = np.zeros((4, 4)), coefficients.copy()
    for _ in range(300):
        through += made_now
        made_now = coefficients @ made_now
    for place, name in enumerate(("C26", "C29")):
        share = through[2, place] / (through[0, place] + through[2, place])
        assert rows[name]["supplier_share"] == pytest.approx(share)
        stake = max(share, rows[name]["direct_share"]) * {"C26": 55, "C29": 100}[name]
        assert rows[name]["at_stake"] == pytest.approx(stake)


def test_only_users_are_listed_and_the_largest_stake_stands_first():
    below = 0.9 * USES * 50
    flows = [[10, below, 0, 0], [0, 20, 0, 0], [20, 0, 10, 0], [0, 30 - below, 0, 20]]
    rows = rows_of(made(flows, ("C26", "C29")))
    assert [r["industry"] for r in rows] == ["C26"]
    stakes = [r["at_stake"] for r in rows_of(by_hand())]
    assert stakes == sorted(stakes, reverse=True)


def test_a_product_that_no_industry_uses_exposes_nobody():
    assert (
        rows_of(made([[10, 0, 0, 0], [0, 0, 0, 0], [0, 0, 20, 0], [0, 0, 0, 0]], ("C26", "C29")), industry="C29") == []
    )


def test_an_economy_that_is_a_member_of_a_buyer_is_no_supplier_abroad():
    with pytest.raises(InputError, match="JPN is at home in both"):
        rows_of(by_hand(), both=("DEU", "JPN"))
    with pytest.raises(InputError, match="USA"):
        rows_of(by_hand(), supplier="USA")


def test_the_table_says_that_it_is_an_upper_bound_and_why():
    table = Exposures(by_hand(), {"DEU": ("DEU",)}).to("JPN", "C26", ("854231",))
    assert "at most" in table.title
    assert "854231" in table.title
    assert any(REASONING in step or step == REASONING for step in table.provenance.steps)
    assert "EUR" in table.units["at_stake"]


@given(worlds(economies=2, industries=2))
@settings(deadline=None, max_examples=40)
def test_parts_are_parts_and_the_stake_is_never_more_than_value_added(world):
    for industry in world.industries:
        for row in rows_of(world, industry=industry):
            assert 0 <= row["supplier_share"] <= 1
            assert 0 <= row["direct_share"] <= 1
            assert USES <= row["use_share"] <= 1 + 1e-12
            assert 0 <= row["at_stake"] <= row["value_added"] * (1 + 1e-12)


@given(worlds(economies=3, industries=2))
@settings(deadline=None, max_examples=20)
def test_the_chains_of_all_products_add_up_to_look_through_reliance(world):
    exposures = Exposures(world, {"DEU": ("DEU",)})
    behind = sum(exposures.behind(p) for p in range(len(world.industries)))
    _, through = reliance(world, {"DEU": ("DEU",)})
    ours = behind[:, :2] * world.gross_output[:2]
    assert pytest.approx(through[0], rel=1e-7, abs=1e-7 * world.gross_output.max()) == ours.T


@given(worlds(economies=3, industries=2))
@settings(deadline=None, max_examples=20)
def test_the_parts_of_all_suppliers_and_home_are_one(world):
    exposures = Exposures(world, {"DEU": ("DEU",)})
    found = {s: exposures.to(s, "C26").frame for s in ("JPN", "USA")}
    for place, name in enumerate(world.industries):
        rows = [f.filter(f["industry"] == name) for f in found.values()]
        if rows[0].height:
            behind = exposures.behind(0)[:, place]
            home = behind[0] / behind.sum()
            assert sum(r["supplier_share"].item() for r in rows) + home == pytest.approx(1.0)
