"""Fetching one file from the web whole or not at all: resumed, limited, checked, with a record of where it came from."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from interdep.errors import InputError, InterdepError, MissingData
from interdep.provenance import VERSION
from interdep.sources.cache import Record, intact, lock, read_record, record_path, sha256_of, unwritable, write_record
from interdep.sources.part import Part

BY_HAND = "download it in a browser and give it with --from FILE"
"""The way out wherever the network does not help."""

_BLOCK = 1 << 18
_TRIED_AGAIN = {408, 425, 429, 500, 502, 503, 504}


@dataclass(frozen=True)
class Download:
    """What came: the file, its record, whether it was there already, and from which byte a former try was continued."""

    path: Path
    record: Record
    reused: bool = False
    resumed_at: int = 0


def download(
    url: str,
    target: Path,
    *,
    sha256: str | None = None,
    limit: int,
    progress: Callable[[int, int | None], None] | None = None,
    timeout: float = 30.0,
    waiting: Callable[[], None] | None = None,
    licence: str = "",
    citation: str = "",
    refresh: bool = False,
    check_hash: bool = False,
    tries: int = 4,
    pause: float = 1.0,
) -> Download:
    """Fetch a file to `target`, with its record beside it; a file fetched before from the same address is used again.

    sha256: 64 hex digits the file must have, None where the publisher gives none; limit: most bytes taken; progress: called
    with bytes so far and in all (None where the server does not say); timeout: seconds without a byte; waiting: called once
    where another process fetches the same file, which is then used; refresh: fetch although it is there; check_hash: hash
    every byte of a file used again, not only its size; tries: connections without a new byte before giving up; pause:
    seconds between them. Proxies are those of HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
    Raises MissingData where the network, a proxy or the server do not give the file; InputError for an address that is no
    http(s), a file over the limit or with another hash, and a folder that cannot be written. `target` is then as it was.
    An interrupted download stays beside it as a hidden .part file, and the next call asks only for what is missing.
    """
    _check_address(url)
    target = Path(target)
    wanted = sha256.strip().lower() if sha256 else None
    if wanted and not re.fullmatch("[0-9a-f]{64}", wanted):
        raise InputError(f"a SHA-256 has 64 hex digits, not {sha256!r}")
    # Looked up without the lock first: a cache that others have filled may be for reading only.
    if not refresh and (found := _kept(url, target, wanted, check_hash)):
        return Download(target, found, reused=True)
    with lock(target, waiting):
        found = _kept(url, target, wanted, check_hash)
        if found and not refresh:
            return Download(target, found, reused=True)
        part = Part(target, url)
        try:
            part.resume()
            resumed_at = part.size
            _fill(part, limit, progress, timeout, tries, pause)
            if not part.size:
                part.drop()
                raise MissingData(f"{url} is an empty file; {BY_HAND}")
            digest = part.hash.hexdigest()
            if wanted and digest != wanted:
                part.drop()
                raise InputError(
                    f"{url} has the SHA-256 {digest}, not {wanted}; nothing was kept:"
                    " the publisher has changed the file or it was damaged on the way"
                )
            record = Record(
                url=url,
                retrieved=datetime.now(UTC).isoformat(timespec="seconds"),
                bytes=part.size,
                sha256=digest,
                etag=part.etag,
                last_modified=part.last_modified,
                licence=licence,
                citation=citation,
                size_announced=part.total is not None,
            )
            continued = resumed_at if part.continued else 0
            _place(part, target, record)
        except OSError as error:
            raise unwritable(target.parent, error) from error
        return Download(target, record, resumed_at=continued)


def _place(part: Part, target: Path, record: Record) -> None:
    """Rename the part to its name. The record goes first: one of another size than the file is never believed."""
    former = read_record(target)
    write_record(target, record)
    try:
        os.replace(part.file, target)
    except OSError:
        if former:
            write_record(target, former)
        else:
            record_path(target).unlink(missing_ok=True)
        raise
    part.drop()


def _check_address(url: str) -> None:
    """Only http and https: a data publisher's address must never open a file of this machine."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        sound, parts = False, urlsplit("")
    if not sound:
        raise InputError(f"{url!r} is no address to download from; it has to begin with https:// or http://")
    if "@" in parts.netloc:
        raise InputError(f"leave the name and the password out of the address of {parts.hostname}; {BY_HAND}")
    if not url.isascii() or re.search(r"[\s\x00-\x1f\x7f]", url):
        raise InputError(f"{url!r} has characters that must be written as %XX in an address")


