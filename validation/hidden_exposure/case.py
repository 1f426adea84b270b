"""China behind US manufacturing (Baldwin, Freeman & Theodorakopoulos 2023): face value and look-through on WIOD 2011."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from interdep import Dependencies, measure
from interdep.sources import wiod2013
from raw import raw
from table import Row, judged, stated

TITLE = "Hidden exposure: Baldwin, Freeman & Theodorakopoulos (2023)"
ABOUT = """
`measure("USA")`: who stands behind the inputs of US industries, directly (face value) and through the chain (look-through).
Data: `wiod2013/wiot_2011.npz` (World Input-Output Database, release 2013, year 2011); the paper has OECD ICIO, year 2018. The
rest of the world is never called a supplier. Published as reported from the paper: China is the top foreign supplier, looked
through, of more than 90 % of US manufacturing sectors, and over 80 % of US industrial inputs are made at home. The ratio of
China's look-through share of all inputs of manufacturing to its face-value share is held against 2.2 to 2.6.
"""

MANUFACTURING = tuple(f"c{k}" for k in range(3, 17))


@cache
def measured(manufacturing: bool) -> Dependencies:
    world = wiod2013.read(raw("wiod2013/wiot_2011.npz"))
    return measure("USA", industries=MANUFACTURING if manufacturing else None, world=world)


def china() -> tuple[float, float]:
    """China's part of all inputs of US manufacturing: face value, look-through."""
    (row,) = measured(True).overall.where(supplier="CHN").to_rows()
    return row["face_share"], row["look_through_share"]


def rows() -> list[Row]:
    industries = measured(True).industries.to_rows()
    through = [r["industry"] for r in industries if r["top_supplier"] == "CHN"]
    face = [r["industry"] for r in industries if r["top_supplier_face"] == "CHN"]
    others = [f"{r['industry']} {r['top_supplier']}" for r in industries if r["top_supplier"] != "CHN"]
    direct, looked = china()
    count = f"{len(through)} of {len(industries)}" + (f" (not {', '.join(others)})" if others else "")
    home = 1 - sum(r["face_share"] for r in measured(False).overall.to_rows())
    made_at_home = 1 - sum(r["face_share"] for r in measured(True).overall.to_rows())
    return [
        judged("BFT23", "US manufacturing industries with China as top foreign supplier, look-through", "over 90 %", count,
               "at least 12 of 14", len(through) >= 12),
        stated("BFT23", "the same at face value", "-", f"{len(face)} of {len(industries)}"),
        judged("BFT23", "China's look-through share of inputs over its face-value share", "-",
               f"{looked / direct:.2f} ({looked:.1%} over {direct:.1%})", "2.2 to 2.6", 2.2 <= looked / direct <= 2.6),
        stated("BFT23", "made at home, of direct inputs of all US industries", "over 80 %",
               f"{home:.1%} (manufacturing {made_at_home:.1%})"),
    ]  # fmt: skip


def close(rows: Sequence[Row]) -> str:
    direct, looked = china()
    return f"China makes {looked:.1%} of what stands behind US manufacturing, {direct:.1%} of what it buys directly."
