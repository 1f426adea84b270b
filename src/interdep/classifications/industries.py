"""The industry classifications interdep knows: codes, names in English and Japanese, and what each industry covers."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from interdep.errors import unknown

COMMON = "interdep-36"
"""The classification that tables are merged into so that they can be compared."""


@dataclass(frozen=True)
class Industry:
    """One industry of a classification.

    `short_en` (28 characters at most) and `short_ja` are for figures. `divisions` are the two-digit divisions of ISIC
    Rev. 4 that it covers; two industries may share one where the classification cuts finer (C24A and C24B) or, for
    ISIC Rev. 3, differently. `source_label` is the publisher's other way to write it: the long label of WIOD 2016, the
    code of Eurostat's web tables for FIGARO, else empty.
    """

    code: str
    name_en: str
    name_ja: str
    short_en: str
    short_ja: str
    divisions: frozenset[str]
    source_label: str = ""


@dataclass(frozen=True)
class Classification:
    """A named list of industries, in the publisher's order."""

    name: str
    title: str
    source: str
    industries: tuple[Industry, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all industries."""
        return tuple(item.code for item in self.industries)

    def industry(self, code: str) -> Industry:
        """The industry with this code; InputError for an unknown one."""
        for item in self.industries:
            if item.code == code:
                return item
        raise unknown("industry", code, self.codes, where=f"classification {self.name}")

    def code_of_label(self, label: str) -> str:
        """The code of an industry given by its code or by the publisher's label, outer blanks aside."""
        text = label.strip()
        for item in self.industries:
            if text in (item.code, item.source_label):
                return item.code
        labels = [item.source_label for item in self.industries if item.source_label]
        raise unknown("industry", text, [*self.codes, *labels], where=f"classification {self.name}")


def classifications() -> tuple[str, ...]:
    """The names of all classifications, the common one first."""
    return tuple(_titles())


@cache
def classification(name: str) -> Classification:
    """The classification with this name; InputError for an unknown one."""
    if name not in _titles():
        raise unknown("classification", name, classifications())
    entry = _titles()[name]
    return Classification(name, entry["title"], entry["source"], tuple(_read(row) for row in rows(f"{name}.csv")))


def industry_name(code: str, of: str, language: str = "en") -> str:
    """The short name of an industry for print; a code of a classification that is not known stands for itself."""
    if of not in _titles() or code not in classification(of).codes:
        return code
    item = classification(of).industry(code)
    return item.short_ja if language == "ja" else item.short_en


def rows(file: str) -> list[dict[str, str]]:
    """The rows of a packaged CSV of this room."""
    text = files("interdep.classifications").joinpath(file).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _titles() -> Mapping[str, Mapping[str, str]]:
    text = files("interdep.classifications").joinpath("classifications.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))


def _read(row: Mapping[str, str]) -> Industry:
    return Industry(
        code=row["code"],
        name_en=row["name_en"],
        name_ja=row["name_ja"],
        short_en=row["short_en"],
        short_ja=row["short_ja"],
        divisions=frozenset(row["divisions"].split()),
        source_label=row.get("source_label", ""),
    )
