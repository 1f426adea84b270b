"""Paper: a file is there whole or not at all, equal inputs have equal keys, and a step is made once."""

from __future__ import annotations

import errno
import json
import math
import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interdep import InputError, store
from interdep.provenance import METHOD, VERSION, Provenance, Source
from interdep.store import MANIFEST, Job, key, read_manifest, write_bytes, write_json, write_text


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


@pytest.fixture
def full_disk(monkeypatch):
    """Half of what is written reaches the disk, then it is full."""

    def write_half(stream, content):
        stream.write(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(store, "_write_all", write_half)


# Files


def test_what_is_written_is_what_was_given(tmp_path):
    path = tmp_path / "neuer Ordner" / "表 ä.csv"
    write_bytes(path, b"\x00\xff\r\n")
    assert path.read_bytes() == b"\x00\xff\r\n"
    write_bytes(path, b"second")
    assert path.read_bytes() == b"second"
    assert names(path.parent) == ["表 ä.csv"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_text_is_utf_8_with_line_feeds(tmp_path):
    write_text(tmp_path / "t", "ä\n日本\n")
    assert (tmp_path / "t").read_bytes() == "ä\n日本\n".encode()


def test_a_full_disk_leaves_neither_file_nor_temporary(tmp_path, full_disk):
    with pytest.raises(InputError) as caught:
        write_bytes(tmp_path / "loss.csv", b"x" * 100)
    assert str(caught.value) == (
        f"cannot write {tmp_path / 'loss.csv'}: No space left on device;"
        " nothing was left half-written, free the space or choose another --out"
    )
    assert caught.value.exit_code == 1
    assert names(tmp_path) == []


def test_a_full_disk_leaves_the_former_file_as_it_was(tmp_path, request):
    write_text(tmp_path / "loss.csv", "former")
    request.getfixturevalue("full_disk")
    with pytest.raises(InputError, match="No space left on device"):
        write_text(tmp_path / "loss.csv", "new")
    assert (tmp_path / "loss.csv").read_text() == "former"
    assert names(tmp_path) == ["loss.csv"]


def test_an_interrupt_while_writing_leaves_nothing(tmp_path, monkeypatch):
    def interrupt(stream, content):
        stream.write(content[:1])
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "_write_all", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_bytes(tmp_path / "loss.csv", b"abc")
    assert names(tmp_path) == []


def test_a_read_only_folder_is_said(tmp_path, monkeypatch):
    def refuse(**about):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(about["dir"]))

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    with pytest.raises(InputError, match=r"cannot write .*loss\.csv: Read-only file system; .* choose another --out"):
        write_bytes(tmp_path / "loss.csv", b"")
    with pytest.raises(InputError, match=r"cannot write .*measure: Read-only file system; choose another --out"):
        Job(tmp_path).step("measure", {}, lambda folder: None)
    assert names(tmp_path) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_without_permission_is_said(tmp_path):
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(InputError, match="Permission denied"):
            write_bytes(tmp_path / "loss.csv", b"")
    finally:
        tmp_path.chmod(0o755)
    assert names(tmp_path) == []


def test_a_file_in_the_way_of_a_folder_is_said_and_kept(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(InputError, match=re.escape(f"cannot write {tmp_path / 'out' / 'loss.csv'}: ")):
        write_bytes(tmp_path / "out" / "loss.csv", b"")
    assert (tmp_path / "out").read_text() == "a file"


def test_a_folder_in_the_way_of_a_file_is_said_and_kept(tmp_path):
    (tmp_path / "loss.csv").mkdir()
    with pytest.raises(InputError, match=r"cannot write .*loss\.csv: "):
        write_bytes(tmp_path / "loss.csv", b"x")
    assert names(tmp_path) == ["loss.csv"]


def test_json_is_readable_in_the_order_given_and_ends_in_a_line(tmp_path):
    write_json(tmp_path / "m.json", {"b": np.array([1.5, 2.0]), "a": date(2022, 5, 12), "c": Path("x/ä")})
    assert (tmp_path / "m.json").read_text(encoding="utf-8") == (
        '{\n  "b": [\n    1.5,\n    2.0\n  ],\n  "a": "2022-05-12",\n  "c": "x/ä"\n}\n'
    )


def test_what_cannot_be_stored_is_a_mistake_of_this_package(tmp_path):
    with pytest.raises(TypeError, match="cannot hash or store a object"):
        write_json(tmp_path / "m.json", {"a": object()})
    assert names(tmp_path) == []


# Keys

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def turned(value):
    """The same value with every dict in the opposite order."""
    if isinstance(value, dict):
        return {k: turned(v) for k, v in reversed(value.items())}
    return [turned(v) for v in value] if isinstance(value, list) else value


@given(st.dictionaries(st.text(max_size=5), plain, max_size=5))
@settings(deadline=None, max_examples=50)
def test_a_key_does_not_hang_on_the_order_of_names(inputs):
    assert key(inputs) == key(turned(inputs))
    assert re.fullmatch("[0-9a-f]{16}", key(inputs))


@given(st.floats(allow_nan=False, allow_infinity=False))
@settings(deadline=None, max_examples=50)
def test_a_key_hangs_on_the_last_bit_of_a_number(value):
    assert key({"a": value}) != key({"a": math.nextafter(value, math.inf)})
    assert key({"a": value}) == key({"a": float(repr(value))})


def test_a_key_hangs_on_names_values_and_the_order_of_lists():
    unlike = ({}, {"a": 1}, {"b": 1}, {"a": 2}, {"a": "1"}, {"a": None}, {"a": [1, 2]}, {"a": [2, 1]}, {"a": {"a": 1}})
    assert len({key(inputs) for inputs in unlike}) == len(unlike)
    assert key({"a": {"x", "y", "z"}}) == key({"a": {"z", "y", "x"}})
    assert key({"a": (1, 2)}) == key({"a": [1, 2]}) == key({"a": np.array([1, 2])})


def test_a_key_hangs_on_package_and_method(monkeypatch):
    before = key({"a": 1})
    monkeypatch.setattr(store, "METHOD", METHOD + 1)
    assert key({"a": 1}) != before
    monkeypatch.setattr(store, "METHOD", METHOD)
    monkeypatch.setattr(store, "VERSION", VERSION + ".1")
    assert key({"a": 1}) != before


@dataclass(frozen=True)
class Stockpile:
    share: float


@dataclass(frozen=True)
class Pool:
    share: float


@dataclass(frozen=True)
class Plan:
    lever: Stockpile | Pool


def test_a_key_tells_classes_apart_also_inside_others():
    assert key({"x": Stockpile(0.5)}) != key({"x": Pool(0.5)})
    assert key({"x": Plan(Stockpile(0.5))}) != key({"x": Plan(Pool(0.5))})
    assert key({"x": Plan(Pool(0.5))}) == key({"x": Plan(Pool(0.5))})
    assert key({"x": Plan(Pool(0.5))}) != key({"x": Plan(Pool(0.25))})


# Steps


def write_loss(text: str = "1"):
    def make(folder: Path) -> None:
        write_text(folder / "loss.csv", text)

    return make


def never(folder: Path) -> None:
    raise AssertionError("the step was made again")


def test_a_step_is_made_once_for_equal_inputs(tmp_path):
    job = Job(tmp_path / "ein Ordner" / "結果")
    folder = job.step("measure", {"a": 1, "b": [0.1]}, write_loss())
    assert job.step("measure", {"b": [0.1], "a": 1}, never) == folder
    assert Job(tmp_path / "ein Ordner" / "結果").step("measure", {"a": 1, "b": [0.1]}, never) == folder
    assert (job.made, job.reused) == (["measure"], ["measure"])
    assert names(folder) == ["loss.csv", MANIFEST]
    assert names(folder.parent) == ["measure"]
    assert folder.stat().st_mode & 0o777 == 0o755


def test_a_step_is_made_again_when_an_input_changes_and_leaves_nothing_of_the_former(tmp_path):
    job = Job(tmp_path)
    job.step("run", {"share": 0.5}, lambda folder: write_text(folder / "old.csv", ""))
    folder = job.step("run", {"share": 0.25}, write_loss("new"))
    assert names(folder) == ["loss.csv", MANIFEST]
    assert names(tmp_path) == ["run"]
    assert job.made == ["run", "run"]


def test_the_manifest_says_what_a_step_was_made_from_and_keeps_what_the_step_wrote(tmp_path):
    folder = Job(tmp_path).step(
        "run", {"a": 1}, lambda folder: write_json(folder / MANIFEST, {"kind": "run", "version": "?"})
    )
    assert read_manifest(folder) == {"kind": "run", "key": key({"a": 1}), "version": VERSION, "method": METHOD}


@pytest.mark.parametrize("error", [KeyboardInterrupt, InputError, MemoryError])
def test_an_interrupted_step_leaves_the_former_result_and_no_temporary(tmp_path, error):
    job = Job(tmp_path)
    folder = job.step("run", {"share": 0.5}, write_loss("former"))

    def interrupted(building: Path) -> None:
        write_text(building / "loss.csv", "half")
        raise error

    with pytest.raises(error):
        job.step("run", {"share": 0.25}, interrupted)
    with pytest.raises(error):
        job.step("other", {}, interrupted)
    assert names(tmp_path) == ["run"]
    assert (folder / "loss.csv").read_text() == "former"
    assert job.step("run", {"share": 0.5}, never) == folder


def test_a_full_disk_in_a_step_leaves_the_former_result(tmp_path, request):
    job = Job(tmp_path)
    folder = job.step("run", {"share": 0.5}, write_loss("former"))
    request.getfixturevalue("full_disk")
    with pytest.raises(InputError, match="No space left on device"):
        job.step("run", {"share": 0.25}, write_loss("new"))
    assert names(tmp_path) == ["run"]
    assert (folder / "loss.csv").read_text() == "former"


def test_an_interrupt_between_the_two_renames_puts_the_former_result_back(tmp_path, monkeypatch):
    job = Job(tmp_path)
    folder = job.step("run", {"share": 0.5}, write_loss("former"))
    rename = Path.rename

    def interrupt(self, target):
        if self.suffix == ".tmp":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupt)
    with pytest.raises(KeyboardInterrupt):
        job.step("run", {"share": 0.25}, write_loss("new"))
    assert names(tmp_path) == ["run"]
    assert (folder / "loss.csv").read_text() == "former"


def test_what_no_step_has_made_is_never_overwritten(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.docx").write_text("years of work")
    with pytest.raises(
        InputError, match=r"run is there and no step of interdep made it; move it away or choose another --out"
    ):
        Job(tmp_path).step("run", {}, write_loss())
    (tmp_path / "brief").write_text("a file")
    with pytest.raises(InputError, match="brief is there and no step of interdep made it"):
        Job(tmp_path).step("brief", {}, write_loss())
    assert (tmp_path / "run" / "thesis.docx").read_text() == "years of work"
    assert (tmp_path / "brief").read_text() == "a file"
    (tmp_path / "empty").mkdir()
    assert names(Job(tmp_path).step("empty", {}, write_loss())) == ["loss.csv", MANIFEST]


@pytest.mark.parametrize("content", [None, b"", b"{", b"[1, 2]", b"\xff\xfe"])
def test_a_manifest_that_is_none_is_empty(tmp_path, content):
    if content is not None:
        (tmp_path / MANIFEST).write_bytes(content)
    assert read_manifest(tmp_path) == {}


# Provenance


def test_provenance_is_plain_data_and_back():
    source = Source("A table", 2014, "CC BY 4.0", "https://example.org/ä", "Author (2014), 表")
    provenance = Provenance((source,), ("read",), 2014, extra={"seed": 1}).then("merged", members=["DEU"])
    plain = json.loads(json.dumps(provenance.to_dict(), ensure_ascii=False))
    assert Provenance.from_dict(plain) == provenance
    assert provenance.steps == ("read", "merged")
    assert provenance.extra == {"seed": 1, "members": ["DEU"]}
    assert provenance.with_sources(source, source) == provenance


def test_what_to_cite_ends_with_the_software():
    source = Source("A table", licence="CC BY 4.0", url="https://example.org", citation="Author (2014)")
    cited = Provenance((source, Source("Another"))).cite().splitlines()
    assert cited == [
        "- Author (2014); licence CC BY 4.0; https://example.org", "- Another",
        f"- interdep {VERSION} (method {METHOD}), Apache-2.0",
    ]  # fmt: skip
