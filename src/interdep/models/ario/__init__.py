"""Ario: how a shock spreads day by day through stocks, orders and rationing."""

from __future__ import annotations

from interdep.models.ario.model import Ario

__all__ = ["Ario"]
