"""The data of Caliendo & Parro (2015) as a benchmark in equilibrium: 31 economies, 40 sectors, 1993, tariffs before and after.

Trade, input shares and value added of 1993 have different origins and do not balance by sector. What the paper does, and
`Data.world` does here: keep the shares (origins, inputs, value added in costs), value added and deficits, find the
equilibrium of the model with them, and call this the benchmark, with deficits as observed or with none.

    data = read()
    world = data.world(deficits="none")
    interdep.run(Scenario("NAFTA", shocks=[data.schedule()]), models=data.model(), world=world)

Any other experiment is a change of `Data` (`replace(data, theta=...)`, `data.without_inputs()`; sectors of another list need
`classification="own"`) or of the duties that `schedule` is given.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from interdep import Equilibrium, TariffSchedule, World
from interdep.models.equilibrium.base import Base, as_world
from interdep.models.equilibrium.case import Case, Elasticities
from interdep.models.equilibrium.outcome import rebased
from interdep.models.equilibrium.solver import settle
from interdep.units import Money
from raw import raw

Floats = NDArray[np.float64]
Deficits = Literal["none", "observed"]

FOLDER = "caliendo_parro_1993"
MILLION = 1e6


@dataclass(frozen=True, eq=False)
class Data:
    """Millions of US dollars of 1993; product p, supplier r, buying economy s, buying sector k.

    theta: (P,) trade elasticities. trade: (P, R, R) before duties. duties, duties_after: (P, R, R) ad valorem, of 1993, and with
    those between the three members of NAFTA as in 2005. inputs: (P, R, P) spending of sector k in s on p, all origins. final:
    (P, R). value_added: (R, P). deficit: (R,) imports less exports.
    """

    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    theta: Floats
    trade: Floats
    duties: Floats
    duties_after: Floats
    inputs: Floats
    final: Floats
    value_added: Floats
    deficit: Floats
    classification: str = "caliendo-parro"

    def model(self, **changes: object) -> Equilibrium:
        """The model of the paper: Cobb-Douglas above the origins, shares common to all buyers, one mobile factor."""
        about = {
            "value_added_elasticity": 1.0, "input_elasticity": 1.0, "final_elasticity": 1.0, "mobility": 1.0,
            "origin_shares": "common", "deficits": "kept", "horizon_factor": 1.0,
            "trade_elasticities": dict(zip(self.sectors, self.theta.tolist(), strict=True)),
        }  # fmt: skip
        return Equilibrium(**(about | changes))  # type: ignore[arg-type]

    def world(self, deficits: Deficits = "none", tolerance: float = 1e-11) -> World:
        """The benchmark of 1993 in equilibrium; its duties are those of 1993."""
        base = self._shares()
        kept = self.deficit if deficits == "observed" else np.zeros(len(self.economies))
        elasticities = Elasticities.same(base, 1, self.theta, 1.0, 1.0, 1.0, 1.0)
        (rest,), system = settle(base, [Case(deficit=kept)], elasticities, "buyer", tolerance, 5000)
        if not rest.converged:
            raise RuntimeError(f"the benchmark of 1993 is off by {rest.residual:.1e} after {rest.steps} steps")
        name = f"caliendo-parro-1993, deficits {deficits}"
        found = rebased(system, rest.state[None])
        return as_world(found, name, Money("USD", 1993, MILLION), self.economies, self.sectors, self.classification)

    def _shares(self) -> Base:
        """Shares as published, around an output that does not yet clear the markets."""
        gross = self.trade * (1 + self.duties)
        use = np.concatenate([self.inputs, self.final[..., None]], axis=2)
        spent = self.inputs.sum(axis=0)
        costs = self.value_added + spent
        own = np.where(costs > 0, self.value_added / np.where(costs > 0, costs, 1.0), 1.0)
        return Base(
            part_of(gross, 1)[..., None], part_of(use, 0), own, self.trade.sum(axis=2), self.value_added,
            self.final.sum(axis=0), self.deficit, self.duties,
        )  # fmt: skip

    def schedule(self, after: Floats | None = None) -> TariffSchedule:
        """All duties that change between 1993 and `after` (default: NAFTA's of 2005), as a shock of one year."""
        after = self.duties_after if after is None else after
        rates = [
            (self.sectors[p], self.economies[r], self.economies[s], float(after[p, r, s]))
            for p, r, s in np.argwhere(after != self.duties).tolist()
        ]
        return TariffSchedule(rates=tuple(rates), days=365, source="Caliendo & Parro (2015), tariffs of 1993 and 2005")

    def without_inputs(self) -> Data:
        """The paper's model without materials: all costs are value added, all that is bought is bought by final users."""
        bought = (self.trade * (1 + self.duties)).sum(axis=1)
        return replace(
            self, inputs=np.zeros_like(self.inputs), value_added=self.trade.sum(axis=2).T.copy(), final=bought
        )


def part_of(values: Floats, axis: int) -> Floats:
    """Values as parts of their sum along an axis; nothing where the sum is nothing."""
    total = values.sum(axis=axis, keepdims=True)
    return np.divide(values, total, out=np.zeros_like(values), where=total > 0)


def economies_by_name() -> dict[str, str]:
    """Name in the data to ISO 3166-1 alpha-3 code."""
    with (Path(__file__).parent / "economies.csv").open(encoding="utf-8") as file:
        return {row["name"]: row["economy"] for row in csv.DictReader(file)}


def read() -> Data:
    """The data as published with the paper, in the long form of the R package cp2015 (columns as below)."""
    import polars as pl

    codes = economies_by_name()
    theta = pl.read_parquet(raw(f"{FOLDER}/theta.parquet"))
    deficit = pl.read_parquet(raw(f"{FOLDER}/deficit.parquet"))
    sectors, names = theta["sector"].to_list(), deficit["region"].to_list()

    def cube(file: str, *columns: str, value: str = "value") -> Floats:
        """An array over the labels of these columns."""
        frame = pl.read_parquet(raw(f"{FOLDER}/{file}.parquet"))
        axes = [sectors if column in ("sector", "input") else names for column in columns]
        places = []
        for column, labels in zip(columns, axes, strict=True):
            known = {label: k for k, label in enumerate(labels)}
            places.append(np.array([known[label] for label in frame[column].to_list()]))
        out = np.full([len(labels) for labels in axes], np.nan)
        out[tuple(places)] = frame[value].to_numpy()
        if np.isnan(out).any():
            raise ValueError(f"{file}.parquet lacks {int(np.isnan(out).sum())} of its cells")
        return out

    flows = ("sector", "exporter", "importer")
    return Data(
        tuple(codes[name] for name in names), tuple(sectors), theta["value"].to_numpy().astype(float),
        cube("trade", *flows) / MILLION, cube("trade", *flows, value="tariff_bln"), cube("trade", *flows, value="tariff_cfl"),
        # One published cell is below zero (Other products into Canada's basic metals, -9.5 mn); a World holds no such flow.
        np.maximum(cube("intermediate_consumption", "input", "region", "sector"), 0.0) / MILLION,
        cube("final_consumption", "sector", "region") / MILLION, cube("value_added", "region", "sector") / MILLION,
        deficit["D"].to_numpy() / MILLION,
    )  # fmt: skip
