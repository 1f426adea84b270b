"""TariffSchedule: duties in place of the base year's, how its rows are read, and what is said of rows that make no sense."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from interdep import Equilibrium, InputError, Scenario, Tariff, TariffSchedule, World
from interdep.testing import small_world
from made_equilibria import EXACT, FORMS, assert_same, solved, with_duties

WORLD = with_duties(small_world(3, 3, 1))
PLAIN = small_world(3, 3, 1)
SIZE = float(WORLD.gross_output.sum())
B, C26, C29 = range(3)
DEU, JPN, USA = range(3)


def compiled(*rows, world: World = WORLD) -> np.ndarray:
    """(P, R, R) rates that the rows state, NaN where they say nothing."""
    forcing = Scenario("made", shocks=[TariffSchedule(rates=list(rows), days=365)]).on(world)
    return forcing.schedules[0].rates


# ---- what it means -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_a_schedule_of_the_duties_in_force_changes_nothing(form):
    rows = [
        (WORLD.industries[p], WORLD.economies[r], WORLD.economies[s], float(WORLD.duties[p, r, s]))
        for p in range(3) for r in range(3) for s in range(3) if r != s
    ]  # fmt: skip
    found = solved(Equilibrium(origin_shares=form, **EXACT), WORLD, TariffSchedule(rates=rows, days=365))
    np.testing.assert_allclose(found.economies["real_expenditure_lost"], 0.0, atol=1e-9 * SIZE)
    np.testing.assert_allclose(found.industries["price"], 1.0, rtol=1e-10)


def test_what_stands_in_a_schedule_is_in_place_of_the_base_year_and_a_tariff_on_top():
    was = float(WORLD.duties[C26, JPN, DEU])
    assert was > 0.02
    model = Equilibrium(**EXACT)
    about = {"economies": "DEU", "suppliers": "JPN", "industries": "C26", "days": 365}
    schedule = solved(model, WORLD, TariffSchedule(rates=[("C26", "JPN", "DEU", 0.3)], days=365))
    tariff = solved(model, WORLD, Tariff(rate=0.3 - was, **about))
    assert_same(schedule, tariff, SIZE)
    both = solved(model, WORLD, TariffSchedule(rates=[("C26", "JPN", "DEU", 0.3)], days=365), Tariff(rate=0.1, **about))
    assert_same(both, solved(model, WORLD, Tariff(rate=0.4 - was, **about)), SIZE)


@pytest.mark.parametrize("form", FORMS)
def test_free_trade_collects_nothing(form):
    found = solved(
        Equilibrium(origin_shares=form, **EXACT), WORLD, TariffSchedule(rates=[("all", "all", "all", 0.0)], days=365)
    )
    np.testing.assert_allclose(found.economies["duties_and_rents"], 0.0, atol=1e-9)
    assert np.abs(found.economies["duties_and_rents_before"]).min() > 1
    assert found.economies["real_expenditure_lost"].sum() < 0


def test_a_table_of_zero_duties_is_a_table_without_any():
    free = replace(WORLD, duties=np.zeros((3, 3, 3)))
    rates = WORLD.duties
    rows = [
        (WORLD.industries[p], WORLD.economies[r], WORLD.economies[s], float(rates[p, r, s]))
        for p in range(3) for r in range(3) for s in range(3) if r != s
    ]  # fmt: skip
    raised = solved(Equilibrium(**EXACT), free, TariffSchedule(rates=rows, days=365))
    same = solved(Equilibrium(**EXACT), PLAIN, TariffSchedule(rates=rows, days=365))
    assert_same(raised, same, SIZE)
    np.testing.assert_allclose(
        raised.economies["duties_and_rents"], (rates * raised.trade["deliveries"]).sum(axis=(0, 1)), rtol=1e-9
    )


def test_half_a_year_of_a_schedule_is_half_of_the_way_to_it():
    model = Equilibrium(**EXACT)
    was = float(WORLD.duties[C26, JPN, DEU])
    half = Scenario("half", horizon=100, shocks=[TariffSchedule(rates=[("C26", "JPN", "DEU", 0.3)], days=50)])
    whole = Scenario(
        "whole", horizon=100, shocks=[TariffSchedule(rates=[("C26", "JPN", "DEU", (0.3 + was) / 2)], days=100)]
    )
    at = [model.solve(WORLD, [s.on(WORLD)], "average")[0] for s in (half, whole)]
    assert_same(*at, SIZE)
    peak = model.solve(WORLD, [half.on(WORLD)], "peak")[0]
    full = replace_rate(whole, 0.3)
    assert_same(peak, model.solve(WORLD, [full.on(WORLD)], "average")[0], SIZE)


def replace_rate(scenario: Scenario, rate: float) -> Scenario:
    return Scenario(
        "full", horizon=scenario.horizon, shocks=[TariffSchedule(rates=[("C26", "JPN", "DEU", rate)], days=100)]
    )


# ---- how rows are read -------------------------------------------------------------------------------------------


def test_rows_name_products_economies_groups_and_everybody():
    rates = compiled(("C26", "JPN", "DEU", 0.1), ("C29", "all", "USA", 0.2), world=PLAIN)
    assert rates[C26, JPN, DEU] == 0.1
    np.testing.assert_array_equal(rates[C29, :, USA], [0.2, 0.2, np.nan])
    assert np.isfinite(rates).sum() == 3
    every = compiled(("all", "DEU", "all", 0.05), world=PLAIN)
    assert np.isfinite(every).sum() == 3 * 2
    europe = compiled(("C26", "all", "EU27", 0.1), world=small_europe())
    assert np.argwhere(np.isfinite(europe)).tolist() == [
        [1, r, s] for r in range(30) for s in range(27) if r != s
    ]  # fmt: skip


def small_europe() -> World:
    """The members of the EU and three others, one flow each way."""
    from interdep.geography import economies

    members = economies("EU27")
    codes = (*members, "JPN", "USA", "CHN")
    nodes = 2 * len(codes)
    return World(
        "europe", PLAIN.money, codes, ("B", "C26"), ("households",), np.ones((nodes, nodes)),
        np.ones((nodes, len(codes), 1)), classification="interdep-36",
    )  # fmt: skip


def test_nobody_pays_a_duty_at_home():
    """A row that names an economy on both sides, alone or in a group, means its trade with the others."""
    rates = compiled(("all", "all", "all", 0.5))
    place = np.arange(3)
    assert np.isnan(rates[:, place, place]).all()
    assert np.isfinite(rates).sum() == 18
    home = compiled(("C26", "DEU", "DEU", 0.9))
    assert np.isnan(home).all()
    found = solved(Equilibrium(**EXACT), PLAIN, TariffSchedule(rates=[("C26", "DEU", "DEU", 0.9)], days=365))
    np.testing.assert_allclose(found.industries["price"], 1.0, rtol=1e-11)


def test_the_same_rate_twice_is_fine_and_two_rates_are_not():
    twice = compiled(("C26", "JPN", "DEU", 0.1), ("C26", "all", "DEU", 0.1))
    assert twice[C26, JPN, DEU] == twice[C26, USA, DEU] == 0.1
    with pytest.raises(
        InputError,
        match=r"scenario 'made', shock 1.*rates.*the duty on C26 from all to DEU is stated twice, differently; state it once",
    ):
        compiled(("C26", "JPN", "DEU", 0.1), ("C26", "all", "DEU", 0.2))
    # At home nothing is stated, so nothing is stated twice.
    assert np.isfinite(compiled(("C26", "all", "all", 0.1), ("C26", "DEU", "DEU", 0.2))).sum() == 6


def test_a_schedule_is_read_from_a_file(tmp_path: Path):
    (tmp_path / "duties.toml").write_text(
        'name = "duties"\n[[shocks]]\nkind = "TariffSchedule"\ndays = 365\n'
        'rates = [["C26", "JPN", "DEU", 0.25], ["C29", "all", "USA", 1]]\n',
        encoding="utf-8",
    )
    scenario = Scenario.read(tmp_path / "duties.toml")
    rates = scenario.on(PLAIN).schedules[0].rates
    assert rates[C26, JPN, DEU] == 0.25
    assert rates[C29, DEU, USA] == 1.0


# ---- rows that make no sense -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rates", "says"),
    [
        ([["C26", "JPN", "DEU"]], r"rates.*holds \['C26', 'JPN', 'DEU'\]; a row is \[product, supplier, buyer, rate\]"),
        ([["C26", "JPN", "DEU", 0.1, 0.2]], r"a row is \[product, supplier, buyer, rate\]"),
        ([["C26", "JPN", "DEU", "0.1"]], r"a row is \[product, supplier, buyer, rate\]"),
        ([["C26", "JPN", "DEU", True]], r"a row is \[product, supplier, buyer, rate\]"),
        ([["C26", "", "DEU", 0.1]], r"a row is \[product, supplier, buyer, rate\]"),
        ([[26, "JPN", "DEU", 0.1]], r"a row is \[product, supplier, buyer, rate\]"),
        (["C26"], r"a row is \[product, supplier, buyer, rate\]"),
        ("C26", r"a row is \[product, supplier, buyer, rate\]"),
        (0.1, r"a row is \[product, supplier, buyer, rate\]"),
        ([], "is empty; give at least one"),
        (
            [["C26", "JPN", "DEU", -1.0]],
            r"has a rate of -1 in .*; a duty is a fraction above -1 \(-100 %\), at most 100",
        ),
        ([["C26", "JPN", "DEU", -1.5]], "has a rate of -1.5"),
        ([["C26", "JPN", "DEU", 25000]], "has a rate of 25000"),
        ([["C26", "JPN", "DEU", float("nan")]], "has a rate of nan"),
        ([["C26", "JPN", "DEU", float("inf")]], "has a rate of inf"),
    ],
)
def test_rows_that_are_none(rates, says):
    with pytest.raises(InputError, match=says):
        TariffSchedule(rates=rates, days=365)


def test_a_schedule_without_rates_and_one_without_days_are_asked_for_them():
    with pytest.raises(InputError, match="rates"):
        TariffSchedule(days=365)
    with pytest.raises(InputError, match="days"):
        TariffSchedule(rates=[("C26", "JPN", "DEU", 0.1)])


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (("C26", "JPN", "DEUU", 0.1), "'DEUU'.*did you mean 'DEU'"),
        (("C26", "FRA", "DEU", 0.1), "small does not keep FRA apart"),
        (("C266", "JPN", "DEU", 0.1), "'C266'.*did you mean 'C26'"),
    ],
)
def test_names_that_nobody_knows_are_named_with_their_place(row, says):
    with pytest.raises(InputError, match=rf"scenario 'made', shock 1.*rates.*{says}"):
        compiled(row)


def test_a_tariff_and_a_schedule_that_add_up_to_minus_100_percent_are_refused_together():
    shocks = [
        TariffSchedule(rates=[("C26", "JPN", "DEU", -0.6)], days=365),
        Tariff(economies="DEU", suppliers="JPN", industries="C26", rate=-0.5, days=365),
    ]
    outcome = Equilibrium().solve(WORLD, [Scenario("made", shocks=shocks).on(WORLD)], "average")[0]
    assert outcome.status == (
        "the duties on C26 from JPN to DEU add up to -110%; a duty must stay above -100 %"
    )  # fmt: skip
    assert outcome.columns == {}
