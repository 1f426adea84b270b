"""What a briefing consists of, said once: blocks that the renderers (HTML, PDF) turn into their own form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interdep.errors import InputError, unknown
from interdep.partnership.unseen import strange

if TYPE_CHECKING:
    from interdep.figures import Figure


@dataclass(frozen=True)
class Heading:
    """A section title; `anchor` is what links point to."""

    text: str
    anchor: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class KeyNumber:
    """One number with what it is and what it rests on."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class KeyNumbers:
    """The few numbers a reader takes away."""

    items: tuple[KeyNumber, ...]


@dataclass(frozen=True)
class Grid:
    """A printed table: text cells; columns named in `numeric` are set flush right."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure with its caption and the printed table behind it."""

    figure: Figure
    caption: str
    behind: Grid | None = None


@dataclass(frozen=True, eq=False)
class Row:
    """Small figures that stand side by side where there is room; in print as wide as their widths in pixels say."""

    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class PageBreak:
    """What follows begins a new page in print; where what stands before it does not fit, the error names this page."""


LANGUAGES = ("en", "ja")

PAGES = 2
"""A briefing is two pages, whatever it is about."""

Block = Heading | Paragraph | Bullets | KeyNumbers | Grid | Picture | Row | PageBreak


@dataclass(frozen=True, eq=False)
class Document:
    """Everything a renderer needs, all of it plain text: no sign in it is ever read as markup.

    language: "en" or "ja" (BCP 47), of the text and of the renderers' own words; footer: stands on every page (run hash and
    data vintages; two lines at most in print); marking: a handling mark ("FOR OFFICIAL USE") at the head and foot of every
    page, one line, "" for none. Headings go down one level at a time; the title is level 1.
    """

    title: str
    subtitle: str
    language: str
    blocks: Sequence[Block]
    footer: str
    marking: str = ""

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise unknown("language", self.language, LANGUAGES)
        if wrong := strange(self.marking):
            raise InputError(f"the marking {wrong}")
        above = 1
        for block in self.blocks:
            if isinstance(block, Heading):
                if not 2 <= block.level <= above + 1:
                    raise InputError(
                        f"heading {block.text!r} is of level {block.level} after one of level {above}; the title is level 1, and"
                        " headings go down one level at a time"
                    )
                above = block.level

    @property
    def pictures(self) -> list[Picture]:
        """Every figure with its caption, in order."""
        found = []
        for block in self.blocks:
            if isinstance(block, Picture):
                found.append(block)
            elif isinstance(block, Row):
                found += block.pictures
        return found

    @property
    def headings(self) -> list[Heading]:
        """The section titles, for a table of contents."""
        return [block for block in self.blocks if isinstance(block, Heading) and block.level == 2]
