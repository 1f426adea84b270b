"""Rules of voting are data: thresholds come out as the treaties say them, and a rule that cannot be used says why."""

from __future__ import annotations

import pickle
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from interdep.agreement.populations import populations, tables
from interdep.agreement.rules import Rule, ballot, rule, rules
from interdep.errors import InputError
from interdep.geography import as_date, economies

SIX = ["DEU", "FRA", "ITA", "BEL", "NLD", "LUX"]


def test_the_packaged_rules_are_the_treaties():
    assert rules() == ("unanimity", "qmv", "qmv-reinforced", "majority", "eec-1958")
    for name in rules():
        assert rule(name).title
        assert "Art. " in rule(name).source
        assert rule(rule(name)) is rule(name)


@pytest.mark.parametrize(
    ("name", "members", "blockers"),
    [("unanimity", 27, 0), ("qmv", 15, 4), ("qmv-reinforced", 20, 0), ("majority", 14, 0)],
)
def test_twenty_seven_members_need_as_many_as_the_treaty_says(name, members, blockers):
    found = ballot(name, "EU27")
    assert (found.min_count, found.blockers) == (members, blockers)


def test_a_share_is_the_decimal_that_was_written():
    # 0.55 * 20 is a hair above 11 in binary, and 12 of 20 would be wrong.
    assert ballot(Rule("r", count_share=0.55), list(economies("EU27"))[:20]).min_count == 11
    assert ballot(Rule("r", count_share=Fraction(2, 3)), list(economies("EU27"))).min_count == 18
    assert ballot(Rule("r", count_share=Fraction(2, 3), count_more=True), list(economies("EU27"))).min_count == 19


def test_the_population_threshold_is_the_smallest_whole_number_of_people_that_is_enough():
    found = ballot("qmv", "EU27", "2022-05-04")
    total = sum(found.weights)
    assert 100 * found.min_weight >= 65 * total > 100 * (found.min_weight - 1)
    assert found.members == economies("EU27")


def test_the_council_of_1958_needs_twelve_of_seventeen():
    found = ballot("eec-1958", SIX)
    assert (found.weights, found.min_weight, found.total_weight) == ((4, 4, 4, 2, 2, 1), 12, 17)
    assert found.passes(np.array([True, True, True, False, False, False]))
    assert not found.passes(np.array([True, True, False, True, False, True]))


def test_three_members_with_more_than_a_third_of_the_people_do_not_block():
    found = ballot("qmv", "EU27", "2022-05-04")
    against = np.array([code in ("DEU", "FRA", "ITA") for code in found.members])
    four = np.array([code in ("DEU", "FRA", "ITA", "MLT") for code in found.members])
    assert np.array(found.weights)[~against].sum() < found.min_weight
    assert found.passes(np.array([~against, ~four])).tolist() == [True, False]


def test_where_not_all_take_part_the_blocking_minority_is_the_smallest_number_plus_one():
    # Germany and France hold more than 35 % of the people of the euro area's members; Art. 238(3)(a) TFEU: 2 + 1.
    euro = [c for c in economies("EU27") if c not in ("BGR", "CZE", "DNK", "HUN", "POL", "ROU", "SWE")]
    found = ballot("qmv", euro, "2022-05-04")
    assert (found.min_count, found.blockers) == (11, 3)
    assert any("blocking minority needs 3 members" in note for note in found.notes)
    assert any("7 economies of the population table" in note for note in found.notes)


def test_the_population_table_that_applies_is_the_latest_not_after_the_day():
    assert [each.since.isoformat() for each in tables()] == ["2022-01-01", "2025-01-01"]
    assert populations(as_date("2024-12-31")).since.year == 2022
    assert populations(as_date("2025-01-01")).since.year == 2025
    assert populations() is tables()[-1]
    assert any("no population table for 2023" in note for note in ballot("qmv", "EU27", "2023-06-01").notes)
    assert not any("no population table" in note for note in ballot("qmv", "EU27", "2022-06-01").notes)


def test_each_population_table_holds_the_union_and_says_where_each_figure_is_from():
    for each in tables():
        assert set(each.weights) == set(economies("EU27"))
        assert all(each.basis[code] for code in each.weights)
        assert each.source.licence
        assert each.source.url


