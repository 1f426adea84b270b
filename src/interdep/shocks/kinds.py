"""Every kind of shock: one thing that happens, as one of four effects on suppliers, buyers and industries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from interdep.shocks.messages import OneSentence

EVERY = "all"
"""What stands for every economy or every industry of the table."""

LONGEST = 36_500
"""Days: a hundred years. A longer time is a slip of the pen, and daily paths of it would not fit in memory."""


def _names(value: Any) -> Any:
    """One name or a list of names, as a tuple."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, Iterable) or isinstance(value, Mapping):
        return value
    names = tuple(value)
    if not names:
        raise ValueError("is empty; name at least one")
    if any(not isinstance(n, str) or not n.strip() for n in names):
        raise ValueError('must be names, for example ["DEU", "JPN"]')
    doubled = [n for n in dict.fromkeys(names) if names.count(n) > 1]
    if doubled:
        raise ValueError(f"names {doubled[0]!r} twice")
    return names


def _codes(value: Any) -> Any:
    """Product codes as a tuple of text: a number has lost its leading zeros."""
    listed = [value] if isinstance(value, (str, int)) else value
    if isinstance(listed, Iterable) and not isinstance(listed, Mapping):
        listed = tuple(listed)
        wrong = [c for c in listed if not (isinstance(c, str) and c.isdigit() and len(c) in (2, 4, 6, 8))]
        if wrong:
            raise ValueError(f'holds {wrong[0]!r}; a product code is text of 2, 4, 6 or 8 digits, as in "284610"')
    return _names(listed)


Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
Codes = Annotated[tuple[str, ...], BeforeValidator(_codes)]
Share = Annotated[float, Field(strict=True, gt=0, le=1, allow_inf_nan=False)]
Day = Annotated[int, Field(strict=True, ge=0, le=LONGEST)]
Days = Annotated[int, Field(strict=True, ge=1, le=LONGEST)]
YesNo = Annotated[bool, Field(strict=True)]


class Shock(BaseModel, metaclass=OneSentence):
    """What all kinds share: when it starts (day 0 is the scenario's start), how long it lasts, how it recovers.

    days: length at full size; recovery: further days over which it fades to nothing; recovery_shape: "linear" (in equal
    steps), "fast" (most of it at first) or "slow" (most of it at last); source: where the figures come from; note: what a
    reader should know.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    effect: ClassVar[Literal["capacity", "flow", "demand", "cost"]]

    start: Day = 0
    days: Days
    recovery: Day = 0
    recovery_shape: Literal["linear", "fast", "slow"] = "linear"
    source: str = ""
    note: str = ""


class CapacityLoss(Shock):
    """Producers can make only 1 - share of normal, for every buyer, at home too."""

    effect = "capacity"
    kind: Literal["CapacityLoss"] = "CapacityLoss"
    economies: Names
    industries: Names
    share: Share


class ServiceOutage(Shock):
    """A cyber incident: the capacity of telecoms and computer services (or other industries) falls by share."""

    effect = "capacity"
    kind: Literal["ServiceOutage"] = "ServiceOutage"
    economies: Names
    industries: Names = ("J61", "J62-J63")
    share: Share


class FlowShock(Shock):
    """Deliveries from suppliers to buyers fall to at most 1 - share of the base-year flow.

    A total stop (share 1) removes the flow; a partial one is a cap on the base-year flow, not a share of orders.
    buyer_industries: only deliveries to these buying industries (final users are then served); reroute: whether buyers look
    for the missing part elsewhere (a model that works day by day reads it).
    products: codes (or their first digits) in the nomenclature products_in, in place of industries: each then is the part of
    its industry's deliveries that it makes up between each supplier and buyer, see `interdep.shocks.products`; over: what it
    is a part of, the same industry's products in the trade table, or the industry's deliveries in the World ("table").
    cut: what the share is of where no products are named, the "quantity" of each delivery or whole "products" of the industry,
    which then are not delivered at all (a model in which prices adjust reads it).
    """

    effect = "flow"
    industries: Names = (EVERY,)
    share: Share = 1.0
    buyer_industries: Names | None = None
    reroute: YesNo = True
    products: Codes | None = None
    products_in: str = "HS22"
    over: Literal["trade", "table"] = "trade"
    cut: Literal["quantity", "products"] = "quantity"

    @model_validator(mode="after")
    def _products_or_industries(self) -> FlowShock:
        if self.products is not None and self.industries != (EVERY,):
            raise ValueError(
                "names both products and industries; the products say which industries are meant, leave those out"
            )
        return self


class SupplyStop(FlowShock):
    """These suppliers stop delivering to every foreign buyer; buyers in the named economies themselves are served.

    home: true cuts deliveries inside the named economies as well.
    """

    kind: Literal["SupplyStop"] = "SupplyStop"
    economies: Names
    home: YesNo = False


class ExportBan(FlowShock):
    """The supplier decides: the economies ban deliveries of these industries' products to the named buyers."""

    kind: Literal["ExportBan"] = "ExportBan"
    economies: Names
    buyers: Names


