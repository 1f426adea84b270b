"""Section of the report on agreement: who would sign a proposal under which exemptions, and what joint sanctions add up to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from interdep.agreement.agree import Agreement, listed
from interdep.agreement.agree_tables import PROPOSED, YES
from interdep.briefing.content import Block, Bullets, Grid, Heading, Paragraph, Picture
from interdep.briefing.response_words import amount, money_of, part
from interdep.figures import coalition_steps
from interdep.geography import name_of
from interdep.units import MISSING, significant

if TYPE_CHECKING:
    from interdep.agreement.coalitions import Coalitions
    from interdep.briefing.findings import Findings


def agreement(found: Findings) -> list[Block]:
    """The section: every vote with its exemptions, every coalition step by step."""
    blocks: list[Block] = []
    if found.votes:
        blocks.append(Heading("Who would sign", "votes"))
    for name, vote in found.votes.items():
        blocks += _vote(name, vote)
    if found.coalitions:
        blocks.append(Heading("What each adds to joint sanctions", "coalitions"))
    for name, made in found.coalitions.items():
        blocks += _coalition(found, name, made)
    return blocks


def without(found: Findings) -> list[Block]:
    """What was asked for and has no result: plans, votes and coalitions, each with its reason."""
    if not found.failed:
        return []
    lines = tuple(f"{found.names.get(name, name)}: no result, because {why}" for name, why in found.failed.items())
    return [Heading("Asked for, without a result", "without"), Bullets(lines)]


def in_short(found: Findings) -> tuple[str, ...]:
    """One sentence for each vote and each coalition."""
    out = []
    for vote in found.votes.values():
        text = f"“{vote.about['title']}” under {vote.about['rule']}: {_verdict(vote)}"
        if vote.alternatives and vote.passes != YES:
            best = vote.alternatives[0]
            text += (
                f"; it would pass with exemptions for {listed(_exempt(vote, best))}, and still hit {_hit(vote, best)}"
            )
        out.append(f"{text}.")
    for made in found.coalitions.values():
        out.append(_climb(found, made))
    return tuple(out)


def _verdict(vote: Agreement) -> str:
    refusing = vote.refusing()
    if vote.passes == YES:
        return "it passes as it stands"
    text = (
        "it does not pass as it stands" if vote.passes == "no" else "whether it passes depends on members without data"
    )
    return text + (f", {listed(refusing)} would not sign" if refusing else "")


def _exempt(vote: Agreement, alternative: str) -> list[str]:
    return list(dict.fromkeys(r["member"] for r in vote.carve_outs.where(scenario=alternative).to_rows()))


def _hit(vote: Agreement, alternative: str) -> str:
    """What of the target's sales is still hit: all that is banned, and the key product where there is one."""
    row = vote.outcome.where(scenario=alternative).to_rows()[0]
    if row["hit_value"] is None:
        return "what the tables do not tell"
    target = name_of(vote.about["target"])
    text = f"{part(row['hit_value'])} of what {target} sells the members of it (by value)"
    if row["hit_key_tonnes"] is not None:
        text += f"; of {', '.join(vote.about['key_products'])} alone {part(row['hit_key_tonnes'])} by weight"
    return text


def _vote(name: str, vote: Agreement) -> list[Block]:
    about = vote.about
    as_of = f" Only what was known on {about['as_of']} is used." if about["as_of"] else ""
    verdict = _verdict(vote)
    blocks: list[Block] = [
        Heading(about["title"], f"vote-{name}", 3),
        Paragraph(
            f"{about['members']} members, {about['requirement']}. Costs: {about['costs']}. A member signs where its cost is"
            f" within what it bears ({about['tolerance']}); one without data is not counted as a yes.{as_of}"
            f" {verdict[:1].upper()}{verdict[1:]}."
        ),
        _refusing(vote),
    ]
    if vote.alternatives:
        blocks.append(_alternatives(vote))
    blocks += _happened(vote)
    notes = [f"{n[:1].upper()}{n[1:]}".rstrip(".") + "." for n in vote.notes]
    return [*blocks, *([Bullets(tuple(notes))] if notes else [])]


def _refusing(vote: Agreement) -> Grid:
    """Members whose cost is not nothing, the dearest first, with their stance."""
    stances = {r["member"]: r for r in vote.stances.where(scenario=PROPOSED).to_rows()}
    rows = [
        r
        for r in vote.costs.to_rows()
        if r["value"] is None or r["value"] > 0 or stances[r["member"]]["stance"] != "yes"
    ]
    rows.sort(key=lambda r: (-(r["value"] if r["value"] is not None else float("inf")), r["member"]))
    cells = tuple(
        (name_of(r["member"]), part(r["value"]), _ends(r), stances[r["member"]]["stance"],
         part(stances[r["member"]]["probability"]), r["missing"] or r["reason"])
        for r in rows
    )  # fmt: skip
    unit = vote.about["unit"].removeprefix("fraction of ")
    header = ("Member", "Cost", "Range", "Would sign", "Probability", "Why")
    others = vote.about["members"] - len(rows)
    more = f"; the other {others} bear nothing" if others else ""
    return Grid(header, cells, f"Costs, per cent of {unit}{more}", (1, 2, 4))


def _ends(row: Mapping[str, Any]) -> str:
    if row["low"] is None or row["high"] is None:
        return MISSING
    return f"{part(row['low']).removesuffix(' %')} to {part(row['high'])}"


