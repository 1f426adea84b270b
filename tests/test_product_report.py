"""The report's sections on products and Russian crude say what the tables hold, and claim nothing else."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from interdep import World, measure
from interdep.briefing.content import Bullets, Grid, Heading, Paragraph, Picture
from interdep.briefing.findings import Findings
from interdep.briefing.product_section import products, russian_crude
from interdep.geography import economies
from interdep.models.long_paths import LongPaths
from interdep.trade import Trade
from interdep.trade.russian_crude import WAYS, facts, replaceability


@pytest.fixture(scope="module")
def found() -> Findings:
    world = World.read()
    run = SimpleNamespace(scenarios=())
    return Findings(
        None, world, measure(["EU27", "JPN"], world=world), run, None, None, LongPaths(), None, {}, {}, {}, {}
    )  # type: ignore[arg-type]


def texts(blocks: list) -> str:
    out = []
    for block in blocks:
        if isinstance(block, (Heading, Paragraph)):
            out.append(block.text)
        elif isinstance(block, Bullets):
            out += block.items
        elif isinstance(block, Grid):
            out += [block.caption, *(cell for row in block.rows for cell in row)]
        elif isinstance(block, Picture):
            out.append(block.caption)
            if block.behind:
                out += [cell for row in block.behind.rows for cell in row]
    return "\n".join(out)


def test_the_section_names_shared_suppliers_and_what_is_no_claim(found):
    said = texts(products(found))
    assert "2504 Graphite; natural" in said
    assert "shared top supplier" in said
    assert "No claim is made on 2836" in said
    assert "not computable" in said
    assert "EU27 gets more than half of its imports from one supplier in" in said


def test_the_users_of_a_shared_supplier_s_industry_stand_with_the_reasoning(found):
    blocks = products(found)
    (grid,) = [b for b in blocks if isinstance(b, Grid) and "Who uses" in b.caption]
    assert {row[0] for row in grid.rows} == {"China: B Mining", "China: C20 Chemicals"}
    assert {row[2] for row in grid.rows} == {"EU27", "Japan"}
    assert any(isinstance(b, Paragraph) and b.text.startswith("An upper bound") for b in blocks)


def test_every_picture_has_numbers_or_years_behind_it(found):
    pictures = [b for b in products(found) if isinstance(b, Picture)]
    assert len(pictures) == 4  # the scatter, suppliers of each, and the years of the EU (Japan has one)


def test_russian_crude_is_shown_member_by_member_where_the_eu_is_a_partner(found):
    blocks = russian_crude(found)
    (grid,) = [b for b in blocks if isinstance(b, Grid)]
    by = {row[0]: row for row in grid.rows}
    assert by["Slovakia"][1] == "100 %"
    assert by["Hungary"][5] == "3.4"
    assert by["Germany"][7] == WAYS["pipeline-coast"]
    assert by["Belgium"][7] == WAYS["through-another-member"]
    assert "Portugal" not in by
    only_japan = replace(found, dependencies=measure("JPN", world=found.world))
    assert russian_crude(only_japan) == []


def test_only_facts_that_were_checked_are_printed(found):
    said = texts(russian_crude(found))
    assert "Council Decision (CFSP) 2022/884" in said
    for fact in facts():
        if not fact.certain:
            assert fact.text not in said


def test_the_table_of_crude_holds_each_member_once_and_its_classes_are_explained():
    table = replaceability()
    members = table.frame["member"].to_list()
    assert sorted(members) == sorted(economies("EU27"))
    assert set(table.frame["alternative"]) <= set(WAYS)
    row = next(r for r in table.to_rows() if r["member"] == "HUN")
    assert row["share_comext"] == pytest.approx(0.882)
    assert row["share_nrg"] == pytest.approx(0.582)
    assert row["landlocked"] == "yes"
    assert next(r for r in table.to_rows() if r["member"] == "MLT")["share_comext"] is None


def test_facts_are_dated_and_have_a_source():
    known = facts()
    assert len(known) > 10
    assert all(f.source and f.text and f.date.year >= 1990 for f in known)
    assert {m for f in known for m in f.members} <= set(economies("EU27"))


def test_a_trade_table_that_knows_one_partner_only_says_so(found):
    one = measure(["EU27", "JPN"], world=found.world, trade=Trade.read("eu-critical-materials"))
    said = texts(products(replace(found, dependencies=one)))
    assert "What the partners have in common is not computable" in said
    assert "EU27 gets more than half" in said
    assert "Japan gets" not in said
