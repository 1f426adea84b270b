"""Every parameter has a unit, a range that holds its default and a source, and every holder is on the list."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import math
import pkgutil
import re
from dataclasses import dataclass

import numpy as np
import pytest

import interdep
from interdep import InputError, parameters
from interdep.parameter import HOLDERS, check_parameters, parameter, parameters_of


@dataclass(frozen=True)
class Spring:
    """A class with two parameters and a field that is none."""

    name: str = "spring"
    stiffness: float = parameter(2.0, unit="N/m", low=1.0, high=3.0, source="Hooke (1678)")
    length: float = parameter(0.5, unit="m", source="A ruler")


def test_the_list_of_holders_is_complete():
    found = set()
    for module in pkgutil.walk_packages(interdep.__path__, "interdep."):
        if module.name.endswith("__main__"):
            continue
        for name, value in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if value.__module__ == module.name and parameters_of(value):
                found.add(f"{module.name}:{name}")
    assert found == set(HOLDERS)


def test_every_parameter_is_listed_with_unit_range_and_source():
    table = parameters()
    assert table.dims == ("model", "parameter")
    rows = table.to_rows()
    assert {row["model"] for row in rows} == {path.partition(":")[2] for path in HOLDERS}
    for row in rows:
        assert row["unit"], row
        assert len(row["source"]) > 5, row
        assert math.isfinite(row["default"])
        assert (row["low"] is None) == (row["high"] is None)
        if row["low"] is not None:
            assert row["low"] <= row["default"] <= row["high"]
    assert len({(row["model"], row["parameter"]) for row in rows}) == len(rows)


@pytest.mark.parametrize("path", HOLDERS)
def test_every_holder_is_frozen_and_checks_its_parameters_at_birth(path):
    module, _, name = path.partition(":")
    holder = getattr(importlib.import_module(module), name)
    assert dataclasses.fields(holder)
    for field, about in parameters_of(holder).items():
        with pytest.raises(InputError, match=f"{field} must be a finite number in {re.escape(about.unit)}, not nan"):
            holder(**{field: math.nan})
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(holder(), field, about.default)


def test_parameters_are_read_from_a_class_or_a_value():
    expected = {"stiffness": (2.0, "N/m", 1.0, 3.0, "Hooke (1678)"), "length": (0.5, "m", None, None, "A ruler")}
    for holder in (Spring, Spring(stiffness=9.0)):
        assert {name: dataclasses.astuple(about) for name, about in parameters_of(holder).items()} == expected
    assert Spring().stiffness == 2.0
    assert parameters_of(object()) == {}


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, "2", None, True])
def test_what_is_no_finite_number_is_refused_with_unit_and_default(wrong):
    with pytest.raises(InputError) as caught:
        check_parameters(Spring(stiffness=wrong))
    assert str(caught.value) == f"Spring: stiffness must be a finite number in N/m, not {wrong!r} (default 2)"
    assert caught.value.exit_code == 1


@pytest.mark.parametrize("right", [1, 2.5, -4.0, np.float64(2), np.float32(2), np.int64(2)])
def test_any_finite_number_is_taken_also_outside_the_range(right):
    check_parameters(Spring(stiffness=right))


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        ({"source": ""}, "a parameter needs a source"),
        ({"source": "x", "low": 3.0, "high": 4.0}, "the range [3.0, 4.0] does not hold the default 2.0"),
        ({"source": "x", "low": 1.0}, "the range [1.0, None] does not hold the default 2.0"),
        ({"source": "x", "low": math.nan, "high": 4.0}, "the range [nan, 4.0] does not hold the default 2.0"),
    ],
)
def test_a_parameter_without_source_or_with_a_wrong_range_cannot_be_written(about, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        parameter(2.0, unit="m", **about)
