"""What a list of dated facts has to have: a date, a source, an address, and a word on whether it was checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from interdep.errors import InputError, unknown

from .table import MEMBERS

KINDS = ("law", "pipeline", "refinery", "event")
NEEDED = ("kind", "subject", "members", "date", "text", "source", "url", "certain", "known_from")


def check_facts(facts: Mapping[str, Any], where: str) -> int:
    """How many facts there are; InputError for the first that lacks something or names somebody who is no member."""
    for fact in facts.get("facts", ()):
        lacking = [name for name in NEEDED if name not in fact]
        if lacking:
            raise InputError(f"{where}: {fact.get('subject', 'a fact')} has no {', '.join(lacking)}")
        if fact["kind"] not in KINDS:
            raise unknown("kind of fact", fact["kind"], KINDS, where)
        for name in ("date", "known_from"):
            if not isinstance(fact[name], date):
                raise InputError(f"{where}: the {name} of {fact['subject']} is no date; write it as 2022-06-03")
        share = fact.get("refining_share")
        if share is not None and (isinstance(share, bool) or not 0 < share <= 1 or not fact.get("owner")):
            raise InputError(
                f"{where}: the refining_share of {fact['subject']} must be a fraction above 0, at most 1, and needs an owner"
            )
        if fact["certain"] and not fact["url"].startswith("https://"):
            raise InputError(f"{where}: {fact['subject']} is certain and has no address to look it up")
        for member in fact["members"]:
            if member not in MEMBERS:
                raise unknown("member", member, MEMBERS, where)
    return len(facts.get("facts", ()))
