"""The two pages answer what a minister asks, in both languages, out of results alone; what is missing is said to be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from interdep import ImportBan, Partnership, Scenario, SupplyStop, agree, assess, coalitions, respond
from interdep.agreement.agree import Agreement
from interdep.briefing import brief_names
from interdep.briefing.brief import LEAST, brief, fitting
from interdep.briefing.brief_facts import Facts, overlap
from interdep.briefing.brief_words import WORDS
from interdep.briefing.content import (
    Bullets,
    Document,
    Grid,
    Heading,
    KeyNumbers,
    PageBreak,
    Paragraph,
    Picture,
    Row,
)  # fmt: skip
from interdep.briefing.findings import Findings
from interdep.briefing.response_words import ASSUMED
from interdep.briefing.typst import pdf
from interdep.errors import InputError
from interdep.models.ario import Ario
from interdep.models.equilibrium import Equilibrium
from interdep.models.fan import variants
from interdep.models.verdict import View
from interdep.parameter import parameters_of
from interdep.partnership.documents import Commitment, State
from interdep.partnership.indicators import indicators_of
from interdep.partnership.schema import Pillar
from interdep.partnership.status import Status, status
from interdep.testing import small_world
from made_trades import made as trade_of

WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
FLOWS = [
    ("CHN", "DEU", "854231", 2021, 60.0), ("TWN", "DEU", "854231", 2021, 40.0), ("CHN", "JPN", "854231", 2021, 30.0),
    ("TWN", "JPN", "854231", 2021, 20.0), ("NAM", "JPN", "810520", 2021, 7.0), ("NAM", "DEU", "810520", 2021, 5.0),
]  # fmt: skip


@pytest.fixture(scope="module")
def bare() -> Findings:
    """An assessment of two economies that have planned, voted and agreed nothing."""
    partnership = Partnership(
        name="try", title="A partnership to try things on", title_ja="試行パートナーシップ", members=["DEU", "JPN"],
        since=date(2022, 5, 12), pillars=[Pillar(id="chips", title="Chips", industries=["C26"])],
    )  # fmt: skip
    stop = Scenario(
        "stop", title="Chips stop", title_ja="半導体の停止",
        shocks=[SupplyStop(economies="USA", industries="C26", days=90)],
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patched:
        few = {n: each for n, each in variants(Ario()).items() if n in ("default", "stocks low", "psi 0.95")}
        patched.setattr("interdep.models.fan.variants", lambda model: few)
        made = assess(partnership, [stop], small_world(4, 3), draws=8).found
        return replace(made, plans={})


@pytest.fixture(scope="module")
def found(bare: Findings) -> Findings:
    """The same with a plan, a vote and a coalition."""
    plan = respond(
        None, "5e6 USD/year", ["DEU", "JPN"], suppliers=[["CHN"], ["NAM"]], products=["854231", "810520"], points=3,
        trade=trade_of(FLOWS, whole=True, scale=1e6), days=False,
    )  # fmt: skip
    ban = Scenario(
        "ban", title="A ban", shocks=[ImportBan(economies=["DEU"], suppliers=["CHN"], industries="C26", days=365)]
    )
    joint = coalitions(ban, "CHN", ["DEU"], ["JPN"], world=small_world(4, 3))
    vote = agree("russian-oil-ban", "EU27", "unanimity", as_of="2022-04-30")
    return replace(bare, plans={"pillars": plan}, votes={"oil": vote}, coalitions={"ban": joint})


def state_of(found: Findings, *given: tuple[State, date | None]) -> Status:
    """Commitments in these states and due on these days, looked at on 1 June 2026."""
    made_ = tuple(
        Commitment(id=f"c{k}", text=f"Do thing {k}", text_ja=f"約束{k}", pillar="chips", owners=["DEU", "JPN"], status=s, due=due)
        for k, (s, due) in enumerate(given)
    )  # fmt: skip
    partnership = found.partnership.model_copy(update={"commitments": made_})
    return status(partnership, indicators_of(found, partnership), on=date(2026, 6, 1))


def texts(document: Document) -> Iterator[str]:
    """Every text of the document, figures' titles and the tables behind them included."""
    yield from (document.title, document.subtitle, document.footer)
    for block in document.blocks:
        if isinstance(block, (Heading, Paragraph)):
            yield block.text
        elif isinstance(block, Bullets):
            yield from block.items
        elif isinstance(block, KeyNumbers):
            yield from (text for n in block.items for text in (n.value, n.label, n.note))
        elif isinstance(block, Grid):
            yield from grid_texts(block)
        elif isinstance(block, Row):
            for picture in block.pictures:
                yield from (picture.figure.title, picture.figure.alt)
                yield from grid_texts(picture.behind) if picture.behind else ()
        else:
            assert isinstance(block, (PageBreak, Picture))


