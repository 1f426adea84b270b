"""Products: published totals and shares on the packaged tables, and published counts of dependences where a BACI is at hand."""

from __future__ import annotations

import os

import polars as pl

from interdep import measure
from interdep.geography import economies, name_of
from interdep.trade import Trade
from interdep.trade.russian_crude import replaceability
from table import Row, judged, stated

TITLE = "Products"
ABOUT = """
The packaged tables against the totals of Eurostat that they were made from, and Russian crude against the Commission's import
register of 2019 and Eurostat's aggregate of 2021. Published counts of dependent products need all flows of the world: they are
computed where the environment variable INTERDEP_BACI names a folder made by `interdep get baci` (years 2018 to 2022, any
revision of the HS); they depend on the release of BACI, and have no mark.
"""

# EC Crude Oil Import Register 2019, Russian share of crude imports, per cent.
REGISTER = {
    "SVK": 100, "FIN": 89.7, "LTU": 81.8, "HUN": 74.6, "POL": 67.4, "BGR": 56.0, "ROU": 36.4, "DEU": 28.8, "BEL": 27.9,
    "NLD": 27.7, "SWE": 26.6, "ITA": 14.2, "FRA": 12.4, "PRT": 10.8, "GRC": 9.4, "HRV": 7.9, "DNK": 7.3, "AUT": 2.8,
    "ESP": 2.4, "IRL": 0,
}  # fmt: skip
MATERIALS = {2022: (24.3, 14.2), 2023: (20.6, 11.8), 2024: (17.2, 9.7)}
PIPELINE = {"DEU": 17.0, "POL": 9.1, "SVK": 5.2, "CZE": 3.4, "HUN": 3.4}


def total(table: str, year: int, column: str, **only: list[str]) -> float:
    flows = Trade.read(table).scan([year])
    for name, values in only.items():
        flows = flows.filter(pl.col(name).cast(pl.String).is_in(values))
    return float(flows.select(pl.col(column).sum()).collect().item())


def rows() -> list[Row]:
    members = list(economies("EU27"))
    out = []
    for year, (whole, extra) in MATERIALS.items():
        ours = total("eu-critical-materials", year, "value") / 1e9
        home = total("eu-critical-materials", year, "value", exporter=members) / 1e9
        shown = f"{ours:.1f} / {ours - home:.1f} bn EUR"
        met = round(ours, 1) == whole and round(ours - home, 1) == extra
        out.append(
            judged(
                "materials",
                f"EU27 imports {year}, with and without intra-EU",
                f"{whole} / {extra} bn EUR",
                shown,
                "as printed",
                met,
            )
        )
    crude = {"exporter": ["RUS"], "product": ["2709"]}
    value, tonnes = (
        total("eu-energy", 2021, "value", **crude) / 1e9,
        total("eu-energy", 2021, "quantity", **crude) / 1e6,
    )
    out.append(judged("energy", "EU27 crude from Russia 2021", "48.45 bn EUR, 113.9 Mt", f"{value:.2f} bn EUR, {tonnes:.1f} Mt",
                      "as printed", round(value, 2) == 48.45 and round(tonnes, 1) == 113.9))  # fmt: skip
    for mode, published in (("pipeline", 38.8), ("sea", 75.3)):
        ours = total("eu-energy-modes", 2021, "quantity", mode=[mode], **crude) / 1e6
        out.append(
            judged(
                "energy",
                f"of it by {mode}",
                f"{published} Mt",
                f"{ours:.1f} Mt",
                "as printed",
                round(ours, 1) == published,
            )
        )
    for member, published in PIPELINE.items():
        ours = total("eu-energy-modes", 2021, "quantity", mode=["pipeline"], importer=[member], **crude) / 1e6
        out.append(
            judged(
                "energy",
                f"by pipeline to {name_of(member)}",
                f"{published} Mt",
                f"{ours:.1f} Mt",
                "as printed",
                round(ours, 1) == published,
            )
        )
    by_member = {r["member"]: r for r in replaceability().to_rows()}
    for member, published in REGISTER.items():
        ours = 100 * by_member[member]["share_register_2019"]
        out.append(judged("register", f"Russian share of crude 2019, {name_of(member)}", f"{published} %", f"{ours:.1f} %",
                          "within 0.05 points", abs(ours - published) <= 0.0501))  # fmt: skip
    energy = measure("EU27", products=["2709"], years=[2021]).products
    assert energy is not None
    share = energy.suppliers.frame.filter(pl.col("supplier") == "RUS")["share"].item()
    out.append(stated("energy", "Russian share of extra-EU crude 2021", "29.4 % (Eurostat, unsuppressed cells, by volume)",
                      f"{100 * share:.1f} % (Comext, by value, twelve months)"))  # fmt: skip
    return out + counts()


def counts() -> list[Row]:
    """Published counts of dependent products, where a BACI is at hand."""
    folder = os.environ.get("INTERDEP_BACI")
    wanted = [
        ("EU: products with foreign dependency (EC criteria)", "137 (SWD(2021) 352, 2018)", "EU27", "ec_2021", 2018),
        ("China: dependent products (GeoDep)", "47 (CEPII PB 2024-47, 2019-22)", "CHN", "geodep", 2022),
        (
            "Japan: items with import HHI over 0.5",
            "2,015 of about 4,300 (METI 2024, 2022)",
            "JPN",
            "concentrated",
            2022,
        ),
    ]
    if not folder:
        return [
            stated("counts", what, published, "not run: INTERDEP_BACI is not set", "needs BACI")
            for what, published, *_ in wanted
        ]
    out = []
    trade = Trade.read(folder)
    for what, published, buyer, criterion, year in wanted:
        years = [y for y in trade.periods if y in range(year - 2, year + 1)]
        if not years:
            out.append(stated("counts", what, published, f"not run: {trade.name} has no {year}", "needs BACI"))
            continue
        deps = measure(buyer, trade=trade, years=years).products
        assert deps is not None
        flags = deps.flags.frame.filter((pl.col("criterion") == criterion) & (pl.col("period") == max(years)))
        column = "persistent" if criterion == "geodep" else "met"
        out.append(stated("counts", what, published, f"{flags[column].sum()} in {trade.name} {max(years)}"))
    return out
