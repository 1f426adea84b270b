"""Every case beside the number it is held against: prints the table and writes docs/validation.md.

python -m pip install '.[dev]' boario==0.7.2 pymrio==0.7.0
python validation/run.py                # all cases
python validation/run.py chip_shortage  # one: printed, and its part of the page written again
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "validation.md"
sys.path.insert(0, str(HERE))

from raw import VARIABLE, Absent  # noqa: E402
from table import Row, as_markdown, as_text, skipped, summary  # noqa: E402

HEAD = f"""# Validation

`python validation/run.py` (needs `pip install boario==0.7.2 pymrio==0.7.0`) makes this page. A folder a case under `validation/`
holds the script and its parameters. `stated` is a comparison without a mark. A case on raw data that the project does not ship
says which files it reads; they lie in the folder that the environment variable `{VARIABLE}` names, at the paths given here, and
without them its rows say `skipped`.

"""


def main(wanted: list[str]) -> int:
    known = sorted(folder.parent.name for folder in HERE.glob("*/case.py"))
    wrong = [name for name in wanted if name not in known]
    if wrong:
        print(f"there is no case {wrong[0]!r}; known are {', '.join(known)}", file=sys.stderr)
        return 1
    page = parts_of(PAGE.read_text(encoding="utf-8") if PAGE.exists() else "")
    cases = {name: importlib.import_module(f"{name}.case") for name in known}
    everything = []
    for name in wanted or known:
        case = cases[name]
        print(f"{name} ...", file=sys.stderr, flush=True)
        rows = rows_of(name, case)
        everything += rows
        if case.TITLE in page and any(row.verdict == "skipped" for row in rows):
            print(f"{name}: its part of {PAGE.name} stays as it is, because rows were skipped", file=sys.stderr)
            continue
        about = f"{case.ABOUT.strip()}\n\n**How close:** {summary(rows)}."
        if hasattr(case, "close") and all(row.verdict != "skipped" for row in rows):
            about += f" {case.close(rows)}"
        page[case.TITLE] = f"{about}\n\n{as_markdown(rows)}\n"
        # After every case, so that one that fails costs no other.
        parts = [f"## {each.TITLE}\n\n{page[each.TITLE]}" for each in cases.values() if each.TITLE in page]
        PAGE.write_text(HEAD + "\n".join(parts), encoding="utf-8")
    print(as_text(everything))
    print(summary(everything))
    return 1 if any(row.verdict == "miss" for row in everything) else 0


def rows_of(name: str, case: object) -> Sequence[Row]:
    """The rows of a case, or one that says what it needs."""
    try:
        return case.rows()  # type: ignore[attr-defined]
    except Absent as gone:
        return [skipped(name, "all rows", "", str(gone))]


def parts_of(text: str) -> dict[str, str]:
    """The page by the titles of its cases."""
    found = re.split(r"^## (.*)\n\n", text, flags=re.MULTILINE)[1:]
    return {title: body.rstrip() + "\n" for title, body in zip(found[::2], found[1::2], strict=True)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
