"""A table folder: what is written is read back exactly, every mistake is one sentence with place and remedy, docs stay true."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interdep import InputError, MissingData, World, measure
from interdep.cli.main import main
from interdep.provenance import Provenance, Source
from interdep.units import Money
from interdep.world.folder import FolderHeader, read_folder, write_folder
from made_worlds import ADDED, FLOWS, OUTPUT, ROOT, USES, assert_same_table, by_hand, worlds

EXAMPLE = ROOT / "docs" / "example-world"
PAGE = (ROOT / "docs" / "own-table.md").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the example to be spoilt."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "my table"))


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file.name}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def refused(folder: Path, sentence: str, kind: type = InputError, code: int = 1) -> str:
    with pytest.raises(kind) as caught:
        World.read(folder)
    assert sentence in str(caught.value), str(caught.value)
    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert type(caught.value) is kind
    assert caught.value.exit_code == code
    return str(caught.value)


# The example and its page


def test_the_example_of_the_docs_is_the_table_added_up_by_hand():
    world = World.read(EXAMPLE)
    np.testing.assert_array_equal(world.intermediate, FLOWS)
    np.testing.assert_array_equal(world.final_use, USES)
    np.testing.assert_array_equal(world.gross_output, OUTPUT)
    np.testing.assert_array_equal(world.value_added, ADDED)
    assert world.money == Money("EUR", 2020, 1e6)
    assert (world.economies, world.industries) == (("DEU", "JPN"), ("C26", "C29"))
    assert world.provenance.data_year == 2020
    assert "describe no real economy" in (EXAMPLE / "world.toml").read_text(encoding="utf-8")


def test_what_is_measured_on_the_example_is_what_a_person_divides():
    # DEU C26 buys 10 + 10 at home and 20 + 5 from JPN: 25 of 45. DEU C29: 20 + 40 and 30 + 10: 40 of 100. Both: 65 of 145.
    found = measure(["DEU"], world=World.read(EXAMPLE))
    by_industry = {row["industry"]: row["face_share"] for row in found.suppliers.to_rows()}
    assert by_industry == pytest.approx({"C26": 25 / 45, "C29": 40 / 100})
    assert found.overall.to_rows()[0]["face_share"] == pytest.approx(65 / 145)


def test_the_command_of_the_page_runs(monkeypatch, capsys):
    assert "interdep measure DEU --world docs/example-world\n" in PAGE
    monkeypatch.chdir(ROOT)
    assert main(["measure", "DEU", "--world", "docs/example-world"]) == 0
    printed = capsys.readouterr().out
    assert "55.6 %" in printed
    assert "40.0 %" in printed


def test_the_python_of_the_page_runs(monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    names: dict = {}
    blocks = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    assert len(blocks) == 5
    for block in blocks:
        if "pymrio" in block:
            continue  # test_world_frames.py runs the same two calls where pymrio is installed
        exec(block, names)
        if "again" in names:
            np.testing.assert_array_equal(names.pop("again").intermediate, FLOWS)


def test_the_page_names_every_header_key_with_its_default():
    header = PAGE.split("### The header")[1].split("###")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+?) \| .* \|$", header, flags=re.MULTILINE))
    assert set(rows) == set(FolderHeader.model_fields)
    for name, field in FolderHeader.model_fields.items():
        expected = "required" if field.is_required() else "none" if field.default == {} else field.default
        written = rows[name].strip("`").strip('"')
        assert (float(written) if isinstance(expected, float) else written) == expected, name


def say_it_is_not_output(folder: Path) -> None:
    rows = "economy,industry,value\nDEU,C26,100\nDEU,C29,200\nJPN,C26,100\nJPN,C29,{}\n"
    (folder / "gross_output.csv").write_text(rows.format(151))


def say_it_is_not_value_added(folder: Path) -> None:
    (folder / "value_added.csv").write_text("economy,industry,value\nDEU,C26,55\nDEU,C29,100\nJPN,C26,70\nJPN,C29,91\n")


def transpose(folder: Path) -> None:
    (folder / "value_added.csv").write_text("economy,industry,value\nDEU,C26,55\nDEU,C29,100\nJPN,C26,70\nJPN,C29,90\n")
    change(folder / "intermediate.csv", "supplier,supplier_industry,buyer,buyer_industry",
           "buyer,buyer_industry,supplier,supplier_industry")  # fmt: skip


def sell_nothing(folder: Path) -> None:
    for name in ("intermediate", "final_use"):
        path = folder / f"{name}.csv"
        rows = [
            re.sub(r",-?\d+$", ",0", line) if line.startswith("DEU,C29,") else line
            for line in path.read_text().splitlines()
        ]
        path.write_text("\n".join(rows) + "\n")


def in_file(name: str, old: str, new: str):
    return lambda folder: change(folder / name, old, new)


def both_forms(folder: Path) -> None:
    pl.read_csv(folder / "intermediate.csv").write_parquet(folder / "intermediate.parquet")


MISTAKES = {
    "no header": (lambda f: (f / "world.toml").unlink(), "is absent; a table folder needs it", "", 3),
    "no table": (lambda f: (f / "intermediate.csv").unlink(), "has neither intermediate.csv nor intermediate.parquet",
                 "; see docs/own-table.md for the layout", 3),
    "both forms": (both_forms, "holds both intermediate.parquet and intermediate.csv", "; keep one", 1),
    "header in Latin-1": (lambda f: (f / "world.toml").write_bytes("name = 'Österreich'".encode("latin-1")),
                          "is not UTF-8 text", "; save it as UTF-8", 1),
    "table in Latin-1": (lambda f: (f / "final_use.csv").write_bytes("Ö,Ü\n".encode("latin-1")), "is not UTF-8 text",
                         "final_use.csv is not UTF-8 text; save it as UTF-8 (in Excel: CSV UTF-8)", 1),
    "header not TOML": (in_file("world.toml", "year = 2020", "year: 2020"), "is not TOML", "at line 3", 1),
    "unknown key": (in_file("world.toml", "currency =", "currrency ="),
                    "unknown key 'currrency'; did you mean 'currency'?", "world.toml: unknown key", 1),
    "absent key": (in_file("world.toml", "source =", "# source ="), "the key 'source' is absent", "; add it", 1),
    "unknown economy": (in_file("world.toml", '["DEU"', '["GER"'), "unknown economy or group 'GER'; did you mean 'DEU'?",
                        " (an aggregate of your own is declared under [aggregates])", 1),
    "no column": (in_file("intermediate.csv", "industry,buyer,", "industry,purchaser,"), "has no column 'buyer'",
                  "; it needs supplier, supplier_industry, buyer, buyer_industry, value", 1),
    "extra column": (in_file("final_use.csv", ",value\n", ",value,remark\n"), "has a column 'remark' that nothing reads",
                     "; it needs supplier, supplier_industry, buyer, final_use, value", 1),
    "unknown industry": (in_file("intermediate.csv", "DEU,C26,DEU,C29,20", "DEU,C26,DEU,C62,20"), "unknown buyer_industry 'C62'",
                         "intermediate.csv, line 3; did you mean", 1),
    "text for a number": (in_file("intermediate.csv", "DEU,C26,DEU,C29,20", "DEU,C26,DEU,C29,twenty"), "is not a number",
                          "intermediate.csv, line 3 (DEU C26 DEU C29): the value 'twenty' is not a number (1 such row(s));"
                          ' missing is not zero, fill it or drop the row with absent = "zero"', 1),
    "doubled cell": (in_file("intermediate.csv", "DEU,C26,DEU,C29,20", "DEU,C26,DEU,C29,20\nDEU,C26,DEU,C29,20"),
                     "is listed more than once", "intermediate.csv: DEU C26 DEU C29 is listed more than once; keep one", 1),
    "absent cell": (in_file("intermediate.csv", "DEU,C26,DEU,C29,20\n", ""), "is not listed",
                    'intermediate.csv: DEU C26 DEU C29 is not listed (1 such cell(s)); list it, or say absent = "zero"', 1),
    "negative flow": (in_file("intermediate.csv", "JPN,C26,DEU,C29,30", "JPN,C26,DEU,C29,-30"),
                      "intermediate flow(s) are negative", "JPN C26 -> DEU C29", 1),
    "negative use": (in_file("final_use.csv", "DEU,C26,DEU,households,45", "DEU,C26,DEU,households,-45"),
                     "final-use cell(s) are negative", "DEU C26 -> DEU households", 1),
    "rows": (say_it_is_not_output, "row(s) do not balance", "JPN C29 (intermediate + final use 150, output 151)", 1),
    "columns": (say_it_is_not_value_added, "column(s) do not balance", "JPN C29 (inputs + value added 151, output 150)", 1),
    "transposed": (transpose, "looks transposed", "suppliers must be rows and buyers columns", 1),
    "idle buyer": (sell_nothing, "node(s) without output buy inputs", ": DEU C29; correct the source", 1),
    "value added": (in_file("intermediate.csv", "JPN,C26,DEU,C26,20", "JPN,C26,DEU,C26,200"),
                    "value added is negative", ": DEU C26; more than 0.1% of the world's", 1),
    "doubled economy": (in_file("world.toml", '"JPN"]', '"JPN", "DEU"]'), "occurs more than once",
                        "economy DEU occurs more than once; labels must be unique", 1),
}  # fmt: skip
OF_THE_TABLE = ("negative flow", "negative use", "rows", "columns", "transposed", "idle buyer", "value added")
"""Mistakes that the World finds: its sentence begins with the table's name, not with a path."""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_folder_is_one_sentence_that_the_page_explains(folder, mistake):
    spoil, sentence, more, code = MISTAKES[mistake]
    spoil(folder)
    with pytest.raises(MissingData if code == 3 else InputError) as caught:
        World.read(folder)
    text = str(caught.value)
    assert sentence in text
    assert more in text
    assert "\n" not in text
    assert caught.value.exit_code == code
    assert (text.startswith("example: ")) if mistake in OF_THE_TABLE else str(folder) in text
    assert f"| `{sentence}` |" in PAGE


