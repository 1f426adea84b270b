"""respond on packaged data: figures against the tables they come from, both levels, and what cannot be asked."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from interdep.errors import InputError, MissingData
from interdep.geography import group
from interdep.responses.levers import Market, Risk
from interdep.responses.plan import APART, NOTHING, ONE_PURSE, POOLED, SHARING, SINGLY, Plan
from interdep.responses.question import blocs_of
from interdep.responses.respond import respond
from interdep.trade import Trade
from interdep.world import World


@pytest.fixture(scope="module")
def world():
    return World.read()


@pytest.fixture(scope="module")
def rare(world):
    return respond("rare-earth-export-ban", "3e6 EUR/year", world=world)


def imported(product: str) -> dict[str, float]:
    """{exporter: value} of the EU's imports from outside in 2024, straight from the packaged table."""
    flows = Trade.read("eu-critical-materials").scan([2024]).collect()
    inside = [*group("EU27"), "X-CONF-EU", "X-UNSPEC-EU"]
    rows = flows.filter(pl.col("product").str.starts_with(product) & ~pl.col("exporter").is_in(inside))
    return dict(rows.group_by("exporter").agg(pl.col("value").sum()).iter_rows())


def test_what_fails_is_the_table_s_imports_from_china(rare):
    eu, metals = imported("2846"), imported("280530")
    japan = dict(
        Trade.read("japan-2023")
        .scan()
        .filter(pl.col("product") == "2846")
        .select("exporter", "value")
        .collect()
        .iter_rows()
    )
    row = {r["product"]: r for r in rare.products.to_rows()}
    assert row["280530"]["lost"] == pytest.approx(0.02 * metals["CHN"])
    size = (row["2846"]["need"] - sum(eu.values())) / sum(eu.values()) / sum(japan.values())
    assert row["2846"]["lost"] == pytest.approx(0.02 * (eu["CHN"] + japan["CHN"] * size * sum(eu.values())))
    # All of both partners' imports from China fail at once: the smaller share of the two is what both lose.
    both = min(eu["CHN"] / sum(eu.values()), japan["CHN"])
    assert row["2846"]["common"] == pytest.approx(both * row["2846"]["need"] * 0.02 / row["2846"]["lost"], rel=1e-3)


def test_japan_s_size_is_that_of_its_manufacturing_and_said_to_be(rare, world):
    makers = [i for i in world.industries if i.startswith("C")]
    of = {m: float(world.value_added[world.node_mask([m], makers)].sum()) for m in world.economies}
    ratio = of["JPN"] / sum(of[m] for m in group("EU27"))
    assert any(f"taken to import {ratio:.2f} times" in note for note in rare.notes)
    need = {r["member"]: r["need"] for r in rare.blocs.to_rows()}
    assert need["JPN"] == pytest.approx(ratio * sum(imported("2846").values()), rel=2e-3)


def test_arrangements_stand_in_their_order(rare):
    left = {r["arrangement"]: r["short"] for r in rare.arrangements.to_rows()}
    assert left[POOLED] <= left[APART] <= left[NOTHING]
    assert left[POOLED] <= left[SHARING] <= left[NOTHING]
    assert left[APART] <= left[SINGLY] + 1e-6 * left[NOTHING]
    assert left["EU27 alone"] + left["JPN alone"] == pytest.approx(left[APART])
    assert rare.added == pytest.approx((left[APART] - left[POOLED]) / left[NOTHING], abs=1e-9)
    for row in rare.arrangements.to_rows():
        assert row["spent"] <= row["budget"] * (1 + 1e-9)


def test_the_frontier_rises_and_its_slope_is_the_price(rare):
    rows = rare.frontier.to_rows()
    before = rare.arrangement(NOTHING)["lost"]
    for low, high in pairwise(rows):
        gain = (high["together"] - low["together"]) * before
        step = high["budget"] - low["budget"]
        slack = 1e-6 * before
        assert high["price"] * step - slack <= gain <= low["price"] * step + slack
        assert high["together"] >= high["apart"] - 1e-9
    assert rows[-1]["together"] == pytest.approx(1.0, abs=1e-6)


def test_ends_of_ranges_hold_the_plan_as_it_is(rare):
    low, high = rare.range_of("avoided_share")
    assert low <= rare.avoided <= high
    names = set(rare.changes.frame["parameter"])
    assert {"as assumed", "carrying", "premium", "spare", "size of JPN", "probability"} <= names
    # A single disruption that is likelier changes what a plan is worth, and no plan.
    worth = {r["value"]: r for r in rare.changes.to_rows() if r["parameter"] == "probability"}
    assert worth[0.1]["avoided_share"] == pytest.approx(rare.avoided)
    assert worth[0.1]["worth_low"] == pytest.approx(5 * rare.arrangement(POOLED)["worth_low"])


def test_a_sliver_of_an_industry_is_not_followed_day_by_day(rare):
    row = rare.days.to_rows()[0]
    assert row["lost"] is None
    assert "2846" in row["why_not"]
    assert "of what the partners buy abroad of C20" in row["why_not"]


