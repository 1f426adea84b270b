"""Several plans of one partnership, made and kept together, with the reason for each that cannot be made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from interdep.errors import InterdepError
from interdep.responses.plan import Plan
from interdep.responses.respond import respond
from interdep.store import write_json

if TYPE_CHECKING:
    from interdep.trade import Trade
    from interdep.world import World

PLANS = "plans.json"


class Wanted(Protocol):
    """A plan that is asked for; see `interdep.partnership.measures.Resilience`."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def scenarios(self) -> Sequence[str] | None: ...  # noqa: D102
    @property
    def every_supplier(self) -> bool: ...  # noqa: D102
    @property
    def products(self) -> Sequence[str] | None: ...  # noqa: D102
    @property
    def industries(self) -> Sequence[str] | None: ...  # noqa: D102
    @property
    def levers(self) -> Sequence[str] | None: ...  # noqa: D102
    @property
    def budget(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, eq=False)
class Plans:
    """made: {name: plan}; failed: {name: why it cannot be made}."""

    made: Mapping[str, Plan]
    failed: Mapping[str, str]

    def save(self, folder: Path) -> None:
        """Each plan in a folder of its name, and the reasons."""
        for name, plan in self.made.items():
            plan.save(folder / name)
        write_json(folder / PLANS, {"made": list(self.made), "failed": dict(self.failed)})

    @classmethod
    def load(cls, folder: Path) -> Plans:
        """The plans saved in a folder."""
        import json

        about = json.loads((folder / PLANS).read_text(encoding="utf-8"))
        return cls({name: Plan.load(folder / name) for name in about["made"]}, about["failed"])


def make_plans(
    wanted: Sequence[Wanted],
    pool: Sequence[str],
    world: World,
    trade: Trade | Sequence[Trade] | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> Plans:
    """Every plan that is asked for, for these partners; one that cannot be made keeps its reason and costs no other."""
    made: dict[str, Plan] = {}
    failed: dict[str, str] = {}
    for each in wanted:
        progress(each.name)
        try:
            made[each.name] = respond(
                each.scenarios, each.budget, pool, each.levers, products=each.products, industries=each.industries,
                every_supplier=each.every_supplier, world=world, trade=trade,
            )  # fmt: skip
        except InterdepError as error:
            failed[each.name] = str(error)
    return Plans(made, failed)
