"""Needs and disruptions by product, from trade tables: imports from outside of each partner, member by member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from interdep.errors import InputError, MissingData, first_five, unknown
from interdep.provenance import Provenance
from interdep.responses.disruptions import Disruption
from interdep.responses.needs import Needs
from interdep.trade.partners import INSIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.responses.levers import Risk
    from interdep.shocks.kinds import FlowShock
    from interdep.shocks.scenario import Scenario
    from interdep.trade import Trade
    from interdep.world import World

    Floats = NDArray[np.float64]

SIZE_FROM = "C"
"""The industries (their codes begin so) whose value added stands for a partner's size where its amounts are not known."""


def needs_of_trade(
    trades: Sequence[Trade],
    blocs: Mapping[str, Sequence[str]],
    products: Sequence[str] | None,
    world: World,
    sizes: Mapping[str, float] | None = None,
    year: int | None = None,
) -> Needs:
    """What the members of each bloc import of each product from outside of their bloc.

    products: codes, each one product however many codes of the table it holds; default all that every bloc's table knows.
    sizes: {bloc: its imports over those of the blocs whose amounts are known}, for tables of shares; default the ratio of value
    added in manufacturing in the world. year: the last year of trade to read, default the last there is.
    Raises MissingData where a bloc's imports are in no table, or none has amounts, InputError where currencies differ.
    """
    for name in sizes or {}:
        if name not in blocs:
            raise unknown("partner", name, list(blocs), "the sizes")
    told = [b for b in sizes or {} if any(t.amounts for t in _tables(trades, b, blocs[b]))]
    if told:
        raise InputError(
            f"the amounts of {first_five(told)} are known; a size is for a partner of which only shares are known"
        )
    tables = {bloc: _tables(trades, bloc, members) for bloc, members in blocs.items()}
    codes = tuple(dict.fromkeys(products)) if products is not None else _shared(tables)
    cells: dict[tuple[str, str, str], float] = {}
    known: set[tuple[str, str]] = set()
    withheld: set[tuple[str, str]] = set()
    untold: dict[str, list[str]] = {}
    notes: list[str] = []
    sources: dict[Any, None] = {}
    years: dict[str, int] = {}
    money: dict[str, float] = {}
    shares: dict[str, list[tuple[str, Trade]]] = {}
    for bloc, members in blocs.items():
        for code in codes:
            trade = next((t for t in tables[bloc] if _holds(t, code)), None)
            if trade is None:
                untold.setdefault(bloc, []).append(code)
                continue
            sources |= dict.fromkeys(trade.provenance.sources)
            if not trade.amounts:
                shares.setdefault(bloc, []).append((code, trade))
                continue
            money[trade.unit] = trade.scale
            years[trade.name] = when = _year(trade, code, year)
            part = trade.parts.get(code) or _in_part(trade, code)
            if part:
                notes.append(f"{bloc} {code}: {part} (table {trade.name})")
            for (exporter, importer), value in _flows(trade, code, when, members).items():
                if value is None:
                    withheld.add((importer, code))
                    continue
                known.add((importer, code))
                cells[exporter, importer, code] = cells.get((exporter, importer, code), 0.0) + value * trade.scale
    for bloc, absent in untold.items():
        notes.append(f"{bloc}: no table tells its imports of {first_five(absent)}, so that it has no part in them")
    for code in codes:
        silent = sorted({importer for importer, c in withheld if c == code})
        if silent:
            notes.append(
                f"{code}: {first_five(silent)} withhold a part of their imports, so that they are left out of it"
            )
    # Imports of which a part is withheld have no size, and none of them is better than some.
    known -= withheld
    cells = {key: value for key, value in cells.items() if key[1:] not in withheld}
    if not cells:
        raise MissingData(
            f"no table has amounts of {first_five(codes)} imported by {' or '.join(blocs)}; bring one, see `interdep get`"
        )
    if len(money) > 1:
        raise InputError(f"the trade tables are in {' and '.join(sorted(money))}; use tables in one currency")
    total = {code: sum(v for (_, _, c), v in cells.items() if c == code) for code in codes}
    for bloc, entries in shares.items():
        size = _size(bloc, blocs, shares, world, sizes)
        notes.append(
            f"{bloc}: its amounts are not known; it is taken to import {size:.2f} times what the others do of each product"
            + (
                " (value added in manufacturing, " + f"{world.year})"
                if not (sizes and bloc in sizes)
                else " (as given)"
            )
        )
        for code, trade in entries:
            years[trade.name] = when = _year(trade, code, year)
            if not total[code]:
                notes.append(f"{bloc} {code}: nobody's amounts are known, so that its shares have no size")
                continue
            (importer,) = blocs[bloc]
            for (exporter, _), value in _flows(trade, code, when, (importer,)).items():
                if value:
                    known.add((importer, code))
                    cells[exporter, importer, code] = value * size * total[code]
    members = tuple(m for group in blocs.values() for m in group)
    bloc_of = tuple(b for b, group in blocs.items() for _ in group)
    suppliers = tuple(dict.fromkeys(s for s, _, _ in sorted(cells)))
    held = tuple(c for c in codes if any((m, c) in known for m in members))
    of_amounts = max(
        y for name, y in years.items() if name not in {t.name for each in shares.values() for _, t in each}
    )
    notes.append("; ".join(f"{name}: imports of {y}" for name, y in sorted(years.items())))
    places = (
        {s: i for i, s in enumerate(suppliers)},
        {m: i for i, m in enumerate(members)},
        {c: i for i, c in enumerate(held)},
    )
    flows = np.zeros(tuple(len(each) for each in places))
    for (s, m, c), value in cells.items():
        flows[places[0][s], places[1][m], places[2][c]] = value
    home = np.array([[s in blocs[b] for b in bloc_of] for s in suppliers], dtype=bool)
    flows[home] = 0.0
    keep = flows.sum(axis=(1, 2)) > 0
    made = {c: _industry(c, _classification(trades, c), world) for c in held}
    industries = {c: i for c, i in made.items() if i}
    names = {c: _name(trades, c) for c in held}
    steps = tuple(f"{name}: imports of {y}" for name, y in sorted(years.items()))
    notes = [*notes, "goods that only pass through a member count as its imports"]
    return Needs(
        members, held, tuple(s for s, k in zip(suppliers, keep, strict=True) if k), flows[keep],
        np.array([[(m, c) in known for c in held] for m in members]), home[keep], bloc_of, next(iter(money)),
        of_amounts, "product", _users(world, blocs, bloc_of, held, industries), names, industries,
        tuple(dict.fromkeys(notes)), Provenance((*sources, *world.provenance.sources), steps, of_amounts),
    )  # fmt: skip


