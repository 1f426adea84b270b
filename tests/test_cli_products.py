"""`interdep measure` on products: what is flagged and why, what is shared, what cannot be told, and how wrong options end."""

from __future__ import annotations

import json

import polars as pl
import pytest

from interdep.cli.main import main
from interdep.trade import Trade
from made_trades import release


def said(capsys, *arguments: str, code: int = 0) -> str:
    assert main(list(arguments)) == code
    streams = capsys.readouterr()
    return streams.out if code == 0 else streams.err


def test_measure_prints_who_depends_on_one_supplier_and_which_suppliers_are_shared(capsys):
    text = said(capsys, "measure", "EU27", "JPN", "--top", "40")
    assert "EU27: over half of imports from abroad from one supplier" in text
    # Nickel mattes: Comext 2024, 637 mn EUR of which all but 0.8 mn from Russia.
    (nickel,) = [line for line in text.splitlines() if line.startswith("750110")]
    assert "RUS 99.9 %" in nickel
    assert "637 mn EUR" in nickel
    assert "3 of 3 yr" in nickel
    shared = [line for line in text.splitlines() if "shared top supplier" in line and "CHN" in line]
    assert {line[:4] for line in shared} == {"2504", "2846"}
    assert "No claim on 2825" in text
    assert "EU27 and JPN as one importer: not computable" in text
    assert "imports only, so that no test of exports or world exports is computable" in text


def test_every_product_printed_has_a_reason(capsys):
    text = said(capsys, "measure", "EU27", "JPN", "--top", "99")
    lines = [line for line in text.splitlines() if line[:4].isdigit() and " yr " in line]
    assert len(lines) > 30
    assert all("share over 50 %" in line for line in lines)


def test_why_gives_every_test_and_says_what_to_bring(capsys):
    text = said(capsys, "measure", "JPN", "--why", "JPN:2846")
    assert "JPN, 2846" in text
    assert "2023 (japan-2023)" in text
    assert "CHN 73.0 %, over 50.0 %" in text
    assert "not computable: needs the buyer's exports: bring a table of all flows, such as BACI" in text
    assert "Users of CHN C20 (2846): value added at stake, at most" in text
    assert "upper bound" in text


def test_a_year_that_is_not_used_is_named_with_its_reason(capsys):
    text = said(capsys, "measure", "EU27", "--why", "EU27:280530")
    assert "2022 is not used" in text


def test_products_of_one_supplier(capsys):
    text = said(capsys, "measure", "EU27", "JPN", "--supplier", "CHL", "--top", "3")
    assert "world-2014 does not keep CHL apart: no industries are shown" in text
    assert "Products from CHL, per cent of imports from abroad" in text
    assert "282570" in text


def test_a_product_set_limits_what_is_shown(capsys):
    text = said(capsys, "measure", "EU27", "--product-set", "batteries")
    codes = {line.split()[0] for line in text.splitlines() if line[:4].isdigit()}
    assert codes
    assert all(code.startswith(("25", "26", "28", "38", "75", "81", "85")) for code in codes)
    assert "industry" not in text.split("\n")[0]


def test_json_is_pure_and_holds_every_table(capsys):
    found = json.loads(said(capsys, "measure", "EU27", "JPN", "--json"))
    assert {"products", "flags", "product_suppliers", "common_products", "changes", "reverse"} <= set(found)
    row = next(r for r in found["products"]["rows"] if r["product"] == "750110" and r["period"] == 2024)
    assert row["top_supplier"] == "RUS"
    assert row["exports"] is None


def test_out_writes_tables_figures_and_sources(tmp_path, capsys):
    said(capsys, "measure", "EU27", "JPN", "--out", str(tmp_path))
    names = {p.name for p in tmp_path.iterdir()}
    assert {"products.csv", "products.parquet", "flags.csv", "README.txt"} <= names
    drawn = {p.name for p in (tmp_path / "figures").iterdir()}
    assert {"concentration-EU27-JPN.svg", "product-suppliers-EU27.svg", "hhi-over-years-EU27.svg"} <= drawn
    text = (tmp_path / "README.txt").read_text(encoding="utf-8")
    assert "Comext" in text


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--why", "2846"], 1, "--why '2846' is no BUYER:CODE; write it as in JPN:2846"),
        (["--why", "USA:2846"], 1, "unknown buyer 'USA' in --why"),
        (["--why", "JPN:9999"], 1, "unknown product '9999'"),
        (["--why", "JPN:284610"], 3, "JPN is known at 2846 only; 284610 needs a table with more digits"),
        (["--product-set", "chipz"], 1, "did you mean 'chips'"),
        (["--product-set", "12345x"], 1, "unknown product set"),
        (["--product-set", "chips"], 3, "no trade table has its imports"),
        (["--years", "1990:1992"], 3, "no trade table has its imports"),
        (["--years", "2022-2024"], 1, "is no year or range of years; write 2021, 2019,2021 or 2019:2021"),
        (["--years", "2024:2022"], 1, "ends before it begins"),
        (["--supplier", "XYZ"], 1, "unknown supplier 'XYZ'"),
        (["--trade", "nowhere"], 3, "there is no trade table 'nowhere'"),
        (["--trade", "eu-energie"], 3, "did you mean 'eu-energy'"),
    ],
)
def test_a_wrong_option_is_one_sentence(arguments, code, sentence, capsys):
    text = said(capsys, "measure", "EU27", "JPN", *arguments, code=code)
    assert sentence in text
    assert text.count("\n") == 1


