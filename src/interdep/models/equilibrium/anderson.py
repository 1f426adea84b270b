"""Anderson acceleration of many fixed points at once, each with coefficients of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


DEPTH = 16
"""Past steps that are combined; with 8 hard cases take several times as many steps."""


class Anderson:
    """Keeps the last `depth` differences of states and residuals of every member of a batch.

    `next(z, g)` takes states (B, n) and their images under the map and gives the next states; members may leave with `keep`.
    """

    def __init__(self, depth: int = DEPTH) -> None:
        self.depth = depth
        self._z: Floats | None = None
        self._f: Floats | None = None
        self._dz: list[Floats] = []
        self._df: list[Floats] = []

    def next(self, z: Floats, g: Floats) -> Floats:
        """The combination of past images whose residual is smallest."""
        f = g - z
        if self._f is not None and self._z is not None:
            self._dz.append(z - self._z)
            self._df.append(f - self._f)
            if len(self._dz) > self.depth:
                del self._dz[0], self._df[0]
        self._z, self._f = z, f
        if not self._dz:
            return g
        df = np.stack(self._df, axis=1)
        gram = df @ df.transpose(0, 2, 1)
        right = (df @ f[:, :, None])[:, :, 0]
        scale = np.einsum("bii->bi", gram)
        ridge = 1e-13 * scale.max(axis=1, keepdims=True) + 1e-300
        gram = gram + np.eye(gram.shape[1]) * ridge[:, :, None]
        gamma = np.linalg.solve(gram, right[:, :, None])
        dz = np.stack(self._dz, axis=1)
        return g - ((dz + df).transpose(0, 2, 1) @ gamma)[:, :, 0]

    def keep(self, members: NDArray[np.intp]) -> None:
        """Go on with these members alone."""
        if self._z is None or self._f is None:
            return
        self._z, self._f = self._z[members], self._f[members]
        self._dz = [d[members] for d in self._dz]
        self._df = [d[members] for d in self._df]
