"""Forcing: a scenario compiled against a World into a few bare arrays, the only thing a model reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np

from interdep.errors import InputError, first_five
from interdep.shocks.kinds import (
    EVERY,
    CostShock,
    DemandDrop,
    ExportBan,
    FlowShock,
    ImportBan,
    Shock,
    SupplyStop,
    TariffSchedule,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.provenance import Source
    from interdep.shocks.products import ProductParts
    from interdep.shocks.scenario import Scenario
    from interdep.trade import Trade
    from interdep.world import World

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

At = Literal["average", "peak"]


@dataclass(frozen=True, eq=False)
class CapacityPath:
    """Suppliers that can make only part: (N,) mask and the daily loss (T,), a fraction of normal."""

    suppliers: Mask
    loss: Floats


@dataclass(frozen=True, eq=False)
class FlowPath:
    """Deliveries cut: (N,) suppliers, (R, K) buyers (industries, then final users), daily share (T,) of base flow lost.

    products: what is lost are whole products of an industry; by_buyer: the buyers decided it. Prices depend on both.
    """

    suppliers: Mask
    buyers: Mask
    loss: Floats
    reroute: bool
    products: bool = False
    by_buyer: bool = False


@dataclass(frozen=True, eq=False)
class DemandPath:
    """Final demand that is not there: (P,) products, (R,) buying economies, daily share (T,) lost."""

    products: Mask
    buyers: Mask
    loss: Floats


@dataclass(frozen=True, eq=False)
class CostPath:
    """Purchases that become dearer: (N,) suppliers, (R,) buying economies, daily rate (T,); duties are rebated."""

    suppliers: Mask
    buyers: Mask
    rate: Floats
    duty: bool


@dataclass(frozen=True, eq=False)
class DutyPath:
    """Duties in place of the base year's: (P, R, R) rates, NaN where those stay; daily weight (T,), 1 while they hold."""

    rates: Floats
    weight: Floats


@dataclass(frozen=True, eq=False)
class Forcing:
    """What happens to whom on which day, with N nodes, R economies, K = P industries + F final uses, T days.

    notes, sources: what the parts of industries rest on, where shocks name products.
    """

    name: str
    days: int
    shape: tuple[int, int, int]
    capacity: tuple[CapacityPath, ...] = ()
    flows: tuple[FlowPath, ...] = ()
    demand: tuple[DemandPath, ...] = ()
    costs: tuple[CostPath, ...] = ()
    schedules: tuple[DutyPath, ...] = ()
    notes: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()

    @property
    def quiet(self) -> bool:
        """Nothing happens at all."""
        return not (self.capacity or self.flows or self.demand or self.costs or self.schedules)

    def capacity_lost(self, at: At = "average") -> Floats:
        """(N,) share of normal capacity lost, averaged over the horizon or at its peak; overlaps compound."""
        regions, industries, _ = self.shape
        masks = [path.suppliers for path in self.capacity]
        return _compounded(masks, [path.loss for path in self.capacity], regions * industries, at)

    def demand_lost(self, at: At = "average") -> Floats:
        """(P, R) share of final demand for product p lost in economy s; overlaps compound."""
        regions, industries, _ = self.shape
        masks = [(path.products[:, None] & path.buyers[None, :]).reshape(-1) for path in self.demand]
        lost = _compounded(masks, [path.loss for path in self.demand], industries * regions, at)
        return lost.reshape(industries, regions)

    def deliveries_lost(self, at: At = "average") -> tuple[NDArray[np.intp], Floats]:
        """Rows (m,) of the suppliers touched and (m, R, K) share of each base-year delivery lost.

        Flow cuts and the suppliers' own capacity losses together, day by day, then averaged or at the peak.
        """
        regions, industries, kinds = self.shape
        everyone = np.ones((regions, kinds), dtype=bool)
        paths = [(p.suppliers, everyone, p.loss) for p in self.capacity]
        paths += [(p.suppliers, p.buyers, p.loss) for p in self.flows]
        touched = np.zeros(regions * industries, dtype=bool)
        for suppliers, _, _ in paths:
            touched |= suppliers
        rows = np.flatnonzero(touched)
        out = np.zeros((len(rows), regions * kinds))
        # Suppliers with the same set of paths behave alike; so do buyers: few distinct blocks, each averaged once.
        for row_set, row_block in patterns([p[0][rows] for p in paths], len(rows)):
            for column_set, column_block in patterns([p[1].reshape(-1) for p in paths], regions * kinds):
                both = row_set & column_set
                if both:
                    losses = [path[2] for k, path in enumerate(paths) if both >> k & 1]
                    out[np.ix_(row_block, column_block)] = _level(losses, at)
        return rows, out.reshape(len(rows), regions, kinds)


