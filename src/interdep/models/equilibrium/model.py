"""Equilibrium: prices and quantities after markets have adjusted, in nested CES (Baqaee & Farhi; Caliendo & Parro)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, final

import numpy as np

from interdep.errors import InputError, InterdepError, unknown
from interdep.models.equilibrium.anderson import DEPTH
from interdep.models.equilibrium.base import Base, base_of
from interdep.models.equilibrium.case import Case, Elasticities
from interdep.models.equilibrium.elasticities import by_industry
from interdep.models.equilibrium.outcome import Counterfactual, counterfactuals, rebased
from interdep.models.equilibrium.reading import case_of
from interdep.models.equilibrium.solver import Rest, settle
from interdep.models.equilibrium.system import System
from interdep.models.model import Model, Outcome, Range
from interdep.models.network import one_blas_thread
from interdep.parameter import check_parameters, parameter
from interdep.provenance import Source

if TYPE_CHECKING:
    from interdep.shocks.forcing import At, Forcing
    from interdep.world import World

BAQAEE_FARHI = Source(
    "Baqaee & Farhi (2024), Networks, Barriers, and Trade",
    2024,
    citation="Baqaee, D. & Farhi, E. (2024), Networks, Barriers, and Trade, Econometrica 92(2)",
)
CALIENDO_PARRO = Source(
    "Caliendo & Parro (2015), Estimates of the Trade and Welfare Effects of NAFTA",
    2015,
    citation="Caliendo, L. & Parro, F. (2015), Estimates of the Trade and Welfare Effects of NAFTA, Review of Economic Studies"
    " 82(1)",
)

CHOICES = {
    "origin_shares": ("own", "common"),
    "deficits": ("kept", "none"),
    "capacity": ("output", "factors", "productivity"),
    "rent": ("decider", "buyer", "seller"),
}

BATCH = 32
"""Cases solved side by side; each is solved on its own, so that the number changes no result beyond the tolerance."""

OF_INDUSTRY = "trade_elasticity "
"""What the trade elasticity of one industry is called among the parameters that are drawn, before its code."""

THREADS, FEW = 2, 4
"""Batches solved at the same time, and cases under which a batch is not divided between them."""

LEAST, ALIKE = 1e-6, "below that nothing changes any more, and digits are lost"
"""Smallest trade elasticity, and why."""

MEMORY = 400_000_000
"""Bytes for the past steps of a batch."""


@final
@dataclass(frozen=True)
class Equilibrium(Model):
    """What is left of a shock once prices, suppliers and factors have adjusted: months and years, not days.

    Every industry combines factors with a bundle of inputs, products within the bundle and origins within a product, each
    with its own elasticity of substitution; final users likewise. Value added lost is in purchasing power: value added of the
    counterfactual over the economy's price index of final expenditure, against the benchmark.

    trade_elasticities: {industry code: elasticity} in place of the packaged ones (`interdep.models.equilibrium.elasticities`).
    origin_shares: each buyer's own, or common to the buyers of an economy (Caliendo & Parro). deficits: kept as a share of world
    income, or none (the benchmark is then solved again without any). capacity: a loss of capacity caps output (what is
    scarce earns a rent), takes away factors, or lowers productivity. rent: who earns what capped deliveries cost more: the side
    that decided (buyers in an ImportBan, else sellers), or always one of them.
    tolerance: largest excess of any market that counts as none; steps: at most.
    """

    name: ClassVar[str] = "equilibrium"
    sources: ClassVar[tuple[Source, ...]] = (BAQAEE_FARHI, CALIENDO_PARRO)

    value_added_elasticity: float = parameter(
        0.5, unit="elasticity between value added and inputs (sigma_v)", low=0.2, high=0.8,
        source="Baqaee & Farhi 2024: 0.5; range: Atalay 2017, Oberfield & Raval 2021 (0.4 to 0.8; complements in the short run)",
    )  # fmt: skip
    input_elasticity: float = parameter(
        0.2, unit="elasticity between products within inputs (sigma_m)", low=0.05, high=0.5,
        source="Baqaee & Farhi 2024: 0.2; range: Atalay 2017 (near 0) to Peter & Ruane 2023 (above 0.5 in the long run)",
    )  # fmt: skip
    final_elasticity: float = parameter(
        0.9, unit="elasticity between products of final users (sigma_c)", low=0.5, high=1.0,
        source="Baqaee & Farhi 2024: 0.9; range: Comin, Lashkari & Mestieri 2021 (0.5) to Cobb-Douglas",
    )  # fmt: skip
    trade_elasticity: float = parameter(
        4.0, unit="trade elasticity (theta) of industries that the table of elasticities lacks", low=2.0, high=8.0,
        source="Simonovska & Waugh 2014: about 4; range: Boehm et al. 2023 (2 in the long run) to Eaton & Kortum 2002 (8)",
    )  # fmt: skip
    horizon_factor: float = parameter(
        1.0, unit="part of every trade elasticity that works within the horizon", low=0.36, high=1.0,
        source="Boehm, Levchenko & Pandalai-Nayar 2023 (AER 113): 0.76 after a year over 2.12 after ten is 0.36",
    )  # fmt: skip
    mobility: float = parameter(
        1.0, unit="part of value added paid to a factor that moves between industries", low=0.0, high=1.0,
        source="1: years; 0: no worker or machine changes the industry (Baqaee & Farhi 2024 report both)",
    )  # fmt: skip
    trade_elasticities: tuple[tuple[str, float], ...] | Mapping[str, float] = ()
    origin_shares: Literal["own", "common"] = "own"
    deficits: Literal["kept", "none"] = "kept"
    capacity: Literal["output", "factors", "productivity"] = "output"
    rent: Literal["decider", "buyer", "seller"] = "decider"
    tolerance: float = 1e-10
    steps: int = 1000

    def __post_init__(self) -> None:
        check_parameters(self)
        for field, known in CHOICES.items():
            if getattr(self, field) not in known:
                raise unknown(f"value of {field}", str(getattr(self, field)), known, "Equilibrium")
        for field in (
            "value_added_elasticity",
            "input_elasticity",
            "final_elasticity",
            "trade_elasticity",
            "horizon_factor",
        ):
            if getattr(self, field) <= 0:
                raise InputError(
                    f"Equilibrium: {field} = {getattr(self, field):g} must be above 0 (1 is Cobb-Douglas, small is rigid)"
                )
        for field, least in (("trade_elasticity", LEAST), ("horizon_factor", 1e-3)):
            if getattr(self, field) < least:
                raise InputError(f"Equilibrium: {field} = {getattr(self, field):g} must be at least {least:g}; {ALIKE}")
        if not 0 <= self.mobility <= 1:
            raise InputError(f"Equilibrium: mobility = {self.mobility:g} is a part of value added, from 0 to 1")
        object.__setattr__(self, "trade_elasticities", elasticities_by_code(self.trade_elasticities))
        if not isinstance(self.tolerance, float) or not 0 < self.tolerance < 1e-2:
            raise InputError(f"Equilibrium: tolerance = {self.tolerance!r} must be above 0 and under 0.01")
        if isinstance(self.steps, bool) or not isinstance(self.steps, int) or self.steps < 1:
            raise InputError(f"Equilibrium: steps must be a whole number of at least 1, not {self.steps!r}")

    def theta(self, world: World) -> np.ndarray:
        """(P,) trade elasticity of every industry of a table, within the horizon."""
        found = {code: each.default for code, each in by_industry(world, self.trade_elasticity).items()}
        found |= self._set_for(world)
        return np.array([found[i] for i in world.industries]) * self.horizon_factor

    def _set_for(self, world: World) -> dict[str, float]:
        """Industry of a table to the trade elasticity that `trade_elasticities` sets for it."""
        from interdep.classifications import resolve

        found: dict[str, float] = {}
        for name, value in self.trade_elasticities:
            try:
                found |= dict.fromkeys(resolve(name, world.industries, world.classification), float(value))
            except InputError as error:
                raise InputError(f"Equilibrium: trade_elasticities: {error}") from error
        return found

    def ranges_on(self, world: World) -> dict[str, Range]:
        """See `Model.ranges_on`; "trade_elasticity CODE" is that of one industry, where the packaged table has its range."""
        found = super().ranges_on(world)
        already = self._set_for(world)
        for code, each in by_industry(world, self.trade_elasticity).items():
            if each.low is not None and each.high is not None:
                found[OF_INDUSTRY + code] = Range(each.low, already.get(code, each.default), each.high)
        return found

    def with_values(self, world: World, values: Mapping[str, float]) -> Self:
        """See `Model.with_values`."""
        codes = {name.removeprefix(OF_INDUSTRY): v for name, v in values.items() if name.startswith(OF_INDUSTRY)}
        others = {name: v for name, v in values.items() if not name.startswith(OF_INDUSTRY)}
        return replace(super().with_values(world, others), trade_elasticities={**self._set_for(world), **codes})

    @classmethod
    def solve_draws(
        cls, models: Sequence[Any], world: World, forcings: Sequence[Forcing], at: At
    ) -> Iterator[list[Outcome]]:
        """See `Model.solve_draws`: several batches of pairs of model and forcing at a time."""
        at_a_time = max(1, 4 * BATCH // max(1, len(forcings)))
        for k in range(0, len(models), at_a_time):
            part = models[k : k + at_a_time]
            pairs = [m for m in part for _ in forcings]
            found = iter(solve_all(pairs, world, list(forcings) * len(part), at, light=True))
            for _ in part:
                yield [next(found) for _ in forcings]

    def solve(self, world: World, forcings: Sequence[Forcing], at: At, *, paths: bool = False) -> list[Outcome]:
        """See `Model.solve`; columns: value_added_lost. paths: deliveries by product, too."""
        return solve_all([self] * len(forcings), world, forcings, at, paths=paths)


def elasticities_by_code(given: Any) -> tuple[tuple[str, float], ...]:
    """What a person gives for `trade_elasticities`, as sorted pairs; InputError where it is no {code: number above 0}."""
    try:
        found = [(code, float(value)) for code, value in (given.items() if isinstance(given, Mapping) else given)]
    except (TypeError, ValueError) as error:
        raise InputError(
            f"Equilibrium: trade_elasticities must be numbers by industry code, as in {{'C26': 4}}, not {given!r}"
        ) from error
    codes = [code for code, _ in found]
    doubled = [code for code in dict.fromkeys(codes) if codes.count(code) > 1]
    if doubled:
        raise InputError(f"Equilibrium: trade_elasticities names {doubled[0]!r} twice")
    for code, value in found:
        if not 0 < value < np.inf:
            raise InputError(f"Equilibrium: the trade elasticity of {code} is {value:g}; it must be above 0 and finite")
        if value < LEAST:
            raise InputError(
                f"Equilibrium: the trade elasticity of {code} is {value:g}; it must be at least {LEAST:g}; {ALIKE}"
            )
    return tuple(sorted(found))


def solve_all(
    models: Sequence[Equilibrium],
    world: World,
    forcings: Sequence[Forcing],
    at: At,
    *,
    paths: bool = False,
    light: bool = False,
) -> list[Outcome]:
    """One outcome for each pair of model and forcing; pairs whose models share a benchmark are solved side by side.

    paths: deliveries by product, too; light: value added and economies alone, for many draws.
    """
    alike: dict[tuple[Any, ...], list[int]] = {}
    for place, model in enumerate(models):
        alike.setdefault((*_benchmark_of(model), model.rent, model.tolerance, model.steps), []).append(place)
    jobs = []
    for places in alike.values():
        # Two batches at least, side by side, where there is enough for two.
        size = min(BATCH, max(FEW, -(-len(places) // THREADS)))
        jobs += [places[k : k + size] for k in range(0, len(places), size)]
    cases: dict[tuple[Any, ...], Case | str] = {}

    def solved(places: list[int]) -> dict[int, Outcome]:
        first = models[places[0]]
        try:
            base = _benchmark(first, world)
        except InterdepError as error:
            return dict.fromkeys(places, Outcome(status=str(error)))
        read = {}
        for place in places:
            model, forcing = models[place], forcings[place]
            question = (*_benchmark_of(model), id(forcing), model.capacity)
            if question not in cases:
                try:
                    cases[question] = case_of(world, base, forcing, at, model.capacity)
                except InterdepError as error:
                    cases[question] = str(error)
            read[place] = cases[question]
        out = {place: Outcome(status=case) for place, case in read.items() if isinstance(case, str)}
        sound = {place: case for place, case in read.items() if not isinstance(case, str)}
        room = at_once(base, sound.values())
        for part in (list(sound)[k : k + room] for k in range(0, len(sound), room)):
            rests, found = _settled(
                base, [sound[k] for k in part], [models[k] for k in part], world, trade=not light
            )  # fmt: skip
            for place, rest, each in zip(part, rests, found, strict=True):
                out[place] = (
                    Outcome(status=_why_not(rest, models[place]))
                    if each is None
                    else _outcome(world, each, rest, forcings[place].days, sound[place], paths)
                )
        return out

    made: dict[int, Outcome] = {}
    if len(jobs) == 1:
        made = solved(jobs[0])
    elif jobs:
        with one_blas_thread(), ThreadPoolExecutor(THREADS) as pool:
            for part in pool.map(solved, jobs):
                made.update(part)
    return [made[k] for k in range(len(models))]


def at_once(base: Base, cases: Iterable[Case]) -> int:
    """How many of these cases the memory of the solver's past holds at a time; at least one."""
    caps = max((int(np.isfinite(case.cells.left).sum()) for case in cases), default=0)
    state = 3 * base.products * base.regions + caps
    return max(1, min(BATCH, MEMORY // (2 * (DEPTH + 2) * 8 * state)))


def _benchmark_of(model: Equilibrium) -> tuple[Any, ...]:
    """What the benchmark depends on: without deficits it is solved again, with the model's own elasticities."""
    return (model.origin_shares, replace(model, capacity="output", rent="buyer") if model.deficits == "none" else None)


def _benchmark(model: Equilibrium, world: World) -> Base:
    """The benchmark of a model on a World: the table's, or the one solved again without deficits."""
    base = base_of(world, model.origin_shares)
    if model.deficits == "kept" or not np.abs(base.deficit).max() > 1e-12 * base.spending.max():
        return base
    case = Case(deficit=np.zeros(base.regions))
    (rest,), system = settle(base, [case], batch_of([model], world), model.rent, model.tolerance, model.steps)
    if not rest.converged:
        raise InputError(f"the benchmark without deficits {_why_not(rest, model)}")
    return rebased(system, rest.state[None])


def batch_of(models: Sequence[Equilibrium], world: World) -> Elasticities:
    """The elasticities of a batch of models on a World."""

    def each(field: str) -> np.ndarray:
        return np.array([float(getattr(m, field)) for m in models])

    return Elasticities(
        np.stack([m.theta(world) for m in models]), each("value_added_elasticity"), each("input_elasticity"),
        each("final_elasticity"), each("mobility"),
    )  # fmt: skip


def _settled(
    base: Base, cases: list[Case], models: list[Equilibrium], world: World, *, trade: bool
) -> tuple[list[Rest], list[Counterfactual | None]]:
    """Where each case came to rest, and what that says, None where it did not."""
    first, elasticities = models[0], batch_of(models, world)
    rests, whole = settle(base, cases, elasticities, first.rent, first.tolerance, first.steps)
    good = np.array([b for b, rest in enumerate(rests) if rest.converged], dtype=np.intp)
    found: list[Counterfactual | None] = [None] * len(cases)
    if good.size:
        system = whole
        if good.size < len(cases):
            system = System(base, [cases[b] for b in good], elasticities.of(good), first.rent, like=whole)
        states = np.stack([rests[b].state for b in good])
        for b, each in zip(good, counterfactuals(system, states, trade), strict=True):
            found[b] = each
    return rests, found


def _why_not(rest: Rest, model: Equilibrium) -> str:
    return (
        f"did not converge: after {rest.steps} steps the largest excess of a market is {rest.residual:.1e}, above"
        f" {model.tolerance:.0e}; try a smaller shock, a higher trade elasticity, or deficits='none' where an"
        " economy can hardly export any more"
    )


def _outcome(world: World, found: Counterfactual, rest: Rest, days: int, case: Case, paths: bool) -> Outcome:
    base, year = found.base, days / 365
    nodes = base.regions * base.products
    lost = (base.factors - found.value_added / found.price_index[:, None]) * year
    before = base.spending * year
    economies = {"real_expenditure_lost": before * (1 - found.real_expenditure), "expenditure": before}
    industries, trade = {}, {}
    if found.trade is not None:
        economies |= {
            "price_index": found.price_index,
            "factor_price": found.wage,
            "duties_and_rents": found.revenue * year,
            "duties_and_rents_before": base.revenue * year,
            "terms_of_trade": found.terms_of_trade(),
            "volume_of_trade": found.volume_of_trade(),
            "residual": np.maximum(np.abs(found.factors), np.abs(found.budgets)),
        }
        industries = {
            "price": found.price.reshape(nodes),
            "output": found.quantity.reshape(nodes),
            "sales": found.output.reshape(nodes) * year,
            "residual": np.abs(found.goods).reshape(nodes),
        }
        after, earlier = found.trade * year, base.trade * year
        trade = {"deliveries": after, "deliveries_before": earlier}
        if not paths:
            trade = {name: values.sum(axis=0) for name, values in trade.items()}
    return Outcome(
        columns={"value_added_lost": np.where(world.live, lost.reshape(nodes), 0.0)},
        economies=economies,
        industries=industries,
        trade=trade,
        notes=(*base.moved, *case.notes),
        steps=rest.steps,
        residual=found.residual,
    )
