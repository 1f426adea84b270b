"""The README's and the scenario page's examples run as they stand."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from interdep import Scenario, World
from interdep.cli.main import main

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^(interdep (?!assess).*?)(?:\s+#.*)?$", README, flags=re.MULTILINE)


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def test_the_readme_has_five_examples():
    assert len(COMMANDS) == 5


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_readme_runs(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("mine.toml").write_text(blocks(README, "toml")[0], encoding="utf-8")
    assert main(shlex.split(command)[1:]) == 0
    assert capsys.readouterr().out.strip()


def test_the_python_of_the_readme_runs(capsys):
    names: dict[str, object] = {}
    exec(blocks(README, "python")[0], names)
    assert names["run"].scenario.name == "taiwan"  # type: ignore[attr-defined]
    assert "Timmer" in capsys.readouterr().out


def test_the_scenario_of_the_docs_is_read():
    first, by_product, duties = blocks((ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8"), "toml")
    assert len(Scenario.parse(first, "docs/scenarios.md").shocks) == 2
    assert not Scenario.parse(f'name = "duties"\n{duties}', "docs/scenarios.md").on(World.read()).quiet
    whole = Scenario.parse(f'name = "by-product"\n{by_product}', "docs/scenarios.md")
    assert whole.on(World.read()).notes


def test_the_trade_of_the_docs_is_read_and_says_why():
    names: dict[str, object] = {}
    exec(blocks((ROOT / "docs" / "own-trade.md").read_text(encoding="utf-8"), "python")[0], names)
    assert names["trade"].periods == (2023,)  # type: ignore[attr-defined]
