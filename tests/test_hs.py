"""What HS codes became in other revisions, what they are used for, and which industry makes them."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from interdep.classifications import resolve
from interdep.classifications.hs import bec, convert, end_uses, ict_goods, industry_of, is_ict, isic_reason
from interdep.classifications.industries import classification, rows
from interdep.classifications.isic import divisions_of
from interdep.classifications.products import REVISIONS, codes
from interdep.errors import InputError, MissingData

REFERENCE = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "reference"
needs_reference = pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference tables are not beside the checkout")


def targets(code: str, from_: str, to: str) -> dict[str, float]:
    rows = convert(from_, to).filter(pl.col("source") == code)
    return dict(zip(rows["target"], rows["share"], strict=True))


# --- from one revision to another ------------------------------------------------------------------------------------


@pytest.mark.parametrize("from_", REVISIONS)
@pytest.mark.parametrize("to", REVISIONS)
def test_every_code_is_shared_out_whole_over_codes_that_exist(from_, to):
    table = convert(from_, to)
    sums = table.group_by("source").agg(pl.col("share").sum(), pl.len(), pl.col("exact").all())
    assert set(table["source"]) == {*codes(from_), "999999"}
    assert set(table["target"]) <= {*codes(to), "999999"}
    assert (table["share"] > 0).all()
    assert ((sums["share"] - 1).abs() < 1e-12).all()
    assert (sums["exact"] == (sums["len"] == 1)).all()
    assert (sums.filter("exact")["share"] == 1.0).all()


@pytest.mark.parametrize("name", REVISIONS)
def test_a_revision_is_itself(name):
    table = convert(name, name)
    assert (table["source"] == table["target"]).all()
    assert table["exact"].all()


@pytest.mark.parametrize(
    ("code", "from_", "to", "wanted"),
    [
        # WCO, correlation tables of the HS editions; each stands for a change that is well known.
        ("854140", "HS17", "HS22", {"854141", "854142", "854143", "854149"}),  # LEDs and solar cells part
        ("854150", "HS17", "HS22", {"854151", "854159"}),
        ("851712", "HS17", "HS22", {"851713", "851714"}),  # smartphones
        ("851713", "HS22", "HS17", {"851712"}),
        ("851770", "HS17", "HS22", {"851771", "851779"}),
        ("854143", "HS22", "HS92", {"854140"}),
        ("852411", "HS22", "HS17", {"852990", "853120", "901380"}),  # flat panel display modules
        ("854810", "HS12", "HS07", {"854810"}),
        ("850760", "HS12", "HS07", {"850780"}),  # lithium-ion batteries
        ("847330", "HS17", "HS22", {"847330"}),
        ("870899", "HS17", "HS22", {"870899"}),  # no car parts in electronic waste
        ("291636", "HS07", "HS12", {"291616"}),  # binapacryl
        ("270900", "HS92", "HS22", {"270900"}),
        ("999999", "HS92", "HS22", {"999999"}),
    ],
)
def test_a_well_known_change_is_in_the_concordance(code, from_, to, wanted):
    assert set(targets(code, from_, to)) == wanted


def test_integrated_circuits_are_unchanged_from_2007_on():
    for code in ("854231", "854232", "854233", "854239", "854290"):
        for to in ("HS12", "HS17", "HS22"):
            assert targets(code, "HS07", to) == {code: 1.0}
            assert targets(code, to, "HS07") == {code: 1.0}


def test_machines_that_make_chips_come_from_many_codes_before_2007():
    before = targets("848620", "HS07", "HS02")
    assert {"901041", "901042", "854311", "847989"} <= set(before)
    assert not convert("HS07", "HS02").filter(pl.col("source") == "848620")["exact"].any()


def test_refrigerants_of_one_old_code_have_their_own_codes_since_2022():
    new = targets("290339", "HS17", "HS22")
    assert {"290341", "290342", "290351"} <= set(new)
    assert all(targets(code, "HS22", "HS17") == {"290339": 1.0} for code in new)


def test_codes_that_come_from_one_alone_share_it_equally():
    assert targets("854140", "HS17", "HS22") == dict.fromkeys(("854141", "854142", "854143", "854149"), 0.25)


def test_a_new_code_gathered_from_many_takes_little_of_each():
    """Placebos (300693) draw on 16 codes of HS17, 300490 goes on itself: 1 part to 1/16."""
    assert targets("300490", "HS17", "HS22") == pytest.approx({"300490": 16 / 17, "300693": 1 / 17})


def test_chaining_is_stepping():
    """Catches shares that are right for one step alone, where they are made to sum to 1 at the end."""
    step = convert("HS12", "HS17").join(convert("HS17", "HS22"), left_on="target", right_on="source")
    stepped = step.group_by("source", target="target_right").agg((pl.col("share") * pl.col("share_right")).sum())
    both = stepped.join(convert("HS12", "HS22"), on=["source", "target"], how="full", suffix="_direct")
    assert both.null_count().sum_horizontal().item() == 0
    assert ((both["share"] - both["share_direct"]).abs() < 1e-12).all()


@pytest.mark.parametrize("pair", [("HS23", "HS22"), ("HS22", "hs17"), ("CN8", "HS22")])
def test_a_revision_that_there_is_not_is_refused(pair):
    with pytest.raises(InputError, match=r"unknown product classification|CN8 has a new list"):
        convert(*pair)


# --- end use and ICT goods -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "name", "use"),
    [
        ("854231", "HS17", "intermediate"),
        ("851712", "HS17", "consumption"),
        ("851713", "HS22", "consumption"),
        ("848620", "HS07", "capital"),
        ("270900", "HS92", "intermediate"),
    ],
)
def test_a_product_has_an_end_use_in_every_revision(code, name, use):
    assert bec(code, name) == {use: 1.0}


def test_monetary_gold_has_no_end_use():
    assert bec("710820") == {}
    assert end_uses("HS17").filter(pl.col("product") == "710820")["end_use"].to_list() == [None]


def test_ict_goods_are_told_apart():
    assert is_ict("854231")
    assert is_ict("851713")
    assert is_ict("852812", "HS02")
    assert not is_ict("270900", "HS92")


def test_a_product_that_is_an_ict_good_in_part_is_refused_with_its_part():
    part = ict_goods("HS22").filter(~pl.col("exact")).row(0, named=True)
    assert 0 < part["share"] < 1
    with pytest.raises(InputError, match=f"{part['product']} is an ICT good only in part"):
        is_ict(part["product"])


@pytest.mark.parametrize("name", REVISIONS)
def test_end_uses_and_ict_goods_cover_every_code_once(name):
    uses = end_uses(name).group_by("product").agg(pl.col("share").sum())
    goods = ict_goods(name)
    assert set(uses["product"]) == {*codes(name), "999999"} == set(goods["product"])
    assert ((uses["share"] - 1).abs() < 1e-9).all()
    assert goods["product"].is_unique().all()
    assert goods["share"].is_between(0, 1).all()


@needs_reference
def test_end_uses_and_ict_goods_are_those_of_the_published_tables_in_2017():
    published = pl.read_csv(REFERENCE / "hs/bec5_hs2017_concordance.csv", infer_schema_length=0)
    ours = end_uses("HS17").drop_nulls("end_use")
    assert dict(zip(ours["product"], ours["end_use"], strict=True)) == dict(published.rows())
    flags = pl.read_csv(REFERENCE / "hs/oecd_ict_goods_hs2017.csv", infer_schema_length=0)
    named = set(flags.filter(pl.col("ict_good") == "TRUE")["hs6_code"])
    assert set(ict_goods("HS17").filter(pl.col("share") == 1)["product"]) == named


# --- who makes it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REVISIONS)
def test_every_code_has_one_industry_that_makes_goods(name):
    table = industry_of(codes(name), name, within="interdep-36")
    assert table["product"].to_list() == list(codes(name))
    assert table.null_count().sum_horizontal().item() == 0
    for isic in table["isic"].unique():
        divisions = divisions_of(isic)
        assert divisions is not None
        assert len(divisions) == 1


def test_the_industry_of_a_product_is_one_a_scenario_can_name():
    whole = classification("interdep-36")
    table = industry_of(codes("HS22"), "HS22", within="interdep-36").unique(["isic", "industry"])
    for isic, industry in table.select("isic", "industry").rows():
        assert isic[1:] in whole.industry(industry).divisions
        assert resolve(industry, whole.codes, whole.name) == (industry,)


def test_each_row_of_the_table_of_industries_is_used_and_stands_once():
    rows_ = rows("hs/hs-to-isic.csv")
    keys = [(row["prefix"], row["revisions"]) for row in rows_]
    assert len(keys) == len(set(keys))
    everything = {code for name in REVISIONS for code in codes(name)}
    assert not [p for p, _ in keys if not any(code.startswith(p) for code in everything)]


@pytest.mark.parametrize(
    ("code", "name", "isic"),
    [
        ("270900", "HS22", "B06"),
        ("271111", "HS22", "B06"),
        ("271121", "HS22", "B06"),
        ("270112", "HS22", "B05"),
        ("271019", "HS22", "C19"),
        ("271112", "HS22", "C19"),
        ("270400", "HS22", "C19"),
        ("280530", "HS22", "C20"),
        ("284690", "HS22", "C20"),
        ("854231", "HS22", "C26"),
        ("854143", "HS22", "C26"),
        ("851713", "HS22", "C26"),
        ("847150", "HS22", "C26"),
        ("848620", "HS22", "C28"),
        ("850760", "HS22", "C27"),
        ("250410", "HS22", "B08"),
        ("261100", "HS22", "B07"),
        ("750210", "HS22", "C24"),
        ("811292", "HS22", "C24"),
        ("720449", "HS22", "E38"),
        ("262030", "HS22", "E38"),
        ("970110", "HS17", "R90"),
        ("271600", "HS22", "D35"),
        ("852411", "HS22", "C26"),  # display modules ...
        ("852491", "HS22", "C26"),
        ("852491", "HS02", "J59"),  # ... and, under the same number, recorded media
    ],
)
def test_the_principal_industry_of_a_product(code, name, isic):
    assert industry_of([code], name)["isic"].to_list() == [isic]


# World Bank WITS, product concordance of the HS (all editions) to ISIC Rev. 3: the class of each of these codes.
WITS = {
    "0121": "010210 010410", "0122": "010511 020820", "0500": "030110 030211 030240", "1010": "270112 270120",
    "1020": "270210", "1030": "270300", "1110": "270900 271111 271121 271410", "1200": "261210", "1310": "260111",
    "1320": "260300 260500 260600 261100 261400 261590", "1421": "253020", "1429": "253010 271490",
    "1511": "020110 020900 021020", "1512": "030270", "1520": "350110", "1532": "350510", "1549": "350211",
    "2213": "852432", "2310": "270400 270600", "2320": "271019 271112 271220 271320",
    "2411": "260120 270710 270810 280461 280530 281111 282010 282200 350790", "2412": "280800 281410",
    "2413": "390110 391000", "2421": "380810", "2422": "320890 321511 381400", "2424": "330300 340211",
    "2429": "330112 330290 350300 370790 381800 382200 382510 852311", "2430": "330620", "2520": "391610",
    "2692": "381600", "2695": "382450", "2699": "271500 281810 380110",
    "2720": "281820 740311 741210 750210 760110 780110 790111 810420 811292 811300", "2811": "761010",
    "2812": "732211 761100", "2893": "820110 830110", "2899": "732020 732393 741300 830210 848510",
    "2913": "848340", "2914": "851410", "2919": "848410", "2922": "850810 851511",
    "2930": "732111 732290 850940 851671 851680", "3000": "900911", "3110": "850131 850300 850421 850440",
    "3120": "853510", "3140": "850650 850780", "3150": "851310 900662",
    "3190": "850511 850519 850520 851110 851220 853010 853110 853120", "3210": "853221 853340 853400",
    "3220": "851711 851730 852520", "3230": "851810 852190 852812 852990", "3311": "901811 901831 902110 902140",
    "3312": "852610 901210 901480 901710", "3320": "900110 900130 900211 900410 900640 901041 901320",
    "3511": "890190 890520", "3512": "890310", "3699": "340600 360500 360610", "4010": "271600", "4020": "270500",
    "7494": "370400 370510", "9211": "370610",
}  # fmt: skip

# UN Statistics Division, correspondence of ISIC Rev. 3.1 with Rev. 4: the division that holds most of each class.
REV_4 = {
    "0121": "A01", "0122": "A01", "0500": "A03", "1010": "B05", "1020": "B05", "1030": "B08", "1110": "B06",
    "1200": "B07", "1310": "B07", "1320": "B07", "1421": "B08", "1429": "B08", "1511": "C10", "1512": "C10",
    "1520": "C10", "1532": "C10", "1549": "C10", "2213": "J59", "2310": "C19", "2320": "C19", "2411": "C20",
    "2412": "C20", "2413": "C20", "2421": "C20", "2422": "C20", "2424": "C20", "2429": "C20", "2430": "C20",
    "2520": "C22", "2692": "C23", "2695": "C23", "2699": "C23", "2720": "C24", "2811": "C25", "2812": "C25",
    "2893": "C25", "2899": "C25", "2913": "C28", "2914": "C28", "2919": "C28", "2922": "C28", "2930": "C27",
    "3000": "C28", "3110": "C27", "3120": "C27", "3140": "C27", "3150": "C27", "3190": "C27", "3210": "C26",
    "3220": "C26", "3230": "C26", "3311": "C32", "3312": "C26", "3320": "C26", "3511": "C30", "3512": "C30",
    "3699": "C32", "4010": "D35", "4020": "D35", "7494": "M74", "9211": "J59",
}  # fmt: skip

# Where ours differs: goods that ISIC Rev. 4 moved out of the class, and waste, which Rev. 3 had no producer for.
MOVED = {
    "270120": "C19", "270810": "C19", "360500": "C20", "360610": "C20", "382510": "E38", "810420": "E38",
    "850511": "C25", "850519": "C23", "851110": "C29", "851511": "C27", "852311": "C26", "853110": "C26",
    "900110": "C27", "900130": "C32", "900410": "C32", "901811": "C26", "902140": "C26",
}  # fmt: skip


def test_the_industries_agree_with_the_concordance_of_the_world_bank_but_for_what_isic_moved_since():
    facts = {code: REV_4[isic] for isic, some in WITS.items() for code in some.split()}
    home = {code: next(name for name in REVISIONS if code in codes(name)) for code in facts}
    ours = {code: industry_of([code], home[code])["isic"].item() for code in facts}
    assert {code: isic for code, isic in ours.items() if isic != facts[code]} == MOVED
    assert len(facts) > 130


def test_a_heading_made_by_one_industry_has_it_and_one_made_by_several_is_refused():
    assert industry_of(["2709", "8542"], "HS22")["isic"].to_list() == ["B06", "C26"]
    with pytest.raises(InputError, match=r"HS22 2711 is made by several industries \(B06, C19\)"):
        industry_of(["2711"], "HS22")


def test_cn8_codes_have_the_industry_of_their_six_digits():
    assert industry_of(["85423190", "27090090"], "CN8")["isic"].to_list() == ["C26", "B06"]
    # A code of 2020, gone in the CN of 2022.
    assert industry_of(["85171200"], "CN8")["isic"].to_list() == ["C26"]
    with pytest.raises(InputError, match="'854199' is in no revision"):
        industry_of(["85419900"], "CN8")


def test_special_codes_of_the_cn_have_no_industry():
    """Ships' stores and goods of low value: 9930 and 9950 are codes of the EU, not of the HS."""
    assert industry_of(["99302400", "99500000"], "CN8")["isic"].to_list() == [None, None]


def test_goods_not_specified_have_no_industry():
    assert industry_of(["999999"], "HS17", within="interdep-36").row(0) == ("999999", None, None)


def test_an_industry_that_a_table_does_not_keep_apart_is_missing_data():
    with pytest.raises(MissingData, match="several industries"):
        industry_of(["720110"], "HS22", within="oecd-icio-2025")


def test_a_choice_that_is_not_plain_says_why():
    assert "ISIC 2599" in isic_reason("850511")
    assert isic_reason("010121") == ""
