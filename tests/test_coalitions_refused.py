"""Which sanctions a coalition can decide and which not, and names that cannot be members; each with one sentence."""

from __future__ import annotations

import pytest

from interdep import Ario, CapacityLoss, Equilibrium, ExportBan, ImportBan, Scenario, SupplyStop, Tariff, World, run
from interdep.agreement.coalitions import coalitions
from interdep.errors import InputError, MissingData
from interdep.testing import small_world

MEMBERS, ADDED, TARGET = ("DEU", "FRA"), ("JPN", "USA"), "CHN"


@pytest.fixture(scope="module")
def world() -> World:
    return small_world(6, 3)


BAN = {"industries": ["C26"], "days": 365}
SANCTION = Scenario("ban", shocks=[ImportBan(economies="DEU", suppliers="CHN", **BAN)])


@pytest.mark.parametrize(
    ("changed", "error", "says"),
    [
        ({"members": ("DEU", "CHN")}, InputError, "CHN is the target and cannot be a member"),
        ({"add": ("BRICS",)}, InputError, "among those who join: unknown economy or group 'BRICS'"),
        ({"target": "G7"}, InputError, "the target G7 is a group; name one economy"),
        ({"target": "CHM"}, InputError, "among targets: unknown economy or group 'CHM'"),
        ({"target": "RUS"}, MissingData, "does not keep RUS apart"),
        ({"members": ("DEU", "DEU")}, InputError, "DEU stands twice among the members"),
        ({"members": ()}, InputError, "has no members"),
        ({"add": ("DEU",)}, InputError, r"DEU is a member already \(as DEU\)"),
        ({"add": ("JPN", "JPN")}, InputError, "JPN stands twice among those who join"),
        ({"add": ("Japan",)}, InputError, "did you mean 'JPN'"),
        ({"add": ("NZL",)}, MissingData, "among those who join: small does not keep NZL apart"),
        ({"members": "EU27"}, MissingData, r"does not keep AUT, BEL, .* \(of EU27\) apart"),
        ({"at": "mean"}, InputError, "unknown value of at 'mean'"),
        ({"model": Ario()}, InputError, "model in which prices adjust, as in model=Equilibrium.., not Ario"),
    ],
)  # fmt: skip
def test_names_that_cannot_be(world, changed, error, says):
    about = {"scenario": SANCTION, "target": TARGET, "members": MEMBERS, "add": ADDED, "world": world}
    with pytest.raises(error, match=says):
        coalitions(**{**about, **changed})


@pytest.mark.parametrize(
    ("shocks", "says"),
    [
        ([CapacityLoss(economies="CHN", share=0.5, **BAN)], "a CapacityLoss is decided by nobody named"),
        ([SupplyStop(economies="CHN", **BAN)], "a SupplyStop is decided by nobody named"),
        ([ExportBan(economies="CHN", buyers="DEU", **BAN)], "decided by CHN itself, the target"),
        ([ImportBan(economies="DEU", suppliers="JPN", **BAN)], "is against JPN, not against CHN"),
        ([ImportBan(economies="DEU", suppliers="all", **BAN)], "is against everybody, not against CHN"),
        (
            [ImportBan(economies=e, suppliers="CHN", **BAN) for e in ("DEU", "FRA")],
            "shocks 1 and 2 are decided by different economies",
        ),
        ([ImportBan(economies="DEU", suppliers=["CHN", "TWN"], **BAN)], None),
        ([ImportBan(economies="all", suppliers="CHN", **BAN)], None),
        ([Tariff(economies="DEU", suppliers="CHN", rate=0.2, days=365)], None),
    ],
)
def test_scenarios_that_a_coalition_can_and_cannot_decide(world, shocks, says):
    scenario = Scenario("made", shocks=shocks)
    if says is not None:
        with pytest.raises(InputError, match=says):
            coalitions(scenario, TARGET, MEMBERS, ADDED, world)
        return
    made = coalitions(scenario, TARGET, MEMBERS, ADDED, world, shapley=False)
    shock = shocks[0].model_copy(update={"economies": (*MEMBERS, "JPN")})
    lost = run(Scenario("again", shocks=[shock]), Equilibrium(), world).economies.where(economy=TARGET).to_rows()[0]
    assert made.steps.to_rows()[1]["target_loss"] == pytest.approx(lost["real_expenditure_lost"], rel=1e-6)


def test_who_else_is_sanctioned_is_no_member_and_not_everybody(world):
    both = Scenario("both", shocks=[ImportBan(economies="DEU", suppliers=["CHN", "TWN"], **BAN)])
    with pytest.raises(InputError, match="TWN is one of those the scenario is against"):
        coalitions(both, TARGET, MEMBERS, ("TWN",), world)
    made = coalitions(both, TARGET, MEMBERS, ADDED, world, shapley=False)
    assert made.steps.to_rows()[-1]["economies"] == 4
    assert set(made.losses.where(economy="TWN").frame["side"]) == {"target"}
