"""The tables behind the two pages: what their sentences rest on, of the partners, cut to what a reader can open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from interdep.assessment.made import Assessment
from interdep.responses.plan import POOLED
from interdep.tables import Table

if TYPE_CHECKING:
    import polars as pl

MOST = 20_000
"""Rows of a table here at most; the whole one stays with the results."""

PATH, DIGITS = 8_000, 6
"""Rows of the path day by day, and its digits: it would otherwise fill most of the PDF that it is attached to."""

STOPS = 100
"""Single stops told for each partner, the costliest first."""

TOO_LONG = ("suppliers", "coalition_losses")
"""Tables with a row for every economy or supplier, which stay with the results."""


def tables_of(made: Assessment) -> tuple[Table, ...]:
    """Dependence, losses by model, what lies behind the leading scenario day by day, single stops, plans, votes, commitments."""
    buyers = made.dependencies.buyers
    out: list[Table] = [made.dependencies.overall, made.dependencies.common(), made.dependencies.industries]
    products = made.dependencies.products
    if products is not None:
        out += [products.headline(), products.compared, products.common]
    by_partner = made.run.loss.grouped("economy", buyers)
    days = "Loss day by day over the horizon, and its range over the variants"
    out += [
        replace(by_partner, name="first_order", title="Value added lost in the first order"),
        replace(made.fan.ranges(), name="day_by_day", title=days),
    ]
    if len(made.adjusted.loss):
        adjusted = "Loss once prices have adjusted, and its range over the draws"
        out.append(replace(made.adjusted.ranges(buyers), name="prices_adjusted", title=adjusted))
        if made.adjusted.sample:
            out.append(replace(made.adjusted.deciding(buyers), name="prices_deciding"))
    out += [_models(made), replace(made.fan.losses, name="days_variants"), *_days(made), _stops(made)]
    out += _plans(made)
    for name, tables in made.together.items():
        about = _about(made, name)
        out += [
            replace(table, name=f"{name}_{each}", title=f"{about}{table.title or each}{_whose(made, name, each)}")
            for each, table in tables.items()
            if each not in TOO_LONG
        ]
    return tuple(_cut(table) for table in out)


def _cut(table: Table) -> Table:
    """The first rows of a table that is too long; its title says so."""
    rows = len(table.frame)
    if rows <= MOST:
        return table
    title = f"{table.title or table.name} (the first {MOST:,} of {rows:,} rows; all of them lie with the results)"
    return replace(table, frame=table.frame.head(MOST), title=title)


def _models(made: Assessment) -> Table:
    """What each model says of each partner in each scenario, with its range."""
    import polars as pl

    rows = [
        (each.model, scenario, partner, each.low, each.value, each.high)
        for (scenario, partner), views in made.found.views.items()
        for each in views
    ]
    columns: Any = dict.fromkeys(("model", "scenario", "economy"), pl.String)
    columns |= dict.fromkeys(("low", "value", "high"), pl.Float64)
    unit = "fraction of yearly value added"
    return Table(
        "models", pl.DataFrame(rows, columns, orient="row"), ("model", "scenario", "economy"),
        {"low": unit, "value": unit, "high": unit}, "Value added lost in each model, with its range", {},
        made.fan.run.provenance.with_sources(*made.run.provenance.sources, *made.adjusted.provenance.sources),
    )  # fmt: skip


def _plans(made: Assessment) -> list[Table]:
    """One row for each plan: what is advised, its cost and worth, what acting together adds, what all lose at once."""
    import polars as pl

    from interdep.briefing.brief_facts import Facts

    facts = Facts(made.found, "en")
    rows = []
    for kind, names in facts.plans.items():
        for name in names:
            plan, row = made.plans.made[name], facts.chosen(name)
            rows.append((
                name, kind, row["arrangement"], plan.about["currency"], plan.about["year"], row["spent"], row["worth_low"],
                row["worth_high"], row["avoided_share"], plan.added, plan.by_sharing, plan.about["common"],
            ))  # fmt: skip
    if not rows:
        return []
    text, number = pl.String, pl.Float64
    columns = {
        "criterion": text, "advice": text, "arrangement": text, "currency": text, "year": pl.Int64, "spent": number,
        "worth_low": number, "worth_high": number, "avoided_share": number, "added_share": number, "by_sharing": number,
        "common": number,
    }  # fmt: skip
    money, short = "currency of the row, a year", "fraction of the expected shortage"
    units = {
        "advice": "", "arrangement": "", "currency": "", "year": "year", "spent": money, "worth_low": money, "worth_high": money,
        "avoided_share": short, "added_share": short, "by_sharing": short,
        "common": "fraction of the expected loss, weighed by disruptions' probabilities",
    }  # fmt: skip
    said = "Plans as they are advised: together (joint), by those who lose (help), each for itself (own), dropped (not)"
    first = made.plans.made[rows[0][0]].provenance
    sources = [source for plan in made.plans.made.values() for source in plan.provenance.sources]
    return [
        Table("plans_advised", pl.DataFrame(rows, columns, orient="row"), ("criterion",), units, said, {},
              first.with_sources(*sources))
    ]  # fmt: skip


def _days(made: Assessment) -> list[Table]:
    """Day by day: the path of each partner's loss, the first day of each industry; of the leading scenario who loses, and why."""
    import polars as pl

    from interdep.briefing.brief_facts import Facts
    from interdep.models.timeline import first_bites

    buyers = made.dependencies.buyers
    order = Facts(made.found, "en").costliest
    out = [_path(made.fan.daily, order), replace(first_bites(made.fan.run, buyers), name="days_first_held")]
    if not order:
        return out
    members = list(dict.fromkeys(member for each in buyers.values() for member in each))
    of = pl.col("scenario").eq(order[0]) & pl.col("economy").is_in(members)
    title = made.found.names[order[0]]

    def leading(table: Table, name: str, by: str, said: str) -> Table:
        rows = table.frame.filter(of).sort(by, descending=True, nulls_last=True, maintain_order=True)
        return replace(table, name=name, frame=rows, title=f"{title}: {said}")

    losses, bottlenecks = made.fan.run.loss, made.fan.run.bottlenecks
    who = "losses by member and industry, day by day (default parameters)"
    why = "inputs that hold production back, day by day (default parameters)"
    out.append(leading(losses, "days_lead_losses", "loss_share", who))
    out.append(leading(bottlenecks, "days_lead_bottlenecks", "depth", why))
    return out


