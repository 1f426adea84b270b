"""Reading a publisher's rows of text: the first line, numbers with the line they stand in, a file that breaks off."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from interdep.errors import InputError, MissingData

if TYPE_CHECKING:
    import polars as pl

_LONGEST = 8192


def first_line(file: Path, way_out: str) -> str:
    """The line that names the columns, without BOM and line end.

    way_out: what the sentence advises where the file is no text. Raises MissingData where it cannot be opened.
    """
    try:
        with file.open("rb") as stream:
            return stream.readline(_LONGEST).decode("utf-8-sig").rstrip("\r\n")
    except OSError as error:
        raise MissingData(f"cannot read {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file.name} is not UTF-8 text; {way_out}") from error


def separator_of(line: str) -> str:
    """What stands between the columns: comma, semicolon or tab, whichever there is most of."""
    return max(",;\t", key=line.count)


def check_end(file: Path, header: str) -> None:
    """InputError where the last line has fewer columns than the first: the file breaks off in it.

    A row without its last cells is else read as one whose cells are empty, which is not known and not an error.
    """
    with file.open("rb") as stream:
        stream.seek(max(0, stream.seek(0, os.SEEK_END) - _LONGEST))
        last = stream.read().decode("utf-8", errors="replace").rstrip("\r\n").rpartition("\n")[2]
    separator = separator_of(header)
    if last.count(separator) < header.count(separator):
        raise InputError(f"{file.name} ends in the middle of a line ({last[:60]!r}); get it again")


def numbers(text: pl.Series, where: str, missing: tuple[str, ...], kind: pl.DataType | type[pl.DataType]) -> pl.Series:
    """Text as numbers; `missing` is not known, anything else that is no number is an error with its line."""

    read = text.replace(dict.fromkeys(missing))
    number = read.cast(kind, strict=False)
    bad = (number.is_null() & read.is_not_null()).arg_true()
    if len(bad):
        raw = str(read[bad[0]])
        hint = " (a thousands separator?)" if re.fullmatch(r"[\d., ']+", raw) else ""
        raise InputError(
            f"{where}, line {bad[0] + 2}: {text.name} is {raw!r}, not a number{hint}; {len(bad)} such cells,"
            " give numbers with a decimal point only"
        )
    return number


def reason(error: Exception) -> str:
    """What a reader of tables says, as part of a sentence."""
    said = str(error).splitlines()[0].rstrip(".: ")
    return "a line has more columns than the first; a thousands separator?" if "more fields" in said else said
