"""What a proposal hits: the target's trade with each member, by product and mode of transport where data tell them apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from interdep.errors import InputError, MissingData, first_five

if TYPE_CHECKING:
    from interdep.agreement.proposal import Put
    from interdep.provenance import Source
    from interdep.trade import Trade
    from interdep.world import World

ALL = "all"
"""The product or mode of a cell where the data do not tell them apart."""

Cell = tuple[str, str, str]
"""Member, product, mode of transport."""


@dataclass(frozen=True)
class Sales:
    """The target's yearly sales of what the proposal bans (in a World: its trade that is cut), in cells of member, product, mode.

    value: in `unit`; tonnes: where every weight of the cell is known; year: of the data; unknown: members of which the data
    hold no imports; about: what the figures are, in words.
    """

    cells: tuple[Cell, ...]
    value: dict[Cell, float]
    tonnes: dict[Cell, float | None]
    unit: str
    scale: float
    year: int | None
    unknown: tuple[str, ...]
    about: str
    sources: tuple[Source, ...] = ()

    def part(self, exempt: dict[Cell, float], products: Sequence[str] | None = None, by: str = "value") -> float | None:
        """The share of the sales that is still hit where parts (0 to 1) of cells are exempt; None where it is not known.

        products: of these alone; by: "value" or "tonnes".
        """
        cells = [c for c in self.cells if products is None or c[1] in products]
        weight = [(self.value if by == "value" else self.tonnes)[c] for c in cells]
        if not cells or any(w is None for w in weight):
            return None
        whole = sum(w for w in weight if w is not None)
        hit = sum(w * (1.0 - exempt.get(c, 0.0)) for w, c in zip(weight, cells, strict=True) if w is not None)
        return hit / whole if whole > 0 else None

    def weights(self) -> np.ndarray:
        """(cells,) each cell's share of all the sales, by value."""
        values = np.array([self.value[c] for c in self.cells], dtype=float)
        return values / values.sum() if values.sum() > 0 else values


def sales_by_mode(put: Put, members: Sequence[str], as_of: date | None, trade: Trade | None = None) -> Sales | None:
    """The sales of a proposal that names products, in the first packaged table by mode that covers them (or in `trade`).

    None where no table does. Only years that were over on the day `as_of` are read, the last of them.
    """
    wanted = put.proposal.products
    if wanted is None:
        return None
    for table in [trade] if trade is not None else _tables_by_mode():
        found = _read(table, put, wanted, members, as_of) if _covers(table, put, wanted) else None
        if found is not None:
            return found
    return None


def _tables_by_mode() -> list[Trade]:
    from interdep.trade.folder import packaged, read_trade

    return [table for table in map(read_trade, packaged()) if table.moded]


def _covers(table: Trade, put: Put, wanted: Sequence[str]) -> bool:
    held = table.products
    return (
        table.amounts
        and table.classification == put.proposal.products_in
        and all(len(p) == table.digits and (held is None or p in held) for p in wanted)
    )


def _read(table: Trade, put: Put, wanted: Sequence[str], members: Sequence[str], as_of: date | None) -> Sales | None:
    import polars as pl

    years = [y for y in table.periods if as_of is None or y < as_of.year]
    if not years:
        raise MissingData(f"as of {as_of} {table.name} has no finished year; its first is {min(table.periods)}")
    known = [m for m in members if table.covers(m)]
    if not known:
        return None
    year = max(years)
    frame = (
        table.scan([year])
        .filter(
            (pl.col("exporter").cast(pl.String) == put.proposal.target)
            & pl.col("importer").cast(pl.String).is_in(known)
            & pl.col("product").cast(pl.String).is_in(list(wanted))
        )
        .collect()
    )
    if frame["value"].null_count():
        row = frame.filter(pl.col("value").is_null()).row(0, named=True)
        raise MissingData(f"{table.name} has no value for {row['product']} to {row['importer']} in {year}")
    if "mode" not in frame.columns:
        frame = frame.with_columns(pl.lit(ALL).alias("mode"))
    if "quantity" not in frame.columns:
        frame = frame.with_columns(pl.lit(None, dtype=pl.Float64).alias("quantity"))
    # A missing weight stays missing in the sum: it is not zero.
    weight = pl.when(pl.col("quantity").is_null().any()).then(None).otherwise(pl.col("quantity").sum())
    keys = [pl.col(c).cast(pl.String) for c in ("importer", "product", "mode")]
    sums = frame.group_by(keys).agg(pl.col("value").sum(), weight.alias("quantity")).sort("importer", "product", "mode")
    rows = [((r["importer"], r["product"], r["mode"]), r) for r in sums.iter_rows(named=True)]
    return Sales(
        tuple(cell for cell, _ in rows), {c: float(r["value"]) for c, r in rows}, {c: r["quantity"] for c, r in rows},
        table.unit, table.scale, year, tuple(m for m in members if m not in known),
        f"imports of {', '.join(wanted)} from {put.proposal.target} in {year}, {table.name}", table.provenance.sources,
    )  # fmt: skip


def sales_in_world(put: Put, members: Sequence[str], world: World, trades: Sequence[Trade] | None) -> Sales:
    """What the scenario cuts of the trade between the target and each member, both ways, one cell a member; in the World's money.

    Raises InputError where it cuts nothing between them.
    """
    forcing = put.scenario.on(world, trade=trades)
    rows, lost = forcing.deliveries_lost("average")
    regions, industries = world.shape
    target = world.economy_index(put.proposal.target)
    place_of = {m: world.economy_index(m) for m in members if m in world.economies}
    value = dict.fromkeys(place_of, 0.0)
    for place, row in enumerate(rows):
        cut = lost[place] * np.concatenate(
            [world.intermediate[row].reshape(regions, industries), world.final_use[row].clip(0.0)], axis=1
        )
        for member, at in place_of.items():
            if row // industries == target:
                value[member] += float(cut[at].sum())
            elif row // industries == at:
                value[member] += float(cut[target].sum())
    cells = tuple((m, ALL, ALL) for m in value)
    if not any(value.values()):
        raise InputError(
            f"{put.scenario.name} cuts no delivery between {put.proposal.target} and {first_five(list(value))}, so there is"
            " nothing that an exemption could give back; check its target and members"
        )
    return Sales(
        cells, {(m, ALL, ALL): v for m, v in value.items()}, dict.fromkeys(cells), world.money.currency, world.money.scale,
        world.year, tuple(m for m in members if m not in value),
        f"trade between {put.proposal.target} and members that {put.scenario.name} cuts, a year's of {world.name}",
        forcing.sources,
    )  # fmt: skip
