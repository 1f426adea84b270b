"""Finding a World by what a person types: a packaged name or a folder."""

from __future__ import annotations

from pathlib import Path

from interdep.errors import InputError, MissingData, did_you_mean
from interdep.world.world import World

PACKAGED = ("world-2014",)


def read_world(source: str | Path) -> World:
    """The packaged table of that name, or the table in that folder (see `World.read`)."""
    if str(source) in PACKAGED:
        from interdep.world.packaged import load

        return load(str(source))
    path = Path(source)
    if path.is_dir():
        from interdep.world.folder import read_folder

        return read_folder(path)
    if path.name == "world.toml" and path.exists():
        from interdep.world.folder import read_folder

        return read_folder(path.parent)
    if path.exists():
        raise InputError(
            f"{source} is a file; a table is a folder with world.toml, or is read by its publisher's reader"
            " in interdep.sources (icio.read, figaro.read, wiod2013.read)"
        )
    hint = did_you_mean(str(source), PACKAGED)
    raise MissingData(
        f"there is no table {str(source)!r}: it is neither packaged ({', '.join(PACKAGED)}) nor a folder{hint}"
    )
