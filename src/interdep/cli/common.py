"""What every command shares: its flags, where text goes, how tables are printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from interdep.errors import InputError

if TYPE_CHECKING:
    from interdep.tables import Table
    from interdep.world import World


@Parameter(name="*")
@dataclass(frozen=True)
class Common:
    """Flags of every command."""

    json: Annotated[bool, Parameter(negative="", help="Print the result as JSON on stdout and nothing else there.")] = False
    out: Annotated[Path | None, Parameter(help="Folder for tables (CSV, Parquet), figures (SVG) and their sources.")] = None
    quiet: Annotated[bool, Parameter(negative="", help="No progress, no warnings.")] = False
    debug: Annotated[bool, Parameter(negative="", help="Show the traceback of an error.")] = False

    def __post_init__(self) -> None:
        import logging

        logger = logging.getLogger("interdep")
        if not logger.handlers:
            logger.addHandler(logging.StreamHandler(sys.stderr))
        level = logging.ERROR if self.quiet else logging.WARNING
        logger.setLevel(logging.DEBUG if self.debug else level)

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
        import time

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

    def warn(self, text: str) -> None:
        """One line on stderr, unless quiet."""
        if not self.quiet:
            print(f"interdep: {text}", file=sys.stderr)


DEFAULT = Common()


def split(text: str | None) -> list[str] | None:
    """A comma-separated option as a list; None stays None; an empty part is an error."""
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if not all(parts):
        raise InputError(f"{text!r} has an empty part; write names separated by commas, as in EU27,JPN")
    return parts


def open_world(source: str) -> World:
    """The table a person names: packaged, a folder, or a WIOD 2013 .npz file."""
    from interdep.world import World

    if source.endswith(".npz"):
        from interdep.sources import wiod2013

        return wiod2013.read(source)
    return World.read(source)


def print_json(value: Any) -> None:
    """Plain data on stdout; NaN never appears (missing is null)."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False, default=str) + "\n")


def print_grid(title: str, header: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> None:
    """A table on stdout, cells as text; in a pipe lines are as long as they need to be."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 200)
    grid = Grid(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for place, name in enumerate(header):
        grid.add_column(Text(name), justify="right" if place in right else "left")
    for row in rows:
        grid.add_row(*(Text(cell) for cell in row))
    console.print(grid)


def print_line(text: str) -> None:
    """A line of text on stdout, without markup."""
    sys.stdout.write(text + "\n")


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
