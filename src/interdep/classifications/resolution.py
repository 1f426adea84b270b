"""How an industry named in a scenario finds the industries of the table it is run on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from interdep.classifications.industries import Industry, classifications
from interdep.classifications.industries import classification as classification_named
from interdep.classifications.isic import divisions_of, written
from interdep.errors import InputError, first_five, unknown


def resolve(requested: str, industries: Sequence[str], classification: str) -> tuple[str, ...]:
    """The industries of a table that together are exactly what was asked for.

    A code of the table means that industry. Anything else is read as ISIC Rev. 4: a section ("J"), a division ("C26" or
    "26") or a range ("C10-C12"), and means the table's industries that together cover exactly those divisions. An
    industry is never taken in part, nor together with something that was not asked for.

    Args:
        requested: the name in the scenario.
        industries: the table's industry codes.
        classification: the table's classification; of one that interdep does not know, only exact codes resolve.

    Returns:
        Codes of the table, in the table's order.

    Raises:
        InputError: the table does not keep that industry apart (the text says what it is mixed with), or the name is
            unknown.
    """
    if requested in industries:
        return (requested,)
    if classification not in classifications():
        raise unknown("industry", requested, list(industries), where=f"this table ({classification})")
    whole = classification_named(classification)
    held = [whole.industry(code) for code in industries]
    asked = divisions_of(requested)
    if asked is None:
        raise _not_isic(requested, held, classification)
    # What the publisher leaves out altogether (ISIC 99 in OECD tables) is not asked of the table.
    wanted = asked & _covered(whole.industries)
    parts = [item for item in held if item.divisions & wanted]
    if parts and _covered(parts) == wanted:
        return tuple(item.code for item in parts)
    raise _not_apart(requested, wanted, parts, classification)


def _covered(industries: Sequence[Industry]) -> frozenset[str]:
    return frozenset[str]().union(*(item.divisions for item in industries))


def _not_apart(requested: str, wanted: frozenset[str], parts: Sequence[Industry], table: str) -> InputError:
    """The table covers the request only in part, or only together with other things."""
    absent = wanted - _covered(parts)
    if not parts:
        return InputError(f"no industry of this table ({table}) covers {requested}")
    if absent:
        there = _listed(item.code for item in parts)
        return InputError(f"this table ({table}) has no industry for {written(absent)} of {requested}; it has {there}")
    mixed = [item for item in parts if not item.divisions <= wanted]
    ways_out = f"use a table that keeps {requested} apart"
    if len(parts) == 1:
        only = parts[0]
        return InputError(
            f"{requested} is inside {only.code} ({only.name_en}), which also holds {written(only.divisions - wanted)}; "
            f"name {only.code!r} to shock all of it, or {ways_out}"
        )
    also = [f"{item.code} ({item.name_en}) also holds {written(item.divisions - wanted)}" for item in mixed]
    return InputError(
        f"{requested} is not made of whole industries of this table ({table}): {'; '.join(also)}. "
        f"Name {_listed(item.code for item in parts)} to shock all of them, or {ways_out}"
    )


def _not_isic(requested: str, held: Sequence[Industry], table: str) -> InputError:
    """The request is a name, a code of another classification, or a slip."""
    for item in held:
        names = (item.name_en, item.name_ja, item.short_en, item.short_ja)
        if requested.casefold() in (name.casefold() for name in names):
            return InputError(f"unknown industry {requested!r} in this table ({table}); did you mean {item.code!r}?")
    for name in classifications():
        other = next((item for item in classification_named(name).industries if item.code == requested), None)
        parts = [item.code for item in held if other and item.divisions & other.divisions]
        if other and parts:
            return InputError(
                f"{requested!r} is an industry of {name} ({other.name_en}) and this table is {table}; "
                f"here it falls into {_listed(parts)}"
            )
    return unknown("industry", requested, [item.code for item in held], where=f"this table ({table})")


def _listed(codes: Iterable[str]) -> str:
    return first_five([repr(code) for code in codes])
