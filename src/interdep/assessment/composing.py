"""assess: every question about a partnership, one step after another, each kept in its folder."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from interdep.agreement.agree import Agreement, agree
from interdep.agreement.coalitions import Coalitions
from interdep.agreement.coalitions import coalitions as coalitions_of
from interdep.assessment.keeping import Stops, fingerprint, kept, several, write_about
from interdep.assessment.made import Assessment
from interdep.briefing.files import KINDS
from interdep.briefing.typst import TooLong
from interdep.dependence.measure import Dependencies, measure
from interdep.errors import InputError
from interdep.models.ario import Ario
from interdep.models.equilibrium import Equilibrium
from interdep.models.fan import Fan, fan, variants
from interdep.models.horizon import Horizon
from interdep.models.long_paths import LONGEST, LongPaths, long_paths
from interdep.models.run import Run, attempt, run
from interdep.models.stops import supplier_stops
from interdep.partnership.indicators import indicators_of
from interdep.partnership.measures import Resilience, Sanctions, Vote
from interdep.partnership.schema import Partnership
from interdep.partnership.status import Status, status
from interdep.responses.plan import Plan
from interdep.responses.respond import respond
from interdep.shocks.scenario import Scenario, library
from interdep.store import Job, write_text
from interdep.trade import Trade
from interdep.trade.folder import packaged_trades
from interdep.world import World

DRAWS = 32
"""How often the parameters are drawn where prices adjust: a first assessment then takes a minute and a half on two cores."""

PATH_DRAWS = 16
"""The same for every year of a long scenario."""

FIRST_ORDER_DRAWS = 200
"""The same in the first order, where a draw costs next to nothing."""


def assess(
    partnership: Partnership | str | Path,
    scenarios: Sequence[Scenario | str | Path] | None = None,
    world: World | None = None,
    folder: Path | None = None,
    progress: Callable[[str], None] = lambda step: None,
    trade: Trade | Sequence[Trade] | None = None,
    draws: int = DRAWS,
    seed: int = 1,
    lang: str = "en",
    marking: str = "",
    on: date | None = None,
) -> Assessment:
    """All that is known about a partnership: dependence side by side, shared suppliers, scenarios, single stops.

    partnership: a value, a library name ("eu-japan") or a folder; scenarios: default the whole library; world: default
    the packaged table; folder: where each step is kept, so that a second call makes only what has changed; progress:
    called with the name of each step as it begins; trade: product flows, default the packaged tables; draws: how often the
    parameters are drawn where prices adjust (long scenarios: half as often); seed: the same one gives the same draws.
    lang, marking: of the briefing (see `brief`); on: the day on which commitments are looked at, default today.
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
    dependencies = kept(
        job, "dependencies", traded, lambda: measure(partnership, world=world, trade=flows), Dependencies.load
    )
    progress("running scenarios")
    with_scenarios = {**traded, "scenarios": whole}
    sampled = {**with_scenarios, "draws": FIRST_ORDER_DRAWS, "seed": seed}
    result = kept(
        job,
        "run",
        sampled,
        lambda: run(whole, world=world, trade=shocked, draws=FIRST_ORDER_DRAWS, seed=seed),
        Run.load,
    )
    progress("running them day by day, over the parameter ranges")
    buyers = dependencies.buyers
    with_ranges = {**with_scenarios, "variants": variants(Ario())}
    days = kept(job, "days", with_ranges, lambda: fan(whole, buyers, world, trade=shocked), Fan.load)
    progress("letting prices adjust, with draws of the parameters")
    model = Equilibrium()
    priced = {**with_scenarios, "model": model, "draws": draws, "seed": seed}
    adjusted = kept(
        job, "prices", priced, lambda: attempt(whole, model, world, trade=shocked, draws=draws, seed=seed), Run.load
    )
    progress("following long scenarios year by year")
    followed = {**priced, "scenarios": chosen, "horizon": Horizon(), "draws": max(2, draws * PATH_DRAWS // DRAWS)}
    paths = kept(
        job,
        "years",
        followed,
        lambda: long_paths(chosen, world, buyers, shocked, followed["draws"], seed),
        LongPaths.load,
    )
    progress("stopping every supplier in turn")
    stops = kept(job, "stops", inputs, lambda: Stops(supplier_stops(world, buyers)), Stops.load).table
    progress("planning against disruptions, apart and together")
    wanted = partnership.plans or pillars_plan(partnership)
    plan_calls = {p.name: partial(_plan, p, partnership, world, flows) for p in wanted}
    plans = several(job, "plans", {**traded, "plans": wanted}, plan_calls, Plan.load)
    progress("asking who would sign")
    vote_calls = {v.name: partial(_vote, v, world, shocked) for v in partnership.votes}
    votes = several(job, "votes", {**traded, "votes": partnership.votes}, vote_calls, Agreement.load)
    progress("adding members to sanctions, one by one")
    coalition_calls = {c.name: partial(_coalition, c, world, shocked) for c in partnership.coalitions}
    coalitions = several(
        job, "coalitions", {**traded, "coalitions": partnership.coalitions}, coalition_calls, Coalitions.load
    )
    progress("looking whether the partnership delivers")
    day = on or date.today()
    made = Assessment(
        partnership, world, dependencies, result, days, adjusted, paths, stops, plans, votes, coalitions, folder=folder
    )
    stated = {**followed, "variants": with_ranges["variants"], "plans": wanted, "partnership": partnership, "day": day}
    state = kept(job, "status", stated, lambda: status(partnership, indicators_of(made.found), on=day), Status.load)
    made = replace(made, status=state, hash=fingerprint(stated, flows or packaged_trades()))
    progress("writing the report and the briefing")
    if job is not None and folder is not None:
        asked = partnership.model_dump(mode="json", exclude_unset=True)
        about = {"partnership": asked, "world": world.name, "table": world.hash, "day": day.isoformat()}
        write_about(folder, {**about, "steps": dict(job.keys), "hash": made.hash})
        told = {**stated, "hash": made.hash}
        job.step("report", told, _written(made))
        job.step("briefing", {**told, "lang": lang, "marking": marking}, _briefed(made, lang, marking))
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


def _written(assessment: Assessment) -> Callable[[Path], None]:
    """Writes report.html, and its figures one by one (SVG and Vega-Lite)."""

    def write(folder: Path) -> None:
        write_text(folder / "report.html", assessment.html())
        for picture in assessment.document.pictures:
            picture.figure.save(folder / "figures")

    return write


def _briefed(assessment: Assessment, lang: str, marking: str) -> Callable[[Path], None]:
    """Writes the briefing as PDF, HTML and XLSX."""

    def write(folder: Path) -> None:
        made = assessment.brief(lang, marking)
        for kind in KINDS:
            target = folder / f"briefing{kind}"
            try:
                made.save(target)
            except TooLong as error:
                # A partnership with more to tell gets a third page and is told so; the results are not lost for it.
                logging.getLogger("interdep").warning(f"{target.name}: {error}")
                made.save(target, pages=None)
            except InputError as error:
                logging.getLogger("interdep").warning(f"there is no {target.name}: {error}")

    return write
