"""What a partnership's folder holds beside its first file: meetings with decisions, commitments, levers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr

from interdep.partnership.measures import Id
from interdep.partnership.signing import content_hash
from interdep.partnership.unseen import strange
from interdep.shocks.kinds import Names
from interdep.shocks.messages import OneSentence
from interdep.shocks.scenario import CalendarDay

Level = Literal["summit", "ministerial", "senior officials", "working group"]
"""Who sits at a meeting."""

State = Literal["not known", "not started", "under way", "done", "stopped"]
"""How far a commitment is; "not known" where no public source says so."""

CLOSED = ("done", "stopped")
"""States in which nothing falls due any more."""


def _printable(text: str) -> str:
    """Text that every page, sheet and terminal can show: a control character is a slip of the keyboard, or worse."""
    wrong = strange(text)
    if wrong:
        raise ValueError(wrong)
    return text


def _address(text: str) -> str:
    if text and not text.startswith(("https://", "http://")):
        raise ValueError(f"= {text!r} is no address; it begins with https://")
    return _printable(text)


Text = Annotated[str, AfterValidator(_printable)]
Said = Annotated[str, Field(min_length=1), AfterValidator(_printable)]
Address = Annotated[str, AfterValidator(_address)]


class _Document(BaseModel, metaclass=OneSentence):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Evidence(_Document):
    """A public source: what it is, where it stands, of which day."""

    title: Said
    url: Address = ""
    date: CalendarDay | None = None
    note: Text = ""


class Decision(_Document):
    """What a meeting decided, who among the members sees to it, and by when."""

    id: Id
    text: Said
    text_ja: Text = ""
    owners: Names = ()
    due: CalendarDay | None = None


class Meeting(_Document):
    """One meeting of the partnership. chairs: the offices that chaired it, by member; day and place empty where not known."""

    id: Id
    title: Said
    title_ja: Text = ""
    level: Level
    date: CalendarDay | None = None
    place: Text = ""
    place_ja: Text = ""
    chairs: dict[str, Names] = Field(default_factory=dict)
    agenda: Names = ()
    decisions: tuple[Decision, ...] = ()
    conclusions: Text = ""
    conclusions_ja: Text = ""
    sources: tuple[Evidence, ...] = ()


class Effect(_Document):
    """The indicator that shows a commitment's effect, and what is aimed at.

    id: of the registry, see `interdep.partnership.indicators`; of: the pillar, scenario, plan or coalition it is read for
    (default: the commitment's pillar); member: whose it is (default: the worst of the members'); target: the value aimed at, by
    a year; baseline: the value at the start and its year, where no older results are compared.
    """

    id: str
    of: str = ""
    member: str = ""
    target: Annotated[float, Field(strict=True, allow_inf_nan=False)] | None = None
    by: Annotated[int, Field(strict=True, ge=1990, le=2200)] | None = None
    baseline: Annotated[float, Field(strict=True, allow_inf_nan=False)] | None = None
    baseline_year: Annotated[int, Field(strict=True, ge=1900, le=2200)] | None = None


class Signature(_Document):
    """One side's sign-off: the hash of the commitment as that side saw it, the day, the office that signed."""

    hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    on: CalendarDay | None = None
    office: Text = ""


class Commitment(_Document):
    """What the members have committed themselves to.

    decision: "MEETING/DECISION" from which it follows; offices: who in each member sees to it; status: how far it is, shown by
    evidence; indicator: what shows its effect; signatures: the sign-off of
    each member that has signed, see `agreed_by`.
    """

    id: Id
    text: Said
    text_ja: Text = ""
    pillar: Id
    owners: Names = ()
    offices: dict[str, Text] = Field(default_factory=dict)
    decision: str = ""
    due: CalendarDay | None = None
    status: State = "not known"
    evidence: tuple[Evidence, ...] = ()
    indicator: Effect | None = None
    note: Text = ""
    signatures: dict[str, Signature] = Field(default_factory=dict)

    _read: tuple[str, str] = PrivateAttr(default=("", ""))

    @classmethod
    def of_file(cls, data: dict[str, Any]) -> Commitment:
        """The commitment in a parsed file; its hash is that of the file as parsed."""
        made = cls.model_validate(data)
        made._read = content_hash(data), made._own
        return made

    @property
    def _own(self) -> str:
        """The hash of the value by itself; that of a file may differ (1 and 1.0, one name and a list of one)."""
        return content_hash(self.model_dump(exclude_unset=True))

    @property
    def hash(self) -> str:
        """SHA-256 of the content, signatures left out; see `interdep.partnership.signing`."""
        of_file, own = self._read
        # A copy that was edited in Python is not what the file says.
        return of_file if own == self._own else self._own

    @property
    def agreed_by(self) -> tuple[str, ...]:
        """The members that have signed what stands here now."""
        return tuple(member for member, s in self.signatures.items() if s.hash == self.hash)

    @property
    def outdated(self) -> tuple[str, ...]:
        """The members that have signed something else, and not what stands here now."""
        return tuple(member for member, s in self.signatures.items() if s.hash != self.hash)


class Lever(_Document):
    """An instrument that members have. kind: the lever of `interdep.respond` that it is, "" where none stands for it."""

    id: Id
    title: Said
    title_ja: Text = ""
    kind: str = ""
    pillar: Id
    owners: Names = ()
    legal_basis: Text = ""
    note: Text = ""
    note_ja: Text = ""
    sources: tuple[Evidence, ...] = ()


DOCUMENTS: dict[str, type[_Document]] = {"meetings": Meeting, "commitments": Commitment, "levers": Lever}
"""What stands in which folder of a partnership, a file each."""
