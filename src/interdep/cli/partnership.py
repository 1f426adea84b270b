"""`interdep partnership`: the framework of a partnership: what is agreed, what is due, whether it delivers, what comes next."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from interdep.cli.common import DEFAULT, Common, print_json, print_line, split
from interdep.errors import InputError, MissingData, first_five, unknown
from interdep.units import counted

if TYPE_CHECKING:
    from interdep.partnership.schema import Partnership
    from interdep.tables import Table

app = App(
    name="partnership", help="The framework of a partnership: commitments, meetings, sign-off, and whether it delivers."
)

Name = Annotated[str, Parameter(help="A name of the library (eu-japan), or a folder with partnership.toml.")]
Results = Annotated[
    Path | None, Parameter(help="Folder of `interdep assess`; default: what a measurement alone tells.")
]
Older = Annotated[
    Path | None, Parameter(help="An older folder of `interdep assess` or of this command, to compare with.")
]


@app.command
def check(partnership: Name, /, *, common: Common = DEFAULT) -> int:
    """Read every file and follow every reference; errors, warnings, and what is not known."""
    from interdep.partnership.schema import draft

    found = draft(partnership)
    if common.json:
        print_json({"ok": not found.errors, "problems": [{"kind": p.kind, "text": p.text} for p in found.problems]})
        return 1 if found.errors else 0
    # The place comes first in the sentence, so that editors find it; what kind it is stands behind.
    for kind in ("error", "warning", "note"):
        for problem in found.problems:
            if problem.kind == kind:
                print_line(problem.text if kind == "note" else f"{kind}: {problem.text}")
    if found.partnership is None and found.errors:
        print_line("References between files are followed once these are put right.")
    counts = {kind: sum(p.kind == kind for p in found.problems) for kind in ("error", "warning")}
    files = len(found.files) + 1
    print_line(
        f"{counted(files, 'file')} read: {counted(counts['error'], 'error')}, {counted(counts['warning'], 'warning')}"
    )
    return 1 if found.errors else 0


@app.command
def status(
    partnership: Name,
    /,
    *,
    results: Results = None,
    baseline: Older = None,
    on: Annotated[str | None, Parameter(help="The day (YYYY-MM-DD) it is asked for; default today.")] = None,
    common: Common = DEFAULT,
) -> int:
    """Is the partnership delivering: each commitment, its day, its indicator now and before, who has signed it."""
    from interdep.cli.partnership_shown import print_status
    from interdep.partnership.schema import Partnership

    what = Partnership.read(partnership)
    made, _, _ = _status(what, results, baseline, _day(on, "--on"), common)
    if common.out is not None:
        made.save(common.out)
        from interdep.cli.common import about_tables
        from interdep.store import write_text

        write_text(common.out / "README.txt", about_tables(made.tables, f"Status of {what.title}"))
    if common.json:
        print_json({"about": made.about, "tables": {name: table.to_dict() for name, table in made.named.items()}})
        return 0
    print_status(made)
    if common.out is not None:
        print_line(f"The tables are in {common.out}")
    return 0


@app.command
def diff(
    old: Annotated[str, Parameter(help="The folder as it was (or a name of the library).")],
    new: Annotated[str, Parameter(help="The folder as it is.")],
    /,
    *,
    common: Common = DEFAULT,
) -> int:
    """What changed between two states of a folder, in sentences: commitments, days, states, signatures."""
    from interdep.partnership.changes import changes
    from interdep.partnership.schema import Partnership

    said = changes(Partnership.read(old), Partnership.read(new))
    if common.json:
        print_json(said)
        return 0
    for line in said or ["Nothing changed."]:
        print_line(line)
    return 0


@app.command
def agenda(
    partnership: Name,
    /,
    *,
    day: Annotated[str, Parameter(name="--for", help="The day (YYYY-MM-DD) of the meeting.")],
    results: Results = None,
    baseline: Older = None,
    top: Annotated[int, Parameter(help="Points of each kind to print.")] = 10,
    common: Common = DEFAULT,
) -> int:
    """Propose what the next meeting has to speak about, each point with its reason."""
    from dataclasses import asdict

    from interdep.partnership.agenda import agenda as agenda_
    from interdep.partnership.schema import Partnership

    if top < 1:
        raise InputError(f"--top {top} must be at least 1")
    what = Partnership.read(partnership)
    when = _day(day, "--for")
    assert when is not None
    made, now, before = _status(what, results, baseline, when, common)
    points = agenda_(what, when, made, now, before)
    if common.json:
        print_json({"partnership": what.name, "for": when, "points": [asdict(p) for p in points]})
        return 0
    print_line(f"Proposed agenda: {what.title}, {when}")
    kinds = Counter(p.kind for p in points)
    left = Counter(dict.fromkeys(kinds, top))
    shown = []
    for point in points:
        left[point.kind] -= 1
        if left[point.kind] >= 0:
            shown.append(point)
    for number, point in enumerate(shown, start=1):
        print_line(f"{number}. {' '.join(point.title.split())}")
        print_line(f"   {point.kind.capitalize()}{f', pillar {point.pillar}' if point.pillar else ''}. {point.reason}")
    for kind, count in kinds.items():
        if count > top:
            print_line(f"{count - top} more of the kind “{kind}”: --top {count}")
    if not points:
        print_line("Nothing calls for a meeting.")
    if baseline is None:
        print_line("Without --baseline no indicator can have moved; name the folder of an older assessment.")
    return 0


@app.command
def calendar(
    partnership: Name,
    /,
    *,
    lang: Annotated[Literal["en", "ja"], Parameter(help="Language of titles, where the files have both.")] = "en",
    common: Common = DEFAULT,
) -> int:
    """Meetings and days due as an iCalendar file (--out x.ics); the same folder gives the same file."""
    from interdep.partnership.calendar import calendar as calendar_
    from interdep.partnership.schema import Partnership
    from interdep.store import write_bytes

    content = calendar_(Partnership.read(partnership), lang)
    if common.out is None:
        print_line(content.decode("utf-8").replace("\r\n", "\n").rstrip("\n"))
        return 0
    if common.out.is_dir():
        raise InputError(f"{common.out} is a folder; name a file, as in --out meetings.ics")
    write_bytes(common.out, content)
    print_line(f"{counted(content.count(b'BEGIN:VEVENT'), 'event')} in {common.out}")
    return 0


@app.command
def new(
    name: Annotated[str, Parameter(help="The name, also of the folder, as in IND-AUS.")],
    /,
    *,
    members: Annotated[
        str | None, Parameter(help="Economies and groups, separated by commas; default: from the name.")
    ] = None,
    common: Common = DEFAULT,
) -> int:
    """Write the folder of a new partnership, with examples to copy and schemas for editors."""
    from interdep.partnership.skeleton import skeleton

    place = skeleton(name, split(members), common.out)
    if common.json:
        print_json({"folder": str(place)})
        return 0
    print_line(f"{place} is written. Next: interdep partnership check {place}; interdep assess {place}")
    return 0


@app.command
def sign(
    partnership: Annotated[Path, Parameter(help="The folder of the partnership.")],
    commitment: Annotated[str, Parameter(help="The id of the commitment, or `all`.")],
    /,
    *,
    member: Annotated[str, Parameter(help="The member that signs.")],
    office: Annotated[str, Parameter(help="The office that signs.")] = "",
    on: Annotated[str | None, Parameter(help="The day (YYYY-MM-DD) of signature; default today.")] = None,
    common: Common = DEFAULT,
) -> int:
    """Put a member's sign-off of what a commitment says now into its file."""
    from interdep.partnership.schema import Partnership
    from interdep.partnership.sign import sign as sign_
    from interdep.partnership.signing import ALL

    signed = sign_(partnership, commitment, member, _day(on, "--on") or date.today(), office)
    if common.json:
        print_json(signed)
        return 0
    for id_, seen in signed.items():
        print_line(f"{id_}: {member} has signed {seen[:16]}")
    if not signed:
        what = (
            commitment if commitment != ALL else first_five([c.id for c in Partnership.read(partnership).commitments])
        )
        print_line(f"{member} has signed {what} already; nothing is changed")
    return 0


