"""Leontief and look-through against pymrio 0.7: coefficients, inverse, exposure to a ban, supply chains."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from interdep import ImportBan, Scenario, World, measure, run
from interdep.models.benchmark import without_inventories
from interdep.models.network import LeontiefInverse
from interdep.testing import synthetic_world
from raw import Absent
from table import Row, judged

Floats = NDArray[np.float64]

TITLE = "pymrio 0.7"
ABOUT = """
The same table in pymrio (`World.to_pymrio`): its coefficients A, its inverse L, and from these, written out here, what `Leontief`
and `measure` say: the parts of every industry's sales and costs that pass over a ban (upstream 1 - L0 f0 / L f, downstream from
the prices v L0), and the foreign output behind an economy's industries (L - I times output). Two made-up tables and the packaged
`world-2014` without inventories. Largest difference, in parts of one; look-through relative to all inputs.
"""


def rows() -> list[Row]:
    try:
        import pymrio
    except ImportError as error:
        raise Absent("needs pymrio (pip install pymrio==0.7.0)") from error
    worlds = {"6x8": synthetic_world(6, 8, seed=1), "20x20": synthetic_world(20, 20, seed=2), "world-2014": smooth()}
    out = []
    for name, world in worlds.items():
        system = world.to_pymrio()
        A = pymrio.calc_A(system.Z, system.x)
        L = pymrio.calc_L(A).to_numpy()
        live = np.flatnonzero(world.live)
        inverse = np.eye(L.shape[0])
        inverse[np.ix_(live, live)] = LeontiefInverse(world.input_coefficients[np.ix_(live, live)]).inverse
        differences = {
            "coefficients": np.abs(A.to_numpy() - world.input_coefficients).max(),
            "inverse": np.abs(L - inverse).max(),
            "exposure to a ban": exposure_gap(pymrio, world, A, L),
            "look-through": look_through_gap(world, L),
        }
        for what, worst in differences.items():
            out.append(judged("pymrio", f"{name}: {what}", "equal", f"{worst:.0e}", "under 1e-10", bool(worst < 1e-10)))
    return out


def smooth() -> World:
    """The packaged table without inventories and other negative cells, output added up again: all that is left is for use."""
    world = World.read()
    intermediate, final = without_inventories(world)
    return World("world-2014 for use", world.money, world.economies, world.industries, ("final use",), intermediate,
                 final.sum(axis=2, keepdims=True), classification=world.classification)  # fmt: skip


def exposure_gap(pymrio: Any, world: World, A: Any, L: Floats) -> float:
    """Upstream and downstream exposure to a ban by the first economy on all that the second makes."""
    buyer, seller = world.economies[:2]
    ban = Scenario("ban", shocks=[ImportBan(economies=[buyer], suppliers=[seller], days=365)])
    rows = run(ban, models="leontief", world=world).loss.to_rows()
    regions, industries = world.shape
    sellers = np.arange(industries) + industries
    buyers = np.arange(industries)
    banned, final = A.copy(), world.final_use.sum(axis=2)
    banned.iloc[sellers, buyers] = 0.0
    left = final.copy()
    left[sellers, 0] = 0.0
    L0 = pymrio.calc_L(banned).to_numpy()
    # Leontief counts no value added below zero.
    costs = np.maximum(1 - A.to_numpy().sum(axis=0), 0.0)

    def lost(after: Floats, before: Floats) -> Floats:
        return 1 - np.divide(after, before, out=np.ones_like(before), where=before > 0)

    theirs = {
        "exposed_upstream": lost(L0 @ left.sum(axis=1), L @ final.sum(axis=1)),
        "exposed_downstream": lost(costs @ L0, costs @ L),
    }
    worst = 0.0
    for column, expected in theirs.items():
        ours = np.zeros(regions * industries)
        added = np.ones(regions * industries)
        for row in rows:
            node = world.node_index(row["economy"], row["industry"])
            ours[node], added[node] = row[column], row["value_added"]
        some = (added > 0) & world.live
        worst = max(worst, float(np.abs(ours[some] / added[some] - expected[some]).max()))
    return worst


def look_through_gap(world: World, L: Floats) -> float:
    """Output of other economies behind the industries of the first, as a part of all inputs."""
    regions, industries = world.shape
    buyer = world.economies[0]
    behind = ((L - np.eye(L.shape[0]))[:, :industries] * world.gross_output[:industries]).reshape(
        regions, industries, -1
    )
    by_supplier = behind.sum(axis=1)
    whole = by_supplier.sum(axis=0)
    worst = 0.0
    for row in measure(buyer, world=world).suppliers.to_rows():
        s, k = world.economy_index(row["supplier"]), world.industry_index(row["industry"])
        if whole[k] > 0:
            worst = max(worst, abs(row["look_through"] - by_supplier[s, k]) / whole[k])
    return worst
