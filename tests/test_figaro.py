"""The reader of FIGARO: the matrix and the flat file of one table give the same World, broken files a sentence."""

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

MATRIX = "matrix_eu-ic-io_ind-by-ind_24ed_2021.csv"
FLAT = "flatfile_eu-ic-io_ind-by-ind_24ed_2021.csv"
KINDS = ("P3_S13", "P3_S14", "P3_S15", "P51G", "P5M")
# Final use of the four rows of FLOWS by two buyers, in the order of KINDS; every row adds up to OUTPUT.
USES = [
    [[4, 32, 1, 8, 0], [1, 11, 0, 3, 0]], [[15, 62, 5, 18, -5], [6, 21, 1, 7, 0]],
    [[1, 7, 0, 2, 0], [4, 10, 1, 4, 1]], [[3, 13, 1, 3, 0], [12, 41, 3, 14, 5]],
]  # fmt: skip
BY_KIND = [2, 3, 1, 4, 5]
"""Where households, npish, government, investment and inventories stand in a printed row, counted from 1 in KINDS."""
PARTS = {
    "W2_D21X31": [5, -2, 3, 4], "W2_OP_RES": [0] * 4, "W2_OP_NRES": [0] * 4, "W2_D1": [30, 60, 40, 50],
    "W2_D29X39": [1, 2, -1, 0], "W2_B2A3G": [19, 40, 28, 36],
}  # fmt: skip


def printed(areas=("AT", "FIGW1"), industries=("A01", "C31_32"), flows=FLOWS, uses=USES, parts=PARTS) -> Lines:
    """The matrix as Eurostat prints it: nodes and final use in columns, six rows of value added below."""
    nodes = [f"{a}_{i}" for a in areas for i in industries]
    users = [f"{a}_{k}" for a in areas for k in KINDS]
    lines = [["rowLabels", *nodes, *users]]
    for node, row, use in zip(nodes, flows, uses, strict=True):
        lines.append([node, *row, *(value for buyer in use for value in buyer)])
    # Residents' purchases abroad are booked with the households of the first area.
    below = {"W2_OP_RES": [0, 7, *[0] * (len(users) - 2)]}
    lines += [[part, *cells, *below.get(part, [0] * len(users))] for part, cells in parts.items()]
    return [[str(cell) for cell in line] for line in lines]


def flat(lines: Lines) -> Lines:
    """The same table, one line a cell."""
    out = [["icioiRow", "icioiCol", "refArea", "rowIi", "counterpartArea", "colIi", "obsValue"]]
    for label, *cells in lines[1:]:
        for column, cell in zip(lines[0][1:], cells, strict=True):
            out.append([label, column, *label.split("_", 1), *column.split("_", 1), cell])
    return out


def written(folder: Path, lines: Lines | None = None, name: str = MATRIX) -> Path:
    with (folder / name).open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows(lines or printed())
    return folder / name


def with_cell(row: str, column: str, text: object, lines: Lines | None = None) -> Lines:
    lines = lines or printed()
    place = lines[0].index(column)
    return [[*ln[:place], str(text), *ln[place + 1 :]] if ln[0] == row else ln for ln in lines]


def without(*labels: str) -> Lines:
    lines = printed()
    keep = [place for place, label in enumerate(lines[0]) if label not in labels]
    return [[line[place] for place in keep] for line in lines if line[0] not in labels]


def renamed(lines: Lines, change: Callable[[str], str]) -> Lines:
    return [[change(cell) for cell in lines[0]], *([change(line[0]), *line[1:]] for line in lines[1:])]


def refused(sentence: str, path: Path, kind: type = InputError, **about) -> None:
    with pytest.raises(kind, match=re.escape(sentence)) as caught:
        figaro.read(path, **about)
    assert type(caught.value) is kind
    assert "\n" not in str(caught.value)


# What is read


def test_cells_and_labels_are_those_of_the_file(tmp_path):
    world = figaro.read(written(tmp_path))
    assert (world.name, world.money, world.classification) == ("figaro-2024-2021", Money("EUR", 2021), "figaro")
    assert (world.economies, world.industries) == (("AUT", "ROW"), ("A01", "C31_32"))
    assert world.final_uses == ("households", "npish", "government", "investment", "inventories")
    np.testing.assert_array_equal(world.intermediate, FLOWS)
    np.testing.assert_array_equal(world.final_use, np.array(USES)[:, :, np.array(BY_KIND) - 1])
    np.testing.assert_array_equal(world.gross_output, OUTPUT)
    np.testing.assert_array_equal(world.value_added, ADDED)
    assert world.provenance.data_year == 2021
    assert "Eurostat (2024)" in world.provenance.cite()
    assert "2 economies, 2 of 64 industries; value added is W2_D21X31, W2_D1" in world.provenance.steps[0]


