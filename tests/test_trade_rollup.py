"""Fewer digits, another revision, fewer products: sums hold, what is not known stays so, what is missing is named."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interdep import MissingData
from interdep.classifications.hs import convert
from interdep.trade.rollup import hs_of_cn
from interdep.trade.trade import SHARES
from made_trades import flows_of, made, refused

CODES = ("854231", "854232", "854239", "854290", "854110", "810520", "010121")


@st.composite
def amounts(draw: st.DrawFn) -> list[tuple]:
    """Flows of whole numbers (so that sums are exact) with quantities, each key once."""
    keys = draw(
        st.lists(
            st.tuples(st.sampled_from(("CHN", "TWN")), st.sampled_from(CODES)), min_size=1, max_size=12, unique=True
        )
    )
    whole = st.integers(0, 10**6).map(float)
    return [(e, "DEU", code, 2021, draw(whole), draw(whole)) for e, code in keys]


# Fewer digits


@given(rows=amounts(), digits=st.sampled_from((2, 4)))
def test_a_heading_is_the_sum_of_what_is_in_it(rows, digits):
    rolled = made(rows, "quantity").rolled_up(digits)
    expected: dict[tuple, list[float]] = {}
    for exporter, _, code, _, value, quantity in rows:
        cell = expected.setdefault((exporter, code[:digits]), [0.0, 0.0])
        cell[0], cell[1] = cell[0] + value, cell[1] + quantity
    found = flows_of(rolled, "exporter", "product", "value", "quantity")
    assert found == {(*key, *cell) for key, cell in expected.items()}
    assert (rolled.digits, rolled.classification) == (digits, "HS17")


@given(rows=amounts())
def test_two_steps_are_one(rows):
    trade = made(rows, "quantity")
    names = ("exporter", "product", "value", "quantity")
    assert flows_of(trade.rolled_up(4).rolled_up(2), *names) == flows_of(trade.rolled_up(2), *names)


def test_a_part_that_is_not_known_makes_the_sum_not_known():
    trade = made(
        [("CHN", "DEU", "854231", 2021, 5.0), ("CHN", "DEU", "854232", 2021, None), ("TWN", "DEU", "854231", 2021, 1.0)]
    )
    assert flows_of(trade.rolled_up(4), "exporter", "value") == {("CHN", None), ("TWN", 1.0)}


def test_headings_covered_in_part_are_named():
    trade = made(products=("854231", "854232", "810520", "810530", "810590"))
    rolled = trade.rolled_up(4)
    assert rolled.products == ("8542", "8105")
    assert rolled.parts == {"8542": "only 854231, 854232"}
    whole = ("854231", "854232", "854233", "854239", "854290")  # every subheading of 8542 in HS17
    assert made(products=whole).rolled_up(4).parts == {}
    # A subheading that is itself there in part leaves its heading in part.
    partly = made(products=("810520", "810530", "810590"), parts={"810530": "waste only"})
    assert partly.rolled_up(4).parts == {"8105": "only 810520, 810530, 810590"}


def test_a_chapter_of_headings_is_judged_by_its_headings():
    rows = [("CHN", "DEU", "8105", 2021, 1.0)]
    from interdep.classifications.products import subcodes

    headings = subcodes("81", "HS17", 4)
    assert made(rows, digits=4, products=headings).rolled_up(2).parts == {}
    assert set(made(rows, digits=4, products=headings[1:]).rolled_up(2).parts) == {"81"}


def test_a_table_of_all_products_has_no_part_but_those_it_had():
    assert made().rolled_up(4).parts == {}
    assert made(parts={"810520": "powders"}).rolled_up(4).parts == {"8105": "only part of 810520: powders"}


def test_years_in_which_a_code_was_incomplete_are_those_of_its_heading():
    assert made(incomplete={"854231": (2021,), "854232": (2021, 2022)}).rolled_up(4).incomplete == {
        "8542": (2021, 2022)
    }


def test_the_combined_nomenclature_becomes_the_revision_of_its_year():
    rows = [
        ("CHN", "DEU", "85423111", 2023, 3.0), ("CHN", "DEU", "85423119", 2023, 4.0), ("CHN", "DEU", "25041000", 2023, 1.0),
    ]  # fmt: skip
    cn = made(rows, classification="CN8", digits=8, unit="EUR", products=("85423111", "85423119", "25041000"))
    rolled = cn.rolled_up(6)
    assert (rolled.classification, rolled.digits) == ("HS22", 6)
    assert flows_of(rolled, "product", "value") == {("854231", 7.0), ("250410", 1.0)}
    # A subheading that the CN splits may have more codes than the table; one that ends in 00 is whole.
    assert rolled.parts == {"854231": "only 85423111, 85423119"}
    assert "8 digits added up to 6" in rolled.provenance.steps[-1]


@pytest.mark.parametrize(
    ("years", "revision"), [((1995,), "HS92"), ((2016,), "HS12"), ((2017, 2021), "HS17"), ((2025,), "HS22")]
)
def test_the_revision_behind_the_combined_nomenclature(years, revision):
    assert hs_of_cn(years) == revision


def test_years_of_two_revisions_are_refused():
    refused("the years 2021-2022 lie in 2 revisions of the HS (HS17, HS22); take years of one of them",
            lambda: hs_of_cn((2021, 2022)))  # fmt: skip


def test_what_cannot_be_rolled_up_is_refused():
    refused("made has 6 digits; it can be rolled up to 2, 4 or 6 of them, not 8", lambda: made().rolled_up(8))
    refused("not 3", lambda: made().rolled_up(3))
    shares = made([("CHN", "JPN", "854231", 2023, 1.0)], unit=SHARES)
    refused("made holds shares, which cannot be added over products", lambda: shares.rolled_up(4))
    same = made()
    assert same.rolled_up(6) is same


# Another revision


@given(rows=amounts(), target=st.sampled_from(("HS92", "HS12", "HS22")))
def test_another_revision_keeps_what_each_exporter_sells(rows, target):
    trade = made(rows, "quantity")
    moved = trade.in_revision(target)
    assert moved.classification == target

    def sums(of) -> pl.DataFrame:
        return (
            of.scan()
            .group_by(pl.col("exporter").cast(pl.String))
            .agg(pl.col("value", "quantity").sum())
            .sort("exporter")
            .collect()
        )

    for before, after in zip(sums(trade).iter_rows(), sums(moved).iter_rows(), strict=True):
        assert after == (before[0], pytest.approx(before[1]), pytest.approx(before[2]))


def test_a_code_that_split_is_shared_out_and_one_not_listed_stays():
    # 854140 of HS17 became 854141, 854142, 854143 and 854149 in HS22 and nothing else.
    trade = made([("CHN", "DEU", "854140", 2021, 8.0), ("CHN", "DEU", "999999", 2021, 3.0)])
    assert flows_of(trade.in_revision("HS22"), "product", "value") == {
        ("854141", 2.0), ("854142", 2.0), ("854143", 2.0), ("854149", 2.0), ("999999", 3.0),
    }  # fmt: skip


def test_a_value_that_is_not_known_stays_so_in_every_code_it_went_to():
    trade = made([("CHN", "DEU", "854140", 2021, None), ("CHN", "DEU", "854110", 2021, 1.0)])
    moved = dict(flows_of(trade.in_revision("HS22"), "product", "value"))
    assert {code for code, value in moved.items() if value is None} == {"854141", "854142", "854143", "854149"}
    assert moved["854110"] == 1.0


def test_what_a_table_covers_moves_with_it():
    one = made([("CHN", "DEU", "854140", 2021, 8.0)], products=("854140",), incomplete={"854140": (2021,)}).in_revision(
        "HS22"
    )
    assert one.products == ("854141", "854142", "854143", "854149")
    assert one.parts == {}
    assert one.incomplete == dict.fromkeys(one.products, (2021,))
    # A code made of several is there in part where only one of these is.
    table = convert("HS17", "HS22")
    joined = table.filter(pl.col("target").is_duplicated()).row(0, named=True)
    part = made([("CHN", "DEU", joined["source"], 2021, 8.0)], products=(joined["source"],)).in_revision("HS22")
    assert part.parts[joined["target"]] == f"only {joined['source']}"
    assert made().in_revision("HS22").products is None


def test_what_cannot_be_moved_is_refused():
    refused("only amounts at six digits can be moved", lambda: made().rolled_up(4).in_revision("HS22"))
    refused("unknown product classification 'HS18'", lambda: made().in_revision("HS18"))
    same = made()
    assert same.in_revision("HS17") is same


# Fewer products


def test_only_keeps_the_products_under_a_code_and_what_is_known_of_them():
    about = {"8542": "chips", "8105": "cobalt"}
    trade = made(
        products=("854231", "854232", "810520"), names={"854231": "processors", "810520": "cobalt"},
        parts={"854231": "some", "810520": "powders"}, incomplete={"8542": (2021,), "81": (2022,), "": (2020,)},
    )  # fmt: skip
    chips = trade.only(["8542"])
    assert {code for (code,) in flows_of(chips, "product")} == {"854231", "854232"}
    assert chips.products == ("854231", "854232")
    assert (chips.names, chips.parts) == ({"854231": "processors"}, {"854231": "some"})
    assert chips.incomplete == {"8542": (2021,), "": (2020,)}
    assert trade.only(["854231"]).incomplete == {"8542": (2021,), "": (2020,)}
    assert set(trade.only(list(about)).names) == {"854231", "810520"}


def test_products_finer_than_the_table_are_missing_data():
    refused("made has 6 digits and cannot tell 85423111 apart", lambda: made().only(["8542", "85423111"]), MissingData)
    refused("no product is named; leave it out for all of them", lambda: made().only([]))
