"""The one look of all figures: colours that survive grey print, generic fonts, sizes of an A4 page, text metrics."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

HALF_WIDTH = 340
"""Pixels of a figure that takes half the text width of an A4 page."""

FULL_WIDTH = 680
"""Pixels of a figure that takes the whole text width of an A4 page."""

FONT = "Arial, 'Liberation Sans', 'Noto Sans JP', 'Noto Sans CJK JP', 'Hiragino Sans', 'Yu Gothic', sans-serif"
"""Arial first: vl-convert carries a font of equal widths, so the layout does not depend on the machine."""

PALETTE = ("#1f6098", "#d0632a", "#86b8d4", "#14284b", "#f5df9d")
"""Series colours, any two at least 15 L* apart (they differ in grey print) and apart for colour-blind readers."""

RAMP = ("#eef3f7", "#b4cfe3", "#6fa5c9", "#336f9e", "#133b66")
"""Classes from little to much, light to dark."""

INK, MUTED, RULE, REST, PAPER = "#1b1f24", "#5a6472", "#98a2ad", "#a3adb8", "#ffffff"

SIZE, SMALL, TITLE, SUBTITLE = 10.5, 9.5, 13, 10.5
"""Font sizes in pixels."""

PADDING = 6
LINE = 12
"""Pixels from one line of a label to the next."""

WIDE = "\u3000-\u30ff\u3400-\u9fff\uff00-\uff5e"
CLOSING = "、。，．・：；）」』】～"
OPENING = "（「『【"
NEVER_FIRST = "ー々っゃゅょッャュョァィゥェォ"
"""East Asian signs; after the closing ones a line may break, before the opening ones too, with the last ones none may begin."""

VEGA_LITE = "6.4"
"""The version of Vega-Lite every spec is written for; vl-convert carries it."""

MARK = "●"
"""Stands before what several buyers share."""


def config() -> dict[str, Any]:
    """The Vega-Lite configuration of every figure."""
    return {
        "font": FONT,
        "background": PAPER,
        "padding": PADDING,
        "aria": False,  # the whole picture is one image with a description
        "view": {"stroke": None},
        "text": {"fontSize": SIZE, "fill": INK, "lineHeight": LINE},
        "axis": {
            "domain": False, "ticks": False, "grid": False, "labelFontSize": SIZE, "labelColor": INK, "labelLimit": 0,
            "labelOverlap": False, "labelLineHeight": LINE, "title": None,
        },
        "legend": {
            "orient": "top", "direction": "horizontal", "title": None, "labelFontSize": SIZE, "labelColor": INK,
            "labelLimit": 0, "symbolType": "square", "symbolSize": 110, "symbolStrokeWidth": 0.6, "columnPadding": 14,
            "offset": 8,
        },
    }  # fmt: skip


def framed(title: str, subtitle: str, alt: str, width: float, body: Mapping[str, Any]) -> dict[str, Any]:
    """A whole spec: the body with schema, heading, description and the one look."""
    return {
        "$schema": f"https://vega.github.io/schema/vega-lite/v{VEGA_LITE}.0.json",
        "description": alt,
        "title": _heading(title, subtitle, width),
        **body,
        "config": config(),
    }


def _heading(title: str, subtitle: str, width: float) -> dict[str, Any]:
    """The title block: the finding in bold, below it quantity, unit, year and model, wrapped to the figure's width."""
    room = width - 2 * PADDING
    return {
        "text": wrap(title, room, TITLE, bold=True, phrases=False),
        "subtitle": wrap(subtitle, room, SUBTITLE, phrases=False),
        "anchor": "start",
        "frame": "bounds",
        "align": "left",
        "fontSize": TITLE,
        "fontWeight": "bold",
        "color": INK,
        "lineHeight": 16,
        "subtitleFontSize": SUBTITLE,
        "subtitleColor": MUTED,
        "subtitleLineHeight": 13.5,
        "subtitlePadding": 4,
        "offset": 10,
        "limit": 0,
    }


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Pixels a line of text takes, a little on the safe side; wide East Asian signs count one em each."""
    return 1.02 * sum(_ems(sign) for sign in text) * size * (1.06 if bold else 1.0)


def _ems(sign: str) -> float:
    if unicodedata.east_asian_width(sign) in "WF":
        return 1.0
    for signs, ems in (("ijl'|", 0.23), ("ftrI.,:;()[]!/- ", 0.31), ("ckJsvxyz", 0.5), ("mMW%@●", 0.88), ("w–", 0.72)):
        if sign in signs:
            return ems
    return 0.71 if sign.isupper() else 0.56


def wrap(text: str, width: float, size: float, bold: bool = False, phrases: bool = True) -> list[str]:
    """The text in lines that fit a width in pixels; words are never cut.

    East Asian text is broken after its phrases, as suits a short label, or (phrases false) between any two signs.
    """
    lines, line = [], ""
    for piece in _pieces(text, lambda phrase: phrases and text_width(phrase, size, bold) <= width):
        if line and text_width((line + piece).rstrip(), size, bold) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()]


def _pieces(text: str, whole: Callable[[str], bool]) -> list[str]:
    """Words and East Asian phrases; a phrase that is not to stay whole is given sign by sign.

    Closing signs, small kana and the long-vowel sign never begin a line, and opening brackets never end one.
    """
    out: list[str] = []
    for phrase in re.findall(rf"[^{WIDE}\s]+[{CLOSING}]*\s*|[{WIDE}]+?(?:[{CLOSING}]+|(?![{WIDE}]))|\s+", text):
        if unicodedata.east_asian_width(phrase[0]) not in "WF" or whole(phrase):
            out.append(phrase)
        else:
            out += re.findall(rf"[ァ-ヺー]{{2,8}}[{CLOSING}]*|[{OPENING}]*.[{CLOSING}{NEVER_FIRST}]*", phrase)
    # An opening bracket belongs to what it opens, whatever sign that is.
    for place in range(len(out) - 1):
        kept = out[place].rstrip(OPENING)
        out[place], out[place + 1] = kept, out[place][len(kept) :] + out[place + 1]
    return [piece for piece in out if piece]


def lightness(colour: str) -> float:
    """CIE L* (0 black, 100 white) of a colour "#rrggbb": what is left of it in grey print."""
    y = _luminance(colour)
    return 116 * y ** (1 / 3) - 16 if y > 216 / 24389 else y * 24389 / 27


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio (1 to 21) of two colours; text needs 4.5."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink_on(fill: str) -> str:
    """The text colour that reads better on a fill: dark or white."""
    return max((INK, PAPER), key=lambda colour: contrast(fill, colour))


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ramp(count: int) -> list[str]:
    """So many colours (at most five) from the light end to the dark end of the ramp."""
    if count <= 1:
        return list(RAMP[:count])
    return [RAMP[round(i * (len(RAMP) - 1) / (count - 1))] for i in range(count)]
