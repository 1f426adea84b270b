"""Concentration of imports and exports: by hand, against a plain recomputation, and the same in Polars and DuckDB."""

from __future__ import annotations

import math
from collections import defaultdict

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interdep.dependence.concentration import (
    KEYS,
    bought_at_home,
    concentration,
    home_of,
    sold_abroad,
    sourced,
    top_suppliers,
    world_exports,
)
from interdep.geography import group
from interdep.trade.partners import SPECIAL

SCHEMA = {"exporter": pl.String, "importer": pl.String, "product": pl.String, "period": pl.Int16, "value": pl.Float64}


def frame_of(*rows: tuple) -> pl.DataFrame:
    """Flows of product 2846 in 2023: (exporter, importer, value)."""
    return pl.DataFrame([(e, i, "2846", 2023, v) for e, i, v in rows], schema=SCHEMA, orient="row")


def one(lazy) -> dict:
    """The only row of a lazy frame."""
    frame = lazy.to_native().collect()
    assert frame.height == 1
    return frame.row(0, named=True)


def index_of(*rows: tuple, buyers: dict | None = None) -> dict:
    return one(concentration(sourced(frame_of(*rows), buyers)))


def test_the_index_of_three_suppliers_is_the_sum_of_their_squared_shares():
    row = index_of(
        ("CHN", "JPN", 60.0), ("FRA", "JPN", 30.0), ("USA", "JPN", 10.0), ("JPN", "USA", 5.0), buyers={"JPN": ["JPN"]}
    )
    assert (row["imports"], row["suppliers"], row["unknown"]) == (100.0, 3, 0)
    assert row["hhi"] == pytest.approx(0.46)
    assert row["hhi_high"] == pytest.approx(0.46)
    assert (row["top_share"], row["top_share_high"], row["withheld_share"]) == pytest.approx((0.6, 0.6, 0.0))


def test_a_supplier_reported_as_zero_is_no_supplier_and_zero_imports_are_no_row():
    assert index_of(("CHN", "JPN", 60.0), ("FRA", "JPN", 0.0))["suppliers"] == 1
    assert concentration(sourced(frame_of(("CHN", "JPN", 0.0)))).to_native().collect().is_empty()


def test_what_is_withheld_is_nobodys_at_least_and_the_largest_suppliers_at_most():
    row = index_of(("CHN", "JPN", 50.0), ("FRA", "JPN", 20.0), ("X-CONF", "JPN", 20.0), ("X-UNSPEC", "JPN", 10.0))
    assert row["imports"] == 100.0
    assert row["suppliers"] == 2
    assert row["hhi"] == pytest.approx(0.25 + 0.04)
    assert row["hhi_high"] == pytest.approx(0.64 + 0.04)
    assert (row["top_share"], row["top_share_high"], row["withheld_share"]) == pytest.approx((0.5, 0.8, 0.3))


def test_the_rest_is_one_supplier_at_most_and_none_of_those_named():
    row = index_of(("CHN", "JPN", 50.0), ("FRA", "JPN", 20.0), ("X-REST", "JPN", 30.0))
    assert (row["hhi"], row["hhi_high"]) == pytest.approx((0.25 + 0.04, 0.25 + 0.04 + 0.09))
    assert (row["top_share"], row["top_share_high"]) == pytest.approx((0.5, 0.5))
    # What is withheld may come from whoever is the largest, and that may be one of the rest.
    row = index_of(("CHN", "JPN", 20.0), ("X-REST", "JPN", 50.0), ("X-CONF", "JPN", 30.0))
    assert (row["hhi"], row["hhi_high"]) == pytest.approx((0.04, 0.04 + 0.64))
    assert (row["top_share"], row["top_share_high"]) == pytest.approx((0.2, 0.8))


def test_imports_of_which_every_partner_is_withheld_are_known_to_nobody():
    flows = frame_of(("X-CONF", "JPN", 40.0))
    row = one(concentration(sourced(flows)))
    assert (row["hhi"], row["hhi_high"], row["top_share"], row["top_share_high"]) == (0.0, 1.0, 0.0, 1.0)
    assert (row["imports"], row["suppliers"]) == (40.0, 0)
    assert top_suppliers(sourced(flows)).to_native().collect().is_empty()


