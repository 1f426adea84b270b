"""The fan: one answer under the default parameters and under each end of their ranges, and which of them decides it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from interdep.models.ario import Ario
from interdep.models.run import Run, run
from interdep.parameter import parameters_of
from interdep.shocks.scenario import Scenario
from interdep.tables import Table, load_tables, save_tables
from interdep.trade import Trade
from interdep.world import World

DEFAULT = "default"

RANGE: tuple[str, ...] = ("low", "lower", "value", "upper", "high")

STOCKS = ("stock_goods", "stock_mining", "stock_electronics", "stock_services")


OTHER_WAY = {
    "orders": ("reroute", "keep"),
    "rationing": ("proportional", "industries first"),
    "essential": ("rule", "every input"),
}
"""Choices and their two settings that are tried."""


def variants(model: Ario) -> dict[str, Ario]:
    """The default and what is tried beside it, by name: both ends of every range one at a time, stocks all together.

    Choices, which have no range (re-routing, rationing, the rule of essential inputs), are turned to their other setting.
    """
    known = parameters_of(model)
    found = {DEFAULT: model}
    for end in ("low", "high"):
        found[f"stocks {end}"] = replace(model, **{name: getattr(known[name], end) for name in STOCKS})
    for name, about in known.items():
        if name in STOCKS or about.low is None:
            continue
        for value in (about.low, about.high):
            if value != getattr(model, name):
                found[f"{name} {value:g}"] = replace(model, **{name: value})
    for name, (one, other) in OTHER_WAY.items():
        value = other if getattr(model, name) == one else one
        found[f"{name} {value}"] = replace(model, **{name: value})
    return found


@dataclass(frozen=True, eq=False)
class Fan:
    """What the parameter ranges make of the scenarios, for groups of economies.

    losses: Table over (parameter, scenario, economy), one row a variant ("default" first); daily: Table over (scenario,
    economy, day) of that day's loss as a part of normal; run: the default's own Run. Where there is a range, `low` and
    `high` are the smallest and largest variant, `lower` and `upper` hold the middle half of them; no probability is meant.
    """

    losses: Table
    daily: Table
    run: Run

    def ranges(self) -> Table:
        """The loss over the horizon by (scenario, economy): low, lower, value (default), upper, high."""
        frame = self.losses.frame.group_by("scenario", "economy", maintain_order=True).agg(*_spread())
        units = dict.fromkeys(RANGE, self.losses.units["loss_share"])
        return Table("ranges", frame, ("scenario", "economy"), units, "Loss and its range", {}, self.losses.provenance)

    def deciding(self, scenario: str, economy: str) -> list[tuple[str, float]]:
        """(variant, its loss share less the default's), the one that moves the answer most first."""
        rows = self.losses.where(scenario=scenario, economy=economy).to_rows()
        default = next(r["loss_share"] for r in rows if r["parameter"] == DEFAULT)
        moved = [(r["parameter"], r["loss_share"] - default) for r in rows if r["parameter"] != DEFAULT]
        return sorted(moved, key=lambda each: -abs(each[1]))

    def save(self, folder: Path) -> None:
        """Write the tables and the default's Run, to be read back by `load`."""
        self.run.save(folder / "default")
        save_tables(folder, {"losses": self.losses, "daily": self.daily}, kind="fan")

    @classmethod
    def load(cls, folder: Path) -> Fan:
        """The fan saved in a folder."""
        tables, _ = load_tables(folder, "fan")
        return cls(tables["losses"], tables["daily"], Run.load(folder / "default"))


def fan(
    scenarios: Sequence[Scenario],
    groups: Mapping[str, Sequence[str]],
    world: World | None = None,
    model: Ario | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
    trade: Trade | Sequence[Trade] | None = None,
) -> Fan:
    """Every scenario in every variant of the model, for groups of economies {label: members}; trade: see `run`."""
    import polars as pl

    world = world if world is not None else World.read()
    tried = variants(model or Ario())
    if not any(shock.effect == "cost" for scenario in scenarios for shock in scenario.shocks):
        # Nothing becomes dearer, so that this elasticity can move nothing: its variants would only narrow the middle half.
        tried = {name: each for name, each in tried.items() if not name.startswith("trade_elasticity ")}
    losses: list[pl.DataFrame] = []
    days: list[pl.DataFrame] = []
    first: Run | None = None
    for place, (name, each) in enumerate(tried.items()):
        progress(place, len(tried))
        made = run(list(scenarios), models=each, world=world, trade=trade)
        first = first or made
        label = pl.lit(name).alias("parameter")
        losses.append(made.loss.grouped("economy", groups).frame.drop("model").with_columns(label))
        days.append(made.daily.grouped("economy", groups, "day").frame.drop("model").with_columns(label))
    progress(len(tried), len(tried))
    assert first is not None
    return Fan(_losses(losses, first), _band(days, first), first)


def _losses(frames: list[Any], first: Run) -> Table:
    import polars as pl

    frame = pl.concat(frames, how="diagonal")
    columns = ("value_added_lost", "value_added", "loss_share")
    return Table(
        "losses", frame.select("parameter", "scenario", "economy", *columns), ("parameter", "scenario", "economy"),
        {c: first.loss.units[c] for c in columns}, "Value added lost, parameter by parameter", dict(first.loss.ratios),
        first.provenance,
    )  # fmt: skip


def _band(frames: list[Any], first: Run) -> Table:
    import polars as pl

    frame = pl.concat(frames).group_by("scenario", "economy", "day", maintain_order=True).agg(*_spread())
    units = dict.fromkeys(RANGE, first.daily.units["loss_share"])
    return Table(
        "daily", frame, ("scenario", "economy", "day"), units, "Loss day by day and its range", {}, first.provenance
    )


def _spread() -> list[Any]:
    """The five columns of a range, over the variants of one cell."""
    import polars as pl

    share = pl.col("loss_share")
    at_default = share.filter(pl.col("parameter") == DEFAULT).first()
    return [
        share.min().alias("low"), share.quantile(0.25, "linear").alias("lower"), at_default.alias("value"),
        share.quantile(0.75, "linear").alias("upper"), share.max().alias("high"),
    ]  # fmt: skip
