"""Build the packaged product tables: EU critical materials and energy, Japan's suppliers, Russian crude by member.

Run: python data/build_products.py [--data ../shared/data] [--out FOLDER] [--doc docs/product-tables.md]
Prints its checks; where one fails it writes nothing and exits with 1. The facts in russian-crude-facts.toml are written by
hand and only checked here.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from interdep.errors import InputError
from interdep.store import write_bytes
from product_tables import crude, energy, japan, materials, modes
from product_tables.facts import check_facts
from product_tables.report import check_table, refresh
from product_tables.table import Check

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 1.2e6
FACTS = "russian-crude-facts.toml"


def everything(data: Path) -> tuple[dict[str, bytes], list[Check], dict[str, str]]:
    """The bytes of every file by name, the checks, and the sections of the documentation page."""
    by_mode = modes.build(data)
    tables = [materials.build(data), *energy.build(data), by_mode, japan.build(data)]
    files, checks, sections = {}, [], {}
    for table in tables:
        files |= table.files()
        checks += table.checks
        sections |= table.sections
    text, more, page = crude.build(data, by_mode.flows)
    files["russian-crude.csv"] = text
    checks += more
    sections |= page
    size = sum(len(content) for content in files.values())
    checks.append(Check("all files together, kB", 0.0, size / 1e3, LARGEST / 1e3))
    sections["sizes"] = "\n".join(
        f"- `{name}`: {len(content) / 1e3:,.1f} kB" for name, content in sorted(files.items())
    )
    sections["checks"] = check_table(checks)
    return files, checks, sections


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, check, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="folder of the raw data")
    parser.add_argument("--out", type=Path, default=ROOT / "src" / "interdep" / "trade" / "tables")
    parser.add_argument(
        "--doc", type=Path, default=None, help="page to refresh; default docs/product-tables.md with --out"
    )
    args = parser.parse_args(arguments)
    standard = args.out == parser.get_default("out")
    page = args.doc or (ROOT / "docs" / "product-tables.md" if standard else None)
    try:
        files, checks, sections = everything(args.data)
        if standard:
            check_facts(tomllib.loads((args.out / FACTS).read_text(encoding="utf-8")), FACTS)
    except InputError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(sections["checks"])
    failed = [c.name for c in checks if not c.passed]
    if failed:
        print(f"{len(failed)} checks failed, nothing was written: {'; '.join(failed)}", file=sys.stderr)
        return 1
    for name, content in files.items():
        write_bytes(args.out / name, content)
    if page is not None:
        refresh(page, sections)
    print(f"{len(files)} files in {args.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
