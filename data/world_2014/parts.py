"""The published parts of WIOD 2016 for 2014 and the trade-share set, as arrays in millions of USD."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from .industries import WIOD_56


@dataclass(frozen=True)
class Parts:
    """What is published. r origin, s destination (44); p product, q using industry (56); f final use (5)."""

    economies: tuple[str, ...]
    domestic: np.ndarray  # [s, p, q] domestic intermediate deliveries
    final: np.ndarray  # [r, p, s, f] final use by origin and destination
    output: np.ndarray  # [r, p] gross output; ROW derived from its row
    exports: np.ndarray  # [r, p] all exports
    inputs: np.ndarray  # [s, q] total intermediate consumption; NaN for ROW
    costs: dict[str, np.ndarray]  # every cost row [s, q]; NaN for ROW


@dataclass(frozen=True)
class Shares:
    """The trade-share set in 50 sectors; its values include import tariffs and leave out changes in inventories."""

    trade: np.ndarray  # [r, s, c] share of origin r in what s spends on c
    spending: np.ndarray  # [s, c]
    tariff: np.ndarray  # [r, s, c] one plus the ad-valorem rate
    inputs: np.ndarray  # [c, d, s] share of input c in the intermediates of industry d
    factors: np.ndarray  # [c, s] one minus the cost of intermediates per unit of output


def read_parts(folder: Path) -> Parts:
    """Read the published parts from the folder `wiod2014_parts`."""
    blocks = np.load(folder / "domestic_blocks_2014.npz")
    economies = tuple(str(r) for r in blocks["regions"])
    names = [str(s) for s in blocks["sectors"]]
    if len(names) != len(WIOD_56):
        raise ValueError(f"Expected {len(WIOD_56)} industries, the domestic blocks hold {len(names)}.")
    region, industry = {r: i for i, r in enumerate(economies)}, {s: i for i, s in enumerate(names)}
    n, m = len(economies), len(names)

    table = pl.read_parquet(folder / "final_use_2014_44x56x44x5.parquet")
    uses = {u: i for i, u in enumerate(table["Final Use"].unique(maintain_order=True).to_list())}
    final = np.full((n, m, n, len(uses)), np.nan)
    for r, p, s, f, value in table.iter_rows():
        final[region[r], industry[p], region[s], uses[f]] = value
    if np.isnan(final).any():
        raise ValueError("Final use has missing cells.")

    domestic, exports = blocks["Zdom"], blocks["exports_by_industry"]
    output = np.full((n, m), np.nan)
    for r, p, value in pl.read_parquet(folder / "gross_output_2014_43x56.parquet").iter_rows():
        output[region[r], industry[p]] = value
    used_at_home = domestic.sum(2) + np.stack([final[i, :, i].sum(-1) for i in range(n)])
    row = region["ROW"]
    output[row] = used_at_home[row] + exports[row]
    gap = float(np.abs(used_at_home + exports - output).max())
    if gap > 1e-3:
        raise ValueError(f"Row identity (use at home + exports = gross output) misses by {gap} mn USD.")

    costs: dict[str, np.ndarray] = {}
    for kind, s, q, value in pl.read_parquet(folder / "df_costs.parquet").iter_rows():
        costs.setdefault(kind, np.full((n, m), np.nan))[region[s], industry[q]] = value
    return Parts(economies, domestic, final, output, exports, costs["Total intermediate consumption"], costs)


def read_shares(folder: Path, economies: tuple[str, ...]) -> Shares:
    """Read the trade-share set, with economies in the order of `economies` and sectors C01..C50."""
    place = {e: i for i, e in enumerate(economies)}

    def array(name: str, *keys: str) -> np.ndarray:
        table = pl.read_parquet(folder / f"{name}.parquet")
        index = []
        for key in keys:
            column = table[key].to_list()
            index.append([int(v[1:]) - 1 if v not in place else place[v] for v in column])
        out = np.full([max(ix) + 1 for ix in index], np.nan)
        out[tuple(index)] = table["value"].to_numpy()
        if np.isnan(out).any():
            raise ValueError(f"{name} has missing cells.")
        return out

    return Shares(
        trade=array("trade_share", "origin", "destination", "sector"),
        spending=array("expenditure", "country", "sector"),
        tariff=array("tariff", "origin", "destination", "sector"),
        inputs=array("intermediate_share", "input", "output", "country"),
        factors=array("factor_share", "sector", "country"),
    )
