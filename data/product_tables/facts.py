"""What a list of dated facts has to have: a date, a source, an address, and a word on whether it was checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from interdep.errors import InputError, unknown

from .table import MEMBERS

KINDS = ("law", "pipeline", "refinery", "event")
NEEDED = ("kind", "subject", "members", "date", "text", "source", "url", "certain")


def check_facts(facts: Mapping[str, Any], where: str) -> int:
    """How many facts there are; InputError for the first that lacks something or names somebody who is no member."""
    for fact in facts.get("facts", ()):
        lacking = [name for name in NEEDED if name not in fact]
        if lacking:
            raise InputError(f"{where}: {fact.get('subject', 'a fact')} has no {', '.join(lacking)}")
        if fact["kind"] not in KINDS:
            raise unknown("kind of fact", fact["kind"], KINDS, where)
        if not isinstance(fact["date"], date):
            raise InputError(f"{where}: the date of {fact['subject']} is no date; write it as 2022-06-03")
        if fact["certain"] and not fact["url"].startswith("https://"):
            raise InputError(f"{where}: {fact['subject']} is certain and has no address to look it up")
        for member in fact["members"]:
            if member not in MEMBERS:
                raise unknown("member", member, MEMBERS, where)
    return len(facts.get("facts", ()))
