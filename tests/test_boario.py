"""Parity with BoARIO 0.7.2: its own numbers, kept with the script that made them, and what stops it but not us."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from interdep import CapacityLoss, ExportBan, InputError, Scenario
from interdep.models.ario.boario import BoarioEvent, boario_model, forcing_of_events
from interdep.testing import synthetic_world

FOLDER = Path(__file__).parents[1] / "validation" / "boario_parity"
REFERENCE = FOLDER / "reference_6x8.npz"
TIGHT = {"main_inv_dur": 10, "inventory_restoration_tau": 20, "psi_param": 1.0}


def events(world):
    """As in validation/boario_parity/case.py, which made the reference."""
    largest = world.nodes[int(np.argmax(world.gross_output))]
    capital = 4 * world.value_added
    destroyed = {node: 0.6 * float(capital[world.node_index(*node)]) for node in world.nodes[:5]}
    return {
        "arbitrary": [BoarioEvent("arbitrary", {largest: 0.8}, 5, 90, 30)],
        "recovery": [BoarioEvent("recovery", destroyed, 3, 20, 60, "convexe")],
    }


@pytest.mark.parametrize("options", ["default", "tight"])
@pytest.mark.parametrize("order_type", ["alt", "noalt"])
@pytest.mark.parametrize("kind", ["arbitrary", "recovery"])
def test_production_is_that_of_boario(kind, order_type, options):
    world = synthetic_world(6, 8, seed=1)
    with np.load(REFERENCE) as kept:
        expected = kept[f"{kind}-{order_type}-{options}"]
    model = boario_model(order_type, **(TIGHT if options == "tight" else {}))
    forcing = forcing_of_events(world, events(world)[kind], 365)
    ours = model.solve(world, [forcing], "average", paths=True)[0].output[::10] * world.gross_output / 365
    np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-12)
    normal = world.gross_output / 365
    assert (expected / normal).min() < 0.5, "the reference is of no shock"


def test_the_calendar_of_an_arbitrary_event_is_boarios():
    world = synthetic_world(2, 2)
    node = world.nodes[0]
    forcing = forcing_of_events(world, [BoarioEvent("arbitrary", {node: 0.8}, 3, 4, 4)], 20)
    # It happens on day 3, is whole for its 4 days and a step more, fades by quarters, and is felt one step late.
    np.testing.assert_allclose(
        forcing.capacity[0].loss, [0, 0, 0, 0, *[0.8] * 6, 0.6, 0.4, 0.2, 0, 0, 0, 0, 0, 0, 0], atol=1e-6
    )


def test_capital_events_add_up_arbitrary_ones_do_not_and_the_larger_counts():
    world = synthetic_world(2, 2)
    node = world.nodes[0]
    capital = 4 * float(world.value_added[0])
    both = [
        BoarioEvent("recovery", {node: 0.2 * capital}, 1, 5, 10),
        BoarioEvent("recovery", {node: 0.3 * capital}, 1, 5, 10),
        BoarioEvent("arbitrary", {node: 0.4}, 1, 5),
        BoarioEvent("arbitrary", {node: 0.3}, 1, 5),
    ]
    assert forcing_of_events(world, both, 10).capacity[0].loss[4] == pytest.approx(0.5, abs=1e-6)
    assert forcing_of_events(world, both[2:], 10).capacity[0].loss[4] == pytest.approx(0.4, abs=1e-6)


@pytest.mark.parametrize(
    "happening",
    [
        [("arbitrary", 0, 0.5), ("arbitrary", 1, 0.5)],
        [("arbitrary", 0, 0.5), ("recovery", 2, 0.5)],
        [("recovery", 0, 0.5), ("arbitrary", 0, 0.9)],
    ],
)
def test_events_that_stop_boario_run_here(happening):
    world = synthetic_world(3, 3)
    made = [
        BoarioEvent(kind, {world.nodes[n]: size * (4 * float(world.value_added[n]) if kind == "recovery" else 1)}, 2, 5, 9)
        for kind, n, size in happening
    ]  # fmt: skip
    model = boario_model()
    first = model.solve(world, [forcing_of_events(world, made, 60)], "average", paths=True)[0]
    assert first.ok
    assert first.output.min() < 0.6
    # Running again, with other events in between, changes nothing.
    model.solve(world, [forcing_of_events(world, made[:1], 60)], "average")
    again = model.solve(world, [forcing_of_events(world, made, 60)], "average", paths=True)[0]
    np.testing.assert_array_equal(again.output, first.output)


def test_more_capital_than_there_is_cannot_be_destroyed():
    world = synthetic_world(2, 2)
    event = BoarioEvent("recovery", {world.nodes[0]: 5 * float(world.value_added[0])}, 1, 5, 9)
    with pytest.raises(InputError, match="more capital is destroyed than some industry has"):
        forcing_of_events(world, [event], 10)


def test_what_boario_does_not_know_is_refused_by_name():
    world = synthetic_world(2, 2)
    ban = Scenario("ban", shocks=[ExportBan(economies="E01", buyers="E02", industries="S001", days=5)], horizon=9)
    outcome = boario_model().solve(world, [ban.on(world)], "average")[0]
    assert outcome.status.startswith("not expressible: BoARIO's rules know losses of capacity")
    loss = Scenario("loss", shocks=[CapacityLoss(economies="E01", industries="S001", share=0.5, days=5)], horizon=9)
    assert boario_model().solve(world, [loss.on(world)], "average")[0].ok
