"""Ario under BoARIO's rules against BoARIO 0.7.2 itself, on every industry and day."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np

from interdep.models.ario.boario import BoarioEvent, boario_model, forcing_of_events
from interdep.testing import synthetic_world
from interdep.world import World

for folder in (Path(__file__).parents[1], Path(__file__).parent):
    sys.path.insert(0, str(folder))

from peer import boario_production  # noqa: E402

from raw import Absent  # noqa: E402
from table import Row, judged, stated  # noqa: E402

TITLE = "BoARIO 0.7.2, day by day"
ABOUT = """
Synthetic balanced tables; one event of arbitrary loss (80 % of the largest node for 90 days, recovery over 30) and one of
destroyed capital (60 % of five nodes, recovering convexly over 60 days); BoARIO's default parameters, and tight ones
(stocks of 10 days, refilled over 20, psi = 1) under which shortages run through the whole table. The largest relative
difference of production over all industries and days.
"""

SIZES = ((6, 8, 365), (20, 20, 365), (44, 56, 365))
TIGHT = {"main_inv_dur": 10, "inventory_restoration_tau": 20, "psi_param": 1.0}


def events(world: World) -> dict[str, list[BoarioEvent]]:
    largest = world.nodes[int(np.argmax(world.gross_output))]
    capital = 4 * world.value_added
    destroyed = {node: 0.6 * float(capital[world.node_index(*node)]) for node in world.nodes[:5]}
    return {
        "arbitrary": [BoarioEvent("arbitrary", {largest: 0.8}, 5, 90, 30)],
        "recovery": [BoarioEvent("recovery", destroyed, 3, 20, 60, "convexe")],
    }


def rows() -> list[Row]:
    if importlib.util.find_spec("boario") is None:
        raise Absent("needs BoARIO (pip install boario==0.7.2)")
    out = []
    for economies, industries, days in SIZES:
        world = synthetic_world(economies, industries, seed=1)
        normal = world.gross_output / 365
        for kind, happening in events(world).items():
            forcing = forcing_of_events(world, happening, days)
            for order_type in ("alt", "noalt"):
                for name, options in (("default", {}), ("tight", TIGHT)):
                    if economies == 44 and name == "tight":
                        continue
                    theirs = boario_production(world, happening, days, order_type, **options)
                    model = boario_model(order_type, **options)
                    done = model.solve(world, [forcing], "average", paths=True)[0]
                    assert done.output is not None, done.status
                    ours = done.output * normal
                    scale = np.maximum(np.abs(theirs), 1e-12 * normal)
                    worst = float((np.abs(ours - theirs) / scale).max())
                    lowest = float((theirs / normal).min())
                    out.append(
                        judged("BoARIO", f"{economies}x{industries}, {kind}, {order_type}, {name}",
                               f"down to {lowest:.2f} of normal", f"{worst:.0e} relative", "within 1e-9", worst <= 1e-9)
                    )  # fmt: skip
    return [*out, *crashes()]


def crashes() -> list[Row]:
    """What stops BoARIO with an error, and runs here."""
    world = synthetic_world(6, 8, seed=1)
    first, second, third = world.nodes[:3]
    destroyed = 0.5 * 4 * float(world.value_added[world.node_index(*third)])
    cases = {
        "two arbitrary events": [BoarioEvent("arbitrary", {first: 0.5}, 2, 5), BoarioEvent("arbitrary", {second: 0.5}, 4, 5)],
        "one beside a capital event": [
            BoarioEvent("arbitrary", {first: 0.5}, 2, 5), BoarioEvent("recovery", {third: destroyed}, 2, 5, 20)
        ],
    }  # fmt: skip
    tried = [(name, world, happening) for name, happening in cases.items()]
    tried.append(("negative inventory changes", with_destocking(world), [BoarioEvent("arbitrary", {first: 0.5}, 2, 5)]))
    out = []
    for name, table, happening in tried:
        try:
            boario_production(table, happening, 60, "alt")
            theirs = "runs"
        except Exception as error:
            theirs = f"stops ({type(error.__cause__ or error).__name__})"
        done = boario_model().solve(table, [forcing_of_events(table, happening, 60)], "average")[0]
        out.append(stated("BoARIO", name, theirs, "runs" if done.ok else done.status))
    return out


def with_destocking(world: World) -> World:
    """The same table with a part of each home delivery taken from stocks: inventory changes below zero."""
    regions, industries = world.shape
    uses = np.concatenate([world.final_use, np.zeros_like(world.final_use)], axis=2)
    home = np.arange(regions * industries), np.repeat(np.arange(regions), industries)
    uses[(*home, 1)] = -0.5 * uses[(*home, 0)]
    uses[(*home, 0)] *= 1.5
    return World("destocking", world.money, world.economies, world.industries, ("households", "inventories"),
                 world.intermediate, uses, world.gross_output, classification="own", tolerance=1e-9)  # fmt: skip


def write_reference(path: Path) -> None:
    """Numbers of BoARIO's that the project's own tests hold the model against: a small table, every tenth day."""
    world = synthetic_world(6, 8, seed=1)
    made = {}
    for kind, happening in events(world).items():
        for order_type in ("alt", "noalt"):
            for name, options in (("default", {}), ("tight", TIGHT)):
                made[f"{kind}-{order_type}-{name}"] = boario_production(world, happening, 365, order_type, **options)[
                    ::10
                ]
    np.savez_compressed(path, **made)


if __name__ == "__main__":
    write_reference(Path(__file__).parent / "reference_6x8.npz")
