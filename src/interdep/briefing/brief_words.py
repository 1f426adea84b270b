"""What the two-page briefing says, in a language: every sentence by name, with its numbers and names filled in."""

from __future__ import annotations

from interdep.briefing.brief_words_page1 import WORDS as PAGE_ONE
from interdep.briefing.brief_words_page2 import WORDS as PAGE_TWO
from interdep.briefing.numbers import Lang

WORDS = {**PAGE_ONE, **PAGE_TWO}
"""(English, Japanese) by what is said."""


def say(lang: Lang, word: str, **values: object) -> str:
    """One of the sentences in a language, with its values filled in."""
    return WORDS[word][lang == "ja"].format(**values)


def sentences(lang: Lang, *parts: str) -> str:
    """Sentences after one another; Japanese ones need no space between them."""
    return say(lang, "space").join(part.strip() for part in parts if part)
