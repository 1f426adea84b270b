"""Briefing: a document with the tables and scenario files behind it, saved as PDF, HTML or XLSX."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from interdep.briefing.content import PAGES
from interdep.errors import InputError
from interdep.store import write_bytes, write_text

if TYPE_CHECKING:
    from interdep.briefing.content import Document
    from interdep.tables import Table

KINDS = (".pdf", ".html", ".xlsx")
"""What a briefing can be saved as, by the end of the file's name."""


@dataclass(frozen=True, eq=False)
class Briefing:
    """The two pages. tables, scenarios: what they rest on, attached to the PDF; about: what the workbook says first."""

    document: Document
    tables: tuple[Table, ...]
    scenarios: Mapping[str, str]
    about: Mapping[str, str]

    def pdf(self, when: datetime | None = None, pages: int | None = PAGES) -> bytes:
        """PDF/A with tags; scenario files and tables attached. Equal results and SOURCE_DATE_EPOCH give equal bytes.

        pages: how many it may take, None for any number. Raises InputError for a text that is longer.
        """
        from interdep.briefing.typst import pdf

        inside = {name: text.encode("utf-8") for name, text in self.scenarios.items()}
        inside |= {f"{table.name}.csv": b"\xef\xbb\xbf" + table.csv().encode("utf-8") for table in self.tables}
        return pdf(self.document, inside, when, pages)

    def html(self) -> str:
        """One self-contained page."""
        from interdep.briefing.html import render

        return render(self.document)

    def xlsx(self, when: datetime | None = None) -> bytes:
        """A workbook: a sheet a table, units and sources."""
        from interdep.briefing.xlsx import workbook

        return workbook(self.tables, self.about, when, self.document.language)

    def save(self, path: str | Path, pages: int | None = PAGES) -> Path:
        """Write the file that the name's end asks for, whole or not at all; InputError for another end; pages: of a PDF."""
        target = Path(path)
        kind = target.suffix.lower()
        if kind == ".pdf":
            write_bytes(target, self.pdf(pages=pages))
        elif kind == ".html":
            write_text(target, self.html())
        elif kind == ".xlsx":
            write_bytes(target, self.xlsx())
        else:
            raise InputError(f"{target} is no kind of briefing; let the name end in {', '.join(KINDS)}")
        return target

    def __repr__(self) -> str:
        first = f"Briefing ({self.document.language}): {self.document.title}"
        return f"{first}\n└─ {len(self.tables)} tables, {len(self.scenarios)} scenarios"
