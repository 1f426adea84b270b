"""Which code became which between two revisions of the HS: the published links, and our corrections with their reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import polars as pl

REVISIONS = ("HS92", "HS96", "HS02", "HS07", "HS12", "HS17", "HS22")
STEPS = tuple(pairwise(REVISIONS))
NOT_SPECIFIED = "999999"

Link = tuple[str, str]  # (code before, code after)

# New codes for which the published correlation lists every heading from which a part *might* have come (the remarks
# name whole ranges of headings). Read as links they would send car parts to electronic waste and gun parts to chips.
# Each keeps the sources written here; the other sources all have a target of their own.
_DISPLAYS = ("901380", "852990", "853120")  # LCD devices, parts of screens, LED panels: where display modules were
_CATCH_ALL: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {
    # Multi-component circuits: 159 headings of parts; what was an integrated circuit stayed one.
    ("HS12", "HS17"): {code: (code,) for code in ("854231", "854232", "854233", "854239")},
    ("HS17", "HS22"): {
        **dict.fromkeys(("852411", "852412", "852419", "852491", "852492", "852499"), _DISPLAYS),
        "852990": ("852990",),
        # Other semiconductor devices, split into transducers and the rest. The published table forgets their only old
        # code of the same words, 854150, altogether.
        "854151": ("854150",),
        "854159": ("854150",),
        # Electronic waste: 1,019 codes, every appliance that may be thrown away. What was traded as such waste: boards
        # for their precious metals, and the old heading of electrical waste.
        **dict.fromkeys(("854921", "854929"), ("711299",)),
        **dict.fromkeys(("854931", "854939", "854991", "854999"), ("854810",)),
    },
}
_ADDED: dict[tuple[str, str], tuple[Link, ...]] = {
    # Binapacryl moved with its own text from 2916.36 to 2916.16; the published table has no link for it.
    ("HS07", "HS12"): (("291636", "291616"),),
    ("HS17", "HS22"): (
        # Deleted; its goods are in the four other subheadings of immunological products.
        *(("300219", after) for after in ("300212", "300213", "300214", "300215")),
        # Other watch parts took in springs (9114.10) and kept what they held.
        ("911490", "911490"),
    ),
}


def read_links(file: Path) -> dict[tuple[str, str], set[Link]]:
    """The published links of each step, as they stand; codes get the leading zero back that the file has lost."""
    table = pl.read_csv(file, infer_schema_length=0)
    out: dict[tuple[str, str], set[Link]] = {}
    for old, new in STEPS:
        part = table.filter(pl.col("adjustment") == f"{_year(new)} to {_year(old)}")
        if part.is_empty():
            raise SystemExit(f"{file}: no rows for {new} to {old}")
        pairs = part.select(pl.col("code.before").str.zfill(6), pl.col("code.after").str.zfill(6)).rows()
        wrong = [pair for pair in pairs if not all(len(code) == 6 and code.isdigit() for code in pair)]
        if wrong:
            raise SystemExit(f"{file}: {new} to {old} has {len(wrong)} rows that are no HS codes: {wrong[:5]}")
        out[old, new] = {pair for pair in pairs if NOT_SPECIFIED not in pair}
    return out


def corrected(links: dict[tuple[str, str], set[Link]]) -> dict[tuple[str, str], set[Link]]:
    """The links without the catch-alls and with the missing ones."""
    out = {}
    for step, pairs in links.items():
        kept = _CATCH_ALL.get(step, {})
        good = {(before, after) for before, after in pairs if after not in kept}
        good |= {(before, after) for after, sources in kept.items() for before in sources}
        out[step] = good | set(_ADDED.get(step, ()))
    return out


def code_lists(links: dict[tuple[str, str], set[Link]]) -> dict[str, set[str]]:
    """The codes of each revision: all that are linked to the one before or after."""
    lists: dict[str, set[str]] = {name: set() for name in REVISIONS}
    for (old, new), pairs in links.items():
        lists[old] |= {before for before, _ in pairs}
        lists[new] |= {after for _, after in pairs}
    return lists


def unlinked(links: dict[tuple[str, str], set[Link]], lists: dict[str, set[str]]) -> list[str]:
    """Codes that lead nowhere, or come from nowhere; there are none in a finished table."""
    out = []
    for (old, new), pairs in links.items():
        out += [f"{old} {code}" for code in sorted(lists[old] - {before for before, _ in pairs})]
        out += [f"{new} {code}" for code in sorted(lists[new] - {after for _, after in pairs})]
    return out


def changes(links: dict[tuple[str, str], set[Link]]) -> pl.DataFrame:
    """The links of all codes but those that only lead to themselves (revision, before, after); the others are implied."""
    rows = []
    for (_, new), pairs in links.items():
        forward, backward = defaultdict(set), defaultdict(set)
        for before, after in pairs:
            forward[before].add(after)
            backward[after].add(before)
        for before, after in sorted(pairs):
            if before != after or len(forward[before]) > 1 or len(backward[after]) > 1:
                rows.append((new, before, after))
    return pl.DataFrame(rows, schema=["revision", "before", "after"], orient="row")


def kept_numbers(links: dict[tuple[str, str], set[Link]]) -> dict[str, set[str]]:
    """For each revision, the numbers (2, 4, 6 digits) under which some goods stayed when the next one came into force."""
    return {
        old: {after[:n] for before, after in pairs for n in (2, 4, 6) if before[:n] == after[:n]}
        for (old, _), pairs in links.items()
    }


def same_meaning(code: str, kept: dict[str, set[str]], named_in: str) -> set[str]:
    """The revisions, up to the one a name is from, in which a code (2, 4 or 6 digits) still meant the same.

    A number that was given up and used again later for something else means something else before. For a chapter or
    heading the meaning holds where at least one of its codes leads to one of its codes.
    """
    out = {named_in}
    for old in reversed(REVISIONS[: REVISIONS.index(named_in)]):
        if code not in kept.get(old, ()):
            break
        out.add(old)
    return out


def bits(names: Iterable[str]) -> int:
    """A set of revisions as a number, one bit a revision, the oldest lowest."""
    return sum(1 << REVISIONS.index(name) for name in names)


def _year(revision: str) -> str:
    number = int(revision[2:])
    return str(1900 + number if number > 90 else 2000 + number)
