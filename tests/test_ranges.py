"""What a run with draws says: ranges, groups, what decides, draws that fail, and that it is kept whole."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np
import pytest
from scipy.stats import spearmanr, triang

from interdep import Equilibrium, ExportBan, InputError, Leontief, Scenario, Tariff, compare, run
from interdep.cli.main import main
from interdep.models.model import Model
from interdep.models.ranges import rank_correlation
from interdep.models.run import Run
from interdep.parameter import parameter
from interdep.testing import small_world
from interdep.units import Money
from interdep.world import World
from interdep.world.folder import write_folder
from made_models import OUTAGE, STOP, THREE, Plain, Tilt

DUTY = Scenario("duty", shocks=[Tariff(suppliers=["DEU"], economies=["JPN"], rate=0.2, days=80)], horizon=80)


@pytest.fixture(scope="module")
def world():
    return small_world(4, 4, seed=3)


@pytest.fixture(scope="module")
def made(world):
    return run([STOP, OUTAGE], THREE, world, draws=20, seed=7)


def tilted(world: World, draws: int = 400, **changes) -> Run:
    return run(STOP, Tilt(**changes), world, draws=draws)


# Ranges


def test_the_range_of_a_loss_that_is_a_parameter_is_the_triangle_s(world):
    (row,) = [r for r in tilted(world).ranges().to_rows() if r["economy"] == "USA"]
    added = world.gdp[world.economies.index("USA")]
    for name, part in (("low", 0.05), ("value", 0.5), ("high", 0.95)):
        expected = triang.ppf(part, 0.25, loc=0.01, scale=0.04) / added
        assert row[name] == pytest.approx(expected, rel=0.01), name
    assert row["default"] == pytest.approx(0.02 / added, rel=1e-12)


def test_columns_of_nodes_are_quantiles_over_the_draws(world):
    made = run(STOP, "leontief", world, draws=9)
    lost = []
    for draw in range(1, 10):
        values = {r["parameter"]: r["value"] for r in made.drawn.frame.filter(draw=draw).to_dicts()}
        lost.append(run(STOP, Leontief(**values), world).loss.frame["value_added_lost"].to_numpy())
    expected = np.percentile(lost, [5, 50, 95], axis=0)
    for name, column in zip(("low", "value", "high"), expected, strict=True):
        np.testing.assert_allclose(made.loss.frame[name].to_numpy(), column, rtol=1e-12)


def test_quantiles_are_never_added_up(made):
    for table in (made.loss, made.economies):
        assert {"low", "value", "high"} <= set(table.units)
        assert not {"low", "value", "high"} & set(table.by("economy").units)
        assert not {"low", "value", "high"} & set(table.grouped("economy", {"G": ["DEU", "JPN"]}).units)
    with pytest.raises(InputError, match="no amounts"):
        made.ranges().by("economy")
    with pytest.raises(InputError, match="no amounts"):
        made.deciding().by("economy")
    with pytest.raises(InputError, match="no amounts"):
        made.drawn.by()


def test_compare_shows_the_ranges_of_runs_that_have_them(made, world):
    groups = {"G": ["DEU", "JPN"], "USA": ["USA"]}
    found = compare([made, run(DUTY, "equilibrium", world)], groups)
    ranged = {(r["model"], r["scenario"], r["economy"]): r for r in made.ranges(groups).to_rows()}
    rows = found.to_rows()
    assert len(rows) == len(ranged) + 2
    for r in rows:
        expected = ranged.get((r["model"], r["scenario"], r["economy"]), {})
        assert [r[k] for k in ("low", "value", "high")] == [expected.get(k) for k in ("low", "value", "high")]
    assert found.units["low"] == "fraction of yearly value added, 5 % of draws below"
    assert not {"low", "high"} & set(compare([run(STOP, "leontief", world)]).units)


def test_a_range_holds_the_default_where_the_loss_rises_with_every_parameter(world):
    made = run([STOP, OUTAGE], "leontief", world, draws=100)
    rows = made.ranges().to_rows()
    assert len(rows) == 8
    for r in rows:
        assert r["low"] < r["default"] < r["high"]
        assert r["low"] < r["value"] < r["high"]
        assert r["expenditure_low"] is None
        assert r["expenditure_default"] is None


def test_groups_are_added_up_within_each_draw_before_the_quantile(world):
    made = tilted(world, draws=50)
    by_economy = {r["economy"]: r for r in made.ranges().to_rows()}
    (both,) = made.ranges({"both": ["DEU", "JPN"]}).to_rows()
    assert by_economy["DEU"]["high"] - by_economy["DEU"]["low"] > 1e-4
    # What one loses the other gains: together they lose nothing in any draw.
    assert [both[k] for k in ("low", "value", "high", "default")] == pytest.approx([0, 0, 0, 0], abs=1e-12)
    with pytest.raises(InputError, match="CHM"):
        made.ranges({"G": ["CHM"]})


def test_ranges_of_real_expenditure_stand_beside_those_of_value_added(made, world):
    groups = {"G": ["DEU", "USA"], "JPN": ["JPN"]}
    rows = [r for r in made.ranges(groups).to_rows() if r["model"] == "equilibrium" and r["scenario"] == "stop"]
    part = made.draws.frame.filter(model="equilibrium", scenario="stop")
    for r, members in zip(rows, groups.values(), strict=True):
        inside = part.filter(part["economy"].is_in(members))
        lost, spent = (
            inside[c].to_numpy().reshape(20, len(members)).sum(axis=1) for c in ("real_expenditure_lost", "expenditure")
        )
        expected = np.percentile(lost / spent, [5, 50, 95])
        assert [r[f"expenditure_{k}"] for k in ("low", "value", "high")] == pytest.approx(expected.tolist(), rel=1e-12)
        kept = made.economies.where(model="equilibrium", scenario="stop").grouped("economy", {"x": members}).to_rows()
        assert r["expenditure_default"] == pytest.approx(kept[0]["loss_share"])


def test_the_parameter_that_moves_the_loss_is_named_first_and_an_idle_one_last(world):
    made = tilted(world, draws=200)
    found = made.deciding()
    assert found.dims == ("model", "scenario", "economy", "parameter")
    usa = found.where(economy="USA").to_rows()
    assert usa[0]["parameter"] == "size"
    assert usa[0]["correlation"] == pytest.approx(1.0)
    assert abs(usa[1]["correlation"]) < 0.3
    lower, upper = np.asarray(triang.ppf([0.1, 0.9], 0.25, loc=0.01, scale=0.04))
    added = world.gdp[world.economies.index("USA")]
    assert usa[0]["lower_fifth"] == pytest.approx(lower / added, rel=0.02)
    assert usa[0]["upper_fifth"] == pytest.approx(upper / added, rel=0.02)
    japan = found.where(economy="JPN").to_rows()
    assert (japan[0]["parameter"], japan[0]["correlation"]) == ("gain", pytest.approx(-1.0))
    # Nothing moves what China loses, so nothing decides it.
    assert {r["correlation"] for r in found.where(economy="CHN").to_rows()} == {None}


def test_rank_correlation_is_spearman_s_with_ties():
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(30, 2)), np.round(rng.normal(size=(30, 3)), 0)
    found = rank_correlation(x, y)
    for i in range(2):
        for j in range(3):
            assert found[i, j] == pytest.approx(np.asarray(spearmanr(x[:, i], y[:, j]))[0])
    assert np.isnan(rank_correlation(x[:2], y[:2])).all()


# Draws that fail, models without ranges, economies without value added


def test_draws_without_a_result_are_left_out_counted_and_explained(world):
    whole, some = tilted(world, 200), tilted(world, 200, fails_above=0.05)
    failed = int((whole.drawn.frame.filter(parameter="gain")["value"] > 0.05).sum())
    assert 0 < failed < 100
    (row,) = some.status.to_rows()
    assert row["status"] == "ok"
    assert row["draws"] == f"{failed} of 200 draws without a result: did not converge"
    assert f"tilt, stop: {row['draws']}" in some.provenance.steps
    assert some.draws.frame.filter(economy="DEU")["loss_share"].null_count() == failed
    kept = whole.draws.frame.filter(economy="DEU")["value_added_lost"].to_numpy()
    kept = kept[kept <= 0.05 * world.shape[1] + 1e-12]
    (deu,) = [r for r in some.ranges().to_rows() if r["economy"] == "DEU"]
    added = world.gdp[0]
    expected = np.percentile(kept / added, [5, 50, 95]).tolist()
    assert [deu[k] for k in ("low", "value", "high")] == pytest.approx(expected, rel=1e-12)
    assert {r["draws"] for r in whole.status.to_rows()} == {""}


def test_draws_in_which_markets_do_not_settle_leave_the_others_as_they_are(world):
    whole = run(STOP, Equilibrium(), world, draws=30)
    values = {d: {} for d in range(1, 31)}
    for r in whole.drawn.to_rows():
        values[r["draw"]][r["parameter"]] = r["value"]
    alone = [
        Equilibrium().with_values(world, each).solve(world, [STOP.on(world)], "average")[0] for each in values.values()
    ]
    some = run(STOP, Equilibrium(steps=int(np.median([each.steps or 0 for each in alone]))), world, draws=30)
    (row,) = some.status.to_rows()
    lost = some.draws.frame.filter(economy="JPN")["loss_share"]
    assert 0 < lost.null_count() < 30
    assert row["status"] == "ok"
    assert row["draws"] == f"{lost.null_count()} of 30 draws without a result: did not converge"
    kept = [
        (a, b)
        for a, b in zip(lost, whole.draws.frame.filter(economy="JPN")["loss_share"], strict=True)
        if a is not None
    ]
    assert [a for a, _ in kept] == pytest.approx([b for _, b in kept], abs=1e-9)
    (japan,) = [r for r in some.ranges().to_rows() if r["economy"] == "JPN"]
    expected = np.percentile([a for a, _ in kept], [5, 50, 95]).tolist()
    assert [japan[k] for k in ("low", "value", "high")] == pytest.approx(expected, rel=1e-12)


def test_a_scenario_whose_every_draw_fails_keeps_its_default_and_has_no_range(world):
    # The model stands at gain 0 when it is not drawn; every draw above -0.2 fails.
    @final
    @dataclass(frozen=True)
    class Frail(Model):
        """Solves at its default alone."""

        name: ClassVar[str] = "frail"
        gain: float = parameter(0.0, unit="fraction", low=-0.2, high=0.1, source="These tests")

        def solve(self, world, forcings, at):
            if self.gain:
                raise InputError("frail: gain must be 0")
            return Plain().solve(world, forcings, at)

    made = run(STOP, Frail(), world, draws=4)
    (row,) = made.status.to_rows()
    assert row["draws"] == "4 of 4 draws without a result: frail: gain must be 0"
    for r in made.ranges().to_rows():
        assert r["default"] == pytest.approx(0.01)
        assert r["low"] is r["value"] is r["high"] is None
    assert {r["correlation"] for r in made.deciding().to_rows()} == {None}
    assert made.loss.frame["low"].null_count() == len(made.loss)


def test_a_model_without_ranges_has_a_result_and_no_range(world):
    made = run(STOP, [Plain(), Leontief()], world, draws=5)
    rows = {r["model"]: r for r in made.ranges({"G": ["DEU", "USA"]}).to_rows()}
    assert rows["plain"]["default"] == pytest.approx(0.01)
    assert rows["plain"]["low"] is rows["plain"]["high"] is None
    assert rows["leontief"]["low"] < rows["leontief"]["high"]
    assert "plain: no parameter has a range to draw from" in made.provenance.steps
    assert made.loss.where(model="plain").frame["low"].null_count() == world.value_added.size
    alone = run(STOP, Plain(), world, draws=5)
    assert len(alone.draws) == len(alone.drawn) == len(alone.deciding({"G": ["DEU"]})) == 0
    assert alone.ranges({"G": ["DEU"]}).to_rows()[0]["default"] == pytest.approx(0.01)


def test_scenarios_a_model_refuses_have_no_draws_and_the_rest_have(world):
    made = run([DUTY, STOP], ["leontief", "equilibrium"], world, draws=4)
    pairs = set(made.draws.frame.select("model", "scenario").unique().iter_rows())
    assert pairs == {("leontief", "stop"), ("equilibrium", "stop"), ("equilibrium", "duty")}
    (refused,) = [r for r in made.status.to_rows() if r["status"] != "ok"]
    assert refused["draws"] == ""
    assert "Leontief has no prices" in refused["status"]


def test_an_economy_without_value_added_has_no_loss_share_and_spoils_nothing():
    flows = np.zeros((6, 6))
    flows[:4, :4] = [[10, 20, 5, 5], [10, 40, 5, 15], [20, 30, 10, 10], [5, 10, 10, 30]]
    uses = np.zeros((6, 3, 1))
    uses[:4, :2, 0] = [[45, 15], [95, 35], [10, 20], [20, 75]]
    table = World(
        name="hand", money=Money("EUR", 2020), economies=("DEU", "JPN", "USA"), industries=("C26", "C29"),
        final_uses=("households",), intermediate=flows, final_use=uses,
    )  # fmt: skip
    stop = Scenario("stop", shocks=[ExportBan(economies=["DEU"], buyers=["JPN"], days=60)], horizon=80)
    made = run(stop, "leontief", table, draws=6)
    (empty,) = [r for r in made.ranges().to_rows() if r["economy"] == "USA"]
    assert empty["low"] is empty["default"] is None
    found = made.deciding().to_rows()
    assert {r["correlation"] for r in found if r["economy"] == "USA"} == {None}
    assert all(r["correlation"] is not None for r in found if r["economy"] != "USA")


# Kept


def test_a_run_with_draws_is_saved_and_read_back_whole(made, tmp_path):
    made.save(tmp_path)
    back = Run.load(tmp_path)
    assert back.hash == made.hash
    assert [t.name for t in back.tables] == [t.name for t in made.tables]
    for kept, was in zip(back.tables, made.tables, strict=True):
        assert kept.frame.equals(was.frame), was.name
        assert kept.units == was.units
    groups = {"G": ["DEU", "JPN"]}
    assert back.ranges(groups).frame.equals(made.ranges(groups).frame)
    assert back.deciding(groups).frame.equals(made.deciding(groups).frame)
    assert back.provenance.extra["draws"] == 20
    assert back.provenance.extra["seed"] == 7


# The command


@pytest.fixture(scope="module")
def table(world, tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("table") / "small"
    write_folder(world, folder)
    return str(folder)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory) -> str:
    file = tmp_path_factory.mktemp("scenario") / "stop.toml"
    file.write_text(
        'name = "stop"\nhorizon = 80\n[[shocks]]\nkind = "ExportBan"\neconomies = ["DEU"]\nbuyers = ["JPN"]\n'
        'industries = ["B"]\ndays = 60\n'
    )
    return str(file)


def test_the_command_prints_the_range_beside_the_loss_and_what_moves_it(table, scenario, world, capsys):
    asked = ["run", scenario, "--world", table, "--models", "leontief,equilibrium", "--economies", "DEU,JPN"]
    assert main([*asked, "--draws", "40", "--seed", "3"]) == 0
    out, err = capsys.readouterr()
    assert "Draws: 80 of 80" in err
    assert "95 % of draws)" in out
    made = run(STOP, ["leontief", "equilibrium"], world, draws=40, seed=3)
    from interdep.cli.common import share

    for r in made.ranges({"DEU": ["DEU"], "JPN": ["JPN"]}).where(model="leontief").to_rows():
        name = {"DEU": "Germany", "JPN": "Japan"}[r["economy"]]
        lines = [line.split() for line in out.splitlines() if line.startswith(name)]
        wanted = f"{share(r['default'])} {share(r['low'])} to {share(r['high'])}".split()
        assert any(line[1 : 1 + len(wanted)] == wanted for line in lines), wanted
    first = made.deciding({"JPN": ["JPN"]}).where(model="equilibrium").to_rows()[0]
    assert any(line.split()[:2] == ["Japan", first["parameter"].split()[0]] for line in out.splitlines())


def test_the_command_writes_every_table_of_the_draws(table, scenario, tmp_path, capsys):
    asked = ["run", scenario, "--world", table, "--draws", "5", "--quiet"]
    assert main([*asked, "--json", "--out", str(tmp_path)]) == 0
    found = json.loads(capsys.readouterr().out)
    for name, rows in (("ranges", 4), ("deciding", 8), ("draws", 20), ("drawn", 10)):
        assert len(found[name]["rows"]) == rows, name
        assert (tmp_path / f"{name}.csv").exists()
        assert f"{name}.csv" in (tmp_path / "README.txt").read_text(encoding="utf-8")
    assert Run.load(tmp_path).hash == found["run"]
    assert Run.load(tmp_path).ranges().to_rows() == found["ranges"]["rows"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--draws", "1"], "draws must be a whole number of at least 2, not 1"),
        (["--draws", "9", "--seed", "-4"], "seed must be a whole number of at least 0, not -4"),
        (["--seed", "4"], "--seed goes with --draws alone"),
    ],
)
def test_the_command_refuses_numbers_that_mean_nothing(table, scenario, options, said, capsys):
    assert main(["run", scenario, "--world", table, *options]) == 1
    assert said in capsys.readouterr().err


def test_every_supplier_has_no_draws(table, capsys):
    assert main(["run", "--every-supplier", "--world", table, "--draws", "9"]) == 1
    assert "--draws does not go with --every-supplier" in capsys.readouterr().err
