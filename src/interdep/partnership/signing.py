"""Sign-off: the hash of what a commitment says, which reformatting does not change and editing does."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

SIGNATURES = "signatures"
"""The key whose entries are not part of what is signed."""

ALL = "all"
"""Stands for every commitment where one is to be named."""

_HEADER = re.compile(rf"^\s*\[\s*{SIGNATURES}\s*\]\s*(#.*)?$")


def content_hash(data: Mapping[str, Any]) -> str:
    """SHA-256 (64 hex digits) of a parsed TOML file without its signatures.

    Hashed is its JSON: keys sorted, no spaces, text as UTF-8 in Unicode's NFC, days as YYYY-MM-DD. Comments, order, quotes and
    line ends are not in it.
    """
    said = {name: value for name, value in data.items() if name != SIGNATURES}
    text = json.dumps(_plain(said), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {unicodedata.normalize("NFC", str(name)): _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, (date, time)) else value


def with_signature(text: str, members: Sequence[str], member: str, seen: str, on: date, office: str = "") -> str:
    """The text of a commitment's file with a member's line under [signatures], in the place of an older one of that member.

    Every member's line has its own place, below a comment with the member's name: two branches on which two members sign are then
    edits of different places, which git merges by itself.
    """
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.rstrip().split(end)
    start = next((n for n, line in enumerate(lines) if _HEADER.match(line)), None)
    if start is None:
        lines += ["", *signature_table(members)]
        start = lines.index(f"[{SIGNATURES}]")
    stop = next((n for n in range(start + 1, len(lines)) if lines[n].lstrip().startswith("[")), len(lines))
    above, here, below = lines[: start + 1], lines[start + 1 : stop], lines[stop:]
    said = f"{_key(member)} = {{ hash = {json.dumps(seen)}, on = {on.isoformat()}"
    said += f", office = {json.dumps(office, ensure_ascii=False)} }}" if office else " }"
    old = [n for n, line in enumerate(here) if line.split("=")[0].strip() in (member, f'"{member}"', f"'{member}'")]
    if old:
        here[old[0]] = said
    else:
        if _place(member) not in here:
            here.append(_place(member))
        here.insert(here.index(_place(member)) + 1, said)
    return end.join([*above, *here, *below]) + end


def signature_table(members: Sequence[str]) -> list[str]:
    """The lines of the table before anyone has signed, with the place of each member."""
    return [f"[{SIGNATURES}]", *(_place(member) for member in members)]


def _place(member: str) -> str:
    return f"# {member} signs here"


def _key(member: str) -> str:
    return member if re.fullmatch(r"[A-Za-z0-9_-]+", member) else json.dumps(member, ensure_ascii=False)
