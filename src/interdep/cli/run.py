"""`interdep run`: what breaks if a supply stops."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from interdep.cli.common import DEFAULT, Common, about_tables, open_world, print_grid, print_json, print_line, split
from interdep.errors import InputError
from interdep.units import per_cent

if TYPE_CHECKING:
    from interdep.models.run import Run
    from interdep.world import World


def run(
    *scenarios: str,
    models: Annotated[str, Parameter(help="Models, separated by commas.")] = "leontief",
    compare: Annotated[str | None, Parameter(help="A scenario to set beside the first.")] = None,
    economies: Annotated[str | None, Parameter(help="Print these economies or groups, as in EU27,JPN; default the worst hit.")] = None,
    at: Annotated[Literal["average", "peak"], Parameter(help="Read the shock averaged over the horizon, or at its worst day.")] = "average",
    top: Annotated[int, Parameter(help="Rows to print.")] = 10,
    strict: Annotated[bool, Parameter(negative="", help="Exit with 2 when any scenario has no result.")] = False,
    world: Annotated[str, Parameter(help="Table: packaged name, folder, or WIOD 2013 .npz.")] = "world-2014",
    common: Common = DEFAULT,
) -> int:  # fmt: skip
    """What breaks if a supply stops.

    SCENARIOS are names from the library (see `interdep list`) or TOML files of your own.
    """
    from interdep.models.run import run as run_

    if not scenarios:
        from interdep.shocks.scenario import library

        raise InputError(f"name a scenario: a TOML file, or one of {', '.join(library())}")
    if top < 1:
        raise InputError(f"--top {top} must be at least 1")
    with common.progress("Running"):
        table = open_world(world)
        wanted = [*scenarios, *([compare] if compare else [])]
        result = run_(wanted, split(models), table, at)
        groups = named_groups(economies, table)
    if common.out is not None:
        save_run(result, common.out)
    for line in result.failures():
        common.warn(f"warning: no result for {line}")
    if common.json:
        print_json({
            "at": result.at, "run": result.hash,
            "loss": (result.loss.grouped("economy", groups) if groups else result.loss.by("economy")).to_dict(),
            "industries": result.loss.to_dict(), "status": result.status.to_dict(),
        })  # fmt: skip
    else:
        _print(result, groups, top, table)
        if compare:
            from interdep.cli.compare import print_comparison

            print_comparison([result], groups)
        if common.out is not None:
            print_line(f"Results are in {common.out} (run {result.hash})")
    return 2 if strict and not result.ok else 0


def named_groups(text: str | None, world: World) -> dict[str, tuple[str, ...]] | None:
    """The economies and groups of an option as {label: members in the table}."""
    names = split(text)
    if names is None:
        return None
    from interdep.dependence.measure import buyers_in

    return buyers_in(world, names)


def save_run(result: Run, folder: Path) -> None:
    """Tables, figures and the README of one run."""
    from interdep.classifications import industry_name  # noqa: F401
    from interdep.figures import loss_by_economy
    from interdep.geography import name_of
    from interdep.store import write_text

    result.save(folder)
    names = {code: name_of(code) for code in result.loss.frame["economy"].unique().to_list()}
    for row in result.status.to_rows():
        if row["status"] == "ok":
            figure = loss_by_economy(result.loss, row["scenario"], row["model"], names=names)
            figure.save(folder)
    write_text(folder / "README.txt", about_tables([result.loss, result.status], "Results of interdep run"))


def _print(result: Run, groups: dict[str, tuple[str, ...]] | None, top: int, world: World) -> None:
    from interdep.classifications import industry_name
    from interdep.geography import name_of

    money = world.money
    for status in result.status.to_rows():
        if status["status"] != "ok":
            continue
        chosen = result.loss.where(model=status["model"], scenario=status["scenario"])
        scenario = next(s for s in result.scenarios if s.name == status["scenario"])
        title = f"{scenario.title or scenario.name}: value added lost in {status['model']}, {scenario.horizon} days"
        table = chosen.grouped("economy", groups) if groups else chosen.by("economy").top(top, "loss_share")
        rows = [
            [name_of(r["economy"]), per_cent(r["loss_share"]) if r["loss_share"] is not None else "n/a",
             money.format(r["value_added_lost"]), money.format(r["value_added_exposed"])]
            for r in table.to_rows()
        ]  # fmt: skip
        header = ["economy", "of yearly value added", "lost", "exposed (upper bound)"]
        print_grid(f"{title} ({world.year} data, at the {result.at})", header, rows, (1, 2, 3))
        worst = chosen if groups is None else chosen.where(economy=sorted({m for g in groups.values() for m in g}))
        rows = [
            [name_of(r["economy"]), f"{r['industry']} {industry_name(r['industry'], world.classification)}",
             per_cent(r["loss_share"]), money.format(r["value_added_lost"])]
            for r in worst.top(min(top, 5), "value_added_lost").to_rows() if r["loss_share"] is not None
        ]  # fmt: skip
        print_grid("Hardest hit industries, by money", ["economy", "industry", "of its value added", "lost"], rows, (2, 3))
