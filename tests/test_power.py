"""Power indices are counted exactly: against enumeration of all coalitions, published figures, and their laws."""

from __future__ import annotations

import importlib
import itertools
import json
import re
from fractions import Fraction
from math import comb, factorial
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interdep.agreement import counting
from interdep.agreement.blocking import blocking, minimal_counts
from interdep.agreement.counting import Game, passage, wins
from interdep.agreement.power import FEWEST, MINIMAL, SMALLEST, Power, power
from interdep.agreement.rules import Ballot, Rule, ballot
from interdep.cli.common import Common
from interdep.cli.power import power as command
from interdep.errors import InputError
from interdep.geography import economies
from made_worlds import ROOT

SIX = ["DEU", "FRA", "ITA", "BEL", "NLD", "LUX"]
MANY = [code for code in economies() if code != "ROW"]


@st.composite
def votes(draw: st.DrawFn, most: int = 7) -> Ballot:
    """Any rule with a number of members, a weight and a blocking minority, for up to so many members."""
    n = draw(st.integers(1, most))
    weights = draw(st.lists(st.integers(0, 12), min_size=n, max_size=n).filter(any))
    min_weight = draw(st.integers(0, sum(weights)))
    min_count = draw(st.integers(0 if min_weight else 1, n))
    blockers = draw(st.integers(0, n))
    members = tuple(MANY[:n])
    made = Rule("any", weights=dict(zip(members, weights, strict=True)), weight_share=0.5)
    return Ballot(made, members, tuple(weights), min_count, min_weight, blockers)


def carries(vote: Ballot, coalition: frozenset[int]) -> bool:
    enough = len(coalition) >= vote.min_count and sum(vote.weights[k] for k in coalition) >= vote.min_weight
    return enough or len(vote.members) - len(coalition) < vote.blockers


def coalitions(n: int) -> list[frozenset[int]]:
    return [frozenset(k for k in range(n) if bits >> k & 1) for bits in range(2**n)]


@pytest.fixture(params=["programme", "halves"])
def way(request, monkeypatch):
    """Both ways of counting."""
    monkeypatch.setattr(counting, "by_programme", lambda n, limit, exact: request.param == "programme")
    monkeypatch.setattr(
        "interdep.agreement.blocking.by_programme", lambda n, limit, exact: request.param == "programme"
    )
    return request.param


both_ways = pytest.mark.usefixtures("way")
same_fixture = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@both_ways
@same_fixture
@given(vote=votes())
def test_counts_are_those_of_all_coalitions_one_by_one(vote):
    n = len(vote.members)
    carrying = [each for each in coalitions(n) if carries(vote, each)]
    total, of_member = wins(Game.of(vote))
    assert total == [sum(len(each) == size for each in carrying) for size in range(n + 1)]
    for k in range(n):
        assert of_member[k] == [sum(len(each) == size and k in each for each in carrying) for size in range(n + 1)]


@both_ways
@same_fixture
@given(vote=votes(6), seed=st.integers(0, 99))
def test_the_probability_of_passage_is_the_sum_over_all_coalitions(vote, seed):
    n = len(vote.members)
    low = np.random.default_rng(seed).random(n)
    high = low + (1 - low) * np.random.default_rng(seed + 1).integers(0, 2, n)
    ends = [
        sum(
            np.prod([p[k] if k in each else 1 - p[k] for k in range(n)])
            for each in coalitions(n)
            if carries(vote, each)
        )
        for p in (low, high)
    ]
    found = passage(vote, low, high)
    assert found == pytest.approx(ends, abs=1e-12)
    assert found[0] <= found[1] + 1e-12


@both_ways
@same_fixture
@given(vote=votes())
def test_minimal_blocking_coalitions_are_counted_one_by_one(vote):
    n = len(vote.members)
    everybody = frozenset(range(n))
    blocks = {each: not carries(vote, everybody - each) for each in coalitions(n)}
    minimal = [each for each, does in blocks.items() if does and not any(blocks[each - {k}] for k in each)]
    assert minimal_counts(Game.of(vote)) == [sum(len(each) == size for each in minimal) for size in range(n + 1)]


