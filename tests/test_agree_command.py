"""The command `agree`: the answer in print, as JSON and in a folder."""

from __future__ import annotations

import json

from cyclopts import App

from interdep.agreement.agree import Agreement
from interdep.agreement.agree_tables import PROPOSED
from made_trades import refused

THEN = "2022-04-30"


def called(capsys, *arguments: str) -> str:
    app = App()
    app.command("interdep.cli.agree:agree", name="agree")
    capsys.readouterr()
    assert (
        app(["agree", *arguments, "--quiet"], exit_on_error=False, print_error=False, result_action="return_value") == 0
    )
    return capsys.readouterr().out


def test_the_command_prints_the_answer_and_who_stands_where(capsys, tmp_path):
    said = called(capsys, "russian-oil-ban", "--as-of", THEN, "--out", str(tmp_path / "out"))
    assert "It does not pass as it stands; not in favour: BGR, CZE, HUN, SVK." in said
    assert "Still not in favour: nobody" in said
    assert "17 more bear no cost and would sign." in said
    assert Agreement.load(tmp_path / "out").passes == "no"
    assert "Who would sign" in (tmp_path / "out" / "README.txt").read_text(encoding="utf-8")
    plain = json.loads(
        called(capsys, "russian-oil-ban", "--as-of", THEN, "--no-facts", "--alternatives", "1", "--json")
    )
    assert plain["about"]["facts"] is False
    assert {r["scenario"] for r in plain["outcome"]["rows"]} == {PROPOSED, "alternative 1"}
    refused("name a proposal", lambda: called(capsys))
