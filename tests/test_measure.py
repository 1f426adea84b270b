"""Dependence through the chain: a case solved by hand, independent solves, groups as one buyer, errors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interdep import InputError, MissingData, Partnership, measure
from interdep.dependence.lookthrough import reliance
from interdep.dependence.measure import Dependencies
from interdep.testing import small_world
from interdep.units import Money
from interdep.world import World


@pytest.fixture
def chain() -> World:
    """USA's industry feeds DEU's, DEU's feeds JPN's; nothing else is traded between industries."""
    return World(
        name="chain",
        money=Money("USD", 2020),
        economies=("USA", "DEU", "JPN"),
        industries=("C26",),
        final_uses=("households",),
        intermediate=[[0, 30, 0], [0, 0, 40], [0, 0, 0]],
        final_use=[[[70], [0], [0]], [[0], [60], [0]], [[0], [0], [80]]],
    )


def row(deps: Dependencies, buyer: str, supplier: str) -> dict:
    return next(r for r in deps.suppliers.to_rows() if r["buyer"] == buyer and r["supplier"] == supplier)


def test_a_supplier_of_a_supplier_is_seen_through_the_chain_only(chain):
    # JPN buys 40 of DEU's 100; of these, 30 / 100 came from the USA: 12 through the chain, 0 directly.
    deps = measure("JPN", world=chain)
    usa, deu = row(deps, "JPN", "USA"), row(deps, "JPN", "DEU")
    assert (usa["face_value"], deu["face_value"]) == (0.0, 40.0)
    assert usa["look_through"] == pytest.approx(12.0)
    assert deu["look_through"] == pytest.approx(40.0)
    assert usa["look_through_share"] == pytest.approx(12 / 52)
    assert usa["face_share"] == 0.0


def test_a_group_is_one_buyer_and_its_members_deliveries_are_home(chain):
    chained = World(
        chain.name,
        chain.money,
        ("USA", "DEU", "FRA"),
        chain.industries,
        chain.final_uses,
        chain.intermediate,
        chain.final_use,
    )
    eu = chained.aggregate({"EU": ["DEU", "FRA"]})
    # As one buyer: direct inputs 30 from the USA and 40 from itself.
    face, through = reliance(chained, {"EU": ("DEU", "FRA")})
    np.testing.assert_allclose(face[0, 0], [30, 40, 0])
    # Through the chain: DEU's own 30 from the USA, and FRA's 40 from DEU that stand on 12 of the USA's.
    np.testing.assert_allclose(through[0, 0], [42, 40, 0])
    assert eu.intermediate[0, 1] == 30


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 200))
def test_look_through_is_the_column_of_the_inverse_less_the_unit(seed):
    world = small_world(4, 3, seed=seed)
    face, through = reliance(world, {"JPN": ("JPN",)})
    A = world.intermediate / world.gross_output
    chain = (np.linalg.inv(np.eye(12) - A) - np.eye(12)) * world.gross_output
    column = world.node_index("JPN", "C26")
    np.testing.assert_allclose(through[0, 1], chain[:, column].reshape(4, 3).sum(axis=1), rtol=1e-9)
    np.testing.assert_allclose(face[0, 1], world.intermediate[:, column].reshape(4, 3).sum(axis=1), rtol=1e-12)


def test_the_rest_of_the_world_is_shown_and_never_a_top_supplier(chain):
    world = World(
        "rest",
        chain.money,
        ("ROW", "DEU", "JPN"),
        chain.industries,
        chain.final_uses,
        chain.intermediate,
        chain.final_use,
    )
    deps = measure(["DEU", "JPN"], world=world)
    by = {r["buyer"]: r for r in deps.industries.to_rows()}
    assert by["DEU"]["top_supplier"] is None
    assert by["DEU"]["top_share"] is None
    assert by["DEU"]["foreign_share"] == 1.0
    assert by["JPN"]["top_supplier"] == "DEU"
    assert row(deps, "DEU", "ROW")["face_share"] == 1.0


def test_an_industry_that_buys_nothing_has_missing_shares_not_zeros(chain):
    usa = next(r for r in measure("USA", world=chain).industries.to_rows())
    assert usa["home_share"] is None
    assert usa["foreign_share"] is None
    assert usa["top_supplier"] is None


def test_common_lists_the_industries_where_all_have_the_same_top_supplier():
    world = small_world(4, 3, seed=1)
    deps = measure(["DEU", "JPN"], world=world)
    tops = {}
    for r in deps.industries.to_rows():
        tops.setdefault(r["industry"], set()).add(r["top_supplier"])
    expected = {industry for industry, names in tops.items() if len(names) == 1}
    assert set(deps.common().frame["industry"].to_list()) == expected
    for supplier in ("USA", "CHN"):
        assert all(r["top_supplier"] == supplier for r in deps.common(supplier).to_rows())
    with pytest.raises(InputError, match="unknown supplier 'CHI' in these dependencies; did you mean 'CHN'"):
        deps.common("CHI")


def test_shares_over_all_suppliers_and_home_make_one():
    deps = measure("DEU", world=small_world(4, 3))
    for r in deps.industries.to_rows():
        assert r["home_share"] + r["foreign_share"] == pytest.approx(1.0)
        abroad = sum(s["look_through_share"] for s in deps.suppliers.to_rows() if s["industry"] == r["industry"])
        assert abroad == pytest.approx(r["foreign_share"])


def test_only_the_industries_asked_for_are_measured():
    world = small_world(4, 5)
    assert measure("DEU", ["C26", "J61"], world).industries.frame["industry"].to_list() == ["C26", "J61"]
    with pytest.raises(InputError, match="unknown industry"):
        measure("DEU", ["C2666"], world)


def test_buyers_that_share_a_member_are_refused_with_its_name():
    with pytest.raises(InputError, match="DEU belongs to both G7 and EU27"):
        measure(["G7", "EU27"], world=World.read())


def test_a_group_the_table_does_not_keep_apart_names_what_is_missing():
    with pytest.raises(
        MissingData, match=r"small does not keep AUT, BEL, BGR, HRV, CYP apart \(members of EU27\)|small does not keep"
    ):
        measure("EU27", world=small_world())


def test_a_name_nobody_knows_is_met_with_the_nearest():
    with pytest.raises(InputError, match="unknown economy or group 'JAP'; did you mean 'JPN'"):
        measure("JAP", world=small_world())


def test_dependencies_are_read_back_as_they_were_saved(tmp_path):
    deps = measure(["DEU", "JPN"], world=small_world())
    deps.save(tmp_path)
    again = Dependencies.load(tmp_path)
    assert again.buyers == deps.buyers
    for name, table in deps.tables.items():
        assert again.tables[name].frame.equals(table.frame)
        assert again.tables[name].units == table.units
    with pytest.raises(InputError, match="holds no dependencies"):
        Dependencies.load(tmp_path / "elsewhere")


def test_on_the_packaged_table_the_partners_share_china_in_electronics():
    deps = measure(Partnership.read("eu-japan"))
    top = {(r["buyer"], r["industry"]): r["top_supplier"] for r in deps.industries.to_rows()}
    assert top["EU27", "C26"] == top["JPN", "C26"] == "CHN"
    assert top["EU27", "C19"] == "RUS"
    assert "C26" in deps.common("CHN").frame["industry"].to_list()


def test_trade_may_be_named_and_years_be_one():
    found = measure("EU27", trade="eu-critical-materials", products=["2846"], years=2023).products
    assert set(found.products.frame["period"]) == {2023}
    with pytest.raises(InputError, match="'2023' is no year; give years as whole numbers"):
        measure("EU27", years=["2023"])
    with pytest.raises(InputError, match="products are a product set or codes as text"):
        measure("EU27", products=2846)
