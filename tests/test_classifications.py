"""Classifications hold what their publishers publish, merge exactly, and never take an industry in part."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interdep.classifications import COMMON, classification, classifications, concordance, resolve
from interdep.classifications.isic import DIVISIONS, divisions_of, written
from interdep.errors import InputError

IN_ORDER = (
    "A B C10-C12 C13-C15 C16-C18 C19 C20 C21 C22 C23 C24 C25 C26 C27 C28 C29 C30 C31-C33 D E F G H49 H50 H51 H52-H53 I "
    "J58-J60 J61 J62-J63 K L M-N O-P Q R-U"
)
COMMON_CODES = IN_ORDER.split()
ISIC_4 = [COMMON, "wiod-2016", "oecd-icio", "oecd-icio-2025", "figaro"]
ISIC_3 = ["wiod-2013", "caliendo-parro"]
SOURCES = [name for name in classifications() if name != COMMON]


def codes(name: str) -> tuple[str, ...]:
    return classification(name).codes


# The classifications


def test_the_common_classification_has_the_36_industries_in_order():
    assert list(codes(COMMON)) == COMMON_CODES


@pytest.mark.parametrize(
    ("name", "count", "some"),
    [
        ("wiod-2016", 56, ["A01", "C10-C12", "C31_C32", "D35", "J62_J63", "M74_M75", "R_S", "U"]),
        ("wiod-2013", 35, ["c1", "c14", "c35"]),
        ("oecd-icio", 45, ["A01_02", "B05_06", "C10T12", "C31T33", "J58T60", "T"]),
        ("oecd-icio-2025", 50, ["A02", "B06", "C24A", "C24B", "C301", "C302T309", "T"]),
        ("figaro", 64, ["A03", "C10T12", "C31_32", "E37T39", "L", "N80T82", "Q87_88", "R90T92", "U"]),
        ("caliendo-parro", 40, ["Agriculture", "Machinery n.e.c", "Real State", "R&D", "Private"]),
    ],
)
def test_each_classification_has_its_publishers_codes(name, count, some):
    assert len(codes(name)) == len(set(codes(name))) == count
    places = [codes(name).index(code) for code in some]
    assert places == sorted(places)


@pytest.mark.parametrize("name", classifications())
def test_every_industry_has_distinct_names_in_both_languages_that_fit_a_figure(name):
    found = classification(name)
    assert found.title
    assert found.source
    for field in ("name_en", "name_ja", "short_en", "short_ja"):
        values = [getattr(item, field) for item in found.industries]
        assert all(values)
        assert len(set(values)) == len(values), field
    assert max(len(item.short_en) for item in found.industries) <= 28


@pytest.mark.parametrize("name", ISIC_4)
def test_an_isic_code_covers_the_divisions_it_spells(name):
    for item in classification(name).industries:
        spelled = divisions_of(item.code)
        if spelled is None:
            assert item.code in ("C301", "C302T309", "C24A", "C24B")
        elif item.code == "R_S":
            assert item.divisions == {"90", "91", "92", "93", "94", "95", "96"}
        else:
            assert item.divisions == spelled


@pytest.mark.parametrize("name", [COMMON, "wiod-2016", "figaro"])
def test_a_full_isic_4_classification_covers_every_division_once(name):
    held = [division for item in classification(name).industries for division in item.divisions]
    assert len(held) == len(set(held))
    assert set(held) == DIVISIONS


@pytest.mark.parametrize("name", ["oecd-icio", "oecd-icio-2025", *ISIC_3])
def test_the_other_classifications_leave_out_only_extraterritorial_bodies(name):
    held = {division for item in classification(name).industries for division in item.divisions}
    assert held == DIVISIONS - {"99"}


def test_the_long_labels_of_wiod_2016_have_their_codes():
    wiod = classification("wiod-2016")
    for label, code in {
        "Mining and quarrying": "B",
        "Manufacture of coke and refined petroleum products ": "C19",
        "Manufacture of computer, electronic and optical products": "C26",
        "Repair and installation of machinery and equipment": "C33",
        "Electricity, gas, steam and air conditioning supply": "D35",
        "Land transport and transport via pipelines": "H49",
        "Telecommunications": "J61",
        "Scientific research and development": "M72",
        "Other service activities": "R_S",
        "Activities of extraterritorial organizations and bodies": "U",
    }.items():
        assert wiod.code_of_label(label) == code
    assert len({item.source_label for item in wiod.industries}) == 56


def test_figaro_answers_to_the_codes_of_eurostats_web_tables():
    figaro = classification("figaro")
    assert [figaro.code_of_label(label) for label in ("C10-12", "C10T12", "L68", "R90-92", "C31_32")] == [
        "C10T12",
        "C10T12",
        "L",
        "R90T92",
        "C31_32",
    ]


def test_unknown_names_are_met_with_the_nearest():
    with pytest.raises(InputError, match="unknown classification 'wiod2016'; did you mean 'wiod-2016'"):
        classification("wiod2016")
    with pytest.raises(InputError, match=r"unknown industry 'C62' in classification wiod-2016; did you mean 'C2\d'"):
        classification("wiod-2016").industry("C62")
    with pytest.raises(InputError, match="did you mean 'Telecommunications'"):
        classification("wiod-2016").code_of_label("Telecomunications")


# ISIC codes


@pytest.mark.parametrize(
    ("code", "divisions"),
    [
        ("J", "58 59 60 61 62 63"),
        ("C26", "26"),
        ("26", "26"),
        ("C10-C12", "10 11 12"),
        ("C10-12", "10 11 12"),
        ("C10T12", "10 11 12"),
        ("C31_C32", "31 32"),
        ("A01_02", "01 02"),
        ("T", "97 98"),
        ("S-T", "94 95 96 97 98"),
        ("C33-E36", "33 35 36"),
    ],
)
def test_sections_divisions_and_ranges_are_read(code, divisions):
    assert divisions_of(code) == set(divisions.split())


@pytest.mark.parametrize("code", ["", "-", "C99", "34", "c26", "C10-", "C10T", "C12-C10", "C301", "V", "Chips"])
def test_what_is_not_isic_is_not_read(code):
    assert divisions_of(code) is None


@given(st.sets(st.sampled_from(sorted(DIVISIONS)), min_size=1))
def test_a_written_set_of_divisions_reads_back(divisions):
    parts = written(divisions).split(", ")
    assert set().union(*(divisions_of(part) or set() for part in parts)) == divisions


# Concordances


@pytest.mark.parametrize("name", SOURCES)
def test_every_industry_merges_somewhere_and_every_target_is_reached(name):
    links = concordance(name).links
    assert tuple(links) == codes(name)
    assert all(links.values())
    assert set(itertools.chain.from_iterable(links.values())) == set(COMMON_CODES)


@pytest.mark.parametrize("name", SOURCES)
def test_links_are_exactly_the_industries_that_share_divisions(name):
    common = classification(COMMON).industries
    for item in classification(name).industries:
        shared = tuple(target.code for target in common if target.divisions & item.divisions)
        assert sorted(concordance(name).links[item.code]) == sorted(shared), item.code


@pytest.mark.parametrize("name", [name for name in SOURCES if name not in ISIC_3])
def test_isic_4_tables_merge_exactly(name):
    matrix = concordance(name).weights_matrix()
    assert matrix.shape == (36, len(codes(name)))
    assert set(np.unique(matrix)) == {0.0, 1.0}
    assert (matrix.sum(axis=0) == 1).all()


def test_only_the_isic_3_tables_have_industries_with_several_targets():
    several = {name: concordance(name).split for name in SOURCES if concordance(name).split}
    assert several == {
        "wiod-2013": ("c7", "c9", "c12", "c14", "c15", "c16", "c17", "c27", "c30", "c34"),
        "caliendo-parro": ("Paper", "Chemicals", "Other", "Electricity", "Post", "Other services"),
    }
    assert concordance("wiod-2013").links["c14"] == ("C26", "C27")
    assert concordance("caliendo-parro").links["Chemicals"] == ("C20", "C21")


def even_weights(name: str) -> dict[str, dict[str, float]]:
    found = concordance(name)
    return {source: {target: 1 / len(found.links[source]) for target in found.links[source]} for source in found.split}


def test_weights_go_to_their_targets():
    found = concordance("wiod-2013")
    matrix = found.weights_matrix({**even_weights("wiod-2013"), "c9": {"C20": 0.7, "C21": 0.3}})
    column = matrix[:, found.sources.index("c9")]
    assert column[COMMON_CODES.index("C20")] == 0.7
    assert column[COMMON_CODES.index("C21")] == 0.3
    assert np.count_nonzero(column) == 2
    assert matrix.sum(axis=0) == pytest.approx(np.ones(35), abs=1e-12)


@given(st.lists(st.floats(0, 1e9), min_size=40, max_size=40))
def test_merging_loses_nothing(output):
    merged = concordance("caliendo-parro").weights_matrix(even_weights("caliendo-parro")) @ np.array(output)
    assert merged.sum() == pytest.approx(sum(output), rel=1e-12)


def test_missing_weights_are_named_with_a_way_out():
    weights = even_weights("wiod-2013")
    del weights["c9"]
    with pytest.raises(InputError) as told:
        concordance("wiod-2013").weights_matrix(weights)
    assert str(told.value) == (
        "c9 of wiod-2013 goes to several industries of interdep-36 (C20, C21), so merging needs its shares: "
        "give weights={'c9': {'C20': 0.5, 'C21': 0.5}}"
    )


@pytest.mark.parametrize(
    ("shares", "text"),
    [
        ({"C20": 0.7, "C21": 0.2}, r"sum to 0\.9; shares sum to 1"),
        ({"C20": 1.2, "C21": -0.2}, r"give 'C21' the share -0\.2"),
        ({"C20": float("nan"), "C21": 0.2}, "give 'C20' the share nan"),
        ({"C20": 0.5, "C22": 0.5}, "name 'C22', but its targets are C20, C21"),
        ({}, "sum to 0; shares sum to 1"),
    ],
)
def test_wrong_weights_are_refused(shares, text):
    with pytest.raises(InputError, match=text):
        concordance("wiod-2013").weights_matrix({**even_weights("wiod-2013"), "c9": shares})


def test_weights_for_an_unknown_industry_are_refused():
    with pytest.raises(InputError, match="unknown industry 'C9' in the weights for wiod-2013; did you mean 'c9'"):
        concordance("wiod-2013").weights_matrix({"C9": {"C20": 1.0}})


def test_a_pair_without_a_concordance_is_refused_with_those_that_exist():
    with pytest.raises(
        InputError, match="no concordance from interdep-36 to figaro; there are those to interdep-36 from wiod"
    ):
        concordance(COMMON, "figaro")


# From a scenario's industry to those of a table


@pytest.mark.parametrize(
    ("requested", "table", "found"),
    [
        ("C26", COMMON, "C26"),
        ("c14", "wiod-2013", "c14"),
        ("c26", "wiod-2013", "c26"),
        ("Real State", "caliendo-parro", "Real State"),
        ("J", "wiod-2016", "J58, J59_J60, J61, J62_J63"),
        ("J62-J63", "oecd-icio", "J62_63"),
        ("C10-C12", "figaro", "C10T12"),
        ("26", "oecd-icio", "C26"),
        ("M-N", "oecd-icio", "M, N"),
        ("G", "wiod-2013", "c19, c20, c21"),
        ("C24", "oecd-icio-2025", "C24A, C24B"),
        ("C26", "caliendo-parro", "Office, Communication, Medical"),
        ("R-U", "oecd-icio", "R, S, T"),
    ],
)
def test_a_request_finds_the_industries_that_are_exactly_it(requested, table, found):
    assert ", ".join(resolve(requested, codes(table), table)) == found


@pytest.mark.parametrize("table", ISIC_4)
def test_every_common_industry_is_found_in_every_isic_4_table(table):
    links = dict.fromkeys(COMMON_CODES, ()) if table == COMMON else concordance(table).links
    for requested in COMMON_CODES:
        expected = (requested,) if table == COMMON else tuple(c for c, targets in links.items() if requested in targets)
        assert resolve(requested, codes(table), table) == expected


def test_the_answer_comes_in_the_tables_order():
    assert resolve("J61-J63", ["J62_63", "K", "J61"], "oecd-icio") == ("J62_63", "J61")


def test_an_industry_inside_a_wider_one_is_refused_with_the_ways_out():
    with pytest.raises(InputError) as told:
        resolve("C26", codes("wiod-2013"), "wiod-2013")
    assert str(told.value) == (
        "C26 is inside c14 (Electrical and optical equipment), which also holds C27; "
        "name 'c14' to shock all of it, or use a table that keeps C26 apart"
    )


def test_a_request_across_mixed_industries_names_each_of_them():
    with pytest.raises(InputError) as told:
        resolve("C25-C26", codes("wiod-2013"), "wiod-2013")
    assert str(told.value) == (
        "C25-C26 is not made of whole industries of this table (wiod-2013): "
        "c12 (Basic metals and fabricated metal products) also holds C24; "
        "c14 (Electrical and optical equipment) also holds C27. "
        "Name 'c12', 'c14' to shock all of them, or use a table that keeps C25-C26 apart"
    )


def test_a_table_that_lacks_part_of_the_request_is_refused():
    with pytest.raises(InputError, match=r"has no industry for C21 of C20-C21; it has 'C20'"):
        resolve("C20-C21", ["C19", "C20"], "oecd-icio")
    with pytest.raises(InputError, match=r"no industry of this table \(oecd-icio\) covers U"):
        resolve("U", codes("oecd-icio"), "oecd-icio")


@pytest.mark.parametrize(
    ("requested", "table", "text"),
    [
        ("C62", "wiod-2016", r"unknown industry 'C62' in this table \(wiod-2016\); did you mean 'C2\d'"),
        ("Electronics", COMMON, "did you mean 'C26'"),
        ("自動車", "wiod-2016", "did you mean 'C29'"),
        ("c14", COMMON, r"'c14' is an industry of wiod-2013 \(.*\) and this table is .* falls into 'C26', 'C27'"),
        ("C24A", COMMON, "'C24A' is an industry of oecd-icio-2025 .* here it falls into 'C24'"),
    ],
)  # fmt: skip
def test_a_name_that_is_not_isic_is_met_with_what_it_may_mean(requested, table, text):
    with pytest.raises(InputError, match=text):
        resolve(requested, codes(table), table)


def test_a_table_with_its_own_classification_takes_exact_codes_only():
    own = ["Chips", "Cars", "26"]
    assert resolve("Chips", own, "my-table") == ("Chips",)
    with pytest.raises(InputError, match=r"unknown industry 'chips' in this table \(my-table\); did you mean 'Chips'"):
        resolve("chips", own, "my-table")
    with pytest.raises(InputError, match=r"unknown industry 'C26' in this table \(my-table\)"):
        resolve("C26", own, "my-table")


def test_a_table_that_holds_codes_its_classification_lacks_is_refused():
    with pytest.raises(InputError, match="unknown industry 'C26X' in classification wiod-2016"):
        resolve("J", ["J58", "C26X"], "wiod-2016")


@given(st.sampled_from(classifications()), st.sampled_from(sorted(DIVISIONS - {"99"})))
def test_what_is_found_covers_the_request_and_nothing_else(table, division):
    try:
        found = resolve(division, codes(table), table)
    except InputError:
        wider = [item for item in classification(table).industries if division in item.divisions]
        assert any(len(item.divisions) > 1 for item in wider)
    else:
        assert {d for code in found for d in classification(table).industry(code).divisions} == {division}
