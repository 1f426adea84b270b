"""Every importer and product at once: against a plain loop, in three libraries, with persistence in bounded memory."""

from __future__ import annotations

import weakref

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from interdep import InputError, MissingData
from interdep.dependence.by_product import products_of
from interdep.dependence.criteria import CRITERIA, Thresholds
from interdep.dependence.screen import screen, screen_years
from interdep.trade import Trade

SCHEMA = {"exporter": pl.String, "importer": pl.String, "product": pl.String, "period": pl.Int16, "value": pl.Float64}
CODES = ("250410", "284610", "284690")
KEYS = ["importer", "product", "period"]


def frame_of(*rows: tuple) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def screened(flows) -> pl.DataFrame:
    return screen(flows).to_native().collect().sort(KEYS)


def world_of(economies: tuple[str, ...], years: range | list[int], seed: int, density: float = 0.4) -> pl.DataFrame:
    """Random flows in whole numbers, a few large, so that some importers meet the criteria and some do not."""
    draw = np.random.default_rng(seed)
    rows = [
        (e, i, p, y, float(draw.integers(1, 5) * draw.choice([1, 1, 20])))
        for y in years for p in CODES for e in economies for i in economies
        if e != i and draw.random() < density
    ]  # fmt: skip
    return frame_of(*rows)


def plain(flows: pl.DataFrame) -> dict:
    """{(importer, product, period): (hhi, world_hhi, exports_ratio, met)} in plain Python, for flows that are all known."""
    rows = [r for r in flows.iter_rows() if r[0] != r[1]]
    out = {}
    for importer, product, period in {(i, p, y) for _, i, p, y, _ in rows}:
        bought = [v for _, i, p, y, v in rows if (i, p, y) == (importer, product, period)]
        sold: dict = {}
        for e, _, p, y, v in rows:
            if (p, y) == (product, period):
                sold[e] = sold.get(e, 0.0) + v
        if not sum(bought):
            continue
        hhi = sum(v * v for v in bought) / sum(bought) ** 2
        world = sum(v * v for v in sold.values()) / sum(sold.values()) ** 2
        ratio = sum(bought) / sold[importer] if sold.get(importer) else float("inf")
        out[importer, product, period] = (hhi, world, ratio, hhi > 0.4 and world > 0.4 and ratio > 1)
    return out


def lasting(met: dict, importer: str, product: str, year: int, first: int) -> bool | None:
    """In two of the three years that end with this one; years before the first are not known, without imports not met."""
    window = [met.get((importer, product, y), False) if y >= first else None for y in range(year - 2, year + 1)]
    return True if window.count(True) >= 2 else False if window.count(False) >= 2 else None


def test_one_product_worked_out_by_hand():
    flows = frame_of(
        ("CHN", "JPN", "284610", 2023, 60.0), ("USA", "JPN", "284610", 2023, 20.0), ("CHN", "USA", "284610", 2023, 10.0),
        ("JPN", "USA", "284610", 2023, 10.0), ("JPN", "JPN", "284610", 2023, 99.0),
    )  # fmt: skip
    rows = {r["importer"]: r for r in screened(flows).iter_rows(named=True)}
    # World exports: CHN 70, USA 20, JPN 10.
    assert rows["JPN"]["world_hhi"] == pytest.approx(0.49 + 0.04 + 0.01)
    assert rows["JPN"]["hhi"] == pytest.approx(0.5625 + 0.0625)
    assert rows["JPN"]["exports_ratio"] == 8.0
    assert rows["JPN"]["met"] is True
    assert (rows["USA"]["hhi"], rows["USA"]["exports_ratio"], rows["USA"]["met"]) == (0.5, 1.0, False)
    assert set(rows) == {"JPN", "USA"}


def test_an_importer_that_exports_nothing_has_an_infinite_ratio_and_is_flagged():
    rows = screened(frame_of(("CHN", "JPN", "284610", 2023, 60.0)))
    assert rows.select("exports_ratio", "met").rows() == [(float("inf"), True)]


@pytest.mark.parametrize("seed", range(3))
def test_the_screen_is_a_plain_loop_over_importers_and_products(seed):
    flows = world_of(("CHN", "DEU", "JPN", "USA", "ZAF"), [2022, 2023], seed, density=0.25)
    ours = {
        tuple(r[:3]): r[3:]
        for r in screened(flows).select(*KEYS, "hhi", "world_hhi", "exports_ratio", "met").iter_rows()
    }
    expected = plain(flows)
    assert ours.keys() == expected.keys()
    assert {row[3] for row in expected.values()} == {True, False}
    for key, values in expected.items():
        assert ours[key] == pytest.approx(values)


