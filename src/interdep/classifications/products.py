"""Which product codes exist in which revision of the Harmonized System, and what they are called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

from interdep.errors import InputError, did_you_mean, first_five, unknown

if TYPE_CHECKING:
    import polars as pl

REVISIONS = ("HS92", "HS96", "HS02", "HS07", "HS12", "HS17", "HS22")
"""The revisions of the Harmonized System, oldest first. HS92 is the edition of 1988 as corrected in 1992."""

CN8 = "CN8"
"""The EU's Combined Nomenclature: eight digits, the first six those of the HS; a new list every year, checked by shape."""

NOT_SPECIFIED = "999999"
"""UN Comtrade's code for goods not specified by kind. It is in no list, and is let through and kept as it is."""

_FIRST_YEAR = dict(zip(REVISIONS, (1988, 1996, 2002, 2007, 2012, 2017, 2022), strict=True))
_LONGEST_NAME = 70


@dataclass(frozen=True)
class _List:
    """All codes of two, four and six digits: the revisions each is in, its name, and the revisions the name is right for.

    A set of revisions is a number, one bit a revision, the oldest lowest.
    """

    bits: Mapping[str, int]
    names: Mapping[str, str]
    named: Mapping[str, int]


def product_classifications() -> tuple[str, ...]:
    """The names of all product classifications: the revisions of the HS, oldest first, and CN8."""
    return (*REVISIONS, CN8)


def revision_of_year(year: int) -> str:
    """The revision of the HS in force in a year (customs of the parties; some report in an older one for years).

    Raises InputError for a year before 1988, when there was no HS.
    """
    if year < _FIRST_YEAR["HS92"]:
        raise InputError(f"there was no Harmonized System in {year}; it begins with 1988")
    return max((first, name) for name, first in _FIRST_YEAR.items() if first <= year)[1]


def newest_revision(code: str) -> str:
    """The newest revision that has a code of two, four or six digits; InputError where none has it."""
    bits = _table().bits.get(code, 0)
    if not bits:
        raise InputError(f"{code!r} is in no revision of the HS")
    return REVISIONS[bits.bit_length() - 1]


def special_in_cn(code: str) -> bool:
    """Whether a CN8 code is one of the EU's special codes (chapters 98 and 99: plants, stores, unspecified), not of the HS."""
    return code[:2] in ("98", "99")


@cache
def codes(classification: str) -> tuple[str, ...]:
    """All six-digit codes of a revision, in order; InputError for an unknown revision or one without a list (CN8)."""
    bit = _bit(revision(classification))
    return tuple(sorted(code for code, bits in _table().bits.items() if len(code) == 6 and bits & bit))


def subcodes(prefix: str, classification: str, digits: int = 6) -> tuple[str, ...]:
    """The codes of a revision, `digits` (4 or 6) long, that begin with a chapter, heading or code; none is an empty tuple."""
    return tuple(dict.fromkeys(code[:digits] for code in codes(classification) if code.startswith(prefix)))


def under(codes: Iterable[str], prefix: str) -> tuple[str, ...]:
    """Those of some codes that begin with a prefix, in their order."""
    return tuple(code for code in codes if code.startswith(prefix))


def chapter(code: str) -> str:
    """The chapter (two digits) that a code lies in."""
    return code[:2]


def heading(code: str) -> str:
    """The heading (four digits) that a code lies in; InputError for a chapter."""
    return _shorter(code, 4, "heading")


def subheading(code: str) -> str:
    """The six-digit HS code that a CN8 (or longer national) code lies in; InputError for less than six digits."""
    return _shorter(code, 6, "subheading")


def product_name(code: str, classification: str = "HS22") -> str:
    """A short English name of a chapter, heading or six-digit code.

    Names are those of HS22 and HS17, without their boilerplate. A code with the same digits has the same name in an older
    revision, except where the number was given anew; then, and where the code is older than HS17, the name is that of its
    heading (or chapter) with the code behind it. A CN8 code has the name of its six digits, in the
    newest revision that has them.

    Raises InputError for a code that is not in that revision.
    """
    if classification == CN8:
        check_products([code], CN8, "the product")
        if special_in_cn(code):
            return f"Special code of the CN, chapter {chapter(code)}"
        return _name(subheading(code), newest_revision(subheading(code)))
    check_products([code], classification, "the product")
    return _name(code, classification)


def products_like(text: str, classification: str = "HS22", digits: int = 6) -> dict[str, str]:
    """The codes whose full name holds every word of a text, whatever its case, with their short names."""
    words = text.casefold().split()
    if not words:
        raise InputError("no word to search for in the names of products; write at least one")
    bit = _bit(revision(classification))
    table = _table()
    return {
        code: short_name(name)
        for code, name in sorted(table.names.items())
        if len(code) == digits and table.named[code] & bit and all(word in name.casefold() for word in words)
    }


def short_name(name: str) -> str:
    """A name without its legal boilerplate, 70 characters at most, cut between clauses or words."""
    cut = re.sub(r",? ?\(?whether or not [^,;)]*\)?", "", name)
    for phrase in (", n.e.c.", " n.e.c.", ", excluding", " (other than", " (excluding"):
        at = cut.find(phrase)
        if at > 15:
            cut = cut[:at]
    if len(cut) > _LONGEST_NAME:
        head = cut[: _LONGEST_NAME - 1]
        at = max(head.rfind(mark) for mark in (";", ",", " ("))
        cut = head[: at if at > 30 else head.rfind(" ")].rstrip(" ,;(") + "…"
    return cut.strip(" ,;")


