"""agenda: what the next meeting has to speak about, each point with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from interdep.geography import name_of
from interdep.partnership.documents import CLOSED
from interdep.partnership.indicators import INDICATORS
from interdep.partnership.status import WORSE, Status
from interdep.units import counted, per_cent, significant

if TYPE_CHECKING:
    from interdep.dependence.measure import Dependencies
    from interdep.partnership.schema import Partnership

KINDS = (
    "overdue commitment", "decision not followed up", "indicator moved the wrong way", "new common dependency",
    "signature outdated", "not signed", "not known",
)  # fmt: skip
"""Reasons for a point, in the order in which they are put on the agenda."""


@dataclass(frozen=True)
class Point:
    """One point of an agenda: what it is about, its pillar ("" for all), and why it is there."""

    kind: str
    subject: str
    title: str
    pillar: str
    reason: str


def agenda(
    partnership: Partnership,
    day: date,
    found: Status,
    dependencies: Dependencies | None = None,
    before: Dependencies | None = None,
) -> list[Point]:
    """Points for a meeting on a day, the most pressing first.

    found: the status on that day; dependencies: as measured now, before: as measured for an older assessment (without it,
    common dependencies count as new that entered a criterion in their last year).
    """
    points = [*_overdue(found), *_unfollowed(partnership, day), *_worse(found)]
    points += _new_dependencies(partnership, dependencies, before)
    for row in found.commitments.to_rows():
        if row["outdated"]:
            reason = f"Signed by {row['outdated']} in another wording; what stands there now has not been signed."
            points.append(Point("signature outdated", row["commitment"], row["text"], row["pillar"], reason))
    return [*points, *_gaps(found)]


def _overdue(found: Status) -> list[Point]:
    rows = sorted((r for r in found.commitments.to_rows() if r["overdue"]), key=lambda r: (r["due"], r["commitment"]))
    points = []
    for row in rows:
        state = "its state is not known" if row["status"] == "not known" else f"it is {row['status']}"
        reason = f"Due on {row['due']}, {counted(row['days_overdue'], 'day')} earlier; {state}."
        points.append(Point("overdue commitment", row["commitment"], row["text"], row["pillar"], reason))
    return points


def _unfollowed(partnership: Partnership, day: date) -> list[Point]:
    followed = {c.decision for c in partnership.commitments}
    points = []
    for key, (meeting, decision) in partnership.decisions.items():
        if key in followed or (meeting.date and meeting.date >= day):
            continue
        when = f" on {meeting.date}" if meeting.date else ""
        late = f"; it was due on {decision.due}" if decision.due and decision.due < day else ""
        reason = f"Decided{when} ({meeting.title}); no commitment follows from it{late}."
        points.append(Point("decision not followed up", key, decision.text, "", reason))
    return points


def _worse(found: Status) -> list[Point]:
    named = {(r["indicator"], r["of"]): r for r in found.commitments.to_rows() if r["indicator"]}
    points = []
    for row in found.moved(WORSE):
        indicator = INDICATORS[row["indicator"]]
        values = [shown(row[key], row["unit"]) for key in ("baseline", "value")]
        years = [f" ({row[key]})" if row[key] else "" for key in ("baseline_year", "year")]
        reason = f"From {values[0]}{years[0]} to {values[1]}{years[1]}; {indicator.better} is better."
        reason += f" {row['note'][:1].upper()}{row['note'][1:]}." if row["note"] else ""
        commitment = named.get((row["indicator"], row["of"]))
        if commitment:
            reason += f" It is the indicator of {commitment['commitment']}."
        who = f", {name_of(row['member'])}" if row["member"] else ""
        pillar = row["of"] if indicator.per == "pillar" else ""
        points.append(
            Point(
                "indicator moved the wrong way",
                row["criterion"],
                f"{indicator.title}{who}: {row['of']}",
                pillar,
                reason,
            )
        )
    # Those that a commitment is measured by come first.
    return sorted(points, key=lambda p: " It is the indicator of " not in p.reason)


def _new_dependencies(partnership: Partnership, now: Dependencies | None, before: Dependencies | None) -> list[Point]:
    if now is None:
        return []
    points = []
    if before is not None:
        old = {(r["industry"], r["top_supplier"]) for r in before.common().to_rows()}
        for row in now.common().to_rows():
            if (row["industry"], row["top_supplier"]) not in old:
                who = name_of(row["top_supplier"])
                reason = (f"{who} is now the top foreign supplier of every member, with at least"
                          f" {per_cent(row['smallest_share'])} of inputs along the chain.")  # fmt: skip
                points.append(
                    Point("new common dependency", row["industry"], f"Industry {row['industry']}: {who}", "", reason)
                )
    for row, reason in _new_products(now, before):
        title = f"{row['product']} {row['name']}: {name_of(row['top_supplier'])}"
        points.append(
            Point("new common dependency", row["product"], title, _pillar_of(partnership, row["product"]), reason)
        )
    return points


def _new_products(now: Dependencies, before: Dependencies | None) -> list[tuple[dict[str, Any], str]]:
    from interdep.dependence.compare import COMMON, SHARED

    if now.products is None:
        return []
    rows = [r for r in now.products.common.to_rows() if r["class"] in (COMMON, SHARED)]
    if before is not None and before.products is not None:
        known = before.products.known_for_all(same_year=False)
        old = {(r["product"], r["top_supplier"]): r["class"] for r in before.products.common.to_rows()}
        found = []
        for row in rows:
            was = old.get((row["product"], row["top_supplier"]))
            # What the older results could not tell is not new, nor is what has become less.
            if row["product"] in known and was not in (COMMON, row["class"]):
                then = f"a {was}" if was else "none"
                share = per_cent(row["smallest_share"])
                found.append(
                    (
                        row,
                        f"A {row['class']}, with at least {share} of each member's imports; in the older results {then}.",
                    )
                )
        return found
    found = []
    for row in rows:
        met = [r for r in now.products.changes.to_rows() if r["change"] == "entered" and r["product"] == row["product"]
               and r["period"] == row["period"] and r["criterion"] in row["criteria"].split(", ")]  # fmt: skip
        if met:
            who = ", ".join(name_of(r["buyer"]) for r in met)
            found.append(
                (
                    row,
                    f"A {row['class']} since {row['period']}, when {who} came to meet the criterion ({met[0]['why']}).",
                )
            )
    return found


def _pillar_of(partnership: Partnership, product: str) -> str:
    from interdep.classifications.product_sets import product_set

    for pillar in partnership.pillars:
        codes = [code for name in pillar.products or () for code in product_set(name).codes]
        if any(product.startswith(code) or code.startswith(product) for code in codes):
            return pillar.id
    return ""


def _gaps(found: Status) -> list[Point]:
    """What nobody has signed, and what nobody knows: one point each, since there may be hundreds."""
    rows = [r for r in found.commitments.to_rows() if r["status"] not in CLOSED]
    points = []
    for kind, title, what, here in (
        ("not signed", "Sign the commitments", "not signed by every member as they stand", [r for r in rows if not r["agreed"]]),
        ("not known", "Report how far the commitments are", "of unknown state", [r for r in rows if r["status"] == "not known"]),
        ("not known", "Set a day for the commitments", "without a day due", [r for r in rows if r["due"] is None]),
    ):  # fmt: skip
        if here:
            points.append(
                Point(
                    kind,
                    "",
                    title,
                    "",
                    f"Of {counted(len(rows), 'open commitment')}"
                    f" {len(here)} {'is' if len(here) == 1 else 'are'} {what}.",
                )
            )
    return points


_ONE = {"industries": "industry", "headings": "heading"}


def shown(value: float | None, unit: str) -> str:
    """A value of an indicator in print: fractions as per cent, everything else with its unit."""
    if value is None:
        return "not known"
    if unit.startswith("fraction"):
        return per_cent(value)
    if unit.startswith("HHI"):
        return significant(value)
    return f"{value:g} {_ONE.get(unit, unit) if value == 1 else unit}"