def test_the_flat_file_is_the_same_table(tmp_path):
    plain, other = figaro.read(written(tmp_path)), figaro.read(written(tmp_path, flat(printed()), FLAT))
    assert_same_table(other, plain)
    assert other.hash == plain.hash


def test_the_flat_file_needs_only_its_five_columns(tmp_path):
    lines = [line[2:] for line in flat(printed())]
    assert_same_table(figaro.read(written(tmp_path, lines, FLAT)), figaro.read(written(tmp_path)))


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_rows_and_columns_does_not_matter(tmp_path, seed):
    draw = np.random.default_rng(seed)
    lines = printed()
    order = [0, *(1 + draw.permutation(len(lines[0]) - 1))]
    rows = [lines[0], *(lines[1 + place] for place in draw.permutation(len(lines) - 1))]
    shuffled = [[line[place] for place in order] for line in rows]
    assert shuffled != lines
    plain = figaro.read(written(tmp_path))
    assert_same_table(figaro.read(written(tmp_path, shuffled)), plain)
    cells = flat(lines)
    mixed = [cells[0], *(cells[1 + place] for place in draw.permutation(len(cells) - 1))]
    assert_same_table(figaro.read(written(tmp_path, mixed, FLAT)), plain)


@pytest.mark.parametrize(("area", "code"), [("EL", "GRC"), ("GR", "GRC"), ("UK", "GBR"), ("GB", "GBR"), ("JP", "JPN")])
def test_both_spellings_of_an_area_are_known(tmp_path, area, code):
    lines = renamed(printed(), lambda label: label.replace("AT_", f"{area}_"))
    assert figaro.read(written(tmp_path, lines)).economies == (code, "ROW")


def test_a_table_with_every_industry_is_read_in_the_order_of_the_classification(tmp_path):
    codes = classification("figaro").codes
    draw = np.random.default_rng(7)
    nodes = 2 * len(codes)
    flows, uses = draw.integers(0, 50, (nodes, nodes)), draw.integers(0, 90, (nodes, 2, 5))
    uses[:, 0, 1] += np.maximum(flows.sum(axis=0) - flows.sum(axis=1), 0)
    added = flows.sum(axis=1) + uses.sum(axis=(1, 2)) - flows.sum(axis=0)
    none = [0] * nodes
    parts = dict.fromkeys(PARTS, none) | {"W2_B2A3G": added - 3, "W2_D1": [3] * nodes}
    world = figaro.read(written(tmp_path, printed(("JP", "DE"), codes, flows, uses, parts)))
    assert (world.economies, world.industries) == (("DEU", "JPN"), codes)
    half = len(codes)
    turned = np.r_[np.arange(half, nodes), np.arange(half)]
    np.testing.assert_array_equal(world.intermediate, flows[np.ix_(turned, turned)])
    np.testing.assert_array_equal(world.value_added, added[turned])
    np.testing.assert_array_equal(world.final_use[:, 1, 0], uses[turned, 0, 1])


@pytest.mark.parametrize("name", [MATRIX, FLAT])
def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path, name):
    path = written(tmp_path, flat(printed()) if name == FLAT else None, name)
    path.write_bytes(("\ufeff" + path.read_text()).replace("\n", "\r\n").encode())
    assert_same_table(figaro.read(path), figaro.read(written(tmp_path, name="m_24ed_2021.csv")))


# Year and edition


def test_a_name_without_year_or_edition_asks_for_it(tmp_path):
    path = written(tmp_path, name="figaro_24ed.csv")
    refused(f"{path} does not name one year, as {MATRIX} does; give year=", path)
    assert figaro.read(path, year=2019).name == "figaro-2024-2019"
    path = written(tmp_path, name="figaro_2019.csv")
    refused(f"{path} does not name one edition, as {MATRIX} does; give edition=", path)
    assert figaro.read(path, edition=2023).name == "figaro-2023-2019"
    refused("there is no edition 23 of FIGARO; editions are years from 2021, as 2024 for 24ed", path, edition=23)


