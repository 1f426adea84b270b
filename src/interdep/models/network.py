"""The one kernel: who delivers how much of what to whom, as origin shares, and the factorisation of I - A.

Index letters as everywhere: b scenario, p product (= industry), r supplying economy, s buying economy, k buyer inside s (its
P industries, then its F final uses). Array code takes its module from its inputs, so other array types run through the
same lines.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from interdep.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.world import World

    Floats = NDArray[np.float64]

WOODBURY_LIMIT = 0.25
"""Above this rank, as a share of the nodes, a fresh factorisation is cheaper than an update."""


def flows_by_product(world: World) -> Floats:
    """(P, R, R, P + F) base flows [p, r, s, k] of a World: deliveries of product p from r to buyer k in s."""
    regions, sectors = world.shape
    between = world.intermediate.reshape(regions, sectors, regions, sectors)
    final = world.final_use.reshape(regions, sectors, regions, -1)
    return np.ascontiguousarray(np.concatenate([between, final], axis=3).transpose(1, 0, 2, 3))


def origin_shares(flows: Any) -> Any:
    """S[p, r, s, k] = flow / total use of p by (s, k); buyers that use none of p have share zero from everybody."""
    total = flows.sum(axis=1, keepdims=True)
    return flows / (total + (total <= 0)) * (total > 0)


@dataclass(frozen=True)
class Cut:
    """Deliveries of these suppliers to these buyers lose a share: (P, R) and (R, K) masks, `share` in 0..1."""

    suppliers: Any
    buyers: Any
    share: float = 1.0


def gather(S: Any, f: Any, cuts: Sequence[Cut] = ()) -> Any:
    """What reaches each buyer: out[b,p,s,k] = sum_r f[b,p,r(,s)] S[p,r,s,k].

    S: (P, R, R, K). f: (B, P, R) where it depends on the supplier alone, (B, P, R, R) where on the pair. cuts: applied to
    every scenario of the batch as rows subtracted; several that meet compound. Returns (B, P, R, K).
    """
    products, suppliers, buyers, kinds = _checked(S, f)
    if f.ndim == 3:
        flat = S.reshape(products, suppliers, buyers * kinds)
        out = (f.transpose(1, 0, 2) @ flat).reshape(products, -1, buyers, kinds).transpose(1, 0, 2, 3)
    else:
        # [p, s, b, r] @ [p, s, r, k]: one small product for each (p, s).
        out = (f.transpose(1, 3, 0, 2) @ S.transpose(0, 2, 1, 3)).transpose(2, 0, 1, 3)
    for p, rows, lost in _lost_rows(S, cuts):
        weights = f[:, p, rows] if f.ndim == 3 else f[:, p, rows, :]
        if f.ndim == 3:
            out[:, p] -= (weights @ lost.reshape(len(rows), -1)).reshape(-1, buyers, kinds)
        else:
            out[:, p] -= (weights.transpose(2, 0, 1) @ lost.transpose(1, 0, 2)).transpose(1, 0, 2)
    return out


def scatter(S: Any, f: Any, q: Any, cuts: Sequence[Cut] = ()) -> Any:
    """What is asked of each supplier: out[b,p,r] = sum_{s,k} f[b,p,r(,s)] q[b,p,s,k] S[p,r,s,k].

    S: (P, R, R, K). f: (B, P, R) or (B, P, R, R) as in `gather`. q: (B, P, R, K) what each buyer asks for. Returns (B, P, R).
    """
    products, suppliers, buyers, kinds = _checked(S, f)
    batch = q.shape[0]
    if q.shape[1:] != (products, buyers, kinds):
        raise InputError(
            f"scatter: q has shape {q.shape}; with this S it must be (batch, {products}, {buyers}, {kinds})"
        )
    if f.ndim == 3:
        asked = q.transpose(1, 0, 2, 3).reshape(products, batch, buyers * kinds)
        flat = S.reshape(products, suppliers, buyers * kinds)
        out = (asked @ flat.transpose(0, 2, 1)).transpose(1, 0, 2) * f
    else:
        # [p, s, b, k] @ [p, s, k, r], weighted by pair and summed over s.
        by_pair = q.transpose(1, 2, 0, 3) @ S.transpose(0, 2, 3, 1)
        out = (by_pair.transpose(2, 0, 3, 1) * f).sum(axis=3)
    for p, rows, lost in _lost_rows(S, cuts):
        if f.ndim == 3:
            share = q[:, p].reshape(batch, -1) @ lost.reshape(len(rows), -1).T
            out[:, p, rows] -= share * f[:, p, rows]
        else:
            share = q[:, p].transpose(1, 0, 2) @ lost.transpose(1, 2, 0)
            out[:, p, rows] -= (share.transpose(1, 2, 0) * f[:, p, rows, :]).sum(axis=2)
    return out


def _checked(S: Any, f: Any) -> tuple[int, int, int, int]:
    products, suppliers, buyers, kinds = S.shape
    if f.ndim not in (3, 4) or f.shape[1:3] != (products, suppliers) or (f.ndim == 4 and f.shape[3] != buyers):
        raise InputError(
            f"the factor has shape {f.shape}; with this S it must be (batch, {products}, {suppliers})"
            f" or (batch, {products}, {suppliers}, {buyers})"
        )
    return products, suppliers, buyers, kinds


def _lost_rows(S: Any, cuts: Sequence[Cut]) -> list[tuple[int, list[int], Any]]:
    """For each product that is cut: the supplier rows touched and the part of their shares that is lost, (m, R, K)."""
    touched: dict[int, set[int]] = {}
    for cut in cuts:
        for p, r in np.argwhere(np.asarray(cut.suppliers)).tolist():
            touched.setdefault(p, set()).add(r)
    out = []
    for p, found in touched.items():
        rows = sorted(found)
        block = S[p, rows]
        left = block * 0 + 1
        for cut in cuts:
            hit = cut.suppliers[p, rows]
            left = left * (1 - cut.share * (hit[:, None, None] & cut.buyers[None]))
        out.append((p, rows, block * (1 - left)))
    return out


class LeontiefInverse:
    """The factorisation of I - A, used for every question; the inverse itself is formed only where all of it is asked."""

    def __init__(self, coefficients: Floats) -> None:
        """coefficients: (N, N) A by columns. Raises InputError where I - A is singular or the table not productive."""
        from scipy.linalg import lu_factor

        self.coefficients = coefficients
        self.size = coefficients.shape[0]
        self._lu = lu_factor(np.eye(self.size) - coefficients, check_finite=False)
        output = self.solve(np.ones(self.size))
        if not np.isfinite(output).all() or (output < 0).any():
            raise InputError(
                "I - A cannot be inverted to non-negative multipliers: some group of industries uses more than it makes;"
                " check the columns of the table"
            )

    def solve(self, right: Floats, *, transposed: bool = False) -> Floats:
        """(I - A)^-1 b, or (I - A')^-1 b; b is (N,) or (N, m)."""
        from scipy.linalg import lu_solve

        return lu_solve(self._lu, right, trans=1 if transposed else 0, check_finite=False)

    @cached_property
    def inverse(self) -> Floats:
        """(N, N) L = (I - A)^-1."""
        return self.solve(np.eye(self.size))

    def solve_cut(
        self,
        rights: tuple[Floats, Floats],
        rows: NDArray[np.intp],
        columns: NDArray[np.intp],
        removed: Floats,
    ) -> tuple[Floats, Floats]:
        """Solve with A0 = A - removed at (rows, columns), for b in (I - A0)^-1 b and c in (I - A0')^-1 c.

        rights: (b, c), each (N,). removed: (len(rows), len(columns)), the coefficients taken away. Uses a low-rank update
        (Woodbury) of the one factorisation; where the rank is a large part of N, a fresh factorisation.
        """
        rank = min(len(rows), len(columns))
        b, c = rights
        if rank == 0:
            return self.solve(b), self.solve(c, transposed=True)
        if rank > WOODBURY_LIMIT * self.size:
            changed = self.coefficients.copy()
            changed[np.ix_(rows, columns)] -= removed
            fresh = LeontiefInverse(changed)
            return fresh.solve(b), fresh.solve(c, transposed=True)
        # I - A0 = M + U W, U (N, rank), W (rank, N); the smaller side carries the numbers, the other one selects.
        U = np.zeros((self.size, rank))
        W = np.zeros((rank, self.size))
        if len(rows) <= len(columns):
            U[rows, np.arange(rank)] = 1.0
            W[:, columns] = removed
        else:
            U[rows] = removed
            W[np.arange(rank), columns] = 1.0
        MU = self.inverse[:, rows] if "inverse" in self.__dict__ and len(rows) <= len(columns) else self.solve(U)
        core = np.eye(rank) + W @ MU
        x = self.solve(b)
        x = x - MU @ np.linalg.solve(core, W @ x)
        # Transposed: (M' + W'U')^-1 c = y - M'^-1 W' core'^-1 U'y with y = M'^-1 c.
        y = self.solve(c, transposed=True)
        y = y - self.solve(W.T @ np.linalg.solve(core.T, U.T @ y), transposed=True)
        return x, y


def gather_into(S: Any, f: Any, out: Any) -> Any:
    """`gather` for some products at once, into a buffer: out[p,b,j] = sum_r f[p,b,r] S[p,r,j], buyers in one row.

    S: (G, R, N), f: (G, B, R), out: (G, B, N), which is returned.
    """
    matmul = module_of(S).matmul
    if f.shape[1] > 2:
        return matmul(f, S, out=out)
    # A matrix product of one or two rows would copy S first; a product of a vector reads it once.
    for p in range(S.shape[0]):
        for b in range(f.shape[1]):
            matmul(f[p, b], S[p], out=out[p, b])
    return out


def scatter_into(S: Any, q: Any, out: Any) -> Any:
    """`scatter` with a factor of one, likewise: out[p,b,r] = sum_j q[p,b,j] S[p,r,j]. q: (G, B, N), out: (G, B, R)."""
    return module_of(S).matmul(q, S.transpose(0, 2, 1), out=out)


def module_of(array: Any) -> Any:
    """The array module (numpy, cupy) an array belongs to."""
    return sys.modules[type(array).__module__.partition(".")[0]]


def one_blas_thread() -> Any:
    """A context in which BLAS works on one thread, for callers that have threads of their own."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, "blas")
