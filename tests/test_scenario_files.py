"""A scenario file is read as written, or refused with one sentence: file, line, key, what is wrong, the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from interdep.cli.main import main
from interdep.errors import InputError
from interdep.shocks.scenario import Scenario
from interdep.testing import small_world
from interdep.world import World
from interdep.world.folder import write_folder

GOOD = """\
name = "mine"
horizon = 100

[[shocks]]
kind = "CapacityLoss"
economies = ["DEU"]
industries = ["C26"]
share = 0.5
days = 10
"""
SECOND = """
[[shocks]]
kind = "SupplyStop"
economies = ["JPN"]
industries = ["C29"]
days = 20
"""


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("table") / "small"
    write_folder(small_world(), folder)
    return folder


@pytest.fixture
def outcome(tmp_path, table, capsys, monkeypatch):
    """Runs a text as the file mine.toml; gives the exit code, and stderr without the name of the program."""
    monkeypatch.chdir(tmp_path)

    def run(text: str | bytes, *options: str) -> tuple[int, str]:
        Path("mine.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
        code = main(["run", "mine.toml", "--world", str(table), *options])
        return code, capsys.readouterr().err.removeprefix("interdep: ").removesuffix("\n")

    return run


def test_a_file_as_it_should_be_runs_without_a_word(outcome):
    assert outcome(GOOD) == (0, "")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("horizon = 100", "horizn = 100", "mine.toml, line 2: unknown key 'horizn'; did you mean 'horizon'?"),
        ("share =", "shar =", "mine.toml, line 8: unknown key 'shar'; did you mean 'share'?"),
        ('"CapacityLoss"', '"CapacityLos"', "mine.toml, line 5: unknown kind 'CapacityLos'; did you mean 'CapacityLoss'?"),
        ('kind = "CapacityLoss"\n', "", 'mine.toml, line 4: the shock says no kind; add kind = "SupplyStop" or another'),
        ("share = 0.5\n", "", "mine.toml, line 4: the key 'share' is absent; add it"),
        ('name = "mine"\n', "", "mine.toml, line 1: the key 'name' is absent; add it"),
        ('"mine"', '""', "mine.toml, line 1: name is empty; give it a text"),
        ('"mine"', "3", "mine.toml, line 1: name must be text, not 3"),
        ("days = 10", "days = -10", "mine.toml, line 9: days = -10 must be at least 1"),
        ("days = 10", "days = 0", "mine.toml, line 9: days = 0 must be at least 1"),
        ("days = 10", "days = 1.5", "mine.toml, line 9: days must be a whole number, not 1.5"),
        ("days = 10", 'days = "ten"', "mine.toml, line 9: days must be a whole number, not 'ten'"),
        ("days = 10", "days = 2022-02-24", "mine.toml, line 9: days must be a whole number, not 2022-02-24"),
        ("horizon = 100", "horizon = 0", "mine.toml, line 2: horizon = 0 must be at least 1"),
        ("horizon = 100", "horizon = 99999999999", "mine.toml, line 2: horizon = 99999999999 must be at most 36500"),
        ("share = 0.5", "share = 1.5",
         "mine.toml, line 8: share = 1.5 must be at most 1 (shares are fractions: 0.15 is 15 per cent)"),
        ("share = 0.5", "share = 0",
         "mine.toml, line 8: share = 0 must be above 0 (shares are fractions: 0.15 is 15 per cent)"),
        ("share = 0.5", "share = nan", "mine.toml, line 8: share must be a number, not nan"),
        ("share = 0.5", 'share = "half"', "mine.toml, line 8: share must be a number, not 'half'"),
        ("share = 0.5", "share = true", "mine.toml, line 8: share must be a number, not true"),
        ("days = 10", "days = true", "mine.toml, line 9: days must be a whole number, not true"),
        ('["DEU"]', "[]", "mine.toml, line 6: economies is empty; name at least one"),
        ('["C26"]', "[]", "mine.toml, line 7: industries is empty; name at least one"),
        ('["DEU"]', '[""]', 'mine.toml, line 6: economies must be names, for example ["DEU", "JPN"]'),
        ('["DEU"]', "[276]", 'mine.toml, line 6: economies must be names, for example ["DEU", "JPN"]'),
        ('["DEU"]', "276", "mine.toml, line 6: economies must be a name or a list of names, not 276"),
        ('["DEU"]', '{DEU = "all"}', "mine.toml, line 6: economies must be a name or a list of names, not {'DEU': 'all'}"),
        ('["DEU"]', '["DEU", "DEU"]', "mine.toml, line 6: economies names 'DEU' twice"),
        ("days = 10", "days = 10\nstart = 100",
         "mine.toml, line 10: start of shock 1 is day 100, after the horizon of 100 days;"
         " start it earlier or lengthen the horizon"),
        ("days = 10", "days = 10\nstart = -1", "mine.toml, line 10: start = -1 must be at least 0"),
        ("horizon = 100", "start = 20220512",
         "mine.toml, line 2: start = 20220512 is not a day; write it as YYYY-MM-DD, for example '2022-05-12'"),
        ("[[shocks]]", "[shocks]", "mine.toml, line 4: shocks must be tables, each under a line [[shocks]]"),
        ("share = 0.5", "share = = 0.5", "mine.toml is not TOML: Invalid value (at line 8, column 9)"),
        ("days = 10", "days = 10\ndays = 11", "mine.toml is not TOML: Cannot overwrite a value (at line 10, column 10)"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_file_line_and_key(outcome, old, new, sentence):
    assert outcome(GOOD.replace(old, new)) == (1, sentence)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('["DEU"]', '["DUE"]', "mine.toml, line 6, economies: unknown economy or group 'DUE'; did you mean 'DEU'?"),
        ('["DEU"]', '["Germany"]', "mine.toml, line 6, economies: unknown economy or group 'Germany'; did you mean 'DEU'?"),
        ('["DEU"]', '["SGP"]',
         "mine.toml, line 6, economies: small does not keep SGP apart;"
         " name economies of the table, or use a table that has them"),
        ('["DEU"]', '["QUAD"]',
         "mine.toml, line 6, economies: small does not keep AUS, IND (of QUAD) apart;"
         " name economies of the table, or use a table that has them"),
        ('["C26"]', '["C226"]',
         "mine.toml, line 7, industries: unknown industry 'C226' in this table (interdep-36); did you mean 'C26'?"),
        ('["C26"]', '["C27"]', "mine.toml, line 7, industries: no industry of this table (interdep-36) covers C27"),
        ("horizon = 100\n\n[[shocks]]\nkind = \"CapacityLoss\"\neconomies = [\"DEU\"]",
         "start = 2020-01-31\n\n[[shocks]]\nkind = \"CapacityLoss\"\neconomies = [\"EU27\"]",
         "mine.toml, line 6, economies: EU27 is the composition of the EU since 2020-02-01; on 2020-01-31 the EU had 28"
         " members: use 'EU28', or 'EU' for the members on that day"),
        ('"CapacityLoss"\neconomies = ["DEU"]', '"SupplyStop"\neconomies = ["all"]',
         "mine.toml, line 6, economies: every economy is a supplier, so there is no foreign buyer left;"
         " name the suppliers, or say home = true to cut deliveries inside them as well"),
        ('"CapacityLoss"', '"ExportBan"\nbuyers = ["USA", "DEU"]',
         "mine.toml, line 4: DEU among both economies and buyers; this shock is between different economies,"
         " take it out of one of them"),
        ('"CapacityLoss"', '"ImportBan"\nsuppliers = ["DEU"]',
         "mine.toml, line 4: DEU among both suppliers and economies; this shock is between different economies,"
         " take it out of one of them"),
    ],
)  # fmt: skip
def test_a_label_that_the_table_lacks_is_said_with_file_line_and_key(outcome, old, new, sentence):
    assert old in GOOD
    assert outcome(GOOD.replace(old, new)) == (1, sentence)


def test_members_inside_the_rest_of_the_world_are_said_to_be_there():
    text = GOOD.replace("DEU", "ASEAN")
    with pytest.raises(
        InputError, match=r"does not keep BRN, KHM, LAO, MMR, MYS and \d more \(of ASEAN\) apart from ROW"
    ):
        Scenario.parse(text, "mine.toml").on(World.read())


def test_the_line_is_that_of_the_second_shock_where_the_second_is_wrong(outcome):
    assert outcome(GOOD + SECOND.replace("days = 20", "days = 0")) == (
        1,
        "mine.toml, line 15: days = 0 must be at least 1",
    )
    assert outcome(GOOD + SECOND.replace("JPN", "JAP"))[1].startswith("mine.toml, line 13, economies: unknown economy")
    late = SECOND + "start = 400\n"
    assert outcome(GOOD + late)[1].startswith(
        "mine.toml, line 16: start of shock 2 is day 400, after the horizon of 100 days"
    )


def test_a_date_in_quotes_is_a_date(outcome):
    assert outcome(GOOD.replace("horizon = 100", 'start = "2022-05-12"')) == (0, "")


def test_shocks_may_be_written_as_inline_tables(outcome):
    lines = [
        'name = "mine"',
        "shocks = [",
        '  {kind = "CapacityLoss", economies = "DEU", industries = "C26", share = 0.5, days = 3},',
        '  {kind = "CapacityLoss", economies = "JPN", industries = "C26", share = 0.5, days = 3},',
        "]",
    ]
    assert outcome("\n".join(lines)) == (0, "")
    wrong = "\n".join(lines).replace('JPN", industries = "C26", share', 'JPN", industries = "C26", shre')
    assert outcome(wrong) == (1, "mine.toml, line 4: unknown key 'shre'; did you mean 'share'?")
    assert outcome("\n".join(lines).replace("DEU", "DUE"))[1].startswith(
        "mine.toml, line 3, economies: unknown economy"
    )


def test_no_shocks_at_all_is_said(outcome):
    assert outcome('name = "mine"\n') == (1, "mine.toml, line 1: the key 'shocks' is absent; add it")
    assert outcome('name = "mine"\nshocks = []\n') == (1, "mine.toml, line 2: shocks is empty; give at least one")


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(outcome):
    assert outcome(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()) == (0, "")


def test_a_file_in_another_encoding_is_refused(outcome):
    text = GOOD.replace("horizon", 'title = "Ausfall für 10 Tage"\nhorizon').encode("latin-1")
    assert outcome(text) == (1, "mine.toml is not UTF-8 text; save it as UTF-8")


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("folder.toml").mkdir()
    assert main(["run", "absent.toml"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("interdep: there is no file absent.toml; library scenarios are chip-export-controls, ")
    assert main(["run", "folder.toml"]) == 1
    assert capsys.readouterr().err == "interdep: folder.toml is a folder; name the scenario file in it\n"


def test_a_name_near_one_of_the_library_is_recognised(capsys):
    assert main(["run", "chipshortage"]) == 1
    said = capsys.readouterr().err
    assert said == (
        "interdep: unknown scenario 'chipshortage' in the library (a file of your own ends in .toml);"
        " did you mean 'chip-shortage'?\n"
    )


TARIFF = """
[[shocks]]
kind = "Tariff"
economies = ["USA"]
suppliers = ["CHN"]
rate = 0.25
days = 100
"""


def test_a_tariff_alone_has_no_result_in_a_model_without_prices(outcome):
    code, said = outcome('name = "duty"\nhorizon = 100\n' + TARIFF)
    assert code == 2
    assert said == (
        "no scenario has a result; leontief on duty: not expressible: Leontief has no prices, so it reads no Tariff,"
        " TariffSchedule or TradeCost; use equilibrium, in which prices adjust"
    )


def test_a_tariff_beside_other_scenarios_is_a_warning_and_an_error_under_strict(outcome, tmp_path):
    (tmp_path / "duty.toml").write_text('name = "duty"\nhorizon = 100\n' + TARIFF)
    code, said = outcome(GOOD, "duty.toml")
    assert code == 0
    assert said.startswith("warning: no result for leontief duty: not expressible: Leontief has no prices")
    assert "\n" not in said
    assert outcome(GOOD, "duty.toml", "--strict")[0] == 2
    assert outcome(GOOD, "duty.toml", "--quiet") == (0, "")


def test_a_scenario_of_a_batch_that_does_not_fit_the_table_is_a_warning(outcome, tmp_path):
    (tmp_path / "other.toml").write_text(GOOD.replace("mine", "other").replace("DEU", "SGP"))
    code, said = outcome(GOOD, "other.toml")
    assert code == 0
    assert said.startswith(
        "warning: no result for leontief other: other.toml, line 6, economies: small does not keep SGP"
    )


def test_a_scenario_from_a_file_equals_the_same_made_by_hand_and_loses_its_lines_when_changed():
    read = Scenario.parse(GOOD, "mine.toml")
    made = Scenario("mine", horizon=100, shocks=read.shocks)
    assert read == made
    changed = read.model_copy(update={"shocks": (read.shocks[0].model_copy(update={"economies": ("DUE",)}),)})
    with pytest.raises(InputError, match=r"^scenario 'mine', shock 1 \(CapacityLoss\), economies: unknown economy"):
        changed.on(small_world())
