"""Needs: what partners buy of each product, from whom, in a year; the size of every response is measured against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from interdep.errors import InputError, MissingData, first_five
from interdep.provenance import Provenance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Needs:
    """Yearly purchases by supplier (S), member (M) and product (K), in `currency` of `year`.

    flows: (S, M, K) value; known: (M, K) the source tells what this member buys of this product; home: (S, M) the supplier is
    the member itself or one of its bloc, whose deliveries are no imports; bloc: the bloc of each member; users: (M, K) value
    added of those who use the product, over what they buy of it: the most that one unit short can cost; industries: {product:
    industry of the world that makes it}, where one is known.
    """

    members: tuple[str, ...]
    products: tuple[str, ...]
    suppliers: tuple[str, ...]
    flows: Floats
    known: NDArray[np.bool_]
    home: NDArray[np.bool_]
    bloc: tuple[str, ...]
    currency: str
    year: int
    level: str
    users: Floats | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    industries: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    provenance: Provenance = field(default_factory=Provenance)

    def __post_init__(self) -> None:
        shape = (len(self.suppliers), len(self.members), len(self.products))
        if self.flows.shape != shape:
            raise InputError(
                f"flows have the shape {self.flows.shape}, but there are {shape} suppliers, members, products"
            )
        for kind, labels in (("member", self.members), ("product", self.products), ("supplier", self.suppliers)):
            doubled = (
                sorted({each for each in labels if labels.count(each) > 1}) if len(set(labels)) < len(labels) else []
            )
            if doubled:
                raise InputError(f"{kind} {first_five(doubled)} is listed twice; list each once")
        if not np.isfinite(self.flows).all() or (self.flows < 0).any():
            raise InputError("purchases must be finite and not negative; leave out what is not known")
        if not (self.flows.sum(axis=0) > 0).any():
            raise MissingData("nobody among the members buys any of these products from anybody")

    @property
    def unit(self) -> str:
        """The unit of amounts in tables."""
        return f"{self.currency} ({self.year})"

    @property
    def need(self) -> Floats:
        """(M, K) what each member buys of each product in a year."""
        return self.flows.sum(axis=0)

    @property
    def imports(self) -> float:
        """What all members buy of all products in a year from suppliers that are not their own."""
        return float(np.where(self.home[:, :, None], 0.0, self.flows).sum())

    @property
    def blocs(self) -> tuple[str, ...]:
        """The blocs, in the order of their first members."""
        return tuple(dict.fromkeys(self.bloc))

    def by_bloc(self) -> Needs:
        """The same with each bloc as one member."""
        labels = self.blocs
        of = np.array([labels.index(b) for b in self.bloc])
        pick = (of[None, :] == np.arange(len(labels))[:, None]).astype(float)
        flows = np.einsum("smk,bm->sbk", self.flows, pick)
        need, total = self.need, pick @ self.need
        users = None
        if self.users is not None:
            weighed = pick @ (need * np.nan_to_num(self.users))
            users = np.divide(weighed, total, out=np.full_like(total, np.nan), where=total > 0)
        return replace(
            self, members=labels, bloc=labels, flows=flows, known=(pick @ self.known) > 0, users=users,
            home=(self.home.astype(float) @ pick.T) > 0,
        )  # fmt: skip

    def of(self, products: Sequence[str]) -> Needs:
        """The same for some of the products."""
        at = [self.products.index(p) for p in products]
        users = None if self.users is None else self.users[:, at]
        return replace(self, products=tuple(products), flows=self.flows[:, :, at], known=self.known[:, at], users=users)

    def outside(self) -> NDArray[np.bool_]:
        """(S,) suppliers that are no member and belong to no bloc of the partnership."""
        return np.logical_not(self.home.any(axis=1))
