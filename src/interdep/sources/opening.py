"""Opening a publisher's file without being told whose it is: a table becomes a World, flows become a Trade folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from interdep.errors import InputError, MissingData, first_five
from interdep.sources import baci, comext
from interdep.trade.folder import HEADER
from interdep.trade.trade import Trade
from interdep.world.world import World

Progress = Callable[[int, int], None]
TABLES = ("oecd-icio", "figaro", "wiod-2013")
FLOWS = ("baci", "comext")
LARGEST, MOST_FILES = 40_000_000_000, 500
"""What is unpacked from one archive at most: bytes (BACI has 27 years of 0.4 GB each in one revision) and files."""


def publisher_of(path: Path) -> str:
    """Whose layout a file (or a folder of files) has; MissingData where it is not there, InputError where it is nobody's."""
    from interdep.sources import figaro, icio

    if not path.exists():
        raise MissingData(f"there is no file {path}")
    if path.suffix == ".npz":
        return "wiod-2013"
    if baci.is_baci(path) or (path.suffix == ".zip" and any(map(baci.NAME.search, _names(path)))):
        return "baci"
    if path.is_file():
        for name, is_it in (
            ("oecd-icio", icio.looks_like),
            ("figaro", figaro.looks_like),
            ("comext", comext.is_comext),
        ):
            if is_it(path):
                return name
    elif any(comext.is_comext(file) for file in _texts(path)):
        return "comext"
    raise InputError(
        f"{path} has the layout of none of {', '.join((*TABLES, *FLOWS))}; see docs/own-table.md for a table of your own"
    )


def read_table(path: Path, year: int | None = None) -> World:
    """The World in a publisher's file; InputError for a file of flows."""
    from interdep.sources import figaro, icio, wiod2013

    name = publisher_of(path)
    if name in FLOWS:
        raise InputError(f"{path} holds trade flows ({name}), not an input-output table; give it as --trade")
    reader = {"oecd-icio": icio.read, "figaro": figaro.read, "wiod-2013": wiod2013.read}[name]
    return reader(path, year)


def one_table(path: Path, year: int | None, folder: Path) -> Path:
    """The CSV file of one year: the path itself, or, of an archive of years, that file unpacked into a folder."""
    from interdep.sources import figaro, icio
    from interdep.sources.unpack import unpack
    from interdep.sources.wide_csv import LIMIT, choose

    if path.suffix != ".zip":
        return path
    year_of = {"oecd-icio": icio.year_of, "figaro": figaro.year_of}[publisher_of(path)]
    member = choose(path, year, year_of).member
    place = folder / f"{path.stem}-{year}" if year else folder / path.stem
    return unpack(path, place, wanted=lambda name: name == member, limit_bytes=LIMIT, limit_files=1, replace=True)[0]


def read_flows(
    path: Path, folder: Path, years: Sequence[int] | None = None, progress: Progress = lambda done, of: None
) -> Trade:
    """The Trade of a publisher's files, written to `folder`; years: default all that are there.

    path: a file, a zip (only the wanted years are unpacked, in `folder`, and removed again) or a folder of files. Two
    processes that write the same folder wait for each other. After an error the folder is as it was.
    """
    folder = Path(folder).resolve()
    name = _publisher_of_flows(path)
    with _alone(folder):
        return _read(name, path, folder, years, progress)


def years_in(path: Path) -> list[int]:
    """The years that the file names of a BACI release (folder or zip) tell, in order; none for other files."""
    names = (
        [f.name for f in path.iterdir()] if path.is_dir() else _names(path) if path.suffix == ".zip" else [path.name]
    )
    return sorted({int(match[2]) for name in names if (match := baci.NAME.search(name))})


def cached_flows(path: Path, years: Sequence[int] | None = None, progress: Progress = lambda done, of: None) -> Trade:
    """`read_flows` into the per-user cache, once for the same files (by name, size and time of change).

    A cache that cannot be written is good for what is in it already.
    """
    from interdep.sources.cache import cache_folder
    from interdep.store import key

    name = _publisher_of_flows(path)
    files = [path] if path.is_file() else sorted(f for f in path.iterdir() if f.is_file())
    stamp = key({"files": [(f.name, f.stat().st_size, f.stat().st_mtime_ns) for f in files], "years": years})
    folder = cache_folder().resolve() / "trade" / f"{path.resolve().stem.lower()}-{stamp}"
    if (folder / HEADER).exists():
        return Trade.read(folder)
    with _alone(folder):
        # Another process may have written it while this one waited.
        if (folder / HEADER).exists():
            return Trade.read(folder)
        return _read(name, path, folder, years, progress)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold a folder among all processes; one that was made for it and has stayed empty goes again."""
    from interdep.sources.cache import lock

    new = not folder.exists()
    try:
        # The lock lies in the folder itself: the one above may be for reading only.
        with lock(folder / HEADER):
            yield
    finally:
        if new:
            with suppress(OSError):
                folder.rmdir()


def _publisher_of_flows(path: Path) -> str:
    name = publisher_of(path)
    if name in TABLES:
        raise InputError(f"{path} holds an input-output table ({name}), not trade flows; give it as --world")
    return name


def _read(name: str, path: Path, folder: Path, years: Sequence[int] | None, progress: Progress) -> Trade:
    """The Trade of a publisher's files, written to `folder`, which is this process's alone."""
    if name == "comext":
        trade = comext.read(_texts(path) if path.is_dir() else path)
        trade = trade if years is None else _of_years(trade, years)
        trade.save(folder)
        return Trade.read(folder)
    if path.suffix == ".zip":
        return _zipped_baci(path, folder, years, progress)
    return baci.read(path, folder, years, progress)


def _zipped_baci(archive: Path, folder: Path, years: Sequence[int] | None, progress: Progress) -> Trade:
    import shutil

    from interdep.sources.unpack import unpack

    found = [match for name in _names(archive) if (match := baci.NAME.search(name))]
    there = sorted({int(match[2]) for match in found})
    wanted = there if years is None else sorted(years)
    absent = [year for year in wanted if year not in there]
    if absent:
        raise MissingData(f"{archive} has no year {first_five(absent)}; it has {', '.join(map(str, there))}")

    def is_wanted(name: str) -> bool:
        match = baci.NAME.search(name)
        codes = name.rpartition("/")[2].startswith("country_codes")
        return codes or bool(match and int(match[2]) in wanted)

    unpacked = folder / ".unpacked"
    try:
        files = unpack(archive, unpacked, wanted=is_wanted, limit_bytes=LARGEST, limit_files=MOST_FILES, replace=True)
        place = next(f for f in files if baci.NAME.search(f.name)).parent
        return baci.read(place, folder, wanted, progress)
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)


def _of_years(trade: Trade, years: Sequence[int]) -> Trade:
    absent = [year for year in years if year not in trade.files]
    if absent:
        raise MissingData(
            f"the file has no year {first_five(absent)}; it has {', '.join(map(str, trade.periods))}, give --year of these"
        )
    late = {code: tuple(y for y in found if y in years) for code, found in trade.incomplete.items()}
    return trade.with_files(
        {year: trade.files[year] for year in years},
        incomplete={code: found for code, found in late.items() if found},
        provenance=trade.provenance.then(f"only {', '.join(map(str, years))}"),
    )


def _names(archive: Path) -> list[str]:
    from interdep.sources.unpack import members

    return [member.name for member in members(archive)]


def _texts(folder: Path) -> list[Path]:
    return sorted(f for f in folder.iterdir() if f.suffix.lower() in (".csv", ".dat", ".txt", ".tsv"))
