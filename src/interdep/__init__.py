"""Who depends on whom, what breaks when a supply stops, and what a partnership between economies changes.

Nothing is loaded before it is asked for: `import interdep` costs a few milliseconds.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from interdep.provenance import VERSION as __version__

if TYPE_CHECKING:
    from interdep.agreement.agree import Agreement, agree
    from interdep.agreement.coalitions import Coalitions, coalitions
    from interdep.agreement.power import power
    from interdep.agreement.rules import Rule
    from interdep.assessment import Assessment, assess, brief
    from interdep.briefing.files import Briefing
    from interdep.dependence.measure import Dependencies, measure
    from interdep.errors import InputError, InterdepError, MissingData, NotConverged
    from interdep.geography import economies, group
    from interdep.models.ario import Ario
    from interdep.models.comparison import compare
    from interdep.models.equilibrium import Equilibrium
    from interdep.models.leontief import Leontief
    from interdep.models.run import Run, run
    from interdep.parameter import parameters
    from interdep.partnership.schema import Partnership
    from interdep.responses.levers import Capacity, Diversify, Pool, Stockpile
    from interdep.responses.plan import Plan
    from interdep.responses.respond import respond
    from interdep.shocks.kinds import (
        CapacityLoss,
        DemandDrop,
        ExportBan,
        ImportBan,
        ServiceOutage,
        SupplyStop,
        Tariff,
        TariffSchedule,
        TradeCost,
    )
    from interdep.shocks.scenario import Scenario
    from interdep.tables import Table
    from interdep.trade import Trade
    from interdep.world import World

ROOMS = {
    "World": "world.world",
    "Trade": "trade.trade",
    "Partnership": "partnership.schema",
    "Scenario": "shocks.scenario",
    "Table": "tables",
    "Run": "models.run",
    "Dependencies": "dependence.measure",
    "Assessment": "assessment",
    "CapacityLoss": "shocks.kinds",
    "SupplyStop": "shocks.kinds",
    "ExportBan": "shocks.kinds",
    "ImportBan": "shocks.kinds",
    "Tariff": "shocks.kinds",
    "TariffSchedule": "shocks.kinds",
    "TradeCost": "shocks.kinds",
    "DemandDrop": "shocks.kinds",
    "ServiceOutage": "shocks.kinds",
    "Ario": "models.ario",
    "Equilibrium": "models.equilibrium",
    "Leontief": "models.leontief",
    "Plan": "responses.plan",
    "Stockpile": "responses.levers",
    "Diversify": "responses.levers",
    "Pool": "responses.levers",
    "Capacity": "responses.levers",
    "measure": "dependence.measure",
    "run": "models.run",
    "compare": "models.comparison",
    "respond": "responses.respond",
    "power": "agreement.power",
    "agree": "agreement.agree",
    "coalitions": "agreement.coalitions",
    "Agreement": "agreement.agree",
    "Coalitions": "agreement.coalitions",
    "Rule": "agreement.rules",
    "assess": "assessment",
    "brief": "assessment",
    "Briefing": "briefing.files",
    "economies": "geography",
    "group": "geography",
    "parameters": "parameter",
    "InterdepError": "errors",
    "InputError": "errors",
    "MissingData": "errors",
    "NotConverged": "errors",
}
"""Every public name and the room it lives in."""

__all__ = [
    "Agreement", "Ario", "Assessment", "Briefing", "Capacity", "CapacityLoss", "Coalitions", "DemandDrop",
    "Dependencies", "Diversify", "Equilibrium", "ExportBan", "ImportBan", "InputError", "InterdepError", "Leontief",
    "MissingData", "NotConverged", "Partnership", "Plan", "Pool", "Rule", "Run", "Scenario", "ServiceOutage",
    "Stockpile", "SupplyStop", "Table", "Tariff", "TariffSchedule", "Trade", "TradeCost", "World", "__version__",
    "agree", "assess", "brief", "coalitions", "compare", "economies", "group", "measure", "parameters", "power",
    "respond", "run",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load a public name from its room on first use."""
    if name not in ROOMS:
        from interdep.errors import did_you_mean

        raise AttributeError(f"module 'interdep' has no attribute {name!r}{did_you_mean(name, ROOMS)}")
    value = getattr(import_module(f"interdep.{ROOMS[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