def disruption_of(scenario: Scenario, needs: Needs, world: World, risk: Risk) -> Disruption:
    """A scenario's cuts of the deliveries of its products: the part of each that fails, averaged over its active days.

    A shock that names no product and cuts whole products of its industries (cut = "products") is read as those that the scenario
    names elsewhere. Raises InputError where the scenario cuts no delivery of the members' products.
    """
    from interdep.shocks.forcing import FlowShock, daily_path

    _whole(needs, scenario)
    left = np.ones((scenario.horizon, *needs.flows.shape))
    active = np.zeros((scenario.horizon, len(needs.products)), dtype=bool)
    for number, shock in enumerate(scenario.shocks, start=1):
        if not isinstance(shock, FlowShock):
            continue
        columns = [k for k, code in enumerate(needs.products) if _meant(shock, code, needs, scenario)]
        if not columns:
            continue
        size = shock.share if shock.products is not None or shock.cut == "quantity" else 1.0
        path = daily_path(shock, size, scenario.horizon)
        mask = _sides(shock, needs, world, scenario, number)
        for k in columns:
            active[:, k] |= path > 0
            left[:, mask, k] *= (1.0 - path)[:, None]
    days = active.sum(axis=0).astype(float)
    # Over the days on which the product is cut at all; a product that is not is whole on every day.
    lost = (1.0 - left).sum(axis=0) / np.maximum(days, 1.0)
    if not ((lost > 0) & (needs.flows > 0)).any():
        raise InputError(
            f"{scenario.name} cuts no delivery of {first_five(needs.products)} to {first_five(needs.blocs)}; name another"
            " scenario or other members"
        )
    return Disruption(scenario.name, risk.probability, float(days.max()), lost, np.maximum(days, 1.0), ("probability",))


