"""`interdep run --years`: scenarios followed year by year, and what they cost over all years, discounted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from interdep.cli.common import Common, print_grid, print_json, print_line, share
from interdep.errors import InputError
from interdep.units import MISSING

if TYPE_CHECKING:
    from interdep.models.model import Model
    from interdep.models.years import Years
    from interdep.shocks.scenario import Scenario
    from interdep.trade import Trade
    from interdep.world import World

WORST = 3
"""Economies that are shown where none is named."""


def over_years(
    scenarios: Sequence[str],
    models: Sequence[Model],
    count: int,
    discount: float | None,
    groups: Mapping[str, Sequence[str]] | None,
    sampling: tuple[int, int] | None,
    top: int,
    strict: bool,
    world: World,
    trade: Sequence[Trade] | None,
    common: Common,
) -> int:
    """Tables of the losses year by year and discounted, printed and saved; the first scenario is compared with the others.

    sampling: number of draws and seed, None without a range.
    """
    from interdep.models.equilibrium import Equilibrium
    from interdep.models.years import years
    from interdep.shocks.scenario import Scenario

    others = [each.name for each in models if not isinstance(each, Equilibrium)]
    if others or len(models) != 1:
        raise InputError(
            f"--years goes with --models equilibrium alone, not with {', '.join(others)}: weeks and first-order losses do not"
            " add up to years"
        )
    (model,) = models
    assert isinstance(model, Equilibrium)
    chosen = [Scenario.read(name) for name in scenarios]
    if sampling is None:
        with common.progress("Running year by year"):
            result = years(chosen, world, model, count, discount, groups, trade=trade)
    else:
        with common.count("Draws") as told:
            result = years(chosen, world, model, count, discount, groups, None, trade, *sampling, told)
    if common.out is not None:
        save_years(result, common)
    for line in result.failures():
        common.warn(f"warning: no result for {line}")
    if common.json:
        print_json({table.name: table.to_dict() for table in result.tables})
    else:
        _print(result, chosen, groups is not None, top, world)
        if common.out is not None:
            print_line(f"Results are in {common.out}")
    return 2 if strict and not result.ok else 0


def save_years(result: Years, common: Common) -> None:
    """Tables and their README."""
    from interdep.cli.common import about_tables
    from interdep.store import write_text

    assert common.out is not None
    result.save(common.out)
    write_text(common.out / "README.txt", about_tables(result.tables, "Results of interdep run --years"))


def _print(result: Years, scenarios: Sequence[Scenario], named: bool, top: int, world: World) -> None:
    from interdep.geography import name_of

    names = [s.name for s in scenarios]
    for scenario in scenarios:
        print_line(f"{scenario.title or scenario.name} ({scenario.name})")
    print_line(f"Year by year once prices have adjusted (equilibrium, data of {world.year})")
    for note in notes(result):
        print_line(note)
    if "low" in result.sums.units:
        print_line("In brackets: nine of ten draws of all parameters at once")
    print_line()
    ranked = result.sums.where(scenario=names[0])
    economies = ranked.frame["economy"].to_list() if named else _worst(result, names[0])
    factor = {r["period"]: r["elasticity_factor"] for r in result.factors.to_rows()}
    for economy in economies if named else economies[:WORST]:
        print_line(f"{name_of(economy)}: real expenditure lost, per cent of the year's")
        cells = {(r["scenario"], r["period"]): r for r in result.losses.where(economy=economy).to_rows()}
        rows = [[f"{year}", *(_cell(cells[name, year]) for name in names), f"{factor[year]:.2f}"] for year in factor]
        print_grid(["year", *names, "elasticities\ntimes"], rows, range(1, len(names) + 2))
        print_line()
    shown = economies if named else economies[:top]
    (rate,) = {u.rpartition(" discounted at ")[2] for c, u in result.sums.units.items() if c == "expenditure"}
    print_line(f"Over {len(factor)} years, discounted at {rate} a year")
    rows = []
    for economy in shown:
        for row in result.sums.where(economy=economy).to_rows():
            money = [
                MISSING if row[c] is None else world.money.format(row[c])
                for c in ("real_expenditure_lost", "value_added_lost")
            ]
            rows.append([name_of(economy), row["scenario"], _cell(row), *money])
    print_grid(["economy", "scenario", "of real\nexpenditure", "lost", "value added\nlost"], rows, (2, 3, 4))
    if not named and len(economies) > top:
        print_line(f"{len(economies) - top} more economies: --top {len(economies)}")
    if len(names) > 1:
        for economy in economies if named else economies[:WORST]:
            print_line(result.sentence(economy, name_of(economy), world.money))


def _cell(row: Mapping[str, Any]) -> str:
    """The loss of a row as a part of real expenditure, and its range where there is one."""
    text = share(row["expenditure_loss_share"])
    return text if row.get("low") is None else f"{text} ({share(row['low'])} to {share(row['high'])})"


def _worst(result: Years, scenario: str) -> list[str]:
    """Economies, the largest discounted loss first, as a part of expenditure."""
    table = result.sums.where(scenario=scenario)
    return [r["economy"] for r in table.top(len(table), "expenditure_loss_share").to_rows()]


def notes(result: Years) -> list[str]:
    """The notes of a result in its order, what several shocks of a scenario have in common once."""
    found: dict[str, list[str]] = {}
    for note in result.notes:
        scenario, mark, text = note.partition(", shock ")
        number, _, said = text.partition(": ")
        found.setdefault(f"{scenario}: {said}" if mark else note, []).append(number)
    return list(found)
