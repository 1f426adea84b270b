"""What a briefing consists of, said once: blocks that every renderer (HTML today) turns into its own form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    """Small figures that stand side by side where there is room."""

    pictures: tuple[Picture, ...]


Block = Heading | Paragraph | Bullets | KeyNumbers | Grid | Picture | Row


@dataclass(frozen=True, eq=False)
class Document:
    """Everything a renderer needs; `footer` stands on every page."""

    title: str
    subtitle: str
    language: str
    blocks: Sequence[Block]
    footer: str

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
