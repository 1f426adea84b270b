"""Tests of the script that builds the packaged product tables, on small inputs that hold the traps of the sources."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import polars as pl
import pytest

from interdep.errors import InputError

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "data"))

import build_products  # noqa: E402
from product_tables import crude, japan, modes  # noqa: E402
from product_tables import energy as by_partner  # noqa: E402
from product_tables.comext import ANNUAL_EXTRACT, EXTRACT, read_annual_modes, read_modes, read_partners  # noqa: E402
from product_tables.facts import check_facts  # noqa: E402
from product_tables.materials import new_codes, parts_of, read_comext  # noqa: E402
from product_tables.report import refreshed  # noqa: E402
from product_tables.table import Check, economy_codes, tidy, whole_units  # noqa: E402
from product_tables.withheld import add_withheld  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
TABLES = ROOT / "src" / "interdep" / "trade" / "tables"
NAMES = ("eu-critical-materials", "eu-energy", "eu-gas", "eu-energy-modes", "japan-2023")


# --- codes and rounding ----------------------------------------------------------------------------------------------


def test_codes_that_are_not_iso_become_what_they_stand_for_and_na_is_namibia():
    codes = economy_codes(["EL", "NA", "XS", "XK", "XC", "DE"], "here")
    assert codes == {"DE": "DEU", "EL": "GRC", "NA": "NAM", "XS": "SRB", "XK": "XKX", "XC": "X-UNSPEC"}


@pytest.mark.parametrize(("code", "words"), [("ZQ", "unknown economy 'ZQ' in here"), ("EA19", "sum of others")])
def test_a_code_nobody_knows_and_a_sum_over_others_are_refused(code, words):
    with pytest.raises(InputError, match=words):
        economy_codes(["DE", code], "here")


def test_rounding_never_turns_trade_into_no_trade():
    frame = pl.DataFrame({"value": [0.0, 0.2, 0.7, 1.6, None]}).select(whole_units("value"))
    assert frame["value"].to_list() == [0.0, 1.0, 1.0, 2.0, None]


def test_a_flow_that_is_there_twice_is_refused():
    row = {"exporter": "RUS", "importer": "DEU", "product": "2709", "period": 2021, "value": 1.0}
    with pytest.raises(InputError, match="more than once"):
        tidy(pl.DataFrame([row, row]), "table")


# --- critical materials ----------------------------------------------------------------------------------------------

HEAD = "DECLARANT_ISO,PARTNER_ISO,PRODUCT_NC,FLOW,PERIOD,VALUE_IN_EUROS\n"


def comext(tmp_path: Path, rows: str) -> Path:
    path = tmp_path / "comext.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    return path


def test_reporter_greece_and_partner_namibia_survive_the_reading(tmp_path):
    rows = read_comext(comext(tmp_path, "EL,NA,26110000,1,2023,10.5\nDE,EL,26110000,1,2023,1\n"))
    assert rows.select("importer", "exporter", "value").rows() == [("GRC", "NAM", 10.5), ("DEU", "GRC", 1.0)]


@pytest.mark.parametrize(
    ("row", "words"),
    [("DE,CN,26110000,2,2023,1\n", "only 1, imports"), ("CH,CN,26110000,1,2023,1\n", "CHE are no members")],
)
def test_exports_and_reporters_outside_the_eu_are_refused(tmp_path, row, words):
    with pytest.raises(InputError, match=words):
        read_comext(comext(tmp_path, row))


def test_a_code_without_a_row_in_one_year_and_with_large_trade_in_the_next_did_not_exist():
    rows = pl.DataFrame(
        {
            "cn8": ["28461000", "28461000", "28469040", "26050000"],
            "period": [2022, 2023, 2023, 2023],
            "value": [5e6, 5e6, 2e6, 9e4],
        }
    )
    assert new_codes(rows) == {"28469040": [2022]}


def test_a_code_of_the_data_that_nobody_has_grouped_is_named():
    with pytest.raises(InputError, match="99999999"):
        parts_of(pl.DataFrame({"cn8": ["99999999"]}), {})


# --- energy by partner -----------------------------------------------------------------------------------------------


def partner_file(tmp_path: Path, rows: list[tuple]) -> Path:
    """rows: reporter, partner, product, month, EUR, 100 kg."""
    long = [
        (reporter, partner, product, 1, month, indicator, amount)
        for reporter, partner, product, month, value, weight in rows
        for indicator, amount in (("VALUE_IN_EUROS", value), ("QUANTITY_IN_100KG", weight))
    ]
    names = ["REPORTER", "PARTNER", "PRODUCT", "FLOW", "PERIOD", "INDICATORS", "INDICATOR_VALUE"]
    path = tmp_path / "partners.parquet"
    pl.DataFrame(long, schema=names, orient="row").write_parquet(path)
    return path


def mode_file(tmp_path: Path, rows: list[tuple]) -> Path:
    """rows: source file, period, reporter, partner, product, mode, EUR, tonnes (None: no such row)."""
    long = [
        (source, period, reporter, partner, product, "IMPORT", mode, indicator, amount)
        for source, period, reporter, partner, product, mode, value, weight in rows
        for indicator, amount in (("VALUE_IN_EUROS", value), ("QUANTITY_IN_TONS", weight))
        if amount is not None
    ]
    names = ["source_file", "PERIOD", "REPORTER", "PARTNER", "PRODUCT", "FLOW", "TRANSPORT_MODE", "INDICATOR", "VALUE"]
    path = tmp_path / "modes.parquet"
    pl.DataFrame(long, schema=names, orient="row").write_parquet(path)
    return path


EXTRA, RUSSIA = "Extra-EU (= 'WORLD' - 'EU_INTRA')", "Russian Federation (Russia)"


def test_sums_among_reporters_and_the_united_kingdom_leave_and_hundred_kilograms_become_tonnes(tmp_path):
    rows = [(r, "RU", "2709", 202111, 100.0, 20.0) for r in ("DE", "EU", "EA19", "EUROZONE", "EU27_2020", "GB")]
    read = read_partners(partner_file(tmp_path, rows))
    assert read.select("importer", "partner", "value", "quantity").rows() == [("DEU", "RUS", 100.0, 2.0)]


def test_a_row_that_stands_there_twice_is_refused(tmp_path):
    row = ("DE", "RU", "2709", 202111, 100.0, 20.0)
    with pytest.raises(InputError, match="more than once"):
        read_partners(partner_file(tmp_path, [row, row]))


def slovakia(tmp_path: Path, russian_december: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A member whose published total ends in November and whose Russian December may be unfinished."""
    rows = [
        ("SK", "RU", "2709", 202111, 60.0, 600.0),
        ("SK", "EU27_2020_EXTRA", "2709", 202111, 100.0, 1000.0),
        ("SK", "RU", "2709", 202112, russian_december, 700.0),
        ("CZ", "EU27_2020_EXTRA", "2709", 202112, 5.0, 50.0),
    ]
    months = [
        (EXTRACT, "Dec. 2021", "SK", EXTRA, "2709", "Fixed Mechanism", 90.0, 90.0),
        (EXTRACT, "Dec. 2021", "SK", RUSSIA, "2709", "Fixed Mechanism", 70.0, 70.0),
    ]
    return read_partners(partner_file(tmp_path, rows)), read_modes(mode_file(tmp_path, months))


