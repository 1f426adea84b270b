"""status: whether a partnership delivers: each commitment with its state, its day, its indicator against a baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interdep.errors import InputError
from interdep.partnership.documents import CLOSED, Commitment
from interdep.partnership.indicators import INDICATORS
from interdep.partnership.references import not_known
from interdep.tables import Table, load_tables, save_tables
from interdep.units import counted

if TYPE_CHECKING:
    from interdep.partnership.schema import Partnership

TIE = 1e-9
"""Relative difference under which two values are the same: later digits are those of the arithmetic."""

BETTER, WORSE, UNCHANGED, WITHIN = "better", "worse", "unchanged", "within the range"
"""What a trend can be; "" where nothing is there to compare with; the last where the range does not bear a change out."""

SAME_YEAR = "baseline and latest are both of data of {year}: the runs differ, not the world"
"""What the note of an indicator says that moved between two runs on the same year's data."""

LATER = "no trend: the baseline is of {then}, and the latest data are of {year}"
"""What the note of an indicator says whose baseline is later than its data."""

OWN = "fraction or number, see unit"
"""The unit of columns in which every indicator has its own."""


@dataclass(frozen=True, eq=False)
class Status:
    """Where a partnership stands on a day.

    commitments: one row each: state, day due, days overdue, indicator, baseline, latest, low, high, target, trend, who signed.
    pillars: counts by pillar (criterion). indicators: all that could be computed, beside the baseline.
    about: partnership, title, day, members, needs (indicators that an assessment has to compute first), not_known.
    """

    commitments: Table
    pillars: Table
    indicators: Table
    about: dict[str, Any]

    @property
    def named(self) -> dict[str, Table]:
        """Every table by name."""
        return {"commitments": self.commitments, "pillars": self.pillars, "indicators": self.indicators}

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table."""
        return tuple(self.named.values())

    def where(self, **wanted: Any) -> list[dict[str, Any]]:
        """The rows of commitments with these values, as in `where(overdue=True)`."""
        return [r for r in self.commitments.to_rows() if all(r[name] == value for name, value in wanted.items())]

    def moved(self, trend: str = WORSE) -> list[dict[str, Any]]:
        """Indicators that moved this way against the baseline."""
        return [r for r in self.indicators.to_rows() if r["trend"] == trend]

    def save(self, folder: Path, csv: bool = True) -> None:
        """Write the tables and a manifest from which `load` reads them back."""
        save_tables(folder, self.named, csv=csv, kind="status", about=self.about)

    @classmethod
    def load(cls, folder: Path) -> Status:
        """The status saved in a folder; InputError where there is none or where it was made by another method version."""
        tables, manifest = load_tables(folder, "status")
        return cls(**tables, about=manifest["about"])

    def __repr__(self) -> str:
        rows = self.commitments.to_rows()
        lines = [f"Status of {self.about['title']} on {self.about['on']}"]
        lines.append(f"├─ {counted(len(rows), 'commitment')}: {_states(rows)}")
        lines.append(
            f"├─ {sum(r['overdue'] is True for r in rows)} overdue, {sum(r['agreed'] for r in rows)} signed by every member"
        )
        worse, better = len(self.moved(WORSE)), len(self.moved(BETTER))
        compared = any(r["trend"] for r in self.indicators.to_rows())
        lines.append(
            f"├─ indicators: {better} better, {worse} worse"
            if compared
            else "├─ indicators: no earlier baseline to compare with"
        )
        gaps = len(self.about["not_known"])
        lines.append(f"└─ {gaps} {'kind of fact is' if gaps == 1 else 'kinds of facts are'} not known")
        return "\n".join(lines)


def status(
    partnership: Partnership, indicators: Table, baseline: Table | None = None, on: date | None = None
) -> Status:
    """Every commitment on a day, with the indicator that shows its effect.

    indicators: of `indicators_of`; baseline: an older table of the same; on: default today. A commitment's baseline is the value
    there, else the one its file gives. Raises InputError where the baseline is of another partnership.
    """
    import polars as pl

    day = on or date.today()
    older = {} if baseline is None else _cells(baseline)
    if baseline is not None:
        other = baseline.provenance.extra.get("name", partnership.name)
        if other != partnership.name:
            raise InputError(
                f"the baseline is of {other!r}, not of {partnership.name!r}; name a folder of the same partnership"
            )
    latest = _cells(indicators)
    compared = [row | _against(row, older.get(key)) for key, row in latest.items()]
    rows = [_row(partnership, each, latest, older, day) for each in partnership.commitments]
    text, number, whole = pl.String, pl.Float64, pl.Int64
    schema = {
        "commitment": text, "pillar": text, "text": text, "text_ja": text, "owners": text, "decision": text, "status": text,
        "due": pl.Date, "overdue": pl.Boolean, "days_overdue": whole, "evidence": whole, "last_evidence": pl.Date,
        "indicator": text, "of": text, "member": text, "unit": text, "baseline": number, "baseline_year": whole, "latest": number,
        "low": number, "high": number, "year": whole, "target": number, "target_year": whole, "reached": pl.Boolean,
        "trend": text, "note": text, "agreed": pl.Boolean, "signed_by": text, "outdated": text, "hash": text,
    }  # fmt: skip
    numbers = {
        "days_overdue": "days", "evidence": "count", "baseline": OWN, "latest": OWN,
        "baseline_year": "year", "year": "year", "target_year": "year",
        "low": OWN, "high": OWN, "target": OWN,
    }  # fmt: skip
    provenance = indicators.provenance.then(f"commitments of {partnership.title} on {day}")
    commitments = Table(
        "commitments", pl.DataFrame(rows, schema=schema), (), {name: numbers.get(name, "") for name in schema},
        f"Commitments of {partnership.title} on {day}", provenance=provenance,
    )  # fmt: skip
    extra = {"baseline": pl.Float64, "baseline_year": pl.Int64, "trend": pl.String}
    frame = pl.DataFrame(compared, schema={**indicators.frame.schema, **extra})
    units = {**indicators.units, "baseline": OWN, "baseline_year": "year", "trend": ""}
    beside = Table("indicators", frame, indicators.dims, units, indicators.title, provenance=indicators.provenance)
    have = {row["indicator"] for row in latest.values()}
    asked = dict.fromkeys(c.indicator.id for c in partnership.commitments if c.indicator)
    about = {
        "partnership": partnership.name, "title": partnership.title, "title_ja": partnership.title_ja, "on": day.isoformat(),
        "members": list(partnership.members), "needs": [name for name in asked if name not in have],
        "not_known": [p.text for p in not_known(partnership)],
    }  # fmt: skip
    return Status(commitments, _pillars(partnership, rows, provenance), beside, about)


def _row(
    partnership: Partnership, each: Commitment, latest: Mapping[Any, Any], older: Mapping[Any, Any], day: date
) -> dict[str, Any]:
    # Where the state is not known nothing shows the commitment done, so that a day that has passed counts.
    late = each.due is not None and each.due < day
    overdue = None if each.due is None else late and each.status not in CLOSED
    dated = [e.date for e in each.evidence if e.date]
    return {
        "commitment": each.id, "pillar": each.pillar, "text": each.text, "text_ja": each.text_ja,
        "owners": ", ".join(each.owners), "decision": each.decision, "status": each.status, "due": each.due,
        "overdue": overdue, "days_overdue": (day - each.due).days if overdue and each.due else None,
        "evidence": len(each.evidence), "last_evidence": max(dated, default=None),
        **_effect(each, latest, older), "agreed": partnership.agreed(each), "signed_by": ", ".join(each.agreed_by),
        "outdated": ", ".join(each.outdated), "hash": each.hash,
    }  # fmt: skip


def _effect(each: Commitment, latest: Mapping[Any, Any], older: Mapping[Any, Any]) -> dict[str, Any]:
    empty = dict.fromkeys(("baseline", "baseline_year", "latest", "low", "high", "year", "reached"))
    asked = each.indicator
    if asked is None:
        return {"indicator": "", "of": "", "member": "", "unit": "", **empty, "target": None, "target_year": None, "trend": "",
                "note": "no indicator is named"}  # fmt: skip
    indicator, of = INDICATORS[asked.id], asked.of or each.pillar
    said = {
        "indicator": asked.id, "of": of, "member": asked.member, "unit": indicator.unit, **empty, "target": asked.target,
        "target_year": asked.by, "baseline": asked.baseline, "baseline_year": asked.baseline_year, "trend": "", "note": "",
    }  # fmt: skip
    there = [row for row in latest.values() if row["indicator"] == asked.id and row["of"] == of]
    if asked.member:
        there = [row for row in there if row["member"] == asked.member]
    if not there:
        return said | {"note": f"needs {NEEDS[indicator.needs]}"}
    known = [row for row in there if row["value"] is not None]
    if len(known) < len(there):
        # The worst of several is not known where one of them is not.
        lacking = next(row for row in there if row["value"] is None)
        return said | {"member": lacking["member"], "note": lacking["note"] or "not known"}
    worst = (max if indicator.better == "lower" else min)(known, key=lambda row: row["value"])
    said |= {"member": worst["member"], "latest": worst["value"], "low": worst["low"], "high": worst["high"],
             "year": worst["year"], "note": worst["note"]}  # fmt: skip
    old = older.get((worst["criterion"], worst["member"]))
    if old is None and asked.baseline is not None:
        old = {"value": asked.baseline, "year": asked.baseline_year}
    said |= _against(worst, old)
    if asked.target is not None:
        further = worst["value"] - asked.target
        said["reached"] = further <= 0 if indicator.better == "lower" else further >= 0
        if later(said):
            said["note"] += f"; whether the target is reached is told of {worst['year']}"
    return said


NEEDS = {
    "dependencies": "a measurement", "run": "an assessment (interdep assess)", "fan": "an assessment (interdep assess)",
    "adjusted": "an assessment (interdep assess)", "paths": "an assessment (interdep assess)",
    "plans": "an assessment with this plan (interdep assess)",
    "coalitions": "an assessment with this coalition (interdep assess)",
}  # fmt: skip
"""What has to be made before an indicator can be read."""


def _against(row: Mapping[str, Any], old: Mapping[str, Any] | None) -> dict[str, Any]:
    """Baseline and trend of an indicator, and its note.

    A trend holds where the value and both ends of its range moved the same way: the ends stand for the same parameters then and
    now. Against a baseline without a range the change has to leave the range of the latest value. Where both are of the same
    year's data the note says that it is the runs that differ. A baseline later than the data is none.
    """
    if old is None or old["value"] is None:
        return {"baseline": None, "baseline_year": None, "trend": "", "note": row["note"]}
    found = {"baseline": old["value"], "baseline_year": old["year"], "note": row["note"]}
    if row["value"] is None:
        return {**found, "trend": ""}
    if later(found | {"year": row["year"]}):
        said = LATER.format(then=old["year"], year=row["year"])
        return {**found, "trend": "", "note": "; ".join(filter(None, (row["note"], said)))}
    moved = _sign(row["value"], old["value"])
    if not moved:
        return {**found, "trend": UNCHANGED}
    if row["year"] and row["year"] == old["year"]:
        found["note"] = "; ".join(filter(None, (row["note"], SAME_YEAR.format(year=row["year"]))))
    if row["low"] is not None and row["high"] is not None:
        low, high = old.get("low"), old.get("high")
        if low is None or high is None:
            clear = not row["low"] <= old["value"] <= row["high"]
        else:
            clear = -moved not in (_sign(row["low"], low), _sign(row["high"], high))
        if not clear:
            return {**found, "trend": WITHIN}
    better = (moved < 0) == (row["better"] == "lower")
    return {**found, "trend": BETTER if better else WORSE}


def later(row: Mapping[str, Any]) -> bool:
    """The baseline of a row is of a year after that of its data."""
    return bool(row["baseline_year"] and row["year"] and row["baseline_year"] > row["year"])


def _sign(now: float, then: float) -> int:
    """Which way a value moved: -1, 0, 1."""
    if abs(now - then) <= TIE * max(abs(now), abs(then)):
        return 0
    return 1 if now > then else -1


def _cells(table: Table) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["criterion"], row["member"]): row for row in table.to_rows()}


def _pillars(partnership: Partnership, rows: list[dict[str, Any]], provenance: Any) -> Table:
    import polars as pl

    counts = []
    for pillar in partnership.pillars:
        here = [r for r in rows if r["pillar"] == pillar.id]
        counts.append({
            "criterion": pillar.id, "title": pillar.title, "title_ja": pillar.title_ja, "commitments": len(here),
            "done": sum(r["status"] == "done" for r in here), "under_way": sum(r["status"] == "under way" for r in here),
            "status_not_known": sum(r["status"] == "not known" for r in here),
            "overdue": sum(r["overdue"] is True for r in here), "day_not_known": sum(r["due"] is None for r in here),
            "agreed": sum(r["agreed"] for r in here),
        })  # fmt: skip
    schema = {name: pl.String if name in ("criterion", "title", "title_ja") else pl.Int64 for name in (
        "criterion", "title", "title_ja", "commitments", "done", "under_way", "status_not_known", "overdue", "day_not_known",
        "agreed")}  # fmt: skip
    units = {name: "" if name in ("title", "title_ja") else "count" for name in schema if name != "criterion"}
    return Table("pillars", pl.DataFrame(counts, schema=schema), ("criterion",), units,
                 f"Commitments of {partnership.title} by pillar", provenance=provenance)  # fmt: skip


def _states(rows: list[dict[str, Any]]) -> str:
    order = ("done", "under way", "not started", "stopped", "not known")
    counts = {state: sum(r["status"] == state for r in rows) for state in order}
    return (
        ", ".join(f"{n} {state if state != 'not known' else 'of unknown state'}" for state, n in counts.items() if n)
        or "none"
    )