def test_the_page_lists_only_sentences_that_are_tested():
    listed = re.findall(r"^\| `(.+?)` \|", PAGE.split("the sentence says")[1].split("###")[0], flags=re.MULTILINE)
    assert set(listed) == {sentence for _, sentence, _, _ in MISTAKES.values()}


@pytest.mark.parametrize(("mistake", "code"), [("no table", 3), ("text for a number", 1)])
def test_the_command_line_says_it_in_one_line_and_leaves_with_the_code(folder, mistake, code, capsys):
    MISTAKES[mistake][0](folder)
    assert main(["measure", "DEU", "--world", str(folder)]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert MISTAKES[mistake][1] in said.err
    assert said.err.count("\n") == 1


# Header


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("year = 2020", 'year = "2020"', "year = '2020': Input should be a valid integer"),
        ('currency = "EUR"', 'currency = "euro"', "currency = 'euro': String should match pattern"),
        (
            'scale = "millions"',
            'scale = "mn"',
            "scale = 'mn': Input should be 'units', 'thousands', 'millions' or 'billions'",
        ),
        ('economies = ["DEU", "JPN"]', 'economies = ["DEU", 392]', "economies.1 = 392: Input should be a valid string"),
        ('economies = ["DEU", "JPN"]', "economies = []", "the table has no economy; give at least one"),
        ('"households", "inventories"]', '"households", "households"]', "final use households occurs more than once"),
        ('licence = "Apache-2.0"', "tolerance = nan", "tolerance is nan; it is a finite number, 0 or more"),
        ('licence = "Apache-2.0"', "rounding = -1", "rounding is -1.0; it is a finite number, 0 or more"),
        ("industries =", "economys =", "unknown key 'economys'; did you mean 'economies'?"),
        ('["DEU", "JPN"]', '["DEU", "Nippon"]', "unknown economy or group 'Nippon'"),
        ('["DEU", "JPN"]', '["DEU", "日本"]', "unknown economy or group '日本'; did you mean 'JPN'?"),
    ],
)
def test_a_wrong_header_says_which_key(folder, old, new, sentence):
    change(folder / "world.toml", old, new)
    with pytest.raises(InputError) as caught:
        World.read(folder)
    assert sentence in str(caught.value)


