"""`interdep power`: how much each member's vote counts under a rule, how easily anything passes, and who can stop it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from interdep.cli.common import (
    DEFAULT,
    Common,
    about_tables,
    print_grid,
    print_json,
    print_line,
    share,
    split,
)
from interdep.errors import InputError

if TYPE_CHECKING:
    from interdep.agreement.power import Blocking, Power

SHOWN = 5
"""Coalitions that are printed; the tables hold more."""


def power(
    members: Annotated[str, Parameter(help="Economies and groups, separated by commas.")] = "EU27",
    rule: Annotated[str, Parameter(help="Rule: qmv, qmv-reinforced, unanimity, majority, or a TOML file.")] = "qmv",
    on: Annotated[str | None, Parameter(help="Day (YYYY-MM-DD) of membership and populations; default the latest.")] = None,
    against: Annotated[str | None, Parameter(help="Members against: can they block, and who else would they need?")] = None,
    top: Annotated[int | None, Parameter(help="Members to print; default all.")] = None,
    common: Common = DEFAULT,
) -> int:  # fmt: skip
    """How much each member's vote counts (Banzhaf, Shapley-Shubik), exactly; what passes, and which coalitions block.

    The indices know the rule alone, not what members want.
    """
    from interdep.agreement.power import blocking
    from interdep.agreement.power import power as power_
    from interdep.agreement.rules import ballot
    from interdep.store import write_text

    if top is not None and top < 1:
        raise InputError(f"--top {top} must be at least 1")
    names = split(members) or []
    with common.progress("Counting coalitions"):
        result = power_(names, rule, on)
        stopped = None if against is None else blocking(ballot(rule, names, on), split(against) or [])
    if common.out is not None:
        result.save(common.out)
        title = f"Voting power: {_title(result)}"
        write_text(common.out / "README.txt", about_tables(list(result.tables.values()), title))
    if common.json:
        print_json({name: table.to_dict() for name, table in result.tables.items()} | _opposition(stopped))
        return 0
    print_power(result, top)
    if stopped is not None:
        print_opposition(stopped)
    if common.out is not None:
        print_line(f"The tables are in {common.out}")
    return 0


def print_power(result: Power, top: int | None = None) -> None:
    """The indices by member, the heaviest first, and in sentences what they mean."""
    from interdep.agreement.power import FEWEST, MINIMAL, SMALLEST
    from interdep.geography import name_of

    facts = result.members.provenance.extra
    rows = sorted(result.members.to_rows(), key=lambda row: (-row["shapley_shubik"], -(row["weight"] or 0)))
    weighted = rows[0]["weight_share"] is not None
    what = "population" if result.members.units["weight"] in ("persons", "per cent") else "weight"
    print_line(f"{_title(result)}, {len(rows)} members: {facts['requirement']}")
    header = [
        "member",
        *([f"share of\n{what}"] if weighted else []),
        "Shapley-\nShubik",
        "Banzhaf",
        "turns a vote\n(absolute)",
        "veto",
    ]
    cells = [
        [name_of(row["member"]), *([share(row["weight_share"])] if weighted else []), share(row["shapley_shubik"]),
         share(row["banzhaf"]), share(row["banzhaf_absolute"]), "yes" if row["veto"] else ""]
        for row in rows[:top]
    ]  # fmt: skip
    print_grid(header, cells, range(1, len(header) - 1))
    if top is not None and len(rows) > top:
        print_line(f"{len(rows) - top} more members: leave out --top")
    for line in meaning(result):
        print_line(line)
    fewest, some, all_ = (result.criterion(name) for name in (FEWEST, SMALLEST, MINIMAL))
    size = f"{fewest:,.0f} {'member' if fewest == 1 else 'members'}"
    more = f", {all_:,.0f} coalitions of any size with nobody to spare" if all_ > some else ""
    print_line(f"It takes at least {size} to block: {some:,.0f} coalitions of that size do{more}.")
    print_line("The heaviest of the smallest:" if weighted else "For example:")
    for each in result.coalitions()[:SHOWN]:
        print_line(f"  {', '.join(name_of(code) for code in each)}")
    print_line()
    for step in result.members.provenance.steps[1:]:
        print_line(f"Note: {step}")


def meaning(result: Power) -> list[str]:
    """What the numbers say, one sentence each."""
    from interdep.geography import name_of

    everybody = len(result.members)
    top = result.most_pivotal
    if len(top) == everybody:
        pivotal = "Every member turns the vote equally often."
    else:
        names = ", ".join(name_of(code) for code in top)
        pivotal = f"Most often it is {names} who turns the vote as members join one by one (Shapley-Shubik)."
        if len(top) > 1:
            pivotal = f"Most often it is one of {names} who turns the vote as members join one by one (Shapley-Shubik)."
    vetoes = result.vetoes
    who = "every member" if len(vetoes) == everybody else ", ".join(name_of(code) for code in vetoes)
    return [
        f"Were each member for or against by the toss of a coin, {share(result.passage)} of proposals would pass.",
        pivotal,
        f"Nothing passes without {who}." if vetoes else "No member can stop a proposal alone.",
    ]


def print_opposition(found: Blocking) -> None:
    """Whether the members named with --against block, and who else they would need."""
    from interdep.geography import name_of

    def named(codes: Sequence[str]) -> str:
        return ", ".join(name_of(code) for code in codes)

    part = "" if found.share is None else f" ({share(found.share)} of the weight)"
    verb = "block" if len(found.opponents) > 1 else "blocks"
    if found.blocks:
        print_line(f"{named(found.opponents)}{part} {verb} a proposal that all others support.")
        smaller = [each for each in found.sufficient if len(each) < len(found.opponents)]
        if smaller:
            print_line(f"Of them, fewer are enough: {'; or '.join(named(each) for each in smaller[:SHOWN])}.")
    else:
        does = "do not block" if len(found.opponents) > 1 else "does not block"
        print_line(f"{named(found.opponents)}{part} {does} a proposal that all others support.")
        print_line(f"The fewest who would have to join: {'; or '.join(named(each) for each in found.joiners[:SHOWN])}.")


def _opposition(found: Blocking | None) -> dict[str, object]:
    """The answer to --against as plain data."""
    return {} if found is None else {"against": asdict(found)}


def _title(result: Power) -> str:
    facts = result.members.provenance.extra
    return f"{facts['title'] or facts['rule']}"
