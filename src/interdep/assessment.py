"""assess: composes measure, run, respond and the report of a partnership; nothing else happens here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from interdep.agreement.agree import Agreement, agree
from interdep.agreement.coalitions import Coalitions
from interdep.agreement.coalitions import coalitions as coalitions_of
from interdep.briefing.content import Document
from interdep.briefing.findings import Findings
from interdep.briefing.story import bottom_line, tell
from interdep.dependence.measure import Dependencies, measure
from interdep.errors import InputError
from interdep.models.ario import Ario
from interdep.models.equilibrium import Equilibrium
from interdep.models.fan import Fan, fan, variants
from interdep.models.horizon import Horizon
from interdep.models.long_paths import LONGEST, LongPaths, long_paths
from interdep.models.run import Run, attempt, run
from interdep.models.stops import supplier_stops
from interdep.partnership.measures import Resilience, Sanctions, Vote
from interdep.partnership.schema import Partnership
from interdep.responses.plan import Plan
from interdep.responses.respond import respond
from interdep.shocks.scenario import Scenario, library
from interdep.store import Job, Several, write_text
from interdep.tables import Table, load_tables, save_tables
from interdep.trade import Trade
from interdep.trade.folder import packaged_trades
from interdep.world import World

DRAWS = 32
"""How often the parameters are drawn where prices adjust: a first assessment then takes a minute and a half on two cores."""

PATH_DRAWS = 16
"""The same for every year of a long scenario."""

FIRST_ORDER_DRAWS = 200
"""The same in the first order, where a draw costs next to nothing."""


@dataclass(frozen=True, eq=False)
class Assessment:
    """Dependencies, scenarios and single stops of one partnership, and the report made of them.

    run: the scenarios in the first order (Leontief); fan: the same day by day (Ario), under the default parameters and each
    end of their ranges, for the partners; adjusted: once prices have adjusted (Equilibrium), with draws; paths: scenarios of
    more than two years, year by year. plans: what the partners can do about supplies that fail, alone and together; votes: who
    would sign what they propose; coalitions: what joint sanctions do, step by step.
    folder: where it is kept, None where it was not asked to be; report: the HTML page there.
    """

    partnership: Partnership
    dependencies: Dependencies
    run: Run
    fan: Fan
    adjusted: Run
    paths: LongPaths
    stops: Table
    plans: Several[Plan]
    votes: Several[Agreement]
    coalitions: Several[Coalitions]
    document: Document
    bottom_line: tuple[str, ...]
    folder: Path | None = None

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

    def html(self) -> str:
        """The report as one self-contained page."""
        from interdep.briefing.html import render

        return render(self.document)

    def __repr__(self) -> str:
        lines = [f"Assessment of {self.partnership.title}", *(f"├─ {line}" for line in self.bottom_line)]
        lines.append(f"└─ {self.report or f'{len(self.tables) + len(self.prices)} tables, not kept on disk'}")
        return "\n".join(lines)


def assess(
    partnership: Partnership | str | Path,
    scenarios: Sequence[Scenario | str | Path] | None = None,
    world: World | None = None,
    folder: Path | None = None,
    progress: Callable[[str], None] = lambda step: None,
    trade: Trade | Sequence[Trade] | None = None,
    draws: int = DRAWS,
    seed: int = 1,
) -> Assessment:
    """All that is known about a partnership: dependence side by side, shared suppliers, scenarios, single stops.

    partnership: a value, a library name ("eu-japan") or a folder; scenarios: default the whole library; world: default
    the packaged table; folder: where each step is kept, so that a second call makes only what has changed; progress:
    called with the name of each step as it begins; trade: product flows, default the packaged tables; draws: how often the
    parameters are drawn where prices adjust (long scenarios: half as often); seed: the same one gives the same draws.
    Scenarios of more than two years are followed year by year alone. Raises InputError where there is no other.
    """
    if not isinstance(partnership, Partnership):
        partnership = Partnership.read(partnership)
    chosen = [
        s if isinstance(s, Scenario) else Scenario.read(s) for s in (library() if scenarios is None else scenarios)
    ]
    whole = [s for s in chosen if s.horizon <= LONGEST]
    if not whole:
        raise InputError(
            f"every scenario is longer than {LONGEST} days; name a shorter one beside it, or follow it by itself with"
            " interdep run --years"
        )
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
    with_scenarios = {**traded, "scenarios": whole}
    sampled = {**with_scenarios, "draws": FIRST_ORDER_DRAWS, "seed": seed}
    result = _kept(
        job,
        "run",
        sampled,
        lambda: run(whole, world=world, trade=shocked, draws=FIRST_ORDER_DRAWS, seed=seed),
        Run.load,
    )
    progress("running them day by day, over the parameter ranges")
    buyers = dependencies.buyers
    with_ranges = {**with_scenarios, "variants": variants(Ario())}
    days = _kept(job, "days", with_ranges, lambda: fan(whole, buyers, world, trade=shocked), Fan.load)
    progress("letting prices adjust, with draws of the parameters")
    model = Equilibrium()
    priced = {**with_scenarios, "model": model, "draws": draws, "seed": seed}
    adjusted = _kept(
        job, "prices", priced, lambda: attempt(whole, model, world, trade=shocked, draws=draws, seed=seed), Run.load
    )
    progress("following long scenarios year by year")
    followed = {**priced, "scenarios": chosen, "horizon": Horizon(), "draws": max(2, draws * PATH_DRAWS // DRAWS)}
    paths = _kept(
        job,
        "years",
        followed,
        lambda: long_paths(chosen, world, buyers, shocked, followed["draws"], seed),
        LongPaths.load,
    )
    progress("stopping every supplier in turn")
    stops = _kept(job, "stops", inputs, lambda: _Stops(supplier_stops(world, buyers)), _Stops.load).table
    progress("planning against disruptions, apart and together")
    wanted = partnership.plans or pillars_plan(partnership)
    plan_calls = {p.name: partial(_plan, p, partnership, world, flows) for p in wanted}
    plans = _several(job, "plans", {**traded, "plans": wanted}, plan_calls, Plan.load)
    progress("asking who would sign")
    vote_calls = {v.name: partial(_vote, v, world, shocked) for v in partnership.votes}
    votes = _several(job, "votes", {**traded, "votes": partnership.votes}, vote_calls, Agreement.load)
    progress("adding members to sanctions, one by one")
    coalition_calls = {c.name: partial(_coalition, c, world, shocked) for c in partnership.coalitions}
    coalitions = _several(
        job, "coalitions", {**traded, "coalitions": partnership.coalitions}, coalition_calls, Coalitions.load
    )
    found = Findings(
        partnership,
        world,
        dependencies,
        result,
        days,
        adjusted,
        paths,
        stops,
        plans.made,
        votes.made,
        coalitions.made,
        {**plans.failed, **votes.failed, **coalitions.failed},
    )
    progress("writing the report")
    document = tell(found)
    made = Assessment(
        partnership,
        dependencies,
        result,
        days,
        adjusted,
        paths,
        stops,
        plans,
        votes,
        coalitions,
        document,
        bottom_line(found),
        folder,
    )
    if job is not None:
        job.step(
            "report",
            {**with_ranges, **followed, "plans": wanted, "partnership": partnership},
            lambda place: _write_report(made, place),
        )
    return made


def pillars_plan(partnership: Partnership) -> tuple[Resilience, ...]:
    """What is planned where a partnership names no plan: any supplier of the goods of its pillars stops; none without pillars."""
    goods = [i for pillar in partnership.pillars for i in pillar.industries or () if i[:1] in "ABC"]
    if not goods:
        return ()
    names = tuple(dict.fromkeys(goods))
    return (
        Resilience(
            name="pillars", title="Any supplier of the pillars' goods stops", every_supplier=True, industries=names
        ),
    )


def _plan(asked: Resilience, partnership: Partnership, world: World, flows: Sequence[Trade] | None) -> Plan:
    return respond(
        asked.scenarios, asked.budget, partnership, asked.levers, products=asked.products, industries=asked.industries,
        every_supplier=asked.every_supplier, world=world, trade=flows,
    )  # fmt: skip


def _vote(asked: Vote, world: World, flows: Sequence[Trade] | None) -> Agreement:
    return agree(asked.proposal, asked.members, asked.rule, as_of=asked.as_of, world=world, trade=flows)


def _coalition(asked: Sanctions, world: World, flows: Sequence[Trade] | None) -> Coalitions:
    return coalitions_of(asked.scenario, asked.target, asked.members, asked.add, world=world, trade=flows)


def _several(
    job: Job | None, name: str, inputs: dict[str, Any], calls: dict[str, Callable[[], Any]], load: Callable[[Path], Any]
) -> Several[Any]:
    """Several results of one step; one that cannot be made keeps its reason."""
    return _kept(job, name, inputs, lambda: Several.of(calls), lambda folder: Several.load(folder, load))


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
