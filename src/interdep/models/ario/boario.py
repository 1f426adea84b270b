"""What BoARIO 0.7.2 (Juhel 2023, psi model) computes, rule for rule, so that results can be laid beside it.

Its rules differ from Ario's: orders refill the inputs that were used (not those planned), every input above a tiny share
binds, stocks stand still on a day on which all deliveries of a scenario are within rounding of use, and the calendar of
its events is its own (`forcing_of_events`). Where BoARIO itself stops with an error, this runs on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from interdep.errors import InputError
from interdep.models.ario.model import Ario
from interdep.models.ario.paths import CapacityPaths
from interdep.models.ario.start import Start, start
from interdep.models.model import Outcome
from interdep.models.network import gather, scatter
from interdep.shocks.forcing import CapacityPath, Forcing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.world import World

    Floats = NDArray[np.float64]

TECHNOLOGY_THRESHOLD = 1e-5
"""An input binds where its yearly use is above this part of the buyer's daily output (the units are BoARIO's)."""

CAPITAL_TO_VALUE_ADDED = 4.0
SHORTEST_STOCK = 2.0
"""BoARIO raises stocks of a day or less to two days."""

YEAR = 365


def boario_model(
    order_type: Literal["alt", "noalt"] = "alt",
    *,
    alpha_max: float = 1.25,
    alpha_tau: float = 365.0,
    psi_param: float = 0.8,
    main_inv_dur: float = 90.0,
    inventory_restoration_tau: float = 60.0,
    inventories: Mapping[str, float] | None = None,
) -> Ario:
    """An Ario that computes what `ARIOPsiModel` does, from arguments under BoARIO's names and with its defaults."""
    return Ario(
        parity="boario", orders="reroute" if order_type == "alt" else "keep", overproduction_max=alpha_max,
        overproduction_time=alpha_tau, psi=psi_param, order_time=inventory_restoration_tau, stocks=inventories or {},
        stock_goods=main_inv_dur, stock_mining=main_inv_dur, stock_electronics=main_inv_dur, stock_services=main_inv_dur,
    )  # fmt: skip


@dataclass(frozen=True)
class BoarioEvent:
    """An event as BoARIO understands it.

    kind: "arbitrary" (impact: part of capacity lost) or "recovery" (impact: capital destroyed, in the table's money, out of
    four times value added); impact: by (economy, industry); recovery: one of BoARIO's four shapes.
    """

    kind: Literal["arbitrary", "recovery"]
    impact: Mapping[tuple[str, str], float]
    occurrence: int = 1
    duration: int = 1
    recovery_tau: int = 1
    recovery: Literal["linear", "convexe", "convexe noscale", "concave"] = "linear"


@dataclass
class _Tracked:
    """One event on its way through BoARIO's states; `now` is its impact, None once it is over."""

    event: BoarioEvent
    first: Floats
    now: Floats | None
    decimals: int
    status: str = field(default="pending")

    def turn(self, day: int) -> None:
        start_day = self.event.occurrence
        if self.status == "pending" and day - 1 <= start_day <= day:
            self.status = "happening"
        if self.status == "happening" and day >= start_day + self.event.duration:
            self.status = "recovering"

    def recover(self, day: int) -> None:
        if self.status != "recovering":
            return
        elapsed = day - self.event.occurrence - self.event.duration
        left = np.round(self.first * _left(self.event.recovery, elapsed, self.event.recovery_tau), self.decimals)
        self.now = left if left.any() else None
        if self.now is None:
            self.status = "finished"

    @property
    def felt(self) -> bool:
        return self.status in ("happening", "recovering") and self.now is not None


def _left(shape: str, elapsed: int, tau: int) -> float:
    """The part of an impact that is left: BoARIO's recovery functions."""
    if shape == "linear":
        return 1 - elapsed / tau
    if shape.startswith("convexe"):
        return (1 - 1 / tau) ** (elapsed * (4 if shape == "convexe" else 1))
    steep = 1e-6
    exponent = (np.log(tau) - np.log(steep)) / (np.log(tau) - np.log(2))
    return tau / (tau + steep * elapsed**exponent)


def forcing_of_events(world: World, events: Sequence[BoarioEvent], days: int, name: str = "events") -> Forcing:
    """The capacity each node has on each day when BoARIO plays these events.

    Arbitrary events are felt one step late, an event stays whole for a step after its end, several arbitrary events count as
    their largest, several capital events as their sum, and of both kinds the larger counts.
    """
    nodes = world.gross_output.size
    capital = CAPITAL_TO_VALUE_ADDED * np.maximum(world.gross_output - world.intermediate.sum(axis=0), 0.0)
    tracked = []
    for event in events:
        impact = np.zeros(nodes)
        for (economy, industry), size in event.impact.items():
            impact[world.node_index(economy, industry)] = size
        # Shares are rounded to six decimals, money to one more than the digits of its unit.
        decimals = 6 if event.kind == "arbitrary" else int(np.log10(world.money.scale)) + 1
        tracked.append(_Tracked(event, impact, impact.copy(), decimals))
    lost, late = np.zeros((days, nodes)), np.zeros(nodes)
    for day in range(days):
        for each in tracked:
            each.turn(day)
        destroyed = np.zeros(nodes)
        arbitrary = np.zeros(nodes)
        for each in tracked:
            if each.felt and each.event.kind == "recovery":
                destroyed += each.now
            elif each.felt:
                arbitrary = np.maximum(arbitrary, each.now)
        if (destroyed > capital * (1 + 1e-12)).any():
            raise InputError(f"{name}: on day {day} more capital is destroyed than some industry has; lower the impact")
        lost[day] = np.maximum(np.divide(destroyed, capital, out=np.zeros(nodes), where=capital > 0), late)
        late = arbitrary
        for each in tracked:
            each.recover(day)
    hit = np.flatnonzero(lost.any(axis=0))
    paths = tuple(CapacityPath(np.arange(nodes) == node, lost[:, node]) for node in hit.tolist())
    regions, industries = world.shape
    return Forcing(name, days, (regions, industries, industries + len(world.final_uses)), paths)