def _kept(url: str, target: Path, wanted: str | None, check_hash: bool) -> Record | None:
    """The record of the file that is there, where it is the one asked for. Raises where it is not ours to replace."""
    try:
        if not target.exists():
            return None
    except OSError as error:
        raise unwritable(target.parent, error) from error
    record = read_record(target)
    if record is None:
        if target.is_file() and wanted and sha256_of(target) == wanted:
            return Record(url=url, retrieved="", bytes=target.stat().st_size, sha256=wanted)
        raise InputError(f"{target} is there and interdep has not fetched it; move it away or give another --out")
    same = record.url == url and wanted in (None, record.sha256)
    return record if same and intact(target, full=check_hash) else None


# The network


class _Broken(Exception):
    """The connection ended, or the answer was none; to be tried again."""


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects from web address to web address, never to a file, nor from https back to http."""

    def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        place = urljoin(req.full_url, headers.get("location") or headers.get("uri") or "")
        scheme = urlsplit(place).scheme
        if scheme not in ("http", "https") or (req.type == "https" and scheme == "http"):
            fp.close()
            raise InputError(f"{req.full_url} sends on to {place!r}, which is not followed; {BY_HAND}")
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _opener() -> urllib.request.OpenerDirector:
    """Built by hand: the ready-made one would also open file:, ftp: and data: addresses."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _Redirects(),
    ):
        opener.add_handler(handler)
    opener.addheaders = [("User-Agent", f"interdep/{VERSION}")]
    return opener


def _fill(
    part: Part,
    limit: int,
    progress: Callable[[int, int | None], None] | None,
    timeout: float,
    tries: int,
    pause: float,
) -> None:
    """Bring the part to its end, over as many connections as it takes while new bytes come."""
    opener, failures, best = _opener(), 0, part.size
    _check_room(part, limit)
    while not part.complete:
        try:
            _attempt(part, opener, limit, progress, timeout)
            return
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 416:  # the rest asked for is not there: another file by now
                part.drop()
            elif error.code not in _TRIED_AGAIN:
                raise _refusal(part.url, error) from error
            reason: Exception = error
        except (_Broken, OSError, http.client.HTTPException) as error:
            reason = error
            if isinstance(cause := getattr(error, "reason", error), (socket.gaierror, ssl.SSLCertVerificationError)):
                raise _unreachable(part.url, cause) from error
            if "Tunnel connection failed" in str(error):
                raise _unreachable(part.url, error) from error
        # Only bytes never reached before count as progress: a server that cannot resume would keep this going for ever.
        failures, best = (1, part.size) if part.size > best else (failures + 1, best)
        if failures >= tries:
            raise _given_up(part, reason) from reason
        time.sleep(pause)


def _attempt(
    part: Part,
    opener: urllib.request.OpenerDirector,
    limit: int,
    progress: Callable[[int, int | None], None] | None,
    timeout: float,
) -> None:
    """One connection: ask for the file or for what is missing of it, and write what comes."""
    request = urllib.request.Request(part.url, headers={"Accept-Encoding": "identity"})
    if part.size and part.validator:
        request.add_header("Range", f"bytes={part.size}-")
        request.add_header("If-Range", part.validator)
    with opener.open(request, timeout=timeout) as answer:
        if answer.status == 206 and part.fits(answer.headers):
            part.continued = True
        elif answer.status == 200:
            # A page that asks to log in or to click comes with the status of a success.
            if answer.headers.get("Content-Type", "").startswith("text/html") and answer.peek(64).lstrip()[:1] == b"<":
                raise MissingData(f"{part.url} answered with a web page, not with the file; {BY_HAND}")
            part.continued = False
            _on_disk(part.file.parent, part.begin, answer.headers)
        else:
            _on_disk(part.file.parent, part.drop)
            raise _Broken(f"it answered {answer.status} without the bytes asked for")
        _check_room(part, limit)
        _receive(part, answer, limit, progress)
    if part.total is not None and part.size < part.total:
        raise _Broken("the connection was closed")


