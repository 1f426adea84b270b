"""The bargain: the set of exemptions and transfers with the smallest loss of bite under which the rule is met (HiGHS)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from interdep.agreement.options import Bargain, Option, Package, lifted, packages, spared
from interdep.agreement.sales import Cell, Sales
from interdep.agreement.stances import Range, borne, short_by
from interdep.errors import InputError, NotConverged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.agreement.costs import MemberCost
    from interdep.agreement.rules import Ballot

    Floats = NDArray[np.float64]

SCALE = 1e4
"""The objective in this many parts of the whole bite, so that the solver's absolute gap (1e-6) is 1e-10 of it."""

FEWEST = 1e-7
"""What an exemption costs besides, so that of two sets with one loss the smaller one is taken."""

MARGIN = 2e-6
"""What a payment is above need, as a part of the target's sales, so that the solver's tolerance unmakes no consent."""

MOST_CUTS = 50
"""Sets that are cut off because the exact rule says no to what the solver's tolerance let pass."""


@dataclass(frozen=True)
class Alternative:
    """One bargain that meets the rule: exemptions, who is paid (positive) or pays, and what each member then thinks.

    lost: the part of the target's sales (by value) that is spared; transfers: by member, in the money of the costs;
    probability: by member that it bears what is left, None without data; consents: the rule was met with these.
    """

    options: tuple[Option, ...]
    lost: float
    transfers: Mapping[str, float]
    probability: Mapping[str, float | None]
    consents: tuple[str, ...]
    objective: float


@dataclass(frozen=True)
class Problem:
    """Everything the programme needs; `solve` answers it.

    worth: how much of a member's GDP, in units of the target's sales (by value), one GDP is; only where costs are money.
    """

    ballot: Ballot
    costs: tuple[MemberCost, ...]
    tolerances: Mapping[str, Range]
    sure: float
    options: tuple[Option, ...]
    sales: Sales
    bargain: Bargain
    worth: Mapping[str, float] | None = None

    @property
    def transfers(self) -> bool:
        """Members may pay each other."""
        return self.worth is not None


def probabilities(
    problem: Problem, chosen: Sequence[Option], paid: Mapping[str, float] | None = None
) -> dict[str, float | None]:
    """By member, the probability that it bears what exemptions (and what it is paid, a part of its GDP) leave of its cost."""
    out: dict[str, float | None] = {}
    for cost in problem.costs:
        if cost.missing:
            out[cost.member] = None
            continue
        left = cost.left(lifted(chosen, problem.bargain, len(cost.fixed)))
        out[cost.member] = borne(left - (paid or {}).get(cost.member, 0.0), problem.tolerances[cost.member])
    return out


def consenting(problem: Problem, probability: Mapping[str, float | None]) -> tuple[str, ...]:
    """Members that count as in favour: those that bear the cost with probability `sure`; never those without data."""
    return tuple(m for m, p in probability.items() if p is not None and p >= problem.sure - 1e-9)


def meets(ballot: Ballot, consents: Sequence[str]) -> bool:
    """Whether the rule is met with these members in favour."""
    return bool(ballot.passes(np.array([m in consents for m in ballot.members])))


def in_the_way(problem: Problem) -> tuple[list[str], list[str]]:
    """(members whom no admissible exemption brings to consent, members without data)."""
    never = [
        c.member for c in problem.costs if not c.missing
        and not packages(c, problem.options, problem.tolerances[c.member], problem.sure, problem.bargain, False)
    ]  # fmt: skip
    return never, [c.member for c in problem.costs if c.missing]


def solve(problem: Problem, alternatives: int) -> list[Alternative]:
    """The best bargain and the next best; empty where none meets the rule.

    None grants all that a better one grants, or wider exemptions to the same members: that would be the same bargain with more.

    A bargain without any exemption comes only with transfers; where the proposal passes as it stands there is nothing to solve.
    """
    if alternatives < 1:
        raise InputError(f"{alternatives} alternatives: ask for at least 1")
    offers = {
        c.member: packages(
            c, problem.options, problem.tolerances[c.member], problem.sure, problem.bargain, problem.transfers
        )
        for c in problem.costs
    }
    programme = _Programme(problem, offers)
    found: list[Alternative] = []
    for _ in range(alternatives + MOST_CUTS):
        answer = programme.solve()
        if answer is None:
            break
        places, paid, objective = answer
        made = _alternative(problem, places, _shared_out(problem, places, paid), objective)
        programme.cut(places)
        if any(set(each.options) < set(made.options) for each in found):
            continue
        # The solver is exact to its tolerance, the rule is exact: what only the first lets pass is no bargain.
        if meets(problem.ballot, made.consents):
            found.append(made)
        if len(found) == alternatives or not places:
            break
    return found


