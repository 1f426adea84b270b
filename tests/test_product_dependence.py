"""The product half of `measure`: years that count, persistence, reasons, what is missing, and the packaged tables."""

from __future__ import annotations

import itertools

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from interdep import InputError, MissingData
from interdep.dependence.by_product import products_of
from interdep.dependence.criteria import CRITERIA, Thresholds
from interdep.dependence.product_dependencies import POOLED, ProductDependencies
from interdep.geography import group
from interdep.trade import Trade
from interdep.trade.folder import packaged_trades
from interdep.trade.trade import SHARES

SCHEMA = {"exporter": pl.String, "importer": pl.String, "product": pl.String, "period": pl.Int16, "value": pl.Float64}
JPN = {"JPN": ("JPN",)}


def trade_of(*rows: tuple, **about) -> Trade:
    """Flows (exporter, importer, product, period, value) as a table of Japan's imports in dollars."""
    facts = {
        "name": "made",
        "classification": "HS22",
        "digits": 6,
        "unit": "USD",
        "scale": 1e6,
        "reporters": ("JPN",),
        **about,
    }
    return Trade.from_frame(pl.DataFrame(rows, schema=SCHEMA, orient="row"), **facts)


def flow(exporter: str, importer: str, value: float | None, year: int = 2023, product: str = "284610") -> tuple:
    return (exporter, importer, product, year, value)


def japan(shares: dict[int, float | None], product: str = "284610") -> list[tuple]:
    """Japan's imports: China this share of 100 in each year, the USA and Australia half of the rest each; None: no value."""
    return [
        flow(e, "JPN", None if s is None else v, y, product)
        for y, s in shares.items()
        for e, v in (("CHN", 100 * (s or 0)), ("USA", 50 - 50 * (s or 0)), ("AUS", 50 - 50 * (s or 0)))
    ]


def flags_of(
    found: ProductDependencies, name: str = "one_supplier", product: str = "284610", buyer: str = "JPN"
) -> dict:
    chosen = (pl.col("criterion") == name) & (pl.col("product") == product) & (pl.col("buyer") == buyer)
    rows = found.flags.frame.filter(chosen).iter_rows(named=True)
    return {r["period"]: (r["met"], r["years_met"], r["years_known"], r["persistent"]) for r in rows}


# Years


def test_a_flag_persists_with_two_years_of_three_and_is_open_where_years_are_missing():
    found = products_of(JPN, [trade_of(*japan({2020: 0.6, 2021: 0.4, 2022: 0.6, 2023: 0.4}))], years=range(2020, 2024))
    assert flags_of(found) == {
        2020: (True, 1, 1, None), 2021: (False, 1, 2, None), 2022: (True, 2, 3, True), 2023: (False, 1, 3, False),
    }  # fmt: skip


@pytest.mark.parametrize("pattern", list(itertools.product([0.6, 0.4, None], repeat=3)))
def test_three_years_that_are_met_not_met_or_not_known(pattern):
    found = products_of(JPN, [trade_of(*japan(dict(zip((2021, 2022, 2023), pattern, strict=True))))])
    met, known = pattern.count(0.6), 3 - pattern.count(None)
    persistent = True if met >= 2 else False if known - met >= 2 else None
    assert flags_of(found)[2023] == ({0.6: True, 0.4: False, None: None}[pattern[2]], met, known, persistent)


def test_the_default_years_are_the_last_three():
    found = products_of(JPN, [trade_of(*japan(dict.fromkeys(range(2018, 2024), 0.6)))])
    assert sorted(found.products.frame["period"]) == [2021, 2022, 2023]


def test_a_product_that_is_gone_beside_a_year_that_has_it_is_a_gap_unless_the_table_has_all_flows():
    rows = [*japan({2021: 0.6, 2023: 0.6}), *japan({2021: 0.6, 2022: 0.6, 2023: 0.6}, "250410")]
    # 2022 stands beside 2021, which has the product.
    assert flags_of(products_of(JPN, [trade_of(*rows)]))[2023] == (True, 2, 2, True)
    assert flags_of(products_of(JPN, [trade_of(*rows, whole=True)]))[2023] == (True, 2, 3, True)
    # A product first imported in 2023, with no trace in the two years before, was not imported then.
    late = [*japan({2023: 0.6}), *japan({2021: 0.6, 2022: 0.6, 2023: 0.6}, "250410")]
    assert flags_of(products_of(JPN, [trade_of(*late)]))[2023] == (True, 1, 3, False)