def test_a_name_that_says_another_year_is_refused(tmp_path):
    path = written(tmp_path)
    refused(f"{path} is the table of 2021 by its name, not of 2020; give the file of 2020", path, year=2020)


def test_the_flat_file_is_read_from_its_zip(tmp_path):
    path = tmp_path / FLAT.replace(".csv", ".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(FLAT, written(tmp_path, flat(printed()), FLAT).read_text())
    assert_same_table(figaro.read(path), figaro.read(written(tmp_path)))
    assert figaro.looks_like(path)
    refused(f"{path} has no table of 2020; it has {FLAT}", path, MissingData, year=2020)


def test_an_absent_file_is_missing_data(tmp_path):
    refused(f"there is no file {tmp_path / MATRIX}", tmp_path / MATRIX, MissingData)


# What is refused


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (without("W2_D1", "W2_B2A3G"), "has no row(s) W2_D1, W2_B2A3G; is it a FIGARO table as published, and complete?"),
        (printed()[:8], "has no row(s) W2_D1, W2_D29X39, W2_B2A3G; is it"),
        ([*printed()[:3], *printed()[4:]], "lacks 1 of 4 rows: FIGW1_A01 is only a column; is the file complete?"),
        (without("AT_A01"), "lacks 1 industries: AUT A01; is the file complete?"),
        (without("FIGW1_P51G"), "lacks 1 final uses: ROW investment; is the file complete?"),
        (without("AT_P5M", "FIGW1_P5M"), "has no columns P5M (changes in inventories and valuables)"),
        (renamed(printed(), lambda x: x.replace("AT_", "XX_")), "unknown economy 'XX' in label 'XX_P3_S13' of"),
        (renamed(printed(), lambda x: x.replace("A01", "A1")), "unknown industry 'A1' in label 'AT_A1' of"),
        (renamed(printed(), lambda x: x.replace("_P5M", "_P52")), "unknown industry 'P52' in label 'AT_P52' of"),
        (renamed(printed(), lambda x: x.replace("W2_OP_RES", "W2_D11")), "unknown row 'W2_D11' in"),
        (renamed(printed(), lambda x: re.sub("(A01|C31_32)", r"CPA_\1", x)), "is product by product; take the industry"),
        (renamed(printed(("EL", "GR")), str), "EL_A01 and GR_A01 both mean GRC A01; keep one of them"),
        (with_cell("AT_A01", "AT_A01", "1,234"), "row 'AT_A01' (line 2), column 'AT_A01' holds '1,234', which is no plain"),
        (with_cell("AT_A01", "AT_A01", ""), "has 1 cell(s) without a number: AT_A01 -> AT_A01; missing is not zero"),
        (with_cell("W2_B2A3G", "AT_A01", ""), "has 1 cell(s) without a number: W2_B2A3G -> AT_A01; is the file complete?"),
        (with_cell("AT_A01", "AT_A01", -1), "1 intermediate flow(s) are negative: AUT A01 -> AUT A01"),
        (with_cell("AT_A01", "AT_C31_32", 21), "2 column(s) do not balance: AUT A01"),
        (with_cell("W2_D1", "AT_A01", 31), "1 column(s) do not balance: AUT A01"),
    ],
)  # fmt: skip
def test_a_broken_matrix_is_refused_with_its_place(tmp_path, lines, sentence):
    refused(sentence, written(tmp_path, lines))


