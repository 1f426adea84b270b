"""The oil ban of May-June 2022: who would have refused by what was known on 30 April, and what would have been left of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from interdep.agreement.agree import Agreement, agree
from interdep.agreement.agree_tables import PROPOSED
from interdep.geography import economies
from interdep.trade.russian_crude import replaceability
from interdep.units import per_cent
from table import Row, judged, stated

TITLE = "The EU's ban on Russian oil, May-June 2022"
ABOUT = """
On 4 May 2022 the Commission proposed to ban Russian crude in six months and refined products by the end of the year. Hungary
blocked it; Slovakia, Czechia and Bulgaria asked for exemptions. On 30-31 May it was agreed with crude by pipeline exempt
(Hungary, Slovakia, Czechia; Germany and Poland pledged to give theirs up), Bulgaria by sea to the end of 2024 and Croatia's
vacuum gas oil to the end of 2023. Said at the time (Michel and von der Leyen, 30 May): about two thirds of imports covered at
once, about 90 % with the pledges. Here `agree` answers as of 30 April 2022: shares of Russian crude and modes of transport of
2021 (customs, extract of 24 April 2022), the import register of 2019, and facts that anybody could have known by then.

This is no test of prediction. The rule (no coast and on a pipeline, or the only refinery the supplier's: no other way) was formed
on this case; the default tolerance, 25 % of supply, was chosen inside the interval that the case allows, which is reported; and
the exemptions that may be bargained over were written down by somebody who knew the outcome (crude by pipeline for all members
alike, and the end of 2024, are among them), though none of them names a member. What is not chosen is who comes out on which
side, which set is cheapest, and what is left of the ban. The copy of the energy statistics is of mid-2022
and is not read. The Adria line is known and not counted as a way out: a row says what that decides.
"""

THEN = "2022-04-30"
REFUSED = ("BGR", "CZE", "HRV", "HUN", "SVK")
"""Who blocked, or asked for an exemption and got one."""

AGREED = "all 2709 by pipeline; BGR by sea to end-2024; HRV vacuum gas oil"

QUIET = ("AUT", "FIN", "LTU", "POL")
"""Large shares or a pipeline, and no refusal."""


@cache
def found(facts: bool) -> Agreement:
    return agree("russian-oil-ban", as_of=THEN, facts=facts)


@cache
def by_gdp() -> dict[str, float]:
    """Real expenditure lost over GDP, equilibrium at its default parameters."""
    made = agree("russian-oil-ban", as_of=THEN, costs="equilibrium", draws=50, alternatives=1)
    return {r["member"]: r["value"] for r in made.costs.to_rows()}


def score(refusing: Sequence[str]) -> str:
    """Hits, misses and false alarms against who refused."""
    hits, misses = ([m for m in REFUSED if (m in refusing) is told] for told in (True, False))
    false = [m for m in refusing if m not in REFUSED]
    return f"hits {' '.join(hits) or 'none'}; misses {' '.join(misses) or 'none'}; false alarms {' '.join(false) or 'none'}"


def between(costs: dict[str, float], refused: Sequence[str]) -> tuple[float, float]:
    """(largest cost of those who did not refuse, smallest of those who did): any threshold between the two tells them apart."""
    return max(v for m, v in costs.items() if m not in refused), min(costs[m] for m in refused)


def best_threshold(costs: dict[str, float], refused: Sequence[str]) -> tuple[float, int, list[str], list[str]]:
    """(threshold, errors, misses, false alarms) of the threshold with fewest errors; in refusal are those above it."""
    tried = []
    for limit in sorted({0.0, *costs.values()}):
        misses = [m for m in refused if costs[m] <= limit]
        false = sorted(m for m, v in costs.items() if v > limit and m not in refused)
        tried.append((limit, len(misses) + len(false), misses, false))
    return min(tried, key=lambda each: each[1])


def shares(name: str) -> dict[str, float]:
    """Share of Russian crude by one source, of members without a coast and on the pipeline; 0 for all others."""
    rows = {r["member"]: r for r in replaceability().to_rows()}
    return {
        m: float(rows[m][name] or 0.0) if rows[m]["alternative"] == "pipeline-landlocked" else 0.0
        for m in economies("EU27")
    }


def exemptions(result: Agreement, name: str) -> str:
    out = []
    for row in result.carve_outs.where(scenario=name).to_rows():
        text = f"{'all' if row['together'] else row['member']} {row['product']} by {row['mode']}"
        out.append(text + ("" if row["until"].startswith("until") else f" to {row['until']}"))
    return "; ".join(dict.fromkeys(out))


def hit(result: Agreement, name: str) -> str:
    row = result.outcome.where(scenario=name).to_rows()[0]
    return (
        f"crude {per_cent(row['hit_key_tonnes'])} of tonnes, {per_cent(row['hit_key_value'])} of value; with products"
        f" {per_cent(row['hit_tonnes'])}, {per_cent(row['hit_value'])}"
    )


def rows() -> list[Row]:
    alone, informed = found(False), found(True)
    out = []
    for name, result in (("data alone", alone), ("with the fact file", informed)):
        refusing = result.refusing()
        expected = ("CZE", "HUN", "SVK") if result is alone else ("BGR", "CZE", "HUN", "SVK")
        out.append(judged("oil ban", f"would not sign, {name}", "BGR CZE HRV HUN SVK", score(refusing),
                          f"{' '.join(expected)} and nobody else", refusing == expected))  # fmt: skip
        stands = {r["member"]: r for r in result.stances.where(scenario=PROPOSED).to_rows()}
        shown = ", ".join(f"{m} {stands[m]['probability']:.2f}" for m in QUIET)
        out.append(judged("oil ban", f"did not refuse: probability of bearing it, {name}", "AUT FIN LTU POL", shown, "all yes",
                          all(stands[m]["stance"] == "yes" for m in QUIET)))  # fmt: skip
    out.append(stated("oil ban", "Croatia (vacuum gas oil for Rijeka)", "exempt to end-2023", "missed with and without the fact"
                      " file: refined products are not in the costs, and its request became known on 6 May"))  # fmt: skip
    out += thresholds()
    for name, result in (("data alone", alone), ("with the fact file", informed)):
        for alternative in result.alternatives:
            out.append(stated("oil ban", f"{alternative}, {name}: exemptions", AGREED, exemptions(result, alternative)))
            published = (
                "about two thirds at once"
                if "all 2709" in exemptions(result, alternative)
                else "about 90 % with the pledges"
            )
            out.append(stated("oil ban", f"{alternative}, {name}: still banned", published, hit(result, alternative)))
    agreed = informed.outcome.where(scenario="alternative 2").to_rows()[0]["hit_key_tonnes"]
    pledged = alone.outcome.where(scenario="alternative 1").to_rows()[0]["hit_key_tonnes"]
    out.append(judged("oil ban", "crude still banned where pipeline crude is exempt for all", "about two thirds",
                      per_cent(agreed), "60 to 70 %", 0.60 <= agreed <= 0.70))  # fmt: skip
    out.append(judged("oil ban", "the same where only Hungary, Slovakia and Czechia use it", "about 90 %", per_cent(pledged),
                      "87 to 93 %", 0.87 <= pledged <= 0.93))  # fmt: skip
    return out + not_counted() + by_gdp_rows()


STEPS = [k / 2 for k in range(10, 121)]


def at(tolerance: float, facts: bool) -> tuple[str, ...]:
    """Who would not sign where every member bears just this part of its supply."""
    made = agree("russian-oil-ban", as_of=THEN, facts=facts, tolerance=f"{tolerance:g} % of supply", alternatives=1)
    return made.refusing()


def thresholds() -> list[Row]:
    """The intervals of thresholds that tell who refused from who did not, source by source."""
    core = ("CZE", "HUN", "SVK")
    out = []
    for name, about in (("share_comext", "customs"), ("share_comext_published", "customs, over the published total")):
        low, high = between(shares(name), core)
        out.append(stated("oil ban", f"thresholds that tell CZE HUN SVK from all others, {about}", ".086 to .50 (trial)",
                          f"{low:.3f} to {high:.3f}, as no coast x Russian share"))  # fmt: skip
    nrg = shares("share_nrg")
    out.append(
        stated(
            "oil ban", "the same, energy statistics", "-", f"{between(nrg, core)[0]:.3f} to {between(nrg, core)[1]:.3f}"
        )
    )
    for name, facts, refused in (("data alone", False, core), ("with the fact file", True, ("BGR", *core))):
        fit = [t for t in STEPS if set(at(t, facts)) == set(refused)]
        out.append(
            stated("oil ban", f"tolerances at which the rule names {' '.join(refused)} and nobody else, {name}", "-",
                   f"{min(fit):.1f} to {max(fit):.1f} % of supply (tried every half per cent from 5 to 60)")
        )  # fmt: skip
    return out


def not_counted() -> list[Row]:
    """What the rule would say if it counted the Adria line, and by customs alone."""
    rows = {r["member"]: r for r in replaceability().to_rows()}
    room = {"HUN": 14.0, "SVK": 6.0}
    left = {m: max(0.0, rows[m]["russian_mt"] - room.get(m, 0.0)) / rows[m]["crude_mt"] for m in ("CZE", "HUN", "SVK")}
    shown = ", ".join(f"{m} {v:.2f}" for m, v in left.items())
    customs = [m for m, v in shares("share_comext").items() if v > 0.25]
    return [
        stated("oil ban", "would not sign, customs alone, threshold .25", "BGR CZE HRV HUN SVK", score(customs)),
        stated("oil ban", "cost if the Adria line (14 Mt to HUN, 6 to SVK) were a full way out", "HUN and SVK refused",
               f"{shown}: HUN and SVK would be missed; the line is known, what it can carry is disputed, and it is not counted"),
    ]  # fmt: skip


def by_gdp_rows() -> list[Row]:
    """Cost over GDP with one tolerance: the best there is, and its errors."""
    costs = by_gdp()
    refused = ("BGR", "CZE", "HUN", "SVK")
    limit, errors, misses, false = best_threshold(costs, refused)
    order = " ".join(sorted(costs, key=lambda m: -costs[m])[:12])
    low, high = between(costs, refused)
    return [
        judged("oil ban", "cost over GDP (equilibrium) with one tolerance", "does not tell them apart",
               f"best threshold {per_cent(limit)} of GDP: {errors} errors (misses {' '.join(misses) or 'none'}; false alarms"
               f" {' '.join(false) or 'none'})", "at least one error", errors >= 1),
        stated("oil ban", "the same: dearest of those who signed, cheapest of those who refused", "-",
               f"{per_cent(low)} and {per_cent(high)} of GDP; most: {order}"),
    ]  # fmt: skip


def close(rows: Sequence[Row]) -> str:
    return (
        f"Data alone: {score(found(False).refusing())}. With the fact file: {score(found(True).refusing())}. The second-best"
        " bargain exempts pipeline crude for all, as was agreed; it exempts Bulgaria without an end and not Croatia."
    )
