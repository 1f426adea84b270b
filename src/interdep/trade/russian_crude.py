"""How replaceable Russian crude was for each EU member in 2021: share, mode, sea access, and dated facts that trade lacks."""

from __future__ import annotations

import io
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from interdep.errors import MissingData
from interdep.provenance import Provenance, Source

if TYPE_CHECKING:
    from collections.abc import Collection

    from interdep.tables import Table

KNOWN_FROM = {
    "share_comext": (date(2022, 4, 24), "customs (Comext) 2021, extract of 24 April 2022"),
    "share_nrg": (
        date(2022, 7, 1),
        "energy statistics (nrg_ti_oilm) 2021, first published in spring; the copy is of mid-2022 and may hold revisions",
    ),
    "share_register_2019": (
        date(2020, 7, 1),
        "the Commission's register of crude imports 2019, about half a year after it",
    ),
}
"""Russia's share of a member's crude by three sources: from which day each could be known, and its name."""

MODES_KNOWN_FROM = KNOWN_FROM["share_comext"][0]
"""Crude by mode of transport in 2021 is of the same extract."""

WAYS = {
    "no-crude": "imports no crude",
    "none": "none from Russia",
    "sea": "by sea: another cargo at the same terminal",
    "pipeline-coast": "by pipeline, own ports: terminals and lines from them decide",
    "pipeline-landlocked": "by pipeline, no coast: another line, or supply through a neighbour",
    "through-another-member": "sources disagree: perhaps bought through another member",
}
"""What each class of `alternative` means, for print."""

_SOURCES = (
    Source(
        "Eurostat Comext, imports of crude by partner and by mode of transport, 2021",
        2021,
        "CC BY 4.0",
        "https://ec.europa.eu/eurostat/comext/newxtweb/",
        "Eurostat, International trade in goods (Comext), HS 2709, 2021",
    ),
    Source(
        "Eurostat, imports of oil by partner (nrg_ti_oilm), 2021",
        2021,
        "CC BY 4.0",
        "https://ec.europa.eu/eurostat/databrowser/view/nrg_ti_oilm",
        "Eurostat, Imports of oil and petroleum products by partner",
    ),
    Source(
        "European Commission, crude oil import register, 2019",
        2019,
        "reuse under Decision 2011/833/EU",
        "https://energy.ec.europa.eu/data-and-analysis/eu-crude-oil-imports_en",
        "European Commission, Registration of crude oil imports",
    ),
)


@dataclass(frozen=True)
class Fact:
    """One dated fact on pipelines, refineries or the law, with its source; certain: it was checked there.

    date: the day it is of (of a standing fact, the day of its source); known_from: from which day anybody could have known
    it; owner, refining_share: companies of which economy hold which part of the member's refining; only: there is no other
    refinery for crude.
    """

    kind: str
    subject: str
    members: tuple[str, ...]
    date: date
    text: str
    source: str
    url: str
    certain: bool
    known_from: date
    owner: str = ""
    refining_share: float | None = None
    only: bool = False


@dataclass(frozen=True)
class Vintage:
    """What the package knew on a day: columns of shares, those too young by name, and facts the same way.

    shares: of the columns of `replaceability`; facts: those anybody could have known; left_out: what is younger, in words;
    later_source: standing facts known by then of which the source is younger.
    """

    day: date | None
    shares: tuple[str, ...]
    facts: tuple[Fact, ...]
    left_out: tuple[str, ...]
    later_source: tuple[str, ...]


def replaceability() -> Table:
    """(member): Russian crude in 2021 by three sources, the way it came, and what that leaves as a way out.

    Tonnage in Mt; shares of all crude from outside the EU: over Comext's twelve months, over its published total (which lacks
    December for some, so that it can pass 1), over Eurostat's energy statistics, and over the register of 2019.
    """
    import polars as pl

    from interdep.tables import Table

    text = (resources.files("interdep.trade") / "tables" / "russian-crude.csv").read_bytes()
    frame = pl.read_csv(io.BytesIO(text), schema_overrides={"member": pl.String}).sort("member")
    mt, part = "Mt (2021)", "fraction of crude from outside the EU"
    units = {
        "crude_mt": mt, "russian_mt": mt, "share_comext": part, "share_comext_published": part, "share_nrg": part,
        "nrg_unnamed": part, "share_register_2019": part, "register_months": "count", "pipeline_mt": mt, "sea_mt": mt,
        "rail_mt": mt, "other_mt": mt, "landlocked": "", "alternative": "",
    }  # fmt: skip
    return Table(
        "russian_crude", frame.select("member", *units), ("member",), units,
        "Russian crude in the EU by member, 2021", provenance=Provenance(_SOURCES, ("see docs/product-tables.md",), 2021),
    )  # fmt: skip


def supplied(members: Collection[str] | None = None) -> list[dict[str, Any]]:
    """The rows of `replaceability` of members (default all) that bought any, the largest share by customs first."""
    rows = [r for r in replaceability().to_rows() if r["russian_mt"] and (members is None or r["member"] in members)]
    return sorted(rows, key=lambda r: (-(r["share_comext"] or 0.0), r["member"]))


@cache
def facts() -> tuple[Fact, ...]:
    """Dated facts on what trade data cannot show: refineries and their owners, pipelines, exemptions."""
    text = (resources.files("interdep.trade") / "tables" / "russian-crude-facts.toml").read_text(encoding="utf-8")
    return tuple(Fact(**{**f, "members": tuple(f["members"])}) for f in tomllib.loads(text)["facts"])


def vintage(as_of: date | None = None) -> Vintage:
    """What of shares and facts was known on a day (None: all of it); see `Vintage`.

    Raises MissingData for a day before the year 2021 could be known by mode of transport.
    """
    if as_of is not None and as_of < MODES_KNOWN_FROM:
        raise MissingData(
            f"as of {as_of} there are no packaged data on Russian crude by member and mode of transport: the first are those of"
            f" 2021, known from {MODES_KNOWN_FROM}; ask as of that day or later"
        )
    late = [name for name, (known, _) in KNOWN_FROM.items() if as_of is not None and known > as_of]
    kept = tuple(f for f in facts() if as_of is None or f.known_from <= as_of)
    left = [KNOWN_FROM[name][1] for name in late]
    left += [f"{f.subject} (known from {f.known_from})" for f in facts() if f not in kept]
    later = tuple(f"{f.subject} ({f.date})" for f in kept if as_of is not None and f.date > as_of)
    return Vintage(as_of, tuple(n for n in KNOWN_FROM if n not in late), kept, tuple(left), later)


def held_by(owner: str, facts: Collection[Fact]) -> dict[str, tuple[float, bool, tuple[Fact, ...]]]:
    """{member: (part of its refining that companies of an economy hold, whether it has no other refinery, the facts)}."""
    found: dict[str, tuple[float, bool, tuple[Fact, ...]]] = {}
    for fact in facts:
        if fact.owner != owner or fact.refining_share is None:
            continue
        for member in fact.members:
            share, only, known = found.get(member, (0.0, False, ()))
            found[member] = (min(1.0, share + fact.refining_share), only or fact.only, (*known, fact))
    return found
