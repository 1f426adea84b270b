"""`interdep run --every-supplier`: each supplier of the world stopped in turn, and what it costs a few buyers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from interdep.cli.common import Common, print_grid, print_json, print_line, save_tables, share
from interdep.errors import InputError
from interdep.units import MISSING

if TYPE_CHECKING:
    from interdep.models.model import Model
    from interdep.tables import Table
    from interdep.world import World


def every_supplier(
    models: Sequence[Model],
    buyers: Mapping[str, Sequence[str]],
    days: int,
    workers: int,
    top: int,
    strict: bool,
    world: World,
    common: Common,
) -> int:
    """Tables of all stops, one for each model, printed and saved; a sweep that was stopped goes on where it was."""
    from interdep.models.leontief import Leontief
    from interdep.models.stops import supplier_stops

    found: dict[str, Table] = {}
    complete = True
    for model in models:
        if isinstance(model, Leontief):
            found[model.name] = replace(supplier_stops(world, buyers, days, model), name="supplier_stops-leontief")
        else:
            found[model.name], failed = _swept(model, buyers, days, workers, world, common)
            complete = complete and not failed
    if common.out is not None:
        save_tables(common.out, list(found.values()), "Every supplier stopped in turn")
    if common.json:
        print_json({name: table.to_dict() for name, table in found.items()})
        return 2 if strict and not complete else 0
    for name, table in found.items():
        for buyer in buyers:
            _print(name, buyer, table, days, top, world)
    return 2 if strict and not complete else 0


def _swept(
    model: Model, buyers: Mapping[str, Sequence[str]], days: int, workers: int, world: World, common: Common
) -> tuple[Table, tuple[str, ...]]:
    """A model that has no shortcut solves every stop; each chunk is kept as soon as it is finished."""
    from interdep.models.ario import Ario
    from interdep.models.stops import stops_of_sweep
    from interdep.models.sweep import every_supplier as all_stops
    from interdep.models.sweep import sweep

    folder = (common.out or Path("interdep-every-supplier")) / model.name
    scenarios = all_stops(world, days)
    with common.count(f"{model.name}, {len(scenarios):,} stops") as progress:
        if workers == 1:
            done = sweep(scenarios, model, folder, buyers, world, progress=progress)
        else:
            import multiprocessing
            from concurrent.futures import ProcessPoolExecutor

            alone = replace(model, threads=1) if isinstance(model, Ario) else model
            with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
                done = sweep(scenarios, alone, folder, buyers, world, pool, progress)
    for line in done.failed:
        common.warn(f"warning: no result for {line}")
    if not common.quiet and not common.json:
        print_line(f"Every stop, with days and first bottlenecks: {folder}")
    return replace(stops_of_sweep(done, world, buyers, days), name=f"supplier_stops-{model.name}"), done.failed


def _print(model: str, buyer: str, table: Table, days: int, top: int, world: World) -> None:
    from interdep.classifications import industry_name
    from interdep.geography import name_of

    rows = table.where(buyer=buyer).top(top, "value_added_lost").to_rows()
    print_line(f"{name_of(buyer)}: the costliest of all suppliers that stop for {days} days, one at a time")
    print_line(f"({model}, data of {world.year})")
    cells = [
        [name_of(r["supplier"]), f"{r['industry']} {industry_name(r['industry'], world.classification)}",
         share(r["loss_share"]), MISSING if r["value_added_lost"] is None else world.money.format(r["value_added_lost"])]
        for r in rows
    ]  # fmt: skip
    print_grid(["supplier", "industry", "of yearly\nvalue added", "lost"], cells, (2, 3))
    print_line()


LONGEST = 3650
"""Days a stop of the sweep may last: losses are set against one year."""


def checked(days: int, workers: int) -> None:
    """Raise InputError for a length or a number of workers that means nothing."""
    for name, value in (("--days", days), ("--workers", workers)):
        if value < 1:
            raise InputError(f"{name} {value} must be at least 1")
    if days > LONGEST:
        raise InputError(f"--days {days} must be at most {LONGEST}: losses are set against one year's value added")