def _shared_out(problem: Problem, places: Sequence[int], paid: Mapping[str, float]) -> dict[str, float]:
    """The same payments to those who are paid, by all who can pay the same part of GDP, as far as they stay in favour.

    The solver knows only the sum; who of several pays it would be chance.
    """
    if problem.worth is None or not paid:
        return dict(paid)
    total = sum(share * problem.worth[m] for m, share in paid.items() if share > 0)
    chosen = tuple(problem.options[p] for p in places)
    room: dict[str, float] = {}
    for cost in problem.costs:
        if cost.missing or paid.get(cost.member, 0.0) > 0 or not problem.worth.get(cost.member):
            continue
        left = cost.left(lifted(chosen, problem.bargain, len(cost.fixed)))
        spare = -short_by(left, problem.tolerances[cost.member], problem.sure) - MARGIN / problem.worth[cost.member]
        if spare > 0:
            room[cost.member] = spare
    need, share, open_ = total, 0.0, dict(room)
    while open_ and need > 0:
        level = min(need / sum(problem.worth[m] for m in open_), min(open_.values()) - share)
        share += level
        need -= level * sum(problem.worth[m] for m in open_)
        if need <= 1e-12 * total:
            need = 0.0
        open_ = {m: most for m, most in open_.items() if most > share * (1 + 1e-12)}
    if need > 0:
        return dict(paid)
    given = {m: min(share, most) for m, most in room.items()}
    return {**{m: s for m, s in paid.items() if s > 0}, **{m: -s for m, s in given.items() if s > 0}}


def _alternative(problem: Problem, places: Sequence[int], paid: Mapping[str, float], objective: float) -> Alternative:
    ordered = sorted(places, key=lambda p: (problem.options[p].together, problem.options[p].members, p))
    chosen = tuple(problem.options[p] for p in ordered)
    probability = probabilities(problem, chosen, paid)
    exempt = spared(chosen)
    weights = dict(zip(problem.sales.cells, problem.sales.weights(), strict=True))
    lost = sum(weights[c] * part for c, part in exempt.items() if c in weights)
    gdp = {c.member: c.gdp or 0.0 for c in problem.costs}
    return Alternative(
        chosen, float(lost), {m: share * gdp[m] for m, share in paid.items()}, probability,
        consenting(problem, probability), objective,
    )  # fmt: skip


