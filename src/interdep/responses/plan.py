"""Plan: the levers chosen under a budget, what they avoid, and what acting together adds; as tables that can be saved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interdep.errors import first_five
from interdep.provenance import Provenance
from interdep.tables import Table, load_tables, save_tables
from interdep.units import per_cent, significant

POOLED, APART, NOTHING, SHARING, SINGLY = "together", "apart", "no plan", "sharing alone", "each member by itself"
"""One pool and one plan; each partner for itself; nothing; a pool without a plan; each member for itself."""

ONE_PURSE = "one purse, no sharing"
"""The partners' money is spent where it avoids most, and each keeps what it holds."""


@dataclass(frozen=True, eq=False)
class Plan:
    """What partners do before supplies fail, and what it is worth.

    measures: (lever, member, product) amount, yearly cost, expected shortage it avoids, when it is ready.
    arrangements: (arrangement) expected shortage and what of it is avoided: no plan, each member, each partner, together.
    blocs: (member) alone, and its part together by Shapley and in the core.
    products: (product) need, shortage before and after, cover, how much of the loss is common.
    frontier: (budget) what each amount buys, together and apart.
    changes: (parameter) the answer at the ends of every parameter's range.
    disruptions: (disruption) probability, length, shortage before and after.
    days: (scenario) the same plan day by day in Ario, or why not.
    suppliers: (member, product, supplier) deliveries before and after.
    about: plain facts: budget, currency, levers, disruption names, enough (the least money that does all that can be done), gap.
    """

    measures: Table
    arrangements: Table
    blocs: Table
    products: Table
    frontier: Table
    changes: Table
    disruptions: Table
    days: Table
    suppliers: Table
    about: dict[str, Any]
    notes: tuple[str, ...] = ()

    @property
    def named(self) -> dict[str, Table]:
        """Every table by name."""
        names = (
            "arrangements",
            "measures",
            "blocs",
            "products",
            "frontier",
            "changes",
            "disruptions",
            "days",
            "suppliers",
        )
        return {name: getattr(self, name) for name in names}

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table."""
        return tuple(self.named.values())

    @property
    def provenance(self) -> Provenance:
        """Where the numbers come from."""
        return self.measures.provenance

    def arrangement(self, name: str) -> dict[str, Any]:
        """The row of an arrangement."""
        return next(r for r in self.arrangements.to_rows() if r["arrangement"] == name)

    @property
    def best(self) -> str:
        """The arrangement that is planned: together where the partners share, else apart."""
        return POOLED if "pool" in self.about["levers"] else APART

    @property
    def avoided(self) -> float:
        """The share of the expected shortage that the plan avoids."""
        return self.arrangement(self.best)["avoided_share"]

    @property
    def added(self) -> float | None:
        """What acting together avoids beyond each partner's own plan, of the expected shortage; None without a pool."""
        if self.best != POOLED:
            return None
        more = self.arrangement(POOLED)["avoided_share"] - self.arrangement(APART)["avoided_share"]
        return more if abs(more) > 1e-6 else 0.0

    @property
    def by_sharing(self) -> float | None:
        """What sharing goods adds beyond one purse; the rest of `added` is money spent in another partner."""
        if self.best != POOLED or ONE_PURSE not in self.arrangements.frame["arrangement"].to_list():
            return None
        more = self.arrangement(POOLED)["avoided_share"] - self.arrangement(ONE_PURSE)["avoided_share"]
        return more if abs(more) > 1e-6 else 0.0

    def range_of(self, column: str) -> tuple[float, float]:
        """(least, largest) of a column of `changes` over all ends of parameters and the plan as it is."""
        values = [v for v in self.changes.frame[column].to_list() if v is not None]
        return min(values), max(values)

    def cite(self) -> str:
        """What to cite."""
        return self.provenance.cite()

    def save(self, folder: Path, csv: bool = True) -> None:
        """Write every table and a manifest, from which `load` reads them back."""
        save_tables(folder, self.named, csv=csv, kind="plan", about=self.about, notes=list(self.notes))

    @classmethod
    def load(cls, folder: Path) -> Plan:
        """The plan saved in a folder; InputError where there is none or where it was made by another method version."""
        tables, manifest = load_tables(folder, "plan")
        return cls(**tables, about=manifest["about"], notes=tuple(manifest["notes"]))

    def __repr__(self) -> str:
        low, high = self.range_of("avoided_share")
        money = f"{significant(self.about['budget'])} {self.about['currency']} a year"
        lines = [
            f"Plan against {first_five(self.about['scenarios'])}: {money}",
            f"├─ avoids {per_cent(self.avoided)} of the expected shortage ({per_cent(low)} to {per_cent(high)})",
        ]
        if self.added is not None:
            lines.append(f"├─ acting together adds {per_cent(self.added)} of it")
        for row in self.measures.to_rows()[:5]:
            lines.append(
                f"├─ {row['member']}: {row['lever']} {row['product']}, {significant(row['cost'])} {self.about['currency']} a year"
            )
        lines.append(f"└─ {len(self.measures)} measures in all; {len(self.tables)} tables")
        return "\n".join(lines)
