"""Figures: one function a figure, a Table in, a Vega-Lite spec out, drawn as SVG without browser or network."""

from interdep.figures.arrangements import arrangement_bars
from interdep.figures.climb import coalition_climb
from interdep.figures.coalitions import coalition_steps
from interdep.figures.comparison import compare_bars
from interdep.figures.concentration import concentration_scatter
from interdep.figures.days import day_fan
from interdep.figures.economies import loss_by_economy
from interdep.figures.figure import Figure
from interdep.figures.flows import supplier_flows
from interdep.figures.frontier import budget_frontier
from interdep.figures.heat import dependency_heat
from interdep.figures.hhi_years import hhi_over_years
from interdep.figures.industries import loss_by_industry
from interdep.figures.product_bars import product_suppliers
from interdep.figures.ranges import model_ranges
from interdep.figures.suppliers import look_through_suppliers
from interdep.figures.theme import FULL_WIDTH, HALF_WIDTH
from interdep.figures.tiles import tile_map
from interdep.figures.timeline import bottleneck_weeks

__all__ = [
    "FULL_WIDTH",
    "HALF_WIDTH",
    "Figure",
    "arrangement_bars",
    "bottleneck_weeks",
    "budget_frontier",
    "coalition_climb",
    "coalition_steps",
    "compare_bars",
    "concentration_scatter",
    "day_fan",
    "dependency_heat",
    "hhi_over_years",
    "look_through_suppliers",
    "loss_by_economy",
    "loss_by_industry",
    "model_ranges",
    "product_suppliers",
    "supplier_flows",
    "tile_map",
]
