"""The main job: what the report holds, that it stands alone, and that nothing is made twice."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from interdep import (
    Ario,
    CapacityLoss,
    DemandDrop,
    Equilibrium,
    ImportBan,
    InputError,
    Leontief,
    Partnership,
    Scenario,
    SupplyStop,
    World,
    assess,
    run,
)
from interdep.assessment import Assessment, brief, composing
from interdep.briefing.content import Bullets, Document, Grid, Heading, KeyNumber, KeyNumbers, Paragraph
from interdep.briefing.html import render
from interdep.models.run import attempt
from interdep.models.stops import supplier_stops
from interdep.shocks.scenario import library
from interdep.testing import small_world
from interdep.units import per_cent

VOID = {"meta", "br", "img", "link", "input", "hr", "wbr"}


class Balanced(HTMLParser):
    """Collects tags and complains where they do not close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if dict(attrs).get("id"):
            self.ids.append(str(dict(attrs)["id"]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"{tag} closes nothing"
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def partnership() -> Partnership:
    return Partnership(name="try", title="A partnership to try things on", members=["DEU", "JPN"])


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return Scenario("stop", title="Chips stop", shocks=[SupplyStop(economies="USA", industries="C26", days=90)])


SOME = ["chip-shortage", "rare-earth-export-ban", "russian-energy-stop", "russian-oil-ban", "russian-oil-phase-out"]
"""Scenarios of the library whose report has a part of every kind; the whole library takes a minute more."""


@pytest.fixture(scope="module", autouse=True)
def few_variants():
    """A handful of the variants that are tried day by day: all of them are in tests/test_fan.py, and take a minute here."""
    from interdep.models.fan import variants

    def few(model: Ario) -> dict[str, Ario]:
        kept = ("default", "stocks low", "essential every input")
        return {name: each for name, each in variants(model).items() if name in kept}

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("interdep.models.fan.variants", few)
        patched.setattr("interdep.assessment.composing.variants", few)
        yield


@pytest.fixture(scope="module")
def eu_japan(tmp_path_factory: pytest.TempPathFactory):
    whole = Partnership.read("eu-japan")
    joining = whole.coalitions[0].model_copy(update={"add": ("USA", "JPN")})
    fewer = whole.model_copy(update={"coalitions": (joining,), "plans": whole.plans[1:3]})
    return assess(fewer, SOME, folder=tmp_path_factory.mktemp("eu japan 日本"), draws=8)


def test_the_report_on_packaged_data_opens_without_a_network(eu_japan):
    page = eu_japan.report.read_text(encoding="utf-8")
    parsed = Balanced()
    parsed.feed(page)
    assert parsed.open == []
    assert len(parsed.ids) == len(set(parsed.ids)), "an id stands twice in the page"
    for tag, attrs in parsed.seen:
        assert tag not in {"script", "link", "iframe", "img"}
        for name in ("src", "href", "xlink:href"):
            assert str(attrs.get(name) or "#").startswith("#"), f"{tag} {name} leads out of the page"
    assert not re.search(r"url\((?!#)", page)
    assert "@import" not in page


def test_the_two_pages_say_what_the_results_say_in_both_languages(eu_japan):
    for lang, words in (("en", ("EU27", "Decision sought", "Who would sign")), ("ja", ("日EU", "億"))):
        page = eu_japan.brief(lang).html()
        assert all(word in page for word in words)
    english = eu_japan.brief("en", "For official use")
    assert english.pdf().startswith(b"%PDF")
    assert "For official use" in english.html()
    assert {"russian-oil-ban.toml", "chip-shortage.toml"} <= set(english.scenarios)
    assert {"first_order", "day_by_day", "prices_adjusted", "status_commitments"} <= {t.name for t in english.tables}
    assert len(eu_japan.summary()) == 4
    assert {p.name for p in (eu_japan.folder / "briefing").iterdir()} >= {
        "briefing.pdf",
        "briefing.html",
        "briefing.xlsx",
    }


def test_an_assessment_is_read_back_and_briefed_from_its_folder(eu_japan, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1764028800")
    again = Assessment.load(eu_japan.folder)
    assert again.html() == eu_japan.html()
    assert again.partnership.model_dump() == eu_japan.partnership.model_dump()
    made = brief(eu_japan.folder, "en")
    assert made.pdf() == eu_japan.brief("en").pdf()
    assert made.xlsx() == eu_japan.brief("en").xlsx()
    for kind in (".pdf", ".html", ".xlsx"):
        assert made.save(tmp_path / f"pages{kind}").stat().st_size > 10_000
    with pytest.raises(InputError, match=r"let the name end in \.pdf, \.html, \.xlsx"):
        made.save(tmp_path / "pages.doc")
    with pytest.raises(InputError, match="unknown language 'fr'"):
        brief(eu_japan.folder, "fr")
    with pytest.raises(InputError, match="holds no assessment"):
        brief(tmp_path)
    with pytest.raises(InputError, match="was made on a table 'world-2014' that is not this one"):
        brief(eu_japan.folder, world=small_world(4, 3))
    gone = next((eu_japan.folder / "run").glob("loss.parquet"))
    kept = gone.read_bytes()
    gone.unlink()
    try:
        with pytest.raises(InputError, match="has lost its table"):
            brief(eu_japan.folder)
    finally:
        gone.write_bytes(kept)


def test_every_figure_has_a_title_a_text_alternative_and_stands_on_disk(eu_japan):
    page = eu_japan.report.read_text(encoding="utf-8")
    pictures = eu_japan.document.pictures
    assert len(pictures) >= 20
    assert page.count("<svg") == len(pictures)
    assert page.count('role="img"') >= len(pictures)
    for picture in pictures:
        assert picture.figure.alt
        assert (eu_japan.report.parent / "figures" / f"{picture.figure.name}.svg").exists()


def test_the_bottom_line_says_what_the_tables_say(eu_japan):
    shared, products, hidden, costs, years, phased, *planned = eu_japan.bottom_line
    assert "EU27 in 25 of 52 products and for Japan in 12 of 18 products" in products
    assert "2846" in products
    common = eu_japan.dependencies.common()
    assert shared.startswith(f"EU27 and Japan have the same top foreign supplier in {len(common)} of 36 industries")
    assert "China" in shared
    assert "through the chain" in hidden
    by = eu_japan.run.loss.grouped("economy", eu_japan.dependencies.buyers).to_rows()
    worst = max((r for r in by if r["economy"] == "EU27"), key=lambda r: r["loss_share"])
    assert next(s.title for s in eu_japan.run.scenarios if s.name == worst["scenario"]) in costs
    ranges = eu_japan.adjusted.ranges(eu_japan.dependencies.buyers).to_rows()
    most = max((r for r in ranges if r["economy"] == "EU27"), key=lambda r: r["expenditure_default"])
    title = next(s.title for s in eu_japan.adjusted.scenarios if s.name == most["scenario"])
    assert f"for EU27 “{title}” costs most, {per_cent(most['expenditure_default'])} (" in years
    (ban,) = (
        eu_japan.paths.made["russian-oil-phase-out"].sums.where(scenario="russian-oil-ban", economy="EU27").to_rows()
    )
    assert ban["real_expenditure_difference"] > 0
    assert f"costs {World.read().money.format(ban['real_expenditure_difference'])} less than" in phased
    assert f"({per_cent(ban['difference'])} of expenditure" in phased
    rare, chips, vote, sanctions = planned
    for plan, said in zip(eu_japan.plans.made.values(), (rare, chips), strict=True):
        assert per_cent(plan.avoided) in said
        assert f"{per_cent(plan.about['common'])} of what is lost is lost by all partners at once" in said
    assert "Bulgaria, Czechia, Hungary and Slovakia would not sign" in vote
    (joined,) = (r for r in eu_japan.coalitions.made.values())
    assert (
        f"Japan's joining adds {per_cent(joined.marginal.where(member='JPN', criterion='nested').to_rows()[0]['target_points'])}"
        in sanctions
    )


def test_every_source_and_every_parameter_is_named(eu_japan):
    page = eu_japan.report.read_text(encoding="utf-8")
    for words in (
        "Timmer",
        "Imbs",
        "Baldwin",
        "CC BY 4.0",
        "labour_elasticity",
        "estimates that fit published",
        eu_japan.hash,
    ):
        assert words in page, words
    for scenario in (*eu_japan.run.scenarios, *eu_japan.paths.scenarios):
        assert scenario.title.replace("'", "&#x27;") in page
        for shock in scenario.shocks:
            assert shock.source, f"{scenario.name} has a shock whose size has no source"


def test_every_library_scenario_has_a_result_and_a_source_for_every_size():
    made = attempt(library(), ["leontief", "equilibrium"])
    assert made.ok, made.failures()
    for scenario in made.scenarios:
        assert all(shock.source for shock in scenario.shocks), scenario.name


def test_all_scenarios_asked_for_have_results(eu_japan):
    assert eu_japan.run.ok, eu_japan.run.failures()
    assert eu_japan.adjusted.ok, eu_japan.adjusted.failures()
    assert not eu_japan.paths.failed
    followed = {s.name for s in (*eu_japan.run.scenarios, *eu_japan.paths.scenarios)}
    assert followed == set(SOME)
    assert [s.name for s in eu_japan.paths.scenarios] == ["russian-oil-phase-out"]


def test_a_second_call_runs_no_model_and_leaves_the_report_as_it_is(tmp_path, partnership, scenario, monkeypatch):
    world = small_world(4, 3)
    first = assess(partnership, [scenario], world, tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}

    def must_not(*_: object, **__: object) -> None:
        raise AssertionError("a model ran again")

    models = (
        "measure",
        "run",
        "fan",
        "attempt",
        "long_paths",
        "supplier_stops",
        "respond",
        "agree",
        "coalitions_of",
        "status",
    )
    for name in models:
        monkeypatch.setattr(composing, name, must_not)
    second = assess(partnership, [scenario], world, tmp_path)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before
    assert second.bottom_line == first.bottom_line
    assert second.html() == first.html()


def test_another_scenario_makes_the_run_again_and_nothing_else(tmp_path, partnership, scenario, monkeypatch):
    world = small_world(4, 3)
    assess(partnership, [scenario], world, tmp_path)
    monkeypatch.setattr(composing, "measure", lambda *_, **__: pytest.fail("measured again"))
    deeper = Scenario(
        "stop", title="Chips stop longer", shocks=[SupplyStop(economies="USA", industries="C26", days=200)]
    )
    again = assess(partnership, [deeper], world, tmp_path)
    assert "Chips stop longer" in again.report.read_text(encoding="utf-8")


def test_a_report_interrupted_on_the_way_leaves_the_former_one(tmp_path, partnership, scenario, monkeypatch):
    world = small_world(4, 3)
    first = assess(partnership, [scenario], world, tmp_path)
    before = first.report.read_bytes()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(composing, "write_text", interrupted)
    longer = Scenario("stop", shocks=[SupplyStop(economies="USA", industries="C26", days=200)])
    with pytest.raises(KeyboardInterrupt):
        assess(partnership, [longer], world, tmp_path)
    assert first.report.read_bytes() == before
    assert not [p for p in tmp_path.rglob("*") if p.name.endswith(".tmp")]


def test_without_a_folder_nothing_is_written(tmp_path, partnership, scenario, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = assess(partnership, [scenario], small_world(4, 3))
    assert made.report is None
    assert "<h1>" in made.html()
    assert list(tmp_path.iterdir()) == []


def test_three_partners_are_shown_pair_by_pair():
    three = Partnership(name="three", title="Three", members=["DEU", "JPN", "USA"])
    stop = Scenario("stop", shocks=[SupplyStop(economies="CHN", industries="C26", days=90)])
    page = assess(three, [stop], small_world(4, 3)).html()
    assert "Germany and Japan and United States" in page


def test_a_scenario_that_fails_is_named_in_the_report(partnership, scenario):
    wrong = Scenario("wrong", shocks=[SupplyStop(economies="BRA", days=90)])
    made = assess(partnership, [scenario, wrong], small_world(4, 3))
    assert "No result: leontief wrong" in made.html()
    assert "BRA" in made.html()


def test_text_from_files_cannot_become_markup():
    evil = "<script>alert(1)</script> & “x”"
    page = render(
        Document(
            evil, evil, "en",
            [Heading(evil, "a"), Paragraph(evil), Bullets((evil,)), KeyNumbers((KeyNumber(evil, evil, evil),)),
             Grid((evil,), ((evil,),), evil)],
            evil,
        )
    )  # fmt: skip
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 14


def test_supplier_stops_leave_out_the_buyers_own_members():
    world = small_world(4, 3)
    table = supplier_stops(world, {"G": ("DEU", "JPN"), "USA": ("USA",)})
    assert {r["supplier"] for r in table.to_rows() if r["buyer"] == "G"} == {"USA", "CHN"}
    assert len(table) == 2 * 3 + 3 * 3
    rows = [r for r in table.to_rows() if r["buyer"] == "USA"]
    yearly = world.value_added[world.node_mask(["USA"], world.industries)].sum()
    assert all(r["loss_share"] == pytest.approx(r["value_added_lost"] / yearly) for r in rows)
    assert all(r["value_added_exposed"] >= r["value_added_lost"] > 0 for r in rows)


def test_the_report_names_no_path_of_this_machine(eu_japan):
    assert str(Path.home()) not in eu_japan.html()
    assert str(eu_japan.folder) not in eu_japan.html()


# Weeks and years


def test_each_model_s_number_in_the_report_is_that_of_the_model_run_alone(partnership, scenario):
    world = small_world(4, 3)
    made = assess(partnership, [scenario], world, draws=5)
    groups = {"DEU": ["DEU"], "JPN": ["JPN"]}
    alone = run(scenario, [Leontief(), Equilibrium()], world)
    lost = {(r["model"], r["economy"]): r["loss_share"] for r in alone.loss.grouped("economy", groups).to_rows()}
    (grid,) = [b for b in made.document.blocks if isinstance(b, Grid) and b.header[2:3] == ("First order (draws)",)]
    for row, economy in zip(grid.rows, groups, strict=True):
        assert row[2].startswith(per_cent(lost["leontief", economy]) + " (")
        assert row[4].startswith(per_cent(lost["equilibrium", economy]) + " (")
    real = alone.economies.where(economy="JPN").to_rows()[0]["loss_share"]
    (years,) = [
        b for b in made.document.blocks if isinstance(b, Grid) and b.header[1:3] == ("Partner", "Real expenditure lost")
    ]
    assert years.rows[1][2].startswith(per_cent(real))


def test_a_scenario_of_many_years_is_set_beside_the_shorter_one_that_cuts_the_same(partnership, scenario, tmp_path):
    world = small_world(4, 3)

    def ban(name: str, horizon: int, *steps: tuple[float, int, int]) -> Scenario:
        shocks = [
            ImportBan(economies="JPN", suppliers="USA", industries="C26", share=share, start=start, days=days)
            for share, start, days in steps
        ]
        return Scenario(name, title=f"{name.capitalize()} ban", horizon=horizon, shocks=shocks)

    slow = ban("slow", 1095, (0.2, 0, 365), (0.4, 365, 365), (0.6, 730, 365))
    made = assess(partnership, [scenario, ban("fast", 365, (0.6, 0, 365)), slow], world, tmp_path, draws=4)
    assert [s.name for s in made.run.scenarios] == ["stop", "fast"]
    assert list(made.paths.made) == ["slow"]
    path = made.paths.made["slow"]
    assert path.sums.frame["scenario"].unique(maintain_order=True).to_list() == ["slow", "fast"]
    page = made.html()
    assert "Year by year: Slow ban" in page
    assert "less than “Fast ban” kept up to the end" in page
    again = assess(partnership, [scenario, ban("fast", 365, (0.6, 0, 365)), slow], world, tmp_path, draws=4)
    assert again.html() == page


def test_long_scenarios_alone_are_refused_with_the_way_to_follow_them(partnership):
    slow = Scenario("slow", horizon=1095, shocks=[SupplyStop(economies="USA", industries="C26", days=1095)])
    with pytest.raises(InputError, match="every scenario is longer than 730 days; name a shorter one"):
        assess(partnership, [slow], small_world(4, 3))


def test_what_equilibrium_cannot_express_is_named_and_the_rest_of_the_report_stands(partnership, scenario):
    drop = Scenario("drop", title="Less demand", shocks=[DemandDrop(economies="USA", share=0.1, days=90)])
    made = assess(partnership, [scenario, drop], small_world(4, 3), draws=4)
    assert "No result: equilibrium drop: not expressible" in made.html()
    alone = assess(partnership, [drop], small_world(4, 3), draws=4)
    assert "No result: equilibrium drop: not expressible" in alone.html()
    assert len(alone.bottom_line) < len(made.bottom_line)


def test_a_failing_long_scenario_does_not_take_the_report_with_it(partnership, scenario, tmp_path):
    gone = Scenario(
        "gone",
        title="Gone",
        horizon=1095,
        shocks=[CapacityLoss(economies="BRA", industries="C26", share=0.5, days=1095)],
    )
    made = assess(partnership, [scenario, gone], small_world(4, 3), tmp_path, draws=4)
    assert "No result: Gone: " in made.html()
    assert "BRA" in made.paths.failed["gone"]


def test_the_assumptions_hold_the_elasticities_that_were_computed_with_and_a_note_of_many_shocks_once(eu_japan):
    (grid,) = [b for b in eu_japan.document.blocks if isinstance(b, Grid) and b.header[1:2] == ("Trade elasticity",)]
    used = dict(zip(World.read().industries, Equilibrium().theta(World.read()), strict=True))
    assert len(grid.rows) >= 15
    for row in grid.rows:
        assert float(row[1]) == pytest.approx(used[row[0].split(" ")[0]], rel=5e-3)
    page = eu_japan.html()
    assert "russian-oil-phase-out: 2709, 2710 (HS17): " in page
    assert "russian-oil-phase-out, shock" not in page
    assert "rare-earth-export-ban, shock 1: " in page
