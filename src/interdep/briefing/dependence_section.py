"""Sections of the report on dependence: industry by industry, supplier by supplier, pillar by pillar."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from interdep.briefing.content import Block, Grid, Heading, Paragraph, Picture
from interdep.briefing.findings import Findings, share
from interdep.classifications import resolve
from interdep.errors import InputError
from interdep.figures import dependency_heat, look_through_suppliers
from interdep.units import MISSING


def by_industry(found: Findings) -> list[Block]:
    """Top foreign supplier of each industry, the partners side by side."""
    deps, names = found.dependencies, found.names
    by: dict[str, dict[str, dict[str, Any]]] = {}
    for row in deps.industries.to_rows():
        by.setdefault(row["industry"], {})[row["buyer"]] = row
    direct = {(r["buyer"], r["industry"], r["supplier"]): r["face_share"] for r in deps.suppliers.to_rows()}
    header = ["Industry"]
    for buyer in found.buyers:
        header += [
            f"{names[buyer]}: from abroad, direct", "through the chain", "top supplier", "direct", "through the chain",
        ]  # fmt: skip
    rows = []
    for code, cells in by.items():
        row = [found.industry(code)]
        for buyer in found.buyers:
            cell = cells[buyer]
            top = cell["top_supplier"]
            row += [
                share(cell["foreign_face_share"]), share(cell["foreign_share"]), names[top] if top else MISSING,
                share(direct.get((buyer, code, top))), share(cell["top_share"]),
            ]  # fmt: skip
        rows.append(tuple(row))
    year = found.world.year
    numeric = tuple(k for k in range(1, len(header)) if k % 5 != 3)
    behind = Grid(tuple(header), tuple(rows), f"Reliance by industry, per cent of all inputs, {year}", numeric)
    return [
        Heading("Who depends on whom, industry by industry", "dependence"),
        Paragraph(
            "For each industry: which single foreign economy stands behind the largest part of its inputs, counting"
            " everything produced along the chain (look-through). A group is one buyer: trade among its members is home."
            " The rest of the world is many economies and is never called a top supplier."
        ),
        Picture(
            dependency_heat(deps.industries, names=names),
            f"Share of the top foreign supplier in all inputs, look-through, {year}.",
            behind,
        ),
    ]


def by_supplier(found: Findings) -> list[Block]:
    """Who supplies each partner over all industries, directly and through the chain."""
    names = found.names
    rows = tuple(
        (names[buyer], names[r["supplier"]], share(r["face_share"]), share(r["look_through_share"]))
        for buyer in found.buyers
        for r in found.overall(buyer)[:12]
    )
    header = ("Buyer", "Supplier", "Direct", "Through the chain")
    behind = Grid(header, rows, "The twelve largest suppliers of each", (2, 3))
    blocks: list[Block] = [Heading("Who supplies, directly and through the chain", "suppliers")]
    # The figure sets two buyers side by side; a larger partnership is shown pair by pair.
    for place, (left, right) in enumerate(pairwise(found.buyers)):
        figure = look_through_suppliers(found.dependencies.overall, left, right, names=names)
        caption = f"All industries together, per cent of all inputs, {found.world.year}."
        blocks.append(Picture(figure, caption, None if place else behind))
    return blocks


def by_pillar(found: Findings) -> list[Block]:
    """Shared suppliers in the industries that each pillar of the partnership is about."""
    by = {(r["buyer"], r["industry"]): r for r in found.dependencies.industries.to_rows()}
    rows = []
    for pillar in found.partnership.pillars:
        title = pillar.title
        for code in _kept_apart(found, pillar.industries or ()):
            cells = [by[buyer, code] for buyer in found.buyers]
            tops = [cell["top_supplier"] for cell in cells]
            text = [
                f"{found.names[t]} {share(c['top_share'])}" if t else MISSING for t, c in zip(tops, cells, strict=True)
            ]
            shared = "yes" if len(set(tops)) == 1 and tops[0] else "no"
            rows.append((title, found.industry(code), *text, shared))
            title = ""  # named once
    if not rows:
        return []
    header = ("Pillar", "Industry", *(f"{found.names[b]}: top supplier" for b in found.buyers), "Shared")
    caption = f"Top foreign supplier by pillar, look-through, per cent of all inputs, {found.world.year}"
    return [
        Heading("The partnership's pillars", "pillars"),
        Paragraph(
            "The industries each pillar is about, and who stands behind them. Where the supplier is shared, a disruption"
            " hits both partners at once: they can diversify together, and can help each other out least."
        ),
        Grid(header, tuple(rows), caption),
    ]


def _kept_apart(found: Findings, industries: Iterable[str]) -> list[str]:
    """The industries of the table that a pillar's ISIC names mean; what the table does not keep apart is left out."""
    world = found.world
    codes: dict[str, None] = {}
    for name in industries:
        try:
            codes |= dict.fromkeys(resolve(name, world.industries, world.classification))
        except InputError:
            continue
    return list(codes)
