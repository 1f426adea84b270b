"""The PDF: two pages, archivable and tagged, with its files inside; what does not fit or print is refused in a sentence."""

from __future__ import annotations

import io
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pypdf
import pytest

from interdep.briefing.content import (
    Bullets,
    Document,
    Grid,
    Heading,
    KeyNumber,
    KeyNumbers,
    PageBreak,
    Paragraph,
    Picture,
    Row,
)
from interdep.briefing.fonts import width
from interdep.briefing.measures import PAGE, TEXT_WIDTH, breakable, columns
from interdep.briefing.typst import pdf
from interdep.errors import InputError
from made_documents import SAID, a_document

WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
FILES = {"stop.toml": b'title = "A stop"\n', "loss.csv": "a,b\n1,日本\n".encode()}
MARKUP = "#panic(\"x\") *b* _i_ `c` $x$ <b>&amp; \\ @cite // /* [x] {y} ~ --- =cmd|' /C calc'!A0"


def read(made: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(made))


def text_of(reader: pypdf.PdfReader) -> str:
    return "\n".join(page.extract_text() for page in reader.pages)


def tags(reader: pypdf.PdfReader) -> tuple[Counter[str], list[str]]:
    """How often each structure element occurs, and the text alternatives."""
    count: Counter[str] = Counter()
    alternatives = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for each in node:
                walk(each)
        elif isinstance(node, dict):
            if "/S" in node:
                count[node["/S"]] += 1
            if "/Alt" in node:
                alternatives.append(str(node["/Alt"]))
            if "/K" in node:
                walk(node["/K"])

    root: Any = reader.root_object["/StructTreeRoot"]
    walk(root["/K"])
    return count, alternatives


@pytest.fixture(scope="module", params=["en", "ja"])
def printed(request) -> tuple[Document, bytes]:
    document = a_document(request.param)
    return document, pdf(document, FILES, WHEN)


def test_two_a4_pages_with_marking_footer_and_number_on_each(printed):
    _, made = printed
    pages = read(made).pages
    assert len(pages) == 2
    for number, page in enumerate(pages, 1):
        assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]
        text = page.extract_text()
        assert text.count("RESTREINT") == 2
        assert "0123456789ab" in text
        assert f"{number} / 2" in text


def test_every_text_is_there_in_its_language(printed):
    document, made = printed
    said, text = SAID[document.language], text_of(read(made)).replace(" ", "").replace("\u00a0", "").replace("\n", "")
    for key in (
        "title",
        "subtitle",
        "short",
        "one",
        "two",
        "decision",
        "label",
        "note",
        "left",
        "options",
        "sub",
        "mine",
    ):
        assert said[key].replace(" ", "") in text, key


def test_it_is_archivable_and_tagged(printed):
    document, made = printed
    reader = read(made)
    root: Any = reader.root_object
    xmp = root["/Metadata"].get_object().get_data().decode()
    for mark in ("<pdfaid:part>3<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<"):
        assert mark in xmp
    assert root["/MarkInfo"]["/Marked"].value
    assert root["/Lang"] == document.language
    assert reader.metadata is not None
    assert reader.metadata.title == document.title
    count, alternatives = tags(reader)
    assert (count["/H1"], count["/H2"], count["/H3"], count["/Figure"]) == (1, 3, 1, 3)
    assert (count["/Table"], count["/TH"], count["/TD"], count["/LI"]) == (1, 3, 6, 2)
    assert len(alternatives) == 3
    for alternative, picture in zip(alternatives, document.pictures, strict=True):
        assert picture.figure.title in alternative
        assert picture.figure.alt in alternative


