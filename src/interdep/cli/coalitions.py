"""`interdep coalitions`: what a sanction does when more join it, to the target and to themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from interdep.cli.common import (
    DEFAULT,
    Common,
    Level,
    Settings,
    TableName,
    TradeName,
    about_tables,
    models_of,
    open_trade,
    open_world,
    print_grid,
    print_json,
    print_line,
    share,
    split,
    switch,
)
from interdep.errors import InputError
from interdep.units import MISSING, significant

if TYPE_CHECKING:
    from pathlib import Path

    from interdep.agreement.coalitions import Coalitions
    from interdep.tables import Table

ABOUT = (
    "Losses are of real expenditure, what final users can still buy, over the horizon and once prices have adjusted",
    "(Equilibrium, at rest). Not in them: goods that reach the target through third countries, financial sanctions,",
    "answers of the target, the months before prices have adjusted, and what paying the transfers would do to prices.",
)


def coalitions(
    *,
    target: Annotated[str, Parameter(help="The economy that is sanctioned, as in RUS.")],
    scenario: Annotated[str, Parameter(help="What is done: a library name (see `interdep list`) or a TOML file.")],
    members: Annotated[str, Parameter(help="The coalition to begin with: economies or groups, as in EU27.")],
    add: Annotated[str | None, Parameter(help="Who joins, one after the other, as in GBR,USA,JPN.")] = None,
    value: Annotated[
        float | None, Parameter(help="Worth of 1 of the target's loss to a member, in its own money: who then stays?")
    ] = None,
    orders: Annotated[
        bool | None, switch("Average what each adds over every order, also of 8 to 10 joiners (up to 7: always).")
    ] = None,
    settings: Settings = None,
    at: Level = "average",
    top: Annotated[int, Parameter(help="Rows of transfers and of members that would leave.")] = 10,
    strict: Annotated[bool, switch("Exit with 2 when any coalition has no result.")] = False,
    world: TableName = "world-2014",
    trade: TradeName = None,
    common: Common = DEFAULT,
) -> int:  # fmt: skip
    """What a sanction does when more join it: steps, who adds what, equal-burden transfers, who would leave or join."""
    from interdep.agreement.coalitions import checked_value
    from interdep.agreement.coalitions import coalitions as coalitions_
    from interdep.trade.folder import packaged_trades

    if top < 1:
        raise InputError(f"--top {top} must be at least 1")
    if value is not None:
        checked_value(value)
    (model,) = models_of("equilibrium", settings)
    with common.count("Coalitions") as told:
        table = open_world(world)
        flows = None if trade is None else (open_trade(trade, None, common), *packaged_trades())
        found = coalitions_(
            scenario, target, split(members) or (), split(add) or (), table, flows, model,  # pyright: ignore[reportArgumentType]
            at, orders or None, told,
        )  # fmt: skip
    choices = None if value is None else found.stable(value)
    for line in found.failures():
        common.warn(f"warning: no result for {line}")
    if common.out is not None:
        save(found, choices, common.out)
    if common.json:
        tables = [*found.tables, *([choices] if choices else [])]
        about = {"scenario": found.scenario.name, "target": target, "at": found.at, "hash": found.hash}
        print_json({**about, **{each.name: each.to_dict() for each in tables}})
    else:
        _print(found, choices, value, top)
        if common.out is not None:
            print_line(f"Results are in {common.out} ({found.hash})")
    return 2 if strict and found.failures() else 0


def save(found: Coalitions, choices: Table | None, folder: Path) -> None:
    """Tables, the figure of steps and the README."""
    from interdep.figures.coalitions import coalition_steps
    from interdep.geography import name_of
    from interdep.store import write_text

    found.save(folder)
    if choices is not None:
        choices.save(folder)
    names = {code: name_of(code) for code in [found.target, *(r["added"] for r in found.steps.to_rows())] if code}
    names[found.scenario.name] = found.scenario.title or found.scenario.name
    coalition_steps(found.steps, found.target, found.scenario.name, names).save(folder)
    tables = [*found.tables, *([choices] if choices else [])]
    write_text(folder / "README.txt", about_tables(tables, "Results of interdep coalitions"))


def _print(found: Coalitions, choices: Table | None, value: float | None, top: int) -> None:
    from interdep.geography import name_of

    scenario, year = found.scenario, found.steps.provenance.data_year
    print_line(f"{scenario.title or scenario.name}: decided by a growing coalition against {name_of(found.target)}")
    print_line(f"(equilibrium, {scenario.horizon} days, shock at its {found.at}, data of {year})")
    print_line()
    _steps(found)
    if len(found.marginal):
        _marginal(found)
    _transfers(found, top)
    _stability(found, choices, value, top)
    for line in ABOUT:
        print_line(line)


def _steps(found: Coalitions) -> None:
    from interdep.geography import name_of

    rows = found.steps.to_rows()
    # The whole world often has no result: no table trades everything at home.
    whole = any(r["share_of_world"] is not None for r in rows)
    cells = [
        [f"+ {name_of(r['added'])}" if r["added"] else r["scenario"], share(r["target_share"]), _money(found, r["target_loss"]),
         share(r["share_of_named"]), *([share(r["share_of_world"])] if whole else []), share(r["members_share"]),
         _money(found, r["members_loss"]), _money(found, r["others_loss"])]
        for r in rows
    ]  # fmt: skip
    head = ["coalition", f"{found.target} loses,\nof expenditure", "in money", "of what every\nnamed economy does",
            *(["of what the\nwhole world does"] if whole else []), "coalition loses,\nof expenditure", "in money",
            "others"]  # fmt: skip
    print_line("Step by step")
    print_grid(head, cells, range(1, len(head)))
    print_line()


def _marginal(found: Coalitions) -> None:
    """What each joiner adds to the target's loss, by when it joins, and what joining last costs it and the others."""
    from interdep.geography import name_of

    cell = {(r["member"], r["criterion"]): r for r in found.marginal.to_rows()}
    kinds = [k for k in ("first", "nested", "last", "shapley") if any(kind == k for _, kind in cell)]
    titles = {"first": "first", "nested": "in this order", "last": "last", "shapley": "over all\norders"}
    rows = []
    for name in dict.fromkeys(member for member, _ in cell):
        last = cell[name, "last"]
        rows.append([
            name_of(name), *(_money(found, cell[name, k]["target_loss"]) for k in kinds), _money(found, last["own_cost"]),
            _money(found, last["members_cost"]), _money(found, last["others_cost"]), _number(last["bite_per_cost"]),
        ])  # fmt: skip
    print_line(f"What each adds to the loss of {name_of(found.target)}, and what it costs when it joins last")
    head = [
        "joins",
        *(titles[k] for k in kinds),
        "cost to\nitself",
        "to the other\nmembers",
        "to outsiders",
        "target's loss\nper own cost",
    ]
    print_grid(head, rows, range(1, len(head)))
    print_line()


