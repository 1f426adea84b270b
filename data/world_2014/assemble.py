"""Put the world table together: origins for every importing industry, with the energy of EU members corrected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .balancing import Margin, ras
from .energy import MEMBERS, Energy
from .industries import WIOD_56, merged_50
from .parts import Parts
from .recover import Recovered

PETROLEUM, UTILITIES = WIOD_56.index("C19"), WIOD_56.index("D35")


@dataclass(frozen=True)
class Assembled:
    """The cross-border block in 56 industries and what the energy correction asked for."""

    cross: np.ndarray  # [r, p, s, q] mn USD
    asked: dict[str, np.ndarray]  # code -> [r, s] deliveries of mining and petroleum before the fit
    rounds: dict[str, int]


def russian_shares(code: str, energy: Energy) -> np.ndarray:
    """Return Russia's share [member, q] of imported mining ("B") or petroleum ("C19") by using industry; NaN: keep.

    Mining: refineries (C19) buy crude; utilities (D35) buy gas and coal; the rest buys as industries other than those
    two did in WIOD 2013. Where a piece is missing, the rest stands in, and for the rest the member's fuels as a whole.
    """
    if code == "C19":
        return np.repeat(energy.petroleum[:, None], len(WIOD_56), axis=1)
    rest, whole = energy.other_mining, energy.blend("crude", "gas", "coal")
    rest = np.where(np.isnan(rest), whole, rest)
    shares = np.repeat(rest[:, None], len(WIOD_56), axis=1)
    for user, known in ((PETROLEUM, energy.crude), (UTILITIES, energy.blend("gas", "coal"))):
        shares[:, user] = np.where(np.isnan(known), rest, known)
    return shares


def _proportional(pairs: np.ndarray, users: np.ndarray) -> np.ndarray:
    """Give every user in s the origins of s as a whole: [r, s] and [s, q] to [r, s, q]."""
    total = users.sum(1)
    origin = np.divide(pairs, total, out=np.zeros_like(pairs), where=total > 0)
    return origin[:, :, None] * users[None]


def corrected(code: str, recovered: Recovered, energy: Energy, economies: tuple[str, ...]) -> tuple:
    """Return the deliveries [r, s, q] of mining or petroleum, what was asked for [r, s], and the rounds of the fit.

    Only Russia's share is set; other suppliers of a member keep their proportions in the source. Margins: exports by
    economy, and imports by economy and using industry. ROW as a buyer is a residual in the source: where EU members buy
    more or less from a supplier, ROW's purchases from it first move against them, as far as they stay positive.
    """
    c = [codes[0] for codes in merged_50()].index(code)
    before, users = recovered.pairs[:, c], recovered.users[c]
    prior = _proportional(before, users)
    row, russia = economies.index("ROW"), economies.index("RUS")
    eu = [economies.index(m) for m in MEMBERS]
    shares = russian_shares(code, energy)
    for m, s in enumerate(eu):
        total = before[:, s].sum()
        known = ~np.isnan(shares[m])
        if total > 0 and 0 < before[russia, s] < total and known.any():
            prior[:, s, known] *= ((1 - shares[m]) / (1 - before[russia, s] / total))[known]
            prior[russia, s, known] = (shares[m] * users[s])[known]
    asked = prior.sum(2)
    left = before[:, row] - (asked - before)[:, eu].sum(1)
    factor = np.divide(left, before[:, row], out=np.ones_like(left), where=(left > 0) & (before[:, row] > 0))
    prior[:, row] *= factor[:, None]
    fit = ras(prior, [Margin("exporter", (1, 2), before.sum(1)), Margin("importing industry", (0,), users)])
    return fit.values, asked, fit.rounds


def assemble(parts: Parts, recovered: Recovered, energy: Energy | None) -> Assembled:
    """Give every imported input its origins and fit to all margins; without `energy`, keep the source's partners."""
    n, asked, rounds = len(parts.economies), {}, {}
    cross = np.zeros((n, len(WIOD_56), n, len(WIOD_56)))
    for c, codes in enumerate(merged_50()):
        products = [WIOD_56.index(code) for code in codes]
        pairs, users, exports = recovered.pairs[:, c], recovered.users[c], recovered.exports[:, products]
        if energy is not None and codes[0] in ("B", "C19"):
            block, asked[codes[0]], rounds[codes[0]] = corrected(codes[0], recovered, energy, parts.economies)
            cross[:, products[0]] = block
            continue
        total = exports.sum(1, keepdims=True)
        split = np.divide(exports, total, out=np.zeros_like(exports), where=total > 0)
        block = split[:, :, None, None] * _proportional(pairs, users)[:, None]  # [r, p, s, q]
        cross[:, products] = block
    rows = float(np.abs(cross.sum((2, 3)) - recovered.exports).max())
    columns = float(np.abs(cross.sum((0, 1)) - recovered.imports).max())
    if max(rows, columns) > 0.01:
        raise RuntimeError(f"Margins are missed by {rows} (rows) and {columns} (columns) mn USD.")
    return Assembled(cross, asked, rounds)
