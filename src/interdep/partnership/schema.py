"""Partnership: members, pillars, what is weighed, and the meetings, commitments and levers that lie beside it in its folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from interdep.errors import InputError
from interdep.geography import economies
from interdep.partnership.documents import Commitment, Decision, Lever, Meeting, Text
from interdep.partnership.measures import Id, Resilience, Sanctions, Vote
from interdep.partnership.reading import COVER, Piece, Problem, documents, doubled, library, parse, place_of, text_of
from interdep.shocks.kinds import Names
from interdep.shocks.messages import OneSentence
from interdep.shocks.scenario import CalendarDay, SourceNote
from interdep.units import counted

__all__ = ["Partnership", "Pillar", "draft", "library"]


class Pillar(BaseModel, metaclass=OneSentence):
    """One field of the partnership, the industries (ISIC Rev. 4) and the product sets it is about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id
    title: Text
    title_ja: Text = ""
    industries: Names | None = None
    products: Names | None = None


class Cover(BaseModel, metaclass=OneSentence):
    """The first file of a partnership."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1)]
    title: Text
    title_ja: Text = ""
    members: Annotated[Names, Field(min_length=2)]
    since: CalendarDay | None = None
    legal_basis: Text = ""
    sources: tuple[SourceNote, ...] = ()
    pillars: tuple[Pillar, ...] = ()
    plans: tuple[Resilience, ...] = ()
    votes: tuple[Vote, ...] = ()
    coalitions: tuple[Sanctions, ...] = ()


class Partnership(Cover):
    """Members (economies or groups, each one partner), pillars, what is weighed, meetings, commitments, levers.

    Made by `Partnership.read` or by hand.
    """

    meetings: tuple[Meeting, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    levers: tuple[Lever, ...] = ()

    @classmethod
    def read(cls, source: str | Path) -> Partnership:
        """A partnership of the library by name ("eu-japan"), or a folder with `partnership.toml`, or that file.

        Raises InputError, with file, line and key, for the first thing that is wrong, unknown members included.
        """
        found = draft(source)
        if found.errors:
            raise InputError(found.errors[0].text)
        assert found.partnership is not None
        return found.partnership

    @property
    def decisions(self) -> dict[str, tuple[Meeting, Decision]]:
        """{"MEETING/DECISION": both} in the order of the meetings' files."""
        return {f"{m.id}/{d.id}": (m, d) for m in self.meetings for d in m.decisions}

    def agreed(self, commitment: Commitment) -> bool:
        """Every member has signed what the commitment says now."""
        return set(self.members) <= set(commitment.agreed_by)

    def __repr__(self) -> str:
        lines = [f"Partnership {self.name}: {self.title}", f"├─ members: {', '.join(self.members)}"]
        lines += [f"├─ pillar {p.id}: {p.title}" for p in self.pillars]
        parts = (("meeting", self.meetings), ("commitment", self.commitments), ("lever", self.levers))
        counts = [counted(len(each), name) for name, each in parts if each]
        lines += [f"├─ {', '.join(counts)}"] if counts else []
        lines.append(f"└─ since {self.since or 'not known'}")
        return "\n".join(lines)

    __str__ = __repr__


@dataclass(frozen=True)
class Draft:
    """A partnership's folder as it stands, with all that is wrong with it; partnership: None where there is an error."""

    partnership: Partnership | None
    problems: tuple[Problem, ...]
    files: dict[str, Piece]

    @property
    def errors(self) -> list[Problem]:
        """What has to be put right before anything else works."""
        return [p for p in self.problems if p.kind == "error"]


def draft(source: str | Path) -> Draft:
    """Read everything and check every reference; nothing is raised but where there is no such partnership."""
    from interdep.partnership.references import check

    file, where = place_of(source)
    cover: Piece | None = None
    problems: list[Problem] = []
    try:
        cover = parse(text_of(file, where), where, Cover)
        problems += [Problem("error", text) for text in _faults(cover)]
    except InputError as error:
        if not file.is_file():
            raise
        problems.append(Problem("error", str(error)))
    if file.name != COVER:
        pieces: dict[str, list[Piece]] = {}
    else:
        pieces, more = documents(file, where)
        problems += more
    for name, what in (("meetings", "meeting"), ("commitments", "commitment"), ("levers", "lever")):
        problems += doubled(pieces.get(name, []), what)
    files = {f"{name}/{p.value.id}": p for name, each in pieces.items() for p in each}
    if cover is None or any(p.kind == "error" for p in problems):
        return Draft(None, tuple(problems), files)
    values = {name: tuple(p.value for p in each) for name, each in pieces.items()}
    if "meetings" in values:
        # In the order in which they were held, those without a day last.
        values["meetings"] = tuple(sorted(values["meetings"], key=lambda m: (m.date is None, m.date or 0, m.id)))
    made = Partnership(**{name: getattr(cover.value, name) for name in cover.value.model_fields_set}, **values)
    problems += check(made, cover, files)
    return Draft(made, tuple(problems), files)


def _faults(cover: Piece) -> list[str]:
    """What the first file says that cannot be: an id twice, members nobody knows or that overlap."""
    said: Cover = cover.value
    found = []
    for key, name, what, way_out in (
        ("pillars", "id", "pillar", "an id"), ("plans", "name", "plan", "a name"),
    ):  # fmt: skip
        ids = [getattr(each, name) for each in getattr(said, key)]
        for number, each in enumerate(ids):
            if each in ids[:number]:
                found.append(
                    f"{cover.at(key, number, name)}: the {what} {each!r} stands twice; give each {way_out} of its own"
                )
    place = f"{cover.at('members')}, members"
    partner_of: dict[str, str] = {}
    for member in said.members:
        try:
            codes = economies(member, on=said.since)
        except InputError as error:
            found.append(f"{place}: {error}")
            continue
        for code in codes:
            if code in partner_of:
                found.append(f"{place}: {code} belongs to both {partner_of[code]} and {member}; name it once")
                break
            partner_of[code] = member
    return found
