"""Figure: losses of several scenarios side by side."""

from __future__ import annotations

from collections.abc import Mapping

from interdep.errors import InputError, first_five
from interdep.figures.bars import Bar, block
from interdep.figures.figure import Figure, stem
from interdep.figures.labels import display, finite, only_row_each, share_text, year_text
from interdep.figures.theme import FULL_WIDTH, PALETTE, framed
from interdep.figures.words import say, sentence
from interdep.tables import Table


def compare_bars(
    table: Table,
    top: int = 10,
    names: Mapping[str, str] | None = None,
    width: float = FULL_WIDTH,
    lang: str = "en",
) -> Figure:
    """Loss shares of several scenarios (or models), one bar each, grouped by economy, the largest loss first.

    table: what `compare` gives: dims (model, scenario, economy) with loss_share as a fraction of yearly value added;
    top: how many economies or groups; names: what to print for codes of economies, scenarios and models.
    Raises InputError where there are more than five series to tell apart, or none.
    """
    if top < 1:
        raise InputError(f"top is {top}; show at least one economy")
    rows = table.to_rows()
    if not rows:
        raise InputError(f"table {table.name!r} has no rows; there is nothing to compare")
    only_row_each(rows, ["model", "scenario", "economy"], table.name)
    pairs = list(dict.fromkeys((row["model"], row["scenario"]) for row in rows))
    models = list(dict.fromkeys(model for model, _ in pairs))
    if len(pairs) > len(PALETTE):
        found = first_five([f"{s} in {m}" for m, s in pairs])
        raise InputError(
            f"{len(pairs)} scenarios and models in one figure ({found}); at most {len(PALETTE)} can be told apart,"
            " choose some with .where()"
        )
    economies = list(dict.fromkeys(row["economy"] for row in rows))
    shown = display([*dict.fromkeys(s for _, s in pairs), *economies], names)
    model_names = {m: (names or {}).get(m, m.capitalize()) for m in models}
    series = {
        (m, s): shown[s] if len(models) == 1 else f"{shown[s]} ({model_names[m]})"
        for m, s in pairs
    }  # fmt: skip
    values = {(row["model"], row["scenario"], row["economy"]): finite(row["loss_share"]) for row in rows}

    def largest(economy: str) -> float:
        found = (values.get((m, s, economy)) for m, s in pairs)
        return max((v for v in found if v is not None), default=float("-inf"))

    ordered = sorted(economies, key=lambda e: (-largest(e), e))[:top]
    bars = [
        Bar(shown[e], values.get((m, s, e)), share_text(values.get((m, s, e))), series=series[m, s])
        for e in ordered
        for m, s in pairs
    ]
    colours = dict(zip(series.values(), PALETTE, strict=False))
    worst = max((b for b in bars if b.value is not None), key=lambda b: b.value or 0.0, default=None)
    everything = say(lang, "list").join(series.values())
    if worst is None:
        title = say(lang, "no_value", where=everything)
    elif (worst.value or 0.0) <= 0:
        title = say(lang, "none_loses", where=everything)
    else:
        title = say(lang, "compare_title", name=worst.label, value=worst.text, series=worst.series)
    about = say(lang, "compare_subtitle", year=year_text(table.provenance.data_year, lang))
    by_model = say(lang, "compare_model", model=model_names[models[0]]) if len(models) == 1 else ""
    note = say(lang, "compare_top", n=len(ordered), all=len(economies)) if len(ordered) < len(economies) else ""
    said = [
        say(lang, "rest_alt", name=shown[e], value=say(lang, "list").join(
            say(lang, "rest_alt", name=b.series, value=b.text) for b in bars if b.label == shown[e]
        ))
        for e in ordered[:3]
    ]
    alt = sentence(say(lang, "bar_chart"), about, by_model, "; ".join(said) + say(lang, "stop"))
    spec = framed(title, sentence(about, by_model, note), alt, width, block(bars, width, colours))
    return Figure(stem("compare", *dict.fromkeys(s for _, s in pairs)), title, alt, spec, table)
