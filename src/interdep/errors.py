"""Every error interdep raises on purpose: one sentence that says what, where and how to fix it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence


class InterdepError(Exception):
    """Base of all errors a person can act on; `exit_code` is what the command line returns for it."""

    exit_code: int = 1


class InputError(InterdepError):
    """What was given (a table, a scenario, an option) cannot be used as it stands."""

    exit_code = 1


class NotConverged(InterdepError):
    """A model did not reach its tolerance, so there is no number to return."""

    exit_code = 2


class MissingData(InterdepError):
    """Data that the question needs are not there; the text says what to bring or install."""

    exit_code = 3


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """The closest known name as the half-sentence "; did you mean 'C26'?", or "" when nothing is close."""
    names = list(known)
    by_case = {name.casefold(): name for name in names}
    if wrong.casefold() in by_case:
        return f"; did you mean {by_case[wrong.casefold()]!r}?"
    close = difflib.get_close_matches(wrong.casefold(), by_case, n=1, cutoff=0.6)
    return f"; did you mean {by_case[close[0]]!r}?" if close else ""


def unknown(kind: str, wrong: str, known: Sequence[str], where: str = "") -> InputError:
    """The error for a code nobody knows: names it, the place, the nearest match or the first known ones."""
    hint = did_you_mean(wrong, known)
    if not hint:
        some = ", ".join(known[:8]) + (", ..." if len(known) > 8 else "")
        hint = f"; known are {some}" if known else ""
    place = f" in {where}" if where else ""
    return InputError(f"unknown {kind} {wrong!r}{place}{hint}")


def first_five(items: Sequence[object]) -> str:
    """The count and the first five of a list of offenders, for error texts."""
    shown = ", ".join(str(item) for item in items[:5])
    return shown if len(items) <= 5 else f"{shown} and {len(items) - 5} more"
