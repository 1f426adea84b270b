"""Draws: all parameters of a model drawn at once from their ranges (Latin hypercube), and what every draw comes to."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from interdep.errors import InputError, InterdepError
from interdep.models.model import Outcome

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.models.model import Model, Range
    from interdep.shocks.forcing import At, Forcing
    from interdep.world import World

    Floats = NDArray[np.float64]

QUANTILES = {"low": 0.05, "value": 0.5, "high": 0.95}
"""The columns of a range and the part of the draws that lies below each."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Drawn:
    """What the draws of one model say of one scenario. Only what later questions need is kept.

    lost: (n, R) value added lost of every draw and economy, NaN where a draw has no result; nodes: (3, N) the `QUANTILES` of
    each node's; real: (n, R) real expenditure lost, and expenditure: (R,) what it is set against, None where the model has no
    prices; reasons: why draws have no result, by how many have it.
    """

    lost: Floats
    nodes: Floats
    real: Floats | None
    expenditure: Floats | None
    reasons: Mapping[str, int]

    @property
    def without(self) -> str:
        """How many draws have no result and why, in one sentence; empty where every draw has one."""
        if not self.reasons:
            return ""
        told = "; ".join(f"{reason}{f' ({n})' if len(self.reasons) > 1 else ''}" for reason, n in self.reasons.items())
        return f"{sum(self.reasons.values())} of {len(self.lost)} draws without a result: {told}"


@dataclass(frozen=True, eq=False)
class Draws:
    """What `count` draws of every model say of every scenario.

    values: by model, by parameter, (n,) what was drawn; found: by (model, scenario), for those that have a result with the
    models as they were given; notes: how it was done, one sentence for each model.
    """

    count: int
    seed: int
    values: Mapping[str, Mapping[str, Floats]] = field(default_factory=dict)
    found: Mapping[tuple[str, str], Drawn] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def draw(
    models: Sequence[Model],
    world: World,
    forcings: Mapping[str, Mapping[str, Forcing]],
    at: At,
    draws: int,
    seed: int,
    progress: Progress = lambda done, of: None,
) -> Draws:
    """Draw the parameters of every model and solve every draw; forcings: by model, by scenario.

    Parameters are drawn by themselves, each from a triangle that is highest at the model's own value. A draw's values are the
    same in all scenarios, and depend on the seed and on the names of model and parameter alone, so that a further scenario,
    model or parameter changes none of the others.
    """
    checked(draws, seed)
    values = {model.name: drawn_values(model, world, draws, seed) for model in models}
    work = [model for model in models if values[model.name] and forcings.get(model.name)]
    found: dict[tuple[str, str], Drawn] = {}
    for place, model in enumerate(work):
        known = forcings[model.name]

        def told(done: int, before: int = place * draws) -> None:
            progress(before + done, len(work) * draws)

        each = _solved(model, values[model.name], world, known, at, draws, told)
        found |= {(model.name, scenario): one for scenario, one in each.items()}
    notes = [_how(model, world, values[model.name], draws, seed) for model in models]
    notes += [f"{model}, {scenario}: {each.without}" for (model, scenario), each in found.items() if each.without]
    return Draws(draws, seed, values, found, tuple(notes))


def checked(draws: Any, seed: Any) -> None:
    """Raise InputError where a number of draws or a seed means nothing."""
    if isinstance(draws, bool) or not isinstance(draws, (int, np.integer)) or draws < 2:
        raise InputError(f"draws must be a whole number of at least 2, not {draws!r}; 200 give a fair range")
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise InputError(f"seed must be a whole number of at least 0, not {seed!r}; the same seed gives the same draws")


def drawn_values(model: Model, world: World, draws: int, seed: int) -> dict[str, Floats]:
    """Parameter to its (n,) values; one that has no width, or that a person set outside its range, is not drawn."""
    return {
        name: triangular(strata(draws, seed, model.name, name), each.low, each.value, each.high)
        for name, each in ranges_of(model, world).items()
        if each.inside and each.low < each.high
    }