def test_only_the_shipped_fonts_are_in_it_and_all_are_embedded(printed):
    _, made = printed
    reader, found = read(made), set()

    def walk(resources: Any) -> None:
        for font in resources.get("/Font", {}).values():
            font = font.get_object()
            face = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            described = face["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(described)
            found.add(str(described["/FontName"]).split("+")[1])
        for part in resources.get("/XObject", {}).values():
            walk(part.get_object().get("/Resources", {}))

    for page in reader.pages:
        walk(page["/Resources"])
    assert {"InterdepSans-Regular", "InterdepSans-Bold", "InterdepSansJP-Bold"} <= found
    assert all(name.startswith("InterdepSans") for name in found)


def test_the_files_inside_are_those_given(printed):
    _, made = printed
    assert {name: content[0] for name, content in read(made).attachments.items()} == FILES


def test_the_same_time_gives_the_same_bytes_from_the_environment_too(monkeypatch):
    short = Document("Title", "Subtitle", "en", [Paragraph("Text.")], "Footer")
    first = pdf(short, FILES, WHEN)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(WHEN.timestamp())))
    assert pdf(short, FILES) == first
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(WHEN.timestamp()) + 1))
    assert pdf(short, FILES) != first
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    with pytest.raises(InputError, match="SOURCE_DATE_EPOCH is 'soon'"):
        pdf(short, FILES)


# Bad input


def test_markup_is_printed_as_it_stands():
    blocks = [Heading(MARKUP, "a"), Paragraph(MARKUP), Bullets((MARKUP,)), KeyNumbers((KeyNumber(MARKUP, MARKUP, MARKUP),)),
              Grid((MARKUP,), ((MARKUP,),), MARKUP)]  # fmt: skip
    document = Document(MARKUP, MARKUP, "en", blocks, MARKUP, MARKUP)
    text = text_of(read(pdf(document, {}, WHEN))).replace("\n", "").replace(" ", "")
    # title, subtitle, nine in blocks, footer, and the marking twice
    assert text.count(MARKUP.replace(" ", "")) == 14


@pytest.mark.parametrize("title", ["word " * 80, "x" * 400, "https://example.org/" + "a" * 380, "経済安全保障" * 67])
def test_400_letters_are_wrapped_within_the_page(title):
    reader = read(pdf(Document(title, title, "ja", [Grid((title, "n"), ((title, "1"),), title)], "Footer"), {}, WHEN))
    right = []

    def place(text: str, _: Any, matrix: Any, __: Any, size: float) -> None:
        if text.strip():
            right.append(matrix[4] + 0.9 * width(text.strip("\n"), abs(size)))

    for page in reader.pages:
        page.extract_text(visitor_text=place)
    assert max(right) <= 210 / 25.4 * 72
    assert reader.metadata is not None
    assert reader.metadata.title == title.strip() or reader.metadata.title == title


@pytest.mark.parametrize("where", ["title", "subtitle", "footer", "marking"])
def test_a_letter_the_font_lacks_is_named_with_its_place(where):
    with pytest.raises(InputError, match=rf"U\+0645 \(ARABIC LETTER MEEM\) in the {where}"):
        pdf(a_document(**{where: "مرحبا"}), {}, WHEN)


def test_a_letter_the_font_lacks_is_found_in_tables_and_figures():
    with pytest.raises(InputError, match="in the table 'Costs'"):
        pdf(a_document(blocks=[Grid(("a",), (("ع",),), "Costs")]), {}, WHEN)
    document = a_document()
    (row,) = (block for block in document.blocks if isinstance(block, Row))
    figure = row.pictures[0].figure
    figure.spec["title"]["text"] = ["ع"]
    with pytest.raises(InputError, match=f"AIN.* in the figure '{figure.name}'"):
        pdf(document, {}, WHEN)


def test_a_marking_longer_than_its_line_says_how_long_it_may_be():
    marking = "FOR OFFICIAL USE ONLY " * 20
    with pytest.raises(InputError, match=r"the marking has 439 signs .* holds 174 mm, about \d+ such signs") as raised:
        pdf(a_document(marking=marking), {}, WHEN)
    most = int(str(raised.value).rsplit("about ", 1)[1].split()[0])
    assert pdf(a_document(marking=marking[: most - 1]), {}, WHEN)