def solve_as_boario(model: Ario, world: World, forcings: Sequence[Forcing], *, paths: bool = False) -> list[Outcome]:
    """One outcome for each forcing under BoARIO's rules; it knows losses of capacity alone and says so of anything else."""
    begun = start(model, world)
    out = []
    for forcing in forcings:
        if forcing.flows or forcing.demand or forcing.costs or forcing.schedules:
            out.append(
                Outcome("not expressible: BoARIO's rules know losses of capacity, no cuts, demand or cost shocks")
            )
            continue
        output, unmet = _days(model, begun, forcing)
        normal = np.where(begun.output > 0, begun.output, 1.0) / YEAR
        short = np.where(begun.output > 0, 1.0 - output / normal, 0.0)
        lost = short * begun.value_added / YEAR
        regions, products = begun.shape
        out.append(
            Outcome(
                columns={"value_added_lost": lost.sum(axis=0), "final_demand_unmet": unmet.sum(axis=0)},
                daily={
                    "value_added_lost": lost.reshape(-1, regions, products).sum(axis=2),
                    "final_demand_unmet": unmet.reshape(-1, regions, products).sum(axis=2),
                },
                output=output / normal if paths else None,
            )
        )
    return out


def _days(model: Ario, begun: Start, forcing: Forcing) -> tuple[Floats, Floats]:
    """(T, N) output of each day and final demand not met, by product and buying economy; money of a day."""
    regions, products = begun.shape
    nodes = regions * products
    normal = begun.output / YEAR
    use = begun.use / YEAR
    need = np.divide(use, normal, out=np.zeros_like(use), where=normal > 0)
    final = begun.final.sum(axis=2).reshape(regions, products, regions) / YEAR
    final_total = final.sum(axis=2).reshape(nodes)
    S = begun.shares.reshape(products, regions, regions, products)
    binds = begun.use > normal * TECHNOLOGY_THRESHOLD
    duration = np.where(begun.stock <= 1, SHORTEST_STOCK, begun.stock)[:, None]
    finite_duration = np.where(np.isfinite(duration), duration, 0.0)
    keep = model.orders == "keep"

    def by_product(values: Any) -> Any:
        return values.reshape(regions, products).T[None]

    def by_node(values: Any) -> Any:
        return values[0].T.reshape(nodes)

    with np.errstate(invalid="ignore"):
        stock = normal * need * duration
    stock = np.nan_to_num(stock, nan=np.inf, posinf=np.inf)
    over, left = np.ones(nodes), np.ones(nodes)
    weights = np.ones(nodes)
    q = np.divide(
        use, gather(S, by_product(weights))[0].reshape(products, nodes), out=np.zeros_like(use), where=use > 0
    )
    orders = by_node(scatter(S, by_product(weights), q.reshape(1, products, regions, products)))
    made = normal.copy()
    capacity_of = CapacityPaths(forcing, nodes)
    output, unmet = np.empty((forcing.days, nodes)), np.empty((forcing.days, nodes))
    for day in range(forcing.days):
        if day in capacity_of.changes:
            places, levels = capacity_of.changes[day]
            left[places] = levels
        demand = orders + final_total
        if day > 1:
            scarcity = np.divide(demand - made, demand, out=np.zeros(nodes), where=demand != 0)
            up, down = (model.overproduction_max - over) * scarcity, (1.0 - over) * (scarcity == 0)
            over = np.maximum(over + (up + down) / model.overproduction_time, 1.0)
        capacity = normal * left * over
        wanted = np.minimum(demand, capacity)
        required = wanted * need * model.psi * finite_duration
        made = wanted
        if ((stock < required) & binds).any():
            ratio = np.divide(stock, required, out=np.ones_like(stock), where=binds & (required != 0))
            made = (wanted * np.minimum(ratio, 1.0)).min(axis=0)
        rho = np.divide(made, demand, out=np.zeros(nodes), where=demand != 0)
        received = q * gather(S, by_product(weights * rho))[0].reshape(products, nodes)
        used = made * need
        if not np.allclose(received, used):
            stock = stock - used + received
        output[day] = made
        by_supplier = rho.reshape(regions, products)
        unmet[day] = np.einsum("rps,rp->sp", final, 1.0 - by_supplier).reshape(nodes)
        with np.errstate(invalid="ignore"):
            target = wanted * need * duration
        gap = np.zeros_like(stock)
        if not np.allclose(stock, target):
            sound = np.isfinite(target)
            gap[sound] = np.maximum(target[sound] - stock[sound], 0.0)
        asked = gap / model.order_time + used
        weights = np.ones(nodes) if keep else left * over
        reached = gather(S, by_product(weights))[0].reshape(products, nodes)
        q = np.divide(asked, reached, out=np.zeros_like(asked), where=reached > 0)
        orders = by_node(scatter(S, by_product(weights), q.reshape(1, products, regions, products)))
    return output, unmet
