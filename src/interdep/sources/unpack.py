"""Unpacking what a publisher sends without trusting it: no file outside the folder, no bomb, nothing left half-done."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import re
import shutil
import stat
import struct
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interdep.errors import InputError, MissingData, first_five

HIGHEST_RATIO = 200
"""Unpacked bytes a packed one, above which an entry is taken for a bomb; tables of figures reach 5 to 20."""
RATIO_FROM = 10_000_000
"""Bytes below which the ratio does not matter: a small file of zeros may well pack a thousandfold."""

_BLOCK = 1 << 20
_BY_HAND = {
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "rar",
    b"\xfd7zXZ\x00": "xz",
    b"BZh": "bzip2",
    b"\x28\xb5\x2f\xfd": "zstd",
}
_MANY = 0xFFFF
_PLAIN = (".csv", ".tsv", ".txt", ".dat")
# What zipfile, zlib, bz2 and lzma raise on bytes they cannot read.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, OverflowError, IndexError,
)  # fmt: skip
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Member:
    """One file in an archive: its name with "/" between folders, and its size in bytes (None where only reading tells)."""

    name: str
    size: int | None


def members(archive: Path) -> tuple[Member, ...]:
    """The files in a zip archive, in its order; of a .gz or a plain text file the one there is.

    Raises MissingData where there is no such file; InputError for a damaged archive, a kind that cannot be read here, and
    names or entries that a sound archive does not have (the whole archive is then refused).
    """
    archive = Path(archive)
    kind = _kind(archive)
    if kind == "plain":
        return (Member(archive.name, archive.stat().st_size),)
    if kind == "gzip":
        return (Member(archive.name.removesuffix(".gz"), None),)
    with _opened(archive) as file:
        return tuple(Member(name, info.file_size) for name, info in _entries(archive, file).items())


def unpack(
    archive: Path,
    folder: Path,
    *,
    wanted: Callable[[str], bool] = lambda name: True,
    limit_bytes: int,
    limit_files: int,
    replace: bool = False,
) -> tuple[Path, ...]:
    """Write the wanted files of an archive into a new folder, all of them or none; returns their paths in its order.

    wanted: by name, as `members` gives it; limit_bytes and limit_files: most that is written in all, by what the archive
    declares and by what really comes; replace: a folder that is there gives way once the new one is complete.
    Raises as `members` does, MissingData where nothing is wanted, InputError over a limit, for a folder that holds
    something already and where the folder cannot be written. After any error the folder is as it was.
    """
    archive, folder = Path(archive), Path(folder)
    chosen = [member for member in members(archive) if wanted(member.name)]
    if not chosen:
        names = first_five([member.name for member in members(archive)]) or "nothing"
        raise MissingData(f"{archive} has none of the files wanted; it has {names}")
    if len(chosen) > limit_files:
        raise InputError(
            f"{archive} has {len(chosen)} files, more than the {limit_files} allowed; is it the right archive?"
        )
    if sum(member.size or 0 for member in chosen) > limit_bytes:
        raise _over(archive)
    if not replace and _holds_something(folder):
        raise InputError(f"{folder} is there and holds files already; move it away or choose another folder")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.", suffix=".tmp"))
    except OSError as error:
        raise _unwritten(folder, error) from error
    try:
        _write(archive, chosen, building, limit_bytes)
        building.chmod(0o755)
        _put(building, folder)
    except OSError as error:
        raise _unwritten(folder, error) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return tuple(folder / member.name for member in chosen)


@contextmanager
def open_member(archive: Path, name: str, *, limit_bytes: int) -> Iterator[io.BufferedReader]:
    """Read one file of an archive as a stream of bytes without unpacking it, under the limits of `unpack`.

    The checksum is tested when the last byte is read. Raises as `members` does, and MissingData for a name not there.
    """
    archive = Path(archive)
    with _reader(archive) as open_one, open_one(name, limit_bytes) as stream:
        yield stream


# Reading


def _kind(archive: Path) -> str:
    """Which of zip, gzip or plain a file is, by its first bytes: its name may say anything."""
    try:
        with archive.open("rb") as stream:
            head = stream.read(8)
    except FileNotFoundError as error:
        raise MissingData(f"there is no file {archive}; get it first, or give its place") from error
    except OSError as error:
        raise InputError(f"cannot read {archive}: {error.strerror}") from error
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if archive.name.lower().endswith(".zip"):
        raise _damaged(archive)
    for magic, kind in _BY_HAND.items():
        if head.startswith(magic):
            raise InputError(
                f"{archive} is a {kind} archive, which is not read here; unpack it by hand and give the file"
            )
    if head.startswith(b"\x1f\x8b"):
        if archive.name.lower().endswith((".tar.gz", ".tgz")):
            raise InputError(f"{archive} is a tar archive, which is not read here; unpack it by hand and give the file")
        return "gzip"
    if archive.suffix.lower() not in _PLAIN:
        raise InputError(
            f"{archive} is no zip or gz archive and no {', '.join(_PLAIN)} file; give the file as published"
        )
    return "plain"


@contextmanager
def _opened(archive: Path) -> Iterator[zipfile.ZipFile]:
    try:
        file = zipfile.ZipFile(archive)
    except NotImplementedError as error:
        raise InputError(f"{archive} needs a newer unpacker ({error}); unpack it by hand and give the file") from error
    except _DAMAGE as error:
        raise _damaged(archive) from error
    with file:
        # One wrong length in the directory hides the entries after it, and zipfile does not count them.
        if _counted_entries(archive, file) not in (len(file.filelist), _MANY):
            raise _damaged(archive)
        yield file


def _counted_entries(archive: Path, file: zipfile.ZipFile) -> int:
    """How many entries the end record says there are; _MANY where the number does not fit into it."""
    with archive.open("rb") as stream:
        stream.seek(-22 - len(file.comment), os.SEEK_END)
        record = stream.read(22)
    return struct.unpack("<H", record[10:12])[0] if record.startswith(b"PK\x05\x06") else -1


def _entries(archive: Path, file: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Every file entry by its checked name; one bad entry and the archive is refused."""
    found: dict[str, zipfile.ZipInfo] = {}
    seen: dict[str, str] = {}
    for info in file.infolist():
        # The raw name: zipfile cuts the other at a NUL byte.
        name = info.orig_filename.replace("\\", "/")
        is_folder = name.endswith("/")
        _check_name(archive, info.orig_filename, name.removesuffix("/"))
        mode = stat.S_IFMT(info.external_attr >> 16)
        if mode not in (0, stat.S_IFDIR if is_folder else stat.S_IFREG):
            raise InputError(f"{archive} has the link or special file {name!r}; a sound archive of data has none")
        if is_folder:
            continue
        if info.flag_bits & 0x2041:
            raise InputError(f"{archive} is encrypted ({name!r}); unpack it by hand and give the file")
        key = unicodedata.normalize("NFC", name).casefold()
        if key in seen:
            raise InputError(f"{archive} has {seen[key]!r} and {name!r}, which are one file on some computers")
        seen[key] = name
        found[name] = info
    for key, name in seen.items():
        parts = key.split("/")
        above = next((seen[up] for n in range(1, len(parts)) if (up := "/".join(parts[:n])) in seen), None)
        if above:
            raise InputError(f"{archive} has {above!r} as a file and as a folder ({name!r})")
    # Entries that share the same packed bytes make a small archive unpack to anything.
    if sum(info.compress_size for info in found.values()) > archive.stat().st_size:
        raise _damaged(archive)
    for name, info in found.items():
        if _is_bomb(info.file_size, info.compress_size):
            raise _bomb(archive, name)
    return found