def _whole(needs: Needs, scenario: Scenario) -> None:
    """Raise InputError where a product that is asked for holds more than the scenario cuts of it."""
    for code in needs.products:
        inside = [p for p in products_of(scenario) if p.startswith(code) and p != code]
        if inside:
            raise InputError(
                f"{scenario.name} cuts {first_five(inside)}, which is only a part of {code}; ask for what it cuts"
            )


def products_of(scenario: Scenario) -> tuple[str, ...]:
    """The product codes that a scenario's shocks name."""
    from interdep.shocks.kinds import FlowShock

    named = [p for s in scenario.shocks if isinstance(s, FlowShock) for p in s.products or ()]
    return tuple(dict.fromkeys(named))


def _meant(shock: FlowShock, code: str, needs: Needs, scenario: Scenario) -> bool:
    if shock.products is not None:
        return code.startswith(shock.products)
    if shock.cut != "products":
        return False
    return code in products_of(scenario) and (
        shock.industries == ("all",) or needs.industries.get(code) in shock.industries
    )


def _sides(shock: FlowShock, needs: Needs, world: World, scenario: Scenario, number: int) -> NDArray[np.bool_]:
    """(S, M) the deliveries that a shock is about."""
    from interdep.geography import economies
    from interdep.shocks.kinds import EVERY, ExportBan, ImportBan, SupplyStop

    def of(names: Sequence[str], all_: Sequence[str]) -> set[str]:
        out: set[str] = set()
        for name in names:
            out |= set(all_) if name == EVERY else {name} if name in all_ else set(economies(name, on=scenario.start))
        return out

    if isinstance(shock, SupplyStop):
        sellers, buyers = of(shock.economies, needs.suppliers), set(needs.members)
        buyers = buyers if shock.home else buyers - sellers
    elif isinstance(shock, ExportBan):
        sellers, buyers = of(shock.economies, needs.suppliers), of(shock.buyers, needs.members)
    elif isinstance(shock, ImportBan):
        sellers, buyers = of(shock.suppliers, needs.suppliers), of(shock.economies, needs.members)
    else:
        raise TypeError(f"{scenario.place(number)} has no sides")
    return np.array([[s in sellers and m in buyers for m in needs.members] for s in needs.suppliers])


def _tables(trades: Sequence[Trade], bloc: str, members: Sequence[str]) -> list[Trade]:
    found = [t for t in trades if all(t.covers(m) for m in members) and (t.amounts or len(members) == 1)]
    if not found:
        raise MissingData(
            f"no trade table has the imports of {bloc} (there are {', '.join(t.name for t in trades)}); bring one that does,"
            " see `interdep get`"
        )
    # Amounts say more than shares do.
    return sorted(found, key=lambda t: not t.amounts)


def _shared(tables: Mapping[str, Sequence[Trade]]) -> tuple[str, ...]:
    """The codes that every bloc's tables know, at the digits that all of them have."""
    digits = min(max(t.digits for t in each) for each in tables.values())
    digits = 6 if digits == 8 else digits
    sets = []
    for each in tables.values():
        codes: set[str] = set()
        for trade in each:
            if trade.digits >= digits:
                codes |= {p[:digits] for p in _codes(trade)}
        sets.append(codes)
    out = sorted(set.intersection(*sets))
    if not out:
        raise MissingData(f"the tables of {' and '.join(tables)} have no product in common; name products")
    return tuple(out)


def _codes(trade: Trade) -> list[str]:
    if trade.products is not None:
        return list(trade.products)
    import polars as pl

    frame = trade.scan([trade.periods[-1]]).select(pl.col("product").cast(pl.String)).unique().collect()
    return sorted(frame["product"].to_list())


def _holds(trade: Trade, code: str) -> bool:
    if len(code) > trade.digits:
        return False
    return trade.products is None or any(p.startswith(code) for p in trade.products)


def _in_part(trade: Trade, code: str) -> str:
    """What the table holds of a heading of which it covers only some subheadings; empty where it is all of it."""
    from interdep.classifications.products import subcodes

    if trade.products is None or len(code) >= trade.digits or trade.digits > 6:
        return ""
    inside = {p for p in trade.products if p.startswith(code)}
    whole = set(subcodes(code, trade.classification, trade.digits))
    return "" if whole <= inside else f"only {first_five(sorted(inside))}"


