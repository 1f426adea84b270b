"""A Document as PDF: A4, archivable (PDF/A-3a) and tagged (PDF/UA-1), with the files it rests on attached inside."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

from interdep.briefing.content import (
    PAGES,
    Block,
    Bullets,
    Document,
    Grid,
    Heading,
    KeyNumbers,
    PageBreak,
    Paragraph,
    Picture,
    Row,
)  # fmt: skip
from interdep.briefing.fonts import FOLDER, JAPANESE, LATIN, settled
from interdep.briefing.measures import (
    LINE,
    MM,
    PAGE,
    TEXT_HEIGHT,
    TEXT_WIDTH,
    breakable,
    check_footer,
    check_marking,
    columns,
)  # fmt: skip
from interdep.briefing.moment import moment
from interdep.errors import InputError
from interdep.figures import FULL_WIDTH
from interdep.figures.theme import PADDING
from interdep.units import counted

TEMPLATE = Path(__file__).with_name("page.typ")
MIME = {
    ".toml": "application/toml", ".csv": "text/csv", ".json": "application/json", ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".ics": "text/calendar",
}  # fmt: skip
SOURCES = (".toml",)
"""Files a run is made from; the others are data behind the text."""

GAP = 3.5 * MM
STOPS = (".", "。", "!", "?")


def pdf(
    document: Document, attachments: Mapping[str, bytes], when: datetime | None = None, pages: int | None = PAGES
) -> bytes:
    """The document as a PDF file. Equal input and time give equal bytes.

    attachments: {file name: content} put inside (scenario files, tables as CSV); when: the time the file bears, by default
    SOURCE_DATE_EPOCH or now; pages: how many it may take, None for any number. Tables behind figures are not
    printed: attach them. Raises InputError for a sign that has no glyph, a marking or footer too long for its place, a table too
    wide, a document too long: each says where and by how much.
    """
    when = moment(when)
    with _compiler(document, attachments, when) as compiler:
        if pages is not None:
            _check_length(json.loads(compiler.query("<place>", field="value")), pages)
        made, warnings = compiler.compile_with_warnings(format="pdf", pdf_standards=["a-3a", "ua-1"], timestamp=when)
    if warnings:
        raise InputError(f"the PDF would not be as it should: {_one_line(warnings[0])}")
    if not isinstance(made, bytes):
        raise InputError("the PDF cannot be made: nothing came out")
    return made


def too_long(document: Document) -> list[bool]:
    """Of each part between page breaks, whether it takes more than a page; raises InputError as `pdf` does for all else."""
    with _compiler(document, {}, moment(None)) as compiler:
        places = json.loads(compiler.query("<place>", field="value"))
    starts, ends = ([page for kind, page, _ in places if kind == each] for each in ("start", "end"))
    return [last > first for first, last in zip(starts, ends, strict=True)]


@contextmanager
def _compiler(document: Document, attachments: Mapping[str, bytes], when: datetime) -> Iterator[Any]:
    """Typst at work on the document in a folder of its own; what it says is raised as InputError."""
    import typst

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        told = _Told(folder).document(document, attachments, when)
        (folder / "document.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        (folder / "page.typ").write_bytes(TEMPLATE.read_bytes())
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FOLDER)])
        try:
            yield typst.Compiler(str(folder / "page.typ"), root=str(folder), font_paths=fonts)
        except typst.TypstError as error:
            raise InputError(f"the PDF cannot be made: {_one_line(error)}") from error


class TooLong(InputError):
    """The text takes more pages than it may."""


def _one_line(said: Any) -> str:
    """What Typst said, with its hints."""
    return " ".join("; ".join([said.message, *said.hints]).split())


def _check_length(places: list[tuple[str, int, float]], pages: int) -> None:
    """Raise InputError where the text takes more pages than it may, naming the page that is too long and by how much."""
    starts = [p for p in places if p[0] == "start"]
    ends = [p for p in places if p[0] == "end"]
    takes = ends[-1][1]
    if takes <= pages:
        return
    top = PAGE["top"] * MM
    if len(starts) == pages:
        over = [
            f"page {number} is too long by {_length((end[1] - start[1] - 1) * TEXT_HEIGHT + end[2] - top)}"
            for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
            if end[1] > start[1]
        ]
    else:
        over = [f"it is too long by {_length((takes - pages - 1) * TEXT_HEIGHT + ends[-1][2] - top)}"]
    may = counted(pages, "page")
    raise TooLong(f"the text takes {takes} pages and may take {may}: {'; '.join(over)}; shorten it or allow more pages")


def _length(points: float) -> str:
    lines = max(round(points / LINE), 1)
    return f"about {max(points / MM, 1):.0f} mm ({counted(lines, 'line')} of text)"


class _Told:
    """The document as plain data for the page, its pictures and attachments as files of a folder; every text is checked."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.pictures = 0

    def document(self, document: Document, attachments: Mapping[str, bytes], when: datetime) -> dict[str, Any]:
        marking = settled(document.marking, "the marking").strip()
        footer = settled(document.footer, "the footer")
        check_marking(marking)
        check_footer(footer)
        title = settled(document.title, "the title")
        return {
            "name": title,
            "title": breakable(title),
            "subtitle": breakable(settled(document.subtitle, "the subtitle")),
            "language": document.language,
            "marking": marking,
            "footer": breakable(footer),
            "blocks": [self.block(block) for block in document.blocks],
            "attachments": [self.attachment(n, name, data) for n, (name, data) in enumerate(attachments.items())],
            "date": list(when.timetuple()[:6]),
            "latin": LATIN,
            "japanese": JAPANESE,
            "page": PAGE,
        }

    def block(self, block: Block) -> dict[str, Any]:
        def text(said: str, what: str) -> str:
            return breakable(settled(said, what))

        if isinstance(block, Heading):
            return {"kind": "heading", "level": block.level, "text": text(block.text, "a heading")}
        if isinstance(block, Paragraph):
            return {"kind": "paragraph", "text": text(block.text, "a paragraph")}
        if isinstance(block, Bullets):
            return {"kind": "bullets", "items": [text(item, "a list") for item in block.items]}
        if isinstance(block, KeyNumbers):
            items = [
                {key: text(getattr(n, key), f"the key number {n.value!r}") for key in ("value", "label", "note")}
                for n in block.items
            ]
            return {"kind": "numbers", "columns": min(len(items), 4), "items": items}
        if isinstance(block, Grid):
            return self.grid(block)
        if isinstance(block, Row):
            return self.row(block)
        if isinstance(block, PageBreak):
            return {"kind": "break"}
        return {"kind": "picture", **self.picture(block, self.points(block))}

    def grid(self, grid: Grid) -> dict[str, Any]:
        where = f"the table {grid.caption!r}"

        def cells(row: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(breakable(settled(cell, where)) for cell in row)

        for number, row in enumerate(grid.rows, 1):
            if len(row) != len(grid.header):
                raise InputError(
                    f"{where}: row {number} has {len(row)} cells under a header of {len(grid.header)}; give as many"
                )
        told = Grid(cells(grid.header), tuple(cells(row) for row in grid.rows), cells((grid.caption,))[0], grid.numeric)
        size, widths = columns(told)
        return {
            "kind": "grid", "caption": told.caption, "header": told.header, "rows": told.rows, "size": size, "columns": widths,
            "numeric": [place in told.numeric for place in range(len(told.header))],
        }  # fmt: skip

    def row(self, row: Row) -> dict[str, Any]:
        """Pictures side by side at the sizes they are drawn for, or all smaller where those do not fit."""
        widths = [self.points(each) for each in row.pictures]
        fits = min(1.0, (TEXT_WIDTH - GAP * (len(widths) - 1)) / sum(widths))
        widths = [each * fits for each in widths]
        pictures = [self.picture(each, w) for each, w in zip(row.pictures, widths, strict=True)]
        return {"kind": "row", "gap": GAP, "widths": widths, "pictures": pictures}

    def points(self, picture: Picture) -> float:
        """How wide a picture is printed: a figure of full width fills the text, others in the same scale."""
        svg = picture.figure.svg()
        sides = [re.search(rf'<svg[^>]*\b{side}="([\d.]+)', svg) for side in ("width", "height")]
        wide, tall = (float(found[1]) if found else FULL_WIDTH for found in sides)
        scale = TEXT_WIDTH / max(wide, FULL_WIDTH)
        if tall * scale > TEXT_HEIGHT:
            raise InputError(
                f"the figure {picture.figure.name!r} is {tall * scale / MM:.0f} mm tall and a page holds"
                f" {TEXT_HEIGHT / MM:.0f} mm; show fewer rows in it"
            )
        return wide * scale

    def picture(self, picture: Picture, points: float) -> dict[str, Any]:
        figure, where = picture.figure, f"the figure {picture.figure.name!r}"
        svg = figure.svg()
        for said in re.findall(r">([^<>]+)<", svg):
            settled(unescape(said), where)
        # The page has two fonts, and both are named: none is guessed from what the machine has.
        svg = re.sub(r'font-family="[^"]*"', f"font-family=\"'{LATIN}', '{JAPANESE}'\"", svg)
        file = f"picture-{self.pictures}.svg"
        self.pictures += 1
        (self.folder / file).write_text(svg, encoding="utf-8")
        return {
            "file": file,
            "width": points,
            "inset": PADDING * TEXT_WIDTH / FULL_WIDTH,
            "caption": breakable(settled(picture.caption, f"the caption of {where}")),
            "alt": settled(f"{figure.title}{'' if figure.title.endswith(STOPS) else '. '}{figure.alt}", where),
        }

    def attachment(self, number: int, name: str, data: bytes) -> dict[str, Any]:
        if not name or name != Path(name).name or re.search(r'[\\/:*?"<>|\x00-\x1f]', name):
            raise InputError(f'attachment {name!r} is no file name; leave out folders and the signs \\ / : * ? " < > |')
        file, suffix = f"attached-{number}", Path(name).suffix.lower()
        (self.folder / file).write_bytes(data)
        source = suffix in SOURCES
        return {
            "name": name, "file": file, "mime": MIME.get(suffix, "application/octet-stream"),
            "relation": "source" if source else "data",
            "about": "A file this was computed from" if source else "Data behind the text and figures",
        }  # fmt: skip