def _check_name(archive: Path, raw: str, name: str) -> None:
    """A name that stays inside the folder and means the same file on every system."""
    parts = name.split("/")
    wrong = (
        not name
        or any(part in ("", ".", "..") or part.endswith((".", " ")) or _DEVICES.fullmatch(part) for part in parts)
        or re.search(r'[\x00-\x1f\x7f:*?"<>|]', name)
    )
    if wrong:
        raise InputError(
            f"{archive} has an entry {raw!r}, which does not name a file inside a folder; it was not unpacked"
        )


@contextmanager
def _reader(archive: Path) -> Iterator[Callable[[str, int], io.BufferedReader]]:
    """A function (name, limit) that opens one member as a counted stream; the archive is opened once."""
    kind = _kind(archive)
    size = archive.stat().st_size
    with ExitStack() as stack:
        file = stack.enter_context(_opened(archive)) if kind == "zip" else None
        entries = _entries(archive, file) if file else {}
        known = list(entries) if file else [member.name for member in members(archive)]

        def open_one(name: str, limit: int) -> io.BufferedReader:
            if name not in known:
                raise MissingData(f"{archive} has no file {name!r}; it has {first_five(known)}")
            packed, declared = (entries[name].compress_size, entries[name].file_size) if file else (size, None)
            try:
                source: Any
                if file:
                    source = file.open(entries[name])
                elif kind == "gzip":
                    source = gzip.GzipFile(archive)
                else:
                    source = archive.open("rb")
            except NotImplementedError as error:
                raise InputError(
                    f"{archive} is packed in a way that is not read here ({error}); unpack it by hand and give the file"
                ) from error
            except (*_DAMAGE, RuntimeError) as error:
                raise _damaged(archive) from error
            return io.BufferedReader(_Counted(source, archive, name, packed, declared, limit), _BLOCK)

        yield open_one


