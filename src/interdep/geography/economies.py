"""The table of economies: who they are, what they are called, where their capital lies."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from interdep.errors import InputError, unknown

# What publishers and people write instead of the ISO 3166-1 alpha-3 code: Eurostat (EL, UK), WIOD (ROM), withdrawn
# ISO codes, Olympic and everyday abbreviations, other names. ISO 3166-1 alpha-2 codes and names are in the table.
_OTHER_SPELLINGS = {
    "EL": "GRC",
    "UK": "GBR",
    "ROM": "ROU",
    "ZAR": "COD",
    "TMP": "TLS",
    "CRO": "HRV",
    "DEN": "DNK",
    "GER": "DEU",
    "GRE": "GRC",
    "NED": "NLD",
    "POR": "PRT",
    "ROC": "TWN",
    "SLO": "SVN",
    "SUI": "CHE",
    "TPE": "TWN",
    "UAE": "ARE",
    "America": "USA",
    "Britain": "GBR",
    "Burma": "MMR",
    "Chinese Taipei": "TWN",
    "Czech Republic": "CZE",
    "Great Britain": "GBR",
    "Holland": "NLD",
    "Ivory Coast": "CIV",
    "Korea": "KOR",
    "Republic of Korea": "KOR",
    "Russian Federation": "RUS",
    "Turkey": "TUR",
    "United States of America": "USA",
    "Viet Nam": "VNM",
    "アメリカ": "USA",
    "イギリス": "GBR",
}


@dataclass(frozen=True)
class Economy:
    """An economy of ISO 3166, or `ROW`, the rest of the world, which has neither ISO codes nor a capital.

    `m49` is the UN code as three digits. `latitude` and `longitude` are those of the capital, in decimal degrees; the
    capital is the point distances are measured from and says nothing about its legal status. `tile` is the economy's
    (column, row) on the tile map, counted from the upper left, for the economies that have one.
    """

    code: str
    iso2: str | None
    m49: str | None
    name_en: str
    name_ja: str
    capital: str | None
    latitude: float | None
    longitude: float | None
    tile: tuple[int, int] | None


@cache
def table() -> Mapping[str, Economy]:
    """All economies by ISO 3166-1 alpha-3 code, in alphabetical order with `ROW` last."""
    text = files("interdep.geography").joinpath("economies.csv").read_text(encoding="utf-8")
    return MappingProxyType({row["code"]: _read(row) for row in csv.DictReader(text.splitlines())})


def economy(code: str) -> Economy:
    """The economy with this ISO 3166-1 alpha-3 code (or `ROW`).

    Raises InputError for anything else, naming the code that a two-letter code, a name or another spelling stands for.
    """
    found = table().get(code)
    if found is None:
        from interdep.geography.groups import groups  # only here: groups are made of economies, not the other way

        if code in groups():
            raise InputError(f"{code!r} is a group, not an economy; economies({code!r}) gives its members")
        raise unknown_economy(code)
    return found


def unknown_economy(wrong: str, also: tuple[str, ...] = ()) -> InputError:
    """The error for a code that is no economy; `also` are other names that were possible (group names)."""
    kind = "economy or group" if also else "economy"
    meant = _spellings().get(wrong.casefold())
    if meant is None and len(wrong) > 3:
        close = difflib.get_close_matches(wrong.casefold(), _spellings(), n=1, cutoff=0.8)
        meant = _spellings()[close[0]] if close else None
    if meant is None:
        return unknown(kind, wrong, [*also, *table()])
    return InputError(f"unknown {kind} {wrong!r}; did you mean {meant!r}?")


@cache
def _spellings() -> Mapping[str, str]:
    """Every other way to write an economy, case folded, with the code it stands for."""
    known = {
        text.casefold(): item.code
        for item in table().values()
        for text in (item.code, item.iso2, item.name_en, item.name_ja)
        if text
    }
    return known | {text.casefold(): code for text, code in _OTHER_SPELLINGS.items()}


def _read(row: Mapping[str, str]) -> Economy:
    return Economy(
        code=row["code"],
        iso2=row["iso2"] or None,
        m49=row["m49"] or None,
        name_en=row["name_en"],
        name_ja=row["name_ja"],
        capital=row["capital"] or None,
        latitude=float(row["latitude"]) if row["latitude"] else None,
        longitude=float(row["longitude"]) if row["longitude"] else None,
        tile=(int(row["tile_col"]), int(row["tile_row"])) if row["tile_col"] else None,
    )
