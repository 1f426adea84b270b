"""EU imports of energy from Russia and from the rest of the world by mode of transport, 2019-2021."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from interdep.errors import InputError, first_five

from .comext import HEADINGS, MODE_FILE, PARTNER_FILE, read_annual_modes, read_modes, read_partners
from .energy import CRUDE, MODE_SOURCE, hide_weights, unweighed, without_weights
from .table import MEMBERS, Built, Check, markdown, whole_units
from .withheld import add_withheld, withheld_gas

NAME = "eu-energy-modes"
BY_PIPELINE = {"DEU": 17.0, "POL": 9.1, "SVK": 5.2, "CZE": 3.4, "HUN": 3.4}
PIPELINE, SEA = 38.8, 75.3


def by_year(months: pl.DataFrame) -> pl.DataFrame:
    """exporter (RUS, X-REST), importer, product, mode, period, value, quantity, unweighed, from monthly rows.

    The source has two partners, Russia and all outside the EU; X-REST is the second less the first, by mode.
    Raises InputError where Russia is more than the whole.
    """
    keys = ["importer", "product", "mode", "period"]
    years = (
        months.with_columns((pl.col("month") // 100).cast(pl.Int16).alias("period"))
        .group_by(*keys, "partner")
        .agg(unweighed(), pl.col("value", "quantity").sum())
    )
    extra = years.filter(pl.col("partner") == "extra").drop("partner")
    russia = years.filter(pl.col("partner") == "RUS").drop("partner")
    joined = extra.join(russia, on=keys, how="full", coalesce=True, suffix="_rus")
    rest = joined.select(
        pl.lit("X-REST").alias("exporter"), *keys,
        (pl.col("value").fill_null(0.0) - pl.col("value_rus").fill_null(0.0)).alias("value"),
        (pl.col("quantity").fill_null(0.0) - pl.col("quantity_rus").fill_null(0.0)).alias("quantity"),
        (pl.col("unweighed").fill_null(0.0) - pl.col("unweighed_rus").fill_null(0.0)).clip(lower_bound=0.0).alias("unweighed"),
    )  # fmt: skip
    low = rest.filter((pl.col("value") < -0.5) | (pl.col("quantity") < -0.5))
    if low.height:
        raise InputError(f"{MODE_FILE}: Russia is more than all partners in {first_five(low.select(keys).rows())}")
    rest = rest.filter((pl.col("value") > 0.5) | (pl.col("quantity") > 0.5))
    return pl.concat([russia.select(pl.lit("RUS").alias("exporter"), *rest.columns[1:]), rest])


def against_annual(months: pl.DataFrame, annual: pl.DataFrame) -> tuple[float, list[tuple[str, float]]]:
    """The months of 2021 against the year's own figure: largest gap in tonnes where both stand, and modes only in months.

    The second: [(mode, Mt of all partners)] of rows that the year's figures leave out.
    """
    keys = ["importer", "partner", "product", "mode"]
    summed = months.filter(pl.col("month") // 100 == 2021).group_by(keys).agg(pl.col("quantity").sum())
    both = summed.join(annual, on=keys, how="inner", suffix="_year")
    gap = float((both["quantity"] - both["quantity_year"]).abs().max() or 0.0)  # type: ignore[arg-type]
    only = summed.join(annual, on=keys, how="anti").filter(
        (pl.col("partner") == "extra") & pl.col("product").is_in(list(HEADINGS))
    )
    left = only.group_by("mode").agg(pl.col("quantity").sum() / 1e6).filter(pl.col("quantity") > 0.0005).sort("mode")
    return gap, left.rows()


def build(data: Path) -> Built:
    """The table from the extract of 24 April 2022 in the file by mode of transport."""
    folder = data / "energy"
    months = read_modes(folder / MODE_FILE)
    gap, left = against_annual(months, read_annual_modes(folder / MODE_FILE))
    partners = read_partners(folder / PARTNER_FILE)
    withheld = withheld_gas(folder, partners)
    flows = hide_weights(by_year(months)).with_columns(whole_units("value"))
    flows = add_withheld(flows.filter(pl.col("product").is_in(list(HEADINGS))), withheld, "2711")

    crude = flows.filter((pl.col("product") == CRUDE) & (pl.col("period") == 2021) & (pl.col("exporter") == "RUS"))
    by_mode = dict(crude.group_by("mode").agg(pl.col("quantity").sum() / 1e6).iter_rows())
    pipes = dict(crude.filter(pl.col("mode") == "pipeline").select("importer", pl.col("quantity") / 1e6).iter_rows())
    checks = [
        Check("crude from Russia 2021 by pipeline, Mt", PIPELINE, by_mode["pipeline"], 0.05),
        Check("crude from Russia 2021 by sea, Mt", SEA, by_mode["sea"], 0.05),
        *(Check(f"crude from Russia 2021 by pipeline, {m}, Mt", e, pipes[m], 0.05) for m, e in BY_PIPELINE.items()),
        Check("months of 2021 against the year's own figure, largest gap, t", 0.0, gap, 12.0),
    ]
    crude_months = partners.filter(
        (pl.col("product") == CRUDE) & (pl.col("importer") == "HUN") & (pl.col("partner") == "RUS")
    )
    december = float(crude_months.filter(pl.col("month") == 202112)["value"].sum()) / 1e6
    hungary = months.filter((pl.col("product") == CRUDE) & (pl.col("importer") == "HUN") & (pl.col("partner") == "RUS"))
    december_here = float(hungary.filter(pl.col("month") == 202112)["value"].sum()) / 1e6
    there = float(crude_months.filter(pl.col("month") // 100 == 2021)["quantity"].sum()) / 1e6
    lines = [
        f"Months of 2021 and the source's own year differ by {gap:,.0f} t at most, wherever both have a row.",
        "The source's year leaves out two modes that the months have: "
        + ", ".join(f"{mode} ({mt:,.2f} Mt)" for mode, mt in left)
        + ". The months are used.",
        f"Hungary's crude from Russia 2021: {pipes['HUN']:.2f} Mt here, {there:.2f} Mt in the file by partner, whose December"
        f" was not finished ({december:,.1f} against {december_here:,.1f} mn EUR).",
        without_weights(flows),
    ]
    names = sorted(set(crude["importer"].unique()))
    shown = [m for m in ("pipeline", "sea", "rail", "road", "unknown") if by_mode.get(m, 0.0) > 0]
    cell = {(i, m): q / 1e6 for i, m, q in crude.select("importer", "mode", "quantity").iter_rows() if q is not None}
    rows = [(i, *(f"{cell[i, m]:,.2f}" if (i, m) in cell else "" for m in shown)) for i in names]
    rows.append(("all", *(f"{by_mode[m]:,.2f}" for m in shown)))
    header = {
        "title": "EU imports of energy from Russia and the rest of the world by mode of transport, 2019-2021",
        "title_ja": "EUのエネルギー輸入（ロシアとその他、輸送手段別）、2019~2021年",
        "classification": "HS17",
        "digits": 4,
        "unit": "EUR",
        "quantity_unit": "t",
        "valuation": "cif, current prices",
        "reporters": list(MEMBERS),
        "parts": {},
        "incomplete": {},
        "outside": "EU27",
        "caveats": ["from outside the EU only, and two origins: Russia and all others together"],
        "withheld": {"2711": withheld},
        "notes": [
            "Two origins only: RUS and X-REST, which is all partners outside the EU less Russia.",
            "Outside the EU is as it then was: the United Kingdom is not in X-REST before February 2020.",
            "The mode is as members report it: Austria and Czechia report all crude as pipeline, that of overseas origin too.",
            f"X-CONF without a value marks gas that {', '.join(withheld)} import and withhold in customs statistics.",
            "French gas has values and no weights: its quantities are not known. Nor are those of small goods, by air above"
            " all, that weigh under half a tonne and are worth 10,000 EUR or more.",
            "A later vintage than eu-energy: Russian crude of Hungary in 2021 is larger here, because December is finished.",
        ],
        "sources": [MODE_SOURCE],
        "steps": [
            "one of three overlapping extracts used; sums of reporters and the United Kingdom left out",
            "months added up to years",
            "values rounded to whole euros, quantities in tonnes as published",
        ],
    }
    sections = {
        "mode facts": "\n".join(f"- {x}" for x in lines),
        "russian crude by mode": markdown(["Mt", *shown], rows),
    }
    return Built(NAME, flows, header, tuple(checks), sections)
