"""Product-level flows between economies: invariants at the door, coverage, the packaged tables."""

from interdep.trade.trade import Trade

__all__ = ["Trade"]
