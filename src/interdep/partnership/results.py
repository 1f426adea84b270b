"""Reads from a results folder of `assess` what indicators need, or measures the quick part anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from interdep.errors import InputError
from interdep.partnership.indicators import indicators_of
from interdep.store import read_json, read_manifest
from interdep.tables import Table, load_tables

if TYPE_CHECKING:
    from interdep.partnership.schema import Partnership


ABOUT = "assessment.json"
"""What the folder of an assessment is of: partnership, table, day, the key of every step, the hash of the whole."""


def check_steps(folder: Path, steps: Mapping[str, str]) -> None:
    """Every step's folder is the one that the assessment was finished with; InputError names the first that is not.

    steps: {folder: key}; empty for an assessment that was kept before keys were written down.
    """
    for name, made in steps.items():
        if read_manifest(folder / name).get("key") != made:
            raise InputError(
                f"{folder / name} does not belong to this assessment (it is gone, or came from another one, or from one that was"
                " broken off); run interdep assess again"
            )


def found_in(folder: Path, partnership: Partnership) -> SimpleNamespace:
    """The steps of an assessment that lie in a folder, each None where it is not there.

    Raises InputError where none is there, where one has lost a table, is of another assessment or was made by another method
    version, and where the assessment is of other members.
    """
    from interdep.agreement.coalitions import Coalitions
    from interdep.dependence.measure import Dependencies
    from interdep.models.fan import Fan
    from interdep.models.long_paths import LongPaths
    from interdep.models.run import Run
    from interdep.responses.plan import Plan
    from interdep.store import Several

    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}; name one that `interdep assess` has written")
    if (folder / ABOUT).is_file():
        check_steps(folder, read_json(folder / ABOUT).get("steps", {}))
    steps: dict[str, tuple[str, Callable[[Path], Any]]] = {
        "dependencies": ("dependencies", Dependencies.load), "run": ("run", Run.load), "fan": ("days", Fan.load),
        "adjusted": ("prices", Run.load), "paths": ("years", LongPaths.load),
        "plans": ("plans", lambda place: Several.load(place, Plan.load).made),
        "coalitions": ("coalitions", lambda place: Several.load(place, Coalitions.load).made),
    }  # fmt: skip
    found = {name: load(folder / place) if (folder / place).is_dir() else None for name, (place, load) in steps.items()}
    dependencies = found["dependencies"]
    if dependencies is None:
        raise InputError(
            f"{folder} holds no assessment (it has no folder `dependencies`); name one that `interdep assess` wrote"
        )
    if tuple(dependencies.buyers) != tuple(partnership.members):
        raise InputError(
            f"{folder} is of {', '.join(dependencies.buyers)}, and {partnership.name} of {', '.join(partnership.members)};"
            " name the results of this partnership"
        )
    return SimpleNamespace(partnership=partnership, **found)


def measured(partnership: Partnership) -> SimpleNamespace:
    """The quick part alone: who depends on whom, from the packaged tables."""
    from interdep.dependence.measure import measure

    return SimpleNamespace(partnership=partnership, dependencies=measure(partnership))


def baseline_in(folder: Path, partnership: Partnership) -> Table:
    """The indicators of an older folder: those saved there with a status, else computed from its assessment.

    Raises InputError where a status is there and has lost a table: what it said is not to be made up anew.
    """
    saved = read_manifest(folder).get("kind") == "status" or (folder / "indicators.parquet").is_file()
    for place, there in ((folder, saved), (folder / "status", (folder / "status").is_dir())):
        if there:
            return load_tables(place, "status")[0]["indicators"]
    return indicators_of(found_in(folder, partnership))
