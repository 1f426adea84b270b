"""Figure: what a sanction costs its target and the coalition itself, as one after another joins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from interdep.errors import InputError
from interdep.figures.bars import Bar, block
from interdep.figures.figure import Figure, stem
from interdep.figures.labels import MoneyScale, display, finite, only_row_each, share_text, year_text
from interdep.figures.theme import FULL_WIDTH, INK, LINE, PADDING, PALETTE, PAPER, SIZE, framed, text_width, wrap
from interdep.figures.words import joining, say, sentence
from interdep.tables import Table

WIDEST = ("share_of_world", "share_of_named")
"""Columns whose coalition is the line drawn across: the first that has a result."""


def coalition_steps(
    steps: Table,
    target: str,
    scenario: str,
    names: Mapping[str, str] | None = None,
    width: float = FULL_WIDTH,
    lang: str = "en",
) -> Figure:
    """Loss of the target and of the coalition at every step, in money with its share, and a line for everybody together.

    steps: what `coalitions` gives, by scenario (coalition), with added, target_loss, target_share, members_loss, members_share,
    share_of_named, share_of_world; target, scenario: codes; names: what to print for codes of economies, groups and the scenario.
    Raises InputError where no step has a result.
    """
    rows = steps.to_rows()
    only_row_each(rows, ["scenario"], steps.name)
    if not any(finite(row["target_loss"]) is not None for row in rows):
        raise InputError(f"table {steps.name!r} has no step with a result; there is nothing to draw")
    # The coalition of everybody is a line, but where the members are everybody already.
    climbed = [row for k, row in enumerate(rows) if k == 0 or row["added"]]
    shown = display([target, scenario, rows[0]["scenario"], *(r["added"] for r in climbed[1:])], names)
    widest, line = _widest(rows)
    lost = [row[f"{who}_loss"] for row in climbed for who in ("target", "members")]
    money = MoneyScale(steps.units["target_loss"], [*map(finite, lost), line], lang)
    kinds = {
        say(lang, "step_target", name=shown[target]): ("target", PALETTE[0]),
        say(lang, "step_members"): ("members", PALETTE[1]),
    }
    labels = [
        say(lang, "step_joins", name=shown[row["added"]]) if row["added"] else shown[row["scenario"]] for row in climbed
    ]
    bars = [
        Bar(label, finite(row[f"{who}_loss"]), _text(row, who, money, lang), series=kind)
        for label, row in zip(labels, climbed, strict=True)
        for kind, (who, _) in kinds.items()
    ]
    # Drawn to a scale that holds the line as well, with room for no label of its own.
    peers = [] if line is None else [Bar(labels[0], line, "")]
    body = block(bars, width, {kind: colour for kind, (_, colour) in kinds.items()}, peers)
    said = ""
    if line is not None and widest:
        said = say(lang, f"step_{widest}", name=shown[target], value=money.text(line))
        _with_line(body, line, said, width)
    first, last = climbed[0], climbed[-1]
    title = say(
        lang, "step_title" if len(climbed) > 1 else "step_title_one", name=shown[target],
        one=share_text(finite(first["target_share"]), lang), other=share_text(finite(last["target_share"]), lang),
        members=shown[first["scenario"]], joined=joining(len(climbed) - 1, lang),
    )  # fmt: skip
    about = say(
        lang,
        "step_subtitle",
        scenario=shown[scenario],
        unit=money.unit,
        year=year_text(steps.provenance.data_year, lang),
    )
    numbers = [
        say(lang, "step_alt", name=label, one=_text(row, "target", money, lang), other=_text(row, "members", money, lang))
        for label, row in zip(labels, climbed, strict=True)
        if row in (first, last)
    ]  # fmt: skip
    line_alt = said + say(lang, "stop") if said else ""
    alt = sentence(say(lang, "bar_chart"), about, say(lang, "list").join(numbers) + say(lang, "stop"), line_alt)
    spec = framed(title, about, alt, width, body)
    return Figure(stem("coalition-steps", scenario, target), title, alt, spec, steps)


def _widest(rows: list[dict[str, Any]]) -> tuple[str, float | None]:
    """The share column of the widest coalition that has a result, and the target's loss under it."""
    for column in WIDEST:
        for row in rows:
            share, loss = finite(row.get(column)), finite(row["target_loss"])
            if share is not None and loss is not None and abs(share) > 1e-12:
                return column, loss / share
    return "", None


def _text(row: Mapping[str, Any], who: str, money: MoneyScale, lang: str) -> str:
    loss, share = finite(row[f"{who}_loss"]), finite(row[f"{who}_share"])
    return (
        money.number(loss)
        if loss is None
        else say(lang, "step_number", value=money.number(loss), share=share_text(share, lang))
    )


def _with_line(body: dict[str, Any], value: float, said: str, width: float) -> None:
    """Adds the line across all bars, named below them; numbers that it meets stay readable."""
    bars, zero, numbers, *others = body["layer"]
    height, plot = body["height"], body["width"]
    low, high = bars["encoding"]["x"]["scale"]["domain"]
    place = plot * (value - low) / (high - low)
    left, words = place + width - 2 * PADDING - plot, text_width(said, SIZE)
    to_right = words > left and words <= plot - place
    at = {"x": {"datum": value, "type": "quantitative"}}
    line = [
        {"data": {"values": [{}]}, "mark": {"type": "rule", "color": INK, "strokeWidth": 1.2, "strokeDash": [4, 3]},
         "encoding": {**at, "y": {"value": 0}, "y2": {"value": height + 3}}},
        {"data": {"values": [{}]},
         "mark": {"type": "text", "align": "left" if to_right else "right", "baseline": "top", "lineHeight": LINE},
         "encoding": {**at, "y": {"value": height + 5},
                      "text": {"value": [said] if to_right else wrap(said, max(left, plot / 2), SIZE)}}},
    ]  # fmt: skip
    halo = {**numbers, "mark": {**numbers["mark"], "stroke": PAPER, "strokeWidth": 4, "strokeJoin": "round"}}
    body["layer"] = [bars, zero, *line, halo, numbers, *others]
