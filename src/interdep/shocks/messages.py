"""One clear sentence for the first thing that is wrong in a TOML file: file, line, key, what was given, the way out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from interdep.errors import InputError, did_you_mean

TABLES = ("shocks", "sources", "pillars")
"""Keys that hold tables; every other list is a list of names."""

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^\s*("[^"]*"|'[^']*'|[A-Za-z0-9_\-]+)\s*=""")


class OneSentence(type(BaseModel)):
    """Metaclass of models that people also make in Python: a wrong value raises InputError with one sentence."""

    def __call__(cls, *args: Any, **data: Any) -> Any:
        """Make the value; pydantic's own errors stay inside (files are read through `model_validate`)."""
        try:
            return super().__call__(*args, **data)
        except ValidationError as error:
            fields = getattr(cls, "model_fields", {})
            raise InputError(sentence(worst(error), cls.__name__, fields)) from error


def worst(error: ValidationError) -> Any:
    """The one of pydantic's findings to speak of: a key nobody knows before a key that is absent (it is often the same)."""
    found = error.errors()
    return next((e for e in found if e["type"] == "extra_forbidden"), found[0])


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line (from 1) where a key of a TOML text stands, or its table's header, or 1: for error texts only.

    path: as pydantic gives it, for example ("shocks", 1, "share"); the names of models in it, which begin with a capital, are
    passed over where no key is called so.
    """
    wanted = [part for part in path if not (isinstance(part, str) and part[:1].isupper()) or _is_key(text, str(part))]
    tables = [part for part in wanted[:-1] if isinstance(part, str)]
    indexes = [part for part in wanted if isinstance(part, int)]
    key = str(wanted[-1]) if wanted and isinstance(wanted[-1], str) else ""
    here: list[str] = []
    seen: dict[str, int] = {}
    best = 1
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            here = [part.strip().strip("\"'") for part in header.group(2).split(".")]
            if header.group(1) == "[[":
                seen[".".join(here)] = seen.get(".".join(here), -1) + 1
            at_index = not indexes or seen.get(".".join(here), indexes[0]) == indexes[0]
            if (here == tables or here == [*tables, key]) and at_index:
                best = number
            continue
        match = _KEY.match(line)
        if not match or match.group(1).strip("\"'") != key or here != tables:
            continue
        if not indexes or seen.get(".".join(here)) == indexes[0]:
            return number
    if best == 1 and indexes:
        return _line_in_list(text, str(wanted[0]), indexes[0])
    # A key of an inline table stands in the line of the table.
    return line_of(text, wanted[:-1]) if best == 1 and len(wanted) > 1 else best


def _is_key(text: str, name: str) -> bool:
    return any((match := _KEY.match(line)) and match.group(1).strip("\"'") == name for line in text.splitlines())


def _line_in_list(text: str, name: str, index: int) -> int:
    """The line of one inline table of `name = [{...}, {...}]`, or of the name itself, or 1."""
    found, opened = 0, 0
    for number, line in enumerate(text.splitlines(), start=1):
        match = _KEY.match(line)
        if match and match.group(1).strip("\"'") == name:
            found = number
        opened += line.count("{") if found else 0
        if opened > index:
            return number
    return found or 1


def sentence(error: Mapping[str, Any], where: str, known: Iterable[str]) -> str:
    """A pydantic error as one sentence. where: file and line, or the class; known: the keys that would be right."""
    location = error["loc"]
    # Union tags (class names) are not keys a person typed.
    keys = [part for part in location if isinstance(part, str) and not part[:1].isupper()]
    key = keys[-1] if keys else ""
    kind, given, limits = error["type"], error.get("input"), error.get("ctx", {})
    shown = _as_typed(given)
    if kind == "extra_forbidden":
        return f"{where}: unknown key {key!r}{did_you_mean(key, known) or '; known are ' + ', '.join(sorted(known))}"
    if kind == "missing":
        return f"{where}: the key {key!r} is absent; add it"
    if kind == "union_tag_invalid":
        tag = str(limits.get("tag", given))
        expected = [t.strip("' ") for t in str(limits.get("expected_tags", "")).split(",")]
        return f"{where}: unknown kind {tag!r}{did_you_mean(tag, expected) or '; known are ' + ', '.join(expected)}"
    if kind == "union_tag_not_found":
        return f'{where}: the shock says no kind; add kind = "SupplyStop" or another'
    if kind in ("int_type", "int_from_float", "float_type", "int_parsing", "float_parsing", "finite_number"):
        what = "a whole number" if kind.startswith("int") else "a number"
        return f"{where}: {key} must be {what}, not {shown}"
    bounds = {"greater_than": ("gt", "above"), "greater_than_equal": ("ge", "at least"),
              "less_than": ("lt", "below"), "less_than_equal": ("le", "at most")}  # fmt: skip
    if kind in bounds:
        name, words = bounds[kind]
        hint = " (shares are fractions: 0.15 is 15 per cent)" if key == "share" else ""
        return f"{where}: {key} = {shown} must be {words} {limits[name]:g}{hint}"
    if kind == "value_error":
        return f"{where}: {key} {str(error['msg']).removeprefix('Value error, ')}".replace(":  ", ": ")
    if kind == "tuple_type" and key in TABLES:
        return f"{where}: {key} must be tables, each under a line [[{key}]]"
    if kind == "literal_error":
        expected = re.findall(r"'([^']*)'", str(limits.get("expected", "")))
        return f"{where}: {key} must be {' or '.join(expected)}, not {shown}{did_you_mean(str(given), expected)}"
    if kind in ("too_short", "string_too_short"):
        least = limits.get("min_length", 1)
        empty = "is empty; give it a text" if kind == "string_too_short" else "is empty; give at least one"
        return f"{where}: {key} " + (f"has {len(given)}, it needs at least {least}" if given else empty)
    if kind == "string_pattern_mismatch":
        return f"{where}: {key} = {shown} must be made of small letters, digits and hyphens"
    if kind in ("model_type", "model_attributes_type"):
        return f"{where}: {key} must be tables, each under a line [[{key}]], not {shown}"
    if kind == "tuple_type":
        return f"{where}: {key} must be a name or a list of names, not {shown}"
    if kind == "string_type":
        return f"{where}: {key} must be text, not {shown}"
    if kind in ("bool_type", "bool_parsing"):
        return f"{where}: {key} must be true or false, not {shown}"
    return f"{where}: {key + ' = ' if key else ''}{shown}: {error['msg']}"


def _as_typed(given: Any) -> str:
    """A value as it stands in TOML, where Python would write it otherwise."""
    if isinstance(given, bool):
        return "true" if given else "false"
    return given.isoformat() if hasattr(given, "isoformat") else repr(given)