@pytest.mark.parametrize("december", [70.0, 7.0])
def test_a_total_that_ends_a_month_early_is_completed_and_the_rest_is_the_same_however_finished_russia_is(
    tmp_path, december
):
    partners, by_mode = slovakia(tmp_path, december)
    totals, done = by_partner.complete_months(partners, by_mode)
    years, below = by_partner.yearly(partners, totals)
    found = {(e, i): v for e, i, v in years.select("exporter", "importer", "value").iter_rows()}
    assert found == {("RUS", "SVK"): 60.0 + december, ("X-REST", "SVK"): 40.0 + 20.0, ("X-REST", "CZE"): 5.0}
    assert done["ends"] == {"SVK": 202111}
    assert below == []


def test_a_share_over_the_short_total_is_too_high_and_over_twelve_months_it_is_not(tmp_path):
    partners, by_mode = slovakia(tmp_path, 70.0)
    years, _ = by_partner.yearly(partners, by_partner.complete_months(partners, by_mode)[0])
    shares = by_partner.russian_shares(partners, years).filter(pl.col("importer") == "SVK").row(0, named=True)
    assert shares["published"] == pytest.approx(130 / 100)
    assert shares["whole"] == pytest.approx(130 / (130 + 40 + 20))


def test_partners_that_add_up_to_more_than_their_own_total_are_an_error(tmp_path):
    rows = [("DE", "RU", "2709", 202111, 200.0, 1.0), ("DE", "EU27_2020_EXTRA", "2709", 202111, 100.0, 1.0)]
    partners = read_partners(partner_file(tmp_path, rows))
    totals = partners.filter(pl.col("partner") == "extra").drop("partner").with_columns(late=False)
    with pytest.raises(InputError, match="more than their total"):
        by_partner.yearly(partners, totals)


def test_months_with_fewer_than_twelve_are_counted_and_full_years_are_not(tmp_path):
    rows = [("DE", "RU", "2709", 202101 + k, 1.0, 1.0) for k in range(12)] + [("MT", "RU", "2709", 202105, 1.0, 1.0)]
    assert by_partner.months_reported(read_partners(partner_file(tmp_path, rows))) == {"2709": {"MLT": {"2021": 1}}}


