"""What an input means to its buyer: how many days of it are in stock, and whether production stops without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from interdep.classifications import classification, classifications
from interdep.classifications.isic import divisions_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.world import World

# Divisions of ISIC Rev. 4.
GOODS = frozenset(f"{n:02d}" for n in range(1, 34))
MAKERS = frozenset(f"{n:02d}" for n in range(1, 44))
"""Industries that work on goods: agriculture, mining, manufacturing, utilities, construction."""
FUELS = frozenset({"05", "06", "09", "19"})
MINED = frozenset({"05", "06", "07", "08", "09", "19"})
ELECTRONICS = frozenset({"26"})
FOR_EVERYONE = frozenset({*FUELS, "35", "61"})
"""Energy, fuel and telecommunications: nobody works without them."""

KINDS = ("goods", "mining", "electronics", "services")


def divisions(world: World) -> list[frozenset[str] | None]:
    """The ISIC divisions of every industry of a table; None where its code says nothing about them."""
    known = classification(world.classification) if world.classification in classifications() else None
    out: list[frozenset[str] | None] = []
    for code in world.industries:
        if known is not None and code in known.codes:
            out.append(known.industry(code).divisions)
        else:
            out.append(divisions_of(code))
    return out


def kind(covered: frozenset[str] | None) -> str:
    """Which of the four stock rules an input follows; an industry whose divisions are unknown counts as goods."""
    if not covered or not covered & GOODS:
        return "services" if covered else "goods"
    if covered <= MINED:
        return "mining"
    return "electronics" if covered <= ELECTRONICS else "goods"


def essential_by_rule(world: World) -> NDArray[np.bool_]:
    """(P, P) [input, buying industry]: true where the buyer stops without the input, however small its cost.

    Goods bind industries that work on goods (agriculture, mining, manufacturing, utilities, construction); energy, fuel and
    telecommunications bind everyone; other services bind nobody. So motor vehicles do not stop a service that buys some.
    An industry whose divisions are unknown binds, and is bound by, everyone.
    """
    covered = divisions(world)
    rule = np.ones((len(covered), len(covered)), dtype=bool)
    for p, given in enumerate(covered):
        if given is None or given & FOR_EVERYONE:
            continue
        if given & GOODS:
            rule[p] = [buyer is None or bool(buyer & MAKERS) for buyer in covered]
        else:
            rule[p] = False
    return rule
