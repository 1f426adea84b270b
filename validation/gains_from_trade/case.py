"""The equilibrium model against closed forms: gains from trade, real wages from home shares, a symmetric trade war."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cp15.data import read as read_cp15
from interdep import Equilibrium, ImportBan, Scenario, SupplyStop, Tariff, TradeCost, World, run
from interdep.geography import name_of
from interdep.models.equilibrium.base import base_of
from interdep.models.run import Run, attempt
from interdep.sources import wiod2013
from interdep.units import Money
from raw import raw
from table import Row, judged, stated

Floats = NDArray[np.float64]

TITLE = "Closed forms: Arkolakis, Costinot & Rodríguez-Clare (2012)"
ABOUT = """
Where all is Cobb-Douglas above the origins, what an economy loses without any trade follows from its home shares alone, without
solving a model: with one industry and no inputs, 1 - lambda^(1/theta) (Arkolakis, Costinot & Rodríguez-Clare 2012); with many
industries that buy from each other, 1 - prod over products of lambda^(b/theta), b being what stands of a product behind final
use (Costinot & Rodríguez-Clare 2014; Caliendo & Parro 2015, equation 15). The same formula gives the real wage after any change
of duties abroad or at home from the home shares before and after. Between identical economies prices of factors do not move, so
that a trade war has a solution by hand. Each is computed here without the model's solver and set beside `interdep.run`: every
economy in turn stops all trade, no deficits; the largest difference is in percentage points. Data: `wiod2013/wiot_2008.npz`,
and those of the NAFTA case for real wages.
"""

THETA = 5.0
SHOWN = ("USA", "DEU", "HUN")


def cobb_douglas(**changes: object) -> Equilibrium:
    about = {
        "value_added_elasticity": 1.0, "input_elasticity": 1.0, "final_elasticity": 1.0, "origin_shares": "common",
        "deficits": "none", "trade_elasticity": THETA, "tolerance": 1e-11, "steps": 3000,
    }  # fmt: skip
    return Equilibrium(**(about | changes))  # type: ignore[arg-type]


def one_industry(world: World) -> World:
    """All deliveries of a table as one product that final users buy and that is made of labour alone."""
    regions, industries = world.shape
    between = world.intermediate.reshape(regions, industries, regions, industries).sum(axis=(1, 3))
    final = np.maximum(world.final_use, 0.0).reshape(regions, industries, regions, -1).sum(axis=(1, 3))
    return World("one industry", world.money, world.economies, ("all",), ("final use",),
                 np.zeros((regions, regions)), (between + final)[:, :, None])  # fmt: skip


def without_trade(world: World, model: Equilibrium) -> Run:
    """Every economy in turn stops all its trade."""
    alone = [
        Scenario(e, shocks=[SupplyStop(economies=[e], days=365), ImportBan(economies=[e], suppliers=["all"], days=365)])
        for e in world.economies
    ]
    return attempt(alone, models=model, world=world)


def home_shares(made: Run, world: World, column: str, duties: Floats | float = 0.0) -> Floats:
    """(R, P) part of its own suppliers in what an economy spends on a product, duties included; of a run of one scenario.

    column: deliveries, or deliveries_before; duties: (P, R, R) in force.
    """
    regions, industries = world.shape
    frame = made.trade.frame
    labels = {"product": world.industries, "supplier": world.economies, "buyer": world.economies}
    places = [np.array([known.index(label) for label in frame[name].to_list()]) for name, known in labels.items()]
    flows = np.zeros((industries, regions, regions))
    flows[tuple(places)] = frame[column].to_numpy()
    flows = flows * (1 + duties)
    own, every = np.diagonal(flows, axis1=1, axis2=2), flows.sum(axis=1)
    return np.divide(own, every, out=np.ones_like(own), where=every > 0).T


def from_home_shares(world: World, change: Floats, theta: Floats) -> Floats:
    """(R,) ratio of the real wage, from the change of home shares (R, P): Caliendo & Parro (2015), equation 15.

    NaN where a home share is nothing before or after. A product's price is its cost times (change of the home share) to the
    power 1 / theta; costs are wages and prices; wages are one.
    """
    base = base_of(world, "common")
    out = np.zeros(base.regions)
    for s in range(base.regions):
        inputs = base.inputs[:, s, :-1] * (1 - base.own_factors[s])
        if (change[s] <= 0).any() or not np.isfinite(change[s]).all():
            out[s] = np.nan
            continue
        prices = np.linalg.solve(np.eye(base.products) - inputs.T, np.log(change[s]) / theta)
        out[s] = np.exp(-base.inputs[:, s, -1] @ prices)
    return out


def gap(title: str, made: Run, formula: Floats, world: World) -> list[Row]:
    """Losses of all economies beside the formula's, and some of them by name."""
    found = {
        row["economy"]: row["real_expenditure_lost"] / row["expenditure"]
        for row in made.economies.to_rows()
        if row["scenario"] == row["economy"]
    }
    expected = dict(zip(world.economies, formula.tolist(), strict=True))
    worst = max(100 * abs(found[e] - expected[e]) for e in found)
    text = f"{worst:.0e} points in {len(found)} economies"
    if len(found) < len(expected):
        text += f"; {len(expected) - len(found)} refused, because some product has no supplier left"
    out = [judged("ACR", f"{title}: largest difference", "closed form", text, "under 1e-6 points", worst < 1e-6)]
    return out + [
        stated("ACR", f"{title}: {name_of(e)}", f"{100 * expected[e]:.4f} %", f"{100 * found[e]:.4f} %")
        for e in SHOWN
        if e in found
    ]