def test_the_populations_of_2022_add_up_to_what_the_printed_shares_allow():
    # Decision (EU, Euratom) 2021/2320 prints these shares; each bounds the Union's total.
    printed = {"DEU": 18.57, "FRA": 15.07, "ITA": 13.38, "ESP": 10.59, "POL": 8.45, "ROU": 4.29}
    people = tables()[0].weights
    total = sum(people.values())
    for code, share in printed.items():
        assert people[code] / ((share + 0.005) / 100) <= total <= people[code] / ((share - 0.005) / 100)
    recalled = [code for code, basis in tables()[0].basis.items() if "memory" in basis]
    assert recalled == ["SWE", "FIN", "IRL"]
    assert "SWE, FIN, IRL are from memory" in ballot("qmv", "EU27", "2022-05-04").notes[0]


def test_the_shares_of_2025_add_up_to_one_hundred_but_for_rounding():
    assert sum(tables()[-1].weights.values()) == pytest.approx(100, abs=27 * 0.005)


def test_decimal_weights_are_counted_as_whole_numbers():
    found = ballot(Rule("r", weights={"DEU": 0.1, "FRA": 0.2, "ITA": 1}, weight_share=0.5), ["DEU", "FRA", "ITA"])
    assert (found.weights, found.min_weight) == ((1, 2, 10), 7)


def test_a_rule_of_ones_own_is_read_from_a_file(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(
        'name = "mine"\ncount_share = "2/3"\nweights = { JPN = 3, KOR = 2, AUS = 1 }\nweight_share = 0.5\n'
        'weight_more = true\nabstention = "in favour"\n',
        encoding="utf-8",
    )
    found = ballot(file, ["JPN", "KOR", "AUS"])
    assert (found.min_count, found.min_weight, found.rule.abstention) == (2, 4, "in favour")
    assert rule(str(file)) == rule(file)


def test_a_ballot_can_be_sent_to_another_process():
    for name in ("qmv", "unanimity"):
        found = ballot(name, "EU27", "2022-05-04")
        assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "x"\nwieghts = "population"', ", line 2: unknown key 'wieghts'; did you mean 'weights'?"),
        ("count_share = 0.5", ", line 1: the key 'name' is absent; add it"),
        ('name = "x"\ncount_share = "2/x"', ", line 2: count_share = '2/x' is no fraction; write 0.55 or \"2/3\""),
        ('name = "x"\ncount_share = true', ", line 2: count_share = True is no fraction"),
        (
            'name = "x"\ncount_share = 55',
            ": rule 'x' can never be met: count_share = 55 is more than all of it (shares are fractions: 0.55 is 55 per cent)",
        ),
        ('name = "x"\ncount_share = -0.1', ": rule 'x': count_share = -0.1 must be a fraction from 0 to 1"),
        ('name = "x"\ncount_share = nan', ": rule 'x': count_share = nan must be a fraction from 0 to 1"),
        (
            'name = "x"\ncount_share = 1\ncount_more = true',
            ": rule 'x' can never be met: it asks for strictly more than all of it",
        ),
        (
            'name = "x"\nweights = { DEU = 4 }\nweight_share = "18/17"',
            ": rule 'x' can never be met: weight_share = 18/17 is more than all of it",
        ),
        ('name = "x"', ": rule 'x' asks for nobody's consent; give it a count_share, or weights"),
        ('name = "x"\nweights = { DEU = 4 }', ": rule 'x' has weights and no weight_share"),
        ('name = "x"\nweight_share = 0.5', ": rule 'x' has weight_share and no weights"),
        ('name = "x"\nweights = "people"\nweight_share = 0.5', ": unknown table of weights 'people' in rule 'x'"),
        (
            'name = "x"\nweights = ["DEU"]\nweight_share = 0.5',
            ": rule 'x': weights are ['DEU']; write { DEU = 4, FRA = 4 }",
        ),
        ('name = "x"\nweights = { GER = 4 }\nweight_share = 0.5', ": unknown economy 'GER'; did you mean 'DEU'?"),
        (
            'name = "x"\nweights = { DEU = -4 }\nweight_share = 0.5',
            ": rule 'x': the weight of DEU is -4; weights are numbers",
        ),
        (
            'name = "x"\nweights = { DEU = "4" }\nweight_share = 0.5',
            ": rule 'x': the weight of DEU is '4'; weights are",
        ),
        ('name = "x"\nweights = { DEU = 0 }\nweight_share = 0.5', ": rule 'x': all weights are 0"),
        ('name = "x"\ncount_share = 1\nblockers = -1', ": rule 'x': blockers = -1 must be at least 0"),
        ('name = "x"\ncount_share = 1\nblockers = 1.5', ", line 3: blockers must be a whole number, not 1.5"),
        (
            'name = "x"\ncount_share = 1\nabstention = "yes"',
            ", line 3: abstention must be against or in favour, not 'yes'",
        ),
        ("name = ", " is not TOML: "),
    ],
)
def test_a_wrong_file_is_refused_with_the_place_and_the_way_out(tmp_path, text, said):
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        rule(file)
    assert str(error.value).startswith(f"{file}{said}")