@pytest.mark.parametrize("others", [(), (("RUS", "DEU", 70.0),)])
def test_with_a_value_that_is_not_known_nothing_but_the_counts_is_known(others):
    row = index_of(("X-CONF", "DEU", None), *others)
    assert row["unknown"] == 1
    assert row["suppliers"] == len(others)
    assert {row[c] for c in ("imports", "hhi", "hhi_high", "top_share", "top_share_high", "withheld_share")} == {None}


def test_a_group_buys_from_outside_only_and_what_its_members_buy_of_each_other_is_home():
    flows = frame_of(
        ("CHN", "DEU", 30.0), ("CHN", "FRA", 10.0), ("USA", "FRA", 60.0), ("DEU", "FRA", 900.0), ("FRA", "DEU", 7.0),
        ("DEU", "DEU", 5.0), ("CHN", "JPN", 1.0),
    )  # fmt: skip
    two = {"two": ["DEU", "FRA"]}
    row = one(concentration(sourced(flows, two)))
    assert (row["imports"], row["suppliers"]) == (100.0, 2)
    assert row["hhi"] == pytest.approx(0.16 + 0.36)
    assert one(bought_at_home(flows, two)) == {
        "buyer": "two", "product": "2846", "period": 2023, "home_imports": 907.0, "home_unknown": 0,
    }  # fmt: skip


def test_what_is_withheld_inside_the_eu_is_home_for_the_whole_eu_and_for_nobody_smaller():
    eu = group("EU27")
    assert set(home_of(eu)) == {*eu, "X-CONF-EU", "X-UNSPEC-EU"}
    assert "X-CONF-EU" in home_of([*eu, "JPN"])
    assert home_of(["BEL", "NLD", "LUX"]) == ("BEL", "NLD", "LUX")
    flows = frame_of(("CHN", "DEU", 50.0), ("X-CONF-EU", "DEU", 50.0), ("X-CONF", "BEL", 25.0))
    buyers = {"EU27": eu, "two": ["DEU", "BEL"], "DEU": ["DEU"]}
    rows = concentration(sourced(flows, buyers)).to_native().collect().sort("buyer")
    assert rows.select("buyer", "imports", "withheld_share").rows() == [
        ("DEU", 100.0, 0.5), ("EU27", 75.0, pytest.approx(1 / 3)), ("two", 125.0, 0.6),
    ]  # fmt: skip
    assert one(bought_at_home(flows, {"EU27": eu}))["home_imports"] == 50.0


def test_home_trade_without_a_value_is_not_known():
    row = one(bought_at_home(frame_of(("FRA", "DEU", 7.0), ("DEU", "FRA", None)), {"two": ["DEU", "FRA"]}))
    assert (row["home_imports"], row["home_unknown"]) == (None, 1)


def test_a_group_exports_what_leaves_it():
    eu = group("EU27")
    flows = frame_of(("DEU", "JPN", 3.0), ("FRA", "USA", 4.0), ("DEU", "FRA", 50.0), ("DEU", "X-CONF-EU", 20.0))
    assert one(sold_abroad(flows, {"EU27": eu}))["exports"] == 7.0
    each = dict(sold_abroad(flows).to_native().collect().select("buyer", "exports").iter_rows())
    assert each == {"DEU": 73.0, "FRA": 4.0}


def test_exports_of_which_a_part_is_not_known_are_not_known_nor_are_those_of_the_world():
    sold = sold_abroad(frame_of(("DEU", "JPN", 3.0), ("DEU", "USA", None), ("FRA", "USA", 4.0)))
    assert dict(sold.to_native().collect().select("buyer", "exports").iter_rows()) == {"DEU": None, "FRA": 4.0}
    assert one(world_exports(sold))["world_hhi"] is None


