"""Unpacking: what is sound comes out as it went in; what is not is refused whole, in one sentence, and leaves nothing."""

from __future__ import annotations

import gzip
import re
import stat
import struct
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interdep import InputError, MissingData
from interdep.sources.unpack import Member, members, open_member, unpack

ROWS = b"t,i,j,k,v,q\n2022,4,12,10121,0.5,1.25\n"
BIG = {"limit_bytes": 10**9, "limit_files": 100}


def packed(path: Path, entries: dict[str, bytes] | list[tuple[str | zipfile.ZipInfo, bytes]]) -> Path:
    pairs = list(entries.items()) if isinstance(entries, dict) else entries
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in pairs:
            file.writestr(name, content)
    return path


def refused(sentence: str, archive: Path, kind: type = InputError, **about) -> None:
    """`unpack` ends in this sentence, in one line, and nothing is left beside the archive."""
    folder = archive.parent / "out"
    before = sorted(archive.parent.iterdir())
    with pytest.raises(kind, match=re.escape(sentence)) as caught:
        unpack(archive, folder, **{**BIG, **about})
    assert type(caught.value) is kind
    assert "\n" not in str(caught.value)
    assert sorted(archive.parent.iterdir()) == before


def under(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


# What is sound


def test_a_zip_comes_out_as_it_went_in(tmp_path):
    archive = packed(tmp_path / "a.zip", {"x.csv": ROWS, "in/y.csv": b"", "in/deep/z.csv": ROWS * 3})
    assert members(archive) == (
        Member("x.csv", len(ROWS)),
        Member("in/y.csv", 0),
        Member("in/deep/z.csv", 3 * len(ROWS)),
    )
    paths = unpack(archive, tmp_path / "out", **BIG)
    assert paths == tuple(tmp_path / "out" / name for name in ("x.csv", "in/y.csv", "in/deep/z.csv"))
    assert [path.read_bytes() for path in paths] == [ROWS, b"", ROWS * 3]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.zip", "out"]


def test_only_what_is_wanted_is_written(tmp_path):
    archive = packed(tmp_path / "a.zip", {"2021.csv": ROWS, "2022.csv": ROWS, "readme.txt": b"hello"})
    unpack(archive, tmp_path / "out", wanted=lambda name: name == "2022.csv", limit_bytes=len(ROWS), limit_files=1)
    assert under(tmp_path / "out") == ["2022.csv"]


def test_asking_for_what_is_not_there_names_what_is(tmp_path):
    archive = packed(tmp_path / "a.zip", {"2021.csv": ROWS, "readme.txt": b"hello"})
    refused("a.zip has none of the files wanted; it has 2021.csv, readme.txt", archive, MissingData,
            wanted=lambda name: False)  # fmt: skip
    with (
        pytest.raises(MissingData, match=r"a.zip has no file '2023.csv'; it has 2021.csv, readme.txt"),
        open_member(archive, "2023.csv", limit_bytes=99),
    ):
        pass


def test_folders_of_their_own_and_backslashes_of_old_tools_are_read(tmp_path):
    archive = packed(tmp_path / "a.zip", [("in/", b""), ("in\\x.csv", ROWS)])
    assert [member.name for member in members(archive)] == ["in/x.csv"]
    unpack(archive, tmp_path / "out", **BIG)
    assert under(tmp_path / "out") == ["in/x.csv"]


def test_a_gz_and_a_plain_file_pass_through(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(ROWS))
    (tmp_path / "b.csv").write_bytes(ROWS)
    assert members(tmp_path / "a.csv.gz") == (Member("a.csv", None),)
    assert members(tmp_path / "b.csv") == (Member("b.csv", len(ROWS)),)
    for name, folder in (("a.csv.gz", "one"), ("b.csv", "two")):
        (path,) = unpack(tmp_path / name, tmp_path / folder, **BIG)
        assert path.read_bytes() == ROWS
        with open_member(tmp_path / name, path.name, limit_bytes=len(ROWS)) as stream:
            assert stream.read() == ROWS


def test_a_member_is_read_as_a_stream_without_unpacking(tmp_path):
    archive = packed(tmp_path / "a.zip", {"x.csv": ROWS * 1000, "y.csv": b"y"})
    with open_member(archive, "x.csv", limit_bytes=10**6) as stream:
        assert stream.readline() == ROWS.splitlines(keepends=True)[0]
        assert len(stream.read()) == 1000 * len(ROWS) - len(ROWS.splitlines(keepends=True)[0])
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


SAFE = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters='/\\:*?"<>|'), min_size=1,
               max_size=20).filter(lambda s: s[-1] not in ". " and len(s.encode()) < 200)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(names=st.lists(SAFE, min_size=1, max_size=6, unique_by=lambda s: unicodedata.normalize("NFC", s).casefold()),
       content=st.binary(max_size=50))  # fmt: skip
