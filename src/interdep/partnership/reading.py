"""Reads a partnership's folder: every file, every fault with its file, line and key, and not only the first."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ValidationError

from interdep.errors import InputError, did_you_mean, unknown
from interdep.partnership.documents import DOCUMENTS, Commitment
from interdep.partnership.signing import SIGNATURES
from interdep.partnership.unseen import strange_lines, strange_values
from interdep.shocks.messages import line_of, sentence, worst

COVER = "partnership.toml"
"""The first file of a partnership."""

_CONFLICT = re.compile(r"^(<{7}|>{7}|\|{7})( |$)")

Kind = Literal["error", "warning", "note"]
"""An error stops everything; a warning is to be looked at; a note says what is not known."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong or missing, in a sentence that names file and line."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Piece:
    """One file as read: where it lies, its text and what it says."""

    where: str
    text: str
    value: Any

    def at(self, *path: str | int) -> str:
        """File and line of a key, as it stands in error texts."""
        return f"{self.where}, line {line_of(self.text, path)}"


def library() -> tuple[str, ...]:
    """The names of the partnerships that come with the package."""
    folder = resources.files("interdep.partnership") / "library"
    return tuple(sorted(f.name for f in folder.iterdir() if f.is_dir() and not f.name.startswith(("_", "."))))


def place_of(source: str | Path) -> tuple[Traversable | Path, str]:
    """(the first file, how errors call it) of a library name, a folder, or the file itself; InputError where it is neither."""
    if str(source) in library():
        return resources.files("interdep.partnership") / "library" / str(source) / COVER, str(source)
    path = Path(source)
    if path.is_dir():
        path = path / COVER
    if path.suffix != ".toml":
        raise unknown("partnership", str(source), library(), f"the library (or name a folder with {COVER})")
    return path, str(path)


def text_of(file: Traversable | Path, where: str) -> str:
    """The text of a file; InputError where it cannot be read."""
    try:
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise InputError(f"there is no file {where}; partnerships of the library are {', '.join(library())}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{where} is not UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        raise InputError(f"cannot read {where}: {error.strerror}") from error


def parse(text: str, where: str, model: type[BaseModel]) -> Piece:
    """What a TOML text says, as a model; InputError with file, line and key for the first thing that is wrong."""
    for number, line in enumerate(text.splitlines(), start=1):
        if _CONFLICT.match(line):
            raise InputError(
                f"{where}, line {number}: two edits of this file are in conflict ({line[:7]}); keep what is right and take"
                " out the lines with the marks"
            )
    for number, wrong in strange_lines(text):
        raise InputError(f"{where}, line {number}: the text {wrong}")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where} is not TOML: {error}") from error
    for path, wrong in strange_values(data):
        key = next(repr(part)[1:-1] for part in reversed(path) if isinstance(part, str))
        raise InputError(f"{where}, line {line_of(text, path)}: {key} {wrong}")
    try:
        value = model.of_file(data) if issubclass(model, Commitment) else model.model_validate(data)
    except ValidationError as error:
        raise InputError(_said(worst(error), text, where, model)) from error
    return Piece(where, text, value)