@pytest.mark.parametrize(
    ("name", "members", "on", "said"),
    [
        ("qmw", "EU27", None, "unknown rule 'qmw' in the packaged rules (or name a TOML file of your own); did you mean 'qmv'?"),
        ("none.toml", "EU27", None, "there is no file none.toml; packaged rules are unanimity, qmv,"),
        ("majority", [], None, "a vote needs members; name at least one economy or group"),
        ("majority", ["DEU", "DEU"], None, "listed twice among the economies: DEU; list each once"),
        ("majority", ["EU27", "DEU"], None, "DEU is a member twice, as EU27 and as DEU; name it once"),
        ("majority", ["DEU", "Germany"], None, "unknown economy or group 'Germany'; did you mean 'DEU'?"),
        ("majority", ["ROW", "DEU"], None, "the rest of the world (ROW) has no vote; name economies"),
        ("majority", "EU27", "4 May", "'4 May' is not a day; write it as YYYY-MM-DD"),
        (
            "qmv", "EU27", "2021-12-31",
            "the population table begins on 2022-01-01, and 2021-12-31 is before it; name a later day, or use a rule with",
        ),
        (
            "qmv", ["EU27", "JPN"], "2022-05-04",
            "the population table of 2022-01-01 lacks JPN; leave them out, or use a rule with weights of your own",
        ),
        (
            "eec-1958", ["DEU", "FRA"], None,
            "the weights of rule 'eec-1958' also hold ITA, BEL, NLD, LUX, not among the members; name exactly its members",
        ),
        ("eec-1958", [*SIX, "GBR"], None, "the weights of rule 'eec-1958' lack GBR"),
    ],
)  # fmt: skip
def test_members_and_days_that_do_not_fit_are_refused(name, members, on, said):
    with pytest.raises(InputError) as error:
        ballot(name, members, on)
    assert str(error.value).startswith(said)


def test_a_blocking_minority_larger_than_the_members_is_refused():
    with pytest.raises(
        InputError, match="a blocking minority of 4 is more than the 3 members, so that everything would pass"
    ):
        ballot(Rule("r", count_share=0.5, blockers=4), ["DEU", "FRA", "ITA"])


def test_a_member_may_have_no_weight():
    weights = {"DEU": 1, "FRA": 0}
    assert ballot(Rule("r", weights=weights, weight_share=1), ["DEU", "FRA"]).min_weight == 1


def test_weights_with_too_many_digits_are_refused():
    weights = {"DEU": 0.12345678901234567, "FRA": 1e-20}
    with pytest.raises(InputError, match="have too many digits to be added up exactly"):
        ballot(Rule("r", weights=weights, weight_share=0.5), ["DEU", "FRA"])


@pytest.mark.parametrize("given", [np.ones(27), np.ones(26, dtype=bool), np.array(True)])
def test_votes_that_do_not_match_the_members_are_refused(given):
    with pytest.raises(InputError, match="in_favour must be true or false for each of the 27 members"):
        ballot("qmv", "EU27").passes(given)


def test_a_file_that_cannot_be_read_says_so(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_bytes(b"name = '\xff'")
    with pytest.raises(InputError, match=r"mine\.toml is not UTF-8 text; save it as UTF-8"):
        rule(Path(file))
