"""World: one year of the world economy as a labelled multi-regional input-output table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from interdep.errors import unknown
from interdep.provenance import Provenance
from interdep.units import Money
from interdep.world import invariants

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class World:
    """One year of flows between economies and industries; checked at birth, frozen afterwards.

    With R economies, P industries, F kinds of final use and N = R * P nodes (economy-major: all industries of the first
    economy, then of the second):

    intermediate: (N, N), from supplier (row) to buyer (column), money per year;
    final_use: (N, R, F), from supplier to the final users of each economy, money per year;
    gross_output: (N,); default: row sums. value_added: (N,), taxes on products and margins included; default: output
    less the column sum. labour_share: (N,) or None, labour compensation over value added, NaN where unknown.
    duties: (P, R, R) or None, import duty in force by product, supplier and buyer, a fraction of the value of the flow (flows
    are before duties, so that value added holds what industries pay of them).
    estimated: (R, R) bool, blocks [supplier, buyer] of `intermediate` that are estimates; default none.
    tolerance: relative imbalance of a row or column that is accepted; rounding: absolute imbalance accepted on top.
    The invariants and the rule for each irregularity are in `interdep.world.invariants`.
    Raises InputError naming the cells where an invariant is broken.
    """

    name: str
    money: Money
    economies: tuple[str, ...]
    industries: tuple[str, ...]
    final_uses: tuple[str, ...]
    intermediate: Floats
    final_use: Floats
    gross_output: Floats = None  # type: ignore[assignment]
    value_added: Floats = None  # type: ignore[assignment]
    labour_share: Floats | None = None
    duties: Floats | None = None
    estimated: NDArray[np.bool_] = None  # type: ignore[assignment]
    classification: str = "own"
    price_basis: str = "current basic prices"
    tolerance: float = 1e-6
    rounding: float = 0.0
    provenance: Provenance = field(default_factory=Provenance)

    def __post_init__(self) -> None:
        regions, sectors, uses = len(self.economies), len(self.industries), len(self.final_uses)
        invariants.check_labels(self.name, self.economies, self.industries, self.final_uses)
        nodes = regions * sectors
        shapes = {
            "intermediate": (nodes, nodes), "final_use": (nodes, regions, uses), "gross_output": (nodes,),
            "value_added": (nodes,), "labour_share": (nodes,), "duties": (sectors, regions, regions),
            "estimated": (regions, regions),
        }  # fmt: skip
        self._set("economies", tuple(self.economies))
        self._set("industries", tuple(self.industries))
        self._set("final_uses", tuple(self.final_uses))

        def keep(name: str) -> None:
            self._set(name, invariants.checked_array(self, name, getattr(self, name), shapes[name]))

        keep("intermediate")
        keep("final_use")
        if self.gross_output is None:
            self._set("gross_output", self.intermediate.sum(axis=1) + self.final_use.sum(axis=(1, 2)))
        keep("gross_output")
        if self.value_added is None:
            self._set("value_added", self.gross_output - self.intermediate.sum(axis=0))
        keep("value_added")
        if self.labour_share is not None:
            keep("labour_share")
        if self.duties is not None:
            keep("duties")
            invariants.check_duties(self)
        if self.estimated is None:
            self._set("estimated", np.zeros((regions, regions), dtype=bool))
        keep("estimated")
        invariants.check_flows(self)
        invariants.check_balance(self)
        for name in shapes:
            value = getattr(self, name)
            if value is not None:
                _frozen(value)

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    # ---- reading -------------------------------------------------------------------------------------------------

    @classmethod
    def read(cls, source: str | Path = "world-2014") -> World:
        """A packaged table by name ("world-2014"), or the table in a folder or beside a `world.toml`.

        Files of a publisher have readers in `interdep.sources` (a WIOD .npz file: `interdep.sources.wiod2013.read`).
        Raises MissingData where there is no such table or a file of the folder is absent, InputError for what is wrong in it.
        """
        from interdep.world.reading import read_world

        return read_world(source)

    # ---- shape and labels ----------------------------------------------------------------------------------------

    @property
    def year(self) -> int:
        """The year of the data, which is also the year of the prices."""
        return self.money.year

    @property
    def shape(self) -> tuple[int, int]:
        """(economies, industries)."""
        return len(self.economies), len(self.industries)

    @cached_property
    def nodes(self) -> tuple[tuple[str, str], ...]:
        """The (economy, industry) of every row, in order."""
        return tuple((e, i) for e in self.economies for i in self.industries)

    def economy_index(self, code: str) -> int:
        """The position of an economy; an unknown one raises with the nearest label."""
        if code not in self.economies:
            raise unknown("economy", code, self.economies, self.name)
        return self.economies.index(code)

    def industry_index(self, code: str) -> int:
        """The position of an industry; an unknown one raises with the nearest label."""
        if code not in self.industries:
            raise unknown("industry", code, self.industries, self.name)
        return self.industries.index(code)

    def node_index(self, economy: str, industry: str) -> int:
        """The row of a node."""
        return self.economy_index(economy) * len(self.industries) + self.industry_index(industry)

    def node_mask(self, economies: Sequence[str], industries: Sequence[str]) -> NDArray[np.bool_]:
        """(N,) true at every node of these economies and industries."""
        mask = np.zeros(self.shape, dtype=bool)
        rows = [self.economy_index(e) for e in economies]
        columns = [self.industry_index(i) for i in industries]
        mask[np.ix_(rows, columns)] = True
        return mask.reshape(-1)

    # ---- derived arrays ------------------------------------------------------------------------------------------

    @cached_property
    def live(self) -> NDArray[np.bool_]:
        """(N,) nodes with output; the others are left out of every model and come back as zeros."""
        return _frozen(self.gross_output > 0)

    @cached_property
    def input_coefficients(self) -> Floats:
        """(N, N) A = Z / x by columns; columns without output are zero."""
        return _frozen(self.intermediate / np.where(self.live, self.gross_output, np.inf))

    @property
    def gdp(self) -> Floats:
        """(R,) value added of each economy over the year."""
        return self.value_added.reshape(self.shape).sum(axis=1)

    @cached_property
    def hash(self) -> str:
        """The identity of the data: labels, money and every cell (16 hex digits)."""
        import hashlib

        digest = hashlib.sha256(repr((self.economies, self.industries, self.final_uses, self.money)).encode())
        arrays = (self.intermediate, self.final_use, self.gross_output, self.value_added, self.labour_share)
        for array in arrays if self.duties is None else (*arrays, self.duties):
            digest.update(b"-" if array is None else array.tobytes())
        return digest.hexdigest()[:16]

    @cached_property
    def estimated_share(self) -> float:
        """The part of all intermediate flows, by value, that lies in estimated blocks."""
        regions, sectors = self.shape
        blocks = self.intermediate.reshape(regions, sectors, regions, sectors).sum(axis=(1, 3))
        total = float(blocks.sum())
        return float(blocks[self.estimated].sum()) / total if total else 0.0

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What is irregular in this table, one sentence each; nothing irregular is changed silently."""
        return invariants.notes(self)

    # ---- verbs ---------------------------------------------------------------------------------------------------

    def aggregate(
        self,
        economies: Mapping[str, Sequence[str]] | str | None = None,
        industries: Mapping[str, Sequence[str]] | str | None = None,
        weights: Mapping[str, Mapping[str, float]] | None = None,
    ) -> World:
        """The same world with economies and industries merged; see `interdep.world.aggregation.aggregate`."""
        from interdep.world.aggregation import aggregate

        return aggregate(self, economies, industries, weights)

    def to_pandas(self) -> tuple[Any, Any]:
        """(intermediate, final_use) as pandas frames with (economy, industry) labels; see `interdep.world.frames`."""
        from interdep.world import frames

        return frames.to_pandas(self)

    @classmethod
    def from_pandas(cls, intermediate: Any, final_use: Any, **about: Any) -> World:
        """A World from two labelled frames; labels match exactly or raise; see `interdep.world.frames`."""
        from interdep.world import frames

        return frames.from_pandas(intermediate, final_use, **about)

    def to_xarray(self) -> Any:
        """An xarray Dataset; see `interdep.world.frames`."""
        from interdep.world import frames

        return frames.to_xarray(self)

    @classmethod
    def from_xarray(cls, data: Any) -> World:
        """A World from a Dataset as `to_xarray` makes it; see `interdep.world.frames`."""
        from interdep.world import frames

        return frames.from_xarray(data)

    def to_pymrio(self) -> Any:
        """A pymrio IOSystem; see `interdep.world.frames`."""
        from interdep.world import frames

        return frames.to_pymrio(self)

    @classmethod
    def from_pymrio(cls, system: Any, **about: Any) -> World:
        """A World from a pymrio IOSystem; see `interdep.world.frames`."""
        from interdep.world import frames

        return frames.from_pymrio(system, **about)

    def __repr__(self) -> str:
        regions, sectors = self.shape
        lines = [
            f"World {self.name}: {regions} economies x {sectors} industries, {self.money}, {self.price_basis}",
            f"├─ gross output {self.money.format(float(self.gross_output.sum()))}, value added"
            f" {self.money.format(float(self.value_added.sum()))}",
            f"├─ economies: {_some(self.economies)}",
            f"├─ industries ({self.classification}): {_some(self.industries)}",
            f"├─ final use: {', '.join(self.final_uses)}",
            f"├─ estimated blocks: {int(self.estimated.sum())} of {regions * regions}"
            + (f", {100 * self.estimated_share:.1f} % of intermediate flows" if self.estimated_share else ""),
        ]
        lines += [f"├─ note: {note}" for note in self.notes]
        sources = self.provenance.sources
        lines.append(f"└─ source: {sources[0].title if sources else 'not stated'}")
        return "\n".join(lines)


def _frozen(array: NDArray) -> NDArray:
    """The same array, no longer writable."""
    array.setflags(write=False)
    return array


def _some(labels: Sequence[str], shown: int = 8) -> str:
    """The first labels and how many more there are."""
    more = len(labels) - shown
    return ", ".join(labels[:shown]) + (f", ... ({more} more)" if more > 0 else "")