def grid_texts(grid: Grid) -> Iterator[str]:
    yield grid.caption
    for row in (grid.header, *grid.rows):
        yield from row


def said(document: Document) -> str:
    return "\n".join(texts(document))


def section(document: Document, anchor: str) -> str:
    """The text between a heading and the next."""
    blocks = list(document.blocks)
    first = next(k for k, b in enumerate(blocks) if isinstance(b, Heading) and b.anchor == anchor)
    after = next((k for k, b in enumerate(blocks) if k > first and isinstance(b, (Heading, PageBreak))), len(blocks))
    return said(replace(document, blocks=blocks[first:after]))


# What a reader of these two pages alone can answer


def test_the_pages_follow_the_layout(found):
    document = brief(found)
    anchors = ["line", "depend", "weeks", "options", "sign", "commitments", "changes", "how"]
    assert [b.anchor for b in document.blocks if isinstance(b, Heading)] == anchors
    before = [
        b.anchor for b in list(document.blocks)[: list(document.blocks).index(PageBreak())] if isinstance(b, Heading)
    ]
    assert before == ["line", "depend", "weeks"]
    (numbers,) = [b for b in document.blocks if isinstance(b, KeyNumbers)]
    assert len(numbers.items) == 3
    assert document.subtitle.startswith("Germany and Japan, since 12 May 2022.")


def test_on_what_both_depend(found):
    rows = [r for r in found.dependencies.common().to_rows() if r["top_supplier"] == "USA"]
    every = found.dependencies.industries.frame["industry"].n_unique()
    document = brief(found)
    assert (
        f"United States is the largest foreign supplier of Germany and Japan alike in {len(rows)} of {every}"
        in said(document)
    )
    most = max(rows, key=lambda r: r["smallest_share"])
    assert found.names[most["industry"]] in section(document, "depend")
    assert f"Germany {round(100 * most['share_DEU'])} %" in section(document, "depend")


def test_what_breaks_and_when_with_ranges_and_every_model(found):
    row = found.ranges["stop", "JPN"]
    text = section(brief(found), "weeks")
    assert f"{100 * row['value']:.2f} % ({100 * row['low']:.2f} to {100 * row['high']:.2f} %)" in text
    priced = found.real["stop", "JPN"]
    assert f"{100 * priced['default']:.2f} % (" in text
    worst = max(found.fan.daily.where(scenario="stop", economy="JPN").to_rows(), key=lambda r: (r["value"], -r["day"]))
    assert f"Japan week {worst['day'] // 7 + 1}" in text
    assert "their ranges overlap" in text or "disagree" in text


def test_what_to_do_and_what_acting_together_adds_beside_its_caveat(found):
    plan = found.plans["pillars"]
    text = section(brief(found), "options")
    assert "Any supplier of the pillars' goods stops" in text
    assert f"{100 * plan.avoided:.0f} %" in text
    spent = plan.arrangement("together")["spent"]
    assert f"USD {spent / 1e6:.2g} million" in text
    assert "It is worth little where all are cut at once" in text
    assert "100 % of the loss" in text
    (row,) = next(b for b in brief(found).blocks if isinstance(b, Grid) and b.header[0] == "Against").rows
    pays = {r["member"]: r["pays"] for r in plan.blocs.to_rows()}
    assert f"Japan {100 * pays['JPN'] / sum(pays.values()):.0f} %" in row[-1]