def test_a_plan_is_kept_and_read_back(rare, tmp_path):
    rare.save(tmp_path)
    again = Plan.load(tmp_path)
    assert again.about == rare.about
    assert again.notes == rare.notes
    for name, table in rare.named.items():
        assert again.named[name].frame.equals(table.frame)
    assert "acting together adds" in repr(again)


def test_no_contract_moves_to_suppliers_under_sanctions(rare):
    russia = [r for r in rare.suppliers.to_rows() if r["supplier"] in ("RUS", "BLR")]
    assert russia
    assert all(r["after"] <= r["before"] for r in russia)


def test_chips_are_followed_day_by_day(world):
    plan = respond("chip-shortage", "2e8 USD/year", world=world, ranges=False, points=2)
    row = plan.days.to_rows()[0]
    assert row["why_not"] == ""
    # 20 % fails for 270 days and less and less over 60: what the stock replaces of it is exactly the plan's figure.
    products = plan.products.to_rows()[0]
    stock = sum(r["amount"] for r in plan.measures.to_rows() if r["lever"] == "stockpile")
    assert row["plan_avoided_share"] == pytest.approx(stock * 0.02 / products["lost"])
    assert 0 < row["days_avoided_share"] < 1
    assert row["left"] < row["lost"]
    assert plan.about["common"] == pytest.approx(1.0)
    assert plan.added == 0.0


def test_day_by_day_a_plan_that_replaces_everything_leaves_nothing(world):
    plan = respond("chip-shortage", "1e9 USD/year", world=world, ranges=False, points=2, market=Market(spare=0.0))
    row = plan.days.to_rows()[0]
    assert row["plan_avoided_share"] == pytest.approx(1.0)
    # Buyers outside of the two are still cut, and buy less of what the two sell.
    assert row["left"] < 0.2 * row["lost"]


def test_needs_of_industries_are_the_table_s_purchases(world):
    plan = respond("taiwan-strait", "1e8 USD/year", ("JPN",), world=world, ranges=False, days=False, points=2)
    row, good = world.economy_index("JPN"), world.industry_index("C26")
    sectors = len(world.industries)
    bought = world.intermediate[:, row * sectors : (row + 1) * sectors].sum(axis=1)
    bought = (
        bought.reshape(-1, sectors)[:, good]
        + world.final_use[:, row].clip(0.0).sum(axis=1).reshape(-1, sectors)[:, good]
    )
    product = plan.products.to_rows()[0]
    assert product["need"] == pytest.approx(bought.sum() * world.money.scale)
    taiwan = bought[world.economy_index("TWN")] * world.money.scale
    # 90 days whole, then fading over 90 (in 91 steps) to nothing.
    assert product["lost"] == pytest.approx(0.02 * taiwan * (90 + 45) / 365)


def test_the_plan_is_the_same_where_it_is_solved_again(world):
    asked = {"products": ["2846"], "every_supplier": True, "world": world, "ranges": False, "days": False, "points": 2}
    one, two = (respond(None, "1e6 EUR/year", **asked) for _ in range(2))
    assert one.measures.frame.equals(two.measures.frame)
    assert one.about["price"] > 0


def test_cvar_looks_at_the_worst_years(world):
    asked = {
        "products": ["2846", "2504"],
        "every_supplier": True,
        "world": world,
        "ranges": False,
        "days": False,
        "points": 2,
    }
    risk = Risk(probability=0.01)
    mean = respond(None, "5e6 EUR/year", risk=risk, **asked)
    worst = respond(None, "5e6 EUR/year", risk=risk, cvar=0.95, **asked)
    chances = mean.disruptions.frame.sort("after", descending=True)
    left, total = 0.05, 0.0
    for chance, short in chances.select("probability", "after").iter_rows():
        part = min(left, chance)
        total, left = total + part * short, left - part
    assert worst.arrangement(POOLED)["worst_years"] <= total / 0.05 * (1 + 1e-6)
    assert worst.arrangement(POOLED)["short"] >= mean.arrangement(POOLED)["short"] * (1 - 1e-6)


