"""A partnership's folder: every kind of mistake is named with file and line, and the library says only what has a source."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from interdep.classifications.product_sets import product_set, product_sets
from interdep.errors import InputError
from interdep.partnership.json_schema import FILES, json_schema
from interdep.partnership.schema import Partnership, draft, library
from interdep.partnership.skeleton import skeleton

COVER = """\
name = "mine"
title = "A partnership"
members = ["DEU", "JPN"]
since = 2022-05-12

[[pillars]]
id = "chips"
title = "Semiconductors"
industries = ["C26"]
products = ["chips"]
"""
MEETING = """\
id = "first"
title = "First meeting"
level = "ministerial"
date = 2023-07-03
place = "Tokyo"

[chairs]
DEU = ["Minister of Economics"]

[[decisions]]
id = "warning"
text = "Warn each other"
owners = ["DEU", "JPN"]
due = 2024-01-01
"""
COMMITMENT = """\
id = "early-warning"
text = "Warn each other early"
pillar = "chips"
decision = "first/warning"
owners = ["DEU", "JPN"]
due = 2024-06-30
status = "done"

[indicator]
id = "reliance"
target = 0.1
by = 2030

[[evidence]]
title = "A report"
url = "https://example.org/report"
date = 2024-05-01
"""
LEVER = 'id = "stocks"\ntitle = "Stocks"\nkind = "stockpile"\npillar = "chips"\nowners = ["JPN"]\n'

WHOLE = {
    "partnership.toml": COVER, "meetings/first.toml": MEETING, "commitments/warning.toml": COMMITMENT,
    "levers/stocks.toml": LEVER,
}  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Writes the folder `mine` in the current one, with some files changed: {file: (old, new)}."""
    monkeypatch.chdir(tmp_path)

    def write(changed=None, **_):
        for name, text in WHOLE.items():
            old, new = (changed or {}).get(name, ("", ""))
            assert old in text
            path = Path("mine") / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return Path("mine")

    return write


def said(kind: str = "error") -> list[str]:
    return [p.text for p in draft("mine").problems if p.kind == kind]


