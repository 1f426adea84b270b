"""Sign-off: the hash anyone can compute again; reformatting does not unsign, editing does; agreed is what all have signed."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tomllib
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from interdep.errors import InputError
from interdep.partnership.schema import Partnership, draft
from interdep.partnership.sign import sign
from interdep.partnership.signing import signature_table
from test_partnership_folder import COMMITMENT, WHOLE


@pytest.fixture
def mine(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in WHOLE.items():
        (Path("mine") / name).parent.mkdir(parents=True, exist_ok=True)
        (Path("mine") / name).write_text(text, encoding="utf-8")
    return Path("mine")


FILE = Path("mine/commitments/warning.toml")


def by_the_recipe(text: str) -> str:
    """What docs say, written out again."""
    data = {k: v for k, v in tomllib.loads(unicodedata.normalize("NFC", text)).items() if k != "signatures"}
    said = json.dumps(
        data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=lambda day: day.isoformat()
    )
    return hashlib.sha256(said.encode("utf-8")).hexdigest()


def both_sign() -> None:
    for member in ("DEU", "JPN"):
        sign("mine", "early-warning", member, date(2024, 7, 1), 'Ministry of "X"\u00e4')


def only() -> Partnership:
    return Partnership.read("mine")


def test_the_hash_is_that_of_the_parsed_file_without_its_signatures(mine):
    assert only().commitments[0].hash == by_the_recipe(COMMITMENT)
    both_sign()
    assert only().commitments[0].hash == by_the_recipe(COMMITMENT)


def test_a_commitment_is_agreed_when_every_member_has_signed_it_and_not_before(mine):
    assert not only().agreed(only().commitments[0])
    sign("mine", "early-warning", "DEU", date(2024, 7, 1))
    assert only().commitments[0].agreed_by == ("DEU",)
    assert not only().agreed(only().commitments[0])
    sign("mine", "early-warning", "JPN", date(2024, 7, 2))
    assert only().agreed(only().commitments[0])
    assert FILE.read_text(encoding="utf-8").startswith(COMMITMENT)


@pytest.mark.parametrize(
    "again",
    [
        lambda t: t.replace(" = ", "   =  "),
        lambda t: "# read by both sides\n" + t.replace('"early-warning"', "'early-warning'"),
        lambda t: t.replace("\n", "\r\n"),
        lambda t: "due = 2024-06-30\n" + t.replace("due = 2024-06-30\n", ""),
        lambda t: t.replace('["DEU", "JPN"]', '[\n  "DEU",\n  "JPN",\n]'),
        lambda t: unicodedata.normalize("NFD", t),
        lambda t: "\ufeff" + t,
    ],
    ids=[
        "spaces",
        "quotes and comment",
        "line ends",
        "order of keys",
        "lines of a list",
        "unicode form",
        "byte order mark",
    ],
)
def test_reformatting_does_not_unsign(mine, again):
    text = COMMITMENT.replace("Warn each other early", "Fr\u00fch warnen \u30d0")
    FILE.write_text(text, encoding="utf-8")
    both_sign()
    FILE.write_bytes(again(FILE.read_text(encoding="utf-8")).encode("utf-8"))
    assert only().agreed(only().commitments[0])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Warn each other early", "Warn each other earlier"), ("Warn each", "warn each"), ("2024-06-30", "2024-07-01"),
        ('"done"', '"under way"'), ("target = 0.1", "target = 0.10000001"), ('["DEU", "JPN"]', '["JPN", "DEU"]'),
        ("date = 2024-05-01\n", ""),
    ],
)  # fmt: skip
def test_editing_unsigns_and_says_so(mine, old, new):
    both_sign()
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    FILE.write_text(text.replace(old, new, 1), encoding="utf-8")
    commitment = only().commitments[0]
    assert commitment.agreed_by == ()
    assert commitment.outdated == ("DEU", "JPN")
    assert sum("has signed another wording" in p.text for p in draft("mine").problems if p.kind == "warning") == 2
    both_sign()
    assert only().agreed(only().commitments[0])
    assert only().commitments[0].outdated == ()


def test_a_copy_edited_in_python_is_not_what_was_signed(mine):
    both_sign()
    commitment = only().commitments[0]
    assert commitment.model_copy().agreed_by == ("DEU", "JPN")
    assert commitment.model_copy(update={"text": "Something else"}).agreed_by == ()


def test_who_has_signed_does_not_sign_twice_and_all_signs_what_is_left(mine):
    assert list(sign("mine", "all", "DEU", date(2024, 7, 1))) == ["early-warning"]
    before = FILE.read_bytes()
    assert sign("mine", "all", "DEU", date(2024, 7, 2)) == {}
    assert FILE.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("mine", "early-warnin", "DEU"), "unknown commitment 'early-warnin' in mine"),
        (("mine", "early-warning", "DUE"), "unknown member 'DUE' in mine"),
        (("eu-japan", "six-g-research", "JPN"), "comes with the package and is signed by nobody"),
    ],
)
def test_what_cannot_be_signed_is_refused(mine, arguments, sentence):
    with pytest.raises(InputError, match=sentence):
        sign(arguments[0], arguments[1], arguments[2], date(2024, 7, 1))


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (date(2199, 1, 1), "early-warning cannot be signed on 2199-01-01: that day lies ahead; today is "),
        (
            date(2023, 7, 2),
            "early-warning cannot be signed on 2023-07-02: that is before first/warning was decided on 2023-07-03",
        ),
    ],
)
def test_a_day_ahead_or_before_the_decision_is_refused_and_nothing_is_written(mine, day, sentence):
    before = FILE.read_bytes()
    for what in ("early-warning", "all"):
        with pytest.raises(InputError, match=sentence):
            sign("mine", what, "DEU", day)
    assert FILE.read_bytes() == before
    assert list(sign("mine", "all", "DEU", date(2023, 7, 3))) == ["early-warning"]


def test_an_office_that_holds_an_invisible_character_is_refused_and_nothing_is_written(mine):
    before = FILE.read_bytes()
    with pytest.raises(InputError, match=r"office holds the invisible character U\+200B"):
        sign("mine", "early-warning", "DEU", date(2024, 7, 1), "Ministry\u200b of X")
    assert FILE.read_bytes() == before


@pytest.mark.parametrize(
    "written",
    ["signatures = {}\n" + COMMITMENT, COMMITMENT + f'\n[signatures]\nDEU.hash = "{"0" * 64}"\n'],
    ids=["in one line with the rest", "a member's over several lines"],
)
def test_signatures_that_leave_no_room_for_another_are_refused_and_nothing_is_written(mine, written):
    FILE.write_text(written, encoding="utf-8")
    before = FILE.read_bytes()
    with pytest.raises(InputError, match=r"write its signatures under a line \[signatures\]"):
        sign("mine", "early-warning", "DEU", date(2024, 7, 1))
    assert FILE.read_bytes() == before


def test_a_hash_that_is_none_a_signatory_who_is_no_member_and_entries_of_the_old_form_are_refused(mine):
    for block, sentence in (
        ('[signatures]\n# here\nDEU = { hash = "abc" }', "line 21: hash must be the 64 digits"),
        (
            '[signatures]\nDEU = "yes"',
            r'line 20: a signature stands as DEU = \{ hash = "...", on = 2026-11-26 \}; written by `interdep partnership sign`',
        ),
        (f'[signatures]\nFRA = {{ hash = "{"0" * 64}" }}', "line 20, signatures: 'FRA' is no member"),
        (
            f'[[signatures]]\nmember = "DEU"\nhash = "{"0" * 64}"',
            r"line 19: signatures must be written under one line \[sig",
        ),
    ):
        FILE.write_text(COMMITMENT + "\n" + block + "\n", encoding="utf-8")
        with pytest.raises(InputError, match=sentence):
            only()


def test_who_signs_again_has_one_line_in_the_same_place(mine):
    both_sign()
    first = FILE.read_text(encoding="utf-8").splitlines()
    FILE.write_text(FILE.read_text(encoding="utf-8").replace("Warn each", "Always warn each"), encoding="utf-8")
    assert "line 21: DEU has signed another wording" in "".join(p.text for p in draft("mine").problems)
    both_sign()
    again = FILE.read_text(encoding="utf-8").splitlines()
    assert [n for n, (old, new) in enumerate(zip(first, again, strict=True)) if old != new] == [1, 20, 22]
    assert [line.split(" ", 1)[0] for line in again[-5:]] == ["[signatures]", "#", "DEU", "#", "JPN"]


def test_a_table_of_signatures_above_others_and_members_that_are_written_in_quotes_are_signed_in_place(mine):
    head = f'[signatures]\n"JPN" = {{ hash = "{"1" * 64}" }} # an old one\n\n'
    where = COMMITMENT.index("[indicator]")
    FILE.write_bytes((COMMITMENT[:where] + head + COMMITMENT[where:]).replace("\n", "\r\n").encode("utf-8"))
    both_sign()
    assert only().agreed(only().commitments[0])
    text = FILE.read_bytes().decode("utf-8")
    assert text.count("\n") == text.count("\r\n") > 20
    assert text.count("JPN =") == 1
    assert text.index("JPN =") < text.index("DEU =") < text.index("[indicator]")


# Two administrations, two branches


def git(*arguments: str) -> subprocess.CompletedProcess[str]:
    who = (
        "-c",
        "user.name=A",
        "-c",
        "user.email=a@example.org",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "core.autocrlf=false",
    )
    return subprocess.run(["git", *who, *arguments], cwd="mine", capture_output=True, text=True, check=False)


def sign_on_two_branches() -> subprocess.CompletedProcess[str]:
    """DEU signs on one branch, JPN on another; what merging the one into the other says."""
    for step in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "base"), ("branch", "-M", "deu"), ("branch", "jpn")):
        assert git(*step).returncode == 0
    for branch, member in (("deu", "DEU"), ("jpn", "JPN")):
        git("checkout", "-q", branch)
        assert sign("mine", "early-warning", member, date(2024, 7, 1), f"Office of {member}")
        assert git("commit", "-qam", f"{member} signs").returncode == 0
    return git("merge", "-q", "deu")


needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@needs_git
@pytest.mark.parametrize("members", [("DEU", "JPN"), ("JPN", "DEU")])
def test_two_members_who_sign_on_two_branches_have_both_signed_after_the_merge(mine, members):
    FILE.write_text(COMMITMENT + "\n" + "\n".join(signature_table(members)) + "\n", encoding="utf-8")
    merged = sign_on_two_branches()
    assert merged.returncode == 0, merged.stdout + merged.stderr
    assert set(only().commitments[0].agreed_by) == {"DEU", "JPN"}


@needs_git
def test_where_the_file_had_no_table_of_signatures_keeping_the_lines_of_both_branches_is_right(mine):
    (mine / ".gitattributes").write_text("*.toml merge=union\n", encoding="utf-8")
    merged = sign_on_two_branches()
    assert merged.returncode == 0, merged.stdout + merged.stderr
    assert set(only().commitments[0].agreed_by) == {"DEU", "JPN"}
    assert FILE.read_text(encoding="utf-8").count("[signatures]") == 1


@needs_git
def test_a_merge_that_git_leaves_to_a_person_is_right_once_the_lines_with_marks_are_out(mine):
    assert sign_on_two_branches().returncode != 0
    with pytest.raises(InputError, match="two edits of this file are in conflict"):
        only()
    marks = ("<<<<<<<", "=======", ">>>>>>>")
    lines = FILE.read_text(encoding="utf-8").splitlines(keepends=True)
    FILE.write_text("".join(line for line in lines if not line.startswith(marks)), encoding="utf-8")
    assert set(only().commitments[0].agreed_by) == {"DEU", "JPN"}
