"""Section of the report on years: what is left once prices have adjusted, where the models disagree, and long paths."""

from __future__ import annotations

from typing import Any

from interdep.briefing.content import Block, Bullets, Grid, Heading, Paragraph, Picture
from interdep.briefing.findings import TOO_SMALL, Findings, between, ranged, share
from interdep.figures import model_ranges
from interdep.geography import name_of
from interdep.models.verdict import NOTHING, parameter_words
from interdep.models.years import YEAR, Years
from interdep.tables import Table
from interdep.units import MISSING, per_cent

SHOWN = 3
"""Economies named as the worst hit of a scenario."""

MODELS = {
    "leontief": "first order (Leontief)",
    "ario": "day by day (Ario)",
    "equilibrium": "prices adjusted (Equilibrium)",
}
"""What figures and tables call the models."""


def years(found: Findings) -> list[Block]:
    """The section: all models side by side, the tables of losses, who is worst hit, where models disagree, long paths."""
    draws = found.adjusted.provenance.extra.get("draws")
    blocks: list[Block] = [
        Heading("Years: what is left once prices have adjusted", "years"),
        Paragraph(
            "The Equilibrium model asks what remains when prices have moved, buyers have found other suppliers and products, and"
            " work and capital other industries. Value added lost is in purchasing power. Real expenditure lost is what final"
            " users can no longer buy, the measure of welfare: it also counts the rents of scarcity, which go to whoever"
            " decided the cut, so that an economy may make less and still buy more. The first number of each pair stands for"
            " years: trade has adjusted fully and factors move freely. The range is that of"
            f" {draws} draws of all parameters at once (5 to 95 %), among them how far trade has adjusted (from 36 % of it, after"
            " one year) and how freely factors move: its upper end is nearer to the first year, and the first number may lie at"
            " its lower end."
        ),
    ]
    table = side_by_side(found)
    for place in range(0, len(found.buyers), 2):
        some = found.buyers[place : place + 2]
        figure = model_ranges(table, some, found.names | MODELS)
        blocks.append(Picture(figure, "Weeks and years: the three models side by side.", _behind(found, table, some)))
    blocks += [
        _losses(found),
        Heading("Where the models disagree, and why", "disagree", 3),
        Bullets(_verdicts(found)),
        _worst(found),
    ]
    for name, path in found.paths.made.items():
        blocks += _path(found, name, path)
    blocks += [Paragraph(f"No result: {line}") for line in found.adjusted.failures()]
    blocks += [Paragraph(f"No result: {found.names[name]}: {why}") for name, why in found.paths.failed.items()]
    counted = [r for r in found.adjusted.status.to_rows() if r.get("draws")]
    return blocks + [Paragraph(f"{found.names[r['scenario']]}: {r['draws']}") for r in counted]


def side_by_side(found: Findings) -> Table:
    """Loss shares by (model, scenario, partner): low, value (default parameters), high."""
    import polars as pl

    order = [s.name for s in found.run.scenarios]
    rows = [
        (view.model, scenario, partner, view.low, view.value, view.high)
        for (scenario, partner), each in sorted(found.views.items(), key=lambda v: order.index(v[0][0]))
        for view in each
    ]
    dims, values = ("model", "scenario", "economy"), ("low", "value", "high")
    schema = dict.fromkeys(dims, pl.String) | dict.fromkeys(values, pl.Float64)
    frame = pl.DataFrame(rows, schema=schema, orient="row").select(*dims, *values)
    units = dict.fromkeys(values, "fraction of yearly value added")
    return Table("models", frame, dims, units, "Losses and ranges, models side by side", {}, found.run.provenance)


def _behind(found: Findings, table: Table, partners: list[str]) -> Grid:
    rows = tuple(
        (found.names[r["scenario"]], found.names[r["economy"]], MODELS[r["model"]], share(r["value"]),
         MISSING if r["low"] is None else between(r["low"], r["high"]))
        for r in table.where(economy=partners).to_rows()
    )  # fmt: skip
    header = ("Scenario", "Partner", "Model", "Value added lost", "Range")
    return Grid(header, rows, "Per cent of a year's value added", (3, 4))