def test_a_whole_folder_is_read_and_nothing_is_wrong_with_it(folder):
    made = Partnership.read(folder())
    assert [m.id for m in made.meetings] == ["first"]
    assert made.commitments[0].due == date(2024, 6, 30)
    assert made.levers[0].owners == ("JPN",)
    assert list(made.decisions) == ["first/warning"]
    assert said("error") == said("warning") == []
    assert "not known: the responsible office of 1 commitment (early-warning)" in said("note")
    assert repr(made).splitlines()[-2] == "├─ 1 meeting, 1 commitment, 1 lever"


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("meetings/first.toml", 'owners = ["DEU", "JPN"]\n', "",
         "mine/meetings/first.toml, line 11: the decision 'warning' has no owner; name the members that see to it, as in"
         ' owners = ["DEU", "JPN"]'),
        ("meetings/first.toml", 'owners = ["DEU", "JPN"]', 'owners = ["DEU", "JAP"]',
         "mine/meetings/first.toml, line 13, owners: 'JAP' is no member of the partnership; did you mean 'JPN'?"),
        ("meetings/first.toml", "due = 2024-01-01", "due = 2023-01-01",
         "mine/meetings/first.toml, line 14: due = 2023-01-01 is before the decision of 2023-07-03"),
        ("meetings/first.toml", "[[decisions]]", "[[decision]]",
         "mine/meetings/first.toml, line 10: unknown key 'decision'; did you mean 'decisions'?"),
        ("meetings/first.toml", 'text = "Warn', 'txt = "Warn',
         "mine/meetings/first.toml, line 12: unknown key 'txt'; did you mean 'text'?"),
        ("meetings/first.toml", '"ministerial"', '"minister"',
         "mine/meetings/first.toml, line 3: level must be summit or ministerial or senior officials or working group, not"
         " 'minister'; did you mean 'ministerial'?"),
        ("meetings/first.toml", "2023-07-03", "2023-07",
         "mine/meetings/first.toml is not TOML: Expected newline or end of document after a statement (at line 4, column 12)"),
        ("commitments/warning.toml", '"chips"', '"ships"',
         "mine/commitments/warning.toml, line 3: unknown pillar 'ships'; did you mean 'chips'?"),
        ("commitments/warning.toml", "first/warning", "first/warn",
         "mine/commitments/warning.toml, line 4: unknown decision 'first/warn'; did you mean 'first/warning'?"),
        ("commitments/warning.toml", "due = 2024-06-30", "due = 2023-07-02",
         "mine/commitments/warning.toml, line 6: due = 2023-07-02 is before the decision of 2023-07-03"),
        ("commitments/warning.toml", '"reliance"', '"relience"',
         "mine/commitments/warning.toml, line 10: unknown indicator 'relience'; did you mean 'reliance'?"),
        ("commitments/warning.toml", 'id = "reliance"', 'id = "reliance"\nof = "chip"',
         "mine/commitments/warning.toml, line 11: unknown pillar 'chip'; did you mean 'chips'?"),
        ("commitments/warning.toml", 'id = "reliance"', 'id = "exposure"\nof = "chip-shortge"',
         "mine/commitments/warning.toml, line 11: unknown scenario 'chip-shortge'; did you mean 'chip-shortage'?"),
        ("commitments/warning.toml", 'id = "reliance"', 'id = "sanctions-reach"',
         "mine/commitments/warning.toml, line 10: the indicator 'sanctions-reach' is read for a coalition, and the"
         " partnership has none"),
        ("commitments/warning.toml", 'id = "reliance"', 'id = "reliance"\nbaseline = 0.2',
         "mine/commitments/warning.toml, line 11: a baseline needs its year, as in baseline_year = 2010"),
        ("commitments/warning.toml", 'status = "done"', 'status = "finished"',
         "mine/commitments/warning.toml, line 7: status must be not known or not started or under way or done or stopped, not"
         " 'finished'"),
        ("commitments/warning.toml", "https://example.org/report", "javascript:alert(1)",
         "mine/commitments/warning.toml, line 16: url = 'javascript:alert(1)' is no address; it begins with https://"),
        ("commitments/warning.toml", "each other early", r"\u001b[31m",
         "mine/commitments/warning.toml, line 2: text holds the control character U+001B; take it out"),
        ("commitments/warning.toml", "[[evidence]]", "[evidence]",
         "mine/commitments/warning.toml, line 14: evidence must be written under a line [[evidence]], not as {'title':"
         " 'A report', 'url': 'https://example.org/report', 'date': datetime.date(2024, 5, 1)}"),
        ("commitments/warning.toml", 'owners = ["DEU", "JPN"]\n', "",
         "mine/commitments/warning.toml, line 1: the commitment 'early-warning' has no owner; name the members that see to it,"
         ' as in owners = ["DEU", "JPN"]'),
        ("commitments/warning.toml", "target = 0.1", "target = 40",
         "mine/commitments/warning.toml, line 11: target = 40 is no share; did you mean 0.4, which is 40 %?"),
        ("commitments/warning.toml", "target = 0.1", "target = -0.1",
         "mine/commitments/warning.toml, line 11: target = -0.1 is no share; reliance lies between 0 and 1"),
        ("commitments/warning.toml", "target = 0.1", "baseline = 1500\nbaseline_year = 2010",
         "mine/commitments/warning.toml, line 11: baseline = 1500 is no share; reliance lies between 0 and 1"),
        ("commitments/warning.toml", '"reliance"\ntarget = 0.1', '"concentration"\ntarget = 2500',
         "mine/commitments/warning.toml, line 11: target = 2500 is no HHI of 0 to 1; did you mean 0.25, which is 2500 points?"),
        ("commitments/warning.toml", "by = 2030", "by = 2022",
         "mine/commitments/warning.toml, line 12: by = 2022 is before the decision of 2023-07-03"),
        ("commitments/warning.toml", '"early-warning"', '"all"',
         "mine/commitments/warning.toml, line 1: id = 'all' stands for every commitment in `interdep partnership sign`; give"
         " this one another id"),
        ("commitments/warning.toml", "each other early", "each \u202eother early",
         "mine/commitments/warning.toml, line 2: the text holds the invisible character U+202E (right-to-left override); take"
         " it out"),
        ("commitments/warning.toml", "each other early", r"each\u200b other early",
         "mine/commitments/warning.toml, line 2: text holds the invisible character U+200B (zero width space); take it out"),
        ("commitments/warning.toml", 'status = "done"', 'status = "done" # not \u2066done',
         "mine/commitments/warning.toml, line 7: the text holds the invisible character U+2066 (left-to-right isolate); take"
         " it out"),
        ("meetings/first.toml", "Minister of", "Minister\ufeff of",
         "mine/meetings/first.toml, line 8: the text holds the invisible character U+FEFF (zero width no-break space); take it"
         " out"),
        ("partnership.toml", '"A partnership"', r'"A \u2060partnership"',
         "mine/partnership.toml, line 2: title holds the invisible character U+2060 (word joiner); take it out"),
        ("levers/stocks.toml", "stockpile", "stockpil",
         "mine/levers/stocks.toml, line 3: unknown lever 'stockpil'; did you mean 'stockpile'?"),
        ("partnership.toml", 'products = ["chips"]', 'products = ["chip"]',
         "mine/partnership.toml, line 10: unknown product set 'chip'; did you mean 'chips'?"),
        ("partnership.toml", "since", "[[commitments]]\nsince",
         "mine/partnership.toml, line 4: unknown key 'commitments'; known are coalitions, legal_basis, members, name, pillars,"
         " plans, since, sources, title, title_ja, votes"),
    ],
)  # fmt: skip
def test_each_kind_of_mistake_is_said_with_file_and_line(folder, file, old, new, sentence):
    folder({file: (old, new)})
    assert sentence in said()
    with pytest.raises(InputError):
        Partnership.read("mine")


