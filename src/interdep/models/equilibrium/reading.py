"""A Forcing read as a Case: bans, caps on deliveries and output, duties, trade costs; or the reason why it cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from interdep.errors import InputError, first_five
from interdep.models.equilibrium.case import Case, Cells

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.models.equilibrium.base import Base
    from interdep.shocks.forcing import At, FlowPath, Forcing
    from interdep.world import World

    Floats = NDArray[np.float64]

Capacity = Literal["output", "factors", "productivity"]

TINY = 1e-12

TOTAL = 1 - TINY
"""A loss from which on a delivery is banned, not capped."""

SUPPLY_LEFT = 0.01
"""A buyer who keeps less than this part of the benchmark supply of a product takes its economy's mean mix of suppliers."""


MOST = 0.5
"""Part of a buyer's supply of a product that is touched from which on all its suppliers are listed."""


class Inexpressible(InputError):
    """What a model cannot express or an economy cannot do; the text becomes the status of the scenario."""


def case_of(world: World, base: Base, forcing: Forcing, at: At, capacity: Capacity) -> Case:
    """The scenario on this benchmark. Raises Inexpressible, with a sentence that names what is in the way."""
    if forcing.demand:
        raise Inexpressible(
            "not expressible: Equilibrium spends every income, so that demand cannot just fall (DemandDrop);"
            " use leontief or ario"
        )
    lost = forcing.capacity_lost(at).reshape(base.regions, base.products)
    gone = lost >= TOTAL
    cells, notes = _cells(world, base, forcing, at, gone)
    _check_trade(world, base, cells)
    left = np.where(gone, 1.0, 1 - lost)
    some = bool((left < 1).any())
    costs, duties = _costs(world, base, forcing, at)
    return Case(
        cells,
        trade_costs=costs,
        duties=duties,
        supply=left if some and capacity == "factors" else None,
        productivity=left.T.copy() if some and capacity == "productivity" else None,
        output_left=left.T.copy() if some and capacity == "output" else None,
        notes=tuple(notes),
    )


