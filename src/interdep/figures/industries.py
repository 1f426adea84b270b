"""Figure: which industries of a group of economies lose how much value added in one scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from interdep.errors import InputError
from interdep.figures.bars import Bar, block
from interdep.figures.figure import Figure, stem
from interdep.figures.labels import MoneyScale, display, finite, model_text, only_row_each, share_text
from interdep.figures.theme import HALF_WIDTH, framed
from interdep.figures.words import say, sentence
from interdep.tables import Table


def loss_by_industry(
    loss: Table,
    scenario: str,
    economies: Sequence[str],
    label: str,
    model: str = "leontief",
    top: int = 10,
    names: Mapping[str, str] | None = None,
    width: float = HALF_WIDTH,
    lang: str = "en",
) -> Figure:
    """Value added lost by industry, in money, with its share of the industry's own value added beside it.

    loss: a run's `loss`, dims (model, scenario, economy, industry), columns value_added_lost, value_added (money),
    loss_share; economies: codes summed over; label: what to call them; names: what to print for codes of industries,
    the scenario and the model; width: pixels; lang: en or ja. Industries without a value stand in a row of their own.
    Raises InputError for unknown labels.
    """
    if not economies:
        raise InputError(f"no economy is named for {label!r}; give its members")
    if top < 1:
        raise InputError(f"top is {top}; show at least one industry")
    chosen = loss.where(model=model, scenario=scenario, economy=list(economies)).by("industry")
    only_row_each(chosen.to_rows(), ["industry"], loss.name)
    rows = {row["industry"]: row for row in chosen.to_rows()}
    lost = {i: finite(row["value_added_lost"]) for i, row in rows.items()}
    shown = display([model, scenario, *lost], names)
    known = sorted((i for i, v in lost.items() if v is not None), key=lambda i: (-(lost[i] or 0.0), i))
    absent = [i for i, v in lost.items() if v is None]
    leading = known if len(known) <= top + 1 else known[:top]
    others = known[len(leading) :]
    rest = sum(lost[i] or 0.0 for i in others)
    money = MoneyScale(chosen.units["value_added_lost"], [*(lost[i] for i in leading), rest], lang)
    bars = [
        Bar(shown[i], lost[i], money.number(lost[i]), column=share_text(finite(rows[i]["loss_share"]), lang))
        for i in leading
    ]
    if others:
        made = [finite(rows[i]["value_added"]) for i in others]
        known_made = [v for v in made if v is not None]
        whole = len(known_made) == len(made) and sum(known_made) > 0
        share = share_text(rest / sum(known_made) if whole else None, lang)
        other = say(lang, "other_industries", n=len(others))
        bars.append(Bar(other, rest, money.number(rest), rest=True, column=share))
    if absent:
        row_label = shown[absent[0]] if len(absent) == 1 else say(lang, "missing_rows", n=len(absent))
        bars.append(Bar(row_label, None, money.number(None), rest=True))
    worst = lost[known[0]] if known else None
    if worst is None:
        title = say(lang, "no_value", where=label)
    elif worst <= 0:
        title = say(lang, "none_loses", where=label)
    else:
        title = say(lang, "industry_title", label=label, name=shown[known[0]], value=money.text(worst))
    model_name = model_text(model, names, lang)
    about = say(lang, "industry_subtitle", scenario=shown[scenario], unit=money.unit, model=model_name)
    many = say(lang, "members", n=len(economies)) if len(economies) > 1 else ""
    numbers = [
        say(lang, "rest_alt", name=bar.label, value=money.text(bar.value) + (f" ({bar.column})" if bar.column else ""))
        for bar in [*bars[:3], *bars[3:][-1:]]
    ]
    alt = sentence(say(lang, "bar_chart"), about, many, say(lang, "list").join(numbers) + say(lang, "stop"))
    subtitle = sentence(about, many, say(lang, "industry_column_note"))
    spec = framed(title, subtitle, alt, width, block(bars, width, column_title=say(lang, "industry_column")))
    return Figure(stem("loss-by-industry", scenario, label, model), title, alt, spec, chosen)
