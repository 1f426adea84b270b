"""EU imports of critical raw materials by member, partner and HS6, added up from the eight-digit codes of Comext."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import polars as pl

from interdep.errors import InputError, first_five

from .table import MEMBERS, Built, Check, economy_codes, markdown, need_columns, raised_by_rounding, whole_units

NAME = "eu-critical-materials"
CODES = 66
# Billions of euros, with and without deliveries between members, as published for the same codes.
WORLD = {2022: 24.3, 2023: 20.6, 2024: 17.2}
EXTRA = {2022: 14.2, 2023: 11.8, 2024: 9.7}
# CN8 that have no trade in one year and this much (EUR) in the next did not exist before.
NEW_CODE = 1e5
# Subheadings the Combined Nomenclature of 2023 divides, and of which every part is inside. One that ends in 00 is not
# divided; of every other one only the parts listed are inside.
DIVIDED_AND_WHOLE = ("280530", "282090", "284690", "310420")
GROUPS = {
    "rare_earths": "rare earths",
    "battery_metals": "battery metals",
    "defense_industrial_metals": "metals of defence and heavy industry",
    "semiconductor_inputs": "semiconductor inputs",
    "fertilizer_chokepoints": "fertiliser minerals",
}
STAGES = {"ores": "ore", "concentrates": "concentrate", "refined_metals": "metal", "chemical_precursors": "compound"}


def read_comext(path: Path) -> pl.DataFrame:
    """Imports by importer, exporter (codes of a trade table), cn8, period, value (EUR); every column text but the value.

    Raises InputError for a flow other than imports, a reporter that is no member, a partner nobody knows.
    """
    # Text throughout: `NA` is Namibia, and a code keeps its zeros.
    frame = pl.read_csv(path, infer_schema_length=0, null_values=[])
    need_columns(frame, ("DECLARANT_ISO", "PARTNER_ISO", "PRODUCT_NC", "FLOW", "PERIOD", "VALUE_IN_EUROS"), path.name)
    if set(frame["FLOW"].unique()) != {"1"}:
        raise InputError(
            f"{path.name}: flows {first_five(sorted(frame['FLOW'].unique()))}; only 1, imports, belongs here"
        )
    reporters = economy_codes(frame["DECLARANT_ISO"], f"{path.name}, DECLARANT_ISO")
    strange = sorted(set(reporters.values()) - set(MEMBERS))
    if strange:
        raise InputError(f"{path.name}: reporters {first_five(strange)} are no members of the EU")
    partners = economy_codes(frame["PARTNER_ISO"], f"{path.name}, PARTNER_ISO")
    return frame.select(
        pl.col("PARTNER_ISO").replace_strict(partners).alias("exporter"),
        pl.col("DECLARANT_ISO").replace_strict(reporters).alias("importer"),
        pl.col("PRODUCT_NC").alias("cn8"),
        pl.col("PERIOD").cast(pl.Int16).alias("period"),
        pl.col("VALUE_IN_EUROS").cast(pl.Float64).alias("value"),
    )


def read_mapping(path: Path) -> dict[str, dict[str, str]]:
    """Material group and stage of each CN8, in the words of this table."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return {r["cn8_code"]: {"group": GROUPS[r["material_group"]], "stage": STAGES[r["stage"]]} for r in rows}


def hs6_names() -> dict[str, str]:
    """What of each HS6 is inside, in short words."""
    with (Path(__file__).parent / "names.csv").open(encoding="utf-8", newline="") as file:
        return {row["hs6"]: row["name"] for row in csv.DictReader(file)}


def new_codes(rows: pl.DataFrame) -> dict[str, list[int]]:
    """CN8 without a single row in a year but with large trade in the next: {cn8: years in which it did not exist}."""
    years = sorted(rows["period"].unique().to_list())
    totals = {(c, y): v for c, y, v in rows.group_by("cn8", "period").agg(pl.col("value").sum()).iter_rows()}
    out: dict[str, list[int]] = {}
    for code in sorted(rows["cn8"].unique().to_list()):
        first = min(y for y in years if (code, y) in totals)
        gap = [y for y in years if y < first]
        if gap and totals[code, first] >= NEW_CODE:
            out[code] = gap
    return out


def parts_of(rows: pl.DataFrame, mapping: dict[str, dict[str, str]]) -> dict[str, dict[str, Any]]:
    """What each HS6 holds: its CN8, whether they are all of it, a name, material group and stage."""
    codes = sorted(rows["cn8"].unique().to_list())
    names = hs6_names()
    unknown_codes = [c for c in codes if c not in mapping] + [c for c in mapping if c not in codes]
    unnamed = sorted({c[:6] for c in codes} ^ set(names))
    if unknown_codes or unnamed:
        raise InputError(
            f"{NAME}: the codes of the data, of their grouping and of names.csv differ"
            f" ({first_five([*unknown_codes, *unnamed])})"
        )
    out: dict[str, dict[str, Any]] = {}
    for hs6 in sorted({c[:6] for c in codes}):
        inside = [c for c in codes if c[:6] == hs6]
        out[hs6] = {
            "cn8": inside,
            "whole": inside == [f"{hs6}00"] or hs6 in DIVIDED_AND_WHOLE,
            "name": names[hs6],
            "group": sorted({mapping[c]["group"] for c in inside}),
            "stage": sorted({mapping[c]["stage"] for c in inside}),
        }
    return out


