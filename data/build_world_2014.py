"""Build the world input-output table of 2014 (44 economies, 36 industries) from the published parts of WIOD 2016.

Run: python data/build_world_2014.py [--data ../shared/data] [--out FOLDER] [--doc docs/world-2014.md]
Writes FOLDER/world_2014.npz (labelled integers, thousands of USD) and FOLDER/world_2014.bin (packed), prints its
checks, and refreshes the generated parts of the documentation page.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from pathlib import Path

import numpy as np

from world_2014.assemble import assemble
from world_2014.energy import read_energy
from world_2014.packing import pack, unpack
from world_2014.parts import read_parts, read_shares
from world_2014.recover import recover
from world_2014.report import comparison, flatten, read_reference, russia_tables, write_between_markers
from world_2014.table import negatives, package, rounding_gap

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Build, check, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="folder of the raw data")
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "world2014")
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

    packed = pack(
        table.z.reshape(len(table.industries) * len(table.economies), -1), table.y.reshape(len(table.z) * 36, -1)
    )
    begin = time.perf_counter()
    z, y = unpack(packed)
    z, y = z * 1e-3, y * 1e-3
    seconds = time.perf_counter() - begin
    checks["packed size, MB"] = f"{len(packed) / 1e6:.2f}"
    sections["checks"] = "\n".join(f"- {k}: {v}" for k, v in checks.items())
    sections["negatives"] = "\n".join(f"- {line}" for line in negatives(table))
    for name, body in sections.items():
        print(f"\n{name}\n{body}")

    args.out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        args.out / "world_2014.npz",
        Z=table.z.reshape(z.shape),
        Y=table.y.reshape(y.shape),
        economies=np.array(table.economies),
        industries=np.array(table.industries),
        final_use=np.array(table.final_use),
    )
    (args.out / "world_2014.bin").write_bytes(packed)
    print(f"\n{args.out / 'world_2014.bin'}  sha256 {hashlib.sha256(packed).hexdigest()}")
    if args.doc.exists():
        missing = write_between_markers(args.doc, sections)
        print(f"{args.doc} refreshed" + (f"; no marker for {', '.join(missing)}" if missing else ""))
    print(f"{time.perf_counter() - start:.1f} s in all; unpacked to float64 in {seconds:.2f} s")


if __name__ == "__main__":
    main()