def test_a_code_of_eight_digits_that_nobody_trades_in_a_year_was_not_on_its_list():
    rows = [*japan({2023: 0.6, 2024: 0.6}, "28461000"), *japan({2022: 0.6, 2023: 0.6, 2024: 0.6}, "25041000")]
    about = {"classification": "CN8", "digits": 8}
    assert flags_of(products_of(JPN, [trade_of(*rows, **about)]), product="28461000")[2024] == (True, 2, 2, True)
    # Where somebody else trades it in that year, the code was there.
    also = [*rows, flow("CHN", "DEU", 5.0, 2022, "28461000"), flow("CHN", "DEU", 5.0, 2021, "28461000")]
    found = products_of(JPN, [trade_of(*also, *japan({2021: 0.6}, "25041000"), **about)], years=[2021, 2022, 2023])
    assert flags_of(found, product="28461000")[2023] == (True, 1, 3, False)


def test_thin_years_and_years_under_other_codes_do_not_count():
    rows = japan({2021: 0.6, 2022: 0.6, 2023: 0.6})
    found = products_of(JPN, [trade_of(*rows, incomplete={"2846": (2021,)})])
    assert flags_of(found)[2023] == (True, 2, 2, True)
    assert "not recorded" in found.products.frame.filter(pl.col("period") == 2021)["thin"].item()
    fragment = [r for r in rows if r[0] != "CHN" or r[3] != 2023]
    found = products_of(JPN, [trade_of(*fragment)])
    assert found.headline().frame["period"].to_list() == [2022]
    assert flags_of(found)[2023][1:] == (2, 2, True)


def test_geodep_holds_only_where_it_persists():
    rows = [flow("CHN", "JPN", 9.0, y) for y in (2021, 2022, 2023)]
    lasting = products_of(JPN, [trade_of(*rows, whole=True)])
    assert lasting.flagged("geodep").frame.select("period", "persistent").rows() == [(2023, True)]
    once = products_of(JPN, [trade_of(*rows, whole=True)], years=[2023])
    assert flags_of(once, "geodep") == {2023: (True, 1, 1, None)}
    assert once.flagged("geodep").frame.is_empty()
    assert once.flagged("ec_2021").frame.height == 1


# What is not known


def test_imports_that_are_all_withheld_have_no_top_supplier_and_no_flag():
    found = products_of(JPN, [trade_of(flow("X-CONF", "JPN", 9.0))])
    row = found.products.frame.row(0, named=True)
    assert (row["top_supplier"], row["hhi"], row["hhi_high"], row["withheld_share"]) == (None, 0.0, 1.0, 1.0)
    assert flags_of(found) == {2023: (None, 0, 0, None)}
    reason = found.why("JPN", "284610").frame["reason"][0]
    assert reason == "not computable: 100 % of imports has a withheld or unnamed partner (0 % to 100 %)"


def test_imports_without_a_value_are_not_zero_imports():
    found = products_of(JPN, [trade_of(flow("X-CONF", "JPN", None), flow("CHN", "JPN", 0.0, 2023, "250410"))])
    assert found.products.frame.select("product", "imports", "unknown").rows() == [("284610", None, 1)]
    why = found.why("JPN", "284610").frame
    assert set(why["verdict"]) == {"not computable"}
    assert why["reason"][0] == "not computable: 1 flow has no value (withheld or not known)"
    assert found.suppliers.frame.is_empty()


def test_a_group_is_not_known_where_one_member_is_not_and_a_member_that_is_stays_known():
    rows = [flow("RUS", "DEU", None), flow("RUS", "FRA", 60.0), flow("NOR", "FRA", 40.0)]
    buyers = {"two": ("DEU", "FRA"), "DEU": ("DEU",), "FRA": ("FRA",)}
    found = products_of(buyers, [trade_of(*rows, reporters=("DEU", "FRA"))])
    assert flags_of(found, buyer="FRA")[2023][0] is True
    assert flags_of(found, buyer="two")[2023][0] is None
    assert flags_of(found, buyer="DEU")[2023][0] is None
    assert found.products.frame.filter(pl.col("buyer") == "two")["top_supplier"].to_list() == [None]


def test_without_exports_a_test_says_what_to_bring_and_is_never_false():
    found = products_of(JPN, [trade_of(*japan({2023: 0.9}))])
    why = found.why("JPN", "284610").frame
    ratio = why.filter(pl.col("check") == "imports over exports")
    assert set(ratio["verdict"]) == {"not computable"}
    assert ratio["reason"][0].startswith("not computable: needs the buyer's exports: bring a table of all flows")
    assert flags_of(found, "geodep")[2023][0] is None
    assert any("imports only" in note for note in found.notes)
    # One test that is not met settles the criterion without the others.
    assert (
        flags_of(products_of(JPN, [trade_of(*japan({2023: 0.5}), flow("GBR", "JPN", 50.0))]), "geodep")[2023][0]
        is False
    )


