"""Leontief: first-order losses through the chain, upstream (lost customers) and downstream (lost suppliers)."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, final

import numpy as np

from interdep.errors import InterdepError
from interdep.models.benchmark import without_inventories
from interdep.models.model import Model, Outcome
from interdep.models.network import LeontiefInverse
from interdep.parameter import check_parameters, parameter
from interdep.provenance import Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.shocks.forcing import At, Forcing
    from interdep.world import World

    Floats = NDArray[np.float64]

IMBS_PAUWELS = Source(
    "Imbs & Pauwels (2024), An empirical approximation of the effects of trade sanctions with an application to Russia",
    2024,
    citation="Imbs, J. & Pauwels, L. (2024), An empirical approximation of the effects of trade sanctions, Economic Policy",
)


@final
@dataclass(frozen=True)
class Leontief(Model):
    """Shares of each industry's sales and costs that pass through the deliveries that stop (Imbs & Pauwels 2024).

    HOT is the share of a node's output that is sold, directly or through the chain, over the stopped deliveries; SHOT the
    share of its costs that comes over them. With h and g these shares, d the capacity a node itself has lost and
    phi = psi / (1 + psi) * alpha the response of value added, the loss is 1 - (1 - d)(1 - phi (1 - (1 - h)(1 - g))); with
    phi = 1 it is the value added *exposed*. Inputs count by their value: an essential, cheap one can cost more than its share.
    """

    name: ClassVar[str] = "leontief"
    sources: ClassVar[tuple[Source, ...]] = (IMBS_PAUWELS,)

    labour_elasticity: float = parameter(
        2.0, unit="elasticity of labour supply (psi)", low=0.5, high=3.0,
        source="Imbs & Pauwels 2024 (psi = 2); range: micro (0.5) to macro (about 3) evidence in Chetty et al. 2011",
    )  # fmt: skip
    labour_share: float = parameter(
        0.5, unit="labour compensation over value added (alpha), where the table has none", low=0.33, high=0.66,
        source="1/2 where the table has none; WIOD release 2016 for 2014: 0.33 (MEX) to 0.66 (HRV), median economy 0.58",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check_parameters(self)

    def solve(self, world: World, forcings: Sequence[Forcing], at: At) -> list[Outcome]:
        """See `Model.solve`; columns: value_added_lost, value_added_exposed, and the upstream and downstream parts."""
        return [_outcome(reach, self.response(world)) for reach in reaches(world, forcings, at)]

    @classmethod
    def solve_draws(
        cls, models: Sequence[Any], world: World, forcings: Sequence[Forcing], at: At
    ) -> Iterator[list[Outcome]]:
        """See `Model.solve_draws`: the exposure depends on no parameter and is made once."""
        found = reaches(world, forcings, at)
        for model in models:
            yield [_outcome(reach, model.response(world)) for reach in found]

    def response(self, world: World) -> Floats:
        """(N,) phi: value added lost for each unit of exposure."""
        shares = world.labour_share
        if shares is None:
            shares = np.full(world.gross_output.size, self.labour_share)
        alpha = np.clip(np.where(np.isfinite(shares), shares, self.labour_share), 0.0, 1.0)
        return self.labour_elasticity / (1 + self.labour_elasticity) * alpha


@dataclass(frozen=True, eq=False)
class Baseline:
    """A World corrected for inventories and restricted to nodes with output: what every Leontief question starts from.

    live: (n,) positions of the live nodes. final: (n, R, F). inverse: of I - A. output, prices: (n,) solved without shock.
    """

    live: NDArray[np.intp]
    intermediate: Floats
    gross_output: Floats
    final: Floats
    inverse: LeontiefInverse
    output: Floats
    costs: Floats
    prices: Floats


_BASELINES: weakref.WeakKeyDictionary[World, Baseline] = weakref.WeakKeyDictionary()


def baseline(world: World) -> Baseline:
    """The table without inventories and its factorisation, made once for each World."""
    if world in _BASELINES:
        return _BASELINES[world]
    intermediate, final = without_inventories(world)
    live = np.flatnonzero(world.live)
    output = world.gross_output[live]
    inside = intermediate[np.ix_(live, live)]
    inverse = LeontiefInverse(inside / output)
    costs = np.maximum(1 - inverse.coefficients.sum(axis=0), 0.0)
    final = final[live]
    base = Baseline(
        live, inside, output, final, inverse,
        inverse.solve(final.sum(axis=(1, 2))), costs, inverse.solve(costs, transposed=True),
    )  # fmt: skip
    _BASELINES[world] = base
    return base


def reaches(world: World, forcings: Sequence[Forcing], at: At) -> list[tuple[Floats, ...] | str]:
    """For each forcing the value added within its horizon and its exposure (see `exposure`), or why there is none."""
    base = baseline(world)
    out: list[tuple[Floats, ...] | str] = []
    for forcing in forcings:
        if forcing.costs or forcing.schedules:
            out.append(
                "not expressible: Leontief has no prices, so it reads no Tariff, TariffSchedule or TradeCost;"
                " use equilibrium, in which prices adjust"
            )
            continue
        try:
            added = np.maximum(world.value_added, 0.0) * forcing.days / 365
            out.append((added, *exposure(world, base, forcing, at)))
        except InterdepError as error:
            out.append(str(error))
    return out


def _outcome(reach: tuple[Floats, ...] | str, response: Floats) -> Outcome:
    if isinstance(reach, str):
        return Outcome(status=reach)
    added, own, upstream, downstream = reach
    both = 1 - (1 - upstream) * (1 - downstream)
    return Outcome(
        columns={
            "value_added_lost": added * (1 - (1 - own) * (1 - response * both)),
            "value_added_exposed": added * (1 - (1 - own) * (1 - both)),
            "exposed_upstream": added * (1 - own) * upstream,
            "exposed_downstream": added * (1 - own) * downstream,
        }
    )


def exposure(world: World, base: Baseline, forcing: Forcing, at: At) -> tuple[Floats, Floats, Floats]:
    """(own, upstream, downstream), each (N,) fractions: own capacity lost, HOT and SHOT net of it.

    HOT = 1 - [(I - A0)^-1 F0] / [(I - A)^-1 F]; SHOT = 1 - [(I - B0')^-1 v] / [(I - B')^-1 v], which is the same as one minus
    the price [(I - A0')^-1 (v / x)] because B = X^-1 A X (Imbs & Pauwels 2024, equations for HOT and SHOT).
    """
    regions, industries = world.shape
    nodes = regions * industries
    own = forcing.capacity_lost(at)
    if forcing.quiet:
        return own, np.zeros(nodes), np.zeros(nodes)
    rows, lost = forcing.deliveries_lost(at)
    kept = np.isin(rows, base.live)
    rows, lost = rows[kept], lost[kept]
    live_rows = np.searchsorted(base.live, rows)
    by_node = lost[:, :, :industries].reshape(len(rows), nodes)[:, base.live]
    columns = np.flatnonzero((by_node > 0).any(axis=0)) if len(rows) else np.zeros(0, dtype=np.intp)
    removed = base.inverse.coefficients[np.ix_(live_rows, columns)] * by_node[:, columns]
    final = base.final.copy()
    if len(rows):
        final[live_rows] *= 1 - lost[:, :, industries:]
    drop = forcing.demand_lost(at)
    product = base.live % industries
    final *= 1 - drop[product][:, :, None]
    output, prices = base.inverse.solve_cut((final.sum(axis=(1, 2)), base.costs), live_rows, columns, removed)
    upstream, downstream = np.zeros(nodes), np.zeros(nodes)
    left = np.divide(output, base.output, out=np.ones_like(output), where=base.output > 0)
    able = 1 - own[base.live]
    upstream[base.live] = 1 - np.divide(left, able, out=np.zeros_like(left), where=able > 0)
    downstream[base.live] = 1 - np.divide(prices, base.prices, out=np.ones_like(prices), where=base.prices > 0)
    return own, np.clip(upstream, 0.0, 1.0), np.clip(downstream, 0.0, 1.0)


def every_supplier_stop(world: World, *, days: int = 365, model: Leontief | None = None) -> tuple[Floats, Floats]:
    """Two (N, N) arrays [stop, loser]: value added lost and exposed when each node in turn stops delivering abroad.

    Exactly `Leontief().solve` for one SupplyStop of share 1 over a horizon of `days` at a time, as rank-one updates of one
    inverse: three products of N x N matrices for all N stops. Money over the horizon.
    """
    model = model or Leontief()
    base = baseline(world)
    regions, industries = world.shape
    economy = base.live // industries
    foreign = economy[:, None] != economy[None, :]
    L = base.inverse.inverse
    lost = np.where(foreign, base.inverse.coefficients, 0.0)
    through = lost @ L
    loop = 1 + np.diagonal(through)
    final = base.final.sum(axis=2)
    abroad = final.sum(axis=1) - final[np.arange(len(economy)), economy]
    # x0 = x - L e (f + d'y / (1 + d'L e)) with y = x - f L e; the transposed problem likewise.
    coefficient = abroad + (lost @ base.output - abroad * np.diagonal(through)) / loop
    upstream = coefficient[:, None] * L.T / np.where(base.output > 0, base.output, np.inf)
    downstream = (base.prices / loop)[:, None] * through / np.where(base.prices > 0, base.prices, np.inf)
    exposed = 1 - (1 - np.clip(upstream, 0, 1)) * (1 - np.clip(downstream, 0, 1))
    nodes = regions * industries
    added = np.maximum(world.value_added, 0.0) * days / 365
    reach = np.zeros((nodes, nodes))
    reach[np.ix_(base.live, base.live)] = exposed * added[base.live]
    return reach * model.response(world), reach
