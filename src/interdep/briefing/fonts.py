"""The shipped fonts: which signs they hold and how wide a text is, so that a renderer can refuse what would not print."""

from __future__ import annotations

import struct
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from interdep.errors import InputError

FOLDER = Path(__file__).parent / "fonts"
LATIN, JAPANESE = "Interdep Sans", "Interdep Sans JP"
"""Families, in the order in which a sign is looked for (English); each in regular and bold."""

INVISIBLE = "\u00ad\u200b\u2060"
"""Soft hyphen, places where a line may break or not: typesetting that needs no glyph."""


@dataclass(frozen=True)
class Face:
    """One font file: its signs with their advance widths in ems."""

    widths: dict[int, float]

    @classmethod
    def read(cls, path: Path) -> Face:
        """The character map (format 12 or 4) and the widths of an OpenType file."""
        data = path.read_bytes()
        count = struct.unpack_from(">H", data, 4)[0]
        tables = {
            data[at : at + 4].decode("ascii"): struct.unpack_from(">II", data, at + 8)
            for at in range(12, 12 + 16 * count, 16)
        }
        size = struct.unpack_from(">H", data, tables["head"][0] + 18)[0]
        measured = struct.unpack_from(">H", data, tables["hhea"][0] + 34)[0]
        hmtx = tables["hmtx"][0]
        return cls({
            point: struct.unpack_from(">H", data, hmtx + 4 * min(glyph, measured - 1))[0] / size
            for point, glyph in _glyphs(data, tables["cmap"][0])
            if glyph
        })  # fmt: skip


def _glyphs(data: bytes, cmap: int) -> list[tuple[int, int]]:
    """(code point, glyph) of the widest Unicode character map."""
    best: dict[int, int] = {}
    for number in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        start = cmap + struct.unpack_from(">I", data, cmap + 8 + 8 * number)[0]
        best[struct.unpack_from(">H", data, start)[0]] = start
    if 12 in best:
        start, pairs = best[12], []
        for group in range(struct.unpack_from(">I", data, start + 12)[0]):
            first, last, glyph = struct.unpack_from(">III", data, start + 16 + 12 * group)
            pairs += [(point, glyph + point - first) for point in range(first, last + 1)]
        return pairs
    start, pairs = best[4], []
    half = struct.unpack_from(">H", data, start + 6)[0]
    for at in range(start + 14, start + 14 + half, 2):
        last, first = struct.unpack_from(">H", data, at)[0], struct.unpack_from(">H", data, at + half + 2)[0]
        delta, offset = struct.unpack_from(">HH", data, at + 2 * half + 2)[0], at + 3 * half + 2
        jump = struct.unpack_from(">H", data, offset)[0]
        for point in range(first, min(last, 0xFFFE) + 1):
            glyph = struct.unpack_from(">H", data, offset + jump + 2 * (point - first))[0] if jump else point
            pairs.append((point, (glyph + delta) & 0xFFFF if glyph or not jump else 0))
    return pairs


@cache
def faces(bold: bool = False) -> tuple[Face, ...]:
    """The Latin and the Japanese face of one weight."""
    weight = "Bold" if bold else "Regular"
    return tuple(Face.read(next(FOLDER.glob(f"{family.replace(' ', '')}-{weight}.*"))) for family in (LATIN, JAPANESE))


def width(text: str, size: float, bold: bool = False) -> float:
    """What a line of text takes at a size, in the size's unit; signs that are not there count one em."""
    found = faces(bold)
    return size * sum(
        next((face.widths[ord(sign)] for face in found if ord(sign) in face.widths), 0 if sign in INVISIBLE else 1)
        for sign in text
    )


def settled(text: str, where: str) -> str:
    """A text as it can be printed: composed (NFC), with single spaces; raises InputError for a sign that has no glyph.

    where: what the error says the text is ("the title").
    """
    text = " ".join(unicodedata.normalize("NFC", text).split(" "))
    text = "".join(" " if sign in "\t\n\r" else sign for sign in text)
    for sign in text:
        if sign not in INVISIBLE and not all(any(ord(sign) in f.widths for f in faces(bold)) for bold in (False, True)):
            name = unicodedata.name(sign, "a control sign or unassigned")
            start = max(text.index(sign) - 20, 0)
            around = text[start : start + 40]
            raise InputError(
                f"the shipped font has no sign for U+{ord(sign):04X} ({name}) in {where}: {around!r};"
                " it holds Latin, Greek, Cyrillic and Japanese signs: replace it, or write the HTML form"
            )
    return text