def test_a_group_in_a_table_without_its_inner_trade_has_no_share_from_outside():
    two = {"two": ("DEU", "FRA")}
    rows = [flow("CHN", "DEU", 60.0), flow("CHN", "FRA", 40.0)]
    outside = products_of(two, [trade_of(*rows, reporters=("DEU", "FRA"))])
    assert outside.products.frame["extra_share"].to_list() == [None]
    inner = products_of(two, [trade_of(*rows, flow("DEU", "FRA", 100.0), reporters=("DEU", "FRA"))])
    assert inner.products.frame["extra_share"].to_list() == [0.5]
    assert products_of(two, [trade_of(*rows, whole=True)]).products.frame["extra_share"].to_list() == [1.0]


def test_exporters_of_imports_only_tables_count_where_the_table_says_it_has_them():
    found = products_of(JPN, [trade_of(*japan({2023: 0.9}), flow("JPN", "USA", 50.0), sellers=("JPN",))])
    row = found.products.frame.row(0, named=True)
    assert (row["exports"], row["exports_ratio"], row["world_hhi"]) == (50.0, 2.0, None)


def test_shares_have_no_amount_no_pool_and_no_group():
    rows = [flow("CHN", "JPN", 0.7), flow("USA", "JPN", 0.3), flow("CHN", "DEU", 0.4), flow("USA", "DEU", 0.6)]
    shares = trade_of(*rows, unit=SHARES, reporters=("JPN", "DEU"))
    found = products_of({"JPN": ("JPN",), "DEU": ("DEU",)}, [shares])
    assert found.products.frame.select("buyer", "imports", "top_share").rows() == [
        ("DEU", None, 0.6),
        ("JPN", None, 0.7),
    ]
    assert POOLED not in found.products.frame["buyer"]
    assert any("as one importer: not computable" in note for note in found.notes)
    with pytest.raises(MissingData, match="made holds shares, which cannot be added over members"):
        products_of({"both": ("JPN", "DEU")}, [shares])


def test_a_group_some_of_whose_members_a_table_lacks_is_named_with_them():
    table = trade_of(*japan({2023: 0.6}), flow("CHN", "DEU", 9.0), reporters=("JPN", "DEU"))
    found = products_of({**JPN, "two": ("DEU", "FRA")}, [table])
    assert set(found.products.frame["buyer"]) == {"JPN"}
    assert any("two: no trade table has its imports" in note and "made lacks FRA" in note for note in found.notes)


# What is asked for


DEEP = [
    *japan({2023: 0.9}, "28461000"),
    *japan({2023: 0.6}, "28469010"),
    *japan({2023: 0.5}, "28469020"),
    *japan({2023: 0.7}, "25041000"),
]


@pytest.mark.parametrize(("asked", "codes"), [
    ("28469010", ["28469010"]), ("284690", ["28469010", "28469020"]), ("2846", ["28461000", "28469010", "28469020"]),
    (["28"], ["28461000", "28469010", "28469020"]), (["28461000", "25"], ["25041000", "28461000"]),
])  # fmt: skip
def test_products_are_asked_for_by_any_first_digits(asked, codes):
    found = products_of(JPN, [trade_of(*DEEP, classification="CN8", digits=8)], asked)
    assert sorted(found.products.frame["product"]) == codes


def test_a_code_longer_than_the_tables_means_its_heading_and_a_note_says_so():
    found = products_of(JPN, [trade_of(*japan({2023: 0.9}))], ["28461000"])
    assert found.products.frame["product"].to_list() == ["284610"]
    assert "made has 6 digits: the headings of 28461000 stand for them" in found.notes


def test_a_product_set_is_asked_for_in_the_revision_of_the_table():
    rows = [flow("TWN", "JPN", 9.0, 2021, "854140"), flow("TWN", "JPN", 9.0, 2021, "250410")]
    found = products_of(JPN, [trade_of(*rows, classification="HS17")], "chips")
    # 854140 of 2017 became four codes in 2022: it holds chips, and solar cells too.
    assert found.products.frame["product"].to_list() == ["854140"]
    assert any("854140" in note and "other goods" in note for note in found.notes)


@pytest.mark.parametrize(("wrong", "sentence"), [
    (["28a6"], "'28a6' is no product code"), ([2846], "2846 is no product code"), (["2"], "'2' is no product code"),
    ([], "no product is named"),
    ("chipps", "did you mean 'chips'"),
])  # fmt: skip
def test_what_is_no_product_is_refused(wrong, sentence):
    with pytest.raises(InputError, match=sentence):
        products_of(JPN, [trade_of(*japan({2023: 0.9}))], wrong)


