"""Page 2 of the briefing: options, who would sign, commitments, what would change the advice, how it was computed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from interdep.agreement.agree_tables import YES
from interdep.briefing import brief_names
from interdep.briefing.brief_facts import Facts
from interdep.briefing.brief_footing import changes, how
from interdep.briefing.brief_words import sentences
from interdep.briefing.content import Block, Bullets, Grid, Heading, Paragraph, Picture, Row
from interdep.figures import HALF_WIDTH, arrangement_bars, coalition_climb
from interdep.partnership.documents import CLOSED
from interdep.partnership.indicators import INDICATORS
from interdep.responses.plan import NOTHING as NOTHING_DONE
from interdep.responses.plan import POOLED
from interdep.units import significant

if TYPE_CHECKING:
    from interdep.agreement.agree import Agreement
    from interdep.agreement.coalitions import Coalitions
    from interdep.responses.plan import Plan

MEASURES, VOTES = 2, 2
"""How many measures and votes are told of; the report and the tables hold all of them."""

STEPS = ((5, True, 4), (5, True, 3), (5, True, 2), (5, False, 8), (5, False, 4), (3, False, 1))
"""How many plans are listed, whether there are figures, how many commitments: all, then less where a page does not hold all."""

TEXT = 90
"""Signs of a commitment's text that are printed."""


def page_two(facts: Facts, fewer: int = 0) -> list[Block]:
    """The blocks of page 2; fewer: which of the STEPS."""
    plans, figures, commitments = STEPS[fewer]
    return [
        Heading(facts.say("options"), "options"),
        *_options(facts, plans),
        *(_figures(facts) if figures else []),
        Heading(facts.say("sign"), "sign"),
        Bullets((*_votes(facts), *_coalitions(facts))),
        Heading(facts.say("commitments"), "commitments"),
        *_commitments(facts, commitments),
        Heading(facts.say("changes"), "changes"),
        Bullets(tuple(changes(facts))),
        Heading(facts.say("how"), "how"),
        Bullets(tuple(how(facts))),
    ]


# Options


def _options(facts: Facts, most: int) -> list[Block]:
    if not facts.found.plans:
        return [Paragraph(facts.say("options_none"))]
    order = [p for kind in ("joint", "help", "own", "not") for p in facts.plans[kind]]
    header = tuple(
        facts.say(f"options_{c}") for c in ("against", "cost", "worth", "avoided", "added", "common", "ready", "pays")
    )
    rows = tuple(_option(facts, name) for name in order[:most])
    return [
        Grid(header, rows, facts.say("options_caption", probability=_probability(facts)), (1, 2, 3, 4, 5)),
        Paragraph(sentences(facts.lang, _measures(facts), _pays_above(facts), _caveat(facts))),
    ]


def _option(facts: Facts, name: str) -> tuple[str, ...]:
    plan = facts.found.plans[name]
    coin, row = facts.coin(plan), facts.chosen(name)
    if row["worth_high"] is None:
        worth = facts.say("options_worth_least", low=facts.n.money(row["worth_low"], coin))
    else:
        worth = facts.n.money_span(row["worth_low"], row["worth_high"], coin)
    return (
        facts.names[name], facts.cost(name), worth, facts.avoided(name), _added(facts, name), facts.n.share(plan.about["common"]),
        _ready(facts, plan), _pays(facts, name),
    )  # fmt: skip


def _added(facts: Facts, name: str) -> str:
    """What acting together adds; where that is not what is advised, with what one purse would cost."""
    plan = facts.found.plans[name]
    if name not in facts.plans["help"] or plan.added is None:
        return facts.added(plan)
    cost = facts.n.money(plan.arrangement(plan.best)["spent"], facts.coin(plan))
    return facts.say("options_added_for", added=facts.n.points(plan.added), cost=cost)


def _ready(facts: Facts, plan: Plan) -> str:
    """How long until what is bought works, from the first measure to the last."""
    ready = [r["ready_in"] for r in plan.measures.to_rows() if r["cost"] > 0]
    if not ready:
        return facts.say("options_nobody")
    first, last = facts.n.duration(min(ready)), facts.n.duration(max(ready))
    return last if first == last else facts.say("options_ready_to", first=first, last=last)


