"""Case: one scenario as the equilibrium system reads it, on one benchmark: cells that change, price factors, factors lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.models.equilibrium.base import Base

    Floats = NDArray[np.float64]
    Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Cells:
    """Single deliveries that change: n of them.

    supplier: (n,) position in (P, R). cell: (n,) position in (P, R, K). old, new: (n,) origin share before and after,
    before prices answer (0: banned). left: (n,) part of the base-year quantity that may still be delivered, NaN without a cap.
    by_buyer: (n,) whether the buyer decided on the cap, who then earns what it makes the delivery dearer; else the seller.
    """

    supplier: Places
    cell: Places
    old: Floats
    new: Floats
    left: Floats
    by_buyer: NDArray[np.bool_]

    @classmethod
    def none(cls) -> Cells:
        """Nothing changes."""
        nothing, empty = np.zeros(0, dtype=np.intp), np.zeros(0)
        return cls(nothing, nothing, empty, empty, empty, np.zeros(0, dtype=bool))


@dataclass(frozen=True, eq=False)
class Case:
    """One scenario. None or empty means: as in the benchmark.

    cells: see `Cells`. trade_costs: (P, R, R) iceberg factors, 1 and above what is used up. duties: (P, R, R) ad valorem
    rates in force. supply: (R, P) part of each industry's factors that is there. productivity: (P, R).
    output_left: (P, R) part of the benchmark quantity that can be made at most, 1 where there is no limit.
    deficit: (R,) in place of the benchmark's. notes: what was decided on the way, one sentence each.
    """

    cells: Cells = field(default_factory=Cells.none)
    trade_costs: Floats | None = None
    duties: Floats | None = None
    supply: Floats | None = None
    productivity: Floats | None = None
    output_left: Floats | None = None
    deficit: Floats | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Elasticities:
    """Elasticities of a batch of B cases.

    theta: (B, P) trade elasticities by product, above 0 (between origins: 1 + theta). value_added: (B,) between value added and
    inputs. inputs, final: (B,) between products. mobile: (B,) part of value added that is paid to the factor that moves between
    the industries of an economy; the rest is specific to its industry. Any of them may be exactly 1.
    """

    theta: Floats
    value_added: Floats
    inputs: Floats
    final: Floats
    mobile: Floats

    def of(self, members: Places | slice) -> Elasticities:
        """The same for some members of the batch."""
        return Elasticities(**{name: value[members] for name, value in vars(self).items()})

    @classmethod
    def same(cls, base: Base, batch: int, theta: Floats | float, value_added: float, inputs: float, final: float,
             mobile: float) -> Elasticities:  # fmt: skip
        """One set of numbers for a whole batch; theta: (P,) or one number."""
        by_product = np.broadcast_to(np.asarray(theta, dtype=float), (batch, base.products)).copy()
        scalars = [np.full(batch, float(value)) for value in (value_added, inputs, final, mobile)]
        return cls(by_product, *scalars)
