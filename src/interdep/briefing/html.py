"""A Document as one self-contained HTML page that opens from disk without a network."""

from __future__ import annotations

import re
from html import escape

from interdep.briefing.content import (
    Block,
    Bullets,
    Document,
    Grid,
    Heading,
    KeyNumbers,
    PageBreak,
    Paragraph,
    Picture,
    Row,
)
from interdep.briefing.rows import behind
from interdep.figures.theme import text_width

WIDE_FROM = 6
"""Columns from which a table may be wider than the text."""

SHORT = 9.0
"""Widths of an M: a column of text is never narrower, or as wide as its longest cell where that is shorter."""

BRACKETS = re.compile(r"([（(][^）)]*[）)])")
RANGE = re.compile(r"[（(](?:to|[-\d.,～%\s])+[）)]")
"""A range behind a number, which no line end divides."""

WORDS = {
    "en": {"contents": "Contents", "skip": "Skip to the text", "behind": "The numbers behind this figure",
           "marking": "Handling", "table": "Table"},
    "ja": {"contents": "目次", "skip": "本文へ", "behind": "この図の数値", "marking": "取扱区分", "table": "表"},
}  # fmt: skip

_STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: #1b2330; font: 16px/1.55 system-ui, "Segoe UI", "Noto Sans", "Noto Sans JP",
  "Hiragino Sans", Meiryo, Arial, sans-serif; overflow-wrap: break-word; }