def autarky() -> list[Row]:
    """No trade at all: one industry, and all industries with their inputs and the packaged elasticities."""
    world = wiod2013.read(raw("wiod2013/wiot_2008.npz"))
    simple, model = one_industry(world), cobb_douglas()
    made = without_trade(simple, model)
    one = run(nothing(simple), models=model, world=simple, keep="paths")
    home = home_shares(one, simple, "deliveries_before")[:, 0]
    out = gap("loss without trade, one industry, theta 5", made, 1 - home ** (1 / THETA), simple)
    bought = home_shares(run(nothing(simple), models=replace(model, deficits="kept"), world=simple, keep="paths"), simple,
                         "deliveries_before")[simple.economy_index("USA"), 0]  # fmt: skip
    out.append(stated("ACR", "imports in all that the United States spends", "about 8 %", f"{1 - bought:.1%} in 2008",
                      "Costinot & Rodríguez-Clare 2018, JEP 32(2), from WIOD"))  # fmt: skip
    one = run(nothing(world), models=model, world=world, keep="paths")
    home = home_shares(one, world, "deliveries_before")
    change = np.divide(1.0, home, out=np.full_like(home, np.inf), where=home > 0)
    formula = 1 - from_home_shares(world, change, model.theta(world))
    return out + gap("loss without trade, 35 industries and inputs", without_trade(world, model), formula, world)


def nothing(world: World) -> Scenario:
    """A change too small to see, for the benchmark as the model has it."""
    first, second = world.economies[:2]
    return Scenario("nothing", shocks=[TradeCost(economies=[first], suppliers=[second], rate=1e-13, days=365)])


def wages() -> list[Row]:
    """NAFTA's real wages from home shares alone."""
    data = read_cp15()
    world, model = data.world("observed"), data.model(tolerance=1e-12)
    made = run(Scenario("NAFTA", shocks=[data.schedule()]), models=model, world=world, keep="paths")
    before = home_shares(made, world, "deliveries_before", data.duties)
    after = home_shares(made, world, "deliveries", data.duties_after)
    # The formula is silent on an economy that makes nothing of a product it buys.
    complete = np.flatnonzero((before > 0).all(axis=1))
    formula = from_home_shares(world, after / np.where(before > 0, before, 1.0), data.theta)
    ours = np.array([row["factor_price"] / row["price_index"] for row in made.economies.to_rows()])
    worst = 100 * float(np.abs(ours - formula)[complete].max())
    out = [
        judged("ACR", f"real wages under NAFTA, {complete.size} economies that make all products: largest difference",
               "from home shares", f"{worst:.0e} points", "under 1e-6 points", worst < 1e-6)
    ]  # fmt: skip
    for economy in ("CAN", "USA"):
        k = world.economy_index(economy)
        theirs, shown = (f"{100 * (value[k] - 1):.6f} %" for value in (formula, ours))
        out.append(stated("ACR", f"real wage under NAFTA, observed deficits: {name_of(economy)}", theirs, shown))
    return out


def trade_war() -> list[Row]:
    """Four identical economies, one product, home share 0.7; all raise duties, or all trade costs, at once."""
    labels, home = ("AAA", "BBB", "CCC", "DDD"), 0.7
    flows = np.full((4, 4), 100 * (1 - home) / 3) + np.diag(np.full(4, 100 * home - 100 * (1 - home) / 3))
    world = World(
        "four alike", Money("USD", 2020), labels, ("all",), ("final use",), np.zeros((4, 4)), flows[:, :, None]
    )
    out = []
    for kind, name in ((Tariff, "a duty"), (TradeCost, "trade costs")):
        for rate in (0.1, 0.4):
            shocks = [
                kind(economies=[e], suppliers=[other for other in labels if other != e], rate=rate, days=365)
                for e in labels
            ]
            made = run(Scenario("war", shocks=shocks), models=cobb_douglas(deficits="kept"), world=world)
            foreign = (1 - home) * (1 + rate) ** -THETA
            prices = (home + foreign) ** (-1 / THETA)
            # Duties come back as income: spending = wages + rate / (1 + rate) of what goes to foreign products.
            back = foreign / (home + foreign) * rate / (1 + rate) if kind is Tariff else 0.0
            expected = 1 / (1 - back) / prices - 1
            rows = made.economies.to_rows()
            ours = [-r["real_expenditure_lost"] / r["expenditure"] for r in rows]
            met = max(abs(value - expected) for value in ours) < 1e-8
            out.append(judged("ACR", f"four identical economies, {name} of {rate:.0%} on all trade", f"{100 * expected:.6f} %",
                              f"{100 * ours[0]:.6f} %", "under 1e-6 points", met))  # fmt: skip
    return out


def rows() -> list[Row]:
    return autarky() + wages() + trade_war()
