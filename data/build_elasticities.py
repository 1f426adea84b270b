"""Build src/interdep/models/equilibrium/elasticities.csv: trade elasticities by ISIC division, with ranges and sources.

    python data/build_elasticities.py [FOLDER] [OUT]      FOLDER defaults to ../shared/data

Needs pandas (it reads Stata). Sources: Fontagne, Guimbard & Orefice (2022), tariff elasticities by GTAP 10 sector (CEPII, ProTEE,
Etalab Open Licence 2.0); Caliendo & Parro (2015), Table 1 (trade elasticities by ISIC Rev. 3 sector). What each figure is and how
the two are joined: docs/elasticities.md.
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import Any

import polars as pl

from interdep.store import write_text

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "src/interdep/models/equilibrium/elasticities.csv"

GTAP = {
    "01": "pdr wht gro v_f osd pfb ocr ctl oap wol", "02": "frs", "03": "fsh", "06": "oil", "07": "oxt", "08": "oxt",
    "10": "cmt omt vol pcr sgr ofd", "11": "b_t", "12": "b_t", "13": "tex", "14": "wap", "15": "lea", "16": "lum", "17": "ppp",
    "18": "ppp", "19": "p_c", "20": "chm", "21": "bph", "22": "rpp", "23": "nmm", "24": "i_s nfm", "25": "fmp", "26": "ele",
    "27": "eeq", "28": "ome", "29": "mvh", "30": "otn", "31": "omf", "32": "omf", "33": "omf", "35": "ely",
}  # fmt: skip
"""ISIC division to GTAP 10 sectors whose products it makes; a sector that serves several divisions stands in each."""

CALIENDO_PARRO = {
    "01": "Agriculture", "02": "Agriculture", "03": "Agriculture", "07": "Mining", "08": "Mining", "10": "Food", "11": "Food",
    "12": "Food", "13": "Textile", "14": "Textile", "15": "Textile", "16": "Wood", "17": "Paper", "18": "Paper",
    "20": "Chemicals", "21": "Chemicals", "22": "Plastic", "23": "Minerals", "24": "Basic metals", "25": "Metal products",
    "26": "Office Communication Medical", "27": "Electrical", "28": "Machinery n.e.c",
    **dict.fromkeys(("31", "32", "33"), "Other"),
}  # fmt: skip
"""ISIC division to sectors of Caliendo & Parro. Left out: petroleum (64.85, about refined products of one grade), motor vehicles
and other transport equipment (for which this set has the mean of all), services (the same mean)."""

FACTOR = 1.5
"""The range of a division is at least its default divided and multiplied by this."""

ENERGY = {"05": (4.0, 1.0), "06": (4.0, 1.0), "09": (4.0, 1.0), "19": (None, 1.0)}
"""Default (None: as estimated) and low end of energy within the years that a stop is asked about."""

FOSSIL_HIGH = "06"
"""The estimate for crude oil is the high end of coal, oil and gas, which have none or no better."""

REFINED_HIGH = 4.0

WEIGHTS = {"05": 0.06, "06": 0.83, "07": 0.09, "08": 0.02, "09": 0.0}
"""Parts of world trade in mining products in 2014, rounded (HS 2701-02; 2709, 2711; 26; 25), for industries that mix them."""

FONTAGNE = "Fontagne, Guimbard & Orefice 2022 (GTAP {}; tariff elasticity less one)"
PAPER = "Caliendo & Parro 2015 ({})"
DEBATE = "Baqaee, Moll, Landais & Martin 2022: 4 for energy; CEPREMAP 2022 corresponds to 1 to 2"


def estimates(folder: Path) -> tuple[dict[str, float], dict[str, float]]:
    """(theta by GTAP sector, theta by sector of Caliendo & Parro)."""
    import pandas as pd

    stata: Any = pd.read_stata(folder / "elasticities/fontagne_final_tariff_GTAP_2020_10_08.dta")
    known = stata.dropna(subset=["epsilon_GTAP"])
    # The coefficient on log (1 + tariff) is minus the elasticity of substitution, 1 + theta.
    gtap = {sector: -float(e) - 1 for sector, e in zip(known["gtap_sector"], known["epsilon_GTAP"], strict=True)}
    paper = pl.read_parquet(folder / "caliendo_parro_1993/theta.parquet")
    return gtap, dict(zip(paper["sector"], paper["value"], strict=True))


def rows(gtap: dict[str, float], paper: dict[str, float]) -> list[dict[str, str]]:
    """One row a division: default, low, high, weight within an industry that mixes divisions, source."""

    def mean(known: dict[str, float], names: list[str]) -> float | None:
        found = [known[name] for name in names if name in known]
        return sum(found) / len(found) if found else None

    out = []
    for division in sorted({*GTAP, *ENERGY}):
        sectors = GTAP.get(division, "").split()
        first = mean(gtap, sectors)
        names = [n for n in paper if n in CALIENDO_PARRO.get(division, "").split() or n == CALIENDO_PARRO.get(division)]
        second = mean(paper, names)
        sources = [FONTAGNE.format(", ".join(s for s in sectors if s in gtap))] if first is not None else []
        sources += [PAPER.format(", ".join(names))] if second is not None else []
        if division in ENERGY:
            default, low = ENERGY[division]
            default = first if default is None else default
            high = REFINED_HIGH if division == "19" else gtap["oil"]
            sources = [DEBATE, FONTAGNE.format("p_c" if division == "19" else "oil")]
        else:
            default = first
            both = [value for value in (first, second) if value is not None]
            assert default is not None, division
            low, high = min(*both, default / FACTOR, default), max(*both, default * FACTOR, default)
        assert default is not None
        assert 0 < low <= default <= high, (division, low, default, high)
        out.append({
            "division": division, "theta": f"{default:.1f}", "low": f"{low:.1f}", "high": f"{high:.1f}",
            "weight": f"{WEIGHTS.get(division, 1.0):g}", "source": "; ".join(sources),
        })  # fmt: skip
    return out


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared/data"
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else OUT
    found = rows(*estimates(folder))
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
