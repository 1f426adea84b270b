"""Coalitions against Russia beside Chowdhry, Hinz, Kamin & Wanner (2024): who adds what, acting together, whom it costs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from interdep import Equilibrium, ExportBan, ImportBan, Scenario, World, economies, run
from interdep.agreement.coalitions import Coalitions, coalitions
from interdep.geography import name_of
from table import Row, judged, stated

TITLE = "Coalitions: Chowdhry, Hinz, Kamin & Wanner (2024)"
ABOUT = """
The coalition of 2014 against Russia (the EU's 28, Australia, Canada, Japan, Norway, Switzerland, the USA; the table keeps no
other member apart) stops trade in goods with Russia both ways, `eu-russia-goods-stop` in Equilibrium on `world-2014`. The
paper estimates what the sanctions of 2014 did to trade costs and solves Caliendo & Parro with them (they cost Russia 1.4 %, a
global embargo 15 %), so that losses are not compared; parts, orders and signs are. "Everybody" here is every economy that the
table names, without the rest of the world (with it Russia would have no supplier of some goods at all). Acting together
lowers the members' own loss in the paper's first version, and raises it here, which is a miss; the later versions say that this
depends on the measures. Published: DIW press release of 21 February 2024 and DIW Wochenbericht 8/2024; Berlin School of
Economics, "Brothers in arms" (on the version of 2022); abstract of DIW Discussion Paper 2021. The part that is due to the EU
is the loss under the EU alone over that under all.
"""

MEMBERS = ("EU28", "AUS", "CAN", "JPN", "NOR", "CHE", "USA")
BALTIC = ("EST", "LTU", "LVA")
GOODS = "eu-russia-goods-stop"


@cache
def world() -> World:
    return World.read()


@cache
def together() -> Coalitions:
    return coalitions(GOODS, "RUS", MEMBERS[0], (*MEMBERS[1:], "CHN"), world(), shapley=False)


def decided(who: Sequence[str], name: str, industries: Sequence[str] = ("A", "B", "C")) -> Scenario:
    about = {"economies": list(who), "industries": list(industries), "days": 365}
    return Scenario(name, shocks=[ImportBan(suppliers=["RUS"], **about), ExportBan(buyers=["RUS"], **about)])


def losses(scenarios: Sequence[Scenario]) -> dict[str, dict[str, float]]:
    """Scenario to the part of its real expenditure that each economy loses."""
    out: dict[str, dict[str, float]] = {scenario.name: {} for scenario in scenarios}
    for row in run(list(scenarios), models=Equilibrium(), world=world()).economies.to_rows():
        out[row["scenario"]][row["economy"]] = row["loss_share"]
    return out


def rows() -> list[Row]:
    step = {r["added"] or r["scenario"]: r for r in together().steps.to_rows()}
    eu, all_, with_china, everybody = (step[name] for name in ("EU28", "USA", "CHN", "every named economy"))
    members = economies(MEMBERS)
    made = losses([*(decided([e], e) for e in members), decided(members, "all")])
    apart = sum(made[e]["RUS"] for e in members)
    own = sum(made[e][e] for e in members) / len(members)
    inside = sum(made["all"][e] for e in members) / len(members)
    part = eu["target_loss"] / all_["target_loss"]
    worst = sorted(members, key=lambda e: -made["all"][e])[:6]
    more = with_china["target_loss"] / all_["target_loss"] - 1
    joint = made["all"]["RUS"] / apart - 1
    return [
        judged("CHKW24", "part of Russia's loss that is due to the EU", "78 %", f"{part:.1%}", "within 10 points",
               abs(part - 0.78) <= 0.1),
        judged("CHKW24", "Baltic states are hit harder than the others", "yes", ", ".join(name_of(e) for e in worst),
               "among the six hit hardest", set(BALTIC) <= set(worst)),
        judged("CHKW24", "China joining raises Russia's loss by", "22 % (measures of 2014)", f"{more:.1%} (stop of goods)",
               "rises", more > 0),
        judged("CHKW24", "acting together instead of each alone: Russia's loss", "+9.3 %", f"{joint:+.1%}", "rises", joint > 0),
        judged("CHKW24", "acting together instead of each alone: members' own loss, mean", "-9.6 % (version of 2022)",
               f"{inside / own - 1:+.1%}", "falls; later versions leave the sign open", inside < own),
        stated("CHKW24", "Russia's loss as a part of that under everybody", "57.9 % (measures of 2014)",
               f"{all_['target_loss'] / everybody['target_loss']:.1%} (stop of goods)", "no claim"),
        stated("CHKW24", "everybody stops all trade with Russia", "15 % of real consumption",
               f"goods: {everybody['target_share']:.1%}; {all_trade()}", "no claim: the rest of the world takes part there"),
    ]  # fmt: skip


def all_trade() -> str:
    named = [e for e in world().economies if e not in ("RUS", "ROW")]
    found = run(decided(named, "all trade", ["all"]), models=Equilibrium(), world=world()).economies.where(
        economy="RUS"
    )
    return f"all trade: {found.to_rows()[0]['loss_share']:.1%}"
