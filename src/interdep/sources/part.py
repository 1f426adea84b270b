"""The hidden .part file of a download under way, and what the server said that lets its rest be told from another file's."""

from __future__ import annotations

import json
import re
from email.message import Message
from hashlib import sha256 as new_hash
from pathlib import Path
from typing import Any

from interdep.store import write_json

_BLOCK = 1 << 20


class Part:
    """A download under way: the hidden file, what the server said identifies it, and the running hash of its bytes."""

    def __init__(self, target: Path, url: str) -> None:
        self.file = target.with_name(f".{target.name}.part")
        self.notes = target.with_name(f".{target.name}.part.json")
        self.url = url
        self.empty()
        self.continued = False

    def empty(self) -> None:
        """Nothing has come yet."""
        self.size, self.hash = 0, new_hash()
        self.etag = self.last_modified = ""
        self.total: int | None = None

    @property
    def validator(self) -> str:
        """What If-Range takes: a strong ETag, else the date; "" where a rest cannot be told from another file's."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified

    @property
    def complete(self) -> bool:
        """Every byte the server spoke of is here."""
        return self.total is not None and self.size == self.total

    def resume(self) -> None:
        """Take up what a former try has left of the same file, if the server can say that it is the same."""
        try:
            notes: dict[str, Any] = json.loads(self.notes.read_text(encoding="utf-8"))
            if notes["url"] != self.url:
                return
            self.etag, self.last_modified, self.total = notes["etag"], notes["last_modified"], notes["total"]
            with self.file.open("rb") as stream:
                while block := stream.read(_BLOCK):
                    self.hash.update(block)
                    self.size += len(block)
            if not self.validator or (self.total is not None and self.size > self.total):
                self.empty()
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            self.empty()

    def begin(self, headers: Message) -> None:
        """A new file comes from its first byte on."""
        self.empty()
        self.etag, self.last_modified = headers.get("ETag", ""), headers.get("Last-Modified", "")
        length = headers.get("Content-Length", "")
        self.total = int(length) if re.fullmatch(r"\d{1,18}", length) else None
        self.file.write_bytes(b"")
        notes = {"url": self.url, "etag": self.etag, "last_modified": self.last_modified, "total": self.total}
        write_json(self.notes, notes)

    def fits(self, headers: Message) -> bool:
        """Whether the answer is the rest of this very file, from the byte asked for; its whole length is then noted."""
        found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", headers.get("Content-Range", "").strip())
        if not found or not self.size or int(found[1]) != self.size:
            return False
        if self.total is not None and found[3] != "*" and int(found[3]) != self.total:
            return False
        if headers.get("ETag", self.etag) != self.etag:
            return False
        self.total = self.total if found[3] == "*" else int(found[3])
        return True

    def drop(self) -> None:
        """Leave nothing of it behind."""
        self.file.unlink(missing_ok=True)
        self.notes.unlink(missing_ok=True)
        self.empty()
