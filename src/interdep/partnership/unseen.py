"""Finds the signs in a text that no reader sees, and that make it say something else than it shows."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

HIDDEN = (
    frozenset("\u200b\u200c\u200d\u200e\u200f\u061c\u2060\ufeff")
    | frozenset(chr(n) for n in (*range(0x2028, 0x202F), *range(0x2061, 0x206A), *range(0xE0000, 0xE0080)))
    | frozenset("\u00ad\u115f\u1160\u180e\u3164\uffa0")
)
"""Signs without width or ink, line breaks no editor shows, and those that turn the direction of writing: no letter needs them."""

JOINERS = "\u200c\u200d"
"""Signs without width by which Persian and the scripts of India spell words: they show there, and nowhere else."""


def strange(text: str) -> str:
    """What is wrong with the first sign of a text that cannot be shown, "" where there is none."""
    for sign in text:
        if unicodedata.category(sign) == "Cc" and sign not in "\n\t":
            return f"holds the control character U+{ord(sign):04X}; take it out"
    return _hidden(text)


def _hidden(text: str) -> str:
    for before, sign in zip(" " + text, text, strict=False):
        if sign in HIDDEN and not (sign in JOINERS and _joined(before)):
            return f"holds the invisible character U+{ord(sign):04X} ({unicodedata.name(sign, 'no letter').lower()}); take it out"
    return ""


def _joined(sign: str) -> bool:
    """A letter or vowel sign of Arabic (from U+0600) or of a script of India (to U+0DFF)."""
    return "\u0600" <= sign <= "\u0dff" and unicodedata.category(sign)[0] in "LM"


def strange_lines(text: str) -> Iterator[tuple[int, str]]:
    """(line, what is wrong) of the lines of a file that hold an invisible character, comments too."""
    for number, line in enumerate(text.splitlines(), start=1):
        wrong = _hidden(line)
        if wrong:
            yield number, wrong


def strange_values(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """(path, what is wrong) of every text of a parsed file, keys too, written out or as an escape."""
    if isinstance(value, str):
        wrong = strange(value)
        if wrong:
            yield path, wrong
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from strange_values(name, (*path, name))
            yield from strange_values(each, (*path, name))
    elif isinstance(value, Sequence):
        for number, each in enumerate(value):
            yield from strange_values(each, (*path, number))
