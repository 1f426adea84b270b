"""Section of the report on time: what each scenario costs day by day, what bites first, what decides the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from interdep.briefing.content import Block, Bullets, Grid, Heading, Paragraph, Picture
from interdep.briefing.findings import Findings, between, ranged, share
from interdep.figures import bottleneck_weeks, day_fan
from interdep.models.ario import Ario
from interdep.models.equilibrium import Equilibrium
from interdep.models.fan import DEFAULT
from interdep.models.leontief import Leontief
from interdep.models.timeline import WEEK, first_bites, held_back
from interdep.parameter import parameters_of
from interdep.shocks.scenario import Scenario
from interdep.tables import Table
from interdep.units import MISSING, per_cent

FEW = 3
"""How many parameters are named as deciding, and how many industries as bitten first."""

NOTHING = 1e-5
"""A loss share, or a change of it, below this is next to nothing and decides nothing."""

LATER = 0.25
"""Part of a loss that falls after the end of a shock from which on it is worth saying."""

QUIET = 1e-5
"""A scenario in which no day of any variant loses this part of normal is told in a sentence, without figures."""

SETTINGS = {
    "stocks low": "with low stocks of everything",
    "stocks high": "with high stocks of everything",
    "orders keep": "if buyers keep their suppliers' shares and do not look elsewhere",
    "orders reroute": "if buyers look elsewhere",
    "rationing industries first": "if scarce goods go to industries first, to households last",
    "rationing proportional": "if scarce goods are rationed to all alike",
    "essential every input": "if every input above the threshold is essential, services too",
    "essential rule": "if goods bind the makers of goods only",
}
"""How a variant without a number reads in a sentence."""

NAMES = {
    "psi": "if output falls as soon as stocks are below {:.0f} % of their target",
    "essential_above": "if inputs above {:.1f} % of output are essential",
    "overproduction_max": "if capacity can rise to {:.2g} times normal",
    "overproduction_time": "if spare capacity is brought up over {:.0f} days",
    "order_time": "if gaps in stocks are refilled over {:.0f} days",
    "trade_elasticity": "with a trade elasticity of {:g}",
}


def days(found: Findings) -> list[Block]:
    """The section: all models side by side, then each scenario with its days, its bottlenecks and its doubts."""
    bites = first_bites(found.fan.run, found.dependencies.buyers)
    held = held_back(found.fan.run, found.dependencies.buyers)
    tried = found.fan.losses.frame["parameter"].n_unique()
    blocks: list[Block] = [
        Heading("Day by day: when it bites, and where first", "days"),
        Paragraph(
            "The Ario model follows stocks, orders and rationing from day to day: an industry makes what is asked of it as long"
            " as its stocks of essential inputs last, buyers refill their stocks where there is capacity, and what is scarce is"
            " rationed. Nothing has a price here: it is what happens before markets adjust, and the further out a day is, the"
            " more it is a ceiling."
            f" Each loss is given under the default parameters and under {tried - 1} variants: both ends of every parameter's"
            " range and the other setting of every choice, one at a time. The range is that of the variants; it is no"
            " probability. Where a shortage tips from one industry into many, as soon as those that need the missing product are"
            " taken to stop without it, a small change of a parameter or of the shock's size changes much; docs/validation.md"
            " sets the chip shortage beside what was published for 2021."
        ),
        _side_by_side(found),
    ]
    for scenario in found.fan.run.scenarios:
        if any(name == scenario.name for name, _ in found.ranges):
            blocks += _one(found, scenario, bites, held)
    blocks += [Paragraph(f"No result: {line}") for line in found.fan.run.failures()]
    return blocks


def _side_by_side(found: Findings) -> Grid:
    order = [s.name for s in found.fan.run.scenarios]
    rows = []
    for (scenario, partner), each in sorted(found.views.items(), key=lambda cell: order.index(cell[0][0])):
        said = {view.model: ranged(view.value, view.low, view.high) for view in each}
        cells = (said.get(model, MISSING) for model in (Leontief.name, Ario.name, Equilibrium.name))
        rows.append((found.names[scenario], found.names[partner], *cells))
    header = ("Scenario", "Partner", "First order (draws)", "Day by day (all variants)", "Prices adjusted (draws)")
    caption = "Value added lost over the horizon, per cent of a year's; of draws the range is 5 to 95 %"
    return Grid(header, tuple(rows), caption)


def _one(found: Findings, scenario: Scenario, bites: Table, held: Table) -> list[Block]:
    """One scenario: the fan, the timeline of bottlenecks with the first bites behind it, and what decides."""
    names, partners = found.names, found.buyers
    daily = found.fan.daily
    heading = Heading(names[scenario.name], f"days-{scenario.name}", 3)
    worst = max(row["high"] for row in daily.where(scenario=scenario.name).to_rows())
    if worst < QUIET:
        return [
            heading,
            Paragraph(
                f"On no day and in no variant does a partner lose more than {per_cent(QUIET)} of a normal day's value added:"
                " the deliveries that stop are a sliver of their industry, and stocks and other suppliers make up for them. At"
                " this level of detail the model cannot see whether the sliver is one that nothing replaces."
            ),
        ]
    pictures: list[Block] = []
    # Four panels are what a page takes; more partners come in further figures.
    for place in range(0, len(partners), 4):
        some = partners[place : place + 4]
        figure = day_fan(daily, scenario.name, some, names)
        pictures.append(Picture(figure, "Loss day by day and its range.", _behind(found, scenario, some)))
    blocks: list[Block] = [heading, *pictures]
    if any(row["scenario"] == scenario.name for row in held.to_rows()):
        last = max(row["period"] for row in held.to_rows() if row["scenario"] == scenario.name)
        weeks = min(-(-scenario.horizon // WEEK), max(8, last + 2))
        for place in range(0, len(partners), 2):
            figure = bottleneck_weeks(held, scenario.name, partners[place : place + 2], weeks, names=names)
            blocks.append(Picture(figure, "Inputs that hold production back.", _first(found, scenario, bites)))
    return [*blocks, Bullets(tuple(_said(found, scenario, partner, bites) for partner in partners))]


def _behind(found: Findings, scenario: Scenario, partners: list[str]) -> Grid:
    step = max(1, scenario.horizon // 12)
    chosen = [
        r for r in found.fan.daily.where(scenario=scenario.name, economy=partners).to_rows() if r["day"] % step == 0
    ]
    rows = tuple(
        (found.names[r["economy"]], str(r["day"]), share(r["value"]), between(r["lower"], r["upper"]),
         between(r["low"], r["high"]))
        for r in chosen
    )  # fmt: skip
    header = ("Partner", "Day", "Loss", "Middle half", "All variants")
    return Grid(header, rows, "Per cent of a normal day's value added", (1, 2, 3, 4))


def _first(found: Findings, scenario: Scenario, bites: Table) -> Grid:
    rows = tuple(
        (found.names[r["economy"]], found.industry(r["industry"]), found.industry(r["product"]), str(r["first_day"]),
         per_cent(r["depth"]))
        for r in _bitten(scenario, bites)
    )  # fmt: skip
    header = ("Partner", "Industry", "Lacks", "From day", "Output below what is wanted, at worst")
    return Grid(header, rows, "The day on which a tenth of an industry is first held back", (3, 4))


def own(row: dict[str, Any]) -> str:
    """What is said behind an industry that lacks its own product."""
    return " of its own kind" if row["industry"] == row["product"] else ""


def _bitten(scenario: Scenario, bites: Table, partner: str | None = None) -> list[dict[str, Any]]:
    rows = [r for r in bites.to_rows() if r["scenario"] == scenario.name and partner in (None, r["economy"])]
    return sorted(rows, key=lambda r: (r["economy"], r["first_day"], -r["held"], r["industry"]))


def _said(found: Findings, scenario: Scenario, partner: str, bites: Table) -> str:
    """What happens to a partner in one scenario, in two or three sentences; every number from results."""
    names, range_ = found.names, found.ranges[scenario.name, partner]
    rows = found.fan.daily.where(scenario=scenario.name, economy=partner).to_rows()
    worst = max(rows, key=lambda r: (r["value"], -r["day"]))
    size = abs(range_["value"])
    amount = "next to nothing" if size < NOTHING else f"{per_cent(size)} of a year's value added"
    text = [
        f"{names[partner]} {'gains' if range_['value'] <= -NOTHING else 'loses'} {amount}"
        f" (loss over all variants: {between(range_['low'], range_['high'])})"
        + (f"; the worst day is day {worst['day']}, with {per_cent(worst['value'])} of a normal day." if worst["value"] > NOTHING
           else "; no day is worse than a normal one.")
    ]  # fmt: skip
    if worst["value"] > NOTHING and worst["day"] >= scenario.horizon - WEEK:
        text.append("It is still at its worst when the horizon ends, so that the loss goes on.")
    over = max(shock.start + shock.days + shock.recovery for shock in scenario.shocks)
    whole = sum(row["value"] for row in rows)
    later = sum(row["value"] for row in rows if row["day"] >= over)
    if range_["value"] > NOTHING and later > LATER * whole:
        text.append(
            f"{per_cent(later / whole)} of the loss falls after the shock is over (day {over}): everybody refills stocks at"
            " once, also of services that cannot really be stocked, and is rationed again."
        )
    bitten = _bitten(scenario, bites, partner)
    if bitten:
        parts = [
            f"{names[r['industry']]} (day {r['first_day']}, for want of {names[r['product']]}{own(r)})"
            for r in bitten[:FEW]
        ]
        more = f", and {len(bitten) - FEW} more industries" if len(bitten) > FEW else ""
        text.append(f"First held back: {', '.join(parts)}{more}.")
    else:
        text.append("Stocks last: no input holds back a tenth of any industry.")
    moved = [(name, by) for name, by in found.fan.deciding(scenario.name, partner) if abs(by) >= NOTHING][:FEW]
    if moved:
        text.append(
            "What decides it: a loss of "
            + "; ".join(f"{per_cent(range_['value'] + by)} {variant_words(name)}" for name, by in moved)
            + "."
        )
    return " ".join(text)


def variant_words(name: str) -> str:
    """A variant of the fan as it reads in a sentence."""
    if name in SETTINGS or name == DEFAULT:
        return SETTINGS.get(name, "under the default parameters")
    if name == "essential_above 0":
        return "if every input that the rule counts is essential, however small"
    parameter, _, text = name.rpartition(" ")
    words = NAMES.get(parameter, f"with {parameter} at {{:g}}")
    return words.format(float(text) * (100 if "%" in words else 1))


def unspoken(model: Mapping[str, Any] | object) -> list[str]:
    """Parameters with a range that no sentence is ready for (a test holds this empty)."""
    return [n for n, p in parameters_of(model).items() if p.low is not None and n not in NAMES and "stock_" not in n]
