"""The equilibrium model against gegravity 0.3 on its own problem, its goals, and how cost grows with the table.

    python -m pip install '.[dev]' gegravity==0.3
    python benchmarks/equilibrium.py [--wiod wiot_2008.npz]   # about 3 minutes on two cores

Without the file (WIOD 2013, year 2008) the made-up table has its size, 41 economies x 35 industries. The benchmark of a table
is made once and not timed; everything from the scenario to its results is.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info

from interdep import Equilibrium, ExportBan, Scenario, TariffSchedule, TradeCost, World, run
from interdep.models.equilibrium.base import base_of
from interdep.models.equilibrium.model import solve_all
from interdep.testing import synthetic_world
from interdep.units import Money

SIZES = ((20, 20), (30, 28), (41, 35), (60, 40), (77, 45))
RATE, SIGMA = 0.5, 5.0
EU = [
    *("AUT", "BEL", "BGR", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GBR", "GRC", "HUN", "IRL", "ITA"),
    *("LTU", "LUX", "LVA", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "SWE"),
]


def best(work: Callable[[], Any], times: int = 5) -> tuple[float, Any]:
    """The shortest of a few runs, after one that warms up, and the answer."""
    answer = work()
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        answer = work()
        taken.append(time.perf_counter() - begun)
    return min(taken), answer


def gravity_table(count: int = 70) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    """Names, output, log distances and flows of one sector: balanced, so that both programs start from the same rest."""
    draw = np.random.default_rng(0)
    place = draw.uniform(0, 1, (count, 2))
    distance = np.log(1.1 + 10 * np.linalg.norm(place[:, None] - place[None], axis=2))
    output = draw.lognormal(0, 1, count) * 1000
    flows = np.exp(-0.8 * distance - 2 * (1 - np.eye(count))) * np.outer(output, output)
    for _ in range(500):
        flows *= (output / flows.sum(axis=1))[:, None]
        flows *= (output / flows.sum(axis=0))[None]
    return [f"E{k:02d}" for k in range(1, count + 1)], output, distance, flows


def peer(names: list[str], output: np.ndarray, distance: np.ndarray, flows: np.ndarray) -> tuple[float, np.ndarray]:
    """Seconds and welfare (ratio) of gegravity where the first two economies sign a trade agreement."""
    import gegravity
    import pandas as pd

    size = range(len(names))
    rows = [
        (names[i], names[j], "2006", flows[i, j], output[i], output[j], distance[i, j], int(i != j), 0)
        for i in size
        for j in size
    ]  # fmt: skip
    columns = ["exporter", "importer", "year", "trade", "Y", "E", "lndist", "international", "pta"]
    baseline = gegravity.BaselineData(
        pd.DataFrame(rows, columns=columns), imp_var_name="importer", exp_var_name="exporter", year_var_name="year",
        trade_var_name="trade", expend_var_name="E", output_var_name="Y",
    )  # fmt: skip
    costs = [("lndist", -0.8), ("international", -2.0), ("pta", RATE)]
    known = pd.DataFrame([{"var": name, "coeff": value, "ste": 0.1} for name, value in costs])
    values = gegravity.CostCoeffs(estimates=known, identifier_col="var", coeff_col="coeff", stderr_col="ste")
    begun = time.perf_counter()
    model = gegravity.OneSectorGE(
        baseline, year="2006", reference_importer=names[0], expend_var_name="E", output_var_name="Y", sigma=SIGMA,
        cost_variables=[name for name, _ in costs], cost_coeff_values=values, quiet=True,
    )  # fmt: skip
    model.build_baseline(omr_rescale=1)
    changed = model.baseline_data.copy()
    inside = (
        changed.exporter.isin(names[:2]) & changed.importer.isin(names[:2]) & (changed.exporter != changed.importer)
    )
    changed.loc[inside, "pta"] = 1
    model.define_experiment(changed)
    model.simulate()
    taken = time.perf_counter() - begun
    # Its welfare statistic is the compensating factor: the price index over income.
    return taken, 1 / model.country_results.loc[names, "welfare statistic"].to_numpy(dtype=float)


def ours(names: list[str], output: np.ndarray, flows: np.ndarray) -> tuple[float, np.ndarray]:
    """The same as a World of one industry without inputs, and an iceberg cost that falls by as much."""
    world = World(
        "one sector", Money("USD", 2006), tuple(names), ("all",), ("households",), np.zeros_like(flows), flows[:, :, None],
        tolerance=1e-9,
    )  # fmt: skip
    rate = float(np.exp(RATE / (1 - SIGMA)) - 1)
    first, second = names[:2]
    scenario = Scenario("agreement", shocks=[
        TradeCost(economies=[buyer], suppliers=[seller], rate=rate, days=365)
        for buyer, seller in ((first, second), (second, first))
    ])  # fmt: skip
    model = Equilibrium(trade_elasticity=SIGMA - 1)
    taken, result = best(lambda: run(scenario, models=model, world=world))
    return taken, 1 - result.economies.frame["loss_share"].to_numpy()


def written_out(output: np.ndarray, flows: np.ndarray) -> np.ndarray:
    """Welfare from the market-clearing conditions as they stand in a textbook, by scipy's root finder."""
    from scipy.optimize import root

    dearer = np.ones_like(flows)
    dearer[0, 1] = dearer[1, 0] = np.exp(RATE)
    shares = flows / flows.sum(axis=0)

    def power(price: np.ndarray) -> np.ndarray:
        return shares * (price ** (1 - SIGMA))[:, None] * dearer

    def excess(rest: np.ndarray) -> np.ndarray:
        price = np.exp(np.append(0.0, rest))
        weights = power(price)
        return np.log((weights / weights.sum(axis=0)) @ (price * output) / (price * output))[1:]

    price = np.exp(np.append(0.0, root(excess, np.zeros(len(output) - 1), tol=1e-13).x))
    return price / power(price).sum(axis=0) ** (1 / (1 - SIGMA))


