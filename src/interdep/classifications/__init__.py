"""Industry classifications, how they merge into the common one, and how a name finds the industries of a table."""

from __future__ import annotations

from interdep.classifications.concordances import Concordance, concordance
from interdep.classifications.industries import (
    COMMON,
    Classification,
    Industry,
    classification,
    classifications,
    industry_name,
)
from interdep.classifications.resolution import resolve

__all__ = [
    "COMMON",
    "Classification",
    "Concordance",
    "Industry",
    "classification",
    "classifications",
    "concordance",
    "industry_name",
    "resolve",
]