def _level(losses: Sequence[Floats], at: At) -> float:
    """Several daily losses compounded, then their mean over the horizon or their largest day."""
    left = np.ones_like(losses[0])
    for loss in losses:
        left = left * (1.0 - loss)
    return float((1.0 - left).mean() if at == "average" else (1.0 - left).max())


def patterns(masks: Sequence[Mask], size: int) -> list[tuple[int, NDArray[np.intp]]]:
    """Positions grouped by the set of masks that hold them; the set is an integer with one bit a mask."""
    groups: dict[int, list[int]] = {}
    bits = [0] * size
    for k, mask in enumerate(masks):
        for place in np.flatnonzero(mask).tolist():
            bits[place] |= 1 << k
    for place, pattern in enumerate(bits):
        groups.setdefault(pattern, []).append(place)
    return [(pattern, np.array(places)) for pattern, places in groups.items()]


def _compounded(masks: Sequence[Mask], losses: Sequence[Floats], size: int, at: At) -> Floats:
    out = np.zeros(size)
    for pattern, places in patterns(masks, size):
        if pattern:
            out[places] = _level([loss for k, loss in enumerate(losses) if pattern >> k & 1], at)
    return out


def daily_path(shock: Shock, size: float, days: int) -> Floats:
    """(T,) the size on every day of the horizon: full for `days`, then fading over `recovery`.

    With u from 1 to 0 in equal steps, what is left is u where the fading is linear, u^3 where it is fast, 1 - (1 - u)^3 where
    it is slow.
    """
    day = np.arange(days)
    end = shock.start + shock.days
    left = np.clip(1.0 - (day - end + 1) / (shock.recovery + 1), 0.0, 1.0)
    fading = {"linear": left, "fast": left**3, "slow": 1.0 - (1.0 - left) ** 3}[shock.recovery_shape]
    return size * np.where(day < shock.start, 0.0, np.where(day < end, 1.0, fading))


