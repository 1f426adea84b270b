"""A partnership is members and pillars in a file fit for review, read as written or refused with one sentence."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from interdep.cli.main import main
from interdep.dependence.measure import HasMembers
from interdep.errors import InputError
from interdep.partnership.schema import Partnership, Pillar, library
from interdep.world import World

GOOD = """\
name = "mine"
title = "A partnership"
members = ["DEU", "JPN"]
since = 2022-05-12

[[pillars]]
id = "chips"
title = "Semiconductors"
industries = ["C26"]

[[pillars]]
id = "cyber"
title = "Cyber security"
"""


def test_the_eu_and_japan_opened_theirs_on_the_day_of_the_tokyo_summit_with_their_pillars():
    found = Partnership.read("eu-japan")
    assert found.members == ("EU27", "JPN")
    assert found.since == date(2022, 5, 12)
    assert [p.id for p in found.pillars] == [
        "digital-technologies", "cyber-security", "artificial-intelligence", "data-and-identity", "submarine-cables",
        "supply-chains", "energy-security", "indo-pacific",
    ]  # fmt: skip
    assert all(p.title_ja and p.industries for p in found.pillars)
    assert found.title_ja
    assert found.sources


@pytest.mark.parametrize("name", library())
def test_every_industry_of_a_pillar_of_the_library_is_kept_apart_in_the_packaged_table(name):
    from interdep.classifications import resolve

    world = World.read()
    for pillar in Partnership.read(name).pillars:
        for industry in pillar.industries or ():
            assert resolve(industry, world.industries, world.classification) == (industry,)


def test_a_partnership_is_read_from_its_folder_or_its_file(tmp_path):
    (tmp_path / "partnership.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert Partnership.read(tmp_path) == Partnership.read(str(tmp_path / "partnership.toml"))
    assert Partnership.read(tmp_path).members == ("DEU", "JPN")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("members =", "member =", "p.toml, line 3: unknown key 'member'; did you mean 'members'?"),
        ("title = \"Semi", "titel = \"Semi", "p.toml, line 8: unknown key 'titel'; did you mean 'title'?"),
        ('"DEU", "JPN"', '"DUE", "JPN"',
         "p.toml, line 3, members: unknown economy or group 'DUE'; did you mean 'DEU'?"),
        ('"DEU", "JPN"', '"DEU"', "p.toml, line 3: members has 1, it needs at least 2"),
        ('"DEU", "JPN"', "", "p.toml, line 3: members is empty; name at least one"),
        ('"DEU", "JPN"', '"DEU", "DEU"', "p.toml, line 3: members names 'DEU' twice"),
        ('"DEU", "JPN"', '"EU27", "DEU"', "p.toml, line 3, members: DEU belongs to both EU27 and DEU; name it once"),
        ('"DEU", "JPN"\\]\nsince = 2022-05-12', '"EU27", "JPN"]\nsince = 2001-07-16',
         "p.toml, line 3, members: EU27 is the composition of the EU since 2020-02-01; on 2001-07-16 the EU had 15"
         " members: use 'EU15', or 'EU' for the members on that day"),
        ("2022-05-12", "20220512",
         "p.toml, line 4: since = 20220512 is not a day; write it as YYYY-MM-DD, for example '2022-05-12'"),
        ('"chips"', '"Chips!"', "p.toml, line 7: id = 'Chips!' must be made of small letters, digits and hyphens"),
        ('["C26"]', "[]", "p.toml, line 9: industries is empty; name at least one"),
        ('title = "Cyber security"\n', "", "p.toml, line 11: the key 'title' is absent; add it"),
        ('name = "mine"', "name = mine", "p.toml is not TOML: Invalid value (at line 1, column 8)"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_file_line_and_key(tmp_path, monkeypatch, old, new, sentence):
    monkeypatch.chdir(tmp_path)
    old = old.replace("\\", "")
    assert old in GOOD
    Path("p.toml").write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Partnership.read("p.toml")
    assert str(caught.value) == sentence


def test_places_where_there_is_no_partnership_are_refused_with_the_way_out(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("other.toml").write_bytes("title = 'Bündnis'".encode("latin-1"))
    for name, sentence in (
        ("eu-jpan", "unknown partnership 'eu-jpan' in the library (or name a folder with partnership.toml);"
                    " did you mean 'eu-japan'?"),
        ("empty", "there is no file empty/partnership.toml; partnerships of the library are " + ", ".join(library())),
        ("absent.toml", "there is no file absent.toml; partnerships of the library are " + ", ".join(library())),
        ("other.toml", "other.toml is not UTF-8 text; save it as UTF-8"),
    ):  # fmt: skip
        assert main(["assess", name]) == 1
        assert capsys.readouterr().err == f"interdep: {sentence}\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["empty", "other.toml"]


def test_a_partnership_may_be_made_by_hand_and_has_members_to_measure():
    made = Partnership(name="mine", title="Mine", members=["DEU", "JPN"], pillars=[Pillar(id="chips", title="Chips")])
    assert isinstance(made, HasMembers)
    assert repr(made).splitlines() == [
        "Partnership mine: Mine",
        "├─ members: DEU, JPN",
        "├─ pillar chips: Chips",
        "└─ since not known",
    ]
    with pytest.raises(InputError, match=r"^Partnership: members has 1, it needs at least 2$"):
        Partnership(name="mine", title="Mine", members=["DEU"])


def test_two_pillars_of_one_id_are_refused_with_the_line(tmp_path):
    (tmp_path / "partnership.toml").write_text(GOOD.replace('"cyber"', '"chips"'), encoding="utf-8")
    with pytest.raises(InputError, match=r"partnership.toml, line 12: the pillar 'chips' stands twice"):
        Partnership.read(tmp_path)
