"""The command line answers on stdout, speaks of trouble in one sentence on stderr, and ends with the code that fits."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import interdep
from interdep.cli.common import DEFAULT, print_grid, split
from interdep.cli.main import main
from interdep.dependence.measure import measure
from interdep.models.run import Run
from interdep.shocks.scenario import Scenario, library
from interdep.tables import Table
from interdep.testing import small_world
from interdep.world import World
from interdep.world.folder import write_folder

COMMANDS = ("assess", "measure", "run", "compare", "list")
STOP = """\
name = "stop"
title = "Electronics from Japan stop"
horizon = 100

[[shocks]]
kind = "SupplyStop"
economies = ["JPN"]
industries = ["C26"]
days = 50
"""
TARIFF = """\
name = "duty"
horizon = 100

[[shocks]]
kind = "Tariff"
economies = ["USA"]
suppliers = ["CHN"]
rate = 0.25
days = 100
"""


@pytest.fixture
def cli(called, tmp_path, monkeypatch):
    """Runs a command in an empty folder that holds stop.toml, mild.toml and duty.toml; gives (code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    Path("stop.toml").write_text(STOP)
    Path("mild.toml").write_text(STOP.replace('"stop"', '"mild"').replace("days = 50", "days = 50\nshare = 0.1"))
    Path("duty.toml").write_text(TARIFF)
    return called


def sentence(outcome: tuple[int, str, str], code: int) -> str:
    """The one sentence on stderr of a command that ended with this code and left stdout empty."""
    ended, out, said = outcome
    assert (ended, out) == (code, "")
    assert said.startswith("interdep: ")
    assert said.count("\n") == 1
    assert "Traceback" not in said
    return said.removeprefix("interdep: ").rstrip("\n")


def words(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


# Help and slips


def test_help_shows_the_commands(cli):
    for arguments in (["--help"], []):
        code, out, said = cli(*arguments)
        assert (code, said) == (0, "")
        assert all(command in out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_shows_its_options(cli, command):
    code, out, said = cli(command, "--help")
    assert (code, said) == (0, "")
    assert out.startswith(f"Usage: interdep {command}")
    for option in ("--json", "--out", "--quiet", "--debug"):
        assert option in out
    assert "False" not in out


def test_the_version_is_that_of_the_package(cli):
    assert cli("--version") == (0, f"{interdep.__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["mesure", "JPN"], 'Unknown command "mesure". Did you mean "measure"?'),
        (["--bogus"], 'Unknown command "--bogus".'),
        (["measure", "JPN", "--suplier", "CHN"], "Unknown option: --suplier. Did you mean --supplier?"),
        (["measure", "JPN", "--top", "many"], 'Invalid value for --top: unable to convert "many" into int.'),
        (["measure", "JPN", "--top"], 'Command "measure" parameter --top requires an argument.'),
        (["run", "taiwan-strait", "--at", "peek"], 'Invalid value "peek" for --at.'),
        (["assess"], 'Command "assess" parameter PARTNERSHIP requires an argument.'),
        (["list", "more"], "Unused Tokens"),
    ],
)
def test_a_slip_of_the_pen_is_one_line_and_code_1(cli, arguments, said):
    assert sentence(cli(*arguments), 1).lower().startswith(said.lower().split("  ")[0])


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["measure"], 1, "say whose dependence to measure, for example: interdep measure EU27 JPN"),
        (["measure", "JPN", "--top", "0"], 1, "--top 0 must be at least 1"),
        (["measure", "GER"], 1, "unknown economy or group 'GER'; did you mean 'DEU'?"),
        (["measure", "JPN", "JPN"], 1, "JPN is named twice"),
        (["measure", "SGP"], 3, "small does not keep SGP apart; bring a table that has them, see docs/own-table.md"),
        (["measure", "JPN", "--supplier", "CHNN"], 1, "unknown supplier 'CHNN' in small; did you mean 'CHN'?"),
        (["measure", "JPN", "--supplier", "JPN"], 1, "JPN is at home in JPN; --supplier is an economy abroad"),
        (["measure", "JPN", "--industry", "C226"], 1,
         "unknown industry 'C226' in this table (interdep-36); did you mean 'C26'?"),
        (["measure", "JPN", "--industry", "C26,"], 1,
         "'C26,' has an empty part; write names separated by commas, as in EU27,JPN"),
        (["run"], 1, "name a scenario: a TOML file, or one of " + ", ".join(library())),
        (["run", "stop.toml", "--top", "0"], 1, "--top 0 must be at least 1"),
        (["run", "stop.toml", "--models", "leontiev"], 1, "unknown model 'leontiev'; did you mean 'leontief'?"),
        (["run", "stop.toml", "--models", "leontief,leontief"], 1,
         "the model 'leontief' is given twice; results are kept by model name"),
        (["run", "stop.toml", "stop.toml"], 1, "two scenarios are called 'stop'; rename one, results are kept by name"),
        (["run", "stop.toml", "--economies", "JPN,,DEU"], 1,
         "'JPN,,DEU' has an empty part; write names separated by commas, as in EU27,JPN"),
        (["compare"], 1, "name at least one scenario or results folder to compare"),
        (["compare", "stop.toml", "stop.toml"], 1,
         "scenario 'stop' in leontief stands in two of the runs; rename one of the scenarios"),
        (["compare", "."], 1, ". holds no run (its manifest.json is absent or of another kind)"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_said_in_one_sentence(cli, table, arguments, code, said):
    assert sentence(cli(*arguments, "--world", table), code) == said


@pytest.mark.parametrize(
    "arguments", [["measure", "JPN"], ["run", "taiwan-strait"], ["compare", "taiwan-strait"], ["assess", "eu-japan"]]
)
def test_a_table_that_is_not_there_is_missing_data_and_its_sentence_names_those_that_are(cli, arguments):
    outcome = cli(*arguments, "--world", "world-2041", "--quiet")
    assert sentence(outcome, 3) == (
        "there is no table 'world-2041': it is neither packaged (world-2014) nor a folder; did you mean 'world-2014'?"
    )
    assert sorted(p.name for p in Path().iterdir()) == ["duty.toml", "mild.toml", "stop.toml"]


def test_a_file_that_is_no_table_is_refused(cli):
    assert sentence(cli("measure", "JPN", "--world", "stop.toml"), 1).startswith(
        "stop.toml is a file; a table is a folder"
    )


def test_debug_shows_the_traceback(cli, table):
    with pytest.raises(interdep.InputError, match="--top 0 must be at least 1"):
        main(["measure", "JPN", "--top", "0", "--debug"])


def test_an_error_nobody_thought_of_asks_for_a_report_instead_of_a_traceback(cli, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("interdep.world.reading.read_world", broken)
    said = sentence(cli("measure", "JPN"), 1)
    assert (
        said
        == "this should not happen (ZeroDivisionError: division by zero); please report it with the output of --debug"
    )
    with pytest.raises(ZeroDivisionError):
        main(["measure", "JPN", "--debug"])


# measure


def test_measure_prints_a_row_an_industry_with_the_numbers_of_the_table(cli, table):
    code, out, said = cli("measure", "JPN", "--world", table)
    assert (code, said) == (0, "")
    lines = out.splitlines()
    assert (
        lines[0] == "Inputs from abroad and the top foreign supplier, per cent of all inputs (direct purchases, 2020)"
    )
    world = small_world()
    bought = world.intermediate.reshape(4, 3, 4, 3)[:, :, 1, 1].sum(axis=1)  # what Japan's C26 buys, by supplier
    abroad = 100 * (1 - bought[1] / bought.sum())
    (row,) = [line for line in lines if line.startswith("C26 Electronics")]
    assert f"{abroad:.1f} %" in row
    bought[1] = 0
    assert world.economies[bought.argmax()] in row


def test_measure_of_two_buyers_counts_the_industries_with_the_same_top_supplier(cli, table):
    _, out, _ = cli("measure", "DEU", "JPN", "--world", table)
    lines = out.splitlines()
    same = sum(line.endswith("same") for line in lines)
    found = measure(["DEU", "JPN"], world=small_world())
    assert (
        f"DEU and JPN have the same top foreign supplier in {same} of 3 industries, through the chain in {len(found.common())}."
        in lines
    )
    _, chain, _ = cli("measure", "DEU", "JPN", "--look-through", "--world", table)
    assert "(direct and through the chain, 2020)" in chain
    assert sum(line.endswith("same") for line in chain.splitlines()) == len(found.common())


def test_measure_of_industries_lists_their_suppliers_and_says_how_many_more_there_are(cli, table):
    code, out, _ = cli("measure", "JPN", "--industry", "C26,C29", "--top", "2", "--world", table)
    assert code == 0
    assert out.startswith("Reliance on foreign suppliers, per cent of all inputs (2020)\n")
    assert out.endswith("4 more rows: --top 6\n")
    assert sum(line.startswith("JPN") for line in out.splitlines()) == 2


def test_measure_of_a_supplier_lists_the_industries_that_rely_on_it(cli, table):
    _, out, _ = cli("measure", "JPN", "--supplier", "CHN", "--look-through", "--world", table)
    by_industry = out.partition("\n\n")[0]
    rows = [line.split() for line in by_industry.splitlines() if line.startswith("JPN")]
    assert {row[1] for row in rows} == {"B", "C26", "C29"}
    chain = [float(row[-2]) for row in rows]
    assert chain == sorted(chain, reverse=True)


def test_measure_says_how_many_industries_it_left_out(cli, table):
    _, out, _ = cli("measure", "JPN", "--top", "1", "--world", table)
    assert "2 more industries: --top 3\n" in out


# run


def test_run_prints_the_losses_of_the_run(cli, table):
    code, out, said = cli("run", "stop.toml", "--world", table, "--top", "1")
    assert (code, said) == (0, "")
    assert out.startswith(
        "Electronics from Japan stop: value added lost over 100 days\n(leontief, shock at its average, data of 2020)\n"
    )
    result = interdep.run(Scenario.parse(STOP, "stop"), world=small_world())
    worst = result.loss.by("economy").top(1, "loss_share").to_rows()[0]
    assert worst["economy"] == "JPN"
    row = next(line.split() for line in out.splitlines() if line.startswith("Japan"))
    assert float(row[1]) == pytest.approx(100 * worst["loss_share"], rel=0.05)
    assert float(row[3]) == pytest.approx(worst["value_added_lost"], rel=0.005)
    assert "3 more economies: --top 4" in out
    assert "Exposed: value added whose sales or costs run over the stopped deliveries." in out
    assert "upper bound" not in out


def test_run_day_by_day_prints_the_worst_day_and_what_bites_first(cli, table):
    code, out, said = cli("run", "stop.toml", "--models", "ario", "--economies", "DEU,JPN", "--world", table)
    assert (code, said) == (0, "")
    assert "(ario, day by day, data of 2020)" in out
    made = interdep.run("stop.toml", models="ario", world=World.read(table))
    worst = made.daily.where(economy="JPN").top(1, "loss_share").to_rows()[0]
    assert f"day {worst['day']}" in out
    assert "First held back by want of an input" in out or "No input holds a tenth" in out


def test_parameters_are_set_by_name_and_slips_are_said(cli, table):
    def lost(*more: str) -> float:
        code, out, _ = cli("run", "stop.toml", "--models", "ario", *more, "--world", table, "--json")
        assert code == 0
        return sum(row["value_added_lost"] for row in strictly(out)["loss"]["rows"])

    stop = Path("stop.toml").read_text().replace("days = 50", "days = 100")
    Path("stop.toml").write_text(stop)
    tight = lost("--set", "psi=1,orders=keep,stock_electronics=2")
    assert tight > lost()
    for setting, expected in (
        ("psl=0.9", "unknown parameter 'psl' in --set for ario; did you mean 'psi'?"),
        ("psi", "--set 'psi' is no NAME=VALUE; write it as in psi=0.9"),
        ("psi=high", "--set psi=high: psi must be a number such as 0.8, not 'high'"),
        ("psi=2", "Ario: psi = 2 must be at least 0.01 and at most 1"),
        ("psi=0.9,psi=0.8", "--set names psi twice; give it once"),
        ("stocks=3", "--set stocks: it holds several values and is set in Python alone, as in Ario(stocks=...)"),
        ("orders=best", "unknown value of orders 'best' in Ario; known are reroute, keep"),
    ):
        outcome = cli("run", "stop.toml", "--models", "ario", "--set", setting, "--world", table)
        assert sentence(outcome, 1) == expected


def test_every_supplier_is_stopped_in_turn_and_a_second_call_reads_what_is_there(cli, table):
    arguments = [
        "run",
        "--every-supplier",
        "--buyers",
        "DEU,JPN",
        "--models",
        "leontief,ario",
        "--days",
        "5",
        "--top",
        "3",
    ]
    code, out, said = cli(*arguments, "--world", table, "--out", "stops")
    assert code == 0
    assert said.splitlines()[0] == "ario, 12 stops: 0 of 1"
    assert "Germany: the costliest of all suppliers that stop for 5 days, one at a time" in out
    assert Path("stops/supplier_stops-ario.csv").exists()
    assert Path("stops/supplier_stops-leontief.csv").exists()
    before = {p: p.stat().st_mtime_ns for p in Path("stops/ario").rglob("*.parquet")}
    assert cli(*arguments, "--world", table, "--out", "stops")[0] == 0
    assert {p: p.stat().st_mtime_ns for p in Path("stops/ario").rglob("*.parquet")} == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["stop.toml"],
            "--every-supplier makes its own scenarios; leave the named ones out, or run them by themselves",
        ),
        (["--days", "0"], "--days 0 must be at least 1"),
        (["--workers", "0"], "--workers 0 must be at least 1"),
        (["--buyers", "XXX"], "unknown economy or group 'XXX'"),
        (["--days", "5000"], "--days 5000 must be at most 3650: losses are set against one year's value added"),
        (["--at", "peak"], "--economies and --at do not go with --every-supplier"),
    ],
)
def test_slips_in_every_supplier_are_sentences(cli, table, arguments, said):
    assert sentence(cli("run", "--every-supplier", *arguments, "--world", table), 1).startswith(said)


