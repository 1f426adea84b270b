"""Build src/interdep/briefing/fonts/: the signs a briefing needs, cut from two fonts under the SIL Open Font License 1.1.

    python data/build_font.py [FOLDER ...]      default /usr/share/fonts (Debian: fonts-noto-cjk, fonts-liberation2)

Needs fonttools; the package itself does not. "Interdep Sans" is Liberation Sans: Latin with all European letters, Greek,
Cyrillic, with the widths of Arial, by which figures are laid out. "Interdep Sans JP" is Noto Sans CJK JP: JIS X 0208 (kanji of
levels 1 and 2, kana), the extension kanji of names (Windows code page 932), punctuation, arrows, box and shape signs. The cut
fonts have names of their own: the licence reserves the old ones, and no reader takes a part for the whole.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "src/interdep/briefing/fonts"
FOLDER = "/usr/share/fonts"
LICENCE = "SIL Open Font License"
PUNCTUATION = (
    (0x0020, 0x007E), (0x00A0, 0x00FF), (0x2010, 0x2027), (0x2030, 0x205E), (0x2070, 0x209C), (0x20A0, 0x20BF),
    (0x2100, 0x218B), (0x2190, 0x21FF), (0x2200, 0x22FF),
)  # fmt: skip
LATIN = ((0x0100, 0x024F), (0x0300, 0x036F), (0x0370, 0x03FF), (0x0400, 0x045F), (0x1E00, 0x1EFF), (0x2500, 0x25FF))
JAPANESE = (
    (0x2460, 0x24FF), (0x2500, 0x25FF), (0x2605, 0x266F), (0x2713, 0x2718), (0x3000, 0x303F), (0x3041, 0x30FF),
    (0x3231, 0x3247), (0x3280, 0x32B0), (0x3300, 0x33FF), (0xFF01, 0xFF9F), (0xFFE0, 0xFFE6),
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One family to cut: the file of the whole font (a collection holds several by `whole`) and the signs to keep."""

    family: str
    whole: str
    file: str
    signs: frozenset[int]


def span(*ranges: tuple[int, int]) -> frozenset[int]:
    """Every code point of some ranges."""
    return frozenset(point for low, high in ranges for point in range(low, high + 1))


def two_byte() -> frozenset[int]:
    """Every sign of the two Japanese double-byte codes, private use left out."""
    signs: set[int] = set()
    for lead in range(0x81, 0xFD):
        for trail in range(0x40, 0xFD):
            for code in ("shift_jis", "cp932"):
                try:
                    signs |= {ord(sign) for sign in bytes((lead, trail)).decode(code)}
                except UnicodeDecodeError:
                    continue
    return frozenset(point for point in signs if not 0xE000 <= point <= 0xF8FF)


def cut(font: TTFont, part: Part, weight: str) -> TTFont:
    """The font with the wanted signs alone, under its own name."""
    options = subset.Options(
        layout_features=["kern", "ccmp", "mark"], name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14], hinting=False,
        notdef_outline=True, recalc_timestamp=False,
    )  # fmt: skip
    options.drop_tables += ["FFTM", "vhea", "vmtx", "VORG", "BASE"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=part.signs)
    cutter.subset(font)
    names, compact = font["name"], part.family.replace(" ", "")
    names.names = [n for n in names.names if n.platformID == 3 and n.langID == 0x409]
    texts = {
        1: part.family, 2: weight, 3: f"{compact}-{weight}; part of {part.whole}", 4: f"{part.family} {weight}",
        6: f"{compact}-{weight}",
    }  # fmt: skip
    for number, text in texts.items():
        names.setName(text, number, 3, 1, 0x409)
    if "CFF " in font:
        outlines = font["CFF "].cff
        outlines.fontNames = [f"{compact}-{weight}"]
        outlines[0].rawDict.update(FullName=f"{part.family} {weight}", FamilyName=part.family)
    return font


def found(part: Part, weight: str) -> TTFont:
    """The whole font of a part, under the licence that lets it be cut (Liberation before 2.0 is under another)."""
    for folder in sys.argv[1:] or [FOLDER]:
        for source in sorted(Path(folder).rglob(part.file.format(weight))):
            for font in TTCollection(str(source)).fonts if source.suffix == ".ttc" else [TTFont(source)]:
                names = font["name"]
                licence = (names.getDebugName(13) or "").replace(",", "")
                if (names.getDebugName(1) or "").startswith(part.whole) and LICENCE in licence:
                    return font
    raise SystemExit(f"no {part.whole} {weight} under the {LICENCE} in {', '.join(sys.argv[1:] or [FOLDER])}")


def main() -> None:
    parts = (
        Part("Interdep Sans", "Liberation Sans", "LiberationSans-{}.ttf", span(*PUNCTUATION, *LATIN)),
        Part("Interdep Sans JP", "Noto Sans CJK JP", "NotoSansCJK-{}.ttc", span(*PUNCTUATION, *JAPANESE) | two_byte()),
    )
    OUT.mkdir(exist_ok=True)
    for part in parts:
        for weight in ("Regular", "Bold"):
            font = found(part, weight)
            target = OUT / f"{part.family.replace(' ', '')}-{weight}{'.otf' if 'CFF ' in font else '.ttf'}"
            cut(font, part, weight).save(target)
            print(target.name, len(font.getBestCmap() or {}), "signs", target.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