def test_gas_with_a_value_and_no_weight_has_no_quantity_and_neither_has_the_heading_it_is_in(tmp_path):
    rows = [
        ("FR", "RU", "271111", 202111, 5e8, 0.0),
        ("FR", "RU", "2711", 202111, 6e8, 1e4),
        ("FR", "NO", "2711", 202111, 1e8, 1e5),
    ]
    partners = read_partners(partner_file(tmp_path, rows))
    years = partners.select(
        pl.col("partner").alias("exporter"), "importer", "product", pl.lit(2021).alias("period"), "value", "quantity",
        pl.when("no_weight").then("value").otherwise(0.0).alias("unweighed"),
    )  # fmt: skip
    found = by_partner.hide_weights(years).select("exporter", "product", "quantity").rows()
    assert found == [("RUS", "271111", None), ("RUS", "2711", None), ("NOR", "2711", 1e4)]


def test_withheld_gas_is_a_row_without_a_value_and_not_a_zero():
    flows = pl.DataFrame(
        {"exporter": ["NOR"], "importer": ["FRA"], "product": ["2711"], "period": [2021], "value": [1.0]},
        schema_overrides={"period": pl.Int16},
    )
    added = add_withheld(flows, ["DEU"], "2711")
    assert added.filter(pl.col("importer") == "DEU").rows() == [("X-CONF", "DEU", "2711", 2021, None)]


# --- energy by mode --------------------------------------------------------------------------------------------------


def test_only_one_of_the_overlapping_extracts_counts_and_the_rest_is_all_partners_less_russia(tmp_path):
    other, annual = "DS-1262527_1_Data_20220316", ANNUAL_EXTRACT
    rows = [
        (EXTRACT, "Jan. 2021", "DE", EXTRA, "2709", "Sea", 100.0, 10.0),
        (EXTRACT, "Feb. 2021", "DE", EXTRA, "2709", "Sea", 100.0, 10.0),
        (EXTRACT, "Jan. 2021", "DE", RUSSIA, "2709", "Sea", 30.0, 3.0),
        (EXTRACT, "Jan. 2021", "DE", EXTRA, "2709", "Fixed Mechanism", 50.0, 5.0),
        (EXTRACT, "Jan. 2021", "DE", RUSSIA, "2709", "Fixed Mechanism", 50.0, 5.0),
        (EXTRACT, "Jan. 2021", "EU", RUSSIA, "2709", "Sea", 30.0, 3.0),
        (EXTRACT, "Jan. 2021", "GB", RUSSIA, "2709", "Sea", 9.0, 9.0),
        (other, "Jan. 2021", "DE", RUSSIA, "2709", "Sea", 30.0, 3.0),
        (annual, "202152", "DE", "RU", "2709", "Sea", None, 4.0),
        (annual, "202152", "DE", "EU_EXTRA", "2709", "Sea", None, 20.0),
    ]
    path = mode_file(tmp_path, rows)
    months = read_modes(path)
    years = modes.by_year(months).sort("exporter", "mode").select("exporter", "importer", "mode", "value", "quantity")
    assert years.rows() == [
        ("RUS", "DEU", "pipeline", 50.0, 5.0),
        ("RUS", "DEU", "sea", 30.0, 3.0),
        ("X-REST", "DEU", "sea", 170.0, 17.0),
    ]
    gap, left = modes.against_annual(months, read_annual_modes(path))
    assert gap == 1.0  # Russia by sea: 3 t in the months, 4 t in the year
    assert left == []  # the pipeline's 5 t are too little to be named


def test_russia_can_not_be_more_than_all_partners(tmp_path):
    rows = [
        (EXTRACT, "Jan. 2021", "DE", EXTRA, "2709", "Sea", 10.0, 1.0),
        (EXTRACT, "Jan. 2021", "DE", RUSSIA, "2709", "Sea", 30.0, 3.0),
    ]
    with pytest.raises(InputError, match="Russia is more than all partners"):
        modes.by_year(read_modes(mode_file(tmp_path, rows)))


# --- Japan -----------------------------------------------------------------------------------------------------------


def japanese(tmp_path: Path, rows: list[tuple]) -> Path:
    """rows: partner, value, year, product."""
    for k, name in enumerate(japan.FILES):
        lines = ["reporter,partner,value,year,product_code,unit"]
        lines += [f"JP,{p},{v},{y},{c},USD" for p, v, y, c in rows] if k == 0 else ["JP,SA,1,2023,2709,USD"]
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def test_shares_add_up_and_partners_too_small_to_show_are_one_row(tmp_path):
    rows = [
        ("CN", 600000, 2023, "2846"),
        ("NA", 399940, 2023, "2846"),
        ("FR", 30, 2023, "2846"),
        ("EE", 30, 2023, "2846"),
    ]
    found = japan.shares(japan.read_imports(japanese(tmp_path, rows)).filter(pl.col("product") == "2846"))
    assert dict(found.select("exporter", "value").iter_rows()) == {"CHN": 0.6, "NAM": 0.3999, "X-REST": 0.0001}


