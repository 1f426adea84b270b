"""The end of the briefing: what would change the advice, and how it was computed, from what, with what missing."""

from __future__ import annotations

from interdep.briefing import brief_names
from interdep.briefing.brief_facts import Facts
from interdep.briefing.brief_words import sentences
from interdep.briefing.response_words import COUNTED, movers
from interdep.models.verdict import NOTHING
from interdep.responses.plan import POOLED
from interdep.units import significant

FAILURES = 3
"""How many reasons for a missing result are printed; the report has all of them."""


def changes(facts: Facts) -> list[str]:
    """The assumption that moves the leading plan most, the one behind the days, and the one behind adjusted prices."""
    out = [*_change_of_plan(facts)]
    if not facts.costliest:
        return out or [facts.say("changes_none")]
    lead = facts.costliest[0]
    buyer = facts.most_hit(lead)
    title, who = facts.names[lead], facts.names[buyer]
    value = facts.found.ranges[lead, buyer]["value"]
    moved = [(n, by) for n, by in facts.found.fan.deciding(lead, buyer) if abs(by) >= NOTHING]
    if moved:
        name, by = moved[0]
        out.append(facts.say(
            "changes_days", title=title, buyer=who, loss=facts.n.share(value + by), default=facts.n.share(value),
            variant=brief_names.variant(name, facts.lang),
        ))  # fmt: skip
    return [*out, *_change_of_prices(facts, lead, buyer)] or [facts.say("changes_none")]


def _change_of_plan(facts: Facts) -> list[str]:
    name = facts.lead_plan
    if name is None or len(facts.found.plans[name].changes) < 2:
        return []
    plan = facts.found.plans[name]
    if flip := _too_rare(facts, name):
        return [flip]
    most = next((m for m in movers(plan) if m.most >= NOTHING), None)
    if most is None:
        return []
    what = brief_names.assumption(most.name, facts.names, facts.lang)
    said = {"name": f"{what[:1].upper()}{what[1:]}", "plan": facts.names[name]}
    ends = [e for e in (most.low, most.high) if e is not None]
    values = [significant(e[0], 2) if most.name.startswith(COUNTED) else facts.n.share(e[0]) for e in ends]
    avoided = [facts.n.share(e[1]) for e in ends]
    if len(ends) == 1:
        return [
            facts.say("changes_plan_one", **said, low=values[0], first=avoided[0], last=facts.n.share(plan.avoided))
        ]
    return [facts.say("changes_plan", **said, low=values[0], first=avoided[0], high=values[1], last=avoided[1])]


def _too_rare(facts: Facts, name: str) -> str:
    """The low end of the probability, where the plan costs more there than it can be worth, and does not as assumed."""
    plan = facts.found.plans[name]
    if plan.best == POOLED and not facts.pooled(name):
        return ""  # The ends of the assumptions are of one purse, which is not advised.
    spent, worth = (facts.chosen(name)[c] for c in ("spent", "worth_high"))
    low = [r for r in plan.changes.to_rows() if r["parameter"] == "probability" and r["worth_high"] is not None]
    assumed = plan.about["parameters"]["probability"]
    rare = min((r for r in low if r["value"] < assumed), key=lambda r: r["value"], default=None)
    if rare is None or worth is None or worth <= spent or rare["worth_high"] >= spent:
        return ""
    return facts.say(
        "changes_flip", low=facts.n.share(rare["value"]), assumed=facts.n.share(assumed), plan=facts.names[name]
    )


def _change_of_prices(facts: Facts, scenario: str, buyer: str) -> list[str]:
    adjusted = facts.found.adjusted
    if not len(adjusted.loss) or not adjusted.sample:
        return []
    chance = 2 / adjusted.provenance.extra["draws"] ** 0.5
    for row in adjusted.deciding(facts.found.dependencies.buyers).where(scenario=scenario, economy=buyer).to_rows():
        ends = row["lower_fifth"], row["upper_fifth"]
        if row["correlation"] is None or abs(row["correlation"]) < chance or max(map(abs, ends)) < NOTHING:
            continue
        return [facts.say(
            "changes_prices", title=facts.names[scenario], buyer=facts.names[buyer],
            name=brief_names.parameter(row["parameter"], facts.names, facts.lang),
            low=facts.n.share(ends[0]), high=facts.n.share(ends[1]),
        )]  # fmt: skip
    return []


def how(facts: Facts) -> list[str]:
    """The tables with their years and gaps, the models and where their ranges do not meet, what has no result."""
    found, n = facts.found, facts.n
    world, variants = found.world, found.fan.losses.frame["parameter"].n_unique()
    estimated = facts.say("how_estimated", share=n.about(world.estimated_share)) if world.estimated_share else ""
    draws = [run.provenance.extra.get("draws") or n.missing for run in (found.run, found.adjusted)]
    apart, cells = facts.apart
    models = facts.say("how_models", draws=draws[0], variants=variants, priced=draws[1])
    out = [
        sentences(
            facts.lang, facts.say("how_table", name=world.name, year=n.years(world.year), estimated=estimated),
            _trade(facts),
        ),
        sentences(facts.lang, models, facts.say("how_apart", n=apart, all=cells)),
    ]  # fmt: skip
    failed = [*found.run.failures(), *found.fan.run.failures(), *found.adjusted.failures()]
    failed += [
        f"{facts.names.get(name, name)}: {why}" for name, why in (*found.paths.failed.items(), *found.failed.items())
    ]
    if failed:
        out.append(facts.say("how_missing", items=facts.joined(failed[:FAILURES])))
    return out


def _trade(facts: Facts) -> str:
    """Years and number of the products that each partner's trade table knows; missing said as missing."""
    deps = facts.found.dependencies.products
    if deps is None:
        return facts.say("how_trade_none")
    items = []
    for buyer in facts.buyers:
        rows = [r for r in deps.products.to_rows() if r["buyer"] == buyer]
        if not rows:
            items.append(facts.n.pair(facts.names[buyer], facts.n.missing))
            continue
        years = facts.n.years(min(r["period"] for r in rows), max(r["period"] for r in rows))
        known = len({r["product"] for r in rows})
        items.append(facts.n.pair(facts.names[buyer], facts.say("how_trade_item", years=years, n=known)))
    return facts.say("how_trade", items=facts.joined(items))
