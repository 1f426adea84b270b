"""Face-value and look-through reliance: whose output stands behind one unit of an industry's output, and whose directly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from interdep.models.network import LeontiefInverse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.world import World

    Floats = NDArray[np.float64]


def reliance(world: World, buyers: Mapping[str, Sequence[str]]) -> tuple[Floats, Floats]:
    """(face, through), each (G, P, R): output of supplier economy r behind the output of industry p of buyer g, money a year.

    Face value is what the industry buys directly (columns of Z); look-through is everything produced along the chain for it
    (columns of L - I times its output). A group is one buyer: its members' columns are added, its own members' deliveries
    are home. Source: Baldwin, Freeman & Theodorakopoulos (2023), Hidden exposure: measuring US supply chain reliance.
    """
    regions, industries = world.shape
    live = np.flatnonzero(world.live)
    inverse = LeontiefInverse(world.input_coefficients[np.ix_(live, live)])
    face = np.zeros((len(buyers), industries, regions))
    through = np.zeros_like(face)
    by_economy = world.intermediate.reshape(regions, industries, regions, industries)
    for g, members in enumerate(buyers.values()):
        places = [world.economy_index(m) for m in members]
        face[g] = by_economy[:, :, places, :].sum(axis=(1, 2)).T
        # One right-hand side for each industry of the group: its members' output; L x - x is what the chain makes for it.
        wanted = np.zeros((regions, industries, industries))
        for place in places:
            wanted[place] = np.diag(world.gross_output.reshape(regions, industries)[place])
        wanted = wanted.reshape(regions * industries, industries)
        made = np.zeros_like(wanted)
        made[live] = inverse.solve(wanted[live]) - wanted[live]
        through[g] = made.reshape(regions, industries, industries).sum(axis=1).T
    return face, through
