"""The packaged table: 36 industries, whole thousands of USD, balanced exactly, and the checks it has to pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .industries import FINAL_USE, PACKAGED, membership
from .parts import Parts


@dataclass(frozen=True)
class Packaged:
    """Integer deliveries in thousands of USD; output is the row sum, value added is output less the column sum."""

    economies: tuple[str, ...]
    industries: tuple[str, ...]
    final_use: tuple[str, ...]
    z: np.ndarray  # [r, p, s, q]
    y: np.ndarray  # [r, p, s, f]

    @property
    def output(self) -> np.ndarray:
        return self.z.sum((2, 3)) + self.y.sum((2, 3))

    @property
    def value_added(self) -> np.ndarray:
        return self.output - self.z.sum((0, 1))


def package(parts: Parts, cross: np.ndarray) -> Packaged:
    """Join domestic and cross-border blocks, add up to 36 industries and round."""
    n = len(parts.economies)
    to36 = membership(list(PACKAGED.values()))
    whole = cross.copy()
    for i in range(n):
        whole[i, :, i] = parts.domestic[i]
    z = np.einsum("rpsq,pa->rasq", whole, to36) @ to36
    y = np.einsum("rpsf,pa->rasf", parts.final, to36)
    thousands = [np.rint(a * 1000).astype(np.int64) for a in (z, y)]
    return Packaged(parts.economies, tuple(PACKAGED), FINAL_USE, *thousands)


def rounding_gap(table: Packaged, parts: Parts) -> tuple[float, float]:
    """Return the largest gap to published gross output and its bound (half a unit a cell), both in thousands of USD."""
    published = parts.output @ membership(list(PACKAGED.values())) * 1000
    cells = table.z[0, 0].size + table.y[0, 0].size
    return float(np.abs(table.output - published).max()), cells / 2


def negatives(table: Packaged) -> list[str]:
    """Describe every kind of negative cell as a line of text."""
    lines = []
    for f, name in enumerate(table.final_use):
        cells = table.y[..., f]
        if (cells < 0).any():
            r, p, s = np.unravel_index(cells.argmin(), cells.shape)
            where = f"{table.economies[r]} {table.industries[p]} in {table.economies[s]}"
            total = cells[cells < 0].sum() / 1e6
            lines.append(
                f"{name}: {int((cells < 0).sum())} cells, {total:,.1f} bn USD in all, lowest {where} "
                f"({cells.min() / 1e3:,.0f} mn)"
            )
    for r, p in np.argwhere(table.value_added < 0):
        value = table.value_added[r, p] / 1e3
        lines.append(
            f"value added with taxes and margins: {table.economies[r]} {table.industries[p]} ({value:,.1f} mn)"
        )
    for r, p in np.argwhere(table.output < 0):
        lines.append(f"gross output: {table.economies[r]} {table.industries[p]} ({table.output[r, p] / 1e3:,.3f} mn)")
    return lines