def _alternatives(vote: Agreement) -> Grid:
    rows = []
    for name in vote.alternatives:
        row = vote.outcome.where(scenario=name).to_rows()[0]
        exempt = [_exemption(r) for r in vote.carve_outs.where(scenario=name).to_rows()]
        rows.append((
            name, "; ".join(exempt), part(row["hit_value"]), part(row["hit_key_tonnes"]), part(row["probability_low"]),
        ))  # fmt: skip
    key = ", ".join(vote.about["key_products"]) or "the key product"
    header = (
        "Alternative",
        "Exemptions",
        "Still hit, by value",
        f"Still hit of {key}, by weight",
        "Would pass with probability",
    )
    return Grid(
        header, tuple(rows), "Exemptions under which the rule is met, the smallest loss of bite first", (2, 3, 4)
    )


def _exemption(row: Mapping[str, Any]) -> str:
    mode = f" by {row['mode']}" if row["mode"] != "all" else ""
    until = row["until"] if row["until"].startswith("until") else f"to {row['until']}"
    return f"{name_of(row['member'])}: {row['product']}{mode}, {until}"


def _happened(vote: Agreement) -> list[Block]:
    """What came to pass, beside what the rule said, where the proposal has been decided."""
    past = vote.past()
    return [Paragraph(f"What happened: {past}")] if past else []


def _coalition(found: Findings, name: str, made: Coalitions) -> list[Block]:
    names = {**found.names, made.scenario.name: made.scenario.title or made.scenario.name}
    figure = coalition_steps(made.steps, made.target, made.scenario.name, names=names)
    nested = {r["member"]: r for r in made.marginal.where(criterion="nested").to_rows()}
    last = {r["member"]: r for r in made.marginal.where(criterion="last").to_rows()}
    coin = money_of(made.marginal.units["target_loss"])
    rows = tuple(
        (_named(found, m), amount(coin, r["target_loss"]), amount(coin, last[m]["target_loss"]), amount(coin, r["own_cost"]),
         amount(coin, r["others_cost"]), MISSING if r["bite_per_cost"] is None else significant(r["bite_per_cost"], 2))
        for m, r in nested.items()
    )  # fmt: skip
    header = (
        "Joins",
        "Costs the target",
        "The same, joining last",
        "Costs itself",
        "Costs outsiders",
        "Bite per own cost",
    )
    behind = Grid(header, rows, "What each adds, a year, in real expenditure; a minus is a gain", (1, 2, 3, 4, 5))
    return [
        Heading(names[made.scenario.name], f"coalition-{name}", 3),
        Paragraph(
            f"{_climb(found, made)} Once prices have adjusted, a year at rest (Equilibrium): goods that take a way around through"
            " third countries and financial sanctions are not in it."
        ),
        Picture(figure, "The target's loss and the coalition's own, as one after another joins.", behind),
        *_burden(made),
    ]


def _burden(made: Coalitions) -> list[Block]:
    """Who would pay and who would receive for everybody's burden to be the same, and from which value leaving does not pay."""
    rows = made.transfers.to_rows()
    if not rows:
        return []
    coin = money_of(made.transfers.units["transfer"])
    by = sorted(rows, key=lambda r: r["transfer_share"])
    paid = sum(r["transfer"] for r in rows if r["transfer"] > 0)
    receivers = ", ".join(f"{name_of(r['economy'])} {part(r['transfer_share'])}" for r in by[::-1][:3])
    same, hands = part(rows[0]["loss_share_after"]), amount(coin, paid)
    text = (
        f"For every member to lose the same part of its expenditure ({same}), {hands} a year would change hands;"
        f" most, for their size, would go to {receivers}."
    )
    kept = [
        r for r in made.stability.to_rows() if r["side"] == "inside" and r["when"] == "from" and r["economies"] == 1
    ]
    inside = [r for r in kept if r["break_even"] is not None]
    if inside:
        dearest = max(inside, key=lambda r: r["break_even"])
        cheapest = min(inside, key=lambda r: r["break_even"])
        ends = [f"{significant(r['break_even'], 2)} ({name_of(r['member'])})" for r in (cheapest, dearest)]
        text += f" Staying in pays who values one {coin.currency} of the target's loss at {ends[0]} to {ends[1]} of its own."
    return [Paragraph(text)]


def _named(found: Findings, code: str) -> str:
    return found.names.get(code) or name_of(code)


def _climb(found: Findings, made: Coalitions) -> str:
    """The target's loss from the first members to all that join, and what that is of everybody's."""
    steps = [r for k, r in enumerate(made.steps.to_rows()) if k == 0 or r["added"]]
    first, last = steps[0], steps[-1]
    target = _named(found, made.target)
    title = made.scenario.title or made.scenario.name
    text = (
        f"“{title}” costs {target} {part(first['target_share'])} of its real expenditure if"
        f" {_named(found, first['scenario'])} acts alone and {part(last['target_share'])} with all {len(steps) - 1} that may join"
    )
    if last.get("share_of_named") is not None:
        text += f", {part(last['share_of_named'])} of what every economy that the table names together would"
    japan = next((r for r in made.marginal.where(criterion="nested").to_rows() if r["member"] == "JPN"), None)
    if japan is not None:
        text += f"; Japan's joining adds {part(japan['target_points'])} of {target}'s expenditure"
    return f"{text}."
