"""A Table adds up amounts and nothing else, keeps missing cells missing, and is written with its units."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import sys

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interdep import InputError, MissingData, store
from interdep.provenance import Provenance, Source
from interdep.tables import DIMENSIONS, Table

MONEY = "mn USD (2014)"
ABOUT = Provenance((Source("A table", 2014),), ("made",), 2014)


def table(frame: pl.DataFrame | None = None, **changes) -> Table:
    """Losses of two economies x two industries in two scenarios: every number is another power of two or one hundred."""
    if frame is None:
        frame = pl.DataFrame(
            {
                "scenario": ["s"] * 4 + ["t"] * 4,
                "economy": ["DEU", "DEU", "JPN", "JPN"] * 2,
                "industry": ["C26", "C29"] * 4,
                "lost": [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0],
                "normal": [100.0] * 8,
                "share": [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28],
                "concentration": [0.5] * 8,
                "top_supplier": ["CHN"] * 8,
            }
        )
    about = {
        "name": "loss", "dims": ("scenario", "economy", "industry"), "title": "Value added lost",
        "units": {
            "lost": MONEY, "normal": MONEY, "share": "fraction of value added", "concentration": "fraction", "top_supplier": "",
        },
        "ratios": {"share": ("lost", "normal")}, "provenance": ABOUT,
    }  # fmt: skip
    return Table(frame=frame, **{**about, **changes})


def refused(sentence: str, call, *arguments, **about) -> None:
    with pytest.raises(InputError, match=re.escape(sentence)) as caught:
        call(*arguments, **about)
    assert caught.value.exit_code == 1
    assert "\n" not in str(caught.value)


# What a table may be


def test_a_dimension_has_one_of_the_names_of_the_house():
    frame = pl.DataFrame({"country": ["DEU"], "lost": [1.0]})
    refused("unknown dimension 'country' in table 'x'", Table, "x", frame, ("country",), {"lost": MONEY})
    refused("unknown dimension 'Economy' in table 'x'; did you mean 'economy'?", Table, "x", frame, ("Economy",), {})
    for name in DIMENSIONS:
        assert Table("x", pl.DataFrame({name: ["a"], "v": [1.0]}), (name,), {"v": ""}).dims == (name,)


def test_a_column_that_is_announced_has_to_be_there():
    refused(
        "table 'loss' has no column 'gained'; it has scenario, economy, industry, lost,", table, units={"gained": MONEY}
    )
    refused("table 'loss' has no column 'day'", table, dims=("economy", "day"))


# Sums


def test_by_adds_up_amounts_and_makes_ratios_again():
    found = table().by("economy")
    assert found.dims == ("scenario", "economy")
    assert found.to_rows() == [
        {"scenario": "s", "economy": "DEU", "lost": 3.0, "normal": 200.0, "share": 0.015},
        {"scenario": "s", "economy": "JPN", "lost": 12.0, "normal": 200.0, "share": 0.06},
        {"scenario": "t", "economy": "DEU", "lost": 48.0, "normal": 200.0, "share": 0.24},
        {"scenario": "t", "economy": "JPN", "lost": 192.0, "normal": 200.0, "share": 0.96},
    ]


def test_by_never_adds_up_alternatives_fractions_or_text():
    found = table().by()
    assert found.dims == ("scenario",)
    assert list(found.units) == ["lost", "normal", "share"]
    assert found.to_rows() == [
        {"scenario": "s", "lost": 15.0, "normal": 400.0, "share": 0.0375},
        {"scenario": "t", "lost": 240.0, "normal": 400.0, "share": 0.6},
    ]


@pytest.mark.parametrize("dim", ["model", "scenario", "draw", "parameter"])
def test_each_kind_of_alternative_is_kept(dim):
    frame = pl.DataFrame({dim: ["a", "b"], "economy": ["DEU", "DEU"], "lost": [1.0, 2.0]})
    found = Table("x", frame, (dim, "economy"), {"lost": MONEY}).by("economy")
    assert found.frame["lost"].to_list() == [1.0, 2.0]


def test_a_table_without_alternatives_sums_to_one_row():
    frame = table().frame.filter(pl.col("scenario") == "s").drop("scenario")
    found = table(frame, dims=("economy", "industry")).by()
    assert found.to_rows() == [{"lost": 15.0, "normal": 400.0, "share": 0.0375}]
    assert found.dims == ()


def test_what_is_missing_stays_missing_in_every_sum_it_is_part_of():
    frame = table().frame.with_columns(
        pl.when((pl.col("economy") == "DEU") & (pl.col("industry") == "C29"))
        .then(None)
        .otherwise(pl.col("lost"))
        .alias("lost")
    )
    found = table(frame).by("economy")
    assert found.frame["lost"].to_list() == [None, 12.0, None, 192.0]
    assert found.frame["normal"].to_list() == [200.0] * 4
    assert found.frame["share"].to_list() == [None, 0.06, None, 0.96]


def test_a_ratio_to_nothing_is_missing():
    frame = table().frame.with_columns(pl.when(pl.col("economy") == "DEU").then(0.0).otherwise(100.0).alias("normal"))
    assert table(frame).by("economy").frame["share"].to_list() == [None, 0.06, None, 0.96]


def test_what_cannot_be_summed_is_refused():
    refused("table 'loss' holds no amounts that could be summed, only concentration, top_supplier",
            table(units={"concentration": "fraction", "top_supplier": ""}, ratios={}).by, "economy")  # fmt: skip
    refused("unknown dimension 'econmy' in table 'loss'; did you mean 'economy'?", table().by, "econmy")


amounts = st.lists(
    st.tuples(st.sampled_from("st"), st.sampled_from(["DEU", "JPN"]), st.sampled_from(["C26", "C29"]), st.integers(-1000, 1000)),
    min_size=1, max_size=12,
)  # fmt: skip


@given(amounts)
@settings(deadline=None, max_examples=40)
def test_summing_in_two_steps_is_summing_at_once_and_keeps_the_total(rows):
    schema = {"scenario": pl.String, "economy": pl.String, "industry": pl.String, "lost": pl.Float64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    drawn = Table("x", frame, ("scenario", "economy", "industry"), {"lost": MONEY})
    twice = drawn.by("economy", "industry").by("industry").by().frame.sort("scenario")
    assert twice.equals(drawn.by().frame.sort("scenario"))
    for scenario in {row[0] for row in rows}:
        expected = sum(row[3] for row in rows if row[0] == scenario)
        assert twice.filter(pl.col("scenario") == scenario)["lost"].item() == expected


def test_groups_are_sums_of_their_members():
    found = table().grouped("economy", {"both": ["DEU", "JPN"], "Japan": ["JPN"]})
    assert found.dims == ("scenario", "economy")
    assert found.frame.select("scenario", "economy", "lost", "share").rows() == [
        ("s", "both", 15.0, 0.0375), ("t", "both", 240.0, 0.6), ("s", "Japan", 12.0, 0.06), ("t", "Japan", 192.0, 0.96),
    ]  # fmt: skip


def test_groups_of_nobody_of_strangers_and_of_alternatives_are_refused():
    refused("table 'loss': group 'none' is empty; name at least one economy", table().grouped, "economy", {"none": []})
    refused("table 'loss': the mapping of groups is empty", table().grouped, "economy", {})
    refused("unknown economy 'GER' in table 'loss'; known are DEU, JPN", table().grouped, "economy", {"x": ["GER"]})
    refused("unknown dimension 'buyer' in table 'loss'", table().grouped, "buyer", {"x": ["DEU"]})
    refused("table 'loss': a scenario is an alternative, and alternatives are not added up; use where()",
            table().grouped, "scenario", {"x": ["s", "t"]})  # fmt: skip


# Picking


def test_where_keeps_rows_with_these_labels():
    found = table().where(scenario="t", economy=["JPN"], industry=("C26", "C29"))
    assert found.frame["lost"].to_list() == [64.0, 128.0]
    assert found.units == table().units


def test_where_refuses_labels_that_do_not_occur():
    refused("unknown economy 'deu' in table 'loss'; did you mean 'DEU'?", table().where, economy="deu")
    refused("unknown dimension 'lost' in table 'loss'", table().where, lost="1")
    days = Table("d", pl.DataFrame({"day": [0, 1], "lost": [1.0, 2.0]}), ("day",), {"lost": MONEY})
    assert len(days.where(day=[1])) == 1
    refused("unknown day '7' in table 'd'; known are 0, 1", days.where, day=[7])


def test_top_ranks_by_value_and_ties_by_label():
    frame = pl.DataFrame({"economy": ["USA", "JPN", "DEU", "FRA"], "lost": [5.0, 7.0, 5.0, 1.0]})
    ranked = Table("x", frame, ("economy",), {"lost": MONEY})
    assert ranked.top(3).frame["economy"].to_list() == ["JPN", "DEU", "USA"]
    assert Table("x", frame[::-1], ("economy",), {"lost": MONEY}).top(3).frame.equals(ranked.top(3).frame)
    assert ranked.top(99).frame.height == 4


def test_top_puts_what_is_missing_last():
    frame = pl.DataFrame({"economy": ["A", "B", "C"], "lost": [None, 1.0, math.nan]})
    assert Table("x", frame, ("economy",), {"lost": MONEY}).top(3).frame["economy"].to_list()[0] == "B"


def test_top_ranks_by_any_column_that_is_there():
    assert table().top(1, "share").frame["share"].item() == 1.28
    assert table().top(1, "top_supplier").frame["economy"].item() == "DEU"
    refused("unknown column 'shares' in table 'loss'; did you mean 'share'?", table().top, 1, "shares")
    refused("table 'loss' has no value column; name the column to rank by", table(units={}, ratios={}).top, 1)


# Written and read


def test_a_csv_has_a_byte_order_mark_and_units_in_its_header(tmp_path):
    written, parquet = table(name="Verlust 損失").save(tmp_path / "neuer Ordner")
    assert (written.name, parquet.name) == ("Verlust 損失.csv", "Verlust 損失.parquet")
    content = written.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert not content[3:].startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0] == [
        "scenario", "economy", "industry", "lost [mn USD (2014)]", "normal [mn USD (2014)]", "share [fraction of value added]",
        "concentration [fraction]", "top_supplier",
    ]  # fmt: skip
    assert rows[1] == ["s", "DEU", "C26", "1.0", "100.0", "0.01", "0.5", "CHN"]
    assert len(rows) == 9


def test_a_missing_cell_is_an_empty_cell(tmp_path):
    frame = pl.DataFrame({"economy": ["DEU"], "lost": [None]}, schema={"economy": pl.String, "lost": pl.Float64})
    assert Table("x", frame, ("economy",), {"lost": MONEY}).csv() == "economy,lost [mn USD (2014)]\nDEU,\n"


@given(
    st.lists(st.floats(allow_nan=False) | st.none(), min_size=1, max_size=5),
    st.text(st.characters(codec="utf-8"), max_size=6),
)
@settings(deadline=None, max_examples=25)
def test_what_is_saved_is_loaded_to_the_last_bit(tmp_path_factory, values, text):
    folder = tmp_path_factory.mktemp("table")
    frame = pl.DataFrame(
        {"economy": [f"{text}{k}" for k in range(len(values))], "lost": values},
        schema={"economy": pl.String, "lost": pl.Float64},
    )
    before = Table("x", frame, ("economy",), {"lost": MONEY}, text, {"lost": ("lost", "lost")}, ABOUT)
    before.save(folder)
    after = Table.load(folder, json.loads(json.dumps(before.about())))
    assert after.frame.equals(before.frame, null_equal=True)
    assert after.frame.schema == before.frame.schema
    assert (after.name, after.dims, after.units, after.title) == (before.name, before.dims, before.units, before.title)
    assert (after.ratios, after.provenance) == (before.ratios, before.provenance)


def test_columns_keep_their_order_through_a_manifest(tmp_path):
    before = table()
    before.save(tmp_path)
    store.write_json(tmp_path / "manifest.json", {"loss": before.about()})
    after = Table.load(tmp_path, store.read_manifest(tmp_path)["loss"])
    assert after.values == ("lost", "normal", "share", "concentration", "top_supplier")
    assert after.top(1).frame["lost"].item() == 128.0


def test_a_lost_or_truncated_table_is_said(tmp_path):
    before = table()
    _, parquet = before.save(tmp_path)
    content = parquet.read_bytes()
    parquet.write_bytes(content[: len(content) // 2])
    refused(f"{parquet} is not a readable Parquet file (", Table.load, tmp_path, before.about())
    parquet.unlink()
    refused(f"{tmp_path} has lost its table loss.parquet; make the results again", Table.load, tmp_path, before.about())


def test_a_full_disk_leaves_the_tables_that_were_there(tmp_path, monkeypatch):
    table().save(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(stream, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "_write_all", full)
    refused("loss.csv: No space left on device", table().where(scenario="t").save, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_everything_about_a_table_is_plain_data():
    data = json.loads(json.dumps(table().to_dict()))
    assert data["units"]["lost"] == MONEY
    assert data["ratios"] == {"share": ["lost", "normal"]}
    assert data["rows"][0]["lost"] == 1.0
    assert data["provenance"]["data_year"] == 2014


# Other libraries


def test_pandas_holds_the_same_cells_under_their_labels():
    frame = table().to_pandas()
    assert frame.index.names == ["scenario", "economy", "industry"]
    assert frame.loc[("t", "JPN", "C26"), "lost"] == 64.0
    assert list(frame.columns) == ["lost", "normal", "share", "concentration", "top_supplier"]
    assert frame.attrs["units"]["lost"] == MONEY
    assert frame.attrs["provenance"]["data_year"] == 2014
    assert pl.DataFrame(frame.reset_index().to_dict("list")).equals(table().frame)


def test_a_missing_cell_is_nan_in_pandas_and_xarray():
    frame = pl.DataFrame({"economy": ["DEU", "JPN"], "lost": [None, 2.0]})
    found = Table("x", frame, ("economy",), {"lost": MONEY})
    assert math.isnan(found.to_pandas().loc["DEU", "lost"])
    assert math.isnan(float(found.to_xarray()["lost"].sel(economy="DEU")))


def test_xarray_has_the_dimensions_the_units_and_nan_where_there_is_no_cell():
    data = table(table().frame[:-1]).to_xarray()
    assert dict(data.sizes) == {"scenario": 2, "economy": 2, "industry": 2}
    assert float(data["lost"].sel(scenario="t", economy="JPN", industry="C26")) == 64.0
    assert math.isnan(float(data["lost"].sel(scenario="t", economy="JPN", industry="C29")))
    assert data["lost"].attrs["unit"] == MONEY
    assert data.attrs == {"name": "loss", "sources": ["A table"]}


def test_a_sum_to_one_row_is_a_pandas_frame_too():
    frame = table().frame.filter(pl.col("scenario") == "s").drop("scenario")
    assert table(frame, dims=("economy", "industry")).by().to_pandas()["lost"].tolist() == [15.0]


@pytest.mark.parametrize(("module", "verb"), [("pandas", "to_pandas"), ("xarray", "to_xarray")])
def test_a_library_that_is_not_there_is_named_with_the_extra_that_brings_it(monkeypatch, module, verb):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(
        MissingData, match=re.escape(f"{module} is not installed: pip install 'interdep[{module}]'")
    ) as caught:
        getattr(table(), verb)()
    assert caught.value.exit_code == 3


def test_a_table_prints_its_size_and_units():
    assert repr(table()).splitlines() == [
        "Table loss: Value added lost",
        "├─ 8 rows: 2 scenario x 2 economy x 2 industry",
        "├─ lost [mn USD (2014)]", "├─ normal [mn USD (2014)]", "├─ share [fraction of value added]",
        "├─ concentration [fraction]", "├─ top_supplier",
        "└─ data year 2014; 1 source(s), see .provenance.cite()",
    ]  # fmt: skip
