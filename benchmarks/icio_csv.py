"""A full-size OECD ICIO CSV (made up, balanced) to a World, against the time that pandas takes to parse the text alone.

Run: python benchmarks/icio_csv.py      (needs pandas, which the extra 'dev' brings)
"""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from interdep.classifications import classification
from interdep.geography.economies import table

ECONOMIES, TIMES, GOAL = 77, 3, 5.0
NAME = "2020_SML.csv"
OURS = "from interdep.sources import icio; world = icio.read(path); print(world.gross_output.sum())"
PANDAS = "import pandas; frame = pandas.read_csv(path, index_col=0); print(frame.shape)"


def write_table(folder: Path, economies: int = ECONOMIES) -> Path:
    """A balanced table in the layout of the 2023 edition: three decimals, TLS, VA and OUT rows, OUT column."""
    draw = np.random.default_rng(2023)
    industries = classification("oecd-icio").codes
    # What the 2023 edition added is taken first, so that the labels say which edition this is.
    codes = sorted(["BGD", "PAK", *[code for code in table() if code not in ("BGD", "PAK", "ROW")][: economies - 3]])
    nodes = [f"{e}_{i}" for e in [*codes, "ROW"] for i in industries]
    users = [f"{e}_{u}" for e in [*codes, "ROW"] for u in ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")]
    flows = draw.lognormal(0, 3, (len(nodes), len(nodes))).round(3)
    uses = draw.lognormal(1, 3, (len(nodes), len(users))).round(3)
    # Whole thousandths add up exactly: what an industry lacks to cover its inputs goes to the first final user.
    short = np.maximum(flows.sum(axis=0) * 1.5 - flows.sum(axis=1) - uses.sum(axis=1), 0).round(3)
    uses[:, 0] += short
    output = (flows.sum(axis=1) + uses.sum(axis=1)).round(3)
    taxes = (output * 0.01).round(3)
    added = (output - flows.sum(axis=0) - taxes).round(3)
    blank = np.zeros(len(users))
    bottom = [np.r_[taxes, blank, 0.0], np.r_[added, blank, 0.0], np.r_[output, uses.sum(axis=0), 0.0]]
    cells = np.vstack([np.hstack([flows, uses, output[:, None]]), *bottom])
    columns = [pl.Series("V1", [*nodes, "TLS", "VA", "OUT"])]
    columns += [pl.Series(name, cells[:, place]) for place, name in enumerate([*nodes, *users, "OUT"])]
    pl.DataFrame(columns).write_csv(folder / NAME, float_precision=3)
    return folder / NAME


def alone(code: str, path: Path) -> tuple[float, float]:
    """Seconds and peak memory (GB) of some code in a process of its own, imports and start-up included."""
    text = (
        f"import json, resource, sys, time\nstart = time.perf_counter()\npath = sys.argv[1]\n{code}\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(json.dumps([time.perf_counter() - start, peak / 1e6]))"
    )
    done = subprocess.run([sys.executable, "-c", text, str(path)], check=True, capture_output=True, text=True)
    seconds, peak = json.loads(done.stdout.splitlines()[-1])
    return seconds, peak


def main() -> None:
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, polars {pl.__version__}\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = write_table(Path(folder))
        print(f"{NAME}: {ECONOMIES} economies x 45 industries, {path.stat().st_size / 1e6:.0f} MB of text")
        # In turn, so that both meet the same machine.
        runs = [(alone(OURS, path), alone(PANDAS, path)) for _ in range(TIMES)]
    own, peer = (statistics.median(run[who][0] for run in runs) for who in (0, 1))
    peaks = [max(run[who][1] for run in runs) for who in (0, 1)]
    print(f"{'CSV to a checked World':<36} {own:6.2f} s  peak {peaks[0]:.2f} GB  goal under {GOAL:g} s", end="  ")
    print("met" if own < GOAL else "MISSED")
    print(f"{'pandas.read_csv, text to numbers only':<36} {peer:6.2f} s  peak {peaks[1]:.2f} GB")
    print(f"{'ratio':<36} {peer / own:6.1f} times")
    print(f"\nthis process, which made the table: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    main()
