"""`interdep respond`: what partners can do under a budget about supplies that fail, and what doing it together is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from interdep.cli.common import (
    DEFAULT,
    Common,
    TableName,
    TradeName,
    about_tables,
    open_trade,
    open_world,
    print_json,
    print_line,
    split,
    switch,
)
from interdep.errors import InputError, unknown

if TYPE_CHECKING:
    from interdep.responses.levers import Terms
    from interdep.responses.plan import Plan

NOBODY = "none"
"""What --not-from says where contracts may be moved to everybody."""


def respond(
    *scenarios: Annotated[str, Parameter(help="Names from the library (see `interdep list`) or TOML files of your own.")],
    budget: Annotated[
        str | None,
        Parameter(allow_leading_hyphen=True, help='In the currency of the data: "1e9 EUR/year"; or "1 % of imports/year".'),
    ] = None,
    pool: Annotated[str, Parameter(help="Partners, each one side: groups and codes, or a partnership (eu-japan).")] = "EU27,JPN",
    levers: Annotated[str | None, Parameter(help="Some of stockpile,diversify,capacity,pool; default all.")] = None,
    settings: Annotated[
        str | None, Parameter(name="--set", help="Parameters of levers, market and risk, as in carrying=0.1,spare=0.05.")
    ] = None,
    every_supplier: Annotated[bool, switch("Each supplier outside stops in turn, besides or in place of scenarios.")] = False,
    stop: Annotated[str | None, Parameter(help="Suppliers that stop; + joins those that stop together: CHN+RUS,TWN.")] = None,
    probability: Annotated[
        str | None, Parameter(help="Yearly, for all (0.05) or by disruption (taiwan-strait=0.1,CHN+RUS=0.01).")
    ] = None,
    products: Annotated[str | None, Parameter(help="Product codes (2846,2504) or a product set (chips).")] = None,
    industries: Annotated[str | None, Parameter(help="Industries of the table in place of products, as in C26.")] = None,
    cvar: Annotated[float | None, Parameter(help="Plan for the worst years: 0.95 means the mean of the worst 5 %.")] = None,
    avoid: Annotated[float | None, Parameter(help="The part of the expected shortage that must be avoided, as in 0.8.")] = None,
    within: Annotated[float | None, Parameter(help="Leave out levers that are not ready after so many years.")] = None,
    frontier: Annotated[int, Parameter(help="Budgets for which the best plan is found.")] = 12,
    size: Annotated[
        str | None, Parameter(help="Imports of a partner over the others', where only its shares are known: JPN=0.35.")
    ] = None,
    not_from: Annotated[
        str | None, Parameter(help="Suppliers to which no contract is moved; default RUS,BLR; `none` allows all.")
    ] = None,
    year: Annotated[int | None, Parameter(help="Last year of product flows to read; default the last there is.")] = None,
    no_days: Annotated[bool, switch("Do not follow the plan day by day.")] = False,
    no_ranges: Annotated[bool, switch("Do not solve again at the ends of the assumptions.")] = False,
    top: Annotated[int, Parameter(help="Rows to print.")] = 10,
    world: TableName = "world-2014",
    trade: TradeName = None,
    common: Common = DEFAULT,
) -> int:  # fmt: skip
    """The best plan against supplies that fail under a yearly budget: stocks, other suppliers, stand-by capacity, sharing.

    Prints what share of the expected shortage it avoids and what acting together adds, who does what by when, who gets what, what
    each budget buys, what changes the answer, and the same day by day where that can be followed. Probabilities are assumptions.
    """
    from interdep.cli.respond_shown import print_plan
    from interdep.responses.respond import respond as respond_

    if top < 1:
        raise InputError(f"--top {top} must be at least 1")
    if not scenarios and not every_supplier and stop is None:
        from interdep.shocks.scenario import library

        raise InputError(
            f"say what is to be feared: a scenario (a TOML file, or one of {', '.join(library())}), --every-supplier, or"
            " --stop CHN+RUS,TWN"
        )
    if budget is None:
        raise InputError(
            'give a budget, as in --budget "1e9 EUR/year"; or "1 % of imports/year"; "0 EUR/year" asks what sharing alone does'
        )
    partners = _partners(pool)
    chances, default = _probabilities(probability)
    terms = _terms(levers, settings, default)
    barred = {} if not_from is None else {"not_from": _barred(not_from)}
    with common.steps() as step:
        step("reading the tables")
        plan = respond_(
            list(scenarios) or None, budget, partners, [getattr(terms, name) for name in terms.names],
            products=_products(products), industries=split(industries), every_supplier=every_supplier,
            suppliers=_groups(stop), probabilities=chances, market=terms.market, risk=terms.risk, cvar=cvar, avoid=avoid,
            within=within, points=frontier, ranges=not no_ranges, days=not no_days, world=open_world(world),
            trade=None if trade is None else open_trade(trade, None, common), sizes=_sizes(size, partners), year=year,
            progress=step, **barred,
        )  # fmt: skip
    if common.out is not None:
        save_plan(plan, common)
    if common.json:
        print_json({
            "about": plan.about, "notes": list(plan.notes), **{name: t.to_dict() for name, t in plan.named.items()},
        })  # fmt: skip
        return 0
    print_plan(plan, terms, top)
    if common.out is not None:
        print_line(f"Results are in {common.out}")
    return 0


def save_plan(plan: Plan, common: Common) -> None:
    """Tables, figures and the README of a plan."""
    from interdep.figures import arrangement_bars, budget_frontier
    from interdep.store import write_text

    assert common.out is not None
    plan.save(common.out)
    for figure in (budget_frontier(plan.frontier, plan.about["budget"]), arrangement_bars(plan.arrangements)):
        figure.save(common.out)
    write_text(common.out / "README.txt", about_tables(plan.tables, "A plan by interdep respond"))


def _partners(text: str) -> list[str]:
    """The names of an option, or the members of a partnership of that name."""
    from interdep.partnership.schema import Partnership, library

    names = split(text) or []
    if len(names) == 1 and (names[0] in library() or "/" in names[0] or names[0].endswith(".toml")):
        return list(Partnership.read(names[0]).members)
    return names


def _pairs(option: str, text: str | None, example: str) -> dict[str, float]:
    """NAME=NUMBER parts of an option; a number without a name stands under ""."""
    found: dict[str, float] = {}
    for part in split(text) or []:
        name, equals, number = part.rpartition("=")
        if equals and not name:
            raise InputError(f"{option} {part!r} names nothing before '='; write it as in {example}")
        try:
            value = float(number)
        except ValueError as error:
            raise InputError(f"{option} {part!r}: {number!r} is no number; write it as in {example}") from error
        if name in found:
            raise InputError(f"{option} gives {name or 'a number for all'} twice; give it once")
        found[name] = value
    return found


def _probabilities(text: str | None) -> tuple[dict[str, float], float | None]:
    """({disruption: probability}, the one for all others) of --probability."""
    found = _pairs("--probability", text, "taiwan-strait=0.1")
    default = found.pop("", None)
    return found, default


def _terms(levers: str | None, settings: str | None, probability: float | None) -> Terms:
    """Levers, market and risk with the parameters a person sets."""
    from interdep.responses.levers import Terms

    values = _pairs("--set", settings, "carrying=0.1")
    if "" in values:
        raise InputError(f"--set {values['']:g} is no NAME=VALUE; write it as in carrying=0.1")
    if probability is not None:
        if "probability" in values:
            raise InputError("the probability for all stands in --set and in --probability; give it once")
        values["probability"] = probability
    return Terms.of(split(levers)).having(**values)


def _groups(text: str | None) -> list[list[str]]:
    """Suppliers that stop: groups separated by commas, joined by +."""
    groups = [[name.strip() for name in part.split("+")] for part in split(text) or []]
    for group in groups:
        if not all(group):
            raise InputError(
                f"--stop {text!r} has an empty part; join suppliers that stop together by +, as in CHN+RUS,TWN"
            )
        if len(set(group)) < len(group):
            raise InputError(f"--stop {'+'.join(group)} names a supplier twice; name each once")
    return groups


def _barred(text: str) -> tuple[str, ...]:
    """Suppliers to which no contract is moved, groups as their members; InputError for one that nobody knows."""
    from interdep.geography import economies
    from interdep.trade.partners import SPECIAL

    if text == NOBODY:
        return ()
    names = split(text) or []
    return tuple(dict.fromkeys(code for n in names for code in ((n,) if n in (*SPECIAL, "ROW") else economies(n))))


def _products(text: str | None) -> list[str] | None:
    """Product codes, or those of a packaged set."""
    codes = split(text)
    if codes is None or all(code.isdigit() for code in codes):
        return codes
    if len(codes) > 1:
        raise InputError(f"--products {text!r}: name one product set, or codes separated by commas, as in 2846,2504")
    from interdep.classifications.product_sets import product_set

    return list(product_set(codes[0]).codes)


def _sizes(text: str | None, partners: list[str]) -> dict[str, float] | None:
    """{partner: its imports over the others'} of --size."""
    found: dict[str, Any] = _pairs("--size", text, "JPN=0.35")
    for name in found:
        if name not in partners:
            raise unknown("partner", name, partners, "--size")
    return found or None
