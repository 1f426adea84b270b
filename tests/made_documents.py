"""A made briefing with every kind of block, in English and Japanese, for tests of what renders it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from interdep.briefing.content import (
    Block,
    Bullets,
    Document,
    Grid,
    Heading,
    KeyNumber,
    KeyNumbers,
    PageBreak,
    Paragraph,
    Picture,
    Row,
)
from interdep.figures import HALF_WIDTH, Figure, compare_bars, tile_map
from interdep.provenance import Provenance, Source
from interdep.tables import Table

SAID: dict[str, dict[str, str]] = {
    "en": {
        "title": "Europe and Japan: rare earths from one supplier", "subtitle": "Data of 2014, USD at prices of 2014.",
        "short": "In short", "one": "Both buy 80 % of their magnets from one supplier; a stop costs about 2 %"
        " of a year's value added.", "two": "Stocks last 6 weeks; Čapek & Søn and Türkiye's Şişecam wait for permits.",
        "decision": "Decision sought: buy 5,000 t together, at about USD 1.2 bn.", "number": "1.9 %",
        "label": "of value added lost in a stop of 90 days", "note": "range 0.4 to 3.1 %", "who": "Who is hit",
        "left": "Loss by economy.", "right": "Members, by loss.", "options": "Options", "lever": "Lever",
        "cost": "Cost, bn USD a year", "ready": "Ready by", "stock": "Joint stock of magnets and of their ores",
        "mine": "Mine in Norra Kärr with a refinery beside it", "table": "What can be done together",
        "stop": "Stop of magnets", "germany": "Germany", "france": "France", "sub": "Costs",
        "footer": "interdep 0.5.0, method 2; run 0123456789ab; tables world-2014 (2014), products EU 2024, Japan 2023",
    },
    "ja": {
        "title": "欧州と日本：一国に頼るレアアース", "subtitle": "2014年のデータ、2014年価格の米ドル。",
        "short": "要点", "one": "双方とも磁石の80 %を一国から輸入しており、供給が止まれば年間付加価値の約2 %が失われる。",
        "two": "在庫は６週間分。第28回定期首脳協議（2022年5月12日、東京）で合意した枠組みを用いる。",
        "decision": "求める決定：5,000トンを共同で購入する（約12億ドル、約1兆8,000億円）。", "number": "1.9 %",
        "label": "90日間の供給停止で失われる付加価値", "note": "範囲 0.4～3.1 %", "who": "誰が影響を受けるか",
        "left": "国・地域別の損失。", "right": "参加国の損失。", "options": "選択肢", "lever": "手段",
        "cost": "費用（億ドル／年）", "ready": "準備完了", "stock": "磁石とその原料の共同備蓄",
        "mine": "ノルウェー・カール鉱山と併設の精錬所", "table": "共同でできること", "stop": "磁石の供給停止",
        "germany": "ドイツ", "france": "フランス", "sub": "費用",
        "footer": "interdep 0.5.0、手法2；計算 0123456789ab；表 world-2014（2014年）、品目 EU 2024年・日本 2023年",
    },
}  # fmt: skip


def losses() -> Table:
    """Loss of three economies in one stop."""
    rows = [("leontief", "stop", "DEU", 0.019), ("leontief", "stop", "FRA", 0.011), ("leontief", "stop", "JPN", 0.016)]
    frame = pl.DataFrame(rows, schema=["model", "scenario", "economy", "loss_share"], orient="row")
    source = Source(
        "World Input-Output Database, release 2016", 2014, "CC BY 4.0", "https://www.rug.nl/ggdc/valuechain/wiod/"
    )
    return Table(
        "loss", frame, ("model", "scenario", "economy"), {"loss_share": "fraction of yearly value added"},
        "Value added lost", provenance=Provenance((source,), data_year=2014),
    )  # fmt: skip


def figures(lang: str) -> tuple[Figure, Figure]:
    """Two figures of half the width of a page."""
    said = SAID[lang]
    names = {
        "DEU": said["germany"],
        "FRA": said["france"],
        "stop": said["stop"],
        "JPN": "日本" if lang == "ja" else "Japan",
    }
    tiles = {"DEU": (1, 0), "FRA": (0, 0), "JPN": (3, 0)}
    values: dict[str, float | None] = {"DEU": 0.019, "FRA": 0.011, "JPN": 0.016}
    return (
        compare_bars(losses(), names=names, width=HALF_WIDTH, lang=lang),
        tile_map(values, tiles, said["right"], "fraction of value added", names, HALF_WIDTH, lang),
    )


def a_document(lang: str = "en", **changed: Any) -> Document:
    """Two pages with every kind of block."""
    said = SAID[lang]
    left, right = figures(lang)
    number = KeyNumber(said["number"], said["label"], said["note"])
    behind = Grid((said["lever"], said["cost"]), (("A", "1.2"),), said["table"], (1,))
    grid = Grid(
        (said["lever"], said["cost"], said["ready"]),
        ((said["stock"], "1.2", "2027"), (said["mine"], "0.9", "2031")), said["table"], (1,),
    )  # fmt: skip
    blocks: list[Block] = [
        Heading(said["short"], "short"), Bullets((said["one"], said["two"])), Paragraph(said["decision"]),
        KeyNumbers((number, number, number)), Heading(said["who"], "who"),
        Row((Picture(left, said["left"], behind), Picture(right, said["right"]))), PageBreak(),
        Heading(said["options"], "options"), Heading(said["sub"], "costs", 3), grid,
        Picture(left, said["left"], behind),
    ]  # fmt: skip
    return replace(
        Document(said["title"], said["subtitle"], lang, blocks, said["footer"], "RESTREINT / 取扱注意"), **changed
    )
