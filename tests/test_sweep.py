"""Sweeps: chunks that follow from inputs alone, resumption to the byte after a kill, any executor, workers that die."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

import interdep.models.sweep as sweep_module
from interdep import Ario, InputError, InterdepError, Leontief, NotConverged, Scenario, SupplyStop, Tariff
from interdep.models.stops import stops_of_sweep, supplier_stops
from interdep.models.sweep import every_supplier, sweep
from interdep.testing import small_world

BUYERS = {"G": ("DEU", "JPN"), "USA": ("USA",)}


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def world():
    return small_world(5, 4, seed=1)


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(sweep_module, "CHUNK", 6)


def stops(world, days: int = 20) -> list[Scenario]:
    return every_supplier(world, days=days)


def test_a_scenario_for_every_supplier_with_output(world):
    scenarios = stops(world)
    assert len(scenarios) == 20
    assert scenarios[1].name == "DEU C26"
    (shock,) = scenarios[1].shocks
    assert (shock.economies, shock.industries, shock.share, shock.days) == (("DEU",), ("C26",), 1.0, 20)


def test_losses_are_those_of_running_each_by_itself(world, tmp_path, small_chunks):
    from interdep import run

    scenarios = stops(world)
    done = sweep(scenarios, Ario(), tmp_path, BUYERS, world)
    assert done.failed == ()
    for scenario in scenarios[::7]:
        alone = run(scenario, models="ario", world=world).loss.grouped("economy", BUYERS).to_rows()
        for row in alone:
            (kept,) = done.losses.where(scenario=scenario.name, buyer=row["economy"]).to_rows()
            assert kept["value_added_lost"] == pytest.approx(row["value_added_lost"], rel=1e-9, abs=1e-12)
    assert [len(chunk.scenarios) for chunk in done.chunks()] == [6, 6, 6, 2]


def test_leontief_sweeps_to_what_its_shortcut_gives(world, tmp_path, small_chunks):
    done = sweep(stops(world, 365), Leontief(), tmp_path, BUYERS, world)
    table = stops_of_sweep(done, world, BUYERS)
    shortcut = supplier_stops(world, BUYERS)
    kept = {(r["supplier"], r["industry"], r["buyer"]): r["value_added_lost"] for r in table.to_rows()}
    known = {(r["supplier"], r["industry"], r["buyer"]): r["value_added_lost"] for r in shortcut.to_rows()}
    assert kept == pytest.approx(known, rel=1e-9)


def test_a_second_call_makes_nothing_and_reads_everything(world, tmp_path, small_chunks, monkeypatch):
    first = sweep(stops(world), Ario(), tmp_path, BUYERS, world)
    before = content(tmp_path)
    monkeypatch.setattr(sweep_module, "solve_chunk", lambda *_: pytest.fail("a chunk was solved again"))
    second = sweep(stops(world), Ario(), tmp_path, BUYERS, world)
    assert content(tmp_path) == before
    assert second.losses.frame.equals(first.losses.frame)


def test_a_chunk_that_is_lost_is_made_again_and_the_others_are_not(world, tmp_path, small_chunks, monkeypatch):
    import shutil

    sweep(stops(world), Ario(), tmp_path, BUYERS, world)
    before = content(tmp_path)
    shutil.rmtree(tmp_path / "chunk-00002")
    made = []
    original = sweep_module.solve_chunk
    monkeypatch.setattr(sweep_module, "solve_chunk", lambda *a: made.append(a[0][0].name) or original(*a))
    told = []
    sweep(stops(world), Ario(), tmp_path, BUYERS, world, progress=lambda done, of: told.append((done, of)))
    assert made == [stops(world)[12].name]
    assert told == [(3, 4), (4, 4)]
    assert content(tmp_path) == before


def test_another_model_makes_every_chunk_again(world, tmp_path, small_chunks):
    one = sweep(stops(world), Ario(), tmp_path, BUYERS, world)
    other = sweep(stops(world), Ario(psi=0.95), tmp_path, BUYERS, world)
    assert not other.losses.frame.equals(one.losses.frame)


def test_another_number_of_threads_makes_nothing_again(world, tmp_path, small_chunks, monkeypatch):
    sweep(stops(world), Ario(threads=2), tmp_path, BUYERS, world)
    before = content(tmp_path)
    sweep(stops(world), Ario(threads=1), tmp_path / "one", BUYERS, world)
    assert content(tmp_path / "one") == before
    monkeypatch.setattr(sweep_module, "solve_chunk", lambda *_: pytest.fail("a chunk was solved again"))
    sweep(stops(world), Ario(threads=1), tmp_path, BUYERS, world)


def test_stops_of_industries_with_blanks_in_their_codes_are_told_apart(tmp_path):
    from interdep import World

    base = small_world(3, 2)
    world = World(
        "blanks", base.money, base.economies, ("Heavy goods", "Heavy metals"), base.final_uses, base.intermediate,
        base.final_use,
    )  # fmt: skip
    done = sweep(stops(world), Ario(), tmp_path, {"DEU": ("DEU",)}, world)
    table = stops_of_sweep(done, world, {"DEU": ("DEU",)}, 20)
    assert sorted((r["supplier"], r["industry"]) for r in table.to_rows()) == [
        (e, i) for e in ("JPN", "USA") for i in ("Heavy goods", "Heavy metals")
    ]
    assert "20 days" in table.units["value_added_lost"]


KILLED = """
import sys, time
from pathlib import Path
import interdep.models.sweep as s
from interdep import Ario
from interdep.testing import small_world
s.CHUNK = 6
world = small_world(5, 4, seed=1)
original = s.solve_chunk
def slowly(*arguments):
    time.sleep(0.2)
    return original(*arguments)
