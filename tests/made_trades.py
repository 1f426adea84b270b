"""Flows made for tests: frames, BACI years and Comext files in the layouts as published, and the sentence of a refusal."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from interdep import InputError
from interdep.cli.main import main
from interdep.trade import Trade

ABOUT = {"name": "made", "classification": "HS17", "digits": 6, "unit": "USD"}

FLOWS = [
    ("CHN", "DEU", "854231", 2021, 60.0),
    ("TWN", "DEU", "854231", 2021, 40.0),
    ("CHN", "DEU", "854232", 2021, 5.0),
    ("CHN", "JPN", "854231", 2021, 30.0),
    ("NAM", "JPN", "810520", 2021, 7.0),
    ("CHN", "DEU", "854231", 2022, 66.0),
]
"""Exporter, importer, product, year, value."""


def frame(rows: Iterable[Sequence[Any]] = FLOWS, *more: str) -> pl.DataFrame:
    """Rows as a frame of flows; more: the columns after value."""
    return pl.DataFrame(list(rows), schema=["exporter", "importer", "product", "period", "value", *more], orient="row")


def made(rows: Iterable[Sequence[Any]] = FLOWS, *more: str, **about: Any) -> Trade:
    return Trade.from_frame(frame(rows, *more), **{**ABOUT, **about})


def flows_of(trade: Trade, *columns: str) -> set[tuple]:
    """Every flow as a tuple (exporter, importer, product, period, value, or the columns named)."""
    names = columns or ("exporter", "importer", "product", "period", "value")
    return set(trade.scan().select(names).collect().iter_rows())


def refused(sentence: str, do: Callable[[], object], kind: type = InputError) -> None:
    """It ends in an error of this kind, of one line, that holds this text."""
    with pytest.raises(kind, match=re.escape(sentence)) as caught:
        do()
    assert type(caught.value) is kind
    assert "\n" not in str(caught.value)


# BACI

BACI_2021 = """\
t,i,j,k,v,q
2021,156,276,854231,60.5,1.25
2021,490,276,854231,40,NA
2021,516,392,810520,7,0.5
2021,682,392,271000,100,900
"""


def baci(
    folder: Path, text: str = BACI_2021, year: int = 2021, revision: str = "HS17", version: str = "202401"
) -> Path:
    """A year of BACI under its published name, in a folder; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    content = text.replace("2021,", f"{year},").encode()
    (folder / f"BACI_{revision}_Y{year}_V{version}.csv").write_bytes(content)
    return folder


def zipped(archive: Path, entries: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return archive


def release(archive: Path, *years: int) -> Path:
    """A release of BACI as published: a zip with a year a file, and what its codes mean."""
    return zipped(archive, {
        **{f"BACI_HS17_Y{year}_V202401.csv": BACI_2021.replace("2021,", f"{year},") for year in years},
        "country_codes_V202401.csv": "country_code,country_name,country_iso2,country_iso3\n156,China,CN,CHN\n",
        "product_codes_HS17_V202401.csv": 'code,description\n854231,"Processors"\n',
        "Readme.txt": "BACI\n",
    })  # fmt: skip


# Comext

COMEXT = """\
REPORTER,PARTNER,TRADE_TYPE,PRODUCT_NC,PRODUCT_SITC,PRODUCT_CPA21,PRODUCT_CPA22,PRODUCT_BEC,PRODUCT_BEC5,PRODUCT_SECTION,\
FLOW,STAT_PROCEDURE,SUPPL_UNIT,PERIOD,VALUE_EUR,VALUE_NAC,QUANTITY_KG,QUANTITY_SUPPL_UNIT
DE,CN,E,85423111,77641,2611,2611,420,322110,16,1,1,PST,202152,1000,1000,2000,50
DE,CN,E,85423111,77641,2611,2611,420,322110,16,1,2,PST,202152,500,500,1000,5
DE,NL,I,85423111,77641,2611,2611,420,322110,16,1,1,PST,202152,300,300,100,5
NL,DE,I,85423111,77641,2611,2611,420,322110,16,2,1,PST,202152,290,290,100,5
NL,US,E,85423190,77641,2611,2611,420,322110,16,2,1,PST,202152,40,40,30,5
EL,QX,E,25041000,27822,0899,0899,111,221110,05,1,1,NO_SU,202152,70,70,,0
EL,NA,E,25041000,27822,0899,0899,111,221110,05,1,1,NO_SU,202152,9,9,500,0
"""
"""The bulk files since 2023 (full_v2_YYYYMM.dat); 52 is the whole year."""

COMEXT_OLD = """\
DECLARANT,DECLARANT_ISO,PARTNER,PARTNER_ISO,TRADE_TYPE,PRODUCT_NC,PRODUCT_SITC,PRODUCT_cpa2002,PRODUCT_cpa2008,\
PRODUCT_CPA2_1,PRODUCT_BEC,PRODUCT_SECTION,FLOW,STAT_REGIME,SUPP_UNIT,PERIOD,VALUE_IN_EUROS,QUANTITY_IN_KG,SUP_QUANTITY
004,DE,0720,CN,E,85423111,77641,3210,2611,2611,420,16,1,1,S,201152,1000,2000,50
009,EL,0389,NA,E,01012100,00150,0122,0143,0143,111,01,1,1,A,201152,9,500,0
"""
"""The bulk files before (fullYYYYMM.dat)."""

COMEXT_SDMX = """\
DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS
ESTAT:DS-045409(1.0),15/09/25 11:00:00,A,DE,RU,2709,1,VALUE_IN_EUROS,2021,8000,,
ESTAT:DS-045409(1.0),15/09/25 11:00:00,A,DE,RU,2709,1,QUANTITY_IN_100KG,2021,200,,
ESTAT:DS-045409(1.0),15/09/25 11:00:00,A,DE,NO,2709,1,VALUE_IN_EUROS,2021,,c,C
ESTAT:DS-045409(1.0),15/09/25 11:00:00,A,DE,NO,2709,1,QUANTITY_IN_100KG,2021,,c,C
ESTAT:DS-045409(1.0),15/09/25 11:00:00,A,DE,KZ,2709,1,VALUE_IN_EUROS,2021,0,,
ESTAT:DS-045409(1.0),15/09/25 11:00:00,A,DE,WORLD,2709,1,VALUE_IN_EUROS,2021,8000,,
ESTAT:DS-045409(1.0),15/09/25 11:00:00,A,EU27_2020,RU,2709,1,VALUE_IN_EUROS,2021,48000,,
"""
"""What the dissemination service gives as SDMX-CSV."""


def comext(folder: Path, text: str = COMEXT, name: str = "full_202152.dat") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


# The command

Command = Callable[..., tuple[int, str, str]]


def command(capsys, tmp_path: Path, monkeypatch) -> Command:
    """Runs a command in an empty folder with a cache of its own beside it; gives (code, stdout, stderr)."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("INTERDEP_CACHE", str(tmp_path / "cache"))
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(list(arguments))
        return code, *capsys.readouterr()

    return run


def under(folder: Path) -> list[str]:
    """Every file in a folder and its folders, hidden ones as well."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()) if folder.exists() else []


def refused_by(cli: Command, sentence: str, *arguments: str, code: int = 1) -> None:
    """The command ends with this code and one line that holds the sentence; no file has come or gone."""
    before = under(Path.cwd().parent)
    ended, out, said = cli(*arguments, "--quiet")
    assert (ended, out) == (code, "")
    assert sentence in said
    assert said.startswith("interdep: ")
    assert said.count("\n") == 1
    assert "Traceback" not in said
    assert "this should not happen" not in said
    assert under(Path.cwd().parent) == before