def _losses(found: Findings) -> Grid:
    decided = _deciding(found)
    rows = tuple(
        (found.names[scenario.name], found.names[partner],
         ranged(r["expenditure_default"], r["expenditure_low"], r["expenditure_high"]),
         ranged(r["default"], r["low"], r["high"]), decided.get((scenario.name, partner), MISSING))
        for scenario in found.adjusted.scenarios
        for partner in found.buyers
        for r in [found.real.get((scenario.name, partner))]
        if r is not None
    )  # fmt: skip
    header = ("Scenario", "Partner", "Real expenditure lost", "Value added lost", "What decides, and the value added lost where"
              " it is lowest and highest")  # fmt: skip
    caption = (
        "Prices adjusted: per cent of expenditure over the horizon and of a year's value added (5 to 95 % of draws)"
    )
    return Grid(header, rows, caption)


def _deciding(found: Findings) -> dict[tuple[str, str], str]:
    """The parameter that moves a loss most, where it moves it by more than chance, and the loss at either end."""
    if not len(found.adjusted.loss):
        return {}
    chance = 2 / found.adjusted.provenance.extra["draws"] ** 0.5
    out: dict[tuple[str, str], str] = {}
    for row in found.adjusted.deciding(found.dependencies.buyers).to_rows():
        cell = (row["scenario"], row["economy"])
        moved = max(abs(row[end] or 0.0) for end in ("lower_fifth", "upper_fifth")) >= NOTHING
        if cell not in out and moved and row["correlation"] is not None and abs(row["correlation"]) >= chance:
            ends = f"{per_cent(row['lower_fifth'])}, {per_cent(row['upper_fifth'])}"
            out[cell] = f"{parameter_words(row['parameter'], found.names)}: {ends}"
    return out


def _verdicts(found: Findings) -> tuple[str, ...]:
    """A sentence for each scenario and partner; those in which no model sees a loss are told together."""
    said, quiet = [], []
    for scenario in found.run.scenarios:
        for partner in found.buyers:
            each = found.views.get((scenario.name, partner), [])
            if len(each) < 2:
                continue
            if all(abs(view.value) < NOTHING for view in each):
                quiet.append(f"“{found.names[scenario.name]}” for {found.names[partner]}")
            else:
                said.append(found.verdict(scenario.name, partner))
    if quiet:
        said.append(
            f"Next to nothing in every model, under {per_cent(NOTHING)} of a year's value added: {', '.join(quiet)}."
        )
    return tuple(said)


def _worst(found: Findings) -> Grid:
    """The economies of the world that lose most real expenditure."""
    rows: list[tuple[str, ...]] = []
    for scenario in found.adjusted.scenarios:
        of = [r for r in _every(found) if r["scenario"] == scenario.name and r["expenditure_default"] >= NOTHING]
        for r in sorted(of, key=lambda r: -r["expenditure_default"])[:SHOWN]:
            rows.append((
                found.names[scenario.name], name_of(r["economy"]),
                ranged(r["expenditure_default"], r["expenditure_low"], r["expenditure_high"]),
                ranged(r["default"], r["low"], r["high"]),
            ))  # fmt: skip
    header = ("Scenario", "Economy", "Real expenditure lost", "Value added lost")
    return Grid(
        header, tuple(rows), "The worst hit economies of the world once prices have adjusted (5 to 95 % of draws)"
    )


def _every(found: Findings) -> list[dict[str, Any]]:
    return found.adjusted.ranges().to_rows() if len(found.adjusted.loss) else []