def _pays(facts: Facts, name: str) -> str:
    """Each partner's part of the bill: of the one purse where it is advised, of its own measures else."""
    plan = facts.found.plans[name]
    column = "pays" if facts.pooled(name) and plan.best == POOLED else "spent_alone"
    sums = {row["member"]: float(row[column]) for row in plan.blocs.to_rows()}
    whole = sum(sums.values())
    if whole <= 0:
        return facts.say("options_nobody")
    parts = [
        facts.n.pair(str(facts.names.get(m, m)), facts.n.share(v / whole))
        for m, v in sorted(sums.items(), key=lambda s: -s[1])
        if v > 0
    ]
    return facts.say("list").join(parts)


def _measures(facts: Facts) -> str:
    """The dearest measures of the leading plan."""
    name = facts.lead_plan
    assert name is not None
    plan = facts.found.plans[name]
    rows = sorted((r for r in plan.measures.to_rows() if r["cost"] > 0), key=lambda r: -r["cost"])[:MEASURES]
    none, coin = plan.arrangement(NOTHING_DONE), facts.coin(plan)
    said = {
        "title": facts.names[name], "short": facts.n.money(none["lost"], coin), "year": facts.n.years(plan.about["year"]),
    }  # fmt: skip
    if not rows or name in facts.plans["help"]:
        return facts.say("measures_none", **said)  # The table of measures is that of one purse, which is not advised.
    bought: dict[tuple[str, str], list[str]] = {}
    for r in rows:
        good = facts.say("measure_product", product=_good(facts, r), cost=facts.n.money(r["cost"], coin))
        bought.setdefault((str(facts.names.get(r["member"], r["member"])), r["lever"]), []).append(good)
    items = [
        facts.say("measure_item", member=member, lever=facts.say(f"lever_{lever}"), products=facts.n.listed(goods))
        for (member, lever), goods in bought.items()
    ]
    return facts.say("measures", items=facts.joined(items), **said)


def _good(facts: Facts, row: dict[str, Any]) -> str:
    """What a measure is about: a product, or an industry's goods."""
    code = row["product"]
    return facts.names[code] if code in facts.names else brief_names.product(code, facts.lang, row["name"])


def _pays_above(facts: Facts) -> str:
    """In how many plans the cost is above what the goods alone are worth."""
    rows = [facts.chosen(name) for name in facts.found.plans]
    above = sum(r["spent"] > r["worth_low"] for r in rows)
    return facts.say("pays_above", n=above, all=len(rows)) if above else ""


def _caveat(facts: Facts) -> str:
    """What of the gain is sharing and what one purse, and what acting together is worth where the partners lose at once."""
    return sentences(facts.lang, _sharing(facts), _at_once(facts))


def _sharing(facts: Facts) -> str:
    plan = facts.found.plans[facts.lead_plan] if facts.lead_plan else None
    if plan is None or not facts.plans["joint"] or plan.by_sharing is None:
        return ""
    added, sharing = facts.n.points(plan.added), facts.n.points(plan.by_sharing)
    return facts.say("by_sharing_all" if added == sharing else "by_sharing", added=added, sharing=sharing)


def _at_once(facts: Facts) -> str:
    known = {p: plan.about["common"] for p, plan in facts.found.plans.items() if plan.about["common"] is not None}
    if not known:
        return facts.say("caveat_unknown")
    if max(known.values()) <= 0:
        return facts.say("caveat_none")
    most = sorted(known, key=lambda p: -known[p])[:2]
    items = [facts.say("caveat_item", title=facts.names[p], share=facts.n.share(known[p])) for p in most]
    return facts.say("caveat", items=facts.n.listed(items))


def _probability(facts: Facts) -> str:
    """The yearly probabilities that are assumed of the disruptions."""
    assumed = [r["probability"] for plan in facts.found.plans.values() for r in plan.disruptions.to_rows()]
    return facts.n.span(min(assumed), max(assumed))


