"""The command `coalitions`: what it prints, writes and returns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from interdep.agreement.coalitions import Coalitions
from interdep.cli.coalitions import coalitions as command
from interdep.cli.common import Common
from interdep.errors import InputError
from interdep.testing import small_world
from interdep.world.folder import write_folder

BAN = 'name = "ban"\ntitle = "A ban"\n[[shocks]]\nkind = "{kind}"\neconomies = ["DEU"]\n{side} = ["CHN"]\ndays = 365\n'


@pytest.fixture
def asked(tmp_path: Path) -> dict[str, Any]:
    write_folder(small_world(6, 3), tmp_path / "world")
    (tmp_path / "ban.toml").write_text(BAN.format(kind="ImportBan", side="suppliers") + 'industries = ["C26"]\n')
    about = {"target": "CHN", "scenario": str(tmp_path / "ban.toml"), "members": "DEU,FRA"}
    return {**about, "world": str(tmp_path / "world")}


def test_the_command_prints_steps_joiners_transfers_and_choices(asked, capsys, tmp_path):
    assert command(**asked, add="JPN,USA", value=0.5, common=Common(out=tmp_path / "out")) == 0
    said = capsys.readouterr().out
    for part in ("A ban: decided by a growing coalition against China", "+ Japan", "What each adds to the loss of China",
                 "they sum to zero", "Who stays", "Who joins", "At 0.5 ", "third countries"):  # fmt: skip
        assert part in said
    written = {p.name for p in (tmp_path / "out").iterdir()}
    assert {"README.txt", "coalition-steps-ban-CHN.svg", "coalition_steps.csv", "coalition_choices.parquet"} <= written
    assert Coalitions.load(tmp_path / "out").target == "CHN"


def test_the_command_gives_json_and_nothing_else(asked, capsys):
    assert command(**asked, common=Common(json=True, quiet=True)) == 0
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert told["coalition_steps"]["rows"][0]["scenario"] == "DEU+FRA"
    assert told["coalition_members"]["rows"] == []
    assert said.err == ""


def test_coalitions_without_a_result_are_named_and_count_where_asked(asked, capsys, tmp_path):
    (tmp_path / "ban.toml").write_text(BAN.format(kind="ExportBan", side="buyers"))
    assert command(**asked, add="JPN,USA", value=1.0) == 0
    assert "1 without a result" in capsys.readouterr().out
    assert command(**asked, add="JPN,USA", strict=True) == 2


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"top": 0}, "--top 0 must be at least 1"),
        ({"members": "DEU,,FRA"}, "has an empty part"),
        ({"value": -1.0}, "give a number of at least 0"),
        ({"settings": "psi=0.9"}, "unknown parameter 'psi'"),
    ],
)
def test_options_that_cannot_be(asked, changed, says):
    with pytest.raises(InputError, match=says):
        command(**{**asked, **changed})
