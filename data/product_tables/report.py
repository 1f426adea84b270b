"""What the build prints, and how its figures get into the documentation page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from interdep.errors import InputError
from interdep.store import write_text

from .table import Check, markdown


def check_table(checks: Sequence[Check]) -> str:
    """Every check with what was expected, what came out and how far apart they may be."""
    rows = [(c.name, f"{c.expected:g}", f"{c.got:,.3f}", f"{c.within:g}", "yes" if c.passed else "NO") for c in checks]
    return markdown(["check", "expected", "got", "within", "passed"], rows)


def refreshed(text: str, sections: Mapping[str, str]) -> str:
    """The page with the text between `<!-- generated: NAME -->` and `<!-- end -->` replaced; InputError without a marker."""
    for name, body in sections.items():
        start = f"<!-- generated: {name} -->"
        if start not in text:
            raise InputError(f"the page has no marker {start!r}; put it, and <!-- end -->, where {name} belongs")
        head, rest = text.split(start, 1)
        _, tail = rest.split("<!-- end -->", 1)
        text = f"{head}{start}\n{body}\n<!-- end -->{tail}"
    return text


def refresh(page: Path, sections: Mapping[str, str]) -> None:
    """The page on disk, refreshed."""
    write_text(page, refreshed(page.read_text(encoding="utf-8"), sections))
