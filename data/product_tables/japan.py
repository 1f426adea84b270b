"""Each partner's share of Japan's imports of critical inputs and energy in 2023: shares only, no amounts."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from interdep.errors import InputError, first_five
from interdep.trade.coverage import Coverage, judged

from .table import Built, Check, economy_codes, markdown, need_columns

NAME = "japan-2023"
YEAR = 2023
FILES = ("japan_un_comtrade_critical_inputs.csv", "japan_un_comtrade_energy.csv")
UNIT = "fraction of the importer's imports of the product"
DECIMALS = 4
LEAST = 0.5 * 10**-DECIMALS
# Rows Comtrade writes for sums and for areas that are not specified; none is in the files, and none may enter as a partner.
NO_ECONOMY = ("W00", "WLD", "_X", "S19", "F49", "E19")


def read_imports(folder: Path) -> pl.DataFrame:
    """importer, exporter, product (HS4), period, value (USD): Japan's imports from the two files that can be used.

    The third, technology, is left out: Taiwan is not in it, so that it says nothing about chips.
    """
    frames = []
    for name in FILES:
        # Text throughout: `NA` is Namibia.
        frame = pl.read_csv(folder / name, infer_schema_length=0, null_values=[])
        need_columns(frame, ("reporter", "partner", "value", "year", "product_code", "unit"), name)
        if set(frame["reporter"].unique()) != {"JP"} or set(frame["unit"].unique()) != {"USD"}:
            raise InputError(f"{name}: reporters and units other than JP and USD are in it")
        bad = sorted(set(frame["partner"].unique()) & {*NO_ECONOMY, "JP"})
        if bad:
            raise InputError(f"{name}: {first_five(bad)} among the partners; sums and Japan itself are no suppliers")
        codes = economy_codes(frame["partner"], f"{name}, partner")
        frames.append(
            frame.select(
                pl.lit("JPN").alias("importer"),
                pl.col("partner").replace_strict(codes).alias("exporter"),
                pl.col("product_code").alias("product"),
                pl.col("year").cast(pl.Int16).alias("period"),
                pl.col("value").cast(pl.Float64),
            )
        )
    rows = pl.concat(frames)
    twice = rows.filter(pl.struct("exporter", "product", "period").is_duplicated())
    if twice.height:
        raise InputError(f"{', '.join(FILES)}: {twice.height} rows stand there more than once")
    return rows


def thin_products(rows: pl.DataFrame) -> pl.DataFrame:
    """product, period, partners, total, compared_with, thin: the products of each year that look like fragments."""
    frame = judged(rows, sorted(rows["period"].unique().to_list()), Coverage())
    return frame.filter(pl.col("thin") != "").sort("period", "product")


def shares(rows: pl.DataFrame) -> pl.DataFrame:
    """Shares of one year by exporter, to four decimals; partners under half of the last are one row, `X-REST`.

    That row is left out where it would be 0 itself. Rounded shares of a product add up to 1 but for rounding.
    """
    exact = rows.with_columns((pl.col("value") / pl.col("value").sum().over("product")).alias("share"))
    named = pl.when(pl.col("share") < LEAST).then(pl.lit("X-REST")).otherwise(pl.col("exporter")).alias("exporter")
    return (
        exact.with_columns(named)
        .group_by("exporter", "importer", "product", "period")
        .agg(pl.col("share").sum().round(DECIMALS).alias("value"))
        .filter(pl.col("value") >= LEAST)
    )


def small_headings(year: pl.DataFrame) -> list[str]:
    """Headings of which less than a million dollars was imported (that they are small may be said, how small may not)."""
    sums = year.group_by("product").agg(pl.col("value").sum()).filter(pl.col("value") < Coverage().small)
    return sorted(sums["product"].to_list())


def build(data: Path) -> Built:
    """The table from the files of Japan's imports in `trade/`."""
    rows = read_imports(data / "trade")
    thin = thin_products(rows)
    refused = sorted(thin["period"].unique().to_list())
    if YEAR in refused:
        raise InputError(f"{NAME}: {YEAR} looks like a fragment: {thin.filter(pl.col('period') == YEAR)['thin'][0]}")
    year = rows.filter(pl.col("period") == YEAR)
    flows = shares(year)
    sums = flows.group_by("product").agg(pl.col("value").sum(), pl.len().alias("n"))
    off = max(abs(s - 1.0) - n * LEAST for _, s, n in sums.iter_rows())
    tiny = (
        year.with_columns(s=pl.col("value") / pl.col("value").sum().over("product")).filter(pl.col("s") < LEAST).height
    )
    checks = (
        Check("Japan 2023: HS4 headings", 18, flows["product"].n_unique()),
        Check("Japan: years refused as fragments (2022, 2024)", 2, len(set(refused) & {2022, 2024})),
        Check("Japan 2023: shares off 1 by more than rounding", 0.0, max(0.0, off)),
        Check("Japan 2023: flows of Japan to itself, and Taiwan, which the source lacks", 0,
              flows.filter(pl.col("exporter").is_in(["JPN", "TWN"])).height),
    )  # fmt: skip
    header = {
        "title": "Japan's suppliers of critical inputs and energy, 2023 (shares)",
        "title_ja": "日本の重要物資・エネルギーの輸入先、2023年（構成比）",
        "classification": "HS22",
        "digits": 4,
        "unit": UNIT,
        "quantity_unit": "",
        "valuation": "shares of value, cif, current prices",
        "parts": {},
        "incomplete": {},
        "small": small_headings(year),
        "caveats": [
            "no share counts Taiwan, which is in none of the source's rows; headings of four digits are more than the material:"
            " 2804 than silicon, 2825 and 2836 than lithium",
        ],
        "notes": [
            "Shares only: the amounts behind them may not be passed on.",
            f"Four decimals. Partners under {LEAST} of a product are one row, X-REST, where together they reach it.",
            "Taiwan is in none of the source's rows, so every share is of imports without Taiwan's.",
            "2022 and 2024 are fragments and are not in it: China is absent from some headings of 2022, and 2024 has two"
            " partners of the critical inputs.",
            "Whole headings of four digits: 2804 is more than silicon, 2825 and 2836 more than lithium.",
        ],
        "sources": [SOURCE],
        "steps": ["partner's value over the sum of all partners, by heading", "rounded to four decimals"],
    }
    worst = thin.group_by("period").agg(
        pl.len().alias("n"), pl.struct("product", "thin").head(3).alias("first")
    ).sort("period")  # fmt: skip
    lines = [
        f"{y} is refused: {n} headings look like fragments, for example "
        + "; ".join(f"{f['product']}: {f['thin']}" for f in first)
        for y, n, first in worst.iter_rows()
    ]
    lines.append(f"{tiny} of {year.height} flows are under {LEAST} and stand together as X-REST or not at all.")
    first = flows.sort("value", descending=True).group_by("product", maintain_order=True).first().sort("product")
    listing = [(p, e, f"{100 * v:.1f}") for p, e, v in first.select("product", "exporter", "value").iter_rows()]
    head = ["HS4", "largest supplier", "per cent"]
    sections = {"japan facts": "\n".join(f"- {x}" for x in lines), "japan suppliers": markdown(head, listing)}
    return Built(NAME, flows, header, checks, sections)


SOURCE = {
    "title": "UN Comtrade, imports of Japan 2023 by HS4 (shares computed from it)",
    "year": 2023,
    "licence": "amounts may not be redistributed; the shares are figures of the interdep contributors",
    "url": "https://comtradeplus.un.org/",
    "citation": "United Nations, UN Comtrade, imports of Japan 2023; shares computed by the interdep contributors",
}
