"""What every command shares: its flags, where text goes, how tables are printed."""

from __future__ import annotations

import io
import json
import math
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from interdep.errors import InputError
from interdep.units import MISSING, per_cent

if TYPE_CHECKING:
    from interdep.models.model import Model
    from interdep.tables import Table
    from interdep.trade import Trade
    from interdep.world import World


def switch(text: str) -> Parameter:
    """An option that is on when named; it has no opposite and no default worth showing."""
    return Parameter(negative="", show_default=False, help=text)


TableName = Annotated[
    str, Parameter(help="Table: packaged name, folder, or a publisher's file (OECD ICIO, FIGARO, WIOD).")
]
TradeName = Annotated[
    str | None, Parameter(help="Product flows: packaged name, folder of `interdep get`, or BACI or Comext files.")
]
Models = Annotated[str, Parameter(help="Models, separated by commas.")]
Settings = Annotated[
    str | None,
    Parameter(name="--set", help="Parameters of the models, as in psi=0.9,orders=keep (see `interdep list`)."),
]
Shown = Annotated[str | None, Parameter(help="Economies or groups to print, as in EU27,JPN; default the worst hit.")]
Level = Annotated[
    Literal["average", "peak"], Parameter(help="Read the shock averaged over the horizon, or at its worst day.")
]


@Parameter(name="*")
@dataclass(frozen=True)
class Common:
    """Flags of every command."""

    json: Annotated[bool, switch("Print the result as JSON on stdout and nothing else there.")] = False
    out: Annotated[
        Path | None, Parameter(help="Folder for tables (CSV, Parquet), figures (SVG) and their sources.")
    ] = None
    quiet: Annotated[bool, switch("No progress, no warnings.")] = False
    debug: Annotated[bool, switch("Show the traceback of an error.")] = False

    @contextmanager
    def progress(self, text: str) -> Iterator[None]:
        """A spinner on stderr while something works; nothing under --quiet or where stderr is no terminal."""
        if self.quiet or not sys.stderr.isatty():
            yield
            return
        from rich.console import Console

        with Console(stderr=True).status(text):
            yield

    @contextmanager
    def steps(self) -> Iterator[Callable[[str], None]]:
        """Names of steps on stderr as they begin, with the seconds each took; a spinner in a terminal."""
        if self.quiet:
            yield lambda step: None
            return
        begun: list[tuple[str, float]] = []
        console = None
        if sys.stderr.isatty():
            from rich.console import Console

            console = Console(stderr=True)

        def finish() -> None:
            if begun:
                name, start = begun.pop()
                print(f"{name}: {time.perf_counter() - start:.1f} s", file=sys.stderr)

        status = console.status("") if console else None

        def step(name: str) -> None:
            if begun and begun[-1][0] == name:
                return
            finish()
            begun.append((name, time.perf_counter()))
            if status:
                status.update(name)

        if status:
            status.start()
        try:
            yield step
            finish()
        finally:
            if status:
                status.stop()

    @contextmanager
    def count(self, what: str) -> Iterator[Callable[[int, int], None]]:
        """A callback (done, of) that shows on stderr how far the work is and how long it will take: a bar in a terminal."""
        if self.quiet:
            yield lambda done, of: None
            return
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            with Progress(*columns, console=Console(stderr=True)) as bar:
                task = bar.add_task(what)
                yield lambda done, of: bar.update(task, completed=done, total=of)
            return
        yield _Lines(what)

    @contextmanager
    def bytes(self, what: str) -> Iterator[Callable[[int, int | None], None]]:
        """A callback (bytes so far, bytes in all) that shows on stderr how far a download is."""
        if self.quiet:
            yield lambda done, of: None
            return
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

            columns = (TextColumn(what), BarColumn(), DownloadColumn(), TransferSpeedColumn())
            with Progress(*columns, console=Console(stderr=True)) as bar:
                task = bar.add_task(what, total=None)
                yield lambda done, of: bar.update(task, completed=done, total=of)
            return
        lines = _Lines(what)
        yield lambda done, of: lines(done >> 20, max(of >> 20, 1)) if of else None

    def warn(self, text: str) -> None:
        """One line on stderr through the logger of the package, unless quiet."""
        import logging

        logging.getLogger("interdep").warning(text)


