"""Page 1 of the briefing: bottom line and decision sought, three numbers, shared dependence, suppliers, weeks, who is hit."""

from __future__ import annotations

from typing import Any

from interdep.briefing import brief_names
from interdep.briefing.brief_facts import WORTH_IT, Facts
from interdep.briefing.brief_words import sentences
from interdep.briefing.content import Block, Bullets, Grid, Heading, KeyNumber, KeyNumbers, Paragraph, Picture, Row
from interdep.dependence.compare import COMMON, SHARED
from interdep.figures import day_fan, loss_by_industry, supplier_flows, tile_map
from interdep.geography import economy, groups
from interdep.models.verdict import NOTHING
from interdep.tables import Table

INDUSTRIES, PRODUCTS, HIT = 3, 3, 3
"""How many industries, products and economies hit are named; the report and the tables hold all of them."""

FEW_PARTNERS = 3
"""Partners up to which a table has room for losses in weeks and in years."""

FLOWS, DAYS, TILES = 250, 205, 225
"""Pixels that the three figures are wide: together the width of an A4 page's text."""

BANDS, PANEL, TILE = 105, 54, 20
"""Pixels of all bands of the flows together, of a panel of days, of a tile."""


STEPS = ((3, True), (2, True), (1, True), (3, False), (2, False))
"""How many disruptions are listed and whether there are figures: all, then less where a page does not hold all."""


def page_one(facts: Facts, fewer: int = 0) -> list[Block]:
    """The blocks of page 1; fewer: which of the STEPS."""
    return [
        Heading(facts.say("line"), "line"),
        Paragraph(sentences(facts.lang, *bottom_line(facts))),
        Paragraph(decision(facts)),
        _numbers(facts),
        Heading(facts.say("depend"), "depend"),
        Bullets(tuple(_depend(facts))),
        Heading(facts.say("weeks"), "weeks"),
        *_weeks(facts, fewer),
    ]


def bottom_line(facts: Facts) -> list[str]:
    """Sentences: what is shared, what costs most in weeks and in years, what to do, whether the partnership delivers."""
    return [_shared(facts), _breaks(facts), _act(facts), _delivery(facts)]


def _shared(facts: Facts) -> str:
    supplier = facts.supplier
    if supplier is None:
        return facts.say("shared_none", both=facts.both, all=facts.industries)
    parts = {b: facts.n.about(facts.reliance(supplier, b)[1]) for b in facts.buyers}
    return facts.say(
        "shared", both=facts.both, supplier=facts.names[supplier], n=len(facts.shared), all=facts.industries,
        through=facts.by_buyer(parts),
    )  # fmt: skip


def _breaks(facts: Facts) -> str:
    if not facts.costliest:
        return facts.say("breaks_none", n=facts.tried, least=facts.n.share(NOTHING))
    lead = facts.costliest[0]
    return facts.say(
        "breaks" if facts.tried > 1 else "breaks_one", n=facts.tried, title=facts.names[lead],
        losses=facts.by_buyer(facts.losses(lead)), left=facts.by_buyer(facts.later(lead)),
    )  # fmt: skip


def _act(facts: Facts) -> str:
    name = facts.lead_plan
    if name is None:
        return facts.say("options_none")
    plan = facts.found.plans[name]
    word = "act" if facts.pooled(name) else "act_apart" if plan.added else "act_alone"
    return facts.say(
        word, title=facts.names[name], cost=facts.cost(name), avoided=facts.avoided(name), added=facts.added(plan)
    )


def _delivery(facts: Facts) -> str:
    rows = facts.commitments
    if not rows:
        return facts.say("commitments_line_none")
    unknown = sum(r["status"] == "not known" for r in rows)
    late = facts.say("overdue_count", n=sum(r["overdue"] is True for r in rows))
    # Without a day due, a target reached or missed, or a known state there is nothing to measure it by.
    told = any(r["due"] for r in rows) or any(r["target"] is not None for r in rows)
    return facts.say(
        "commitments_line", verdict=facts.say("delivers_known" if told else "delivers_unknown"), many=facts.many,
        done=sum(r["status"] == "done" for r in rows),
        # Nothing can be overdue that has no day.
        overdue=late if any(r["due"] for r in rows) else facts.say("overdue_unknown"),
        unknown=facts.say("commitments_unknown", n=unknown) if unknown else "",
    )  # fmt: skip


