"""The programme: needs, disruptions and levers as one linear programme, as sparse arrays.

For members m, products k, suppliers s and disruptions w of length D_w that take the fraction phi of a delivery:

    choose u, d   contracts added and given up with each supplier, sum u = sum d, u <= growth x, d <= x
           g      stock, h  stand-by capacity (a year's output)
           z      what is short in a pool of members
    so that sum_s D_w phi (x + u - d) - spare_w - sum_m g - D_w sum_m h <= z     for each pool, w, k
            premium u + carrying g + standby h <= budget                          for each who pays
    and the expected shortage sum_w pi_w z, or its CVaR over the year's disruptions, is least.

Spare deliveries belong to members: what supplier s can add is split in proportion to what each buys of it, less what fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from interdep.responses.disruptions import Disruption
from interdep.responses.levers import Terms
from interdep.responses.needs import Needs
from interdep.trade.partners import SPECIAL

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Floats = NDArray[np.float64]
    Ints = NDArray[np.intp]

HAIR = 1e-7
"""How much more a product counts at most for the value its users add."""

NOTHING = 1e-12
"""A part of a delivery that counts as none."""


@dataclass(frozen=True, eq=False)
class Programme:
    """Needs, disruptions and terms with the numbering of variables and rows that both the solver and the tables read.

    Sourcing columns c: member `of[c]`, product `good[c]`, supplier `supplier[c]` (-1: the suppliers under the least share
    together), yearly delivery `now[c]`. Pairs are (m, k) with a need, numbered as in `pair` (M, K), -1 where there is none.
    lost: {w: (columns, fractions)}; spare: (W, M, K) what members can add while it lasts.
    """

    needs: Needs
    disruptions: tuple[Disruption, ...]
    terms: Terms
    of: Ints
    good: Ints
    supplier: Ints
    now: Floats
    pair: Ints
    lost: tuple[tuple[Ints, Floats], ...]
    spare: Floats

    @classmethod
    def of_needs(cls, needs: Needs, disruptions: Sequence[Disruption], terms: Terms) -> Programme:
        """Number everything; suppliers under the least share of the partnership's imports stand together."""
        flows, market = needs.flows, terms.market
        need = needs.need
        abroad = np.where(needs.home[:, :, None], 0.0, flows).sum(axis=1)
        least = market.rest * abroad.sum(axis=0)
        small = (flows > 0) & (abroad < least)[:, None, :] & ~needs.home[:, :, None]
        s, m, k = np.nonzero((flows > 0) & ~small)
        grouped_m, grouped_k = np.nonzero(small.any(axis=0))
        of = np.concatenate([m, grouped_m])
        good = np.concatenate([k, grouped_k])
        supplier = np.concatenate([s, np.full(len(grouped_m), -1)])
        rest = np.where(small, flows, 0.0).sum(axis=0)
        now = np.concatenate([flows[s, m, k], rest[grouped_m, grouped_k]])
        column = np.full(flows.shape, -1, dtype=np.intp)
        column[s, m, k] = np.arange(len(s))
        group = np.full(need.shape, -1, dtype=np.intp)
        group[grouped_m, grouped_k] = len(s) + np.arange(len(grouped_m))
        column = np.where(small, group[None], column)
        pair = np.full(need.shape, -1, dtype=np.intp)
        pair[need > 0] = np.arange(int((need > 0).sum()))
        outside = needs.outside()
        able = flows[outside].sum(axis=0)
        lost, spare = [], np.zeros((len(disruptions), *need.shape))
        for w, each in enumerate(disruptions):
            rows = np.flatnonzero(each.lost.reshape(len(each.lost), -1).max(axis=1) > NOTHING)
            gone = np.broadcast_to(each.lost[rows], (len(rows), *need.shape)) * flows[rows]
            found = gone > 0
            amount = np.bincount(column[rows][found], gone[found], minlength=len(now))
            at = np.flatnonzero(amount)
            lost.append((at, np.minimum(1.0, amount[at] / now[at])))
            days = (each.years(need.shape[1]) - market.wait / 365).clip(0.0)
            spare[w] = market.spare * days * (able - gone[outside[rows]].sum(axis=0)).clip(0.0)
        return cls(needs, tuple(disruptions), terms, of, good, supplier, now, pair, tuple(lost), spare)

    @property
    def sizes(self) -> tuple[int, int]:
        """(sourcing columns, pairs)."""
        return len(self.now), int(self.pair.max()) + 1

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        """(member, product) of each pair."""
        m, k = np.nonzero(self.pair >= 0)
        return m, k

    @cached_property
    def probabilities(self) -> Floats:
        """(W,) yearly."""
        return np.array([d.probability for d in self.disruptions])

    @cached_property
    def years(self) -> Floats:
        """(W, K) length of each disruption for each product, in years."""
        return np.stack([d.years(self.pair.shape[1]) for d in self.disruptions])

    def gone(self, moved: Floats | None = None) -> Floats:
        """(W, M, K) what fails to arrive while each disruption lasts, after contracts moved by so much a column."""
        delivered = self.now if moved is None else self.now + moved
        shape = self.pair.shape
        out = np.zeros((len(self.disruptions), shape[0] * shape[1]))
        for w, (at, fraction) in enumerate(self.lost):
            place = self.of[at] * shape[1] + self.good[at]
            out[w] = np.bincount(place, self.years[w, self.good[at]] * fraction * delivered[at], minlength=out.shape[1])
        return out.reshape(len(self.disruptions), *shape)


