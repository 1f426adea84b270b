"""Long paths: scenarios too long to follow day by day, year by year beside the shorter ones that cut the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from interdep.errors import InterdepError
from interdep.models.run import dates
from interdep.models.years import YEAR, Years, years
from interdep.shocks.scenario import Scenario
from interdep.store import MANIFEST, read_manifest, write_json
from interdep.trade import Trade
from interdep.world import World

LONGEST = 730
"""Days: a scenario with a longer horizon is followed by years; stocks and orders say nothing of its later ones."""

SIZE_AND_TIME = {"share", "rate", "start", "days", "recovery", "recovery_shape", "source", "note"}
"""Fields of a shock that do not say what is cut."""


@dataclass(frozen=True, eq=False)
class LongPaths:
    """scenarios: the long ones; made: name to its years, where it stands first and what it is compared with after it; failed:
    why one has none."""

    scenarios: tuple[Scenario, ...] = ()
    made: Mapping[str, Years] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)

    def save(self, folder: Path) -> None:
        """Write every path into a folder of its own, to be read back by `load`."""
        for name, path in self.made.items():
            path.save(folder / name)
        told = [s.model_dump(mode="json", exclude_none=True) for s in self.scenarios]
        write_json(folder / MANIFEST, {"scenarios": told, "made": list(self.made), "failed": dict(self.failed)})

    @classmethod
    def load(cls, folder: Path) -> LongPaths:
        """The paths saved in a folder."""
        manifest = read_manifest(folder)
        scenarios = tuple(Scenario.model_validate(s) for s in dates(manifest["scenarios"]))
        return cls(scenarios, {name: Years.load(folder / name) for name in manifest["made"]}, manifest["failed"])


def long_paths(
    scenarios: Sequence[Scenario],
    world: World,
    groups: Mapping[str, Sequence[str]],
    trade: Trade | Sequence[Trade] | None = None,
    draws: int | None = None,
    seed: int = 1,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> LongPaths:
    """The years of every scenario that is longer than `LONGEST`, for groups of economies {label: members}."""
    made: dict[str, Years] = {}
    failed: dict[str, str] = {}
    for scenario in scenarios:
        if scenario.horizon > LONGEST:
            beside = [s for s in scenarios if s.horizon <= LONGEST and what_is_cut(s) == what_is_cut(scenario)]
            count = -(-scenario.horizon // YEAR)
            try:
                made[scenario.name] = years(
                    [scenario, *beside], world, count=count, groups=groups, trade=trade, draws=draws, seed=seed,
                    progress=progress,
                )  # fmt: skip
            except InterdepError as error:
                failed[scenario.name] = str(error)
    return LongPaths(tuple(s for s in scenarios if s.horizon > LONGEST), made, failed)


def what_is_cut(scenario: Scenario) -> set[str]:
    """What the shocks of a scenario hit, whatever their size and time."""
    return {repr(sorted(shock.model_dump(exclude=SIZE_AND_TIME).items())) for shock in scenario.shocks}
