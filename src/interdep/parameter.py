"""A parameter is a dataclass field with a unit, a range and a source; every listing of assumptions reads it from here."""

from __future__ import annotations

import dataclasses
import importlib
import math
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

from interdep.errors import InputError

if TYPE_CHECKING:
    from interdep.tables import Table

HOLDERS = (
    "interdep.models.leontief:Leontief",
    "interdep.models.ario.model:Ario",
    "interdep.models.equilibrium.model:Equilibrium",
    "interdep.models.horizon:Horizon",
    "interdep.dependence.criteria:Thresholds",
    "interdep.trade.coverage:Coverage",
    "interdep.responses.levers:Stockpile",
    "interdep.responses.levers:Diversify",
    "interdep.responses.levers:Capacity",
    "interdep.responses.levers:Pool",
    "interdep.responses.levers:Market",
    "interdep.responses.levers:Risk",
    "interdep.agreement.options:Bargain",
    "interdep.agreement.product_costs:Replacement",
    "interdep.agreement.stances:Tolerances",
)
"""Every class that has parameters, as "module:Class"; a test holds this list complete."""

_KEY = "interdep-parameter"


@dataclass(frozen=True)
class Parameter:
    """What is known about one parameter; `low` and `high` are None where it has no range."""

    default: float
    unit: str
    low: float | None
    high: float | None
    source: str


def parameter(default: float, *, unit: str, source: str, low: float | None = None, high: float | None = None) -> Any:
    """A dataclass field that is a model parameter.

    Arguments: the default, its unit, the source of the number, and the range used in sensitivity analysis.
    Raises ValueError where the range does not hold the default or the source is empty (a mistake in this package).
    """
    if not source:
        raise ValueError("a parameter needs a source")
    if (low is None) != (high is None) or (low is not None and high is not None and not low <= default <= high):
        raise ValueError(f"the range [{low}, {high}] does not hold the default {default}")
    about = Parameter(default, unit, low, high, source)
    return dataclasses.field(default=default, metadata={_KEY: about})


def parameters_of(holder: type | object) -> dict[str, Parameter]:
    """The parameters of a dataclass or of one of its values, by field name."""
    if not dataclasses.is_dataclass(holder):
        return {}
    return {f.name: f.metadata[_KEY] for f in dataclasses.fields(holder) if _KEY in f.metadata}


def check_parameters(value: object) -> None:
    """Raise InputError when a parameter of a dataclass value is not a finite number (called by models at birth)."""
    for name, about in parameters_of(value).items():
        given = getattr(value, name)
        if isinstance(given, bool) or not isinstance(given, Real) or not math.isfinite(given):
            raise InputError(
                f"{type(value).__name__}: {name} must be a finite number in {about.unit}, not {given!r}"
                f" (default {about.default:g})"
            )


def parameters() -> Table:
    """Every parameter of every model: holder, name, default, low, high, unit and source, as one Table.

    Trade elasticities by ISIC division stand as `trade_elasticities[26]`.
    """
    import polars as pl

    from interdep.tables import Table

    rows = []
    for path in HOLDERS:
        module, _, name = path.partition(":")
        holder = getattr(importlib.import_module(module), name)
        for field, about in parameters_of(holder).items():
            rows.append((name, field, about.default, about.low, about.high, about.unit, about.source))
    tables = importlib.import_module("interdep.models.equilibrium.elasticities")
    for division, each in tables.by_division().items():
        field, unit = f"trade_elasticities[{division}]", "trade elasticity (theta) of an ISIC division"
        rows.append(("Equilibrium", field, each.default, each.low, each.high, unit, each.source))
    frame = pl.DataFrame(
        rows,
        schema={
            "model": pl.String, "parameter": pl.String, "default": pl.Float64, "low": pl.Float64, "high": pl.Float64,
            "unit": pl.String, "source": pl.String,
        },
        orient="row",
    )  # fmt: skip
    return Table("parameters", frame, dims=("model", "parameter"), units={})
