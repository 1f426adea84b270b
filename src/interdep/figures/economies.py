"""Figure: which economies lose how much of their value added in one scenario."""

from __future__ import annotations

from collections.abc import Mapping

from interdep.errors import InputError
from interdep.figures.bars import Bar, block
from interdep.figures.figure import Figure, stem
from interdep.figures.labels import display, finite, model_text, only_row_each, share_text, year_text
from interdep.figures.theme import HALF_WIDTH, framed
from interdep.figures.words import say, sentence
from interdep.tables import Table


def loss_by_economy(
    loss: Table,
    scenario: str,
    model: str = "leontief",
    top: int = 10,
    names: Mapping[str, str] | None = None,
    width: float = HALF_WIDTH,
    lang: str = "en",
) -> Figure:
    """Loss of each economy, per cent of its yearly value added: the largest, and the others as one weighted mean.

    loss: a run's `loss`, dims (model, scenario, economy, ...), columns value_added_lost, value_added (money) and
    loss_share; names: what to print for codes of economies, the scenario and the model; width: pixels; lang: en or ja.
    Economies without a value stand in a row of their own as "n/a". Raises InputError for unknown labels.
    """
    if top < 1:
        raise InputError(f"top is {top}; show at least one economy")
    chosen = loss.where(model=model, scenario=scenario).by("economy")
    rows = chosen.to_rows()
    only_row_each(rows, ["economy"], loss.name)
    shares = {row["economy"]: finite(row["loss_share"]) for row in rows}
    shown = display([model, scenario, *shares], names)
    known = sorted((e for e, s in shares.items() if s is not None), key=lambda e: (-(shares[e] or 0.0), e))
    absent = [e for e, s in shares.items() if s is None]
    # A lone other economy is shown by its name.
    leading = known if len(known) <= top + 1 else known[:top]
    bars = [Bar(shown[e], shares[e], share_text(shares[e], lang)) for e in leading]
    others = [row for row in rows if row["economy"] in known[len(leading) :]]
    if others:
        made = sum(row["value_added"] for row in others)
        mean = sum(row["value_added_lost"] for row in others) / made if made > 0 else None
        bars.append(Bar(say(lang, "other_economies", n=len(others)), mean, share_text(mean, lang), rest=True))
    if absent:
        label = shown[absent[0]] if len(absent) == 1 else say(lang, "missing_rows", n=len(absent))
        bars.append(Bar(label, None, share_text(None, lang), rest=True))
    worst = shares[known[0]] if known else None
    if worst is None:
        title = say(lang, "no_value", where=shown[scenario])
    elif worst <= 0:
        title = say(lang, "none_loses", where=shown[scenario])
    else:
        title = say(lang, "loses_most", name=shown[known[0]], value=share_text(worst, lang))
    model_name = model_text(model, names, lang)
    year = year_text(loss.provenance.data_year, lang)
    about = say(lang, "economy_subtitle", scenario=shown[scenario], year=year, model=model_name)
    note = say(lang, "ten_of", n=len(leading), all=len(shares)) if others else ""
    numbers = [say(lang, "rest_alt", name=bar.label, value=bar.text) for bar in [*bars[:3], *bars[3:][-1:]]]
    alt = sentence(say(lang, "bar_chart"), about, say(lang, "list").join(numbers) + say(lang, "stop"))
    spec = framed(title, sentence(about, note), alt, width, block(bars, width))
    return Figure(stem("loss-by-economy", scenario, model), title, alt, spec, chosen)
