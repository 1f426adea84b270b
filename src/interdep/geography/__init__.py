"""Economies and their codes, names and capitals; groups of economies with dates of membership."""

from __future__ import annotations

from interdep.geography.economies import Economy, economy
from interdep.geography.groups import Group, Membership, as_date, describe, economies, group, groups
from interdep.geography.names import name_of

__all__ = [
    "Economy",
    "Group",
    "Membership",
    "as_date",
    "describe",
    "economies",
    "economy",
    "group",
    "groups",
    "name_of",
]
