"""The benchmark of the equilibrium model: a World as cost and spending shares that are exactly in equilibrium."""

from __future__ import annotations

import weakref
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from interdep.errors import InputError, NotConverged, first_five
from interdep.models.network import flows_by_product, origin_shares, scatter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from interdep.units import Money
    from interdep.world import World

    Floats = NDArray[np.float64]

OriginShares = Literal["own", "common"]

VALUE_ADDED_FLOOR = 1e-3
"""Least part of an industry's costs that is value added; a few published columns use more than they make."""


@dataclass(frozen=True, eq=False)
class Base:
    """What a counterfactual starts from, in the kernel's order: product p, supplier r, buyer economy s, buyer k.

    Buyers are the P industries of an economy and its final user, k = P. Money per year.
    shares: (P, R, R, K) part of a buyer's spending on p, duties included, that goes to r; K = P + 1 where each buyer has
    shares of its own, K = 1 where all buyers of an economy share them ("common").
    inputs: (P, R, P + 1) part of p in a buyer's spending on all products. own_factors: (R, P) value added in costs.
    output: (P, R). factors: (R, P) value added. spending: (R,) of the final user. deficit: (R,) spending less income.
    duties: (P, R, R) ad valorem rates in force, None without.
    moved: sentences on what differs from the published table.
    """

    shares: Floats
    inputs: Floats
    own_factors: Floats
    output: Floats
    factors: Floats
    spending: Floats
    deficit: Floats
    duties: Floats | None = None
    moved: tuple[str, ...] = ()

    @property
    def regions(self) -> int:
        """R."""
        return self.shares.shape[1]

    @property
    def products(self) -> int:
        """P."""
        return self.shares.shape[0]

    @property
    def common(self) -> bool:
        """All buyers of an economy have the same origin shares."""
        return self.shares.shape[3] == 1

    @cached_property
    def base_cells(self) -> Floats:
        """(P, R, K) benchmark spending by cell of `shares`."""
        return self.cells(self.use())

    @cached_property
    def elsewhere(self) -> Floats:
        """(P, R) mean part of other origins in what the buyers of a product of r spend on it: how easily r is replaced."""
        sold = np.einsum("prsk,prsk,psk->pr", self.shares, 1 - self.shares, self.base_cells, optimize=True)
        return np.divide(sold, self.output, out=np.zeros_like(sold), where=self.output > 0)

    @cached_property
    def trade(self) -> Floats:
        """(P, R, R) benchmark deliveries by product, supplier and buying economy, before duties."""
        spent = np.einsum("prsk,psk->prs", self.shares, self.base_cells, optimize=True)
        return spent if self.duties is None else spent / (1 + self.duties)

    @cached_property
    def revenue(self) -> Floats:
        """(R,) duties collected in the benchmark."""
        return np.zeros(self.regions) if self.duties is None else (self.trade * self.duties).sum(axis=(0, 1))

    def use(self, output: Floats | None = None) -> Floats:
        """(P, R, P + 1) what each buyer spends on each product, duties included; output: (P, R) in place of its own."""
        output = self.output if output is None else output
        bundles = np.concatenate([(1 - self.own_factors) * output.T, self.spending[:, None]], axis=1)
        return self.inputs * bundles

    def cells(self, use: Floats) -> Floats:
        """(P, R, K) spending by cell of `shares`: the buyers of an economy together where shares are common."""
        return use.sum(axis=2, keepdims=True) if self.common else use


_BASES: weakref.WeakKeyDictionary[World, dict[str, Base]] = weakref.WeakKeyDictionary()


def base_of(world: World, origin_shares: OriginShares) -> Base:
    """The benchmark of a World, made once: negative final use becomes zero, value added has a floor, output follows.

    Final use is the sum of all categories. Value added is output less the column sum, at least `VALUE_ADDED_FLOOR` of costs.
    With these cost shares and the remaining final use, output is solved again, so that all markets clear to rounding.
    """
    known = _BASES.setdefault(world, {})
    if origin_shares not in known:
        known[origin_shares] = _made(world, origin_shares)
    return known[origin_shares]


