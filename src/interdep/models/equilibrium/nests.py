"""Nested CES: prices of bundles from prices of products, and what is then spent on each product.

A bundle with elasticity sigma has the price P = (sum_p a_p P_p^e)^(1/e) with e = 1 - sigma, and spends a_p P_p^e / P^e of its
money on product p. With h(y) = (exp(e y) - 1) / e, log P = log(1 + e sum_p a_p h(log P_p)) / e, which has the Cobb-Douglas limit
sum_p a_p log P_p at e = 0 and loses no digits beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from interdep.models.equilibrium.base import Base

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NEAR = 1e-3
"""Below this, 1 - sigma is taken by the form that has no cancellation."""


def lifted(log_price: Floats, e: Floats) -> Floats:
    """h(y) = (exp(e y) - 1) / e, or y where e = 0; for weights that sum to one."""
    if np.abs(e).min() > NEAR:
        return (np.exp(e * log_price) - 1) / e
    safe = np.where(e == 0, 1.0, e)
    return np.where(e == 0, log_price, np.expm1(e * log_price) / safe)


def unlifted(mean: Floats, e: Floats) -> Floats:
    """The log price whose h is `mean`."""
    safe = np.where(e == 0, 1.0, e)
    return np.where(e == 0, mean, np.log1p(e * mean) / safe)


@dataclass(frozen=True, eq=False)
class Priced:
    """Prices of products and bundles, in logs: product (B, P, R, K) by the cells of the origin shares, bundle (B, R, P + 1).

    power: (B, P, R, K) product prices to the power 1 - sigma of the buyer's bundle, where that was made on the way.
    """

    product: Floats
    bundle: Floats
    power: Floats | None


class Bundles:
    """The product bundles of all buyers of a batch: P industries and a final user in each economy."""

    def __init__(self, base: Base, theta: Floats, sigma_inputs: Floats, sigma_final: Floats) -> None:
        """theta: (B, P) trade elasticities; sigma: (B,) elasticities between products."""
        self.base = base
        self.over_theta = -1 / theta[:, :, None, None]
        self.e = np.repeat((1 - sigma_inputs)[:, None], base.products + 1, axis=1)
        self.e[:, -1] = 1 - sigma_final
        # A buyer without any inputs has the price 1 and spends nothing.
        self.empty = base.inputs.sum(axis=0) <= 0

    def prices(self, G: Floats) -> Priced:
        """Prices from G (B, P, R, K), each product's price to the power -theta."""
        product = np.log(G)
        product *= self.over_theta
        base, e = self.base, self.e[:, None, :]
        power = None
        if base.common:
            # All buyers of an economy see the same prices: lift them once for each kind, then weigh by matrix products.
            mean = np.concatenate([
                # [r, b, p] @ [r, p, k]
                lifted(product[..., 0], e[..., k, None]).transpose(2, 0, 1) @ base.inputs[:, :, part].transpose(1, 0, 2)
                for part, k in self._kinds()
            ], axis=2).transpose(1, 0, 2)  # fmt: skip
            bundle = unlifted(mean, e)
        elif np.abs(e).min() > NEAR:
            power = np.exp(product * e[:, None])
            total = np.einsum("bpsk,psk->bsk", power, base.inputs)
            bundle = np.log(np.where(self.empty, 1.0, total)) / e
        else:
            bundle = unlifted(np.einsum("bpsk,psk->bsk", lifted(product, e[:, None]), base.inputs), e)
        return Priced(product, np.where(self.empty, 0.0, bundle), power)

    def asked(self, G: Floats, priced: Priced, money: Floats) -> Floats:
        """(B, P, R, K) spending on each product over G, from the money (B, R, P + 1) of each bundle."""
        base, e = self.base, self.e[:, None, :]
        scaled = money * np.exp(-e * priced.bundle)
        if not base.common:
            power = np.exp(priced.product * e[:, None]) if priced.power is None else priced.power
            out = power * base.inputs
            out *= scaled[:, None]
            out /= G
            return out
        out = np.zeros(G.shape)
        for part, k in self._kinds():
            # [r, b, k] @ [r, k, p]
            spent = scaled[..., part].transpose(1, 0, 2) @ base.inputs[:, :, part].transpose(1, 2, 0)
            out[..., 0] += np.exp(e[..., k, None] * priced.product[..., 0]) * spent.transpose(1, 2, 0)
        out /= G
        return out

    def _kinds(self) -> tuple[tuple[slice, int], ...]:
        """The buyers that share an elasticity, and one of them: industries, final users."""
        return (slice(0, -1), 0), (slice(-1, None), -1)
