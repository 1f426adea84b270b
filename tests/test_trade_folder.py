"""A Trade on disk comes back as it was; what is unfinished, damaged or somebody else's is refused."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interdep import InputError, MissingData, store
from interdep.provenance import Provenance, Source
from interdep.trade import Trade
from interdep.trade.folder import header, packaged, packaged_trades, read_trade
from made_trades import flows_of, frame, made, refused

WHOLE = ["flows-2021.parquet", "flows-2022.parquet", "trade.json"]


def names(folder: Path) -> list[str]:
    """Every file of a folder, hidden ones as well."""
    return sorted(p.name for p in folder.iterdir())


# There and back


def test_a_trade_comes_back_as_it_was(tmp_path):
    source = Source("Customs", 2022, "CC BY 4.0", "https://example.org", "Customs (2022)")
    trade = made(
        [("CHN", "DEU", "854231", 2021, None, 2.0), ("XKX", "DEU", "854231", 2021, 0.0, None),
         ("X-CONF", "DEU", "999999", 2022, 5.5, 1.0)], "quantity",
        scale=1e3, quantity_unit="t", title="Made", reporters=("DEU",), sellers=("CHN",), products=("854231", "999999"),
        names={"854231": "chips"}, parts={"999999": "some"}, incomplete={"": (2022,)}, valuation="cif", notes=("short",),
        provenance=Provenance((source,), ("made by hand",), 2022),
    )  # fmt: skip
    trade.save(tmp_path / "deep" / "out")
    again = Trade.read(tmp_path / "deep" / "out")
    assert again.scan().collect().equals(trade.scan().collect())
    assert header(again) == header(trade)
    assert again.provenance.sources == (source,)
    assert names(tmp_path / "deep" / "out") == WHOLE
    assert names(tmp_path / "deep") == ["out"]


@given(
    values=st.lists(st.one_of(st.none(), st.floats(0, 1e12)), min_size=4, max_size=4),
    whole=st.booleans(),
    unit=st.sampled_from(("USD", "EUR", "JPY")),
)
def test_every_value_comes_back_to_its_last_bit(tmp_path_factory, values, whole, unit):
    rows = [(e, "DEU", "854231", 2021, v) for e, v in zip(("CHN", "TWN", "JPN", "X-REST"), values, strict=True)]
    trade = made(rows, whole=whole, unit=unit)
    folder = tmp_path_factory.mktemp("trade")
    trade.save(folder)
    assert flows_of(Trade.read(folder)) == set(rows)
    assert (Trade.read(folder).whole, Trade.read(folder).unit) == (whole, unit)


def test_the_folder_or_its_header_may_be_named(tmp_path):
    made().save(tmp_path)
    for source in (tmp_path, str(tmp_path), tmp_path / "trade.json"):
        assert flows_of(read_trade(source)) == flows_of(made())


def test_years_on_disk_are_only_scanned(tmp_path):
    made().save(tmp_path)
    assert set(Trade.read(tmp_path).files) == {2021, 2022}
    assert all(isinstance(file, Path) for file in Trade.read(tmp_path).files.values())


def test_a_trade_may_be_written_over_itself_and_loses_years_it_no_longer_has(tmp_path):
    made().save(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    trade = Trade.read(tmp_path)
    later = trade.with_files({2022: trade.files[2022]})
    later.save(tmp_path)
    assert names(tmp_path) == ["flows-2022.parquet", "notes.txt", "trade.json"]
    assert Trade.read(tmp_path).periods == (2022,)


# Nothing half-written


class DiskFull:
    """Writes so many files, then the disk is full."""

    def __init__(self, after: int) -> None:
        self.left, self.write = after, store._write_all

    def __call__(self, stream, content) -> None:
        if not self.left:
            raise OSError(28, "No space left on device")
        self.left -= 1
        self.write(stream, content)


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_full_disk_leaves_the_former_trade_or_nothing(tmp_path, monkeypatch, after):
    made([("CHN", "DEU", "854231", 2020, 1.0)]).save(tmp_path / "there")
    before = {p.name: p.read_bytes() for p in (tmp_path / "there").iterdir()}
    monkeypatch.setattr(store, "_write_all", DiskFull(after))
    for name in ("there", "new"):
        refused("No space left on device", lambda name=name: made().save(tmp_path / name))
    assert {p.name: p.read_bytes() for p in (tmp_path / "there").iterdir()} == before
    assert names(tmp_path) == ["there"]


def test_a_folder_in_which_nothing_can_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    refused("choose another --out", lambda: made().save(tmp_path / "file" / "out"))
    refused("choose another --out", lambda: made().save(tmp_path / "file"))
    assert names(tmp_path) == ["file"]


# What is no trade


def test_a_folder_without_a_header_is_refused(tmp_path):
    made().save(tmp_path)
    (tmp_path / "trade.json").unlink()
    refused(f"{tmp_path} holds no trade.json; a trade folder is written by `interdep get", lambda: read_trade(tmp_path))


def test_what_is_not_there_is_missing_data_with_the_nearest_name(tmp_path):
    refused("there is no trade table 'eu-enrgy'", lambda: read_trade("eu-enrgy"), MissingData)
    refused("did you mean 'eu-energy'?", lambda: read_trade("eu-enrgy"), MissingData)
    refused("nor a folder", lambda: read_trade(tmp_path / "absent"), MissingData)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '"trade"', "{}", '{"periods": "2021"}', '{"periods": ["2021"]}', "\xff"]
)
def test_a_header_that_is_none_is_refused(tmp_path, text):
    made().save(tmp_path)
    (tmp_path / "trade.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=r"write the folder again|not the header") as caught:
        read_trade(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["name", "classification", "digits", "unit", "kind", "periods"])
def test_a_header_that_lacks_something_is_refused(tmp_path, name):
    made().save(tmp_path)
    about = json.loads((tmp_path / "trade.json").read_text())
    del about[name]
    (tmp_path / "trade.json").write_text(json.dumps(about))
    with pytest.raises(InputError, match=r"trade\.json|the header names no year"):
        read_trade(tmp_path)


def test_a_year_that_the_header_names_must_be_there_and_whole(tmp_path):
    made().save(tmp_path)
    year = tmp_path / "flows-2022.parquet"
    content = year.read_bytes()
    year.write_bytes(content[: len(content) // 2])
    refused(f"{year} is not a readable Parquet file; write the folder again", lambda: read_trade(tmp_path))
    frame().drop("value").write_parquet(year)
    refused(f"{year} has no column 'value' as flows have it", lambda: read_trade(tmp_path))
    frame().with_columns(pl.col("value").cast(pl.String)).write_parquet(year)
    refused(f"{year} has no column 'period' as flows have it", lambda: read_trade(tmp_path))
    year.unlink()
    refused("the header names flows-2022.parquet, which is not there", lambda: read_trade(tmp_path))


# What comes with the package


@pytest.mark.parametrize("name", packaged())
def test_a_packaged_table_holds_at_the_door_and_on_disk(name, tmp_path):
    trade = Trade.read(name)
    flows = trade.scan().collect()
    about = {
        k: getattr(trade, k) for k in ("name", "classification", "digits", "unit", "scale", "reporters", "products")
    }
    assert flows_of(Trade.from_frame(flows, **about)) == flows_of(trade)
    assert trade.provenance.sources
    trade.save(tmp_path)
    assert flows_of(Trade.read(tmp_path)) == flows_of(trade)
    assert header(Trade.read(tmp_path)) == header(trade)


def test_tables_by_mode_of_transport_are_not_counted_beside_those_they_repeat():
    assert {t.name for t in packaged_trades()} == {"eu-critical-materials", "eu-energy", "eu-gas", "japan-2023"}
    assert Trade.read("eu-energy-modes").moded


def test_a_folder_of_a_publisher_s_files_is_left_alone(tmp_path):
    (tmp_path / "BACI_HS17_Y2021_V202401.csv").write_text("t,i,j,k,v,q")
    refused("holds other data (BACI_HS17_Y2021_V202401.csv)", lambda: made().save(tmp_path))
    assert [p.name for p in tmp_path.iterdir()] == ["BACI_HS17_Y2021_V202401.csv"]