def _figures(facts: Facts) -> list[Block]:
    """What each arrangement leaves of the leading plan's shortage, beside the first coalition's climb."""
    pictures = []
    if (name := facts.lead_plan) is not None:
        plan = facts.found.plans[name]
        figure = arrangement_bars(plan.arrangements, facts.names[name], HALF_WIDTH, facts.lang)
        coin = facts.coin(plan)
        rows = tuple(
            (brief_names.arrangement(r, facts.names, facts.lang), facts.n.money(r["short"], coin),
             facts.n.share(r["avoided_share"]))
            for r in plan.arrangements.to_rows()
        )  # fmt: skip
        header = (facts.say("head_arrangement"), facts.say("head_left"), facts.say("head_avoided"))
        behind = Grid(header, rows, facts.say("plans_behind", title=facts.names[name]), (1, 2))
        pictures.append(Picture(figure, "", behind))
    for made in list(facts.found.coalitions.values())[:1]:
        if made.steps.to_rows()[0]["target_share"] is not None:
            pictures.append(_climb(facts, made))
    return [Row(tuple(pictures))] if pictures else []


def _climb(facts: Facts, made: Coalitions) -> Picture:
    rows = [r for k, r in enumerate(made.steps.to_rows()) if k == 0 or r["added"]]
    codes = {made.target, *rows[0]["scenario"].split("+"), *(r["added"] for r in rows[1:])}
    names = {**facts.names, **{c: brief_names.economy(c, facts.names, facts.lang) for c in codes if c}}
    first = rows[0]["scenario"]
    names[first] = facts.n.listed([names[c] for c in first.split("+")])
    names[made.scenario.name] = _scenario(facts, made)
    figure = coalition_climb(made.steps, made.target, made.scenario.name, names, HALF_WIDTH, facts.lang)
    cells = tuple(
        (names[r["added"] or r["scenario"]], facts.n.share(r["target_share"]), facts.n.share(r["members_share"]))
        for r in rows
    )
    header = (facts.say("head_joins"), facts.say("head_target"), facts.say("head_members"))
    return Picture(figure, "", Grid(header, cells, facts.say("steps_behind"), (1, 2)))


def _scenario(facts: Facts, made: Coalitions) -> str:
    scenario = made.scenario
    return (scenario.title_ja if facts.lang == "ja" else "") or scenario.title or scenario.name


# Who would sign


def _votes(facts: Facts) -> list[str]:
    votes = list(facts.found.votes.values())[:VOTES]
    return [_vote(facts, vote) for vote in votes] or [facts.say("sign_none")]


def _vote(facts: Facts, vote: Agreement) -> str:
    title, rule = (
        brief_names.proposal_title(vote, facts.lang),
        brief_names.rule(vote.about["rule"], facts.lang),
    )
    if vote.passes == YES:
        return facts.say("sign_passes", title=title, rule=rule)
    asof = vote.about["as_of"]
    day = facts.say("sign_as_of", day=facts.n.day(date.fromisoformat(asof))) if asof else ""
    word, who = ("sign_fails", vote.refusing()) if vote.passes == "no" else ("sign_open", vote.unknown())
    said = facts.say(word, title=title, rule=rule, asof=day, n=vote.about["members"], who=_economies(facts, who))
    if not vote.alternatives:
        return said + facts.say("sign_no_way")
    best = vote.alternatives[0]
    row = vote.outcome.where(scenario=best).to_rows()[0]
    terms: dict[tuple[str, str, str], list[str]] = {}
    for r in vote.carve_outs.where(scenario=best).to_rows():
        who = brief_names.economy(r["member"], facts.names, facts.lang)
        terms.setdefault((r["product"], r["mode"], r["until"]), []).append(who)
    items = [_exempt(facts, *term, facts.n.listed(who)) for term, who in terms.items()]
    return said + facts.say(
        "sign_with", items=facts.n.listed(items), probability=facts.n.about(row["probability_low"]),
        hit=facts.n.about(row["hit_value"]),
    )  # fmt: skip


def _economies(facts: Facts, codes: tuple[str, ...]) -> str:
    return facts.n.listed([brief_names.economy(c, facts.names, facts.lang) for c in codes]) or facts.n.missing


def _exempt(facts: Facts, product: str, mode: str, until: str, who: str) -> str:
    """An exemption and the members that have it."""
    try:
        day = facts.say("sign_until", day=facts.n.day(date.fromisoformat(until)))
    except ValueError:
        day = facts.say("sign_no_end")
    by = brief_names.MODES.get(mode, (f" {mode}", mode))[facts.lang == "ja"]
    return facts.say("sign_exempt", who=who, product=brief_names.product(product, facts.lang), mode=by, until=day)


