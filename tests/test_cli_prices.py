"""What `interdep run` and `compare` print where prices adjust and where models stand side by side is what the tables hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from interdep import Equilibrium, run
from interdep.cli.prices import by_group
from interdep.testing import small_world
from interdep.units import per_cent

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
DROP = STOP.replace('"stop"', '"drop"').replace('kind = "SupplyStop"', 'kind = "DemandDrop"\nshare = 0.1')
OUTAGE = STOP.replace('"stop"', '"outage"').replace('"SupplyStop"', '"CapacityLoss"\nshare = 0.4')

COST = STOP.replace('"stop"', '"cost"').replace('"SupplyStop"', '"TradeCost"\nrate = 0.1\nsuppliers = ["USA"]')


@pytest.fixture
def cli(called, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("stop.toml").write_text(STOP)
    Path("drop.toml").write_text(DROP)
    Path("outage.toml").write_text(OUTAGE)
    Path("cost.toml").write_text(COST)
    return called


def test_the_print_of_a_run_shows_both_losses_prices_and_how_well_markets_clear(cli, table):
    code, out, _ = cli("run", "stop.toml", "--models", "equilibrium", "--world", table, "--economies", "DEU")
    assert code == 0
    made = run("stop.toml", Equilibrium(), small_world())
    (lost,) = made.loss.by("economy").where(economy="DEU").to_rows()
    (real,) = made.economies.where(economy="DEU").to_rows()
    (line,) = [line for line in out.splitlines() if line.startswith("Germany") and line.count("%") == 4]
    assert per_cent(lost["loss_share"]) in line
    assert per_cent(real["loss_share"]) in line
    assert per_cent(real["price_index"] - 1) in line
    assert per_cent(real["terms_of_trade"]) in line
    (status,) = made.status.to_rows()
    assert f"Solved in {status['steps']} steps" in out
    assert "after prices have adjusted, shock at its average, data of" in out
    assert "Producer prices that rise most" in out
    assert "exposed" not in out


def test_a_group_is_summed_and_its_prices_weighted_by_expenditure(cli):
    made = run("outage.toml", Equilibrium(), small_world())
    members = ["DEU", "USA"]
    (row,) = by_group(made, "equilibrium", "outage", {"both": members})
    rows = made.economies.where(economy=members).to_rows()
    spent = sum(r["expenditure"] for r in rows)
    assert row["real"] == pytest.approx(sum(r["real_expenditure_lost"] for r in rows))
    assert row["real_share"] == pytest.approx(row["real"] / spent)
    assert row["prices"] == pytest.approx(sum(r["expenditure"] * r["price_index"] for r in rows) / spent - 1)
    assert row["rents"] == pytest.approx(sum(r["duties_and_rents"] - r["duties_and_rents_before"] for r in rows))


def test_rents_have_a_column_where_there_are_any(cli, table):
    assert "duties and" in cli("run", "outage.toml", "--models", "equilibrium", "--world", table)[1]
    assert "duties and" not in cli("run", "cost.toml", "--models", "equilibrium", "--world", table)[1]


def test_several_models_are_set_side_by_side_with_a_sentence_each(cli, table):
    three = ("--models", "leontief,ario,equilibrium", "--world", table, "--economies", "DEU,USA")
    out = cli("run", "stop.toml", *three)[1]
    assert "Electronics from Japan stop (stop), models side by side" in out
    said = out.split("models side by side")[1]
    assert [line.split(":")[0] for line in said.splitlines() if " in the first order, " in line] == [
        "Germany",
        "United States",
    ]
    found = json.loads(cli("run", "stop.toml", *three, "--json")[1])
    assert {r["economy"] for r in found["comparison"]["verdicts"]} == {"DEU", "USA"}
    compared = json.loads(cli("compare", "stop.toml", *three, "--json")[1])
    assert compared["verdicts"] == found["comparison"]["verdicts"]
    assert compared["rows"] == found["comparison"]["rows"]


def test_ranges_stand_in_brackets_where_there_are_draws(cli, table):
    options = ("--models", "leontief,equilibrium", "--world", table, "--economies", "DEU")
    out = cli("compare", "stop.toml", *options, "--draws", "6", "--seed", "3")[1]
    made = run("stop.toml", ["leontief", "equilibrium"], small_world(), draws=6, seed=3)
    rows = {r["model"]: r for r in made.ranges({"DEU": ["DEU"]}).to_rows()}
    for model in ("leontief", "equilibrium"):
        low, high = (per_cent(rows[model][end]) for end in ("low", "high"))
        assert f"({low.removesuffix(' %')} to {high})" in out
    real = [per_cent(rows["equilibrium"][f"expenditure_{end}"]) for end in ("low", "high")]
    assert f"({real[0].removesuffix(' %')} to {real[1]})" in out
    assert "In brackets: 5 to 95 % of the draws" in out


def test_real_expenditure_has_a_grid_of_its_own_where_scenarios_are_compared(cli, table):
    out = cli("compare", "stop.toml", "outage.toml", "--models", "equilibrium", "--world", table)[1]
    assert "Real expenditure lost, per cent of expenditure" in out
    assert "Real expenditure" not in cli("compare", "stop.toml", "outage.toml", "--world", table)[1]


def test_what_equilibrium_refuses_leaves_the_other_models_side_by_side(cli, table):
    code, out, said = cli("compare", "drop.toml", "--models", "leontief,ario,equilibrium", "--world", table)
    assert code == 0
    assert "no result for equilibrium drop: not expressible" in said
    assert "leontief, ario, shock at its average" in out


@pytest.mark.parametrize(
    ("options", "said"),
    [(("--seed", "2"), "--seed goes with --draws"), (("--draws", "1"), "at least 2"), (("--top", "0"), "--top 0")],
)
def test_wrong_options_are_refused_in_a_sentence(cli, table, options, said):
    code, out, error = cli("compare", "stop.toml", "--world", table, *options)
    assert (code, out) == (1, "")
    assert said in error


def test_assess_gives_the_tables_of_years_apart_from_those_of_the_first_order(cli, table):
    slow = STOP.replace('"stop"', '"slow"').replace("horizon = 100", "horizon = 800").replace("days = 50", "days = 800")
    Path("slow.toml").write_text(slow)
    Path("pair").mkdir()
    Path("pair/partnership.toml").write_text('name = "pair"\ntitle = "A pair"\nmembers = ["DEU", "USA"]\n')
    options = ("--world", table, "--draws", "4", "--out", "out", "--json")
    code, out, _ = cli("assess", "pair", "--scenarios", "stop.toml,slow.toml", *options)
    assert code == 0
    found = json.loads(out)
    assert {r["model"] for r in found["tables"]["loss"]["rows"]} == {"leontief"}
    assert {r["model"] for r in found["prices"]["loss"]["rows"]} == {"equilibrium"}
    assert {r["economy"] for r in found["prices"]["ranges"]["rows"]} == {"DEU", "USA"}
    assert {r["period"] for r in found["years"]["slow"]["years"]["rows"]} == {1, 2, 3}
    assert {p.name for p in Path("out").iterdir() if p.is_dir()} >= {"prices", "years"}


def test_assess_refuses_a_number_of_draws_that_gives_no_range(cli):
    code, out, said = cli("assess", "eu-japan", "--draws", "1")
    assert (code, out) == (1, "")
    assert "draws must be a whole number of at least 2" in said
