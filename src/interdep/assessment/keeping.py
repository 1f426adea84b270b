"""Steps of an assessment in their folders: what is there for the same inputs is read, what is not is made."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interdep.errors import InputError
from interdep.partnership.results import ABOUT
from interdep.sources.cache import sha256_of
from interdep.store import Job, Several, key, read_json, write_json
from interdep.tables import Table, load_tables, save_tables
from interdep.trade import Trade

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


def fingerprint(inputs: Mapping[str, Any], trades: Sequence[Trade]) -> str:
    """The hash (16 hex digits) of a whole assessment: of all that went into any of its steps.

    Product flows count by what they hold, not by when their files were written, so that it is the same on every machine.
    """
    return key({**inputs, "trade": [_content(trade) for trade in trades]})


def _content(trade: Trade) -> dict[str, Any]:
    """What a table of product flows is and holds."""
    held = {str(year): _rows(flows) for year, flows in trade.files.items()}
    return {name: said for name, said in trade.identity.items() if name != "files"} | {"held": held}


def _rows(flows: Any) -> str:
    """A hash of a file, or of the rows of a frame whatever their order."""
    if isinstance(flows, Path):
        return sha256_of(flows)
    frame = flows.collect()
    return hashlib.sha256(frame.sort(frame.columns).write_csv().encode("utf-8")).hexdigest()
