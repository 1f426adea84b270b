"""Plans on made-up trade of the sizes that matter, and the packaged case: time, memory, gap between primal and dual.

    python -m pip install '.[dev]'
    python benchmarks/responses.py   # about a minute on two cores

The peer is the solver itself (HiGHS): what the package adds on top of its time, and what the same question costs written out with
every release, purchase and transfer a variable of its own.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import scipy.optimize

from interdep.responses.disruptions import every_supplier
from interdep.responses.levers import Terms
from interdep.responses.needs import Needs
from interdep.responses.programme import Programme
from interdep.responses.respond import respond
from interdep.responses.solution import solve

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from plain_response import least_shortage

SOLVER: list[float] = []


def counted() -> None:
    """Count the seconds that HiGHS takes inside of `solve`."""
    plain = scipy.optimize.linprog

    def timed(*given: Any, **named: Any) -> Any:
        begun = time.perf_counter()
        out = plain(*given, **named)
        SOLVER.append(time.perf_counter() - begun)
        return out

    scipy.optimize.linprog = timed


def made(products: int, suppliers: int, members: int, seed: int = 1) -> Needs:
    """Trade of a few large suppliers and many small ones, sizes over several orders of magnitude."""
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.full(suppliers, 0.4), (members, products)).transpose(2, 0, 1)
    flows = rng.lognormal(15, 2, (1, 1, products)) * rng.lognormal(0, 1, (1, members, products)) * shares
    flows[flows < 0.005 * flows.sum(axis=0)] = 0.0
    names = tuple(f"M{m}" for m in range(members))
    return Needs(
        names, tuple(f"{k:06d}" for k in range(products)), tuple(f"S{s}" for s in range(suppliers)), flows,
        np.ones((members, products), dtype=bool), np.zeros((suppliers, members), dtype=bool), names, "EUR", 2024, "product",
    )  # fmt: skip


def measured(label: str, needs: Needs, pools: list[list[int]], goal: str) -> None:
    """Solve once and print what it took."""
    terms = Terms.of()
    fears = every_supplier(needs, terms.risk)
    SOLVER.clear()
    begun = time.perf_counter()
    programme = Programme.of_needs(needs, fears, terms)
    total = 0.003 * float(needs.need.sum())
    budgets = [(pool, total * float(needs.need[pool].sum() / needs.need.sum())) for pool in pools]
    found = solve(programme, pools, budgets)
    took = time.perf_counter() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"{label}: {took:.1f} s, {took / sum(SOLVER):.2f} times the solver's own {sum(SOLVER):.1f} s; gap {found.gap:.0e};"
        f" peak of the process {memory:.2f} GB; goal {goal}"
    )


def written_out() -> None:
    """The same small question both ways."""
    needs, terms = made(12, 8, 3), Terms.of()
    fears, pools = every_supplier(needs, terms.risk), [[0, 1, 2]]
    budgets = [(pools[0], 0.003 * float(needs.need.sum()))]
    times = []
    for work in (
        lambda: solve(Programme.of_needs(needs, fears, terms), pools, budgets).value,
        lambda: (
            least_shortage(needs.flows / 1e6, needs.home, fears, terms, pools, [(pools[0], budgets[0][1] / 1e6)]) * 1e6
        ),
    ):
        begun = time.perf_counter()
        value = work()
        times.append(time.perf_counter() - begun)
        print(f"  minimum {value:,.0f} in {times[-1]:.3f} s")
    print(
        f"written out in full: {times[1] / times[0]:.0f} times as long for 12 products, 3 members, 8 suppliers in turn"
    )


def packaged() -> None:
    """The packaged case whole: arrangements, frontier, ranges, days."""
    respond("rare-earth-export-ban", "1e6 EUR/year", points=2, ranges=False)
    for name, budget in (
        ("rare-earth-export-ban", "1e7 EUR/year"),
        ("russian-oil-ban", "1e9 EUR/year"),
        ("chip-shortage", "1e8 USD/year"),
    ):
        begun = time.perf_counter()
        respond(name, budget)
        print(f"packaged {name}, everything: {time.perf_counter() - begun:.1f} s; goal 10 s")


def main() -> None:
    """Print every figure."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    print(
        f"{os.cpu_count()} cores, {platform.machine()}, OPENBLAS_CORETYPE={os.environ.get('OPENBLAS_CORETYPE', 'unset')}"
    )
    counted()
    written_out()
    packaged()
    measured("5,000 products x 15 suppliers, one pool", made(5000, 15, 1), [[0]], "60 s")
    needs = made(200, 40, 28)
    everybody = list(range(28))
    measured("200 products x 28 members x 40 suppliers x 40 disruptions, one pool", needs, [everybody], "300 s, 4 GB")
    measured("the same, each member by itself", needs, [[m] for m in everybody], "300 s, 4 GB")


if __name__ == "__main__":
    main()