def test_a_matrix_with_semicolons_is_refused(tmp_path):
    path = written(tmp_path)
    path.write_text(path.read_text().replace(",", ";"))
    refused("is separated by semicolons; save it as published", path)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda ls: ls[:-12], "has 2 cell(s) without a number: W2_B2A3G -> FIGW1_A01, W2_B2A3G -> FIGW1_C31_32; is the file"),
        (lambda ls: [*ls[:3], *ls[4:]], "has 1 cell(s) without a number: AT_A01 -> FIGW1_A01; missing is not zero"),
        (lambda ls: [*ls, ls[3]], "has 1 cell(s) on more than one line: AT_A01 -> FIGW1_A01; keep one each"),
        (lambda ls: [*ls[:3], [*ls[3][:-1], "x"], *ls[4:]],
         "AT_A01 -> FIGW1_A01 (line 4) holds 'x', which is no plain number"),
        (lambda ls: [*ls[:3], [*ls[3], "500"], *ls[4:]], "line 4 has 8 fields and the first line 7"),
        (lambda ls: [*ls[:3], [*ls[3][:-1], ""], *ls[4:]], "has 1 cell(s) without a number: AT_A01 -> FIGW1_A01"),
        (lambda ls: [*ls[:3], [*ls[3][:2], "", *ls[3][3:]], *ls[4:]], "1 line(s) have no refArea"),
        (lambda ls: [line[:3] + line[4:] for line in ls], "has no column 'rowIi'; it has icioiRow, icioiCol, refArea"),
        (lambda ls: [["icioRow", "icioCol", "refArea", "rowPi", "counterpartArea", "colPi", "obsValue"], *ls[1:]],
         "is product by product; take the industry-by-industry table"),
        (lambda ls: ls[:1], "has no lines but the first"),
    ],
)  # fmt: skip
def test_a_broken_flat_file_is_refused_with_its_place(tmp_path, change, sentence):
    path = written(tmp_path, change(flat(printed())), FLAT)
    refused(sentence, path, MissingData if "no lines" in sentence else InputError)


def test_a_flat_file_that_is_no_utf8_is_refused(tmp_path):
    path = written(tmp_path, flat(printed()), FLAT)
    path.write_bytes(path.read_bytes().replace(b"W2,D1", b"W2\xe9,D1"))
    refused(f"{path} is not UTF-8 text; save it as UTF-8", path)


# Rounding


def test_columns_may_be_off_by_printed_rounding_and_no_more(tmp_path):
    # Eleven rows, fourteen columns, three decimals: 0.003 sqrt(24) = 0.0147, and a ten-thousandth of 100.
    assert figaro.read(written(tmp_path, with_cell("W2_D1", "AT_A01", 30.0146))).value_added[0] == 55.0146
    refused("1 column(s) do not balance: AUT A01", written(tmp_path, with_cell("W2_D1", "AT_A01", 30.015)))
    assert figaro.read(written(tmp_path, with_cell("W2_D1", "AT_A01", 31)), rounding=1).value_added[0] == 56


def test_consumption_of_minus_one_printed_digit_goes_to_inventories(tmp_path):
    world = figaro.read(written(tmp_path, with_cell("AT_A01", "FIGW1_P3_S15", -0.001)))
    np.testing.assert_array_equal(world.final_use[0, 1], [11, 0, 1, 3, -0.001])
    assert "1 negative cell(s) of consumption of one last printed digit (0.001) moved to" in world.provenance.steps[1]
    refused("1 final-use cell(s) are negative: AUT A01 -> ROW npish",
            written(tmp_path, with_cell("AT_A01", "FIGW1_P3_S15", -0.002)))  # fmt: skip


def test_an_absent_industry_that_sums_to_minus_one_digit_has_no_output(tmp_path):
    empty = [[0 if 1 in (i, j) else cell for j, cell in enumerate(row)] for i, row in enumerate(FLOWS)]
    # What the absent industry bought and sold is made good at home, so that the others still balance.
    uses = [[[*USES[k][0]], [*USES[k][1]]] for k in range(4)]
    uses[1] = [[0, 0, 0, 0, -0.001], [0] * 5]
    for k in (0, 2, 3):
        uses[k][0][1] += FLOWS[k][1]
    parts = {part: [0 if k == 1 else cell for k, cell in enumerate(cells)] for part, cells in PARTS.items()}
    parts["W2_B2A3G"] = [cell + FLOWS[1][k] if k != 1 else 0 for k, cell in enumerate(PARTS["W2_B2A3G"])]
    world = figaro.read(written(tmp_path, printed(flows=empty, uses=uses, parts=parts)))
    np.testing.assert_array_equal(world.gross_output, [100, 0, 100, 150])
    assert not world.live[1]
    assert "gross output of 1 industries that sum to -0.001 set to 0" in world.provenance.steps


# Recognised by the first line


def test_a_table_is_recognised_by_its_first_line_alone(tmp_path):
    for name, lines in ((MATRIX, printed()), (FLAT, flat(printed()))):
        path = written(tmp_path, [lines[0], ["no", "table"]], name)
        assert figaro.looks_like(path)
        assert not icio.looks_like(path)
    assert not figaro.looks_like(written(tmp_path, [["exporter", "importer"], ["DEU", "JPN"]], "flows.csv"))
    assert not figaro.looks_like(tmp_path / "absent.csv")
