"""`interdep measure`: who depends on whom, directly and through the chain."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from interdep.cli.common import (
    DEFAULT,
    Common,
    TableName,
    TradeName,
    open_trade,
    open_world,
    print_grid,
    print_json,
    print_line,
    save_tables,
    share,
    split,
    switch,
    years_of,
)
from interdep.cli.products import print_crude, print_products, print_supplier, print_why
from interdep.dependence.product_dependencies import POOLED
from interdep.dependence.products import WINDOW
from interdep.errors import InputError, MissingData, unknown
from interdep.units import MISSING

if TYPE_CHECKING:
    from interdep.dependence.measure import Dependencies
    from interdep.dependence.product_dependencies import ProductDependencies
    from interdep.world import World


def measure(
    *who: Annotated[str, Parameter(help="Economies such as JPN or groups such as EU27; each is one buyer.")],
    industry: Annotated[str | None, Parameter(help="Only these industries, as in C26,C29: their suppliers one by one.")] = None,
    product_set: Annotated[str | None, Parameter(help="Only these products: a set such as chips, or codes: 2846,8541.")] = None,
    supplier: Annotated[str | None, Parameter(help="Only the reliance on this supplier.")] = None,
    why: Annotated[str | None, Parameter(help="Every test of one product of one buyer, as in JPN:2846.")] = None,
    look_through: Annotated[bool, switch("Rank by reliance through the whole chain, not by direct purchases.")] = False,
    top: Annotated[int, Parameter(help="Rows to print.")] = 15,
    trade: TradeName = None,
    years: Annotated[str | None, Parameter(help="Years of product flows, as in 2022:2024; default the last three.")] = None,
    world: TableName = "world-2014",
    common: Common = DEFAULT,
) -> int:  # fmt: skip
    """Who depends on whom: industries, directly and through the chain, and products.

    A group's trade inside itself is home. Shares of industries are of all inputs, home included; shares of products are of
    imports from abroad. The rest of the world (ROW) is many economies and is never a top supplier.
    """
    from interdep.dependence.measure import measure as measure_

    if not who:
        raise InputError("say whose dependence to measure, for example: interdep measure EU27 JPN")
    if top < 1:
        raise InputError(f"--top {top} must be at least 1")
    reason = _reason(why, who)
    when = years_of(years)
    flows = None if trade is None else open_trade(trade, when, common, WINDOW)
    with common.progress("Measuring dependence"):
        table = open_world(world)
        found = measure_(list(who), split(industry), table, flows, _products(product_set), when)
    if supplier is not None:
        _check_supplier(found, supplier, table)
    products = found.products if industry is None or product_set or trade or why else None
    tables = [found.industries, found.suppliers, found.overall]
    if len(found.buyers) > 1:
        tables.append(found.common())
    if products is not None:
        tables += products.tables.values()
    if reason is not None:
        tables = [found.why(*reason)]
    if common.out is not None:
        save_tables(common.out, tables, f"Dependence of {', '.join(found.buyers)}")
        if products is not None and reason is None:
            _save_figures(products, common.out)
    if common.json:
        print_json({t.name: t.to_dict() for t in tables})
        return 0
    if reason is not None and products is not None:
        print_why(products, *reason)
        _print_exposure(found, products, reason, table)
    else:
        _print(found, products, table, industry, supplier, look_through, top, product_set)
    if common.out is not None:
        print_line(f"Tables are in {common.out}")
    return 0


def _print(
    found: Dependencies, products: ProductDependencies | None, table: World, industry: str | None, supplier: str | None,
    look_through: bool, top: int, product_set: str | None,
) -> None:  # fmt: skip
    names = _industry_names(table.classification)
    if product_set is None:
        if supplier is not None and supplier not in table.economies:
            print_line(f"{table.name} does not keep {supplier} apart: no industries are shown")
        elif industry or supplier:
            _print_suppliers(found, names, supplier, look_through, top, table.year)
        else:
            _print_industries(found, names, look_through, top, table.year)
    if products is None:
        if industry is None:
            print_line(f"No products: no trade table has the imports of {', '.join(found.buyers)}; see `interdep get`")
        return
    if supplier is not None:
        print_supplier(products, supplier, top)
    else:
        print_products(products, top)
        if product_set == "energy":
            print_crude(m for members in found.buyers.values() for m in members)


def _print_exposure(found: Dependencies, products: ProductDependencies, reason: tuple[str, str], world: World) -> None:
    """Who uses what the top supplier's industry makes, where the table keeps that supplier apart."""
    from interdep.dependence.exposure import REASONING

    buyer, product = reason
    tops = [r for r in products.headline().to_rows() if r["buyer"] == buyer and r["product"].startswith(product)]
    supplier = tops[0]["top_supplier"]
    if buyer == POOLED or supplier not in world.economies or len({r["top_supplier"] for r in tops}) > 1:
        return
    try:
        systems = {r["product"]: r["classification"] for r in products.compared.to_rows()}
        code = tops[0]["product"]
        system = next((s for c, s in systems.items() if c.startswith(code) or code.startswith(c)), "HS22")
        table = found.exposure(supplier, product, world, system)
    except (InputError, MissingData) as error:
        print_line(f"Note: no exposure is shown: {error}")
        return
    rows = [r for r in table.to_rows() if r["buyer"] == buyer]
    total = sum(r["at_stake"] for r in rows)
    print_line()
    print_line(
        f"{table.title}: {world.money.format(total)} in {len(rows)} industries of {buyer} ({world.year}), the largest"
    )
    names = _industry_names(world.classification)
    cells = [
        [r["member"], names(r["industry"]), share(r["use_share"]), share(r["supplier_share"]), world.money.format(r["at_stake"])]
        for r in rows[:5]
    ]  # fmt: skip
    print_grid(["member", "industry", "of its inputs", f"from {supplier}", "at stake, at most"], cells, (2, 3, 4))
    print_line(REASONING)


