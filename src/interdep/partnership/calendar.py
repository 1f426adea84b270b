"""calendar: meetings and days due as an iCalendar file that is the same, byte for byte, as long as the folder is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

from interdep.errors import InputError
from interdep.partnership.documents import CLOSED

if TYPE_CHECKING:
    from icalendar import Calendar

    from interdep.partnership.schema import Partnership


def calendar(partnership: Partnership, language: Literal["en", "ja"] = "en") -> bytes:
    """Every meeting, decision and commitment with a day, as whole-day events (RFC 5545).

    An event's UID is made of what it is and its id; its stamp is the day on which it was decided, never that of writing. Raises
    InputError where nothing has a day.
    """
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", "-//interdep//partnership//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", _said(partnership.title, partnership.title_ja, language))
    for meeting in partnership.meetings:
        if meeting.date is None:
            continue
        title = _said(meeting.title, meeting.title_ja, language)
        place = _said(meeting.place, meeting.place_ja, language)
        told = _said(meeting.conclusions, meeting.conclusions_ja, language)
        _event(made, partnership, f"meeting-{meeting.id}", meeting.date, meeting.date, title, told, place)
        for decision in meeting.decisions:
            if decision.due:
                text = _due(_said(decision.text, decision.text_ja, language), language)
                _event(
                    made, partnership, f"decision-{meeting.id}-{decision.id}", decision.due, meeting.date, text, title
                )
    known = partnership.decisions
    for commitment in partnership.commitments:
        if commitment.due is None or commitment.status in CLOSED:
            continue
        decided = known[commitment.decision][0].date if commitment.decision in known else None
        stamp = decided or partnership.since or commitment.due
        text = _due(_said(commitment.text, commitment.text_ja, language), language)
        owners = ", ".join(commitment.owners)
        _event(made, partnership, f"commitment-{commitment.id}", commitment.due, stamp, text, owners)
    if not made.subcomponents:
        raise InputError(
            f"{partnership.name} has no day to put into a calendar; give a meeting a date or a commitment a due"
        )
    return made.to_ical()


def _event(
    made: Calendar,
    partnership: Partnership,
    name: str,
    day: date,
    stamp: date,
    title: str,
    told: str = "",
    place: str = "",
) -> None:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{name}@{partnership.name}.interdep")
    event.add("dtstamp", datetime.combine(stamp, time(), UTC))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", title)
    if told:
        event.add("description", told)
    if place:
        event.add("location", place)
    event.add("transp", "TRANSPARENT")
    made.add_component(event)


def _said(english: str, japanese: str, language: str) -> str:
    return japanese if language == "ja" and japanese else english


def _due(text: str, language: str) -> str:
    return f"期限：{text}" if language == "ja" else f"Due: {text}"
