"""check_model: the contract every model has to pass, ours and a user's, and a small World to try things on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from interdep.units import Money
from interdep.world import World

if TYPE_CHECKING:
    from interdep.models.model import Model
    from interdep.shocks.scenario import Scenario


def small_world(economies: int = 4, industries: int = 3, seed: int = 0, *, name: str = "small") -> World:
    """A balanced random World: positive flows, home trade largest, value added between 30 and 60 % of output.

    Economies are the first codes of DEU, JPN, USA, CHN, ...; industries B, C26, C29, J61, ...; millions of USD of 2020.
    """
    codes = ("DEU", "JPN", "USA", "CHN", "FRA", "TWN", "KOR", "GBR")[:economies]
    sectors = ("B", "C26", "C29", "J61", "J62-J63", "C19", "C20", "D")[:industries]
    if len(codes) < economies or len(sectors) < industries:
        raise ValueError("small_world has at most 8 economies and 8 industries")
    return _random_world(name, codes, sectors, seed, "interdep-36")


def synthetic_world(economies: int, industries: int, seed: int = 0) -> World:
    """The same at any size, with made-up labels (E01, E02, ...; S001, S002, ...), for benchmarks and comparisons."""
    codes = tuple(f"E{k:02d}" for k in range(1, economies + 1))
    sectors = tuple(f"S{k:03d}" for k in range(1, industries + 1))
    return _random_world(f"synthetic {economies}x{industries}", codes, sectors, seed, "own")


def _random_world(name: str, codes: tuple[str, ...], sectors: tuple[str, ...], seed: int, classification: str) -> World:
    rng = np.random.default_rng(seed)
    economies, industries = len(codes), len(sectors)
    nodes = economies * industries
    home = np.kron(np.eye(economies), np.ones((industries, industries)))
    weights = rng.uniform(0.2, 1.0, (nodes, nodes)) * (0.15 + home)
    output_guess = rng.uniform(50.0, 200.0, nodes)
    coefficients = weights / weights.sum(axis=0) * rng.uniform(0.4, 0.7, nodes)
    final_weights = rng.uniform(0.2, 1.0, (nodes, economies)) * (
        0.15 + np.kron(np.eye(economies), np.ones((industries, 1)))
    )
    final = final_weights / final_weights.sum(axis=1, keepdims=True) * output_guess[:, None]
    output = np.linalg.solve(np.eye(nodes) - coefficients, final.sum(axis=1))
    return World(
        name=name,
        money=Money("USD", 2020),
        economies=codes,
        industries=sectors,
        final_uses=("households",),
        intermediate=coefficients * output,
        final_use=final[:, :, None],
        classification=classification,
        tolerance=1e-9,
    )


def check_model(model: Model, world: World | None = None) -> None:
    """Raise AssertionError, with one sentence, where a model breaks the contract.

    A shock of nothing loses nothing; losses are finite and never exceed what there is to lose; permuted labels give permuted
    results; another currency changes nothing relative; the same question twice gives the same answer; a batch gives what each
    alone gives; no input is changed.
    """
    from interdep.shocks.kinds import CapacityLoss, ExportBan

    world = world or small_world()
    first, second = world.economies[:2]
    industry = world.industries[min(1, len(world.industries) - 1)]
    stop = _scenario("stop", [ExportBan(economies=[first], buyers=[second], industries=[industry], share=0.5, days=90)])
    outage = _scenario(
        "outage", [CapacityLoss(economies=[first], industries=[industry], share=0.5, days=30, recovery=30)]
    )
    nothing = _scenario(
        "nothing", [ExportBan(economies=[first], buyers=[second], industries=[industry], share=1e-300, days=1)]
    )
    before = [world.intermediate.copy(), world.final_use.copy(), world.gross_output.copy(), world.value_added.copy()]

    lost = {s.name: _lost(model, world, s) for s in (stop, outage)}
    scale = float(np.abs(world.value_added).sum())
    assert np.abs(_lost(model, world, nothing)).max() <= 1e-12 * scale, (
        f"{model.name}: a shock of nothing loses something"
    )
    for name, values in lost.items():
        assert np.isfinite(values).all(), f"{model.name}: {name} has losses that are not numbers"
        assert values.sum() > 0, f"{model.name}: {name} loses nothing"
        room = np.maximum(world.value_added, 0) + 1e-9 * scale
        assert (values <= room).all(), f"{model.name}: {name} loses more than a year's value added of some node"

    again = _lost(model, world, stop)
    assert np.array_equal(again, lost["stop"]), f"{model.name}: the same question gave two answers"
    batch = model.solve(world, [outage.on(world), stop.on(world)], "average")
    together = batch[1].columns["value_added_lost"]
    assert np.allclose(together, lost["stop"], rtol=1e-9, atol=1e-12 * scale), (
        f"{model.name}: a batch differs from one alone"
    )

    turned, order = _permuted(world)
    assert np.allclose(_lost(model, turned, stop), lost["stop"][order], rtol=1e-8, atol=1e-10 * scale), (
        f"{model.name}: permuting labels does not permute the result"
    )
    dearer = _rescaled(world, 151.3)
    assert np.allclose(_lost(model, dearer, stop), lost["stop"] * 151.3, rtol=1e-8, atol=1e-8 * scale), (
        f"{model.name}: another currency changes relative losses"
    )
    after = [world.intermediate, world.final_use, world.gross_output, world.value_added]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True)), f"{model.name}: an input was changed"


def _scenario(name: str, shocks: list) -> Scenario:
    from interdep.shocks.scenario import Scenario

    return Scenario(name, shocks=shocks, horizon=365)


def _lost(model: Model, world: World, scenario: Scenario) -> np.ndarray:
    outcome = model.solve(world, [scenario.on(world)], "average")[0]
    assert outcome.ok, f"{model.name}: {scenario.name} has no result: {outcome.status}"
    return outcome.columns["value_added_lost"]


def _permuted(world: World) -> tuple[World, np.ndarray]:
    """The same world with economies and industries in reversed order, and where each new node stood before."""
    regions, industries = world.shape
    order = np.arange(regions * industries).reshape(regions, industries)[::-1, ::-1].reshape(-1)
    flipped = World(
        name=world.name, money=world.money, economies=world.economies[::-1], industries=world.industries[::-1],
        final_uses=world.final_uses, intermediate=world.intermediate[np.ix_(order, order)],
        final_use=world.final_use[order][:, ::-1], gross_output=world.gross_output[order],
        value_added=world.value_added[order],
        labour_share=None if world.labour_share is None else world.labour_share[order],
        duties=None if world.duties is None else world.duties[::-1, ::-1, ::-1],
        estimated=world.estimated[::-1, ::-1], classification=world.classification, tolerance=world.tolerance,
        rounding=world.rounding,
    )  # fmt: skip
    return flipped, order


def _rescaled(world: World, factor: float) -> World:
    return World(
        name=world.name, money=Money("JPY", world.money.year, world.money.scale), economies=world.economies,
        industries=world.industries, final_uses=world.final_uses, intermediate=world.intermediate * factor,
        final_use=world.final_use * factor, gross_output=world.gross_output * factor, value_added=world.value_added * factor,
        labour_share=world.labour_share, duties=world.duties, estimated=world.estimated,
        classification=world.classification,
        tolerance=world.tolerance, rounding=world.rounding * factor,
    )  # fmt: skip
