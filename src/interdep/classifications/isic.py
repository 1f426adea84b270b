"""What a code of ISIC Rev. 4 means: sections, two-digit divisions and ranges of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

# UN Statistics Division, ISIC Rev. 4 (2008): first and last division of every section, and the numbers never given.
_SECTIONS = {
    "A": (1, 3),
    "B": (5, 9),
    "C": (10, 33),
    "D": (35, 35),
    "E": (36, 39),
    "F": (41, 43),
    "G": (45, 47),
    "H": (49, 53),
    "I": (55, 56),
    "J": (58, 63),
    "K": (64, 66),
    "L": (68, 68),
    "M": (69, 75),
    "N": (77, 82),
    "O": (84, 84),
    "P": (85, 85),
    "Q": (86, 88),
    "R": (90, 93),
    "S": (94, 96),
    "T": (97, 98),
    "U": (99, 99),
}
_SECTION_OF = {f"{n:02d}": letter for letter, (low, high) in _SECTIONS.items() for n in range(low, high + 1)}

# C26, 26, J; as a range C10-C12, C10-12, C10T12, C31_C32, C31_32, M-N.
_CODE = re.compile(r"([A-U])?(\d\d)?(?:(?:[-–_]|T(?=[A-U]?\d))([A-U])?(\d\d)?)?")

DIVISIONS = frozenset(_SECTION_OF)


def divisions_of(code: str) -> frozenset[str] | None:
    """The ISIC Rev. 4 divisions of a section, division or range, as two-digit strings; None if it is none of these."""
    match = _CODE.fullmatch(code)
    if not code or match is None:
        return None
    section, division, last_section, last_division = match.groups()
    first = _ends(section, division)
    last = _ends(last_section or (section if last_division else None), last_division)
    if first is None or (last is None and (last_section or last_division or code[-1] in "-–_")):
        return None
    low, high = first[0], (last or first)[1]
    return frozenset(d for d in DIVISIONS if low <= int(d) <= high) or None


def written(divisions: Iterable[str]) -> str:
    """A set of divisions in the shortest usual way, for messages: "C27", "C13-C15", "E, R90-R92"."""
    parts: list[str] = []
    wanted = set(divisions)
    for letter, (low, high) in _SECTIONS.items():
        inside = [n for n in range(low, high + 1) if f"{n:02d}" in wanted]
        if len(inside) == high - low + 1:
            parts.append(letter)
            continue
        breaks = [i + 1 for i, (a, b) in enumerate(pairwise(inside)) if b != a + 1]
        runs = [inside[a:b] for a, b in pairwise([0, *breaks, len(inside)])] if inside else []
        parts += [_run(letter, run[0], run[-1]) for run in runs]
    return ", ".join(parts)


def _run(letter: str, low: int, high: int) -> str:
    return f"{letter}{low:02d}" if low == high else f"{letter}{low:02d}-{letter}{high:02d}"


def _ends(section: str | None, division: str | None) -> tuple[int, int] | None:
    """First and last division number of one end of a range; None where section and division contradict each other."""
    if division is None:
        return _SECTIONS[section] if section else None
    if division not in _SECTION_OF or section not in (None, _SECTION_OF[division]):
        return None
    return int(division), int(division)
