"""The bargain against plain enumeration on small random cases, and the arithmetic of stances by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import chain, combinations

import numpy as np
import pytest

from interdep.agreement.carve_outs import Problem, meets, solve
from interdep.agreement.costs import MemberCost
from interdep.agreement.options import Bargain, Option, packages
from interdep.agreement.rules import Rule, ballot
from interdep.agreement.sales import Sales
from interdep.agreement.stances import (
    LEANING,
    NO,
    UNKNOWN,
    YES,
    Range,
    Tolerances,
    borne,
    read_tolerance,
    short_by,
    stance,
    tolerances_of,
    triangular,
)
from interdep.errors import InputError
from made_trades import refused

MEMBERS = ("DEU", "FRA", "ITA", "POL")
MODES = ("sea", "pipeline")
RULES = (
    Rule("all", count_share=1),
    Rule("half", count_share=0.5, count_more=True),
    Rule("weighted", weights={"DEU": 4, "FRA": 3, "ITA": 2, "POL": 1}, weight_share=0.7),
    Rule("two", count_share=0.5, weights={"DEU": 4, "FRA": 3, "ITA": 2, "POL": 1}, weight_share=0.65, blockers=2),
)


def case(seed: int, transfers: bool = False) -> Problem:
    """Four members with one or two pieces of cost, exemptions member by member, for a time, and one for all together."""
    rng = np.random.default_rng(seed)
    cells = tuple((m, "2709", mode) for m in MEMBERS for mode in MODES)
    value = {c: float(v) for c, v in zip(cells, rng.uniform(1, 10, len(cells)), strict=True)}
    costs = []
    for m in MEMBERS:
        pieces = {(m, "2709", mode): np.array([rng.uniform(0, 0.6)]) for mode in MODES[: rng.integers(1, 3)]}
        costs.append(
            MemberCost(m, Range(0, 0, 0), np.array([rng.uniform(-0.1, 0.1)]), pieces, gdp=float(rng.uniform(5, 20)))
        )
    options = []
    for m in MEMBERS:
        for mode in MODES:
            lasts = (None, 1.0, 3.0)[rng.integers(3)]
            options.append(option((m,), frozenset({(m, "2709", mode)}), lasts))
    options.append(option(MEMBERS, frozenset(c for c in cells if c[2] == "pipeline"), None, together=True))
    sales = Sales(cells, value, dict.fromkeys(cells), "EUR", 1.0, 2021, (), "made")
    vote = ballot(RULES[seed % len(RULES)], list(MEMBERS))
    tolerances: dict[str, Range] = {m: Range(0.25, 0.25, 0.25) for m in MEMBERS}
    worth = {c.member: (c.gdp or 0.0) / sum(value.values()) for c in costs} if transfers else None
    terms = Bargain(adjust=2.0001, horizon=4.0, transfer_weight=float(rng.uniform(0.2, 2)))
    return Problem(vote, tuple(costs), tolerances, 0.9, tuple(options), sales, terms, worth)


def option(members: tuple[str, ...], cells: frozenset, lasts: float | None, together: bool = False) -> Option:
    lost = 1.0 if lasts is None else min(1.0, lasts / 4.0)
    return Option(
        members, together, ("2709",), None, None if lasts is None else date(2025, 1, 1), lasts, lost, cells, ""
    )


def left_by_hand(problem: Problem, chosen: tuple[Option, ...]) -> dict[str, float]:
    """What is left of each member's cost, plainly."""
    out = {}
    for cost in problem.costs:
        total = float(cost.fixed[0])
        for cell, piece in cost.pieces.items():
            lifted = [1.0 if o.years is None else min(1.0, o.years / 2.0001) for o in chosen if cell in o.cells]
            total += float(piece[0]) * (1 - max(lifted, default=0.0))
        out[cost.member] = total
    return out


def lost_by_hand(problem: Problem, chosen: tuple[Option, ...]) -> float:
    whole = sum(problem.sales.value.values())
    spared = {c: max((o.lost for o in chosen if c in o.cells), default=0.0) for c in problem.sales.cells}
    return sum(problem.sales.value[c] * part for c, part in spared.items()) / whole


def every_set(options: tuple[Option, ...]) -> list[tuple[Option, ...]]:
    return list(chain.from_iterable(combinations(options, k) for k in range(len(options) + 1)))


def as_wide(wide: Option, narrow: Option) -> bool:
    """The same exemption, or one for the same members alone that spares at least as much."""
    if wide is narrow:
        return True
    return (not wide.together and wide.members == narrow.members and wide.cells >= narrow.cells
            and wide.lost >= narrow.lost)  # fmt: skip