def decision(facts: Facts) -> str:
    """The decision sought: which plans to fund together, which each by itself, which to drop."""
    if not facts.found.plans:
        return facts.say("decide", text=facts.say("decide_none"))
    parts = []
    if joint := facts.plans["joint"]:
        named = [facts.say("decide_plan", title=facts.names[p], cost=facts.cost(p)) for p in joint]
        parts.append(facts.say("decide_joint", plans=facts.n.listed(named)))
    parts += [_help(facts, p) for p in facts.plans["help"]]
    for kind in ("own", "not"):
        if facts.plans[kind]:
            named = [facts.say("decide_title", title=facts.names[p]) for p in facts.plans[kind]]
            parts.append(facts.say(f"decide_{kind}", plans=facts.n.listed(named), least=facts.n.points(WORTH_IT)))
    if len(parts) > 1:
        parts = [facts.say("decide_part", k=k + 1, text=part) for k, part in enumerate(parts)]
    return facts.say("decide", text=facts.joined(parts))


def _help(facts: Facts, name: str) -> str:
    """To whom a plan is left, and which partner would pay for another."""
    plan = facts.found.plans[name]
    givers, rows = facts.givers(plan), plan.blocs.to_rows()
    more = sum(r["pays"] - r["spent_alone"] for r in rows if r["member"] in givers)
    alone = any(r["spent_alone"] for r in rows if r["member"] in givers)
    named = facts.say("decide_plan", title=facts.names[name], cost=facts.cost(name))
    return facts.say(
        "decide_help_each" if alone else "decide_help", plan=named,
        who=facts.n.listed([facts.names[r["member"]] for r in rows if r["member"] not in givers]),
        giver=facts.n.listed([facts.names[g] for g in givers]), more=facts.n.money(more, facts.coin(plan)),
    )  # fmt: skip


def _numbers(facts: Facts) -> KeyNumbers:
    return KeyNumbers((_number_shared(facts), _number_loss(facts), _number_added(facts)))


def _number_shared(facts: Facts) -> KeyNumber:
    supplier = facts.supplier
    value = facts.say("number_shared", n=len(facts.shared), all=facts.industries)
    if supplier is None:
        return KeyNumber(value, facts.say("number_none_label"))
    spans = {b: facts.n.span(*facts.reliance(supplier, b)) for b in facts.buyers}
    return KeyNumber(
        value,
        facts.say("number_shared_label", supplier=facts.names[supplier]),
        facts.say("number_shared_note", spans=facts.by_buyer(spans)),
    )


def _number_loss(facts: Facts) -> KeyNumber:
    if not facts.costliest:
        return KeyNumber(facts.n.share(0.0), facts.say("breaks_none", n=facts.tried, least=facts.n.share(NOTHING)))
    lead = facts.costliest[0]
    buyer = facts.most_hit(lead)
    row = facts.found.ranges[lead, buyer]
    return KeyNumber(
        facts.n.about(row["value"]),
        facts.say("number_loss_label", name=facts.names[buyer], title=facts.names[lead]),
        facts.say("number_loss_note", span=facts.n.span(row["low"], row["high"])),
    )


def _number_added(facts: Facts) -> KeyNumber:
    name = facts.lead_plan
    if name is None:
        return KeyNumber(facts.n.missing, facts.say("number_no_plan"))
    plan = facts.found.plans[name]
    if plan.added is None:
        return KeyNumber(facts.n.missing, facts.say("number_apart_note"))
    if name in facts.plans["help"]:
        return KeyNumber(facts.avoided(name), facts.say("number_apart_label", title=facts.names[name]))
    low, high = facts.ends(plan)
    return KeyNumber(
        facts.say("number_added", points=facts.n.points(plan.added)),
        facts.say("number_added_label", title=facts.names[name]),
        facts.say("number_added_note", span=facts.n.points_span(low, high), common=facts.n.share(plan.about["common"])),
    )


def _depend(facts: Facts) -> list[str]:
    out = []
    if facts.supplier is not None:
        items = [
            facts.say("depend_item", name=facts.names[r["industry"]], shares=facts.n.brackets(
                facts.by_buyer({b: facts.n.share(r[f"share_{b}"]) for b in facts.buyers})))
            for r in facts.shared[:INDUSTRIES]
        ]  # fmt: skip
        out.append(
            facts.say("depend_industries", supplier=facts.names[facts.supplier], items=facts.say("list").join(items))
        )
    out.append(_products(facts))
    out.append(_stops(facts))
    return out


def _products(facts: Facts) -> str:
    deps = facts.found.dependencies.products
    known = set() if deps is None else deps.known_for_all()
    if deps is None or not known:
        return facts.say("depend_no_products")
    rows = [r for r in deps.common.to_rows() if r["class"] in (COMMON, SHARED)]
    items = [
        facts.say("depend_item", name=brief_names.product(r["product"], facts.lang, r["name"]), shares=facts.n.brackets(
            f"{_economy(facts, r['top_supplier'])}{facts.say('colon')}"
            + facts.by_buyer({b: facts.n.share(r[f"share_{b}"]) for b in facts.buyers})))
        for r in rows[:PRODUCTS]
    ]  # fmt: skip
    common, periods = sum(r["class"] == COMMON for r in rows), [r["period"] for r in rows]
    years = facts.n.brackets(facts.n.years(min(periods), max(periods))) if periods else ""
    named = facts.say("colon") + facts.say("list").join(items) if items else ""
    return facts.say(
        "depend_products", years=years, n=len(known), same=len(rows), items=named,
        common=facts.say("common_some", n=common) if common else facts.say("common_none"),
    )  # fmt: skip


