"""Build src/interdep/classifications/hs/*.parquet: HS codes, names, changes between revisions, end uses and ICT goods.

    python data/build_hs.py [FOLDER] [OUT]      FOLDER defaults to ../shared/data/reference

Sources: UN Statistics Division, correlation tables of the HS 1992-2022, as one list; UN Statistics Division, BEC Rev. 5
for HS 2017 (end use); OECD, ICT goods in HS 2017; names from the harmonized-system table (HS 2022, Public Domain
Dedication) and, for codes only in HS 2017, the product codes of CEPII BACI (Etalab 2.0).
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import polars as pl

from hs.links import (
    NOT_SPECIFIED,
    REVISIONS,
    bits,
    changes,
    code_lists,
    corrected,
    kept_numbers,
    read_links,
    same_meaning,
    unlinked,
)
from interdep.store import write_bytes

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "src/interdep/classifications/hs"


def names_of(folder: Path) -> dict[str, dict[str, str]]:
    """Full English names by revision: all of HS22, and the six-digit codes of HS17."""
    text = pl.read_csv(folder / "hs/harmonized-system.csv", infer_schema_length=0)
    new = text.filter(pl.col("level").is_in(["2", "4", "6"])).select("hscode", "description").rows()
    old = pl.read_csv(folder / "product_codes_HS17_V202301.csv", infer_schema_length=0)
    return {
        "HS22": {code: " ".join(name.split()) for code, name in new},
        "HS17": {code.zfill(6): " ".join(name.split()) for code, name in old.rows()},
    }


def code_table(kept: dict[str, set[str]], lists: dict[str, set[str]], names: dict[str, dict[str, str]]) -> pl.DataFrame:
    """One row a code of two, four and six digits: revisions it is in, its name, revisions in which the name is right."""
    inside: dict[str, set[str]] = {}
    for name, codes in lists.items():
        for code in codes:
            for digits in (2, 4, 6):
                inside.setdefault(code[:digits], set()).add(name)
    rows = []
    for code, revisions in sorted(inside.items()):
        source = next((s for s in ("HS22", "HS17") if s in revisions and code in names[s]), None)
        right = same_meaning(code, kept, source) if source else set()
        # A name of HS17 stands only for codes that are gone in HS22, so nothing newer is left out.
        rows.append((code, bits(revisions), names[source][code] if source else None, bits(right)))
    schema = {"code": pl.String, "revisions": pl.UInt8, "name": pl.String, "named": pl.UInt8}
    return pl.DataFrame(rows, schema=schema, orient="row")


def use_table(folder: Path, codes: set[str]) -> pl.DataFrame:
    """One row a code of HS17: its end use (BEC Rev. 5; null for monetary gold and coin) and whether it is an ICT good."""
    uses = pl.read_csv(folder / "hs/bec5_hs2017_concordance.csv", infer_schema_length=0)
    ict = pl.read_csv(folder / "hs/oecd_ict_goods_hs2017.csv", infer_schema_length=0)
    strange = set(uses["bec_category"]) - {"capital", "intermediate", "consumption"} | set(ict["ict_good"]) - {
        "TRUE",
        "FALSE",
    }
    missing = codes - set(ict["hs6_code"])
    if strange or missing:
        raise SystemExit(f"unknown end uses or flags {sorted(strange)}; codes without a flag {sorted(missing)[:5]}")
    frame = pl.DataFrame({"product": sorted(codes)})
    frame = frame.join(uses.rename({"hs6_code": "product", "bec_category": "end_use"}), on="product", how="left")
    ict = ict.select(pl.col("hs6_code").alias("product"), (pl.col("ict_good") == "TRUE").alias("ict"))
    return frame.join(ict, on="product", how="left").sort("product")


def build(folder: Path, out: Path) -> dict[str, pl.DataFrame]:
    """Write the three tables into a folder and return them."""
    links = corrected(read_links(folder / "hs/HS_consolidated_comtrade_concordances.csv"))
    lists = code_lists(links)
    names = names_of(folder)
    lost = unlinked(links, lists)
    listed = {code for code in names["HS22"] if len(code) == 6 and code != NOT_SPECIFIED}
    if lost or listed != lists["HS22"]:
        raise SystemExit(f"codes without a link {lost[:5]}; HS22 lists differ by {sorted(listed ^ lists['HS22'])[:5]}")
    tables = {
        "codes": code_table(kept_numbers(links), lists, names),
        "changes": changes(links),
        "uses": use_table(folder, lists["HS17"] - {NOT_SPECIFIED}),
    }
    for name, table in tables.items():
        buffer = io.BytesIO()
        table.write_parquet(buffer, compression="zstd", compression_level=19, statistics=False)
        write_bytes(out / f"{name}.parquet", buffer.getvalue())
        print(f"{name}: {table.height} rows, {len(buffer.getvalue()):,} bytes")
    print("codes:", ", ".join(f"{name} {len(lists[name])}" for name in REVISIONS))
    return tables


if __name__ == "__main__":
    build(
        Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared/data/reference",
        Path(sys.argv[2]) if len(sys.argv) > 2 else OUT,
    )