@given(st.integers(0, 1000), st.sampled_from([0.0, 0.1, 0.5]))
@settings(deadline=None, max_examples=8)
def test_polars_eager_and_lazy_and_duckdb_give_the_same_screen(seed, unknown):
    flows = world_of(("CHN", "DEU", "JPN", "X-UNSPEC"), [2023], seed)
    hide = np.random.default_rng(seed).random(flows.height) < unknown
    flows = flows.with_columns(value=pl.when(~pl.Series(hide)).then("value"))
    connection = duckdb.connect()
    connection.register("flows", flows)
    typed = flows.with_columns(pl.col("exporter", "importer").cast(pl.Enum(["CHN", "DEU", "JPN", "X-UNSPEC"])))
    first = screened(flows)
    assert_frame_equal(screened(flows.lazy()), first)
    assert_frame_equal(screened(typed).with_columns(pl.col("importer").cast(pl.String)).sort(KEYS), first)
    other = pl.from_arrow(screen(connection.sql("select * from flows")).collect("pyarrow").to_native())
    assert_frame_equal(other.sort(KEYS), first, check_dtypes=False)


def test_a_value_that_is_not_known_leaves_open_what_it_could_decide():
    flows = frame_of(
        ("CHN", "JPN", "284610", 2023, 60.0), ("USA", "JPN", "284610", 2023, None), ("CHN", "USA", "284610", 2023, 9.0)
    )
    rows = {r["importer"]: r for r in screened(flows).iter_rows(named=True)}
    assert (rows["JPN"]["imports"], rows["JPN"]["hhi"], rows["JPN"]["met"]) == (None, None, None)
    # The exports of the USA are not known either, nor are those of the world.
    assert (rows["USA"]["hhi"], rows["USA"]["exports_ratio"], rows["USA"]["met"]) == (1.0, None, None)


def test_partners_that_are_no_economy_are_neither_suppliers_nor_importers():
    flows = frame_of(
        ("CHN", "JPN", "284610", 2023, 50.0),
        ("X-UNSPEC", "JPN", "284610", 2023, 50.0),
        ("CHN", "X-UNSPEC", "284610", 2023, 100.0),
    )
    assert screened(flows).select("importer", "hhi", "met").rows() == [("JPN", 0.25, None)]


def test_flows_without_a_column_or_split_by_mode_are_refused():
    flows = frame_of(("CHN", "JPN", "284610", 2023, 50.0))
    with pytest.raises(InputError, match="no column 'value'"):
        screen(flows.drop("value"))
    with pytest.raises(InputError, match="split by mode of transport"):
        screen(flows.with_columns(mode=pl.lit("sea")))


# Years


def trade_of(flows: pl.DataFrame, **about) -> Trade:
    facts = {"name": "made", "classification": "HS17", "digits": 6, "unit": "USD", "whole": True, **about}
    return Trade.from_frame(flows, **facts)


def test_persistence_over_27_years_is_that_of_a_plain_loop():
    years = range(1995, 2022)
    flows = world_of(("CHN", "DEU", "JPN", "USA"), years, 5, density=0.35)
    met = {key: row[3] for key, row in plain(flows).items()}
    frames = list(screen_years(trade_of(flows)))
    assert [f["period"].unique().to_list() for f in frames] == [[y] for y in years]
    seen = set()
    for frame in frames:
        for row in frame.iter_rows(named=True):
            key = (row["importer"], row["product"], row["period"])
            assert row["met"] == met[key]
            assert row["persistent"] == lasting(met, *key, first=1995), key
            before = [met.get((key[0], key[1], y), False) for y in range(max(1995, key[2] - 2), key[2] + 1)]
            assert row["years_met"] == sum(before)
            seen.add(row["persistent"])
    assert seen == {True, False, None}


def test_a_gap_in_the_years_begins_anew():
    flows = pl.concat([frame_of(("CHN", "JPN", "284610", y, 60.0)) for y in (2010, 2011, 2013, 2014)])
    found = [(f["period"][0], f["years_met"][0], f["persistent"][0]) for f in screen_years(trade_of(flows))]
    assert found == [(2010, 1, None), (2011, 2, True), (2013, 1, None), (2014, 2, True)]


def test_a_year_that_is_not_known_is_no_year_in_which_nothing_is_met():
    values = {2020: None, 2021: 60.0, 2022: "low", 2023: 60.0}
    rows = []
    for year, value in values.items():
        if value == "low":
            rows += [("CHN", "JPN", "284610", year, 5.0), ("JPN", "CHN", "284610", year, 50.0)]
        else:
            rows.append(("CHN", "JPN", "284610", year, value))
    found = pl.concat(screen_years(trade_of(frame_of(*rows)))).filter(pl.col("importer") == "JPN")
    assert found.select("met", "years_met", "persistent").rows() == [
        (None, 0, None),
        (True, 1, None),
        (False, 1, None),
        (True, 2, True),
    ]


