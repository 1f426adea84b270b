"""Trade elasticities: every division of goods has one with a range that holds it, and industries take the mean of theirs."""

from __future__ import annotations

import pytest

from interdep import Equilibrium, InputError, World, parameters
from interdep.models.equilibrium.elasticities import by_division, by_industry
from interdep.testing import small_world, synthetic_world

GOODS = {f"{k:02d}" for k in range(1, 34) if k != 4}


def test_every_division_of_goods_has_an_elasticity_with_a_range_and_a_source():
    table = by_division()
    assert set(table) >= GOODS
    for division, each in table.items():
        assert each.low is not None
        assert each.high is not None
        assert 0 < each.low <= each.default <= each.high, division
        assert each.source


def test_electronics_is_the_published_tariff_elasticity_less_one():
    # Fontagne, Guimbard & Orefice 2022, GTAP sector ele: -5.258.
    assert by_division()["26"].default == pytest.approx(5.258 - 1, abs=0.05)
    assert by_industry(World.read(), 4.0)["C26"].default == by_division()["26"].default


def test_mining_is_mixed_by_what_is_traded_and_so_nearly_all_fuel():
    table, mining = by_division(), by_industry(small_world(), 4.0)["B"]
    expected = (0.06 * 4.0 + 0.83 * 4.0 + 0.09 * table["07"].default + 0.02 * table["08"].default) / 1.0
    assert mining.default == pytest.approx(expected, rel=1e-12)


def test_services_and_unknown_classifications_take_the_models_own():
    assert by_industry(World.read(), 3.0)["J61"].default == 3.0
    assert by_industry(World.read(), 3.0)["J61"].low is None
    assert {each.default for each in by_industry(synthetic_world(2, 3), 2.5).values()} == {2.5}
    assert Equilibrium(trade_elasticity=2.5).theta(synthetic_world(2, 3)).tolist() == [2.5] * 3


def test_a_person_sets_them_by_isic_code_or_by_the_tables_own():
    world = World.read()
    theta = Equilibrium(trade_elasticities={"26": 6.0, "B": 1.5}, horizon_factor=0.5).theta(world)
    assert theta[world.industry_index("C26")] == 3.0
    assert theta[world.industry_index("B")] == 0.75


def test_an_unknown_industry_is_named():
    with pytest.raises(InputError, match=r"trade_elasticities: .*C62"):
        Equilibrium(trade_elasticities={"C62": 4.0}).theta(World.read())


def test_parameters_list_them_with_unit_and_source():
    rows = {r["parameter"]: r for r in parameters().to_rows() if r["model"] == "Equilibrium"}
    row = rows["trade_elasticities[26]"]
    assert (row["default"], row["low"], row["high"]) == (
        by_division()["26"].default, by_division()["26"].low, by_division()["26"].high,
    )  # fmt: skip
    assert "Fontagne" in row["source"]
    assert row["unit"]
