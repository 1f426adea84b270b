"""Who would sign: the oil ban of 2022 from packaged data, costs in money on a small world, and what is refused."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from interdep import ExportBan, ImportBan, MissingData, Scenario
from interdep.agreement.agree import Agreement, agree
from interdep.agreement.agree_tables import PROPOSED
from interdep.agreement.carve_outs import Problem
from interdep.agreement.options import Bargain
from interdep.agreement.proposal import CarveOut, Proposal, Put, library
from interdep.agreement.rerun import with_exemptions
from interdep.agreement.sales import sales_by_mode, sales_in_world
from interdep.agreement.stances import Tolerances
from interdep.geography import economies
from interdep.parameter import parameters_of
from interdep.testing import small_world
from interdep.trade import Trade
from interdep.trade.russian_crude import MODES_KNOWN_FROM, facts, held_by, vintage
from made_trades import refused

THEN = "2022-04-30"


@pytest.fixture(scope="module")
def alone() -> Agreement:
    """The oil ban from data alone, as of the end of April 2022."""
    return agree("russian-oil-ban", as_of=THEN, facts=False)


@pytest.fixture(scope="module")
def informed() -> Agreement:
    """The same with the fact file."""
    return agree("russian-oil-ban", as_of=THEN)


# The oil ban


def test_the_landlocked_on_the_pipeline_refuse_and_bulgaria_only_with_the_facts(alone, informed):
    assert alone.refusing() == ("CZE", "HUN", "SVK")
    assert informed.refusing() == ("BGR", "CZE", "HUN", "SVK")
    assert alone.passes == informed.passes == "no"
    assert alone.unknown() == ()
    for result in (alone, informed):
        best = result.alternatives[0]
        assert result.refusing(best) == ()
        assert result.outcome.where(scenario=best).to_rows()[0]["passes"] == "yes"


def test_what_is_left_of_the_ban_is_what_the_table_by_mode_says(informed):
    import polars as pl

    flows = Trade.read("eu-energy-modes").scan([2021]).filter(pl.col("exporter") == "RUS").collect()
    crude = flows.filter(pl.col("product") == "2709")
    pipeline, burgas = pl.col("mode") == "pipeline", pl.col("importer") == "BGR"
    # The second alternative is what was agreed: pipeline crude for all, Bulgaria by sea.
    spared = crude.filter(pipeline | (burgas & (pl.col("mode") == "sea")))
    row = informed.outcome.where(scenario="alternative 2").to_rows()[0]
    for column, name in (("hit_key_value", "value"), ("hit_key_tonnes", "quantity")):
        assert row[column] == pytest.approx(1 - float(spared[name].sum()) / float(crude[name].sum()), abs=1e-12)
    both = flows.filter(pl.col("product").is_in(["2709", "2710"]))
    assert row["hit_value"] == pytest.approx(1 - float(spared["value"].sum()) / float(both["value"].sum()), abs=1e-12)
    assert row["bite_left"] == pytest.approx(row["hit_value"])
    exempt = informed.carve_outs.where(scenario="alternative 2").to_rows()
    assert {r["member"] for r in exempt if r["together"]} == set(crude.filter(pipeline)["importer"])


def test_costs_are_shares_times_what_has_no_other_way(informed):
    costs = {r["member"]: r for r in informed.costs.to_rows()}
    assert costs["HUN"]["value"] == pytest.approx(0.882)
    assert (costs["HUN"]["low"], costs["HUN"]["high"]) == pytest.approx((0.746, 0.882))
    assert costs["BGR"]["low"] == pytest.approx(0.560)
    # 22 per cent of Italy's refining, 9 per cent of its crude; at most its largest share.
    assert costs["ITA"]["value"] == pytest.approx(0.090 * 0.22)
    assert costs["ITA"]["high"] == pytest.approx(0.142)
    assert costs["FIN"]["value"] == 0.0
    assert costs["LUX"]["reason"] == "imports no crude"
    assert {r["basis"] for r in costs.values()} == {"products"}


def test_nothing_that_was_known_later_is_read(informed):
    then = date.fromisoformat(THEN)
    assert all(f.known_from <= then for f in vintage(then).facts)
    assert held_by("RUS", vintage(date(2022, 4, 26)).facts).keys() == {"BGR", "DEU", "NLD", "ROU"}
    assert held_by("RUS", vintage(then).facts)["ITA"][0] == pytest.approx(0.22)
    left = next(n for n in informed.notes if "left out because younger" in n)
    assert "Ban on Russian crude" in left
    assert "Burgas (Lukoil Neftochim)" not in left
    assert any(n.startswith(f"as of {THEN} is the vintage of the data") for n in informed.notes)
    early = date(2022, 4, 23)
    assert early < MODES_KNOWN_FROM
    refused("as of 2022-04-23 there are no packaged data", lambda: agree("russian-oil-ban", as_of=early), MissingData)
    assert all(f.known_from.year >= 1950 for f in facts())


def test_a_share_that_was_not_known_yet_is_left_out():
    then, later = vintage(date(2022, 4, 30)), vintage(date(2022, 7, 1))
    assert "share_nrg" not in then.shares
    assert any("energy statistics" in text for text in then.left_out)
    assert "share_nrg" in later.shares
    assert vintage(None).left_out == ()


def test_a_majority_needs_no_exemption(informed):
    made = agree("russian-oil-ban", rule="qmv", as_of=THEN)
    assert made.passes == "yes"
    assert made.alternatives == ()
    row = made.outcome.to_rows()[0]
    assert row["probability_low"] == row["probability_high"] > 0.99
    assert row["weight_in_favour"] > 0.65
    assert "passes as it stands: 23 of 27 in favour, though not in favour: BGR, CZE, HUN, SVK" in made.about["says"]
    assert informed.outcome.to_rows()[0]["probability_high"] == 0.0


def test_a_member_without_data_is_unknown_and_makes_the_probability_an_interval():
    plain = Proposal.read("russian-oil-ban")
    shocks = tuple(s.model_copy(update={"economies": ("EU27", "JPN")}) for s in plain.scenario.shocks)
    put = Put(plain.proposal, plain.scenario.model_copy(update={"shocks": shocks}))
    made = agree(put, members=["EU27", "JPN"], rule="majority", as_of=THEN)
    assert made.unknown() == ("JPN",)
    assert made.passes == "yes"
    never = agree(put, members=["EU27", "JPN"], as_of=THEN)
    assert never.alternatives == ()
    assert "not to be won are JPN for want of data" in never.about["says"]
    assert never.costs.where(member="JPN").to_rows()[0]["value"] is None
    open_ = agree(put, members=["FIN", "JPN"], as_of=THEN)
    row = open_.outcome.to_rows()[0]
    assert (row["passes"], row["probability_low"], row["probability_high"]) == ("open", 0.0, 1.0)


def test_who_does_not_decide_has_no_vote():
    refused("JPN do not decide russian-oil-ban", lambda: agree("russian-oil-ban", members=["DEU", "JPN"], as_of=THEN))


def test_what_happened_stands_beside_the_answer_with_its_hindsight(informed):
    said = informed.past()
    assert (
        "names 4 (Bulgaria, Czechia, Hungary and Slovakia); missed: Croatia; false alarms among the other 22: nobody"
        in said
    )
    assert "no test of prediction" in said
    few = agree("russian-oil-ban", members=["HUN", "SVK", "FIN"], as_of=THEN)
    assert "Of the 2 voters who objected" in few.past()
    assert "among the other 1: nobody" in few.past()


def test_a_rule_that_no_exemption_can_meet_says_who_stands_in_the_way():
    put = Proposal.read("russian-oil-ban")
    offered = put.proposal.model_copy(update={"carve_outs": (CarveOut(members=["HUN"], products=["2709"]),)})
    made = agree(Put(offered, put.scenario), as_of=THEN)
    assert made.alternatives == ()
    assert "not to be won are BGR, CZE, SVK by no admissible exemption" in made.about["says"]


def test_a_proposal_that_costs_nobody_anything_says_so():
    made = agree("russian-oil-ban", members=["FIN", "IRL"], as_of=THEN)
    assert "costs none of the members anything by products, so that nobody has a reason to refuse" in made.about["says"]
    assert made.passes == "yes"


def test_a_shorter_time_to_adjust_makes_exemptions_for_a_time_enough():
    quick = agree("russian-oil-ban", as_of=THEN, facts=False, bargain=Bargain(adjust=1.0))
    until = {r["member"]: r["until"] for r in quick.carve_outs.where(scenario="alternative 1").to_rows()}
    assert until == {"CZE": "2023-12-31", "HUN": "2023-12-31", "SVK": "2023-12-31"}


def test_an_agreement_is_saved_and_read_back(informed, tmp_path):
    informed.save(tmp_path)
    again = Agreement.load(tmp_path)
    assert again.about == dict(informed.about)
    assert again.notes == informed.notes
    for name, table in informed.named.items():
        assert again.named[name].frame.equals(table.frame)
    assert repr(again).splitlines()[0] == "Agreement on russian-oil-ban: 27 members, unanimity"
    assert "Eurostat" in informed.cite()


# Costs in money


def put_of(*shocks, **about) -> Put:
    scenario = Scenario("made", shocks=list(shocks), horizon=365)
    given = {"name": "made", "scenario": "made", "target": "CHN", "carve_outs": (CarveOut(),), **about}
    return Put(Proposal(**given), scenario)


BAN = ImportBan(economies=["DEU", "JPN", "USA"], suppliers=["CHN"], days=365)


def test_costs_by_equilibrium_are_exempted_in_the_first_order_and_run_again():
    world = small_world()
    made = agree(put_of(BAN), ["DEU", "JPN", "USA"], world=world, draws=8, tolerance="0.001 % of GDP", alternatives=1)
    assert made.about["basis"] == "equilibrium"
    costs = {r["member"]: r["value"] for r in made.costs.to_rows()}
    check = {(r["scenario"], r["economy"]): r for r in made.check.to_rows()}
    for member, value in costs.items():
        assert check[PROPOSED, member]["run_again"] == pytest.approx(value)
        assert check[PROPOSED, member]["first_order"] == pytest.approx(value)
    assert made.passes == "no"
    # All three are exempted: nothing is left to be run.
    assert any("leaves nothing of made" in n for n in made.notes)
    two = agree(
        put_of(BAN), ["DEU", "JPN", "USA"], "majority", world=world, draws=8, tolerance="0.001 % of GDP", alternatives=1
    )
    exempt = two.carve_outs.to_rows()
    assert len(exempt) == 2
    rest = next(m for m in costs if m not in {r["member"] for r in exempt})
    row = next(r for r in two.check.to_rows() if r["scenario"] == "alternative 1" and r["economy"] == rest)
    assert row["first_order"] == pytest.approx(costs[rest])
    plain = Scenario("plain", shocks=[BAN.model_copy(update={"economies": (rest,)})], horizon=365)
    from interdep import run

    single = {r["economy"]: r for r in run(plain, models="equilibrium", world=world).economies.to_rows()}
    gdp = dict(zip(world.economies, world.gdp, strict=True))
    for economy in (rest, "CHN"):
        ours = next(r for r in two.check.to_rows() if r["scenario"] == "alternative 1" and r["economy"] == economy)
        assert ours["run_again"] == pytest.approx(single[economy]["real_expenditure_lost"] / gdp[economy], rel=1e-6)


def test_transfers_are_paid_in_full_and_make_members_consent():
    world = small_world()
    costs = agree(put_of(BAN), ["DEU", "JPN"], world=world, draws=4).costs.to_rows()
    # Just under what the dearer of the two may have to bear, far above the other's cost.
    dear = max(costs, key=lambda r: r["high"])
    assert min(r["high"] for r in costs) < 0.9 * dear["high"]
    made = agree(
        put_of(BAN), ["DEU", "JPN"], world=world, draws=4, tolerance=f"{98 * dear['high']:.6f} % of GDP", transfers=True,
        bargain=Bargain(transfer_weight=0.01), alternatives=1,
    )  # fmt: skip
    assert made.refusing() == (dear["member"],)
    paid = {r["member"]: r["received"] for r in made.transfers.to_rows()}
    assert set(paid) == {"DEU", "JPN"}
    assert paid[dear["member"]] > 0
    assert sum(paid.values()) == pytest.approx(0.0, abs=1e-6 * paid[dear["member"]])
    assert made.refusing("alternative 1") == ()
    row = made.outcome.where(scenario="alternative 1").to_rows()[0]
    assert row["transfers"] == pytest.approx(paid[dear["member"]])
    assert row["exemptions"] == 0
    # What it is short of in its dearest draw: the tolerance and the payment together bear that.
    gdp = dict(zip(world.economies, world.gdp, strict=True))[dear["member"]]
    assert 0.98 * dear["high"] + paid[dear["member"]] / gdp >= dear["high"] - 1e-9


def test_exempting_a_member_leaves_the_bans_of_others_and_the_targets_own():
    world = small_world()
    revenge = ExportBan(economies=["CHN"], buyers=["DEU"], days=365)
    forcing = Scenario("both", shocks=[BAN, revenge], horizon=365).on(world)
    made = with_exemptions(forcing, world, ["DEU", "JPN"], lambda member, industry: 1.0 if member == "DEU" else 0.25)
    rows, lost = made.deliveries_lost()
    lost = lost[[k for k, row in enumerate(rows) if world.economies[row // world.shape[1]] == "CHN"]]
    at = {e: world.economy_index(e) for e in ("DEU", "JPN", "USA")}
    assert lost[:, at["DEU"]] == pytest.approx(1.0)  # its supplier still refuses
    assert lost[:, at["JPN"]] == pytest.approx(0.75)
    assert lost[:, at["USA"]] == pytest.approx(1.0)
    own = Scenario("own", shocks=[ExportBan(economies=["DEU", "JPN"], buyers=["CHN"], days=365)], horizon=365).on(world)
    rows, _ = with_exemptions(own, world, ["DEU"], lambda member, industry: 1.0).deliveries_lost()
    assert {world.economies[row // world.shape[1]] for row in rows} == {"JPN"}


def test_the_bite_of_a_bare_scenario_is_the_trade_it_cuts():
    world = small_world()
    sales = sales_in_world(put_of(BAN), ("DEU", "JPN"), world, None)
    china, germany = world.economy_index("CHN"), world.economy_index("DEU")
    regions, industries = world.shape
    flows = world.intermediate.reshape(regions, industries, regions, industries)
    uses = world.final_use.reshape(regions, industries, regions, -1)
    assert sales.value["DEU", "all", "all"] == pytest.approx(
        flows[china, :, germany].sum() + uses[china, :, germany].sum()
    )
    both = put_of(BAN, ExportBan(economies=["DEU"], buyers=["CHN"], days=365))
    more = (
        sales_in_world(both, ("DEU", "JPN"), world, None).value["DEU", "all", "all"] - sales.value["DEU", "all", "all"]
    )
    assert more == pytest.approx(flows[germany, :, china].sum() + uses[germany, :, china].sum())
    elsewhere = put_of(BAN, target="FRA")
    refused(
        "made cuts no delivery between FRA and DEU, JPN",
        lambda: sales_in_world(elsewhere, ("DEU", "JPN"), small_world(5), None),
    )


def test_a_missing_weight_is_not_zero():
    put = Proposal.read("russian-oil-ban")
    sales = sales_by_mode(put, economies("EU27"), date(2022, 4, 30))
    assert sales is not None
    assert sales.year == 2021
    assert sales.part({}) == 1.0
    cell = next(iter(sales.cells))
    blind = type(sales)(sales.cells, sales.value, {**sales.tonnes, cell: None}, "EUR", 1.0, 2021, (), "made")
    assert blind.part({}, by="tonnes") is None
    assert blind.part({}) == 1.0


# Proposals


def test_every_packaged_proposal_reads_and_a_scenario_is_one_too():
    assert "russian-oil-ban" in library()
    for name in library():
        assert Proposal.read(name).proposal.name == name
    put = Proposal.read("eu-china-decoupling", economies("EU27"))
    assert put.proposal.target == "CHN"
    refused("whom taiwan-strait is to hit cannot be told", lambda: Proposal.read("taiwan-strait"))
    refused("unknown proposal 'russian-oil-bann'", lambda: Proposal.read("russian-oil-bann"))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('targett = "RUS"', "line 5: unknown key 'targett'; did you mean 'target'?"),
        ('products = ["2709"]\n[[carve_outs]]\nproducts = ["2710"]', "carve-out 1 names the product '2710'"),
        ('products = ["2709"]\n[[carve_outs]]\nmode = ["sea"]', "line 7: unknown key 'mode'; did you mean 'modes'?"),
        ('key_products = ["2709"]', "key_products names '2709', which is not among the products"),
        ("effective = 2022-01-01\n[[carve_outs]]\nuntil = 2021-01-01", "ends on 2021-01-01, before the proposal holds"),
        ('costs = "guess"', "costs must be products or equilibrium or ario, not 'guess'"),
    ],
)
def test_a_wrong_line_of_a_proposal_is_named(tmp_path, line, sentence):
    file = tmp_path / "own.toml"
    file.write_text(
        f'name = "own"\nscenario = "russian-oil-ban"\ntarget = "RUS"\ntitle = "x"\n{line}\n', encoding="utf-8"
    )
    refused(sentence, lambda: Proposal.read(file))


def test_a_proposal_file_finds_its_scenario_beside_it_and_a_group_is_no_target(tmp_path):
    (tmp_path / "stop.toml").write_text(
        'name = "stop"\n[[shocks]]\nkind = "ImportBan"\neconomies = ["DEU"]\nsuppliers = ["CHN"]\ndays = 365\n',
        encoding="utf-8",
    )
    file = tmp_path / "own.toml"
    file.write_text('name = "own"\nscenario = "stop.toml"\ntarget = "CHN"\n', encoding="utf-8")
    assert Proposal.read(file).scenario.name == "stop"
    assert Proposal.read(tmp_path / "stop.toml").proposal.target == "CHN"
    file.write_text('name = "own"\nscenario = "stop.toml"\ntarget = "EU27"\n', encoding="utf-8")
    refused("target = 'EU27' is a group", lambda: Proposal.read(file))


@pytest.mark.parametrize(
    ("given", "sentence", "kind"),
    [
        ({"members": ["EU27", "RUS"]}, "RUS is the target of russian-oil-ban and among its members", None),
        ({"members": ["DEU", "DEU"]}, "listed twice among the economies: DEU", None),
        ({"members": ["EU27", "DEU"]}, "DEU is a member twice, as EU27 and as DEU", None),
        ({"costs": "products", "tolerance": "0.3 % of GDP"}, "a tolerance of GDP does not go with costs by products", None),
        ({"costs": "guess"}, "unknown basis of costs 'guess'", None),
        ({"transfers": True}, "transfers need costs in money", None),
        ({"alternatives": 0}, "0 alternatives: ask for at least 1", None),
        ({"costs": "equilibrium", "as_of": "2014-06-01"}, "world-2014 is of 2014, which was not over as of 2014-06-01", None),
        ({"proposal": "eu-russia-goods-stop", "costs": "products"}, "costs by product are packaged for", MissingData),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_in_a_sentence(given, sentence, kind):
    proposal = given.pop("proposal", "russian-oil-ban")
    kinds = {} if kind is None else {"kind": kind}
    refused(sentence, lambda: agree(proposal, **given), **kinds)


def test_nobody_can_be_exempted_from_what_nobody_decides():
    from interdep import CapacityLoss

    put = put_of(CapacityLoss(economies=["CHN"], industries=["B"], share=0.5, days=30))
    refused("nobody can be exempted from a CapacityLoss", lambda: agree(put, ["DEU"], world=small_world()))


def test_assumptions_are_parameters_with_a_range_and_a_source():
    known = {**parameters_of(Tolerances), **parameters_of(Bargain)}
    assert all(p.low is not None and p.source.startswith(("Assumption", "Choice")) for p in known.values())
    assert Problem.__doc__


def test_random_points_of_a_distribution_are_none():
    first, second = (agree("russian-oil-ban", as_of=THEN).stances.frame for _ in range(2))
    assert first.equals(second)
    assert np.isfinite(first["probability"].to_numpy()).all()
