"""Figure: joint sanctions in little room, one bar a step: what the target loses, and beside it the coalition's own loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from interdep.errors import InputError
from interdep.figures.bars import Bar, block
from interdep.figures.figure import Figure, stem
from interdep.figures.labels import display, finite, only_row_each, share_text, year_text
from interdep.figures.theme import HALF_WIDTH, framed
from interdep.figures.words import joining, say, sentence
from interdep.tables import Table


def coalition_climb(
    steps: Table,
    target: str,
    scenario: str,
    names: Mapping[str, str] | None = None,
    width: float = HALF_WIDTH,
    lang: str = "en",
    most: int = 6,
) -> Figure:
    """The target's loss as one after another joins, as a part of its expenditure; the coalition's own in the right column.

    steps: what `coalitions` gives, by scenario (coalition), with added, target_share, members_share; the first row acts alone;
    target, scenario: codes; names: what to print for codes of economies, groups and the scenario;
    most: bars at most: neighbours whose joining adds least share one.
    Raises InputError where no step has a result.
    """
    rows = steps.to_rows()
    only_row_each(rows, ["scenario"], steps.name)
    climbed = [row for k, row in enumerate(rows) if k == 0 or row["added"]]
    if not any(finite(row["target_share"]) is not None for row in climbed):
        raise InputError(f"table {steps.name!r} has no step with a result; there is nothing to draw")
    shown = display([target, scenario, rows[0]["scenario"], *(r["added"] for r in climbed[1:])], names)
    joined = _merged(climbed, max(2, most))
    labels = [
        say(lang, "step_joins", name=say(lang, "list").join(shown[code] for code in codes)) if codes else shown[row["scenario"]]
        for codes, row in joined
    ]  # fmt: skip
    bars = [
        Bar(label, finite(row["target_share"]), share_text(finite(row["target_share"]), lang),
            column=share_text(finite(row["members_share"]), lang))
        for label, (_, row) in zip(labels, joined, strict=True)
    ]  # fmt: skip
    first, last = climbed[0], climbed[-1]
    title = say(
        lang, "step_title" if len(climbed) > 1 else "step_title_one", name=shown[target],
        one=share_text(finite(first["target_share"]), lang), other=share_text(finite(last["target_share"]), lang),
        members=shown[first["scenario"]], joined=joining(len(climbed) - 1, lang),
    )  # fmt: skip
    about = say(
        lang, "climb_subtitle", scenario=shown[scenario], year=year_text(steps.provenance.data_year, lang)
    )  # fmt: skip
    said = [say(lang, "step_alt", name=b.label, one=b.text, other=b.column) for b in (bars[0], bars[-1])]
    alt = sentence(
        say(lang, "bar_chart"), about, say(lang, "list").join(dict.fromkeys(said)) + say(lang, "stop")
    )  # fmt: skip
    spec = framed(title, about, alt, width, block(bars, width, column_title=say(lang, "climb_column")))
    return Figure(stem("coalition-climb", scenario, target), title, alt, spec, steps)


def _merged(climbed: list[dict[str, Any]], most: int) -> list[tuple[list[str], dict[str, Any]]]:
    """(who joins, the step once they have) for at most so many bars; a step without a result adds nothing that is known."""
    joined = [([row["added"]] if row["added"] else [], row) for row in climbed]
    while len(joined) > most:
        shares = [finite(row["target_share"]) or 0.0 for _, row in joined]
        # The first bar acts alone and is never merged.
        place = min(range(2, len(joined)), key=lambda k: shares[k] - shares[k - 2])
        (codes, _), (more, last) = joined[place - 1], joined[place]
        joined[place - 1 : place + 1] = [([*codes, *more], last)]
    return joined
