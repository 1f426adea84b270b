"""Scenarios of the library that bear on prices: what they cut, that their sizes follow from their sources, what they cost."""

from __future__ import annotations

import numpy as np
import pytest

from interdep import Equilibrium, ExportBan, Scenario, World, economies
from interdep.models.run import Run, attempt
from interdep.models.years import by_year
from interdep.shocks.forcing import Forcing

NEW = ("chip-export-controls", "eu-china-decoupling", "russian-oil-phase-out")
GOODS = 18
"""Industries of the packaged table that make goods, which stand first: A, B and the parts of C."""


@pytest.fixture(scope="module")
def world() -> World:
    return World.read()


@pytest.fixture(scope="module")
def made(world) -> Run:
    return attempt(NEW, ["leontief", "ario", "equilibrium"], world)


def compiled(name: str, world: World) -> Forcing:
    return Scenario.read(name).on(world)


def test_the_new_scenarios_have_a_result_in_every_model(made):
    assert made.failures() == []
    assert {(r["model"], r["scenario"]) for r in made.status.to_rows()} == {
        (model, name) for model in ("leontief", "ario", "equilibrium") for name in NEW
    }
    assert np.isfinite(made.loss.frame["value_added_lost"].to_numpy()).all()


def test_the_phase_out_takes_a_fifth_more_of_the_ban_each_year(world):
    (banned,) = by_year(compiled("russian-oil-ban", world), 1)
    phased = by_year(compiled("russian-oil-phase-out", world), 5)
    whole = {(p.suppliers.tobytes(), p.buyers.tobytes()): p.loss.mean() for p in banned.flows}
    for number, year in enumerate(phased, start=1):
        cut = {(p.suppliers.tobytes(), p.buyers.tobytes()): p.loss.mean() for p in year.flows}
        assert cut == pytest.approx({key: loss * number / 5 for key, loss in whole.items()})
        assert all(path.by_buyer and path.products for path in year.flows)


def test_the_decoupling_stops_goods_both_ways_and_nothing_else(world):
    forcing = compiled("eu-china-decoupling", world)
    rows, lost = forcing.deliveries_lost()
    industries = len(world.industries)
    assert world.industries[GOODS - 1 : GOODS + 1] == ("C31-C33", "D")
    members = {world.economy_index(e) for e in economies("EU27")}
    china = world.economy_index("CHN")
    stopped = {
        (int(row) // industries, int(row) % industries, int(buyer))
        for row, by_buyer in zip(rows, lost, strict=True)
        for buyer in np.flatnonzero(by_buyer.all(axis=1))
    }
    goods = range(GOODS)
    assert stopped == {(china, g, m) for g in goods for m in members} | {(m, g, china) for g in goods for m in members}
    assert set(np.unique(lost)) == {0.0, 1.0}


def test_the_decoupling_costs_both_sides_about_what_was_published(made):
    # Felbermayr, Mahlkow & Sandkamp (2022), other data and a barrier short of a stop: 0.8 % and 0.9 % of real income.
    table = made.economies.where(scenario="eu-china-decoupling")
    table = table.grouped("economy", {"EU27": economies("EU27"), "CHN": ["CHN"]})
    cost = {r["economy"]: r["loss_share"] for r in table.to_rows()}
    for economy, published in {"EU27": 0.008, "CHN": 0.009}.items():
        assert published / 3 < cost[economy] < published * 3


def test_the_sizes_of_the_export_controls_follow_from_the_figures_in_their_sources():
    shocks = [s for s in Scenario.read("chip-export-controls").shocks if isinstance(s, ExportBan)]
    shares = {(s.economies[0], s.industries[0]): s.share for s in shocks}
    assert shares == {
        ("USA", "C26"): pytest.approx(0.39 * 11.1 / 19.9, abs=0.03),  # rounded down, as its note says
        ("USA", "C28"): pytest.approx(2.25 / (0.30 * 4 * 5.074) * (29.8 / 123.2), abs=0.005),
        ("JPN", "C28"): pytest.approx(0.16 * 10.736 / 30.343, abs=0.005),
        ("NLD", "C28"): pytest.approx(0.125 * 2 / 3, abs=0.005),
    }


def test_export_controls_cost_china_more_the_less_it_can_replace(world):
    found = [attempt("chip-export-controls", Equilibrium(horizon_factor=factor), world) for factor in (0.36, 1.0)]
    short, long = (
        next(r["value_added_lost"] for r in each.loss.by("economy").where(economy="CHN").to_rows()) for each in found
    )
    assert short > long > 0