def energy_stop(world: World, real: bool) -> Any:
    """The stop of Russian energy, or of the largest industries of one economy of a made-up table, toward 27 others."""
    if real:
        shock = ExportBan(economies=["RUS"], buyers=EU, industries=["B", "C19"], days=365)
    else:
        shock = ExportBan(
            economies=[world.economies[-1]], buyers=world.economies[:27], industries=world.industries[:2], days=365
        )
    return Scenario("energy", shocks=[shock]).on(world)


def variants(count: int) -> list[Equilibrium]:
    draw = np.random.default_rng(1)
    return [
        Equilibrium(tolerance=1e-8, trade_elasticity=float(a), input_elasticity=float(b), value_added_elasticity=float(c))
        for a, b, c in zip(draw.uniform(2, 8, count), draw.uniform(0.05, 0.5, count), draw.uniform(0.2, 0.8, count), strict=True)
    ]  # fmt: skip


def line(name: str, value: str, goal: str = "", met: bool | None = None) -> None:
    verdict = "" if met is None else "met" if met else "MISSED"
    print(f"{name:<66} {value:>22}  {goal:<20} {verdict}", flush=True)


def against_the_peer() -> None:
    names, output, distance, flows = gravity_table()
    mine, welfare = ours(names, output, flows)
    line("one sector, 70 economies, through run()", f"{mine:.3f} s")
    gap = np.abs(welfare / written_out(output, flows) - 1).max()
    line("largest difference of welfare from the equations written out", f"{gap:.1e}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs, known = peer(names, output, distance, flows)
    except ImportError:
        line("gegravity 0.3, the same", "not installed")
        return
    line("gegravity 0.3, the same", f"{theirs:.2f} s, {theirs / mine:.0f} times", "5.4 s")
    line("largest difference of its welfare from both", f"{np.abs(welfare / known - 1).max():.1e}")


def caliendo_parro_form() -> None:
    world = synthetic_world(77, 45)
    base_of(world, "common")
    some = world.economies[:3]
    rates = [(i, a, b, 0.1) for i in world.industries[:20] for a in some for b in some if a != b]
    forcing = Scenario("tariffs", shocks=[TariffSchedule(days=365, rates=rates)]).on(world)
    model = Equilibrium(
        value_added_elasticity=1.0, input_elasticity=1.0, final_elasticity=1.0, origin_shares="common", tolerance=1e-10
    )
    taken, outcome = best(lambda: model.solve(world, [forcing], "average")[0])
    line(f"Caliendo-Parro form, 77x45, to 1e-10 ({outcome.steps} steps)", f"{taken:.3f} s", "0.08 s", taken <= 0.08)


def own_shares(file: str | None) -> None:
    if file:
        from interdep.sources import wiod2013

        world, name = wiod2013.read(file), "WIOD 2008"
    else:
        world, name = synthetic_world(41, 35), "made-up 41x35"
    forcing = energy_stop(world, bool(file))
    base_of(world, "own")
    model = Equilibrium(tolerance=1e-8)
    taken, outcome = best(lambda: model.solve(world, [forcing], "average")[0])
    line(f"{name}, own shares, energy stop, to 1e-8 ({outcome.steps} steps)", f"{taken:.3f} s", "0.4 s", taken <= 0.4)
    each, _ = best(lambda: solve_all(variants(32), world, [forcing] * 32, "average"), times=3)
    line("  in a batch of 32, per scenario", f"{each / 32:.4f} s", "0.1 s", each / 32 <= 0.1)
    begun = time.perf_counter()
    result = run(
        Scenario("energy", shocks=[ExportBan(economies=["RUS"], buyers=EU, industries=["B", "C19"], days=365)]) if file else
        Scenario("energy", shocks=[ExportBan(economies=[world.economies[-1]], buyers=world.economies[:27],
                                             industries=world.industries[:2], days=365)]),
        models=Equilibrium(), world=world, draws=500, seed=1,
    )  # fmt: skip
    whole = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line(f"  500 draws through run() ({len(result.draws)} rows)", f"{whole:.1f} s, {peak:,.0f} MB", "60 s", whole <= 60)


def growth() -> None:
    sizes, seconds = [], []
    for economies, industries in SIZES:
        world = synthetic_world(economies, industries)
        forcing = energy_stop(world, False) if economies > 27 else Scenario("stop", shocks=[
            ExportBan(economies=[world.economies[-1]], buyers=world.economies[:10], industries=world.industries[:2], days=365)
        ]).on(world)  # fmt: skip
        base_of(world, "own")
        model = Equilibrium(tolerance=1e-8)
        taken, outcome = best(lambda m=model, w=world, f=forcing: m.solve(w, [f], "average")[0], times=3)
        sizes.append(economies * industries)
        seconds.append(taken)
        line(f"own shares, {economies}x{industries} = {sizes[-1]} nodes ({outcome.steps} steps)", f"{taken:.3f} s")
    exponent = np.polyfit(np.log(sizes), np.log(seconds), 1)[0]
    line("cost grows with the number of nodes to the power", f"{exponent:.2f}")


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("--wiod", help="wiot_2008.npz of WIOD, release 2013")
    file = reader.parse_args().wiod
    kernels = ", ".join(
        sorted({f"{i['internal_api']} {i.get('architecture', '')} x{i['num_threads']}" for i in threadpool_info()})
    )
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}\n{kernels};"
        f" OPENBLAS_CORETYPE {os.environ.get('OPENBLAS_CORETYPE', 'unset')}\n"
    )
    against_the_peer()
    caliendo_parro_form()
    own_shares(file)
    growth()


if __name__ == "__main__":
    main()
