"""assess: composes measure, run and the report of a partnership; nothing else happens here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interdep.briefing.content import Document
from interdep.briefing.findings import Findings
from interdep.briefing.story import bottom_line, tell
from interdep.dependence.measure import Dependencies, measure
from interdep.models.ario import Ario
from interdep.models.fan import Fan, fan, variants
from interdep.models.run import Run, run
from interdep.models.stops import supplier_stops
from interdep.partnership.schema import Partnership
from interdep.shocks.scenario import Scenario, library
from interdep.store import Job, write_text
from interdep.tables import Table, load_tables, save_tables
from interdep.trade import Trade
from interdep.trade.folder import packaged_trades
from interdep.world import World


@dataclass(frozen=True, eq=False)
class Assessment:
    """Dependencies, scenarios and single stops of one partnership, and the report made of them.

    run: the scenarios in the first order (Leontief); fan: the same day by day (Ario), under the default parameters and each
    end of their ranges, for the partners.
    folder: where it is kept, None where it was not asked to be; report: the HTML page there.
    """

    partnership: Partnership
    dependencies: Dependencies
    run: Run
    fan: Fan
    stops: Table
    document: Document
    bottom_line: tuple[str, ...]
    folder: Path | None = None

    @property
    def report(self) -> Path | None:
        """The HTML report on disk."""
        return None if self.folder is None else self.folder / "report" / "report.html"

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table of the assessment."""
        return (
            *self.dependencies.tables.values(),
            self.dependencies.common(),
            *(self.dependencies.products.tables.values() if self.dependencies.products else ()),
            self.run.loss,
            self.run.status,
            self.fan.losses,
            self.fan.daily,
            *self.fan.run.days.values(),
            self.stops,
        )

    def html(self) -> str:
        """The report as one self-contained page."""
        from interdep.briefing.html import render

        return render(self.document)

    def __repr__(self) -> str:
        lines = [f"Assessment of {self.partnership.title}", *(f"├─ {line}" for line in self.bottom_line)]
        lines.append(f"└─ {self.report or f'{len(self.tables)} tables, not kept on disk'}")
        return "\n".join(lines)


def assess(
    partnership: Partnership | str | Path,
    scenarios: Sequence[Scenario | str | Path] | None = None,
    world: World | None = None,
    folder: Path | None = None,
    progress: Callable[[str], None] = lambda step: None,
    trade: Trade | Sequence[Trade] | None = None,
) -> Assessment:
    """All that is known about a partnership: dependence side by side, shared suppliers, scenarios, single stops.

    partnership: a value, a library name ("eu-japan") or a folder; scenarios: default the whole library; world: default
    the packaged table; folder: where each step is kept, so that a second call makes only what has changed; progress:
    called with the name of each step as it begins; trade: product flows, default the packaged tables.
    """
    if not isinstance(partnership, Partnership):
        partnership = Partnership.read(partnership)
    chosen = [
        s if isinstance(s, Scenario) else Scenario.read(s) for s in (library() if scenarios is None else scenarios)
    ]
    world = world if world is not None else World.read()
    job = None if folder is None else Job(folder)
    flows = trade if trade is None or isinstance(trade, Sequence) else (trade,)
    # Scenarios of the library name products that the package has; a table of one's own comes first.
    shocked = None if flows is None else (*flows, *packaged_trades())
    inputs: dict[str, Any] = {"world": world.hash, "name": world.name, "members": partnership.members}
    traded = {**inputs, "trade": [t.identity for t in flows or packaged_trades()]}

    progress("measuring dependence")
    dependencies = _kept(
        job, "dependencies", traded, lambda: measure(partnership, world=world, trade=flows), Dependencies.load
    )
    progress("running scenarios")
    with_scenarios = {**traded, "scenarios": chosen}
    result = _kept(job, "run", with_scenarios, lambda: run(chosen, world=world, trade=shocked), Run.load)
    progress("running them day by day, over the parameter ranges")
    buyers = dependencies.buyers
    with_ranges = {**with_scenarios, "variants": variants(Ario())}
    days = _kept(job, "days", with_ranges, lambda: fan(chosen, buyers, world, trade=shocked), Fan.load)
    progress("stopping every supplier in turn")
    stops = _kept(job, "stops", inputs, lambda: _Stops(supplier_stops(world, buyers)), _Stops.load).table
    found = Findings(partnership, world, dependencies, result, days, stops)
    progress("writing the report")
    document = tell(found)
    made = Assessment(partnership, dependencies, result, days, stops, document, bottom_line(found), folder)
    if job is not None:
        job.step("report", {**with_ranges, "partnership": partnership}, lambda place: _write_report(made, place))
    return made


@dataclass(frozen=True, eq=False)
class _Stops:
    """The table of single stops as something that a step can keep."""

    table: Table

    def save(self, folder: Path) -> None:
        save_tables(folder, {"stops": self.table}, kind="stops")

    @classmethod
    def load(cls, folder: Path) -> _Stops:
        return cls(load_tables(folder, "stops")[0]["stops"])


def _kept(
    job: Job | None, name: str, inputs: dict[str, Any], make: Callable[[], Any], load: Callable[[Path], Any]
) -> Any:
    """What `make` gives, or what a former call with the same inputs has kept."""
    if job is None:
        return make()
    made = []

    def build(folder: Path) -> None:
        made.append(make())
        made[0].save(folder)

    place = job.step(name, inputs, build)
    return made[0] if made else load(place)


def _write_report(assessment: Assessment, folder: Path) -> None:
    """report.html, and its figures one by one (SVG and Vega-Lite)."""
    write_text(folder / "report.html", assessment.html())
    for picture in assessment.document.pictures:
        picture.figure.save(folder / "figures")
