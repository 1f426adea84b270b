"""Figure: a Vega-Lite spec with its title, its text alternative and the table behind it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from interdep.errors import InputError
from interdep.figures.theme import VEGA_LITE
from interdep.store import write_text
from interdep.tables import Table


@dataclass(frozen=True, eq=False)
class Figure:
    """One picture of one table.

    name: file stem; title: the finding or the quantity; alt: the main numbers in a sentence or two, for readers who do
    not see it; spec: Vega-Lite with its data inside; table: where the numbers stand, None where bare values were given.
    """

    name: str
    title: str
    alt: str
    spec: dict[str, Any]
    table: Table | None = None

    def __post_init__(self) -> None:
        if self.name != stem(self.name):
            raise InputError(f"figure name {self.name!r} is no file stem; call it {stem(self.name)!r}")

    def svg(self) -> str:
        """The picture as SVG text with `<title>` and `<desc>`; nothing is fetched, equal specs give equal bytes.

        Raises InputError where the spec cannot be drawn or asks for data from elsewhere.
        """
        try:
            drawn = _drawn(json.dumps(self.spec))
        except ValueError as error:
            raise InputError(f"figure {self.name!r} cannot be drawn: {' '.join(str(error).split())[:200]}") from error
        digest = hashlib.sha256(json.dumps([self.spec, self.title, self.alt], sort_keys=True).encode()).hexdigest()[:8]
        return _accessible(drawn, self.title, self.alt, f"{self.name}-{digest}")

    def save(self, folder: Path) -> list[Path]:
        """Write NAME.svg and NAME.vl.json into a folder; returns both paths."""
        picture, spec = folder / f"{self.name}.svg", folder / f"{self.name}.vl.json"
        write_text(picture, self.svg())
        write_text(spec, json.dumps(self.spec, ensure_ascii=False, indent=1) + "\n")
        return [picture, spec]

    def _repr_svg_(self) -> str:
        return self.svg()


@lru_cache(maxsize=64)
def _drawn(spec: str) -> str:
    """The SVG of a spec. A figure stands in a page, in a file and in the PDF: the last ones are kept, as drawing takes long."""
    import vl_convert

    return vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[])


def stem(*parts: str) -> str:
    """A file stem from words: what no file system refuses, joined by hyphens."""
    return "-".join(re.sub(r"[^\w.+]+", "-", part).strip("-.") for part in parts) or "figure"


def _accessible(svg: str, title: str, alt: str, ident: str) -> str:
    """The SVG with role, title and description, and ids that stay unique when several stand in one page."""
    for number, old in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg))):
        new = f"{ident}-{number}"
        for use in ('id="{}"', "url(#{})", '"#{}"'):
            svg = svg.replace(use.format(old), use.format(new))
    head = f'<svg role="img" aria-labelledby="{ident}-title {ident}-desc"'
    said = f'<title id="{ident}-title">{escape(title)}</title><desc id="{ident}-desc">{escape(alt)}</desc>'
    opening, rest = svg.split(">", 1)
    return f"{opening.replace('<svg', head, 1)}>{said}{rest}"
