"""`interdep measure`: who depends on whom, directly and through the chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from interdep.cli.common import DEFAULT, Common, open_world, print_grid, print_json, print_line, save_tables
from interdep.errors import InputError, unknown
from interdep.units import MISSING, per_cent

if TYPE_CHECKING:
    from interdep.dependence.measure import Dependencies


def measure(
    *who: str,
    industry: Annotated[list[str] | None, Parameter(negative="", help="Only this industry: its suppliers one by one. May be repeated.")] = None,
    supplier: Annotated[str | None, Parameter(help="Only the reliance on this supplier.")] = None,
    look_through: Annotated[bool, Parameter(negative="", help="Rank by reliance through the whole chain, not by direct purchases.")] = False,
    top: Annotated[int, Parameter(help="Rows to print.")] = 15,
    world: Annotated[str, Parameter(help="Table: packaged name, folder, or WIOD 2013 .npz.")] = "world-2014",
    common: Common = DEFAULT,
) -> int:  # fmt: skip
    """Who depends on whom, directly and through the chain.

    Each of WHO (economies such as JPN, groups such as EU27) is one buyer; a group's trade inside itself is home. Shares are
    of all inputs, home included. The rest of the world is many economies and is never a top supplier.
    """
    from interdep.dependence.measure import measure as measure_

    if not who:
        raise InputError("say whose dependence to measure, for example: interdep measure EU27 JPN")
    if top < 1:
        raise InputError(f"--top {top} must be at least 1")
    with common.progress("Measuring dependence through the chain"):
        table = open_world(world)
        found = measure_(list(who), industry, table)
        known = sorted(set(found.overall.frame["supplier"].to_list()))
        if supplier is not None and supplier not in known:
            raise unknown("supplier", supplier, known, table.name)
    tables = [found.industries, found.suppliers, found.overall]
    if len(found.buyers) > 1:
        tables.append(found.common())
    if common.out is not None:
        save_tables(common.out, tables, f"Dependence of {', '.join(found.buyers)}")
    if common.json:
        print_json({t.name: t.to_dict() for t in tables})
        return 0
    names = _industry_names(table.classification)
    if industry or supplier:
        _print_suppliers(found, names, supplier, look_through, top, table.year)
    else:
        _print_industries(found, names, look_through, top, table.year)
    if common.out is not None:
        print_line(f"Tables are in {common.out}")
    return 0


def _industry_names(classification: str):
    from interdep.classifications import industry_name

    return lambda code: f"{code} {industry_name(code, classification)}" if industry_name(code, classification) != code else code


def _print_industries(found: Dependencies, names, look_through: bool, top: int, year: int) -> None:
    supplier, share = ("top_supplier", "top_share") if look_through else ("top_supplier_face", "top_share_face")
    foreign = "foreign_share" if look_through else "foreign_face_share"
    basis = "look-through (direct and through the chain)" if look_through else "direct purchases"
    by: dict[str, dict[str, dict]] = {}
    for row in found.industries.to_rows():
        by.setdefault(row["industry"], {})[row["buyer"]] = row
    order = sorted(by, key=lambda i: -max((r[share] or 0.0) for r in by[i].values()))
    header = ["industry"]
    for buyer in found.buyers:
        header += [f"{buyer} abroad", "top supplier", "share"]
    rows = []
    for code in order[:top]:
        cells = [names(code)]
        for buyer in found.buyers:
            row = by[code][buyer]
            cells += [_share(row[foreign]), row[supplier] or MISSING, _share(row[share])]
        tops = {by[code][b][supplier] for b in found.buyers}
        rows.append([*cells, "same" if len(found.buyers) > 1 and len(tops) == 1 and None not in tops else ""])
    right = [k for k in range(1, len(header)) if k % 3 != 2]
    print_grid(f"Top foreign supplier, per cent of all inputs, {basis}, {year}", [*header, ""], rows, right)
    if len(order) > top:
        print_line(f"{len(order) - top} more industries: --top {len(order)}")
    if len(found.buyers) > 1:
        shared = found.common()
        print_line(
            f"Through the chain, {' and '.join(found.buyers)} have the same top foreign supplier in {len(shared)}"
            f" of {len(order)} industries."
        )


def _print_suppliers(found: Dependencies, names, supplier: str | None, look_through: bool, top: int, year: int) -> None:
    share = "look_through_share" if look_through else "face_share"
    rows = [r for r in found.suppliers.to_rows() if supplier in (None, r["supplier"])]
    rows.sort(key=lambda r: -(r[share] or 0.0))
    cells = [
        [r["buyer"], names(r["industry"]), r["supplier"], _share(r["face_share"]), _share(r["look_through_share"])]
        for r in rows[:top]
    ]
    print_grid(
        f"Reliance on {supplier or 'foreign suppliers'}, per cent of all inputs, {year}",
        ["buyer", "industry", "supplier", "direct", "look-through"], cells, (3, 4),
    )  # fmt: skip
    if len(rows) > top:
        print_line(f"{len(rows) - top} more rows: --top {len(rows)}")


def _share(value: float | None) -> str:
    return MISSING if value is None else per_cent(value)
