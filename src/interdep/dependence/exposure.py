"""Exposure: which industries of which member use a product's industry, and how much value added can be at stake at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from interdep.errors import InputError
from interdep.models.network import LeontiefInverse
from interdep.tables import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.world import World

    Floats = NDArray[np.float64]

USES = 0.01
"""An industry counts as a user of a product's industry from one per cent of its direct inputs."""

REASONING = (
    "An upper bound of the first-order loss: all that the industry makes is taken for the product (which is a part of it), every"
    " user is taken to need it in fixed proportion, and nobody else's can replace the supplier's, nor any stock. A user then"
    " loses the supplier's part of what it uses of that industry: of its direct purchases, or of all that stands behind its"
    " production through the chain, whichever is larger. Not in it: an input of a user's supplier that stops more than its own"
    " part, and what those who buy from the users lose; the models of shocks follow these."
)


class Exposures:
    """Exposure to any industry of any supplier, over one factorisation of a table."""

    def __init__(self, world: World, buyers: Mapping[str, Sequence[str]]) -> None:
        self.world = world
        self.buyers = buyers
        live = np.flatnonzero(world.live)
        self._live = live
        self._inverse = LeontiefInverse(world.input_coefficients[np.ix_(live, live)])

    def behind(self, industry: int) -> Floats:
        """(R, N) output of an industry, by economy of origin, that stands behind one unit of each node's output."""
        regions, industries = self.world.shape
        rows = np.arange(regions) * industries + industry
        wanted = np.zeros((regions * industries, regions))
        wanted[rows, np.arange(regions)] = 1.0
        out = np.zeros((regions, regions * industries))
        solved = self._inverse.solve(wanted[self._live], transposed=True)
        out[:, self._live] = (solved - wanted[self._live]).T
        return out

    def to(self, supplier: str, industry: str, products: Sequence[str] = ()) -> Table:
        """Industries of the buyers' members that use one industry of a supplier.

        industry: a code of the world (the one a product belongs to: `interdep.classifications.hs.industry_of`). (buyer,
        member, industry): use_share, the product's industry in all direct inputs, whoever makes it; direct_share, the
        supplier's part in these purchases; supplier_share, its part in what stands of that industry behind the user's
        production, direct and through the chain; value_added; at_stake = value_added x the larger of the two parts, see
        REASONING. Users only (USES). Raises InputError where the supplier is a member of a buyer.
        """
        import polars as pl

        world = self.world
        if any(supplier in names for names in self.buyers.values()):
            raise InputError(f"{supplier} is at home in {', '.join(self.buyers)}; exposure is to an economy abroad")
        regions, industries = world.shape
        source, product = world.economy_index(supplier), world.industry_index(industry)
        behind = self.behind(product)
        whole = behind.sum(axis=0)
        part = np.divide(behind[source], whole, out=np.zeros_like(whole), where=whole > 0)
        # Rounding in the solution must not make a part of more than all.
        part = part.clip(0.0, 1.0).reshape(regions, industries)
        flows = world.intermediate.reshape(regions, industries, regions, industries)
        bought = flows[:, product].sum(axis=0)
        direct = np.divide(flows[source, product], bought, out=np.zeros_like(bought), where=bought > 0)
        inputs = world.intermediate.sum(axis=0).reshape(regions, industries)
        added = world.value_added.reshape(regions, industries)
        rows = []
        for name, names in self.buyers.items():
            for member in names:
                s = world.economy_index(member)
                for k, code in enumerate(world.industries):
                    if inputs[s, k] > 0 and bought[s, k] >= USES * inputs[s, k]:
                        stake = max(part[s, k], direct[s, k]) * max(added[s, k], 0.0)
                        shares = (bought[s, k] / inputs[s, k], direct[s, k], part[s, k])
                        rows.append((name, member, code, *shares, added[s, k], stake))
        columns = (
            "buyer",
            "member",
            "industry",
            "use_share",
            "direct_share",
            "supplier_share",
            "value_added",
            "at_stake",
        )
        frame = pl.DataFrame(
            rows, schema={c: pl.String if k < 3 else pl.Float64 for k, c in enumerate(columns)}, orient="row"
        )
        money = f"{world.money} per year"
        what = f"{supplier} {industry}" + (f" ({', '.join(products[:3])})" if products else "")
        units = {
            "use_share": "fraction of all direct inputs",
            "direct_share": "fraction of direct purchases of the industry's products",
            "supplier_share": "fraction of the industry's products, look-through",
            "value_added": money, "at_stake": money,
        }  # fmt: skip
        return Table(
            "exposure", frame.sort("at_stake", "member", "industry", descending=[True, False, False]),
            ("buyer", "member", "industry"), units, f"Users of {what}: value added at stake, at most",
            provenance=world.provenance.then(f"exposure to {what}", REASONING),
        )  # fmt: skip