def documents(cover: Traversable | Path, where: str) -> tuple[dict[str, list[Piece]], list[Problem]]:
    """What lies beside the first file, by folder, and what of it cannot be read or is not looked at."""
    pieces: dict[str, list[Piece]] = {name: [] for name in DOCUMENTS}
    problems: list[Problem] = []
    folder = cover.parent if isinstance(cover, Path) else _parent(where)
    shown = str(folder) if isinstance(cover, Path) else where
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        here = _joined(shown, entry.name)
        if entry.name.startswith("."):
            continue
        if entry.is_dir() and entry.name not in DOCUMENTS and any(_tomls(entry)):
            hint = did_you_mean(entry.name, DOCUMENTS) or f"; known are {', '.join(DOCUMENTS)}"
            problems.append(Problem("warning", f"{here}: nothing in this folder is read{hint}"))
        elif not entry.is_dir() and _toml(entry.name) and entry.name != COVER:
            text = f"{here} is not read; put it into {', '.join(DOCUMENTS)}, whichever it is"
            problems.append(Problem("warning", text))
    for name, model in DOCUMENTS.items():
        inside = folder / name
        if not inside.is_dir():
            continue
        for file in sorted(inside.iterdir(), key=lambda each: each.name):
            here = _joined(shown, name, file.name)
            if file.name.startswith("."):
                continue
            if file.is_dir():
                for deeper in _tomls(file):
                    text = f"{_joined(here, deeper)} is not read; put it into {name} itself"
                    problems.append(Problem("warning", text))
                continue
            if not file.name.endswith(".toml"):
                if _toml(file.name):
                    text = f"{here} is not read: its name must end in .toml, in small letters"
                    problems.append(Problem("warning", text))
                continue
            try:
                pieces[name].append(parse(text_of(file, here), here, model))
            except InputError as error:
                problems.append(Problem("error", str(error)))
    return pieces, problems


def doubled(pieces: Sequence[Piece], what: str) -> Iterator[Problem]:
    """The same id in two files."""
    first: dict[str, Piece] = {}
    for piece in pieces:
        id_ = piece.value.id
        if id_ in first:
            text = f"{piece.at('id')}: the {what} {id_!r} stands in {first[id_].where} too; give one another id or take it out"
            yield Problem("error", text)
        first.setdefault(id_, piece)


def _toml(name: str) -> bool:
    """A name that a person takes for a TOML file's."""
    return name.strip().casefold().endswith(".toml")


def _tomls(folder: Traversable | Path, deep: int = 5) -> Iterator[str]:
    """The TOML files in a folder and, so deep, in those inside it; hidden ones and those that cannot be opened left out."""
    try:
        entries = sorted(folder.iterdir(), key=lambda each: each.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if not entry.is_dir():
            if _toml(entry.name):
                yield entry.name
        elif deep > 1:
            yield from (_joined(entry.name, inner) for inner in _tomls(entry, deep - 1))


def _parent(name: str) -> Traversable:
    return resources.files("interdep.partnership") / "library" / name


def _joined(*parts: str) -> str:
    return str(Path(*parts))


def _said(first: Any, text: str, where: str, model: type[BaseModel]) -> str:
    place = f"{where}, line {line_of(text, first['loc'])}"
    inner = _inside(model, first["loc"][:-1])
    key = next((p for p in reversed(first["loc"]) if isinstance(p, str)), "")
    if first["type"] == "dict_type" and key == SIGNATURES:
        way_out = "under one line [signatures], each member's in one line; `interdep partnership sign` writes it so"
        return f"{place}: signatures must be written {way_out}"
    if first["type"] == "model_type" and first["loc"][0] == SIGNATURES:
        form = f'{key} = {{ hash = "...", on = 2026-11-26 }}'
        return f"{place}: a signature stands as {form}; written by `interdep partnership sign`"
    if first["type"] in ("tuple_type", "model_type", "dict_type") and _tables(_inside(model, first["loc"][:-1]), key):
        header = f"[[{key}]]" if first["type"] == "tuple_type" else f"[{key}]"
        return f"{place}: {key} must be written under a line {header}, not as {first.get('input')!r}"
    if first["type"] == "string_pattern_mismatch" and key == "hash":
        return (
            f"{place}: hash must be the 64 digits that `interdep partnership sign` writes, not {first.get('input')!r}"
        )
    return sentence(first, place, list(inner.model_fields))


def _inside(model: type[BaseModel], path: Sequence[str | int]) -> type[BaseModel]:
    """The model that a path of keys leads to."""
    for part in path:
        if isinstance(part, str) and part in model.model_fields:
            inner = _models(model.model_fields[part].annotation)
            if inner:
                model = inner[0]
    return model


def _tables(model: type[BaseModel], key: str) -> bool:
    """A key under which TOML holds tables."""
    field = model.model_fields.get(key)
    return field is not None and (bool(_models(field.annotation)) or "dict" in str(field.annotation))


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for each in get_args(annotation) for model in _models(each)]