def test_a_header_may_begin_with_a_byte_order_mark(folder):
    path = folder / "world.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert World.read(folder).name == "example"


def test_a_header_that_is_a_folder_is_refused(folder):
    (folder / "world.toml").unlink()
    (folder / "world.toml").mkdir()
    refused(folder, "cannot read")


def test_an_aggregate_of_ones_own_is_declared(folder):
    for name in ("world.toml", "intermediate.csv", "final_use.csv"):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8").replace("JPN", "Übersee 海外"), encoding="utf-8")
    refused(folder, "unknown economy or group 'Übersee 海外'")
    header = folder / "world.toml"
    declared = '[aggregates]\n"Übersee 海外" = "Everything beyond the sea"\n'
    header.write_text(header.read_text(encoding="utf-8") + declared, encoding="utf-8")
    world = World.read(folder)
    assert world.economies == ("DEU", "Übersee 海外")
    np.testing.assert_array_equal(world.intermediate, FLOWS)


@pytest.mark.parametrize("label", ["ROW", "EU27"])
def test_the_rest_of_the_world_and_groups_need_no_declaration(folder, label):
    for name in ("world.toml", "intermediate.csv", "final_use.csv"):
        path = folder / name
        path.write_text(path.read_text().replace("JPN", label))
    assert World.read(folder).economies == ("DEU", label)


