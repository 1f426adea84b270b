"""A World goes to pandas, xarray and pymrio and comes back to the last bit; labels that do not match are refused."""

from __future__ import annotations

import re
import sys

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings

from interdep import InputError, MissingData, World
from interdep.provenance import Provenance, Source
from interdep.testing import small_world
from made_worlds import FLOWS, OUTPUT, USES, assert_same_table, by_hand, worlds

few = settings(max_examples=20, deadline=None)
ABOUT = {"year": 2020, "currency": "EUR"}


def refused(sentence: str, call, *arguments, **about) -> None:
    with pytest.raises(InputError, match=re.escape(sentence)) as caught:
        call(*arguments, **about)
    assert caught.value.exit_code == 1
    assert "\n" not in str(caught.value)


@pytest.fixture
def frames():
    return by_hand().to_pandas()


# pandas


@given(worlds())
@few
def test_pandas_and_back_changes_no_bit(world):
    again = World.from_pandas(
        *world.to_pandas(), year=2020, currency="USD", name="drawn", gross_output=world.gross_output,
        value_added=world.value_added, classification="interdep-36",
    )  # fmt: skip
    assert_same_table(again, world)


def test_values_with_all_their_digits_come_back_from_pandas():
    world = small_world(3, 2)
    again = World.from_pandas(*world.to_pandas(), year=2020, currency="USD")
    np.testing.assert_array_equal(again.intermediate, world.intermediate)
    np.testing.assert_array_equal(again.final_use, world.final_use)


def test_cells_stand_under_their_labels(frames):
    flows, uses = frames
    assert flows.loc[("JPN", "C26"), ("DEU", "C29")] == 30
    assert uses.loc[("DEU", "C29"), ("JPN", "households")] == 35
    assert flows.index.names == ["economy", "industry"]
    assert uses.columns.names == ["economy", "final_use"]
    assert flows.attrs == {"name": "hand", "unit": "mn EUR (2020)", "price_basis": "current basic prices"}


def test_a_frame_is_a_copy(frames):
    world = by_hand()
    flows, uses = world.to_pandas()
    flows.iloc[0, 0] = uses.iloc[0, 0] = -1
    np.testing.assert_array_equal(world.intermediate, FLOWS)
    np.testing.assert_array_equal(world.final_use, USES)
    source, _ = frames
    again = World.from_pandas(*frames, **ABOUT)
    source.iloc[0, 0] = -1
    assert again.intermediate[0, 0] == 10


def test_a_world_from_frames_knows_its_year_and_what_it_is_told(frames):
    world = World.from_pandas(*frames, **ABOUT)
    assert (world.name, world.year, world.provenance.data_year) == ("own", 2020, 2020)
    told = Provenance((Source("A ministry"),), data_year=2020)
    assert World.from_pandas(*frames, **ABOUT, name="mine", provenance=told).provenance is told


def test_rows_in_another_order_than_columns_are_refused(frames):
    flows, uses = frames
    turned = flows.iloc[::-1]
    refused("rows and columns of intermediate hold the same labels in another order (place 1: ('JPN', 'C29') against"
            " ('DEU', 'C26')); bring both into one order, for example with frame.loc[labels, labels]",
            World.from_pandas, turned, uses, **ABOUT)  # fmt: skip
    refused("rows of intermediate and of final_use hold the same labels in another order",
            World.from_pandas, flows, uses.iloc[[1, 0, 2, 3]], **ABOUT)  # fmt: skip
    refused("economies of the rows and of the final users hold the same labels in another order",
            World.from_pandas, flows, uses[["JPN", "DEU"]], **ABOUT)  # fmt: skip


def test_both_in_another_order_is_the_same_world_with_labels_moved(frames):
    flows, uses = frames
    order = flows.index[[2, 3, 0, 1]]
    world = World.from_pandas(flows.loc[order, order], uses.loc[order][["JPN", "DEU"]], **ABOUT)
    assert world.economies == ("JPN", "DEU")
    assert world.intermediate[world.node_index("JPN", "C26"), world.node_index("DEU", "C29")] == 30
    assert world.gross_output.tolist() == [100, 150, 100, 200]


def test_industry_major_frames_are_refused(frames):
    flows, uses = frames
    order = flows.index[[0, 2, 1, 3]]
    refused("the rows of intermediate are not grouped: list all labels of one economy before the next",
            World.from_pandas, flows.loc[order, order], uses.loc[order], **ABOUT)  # fmt: skip


