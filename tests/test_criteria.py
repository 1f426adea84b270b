"""Criteria of dependence: published thresholds, three-valued logic, ties, and what a withheld partner leaves open."""

from __future__ import annotations

import itertools

import duckdb
import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interdep import InputError
from interdep.dependence.criteria import CRITERIA, HIGH, TIE, Thresholds, criterion, flag, holds
from interdep.parameter import parameters_of

PUBLISHED = {
    "one_supplier": {("top_share", ">", 0.5)},
    "concentrated": {("hhi", ">", 0.5)},
    "ec_2021": {("hhi", ">", 0.4), ("extra_share", ">", 0.5), ("exports_ratio", ">", 1.0)},
    "geodep": {("hhi", ">", 0.4), ("world_hhi", ">", 0.4), ("exports_ratio", ">", 1.0)},
    "merics": {("exports_ratio", ">=", 2.0), ("top_share", ">=", 0.3), ("supplier_world_share", ">=", 0.3)},
}
"""Definitions as published (the last part of MERICS is our reading of "few alternatives")."""

INDICATORS = ("hhi", "hhi_high", "top_share", "top_share_high", "extra_share", "exports_ratio", "world_hhi", "world_hhi_high",
              "supplier_world_share")  # fmt: skip


def met(name: str, thresholds: Thresholds | None = None, **values: float | None) -> bool | None:
    """Whether a criterion holds for one row with these indicators."""
    frame = pl.DataFrame({k: [v] for k, v in values.items()}, schema=dict.fromkeys(values, pl.Float64))
    test = flag(CRITERIA[name], thresholds or Thresholds(), list(values))
    return nw.from_native(frame).with_columns(test.alias("met")).to_native()["met"].item()


def test_the_criteria_are_the_published_ones():
    limits = Thresholds()
    ours = {n: {(t.indicator, t.sign, getattr(limits, t.threshold)) for t in c.tests} for n, c in CRITERIA.items()}
    assert ours == PUBLISHED
    assert [name for name, c in CRITERIA.items() if c.persistent] == ["geodep"]


def test_every_threshold_has_a_source_and_a_range():
    assert all(p.source and p.low < p.default < p.high for p in parameters_of(Thresholds()).values())


def test_a_criterion_that_is_not_there_is_refused_with_the_nearest():
    assert criterion("geodep").label == "CEPII GeoDep"
    with pytest.raises(InputError, match="did you mean 'geodep'"):
        criterion("geodepp")


def test_a_threshold_that_is_no_number_is_refused():
    with pytest.raises(InputError, match="ec_hhi must be a finite number"):
        Thresholds(ec_hhi=float("nan"))


def test_geodep_flags_what_is_imported_and_never_exported():
    assert met("geodep", hhi=0.5, world_hhi=0.5, exports_ratio=float("inf")) is True
    assert met("geodep", hhi=0.5, world_hhi=0.5, exports_ratio=0.9) is False


def test_another_threshold_gives_another_flag():
    assert met("one_supplier", top_share=0.45) is False
    assert met("one_supplier", Thresholds(one_supplier=0.4), top_share=0.45) is True


@pytest.mark.parametrize("tests", list(itertools.product([True, False, None], repeat=3)))
def test_a_criterion_is_false_where_one_test_is_and_else_unknown_where_one_is(tests):
    """Kleene's logic of "and", for the three tests of EC 2021."""
    values = {True: 1.5, False: 0.1, None: None}
    got = met("ec_2021", **dict(zip(("hhi", "extra_share", "exports_ratio"), map(values.get, tests), strict=True)))
    expected = False if False in tests else None if None in tests else True
    assert got is expected


def test_a_column_that_is_not_there_is_a_test_that_is_not_computable():
    assert met("ec_2021", hhi=0.9, extra_share=0.9) is None
    assert met("ec_2021", hhi=0.3, extra_share=0.9) is False


