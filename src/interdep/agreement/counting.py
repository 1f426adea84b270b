"""Exact counts and probabilities of the coalitions that carry a vote: by dynamic programming, or from two halves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, comb, gcd

import numpy as np
from numpy.typing import ArrayLike, NDArray

from interdep.agreement.rules import Ballot
from interdep.errors import InputError

MOST_BY_HALVES = 40
"""Members whose two halves of subsets fit into memory and seconds; their counts stay exact in double precision (2^53)."""

MOST_STEPS = {True: 4e8, False: 1e7}
"""Additions that dynamic programming may take, with machine integers (True) and with Python's of any size."""

MOST_EXACT = 66
"""Members up to which the number of coalitions of every size fits a machine integer of 64 bits."""


@dataclass(frozen=True)
class Game:
    """A ballot as numbers: a coalition of `size` members with `weight` carries where (size >= count and weight >= quota) or
    n - size < blockers. Weights have no common divisor.
    """

    weights: tuple[int, ...]
    count: int
    quota: int
    blockers: int

    @classmethod
    def of(cls, ballot: Ballot) -> Game:
        """The numbers of a ballot."""
        divisor = gcd(*ballot.weights) or 1
        weights = tuple(w // divisor for w in ballot.weights)
        return cls(weights, ballot.min_count, ceil(ballot.min_weight / divisor), ballot.blockers)

    @property
    def n(self) -> int:
        """The number of members."""
        return len(self.weights)

    def decided_by_size(self, size: int) -> bool | None:
        """Whether a coalition of this size carries whatever its weight; None where the weight decides."""
        if self.n - size < self.blockers:
            return True
        return None if size >= self.count else False


def wins(game: Game) -> tuple[list[int], list[list[int]]]:
    """How many coalitions of each size 0..n carry the vote, of all and of those with each member: exact whole numbers."""
    n = game.n
    below, below_with = _members_below(game.weights, game.quota)
    total, of_member = [0] * (n + 1), [[0] * (n + 1) for _ in range(n)]
    for size in range(n + 1):
        decided = game.decided_by_size(size)
        if decided is False:
            continue
        total[size] = comb(n, size) - (0 if decided else below[size])
        for each, lost in zip(of_member, below_with, strict=True):
            each[size] = (comb(n - 1, size - 1) if size else 0) - (0 if decided else lost[size])
    return total, of_member


def passage(ballot: Ballot, low: ArrayLike, high: ArrayLike | None = None) -> tuple[float, float]:
    """The probability that a proposal passes, as (lowest, highest).

    low, high: each member's probability of being in favour, independent of the others'; a member of whom nothing is known is
    0 in `low` and 1 in `high`; without `high` both are the same. More support never makes a proposal fail, so that the two
    ends are reached at the two ends of the members' probabilities.
    """
    game = Game.of(ballot)
    bounds = [_probabilities(low, ballot, "low")]
    if high is not None:
        bounds.append(_probabilities(high, ballot, "high"))
        for member, least, most in zip(ballot.members, *bounds, strict=True):
            if least > most:
                raise InputError(
                    f"{member}: the low probability {least:g} is above the high one {most:g}; exchange them"
                )
    found = [_passes(game, odds) for odds in bounds]
    return found[0], found[-1]


def _passes(game: Game, odds: NDArray[np.float64]) -> float:
    sizes = np.ones(1)
    for p in odds:
        sizes = np.append(sizes * (1 - p), 0.0) + np.append(0.0, sizes * p)
    below = below_limit(game.weights, game.quota, odds)
    total = 0.0
    for size in range(game.n + 1):
        decided = game.decided_by_size(size)
        if decided is not False:
            total += sizes[size] - (0.0 if decided else below[size])
    return float(min(max(total, 0.0), 1.0))


def _probabilities(given: ArrayLike, ballot: Ballot, name: str) -> NDArray[np.float64]:
    odds = np.asarray(given, dtype=float)
    if odds.shape != (len(ballot.members),):
        raise InputError(f"{name} holds {odds.size} probabilities for {len(ballot.members)} members; give one for each")
    wrong = [m for m, p in zip(ballot.members, odds, strict=True) if not 0 <= p <= 1]
    if wrong:
        value = odds[ballot.members.index(wrong[0])]
        raise InputError(f"{wrong[0]}: the {name} probability {value:g} is not between 0 and 1")
    return odds


def below_limit(weights: Sequence[int], limit: int, odds: NDArray[np.float64] | None = None) -> list[float]:
    """By size, the probability (with odds) or number (without) of coalitions whose weight is less than a limit."""
    limit = min(limit, sum(weights) + 1)
    if limit <= 0:
        return [0] * (len(weights) + 1)
    if by_programme(len(weights), limit, exact=odds is None):
        table = empty(len(weights), limit, exact=odds is None)
        for place, weight in enumerate(weights):
            add(table, weight, None if odds is None else odds[place])
        return table.sum(axis=1).tolist()
    first, second = _Half.pair(weights, odds)
    out = np.zeros(len(weights) + 1)
    for size, mass in second.masses_below(limit - first.weight):
        out[size : size + first.n + 1] += np.bincount(first.size, mass * first.mass, first.n + 1)
    return out.tolist() if odds is not None else [int(x) for x in out]


def _members_below(weights: Sequence[int], limit: int) -> tuple[list[int], list[list[int]]]:
    """`below_limit` as counts, for all coalitions and for those with each member."""
    n, limit = len(weights), min(limit, sum(weights) + 1)
    if limit <= 0:
        return [0] * (n + 1), [[0] * (n + 1) for _ in weights]
    if by_programme(n, limit, exact=True):
        table = empty(n, limit, exact=True)
        for weight in weights:
            add(table, weight)
        whole = table.sum(axis=1)
        without = {weight: _without(table, weight).sum(axis=1) for weight in set(weights)}
        return whole.tolist(), [(whole - without[weight]).tolist() for weight in weights]
    first, second = _Half.pair(weights, None)
    out = np.zeros((n + 1, n + 1))  # a row for all coalitions, then one for each member
    for half, other, start in ((first, second, 0), (second, first, first.n)):
        for size, mass in other.masses_below(limit - half.weight):
            place = slice(size, size + half.n + 1)
            if half is first:
                out[0, place] += np.bincount(half.size, mass, half.n + 1)
            for member in range(half.n):
                # Subset k of a half holds member m where bit m of k is set.
                chosen = [each.reshape(-1, 2, 1 << member)[:, 1].ravel() for each in (half.size, mass)]
                out[1 + start + member, place] += np.bincount(chosen[0], chosen[1], half.n + 1)
    whole, *each = [[int(x) for x in row] for row in out]
    return whole, each


def by_programme(n: int, limit: int, exact: bool) -> bool:
    """Whether dynamic programming over (size, weight below the limit) is the way; InputError where nothing is quick enough."""
    machine = not exact or n <= MOST_EXACT
    steps = float(n) * n * limit
    if steps <= MOST_STEPS[machine] and (n > MOST_BY_HALVES or steps <= 2.0 ** (n / 2) * n * n + 1e6):
        return True
    if n <= MOST_BY_HALVES:
        return False
    total = int(MOST_STEPS[machine] / n / n)
    raise InputError(
        f"{n} members with weights whose threshold is {limit:,} take too long to count exactly; round the weights until the"
        f" threshold is at most {total:,}, or name at most {MOST_BY_HALVES} members"
    )


def empty(n: int, limit: int, exact: bool) -> NDArray[np.generic]:
    """The table (size, weight) of the coalitions of nobody, for up to n members."""
    kind: type = float if not exact else np.int64 if n <= MOST_EXACT else object
    table = np.zeros((n + 1, limit), dtype=kind)
    table[0, 0] = 1
    return table


def add(table: NDArray[np.generic], weight: int, p: float | None = None) -> None:
    """Let one more member join or stay out (with probability p of joining; both counted once without p)."""
    joined = table[:-1, : max(table.shape[1] - weight, 0)]
    joined = joined * p if p is not None else joined.copy()  # type: ignore[operator]
    if p is not None:
        table *= 1 - p  # type: ignore[misc]
    table[1:, weight : weight + joined.shape[1]] += joined  # type: ignore[misc]


def _without(table: NDArray[np.generic], weight: int) -> NDArray[np.generic]:
    """The table before a member of this weight was added."""
    out = table.copy()
    room = max(table.shape[1] - weight, 0)
    for size in range(1, len(table)):
        out[size, weight:] -= out[size - 1, :room]  # type: ignore[misc]
    return out


class _Half:
    """All subsets of some members: weight, size and mass (probability, or 1), subset k at place k (its bits are members)."""

    def __init__(self, weights: Sequence[int], odds: NDArray[np.float64] | None) -> None:
        self.n = len(weights)
        self.weight = np.zeros(1, dtype=np.int64)
        self.size = np.zeros(1, dtype=np.int64)
        self.mass = np.ones(1)
        for place, weight in enumerate(weights):
            p = None if odds is None else odds[place]
            self.weight = np.concatenate([self.weight, self.weight + weight])
            self.size = np.concatenate([self.size, self.size + 1])
            stay, join = (1.0, 1.0) if p is None else (1 - p, p)
            self.mass = np.concatenate([self.mass * stay, self.mass * join])

    @classmethod
    def pair(cls, weights: Sequence[int], odds: NDArray[np.float64] | None) -> tuple[_Half, _Half]:
        """The two halves of all members."""
        half = (len(weights) + 1) // 2
        parts = (None, None) if odds is None else (odds[:half], odds[half:])
        return cls(weights[:half], parts[0]), cls(weights[half:], parts[1])

    def masses_below(self, limits: NDArray[np.int64]) -> list[tuple[int, NDArray[np.float64]]]:
        """(size, for each limit the mass of this half's subsets of that size with less weight)."""
        out = []
        # Limits in order: neighbouring searches then end near each other in memory.
        order = np.argsort(limits)
        for size in range(self.n + 1):
            chosen = self.size == size
            place = np.argsort(self.weight[chosen])
            mass = np.concatenate([[0.0], np.cumsum(self.mass[chosen][place])])
            found = np.empty(len(limits))
            found[order] = mass[np.searchsorted(self.weight[chosen][place], limits[order])]
            out.append((size, found))
        return out
