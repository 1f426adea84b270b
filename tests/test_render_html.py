"""The HTML page: one file, in order, a table behind every figure, readable without sight, mouse or colour; no text is markup."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import polars as pl
import pytest

from interdep.briefing.content import Document, Grid, Heading, Picture
from interdep.briefing.html import render
from interdep.briefing.rows import MOST, behind
from interdep.errors import InputError
from interdep.figures.theme import contrast
from interdep.tables import Table
from made_documents import a_document, figures

EVIL = "</style></title><script>alert(1)</script> \" onload='x' & =cmd|' /C calc'!A0"
VOID = {"meta", "br", "hr", "img", "wbr", "link", "input"}


class Page(HTMLParser):
    """The elements of a page in order as (tag, attributes, text inside), tags checked to be closed in turn."""

    def __init__(self, text: str):
        super().__init__()
        self.open: list[int] = []
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs), ""))
        if tag not in VOID:
            self.open.append(len(self.found) - 1)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs), ""))

    def handle_endtag(self, tag):
        assert self.found[self.open.pop()][0] == tag

    def handle_data(self, data):
        for number in self.open:
            tag, attributes, text = self.found[number]
            self.found[number] = (tag, attributes, text + data)

    def all(self, *tags: str) -> list[tuple[str, dict[str, str | None], str]]:
        return [each for each in self.found if each[0] in tags]


@pytest.fixture(scope="module", params=["en", "ja"])
def shown(request) -> tuple[Document, str]:
    document = a_document(request.param)
    return document, render(document)


def test_language_and_headings_in_order(shown):
    document, text = shown
    page = Page(text)
    assert page.all("html")[0][1]["lang"] == document.language
    levels = [int(tag[1]) for tag, _, _ in page.all("h1", "h2", "h3")]
    assert levels == [1, 2, 2, 2, 3]
    assert page.all("title")[0][2] == page.all("h1")[0][2] == document.title


def test_every_figure_has_a_text_alternative_a_caption_and_a_table_behind_it(shown):
    document, text = shown
    drawn = re.findall(r"<figure>.*?</figure>(?=(<details>.*?</details>)?)", text, re.DOTALL)
    pictures = document.pictures
    assert len(drawn) == len(pictures) == 3
    # The tile map is drawn from bare values and was given no table.
    assert [bool(details) for details in drawn] == [True, False, True]
    page = Page(text)
    images = [attributes for tag, attributes, _ in page.all("svg") if attributes.get("role") == "img"]
    assert len(images) == 3
    told = {attributes.get("id"): said for _, attributes, said in page.all("title", "desc")}
    for attributes, picture in zip(images, pictures, strict=True):
        title, description = str(attributes["aria-labelledby"]).split()
        assert (told[title], told[description]) == (picture.figure.title, picture.figure.alt)
    assert [said for _, _, said in page.all("figcaption")] == [p.caption.replace(" %", "\u00a0%") for p in pictures]


def test_tables_have_captions_and_column_headers_and_scroll_by_keyboard(shown):
    _, text = shown
    page = Page(text)
    tables, scrolls = page.all("table"), [a for _, a, _ in page.all("div") if str(a.get("class")).startswith("scroll")]
    assert len(tables) == len(page.all("caption")) == len(scrolls) == 3
    assert all(a["tabindex"] == "0" and a["role"] == "group" and a["aria-label"] for a in scrolls)
    assert page.all("th")
    assert all(a["scope"] == "col" for _, a, _ in page.all("th"))


def test_a_keyboard_reaches_the_text_first_and_every_link_has_its_target(shown):
    _, text = shown
    page = Page(text)
    links = [a["href"] for _, a, _ in page.all("a")]
    assert links[0] == "#text"
    targets = {a["id"] for _, a, _ in page.found if "id" in a}
    assert {str(link).removeprefix("#") for link in links} <= targets
    assert "outline: none" not in text
    assert ":focus-visible" in text


def test_the_page_stands_alone(shown):
    _, text = shown
    page = Page(text)
    assert not page.all("script", "link", "img", "iframe", "object")
    assert not re.search(r"(?:src|href)=.https?:|url\(\s*.?https?:|@import", text)
    assert "default-src 'none'" in text


def test_every_text_colour_has_contrast_aa_on_what_is_under_it(shown):
    _, text = shown
    style = text.split("<style>")[1].split("</style>")[0]
    inks = set(re.findall(r"(?<![-\w])color: (#[0-9a-f]{6})", style))
    grounds = {"#ffffff", *re.findall(r"background: (#[0-9a-f]{6})", style)}
    assert len(inks) >= 3
    assert {"#f4f6fa"} <= grounds
    assert all(contrast(ink, ground) >= 4.5 for ink in inks for ground in grounds)


def test_the_marking_stands_at_both_ends_and_on_every_printed_page():
    document = a_document(marking=EVIL)
    text = render(document)
    page = Page(text)
    assert [said for _, a, said in page.all("p") if a.get("class") == "marking"] == [f"Handling: {EVIL}"] * 2
    style = page.all("style")[0][2]
    boxes = re.findall(r'@(?:top|bottom)-center \{ content: "((?:\\[0-9a-f]{6})+)"', style)
    assert ["".join(chr(int(code, 16)) for code in box.split("\\")[1:]) for box in boxes] == [EVIL] * 2
    assert "marking" not in [a.get("class") for _, a, _ in Page(render(a_document(marking=""))).all("p")]
    assert "@top-center" not in render(a_document(marking=""))


def test_no_text_becomes_markup_wherever_it_stands():
    left, _ = figures("en")
    evil = replace(left, title=EVIL, alt=EVIL)
    blocks = [Heading(EVIL, EVIL), Picture(evil, EVIL, Grid((EVIL,), ((EVIL,),), EVIL))]
    page = Page(render(Document(EVIL, EVIL, "ja", blocks, EVIL, EVIL)))
    assert not page.all("script")
    assert not [a for _, a, _ in page.found if "onload" in a]
    assert page.all("h1")[0][2] == page.all("h2")[0][2] == page.all("td")[0][2] == page.all("footer")[0][2] == EVIL


def test_the_marking_is_printed_where_a_browser_knows_no_margin_boxes():
    style = Page(render(a_document(marking="SECRET"))).all("style")[0][2]
    hidden = [rule.split("{")[0] for rule in re.findall(r"[^{}]*\{[^{}]*display: none[^{}]*\}", style)]
    assert any(".skip" in selector for selector in hidden)
    assert not any(".marking" in selector for selector in hidden)


def test_a_table_of_many_columns_is_wide_and_breaks_numbers_only_at_their_ranges():
    long = "重要鉱物の供給国が供給停止した場合"
    header = ("対象", "費用", "効果", "回避", "上積み", "損失", "実現", "負担")
    row = (long, "EUR 3.4 billion", "7.1億～120億ユーロ", "53%（36～100%）", "EUR 0.7 to 12 billion", "2 % (0.1 to 15 %)",
           "6か月", "n/a & more")  # fmt: skip
    text = render(a_document("ja", blocks=[Grid(header, (row,), "標題", (1, 2, 3, 4, 5, 7))]))
    assert '<div class="scroll wide"' in text
    cells = dict(zip(header, re.findall(r"<td class=\"(\w)\">(.*?)</td>", text), strict=True))
    assert cells == {
        "対象": ("t", long),
        "費用": ("n", "EUR\u00a03.4\u00a0billion"),
        "効果": ("n", "7.1億～<wbr>120億ユーロ"),
        "回避": ("n", '53%<wbr><span class="h">（36～100%）</span>'),
        "上積み": ("n", "EUR\u00a00.7 to\u00a012\u00a0billion"),
        "損失": ("n", '2\u00a0% <wbr><span class="h">(0.1 to 15\u00a0%)</span>'),
        "実現": ("s", "6か月"),
        "負担": ("n", "n/a &amp; more"),
    }
    narrow = render(a_document(blocks=[Grid(header[:5], (row[:5],), "Caption")]))
    assert '<div class="scroll"' in narrow
    assert 'class="scroll wide"' not in narrow


def test_letters_no_shipped_font_has_are_left_to_the_reader_s():
    assert "مرحبا" in render(a_document(title="مرحبا"))


def test_print_begins_a_new_page_where_asked_and_is_a4(shown):
    _, text = shown
    assert text.count('<div class="break"></div>') == 1
    assert ".break { break-after: page; }" in text
    assert "@page { size: A4" in text


def test_a_figure_s_own_table_stands_behind_it_where_none_was_given():
    figure, _ = figures("en")
    grid = behind(Picture(figure, "Caption"))
    assert grid is not None
    assert grid.header[-1] == "loss_share [fraction of yearly value added]"
    assert grid.rows[0] == ("leontief", "stop", "DEU", "0.01900")
    assert grid.numeric == (3,)


def test_the_table_behind_says_when_it_is_cut_and_what_is_missing():
    frame = pl.DataFrame({"economy": [f"E{n}" for n in range(MOST + 5)], "v": [None, *[1.0] * (MOST + 4)]})
    figure = replace(figures("en")[0], table=Table("t", frame, ("economy",), {"v": "mn USD"}, "Losses"))
    grid = behind(Picture(figure, "Caption"))
    assert grid is not None
    assert (len(grid.rows), grid.caption) == (MOST, f"Losses ({MOST} / {MOST + 5})")
    assert [row[1] for row in grid.rows[:2]] == ["n/a", "1.000"]
    assert behind(Picture(replace(figure, table=None), "Caption")) is None


# What a document may be


def test_headings_that_skip_a_level_and_unknown_languages_are_refused():
    with pytest.raises(InputError, match="heading 'Costs' is of level 4 after one of level 2"):
        a_document(blocks=[Heading("Options", "a"), Heading("Costs", "b", 4)])
    with pytest.raises(InputError, match="unknown language 'jp'"):
        a_document(language="jp")
