"""Draws: the hypercube and its triangles, what is drawn of each model, and that nothing else moves it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import triang

from interdep import Ario, Equilibrium, InputError, Leontief, MissingData, run
from interdep.models.draws import strata, triangular
from interdep.models.equilibrium.elasticities import by_industry
from interdep.models.model import Range
from interdep.parameter import parameter, parameters_of
from interdep.testing import small_world
from made_models import OUTAGE, STOP, THREE, Plain, Tilt


@pytest.fixture(scope="module")
def world():
    return small_world(4, 4, seed=3)


@pytest.fixture(scope="module")
def made(world):
    return run([STOP, OUTAGE], THREE, world, draws=20, seed=7)


# The hypercube


@pytest.mark.parametrize("draws", [2, 7, 200])
def test_every_part_of_a_parameter_holds_exactly_one_draw(draws):
    u = strata(draws, 3, "ario", "psi")
    assert sorted(np.floor(u * draws).astype(int)) == list(range(draws))
    assert ((u > 0) & (u < 1)).all()


def test_every_drawn_parameter_of_every_model_has_one_draw_in_each_of_equally_likely_parts(made, world):
    n = 20
    for engine in (Leontief(), Ario(), Equilibrium()):
        ranges = engine.ranges_on(world)
        drawn = made.drawn.where(model=engine.name)
        assert set(drawn.frame["parameter"].unique()) == set(ranges)
        for name, each in ranges.items():
            values = drawn.where(parameter=name).frame.sort("draw")["value"].to_numpy()
            width = each.high - each.low
            likely = triang.cdf(values, (each.value - each.low) / width, loc=each.low, scale=width)
            assert sorted(np.floor(likely * n).astype(int)) == list(range(n)), name


def test_parameters_are_drawn_independently_of_each_other():
    columns = np.array([strata(2000, 1, "ario", name) for name in ("psi", "order_time", "stock_goods", "size")])
    beside = np.asarray(np.corrcoef(columns))
    assert np.abs(beside[np.triu_indices(4, 1)]).max() < 4 / np.sqrt(2000)


@pytest.mark.parametrize(
    ("low", "mode", "high"), [(0.0, 0.3, 1.0), (2.0, 2.0, 8.0), (0.36, 1.0, 1.0), (-3.0, 1.0, 4.0)]
)
def test_triangular_quantiles_are_those_of_the_closed_form(low, mode, high):
    part = np.linspace(0, 1, 41)
    expected = triang.ppf(part, (mode - low) / (high - low), loc=low, scale=high - low)
    np.testing.assert_allclose(triangular(part, low, mode, high), expected, rtol=1e-12, atol=1e-12)


# What is drawn


def test_what_a_model_draws_is_every_parameter_with_a_range_and_every_industry_s_elasticity(world):
    for model in (Leontief(), Ario()):
        assert set(model.ranges_on(world)) == {n for n, p in parameters_of(model).items() if p.low is not None}
    own = {n for n, p in parameters_of(Equilibrium).items() if p.low is not None}
    listed = {f"trade_elasticity {c}": e for c, e in by_industry(world, 4.0).items() if e.low is not None}
    found = Equilibrium().ranges_on(world)
    assert set(found) == own | set(listed)
    assert listed
    for name, each in listed.items():
        assert (found[name].low, found[name].value, found[name].high) == (each.low, each.default, each.high)
    assert set(Tilt().ranges_on(world)) == {"gain", "size", "idle"}


def test_drawn_elasticities_reach_the_industries_they_are_of(world):
    known = by_industry(world, 4.0)
    code = next(c for c, e in known.items() if e.low is not None)
    other = next(c for c, e in known.items() if e.low is None)
    model = Equilibrium(trade_elasticities={other: 3.0}).with_values(
        world, {f"trade_elasticity {code}": 2.5, "horizon_factor": 0.5, "trade_elasticity": 6.0}
    )
    theta = dict(zip(world.industries, model.theta(world), strict=True))
    assert theta[code] == pytest.approx(1.25)
    assert theta[other] == pytest.approx(1.5)
    assert all(theta[c] == pytest.approx(3.0) for c, e in known.items() if e.low is None and c != other)


def test_a_value_a_person_set_is_the_mode_inside_the_range_and_stays_fixed_outside(world):
    made = run(STOP, [Ario(psi=0.9, order_time=20.0), Leontief(labour_elasticity=0.5)], world, draws=10)
    drawn = made.drawn.frame.filter(model="ario")
    assert "order_time" not in drawn["parameter"].to_list()
    steps = " ".join(made.provenance.steps)
    assert "order_time = 20 is set outside its range of 30 to 90 and stays fixed" in steps
    assert "psi 0.5 to 0.95 around 0.9" in steps
    psi = np.sort(drawn.filter(parameter="psi")["value"].to_numpy())
    middle = np.asarray(triang.ppf(np.arange(11) / 10, 0.4 / 0.45, loc=0.5, scale=0.45))
    assert ((psi >= middle[:-1]) & (psi <= middle[1:])).all()


def test_an_industry_s_elasticity_set_by_hand_is_its_mode_or_fixed(world):
    name, each = next((n, e) for n, e in Equilibrium().ranges_on(world).items() if n.startswith("trade_elasticity "))
    code = name.removeprefix("trade_elasticity ")
    inside, outside = (each.low + each.high) / 2, 2 * each.high
    assert Equilibrium(trade_elasticities={code: inside}).ranges_on(world)[name].value == inside
    made = run(STOP, Equilibrium(trade_elasticities={code: outside}), world, draws=2)
    assert name not in made.drawn.frame["parameter"].to_list()
    assert f"{name} = {outside:g} is set outside its range" in " ".join(made.provenance.steps)


# Same seed, same numbers


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others(world):
    one, again, other = (run(STOP, "leontief", world, draws=10, seed=seed) for seed in (4, 4, 5))
    assert one.draws.frame.equals(again.draws.frame)
    assert one.loss.frame.equals(again.loss.frame)
    assert one.hash == again.hash
    assert one.drawn.frame["value"].to_list() != other.drawn.frame["value"].to_list()
    assert one.hash != other.hash


def test_a_further_scenario_or_model_changes_none_of_the_others(world, made):
    alone = run(OUTAGE, "equilibrium", world, draws=20, seed=7)
    kept = made.draws.frame.filter(model="equilibrium", scenario="outage")
    np.testing.assert_allclose(
        alone.draws.frame["loss_share"].to_numpy(), kept["loss_share"].to_numpy(), atol=1e-9, rtol=0
    )
    assert alone.drawn.frame.equals(made.drawn.frame.filter(model="equilibrium"))


def test_a_run_without_draws_is_as_it_was(world, made):
    plain = run([STOP, OUTAGE], THREE, world)
    assert plain.sample == {}
    assert set(plain.loss.units) == set(made.loss.units) - {"low", "value", "high"}
    assert plain.loss.frame.equals(made.loss.frame.select(plain.loss.frame.columns))
    assert plain.economies.frame.equals(made.economies.frame.select(plain.economies.frame.columns))
    assert "draws" not in plain.status.units
    assert plain.hash != made.hash
    for ask in ("draws", "drawn"):
        with pytest.raises(MissingData, match="run it with draws=200"):
            getattr(plain, ask)
    with pytest.raises(MissingData, match="no ranges"):
        plain.ranges()


@pytest.mark.parametrize("model", [Leontief(), Ario(), Equilibrium(trade_elasticity=5.0)], ids=lambda m: m.name)
def test_draws_are_what_each_gives_by_itself(world, model):
    made = run([STOP, OUTAGE], model, world, draws=3)
    for draw in (1, 2, 3):
        values = {r["parameter"]: r["value"] for r in made.drawn.frame.filter(draw=draw).to_dicts()}
        alone = run([STOP, OUTAGE], model.with_values(world, values), world)
        expected = alone.loss.by("economy").frame.sort("scenario", "economy")
        found = made.draws.frame.filter(draw=draw).sort("scenario", "economy")
        assert found["loss_share"].to_list() == pytest.approx(expected["loss_share"].to_list(), rel=1e-9, abs=1e-10)
        if model.name == "equilibrium":
            real = alone.economies.frame.sort("scenario", "economy")["real_expenditure_lost"].to_list()
            assert found["real_expenditure_lost"].to_list() == pytest.approx(real, rel=1e-6, abs=1e-7)
        else:
            assert found["real_expenditure_lost"].null_count() == len(found)


# Refused, and told


@pytest.mark.parametrize("draws", [1, 0, -3, 2.5, "200", True, float("nan")])
def test_a_number_of_draws_that_means_nothing_is_refused(world, draws):
    with pytest.raises(InputError, match="draws must be a whole number of at least 2"):
        run(STOP, "leontief", world, draws=draws)


@pytest.mark.parametrize("seed", [-1, 1.0, "1", None, True])
def test_a_seed_that_means_nothing_is_refused(world, seed):
    with pytest.raises(InputError, match="seed must be a whole number"):
        run(STOP, "leontief", world, draws=2, seed=seed)


def test_a_range_whose_low_exceeds_its_high_is_refused_where_it_is_written():
    with pytest.raises(ValueError, match=r"the range \[3, 1\] does not hold the default 2"):
        parameter(2.0, unit="1", low=3, high=1, source="These tests")
    with pytest.raises(InputError, match="low above its high"):
        Range(3.0, 2.0, 1.0)


def test_progress_counts_every_draw_of_every_model(world):
    told: list[tuple[int, int]] = []
    run(STOP, ["leontief", Plain(), Tilt()], world, draws=3, progress=lambda done, of: told.append((done, of)))
    assert told[0] == (0, 6)
    assert told[-1] == (6, 6)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_ario_draws_are_the_same_on_one_thread_and_on_two(world):
    one, two = (run(STOP, replace(Ario(), threads=n), world, draws=3) for n in (1, 2))
    assert one.draws.frame["loss_share"].to_list() == pytest.approx(two.draws.frame["loss_share"].to_list(), abs=1e-12)