def test_run_of_named_economies_prints_them_in_their_order(cli, table):
    _, out, _ = cli("run", "stop.toml", "--economies", "USA,JPN", "--world", table)
    printed = [row[0] for row in words(out) if row and row[0] in ("United", "Japan", "Germany", "China")]
    assert printed[:2] == ["United", "Japan"]
    assert "Germany" not in printed


def test_run_at_the_peak_says_so_and_loses_more(cli, table):
    average = json.loads(cli("run", "stop.toml", "--world", table, "--json")[1])
    code, out, _ = cli("run", "stop.toml", "--at", "peak", "--world", table, "--json")
    peak = json.loads(out)
    assert (code, average["at"], peak["at"]) == (0, "average", "peak")
    pairs = zip(average["loss"]["rows"], peak["loss"]["rows"], strict=True)
    assert all(a["value_added_lost"] < p["value_added_lost"] for a, p in pairs)


def test_run_beside_another_prints_the_difference(cli, table):
    code, out, _ = cli("run", "stop.toml", "--compare", "mild.toml", "--economies", "JPN", "--world", table)
    assert code == 0
    runs = [interdep.run(Scenario.read(f), world=small_world()) for f in ("stop.toml", "mild.toml")]
    stop, mild = (r.loss.where(economy="JPN").by("economy").to_rows()[0]["loss_share"] for r in runs)
    assert words(out)[-3] == ["economy", "stop", "mild", "difference"]
    last = words(out)[-1]
    assert last[0] == "Japan"
    assert float(last[-2]) == pytest.approx(100 * (mild - stop), rel=0.05)
    assert last[-1] == "pp"


