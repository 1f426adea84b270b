"""What a packaged product table is: long flows beside a header, the codes of its economies, and the checks it passes."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from interdep.errors import InputError, first_five, unknown
from interdep.geography.economies import table
from interdep.geography.groups import group
from interdep.trade.partners import AGGREGATES, EUROSTAT

MEMBERS = group("EU27")
KEY = ("exporter", "importer", "product", "period")
COLUMNS = {"value": pl.Float64, "quantity": pl.Float64, "mode": pl.String}


@dataclass(frozen=True)
class Check:
    """One figure that has to come out: within `within` of `expected`, in the unit that `name` says."""

    name: str
    expected: float
    got: float
    within: float = 0.0

    @property
    def passed(self) -> bool:
        return abs(self.got - self.expected) <= self.within + 1e-9


@dataclass(frozen=True)
class Built:
    """A finished product table, the checks it was held to and what the documentation page says about it."""

    name: str
    flows: pl.DataFrame
    header: dict[str, Any]
    checks: tuple[Check, ...]
    sections: dict[str, str]

    def files(self) -> dict[str, bytes]:
        """The bytes of NAME.parquet and NAME.json."""
        flows = tidy(self.flows, self.name)
        buffer = io.BytesIO()
        flows.write_parquet(buffer, compression="zstd", compression_level=19)
        facts = {
            "kind": "trade",
            "name": self.name,
            "scale": 1.0,
            "flows": "imports",
            "transport_modes": "mode" in flows.columns,
            "reporters": sorted(flows["importer"].unique().to_list()),
            "periods": sorted(flows["period"].unique().to_list()),
            "products": sorted(flows["product"].unique().to_list()),
        }
        text = json.dumps(facts | self.header, ensure_ascii=False, indent=1) + "\n"
        return {f"{self.name}.parquet": buffer.getvalue(), f"{self.name}.json": text.encode()}


def tidy(flows: pl.DataFrame, where: str) -> pl.DataFrame:
    """The flows in the order and types of a trade table; InputError for a negative amount or a flow that is there twice."""
    extra = [c for c in COLUMNS if c in flows.columns]
    flows = flows.select(*KEY, *extra).cast({"period": pl.Int16, **{c: COLUMNS[c] for c in extra}})
    key = [*KEY, *(["mode"] if "mode" in extra else [])]
    twice = flows.filter(pl.struct(key).is_duplicated()).select(key)
    if twice.height:
        raise InputError(f"{where}: flows stand there more than once ({first_five(twice.rows())}); read each file once")
    low = flows.filter((pl.col("value") < 0) | ~pl.col("value").is_finite())
    if low.height:
        raise InputError(f"{where}: {low.height} values are negative or not finite ({first_five(low.rows())})")
    return flows.sort("product", "importer", "exporter", *key[3:])


def economy_codes(codes: Iterable[str], where: str) -> dict[str, str]:
    """The code each two-letter code of a publisher stands for; InputError for the first one that nobody knows.

    `NA` is Namibia. Sums over partners (EU, EUROZONE, ...) have to be gone before.
    """
    known = {e.iso2: e.code for e in table().values() if e.iso2} | EUROSTAT
    out: dict[str, str] = {}
    for code in sorted(set(codes)):
        if code in AGGREGATES:
            raise InputError(f"{where}: {code!r} is a sum of others and would be counted twice; leave its rows out")
        if code not in known:
            raise unknown("economy", code, sorted(known), where)
        out[code] = known[code]
    return out


def whole_units(column: str) -> pl.Expr:
    """Rounded to whole units; what was positive stays at least 1, because 0 says that nothing was traded."""
    value = pl.col(column)
    return pl.when(value > 0).then(value.round(0).clip(lower_bound=1.0)).otherwise(value.round(0)).alias(column)


def raised_by_rounding(flows: pl.DataFrame, column: str = "value") -> int:
    """How many positive amounts are under half a unit and would be 0 when rounded."""
    return flows.filter((pl.col(column) > 0) & (pl.col(column) < 0.5)).height


def need_columns(frame: pl.DataFrame, names: Iterable[str], where: str) -> None:
    """Every one of these columns is there, or InputError names the first that is not."""
    for name in names:
        if name not in frame.columns:
            raise InputError(f"{where}: no column {name!r}; it has {', '.join(frame.columns)}")


def markdown(head: list[str], rows: Iterable[Iterable[object]]) -> str:
    """A table in Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])