def _products(text: str | None) -> str | list[str] | None:
    """The name of a product set, or codes."""
    codes = split(text)
    return text if codes is None or not all(code.isdigit() for code in codes) else codes


def _reason(text: str | None, who: Sequence[str]) -> tuple[str, str] | None:
    """(buyer, product) of --why."""
    if text is None:
        return None
    buyer, colon, product = text.partition(":")
    if not colon or not product.isdigit():
        raise InputError(f"--why {text!r} is no BUYER:CODE; write it as in JPN:2846")
    if buyer not in who and buyer != POOLED:
        raise unknown("buyer", buyer, list(who), "--why")
    return buyer, product


def _check_supplier(found: Dependencies, supplier: str, table: World) -> None:
    """A supplier that no table knows, or that is at home in a buyer, is an error."""
    known = set(found.overall.frame["supplier"].to_list())
    if found.products is not None:
        known |= set(found.products.suppliers.frame["supplier"]) - {"others"}
    if supplier in known:
        return
    if any(supplier in members for members in found.buyers.values()):
        raise InputError(f"{supplier} is at home in {', '.join(found.buyers)}; --supplier is an economy abroad")
    raise unknown("supplier", supplier, sorted(known), table.name)


def _save_figures(products: ProductDependencies, folder: Path) -> None:
    from interdep.figures import concentration_scatter, hhi_over_years, product_suppliers
    from interdep.geography import name_of

    buyers = list(products.buyers)
    names = {buyer: name_of(buyer) for buyer in buyers}
    if len(buyers) == 2 and products.known_for_all(same_year=False):
        concentration_scatter(products.compared, buyers[0], buyers[1], names=names).save(folder / "figures")
    for buyer in buyers:
        rows = [r for r in products.products.to_rows() if r["buyer"] == buyer]
        if any(r["buyer"] == buyer for r in products.flagged().to_rows()):
            product_suppliers(products.suppliers, products.flagged(), buyer, names=names).save(folder / "figures")
        if len({r["period"] for r in rows if not r["thin"]}) > 1:
            hhi_over_years(products.products, buyer, names=names).save(folder / "figures")


def _industry_names(classification: str):
    from interdep.classifications import industry_name

    return lambda code: (
        f"{code} {industry_name(code, classification)}" if industry_name(code, classification) != code else code
    )


def _print_industries(found: Dependencies, names, look_through: bool, top: int, year: int) -> None:
    supplier, part = ("top_supplier", "top_share") if look_through else ("top_supplier_face", "top_share_face")
    foreign = "foreign_share" if look_through else "foreign_face_share"
    basis = "direct and through the chain" if look_through else "direct purchases"
    by: dict[str, dict[str, dict]] = {}
    for row in found.industries.to_rows():
        by.setdefault(row["industry"], {})[row["buyer"]] = row
    order = sorted(by, key=lambda i: -max((r[part] or 0.0) for r in by[i].values()))
    several = len(found.buyers) > 1
    same = [i for i in order if several and len({by[i][b][supplier] or b for b in found.buyers}) == 1]
    header = ["industry"]
    for buyer in found.buyers:
        header += [f"{buyer}\nabroad", f"{buyer} top\nsupplier"]
    rows = []
    for code in order[:top]:
        cells = [names(code)]
        for buyer in found.buyers:
            row = by[code][buyer]
            largest = f"{row[supplier]} {share(row[part]):>6}" if row[supplier] else MISSING
            cells += [share(row[foreign]), largest]
        rows.append([*cells, "same" if code in same else ""] if several else cells)
    print_line(f"Inputs from abroad and the top foreign supplier, per cent of all inputs ({basis}, {year})")
    print_grid([*header, ""] if several else header, rows, range(1, len(header)))
    if len(order) > top:
        print_line(f"{len(order) - top} more industries: --top {len(order)}")
    if several:
        chain = "" if look_through else f", through the chain in {len(found.common())}"
        *others, last = found.buyers
        print_line(
            f"{', '.join(others)} and {last} have the same top foreign supplier in {len(same)} of {len(order)} industries{chain}."
        )


def _print_suppliers(found: Dependencies, names, supplier: str | None, look_through: bool, top: int, year: int) -> None:
    part = "look_through_share" if look_through else "face_share"
    rows = [r for r in found.suppliers.to_rows() if supplier in (None, r["supplier"])]
    rows.sort(key=lambda r: -(r[part] or 0.0))
    cells = [
        [r["buyer"], names(r["industry"]), r["supplier"], share(r["face_share"]), share(r["look_through_share"])]
        for r in rows[:top]
    ]
    print_line(f"Reliance on {supplier or 'foreign suppliers'}, per cent of all inputs ({year})")
    print_grid(["buyer", "industry", "supplier", "direct", "with the chain"], cells, (3, 4))
    if len(rows) > top:
        print_line(f"{len(rows) - top} more rows: --top {len(rows)}")
