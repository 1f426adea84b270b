"""How the industries of one classification merge into those of the common one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from interdep.classifications.industries import COMMON, classification, classifications, rows
from interdep.errors import InputError, unknown

if TYPE_CHECKING:
    import numpy as np

Weights = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Concordance:
    """Which target industries each source industry is part of.

    One target is a merger and exact. Several targets (only where the source follows ISIC Rev. 3) need weights.
    """

    from_: str
    to: str
    links: Mapping[str, tuple[str, ...]]

    @property
    def sources(self) -> tuple[str, ...]:
        """The source industries, in the order of their classification."""
        return tuple(self.links)

    @property
    def targets(self) -> tuple[str, ...]:
        """The target industries, in the order of their classification."""
        return classification(self.to).codes

    @property
    def split(self) -> tuple[str, ...]:
        """The source industries with several targets, which need weights."""
        return tuple(source for source, linked in self.links.items() if len(linked) > 1)

    def weights_matrix(self, weights: Weights | None = None) -> np.ndarray:
        """The share of each source industry that goes to each target.

        Args:
            weights: for each source with several targets, the shares by target; they sum to 1.

        Returns:
            float64 array (targets x sources) whose columns sum to 1; 0 and 1 only where nothing is split.

        Raises:
            InputError: weights missing, negative, not summing to 1 within 1e-9, or for a link that does not exist.
        """
        import numpy as np

        given = weights or {}
        for source in given:
            if source not in self.links:
                raise unknown("industry", source, self.sources, where=f"the weights for {self.from_}")
        missing = [source for source in self.split if source not in given]
        if missing:
            raise self._needs_weights(missing)
        row = {target: i for i, target in enumerate(self.targets)}
        matrix = np.zeros((len(self.targets), len(self.links)))
        for column, (source, linked) in enumerate(self.links.items()):
            shares = self._checked(source, given[source]) if source in given else {linked[0]: 1.0}
            for target, share in shares.items():
                matrix[row[target], column] = share
        return matrix

    def _checked(self, source: str, shares: Mapping[str, float]) -> Mapping[str, float]:
        where = f"the weights of {source!r} ({self.from_} to {self.to})"
        for target, share in shares.items():
            if target not in self.links[source]:
                raise InputError(f"{where} name {target!r}, but its targets are {', '.join(self.links[source])}")
            if not share >= 0:  # also catches NaN
                raise InputError(f"{where} give {target!r} the share {share}; shares are 0 or more and sum to 1")
        total = sum(shares.values())
        if not abs(total - 1) <= 1e-9:
            raise InputError(f"{where} sum to {total:.10g}; shares sum to 1")
        return shares

    def _needs_weights(self, missing: list[str]) -> InputError:
        source = missing[0]
        linked = self.links[source]
        example = {source: {target: round(1 / len(linked), 2) for target in linked[1:]}}
        example[source] = {linked[0]: round(1 - sum(example[source].values()), 2), **example[source]}
        others = f"; so do {', '.join(missing[1:])}" if missing[1:] else ""
        return InputError(
            f"{source} of {self.from_} goes to several industries of {self.to} ({', '.join(linked)}), so merging needs "
            f"its shares: give weights={example}{others}"
        )


@cache
def concordance(from_: str, to: str = COMMON) -> Concordance:
    """The concordance between two classifications; InputError naming those that exist where there is none."""
    for name in (from_, to):
        if name not in classifications():
            raise unknown("classification", name, classifications())
    sources = [name for name in classifications() if name != COMMON]
    if to != COMMON or from_ not in sources:
        raise InputError(
            f"there is no concordance from {from_} to {to}; there are those to {COMMON} from {', '.join(sources)}"
        )
    links: dict[str, tuple[str, ...]] = dict.fromkeys(classification(from_).codes, ())
    for row in rows(f"{from_}-to-{to}.csv"):
        links[row["from"]] += (row["to"],)
    return Concordance(from_, to, MappingProxyType(links))
