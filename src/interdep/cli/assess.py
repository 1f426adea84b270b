"""`interdep assess`: the main job, from the partnership's name to a report."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from interdep.cli.common import DEFAULT, Common, about_tables, open_world, print_json, print_line


def assess(
    partnership: str,
    /,
    world: Annotated[str, Parameter(help="Table: packaged name, folder, or WIOD 2013 .npz.")] = "world-2014",
    common: Common = DEFAULT,
) -> int:
    """Everything about a partnership, as a report.

    PARTNERSHIP is a name of the library (eu-japan) or a folder with partnership.toml. Writes report.html, tables and figures
    into --out (default: interdep-NAME in the current folder).
    """
    from pathlib import Path

    from interdep.assessment import assess as assess_
    from interdep.partnership.schema import Partnership
    from interdep.store import write_text

    what = Partnership.read(partnership)
    folder = common.out or Path(f"interdep-{what.name}")
    with common.steps() as step:
        step("reading the table")
        result = assess_(what, world=open_world(world), progress=step)
        step("writing files")
        files = result.save(folder)
        write_text(folder / "README.txt", about_tables(result.tables, f"Assessment of {what.title}"))
    for line in result.run.failures():
        common.warn(f"warning: no result for {line}")
    if common.json:
        print_json({
            "bottom_line": result.bottom_line, "files": [str(f) for f in files], "run": result.run.hash,
            "tables": {t.name: t.to_dict() for t in result.tables},
        })  # fmt: skip
        return 0
    for line in result.bottom_line:
        print_line(line)
    print_line("")
    print_line(f"Report:  {files[0]}")
    print_line(f"Tables:  {files[1]}")
    print_line(f"Figures: {files[2]}")
    return 0