@pytest.mark.parametrize(("word", "scale"), [("units", 1.0), ("thousands", 1e3), ("millions", 1e6), ("billions", 1e9)])
def test_the_scale_is_kept(folder, word, scale):
    change(folder / "world.toml", '"millions"', f'"{word}"')
    assert World.read(folder).money == Money("EUR", 2020, scale)


# Cells


def test_the_order_of_rows_and_columns_does_not_matter(folder):
    rng = np.random.default_rng(3)
    for name in ("intermediate", "final_use"):
        frame = pl.read_csv(folder / f"{name}.csv")
        turned = frame[rng.permutation(frame.height).tolist()].select(list(reversed(frame.columns)))
        turned.write_csv(folder / f"{name}.csv")
    assert_same_table(World.read(folder), World.read(EXAMPLE))


@pytest.mark.parametrize("value", ["", " 20", "1.000,5", "1,5", "NaN", "-", "20 mn"])
def test_whatever_is_no_number_is_refused(folder, value):
    change(folder / "intermediate.csv", "DEU,C26,DEU,C29,20", f'DEU,C26,DEU,C29,"{value}"')
    refused(folder, f"line 3 (DEU C26 DEU C29): the value {value!r} is not a number")


def test_an_infinite_value_is_refused(folder):
    change(folder / "intermediate.csv", "DEU,C26,DEU,C29,20", "DEU,C26,DEU,C29,inf")
    with pytest.raises(InputError, match="NaN or infinite: DEU C26 -> DEU C29"):
        World.read(folder)


def test_an_empty_label_is_refused_with_its_line(folder):
    change(folder / "intermediate.csv", "DEU,C26,DEU,C29,20", ",C26,DEU,C29,20")
    refused(folder, f"unknown supplier '' in {folder / 'intermediate.csv'}, line 3; known are DEU, JPN")


def test_an_unknown_economy_in_a_table_is_refused_with_its_line(folder):
    change(folder / "final_use.csv", "DEU,C26,DEU,households,45", "DEU,C26,DE,households,45")
    refused(folder, f"unknown buyer 'DE' in {folder / 'final_use.csv'}, line 2; did you mean 'DEU'?")


def test_unlisted_cells_are_zeros_only_where_the_header_says_so(folder):
    path = folder / "intermediate.csv"
    kept = [line for line in path.read_text().splitlines() if not re.match("DEU,C..,JPN,", line)]
    path.write_text("\n".join(kept) + "\n")
    refused(folder, "DEU C26 JPN C26 is not listed (4 such cell(s))")
    header = folder / "world.toml"
    header.write_text(header.read_text() + 'absent = "zero"\n')
    world = World.read(folder)
    assert (world.intermediate[:2, 2:] == 0).all()
    np.testing.assert_array_equal(world.intermediate[2:], FLOWS[2:])


def test_an_empty_value_is_no_zero_even_where_unlisted_cells_are(folder):
    header = folder / "world.toml"
    header.write_text(header.read_text() + 'absent = "zero"\n')
    change(folder / "intermediate.csv", "DEU,C26,DEU,C29,20", "DEU,C26,DEU,C29,")
    refused(folder, "the value '' is not a number")


def test_a_table_without_rows_is_refused_however_absent_cells_are_read(folder):
    for name in ("intermediate", "final_use"):
        path = folder / f"{name}.csv"
        path.write_text(path.read_text().splitlines()[0] + "\n")
    refused(folder, "(16 such cell(s))")
    header = folder / "world.toml"
    header.write_text(header.read_text() + 'absent = "zero"\n')
    with pytest.raises(InputError, match="every gross output is zero"):
        World.read(folder)


