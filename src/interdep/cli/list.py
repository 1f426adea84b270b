"""`interdep list`: what comes with the package."""

from __future__ import annotations

from collections.abc import Sequence

from interdep.cli.common import DEFAULT, Common, print_grid, print_json, print_line, save_tables


def list_(*, common: Common = DEFAULT) -> int:
    """What comes with the package: scenarios, partnerships, tables, product sets, groups, parameters; --out saves the latter."""
    from interdep.classifications.product_sets import product_set, product_sets
    from interdep.geography import describe, groups
    from interdep.parameter import parameters
    from interdep.partnership.schema import Partnership
    from interdep.partnership.schema import library as partnerships
    from interdep.shocks.scenario import Scenario, library
    from interdep.trade import Trade
    from interdep.trade.folder import packaged
    from interdep.world.reading import PACKAGED

    scenarios = [Scenario.read(name) for name in library()]
    known = parameters()
    if common.out is not None:
        save_tables(common.out, [known], "Parameters of every model")
    if common.json:
        print_json({
            "scenarios": {s.name: s.title for s in scenarios},
            "partnerships": {n: Partnership.read(n).title for n in partnerships()},
            "tables": list(PACKAGED),
            "trade": {n: Trade.read(n).title for n in packaged()},
            "product_sets": {n: product_set(n).title for n in product_sets()},
            "groups": {n: describe(n).name_en for n in groups()},
            "parameters": known.to_rows(),
        })  # fmt: skip
        return 0
    _print("Scenarios: interdep run NAME", [[s.name, s.title] for s in scenarios])
    _print("Partnerships: interdep assess NAME", [[n, Partnership.read(n).title] for n in partnerships()])
    _print("Tables: --world NAME", [[n, "packaged"] for n in PACKAGED])
    _print("Product flows: --trade NAME", [[n, Trade.read(n).title] for n in packaged()])
    _print("Product sets: measure --product-set NAME", [[n, product_set(n).title] for n in product_sets()])
    _print("Groups of economies", [[n, describe(n).name_en] for n in groups()])
    rows = [
        [r["model"], r["parameter"], f"{r['default']:g}",
         "" if r["low"] is None else f"{r['low']:g} to {r['high']:g}", r["unit"]]
        for r in known.to_rows()
    ]  # fmt: skip
    print_line("Parameters of the models")
    print_grid(["model", "parameter", "default", "range", "unit"], rows, (2, 3))
    return 0


def _print(title: str, rows: Sequence[Sequence[str]]) -> None:
    print_line(title)
    print_grid(["name", "what"], rows)
    print_line()
