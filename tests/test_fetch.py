"""Fetching a file: whole or not at all, resumed where it ended, limited, checked, by one process at a time."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from interdep import InputError, MissingData
from interdep.sources import cache, fetch
from interdep.sources.cache import Record, cache_folder, intact, lock, read_record, record_path
from interdep.sources.fetch import Download, download

BODY = bytes(range(256)) * 4000  # 1,024,000 bytes
SHA = hashlib.sha256(BODY).hexdigest()


class Server(ThreadingHTTPServer):
    """A publisher on this machine; what it does with each request is set by the test."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[dict[str, str]] = []
        self.body, self.etag, self.modified = BODY, '"v1"', "Mon, 06 Jan 2025 10:00:00 GMT"
        self.ranges, self.minds = True, True  # it knows Range, and If-Range
        self.cut_after: list[int] = []  # bytes after which each connection is cut, one taken for each request
        self.status, self.location = 200, ""
        self.length: int | None = -1  # -1: the true one; None: not said
        self.kind = "application/zip"
        self.content_range = ""
        self.pause = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/a.zip"

    @property
    def ranges_asked(self) -> list[str]:
        return [headers.get("Range", "") for headers in self.asked]

    def handle_error(self, request, client_address) -> None:
        """A client that hangs up is part of the tests."""


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *about) -> None:
        pass

    def do_GET(self) -> None:
        owner = self.server
        owner.asked.append({"path": self.path, **self.headers})
        self.close_connection = True
        if owner.status != 200:
            status = owner.status
            # Before the answer goes out: the next request may come while this one is still being finished.
            if 300 <= status < 400 and owner.location.startswith("/"):
                owner.status = 200
            self.send_response(status)
            if owner.location:
                self.send_header("Location", owner.location)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        time.sleep(owner.pause)
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        same = not owner.minds or self.headers.get("If-Range") in (owner.etag, owner.modified)
        start = int(found[1]) if found and owner.ranges and same else 0
        if start > len(owner.body):
            self.send_response(416)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = owner.body[start:]
        self.send_response(206 if start else 200)
        if start:
            total = len(owner.body)
            self.send_header("Content-Range", owner.content_range or f"bytes {start}-{total - 1}/{total}")
        for name, value in (("ETag", owner.etag), ("Last-Modified", owner.modified), ("Content-Type", owner.kind)):
            if value:
                self.send_header(name, value)
        if owner.length is not None:
            self.send_header("Content-Length", str(len(body) if owner.length == -1 else owner.length))
        self.end_headers()
        self.wfile.write(body[: owner.cut_after.pop(0)] if owner.cut_after else body)


@contextlib.contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    with serving(made):
        yield made


