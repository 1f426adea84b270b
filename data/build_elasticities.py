"""Build src/interdep/models/equilibrium/elasticities.csv: trade elasticities by ISIC division, with ranges and sources.

    python data/build_elasticities.py [FOLDER] [OUT]      FOLDER defaults to ../shared/data

Needs pandas (it reads Stata). Sources: Fontagne, Guimbard & Orefice (2022), tariff elasticities by GTAP 10 sector (CEPII, ProTEE,
Etalab Open Licence 2.0); Caliendo & Parro (2015), Table 1, 99 % sample (trade elasticities by ISIC Rev. 3 sector); WIOD 2016
(CC BY 4.0) for weights. What each figure is and how they are joined: docs/elasticities.md.
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import polars as pl

from interdep.store import write_text

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "src/interdep/models/equilibrium/elasticities.csv"

GTAP = {
    "01": "pdr wht gro v_f osd c_b pfb ocr ctl oap wol", "02": "frs", "03": "fsh", "07": "oxt", "08": "oxt",
    "10": "cmt omt vol mil pcr sgr ofd", "11": "b_t", "12": "b_t", "13": "tex", "14": "wap", "15": "lea", "16": "lum",
    "17": "ppp", "18": "ppp", "20": "chm", "21": "bph", "22": "rpp", "23": "nmm", "24": "i_s nfm", "25": "fmp", "26": "ele",
    "27": "eeq", "28": "ome", "29": "mvh", "30": "otn", "31": "omf", "32": "omf", "33": "omf",
}  # fmt: skip
"""ISIC division to GTAP 10 sectors whose products it makes; a sector that serves several divisions stands in each. Other
grains (gro) have no estimate."""

ENERGY = {"05": "oil", "06": "oil", "09": "oil", "19": "p_c", "35": "ely"}
"""ISIC division of energy to the GTAP sector whose estimate it takes: coal (coa) and gas (gas) have none."""

ENERGY_DEFAULT, ENERGY_LOW = 4.0, 1.0
"""Energy within the years that a stop is asked about: the smaller of this and the (long-run) estimate; and the low end."""

CALIENDO_PARRO = {
    "01": ["Agriculture"], "02": ["Agriculture"], "03": ["Agriculture"], "07": ["Mining"], "08": ["Mining"], "10": ["Food"],
    "11": ["Food"], "12": ["Food"], "13": ["Textile"], "14": ["Textile"], "15": ["Textile"], "16": ["Wood"], "17": ["Paper"],
    "18": ["Paper"], "20": ["Chemicals"], "21": ["Chemicals"], "22": ["Plastic"], "23": ["Minerals"], "24": ["Basic metals"],
    "25": ["Metal products"], "26": ["Office", "Communication", "Medical"], "27": ["Electrical"], "28": ["Machinery n.e.c"],
    "31": ["Other"], "32": ["Other"], "33": ["Other"],
}  # fmt: skip
"""ISIC division to sectors of Caliendo & Parro. Left out: petroleum (64.85, about refined products of one grade); motor vehicles,
other transport equipment and services, which all have 8.22 in this set, no estimate of theirs."""

FACTOR = 1.5
"""The range of a division is at least its default divided and multiplied by this; the estimates come without standard errors."""

WIOD = (
    "01", "02", "03", "05 06 07 08 09", "10 11 12", "13 14 15", "16", "17", "18", "19", "20", "21", "22", "23", "24", "25", "26",
    "27", "28", "29", "30", "31 32", "33", "35",
)  # fmt: skip
"""ISIC divisions of the first industries of WIOD 2016, in its order."""

PARTS = {
    "05": 0.06, "06": 0.83, "07": 0.09, "08": 0.02, "09": 0.0,  # UN Comtrade 2014: HS 2701-02; 2709, 2711; 26; 25
    "10": 0.85, "11": 0.10, "12": 0.05,  # UN Comtrade 2014: chapters 2 to 23 without 22; 22; 24
    "13": 0.3, "14": 0.5, "15": 0.2,  # WTO 2015: textiles 314, clothing 483 bn USD; with footwear 133 bn and other leather
    "31": 0.5, "32": 0.5,
}  # fmt: skip
"""Parts of world trade in 2014 of divisions that share an industry of WIOD: rounded, set by hand after published totals."""

FONTAGNE = "Fontagne, Guimbard & Orefice 2022 (GTAP {}; tariff elasticity less one)"
PAPER = "Caliendo & Parro 2015 ({})"
DEBATE = "; ".join((
    "energy within years (docs/validation.md): 4 to 2 as in Baqaee, Moll, Landais & Martin 2022",
    "2 to 1 as in Langot & Tripier 2022",
))  # fmt: skip


def estimates(folder: Path) -> tuple[dict[str, float], dict[str, float]]:
    """(theta by GTAP sector, theta by sector of Caliendo & Parro)."""
    import pandas as pd

    stata: Any = pd.read_stata(folder / "elasticities/fontagne_final_tariff_GTAP_2020_10_08.dta")
    known = stata.dropna(subset=["epsilon_GTAP"])
    # The coefficient on log (1 + tariff) is minus the elasticity of substitution, 1 + theta.
    gtap = {sector: -float(e) - 1 for sector, e in zip(known["gtap_sector"], known["epsilon_GTAP"], strict=True)}
    paper = pl.read_parquet(folder / "caliendo_parro_1993/theta.parquet")
    return gtap, dict(zip(paper["sector"], paper["value"], strict=True))


def weights(folder: Path) -> dict[str, float]:
    """Cross-border deliveries by ISIC division in 2014, billions of USD."""
    table = np.load(folder / "wiod2014_parts/reconstructed_44x56.npz")
    regions, industries, uses = len(table["regions"]), len(table["sectors"]), len(table["final_use"])
    shape = (regions, industries, regions)
    deliveries = table["Z"].astype(float).reshape(*shape, industries).sum(axis=3)
    deliveries += table["F"].astype(float).reshape(*shape, uses).sum(axis=3)
    abroad = deliveries.sum(axis=(0, 2)) - np.einsum("rsr->s", deliveries)
    return {
        division: PARTS.get(division, 1.0) * float(billions) / 1000
        for held, billions in zip(WIOD, abroad[: len(WIOD)], strict=True)
        for division in held.split()
    }


def rows(gtap: dict[str, float], paper: dict[str, float], traded: dict[str, float]) -> list[dict[str, str]]:
    """One row a division: default, low, high, weight within an industry that mixes divisions, source."""
    out = []
    for division in sorted({*GTAP, *ENERGY}):
        sectors = [s for s in GTAP.get(division, ENERGY.get(division, "")).split() if s in gtap]
        # The median: paddy rice and fibres, which few trade, would rule a mean of agriculture.
        theta = median(gtap[s] for s in sectors)
        sources = [FONTAGNE.format(", ".join(sectors))]
        if division in ENERGY:
            default, low, high = min(theta, ENERGY_DEFAULT), ENERGY_LOW, max(theta, ENERGY_DEFAULT)
            sources = [DEBATE, *sources]
        else:
            names = CALIENDO_PARRO.get(division, [])
            second = [sum(paper[n] for n in names) / len(names)] if names else []
            sources += [PAPER.format(", ".join(names))] if names else []
            # theta + 1: what the same estimate is for those who take it for theta itself.
            default, low, high = theta, min(theta / FACTOR, *second, theta), max(theta * FACTOR, *second, theta + 1)
        assert 0 < low <= default <= high, (division, low, default, high)
        out.append({
            "division": division, "theta": f"{default:.1f}", "low": f"{low:.1f}", "high": f"{high:.1f}",
            "weight": f"{traded[division]:.0f}", "source": "; ".join(sources),
        })  # fmt: skip
    return out


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared/data"
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else OUT
    found = rows(*estimates(folder), weights(folder))
    goods = {f"{k:02d}" for k in range(1, 34) if k != 4} | {"35"}
    assert {row["division"] for row in found} == goods, goods ^ {row["division"] for row in found}
    text = io.StringIO()
    writer = csv.DictWriter(text, list(found[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(found)
    write_text(out, text.getvalue())
    print(text.getvalue())


if __name__ == "__main__":
    main()
