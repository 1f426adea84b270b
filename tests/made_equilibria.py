"""What tests of the equilibrium model share: tables with duties, one of each shock, a case brought to rest, equal results."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from interdep import CapacityLoss, Equilibrium, ExportBan, ImportBan, Scenario, Tariff, TradeCost, World
from interdep.models.equilibrium.base import Base
from interdep.models.equilibrium.case import Case, Elasticities
from interdep.models.equilibrium.outcome import Counterfactual, counterfactuals
from interdep.models.equilibrium.solver import settle
from interdep.models.model import Outcome

FORMS = ("own", "common")
ALIKE = {"theta": 4.0, "value_added": 0.5, "inputs": 0.2, "final": 0.9, "mobile": 1.0}
SHOCKS = {
    "ban": [ExportBan(economies="USA", buyers=["DEU", "JPN"], industries="C26", days=365)],
    "cut": [ImportBan(economies="JPN", suppliers="USA", industries="B", share=0.4, days=365)],
    "duty": [Tariff(economies="DEU", suppliers=["JPN", "USA"], rate=0.2, days=365)],
    "cost": [TradeCost(economies="USA", suppliers="DEU", industries="C29", rate=0.15, days=365)],
    "outage": [CapacityLoss(economies="DEU", industries="C26", share=0.25, days=365)],
}
EXACT = {"tolerance": 1e-12}
EVERYTHING = [shock for shocks in SHOCKS.values() for shock in shocks]


def with_duties(world: World, seed: int = 1) -> World:
    regions, products = world.shape
    rates = np.random.default_rng(seed).uniform(-0.05, 0.3, (products, regions, regions)) * (1 - np.eye(regions))
    return replace(world, duties=rates)


def at_rest(base: Base, *cases: Case, **values) -> list[Counterfactual]:
    about = ALIKE | values
    rests, system = settle(base, cases, Elasticities.same(base, len(cases), **about), "decider", 1e-12, 2000)
    assert all(rest.converged for rest in rests), [rest.residual for rest in rests]
    return counterfactuals(system, np.stack([rest.state for rest in rests]))


def solved(model: Equilibrium, world: World, *shocks) -> Outcome:
    found = model.solve(world, [Scenario("made", shocks=list(shocks)).on(world)], "average", paths=True)[0]
    assert found.ok, found.status
    return found


def columns(outcome: Outcome) -> dict[str, np.ndarray]:
    return {**outcome.columns, **outcome.economies, **outcome.industries, **outcome.trade}


RATIOS = ("price_index", "factor_price", "price", "output", "terms_of_trade", "volume_of_trade")
"""What is a ratio; all other columns but residuals are money."""


def assert_same(left: Outcome, right: Outcome, size: float, times: float = 1.0) -> None:
    """right is left with all money multiplied; size: of the economy, for rounding."""
    one, two = columns(left), columns(right)
    assert one.keys() == two.keys()
    for name in one.keys() - {"residual"}:
        factor = 1.0 if name in RATIOS else times
        atol = 1e-9 if name in RATIOS else 1e-10 * size * times
        np.testing.assert_allclose(two[name], one[name] * factor, rtol=1e-8, atol=atol, err_msg=name)


def flow(outcome: Outcome, product: int, supplier: int, buyer: int, when: str = "") -> float:
    return float(outcome.trade[f"deliveries{when}"][product, supplier, buyer])
