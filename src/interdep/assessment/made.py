"""Assessment: everything computed about a partnership, with the report and the briefing that are made of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interdep.agreement.agree import Agreement
from interdep.agreement.coalitions import Coalitions
from interdep.assessment.keeping import Stops, read_about
from interdep.briefing.findings import Findings
from interdep.briefing.story import bottom_line, tell
from interdep.dependence.measure import Dependencies
from interdep.errors import InputError
from interdep.models.fan import Fan
from interdep.models.long_paths import LongPaths
from interdep.models.run import Run
from interdep.partnership.results import check_steps
from interdep.partnership.schema import Partnership
from interdep.partnership.status import Status
from interdep.responses.plan import Plan
from interdep.store import Several
from interdep.tables import Table
from interdep.world import World

if TYPE_CHECKING:
    from interdep.briefing.content import Document
    from interdep.briefing.files import Briefing


@dataclass(frozen=True, eq=False)
class Assessment:
    """Dependencies, scenarios, single stops, plans, votes and coalitions of one partnership, and whether it delivers.

    run: the scenarios in the first order (Leontief); fan: the same day by day (Ario), under the default parameters and each
    end of their ranges, for the partners; adjusted: once prices have adjusted (Equilibrium), with draws; paths: scenarios of
    more than two years, year by year. plans: what the partners can do about supplies that fail, alone and together; votes: who
    would sign what they propose; coalitions: what joint sanctions do, step by step; status: commitments and indicators.
    folder: where it is kept, None where it was not asked to be; report: the HTML page there. hash: of all that went into any
    step, the partnership's files and the day included; equal inputs give the same one on every machine.
    """

    partnership: Partnership
    world: World
    dependencies: Dependencies
    run: Run
    fan: Fan
    adjusted: Run
    paths: LongPaths
    stops: Table
    plans: Several[Plan]
    votes: Several[Agreement]
    coalitions: Several[Coalitions]
    status: Status | None = None
    folder: Path | None = None
    hash: str = ""

    @classmethod
    def load(cls, folder: Path, world: World | None = None) -> Assessment:
        """The assessment in a folder that `assess` has written.

        world: the table it was made on, default the packaged one of its name. Raises InputError where there is none, where a step
        has lost a table, is not of this assessment or was made by another method version, or where the table is another one.
        """
        about = read_about(folder)
        table = world if world is not None else World.read(about["world"])
        if table.hash != about["table"]:
            raise InputError(
                f"{folder} was made on a table {about['world']!r} that is not this one; name its table with --world, or assess"
                " again"
            )
        check_steps(folder, about.get("steps", {}))
        status = folder / "status"
        if about["partnership"].get("commitments") and not status.is_dir():
            raise InputError(f"{folder} has lost its folder `status`; make the results again with `interdep assess`")
        return cls(
            Partnership.model_validate(about["partnership"]), table, Dependencies.load(folder / "dependencies"),
            Run.load(folder / "run"), Fan.load(folder / "days"), Run.load(folder / "prices"), LongPaths.load(folder / "years"),
            Stops.load(folder / "stops").table, Several.load(folder / "plans", Plan.load),
            Several.load(folder / "votes", Agreement.load), Several.load(folder / "coalitions", Coalitions.load),
            Status.load(status) if status.is_dir() else None, folder, about.get("hash", ""),
        )  # fmt: skip

    @cached_property
    def found(self) -> Findings:
        """What sections of the report and the briefing look things up in."""
        return Findings(
            self.partnership, self.world, self.dependencies, self.run, self.fan, self.adjusted, self.paths, self.stops,
            self.plans.made, self.votes.made, self.coalitions.made,
            {**self.plans.failed, **self.votes.failed, **self.coalitions.failed}, self.hash,
        )  # fmt: skip

    @cached_property
    def document(self) -> Document:
        """The report."""
        return tell(self.found)

    @cached_property
    def bottom_line(self) -> tuple[str, ...]:
        """The report in a few sentences."""
        return bottom_line(self.found)

    def summary(self, lang: str = "en") -> tuple[str, ...]:
        """The briefing's bottom line: what is shared, what breaks, what to do, whether the partnership delivers."""
        from interdep.briefing.brief_facts import Facts
        from interdep.briefing.brief_page1 import bottom_line as lines

        return tuple(lines(Facts(self.found, lang, self.status)))  # pyright: ignore[reportArgumentType]

    @property
    def report(self) -> Path | None:
        """The HTML report on disk."""
        return None if self.folder is None else self.folder / "report" / "report.html"

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table of dependence, of the first order and of days; those of years are in `prices` and `paths`."""
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

    @property
    def prices(self) -> tuple[Table, ...]:
        """The tables once prices have adjusted, with the ranges and what decides for the partners."""
        if not len(self.adjusted.loss):
            return self.adjusted.tables
        buyers = self.dependencies.buyers
        return (*self.adjusted.tables, self.adjusted.ranges(buyers), self.adjusted.deciding(buyers))

    @property
    def together(self) -> dict[str, dict[str, Table]]:
        """The tables of plans, votes, coalitions and the status, by what they are of."""
        weighed: dict[str, Any] = {**self.plans.made, **self.votes.made, **self.coalitions.made}
        weighed |= {"status": self.status} if self.status else {}
        return {name: {t.name: t for t in each.tables} for name, each in weighed.items()}

    def html(self) -> str:
        """The report as one self-contained page."""
        from interdep.briefing.html import render

        return render(self.document)

    def brief(self, lang: str = "en", marking: str = "") -> Briefing:
        """The two pages for a minister; see `interdep.brief`."""
        from interdep.assessment.briefs import briefing_of

        return briefing_of(self, lang, marking)

    def __repr__(self) -> str:
        lines = [f"Assessment of {self.partnership.title}", *(f"├─ {line}" for line in self.bottom_line)]
        lines.append(f"└─ {self.report or f'{len(self.tables) + len(self.prices)} tables, not kept on disk'}")
        return "\n".join(lines)
