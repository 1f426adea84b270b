"""GeoDep criteria for every importer and product of a made-up full-size BACI, against pandas on the same file in the same run.

Run: python benchmarks/products.py [--years 27]      (needs pandas and duckdb, which the extra 'dev' brings; 3 GB of disk)
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from interdep.classifications.products import codes
from interdep.geography.economies import table
from interdep.sources import baci
from interdep.trade.folder import file_of, write_header

ECONOMIES, PRODUCTS, ROWS = 226, 5_000, 11_000_000
TIMES = 3

OURS = """
from interdep.trade import Trade
from interdep.dependence.screen import screen
flows = Trade.read(path).scan([2021])
start = time.perf_counter()
frame = screen(flows).to_native().collect(engine="streaming")
taken = time.perf_counter() - start
answer = [frame.height, int(frame["met"].sum())]
"""
DUCKDB = """
import duckdb
from interdep.dependence.screen import screen
flows = duckdb.read_parquet(path + "/flows-2021.parquet")
start = time.perf_counter()
frame = screen(flows).to_native().to_arrow_table()
taken = time.perf_counter() - start
answer = [frame.num_rows, sum(1 for met in frame["met"].to_pylist() if met)]
"""
PANDAS = """
import pandas
start = time.perf_counter()
flows = pandas.read_parquet(path + "/flows-2021.parquet", columns=["exporter", "importer", "product", "value"])
flows["square"] = flows["value"] ** 2
bought = flows.groupby(["importer", "product"], observed=True)[["value", "square"]].sum()
sold = flows.groupby(["exporter", "product"], observed=True)["value"].sum()
square = (sold ** 2).groupby("product", observed=True).sum()
world = square / sold.groupby("product", observed=True).sum() ** 2
frame = bought.reset_index()
frame["hhi"] = frame["square"] / frame["value"] ** 2
exports = sold.rename("exports").reset_index().rename(columns={"exporter": "importer"})
frame = frame.merge(exports, on=["importer", "product"], how="left")
frame["world_hhi"] = frame["product"].map(world).astype(float)
ratio = (frame["value"] / frame["exports"]).fillna(float("inf"))
met = (frame["hhi"] > 0.4) & (frame["world_hhi"] > 0.4) & (ratio > 1)
taken = time.perf_counter() - start
answer = [len(frame), int(met.sum())]
"""
PANEL = """
from interdep.trade import Trade
from interdep.dependence.screen import screen_years
trade = Trade.read(path)
years = [int(y) for y in argument.split(",")]
start = time.perf_counter()
answer = [0, 0]
for frame in screen_years(trade, years):
    answer[0] += frame.height
    answer[1] += int(frame["persistent"].sum())
taken = time.perf_counter() - start
"""
CONVERT = """
from pathlib import Path
from interdep.sources import baci
start = time.perf_counter()
trade = baci.read(argument, Path(path) / "converted")
taken = time.perf_counter() - start
answer = list(trade.periods)
"""
MEASURE = """
from interdep.cli.main import main
start = time.perf_counter()
answer = main(["measure", "EU27", "JPN", "--trade", path, "--years", "2019:2021", "--top", "3", "--quiet"])
taken = time.perf_counter() - start
"""


def pattern(draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(exporter, importer, product) of each flow: large economies and products have more partners, none twice."""
    weight = 1 / np.arange(1, ECONOMIES + 1) ** 0.8
    pair = np.outer(weight, weight)
    np.fill_diagonal(pair, 0)
    likely = np.log(np.maximum(pair.ravel() / pair.sum(), 1e-300))
    share = 1 / np.arange(1, PRODUCTS + 1) ** 0.5
    most = ECONOMIES * (ECONOMIES - 1)
    count = np.minimum((share / share.sum() * ROWS).astype(int).clip(20), int(most * 0.7))
    count = np.minimum((count * ROWS / count.sum()).astype(int), int(most * 0.7))
    draw.shuffle(count)
    picked = []
    for n in count:
        rank = likely + draw.gumbel(size=likely.size).astype(np.float32)
        picked.append(np.sort(np.argpartition(-rank, n)[:n]))
    flat = np.concatenate(picked)
    return flat // ECONOMIES, flat % ECONOMIES, np.repeat(np.arange(PRODUCTS), count)