def test_a_footer_longer_than_two_lines_says_how_long_it_may_be():
    with pytest.raises(InputError, match=r"the footer has 600 signs; 2 lines hold about \d+ such signs"):
        pdf(a_document(footer="run 0123456789 table" * 30), {}, WHEN)


LONG = [Paragraph("A sentence that goes on for a while and says a thing. " * 6)] * 26


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        (
            [*LONG, PageBreak(), Paragraph("x")],
            r"takes 3 pages and may take 2 pages: page 1 is too long by about \d+ mm",
        ),
        ([Paragraph("x"), PageBreak(), *LONG], r"page 2 is too long by about \d+ mm \(\d+ lines of text\)"),
        (LONG * 3, r"takes 5 pages and may take 2 pages: it is too long by about \d+ mm"),
    ],
)
def test_what_does_not_fit_two_pages_is_refused_with_how_much_too_long(blocks, said):
    document = Document("Title", "Subtitle", "en", blocks, "Footer")
    with pytest.raises(InputError, match=said):
        pdf(document, {}, WHEN)
    assert len(read(pdf(document, {}, WHEN, pages=None)).pages) > 2


def test_leaving_out_the_lines_that_are_too_many_makes_it_fit():
    lines = [Paragraph(f"Line {number}.") for number in range(80)]
    with pytest.raises(InputError, match="too long") as raised:
        pdf(Document("Title", "Subtitle", "en", lines, "Footer"), {}, WHEN, pages=1)
    over = int(str(raised.value).split("(")[1].split()[0])
    assert 5 < over < 60
    assert pdf(Document("Title", "Subtitle", "en", lines[: 80 - over], "Footer"), {}, WHEN, pages=1)


def test_a_figure_taller_than_a_page_is_refused():
    figure = a_document().pictures[0].figure
    figure.spec["height"] = 2000
    with pytest.raises(InputError, match=f"the figure '{figure.name}' is 5\\d\\d mm tall and a page holds 258 mm"):
        pdf(a_document(blocks=[Picture(figure, "Tall")]), {}, WHEN)


def test_a_table_too_wide_for_the_page_is_refused_and_a_ragged_one_too():
    wide = Grid(tuple(f"Telecommunications{n}" for n in range(12)), (("a",) * 12,), "Wide")
    with pytest.raises(InputError, match=r"the table 'Wide' is too wide for a page by \d+ mm; leave out one of its 12"):
        pdf(a_document(blocks=[wide]), {}, WHEN)
    with pytest.raises(InputError, match="the table 'Ragged': row 1 has 1 cells under a header of 2"):
        pdf(a_document(blocks=[Grid(("a", "b"), (("1",),), "Ragged")]), {}, WHEN)


def test_columns_share_the_page_and_no_word_is_wider_than_its_column():
    long = "Warehousing, support activities for transportation, postal and courier services " * 3
    grid = Grid(("Industry", "Loss, bn USD a year"), ((long, "1,234.5"), ("Mining", "0.1")), "Loss", (1,))
    size, (first, second) = columns(grid)
    assert first + second == pytest.approx(TEXT_WIDTH)
    assert second >= width("1,234.5", size) + 2 * PAGE["inset"]
    assert first >= width("transportation,", size) + 2 * PAGE["inset"]


def test_only_long_runs_get_places_to_break():
    assert breakable("Warehousing, support activities 12 %") == "Warehousing, support activities 12\u00a0%"
    assert breakable("a" * 30) == "\u200b".join(("a" * 12, "a" * 12, "a" * 6))
    assert (
        breakable("https://example.org/path/to/a-page")
        == "https://\u200bexample.\u200borg/\u200bpath/\u200bto/\u200ba-\u200bpage"
    )


@pytest.mark.parametrize("name", ["../x.toml", "a/b.csv", "a\\b.csv", "a\nb.csv", ""])
def test_an_attachment_has_a_plain_file_name(name):
    with pytest.raises(InputError, match="is no file name"):
        pdf(a_document(), {name: b""}, WHEN)
