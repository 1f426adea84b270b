"""Steps of `agree`: the table it runs on, what money is worth, running exemptions again, and what is said about it all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from interdep.agreement.agree_tables import OPEN, PROPOSED, YES, label, sides
from interdep.agreement.carve_outs import Alternative, Problem, consenting, in_the_way
from interdep.agreement.costs import Costs, check_vintage
from interdep.agreement.options import Bargain
from interdep.agreement.proposal import Proposal, Put
from interdep.agreement.rerun import again, with_exemptions
from interdep.agreement.sales import ALL, Cell, Sales
from interdep.errors import InputError, first_five
from interdep.geography import economies
from interdep.provenance import Source
from interdep.shocks.scenario import Scenario
from interdep.units import per_cent

if TYPE_CHECKING:
    from interdep.agreement.rules import Ballot
    from interdep.trade import Trade
    from interdep.world import World


MOST = 6
"""Exemptions that the answer names; all of them are in the table."""


def decided_by(put: Put, members: Sequence[str]) -> None:
    """Raise InputError for members who do not decide the scenario: it neither binds nor costs them what they would sign."""
    from interdep.shocks.kinds import EVERY, CostShock, ExportBan, ImportBan, TariffSchedule

    deciders: set[str] = set()
    for shock in put.scenario.shocks:
        if isinstance(shock, TariffSchedule) or not isinstance(shock, (ImportBan, ExportBan, CostShock)):
            return
        if EVERY in shock.economies:
            return
        deciders |= set(economies(shock.economies, on=put.day))
    strange = [m for m in members if m not in deciders]
    if strange:
        raise InputError(
            f"{first_five(strange)} do not decide {put.scenario.name}, in which {first_five(sorted(deciders))} act; let those"
            " vote, or write a scenario in which all the members act"
        )


def put_of(proposal: str | Path | Scenario | Put, members: Sequence[str]) -> Put:
    """What is put to the vote: a proposal with its scenario, or a bare scenario."""
    if isinstance(proposal, Put):
        return proposal
    return Put.of(proposal, members) if isinstance(proposal, Scenario) else Proposal.read(proposal, members)


def world_of(world: World | None, as_of: date | None) -> World:
    """The table to run on; InputError where its year was not over on the day."""
    from interdep.world import World

    table = world if world is not None else World.read()
    check_vintage(table, as_of)
    return table


def worth_of(costs: Costs, sales: Sales) -> dict[str, float]:
    """By member, its GDP in units of the target's sales; amounts in another currency at the average rate of the sales' year."""
    from interdep.trade.exchange import rate

    assert costs.money is not None
    same = sales.unit == costs.money.currency
    into = 1.0 if same else rate(sales.unit, costs.money.currency, sales.year or costs.money.year)
    whole = sum(sales.value.values()) * sales.scale * into
    return {c.member: (c.gdp or 0.0) * costs.money.scale / whole for c in costs.members}


def run_again(
    problem: Problem, costs: Costs, put: Put, found: Sequence[Alternative], world: World | None,
    trades: Sequence[Trade] | None,
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]], tuple[str, ...]]:  # fmt: skip
    """(run again, in the first order, notes): by alternative, what members and target lose over their GDP.

    As proposed first; an alternative that leaves nothing of the scenario has no row, and a note.
    """
    if world is None:
        return {}, {}, ()
    target, notes = put.proposal.target, []
    forcing = put.scenario.on(world, trade=trades)
    forcings = {PROPOSED: forcing}
    parts = {label(k): _parts(a, problem.sales) for k, a in enumerate(found, start=1)}
    industries = _industries(put, problem.sales, world)
    for name, cells in parts.items():
        members = tuple(m for m in dict.fromkeys(c[0] for c in cells) if m in world.economies)

        def part(member: str, industry: str | None, cells: Mapping[Cell, float] = cells) -> float:
            made = None if industry is None or not industries else industries.get(industry, ())
            return _part(problem.sales, cells, member, made)

        made = with_exemptions(forcing, world, members, part)
        if made.quiet:
            notes.append(f"{name} leaves nothing of {put.scenario.name}, so that there is nothing to run again")
        else:
            forcings[name] = made
    second, failed = again(forcings, costs.basis, world)
    notes += [f"{name} could not be run again: {why}" for name, why in failed.items()]
    scenarios = [name for name in forcings if name not in failed]
    first: dict[str, dict[str, float]] = {PROPOSED: {}}
    for name in scenarios:
        cells = parts.get(name, {})
        gone = {m: _part(problem.sales, cells, m, None) for m in dict.fromkeys(c[0] for c in problem.sales.cells)}
        first[name] = {
            c.member: c.ends.value * (1.0 - gone.get(c.member, 0.0))
            for c in costs.members
            if c.ends is not None and not c.missing
        }
        hit = problem.sales.part(cells)
        if target in second.get(PROPOSED, {}) and hit is not None:
            first[name][target] = second[PROPOSED][target] * hit
    for name, alternative in ((label(k), a) for k, a in enumerate(found, start=1)):
        gdp = {c.member: c.gdp or 0.0 for c in costs.members}
        lost = {m: v for m, v in second.get(name, {}).items() if m in alternative.consents}
        paid = {m: alternative.transfers.get(m, 0.0) / gdp[m] for m in lost}
        dearer = [m for m, v in lost.items() if v - paid[m] > problem.tolerances[m].value]
        if dearer:
            notes.append(
                f"{name}, run again, costs {first_five(dearer)} more than the tolerance, though not in the first order"
            )
    if found:
        notes.append(
            "run again: a year while all exemptions of an alternative hold, at the parameters as given; first order: each"
            " member's cost and the target's loss less the exempt part of sales by value"
        )
    return {n: second[n] for n in scenarios}, first, tuple(notes)


def _parts(alternative: Alternative, sales: Sales) -> dict[Cell, float]:
    """The cells that an alternative exempts, wholly, for as long as its exemptions hold."""
    return {cell: 1.0 for option in alternative.options for cell in option.cells if cell in sales.value}


def _industries(put: Put, sales: Sales, world: World) -> dict[str, tuple[str, ...]]:
    """{industry of the World: the proposal's products that it makes}; empty where the sales are not told by product."""
    from interdep.shocks.product_flows import industries_of

    out: dict[str, list[str]] = {}
    for product in dict.fromkeys(c[1] for c in sales.cells if c[1] != ALL):
        for industry in industries_of(product, put.proposal.products_in, world):
            out.setdefault(industry, []).append(product)
    return {industry: tuple(made) for industry, made in out.items()}


def _part(sales: Sales, cells: Mapping[Cell, float], member: str, products: tuple[str, ...] | None) -> float:
    """The part of a member's purchases of some products that is exempt, by value.

    Where it buys none of these products nothing of them is left to be banned (1); of a member without data nothing is exempt.
    """
    own = [c for c in sales.cells if c[0] == member and (products is None or c[1] in products or c[1] == ALL)]
    whole = sum(sales.value[c] for c in own)
    if not whole:
        return 0.0 if products is None or member in sales.unknown else 1.0
    return sum(sales.value[c] * cells.get(c, 0.0) for c in own) / whole


def says(problem: Problem, costs: Costs, put: Put, passes: str, found: Sequence[Alternative]) -> str:
    """The answer in a sentence or two."""
    stands = {c.member: None if c.missing else p for c, p in zip(problem.costs, _stands(problem), strict=True)}
    consents = consenting(problem, stands)
    against = [m for m in problem.ballot.members if m not in consents and stands[m] is not None]
    unknown = [m for m in problem.ballot.members if stands[m] is None]
    blind = f"; no data, so unknown: {first_five(unknown)}" if unknown else ""
    if costs.nothing:
        return (
            f"{put.proposal.name} costs none of the members anything by {costs.basis}, so that nobody has a reason to refuse;"
            f" check that it bans what they buy{blind}"
        )
    if passes == YES:
        lean = f", though not in favour: {', '.join(against)}" if against else ""
        return f"passes as it stands: {len(consents)} of {len(stands)} in favour{lean}{blind}"
    head = (
        "is open as it stands, for it depends on members without data"
        if passes == OPEN
        else "does not pass as it stands"
    )
    head += f"; not in favour: {', '.join(against) or 'nobody of those known'}{blind}"
    if found:
        best = found[0]
        texts = list(dict.fromkeys(o.text for o in best.options))
        what = "; ".join(texts[:MOST]) + (f"; and {len(texts) - MOST} more" if len(texts) > MOST else "")
        what = what or "no exemption, but transfers"
        low = sides(problem, best.probability)[1][0]
        chance = (
            "; members are brought just to where they count as in favour, so that together they carry it with a probability of"
            f" {low:.2f}"
        )
        return f"{head}. It passes with {what}: {per_cent(best.lost)} of the bite lost{chance if low < 0.995 else ''}"
    never, blind_ones = in_the_way(problem)
    who = [f"{', '.join(never)} by no admissible exemption"] if never else []
    who += [f"{', '.join(blind_ones)} for want of data"] if blind_ones else []
    who = who or ["too many at once"]
    return (
        f"{head}. No admissible exemptions meet the rule {problem.ballot.rule.name}: not to be won are {'; '.join(who)}"
    )


def _stands(problem: Problem) -> list[float | None]:
    from interdep.agreement.carve_outs import probabilities

    found = probabilities(problem, ())
    return [found[c.member] for c in problem.costs]


def notes_of(
    put: Put, vote: Ballot, costs: Costs, sales: Sales, tolerance: str, sure: float, as_of: date | None,
    left_out: Sequence[str], bargain: Bargain, options: int, transfers: bool,
) -> tuple[str, ...]:  # fmt: skip
    """What was assumed and left out, one line each."""
    out = [f"proposal {put.proposal.name}, scenario {put.scenario.name}, target {put.proposal.target}"]
    if as_of is not None:
        out.append(
            f"as of {as_of} is the vintage of the data: what was known later is not read; models and assumptions are today's"
        )
    if left_out:
        out.append(f"as of {as_of}, left out because younger: {'; '.join(left_out)}")
    out += [f"rule {vote.rule.name}: {n}" for n in (*((vote.rule.note,) if vote.rule.note else ()), *vote.notes)]
    out.append(f"costs: {costs.about} ({costs.unit})")
    out += costs.notes
    out.append(
        f"{tolerance}; in favour is who bears its cost with a probability of at least {sure:g}, ranges triangular, members"
        " independent; nobody is in favour without data"
    )
    out.append(f"bite: {sales.about}")
    if sales.unknown:
        out.append(f"the target's sales to {first_five(sales.unknown)} are not known and not in the bite")
    out.append(
        f"{options} admissible exemptions; an exemption for a time lifts its part of {bargain.adjust:g} years and costs its part"
        f" of {bargain.horizon:g} years of bite; the smallest loss of bite by value is sought (HiGHS, no gap); a next-best one"
        " that only grants more than a better one is not listed"
    )
    if put.proposal.happened and put.proposal.happened.hindsight:
        out.append(put.proposal.happened.hindsight.rstrip("."))
    if transfers:
        out.append(
            "transfers are paid by members that stay in favour, the same part of GDP by each as far as it can;"
            f" one counts as {bargain.transfer_weight:g} of sales spared"
        )
    return tuple(out)


def cited(put: Put, vote: Ballot) -> tuple[Source, ...]:
    """The sources that proposal, scenario and rule name."""
    named = [Source(s.title, None, "", s.url) for s in (*put.proposal.sources, *put.scenario.sources)]
    rule = [Source(f"{vote.rule.title or vote.rule.name}: {vote.rule.source}")] if vote.rule.source else []
    return (*named, *rule, *((vote.population.source,) if vote.population else ()))
