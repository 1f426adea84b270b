"""`interdep get`: bring a publisher's data, from the network or from a file on disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from interdep.cli.common import DEFAULT, Common, print_grid, print_json, print_line, switch, years_of
from interdep.errors import InputError, MissingData

if TYPE_CHECKING:
    from interdep.sources.catalogue import Listing


def get(
    source: Annotated[
        str | None, Parameter(help="Whose data: oecd-icio, figaro, baci, comext; left out: a list of them.")
    ] = None,
    *,
    year: Annotated[
        str | None, Parameter(help="Years, as in 2021 or 2019:2021; of several in one file, default all.")
    ] = None,
    revision: Annotated[str | None, Parameter(help="Revision of the HS (baci), as in HS17.")] = None,
    version: Annotated[str | None, Parameter(help="Edition of the data, where not the newest known.")] = None,
    month: Annotated[int | None, Parameter(help="One month of the year (comext), 1 to 12.")] = None,
    from_: Annotated[
        Path | None, Parameter(name="--from", help="A file (or folder of files) on disk: nothing is downloaded.")
    ] = None,
    sha256: Annotated[str | None, Parameter(help="The hash that the file must have.")] = None,
    refresh: Annotated[bool, switch("Download again what is in the cache.")] = False,
    common: Common = DEFAULT,
) -> int:  # fmt: skip
    """Bring a publisher's data: download (or take a file), check, keep in the cache, and say how to use it.

    Downloads resume, honour HTTP_PROXY and are kept with a record of where they came from in the folder INTERDEP_CACHE names
    (default: the user's cache folder). Trade flows become a folder of Parquet files, in --out or the cache.
    """
    from interdep.sources.catalogue import listing

    if source is None:
        return _list(common)
    found = listing(source)
    years = years_of(year)
    if from_ is not None:
        given = {"--revision": revision, "--version": version, "--month": month, "--refresh": refresh or None}
        _check_file(from_, sha256, [name for name, value in given.items() if value is not None])
        path = from_
    else:
        path = _download(found, years, revision, version, month, sha256, refresh, common)
    from interdep.sources.opening import FLOWS, publisher_of

    publisher = publisher_of(path)
    if publisher != source:
        raise InputError(
            f"{path} has the layout of {publisher}, not of {source}; say interdep get {publisher} --from {path}"
        )
    return _flows(path, years, common) if source in FLOWS else _table(path, years, common)


def _check_file(path: Path, sha256: str | None, download_only: list[str]) -> None:
    """A file on disk has the hash it should have, and no option that belongs to a download is with it."""
    from interdep.sources.cache import sha256_of

    if download_only:
        raise InputError(f"{', '.join(download_only)} does not go with --from: it says what to download")
    if sha256 is None:
        return
    if path.is_dir():
        raise InputError(f"{path} is a folder, which has no SHA-256; leave --sha256 out or give one file")
    found = sha256_of(path)
    if found != sha256.strip().lower():
        raise InputError(f"{path} has the SHA-256 {found}, not {sha256}; it is another file or was damaged on the way")


def _list(common: Common) -> int:
    from interdep.sources.catalogue import listing, names

    all_of_them = [listing(name) for name in names()]
    if common.json:
        print_json(
            [
                {"name": e.name, "title": e.title, "years": e.years, "licence": e.licence, "page": e.landing_page}
                for e in all_of_them
            ]
        )
        return 0
    rows = [[e.name, e.title, f"{e.years[0]}-{e.years[1]}", e.licence] for e in all_of_them]
    print_grid(["source", "what", "years", "licence"], rows)
    print_line("interdep get SOURCE --year Y downloads; interdep get SOURCE --from FILE takes a file on disk.")
    return 0


def _download(
    found: Listing, years: list[int] | None, revision: str | None, version: str | None, month: int | None,
    sha256: str | None, refresh: bool, common: Common,
) -> Path:  # fmt: skip
    """The file of a source in the cache, downloaded where it is not there yet."""
    from interdep.sources.cache import cache_folder
    from interdep.sources.fetch import download

    first = years[0] if years else None
    if "revision" in found.needs() and revision is None:
        raise InputError(
            f"{found.name} needs --revision, one of {', '.join(found.revisions)}. By hand: {found.by_hand()}"
        )
    if "year" in found.needs() and first is None:
        raise InputError(f"{found.name} needs --year, {found.years[0]} to {found.years[1]}. By hand: {found.by_hand()}")
    if years and len(years) > 1 and "year" in found.needs():
        raise InputError(f"{found.name} has a file for each year; get them one by one, --year {years[0]} first")
    named = {"year": first, "revision": revision, "version": version, "month": month}
    for each in years or ():
        found.address(**{**named, "year": each})  # before gigabytes come: is there such a year?
    address, target = found.address(**named), cache_folder() / "downloads" / found.file_name(**named)
    cited = found.source(**named)
    with common.bytes(f"Getting {target.name}") as progress:
        try:
            got = download(
                address, target, sha256=sha256, limit=found.limit, progress=progress, licence=found.licence,
                citation=str(cited.citation), refresh=refresh, waiting=lambda: common.warn("another process fetches it; waiting"),
            )  # fmt: skip
        except MissingData as error:
            raise MissingData(f"{error}. {found.by_hand()}") from error
    if got.path.suffix == ".7z":
        raise MissingData(
            f"{got.path} is here and packed as 7z, which is unpacked by hand; give the text file in it with --from FILE"
        )
    return got.path


def _flows(path: Path, years: list[int] | None, common: Common) -> int:
    from interdep.sources.opening import cached_flows, read_flows

    with common.count("Converting years to Parquet") as progress:
        out = common.out
        trade = cached_flows(path, years, progress) if out is None else read_flows(path, out, years, progress)
    place = next(iter(trade.files.values())).parent
    if common.json:
        print_json(
            {
                "name": trade.name,
                "folder": str(place),
                "years": list(trade.periods),
                "steps": list(trade.provenance.steps),
            }
        )
        return 0
    print_line(repr(trade))
    for note in trade.notes:
        print_line(f"Note: {note}")
    print_line(f"It is in {place}; for example: interdep measure EU27 JPN --trade {place}")
    return 0


def _table(path: Path, years: list[int] | None, common: Common) -> int:
    from interdep.sources.cache import cache_folder
    from interdep.sources.opening import one_table, read_table

    if years and len(years) > 1:
        raise InputError(f"a table is of one year; name one of {', '.join(map(str, years))}")
    year = years[0] if years else None
    with common.progress(f"Reading {path.name}"):
        table = one_table(path, year, common.out or cache_folder() / "tables")
        world = read_table(table, year)
    if common.out is not None and table == path:
        table = _copied(path, common.out)
    path = table
    if common.json:
        print_json({"name": world.name, "file": str(path), "year": world.year, "steps": list(world.provenance.steps)})
        return 0
    print_line(repr(world))
    print_line(f"It is in {path}; for example: interdep measure EU27 JPN --world {path}")
    return 0


def _copied(path: Path, folder: Path) -> Path:
    """A copy of a file in a folder, whole or not at all; the file itself where it lies there already."""
    import os
    import shutil
    import tempfile

    target = folder / path.name
    if target.exists() and target.samefile(path):
        return target
    temporary = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".tmp")
        os.close(handle)
        shutil.copyfile(path, temporary)
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise InputError(f"cannot write {target}: {error.strerror or error}; choose another --out") from error
    return target
