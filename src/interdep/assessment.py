"""assess: composes measure, run and the report of a partnership; nothing else happens here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from interdep.briefing.story import Findings, bottom_line, tell
from interdep.dependence.measure import Dependencies, measure
from interdep.models.leontief import Leontief, every_supplier_stop
from interdep.models.run import Run, run
from interdep.partnership.schema import Partnership
from interdep.shocks.scenario import Scenario, library
from interdep.store import write_text
from interdep.tables import Table
from interdep.world import World

if TYPE_CHECKING:
    from interdep.briefing.content import Document


@dataclass(frozen=True, eq=False)
class Assessment:
    """Dependencies, scenarios and single stops of one partnership, and the report made of them."""

    partnership: Partnership
    dependencies: Dependencies
    run: Run
    stops: Table
    document: Document
    bottom_line: tuple[str, ...]

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table of the assessment."""
        deps = self.dependencies
        return (
            deps.industries,
            deps.suppliers,
            deps.overall,
            deps.common(),
            self.run.loss,
            self.run.status,
            self.stops,
        )

    def save(self, folder: Path) -> list[Path]:
        """Write report.html, the tables (CSV and Parquet), the figures (SVG) and the run's manifest; returns the main files."""
        from interdep.briefing.content import Picture
        from interdep.briefing.html import render

        report = folder / "report.html"
        self.run.save(folder / "run")
        for table in self.tables:
            table.save(folder / "tables")
        for block in self.document.blocks:
            if isinstance(block, Picture):
                block.figure.save(folder / "figures")
        write_text(report, render(self.document))
        return [report, folder / "tables", folder / "figures"]

    def __repr__(self) -> str:
        lines = [f"Assessment of {self.partnership.title}", *(f"├─ {line}" for line in self.bottom_line)]
        lines.append(f"└─ {len(self.tables)} tables; .save(folder) writes the report")
        return "\n".join(lines)


def assess(
    partnership: Partnership | str | Path,
    scenarios: Sequence[Scenario | str | Path] | None = None,
    world: World | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> Assessment:
    """All that is known about a partnership: dependence side by side, shared suppliers, library scenarios, single stops.

    partnership: a value, a library name ("eu-japan") or a folder; scenarios: default the whole library; world: default the
    packaged table; progress: called with the name of each step as it begins.
    """
    if not isinstance(partnership, Partnership):
        partnership = Partnership.read(partnership)
    progress("reading the table")
    world = world if world is not None else World.read()
    progress("measuring dependence")
    dependencies = measure(partnership, world=world)
    progress("running scenarios")
    result = run(list(scenarios) if scenarios is not None else list(library()), world=world)
    progress("stopping every supplier in turn")
    stops = supplier_stops(world, dependencies)
    progress("writing the report")
    found = Findings(partnership, world, dependencies, result, stops)
    return Assessment(partnership, dependencies, result, stops, tell(found), bottom_line(found))


def supplier_stops(world: World, dependencies: Dependencies, days: int = 365) -> Table:
    """Loss of each buyer when one industry of one foreign economy stops delivering abroad, for every such supplier.

    Dimensions: supplier, industry (the supplier's), buyer. Suppliers that are members of the buyer are left out.
    """
    import polars as pl

    regions, industries = world.shape
    model = Leontief()
    lost, exposed = every_supplier_stop(world, days=days, model=model)
    live = world.live.reshape(regions, industries)
    frames = []
    for buyer, members in dependencies.buyers.items():
        nodes = world.node_mask(members, world.industries)
        yearly = float(world.value_added[nodes].sum())
        outside = np.array([e not in members for e in world.economies])
        keep = (live & outside[:, None]).reshape(-1)
        by_stop, by_stop_exposed = lost[:, nodes].sum(axis=1)[keep], exposed[:, nodes].sum(axis=1)[keep]
        frames.append(
            pl.DataFrame(
                {
                    "supplier": np.repeat(world.economies, industries)[keep],
                    "industry": np.tile(world.industries, regions)[keep],
                    "buyer": [buyer] * int(keep.sum()),
                    "value_added_lost": by_stop,
                    "value_added_exposed": by_stop_exposed,
                    "loss_share": by_stop / yearly,
                    "exposed_share": by_stop_exposed / yearly,
                }
            )
        )
    money = f"{world.money} over {days} days"
    share = "fraction of yearly value added"
    return Table(
        "supplier_stops", pl.concat(frames), ("supplier", "industry", "buyer"),
        {"value_added_lost": money, "value_added_exposed": money, "loss_share": share, "exposed_share": share},
        "Every foreign supplier stopped in turn",
        provenance=world.provenance.with_sources(*model.sources).then(f"every single-supplier stop on {world.name}, {days} days"),
    )  # fmt: skip
