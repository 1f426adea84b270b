"""Build src/interdep/geography/economies.csv: codes, names, capitals and tile positions of all economies.

    python data/build_economies.py [FOLDER]        FOLDER defaults to ../shared/data; needs babel and xlrd

Sources: ISO and M49 codes and capitals from the country-codes open data table (Public Domain Dedication); names from
Unicode CLDR (Unicode licence) through babel; coordinates of capitals from CEPII GeoDist (Mayer and Zignago 2011), with
the corrections below. The capital is the point distances are measured from and says nothing about its legal status.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import xlrd
from babel import Locale

OUT = Path(__file__).resolve().parents[1] / "src/interdep/geography/economies.csv"
COLUMNS = ["code", "iso2", "m49", "name_en", "name_ja", "capital", "latitude", "longitude", "tile_col", "tile_row"]

# CLDR's long form is not what a briefing prints: these are its short variants (babel carries the long ones only),
# and for the UK and the US in Japanese the form government papers use.
SHORT_NAMES = {
    "COD": ("Congo - Kinshasa", "コンゴ民主共和国"),
    "COG": ("Congo - Brazzaville", "コンゴ共和国"),
    "GBR": ("United Kingdom", "英国"),
    "HKG": ("Hong Kong", "香港"),
    "MAC": ("Macao", "マカオ"),
    "MMR": ("Myanmar", "ミャンマー"),
    "PSE": ("Palestine", "パレスチナ"),
    "USA": ("United States", "米国"),
}

# GeoDist still files these economies under codes ISO has withdrawn.
CEPII_CODE = {"COD": "ZAR", "CUW": "ANT", "ROU": "ROM", "SRB": "YUG", "TLS": "TMP"}

# Capitals that have moved or been renamed since the source was made.
CAPITAL_NAME = {"KAZ": "Astana"}

# Coordinates GeoDist lacks, gives for another city, or has wrong (NZL three degrees too far south, WSM on the wrong
# side of the date line, GIN and COL one or two degrees too far west). Economies without a capital stay empty.
COORDINATES = {
    "ALA": (60.10, 19.94),
    "ASM": (-14.28, -170.70),
    "ATF": (-49.35, 70.22),
    "BDI": (-3.43, 29.93),
    "BLM": (17.90, -62.85),
    "COL": (4.61, -74.08),
    "GGY": (49.46, -2.54),
    "GIN": (9.52, -13.71),
    "GNQ": (1.59, 10.82),
    "GUM": (13.48, 144.75),
    "IMN": (54.15, -4.48),
    "IOT": (-7.31, 72.41),
    "ISR": (31.78, 35.22),
    "JEY": (49.19, -2.10),
    "LIE": (47.14, 9.52),
    "MAF": (18.07, -63.08),
    "MCO": (43.73, 7.42),
    "MMR": (19.75, 96.10),
    "MNE": (42.44, 19.26),
    "MYT": (-12.78, 45.23),
    "NZL": (-41.29, 174.78),
    "PLW": (7.50, 134.62),
    "PSE": (31.78, 35.23),
    "SGS": (-54.28, -36.51),
    "SJM": (78.22, 15.63),
    "SMR": (43.94, 12.45),
    "SSD": (4.85, 31.58),
    "SXM": (18.03, -63.05),
    "VAT": (41.90, 12.45),
    "VIR": (18.34, -64.93),
    "WSM": (-13.83, -171.77),
}

# One square per economy, read as a map: north is up, Europe in the middle.
TILE_MAP = """
.    .    .    ISL  .    .    NOR  SWE  FIN  .    .    .    .    .    .    .
.    .    .    .    .    .    DNK  .    EST  .    .    .    .    .    .    .
CAN  .    .    IRL  GBR  NLD  DEU  POL  LVA  .    RUS  .    .    .    .    .
USA  .    .    .    .    BEL  LUX  CZE  LTU  .    .    .    .    .    .    .
MEX  .    .    .    .    FRA  CHE  AUT  SVK  UKR  .    .    .    CHN  KOR  JPN
.    .    .    PRT  ESP  .    ITA  SVN  HUN  ROU  .    .    .    .    TWN  .
.    BRA  .    .    .    .    .    HRV  .    BGR  .    .    IND  .    .    .
.    .    .    .    .    .    MLT  .    .    GRC  TUR  .    .    SGP  IDN  .
ROW  .    .    .    .    .    .    .    .    .    CYP  .    .    .    AUS  .
.    .    .    .    .    .    .    .    .    .    .    .    .    .    .    NZL
"""


def tiles() -> dict[str, tuple[int, int]]:
    rows = [line.split() for line in TILE_MAP.split("\n") if line]
    return {code: (col, row) for row, line in enumerate(rows) for col, code in enumerate(line) if code != "."}


def cepii_capitals(folder: Path) -> dict[str, tuple[float, float]]:
    """Coordinates by CEPII code; an economy has several rows and `cap` == 1 marks the capital."""
    sheet = xlrd.open_workbook(str(folder / "reference/cepii/geo_cepii.xls")).sheet_by_index(0)
    head = sheet.row_values(0)
    rows: list[dict[str, Any]] = [dict(zip(head, sheet.row_values(i), strict=True)) for i in range(1, sheet.nrows)]
    return {row["iso3"]: (float(row["lat"]), float(row["lon"])) for row in rows if row["cap"] == 1}


def rows(folder: Path) -> list[list[object]]:
    english, japanese = Locale("en").territories, Locale("ja").territories
    cepii, tile, table = cepii_capitals(folder), tiles(), []
    with (folder / "reference/country-codes.csv").open(encoding="utf-8-sig", newline="") as file:
        source = sorted(csv.DictReader(file), key=lambda row: row["ISO3166-1-Alpha-3"])
    for row in source:
        code, iso2 = row["ISO3166-1-Alpha-3"], row["ISO3166-1-Alpha-2"]
        name_en, name_ja = SHORT_NAMES.get(code, (english[iso2], japanese[iso2]))
        capital = CAPITAL_NAME.get(code, row["Capital"].strip())
        point = COORDINATES.get(code) or cepii.get(CEPII_CODE.get(code, code))
        latitude, longitude = (f"{point[0]:.2f}", f"{point[1]:.2f}") if capital and point else ("", "")
        m49 = row["M49"].zfill(3)
        table.append([code, iso2, m49, name_en, name_ja, capital, latitude, longitude, *tile.get(code, ("", ""))])
    table.append(["ROW", "", "", "Rest of the world", "その他世界", "", "", "", *tile["ROW"]])
    return table


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")
    with OUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows(folder))


if __name__ == "__main__":
    main()
