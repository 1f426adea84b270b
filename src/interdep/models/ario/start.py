"""Start: a World at rest in Ario's units, where stocks are days of normal use and flows are parts of normal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from interdep.errors import MissingData
from interdep.models.ario.inputs import divisions, essential_by_rule, kind
from interdep.models.benchmark import without_inventories
from interdep.models.network import origin_shares
from interdep.shocks.kinds import EVERY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.models.ario.model import Ario
    from interdep.world import World

    Floats = NDArray[np.float64]

FLOOR = {"float64": 1e-12, "float32": 1e-6}
"""Days of stock that are never used up, so that a stock of nothing still times NEVER is more than anybody needs."""

NEVER = {"float64": 1e15, "float32": 1e9}
"""What an input that does not bind is multiplied with where one that binds has 1 / (days needed)."""


@dataclass(frozen=True, eq=False)
class Start:
    """The table at rest. N nodes j = (s, k) in the table's order, P products, R economies; money per year.

    shares: (P, R, N) who delivers how much of what each buyer uses (at home where
    it uses nothing, so that shares always add up to one); use: (P, N) what it uses; output: (N,), zero where a node
    is idle; final: (N, R, F) deliveries to final users; stock, order_time: (P,) days; reach: (P, N) output, in parts of
    normal, that one day of stock allows (NEVER where the input does not bind).
    """

    shape: tuple[int, int]
    shares: Any
    use: Any
    output: Floats
    final: Floats
    value_added: Floats
    stock: Floats
    order_time: Floats
    reach: Any
    binds: NDArray[np.bool_]

    def on(self, device: str) -> Start:
        """The same with the kernel's arrays on a device; raises MissingData where it needs cupy and cupy is not there."""
        if device == "cpu":
            return self
        try:
            import cupy
        except ImportError as error:
            raise MissingData("a GPU needs cupy; install it with: pip install 'interdep[gpu]'") from error
        return replace(self, **{name: cupy.asarray(getattr(self, name)) for name in ("shares", "use", "reach")})

    @property
    def supply_scale(self) -> Floats:
        """(P, R) one over normal output, zero where there is none."""
        regions, products = self.shape
        output = self.output.reshape(regions, products).T
        return np.divide(1.0, output, out=np.zeros_like(output), where=output > 0)


def start(model: Ario, world: World) -> Start:
    """A World in the units of the model's day loop; raises InputError for stocks of industries the table lacks."""
    regions, products = world.shape
    intermediate, final = (world.intermediate, world.final_use) if model.parity else without_inventories(world)
    final = np.maximum(final, 0.0)
    output = intermediate.sum(axis=1) + final.sum(axis=(1, 2))
    nodes = regions * products
    flows = np.ascontiguousarray(intermediate.reshape(regions, products, nodes).transpose(1, 0, 2))
    use = flows.sum(axis=1)
    coefficient = np.divide(use, output, out=np.zeros_like(use), where=output > 0)
    stock, order_time = stocks(model, world)
    binds = coefficient > model.essential_above
    if model.essential == "rule":
        binds &= np.tile(essential_by_rule(world), (1, regions))
    for product, buyer in model.inessential:
        whose = range(products) if buyer == EVERY else [world.industry_index(buyer)]
        for industry in whose:
            binds[world.industry_index(product), industry::products] = False
    binds &= np.isfinite(stock)[:, None]
    finite = np.where(np.isfinite(stock), stock, 1.0)
    reach = np.where(binds, 1.0 / (model.psi * finite)[:, None], NEVER[model.precision])
    real = np.dtype(model.precision)
    shares = origin_shares(flows)
    unused, j = np.nonzero(use <= 0)
    shares[unused, j // products, j] = 1.0
    return Start(
        (regions, products), shares.astype(real, copy=False), use.astype(real), output, final,
        np.where(output > 0, world.value_added, 0.0), stock, order_time, reach.astype(real), binds,
    )  # fmt: skip


def stocks(model: Ario, world: World) -> tuple[Floats, Floats]:
    """(stock, order time) of every input in days: by kind of industry, then what the model names itself."""
    named, times = dict(model.stocks), dict(model.order_times)
    for code in (*named, *times):
        world.industry_index(code)
    by_kind = {
        "goods": model.stock_goods, "mining": model.stock_mining, "electronics": model.stock_electronics,
        "services": model.stock_services,
    }  # fmt: skip
    days = [
        float(named.get(code, by_kind[kind(covered)]))
        for code, covered in zip(world.industries, divisions(world), strict=True)
    ]
    stock = np.array(days)
    usual = np.minimum(model.order_time, stock)
    return stock, np.array([times.get(code, own) for code, own in zip(world.industries, usual.tolist(), strict=True)])
