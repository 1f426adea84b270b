"""Sections of the report on its own footing: doubts, assumptions, how it was computed, sources."""

from __future__ import annotations

from collections.abc import Sequence

from interdep.briefing.content import Block, Bullets, Grid, Heading
from interdep.briefing.findings import Findings
from interdep.models.equilibrium import Equilibrium
from interdep.models.equilibrium.elasticities import by_industry
from interdep.parameter import parameters
from interdep.units import MISSING, per_cent


def doubts(found: Findings) -> list[Block]:
    """What would change the picture."""
    estimated = found.world.estimated_share
    items = [f"The table is of {found.world.year}: trade has moved since, so that the shares of today differ."]
    if estimated:
        items.append(
            f"{per_cent(estimated)} of the intermediate flows, those that cross a border, are estimates that fit published"
            " totals; who delivers to which industry abroad rests on them."
        )
    items += [
        "In the input-output table an industry is one product: chips cannot be told from other electronics, nor oil from gas"
        " and ores. Products are seen in trade only, where what is made at home, stocks and quality do not show, and goods that"
        " a third economy only passes on count as its own.",
        "First-order losses weigh inputs by their value and know neither stocks nor substitutes nor prices: they say where"
        " the chain is exposed, and are a floor where a cheap input is essential.",
        "Day by day there are stocks and re-routing, and no prices: which inputs are essential, how long stocks last and who is"
        " served first decide whether a shortage stays in one industry or tips into many. These are assumptions, and the"
        " ranges of the losses are theirs.",
        "Once prices have adjusted, the way there is not seen: nobody is out of work, nothing is scrapped or moved at a cost,"
        " and stocks play no part, so that the first months cost more than these losses say. Each economy has one final user,"
        " so that who in it loses is not seen; deficits stay as they are; what is not traded today does not begin to be.",
    ]
    return [Heading("What would change this picture", "doubts"), Bullets(tuple(items))]


def assumptions(found: Findings) -> list[Block]:
    """Every parameter and every size that somebody chose."""
    chosen = tuple(
        (r["model"], r["parameter"], f"{r['default']:g}", MISSING if r["low"] is None else f"{r['low']:g} to {r['high']:g}",
         r["unit"], r["source"])
        for r in parameters().to_rows()
        # Trade elasticities have a table of their own, by the industries that were computed with.
        if "[" not in r["parameter"]
    )  # fmt: skip
    sizes = tuple(
        (found.names[scenario.name], type(shock).__name__, per_cent(getattr(shock, "share", getattr(shock, "rate", 0.0))),
         f"{shock.days} + {shock.recovery} days", ". ".join(text for text in (shock.source, shock.note) if text))
        for scenario in (*found.run.scenarios, *found.long)
        for shock in scenario.shocks
    )  # fmt: skip
    traded = tuple(
        (found.industry(code), f"{each.default:.3g}", f"{each.low:.3g} to {each.high:.3g}", each.source)
        for code, each in by_industry(found.world, Equilibrium().trade_elasticity).items()
        if each.low is not None and each.high is not None
    )
    return [
        Heading("Assumptions", "assumptions"),
        Grid(
            ("Part of", "Parameter", "Value", "Range", "Unit", "Source"),
            chosen,
            "Every parameter behind the numbers",
            (2,),
        ),
        Grid(
            ("Industry", "Trade elasticity", "Range", "Source"),
            traded,
            f"Trade elasticities by industry; all others take trade_elasticity, {Equilibrium().trade_elasticity:g}",
            (1,),
        ),
        Grid(
            ("Scenario", "Shock", "Size", "Length + recovery", "Where the size comes from"), sizes, "Every shock", (2,)
        ),
    ]


def sources(found: Findings) -> list[Block]:
    """How it was computed, and everything to cite."""
    paths = [path.losses.provenance for path in found.paths.made.values()]
    further = [found.fan.run.provenance, found.adjusted.provenance, *paths]
    provenance = found.run.provenance.with_sources(*(source for each in further for source in each.sources))
    measured = found.dependencies.industries.provenance
    steps = [
        *provenance.steps,
        *found.fan.run.provenance.steps[-1:],
        *(step for each in (found.adjusted.provenance, *paths) for step in each.steps if step not in provenance.steps),
        *measured.steps[-1:],
        *found.stops.provenance.steps[-1:],
    ]
    notes = [f"About the table: {note}." for note in found.world.notes]
    cited = [str(source) for source in provenance.with_sources(*measured.sources).sources]
    if found.dependencies.products is not None:
        traded = found.dependencies.products.products.provenance
        steps += traded.steps[-1:]
        cited += [str(source) for source in traded.sources]
    for scenario in (*found.run.scenarios, *found.long):
        cited += [f"{found.names[scenario.name]}: {_cited(s.title, s.url)}" for s in scenario.sources]
    cited += [f"{found.partnership.title}: {_cited(s.title, s.url)}" for s in found.partnership.sources]
    return [
        Heading("How it was computed, and from what", "sources"),
        Bullets(_once((*steps, *notes))),
        Heading("Sources", "cited", 3),
        Bullets(tuple(dict.fromkeys(cited))),
    ]


def _once(steps: Sequence[str]) -> tuple[str, ...]:
    """Steps in their order, what several shocks of a scenario have in common once."""
    found: dict[str, str] = {}
    for step in steps:
        scenario, mark, text = step.partition(", shock ")
        _, colon, said = text.partition(": ")
        alike = f"{scenario}: {said}" if mark and colon else step
        found[alike] = alike if alike in found else step
    return tuple(found.values())


def _cited(title: str, url: str) -> str:
    return f"{title}, {url}" if url else title