def test_any_safe_names_come_back(tmp_path_factory, names, content):
    devices = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}
    names = [name for name in names if name.split(".")[0].casefold() not in devices] or ["x"]
    folder = tmp_path_factory.mktemp("safe")
    archive = packed(folder / "a.zip", {f"in/{name}": content + name.encode() for name in names})
    paths = unpack(archive, folder / "out", **BIG)
    assert [path.read_bytes() for path in paths] == [content + name.encode() for name in names]
    assert sum(p.is_file() for p in (folder / "out").rglob("*")) == len(names)


# What climbs, links, hides


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd", "../x.csv", "in/../../x.csv", "..", "in/..", "C:/x.csv", "C:x.csv", "..\\x.csv", "in\\..\\..\\x.csv",
        "\\x.csv", "\\\\host\\share\\x.csv", "//host/x.csv", "./x.csv", "in//x.csv", "x.csv.", "x.csv ", "in./x.csv", "nul",
        "in/CON.csv", "x.csv:stream", "x\n.csv", "x\x7f.csv", "/",
    ],
)  # fmt: skip
def test_a_name_that_leaves_the_folder_or_means_another_file_elsewhere_is_refused(tmp_path, name):
    archive = packed(tmp_path / "a.zip", {"good.csv": ROWS, name: ROWS})
    refused("does not name a file inside a folder; it was not unpacked", archive)


def test_a_name_cut_short_by_a_nul_byte_is_refused(tmp_path):
    archive = packed(tmp_path / "a.zip", {"x.csvA.exe": ROWS})
    archive.write_bytes(archive.read_bytes().replace(b"x.csvA.exe", b"x.csv\x00.exe"))
    refused("does not name a file inside a folder", archive)


def test_one_bad_entry_refuses_the_archive_even_where_it_is_not_wanted(tmp_path):
    archive = packed(tmp_path / "a.zip", {"good.csv": ROWS, "../bad.csv": ROWS})
    refused("'../bad.csv'", archive, wanted=lambda name: name == "good.csv")
    with pytest.raises(InputError, match=r"bad\.csv"):
        members(archive)
    with pytest.raises(InputError, match=r"bad\.csv"), open_member(archive, "good.csv", limit_bytes=999):
        pass


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK, stat.S_IFDIR])
def test_links_and_special_files_are_refused(tmp_path, kind):
    info = zipfile.ZipInfo("link.csv")
    info.create_system, info.external_attr = 3, (kind | 0o777) << 16
    refused("has the link or special file 'link.csv'", packed(tmp_path / "a.zip", [(info, b"/etc/passwd")]))


def test_an_encrypted_archive_is_refused(tmp_path):
    archive = packed(tmp_path / "a.zip", {"x.csv": ROWS})
    content = bytearray(archive.read_bytes())
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(magic) + place] |= 1
    archive.write_bytes(content)
    refused("a.zip is encrypted ('x.csv'); unpack it by hand", archive)


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("x.csv", "x.csv"),
        ("x.csv", "X.CSV"),
        ("é.csv", "e\u0301.csv"),
        ("in/x.csv", "IN/x.csv"),
        ("a/x.csv", "a\\x.csv"),
    ],
)
def test_two_entries_that_are_one_file_somewhere_are_refused(tmp_path, one, two):
    refused("which are one file on some computers", packed(tmp_path / "a.zip", [(one, ROWS), (two, b"other")]))


