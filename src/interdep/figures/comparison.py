"""Figure: losses of several scenarios side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from interdep.errors import InputError, first_five
from interdep.figures.bars import Bar, block
from interdep.figures.figure import Figure, stem
from interdep.figures.labels import display, finite, model_text, only_row_each, share_text, year_text
from interdep.figures.theme import FULL_WIDTH, PALETTE, framed
from interdep.figures.words import say, sentence
from interdep.tables import Table


def compare_bars(
    table: Table,
    top: int = 10,
    names: Mapping[str, str] | None = None,
    width: float = FULL_WIDTH,
    lang: str = "en",
    group: Literal["economy", "scenario"] = "economy",
) -> Figure:
    """Loss shares of several scenarios (or models), one bar each, the group with the largest loss first.

    table: what `compare` gives: dims (model, scenario, economy) with loss_share as a fraction of yearly value added;
    top: how many groups; names: what to print for codes of economies, scenarios and models; group: what one row of bars
    stands for, an economy (bars are scenarios) or a scenario (bars are economies).
    Raises InputError where there are more than five series to tell apart, or none.
    """
    if top < 1:
        raise InputError(f"top is {top}; show at least one {group}")
    rows = table.to_rows()
    if not rows:
        raise InputError(f"table {table.name!r} has no rows; there is nothing to compare")
    only_row_each(rows, ["model", "scenario", "economy"], table.name)
    models = list(dict.fromkeys(row["model"] for row in rows))
    shown = display([*dict.fromkeys(r["scenario"] for r in rows), *dict.fromkeys(r["economy"] for r in rows)], names)
    model_names = {m: model_text(m, names, lang) for m in models}

    def with_model(row: Mapping[str, Any], dim: str) -> str:
        return shown[row[dim]] if len(models) == 1 else f"{shown[row[dim]]} ({model_names[row['model']]})"

    other = "scenario" if group == "economy" else "economy"
    label = {id(row): shown[row["economy"]] if group == "economy" else with_model(row, "scenario") for row in rows}
    member = {id(row): with_model(row, "scenario") if group == "economy" else shown[row["economy"]] for row in rows}
    groups, series = list(dict.fromkeys(label.values())), list(dict.fromkeys(member.values()))
    if len(series) > len(PALETTE):
        what = "scenarios and models" if other == "scenario" else "economies"
        raise InputError(
            f"{len(series)} {what} in one figure ({first_five(series)}); at most {len(PALETTE)} can be told apart,"
            f" choose some with .where(), or group by {other}"
        )
    values = {(label[id(row)], member[id(row)]): finite(row["loss_share"]) for row in rows}

    def largest(name: str) -> float:
        found = (values.get((name, each)) for each in series)
        return max((v for v in found if v is not None), default=float("-inf"))

    ordered = sorted(groups, key=lambda name: (-largest(name), name))[:top]
    bars = [
        Bar(name, values.get((name, each)), share_text(values.get((name, each)), lang), series=each)
        for name in ordered
        for each in series
    ]
    worst = max((b for b in bars if b.value is not None), key=lambda b: b.value or 0.0, default=None)
    everything = say(lang, "list").join(series if group == "economy" else groups)
    if worst is None:
        title = say(lang, "no_value", where=everything)
    elif (worst.value or 0.0) <= 0:
        title = say(lang, "none_loses", where=everything)
    else:
        who, what = (worst.label, worst.series) if group == "economy" else (worst.series, worst.label)
        title = say(lang, "compare_title", name=who, value=worst.text, series=what)
    about = say(lang, "compare_subtitle", year=year_text(table.provenance.data_year, lang))
    by_model = say(lang, "compare_model", model=model_names[models[0]]) if len(models) == 1 else ""
    note = say(lang, "compare_top", n=len(ordered), all=len(groups)) if len(ordered) < len(groups) else ""
    said = [
        f"{name}: "
        + say(lang, "list").join(say(lang, "rest_alt", name=b.series, value=b.text) for b in bars if b.label == name)
        for name in ordered[:3]
    ]
    alt = sentence(say(lang, "bar_chart"), about, by_model, "; ".join(said) + say(lang, "stop"))
    colours = dict(zip(series, PALETTE, strict=False))
    spec = framed(title, sentence(about, by_model, note), alt, width, block(bars, width, colours))
    scenarios = list(dict.fromkeys(r["scenario"] for r in rows))
    named = scenarios if len(scenarios) <= 3 else [scenarios[0], "and", str(len(scenarios) - 1), "more"]
    return Figure(stem("compare", *named), title, alt, spec, table)
