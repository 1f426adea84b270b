"""Trade elasticities: every division of goods has one with a range that holds it, and industries take the mean of theirs."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "data"))

import build_elasticities  # noqa: E402
from interdep import Equilibrium, InputError, World, parameters  # noqa: E402
from interdep.classifications import classification, classifications  # noqa: E402
from interdep.models.equilibrium.elasticities import by_division, by_industry  # noqa: E402
from interdep.testing import small_world, synthetic_world  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
needs_data = pytest.mark.skipif(
    not (DATA / "elasticities").is_dir(), reason="the raw estimates are not beside the checkout"
)
GOODS = {f"{k:02d}" for k in range(1, 34) if k != 4} | {"35"}

# Raw data as published, for sectors whose rule differs: coefficients of Fontagne, Guimbard & Orefice, thetas of Caliendo & Parro.
COEFFICIENTS = {"ele": -5.258, "b_t": -2.727, "oil": -10.892, "p_c": -3.638}
THETAS = {"Office": 12.95, "Communication": 3.95, "Medical": 8.71, "Food": 2.62}


def built(monkeypatch, gtap=None, energy=None) -> dict[str, dict[str, str]]:
    """Rows of the script by division, from the raw figures above."""
    monkeypatch.setattr(build_elasticities, "GTAP", gtap or {"26": "ele", "11": "b_t"})
    monkeypatch.setattr(build_elasticities, "ENERGY", energy or {"06": "oil", "19": "p_c"})
    thetas = {sector: -coefficient - 1 for sector, coefficient in COEFFICIENTS.items()}
    found = build_elasticities.rows(thetas, THETAS, dict.fromkeys(GOODS, 10.0))
    return {row["division"]: row for row in found}


def test_every_division_of_goods_has_an_elasticity_with_a_range_and_a_source():
    table = by_division()
    assert set(table) == GOODS
    for division, each in table.items():
        assert each.low is not None
        assert each.high is not None
        assert 0 < each.low <= each.default <= each.high, division
        assert each.source


def test_electronics_is_the_published_tariff_elasticity_less_one():
    # Fontagne, Guimbard & Orefice 2022, GTAP sector ele: -5.258.
    assert by_division()["26"].default == pytest.approx(5.258 - 1, abs=0.05)
    assert by_industry(World.read(), 4.0)["C26"].default == by_division()["26"].default


def test_a_division_takes_its_estimate_and_a_range_over_both_sources(monkeypatch):
    row = built(monkeypatch)["26"]
    # 4.258; low 4.258 / 1.5; high the mean of office, communication and medical: 25.61 / 3.
    assert (row["theta"], row["low"], row["high"]) == ("4.3", "2.8", "8.5")


def test_a_small_elasticity_has_a_range_that_holds_the_coefficient_itself(monkeypatch):
    row = built(monkeypatch)["11"]
    # 1.727, of which 1.5 times is 2.59: the coefficient, 2.727, is more; Caliendo & Parro's 2.62 lies between.
    assert (row["theta"], row["low"], row["high"]) == ("1.7", "1.2", "2.7")


def test_energy_is_no_easier_to_replace_than_4_within_years_and_the_estimate_is_in_the_range(monkeypatch):
    found = built(monkeypatch)
    assert [found["06"][k] for k in ("theta", "low", "high")] == ["4.0", "1.0", "9.9"]
    assert [found["19"][k] for k in ("theta", "low", "high")] == ["2.6", "1.0", "4.0"]


def test_sectors_of_a_division_count_by_their_median_and_those_without_an_estimate_not_at_all(monkeypatch):
    row = built(monkeypatch, gtap={"29": "ele b_t oil gro"})["29"]
    assert row["theta"] == "4.3"
    assert "gro" not in row["source"]


@needs_data
def test_building_again_gives_the_packaged_table(tmp_path, monkeypatch, capsys):
    pytest.importorskip("pandas")
    monkeypatch.setattr(sys, "argv", ["build_elasticities.py", str(DATA), str(tmp_path / "elasticities.csv")])
    build_elasticities.main()
    assert (
        (tmp_path / "elasticities.csv").read_text()
        == build_elasticities.OUT.read_text()
        == capsys.readouterr().out[:-1]
    )


def test_mining_is_mixed_by_what_is_traded_and_so_nearly_all_fuel():
    table, mining = by_division(), by_industry(small_world(), 4.0)["B"]
    # Billions of USD of coal, oil and gas, ores, minerals.
    expected = ((107 + 1487) * 4.0 + 161 * table["07"].default + 36 * table["08"].default) / (107 + 1487 + 161 + 36)
    assert mining.default == pytest.approx(expected, rel=1e-12)


def test_food_counts_for_more_than_drinks_and_tobacco():
    table, food = by_division(), by_industry(World.read(), 4.0)["C10-C12"]
    assert abs(food.default - table["10"].default) < abs(food.default - table["11"].default) / 4


@pytest.mark.parametrize("name", sorted(classifications()))
def test_every_classification_finds_its_goods_and_leaves_its_services(name):
    whole = classification(name)
    codes = tuple(industry.code for industry in whole.industries)
    world = replace(synthetic_world(2, len(codes)), industries=codes, classification=name)
    found = by_industry(world, 4.0)
    for industry in whole.industries:
        held = industry.divisions & GOODS
        assert (found[industry.code].low is not None) == bool(held), industry.code
        if held:
            values = [by_division()[d].default for d in held]
            assert min(values) - 1e-12 <= found[industry.code].default <= max(values) + 1e-12


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
