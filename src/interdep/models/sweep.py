"""Thousands of scenarios in chunks: each is finished, kept on disk and never made again; memory holds one chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from interdep.errors import InputError, InterdepError, MissingData, NotConverged
from interdep.models.model import Model
from interdep.models.run import Run, attempt, only_once
from interdep.shocks.kinds import SupplyStop
from interdep.shocks.scenario import Scenario
from interdep.store import Job
from interdep.tables import Table, load_tables, save_tables
from interdep.world import World

if TYPE_CHECKING:
    import polars as pl

CHUNK = 128
"""Scenarios in a chunk; a fixed number, so that chunks are the same on every machine and every resumption."""

IN_FLIGHT = 16
"""Chunks given to an executor at a time: enough to keep a few machines busy, few enough to hold what comes back."""

FIRST = 20
"""Bottlenecks kept of each scenario: those that bite first, the deepest first among those of one day."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """A finished sweep on disk.

    losses: Table over (scenario, buyer): value added lost and its share of the buyer's yearly value added, NaN nowhere;
    failed: one line for each scenario without a result; folder: where every chunk lies as a Run (`chunks`).
    """

    losses: Table
    failed: tuple[str, ...]
    folder: Path
    parts: int

    def chunks(self) -> Iterator[Run]:
        """The runs of all chunks, one after another, read when their turn comes."""
        return (Run.load(self.folder / part_name(number)) for number in range(self.parts))


def every_supplier(world: World, days: int = 365, share: float = 1.0) -> list[Scenario]:
    """A scenario for every industry of every economy that has output: it stops delivering abroad for `days`."""
    return [
        Scenario(
            f"{economy} {industry}",
            shocks=[SupplyStop(economies=[economy], industries=[industry], share=share, days=days)],
            horizon=days,
        )
        for (economy, industry), live in zip(world.nodes, world.live.tolist(), strict=True)
        if live
    ]


def sweep(
    scenarios: Sequence[Scenario],
    model: Model,
    folder: Path,
    buyers: Mapping[str, Sequence[str]],
    world: World | None = None,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Sweep:
    """Every scenario in one model, chunk by chunk, each kept in `folder` as soon as it is finished.

    buyers: {label: members} whose losses are summed up; executor: any `concurrent.futures.Executor` (processes, a Dask
    client's `get_executor()`); default this process; progress: called with (chunks finished, chunks in all).
    A sweep that was stopped, by whatever, goes on where it was: what stands is not made again, and the result is the same
    to the byte. A scenario that fails keeps its reason. Raises InterdepError where workers of the executor have died for
    good, NotConverged where no scenario has a result.
    """
    world = world if world is not None else World.read()
    _not_forked(executor)
    if not scenarios:
        raise InputError("a sweep needs at least one scenario")
    only_once([s.name for s in scenarios])
    parts = [list(scenarios[k : k + CHUNK]) for k in range(0, len(scenarios), CHUNK)]
    job = Job(folder)

    # How many threads work changes no bit, so that it may change between a sweep and its resumption.
    which = {"model": model.name, **{name: value for name, value in vars(model).items() if name != "threads"}}

    def inputs(number: int) -> dict[str, object]:
        return {"table": world.hash, "name": world.name, "model": which, "scenarios": parts[number]}

    def keep(number: int, made: Callable[[], Run]) -> None:
        job.step(part_name(number), inputs(number), lambda place: made().save(place, csv=False))

    waiting = [number for number in range(len(parts)) if not job.holds(part_name(number), inputs(number))]
    done = len(parts) - len(waiting)
    progress(done, len(parts))
    for number, made in _solved(parts, waiting, model, world, executor):
        keep(number, made)
        done += 1
        progress(done, len(parts))
    everything = {"table": world.hash, "model": which, "buyers": buyers, "scenarios": list(scenarios)}
    job.step("losses", everything, lambda place: _sum_up(folder, len(parts), buyers, place))
    tables, manifest = load_tables(folder / "losses", "losses")
    return Sweep(tables["losses"], tuple(manifest["failed"]), folder, len(parts))


def part_name(number: int) -> str:
    """The folder of a chunk."""
    return f"chunk-{number:05d}"


def _not_forked(executor: Executor | None) -> None:
    """Refuse processes that are copies of this one: the threads of numpy and polars do not live on in a copy, and it hangs."""
    context = getattr(executor, "_mp_context", None)
    if context is not None and context.get_start_method() == "fork":
        raise InputError(
            "this executor copies the running process (fork), which hangs where threads are at work; make it with"
            ' ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"))'
        )


def _solved(
    parts: Sequence[list[Scenario]], waiting: list[int], model: Model, world: World, executor: Executor | None
) -> Iterator[tuple[int, Callable[[], Run]]]:
    """(number, how to have its Run) of every chunk that is not there yet, as each is finished."""
    if executor is None:
        for number in waiting:
            yield number, lambda part=parts[number]: solve_chunk(part, model, world)
        return
    source = world.name if _is_packaged(world) else world
    running: dict[Future[Run], int] = {}
    left = iter(waiting)
    try:
        while True:
            for number in left:
                running[executor.submit(solve_chunk, parts[number], model, source)] = number
                if len(running) >= IN_FLIGHT:
                    break
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                number = running.pop(future)
                yield number, future.result
    except BrokenExecutor as error:
        raise InterdepError(
            f"a worker process died ({error}); finished chunks are kept: run the same again to go on, with fewer workers where"
            " memory was short"
        ) from error
    finally:
        for future in running:
            future.cancel()


def solve_chunk(scenarios: list[Scenario], model: Model, source: World | str) -> Run:
    """The Run of one chunk; what a worker does. source: a World, or the name of a packaged one, which is read there."""
    world = source if isinstance(source, World) else _packaged(source)
    made = attempt(scenarios, model, world)
    return Run(made.loss, made.status, made.scenarios, made.at, made.provenance, _short(made.days))


_READ: dict[str, World] = {}


def _packaged(name: str) -> World:
    """A packaged table, read once in each process."""
    if name not in _READ:
        _READ[name] = World.read(name)
    return _READ[name]


def _is_packaged(world: World) -> bool:
    try:
        return World.read(world.name).hash == world.hash
    except (InputError, MissingData):
        return False


def _short(days: Mapping[str, Table]) -> dict[str, Table]:
    """What a sweep keeps of the day by day tables: losses by economy and day, and the first bottlenecks."""
    if not days:
        return {}
    daily, found = days["daily"], days["bottlenecks"]
    lost = {"value_added_lost": daily.units["value_added_lost"]}
    return {
        "daily": replace(daily, frame=daily.frame.select(*daily.dims, *lost), units=lost, ratios={}),
        "bottlenecks": replace(found, frame=found.frame.group_by("scenario", maintain_order=True).head(FIRST)),
    }


def _sum_up(folder: Path, parts: int, buyers: Mapping[str, Sequence[str]], place: Path) -> None:
    """Read chunk by chunk and write the buyers' losses and the list of failures."""
    import polars as pl

    frames: list[pl.DataFrame] = []
    failed: list[str] = []
    sample: Table | None = None
    for number in range(parts):
        chunk = Run.load(folder / part_name(number))
        failed += chunk.failures()
        if len(chunk.loss):
            sample = chunk.loss
            frames.append(chunk.loss.grouped("economy", buyers).frame)
    if sample is None:
        raise NotConverged(f"no scenario of the sweep has a result; the first: {failed[0]}")
    frame = pl.concat(frames).rename({"economy": "buyer"}).drop("model")
    table = Table(
        "losses", frame, ("scenario", "buyer"), {c: u for c, u in sample.units.items() if c in frame.columns},
        "Value added lost, scenario by scenario", dict(sample.ratios), sample.provenance,
    )  # fmt: skip
    save_tables(place, {"losses": table}, kind="losses", failed=failed)