def test_world_exports_of_an_exporter_that_is_no_economy_widen_the_index():
    flows = frame_of(("CHN", "JPN", 40.0), ("CHN", "USA", 10.0), ("FRA", "JPN", 30.0), ("X-UNSPEC", "JPN", 20.0))
    row = one(world_exports(sold_abroad(flows)))
    assert row["world_exports"] == 100.0
    assert row["world_hhi"] == pytest.approx(0.25 + 0.09)
    assert row["world_hhi_high"] == pytest.approx(0.49 + 0.09)


def test_of_equal_suppliers_the_first_by_code_is_named_whatever_the_order_of_summing():
    a, b = math.fsum([0.1, 0.2, 0.3]), 0.1 + 0.2 + 0.3
    assert a != b
    for left, right in ((a, b), (b, a)):
        assert (
            one(top_suppliers(sourced(frame_of(("USA", "JPN", left), ("CHN", "JPN", right)))))["top_supplier"] == "CHN"
        )


# Any small trade

ECONOMIES = ("CHN", "DEU", "FRA", "JPN", "USA", "X-CONF", "X-CONF-EU", "X-UNSPEC")


@st.composite
def trades(draw: st.DrawFn, unknown: bool = True) -> pl.DataFrame:
    """Distinct flows of two products in two years with whole values, so that every sum is exact."""
    values = st.integers(0, 50).map(float)
    key = st.tuples(
        st.sampled_from(ECONOMIES), st.sampled_from(ECONOMIES[:5]), st.sampled_from(("2846", "8541")),
        st.sampled_from((2022, 2023)),
    )  # fmt: skip
    flows = draw(st.dictionaries(key, values | st.none() if unknown else values, min_size=1, max_size=30))
    return pl.DataFrame([(*k, v) for k, v in flows.items()], schema=SCHEMA, orient="row")


BUYERS = {"two": ["DEU", "FRA"], "JPN": ["JPN"], "pooled": ["DEU", "FRA", "JPN"]}


def plain(flows: pl.DataFrame, buyers: dict) -> dict:
    """{(buyer, product, period): (imports, hhi, hhi_high, top_share)} in plain Python."""
    found: dict = defaultdict(lambda: defaultdict(list))
    for exporter, importer, product, period, value in flows.iter_rows():
        for name, members in buyers.items():
            if importer in members and exporter not in members:
                found[name, product, period][exporter].append(value)
    out = {}
    for key, by_supplier in found.items():
        if any(v is None for values in by_supplier.values() for v in values):
            out[key] = (None, None, None, None)
            continue
        sums = {s: sum(values) for s, values in by_supplier.items()}
        total = sum(sums.values())
        if total:
            shares = sorted((v / total for s, v in sums.items() if s not in SPECIAL), reverse=True) or [0.0]
            hidden = sum(v / total for s, v in sums.items() if s in SPECIAL)
            high = [shares[0] + hidden, *shares[1:]]
            out[key] = (total, sum(s * s for s in shares), sum(s * s for s in high), shares[0])
    return out


@given(trades())
@settings(deadline=None, max_examples=40)
def test_the_indices_are_those_of_a_plain_recomputation(flows):
    rows = concentration(sourced(flows, BUYERS)).to_native().collect()
    ours = {tuple(r[:3]): r[3:] for r in rows.select(*KEYS, "imports", "hhi", "hhi_high", "top_share").iter_rows()}
    expected = plain(flows, BUYERS)
    assert ours.keys() == expected.keys()
    for key, values in expected.items():
        assert ours[key] == pytest.approx(values)


@given(trades(unknown=False))
@settings(deadline=None, max_examples=40)
def test_the_index_lies_between_equal_shares_and_the_largest_share(flows):
    for row in concentration(sourced(flows)).to_native().collect().iter_rows(named=True):
        near = 1e-12
        assert row["hhi"] <= row["top_share"] + near
        assert row["hhi"] <= row["hhi_high"] + near
        assert row["hhi_high"] <= row["top_share_high"] + near <= 1 + 2 * near
        if not row["withheld_share"]:
            assert row["hhi"] >= 1 / row["suppliers"] - near


