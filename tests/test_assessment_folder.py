"""An assessment in its folder: a step of another one is refused, one hash says which it is, the pages' tables lie with them."""

from __future__ import annotations

import io
import os
import re
import shutil
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from interdep import Ario, InputError, Partnership, Scenario, SupplyStop, assess
from interdep.assessment import Assessment, behind, brief
from interdep.assessment.behind import tables_of
from interdep.assessment.keeping import fingerprint
from interdep.models.fan import variants
from interdep.partnership.documents import Commitment
from interdep.partnership.measures import Resilience
from interdep.partnership.results import found_in
from interdep.partnership.schema import Pillar
from interdep.testing import small_world
from interdep.trade import Trade
from made_trades import made as trade_of

DAY = date(2026, 6, 1)
STEPS = ("dependencies", "run", "days", "prices", "years", "stops", "plans", "votes", "coalitions", "status")


@pytest.fixture(scope="module", autouse=True)
def few_variants():
    """Three of the variants that are tried day by day; all of them are in tests/test_fan.py."""

    def few(model: Ario) -> dict[str, Ario]:
        return {name: each for name, each in variants(model).items() if name in ("default", "stocks low", "psi 0.95")}

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("interdep.models.fan.variants", few)
        patched.setattr("interdep.assessment.composing.variants", few)
        yield


def partnership(*members: str, text: str = "Do it", budget: str = "1 % of imports/year") -> Partnership:
    done = Commitment(id="c1", text=text, pillar="chips", owners=list(members), status="under way")
    plan = Resilience(name="chips", title="Chips stop", every_supplier=True, industries=["C26"], budget=budget)
    return Partnership(
        name="-".join(members).lower(), title="A partnership", members=list(members), plans=[plan], commitments=[done],
        pillars=[Pillar(id="chips", title="Chips", industries=["C26"])],
    )  # fmt: skip


def assessed(what: Partnership, folder=None) -> Assessment:
    stops = [
        Scenario(name, title=name.capitalize(), shocks=[SupplyStop(economies="CHN", industries="C26", days=days)])
        for name, days in (("short", 60), ("long", 120))
    ]
    return assess(what, stops, small_world(4, 3), folder, draws=4, on=DAY)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    return assessed(partnership("DEU", "JPN"), tmp_path_factory.mktemp("one"))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    return assessed(partnership("DEU", "USA"), tmp_path_factory.mktemp("other"))


@pytest.fixture
def copy(one: Assessment, tmp_path):
    assert one.folder
    return shutil.copytree(one.folder, tmp_path / "copy")


@pytest.mark.parametrize("step", ["dependencies", "days", "stops", "plans", "status"])
def test_a_step_of_another_assessment_is_refused_and_made_again(one, copy, other, step):
    shutil.rmtree(copy / step)
    shutil.copytree(other.folder / step, copy / step)
    with pytest.raises(InputError) as refused:
        brief(copy, world=small_world(4, 3))
    assert str(refused.value).startswith(f"{copy / step} does not belong to this assessment")
    assert str(refused.value).endswith("run interdep assess again")
    with pytest.raises(InputError, match=f"{step} does not belong to this assessment"):
        found_in(copy, one.partnership)


def test_what_was_refused_is_mended_by_assessing_again(one, copy, other):
    shutil.copytree(other.folder / "stops", copy / "stops", dirs_exist_ok=True)
    assessed(one.partnership, copy)
    assert Assessment.load(copy, small_world(4, 3)).html() == one.html()


@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_is_gone_is_refused(copy, step):
    shutil.rmtree(copy / step)
    with pytest.raises(InputError, match=rf"{step} does not belong to this assessment \(it is gone"):
        Assessment.load(copy, small_world(4, 3))


