"""brief: the two pages for a minister out of an assessment, with the tables and scenario files behind them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from interdep.assessment.made import Assessment
from interdep.briefing.content import LANGUAGES
from interdep.briefing.files import Briefing
from interdep.errors import unknown
from interdep.units import per_cent

if TYPE_CHECKING:
    from interdep.world import World


def brief(
    results: Assessment | str | Path, lang: str = "en", marking: str = "", world: World | None = None
) -> Briefing:
    """Two A4 pages for a minister, to be saved as .pdf, .html or .xlsx.

    results: an assessment, or the folder that `assess` has written; lang: "en" or "ja"; marking: what stands on every page as
    its handling mark; world: the table of the assessment, where it is not a packaged one. Raises InputError for what cannot be
    used, for a language not spoken, for a marking that is too long.
    """
    made = results if isinstance(results, Assessment) else Assessment.load(Path(results), world)
    return briefing_of(made, lang, marking)


def briefing_of(made: Assessment, lang: str, marking: str) -> Briefing:
    """See `brief`."""
    from interdep.assessment.behind import tables_of
    from interdep.briefing.brief import fitting

    if lang not in LANGUAGES:
        raise unknown("language", lang, LANGUAGES)
    document = fitting(made.found, lang, marking, made.status)  # pyright: ignore[reportArgumentType]
    scenarios = {f"{s.name}.toml": s.toml() for s in (*made.run.scenarios, *made.found.long)}
    provenance = made.run.provenance
    share = made.world.estimated_share
    estimated = f"; {per_cent(share)} of the intermediate flows are estimates" if share else ""
    about = {
        "Title": document.title, "Marking": marking, "Partnership": made.partnership.name, "Run": made.found.identity,
        "Table": f"{made.world.name}, {made.world.year}{estimated}",
        "Version": f"interdep {provenance.version}, method {provenance.method}",
    }  # fmt: skip
    return Briefing(document, tables_of(made), scenarios, about)