def test_a_year_in_which_the_largest_supplier_has_no_row_is_a_fragment(tmp_path):
    rows = [(p, v, y, "2846") for y in (2022, 2023) for p, v in (("CN", 700), ("FR", 200), ("US", 100))]
    rows.remove(("CN", 700, 2022, "2846"))
    thin = japan.thin_products(japan.read_imports(japanese(tmp_path, rows)).filter(pl.col("product") == "2846"))
    assert thin.select("product", "period").rows() == [("2846", 2022)]
    assert "CHN is absent" in thin["thin"][0]


def test_a_sum_over_the_world_among_japans_partners_is_refused(tmp_path):
    with pytest.raises(InputError, match="W00"):
        japan.read_imports(japanese(tmp_path, [("W00", 1, 2023, "2846")]))


# --- Russian crude ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tonnes", "landlocked", "elsewhere", "expected"),
    [
        ((0.0, 0.0, 0.0), True, None, "no-crude"),
        ((1e6, 0.0, 0.0), False, 0.0, "none"),
        ((1e6, 0.0, 0.0), False, 0.3, "through-another-member"),
        ((1e6, 8e5, 0.0), False, None, "sea"),
        ((1e6, 8e5, 7e5), False, None, "pipeline-coast"),
        ((1e6, 8e5, 8e5), True, None, "pipeline-landlocked"),
    ],
)
def test_the_way_out_follows_from_the_mode_and_the_coast(tonnes, landlocked, elsewhere, expected):
    assert crude.alternative(*tonnes, landlocked, elsewhere) == expected


def test_a_fact_without_a_source_and_a_certain_one_without_an_address_are_refused():
    fact = {
        "kind": "law", "subject": "Ban", "members": ["HUN"], "date": tomllib.loads("d = 2022-06-03")["d"], "text": "x",
        "source": "y", "url": "", "certain": False, "known_from": tomllib.loads("d = 2022-06-03")["d"],
    }  # fmt: skip
    assert check_facts({"facts": [fact]}, "facts") == 1
    with pytest.raises(InputError, match="Ban is certain and has no address"):
        check_facts({"facts": [fact | {"certain": True}]}, "facts")
    with pytest.raises(InputError, match="has no source"):
        check_facts({"facts": [{k: v for k, v in fact.items() if k != "source"}]}, "facts")
    with pytest.raises(InputError, match="has no known_from"):
        check_facts({"facts": [{k: v for k, v in fact.items() if k != "known_from"}]}, "facts")
    with pytest.raises(
        InputError, match="refining_share of Ban must be a fraction above 0, at most 1, and needs an owner"
    ):
        check_facts({"facts": [fact | {"refining_share": 20, "owner": "RUS"}]}, "facts")


# --- the command -----------------------------------------------------------------------------------------------------


def test_a_check_that_fails_leaves_nothing_behind(tmp_path, monkeypatch, capsys):
    failing = [Check("crude from Russia 2021, bn EUR", 48.45, 47.0, 0.005)]
    monkeypatch.setattr(build_products, "everything", lambda data: ({"a.json": b"{}"}, failing, {"checks": ""}))
    assert build_products.main(["--out", str(tmp_path / "out")]) == 1
    assert not (tmp_path / "out").exists()
    assert "crude from Russia 2021" in capsys.readouterr().err


def test_a_page_without_a_marker_is_an_error_and_text_around_markers_stays():
    page = "before\n<!-- generated: checks -->\nold\n<!-- end -->\nafter"
    assert refreshed(page, {"checks": "new"}) == "before\n<!-- generated: checks -->\nnew\n<!-- end -->\nafter"
    with pytest.raises(InputError, match="no marker"):
        refreshed(page, {"sizes": "x"})


@pytest.mark.skipif(not (DATA / "trade").is_dir(), reason="raw data of the product tables are not at ../shared/data")
def test_the_shipped_tables_are_what_the_script_makes_of_the_raw_data(tmp_path):
    assert build_products.main(["--data", str(DATA), "--out", str(tmp_path)]) == 0
    for name in NAMES:
        assert pl.read_parquet(tmp_path / f"{name}.parquet").equals(pl.read_parquet(TABLES / f"{name}.parquet")), name
        assert (tmp_path / f"{name}.json").read_bytes() == (TABLES / f"{name}.json").read_bytes(), name
    assert (tmp_path / "russian-crude.csv").read_bytes() == (TABLES / "russian-crude.csv").read_bytes()
