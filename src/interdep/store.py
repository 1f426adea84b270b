"""Paper: the one write function, the hash of inputs, jobs whose steps are finished once, several results kept together."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from interdep.errors import InputError, InterdepError
from interdep.provenance import METHOD, VERSION

MANIFEST = "manifest.json"


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; every file this package makes goes through here.

    Raises InputError with the reason when it cannot be written; then neither the file nor a temporary is left.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
        with os.fdopen(handle, "wb") as stream:
            _write_all(stream, content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError):
            reason = error.strerror or str(error)
            raise InputError(
                f"cannot write {path}: {reason}; nothing was left half-written, free the space or choose another --out"
            ) from error
        raise


def _write_all(stream: Any, content: bytes) -> None:
    """The single place where bytes reach the disk (tests inject a full disk here)."""
    stream.write(content)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with LF line ends, whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Write plain data as readable JSON in the order given (columns have one), whole or not at all."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n")


def key(inputs: Mapping[str, Any]) -> str:
    """The hash (16 hex digits) of normalised inputs together with package and method version.

    Equal inputs give equal keys whatever the order of their names; floats are hashed by their shortest exact text.
    """
    text = json.dumps(
        {"inputs": inputs, "version": VERSION, "method": METHOD}, sort_keys=True, ensure_ascii=False, default=_plain
    )
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def _plain(value: Any) -> Any:
    """Plain data for what JSON does not know: dataclasses (with their class name), arrays, dates, paths, sets."""
    if hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        # Field by field, not asdict: that would drop the class of dataclasses inside, so that unlike things got equal keys.
        return {"class": type(value).__name__, **{f.name: getattr(value, f.name) for f in fields(value)}}
    if hasattr(value, "model_dump"):
        return {"class": type(value).__name__, **value.model_dump(mode="json")}
    if hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"cannot hash or store a {type(value).__name__}")


class Job:
    """An ordered list of steps, each a folder that appears whole, with a manifest that says what it was made from.

    made, reused: the names of the steps; keys: the hash of each step's inputs, which its manifest has too.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: list[str] = []
        self.reused: list[str] = []
        self.keys: dict[str, str] = {}

    def holds(self, name: str, inputs: Mapping[str, Any]) -> bool:
        """The step stands there, finished, for exactly these inputs."""
        return read_manifest(self.folder / name).get("key") == key(inputs)

    def step(self, name: str, inputs: Mapping[str, Any], make: Callable[[Path], None]) -> Path:
        """Run `make(folder)` unless the step's folder already holds the result for exactly these inputs.

        Returns the step's folder. A step that is interrupted leaves the former result, or nothing. Raises InputError where
        the folder cannot be written, or holds something that no step has made (it is never overwritten).
        """
        target = self.folder / name
        wanted = self.keys[name] = key(inputs)
        former_key = read_manifest(target).get("key")
        if former_key == wanted:
            self.reused.append(name)
            return target
        if former_key is None and target.exists() and not (target.is_dir() and not any(target.iterdir())):
            raise InputError(f"{target} is there and no step of interdep made it; move it away or choose another --out")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            building = Path(tempfile.mkdtemp(dir=self.folder, prefix=f".{name}.", suffix=".tmp"))
        except OSError as error:
            raise InputError(f"cannot write {target}: {error.strerror}; choose another --out") from error
        former = building.with_suffix(".old")
        try:
            make(building)
            write_json(
                building / MANIFEST, {**read_manifest(building), "key": wanted, "version": VERSION, "method": METHOD}
            )
            building.chmod(0o755)
            if target.exists():
                target.rename(former)
            building.rename(target)
        except BaseException:
            if former.exists() and not target.exists():
                former.rename(target)
            shutil.rmtree(building, ignore_errors=True)
            raise
        shutil.rmtree(former, ignore_errors=True)
        self.made.append(name)
        return target


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a step or results folder; empty where there is none or it cannot be read."""
    return read_json(folder / MANIFEST)


def read_json(path: Path) -> dict[str, Any]:
    """What a file of plain data holds; empty where there is none or it cannot be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


class Savable(Protocol):
    """A result that writes itself into a folder."""

    def save(self, folder: Path) -> None:
        """Write it."""
        ...


Kept = TypeVar("Kept", bound=Savable)

SEVERAL = "several.json"


@dataclass(frozen=True, eq=False)
class Several(Generic[Kept]):
    """Results of one kind by name, each made by itself: one that cannot be made keeps its reason and costs no other."""

    made: Mapping[str, Kept]
    failed: Mapping[str, str]

    @classmethod
    def of(cls, wanted: Mapping[str, Callable[[], Kept]]) -> Several[Kept]:
        """What each call gives, or the error a person can act on."""
        made: dict[str, Kept] = {}
        failed: dict[str, str] = {}
        for name, make in wanted.items():
            try:
                made[name] = make()
            except InterdepError as error:
                failed[name] = str(error)
        return cls(made, failed)

    def save(self, folder: Path) -> None:
        """Each in a folder of its name, and the reasons of those that failed."""
        for name, each in self.made.items():
            each.save(folder / name)
        write_json(folder / SEVERAL, {"made": list(self.made), "failed": dict(self.failed)})

    @classmethod
    def load(cls, folder: Path, one: Callable[[Path], Kept]) -> Several[Kept]:
        """Those saved in a folder; one: reads a single one back."""
        try:
            about = json.loads((folder / SEVERAL).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(
                f"{folder} has lost its {SEVERAL}, or it cannot be read; make the results again"
            ) from error
        return cls({name: one(folder / name) for name in about["made"]}, about["failed"])