def ranges_of(model: Model, world: World) -> dict[str, Range]:
    """The ranges of a model on a World; the error for a wrong one names the model."""
    try:
        return model.ranges_on(world)
    except InputError as error:
        raise InputError(f"{model.name}: {error}") from error


def strata(draws: int, seed: int, *names: str) -> Floats:
    """(n,) numbers between 0 and 1, exactly one in each n-th, in an order that depends on seed and names: one column of a
    Latin hypercube (McKay, Beckman & Conover 1979)."""
    rng = np.random.default_rng([seed, *(zlib.crc32(name.encode()) for name in names)])
    return (rng.permutation(draws) + rng.random(draws)) / draws


def triangular(part: Floats, low: float, mode: float, high: float) -> Floats:
    """The quantiles of a triangular distribution: where `part` of it lies below."""
    width = high - low
    left = low + np.sqrt(part * width * (mode - low))
    right = high - np.sqrt((1 - part) * width * (high - mode))
    return np.clip(np.where(part * width < mode - low, left, right), low, high)


def _solved(
    model: Model, values: Mapping[str, Floats], world: World, forcings: Mapping[str, Forcing], at: At, draws: int,
    told: Callable[[int], None],
) -> dict[str, Drawn]:  # fmt: skip
    """Scenario to what the draws of one model say of it."""
    variants: list[Model | str] = []
    for k in range(draws):
        try:
            variants.append(model.with_values(world, {name: float(each[k]) for name, each in values.items()}))
        except InterdepError as error:
            variants.append(str(error))
    sound = [each for each in variants if not isinstance(each, str)]
    solutions = iter(type(model).solve_draws(sound, world, list(forcings.values()), at))
    regions, industries = world.shape
    lost = {name: np.full((draws, regions * industries), np.nan) for name in forcings}
    real: dict[str, Floats] = {}
    expenditure: dict[str, Floats] = {}
    reasons: dict[str, Counter[str]] = {name: Counter() for name in forcings}
    told(0)
    for k, variant in enumerate(variants):
        outcomes = [Outcome(variant)] * len(forcings) if isinstance(variant, str) else next(solutions)
        for name, outcome in zip(forcings, outcomes, strict=True):
            if not outcome.ok:
                reasons[name][_kind(outcome.status)] += 1
                continue
            lost[name][k] = outcome.columns["value_added_lost"]
            if "real_expenditure_lost" in outcome.economies:
                room = real.setdefault(name, np.full((draws, regions), np.nan))
                room[k] = outcome.economies["real_expenditure_lost"]
                expenditure[name] = outcome.economies["expenditure"]
        told(k + 1)
    return {
        name: Drawn(
            each.reshape(draws, regions, industries).sum(axis=2), quantiles(each), real.get(name), expenditure.get(name),
            dict(reasons[name].most_common()),
        )
        for name, each in lost.items()
    }  # fmt: skip


def quantiles(values: Floats) -> Floats:
    """(3, columns) the `QUANTILES` of the rows that have a result; NaN where none has."""
    good = values[np.isfinite(values).all(axis=1)]
    if not len(good):
        return np.full((len(QUANTILES), values.shape[1]), np.nan)
    return np.quantile(good, list(QUANTILES.values()), axis=0)


def _kind(reason: str) -> str:
    """A reason without its numbers of one draw, so that equal ones are counted together."""
    return "did not converge" if reason.startswith("did not converge") else reason


def _how(model: Model, world: World, values: Mapping[str, Floats], draws: int, seed: int) -> str:
    """How a model was drawn, in one sentence."""
    ranges = ranges_of(model, world)
    each = [f"{name} {r.low:g} to {r.high:g} around {r.value:g}" for name, r in ranges.items() if name in values]
    fixed = [
        f"; {name} = {r.value:g} is set outside its range of {r.low:g} to {r.high:g} and stays fixed"
        for name, r in ranges.items()
        if not r.inside
    ]
    if not each:
        return f"{model.name}: no parameter has a range to draw from{''.join(fixed)}"
    return (
        f"{model.name}, {draws} draws with seed {seed} (Latin hypercube, triangular): {', '.join(each)}{''.join(fixed)}"
    )
