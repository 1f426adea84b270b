"""A shock made in Python is right or refused with one sentence; the library's scenarios are sourced and run on the table."""

from __future__ import annotations

import pytest

from interdep.errors import InputError
from interdep.shocks.kinds import KINDS, CapacityLoss, ExportBan, ServiceOutage, Shock, SupplyStop, Tariff
from interdep.shocks.scenario import Scenario, library
from interdep.world import World

STOP = {"economies": ["TWN"], "industries": ["C26"], "days": 90}


def refusal(kind: type[Shock], **about: object) -> str:
    with pytest.raises(InputError) as caught:
        kind(**about)
    return str(caught.value)


def test_one_name_may_stand_for_a_list_of_one():
    assert SupplyStop(economies="TWN", days=1).economies == ("TWN",)


def test_defaults_are_a_total_stop_of_everything_from_the_first_day_without_recovery():
    stop = SupplyStop(economies=["TWN"], days=90)
    assert (stop.industries, stop.share, stop.start, stop.recovery, stop.home, stop.reroute) == (
        ("all",), 1.0, 0, 0, False, True,
    )  # fmt: skip


def test_a_cyber_incident_hits_telecoms_and_computer_services_unless_told_otherwise():
    assert ServiceOutage(economies=["EST"], share=0.5, days=5).industries == ("J61", "J62-J63")


def test_a_shock_cannot_be_changed_after_it_is_made():
    stop = SupplyStop(**STOP)
    with pytest.raises(Exception, match="frozen"):
        stop.share = 0.1


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        ({"share": 1.5}, "SupplyStop: share = 1.5 must be at most 1 (shares are fractions: 0.15 is 15 per cent)"),
        ({"share": 0}, "SupplyStop: share = 0 must be above 0 (shares are fractions: 0.15 is 15 per cent)"),
        ({"share": True}, "SupplyStop: share must be a number, not true"),
        ({"share": float("nan")}, "SupplyStop: share must be a number, not nan"),
        ({"days": 0}, "SupplyStop: days = 0 must be at least 1"),
        ({"days": 1.0}, "SupplyStop: days must be a whole number, not 1.0"),
        ({"days": 36_501}, "SupplyStop: days = 36501 must be at most 36500"),
        ({"start": -1}, "SupplyStop: start = -1 must be at least 0"),
        ({"economies": []}, "SupplyStop: economies is empty; name at least one"),
        ({"economies": ["TWN", "TWN"]}, "SupplyStop: economies names 'TWN' twice"),
        ({"economies": {"TWN": 1}}, "SupplyStop: economies must be a name or a list of names, not {'TWN': 1}"),
        ({"home": "yes"}, "SupplyStop: home must be true or false, not 'yes'"),
        ({"shar": 0.5}, "SupplyStop: unknown key 'shar'; did you mean 'share'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_shock_is_said_in_one_sentence(about, sentence):
    assert refusal(SupplyStop, **{**STOP, **about}) == sentence


def test_a_key_that_a_kind_needs_is_named():
    assert refusal(ExportBan, economies=["CHN"], days=1) == "ExportBan: the key 'buyers' is absent; add it"
    assert (
        refusal(CapacityLoss, economies=["CHN"], industries=["B"], days=1)
        == "CapacityLoss: the key 'share' is absent; add it"
    )


def test_a_price_may_fall_but_not_below_nothing():
    about = {"economies": ["USA"], "suppliers": ["CHN"], "days": 1}
    assert Tariff(**about, rate=-0.5).rate == -0.5
    assert refusal(Tariff, **about, rate=-1.0) == "Tariff: rate = -1.0 must be above -1"


def test_a_scenario_needs_a_shock_and_a_name():
    with pytest.raises(InputError, match=r"^Scenario: shocks is empty; give at least one$"):
        Scenario("x", shocks=[])
    with pytest.raises(InputError, match=r"^Scenario: name is empty; give it a text$"):
        Scenario("", shocks=[SupplyStop(**STOP)])


def test_a_shock_that_starts_after_the_horizon_is_refused():
    late = SupplyStop(economies=["TWN"], days=1, start=30)
    with pytest.raises(InputError, match="start of shock 1 is day 30, after the horizon of 30 days; start it earlier"):
        Scenario("x", shocks=[late], horizon=30)


def test_a_shock_may_start_on_the_last_day():
    assert Scenario("x", shocks=[SupplyStop(economies=["TWN"], days=1, start=29)], horizon=30).horizon == 30


def test_the_day_a_scenario_starts_is_a_date_or_its_text_and_never_a_number():
    assert str(Scenario("x", shocks=[SupplyStop(**STOP)], start="2022-05-12").start) == "2022-05-12"
    with pytest.raises(InputError, match="start = 0 is not a day; write it as YYYY-MM-DD"):
        Scenario("x", shocks=[SupplyStop(**STOP)], start=0)


def test_a_scenario_prints_as_a_short_tree():
    text = repr(
        Scenario("chips", title="Chips stop", shocks=[SupplyStop(**STOP, share=0.6, recovery=10)], start="2026-01-01")
    )
    assert text.splitlines() == [
        "Scenario chips: Chips stop",
        "├─ 365 days from 2026-01-01",
        "├─ SupplyStop 60.0 % TWN [C26], day 0 for 90 + 10 of recovery",
        "└─ 0 source(s)",
    ]


def test_every_kind_has_one_of_four_effects():
    assert {kind.effect for kind in KINDS.values()} == {"capacity", "flow", "demand", "cost"}


@pytest.mark.parametrize("name", library())
def test_every_scenario_of_the_library_has_titles_a_start_and_a_source_for_every_figure(name):
    scenario = Scenario.read(name)
    assert scenario.name == name
    assert scenario.title
    assert scenario.title_ja
    assert scenario.description
    assert scenario.start is not None
    assert scenario.sources
    assert all(shock.source for shock in scenario.shocks)


@pytest.fixture(scope="module")
def packaged() -> World:
    return World.read()


@pytest.mark.parametrize("name", library())
def test_every_scenario_of_the_library_happens_on_the_packaged_table(name, packaged):
    assert not Scenario.read(name).on(packaged).quiet
