"""Every case beside the number it is held against: prints the table and writes docs/validation.md.

python -m pip install '.[dev]' boario==0.7.2 pymrio
python validation/run.py                # all cases
python validation/run.py chip_shortage  # one, printed only
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from table import as_markdown, as_text  # noqa: E402


def main(wanted: list[str]) -> int:
    known = sorted(folder.parent.name for folder in HERE.glob("*/case.py"))
    wrong = [name for name in wanted if name not in known]
    if wrong:
        print(f"there is no case {wrong[0]!r}; known are {', '.join(known)}", file=sys.stderr)
        return 1
    pages, everything = [], []
    for name in wanted or known:
        case = importlib.import_module(f"{name}.case")
        print(f"{name} ...", file=sys.stderr, flush=True)
        rows = case.rows()
        everything += rows
        pages.append(f"## {case.TITLE}\n\n{case.ABOUT.strip()}\n\n{as_markdown(rows)}\n")
    print(as_text(everything))
    if not wanted:
        head = (
            "# Validation\n\n`python validation/run.py` (needs `pip install boario==0.7.2 pymrio`) makes this page. A folder a"
            " case under `validation/` holds the script and its parameters. `stated` is a comparison without a mark.\n\n"
        )
        (HERE.parent / "docs" / "validation.md").write_text(head + "\n".join(pages), encoding="utf-8")
    return 1 if any(row.verdict == "miss" for row in everything) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