PLAN = """
[[plans]]
name = "chips"
title = "Chips are short"
scenarios = "chip-shortage"
products = "8541"
levers = "stockpile"
"""
VOTE = """
[[votes]]
proposal = "russian-oil-ban"
members = "EU27"
rule = "unanimity"
"""
SANCTIONS = """
[[coalitions]]
scenario = "eu-russia-goods-stop"
target = "RUS"
members = ["EU27"]
add = ["GBR", "USA"]
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ('["C26"]', '["C26", "C10-12x"]', 9, "unknown industry 'C10-12x' in ISIC Rev. 4; did you mean 'C10-C12'?"),
        ("chip-shortage", "chip-shortge", 15, "unknown scenario 'chip-shortge' in the library (a file of your own ends in .toml);"
         " did you mean 'chip-shortage'?"),
        ('"8541"', '["8541", "8599"]', 16, "unknown product '8599' in the HS; codes that begin so are 8501, 8502, 8503, 8504,"
         " 8505"),
        ('"stockpile"', '"stockpil"', 17, "unknown lever 'stockpil'; did you mean 'stockpile'?"),
        ('products = "8541"', 'industries = "C27x"', 16, "unknown industry 'C27x' in ISIC Rev. 4; did you mean 'C27'?"),
        ("russian-oil-ban", "russian-oil-bun", 20, "unknown proposal 'russian-oil-bun' in the library (a file of your own ends in"
         " .toml); did you mean 'russian-oil-ban'?"),
        ('members = "EU27"', 'members = "EU-27"', 21, "unknown economy or group 'EU-27'; did you mean 'EU27'?"),
        ("unanimity", "unanimty", 22, "unknown rule 'unanimty' in the packaged rules (or name a TOML file of your own); did you"
         " mean 'unanimity'?"),
        ("eu-russia-goods-stop", "eu-russia-goods-stopp", 25, "unknown scenario 'eu-russia-goods-stopp' in the library (a file of"
         " your own ends in .toml); did you mean 'eu-russia-goods-stop'?"),
        ('"RUS"', '"Russa"', 26, "unknown economy or group 'Russa'; did you mean 'RUS'?"),
        ('"RUS"', '"EU27"', 26, "the target 'EU27' is a group; name one economy, whose loss is then counted"),
        ('["EU27"]', '["EU-27"]', 27, "unknown economy or group 'EU-27'; did you mean 'EU27'?"),
        ('"USA"', '"U.S.A"', 28, "unknown economy or group 'U.S.A'; did you mean 'USA'?"),
    ],
)  # fmt: skip
def test_what_the_first_file_names_is_looked_up_with_file_and_line(folder, old, new, line, sentence):
    folder()
    whole = COVER + PLAN + VOTE + SANCTIONS
    Path("mine/partnership.toml").write_text(whole, encoding="utf-8")
    assert said() == []
    assert whole.count(old) == 1
    Path("mine/partnership.toml").write_text(whole.replace(old, new), encoding="utf-8")
    assert said() == [f"mine/partnership.toml, line {line}: {sentence}"]
    with pytest.raises(InputError, match=f"line {line}: "):
        Partnership.read("mine")


@pytest.mark.parametrize("code", ["C10-C12", "J", "26", "J62-J63", "C10-12", "C10T12"])
def test_an_industry_may_be_named_as_in_isic_or_in_any_table_that_is_known(folder, code):
    folder({"partnership.toml": ('["C26"]', f'["{code}"]')})
    assert said() == []


def test_all_mistakes_are_listed_and_not_only_the_first(folder):
    folder({"meetings/first.toml": ("title", "titel"), "commitments/warning.toml": ("pillar", "piller")})
    assert len(said()) == 2


def test_an_edit_in_conflict_is_named_with_its_line(folder):
    both = "<<<<<<< ours\ndue = 2024-06-30\n=======\ndue = 2024-09-30\n>>>>>>> theirs"
    folder({"commitments/warning.toml": ("due = 2024-06-30", both)})
    assert said() == [
        "mine/commitments/warning.toml, line 6: two edits of this file are in conflict (<<<<<<<); keep what is right and take out"
        " the lines with the marks"
    ]


def test_two_editors_who_added_the_same_id_in_two_files_are_told_both(folder):
    folder()
    Path("mine/commitments/another.toml").write_text(COMMITMENT, encoding="utf-8")
    assert said() == [
        "mine/commitments/warning.toml, line 1: the commitment 'early-warning' stands in mine/commitments/another.toml too;"
        " give one another id or take it out"
    ]


def test_what_is_in_the_wrong_place_is_said_and_not_passed_over(folder):
    folder()
    Path("mine/commitment").mkdir()
    Path("mine/commitment/lost.toml").write_text(COMMITMENT, encoding="utf-8")
    Path("mine/stray.toml").write_text("a = 1", encoding="utf-8")
    assert said("warning") == [
        "mine/commitment: nothing in this folder is read; did you mean 'commitments'?",
        "mine/stray.toml is not read; put it into meetings, commitments, levers, whichever it is",
    ]


def test_files_that_are_deeper_or_end_in_capitals_are_said_to_be_left_out(folder):
    folder()
    for name in (
        "commitments/sub/y.toml",
        "commitments/sub/more/z.TOML",
        "levers/W.Toml",
        "notes/old/v.toml",
        "U.TOML",
    ):
        (Path("mine") / name).parent.mkdir(parents=True, exist_ok=True)
        (Path("mine") / name).write_text(COMMITMENT, encoding="utf-8")
    Path("mine/commitments/example.toml.txt").write_text(COMMITMENT, encoding="utf-8")
    Path("mine/.git").mkdir()
    Path("mine/.git/x.toml").write_text("", encoding="utf-8")
    assert said("warning") == [
        "mine/U.TOML is not read; put it into meetings, commitments, levers, whichever it is",
        "mine/notes: nothing in this folder is read; known are meetings, commitments, levers",
        "mine/commitments/sub/more/z.TOML is not read; put it into commitments itself",
        "mine/commitments/sub/y.toml is not read; put it into commitments itself",
        "mine/levers/W.Toml is not read: its name must end in .toml, in small letters",
    ]
    assert said("error") == []


def test_a_share_that_can_be_a_gain_may_lie_below_nothing(folder):
    loss = 'id = "exposure-adjusted"\nof = "chip-shortage"\nbaseline = {}\nbaseline_year = 2010'
    folder({"commitments/warning.toml": ('id = "reliance"', loss.format(-0.002))})
    assert said() == []
    folder({"commitments/warning.toml": ('id = "reliance"', loss.format(-2))})
    assert said() == [
        "mine/commitments/warning.toml, line 12: baseline = -2 is no share; exposure-adjusted lies between -1 and 1"
    ]


def test_a_target_before_the_partnership_began_is_an_error_where_no_decision_is_named(folder):
    folder({"commitments/warning.toml": ('decision = "first/warning"\n', "")})
    path = Path("mine/commitments/warning.toml")
    path.write_text(path.read_text(encoding="utf-8").replace("by = 2030", "by = 2021"), encoding="utf-8")
    assert said() == ["mine/commitments/warning.toml, line 11: by = 2021 is before the partnership began on 2022-05-12"]


def test_a_pillar_without_commitment_and_one_done_without_evidence_are_warned_of(folder):
    folder({"commitments/warning.toml": (COMMITMENT[COMMITMENT.index("[[evidence]]"):], "")})  # fmt: skip
    more = '\n[[pillars]]\nid = "cyber"\ntitle = "Cyber"\n'
    Path("mine/partnership.toml").write_text(COVER + more, encoding="utf-8")
    assert said("warning") == [
        "mine/partnership.toml, line 13: the pillar 'cyber' has no commitment",
        "mine/commitments/warning.toml, line 7: done, but no [[evidence]] shows it",
    ]


def test_a_title_in_arabic_with_markup_of_four_hundred_letters_is_kept_as_it_stands(folder):
    title = ("<b>الشراكة الرقمية</b> & \\\"=cmd|' " * 20)[:400].rstrip("\\")
    folder({"commitments/warning.toml": ("Warn each other early", title)})
    assert Partnership.read("mine").commitments[0].text == tomllib.loads(f'x = "{title}"')["x"]


def test_three_hundred_commitments_are_read_checked_and_told_apart(folder):
    folder()
    for number in range(300):
        text = COMMITMENT.replace('"early-warning"', f'"number-{number}"')
        Path(f"mine/commitments/{number}.toml").write_text(text, encoding="utf-8")
    made = Partnership.read("mine")
    assert len(made.commitments) == 301
    assert len({c.hash for c in made.commitments}) == 301


@pytest.mark.parametrize("name", library())
def test_a_partnership_of_the_library_has_no_mistake_and_a_public_source_for_each_statement(name):
    found = draft(name)
    assert found.errors == []
    made = found.partnership
    assert made is not None
    assert made.sources
    assert made.title_ja
    for meeting in made.meetings:
        assert meeting.sources, meeting.id
    for commitment in made.commitments:
        assert commitment.evidence, commitment.id
        assert commitment.decision, commitment.id
        assert commitment.due is None, f"{commitment.id}: no public source gives a day"


def test_the_eu_and_japan_met_when_and_where_the_public_record_says():
    made = Partnership.read("eu-japan")
    met = {m.id: (m.date, m.place, m.level) for m in made.meetings}
    assert met == {
        "summit-28": (date(2022, 5, 12), "Tokyo", "summit"), "council-1": (date(2023, 7, 3), "Tokyo", "ministerial"),
        "summit-29": (date(2023, 7, 13), "Brussels", "summit"), "council-2": (date(2024, 4, 30), "Brussels", "ministerial"),
        "council-3": (date(2025, 5, 12), "Tokyo", "ministerial"), "summit-30": (date(2025, 7, 23), "Tokyo", "summit"),
    }  # fmt: skip
    assert draft("eu-japan").problems[0].kind == "note"  # no warning: every pillar has a commitment
    for each in (*made.meetings, *made.levers):
        assert each.title_ja, each.id
    for each in (*made.commitments, *(d for _, d in made.decisions.values())):
        assert each.text_ja, each.id


def test_the_eu_and_japan_have_each_product_set_in_the_pillar_that_it_is_for():
    pillars = {p.id: p.products or () for p in Partnership.read("eu-japan").pillars}
    for name in product_sets():
        assert name in pillars[product_set(name).pillar], name


@pytest.mark.parametrize(("name", "since"), [("eu-korea", date(2022, 11, 28)), ("eu-singapore", date(2023, 2, 1))])
def test_the_others_began_on_their_day(name, since):
    assert Partnership.read(name).since == since


def test_that_with_canada_began_at_a_summit_of_two_days_so_that_no_day_is_claimed():
    assert Partnership.read("eu-canada").since is None
    assert "not known: since when the partnership stands" in [p.text for p in draft("eu-canada").problems]


# JSON Schema


def keys_outside(schema, value, place, root):
    """Keys of a parsed file that a schema does not know."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    for option in schema.get("anyOf", ()):
        inner = root["$defs"].get(option.get("$ref", "").rsplit("/", 1)[-1], option)
        if (inner.get("type"), type(value)) in (("object", dict), ("array", list)):
            schema = inner
    if isinstance(value, list):
        return [k for each in value for k in keys_outside(schema.get("items", {}), each, place, root)]
    if not isinstance(value, dict) or "properties" not in schema:
        return []
    known = schema["properties"]
    assert schema["additionalProperties"] is False
    found = [f"{place}.{key}" for key in value if key not in known]
    return found + [
        k for key in value if key in known for k in keys_outside(known[key], value[key], f"{place}.{key}", root)
    ]


