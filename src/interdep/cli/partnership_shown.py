"""How `interdep partnership status` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from interdep.cli.common import print_grid, print_line

if TYPE_CHECKING:
    from interdep.partnership.status import Status


def print_status(found: Status) -> None:
    """Commitments pillar by pillar, indicators that moved, and what is not known."""
    from interdep.partnership.indicators import INDICATORS

    rows = found.commitments.to_rows()
    print_line(f"{found.about['title']} on {found.about['on']}: {len(rows)} commitment{'' if len(rows) == 1 else 's'}")
    cells = [
        [
            row["commitment"],
            row["pillar"],
            row["status"],
            _due(row),
            _indicator(row),
            _latest(row),
            row["trend"],
            _signed(found, row),
        ]
        for row in rows
    ]
    if cells:
        print_grid(["commitment", "pillar", "status", "due", "indicator", "latest", "trend", "signed by"], cells)
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
    _moved(found)
    needs = [INDICATORS[name].title for name in found.about["needs"]]
    if needs:
        print_line(f"Read only after an assessment (interdep assess, then --results FOLDER): {'; '.join(needs)}")
    for line in found.about["not_known"]:
        print_line(line[:1].upper() + line[1:])


def _moved(found: Status) -> None:
    from interdep.geography import name_of
    from interdep.partnership.agenda import shown
    from interdep.partnership.indicators import INDICATORS
    from interdep.partnership.status import BETTER, WITHIN, WORSE

    rows = found.indicators.to_rows()
    if not any(row["trend"] for row in rows):
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
    return f"{row['due']} ({row['days_overdue']} days overdue)" if row["overdue"] else str(row["due"])


def _indicator(row: dict[str, Any]) -> str:
    if not row["indicator"]:
        return "none named"
    return f"{row['indicator']} of {row['of']}{', ' + row['member'] if row['member'] else ''}"


def _latest(row: dict[str, Any]) -> str:
    from interdep.partnership.agenda import shown

    if row["latest"] is None:
        return row["note"] if row["indicator"] else ""
    text = shown(row["latest"], row["unit"])
    if row["low"] is not None and row["high"] is not None and row["low"] != row["high"]:
        text += f" ({shown(row['low'], row['unit'])} to {shown(row['high'], row['unit'])})"
    if row["target"] is not None:
        aim = f" by {row['target_year']}" if row["target_year"] else ""
        text += f"; target {shown(row['target'], row['unit'])}{aim}: {'reached' if row['reached'] else 'not reached'}"
    return f"{text} [{row['year']}]" if row["year"] else text


def _signed(found: Status, row: dict[str, Any]) -> str:
    if row["agreed"]:
        return "all"
    signed = row["signed_by"] or "nobody"
    return f"{signed}; outdated: {row['outdated']}" if row["outdated"] else signed
