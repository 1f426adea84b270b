"""`interdep run`: what breaks if a supply stops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from interdep.cli.common import (
    DEFAULT,
    Common,
    Level,
    Models,
    Settings,
    Shown,
    TableName,
    TradeName,
    about_tables,
    models_of,
    open_trade,
    open_world,
    print_grid,
    print_json,
    print_line,
    share,
    split,
    switch,
)
from interdep.errors import InputError
from interdep.units import MISSING, Money

if TYPE_CHECKING:
    from interdep.models.run import Run
    from interdep.tables import Table
    from interdep.world import World


def run(
    *scenarios: Annotated[str, Parameter(help="Names from the library (see `interdep list`) or TOML files of your own.")],
    models: Models = "leontief",
    settings: Settings = None,
    every_supplier: Annotated[bool, switch("Stop every supplier of the world in turn, in place of scenarios.")] = False,
    buyers: Annotated[str | None, Parameter(help="With --every-supplier: whose losses; default EU27,JPN.")] = None,
    days: Annotated[int | None, Parameter(help="With --every-supplier: how long each stop lasts; default 365.")] = None,
    workers: Annotated[int | None, Parameter(help="With --every-supplier: processes at once; default 1.")] = None,
    compare: Annotated[str | None, Parameter(help="A scenario to set beside the first.")] = None,
    economies: Shown = None,
    at: Level = "average",
    draws: Annotated[int | None, Parameter(help="Draw all parameters from their ranges so often, for a range.")] = None,
    seed: Annotated[int | None, Parameter(help="With --draws: the same seed gives the same draws; default 1.")] = None,
    years: Annotated[int | None, Parameter(help="Follow scenarios so many years, elasticities rising with time.")] = None,
    discount: Annotated[float | None, Parameter(help="With --years: rate a year, as in 0.03 (the default).")] = None,
    top: Annotated[int, Parameter(help="Rows to print.")] = 10,
    strict: Annotated[bool, switch("Exit with 2 when any scenario has no result.")] = False,
    world: TableName = "world-2014",
    trade: TradeName = None,
    common: Common = DEFAULT,
) -> int:  # fmt: skip
    """What breaks if a supply stops: value added lost by economy and industry, and with --models ario day by day."""
    from interdep.cli.compare import print_comparison, verdicts
    from interdep.cli.draws import range_tables
    from interdep.models.comparison import compare as compare_
    from interdep.models.run import run as run_
    from interdep.trade.folder import packaged_trades

    chosen = models_of(models, settings)
    if top < 1:
        raise InputError(f"--top {top} must be at least 1")
    if every_supplier:
        from interdep.cli.every_supplier import checked
        from interdep.cli.every_supplier import every_supplier as all_stops

        if scenarios or compare:
            raise InputError(
                "--every-supplier makes its own scenarios; leave the named ones out, or run them by themselves"
            )
        if draws is not None:
            raise InputError("--draws does not go with --every-supplier; name the scenarios whose ranges you want")
        if years is not None:
            raise InputError("--years does not go with --every-supplier; name the scenarios that you want to follow")
        if economies or at != "average":
            raise InputError(
                "--economies and --at do not go with --every-supplier; name --buyers, and read its average"
            )
        days, workers = 365 if days is None else days, 1 if workers is None else workers
        checked(days, workers)
        table = open_world(world)
        whose = named_groups(buyers or "EU27,JPN", table) or {}
        return all_stops(chosen, whose, days, workers, top, strict, table, common)
    for option, given in (("--buyers", buyers), ("--days", days), ("--workers", workers)):
        if given is not None:
            raise InputError(
                f"{option} goes with --every-supplier alone; a scenario's length is its horizon, in its file"
            )
    if seed is not None and draws is None:
        raise InputError("--seed goes with --draws alone, as in --draws 200 --seed 1")
    if not scenarios:
        from interdep.shocks.scenario import library

        raise InputError(f"name a scenario: a TOML file, or one of {', '.join(library())}")
    if discount is not None and years is None:
        raise InputError("--discount goes with --years alone, as in --years 5 --discount 0.03")
    if years is not None:
        from interdep.cli.years import over_years

        if at != "average":
            raise InputError("--at does not go with --years: each year reads the average of its own days")
        table = open_world(world)
        flows = None if trade is None else (open_trade(trade, None, common), *packaged_trades())
        wanted = [*scenarios, *([compare] if compare else [])]
        groups = named_groups(economies, table)
        sampling = None if draws is None else (draws, 1 if seed is None else seed)
        return over_years(wanted, chosen, years, discount, groups, sampling, top, strict, table, flows, common)
    with common.progress("Running") if draws is None else common.count("Draws") as told:
        table = open_world(world)
        flows = None if trade is None else (open_trade(trade, None, common), *packaged_trades())
        wanted = [*scenarios, *([compare] if compare else [])]
        sampling = {} if draws is None else {"draws": draws, "seed": 1 if seed is None else seed, "progress": told}
        result = run_(wanted, chosen, table, at, trade=flows, **sampling)
        groups = named_groups(economies, table)
    beside = compare_([result], groups) if compare or len(result.loss.frame["model"].unique()) > 1 else None
    sampled = range_tables(result, groups)
    if common.out is not None:
        save_run(result, common.out, *sampled, *([beside] if beside is not None else []))
    for line in result.failures():
        common.warn(f"warning: no result for {line}")
    for row in result.status.to_rows():
        if row.get("draws"):
            common.warn(f"warning: {row['model']}, {row['scenario']}: {row['draws']}")
    if common.json:
        print_json({
            "at": result.at, "run": result.hash,
            "loss": (result.loss.grouped("economy", groups) if groups else result.loss.by("economy")).to_dict(),
            "industries": result.loss.to_dict(), "status": result.status.to_dict(),
            **{table.name: table.to_dict() for table in (*result.tables[2:], *sampled)},
            **({"comparison": {**beside.to_dict(), "verdicts": verdicts([result], groups, table)}} if beside else {}),
        })  # fmt: skip
    else:
        _print(result, groups, top, table, sampled)
        if beside is not None:
            print_comparison(beside, [result], groups, top, table)
        if common.out is not None:
            print_line(f"Results are in {common.out} (run {result.hash})")
    return 2 if strict and not result.ok else 0


def named_groups(text: str | None, world: World) -> dict[str, Sequence[str]] | None:
    """The economies and groups of an option as {label: members in the table}."""
    names = split(text)
    if names is None:
        return None
    from interdep.dependence.measure import members_in

    return {**members_in(world, names)}


def save_run(result: Run, folder: Path, *further: Table) -> None:
    """Tables, figures and the README of one run, and further tables made from it (comparison, ranges)."""
    from interdep.figures import loss_by_economy
    from interdep.geography import name_of
    from interdep.store import write_text

    result.save(folder)
    names = {code: name_of(code) for code in result.loss.frame["economy"].unique().to_list()}
    for row in result.status.to_rows():
        if row["status"] == "ok":
            figure = loss_by_economy(result.loss, row["scenario"], row["model"], names=names)
            figure.save(folder)
    for table in further:
        table.save(folder)
    write_text(folder / "README.txt", about_tables([*result.tables, *further], "Results of interdep run"))


def _print(
    result: Run, groups: dict[str, Sequence[str]] | None, top: int, world: World, sampled: tuple[Table, ...] = ()
) -> None:
    from interdep.cli.draws import print_deciding, ranges_shown
    from interdep.cli.prices import priced, print_notes, print_priced, print_prices

    adjusted = priced(result)
    daily = set(result.daily.frame["model"].to_list()) if result.days else set()
    for status in result.status.to_rows():
        if status["status"] == "ok":
            scenario = next(s for s in result.scenarios if s.name == status["scenario"])
            loss = result.loss.where(model=status["model"], scenario=scenario.name)
            print_line(f"{scenario.title or scenario.name}: value added lost over {scenario.horizon} days")
            how = "day by day" if status["model"] in daily else f"shock at its {result.at}"
            after = "after prices have adjusted, " if status["model"] in adjusted else ""
            print_line(f"({status['model']}, {after}{how}, data of {world.year})")
            notes = [
                s.removeprefix(f"{scenario.name}, ")
                for s in result.provenance.steps
                if s.startswith(f"{scenario.name}, shock ")
            ]
            for note in notes:
                print_line(f"Products: {note}")
            for number, shock in enumerate(scenario.shocks, start=1):
                if notes and not getattr(shock, "products", None):
                    size = share(getattr(shock, "share", getattr(shock, "rate", None)))
                    print_line(
                        f"Products: shock {number} names none: {size} of its industries ({shock.source or 'no source'})"
                    )
            if status["model"] in adjusted:
                print_priced(result, status["model"], scenario.name, groups, top, world, sampled)
            else:
                _print_economies(loss, groups, top, world.money, ranges_shown(sampled, status["model"], scenario.name))
                print_line()
            if sampled:
                print_deciding(result, sampled, status["model"], scenario.name, named=groups is not None)
            members = sorted({m for g in groups.values() for m in g}) if groups else None
            _print_industries(loss.where(economy=members) if members else loss, min(top, 5), world)
            print_line()
            if status["model"] in adjusted:
                print_prices(result, status["model"], scenario.name, groups, top, world)
                print_line()
            if status["model"] in daily:
                shown = groups or {
                    r["economy"]: (r["economy"],) for r in loss.by("economy").top(3, "loss_share").to_rows()
                }
                _print_days(result, scenario.name, shown, min(top, 5), world)
    print_notes(result)


def _print_economies(
    loss: Table, groups: dict[str, Sequence[str]] | None, top: int, money: Money, ranges: Mapping[str, str]
) -> None:
    from interdep.geography import name_of

    by_economy = loss.by("economy")
    exposed = "value_added_exposed" in loss.units and loss.frame["value_added_exposed"].null_count() < len(loss)
    rows = [
        [name_of(r["economy"]), share(r["loss_share"]), *([ranges.get(r["economy"], MISSING)] if ranges else []),
         _amount(money, r["value_added_lost"]), *([_amount(money, r["value_added_exposed"])] if exposed else [])]
        for r in (loss.grouped("economy", groups) if groups else by_economy.top(top, "loss_share")).to_rows()
    ]  # fmt: skip
    spread, more = ["range (5 to\n95 % of draws)"] if ranges else [], ["exposed"] if exposed else []
    print_grid(["economy", "of yearly\nvalue added", *spread, "lost", *more], rows, (1, 2, 3, 4))
    if not groups and len(by_economy) > top:
        print_line(f"{len(by_economy) - top} more economies: --top {len(by_economy)}")
    if exposed:
        print_line("Exposed: value added whose sales or costs run over the stopped deliveries.")


def _print_industries(loss: Table, top: int, world: World) -> None:
    from interdep.classifications import industry_name
    from interdep.geography import name_of

    rows = [
        [name_of(r["economy"]), f"{r['industry']} {industry_name(r['industry'], world.classification)}",
         share(r["loss_share"]), _amount(world.money, r["value_added_lost"])]
        for r in loss.top(top, "value_added_lost").to_rows()
    ]  # fmt: skip
    print_line("Hardest hit industries, by money")
    print_grid(["economy", "industry", "of its\nvalue added", "lost"], rows, (2, 3))


def _print_days(result: Run, scenario: str, groups: Mapping[str, Sequence[str]], top: int, world: World) -> None:
    """The worst day of each economy, and the industries that an input holds back first."""
    from interdep.classifications import industry_name
    from interdep.geography import name_of
    from interdep.models.timeline import first_bites

    daily = result.daily.where(scenario=scenario).grouped("economy", groups, "day")
    bites = first_bites(result, groups)
    print_line("Day by day")
    rows, first = [], []
    for label in groups:
        worst = daily.where(economy=label).top(1, "loss_share").to_rows()[0]
        rows.append([name_of(label), f"day {worst['day']}", share(worst["loss_share"])])
        found = [r for r in bites.to_rows() if r["scenario"] == scenario and r["economy"] == label]
        first += [
            [name_of(label), *(f"{r[k]} {industry_name(r[k], world.classification)}" for k in ("industry", "product")),
             f"day {r['first_day']}", share(r["depth"])]
            for r in sorted(found, key=lambda r: (r["first_day"], -r["held"]))[:top]
        ]  # fmt: skip
    print_grid(["economy", "worst day", "of a normal day's\nvalue added"], rows, (2,))
    print_line()
    if first:
        print_line("First held back by want of an input")
        print_grid(["economy", "industry", "lacks", "from", "at worst"], first, (4,))
    else:
        print_line("No input holds a tenth of any industry back.")
    print_line()


def _amount(money: Money, value: float | None) -> str:
    return MISSING if value is None else money.format(value)