def test_years_and_products_that_no_table_has_are_named():
    table = trade_of(*japan({2022: 0.6, 2023: 0.6}), products=("284610",))
    found = products_of(JPN, [table], ["284610", "9999"], years=[2023, 2031])
    assert found.products.frame["period"].to_list() == [2023]
    assert any(note.startswith("2031: no trade table has this year") for note in found.notes)
    assert "9999: in no trade table" in found.notes
    with pytest.raises(MissingData, match=r"2031: no trade table has this year \(there are made \(2022-2023\)\)"):
        products_of(JPN, [table], years=[2031])
    with pytest.raises(MissingData, match="JPN: no trade table has its imports of 9999"):
        products_of(JPN, [table], ["9999"])


def test_asking_why_of_an_unknown_buyer_or_product_names_what_there_is():
    found = products_of(JPN, [trade_of(*japan({2023: 0.9}))])
    with pytest.raises(InputError, match="unknown buyer 'DEU'"):
        found.why("DEU", "284610")
    with pytest.raises(InputError, match="unknown product '2504'"):
        found.why("JPN", "2504")
    with pytest.raises(MissingData, match="known at 284610 only; 28461000 needs"):
        found.why("JPN", "28461000")


def test_what_is_saved_is_read_back(tmp_path):
    found = products_of(
        JPN, [trade_of(*japan({2021: 0.6, 2022: 0.4, 2023: 0.9}), whole=True)], thresholds=Thresholds(ec_hhi=0.45)
    )
    found.save(tmp_path)
    again = ProductDependencies.load(tmp_path)
    assert (again.buyers, again.thresholds, again.notes) == (found.buyers, found.thresholds, found.notes)
    for name, table in found.tables.items():
        assert_frame_equal(again.tables[name].frame, table.frame)
        assert again.tables[name].units == table.units
    assert_frame_equal(again.why("JPN", "284610").frame, found.why("JPN", "284610").frame)


# The packaged tables


@pytest.fixture(scope="module")
def packaged() -> ProductDependencies:
    """The EU and Japan in the tables of the package."""
    return products_of({"EU27": group("EU27"), "JPN": ("JPN",)}, packaged_trades())


def test_the_eu_and_japan_share_china_as_top_supplier_of_graphite_and_rare_earths(packaged):
    rows = {r["product"]: r for r in packaged.common.to_rows()}
    claimed = {
        code: (r["class"], r["top_supplier"], r["period"])
        for code, r in rows.items()
        if r["class"] != "not the same goods"
    }
    assert claimed == dict.fromkeys(("2504", "2846"), ("shared top supplier", "CHN", 2023))
    assert {"2825", "2836"} == {code for code in rows if code not in claimed}
    assert rows["2836"]["part"] == "only 283691"


def test_shares_in_common_are_those_of_the_flows_themselves(packaged):
    flows = Trade.read("eu-critical-materials").scan([2023]).collect()
    inside = pl.col("exporter").is_in(list(group("EU27")))
    for row in packaged.common.to_rows():
        bought = flows.filter(pl.col("product").str.starts_with(row["product"]) & ~inside)
        share = bought.filter(pl.col("exporter") == row["top_supplier"])["value"].sum() / bought["value"].sum()
        assert row["share_EU27"] == pytest.approx(share)


def test_nickel_mattes_come_from_russia_in_every_year(packaged):
    rows = packaged.products.frame.filter((pl.col("buyer") == "EU27") & (pl.col("product") == "750110"))
    assert rows["period"].to_list() == [2022, 2023, 2024]
    assert set(rows["top_supplier"]) == {"RUS"}
    assert rows["top_share"].min() > 0.99
    assert packaged.flagged().where(product="750110").frame.select("years_met", "persistent").rows() == [(3, True)]


def test_the_year_before_new_codes_is_never_used_for_them(packaged):
    new = ("253090", "280530", "284690")
    flags = packaged.flags.frame.filter(pl.col("product").is_in(new) & (pl.col("buyer") == "EU27"))
    assert flags.filter(pl.col("period") == 2024)["years_known"].max() == 2
    assert flags.filter(pl.col("period") == 2023)["years_known"].max() == 1
    assert packaged.headline().frame.filter(pl.col("product").is_in(new) & (pl.col("period") == 2022)).is_empty()
    assert packaged.changes.frame.filter(pl.col("product").is_in(new) & (pl.col("period") == 2023)).is_empty()


