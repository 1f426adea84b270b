"""`interdep brief`: the two pages for a minister, from the folder of an assessment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from interdep.cli.common import open_world, print_line, switch
from interdep.errors import InputError


def brief(
    results: Annotated[Path, Parameter(help="The folder that `interdep assess` has written.")],
    /,
    *,
    lang: Annotated[str, Parameter(help="en or ja.")] = "en",
    marking: Annotated[str, Parameter(help="Handling mark for every page.")] = "",
    out: Annotated[
        Path | None, Parameter(help="File: .pdf, .html or .xlsx; default briefing-LANG.pdf in the folder.")
    ] = None,
    world: Annotated[str | None, Parameter(help="The table of the assessment, where it is not a packaged one.")] = None,
    quiet: Annotated[bool, switch("Do not say where the file is.")] = False,
    debug: Annotated[bool, switch("Show the traceback of an error.")] = False,
) -> int:
    """The two A4 pages: what both depend on, what breaks, what to do, what acting together adds, who would sign, what is kept."""
    from interdep.assessment import brief as brief_
    from interdep.briefing.files import KINDS

    target = out or results / f"briefing-{lang}.pdf"
    if target.suffix.lower() not in KINDS:
        raise InputError(f"--out {target}: let the name end in {', '.join(KINDS)}")
    made = brief_(results, lang, marking, None if world is None else open_world(world))
    made.save(target)
    if not quiet:
        print_line(f"Briefing: {target}")
    return 0
