"""The figure of models side by side draws every number of its table, once, where it belongs, and in grey print too."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from collections.abc import Sequence

import polars as pl
import pytest

from interdep.errors import InputError
from interdep.figures import FULL_WIDTH, HALF_WIDTH, model_ranges, theme
from interdep.figures.ranges import COLOURS, SHAPES
from interdep.provenance import Provenance
from interdep.tables import Table

SVG = "{http://www.w3.org/2000/svg}"
Row = tuple[str, str, str, float | None, float | None, float | None]
ROWS: list[Row] = [
    ("leontief", "stop", "EU27", 0.001, 0.002, 0.003),
    ("ario", "stop", "EU27", 0.001, 0.02, 0.15),
    ("equilibrium", "stop", "EU27", None, 0.0025, None),
    ("leontief", "stop", "JPN", -0.002, -0.001, 0.0),
    ("ario", "stop", "JPN", None, None, None),
    ("equilibrium", "stop", "JPN", 0.0, 0.000001, 0.00001),
    ("leontief", "ban", "EU27", 0.0001, 0.0002, 0.0003),
]


def table(rows: Sequence[Row]) -> Table:
    dims, values = ("model", "scenario", "economy"), ("low", "value", "high")
    schema = dict.fromkeys(dims, pl.String) | dict.fromkeys(values, pl.Float64)
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    units = dict.fromkeys(values, "fraction of yearly value added")
    return Table("models", frame, dims, units, provenance=Provenance(data_year=2014))


def layers(figure, panel: int) -> list[dict]:
    return figure.spec["vconcat"][1]["hconcat"][panel]["layer"]


def drawn(figure, panel: int, kind: str) -> list[dict]:
    return next(
        each["data"]["values"] for each in layers(figure, panel)
        if each["mark"]["type"] == kind and any("kind" in v for v in each["data"]["values"])
    )  # fmt: skip


def test_dots_stand_at_the_values_and_lines_at_the_ends_of_the_ranges():
    figure = model_ranges(table(ROWS), ["EU27", "JPN"])
    dots = drawn(figure, 0, "point")
    assert [(d["kind"], d["value"]) for d in dots] == [
        ("Leontief", 0.2), ("Ario", 2.0), ("Equilibrium", 0.25), ("Leontief", 0.02)
    ]  # fmt: skip
    assert [(d["low"], d["high"]) for d in drawn(figure, 0, "rule")] == [(0.1, 0.3), (0.1, 15.0), (0.01, 0.03)]
    assert len({d["y"] for d in dots}) == len(dots)


def test_missing_has_no_dot_and_is_printed_as_missing():
    figure = model_ranges(table(ROWS), ["EU27", "JPN"])
    assert [d["kind"] for d in drawn(figure, 1, "point")] == ["Leontief", "Equilibrium"]
    assert "n/a" in [v["text"] for v in drawn(figure, 1, "text")]
    assert "Ario: n/a" in figure.alt


def test_the_scale_holds_every_end_and_zero_and_both_panels_share_it():
    figure = model_ranges(table(ROWS), ["EU27", "JPN"])
    domains = [
        each["encoding"]["x"]["scale"]["domain"] for panel in (0, 1) for each in layers(figure, panel)
        if "scale" in each["encoding"]["x"]
    ]  # fmt: skip
    assert all(domain == domains[0] for domain in domains)
    low, high = domains[0]
    assert low < -0.2
    assert high > 15.0


def test_the_title_names_where_the_models_are_furthest_apart():
    names = {"EU27": "The Union", "stop": "Supplies stop"}
    figure = model_ranges(table(ROWS), ["EU27", "JPN"], names)
    assert figure.title == "The Union: the models are furthest apart in “Supplies stop”, 0.20 % to 2.0 %"
    assert "Supplies stop, The Union: Leontief: 0.20 % (0.10 % to 0.30 %)" in figure.alt


def test_models_differ_in_shape_and_neighbours_in_grey():
    assert len(set(SHAPES)) == len(SHAPES)
    lightness = [theme.lightness(colour) for colour in COLOURS[:3]]
    assert all(abs(one - other) >= 15 for one, other in itertools.combinations(lightness, 2))


@pytest.mark.parametrize(("width", "lang"), [(FULL_WIDTH, "en"), (HALF_WIDTH, "en"), (HALF_WIDTH, "ja")])
def test_the_figure_is_no_wider_than_its_place_and_draws_the_same_bytes(width: int, lang: str):
    economies = ["EU27", "JPN"] if width == FULL_WIDTH else ["EU27"]
    names = {"stop": "A stop of deliveries with a rather long name that has to be wrapped", "ario": "day by day (Ario)"}
    figure = model_ranges(table(ROWS), economies, names, width=width, lang=lang)
    assert float(ET.fromstring(figure.svg()).get("width", "inf")) <= width + 2
    assert figure.svg() == model_ranges(table(ROWS), economies, names, width=width, lang=lang).svg()


def test_labels_of_the_axis_do_not_run_into_each_other():
    for rows in (ROWS, [("ario", "s", "A", -0.9, 0.1, 9.0)], [("ario", "s", "A", 0.0, 1e-7, 1e-6)]):
        figure = model_ranges(table(rows), [rows[0][2]], width=HALF_WIDTH)
        root = ET.fromstring(figure.svg())
        texts = [t.text for t in root.iter(f"{SVG}text") if t.text]
        assert "0" in texts
        assert len([t for t in texts if t.endswith(" %")]) >= 1


def test_refusals():
    with pytest.raises(InputError, match="3 panels"):
        model_ranges(table([("a", "s", e, 0, 0, 0) for e in "XYZ"]))
    with pytest.raises(InputError, match="6 models"):
        model_ranges(table([(m, "s", "X", 0, 0, 0) for m in "abcdef"]))
    with pytest.raises(InputError, match="several rows"):
        model_ranges(table([("a", "s", "X", 0, 0, 0)] * 2))


def test_no_value_at_all_is_said():
    assert model_ranges(table([("a", "s", "X", None, None, None)])).title.startswith("No result for")