:lang(ja) { line-break: strict; }
.skip { position: absolute; left: -999rem; } .skip:focus { left: 1rem; top: 1rem; background: #fff; padding: .3rem .6rem; }
:focus-visible { outline: 3px solid #d0632a; outline-offset: 2px; }
.marking { margin: 0; padding: .4rem 1.25rem; text-align: center; font-weight: 700; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
main, header, footer, nav { max-width: 47rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; border-bottom: 3px solid #1f3b63; padding-bottom: .75rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.3rem; margin: 2.4rem 0 .6rem; padding-top: .3rem; border-top: 1px solid #ccd3de; }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
header p { margin: 0; color: #4a5568; }
nav ol { margin: 1rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; list-style: none; font-size: .92rem; }
a { color: #1f4e8c; }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 1rem; margin: 1.2rem 0; }
.numbers div { border-left: 4px solid #1f3b63; padding: .2rem .8rem; background: #f4f6fa; }
.numbers strong { display: block; font-size: 1.7rem; line-height: 1.25; }
.numbers span { display: block; }
.numbers small { color: #4a5568; }
figure { margin: 1.2rem 0 .6rem; }
.row { display: grid; grid-template-columns: repeat(auto-fit, minmax(340px, 1fr)); gap: 0 1rem; align-items: start; }
.row > div { min-width: 0; }
figure svg { max-width: 100%; height: auto; display: block; }
figcaption { font-size: .9rem; color: #4a5568; margin-top: .3rem; }
.scroll { overflow-x: auto; scrollbar-width: thin; scrollbar-color: #5a6472 #dfe4ec;
  background: linear-gradient(to right, #fff 40%, #fff0) left / 2rem 100% no-repeat local,
    linear-gradient(to left, #fff 40%, #fff0) right / 2rem 100% no-repeat local,
    linear-gradient(to right, #1b233055, #fff0) left / .7rem 100% no-repeat,
    linear-gradient(to left, #1b233055, #fff0) right / .7rem 100% no-repeat; }
main > .wide { --beyond: max(0px, (min(68rem, 100vw - 3.5rem) - 100%) / 2); margin-inline: calc(-1 * var(--beyond)); }
.wide table { min-width: min(100%, 44.5rem); margin-inline: auto; }
table { border-collapse: collapse; font-size: .88rem; margin: .6rem 0; }
caption { text-align: left; font-weight: 600; padding-bottom: .3rem; }
caption span { display: block; position: sticky; left: 0; max-width: min(100%, 100vw - 3.5rem); }
th, td { padding: .22rem .6rem; border-bottom: 1px solid #dfe4ec; text-align: left; vertical-align: top; }
th { border-bottom: 2px solid #8a97ab; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
td.n { word-break: keep-all; } .h { white-space: nowrap; }
:lang(ja) th, :lang(ja) td:not(.n) { word-break: auto-phrase; }
td.t { min-width: 9em; } td.s { white-space: nowrap; }
main > .wide :is(th, td) { padding-inline: .4rem; } main > .wide td.t { min-width: 7.5em; }
details { margin: .4rem 0 1rem; } summary { cursor: pointer; color: #1f4e8c; font-size: .9rem; }
footer { margin-top: 3rem; padding: 1rem 1.25rem 2rem; border-top: 1px solid #ccd3de; font-size: .85rem; color: #4a5568; }
@media print { :root { font-size: 9.5pt; } body { font-size: 1rem; } main, header, footer { max-width: none;
  padding-left: 0; padding-right: 0; }
  nav, .skip, details:not([open]) { display: none; } h1 { font-size: 16pt; } h2 { font-size: 11pt; margin: 8pt 0 3pt; }
  h3 { margin: 6pt 0 3pt; }
  h1, h2, h3, caption { break-after: avoid; } figure, tr, .numbers div { break-inside: avoid; } .scroll { overflow: visible; }
  .scroll { background: none; } main > .wide { margin-inline: 0; } td.t { min-width: 6em; } td.s { white-space: normal; }
  caption span { position: static; max-width: none; }
  .marking { padding: 0 0 4pt; font-size: 9pt; }
  .row { grid-template-columns: 1fr 1fr; } .numbers { grid-auto-flow: column; grid-auto-columns: 1fr;
    grid-template-columns: none; margin: 6pt 0; } .numbers strong { font-size: 14pt; } p, ul, figure { margin: 4pt 0; }
  .break { break-after: page; } footer { margin-top: 8pt; padding: 4pt 0 0; } @page { size: A4; margin: 18mm; } }
"""


def render(document: Document) -> str:
    """The page as text. Everything that is not made here is escaped; figures come as inline SVG; nothing is fetched."""
    words = WORDS[document.language]
    contents = "".join(f'<li><a href="#{escape(h.anchor)}">{escape(h.text)}</a></li>' for h in document.headings)
    body = "\n".join(_block(block, words) for block in document.blocks)
    marking, printed = "", ""
    if document.marking:
        marking = f'<p class="marking"><span class="unseen">{words["marking"]}: </span>{_text(document.marking)}</p>\n'
        said = "".join(f"\\{ord(sign):06x}" for sign in document.marking)  # no sign of it is read as CSS
        box = f'content: "{said}"; font: bold 9pt sans-serif;'
        printed = f"@page {{ @top-center {{ {box} }} @bottom-center {{ {box} }} }}\n"
    return (
        f'<!DOCTYPE html>\n<html lang="{document.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(document.title)}</title>\n<style>{_STYLE}{printed}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#text">{words["skip"]}</a>\n{marking}'
        f"<header><h1>{_text(document.title)}</h1><p>{_text(document.subtitle)}</p></header>\n"
        f'<nav aria-label="{words["contents"]}"><ol>{contents}</ol></nav>\n<main id="text" tabindex="-1">\n{body}\n</main>\n'
        f"<footer>{_text(document.footer)}</footer>\n{marking}</body>\n</html>\n"
    )


def _block(block: Block, words: dict[str, str]) -> str:
    if isinstance(block, Heading):
        return f'<h{block.level} id="{escape(block.anchor)}">{escape(block.text)}</h{block.level}>'
    if isinstance(block, Paragraph):
        return f"<p>{_text(block.text)}</p>"
    if isinstance(block, Bullets):
        return "<ul>" + "".join(f"<li>{_text(item)}</li>" for item in block.items) + "</ul>"
    if isinstance(block, KeyNumbers):
        cells = "".join(
            f"<div><strong>{_text(n.value)}</strong><span>{_text(n.label)}</span><small>{_text(n.note)}</small></div>"
            for n in block.items
        )
        return f'<div class="numbers">{cells}</div>'
    if isinstance(block, Grid):
        return _grid(block, words)
    if isinstance(block, Row):
        return (
            '<div class="row">' + "".join(f"<div>{_picture(each, words)}</div>" for each in block.pictures) + "</div>"
        )
    if isinstance(block, PageBreak):
        return '<div class="break"></div>'
    return _picture(block, words)


def _text(text: str) -> str:
    """Escaped, with numbers held to their per-cent sign."""
    return escape(text.replace(" %", "\u00a0%"))


def _grid(grid: Grid, words: dict[str, str]) -> str:
    widest = [max((text_width(row[place], 1) for row in grid.rows), default=0.0) for place in range(len(grid.header))]
    kinds = ["n" if place in grid.numeric else "t" if wide > SHORT else "s" for place, wide in enumerate(widest)]

    def row(cells: tuple[str, ...], tag: str) -> str:
        scope = ' scope="col"' if tag == "th" else ""
        return "<tr>" + "".join(
            f'<{tag}{scope} class="{kind}">{_cell(cell, kind == "n") if tag == "td" else _text(cell)}</{tag}>'
            for kind, cell in zip(kinds, cells, strict=True)
        ) + "</tr>"  # fmt: skip

    rows = "\n".join(row(cells, "td") for cells in grid.rows)
    wide = " wide" if len(grid.header) >= WIDE_FROM else ""
    # A table wider than the screen scrolls on its own, by keyboard too.
    return (
        f'<div class="scroll{wide}" role="group" tabindex="0" aria-label="{words["table"]}"><table>'
        f"<caption><span>{_text(grid.caption)}</span></caption><thead>{row(grid.header, 'th')}</thead>\n"
        f"<tbody>\n{rows}\n</tbody></table></div>"
    )


def _cell(text: str, numeric: bool) -> str:
    """A cell, escaped: lines end before a range in brackets, in a number only there or within a range that stands alone."""
    numeric = numeric and any(sign.isdigit() for sign in text)
    parts = []
    for part in BRACKETS.split(text):
        if RANGE.fullmatch(part) or (numeric and BRACKETS.fullmatch(part)):
            parts.append(f'<wbr><span class="h">{_text(part)}</span>')
        elif numeric:
            # The space before a Western bracket stays one.
            held = escape(part.rstrip().replace(" ", "\u00a0")).replace("\u00a0to\u00a0", " to\u00a0")
            parts.append(held.replace("～", "～<wbr>") + " " * (part != part.rstrip()))
        else:
            parts.append(_text(part))
    return "".join(parts)


def _picture(picture: Picture, words: dict[str, str]) -> str:
    grid = behind(picture)
    numbers = (
        f'<details><summary>{words["behind"]}<span class="unseen">: {_text(picture.figure.title)}</span></summary>'
        f"{_grid(grid, words)}</details>"
        if grid
        else ""
    )
    return f"<figure>{picture.figure.svg()}<figcaption>{_text(picture.caption)}</figcaption></figure>{numbers}"
