"""What a rule of voting gives each member: Banzhaf and Shapley-Shubik indices, vetoes, and how easily anything passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import factorial
from pathlib import Path

from interdep.agreement.blocking import Blockers, Blocking, blocking, minimal_counts, smallest
from interdep.agreement.counting import Game, passage, wins
from interdep.agreement.rules import Ballot, Rule, ballot
from interdep.provenance import Provenance, Source
from interdep.tables import Table, load_tables, save_tables
from interdep.units import per_cent

__all__ = ["Blocking", "Power", "blocking", "passage", "power"]

PASSAGE = "probability of passage"
FEWEST = "members of the smallest blocking coalitions"
SMALLEST = "smallest blocking coalitions"
MINIMAL = "minimal blocking coalitions"


@dataclass(frozen=True, eq=False)
class Power:
    """The power of each member under a rule.

    members: Table over members: weight and its share; swings (coalitions that carry with the member and fail without);
    banzhaf_absolute (swings over all coalitions of the others: the probability of turning a vote that the others toss coins
    for); banzhaf (its share of all swings); shapley_shubik (the part of all orders of joining in which it is the one that
    turns the vote); veto.
    summary: Table over criteria: probability of passage, thresholds, numbers of coalitions.
    blocking: Table of the smallest blocking coalitions that are listed, one row a member of each.
    """

    members: Table
    summary: Table
    blocking: Table

    @property
    def tables(self) -> Mapping[str, Table]:
        """The tables by name."""
        return {"members": self.members, "summary": self.summary, "blocking": self.blocking}

    @property
    def passage(self) -> float:
        """The probability that a proposal passes where each member is for or against by the toss of a coin."""
        return self.criterion(PASSAGE)

    @property
    def vetoes(self) -> tuple[str, ...]:
        """Members without whom nothing passes."""
        return tuple(row["member"] for row in self.members.to_rows() if row["veto"])

    @property
    def most_pivotal(self) -> tuple[str, ...]:
        """The members with the largest Shapley-Shubik index (several where they are equal)."""
        rows = self.members.to_rows()
        top = max(row["shapley_shubik"] for row in rows)
        return tuple(row["member"] for row in rows if row["shapley_shubik"] == top)

    def criterion(self, name: str) -> float:
        """One number of the summary."""
        return self.summary.where(criterion=name).to_rows()[0]["value"]

    def coalitions(self) -> list[tuple[str, ...]]:
        """The smallest blocking coalitions that are listed."""
        found: dict[int, list[str]] = {}
        for row in self.blocking.to_rows():
            found.setdefault(row["coalition"], []).append(row["member"])
        return [tuple(each) for each in found.values()]

    def save(self, folder: Path) -> None:
        """Write the tables, to be read back by `load`."""
        save_tables(folder, self.tables, kind="power")

    @classmethod
    def load(cls, folder: Path) -> Power:
        """The power saved in a folder."""
        tables, _ = load_tables(folder, "power")
        return cls(tables["members"], tables["summary"], tables["blocking"])

    def __repr__(self) -> str:
        facts = self.members.provenance.extra
        top, veto = ", ".join(self.most_pivotal), ", ".join(self.vetoes) or "nobody"
        if len(self.most_pivotal) == len(self.members):
            top = "all alike"
        if len(self.vetoes) == len(self.members):
            veto = "everybody"
        return "\n".join([
            f"Power: {facts['title'] or facts['rule']}",
            f"├─ {len(self.members)} members, {facts['requirement']}",
            f"├─ probability of passage {per_cent(self.passage)}",
            f"├─ most often pivotal: {top}",
            f"├─ veto: {veto}",
            f"└─ fewest members who can block: {self.criterion(FEWEST):.0f}",
        ])  # fmt: skip


def power(
    members: str | Sequence[str] = "EU27", rule: str | Rule | Path = "qmv", on: date | str | None = None
) -> Power:
    """How much each member's vote counts, exactly, and how easily proposals pass.

    members: codes and groups; rule: a packaged rule's name, a `Rule`, or a TOML file; on: the day, which decides the members
    of groups and the population table (None: the latest).

    Indices: Banzhaf (1965), Shapley & Shubik (1954), as whole numbers of coalitions. Raises InputError for members or rules
    that cannot be used, or where counting would take too long.
    """
    vote = ballot(rule, members, on)
    game, n = Game.of(vote), len(vote.members)
    total, with_member = wins(game)
    blockers, minimal = Blockers.of(game), minimal_counts(game)
    # Swings by the size of the coalition with the member: it carries with the member and fails without.
    swings = [[with_[s] - (total[s - 1] - with_[s - 1]) for s in range(1, n + 1)] for with_ in with_member]
    counts = [sum(each) for each in swings]
    orders = [factorial(s - 1) * factorial(n - s) for s in range(1, n + 1)]
    shapley = [Fraction(sum(a * b for a, b in zip(each, orders, strict=True)), factorial(n)) for each in swings]
    provenance = _provenance(vote)
    rows = {
        "member": list(vote.members),
        "weight": [_as_given(vote, code, weight) for code, weight in zip(vote.members, vote.weights, strict=True)],
        "weight_share": [_share(vote, weight) for weight in vote.weights],
        "swings": [float(each) if n > 63 else each for each in counts],
        "banzhaf_absolute": [float(Fraction(each, 2 ** (n - 1))) for each in counts],
        "banzhaf": [float(Fraction(each, sum(counts))) for each in counts],
        "shapley_shubik": [float(each) for each in shapley],
        "veto": [blockers.hold(1, weight) for weight in game.weights],
    }
    return Power(
        _members(rows, vote, provenance),
        _summary(vote, float(Fraction(sum(total), 2**n)), minimal, provenance),
        _blocking(vote, smallest(blockers, dict(zip(vote.members, game.weights, strict=True))), provenance),
    )


def requirement(vote: Ballot) -> str:
    """What the rule asks of these members, in words."""
    n, parts = len(vote.members), []
    if vote.min_count:
        parts.append("all of them" if vote.min_count == n else f"{vote.min_count} of them")
    if vote.min_weight:
        what = "the population" if vote.population else "the weight"
        more = "more than " if vote.rule.weight_more else ""
        parts.append(f"{more}{100 * float(vote.rule.weight_share):.4g} % of {what}")
    text = f"{' with '.join(parts)} in favour"
    return text + (f", or fewer than {vote.blockers} not in favour" if vote.blockers else "")


def _members(rows: Mapping[str, list[object]], vote: Ballot, provenance: Provenance) -> Table:
    import polars as pl

    frame = pl.DataFrame(rows, schema_overrides={"weight": pl.Float64, "weight_share": pl.Float64})
    weight_unit = vote.population.unit if vote.population else "count"
    units = {
        "weight": weight_unit, "weight_share": "fraction of the weight", "swings": "count",
        "banzhaf_absolute": "fraction of the others' coalitions", "banzhaf": "fraction of all swings",
        "shapley_shubik": "fraction of all orders", "veto": "",
    }  # fmt: skip
    return Table("power", frame, ("member",), units, "Voting power of each member", {}, provenance)


def _summary(vote: Ballot, passage: float, minimal: Sequence[int], provenance: Provenance) -> Table:
    import polars as pl

    least = next((size for size, count in enumerate(minimal) if count), 0)
    rows = [
        (PASSAGE, passage, "fraction", "each member for or against by the toss of a coin"),
        ("members", len(vote.members), "count", "who vote"),
        ("members needed", vote.min_count or None, "count", "in favour; none where empty"),
        ("weight needed", _share(vote, vote.min_weight), "fraction of the weight", "in favour; none where empty"),
        ("members of a blocking minority", vote.blockers or None, "count", "at least; no such clause where empty"),
        (FEWEST, least, "count", "fewest who can stop a proposal"),
        (SMALLEST, minimal[least], "count", "of that many members"),
        (MINIMAL, sum(minimal), "count", "that block with nobody to spare, of any size"),
    ]
    schema = {"criterion": pl.String, "value": pl.Float64, "unit": pl.String, "meaning": pl.String}
    frame = pl.DataFrame([(a, None if b is None else float(b), c, d) for a, b, c, d in rows], schema, orient="row")
    units = {"value": "fraction or count", "unit": "", "meaning": ""}
    return Table("summary", frame, ("criterion",), units, "The rule as a whole", {}, provenance)


def _blocking(vote: Ballot, coalitions: Sequence[Sequence[str]], provenance: Provenance) -> Table:
    import polars as pl

    weights = dict(zip(vote.members, vote.weights, strict=True))
    rows = [(place, code, _share(vote, weights[code])) for place, each in enumerate(coalitions, 1) for code in each]
    schema = {"coalition": pl.Int64, "member": pl.String, "weight_share": pl.Float64}
    frame = pl.DataFrame(rows, schema, orient="row")
    units = {"coalition": "count", "weight_share": "fraction of the weight"}
    title = "The smallest blocking coalitions, the heaviest first (a row a member)"
    return Table("blocking", frame, ("member",), units, title, {}, provenance)


def _as_given(vote: Ballot, code: str, weight: int) -> float | None:
    """A weight as the table or the rule gives it, before it was made whole; None without weights."""
    if vote.population:
        return vote.population.weights[code]
    return float(vote.rule.weights[code]) if isinstance(vote.rule.weights, Mapping) else None


def _share(vote: Ballot, weight: int) -> float | None:
    return float(Fraction(weight, vote.total_weight)) if vote.total_weight else None


def _provenance(vote: Ballot) -> Provenance:
    rule = vote.rule
    sources = [Source(f"{rule.title or rule.name}: {rule.source}")] if rule.source else []
    if vote.population:
        sources.append(vote.population.source)
    asked = requirement(vote)
    steps = [
        f"Rule {rule.name!r} for {len(vote.members)} members ({', '.join(vote.members)}): {asked}.",
        *([rule.note] if rule.note else []),
        *vote.notes,
        "Coalitions counted exactly; in the indices nothing is known of what members want, only of how they vote.",
    ]
    extra = {"rule": rule.name, "title": rule.title, "requirement": asked, "abstention": rule.abstention,
             "on": vote.on.isoformat() if vote.on else None}  # fmt: skip
    return Provenance(tuple(sources), tuple(steps), vote.population.year if vote.population else None, extra=extra)