def test_withheld_partners_leave_open_what_they_could_decide_and_no_more():
    assert met("concentrated", hhi=0.45, hhi_high=0.55) is None
    assert met("concentrated", hhi=0.55, hhi_high=0.65) is True
    assert met("concentrated", hhi=0.40, hhi_high=0.45) is False
    assert met("geodep", hhi=0.9, hhi_high=0.9, world_hhi=0.3, world_hhi_high=0.5, exports_ratio=2.0) is None


@pytest.mark.parametrize(
    ("name", "indicator"), [("one_supplier", "top_share"), ("concentrated", "hhi"), ("merics", "top_share")]
)
def test_a_value_on_its_threshold_gives_one_flag_in_any_order_of_summing(name, indicator):
    check = next(t for t in CRITERIA[name].tests if t.indicator == indicator)
    limit = getattr(Thresholds(), check.threshold)
    parts = [limit * part for part in (0.1, 0.2, 0.3, 0.15, 0.25)]
    sums = {sum(order) for order in itertools.permutations(parts)}
    assert len(sums) > 1
    others = {"exports_ratio": 5.0, "supplier_world_share": 0.9} if name == "merics" else {}
    assert {met(name, **{indicator: value}, **others) for value in sums} == {check.sign == ">="}


@pytest.mark.parametrize("side", [-1, 1])
def test_beyond_the_tolerance_a_value_is_on_its_own_side(side):
    assert met("one_supplier", top_share=0.5 * (1 + side * 2 * TIE)) is (side > 0)
    others = {"exports_ratio": 5.0, "supplier_world_share": 0.9}
    assert met("merics", top_share=0.3 * (1 + side * 2 * TIE), **others) is (side > 0)


def above(value: float | None, sign: str, limit: float) -> bool | None:
    if value is None:
        return None
    return value > limit * (1 + TIE) if sign == ">" else value >= limit * (1 - TIE)


def plain(name: str, row: dict) -> bool | None:
    """A criterion in plain Python: every test true, false, or open."""
    found = []
    for indicator, sign, limit in PUBLISHED[name]:
        low = above(row[indicator], sign, limit)
        high = above(row[HIGH[indicator]], sign, limit) if indicator in HIGH else low
        found.append(True if low else False if high is False else None)
    return False if False in found else None if None in found else True


rows = st.fixed_dictionaries(
    {name: st.none() | st.sampled_from([0.0, 0.3, 0.4, 0.5, 1.0, 2.0]) | st.floats(0, 3) for name in INDICATORS}
)


@given(st.lists(rows, min_size=1, max_size=8))
@settings(deadline=None, max_examples=25)
def test_flags_are_those_of_plain_python_in_polars_and_in_duckdb(drawn):
    for row in drawn:
        for low, high in HIGH.items():
            # An index and its upper bound are known or not together.
            row[high] = None if row[low] is None else max(row[low], row[high] or 0.0)
    frame = pl.DataFrame(drawn, schema=dict.fromkeys(INDICATORS, pl.Float64)).with_row_index("n")
    connection = duckdb.connect()
    connection.register("frame", frame)
    tests = [flag(CRITERIA[name], Thresholds(), INDICATORS).alias(name) for name in CRITERIA]
    expected = [tuple(plain(name, row) for name in CRITERIA) for row in drawn]
    for source in (frame, frame.lazy(), connection.sql("select * from frame")):
        got = pl.from_arrow(nw.from_native(source).lazy().with_columns(*tests).collect("pyarrow").to_native())
        assert got.sort("n").select(*CRITERIA).rows() == expected


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
@settings(deadline=None, max_examples=40)
def test_what_more_is_withheld_can_open_a_flag_and_never_turn_it(low, high, wider):
    low, high = sorted((low, high))
    check = CRITERIA["concentrated"].tests[0]

    def told(hhi: float, hhi_high: float) -> bool | None:
        frame = nw.from_native(pl.DataFrame({"hhi": [hhi], "hhi_high": [hhi_high]}))
        return frame.select(holds(check, Thresholds(), ["hhi", "hhi_high"]).alias("met")).to_native()["met"].item()

    assert told(low * (1 - wider), high + wider) in (told(low, high), None)