def build(data: Path) -> Built:
    """The table from `trade/eu27_comext_critical_inputs_cn8_2022_2024.csv` and the grouping in `reference/`."""
    rows = read_comext(data / "trade" / "eu27_comext_critical_inputs_cn8_2022_2024.csv")
    mapping = read_mapping(data / "reference" / "critical_materials_cn8_mapping_v01.csv")
    parts, late = parts_of(rows, mapping), new_codes(rows)
    incomplete: dict[str, list[int]] = {}
    for code, years in late.items():
        incomplete[code[:6]] = sorted({*incomplete.get(code[:6], []), *years})
    flows = (
        rows.with_columns(pl.col("cn8").str.slice(0, 6).alias("product"))
        .group_by("exporter", "importer", "product", "period")
        .agg(pl.col("value").sum())
    )
    raised = raised_by_rounding(flows)
    flows = flows.with_columns(whole_units("value"))
    checks = [Check("critical materials: CN8 codes", CODES, rows["cn8"].n_unique())]
    checks += [Check("critical materials: CN8 that exist only from 2023", 10, len(late))]
    outside = ~pl.col("exporter").is_in(list(MEMBERS))
    for words, expected, part in (("with", WORLD, flows), ("without", EXTRA, flows.filter(outside))):
        got = dict(part.group_by("period").agg(pl.col("value").sum() / 1e9).iter_rows())
        checks += [
            Check(f"critical materials {year}, {words} trade between members, bn EUR", bn, got.get(year, 0.0), 0.05)
            for year, bn in expected.items()
        ]
    own = flows.filter(pl.col("exporter") == pl.col("importer")).height
    checks.append(Check("critical materials: flows of a member to itself", 0, own))
    whole = sum(p["whole"] for p in parts.values())
    header = {
        "title": "EU imports of critical raw materials, 2022-2024",
        "title_ja": "EUの重要原材料の輸入、2022~2024年",
        "classification": "HS22",
        "digits": 6,
        "unit": "EUR",
        "quantity_unit": "",
        "valuation": "cif at the border of the member for goods from outside the EU, current prices",
        "reporters": list(MEMBERS),
        "parts": parts,
        "incomplete": incomplete,
        "caveats": [
            "the choice of materials is not the EU's list of critical raw materials: phosphates, potash and helium are in it"
        ],
        "notes": [
            "Trade between members is in it, so a member's imports are whole and the EU's are the rows from outside.",
            f"{whole} of {len(parts)} subheadings are whole; of the others only the eight-digit codes listed are inside.",
            f"{len(late)} eight-digit codes exist only from 2023 on, so 2022 lacks part of {', '.join(incomplete)}.",
            f"Rounded to whole euros; {raised} flows under half a euro stand as 1.",
            "The choice of materials and their grouping are not the EU's list of critical raw materials: phosphates,"
            " potash and helium are in it as well, magnesium, antimony and platinum metals are not.",
            "Partners: Ceuta is X-UNSPEC, Kosovo XKX. No partner is withheld in the source, so trade that members keep"
            " secret is missing.",
        ],
        "sources": [SOURCE],
        "steps": ["eight-digit codes added up to HS6 by member, partner and year", "rounded to whole euros"],
    }
    sums = flows.group_by("product").agg(pl.col("value").filter(pl.col("period") == 2023).sum() / 1e6)
    size = dict(sums.iter_rows())
    listing = [
        (h, p["name"], ", ".join(p["group"]), "whole" if p["whole"] else "part", len(p["cn8"]), f"{size[h]:,.1f}",
         "2022 lacks part" if h in incomplete else "")
        for h, p in parts.items()
    ]  # fmt: skip
    head = ["HS6", "what is inside", "group", "of the HS6", "CN8", "2023, mn EUR", ""]
    namibia = rows.filter(pl.col("exporter") == "NAM").height
    facts = [
        f"{flows.height} flows; {raised} positive flows under half a euro stand as 1.",
        f"{namibia} source rows name Namibia (`NA`), which a careless reader takes for a missing value.",
        f"Eight-digit codes that exist only from 2023: {', '.join(late)}.",
    ]
    sections = {"materials": markdown(head, listing), "materials facts": "\n".join(f"- {f}" for f in facts)}
    return Built(NAME, flows, header, tuple(checks), sections)


SOURCE = {
    "title": "Eurostat, Comext, EU trade since 1988 by HS2-4-6 and CN8 (DS-045409), imports of the members 2022-2024",
    "year": 2024,
    "licence": "CC BY 4.0",
    "url": "https://ec.europa.eu/eurostat/comext/newxtweb/",
    "citation": "Eurostat, Comext, imports by CN8, 2022-2024; added up and rounded by the interdep contributors",
}