@pytest.mark.parametrize("seed", range(24))
def test_the_best_bargains_are_those_of_plain_enumeration(seed):
    problem = case(seed)
    feasible = []
    for chosen in every_set(problem.options):
        left = left_by_hand(problem, chosen)
        if meets(problem.ballot, [m for m in MEMBERS if left[m] <= 0.25]):
            feasible.append((lost_by_hand(problem, chosen) + 1e-7 * len(chosen), chosen))
    feasible.sort(key=lambda each: each[0])
    best: list[tuple[float, tuple[Option, ...]]] = []
    for value, chosen in feasible:
        if all(any(not any(as_wide(w, n) for w in chosen) for n in better) for _, better in best):
            best.append((value, chosen))
        if len(best) == 3 or not chosen:
            break
    found = solve(problem, 3)
    assert len(found) == len(best)
    for ours, (value, chosen) in zip(found, best, strict=True):
        assert ours.lost + 1e-7 * len(ours.options) == pytest.approx(value, abs=1e-9)
        assert ours.lost == pytest.approx(lost_by_hand(problem, ours.options), abs=1e-12)
        assert len(ours.options) == len(chosen)
        left = left_by_hand(problem, ours.options)
        assert set(ours.consents) == {m for m in MEMBERS if left[m] <= 0.25}
        assert meets(problem.ballot, ours.consents)


@pytest.mark.parametrize("seed", range(16))
def test_with_transfers_no_other_set_of_exemptions_and_payments_is_better(seed):
    problem = case(seed, transfers=True)
    assert problem.worth is not None
    worth, weight = problem.worth, problem.bargain.transfer_weight
    best = np.inf
    for chosen in every_set(problem.options):
        lost, left = lost_by_hand(problem, chosen), left_by_hand(problem, chosen)
        if lost >= best:
            continue
        for inside in chain.from_iterable(combinations(MEMBERS, k) for k in range(1, 5)):
            if not meets(problem.ballot, inside):
                continue
            short = {m: (left[m] - 0.25) * worth[m] for m in inside}
            paid = sum(v for v in short.values() if v > 0)
            if paid <= -sum(v for v in short.values() if v < 0):
                best = min(best, lost + weight * paid + 1e-7 * len(chosen))
    found = solve(problem, 1)
    if not np.isfinite(best):
        assert found == []
        return
    # Payments are a hair above need, for the tolerance of the solver.
    assert found[0].objective == pytest.approx(best, abs=4e-5)
    assert sum(found[0].transfers.values()) == pytest.approx(0.0, abs=1e-4)
    gdp = {c.member: c.gdp or 0.0 for c in problem.costs}
    left = left_by_hand(problem, found[0].options)
    for member in found[0].consents:
        assert left[member] - found[0].transfers.get(member, 0.0) / gdp[member] <= 0.25 + 1e-9
    assert meets(problem.ballot, found[0].consents)


def test_a_member_without_data_is_never_won_and_stands_in_the_way():
    problem = case(0)
    blind = MemberCost("POL", None, np.zeros(1), {}, missing="no data")
    problem = replace(problem, costs=(*problem.costs[:3], blind))
    assert packages(blind, problem.options, Range(1, 1, 1), 0.9, problem.bargain, False) == []
    assert solve(problem, 2) == []
    refused("0 alternatives: ask for at least 1", lambda: solve(problem, 0))


def test_too_many_combinations_for_one_member_are_refused():
    cells = [("DEU", "2709", f"way {k}") for k in range(13)]
    cost = MemberCost("DEU", Range(0, 1, 2), np.zeros(1), {c: np.ones(1) for c in cells})
    options = [option(("DEU",), frozenset({c}), None) for c in cells]
    refused(
        "DEU could be offered 8,192 combinations of exemptions, more than 5,000",
        lambda: packages(cost, options, Range(0, 0, 0), 0.9, Bargain(), False),
    )


# Stances