def test_who_would_sign_and_under_which_exemptions(found):
    text = section(brief(found), "sign")
    refusing = found.votes["oil"].refusing()
    assert refusing == ("BGR", "CZE", "HUN", "SVK")
    assert "Bulgaria, Czechia, Hungary and Slovakia of 27 members would not sign" in text
    assert "Bulgaria (crude oil by sea, without end)" in text
    assert "Czechia (crude oil by pipeline, to 31 December 2024)" in text
    assert "data known on 30 April 2022" in text
    assert "Japan's joining adds" in text


def test_whether_the_partnership_delivers(found):
    due = date(2026, 5, 1)
    state = state_of(
        found, ("done", date(2025, 1, 1)), ("under way", due), ("not known", None), ("under way", date(2027, 1, 1))
    )
    document = brief(found, state=state)
    assert (
        "Whether it delivers shows in its commitments: 4 commitments, 1 done, 1 overdue, 1 in a state not known."
        in section(document, "line")
    )
    text = section(document, "commitments")
    assert "under way, 31 days overdue" in text
    grid = next(b for b in document.blocks if isinstance(b, Grid) and b.header[0] == "Commitment")
    assert grid.rows[0][0] == "Do thing 1", "what is overdue comes first"
    assert grid.caption.startswith("On 1 June 2026; overdue first")
    less = brief(found, state=state, fewer=(0, 1))
    assert any(isinstance(b, Grid) and "3 of 4" in b.caption for b in less.blocks)


def test_nothing_is_called_on_time_that_has_no_day(found):
    state = state_of(found, ("under way", None), ("done", None))
    assert "none with a due day" in section(brief(found, state=state), "line")
    assert "overdue 0 (1 of 1 open ones undated)" in section(brief(found, state=state), "commitments")


def test_without_commitments_plans_votes_and_coalitions_that_is_said(bare):
    document = brief(bare)
    assert "Delivery is not known" in section(document, "line")
    assert "Missing: no commitments were given" in section(document, "commitments")
    assert "No plan was made." in section(document, "options")
    assert "No proposal was put to a vote." in section(document, "sign")
    assert "No coalition was asked for." in section(document, "sign")
    assert "which disruptions to plan against" in section(document, "line")
    assert "n/a" in [n.value for b in document.blocks if isinstance(b, KeyNumbers) for n in b.items]


def test_missing_trade_and_failed_models_are_said(bare):
    document = brief(replace(bare, dependencies=replace(bare.dependencies, products=None), failed={"plan": "no data"}))
    assert "Products: missing" in section(document, "depend")
    assert "Product trade: missing." in section(document, "how")
    assert "No result: plan: no data." in section(document, "how")
    assert "products of" not in document.subtitle


def test_old_and_estimated_tables_are_said_to_be(found):
    estimated = SimpleNamespace(**{n: getattr(found.world, n) for n in (
        "economies", "industries", "classification", "name", "year", "money", "notes")}, estimated_share=0.156)  # fmt: skip
    document = brief(replace(found, world=estimated))
    assert "about 16 % of the intermediate flows (those across borders) are estimates" in section(document, "how")
    assert "Supply chains of 2020 (partly estimated)" in document.subtitle
    assert "shares of today differ" in section(document, "how")
    assert "estimates" not in said(brief(found))


def test_a_proposal_that_passes_and_one_without_a_way_out_are_told_apart(found):
    vote: Any = found.votes["oil"]
    good = SimpleNamespace(about=vote.about, passes="yes")
    stuck = SimpleNamespace(
        about=vote.about, passes="no", alternatives=(), refusing=vote.refusing, unknown=vote.unknown
    )  # fmt: skip
    lost = SimpleNamespace(
        about=vote.about, passes="open", alternatives=(), refusing=vote.refusing, unknown=lambda: ("DEU",)
    )

    def text(one: Any) -> str:
        return section(brief(replace(found, votes={"oil": one})), "sign")

    assert "passes as it stands" in text(good)
    assert "No set of exemptions was found" in text(stuck)
    assert "the stance of Germany is not known" in text(lost)
    assert isinstance(vote, Agreement)


