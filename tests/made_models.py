"""What tests of draws share: two scenarios, a model whose loss is its own parameter, and one without parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np

from interdep import CapacityLoss, ExportBan, Scenario
from interdep.models.model import Model, Outcome
from interdep.parameter import parameter

STOP = Scenario("stop", shocks=[ExportBan(economies=["DEU"], buyers=["JPN"], industries=["B"], days=60)], horizon=80)
OUTAGE = Scenario(
    "outage", shocks=[CapacityLoss(economies=["USA"], industries=["C26"], share=0.5, days=30)], horizon=50
)
THREE = ("leontief", "ario", "equilibrium")
"""Every model of the package, by name."""


@final
@dataclass(frozen=True)
class Tilt(Model):
    """A model made for these tests: one economy loses what the other gains, a third loses in proportion to a parameter."""

    name: ClassVar[str] = "tilt"

    gain: float = parameter(0.0, unit="fraction", low=-0.2, high=0.1, source="These tests")
    size: float = parameter(0.02, unit="fraction", low=0.01, high=0.05, source="These tests")
    idle: float = parameter(5.0, unit="days", low=1.0, high=9.0, source="These tests")
    known: float = parameter(1.0, unit="fraction", source="These tests, which give it no range")
    fails_above: float = np.inf
    reason: str = "did not converge: after {gain} steps"

    def solve(self, world: Any, forcings: Any, at: Any) -> list[Outcome]:
        if self.gain > self.fails_above:
            return [Outcome(self.reason.format(gain=self.gain))] * len(forcings)
        lost = np.zeros(world.shape)
        lost[0], lost[1], lost[2, 0] = self.gain, -self.gain, self.size
        return [Outcome(columns={"value_added_lost": lost.reshape(-1)}) for _ in forcings]


@final
@dataclass(frozen=True)
class Plain(Model):
    """A model without parameters."""

    name: ClassVar[str] = "plain"

    def solve(self, world: Any, forcings: Any, at: Any) -> list[Outcome]:
        return [Outcome(columns={"value_added_lost": 0.01 * world.value_added}) for _ in forcings]