class _Programme:
    """The mixed integer programme: which exemptions (y), which member takes which package (x), who consents (s)."""

    def __init__(self, problem: Problem, offers: Mapping[str, Sequence[Package]]) -> None:
        self.problem = problem
        self.used = sorted({p for each in offers.values() for package in each for p in package.options})
        self.members = problem.ballot.members
        taken = [(m, package) for m in self.members for package in offers[m]]
        cells: list[Cell] = sorted({c for p in self.used for c in problem.options[p].cells})
        sizes = {"y": len(self.used), "x": len(taken), "s": len(self.members), "z": len(cells), "in": len(self.members),
                 "out": len(self.members), "b": 1}  # fmt: skip
        starts = np.cumsum([0, *sizes.values()])
        self.at = dict(zip(sizes, starts[:-1].tolist(), strict=True))
        self.size = int(starts[-1])
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self.upper = np.ones(self.size)
        self.cost = np.zeros(self.size)
        self._consent(taken)
        self._bite(cells)
        self._rule()
        self._transfers(taken)

    def _consent(self, taken: Sequence[tuple[str, Package]]) -> None:
        place = {p: k for k, p in enumerate(self.used)}
        for k, (_, package) in enumerate(taken):
            for p in package.options:
                self._add({self.at["x"] + k: 1.0, self.at["y"] + place[p]: -1.0}, high=0.0)
        for i, member in enumerate(self.members):
            own = [self.at["x"] + k for k, (m, _) in enumerate(taken) if m == member]
            self._add({self.at["s"] + i: 1.0, **dict.fromkeys(own, -1.0)}, high=0.0)
            self._add(dict.fromkeys(own, 1.0), high=1.0)

    def _bite(self, cells: Sequence[Cell]) -> None:
        weights = dict(zip(self.problem.sales.cells, self.problem.sales.weights(), strict=True))
        for k, p in enumerate(self.used):
            self.cost[self.at["y"] + k] = FEWEST * SCALE
            option = self.problem.options[p]
            for c, cell in enumerate(cells):
                if cell in option.cells:
                    self._add({self.at["y"] + k: option.lost, self.at["z"] + c: -1.0}, high=0.0)
        for c, cell in enumerate(cells):
            self.cost[self.at["z"] + c] = SCALE * weights.get(cell, 0.0)

    def _rule(self) -> None:
        ballot, size = self.problem.ballot, len(self.members)
        sides = [self.at["s"] + i for i in range(size)]
        b = self.at["b"]
        self.upper[b] = 1.0 if ballot.blockers else 0.0
        self._add({**dict.fromkeys(sides, 1.0), b: float(ballot.min_count)}, low=float(ballot.min_count))
        total = sum(ballot.weights)
        if ballot.min_weight:
            least = ballot.min_weight / total
            self._add(
                {**{s: w / total for s, w in zip(sides, ballot.weights, strict=True)}, b: least}, low=least - 1e-9
            )
        if ballot.blockers:
            self._add({**dict.fromkeys(sides, 1.0), b: -float(size)}, low=1.0 - ballot.blockers)

    def _transfers(self, taken: Sequence[tuple[str, Package]]) -> None:
        worth = self.problem.worth
        receives, pays = self.at["in"], self.at["out"]
        if worth is None:
            self.upper[receives : self.at["b"]] = 0.0
            return
        most = 10.0 * sum(abs(package.need) * worth[m] for m, package in taken) + 1.0
        self.upper[receives : self.at["b"]] = most
        for i, member in enumerate(self.members):
            needs = {self.at["x"] + k: p.need * worth[member] + MARGIN for k, (m, p) in enumerate(taken) if m == member}
            self._add({receives + i: 1.0, pays + i: -1.0, **{k: -v for k, v in needs.items()}}, low=0.0)
            for side in (receives + i, pays + i):
                self._add({side: 1.0, self.at["s"] + i: -most}, high=0.0)
            self.cost[receives + i] = SCALE * self.problem.bargain.transfer_weight
        self._add({receives + i: 1.0 for i in range(len(self.members))} | {pays + i: -1.0 for i in range(len(self.members))},
                  low=0.0, high=0.0)  # fmt: skip

    def _add(self, row: Mapping[int, float], low: float = -np.inf, high: float = np.inf) -> None:
        if row:
            self.rows.append((dict(row), low, high))

    def cut(self, places: Sequence[int]) -> None:
        """No later answer grants all of these exemptions, or wider ones to the same members: one of them has to be absent."""
        options = self.problem.options
        switches: list[int] = []
        for p in places:
            wider = [
                k for k, q in enumerate(self.used)
                if q == p or (not options[q].together and options[q].members == options[p].members
                              and options[q].cells >= options[p].cells and options[q].lost >= options[p].lost)
            ]  # fmt: skip
            switches.append(self.size)
            self.size += 1
            self.upper, self.cost = np.append(self.upper, 1.0), np.append(self.cost, 0.0)
            for k in wider:
                self._add({switches[-1]: 1.0, self.at["y"] + k: 1.0}, high=1.0)
        self._add(dict.fromkeys(switches, 1.0), low=1.0)

    def solve(self) -> tuple[list[int], dict[str, float], float] | None:
        """(exemptions by place, payments as parts of GDP, objective), or None where nothing meets the rule."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_matrix

        entries = [(k, column, value) for k, (row, _, _) in enumerate(self.rows) for column, value in row.items()]
        where, columns, values = (np.array(each) for each in zip(*entries, strict=True))
        matrix = csr_matrix((values, (where, columns)), shape=(len(self.rows), self.size))
        whole = np.zeros(self.size)
        for name, end in (("y", "x"), ("x", "s"), ("s", "z")):
            whole[self.at[name] : self.at[end]] = 1
        whole[self.at["b"] :] = 1
        # The solver's stubs know plain numbers alone.
        least: Any = np.array([r[1] for r in self.rows])
        most: Any = np.array([r[2] for r in self.rows])
        upper: Any = self.upper
        limits = LinearConstraint(matrix, least, most)
        answer = milp(self.cost, integrality=whole, bounds=Bounds(0.0, upper), constraints=limits,
                      options={"mip_rel_gap": 0.0})  # fmt: skip
        if answer.status == 2:
            return None
        if answer.status != 0 or answer.x is None:
            raise NotConverged(f"the search for exemptions ended without an answer: {answer.message}")
        places = [p for k, p in enumerate(self.used) if answer.x[self.at["y"] + k] > 0.5]
        paid: dict[str, float] = {}
        for i, member in enumerate(self.members):
            net = answer.x[self.at["in"] + i] - answer.x[self.at["out"] + i]
            if self.problem.worth is not None and abs(net) > 1e-12:
                paid[member] = float(net / self.problem.worth[member])
        return places, paid, float(answer.fun) / SCALE