def _economy(facts: Facts, code: str) -> str:
    return brief_names.economy(code, facts.names, facts.lang)


def _stops(facts: Facts) -> str:
    items, unnamed = [], {}
    for buyer in facts.buyers:
        ranked = facts.found.costliest_stops(buyer)
        worst = next((r for r in ranked if r["supplier"] != "ROW"), None)
        if worst is None:
            continue
        items.append(facts.say(
            "stop_item", buyer=facts.names[buyer], industry=facts.names[worst["industry"]],
            supplier=facts.names[worst["supplier"]], loss=facts.n.share(worst["loss_share"]),
        ))  # fmt: skip
        if ranked[0]["supplier"] == "ROW":
            unnamed.setdefault(ranked[0]["industry"], {})[buyer] = facts.n.share(ranked[0]["loss_share"])
    # Unnamed economies are many, which no one decision stops; a reader has to know that they come first all the same.
    first = [
        facts.say("depend_item", name=facts.names[industry], shares=facts.n.brackets(facts.by_buyer(losses)))
        for industry, losses in unnamed.items()
    ]
    return sentences(
        facts.lang, facts.say("depend_stops", items=facts.joined(items)),
        facts.say("depend_unnamed", items=facts.joined(first)) if first else "",
    )  # fmt: skip


def _suppliers(facts: Facts) -> Picture:
    """Who supplies all partners, through the chain."""
    figure = supplier_flows(
        facts.found.dependencies.overall, facts.buyers[:4], names=facts.names, width=FLOWS, lang=facts.lang, height=BANDS
    )  # fmt: skip
    rows = tuple(
        (_economy(facts, r["supplier"]), facts.names[b], facts.n.share(r["face_share"]), facts.n.share(r["look_through_share"]))
        for b in facts.buyers for r in facts.found.overall(b)[:8]
    )  # fmt: skip
    header = (facts.say("head_supplier"), facts.say("head_buyer"), facts.say("head_direct"), facts.say("head_through"))
    return Picture(figure, "", Grid(header, rows, facts.say("flows_behind"), (2, 3)))


def _weeks(facts: Facts, fewer: int) -> list[Block]:
    if not facts.costliest:
        return [
            Paragraph(facts.say("breaks_none", n=facts.tried, least=facts.n.share(NOTHING))),
            Row((_suppliers(facts),)),
        ]
    lead = facts.costliest[0]
    said = (_worst(facts, lead), facts.judged(lead), _hit(facts, lead))
    most, figures = STEPS[fewer]
    return [
        _scenarios(facts, most),
        Bullets(tuple(text for text in said if text)),
        *([Row((_suppliers(facts), _days(facts, lead), *_members(facts, lead)))] if figures else []),
    ]


def _scenarios(facts: Facts, most: int) -> Grid:
    wide = len(facts.buyers) > FEW_PARTNERS
    rows = []
    for name in facts.costliest[:most]:
        soon, late = facts.losses(name), facts.later(name)
        cells = [
            c for b in facts.buyers
            for c in (soon.get(b, facts.n.missing), *(() if wide else (late.get(b, facts.n.missing),)))
        ]  # fmt: skip
        rows.append((facts.names[name], *cells, _first(facts, name)))
    header = [facts.say("weeks_scenario")]
    for b in facts.buyers:
        columns = ("weeks_soon",) if wide else ("weeks_soon", "weeks_late")
        header += [facts.say(column, name=facts.names[b]) for column in columns]
    return Grid((*header, facts.say("weeks_first")), tuple(rows), facts.say("weeks_caption"))


def _first(facts: Facts, scenario: str) -> str:
    """What is held back first in a scenario, and from which week."""
    first: dict[tuple[str, str, str], list[str]] = {}
    for buyer in facts.buyers:
        row = next((r for r in facts.bites if r["scenario"] == scenario and r["economy"] == buyer), None)
        if row is not None:
            key = facts.n.week(row["first_day"]), row["industry"], row["product"]
            first.setdefault(key, []).append(facts.names[buyer])
    if not first:
        return facts.say("weeks_nothing")
    return facts.joined([
        facts.say(
            "weeks_own" if industry == product else "weeks_first_item", week=week, industry=facts.names[industry],
            product=facts.names[product],
            who="" if len(who) == len(facts.buyers) else facts.n.brackets(facts.say("list").join(who)),
        )
        for (week, industry, product), who in first.items()
    ])  # fmt: skip