@same_fixture
@given(vote=votes(), data=st.data())
def test_blocking_agrees_with_all_coalitions_one_by_one(vote, data):
    n = len(vote.members)
    against = data.draw(st.sets(st.integers(0, n - 1)))
    everybody = frozenset(range(n))
    found = blocking(vote, [vote.members[k] for k in sorted(against)])
    assert found.blocks == (not carries(vote, everybody - against))
    inside = [each for each in coalitions(n) if each <= against and not carries(vote, everybody - each)]
    joining = [each for each in coalitions(n) if not each & against and not carries(vote, everybody - each - against)]
    wanted = inside if found.blocks else joining
    least = min(len(each) for each in wanted)
    smallest = {frozenset(vote.members[k] for k in each) for each in wanted if len(each) == least}
    listed = found.sufficient if found.blocks else found.joiners
    assert not (found.joiners if found.blocks else found.sufficient)
    assert len(listed) == len(set(listed)) == min(len(smallest), 10)
    assert {frozenset(each) for each in listed} <= smallest
    weight = dict(zip(vote.members, vote.weights, strict=True))
    heaviest = max(sum(weight[code] for code in each) for each in smallest)
    assert sum(weight[code] for code in listed[0]) == heaviest


@settings(max_examples=25, deadline=None)
@given(weights=st.lists(st.integers(1, 9), min_size=2, max_size=7), share=st.integers(1, 20), data=st.data())
def test_indices_obey_their_laws(weights, share, data):
    members = MANY[: len(weights) + 1]
    # The last member has no weight, so that it can never matter.
    rule = Rule("any", weights=dict(zip(members, [*weights, 0], strict=True)), weight_share=Fraction(share, 20))
    rows = {row["member"]: row for row in power(members, rule).members.to_rows()}
    for index in ("banzhaf", "shapley_shubik"):
        assert sum(row[index] for row in rows.values()) == pytest.approx(1, abs=1e-12)
        assert rows[members[-1]][index] == 0
        for one, other in itertools.combinations(members, 2):
            if rows[one]["weight"] == rows[other]["weight"]:
                assert rows[one][index] == rows[other][index]
            if rows[one]["weight"] > rows[other]["weight"]:
                assert rows[one][index] >= rows[other][index]
    assert all(0 <= row["banzhaf_absolute"] <= 1 for row in rows.values())


@settings(max_examples=25, deadline=None)
@given(vote=votes(5))
def test_the_shapley_shubik_index_is_the_share_of_orders_in_which_a_member_turns_the_vote(vote):
    turned = dict.fromkeys(range(len(vote.members)), 0)
    for order in itertools.permutations(turned):
        place = next(k for k in range(len(order)) if carries(vote, frozenset(order[: k + 1])))
        turned[order[place]] += 1
    total, of_member = wins(Game.of(vote))
    n = len(vote.members)
    for k, times in turned.items():
        swings = [of_member[k][s] - total[s - 1] + of_member[k][s - 1] for s in range(1, n + 1)]
        orders = [factorial(s - 1) * factorial(n - s) for s in range(1, n + 1)]
        assert sum(a * b for a, b in zip(swings, orders, strict=True)) == times


def test_the_council_of_1958_has_the_published_indices():
    rows = power(SIX, "eec-1958").members.to_rows()
    assert [row["banzhaf"] for row in rows] == pytest.approx([5 / 21] * 3 + [3 / 21] * 2 + [0])
    assert [row["shapley_shubik"] for row in rows] == pytest.approx([14 / 60] * 3 + [9 / 60] * 2 + [0])


