"""Figure: the expected shortage that each arrangement leaves, from no plan to acting together."""

from __future__ import annotations

from interdep.errors import InputError
from interdep.figures.bars import Bar, block
from interdep.figures.figure import Figure, stem
from interdep.figures.labels import MoneyScale, finite, share_text
from interdep.figures.theme import HALF_WIDTH, framed
from interdep.figures.words import say, sentence
from interdep.tables import Table

WORDS = {
    "no plan": "plans_none", "each member by itself": "plans_singly", "apart": "plans_apart",
    "sharing alone": "plans_sharing", "one purse, no sharing": "plans_purse", "together": "plans_together",
}  # fmt: skip
"""Arrangements of all partners; a partner alone is no part of the picture, as its shortage is its own."""

ALIKE = 1e-6
"""What is left over from solving: shares that differ by less are the same, a smaller part is nothing."""


def arrangement_bars(table: Table, what: str = "", width: float = HALF_WIDTH, lang: str = "en") -> Figure:
    """One bar for each arrangement of all partners: what is left of the expected shortage, with the share avoided beside it.

    table: dim (arrangement,) with `who`, `short` (money) and `avoided_share`; what: what the plan is against.
    Raises InputError where none of the arrangements is there.
    """
    rows = {r["arrangement"]: r for r in table.to_rows() if r["arrangement"] in WORDS}
    if "apart" not in rows:
        raise InputError(f"table {table.name!r} has no row for the partners apart; it is no table of arrangements")
    left = {name: finite(row["short"]) for name, row in rows.items()}
    most = max((abs(v) for v in left.values() if v is not None), default=0.0)
    left = {name: 0.0 if v is not None and abs(v) < ALIKE * most else v for name, v in left.items()}
    coin = MoneyScale(table.units["short"], list(left.values()), lang)
    bars = [
        Bar(
            say(lang, word, n=rows[name]["who"].partition(" ")[0]), left[name], coin.number(left[name]),
            rest=name not in ("apart", "together"), column=share_text(_clean(rows[name]["avoided_share"]), lang),
        )
        for name, word in WORDS.items()
        if name in rows
    ]  # fmt: skip
    apart = rows["apart"]["avoided_share"]
    whole = rows["together"]["avoided_share"] if "together" in rows else None
    if whole is None or apart is None:
        title = say(lang, "plans_single", apart=share_text(_clean(apart), lang))
    elif abs(whole - apart) < ALIKE:
        title = say(lang, "plans_same", apart=share_text(_clean(apart), lang))
    else:
        title = say(
            lang, "plans_title", together=share_text(_clean(whole), lang), apart=share_text(_clean(apart), lang)
        )
    about = say(lang, "plans_subtitle", what=say(lang, "scenario_first", name=what) if what else "", unit=coin.unit)
    said = say(lang, "list").join(
        say(lang, "rest_alt", name=bar.label, value=coin.text(bar.value)) for bar in bars
    ) + say(lang, "stop")  # fmt: skip
    alt = sentence(say(lang, "bar_chart"), about, said)
    spec = framed(title, about, alt, width, block(bars, width, column_title=say(lang, "plans_column")))
    return Figure(stem("arrangements", what) if what else "arrangements", title, alt, spec, table)


def _clean(value: float | None) -> float | None:
    """A share without what solving leaves over."""
    return 0.0 if value is not None and abs(value) < ALIKE else value