@pytest.mark.parametrize("kind", FILES)
def test_the_schema_for_editors_knows_every_key_of_the_library_and_no_other(kind):
    schema = json_schema(kind)
    json.dumps(schema)
    folder = resources.files("interdep.partnership") / "library" / "eu-japan"
    inside = FILES[kind].partition("/")[0]
    files = [folder / inside] if inside.endswith(".toml") else list((folder / inside).iterdir())
    for file in files:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        assert keys_outside(schema, data, kind, schema) == []
        assert set(schema["required"]) <= set(data)
        assert keys_outside(schema, {**data, "titel": 1}, kind, schema) == [f"{kind}.titel"]


def test_the_schema_lists_indicators_and_levers_and_takes_one_name_for_a_list():
    assert "sanctions-reach" in json_schema("commitment")["$defs"]["Effect"]["properties"]["id"]["enum"]
    assert "pool" in json_schema("lever")["properties"]["kind"]["enum"]
    owners = json_schema("lever")["properties"]["owners"]
    assert {"type": "string"} in owners["anyOf"]
    with pytest.raises(InputError, match="unknown kind of file 'meetin'; did you mean 'meeting'"):
        json_schema("meetin")


# A new one


def test_a_new_partnership_passes_its_check_and_the_examples_in_it_do_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    place = skeleton("IND-AUS")
    found = draft(place)
    assert found.errors == []
    assert found.partnership is not None
    assert found.partnership.members == ("IND", "AUS")
    for example in place.glob("*/example.toml.txt"):
        example.rename(example.with_name("example.toml"))
    again = draft(place)
    assert again.errors == []
    assert len(again.files) == 3