def _worst(facts: Facts, scenario: str) -> str:
    """When each partner is at its worst in a scenario."""
    items = []
    for buyer in facts.buyers:
        rows = facts.found.fan.daily.where(scenario=scenario, economy=buyer).to_rows()
        worst = max(rows, key=lambda r: (r["value"], -r["day"]))
        if worst["value"] >= NOTHING:
            items.append(
                facts.say(
                    "weeks_worst_item", buyer=facts.names[buyer], week=facts.n.week(worst["day"]),
                    loss=facts.n.ranged(worst["value"], worst["low"], worst["high"]),
                )
            )  # fmt: skip
    return facts.say("weeks_worst", title=facts.names[scenario], items=facts.joined(items))


def _days(facts: Facts, scenario: str) -> Picture:
    daily = facts.found.fan.daily
    some = facts.buyers[:4]
    figure = day_fan(daily, scenario, some, facts.names, DAYS, facts.lang, PANEL, stacked=True)
    rows = daily.where(scenario=scenario, economy=some).to_rows()
    step = max(1, max(r["day"] for r in rows) // 6)
    cells = tuple(
        (facts.names[r["economy"]], str(r["day"]), facts.n.share(r["value"]), facts.n.span(r["low"], r["high"]))
        for r in rows if r["day"] % step == 0
    )  # fmt: skip
    header = (facts.say("head_buyer"), facts.say("head_day"), facts.say("head_loss"), facts.say("head_range"))
    return Picture(figure, "", Grid(header, cells, facts.say("days_behind"), (1, 2, 3)))


def _loss(facts: Facts, scenario: str) -> Table:
    """Losses of a scenario day by day, under the default parameters."""
    return facts.found.fan.run.loss.where(scenario=scenario)


def _hit(facts: Facts, scenario: str) -> str:
    """The economies and industries of the partners that lose most of their own value added."""
    members = [m for each in facts.found.dependencies.buyers.values() for m in each]
    loss = _loss(facts, scenario)
    of = loss.where(economy=members).by("economy").top(HIT, "loss_share").to_rows()
    industries = []
    for buyer, each in facts.found.dependencies.buyers.items():
        top = loss.where(economy=list(each)).by("industry").top(2, "loss_share").to_rows()
        industries.append(
            facts.say("hit_buyer", buyer=facts.names[buyer], items=_items(facts, top, "industry"))
        )  # fmt: skip
    return facts.say(
        "hit", title=facts.names[scenario], economies=_items(facts, of, "economy"), industries=facts.joined(industries)
    )


def _items(facts: Facts, rows: list[dict[str, Any]], dim: str) -> str:
    names = [_economy(facts, r[dim]) if dim == "economy" else facts.names[r[dim]] for r in rows]
    return facts.n.listed(
        [facts.n.pair(name, facts.n.share(r["loss_share"])) for name, r in zip(names, rows, strict=True)]
    )


def _members(facts: Facts, scenario: str) -> list[Picture]:
    """Members of the first partner that is a group on their tiles; without a group, the industries of the worst hit partner."""
    loss = _loss(facts, scenario)
    group = next((b for b in facts.buyers if b in groups()), None)
    if group is None:
        buyer = facts.most_hit(scenario)
        members = list(facts.found.dependencies.buyers[buyer])
        model = loss.frame["model"].to_list()[0]
        figure = loss_by_industry(loss, scenario, members, facts.names[buyer], model, 5, facts.names, TILES, facts.lang)
        return [Picture(figure, "")]
    members = list(facts.found.dependencies.buyers[group])
    rows = loss.where(economy=members).by("economy").to_rows()
    shares = {r["economy"]: r["loss_share"] for r in rows if economy(r["economy"]).tile}
    # Two letters are read on a small tile, three are not.
    short = {code: economy(code).iso2 or code for code in shares}
    figure = tile_map(
        {short[code]: value for code, value in shares.items()},
        {short[code]: tile for code in shares if (tile := economy(code).tile)},
        facts.say("figure_hit_title"), "fraction of yearly value added",
        {short[code]: _economy(facts, code) for code in shares}, TILES, facts.lang, f"brief-members-{group}-{scenario}",
        facts.say("figure_hit_unit", title=facts.names[scenario]), largest=TILE, beside=True,
    )  # fmt: skip
    header = (facts.say("head_economy"), facts.say("head_loss"))
    cells = tuple(
        (_economy(facts, c), facts.n.share(v)) for c, v in sorted(shares.items(), key=lambda s: -(s[1] or 0.0))
    )
    return [Picture(figure, "", Grid(header, cells, facts.say("hit_behind"), (1,)))]
