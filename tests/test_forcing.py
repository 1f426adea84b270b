"""A scenario becomes the arrays a person would write by hand: who, whose deliveries, on which day, how much."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interdep.errors import InputError
from interdep.geography import economies
from interdep.shocks.forcing import Forcing, daily_path
from interdep.shocks.kinds import (
    CapacityLoss,
    DemandDrop,
    ExportBan,
    ImportBan,
    ServiceOutage,
    Shock,
    SupplyStop,
    Tariff,
    TradeCost,
)
from interdep.shocks.scenario import Scenario
from interdep.testing import small_world
from interdep.world import World

WORLD = small_world()  # DEU, JPN, USA, CHN; B, C26, C29; one kind of final user
DEU, JPN, USA, CHN = range(4)
B, C26, C29, HOUSEHOLDS = range(4)


def forcing(*shocks: Shock, horizon: int = 10, world: World = WORLD) -> Forcing:
    return Scenario("test", shocks=list(shocks), horizon=horizon).on(world)


def lost(*shocks: Shock, horizon: int = 10, at: str = "average", world: World = WORLD) -> np.ndarray:
    """Share of each delivery lost: [supplier, industry, buyer, buying industry or final use]."""
    found = forcing(*shocks, horizon=horizon, world=world)
    rows, shares = found.deliveries_lost(at)
    regions, industries, kinds = found.shape
    out = np.zeros((regions * industries, regions, kinds))
    out[rows] = shares
    return out.reshape(regions, industries, regions, kinds)


def capacity(share: float = 0.5, days: int = 10, **about: object) -> CapacityLoss:
    return CapacityLoss(**{"economies": ["DEU"], "industries": ["C26"], "share": share, "days": days, **about})


# Time


def path(shock: Shock, days: int) -> list[float]:
    return daily_path(shock, shock.share, days).tolist()


def test_a_shock_is_full_from_its_start_for_its_days_and_nothing_before_or_after():
    assert path(capacity(0.5, days=3, start=2), 8) == [0, 0, 0.5, 0.5, 0.5, 0, 0, 0]


def test_recovery_is_a_straight_line_to_nothing_on_the_day_after_its_last():
    assert path(capacity(1.0, days=2, recovery=3), 8) == [1, 1, 0.75, 0.5, 0.25, 0, 0, 0]
    assert path(capacity(1.0, days=1, recovery=1), 4) == [1, 0.5, 0, 0]


def test_what_lies_beyond_the_horizon_is_not_counted():
    assert path(capacity(0.5, days=100), 4) == [0.5] * 4
    assert path(capacity(1.0, days=2, recovery=3, start=1), 4) == [0, 1, 1, 0.75]


def test_average_and_peak_of_one_shock():
    shock = capacity(0.8, days=1, recovery=3)  # 0.8, 0.6, 0.4, 0.2, then six days of nothing
    assert forcing(shock).capacity_lost("average")[C26] == pytest.approx(0.2, rel=1e-14)
    assert forcing(shock).capacity_lost("peak")[C26] == pytest.approx(0.8, rel=1e-14)


def test_overlaps_compound_day_by_day_and_only_then_are_averaged():
    # Four days of 1 - 0.5 * 0.6 = 0.7, one of 0.5, five of nothing: 3.3 / 10. Averages alone (0.25, 0.16) would give 0.37.
    both = forcing(capacity(0.5, days=5), capacity(0.4, days=4))
    assert both.capacity_lost("average")[C26] == pytest.approx(0.33, rel=1e-14)
    assert both.capacity_lost("peak")[C26] == pytest.approx(0.7, rel=1e-14)


def test_shocks_after_one_another_add_up_in_time_and_the_peak_is_the_larger():
    after = forcing(capacity(0.5, days=4), capacity(0.4, days=5, start=4))
    assert after.capacity_lost("average")[C26] == pytest.approx(0.4, rel=1e-14)
    assert after.capacity_lost("peak")[C26] == pytest.approx(0.5, rel=1e-14)


def test_three_overlapping_shocks_compound():
    three = forcing(capacity(0.5), capacity(0.5), capacity(0.2))
    assert three.capacity_lost()[C26] == pytest.approx(1 - 0.5 * 0.5 * 0.8, rel=1e-14)


# Who is hit


def test_a_loss_of_capacity_hits_every_buyer_at_home_and_final_users_too():
    out = lost(capacity(0.5, days=5))
    assert (out[DEU, C26] == 0.25).all()
    assert out.sum() == 0.25 * 4 * 4


def test_a_service_outage_is_a_loss_of_capacity():
    world = small_world(2, 5)
    found = forcing(ServiceOutage(economies=["JPN"], share=0.5, days=10), world=world)
    assert found.capacity_lost().reshape(2, 5).tolist() == [[0] * 5, [0, 0, 0, 0.5, 0.5]]


def test_a_supply_stop_serves_buyers_at_home():
    out = lost(SupplyStop(economies=["DEU"], industries=["C26"], days=10))
    assert (out[DEU, C26, [JPN, USA, CHN]] == 1).all()
    assert out.sum() == 3 * 4


def test_a_supply_stop_with_home_cuts_buyers_at_home_as_well():
    out = lost(SupplyStop(economies=["DEU"], industries=["C26"], days=10, home=True))
    assert (out[DEU, C26] == 1).all()
    assert out.sum() == 4 * 4


def test_suppliers_named_together_are_one_home():
    out = lost(SupplyStop(economies=["DEU", "JPN"], industries=["C26"], days=10))
    assert (out[[DEU, JPN], C26][:, [USA, CHN]] == 1).all()
    assert out.sum() == 2 * 2 * 4


def test_a_group_as_supplier_is_one_home():
    world = World.read()
    (flow,) = forcing(SupplyStop(economies=["EU27"], industries=["C26"], days=10), world=world).flows
    members = [e in economies("EU27") for e in world.economies]
    assert np.array_equal(flow.buyers, np.repeat(~np.array(members)[:, None], flow.buyers.shape[1], axis=1))
    assert flow.suppliers.sum() == 27


def test_every_supplier_at_once_needs_home():
    out = lost(
        SupplyStop(economies=["all"], industries=["C26"], buyer_industries=["C29"], home=True, share=0.2, days=10)
    )
    assert out[:, C26, :, C29] == pytest.approx(np.full((4, 4), 0.2), rel=1e-14)
    assert out.sum() == pytest.approx(0.2 * 4 * 4)
    with pytest.raises(InputError, match="every economy is a supplier, so there is no foreign buyer left"):
        forcing(SupplyStop(economies=["all"], days=10))


def test_named_buying_industries_alone_are_cut_and_final_users_served():
    out = lost(ExportBan(economies=["CHN"], buyers=["DEU"], industries=["B"], buyer_industries=["C26", "C29"], days=10))
    assert (out[CHN, B, DEU, [C26, C29]] == 1).all()
    assert out[CHN, B, DEU, HOUSEHOLDS] == 0
    assert out.sum() == 2


def test_a_ban_cuts_its_two_sides_alone_for_every_kind_of_buyer():
    out = lost(ExportBan(economies=["CHN"], buyers=["DEU", "JPN"], days=5))
    assert (out[CHN, :, [DEU, JPN]] == 0.5).all()
    assert out.sum() == 0.5 * 3 * 2 * 4


def test_a_ban_by_the_supplier_and_one_by_the_buyer_cut_the_same():
    export = ExportBan(economies=["CHN"], buyers=["DEU", "JPN"], industries=["B"], share=0.3, days=7, recovery=2)
    imports = ImportBan(economies=["DEU", "JPN"], suppliers=["CHN"], industries=["B"], share=0.3, days=7, recovery=2)
    assert np.array_equal(lost(export), lost(imports))


def test_a_member_of_both_sides_is_refused():
    with pytest.raises(
        InputError, match="DEU among both economies and buyers; this shock is between different economies"
    ):
        forcing(ExportBan(economies=["DEU", "CHN"], buyers=["DEU"], days=1))
    with pytest.raises(InputError, match="DEU among both suppliers and economies"):
        forcing(Tariff(economies=["DEU"], suppliers=["USA", "DEU"], rate=0.1, days=1))


def test_bans_and_losses_of_capacity_compound_where_they_meet():
    out = lost(capacity(0.5), ExportBan(economies=["DEU"], buyers=["JPN"], industries=["C26"], share=0.4, days=5))
    # Half the days 1 - 0.5 * 0.6 = 0.7, half 0.5.
    assert out[DEU, C26, JPN] == pytest.approx([0.6] * 4, rel=1e-14)
    assert out[DEU, C26, [DEU, USA, CHN]] == pytest.approx(np.full((3, 4), 0.5), rel=1e-14)
    assert out[1:].sum() == 0


def test_a_ban_takes_nothing_from_capacity_and_a_loss_of_capacity_is_no_ban():
    ban = forcing(ExportBan(economies=["DEU"], buyers=["JPN"], days=10))
    assert ban.capacity_lost().sum() == 0
    assert forcing(capacity()).flows == ()


def test_a_drop_of_demand_is_by_product_and_buying_economy_wherever_the_product_is_made():
    drop = DemandDrop(economies=["JPN", "CHN"], industries=["C29"], share=0.4, days=5)
    found = forcing(drop, DemandDrop(economies=["JPN"], share=0.1, days=10))
    expected = np.zeros((3, 4))
    expected[:, JPN] = 0.1
    expected[C29, JPN] = (1 - 0.6 * 0.9 + 0.1) / 2
    expected[C29, CHN] = 0.2
    assert found.demand_lost() == pytest.approx(expected, rel=1e-14)
    assert found.demand_lost("peak")[C29, JPN] == pytest.approx(0.46, rel=1e-14)
    assert found.deliveries_lost()[0].size == 0


@pytest.mark.parametrize(("kind", "duty"), [(Tariff, True), (TradeCost, False)])
def test_a_cost_names_suppliers_buyers_and_rate_and_only_a_tariff_is_a_duty(kind, duty):
    (cost,) = forcing(
        kind(economies=["USA"], suppliers=["CHN", "JPN"], industries=["C26"], rate=0.25, days=4, start=6)
    ).costs
    assert [WORLD.nodes[row] for row in np.flatnonzero(cost.suppliers)] == [("JPN", "C26"), ("CHN", "C26")]
    assert cost.buyers.tolist() == [False, False, True, False]
    assert cost.rate.tolist() == [0] * 6 + [0.25] * 4
    assert cost.duty is duty


def test_a_group_and_its_member_together_count_the_member_once():
    world = World.read()
    (both,) = forcing(capacity(economies=["EU27", "DEU"]), world=world).capacity
    (group,) = forcing(capacity(economies=["EU27"]), world=world).capacity
    assert np.array_equal(both.suppliers, group.suppliers)


def test_the_day_of_the_scenario_decides_who_is_a_member():
    world = World.read()
    scenario = Scenario("test", shocks=[capacity(economies=["EU"])], start="2019-06-01")
    assert scenario.on(world).capacity[0].suppliers.sum() == 28
    assert scenario.on(world, at=date(2020, 2, 1)).capacity[0].suppliers.sum() == 27


# Industries by their ISIC names


def relabelled(industries: tuple[str, ...], classification: str) -> World:
    return replace(WORLD, industries=industries, classification=classification)


@pytest.mark.parametrize(
    ("name", "industries", "classification", "hit"),
    [
        ("J62-J63", ("B", "J61", "J62_J63"), "wiod-2016", "J62_J63"),
        ("26", ("B", "C26", "C29"), "interdep-36", "C26"),
        ("C31-C32", ("B", "C26", "C31_C32"), "wiod-2016", "C31_C32"),
    ],
)
def test_an_industry_is_found_by_its_isic_name_in_tables_that_write_it_otherwise(name, industries, classification, hit):
    world = relabelled(industries, classification)
    (found,) = forcing(capacity(economies=["JPN"], industries=[name]), world=world).capacity
    assert [world.nodes[row] for row in np.flatnonzero(found.suppliers)] == [("JPN", hit)]


def test_a_section_means_all_its_industries():
    world = relabelled(("B", "J61", "J62_J63"), "wiod-2016")
    names = {"economies": ["JPN"], "industries": ["J61-J63"]}
    (found,) = forcing(capacity(**names), world=world).capacity
    assert [world.nodes[row][1] for row in np.flatnonzero(found.suppliers)] == ["J61", "J62_J63"]


def test_an_industry_inside_a_wider_one_is_refused_with_what_holds_it():
    world = relabelled(("c1", "c2", "c14"), "wiod-2013")
    with pytest.raises(InputError, match=r"industries: C26 is inside c14 .* also holds C27"):
        forcing(capacity(), world=world)


def test_in_a_classification_of_ones_own_only_exact_codes_are_known():
    world = relabelled(("mines", "chips", "cars"), "own")
    assert forcing(capacity(industries=["chips"]), world=world).capacity[0].suppliers.sum() == 1
    with pytest.raises(InputError, match="unknown industry 'chip' in this table \\(own\\); did you mean 'chips'"):
        forcing(capacity(industries=["chip"]), world=world)


def test_forcing_is_quiet_only_when_nothing_happens():
    assert Forcing("nothing", 10, (4, 3, 4)).quiet
    assert Forcing("nothing", 10, (4, 3, 4)).deliveries_lost()[1].shape == (0, 4, 4)
    for shock in (
        capacity(), SupplyStop(economies=["DEU"], days=1), DemandDrop(economies=["DEU"], share=0.1, days=1),
        Tariff(economies=["DEU"], suppliers=["JPN"], rate=0.1, days=1),
    ):  # fmt: skip
        assert not forcing(shock).quiet


# Laws

shares = st.floats(0.01, 1.0)
times = {"days": st.integers(1, 12), "start": st.integers(0, 9), "recovery": st.integers(0, 6), "share": shares}
some_industries = st.lists(st.sampled_from(WORLD.industries), min_size=1, max_size=3, unique=True)
suppliers = st.lists(st.sampled_from(["DEU", "JPN"]), min_size=1, max_size=2, unique=True)
buyers = st.lists(st.sampled_from(["USA", "CHN"]), min_size=1, max_size=2, unique=True)
any_shock = st.one_of(
    st.builds(CapacityLoss, economies=suppliers, industries=some_industries, **times),
    st.builds(SupplyStop, economies=suppliers, industries=some_industries, home=st.booleans(), **times),
    st.builds(ExportBan, economies=suppliers, buyers=buyers, industries=some_industries, **times),
    st.builds(ImportBan, economies=buyers, suppliers=suppliers, buyer_industries=some_industries, **times),
    st.builds(DemandDrop, economies=buyers, industries=some_industries, **times),
)
levels = st.sampled_from(["average", "peak"])


@settings(max_examples=40, deadline=None)
@given(st.lists(any_shock, min_size=2, max_size=5), levels, st.randoms(use_true_random=False))
def test_the_order_of_shocks_does_not_matter(shocks, at, random):
    turned = list(shocks)
    random.shuffle(turned)
    assert np.allclose(lost(*shocks, at=at), lost(*turned, at=at), rtol=1e-12, atol=1e-15)
    assert np.allclose(forcing(*shocks).capacity_lost(at), forcing(*turned).capacity_lost(at), rtol=1e-12, atol=1e-15)
    assert np.allclose(forcing(*shocks).demand_lost(at), forcing(*turned).demand_lost(at), rtol=1e-12, atol=1e-15)


@settings(max_examples=40, deadline=None)
@given(shares, st.integers(1, 12), st.integers(0, 9), levels)
def test_a_shock_twice_is_one_of_the_compounded_share(share, days, start, at):
    for kind, about in (
        (CapacityLoss, {"economies": ["DEU"], "industries": ["B"]}),
        (ExportBan, {"economies": ["DEU"], "buyers": ["USA"]}),
        (DemandDrop, {"economies": ["DEU"]}),
    ):
        twice = [kind(**about, share=share, days=days, start=start)] * 2
        once = [kind(**about, share=1 - (1 - share) ** 2, days=days, start=start)]
        assert np.allclose(lost(*twice, at=at), lost(*once, at=at), rtol=1e-12, atol=1e-15)
        assert np.allclose(forcing(*twice).demand_lost(at), forcing(*once).demand_lost(at), rtol=1e-12, atol=1e-15)


@settings(max_examples=25, deadline=None)
@given(st.lists(any_shock, min_size=1, max_size=4), levels)
def test_permuted_labels_permute_the_result(shocks, at):
    order = np.arange(12).reshape(4, 3)[::-1, ::-1].reshape(-1)
    turned = replace(
        WORLD, economies=WORLD.economies[::-1], industries=WORLD.industries[::-1],
        intermediate=WORLD.intermediate[np.ix_(order, order)], final_use=WORLD.final_use[order][:, ::-1],
        gross_output=WORLD.gross_output[order], value_added=WORLD.value_added[order],
    )  # fmt: skip
    kinds = [C29, C26, B, HOUSEHOLDS]
    expected = lost(*shocks, at=at)[::-1, ::-1][:, :, ::-1][:, :, :, kinds]
    assert np.allclose(lost(*shocks, at=at, world=turned), expected, rtol=1e-12, atol=1e-15)


@settings(max_examples=40, deadline=None)
@given(st.lists(any_shock, min_size=1, max_size=5))
def test_no_more_than_all_is_lost_and_the_average_never_exceeds_the_peak(shocks):
    average, peak = lost(*shocks), lost(*shocks, at="peak")
    assert (average >= 0).all()
    assert (average <= peak + 1e-15).all()
    assert (peak <= 1).all()


def test_all_on_one_side_of_a_ban_means_all_the_others():
    world = small_world(4, 3)
    others = [e for e in world.economies if e != "JPN"]
    everybody = Scenario("x", shocks=[ImportBan(economies="JPN", suppliers="all", industries="C26", days=9)]).on(world)
    listed = Scenario("x", shocks=[ImportBan(economies="JPN", suppliers=others, industries="C26", days=9)]).on(world)
    np.testing.assert_array_equal(everybody.flows[0].suppliers, listed.flows[0].suppliers)
    np.testing.assert_array_equal(everybody.flows[0].buyers, listed.flows[0].buyers)
    assert not everybody.flows[0].suppliers[world.node_mask(["JPN"], world.industries)].any()
    with pytest.raises(InputError, match="suppliers and economies are both everybody; name the economies of one side"):
        Scenario("x", shocks=[ImportBan(economies="all", suppliers="all", days=9)]).on(world)


def test_recovery_has_three_shapes_that_all_end():
    from interdep import CapacityLoss
    from interdep.shocks.forcing import daily_path

    def path(shape: str) -> list[float]:
        shock = CapacityLoss(economies="DEU", industries="C26", share=0.8, days=2, recovery=3, recovery_shape=shape)
        return daily_path(shock, 0.8, 7).tolist()

    # Full for two days, then three steps at 3/4, 2/4 and 1/4 of the way back, then nothing.
    assert path("linear") == pytest.approx([0.8, 0.8, 0.6, 0.4, 0.2, 0, 0])
    assert path("fast") == pytest.approx([0.8 * u for u in (1, 1, 27 / 64, 8 / 64, 1 / 64, 0, 0)])
    assert path("slow") == pytest.approx([0.8 * u for u in (1, 1, 63 / 64, 56 / 64, 37 / 64, 0, 0)])


def test_an_unknown_recovery_shape_names_the_known_ones():
    from interdep import CapacityLoss

    with pytest.raises(InputError) as caught:
        CapacityLoss(economies="DEU", industries="C26", share=0.8, days=2, recovery_shape="quick")
    assert str(caught.value) == "CapacityLoss: recovery_shape must be linear or fast or slow, not 'quick'"