def compile_scenario(
    scenario: Scenario, world: World, at: date | None, trades: Sequence[Trade] | None = None
) -> Forcing:
    """See `Scenario.on`."""
    regions, industries = world.shape
    kinds = industries + len(world.final_uses)
    capacity, flows, demand, costs, schedules = [], [], [], [], []
    notes: list[str] = []
    sources: dict[Source, None] = {}
    for number, shock in enumerate(scenario.shocks, start=1):
        labels = _Labels(world, at, scenario, number)
        if isinstance(shock, TariffSchedule):
            weight = daily_path(shock, 1.0, scenario.horizon)
            schedules.append(DutyPath(_schedule(shock, labels), weight))
            continue
        products = labels.industries("industries")
        path = daily_path(shock, shock.rate if isinstance(shock, CostShock) else shock.share, scenario.horizon)
        if isinstance(shock, FlowShock):
            suppliers, buyers = _flow_sides(shock, labels)
            mask = np.zeros((regions, kinds), dtype=bool)
            rows = [world.economy_index(e) for e in buyers]
            if shock.buyer_industries is None:
                mask[rows] = True
            else:
                columns = [world.industry_index(i) for i in labels.industries("buyer_industries")]
                mask[np.ix_(rows, columns)] = True
            if shock.products is not None:
                found = _product_parts(shock, suppliers, buyers, labels, trades)
                notes.append(f"{scenario.name}, shock {number}: {found.note}")
                sources |= dict.fromkeys(found.sources)
                flows += _product_flows(found, world, mask, path, shock)
                continue
            whole, by_buyer = shock.cut == "products", isinstance(shock, ImportBan)
            flows.append(FlowPath(world.node_mask(suppliers, products), mask, path, shock.reroute, whole, by_buyer))
        elif isinstance(shock, DemandDrop):
            buyers = labels.economies("economies")
            demand.append(DemandPath(_mask(world.industries, products), _mask(world.economies, buyers), path))
        elif isinstance(shock, CostShock):
            suppliers, buyers = labels.two_sides("suppliers", "economies")
            costs.append(
                CostPath(
                    world.node_mask(suppliers, products), _mask(world.economies, buyers), path, shock.kind == "Tariff"
                )
            )
        else:
            capacity.append(CapacityPath(world.node_mask(labels.economies("economies"), products), path))
    return Forcing(
        scenario.name, scenario.horizon, (regions, industries, kinds), tuple(capacity), tuple(flows), tuple(demand),
        tuple(costs), tuple(schedules), tuple(notes), tuple(sources),
    )  # fmt: skip


def _schedule(shock: TariffSchedule, labels: _Labels) -> Floats:
    """(P, R, R) the rates of a schedule; a flow named twice with different rates is an error."""
    world = labels.world
    regions, industries = world.shape
    rates = np.full((industries, regions, regions), np.nan)
    rows: dict[str, list[int]] = {}
    columns: dict[str, list[int]] = {}
    for product, supplier, buyer, rate in shock.rates:
        if product not in columns:
            columns[product] = [world.industry_index(i) for i in labels.resolved("rates", (product,))]
        for name in (supplier, buyer):
            if name not in rows:
                rows[name] = [world.economy_index(e) for e in labels.members("rates", (name,))]
        block = np.ix_(columns[product], rows[supplier], rows[buyer])
        old = rates[block]
        # Nobody pays a duty at home; a group named on both sides means its members between themselves.
        home = np.array(rows[supplier])[:, None] == np.array(rows[buyer])[None, :]
        if (np.isfinite(old) & ~home & (old != rate)).any():
            raise InputError(
                f"{labels.place('rates')}: the duty on {product} from {supplier} to {buyer} is stated twice, differently;"
                " state it once"
            )
        rates[block] = np.where(home, np.nan, rate)
    return rates


def _product_parts(
    shock: FlowShock, suppliers: Sequence[str], buyers: Sequence[str], labels: _Labels, trades: Sequence[Trade] | None
) -> ProductParts:
    from interdep.shocks.products import product_parts
    from interdep.trade.folder import packaged_trades

    year = labels.scenario.start.year if labels.scenario.start else None
    known = packaged_trades() if trades is None else trades
    return product_parts(shock, suppliers, buyers, labels.world, known, year, labels.place("products"))


def _product_flows(found: ProductParts, world: World, mask: Mask, path: Floats, shock: FlowShock) -> list[FlowPath]:
    """One cut for each part: its supplier's industry, its buyer's users, the part of the flow that the products are."""
    out = []
    for part in found.parts:
        buyer = world.economy_index(part.buyer)
        users = np.zeros_like(mask)
        users[buyer] = mask[buyer]
        suppliers = world.node_mask((part.supplier,), (part.industry,))
        by_buyer = isinstance(shock, ImportBan)
        out.append(FlowPath(suppliers, users, path * part.share, shock.reroute, True, by_buyer))
    return out