def test_gas_of_which_members_withhold_the_value_is_not_computable_for_them_nor_for_the_eu(packaged):
    rows = packaged.flags.frame.filter((pl.col("buyer") == "EU27") & pl.col("product").is_in(["2711", "271121"]))
    assert set(rows["met"]) == {None}
    reasons = packaged.why("EU27", "271121").frame
    assert set(reasons["verdict"]) == {"not computable"}
    assert "6 flows have no value (withheld or not known)" in reasons["reason"][0]


def test_every_flag_has_a_reason_for_each_of_its_tests_that_agrees_with_it(packaged):
    flags = packaged.flags.frame.rows_by_key(["buyer", "product", "period", "criterion"], named=True, unique=True)
    for buyer in packaged.buyers:
        codes = packaged.headline().frame.filter(pl.col("buyer") == buyer)["product"]
        for code in codes:
            why = packaged.why(buyer, code).frame.filter(pl.col("product") == code)
            for name, criterion in CRITERIA.items():
                mine = why.filter(pl.col("criterion") == name)
                assert mine.height == len(criterion.tests)
                assert all(mine["reason"].str.len_chars() > 0)
                found = mine["verdict"].to_list()
                expected = False if "not met" in found else None if "not computable" in found else True
                assert flags[buyer, code, mine["period"][0], name]["met"] is expected


def test_a_table_of_imports_from_outside_only_does_not_tell_the_eus_share_from_outside(packaged):
    share = packaged.products.frame.filter(pl.col("buyer") == "EU27").select("product", "period", "extra_share")
    assert share.filter(pl.col("product") == "2709")["extra_share"].to_list() == [None] * 3
    assert share.filter(pl.col("product") == "750110")["extra_share"].is_between(0.5, 1.0, closed="none").all()


# What a table of trade with the outside, an unnamed rest and a share without a size can tell


def test_a_table_of_trade_with_the_outside_tells_nothing_of_a_member():
    energy = Trade.read("eu-energy")
    with pytest.raises(
        MissingData, match="eu-energy has imports from outside the EU27 only, and so not those of a part of it"
    ):
        products_of({"DEU": ("DEU",)}, [energy])
    whole = products_of({"EU27": group("EU27")}, [energy])
    crude = whole.products.frame.filter((pl.col("product") == "2709") & (pl.col("period") == 2021)).row(0, named=True)
    assert crude["top_supplier"] == "RUS"
    assert crude["home_imports"] is None
    assert crude["extra_share"] is None


def test_whoever_is_named_is_not_among_the_unnamed_rest():
    rows = [flow("CHN", "JPN", 40.0), flow("USA", "JPN", 20.0), flow("X-REST", "JPN", 40.0)]
    row = products_of(JPN, [trade_of(*rows)]).products.frame.row(0, named=True)
    # The largest known share is exact; the rest may be one other supplier, as large as the first.
    assert row["top_share"] == row["top_share_high"] == pytest.approx(0.4)
    assert row["hhi"] == pytest.approx(0.16 + 0.04)
    assert row["hhi_high"] == pytest.approx(0.16 + 0.04 + 0.16)
    assert row["top_supplier"] == "CHN"
    rows = [flow("CHN", "JPN", 40.0), flow("USA", "JPN", 15.0), flow("X-REST", "JPN", 45.0)]
    found = products_of(JPN, [trade_of(*rows)])
    assert found.products.frame["top_supplier"].to_list() == [None]
    assert found.undecided("JPN") == []  # over half it is not, whoever it is
    withheld = products_of(JPN, [trade_of(*rows[:2], flow("X-CONF", "JPN", 45.0))])
    assert withheld.undecided("JPN") == ["284610"]


def test_a_share_has_no_size_unless_the_table_says_that_it_is_small():
    rows = [flow("CHN", "JPN", 1.0), flow("CHN", "JPN", 1.0, product="284690")]
    about = {"unit": SHARES, "scale": 1.0, "small": ("284690",), "caveats": ("made up",)}
    found = products_of(JPN, [trade_of(*rows, **about)])
    assert dict(found.products.frame.select("product", "small").rows()) == {"284610": None, "284690": True}
    assert "made: made up" in found.notes


def test_a_code_of_no_revision_is_in_no_table_even_of_all_products():
    rows = [flow("CHN", "JPN", 60.0), flow("JPN", "CHN", 1.0)]
    everything = trade_of(*rows, whole=True)
    with pytest.raises(MissingData, match="no trade table has its imports of 123456"):
        products_of(JPN, [everything], products=["123456"])
    found = products_of(JPN, [everything], products=["123456", "2846"])
    assert found.products.frame["product"].to_list() == ["284610"]
    assert "123456: in no trade table" in found.notes
