"""Economies have the codes, names and places an adviser would write; groups have the members of the day asked for."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interdep.errors import InputError
from interdep.geography import as_date, describe, economies, economy, group, groups

IN_THE_PACKAGED_TABLE = (
    "AUS AUT BEL BGR BRA CAN CHE CHN CYP CZE DEU DNK ESP EST FIN FRA GBR GRC HRV HUN IDN IND IRL ITA JPN KOR LTU LUX "
    "LVA MEX MLT NLD NOR POL PRT ROU ROW RUS SVK SVN SWE TUR TWN USA"
)
PACKAGED_TABLE = IN_THE_PACKAGED_TABLE.split()

IN_THE_EU = (
    "AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GRC HRV HUN IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVK SVN SWE"
)
EU27 = IN_THE_EU.split()


# Economies


def test_the_table_holds_every_iso_economy_once_and_the_rest_of_the_world():
    codes = economies()
    assert len(codes) == len(set(codes)) == 249 + 1
    assert codes[-1] == "ROW"
    assert list(codes[:-1]) == sorted(codes[:-1])


def test_codes_of_iso_and_the_un_are_unique():
    everyone = [economy(code) for code in economies() if code != "ROW"]
    assert all(len(item.code) == 3 and len(item.iso2 or "") == 2 and len(item.m49 or "") == 3 for item in everyone)
    for field in ("iso2", "m49", "name_en", "name_ja"):
        assert len({getattr(item, field) for item in everyone}) == len(everyone), field


@pytest.mark.parametrize(
    ("code", "iso2", "m49", "name_en", "name_ja", "capital"),
    [
        ("JPN", "JP", "392", "Japan", "日本", "Tokyo"),
        ("BEL", "BE", "056", "Belgium", "ベルギー", "Brussels"),
        ("TWN", "TW", "158", "Taiwan", "台湾", "Taipei"),
        ("KOR", "KR", "410", "South Korea", "韓国", "Seoul"),
        ("CZE", "CZ", "203", "Czechia", "チェコ", "Prague"),
        ("TUR", "TR", "792", "Türkiye", "トルコ", "Ankara"),
        ("HKG", "HK", "344", "Hong Kong", "香港", "Hong Kong"),
        ("NAM", "NA", "516", "Namibia", "ナミビア", "Windhoek"),
        ("USA", "US", "840", "United States", "米国", "Washington"),
        ("ROW", None, None, "Rest of the world", "その他世界", None),
    ],
)
def test_an_economy_has_its_standard_codes_and_printed_names(code, iso2, m49, name_en, name_ja, capital):
    found = economy(code)
    assert (found.iso2, found.m49, found.name_en, found.name_ja, found.capital) == (
        iso2,
        m49,
        name_en,
        name_ja,
        capital,
    )


@pytest.mark.parametrize(
    ("code", "latitude", "longitude"),
    [
        ("JPN", 35.7, 139.8),
        ("BEL", 50.8, 4.3),
        ("DEU", 52.5, 13.4),  # Berlin, although the source also has a row for its largest agglomeration
        ("ZAF", -25.7, 28.2),
        ("NZL", -41.3, 174.8),  # the source puts Wellington at -44.3
        ("WSM", -13.8, -171.8),  # the source has the wrong side of the date line
        ("ROU", 44.4, 26.1),  # filed under ROM in the source
        ("SRB", 44.8, 20.5),
        ("COD", -4.3, 15.3),
        ("USA", 38.9, -77.0),
        ("BRA", -15.8, -47.9),
    ],
)
def test_capitals_lie_where_they_lie(code, latitude, longitude):
    assert economy(code).latitude == pytest.approx(latitude, abs=0.15)
    assert economy(code).longitude == pytest.approx(longitude, abs=0.15)


def test_coordinates_are_missing_only_where_there_is_no_capital():
    missing = {code for code in economies() if economy(code).latitude is None}
    assert missing == {"ATA", "BES", "BVT", "HMD", "ROW", "TKL", "UMI"}
    for code in set(economies()) - missing:
        found = economy(code)
        assert -90 <= found.latitude <= 90  # type: ignore[operator]
        assert -180 <= found.longitude <= 180  # type: ignore[operator]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("EL", "GRC"),
        ("UK", "GBR"),
        ("GB", "GBR"),
        ("ROM", "ROU"),
        ("RoW", "ROW"),
        ("DE", "DEU"),
        ("NA", "NAM"),
        ("Germany", "DEU"),
        ("Germny", "DEU"),
        ("Turkey", "TUR"),
        ("jpn", "JPN"),
        ("日本", "JPN"),
    ],
)
def test_other_ways_to_write_an_economy_are_refused_with_the_code_that_is_meant(written, meant):
    with pytest.raises(InputError, match=f"unknown economy '{written}'; did you mean '{meant}'"):
        economy(written)
    with pytest.raises(InputError, match=f"did you mean '{meant}'"):
        economies([written])


def test_a_group_given_as_an_economy_is_told_from_a_slip():
    with pytest.raises(InputError, match=r"'EU27' is a group, not an economy; economies\('EU27'\) gives its members"):
        economy("EU27")


# Selections


def test_a_selection_keeps_its_order_and_merges_what_groups_share():
    assert economies("JPN") == ("JPN",)
    assert economies(["TWN", "QUAD", "JPN"]) == ("TWN", "AUS", "IND", "JPN", "USA")
    assert economies("EU27") == tuple(EU27)
    assert economies(["EU27", "JPN", "DEU"]) == (*EU27, "JPN")


def test_the_same_name_twice_in_a_selection_is_an_error():
    with pytest.raises(InputError, match="listed twice among the economies: JPN; list each once"):
        economies(["JPN", "USA", "JPN"])


def test_a_slip_in_a_group_name_is_met_with_the_group():
    with pytest.raises(InputError, match="unknown economy or group 'eu27'; did you mean 'EU27'"):
        economies("eu27")
    with pytest.raises(InputError, match="unknown group 'ASIAN'; did you mean 'ASEAN'"):
        group("ASIAN")


def test_a_missing_value_among_the_economies_is_an_error():
    with pytest.raises(InputError, match="an economy is given as a code such as 'JPN'"):
        economies(["JPN", float("nan")])  # type: ignore[list-item]


# Groups


@pytest.mark.parametrize(
    ("day", "members"),
    [
        ("1958-01-01", 6),
        ("1972-12-31", 6),
        ("1973-01-01", 9),
        ("1981-01-01", 10),
        ("1986-01-01", 12),
        ("1995-01-01", 15),
        ("2004-04-30", 15),
        ("2004-05-01", 25),
        ("2007-01-01", 27),
        ("2013-07-01", 28),
        ("2020-01-31", 28),
        ("2020-02-01", 27),
    ],
)
def test_the_eu_has_the_members_of_the_day(day, members):
    assert len(group("EU", on=day)) == members


def test_without_a_day_a_group_is_its_latest_membership():
    assert group("EU") == tuple(EU27)
    assert "BGR" in group("EA")
    assert len(group("EA")) == 21


def test_fixed_lists_are_what_the_eu_was_when_they_began():
    for name, day in [("EU15", "1995-01-01"), ("EU25", "2004-05-01"), ("EU28", "2013-07-01"), ("EU27", "2020-02-01")]:
        assert group(name) == group("EU", on=day)
        assert len(group(name)) == int(name[2:])


def test_eu27_is_not_the_27_of_2007_to_2013():
    assert "GBR" not in group("EU27")
    assert "HRV" in group("EU27")


def test_eu27_stands_on_any_day_since_it_exists_and_a_fixed_list_outlives_its_time():
    assert group("EU27", on="2020-02-01") == group("EU27", on=date(2031, 1, 1)) == tuple(EU27)
    assert "GBR" in group("EU28", on="2024-01-01")


def test_eu27_on_an_earlier_day_is_refused_with_what_to_use_instead():
    with pytest.raises(InputError) as told:
        group("EU27", on="2014-06-01")
    assert str(told.value) == (
        "EU27 is the composition of the EU since 2020-02-01; on 2014-06-01 the EU had 28 members: "
        "use 'EU28', or 'EU' for the members on that day"
    )
    with pytest.raises(InputError, match=r"had 27 other members \(with GBR, without HRV\): use 'EU' for"):
        economies(["JPN", "EU27"], on="2010-06-01")


def test_the_euro_area_grew_as_the_euro_was_adopted():
    sizes = {"1999-01-01": 11, "2001-01-01": 12, "2015-01-01": 19, "2022-12-31": 19, "2023-01-01": 20, "2026-01-01": 21}
    assert {day: len(group("EA", on=day)) for day in sizes} == sizes
    assert set(group("EA", on="2026-01-01")) - set(group("EA", on="2025-12-31")) == {"BGR"}


def test_smaller_groups_have_their_members():
    assert set(group("G7")) == {"CAN", "DEU", "FRA", "GBR", "ITA", "JPN", "USA"}
    assert set(group("QUAD")) == {"AUS", "IND", "JPN", "USA"}
    assert set(group("IPS2022")) == {"JPN", "KOR", "SGP", "TWN", "AUS", "NZL"}
    assert set(group("ASEAN")) - set(group("ASEAN", on="2025-10-25")) == {"TLS"}
    assert len(group("ASEAN")) == 11


def test_a_day_before_a_group_existed_is_an_error():
    with pytest.raises(InputError, match="EU had no members on 1950-05-09; the first joined on 1958-01-01"):
        group("EU", on="1950-05-09")
    with pytest.raises(
        InputError, match="EU15 is the composition of the EU since 1995-01-01, and 1950-05-09 is before"
    ):
        group("EU15", on="1950-05-09")


@pytest.mark.parametrize("wrong", ["2022-13-01", "12 May 2022", "20220512", "2022", ""])
def test_a_day_is_written_one_way(wrong):
    with pytest.raises(InputError, match="is not a day; write it as YYYY-MM-DD"):
        as_date(wrong)


def test_a_day_may_be_a_date_too():
    assert as_date("2022-05-12") == as_date(date(2022, 5, 12)) == as_date(datetime(2022, 5, 12, 9)) == date(2022, 5, 12)


@pytest.mark.parametrize("name", groups())
def test_every_group_says_what_it_is_and_where_its_list_comes_from(name):
    found = describe(name)
    assert found.name == name
    assert found.name_en
    assert found.name_ja
    assert len(found.source) > 20
    codes = [item.code for item in found.members]
    assert len(codes) == len(set(codes)) > 1


def test_group_names_and_economy_codes_never_mean_two_things():
    assert not set(groups()) & set(economies())


@given(st.dates(date(1958, 1, 1), date(2030, 1, 1)))
def test_the_eu_only_changes_on_the_days_of_its_treaties(day):
    changes = {item.since for item in describe("EU").members} | {date(2020, 2, 1)}
    before = day - timedelta(days=1)
    if day not in changes:
        assert group("EU", on=day) == group("EU", on=before)
    assert set(group("EU", on=day)) <= {item.code for item in describe("EU").members}


@given(st.lists(st.sampled_from([*PACKAGED_TABLE, *groups()]), unique=True))
def test_a_selection_never_repeats_an_economy(names):
    codes = economies(names)
    assert len(codes) == len(set(codes))
    assert {name for name in names if name not in groups()} <= set(codes)


# Tile map


def test_every_economy_of_the_packaged_table_has_a_tile_of_its_own():
    tiles = [economy(code).tile for code in economies()]
    placed = [tile for tile in tiles if tile is not None]
    assert len(placed) == len(set(placed))
    assert all(economy(code).tile for code in [*PACKAGED_TABLE, *group("EU28"), "NOR", "CHE", "ISL", "UKR", "TUR"])


@pytest.mark.parametrize("from_west_to_east", ["USA PRT ESP FRA AUT", "IRL GBR NLD DEU POL LVA RUS", "IND CHN KOR JPN"])
def test_the_tile_map_reads_from_west_to_east(from_west_to_east):
    columns = [tile(code)[0] for code in from_west_to_east.split()]
    assert columns == sorted(set(columns))


@pytest.mark.parametrize(
    "from_north_to_south",
    ["CAN USA MEX BRA", "SWE DNK DEU ITA MLT", "FIN EST LVA LTU SVK HUN", "UKR ROU BGR GRC CYP", "JPN TWN IDN AUS NZL"],
)
def test_the_tile_map_reads_from_north_to_south(from_north_to_south):
    rows = [tile(code)[1] for code in from_north_to_south.split()]
    assert rows == sorted(set(rows))


def tile(code: str) -> tuple[int, int]:
    found = economy(code).tile
    assert found is not None, code
    return found