def test_a_file_that_is_also_a_folder_is_refused(tmp_path):
    refused("has 'X' as a file and as a folder ('x/y.csv')", packed(tmp_path / "a.zip", {"x/y.csv": ROWS, "X": ROWS}))


# What grows


def test_more_files_than_allowed_are_refused(tmp_path):
    archive = packed(tmp_path / "a.zip", {f"{n}.csv": ROWS for n in range(4)})
    refused("a.zip has 4 files, more than the 3 allowed", archive, limit_files=3)
    assert len(unpack(archive, tmp_path / "out", limit_bytes=10**6, limit_files=4)) == 4


def test_more_bytes_than_allowed_are_refused_by_what_is_declared(tmp_path):
    archive = packed(tmp_path / "a.zip", {"x.csv": ROWS, "y.csv": ROWS})
    refused("unpacks to more bytes than are allowed", archive, limit_bytes=2 * len(ROWS) - 1)
    assert len(unpack(archive, tmp_path / "out", limit_bytes=2 * len(ROWS), limit_files=2)) == 2


def test_more_bytes_than_allowed_are_refused_by_what_comes(tmp_path):
    # A gz declares nothing, so only counting helps.
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(ROWS * 100))
    refused("unpacks to more bytes than are allowed", tmp_path / "a.csv.gz", limit_bytes=100 * len(ROWS) - 1)
    (tmp_path / "b.csv").write_bytes(ROWS)
    refused("unpacks to more bytes than are allowed", tmp_path / "b.csv", limit_bytes=len(ROWS) - 1)
    with (
        pytest.raises(InputError, match="more bytes than are allowed"),
        open_member(tmp_path / "a.csv.gz", "a.csv", limit_bytes=500) as stream,
    ):
        stream.read()


def test_a_bomb_is_refused_whatever_the_limit(tmp_path):
    refused("'x.csv' grows more than 200-fold", packed(tmp_path / "a.zip", {"x.csv": bytes(11_000_000)}))
    with pytest.raises(InputError, match="grows more than 200-fold"):
        members(tmp_path / "a.zip")  # what it declares is enough
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(bytes(11_000_000)))
    refused("'b.csv' grows more than 200-fold", tmp_path / "b.csv.gz")


def test_a_small_file_may_pack_a_thousandfold(tmp_path):
    (path,) = unpack(packed(tmp_path / "a.zip", {"x.csv": bytes(9_000_000)}), tmp_path / "out", **BIG)
    assert path.stat().st_size == 9_000_000


def test_entries_that_share_the_same_packed_bytes_are_refused(tmp_path):
    # The second entry of the directory is pointed at the first one's data: each alone is sound, together they overlap.
    noise = bytes(range(256)) * 8
    info = {}
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as file:
        file.writestr("x.csv", noise)
        info["x"] = file.getinfo("x.csv")
        for n in range(9):
            copy = zipfile.ZipInfo(f"{n}.csv")
            copy.CRC, copy.file_size, copy.compress_size = info["x"].CRC, len(noise), len(noise)
            copy.header_offset = info["x"].header_offset
            file.filelist.append(copy)
            file.NameToInfo[copy.filename] = copy
    with zipfile.ZipFile(archive) as file:
        assert len(file.infolist()) == 10
    with pytest.raises(InputError, match="not a complete zip archive"):
        members(archive)
    refused("a.zip is not a complete zip archive; download it again", archive)


@pytest.mark.parametrize("size", [len(ROWS) + 1, len(ROWS) - 1])
def test_an_entry_with_another_size_than_declared_is_refused(tmp_path, size):
    archive = packed(tmp_path / "a.zip", {"x.csv": ROWS})
    content = bytearray(archive.read_bytes())
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = struct.pack("<I", size)
    archive.write_bytes(content)
    refused("a.zip is not a complete zip archive; download it again", archive)


# What is broken


@pytest.mark.parametrize("kept", [0.0, 0.01, 0.5, 0.99])
def test_a_truncated_archive_is_refused(tmp_path, kept):
    archive = packed(tmp_path / "a.zip", {"x.csv": ROWS * 99})
    content = archive.read_bytes()
    archive.write_bytes(content[: int(kept * len(content))])
    refused("a.zip is not a complete zip archive; download it again", archive)


