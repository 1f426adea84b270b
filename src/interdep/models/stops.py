"""Every foreign supplier stopped in turn, seen by a few buyers: by Leontief's rank-one updates, or from a sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from interdep.models.leontief import Leontief, every_supplier_stop
from interdep.models.sweep import Sweep
from interdep.tables import Table
from interdep.world import World


def supplier_stops(
    world: World, buyers: Mapping[str, Sequence[str]], days: int = 365, model: Leontief | None = None
) -> Table:
    """Loss of each buyer when one industry of one foreign economy stops delivering abroad, for every such supplier.

    buyers: {label: members}. Dimensions: supplier, industry (the supplier's), buyer; suppliers that are members of the
    buyer are left out, and so are those without output.
    """
    import polars as pl

    regions, industries = world.shape
    model = model or Leontief()
    lost, exposed = every_supplier_stop(world, days=days, model=model)
    live = world.live.reshape(regions, industries)
    frames = []
    for buyer, members in buyers.items():
        nodes = world.node_mask(members, world.industries)
        yearly = float(world.value_added[nodes].sum())
        outside = np.array([economy not in members for economy in world.economies])
        keep = (live & outside[:, None]).reshape(-1)
        loss, reach = lost[:, nodes].sum(axis=1)[keep], exposed[:, nodes].sum(axis=1)[keep]
        frames.append(
            pl.DataFrame(
                {
                    "supplier": np.repeat(world.economies, industries)[keep],
                    "industry": np.tile(world.industries, regions)[keep],
                    "buyer": [buyer] * int(keep.sum()),
                    "value_added_lost": loss,
                    "value_added_exposed": reach,
                    "loss_share": loss / yearly,
                    "exposed_share": reach / yearly,
                }
            )
        )
    money, share = f"{world.money} over {days} days", "fraction of yearly value added"
    return Table(
        "supplier_stops",
        pl.concat(frames),
        ("supplier", "industry", "buyer"),
        {"value_added_lost": money, "value_added_exposed": money, "loss_share": share, "exposed_share": share},
        "Every foreign supplier stopped in turn",
        provenance=world.provenance.with_sources(*model.sources).then(
            f"every single-supplier stop on {world.name}, {days} days, rank-one updates of one inverse"
        ),
    )


def stops_of_sweep(done: Sweep, world: World, buyers: Mapping[str, Sequence[str]], days: int = 365) -> Table:
    """The table of `supplier_stops` from a sweep over `every_supplier` (value added exposed is Leontief's own)."""
    import polars as pl

    nodes = pl.DataFrame(
        [(f"{e} {i}", e, i) for e, i in world.nodes], schema=["scenario", "supplier", "industry"], orient="row"
    )
    inside = pl.col("buyer").replace_strict(
        {label: list(members) for label, members in buyers.items()}, return_dtype=pl.List(pl.String)
    )
    frame = (
        done.losses.frame.join(nodes, on="scenario", how="left", maintain_order="left")
        .filter(~inside.list.contains(pl.col("supplier")))
        .select("supplier", "industry", "buyer", "value_added_lost", "loss_share")
    )
    return Table(
        "supplier_stops", frame, ("supplier", "industry", "buyer"),
        {"value_added_lost": f"{world.money} over {days} days", "loss_share": done.losses.units["loss_share"]},
        "Every foreign supplier stopped in turn",
        provenance=done.losses.provenance.then(f"every single-supplier stop on {world.name}, {days} days, one by one"),
    )  # fmt: skip
