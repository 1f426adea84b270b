"""Power indices of the Council of the European Union, against enumeration of its 134 million coalitions.

Run: python benchmarks/power.py
"""

from __future__ import annotations

import os
import platform
import resource
import statistics
import time
from collections.abc import Callable

import numpy as np

from interdep.agreement.counting import Game, passage, wins
from interdep.agreement.power import power
from interdep.agreement.rules import Ballot, Rule, ballot
from interdep.geography import economies

CHUNK = 22
"""Members whose subsets are enumerated at a time."""


def seconds(work: Callable[[], object], times: int = 7) -> float:
    """The median wall time of several calls."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def enumerated(vote: Ballot) -> list[int]:
    """How many coalitions carry, of all and of those with each member, by looking at every one."""
    game = Game.of(vote)
    n, first = game.n, min(CHUNK, game.n)
    weight, size = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int8)
    for each in game.weights[:first]:
        weight, size = np.concatenate([weight, weight + each]), np.concatenate([size, size + 1])
    counts = np.zeros(n + 1, dtype=np.int64)
    for bits in range(1 << (n - first)):
        rest = [first + k for k in range(n - first) if bits >> k & 1]
        heavy, many = weight + sum(game.weights[k] for k in rest), size + len(rest)
        carry = ((many >= game.count) & (heavy >= game.quota)) | (n - many < game.blockers)
        total = int(carry.sum())
        counts[0] += total
        for k in rest:
            counts[1 + k] += total
        for k in range(first):
            counts[1 + k] += int(carry.reshape(-1, 2, 1 << k)[:, 1].sum())
    return counts.tolist()


def main() -> None:
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}\n")
    rows: list[tuple[str, str, str, bool]] = []
    power("EU27", "majority")  # imports are not counted
    for year, what in ((2022, "persons"), (2025, "shares")):
        vote = ballot("qmv", "EU27", f"{year}-05-04")
        own = seconds(lambda day=f"{year}-05-04": power("EU27", "qmv", day))
        rows.append((f"EU27, qmv {year} ({what}): everything", f"{own:.3f} s", "under 1 s", own < 1))
        rows.append(("  counts alone", f"{seconds(lambda vote=vote: wins(Game.of(vote))):.4f} s", "", True))
        rows.append(
            ("  probability of passage", f"{seconds(lambda vote=vote: passage(vote, [0.4] * 27)):.4f} s", "", True)
        )
        total, of_member = wins(Game.of(vote))
        start = time.perf_counter()
        same = enumerated(vote) == [sum(total), *(sum(each) for each in of_member)]
        taken = time.perf_counter() - start
        rows.append(("  every coalition one by one", f"{taken:.1f} s, the same counts: {same}", "the same", same))
    codes = [code for code in economies() if code != "ROW"]
    small = {code: 1 + k % 50 for k, code in enumerate(codes[:60])}
    rule = Rule("sixty", count_share=0.55, weights=small, weight_share=0.65, blockers=4)
    rows.append(("60 members, weights 1 to 50", f"{seconds(lambda: power(list(small), rule), 3):.3f} s", "", True))
    heavy = {code: 10**7 + 997 * k**3 for k, code in enumerate(codes[:40])}
    rule = Rule("forty", count_share=0.55, weights=heavy, weight_share=0.65, blockers=4)
    rows.append(("40 members, weights of millions", f"{seconds(lambda: power(list(heavy), rule), 1):.1f} s", "", True))
    rows.append(("peak memory", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB", "", True))
    width = max(len(row[0]) for row in rows)
    for name, value, goal, met in rows:
        verdict = ("met" if met else "MISSED") if goal else ""
        print(f"{name:<{width}}  {value:<32}  {goal:<12}  {verdict}".rstrip())


if __name__ == "__main__":
    main()
