"""Start-up, the main job, loading the table, and every single-supplier stop against one pymrio calc_L per stop.

Run: python benchmarks/first_answer.py      (needs pymrio: pip install pymrio)
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import numpy as np
from threadpoolctl import threadpool_info

from interdep.models import leontief
from interdep.world import World

STOPS_BY_PEER = 10


def seconds(work: Callable[[], object], times: int = 5) -> float:
    """The median wall time of several calls."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def command(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "interdep", *arguments], check=True, capture_output=True)


def assess_anew() -> None:
    """The main job into an empty folder, so that nothing is reused."""
    with tempfile.TemporaryDirectory() as folder:
        command("assess", "eu-japan", "--out", folder, "--quiet")


def loaded_by_import() -> list[str]:
    """Which of the heavy libraries `import interdep` loads."""
    code = "import interdep, sys; print([m for m in ('pandas', 'xarray', 'polars') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    return [name for name in ("pandas", "xarray", "polars") if name in out]


def ours(world: World) -> np.ndarray:
    """Every stop, from nothing: correction, factorisation, inverse, updates."""
    leontief._BASELINES.clear()
    return leontief.every_supplier_stop(world)[0]


def peer(world: World, stops: int) -> float:
    """Seconds of one `calc_L` in pymrio for a table in which one stop is cut; making the cut table is not counted."""
    from pymrio import calc_A, calc_L

    flows, _ = world.to_pandas()
    output = world.gross_output
    industries = len(world.industries)
    sellers = np.flatnonzero(world.live)
    chosen = sellers[np.linspace(0, len(sellers) - 1, stops).astype(int)]
    taken = 0.0
    for node in chosen:
        cut = flows.copy()
        economy = node // industries
        abroad = np.arange(len(output)) // industries != economy
        cut.iloc[node, np.flatnonzero(abroad)] = 0.0
        coefficients = calc_A(cut, output)
        start = time.perf_counter()
        calc_L(coefficients)
        taken += time.perf_counter() - start
    return taken / stops


def main() -> None:
    kernels = {
        f"{i['internal_api']} {i.get('architecture', '')} x{i['num_threads']}".strip() for i in threadpool_info()
    }
    chosen = os.environ.get("OPENBLAS_CORETYPE", "unset")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}")
    print(f"{', '.join(sorted(kernels))}; OPENBLAS_CORETYPE {chosen}\n")
    world = World.read()
    stops = int(world.live.sum())
    own = seconds(lambda: ours(world), 3)
    each = peer(world, STOPS_BY_PEER)
    help_time = seconds(lambda: command("--help"), 7)
    assess = seconds(assess_anew, 3)
    heavy = loaded_by_import()
    load = seconds(lambda: World.read(), 5)
    rows = [
        ("interdep --help", f"{help_time:.3f} s", "under 0.25 s", help_time < 0.25),
        ("import interdep loads", ", ".join(heavy) or "none of pandas, xarray, polars", "none of them", not heavy),
        ("world-2014 loaded", f"{load:.3f} s", "under 0.3 s", load < 0.3),
        ("interdep assess eu-japan", f"{assess:.1f} s", "at most 180 s", assess <= 180),
        (f"every supplier stop of world-2014 ({stops})", f"{own:.2f} s", "", True),
        (f"pymrio calc_L, {stops} times (from {STOPS_BY_PEER})", f"{each * stops:.0f} s", "", True),
        ("ratio", f"{each * stops / own:.0f} times", "at least 50 times", each * stops / own >= 50),
    ]
    width = max(len(row[0]) for row in rows)
    for name, value, goal, met in rows:
        verdict = ("met" if met else "MISSED") if goal else ""
        print(f"{name:<{width}}  {value:<32}  {goal:<20}  {verdict}")


if __name__ == "__main__":
    main()
