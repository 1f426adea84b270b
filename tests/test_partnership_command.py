"""`interdep partnership`: each sub-command on a folder of its own, in text and as JSON, and results it refuses."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from interdep.cli.partnership import app
from interdep.cli.partnership_shown import print_status
from interdep.dependence.measure import measure
from interdep.errors import InputError
from interdep.partnership.documents import Commitment, Effect
from interdep.partnership.indicators import INDICATORS
from interdep.partnership.results import found_in
from interdep.partnership.schema import Partnership
from interdep.partnership.status import status
from interdep.provenance import METHOD
from interdep.tables import Table
from interdep.testing import small_world
from interdep.units import per_cent
from test_partnership_folder import COMMITMENT, WHOLE


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Runs a sub-command beside the folder `mine`; gives (exit code, stdout)."""
    monkeypatch.chdir(tmp_path)
    for name, text in WHOLE.items():
        (Path("mine") / name).parent.mkdir(parents=True, exist_ok=True)
        (Path("mine") / name).write_text(text, encoding="utf-8")

    def run(*arguments: str) -> tuple[int, str]:
        code = app(list(arguments), exit_on_error=False, print_error=False, result_action="return_value")
        return code, capsys.readouterr().out

    return run


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    """A results folder that holds a measurement."""
    place = tmp_path_factory.mktemp("results")
    measure(["DEU", "JPN"], world=small_world()).save(place / "dependencies")
    return place


def test_check_says_what_is_wrong_and_fails_and_passes_once_it_is_right(call):
    assert call("check", "mine")[0] == 0
    assert call("check", "mine")[1].splitlines()[-1] == "4 files read: 0 errors, 0 warnings"
    Path("mine/commitments/warning.toml").write_text(COMMITMENT.replace('"chips"', '"ships"'), encoding="utf-8")
    code, out = call("check", "mine")
    assert code == 1
    assert out.startswith(
        "error: mine/commitments/warning.toml, line 3: unknown pillar 'ships'; did you mean 'chips'?\n"
    )
    code, out = call("check", "mine", "--json")
    assert (code, json.loads(out)["ok"]) == (1, False)


def test_status_prints_and_saves_and_can_be_the_baseline_of_a_later_one(call, results):
    code, out = call("status", "mine", "--results", str(results), "--on", "2024-08-01", "--out", "first")
    assert code == 0
    assert "Mine" not in out
    assert out.startswith("A partnership on 2024-08-01: 1 commitment, 0 of them open\n")
    assert "not reached" in out
    lines = out.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("Indicators by pillar: latest (range) trend"))
    assert lines[start + 1] == "Each is a part: reliance, largest-outsider of all inputs"
    assert lines[start + 2].split()[:2] == ["pillar", "member"]
    saved = json.loads(call("status", "mine", "--results", str(results), "--json")[1])["tables"]["indicators"]["rows"]
    value = next(r["value"] for r in saved if r["indicator"] == "reliance" and r["member"] == "JPN")
    assert per_cent(value) in next(line for line in lines[start:] if "Japan" in line)
    assert sorted(p.suffix for p in Path("first").iterdir()) == [".csv"] * 3 + [".json"] + [".parquet"] * 3 + [".txt"]
    code, out = call("status", "mine", "--results", str(results), "--baseline", "first", "--json")
    rows = json.loads(out)["tables"]["indicators"]["rows"]
    assert {r["trend"] for r in rows if r["value"] is not None} == {"unchanged"}


def test_a_baseline_whose_status_has_lost_a_table_is_refused_and_not_computed_anew(call, results):
    whole = Path("whole")
    shutil.copytree(results, whole)
    call("status", "mine", "--results", str(results), "--out", "whole/status")
    shutil.copytree("whole/status", "alone")
    for place, baseline in (("whole/status", "whole"), ("alone", "alone")):
        (Path(place) / "indicators.parquet").unlink()
        with pytest.raises(InputError, match=rf"{place} has lost its table indicators\.parquet"):
            call("status", "mine", "--results", str(results), "--baseline", baseline)


def test_losses_say_what_they_are_a_part_of_and_a_baseline_later_than_the_data_is_said_in_its_row(capsys):
    names = {"exposure": 0.1, "exposure-by-day": 0.2, "exposure-adjusted": 0.3, "exposure-by-year": 0.4}
    rows = [
        {"criterion": f"{name}/s", "member": "DEU", "indicator": name, "of": "s", "value": value, "low": None, "high": None,
         "year": 2014, "unit": INDICATORS[name].unit, "better": "lower", "note": ""}
        for name, value in names.items()
    ]  # fmt: skip
    own = {"value": "fraction", "unit": ""}
    kinds: dict[str, Any] = {"low": pl.Float64, "high": pl.Float64}
    now = Table("indicators", pl.DataFrame(rows, schema_overrides=kinds), ("criterion", "member"), own)
    aimed = Effect(id="exposure", of="s", baseline=0.2, baseline_year=2022)
    late = Commitment(id="one", text="Do", pillar="p", owners=["DEU"], indicator=aimed, due=date(2024, 7, 31))
    mine = Partnership(name="m", title="M", members=["DEU", "JPN"], commitments=(late,))
    print_status(status(mine, now, on=date(2024, 8, 1)))
    out = capsys.readouterr().out
    assert (
        "Each is a part: exposure, exposure-by-day of yearly value added; exposure-adjusted, exposure-by-year of real"
        " expenditure\n"
    ) in out
    assert "none: the baseline is later than the data" in out
    assert "2024-07-31 (1 day overdue)" in out
    older = Table("indicators", now.frame.with_columns(year=2018), now.dims, now.units)
    print_status(status(mine, now, older, date(2024, 8, 1)))
    assert "No trend: the baseline is of later data than the latest.\n" in capsys.readouterr().out