s.solve_chunk = slowly
if __name__ == "__main__":
    s.sweep(s.every_supplier(world, days=20), Ario(), Path(sys.argv[1]), {"G": ("DEU", "JPN"), "USA": ("USA",)}, world)
"""


def test_a_sweep_that_is_killed_goes_on_and_ends_in_the_same_bytes(world, tmp_path, small_chunks):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    sweep(stops(world), Ario(), whole, BUYERS, world)
    script = tmp_path / "killed.py"
    script.write_text(textwrap.dedent(KILLED))
    process = subprocess.Popen([sys.executable, str(script), str(cut)])
    waited = time.monotonic()
    while not (cut / "chunk-00001" / "manifest.json").exists():
        assert process.poll() is None, "the sweep ended before it could be killed"
        assert time.monotonic() - waited < 60
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    finished = {p.name for p in cut.glob("chunk-*")}
    assert {"chunk-00000", "chunk-00001"} <= finished
    assert not (cut / "losses").exists()
    sweep(stops(world), Ario(), cut, BUYERS, world)
    made = {name: data for name, data in content(cut).items() if not name.startswith(".")}
    assert made == content(whole)


def test_threads_give_the_same_bytes(world, tmp_path, small_chunks):
    sweep(stops(world), Ario(), tmp_path / "plain", BUYERS, world)
    with ThreadPoolExecutor(2) as pool:
        sweep(stops(world), Ario(), tmp_path / "threads", BUYERS, world, pool)
    assert content(tmp_path / "threads") == content(tmp_path / "plain")


def test_processes_give_the_same_bytes(world, tmp_path, small_chunks):
    sweep(stops(world), Ario(), tmp_path / "plain", BUYERS, world)
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        sweep(stops(world), Ario(), tmp_path / "processes", BUYERS, world, pool)
    assert content(tmp_path / "processes") == content(tmp_path / "plain")


def test_processes_that_are_copies_are_refused_before_they_hang(world, tmp_path):
    with (
        ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as pool,
        pytest.raises(InputError, match=r'mp_context=multiprocessing.get_context\("spawn"\)'),
    ):
        sweep(stops(world), Ario(), tmp_path, BUYERS, world, pool)


def test_a_process_that_dies_is_said_so_and_what_is_finished_stays(world, tmp_path, small_chunks, monkeypatch):
    monkeypatch.setattr(sweep_module, "IN_FLIGHT", 1)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        killed = []

        def progress(done: int, of: int) -> None:
            if done == 2 and not killed:
                killed.extend(pool._processes)
                os.kill(killed[0], signal.SIGKILL)
                time.sleep(0.3)

        with pytest.raises(InterdepError, match=r"a worker process died .* finished chunks are kept"):
            sweep(stops(world), Ario(), tmp_path / "cut", BUYERS, world, pool, progress)
    assert len(list((tmp_path / "cut").glob("chunk-*"))) >= 2
    sweep(stops(world), Ario(), tmp_path / "cut", BUYERS, world)
    sweep(stops(world), Ario(), tmp_path / "plain", BUYERS, world)
    assert content(tmp_path / "cut") == content(tmp_path / "plain")


@pytest.mark.filterwarnings("ignore")
def test_a_dask_worker_that_is_killed_is_made_up_for(world, tmp_path, small_chunks):
    distributed = pytest.importorskip("distributed")
    sweep(stops(world), Ario(), tmp_path / "plain", BUYERS, world)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        killed = []

        def progress(done: int, of: int) -> None:
            if done == 1 and not killed:
                killed.append(next(iter(cluster.workers.values())).pid)
                os.kill(killed[0], signal.SIGKILL)

        sweep(stops(world), Ario(), tmp_path / "dask", BUYERS, world, client.get_executor(), progress)
    assert killed
    assert content(tmp_path / "dask") == content(tmp_path / "plain")


def test_scenarios_that_fail_keep_their_reason_and_the_others_return(world, tmp_path, small_chunks):
    wrong = Scenario("wrong", shocks=[SupplyStop(economies="BRA", days=5)], horizon=20)
    done = sweep([*stops(world)[:7], wrong], Ario(), tmp_path, BUYERS, world)
    assert len(done.failed) == 1
    assert "ario wrong" in done.failed[0]
    assert "BRA" in done.failed[0]
    assert done.losses.frame["scenario"].n_unique() == 7


def test_a_whole_chunk_that_fails_does_not_stop_the_sweep(world, tmp_path, small_chunks):
    wrong = [Scenario(f"w{k}", shocks=[SupplyStop(economies="BRA", days=5)], horizon=20) for k in range(6)]
    # The last chunk holds one scenario, which fails as well.
    last = Scenario("last", shocks=[SupplyStop(economies="BRA", days=5)], horizon=20)
    done = sweep([*wrong, *stops(world)[:6], last], Ario(), tmp_path, BUYERS, world)
    assert len(done.failed) == 7
    assert done.losses.frame["scenario"].n_unique() == 6


def test_a_sweep_of_nothing_but_failures_is_no_result(world, tmp_path):
    duty = Scenario("duty", shocks=[Tariff(economies="DEU", suppliers="JPN", rate=0.1, days=5)], horizon=20)
    with pytest.raises(NotConverged, match="no scenario of the sweep has a result; the first: leontief duty"):
        sweep([duty], Leontief(), tmp_path, BUYERS, world)


def test_questions_without_sense_are_refused(world, tmp_path):
    with pytest.raises(InputError, match="a sweep needs at least one scenario"):
        sweep([], Ario(), tmp_path, BUYERS, world)
    twice = stops(world)[:1] * 2
    with pytest.raises(InputError, match="two scenarios are called 'DEU B'"):
        sweep(twice, Ario(), tmp_path, BUYERS, world)
