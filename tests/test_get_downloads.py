"""`interdep get` from the network: kept with its record, whole or not at all, and the manual way where there is none."""

from __future__ import annotations

import contextlib
import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from interdep.sources import catalogue
from made_trades import Command, baci, command, refused_by, release, under


@pytest.fixture
def cli(capsys, tmp_path, monkeypatch) -> Command:
    return command(capsys, tmp_path, monkeypatch)


class Publisher(ThreadingHTTPServer):
    """Gives one file; `cut`: bytes after which each connection ends early."""

    daemon_threads = True

    def __init__(self, body: bytes, cut: int | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.body, self.cut, self.asked = body, cut, 0

    def handle_error(self, request, client_address) -> None:
        """A client that hangs up is part of the tests."""


class Handler(BaseHTTPRequestHandler):
    server: Publisher

    def log_message(self, *about) -> None:
        pass

    def do_GET(self) -> None:
        self.server.asked += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body[: self.server.cut])


@contextlib.contextmanager
def publishing(monkeypatch, body: bytes, cut: int | None = None) -> Iterator[Publisher]:
    """A publisher of BACI on this machine, in the catalogue in place of the true one."""
    server = Publisher(body, cut)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_address[1]}/BACI_{{revision}}_V{{version}}.zip"
    local = {**catalogue._catalogue(), "baci": replace(catalogue.listing("baci"), url=address)}
    monkeypatch.setattr(catalogue, "_catalogue", lambda: local)
    monkeypatch.setattr("interdep.sources.fetch.time.sleep", lambda seconds: None)
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def body(tmp_path) -> bytes:
    return release(tmp_path / "made.zip", 2020, 2021).read_bytes()


def test_a_download_is_kept_with_its_record_and_not_fetched_twice(cli, tmp_path, monkeypatch, body):
    with publishing(monkeypatch, body) as server:
        code, out, said = cli("get", "baci", "--revision", "HS17", "--year", "2021")
        assert code == 0
        assert "2021, every economy" in out
        assert "Getting BACI_HS17_V202601.zip" in said
        assert cli("get", "baci", "--revision", "HS17", "--year", "2020", "--quiet")[0] == 0
        assert server.asked == 1
        assert cli("get", "baci", "--revision", "HS17", "--refresh", "--quiet")[0] == 0
        assert server.asked == 2
    record = json.loads((tmp_path / "cache" / "downloads" / "BACI_HS17_V202601.zip.provenance.json").read_text())
    assert record["sha256"] == hashlib.sha256(body).hexdigest()
    assert record["bytes"] == len(body)
    assert record["url"].endswith("/BACI_HS17_V202601.zip")
    assert "Etalab" in record["licence"]
    assert "Gaulier" in record["citation"]


def test_a_download_that_ends_early_or_has_another_hash_leaves_no_file(cli, tmp_path, monkeypatch, body):
    with publishing(monkeypatch, body, cut=len(body) // 2):
        code, out, said = cli("get", "baci", "--revision", "HS17", "--quiet")
        assert (code, out) == (3, "")
        assert "--from FILE" in said
        assert "Open https://www.cepii.fr" in said
        assert said.count("\n") == 1
        assert "BACI_HS17_V202601.zip" not in {Path(f).name for f in under(tmp_path / "cache")}
    with publishing(monkeypatch, body):
        refused_hash = cli("get", "baci", "--revision", "HS17", "--sha256", "0" * 64, "--quiet")
        assert refused_hash[:2] == (1, "")
        assert (
            f"has the SHA-256 {hashlib.sha256(body).hexdigest()}, not {'0' * 64}; nothing was kept" in refused_hash[2]
        )
        assert "BACI_HS17_V202601.zip" not in {Path(f).name for f in under(tmp_path / "cache")}


def test_without_a_network_the_manual_steps_are_printed(cli, monkeypatch, body):
    with publishing(monkeypatch, body) as server:
        port = server.server_address[1]
    # The publisher has gone: nobody listens there any more.
    gone = replace(catalogue.listing("baci"), url=f"http://127.0.0.1:{port}/a.zip")
    monkeypatch.setattr(catalogue, "_catalogue", lambda: {"baci": gone})
    monkeypatch.setattr("interdep.sources.fetch.time.sleep", lambda seconds: None)
    code, out, said = cli("get", "baci", "--revision", "HS17", "--quiet")
    assert (code, out) == (3, "")
    assert "cannot reach 127.0.0.1" in said
    assert "Open https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37" in said
    assert said.rstrip().endswith("Then give it with --from FILE.")


def test_what_is_not_offered_is_said_before_a_byte_comes(cli, monkeypatch, body):
    with publishing(monkeypatch, body) as server:
        refused_by(cli, "baci needs --revision, one of HS92", "get", "baci")
        refused_by(cli, "unknown revision 'HS18' in baci", "get", "baci", "--revision", "HS18")
        refused_by(
            cli,
            "baci HS17 has the years 2017-2024, not 2030",
            "get",
            "baci",
            "--revision",
            "HS17",
            "--year",
            "2024,2030",
        )
        assert server.asked == 0
    refused_by(
        cli,
        "figaro has a file for each year; get them one by one, --year 2019 first",
        "get",
        "figaro",
        "--year",
        "2019:2020",
    )


def test_a_cache_that_cannot_be_written_is_said(cli, tmp_path, monkeypatch, body):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("INTERDEP_CACHE", str(tmp_path / "file"))
    baci(Path("raw"))
    refused_by(cli, "set INTERDEP_CACHE to a folder you can write in, or give --out", "get", "baci", "--from", "raw")
    with publishing(monkeypatch, body):
        refused_by(cli, "set INTERDEP_CACHE to a folder you can write in", "get", "baci", "--revision", "HS17")
    assert cli("get", "baci", "--from", "raw", "--out", "flows", "--quiet")[0] == 0


def test_two_processes_that_write_one_folder_both_find_it_whole(tmp_path):
    raw = baci(tmp_path / "raw")
    command = [
        sys.executable,
        "-m",
        "interdep",
        "get",
        "baci",
        "--from",
        str(raw),
        "--out",
        str(tmp_path / "out"),
        "--quiet",
    ]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for process in started:
        out, said = process.communicate(timeout=60)
        assert (process.returncode, said) == (0, "")
        assert "Trade baci-hs17-202401" in out
    assert under(tmp_path / "out") == ["flows-2021.parquet", "trade.json"]