def _receive(part: Part, answer: Any, limit: int, progress: Callable[[int, int | None], None] | None) -> None:
    stream = _on_disk(part.file.parent, part.file.open, "ab")
    with stream:
        while part.total is None or part.size < part.total:
            # read1, not read: bytes that came before a break are kept, however few.
            block = answer.read1(_BLOCK)
            if not block:
                break
            if part.size + len(block) > limit:
                part.drop()
                raise _too_large(part, "more", limit)
            _on_disk(part.file.parent, stream.write, block)
            part.hash.update(block)
            part.size += len(block)
            if progress:
                progress(part.size, part.total)
        _on_disk(part.file.parent, stream.flush)
        _on_disk(part.file.parent, os.fsync, stream.fileno())


def _on_disk(folder: Path, do: Callable[..., Any], *about: Any) -> Any:
    """Do something with a file, so that a full disk is not taken for a broken connection."""
    try:
        return do(*about)
    except OSError as error:
        raise unwritable(folder, error) from error


def _check_room(part: Part, limit: int) -> None:
    if part.total is None:
        return
    if part.total > limit:
        size = part.total
        part.drop()
        raise _too_large(part, f"{size}", limit)
    free = shutil.disk_usage(part.file.parent).free
    if free < part.total - part.size:
        raise InputError(
            f"{part.url} needs {part.total - part.size} bytes in {part.file.parent} and {free} are free;"
            " free some space, set INTERDEP_CACHE or give --out"
        )


# Sentences


def _too_large(part: Part, size: str, limit: int) -> InputError:
    said = f"{size} bytes, more" if size.isdigit() else size
    return InputError(f"{part.url} has {said} than the {limit} bytes allowed; nothing was kept; {BY_HAND}")


def _refusal(url: str, error: urllib.error.HTTPError) -> InterdepError:
    said = f"{error.code} {error.reason}".strip()
    if error.code == 407:
        return MissingData(f"the proxy refused {url} ({said}); check HTTPS_PROXY and NO_PROXY, or {BY_HAND}")
    if error.code in (404, 410):
        return MissingData(f"there is no file at {url} ({said}); the publisher may have moved it: {BY_HAND}")
    if error.code in (401, 403):
        return MissingData(f"the server does not give {url} to programs ({said}); {BY_HAND}")
    return MissingData(f"the server did not give {url} ({said}); {BY_HAND}")


def _unreachable(url: str, cause: object) -> MissingData:
    host = urlsplit(url).hostname
    if "Tunnel connection failed" in str(cause):
        said = str(cause).split("Tunnel connection failed: ")[-1].rstrip(">")
        return MissingData(f"the proxy refused {host} ({said}); check HTTPS_PROXY and NO_PROXY, or {BY_HAND}")
    if isinstance(cause, ssl.SSLCertVerificationError):
        return MissingData(f"the certificate of {host} could not be checked ({cause.verify_message}); {BY_HAND}")
    reason = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
    return MissingData(f"cannot reach {host}: {reason}; is this computer online? Otherwise {BY_HAND}")


def _given_up(part: Part, reason: Exception) -> MissingData:
    if isinstance(reason, urllib.error.HTTPError):
        return MissingData(
            f"the server did not give {part.url} ({reason.code} {reason.reason}); try later or {BY_HAND}"
        )
    if not part.size and isinstance(reason, _Broken):
        return MissingData(f"the server did not give {part.url}: {reason}; {BY_HAND}")
    if not part.size:
        return _unreachable(part.url, getattr(reason, "reason", reason))
    came = f"{part.size} of {part.total} bytes" if part.total is not None else f"{part.size} bytes"
    if part.validator:
        kept = "what came is kept: run it again to go on"
    else:
        part.drop()
        kept = "this server cannot go on where it ended: run it again"
    return MissingData(f"the download of {part.url} ended early: {came}; {kept}, or {BY_HAND}")