class _Lines:
    """Progress where there is no terminal: a line on stderr for each tenth, with the seconds that are left."""

    def __init__(self, what: str) -> None:
        self.what, self.began, self.first, self.told = what, time.perf_counter(), -1, -1

    def __call__(self, done: int, of: int) -> None:
        if self.first < 0:
            self.first = done
        tenth = 10 * done // of
        if tenth == self.told:
            return
        self.told = tenth
        made = done - self.first
        left = f", about {(time.perf_counter() - self.began) / made * (of - done):.0f} s left" if made else ""
        print(f"{self.what}: {done} of {of}{left}", file=sys.stderr)


DEFAULT = Common()


def split(text: str | None) -> list[str] | None:
    """A comma-separated option as a list; None stays None; an empty part is an error."""
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if not all(parts):
        raise InputError(f"{text!r} has an empty part; write names separated by commas, as in EU27,JPN")
    return parts


def models_of(names: str, settings: str | None) -> list[Model]:
    """The models a person names, with the parameters they set; a name that no chosen model has is an error."""
    from dataclasses import fields, replace

    from interdep.errors import unknown
    from interdep.models.run import MODELS

    chosen: list[Any] = []
    for name in split(names) or []:
        if name not in MODELS:
            raise unknown("model", name, list(MODELS))
        chosen.append(MODELS[name]())
    known = {field.name: field for each in chosen for field in fields(each)}
    set_already: set[str] = set()
    for part in split(settings) or []:
        key, equals, text = part.partition("=")
        if not equals:
            raise InputError(f"--set {part!r} is no NAME=VALUE; write it as in psi=0.9")
        if key not in known:
            raise unknown("parameter", key, list(known), f"--set for {names}")
        if key in set_already:
            raise InputError(f"--set names {key} twice; give it once")
        set_already.add(key)
        default = known[key].default
        if isinstance(default, tuple):
            raise InputError(f"--set {key}: it holds several values and is set in Python alone, as in Ario({key}=...)")
        try:
            value = type(default)(text) if isinstance(default, (int, float)) else text
        except ValueError as error:
            raise InputError(f"--set {part}: {key} must be a number such as {default}, not {text!r}") from error
        chosen = [replace(m, **{key: value}) if key in {f.name for f in fields(m)} else m for m in chosen]
    return chosen


def open_world(source: str) -> World:
    """The table a person names: packaged, a folder, or a publisher's file (OECD ICIO, FIGARO, WIOD 2013)."""
    from interdep.world import World

    path = Path(source)
    if path.suffix in (".npz", ".csv", ".zip"):
        from interdep.sources.opening import read_table

        return read_table(path)
    return World.read(source)


def open_trade(source: str, years: Sequence[int] | None, common: Common, last: int | None = None) -> Trade:
    """The trade table a person names: packaged, a folder of `interdep get`, or a publisher's files (then kept in the cache).

    years: which of a publisher's years are read; without them all, or only the `last` so many.
    """
    from interdep.trade import Trade
    from interdep.trade.folder import HEADER, packaged

    path = Path(source)
    if source in packaged() or not path.exists() or path.name == HEADER or (path / HEADER).exists():
        return Trade.read(source)
    from interdep.sources.opening import cached_flows, years_in

    if years is None and last is not None:
        years = years_in(path)[-last:] or None
    with common.count("Converting years to Parquet") as progress:
        return cached_flows(path, years, progress)


