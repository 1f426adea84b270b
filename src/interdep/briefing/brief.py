"""The two-page briefing of a partnership: what a minister reads, made from Findings alone, in English or Japanese."""

from __future__ import annotations

from typing import Any

from interdep.briefing import brief_names, brief_page1, brief_page2
from interdep.briefing.brief_facts import Facts
from interdep.briefing.brief_page1 import page_one
from interdep.briefing.brief_page2 import page_two
from interdep.briefing.content import Document, PageBreak
from interdep.briefing.findings import Findings
from interdep.briefing.numbers import Lang
from interdep.errors import InputError

LEAST = (len(brief_page1.STEPS) - 1, len(brief_page2.STEPS) - 1)
"""The largest `fewer`: what is left then is what nobody can do without."""


def brief(
    found: Findings, lang: Lang = "en", marking: str = "", state: Any = None, fewer: tuple[int, int] = (0, 0)
) -> Document:
    """Two A4 pages: what both depend on, what breaks and when, what to do, who would sign, whether the partnership delivers.

    found: the results of an assessment; lang: "en" or "ja"; marking: a handling mark for every page; state: the partnership's
    commitments as `interdep.partnership.status` gives them, None where there are none; fewer: of each page, 0 for all, up to
    LEAST for names so long or partners so many that the page does not hold all. Every number comes from the results; what is
    missing is said to be. Raises InputError for a language not spoken.
    """
    facts = Facts(found, lang, state)
    since = facts.say("since", day=facts.n.day(found.partnership.since)) if found.partnership.since else ""
    return Document(
        title=facts.say("title", name=brief_names.partnership_title(found, facts.n.lang)),
        subtitle=facts.say("subtitle", partners=facts.both, since=since, years=_years(facts)),
        language=lang,
        blocks=[*page_one(facts, fewer[0]), PageBreak(), *page_two(facts, fewer[1])],
        footer=_footer(facts),
        marking=marking,
    )  # fmt: skip


def fitting(found: Findings, lang: Lang = "en", marking: str = "", state: Any = None) -> Document:
    """The briefing with as much as each page holds; where even the least is too much, that, for the printer to say why."""
    from interdep.briefing.typst import too_long

    fewer = (0, 0)
    while True:
        document = brief(found, lang, marking, state, fewer)
        try:
            long = too_long(document)
        except InputError:
            return document  # Not a matter of length: the printer says what it is.
        first, second = (min(step + more, least) for step, more, least in zip(fewer, long, LEAST, strict=True))
        if (first, second) == fewer:
            return document
        fewer = (first, second)


def _years(facts: Facts) -> str:
    world = facts.found.world
    estimated = facts.say("years_estimated") if world.estimated_share else ""
    span = _traded(facts)
    trade = facts.say("years_trade", years=facts.n.years(*span)) if span else ""
    return facts.say("years", year=facts.n.years(world.year), estimated=estimated, trade=trade)


def _traded(facts: Facts) -> tuple[int, int] | None:
    """First and last year of the trade tables."""
    deps = facts.found.dependencies.products
    years = [] if deps is None else deps.products.frame["period"].to_list()
    return (min(years), max(years)) if years else None


def _footer(facts: Facts) -> str:
    """What the results are named by, and the vintages of the data."""
    found, deps = facts.found, facts.found.dependencies.products
    span, trade = _traded(facts), ""
    if deps is not None and span is not None:
        tables = sorted(set(deps.products.frame["data"].to_list()))
        trade = facts.say("footer_trade", tables=facts.say("list").join(tables), years=facts.n.years(*span))
    return facts.say(
        "footer", version=found.run.provenance.version, method=found.run.provenance.method,
        hash=found.identity,
        table=found.world.name, year=found.world.year, trade=trade,
    )  # fmt: skip
