"""Steps of an assessment in their folders: what is there for the same inputs is read, what is not is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interdep.errors import InputError
from interdep.store import Job, Several, read_json, write_json
from interdep.tables import Table, load_tables, save_tables

ABOUT = "assessment.json"
"""What the folder of an assessment is of: partnership, table, day."""

Calls = dict[str, Callable[[], Any]]


@dataclass(frozen=True, eq=False)
class Stops:
    """The table of single stops as something that a step can keep."""

    table: Table

    def save(self, folder: Path) -> None:
        """Write it, to be read back by `load`."""
        save_tables(folder, {"stops": self.table}, kind="stops")

    @classmethod
    def load(cls, folder: Path) -> Stops:
        """The table saved in a folder."""
        return cls(load_tables(folder, "stops")[0]["stops"])


def kept(
    job: Job | None, name: str, inputs: dict[str, Any], make: Callable[[], Any], load: Callable[[Path], Any]
) -> Any:
    """What `make` gives, or what a former call with the same inputs has kept."""
    if job is None:
        return make()
    made = []

    def build(folder: Path) -> None:
        made.append(make())
        made[0].save(folder)

    place = job.step(name, inputs, build)
    return made[0] if made else load(place)


def several(job: Job | None, name: str, inputs: dict[str, Any], calls: Calls, load: Callable[[Path], Any]) -> Several:
    """Several results of one step; one that cannot be made keeps its reason."""
    return kept(job, name, inputs, lambda: Several.of(calls), lambda folder: Several.load(folder, load))


def write_about(folder: Path, about: dict[str, Any]) -> None:
    """Say what the folder is of, where that has changed."""
    if read_json(folder / ABOUT) != about:
        write_json(folder / ABOUT, about)


def read_about(folder: Path) -> dict[str, Any]:
    """What the folder of an assessment is of; InputError where it is none."""
    found = read_json(folder / ABOUT)
    if not {"partnership", "world", "table", "day"} <= set(found):
        raise InputError(
            f"{folder} holds no assessment (its {ABOUT} is absent or not whole); name a folder that `interdep assess` has written"
        )
    return found
