"""Industry lists: the 56 of the source, their merging into the 50 of the trade-share set, and the 36 we keep."""

from __future__ import annotations

import numpy as np

from interdep.classifications import COMMON, classification, concordance

# Codes of the WIOD 2016 industries in the order of the source.
WIOD_56 = classification("wiod-2016").codes

# The trade-share set numbers its sectors C01..C50 without naming them. This map is inferred, and then proved: with it
# the set's flows, stripped of tariffs, reproduce the published domestic blocks and exports (`recover.recover`).
MERGED = (("C28", "C33"), ("K65", "K66"), ("M71", "M73", "M74_M75"), ("R_S", "T", "U"))

# Codes of the packaged table, and what of the 56 each one holds.
PACKAGED: dict[str, tuple[str, ...]] = {
    target: tuple(source for source in WIOD_56 if concordance("wiod-2016").links[source] == (target,))
    for target in classification(COMMON).codes
}
FINAL_USE = ("households", "npish", "government", "investment", "inventories")


def merged_50() -> list[tuple[str, ...]]:
    """Return the 50 sectors of the trade-share set, in its order, each as a tuple of WIOD_56 codes."""
    first = {group[0]: group for group in MERGED}
    rest = {code for group in MERGED for code in group[1:]}
    return [first.get(code, (code,)) for code in WIOD_56 if code not in rest]


def membership(groups: list[tuple[str, ...]]) -> np.ndarray:
    """Return the 0/1 matrix [56, groups] that adds WIOD_56 industries up to the groups."""
    matrix = np.zeros((len(WIOD_56), len(groups)))
    for g, codes in enumerate(groups):
        for code in codes:
            matrix[WIOD_56.index(code), g] = 1.0
    if not (matrix.sum(1) == 1).all():
        raise ValueError("Every one of the 56 industries must belong to exactly one group.")
    return matrix
