"""What may be bargained over: exemptions member by member, what each lifts and costs, and which of them win a member."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from interdep.agreement.costs import MemberCost
from interdep.agreement.sales import Cell, Sales
from interdep.agreement.stances import Range, borne, short_by, triangular
from interdep.errors import InputError, unknown
from interdep.parameter import check_parameters, parameter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.agreement.proposal import Put

    Floats = NDArray[np.float64]

YEAR = 365.25
"""Days of a year, for the length of exemptions."""

MOST_PACKAGES = 5000
"""Combinations of exemptions that are looked at for one member."""


@dataclass(frozen=True)
class Bargain:
    """What exemptions for a time are worth to a member and to the target, and what a transfer weighs."""

    adjust: float = parameter(
        2.0, unit="years until a member has another supply", low=1.0, high=5.0,
        source="Assumption: a pipeline is reversed or a refinery changed over in one to five years. An exemption of that length"
        " lifts the whole cost, a shorter one its part",
    )  # fmt: skip
    horizon: float = parameter(
        3.0, unit="years over which the bite on the target is counted", low=1.0, high=5.0,
        source="Assumption: an exemption of that length costs the whole bite of its deliveries, a shorter one its part",
    )  # fmt: skip
    transfer_weight: float = parameter(
        1.0, unit="euros of the target's sales spared that one euro of transfer counts as", low=0.1, high=10.0,
        source="Assumption: a euro paid between members weighs as much as a euro of sales left to the target",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check_parameters(self)
        for name in ("adjust", "horizon"):
            if getattr(self, name) <= 0:
                raise InputError(f"Bargain: {name} = {getattr(self, name):g} years must be above 0")
        if self.transfer_weight < 0:
            raise InputError(
                f"Bargain: transfer_weight = {self.transfer_weight:g} is negative; a transfer cannot add to the bite"
            )

    def adjust_range(self) -> Range:
        """The range of `adjust`, where it stands at its default."""
        from interdep.parameter import parameters_of

        about = parameters_of(self)["adjust"]
        if self.adjust != about.default or about.low is None or about.high is None:
            return Range(self.adjust, self.adjust, self.adjust)
        return Range(about.low, self.adjust, about.high)


@dataclass(frozen=True, eq=False)
class Option:
    """One exemption: for whom, of which cells, until when; lost: the part of the bite of these cells that it costs.

    years: how long it lasts, None for until decided otherwise.
    """

    members: tuple[str, ...]
    together: bool
    products: tuple[str, ...] | None
    modes: tuple[str, ...] | None
    until: date | None
    years: float | None
    lost: float
    cells: frozenset[Cell]
    note: str

    def lifts(self, adjust: Floats) -> Floats | float:
        """The part of a cost that it lifts, for each time that the member may need to adjust."""
        return 1.0 if self.years is None else np.minimum(1.0, self.years / adjust)

    @property
    def text(self) -> str:
        """Who may go on with what, until when."""
        who = "all members" if self.together else ", ".join(self.members)
        what = ", ".join(self.products) if self.products else "all of it"
        how = f" by {', '.join(self.modes)}" if self.modes else ""
        return f"{who}: {what}{how}" + (f" to {self.until}" if self.until else "")


def options_of(
    put: Put, members: Sequence[str], costs: Sequence[MemberCost], sales: Sales, bargain: Bargain
) -> list[Option]:
    """Every admissible exemption, one for each member (or one for all together), of cells that there are.

    Raises InputError where an exemption names somebody who is no member, or ends and the proposal has no day from which it
    holds.
    """
    cells = {*sales.cells, *(cell for cost in costs for cell in cost.pieces)}
    out: list[Option] = []
    for number, each in enumerate(put.proposal.carve_outs, start=1):
        place = f"carve-out {number} of {put.proposal.name}"
        for name in each.members or ():
            if name not in members:
                raise unknown("member", name, list(members), place)
        years = None
        if each.until is not None:
            start = put.proposal.effective or put.scenario.start
            if start is None:
                raise InputError(
                    f"{place} ends on {each.until} and the proposal has no day from which it holds; give `effective`"
                )
            years = (each.until - start).days / YEAR
        lost = 1.0 if years is None else min(1.0, years / bargain.horizon)
        wanted = tuple(each.members or members)
        for whom in [wanted] if each.together else [(m,) for m in wanted]:
            covered = frozenset(
                c for c in cells
                if c[0] in whom
                and (each.products is None or c[1] in each.products)
                and (each.modes is None or c[2] in each.modes)
            )  # fmt: skip
            if covered:
                out.append(
                    Option(whom, each.together, each.products, each.modes, each.until, years, lost, covered, each.note)
                )
    return out


@dataclass(frozen=True)
class Package:
    """Exemptions (by place among the options) that bring a member to consent, given what it is paid besides (or could pay)."""

    options: frozenset[int]
    need: float


def adjust_points(bargain: Bargain, size: int) -> Floats:
    """(size,) times to adjust: the points of its range where costs are points of ranges, else the one value."""
    points = triangular(bargain.adjust_range())
    return points if size == len(points) else np.full(size, bargain.adjust)


def lifted(chosen: Sequence[Option], bargain: Bargain, size: int) -> dict[Cell, Floats | float]:
    """What a set of exemptions lifts of each cell's cost; of two for one cell the longer counts."""
    adjust = adjust_points(bargain, size)
    out: dict[Cell, Floats | float] = {}
    for option in chosen:
        part = option.lifts(adjust)
        for cell in option.cells:
            out[cell] = np.maximum(out[cell], part) if cell in out else part
    return out


def spared(chosen: Sequence[Option]) -> dict[Cell, float]:
    """The part of each cell's bite that a set of exemptions costs; of two for one cell the longer counts."""
    out: dict[Cell, float] = {}
    for option in chosen:
        for cell in option.cells:
            out[cell] = max(out.get(cell, 0.0), option.lost)
    return out


def packages(
    cost: MemberCost, options: Sequence[Option], tolerance: Range, sure: float, bargain: Bargain, transfers: bool
) -> list[Package]:
    """The smallest sets of exemptions under which a member consents; with transfers, those that no smaller set makes idle.

    need: what it has to be paid besides, as a part of its GDP (negative: what it could pay); 0 without transfers.
    """
    if cost.missing:
        return []
    groups: dict[frozenset[Cell], list[int]] = {}
    for place, option in enumerate(options):
        own = option.cells & cost.pieces.keys()
        if own:
            groups.setdefault(frozenset(own), []).append(place)
    count = int(np.prod([1 + len(g) for g in groups.values()])) if groups else 1
    if count > MOST_PACKAGES:
        raise InputError(
            f"{cost.member} could be offered {count:,} combinations of exemptions, more than {MOST_PACKAGES:,}; admit fewer"
            " carve-outs in the proposal"
        )
    sets = [frozenset(p for p in choice if p is not None) for choice in product(*([None, *g] for g in groups.values()))]
    kept: list[Package] = []
    for places in sorted(sets, key=lambda s: (len(s), sorted(s))):
        if not transfers and any(k.options <= places for k in kept):
            continue
        left = cost.left(lifted([options[p] for p in places], bargain, len(cost.fixed)))
        if not transfers:
            if borne(left, tolerance) >= sure - 1e-12:
                kept.append(Package(places, 0.0))
            continue
        need = short_by(left, tolerance, sure)
        if not any(k.options <= places and k.need <= need + 1e-12 for k in kept):
            kept.append(Package(places, need))
    return kept