def years_of(text: str | None) -> list[int] | None:
    """Years written as 2021, 2019,2021 or 2019:2021 (both ends included)."""
    if text is None:
        return None
    years: list[int] = []
    for part in text.split(","):
        first, colon, last = part.strip().partition(":")
        ends = [first, last] if colon else [first]
        if not all(end.isdigit() and len(end) == 4 for end in ends):
            raise InputError(f"{text!r} is no year or range of years; write 2021, 2019,2021 or 2019:2021")
        if int(ends[0]) > int(ends[-1]):
            raise InputError(f"{part!r} ends before it begins; write the earlier year first")
        years += range(int(ends[0]), int(ends[-1]) + 1)
    return sorted(set(years))


def print_json(value: Any) -> None:
    """Plain data on stdout; NaN never appears (missing is null); a ratio to nothing is the text "infinite"."""
    print_line(json.dumps(_finite(value), ensure_ascii=not _unicode(), indent=1, allow_nan=False, default=str))


def _finite(value: Any) -> Any:
    """The same without infinite numbers, which JSON cannot write."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(each) for each in value]
    return "infinite" if isinstance(value, float) and math.isinf(value) else value


def print_grid(header: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> None:
    """A table on stdout, cells as text; in a pipe lines are as long as they need to be. Titles are lines of their own."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    terminal = sys.stdout.isatty()
    page = io.StringIO()
    # Drawn on paper first: whatever goes wrong with stdout then goes wrong in one place.
    console = Console(file=page, width=1000, force_terminal=terminal)
    grid = Grid(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    height = max(name.count("\n") for name in header)
    for place, name in enumerate(header):
        numbers = place in right
        longest = max((len(row[place]) for row in rows), default=0)
        title = Text("\n" * (height - name.count("\n")) + name)
        grid.add_column(title, justify="right" if numbers else "left", no_wrap=numbers, min_width=min(longest, 12))
    for row in rows:
        grid.add_row(*(Text(cell) for cell in row))
    # Text wraps to the terminal, numbers are never cut: a table that needs more room than there is takes it.
    room = shutil.get_terminal_size().columns if terminal else 1000
    console.print(grid, width=max(room, console.measure(grid).minimum))
    text = "\n".join(line.rstrip() for line in page.getvalue().splitlines())
    print_line(text if _unicode() else text.replace("─", "-"))


def print_line(text: str = "") -> None:
    """A line of text on stdout, without markup; a letter that stdout's encoding lacks becomes a question mark."""
    if not _unicode():
        encoding = sys.stdout.encoding or "ascii"
        text = text.encode(encoding, "replace").decode(encoding)
    sys.stdout.write(text + "\n")


def _unicode() -> bool:
    """Stdout takes every letter (a pipe on Windows often does not)."""
    return (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")


def share(value: float | None, points: bool = False) -> str:
    """A fraction as per cent, "n/a" where missing; points: a difference of fractions, with its sign, in percentage points."""
    if value is None:
        return MISSING
    if points:
        return ("+" if value > 0 else "") + per_cent(value).replace("%", "pp")
    return per_cent(value)


def save_tables(folder: Path, tables: Sequence[Table], title: str) -> None:
    """Write tables and a README with what they are, their units and what to cite."""
    from interdep.store import write_text

    for table in tables:
        table.save(folder)
    write_text(folder / "README.txt", about_tables(tables, title))


def about_tables(tables: Sequence[Table], title: str) -> str:
    """The README of a results folder."""
    lines = [title, "=" * len(title), ""]
    for table in tables:
        lines += [f"{table.name}.csv, {table.name}.parquet", f"  {table.title}; by {', '.join(table.dims)}"]
        lines += [f"  {column}: {unit or 'text'}" for column, unit in table.units.items()]
        lines.append("")
    provenance = tables[0].provenance
    lines += ["How it was made", *[f"- {step}" for step in provenance.steps], "", "Sources", provenance.cite(), ""]
    return "\n".join(lines)