def write_years(folder: Path, years: list[int], csv_year: int) -> Path:
    """The years as `interdep get baci` leaves them, and one of them as CEPII publishes it."""
    draw = np.random.default_rng(2024)
    who, whom, what = pattern(draw)
    listed = list(codes("HS17"))[:PRODUCTS]
    numbers = [int(e.m49) for e in table().values() if e.m49][:ECONOMIES]
    base = draw.normal(3, 3, len(what))
    published = folder / "published"
    published.mkdir()
    store = folder / "trade"
    store.mkdir()
    for year in years:
        value = np.round(np.exp(base + draw.normal(0, 0.5, len(what))), 3).clip(0.001)
        frame = pl.DataFrame({
            "t": np.full(len(what), year, dtype=np.int32), "i": np.array(numbers, dtype=np.int32)[who],
            "j": np.array(numbers, dtype=np.int32)[whom], "k": np.array(listed)[what], "v": value, "q": np.round(value / 3, 3),
        })  # fmt: skip
        file = published / f"BACI_HS17_Y{year}_V202401.csv"
        frame.write_csv(file, float_precision=3)
        if year == csv_year:
            (folder / "one").mkdir()
            os.link(file, folder / "one" / file.name)
        trade = baci.read(file, folder / "converted")
        os.replace(trade.files[year], store / file_of(year))
        file.unlink()
    write_header(trade.with_files({year: store / file_of(year) for year in years}), store)
    shutil.rmtree(folder / "converted")
    return store


def alone(code: str, path: Path, argument: str = "") -> tuple[float, float, object]:
    """(seconds of the work itself, peak memory of its process in MB, answer)."""
    text = (
        "import json, sys, time\n"
        f"path, argument = sys.argv[1:]\n{code}\n"
        'peak = int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1]) / 1024\n'
        "print()\nprint(json.dumps([taken, peak, answer]))"
    )
    done = subprocess.run([sys.executable, "-c", text, str(path), argument], check=True, capture_output=True, text=True)
    return tuple(json.loads(done.stdout.splitlines()[-1]))


def median(runs: list[tuple[float, float, object]]) -> tuple[float, float, object]:
    return statistics.median(r[0] for r in runs), max(r[1] for r in runs), runs[0][2]


def line(name: str, result: tuple[float, float, object], goal: str = "", met: bool | None = None) -> None:
    verdict = "" if met is None else "met" if met else "MISSED"
    print(f"{name:<52} {result[0]:8.2f} s {result[1]:7.0f} MB  {goal:<26} {verdict}", flush=True)


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("--years", type=int, default=3, help="years of the long panel (27 are 300 million rows)")
    years = list(range(2022 - max(3, reader.parse_args().years), 2022))
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, polars {pl.__version__}\n"
    )
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        begun = time.perf_counter()
        store = write_years(folder, years, years[-1])
        rows = pl.scan_parquet(store / "flows-2021.parquet").select(pl.len()).collect().item()
        print(
            f"{len(years)} years of {rows:,} flows made and converted in {time.perf_counter() - begun:.0f} s\n",
            flush=True,
        )
        # In turn, so that all meet the same machine.
        runs = [(alone(OURS, store), alone(PANDAS, store), alone(DUCKDB, store)) for _ in range(TIMES)]
        ours, pandas, duckdb = (median([run[k] for run in runs]) for k in range(3))
        if not ours[2] == pandas[2] == duckdb[2]:
            raise SystemExit(f"the answers differ: ours {ours[2]}, pandas {pandas[2]}, duckdb {duckdb[2]}")
        line("every importer and product, one year (Polars)", ours, "0.8 s, 450 MB", ours[0] <= 0.8 and ours[1] <= 450)
        line("the same function on DuckDB", duckdb)
        line("the same in pandas", pandas)
        print(
            f"{'ratio to pandas':<52} {pandas[0] / ours[0]:8.1f} times faster, {ours[1] / pandas[1]:.2f} of the memory"
        )
        three = median([alone(PANEL, store, ",".join(map(str, years[-3:]))) for _ in range(TIMES)])
        line("three years with persistence", three, "3 s, 800 MB", three[0] <= 3 and three[1] <= 800)
        if len(years) > 3:
            line(f"{len(years)} years with persistence, {len(years) * rows / 1e6:.0f} mn rows",
                 alone(PANEL, store, ",".join(map(str, years))), "bounded memory")  # fmt: skip
        convert = median([alone(CONVERT, folder, str(folder / "one")) for _ in range(TIMES)])
        speed = rows / convert[0] / 1e6
        line(f"one year, CSV to Parquet: {speed:.1f} mn rows/s", convert, "1.5 mn rows/s", speed >= 1.5)
        line(
            "interdep measure EU27 JPN, three years",
            median([alone(MEASURE, store) for _ in range(TIMES)]),
            "a few seconds",
        )


if __name__ == "__main__":
    main()