def _coalitions(facts: Facts) -> list[str]:
    out = []
    for made in list(facts.found.coalitions.values())[:1]:
        steps = [r for k, r in enumerate(made.steps.to_rows()) if k == 0 or r["added"]]
        first, last = steps[0], steps[-1]
        said = facts.say(
            "coalition", title=_scenario(facts, made), n=len(steps) - 1,
            target=brief_names.economy(made.target, facts.names, facts.lang),
            members=facts.n.listed([brief_names.economy(c, facts.names, facts.lang) for c in first["scenario"].split("+")]),
            first=facts.n.share(first["target_share"]), last=facts.n.share(last["target_share"]),
            own=facts.n.share(last["members_share"]),
        )  # fmt: skip
        for row in made.marginal.where(criterion="nested").to_rows():
            if row["member"] in facts.buyers:
                who = brief_names.economy(row["member"], facts.names, facts.lang)
                said += facts.say("coalition_member", name=who, points=facts.n.points(row["target_points"]))
        out.append(said)
    return out or [facts.say("coalition_none")]


# Commitments


def _commitments(facts: Facts, most: int) -> list[Block]:
    rows = facts.commitments
    if not rows:
        return [Paragraph(facts.say("commitments_none"))]
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["status"]] = counts.get(row["status"], 0) + 1
    still = [r for r in rows if r["status"] not in CLOSED]
    undated = sum(r["due"] is None for r in still)
    no_due = facts.say("commitments_no_due", n=undated, open=len(still)) if undated else ""
    states = [facts.say("state_item", n=n, state=brief_names.state(s, facts.lang)) for s, n in counts.items()]
    said = facts.say(
        "commitments_count", many=facts.many, states=facts.n.listed(states), overdue=sum(r["overdue"] is True for r in rows),
        signed=sum(r["agreed"] for r in rows), no_due=no_due,
    )  # fmt: skip
    shown = rows[:most]
    header = tuple(facts.say(w) for w in ("commitment", "owners", "state", "indicator"))
    more = len(rows) > len(shown)
    caption = facts.say(
        "commitments_more" if more else "commitments_caption",
        day=facts.n.day(date.fromisoformat(facts.state.about["on"])), n=len(shown), all=len(rows),
    )  # fmt: skip
    return [Paragraph(said), Grid(header, tuple(_commitment(facts, r) for r in shown), caption)]


def _commitment(facts: Facts, row: dict[str, Any]) -> tuple[str, ...]:
    text = " ".join(((facts.lang == "ja" and row["text_ja"]) or row["text"]).split())
    owners = [brief_names.economy(o, facts.names, facts.lang) for o in row["owners"].split(", ") if o]
    state = brief_names.state(row["status"], facts.lang)
    if row["overdue"]:
        state = facts.say("overdue_by", state=state, n=row["days_overdue"])
    elif row["status"] != "done":
        state = facts.say(
            "state_due" if row["due"] else "state_no_due",
            state=state,
            day=facts.n.day(row["due"]) if row["due"] else "",
        )
    return (
        text if len(text) <= TEXT else f"{text[: TEXT - 1].rstrip()}…",
        facts.say("list").join(owners) or facts.n.missing,
        state, _indicator(facts, row),
    )  # fmt: skip


def _indicator(facts: Facts, row: dict[str, Any]) -> str:
    """The latest value of a commitment's indicator with its range and what is aimed at; missing where it is not known."""
    if not row["indicator"]:
        return facts.say("no_indicator")
    fraction = row["unit"].startswith("fraction")

    def said(value: float | None) -> str:
        return facts.n.share(value) if fraction or value is None else significant(value, 2)

    latest = facts.n.ranged(row["latest"], row["low"], row["high"]) if fraction else said(row["latest"])
    target = facts.say("no_target") if row["target"] is None else said(row["target"])
    title = brief_names.indicator(row["indicator"], facts.lang)
    if (known := INDICATORS.get(row["indicator"])) is not None and known.per == "scenario":
        title = facts.say("indicator_of", title=title, of=facts.names.get(row["of"], row["of"]))
    text = facts.say("indicator_said", title=title, latest=latest, target=target)
    trend = brief_names.trend(row["trend"], facts.lang)
    return facts.say("with_trend", text=text, trend=trend) if trend else text