@app.command
def schema(
    kind: Annotated[
        str, Parameter(help="partnership, meeting, commitment or lever; default: all, with --out FOLDER.")
    ] = "",
    /,
    *,
    common: Common = DEFAULT,
) -> int:
    """The JSON Schema of the files, for editors that complete and check TOML."""
    from interdep.partnership.json_schema import FILES, json_schema
    from interdep.store import write_json

    if kind and kind not in FILES:
        raise unknown("kind of file", kind, list(FILES))
    kinds = [kind] if kind else list(FILES)
    if common.out is not None:
        for each in kinds:
            write_json(common.out / f"{each}.json", json_schema(each))
        print_line(f"{counted(len(kinds), 'schema')} in {common.out}")
        return 0
    print_json(json_schema(kind) if kind else {each: json_schema(each) for each in kinds})
    return 0


def _status(
    what: Partnership, results: Path | None, baseline: Path | None, day: date | None, common: Common
) -> tuple[Any, Any, Any]:
    """(status, dependencies now, dependencies of the baseline); what cannot be measured is said and left out."""
    from types import SimpleNamespace

    from interdep.partnership.indicators import indicators_of
    from interdep.partnership.results import baseline_in, found_in, measured
    from interdep.partnership.status import status as status_

    older: Table | None = None
    before = None
    with common.progress("Computing indicators"):
        try:
            found = measured(what) if results is None else found_in(results, what)
        except MissingData as error:
            common.warn(f"no indicator: {error}")
            found = SimpleNamespace(partnership=what, dependencies=None)
        if baseline is not None:
            older = baseline_in(baseline, what)
            before = found_in(baseline, what).dependencies if (baseline / "dependencies").is_dir() else None
        made = status_(what, indicators_of(found, what), older, day)
    return made, found.dependencies, before


def _day(text: str | None, option: str) -> date | None:
    from interdep.geography import as_date

    if text is None:
        return None
    try:
        return as_date(text)
    except InputError as error:
        raise InputError(f"{option}: {error}") from error