def test_a_majority_of_equals_has_the_closed_form():
    found = power(MANY[:75], "majority")  # more members than a machine integer counts
    rows = found.members.to_rows()
    assert all(row["shapley_shubik"] == pytest.approx(1 / 75) for row in rows)
    assert rows[0]["banzhaf_absolute"] == pytest.approx(comb(74, 37) / 2**74)
    assert found.passage == 0.5
    assert found.criterion(SMALLEST) == found.criterion(MINIMAL) == float(comb(75, 38))


def test_sixty_members_with_small_weights_are_counted():
    weights = {code: 1 + k % 7 for k, code in enumerate(MANY[:60])}
    found = power(list(weights), Rule("r", count_share=0.55, weights=weights, weight_share=0.65, blockers=4))
    rows = found.members.to_rows()
    assert sum(row["shapley_shubik"] for row in rows) == pytest.approx(1, abs=1e-12)
    by_weight = {row["weight"]: row["shapley_shubik"] for row in rows}
    assert sorted(by_weight.values()) == [by_weight[w] for w in sorted(by_weight)]


def test_too_many_members_with_heavy_weights_are_refused_with_the_way_out():
    weights = {code: 10**7 + k**3 for k, code in enumerate(MANY[:45])}
    with pytest.raises(
        InputError, match=r"45 members with weights whose threshold is [\d,]+ take too long to count exactly"
    ):
        power(list(weights), Rule("r", weights=weights, weight_share=0.65))


def test_the_council_of_2025_passes_as_often_as_published():
    assert power("EU27", "qmv", "2025-01-01").passage == pytest.approx(0.1321, abs=5e-5)


def test_both_ways_of_counting_agree_for_the_council(monkeypatch):
    made = [power("EU27", "qmv", "2025-01-01")]
    monkeypatch.setattr(counting, "by_programme", lambda n, limit, exact: False)
    monkeypatch.setattr("interdep.agreement.blocking.by_programme", lambda n, limit, exact: False)
    made.append(power("EU27", "qmv", "2025-01-01"))
    for name in made[0].tables:
        assert made[0].tables[name].frame.equals(made[1].tables[name].frame)


def test_under_unanimity_everybody_has_a_veto_and_the_same_power():
    found = power("EU27", "unanimity")
    assert len(found.vetoes) == 27
    assert found.passage == 2.0**-27
    assert (found.criterion(FEWEST), found.criterion(SMALLEST), found.criterion(MINIMAL)) == (1, 27, 27)
    assert {row["shapley_shubik"] for row in found.members.to_rows()} == {1 / 27}
    assert "veto: everybody" in repr(found)
    assert found.members.frame["weight_share"].null_count() == 27


def test_nobody_alone_stops_the_council_and_four_can():
    found = power("EU27", "qmv", "2022-05-04")
    assert found.vetoes == ()
    assert found.most_pivotal == ("DEU",)
    assert found.criterion(FEWEST) == 4
    assert all(len(each) == 4 for each in found.coalitions())
    # The three largest hold 47 % of the people: whoever joins them makes the fourth.
    assert {each[:3] for each in found.coalitions()} == {("DEU", "FRA", "ITA")}
    vote = ballot("qmv", "EU27", "2022-05-04")
    stopped = blocking(vote, ["HUN", "SVK", "CZE"])
    assert not stopped.blocks
    assert ("DEU", "FRA") in stopped.joiners
    assert stopped.share == pytest.approx((9730772 + 5459781 + 10701777) / sum(vote.weights))
    assert blocking(vote, ["DEU", "FRA", "ITA", "HUN"]).blocks
    assert not blocking(vote, ["DEU", "FRA", "ITA"]).blocks


