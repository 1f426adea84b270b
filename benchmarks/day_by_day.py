"""Ario against BoARIO 0.7.2 on the same tables and the same shock, its limits, and sweeps over every supplier.

    python -m pip install '.[dev]' boario==0.7.2 pymrio
    python benchmarks/day_by_day.py            # about 10 minutes on two cores
    python benchmarks/day_by_day.py --largest  # the 49x163 table alone: 11 minutes, 9 GB

Every measurement is a process of its own, so that peak memory is its own: the table is made once, written to disk and read.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info

from interdep import Ario, CapacityLoss, Scenario, World
from interdep.models.sweep import every_supplier, sweep
from interdep.testing import synthetic_world
from interdep.units import Money

SIZES = ((44, 56), (77, 45))
LARGEST = (49, 163)
MAIN = (77, 45)
DAYS, SHARE, LENGTH = 365, 0.8, 90
BATCH = 64


def make(path: str) -> dict[str, Any]:
    """Write the synthetic table of a file's name."""
    economies, industries = (int(part) for part in Path(path).stem.split("x"))
    world = synthetic_world(economies, industries)
    np.savez(path, Z=world.intermediate, Y=world.final_use)
    return {}


def read(path: str) -> World:
    economies, industries = (int(part) for part in Path(path).stem.split("x"))
    with np.load(path) as kept:
        return World(
            f"synthetic {economies}x{industries}", Money("USD", 2020), tuple(f"E{k:02d}" for k in range(1, economies + 1)),
            tuple(f"S{k:03d}" for k in range(1, industries + 1)), ("households",), kept["Z"], kept["Y"], tolerance=1e-9,
        )  # fmt: skip


def largest(world: World) -> tuple[str, str]:
    return world.nodes[int(np.argmax(world.gross_output))]


def peer(path: str) -> dict[str, Any]:
    sys.path.insert(0, str(Path(__file__).parents[1] / "validation" / "boario_parity"))
    from peer import boario_production  # pyright: ignore[reportMissingImports]

    from interdep.models.ario.boario import BoarioEvent

    world = read(path)
    began = time.perf_counter()
    boario_production(world, [BoarioEvent("arbitrary", {largest(world): SHARE}, 1, LENGTH)], DAYS, "alt")
    return {"seconds": time.perf_counter() - began}


def ours(path: str, batch: str, precision: str) -> dict[str, Any]:
    world = read(path)
    economy, industry = largest(world)
    shock = CapacityLoss(economies=economy, industries=industry, share=SHARE, days=LENGTH)
    model = Ario(precision=precision, batch=int(batch))
    model.solve(world, [Scenario("warm", shocks=[shock], horizon=2).on(world)], "average")
    forcing = Scenario("one", shocks=[shock], horizon=DAYS).on(world)
    # A batch for each thread, where there are batches.
    count = 1 if batch == "1" else model.threads * int(batch)
    began = time.perf_counter()
    outcomes = model.solve(world, [forcing] * count, "average")
    seconds = time.perf_counter() - began
    assert all(outcome.ok for outcome in outcomes)
    return {"seconds": seconds / count}


def every_stop_2014() -> dict[str, Any]:
    world = World.read()
    scenarios = every_supplier(world)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        sweep(scenarios, Ario(), Path(folder), {"EU27": [e for e in world.economies if e != "ROW"][:27]}, world)
        return {"seconds": time.perf_counter() - began, "count": len(scenarios)}


def tenth_of_stops(path: str, precision: str) -> dict[str, Any]:
    world = read(path)
    scenarios = every_supplier(world)
    forcings = [scenario.on(world) for scenario in scenarios[::10]]
    began = time.perf_counter()
    Ario(precision=precision).solve(world, forcings, "average")
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "tried": len(forcings), "count": len(scenarios)}


def error_of_single(path: str) -> dict[str, Any]:
    """float32 against float64 on world-2014, over every twentieth supplier stop."""
    world = World.read()
    forcings = [scenario.on(world) for scenario in every_supplier(world)[::20]]
    exact = Ario().solve(world, forcings, "average")
    single = Ario(precision="float32").solve(world, forcings, "average")
    total = float(world.value_added.sum())
    worst = relative = 0.0
    for one, other in zip(exact, single, strict=True):
        lost, near = (float(o.columns["value_added_lost"].sum()) for o in (one, other))
        worst = max(worst, abs(near - lost) / total)
        if abs(lost) > 1e-3 * total:
            relative = max(relative, abs(near / lost - 1))
    return {"absolute": worst, "relative": relative}


def peaks(path: str) -> dict[str, Any]:
    """The machine's limits as numpy reaches them: matrix products of both precisions, and memory read and written."""
    out = {}
    for name in ("float64", "float32"):
        a = np.random.default_rng(0).random((2048, 2048)).astype(name)
        b = a.copy()
        a @ b
        taken = []
        for _ in range(5):
            began = time.perf_counter()
            a @ b
            taken.append(time.perf_counter() - began)
        out[name] = 2 * 2048**3 / min(taken) / 1e9
    source = np.ones(2**25)
    target = np.ones(2**25)
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        np.copyto(target, source)
        taken.append(time.perf_counter() - began)
    out["memory"] = 2 * source.nbytes / min(taken) / 1e9
    return out


MEASURES = {each.__name__: each for each in (make, peer, ours, every_stop_2014, tenth_of_stops, error_of_single, peaks)}