def test_a_label_that_is_only_in_one_frame_is_named(frames):
    flows, uses = frames
    refused("rows and columns of intermediate differ: ('JPN', 'C29') is only in one of them (1 such label(s)); align the labels",
            World.from_pandas, flows.iloc[:, :3], uses, **ABOUT)  # fmt: skip
    refused("rows of intermediate and of final_use differ: ('JPN', 'C29') is only in one of them",
            World.from_pandas, flows, uses.iloc[:3], **ABOUT)  # fmt: skip
    refused("economies of the rows and of the final users differ: JPN is only in one of them",
            World.from_pandas, flows, uses[["DEU"]], **ABOUT)  # fmt: skip


def test_an_absent_combination_is_named(frames):
    flows, uses = frames
    kept = flows.index[:3]
    refused("the rows of intermediate lack ('JPN', 'C29') (1 in all); every economy needs every label",
            World.from_pandas, flows.loc[kept, kept], uses.loc[kept], **ABOUT)  # fmt: skip


def test_a_doubled_economy_is_named(frames):
    flows, uses = frames
    doubled = pd.MultiIndex.from_tuples([("DEU", "C26"), ("DEU", "C29")] * 2)
    flows.index = flows.columns = uses.index = doubled
    refused("the rows of intermediate hold ('DEU', 'C26') more than once; labels must be unique",
            World.from_pandas, flows, uses, **ABOUT)  # fmt: skip


def test_one_level_labels_are_refused(frames):
    flows, uses = frames
    flows.index = flows.columns = uses.index = ["a", "b", "c", "d"]
    refused("the rows of intermediate need two-level labels; got ['a']", World.from_pandas, flows, uses, **ABOUT)


def test_what_a_frame_holds_is_checked_like_any_table(frames):
    flows, uses = frames
    refused("own: intermediate has 1 cell(s) that are NaN or infinite: DEU C26 -> DEU C29",
            World.from_pandas, flows.mask(flows.eq(20) & (flows.index == ("DEU", "C26"))[:, None]), uses, **ABOUT)  # fmt: skip
    refused("final_use holds something that is not a number",
            World.from_pandas, flows, uses.astype(object).replace(45, "many"), **ABOUT)  # fmt: skip
    refused("row(s) do not balance", World.from_pandas, flows, uses, **ABOUT, gross_output=[100, 200, 100, 151])
    refused("looks transposed", World.from_pandas, flows.T, uses, **ABOUT, gross_output=OUTPUT)


@pytest.mark.parametrize(
    ("module", "verb"), [("pandas", "to_pandas"), ("xarray", "to_xarray"), ("pymrio", "to_pymrio")]
)
def test_a_library_that_is_not_there_is_named_with_the_extra_that_brings_it(monkeypatch, module, verb):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(
        MissingData, match=re.escape(f"{module} is not installed: pip install 'interdep[{module}]'")
    ) as caught:
        getattr(by_hand(), verb)()
    assert caught.value.exit_code == 3


# xarray


@given(worlds())
@few
def test_xarray_and_back_changes_no_bit(world):
    assert_same_table(World.from_xarray(world.to_xarray()), world)


def test_xarray_keeps_what_a_folder_has_no_place_for():
    world = by_hand(
        labour_share=[0.5, 0.25, np.nan, 1 / 3], estimated=[[False, True], [False, False]], tolerance=1e-4, rounding=0.5,
        value_added=[55, 100, 70, 90.005], price_basis="purchasers' prices",
    )  # fmt: skip
    again = World.from_xarray(world.to_xarray())
    assert_same_table(again, world)
    np.testing.assert_array_equal(again.labour_share, world.labour_share)
    np.testing.assert_array_equal(again.estimated, world.estimated)
    assert (again.name, again.provenance.data_year) == ("hand", 2020)


def test_cells_of_a_dataset_stand_under_their_labels_whatever_the_order_of_dimensions():
    data = by_hand().to_xarray()
    cell = data["intermediate"].sel(economy="JPN", industry="C26", buyer="DEU", buyer_industry="C29")
    assert float(cell) == 30
    assert float(data["final_use"].sel(economy="DEU", industry="C29", buyer="DEU", use="inventories")) == -5
    turned = data.transpose("use", "buyer_industry", "buyer", "industry", "economy")
    assert_same_table(World.from_xarray(turned), by_hand())


