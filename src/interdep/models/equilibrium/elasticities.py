"""Trade elasticities by industry: a packaged table by ISIC division, with ranges and sources, for any classification."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interdep.world import World


@dataclass(frozen=True)
class TradeElasticity:
    """theta of one industry with its range and source; `low` and `high` are None where the model's own parameter stands in."""

    default: float
    low: float | None
    high: float | None
    source: str


@cache
def by_division() -> dict[str, TradeElasticity]:
    """The packaged table: ISIC Rev. 4 division to trade elasticity."""
    text = (resources.files("interdep.models.equilibrium") / "elasticities.csv").read_text(encoding="utf-8")
    return {
        row["division"]: TradeElasticity(
            float(row["theta"]), float(row["low"]), float(row["high"]), row["source"]
        )
        for row in csv.DictReader(text.splitlines())
    }  # fmt: skip


def by_industry(world: World, otherwise: float) -> dict[str, TradeElasticity]:
    """Industry of a table to its trade elasticity: the mean over its ISIC divisions that the packaged table has.

    otherwise: for industries none of whose divisions are there (services), and tables of a classification of their own.
    """
    from interdep.classifications import classification, classifications

    held = {}
    if world.classification in classifications():
        whole = classification(world.classification)
        held = {code: whole.industry(code).divisions for code in world.industries}
    known = by_division()
    out = {}
    for code in world.industries:
        rows = [known[d] for d in held.get(code, ()) if d in known]
        if not rows:
            out[code] = TradeElasticity(otherwise, None, None, "no estimate: the model's own trade_elasticity")
            continue
        mean = [sum(values) / len(rows) for values in zip(*((r.default, r.low, r.high) for r in rows), strict=True)]
        out[code] = TradeElasticity(*mean, "; ".join(dict.fromkeys(r.source for r in rows)))
    return out
