"""Costs by product: the part of a member's supply of crude that it could not get otherwise, from shares, modes and facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from interdep.agreement.stances import Range, triangular
from interdep.errors import InputError
from interdep.parameter import check_parameters, parameter
from interdep.provenance import Source
from interdep.units import per_cent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from interdep.agreement.sales import Cell
    from interdep.trade.russian_crude import Vintage

CRUDE, TARGET = "2709", "RUS"
"""What the packaged table of replaceability is about."""


@dataclass(frozen=True)
class Replacement:
    """Which part of a supply cannot be replaced, by the way it comes."""

    landlocked: float = parameter(
        1.0, unit="fraction of what comes by pipeline to a member without a coast",
        source="Definition: a pipeline is its only way. Other lines (Adria, TAL) are not counted, for what they can carry is"
        " disputed",
    )  # fmt: skip
    coast: float = parameter(
        0.0, unit="fraction of what comes by pipeline to a member with ports", low=0.0, high=0.5,
        source="Assumption: ports and the lines from them replace it, at worst half of it",
    )  # fmt: skip
    sea: float = parameter(
        0.0, unit="fraction of what comes by sea, rail or road", source="Definition: another cargo at the same terminal"
    )

    def __post_init__(self) -> None:
        check_parameters(self)
        for name in ("landlocked", "coast", "sea"):
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(f"Replacement: {name} = {getattr(self, name):g} must be a fraction from 0 to 1")

    def coast_range(self) -> Range:
        """The range of `coast`, where it stands at its default."""
        from interdep.parameter import parameters_of

        about = parameters_of(self)["coast"]
        if self.coast != about.default or about.low is None or about.high is None:
            return Range(self.coast, self.coast, self.coast)
        return Range(about.low, self.coast, about.high)


@dataclass(frozen=True)
class Supply:
    """One member's crude that it could not replace: by cell, as points of a distribution, with the reason in words.

    shares: Russia's share by each source that the day knew; pieces add up to the cost point by point (low with low, high with
    high); missing: why there is no figure, empty where there is.
    """

    member: str
    shares: dict[str, float]
    ends: Range
    pieces: dict[Cell, NDArray[np.float64]]
    reason: str
    missing: str = ""


def supplies(members: tuple[str, ...], known: Vintage, way: Replacement, facts: bool) -> list[Supply]:
    """Every member's crude that it could not replace, from what was known on a day."""
    from interdep.trade.russian_crude import held_by, replaceability

    rows = {r["member"]: r for r in replaceability().to_rows()}
    held = held_by(TARGET, known.facts) if facts else {}
    return [_supply(m, rows.get(m), known, way, held.get(m)) for m in members]


def _supply(member: str, row: dict[str, Any] | None, known: Vintage, way: Replacement, held: Any) -> Supply:
    nothing = Range(0.0, 0.0, 0.0)
    if row is None:
        return Supply(member, {}, nothing, {}, "", "not in the packaged table of crude by member (russian-crude)")
    if row["alternative"] == "no-crude":
        return Supply(member, {}, nothing, {}, "imports no crude")
    shares = {n.removeprefix("share_"): float(row[n]) for n in known.shares if row[n] is not None}
    if not shares:
        return Supply(member, {}, nothing, {}, "", "no source has a share of Russia in its crude")
    central = shares.get("comext", sum(shares.values()) / len(shares))
    share = Range(min(shares.values()), central, max(shares.values()))
    pieces, ends, reasons = {}, nothing, []
    for mode in ("pipeline", "sea", "rail", "other"):
        part = row[f"{mode}_mt"] / row["russian_mt"] if row["russian_mt"] else 0.0
        if part <= 0:
            continue
        blocked, why = _blocked(mode, row["alternative"], share.value, way, held)
        if blocked.high <= 0:
            continue
        reasons.append(why)
        piece = Range(*(s * part * b for s, b in zip(share, blocked, strict=True)))
        pieces[member, CRUDE, mode] = triangular(piece)
        ends = Range(*(a + b for a, b in zip(ends, piece, strict=True)))
    reason = "; ".join(dict.fromkeys(r for pair in reasons for r in pair if r)) or _open(row["alternative"])
    return Supply(member, shares, ends, pieces, reason)


def _blocked(mode: str, alternative: str, share: float, way: Replacement, held: Any) -> tuple[Range, tuple[str, str]]:
    """The part of a mode's deliveries that has no other way, and why."""
    blocked, why = Range(way.sea, way.sea, way.sea), "by sea" if way.sea else ""
    if mode == "pipeline" and alternative == "pipeline-landlocked":
        blocked, why = Range(way.landlocked, way.landlocked, way.landlocked), "no coast, on a pipeline"
    elif mode == "pipeline" and alternative == "pipeline-coast":
        blocked, why = way.coast_range(), "on a pipeline, with ports of its own"
    if held is None:
        return blocked, (why, "")
    part, only, facts = held
    # The only refinery has no neighbour to take over. Others may: from none of it to all that such plants can have run.
    captive = Range(part, part, part) if only else Range(0.0, part, max(part, min(1.0, part / share if share else 1.0)))
    names = ", ".join(f.subject for f in facts)
    said = f"{'its only refinery' if only else f'{per_cent(part)} of its refining'} held by companies of {TARGET} ({names})"
    both = Range(*(max(a, b) for a, b in zip(blocked, captive, strict=True)))
    return both, (why, said)


def _open(alternative: str) -> str:
    from interdep.trade.russian_crude import WAYS

    return WAYS.get(alternative, alternative)


def sources_of(known: Vintage, facts: bool) -> tuple[Source, ...]:
    """What to cite: the table's sources and those facts that hold a refinery's share."""
    from interdep.trade.russian_crude import held_by, replaceability

    cited = list(replaceability().provenance.sources)
    used = {f.subject: f for _, _, each in held_by(TARGET, known.facts).values() for f in each} if facts else {}
    return (*cited, *(Source(f"{f.subject}: {f.source}", f.date.year, "", f.url) for f in used.values()))


def knows(target: str, key_products: tuple[str, ...] | None) -> bool:
    """Whether the packaged data know how replaceable these products of the target are."""
    return target == TARGET and key_products == (CRUDE,)


def vintage(as_of: date | None) -> Vintage:
    """What was known on a day; see `interdep.trade.russian_crude.vintage`."""
    from interdep.trade.russian_crude import vintage as known

    return known(as_of)