def measured(name: str, *arguments: str) -> dict[str, Any]:
    """One measurement in a process of its own, with its peak memory in MB."""
    print(f"  {name} {' '.join(Path(a).name for a in arguments)}", file=sys.stderr, flush=True)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", __file__, "--measure", name, *arguments], capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{name} {arguments}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def peak_memory() -> float:
    """MB this process has held at most (what getrusage says on Linux begins with the parent's)."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def goal(met: bool) -> str:
    return "met" if met else "MISSED"


def against_peer(economies: int, industries: int, folder: Path) -> tuple[list[tuple[str, str, str, str]], float]:
    """The rows of one table, and BoARIO's seconds."""
    size = f"{economies}x{industries}"
    table = str(folder / f"{size}.npz")
    measured("make", table)
    theirs, single = measured("peer", table), measured("ours", table, "1", "float64")
    times, part = theirs["seconds"] / single["seconds"], single["peak"] / theirs["peak"]
    judged = (economies, industries) == MAIN
    return [
        (f"{size}: BoARIO, one scenario", f"{theirs['seconds']:.1f} s, {theirs['peak']:.0f} MB", "", ""),
        (f"{size}: Ario, one scenario", f"{single['seconds']:.2f} s, {single['peak']:.0f} MB", "", ""),
        (f"{size}: times faster", f"{times:.0f}", "at least 25" if judged else "", goal(times >= 25) if judged else ""),
        (
            f"{size}: part of its memory",
            f"{part:.2f}",
            "at most 1/3" if judged else "",
            goal(part <= 1 / 3) if judged else "",
        ),
    ], theirs["seconds"]


def main(largest_alone: bool) -> None:
    kernels = {f"{i['internal_api']} {i.get('architecture', '')} x{i['num_threads']}" for i in threadpool_info()}
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}")
    print(f"{', '.join(sorted(kernels))}; OPENBLAS_CORETYPE {os.environ.get('OPENBLAS_CORETYPE', 'unset')}")
    print(f"one scenario: {DAYS} days, {SHARE:.0%} of the capacity of the largest node lost for {LENGTH}\n")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        rows = against_peer(*LARGEST, folder)[0] if largest_alone else all_rows(folder)
    width = max(len(row[0]) for row in rows)
    for name, value, wanted_text, verdict in rows:
        print(f"{name:<{width}}  {value:<58}  {wanted_text:<18}  {verdict}".rstrip())


def all_rows(folder: Path) -> list[tuple[str, str, str, str]]:
    rows: list[tuple[str, str, str, str]] = []
    limit = measured("peaks", "")
    rows.append(("peak of matrix products, float64 / float32",
                 f"{limit['float64']:.0f} / {limit['float32']:.0f} GFLOP/s", "", ""))  # fmt: skip
    rows.append(("memory, read and written", f"{limit['memory']:.0f} GB/s", "", ""))
    main_seconds = 0.0
    for economies, industries in SIZES:
        more, seconds = against_peer(economies, industries, folder)
        rows += more
        if (economies, industries) == MAIN:
            main_seconds = seconds
    table = str(folder / f"{MAIN[0]}x{MAIN[1]}.npz")
    nodes = MAIN[0] * MAIN[1]
    for precision, wanted in (("float64", 160), ("float32", 350)):
        batch = measured("ours", table, str(BATCH), precision)
        times = main_seconds / batch["seconds"]
        text = f"{batch['seconds']:.3f} s, {batch['peak']:.0f} MB"
        rows.append((f"77x45: {precision}, per scenario in batches of {BATCH}", text, "", ""))
        rows.append((f"77x45: {precision}, times faster", f"{times:.0f}", f"at least {wanted}", goal(times >= wanted)))
        products = 6 * nodes**2 * DAYS / 1e9 / limit[precision]
        state = 4 * MAIN[1] * nodes * np.dtype(precision).itemsize * DAYS / 1e9 / limit["memory"]
        rows.append((f"77x45: {precision}, bound of the three products",
                     f"{products:.3f} s, {products / batch['seconds']:.0%} of the time", "", ""))  # fmt: skip
        rows.append((f"77x45: {precision}, bound of reading and writing the state",
                     f"{state:.3f} s, {state / batch['seconds']:.0%} of the time", "", ""))  # fmt: skip
    wrong = measured("error_of_single", "")
    rows.append(
        (
            "world-2014: float32 against float64",
            f"{wrong['absolute']:.0e} of world value added; {wrong['relative']:.0e} of losses above 0.1 %",
            "",
            "",
        )
    )
    all_stops = measured("every_stop_2014")
    rows.append((f"world-2014: every supplier stop ({all_stops['count']})",
                 f"{all_stops['seconds']:.0f} s, {all_stops['peak']:.0f} MB", "", ""))  # fmt: skip
    for precision in ("float64", "float32"):
        tenth = measured("tenth_of_stops", table, precision)
        minutes = tenth["seconds"] / tenth["tried"] * tenth["count"] / 60
        judged = precision == "float32"
        rows.append((f"77x45: every supplier stop ({tenth['count']}), {precision}",
                     f"{minutes:.1f} minutes, {tenth['peak']:.0f} MB (from {tenth['tried']})",
                     "under 12 minutes" if judged else "", goal(minutes < 12) if judged else ""))  # fmt: skip
    rows.append(("on a GPU", "not measured: no GPU at hand", "under one minute", ""))
    return rows


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        result = MEASURES[sys.argv[2]](*sys.argv[3:])
        result["peak"] = peak_memory()
        print(json.dumps(result))
    else:
        main("--largest" in sys.argv[1:])
