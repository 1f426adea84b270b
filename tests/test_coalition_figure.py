"""The figure of coalition steps says what its table says, holds the line of everybody, and fits in both languages."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import polars as pl
import pytest

from interdep.errors import InputError
from interdep.figures import FULL_WIDTH, HALF_WIDTH, Figure
from interdep.figures.coalitions import coalition_steps
from interdep.provenance import Provenance
from interdep.tables import Table

SVG = "{http://www.w3.org/2000/svg}"
MONEY, SHARE = "mn USD (2014) over the horizon", "fraction of expenditure"
NAMES = {"RUS": "Russia", "GBR": "United Kingdom", "JPN": "Japan", "stop": "A stop of goods"}
JA = {"RUS": "ロシア", "GBR": "英国", "JPN": "日本", "stop": "財貿易の停止"}

Step = tuple[str, str, float | None, float | None, float | None, float | None]


def steps(rows: list[Step]) -> Table:
    """(coalition, added, target's loss in money and as a share, share of every named economy, of the whole world)."""
    schema = ["scenario", "added", "target_loss", "target_share", "share_of_named", "share_of_world"]
    frame = pl.DataFrame(rows, schema=schema, orient="row", schema_overrides=dict.fromkeys(schema[2:], pl.Float64))
    frame = frame.with_columns(members_loss=pl.col("target_loss") * 1.5, members_share=pl.col("target_share") / 8)
    units = {"added": "", "target_loss": MONEY, "target_share": SHARE, "share_of_named": SHARE, "share_of_world": SHARE,
             "members_loss": MONEY, "members_share": SHARE}  # fmt: skip
    return Table("coalition_steps", frame, ("scenario",), units, provenance=Provenance(data_year=2014))


CLIMB: list[Step] = [
    ("EU27", "", 40_000.0, 0.025, 0.4, None),
    ("EU27+GBR", "GBR", 50_000.0, 0.03125, 0.5, None),
    ("EU27+GBR+JPN", "JPN", 60_000.0, 0.0375, 0.6, None),
    ("every named economy", "", 100_000.0, 0.0625, 1.0, None),
    ("the whole world", "", None, None, None, None),
]


def texts(figure: Figure) -> list[str]:
    return [(node.text or "") for node in ET.fromstring(figure.svg()).iter(f"{SVG}text")]


def line_of(figure: Figure) -> list[dict[str, Any]]:
    return [layer for layer in figure.spec["layer"] if layer["mark"].get("strokeDash")]


def test_bars_are_the_steps_and_the_line_is_everybody():
    figure = coalition_steps(steps(CLIMB), "RUS", "stop", NAMES)
    bars = figure.spec["data"]["values"]
    assert [(b["label"], b["kind"], b["value"], b["text"]) for b in bars[:4]] == [
        ("EU27", "lost by Russia", 40_000.0, "40.0 (2.5 %)"),
        ("EU27", "lost by the coalition itself", 60_000.0, "60.0 (0.31 %)"),
        ("+ United Kingdom", "lost by Russia", 50_000.0, "50.0 (3.1 %)"),
        ("+ United Kingdom", "lost by the coalition itself", 75_000.0, "75.0 (0.39 %)"),
    ]
    assert len(bars) == 6
    (line,) = line_of(figure)
    assert line["encoding"]["x"]["datum"] == pytest.approx(100_000.0)
    assert "Russia if every named economy took part: 100 bn USD" in texts(figure)
    assert figure.title == "Russia loses 2.5 % of its real expenditure to EU27 alone, 3.8 % with the two that join"
    assert "+ Japan: target 60.0 (3.8 %), coalition 90.0 (0.47 %)" in figure.alt
    assert figure.name == "coalition-steps-stop-RUS"


def test_the_whole_world_is_the_line_where_it_has_a_result():
    world = [(*row[:5], row[2] / 200_000.0) for row in CLIMB[:4] if row[2]]
    figure = coalition_steps(
        steps([*world, ("the whole world", "", 200_000.0, 0.125, None, 1.0)]), "RUS", "stop", NAMES
    )
    (line,) = line_of(figure)
    assert line["encoding"]["x"]["datum"] == pytest.approx(200_000.0)
    assert "Russia if the whole world took part: 200 bn USD" in texts(figure)


def test_without_a_result_for_everybody_there_is_no_line_and_a_missing_step_is_no_zero():
    rows: list[Step] = [("EU27", "", 40_000.0, 0.025, None, None), ("EU27+GBR", "GBR", None, None, None, None),
                        ("EU27+GBR+JPN", "JPN", 60_000.0, 0.0375, None, None)]  # fmt: skip
    figure = coalition_steps(steps(rows), "RUS", "stop", NAMES)
    assert line_of(figure) == []
    assert [(b["value"], b["text"]) for b in figure.spec["data"]["values"][2:4]] == [(None, "n/a")] * 2
    with pytest.raises(InputError, match="no step with a result"):
        coalition_steps(steps([("EU27", "", None, None, None, None)]), "RUS", "stop")
    with pytest.raises(InputError, match="several rows for EU27"):
        coalition_steps(steps([CLIMB[0], CLIMB[0]]), "RUS", "stop")


def test_a_coalition_that_nobody_joins_has_one_row():
    figure = coalition_steps(steps([CLIMB[0], *CLIMB[3:]]), "RUS", "stop", NAMES)
    assert figure.title == "Russia loses 2.5 % of its real expenditure to EU27"
    assert len(figure.spec["data"]["values"]) == 2


@pytest.mark.parametrize("width", [FULL_WIDTH, HALF_WIDTH])
@pytest.mark.parametrize("target", [20.0, 100_000.0])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_it_is_no_wider_than_its_place_wherever_the_line_stands(width, target, lang):
    rows: list[Step] = [(*row[:2], 10.0 + k, 0.02, (10.0 + k) / target, None) for k, row in enumerate(CLIMB[:3])]
    long = {
        "en": NAMES | {"GBR": "United Kingdom of Great Britain"},
        "ja": JA | {"GBR": "グレートブリテン・北アイルランド連合王国"},
    }
    figure = coalition_steps(steps(rows), "RUS", "stop", long[lang], width, lang)
    found = re.search(r'width="([\d.]+)"', figure.svg())
    assert found is not None
    assert float(found[1]) <= width + 3


def test_japanese_figures_speak_no_english():
    figure = coalition_steps(steps(CLIMB), "RUS", "stop", JA, lang="ja")
    said = " ".join([*texts(figure), figure.alt, figure.title])
    assert figure.title == "ロシアはEU27のみで実質支出の2.5%、2か国・地域が加わると3.8%を失う"
    assert not re.search(r"\b(lost|loses|coalition|target|named|economy|real|joined|model)\b", said, re.IGNORECASE)