@pytest.mark.parametrize(("asked", "says"), [
    ({"budget": "-1 EUR/year"}, "must not be negative"),
    ({"budget": "1e9 USD/year"}, "in USD, the data (2024, products) are in EUR"),
    ({"budget": float("nan")}, "must not be negative"),
    ({"pool": "EU27,DEU"}, "DEU belongs to both EU27 and DEU"),
    ({"pool": "JPN,JPN"}, "JPN is named twice"),
    ({"pool": ""}, "no partner is named"),
    ({"levers": ["stock"]}, "unknown lever 'stock'"),
    ({"cvar": 1.0}, "cvar 1 must be at least 0 and below 1"),
    ({"avoid": 1.5}, "avoid 1.5"),
    ({"avoid": 0.99, "budget": "1e5 EUR/year"}, "that takes at least"),
    ({"avoid": 1.0, "levers": ["diversify", "pool"]}, "no budget does"),
    ({"within": 0.1}, "no lever is ready within 0.1 years"),
    ({"points": 1}, "a frontier of 1 points"),
    ({"probabilities": {"rare-earth-ban": 0.1}}, "unknown disruption 'rare-earth-ban'"),
    ({"probabilities": {"rare-earth-export-ban": 1.1}}, "at most 1"),
    ({"products": ["2846", "2846"]}, "'2846' is named twice"),
    ({"products": ["28"]}, "cuts 280530, 2846, which is only a part of 28"),
    ({"products": ["2846", "284610"]}, "284610 is a part of 2846, which is named too"),
    ({"sizes": {"EU27": 2.0}}, "the amounts of EU27 are known"),
    ({"sizes": {"JP": 2.0}}, "unknown partner 'JP'"),
    ({"not_from": ["RUZ"]}, "unknown economy"),
    ({"industries": ["C26"]}, "products and industries are named together"),
    ({"scenarios": ["rare-earth-export-ban", "taiwan-strait"]}, "taiwan-strait names industries, other scenarios name products"),
    ({"scenarios": None, "products": ["2846"]}, "no disruption is given"),
    ({"suppliers": [["XXX"]]}, "unknown economy"),
    ({"cvar": 0.95, "every_supplier": True, "risk": Risk(probability=0.5)}, "the probabilities of"),
    ({"sizes": {"JPN": -1.0}}, "the size of JPN is -1"),
])  # fmt: skip
def test_what_cannot_be_asked_says_why(world, asked, says):
    given = {
        "scenarios": "rare-earth-export-ban",
        "budget": "1e6 EUR/year",
        "world": world,
        "ranges": False,
        "days": False,
        "points": 2,
    }
    with pytest.raises(InputError) as error:
        respond(**(given | asked))
    assert says in str(error.value)


def test_products_nobody_s_table_knows_are_missing_data(world):
    with pytest.raises(MissingData, match=r"no table has amounts of 8542 imported by EU27 or JPN"):
        respond(None, "1e6 EUR/year", products=["8542"], every_supplier=True, world=world)
    with pytest.raises(MissingData, match="no trade table has the imports of USA"):
        respond(None, "1e6 EUR/year", ("EU27", "USA"), products=["2846"], every_supplier=True, world=world)


def test_a_scenario_that_keeps_nothing_from_the_partners_is_refused(world):
    with pytest.raises(InputError, match="cuts no delivery"):
        respond("russian-energy-stop", "1e6 USD/year", ("JPN",), world=world)


def test_a_product_with_one_supplier_is_told(world):
    rows = [("CHN", m, "2846", 2024, 100.0) for m in ("DEU", "FRA")]
    frame = pl.DataFrame(rows, schema=["exporter", "importer", "product", "period", "value"], orient="row")
    trade = Trade.from_frame(
        frame, name="own", classification="HS22", digits=4, unit="EUR", products=("2846",), reporters=("DEU", "FRA")
    )
    plan = respond(
        None,
        "5 EUR/year",
        ("DEU", "FRA"),
        products=["2846"],
        every_supplier=True,
        trade=trade,
        world=world,
        days=False,
        points=2,
    )
    assert any("CHN is the only supplier" in note for note in plan.notes)
    assert {r["lever"] for r in plan.measures.to_rows()} == {"stockpile"}
    assert plan.about["common"] == pytest.approx(1.0)


def test_partners_are_blocs():
    blocs = blocs_of(("EU27", "JPN"))
    assert list(blocs) == ["EU27", "JPN"]
    assert blocs["EU27"] == group("EU27")
    assert np.size(blocs["JPN"]) == 1


def test_one_purse_lies_between_apart_and_together(rare):
    left = {r["arrangement"]: r["short"] for r in rare.arrangements.to_rows()}
    assert left[POOLED] <= left[ONE_PURSE] * (1 + 1e-6)
    assert left[ONE_PURSE] <= left[APART] * (1 + 1e-6)
    assert 0 <= rare.by_sharing <= rare.added + 1e-9


def test_what_is_bought_on_the_market_has_a_bill(rare):
    none = rare.arrangement(NOTHING)
    lost = sum(r["lost"] for r in rare.products.to_rows())
    # Without a plan everything is bought that can be: what fails less what is short, at half as much again.
    assert none["market_bill"] == pytest.approx(0.5 * (lost - none["short"]), rel=1e-6)
    assert rare.arrangement(POOLED)["market_bill"] <= none["market_bill"] * (1 + 1e-9)


def test_a_supplier_of_an_industry_that_stops_is_followed_day_by_day(world):
    plan = respond(
        None, "1e8 USD/year", ("JPN",), industries=["C26"], suppliers=[["TWN"]], world=world, ranges=False, points=2
    )
    row = plan.days.to_rows()[0]
    assert row["scenario"] == "TWN"
    assert row["why_not"] == ""
    assert row["lost"] > 0
