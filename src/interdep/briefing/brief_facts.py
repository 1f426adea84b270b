"""What the two-page briefing rests on, picked from Findings: the shared supplier, the leading disruption and plan, the doubts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any

from interdep.briefing import brief_names
from interdep.briefing.brief_words import say, sentences
from interdep.briefing.numbers import Lang, Numbers
from interdep.briefing.response_words import money
from interdep.models.ario import Ario
from interdep.models.timeline import first_bites
from interdep.models.verdict import NOTHING, View
from interdep.responses.plan import APART
from interdep.responses.plan import NOTHING as NOTHING_DONE

if TYPE_CHECKING:
    from interdep.briefing.findings import Findings
    from interdep.responses.plan import Plan
    from interdep.units import Money

WORTH_IT = 0.01
"""What acting together has to add, of the expected shortage, for a plan to be one to fund together: one percentage point."""


@dataclass(frozen=True, eq=False)
class Facts:
    """Findings with the look-ups of the briefing, in a language. state: as `interdep.partnership.status`
    gives it, None where there is none."""

    found: Findings
    lang: Lang
    state: Any = None

    @cached_property
    def n(self) -> Numbers:
        """How numbers are printed."""
        return Numbers(self.lang)

    @cached_property
    def names(self) -> dict[str, str]:
        """What codes are called."""
        return brief_names.names_of(self.found, self.lang)

    @property
    def buyers(self) -> list[str]:
        """The partners."""
        return self.found.buyers

    @property
    def both(self) -> str:
        """The partners' names as a list."""
        names = [self.names[b] for b in self.buyers]
        return self.n.listed(names) if self.lang == "en" else "と".join(names)

    def say(self, word: str, **values: object) -> str:
        """A sentence of the briefing."""
        return say(self.lang, word, **values)

    def joined(self, items: Sequence[str]) -> str:
        """Parts of a sentence that hold commas themselves."""
        return self.say("semicolon").join(items)

    def by_buyer(self, values: Mapping[str, str]) -> str:
        """A value for each partner: "EU27 3.5 %, Japan 5 %"."""
        return self.say("list").join(self.n.pair(self.names[b], v) for b, v in values.items())

    # Dependence

    @cached_property
    def common(self) -> list[dict[str, Any]]:
        """Industries in which all partners have the same largest foreign supplier, the largest shared reliance first."""
        return sorted(self.found.dependencies.common().to_rows(), key=lambda r: (-r["smallest_share"], r["industry"]))

    @cached_property
    def supplier(self) -> str | None:
        """The supplier that is the largest of all partners in most industries."""
        counts: dict[str, int] = {}
        for row in self.common:
            counts[row["top_supplier"]] = counts.get(row["top_supplier"], 0) + 1
        return max(sorted(counts), key=lambda s: counts[s]) if counts else None

    @property
    def shared(self) -> list[dict[str, Any]]:
        """The industries in which that is so."""
        return [r for r in self.common if r["top_supplier"] == self.supplier]

    @property
    def industries(self) -> int:
        """How many industries the table keeps apart."""
        return self.found.dependencies.industries.frame["industry"].n_unique()

    def reliance(self, supplier: str, buyer: str) -> tuple[float, float]:
        """(direct, through the chain) reliance of a partner on a supplier, fractions of all inputs."""
        row = next((r for r in self.found.overall(buyer) if r["supplier"] == supplier), None)
        return (0.0, 0.0) if row is None else (row["face_share"], row["look_through_share"])

    # Disruptions

    @cached_property
    def costliest(self) -> list[str]:
        """Scenarios by what they cost the worst hit partner day by day, the costliest first; next to nothing is left out."""
        worst: dict[str, float] = {}
        for (scenario, _), row in self.found.ranges.items():
            worst[scenario] = max(worst.get(scenario, 0.0), row["value"])
        return sorted((s for s, loss in worst.items() if loss >= NOTHING), key=lambda s: (-worst[s], s))

    @property
    def tried(self) -> int:
        """How many scenarios were run day by day."""
        return len({scenario for scenario, _ in self.found.ranges})

    def losses(self, scenario: str) -> dict[str, str]:
        """Loss of each partner day by day, with its range."""
        found = {b: self.found.ranges.get((scenario, b)) for b in self.buyers}
        return {b: self.n.ranged(r["value"], r["low"], r["high"]) for b, r in found.items() if r is not None}

    def later(self, scenario: str) -> dict[str, str]:
        """Loss of each partner once prices have adjusted, with its range; missing where that model has no result."""
        found = {b: self.found.real.get((scenario, b)) for b in self.buyers}
        return {
            b: self.n.missing if r is None else self.n.ranged(r["default"], r["low"], r["high"])
            for b, r in found.items()
        }

    def most_hit(self, scenario: str) -> str:
        """The partner that loses most day by day."""
        return max(self.buyers, key=lambda b: self.found.ranges[scenario, b]["value"])

    @cached_property
    def bites(self) -> list[dict[str, Any]]:
        """The first day on which an input holds back each industry of each partner, the earliest first."""
        rows = first_bites(self.found.fan.run, self.found.dependencies.buyers).to_rows()
        return sorted(rows, key=lambda r: (r["first_day"], -r["held"], r["industry"]))

    # Plans

    @cached_property
    def plans(self) -> dict[str, list[str]]:
        """Plans by what is sought, the largest gain first.

        "joint"; "help": acting together adds, but a partner would pay and gain nothing itself; "own": it adds next to nothing;
        "not": costs more than it is worth at most.
        """
        kinds: dict[str, list[str]] = {"joint": [], "help": [], "own": [], "not": []}
        order = sorted(self.found.plans, key=lambda p: -(self.found.plans[p].added or 0.0))
        for name in order:
            plan = self.found.plans[name]
            kind = "own" if (plan.added or 0.0) < WORTH_IT else "help" if self.givers(plan) else "joint"
            row = plan.arrangement(plan.best if kind == "joint" else APART)
            dear = row["worth_high"] is not None and row["worth_high"] < row["spent"]
            kinds["not" if dear else kind].append(name)
        return kinds

    @staticmethod
    def givers(plan: Plan) -> list[str]:
        """Partners that would pay more into one purse than for themselves, with next to nothing of their own left to save."""
        least = WORTH_IT * plan.arrangement(NOTHING_DONE)["lost"]
        rows = plan.blocs.to_rows()
        return [r["member"] for r in rows if r["pays"] > r["spent_alone"] * (1 + 1e-6) and r["alone"] < least]

    def pooled(self, name: str) -> bool:
        """Whether a plan is to be carried out together, so that its numbers are those of one purse and one pool."""
        return name in self.plans["joint"]

    def chosen(self, name: str) -> dict[str, Any]:
        """The arrangement in which a plan is advised: together, or each partner for itself."""
        plan = self.found.plans[name]
        return plan.arrangement(plan.best if self.pooled(name) else APART)

    @property
    def lead_plan(self) -> str | None:
        """The plan to which acting together adds most; where it adds nothing to any, the one that avoids most."""
        if self.plans["joint"]:
            return self.plans["joint"][0]
        every = [p for kind in ("help", "own", "not") for p in self.plans[kind]]
        return max(every, key=lambda p: self.chosen(p)["avoided_share"] or 0.0) if every else None

    def cost(self, name: str) -> str:
        """What a plan costs a year, as it is advised."""
        return self.n.money(self.chosen(name)["spent"], self.coin(self.found.plans[name]))

    @staticmethod
    def coin(plan: Plan) -> Money:
        """The money of a plan."""
        return money(plan)

    def avoided(self, name: str) -> str:
        """The share of the expected shortage that a plan avoids as it is advised, with its range."""
        plan, value = self.found.plans[name], self.chosen(name)["avoided_share"]
        if len(plan.changes) < 2 or value is None:
            return self.n.share(value)
        together = self.pooled(name) or plan.added is None
        rows = plan.changes.to_rows()
        ends = [
            r["avoided_share"] - (0.0 if together else r["added_share"]) for r in rows if r["avoided_share"] is not None
        ]
        return self.n.ranged(value, min(ends), max(ends))

    def added(self, plan: Plan) -> str:
        """What acting together adds, with its range."""
        if plan.added is None:
            return self.n.missing
        text, span = self.n.points(plan.added), self.n.points_span(*self.ends(plan))
        return text if text.startswith(span) else text + self.n.brackets(span)

    @staticmethod
    def ends(plan: Plan) -> tuple[float, float]:
        """The least and the most that acting together adds over the assumptions; its own value where none was varied."""
        values = [v for v in plan.changes.frame["added_share"].to_list() if v is not None]
        return min(values, default=plan.added or 0.0), max(values, default=plan.added or 0.0)

    # Where the models disagree

    def judged(self, scenario: str) -> str:
        """Where the models agree about the partners' losses and where they do not, partners of a kind together."""
        kinds: dict[str, list[str]] = {}
        ceiling = False
        for buyer in self.buyers:
            views = self.found.views.get((scenario, buyer), [])
            if len(views) < 2 or all(abs(v.value) < NOTHING for v in views):
                continue
            least, *_, most = sorted(views, key=lambda v: v.value)
            sign = least.value <= -NOTHING and most.value >= NOTHING
            kind = "models_overlap" if overlap(least, most) else "models_sign" if sign else "models_apart"
            ceiling = ceiling or most.model == Ario.name
            kinds.setdefault(kind, []).append(self.say(
                "models_item", name=self.names[buyer],
                low=self.n.share(least.value), least=brief_names.when(least.model, self.lang),
                high=self.n.share(most.value), most=brief_names.when(most.model, self.lang),
            ))  # fmt: skip
        said = [self.say(kind, items=self.joined(items)) for kind, items in kinds.items()]
        return sentences(self.lang, *said, self.say("models_ceiling") if ceiling else "")

    @property
    def apart(self) -> tuple[int, int]:
        """(cells in which the ranges of any two models do not meet, cells in which any model sees a loss)."""
        views = self.found.views.values()
        cells = [each for each in views if len(each) > 1 and any(v.value >= NOTHING for v in each)]
        return sum(not all(overlap(*pair) for pair in combinations(each, 2)) for each in cells), len(cells)

    # Commitments

    @property
    def many(self) -> str:
        """How many commitments there are."""
        count = len(self.commitments)
        return self.say("commitments_one") if count == 1 else self.say("commitments_many", n=count)

    @cached_property
    def commitments(self) -> list[dict[str, Any]]:
        """Commitments, overdue ones first, then by due date, then those of which an indicator or the state is known."""
        if self.state is None:
            return []
        rows = self.state.commitments.to_rows()
        return sorted(rows, key=_first)


def _first(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Where a commitment stands in the list: what is known comes before what is not."""
    known = row["latest"] is not None, row["status"] != "not known"
    return -(row["days_overdue"] or 0), str(row["due"] or "9999"), *(not each for each in known), row["commitment"]


def overlap(one: View, other: View) -> bool:
    """Two models do not contradict each other: their ranges meet; a model without a range is its value."""
    ends = [(v.low if v.low is not None else v.value, v.high if v.high is not None else v.value) for v in (one, other)]
    return max(low for low, _ in ends) <= min(high for _, high in ends)
