"""Sign-off: the hash of what a commitment says, which reformatting does not change and editing does."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import date, time
from typing import Any

SIGNATURES = "signatures"
"""The key whose entries are not part of what is signed."""


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


def signature_block(member: str, seen: str, on: date, office: str = "") -> str:
    """The entry to put at the end of a commitment's file."""
    lines = ["", "[[signatures]]", f'member = "{member}"', f'hash = "{seen}"', f"on = {on.isoformat()}"]
    if office:
        lines.append(f"office = {json.dumps(office, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"
