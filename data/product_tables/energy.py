"""EU imports of energy from outside by member, partner and heading, 2019-2021, with a residual of all other partners."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from interdep.errors import InputError, first_five

from .comext import GAS, HEADINGS, MODE_FILE, PARTNER_FILE, read_modes, read_partners, weightless
from .table import MEMBERS, Built, Check, markdown, whole_units
from .withheld import add_withheld, withheld_gas

CRUDE = "2709"
# Per cent of the published total of partners outside the EU, crude 2021, tonnes.
PUBLISHED_SHARES = {
    "SVK": 109, "FIN": 91, "HUN": 89, "BGR": 82, "LTU": 66, "POL": 65, "CZE": 50, "DEU": 40, "NLD": 37,
}  # fmt: skip
# Months without a weight make a year's quantity unknown from this part of its value on.
UNWEIGHED = 0.01
# What two vintages of the same statistic may differ by before a negative residual is an error (EUR).
VINTAGE_GAP = 5e6


def complete_months(partners: pl.DataFrame, modes: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, Any]]:
    """All partners outside the EU by importer, product and month: `extra` as published, its missing last months filled.

    partners, modes: as `read_partners` and `read_modes` give them. For some members the published total ends a month
    before the rows of single partners; those months come from the file by mode, which has the same statistic some weeks
    later (all partners but Russia from there, Russia as it stands here). Returns the totals and what was done:
    {"ends": {importer: month}, "filled": rows}.
    """
    extra = partners.filter(pl.col("partner") == "extra").drop("partner")
    last = partners["month"].max()
    ends = dict(extra.group_by("importer").agg(pl.col("month").max()).iter_rows())
    short = {i: m for i, m in sorted(ends.items()) if m < last}
    keys = ["importer", "product", "month"]
    end = pl.col("importer").replace_strict(short, default=last, return_dtype=pl.Int64)
    later = (
        modes.filter(pl.col("month") > end)
        .group_by(*keys, "partner")
        .agg(pl.col("value", "quantity").sum())
        .with_columns(weightless())
    )
    # Russia is in both vintages, and the first may be unfinished (Hungary); its part of the total has to be that of the
    # rows it will be taken from, or the difference would become somebody else's.
    russia = later.filter(pl.col("partner") == "RUS").select(*keys, value_new="value", quantity_new="quantity")
    before = partners.filter((pl.col("partner") == "RUS") & (pl.col("month") > end))
    before = before.select(*keys, value_old="value", quantity_old="quantity")
    later = (
        later.filter(pl.col("partner") == "extra").join(russia, on=keys, how="left").join(before, on=keys, how="left")
    )
    later = later.with_columns(
        pl.col(c) - pl.col(f"{c}_new").fill_null(0.0) + pl.col(f"{c}_old").fill_null(0.0) for c in ("value", "quantity")
    )
    # Before February 2020 the United Kingdom was inside the EU for the file by mode and outside for the other.
    if short and min(short.values()) < 202002:
        raise InputError(f"totals of {first_five(list(short))} end before February 2020 and cannot be completed")
    filled = pl.concat([extra.with_columns(late=False), later.select(extra.columns).with_columns(late=True)])
    return filled, {"ends": short, "filled": later.height}


def yearly(partners: pl.DataFrame, totals: pl.DataFrame) -> tuple[pl.DataFrame, list[tuple]]:
    """exporter, importer, product, period, value, quantity, unweighed: named partners and `X-REST`, years added up.

    X-REST is the total of all partners outside the EU less those named, month by month. Returns as well the months in
    which that was below zero (importer, product, month, EUR); only in months from a later vintage may it be.
    """
    named = partners.filter(~pl.col("partner").is_in(["extra", "intra"]))
    keys = ["importer", "product", "month"]
    known = named.group_by(keys).agg(
        pl.col("value").sum().alias("named"), pl.col("quantity").sum().alias("weight"),
        pl.col("no_weight").any().alias("hidden"),
    )  # fmt: skip
    rest = totals.join(known, on=keys, how="full", coalesce=True)
    lost = rest.filter(pl.col("value").is_null())
    if lost.height:
        raise InputError(f"{lost.height} months have partners and no total ({first_five(lost.select(keys).rows())})")
    rest = rest.with_columns(
        (pl.col("value") - pl.col("named").fill_null(0.0)).alias("gap"),
        (pl.col("quantity") - pl.col("weight").fill_null(0.0)).alias("left"),
        (pl.col("no_weight") | pl.col("hidden").fill_null(False)).alias("no_weight"),
    )
    below = rest.filter(pl.col("gap") < -0.5)
    wrong = below.filter(~pl.col("late") | (pl.col("gap") < -VINTAGE_GAP))
    if wrong.height:
        raise InputError(f"partners add up to more than their total in {first_five(wrong.select(keys).rows())}")
    rest = rest.select(
        pl.lit("X-REST").alias("exporter"), *keys, pl.col("gap").clip(lower_bound=0.0).alias("value"),
        pl.col("left").clip(lower_bound=0.0).alias("quantity"), "no_weight",
    )  # fmt: skip
    months = pl.concat([named.rename({"partner": "exporter"}).select(rest.columns), rest])
    years = (
        months.with_columns((pl.col("month") // 100).cast(pl.Int16).alias("period"))
        .group_by("exporter", "importer", "product", "period")
        .agg(unweighed(), pl.col("value", "quantity").sum())
    )
    # A residual of nothing is no flow: where every partner is named there is no rest.
    nothing = (pl.col("exporter") == "X-REST") & (pl.col("value") < 0.5) & (pl.col("quantity") < 0.0005)
    return years.filter(~nothing), below.sort(keys).select(*keys, pl.col("gap")).rows()


def hide_weights(years: pl.DataFrame) -> pl.DataFrame:
    """Quantities become unknown where months without a weight are more than UNWEIGHED of the year's value.

    The same holds for 2711 where the months without a weight are those of its parts, 271111 and 271121.
    """
    keys = [c for c in ("exporter", "importer", "period", "mode") if c in years.columns]
    gas = years.filter(pl.col("product").is_in(list(GAS))).group_by(keys).agg(pl.col("unweighed").sum().alias("parts"))
    joined = years.join(gas.with_columns(pl.lit("2711").alias("product")), on=[*keys, "product"], how="left")
    hidden = pl.max_horizontal(pl.col("unweighed"), pl.col("parts").fill_null(0.0)) > UNWEIGHED * pl.col("value")
    quantity = pl.when(hidden).then(None).otherwise(pl.col("quantity").round(3)).alias("quantity")
    return joined.with_columns(quantity).drop("unweighed", "parts")


def unweighed() -> pl.Expr:
    """The value of the rows (months) that have a value and no weight."""
    return pl.col("value").filter(pl.col("no_weight")).sum().alias("unweighed")


def without_weights(flows: pl.DataFrame) -> str:
    """Whose quantities are not known, in words: member and product, with the value in mn EUR."""
    rows = flows.filter(pl.col("quantity").is_null() & pl.col("value").is_not_null())
    sums = rows.group_by("importer", "product").agg(pl.col("value").sum() / 1e6, pl.len().alias("n"))
    large = sums.sort("value", "importer", descending=[True, False]).head(5)
    first = ", ".join(f"{i} {p} ({n} flows, {v:,.1f} mn EUR)" for i, p, v, n in large.iter_rows())
    return f"{rows.height} of {flows.height} flows have a value and no weight, most of it {first}."


def months_reported(partners: pl.DataFrame) -> dict[str, dict[str, dict[str, int]]]:
    """{product: {importer: {year: months with any trade}}}, only where a year has fewer than twelve."""
    counts = (
        partners.with_columns((pl.col("month") // 100).alias("year"))
        .group_by("product", "importer", "year")
        .agg(pl.col("month").n_unique().alias("n"))
        .filter(pl.col("n") < 12)
        .sort("product", "importer", "year")
    )
    out: dict[str, dict[str, dict[str, int]]] = {}
    for product, importer, year, n in counts.iter_rows():
        out.setdefault(product, {}).setdefault(importer, {})[str(year)] = n
    return out


def russian_shares(partners: pl.DataFrame, flows: pl.DataFrame) -> pl.DataFrame:
    """importer, published, whole: Russia's share of crude from outside the EU in 2021, tonnes (fractions).

    `published` is over the total of the source, which may lack a month; `whole` over all twelve months.
    """
    crude = partners.filter((pl.col("product") == CRUDE) & (pl.col("month") // 100 == 2021))
    sums = crude.group_by("importer").agg(
        pl.col("quantity").filter(pl.col("partner") == "RUS").sum().alias("russian"),
        pl.col("quantity").filter(pl.col("partner") == "extra").sum().alias("total"),
    )
    whole = flows.filter((pl.col("product") == CRUDE) & (pl.col("period") == 2021)).group_by("importer").agg(
        pl.col("quantity").sum().alias("all")
    )  # fmt: skip
    return sums.join(whole, on="importer").select(
        "importer",
        (pl.col("russian") / pl.col("total")).alias("published"),
        (pl.col("russian") / pl.col("all")).alias("whole"),
    )


def build(data: Path) -> tuple[Built, Built]:
    """The tables `eu-energy` (headings, four digits) and `eu-gas` (two subheadings of 2711, six digits)."""
    folder = data / "energy"
    partners, modes = read_partners(folder / PARTNER_FILE), read_modes(folder / MODE_FILE)
    withheld = withheld_gas(folder, partners)
    totals, done = complete_months(partners, modes)
    years, below = yearly(partners, totals)
    flows = hide_weights(years).with_columns(whole_units("value"))
    headings = add_withheld(flows.filter(pl.col("product").is_in(list(HEADINGS))), withheld, "2711")
    gas = add_withheld(flows.filter(pl.col("product").is_in(list(GAS))), withheld, "271121")

    russian = flows.filter((pl.col("product") == CRUDE) & (pl.col("period") == 2021) & (pl.col("exporter") == "RUS"))
    shares = russian_shares(partners, flows)
    published = dict(shares.select("importer", "published").iter_rows())
    checks = [
        Check("crude from Russia 2021, bn EUR", 48.45, float(russian["value"].sum()) / 1e9, 0.005),
        Check("crude from Russia 2021, Mt", 113.9, float(russian["quantity"].sum()) / 1e6, 0.05),
    ] + [
        Check(f"Russia in the published total of crude 2021, {m}, per cent", e, 100 * published.get(m, 0.0), 0.5)
        for m, e in PUBLISHED_SHARES.items()
    ]
    both = partners.filter(pl.col("product").is_in(["2711", *GAS]) & (pl.col("partner") == "extra"))
    sums = both.group_by("product").agg(pl.col("value").sum() / 1e9)
    gas_value = dict(sums.iter_rows())
    inside_gas = sum(gas_value[p] for p in GAS)
    checks.append(
        Check("271111 and 271121 are no more than 2711 (excess, bn EUR)", 0.0, max(0.0, inside_gas - gas_value["2711"]))
    )
    lines = [
        f"Totals end in {m} for {n} members: the last month is taken from the file by mode ({done['filled']} rows)."
        for m, n in _count(done["ends"].values())
    ]
    lines += [f"Below zero and set to 0: {i} {p} {m}, {gap / 1e6:,.2f} mn EUR." for i, p, m, gap in below]
    lines += [
        f"271111 and 271121 together are {inside_gas:,.1f} of {gas_value['2711']:,.1f} bn EUR of 2711, 2019-2021.",
        f"Gas withheld: {', '.join(withheld)}.",
        without_weights(flows),
    ]
    rows = [
        (m, f"{100 * p:.1f}" if p is not None else "–", f"{100 * w:.1f}")
        for m, p, w in shares.filter(pl.col("whole") > 0.0005).sort("whole", descending=True).iter_rows()
    ]
    sections = {
        "energy facts": "\n".join(f"- {line}" for line in lines),
        "russian shares": markdown(["member", "over the published total", "over all twelve months"], rows),
    }
    months = months_reported(partners)
    ends = done["ends"]
    common = [
        "Imports from outside the EU only; deliveries between members are not in it.",
        "X-REST is the published total of partners outside the EU less those named, so that a sum over exporters is whole.",
        f"For {len(ends)} members the published total ends in November 2021; December is taken from the Comext extract by"
        " mode of transport of 24 April 2022. GBR lacks that month there: what it sold then is in X-REST.",
        "The United Kingdom is a partner in all three years, although it was a member until 31 January 2020.",
        f"X-CONF without a value marks gas that {', '.join(withheld)} import and withhold in customs statistics.",
        "French gas has values and no weights: its quantities are not known.",
    ]
    facts = {"total_ends": {i: str(m) for i, m in ends.items()}, "withheld": {"2711": withheld, "271121": withheld}}
    first = Built(
        "eu-energy",
        headings,
        _header(
            "EU imports of energy from outside, by partner, 2019-2021",
            "EUの域外からのエネルギー輸入（相手国別）、2019~2021年",
            4,
        )
        | facts
        | {"months": {p: m for p, m in months.items() if p in HEADINGS}}
        | {"notes": [*common, "2711 holds all gases; eu-gas has its two largest parts. Never add the two tables."]},
        tuple(checks),
        sections,
    )
    second = Built(
        "eu-gas",
        gas,
        _header(
            "EU imports of natural gas from outside, by partner, 2019-2021",
            "EUの域外からの天然ガス輸入（相手国別）、2019~2021年",
            6,
        )
        | facts
        | {"months": {p: m for p, m in months.items() if p in GAS}}
        | {"notes": [*common, "Liquefied (271111) and in gaseous state (271121); both are inside 2711 of eu-energy."]},
        (),
        {},
    )
    return first, second


def _count(values: Any) -> list[tuple[int, int]]:
    values = list(values)
    return [(m, values.count(m)) for m in sorted(set(values))]


def _header(title: str, title_ja: str, digits: int) -> dict[str, Any]:
    return {
        "title": title,
        "title_ja": title_ja,
        "classification": "HS17",
        "digits": digits,
        "unit": "EUR",
        "quantity_unit": "t",
        "valuation": "cif, current prices",
        "reporters": list(MEMBERS),
        "parts": {},
        "incomplete": {},
        "outside": "EU27",
        "caveats": [
            "from outside the EU only; partners that are not named stand together, and six members withhold their gas"
        ],
        "sources": [SOURCE, MODE_SOURCE],
        "steps": [
            "months added up to years; sums of reporters left out",
            "all partners outside the EU that are not named taken together as X-REST",
            "values rounded to whole euros, weights in tonnes to kilograms",
        ],
    }


SOURCE = {
    "title": "Eurostat, Comext, monthly imports of energy by member and partner, 2019-2021",
    "year": 2021,
    "licence": "CC BY 4.0",
    "url": "https://ec.europa.eu/eurostat/comext/newxtweb/",
    "citation": "Eurostat, Comext, EU trade by HS2-4-6, 2019-2021; added up and rounded by the interdep contributors",
}
MODE_SOURCE = {
    "title": "Eurostat, Comext, EU trade by mode of transport (DS-1262527), extract of 24 April 2022",
    "year": 2021,
    "licence": "CC BY 4.0",
    "url": "https://ec.europa.eu/eurostat/comext/newxtweb/",
    "citation": "Eurostat, Comext DS-1262527, 2019-2021; added up by the interdep contributors",
}
