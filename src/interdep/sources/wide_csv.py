"""Input-output tables as publishers print them: one wide CSV of labels and numbers, alone or in a zip, read fast."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from interdep.errors import InputError, MissingData, first_five
from interdep.sources.unpack import members, open_member

if TYPE_CHECKING:
    from numpy.typing import NDArray

LIMIT = 4_000_000_000
"""Bytes above which a file is no yearly table; the largest published one (FIGARO, flat) has 0.4 billion."""
_FIRST_LINE = 16_000_000
PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(nan|inf|infinity)|", re.IGNORECASE)
"""A number as these files print it, or nothing."""
_GROUPED = re.compile(r"[+-]?\d[\d,.' \u00a0\u2019\u202f]*")

Key = tuple[str, str]


@dataclass(frozen=True)
class CsvFile:
    """One CSV file: at `path` itself, or the file `member` of the archive there."""

    path: Path
    member: str | None = None

    @property
    def name(self) -> str:
        """The file's own name, without folders."""
        return Path(self.member or self.path).name

    def __str__(self) -> str:
        """The place, for error texts."""
        return f"{self.path} ({self.member})" if self.member else str(self.path)

    @contextmanager
    def opened(self) -> Iterator[io.BufferedReader]:
        """The bytes as a stream; of an archive under the limits of `interdep.sources.unpack`."""
        with open_member(self.path, self.member or self.path.name, limit_bytes=LIMIT) as stream:
            yield stream

    def content(self) -> Path | bytes:
        """What polars reads: the path (mapped, not copied), or the unpacked bytes of an archive's file."""
        if self.member is None:
            return self.path
        with self.opened() as stream:
            return stream.read()

    def header(self) -> list[str]:
        """The fields of the first line; InputError where it is not a line of comma-separated UTF-8 labels."""
        with self.opened() as stream:
            line = stream.readline(_FIRST_LINE)
        try:
            text = line.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise self.not_utf8() from error
        if "," not in text:
            for mark, name in ((";", "semicolons"), ("\t", "tabs")):
                if mark in text:
                    raise InputError(
                        f"{self} is separated by {name}; save it as published, with commas between the fields"
                        " and decimal points in the numbers"
                    )
            raise InputError(f"{self} has no line of column labels; is it the published CSV, and complete?")
        try:
            return next(csv.reader([text]))
        except csv.Error as error:
            raise InputError(f"{self} is no readable CSV ({error}); take the file as published") from error

    def not_utf8(self) -> InputError:
        """The error for bytes that are no UTF-8."""
        return InputError(f"{self} is not UTF-8 text; save it as UTF-8 (in Excel: CSV UTF-8)")


def choose(path: str | Path, year: int | None, year_of: Callable[[str], int | None]) -> CsvFile:
    """The CSV file at a path, or the one of the year in the zip archive there.

    year: None where the archive holds one table only; year_of: the year a file name states, or None.
    Raises MissingData where there is no such file or table, InputError where several would do or the name says another year.
    """
    path = Path(path)
    held = members(path)
    if [member.name for member in held] == [path.name]:
        stated = year_of(path.name)
        if year is not None and stated not in (None, year):
            raise InputError(f"{path} is the table of {stated} by its name, not of {year}; give the file of {year}")
        return CsvFile(path)
    tables = [m.name for m in held if m.name.lower().endswith(".csv") and not m.name.startswith("__MACOSX")]
    fitting = [name for name in tables if year is None or year_of(Path(name).name) == year]
    if len(tables) == 1 and year_of(Path(tables[0]).name) is None:
        fitting = tables
    if not fitting:
        wanted = "no CSV file" if year is None or not tables else f"no table of {year}"
        raise MissingData(f"{path} has {wanted}; it has {first_five([m.name for m in held]) or 'nothing'}")
    if len(fitting) > 1:
        way = "name the year" if year is None else "unpack the one you want and give its place"
        raise InputError(f"{path} has {len(fitting)} tables ({first_five(fitting)}); {way}")
    return CsvFile(path, fitting[0])


def header_of(path: str | Path) -> list[str]:
    """The fields of the first line of a CSV file, or of the first CSV file in an archive; [] where there is none."""
    path = Path(path)
    try:
        held = [member.name for member in members(path)]
        if held == [path.name]:
            return CsvFile(path).header()
        tables = [n for n in held if n.lower().endswith(".csv") and not n.startswith("__MACOSX")]
        return CsvFile(path, tables[0]).header() if tables else []
    except (InputError, MissingData):
        return []


