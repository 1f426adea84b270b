"""How replaceable Russian crude was for each EU member in 2021: share, mode, sea access, and dated facts that trade lacks."""

from __future__ import annotations

import io
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from interdep.provenance import Provenance, Source

if TYPE_CHECKING:
    from collections.abc import Collection

    from interdep.tables import Table

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
    """One dated fact on pipelines, refineries or the law, with its source; certain: it was checked there."""

    kind: str
    subject: str
    members: tuple[str, ...]
    date: date
    text: str
    source: str
    url: str
    certain: bool


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
