"""What to call an economy in print, in English or Japanese."""

from __future__ import annotations

from typing import Literal

from interdep.geography.economies import table

Language = Literal["en", "ja"]


def name_of(code: str, language: Language = "en") -> str:
    """The name of an economy; a group ("EU27") or an aggregate of the user's own stands for itself."""
    if code not in table():
        return code
    item = table()[code]
    return item.name_ja if language == "ja" else item.name_en
