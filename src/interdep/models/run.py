"""run: dispatches scenarios to models on a World and keeps what came back, with status and provenance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from interdep.errors import InputError, MissingData, NotConverged, unknown
from interdep.models.ario import Ario
from interdep.models.draws import Draws, Progress, checked, draw
from interdep.models.equilibrium import Equilibrium
from interdep.models.leontief import Leontief
from interdep.models.model import OK, Model, Outcome
from interdep.models.ranges import SAMPLE, deciding, ranges, sample_tables, with_ranges
from interdep.models.results import MARKETS, day_tables, loss_table, market_tables, status_table
from interdep.provenance import Provenance
from interdep.shocks.scenario import Scenario
from interdep.store import key
from interdep.tables import Table, load_tables, save_tables
from interdep.world import World

if TYPE_CHECKING:
    from interdep.shocks.forcing import At, Forcing
    from interdep.trade import Trade

MODELS: dict[str, type[Model]] = {"leontief": Leontief, "ario": Ario, "equilibrium": Equilibrium}
"""The models by the name a person types."""

HOW_FAST = ("threads", "batch", "device", "steps")
"""Fields of models that change no result."""


@dataclass(frozen=True, eq=False)
class Run:
    """What came back from every model for every scenario.

    loss: Table over (model, scenario, economy, industry): value added lost and exposed over the horizon, the yearly value
    added and their ratio. status: Table over (model, scenario) with one sentence each. scenarios: as they were run.
    days: Tables of models that work day by day, by name (see `daily`, `bottlenecks`, `stocks`, `paths`); empty without one.
    markets: Tables of models in which prices adjust (see `economies`, `industries`, `trade`); empty without one.
    sample: Tables of a run with draws (see `draws`, `drawn`); empty without. With draws, `loss` and `economies` also have low,
    value and high: 5, 50 and 95 % of the draws of each cell lie below, which adds up over no cells (see `ranges`).
    """

    loss: Table
    status: Table
    scenarios: tuple[Scenario, ...]
    at: str
    provenance: Provenance
    days: Mapping[str, Table] = field(default_factory=dict)
    markets: Mapping[str, Table] = field(default_factory=dict)
    sample: Mapping[str, Table] = field(default_factory=dict)
    kept_as: str = ""

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table of the run."""
        return (self.loss, self.status, *self.days.values(), *self.markets.values(), *self.sample.values())

    @property
    def economies(self) -> Table:
        """Real expenditure lost, price index, factor price, duties and rents by (model, scenario, economy)."""
        return self._of_markets("economies")

    @property
    def industries(self) -> Table:
        """Price, output and sales by (model, scenario, economy, industry)."""
        return self._of_markets("industries")

    @property
    def trade(self) -> Table:
        """Deliveries by (model, scenario, supplier, buyer), and by product where the run was made with keep="paths"."""
        return self._of_markets("trade")

    def _of_markets(self, name: str) -> Table:
        if name not in self.markets:
            raise MissingData(
                f"this run has no {name}: run it with a model in which prices adjust, models='equilibrium'"
            )
        return self.markets[name]

    @property
    def daily(self) -> Table:
        """Value added lost and final demand unmet by (model, scenario, economy, day)."""
        return self._of_days("daily")

    @property
    def bottlenecks(self) -> Table:
        """By (model, scenario, economy, industry, product): the input (product) held the industry back, when and how deep."""
        return self._of_days("bottlenecks")

    @property
    def stocks(self) -> Table:
        """Days of normal use in stock by (model, scenario, economy, product): normal, at the lowest, at the end."""
        return self._of_days("stocks")

    @property
    def paths(self) -> Table:
        """Output by (model, scenario, economy, industry, day), where the run was made with keep="paths"."""
        return self._of_days("paths")

    def _of_days(self, name: str) -> Table:
        if name not in self.days:
            asked = ' and keep="paths"' if name == "paths" else ""
            raise MissingData(
                f"this run has no {name}: run it with a model that works day by day, models='ario'{asked}"
            )
        return self.days[name]

    @property
    def draws(self) -> Table:
        """Losses by (model, scenario, draw, economy); missing where a draw has no result."""
        return self._of_sample("draws")

    @property
    def drawn(self) -> Table:
        """The value of every parameter in every draw, by (model, draw, parameter)."""
        return self._of_sample("drawn")

    def ranges(self, groups: Mapping[str, Sequence[str]] | None = None) -> Table:
        """The loss and its range over the draws by (model, scenario, economy); see `interdep.models.ranges.ranges`.

        groups: {label: members} in place of economies, added up within each draw.
        """
        return ranges(self.draws, self.loss, self.markets.get("economies"), groups)

    def deciding(self, groups: Mapping[str, Sequence[str]] | None = None) -> Table:
        """Which parameters move the loss share, most first; see `interdep.models.ranges.deciding`."""
        return deciding(self.draws, self.drawn, groups)

    def _of_sample(self, name: str) -> Table:
        if name not in self.sample:
            raise MissingData("this run has no draws, so it has no ranges: run it with draws=200")
        return self.sample[name]

    @property
    def scenario(self) -> Scenario:
        """The scenario, where there is exactly one."""
        if len(self.scenarios) != 1:
            raise InputError(f"this run has {len(self.scenarios)} scenarios; take one of .scenarios")
        return self.scenarios[0]

    @property
    def about_data(self) -> str:
        """The table the run was made on, in a few words."""
        known = self.provenance.extra
        return f"{known.get('name', 'a table')} ({self.loss.units['value_added']}, {known.get('table', 'unknown')})"

    @property
    def ok(self) -> bool:
        """Every scenario has a result in every model."""
        return bool((self.status.frame["status"] == OK).all())

    def failures(self) -> list[str]:
        """One line for each model and scenario without a result."""
        return [f"{r['model']} {r['scenario']}: {r['status']}" for r in self.status.to_rows() if r["status"] != OK]

    def cite(self) -> str:
        """What to cite when these results are used."""
        return self.provenance.cite()

    def save(self, folder: Path, csv: bool = True) -> None:
        """Write the tables (Parquet, and CSV where wanted) and a manifest from which `Run.load` reads them back."""
        scenarios = [s.model_dump(mode="json", exclude_none=True) for s in self.scenarios]
        save_tables(
            folder,
            {"loss": self.loss, "status": self.status, **self.days, **self.markets, **self.sample},
            csv=csv,
            kind="run",
            run=self.hash,
            at=self.at,
            scenarios=scenarios,
        )

    @property
    def hash(self) -> str:
        """The run's identity: scenarios, data vintage, models and versions; of one read back, that under which it was made."""
        return self.kept_as or key(
            {"scenarios": self.scenarios, "at": self.at, "provenance": self.provenance.to_dict()}
        )

    @classmethod
    def load(cls, folder: Path) -> Run:
        """The run saved in a folder; InputError where there is none or where it was made by another method version."""
        tables, manifest = load_tables(folder, "run")
        scenarios = tuple(Scenario.model_validate(s) for s in dates(manifest["scenarios"]))
        loss, status = tables.pop("loss"), tables.pop("status")
        markets = {name: tables.pop(name) for name in MARKETS if name in tables}
        sample = {name: tables.pop(name) for name in SAMPLE if name in tables}
        return cls(loss, status, scenarios, manifest["at"], loss.provenance, tables, markets, sample, manifest["run"])

    def __repr__(self) -> str:
        lines = [f"Run of {len(self.scenarios)} scenario(s), read at the {self.at}"]
        for row in self.loss.by("economy").top(5, "loss_share").to_rows():
            lines.append(
                f"├─ {row['model']} {row['scenario']} {row['economy']}: {100 * row['loss_share']:.3f} % of value added"
            )
        lines += [f"├─ no result: {line}" for line in self.failures()]
        lines.append(f"└─ {self.provenance.steps[-1] if self.provenance.steps else 'no provenance'}")
        return "\n".join(lines)


