"""Criteria of dependence: which tests make one up, their thresholds as parameters, and what each needs to be computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from interdep.errors import unknown
from interdep.parameter import check_parameters, parameter
from interdep.provenance import Source

if TYPE_CHECKING:
    import narwhals as nw

TIE = 1e-9
"""A value this close to its threshold, relatively, lies on it: sums in another order must not change a flag."""

_EC = "European Commission (2021), Strategic dependencies and capacities, SWD(2021) 352 final"
_GEODEP = "Lefebvre & Wibaux (2024), Import dependencies: where does the EU stand?, CEPII Policy Brief (GeoDep)"
_METI = "METI, White Paper on International Economy and Trade (concentration of imports on one supplier)"
_MERICS = (
    "Zenglein (2020), Mapping and recalibrating Europe's economic interdependence with China, MERICS China Monitor"
)

SOURCES = tuple(
    Source(text, year, citation=text) for text, year in ((_EC, 2021), (_GEODEP, 2024), (_METI, None), (_MERICS, 2020))
)

BRING_EXPORTS = "the buyer's exports: bring a table of all flows, such as BACI"
BRING_WORLD = "the exports of every economy: bring a table of all flows, such as BACI"
BRING_HOME = "what the group's members buy of each other"
BRING_IMPORTS = "imports by supplier"


@dataclass(frozen=True)
class Thresholds:
    """Where each test begins to hold."""

    ec_hhi: float = parameter(0.4, unit="HHI of imports from outside", low=0.3, high=0.5, source=_EC)
    ec_extra: float = parameter(0.5, unit="fraction of imports that comes from outside", low=0.4, high=0.6, source=_EC)
    ec_ratio: float = parameter(1.0, unit="imports from outside over exports", low=0.8, high=1.2, source=_EC)
    geodep_hhi: float = parameter(0.4, unit="HHI of imports", low=0.3, high=0.5, source=_GEODEP)
    geodep_world: float = parameter(0.4, unit="HHI of world exports", low=0.3, high=0.5, source=_GEODEP)
    geodep_ratio: float = parameter(1.0, unit="imports over exports", low=0.8, high=1.2, source=_GEODEP)
    concentrated_hhi: float = parameter(0.5, unit="HHI of imports", low=0.4, high=0.6, source=_METI)
    one_supplier: float = parameter(0.5, unit="fraction of imports", low=0.4, high=0.6, source=_METI)
    merics_ratio: float = parameter(2.0, unit="imports over exports", low=1.5, high=2.5, source=_MERICS)
    merics_share: float = parameter(0.3, unit="fraction of imports", low=0.2, high=0.4, source=_MERICS)
    merics_world: float = parameter(
        0.3, unit="supplier's fraction of world exports", low=0.2, high=0.5,
        source=f"own reading of 'few alternatives' in {_MERICS}",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check_parameters(self)


@dataclass(frozen=True)
class Check:
    """One comparison: an indicator above (or at least at) a threshold; `bring`: what is missing where it has no value."""

    indicator: str
    sign: Literal[">", ">="]
    threshold: str
    label: str
    bring: str


@dataclass(frozen=True)
class Criterion:
    """Tests that must all hold; persistent: it counts only where it holds in two of three consecutive years."""

    name: str
    label: str
    label_ja: str
    tests: tuple[Check, ...]
    source: str
    persistent: bool = False


def _test(indicator: str, sign: Literal[">", ">="], threshold: str, label: str, bring: str) -> Check:
    return Check(indicator, sign, threshold, label, bring)


_HHI = "concentration of imports (HHI)"
_RATIO = "imports over exports"

CRITERIA: Mapping[str, Criterion] = MappingProxyType({c.name: c for c in (
    Criterion("one_supplier", "one supplier over half", "一国で過半", (
        _test("top_share", ">", "one_supplier", "share of the largest supplier", BRING_IMPORTS),), _METI),
    Criterion("concentrated", "HHI over 0.5", "HHI 0.5超", (
        _test("hhi", ">", "concentrated_hhi", _HHI, BRING_IMPORTS),), _METI),
    Criterion("ec_2021", "EC 2021", "欧州委員会2021", (
        _test("hhi", ">", "ec_hhi", _HHI, BRING_IMPORTS),
        _test("extra_share", ">", "ec_extra", "imports from outside in all imports", BRING_HOME),
        _test("exports_ratio", ">", "ec_ratio", _RATIO, BRING_EXPORTS)), _EC),
    Criterion("geodep", "CEPII GeoDep", "CEPII GeoDep", (
        _test("hhi", ">", "geodep_hhi", _HHI, BRING_IMPORTS),
        _test("world_hhi", ">", "geodep_world", "concentration of world exports (HHI)", BRING_WORLD),
        _test("exports_ratio", ">", "geodep_ratio", _RATIO, BRING_EXPORTS)), _GEODEP, persistent=True),
    Criterion("merics", "MERICS type", "MERICS型", (
        _test("exports_ratio", ">=", "merics_ratio", _RATIO, BRING_EXPORTS),
        _test("top_share", ">=", "merics_share", "share of the largest supplier", BRING_IMPORTS),
        _test("supplier_world_share", ">=", "merics_world", "the supplier's share of world exports", BRING_WORLD)), _MERICS),
)})  # fmt: skip
"""Every criterion by name, the ones that need least first."""

HIGH = {"hhi": "hhi_high", "top_share": "top_share_high", "world_hhi": "world_hhi_high"}
"""Indicators of which only bounds are known where a partner is withheld."""

OF_IMPORTS = ("hhi", "top_share", "extra_share", "exports_ratio", "supplier_world_share")
"""Indicators that are not known where the value of an import is not known."""


def criterion(name: str) -> Criterion:
    """The criterion of this name; InputError for another."""
    if name not in CRITERIA:
        raise unknown("criterion", name, list(CRITERIA))
    return CRITERIA[name]


def labels(names: str) -> str:
    """The labels of criteria whose names are joined by commas, joined alike; empty for none."""
    return ", ".join(CRITERIA[name].label for name in names.split(", ") if name)


def holds(test: Check, thresholds: Thresholds, columns: Any) -> nw.Expr:
    """Whether a test holds: true, false, or null where its indicator is missing or withheld partners could decide it.

    columns: the columns of the frame that the expression will meet.
    """
    import narwhals as nw

    limit = getattr(thresholds, test.threshold)
    edge = limit * (1 + TIE) if test.sign == ">" else limit * (1 - TIE)

    def above(column: str) -> nw.Expr:
        return nw.col(column) > edge if test.sign == ">" else nw.col(column) >= edge

    if test.indicator not in columns:
        return nw.lit(None, dtype=nw.Boolean)
    surely = above(test.indicator)
    high = HIGH.get(test.indicator)
    if high is None or high not in columns:
        return surely
    return nw.when(surely).then(nw.lit(True)).otherwise(nw.when(~above(high)).then(nw.lit(False)))


def flag(criterion: Criterion, thresholds: Thresholds, columns: Any) -> nw.Expr:
    """All tests of a criterion: false as soon as one is false, null where none is false and one is not computable."""
    first, *others = (holds(test, thresholds, columns) for test in criterion.tests)
    for other in others:
        first = first & other
    return first
