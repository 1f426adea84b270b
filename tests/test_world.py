"""A World refuses what is wrong with the place and the way out, cannot be changed, and merges without losing a cent."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interdep import InputError, MissingData, World
from interdep.classifications import classification, concordance
from interdep.testing import small_world
from interdep.units import Money
from made_worlds import ADDED, ARRAYS, FLOWS, OUTPUT, ROOT, USES, by_hand, worlds

few = settings(max_examples=25, deadline=None)


def flows(*cells: tuple[int, int, float]) -> np.ndarray:
    """The flows of the hand-made table with some cells changed."""
    out = np.array(FLOWS, dtype=float)
    for row, column, value in cells:
        out[row, column] = value
    return out


def uses(*cells: tuple[int, int, int, float]) -> np.ndarray:
    out = np.array(USES, dtype=float)
    for row, buyer, use, value in cells:
        out[row, buyer, use] = value
    return out


def refused(sentence: str, **changes) -> None:
    with pytest.raises(InputError, match=re.escape(sentence)) as caught:
        by_hand(**changes)
    assert caught.value.exit_code == 1
    assert "\n" not in str(caught.value)


# What is read


def test_output_and_value_added_are_the_sums_a_person_would_make():
    world = by_hand()
    np.testing.assert_array_equal(world.gross_output, OUTPUT)
    np.testing.assert_array_equal(world.value_added, ADDED)
    np.testing.assert_array_equal(world.gdp, [155, 160])
    assert world.gdp.sum() == world.final_use.sum()
    assert (world.year, world.shape) == (2020, (2, 2))


def test_nodes_are_economy_major():
    world = by_hand()
    assert world.nodes == (("DEU", "C26"), ("DEU", "C29"), ("JPN", "C26"), ("JPN", "C29"))
    assert world.node_index("JPN", "C26") == 2
    assert world.node_mask(["JPN"], ["C26", "C29"]).tolist() == [False, False, True, True]


@given(worlds())
@few
def test_coefficients_and_final_use_give_back_the_output(world):
    again = world.input_coefficients @ world.gross_output + world.final_use.sum(axis=(1, 2))
    np.testing.assert_allclose(again, world.gross_output, rtol=1e-12)
    np.testing.assert_allclose(
        world.input_coefficients.sum(axis=0), 1 - world.value_added / world.gross_output, atol=1e-12
    )


def test_an_unknown_label_is_answered_with_the_nearest_one():
    world = by_hand()
    with pytest.raises(InputError, match=r"unknown economy 'jpn' in hand; did you mean 'JPN'\?"):
        world.economy_index("jpn")
    with pytest.raises(InputError, match=r"unknown industry 'c26' in hand; did you mean 'C26'\?"):
        world.node_index("DEU", "c26")


# What is refused at the door


def test_nan_is_refused_with_its_place():
    refused("hand: intermediate has 1 cell(s) that are NaN or infinite: DEU C29 -> JPN C26; missing is not zero, fill them",
            intermediate=flows((1, 2, np.nan)))  # fmt: skip
    refused("final_use has 2 cell(s) that are NaN or infinite: DEU C26 -> JPN households, JPN C29 -> DEU inventories",
            final_use=uses((0, 1, 0, np.inf), (3, 0, 1, np.nan)))  # fmt: skip
    refused("gross_output has 1 cell(s) that are NaN or infinite: JPN C29", gross_output=[100, 200, 100, np.nan])


def test_more_than_five_offenders_are_counted():
    refused("16 cell(s) that are NaN or infinite: DEU C26 -> DEU C26, DEU C26 -> DEU C29, DEU C26 -> JPN C26,"
            " DEU C26 -> JPN C29, DEU C29 -> DEU C26 and 11 more", intermediate=np.full((4, 4), np.nan))  # fmt: skip


def test_text_for_numbers_is_refused():
    refused("hand: intermediate holds something that is not a number", intermediate=[["many"] * 4] * 4)


@pytest.mark.parametrize(
    "name", ["intermediate", "final_use", "gross_output", "value_added", "labour_share", "estimated"]
)
def test_a_wrong_shape_is_refused_with_the_right_one(name):
    right = {"intermediate": (4, 4), "final_use": (4, 2, 2), "estimated": (2, 2)}.get(name, (4,))
    refused(f"hand: {name} has shape (3, 3), but 2 economies, 2 industries and 2 final uses need {right}",
            **{name: np.ones((3, 3))})  # fmt: skip


def test_labels_are_unique_text():
    refused("hand: economy DEU occurs more than once; labels must be unique, merge or rename the rows",
            economies=("DEU", "DEU"))  # fmt: skip
    refused("hand: industry C26 occurs more than once", industries=("C26", "C26"))
    refused("hand: final use households occurs more than once", final_uses=("households",) * 2)
    refused("every economy label must be non-empty text; got DEU, 392", economies=("DEU", 392))
    refused("every industry label must be non-empty text", industries=("C26", " "))
    refused("hand: the table has no economy; give at least one", economies=())
    refused("the industry labels are the text 'C26 C29'; give a list of labels", industries="C26 C29")


def test_a_negative_flow_is_refused():
    refused("hand: 1 intermediate flow(s) are negative: JPN C26 -> DEU C29; an intermediate flow cannot be negative",
            intermediate=flows((2, 1, -30)))  # fmt: skip


def test_only_inventories_and_investment_may_be_negative():
    sentence = "hand: 1 final-use cell(s) are negative: DEU C29 -> DEU {}; only inventories and investment may be"
    refused(sentence.format("government"), final_uses=("households", "government"))
    assert by_hand(final_uses=("households", "investment")).final_use.min() == -5
    refused("gross output is negative at DEU C26; correct the source", gross_output=[-100, 200, 100, 150])


def test_rows_that_do_not_balance_are_named_worst_first():
    refused("hand: 2 row(s) do not balance: JPN C29 (intermediate + final use 150, output 170),"
            " DEU C26 (intermediate + final use 100, output 101); correct the source or state a wider tolerance",
            gross_output=[101, 200, 100, 170])  # fmt: skip


def test_columns_that_do_not_balance_are_named():
    refused("hand: 1 column(s) do not balance: DEU C29 (inputs + value added 201, output 200); correct the source",
            value_added=[55, 101, 70, 90])  # fmt: skip


def test_a_wider_tolerance_or_rounding_accepts_what_is_off_by_so_much():
    assert by_hand(value_added=[55, 101, 70, 90], tolerance=0.0051).value_added[1] == 101
    assert by_hand(value_added=[55, 101, 70, 90], rounding=1.0).value_added[1] == 101
    refused("do not balance", value_added=[55, 101, 70, 90], tolerance=0.0049)


@pytest.mark.parametrize("name", ["tolerance", "rounding"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0])
def test_a_tolerance_that_would_switch_the_check_off_is_refused(name, value):
    refused(f"hand: {name} is {value}; it is a finite number, 0 or more", gross_output=[1, 1, 1, 1], **{name: value})


KNOWN = {"gross_output": OUTPUT, "value_added": ADDED}


@pytest.mark.parametrize("known", [KNOWN, {"gross_output": OUTPUT}, {"value_added": ADDED}])
def test_a_transposed_table_is_recognised(known):
    refused("looks transposed: suppliers must be rows and buyers columns", intermediate=np.array(FLOWS).T, **known)


def test_a_node_without_output_that_buys_is_refused():
    # DEU C29 sells nothing and still buys 40 from itself; its 'value added' of -40 balances the column.
    idle = flows(*[(1, k, 0) for k in range(4)])
    nothing_sold = uses((1, 0, 0, 0), (1, 0, 1, 0), (1, 1, 0, 0))
    refused("node(s) without output buy inputs: DEU C29; correct the source", intermediate=idle, final_use=nothing_sold)


def test_a_node_without_output_or_inputs_stays_and_is_noted():
    silent = flows(*[(1, k, 0) for k in range(4)], *[(k, 1, 0) for k in range(4)])
    world = by_hand(intermediate=silent, final_use=uses((1, 0, 0, 0), (1, 0, 1, 0), (1, 1, 0, 0)))
    assert world.live.tolist() == [True, False, True, True]
    assert (world.input_coefficients[:, 1] == 0).all()
    assert world.notes == ("1 of 4 nodes have no output; models leave them out and return zero",)


def test_a_table_of_zeros_is_refused():
    nothing = {"intermediate": np.zeros((4, 4)), "final_use": np.zeros((4, 2, 2))}
    refused("hand: every gross output is zero; the table holds no flows", **nothing)


def test_negative_value_added_is_refused_beyond_a_thousandth_of_the_world_and_noted_below():
    # DEU C26 buys 56 more from itself and sells them, as inventories, no longer: its value added falls from 55 to -1.
    changes = {"intermediate": flows((0, 0, 66)), "final_use": uses((0, 0, 1, -56))}
    refused("hand: value added is negative at 1 node(s), -1 in all: DEU C26; more than 0.1% of the world's", **changes)
    # A second table a thousand times as large beside it: -1 of 314,259 is within the limit.
    grown = {
        name: 1000 * np.array(value, dtype=float) for name, value in {"intermediate": FLOWS, "final_use": USES}.items()
    }
    grown["intermediate"][0, 0] += 55_001
    grown["final_use"][0, 0, 1] -= 55_001
    assert by_hand(**grown).notes[-1] == "value added is negative at DEU C26, -1.00 mn EUR in all; kept"


def test_negative_inventories_are_kept_and_noted():
    world = by_hand()
    assert world.final_use[1, 0, 1] == -5
    assert world.notes == ("1 negative final-use cells (inventories, investment), -5.00 mn EUR; kept",)


# What cannot be changed


@pytest.mark.parametrize("name", [*ARRAYS, "estimated", "labour_share", "live", "input_coefficients"])
def test_an_array_of_a_world_cannot_be_written(name):
    world = by_hand(labour_share=[0.5, 0.6, 0.7, np.nan])
    with pytest.raises(ValueError, match="read-only"):
        getattr(world, name)[...] = 0


def test_a_world_keeps_nothing_of_the_arrays_it_was_given():
    given = {
        "intermediate": np.array(FLOWS, dtype=float), "final_use": np.array(USES, dtype=float),
        "gross_output": np.array(OUTPUT, dtype=float), "value_added": np.array(ADDED, dtype=float),
        "labour_share": np.full(4, 0.5), "estimated": np.zeros((2, 2), dtype=bool),
    }  # fmt: skip
    world = by_hand(**given)
    for name, array in given.items():
        assert not np.shares_memory(array, getattr(world, name))
        array[...] = 1  # the caller's array stays the caller's, and writable
    np.testing.assert_array_equal(world.intermediate, FLOWS)
    np.testing.assert_array_equal(world.value_added, ADDED)


def test_attributes_cannot_be_set():
    with pytest.raises(AttributeError):
        by_hand().name = "other"


# Merging


@st.composite
def worlds_with_groups(draw):
    """A World, and its economies and industries each sorted into groups at random."""
    world = draw(worlds())

    def sort(labels: tuple[str, ...]) -> dict[str, list[str]]:
        places = [draw(st.integers(0, len(labels) - 1)) for _ in labels]
        return {f"group {p}": [x for x, q in zip(labels, places, strict=True) if q == p] for p in sorted(set(places))}

    return world, sort(world.economies), sort(world.industries)


@given(worlds_with_groups())
@few
def test_merging_adds_up_the_cells_of_its_parts(drawn):
    world, economies, industries = drawn
    merged = world.aggregate(economies, industries)
    assert set(merged.economies) == set(economies)
    for e, members in economies.items():
        for i, parts in industries.items():
            row = merged.node_index(e, i)
            inside = world.node_mask(members, parts)
            assert merged.gross_output[row] == world.gross_output[inside].sum()
            assert merged.value_added[row] == world.value_added[inside].sum()
            for b, buyers in economies.items():
                places = [world.economy_index(x) for x in buyers]
                expected = world.final_use[inside][:, places].sum(axis=(0, 1))
                np.testing.assert_array_equal(merged.final_use[row, merged.economy_index(b)], expected)
                for j, uses_of in industries.items():
                    column = world.node_mask(buyers, uses_of)
                    assert (
                        merged.intermediate[row, merged.node_index(b, j)]
                        == world.intermediate[np.ix_(inside, column)].sum()
                    )


@given(worlds_with_groups())
@few
def test_merging_keeps_totals_and_balance_to_the_last_unit(drawn):
    world, economies, industries = drawn
    merged = world.aggregate(economies, industries)
    for name in ARRAYS:
        assert getattr(merged, name).sum() == getattr(world, name).sum(), name
    rows = merged.intermediate.sum(axis=1) + merged.final_use.sum(axis=(1, 2))
    columns = merged.intermediate.sum(axis=0) + merged.value_added
    np.testing.assert_array_equal(rows, merged.gross_output)
    np.testing.assert_array_equal(columns, merged.gross_output)


@given(worlds(economies=3, industries=3))
@few
def test_merging_twice_is_merging_once(world):
    once = world.aggregate({"all": ["DEU", "JPN", "USA"]}, {"made": ["C26", "C29", "D"]})
    pair = world.aggregate({"pair": ["DEU", "JPN"]}, {"vehicles and chips": ["C26", "C29"]})
    assert pair.economies == ("pair", "USA")
    twice = pair.aggregate({"all": ["pair", "USA"]}).aggregate(None, {"made": ["vehicles and chips", "D"]})
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(twice, name), getattr(once, name))


def test_merging_nothing_changes_no_number_and_a_merged_label_stands_where_its_first_part_stood():
    world = small_world(3, 3)
    same = world.aggregate()
    np.testing.assert_array_equal(same.intermediate, world.intermediate)
    assert same.classification == "interdep-36"
    merged = world.aggregate({"far": ["JPN", "USA"]}, {"things": ["B", "C29"]})
    assert (merged.economies, merged.industries) == (("DEU", "far"), ("things", "C26"))
    assert merged.classification == "own"


def test_a_group_name_merges_its_members():
    codes = ("DEU", "JPN", "USA", "CAN", "FRA", "GBR", "ITA", "CHN")
    size = len(codes)
    world = World("g", Money("USD", 2020), codes, ("all",), ("households",), np.eye(size), np.ones((size, size, 1)))
    merged = world.aggregate("G7")
    assert set(merged.economies) == {"G7", "CHN"}
    assert merged.gross_output[merged.economy_index("G7")] == 7 * (1 + size)


def test_merged_rounding_covers_the_errors_of_all_parts():
    world = by_hand(value_added=[56, 101, 71, 91], rounding=1.0)
    merged = world.aggregate({"all": ["DEU", "JPN"]}, {"made": ["C26", "C29"]})
    assert merged.value_added.tolist() == [319]
    assert merged.rounding == 4.0


def test_labour_shares_are_averaged_by_value_added_and_unknown_where_a_part_is():
    world = by_hand(labour_share=[0.4, 0.7, 0.5, np.nan])
    merged = world.aggregate(None, {"made": ["C26", "C29"]})
    assert merged.labour_share[0] == pytest.approx((0.4 * 55 + 0.7 * 100) / 155)
    assert np.isnan(merged.labour_share[1])


def test_a_merged_block_is_an_estimate_where_any_part_is():
    world = World(
        "e", Money("USD", 2020), ("DEU", "JPN", "USA"), ("all",), ("households",), np.eye(3), np.ones((3, 3, 1)),
        estimated=[[0, 1, 0], [0, 0, 0], [0, 0, 0]],
    )  # fmt: skip
    assert world.aggregate({"pair": ["JPN", "USA"]}).estimated.tolist() == [[False, True], [False, False]]
    assert world.aggregate({"pair": ["DEU", "USA"]}).estimated.tolist() == [[False, True], [False, False]]


@pytest.mark.parametrize(
    ("economies", "industries", "sentence"),
    [
        ({"new": ["jpn"]}, None, "unknown economy 'jpn' in hand; did you mean 'JPN'?"),
        (None, {"new": ["c26"]}, "unknown industry 'c26' in hand; did you mean 'C26'?"),
        ({"a": ["DEU"], "b": ["DEU"]}, None, "economy 'DEU' is asked to go to both 'a' and 'b'; choose one"),
        ({"JPN": ["DEU"]}, None, "new economy label JPN is already the label of another economy of hand"),
        ({"new": []}, None, "economy 'new' would be made of nothing; name at least one label of hand"),
        ({"new": "DEU"}, None, "economy 'new' is made of a list of labels: write ['DEU'], not 'DEU'"),
        ("EU27", None, "unknown economy"),
        (None, "wiod-2016", "there is no concordance from own to wiod-2016|unknown classification 'own'"),
    ],
)
def test_what_cannot_be_merged_is_refused(economies, industries, sentence):
    with pytest.raises(InputError) as caught:
        by_hand().aggregate(economies, industries)
    assert any(part in str(caught.value) for part in sentence.split("|")), str(caught.value)


def test_weights_without_a_classification_are_refused():
    with pytest.raises(InputError, match="weights only apply to a named classification"):
        by_hand().aggregate(None, {"made": ["C26", "C29"]}, weights={"C26": {"made": 1.0}})


def halves(targets: tuple[str, ...]) -> dict[str, float]:
    """Shares 1/2, 1/4, ... and the last one once more: their products with whole numbers are exact."""
    shares = [0.5 ** (k + 1) for k in range(len(targets))]
    shares[-1] *= 2
    return dict(zip(targets, shares, strict=True))


@pytest.fixture(scope="module")
def wiod_like() -> World:
    """One economy pair in the 35 industries of WIOD 2013, whole numbers drawn with a fixed seed."""
    codes = classification("wiod-2013").codes
    rng = np.random.default_rng(7)
    nodes = 2 * len(codes)
    z = rng.integers(0, 100, (nodes, nodes)).astype(float)
    y = np.zeros((nodes, 2, 2))
    y[:, :, 0] = rng.integers(0, 500, (nodes, 2))
    output = z.sum(axis=0) + rng.integers(1, 5000, nodes)
    y[np.arange(nodes), np.arange(nodes) // len(codes), 1] = output - z.sum(axis=1) - y.sum(axis=(1, 2))
    return World(
        "wiod-like", Money("USD", 2009), ("DEU", "JPN"), codes, ("households", "inventories"), z, y,
        classification="wiod-2013",
    )  # fmt: skip


def test_weights_split_rows_and_columns_exactly(wiod_like):
    links = concordance("wiod-2013")
    weights = {source: halves(links.links[source]) for source in links.split}
    split = wiod_like.aggregate(None, "interdep-36", weights=weights)
    shares = np.zeros((36, 35))
    targets = classification("interdep-36").codes
    for column, source in enumerate(wiod_like.industries):
        for target, share in weights.get(source, {links.links[source][0]: 1.0}).items():
            shares[targets.index(target), column] = share
    full = np.kron(np.eye(2), shares)
    np.testing.assert_array_equal(split.intermediate, full @ wiod_like.intermediate @ full.T)
    np.testing.assert_array_equal(split.final_use, np.einsum("ij,jbf->ibf", full, wiod_like.final_use))
    np.testing.assert_array_equal(split.gross_output, full @ wiod_like.gross_output)
    for name in ARRAYS:
        assert getattr(split, name).sum() == getattr(wiod_like, name).sum(), name
    assert split.classification == "interdep-36"


def test_a_split_without_weights_is_refused_and_says_what_to_give(wiod_like):
    with pytest.raises(InputError, match=r"needs its shares: give weights=\{"):
        wiod_like.aggregate(None, "interdep-36")


def test_a_classification_applies_only_to_its_own_industries():
    with pytest.raises(InputError, match="hand: its industries are not those of wiod-2016 in that order"):
        by_hand(classification="wiod-2016").aggregate(None, "interdep-36")


# Finding one


def test_a_table_is_found_by_folder_or_by_its_header_file():
    folder = ROOT / "docs" / "example-world"
    assert World.read(folder).name == World.read(str(folder / "world.toml")).name == "example"


def test_what_is_no_table_is_refused(tmp_path):
    with pytest.raises(MissingData, match=r"there is no table 'world-2015': .* did you mean 'world-2014'\?") as caught:
        World.read("world-2015")
    assert caught.value.exit_code == 3
    (tmp_path / "wiot_2009.npz").write_bytes(b"")
    with pytest.raises(
        InputError,
        match=r"is a file; a table is a folder with world.toml.* interdep\.sources \(icio\.read, figaro\.read",
    ):
        World.read(tmp_path / "wiot_2009.npz")


def test_a_world_prints_what_it_is():
    text = repr(by_hand())
    assert "World hand: 2 economies x 2 industries, mn EUR (2020), current basic prices" in text
    assert "gross output 550 mn EUR, value added 315 mn EUR" in text
    assert "estimated blocks: 0 of 4" in text
