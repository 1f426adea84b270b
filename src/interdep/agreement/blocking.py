"""Who can stop a proposal: whether these members block it, who else they need, and the smallest coalitions that would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import comb

from interdep.agreement.counting import Game, add, below_limit, by_programme, empty
from interdep.agreement.rules import Ballot
from interdep.errors import InputError, first_five
from interdep.geography import economies

LISTED = 10
"""Coalitions that are listed; all of them are counted."""


@dataclass(frozen=True)
class Blocking:
    """What some members against a proposal can do, if all others are in favour.

    blocks: whether the proposal fails; share: their part of the weight (None without weights); sufficient: the smallest of
    their sub-coalitions that would block by themselves; joiners: where they do not block, the smallest sets of others who
    would have to join them. Coalitions that are equally small are listed heaviest first, up to `LISTED`.
    """

    opponents: tuple[str, ...]
    blocks: bool
    share: float | None
    sufficient: tuple[tuple[str, ...], ...]
    joiners: tuple[tuple[str, ...], ...]

    def __repr__(self) -> str:
        names, does = ", ".join(self.opponents) or "nobody", "block" if self.blocks else "do not block"
        lines = [f"Blocking: {names} {does}"]
        lines += [f"├─ enough by themselves: {', '.join(each)}" for each in self.sufficient]
        lines += [f"├─ would block with {', '.join(each)}" for each in self.joiners]
        lines.append(
            "└─ share of the weight: " + ("the rule has no weights" if self.share is None else f"{self.share:.4f}")
        )
        return "\n".join(lines)


@dataclass(frozen=True)
class Blockers:
    """When members block: at least `fewest` of them who are `by_count` or more, or weigh `by_weight` or more."""

    fewest: int
    by_count: int
    by_weight: int

    @classmethod
    def of(cls, game: Game) -> Blockers:
        """The complement of the rule; what can never block has a threshold that nobody reaches."""
        return cls(max(game.blockers, 1), game.n - game.count + 1, sum(game.weights) - game.quota + 1)

    def hold(self, size: int, weight: int) -> bool:
        """Whether so many members of so much weight block."""
        return size >= self.fewest and (size >= self.by_count or weight >= self.by_weight)


def blocking(ballot: Ballot, opponents: str | Sequence[str]) -> Blocking:
    """Whether these members (codes or groups) block a proposal that all others support, and what is smallest.

    Raises InputError for an opponent who is no member.
    """
    against = economies(opponents, ballot.on)
    strangers = [code for code in against if code not in ballot.members]
    if strangers:
        raise InputError(f"{first_five(strangers)} cannot be against: not among the {len(ballot.members)} members")
    game = Game.of(ballot)
    blockers, weight_of = Blockers.of(game), dict(zip(ballot.members, game.weights, strict=True))
    weight = sum(weight_of[code] for code in against)
    blocks = blockers.hold(len(against), weight)
    inside = {code: weight_of[code] for code in against}
    others = {code: w for code, w in weight_of.items() if code not in against}
    return Blocking(
        against,
        blocks,
        weight / sum(game.weights) if sum(game.weights) else None,
        smallest(blockers, inside) if blocks else (),
        () if blocks else smallest(blockers, others, len(against), weight),
    )


def minimal_counts(game: Game) -> list[int]:
    """How many coalitions of each size 0..n block while no one in them could be spared.

    With `fewest` members, every blocking coalition is minimal. A larger one is where it no longer blocks without its
    lightest member; coalitions are counted by who that is (of equals, the first).
    """
    n, rule = game.n, Blockers.of(game)
    out = [0] * (n + 1)
    first = rule.fewest
    if first <= n:
        light = 0 if first >= rule.by_count else int(below_limit(game.weights, rule.by_weight)[first])
        out[first] = comb(n, first) - light
    sizes = range(first + 1, min(n, rule.by_count) + 1)
    if not sizes:
        return out
    ordered = sorted(game.weights)
    for lightest, heavy, light in _heavier(ordered, rule.by_weight):
        for size in sizes:
            rest = size - 1
            if rest <= n - 1 - lightest:
                out[size] += heavy[rest] - (light[rest] if size < rule.by_count else 0)
    return out


def _heavier(ordered: Sequence[int], limit: int) -> Iterator[tuple[int, list[int], list[int]]]:
    """For each place, how many coalitions of later members (by size) weigh less than the limit, and than it less that weight."""
    n = len(ordered)
    if by_programme(n, limit, exact=True):
        table = empty(n, limit, exact=True)
        for place in reversed(range(n)):
            weight = ordered[place]
            yield place, table.sum(axis=1).tolist(), table[:, : max(limit - weight, 0)].sum(axis=1).tolist()
            add(table, weight)
    else:
        for place in range(n):
            later = ordered[place + 1 :]
            heavy, light = ([int(x) for x in below_limit(later, each)] for each in (limit, limit - ordered[place]))
            yield place, heavy, light


def smallest(
    blockers: Blockers, weights: dict[str, int], size: int = 0, weight: int = 0, most: int = LISTED
) -> tuple[tuple[str, ...], ...]:
    """The smallest sets of members that block together with `size` others of total `weight`, the heaviest first.

    weights: of those who may join, by name. Empty where even all of them do not block.
    """
    order = sorted(weights, key=lambda name: -weights[name])
    heavy = [weights[name] for name in order]
    for more in range(len(order) + 1):
        if blockers.hold(size + more, weight + sum(heavy[:more])):
            # By number alone any will do; else the weight has to be reached.
            wanted = 0 if size + more >= blockers.by_count else blockers.by_weight - weight
            found = islice(_sets(heavy, more, wanted, 0), most)
            return tuple(tuple(order[place] for place in places) for places in found)
    return ()


def _sets(heavy: Sequence[int], size: int, wanted: int, start: int) -> Iterator[tuple[int, ...]]:
    """Sets of places from `start` on, of this size and of at least the weight wanted, in lexicographic order.

    Only branches that hold a set are entered: the heaviest completion is the next `size` places.
    """
    if size == 0:
        if wanted <= 0:
            yield ()
        return
    for place in range(start, len(heavy) - size + 1):
        if sum(heavy[place : place + size]) < wanted:
            return
        for rest in _sets(heavy, size - 1, wanted - heavy[place], place + 1):
            yield (place, *rest)
