"""What `interdep respond` prints is what the plan holds; bad input ends in one sentence that says what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from interdep import respond
from interdep.briefing.response_words import part
from interdep.classifications.product_sets import product_set
from interdep.responses.plan import Plan
from made_trades import made

STOP = """\
name = "stop"
title = "Electronics from China stop"
horizon = 200

[[shocks]]
kind = "SupplyStop"
economies = ["CHN"]
industries = ["C26"]
days = 100
"""
HOME = STOP.replace('"stop"', '"home"').replace('"CHN"', '"JPN"').replace('"Electronics from China stop"', '"At home"')
BUDGET = "1000000 USD/year"
QUICK = ("--no-days", "--no-ranges", "--frontier", "2", "--quiet")
EARTH = ("rare-earth-export-ban", "--budget", "1e6 EUR/year", *QUICK)

FLOWS = [
    ("CHN", "DEU", "854231", 2021, 60.0),
    ("TWN", "DEU", "854231", 2021, 40.0),
    ("CHN", "JPN", "854231", 2021, 30.0),
    ("TWN", "JPN", "854231", 2021, 20.0),
    ("NAM", "JPN", "810520", 2021, 7.0),
    ("NAM", "DEU", "810520", 2021, 5.0),
]
"""Chips from two suppliers, cobalt from one."""


@pytest.fixture
def cli(called, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("stop.toml").write_text(STOP)
    Path("home.toml").write_text(HOME)
    return lambda *given: called("respond", *given)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> str:
    """A table of all flows in mn USD."""
    place = tmp_path_factory.mktemp("trade") / "flows"
    made(FLOWS, whole=True, scale=1e6).save(place)
    return str(place)


@pytest.fixture(scope="module")
def earth() -> Plan:
    return respond("rare-earth-export-ban", "1e6 EUR/year", points=4, days=False)


# What is printed


def test_the_headline_is_the_plans_with_the_range_of_all_ends(cli, earth):
    code, out, _ = cli("rare-earth-export-ban", "--budget", "1e6 EUR/year", "--frontier", "4", "--no-days", "--quiet")
    assert code == 0
    rows = {r["arrangement"]: r for r in earth.arrangements.to_rows()}
    shares = [r["avoided_share"] for r in earth.changes.to_rows()]
    first = next(line for line in out.splitlines() if "of the expected shortage (" in line)
    assert f"avoids {part(rows['together']['avoided_share'])} of the expected shortage" in first
    assert f"({part(min(shares)).removesuffix(' %')} to {part(max(shares))} over" in first
    together = rows["together"]["avoided_share"] - rows["apart"]["avoided_share"]
    line = next(line for line in out.splitlines() if "acting together adds" in line)
    assert f"adds {part(together).removesuffix(' %')} percentage points" in line
    # Right beside it: how much of the loss is common.
    assert f"{part(earth.about['common'])} of what is lost is lost by both at once" in line
    assert "mutual aid is worth little where both are cut" in line
    assert "Every probability is an assumption" in out


def test_every_arrangement_measure_and_budget_has_its_row(cli, earth):
    out = cli(*EARTH)[1]
    begun = [line.split("  ")[0] for line in out.splitlines()]
    for name in ("no plan", "each member by itself (28 members)", "EU27 alone", "JPN alone", "apart", "sharing alone"):
        assert name in begun
    dearest = max(earth.measures.to_rows(), key=lambda r: r["cost"])
    row = next(line for line in out.splitlines() if line.startswith("buy elsewhere") and dearest["member"] in line)
    assert dearest["what"] in row
    assert f"{part(dearest['of_need'])} of imports" in row
    assert "12 months" in row
    budgets = [line for line in out.splitlines() if "  <" in line and "EUR" in line]
    assert len(budgets) == 1
    assert budgets[0].startswith("1.00 mn EUR")


def test_the_plan_is_cut_at_top_and_says_so(cli, earth):
    assert len(earth.measures) > 1
    out = cli(*EARTH, "--top", "1")[1]
    assert f"{len(earth.measures) - 1} more measures: --top {len(earth.measures)}" in out


def test_without_a_pool_nothing_is_shared_and_nobody_gets_anything(cli):
    out = cli(*EARTH, "--levers", "stockpile,diversify")[1]
    assert "Nothing is shared" in out
    assert "Who gets what" not in out
    assert "Levers used: hold stocks and buy elsewhere." in out
    assert "sharing alone" not in out


def test_a_partner_alone_is_set_against_its_members(cli):
    out = cli(*EARTH, "--pool", "EU27")[1]
    assert "Acting as one adds" in out
    assert any(line.startswith("EU27 as one ") for line in out.splitlines())
    assert "Who gets what" not in out


def test_a_budget_beyond_use_says_what_is_enough(cli):
    options = ("--budget", "1 bn EUR/year", *QUICK)
    code, out, _ = cli("rare-earth-export-ban", *options)
    assert code == 0
    enough = json.loads(cli("rare-earth-export-ban", *options, "--json")[1])["about"]["enough"]
    assert f"More money would avoid nothing more: {enough / 1e6:.2f} mn EUR a year is enough" in out
    assert "duality" not in out


def test_json_holds_every_table_and_the_gap_and_nothing_else_is_printed(cli):
    found = json.loads(cli(*EARTH, "--json")[1])
    assert found["about"]["gap"] < 1e-9
    assert {"about", "notes", "arrangements", "measures", "blocs", "frontier", "changes", "days"} < set(found)
    assert {r["arrangement"] for r in found["arrangements"]["rows"]} >= {"no plan", "apart", "together"}


def test_a_saved_plan_is_the_plan_with_figures_and_a_readme(cli, tmp_path):
    found = json.loads(cli(*EARTH, "--json", "--out", "there")[1])
    saved = Plan.load(Path("there"))
    assert saved.about["budget"] == found["about"]["budget"]
    assert saved.avoided == next(
        r["avoided_share"] for r in found["arrangements"]["rows"] if r["arrangement"] == "together"
    )
    files = {p.name for p in Path("there").iterdir()}
    assert {"frontier.svg", "arrangements.svg", "README.txt", "measures.csv", "measures.parquet"} <= files
    assert "months of need" in Path("there/README.txt").read_text(encoding="utf-8")


def test_an_industry_is_followed_day_by_day_beside_the_plans_own_figure(cli, table):
    code, out, _ = cli("stop.toml", "--world", table, "--pool", "DEU,JPN", "--budget", BUDGET, "--no-ranges", "--quiet")
    assert code == 0
    assert "purchases by industry" in out
    assert "the same plan day by day (Ario)" in out
    assert any(line.startswith("stop ") and line.count("%") == 3 for line in out.splitlines())


def test_stops_and_probabilities_are_read_by_name(cli):
    found = json.loads(
        cli(
            "--stop", "CHN+RUS,USA", "--probability", "0.05,CHN+RUS=0.01", "--products", "2504", "--budget",
            "1e6 EUR/year", *QUICK, "--json",
        )[1]
    )  # fmt: skip
    chance = {r["disruption"]: r["probability"] for r in found["disruptions"]["rows"]}
    assert chance == {"CHN+RUS": 0.01, "USA": 0.05}


def test_parameters_that_are_set_reach_the_plan(cli):
    cheap, dear = (
        json.loads(cli(*EARTH, "--levers", "stockpile,pool", "--set", f"carrying={value}", "--json")[1])
        for value in ("0.05", "0.2")
    )
    cost = [next(r for r in f["measures"]["rows"] if r["lever"] == "stockpile") for f in (cheap, dear)]
    assert [r["cost"] / r["amount"] for r in cost] == pytest.approx([0.05, 0.2])


def test_a_partnership_stands_for_its_members_and_a_set_for_its_products(cli):
    found = json.loads(cli(*EARTH, "--pool", "eu-japan", "--json")[1])
    assert found["about"]["pool"] == ["EU27", "JPN"]
    options = ("--stop", "CHN", "--budget", "1e6 EUR/year", *QUICK, "--json")
    named = json.loads(cli(*options, "--products", "critical-materials")[1])
    codes = product_set("critical-materials").codes
    held = {r["product"] for r in named["products"]["rows"]}
    assert "2846" in held
    assert held <= set(codes)


def test_no_contract_is_moved_to_whom_it_must_not(cli):
    out = cli(*EARTH, "--not-from", "RUS,NOR")[1]
    assert "No contract is moved to RUS, NOR" in out
    assert not [line for line in out.splitlines() if line.startswith("buy elsewhere") and "NOR" in line]
    assert "No contract is moved" not in cli(*EARTH, "--not-from", "none")[1]


def test_a_product_with_one_supplier_is_a_note_and_no_error(cli, folder):
    code, out, _ = cli(
        "--stop", "NAM", "--products", "810520", "--trade", folder, "--pool", "DEU,JPN", "--budget", "1e5 USD/year", *QUICK
    )  # fmt: skip
    assert code == 0
    assert "Note: 810520: NAM is the only supplier" in out


# Bad input


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "say what is to be feared: a scenario (a TOML file, or one of chip-export-controls,"),
        (("--budget", "1 EUR/year"), "--every-supplier, or --stop CHN+RUS,TWN"),
        (("rare-earth-export-ban",), 'give a budget, as in --budget "1e9 EUR/year"'),
        (("rare-earth-export-ban", "--budget", "-5 EUR/year"), "the budget '-5 EUR/year' must not be negative"),
        (("rare-earth-export-ban", "--budget", "1e6 USD/year"), "the data (2024, products) are in EUR; write the budget in EUR"),
        (("rare-earth-export-ban", "--budget", "1e6 EUR"), "is not an amount a year; write it as in"),
        (("rare-earth-export-ban", "--budget", "1e6 EUR/month"), "is not an amount a year; write it as in"),
        ((*EARTH, "--levers", "stockpil"), "unknown lever 'stockpil'; did you mean 'stockpile'?"),
        ((*EARTH, "--levers", "pool,pool"), "the lever 'pool' is given twice"),
        ((*EARTH, "--pool", "EU27,EU27"), "EU27 is named twice in the pool"),
        ((*EARTH, "--pool", "EU27,DEU"), "DEU belongs to both EU27 and DEU"),
        ((*EARTH, "--pool", "EU27,"), "has an empty part"),
        ((*EARTH, "--probability", "1.5"), "a probability of 1.5 is above 1"),
        ((*EARTH, "--probability", "rare-earth-export-ban=1.5"), "must be above 0 and at most 1"),
        ((*EARTH, "--probability", "rare-earth-ban=0.1"), "unknown disruption 'rare-earth-ban' in the probabilities; did"),
        ((*EARTH, "--probability", "often"), "'often' is no number"),
        ((*EARTH, "--probability", "0.1,0.2"), "--probability gives a number for all twice"),
        ((*EARTH, "--probability", "=0.2"), "names nothing before '='"),
        ((*EARTH, "--probability", "0.1", "--set", "probability=0.2"), "stands in --set and in --probability"),
        ((*EARTH, "--set", "carying=0.1"), "unknown parameter 'carying' in these levers; did you mean 'carrying'?"),
        ((*EARTH, "--set", "carrying"), "'carrying' is no number; write it as in carrying=0.1"),
        ((*EARTH, "--set", "0.1"), "--set 0.1 is no NAME=VALUE"),
        ((*EARTH, "--set", "carrying=0.1,carrying=0.2"), "--set gives carrying twice"),
        ((*EARTH, "--avoid", "1.5"), "avoid 1.5 must be above 0 and at most 1"),
        ((*EARTH, "--avoid", "0.9"), "less than the 90.0 % asked for; that takes at least"),
        ((*EARTH, "--avoid", "1", "--levers", "diversify"), "no budget does: the levers at their largest do not"),
        ((*EARTH, "--cvar", "1"), "cvar 1 must be at least 0 and below 1"),
        ((*EARTH, "--products", "2846,earths"), "name one product set, or codes separated by commas"),
        ((*EARTH, "--products", "chipz"), "unknown product set 'chipz'; did you mean 'chips'?"),
        ((*EARTH, "--stop", "CHN++RUS"), "join suppliers that stop together by +"),
        ((*EARTH, "--stop", "CHN+CHN"), "names a supplier twice"),
        ((*EARTH, "--stop", "DEU"), "DEU belongs to the partnership; name suppliers outside of it"),
        ((*EARTH, "--size", "JPM=0.3"), "unknown partner 'JPM' in --size; did you mean 'JPN'?"),
        ((*EARTH, "--not-from", "RUSS"), "unknown economy or group 'RUSS'; did you mean 'RUS'?"),
        ((*EARTH, "--within", "0.1"), "no lever is ready within 0.1 years"),
        ((*EARTH[:-3], "--frontier", "1"), "a frontier of 1 points is no line"),
        ((*EARTH, "--top", "0"), "--top 0 must be at least 1"),
        ((*EARTH, "taiwan-strait"), "taiwan-strait names industries, other scenarios name products"),
        ((*EARTH, "--industries", "C26"), "products and industries are named together"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_in_one_sentence(cli, options, said):
    quiet = () if "--quiet" in options else ("--quiet",)
    code, out, error = cli(*options, *quiet)
    assert (code, out) == (1, "")
    assert said in error
    assert error.startswith("interdep: ")
    assert error.count("\n") == 1
    assert "this should not happen" not in error


def test_what_avoiding_so_much_takes_is_what_does_it(cli):
    error = cli(*EARTH, "--avoid", "0.9")[2]
    takes = float(error.rsplit("at least ", 1)[1].split()[0].replace(",", ""))
    options = ("rare-earth-export-ban", *QUICK, "--avoid", "0.9", "--budget")
    assert cli(*options, f"{1.01 * takes} EUR/year")[0] == 0
    assert cli(*options, f"{0.99 * takes} EUR/year")[0] == 1


def test_a_product_that_nobody_imports_is_missing_data(cli):
    code, _, error = cli("--every-supplier", "--products", "9999", "--budget", "1e6 EUR/year", *QUICK)
    assert code == 3
    assert "no table has amounts of 9999 imported by EU27 or JPN" in error


def test_worst_years_need_probabilities_that_sum_to_one_at_most(cli):
    options = ("--stop", "CHN,USA", "--products", "2504", "--budget", "1e6 EUR/year", *QUICK, "--cvar", "0.9")
    code, _, error = cli(*options, "--probability", "0.6")
    assert code == 1
    assert "the probabilities of 2 sum to 1.20" in error
    code, out, _ = cli(*options, "--probability", "0.05")
    assert code == 0
    assert "best for the mean of the worst 10.0 % of years" in out
    assert "mean of the worst" in out.split("Arrangements, a year")[1].splitlines()[1]


def test_a_scenario_that_cuts_nothing_to_the_partners_is_refused(cli, table):
    code, _, error = cli("home.toml", "--world", table, "--pool", "JPN", "--budget", BUDGET, *QUICK)
    assert code == 1
    assert "home cuts no delivery to JPN" in error
