"""The contract of a model: a frozen value that turns forcings on a World into outcomes, one for each scenario."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from interdep.errors import InputError, InterdepError
from interdep.parameter import parameters_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from interdep.provenance import Source
    from interdep.shocks.forcing import At, Forcing
    from interdep.world import World

    Floats = NDArray[np.float64]

OK = "ok"


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one model says of one scenario; each column is (N,) in money per horizon, NaN nowhere.

    status: "ok", or a sentence that says why there is no result (then `columns` is empty). What only models that work day
    by day give: daily: (T, R) money of each day, by column; bottlenecks: columns node, product (positions), first_day,
    last_day, depth, days; stocks: (R, P) days of normal use in stock by economy and input; output: (T, N) parts of normal.
    What only models in which prices adjust give: economies: (R,) and industries: (N,) by column; trade: (R, R) deliveries
    from supplier to buyer, or (P, R, R) by product; notes: what was decided on the way; steps and residual (the largest
    excess of any market, as a part of the benchmark) of the solver.
    """

    status: str = OK
    columns: dict[str, Floats] = field(default_factory=dict)
    daily: dict[str, Floats] = field(default_factory=dict)
    bottlenecks: dict[str, Any] = field(default_factory=dict)
    stocks: dict[str, Floats] = field(default_factory=dict)
    output: Floats | None = None
    economies: dict[str, Floats] = field(default_factory=dict)
    industries: dict[str, Floats] = field(default_factory=dict)
    trade: dict[str, Floats] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    steps: int | None = None
    residual: float | None = None

    @property
    def ok(self) -> bool:
        """There is a result."""
        return self.status == OK


@dataclass(frozen=True)
class Range:
    """What a parameter may be, from low to high, and what the model has it at; a value outside is no mistake, it is a choice."""

    low: float
    value: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise InputError(f"the range from {self.low:g} to {self.high:g} has its low above its high; swap them")

    @property
    def inside(self) -> bool:
        """The value lies within the range."""
        return self.low <= self.value <= self.high


class Model(ABC):
    """How a shock spreads. Subclasses are frozen dataclasses, and final: they are never subclassed again."""

    name: ClassVar[str]
    reads_path: ClassVar[bool] = False
    """Whether it follows the shock day by day; if not it reads the average over the horizon, or the peak."""

    sources: ClassVar[tuple[Source, ...]] = ()

    @abstractmethod
    def solve(self, world: World, forcings: Sequence[Forcing], at: At) -> list[Outcome]:
        """One outcome for each forcing, in order; a scenario that cannot be solved has a status and never raises.

        Columns that every model gives: `value_added_lost` (money over the horizon, positive when bad).
        """

    def ranges_on(self, world: World) -> dict[str, Range]:
        """The parameters that are drawn where a range of the answer is asked for, by name: those that have a range."""
        return {
            name: Range(about.low, float(getattr(self, name)), about.high)
            for name, about in parameters_of(self).items()
            if about.low is not None and about.high is not None
        }

    def with_values(self, world: World, values: Mapping[str, float]) -> Self:
        """The same model with these values for parameters of `ranges_on`."""
        changed: Any = replace(self, **values)  # pyright: ignore[reportArgumentType, reportCallIssue]
        return changed

    @classmethod
    def solve_draws(
        cls, models: Sequence[Model], world: World, forcings: Sequence[Forcing], at: At
    ) -> Iterator[list[Outcome]]:
        """For each of many models in turn, what it says of every forcing; a class may share work between them.

        A model that cannot be solved at all gives its reason for every forcing.
        """
        for model in models:
            try:
                yield model.solve(world, forcings, at)
            except InterdepError as error:
                yield [Outcome(str(error))] * len(forcings)