def whole_world() -> Trade:
    """All flows of four economies in two chips and a magnet over three years; China sells nearly all magnets to everybody."""
    rows = []
    for year in (2019, 2020, 2021):
        for importer in ("DEU", "FRA", "JPN", "USA"):
            rows += [
                ("CHN", importer, "850511", 90.0, year), ("USA", importer, "850511", 10.0, year),
                ("TWN", importer, "854231", 70.0, year), ("KOR", importer, "854231", 30.0, year),
            ]  # fmt: skip
        rows += [("JPN", "CHN", "848620", 60.0, year), ("DEU", "CHN", "848620", 40.0, year)]
    rows = [r for r in rows if r[0] != r[1]]
    columns = zip(*rows, strict=True)
    frame = pl.DataFrame(dict(zip(("exporter", "importer", "product", "value", "period"), columns, strict=True)))
    return Trade.from_frame(frame, name="all", classification="HS17", digits=6, unit="USD", scale=1e6, whole=True)


def test_with_all_flows_every_criterion_is_computed_pooled_and_reversed(tmp_path, capsys):
    whole_world().save(tmp_path / "all")
    text = said(capsys, "measure", "DEU", "JPN", "--trade", str(tmp_path / "all"))
    assert "2 common dependencies" in text
    assert "DEU and JPN as one importer: over half of imports from abroad from one supplier, in 2 of 2 products" in text
    assert "EC 2021" in text
    assert "CEPII GeoDep" in text
    assert "Reverse: products that others buy for over half from DEU and JPN together: most in CHN 1" in text
    assert "not computable" not in text
    rows = json.loads(said(capsys, "measure", "DEU", "--trade", str(tmp_path / "all"), "--json"))["products"]["rows"]
    # Nothing exported is a ratio without end, which JSON has no number for.
    assert [r["exports_ratio"] for r in rows if r["product"] == "850511" and r["exports"] == 0.0][:1] == ["infinite"]
    text = said(capsys, "measure", "DEU", "JPN", "--trade", str(tmp_path / "all"), "--why", "DEU:850511")
    assert "no exports, over 1.00" in text
    assert "3 of 3 years" in text


def test_list_names_trade_tables_and_product_sets(capsys):
    text = said(capsys, "list")
    assert "eu-critical-materials" in text
    assert "chip-equipment" in text


def test_what_a_table_knows_of_one_buyer_only_is_not_called_common(capsys):
    text = said(capsys, "measure", "EU27", "JPN", "--trade", "eu-critical-materials")
    assert "what they have in common is not computable, no product is known for all in one year" in text
    assert "common dependencies" not in text


def test_a_buyer_in_no_trade_table_is_said_to_be_in_none(capsys):
    assert "No products: no trade table has the imports of CHN; see `interdep get`" in said(capsys, "measure", "CHN")


def test_what_crossed_the_line_is_told_with_both_values(capsys):
    text = said(capsys, "measure", "EU27")
    (entered,) = [line for line in text.splitlines() if "entered over half from one" in line]
    assert "EU27, 2024 against the year before" in entered
    # Tungsten ores: Comext, the largest supplier had 39 % in 2023 and Viet Nam 79 % in 2024.
    assert "261100 (" in entered
    assert "to 79.2 %" in entered


def test_energy_shows_russian_crude_of_the_members_asked_for(capsys):
    text = said(capsys, "measure", "EU27", "--product-set", "energy")
    assert "Russian crude in 2021" in text
    (slovakia,) = [line for line in text.splitlines() if line.startswith("Slovakia")]
    assert "100 %" in slovakia
    assert "another line, or supply through a neighbour" in slovakia
    assert "Russian crude" not in said(capsys, "measure", "JPN", "--product-set", "energy")


def test_tables_of_different_years_have_nothing_in_common(capsys):
    # The EU's energy is of 2019 to 2021, Japan's of 2023.
    text = said(capsys, "measure", "EU27", "JPN", "--product-set", "energy")
    assert "what they have in common is not computable, no product is known for all in one year" in text


def test_of_a_release_the_last_three_years_are_read_unless_others_are_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("INTERDEP_CACHE", str(tmp_path / "cache"))
    archive = str(release(tmp_path / "BACI_HS17_V202401.zip", *range(2017, 2022)))
    rows = json.loads(said(capsys, "measure", "DEU", "--trade", archive, "--json"))["products"]["rows"]
    assert {r["period"] for r in rows} == {2019, 2020, 2021}
    rows = json.loads(said(capsys, "measure", "DEU", "--trade", archive, "--years", "2018", "--json"))["products"][
        "rows"
    ]
    assert {r["period"] for r in rows} == {2018}