def _path(daily: Table, order: list[str]) -> Table:
    """Losses of the partners on each day: of the costliest scenarios first, whole ones, as many as there is room for."""
    import polars as pl

    frames: list[pl.DataFrame] = []
    every = daily.frame["scenario"].unique(maintain_order=True).to_list()
    for scenario in (*order, *(s for s in every if s not in order)):
        frame = daily.frame.filter(pl.col("scenario") == scenario)
        if frames and sum(map(len, frames)) + len(frame) > PATH:
            break
        frames.append(frame)
    title = f"{daily.title or daily.name}, to {DIGITS} digits"
    if len(frames) < len(every):
        title += f" (the {len(frames)} costliest of {len(every)} scenarios; all of them lie with the results)"
    frame = pl.concat(frames).with_columns(pl.col(*daily.units).round_sig_figs(DIGITS))
    return replace(daily, name="days_path", frame=frame, title=title)


def _stops(made: Assessment) -> Table:
    """The single stops that cost each partner most."""
    table = made.stops
    ordered = table.frame.sort("value_added_lost", descending=True, nulls_last=True, maintain_order=True)
    frame = ordered.group_by("buyer", maintain_order=True).head(STOPS).select(table.frame.columns)
    title = table.title or table.name
    if len(frame) < len(ordered):
        title += f" (the {STOPS} costliest for each partner, {len(frame):,} of {len(ordered):,} rows)"
    return replace(table, frame=frame, title=title)


def _whose(made: Assessment, name: str, table: str) -> str:
    """That measures are those of one purse, whatever is advised."""
    plan = made.plans.made.get(name)
    return ", acting together" if plan is not None and plan.best == POOLED and table in ("measures", "products") else ""


def _about(made: Assessment, name: str) -> str:
    """What the tables of a plan, vote or coalition are of, as their titles begin; those of the status say so themselves."""
    from interdep.briefing.brief_names import names_of

    names = names_of(made.found, "en")
    vote = next((v for v in made.partnership.votes if v.name == name), None)
    if vote is not None:
        return f"{names.get(vote.proposal, vote.proposal)}, {vote.members} ({vote.rule}): "
    joint = next((c for c in made.partnership.coalitions if c.name == name), None)
    if joint is not None:
        return f"{names.get(joint.scenario, joint.scenario)}, against {names.get(joint.target, joint.target)}: "
    return "" if name == "status" else f"{names.get(name, name)}: "