def test_plans_are_sorted_by_what_is_sought(found):
    plan = found.plans["pillars"]

    def changed(added: float, worth: float | None) -> Any:
        row = {**plan.arrangement("together"), "worth_high": worth}
        return SimpleNamespace(
            added=added, best="together", avoided=plan.avoided, about=plan.about, arrangements=plan.arrangements,
            arrangement=lambda name: row, changes=plan.changes, measures=plan.measures, range_of=plan.range_of,
            disruptions=plan.disruptions, frontier=plan.frontier, blocs=plan.blocs, by_sharing=0.0,
        )  # fmt: skip

    plans = {"much": changed(0.2, 1e9), "little": changed(0.001, None), "dear": changed(0.5, 1.0)}
    facts = Facts(replace(found, plans=plans), "en")
    assert facts.plans == {"joint": ["much"], "help": [], "own": ["little"], "not": ["dear"]}
    text = section(brief(replace(found, plans=plans)), "line")
    assert "(1) fund together “much”" in text
    assert "(2) each fund its own part against “little”, where acting together adds less than 1 point" in text
    assert "(3) drop “dear”, which cost more than they are worth" in text


def test_a_partner_that_would_pay_and_gain_nothing_is_not_asked_to(found):
    plan = found.plans["pillars"]
    rows = {n: plan.arrangement(n) | {"worth_high": None} for n in ("no plan", "apart", "together")}
    rows["apart"] |= {"spent": 2e6, "avoided_share": 0.4}
    rows["together"] |= {"spent": 5e6, "avoided_share": 0.6}
    lost = rows["no plan"]["lost"]
    blocs = {
        "DEU": {"member": "DEU", "alone": 0.6 * lost, "spent_alone": 2e6, "pays": 2e6},
        "JPN": {"member": "JPN", "alone": 0.0, "spent_alone": 0.0, "pays": 3e6},
    }
    first = pl.int_range(pl.len()) == 0
    varied = replace(plan.changes, frame=plan.changes.frame.with_columns(
        avoided_share=pl.when(first).then(0.6).otherwise(0.9), added_share=pl.when(first).then(0.2).otherwise(0.3),
    ))  # fmt: skip

    def made(*members: dict[str, Any]) -> Any:
        return SimpleNamespace(
            added=0.2, best="together", about=plan.about, arrangement=rows.__getitem__, by_sharing=0.0,
            blocs=SimpleNamespace(to_rows=lambda: list(members)), changes=varied, measures=plan.measures,
            arrangements=plan.arrangements, disruptions=plan.disruptions, frontier=plan.frontier,
        )  # fmt: skip

    facts = Facts(replace(found, plans={"oil": made(*blocs.values())}), "en")
    assert facts.plans["help"] == ["oil"]
    assert facts.avoided("oil") == "40 % (40 to 60 %)", "the numbers are those of each partner for itself"
    document = brief(facts.found)
    assert "Against “oil” USD 2 million a year avoids 40 %" in section(document, "line")
    leave = "leave “oil” (USD 2 million a year) to Germany, as Japan would pay USD 3 million a year into one purse"
    assert leave in section(document, "line")
    assert "Germany 100 %" in section(document, "options")
    assert "20 points for USD 5 million" in section(document, "options"), "what one purse would cost stands beside it"
    # With a loss of its own that the purse makes less, Japan is no giver, and the plan is one to fund together.
    short = blocs["JPN"] | {"alone": 0.5 * lost}
    assert Facts(replace(found, plans={"oil": made(blocs["DEU"], short)}), "en").plans["joint"] == ["oil"]


def test_models_disagree_where_their_ranges_do_not_meet():
    assert overlap(View("a", 0.1, 0.05, 0.2), View("b", 0.3, 0.2, 0.4))
    assert not overlap(View("a", 0.1, 0.05, 0.15), View("b", 0.3, 0.2, 0.4))
    assert not overlap(View("a", 0.1), View("b", 0.2))


def test_a_case_in_which_any_two_models_do_not_meet_is_counted(found, monkeypatch):
    far = [View("a", 0.1, 0.05, 0.3), View("b", 0.15, 0.14, 0.16), View("c", 0.2, 0.18, 0.4)]
    near = [View("a", 0.1, 0.05, 0.3), View("b", 0.15, 0.1, 0.2)]
    monkeypatch.setattr(Findings, "views", {("s", "DEU"): far, ("s", "JPN"): near})
    assert Facts(found, "en").apart == (1, 2)


