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
    """theta of one division or industry with its range and source.

    `low` and `high` are None where the model's own parameter stands in; weight: of the division in an industry of several.
    """

    default: float
    low: float | None
    high: float | None
    source: str
    weight: float = 1.0


@cache
def by_division() -> dict[str, TradeElasticity]:
    """The packaged table: ISIC Rev. 4 division to trade elasticity."""
    text = (resources.files("interdep.models.equilibrium") / "elasticities.csv").read_text(encoding="utf-8")
    return {
        row["division"]: TradeElasticity(
            float(row["theta"]), float(row["low"]), float(row["high"]), row["source"], float(row["weight"])
        )
        for row in csv.DictReader(text.splitlines())
    }  # fmt: skip


def by_industry(world: World, otherwise: float) -> dict[str, TradeElasticity]:
    """Industry of a table to its trade elasticity: the weighted mean over its ISIC divisions that the packaged table has.

    otherwise: for industries none of whose divisions are there (services), and tables of a classification of their own.
    """
    from interdep.classifications import classification, classifications

    held: dict[str, frozenset[str]] = {}
    if world.classification in classifications():
        whole = classification(world.classification)
        held = {code: whole.industry(code).divisions for code in world.industries}
    return {code: _mean(held.get(code, frozenset()), otherwise) for code in world.industries}


def _mean(divisions: frozenset[str], otherwise: float) -> TradeElasticity:
    known = by_division()
    rows = [known[d] for d in sorted(divisions) if d in known]
    total = sum(row.weight for row in rows)
    if not rows:
        return TradeElasticity(otherwise, None, None, "no estimate: the model's own trade_elasticity")
    weights = [row.weight / total if total else 1 / len(rows) for row in rows]

    def mean(values: list[float]) -> float:
        return sum(w * v for w, v in zip(weights, values, strict=True))

    low, high = [row.low or 0.0 for row in rows], [row.high or 0.0 for row in rows]
    sources = "; ".join(dict.fromkeys(row.source for row in rows))
    return TradeElasticity(mean([row.default for row in rows]), mean(low), mean(high), sources)