def test_agenda_numbers_its_points_and_asks_for_a_baseline(call, results):
    Path("mine/commitments/warning.toml").write_text(COMMITMENT.replace('"done"', '"under way"'), encoding="utf-8")
    _, out = call("agenda", "mine", "--for", "2024-08-01", "--results", str(results))
    assert out.splitlines()[:3] == [
        "Proposed agenda: A partnership, 2024-08-01",
        "1. Warn each other early",
        "   Overdue commitment, pillar chips. Due on 2024-06-30, 32 days earlier; it is under way.",
    ]
    assert "name the folder of an older assessment" in out
    with pytest.raises(InputError, match=r"--for: '1 August' is not a day"):
        call("agenda", "mine", "--for", "1 August")


def test_new_sign_diff_and_calendar_work_on_one_folder(call):
    assert call("new", "IND-AUS", "--members", "IND,AUS")[0] == 0
    assert call("check", "IND-AUS")[0] == 0
    call("new", "other", "--members", "DEU,JPN", "--out", "old")
    with pytest.raises(InputError, match="has no commitment to sign; write one under commitments"):
        call("sign", "IND-AUS", "all", "--member", "IND")
    assert call("diff", "mine", "mine")[1] == "Nothing changed.\n"
    assert "Commitment early-warning was taken out: Warn each other early" in call("diff", "mine", "old")[1]
    assert call("sign", "mine", "all", "--member", "JPN", "--on", "2024-07-01")[1].startswith(
        "early-warning: JPN has signed "
    )
    for what in ("all", "early-warning"):
        again = call("sign", "mine", what, "--member", "JPN", "--on", "2024-07-01")
        assert again == (0, "JPN has signed early-warning already; nothing is changed\n")
    assert call("calendar", "mine", "--out", "x.ics")[1] == "2 events in x.ics\n"
    first = Path("x.ics").read_bytes()
    call("calendar", "mine", "--out", "x.ics")
    assert Path("x.ics").read_bytes() == first
    assert b"SUMMARY:First meeting" in first


def test_schema_prints_one_kind_and_writes_all(call):
    assert json.loads(call("schema", "meeting")[1])["title"] == "meetings/*.toml"
    call("schema", "--out", "schemas")
    assert sorted(p.name for p in Path("schemas").iterdir()) == [
        "commitment.json", "lever.json", "meeting.json", "partnership.json",
    ]  # fmt: skip
    with pytest.raises(InputError, match="unknown kind of file 'meting'; did you mean 'meeting'"):
        call("schema", "meting")


def test_a_partnership_that_the_packaged_table_does_not_hold_has_a_status_without_indicators(call, caplog):
    code, out = call("status", "eu-singapore", "--on", "2026-01-01")
    assert code == 0
    assert "digital-trade-principles" in out
    assert "does not keep SGP apart" in caplog.text


def test_results_that_are_not_there_of_others_or_of_another_version_are_refused(results, tmp_path):
    mine = Partnership(name="m", title="M", members=["DEU", "JPN"])
    for folder, sentence in (
        (tmp_path / "nowhere", "there is no folder"),
        (tmp_path, "holds no assessment"),
    ):
        with pytest.raises(InputError, match=sentence):
            found_in(folder, mine)
    with pytest.raises(InputError, match="is of DEU, JPN, and m of JPN, DEU; name the results of this partnership"):
        found_in(results, mine.model_copy(update={"members": ("JPN", "DEU")}))
    measure(["DEU", "JPN"], world=small_world()).save(tmp_path / "old" / "dependencies")
    manifest = tmp_path / "old" / "dependencies" / "manifest.json"
    manifest.write_text(
        manifest.read_text(encoding="utf-8").replace(f'"method": {METHOD}', '"method": 0'), encoding="utf-8"
    )
    with pytest.raises(InputError, match="was made with method 0"):
        found_in(tmp_path / "old", mine)
    measure(["DEU", "JPN"], world=small_world()).save(tmp_path / "less" / "dependencies")
    (tmp_path / "less" / "dependencies" / "reliance_overall.parquet").unlink()
    with pytest.raises(InputError, match=r"has lost its table reliance_overall\.parquet"):
        found_in(tmp_path / "less", mine)


def test_a_long_agenda_is_cut_by_kind_and_says_so(call, results):
    for number in range(12):
        text = COMMITMENT.replace('"early-warning"', f'"n-{number}"').replace('"done"', '"under way"')
        Path(f"mine/commitments/{number}.toml").write_text(text, encoding="utf-8")
    _, out = call("agenda", "mine", "--for", "2026-01-01", "--results", str(results))
    assert out.count("Overdue commitment") == 10
    assert "2 more of the kind “overdue commitment”: --top 12" in out
    _, out = call("agenda", "mine", "--for", "2026-01-01", "--results", str(results), "--top", "12")
    assert out.count("Overdue commitment") == 12
