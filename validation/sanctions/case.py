"""The EU bans Russian petroleum, mining or everything (Imbs & Pauwels 2024, Tables 3 to 5) in Leontief on WIOD 2011."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from interdep import ImportBan, Leontief, Scenario, run
from interdep.geography import economies, name_of
from interdep.sources import wiod2013
from raw import raw
from table import Row, judged, stated

TITLE = "Sanctions: Imbs & Pauwels (2024)"
ABOUT = """
The members of the EU28 stop buying petroleum products, the products of energy mining, or anything from Russia. Fall of value
added, per cent, in Leontief with elasticity of labour supply 2. The paper has OECD ICIO (2021 edition, year 2018) and labour
shares by industry; here `wiod2013/wiot_2011.npz` (World Input-Output Database, release 2013, year 2011: no Croatia, mining as
one industry, so that ores are banned with oil, gas and coal) with a labour share of 1/2. Other data, another year and wider
industries: the totals of the ban on everything and the order of the members are held against the paper, not single cells,
which are shown. Published: the authors' own result tables (github.com/laurentpauwels/sanctionpaper).
"""

BANS = {"petroleum": "c8", "mining": "c2", "all": "all"}
MEMBERS = tuple(e for e in economies("EU28") if e != "HRV")
HERE = Path(__file__).parent


def read(name: str) -> list[dict[str, str]]:
    with (HERE / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@cache
def falls() -> dict[tuple[str, str, str], float]:
    """(ban, economy or EU28, industry or "") to the fall of value added, per cent."""
    world = wiod2013.read(raw("wiod2013/wiot_2011.npz"))
    scenarios = [
        Scenario(name, shocks=[ImportBan(economies=list(MEMBERS), suppliers=["RUS"], industries=[code], days=365)])
        for name, code in BANS.items()
    ]
    made = run(scenarios, models=Leontief(labour_elasticity=2.0, labour_share=0.5), world=world).loss.to_rows()
    places = {"EU28": MEMBERS} | {economy: (economy,) for economy in (*MEMBERS, "RUS")}
    out = {}
    for ban in BANS:
        for place, members in places.items():
            inside = [r for r in made if r["scenario"] == ban and r["economy"] in members]
            out[ban, place, ""] = fall(inside)
            for code in world.industries:
                out[ban, place, code] = fall([r for r in inside if r["industry"] == code])
    return out


def fall(rows: Iterable[dict[str, object]]) -> float:
    """Value added lost, per cent of all of it."""
    lost, added = (sum(float(r[name]) for r in rows) for name in ("value_added_lost", "value_added"))  # type: ignore[arg-type]
    return 100 * lost / added if added else 0.0


def rank_correlation(left: Sequence[float], right: Sequence[float]) -> float:
    """Spearman's."""
    from scipy.stats import spearmanr

    return float(spearmanr(left, right)[0])  # type: ignore[arg-type]


def members_compared() -> dict[str, float]:
    """Member to the published fall under the ban on energy mining; Croatia is not in the table."""
    found = {r["name"]: float(r["fall"]) for r in read("published") if (r["banned"], r["of"]) == ("mining", "economy")}
    return {member: found[member] for member in MEMBERS}


def rows() -> list[Row]:
    ours, published = falls(), {(r["banned"], r["of"], r["name"]): float(r["fall"]) for r in read("published")}
    out = []
    for place in ("RUS", "EU28"):
        theirs = published["all", "economy", place]
        got = ours["all", place, ""]
        out.append(
            judged("IP24", f"ban on everything, {name_of(place)}", f"-{theirs:.3f} %", f"-{got:.3f} % ({got / theirs - 1:+.1%})",
                   "within 30 %", abs(got / theirs - 1) <= 0.3)
        )  # fmt: skip
    theirs = members_compared()
    found = rank_correlation(list(theirs.values()), [ours["mining", member, ""] for member in theirs])
    out.append(judged("IP24", f"ban on energy mining, order of {len(theirs)} members", "-", f"rank correlation {found:.3f}",
                      "at least 0.85", found >= 0.85))  # fmt: skip
    return out + cells(ours, published)


def cells(ours: dict[tuple[str, str, str], float], published: dict[tuple[str, str, str], float]) -> list[Row]:
    """Published cells beside ours, the three bans in one row."""
    codes = {r["name"]: r["industry"] for r in read("industries")}
    names = dict.fromkeys((of, name) for _, of, name in published if of == "economy" or name in codes)
    out = []
    for of, name in names:
        place, code, label = name, "", name_of(name)
        if of != "economy":
            place, code = ("RUS" if of.startswith("RUS") else "EU28"), codes[name]
            label = f"{name_of(place)}: {name} ({code})"
        theirs = ", ".join(f"{published[b, of, name]:.3f}" if (b, of, name) in published else "-" for b in BANS)
        got = ", ".join(f"{ours[b, place, code]:.3f}" for b in BANS)
        out.append(stated("IP24", f"{label}; petroleum, mining, all", theirs, got, "no claim"))
    return out


def close(rows: Sequence[Row]) -> str:
    ours, theirs = falls(), {(r["banned"], r["name"]): float(r["fall"]) for r in read("published")}
    parts = [
        f"{ban}: Russia {ours[ban, 'RUS', '']:.2f} for {theirs[ban, 'RUS']:.2f}, EU {ours[ban, 'EU28', '']:.3f} for"
        f" {theirs[ban, 'EU28']:.3f}"
        for ban in BANS
    ]
    return f"Totals, per cent, ours for the paper's: {'; '.join(parts)}."