def test_an_assessment_broken_off_after_a_change_is_not_read_as_a_whole(one, copy, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("interdep.assessment.composing.status", broken)
    with pytest.raises(KeyboardInterrupt):
        assessed(partnership("DEU", "JPN", budget="2 % of imports/year"), copy)
    with pytest.raises(InputError, match="plans does not belong to this assessment"):
        Assessment.load(copy, small_world(4, 3))


def test_one_hash_names_the_assessment_on_the_pages_in_the_workbook_and_in_its_folder(one):
    assert re.fullmatch("[0-9a-f]{16}", one.hash)
    assert one.hash != one.run.hash
    again = Assessment.load(one.folder, small_world(4, 3))
    assert again.hash == one.hash
    made = again.brief()
    assert f"run {one.hash};" in made.document.footer
    first = openpyxl.load_workbook(io.BytesIO(made.xlsx()))["Contents"]
    assert {row[0].value: row[1].value for row in first.iter_rows(max_row=8)}["Run"] == one.hash
    by_hand = replace(one, hash="")
    assert f"run {one.run.hash};" in by_hand.brief().document.footer


def test_equal_inputs_give_the_same_hash_and_a_changed_plan_commitment_or_member_another(one, other):
    assert assessed(partnership("DEU", "JPN")).hash == one.hash
    hashes = [
        one.hash,
        other.hash,
        assessed(partnership("DEU", "JPN", text="Do it soon")).hash,
        assessed(partnership("DEU", "JPN", budget="2 % of imports/year")).hash,
    ]
    assert len(set(hashes)) == 4


def test_product_flows_count_by_what_they_hold_and_not_by_the_time_of_their_files(tmp_path):
    def kept(value: float, place: str) -> Trade:
        trade_of([("CHN", "DEU", "854231", 2021, value)]).save(tmp_path / place)
        return Trade.read(tmp_path / place)

    first = kept(60.0, "a")
    before = fingerprint({"draws": 4}, [first])
    for file in first.files.values():
        os.utime(file, (1, 1))
    assert fingerprint({"draws": 4}, [first]) == before
    assert fingerprint({"draws": 4}, [kept(60.0, "b")]) == before
    assert fingerprint({"draws": 4}, [kept(61.0, "c")]) != before
    assert fingerprint({"draws": 5}, [first]) != before


def test_the_tables_that_the_pages_rest_on_are_with_them(one):
    tables = {t.name: t for t in tables_of(one)}
    lead = max(one.fan.ranges().to_rows(), key=lambda r: r["value"])
    losses = tables["days_lead_losses"].to_rows()
    assert {(r["scenario"], r["economy"]) for r in losses} == {(lead["scenario"], "DEU"), (lead["scenario"], "JPN")}
    own = [r for r in losses if r["economy"] == lead["economy"]]
    shown = sum(r["value_added_lost"] for r in own) / sum(r["value_added"] for r in own)
    assert shown == pytest.approx(lead["value"])
    assert tables["days_lead_losses"].title.startswith(f"{lead['scenario'].capitalize()}: ")
    (worst,) = {max(one.found.costliest_stops("JPN"), key=lambda r: r["value_added_lost"])["supplier"]}
    assert next(r for r in tables["supplier_stops"].to_rows() if r["buyer"] == "JPN")["supplier"] == worst
    of_days = [r for r in tables["models"].to_rows() if r["model"] == "ario" and r["economy"] == lead["economy"]]
    assert {(r["low"], r["value"], r["high"]) for r in of_days if r["scenario"] == lead["scenario"]} == {
        (lead["low"], lead["value"], lead["high"])
    }
    daily = one.fan.daily.to_rows()
    path = {(r["scenario"], r["economy"], r["day"]): r["value"] for r in tables["days_path"].to_rows()}
    assert len(path) == len(daily)
    for r in daily:
        assert path[r["scenario"], r["economy"], r["day"]] == pytest.approx(r["value"], rel=1e-5)
    members = set(tables["days_lead_bottlenecks"].frame["economy"].to_list())
    assert members <= {"DEU", "JPN"}
    assert {"days_first_held", "days_variants", "prices_deciding"} <= set(tables)
    assert tables["chips_measures"].title.startswith("Chips stop: ")


def test_a_table_that_is_cut_says_so_and_keeps_the_costliest(one, monkeypatch):
    lead = max(one.fan.ranges().to_rows(), key=lambda r: r["value"])["scenario"]
    for name, most in (("MOST", 5), ("PATH", 800), ("STOPS", 1)):
        monkeypatch.setattr(behind, name, most)
    monkeypatch.setattr(behind, "_cut", lambda table: table)
    tables = {t.name: t for t in tables_of(one)}
    assert set(tables["days_path"].frame["scenario"].to_list()) == {lead}
    assert tables["days_path"].title.endswith("(the 1 costliest of 2 scenarios; all of them lie with the results)")
    stops = tables["supplier_stops"].to_rows()
    assert sorted(r["buyer"] for r in stops) == ["DEU", "JPN"]
    for row in stops:
        every = [r["value_added_lost"] for r in one.stops.to_rows() if r["buyer"] == row["buyer"]]
        assert row["value_added_lost"] == max(every)
    assert f"(the 1 costliest for each partner, 2 of {len(one.stops)} rows)" in tables["supplier_stops"].title
    monkeypatch.undo()
    monkeypatch.setattr(behind, "MOST", 5)
    short = {t.name: t for t in tables_of(one)}
    assert all(len(t.frame) <= 5 for t in short.values())
    assert short["first_order"].title == tables["first_order"].title
    assert re.search(r"\(the first 5 of [\d,]+ rows; all of them lie with the results\)$", short["days_path"].title)
