"""Russian crude of each member before the ban: share by three sources, way it came, and what that leaves as a way out."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl

from interdep.errors import InputError

from .comext import PARTNER_FILE, read_partners
from .energy import CRUDE
from .table import MEMBERS, Check, markdown
from .withheld import NRG_FILE, member_names

REGISTER_FILE = "ec_crude_oil_import_register_monthly.parquet"
LANDLOCKED = ("AUT", "CZE", "HUN", "LUX", "SVK")
# Under this (t) a member imports no crude worth speaking of.
NOTHING = 1e4
# No shares by weight where more than this part of the value has none.
NO_WEIGHT = 0.001
# From this part of Russian crude on, the pipeline decides.
PIPELINE_COUNTS = 0.1
# Russia's share in energy statistics from which on a member without any in customs statistics has got it from another.
SEEN_ELSEWHERE = 0.01
# Volumes without a named partner above this part of the total: no share can be said.
UNNAMED = 0.5
CLASSES = {
    "no-crude": "imports no crude from outside the EU",
    "none": "no Russian crude in 2021",
    "through-another-member": "none at its own frontier, but energy statistics see some: it came through another member",
    "sea": "came by sea: any tanker at the same terminal replaces it",
    "pipeline-coast": "came by pipeline, and the member has a coast of its own",
    "pipeline-landlocked": "came by pipeline, and the member has no coast: what replaces it comes by pipeline too",
}
COLUMNS = (
    "member", "crude_mt", "russian_mt", "share_comext", "share_comext_published", "share_nrg", "nrg_unnamed",
    "share_register_2019", "register_months", "pipeline_mt", "sea_mt", "rail_mt", "other_mt", "landlocked", "alternative",
)  # fmt: skip


def alternative(crude: float, russian: float, pipeline: float, landlocked: bool, elsewhere: float | None = None) -> str:
    """The class of a member, from tonnes of crude from outside the EU, of Russian crude, and of it by pipeline.

    elsewhere: Russia's share in energy statistics, which follow the oil and not its clearance; None where not known.
    """
    if crude < NOTHING:
        return "no-crude"
    if russian < NOTHING:
        return "none" if (elsewhere or 0.0) < SEEN_ELSEWHERE else "through-another-member"
    if pipeline < PIPELINE_COUNTS * russian:
        return "sea"
    return "pipeline-landlocked" if landlocked else "pipeline-coast"


def nrg_shares(folder: Path) -> dict[str, tuple[float | None, float]]:
    """{member: (Russia's share of crude imports 2021 or None, part of the imports without a named partner)}.

    Thousands of tonnes, though the file says tonnes; other members count as partners. No share where most partners
    have no name.
    """
    names = member_names()
    rows = pl.read_parquet(folder / NRG_FILE).filter(
        (pl.col("commodity") == "crude_oil") & (pl.col("date").dt.year() == 2021) & pl.col("country").is_in(list(names))
    )
    sums = rows.group_by("country").agg(
        pl.col("value").sum().alias("all"),
        pl.col("value").filter(pl.col("partner") == "Russia").sum().alias("russian"),
        pl.col("value").filter(pl.col("partner").is_null()).sum().alias("unnamed"),
    )
    out: dict[str, tuple[float | None, float]] = {}
    for country, total, russian, unnamed in sums.iter_rows():
        hole = unnamed / total
        out[names[country]] = (russian / total if hole <= UNNAMED else None, hole)
    return out


def register_shares(folder: Path) -> dict[str, tuple[float, int]]:
    """{member: (Russia's share of the crude in the EC register of 2019, months it has)}."""
    names = member_names()
    rows = pl.read_parquet(folder / REGISTER_FILE).filter(
        (pl.col("date").dt.year() == 2019) & pl.col("Reporting Country").is_in(list(names))
    )
    barrels = pl.col("Volume (1000 bbl)")
    sums = rows.group_by("Reporting Country").agg(
        (barrels.filter(pl.col("Country of Origin") == "Russian Federation").sum() / barrels.sum()).alias("share"),
        pl.col("date").n_unique().alias("months"),
    )
    return {names[country]: (share, months) for country, share, months in sums.iter_rows()}


def published_shares(folder: Path) -> dict[str, float]:
    """Russia's share of the published total of crude from outside the EU in 2021, tonnes; it may lack December."""
    rows = read_partners(folder / PARTNER_FILE).filter((pl.col("product") == CRUDE) & (pl.col("month") // 100 == 2021))
    sums = rows.group_by("importer").agg(
        pl.col("quantity").filter(pl.col("partner") == "RUS").sum().alias("russian"),
        pl.col("quantity").filter(pl.col("partner") == "extra").sum().alias("total"),
    )
    return {m: russian / total for m, russian, total in sums.iter_rows() if total >= NOTHING}


def build(data: Path, by_mode: pl.DataFrame) -> tuple[bytes, tuple[Check, ...], dict[str, str]]:
    """The CSV of the 27 members, its checks and its table for the documentation.

    by_mode: the flows of `eu-energy-modes`.
    """
    folder = data / "energy"
    nrg, register, published = nrg_shares(folder), register_shares(folder), published_shares(folder)
    crude = by_mode.filter((pl.col("product") == CRUDE) & (pl.col("period") == 2021))
    lost = float(crude.filter(pl.col("quantity").is_null())["value"].sum())
    if lost > NO_WEIGHT * float(crude["value"].sum()):
        raise InputError(f"crude 2021: {lost:,.0f} EUR have no weight, too much for shares by weight")
    weighed = crude.filter(pl.col("quantity").is_not_null()).select("importer", "exporter", "mode", "quantity")
    tonnes = {(i, e, m): q for i, e, m, q in weighed.iter_rows()}
    rows = []
    for member in MEMBERS:
        total = sum(q for (i, _, _), q in tonnes.items() if i == member)
        ways = {m: q for (i, e, m), q in tonnes.items() if i == member and e == "RUS"}
        russian, landlocked = sum(ways.values()), member in LANDLOCKED
        share, unnamed = nrg.get(member, (None, None))
        of_register, months = register.get(member, (None, None))
        kind = alternative(total, russian, ways.get("pipeline", 0.0), landlocked, share)
        there = kind != "no-crude"
        rows.append(
            (
                member, _mt(total), _mt(russian), _share(russian / total if there else None),
                _share(published.get(member)), _share(share), _share(unnamed), _share(of_register),
                "" if months is None else str(months), *(_mt(ways.get(m, 0.0)) for m in ("pipeline", "sea", "rail")),
                _mt(sum(q for m, q in ways.items() if m not in ("pipeline", "sea", "rail"))),
                "yes" if landlocked else "no", kind,
            )
        )  # fmt: skip
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([COLUMNS, *rows])
    kinds = [row[-1] for row in rows]
    checks = (
        Check("russian-crude: members", 27, len(rows)),
        Check(
            "russian-crude: members without a coast on the pipeline (AT, CZ, HU, SK)",
            4,
            kinds.count("pipeline-landlocked"),
        ),
        Check("russian-crude: members with a coast on the pipeline (DE, PL)", 2, kinds.count("pipeline-coast")),
        Check("russian-crude: all modes, Mt", 114.26, sum(float(r[2]) for r in rows), 0.01),
    )
    shown = ("member", "russian_mt", "share_comext", "share_comext_published", "share_nrg", "share_register_2019",
             "pipeline_mt", "sea_mt", "alternative")  # fmt: skip
    place = [COLUMNS.index(c) for c in shown]
    listing = [[row[k] for k in place] for row in rows if row[-1] not in ("no-crude", "none")]
    sections = {
        "russian crude": markdown(list(shown), listing),
        "classes": "\n".join(
            f"- `{k}`: {words} ({', '.join(r[0] for r in rows if r[-1] == k)})" for k, words in CLASSES.items()
        ),
    }
    return text.getvalue().encode("utf-8"), checks, sections


def _mt(tonnes: float) -> str:
    return f"{tonnes / 1e6:.3f}"


def _share(value: float | None) -> str:
    """Three decimals; empty where the source has no figure, which is not 0."""
    return "" if value is None else f"{value:.3f}"
