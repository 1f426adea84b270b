"""The tables that come with the package: two integer arrays packed small, and a header that says what they are."""

from __future__ import annotations

import json
from importlib import resources

import numpy as np

from interdep.provenance import Provenance, Source
from interdep.units import Money
from interdep.world.packing import pack, unpack
from interdep.world.world import World

STORED_SCALE = 1e3
"""Cells are stored as whole thousands of the currency."""


def load(name: str) -> World:
    """The packaged World of this name, in millions: gross output is the row sum, value added output less the column sum."""
    folder = resources.files("interdep.world") / "tables"
    header = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    intermediate, final_use = unpack((folder / f"{name}.bin").read_bytes())
    economies = tuple(header["economies"])
    shares = [np.nan if share is None else share for share in header["labour_share"]]
    return World(
        name=name,
        money=Money(header["currency"], header["year"], 1e6),
        economies=economies,
        industries=tuple(header["industries"]),
        final_uses=tuple(header["final_uses"]),
        intermediate=intermediate * (STORED_SCALE / 1e6),
        final_use=final_use * (STORED_SCALE / 1e6),
        labour_share=np.array(shares),
        # Deliveries inside an economy are published, those across borders are estimates.
        estimated=~np.eye(len(economies), dtype=bool),
        classification=header["classification"],
        price_basis=header["price_basis"],
        provenance=Provenance(
            tuple(Source(**source) for source in header["sources"]), tuple(header["steps"]), header["year"]
        ),
    )


def packaged_bytes(world: World) -> tuple[bytes, bytes]:
    """(table, header) of a World as `load` reads them; cells are rounded to whole thousands of the currency."""
    factor = world.money.scale / STORED_SCALE
    labour = world.labour_share if world.labour_share is not None else np.full(world.gross_output.size, np.nan)
    header = {
        "name": world.name, "year": world.year, "currency": world.money.currency, "price_basis": world.price_basis,
        "classification": world.classification, "economies": world.economies, "industries": world.industries,
        "final_uses": world.final_uses, "steps": world.provenance.steps,
        "sources": [
            {"title": s.title, "year": s.year, "licence": s.licence, "url": s.url, "citation": s.citation}
            for s in world.provenance.sources
        ],
        "labour_share": [None if np.isnan(share) else round(float(share), 4) for share in labour],
    }  # fmt: skip
    table = pack(np.rint(world.intermediate * factor), np.rint(world.final_use * factor))
    return table, (json.dumps(header, ensure_ascii=False, indent=0) + "\n").encode("utf-8")
