"""`interdep list`: what comes with the package."""

from __future__ import annotations

from interdep.cli.common import DEFAULT, Common, print_grid, print_json


def list_(common: Common = DEFAULT) -> int:
    """Scenarios, partnerships, tables, groups and parameters that come with the package."""
    from interdep.geography import describe, groups
    from interdep.parameter import parameters
    from interdep.partnership.schema import Partnership
    from interdep.partnership.schema import library as partnerships
    from interdep.shocks.scenario import Scenario, library
    from interdep.world.reading import PACKAGED

    scenarios = [Scenario.read(name) for name in library()]
    known = parameters()
    if common.json:
        print_json({
            "scenarios": {s.name: s.title for s in scenarios},
            "partnerships": {n: Partnership.read(n).title for n in partnerships()},
            "tables": list(PACKAGED),
            "groups": {n: describe(n).name_en for n in groups()},
            "parameters": known.to_rows(),
        })  # fmt: skip
        return 0
    print_grid("Scenarios: interdep run NAME", ["name", "what"], [[s.name, s.title] for s in scenarios])
    print_grid("Partnerships: interdep assess NAME", ["name", "what"], [[n, Partnership.read(n).title] for n in partnerships()])
    print_grid("Tables: --world NAME", ["name"], [[n] for n in PACKAGED])
    print_grid("Groups", ["name", "what"], [[n, describe(n).name_en] for n in groups()])
    rows = [
        [r["model"], r["parameter"], f"{r['default']:g}",
         "" if r["low"] is None else f"{r['low']:g} to {r['high']:g}", r["unit"]]
        for r in known.to_rows()
    ]  # fmt: skip
    print_grid("Parameters", ["model", "parameter", "default", "range", "unit"], rows)
    return 0