def test_an_empty_file_is_refused(folder):
    (folder / "final_use.csv").write_bytes(b"")
    refused(folder, "final_use.csv cannot be read")


def test_semicolons_are_recognised(folder):
    path = folder / "final_use.csv"
    path.write_text(path.read_text().replace(",", ";"))
    refused(folder, "; separate columns by commas, not semicolons")


def test_a_ragged_line_is_refused(folder):
    change(folder / "intermediate.csv", "DEU,C26,DEU,C29,20", "DEU,C26,DEU,C29,20,20")
    refused(folder, "intermediate.csv cannot be read")


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_parquet_file_is_refused(folder, kept):
    write_folder(by_hand(), folder / "p")
    path = folder / "p" / "intermediate.parquet"
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    refused(folder / "p", "intermediate.parquet cannot be read")


def test_a_parquet_table_is_checked_like_a_csv(folder):
    write_folder(by_hand(), folder / "p")
    path = folder / "p" / "intermediate.parquet"
    frame = pl.read_parquet(path)
    holed = frame.with_columns(
        pl.when(pl.int_range(pl.len()) == 1).then(None).otherwise(pl.col("value")).alias("value")
    )
    holed.write_parquet(path)
    refused(folder / "p", "intermediate.parquet, row 2 (DEU C26 DEU C29): the value '' is not a number")
    pl.concat([frame, frame[:1]]).write_parquet(path)
    refused(folder / "p", "DEU C26 DEU C26 is listed more than once")
    frame.drop("buyer").write_parquet(path)
    refused(folder / "p", "has no column 'buyer'")


# Written and read back


@given(world=worlds(), factor=st.floats(1e-3, 1e3), parquet=st.booleans())
@settings(max_examples=25, deadline=None)
def test_what_is_written_is_read_back_to_the_last_bit(tmp_path_factory, world, factor, parquet):
    # A factor that is no whole number gives every value all its digits.
    odd = World(
        name="ungerade", money=world.money, economies=world.economies, industries=world.industries,
        final_uses=world.final_uses, intermediate=world.intermediate * factor, final_use=world.final_use * factor,
        tolerance=1e-5, rounding=0.125, classification=world.classification,
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("table")
    write_folder(odd, folder, parquet=parquet)
    assert_same_table(read_folder(folder), odd)


@pytest.mark.parametrize("parquet", [True, False])
def test_names_and_text_may_hold_spaces_umlauts_quotes_and_japanese(tmp_path, parquet):
    text = 'Tabelle "Übersee", 2020年\\版'
    source = Source(text, 2020, "Lizenz ä", "https://example.org/ü")
    world = by_hand(
        name=text, economies=("DEU", "その他, Rest"), industries=("Chips & Geräte", '"C29", 自動車'),
        final_uses=("Haushalte", "inventories"), price_basis="laufende Preise 円", provenance=Provenance((source,)),
    )  # fmt: skip
    folder = tmp_path / "meine Tabelle ä 表"
    write_folder(world, folder, parquet=parquet)
    again = World.read(folder)
    assert_same_table(again, world)
    assert again.name == text
    assert again.provenance.sources == (source,)


def test_a_written_csv_opens_in_excel(tmp_path):
    write_folder(by_hand(), tmp_path, parquet=False)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "final_use.csv", "gross_output.csv", "intermediate.csv", "value_added.csv", "world.toml",
    ]  # fmt: skip
    assert (tmp_path / "value_added.csv").read_bytes() == (
        b"\xef\xbb\xbfeconomy,industry,value\nDEU,C26,55.0\nDEU,C29,100.0\nJPN,C26,70.0\nJPN,C29,90.0\n"
    )


def test_a_scale_without_a_word_cannot_be_written(tmp_path):
    with pytest.raises(InputError, match=r"hand: a scale of 100 cannot be written; known are \['units', 'thousands'"):
        write_folder(by_hand(money=Money("EUR", 2020, 100.0)), tmp_path / "t")
    assert not (tmp_path / "t").exists()


@pytest.mark.skipif(os.name == "nt", reason="file names of Windows")
def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match=r"cannot write .*world\.toml"):
        write_folder(by_hand(), tmp_path / "file" / "table")
