"""Tests of the packaged product tables themselves: published totals, what is missing, what adds up."""

from __future__ import annotations

import csv
import json
import sys
import tomllib
from pathlib import Path

import polars as pl
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "data"))

from product_tables import crude  # noqa: E402
from product_tables.facts import check_facts  # noqa: E402

TABLES = ROOT / "src" / "interdep" / "trade" / "tables"
NAMES = ("eu-critical-materials", "eu-energy", "eu-gas", "eu-energy-modes", "japan-2023")


def shipped(name: str) -> tuple[pl.DataFrame, dict]:
    about = json.loads((TABLES / f"{name}.json").read_text(encoding="utf-8"))
    return pl.read_parquet(TABLES / f"{name}.parquet"), about


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_table_is_what_its_header_says(name):
    flows, about = shipped(name)
    assert about["kind"] == "trade"
    assert about["name"] == name
    assert sorted(flows["period"].unique()) == about["periods"]
    assert sorted(flows["product"].unique()) == about["products"]
    assert {len(code) for code in about["products"]} == {about["digits"]}
    assert set(flows["importer"].unique()) <= set(about["reporters"])
    assert all(source["licence"] and source["url"] for source in about["sources"])
    assert flows.select("exporter", "importer", "product", "period").null_count().sum_horizontal().item() == 0
    assert flows.filter(pl.col("exporter") == pl.col("importer")).height == 0


def test_critical_materials_come_to_the_published_totals():
    flows, about = shipped("eu-critical-materials")
    total = dict(flows.group_by("period").agg(pl.col("value").sum() / 1e9).iter_rows())
    outside = flows.filter(~pl.col("exporter").is_in(about["reporters"]))
    extra = dict(outside.group_by("period").agg(pl.col("value").sum() / 1e9).iter_rows())
    assert total == pytest.approx({2022: 24.3, 2023: 20.6, 2024: 17.2}, abs=0.05)
    assert extra == pytest.approx({2022: 14.2, 2023: 11.8, 2024: 9.7}, abs=0.05)
    assert about["incomplete"] == {"253090": [2022], "280530": [2022], "284690": [2022]}
    assert sum(len(part["cn8"]) for part in about["parts"].values()) == 66
    assert not about["parts"]["280429"]["whole"]


def test_crude_from_russia_in_2021_comes_to_the_published_figures():
    flows, _ = shipped("eu-energy")
    crude_2021 = flows.filter((pl.col("product") == "2709") & (pl.col("period") == 2021))
    russian = crude_2021.filter(pl.col("exporter") == "RUS")
    assert float(russian["value"].sum()) / 1e9 == pytest.approx(48.45, abs=0.005)
    assert float(russian["quantity"].sum()) / 1e6 == pytest.approx(113.9, abs=0.05)
    slovak = crude_2021.filter(pl.col("importer") == "SVK")
    assert slovak.filter(pl.col("exporter") == "RUS")["quantity"].sum() == slovak["quantity"].sum()


def test_crude_from_russia_by_mode_comes_to_the_published_figures():
    flows, _ = shipped("eu-energy-modes")
    russian = flows.filter((pl.col("product") == "2709") & (pl.col("period") == 2021) & (pl.col("exporter") == "RUS"))
    by_mode = dict(russian.group_by("mode").agg(pl.col("quantity").sum() / 1e6).iter_rows())
    assert by_mode["pipeline"] == pytest.approx(38.8, abs=0.05)
    assert by_mode["sea"] == pytest.approx(75.3, abs=0.05)
    piped = russian.filter(pl.col("mode") == "pipeline").select("importer", pl.col("quantity") / 1e6)
    expected = {"DEU": 17.0, "POL": 9.1, "SVK": 5.2, "CZE": 3.4, "HUN": 3.4}
    assert {m: q for m, q in piped.iter_rows() if m in expected} == pytest.approx(expected, abs=0.05)


def test_germanys_gas_is_not_known_rather_than_small():
    for name, product in (("eu-energy", "2711"), ("eu-gas", "271121"), ("eu-energy-modes", "2711")):
        flows, about = shipped(name)
        held = flows.filter((pl.col("importer") == "DEU") & (pl.col("product") == product) & pl.col("value").is_null())
        assert held["exporter"].to_list() == ["X-CONF"] * len(about["periods"])


def test_japans_shares_add_up_to_one_but_for_rounding():
    flows, about = shipped("japan-2023")
    assert about["unit"] == "fraction of the importer's imports of the product"
    sums = flows.group_by("product").agg(pl.col("value").sum(), pl.len().alias("n"))
    assert all(abs(total - 1.0) <= n * 0.5e-4 + 1e-9 for _, total, n in sums.iter_rows())
    assert flows.filter(pl.col("value") < 0.0001).height == 0
    assert not {"JPN", "TWN"} & set(flows["exporter"].unique())


def test_russian_crude_has_every_member_once_and_empty_where_nothing_is_known():
    with (TABLES / "russian-crude.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["member"]: row for row in csv.DictReader(file)}
    assert len(rows) == 27
    assert rows["HUN"]["pipeline_mt"] == "3.360"
    assert rows["BGR"]["share_nrg"] == ""
    assert rows["SVK"]["share_comext"] == "1.000"
    assert float(rows["SVK"]["share_comext_published"]) == pytest.approx(1.09, abs=0.005)
    assert {rows[m]["alternative"] for m in ("CZE", "HUN", "SVK")} == {"pipeline-landlocked"}
    assert {row["alternative"] for row in rows.values()} <= set(crude.CLASSES)


def test_the_shipped_facts_have_dates_sources_and_addresses():
    facts = tomllib.loads((TABLES / "russian-crude-facts.toml").read_text(encoding="utf-8"))
    assert check_facts(facts, "russian-crude-facts.toml") >= 20


def test_the_tables_together_are_small():
    assert sum(file.stat().st_size for file in TABLES.iterdir() if file.suffix in (".json", ".parquet", ".csv")) < 1.2e6