def _path(found: Findings, name: str, path: Years) -> list[Block]:
    """A long scenario year by year, beside those that cut the same at another pace."""
    scenarios = list(dict.fromkeys(path.sums.frame["scenario"].to_list()))
    cells = {(r["scenario"], r["economy"], r["period"]): r for r in path.losses.to_rows()}
    sums = {(r["scenario"], r["economy"]): r for r in path.sums.to_rows()}
    rows: list[tuple[str, ...]] = []
    for partner in found.buyers:
        for f in path.factors.to_rows():
            lost = (_loss(cells[s, partner, f["period"]]) for s in scenarios)
            rows.append((found.names[partner], str(f["period"]), *lost, f"{f['elasticity_factor']:.2f}"))
        rows.append((found.names[partner], "all, discounted", *(_loss(sums[s, partner]) for s in scenarios), ""))
    titles = [found.names[s] for s in scenarios]
    header = ("Partner", "Year", *titles, "Trade elasticities times")
    description = next((s.description for s in found.long if s.name == name), "")
    caption = "Real expenditure lost, per cent of the year's (5 to 95 % of draws)"
    said = [compared(found, path, partner) for partner in found.buyers] if len(scenarios) > 1 else []
    return [
        Heading(f"Year by year: {found.names[name]}", f"path-{name}", 3),
        Paragraph(
            f"{' '.join(description.split())} Each year is an equilibrium of its own, with trade elasticities that rise from year"
            " to year as buyers adjust; what still holds on the last day of a scenario goes on to the end."
        ),
        Grid(header, tuple(rows), caption, (1, len(header) - 1)),
        Bullets(tuple(said) or ("No other scenario tried cuts the same at another pace.",)),
    ]


def compared(found: Findings, path: Years, partner: str) -> str:
    """What a partner loses in a long scenario against those that cut the same, all years together, in one sentence."""
    first, *others = path.sums.where(economy=partner).to_rows()
    name, count, money = found.names[first["scenario"]], path.factors.frame.height, found.money
    parts = []
    for other in others:
        more, beside = other["real_expenditure_difference"], f"“{found.names[other['scenario']]}”"
        if any(s.name == other["scenario"] and s.horizon < YEAR * count for s in found.run.scenarios):
            beside += " kept up to the end"
        if more is None:
            parts.append(f"it cannot be compared with {beside}, as a year has no result")
            continue
        cheaper = "less" if more > 0 else "more"
        text = f"“{name}” costs {money(abs(more))} {cheaper} than {beside} ({per_cent(abs(other['difference']))} of expenditure"
        low, high = other.get("difference_low"), other.get("difference_high")
        if low is not None and high is not None:
            # The table says how much more the other one costs: the least it saves is the low end.
            text += f"; in nine of ten draws {between(low, high) if more > 0 else between(-high, -low)} {cheaper}"
        parts.append(f"{text})")
    return f"{found.names[partner]}: over {count} years, discounted, {'; '.join(parts)}."


def _loss(row: dict[str, Any]) -> str:
    return ranged(row["expenditure_loss_share"], row.get("low"), row.get("high"))


def in_short(found: Findings) -> tuple[str, ...]:
    """Sentences for the top of the report: the costliest in years, what is left of the costliest in weeks, long paths."""
    parts = []
    for partner in found.buyers:
        of = {s: r for (s, p), r in found.real.items() if p == partner}
        if not of:
            continue
        name, worst = max(of.items(), key=lambda each: each[1]["expenditure_default"])
        who = found.names[partner]
        if worst["expenditure_default"] <= TOO_SMALL:
            text = f"for {who} no scenario costs real expenditure"
        else:
            lost = ranged(worst["expenditure_default"], worst["expenditure_low"], worst["expenditure_high"])
            text = f"for {who} “{found.names[name]}” costs most, {lost} of real expenditure"
        days = {s: r for (s, p), r in found.ranges.items() if p == partner and s in of}
        daily, range_ = max(days.items(), key=lambda each: each[1]["value"], default=("", {}))
        if daily and range_["value"] > NOTHING:
            left = of[daily]
            text += (
                f", and of “{found.names[daily]}”, {per_cent(range_['value'])} of a year's value added day by day,"
                f" {ranged(left['default'], left['low'], left['high'])} is left"
            )
        parts.append(text)
    said = (
        [f"Once prices have adjusted, in years (5 to 95 % of draws in brackets): {'; '.join(parts)}."] if parts else []
    )
    said += [
        compared(found, path, partner)
        for path in found.paths.made.values()
        if path.sums.frame["scenario"].n_unique() > 1
        for partner in found.buyers
        if abs(path.sums.where(economy=partner).to_rows()[0]["expenditure_loss_share"] or 0.0) >= NOTHING
    ]
    return tuple(said)
