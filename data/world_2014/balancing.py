"""Biproportional fitting (RAS) of an array to several margins at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Margin:
    """One set of totals: the axes that are summed away, and what the sums must be (with the remaining axes)."""

    name: str
    axes: tuple[int, ...]
    total: np.ndarray


@dataclass(frozen=True)
class Fit:
    """A fitted array, the number of rounds, and the largest absolute miss of each margin."""

    values: np.ndarray
    rounds: int
    miss: dict[str, float]


def ras(prior: np.ndarray, margins: Sequence[Margin], tolerance: float = 1e-6, rounds: int = 2000) -> Fit:
    """Scale a non-negative prior until every margin is met to `tolerance` (absolute, unit of the prior).

    Zeros stay zero. The last margin is met exactly in each round, so the one that matters most comes last. Raises
    ValueError when a margin asks for something where the prior has only zeros, RuntimeError when the margins are not
    met after `rounds`.
    """
    if (prior < 0).any():
        raise ValueError("RAS needs a prior without negative cells.")
    values = prior.astype(float, copy=True)
    for margin in margins:
        short = (values.sum(axis=margin.axes) <= 0) & (margin.total > tolerance)
        if short.any():
            where = [tuple(int(i) for i in ix) for ix in np.argwhere(short)[:5]]
            count = int(short.sum())
            raise ValueError(f"Margin {margin.name}: {count} totals have no cell to carry them, first {where}.")
    miss: dict[str, float] = {}
    for done in range(1, rounds + 1):
        for margin in margins:
            sums = values.sum(axis=margin.axes)
            factor = np.divide(margin.total, sums, out=np.zeros_like(sums), where=sums > 0)
            values *= np.expand_dims(factor, margin.axes)
        miss = {m.name: float(np.abs(values.sum(axis=m.axes) - m.total).max()) for m in margins}
        if max(miss.values()) <= tolerance:
            return Fit(values, done, miss)
    raise RuntimeError(f"RAS stopped after {rounds} rounds with misses {miss}.")
