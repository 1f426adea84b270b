"""diff: what changed between two states of a partnership's folder, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from interdep.partnership.schema import Partnership

NAMES = {
    "text": "the text", "text_ja": "the Japanese text", "pillar": "the pillar", "owners": "the owners", "offices": "the offices",
    "decision": "the decision it follows from", "due": "the day due", "status": "the status", "note": "the note",
    "title": "the title", "title_ja": "the Japanese title", "level": "the level", "date": "the day", "place": "the place",
    "place_ja": "the place in Japanese", "chairs": "the chairs", "agenda": "the agenda", "conclusions": "the conclusions",
    "conclusions_ja": "the conclusions in Japanese", "members": "the members", "since": "the day it began",
    "legal_basis": "the legal basis", "kind": "the kind", "industries": "the industries", "products": "the product sets",
    "name": "the name", "note_ja": "the note in Japanese",
}  # fmt: skip
"""What keys are called in sentences."""


def changes(old: Partnership, new: Partnership) -> list[str]:
    """One sentence for each thing that was added, taken out or edited; an empty list where nothing was."""
    said = _edited("The partnership", old, new, ("name", "title", "title_ja", "members", "since", "legal_basis"))
    said += _listed("source", [s.title for s in old.sources], [s.title for s in new.sources], "The partnership")
    said += _both("pillar", old.pillars, new.pillars)
    said += _both("meeting", old.meetings, new.meetings)
    said += _both("commitment", old.commitments, new.commitments)
    said += _both("lever", old.levers, new.levers)
    for key, what in (("plans", "plan"), ("votes", "vote"), ("coalitions", "coalition")):
        before, after = ({each.name: each for each in getattr(side, key)} for side in (old, new))
        said += [f"{what.capitalize()} {name} was added." for name in after if name not in before]
        said += [f"{what.capitalize()} {name} was taken out." for name in before if name not in after]
        said += [
            f"{what.capitalize()} {name} was edited."
            for name in after
            if name in before and before[name] != after[name]
        ]
    return said


def _both(what: str, old: Sequence[Any], new: Sequence[Any]) -> list[str]:
    before, after = ({each.id: each for each in side} for side in (old, new))
    said = [f"{what.capitalize()} {id_} was added: {_title(after[id_])}" for id_ in after if id_ not in before]
    said += [f"{what.capitalize()} {id_} was taken out: {_title(before[id_])}" for id_ in before if id_ not in after]
    for id_, each in after.items():
        if id_ in before:
            said += _inside(f"{what.capitalize()} {id_}", before[id_], each)
    return said


def _inside(subject: str, old: Any, new: Any) -> list[str]:
    keys = [key for key in type(new).model_fields if key in NAMES]
    said = _edited(subject, old, new, keys)
    for key, what in (("evidence", "evidence"), ("sources", "source")):
        if hasattr(new, key):
            said += _listed(what, [e.title for e in getattr(old, key)], [e.title for e in getattr(new, key)], subject)
    if hasattr(new, "decisions"):
        decisions = ({d.id: d for d in side.decisions} for side in (old, new))
        before, after = decisions
        said += [f"{subject}: the decision {id_} was added: {after[id_].text}" for id_ in after if id_ not in before]
        said += [
            f"{subject}: the decision {id_} was taken out: {before[id_].text}" for id_ in before if id_ not in after
        ]
        for id_ in after:
            if id_ in before:
                said += _edited(
                    f"{subject}, decision {id_}", before[id_], after[id_], ("text", "text_ja", "owners", "due")
                )
    if hasattr(new, "indicator") and old.indicator != new.indicator:
        said.append(f"{subject}: the indicator went from {_effect(old.indicator)} to {_effect(new.indicator)}.")
    if hasattr(new, "signatures"):
        said += _signatures(subject, old, new)
    return said


def _signatures(subject: str, old: Any, new: Any) -> list[str]:
    before, after = set(old.agreed_by), set(new.agreed_by)
    said = [f"{subject} was signed by {member}." for member in sorted(after - before)]
    for member in sorted(before - after):
        why = "its signature is of the older wording" if member in new.outdated else "its signature was taken out"
        said.append(f"{subject} is no longer signed by {member}: {why}.")
    return said


def _edited(subject: str, old: Any, new: Any, keys: Sequence[str]) -> list[str]:
    said = []
    for key in keys:
        before, after = getattr(old, key), getattr(new, key)
        if before != after:
            said.append(f"{subject}: {NAMES[key]} went from {_shown(before)} to {_shown(after)}.")
    return said


def _listed(what: str, old: Sequence[str], new: Sequence[str], subject: str) -> list[str]:
    said = [f"{subject}: {what} was added: {title}" for title in new if title not in old]
    return said + [f"{subject}: {what} was taken out: {title}" for title in old if title not in new]


def _effect(effect: Any) -> str:
    if effect is None:
        return "none"
    of = f" of {effect.of}" if effect.of else ""
    aim = f", target {effect.target:g}" if effect.target is not None else ", no target"
    by = f" by {effect.by}" if effect.by else ""
    start = f", baseline {effect.baseline:g} ({effect.baseline_year})" if effect.baseline is not None else ""
    return f"{effect.id}{of}{f' ({effect.member})' if effect.member else ''}{start}{aim}{by}"


def _shown(value: Any) -> str:
    if value in (None, "", (), {}):
        return "empty"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_shown(each)}" for name, each in value.items())
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    return f"{value!r}" if isinstance(value, str) else str(value)


def _title(each: Any) -> str:
    return each.text if hasattr(each, "text") else each.title
