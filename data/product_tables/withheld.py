"""Which members import gas and withhold it in customs statistics, and how a table says so."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from interdep.geography.economies import table

from .table import MEMBERS

NRG_FILE = "eurostat_nrg_monthly_imports_by_partner_2008_2022.parquet"
# Gas in gaseous state of this many cubic metres in three years cannot be worth less than this (EUR per cubic metre).
LEAST_VOLUME = 1e9
LEAST_VALUE = 0.005
# Names the energy statistics use that differ from those of the table of economies.
NAMES = {"Czech Republic": "CZE"}


def member_names() -> dict[str, str]:
    """English name of each member: its code."""
    return {table()[code].name_en: code for code in MEMBERS} | NAMES


def withheld_gas(folder: Path, partners: pl.DataFrame) -> list[str]:
    """Members whose pipeline gas is in energy statistics and (nearly) absent from customs statistics, 2019-2021.

    folder: holds NRG_FILE; partners: as `read_partners` gives them. Trade between members counts, because gas crosses
    many borders.
    """
    volumes = pl.read_parquet(folder / NRG_FILE).filter(
        pl.col("date").dt.year().is_in([2019, 2020, 2021])
        & (pl.col("unit_as_labelled") == "m3")
        & pl.col("commodity").is_in(["gas_all", "lng"])
        & pl.col("country").is_in(list(member_names()))
    )
    # Liquefied gas is inside gas_all; what is left came by pipeline.
    volume = (
        volumes.with_columns(pl.col("country").replace_strict(member_names()).alias("importer"))
        .group_by("importer")
        .agg(
            (
                pl.col("value").filter(pl.col("commodity") == "gas_all").sum()
                - pl.col("value").filter(pl.col("commodity") == "lng").sum()
            ).alias("volume")
        )
    )
    value = (
        partners.filter(pl.col("partner").is_in(["extra", "intra"]) & (pl.col("product") == "271121"))
        .group_by("importer")
        .agg(pl.col("value").sum())
    )
    both = volume.join(value, on="importer", how="left").with_columns(pl.col("value").fill_null(0.0))
    hidden = both.filter((pl.col("volume") > LEAST_VOLUME) & (pl.col("value") < LEAST_VALUE * pl.col("volume")))
    return sorted(hidden["importer"].to_list())


def add_withheld(flows: pl.DataFrame, members: list[str], product: str) -> pl.DataFrame:
    """The flows with a row `X-CONF` of unknown value for each of these members and each year, so that no sum is whole."""
    years = sorted(flows["period"].unique().to_list())
    rows = [{"exporter": "X-CONF", "importer": m, "product": product, "period": y} for m in members for y in years]
    if "mode" in flows.columns:
        rows = [row | {"mode": "unknown"} for row in rows]
    if not rows:
        return flows
    schema = {c: flows.schema[c] for c in flows.columns}
    return pl.concat([flows, pl.DataFrame(rows, schema_overrides={"period": schema["period"]})], how="diagonal")