def test_a_web_page_named_zip_is_refused(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"<!doctype html><title>Please log in</title>")
    refused("a.zip is not a complete zip archive; download it again", tmp_path / "a.zip")


def test_a_wrong_checksum_is_refused_and_leaves_nothing_of_the_files_before(tmp_path):
    archive = packed(tmp_path / "a.zip", {"good.csv": ROWS, "bad.csv": ROWS})
    content = bytearray(archive.read_bytes())
    place = content.rindex(b"PK\x01\x02") + 16
    content[place] ^= 0xFF
    archive.write_bytes(content)
    refused("a.zip is not a complete zip archive; download it again", archive)


def test_a_truncated_gz_is_refused(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(ROWS * 99)[:-5])
    refused("a.csv.gz is not a complete gz archive; download it again", tmp_path / "a.csv.gz")


def test_any_damaged_byte_ends_in_a_sentence_or_in_the_right_bytes(tmp_path):
    content = packed(tmp_path / "a.zip", {"x.csv": ROWS, "y.csv": ROWS[::-1]}).read_bytes()
    ended = 0
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 0xFF
        (tmp_path / "a.zip").write_bytes(damaged)
        folder = tmp_path / "out"
        try:
            paths = unpack(tmp_path / "a.zip", folder, replace=True, **BIG)
        except InputError:
            ended += 1
            assert not list(tmp_path.glob(".*"))
        else:
            assert [path.read_bytes() for path in paths] == [ROWS, ROWS[::-1]]
    assert ended > len(content) / 4


@pytest.mark.parametrize(
    ("head", "kind"),
    [(b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07\x00", "rar"), (b"\xfd7zXZ\x00", "xz"), (b"BZh9", "bzip2")],
)
def test_other_archives_are_named_and_left_to_the_hand(tmp_path, head, kind):
    path = tmp_path / "full_v2_202452.dat"
    path.write_bytes(head + bytes(50))
    refused(f"is a {kind} archive, which is not read here; unpack it by hand and give the file", path)


def test_what_is_neither_archive_nor_text_is_refused(tmp_path):
    (tmp_path / "a.xlsb").write_bytes(b"\xd0\xcf\x11\xe0")
    refused("a.xlsb is no zip or gz archive and no .csv", tmp_path / "a.xlsb")
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(b"x"))
    refused("a.tar.gz is a tar archive, which is not read here", tmp_path / "a.tar.gz")
    refused("there is no file", tmp_path / "none.zip", MissingData)


# Where it goes


def test_a_folder_that_holds_something_is_left_alone_unless_it_may_give_way(tmp_path):
    archive = packed(tmp_path / "a.zip", {"x.csv": ROWS})
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    refused("out is there and holds files already", archive)
    assert under(tmp_path / "out") == ["mine.txt"]
    unpack(archive, tmp_path / "out", replace=True, **BIG)
    assert under(tmp_path / "out") == ["x.csv"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.zip", "out"]


def test_a_folder_that_may_give_way_stays_when_the_archive_is_broken(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    archive = packed(tmp_path / "a.zip", {"x.csv": ROWS * 99})
    content = bytearray(archive.read_bytes())
    content[content.index(b"PK\x01\x02") + 16] ^= 0xFF
    archive.write_bytes(content)
    refused("not a complete zip archive", archive, replace=True)
    assert under(tmp_path / "out") == ["mine.txt"]


def test_an_interruption_leaves_nothing(tmp_path, monkeypatch):
    archive = packed(tmp_path / "a.zip", {"x.csv": ROWS, "y.csv": ROWS})

    def stop(*about):
        raise KeyboardInterrupt

    monkeypatch.setattr("interdep.sources.unpack.shutil.copyfileobj", stop)
    with pytest.raises(KeyboardInterrupt):
        unpack(archive, tmp_path / "out", **BIG)
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    archive = packed(tmp_path / "a.zip", {"x.csv": ROWS})
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"cannot unpack into .*file.out: .*; nothing was left there"):
        unpack(archive, tmp_path / "file" / "out", **BIG)