def check_products(codes: Iterable[str], classification: str, where: str) -> None:
    """Pass where all codes are text, of one length (2, 4 or 6 digits; 8 in CN8) and in this revision.

    Raises:
        InputError: a number, letters, a length that is none (with the leading zero that was lost), lengths mixed, codes
            that are in no revision (with the nearest), codes of another revision, or of two revisions mixed.
    """
    distinct = tuple(dict.fromkeys(codes))
    if classification != CN8:
        revision(classification)
    _check_shape(distinct, classification, where)
    if classification == CN8:
        return
    bit = _bit(classification)
    bits = _table().bits
    wrong = [c for c in distinct if not bits.get(c, 0) & bit and not NOT_SPECIFIED.startswith(c)]
    if wrong:
        raise _not_in(wrong, distinct, classification, where)


def revision(name: str) -> str:
    """The name of a revision, if it is one; InputError otherwise, with the nearest."""
    if name == CN8:
        raise InputError(
            "CN8 has a new list every year and none is kept here; take the first six digits and the year's revision of the HS"
        )
    if name not in REVISIONS:
        raise unknown("product classification", name, product_classifications())
    return name


def _bit(revision: str) -> int:
    return 1 << REVISIONS.index(revision)


def _check_shape(codes: Sequence[str], classification: str, where: str) -> None:
    numbers = [c for c in codes if not isinstance(c, str)]
    if numbers:
        raise InputError(f"{where}: product codes are text, {first_five(numbers)} is not; read the column as text")
    letters = [c for c in codes if not (c.isascii() and c.isdigit())]
    if letters:
        raise InputError(
            f"{where}: {len(letters)} of {len(codes)} product codes hold something else than digits"
            f" ({first_five([repr(c) for c in letters])}); leave rows for withheld or special trade out, or keep their"
            " partner or product as not specified"
        )
    lengths = (8,) if classification == CN8 else (2, 4, 6)
    odd = [c for c in codes if len(c) not in lengths]
    if odd:
        first = odd[0]
        lost = len(first) + 1 in lengths
        way = (
            f"a leading zero was lost, as spreadsheets do: write {'0' + first!r} and read the column as text"
            if lost
            else f"{classification} codes have {' or '.join(map(str, lengths))} digits"
        )
        raise InputError(
            f"{where}: {len(odd)} of {len(codes)} product codes have a wrong length; {first!r} has {len(first)} digits"
            f" in {classification}; {way}"
        )
    found = sorted({len(c) for c in codes})
    if len(found) > 1:
        some = [next(repr(c) for c in codes if len(c) == n) for n in found]
        raise InputError(
            f"{where}: product codes of {' and '.join(map(str, found))} digits are mixed ({', '.join(some)}), and the"
            " shorter ones hold the longer; keep those of one length"
        )


def _not_in(wrong: Sequence[str], codes: Sequence[str], classification: str, where: str) -> InputError:
    """Why codes are not in a revision: another revision, two mixed, or slips."""
    bits = _table().bits
    elsewhere = [c for c in wrong if bits.get(c)]
    if not elsewhere:
        near = did_you_mean(wrong[0], _same_length(wrong[0], classification))
        return InputError(
            f"{where}: {len(wrong)} of {len(codes)} product codes are in no revision of the HS ({first_five(wrong)}){near}"
        )
    whole = [name for i, name in enumerate(REVISIONS) if all(bits.get(c, 0) & 1 << i for c in codes)]
    if whole:
        return InputError(
            f"{where}: {len(elsewhere)} of {len(codes)} product codes are not in {classification}"
            f" ({first_five(elsewhere)}); all of them are in {' and in '.join(whole)}: name that classification"
        )
    homes = [f"{c} is in {', '.join(n for i, n in enumerate(REVISIONS) if bits[c] & 1 << i)}" for c in elsewhere[:5]]
    more = f" and {len(elsewhere) - 5} more" if len(elsewhere) > 5 else ""
    return InputError(
        f"{where}: {len(elsewhere)} of {len(codes)} product codes are valid only in other revisions than {classification}"
        f" ({'; '.join(homes)}{more}), so revisions are mixed; bring each part in its own revision and convert it"
    )


def _same_length(code: str, classification: str) -> list[str]:
    """The codes of that length under the longest part of a wrong code that there is."""
    bit = _bit(classification)
    alike = [c for c, bits in _table().bits.items() if len(c) == len(code) and bits & bit]
    for digits in (4, 2):
        near = [c for c in alike if c[:digits] == code[:digits]]
        if near and digits < len(code):
            return near
    return alike


def _name(code: str, classification: str) -> str:
    table = _table()
    if table.named.get(code, 0) & _bit(classification):
        return short_name(table.names[code])
    if NOT_SPECIFIED.startswith(code):
        return "Goods not specified by kind"
    above = _name(code[:-2], classification).partition(" [")[0]
    return f"{above} [{classification} {code}]"


def _shorter(code: str, digits: int, kind: str) -> str:
    if len(code) < digits:
        raise InputError(f"{code!r} has {len(code)} digits and lies in no single {kind} ({digits} digits)")
    return code[:digits]


@cache
def _table() -> _List:
    frame = read_parquet("codes.parquet")
    listed = frame.get_column("code").to_list()
    columns = [dict(zip(listed, frame.get_column(c).to_list(), strict=True)) for c in ("revisions", "name", "named")]
    bits, names, named = columns
    return _List(bits, {code: name for code, name in names.items() if name}, named)


def read_parquet(file: str) -> pl.DataFrame:
    """A packaged table of product classifications."""
    import polars as pl

    return pl.read_parquet(BytesIO(files("interdep.classifications").joinpath(f"hs/{file}").read_bytes()))
