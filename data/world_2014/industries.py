"""Industry lists: the 56 of the source, their merging into the 50 of the trade-share set, and the 36 we keep."""

from __future__ import annotations

import numpy as np

# Codes of the WIOD 2016 industries in the order of the source (ISIC Rev. 4 divisions).
WIOD_56 = (
    *("A01", "A02", "A03", "B", "C10-C12", "C13-C15", "C16", "C17", "C18", "C19", "C20", "C21", "C22", "C23", "C24"),
    *("C25", "C26", "C27", "C28", "C29", "C30", "C31_C32", "C33", "D35", "E36", "E37-E39", "F", "G45", "G46", "G47"),
    *("H49", "H50", "H51", "H52", "H53", "I", "J58", "J59_J60", "J61", "J62_J63", "K64", "K65", "K66", "L68"),
    *("M69_M70", "M71", "M72", "M73", "M74_M75", "N", "O84", "P85", "Q", "R_S", "T", "U"),
)

# The trade-share set numbers its sectors C01..C50 without naming them. This map is inferred, and then proved: with it
# the set's flows, stripped of tariffs, reproduce the published domestic blocks and exports (`recover.recover`).
MERGED = (("C28", "C33"), ("K65", "K66"), ("M71", "M73", "M74_M75"), ("R_S", "T", "U"))

# Codes of the packaged table, and what of the 56 each one holds.
PACKAGED: dict[str, tuple[str, ...]] = {
    "A": ("A01", "A02", "A03"),
    "B": ("B",),
    "C10-C12": ("C10-C12",),
    "C13-C15": ("C13-C15",),
    "C16-C18": ("C16", "C17", "C18"),
    "C19": ("C19",),
    "C20": ("C20",),
    "C21": ("C21",),
    "C22": ("C22",),
    "C23": ("C23",),
    "C24": ("C24",),
    "C25": ("C25",),
    "C26": ("C26",),
    "C27": ("C27",),
    "C28": ("C28",),
    "C29": ("C29",),
    "C30": ("C30",),
    "C31-C33": ("C31_C32", "C33"),
    "D": ("D35",),
    "E": ("E36", "E37-E39"),
    "F": ("F",),
    "G": ("G45", "G46", "G47"),
    "H49": ("H49",),
    "H50": ("H50",),
    "H51": ("H51",),
    "H52-H53": ("H52", "H53"),
    "I": ("I",),
    "J58-J60": ("J58", "J59_J60"),
    "J61": ("J61",),
    "J62-J63": ("J62_J63",),
    "K": ("K64", "K65", "K66"),
    "L": ("L68",),
    "M-N": ("M69_M70", "M71", "M72", "M73", "M74_M75", "N"),
    "O-P": ("O84", "P85"),
    "Q": ("Q",),
    "R-U": ("R_S", "T", "U"),
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
