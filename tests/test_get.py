"""`interdep get` and `--trade`: what comes in is said, what is wrong ends in one sentence with nothing half-written."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from interdep.cli.common import DEFAULT, open_trade
from interdep.sources import catalogue
from interdep.trade import Trade
from made_trades import BACI_2021, COMEXT, Command, baci, comext, command, flows_of, refused_by, release, under, zipped

NAME = "BACI_HS17_Y2021_V202401.csv"


@pytest.fixture
def cli(capsys, tmp_path, monkeypatch) -> Command:
    return command(capsys, tmp_path, monkeypatch)


# From a file


def test_without_a_source_it_lists_what_can_be_got(cli):
    code, out, _ = cli("get")
    assert code == 0
    assert all(name in out for name in ("oecd-icio", "figaro", "baci", "comext", "CC BY 4.0"))
    assert [row["name"] for row in json.loads(cli("get", "--json")[1])] == list(catalogue.names())


def test_a_release_of_baci_becomes_a_folder_that_measure_takes(cli, tmp_path):
    release(Path("BACI_HS17_V202401.zip"), 2020, 2021)
    code, out, said = cli(
        "get", "baci", "--from", "BACI_HS17_V202401.zip", "--year", "2021", "--out", "flows", "--quiet"
    )
    assert (code, said) == (0, "")
    assert "Trade baci-hs17-202401" in out
    assert "interdep measure EU27 JPN --trade" in out
    assert under(Path("flows")) == ["flows-2021.parquet", "trade.json"]
    assert under(tmp_path / "cache") == []
    assert ("CHN", 60.5) in flows_of(Trade.read("flows"), "exporter", "value")
    code, out, _ = cli("measure", "JPN", "--trade", "flows", "--quiet")
    assert code == 0
    assert re.search(r"810520 .* 2021 +NAM +100 %", out)


def test_without_out_it_is_kept_in_the_cache_and_found_again(cli, tmp_path):
    baci(Path("raw"))
    code, out, _ = cli("get", "baci", "--from", "raw", "--json", "--quiet")
    about = json.loads(out)
    assert (code, about["years"], about["name"]) == (0, [2021], "baci-hs17-202401")
    assert Path(about["folder"]).is_relative_to(tmp_path / "cache")
    again = json.loads(cli("get", "baci", "--from", "raw", "--json", "--quiet")[1])
    assert again == about


def test_progress_is_told_on_stderr_and_not_under_quiet(cli):
    baci(Path("raw"))
    assert "Converting years to Parquet: 1 of 1" in cli("get", "baci", "--from", "raw", "--out", "a")[2]


def test_what_a_file_leaves_out_is_noted(cli):
    comext(Path(), COMEXT.replace("202152", "202103"), "full_v2_202103.dat")
    code, out, _ = cli("get", "comext", "--from", "full_v2_202103.dat", "--quiet")
    assert code == 0
    assert "Note: 2021 has 1 of 12 months" in out


def test_the_hash_of_a_file_on_disk_is_held_against_it(cli):
    baci(Path("raw"))
    file = f"raw/{NAME}"
    good = hashlib.sha256(Path(file).read_bytes()).hexdigest()
    assert cli("get", "baci", "--from", file, "--sha256", good, "--quiet")[0] == 0
    refused_by(
        cli, f"{file} has the SHA-256 {good}, not {'0' * 64}", "get", "baci", "--from", file, "--sha256", "0" * 64
    )
    refused_by(cli, "raw is a folder, which has no SHA-256", "get", "baci", "--from", "raw", "--sha256", good)


@pytest.mark.parametrize(
    "option",
    [["--refresh"], ["--revision", "HS17"], ["--version", "2"], ["--month", "3"]],
)
def test_options_of_a_download_do_not_go_with_a_file(cli, option):
    baci(Path("raw"))
    refused_by(cli, f"{option[0]} does not go with --from", "get", "baci", "--from", "raw", *option)


def test_the_wrong_source_or_use_is_said(cli):
    baci(Path("raw"))
    refused_by(
        cli, "raw has the layout of baci, not of comext; say interdep get baci", "get", "comext", "--from", "raw"
    )
    refused_by(cli, "unknown source 'bacci' in the catalogue; did you mean 'baci'?", "get", "bacci")
    refused_by(cli, "there is no file absent", "get", "baci", "--from", "absent", code=3)
    refused_by(cli, "has no year 2019; it has 2021", "get", "baci", "--from", "raw", "--year", "2019", code=3)
    refused_by(cli, "holds trade flows (baci), not an input-output table; give it as --trade",
            "measure", "JPN", "--world", f"raw/{NAME}")  # fmt: skip


# Bad input, one by one

ROW = "2021,156,276,854231,60.5,1.25\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (BACI_2021.replace(",v,", ",w,"), f"{NAME} has no column 'v'"),
        (BACI_2021.replace("60.5", "many"), f"{NAME}, line 2: v is 'many', not a number"),
        (BACI_2021 + "2021,156,276,10121,1,1\n2021,156,276,030342,1,1\n", "1 product codes lost their leading zero"),
        (BACI_2021.replace("516", "1516"), "i and j hold 1516, which is no code of BACI's economies"),
        (BACI_2021.replace("854231", "854140", 1).replace("810520", "854151"), "so revisions are mixed"),
        (BACI_2021.replace("60.5", "-1"), "1 values of value are negative (CHN to DEU, 854231: -1)"),
        (BACI_2021.replace("60.5", "6e10"), "1 values of value are larger than 1e+09"),
        (BACI_2021 + ROW, "1 flows stand there more than once (CHN DEU 854231 2021); overlapping files repeat rows"),
        (BACI_2021.replace("60.5", '"1,060.5"'), "v is '1,060.5', not a number (a thousands separator?)"),
        (BACI_2021[:-8], f"{NAME} ends in the middle of a line"),
    ],
    ids=["column", "text", "zero lost", "economy", "revisions", "negative", "absurd", "doubled", "thousands", "cut"],
)  # fmt: skip
def test_a_bad_year_is_refused_whole_by_get_and_by_measure(cli, text, sentence):
    baci(Path("raw"), text)
    refused_by(cli, sentence, "get", "baci", "--from", "raw")
    refused_by(cli, sentence, "get", "baci", "--from", "raw", "--out", "flows")
    refused_by(cli, sentence, "measure", "DEU", "JPN", "--trade", "raw")
    assert not Path("flows").exists()


def test_namibia_and_greece_are_economies_however_they_are_written(cli):
    baci(Path("raw"), "\ufeff" + BACI_2021)
    assert re.search(r"810520 .* 2021 +NAM +100 %", cli("measure", "JPN", "--trade", "raw", "--quiet")[1])
    comext(Path(), "\ufeff" + COMEXT)
    code, out, _ = cli("measure", "GRC", "--trade", "full_202152.dat", "--supplier", "NAM", "--quiet")
    assert code == 0
    # 9 of 79 EUR: what is withheld counts among the imports.
    assert re.search(r"GRC +25041000 .* 2021 +11\.4 %", out)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (COMEXT + "".join(COMEXT.splitlines(True)[1:]), "rows stand there more than once (first DE CN 85423111"),
        (re.sub("^(DE|NL|EL),", "EU27_2020,", COMEXT, flags=re.M), "every reporter is a sum (EU27_2020)"),
        (re.sub("^(DE|NL|EL),", r"EU_\1,", COMEXT, flags=re.M), "reporter: unknown economy 'EU_DE'"),
        (COMEXT.splitlines(True)[0] + COMEXT.splitlines(True)[1].replace("DE,", "EU,"), "every reporter is a sum (EU)"),
        (COMEXT.replace("DE,CN", "DE,QQQ"), "partner: unknown economy 'QQQ'"),
    ],
    ids=["overlapping", "aggregates in place of members", "unknown reporter", "aggregates alone", "unknown partner"],
)  # fmt: skip
def test_bad_comext_is_refused_whole(cli, text, sentence):
    comext(Path(), text)
    refused_by(cli, sentence, "get", "comext", "--from", "full_202152.dat", "--out", "flows")
    assert not Path("flows").exists()


def test_aggregates_among_reporters_are_left_out_and_said(cli):
    more = "".join(
        line.replace("DE,", "EU27_2020,", 1) for line in COMEXT.splitlines(True)[1:] if line.startswith("DE,")
    )
    comext(Path(), COMEXT + more)
    code, out, _ = cli("get", "comext", "--from", "full_202152.dat", "--out", "flows", "--quiet")
    assert code == 0
    assert "Note: reporters that are sums of others left out: EU27_2020" in out
    assert ("CHN", "DEU", 1500.0) in flows_of(Trade.read("flows"), "exporter", "importer", "value")


# Archives that are not sound


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def test_archives_that_are_not_sound_are_refused_whole(cli, tmp_path):
    release(Path("whole.zip"), 2021)
    Path("cut.zip").write_bytes(Path("whole.zip").read_bytes()[:-100])
    zipped(Path("bomb.zip"), {NAME: BACI_2021 + "0" * 20_000_000})
    zipped(Path("dots.zip"), {NAME: BACI_2021, "../../evil.csv": "x"})
    with zipfile.ZipFile("link.zip", "w") as file:
        file.writestr(NAME, BACI_2021)
        file.writestr(link("country_codes_V202401.csv"), "/etc/passwd")
    Path("empty.zip").write_bytes(b"")
    for name, sentence in (
        ("cut.zip", "cut.zip is not a complete zip archive; download it again"),
        ("bomb.zip", f"bomb.zip was not unpacked: '{NAME}' grows more than 200-fold"),
        ("dots.zip", "dots.zip has an entry '../../evil.csv', which does not name a file inside a folder"),
        ("link.zip", "link.zip has the link or special file 'country_codes_V202401.csv'"),
        ("empty.zip", "empty.zip is not a complete zip archive"),
    ):
        refused_by(cli, sentence, "get", "baci", "--from", name, "--out", "flows")
        refused_by(cli, sentence, "get", "baci", "--from", name)
    assert not Path("flows").exists()
    assert under(tmp_path / "cache") == []


# Tables


def test_a_table_is_copied_whole_to_where_it_is_wanted(cli, monkeypatch):
    from interdep.sources import wiod2013
    from interdep.testing import small_world
    from test_wiod2013 import written

    file = written(Path())
    code, out, _ = cli("get", "oecd-icio", "--from", str(file), "--quiet")
    assert (code, out) == (1, "")
    monkeypatch.setattr("interdep.sources.opening.publisher_of", lambda path: "oecd-icio")
    monkeypatch.setattr("interdep.sources.opening.read_table", lambda path, year: small_world())
    assert wiod2013.read(file).year == 2009
    for _ in range(2):
        code, out, _ = cli("get", "oecd-icio", "--from", file.name, "--out", "tables", "--quiet")
        assert code == 0
        assert f"It is in {Path('tables') / file.name}" in out
    assert Path("tables", file.name).read_bytes() == file.read_bytes()
    assert under(Path("tables")) == [file.name]
    assert cli("get", "oecd-icio", "--from", f"tables/{file.name}", "--out", "tables", "--quiet")[0] == 0
    refused_by(
        cli,
        "a table is of one year; name one of 2009, 2010",
        "get",
        "oecd-icio",
        "--from",
        file.name,
        "--year",
        "2009:2010",
    )
    Path("in_the_way").write_text("x")
    refused_by(cli, "choose another --out", "get", "oecd-icio", "--from", file.name, "--out", "in_the_way")


# What a command takes as --trade


def test_a_trade_may_be_named_as_package_folder_or_files(cli, tmp_path):
    assert open_trade("eu-gas", None, DEFAULT).name == "eu-gas"
    baci(Path("raw"))
    baci(Path("raw"), year=2020)
    quiet = replace(DEFAULT, quiet=True)
    raw = open_trade("raw", [2021], quiet)
    assert (raw.name, raw.periods) == ("baci-hs17-202401", (2021,))
    folder = raw.files[2021].parent
    assert folder.is_relative_to(tmp_path / "cache")
    for name in (str(folder), str(folder / "trade.json")):
        assert flows_of(open_trade(name, None, quiet)) == flows_of(raw)
    with pytest.raises(Exception, match=re.escape("there is no trade table 'eu-gass'")):
        open_trade("eu-gass", None, quiet)


def test_measure_of_raw_baci_says_who_supplies_what(cli):
    exports = "2021,276,842,854231,5,1\n2021,392,842,810520,1,1\n2021,392,842,271000,1,1\n"
    baci(Path("raw"), BACI_2021 + exports)
    code, out, _ = cli("measure", "EU27", "JPN", "--trade", "raw", "--quiet", "--json")
    assert code == 0
    rows = {(r["buyer"], r["product"]): r for r in json.loads(out)["products"]["rows"]}
    # Chips of Germany: China 60.5 and Taiwan 40, nothing from inside the EU.
    chips = rows["EU27", "854231"]
    assert chips["top_supplier"] == "CHN"
    assert chips["top_share"] == pytest.approx(60.5 / 100.5)
    assert chips["hhi"] == pytest.approx((60.5**2 + 40**2) / 100.5**2)
    assert rows["JPN", "810520"]["top_supplier"] == "NAM"
    assert os.listdir("raw") == [NAME]


def test_the_year_asked_for_comes_out_of_an_archive_of_tables(cli):
    from test_icio import printed, written

    with zipfile.ZipFile("2019-2020_SML.zip", "w") as file:
        for year in (2019, 2020):
            file.write(written(Path(), printed(economies=("JPN", "ROW")), f"{year}_SML.csv"), f"SML/{year}_SML.csv")
    code, out, _ = cli(
        "get", "oecd-icio", "--from", "2019-2020_SML.zip", "--year", "2020", "--out", "tables", "--quiet"
    )
    assert code == 0
    (path,) = Path("tables").rglob("*.csv")
    assert path.name == "2020_SML.csv"
    assert str(path) in out
    assert cli("measure", "JPN", "--world", str(path), "--quiet")[0] == 0
    refused_by(cli, "has 2 tables", "get", "oecd-icio", "--from", "2019-2020_SML.zip", "--out", "more")
