"""Build the world input-output table of 2014 (44 economies, 36 industries) from the published parts of WIOD 2016.

Run: python data/build_world_2014.py [--data ../shared/data] [--out FOLDER] [--doc docs/world-2014.md]
Writes FOLDER/world-2014.bin (packed integers, thousands of USD) and FOLDER/world-2014.json (what they are), prints
its checks, and refreshes the generated parts of the documentation page.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from pathlib import Path

import numpy as np

from interdep.provenance import Provenance, Source
from interdep.store import write_bytes
from interdep.units import Money
from interdep.world import World
from interdep.world.packaged import packaged_bytes
from world_2014.assemble import assemble
from world_2014.energy import read_energy
from world_2014.industries import COMMON, PACKAGED, membership
from world_2014.parts import Parts, read_parts, read_shares
from world_2014.recover import recover
from world_2014.report import comparison, flatten, read_reference, russia_tables, write_between_markers
from world_2014.table import Packaged, negatives, package, rounding_gap

ROOT = Path(__file__).resolve().parent.parent


SOURCES = (
    Source(
        "World Input-Output Database, release 2016, year 2014",
        2014,
        "CC BY 4.0",
        "https://www.rug.nl/ggdc/valuechain/wiod/",
        "Timmer, M., Dietzenbacher, E., Los, B., Stehrer, R. & de Vries, G. (2015), An illustrated user guide to the"
        " World Input-Output Database, Review of International Economics 23, 575-605 (release 2016, year 2014)",
    ),
    Source(
        "World Input-Output Database, release 2013, year 2011 (origins of other mining)",
        2011,
        "CC BY 4.0",
        "https://www.rug.nl/ggdc/valuechain/wiod/",
    ),
    Source("European Commission, crude oil import register 2014", 2014, "CC BY 4.0", "https://energy.ec.europa.eu/"),
    Source(
        "Eurostat, monthly imports of natural gas, oil and coal by partner 2014; Comext HS 2710, 2019",
        2014,
        "CC BY 4.0",
        "https://ec.europa.eu/eurostat",
    ),
)
STEPS = (
    "deliveries inside each economy, final use and gross output as published, rounded to thousands of USD",
    "cross-border intermediates by product and pair of economies recovered from published trade shares, by using"
    " industry estimated (RAS)",
    "Russia's share of EU members' imported mining and petroleum corrected with energy statistics of 2014"
    " (docs/world-2014.md)",
    "merged from 56 to 36 industries; gross output is the row sum, value added (with taxes and margins) output less"
    " inputs",
)


def as_world(table: Packaged, parts: Parts) -> World:
    """The integer table as a checked World in millions of USD, with labour shares where they are published."""
    nodes = len(table.economies) * len(table.industries)
    to36 = membership(list(PACKAGED.values()))
    labour = parts.costs["Labour compensation at basic prices"] @ to36
    added = parts.costs["Value added at basic prices"] @ to36
    share = np.divide(labour, added, out=np.full(labour.shape, np.nan), where=added > 0)
    # Taiwan's labour compensation is 1.38 times its value added in the source: no share rather than a wrong one.
    share[labour.sum(axis=1) > added.sum(axis=1)] = np.nan
    return World(
        name="world-2014",
        money=Money("USD", 2014),
        economies=table.economies,
        industries=table.industries,
        final_uses=table.final_use,
        intermediate=table.z.reshape(nodes, nodes) / 1e3,
        final_use=table.y.reshape(nodes, len(table.economies), -1) / 1e3,
        labour_share=share.reshape(-1),
        estimated=~np.eye(len(table.economies), dtype=bool),
        classification=COMMON,
        provenance=Provenance(SOURCES, STEPS, 2014),
    )


def main() -> None:
    """Build, check, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="folder of the raw data")
    parser.add_argument("--out", type=Path, default=ROOT / "src" / "interdep" / "world" / "tables")
    parser.add_argument("--doc", type=Path, default=ROOT / "docs" / "world-2014.md")
    args = parser.parse_args()
    start = time.perf_counter()

    source = args.data / "wiod2014_parts"
    parts = read_parts(source)
    recovered = recover(parts, read_shares(source / "trade_shares_prior", parts.economies))
    energy = read_energy(args.data / "energy", args.data / "wiod2013")
    plain, built = assemble(parts, recovered, None), assemble(parts, recovered, energy)
    table = package(parts, built.cross)

    reference = read_reference(source / "reconstructed_44x56.npz", parts.economies)
    value_added = parts.output.sum() - parts.domestic.sum() - built.cross.sum()
    sections = russia_tables(parts, recovered, built, reference, energy, args.data / "energy", args.data / "wiod2013")
    figures = comparison(parts, plain, built, reference, value_added)
    sections["comparison"] = flatten(figures, ["figure", "this table", "reconstruction"])
    gap, bound = rounding_gap(table, parts)
    if gap > bound:
        raise RuntimeError(f"Rounding moved gross output by {gap} thousand USD, more than {bound}.")
    margins = np.nansum(parts.costs["International Transport Margins"]) / 1e6
    checks = {k: f"{v:,.3f}" for k, v in recovered.checks.items()} | {
        "rounds of the fits": ", ".join(f"{k} {v}" for k, v in built.rounds.items()),
        "international transport margins, 43 economies' industries, tn USD (inside value added)": f"{margins:.3f}",
        "largest gap to published gross output after rounding, thousand USD": f"{gap:.1f} (bound {bound:.0f})",
        "cells of Z that are zero": f"{100 * (table.z == 0).mean():.1f} %",
    }

    world = as_world(table, parts)
    packed, header = packaged_bytes(world)
    checks["packed size, MB"] = f"{len(packed) / 1e6:.2f}"
    sections["checks"] = "\n".join(f"- {k}: {v}" for k, v in checks.items())
    sections["negatives"] = "\n".join(f"- {line}" for line in negatives(table))
    for name, body in sections.items():
        print(f"\n{name}\n{body}")

    write_bytes(args.out / "world-2014.bin", packed)
    write_bytes(args.out / "world-2014.json", header)
    print(f"\n{world}\n{args.out / 'world-2014.bin'}  sha256 {hashlib.sha256(packed).hexdigest()}")
    if args.doc.exists():
        missing = write_between_markers(args.doc, sections)
        print(f"{args.doc} refreshed" + (f"; no marker for {', '.join(missing)}" if missing else ""))
    print(f"{time.perf_counter() - start:.1f} s in all")


if __name__ == "__main__":
    main()
