"""ProductDependencies: the product half of `measure`, as tables that can be saved, ranked and asked why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interdep.dependence import compare
from interdep.dependence.criteria import CRITERIA, HIGH, OF_IMPORTS, Check, Thresholds, criterion, holds
from interdep.dependence.products import headline
from interdep.errors import MissingData, unknown
from interdep.tables import Table, load_tables, save_tables

POOLED = "pooled"
"""The name of the buyer that all buyers together are."""

FEW = 0.01
"""Suppliers under one per cent stand together as "others" in the table of suppliers."""


@dataclass(frozen=True, eq=False)
class ProductDependencies:
    """Import dependence by product of each buyer.

    products: (buyer, product, period) indicators; flags: (buyer, product, period, criterion) met in the year, persistent, and
    holds (persistent where the criterion asks for that, else met); suppliers: (supplier, buyer, product, period) shares of
    imports from abroad; compared: (buyer, product, period) at the digits that all tables have; common: products with the same
    top supplier for every buyer; changes: what entered or left a criterion; reverse: (supplier, product, period) what others
    depend on the buyers for.
    notes: what could not be computed, and what to bring for it.
    """

    buyers: Mapping[str, tuple[str, ...]]
    products: Table
    flags: Table
    suppliers: Table
    compared: Table
    common: Table
    changes: Table
    reverse: Table
    thresholds: Thresholds
    notes: tuple[str, ...] = ()

    @property
    def tables(self) -> dict[str, Table]:
        """Every table by name."""
        names = ("products", "flags", "suppliers", "compared", "common", "changes", "reverse")
        return {name: getattr(self, name) for name in names}

    def known_for_all(self, same_year: bool = True) -> set[str]:
        """Products, at the digits that are compared, that every buyer imports.

        same_year: in one year that none has thin, and the same goods in every table; else in any year, whatever the table holds.
        """
        import polars as pl

        keys = ["product", "period", "part", "classification"] if same_year else ["product"]
        frame = self.compared.frame.filter(pl.col("thin") == "") if same_year else self.compared.frame
        counts = frame.group_by(keys).agg(pl.col("buyer").n_unique().alias("n"))
        return set(counts.filter(pl.col("n") == len(self.buyers))["product"])

    def headline(self) -> Table:
        """The indicators of each buyer and product in its last year that is not thin."""
        import polars as pl

        frame = self.products.frame
        chosen = headline(frame).rename({"period": "chosen"})
        rows = frame.join(chosen, on=["buyer", "product"]).filter(pl.col("period") == pl.col("chosen")).drop("chosen")
        return Table(
            "headline",
            rows,
            self.products.dims,
            self.products.units,
            self.products.title,
            provenance=self.products.provenance,
        )

    def flagged(self, name: str = "one_supplier") -> Table:
        """The headline rows for which a criterion holds (one that asks for it: persistently), the most concentrated first."""
        import polars as pl

        criterion(name)
        met = self.flags.frame.filter((pl.col("criterion") == name) & pl.col("holds")).select(
            "buyer", "product", "period", "years_met", "years_known", "persistent"
        )
        table = self.headline()
        rows = table.frame.join(met, on=["buyer", "product", "period"]).sort(
            "top_share", "product", descending=[True, False]
        )
        units = {**table.units, "years_met": "years", "years_known": "years", "persistent": ""}
        return Table(
            f"flagged_{name}",
            rows,
            table.dims,
            units,
            f"Products that meet {CRITERIA[name].label}",
            provenance=table.provenance,
        )

    def undecided(self, buyer: str, name: str = "one_supplier") -> list[str]:
        """Products of a buyer for which a criterion is not computable in the headline year."""
        import polars as pl

        chosen = self.headline().frame.filter(pl.col("buyer") == buyer).select("buyer", "product", "period")
        asked = self.flags.frame.filter((pl.col("criterion") == name) & pl.col("holds").is_null())
        return chosen.join(asked, on=["buyer", "product", "period"])["product"].sort().to_list()

    def why(self, buyer: str, product: str) -> Table:
        """Every test of every criterion for a buyer and a product (or all products under a code), with its reason.

        (product, period, criterion, check): value, threshold, verdict ("met", "not met", "not computable"), reason in words
        and how many of the last three years met it. The year is the last one that is not thin.
        """
        import polars as pl

        if buyer not in self.buyers and buyer != POOLED:
            raise unknown("buyer", buyer, list(self.buyers), "these dependencies")
        rows = self.headline().frame.filter(pl.col("buyer") == buyer)
        found = rows.filter(pl.col("product").str.starts_with(product))
        if not found.height:
            thin = self.products.frame.filter((pl.col("buyer") == buyer) & pl.col("product").str.starts_with(product))
            if thin.height:
                raise MissingData(
                    f"{buyer} {product}: every year looks like a fragment ("
                    + "; ".join(
                        f"{y}: {why}" for y, why in thin.select("period", "thin").unique().sort("period").rows()[:5]
                    )
                    + "); compare another table"
                )
            # A heading of which the tables know only sums is a question for a table with fewer digits.
            near = [code for code in rows["product"].unique().sort() if product.startswith(code)]
            if near:
                raise MissingData(f"{buyer} is known at {near[0]} only; {product} needs a table with more digits")
            raise unknown(
                "product", product, rows["product"].unique().sort().to_list(), f"the trade tables for {buyer}"
            )
        out = []
        for row in found.iter_rows(named=True):
            counts = self.flags.frame.filter(
                (pl.col("buyer") == buyer) & (pl.col("product") == row["product"]) & (pl.col("period") == row["period"])
            )
            years = {r["criterion"]: r for r in counts.iter_rows(named=True)}
            for name, each in CRITERIA.items():
                out += [self._reason(row, name, check, years[name]) for check in each.tests]
        frame = pl.DataFrame(out, infer_schema_length=None)
        units = {"value": "", "threshold": "", "verdict": "", "reason": "", "years": "", "source": ""}
        return Table(
            "reasons",
            frame,
            ("product", "period", "criterion"),
            {"check": "", **units},
            f"Why {buyer} is flagged, or not",
            provenance=self.products.provenance,
        )

    def _reason(self, row: dict[str, Any], name: str, check: Check, years: dict[str, Any]) -> dict[str, Any]:
        limit = getattr(self.thresholds, check.threshold)
        value, high = row[check.indicator], row.get(HIGH.get(check.indicator, ""))
        met = verdict(check, self.thresholds, row)
        shown = compare.printed(check.indicator, value, limit)
        bound = compare.printed(check.indicator, limit)
        if check.indicator.startswith("top_share") and row["top_supplier"]:
            shown = f"{row['top_supplier']} {shown}"
        if value is None:
            text = f"not computable: {_missing(row, check)}"
        elif met is None:
            part = (
                compare.printed("withheld_share", row["withheld_share"]) if check.indicator in OF_IMPORTS else "a part"
            )
            of = (
                "imports has a withheld or unnamed partner"
                if check.indicator in OF_IMPORTS
                else "world exports has a withheld exporter"
            )
            text = f"not computable: {part} of {of} ({shown} to {compare.printed(check.indicator, high)})"
        else:
            beyond = (
                ("over" if check.sign == ">" else "at least") if met else ("not over" if check.sign == ">" else "under")
            )
            text = f"{shown}, {beyond} {bound}"
        known = years["years_known"]
        return {
            "product": row["product"], "period": row["period"], "criterion": name, "check": check.label,
            "value": value, "threshold": limit,
            "verdict": "not computable" if met is None else "met" if met else "not met",
            "reason": text, "years": f"{years['years_met']} of {known} years" if known else "n/a",
            "source": CRITERIA[name].source,
        }  # fmt: skip

    def save(self, folder: Path) -> None:
        """Write the tables (CSV and Parquet) and a manifest from which `load` reads them back."""
        from dataclasses import asdict

        save_tables(
            folder, self.tables, kind="product-dependencies", buyers={k: list(v) for k, v in self.buyers.items()},
            thresholds=asdict(self.thresholds), notes=list(self.notes),
        )  # fmt: skip

    @classmethod
    def load(cls, folder: Path) -> ProductDependencies:
        """The dependencies saved in a folder; InputError where there are none."""
        tables, about = load_tables(folder, "product-dependencies")
        buyers = {name: tuple(members) for name, members in about["buyers"].items()}
        return cls(buyers, **tables, thresholds=Thresholds(**about["thresholds"]), notes=tuple(about["notes"]))

    def __repr__(self) -> str:
        common = self.common.frame["class"].to_list() if len(self.buyers) > 1 else []
        lines = [f"ProductDependencies of {', '.join(self.buyers)}"]
        for buyer in self.buyers:
            n = self.flagged().frame.filter(self.flagged().frame["buyer"] == buyer).height
            lines.append(f"├─ {buyer}: over half from one supplier in {n} products")
        lines.append(
            f"└─ {common.count(compare.COMMON)} common dependencies, {common.count(compare.SHARED)} shared top suppliers"
        )
        return "\n".join(lines)


def _missing(row: Mapping[str, Any], check: Check) -> str:
    """Why an indicator has no value: flows without one, a top supplier that is not certain, or data to bring."""
    if row["unknown"] and check.indicator in OF_IMPORTS:
        flows = "flow has" if row["unknown"] == 1 else "flows have"
        return f"{row['unknown']} {flows} no value (withheld or not known)"
    if check.indicator == "supplier_world_share" and row["world_hhi"] is not None:
        return "a withheld partner may be the largest supplier"
    return f"needs {check.bring}"


def verdict(check: Check, thresholds: Thresholds, row: Mapping[str, Any]) -> bool | None:
    """Whether a check holds for one row of indicators, by the same expression as for all of them."""
    import narwhals as nw
    import polars as pl

    names = [n for n in (check.indicator, HIGH.get(check.indicator)) if n and n in row]
    frame = pl.DataFrame({n: [row[n]] for n in names}, schema=dict.fromkeys(names, pl.Float64))
    return nw.from_native(frame).select(holds(check, thresholds, names).alias("met")).to_native()["met"].item()