def test_a_marking_with_a_sign_that_nobody_sees_is_refused(bare):
    with pytest.raises(InputError, match=r"the marking holds the invisible character U\+202E"):
        brief(bare, marking="A\u202eB")


# Both languages


def test_every_sentence_has_both_languages_with_the_same_places_to_fill():
    for word, (en, ja) in WORDS.items():
        assert set(re.findall(r"{(\w+)}", en)) == set(re.findall(r"{(\w+)}", ja)), word
        assert not WIDE.search(en), word


def test_japanese_pages_hold_no_english_sentence(found):
    state = state_of(found, ("done", date(2025, 1, 1)), ("under way", date(2026, 5, 1)))
    document = brief(found, "ja", "取扱注意", state)
    assert (document.language, document.marking) == ("ja", "取扱注意")
    assert document.title == "試行パートナーシップ：ブリーフィング"
    assert "2022年5月12日" in document.subtitle
    for text in texts(document):
        assert not re.search(r"[a-z]{2,} [a-z]{2,}", text.replace("A ban", "")), text
    text = said(document)
    for word in (
        "米国",
        "ドイツと日本",
        "半導体の停止",
        "各柱の財の供給元のいずれかが停止",
        "全会一致",
        "2024年12月31日",
        "海路の原油",
    ):
        assert word in text, word
    assert "パーセント" not in text
    assert re.search(r"\d+万ドル", text)


def test_every_parameter_variant_and_assumption_has_japanese_words():
    for name in variants(Ario()):
        if name != "default":
            assert WIDE.search(brief_names.variant(name, "ja")), name
    known = [n for n, p in parameters_of(Equilibrium()).items() if p.low is not None]
    for name in known:
        assert WIDE.search(brief_names.parameter(name, {}, "ja")), name
    assert set(brief_names.ASSUMED_JA) == set(ASSUMED)
    assert brief_names.assumption("size of JPN", {"JPN": "日本"}, "ja") == "日本の輸入の規模"
    assert brief_names.parameter("trade_elasticity C26", {"C26": "電子"}, "ja") == "電子の貿易弾力性"


def test_a_product_without_a_japanese_name_is_called_by_its_code():
    assert brief_names.product("2846", "ja") == "希土類化合物"
    assert brief_names.product("999999", "ja", "something") == "HS 999999"
    assert brief_names.product("2846", "en", "Compounds, inorganic or organic…") == "rare-earth compounds"
    assert brief_names.product("999999", "en", "Something") == "something"


def test_a_language_not_spoken_is_refused(bare):
    with pytest.raises(InputError, match="unknown language 'de'"):
        brief(bare, "de")  # pyright: ignore[reportArgumentType]


# What fits


def test_fewer_leaves_out_figures_and_never_an_answer(found):
    state = state_of(found, ("under way", date(2026, 5, 1)), ("done", None))
    whole, least = brief(found, state=state), brief(found, state=state, fewer=LEAST)
    assert sum(isinstance(b, Row) for b in whole.blocks) == 2
    assert not any(isinstance(b, Row) for b in least.blocks)
    assert [b.anchor for b in whole.headings] == [b.anchor for b in least.headings]
    assert section(whole, "line") == section(least, "line")


def test_long_names_take_the_place_of_figures_until_two_pages_hold_them(found):
    def long(scenario: Scenario) -> Scenario:
        return scenario.model_copy(update={"title": "A scenario whose title goes on and on " * 8})

    def pictures(document: Document) -> int:
        return sum(isinstance(block, Row) for block in document.blocks)

    names = replace(found, run=replace(found.run, scenarios=tuple(map(long, found.run.scenarios))))
    document = fitting(names)
    assert pictures(fitting(found)) == 2
    assert pictures(document) < 2
    assert pdf(document, {})
    with pytest.raises(InputError, match="may take 2 pages"):
        pdf(brief(names), {})


def test_equal_results_give_equal_pages(found):
    one, other = brief(found), brief(found)
    assert list(texts(one)) == list(texts(other))
    assert [p.figure.svg() for p in one.pictures] == [p.figure.svg() for p in other.pictures]