@dataclass(frozen=True, eq=False)
class Arrays:
    """A programme for one way of standing together, as linprog takes it: variables u, d, g, h, z (and t, s for CVaR).

    rows: (R, 3) pool, disruption and product of each row of shortage; unit: what one unit of the variables is in money;
    scale: of the minimum, which is in units of both; the rows of budgets follow those of shortage.
    """

    cost: Floats
    a_ub: csr_array
    b_ub: Floats
    a_eq: csr_array
    upper: Floats
    rows: Ints
    unit: float
    scale: float
    spending: Floats


def arrays(
    programme: Programme,
    pools: Sequence[Sequence[int]],
    budgets: Sequence[tuple[Sequence[int], float]],
    tail: float | None = None,
) -> Arrays:
    """The programme with members in these pools, and each budget spent by those members.

    pools: a partition of the members, or of some of them (the others are left out); budgets: (members, money a year); tail:
    the level of CVaR, default the expectation.
    """
    from scipy.sparse import coo_array

    p = programme
    columns, pairs = p.sizes
    pool_of = np.full(len(p.needs.members), -1)
    for number, members in enumerate(pools):
        pool_of[list(members)] = number
    inside = pool_of[p.of] >= 0
    pair_m, pair_k = p.pairs
    weigh = preference(p.needs)
    unit = float(np.median(p.now))
    at = {"u": 0, "d": columns, "g": 2 * columns, "h": 2 * columns + pairs, "z": 2 * (columns + pairs)}
    entries: list[tuple[Ints, Ints, Floats]] = []
    keys = _rows(p, pool_of, inside)
    count = len(keys)
    size = (len(pools), len(p.disruptions), len(p.needs.products))
    lookup = np.full(size, -1, dtype=np.intp)
    lookup[keys[:, 0], keys[:, 1], keys[:, 2]] = np.arange(count)
    for w, (touched, fraction) in enumerate(p.lost):
        keep = inside[touched]
        c = touched[keep]
        f = fraction[keep] * p.years[w, p.good[c]]
        r = lookup[pool_of[p.of[c]], w, p.good[c]]
        entries += [(r, at["u"] + c, f), (r, at["d"] + c, -f)]
    for pool in range(len(pools)):
        here = np.flatnonzero(pool_of[pair_m] == pool)
        mine = np.flatnonzero(keys[:, 0] == pool)
        order = np.argsort(pair_k[here], kind="stable")
        sorted_k = pair_k[here][order]
        first = np.searchsorted(sorted_k, keys[mine, 2], "left")
        last = np.searchsorted(sorted_k, keys[mine, 2], "right")
        many = last - first
        r = np.repeat(mine, many)
        offset = np.arange(len(r)) - np.repeat(np.cumsum(many) - many, many)
        q = here[order][np.repeat(first, many) + offset]
        entries += [(r, at["g"] + q, np.full(len(r), -1.0)), (r, at["h"] + q, -p.years[keys[r, 1], keys[r, 2]])]
    entries.append((np.arange(count), at["z"] + np.arange(count), np.full(count, -1.0)))
    gone, total = p.gone(), at["z"] + count
    limit = np.zeros(count)
    for pool, members in enumerate(pools):
        mine = keys[:, 0] == pool
        short = (p.spare - gone)[:, list(members)].sum(axis=1)
        limit[mine] = short[keys[mine, 1], keys[mine, 2]]
    limit /= unit
    spending = _spending(p, total, at)
    for place, (members, budget) in enumerate(budgets):
        payer = np.isin(np.concatenate([p.of, p.of, pair_m, pair_m]), list(members))
        paid = np.flatnonzero(payer & (spending[: len(payer)] > 0))
        entries.append((np.full(len(paid), count + place), paid, spending[paid]))
        limit = np.append(limit, budget / unit)
    cost = np.zeros(total)
    if tail is None:
        cost[at["z"] :] = p.probabilities[keys[:, 1]] * weigh[keys[:, 2]]
    else:
        # t + sum pi s / (1 - tail), s_w >= what is short in w less t: Rockafellar and Uryasev (2000).
        affected = np.unique(keys[:, 1])
        start = count + len(budgets)
        r = start + np.searchsorted(affected, keys[:, 1])
        entries.append((r, at["z"] + np.arange(count), weigh[keys[:, 2]]))
        later = start + np.arange(len(affected))
        entries.append((later, np.full(len(affected), total), np.full(len(affected), -1.0)))
        entries.append((later, total + 1 + np.arange(len(affected)), np.full(len(affected), -1.0)))
        limit = np.append(limit, np.zeros(len(affected)))
        cost = np.concatenate([cost, [1.0], p.probabilities[affected] / (1.0 - tail)])
    # Tiny probabilities would drown in the solver's tolerances.
    scale = float(cost.max(initial=0.0)) or 1.0
    cost = cost / scale
    row, column, value = (np.concatenate(part) for part in zip(*entries, strict=True))
    a_ub = coo_array((value, (row, column)), shape=(len(limit), len(cost))).tocsr()
    upper = np.full(len(cost), np.inf)
    upper[:total] = _upper(p, inside, pool_of[pair_m] >= 0, total, at) / unit
    one = np.ones(columns)
    balance = coo_array(
        (np.concatenate([one, -one]), (np.tile(p.pair[p.of, p.good], 2), np.arange(2 * columns))),
        shape=(pairs, len(cost)),
    ).tocsr()
    return Arrays(cost, a_ub, limit, balance, upper, keys, unit, scale, spending)


