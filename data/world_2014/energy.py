"""Russia's share of what EU members bought in 2014: crude, gas, coal, other mining, petroleum products."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

YEAR = 2014
# The 28 members of 2014, by ISO3 code: their names in the energy files and their two-letter codes in Comext.
EU28 = {
    "AUT": ("Austria", "AT"),
    "BEL": ("Belgium", "BE"),
    "BGR": ("Bulgaria", "BG"),
    "CYP": ("Cyprus", "CY"),
    "CZE": ("Czechia", "CZ"),
    "DEU": ("Germany", "DE"),
    "DNK": ("Denmark", "DK"),
    "ESP": ("Spain", "ES"),
    "EST": ("Estonia", "EE"),
    "FIN": ("Finland", "FI"),
    "FRA": ("France", "FR"),
    "GBR": ("United Kingdom", "GB"),
    "GRC": ("Greece", "GR"),
    "HRV": ("Croatia", "HR"),
    "HUN": ("Hungary", "HU"),
    "IRL": ("Ireland", "IE"),
    "ITA": ("Italy", "IT"),
    "LTU": ("Lithuania", "LT"),
    "LUX": ("Luxembourg", "LU"),
    "LVA": ("Latvia", "LV"),
    "MLT": ("Malta", "MT"),
    "NLD": ("Netherlands", "NL"),
    "POL": ("Poland", "PL"),
    "PRT": ("Portugal", "PT"),
    "ROU": ("Romania", "RO"),
    "SVK": ("Slovakia", "SK"),
    "SVN": ("Slovenia", "SI"),
    "SWE": ("Sweden", "SE"),
}
MEMBERS = tuple(EU28)

# USD per TJ (gross calorific value): Germany's import bill of January-October 2014, 18.7 bn EUR for 2,872,565 TJ
# (BAFA, reported on 16 December 2014), at the ECB's average of 2014, 1.3285 USD per EUR: 9.1 USD per million Btu.
GAS_PRICE = 18.7e9 / 2_872_565 * 1.3285
# USD per tonne: north-west Europe marker price 2014, BP Statistical Review of World Energy 2015.
COAL_PRICE = 75.38

# Gas: the files name the last border crossed. Russian gas comes through these two;
RUSSIAN_TRANSIT = ("Russia", "Belarus", "Ukraine")
# what Czechia takes from Germany is Nord Stream gas in the Gazelle pipeline;
RUSSIAN_BORDERS = (("Czechia", "Germany"),)
# these deliver gas of their own (Switzerland: Norwegian and Dutch gas in the Transitgas pipeline);
PRODUCERS = ("Norway", "Netherlands", "Denmark", "United Kingdom", "Switzerland")
# and Germany's mix is taken from BAFA (same report): gross border flows would say 57 %, counting transit twice.
RUSSIAN_SHARE_GERMANY = 0.392


@dataclass(frozen=True)
class Energy:
    """Russia's share by member (order of MEMBERS; NaN without data) and the values that weigh gas against coal."""

    crude: np.ndarray
    gas: np.ndarray
    coal: np.ndarray
    other_mining: np.ndarray
    petroleum: np.ndarray
    values: dict[str, np.ndarray]  # crude, gas, coal: imports in mn USD

    def blend(self, *kinds: str) -> np.ndarray:
        """Return Russia's share of several fuels together, weighted by value; NaN where a member imports none."""
        total = sum(self.values[k] for k in kinds)
        russian = sum(np.where(self.values[k] > 0, self.values[k] * getattr(self, k), 0.0) for k in kinds)
        return np.divide(russian, total, out=np.full(len(MEMBERS), np.nan), where=total > 0)


def read_energy(folder: Path, wiod2013: Path) -> Energy:
    """Read the trade statistics of `folder` and WIOD 2013."""
    volumes = monthly_2014(folder)
    crude, gas, coal = _crude(folder, volumes), _gas(volumes), _coal(volumes)
    return Energy(
        crude=_share(crude),
        gas=_share(gas),
        coal=_share(coal),
        other_mining=_share(wiod2013_russia(wiod2013, "c2", leave_out=("c8", "c17"))),
        petroleum=comext_russia(folder, "2710", 2019),
        values={"crude": crude[1], "gas": gas[1], "coal": coal[1]},
    )


def _share(pair: np.ndarray) -> np.ndarray:
    return np.divide(pair[0], pair[1], out=np.full(len(MEMBERS), np.nan), where=pair[1] > 0)


def _member(name: str | None) -> int | None:
    alias = {"Czech Republic": "Czechia"}
    found = [i for i, (long, _) in enumerate(EU28.values()) if long == alias.get(str(name), name)]
    return found[0] if found else None


def monthly_2014(folder: Path) -> pl.DataFrame:
    """Return volumes of 2014 by importer, partner, commodity and unit (crude and coal: thousand tonnes).

    Rows without a partner name are the United Kingdom, code UK: the crude register confirms it.
    """
    table = pl.read_parquet(folder / "eurostat_nrg_monthly_imports_by_partner_2008_2022.parquet")
    table = table.filter(pl.col("date").dt.year() == YEAR).with_columns(pl.col("partner").fill_null("United Kingdom"))
    keys = ["country", "partner", "commodity", "unit_as_labelled"]
    return table.group_by(keys).agg(pl.col("value").sum()).sort(keys)