@given(trades(unknown=False), st.integers(1, 50))
@settings(deadline=None, max_examples=40)
def test_a_withheld_flow_only_widens_what_can_be_true(flows, more):
    """Whoever the withheld flow comes from, the index lies between its two values."""
    flows = flows.filter(pl.col("importer") == "JPN")
    hidden = pl.DataFrame([("X-CONF", "JPN", p, t, float(more)) for p in ("2846", "8541") for t in (2022, 2023)], schema=SCHEMA,
                          orient="row")  # fmt: skip
    flows = flows.filter(pl.col("exporter") != "X-CONF")
    bounds = concentration(sourced(pl.concat([flows, hidden]))).to_native().collect().sort(KEYS)
    for supplier in ("CHN", "DEU", "TWN"):
        told = pl.concat([flows, hidden.with_columns(exporter=pl.lit(supplier))])
        truth = concentration(sourced(told, {"JPN": ["JPN"]})).to_native().collect().sort(KEYS)
        assert (bounds["hhi"] <= truth["hhi"] + 1e-12).all()
        assert (bounds["hhi_high"] >= truth["hhi_high"] - 1e-12).all()


@given(trades(), st.integers(0, 10), st.sampled_from([0.001, 0.5, 1024.0, 3.0]))
@settings(deadline=None, max_examples=40)
def test_order_currency_and_names_change_nothing(flows, seed, rate):
    def indices(frame: pl.DataFrame) -> pl.DataFrame:
        out = concentration(sourced(frame, None)).to_native().collect().sort(KEYS)
        return out.select(*KEYS, "suppliers", "unknown", "hhi", "hhi_high", "top_share", "withheld_share")

    names = {"CHN": "AUS", "USA": "ZAF", "JPN": "KOR"}
    base = indices(flows)
    assert_close(indices(flows.sample(fraction=1, shuffle=True, seed=seed)), base)
    assert_close(indices(flows.with_columns(pl.col("value") * rate)), base)
    renamed = indices(flows.with_columns(pl.col("exporter", "importer").replace(names)))
    assert_close(renamed, base.with_columns(pl.col("buyer").replace(names)).sort(KEYS))


@given(trades())
@settings(deadline=None, max_examples=40)
def test_what_members_of_a_group_trade_with_each_other_is_never_counted(flows):
    inside = pl.col("importer").is_in(BUYERS["two"]) & pl.col("exporter").is_in(BUYERS["two"])
    both, without = (
        concentration(sourced(f, {"two": BUYERS["two"]})).to_native().collect().sort(KEYS)
        for f in (flows, flows.filter(~inside))
    )
    assert_close(both, without)


def assert_close(left: pl.DataFrame, right: pl.DataFrame) -> None:
    from polars.testing import assert_frame_equal

    assert_frame_equal(left, right, abs_tol=1e-12, rel_tol=1e-12, check_dtypes=False)


@given(trades())
@settings(deadline=None, max_examples=8)
def test_polars_eager_and_lazy_and_duckdb_give_the_same_frames(flows):
    connection = duckdb.connect()
    connection.register("flows", flows)
    sources = (flows, flows.lazy(), connection.sql("select * from flows"))
    questions = {
        "sourced": lambda f: sourced(f, BUYERS), "alone": lambda f: sourced(f),
        "index": lambda f: concentration(sourced(f, BUYERS)), "top": lambda f: top_suppliers(sourced(f, BUYERS)),
        "home": lambda f: bought_at_home(f, BUYERS), "sold": lambda f: sold_abroad(f, BUYERS),
        "world": lambda f: world_exports(sold_abroad(f)),
    }  # fmt: skip
    for question in questions.values():
        first, *others = (pl.from_arrow(question(f).collect("pyarrow").to_native()) for f in sources)
        order = [c for c in (*KEYS, "supplier") if c in first.columns]
        for other in others:
            assert_close(other.select(first.columns).sort(order), first.sort(order))
