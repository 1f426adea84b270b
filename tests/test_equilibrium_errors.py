"""What the equilibrium model says of input that makes no sense, of what it cannot express, and of cases without a result."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from interdep import (
    CapacityLoss,
    DemandDrop,
    Equilibrium,
    ExportBan,
    ImportBan,
    InputError,
    NotConverged,
    Scenario,
    SupplyStop,
    Tariff,
    TradeCost,
    World,
    run,
)
from interdep.cli.main import main
from interdep.models.equilibrium.base import base_of
from interdep.models.run import attempt
from interdep.testing import small_world
from interdep.world.folder import write_folder
from made_equilibria import FORMS, SHOCKS, solved, with_duties

WORLD = small_world(3, 3, 1)
"""DEU and USA buy abroad more than they sell there, JPN less."""


def status(model: Equilibrium, *shocks, world: World = WORLD) -> str:
    """The reason why there is no result; a scenario without one has no numbers either."""
    found = model.solve(world, [Scenario("made", shocks=list(shocks)).on(world)], "average")[0]
    assert not found.ok
    assert (found.columns, found.economies, found.industries, found.trade) == ({}, {}, {}, {})
    return found.status


# ---- parameters --------------------------------------------------------------------------------------------------

ELASTICITIES = ("value_added_elasticity", "input_elasticity", "final_elasticity", "trade_elasticity", "horizon_factor")


@pytest.mark.parametrize("field", ELASTICITIES)
@pytest.mark.parametrize("value", [0, 0.0, -0.5])
def test_elasticities_at_or_below_zero(field, value):
    with pytest.raises(InputError, match=rf"^Equilibrium: {field} = {value:g} must be above 0 \(1 is Cobb-Douglas"):
        Equilibrium(**{field: value})


@pytest.mark.parametrize("field", [*ELASTICITIES, "mobility"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), "much", None, True])
def test_parameters_that_are_no_numbers(field, value):
    with pytest.raises(InputError, match=rf"^Equilibrium: {field} must be a finite number in .*, not .* \(default"):
        Equilibrium(**{field: value})


@pytest.mark.parametrize("value", [-0.1, 1.01])
def test_mobility_is_a_part(value):
    with pytest.raises(InputError, match=rf"mobility = {value:g} is a part of value added, from 0 to 1"):
        Equilibrium(mobility=value)


@pytest.mark.parametrize("field", ELASTICITIES)
@pytest.mark.parametrize("form", FORMS)
def test_exactly_one_is_a_value_like_any_other(field, form):
    one, near = (
        solved(Equilibrium(**{field: value}, origin_shares=form, tolerance=1e-12), WORLD, *SHOCKS["cost"])
        for value in (1.0, 1 + 1e-7)
    )
    np.testing.assert_allclose(
        near.economies["real_expenditure_lost"], one.economies["real_expenditure_lost"], rtol=1e-5, atol=1e-5
    )
    whole = solved(Equilibrium(**{field: 1}, origin_shares=form, tolerance=1e-12), WORLD, *SHOCKS["cost"])
    np.testing.assert_array_equal(whole.columns["value_added_lost"], one.columns["value_added_lost"])


@pytest.mark.parametrize("theta", [1e-6, 1e-9, 1e-12, 1e-14, 1e-16, 1e-300])
def test_a_trade_elasticity_next_to_nothing_has_the_limit_or_no_result(theta):
    """Below 1e-3 or so nothing changes any more: what has lost its digits must not be told as a result."""
    cost = SHOCKS["cost"]
    limit = solved(Equilibrium(trade_elasticities=dict.fromkeys(WORLD.industries, 1e-4)), WORLD, *cost)
    try:
        model = Equilibrium(trade_elasticities=dict.fromkeys(WORLD.industries, theta))
    except InputError:
        return
    found = model.solve(WORLD, [Scenario("made", shocks=cost).on(WORLD)], "average")[0]
    if found.ok:
        np.testing.assert_allclose(
            found.economies["real_expenditure_lost"], limit.economies["real_expenditure_lost"], rtol=2e-3
        )


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("origin_shares", "comon", "unknown value of origin_shares 'comon' in Equilibrium; did you mean 'common'"),
        ("deficits", "no", "unknown value of deficits 'no' in Equilibrium; "),
        ("capacity", "factor", "did you mean 'factors'"),
        ("rent", "byer", "did you mean 'buyer'"),
        ("tolerance", 0.0, "tolerance = 0.0 must be above 0 and under 0.01"),
        ("tolerance", 0.5, "tolerance = 0.5 must be above 0 and under 0.01"),
        ("tolerance", float("nan"), "tolerance = nan must be above 0 and under 0.01"),
        ("steps", 0, "steps must be a whole number of at least 1, not 0"),
        ("steps", 2.5, "steps must be a whole number of at least 1, not 2.5"),
        ("trade_elasticities", {"C26": 0}, "the trade elasticity of C26 is 0; it must be above 0 and finite"),
        ("trade_elasticities", {"C26": -4.0}, "the trade elasticity of C26 is -4; it must be above 0 and finite"),
        ("trade_elasticities", {"C26": float("nan")}, "the trade elasticity of C26 is nan; it must be above 0"),
        ("trade_elasticities", {"C26": "high"}, "must be numbers by industry code, as in {'C26': 4}"),
        ("trade_elasticities", 4.0, "must be numbers by industry code, as in {'C26': 4}, not 4.0"),
        ("trade_elasticities", (("C26", 4), ("C26", 5)), "names 'C26' twice"),
    ],
)
def test_choices_nobody_knows(field, value, says):
    with pytest.raises(InputError) as error:
        Equilibrium(**{field: value})
    assert says in str(error.value)


@pytest.mark.parametrize("value", ["tight", [1e-9], None])
def test_a_tolerance_that_is_no_number(value):
    with pytest.raises(InputError, match="tolerance"):
        Equilibrium(tolerance=value)


def test_an_unknown_industry_among_the_trade_elasticities():
    model = Equilibrium(trade_elasticities={"C266": 4.0})
    with pytest.raises(
        InputError, match=r"Equilibrium: trade_elasticities: unknown industry 'C266'.*did you mean 'C26'"
    ):
        model.theta(WORLD)
    # Inside a batch it is the reason of that model; the run says so, in one sentence.
    with pytest.raises(
        (InputError, NotConverged), match=r"trade_elasticities: unknown industry 'C266'.*did you mean 'C26'"
    ):
        run(Scenario("duty", shocks=SHOCKS["duty"]), model, WORLD)


# ---- tables ------------------------------------------------------------------------------------------------------


def test_shares_that_do_not_sum_to_one_are_a_table_that_does_not_balance():
    with pytest.raises(InputError, match=r"9 row\(s\) do not balance: JPN B "):
        replace(WORLD, gross_output=WORLD.gross_output * 1.1)


def test_a_benchmark_sums_to_one_whatever_the_table():
    final = WORLD.final_use.copy()
    final[4] = 0.0
    for world in (WORLD, with_duties(WORLD), replace(WORLD, final_use=final, gross_output=None, value_added=None)):
        for form in FORMS:
            base = base_of(world, form)
            used = base.base_cells > 0
            np.testing.assert_allclose(base.shares.sum(axis=1)[used], 1.0, rtol=1e-12)
            np.testing.assert_allclose(base.inputs.sum(axis=0), 1.0, rtol=1e-12)
            assert ((base.own_factors > 0) & (base.own_factors <= 1)).all()


# ---- duties ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [-1.0, -1.2])
@pytest.mark.parametrize("kind", [Tariff, TradeCost])
def test_a_rate_of_minus_100_percent_or_less(kind, rate):
    with pytest.raises(InputError, match=r"rate.*-1"):
        kind(economies="DEU", suppliers="JPN", rate=rate, days=365)


def test_tariffs_that_add_up_to_less_than_minus_100_percent():
    half = Tariff(economies="DEU", suppliers="JPN", industries="C26", rate=-0.6, days=365)
    assert status(Equilibrium(), half, half) == (
        "the duties on C26 from JPN to DEU add up to -120%; a duty must stay above -100 %"
    )
    # With the duties of the base year it may be the other side of the line.
    duties = np.zeros((3, 3, 3))
    duties[:, 1, 0] = 0.5
    assert solved(Equilibrium(), replace(WORLD, duties=duties), half, half).ok
    duties[:, 1, 0] = -0.5
    assert "add up to -110%" in status(Equilibrium(), half, world=replace(WORLD, duties=duties))


def test_duties_of_a_table_of_minus_100_percent_or_less():
    duties = np.zeros((3, 3, 3))
    duties[1, 2, 0] = -1.0
    with pytest.raises(InputError, match=r"the duty on C26 from USA to DEU is -100%; a duty must be above -100 %"):
        replace(WORLD, duties=duties)


# ---- what cannot be ----------------------------------------------------------------------------------------------


def test_a_ban_on_every_supplier_of_an_input_names_the_buyers():
    everyone = SupplyStop(economies="all", industries="B", home=True, days=365)
    assert status(Equilibrium(), everyone) == (
        "infeasible: no supplier of B for DEU B, B for DEU C26, B for DEU C29, B for DEU final users, B for JPN B and 7 more"
    )
    common = status(Equilibrium(origin_shares="common"), everyone)
    assert common == "infeasible: no supplier of B for DEU, B for JPN, B for USA"
    in_two = [
        ImportBan(economies="DEU", suppliers="all", industries="B", buyer_industries="C26", days=365),
        SupplyStop(economies="DEU", industries="B", home=True, buyer_industries="C26", days=365),
    ]
    assert status(Equilibrium(), *in_two) == "infeasible: no supplier of B for DEU C26"
    lost = CapacityLoss(economies="all", industries="C29", share=1.0, days=365)
    assert status(Equilibrium(), lost).startswith("infeasible: no supplier of C29 for DEU B, ")


def alone(economy: str) -> list:
    return [SupplyStop(economies=economy, days=365), ImportBan(economies=economy, suppliers="all", days=365)]


@pytest.mark.parametrize("form", FORMS)
def test_an_economy_banned_by_all_cannot_keep_its_surplus(form):
    model = Equilibrium(origin_shares=form)
    said = "JPN keeps a trade surplus in the model, but nothing is left of its exports"
    assert said in status(model, SupplyStop(economies="JPN", days=365))
    assert said in status(model, *alone("JPN"))
    deficit = status(model, *alone("DEU"))
    assert "DEU keeps a trade deficit in the model, but nothing is left of its imports" in deficit
    assert "stop trade in both directions with deficits='none'" in deficit


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("economy", ["DEU", "JPN"])
def test_without_deficits_an_economy_may_be_alone_but_not_half_alone(form, economy):
    model = Equilibrium(origin_shares=form, deficits="none")
    found = solved(model, WORLD, *alone(economy))
    place = WORLD.economies.index(economy)
    assert found.economies["real_expenditure_lost"][place] > 1
    assert found.economies["real_expenditure_lost"].argmax() == place
    flows = found.trade["deliveries"].sum(axis=0)
    assert flows[place].sum() == pytest.approx(flows[place, place], rel=1e-12)
    half = status(model, SupplyStop(economies=economy, days=365))
    assert f"{economy} may still import, but nothing is left of the exports that would pay for it" in half
    other = status(model, ImportBan(economies=economy, suppliers="all", days=365))
    assert f"{economy} may still export, but nothing is left of the imports that would pay for it" in other


def test_a_fall_in_demand_is_refused_by_name_and_another_model_named():
    drop = DemandDrop(economies="DEU", industries="C29", share=0.2, days=365)
    said = status(Equilibrium(), drop, *SHOCKS["duty"])
    assert said.startswith("not expressible: Equilibrium spends every income")
    assert "DemandDrop" in said
    assert said.endswith("use leontief or ario")


def test_some_buyers_of_an_economy_cannot_be_told_apart_where_origins_are_common():
    some = ImportBan(economies="DEU", suppliers="USA", industries="C26", buyer_industries=["C29", "B"], days=365)
    said = status(Equilibrium(origin_shares="common"), some)
    assert said == (
        "not expressible: with origin_shares='common' the buyers of C26 in DEU are one, so that a shock cannot be limited to"
        " some of them (buyer_industries); use origin_shares='own'"
    )
    assert solved(Equilibrium(), WORLD, some).ok


# ---- cases without a result --------------------------------------------------------------------------------------


def test_a_case_that_does_not_converge_says_how_far_it_came():
    said = status(Equilibrium(steps=3), *SHOCKS["duty"])
    assert said.startswith("did not converge: after 3 steps the largest excess of a market is ")
    assert "above 1e-10" in said
    with pytest.raises(
        NotConverged, match=r"no scenario has a result; equilibrium on duty: did not converge: after 3 steps"
    ):
        run(Scenario("duty", shocks=SHOCKS["duty"]), Equilibrium(steps=3), WORLD)
    with pytest.raises(NotConverged, match="the benchmark without deficits did not converge: after 3 steps"):
        run(Scenario("duty", shocks=SHOCKS["duty"]), Equilibrium(steps=3, deficits="none"), WORLD)


@pytest.mark.parametrize("rent", ["buyer", "seller"])
def test_a_case_without_an_equilibrium_ends_with_its_reason_and_without_a_warning(rent):
    """A tenth of its exports may not be able to pay for the surplus that JPN keeps."""
    found = Equilibrium(rent=rent).solve(
        WORLD, [Scenario("made", shocks=[SupplyStop(economies="JPN", share=0.95, days=365)]).on(WORLD)], "average"
    )[0]
    assert "did not converge" in found.status or "infeasible" in found.status


def test_scenarios_that_fail_leave_the_results_of_the_others():
    names = {
        "duty": SHOCKS["duty"],
        "demand": [DemandDrop(economies="DEU", share=0.1, days=365)],
        "stop": [SupplyStop(economies="JPN", days=365)],
        "nobody": [SupplyStop(economies="all", industries="B", home=True, days=365)],
        "cut": SHOCKS["cut"],
        "unknown": [Tariff(economies="DEU", suppliers="NOR", rate=0.1, days=365)],
    }
    made = run([Scenario(name, shocks=shocks) for name, shocks in names.items()], ["leontief", "equilibrium"], WORLD)
    ours = {r["scenario"]: r["status"] for r in made.status.where(model="equilibrium").to_rows()}
    assert [name for name, said in ours.items() if said == "ok"] == ["duty", "cut"]
    assert {said.split(":")[0] for said in ours.values()} > {"ok", "not expressible", "infeasible"}
    assert "NOR" in ours["unknown"]
    kept = made.economies.where(model="equilibrium")
    assert set(kept.frame["scenario"].to_list()) == {"duty", "cut"}
    assert kept.frame.null_count().sum_horizontal().item() == 0
    for name in ("duty", "cut"):
        single = run(Scenario(name, shocks=names[name]), Equilibrium(), WORLD)
        one, two = (
            t.where(scenario=name, model="equilibrium").frame["value_added_lost"].to_numpy()
            for t in (single.loss, made.loss)
        )
        np.testing.assert_allclose(one, two, rtol=1e-7, atol=1e-7)


# ---- the command -------------------------------------------------------------------------------------------------

DUTY = """\
name = "duty"
[[shocks]]
kind = "Tariff"
economies = ["DEU"]
suppliers = ["JPN"]
rate = 0.25
days = 365
"""


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    write_folder(WORLD, tmp_path / "table", parquet=False)
    (tmp_path / "duty.toml").write_text(DUTY, encoding="utf-8")
    alone = (
        DUTY.replace('"duty"', '"stop"')
        .replace("Tariff", "SupplyStop")
        .replace('suppliers = ["JPN"]\nrate = 0.25\n', "")
    )
    (tmp_path / "stop.toml").write_text(alone.replace("DEU", "JPN"), encoding="utf-8")
    return "table"


def test_without_any_result_the_command_ends_with_2_and_writes_nothing(table, tmp_path, capsys):
    asked = ["--world", table, "--models", "equilibrium", "--out", "kept"]
    assert main(["run", "duty.toml", *asked, "--set", "steps=3"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "no scenario has a result; equilibrium on duty: did not converge: after 3 steps" in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert main(["run", "stop.toml", *asked]) == 2
    assert "JPN keeps a trade surplus" in capsys.readouterr().err
    assert not (tmp_path / "kept").exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["duty.toml", "stop.toml", "table"]


def test_with_some_results_the_command_warns_of_the_others_and_is_strict_when_told(table, capsys):
    asked = ["run", "duty.toml", "stop.toml", "--world", table, "--models", "equilibrium", "--json"]
    assert main(asked) == 0
    said = capsys.readouterr()
    assert "warning: no result for equilibrium stop: infeasible: JPN keeps a trade surplus" in said.err
    told = json.loads(said.out)
    assert {row["scenario"] for row in told["loss"]["rows"]} == {"duty"}
    assert main([*asked, "--strict"]) == 2


def test_a_parameter_out_of_bounds_ends_the_command_with_1(table, capsys):
    asked = ["run", "duty.toml", "--world", table, "--models", "equilibrium"]
    assert main([*asked, "--set", "trade_elasticity=0"]) == 1
    assert "Equilibrium: trade_elasticity = 0 must be above 0" in capsys.readouterr().err


def test_a_run_of_nothing_but_reasons_can_be_made_when_it_is_asked_for():
    made = attempt(Scenario("stop", shocks=[SupplyStop(economies="JPN", days=365)]), Equilibrium(), WORLD)
    assert not made.ok
    assert len(made.loss) == 0
    assert "trade surplus" in made.failures()[0]
    ban = ExportBan(economies="JPN", buyers="DEU", days=365)
    assert attempt(Scenario("ban", shocks=[ban]), Equilibrium(), WORLD).ok
