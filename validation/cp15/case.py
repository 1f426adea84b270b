"""NAFTA's tariff cuts of 1993 to 2005 (Caliendo & Parro 2015, Table 2) through `interdep.run`, every printed digit."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from cp15.data import Deficits, read
from interdep import Scenario, run
from interdep.geography import name_of
from table import Row, judged, stated

TITLE = "NAFTA: Caliendo & Parro (2015)"
ABOUT = """
Tariffs between Mexico, Canada and the United States fall from those of 1993 to those of 2005; 31 economies, 40 sectors. Data:
`caliendo_parro_1993/*.parquet`, the authors' own in the form of the R package cp2015. They do not balance by sector, so that
the benchmark is the model's equilibrium under the duties of 1993, without deficits or with those observed (`data.py`, easy to
run with other settings); the one input below zero is set to zero. Then `TariffSchedule` in `Equilibrium` with Cobb-Douglas
above the origins, shares common to the buyers of an economy, one mobile factor and the paper's trade elasticities.
The paper's welfare is a first-order decomposition: terms of trade plus volume of trade, changes as ratios less one. **The exact
change of real expenditure stands beside it and is another number**: for Mexico the cuts are too large for a first order.
Published: without deficits as cp2015 (github.com/paulofelipe/cp2015, MIT) prints its reproduction of the paper's Table 2, to
three digits; with observed deficits as the paper prints; growth of imports from the partners from the paper's abstract.
The rows without materials are no proof: their published values were not checked against the printed page, and of four ways to
take inputs out of the data (value added as it is or equal to output; final use as it is or equal to all that is bought, duties
included) they show the one that agrees with them.
"""

NAFTA = ("MEX", "CAN", "USA")
WITHOUT_INPUTS = {"MEX": ("0.50", "88.08"), "CAN": ("-0.03", "9.95"), "USA": ("0.03", "26.91")}
"""Welfare and imports from the partners in the paper's model without materials, not checked against the printed page."""
LABELS = {"none": "no deficits", "observed": "observed deficits"}


@cache
def nafta(deficits: Deficits, inputs: bool = True) -> dict[str, dict[str, float]]:
    """What NAFTA's tariffs do, per cent by economy and quantity; inputs: the paper's model, or the one without materials."""
    data = read() if inputs else read().without_inputs()
    made = run(
        Scenario("NAFTA", shocks=[data.schedule()]), models=data.model(tolerance=1e-11), world=data.world(deficits)
    )
    flows = {(row["supplier"], row["buyer"]): row for row in made.trade.to_rows()}
    out = {}
    for row in made.economies.where(economy=list(NAFTA)).to_rows():
        partners = [flows[other, row["economy"]] for other in NAFTA if other != row["economy"]]
        before, after = (sum(flow[name] for flow in partners) for name in ("deliveries_before", "deliveries"))
        found = {
            "terms of trade": row["terms_of_trade"],
            "volume of trade": row["volume_of_trade"],
            "welfare": row["terms_of_trade"] + row["volume_of_trade"],
            "real wage": row["factor_price"] / row["price_index"] - 1,
            "imports from NAFTA": after / before - 1,
            "exact": -row["real_expenditure_lost"] / row["expenditure"],
        }
        out[row["economy"]] = {name: 100 * value for name, value in found.items()}
    return out


def published() -> list[Mapping[str, str]]:
    with (Path(__file__).parent / "published.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def as_printed(value: float, like: str) -> str:
    """A number with as many decimals as the printed one."""
    return f"{value:.{len(like.partition('.')[2])}f}"


def rows() -> list[Row]:
    out = []
    for deficits in ("none", "observed"):
        ours = nafta(deficits)
        for row in published():
            if row["table"] != deficits:
                continue
            shown = as_printed(ours[row["economy"]][row["quantity"]], row["value"])
            quantity = f"{LABELS[deficits]}: {row['quantity']}, {name_of(row['economy'])}"
            met = shown == row["value"]
            out.append(judged("CP15", quantity, f"{row['value']} %", f"{shown} %", "every printed digit", met))
        for economy in NAFTA:
            quantity = f"{LABELS[deficits]}: exact change of real expenditure, {name_of(economy)}"
            first = f"first order: {ours[economy]['welfare']:.3f} %"
            out.append(stated("CP15", quantity, "-", f"{ours[economy]['exact']:.3f} % ({first})"))
    ours = nafta("none", inputs=False)
    for economy, texts in WITHOUT_INPUTS.items():
        for quantity, text in zip(("welfare", "imports from NAFTA"), texts, strict=True):
            shown = as_printed(ours[economy][quantity], text)
            note = "published value unchecked"
            out.append(
                stated("CP15", f"without materials: {quantity}, {name_of(economy)}", f"{text} %", f"{shown} %", note)
            )
    return out


def close(rows: Sequence[Row]) -> str:
    mexico = nafta("none")["MEX"]
    first, exact = mexico["welfare"], mexico["exact"]
    return f"Mexico's welfare without deficits is {first:.2f} % to the first order and {exact:.3f} % exactly."