def test_a_new_partnership_takes_any_two_or_more_economies_and_no_folder_that_holds_something(tmp_path):
    place = skeleton("pacific", ["IND", "AUS", "JPN"], tmp_path / "p")
    assert Partnership.read(place).members == ("IND", "AUS", "JPN")
    for name, members, sentence in (
        ("pacific", ["IND", "AUS"], "is there already and is not empty"),
        ("IND", None, "at least two members"),
        ("IND-AUT-XYZ", None, "unknown economy or group 'XYZ'"),
        ("x", ["EU27", "DEU"], "DEU belongs to both EU27 and DEU"),
        ("../x", ["IND", "AUS"], "must be made of letters"),
    ):
        with pytest.raises(InputError, match=sentence):
            skeleton(name, members, tmp_path / "p" if name == "pacific" else tmp_path / "q")
    assert not (tmp_path / "q").exists()


@pytest.mark.parametrize("title", ["क्‍ष और क्‌ष", "می‌خواهم", "شراكة رقمية"])
def test_signs_that_a_language_is_spelt_with_stay(folder, title):
    folder({"meetings/first.toml": ("First meeting", title)})
    assert said() == []


def test_a_joiner_between_latin_letters_hides_something(folder):
    folder({"meetings/first.toml": ("First meeting", "First‍ meeting")})
    assert "holds the invisible character U+200D (zero width joiner); take it out" in said()[0]


