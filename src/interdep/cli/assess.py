"""`interdep assess`: the main job, from the partnership's name to a report."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from interdep.cli.common import (
    DEFAULT,
    Common,
    TableName,
    TradeName,
    about_tables,
    open_trade,
    open_world,
    print_json,
    print_line,
    split,
)

PLACES = ("dependencies", "run", "days", "prices", "years", "stops", "plans", "votes", "coalitions", "status")
"""The folders of an assessment that hold tables."""


def assess(
    partnership: Annotated[str, Parameter(help="A name of the library (eu-japan), or a folder with partnership.toml.")],
    /,
    *,
    scenarios: Annotated[
        str | None, Parameter(help="Scenarios, separated by commas: names or files; default the whole library.")
    ] = None,
    world: TableName = "world-2014",
    trade: TradeName = None,
    draws: Annotated[int | None, Parameter(help="Draws of the parameters where prices adjust; default 32.")] = None,
    seed: Annotated[int, Parameter(help="The same seed gives the same draws; default 1.")] = 1,
    lang: Annotated[str, Parameter(help="Language of the briefing, en or ja.")] = "en",
    marking: Annotated[str, Parameter(help="Handling mark for every page of the briefing.")] = "",
    common: Common = DEFAULT,
) -> int:
    """Everything about a partnership, as a report.

    Writes the report (HTML), its figures and all tables into --out (default: interdep-NAME in the current folder). A second
    call makes only what has changed.
    """
    from pathlib import Path

    from interdep.assessment import DRAWS
    from interdep.assessment import assess as assess_
    from interdep.models.draws import checked
    from interdep.partnership.schema import Partnership
    from interdep.store import write_text

    draws = DRAWS if draws is None else draws
    checked(draws, seed)
    what = Partnership.read(partnership)
    folder = common.out or Path(f"interdep-{what.name}")
    with common.steps() as step:
        step("reading the table")
        flows = None if trade is None else open_trade(trade, None, common)
        result = assess_(what, split(scenarios), open_world(world), folder, step, flows, draws, seed, lang, marking)
        of_years = (*result.prices, *(table for path in result.paths.made.values() for table in path.tables))
        further = tuple(table for each in result.together.values() for table in each.values())
        about = about_tables((*result.tables, *of_years, *further), f"Assessment of {what.title}")
        write_text(folder / "README.txt", about)
    failed = (result.paths.failed, result.plans.failed, result.votes.failed, result.coalitions.failed)
    long = [f"{name}: {why}" for each in failed for name, why in each.items()]
    for line in (*result.run.failures(), *result.adjusted.failures(), *long):
        common.warn(f"warning: no result for {line}")
    if common.json:
        print_json({
            "bottom_line": result.bottom_line, "summary": result.summary(lang), "report": str(result.report),
            "run": result.run.hash, "hash": result.hash,
            "tables": {t.name: t.to_dict() for t in result.tables},
            "prices": {t.name: t.to_dict() for t in result.prices},
            "together": {
                name: {each: table.to_dict() for each, table in tables.items()} for name, tables in result.together.items()
            },
            "years": {s: {t.name: t.to_dict() for t in path.tables} for s, path in result.paths.made.items()},
        })  # fmt: skip
        return 0
    *line, delivers = result.summary(lang)
    for sentence in line:
        print_line(sentence)
    print_line()
    print_line(delivers)
    print_line(f"Briefing: {folder / 'briefing' / 'briefing.pdf'} (and .html, .xlsx)")
    print_line(f"Report:  {result.report}")
    print_line(f"Tables:  {', '.join(f'{folder}/{name}' for name in PLACES)} (CSV and Parquet)")
    return 0