def _year(trade: Trade, code: str, last: int | None) -> int:
    """The last year (not after `last`) in which no month of the product is missing."""
    gaps = {y for prefix, years in trade.incomplete.items() if code.startswith(prefix) for y in years}
    fit = [y for y in trade.periods if y not in gaps and (last is None or y <= last)]
    if not fit:
        raise MissingData(f"{trade.name} has no whole year of {code}" + (f" up to {last}" if last else ""))
    return fit[-1]


def _flows(trade: Trade, code: str, year: int, members: Sequence[str]) -> dict[tuple[str, str], float | None]:
    """{(exporter, importer): value} from outside of the members; None where a part is withheld."""
    import polars as pl

    importer, exporter = pl.col("importer").cast(pl.String), pl.col("exporter").cast(pl.String)
    inside = [*members, *(INSIDE if len(members) > 1 else ())]
    frame = (
        trade.scan([year])
        .filter(pl.col("product").cast(pl.String).str.starts_with(code), importer.is_in(list(members)))
        .filter(~exporter.is_in(inside))
        .group_by(exporter, importer)
        .agg(pl.col("value").sum(), pl.col("value").is_null().any().alias("hole"))
        .collect()
    )
    return {(s, m): None if hole else v for s, m, v, hole in frame.sort("exporter", "importer").iter_rows()}


def _size(
    bloc: str, blocs: Mapping[str, Sequence[str]], shares: Mapping[str, object], world: World,
    given: Mapping[str, float] | None,
) -> float:  # fmt: skip
    if given and bloc in given:
        if not 0 < given[bloc] < 1000:
            raise InputError(f"the size of {bloc} is {given[bloc]:g}; write its imports over the others', as in 0.35")
        return given[bloc]
    makers = [i for i in world.industries if i.startswith(SIZE_FROM)]

    def made(members: Sequence[str]) -> float:
        return float(world.value_added[world.node_mask([m for m in members if m in world.economies], makers)].sum())

    others = [m for b, group in blocs.items() if b not in shares for m in group]
    if not makers or not made(others) or not made(blocs[bloc]):
        raise MissingData(
            f"{bloc}: its table has shares and no amounts, and {world.name} does not tell its size; give sizes"
        )
    return made(blocs[bloc]) / made(others)


def assumed_sizes(
    trades: Sequence[Trade], blocs: Mapping[str, Sequence[str]], world: World, given: Mapping[str, float] | None
) -> dict[str, float]:
    """{bloc: size} of the blocs of which only shares are known, as `needs_of_trade` takes them."""
    tables = {bloc: _tables(trades, bloc, members) for bloc, members in blocs.items()}
    shares = {bloc: each for bloc, each in tables.items() if not any(t.amounts for t in each)}
    return {bloc: _size(bloc, blocs, shares, world, given) for bloc in shares}


def _classification(trades: Sequence[Trade], code: str) -> str:
    return next((t.classification for t in trades if _holds(t, code)), "HS22")


def _industry(code: str, classification: str, world: World) -> str:
    """The one industry of the world that makes a product; empty where several do, or none is known."""
    from interdep.shocks.product_flows import MAINLY, industries_of

    revision = "HS22" if classification == "CN8" else classification
    try:
        found = industries_of(MAINLY.get(code, code[:6]), revision, world)
    except (InputError, MissingData):
        return ""
    return next(iter(found)) if len(found) == 1 else ""


def _name(trades: Sequence[Trade], code: str) -> str:
    from interdep.classifications.products import product_name, short_name

    for trade in trades:
        if code in trade.names:
            return trade.names[code]
    try:
        return short_name(product_name(code))
    except InputError:
        return code


def _users(
    world: World, blocs: Mapping[str, Sequence[str]], bloc_of: Sequence[str], products: Sequence[str],
    industries: Mapping[str, str],
) -> Floats:  # fmt: skip
    """(M, K) value added of a bloc's users of the product's industry, over what they buy of it; NaN where it is not known."""
    from interdep.responses.industry_needs import value_of_users

    out = np.full((len(bloc_of), len(products)), np.nan)
    for bloc, members in blocs.items():
        rows = [place for place, b in enumerate(bloc_of) if b == bloc]
        inside = [m for m in members if m in world.economies]
        for k, code in enumerate(products):
            if code in industries and inside:
                out[rows, k] = value_of_users(world, inside, industries[code])
    return out
