"""Verdict: one sentence on where models disagree about a loss, by how much, and why; made from what they found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from interdep.models.equilibrium.model import OF_INDUSTRY
from interdep.models.timeline import first_bites
from interdep.units import per_cent, significant

if TYPE_CHECKING:
    from interdep.models.run import Run

NOTHING = 1e-5
"""A loss share under this is next to nothing."""

ALIKE = 1.5
"""Without ranges, losses that differ by less than this factor are told as much the same."""

WHEN = {"leontief": "in the first order", "ario": "day by day", "equilibrium": "once prices have adjusted"}
"""The models as a sentence names them: by what they look at."""

MORE = {
    "leontief": "nothing that is missing is replaced, and nobody finds other work",
    "ario": "what is missing, and what is no longer ordered, passes through the chain and is made up for only in part",
    "equilibrium": "what is scarce is dearer for everybody who uses it",
}
"""Why a model that says most says more than another."""

BITES = "nothing replaces an essential input once stocks are used up"
"""The same for a model of days in which an input does hold production back."""

LESS = {
    "leontief": "the first order weighs what is missing by its value alone",
    "ario": "day by day stocks, spare capacity and other suppliers make up for what is missing",
    "equilibrium": "once prices have adjusted, buyers have other suppliers and products, and workers other work",
}
"""Why a model that says least says less than another."""

GAIN = {
    "ario": "day by day the orders that others cannot fill go to it",
    "equilibrium": "once prices have adjusted, it sells more or dearer, or buys cheaper what others no longer take",
}
"""Why an economy gains in a model."""

WORDS = {
    "value_added_elasticity": "how easily work and capital replace inputs",
    "input_elasticity": "how easily inputs replace each other",
    "final_elasticity": "how easily final users replace products",
    "trade_elasticity": "the trade elasticity of industries without an estimate of their own",
    "horizon_factor": "how far trade has adjusted",
    "mobility": "how freely work and capital move between industries",
    "labour_elasticity": "how much value added follows output",
}
"""Parameters as sentences name them; those of one industry are named by `parameter_words`."""


@dataclass(frozen=True)
class View:
    """What one model says of one economy or group in one scenario.

    value: value added lost as a part of a year's; low, high: its range, None without; seen: what in the result lies behind
    it, as a part of a sentence; decides: the parameter that moves it most, with the loss at either end; empty where unknown.
    """

    model: str
    value: float
    low: float | None = None
    high: float | None = None
    seen: str = ""
    decides: str = ""


def views(
    run: Run, groups: Mapping[str, Sequence[str]] | None = None, names: Mapping[str, str] | None = None
) -> dict[tuple[str, str], list[View]]:
    """(scenario, economy or group) to the views of the models of a run; names: what to call industries."""
    if not len(run.loss):
        return {}
    names = names or {}
    groups = groups or {code: (code,) for code in run.loss.frame["economy"].unique(maintain_order=True).to_list()}
    found: dict[tuple[str, str], list[View]] = {}
    ranged = _by_cell(run.ranges(groups).to_rows()) if run.sample else {}
    behind = {**_bites(run, groups, names), **_dearer(run, groups)}
    decides = _decides(run, groups, names)
    for row in run.loss.grouped("economy", groups).to_rows():
        cell = (row["model"], row["scenario"], row["economy"])
        spread = ranged.get(cell, {})
        view = View(
            row["model"],
            row["loss_share"],
            spread.get("low"),
            spread.get("high"),
            behind.get(cell, ""),
            decides.get(cell, ""),
        )
        if row["loss_share"] is not None:
            found.setdefault((row["scenario"], row["economy"]), []).append(view)
    return found


def verdict(views: Sequence[View], name: str, short: bool = False) -> str:
    """Where the models disagree about what `name` loses, and why, in one sentence; empty where under two have a result.

    short: without the ranges and without what decides, for a place where a table has them.
    """
    if len(views) < 2:
        return ""
    if all(abs(each.value) < NOTHING for each in views):
        return f"{name}: next to nothing in every model (under {per_cent(NOTHING)} of a year's value added)."
    least, *_, most = sorted(views, key=lambda each: each.value)
    said = ", ".join(f"{per_cent(each.value) if short else _amount(each)} {_when(each)}" for each in views)
    open_ = [each.decides for each in views if each.decides and abs(each.value) >= NOTHING and not short]
    return f"{'; '.join([f'{name}: {said}', _judged(most, least), *open_])}."


def _judged(most: View, least: View) -> str:
    """How far the largest and the smallest are apart, and why; or that they do not contradict each other."""
    apart = ""
    if None not in (most.low, most.high, least.low, least.high):
        low, high = max(most.low, least.low), min(most.high, least.high)  # pyright: ignore
        if low <= high:
            return (
                f"the ranges {_when(most)} and {_when(least)} overlap, from {_span(low, high)}, so that the two do not disagree"
                " beyond what their parameters leave open"
            )
        apart = ", and their ranges do not meet"
    why = f"{BITES if most.model == 'ario' and most.seen else MORE.get(most.model, 'it says more')}{_seen(most)}"
    if least.value <= -NOTHING and most.value >= NOTHING:
        gain = GAIN.get(least.model, f"{_when(least)} it gains")
        return f"the models disagree on whether it loses at all{apart}: {_when(most)} {why}, while {gain}"
    if most.value < NOTHING:
        return "no model sees a loss"
    if not apart and least.value > 0 and most.value / least.value < ALIKE:
        return "the models say much the same"
    far = f"{significant(most.value / least.value, 2)} times what it is" if least.value >= NOTHING else "far more than"
    less = LESS.get(least.model, f"{least.model} says less")
    return f"{_when(most)} it is {far} {_when(least)}{apart}: {why}, while {less}"


def _when(view: View) -> str:
    return WHEN.get(view.model, f"in {view.model}")


def _seen(view: View) -> str:
    return f" ({view.seen})" if view.seen else ""


def _amount(view: View) -> str:
    spread = "" if view.low is None or view.high is None else f" ({_span(view.low, view.high)})"
    return f"{per_cent(view.value)}{spread}"


def _span(low: float, high: float) -> str:
    return f"{per_cent(low).removesuffix(' %')} to {per_cent(high)}"


def parameter_words(name: str, names: Mapping[str, str] | None = None) -> str:
    """A parameter as a sentence names it."""
    if name.startswith(OF_INDUSTRY):
        code = name.removeprefix(OF_INDUSTRY)
        return f"the trade elasticity of {(names or {}).get(code, code)}"
    return WORDS.get(name, name)


def _by_cell(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    return {(r["model"], r["scenario"], r["economy"]): r for r in rows}


def _bites(run: Run, groups: Mapping[str, Sequence[str]], names: Mapping[str, str]) -> dict[tuple[str, str, str], str]:
    """The first input that holds production back, by (model, scenario, economy), where days are followed."""
    if "bottlenecks" not in run.days:
        return {}
    found = {}
    for model in run.bottlenecks.frame["model"].unique().to_list():
        rows = first_bites(run, groups, model).to_rows()
        for row in sorted(rows, key=lambda r: (r["first_day"], -r["held"]), reverse=True):
            who, what = (names.get(row[k], row[k]) for k in ("industry", "product"))
            short = "runs short of its own product" if row["industry"] == row["product"] else f"lacks {what}"
            found[model, row["scenario"], row["economy"]] = f"{who} {short} from day {row['first_day']}"
    return found


def _dearer(run: Run, groups: Mapping[str, Sequence[str]]) -> dict[tuple[str, str, str], str]:
    """How much dearer final goods are against what work and capital earn, by (model, scenario, economy)."""
    if "economies" not in run.markets:
        return {}
    found = {}
    rows = run.economies.to_rows()
    for label, members in groups.items():
        sums: dict[tuple[str, str], list[float]] = {}
        for row in rows:
            if row["economy"] in members:
                total = sums.setdefault((row["model"], row["scenario"]), [0.0, 0.0])
                total[0] += row["expenditure"] * (row["price_index"] / row["factor_price"] - 1)
                total[1] += row["expenditure"]
        for (model, scenario), (weighted, total) in sums.items():
            if total > 0 and weighted / total >= NOTHING:
                found[model, scenario, label] = (
                    f"final goods cost {per_cent(weighted / total)} more against what work earns"
                )
    return found


def _decides(
    run: Run, groups: Mapping[str, Sequence[str]], names: Mapping[str, str]
) -> dict[tuple[str, str, str], str]:
    """The parameter that moves a loss most and what the loss is at either end of it, where prices adjust."""
    if not run.sample or "economies" not in run.markets:
        return {}
    priced = set(run.economies.frame["model"].unique().to_list())
    chance = 2 / run.provenance.extra["draws"] ** 0.5
    found: dict[tuple[str, str, str], str] = {}
    for row in run.deciding(groups).to_rows():
        cell = (row["model"], row["scenario"], row["economy"])
        # As `deciding` sorts them, the first row of a cell is the parameter that moves it most.
        if row["model"] in priced and cell not in found:
            strong = row["correlation"] is not None and abs(row["correlation"]) >= chance
            found[cell] = "" if not strong else (
                f"what decides {WHEN['equilibrium']} is {parameter_words(row['parameter'], names)}:"
                f" {per_cent(row['lower_fifth'])} where it is lowest, {per_cent(row['upper_fifth'])} where it is highest"
            )  # fmt: skip
    return found
