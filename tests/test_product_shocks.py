"""A shock that names products cuts their part of each industry's deliveries, pair by pair, and says what it rests on."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from interdep.errors import InputError, MissingData
from interdep.models.run import attempt, run
from interdep.shocks.forcing import Forcing
from interdep.shocks.kinds import ExportBan, ImportBan, SupplyStop
from interdep.shocks.scenario import Scenario
from interdep.trade import Trade
from interdep.trade.exchange import rate
from interdep.world import World
from made_worlds import by_hand

# DEU, JPN; C26, C29. JPN's C26 delivers 20 + 30 to industries of DEU and 10 to its households, 60 mn EUR of 2020.
WORLD = by_hand(classification="interdep-36")
DEU, JPN = 0, 1
C26, C29 = 0, 1
CHIPS, OTHER, CAR = "854231", "851713", "870321"


def trade(*rows: tuple, **about: object) -> Trade:
    """Flows (exporter, importer, product, value) of 2020 in mn EUR, HS22 at six digits unless said otherwise."""
    years = [row[4] if len(row) > 4 else 2020 for row in rows]
    frame = pl.DataFrame(
        {
            "exporter": [r[0] for r in rows], "importer": [r[1] for r in rows], "product": [r[2] for r in rows],
            "value": pl.Series([r[3] for r in rows], dtype=pl.Float64), "period": years,
        }
    )  # fmt: skip
    facts = {"name": "made", "classification": "HS22", "digits": 6, "unit": "EUR", "scale": 1e6}
    return Trade.from_frame(frame, **{**facts, "reporters": ("DEU", "JPN"), **about})


FLOWS = trade(
    ("JPN", "DEU", CHIPS, 6.0), ("JPN", "DEU", OTHER, 18.0), ("JPN", "DEU", CAR, 40.0), ("DEU", "JPN", CHIPS, 1.0)
)


def ban(**about: object) -> ExportBan:
    return ExportBan(**{"economies": ["JPN"], "buyers": ["DEU"], "products": [CHIPS], "days": 10, **about})


def forcing(shock: object, flows: Trade | list[Trade] = FLOWS, world: World = WORLD, **about: object) -> Forcing:
    return Scenario("test", shocks=[shock], horizon=10, **about).on(world, trade=flows)


def parts(found: Forcing, world: World = WORLD) -> dict[tuple[str, str, str], float]:
    """{(supplier, buyer, industry): share lost}, one for each path."""
    out = {}
    for path in found.flows:
        (node,) = np.flatnonzero(path.suppliers)
        (buyer,) = np.flatnonzero(path.buyers.any(axis=1))
        supplier, industry = divmod(int(node), len(world.industries))
        key = (world.economies[supplier], world.economies[buyer], world.industries[industry])
        assert key not in out
        out[key] = float(path.loss[0])
    return out


def test_a_product_is_the_part_of_what_the_trade_table_holds_of_its_industry():
    # 6 of 6 + 18 mn EUR of electronics; the cars are another industry's.
    assert parts(forcing(ban())) == {("JPN", "DEU", "C26"): pytest.approx(0.25)}
    assert parts(forcing(ban(share=0.5))) == {("JPN", "DEU", "C26"): pytest.approx(0.125)}


def test_products_of_two_industries_cut_both_each_by_its_part():
    found = parts(forcing(ban(products=[CHIPS, "8703"])))
    assert found == {("JPN", "DEU", "C26"): pytest.approx(0.25), ("JPN", "DEU", "C29"): pytest.approx(1.0)}


def test_over_the_table_it_is_the_part_of_the_industry_s_deliveries_there():
    # 6 mn EUR of the 60 mn EUR that Japan's C26 delivers to Germany in the table.
    assert parts(forcing(ban(over="table"))) == {("JPN", "DEU", "C26"): pytest.approx(0.1)}


def test_trade_in_another_currency_is_converted_at_the_rate_of_its_year():
    dollars = trade(("JPN", "DEU", CHIPS, 6.0), unit="USD")
    found = parts(forcing(ban(over="table"), dollars))
    assert found[("JPN", "DEU", "C26")] == pytest.approx(0.1 / 1.1422)  # ECB, average of 2020
    assert rate("EUR", "USD", 2020) * rate("USD", "EUR", 2020) == pytest.approx(1.0)
    yen = trade(("JPN", "DEU", CHIPS, 6.0), unit="JPY")
    with pytest.raises(MissingData, match="no exchange rate of JPY to EUR in 2020; known are EUR and USD"):
        forcing(ban(over="table"), yen)


def test_more_trade_than_the_table_delivers_is_cut_whole_and_said():
    large = trade(("JPN", "DEU", CHIPS, 600.0))
    found = forcing(ban(over="table"), large)
    assert parts(found) == {("JPN", "DEU", "C26"): 1.0}
    assert "1 flows are larger than what the table delivers and are cut whole" in found.notes[0]


def test_both_directions_of_a_stop_and_of_an_import_ban():
    stop = SupplyStop(economies=["JPN"], products=[CHIPS], days=10)
    assert parts(forcing(stop)) == {("JPN", "DEU", "C26"): pytest.approx(0.25)}
    banned = ImportBan(economies=["JPN"], suppliers=["DEU"], products=[CHIPS], days=10)
    assert parts(forcing(banned)) == {("DEU", "JPN", "C26"): pytest.approx(1.0)}


def test_only_the_named_buying_industries_are_cut():
    found = forcing(ban(buyer_industries=["C29"]))
    assert np.argwhere(found.flows[0].buyers).tolist() == [[DEU, C29]]


def test_the_last_complete_year_before_the_scenario_is_read():
    flows = trade(
        *(("JPN", "DEU", code, value, year) for year, chips in ((2020, 1.0), (2021, 2.0), (2022, 3.0))
          for code, value in ((CHIPS, chips), (OTHER, 1.0)))
    )  # fmt: skip
    assert parts(forcing(ban(), flows, start="2022-03-01"))[("JPN", "DEU", "C26")] == pytest.approx(2 / 3)
    assert parts(forcing(ban(), flows))[("JPN", "DEU", "C26")] == pytest.approx(3 / 4)
    assert parts(forcing(ban(), flows, start="2010-01-01"))[("JPN", "DEU", "C26")] == pytest.approx(3 / 4)
    gap = trade(("JPN", "DEU", CHIPS, 1.0, 2020), ("JPN", "DEU", CHIPS, 1.0, 2021), incomplete={CHIPS: (2021,)})
    assert "made 2020" in forcing(ban(), gap).notes[0]


@pytest.mark.parametrize(
    ("shock", "flows", "sentence"),
    [
        (ban(products=["284610"]), FLOWS, "has no trade of 284610 from JPN to DEU in 2020, so there is nothing"),
        (ban(products=["28461000"]), FLOWS, "made does not hold 28461000"),
        (ban(products_in="HS17"), FLOWS, "made is in HS22, not HS17"),
        (ban(), trade(("JPN", "DEU", CHIPS, 1.0), reporters=("JPN",)), "made lacks the imports of DEU"),
        (ban(), trade(("JPN", "DEU", CHIPS, 1.0), unit="fraction of the importer's imports of the product", scale=1.0),
         "made holds shares and no amounts"),
        (ban(), trade(("JPN", "DEU", CHIPS, None), ("JPN", "DEU", OTHER, 1.0)), "made has no value for 854231 from JPN to DEU"),
        (ban(), trade(("JPN", "DEU", OTHER, 1.0), products=(OTHER,)), "made does not hold 854231"),
    ],
)  # fmt: skip
def test_it_is_refused_where_the_trade_table_lacks_the_pair_or_the_product(shock, flows, sentence):
    with pytest.raises(MissingData) as found:
        forcing(shock, flows)
    assert sentence in str(found.value)
    assert "shock 1" in str(found.value)


def test_without_any_trade_table_it_says_what_to_bring():
    with pytest.raises(MissingData, match="products are named and there is no trade table"):
        Scenario("test", shocks=[ban()], horizon=10).on(WORLD, trade=[])


def test_in_a_batch_a_scenario_without_its_products_keeps_its_reason_and_the_others_run():
    fails = Scenario("fails", shocks=[ban(products=["284610"])], horizon=10)
    works = Scenario("works", shocks=[ban()], horizon=10)
    made = attempt([fails, works], world=WORLD, trade=FLOWS)
    status = {r["scenario"]: r["status"] for r in made.status.to_rows()}
    assert "no trade of 284610" in status["fails"]
    assert status["works"] == "ok"


def test_the_run_cites_the_trade_table_and_says_what_the_parts_rest_on():
    made = run("russian-oil-ban")
    (note,) = [step for step in made.provenance.steps if step.startswith("russian-oil-ban, shock 1")]
    assert "2709, 2710 (HS17): 70.9 bn EUR in 46 flows of eu-energy 2021" in note
    assert "AUT, DEU, FIN, NLD, POL withhold some and take the part of the other buyers together" in note
    assert "Comext" in made.cite()


# Headings made by several industries, and partners that are withheld

GAS = "2711"


def energy(*rows: tuple, **about: object) -> Trade:
    return trade(*rows, digits=4, classification="HS17", name="energy", **about)


def miners() -> World:
    return by_hand(industries=("B", "C19"), classification="interdep-36")


def oil(**about: object) -> ImportBan:
    about = {"products": ["2709"], "products_in": "HS17", **about}
    return ImportBan(economies=["DEU"], suppliers=["JPN"], days=10, **about)


def test_a_heading_of_two_industries_is_split_by_a_table_with_six_digits():
    flows = energy(("JPN", "DEU", "2709", 30.0), ("JPN", "DEU", GAS, 50.0))
    parts_of_gas = trade(
        ("JPN", "DEU", "271121", 40.0),
        ("JPN", "DEU", "271111", 5.0),
        classification="HS17",
        name="gas",
        products=("271111", "271121"),
    )
    found = parts(forcing(oil(), [flows, parts_of_gas], miners()), miners())
    # Gas of 45 is mined; the other 5 of heading 2711 are refined: 30 of 75.
    assert found == {("JPN", "DEU", "B"): pytest.approx(30 / 75)}


def test_without_such_a_table_it_says_that_six_digits_are_needed():
    flows = energy(("JPN", "DEU", "2709", 30.0), ("JPN", "DEU", GAS, 50.0))
    with pytest.raises(
        MissingData, match="energy has 2711 at four digits, which B and C19 make; bring a table with six"
    ):
        forcing(oil(), flows, miners())


def test_a_buyer_that_withholds_part_takes_the_part_of_the_others():
    third = by_hand(
        economies=("DEU", "FRA", "JPN"), industries=("B", "C19"), classification="interdep-36",
        intermediate=np.full((6, 6), 2.0), final_use=np.full((6, 3, 2), 1.0),
    )  # fmt: skip
    rows = [
        ("JPN", "DEU", "2709", 30.0), ("JPN", "DEU", "2701", 10.0), ("JPN", "FRA", "2709", 9.0), ("JPN", "FRA", "2701", 3.0),
        ("X-CONF", "FRA", "2701", None),
    ]  # fmt: skip
    flows = energy(*rows, reporters=("DEU", "FRA"))
    shock = ImportBan(economies=["DEU", "FRA"], suppliers=["JPN"], products=["2709"], products_in="HS17", days=10)
    found = forcing(shock, flows, third)
    assert parts(found, third) == {("JPN", "DEU", "B"): pytest.approx(0.75), ("JPN", "FRA", "B"): pytest.approx(0.75)}
    assert "FRA withhold some and take the part of the other buyers together" in found.notes[0]
    alone = ImportBan(economies=["FRA"], suppliers=["JPN"], products=["2709"], products_in="HS17", days=10)
    with pytest.raises(MissingData, match="FRA withholds part of its imports of B, and no other buyer's are known"):
        forcing(alone, flows, third)


# The file of a scenario


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('products = [284610]', "holds 284610; a product code is text of 2, 4, 6 or 8 digits"),
        ('products = ["28461"]', "holds '28461'; a product code is text"),
        ('products = ["chips"]', "holds 'chips'"),
        ('products = []', "is empty"),
        ('products = ["2846"]\nindustries = ["C20"]', "names both products and industries"),
        ('products = ["2846"]\nover = "world"', "over"),
        ('product = ["2846"]', "did you mean 'products'"),
    ],
)  # fmt: skip
def test_a_wrong_product_in_a_file_is_one_sentence(line, sentence):
    text = f'name = "x"\n[[shocks]]\nkind = "ExportBan"\neconomies = ["CHN"]\nbuyers = ["JPN"]\ndays = 5\n{line}\n'
    with pytest.raises(InputError) as found:
        Scenario.parse(text, "x.toml")
    assert sentence in str(found.value)
    assert "\n" not in str(found.value)


# What the library says on the packaged data


def test_the_oil_ban_cuts_crude_of_mining_and_oil_products_of_refining_member_by_member():
    found = Scenario.read("russian-oil-ban").on(World.read())
    shares = parts(found, World.read())
    # Eurostat Comext 2021, mn EUR from Russia: Slovakia 1,984 of crude, 1,310 of gas and 12 of coal; values by hand.
    flows = (
        Trade.read("eu-energy")
        .scan([2021])
        .collect()
        .with_columns(pl.col("exporter", "importer", "product").cast(pl.String))
    )
    of = {
        row["product"]: row["value"]
        for row in flows.filter((pl.col("exporter") == "RUS") & (pl.col("importer") == "SVK")).to_dicts()
    }
    gas = Trade.read("eu-gas").scan([2021]).collect().with_columns(pl.col("exporter", "importer").cast(pl.String))
    mined = gas.filter((pl.col("exporter") == "RUS") & (pl.col("importer") == "SVK"))["value"].sum()
    assert shares["RUS", "SVK", "B"] == pytest.approx(of["2709"] / (of["2709"] + of["2701"] + mined))
    assert 0.55 < shares["RUS", "SVK", "B"] < 0.65
    assert {buyer for _, buyer, _ in shares} <= set(Trade.read("eu-energy").reporters)
    assert {industry for *_, industry in shares} == {"B", "C19"}
    # Members that withhold their gas stand on what the others bought.
    assert shares["RUS", "DEU", "B"] == shares["RUS", "POL", "B"] == shares["RUS", "AUT", "B"]


def test_the_rare_earth_ban_cuts_a_sliver_of_china_s_chemicals():
    found = Scenario.read("rare-earth-export-ban").on(World.read())
    by_product = [path for path in found.flows if not path.buyers[World.read().economy_index("JPN")].any()]
    assert len(by_product) > 20
    assert all(0 < path.loss.max() < 0.01 for path in by_product)
    assert "31.8 mn EUR" in found.notes[0]
    assert "trade of 2024 over deliveries of 2014" in found.notes[0]


def test_a_code_that_the_table_holds_in_part_is_said_to_be_a_part():
    shock = ExportBan(economies=["USA"], buyers=["EU27"], products=["2804"], over="table", days=10)
    (note,) = Scenario("part", shocks=[shock], horizon=10).on(World.read()).notes
    assert "of 2804 the table holds only" in note


def test_a_conversion_is_cited():
    found = Scenario.read("rare-earth-export-ban").on(World.read())
    assert any("European Central Bank" in source.citation for source in found.sources)