class ImportBan(FlowShock):
    """The buyer decides: the economies ban purchases of these industries' products from the named suppliers."""

    kind: Literal["ImportBan"] = "ImportBan"
    economies: Names
    suppliers: Names


class DemandDrop(Shock):
    """Final users in these economies buy a share less of these industries' products, wherever they are made."""

    effect = "demand"
    kind: Literal["DemandDrop"] = "DemandDrop"
    economies: Names
    industries: Names = (EVERY,)
    share: Share


class CostShock(Shock):
    """Buying these products from these suppliers becomes dearer by `rate` (a fraction of the price) for the economies."""

    effect = "cost"
    economies: Names
    suppliers: Names
    industries: Names = (EVERY,)
    rate: Annotated[float, Field(strict=True, gt=-1, le=100, allow_inf_nan=False)]


class Tariff(CostShock):
    """An import duty: the rate goes to the importing economies' budget."""

    kind: Literal["Tariff"] = "Tariff"


class TradeCost(CostShock):
    """A real cost of trading (iceberg): the rate is used up on the way."""

    kind: Literal["TradeCost"] = "TradeCost"


def _rates(value: Any) -> Any:
    """Rows (product, supplier, buyer, rate), the rate above -1 (-100 %)."""
    rows = []
    for row in value if isinstance(value, Iterable) and not isinstance(value, (str, Mapping)) else [value]:
        cells: tuple[Any, ...] = (
            tuple(row) if isinstance(row, Iterable) and not isinstance(row, (str, Mapping)) else (row,)
        )
        good = len(cells) == 4 and all(isinstance(c, str) and c.strip() for c in cells[:3])
        if not good or isinstance(cells[3], bool) or not isinstance(cells[3], (int, float)):
            raise ValueError(
                f'holds {row!r}; a row is [product, supplier, buyer, rate], as in ["C29", "JPN", "EU27", 0.1]'
            )
        if not -1 < cells[3] <= 100:
            raise ValueError(
                f"has a rate of {cells[3]:g} in {row!r}; a duty is a fraction above -1 (-100 %), at most 100"
            )
        rows.append((*cells[:3], float(cells[3])))
    if not rows:
        raise ValueError("is empty; give at least one [product, supplier, buyer, rate]")
    return tuple(rows)


class TariffSchedule(Shock):
    """Import duties as they stand in a schedule, in place of those of the base year.

    rates: rows (product, supplier, buyer, rate), names of industries, economies or groups, or "all"; duties that no row
    names stay as they are. A recovery fades back to the base year's duties.
    """

    effect = "cost"
    kind: Literal["TariffSchedule"] = "TariffSchedule"
    rates: Annotated[tuple[tuple[str, str, str, float], ...], BeforeValidator(_rates)]


KINDS: dict[str, type[Shock]] = {
    kind.__name__: kind
    for kind in (
        CapacityLoss, ServiceOutage, SupplyStop, ExportBan, ImportBan, DemandDrop, Tariff, TradeCost,
        TariffSchedule,
    )
}  # fmt: skip

AnyShock = Annotated[
    CapacityLoss
    | ServiceOutage
    | SupplyStop
    | ExportBan
    | ImportBan
    | DemandDrop
    | Tariff
    | TradeCost
    | TariffSchedule,
    Field(discriminator="kind"),
]