def run(
    scenarios: Scenario | str | Path | Sequence[Scenario | str | Path],
    models: Sequence[Model | str] | Model | str | None = None,
    world: World | None = None,
    at: At = "average",
    keep: Literal["summary", "paths"] = "summary",
    trade: Trade | Sequence[Trade] | None = None,
    draws: int | None = None,
    seed: int = 1,
    progress: Progress = lambda done, of: None,
) -> Run:
    """What breaks: every scenario in every model on one World.

    scenarios: one or several, as values, library names or files; models: values or names, default Leontief; world: default
    the packaged "world-2014"; at: whether models without days read the average over the horizon or the peak; keep: "paths"
    keeps the output of every node on every day; trade: where shocks that name products find them, default the packaged tables.
    draws: how often the parameters of every model are drawn from their ranges, besides the run with the models as they are (see
    `Run.ranges`, `Run.deciding`); seed: the same one gives the same draws; progress: is told (draws done, of all).
    A scenario that fails in a batch keeps its reason in `status`; a single one raises it. Raises NotConverged where no
    scenario has a result in any model.
    """
    made = attempt(scenarios, models, world, at, keep, trade, draws, seed, progress, single_raises=True)
    if not len(made.loss):
        first = made.status.to_rows()[0]
        raise NotConverged(f"no scenario has a result; {first['model']} on {first['scenario']}: {first['status']}")
    return made