@pytest.mark.parametrize("given", ["true", '"0.4"'])
def test_a_target_is_a_number(folder, given):
    folder({"commitments/warning.toml": ("target = 0.1", f"target = {given}")})
    assert "line 11: target must be" in said()[0]


def test_what_is_signed_or_shown_on_a_day_to_come_is_refused(folder):
    folder()
    later = (
        COMMITMENT
        + f"""
[signatures]
DEU = {{ hash = "{"0" * 64}", on = 2199-01-01 }}
"""
    )
    Path("mine/commitments/warning.toml").write_text(later, encoding="utf-8")
    assert "DEU has signed on 2199-01-01, a day to come" in said()[0]
    Path("mine/commitments/warning.toml").write_text(
        COMMITMENT
        + """
[[evidence]]
title = "A report"
url = "https://example.org"
date = 2199-01-01
""",
        encoding="utf-8",
    )
    assert "the evidence is of 2199-01-01, a day to come" in said()[0]


def test_a_key_of_a_table_in_one_line_is_found_in_that_line(folder):
    folder()
    whole = COMMITMENT.split("[indicator]")[0] + 'indicator = { id = "reliance", target = "much" }\n'
    Path("mine/commitments/warning.toml").write_text(whole, encoding="utf-8")
    line = whole.splitlines().index('indicator = { id = "reliance", target = "much" }') + 1
    assert f"line {line}: target must be" in said()[0]