def test_the_probability_of_bearing_a_cost_is_that_of_two_triangles():
    # P(C <= T) of two triangles, by a sum over a fine grid of both.
    cost, tolerance = Range(0.0, 0.1, 0.4), Range(0.1, 0.2, 0.3)
    rng = np.random.default_rng(1)
    drawn = (rng.triangular(*cost, 400_000) <= rng.triangular(*tolerance, 400_000)).mean()
    assert borne(triangular(cost), tolerance) == pytest.approx(drawn, abs=3e-3)
    # By hand: a cost of .25 is borne where T >= .25: (.3 - .25)^2 / ((.3 - .1) (.3 - .2)) = 1/8.
    assert borne(np.array([0.25]), tolerance) == pytest.approx(0.125)
    assert borne(np.array([0.15]), tolerance) == pytest.approx(1 - 0.125)
    assert borne(np.array([0.1, 0.3]), tolerance) == pytest.approx(0.5)
    assert borne(np.array([0.1, 0.2, 0.3]), Range(0.2, 0.2, 0.2)) == pytest.approx(2 / 3)
    assert borne(np.array([0.1 + 0.2]), Range(0.3, 0.3, 0.3)) == 1.0
    assert borne(np.array([0.25]), Range(0.25, 0.25, 0.5)) == pytest.approx(1.0)
    assert borne(np.array([0.5]), Range(0.25, 0.5, 0.5)) == pytest.approx(0.0)


def test_a_triangle_has_its_own_mean_and_ends():
    points = triangular(Range(1.0, 2.0, 6.0))
    assert points.mean() == pytest.approx(3.0, abs=1e-3)
    assert 1.0 < points[0] < 1.1
    assert 5.8 < points[-1] < 6.0
    assert (np.diff(points) > 0).all()
    assert set(triangular(Range(2.0, 2.0, 2.0))) == {2.0}


def test_what_a_member_is_short_of_is_what_makes_it_bear_the_cost():
    cost, tolerance = triangular(Range(0.0, 0.1, 0.4)), Range(0.1, 0.2, 0.3)
    need = short_by(cost, tolerance, 0.9)
    assert borne(cost - need, tolerance) >= 0.9
    assert borne(cost - need + 1e-3, tolerance) < 0.9
    assert short_by(np.array([0.1]), Range(0.3, 0.3, 0.3), 0.9) == pytest.approx(-0.2, abs=1e-8)


@pytest.mark.parametrize(
    ("probability", "expected"), [(None, UNKNOWN), (0.9, YES), (0.1, NO), (0.11, LEANING), (0.89, LEANING), (1.0, YES)]
)
def test_the_word_for_a_probability(probability, expected):
    assert stance(probability, 0.9) == expected


@pytest.mark.parametrize(
    ("text", "basis", "expected"),
    [
        ("0.3 % of GDP", "equilibrium", (0.003, 0.003, 0.003)),
        ("0.1 to 0.5 % of GDP", "ario", (0.001, 0.003, 0.005)),
        ("0.1-0.5% of GDP", "ario", (0.001, 0.003, 0.005)),
        ("25 % of supply", "products", (0.25, 0.25, 0.25)),
    ],
)
def test_a_tolerance_is_read_as_it_is_written(text, basis, expected):
    assert read_tolerance(text, basis) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "basis", "sentence"),
    [
        ("0.3", "equilibrium", "tolerance '0.3' is not understood; write it as \"0.3 % of GDP\""),
        ("0.3 % of GNP", "equilibrium", "unknown measure 'GNP' in the tolerance '0.3 % of GNP'; did you mean 'GDP'?"),
        (
            "0.3 % of GDP",
            "products",
            "a tolerance of GDP does not go with costs by products, which are a part of supply",
        ),
        ("25 % of supply", "ario", "a tolerance of supply does not go with costs by ario"),
        ("120 % of supply", "products", "must be at most 100 %"),
        ("0.5 to 0.1 % of GDP", "ario", "the smaller number first"),
    ],
)
def test_a_tolerance_that_cannot_be_used_is_refused(text, basis, sentence):
    refused(sentence, lambda: read_tolerance(text, basis))


def test_tolerances_by_member_and_as_parameters():
    given, about = tolerances_of({"DEU": "50 % of supply"}, "products", ("DEU", "FRA"))
    assert given["DEU"] == Range(0.5, 0.5, 0.5)
    assert given["FRA"] == Range(0.086, 0.25, 0.50)
    assert "assumption" in about
    given, _ = tolerances_of(Tolerances(supply=0.3), "products", ("DEU",))
    assert given["DEU"] == Range(0.3, 0.3, 0.3)
    refused("unknown member 'JPN'", lambda: tolerances_of({"JPN": "1 % of GDP"}, "ario", ("DEU",)))
    refused("a tolerance is text such as", lambda: tolerances_of(0.3, "ario", ("DEU",)))  # type: ignore[arg-type]
    refused("sure = 0.4 must be a probability above 0.5", lambda: Tolerances(sure=0.4))
    refused("gdp = -1 is negative", lambda: Tolerances(gdp=-1.0))
    with pytest.raises(InputError, match=r"adjust = 0 years must be above 0"):
        Bargain(adjust=0.0)