@dataclass(frozen=True)
class Wide:
    """A labelled matrix as printed: `cells` is (rows, columns), NaN where the file has nothing; labels occur once."""

    file: CsvFile
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: NDArray[np.float64]

    def __post_init__(self) -> None:
        for kind, labels in (("row", self.rows), ("column", self.columns)):
            doubled = [label for label, count in Counter(labels).items() if count > 1]
            if doubled:
                raise InputError(
                    f"{self.file}: {len(doubled)} {kind} label(s) occur more than once: {first_five(doubled)}; keep one each"
                )

    def block(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[np.float64]:
        """The cells brought to places, those that share a place added up.

        rows, columns: for every row and column its place from 0, or -1 for what is not wanted. Raises InputError where
        a wanted cell is empty: missing is not zero.
        """
        row_order, row_starts = _grouped(rows)
        column_order, column_starts = _grouped(columns)
        cells = self.cells[np.ix_(row_order, column_order)]
        if not np.isfinite(cells).all():
            bad = np.argwhere(~np.isfinite(cells))
            named = [f"{self.rows[row_order[i]]} -> {self.columns[column_order[j]]}" for i, j in bad[:5]]
            named += [""] * (len(bad) - len(named))
            broken = (row_order[bad[:, 0]] == len(self.rows) - 1).all()
            hint = "is the file complete?" if broken else "missing is not zero, fill them from the source"
            raise InputError(f"{self.file} has {len(bad)} cell(s) without a number: {first_five(named)}; {hint}")
        if len(row_starts) < len(row_order):
            cells = np.add.reduceat(cells, row_starts, axis=0)
        if len(column_starts) < len(column_order):
            cells = np.add.reduceat(cells, column_starts, axis=1)
        return cells


def read_wide(file: CsvFile) -> Wide:
    """The matrix in a CSV file whose first line and first column are labels.

    Raises InputError with the row and the column for what is no plain number, a line of another length, bytes that are no
    UTF-8, a label that is absent or doubled.
    """
    import polars as pl

    columns = file.header()[1:]
    unnamed = [place + 2 for place, label in enumerate(columns) if not label.strip()]
    if unnamed:
        raise InputError(f"{file}: column {unnamed[0]} has no label ({len(unnamed)} such); take the file as published")
    names = [f"c{place}" for place in range(len(columns))]
    schema: dict[str, Any] = {"label": pl.String, **dict.fromkeys(names, pl.Float64)}
    try:
        frame = pl.read_csv(file.content(), has_header=False, skip_rows=1, schema=schema)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _what_is_wrong(file, columns) from error
    labels = frame["label"]
    cells = frame.drop("label").to_numpy()
    del frame
    blank = labels.is_null() | (labels.str.strip_chars() == "")
    if blank.any():
        # A blank line at the end is no row; numbers without a label are an error.
        empty = blank.to_numpy()
        lost = np.flatnonzero(empty & np.isfinite(cells).any(axis=1))
        if len(lost):
            raise InputError(f"{file}: line {lost[0] + 2} has numbers and no row label ({len(lost)} such); restore it")
        labels, cells = labels.filter(~blank), cells[~empty]
    return Wide(file, tuple(labels.to_list()), tuple(columns), cells)


def _what_is_wrong(file: CsvFile, columns: Sequence[str]) -> InputError:
    """The first line that is not a label and plain numbers, looked for only after reading has failed."""
    try:
        with file.opened() as stream:
            lines = csv.reader(io.TextIOWrapper(stream, encoding="utf-8-sig", newline=""))
            next(lines)
            for fields in lines:
                wrong = next((place for place, text in enumerate(fields[1:]) if not PLAIN_NUMBER.fullmatch(text)), None)
                where = f"row {fields[0]!r} (line {lines.line_num})" if fields else ""
                if len(fields) > len(columns) + 1:
                    return InputError(
                        f"{file}: {where} has {len(fields)} fields and the first line {len(columns) + 1}; is there a comma"
                        " inside a number? write numbers with a decimal point and without thousands separators"
                    )
                if wrong is not None:
                    text = fields[wrong + 1]
                    way = "fill the number in, missing is not zero"
                    if _GROUPED.fullmatch(text):
                        way = "write numbers with a decimal point and without thousands separators"
                    return InputError(
                        f"{file}: {where}, column {columns[wrong]!r} holds {text[:40]!r}, which is no plain number; {way}"
                    )
    except UnicodeDecodeError:
        return file.not_utf8()
    except csv.Error as error:
        return InputError(f"{file} is no readable CSV ({error}); take the file as published")
    return InputError(f"{file} is no readable CSV (a quotation mark stays open); take the file as published")


@dataclass(frozen=True)
class Layout:
    """Where each row and column of a `Wide` goes in a World: `nodes` and `buyers` by node, `users` by economy and use.

    Economies stand in alphabetical order with ROW last, industries and uses in the order of their lists, whatever the
    order of the file. Places are from 0, -1 for rows and columns that are neither.
    """

    economies: tuple[str, ...]
    industries: tuple[str, ...]
    uses: tuple[str, ...]
    nodes: NDArray[np.intp]
    buyers: NDArray[np.intp]
    users: NDArray[np.intp]

    def world_arrays(self, wide: Wide) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(intermediate (N, N), final_use (N, R, F)) in the order of the layout."""
        flows = wide.block(self.nodes, self.buyers)
        uses = wide.block(self.nodes, self.users)
        return flows, uses.reshape(len(flows), len(self.economies), len(self.uses))


def layout(
    wide: Wide,
    sellers: Mapping[str, Key],
    buyers: Mapping[str, Key],
    users: Mapping[str, Key],
    industries: Iterable[str],
    uses: Iterable[str],
    parts: Mapping[str, str] | None = None,
) -> Layout:
    """Checks that a matrix is a whole table and says where its cells go.

    sellers, buyers: (economy, industry) by row and by column label; users: (economy, use) by column label; industries,
    uses: all there may be, in order; parts: label prefixes of the parts of an economy (CN1: CHN) that are added up.
    Raises InputError where rows and columns differ or a combination is absent or stands there twice.
    """
    file = wide.file
    for kind, other, labels, against in (
        ("row", "column", sellers, buyers), ("column", "row", buyers, sellers),
    ):  # fmt: skip
        alone = [label for label in against if label not in labels]
        if alone:
            raise InputError(
                f"{file} lacks {len(alone)} of {len(against)} {kind}s: {first_five(alone)} is only a {other};"
                " is the file complete?"
            )
    economies = tuple(sorted({economy for economy, _ in sellers.values()}, key=lambda code: (code == "ROW", code)))
    for labels in (sellers, users):
        _refuse_doubled(file, labels, parts or {})
    held = tuple(code for code in industries if any(code == industry for _, industry in sellers.values()))
    kinds = tuple(use for use in uses if any(use == other for _, other in users.values()))
    if not sellers or not users:
        what = "rows of industries" if not sellers else "columns of final use"
        raise InputError(f"{file} has no {what}; is it the published table, and complete?")
    found = set(users.values()) | set(sellers.values())
    for second in (held, kinds):
        absent = [f"{economy} {code}" for economy in economies for code in second if (economy, code) not in found]
        if absent:
            what = "industries" if second is held else "final uses"
            raise InputError(f"{file} lacks {len(absent)} {what}: {first_five(absent)}; is the file complete?")
    strangers = [label for label, (economy, _) in users.items() if economy not in economies]
    if strangers:
        raise InputError(f"{file} has final use of economies without industries: {first_five(strangers)}")
    node = {key: place for place, key in enumerate((e, i) for e in economies for i in held)}
    user = {key: place for place, key in enumerate((e, u) for e in economies for u in kinds)}
    return Layout(
        economies, held, kinds, places(wide.rows, sellers, node), places(wide.columns, buyers, node),
        places(wide.columns, users, user),
    )  # fmt: skip


def places(labels: Sequence[str], keys: Mapping[str, Key], order: Mapping[Key, int]) -> NDArray[np.intp]:
    """For each label the place of its key, -1 where it has none."""
    return np.array([order[keys[label]] if label in keys else -1 for label in labels], dtype=np.intp)


def printing_error(cells: int, digit: float) -> float:
    """How far a printed sum of so many printed cells may be off: ten standard deviations of their rounding errors."""
    return 3 * digit * cells**0.5


def without_crumbs(uses: NDArray[np.float64], kinds: Sequence[str], digit: float) -> tuple[NDArray, tuple[str, ...]]:
    """Final use (N, R, F) without negative consumption of one last printed digit, and the step that says so.

    Rounding leaves -0.001 here and there in consumption, which cannot be negative; such a cell moves to the inventories of
    the same buyer, so that every sum stays. Anything larger is left, and a World refuses it.
    """
    out = uses.copy()
    stock = list(kinds).index("inventories")
    moved = 0
    for place, kind in enumerate(kinds):
        if kind in ("inventories", "investment"):
            continue
        crumb = (out[:, :, place] < 0) & (out[:, :, place] >= -digit * (1 + 1e-9))
        out[:, :, stock] += np.where(crumb, out[:, :, place], 0.0)
        out[:, :, place][crumb] = 0.0
        moved += int(crumb.sum())
    said = f"{moved} negative cell(s) of consumption of one last printed digit ({digit:g}) moved to inventories"
    return out, (said,) if moved else ()


def _refuse_doubled(file: CsvFile, labels: Mapping[str, Key], parts: Mapping[str, str]) -> None:
    """Two labels for one place are an error but for the parts of one economy."""
    by_key: dict[Key, list[str]] = {}
    for label, key in labels.items():
        by_key.setdefault(key, []).append(label)
    whole = {*parts, *parts.values()}
    for (economy, code), several in by_key.items():
        prefixes = {label.partition("_")[0] for label in several}
        if len(several) > 1 and not (len(prefixes) == len(several) and prefixes <= whole):
            raise InputError(f"{file}: {' and '.join(several)} both mean {economy} {code}; keep one of them")


def _grouped(targets: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The wanted positions in the order of their places, and where each place begins among them."""
    wanted = np.flatnonzero(targets >= 0)
    order = wanted[np.argsort(targets[wanted], kind="stable")]
    return order, np.flatnonzero(np.diff(targets[order], prepend=-1))
