"""BoARIO 0.7.2 run on a World: the same table, the same events, its production of each day."""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from interdep.models.ario.boario import BoarioEvent
from interdep.world import World


def boario_production(
    world: World, events: Sequence[BoarioEvent], days: int, order_type: str, **options: object
) -> np.ndarray:
    """(T, N) daily production in the World's order, as BoARIO's own Simulation records it."""
    warnings.simplefilter("ignore")
    from boario import logger
    from boario.event import EventArbitraryProd, EventKapitalRecover
    from boario.extended_models import ARIOPsiModel
    from boario.simulation import Simulation

    logger.setLevel(logging.CRITICAL)
    system = world.to_pymrio()
    system.calc_all()
    factor = int(world.money.scale)
    made = []
    for event in events:
        impact = series(event.impact)
        common = {"impact": impact, "occurrence": event.occurrence, "duration": event.duration,
                  "recovery_tau": event.recovery_tau, "recovery_function": event.recovery}  # fmt: skip
        if event.kind == "arbitrary":
            made.append(EventArbitraryProd(**common))
        else:
            made.append(EventKapitalRecover(event_monetary_factor=factor, **common))
    model = ARIOPsiModel(system, order_type=order_type, monetary_factor=factor, **options)
    with tempfile.TemporaryDirectory() as folder:
        simulation = Simulation(model, n_temporal_units_to_sim=days, boario_output_dir=folder)
        simulation.add_events(made)
        simulation.loop()
        frame = simulation.production_realised
    wanted = pd.MultiIndex.from_tuples(world.nodes)
    return frame.loc[:, wanted].to_numpy()


def series(impact: Mapping[tuple[str, str], float]) -> pd.Series:
    index = pd.MultiIndex.from_tuples(list(impact), names=["region", "sector"])
    return pd.Series(list(impact.values()), index=index)
