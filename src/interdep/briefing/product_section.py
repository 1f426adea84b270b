"""Sections of the report on products: suppliers in common, dependence on one supplier, Russian crude member by member."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from interdep.briefing.content import Block, Bullets, Grid, Heading, Paragraph, Picture
from interdep.briefing.findings import Findings, share
from interdep.dependence.compare import COMMON, SHARED, UNLIKE, printed
from interdep.dependence.criteria import labels
from interdep.errors import InputError, MissingData, first_five
from interdep.figures import concentration_scatter, hhi_over_years, product_suppliers
from interdep.geography import name_of
from interdep.units import MISSING

if TYPE_CHECKING:
    from interdep.dependence.product_dependencies import ProductDependencies

ROUNDED = 0.001
"""A smaller part of unnamed origin is rounding."""

LINES = 12
"""Products listed for each partner; all of them are in the tables."""


def products(found: Findings) -> list[Block]:
    """Which products each partner gets from one supplier, and which suppliers they share."""
    deps = found.dependencies.products
    if deps is None:
        return []
    blocks: list[Block] = [
        Heading("Which products come from one supplier", "products"),
        Paragraph(
            "Industries hide products: these are imports from abroad by tariff line. A partner depends on one supplier where"
            f" more than {share(deps.thresholds.one_supplier)} of its imports of a product come from it; a dependency is common"
            " where that, or another criterion, holds for every partner and the supplier is the same. A group's trade inside"
            " itself is home."
        ),
        *_in_common(found, deps),
        *_users(found, deps),
    ]
    for buyer in deps.buyers:
        blocks += _of_one(found, deps, buyer)
    if deps.notes:
        blocks.append(Bullets(tuple(f"{note}." for note in deps.notes)))
    return blocks


def _in_common(found: Findings, deps: ProductDependencies) -> list[Block]:
    buyers = list(deps.buyers)
    if len(buyers) < 2:
        return []
    if not deps.known_for_all(same_year=False):
        return [Paragraph("What the partners have in common is not computable: no product is known for all of them.")]
    rows = [r for r in deps.common.to_rows() if r["class"] != UNLIKE]
    unlike = [r for r in deps.common.to_rows() if r["class"] == UNLIKE]
    header = ("Product", "Year", "Class", "Supplier", *(found.names[b] for b in buyers), "Criteria met by all")
    cells = tuple(
        (f"{r['product']} {r['name']}", str(r["period"]), r["class"], _economy(r["top_supplier"]),
         *(share(r[f"share_{b}"]) for b in buyers), "; ".join(x for x in (labels(r["criteria"]) or "none", r["part"]) if x))
        for r in rows
    )  # fmt: skip
    common, shared = (sum(r["class"] == kind for r in rows) for kind in (COMMON, SHARED))
    behind = Grid(
        header,
        cells,
        f"{common} common dependencies and {shared} further shared top suppliers, per cent of imports from abroad",
        tuple(range(4, 4 + len(buyers))),
    )
    blocks: list[Block] = []
    if len(buyers) == 2:
        figure = concentration_scatter(deps.compared, buyers[0], buyers[1], names=found.names)
        blocks.append(
            Picture(figure, "Share of the largest supplier in each product, partner against partner.", behind)
        )
    else:
        blocks.append(behind)
    if unlike:
        names = "; ".join(f"{r['product']} {r['name']}" for r in unlike)
        blocks.append(
            Paragraph(
                f"No claim is made on {names}: the top supplier is the same, but the tables do not hold the same goods."
            )
        )
    return blocks


def _users(found: Findings, deps: ProductDependencies) -> list[Block]:
    """Who uses the industries that the shared products come from, and value added at stake at most."""
    from interdep.dependence.exposure import REASONING, Exposures

    exposures, systems = None, {r["product"]: r["classification"] for r in deps.compared.to_rows()}
    rows, done = [], set()
    for row in [r for r in deps.common.to_rows() if r["class"] != UNLIKE][:LINES]:
        supplier, industry = row["top_supplier"], _industry(found, row["product"], systems[row["product"]])
        if industry is None or supplier not in found.world.economies or (supplier, industry) in done:
            continue
        done.add((supplier, industry))
        exposures = exposures or Exposures(found.world, deps.buyers)
        users = exposures.to(supplier, industry, [row["product"]]).to_rows()
        for buyer in deps.buyers:
            mine = [r for r in users if r["buyer"] == buyer]
            most = ", ".join(f"{name_of(r['member'])} {found.names[r['industry']]}" for r in mine[:3])
            at_stake = found.money(sum(r["at_stake"] for r in mine))
            what = f"{name_of(supplier)}: {found.industry(industry)}"
            rows.append((what, f"{row['product']} {row['name']}", found.names[buyer], str(len(mine)), at_stake, most))
    if not rows:
        return []
    header = ("Supplier's industry", "Product, a part of it", "Partner", "Users", "At stake, at most", "The largest")
    return [
        Grid(header, tuple(rows), f"Who uses the industries of shared suppliers, {found.world.year}", (3, 4)),
        Paragraph(REASONING),
    ]


def _industry(found: Findings, product: str, classification: str) -> str | None:
    """The industry of the table that makes a product; None where several do or the table splits it otherwise."""
    from interdep.classifications.hs import industry_of

    try:
        return industry_of([product], classification, within=found.world.classification)["industry"][0]
    except (InputError, MissingData):
        return None


def _of_one(found: Findings, deps: ProductDependencies, buyer: str) -> list[Block]:
    flagged = deps.flagged()
    rows = [r for r in flagged.to_rows() if r["buyer"] == buyer]
    measured = sum(r["buyer"] == buyer for r in deps.headline().to_rows())
    open_ = deps.undecided(buyer)
    name = found.names[buyer]
    if not measured:
        return []
    text = f"{name} gets more than half of its imports from one supplier in {len(rows)} of {measured - len(open_)} products"
    text += f" (for {len(open_)} more it is not computable: {first_five(open_)})." if open_ else "."
    if not rows:
        return [Paragraph(text)]
    cells = tuple(
        (f"{r['product']} {r['name']}", str(r["period"]), _economy(r["top_supplier"]), share(r["top_share"]),
         printed("hhi", r["hhi"]), f"{r['years_met']} of {r['years_known']}", _limits(r))
        for r in rows[:LINES]
    )  # fmt: skip
    header = ("Product", "Year", "Supplier", "Share", "HHI", "Years met", "Limits")
    behind = Grid(header, cells, f"{name}: the {len(cells)} most concentrated", (3, 4))
    figure = product_suppliers(deps.suppliers, flagged, buyer, names=_named(found, deps))
    blocks: list[Block] = [
        Paragraph(text),
        Picture(figure, f"{name}: suppliers of the most concentrated products.", behind),
    ]
    if len({r["period"] for r in deps.products.to_rows() if r["buyer"] == buyer and not r["thin"]}) > 1:
        blocks.append(
            Picture(
                hhi_over_years(deps.products, buyer, names=found.names),
                f"{name}: concentration of imports over the years.",
            )
        )
    return blocks


def _named(found: Findings, deps: ProductDependencies) -> dict[str, str]:
    """Names of partners and of every supplier of a product."""
    return {**{code: _economy(code) for code in set(deps.suppliers.frame["supplier"]) - {"others"}}, **found.names}


def _limits(row: dict[str, Any]) -> str:
    parts = [row["part"] if row["part"] != row["name"] else "part of the code"] if row["part"] else []
    if row["small"]:
        parts.append("under 1 mn a year")
    if (row["withheld_share"] or 0.0) >= ROUNDED:
        parts.append(f"{share(row['withheld_share'])} of withheld or unnamed origin")
    if row["small"] is None:
        parts.append("size not told")
    return "; ".join(parts) or "none"


def _economy(code: str | None) -> str:
    if code is None:
        return MISSING
    return name_of(code) if not code.startswith("X-") and code != "XKX" else code


def russian_crude(found: Findings) -> list[Block]:
    """Russian crude member by member, where the EU is a partner: share, mode, way out, and facts with their source."""
    from interdep.trade.russian_crude import WAYS, facts, supplied

    if "EU27" not in found.dependencies.buyers:
        return []
    rows = supplied()
    cells = tuple(
        (name_of(r["member"]), share(r["share_comext"]), share(r["share_nrg"]), share(r["nrg_unnamed"]),
         f"{r['russian_mt']:.1f}", f"{r['pipeline_mt']:.1f}", f"{r['sea_mt']:.1f}", WAYS[r["alternative"]])
        for r in rows
    )  # fmt: skip
    header = (
        "Member", "Russian share (customs)", "Russian share (energy statistics)", "of it unnamed origin", "Mt", "by pipeline",
        "by sea", "How it came, what could replace it",
    )  # fmt: skip
    certain = [f for f in facts() if f.certain]
    return [
        Heading("Russian crude in the EU, member by member", "crude"),
        Paragraph(
            "What came by sea can be replaced by another cargo at the same terminal; what came by pipeline needs another line, or"
            " supply through a neighbour. That is what divided the members in May 2022, and the ban that was adopted in June"
            " exempts pipeline crude. Shares of crude from outside the EU in 2021; customs and energy statistics differ, and part"
            " of the latter has no named origin."
        ),
        Grid(header, cells, "Russian crude 2021", (1, 2, 3, 4, 5, 6)),
        Bullets(tuple(f"{f.subject} ({f.date.isoformat()}): {f.text} ({f.source})" for f in certain)),
    ]