class _Counted(io.RawIOBase):
    """A stream that stops at the limit, at the ratio of a bomb and at damage, whatever the archive has declared."""

    def __init__(self, source: Any, archive: Path, name: str, packed: int, declared: int | None, limit: int) -> None:
        self.source, self.archive, self.name = source, archive, name
        self.packed, self.declared, self.limit = packed, declared, limit
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            block = self.source.read(len(buffer))
        except _DAMAGE as error:
            raise _damaged(self.archive) from error
        self.count += len(block)
        # zipfile says nothing of an entry that ends before its declared size.
        if not block and self.declared not in (None, self.count):
            raise _damaged(self.archive)
        if self.count > self.limit:
            raise _over(self.archive)
        if _is_bomb(self.count, self.packed):
            raise _bomb(self.archive, self.name)
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        self.source.close()
        super().close()


def _is_bomb(unpacked: int, packed: int) -> bool:
    return unpacked > RATIO_FROM and unpacked > HIGHEST_RATIO * packed


# Writing


def _write(archive: Path, chosen: Sequence[Member], folder: Path, limit: int) -> None:
    left = limit
    with _reader(archive) as open_one:
        for member in chosen:
            place = folder / member.name
            place.parent.mkdir(parents=True, exist_ok=True)
            with open_one(member.name, left) as source, place.open("xb") as stream:
                shutil.copyfileobj(source, stream, _BLOCK)
                left -= stream.tell()


def _put(building: Path, folder: Path) -> None:
    """Rename the finished folder into its place; what stood there goes only once it has."""
    if not folder.exists():
        building.rename(folder)
        return
    former = building.with_suffix(".old")
    folder.rename(former)
    try:
        building.rename(folder)
    except BaseException:
        former.rename(folder)
        raise
    shutil.rmtree(former, ignore_errors=True)


def _holds_something(folder: Path) -> bool:
    try:
        return folder.exists() and not (folder.is_dir() and not os.listdir(folder))
    except OSError as error:
        raise _unwritten(folder, error) from error


# Sentences


def _damaged(archive: Path) -> InputError:
    kind = "gz" if archive.name.lower().endswith(".gz") else "zip"
    return InputError(f"{archive} is not a complete {kind} archive; download it again")


def _over(archive: Path) -> InputError:
    return InputError(f"{archive} unpacks to more bytes than are allowed; is it the right archive?")


def _bomb(archive: Path, name: str) -> InputError:
    return InputError(
        f"{archive} was not unpacked: {name!r} grows more than {HIGHEST_RATIO}-fold, which no table of figures does"
    )


def _unwritten(folder: Path, error: OSError) -> InputError:
    return InputError(
        f"cannot unpack into {folder}: {error.strerror or error}; nothing was left there, choose another --out"
    )