def _cells(world: World, base: Base, forcing: Forcing, at: At, gone: NDArray[np.bool_]) -> tuple[Cells, list[str]]:
    """Every delivery that is banned or capped, and the buyers that take their economy's mean mix."""
    products, regions, kinds = base.products, base.regions, base.shares.shape[3]
    # Whole products that nobody delivers any more leave the origin's share; a cut of everything caps the quantity.
    without = [path for path in forcing.flows if path.products]
    capping = [path for path in forcing.flows if not path.products]
    mine = [path for path in capping if path.by_buyer]
    suppliers = [path.suppliers.reshape(regions, products).any(axis=0) for path in forcing.flows]
    # Only products that are touched at all: everything below is one of them, m.
    touched = np.flatnonzero(np.any([gone.any(axis=0), *suppliers], axis=0))
    if not touched.size:
        return Cells.none(), []

    def lost_in(paths: list[FlowPath]) -> Floats:
        """(m, R, R, K) part of each base-year delivery that these shocks take."""
        rows, by_row = replace(forcing, capacity=(), flows=tuple(paths)).deliveries_lost(at)
        out = np.zeros((touched.size, regions, regions, products + 1))
        # All kinds of final users of an economy are one buyer; a shock means all of them or none.
        final = by_row[:, :, products:].max(axis=2, keepdims=True)
        whole = np.concatenate([by_row[:, :, :products], final], axis=2)
        out[np.searchsorted(touched, rows % products), rows // products] = whole
        return _one_for_all(world, base, touched, out) if base.common else out

    removed, cut = lost_in(without), lost_in(capping)
    removed[gone.T[touched]] = 1.0
    shares, use = base.shares[touched], base.base_cells[touched]
    lost = 1 - (1 - removed) * (1 - cut)
    hit = (lost > 0) & (shares > 0)
    banned = hit & (lost >= TOTAL)
    supply = np.where(banned, 0.0, shares * (1 - removed))
    bare = (supply.sum(axis=1) < SUPPLY_LEFT) & hit.any(axis=1) & (use > 0)
    notes = _mean_mix(world, base, touched, np.where(banned, 1.0, removed), supply, bare) if bare.any() else []
    # Where most of a buyer's supply is touched all of it is listed, so that what is left is added up and not what is gone
    # subtracted from the whole.
    most = np.where(hit, shares, 0.0).sum(axis=1) > MOST
    hit |= (bare | most)[:, None] & ((shares > 0) | (supply > 0))
    places = m, r, s, k = np.nonzero(hit)
    capped = (cut[places] > 0) & ~banned[places] & ~bare[m, s, k]
    by_buyer = (lost_in(mine) >= cut - TINY)[places] if mine else np.zeros(m.size, dtype=bool)
    return Cells(
        touched[m] * regions + r,
        (touched[m] * regions + s) * kinds + k,
        shares[places],
        supply[places],
        np.where(capped, 1 - cut[places], np.nan),
        by_buyer,
    ), notes


def _one_for_all(world: World, base: Base, touched: NDArray[np.intp], lost: Floats) -> Floats:
    """Losses of an economy's common cell; refused where its buyers would lose different parts."""
    used = (base.use()[touched] > 0)[:, None]
    most = np.where(used, lost, 0.0).max(axis=3)
    least = np.where(used, lost, 1.0).min(axis=3)
    differs = (most - np.minimum(least, most) > 1e-9) & (base.shares[touched, ..., 0] > 0)
    if differs.any():
        m, _, s = (int(i) for i in np.argwhere(differs)[0])
        raise Inexpressible(
            f"not expressible: with origin_shares='common' the buyers of {world.industries[touched[m]]} in"
            f" {world.economies[s]} are one, so that a shock cannot be limited to some of them (buyer_industries); use"
            " origin_shares='own'"
        )
    return most[..., None]


def _mean_mix(
    world: World, base: Base, touched: NDArray[np.intp], lost: Floats, supply: Floats, bare: NDArray[np.bool_]
) -> list[str]:
    """Give buyers without supply the mean shares of their economy, less what is banned; changes `supply`, returns notes."""
    notes, without = [], []
    for m, s, k in np.argwhere(bare):
        p, economy = touched[m], world.economies[s]
        use = base.base_cells[p, s]
        mean = (base.shares[p, :, s] * use).sum(axis=1) / use.sum()
        column = mean * (1 - lost[m, :, s, k])
        buyer = _buyer(world, int(s), int(k), base.common)
        if column.sum() <= 0:
            without.append(f"{world.industries[p]} for {buyer}")
            continue
        if base.common:
            # An economy whose buyers are one is its own mean.
            continue
        supply[m, :, s, k] = column
        notes.append(f"{buyer} has no other supplier of {world.industries[p]}, takes the mean mix of {economy}")
    if without:
        raise Inexpressible(f"infeasible: no supplier of {first_five(without)}")
    return notes


def _buyer(world: World, s: int, k: int, common: bool) -> str:
    if common:
        return world.economies[s]
    what = world.industries[k] if k < len(world.industries) else "final users"
    return f"{world.economies[s]} {what}"


def _check_trade(world: World, base: Base, cells: Cells) -> None:
    """An economy with a surplus must be able to export, one with a deficit to import."""
    if not cells.supplier.size:
        return
    regions, kinds = base.regions, base.shares.shape[3]
    stopped = cells.new <= 0
    r = cells.supplier[stopped] % regions
    s = cells.cell[stopped] // kinds % regions
    money = cells.old[stopped] * base.base_cells.reshape(-1)[cells.cell[stopped]]
    if base.duties is not None:
        money = money / (1 + base.duties[cells.supplier[stopped] // regions, r, s])
    between = base.trade.sum(axis=0)
    gone = np.zeros_like(between)
    np.add.at(gone, (r, s), money)
    between *= 1 - np.eye(regions)
    gone *= 1 - np.eye(regions)
    exports, imports = between.sum(axis=1), between.sum(axis=0)
    no_exports = (exports > 0) & (exports - gone.sum(axis=1) <= 1e-9 * exports)
    no_imports = (imports > 0) & (imports - gone.sum(axis=0) <= 1e-9 * imports)
    surplus, deficit = base.deficit < -1e-9 * base.spending, base.deficit > 1e-9 * base.spending
    for bad, what in (
        (surplus & no_exports, "keeps a trade surplus in the model, but nothing is left of its exports"),
        (deficit & no_imports, "keeps a trade deficit in the model, but nothing is left of its imports"),
        (
            ~deficit & no_exports & ~no_imports,
            "may still import, but nothing is left of the exports that would pay for it",
        ),
        (
            ~surplus & no_imports & ~no_exports,
            "may still export, but nothing is left of the imports that would pay for it",
        ),
    ):
        if bad.any():
            raise Inexpressible(
                f"infeasible: {first_five([world.economies[i] for i in np.flatnonzero(bad)])} {what};"
                " stop trade in both directions with deficits='none', or leave it some partner"
            )


def _costs(world: World, base: Base, forcing: Forcing, at: At) -> tuple[Floats | None, Floats | None]:
    """(iceberg factors, duties in force), each (P, R, R) or None; rates of several shocks add up, iceberg factors compound."""
    regions, products = base.regions, base.products
    shape = (products, regions, regions)
    costs, duties = np.ones(shape), np.zeros(shape)
    for path in forcing.costs:
        rate = float(path.rate.mean() if at == "average" else path.rate[np.abs(path.rate).argmax()])
        on = path.suppliers.reshape(regions, products).T[:, :, None] & path.buyers[None, None, :]
        if path.duty:
            duties += on * rate
        else:
            costs *= 1 + on * rate
    before = np.zeros(shape) if base.duties is None else base.duties
    for schedule in forcing.schedules:
        weight = float(schedule.weight.mean() if at == "average" else schedule.weight.max())
        stated = np.isfinite(schedule.rates)
        duties += np.where(stated, weight * (np.where(stated, schedule.rates, 0.0) - before), 0.0)
    changed = duties.any()
    duties = before + duties
    if (duties <= -1).any():
        p, r, s = (int(i) for i in np.argwhere(duties <= -1)[0])
        raise Inexpressible(
            f"the duties on {world.industries[p]} from {world.economies[r]} to {world.economies[s]} add up to"
            f" {duties[p, r, s]:.0%}; a duty must stay above -100 %"
        )
    return (costs if (costs != 1).any() else None), (duties if changed else None)
