"""The assessment's text: every sentence with a number is made from results, none is written beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from interdep.briefing.content import (
    Block,
    Bullets,
    Document,
    Grid,
    Heading,
    KeyNumber,
    KeyNumbers,
    Paragraph,
    Picture,
)
from interdep.classifications import industry_name
from interdep.geography import name_of
from interdep.parameter import parameters
from interdep.units import MISSING, per_cent

if TYPE_CHECKING:
    from interdep.dependence.measure import Dependencies
    from interdep.models.run import Run
    from interdep.partnership.schema import Partnership
    from interdep.tables import Table
    from interdep.world import World

MODEL = "leontief"


@dataclass(frozen=True, eq=False)
class Findings:
    """What an assessment has computed and the story tells."""

    partnership: Partnership
    world: World
    dependencies: Dependencies
    run: Run
    stops: Table


def tell(found: Findings) -> Document:
    """The report: dependence side by side, shared suppliers, scenarios, single stops, sources and assumptions."""
    world = found.world
    partners = " and ".join(name_of(m) for m in found.dependencies.buyers)
    blocks: list[Block] = [
        Heading("In short", "short"),
        Bullets(bottom_line(found)),
        _numbers(found),
        *_dependence(found),
        *_suppliers(found),
        *_pillars(found),
        *_scenarios(found),
        *_stops(found),
        *_made(found),
    ]
    since = f", since {found.partnership.since}" if found.partnership.since else ""
    return Document(
        title=f"{found.partnership.title}: what {partners} depend on, and what would break",
        subtitle=f"{partners}{since}. Data of {world.year} ({world.name}), {world.money.currency} at the prices of that year.",
        language="en",
        blocks=blocks,
        footer=(
            f"interdep {found.run.provenance.version}, method {found.run.provenance.method}; run {found.run.hash};"
            f" table {world.name}, data year {world.year}. First-order results on a table of {world.year}: shares of today differ."
        ),
    )


def bottom_line(found: Findings) -> tuple[str, ...]:
    """Three sentences: what is shared, what hides in the chain, what would cost most."""
    buyers = list(found.dependencies.buyers)
    names = " and ".join(name_of(b) for b in buyers)
    common = found.dependencies.common().to_rows()
    industries = found.dependencies.industries.frame["industry"].n_unique()
    counts: dict[str, int] = {}
    for row in common:
        counts[row["top_supplier"]] = counts.get(row["top_supplier"], 0) + 1
    if counts:
        leader = max(sorted(counts), key=lambda s: counts[s])
        shared = (
            f"{names} have the same top foreign supplier in {len(common)} of {industries} industries;"
            f" in {counts[leader]} of them it is {name_of(leader)}."
        )
    else:
        shared = f"{names} have no top foreign supplier in common in any of {industries} industries."
    hidden = []
    for buyer in buyers:
        top = _overall(found, buyer)[0]
        times = top["look_through_share"] / top["face_share"] if top["face_share"] else float("nan")
        hidden.append(
            f"{name_of(buyer)} buys {per_cent(top['face_share'])} of its inputs directly from {name_of(top['supplier'])},"
            f" and relies on it for {per_cent(top['look_through_share'])} through the chain ({times:.1f} times as much)"
        )
    costs = []
    for buyer in buyers:
        rows = [r for r in _scenario_rows(found) if r["economy"] == buyer]
        worst = max(rows, key=lambda r: r["loss_share"])
        title = _title(found, worst["scenario"])
        costs.append(f"for {name_of(buyer)} it is “{title}”, {per_cent(worst['loss_share'])} of a year's value added")
    return (
        shared,
        "; ".join(hidden) + ".",
        "Of the scenarios tried, the costliest in the first order: " + "; ".join(costs) + ".",
    )


def _overall(found: Findings, buyer: str) -> list[dict[str, Any]]:
    """Suppliers of a buyer over all industries, the largest look-through first, the rest of the world left out."""
    rows = [r for r in found.dependencies.overall.to_rows() if r["buyer"] == buyer and r["supplier"] != "ROW"]
    return sorted(rows, key=lambda r: -r["look_through_share"])


def _scenario_rows(found: Findings) -> list[dict[str, Any]]:
    return found.run.loss.grouped("economy", found.dependencies.buyers).to_rows()


def _title(found: Findings, scenario: str) -> str:
    return next((s.title or s.name for s in found.run.scenarios if s.name == scenario), scenario)


def _numbers(found: Findings) -> KeyNumbers:
    common = found.dependencies.common()
    total = found.dependencies.industries.frame["industry"].n_unique()
    items = [
        KeyNumber(
            f"{len(common)} of {total}",
            "industries share their top foreign supplier",
            "look-through, rest of the world left out",
        )
    ]
    for buyer in found.dependencies.buyers:
        worst = _stop_rows(found, buyer)[0]
        items.append(
            KeyNumber(
                per_cent(worst["loss_share"]),
                f"of {name_of(buyer)}'s yearly value added is lost if {name_of(worst['supplier'])}'s"
                f" {_industry(found, worst['industry'])} stops for a year",
                f"the costliest single supplier, by value in the first order; exposed {per_cent(worst['exposed_share'])}",
            )
        )
    return KeyNumbers(tuple(items))


def _industry(found: Findings, code: str) -> str:
    return industry_name(code, found.world.classification)


def _share(value: float | None) -> str:
    return MISSING if value is None else per_cent(value)


def _dependence(found: Findings) -> list[Block]:
    from interdep.figures import dependency_heat

    deps = found.dependencies
    by: dict[str, dict[str, dict[str, Any]]] = {}
    for row in deps.industries.to_rows():
        by.setdefault(row["industry"], {})[row["buyer"]] = row
    header = ["Industry"]
    for buyer in deps.buyers:
        name = name_of(buyer)
        header += [f"{name}: from abroad, direct", "through the chain", "top supplier", "direct", "through the chain"]
    face = {(r["buyer"], r["industry"], r["supplier"]): r["face_share"] for r in deps.suppliers.to_rows()}
    rows = []
    for code, cells in by.items():
        row = [f"{code} {_industry(found, code)}"]
        for buyer in deps.buyers:
            c = cells[buyer]
            top = c["top_supplier"]
            row += [
                _share(c["foreign_face_share"]), _share(c["foreign_share"]), name_of(top) if top else MISSING,
                _share(face.get((buyer, code, top))) if top else MISSING, _share(c["top_share"]),
            ]  # fmt: skip
        rows.append(tuple(row))
    numeric = tuple(k for k in range(1, len(header)) if k % 5 != 3)
    return [
        Heading("Who depends on whom, industry by industry", "dependence"),
        Paragraph(
            "For each industry: which single foreign economy stands behind the largest part of its inputs, counting everything"
            " produced along the chain (look-through). A group is one buyer: trade among its members is home. The rest of the"
            " world is many economies and is never called a top supplier."
        ),
        Picture(
            dependency_heat(deps.industries, names=_names(found)),
            f"Share of the top foreign supplier in all inputs, look-through, {found.world.year}.",
            Grid(
                tuple(header), tuple(rows), f"Reliance by industry, per cent of all inputs, {found.world.year}", numeric
            ),
        ),
    ]


def _suppliers(found: Findings) -> list[Block]:
    from interdep.figures import look_through_suppliers

    deps = found.dependencies
    rows = []
    for buyer in deps.buyers:
        rows += [
            (name_of(buyer), name_of(r["supplier"]), _share(r["face_share"]), _share(r["look_through_share"]))
            for r in _overall(found, buyer)[:12]
        ]
    behind = Grid(
        ("Buyer", "Supplier", "Direct", "Through the chain"),
        tuple(rows),
        "The twelve largest suppliers of each",
        (2, 3),
    )
    blocks: list[Block] = [Heading("Who supplies, directly and through the chain", "suppliers")]
    # The figure sets two buyers side by side; a larger partnership is shown pair by pair.
    for left, right in pairwise(deps.buyers):
        figure = look_through_suppliers(deps.overall, left, right, names=_names(found))
        caption = f"All industries together, per cent of all inputs, {found.world.year}."
        blocks.append(Picture(figure, caption, behind if left == next(iter(deps.buyers)) else None))
    return blocks


def _names(found: Findings) -> dict[str, str]:
    """What figures call codes: economies, partners, industries and scenarios."""
    names = {code: name_of(code) for code in (*found.world.economies, *found.dependencies.buyers)}
    names |= {code: _industry(found, code) for code in found.world.industries}
    return names | {s.name: s.title or s.name for s in found.run.scenarios}


def _pillars(found: Findings) -> list[Block]:
    """Shared suppliers in the industries that each pillar of the partnership is about."""
    deps = found.dependencies
    rows = []
    by = {(r["buyer"], r["industry"]): r for r in deps.industries.to_rows()}
    for pillar in found.partnership.pillars:
        for code in pillar.industries or ():
            cells = [by[(buyer, code)] for buyer in deps.buyers if (buyer, code) in by]
            if len(cells) != len(deps.buyers):
                continue
            tops = {c["top_supplier"] for c in cells}
            text = [
                f"{name_of(c['top_supplier'])} {_share(c['top_share'])}" if c["top_supplier"] else MISSING
                for c in cells
            ]
            shared = "yes" if len(tops) == 1 and None not in tops else "no"
            rows.append((pillar.title, f"{code} {_industry(found, code)}", *text, shared))
    if not rows:
        return []
    header = ("Pillar", "Industry", *(f"{name_of(b)}: top supplier" for b in deps.buyers), "Shared")
    return [
        Heading("The partnership's pillars", "pillars"),
        Paragraph(
            "The industries each pillar is about, and who stands behind them. Where the supplier is shared, a disruption hits"
            " both partners at once: they can diversify together, and can help each other out least."
        ),
        Grid(
            header,
            tuple(rows),
            f"Top foreign supplier by pillar, look-through, per cent of all inputs, {found.world.year}",
        ),
    ]


def _scenarios(found: Findings) -> list[Block]:
    from interdep.figures import compare_bars, loss_by_economy, loss_by_industry, tile_map
    from interdep.geography import economy

    run, world, buyers = found.run, found.world, found.dependencies.buyers
    grouped = run.loss.grouped("economy", buyers)
    names = _names(found)
    rows = tuple(
        (names[r["scenario"]], name_of(r["economy"]), _share(r["loss_share"]), world.money.format(r["value_added_lost"]),
         world.money.format(r["value_added_exposed"]))
        for r in grouped.to_rows()
    )  # fmt: skip
    header = ("Scenario", "Partner", "Of yearly value added", "Lost", "Exposed")
    blocks: list[Block] = [
        Heading("What breaks if a supply stops", "scenarios"),
        Paragraph(
            "First-order losses through the chain: what is sold and what is bought over the deliveries that stop, upstream and"
            " downstream, times the response of value added. Exposed is all the value added whose sales or costs run over the"
            " stopped deliveries. Everything is weighed by value: an input that is cheap and essential (a chip in a car, the"
            " rare earths in a motor) can cost far more than its share, so that such scenarios read as a floor. Losses are over"
            " the scenario's horizon, set against a year's value added."
        ),
        Picture(
            compare_bars(grouped, names=names),
            f"Value added lost over the horizon, per cent of a year's value added, {world.year} data, read at the {run.at}.",
            Grid(header, rows, "Losses of the library scenarios", (2, 3, 4)),
        ),
    ]
    members = {m for group in buyers.values() for m in group}
    for scenario in run.scenarios:
        if not (run.loss.frame["scenario"] == scenario.name).any():
            continue
        blocks.append(Heading(names[scenario.name], f"scenario-{scenario.name}", 3))
        blocks.append(Paragraph(" ".join(scenario.description.split())))
        chosen = run.loss.where(scenario=scenario.name, model=MODEL)
        top = chosen.by("economy").top(12, "loss_share")
        behind = Grid(
            ("Economy", "Of yearly value added", "Lost"),
            tuple((name_of(r["economy"]), _share(r["loss_share"]), world.money.format(r["value_added_lost"])) for r in top.to_rows()),
            "The twelve worst hit", (1, 2),
        )  # fmt: skip
        blocks.append(
            Picture(loss_by_economy(run.loss, scenario.name, MODEL, names=names), "Who is hit, by economy.", behind)
        )
        for label, group in buyers.items():
            hit = chosen.where(economy=list(group)).by("industry").top(12, "value_added_lost").to_rows()
            grid = Grid(
                ("Industry", "Of its value added", "Lost"),
                tuple((f"{r['industry']} {names[r['industry']]}", _share(r["loss_share"]), world.money.format(r["value_added_lost"])) for r in hit),
                f"{name_of(label)}: the twelve industries that lose most", (1, 2),
            )  # fmt: skip
            figure = loss_by_industry(run.loss, scenario.name, list(group), name_of(label), MODEL, names=names)
            blocks.append(Picture(figure, f"Which industries of {name_of(label)} are hit.", grid))
        shares = {r["economy"]: r["loss_share"] for r in chosen.by("economy").to_rows() if r["economy"] in members}
        tiles = {code: tile for code in shares if (tile := economy(code).tile) is not None}
        if len(tiles) > 3:
            figure = tile_map(
                {code: value for code, value in shares.items() if code in tiles}, tiles,
                f"Loss by member: {names[scenario.name]}", "per cent of a year's value added", names=names,
                name=f"members-{scenario.name}",
            )  # fmt: skip
            blocks.append(Picture(figure, "The members, each on its tile."))
    for line in run.failures():
        blocks.append(Paragraph(f"No result: {line}"))
    return blocks


def _stop_rows(found: Findings, buyer: str) -> list[dict[str, Any]]:
    rows = [r for r in found.stops.to_rows() if r["buyer"] == buyer]
    return sorted(rows, key=lambda r: -r["value_added_lost"])


def _stops(found: Findings) -> list[Block]:
    world = found.world
    rows = []
    for buyer in found.dependencies.buyers:
        rows += [
            (name_of(buyer), name_of(r["supplier"]), f"{r['industry']} {_industry(found, r['industry'])}",
             per_cent(r["loss_share"]), world.money.format(r["value_added_lost"]), per_cent(r["exposed_share"]))
            for r in _stop_rows(found, buyer)[:10]
        ]  # fmt: skip
    header = ("Partner", "Supplier", "Industry", "Of yearly value added", "Lost", "Exposed")
    tried = found.stops.frame.select("supplier", "industry").unique().height
    return [
        Heading("The costliest single suppliers", "stops"),
        Paragraph(
            f"Each foreign supplier (one industry of one economy) stops deliveries to everybody abroad for a year, one at a time:"
            f" {tried:,} stops. The ten that cost each partner most. The rest of the world is shown as one supplier, which it is not."
        ),
        Grid(header, tuple(rows), f"Single-supplier stops of one year, first order, {world.year} data", (3, 4, 5)),
    ]


def _made(found: Findings) -> list[Block]:
    world = found.world
    known = parameters().to_rows()
    assumptions = tuple(
        (
            r["parameter"],
            f"{r['default']:g}",
            MISSING if r["low"] is None else f"{r['low']:g} to {r['high']:g}",
            r["unit"],
            r["source"],
        )
        for r in known
    )
    estimated = _estimated(world)
    doubts = [
        f"The table is of {world.year}: trade has moved since, so that the shares of today differ.",
        "An industry is one product here: chips cannot be told from other electronics, nor oil from gas and ores.",
        "First-order losses weigh inputs by their value and know neither stocks nor substitutes nor prices: they say where the"
        " chain is exposed, not what happens week by week, and are a floor where a cheap input is essential.",
    ]
    if estimated:
        doubts.insert(1, estimated)
    notes = [f"About the table: {note}." for note in world.notes]
    sources = [
        str(source)
        for source in found.run.provenance.with_sources(*found.dependencies.industries.provenance.sources).sources
    ]
    for scenario in found.run.scenarios:
        sources += [
            f"{scenario.title or scenario.name}: {s.title}" + (f", {s.url}" if s.url else "") for s in scenario.sources
        ]
        sources += [
            f"{scenario.title or scenario.name}, size: {shock.source}" for shock in scenario.shocks if shock.source
        ]
    sources += [
        f"{found.partnership.title}: {s.title}" + (f", {s.url}" if s.url else "") for s in found.partnership.sources
    ]
    steps = [*found.run.provenance.steps, *found.dependencies.industries.provenance.steps[-1:]]
    return [
        Heading("What would change this picture", "doubts"),
        Bullets(tuple(doubts)),
        Heading("Assumptions", "assumptions"),
        Grid(
            ("Parameter", "Value", "Range", "Unit", "Source"), assumptions, "Every parameter behind the numbers", (1,)
        ),
        Heading("How it was computed, and from what", "sources"),
        Bullets((*steps, *notes)),
        Heading("Sources", "cited", 3),
        Bullets(tuple(dict.fromkeys(sources))),
    ]


def _estimated(world: World) -> str:
    """How much of the intermediate flows is estimated, where any is."""
    regions, industries = world.shape
    blocks = world.intermediate.reshape(regions, industries, regions, industries).sum(axis=(1, 3))
    total = float(blocks.sum())
    part = float(blocks[world.estimated].sum())
    if not part:
        return ""
    return (
        f"{per_cent(part / total)} of the intermediate flows, those that cross a border, are estimates that fit published totals;"
        " who delivers to which industry abroad rests on them."
    )
