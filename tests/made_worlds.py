"""Worlds made for tests: one balanced by hand, and any small balanced one drawn at random in whole numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from interdep import World
from interdep.units import Money

ROOT = Path(__file__).parents[1]
SHARED = Path(__file__).parents[2] / "shared"

FLOWS = [[10, 20, 5, 5], [10, 40, 5, 15], [20, 30, 10, 10], [5, 10, 10, 30]]
USES = [[[45, 0], [15, 0]], [[100, -5], [35, 0]], [[10, 0], [20, 0]], [[20, 0], [70, 5]]]
OUTPUT = [100, 200, 100, 150]
ADDED = [55, 100, 70, 90]
"""The table of docs/example-world, added up by hand: rows sum to OUTPUT, columns and ADDED as well."""

LABELS = ("DEU", "JPN", "USA", "CHN"), ("C26", "C29", "D", "K")


def by_hand(**changes) -> World:
    """The table above, with anything about it changed."""
    about = {
        "name": "hand", "money": Money("EUR", 2020), "economies": ("DEU", "JPN"), "industries": ("C26", "C29"),
        "final_uses": ("households", "inventories"), "intermediate": np.array(FLOWS, dtype=float),
        "final_use": np.array(USES, dtype=float),
    }  # fmt: skip
    return World(**{**about, **changes})


@st.composite
def worlds(draw: st.DrawFn, economies: int | None = None, industries: int | None = None, top: int = 1000) -> World:
    """A balanced World in whole numbers, so that every sum is exact; what balances it goes to inventories at home."""
    regions = economies or draw(st.integers(1, 3))
    sectors = industries or draw(st.integers(1, 3))
    nodes = regions * sectors

    def whole(shape: tuple[int, ...], low: int) -> np.ndarray:
        return draw(arrays.arrays(np.int64, shape, elements=st.integers(low, top))).astype(float)

    flows, added = whole((nodes, nodes), 0), whole((nodes,), 1)
    uses = np.zeros((nodes, regions, 2))
    uses[:, :, 0] = whole((nodes, regions), 0)
    output = flows.sum(axis=0) + added
    home = np.repeat(np.arange(regions), sectors)
    uses[np.arange(nodes), home, 1] = output - flows.sum(axis=1) - uses[:, :, 0].sum(axis=1)
    return World(
        name="drawn", money=Money("USD", 2020), economies=LABELS[0][:regions], industries=LABELS[1][:sectors],
        final_uses=("households", "inventories"), intermediate=flows, final_use=uses, gross_output=output,
        value_added=added, classification="interdep-36",
    )  # fmt: skip


def shared(path: str) -> Path:
    """A file of the shared data beside the project; the test is skipped where they are not."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"shared data are not here: {path}")
    return found


ARRAYS = ("intermediate", "final_use", "gross_output", "value_added")


def assert_same_table(left: World, right: World) -> None:
    """Labels, money, settings and every number are equal, to the last bit."""
    for name in (
        "economies",
        "industries",
        "final_uses",
        "money",
        "classification",
        "price_basis",
        "tolerance",
        "rounding",
    ):
        assert getattr(left, name) == getattr(right, name), name
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(left, name), getattr(right, name), err_msg=name)