@pytest.fixture(autouse=True)
def no_proxy_from_outside(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "request_method"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def got(server: Server, target: Path, **about) -> Download:
    return download(server.url, target, **{"limit": 10**8, "timeout": 5, "pause": 0, **about})


def refused(sentence: str, server: Server | str, target: Path, kind: type, **about) -> str:
    url = server if isinstance(server, str) else server.url
    with pytest.raises(kind, match=re.escape(sentence)) as caught:
        download(url, target, **{"limit": 10**8, "timeout": 5, "pause": 0, **about})
    assert type(caught.value) is kind
    assert "\n" not in str(caught.value)
    return str(caught.value)


def beside(target: Path) -> set[str]:
    """Every file of the folder, the hidden ones as well."""
    return {p.name for p in target.parent.iterdir()} if target.parent.exists() else set()


WHOLE = {"a.zip", "a.zip.provenance.json"}


# The whole file, and where it came from


def test_a_file_comes_whole_with_its_record_and_nothing_else(server, tmp_path):
    target, seen = tmp_path / "new" / "folder" / "a.zip", []
    done = got(server, target, sha256=SHA.upper(), progress=lambda *at: seen.append(at), licence="CC BY 4.0",
               citation="Publisher (2025)")  # fmt: skip
    assert target.read_bytes() == BODY
    assert beside(target) == WHOLE
    assert (done.path, done.reused, done.resumed_at) == (target, False, 0)
    assert seen[-1] == (len(BODY), len(BODY))
    assert [at for at, _ in seen] == sorted({at for at, _ in seen})
    written = json.loads((target.parent / "a.zip.provenance.json").read_text(encoding="utf-8"))
    retrieved = datetime.fromisoformat(written.pop("retrieved"))
    assert timedelta(0) <= datetime.now(UTC) - retrieved < timedelta(minutes=1)
    assert written == {
        "url": server.url, "bytes": len(BODY), "sha256": SHA, "etag": '"v1"', "last_modified": server.modified,
        "licence": "CC BY 4.0", "citation": "Publisher (2025)", "size_announced": True,
    }  # fmt: skip
    assert read_record(target) == done.record


def test_the_request_says_who_asks_and_wants_the_bytes_as_they_are(server, tmp_path):
    got(server, tmp_path / "a.zip")
    assert server.asked[0]["User-Agent"].startswith("interdep/")
    assert server.asked[0]["Accept-Encoding"] == "identity"


def test_a_file_whose_length_is_not_said_is_recorded_as_such(server, tmp_path):
    server.length, seen = None, []
    done = got(server, tmp_path / "a.zip", progress=lambda *at: seen.append(at))
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert seen[-1] == (len(BODY), None)
    assert not done.record.size_announced


def test_a_file_that_is_there_is_used_again(server, tmp_path):
    first = got(server, tmp_path / "a.zip")
    again = got(server, tmp_path / "a.zip", sha256=SHA, check_hash=True)
    assert again == Download(tmp_path / "a.zip", first.record, reused=True)
    assert len(server.asked) == 1


def test_a_file_that_is_there_is_fetched_again_when_it_is_another_or_damaged_or_on_request(server, tmp_path):
    target = tmp_path / "a.zip"
    got(server, target)
    target.write_bytes(BODY[:-1])
    assert not intact(target)
    assert not got(server, target).reused
    assert target.read_bytes() == BODY
    # Damage that leaves the size is seen by the hash alone.
    target.write_bytes(b"x" + BODY[1:])
    assert got(server, target).reused
    assert intact(target)
    assert not intact(target, full=True)
    assert not got(server, target, check_hash=True).reused
    assert intact(target, full=True)
    assert not got(server, target, refresh=True).reused
    server.body = BODY[::-1]
    assert not download(server.url + "?2", target, limit=10**8).reused
    assert target.read_bytes() == BODY[::-1]


def test_a_file_nobody_fetched_is_left_alone(server, tmp_path):
    (tmp_path / "a.zip").write_bytes(b"mine")
    refused("a.zip is there and interdep has not fetched it; move it away", server, tmp_path / "a.zip", InputError)
    refused("a.zip is there", server, tmp_path / "a.zip", InputError, refresh=True)
    assert (tmp_path / "a.zip").read_bytes() == b"mine"
    (tmp_path / "a.zip").write_bytes(BODY)
    assert got(server, tmp_path / "a.zip", sha256=SHA).reused
    assert not server.asked


# Resuming


def test_a_cut_connection_goes_on_where_it_ended(server, tmp_path):
    server.cut_after = [300_001, 400_000]
    done = got(server, tmp_path / "a.zip", sha256=SHA)
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert server.ranges_asked == ["", "bytes=300001-", "bytes=700001-"]
    assert [headers.get("If-Range") for headers in server.asked] == [None, '"v1"', '"v1"']
    assert done.resumed_at == 0
    assert beside(tmp_path / "a.zip") == WHOLE


def test_a_download_that_ended_early_says_how_far_it_came_and_the_next_one_asks_for_the_rest(server, tmp_path):
    server.cut_after = [300_000, 0, 0]
    said = refused(f"ended early: 300000 of {len(BODY)} bytes; what came is kept: run it again to go on", server,
                   tmp_path / "a.zip", MissingData, tries=3)  # fmt: skip
    assert "--from FILE" in said
    assert beside(tmp_path / "a.zip") == {".a.zip.part", ".a.zip.part.json"}
    assert len(server.asked) == 3
    done = got(server, tmp_path / "a.zip", sha256=SHA)
    assert server.ranges_asked[3:] == ["bytes=300000-"]
    assert done.resumed_at == 300_000
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert beside(tmp_path / "a.zip") == WHOLE


def test_an_interruption_keeps_what_came(server, tmp_path):
    def stop(done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        got(server, tmp_path / "a.zip", progress=stop)
    kept = (tmp_path / ".a.zip.part").stat().st_size
    assert 0 < kept < len(BODY)
    assert got(server, tmp_path / "a.zip", sha256=SHA).resumed_at == kept
    assert server.ranges_asked == ["", f"bytes={kept}-"]


def test_a_server_that_cannot_resume_sends_all_again(server, tmp_path):
    server.ranges, server.cut_after = False, [300_000]
    done = got(server, tmp_path / "a.zip", sha256=SHA)
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert server.ranges_asked == ["", "bytes=300000-"]
    assert done.resumed_at == 0


def test_a_server_that_cannot_resume_and_always_breaks_is_given_up(server, tmp_path):
    server.ranges, server.cut_after = False, [300_000] * 9
    refused("ended early", server, tmp_path / "a.zip", MissingData, tries=3)
    assert len(server.asked) == 3


def test_a_file_that_changed_meanwhile_is_fetched_from_its_first_byte(server, tmp_path):
    server.cut_after = [300_000]
    refused("ended early", server, tmp_path / "a.zip", MissingData, tries=1)
    server.body, server.etag, server.modified = BODY[::-1], '"v2"', "Tue, 07 Jan 2025 10:00:00 GMT"
    assert got(server, tmp_path / "a.zip").resumed_at == 0
    assert (tmp_path / "a.zip").read_bytes() == BODY[::-1]


def test_a_file_that_became_shorter_meanwhile_is_fetched_from_its_first_byte(server, tmp_path):
    server.cut_after = [300_000]
    refused("ended early", server, tmp_path / "a.zip", MissingData, tries=1)
    server.body = b"short"
    assert got(server, tmp_path / "a.zip").record.bytes == 5
    assert (tmp_path / "a.zip").read_bytes() == b"short"


@pytest.mark.parametrize(
    "wrong", ["bytes 0-9/10", "bytes 300001-1023999/1024000", "bytes 300000-999999/1000000", "lines 3"]
)
def test_a_rest_that_is_not_the_one_asked_for_is_never_joined(server, tmp_path, wrong):
    server.cut_after = [300_000]
    server.content_range = wrong
    got(server, tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert server.ranges_asked == ["", "bytes=300000-", ""]


def test_the_rest_of_another_file_is_never_joined_even_where_the_server_minds_no_condition(server, tmp_path):
    server.cut_after, server.minds = [300_000], False
    refused("ended early", server, tmp_path / "a.zip", MissingData, tries=1)
    server.body, server.etag = BODY[::-1], '"v2"'
    got(server, tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == BODY[::-1]
    assert server.ranges_asked == ["", "bytes=300000-", ""]


def test_only_tries_without_a_new_byte_count(server, tmp_path):
    server.cut_after = [100_000] * 9
    got(server, tmp_path / "a.zip", sha256=SHA, tries=2)
    assert len(server.asked) == 10


@pytest.mark.parametrize("etag", ["", 'W/"v1"'])
def test_without_anything_that_tells_the_file_from_another_nothing_is_resumed(server, tmp_path, etag):
    server.etag, server.modified, server.cut_after = etag, "", [300_000, 300_000]
    refused("this server cannot go on where it ended: run it again", server, tmp_path / "a.zip", MissingData, tries=2)
    assert beside(tmp_path / "a.zip") == set()
    got(server, tmp_path / "a.zip", sha256=SHA)
    assert server.ranges_asked == ["", "", ""]


def test_a_part_that_is_whole_already_only_takes_its_name(server, tmp_path, monkeypatch):
    def stop(*about):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(fetch, "_place", stop)
        with pytest.raises(KeyboardInterrupt):
            got(server, tmp_path / "a.zip")
    assert got(server, tmp_path / "a.zip", sha256=SHA).record.bytes == len(BODY)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "notes", ["", "{}", "[]", '{"url": 1', '{"url": "URL", "etag": "e", "last_modified": "", "total": "x"}']
)
def test_spoiled_notes_on_a_part_only_cost_a_fresh_start(server, tmp_path, notes):
    (tmp_path / ".a.zip.part").write_bytes(b"junk")
    (tmp_path / ".a.zip.part.json").write_text(notes.replace("URL", server.url))
    got(server, tmp_path / "a.zip", sha256=SHA)
    assert server.ranges_asked == [""]


# Limits and checks


def test_a_length_that_is_a_lie_is_an_early_end(server, tmp_path):
    server.length = len(BODY) + 10
    server.ranges = False
    refused(f"ended early: {len(BODY)} of {len(BODY) + 10} bytes", server, tmp_path / "a.zip", MissingData, tries=1)
    assert not (tmp_path / "a.zip").exists()


@pytest.mark.parametrize("length", [-1, None])
def test_a_file_over_the_limit_is_refused_said_or_not(server, tmp_path, length):
    server.length, seen = length, []
    refused(f"than the {len(BODY) - 1} bytes allowed; nothing was kept", server, tmp_path / "a.zip", InputError,
            limit=len(BODY) - 1, progress=lambda *at: seen.append(at))  # fmt: skip
    assert bool(seen) == (length is None)  # a length that is said is refused before a byte is taken
    assert beside(tmp_path / "a.zip") == set()
    assert got(server, tmp_path / "a.zip", limit=len(BODY)).record.bytes == len(BODY)


def test_a_wrong_hash_keeps_nothing_and_leaves_the_former_file(server, tmp_path):
    target = tmp_path / "a.zip"
    former = got(server, target).record
    server.body, server.etag = BODY[::-1], '"v2"'
    refused(f"has the SHA-256 {hashlib.sha256(BODY[::-1]).hexdigest()}, not {'0' * 64}; nothing was kept", server, target,
            InputError, sha256="0" * 64)  # fmt: skip
    assert target.read_bytes() == BODY
    assert read_record(target) == former
    assert beside(target) == WHOLE


def test_what_is_no_hash_is_refused_before_anything_is_asked(server, tmp_path):
    refused("a SHA-256 has 64 hex digits, not 'abc'", server, tmp_path / "a.zip", InputError, sha256="abc")
    assert not server.asked


def test_a_page_to_log_in_is_not_taken_for_the_file(server, tmp_path):
    server.kind, server.body = "text/html; charset=utf-8", b"\n <!doctype html><title>Log in</title>"
    refused("answered with a web page, not with the file", server, tmp_path / "a.zip", MissingData)
    assert beside(tmp_path / "a.zip") == set()
    server.body = b"t,i,j\n1,2,3\n"  # a table that the server only calls a page
    assert got(server, tmp_path / "a.zip").record.bytes == 12


def test_an_empty_file_is_no_data(server, tmp_path):
    server.body = b""
    refused("is an empty file", server, tmp_path / "a.zip", MissingData)
    assert beside(tmp_path / "a.zip") == set()


def test_too_little_room_is_said_before_it_is_filled(server, tmp_path, monkeypatch):
    monkeypatch.setattr(fetch.shutil, "disk_usage", lambda folder: type("Usage", (), {"free": 1000}))
    refused(f"needs {len(BODY)} bytes in {tmp_path} and 1000 are free", server, tmp_path / "a.zip", InputError)


def test_a_full_disk_is_not_taken_for_a_broken_connection(server, tmp_path, monkeypatch):
    def full(folder, do, *about):
        if getattr(do, "__name__", "") == "write":
            raise cache.unwritable(folder, OSError(28, "No space left on device"))
        return do(*about)

    monkeypatch.setattr(fetch, "_on_disk", full)
    refused(f"cannot write in {tmp_path}: No space left on device", server, tmp_path / "a.zip", InputError)
    assert len(server.asked) == 1


# Addresses, servers and networks that do not give the file


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://host/a", "data:,x", "/etc/passwd", "a.zip", "http://", "",
                                 "https://host:port/a", "http://[::1/a"])  # fmt: skip
def test_only_web_addresses_are_downloaded_from(tmp_path, url):
    refused(f"{url!r} is no address to download from; it has to begin with https://", url, tmp_path / "a", InputError)
    assert beside(tmp_path / "a") == set()


def test_an_address_with_a_password_or_a_blank_is_refused(tmp_path):
    said = refused("leave the name and the password out", "https://me:secret@host/a", tmp_path / "a", InputError)
    assert "secret" not in said
    refused("must be written as %XX", "https://host/a b", tmp_path / "a", InputError)
    refused("must be written as %XX", "https://host/é", tmp_path / "a", InputError)


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://127.0.0.1/a", "data:,x"])
def test_a_redirect_to_what_is_no_web_address_is_not_followed(server, tmp_path, place):
    server.status, server.location = 302, place
    refused(f"sends on to {place!r}, which is not followed", server, tmp_path / "a.zip", InputError)
    assert beside(tmp_path / "a.zip") == set()


def test_a_redirect_from_https_to_http_is_not_followed():
    class Closed:
        closed = False

        def close(self) -> None:
            self.closed = True

    answer, request = Closed(), urllib.request.Request("https://host.example/a")
    with pytest.raises(InputError, match=r"https://host.example/a sends on to 'http://host.example/b'"):
        fetch._Redirects().http_error_302(request, answer, 302, "Found", {"location": "http://host.example/b"})
    assert answer.closed


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_place_of_the_web_is_followed(server, tmp_path, status):
    server.status, server.location = status, "/elsewhere.zip"
    assert got(server, tmp_path / "a.zip", sha256=SHA).record.url == server.url
    assert [headers["path"] for headers in server.asked] == ["/a.zip", "/elsewhere.zip"]


@pytest.mark.parametrize(
    ("status", "sentence", "asked"),
    [
        (401, "the server does not give {url} to programs (401 Unauthorized); download it in a browser", 1),
        (403, "the server does not give {url} to programs (403 Forbidden); download it in a browser", 1),
        (
            404,
            "there is no file at {url} (404 Not Found); the publisher may have moved it: download it in a browser",
            1,
        ),
        (410, "there is no file at {url} (410 Gone)", 1),
        (407, "the proxy refused {url} (407 Proxy Authentication Required); check HTTPS_PROXY and NO_PROXY", 1),
        (400, "the server did not give {url} (400 Bad Request); download it in a browser", 1),
        (429, "the server did not give {url} (429 Too Many Requests); try later or download it in a browser", 3),
        (503, "the server did not give {url} (503 Service Unavailable); try later or download it in a browser", 3),
        (204, "the server did not give {url}: it answered 204 without the bytes asked for; download it", 3),
    ],
)
def test_what_a_server_refuses_is_said_with_the_way_out(server, tmp_path, status, sentence, asked):
    server.status = status
    said = refused(sentence.format(url=server.url), server, tmp_path / "a.zip", MissingData, tries=3)
    assert said.endswith("and give it with --from FILE")
    assert len(server.asked) == asked
    assert beside(tmp_path / "a.zip") == set()


def test_a_host_without_a_name_server_is_said(tmp_path, monkeypatch):
    def nobody(*about, **more):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    refused("cannot reach data.example: Name or service not known; is this computer online? Otherwise download it in a browser",
            "https://data.example/a.zip", tmp_path / "a.zip", MissingData)  # fmt: skip


def test_a_closed_port_is_said_after_the_tries(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    refused("cannot reach 127.0.0.1: Connection refused", f"http://127.0.0.1:{port}/a", tmp_path / "a", MissingData)
    assert beside(tmp_path / "a") == set()


def test_a_server_that_falls_silent_is_given_up(server, tmp_path):
    server.pause = 0.4
    refused("cannot reach 127.0.0.1: timed out", server, tmp_path / "a.zip", MissingData, timeout=0.05, tries=2)
    assert len(server.asked) == 2


def test_the_proxy_of_the_environment_is_used_and_left_out_where_it_says(server, tmp_path, monkeypatch):
    # The stub answers every address itself, as a proxy that has the file.
    monkeypatch.setenv("http_proxy", server.url.removesuffix("/a.zip"))
    download("http://data.example/b.zip", tmp_path / "b.zip", limit=10**8, sha256=SHA)
    assert server.asked[0]["path"] == "http://data.example/b.zip"
    other = Server()
    with serving(other):
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        got(other, tmp_path / "a.zip")
    assert [headers["path"] for headers in other.asked] == ["/a.zip"]
    assert len(server.asked) == 1


def test_a_proxy_that_refuses_is_named(tmp_path, monkeypatch):
    class Refusing(BaseHTTPRequestHandler):
        def log_message(self, *about) -> None:
            pass

        def do_CONNECT(self) -> None:
            self.send_error(403, "Blocked by policy")

    stub = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    with serving(stub):
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{stub.server_address[1]}")
        refused("the proxy refused data.example (403 Blocked by policy); check HTTPS_PROXY and NO_PROXY, or download it",
                "https://data.example/a.zip", tmp_path / "a.zip", MissingData)  # fmt: skip


# One at a time, and where


FETCH = """
import sys
from pathlib import Path
from interdep.sources.fetch import download
done = download(sys.argv[1], Path(sys.argv[2]), limit=10**8, waiting=lambda: print("waiting"))
print("reused" if done.reused else "fetched", done.record.sha256)
"""


def test_two_processes_that_fetch_the_same_file_fetch_it_once(server, tmp_path):
    server.pause = 1.0
    asked = [sys.executable, "-W", "error", "-c", FETCH, server.url, str(tmp_path / "a.zip")]
    running = [subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [process.communicate(timeout=30) for process in running]
    assert [err for _, err in outputs] == ["", ""]
    assert sorted(out for out, _ in outputs) == [f"fetched {SHA}\n", f"waiting\nreused {SHA}\n"]
    assert len(server.asked) == 1
    assert beside(tmp_path / "a.zip") == WHOLE


HOLD = """
import sys, time
from pathlib import Path
from interdep.sources.cache import lock
with lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_lock_whose_holder_was_killed_blocks_nobody(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "a.zip")], stdout=subprocess.PIPE, text=True
    ) as held:
        assert held.stdout is not None
        assert held.stdout.readline() == "held\n"
        told: list[bool] = []

        def kill() -> None:
            told.append(True)
            held.kill()

        with lock(tmp_path / "a.zip", waiting=kill):
            assert told == [True]
            assert beside(tmp_path / "a.zip") == {".a.zip.lock"}
    assert beside(tmp_path / "a.zip") == set()


def test_a_lock_on_a_file_that_its_former_holder_has_just_removed_is_taken_anew(tmp_path, monkeypatch):
    place, tried = tmp_path / ".a.zip.lock", []
    really = cache._try

    def removed_meanwhile(handle: int) -> bool:
        if not tried:
            place.unlink()
        tried.append(handle)
        return really(handle)

    monkeypatch.setattr(cache, "_try", removed_meanwhile)
    with lock(tmp_path / "a.zip"):
        assert place.exists()
    assert len(tried) == 2


def test_many_threads_hold_the_lock_one_after_another(tmp_path):
    inside, most = [0], [0]

    def work() -> None:
        for _ in range(3):
            with lock(tmp_path / "a.zip"):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                time.sleep(0.002)
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (inside, most) == ([0], [1])


def test_a_cache_that_cannot_be_written_is_named_with_the_way_out(server, tmp_path):
    (tmp_path / "file").write_text("")
    refused(f"cannot write in {tmp_path / 'file'}: ", server, tmp_path / "file" / "a.zip", InputError)
    said = refused("cannot write in", server, tmp_path / "file" / "deep" / "a.zip", InputError)
    assert said.endswith("set INTERDEP_CACHE to a folder you can write in, or give --out")
    assert not server.asked


def test_a_cache_for_reading_only_still_gives_what_is_in_it(server, tmp_path, monkeypatch):
    got(server, tmp_path / "a.zip")

    def forbidden(*about):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(cache.os, "open", forbidden)
    assert got(server, tmp_path / "a.zip").reused
    refused(
        f"cannot write in {tmp_path}: Permission denied; set INTERDEP_CACHE", server, tmp_path / "b.zip", InputError
    )


def test_the_record_is_put_back_when_the_file_cannot_take_its_place(server, tmp_path, monkeypatch):
    former = got(server, tmp_path / "a.zip").record
    server.body, server.etag = BODY[::-1], '"v2"'
    replaced = fetch.os.replace

    def busy(source, place):
        if Path(place).name == "a.zip":
            raise PermissionError(13, "The file is used by another process")
        replaced(source, place)

    monkeypatch.setattr(fetch.os, "replace", busy)
    refused("The file is used by another process", server, tmp_path / "a.zip", InputError, refresh=True)
    assert read_record(tmp_path / "a.zip") == former
    assert intact(tmp_path / "a.zip", full=True)


@pytest.mark.parametrize("spoiled", ["", "[]", "{}", '{"url": "u", "retrieved": "", "bytes": "9", "sha256": "x"}'])
def test_a_record_that_cannot_be_read_is_no_record(tmp_path, spoiled):
    (tmp_path / "a.zip").write_bytes(b"x")
    record_path(tmp_path / "a.zip").write_text(spoiled)
    assert read_record(tmp_path / "a.zip") is None
    assert not intact(tmp_path / "a.zip")


def test_a_record_of_a_later_version_with_more_in_it_is_read(tmp_path):
    record_path(tmp_path / "a").write_text('{"url": "u", "retrieved": "r", "bytes": 1, "sha256": "s", "more": 1}')
    assert read_record(tmp_path / "a") == Record("u", "r", 1, "s")


@pytest.mark.parametrize(
    ("platform", "set_to", "place"),
    [
        ("linux", {}, "/h/.cache/interdep"),
        ("linux", {"XDG_CACHE_HOME": "/x"}, "/x/interdep"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "/h/.cache/interdep"),
        ("darwin", {"XDG_CACHE_HOME": "/x"}, "/h/Library/Caches/interdep"),
        ("win32", {"LOCALAPPDATA": "/l"}, "/l/interdep/cache"),
        ("win32", {}, "/h/AppData/Local/interdep/cache"),
        ("linux", {"INTERDEP_CACHE": "/mine", "XDG_CACHE_HOME": "/x"}, "/mine"),
        ("linux", {"INTERDEP_CACHE": "~/mine"}, "/h/mine"),
        ("linux", {"INTERDEP_CACHE": ""}, "/h/.cache/interdep"),
    ],
)
def test_the_cache_is_where_the_platform_or_the_person_wants_it(monkeypatch, platform, set_to, place):
    for name in ("INTERDEP_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/h", **set_to}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(cache.sys, "platform", platform)
    assert cache_folder() == Path(place)
    assert not cache_folder().exists()
