"""Sections of the report on what breaks: library scenarios, and every single supplier stopped in turn."""

from __future__ import annotations

from interdep.briefing.content import Block, Grid, Heading, Paragraph, Picture, Row
from interdep.briefing.findings import Findings, share
from interdep.figures import HALF_WIDTH, compare_bars, loss_by_economy, loss_by_industry, tile_map
from interdep.geography import economy, groups
from interdep.models.leontief import Leontief
from interdep.shocks.scenario import Scenario
from interdep.units import per_cent

SHOWN = 10
WORTH_A_MAP = 1e-5
"""Below this share of a year's value added for the worst hit member, a map of members shows nothing."""


def scenarios(found: Findings) -> list[Block]:
    """All scenarios side by side, then each with who is hit."""
    run, names, year = found.run, found.names, found.world.year
    grouped = run.loss.grouped("economy", found.dependencies.buyers)
    rows = tuple(
        (names[r["scenario"]], names[r["economy"]], share(r["loss_share"]), found.money(r["value_added_lost"]),
         found.money(r["value_added_exposed"]))
        for r in grouped.to_rows()
    )  # fmt: skip
    header = ("Scenario", "Partner", "Of yearly value added", "Lost", "Exposed")
    blocks: list[Block] = [
        Heading("What breaks if a supply stops", "scenarios"),
        Paragraph(
            "First-order losses through the chain: what is sold and what is bought over the deliveries that stop, upstream"
            " and downstream, times the response of value added. Exposed is all the value added whose sales or costs run"
            " over the stopped deliveries. Everything is weighed by value: an input that is cheap and essential (a chip in"
            " a car, the rare earths in a motor) can cost far more than its share, so that such scenarios read as a floor."
            " Losses are over the scenario's horizon, set against a year's value added."
        ),
        Picture(
            compare_bars(grouped, names=names, group="scenario"),
            f"Value added lost over the horizon, per cent of a year's value added, {year} data, shock read at its {run.at}.",
            Grid(header, rows, "Losses of the library scenarios", (2, 3, 4)),
        ),
    ]
    solved = set(run.loss.frame["scenario"].unique().to_list())
    for scenario in run.scenarios:
        if scenario.name in solved:
            blocks += _one(found, scenario)
    blocks += [Paragraph(f"No result: {line}") for line in run.failures()]
    return blocks


def _one(found: Findings, scenario: Scenario) -> list[Block]:
    """Who is hit in one scenario: economies, the partners' industries, the members of groups."""
    loss, names = found.run.loss, found.names
    chosen = loss.where(scenario=scenario.name, model=Leontief.name)
    worst = tuple(
        (names[r["economy"]], share(r["loss_share"]), found.money(r["value_added_lost"]))
        for r in chosen.by("economy").top(SHOWN, "loss_share").to_rows()
    )
    behind = Grid(("Economy", "Of yearly value added", "Lost"), worst, "The ten worst hit", (1, 2))
    pictures = [
        Picture(loss_by_economy(loss, scenario.name, Leontief.name, names=names), "Who is hit, by economy.", behind)
    ]
    for label, members in found.dependencies.buyers.items():
        hit = chosen.where(economy=list(members)).by("industry").top(SHOWN, "value_added_lost").to_rows()
        rows = tuple(
            (found.industry(r["industry"]), share(r["loss_share"]), found.money(r["value_added_lost"])) for r in hit
        )
        behind = Grid(("Industry", "Of its value added", "Lost"), rows, "The ten industries that lose most", (1, 2))
        figure = loss_by_industry(loss, scenario.name, list(members), names[label], Leontief.name, names=names)
        pictures.append(Picture(figure, f"Which industries of {names[label]} are hit.", behind))
        if label in groups():
            shares = {
                r["economy"]: r["loss_share"] for r in chosen.where(economy=list(members)).by("economy").to_rows()
            }
            if max(shares.values()) < WORTH_A_MAP:
                continue
            tiles = {code: tile for code in shares if (tile := economy(code).tile)}
            figure = tile_map(
                {code: value for code, value in shares.items() if code in tiles}, tiles,
                f"{names[scenario.name]}: loss by member", "fraction of yearly value added", names=names, width=HALF_WIDTH,
                name=f"members-{label}-{scenario.name}", printed_unit="per cent of a year's value added",
            )  # fmt: skip
            pictures.append(Picture(figure, f"The members of {label}, each on its tile."))
    return [
        Heading(names[scenario.name], f"scenario-{scenario.name}", 3),
        Paragraph(" ".join(scenario.description.split())),
        Row(tuple(pictures)),
    ]


def single_stops(found: Findings) -> list[Block]:
    """The suppliers whose stop costs each partner most."""
    names = found.names
    rows = tuple(
        (names[buyer], names[r["supplier"]], found.industry(r["industry"]), per_cent(r["loss_share"]),
         found.money(r["value_added_lost"]), per_cent(r["exposed_share"]))
        for buyer in found.buyers
        for r in found.costliest_stops(buyer)[:SHOWN]
    )  # fmt: skip
    tried = found.stops.frame.select("supplier", "industry").unique().height
    header = ("Partner", "Supplier", "Industry", "Of yearly value added", "Lost", "Exposed")
    return [
        Heading("The costliest single suppliers", "stops"),
        Paragraph(
            f"Each supplier (one industry of one economy) stops deliveries to everybody abroad for a year, one at a time:"
            f" {tried:,} stops, in the first order. The ten that cost each partner most; a partner's own members are left"
            " out. The rest of the world is shown as one supplier, which it is not."
        ),
        Grid(header, rows, f"Single-supplier stops of one year, {found.world.year} data", (3, 4, 5)),
    ]