def _barred(p: Programme) -> NDArray[np.bool_]:
    """(C,) suppliers nobody can sign more contracts with: those left out, nobody named, and other partners, who need it too."""
    needs = p.needs
    named = np.array([s in p.terms.not_from or s in SPECIAL or s == "ROW" for s in (*needs.suppliers, "")])
    partner = np.append(needs.home.any(axis=1), False)
    own = np.concatenate([needs.home, np.zeros((1, needs.home.shape[1]), dtype=bool)])
    return named[p.supplier] | (p.supplier < 0) | (partner[p.supplier] & ~own[p.supplier, p.of])


def preference(needs: Needs) -> Floats:
    """(K,) a hair above 1 for products of which users make more: of plans that avoid the same the better one is taken."""
    out = np.ones(len(needs.products))
    if needs.users is not None:
        known = np.nan_to_num(needs.users).max(axis=0)
        out += HAIR * known / max(float(known.max()), 1e-300)
    return out


def _rows(p: Programme, pool_of: Ints, inside: NDArray[np.bool_]) -> Ints:
    """(R, 3) each pool, disruption and product of which something may be lost, in order."""
    found = []
    for w, (touched, _) in enumerate(p.lost):
        c = touched[inside[touched]]
        found.append(np.stack([pool_of[p.of[c]], np.full(len(c), w), p.good[c]], axis=1))
    rows = np.concatenate(found) if found else np.zeros((0, 3), dtype=np.intp)
    return np.unique(rows, axis=0).astype(np.intp)


def _spending(p: Programme, total: int, at: dict[str, int]) -> Floats:
    """What a unit of each variable costs a year."""
    terms, out = p.terms, np.zeros(total)
    if terms.diversify:
        out[at["u"] : at["d"]] = terms.diversify.premium
    if terms.stockpile:
        out[at["g"] : at["h"]] = terms.stockpile.carrying
    if terms.capacity:
        out[at["h"] : at["z"]] = terms.capacity.standby
    return out


def _upper(
    p: Programme, inside: NDArray[np.bool_], pair_inside: NDArray[np.bool_], total: int, at: dict[str, int]
) -> Floats:
    """The largest value of each variable; 0 for levers that are not on the table."""
    terms, out = p.terms, np.full(total, np.inf)
    need = p.needs.need[p.pairs]
    moves = terms.diversify is not None
    growth = terms.diversify.growth if terms.diversify else 0.0
    barred = _barred(p)
    out[at["u"] : at["d"]] = np.where(inside & ~barred, p.now * growth, 0.0)
    out[at["d"] : at["g"]] = np.where(inside & moves, p.now, 0.0)
    most = terms.stockpile.most_stock if terms.stockpile else 0.0
    out[at["g"] : at["h"]] = np.where(pair_inside, need * most, 0.0)
    built = terms.capacity.most_built if terms.capacity else 0.0
    out[at["h"] : at["z"]] = np.where(pair_inside, need * built, 0.0)
    return out
