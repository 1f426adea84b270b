"""The shipped fonts hold what the package itself says in both languages, and what is not in them is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

import interdep
from interdep.briefing.fonts import FOLDER, JAPANESE, LATIN, faces, settled, width
from interdep.errors import InputError
from interdep.figures.words import WORDS

ROOT = Path(interdep.__file__).parent


def covered(text: str) -> str:
    """The signs of a text that some weight lacks."""
    known = [set().union(*(face.widths for face in faces(bold))) for bold in (False, True)]
    return "".join(
        sorted({sign for sign in text if any(ord(sign) not in signs for signs in known)} - set("\n\r\t\ufeff"))
    )


def test_the_japanese_standard_is_there_whole():
    # JIS X 0208 in its usual code: rows 1 to 8 (signs), 16 to 47 (level 1), 48 to 84 (level 2).
    standard = ""
    for row in (*range(1, 9), *range(16, 85)):
        for cell in range(1, 95):
            try:
                standard += bytes((0xA0 + row, 0xA0 + cell)).decode("euc_jp")
            except UnicodeDecodeError:
                continue
    assert len(standard) == 6879
    assert covered(standard) == "≒"  # which Noto Sans CJK 2.004 lacks too


def named_files() -> list[str]:
    """Files of the package whose texts a briefing prints: names, scenarios, partnerships, levers, votes."""
    found = [p for folder in ("geography", "classifications", "shocks", "partnership", "responses", "agreement")
             for p in (ROOT / folder).rglob("*") if p.suffix in (".csv", ".toml")]  # fmt: skip
    return sorted(p.relative_to(ROOT).as_posix() for p in found)


def test_every_name_and_text_the_package_ships_can_be_printed():
    found = named_files()
    assert {"geography/economies.csv", "classifications/interdep-36.csv"} < set(found)
    lacking = {name: covered((ROOT / name).read_text(encoding="utf-8")) for name in found}
    assert {name: signs for name, signs in lacking.items() if signs} == {}


def test_every_word_of_figures_can_be_printed():
    assert covered("".join(word for words in WORDS.values() for word in words.values())) == ""


@pytest.mark.parametrize("text", ["Čapek, Łódź, Türkiye, Şişecam, Ørsted, Győr, Kraków, Iași", "Ελλάδα", "Україна",
                                  "髙﨑 ①㈱ ～－−–—…“”‘’「」【】→↑↓▲△●○■□★※×±÷≤≥≈½€£¥§¶†°′″µ‰"])  # fmt: skip
def test_names_of_european_and_japanese_offices_can_be_printed(text):
    assert settled(text, "the title") == text


def test_widths_are_those_the_letters_have():
    # Arial's advance widths, by which figures are laid out, in thousandths of an em; kanji are one em wide.
    for text, thousandths in (("A", 667), ("i", 222), ("0123456789", 5560), ("W", 944), (" ", 278)):
        assert width(text, 1000) == pytest.approx(thousandths, abs=1.5 * len(text))
    assert width("B", 1000, bold=True) == pytest.approx(722, abs=1)
    assert width("経済安全保障", 10) == pytest.approx(60)
    assert width("a\u200bb", 10) == width("ab", 10)


def test_what_is_read_from_the_files_is_what_fonttools_reads():
    ttlib = pytest.importorskip("fontTools.ttLib")
    for bold, weight in ((False, "Regular"), (True, "Bold")):
        for face, family in zip(faces(bold), (LATIN, JAPANESE), strict=True):
            font = ttlib.TTFont(next(FOLDER.glob(f"{family.replace(' ', '')}-{weight}.*")))
            assert font["name"].getDebugName(1) == family
            em = font["head"].unitsPerEm
            assert face.widths == {point: font["hmtx"][glyph][0] / em for point, glyph in font.getBestCmap().items()}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Titre عربي", r"U\+0639 \(ARABIC LETTER AIN\) in the title: 'Titre عربي'"),
        ("한국", r"U\+D55C \(HANGUL SYLLABLE HAN\)"),
        ("a\u202eb", r"U\+202E \(RIGHT-TO-LEFT OVERRIDE\) in the title: 'a\\u202eb'"),
        ("a\x00b", r"U\+0000 \(a control sign"),
        ("😀", r"U\+1F600 \(GRINNING FACE\)"),
    ],
)
def test_a_sign_without_a_glyph_is_an_error_that_names_it_and_its_place(text, named):
    with pytest.raises(InputError, match=named):
        settled(text, "the title")


def test_text_is_composed_and_breaks_of_lines_become_spaces():
    assert settled("か\u3099 e\u0301\nx\ty", "the title") == "が é x y"


def test_the_licence_lies_beside_the_fonts_and_they_stay_small():
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FOLDER / "OFL.txt").read_text(encoding="utf-8")
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 4_000_000