def test_a_dataset_is_a_copy():
    world = by_hand()
    data = world.to_xarray()
    data["intermediate"][...] = -1
    np.testing.assert_array_equal(world.intermediate, FLOWS)


def test_a_dataset_needs_its_variables_attributes_and_labels():
    data = by_hand().to_xarray()
    refused(
        "the Dataset has no variable 'final_use'; it has intermediate", World.from_xarray, data.drop_vars("final_use")
    )
    for name in ("economy", "industry", "buyer", "buyer_industry", "use"):
        refused(
            f"the Dataset has no labels for {name!r}; set data.coords[{name!r}]",
            World.from_xarray,
            data.drop_vars(name),
        )
    for name in ("year", "currency"):
        poorer = data.copy()
        del poorer.attrs[name]
        refused(f"the Dataset has no attribute {name!r}; set data.attrs[{name!r}]", World.from_xarray, poorer)


def test_a_dataset_whose_buyers_are_ordered_otherwise_is_refused():
    data = by_hand().to_xarray()
    refused("economy and buyer hold the same labels in another order (place 1: DEU against JPN)",
            World.from_xarray, data.isel(buyer=[1, 0]))  # fmt: skip
    refused(
        "industry and buyer_industry differ: C29 is only in one of them",
        World.from_xarray,
        data.isel(buyer_industry=[0]),
    )


def test_what_a_dataset_holds_is_checked_like_any_table():
    data = by_hand().to_xarray()
    holed = data.assign(intermediate=xr.where(data["intermediate"] == 40, np.nan, data["intermediate"]))
    refused("hand: intermediate has 1 cell(s) that are NaN or infinite: DEU C29 -> DEU C29", World.from_xarray, holed)


# pymrio


@pytest.fixture
def pymrio():
    return pytest.importorskip("pymrio", reason="pymrio is not installed")


def test_pymrio_and_back_changes_no_bit(pymrio):
    for world in (by_hand(), small_world(3, 3)):
        again = World.from_pymrio(world.to_pymrio(), currency=world.money.currency, classification=world.classification,
                                  tolerance=world.tolerance, value_added=world.value_added)  # fmt: skip
        assert_same_table(again, world)
        assert (again.name, again.year) == (world.name, 2020)


def test_pymrio_finds_the_same_coefficients_and_the_same_output(pymrio):
    world = small_world(3, 3)
    system = world.to_pymrio()
    system.A = system.L = None
    system.calc_all()
    np.testing.assert_allclose(system.A.to_numpy(), world.input_coefficients, rtol=1e-12)
    np.testing.assert_allclose(system.L.to_numpy() @ world.final_use.sum(axis=(1, 2)), world.gross_output, rtol=1e-10)
    # Value added embodied in final use adds up to value added, seen from either side.
    footprint = system.factor_inputs.D_cba.to_numpy()
    assert footprint.sum() == pytest.approx(world.value_added.sum(), rel=1e-10)


def test_the_example_of_pymrio_is_a_world(pymrio):
    system = pymrio.load_test()
    system.calc_all()
    world = World.from_pymrio(system, currency="EUR", year=2010)
    assert world.shape == (6, 8)
    np.testing.assert_allclose(world.gross_output, system.x.to_numpy().reshape(-1))
    np.testing.assert_allclose(world.input_coefficients, system.A.to_numpy(), atol=1e-12)


def test_a_system_that_does_not_add_up_to_its_x_is_refused(pymrio):
    system = by_hand().to_pymrio()
    system.x = system.x + np.array([[0], [1], [0], [0]])
    refused("hand: 1 row(s) do not balance: DEU C29 (intermediate + final use 200, output 201)",
            World.from_pymrio, system, currency="EUR")  # fmt: skip


def test_a_system_without_flows_or_year_is_refused(pymrio):
    system = by_hand().to_pymrio()
    system.year = None
    refused("the IOSystem does not say its year; give year=", World.from_pymrio, system, currency="EUR")
    system.Z = None
    refused(
        "the IOSystem has no Z or no Y; call its calc_all() first", World.from_pymrio, system, currency="EUR", year=2020
    )
