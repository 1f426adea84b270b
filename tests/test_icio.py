"""The reader of OECD ICIO: every published layout gives the table that was written by hand, broken files a sentence."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from interdep import InputError, MissingData
from interdep.classifications import classification
from interdep.sources import figaro, icio
from interdep.units import Money
from made_worlds import ADDED, FLOWS, OUTPUT, assert_same_table

Lines = list[list[str]]

# Final use of the four rows of FLOWS by two buyers; every row adds up to OUTPUT.
USES = [
    [[30, 1, 4, 8, 0, 2], [10, 0, 1, 3, 0, 1]], [[60, 5, 15, 18, -5, 2], [20, 1, 6, 7, 0, 1]],
    [[6, 0, 1, 2, 0, 1], [9, 1, 4, 4, 1, 1]], [[12, 1, 3, 3, 0, 1], [40, 3, 12, 14, 5, 1]],
]  # fmt: skip
TAXES = [5, -2, 3, 4]
KINDS = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")


def printed(
    economies=("DEU", "ROW"), industries=("A01_02", "C26"), kinds=KINDS, flows=FLOWS, uses=USES, taxes=TAXES, added=ADDED,
    output=OUTPUT,
) -> Lines:  # fmt: skip
    """The table as the OECD prints it: nodes and final use in columns, then OUT; TLS, VA and OUT below."""
    nodes = [f"{e}_{i}" for e in economies for i in industries]
    users = [f"{e}_{k}" for e in economies for k in kinds]
    lines = [["V1", *nodes, *users, "OUT"]]
    for node, row, use, total in zip(nodes, flows, uses, output, strict=True):
        lines.append([node, *row, *(value for buyer in use for value in buyer), total])
    none = [0] * (len(users) + 1)
    lines.append(["TLS", *taxes, *none])
    lines.append(["VA", *(whole - tax for whole, tax in zip(added, taxes, strict=True)), *none])
    bought = zip(*(line[len(nodes) + 1 : -1] for line in lines[1:-2]), strict=True)
    lines.append(["OUT", *output, *(sum(column) for column in bought), 0])
    return [[str(cell) for cell in line] for line in lines]


def written(folder: Path, lines: Lines | None = None, name: str = "2019_SML.csv") -> Path:
    with (folder / name).open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows(lines or printed())
    return folder / name


def with_cell(row: str, column: str, text: object, lines: Lines | None = None) -> Lines:
    lines = lines or printed()
    place = lines[0].index(column)
    return [[*ln[:place], str(text), *ln[place + 1 :]] if ln[0] == row else ln for ln in lines]


def without(*labels: str, lines: Lines | None = None) -> Lines:
    """The table without the rows and the columns of these labels."""
    lines = lines or printed()
    keep = [place for place, label in enumerate(lines[0]) if label not in labels]
    return [[line[place] for place in keep] for line in lines if line[0] not in labels]


def renamed(lines: Lines, change: Callable[[str], str]) -> Lines:
    return [[change(cell) for cell in lines[0]], *([change(line[0]), *line[1:]] for line in lines[1:])]


def refused(sentence: str, path: Path, kind: type = InputError, **about) -> None:
    with pytest.raises(kind, match=re.escape(sentence)) as caught:
        icio.read(path, **about)
    assert type(caught.value) is kind
    assert "\n" not in str(caught.value)


# What is read


def test_cells_and_labels_are_those_of_the_file(tmp_path):
    world = icio.read(written(tmp_path))
    assert (world.name, world.money, world.classification) == ("oecd-icio-2023-2019", Money("USD", 2019), "oecd-icio")
    assert (world.economies, world.industries) == (("DEU", "ROW"), ("A01_02", "C26"))
    assert world.final_uses == ("households", "npish", "government", "investment", "inventories", "purchases abroad")
    np.testing.assert_array_equal(world.intermediate, FLOWS)
    np.testing.assert_array_equal(world.final_use, USES)
    np.testing.assert_array_equal(world.gross_output, OUTPUT)
    np.testing.assert_array_equal(world.value_added, ADDED)
    assert world.provenance.data_year == 2019
    assert "OECD (2023)" in world.provenance.cite()
    assert "2019_SML.csv: 2 economies, 2 of 45 industries; value added is VA and taxes" in world.provenance.steps[0]


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_rows_and_columns_does_not_matter(tmp_path, seed):
    draw = np.random.default_rng(seed)
    lines = printed()
    order = [0, *(1 + draw.permutation(len(lines[0]) - 1))]
    rows = [lines[0], *(lines[1 + place] for place in draw.permutation(len(lines) - 1))]
    shuffled = [[line[place] for place in order] for line in rows]
    assert shuffled != lines
    plain = icio.read(written(tmp_path))
    assert_same_table(icio.read(written(tmp_path, shuffled, "2019_shuffled.csv")), plain)


def halves(cells: list[str], sizes: list[int]) -> list[str]:
    """Each number as two whole numbers that add up to it, where `sizes` is 2."""
    out = []
    for cell, size in zip(cells, sizes, strict=True):
        third = int(cell) // 3
        out += [str(third), str(int(cell) - third)] if size == 2 else [cell]
    return out


def test_the_parts_of_china_are_added_up(tmp_path):
    lines = renamed(printed(), lambda label: label.replace("DEU", "CHN"))
    sizes = [2 if label in ("CHN_A01_02", "CHN_C26") else 1 for label in lines[0][1:]]
    header = [
        x for c in lines[0] for x in ([c.replace("CHN", p) for p in ("CN1", "CN2")] if c in lines[0][1:3] else [c])
    ]
    split = [header]
    for label, *cells in lines[1:]:
        wide = halves(cells, sizes)
        if label in ("CHN_A01_02", "CHN_C26"):
            pairs = [halves([cell], [2]) for cell in wide]
            split += [[label.replace("CHN", f"CN{n + 1}"), *(pair[n] for pair in pairs)] for n in (0, 1)]
        else:
            split.append([label, *wide])
    # The extended tables keep China's own rows and columns too, all zero.
    for node in ("CHN_A01_02", "CHN_C26"):
        split = [[*split[0], node], *([*line, "0"] for line in split[1:])]
    split += [[node, *["0"] * (len(split[0]) - 1)] for node in ("CHN_A01_02", "CHN_C26")]
    world = icio.read(written(tmp_path, split, "2019.csv"))
    assert_same_table(world, icio.read(written(tmp_path, lines), rounding=world.rounding))
    assert world.economies == ("CHN", "ROW")
    assert "CN1, CN2 added to CHN" in world.provenance.steps


def test_the_first_layout_of_2021_has_codes_without_letters_and_taxes_by_economy(tmp_path):
    names = {
        "DEU_A01_02": "DEU_01T02", "DEU_C26": "DEU_26", "ROW_A01_02": "ROW_01T02", "ROW_C26": "ROW_26", "VA": "VALU",
        "DEU_DPABR": "DEU_NONRES", "ROW_DPABR": "ROW_NONRES", "TLS": "DEU_TAXSUB", "V1": "",
    }  # fmt: skip
    lines = renamed(printed(taxes=[2, -2, 1, 1]), lambda label: names.get(label, label))
    lines[0][-1], lines[-1][0] = "TOTAL", "OUTPUT"
    lines.insert(-2, ["ROW_TAXSUB", "3", "0", "2", "3", *["0"] * 13])
    lines[-2] = ["VALU", *(str(whole - tax) for whole, tax in zip(ADDED, TAXES, strict=True)), *["0"] * 13]
    world = icio.read(written(tmp_path, lines, "ICIO2021_2018.csv"))
    assert (world.name, world.year, world.industries) == ("oecd-icio-2021-2018", 2018, ("A01_02", "C26"))
    np.testing.assert_array_equal(world.intermediate, FLOWS)
    np.testing.assert_array_equal(world.final_use, USES)
    np.testing.assert_array_equal(world.value_added, ADDED)
    assert "taxes less subsidies (2 row(s))" in world.provenance.steps[0]
    assert icio.read(written(tmp_path, lines, "2018.csv")).name == "oecd-icio-2021-2018"


@pytest.mark.parametrize(("edition", "name"), [(2023, "oecd-icio"), (2025, "oecd-icio-2025")])
def test_a_table_with_every_industry_is_of_the_edition_its_codes_say(tmp_path, edition, name):
    codes = classification(name).codes
    draw = np.random.default_rng(edition)
    nodes = 2 * len(codes)
    flows, uses = draw.integers(0, 50, (nodes, nodes)), draw.integers(0, 90, (nodes, 2, 6))
    # What covers the inputs is bought by the first household, so that value added is positive.
    uses[:, 0, 0] += np.maximum(flows.sum(axis=0) - flows.sum(axis=1), 0)
    output = flows.sum(axis=1) + uses.sum(axis=(1, 2))
    lines = printed(("JPN", "ROW"), codes, KINDS, flows, uses, [1] * nodes, output - flows.sum(axis=0), output)
    world = icio.read(written(tmp_path, lines))
    assert (world.name, world.classification) == (f"oecd-icio-{edition}-2019", name)
    assert world.industries == codes
    np.testing.assert_array_equal(world.intermediate, flows)
    np.testing.assert_array_equal(world.final_use, uses)
    np.testing.assert_array_equal(world.value_added, output - flows.sum(axis=0))


@pytest.mark.parametrize("form", ["bom", "crlf", "quotes", "blank lines"])
def test_harmless_forms_of_the_same_text_are_read(tmp_path, form):
    path = written(tmp_path)
    text = path.read_text()
    content = {
        "bom": "\ufeff" + text, "crlf": text.replace("\n", "\r\n"), "blank lines": text + "\n\n",
        "quotes": re.sub(r"[^,\n]+", r'"\g<0>"', text),
    }[form]  # fmt: skip
    other = tmp_path / "2019_other.csv"
    other.write_bytes(content.encode())
    assert other.read_bytes() != path.read_bytes()
    assert_same_table(icio.read(other), icio.read(path))


# Year and edition


def test_a_name_without_one_year_asks_for_it(tmp_path):
    path = written(tmp_path, name="SML_1995-2020.csv")
    refused(f"{path} does not name one year, as 2019_SML.csv does; name the year", path)
    assert icio.read(path, year=2020).year == 2020


def test_a_name_that_says_another_year_is_refused(tmp_path):
    path = written(tmp_path)
    refused(f"{path} is the table of 2019 by its name, not of 2020; give the file of 2020", path, year=2020)


def test_an_edition_that_nothing_tells_is_asked_for(tmp_path):
    path = written(tmp_path, name="2015_SML.csv")
    refused(f"{path} does not say which edition it is of; give edition= (2021, 2023, 2025)", path)
    assert "OECD (2021)" in icio.read(path, edition=2021).provenance.cite()
    lines = renamed(printed(), lambda label: label.replace("DEU", "UKR"))
    assert icio.read(written(tmp_path, lines, "2015_SML.csv")).name == "oecd-icio-2023-2015"
    refused("there is no reader for edition 2018 of the OECD ICIO; there are 2021, 2023, 2025", path, edition=2018)


# Archives


def zipped(folder: Path, *names: str) -> Path:
    path = folder / "2016-2020_SML.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, written(folder).read_text())
    return path


def test_the_table_of_the_year_is_read_from_a_zip(tmp_path):
    path = zipped(tmp_path, "ReadMe.txt", "SML/2019_SML.csv", "SML/2020_SML.csv")
    assert_same_table(icio.read(path, year=2019), icio.read(written(tmp_path)))
    assert icio.read(path, year=2020).year == 2020
    refused(f"{path} has 2 tables (SML/2019_SML.csv, SML/2020_SML.csv); name the year", path)
    refused(f"{path} has no table of 2018; it has ReadMe.txt, SML/2019_SML.csv", path, MissingData, year=2018)
    assert icio.read(zipped(tmp_path, "2019_SML.csv")).year == 2019
    two = zipped(tmp_path, "2019.csv", "2019_SML.csv")
    refused("has 2 tables (2019.csv, 2019_SML.csv); unpack the one you want and give its place", two, year=2019)
    refused("has no CSV file; it has ReadMe.txt", zipped(tmp_path, "ReadMe.txt"), MissingData)


def test_an_absent_file_is_missing_data(tmp_path):
    refused(f"there is no file {tmp_path / '2019_SML.csv'}", tmp_path / "2019_SML.csv", MissingData)


# What is refused


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (without("OUT"), "has no column OUT or OUTPUT or TOTAL; is it an ICIO table as published, and complete?"),
        (printed()[:-1], "has no row OUT or OUTPUT or TOTAL; is it"),
        (without("VA"), "has no row VA or VALU; is it"),
        (without("TLS"), "has no row TLS (taxes less subsidies); is it"),
        ([*printed()[:3], *printed()[4:]], "lacks 1 of 4 rows: ROW_A01_02 is only a column; is the file complete?"),
        ([*printed()[:2], *printed()[3:]], "lacks 1 of 4 rows: DEU_C26 is only a column"),
        ([line[:2] + line[3:] for line in printed()], "lacks 1 of 4 columns: DEU_C26 is only a row"),
        (without("ROW_C26"), "lacks 1 industries: ROW C26; is the file complete?"),
        (without("ROW_GGFC"), "lacks 1 final uses: ROW government; is the file complete?"),
        (without(*(f"{e}_{k}" for e in ("DEU", "ROW") for k in KINDS)), "has no columns of final use"),
        (without("DEU_INVNT", "ROW_INVNT"), "has no columns INVNT (changes in inventories)"),
        (renamed(printed(), lambda x: x.replace("DEU", "GER")),
         "unknown economy 'GER' in label 'GER_A01_02' of"),
        (renamed(printed(), lambda x: x.replace("C26", "C62")), "unknown industry 'C62' in label 'DEU_C62' of"),
        (renamed(printed(), lambda x: x.replace("GGFC", "GGCF")), "did you mean 'GGFC'?"),
        (renamed(printed(), lambda x: x.replace("ROW_C26", "DEU_C26")), "1 row label(s) occur more than once: DEU_C26"),
        (with_cell("DEU_C26", "ROW_C26", "n.a."),
         "row 'DEU_C26' (line 3), column 'ROW_C26' holds 'n.a.', which is no plain number; fill the number in"),
        (with_cell("TLS", "ROW_C26", "1,234.5"),
         "row 'TLS' (line 6), column 'ROW_C26' holds '1,234.5', which is no plain number; write numbers with a decimal"),
        (with_cell("TLS", "ROW_C26", "1 234"), "holds '1 234', which is no plain number; write numbers with a decimal"),
        (with_cell("DEU_C26", "ROW_C26", ""),
         "has 1 cell(s) without a number: DEU_C26 -> ROW_C26; missing is not zero, fill them from the source"),
        (with_cell("DEU_C26", "ROW_C26", "NaN"), "has 1 cell(s) without a number: DEU_C26 -> ROW_C26"),
        (with_cell("ROW_C26", "DEU_INVNT", "inf"), "has 1 cell(s) without a number: ROW_C26 -> DEU_INVNT"),
        (with_cell("VA", "DEU_C26", ""), "has 1 cell(s) without a number: VA -> DEU_C26"),
        (with_cell("OUT", "DEU_C26", ""), "has 1 cell(s) without a number: OUT -> DEU_C26; is the file complete?"),
        (with_cell("DEU_C26", "ROW_C26", -15), "1 intermediate flow(s) are negative: DEU C26 -> ROW C26"),
        (with_cell("DEU_C26", "ROW_HFCE", -20), "1 final-use cell(s) are negative: DEU C26 -> ROW households"),
        (with_cell("DEU_C26", "ROW_C26", 16), "1 row(s) do not balance: DEU C26"),
        (with_cell("VA", "DEU_C26", 103), "1 column(s) do not balance: DEU C26"),
        (with_cell("OUT", "DEU_C26", 201), "the column and the row of output differ at 1 industries, most at DEU C26 (200"),
        ([[*printed()[0][:-1], ""], *printed()[1:]], "column 18 has no label (1 such); take the file as published"),
        ([*printed()[:2], ["", *printed()[2][1:]], *printed()[3:]], "line 3 has numbers and no row label (1 such)"),
    ],
)  # fmt: skip
def test_a_broken_table_is_refused_with_its_place(tmp_path, lines, sentence):
    refused(sentence, written(tmp_path, lines))


def test_an_industry_of_another_edition_is_named(tmp_path):
    refused("unknown industry 'A01_02' in label 'DEU_A01_02' of", written(tmp_path), edition=2025)
    refused("edition 2025; did you mean 'A02'?", written(tmp_path), edition=2025)


def test_forty_empty_cells_are_counted_and_five_named(tmp_path):
    lines = [
        [*line[:5], *[""] * 10, *line[15:]] if line[0].startswith(("DEU_", "ROW_")) else line for line in printed()
    ]
    refused(
        "has 40 cell(s) without a number: DEU_A01_02 -> DEU_HFCE, DEU_A01_02 -> DEU_NPISH, ", written(tmp_path, lines)
    )
    refused(" and 35 more; missing is not zero", written(tmp_path, lines))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text: text.replace(",", ";").replace(".", ","), "is separated by semicolons; save it as published"),
        (lambda text: text.replace(",", "\t"), "is separated by tabs; save it as published"),
        (lambda text: "", "has no line of column labels; is it the published CSV, and complete?"),
        (lambda text: text.replace("V1", "V1\r"), "is no readable CSV"),
        (lambda text: text.splitlines()[0], "has no row OUT or OUTPUT or TOTAL"),
        (lambda text: text.replace("TLS,5", "TLS,1,005"), "row 'TLS' (line 6) has 19 fields and the first line 18"),
        (lambda text: text.replace("TLS", '"TLS'), "is no readable CSV"),
        (lambda text: text[: text.rindex("OUT") + 6], "cell(s) without a number: OUT -> "),
        (lambda text: text[: text.rindex("VA") + 6], "has no row OUT or OUTPUT or TOTAL"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path, change, sentence):
    path = written(tmp_path)
    path.write_text(change(path.read_text()), encoding="utf-8")
    refused(sentence, path)


@pytest.mark.parametrize("place", ["V1", "ROW_C26,", "150"])
def test_bytes_that_are_no_utf8_are_refused(tmp_path, place):
    path = written(tmp_path)
    path.write_bytes(path.read_bytes().replace(place.encode(), b"\xe9" + place.encode()))
    refused(f"{path} is not UTF-8 text; save it as UTF-8", path)


# Rounding


def test_rows_and_columns_may_be_off_by_printed_rounding_and_no_more(tmp_path):
    # Seventeen printed numbers a row, three decimals: 0.003 sqrt(17) = 0.0124, and a millionth of 200.
    assert icio.read(written(tmp_path, with_cell("DEU_C26", "ROW_C26", 15.012))).intermediate[1, 3] == 15.012
    refused("1 row(s) do not balance", written(tmp_path, with_cell("DEU_C26", "ROW_C26", 15.013)))
    assert icio.read(written(tmp_path, with_cell("DEU_C26", "ROW_C26", 16)), rounding=1).intermediate[1, 3] == 16


def test_consumption_of_minus_one_printed_digit_goes_to_inventories(tmp_path):
    lines = with_cell("DEU_A01_02", "ROW_NPISH", -0.001, with_cell("DEU_A01_02", "ROW_HFCE", 10.001))
    world = icio.read(written(tmp_path, lines))
    np.testing.assert_array_equal(world.final_use[0, 1], [10.001, 0, 1, 3, -0.001, 1])
    said = "1 negative cell(s) of consumption of one last printed digit (0.001) moved to inventories"
    assert said in world.provenance.steps
    lines = with_cell("DEU_A01_02", "ROW_NPISH", -0.002, with_cell("DEU_A01_02", "ROW_HFCE", 10.002))
    refused("1 final-use cell(s) are negative: DEU A01_02 -> ROW npish", written(tmp_path, lines))


# Recognised by the first line


def test_a_table_is_recognised_by_its_first_line_alone(tmp_path):
    path = written(tmp_path, [printed()[0], ["no", "table"]])
    assert icio.looks_like(path)
    assert not figaro.looks_like(path)
    assert icio.looks_like(zipped(tmp_path, "2019_SML.csv"))
    assert not icio.looks_like(written(tmp_path, [["exporter", "importer"], ["DEU", "JPN"]], "flows.csv"))
    assert not icio.looks_like(zipped(tmp_path, "ReadMe.txt"))
    assert not icio.looks_like(tmp_path / "absent.csv")
    assert not icio.looks_like(tmp_path)