def test_one_who_is_unknown_makes_the_probability_an_interval():
    vote = ballot("unanimity", ["DEU", "FRA", "ITA"])
    assert passage(vote, [0.5, 0.8, 0], [0.5, 0.8, 1]) == (0, pytest.approx(0.4))
    assert passage(vote, [0.5, 0.8, 1]) == (pytest.approx(0.4), pytest.approx(0.4))


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        ([0.5, 0.5], None, "low holds 2 probabilities for 3 members; give one for each"),
        ([0.5, 1.5, 0], None, "FRA: the low probability 1.5 is not between 0 and 1"),
        ([0.5, float("nan"), 0], None, "FRA: the low probability nan is not between 0 and 1"),
        ([0.5, 0.5, 0.5], [0.5, 0.4, 1], "FRA: the low probability 0.5 is above the high one 0.4; exchange them"),
        ([0.5, 0.5, 0.5], [1, 1, -1], "ITA: the high probability -1 is not between 0 and 1"),
    ],
)
def test_probabilities_that_cannot_be_are_refused(low, high, said):
    with pytest.raises(InputError) as error:
        passage(ballot("majority", ["DEU", "FRA", "ITA"]), low, high)
    assert str(error.value) == said


def test_opponents_must_be_members():
    with pytest.raises(InputError, match="JPN cannot be against: not among the 27 members"):
        blocking(ballot("qmv", "EU27"), ["HUN", "JPN"])


def test_power_is_saved_and_read_back(tmp_path):
    made = power(SIX, "eec-1958")
    made.save(tmp_path)
    kept = Power.load(tmp_path)
    assert {name: table.frame.equals(made.tables[name].frame) for name, table in kept.tables.items()} == dict.fromkeys(
        ("members", "summary", "blocking"), True
    )
    assert repr(kept) == repr(made)
    assert kept.members.provenance == made.members.provenance


def test_the_command_prints_who_counts_and_who_can_block(capsys, tmp_path):
    assert command("EU27", "qmv", "2022-05-04", "HUN,SVK,CZE", 5, Common(out=tmp_path, quiet=True)) == 0
    said = capsys.readouterr().out
    assert "15 of them with 65 % of the population in favour, or fewer than 4 not in favour" in said
    assert "13.2 % of proposals would pass" in said
    assert "Germany" in said
    assert "22 more members: leave out --top" in said
    assert "Hungary, Slovakia, Czechia (5.8 % of the weight) do not block a proposal that all others support." in said
    assert "Germany, France" in said.partition("have to join: ")[2]
    assert "OJ L 462" in (tmp_path / "README.txt").read_text(encoding="utf-8")
    assert len(Power.load(tmp_path).members) == 27


def test_the_command_gives_json_and_nothing_else(capsys):
    assert command(",".join(SIX), "eec-1958", against="DEU,FRA,LUX", common=Common(json=True)) == 0
    read = json.loads(capsys.readouterr().out)
    assert {row["member"] for row in read["members"]["rows"]} == set(SIX)
    assert read["against"]["blocks"] is True
    assert read["against"]["sufficient"] == [["DEU", "FRA"]]


def test_the_command_says_what_one_who_has_a_veto_can_do(capsys):
    assert command("EU27", "unanimity", against="HUN") == 0
    said = capsys.readouterr().out
    assert "Hungary blocks a proposal that all others support." in said
    assert "Nothing passes without every member." in said
    assert "they count as in favour" in said
    with pytest.raises(InputError, match="--top 0 must be at least 1"):
        command(top=0)


def test_every_mark_of_the_validation_is_met(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "validation"))
    rows = importlib.import_module("power.case").rows()
    assert {row.verdict for row in rows} == {"pass", "stated"}
    assert sum(row.verdict == "pass" for row in rows) == 19


def test_the_examples_of_the_docs_run(tmp_path):
    text = (ROOT / "docs" / "agreement-rules.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)[0], names)
    assert names["found"].most_pivotal == ("DEU",)
    (tmp_path / "partners.toml").write_text(
        re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)[0], encoding="utf-8"
    )
    assert power(["JPN", "KOR", "AUS"], tmp_path / "partners.toml").vetoes == ("JPN",)
