"""Ario, the adaptive regional input-output model: parameters with their sources, and scenarios in batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, final

import numpy as np

from interdep.errors import InputError, unknown
from interdep.models.model import Model, Outcome
from interdep.models.network import one_blas_thread
from interdep.parameter import check_parameters, parameter
from interdep.provenance import Source

if TYPE_CHECKING:
    from interdep.models.ario.start import Start
    from interdep.shocks.forcing import At, Forcing
    from interdep.world import World

HALLEGATTE = Source(
    "Hallegatte (2008), An adaptive regional input-output model and its application to the assessment of the economic cost of"
    " Katrina",
    2008,
    citation="Hallegatte, S. (2008), An adaptive regional input-output model, Risk Analysis 28(3); and (2013), Modeling the role"
    " of inventories and heterogeneity in the assessment of the economic costs of natural disasters, Risk Analysis 34(1)",
)
GUAN = Source(
    "Guan et al. (2020), Global supply-chain effects of COVID-19 control measures",
    2020,
    citation="Guan, D. et al. (2020), Global supply-chain effects of COVID-19 control measures, Nature Human Behaviour 4",
)

CHOICES = {
    "orders": ("reroute", "keep"),
    "rationing": ("proportional", "industries first", "final first"),
    "essential": ("rule", "every input"),
    "precision": ("float64", "float32"),
    "device": ("cpu", "gpu"),
    "parity": ("", "boario"),
}
NO_SCHEDULE = "not expressible: Ario has no prices and reads no TariffSchedule; use equilibrium, in which prices adjust"


@final
@dataclass(frozen=True)
class Ario(Model):
    """How a shock spreads day by day: stocks run down, production stops for want of inputs, suppliers ration.

    Each day every industry makes what is asked of it, within its capacity and within what its stocks of essential inputs
    allow; what is made is rationed among those who asked; stocks are refilled by orders, in proportion to the suppliers'
    capacity (`orders="reroute"`) or to their base-year shares ("keep"). Orders refill the use that is planned, not the use
    that was possible: with the latter a shock grows on its own wherever stocks are shorter than the order time.

    stocks, order_times: days for single inputs by industry code, in place of the defaults (a stock of inf never binds);
    essential: "rule" (see `interdep.models.ario.inputs`) or "every input" above the threshold; inessential: further pairs
    (input, buying industry or "all") that never bind; rationing: who is served first; precision: "float32" halves the time,
    with an error of about 1e-6 of value added; threads: over batches, or over products where there is one; batch: scenarios
    at once, 0 for what fits (results agree to 1e-9 whatever it is); device: "gpu" needs cupy; parity: "boario" computes what
    BoARIO 0.7.2's psi model does, see `interdep.models.ario.boario`.
    Prices do not exist here: a tariff or trade cost turns orders to other suppliers and costs nothing else.
    """

    name: ClassVar[str] = "ario"
    reads_path: ClassVar[bool] = True
    sources: ClassVar[tuple[Source, ...]] = (HALLEGATTE, GUAN)

    overproduction_max: float = parameter(
        1.25, unit="times normal output, at most (a_max)", low=1.1, high=1.4,
        source="Hallegatte 2008: 1.25; range: about 80 % of capacity is in use in business surveys (DG ECFIN), give or take",
    )  # fmt: skip
    overproduction_time: float = parameter(
        365.0, unit="days until spare capacity is brought up (tau_a)", low=60.0, high=365.0,
        source="Hallegatte 2008: one year; 60 days as the quick alternative",
    )  # fmt: skip
    psi: float = parameter(
        0.8, unit="part of the target stock below which output falls (psi)", low=0.5, high=0.95,
        source="Hallegatte 2013: 0.8; range: half the target to nearly all (at 1, with no buffer left, small shocks can grow)",
    )  # fmt: skip
    order_time: float = parameter(
        60.0, unit="days over which a gap in stocks is refilled (tau_s)", low=30.0, high=90.0,
        source="Hallegatte 2013: 60 days with stocks of 90; range: half and one and a half times",
    )  # fmt: skip
    stock_goods: float = parameter(
        45.0, unit="days of use in stock: goods", low=30.0, high=90.0,
        source="About 1.4 months of sales (manufacturers, US Census M3, 2010-2019), one in lean branches; high: Hallegatte 2013",
    )  # fmt: skip
    stock_mining: float = parameter(
        90.0, unit="days of use in stock: mining products and petroleum", low=45.0, high=120.0,
        source="Oil stock obligation of 90 days of net imports (IEA; Council Directive 2009/119/EC); gas storage holds less",
    )  # fmt: skip
    stock_electronics: float = parameter(
        30.0, unit="days of use in stock: electronics", low=5.0, high=40.0,
        source="US Department of Commerce (January 2022), chip survey: median of buyers 40 days in 2019, under 5 in 2021",
    )  # fmt: skip
    stock_services: float = parameter(
        2.0, unit="days of use in stock: power, telecoms and other services", low=1.0, high=3.0,
        source="Cannot be stored: two of the model's steps, as in BoARIO; a stock of one rings (docs/decisions.md)",
    )  # fmt: skip
    essential_above: float = parameter(
        0.001, unit="part of output above which an input is essential", low=0.0, high=0.01,
        source="A trial on world-2014: an energy stop costs the EU 2.3 % with all inputs essential, 0.4 % above 1 %",
    )  # fmt: skip
    trade_elasticity: float = parameter(
        0.76, unit="elasticity of orders between suppliers of a product to cost", low=0.5, high=2.0,
        source="Boehm, Levchenko & Pandalai-Nayar 2023 (AER 113): 0.76 within a year, about 2 in the long run",
    )  # fmt: skip
    orders: Literal["reroute", "keep"] = "reroute"
    rationing: Literal["proportional", "industries first", "final first"] = "proportional"
    essential: Literal["rule", "every input"] = "rule"
    stocks: tuple[tuple[str, float], ...] | Mapping[str, float] = ()
    order_times: tuple[tuple[str, float], ...] | Mapping[str, float] = ()
    inessential: tuple[tuple[str, str], ...] = ()
    precision: Literal["float64", "float32"] = "float64"
    threads: int = 2
    batch: int = 0
    device: Literal["cpu", "gpu"] = "cpu"
    parity: Literal["", "boario"] = ""

    def __post_init__(self) -> None:
        check_parameters(self)
        for field, known in CHOICES.items():
            if getattr(self, field) not in known:
                raise unknown(f"value of {field}", str(getattr(self, field)), known, "Ario")
        for field in ("stocks", "order_times"):
            object.__setattr__(self, field, days_by_code(field, getattr(self, field)))
        object.__setattr__(self, "inessential", pairs(self.inessential))
        check_ranges(self)

    def solve(self, world: World, forcings: Sequence[Forcing], at: At, *, paths: bool = False) -> list[Outcome]:
        """See `Model.solve`; it reads the path of each day whatever `at` says."""
        from interdep.models.ario.start import start

        if self.parity:
            from interdep.models.ario.boario import solve_as_boario

            return solve_as_boario(self, world, forcings, paths=paths)
        begun = start(self, world).on(self.device)
        batches = chunks([forcing.days for forcing in forcings], self.batch or fitting(world, self.precision))
        # Several batches go side by side, one thread each; a single one has its products shared among the threads.
        at_once = min(self.threads, len(batches)) if self.device == "cpu" else 1
        inside = 1 if at_once > 1 else self.threads

        def solved(places: list[int]) -> list[Outcome]:
            return _chunk(self, begun, [forcings[k] for k in places], inside, paths)

        out = {k: Outcome(NO_SCHEDULE) for k, forcing in enumerate(forcings) if forcing.schedules}
        batches = [left for places in batches if (left := [k for k in places if k not in out])]
        with one_blas_thread(), ThreadPoolExecutor(max(1, at_once)) as pool:
            for places, outcomes in zip(batches, pool.map(solved, batches), strict=True):
                out.update(zip(places, outcomes, strict=True))
        return [out[place] for place in range(len(forcings))]

    @classmethod
    def solve_draws(
        cls, models: Sequence[Any], world: World, forcings: Sequence[Forcing], at: At
    ) -> Iterator[list[Outcome]]:
        """See `Model.solve_draws`: as many models side by side as there are threads, one thread each."""

        def solved(model: Ario) -> list[Outcome]:
            return next(Model.solve_draws([replace(model, threads=1)], world, forcings, at))

        threads = max((model.threads if model.device == "cpu" else 1 for model in models), default=1)
        for k in range(0, len(models), threads):
            with one_blas_thread(), ThreadPoolExecutor(threads) as pool:
                part = list(pool.map(solved, models[k : k + threads]))
            yield from part


def days_by_code(field: str, given: Any) -> tuple[tuple[str, float], ...]:
    """What a person gives for `stocks` or `order_times`, as sorted pairs; InputError where it is no {code: days}."""
    try:
        found = [(code, float(days)) for code, days in (given.items() if isinstance(given, Mapping) else given)]
    except (TypeError, ValueError) as error:
        raise InputError(f"Ario: {field} must be days by industry code, as in {{'C26': 10}}, not {given!r}") from error
    codes = [code for code, _ in found]
    doubled = [code for code in dict.fromkeys(codes) if codes.count(code) > 1]
    if doubled or not all(isinstance(code, str) for code in codes):
        what = f"names {doubled[0]!r} twice" if doubled else f"must be days by industry code, not {given!r}"
        raise InputError(f"Ario: {field} {what}")
    return tuple(sorted(found))


def pairs(given: Any) -> tuple[tuple[str, str], ...]:
    """What a person gives for `inessential`; InputError where it is no list of (input, buyer)."""
    wrong = InputError(f"Ario: inessential must be pairs (input, buyer or 'all'), as in [('C29', 'F')], not {given!r}")
    if isinstance(given, (str, Mapping)):
        raise wrong
    try:
        found: list[tuple[Any, ...]] = [(pair,) if isinstance(pair, str) else tuple(pair) for pair in given]
    except TypeError as error:
        raise wrong from error
    if any(len(pair) != 2 or not all(isinstance(code, str) for code in pair) for pair in found):
        raise wrong
    return tuple((pair[0], pair[1]) for pair in found)


def check_ranges(model: Ario) -> None:
    """Raise InputError, with a way out, where a parameter is a number the day loop cannot mean anything by."""
    limits = {
        "overproduction_max": (1.0, np.inf), "overproduction_time": (1.0, np.inf), "psi": (0.01, 1.0),
        "order_time": (1.0, np.inf), "essential_above": (0.0, 1.0), "trade_elasticity": (0.0, np.inf),
    }  # fmt: skip
    for field, (low, high) in limits.items():
        given = getattr(model, field)
        if not low <= given <= high:
            above = f" and at most {high:g}" if np.isfinite(high) else ""
            raise InputError(f"Ario: {field} = {given:g} must be at least {low:g}{above}")
    stocks = [
        (f"stock_{kind}", getattr(model, f"stock_{kind}")) for kind in ("goods", "mining", "electronics", "services")
    ]
    for field, days in [*stocks, *((f"stocks[{code!r}]", days) for code, days in model.stocks)]:
        if not days >= 1.0:
            never = " (inf: it never binds)" if field.startswith("stocks") else ""
            raise InputError(
                f"Ario: {field} = {days:g} days must be at least 1, the length of a step: what cannot be stored has a stock"
                f" of 1 or 2 days{never}"
            )
    for code, days in days_by_code("order_times", model.order_times):
        if not 1.0 <= days < np.inf:
            raise InputError(f"Ario: order_times[{code!r}] = {days:g} days must be at least 1 and finite")
    for field in ("threads", "batch"):
        given = getattr(model, field)
        if isinstance(given, bool) or not isinstance(given, int) or given < (field == "threads"):
            raise InputError(
                f"Ario: {field} must be a whole number of at least {int(field == 'threads')}, not {given!r}"
            )


def fitting(world: World, precision: str) -> int:
    """Scenarios at once: at most 64, with a state of at most 200 MB; follows from the table alone, so that results do too."""
    regions, products = world.shape
    each = 2 * products * regions * products * np.dtype(precision).itemsize
    return int(min(64, max(1, 200_000_000 // each)))


def chunks(lengths: Sequence[int], size: int) -> list[list[int]]:
    """Positions in batches of at most `size`, in order; scenarios of one batch are equally long."""
    by_length: dict[int, list[int]] = {}
    for place, length in enumerate(lengths):
        by_length.setdefault(length, []).append(place)
    return [places[k : k + size] for places in by_length.values() for k in range(0, len(places), size)]


def _chunk(model: Ario, begun: Start, forcings: list[Forcing], threads: int, paths: bool) -> list[Outcome]:
    from interdep.models.ario.days import Days

    record = Days(model, begun, forcings, threads=threads, keep_paths=paths).run()
    out = []
    for b in range(len(forcings)):
        broken = np.flatnonzero(~np.isfinite(record.daily_lost[:, b]).all(axis=1))
        if broken.size:
            out.append(Outcome(f"the numbers stopped being finite on day {broken[0]}; please report the scenario"))
            continue
        lost = record.lost[b] * begun.value_added / 365
        out.append(
            Outcome(
                columns={"value_added_lost": lost, "final_demand_unmet": record.unmet[:, b].T.reshape(-1)},
                daily={"value_added_lost": record.daily_lost[:, b], "final_demand_unmet": record.daily_unmet[:, b]},
                bottlenecks=record.log.of(b),
                stocks={
                    "days_normal": record.normal_cover,
                    "days_left": record.cover[:, b].T,
                    "days_lowest": record.lowest_cover[:, b].T,
                },
                output=None if record.output is None else record.output[:, b],
            )
        )
    return out