def test_run_writes_tables_figures_and_a_readme(cli, table):
    code, out, said = cli("run", "stop.toml", "--compare", "mild.toml", "--world", table, "--out", "results/first")
    assert (code, said) == (0, "")
    folder = Path("results/first")
    names = {p.name for p in folder.iterdir()}
    assert {"loss.csv", "loss.parquet", "status.csv", "comparison.csv", "manifest.json", "README.txt"} <= names
    assert any(name.endswith(".svg") for name in names)
    assert (folder / "loss.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert "value_added_lost: mn USD (2020) over the horizon" in (folder / "README.txt").read_text(encoding="utf-8")
    assert not [name for name in names if name.endswith(".tmp")]
    kept = Run.load(folder)
    assert out.splitlines()[-1] == f"Results are in results/first (run {kept.hash})"


def test_a_scenario_may_be_kept_under_any_name(cli, table):
    file = Path("Ausfall für 半導体 2026.toml")
    file.write_text(
        STOP.replace('"stop"', '"Ausfall für 半導体"').replace("Electronics from Japan stop", "日本からの供給停止")
    )
    code, out, said = cli("run", str(file), "--world", table, "--out", "Ergebnisse für 日本")
    assert (code, said) == (0, "")
    assert out.startswith("日本からの供給停止: value added lost")
    assert Run.load(Path("Ergebnisse für 日本")).scenario.name == "Ausfall für 半導体"
    assert cli("compare", "Ergebnisse für 日本")[0] == 0


# compare


def test_compare_sets_scenarios_side_by_side_worst_hit_first(cli, table):
    code, out, said = cli("compare", "stop.toml", "mild.toml", "--world", table)
    assert (code, said) == (0, "")
    rows = [line for line in out.splitlines() if "%" in line]
    assert rows[0].startswith("Japan")
    assert len(rows) == 4


def test_compare_reads_folders_and_gives_what_the_scenarios_give(cli, table):
    for name in ("stop", "mild"):
        assert cli("run", f"{name}.toml", "--world", table, "--out", name)[0] == 0
    from_folders = json.loads(cli("compare", "stop", "mild", "--json")[1])
    from_scenarios = json.loads(cli("compare", "stop.toml", "mild.toml", "--world", table, "--json")[1])
    assert from_folders["rows"] == from_scenarios["rows"]
    mixed = json.loads(cli("compare", "stop", "mild.toml", "--world", table, "--json")[1])
    assert mixed["rows"] == from_scenarios["rows"]
    first = [r for r in from_folders["rows"] if r["scenario"] == "stop"]
    assert all(r["difference"] == 0 for r in first)


def test_compare_refuses_runs_on_different_data(cli, table):
    assert cli("run", "stop.toml", "--world", table, "--out", "small")[0] == 0
    said = sentence(cli("compare", "small", "taiwan-strait"), 1)
    assert said.startswith("the runs are not on the same data: small (mn USD (2020) per year, ")
    assert " against world-2014 (mn USD (2014) per year, " in said
    assert said.endswith("; run both on one table")


def test_compare_refuses_an_average_beside_a_peak(cli, table):
    assert cli("run", "stop.toml", "--world", table, "--out", "average")[0] == 0
    said = sentence(cli("compare", "average", "mild.toml", "--at", "peak", "--world", table), 1)
    assert said == "one run reads the average, another the peak; run both with the same --at"


def test_compare_refuses_the_same_results_twice(cli, table):
    assert cli("run", "stop.toml", "--world", table, "--out", "kept")[0] == 0
    said = sentence(cli("compare", "kept", "stop.toml", "--world", table), 1)
    assert said == "scenario 'stop' in leontief stands in two of the runs; rename one of the scenarios"


def test_compare_takes_a_library_scenario_before_a_folder_of_its_name(cli):
    Path("taiwan-strait").mkdir()
    code, out, _ = cli("compare", "taiwan-strait", "--economies", "JPN")
    assert code == 0
    assert "taiwan-strait" in out
    assert sentence(cli("compare", "./taiwan-strait"), 1).startswith("taiwan-strait holds no run")


# JSON, warnings, quiet, colour


def strictly(text: str) -> dict:
    def refuse(name: str):
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize(
    "arguments",
    [
        ["measure", "DEU", "JPN"],
        ["measure", "JPN", "--industry", "C26"],
        ["run", "stop.toml"],
        ["run", "stop.toml", "--economies", "JPN", "--compare", "mild.toml"],
        ["compare", "stop.toml", "mild.toml"],
        ["run", "stop.toml", "--out", "results"],
        ["run", "stop.toml", "--models", "leontief,ario"],
        ["run", "--every-supplier", "--buyers", "DEU,JPN", "--models", "leontief,ario", "--days", "5", "--quiet"],
    ],
)
def test_json_is_all_that_stands_on_stdout(cli, table, arguments):
    code, out, said = cli(*arguments, "--world", table, "--json")
    assert (code, said) == (0, "")
    assert strictly(out)


def test_json_of_measure_holds_the_tables_of_measure(cli, table):
    out = strictly(cli("measure", "DEU", "JPN", "--world", table, "--json")[1])
    found = measure(["DEU", "JPN"], world=World.read(table))
    assert out["reliance_by_supplier"]["rows"] == found.suppliers.to_rows()
    assert out["reliance_by_industry"]["rows"] == found.industries.to_rows()
    assert out["common_top_suppliers"]["rows"] == found.common().to_rows()


def test_json_stays_pure_beside_warnings_and_quiet_silences_them(cli, table):
    code, out, said = cli("run", "stop.toml", "duty.toml", "--world", table, "--json")
    assert code == 0
    assert [row["status"] == "ok" for row in strictly(out)["status"]["rows"]] == [True, False]
    assert said.startswith("interdep: warning: no result for leontief duty: not expressible")
    assert cli("run", "stop.toml", "duty.toml", "--world", table, "--json", "--quiet") == (0, out, "")


def test_json_says_null_where_a_number_is_missing(cli, tmp_path):
    import numpy as np

    world = small_world(2, 2)
    flows, uses = world.intermediate.copy(), world.final_use.copy()
    flows[1], flows[:, 1], uses[1] = 0, 0, 0  # an industry that is not there has no share of anything
    write_folder(World("holes", world.money, world.economies, world.industries, world.final_uses, flows, uses,
                       classification="interdep-36"), tmp_path / "holes")  # fmt: skip
    rows = strictly(cli("measure", "DEU", "--world", "holes", "--json")[1])["reliance_by_industry"]["rows"]
    assert [row["home_share"] is None for row in rows] == [False, True]
    code, out, said = cli("measure", "DEU", "JPN", "--world", "holes")
    assert (code, said) == (0, "")
    assert "n/a" in out
    assert not np.isnan([row["inputs"] for row in rows]).any()


def test_json_of_list_names_what_comes_with_the_package(cli):
    out = strictly(cli("list", "--json")[1])
    assert list(out["scenarios"]) == list(library())
    assert {"eu-japan"} <= set(out["partnerships"])
    assert out["tables"] == ["world-2014"]
    assert {"EU27", "G7"} <= set(out["groups"])
    assert {"labour_elasticity", "labour_share"} <= {row["parameter"] for row in out["parameters"]}


def test_list_prints_every_name_and_saves_the_parameters(cli):
    code, out, said = cli("list", "--out", "listed")
    assert (code, said) == (0, "")
    assert all(name in out for name in (*library(), "eu-japan", "world-2014", "EU27", "labour_elasticity"))
    assert {"parameters.csv", "parameters.parquet", "README.txt"} == {p.name for p in Path("listed").iterdir()}


def test_printed_lines_have_no_blanks_at_their_end_and_no_colour_in_a_pipe(cli, table):
    for arguments in (["measure", "DEU", "JPN"], ["run", "stop.toml"], ["compare", "stop.toml", "mild.toml"]):
        out = cli(*arguments, "--world", table)[1]
        assert "\x1b" not in out
        assert all(line == line.rstrip() for line in out.splitlines())


@pytest.fixture
def terminal(monkeypatch, capsys):
    """Prints a grid as on a terminal of so many columns."""

    def show(columns: int, header: list[str], rows: list[list[str]]) -> list[str]:
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("TERM", "xterm-256color")
        print_grid(header, rows, [1])
        return capsys.readouterr().out.splitlines()

    return show


def test_no_colour_is_honoured(terminal, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in "\n".join(terminal(80, ["a", "b"], [["c", "d"]]))
    monkeypatch.setenv("NO_COLOR", "1")
    text = "\n".join(terminal(80, ["a", "b"], [["c", "d"]]))
    assert "\x1b[3" not in text
    assert "\x1b[9" not in text


def test_a_narrow_terminal_wraps_text_and_never_cuts_numbers(terminal):
    name = "Water transport and other long names"
    wide, narrow, narrower = (terminal(c, ["industry", "lost"], [[name, "10.5 bn USD"]])[2:] for c in (80, 30, 10))
    assert wide == [f"{name}  10.5 bn USD"]
    assert narrow == ["Water transport    10.5 bn USD", "and other long", "names"]
    assert narrower == ["Water         10.5 bn USD", "transport", "and other", "long names"]


def test_the_tables_of_two_partners_and_of_six_scenarios_fit_eighty_columns(cli, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    for arguments in (
        ["measure", "EU27", "JPN"],
        ["run", "taiwan-strait", "--economies", "EU27,JPN"],
        ["compare", *library()[:6]],
    ):
        code, out, _ = cli(*arguments)
        lines = re.sub(r"\x1b\[[0-9;]*m", "", out).splitlines()
        assert code == 0
        assert max(len(line) for line in lines if " %  " in line) <= 80


def test_a_stream_of_another_encoding_gets_what_it_can_show(table):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = program("measure", "JPN", "--world", table, env=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"-----" in done.stdout
    done = program("list", "--json", env=environment)
    assert strictly(done.stdout.decode("ascii"))


def test_names_in_an_option_are_separated_by_commas():
    assert split("EU27, JPN") == ["EU27", "JPN"]
    assert split(None) is None


def test_progress_is_silent_where_stderr_is_no_terminal(capsys):
    with DEFAULT.progress("Working"):
        pass
    assert capsys.readouterr() == ("", "")


# Interruption, broken pipes, full disks


def program(*arguments: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "interdep", *arguments], capture_output=True, timeout=180, **options)


def test_an_interruption_is_a_sentence_and_code_130(cli, table, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("interdep.models.leontief.Leontief.solve", interrupted)
    said = sentence(cli("run", "stop.toml", "--world", table, "--out", "results"), 130)
    assert said == "interrupted; what was finished is kept, nothing is half-written"
    assert not Path("results").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_ctrl_c_ends_the_program_with_130_and_no_traceback(tmp_path):
    waiting = tmp_path / "waiting.toml"
    os.mkfifo(waiting)
    child = subprocess.Popen(
        [sys.executable, "-m", "interdep", "run", str(waiting)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Programs in the background of a shell ignore the signal, and hand that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    watch = threading.Timer(30, child.kill)
    watch.start()
    # Opening the pipe waits until the program has opened it for reading: from then on it does nothing but wait.
    with waiting.open("wb"):
        child.send_signal(signal.SIGINT)
        out, said = child.communicate()
    watch.cancel()
    assert (child.returncode, out) == (130, b"")
    assert said == b"interdep: interrupted; what was finished is kept, nothing is half-written\n"


def test_a_reader_that_goes_away_is_no_error(table):
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    for arguments in (
        ["list"],
        ["measure", "DEU", "JPN", "--world", table, "--json"],
        ["measure", "JPN", "--world", table],
    ):
        child = subprocess.Popen(
            [sys.executable, "-m", "interdep", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        assert child.stdout
        assert child.stderr
        child.stdout.close()
        said = child.stderr.read()
        child.stderr.close()
        assert (child.wait(timeout=60), said) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_written_is_a_sentence():
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "interdep", "list"], stdout=full, stderr=subprocess.PIPE, timeout=60, check=False
        )
    assert done.returncode == 1
    assert done.stderr == b"interdep: cannot read or write the output: No space left on device\n"


def leftovers(folder: str) -> list[str]:
    return [str(p) for p in Path(folder).rglob("*") if p.name.endswith(".tmp") or p.name.startswith(".")]


@pytest.mark.parametrize("arguments", [["run", "stop.toml"], ["measure", "JPN"], ["compare", "stop.toml", "mild.toml"]])
def test_a_full_disk_is_a_sentence_and_leaves_nothing_half_written(cli, table, monkeypatch, arguments):
    def full(stream, content):
        stream.write(content[:10])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("interdep.store._write_all", full)
    said = sentence(cli(*arguments, "--world", table, "--out", "results"), 1)
    assert said.startswith("cannot write results/")
    assert said.endswith(
        "No space left on device; nothing was left half-written, free the space or choose another --out"
    )
    assert [p for p in Path("results").rglob("*") if p.is_file()] == []


def test_a_disk_that_fills_up_midway_leaves_only_whole_files(cli, table, monkeypatch):
    written = []

    def nearly_full(stream, content):
        if len(written) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written.append(len(content))
        stream.write(content)

    monkeypatch.setattr("interdep.store._write_all", nearly_full)
    sentence(cli("run", "stop.toml", "--world", table, "--out", "results"), 1)
    assert sorted(p.stat().st_size for p in Path("results").iterdir()) == sorted(written)
    assert leftovers("results") == []
    assert sentence(cli("compare", "results"), 1).startswith("results holds no run")


def test_a_folder_that_cannot_be_made_is_a_sentence(cli, table):
    for command in (["run", "stop.toml"], ["measure", "JPN"], ["compare", "stop.toml"]):
        said = sentence(cli(*command, "--world", table, "--out", "stop.toml/results"), 1)
        assert said.startswith("cannot write stop.toml/results/")
    assert Path("stop.toml").read_text() == STOP


# assess


FEW = "cyber-outage"
ASSESS = ("assess", "partnership.toml", "--scenarios", FEW, "--draws", "2", "--out", "out")
"""More of the library, and the partnership's plans and votes, are assessed in tests/test_assessment.py."""
PAIR = """\
name = "pair"
title = "The EU and Japan, with nothing to weigh"
members = ["EU27", "JPN"]
"""


@pytest.fixture(scope="module")
def assessed(tmp_path_factory) -> tuple[subprocess.CompletedProcess, Path]:
    folder = tmp_path_factory.mktemp("assess")
    (folder / "partnership.toml").write_text(PAIR, encoding="utf-8")
    return program(*ASSESS, cwd=folder), folder / "out"


def test_assess_writes_the_report_and_says_where(assessed):
    done, folder = assessed
    assert done.returncode == 0, done.stderr.decode()
    said = dict(
        line.split(":", 1) for line in done.stdout.decode().splitlines() if line.startswith(("Report:", "Tables:"))
    )
    assert (folder.parent / said["Report"].strip()).read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert (folder / "README.txt").exists()
    assert list(folder.rglob("*.csv"))
    assert list(folder.rglob("*.svg"))
    assert leftovers(str(folder)) == []


def test_assess_tells_its_steps_on_stderr_and_no_trouble(assessed):
    said = assessed[0].stderr.decode()
    assert "reading the table" in said
    assert "Traceback" not in said
    assert "warning" not in said


def test_the_run_inside_an_assessment_can_be_compared(assessed, cli):
    code, out, _ = cli("compare", str(assessed[1] / "run"), "--economies", "EU27,JPN", "--json")
    assert code == 0
    assert {row["scenario"] for row in strictly(out)["rows"]} == set(FEW.split(","))


def test_saved_tables_read_back_as_they_were(cli, table):
    assert cli("run", "stop.toml", "--world", table, "--out", "results")[0] == 0
    kept = Run.load(Path("results"))
    made = interdep.run("stop.toml", world=World.read(table))
    assert isinstance(kept.loss, Table)
    assert kept.loss.frame.equals(made.loss.frame)
    assert kept.loss.values == made.loss.values
    assert kept.scenarios == made.scenarios


def test_a_group_and_its_member_can_be_printed_side_by_side(cli):
    code, out, _ = cli("run", "russian-energy-stop", "--economies", "EU27,DEU", "--json")
    assert code == 0
    rows = json.loads(out)["loss"]["rows"]
    assert [r["economy"] for r in rows] == ["EU27", "DEU"]
    assert rows[1]["value_added_lost"] < rows[0]["value_added_lost"]


def test_assess_gives_every_table_as_json(assessed, cli):
    there = str(assessed[1].parent / "partnership.toml")
    code, out, _ = cli("assess", there, *ASSESS[2:-1], str(assessed[1]), "--json")
    assert code == 0
    tables = json.loads(out)["tables"]
    assert {r["scenario"] for r in tables["status"]["rows"]} == set(FEW.split(","))
    assert {"products", "common_products", "loss"} <= set(tables)
