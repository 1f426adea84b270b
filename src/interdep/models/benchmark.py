"""The table a model starts from: inventories taken out of the rows, no negative cells, nothing else changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.world import World

    Floats = NDArray[np.float64]


def without_inventories(world: World) -> tuple[Floats, Floats]:
    """(intermediate, final use) of a World corrected for inventories as in Imbs & Pauwels (2024).

    Each row is scaled by output / (output - inventory changes), inventory changes leave, other negative cells become zero; a
    row whose output went to stocks alone keeps its flows as they are. Shapes as in `World`.
    """
    intermediate, final = world.intermediate, world.final_use
    if "inventories" not in world.final_uses:
        return intermediate, final
    place = world.final_uses.index("inventories")
    stocks = final[:, :, place].sum(axis=1)
    delivered = world.gross_output - stocks
    factor = np.where(delivered > 0, world.gross_output / np.where(delivered > 0, delivered, 1.0), 1.0)
    final = np.maximum(final * factor[:, None, None], 0.0)
    final[:, :, place] = 0.0
    return intermediate * factor[:, None], final