def _flow_sides(shock: FlowShock, labels: _Labels) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(suppliers, buyers) of a flow shock, as economies of the table."""
    if isinstance(shock, SupplyStop):
        suppliers = labels.economies("economies")
        buyers = tuple(e for e in labels.world.economies if shock.home or e not in suppliers)
        if not buyers:
            raise InputError(
                f"{labels.place('economies')}: every economy is a supplier, so there is no foreign buyer left;"
                " name the suppliers, or say home = true to cut deliveries inside them as well"
            )
        return suppliers, buyers
    if isinstance(shock, ExportBan):
        return labels.two_sides("economies", "buyers")
    if isinstance(shock, ImportBan):
        return labels.two_sides("suppliers", "economies")
    raise TypeError(f"{type(shock).__name__} has no sides")


def _mask(labels: Sequence[str], chosen: Sequence[str]) -> Mask:
    wanted = set(chosen)
    return np.array([label in wanted for label in labels])


@dataclass(frozen=True)
class _Labels:
    """Finds the economies and industries that one shock names in one World, at one date."""

    world: World
    at: date | None
    scenario: Scenario
    number: int

    def place(self, key: str = "") -> str:
        """Where the shock, or a key of it, stands."""
        return self.scenario.place(self.number, key)

    def named(self, key: str) -> tuple[str, ...]:
        """What the shock says under a key."""
        return getattr(self.scenario.shocks[self.number - 1], key)

    def two_sides(self, suppliers: str, buyers: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The economies under two keys, none of which may stand under both; "all" means all the others."""
        selling, buying = self.economies(suppliers), self.economies(buyers)
        if self.named(buyers) == (EVERY,):
            buying = tuple(e for e in buying if e not in selling)
        elif self.named(suppliers) == (EVERY,):
            selling = tuple(e for e in selling if e not in buying)
        if not selling or not buying:
            raise InputError(
                f"{self.place()}: {suppliers} and {buyers} are both everybody; name the economies of one side"
            )
        same = sorted(set(selling) & set(buying))
        if same:
            raise InputError(
                f"{self.place()}: {first_five(same)} among both {suppliers} and {buyers}; this shock is between different"
                f" economies, take it out of one of them"
            )
        return selling, buying

    def economies(self, key: str) -> tuple[str, ...]:
        """Names and groups as economies of the table; a member the table does not keep apart is an error."""
        return self.members(key, self.named(key))

    def members(self, key: str, names: Sequence[str]) -> tuple[str, ...]:
        """The same for names that stand somewhere under a key."""
        from interdep.geography import economies, groups

        known = self.world.economies
        out: list[str] = []
        for name in names:
            if name == EVERY:
                out += known
            elif name in known:
                out.append(name)
            else:
                try:
                    members = economies(name, on=self.at)
                except InputError as error:
                    raise InputError(f"{self.place(key)}: {error}") from error
                absent = [m for m in members if m not in known]
                if absent:
                    whose = f" (of {name})" if name in groups() else ""
                    inside = " from ROW" if "ROW" in known else ""
                    raise InputError(
                        f"{self.place(key)}: {self.world.name} does not keep {first_five(absent)}{whose} apart{inside};"
                        " name economies of the table, or use a table that has them"
                    )
                out += members
        return tuple(dict.fromkeys(out))

    def industries(self, key: str) -> tuple[str, ...]:
        """Names as industries of the table, through its classification; see `interdep.classifications.resolve`."""
        return self.resolved(key, self.named(key))

    def resolved(self, key: str, names: Sequence[str]) -> tuple[str, ...]:
        """The same for names that stand somewhere under a key."""
        from interdep.classifications import resolve

        out: list[str] = []
        for name in names:
            if name == EVERY:
                out += self.world.industries
                continue
            try:
                out += resolve(name, self.world.industries, self.world.classification)
            except InputError as error:
                raise InputError(f"{self.place(key)}: {error}") from error
        return tuple(dict.fromkeys(out))
