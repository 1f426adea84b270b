"""Import duties belong to a World: they are checked, merged by value, written and read back, and no model drops them unsaid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from interdep import Ario, Equilibrium, InputError, Leontief, Scenario, TariffSchedule, World
from interdep.models.run import attempt
from interdep.testing import small_world
from interdep.world.folder import write_folder


def with_duties(seed: int = 0) -> World:
    world = small_world(3, 2, seed)
    rates = np.random.default_rng(seed).uniform(0.0, 0.3, (2, 3, 3))
    place = np.arange(3)
    rates[:, place, place] = 0.0
    return replace(world, duties=rates)


def test_a_duty_of_minus_100_percent_or_less_is_refused_with_its_place():
    rates = with_duties().duties.copy()  # type: ignore[union-attr]
    rates[1, 0, 2] = -1.0
    with pytest.raises(InputError, match=r"the duty on C26 from DEU to USA is -100%; a duty must be above -100 %"):
        replace(small_world(3, 2), duties=rates)


def test_duties_have_a_shape_of_products_suppliers_and_buyers():
    with pytest.raises(InputError, match=r"duties has shape \(3, 3\).*need \(2, 3, 3\)"):
        replace(small_world(3, 2), duties=np.zeros((3, 3)))


def test_duties_are_part_of_the_identity_of_a_table_and_absent_ones_are_not():
    world = small_world(3, 2)
    assert with_duties().hash != world.hash
    assert replace(world, duties=None).hash == world.hash


def test_merging_keeps_what_is_paid():
    world = with_duties()
    merged = world.aggregate({"EU": ["DEU", "USA"]}, {"all": list(world.industries)})

    def paid(table: World) -> float:
        regions, products = table.shape
        flows = table.intermediate.reshape(regions, products, regions, products).sum(axis=3)
        flows = flows + table.final_use.reshape(regions, products, regions, -1).sum(axis=3)
        return float((flows.transpose(1, 0, 2) * table.duties).sum())

    assert merged.duties is not None
    assert merged.duties.shape == (1, 2, 2)
    assert paid(merged) == pytest.approx(paid(world), rel=1e-12)


@pytest.mark.parametrize("parquet", [True, False])
def test_a_folder_keeps_them(tmp_path, parquet):
    world = with_duties()
    write_folder(world, tmp_path / "table", parquet=parquet)
    np.testing.assert_allclose(World.read(tmp_path / "table").duties, world.duties, rtol=1e-15)


def test_a_folder_lists_only_what_is_paid(tmp_path):
    write_folder(small_world(3, 2), tmp_path, parquet=False)
    (tmp_path / "duties.csv").write_text("product,supplier,buyer,value\nC26,DEU,JPN,0.25\n", encoding="utf-8")
    duties = World.read(tmp_path).duties
    assert duties is not None
    assert duties.sum() == duties[1, 0, 1] == 0.25


def test_xarray_keeps_them():
    world = with_duties()
    np.testing.assert_array_equal(World.from_xarray(world.to_xarray()).duties, world.duties)


def test_models_without_prices_refuse_a_schedule_by_name():
    schedule = Scenario("schedule", shocks=[TariffSchedule(rates=[("C26", "DEU", "JPN", 0.2)], days=365)])
    made = attempt(schedule, [Leontief(), Ario(), Ario(parity="boario")][:2], small_world(3, 2))
    assert [("TariffSchedule" in line) for line in made.failures()] == [True, True]
    boario = attempt(schedule, Ario(parity="boario"), small_world(3, 2))
    assert "no cuts, demand or cost shocks" in boario.failures()[0]


def test_revenue_of_the_base_year_is_rate_times_flow():
    world = with_duties(3)
    quiet = Scenario("quiet", shocks=[TariffSchedule(rates=[("C26", "DEU", "DEU", 0.5)], days=365)])
    rows = attempt(quiet, Equilibrium(), world).economies.to_rows()
    flows = world.intermediate.reshape(3, 2, 3, 2).sum(axis=3) + world.final_use.reshape(3, 2, 3, -1).sum(axis=3)
    paid = (flows.transpose(1, 0, 2) * world.duties).sum(axis=(0, 1))
    for row, expected in zip(rows, paid, strict=True):
        assert row["duties_and_rents_before"] == pytest.approx(expected, rel=1e-9)
        assert row["duties_and_rents"] == pytest.approx(expected, rel=1e-8)
        assert abs(row["loss_share"]) < 1e-9