def test_two_years_met_persist_whatever_the_third_one_is():
    rows = [
        ("CHN", "JPN", "284610", 2020, 60.0),
        ("CHN", "JPN", "284610", 2021, 60.0),
        ("CHN", "JPN", "284610", 2022, None),
    ]
    last = list(screen_years(trade_of(frame_of(*rows))))[-1]
    assert last.select("met", "years_met", "persistent").rows() == [(None, 2, True)]


def test_years_whose_files_have_other_categories_are_matched_by_their_text(tmp_path):
    """Each year has the codes of that year only, in another order."""
    files = {}
    for year, economies in ((2020, ["JPN", "CHN"]), (2021, ["CHN", "AUS", "JPN"]), (2022, ["ZAF", "JPN", "CHN"])):
        flows = frame_of(("CHN", "JPN", "284610", year, 60.0), (economies[0], economies[1], "250410", year, 1.0))
        kind = pl.Enum(economies)
        files[year] = tmp_path / f"flows-{year}.parquet"
        flows.with_columns(
            pl.col("exporter", "importer").cast(kind), pl.col("product").cast(pl.Categorical)
        ).write_parquet(files[year])
    trade = Trade("made", files, "HS17", 6, "USD", whole=True)
    found = [f.filter((pl.col("importer") == "JPN") & (pl.col("product") == "284610")) for f in screen_years(trade)]
    assert [(f["years_met"].item(), f["persistent"].item()) for f in found] == [(1, None), (2, True), (3, True)]


def test_a_year_that_was_given_away_is_not_held():
    flows = world_of(("CHN", "DEU", "JPN", "USA", "ZAF"), range(2015, 2020), 7, density=0.8)
    walk = screen_years(trade_of(flows))
    first = next(walk)
    gone = weakref.ref(first)
    rows = first.height
    del first
    assert gone() is None
    for frame in walk:
        waiting = [v for v in walk.gi_frame.f_locals.values() if isinstance(v, (list, pl.DataFrame))]
        held = [f for v in waiting for f in (v if isinstance(v, list) else [v]) if isinstance(f, pl.DataFrame)]
        # What is kept are the few rows flagged in the years before.
        assert all(set(f.columns) == {"importer", "product", "met"} for f in held)
        assert len({id(f) for f in held}) <= 3
        assert all(f.height < rows and f["met"].all() for f in held)
        del frame


def test_years_that_are_not_there_and_tables_without_exports_are_refused():
    flows = frame_of(("CHN", "JPN", "284610", 2020, 60.0))
    with pytest.raises(MissingData, match="has no year 2031"):
        list(screen_years(trade_of(flows), [2031]))
    with pytest.raises(MissingData, match="has no exports"):
        list(screen_years(trade_of(flows, whole=False)))


def test_the_thresholds_are_those_given():
    flows = frame_of(("CHN", "JPN", "284610", 2020, 6.0), ("USA", "JPN", "284610", 2020, 4.0))
    frame = next(screen_years(trade_of(flows), thresholds=Thresholds(geodep_hhi=0.6)))
    assert frame["met"].to_list() == [False]
    assert next(screen_years(trade_of(flows)))["met"].to_list() == [True]


@pytest.mark.parametrize("name", list(CRITERIA))
def test_every_criterion_is_that_of_each_economy_measured_by_itself(name):
    economies = ("CHN", "DEU", "JPN", "KOR", "USA")
    flows = world_of(economies, [2023], seed=11)
    trade = Trade.from_frame(flows, name="all", classification="HS22", digits=6, unit="USD", whole=True)
    each = {e: (e,) for e in economies}
    flags = products_of(each, [trade]).flags.frame.filter(
        (pl.col("criterion") == name) & pl.col("buyer").is_in(economies)
    )
    expected = {(r["buyer"], r["product"]): r["met"] for r in flags.iter_rows(named=True)}
    found = screen(flows, name=name).to_native().collect()
    assert {(r["importer"], r["product"]): r["met"] for r in found.iter_rows(named=True)} == expected
    assert set(expected.values()) >= {True} or name == "geodep"
    duck = screen(duckdb.from_arrow(flows.to_arrow()), name=name).to_native().to_arrow_table()
    assert {(r["importer"], r["product"]): r["met"] for r in duck.to_pylist()} == expected


def test_a_criterion_nobody_knows_is_named():
    with pytest.raises(InputError, match="did you mean 'geodep'"):
        screen(world_of(("CHN", "JPN"), [2023], seed=1), name="geodeb")
