"""A stop of Russian energy (Baqaee, Moll, Landais & Martin 2022; Langot & Tripier 2022) in the equilibrium model on WIOD 2008."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from interdep import Equilibrium, ExportBan, Scenario, World, run
from interdep.geography import economies, name_of
from interdep.sources import wiod2013
from raw import raw
from table import Row, judged, stated

TITLE = "Stop of Russian energy: Baqaee, Moll, Landais & Martin (2022), Langot & Tripier (2022)"
ABOUT = """
Russian mining and refined petroleum no longer reach the 27 members that the EU had in 2008, after all have adjusted. Data:
`wiod2013/wiot_2008.npz` (World Input-Output Database, release 2013, year 2008, 40 economies and the rest of the world, 35
industries; mining is one industry). Equilibrium with the papers' elasticities (0.5 value added, 0.2 inputs, 0.9 final users, 4
between origins but for energy), each buyer's own shares, one mobile factor, deficits kept, and a buyer whose only supplier is
Russia takes its economy's mean mix of the others. Exact change of real expenditure, per cent. The published figures were read
from summaries of the papers, which do not say which trade elasticity of energy stands behind each: 4, 2 and 1 are shown.
"""

MEMBERS = tuple(e for e in economies("EU28") if e != "HRV")
EU = "EU27 of 2008"
ENERGY = ("c2", "c8")
LOSERS = ("LTU", "BGR", "SVK", "FIN", "CZE")
THETAS = (4.0, 2.0, 1.0)


@cache
def table() -> World:
    return wiod2013.read(raw("wiod2013/wiot_2008.npz"))


def model(theta: float, **changes: object) -> Equilibrium:
    """The papers' model with this trade elasticity of energy, 4 for all else."""
    thetas = dict.fromkeys(table().industries, 4.0) | dict.fromkeys(ENERGY, theta)
    about = {
        "value_added_elasticity": 0.5, "input_elasticity": 0.2, "final_elasticity": 0.9, "trade_elasticity": 4.0,
        "trade_elasticities": thetas, "horizon_factor": 1.0, "mobility": 1.0, "origin_shares": "own", "deficits": "kept",
    }  # fmt: skip
    return Equilibrium(**(about | changes))  # type: ignore[arg-type]


@cache
def change(model: Equilibrium) -> dict[str, float]:
    """Real expenditure, per cent: every economy, and the EU of 2008 as one."""
    stop = Scenario(
        "stop", shocks=[ExportBan(economies=["RUS"], buyers=list(MEMBERS), industries=list(ENERGY), days=365)]
    )
    made = run(stop, models=model, world=table()).economies.to_rows()
    out = {row["economy"]: -100 * row["real_expenditure_lost"] / row["expenditure"] for row in made}
    inside = [row for row in made if row["economy"] in MEMBERS]
    out[EU] = -100 * sum(r["real_expenditure_lost"] for r in inside) / sum(r["expenditure"] for r in inside)
    return out


def losers(found: dict[str, float]) -> list[str]:
    """Members by their loss, the largest first."""
    return sorted(MEMBERS, key=lambda member: found[member])


def rows() -> list[Row]:
    by_theta = {theta: change(model(theta)) for theta in THETAS}
    base = by_theta[4.0]
    eu = {theta: found[EU] for theta, found in by_theta.items()}
    first = losers(base)[:8]
    russia = [found["RUS"] for found in by_theta.values()]
    out = [
        judged("BMLM22", "EU, energy elasticity 4", "-0.2 to -0.3 %", f"{eu[4.0]:.2f} %", "within a factor of 1.5",
               -0.3 * 1.5 <= eu[4.0] <= -0.2 / 1.5),
        judged("CEPREMAP22", "EU, energy elasticities 2 and 1", "-0.7 %", f"{eu[2.0]:.2f} and {eu[1.0]:.2f} %",
               "the published figure between them", eu[1.0] <= -0.7 <= eu[2.0]),
        judged("CEPREMAP22", "Russia, energy elasticities 4, 2, 1", "-2.3 %", ", ".join(f"{r:.2f}" for r in russia) + " %",
               "-1.5 to -2.6 %", all(-2.6 <= r <= -1.5 for r in russia)),
        judged("BMLM22", "members that lose most", ", ".join(LOSERS), ", ".join(first), "these five among our eight",
               set(LOSERS) <= set(first)),
    ]  # fmt: skip
    with (Path(__file__).parent / "published.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["economy"] in (EU, "RUS"):
                continue
            ours = ", ".join(f"{found[row['economy']]:.2f}" for found in by_theta.values()) + " %"
            published = f"{row['high']} to {row['low']} %"
            out.append(stated(row["paper"], f"{name_of(row['economy'])}, energy elasticities 4, 2, 1", published, ours))
    return out + beside()


def beside() -> list[Row]:
    """The same stop under other forms of the model."""
    forms: dict[str, dict[str, object]] = {
        "origin shares common to an economy's buyers": {"origin_shares": "common"},
        "factors specific to their industry (mobility 0)": {"mobility": 0.0},
        "no deficits": {"deficits": "none"},
    }
    out = []
    for name, changes in forms.items():
        found = {theta: change(model(theta, **changes)) for theta in THETAS}
        ours = ", ".join(f"{each[EU]:.2f}" for each in found.values())
        russia = ", ".join(f"{each['RUS']:.2f}" for each in found.values())
        worst = " ".join(losers(found[4.0])[:5])
        out.append(
            stated("BMLM22", f"{name}; energy elasticities 4, 2, 1", "-", f"EU {ours} %; RUS {russia} %; most: {worst}")
        )
    for factor in (1.0, 0.36):
        found = change(Equilibrium(horizon_factor=factor))
        what = "the packaged elasticities" + (f", {factor:g} of them" if factor < 1 else "")
        worst = " ".join(losers(found)[:5])
        out.append(stated("BMLM22", what, "-", f"EU {found[EU]:.2f} %; RUS {found['RUS']:.2f} %; most: {worst}"))
    return out


def close(rows: Sequence[Row]) -> str:
    found = {theta: change(model(theta)) for theta in THETAS}
    return (
        f"EU {found[4.0][EU]:.2f} % at energy elasticity 4, {found[2.0][EU]:.2f} % at 2, {found[1.0][EU]:.2f} % at 1, for"
        " -0.2 to -0.3 % and -0.7 % published."
    )
