"""`interdep agree`: who would sign a proposal, why not, and the exemptions under which it would pass."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from interdep.cli.common import (
    DEFAULT,
    Common,
    TableName,
    TradeName,
    about_tables,
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
from interdep.units import MISSING

if TYPE_CHECKING:
    from interdep.agreement.agree import Agreement


def agree(
    proposal: Annotated[str | None, Parameter(help="A packaged proposal, a library scenario, or a TOML file.")] = None,
    *,
    members: Annotated[str, Parameter(help="Who votes: economies and groups, separated by commas.")] = "EU27",
    rule: Annotated[str, Parameter(help="Rule: unanimity, qmv, qmv-reinforced, majority, or a TOML file.")] = "unanimity",
    tolerance: Annotated[
        str | None, Parameter(help='What a member bears: "0.3 % of GDP", "0.1 to 0.5 % of GDP", "25 % of supply".')
    ] = None,
    costs: Annotated[
        Literal["products", "equilibrium", "ario"] | None,
        Parameter(help="Basis of costs; default products where the packaged data know them, else equilibrium."),
    ] = None,
    as_of: Annotated[str | None, Parameter(help="Vintage of the data (YYYY-MM-DD): nothing known later is read.")] = None,
    facts: Annotated[bool, Parameter(negative="--no-facts", help="Use dated facts on refineries' owners.")] = True,
    alternatives: Annotated[int, Parameter(help="Sets of exemptions to look for, the best first.")] = 3,
    transfers: Annotated[bool, switch("Members may pay each other (where costs are money).")] = False,
    draws: Annotated[int, Parameter(help="Draws of the parameters for the range of costs by equilibrium.")] = 100,
    seed: Annotated[int, Parameter(help="The same seed gives the same draws.")] = 1,
    world: TableName = "world-2014",
    trade: TradeName = None,
    common: Common = DEFAULT,
) -> int:  # fmt: skip
    """Who would sign a proposal, who would refuse and why, and the exemptions with the smallest loss of bite."""
    from interdep.agreement.agree import agree as agree_
    from interdep.agreement.proposal import library
    from interdep.store import write_text

    if proposal is None:
        raise InputError(f"name a proposal: a TOML file, a scenario, or one of {', '.join(library())}")
    # Costs by product and the bite of packaged proposals need no table; one that was named has to be there all the same.
    table = None if world == "world-2014" else open_world(world)
    flows = None if trade is None else open_trade(trade, None, common)
    with common.count("Costs of the proposal") as progress:
        result = agree_(
            Path(proposal) if proposal.endswith(".toml") else proposal, split(members) or [], rule, tolerance, as_of, costs,
            table, flows, facts, draws, seed, alternatives, transfers, progress=progress,
        )  # fmt: skip
    if common.out is not None:
        result.save(common.out)
        title = f"Who would sign: {result.about['title']}"
        told = [
            f"It {result.about['says']}.",
            *([f"What happened: {past}"] if (past := result.past()) else []),
            *result.notes,
        ]
        write_text(
            common.out / "README.txt", about_tables(result.tables, title) + "\n".join(["", "The answer", *told, ""])
        )
    if common.json:
        tables = {name: table.to_dict() for name, table in result.named.items()}
        print_json({"about": dict(result.about), "notes": list(result.notes), **tables})
        return 0
    print_agreement(result)
    if common.out is not None:
        print_line(f"The tables are in {common.out}")
    return 0


def print_agreement(result: Agreement) -> None:
    """The answer, who stands where, each alternative and what it leaves, and what was assumed."""
    from interdep.agreement.agree_tables import PROPOSED

    about = result.about
    print_line(f"{about['title']}: {about['members']} members, {about['rule']} ({about['requirement']})")
    print_line(f"Costs: {about['costs']}; {about['tolerance']}")
    if about["as_of"]:
        print_line(f"As of {about['as_of']}: the vintage of the data; models and assumptions are today's.")
    print_line()
    print_line(f"It {about['says']}." if about["says"].startswith(("passes", "does", "is")) else f"{about['says']}.")
    print_line()
    _print_stances(result)
    _print_outcome(result)
    for name in result.alternatives:
        _print_alternative(result, name)
    if len(result.check):
        _print_check(result, PROPOSED)
    if past := result.past():
        print_line(f"What happened: {past}")
        print_line()
    for note in result.notes:
        print_line(f"Note: {note}")


def _print_stances(result: Agreement) -> None:
    from interdep.agreement.agree_tables import PROPOSED
    from interdep.geography import name_of

    costs = {r["member"]: r for r in result.costs.to_rows()}
    rows = result.stances.where(scenario=PROPOSED).to_rows()
    # Members that bear it surely and at no cost are many, and all alike.
    told = [r for r in rows if r["stance"] != "yes" or (costs[r["member"]]["high"] or 0.0) > 0]
    told.sort(key=lambda r: (r["probability"] is not None, r["probability"] or 0.0, r["member"]))
    cells = [
        [name_of(r["member"]), _range(costs[r["member"]]), MISSING if r["probability"] is None else f"{r['probability']:.2f}",
         r["stance"], r["reason"] or ""]
        for r in told
    ]  # fmt: skip
    print_line(f"As proposed (cost: {result.about['unit']})")
    print_grid(["member", "cost (low to high)", "bears it with\nprobability", "stance", "why"], cells, (1, 2))
    if len(rows) > len(told):
        print_line(f"{len(rows) - len(told)} more bear no cost and would sign.")
    print_line()


def _print_outcome(result: Agreement) -> None:
    rows = result.outcome.to_rows()
    key = ", ".join(result.about["key_products"])
    header = ["", "passes", "probability\nof passage", "still hit,\nby value", "by weight",
              *([f"of {key},\nby value", f"of {key},\nby weight"] if key else []), "over the\nyears", "in favour"]  # fmt: skip
    cells = [
        [r["scenario"], r["passes"], _interval(r["probability_low"], r["probability_high"]), share(r["hit_value"]),
         share(r["hit_tonnes"]), *([share(r["hit_key_value"]), share(r["hit_key_tonnes"])] if key else []),
         share(r["bite_left"]), f"{r['in_favour']} of {result.about['members']}"]
        for r in rows
    ]  # fmt: skip
    print_line(f"What is left of the bite on {result.about['target']} ({result.about['sales']})")
    print_grid(header, cells, range(2, len(header)))
    print_line()


def _print_alternative(result: Agreement, name: str) -> None:
    from interdep.geography import name_of

    rows = [r for r in result.carve_outs.to_rows() if r["scenario"] == name]
    cells = [
        [name_of(r["member"]), r["product"], r["mode"], r["until"], r["together"], share(r["relief"]), share(r["bite_lost"])]
        for r in rows
    ]  # fmt: skip
    print_line(name.capitalize())
    print_grid(["member", "product", "mode", "until", "decided for", "relief", "bite lost"], cells, (5, 6))
    paid = [r for r in result.transfers.to_rows() if r["scenario"] == name]
    if paid:
        unit = result.about["money"]
        got = ", ".join(f"{name_of(r['member'])} {r['received']:,.0f}" for r in paid if r["received"] > 0)
        gave = ", ".join(f"{name_of(r['member'])} {-r['received']:,.0f}" for r in paid if r["received"] < 0)
        print_line(f"Paid ({unit}): to {got}; by {gave}")
    refusing, unknown = result.refusing(name), result.unknown()
    print_line(f"Still not in favour: {', '.join(name_of(m) for m in refusing) or 'nobody'}"
               + (f"; without data: {', '.join(name_of(m) for m in unknown)}" if unknown else ""))  # fmt: skip
    print_line()


def _print_check(result: Agreement, proposed: str) -> None:
    """The target's loss, and the members whose cost moves most when the scenario is run again."""
    from interdep.geography import name_of

    rows = [r for r in result.check.to_rows() if r["scenario"] != proposed and r["first_order"] is not None]
    told = [r for r in rows if r["role"] == "target"]
    for name in result.alternatives:
        own = [r for r in rows if r["scenario"] == name and r["role"] == "member"]
        told += sorted(own, key=lambda r: -abs(r["run_again"] - r["first_order"]))[:3]
    cells = [
        [r["scenario"], name_of(r["economy"]), r["role"], share(r["first_order"]), share(r["run_again"])] for r in told
    ]
    if cells:
        print_line(f"Run again with the exemptions ({result.about['unit']}): the target, and members that move most")
        print_grid(["", "economy", "", "first order", "run again"], cells, (3, 4))
        print_line()


def _range(row: Mapping[str, Any]) -> str:
    if row["value"] is None:
        return MISSING
    if row["low"] == row["high"]:
        return share(row["value"])
    return f"{share(row['value'])} ({share(row['low'])} to {share(row['high'])})"


def _interval(low: float, high: float) -> str:
    return f"{low:.2f}" if abs(high - low) < 5e-3 else f"{low:.2f} to {high:.2f}"
