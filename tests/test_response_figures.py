"""Figures of responses say what their tables say, tell lines apart without colour, and take every arrangement."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest

from interdep.errors import InputError
from interdep.figures import FULL_WIDTH, HALF_WIDTH, Figure, arrangement_bars, budget_frontier, theme
from interdep.figures.frontier import LOOKS
from interdep.provenance import Provenance
from interdep.tables import Table

SVG = "{http://www.w3.org/2000/svg}"
UNIT = "EUR (2024)"


def line(rows: Sequence[tuple[float, float | None, float]]) -> Table:
    """(budget, together, apart)."""
    frame = pl.DataFrame(rows, schema={"budget": pl.Float64, "together": pl.Float64, "apart": pl.Float64}, orient="row")
    frame = frame.with_columns(price=pl.lit(0.2))
    share = "fraction of the expected shortage"
    units = {"together": share, "apart": share, "price": f"{UNIT} of shortage avoided for one more EUR"}
    return Table("frontier", frame, ("budget",), units, provenance=Provenance(data_year=2024))


def plans(rows: Sequence[tuple[str, str, float, float | None]]) -> Table:
    """(arrangement, who, short, avoided_share)."""
    schema = {"arrangement": pl.String, "who": pl.String, "short": pl.Float64, "avoided_share": pl.Float64}
    units = {"who": "", "short": f"{UNIT} a year, expected", "avoided_share": "fraction of the expected shortage"}
    return Table("arrangements", pl.DataFrame(rows, schema=schema, orient="row"), ("arrangement",), units)


RISING = [(0.0, 0.1, 0.0), (5e8, 0.3, 0.2), (1e9, 0.5, 0.25)]
FIVE = [
    ("no plan", "EU27, JPN", 2e9, 0.0), ("each member by itself", "28 members", 2.1e9, -0.05),
    ("EU27 alone", "EU27", 1e9, 0.2), ("apart", "EU27, JPN", 1.5e9, 0.25), ("sharing alone", "EU27, JPN", 1.8e9, 0.1),
    ("together", "EU27, JPN", 1e9, 0.5),
]  # fmt: skip


def texts(figure: Figure) -> list[str]:
    root = ET.fromstring(figure.svg())
    return [" ".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def about(figure: Figure) -> str:
    return " ".join(figure.spec["title"]["subtitle"])


def lines_of(figure: Figure) -> list[dict[str, Any]]:
    return [layer for layer in figure.spec["layer"] if layer["mark"]["type"] == "line"]


def test_both_lines_hold_the_shares_and_the_budget_is_marked():
    figure = budget_frontier(line(RISING), 5e8, "A ban")
    assert figure.title == "500 mn EUR a year avoids 30.0 % of the expected shortage together, 20.0 % apart".replace(
        "500 mn", "0.500 bn"
    )
    drawn = [[(p["budget"], p["share"]) for p in layer["data"]["values"]] for layer in lines_of(figure)]
    assert drawn == [[(0.0, 10.0), (5e8, 30.0), (1e9, 50.0)], [(0.0, 0.0), (5e8, 20.0), (1e9, 25.0)]]
    (dots,) = [layer for layer in figure.spec["layer"] if layer["mark"]["type"] == "point"]
    assert [(p["budget"], p["share"]) for p in dots["data"]["values"]] == [(5e8, 30.0), (5e8, 20.0)]
    assert {"this budget", "30.0 %", "20.0 %", "together 50.0 %", "apart 25.0 %"} <= set(texts(figure))
    assert "A ban." in about(figure)
    assert "(2024)" in about(figure)
    assert "together: 10.0 % without a budget, 50.0 % at 1.00 bn EUR." in figure.alt


def test_lines_differ_in_grey_print_by_dashes_and_by_their_names():
    one, other = (LOOKS[name] for name in ("together", "apart"))
    assert abs(theme.lightness(one[0]) - theme.lightness(other[0])) >= 15
    assert one[1] != other[1]
    assert all(theme.contrast(look[0], theme.PAPER) >= 3 for look in (one, other))


def test_names_at_the_ends_never_meet():
    figure = budget_frontier(line([(0.0, 0.0, 0.0), (1e9, 0.500, 0.499)]), 1e9)
    ends = [
        layer["encoding"]["y"]["value"] for layer in figure.spec["layer"]
        if layer["mark"]["type"] == "text" and str(layer["encoding"]["text"]["value"]).startswith(("together", "apart"))
    ]  # fmt: skip
    assert len(ends) == 2
    assert abs(ends[0] - ends[1]) >= theme.LINE


def test_lines_that_are_one_are_drawn_once_and_called_so():
    figure = budget_frontier(line([(0.0, 0.0, 0.0), (1e9, 0.5, 0.5)]), 1e9)
    assert len(lines_of(figure)) == 1
    assert figure.title.endswith("of the expected shortage, together or apart")
    assert "together or apart 50.0 %" in texts(figure)


def test_without_a_pool_there_is_one_line():
    figure = budget_frontier(line([(0.0, None, 0.0), (1e9, None, 0.5)]), 1e9)
    assert len(lines_of(figure)) == 1
    assert "together" not in figure.title + " ".join(texts(figure))
    assert figure.title == "1.00 bn EUR a year avoids 50.0 % of the expected shortage"


def test_a_budget_beyond_use_is_said_and_not_marked():
    figure = budget_frontier(line(RISING), 3e9)
    assert "The budget of 3.00 bn EUR is more than can be used." in about(figure)
    assert "this budget" not in texts(figure)
    assert figure.title.startswith("1.00 bn EUR a year avoids 50.0 %")


def test_a_budget_of_nothing_is_marked_at_the_axis_and_its_shares_stand_in_the_title():
    figure = budget_frontier(line(RISING), 0.0)
    assert "this budget" in texts(figure)
    assert "10.0 %" not in texts(figure)
    assert figure.title.endswith("avoids 10.0 % of the expected shortage together, 0 % apart")


def test_one_budget_is_no_frontier():
    with pytest.raises(InputError, match="table 'frontier' has 1 budgets; a frontier needs at least two"):
        budget_frontier(line(RISING[:1]), 0.0)


def test_bars_are_what_each_arrangement_leaves_with_the_share_avoided_beside_them():
    figure = arrangement_bars(plans(FIVE))
    rows = [(r["label"], r["text"], r["column"]) for r in figure.spec["data"]["values"]]
    assert rows == [
        ("no plan", "2.00", "0 %"), ("each of 28 members by itself", "2.10", "-5.0 %"),
        ("each partner by itself", "1.50", "25.0 %"), ("sharing alone, no money", "1.80", "10.0 %"),
        ("together", "1.00", "50.0 %"),
    ]  # fmt: skip
    assert figure.title == "Acting together avoids 50.0 % of the expected shortage, each partner by itself 25.0 %"
    assert "bn EUR (2024) a year" in about(figure)
    # A partner alone has a shortage of its own and stands in no row.
    assert "EU27" not in figure.alt


def test_what_solving_leaves_over_is_nothing():
    rows = [("no plan", "A, B", 1e6, 0.0), ("apart", "A, B", 1e6, 1e-12), ("together", "A, B", 1e-3, 1.0)]
    figure = arrangement_bars(plans(rows))
    assert [(r["text"], r["column"]) for r in figure.spec["data"]["values"]][1:] == [("1.00", "0 %"), ("0", "100 %")]


def test_without_a_pool_and_with_equal_arrangements_titles_claim_no_gain():
    assert arrangement_bars(plans(FIVE[:4])).title == "The plan avoids 25.0 % of the expected shortage"
    same = [*FIVE[:4], ("together", "EU27, JPN", 1.5e9, 0.25)]
    assert arrangement_bars(plans(same)).title.endswith("as each partner by itself: 25.0 %")
    with pytest.raises(InputError, match="no row for the partners apart"):
        arrangement_bars(plans(FIVE[:3]))


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("width", [HALF_WIDTH, FULL_WIDTH])
def test_both_fit_their_width_in_both_languages(lang, width):
    what = "レアアースの輸出禁止" if lang == "ja" else "A ban on the exports of rare earths"
    for figure in (
        budget_frontier(line(RISING), 5e8, what, width, lang),
        budget_frontier(line(RISING), 0.0, what, width, lang),
        budget_frontier(line(RISING), 9e9, what, width, lang),
        arrangement_bars(plans(FIVE), what, width, lang),
    ):
        found = re.search(r'\bwidth="([0-9.]+)"', figure.svg())
        assert found is not None
        assert float(found[1]) <= width + 12
        if lang == "ja":
            said = figure.title + about(figure) + " ".join(texts(figure))
            assert not re.search(r"\b(together|apart|budget|avoid|plan|share)", said)
