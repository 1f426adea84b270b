"""Russian gas stops: what members lack alone and when gas is shared, beside Di Bella and others (IMF, 2022)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from interdep import Trade, World
from interdep.geography import group, name_of
from interdep.responses.disruptions import stopped
from interdep.responses.levers import Market, Risk, Terms
from interdep.responses.needs import Needs
from interdep.responses.programme import Programme
from interdep.responses.solution import solve
from interdep.trade.exchange import rate
from interdep.units import per_cent
from table import Row, stated

TITLE = "Russian gas shared among members: Di Bella and others (IMF, 2022)"
ABOUT = """
Orientation, not a mark. Di Bella, G. and others (2022), Natural Gas in Europe: The Potential Impact of Disruptions to Supply,
IMF Working Paper 22/145: losses of output where the gas market is fragmented against shared. Data here: the packaged table
`eu-gas` (Eurostat Comext 2021, gas by pipeline and as LNG taken together, imports from outside the EU by partner). Austria,
Germany, Finland, Luxembourg, the Netherlands and Poland withhold their gas, so that neither Germany nor most of the gas that
members pass on is in the pool. All Russian gas stops for a year, nobody has a plan, suppliers that still deliver add nothing;
alone each member lacks what it bought, shared the pool spreads it. `imports` is what is short over a year's imports; `cost`
is that gas at the import prices of 2021 over the GDP of the packaged table (2014), which counts neither demand that gives way
nor what stands still for want of gas: IMF's figures include both and start from consumption, so that only their direction can
be compared.
"""

PUBLISHED = {"HUN": "over 6 to over 3", "SVK": "about 5 to 2", "CZE": "about 5 to under 2", "DEU": "2-3 to about 1"}
YEAR = 2021


def gas() -> Needs:
    """Imports of gas of the members that tell all of it."""
    flows = Trade.read("eu-gas").scan([YEAR]).collect()
    silent = flows.filter(pl.col("value").is_null())["importer"].unique().to_list()
    told = flows.filter(~pl.col("importer").is_in(silent) & (pl.col("value") > 0))
    cells = told.group_by("exporter", "importer").agg(pl.col("value").sum()).sort("exporter", "importer")
    suppliers, members = sorted(set(cells["exporter"])), sorted(set(cells["importer"]))
    values = np.zeros((len(suppliers), len(members), 1))
    for exporter, importer, value in cells.iter_rows():
        values[suppliers.index(exporter), members.index(importer), 0] = value
    return Needs(
        tuple(members), ("gas",), tuple(suppliers), values, np.ones((len(members), 1), dtype=bool),
        np.zeros((len(suppliers), len(members)), dtype=bool), tuple(members), "EUR", YEAR, "product",
    )  # fmt: skip


def short(shared: bool) -> dict[str, float]:
    """What each member lacks, EUR: alone, or when the pool spreads what it lacks by need."""
    needs, terms = gas(), Terms.of(["pool"], market=Market(spare=0.0))
    fears = [stopped(needs, ["RUS"], Risk(probability=1.0, length=365))]
    programme = Programme.of_needs(needs, fears, terms)
    everybody = list(range(len(needs.members)))
    pools = [everybody] if shared else [[m] for m in everybody]
    lacking = solve(programme, pools, [(pool, 0.0) for pool in pools]).short[:, 0, 0]
    if not shared:
        return dict(zip(needs.members, lacking.tolist(), strict=True))
    # The mildest rule of sharing: everybody gives up the same part of its imports.
    part = float(lacking[0]) / float(needs.need.sum())
    return {m: part * float(needs.need[place, 0]) for place, m in enumerate(needs.members)}


def rows() -> Sequence[Row]:
    needs, world = gas(), World.read()
    need = dict(zip(needs.members, needs.need[:, 0].tolist(), strict=True))
    alone, together = short(shared=False), short(shared=True)
    out = []
    for member, published in PUBLISHED.items():
        what = f"{name_of(member)}: loss, fragmented to shared, % of GDP"
        if member not in need:
            out.append(stated("gas_sharing", what, published, "withheld in customs statistics", "orientation"))
            continue
        gdp = float(world.gdp[world.economy_index(member)]) * world.money.scale * rate("USD", "EUR", YEAR)
        cost = " to ".join(per_cent(lacking[member] / gdp) for lacking in (alone, together))
        imports = " to ".join(per_cent(lacking[member] / need[member]) for lacking in (alone, together))
        out.append(stated("gas_sharing", what, published, f"imports {imports}; cost {cost}", "orientation"))
    total = sum(alone.values()), sum(together.values())
    told = f"{len(need)} of {len(group('EU27'))} members: {per_cent(total[0] / sum(need.values()))} of imports short either way"
    out.append(stated("gas_sharing", "what sharing spreads and does not make", "-", told, "orientation"))
    return out
