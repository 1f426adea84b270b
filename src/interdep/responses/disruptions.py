"""Disruptions: which deliveries fail, how likely, how long; suppliers in turn, groups of suppliers, or scenarios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from interdep.errors import InputError, first_five, unknown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.responses.levers import Risk
    from interdep.responses.needs import Needs

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Disruption:
    """A part of deliveries that fails for some days with a yearly probability.

    lost: (S, 1, 1) or (S, M, K) fraction of each delivery that fails while it lasts; by_product: (K,) days for each product,
    where they differ; assumed: what nobody has said, so that the default stands for it ("probability", "length").
    """

    name: str
    probability: float
    days: float
    lost: Floats
    by_product: Floats | None = None
    assumed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.probability <= 1:
            raise InputError(
                f"{self.name}: the probability {self.probability:g} must be above 0 and at most 1; it is yearly, as in 0.02"
            )
        if not 0 < self.days <= 3650:
            raise InputError(f"{self.name}: a length of {self.days:g} days must be above 0 and at most 3650")
        if (self.lost < 0).any() or (self.lost > 1).any() or not np.isfinite(self.lost).all():
            raise InputError(f"{self.name}: the part of a delivery that fails must lie between 0 and 1")

    def years(self, products: int) -> Floats:
        """(K,) its length for each product, in years."""
        return (np.full(products, self.days) if self.by_product is None else self.by_product) / 365

    def by_bloc(self, needs: Needs) -> Disruption:
        """The same for `needs.by_bloc()`, weighted by what each member buys."""
        if self.lost.shape[1] == 1:
            return self
        labels = needs.blocs
        pick = np.array([[b == label for b in needs.bloc] for label in labels], dtype=float)
        gone = np.einsum("smk,bm->sbk", self.lost * needs.flows, pick)
        all_ = np.einsum("smk,bm->sbk", needs.flows, pick)
        return replace(self, lost=np.divide(gone, all_, out=np.zeros_like(gone), where=all_ > 0).clip(0.0, 1.0))


def every_supplier(needs: Needs, risk: Risk) -> tuple[Disruption, ...]:
    """Every supplier outside the partnership that stops all its deliveries, one at a time; those nobody can plan for left out."""
    from interdep.trade.partners import SPECIAL

    out = needs.outside() & (needs.flows.sum(axis=(1, 2)) > 0)
    named = [place for place in np.flatnonzero(out) if needs.suppliers[place] not in (*SPECIAL, "ROW")]
    if not named:
        raise InputError("no supplier outside the partnership delivers any of these products; there is nothing to stop")
    return tuple(stopped(needs, (needs.suppliers[place],), risk) for place in named)


def stopped(needs: Needs, suppliers: Sequence[str], risk: Risk) -> Disruption:
    """Some suppliers that stop together, for every member."""
    from interdep.geography import economies

    codes = [code for each in suppliers for code in ([each] if each in needs.suppliers else economies(each))]
    inside = sorted(set(codes) & {s for s, out in zip(needs.suppliers, needs.outside(), strict=True) if not out})
    if inside:
        raise InputError(f"{first_five(inside)} belongs to the partnership; name suppliers outside of it")
    lost = np.zeros((len(needs.suppliers), 1, 1))
    found = [needs.suppliers.index(code) for code in codes if code in needs.suppliers]
    if not found:
        raise unknown("supplier", suppliers[0], list(needs.suppliers), "what the members buy")
    lost[found] = 1.0
    return Disruption("+".join(suppliers), risk.probability, risk.length, lost, assumed=("probability", "length"))


def with_probabilities(disruptions: Sequence[Disruption], given: Mapping[str, float]) -> tuple[Disruption, ...]:
    """The disruptions with the probabilities that are given by name; InputError for a name that is none of them."""
    names = [d.name for d in disruptions]
    for name in given:
        if name not in names:
            raise unknown("disruption", name, names, "the probabilities")
    return tuple(
        replace(d, probability=given[d.name], assumed=tuple(a for a in d.assumed if a != "probability"))
        if d.name in given
        else d
        for d in disruptions
    )


def only_once(disruptions: Sequence[Disruption]) -> None:
    """Raise InputError where there is none, or two have one name."""
    if not disruptions:
        raise InputError("no disruption is given; name a scenario, suppliers to stop, or every supplier in turn")
    names = [d.name for d in disruptions]
    doubled = sorted({n for n in names if names.count(n) > 1})
    if doubled:
        raise InputError(
            f"two disruptions are called {first_five(doubled)}; their shortages would be one line, rename one"
        )
