"""The per-user cache: where fetched files lie, one fetcher at a time, and the record of where each came from."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from interdep.errors import InputError, MissingData
from interdep.store import write_json

_BETWEEN_LOOKS = 0.05
_BLOCK = 1 << 20


def cache_folder() -> Path:
    """The folder for files that can be fetched again: INTERDEP_CACHE, or what the platform has for it; not made here.

    Linux: XDG_CACHE_HOME (where absolute) or ~/.cache; macOS: ~/Library/Caches; Windows: %LOCALAPPDATA%.
    Raises InputError where there is no home folder to put it in.
    """
    if own := os.environ.get("INTERDEP_CACHE"):
        return Path(own).expanduser()
    try:
        if sys.platform == "win32":
            local = os.environ.get("LOCALAPPDATA")
            return (Path(local) if local else Path.home() / "AppData" / "Local") / "interdep" / "cache"
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Caches" / "interdep"
        # The XDG specification has relative values ignored.
        shared = Path(os.environ.get("XDG_CACHE_HOME", ""))
        return (shared if shared.is_absolute() else Path.home() / ".cache") / "interdep"
    except RuntimeError as error:
        raise InputError("there is no home folder for the cache; set INTERDEP_CACHE to a folder") from error


def unwritable(folder: Path, error: OSError) -> InputError:
    """The error for a folder in which nothing can be written: names it and the two ways out."""
    reason = error.strerror or str(error)
    return InputError(
        f"cannot write in {folder}: {reason}; set INTERDEP_CACHE to a folder you can write in, or give --out"
    )


# One at a time


@contextmanager
def lock(target: Path, waiting: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold a file's place alone, among all processes of this machine; its folder is made where it is not there.

    waiting: called once where another process holds the place, before this one waits for it. The lock belongs to the open
    file, not to its name: the system lifts it when a process is killed, so none is ever left over.
    Raises InputError where the folder cannot be written.
    """
    path = target.with_name(f".{target.name}.lock")
    handle = _held(path, waiting)
    try:
        yield
    finally:
        _release(handle, path)


def _held(path: Path, waiting: Callable[[], None] | None) -> int:
    told = False
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise unwritable(path.parent, error) from error
        try:
            taken = _try(handle)
        except OSError as error:
            os.close(handle)
            raise unwritable(path.parent, error) from error
        # The former holder removes the file: a lock on a file that no longer has the name protects nothing.
        if taken and _same(handle, path):
            return handle
        os.close(handle)
        if not taken:
            if waiting and not told:
                waiting()
            told = True
            time.sleep(_BETWEEN_LOOKS)


def _try(handle: int) -> bool:
    """Lock an open file without waiting; False where another has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _same(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _release(handle: int, path: Path) -> None:
    try:
        # Removed while held, so that nobody loses a lock on it. Windows keeps open files: there it stays, harmless.
        if sys.platform != "win32":
            path.unlink(missing_ok=True)
    except OSError:
        pass
    finally:
        os.close(handle)


# Where a file came from


@dataclass(frozen=True)
class Record:
    """Where a fetched file came from and what it was: lies beside it as NAME.provenance.json.

    bytes: size; sha256: 64 hex digits; retrieved: ISO 8601 in UTC; etag and last_modified: the server's words, "" where it
    gave none; size_announced: the server said beforehand how long the file is, and that many bytes came.
    """

    url: str
    retrieved: str
    bytes: int
    sha256: str
    etag: str = ""
    last_modified: str = ""
    licence: str = ""
    citation: str = ""
    size_announced: bool = False


def record_path(file: Path) -> Path:
    """The place of a file's record, beside it."""
    return file.with_name(f"{file.name}.provenance.json")


def read_record(file: Path) -> Record | None:
    """The record of a fetched file; None where there is none that can be read."""
    try:
        found = json.loads(record_path(file).read_text(encoding="utf-8"))
        known = {field.name: found[field.name] for field in fields(Record) if field.name in found}
        record = Record(**known)
    except (OSError, ValueError, TypeError):
        return None
    return record if isinstance(record.bytes, int) and isinstance(record.sha256, str) else None


def write_record(file: Path, record: Record) -> None:
    """Write the record of a file beside it, whole or not at all."""
    write_json(record_path(file), asdict(record))


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file's bytes as 64 hex digits; reads it in blocks. Raises MissingData where it is not there."""
    digest = hashlib.sha256()
    try:
        with file.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        raise MissingData(f"cannot read {file}: {error.strerror}; get it again") from error
    return digest.hexdigest()


def intact(file: Path, *, full: bool = False) -> bool:
    """The file is there and is as its record says: its size, and with `full` every byte of it (by SHA-256)."""
    record = read_record(file)
    try:
        if record is None or not file.is_file() or file.stat().st_size != record.bytes:
            return False
    except OSError:
        return False
    return not full or sha256_of(file) == record.sha256