def _crude(folder: Path, volumes: pl.DataFrame) -> np.ndarray:
    """Russian and all crude, mn USD: the register's values, or its volumes at the mean price where it gives none."""
    table = pl.read_parquet(folder / "ec_crude_oil_import_register_monthly.parquet")
    table = table.filter(pl.col("date").dt.year() == YEAR).select(
        pl.col("Reporting Country").alias("country"),
        (pl.col("Country of Origin") == "Russian Federation").alias("russian"),
        pl.col("Volume (1000 bbl)").alias("kbbl"),
        pl.col("Total Value ($ 1000)").fill_null(0.0).alias("kusd"),
    )
    priced = table.filter(pl.col("kusd") > 0)
    price = float(priced["kusd"].sum()) / float(priced["kbbl"].sum())
    out = np.zeros((2, len(MEMBERS)))
    for (name,), rows in table.group_by("country", maintain_order=True):
        value = rows["kusd"] if rows["kusd"].sum() > 0 else rows["kbbl"] * price
        out[:, _member(str(name))] = (value * rows["russian"]).sum() / 1000, value.sum() / 1000
    # Finland files all its crude under "other European countries"; Eurostat's volumes give the share.
    finland = volumes.filter(pl.col("country") == "Finland", pl.col("commodity") == "crude_oil")
    russian = float(finland.filter(pl.col("partner") == "Russia")["value"].sum()) / float(finland["value"].sum())
    out[0, _member("Finland")] = out[1, _member("Finland")] * russian
    return out


def _coal(volumes: pl.DataFrame) -> np.ndarray:
    """Russian and all coal, mn USD."""
    out = np.zeros((2, len(MEMBERS)))
    for name, partner, kt in volumes.filter(pl.col("commodity") == "coal").select("country", "partner", "value").rows():
        member = _member(name)
        if member is not None and partner != name:
            out[1, member] += kt * COAL_PRICE / 1000
            out[0, member] += kt * COAL_PRICE / 1000 * (partner == "Russia")
    return out


def _gas(volumes: pl.DataFrame) -> np.ndarray:
    """Russian and all gas, mn USD, less transit; members that pass gas on hand over the mix that they receive."""
    table = volumes.filter(pl.col("commodity") == "gas_all", pl.col("unit_as_labelled") == "TJ")
    flows = table.select("country", "partner", "value").rows()
    importers = sorted({name for name, _, _ in flows} | {long for long, _ in EU28.values()})
    place = {name: i for i, name in enumerate(importers)}
    bought, sold, russian = (np.zeros(len(importers)) for _ in range(3))
    passed = np.zeros((len(importers), len(importers)))
    for name, partner, tj in flows:
        i = place[name]
        bought[i] += tj
        if partner in place:
            sold[place[partner]] += tj
        if partner in RUSSIAN_TRANSIT or (name, partner) in RUSSIAN_BORDERS:
            russian[i] += tj
        elif partner in place and partner not in PRODUCERS:
            passed[i, place[partner]] += tj
    germany = place["Germany"]
    russian[germany], passed[germany] = RUSSIAN_SHARE_GERMANY * bought[germany], 0.0
    weight = np.divide(1.0, bought, out=np.zeros_like(bought), where=bought > 0)
    share = np.linalg.solve(np.eye(len(importers)) - passed * weight[:, None], russian * weight)
    order = [place[long] for long, _ in EU28.values()]
    value = (np.maximum(bought - sold, 0.0) * GAS_PRICE / 1e6)[order]
    return np.stack([value * share[order], value])


def crude_volume_russia(folder: Path) -> np.ndarray:
    """Russia's share of each member's crude in 2014 by Eurostat's volumes, to set beside the register's values."""
    out = np.zeros((2, len(MEMBERS)))
    for name, partner, kt in (
        monthly_2014(folder).filter(pl.col("commodity") == "crude_oil").select("country", "partner", "value").rows()
    ):
        member = _member(name)
        if member is not None:
            out[:, member] += kt * (partner == "Russia"), kt
    return _share(out)


def wiod2013_russia(folder: Path, product: str, leave_out: tuple[str, ...] = ()) -> np.ndarray:
    """Each member's imported intermediates of a product from Russia and in all [2, member], WIOD 2013 for 2011, mn USD.

    Industries in `leave_out` are not counted as buyers. Croatia is not in that table: zeros.
    """
    table = np.load(folder / "wiot_2011.npz")
    names = ["ROU" if e == "ROM" else str(e) for e in table["economies"]]
    industries = [str(i) for i in table["industries"]]
    users = [i for i, code in enumerate(industries) if code not in leave_out]
    shape = (len(names), len(industries)) * 2
    flows = table["Z"].reshape(shape)[:, industries.index(product)][:, :, users].sum(2).astype(float)
    np.fill_diagonal(flows, 0.0)
    out = np.zeros((2, len(MEMBERS)))
    for m, member in enumerate(MEMBERS):
        if member in names:
            s = names.index(member)
            out[:, m] = flows[names.index("RUS"), s], flows[:, s].sum()
    return out


def comext_russia(folder: Path, product: str, year: int) -> np.ndarray:
    """Russia's share of each member's imports of an HS product by value, intra-EU trade included; NaN where missing."""
    table = pl.read_parquet(folder / "eurostat_comext_energy_monthly_2019_2021_reporter_partner.parquet").filter(
        pl.col("PRODUCT") == product, pl.col("PERIOD") // 100 == year, pl.col("INDICATORS") == "VALUE_IN_EUROS"
    )
    sums = table.group_by("REPORTER", "PARTNER").agg(pl.col("INDICATOR_VALUE").sum())
    value = {(r, p): v for r, p, v in sums.rows()}
    out = np.full(len(MEMBERS), np.nan)
    for m, (_, code) in enumerate(EU28.values()):
        total = value.get((code, "EU27_2020_EXTRA"), 0.0) + value.get((code, "EU27_2020_INTRA"), 0.0)
        if total > 1e6:  # under a million EUR a year is no share
            out[m] = value.get((code, "RU"), 0.0) / total
    return out
