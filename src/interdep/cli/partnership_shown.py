"""How `interdep partnership status` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from interdep.cli.common import print_grid, print_line
from interdep.partnership.documents import CLOSED
from interdep.units import counted

if TYPE_CHECKING:
    from interdep.partnership.status import Status


def print_status(found: Status) -> None:
    """Commitments, counts by pillar, every indicator, those that moved, and what is not known."""
    from interdep.partnership.indicators import INDICATORS
    from interdep.partnership.status import later

    rows = found.commitments.to_rows()
    still = sum(row["status"] not in CLOSED for row in rows)
    said = f"{counted(len(rows), 'commitment')}, {still} of them open"
    print_line(f"{found.about['title']} on {found.about['on']}: {said}")
    cells = [
        [
            row["commitment"],
            row["pillar"],
            row["status"],
            _due(row),
            _indicator(row),
            _latest(row),
            _baseline(row),
            row["trend"] or ("none: the baseline is later than the data" if later(row) else ""),
            _signed(row),
        ]
        for row in rows
    ]
    if cells:
        head = ["commitment", "pillar", "status", "due", "indicator", "latest", "baseline", "trend", "signed by"]
        print_grid(head, cells)
        print_line()
    counts = [
        [row["title"], str(row["commitments"]), str(row["done"]), str(row["under_way"]), str(row["status_not_known"]),
         str(row["overdue"]), str(row["agreed"])]
        for row in found.pillars.to_rows()
    ]  # fmt: skip
    if counts:
        head = ["pillar", "commitments", "done", "under way", "state not\nknown", "overdue", "signed by\nall"]
        print_grid(head, counts, range(1, len(head)))
        print_line()
    _indicators(found)
    _moved(found)
    needs = [INDICATORS[name].title for name in found.about["needs"]]
    if needs:
        print_line(f"Read only after an assessment (interdep assess, then --results FOLDER): {'; '.join(needs)}")
    for line in found.about["not_known"]:
        print_line(line[:1].upper() + line[1:])


def _indicators(found: Status) -> None:
    """Latest values: a grid for pillars, scenarios, plans and coalitions each, with a column for each indicator."""
    from interdep.geography import name_of
    from interdep.partnership.indicators import INDICATORS

    known = [row for row in found.indicators.to_rows() if row["value"] is not None]
    for per in dict.fromkeys(each.per for each in INDICATORS.values()):
        here = [row for row in known if INDICATORS[row["indicator"]].per == per]
        columns = [name for name in INDICATORS if any(row["indicator"] == name for row in here)]
        years = sorted({row["year"] for row in here if row["year"]})
        lines = {(row["of"], row["member"]): {} for row in sorted(here, key=lambda row: row["of"])}
        for row in here:
            trend = f" {row['trend']}" if row["trend"] else ""
            lines[row["of"], row["member"]][row["indicator"]] = f"{_ranged(row, row['value'])}{trend}"
        cells = [
            [of, name_of(member) if member else "", *(line.get(name, "") for name in columns)]
            for (of, member), line in sorted(lines.items())
        ]
        if cells:
            parts = _parts(columns)
            data = f"data of {', '.join(map(str, years))}" if years else ""
            print_line(f"Indicators by {per}: latest (range) trend{'; ' if data else ''}{data}")
            if parts:
                print_line(f"Each is a part: {'; '.join(parts)}")
            print_grid([per, "member", *columns], cells)
            print_line()


def _parts(names: list[str]) -> list[str]:
    """What the indicators that are fractions are parts of, those of the same thing together."""
    from interdep.partnership.indicators import INDICATORS

    shares: dict[str, list[str]] = {}
    for name in names:
        what, is_share = INDICATORS[name].unit.removeprefix("fraction "), INDICATORS[name].unit.startswith("fraction ")
        if is_share:
            shares.setdefault(what, []).append(name)
    return [f"{', '.join(each)} {what}" for what, each in shares.items()]


def _moved(found: Status) -> None:
    from interdep.geography import name_of
    from interdep.partnership.agenda import shown
    from interdep.partnership.indicators import INDICATORS
    from interdep.partnership.status import BETTER, WITHIN, WORSE, later

    rows = found.indicators.to_rows()
    if not any(row["trend"] for row in rows):
        if any(later(row) for row in rows):
            print_line("No trend: the baseline is of later data than the latest.")
            return
        print_line("No baseline: name the folder of an older assessment with --baseline to see what moved.")
        return
    moved = [row for trend in (WORSE, BETTER) for row in found.moved(trend)]
    cells = [
        [INDICATORS[row["indicator"]].title, row["of"], name_of(row["member"]) if row["member"] else "", row["trend"],
         shown(row["baseline"], row["unit"]), shown(row["value"], row["unit"])]
        for row in moved
    ]  # fmt: skip
    within = len(found.moved(WITHIN))
    print_line(f"Indicators that moved: {len(moved)} of {len(rows)}; {within} more within their range")
    if cells:
        print_grid(["indicator", "of", "member", "trend", "before", "now"], cells, (4, 5))
        print_line()


def _due(row: dict[str, Any]) -> str:
    if row["due"] is None:
        return "not known"
    return f"{row['due']} ({counted(row['days_overdue'], 'day')} overdue)" if row["overdue"] else str(row["due"])


def _indicator(row: dict[str, Any]) -> str:
    if not row["indicator"]:
        return "none named"
    return f"{row['indicator']} of {row['of']}{', ' + row['member'] if row['member'] else ''}"


def _latest(row: dict[str, Any]) -> str:
    from interdep.partnership.agenda import shown

    if row["latest"] is None:
        return row["note"] if row["indicator"] else ""
    text = _ranged(row, row["latest"])
    if row["target"] is not None:
        aim = f" by {row['target_year']}" if row["target_year"] else ""
        text += f"; target {shown(row['target'], row['unit'])}{aim}: {'reached' if row['reached'] else 'not reached'}"
    return f"{text} [{row['year']}]" if row["year"] else text


def _ranged(row: dict[str, Any], value: float) -> str:
    """A value with its range, where it has one that shows in print."""
    from interdep.partnership.agenda import shown

    text, unit = shown(value, row["unit"]), row["unit"]
    ends = [shown(row[end], unit) for end in ("low", "high")]
    wide = row["low"] is not None and row["high"] is not None and ends != [text, text]
    return f"{text} ({ends[0]} to {ends[1]})" if wide else text


def _baseline(row: dict[str, Any]) -> str:
    from interdep.partnership.agenda import shown

    if row["baseline"] is None:
        return ""
    return shown(row["baseline"], row["unit"]) + (f" [{row['baseline_year']}]" if row["baseline_year"] else "")


def _signed(row: dict[str, Any]) -> str:
    if row["agreed"]:
        return "all"
    signed = row["signed_by"] or "nobody"
    return f"{signed}; outdated: {row['outdated']}" if row["outdated"] else signed
