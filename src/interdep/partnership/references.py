"""Checks that what one file of a partnership names stands in another, and says what is not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from interdep.errors import did_you_mean, first_five
from interdep.partnership.documents import CLOSED, Commitment, Lever, Meeting
from interdep.partnership.indicators import INDICATORS, Indicator, subjects
from interdep.partnership.named import unknown_names
from interdep.partnership.reading import Piece, Problem
from interdep.partnership.signing import ALL
from interdep.units import counted

if TYPE_CHECKING:
    from interdep.partnership.schema import Partnership


def check(partnership: Partnership, cover: Piece, files: Mapping[str, Piece]) -> list[Problem]:
    """Every reference that leads nowhere (errors), what is to be looked at (warnings), what is not known (notes).

    cover: the first file; files: the others by "folder/id".
    """
    found = [*unknown_names(partnership, cover), *_pillars(partnership, cover)]
    for meeting in partnership.meetings:
        found += _meeting(partnership, meeting, files[f"meetings/{meeting.id}"])
    for commitment in partnership.commitments:
        found += _commitment(partnership, commitment, files[f"commitments/{commitment.id}"])
    for lever in partnership.levers:
        found += _lever(partnership, lever, files[f"levers/{lever.id}"])
    return [*found, *not_known(partnership)]


def _pillars(partnership: Partnership, cover: Piece) -> Iterator[Problem]:
    used = {c.pillar for c in partnership.commitments}
    for number, pillar in enumerate(partnership.pillars):
        if pillar.id not in used:
            yield Problem("warning", f"{cover.at('pillars', number, 'id')}: the pillar {pillar.id!r} has no commitment")
    if not partnership.pillars:
        yield Problem("warning", f"{cover.where}: no pillar is named, so that nothing is measured by pillar")


def _meeting(partnership: Partnership, meeting: Meeting, piece: Piece) -> Iterator[Problem]:
    yield from _members(partnership, meeting.chairs, piece, ("chairs",), "chairs")
    if meeting.date and partnership.since and meeting.date < partnership.since:
        text = (
            f"{piece.at('date')}: the meeting of {meeting.date} is before the partnership began on {partnership.since}"
        )
        yield Problem("warning", text)
    ids = [d.id for d in meeting.decisions]
    for number, decision in enumerate(meeting.decisions):
        here = ("decisions", number)
        if decision.id in ids[:number]:
            text = f"{piece.at(*here, 'id')}: the decision {decision.id!r} stands twice; give each an id of its own"
            yield Problem("error", text)
        if not decision.owners:
            text = f"the decision {decision.id!r} has no owner; name the members that see to it, as in owners = "
            yield Problem("error", f"{piece.at(*here, 'id')}: {text}{_listed(partnership.members)}")
        yield from _members(partnership, decision.owners, piece, (*here, "owners"), "owners")
        if decision.due and meeting.date and decision.due < meeting.date:
            text = f"{piece.at(*here, 'due')}: due = {decision.due} is before the decision of {meeting.date}"
            yield Problem("error", text)


def _commitment(partnership: Partnership, commitment: Commitment, piece: Piece) -> Iterator[Problem]:
    yield from _pillar(partnership, commitment.pillar, piece)
    if commitment.id == ALL:
        text = f"id = {ALL!r} stands for every commitment in `interdep partnership sign`; give this one another id"
        yield Problem("error", f"{piece.at('id')}: {text}")
    if not commitment.owners:
        text = f"the commitment {commitment.id!r} has no owner; name the members that see to it, as in owners = "
        yield Problem("error", f"{piece.at('id')}: {text}{_listed(partnership.members)}")
    yield from _members(partnership, commitment.owners, piece, ("owners",), "owners")
    yield from _members(partnership, commitment.offices, piece, ("offices",), "offices")
    begun: date | None = partnership.since
    what = "the partnership began on"
    if commitment.decision:
        known = partnership.decisions
        if commitment.decision not in known:
            text = f"{piece.at('decision')}: unknown decision {commitment.decision!r}{_hint(commitment.decision, list(known))}"
            yield Problem("error", text)
        else:
            begun, what = known[commitment.decision][0].date or begun, "the decision of"
    if commitment.due and begun and commitment.due < begun:
        yield Problem("error", f"{piece.at('due')}: due = {commitment.due} is before {what} {begun}")
    if commitment.status == "done" and not commitment.evidence:
        yield Problem("warning", f"{piece.at('status')}: done, but no [[evidence]] shows it")
    yield from _effect(partnership, commitment, piece)
    if commitment.indicator and commitment.indicator.by and begun and commitment.indicator.by < begun.year:
        yield Problem(
            "error", f"{piece.at('indicator', 'by')}: by = {commitment.indicator.by} is before {what} {begun}"
        )
    yield from _members(partnership, commitment.signatures, piece, ("signatures",), "signatures")
    for member, signature in commitment.signatures.items():
        if signature.on and signature.on > date.today():
            yield Problem(
                "error", f"{piece.at('signatures', member)}: {member} has signed on {signature.on}, a day to come"
            )
    for number, shown in enumerate(commitment.evidence):
        if shown.date and shown.date > date.today():
            yield Problem(
                "error", f"{piece.at('evidence', number, 'date')}: the evidence is of {shown.date}, a day to come"
            )
    for member in commitment.outdated:
        text = f"{member} has signed another wording; it has been edited since, and is to be signed again"
        yield Problem("warning", f"{piece.at('signatures', member)}: {text}")


def _effect(partnership: Partnership, commitment: Commitment, piece: Piece) -> Iterator[Problem]:
    effect = commitment.indicator
    if effect is None:
        return
    if effect.id not in INDICATORS:
        text = f"{piece.at('indicator', 'id')}: unknown indicator {effect.id!r}{_hint(effect.id, list(INDICATORS))}"
        yield Problem("error", text)
        return
    indicator = INDICATORS[effect.id]
    known = subjects(partnership)[indicator.per]
    if effect.of and effect.of not in known:
        text = f"{piece.at('indicator', 'of')}: unknown {indicator.per} {effect.of!r}{_hint(effect.of, known)}"
        yield Problem("error", text)
    if not effect.of and indicator.per != "pillar":
        here = f"{piece.at('indicator', 'id')}: the indicator {effect.id!r} is read for a {indicator.per}"
        yield Problem(
            "error", f"{here}; say which, as in of = {known[0]!r}" if known else f"{here}, and the partnership has none"
        )
    if effect.member:
        if not indicator.by_member:
            text = f"{piece.at('indicator', 'member')}: the indicator {effect.id!r} is of all members together; take member out"
            yield Problem("error", text)
        else:
            yield from _members(partnership, [effect.member], piece, ("indicator", "member"), "indicator")
    if effect.baseline is not None and effect.baseline_year is None:
        text = f"{piece.at('indicator', 'baseline')}: a baseline needs its year, as in baseline_year = 2010"
        yield Problem("error", text)
    for key in ("target", "baseline"):
        wrong = _no_share(getattr(effect, key), indicator)
        if wrong:
            yield Problem("error", f"{piece.at('indicator', key)}: {key} = {wrong}")


def _no_share(value: float | None, indicator: Indicator) -> str:
    """What is wrong with a number where a share of 0 to 1 is asked for, "" where nothing is."""
    hhi = indicator.unit.startswith("HHI")
    if value is None or not (hhi or indicator.unit.startswith("fraction")):
        return ""
    # A disruption elsewhere can be a gain: a loss below nothing.
    least = -1 if indicator.per == "scenario" else 0
    if least <= value <= 1:
        return ""
    if hhi:
        meant = f"did you mean {value / 1e4:g}, which is {value:g} points?" if 100 <= value <= 1e4 else ""
        return f"{value:g} is no HHI of 0 to 1; {meant or 'it is the sum of squared shares'}"
    meant = f"did you mean {value / 100:g}, which is {value:g} %?" if 1 < value <= 100 else ""
    return f"{value:g} is no share; {meant or f'{indicator.id} lies between {least} and 1'}"


def _lever(partnership: Partnership, lever: Lever, piece: Piece) -> Iterator[Problem]:
    from interdep.responses.levers import LEVERS

    yield from _pillar(partnership, lever.pillar, piece)
    yield from _members(partnership, lever.owners, piece, ("owners",), "owners")
    if not lever.owners:
        text = f"{piece.at('id')}: the lever {lever.id!r} has no owner; name the members that hold it"
        yield Problem("error", text)
    if lever.kind and lever.kind not in LEVERS:
        yield Problem("error", f"{piece.at('kind')}: unknown lever {lever.kind!r}{_hint(lever.kind, list(LEVERS))}")


def _pillar(partnership: Partnership, name: str, piece: Piece) -> Iterator[Problem]:
    known = [p.id for p in partnership.pillars]
    if name not in known:
        yield Problem("error", f"{piece.at('pillar')}: unknown pillar {name!r}{_hint(name, known)}")


def _members(
    partnership: Partnership,
    names: Sequence[str] | Mapping[str, object],
    piece: Piece,
    path: tuple[str | int, ...],
    key: str,
) -> Iterator[Problem]:
    for name in names:
        if name not in partnership.members:
            where = piece.at(*path, name) if isinstance(names, Mapping) else piece.at(*path)
            text = f"{where}, {key}: {name!r} is no member of the partnership{_hint(name, partnership.members)}"
            yield Problem("error", text)


def not_known(partnership: Partnership) -> list[Problem]:
    """What no file says, counted: a field that is empty is not known, and never taken for nothing."""
    commitments, meetings = partnership.commitments, partnership.meetings
    pending = [c for c in commitments if c.status not in CLOSED]
    gaps = (
        ("commitment", "day due", [c.id for c in pending if c.due is None]),
        ("commitment", "status", [c.id for c in commitments if c.status == "not known"]),
        ("commitment", "indicator", [c.id for c in commitments if c.indicator is None]),
        ("commitment", "target", [c.id for c in commitments if c.indicator and c.indicator.target is None]),
        ("commitment", "responsible office",
         [c.id for c in commitments if not all(c.offices.get(o) for o in c.owners)]),
        ("meeting", "day", [m.id for m in meetings if m.date is None]),
        ("meeting", "place", [m.id for m in meetings if not m.place]),
        ("meeting", "chair", [m.id for m in meetings if not m.chairs]),
        ("decision", "day due", [key for key, (_, d) in partnership.decisions.items() if d.due is None]),
    )  # fmt: skip
    notes = [
        Problem("note", f"not known: the {what} of {counted(len(ids), kind)} ({first_five(ids)})")
        for kind, what, ids in gaps
        if ids
    ]
    if partnership.since is None:
        notes.append(Problem("note", "not known: since when the partnership stands"))
    unsigned = [c.id for c in commitments if not partnership.agreed(c)]
    if unsigned:
        notes.append(
            Problem(
                "note",
                f"commitments that not every member has signed as they stand: {len(unsigned)} of {len(commitments)}",
            )
        )
    return notes


def _listed(names: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def _hint(wrong: str, known: Sequence[str]) -> str:
    return did_you_mean(wrong, known) or (f"; known are {first_five(list(known))}" if known else "; there is none")
