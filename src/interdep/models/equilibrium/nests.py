"""Nested CES: prices of bundles from prices of products, and what is then spent on each product.

A bundle with elasticity sigma has the price P = (sum_p a_p P_p^e)^(1/e) with e = 1 - sigma, and spends a_p P_p^e / P^e of its
money on product p. With h(y) = (exp(e y) - 1) / e, log P = log(1 + e sum_p a_p h(log P_p)) / e, which has the Cobb-Douglas limit
sum_p a_p log P_p at e = 0 and loses no digits beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from interdep.models.equilibrium.base import Base

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NEAR = 1e-3
"""Below this, 1 - sigma is taken by the form that has no cancellation."""


def mean_price(weights: Floats, log_price: Floats, e: Floats, axis: int) -> Floats:
    """Log of the CES mean over `axis`; e = 1 - sigma broadcasts against the result with that axis kept."""
    return unlifted((weights * lifted(log_price, e)).sum(axis=axis, keepdims=True), e).squeeze(axis)


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


class Bundles:
    """The product bundles of all buyers of a batch: e (B, 2) is 1 - sigma of industries' inputs and of final users."""

    def __init__(self, base: Base, theta: Floats, sigma_inputs: Floats, sigma_final: Floats) -> None:
        """theta: (B, P) trade elasticities; the other two (B,)."""
        self.base = base
        self.inverse_theta = -1 / theta
        kinds = base.products + 1
        batch = theta.shape[0]
        self.e = np.empty((batch, kinds))
        self.e[:, :-1] = (1 - sigma_inputs)[:, None]
        self.e[:, -1] = 1 - sigma_final
        # A buyer without any inputs has the price 1 and spends nothing.
        self.empty = base.inputs.sum(axis=0) <= 0
        near = np.abs(self.e).min() <= NEAR
        self.plain = not near

    def prices(self, G: Floats) -> Floats:
        """(B, R, P + 1) log prices of all bundles, from G (B, P, R, K), each product's price to the power -theta."""
        log_price = np.log(G)
        log_price *= self.inverse_theta[:, :, None, None]
        self.log_price = log_price
        base, e = self.base, self.e
        if base.common:
            # Two kinds of buyers see the same prices: lift them once for each kind, then weigh by matrix products.
            self.power = []
            out = np.empty((G.shape[0], base.regions, base.products + 1))
            for part, kind in ((slice(0, -1), 0), (slice(-1, None), -1)):
                ee = e[:, kind][:, None, None]
                h = lifted(log_price[..., 0], ee)
                # (R, B, P) @ (R, P, k)
                mean = (h.transpose(2, 0, 1) @ base.inputs[:, :, part].transpose(1, 0, 2)).transpose(1, 0, 2)
                out[..., part] = unlifted(mean, ee)
            self.out = np.where(self.empty, 0.0, out)
            return self.out
        ee = e[:, None, None, :]
        if self.plain:
            self.power = np.exp(log_price * ee)
            total = np.einsum("bpsk,psk->bsk", self.power, base.inputs)
            total = np.where(self.empty, 1.0, total)
            self.out = np.log(total) / e[:, None, :]
            return self.out
        h = lifted(log_price, ee)
        mean = np.einsum("bpsk,psk->bsk", h, base.inputs)
        self.out = np.where(self.empty, 0.0, unlifted(mean, e[:, None, :]))
        self.power = None
        return self.out

    def asked(self, G: Floats, money: Floats) -> Floats:
        """(B, P, R, K) spending on each product over G, from the money (B, R, P + 1) of each bundle; after `prices`."""
        base, e = self.base, self.e
        scaled = money * np.exp(-e[:, None, :] * self.out)
        if base.common:
            out = np.zeros(G.shape)
            for part, kind in ((slice(0, -1), 0), (slice(-1, None), -1)):
                power = np.exp(e[:, kind][:, None, None] * self.log_price[..., 0])
                # (R, B, k) @ (R, k, P)
                spent = scaled[..., part].transpose(1, 0, 2) @ base.inputs[:, :, part].transpose(1, 2, 0)
                out[..., 0] += power * spent.transpose(1, 2, 0)
            return out / G
        power = self.power if self.power is not None else np.exp(self.log_price * e[:, None, None, :])
        power = power * base.inputs
        power *= scaled[:, None]
        power /= G
        return power