def _made(world: World, form: OriginShares) -> Base:
    regions, products = world.shape
    clipped = np.minimum(world.final_use, 0.0).sum()
    by_kind = flows_by_product(world)
    final = np.maximum(by_kind[..., products:], 0.0).sum(axis=3)
    flows = np.concatenate([by_kind[..., :products], final[..., None]], axis=3)
    duties = world.duties
    if duties is not None:
        flows = flows * (1 + duties)[..., None]
    use = flows.sum(axis=1)
    spent = use[..., :products].sum(axis=0)
    # Duties on inputs stand in value added as statistics have it; they are no factor's income.
    income = world.gross_output.reshape(regions, products) - spent
    floor = VALUE_ADDED_FLOOR * (spent + np.maximum(income, 0.0))
    lifted = (income < floor) & (spent > 0)
    added = np.maximum(income, floor)
    costs = added + spent
    own = np.divide(added, costs, out=np.ones_like(added), where=costs > 0)
    bundles = np.concatenate([spent, use[..., products:].sum(axis=0)], axis=1)
    if (bundles[:, -1] <= 0).any():
        bare = [world.economies[s] for s in np.flatnonzero(bundles[:, -1] <= 0)]
        raise InputError(
            f"{world.name}: {first_five(bare)} has no final use, so that nothing can be said of what its users lose;"
            " merge it with another economy"
        )
    inputs = np.divide(use, bundles, out=np.zeros_like(use), where=bundles > 0)
    if form == "common":
        flows = flows.sum(axis=3, keepdims=True)
    shares = origin_shares(flows)
    live = world.live.reshape(regions, products)
    own = np.where(live, own, 1.0)
    moved = []
    if clipped < 0:
        moved.append(f"negative final use of {world.money.format(float(clipped))} set to zero")
    if lifted.any():
        named = [" ".join(world.nodes[i]) for i in np.flatnonzero(lifted.reshape(-1))]
        moved.append(f"value added raised to {VALUE_ADDED_FLOOR:.1%} of costs at {first_five(named)}")
    rough = Base(
        shares, inputs, own, world.gross_output.reshape(regions, products).T.copy(), added, bundles[:, -1],
        np.zeros(regions), duties,
    )  # fmt: skip
    made = balanced(rough)
    if moved:
        total = float(np.abs(made.output - rough.output).sum() / rough.output.sum())
        moved.append(f"output solved again with these shares, moved by {total:.2%} of its total")
    return replace(made, moved=tuple(moved))


def as_world(
    base: Base,
    name: str,
    money: Money,
    economies: Sequence[str],
    industries: Sequence[str],
    classification: str = "own",
) -> World:
    """A benchmark as a World, in its unit of money and with its duties; `base_of` that World is this benchmark again.

    For data that balance only in the model (trade, input shares and value added of different origin): put them into a Base,
    let `settle` find its equilibrium, take `rebased`, and run any scenario on the World of it.
    """
    from interdep.world import World

    # Where shares are common, all buyers of an economy have the same suppliers.
    flows = base.shares * base.use()[:, None]
    if base.duties is not None:
        flows = flows / (1 + base.duties)[..., None]
    products, regions = base.products, base.regions
    nodes = products * regions
    by_node = flows.transpose(1, 0, 2, 3)
    return World(
        name, money, tuple(economies), tuple(industries), ("final use",),
        intermediate=by_node[..., :products].reshape(nodes, nodes),
        final_use=by_node[..., products:].reshape(nodes, regions, 1),
        gross_output=base.output.T.reshape(nodes), duties=base.duties, classification=classification,
    )  # fmt: skip


def _solved_output(rough: Base) -> Floats:
    """(P, R) output that these shares and final spending ask for, by one factorisation."""
    products, regions = rough.products, rough.regions
    made = rough.shares if rough.duties is None else rough.shares / (1 + rough.duties)[..., None]
    inputs = made[..., :1] if rough.common else made[..., :products]
    coefficients = inputs * (rough.inputs[..., :products] * (1 - rough.own_factors))[:, None]
    # Rows (p, r), columns (k, s): a node is a product and an economy on both sides.
    square = coefficients.transpose(0, 1, 3, 2).reshape(products * regions, products * regions)
    final = (made[..., -1] * (rough.inputs[..., -1] * rough.spending)[:, None]).sum(axis=2)
    return np.linalg.solve(np.eye(len(square)) - square, final.reshape(-1)).reshape(products, regions)


def balanced(rough: Base) -> Base:
    """The same shares and final spending with the output, value added, income and deficits that they imply."""
    output = rough.output
    factor = np.ones((1, rough.products, rough.regions)) if rough.duties is None else 1 / (1 + rough.duties)[None]
    gap = np.inf
    for step in range(400):
        q = rough.cells(rough.use(output))[None]
        fresh = scatter(rough.shares, factor, q)[0]
        # Relative to each node: a small industry must clear as exactly as a large one.
        gap = float((np.abs(fresh - output) / (fresh + 1e-9 * fresh.max())).max())
        output = fresh
        if gap < 4e-15:
            break
        if step == 300:
            # Where little value is added the steps hardly shrink: solve the system once, and polish.
            output = _solved_output(rough)
    if not np.isfinite(output).all() or (output < 0).any() or gap > 1e-9:
        raise NotConverged("the benchmark has no finite output: some group of industries uses more than it makes")
    factors = rough.own_factors * output.T
    made = replace(rough, output=output, factors=factors)
    return replace(made, deficit=rough.spending - factors.sum(axis=1) - made.revenue)