def _transfers(found: Coalitions, top: int) -> None:
    from interdep.geography import name_of

    rows = found.transfers.to_rows()
    # Half of the rows for who receives most, half for who pays most.
    rows.sort(key=lambda r: -r["transfer"])
    shown = rows if len(rows) <= top else [*rows[: (top + 1) // 2], *rows[len(rows) - top // 2 :]]
    equal = rows[0]["loss_share_after"] if rows else None
    print_line(f"Transfers after which every member has lost {share(equal)} of its real expenditure; they sum to zero")
    cells = [[name_of(r["economy"]), share(r["loss_share"]), _money(found, r["transfer"]), share(r["transfer_share"])]
             for r in shown]  # fmt: skip
    print_grid(["economy", "loses without", "receives\n(negative: pays)", "of expenditure"], cells, (1, 2, 3))
    if len(shown) < len(rows):
        print_line(f"{len(rows) - len(shown)} more in between: --top {len(rows)}")
    print_line()


def _stability(found: Coalitions, choices: Table | None, value: float | None, top: int) -> None:
    """Groups, then members by the value from which they stay, highest first; outsiders by that from which they join."""
    from interdep.geography import name_of

    currency = found.money.currency
    chosen = {r["member"]: r["choice"] for r in choices.to_rows()} if choices else {}
    rows = found.stability.to_rows()
    for side, title, backwards in (("inside", "stays", True), ("outside", "joins", False)):
        here = sorted((r for r in rows if r["side"] == side), key=_order, reverse=backwards)
        if not here:
            continue
        here.sort(key=lambda r: r["economies"] == 1)
        cells = [
            [name_of(r["member"]), _money(found, r["own_cost"]), _money(found, r["target_loss"]), _when(r),
             *([chosen[r["member"]] or MISSING] if chosen else [])]
            for r in here[:top]
        ]  # fmt: skip
        print_line(
            f"Who {title}: from which worth of 1 {currency} of the loss of {name_of(found.target)}, in {currency} of its own"
        )
        head = ["economy", "being in\ncosts it", "and adds to\nthe target's loss", f"{title} from",
                *([f"at {value:g}"] if chosen else [])]  # fmt: skip
        print_grid(head, cells, (1, 2, 3))
        if len(here) > top:
            print_line(f"{len(here) - top} more: --top {len(here)}")
        if chosen:
            print_line(_verdict(here, chosen, side, value))
        print_line()


def _verdict(
    rows: Sequence[Mapping[str, Any]], chosen: Mapping[str, str | None], side: str, value: float | None
) -> str:
    from interdep.errors import first_five

    moving = [r["member"] for r in rows if chosen[r["member"]] in ("leaves", "joins")]
    unknown = sum(chosen[r["member"]] is None for r in rows)
    said = f" ({unknown} without a result)" if unknown else ""
    if side == "inside":
        what = f"not stable: {first_five(moving)} would leave" if moving else "stable: no member would leave"
        what = "not known to be stable" if unknown and not moving else what
        return f"At {value:g} the coalition is {what}, each by itself{said}."
    who = f"{first_five(moving)} would join" if moving else "no outsider would join"
    return f"At {value:g} {who}, each by itself{said}."


def _order(row: Mapping[str, Any]) -> tuple[float, str]:
    """How much it takes to be in: nothing where it always pays, no end where it never does."""
    known = {"always": -1.0, "up to": -0.5, "nothing changes": -0.2, "never": float("inf"), None: float("inf")}
    return (known.get(row["when"], row["break_even"]) or 0.0, row["member"])


def _when(row: Mapping[str, Any]) -> str:
    if row["when"] is None:
        return MISSING
    if row["when"] == "from":
        return _number(row["break_even"])
    return f"up to {_number(row['break_even'])}" if row["when"] == "up to" else row["when"]


def _money(found: Coalitions, value: float | None) -> str:
    return MISSING if value is None else found.money.format(value)


def _number(value: float | None) -> str:
    return MISSING if value is None else significant(value)