def attempt(
    scenarios: Scenario | str | Path | Sequence[Scenario | str | Path],
    models: Sequence[Model | str] | Model | str | None = None,
    world: World | None = None,
    at: At = "average",
    keep: Literal["summary", "paths"] = "summary",
    trade: Trade | Sequence[Trade] | None = None,
    draws: int | None = None,
    seed: int = 1,
    progress: Progress = lambda done, of: None,
    *,
    single_raises: bool = False,
) -> Run:
    """`run`, with a Run that holds nothing but reasons where no scenario has a result (and never raises for a scenario)."""
    if at not in ("average", "peak"):
        raise unknown("value of at", at, ("average", "peak"))
    if keep not in ("summary", "paths"):
        raise unknown("value of keep", keep, ("summary", "paths"))
    if draws is not None:
        checked(draws, seed)
    chosen = scenarios_of(scenarios)
    engines = _models(models)
    world = world if world is not None else World.read()
    compiled, broken = compiled_on(world, chosen, trade, raises=single_raises and len(chosen) == 1)
    sound, forcings = list(compiled), list(compiled.values())
    results: list[tuple[Model, Scenario, Outcome]] = []
    for engine in engines:
        outcomes = dict(broken)
        also = {"paths": True} if keep == "paths" and not isinstance(engine, Leontief) else {}
        outcomes.update(zip(sound, engine.solve(world, forcings, at, **also), strict=True))
        results += [(engine, chosen[place], outcomes[place]) for place in range(len(chosen))]
    sampled: Draws | None = None
    if draws is not None:
        read = dict(zip((chosen[place].name for place in sound), forcings, strict=True))
        # A scenario without a result at the parameters as they are given has nothing its draws could be set beside.
        asked = {e.name: {s.name: read[s.name] for m, s, o in results if m is e and o.ok} for e in engines}
        sampled = draw(engines, world, asked, at, draws, seed, progress)
    steps = [step_of(engine, world, at) for engine in engines]
    cited = [source for engine in engines for source in engine.sources]
    cited += [source for forcing in forcings for source in forcing.sources]
    steps = [note for forcing in forcings for note in forcing.notes] + steps
    steps += dict.fromkeys(f"{e.name}: {note}" for e, s, o in results for note in o.notes)
    steps += sampled.notes if sampled else ()
    facts = {"draws": draws, "seed": seed} if sampled else {}
    provenance = world.provenance.with_sources(*cited).then(*steps, table=world.hash, name=world.name, **facts)
    loss, status = loss_table(world, results, provenance), status_table(results, provenance)
    markets, sample = market_tables(world, results, provenance), {}
    if sampled:
        loss, status, markets = with_ranges(sampled, world, loss, status, markets)
        sample = sample_tables(sampled, world, provenance)
    days = day_tables(world, results, provenance)
    return Run(loss, status, chosen, at, provenance, days, markets, sample)


def step_of(engine: Model, world: World, at: At) -> str:
    """How a model read the shocks on a World and with which parameters, for provenance."""
    chosen = {k: v for k, v in vars(engine).items() if v not in ("", ()) and k not in HOW_FAST}
    return (
        f"{engine.name} on {world.name}, "
        + ("day by day" if engine.reads_path else f"shock read at its {at} over the horizon")
        + "".join(f", {k} {v:g}" if isinstance(v, (int, float)) else f", {k} {v}" for k, v in chosen.items())
    )


def compiled_on(
    world: World, scenarios: Sequence[Scenario], trade: Trade | Sequence[Trade] | None, *, raises: bool
) -> tuple[dict[int, Forcing], dict[int, Outcome]]:
    """Scenarios compiled on a World, and why others cannot be, both by place; raises: the first that cannot is an error."""
    compiled: dict[int, Forcing] = {}
    broken: dict[int, Outcome] = {}
    for place, scenario in enumerate(scenarios):
        try:
            compiled[place] = scenario.on(world, trade=trade)
        except (InputError, MissingData) as error:
            if raises:
                raise
            broken[place] = Outcome(status=str(error))
    return compiled, broken


def scenarios_of(given: Any) -> tuple[Scenario, ...]:
    """One or several scenarios, as values, library names or files; InputError where there is none or a name occurs twice."""
    listed = [given] if isinstance(given, (Scenario, str, Path)) else list(given)
    if not listed:
        raise InputError("no scenario is given; name one of the library or a file")
    chosen = tuple(s if isinstance(s, Scenario) else Scenario.read(s) for s in listed)
    only_once([s.name for s in chosen])
    return chosen


def only_once(names: Sequence[str]) -> None:
    """Raise InputError where two scenarios have one name."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InputError(f"two scenarios are called {name!r}; rename one, results are kept by name")
        seen.add(name)


def _models(given: Any) -> tuple[Model, ...]:
    if given is None:
        return (Leontief(),)
    listed = [given] if isinstance(given, (Model, str)) else list(given)
    if not listed:
        raise InputError(f"no model is given; known are {', '.join(MODELS)}")
    out = []
    for each in listed:
        if isinstance(each, Model):
            out.append(each)
        elif each in MODELS:
            out.append(MODELS[each]())
        else:
            raise unknown("model", str(each), list(MODELS))
    doubled = [m.name for m in out if [o.name for o in out].count(m.name) > 1]
    if doubled:
        raise InputError(f"the model {doubled[0]!r} is given twice; results are kept by model name")
    return tuple(out)


def dates(scenarios: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """JSON keeps dates as text; a Scenario wants them back as dates."""
    from datetime import date

    return [{**s, "start": date.fromisoformat(s["start"])} if s.get("start") else s for s in scenarios]
