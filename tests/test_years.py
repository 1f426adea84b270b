"""A path over years: each year is a run of its own, what lasts goes on, elasticities rise, losses are discounted."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from interdep import Ario, Equilibrium, InputError, NotConverged, Scenario, World, run
from interdep.cli.main import main
from interdep.models.draws import drawn_values, strata, triangular
from interdep.models.horizon import Horizon
from interdep.models.years import Years, by_year, lasting, years
from interdep.shocks.kinds import CapacityLoss, DemandDrop, ExportBan, Tariff, TariffSchedule, TradeCost
from interdep.testing import small_world
from interdep.world.folder import write_folder

WORLD = small_world()
SUPPLIER, BUYER, THIRD, _ = WORLD.economies
PRODUCT = WORLD.industries[0]
AT_ONCE = Horizon(short_run=1.0)
"""Whole elasticities from the first year on."""


def ban(share: float, start: int = 0, days: int = 365, **about: object) -> ExportBan:
    return ExportBan(
        economies=[SUPPLIER], buyers=[BUYER], industries=[PRODUCT], share=share, start=start, days=days, **about
    )


def scenario(name: str, *shocks: object, horizon: int = 365) -> Scenario:
    return Scenario(name, shocks=list(shocks), horizon=horizon)


STEPS = scenario("steps", ban(0.2), ban(0.6, start=365), ban(1.0, start=730), horizon=1095)
AT_FIRST = scenario("at-first", ban(1.0))


def lost(result: Years, name: str, period: int, column: str = "real_expenditure_lost") -> np.ndarray:
    """A column of one scenario and year, by economy."""
    rows = [r for r in result.losses.where(scenario=name).to_rows() if r["period"] == period]
    return np.array([r[column] for r in rows], dtype=float)


def alone(share: float, model: Equilibrium) -> tuple[np.ndarray, np.ndarray]:
    """Real expenditure and value added lost by economy in a plain run of one year."""
    made = run(scenario("alone", ban(share)), model, WORLD)
    return (
        made.economies.frame["real_expenditure_lost"].to_numpy(),
        made.loss.by("economy").frame["value_added_lost"].to_numpy(),
    )


@pytest.fixture(scope="module")
def path() -> Years:
    return years([STEPS, AT_FIRST], WORLD, count=4)


@pytest.mark.parametrize(
    ("period", "share", "factor"), [(1, 0.2, 0.36), (2, 0.6, 0.424), (3, 1.0, 0.488), (4, 1.0, 0.552)]
)
def test_every_year_is_a_run_of_its_own_with_the_elasticities_of_that_year(path, period, share, factor):
    # 0.36 in the first year, 0.64 more in ten equal steps; after its last day the ban of the third year goes on.
    expenditure, added = alone(share, Equilibrium(horizon_factor=factor))
    assert lost(path, "steps", period) == pytest.approx(expenditure, rel=1e-6, abs=1e-7)
    assert lost(path, "steps", period, "value_added_lost") == pytest.approx(added, rel=1e-6, abs=1e-7)


def test_a_ban_of_a_year_goes_on_and_meets_the_path_that_ends_in_it(path):
    assert lost(path, "at-first", 4) == pytest.approx(lost(path, "steps", 4), rel=1e-8)
    buyer = WORLD.economies.index(BUYER)
    assert lost(path, "at-first", 1)[buyer] > lost(path, "at-first", 4)[buyer] > 0
    assert "at-first: what holds on day 365, its last, goes on to the end of year 4" in path.notes
    assert "steps: what holds on day 1095, its last, goes on to the end of year 4" in path.notes


def test_what_has_ended_within_the_horizon_costs_nothing_later():
    ended = scenario("ended", ban(1.0, days=100, recovery=50))
    found = years(ended, WORLD, count=3)
    assert np.abs(lost(found, "ended", 1)).max() > 0
    assert (lost(found, "ended", 2) == 0).all()
    assert (lost(found, "ended", 3, "value_added_lost") == 0).all()
    assert not any("goes on" in note for note in found.notes)


def test_a_year_reads_the_average_of_its_days():
    # 73 of 365 days of a whole ban are a cut of a fifth.
    short = years(scenario("short", ban(1.0, days=73)), WORLD, count=1, horizon=AT_ONCE)
    assert lost(short, "short", 1) == pytest.approx(alone(0.2, Equilibrium())[0], rel=1e-6, abs=1e-7)


def test_a_horizon_that_is_no_whole_year_goes_on_from_its_last_day():
    (first, second, third) = by_year(scenario("half", ban(1.0, days=100, recovery=100), horizon=150).on(WORLD), 3)
    # Of a ban that fades in 101 steps from day 100 on, 50 steps are done on day 149, the last.
    left = 1 - 50 / 101
    assert first.flows[0].loss[[0, 99, 149]] == pytest.approx([1, 1, left])
    for later in (first.flows[0].loss[150:], second.flows[0].loss, third.flows[0].loss):
        assert later == pytest.approx(np.full(len(later), left))
    assert {len(each.flows[0].loss) for each in (first, second, third)} == {365}


@pytest.mark.parametrize(
    "shock",
    [
        CapacityLoss(economies=[SUPPLIER], industries=[PRODUCT], share=0.3, days=365),
        Tariff(economies=[BUYER], suppliers=[SUPPLIER], rate=0.2, days=365),
        TradeCost(economies=[BUYER], suppliers=[SUPPLIER], rate=0.2, days=365),
        TariffSchedule(rates=[(PRODUCT, SUPPLIER, BUYER, 0.1)], days=365),
    ],
    ids=lambda shock: shock.kind,
)
def test_every_kind_of_shock_has_its_years(shock):
    late = shock.model_copy(update={"start": 365})
    found = years(scenario("late", late, horizon=730), WORLD, count=2, horizon=AT_ONCE)
    made = run(scenario("now", shock), Equilibrium(), WORLD)
    assert (lost(found, "late", 1) == 0).all()
    expected = made.economies.frame["real_expenditure_lost"].to_numpy()
    assert np.abs(expected).max() > 1e-3
    assert lost(found, "late", 2) == pytest.approx(expected, rel=1e-6, abs=1e-7)
    assert lasting(scenario("late", late, horizon=730).on(WORLD))


def test_sums_count_the_first_year_in_full_and_later_ones_less():
    found = years([STEPS, AT_FIRST], WORLD, count=3, discount=0.25)
    buyer = WORLD.economies.index(BUYER)
    by_hand = {}
    for name in ("steps", "at-first"):
        first, second, third = (lost(found, name, period)[buyer] for period in (1, 2, 3))
        by_hand[name] = first + second / 1.25 + third / 1.5625
        (row,) = found.sums.where(scenario=name, economy=BUYER).to_rows()
        assert row["real_expenditure_lost"] == pytest.approx(by_hand[name], rel=1e-12)
        yearly = lost(found, name, 1, "expenditure")[buyer]
        assert row["expenditure"] == pytest.approx(yearly * (1 + 0.8 + 0.64), rel=1e-12)
        assert row["expenditure_loss_share"] == pytest.approx(by_hand[name] / yearly / 2.44, rel=1e-12)
    (row,) = found.sums.where(scenario="at-first", economy=BUYER).to_rows()
    assert row["real_expenditure_difference"] == pytest.approx(by_hand["at-first"] - by_hand["steps"], rel=1e-12)
    assert found.factors.frame["weight"].to_list() == pytest.approx([1, 0.8, 0.64])
    assert "discounted at 25.0 %" in found.sums.units["real_expenditure_lost"]


def test_a_group_is_the_sum_of_its_members(path):
    both = years([STEPS, AT_FIRST], WORLD, count=4, groups={"both": [BUYER, THIRD], BUYER: [BUYER]})
    places = [WORLD.economies.index(e) for e in (BUYER, THIRD)]
    for period in (1, 3):
        rows = {r["economy"]: r for r in both.losses.where(scenario="steps").to_rows() if r["period"] == period}
        whole = lost(path, "steps", period)[places].sum()
        assert rows["both"]["real_expenditure_lost"] == pytest.approx(whole, rel=1e-8)
        base = lost(path, "steps", period, "expenditure")[places].sum()
        assert rows["both"]["expenditure_loss_share"] == pytest.approx(whole / base, rel=1e-8)
        assert rows[BUYER]["real_expenditure_lost"] == pytest.approx(lost(path, "steps", period)[places[0]], rel=1e-8)


def test_the_elasticities_rise_in_equal_steps_and_then_stay():
    horizon = Horizon(short_run=0.4, years_to_long_run=3)
    assert [horizon.elasticity_factor(y) for y in range(5)] == pytest.approx([0.4, 0.6, 0.8, 1.0, 1.0])
    found = years(AT_FIRST, WORLD, Equilibrium(horizon_factor=0.5), count=4, horizon=horizon)
    assert found.factors.frame["elasticity_factor"].to_list() == pytest.approx([0.2, 0.3, 0.4, 0.5])
    assert found.factors.frame["mobility"].to_list() == [1.0] * 4


def test_the_mobility_of_factors_may_rise_as_well():
    horizon = replace(AT_ONCE, years_to_long_run=2, mobility=0.5)
    found = years(AT_FIRST, WORLD, count=3, horizon=horizon)
    assert found.factors.frame["mobility"].to_list() == pytest.approx([0.5, 0.75, 1.0])
    assert lost(found, "at-first", 2) == pytest.approx(alone(1.0, Equilibrium(mobility=0.75))[0], rel=1e-6, abs=1e-7)
    assert "mobility from 0.5 to 1" in found.losses.provenance.steps[-1]


def test_a_scenario_that_fails_keeps_its_reason_and_its_sums_are_missing():
    drop = scenario("drop", DemandDrop(economies=[BUYER], share=0.1, days=365))
    unknown = scenario("unknown", ExportBan(economies=["XKX"], buyers=[BUYER], days=365))
    found = years([AT_FIRST, drop, unknown], WORLD, count=2)
    assert not found.ok
    assert len(found.failures()) == 4
    assert found.failures()[0].startswith("drop, year 1: not expressible: Equilibrium spends every income")
    assert np.isnan(lost(found, "unknown", 2)).all()
    for row in found.sums.to_rows():
        assert (row["real_expenditure_lost"] is None) == (row["scenario"] != "at-first")
        assert (row["difference"] is None) == (row["scenario"] != "at-first")
    assert "cannot be compared" in found.sentence(BUYER, "Buyer", WORLD.money)
    assert "no result" in repr(found)


def test_what_cannot_be_asked_is_said_in_one_sentence():
    with pytest.raises(InputError, match=r"^no scenario is given; name one of the library or a file$"):
        years([], WORLD)
    with pytest.raises(InputError, match="two scenarios are called 'at-first'"):
        years([AT_FIRST, AT_FIRST], WORLD)
    for count in (0, 51, 2.5, True):
        with pytest.raises(InputError, match="years: count must be a whole number, from 1 to 50"):
            years(AT_FIRST, WORLD, count=count)  # pyright: ignore[reportArgumentType]
    with pytest.raises(InputError, match="needs a model in which prices adjust"):
        years(AT_FIRST, WORLD, Ario())  # pyright: ignore[reportArgumentType]
    with pytest.raises(InputError, match=r"discount = 3 must be from 0 to under 1 \(3 % is 0.03\)"):
        years(AT_FIRST, WORLD, discount=3)
    with pytest.raises(InputError, match=r"mobility = 0\.9 in the first year is above the model's 0\.5"):
        years(AT_FIRST, WORLD, Equilibrium(mobility=0.5), horizon=Horizon(mobility=0.9))
    with pytest.raises(InputError, match="unknown economy or group 'XXX'"):
        years(scenario("bad", ExportBan(economies=["XXX"], buyers=[BUYER], days=1)), WORLD)
    with pytest.raises(
        NotConverged, match="no scenario has a result in every year; at-first in year 1: did not converge"
    ):
        years(AT_FIRST, WORLD, Equilibrium(steps=1))


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        ({"short_run": 0.0}, "short_run = 0 is a part of the elasticity, above 0 and at most 1"),
        ({"short_run": 1.2}, "short_run = 1.2 is a part of the elasticity"),
        ({"years_to_long_run": 0}, "years_to_long_run = 0 must be above 0"),
        ({"discount": -0.01}, "discount = -0.01 must be from 0 to under 1"),
        ({"mobility": 1.5}, "mobility = 1.5 is a part of value added, from 0 to 1"),
    ],
)
def test_a_horizon_that_means_nothing_is_refused(about, sentence):
    with pytest.raises(InputError, match=sentence):
        Horizon(**about)


def test_what_is_saved_is_read_back(path, tmp_path):
    path.save(tmp_path)
    again = Years.load(tmp_path)
    for before, after in zip(path.tables, again.tables, strict=True):
        assert after.about() == before.about()
        assert after.frame.equals(before.frame)
    assert again.notes == path.notes
    with pytest.raises(InputError, match="holds no years"):
        Years.load(tmp_path / "elsewhere")


def test_the_sentence_says_which_costs_less_and_by_how_much(path):
    (row,) = path.sums.where(scenario="at-first", economy=BUYER).to_rows()
    assert row["real_expenditure_difference"] > 0
    amount = WORLD.money.format(row["real_expenditure_difference"])
    said = path.sentence(BUYER, "Buyer", WORLD.money)
    assert said.startswith(f"Buyer: over 4 years, discounted, steps costs {amount} (")
    assert said.endswith("of real expenditure) less than at-first.")
    turned = years([AT_FIRST, STEPS], WORLD, count=4).sentence(BUYER, "Buyer", WORLD.money)
    assert f"at-first costs {amount} (" in turned
    assert turned.endswith("more than steps.")


def test_a_range_holds_what_each_draw_gives_when_it_is_run_by_itself():
    n, seed, model, names = 4, 7, Equilibrium(), ("steps", "at-first")
    found = years([STEPS, AT_FIRST], WORLD, count=2, draws=n, seed=seed)
    values = {k: v for k, v in drawn_values(model, WORLD, n, seed).items() if k != "horizon_factor"}
    ends = {"short_run": (0.34, 0.36, 0.43), "years_to_long_run": (7, 10, 10), "discount": (0.02, 0.03, 0.05)}
    ageing = {k: triangular(strata(n, seed, "horizon", k), *end) for k, end in ends.items()}
    by_year, total = {}, {}
    for k in range(n):
        drawn = model.with_values(WORLD, {name: float(each[k]) for name, each in values.items()})
        horizon = Horizon(**{name: float(each[k]) for name, each in ageing.items()})
        each = years([STEPS, AT_FIRST], WORLD, drawn, count=2, horizon=horizon)
        for row in each.losses.where(economy=BUYER).to_rows():
            by_year.setdefault((row["scenario"], row["period"]), []).append(row["expenditure_loss_share"])
        for row in each.sums.where(economy=BUYER).to_rows():
            total.setdefault(row["scenario"], []).append(row["expenditure_loss_share"])
    for row in found.losses.where(economy=BUYER).to_rows():
        expected = np.quantile(by_year[row["scenario"], row["period"]], [0.05, 0.5, 0.95])
        assert [row["low"], row["value"], row["high"]] == pytest.approx(expected, rel=1e-6)
        assert row["low"] < row["high"]
    difference = np.array(total["at-first"]) - np.array(total["steps"])
    for name, wanted in zip(names, (np.zeros(n), difference), strict=True):
        (row,) = found.sums.where(scenario=name, economy=BUYER).to_rows()
        assert [row["low"], row["high"]] == pytest.approx(np.quantile(total[name], [0.05, 0.95]), rel=1e-6)
        quantiles = [row[f"difference_{end}"] for end in ("low", "value", "high")]
        assert quantiles == pytest.approx(np.quantile(wanted, [0.05, 0.5, 0.95]), rel=1e-6, abs=1e-12)
    assert "in nine of ten draws at-first costs " in found.sentence(BUYER, "Buyer", WORLD.money)
    assert "4 draws with seed 7" in found.losses.provenance.steps[-1]


def test_a_group_s_range_is_that_of_its_sum_and_a_seed_repeats_itself():
    groups = {"one": [BUYER], "all": WORLD.economies}
    one, again, other = (years(AT_FIRST, WORLD, count=1, groups=groups, draws=3, seed=seed) for seed in (1, 1, 2))
    assert one.losses.frame.equals(again.losses.frame)
    assert not one.losses.frame.equals(other.losses.frame)
    alone_ = years(AT_FIRST, WORLD, count=1, draws=3, seed=1)
    (row,), (same,) = one.sums.where(economy="one").to_rows(), alone_.sums.where(economy=BUYER).to_rows()
    assert row["high"] == pytest.approx(same["high"], rel=1e-9)
    (whole,) = one.sums.where(economy="all").to_rows()
    assert whole["low"] <= whole["high"] < row["high"]


def test_a_scenario_without_a_result_has_no_range():
    drop = scenario("drop", DemandDrop(economies=[BUYER], share=0.1, days=365))
    unknown = scenario("unknown", ExportBan(economies=["XKX"], buyers=[BUYER], days=365))
    found = years([unknown, AT_FIRST, drop], WORLD, count=1, draws=2)
    for row in found.sums.to_rows():
        assert (row["low"] is None) == (row["scenario"] != "at-first")
        assert row["difference_low"] is None
    assert "drop: 2 of 2 draws are without a result" in found.losses.provenance.steps[-1]


@pytest.fixture
def cli(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_folder(WORLD, tmp_path / "table")
    text = (
        f'horizon = 365\n[[shocks]]\nkind = "ExportBan"\neconomies = ["{SUPPLIER}"]\nbuyers = ["{BUYER}"]\ndays = 365\n'
    )
    for name, more in (("all.toml", ""), ("half.toml", "share = 0.5\n")):
        (tmp_path / name).write_text(f'name = "{name[:-5]}"\n{text}industries = ["{PRODUCT}"]\n{more}')

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["run", *arguments, "--world", "table"])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_the_command_prints_years_sums_and_the_sentence(cli):
    asked = ("half.toml", "--models", "equilibrium", "--years", "3", "--compare", "all.toml")
    code, out, said = cli(*asked, "--economies", BUYER)
    assert (code, said) == (0, "")
    assert "real expenditure lost, per cent of the year's" in out
    assert "Over 3 years, discounted at 3.0 % a year" in out
    assert "half costs" in out
    assert out.rstrip().endswith("less than all.")
    lines = [line.split() for line in out.splitlines()]
    assert [line[-1] for line in lines if line and line[0] in ("1", "2", "3")] == ["0.36", "0.42", "0.49"]
    assert "what holds on day 365, its last, goes on to the end of year 3" in out
    code, out, _ = cli(*asked, "--economies", BUYER, "--draws", "2", "--quiet")
    assert code == 0
    assert "In brackets: nine of ten draws of all parameters at once" in out
    assert sum(" to " in line and "(" in line for line in out.splitlines() if line[:1] in "123") == 3
    code, out, _ = cli(*asked, "--top", "2")
    assert code == 0
    assert "2 more economies: --top 4" in out


def test_the_command_gives_the_same_as_python_in_json_and_in_a_folder(cli, tmp_path):
    asked = ("half.toml", "--models", "equilibrium", "--years", "2", "--discount", "0.05", "--out", "kept", "--json")
    code, out, _ = cli(*asked)
    assert code == 0
    found = json.loads(out)
    assert set(found) == {"years", "discounted", "factors", "status"}
    loaded = Years.load(tmp_path / "kept")
    made = years(tmp_path / "half.toml", World.read(tmp_path / "table"), count=2, discount=0.05)
    for name, table in zip(found, made.tables, strict=True):
        assert found[name]["rows"] == table.to_rows()
    assert loaded.sums.frame.equals(made.sums.frame)
    assert "discounted.csv" in (tmp_path / "kept" / "README.txt").read_text()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--years", "3"], "--years goes with --models equilibrium alone, not with leontief"),
        (
            ["--models", "equilibrium,ario", "--years", "3"],
            "--years goes with --models equilibrium alone, not with ario",
        ),
        (["--models", "equilibrium", "--years", "0"], "0 years: count must be a whole number, from 1 to 50"),
        (["--models", "equilibrium", "--discount", "0.03"], "--discount goes with --years alone"),
        (["--models", "equilibrium", "--years", "3", "--at", "peak"], "--at does not go with --years"),
        (["--models", "equilibrium", "--years", "3", "--draws", "1"], "draws must be a whole number of at least 2"),
    ],
)
def test_the_command_refuses_what_means_nothing(cli, options, sentence):
    code, out, said = cli("half.toml", *options)
    assert (code, out) == (1, "")
    assert said.startswith(f"interdep: {sentence}")


def test_a_phase_out_is_the_ban_from_its_last_year_and_costs_the_eu_less():
    from interdep import economies

    groups = {"EU27": economies("EU27"), "LTU": ["LTU"]}
    found = years(["russian-oil-phase-out", "russian-oil-ban"], count=5, groups=groups)
    assert found.ok
    rows = {(r["scenario"], r["economy"], r["period"]): r["real_expenditure_lost"] for r in found.losses.to_rows()}
    for economy in groups:
        phased = [rows["russian-oil-phase-out", economy, p] for p in range(1, 6)]
        banned = [rows["russian-oil-ban", economy, p] for p in range(1, 6)]
        assert phased == sorted(phased)
        assert banned == sorted(banned, reverse=True)
        assert phased[4] == pytest.approx(banned[4], rel=1e-6)
        assert phased[0] < banned[0] / 2
