"""Voting power as published: the Council of 1958 and 1973, the Security Council, and the Council of 2025."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from interdep.agreement.power import Power, power
from interdep.agreement.rules import Rule
from interdep.geography import name_of
from table import Row, judged, stated

TITLE = "Voting power"
ABOUT = """
Banzhaf (1965) and Shapley & Shubik (1954) indices, counted exactly. The Council of the European Economic Community of 1958
(weights 4, 4, 4, 2, 2, 1; 12 of 17 carry) and of 1973 (10, 10, 10, 10, 5, 5, 3, 3, 2; 41 of 58), as tabulated in Felsenthal &
Machover (1998), The Measurement of Voting Power, quoted from memory. The Security Council since 1966 (nine of fifteen with all
five permanent members, written as weights 7 and 1 with 39 of 45): closed forms, 421/2145 and 4/2145, and 848 and 84 of 5,080
swings. The probability that a random coalition passes under the qualified majority of 2025: an exact count by another program
from the same shares (two decimals). `benchmarks/power.py` looks at all 134 million coalitions of the 27 members one by one.
"""

SIX = {"DEU": 4, "FRA": 4, "ITA": 4, "BEL": 2, "NLD": 2, "LUX": 1}
NINE = {"DEU": 10, "FRA": 10, "ITA": 10, "GBR": 10, "BEL": 5, "NLD": 5, "DNK": 3, "IRL": 3, "LUX": 2}
PERMANENT: tuple[str, ...] = ("CHN", "FRA", "GBR", "RUS", "USA")
ELECTED: tuple[str, ...] = ("ALB", "BRA", "GAB", "GHA", "IND", "IRL", "KEN", "MEX", "NOR", "ARE")
FIFTEEN = {code: 7 if code in PERMANENT else 1 for code in (*PERMANENT, *ELECTED)}

INDICES = {"banzhaf": "Banzhaf", "shapley_shubik": "Shapley-Shubik"}


def of(name: str, weights: dict[str, int], quota: int) -> Power:
    return power(list(weights), Rule(name, weights=weights, weight_share=Fraction(quota, sum(weights.values()))))


def index(found: Power, member: str, name: str) -> float:
    return found.members.where(member=member).to_rows()[0][name]


def fractions(case: str, found: Power, published: dict[str, tuple[str, str]]) -> list[Row]:
    """Members whose indices are known as fractions: {member: (Banzhaf, Shapley-Shubik)}."""
    out = []
    for member, known in published.items():
        for (name, title), text in zip(INDICES.items(), known, strict=True):
            ours, exact = index(found, member, name), float(Fraction(text))
            out.append(
                judged(
                    "power",
                    f"{case}, {title}, {name_of(member)}",
                    text,
                    f"{ours:.6f}",
                    "equal",
                    abs(ours - exact) < 1e-12,
                )
            )
    return out


def rows() -> list[Row]:
    out = fractions(
        "Council 1958", power(list(SIX), "eec-1958"),
        {"DEU": ("5/21", "14/60"), "BEL": ("3/21", "9/60"), "LUX": ("0", "0")},
    )  # fmt: skip
    nine = of("council-1973", NINE, 41)
    printed = {"DEU": (".167", ".179"), "BEL": (".091", ".081"), "DNK": (".066", ".057"), "LUX": (".016", ".010")}
    for member, known in printed.items():
        for (name, title), text in zip(INDICES.items(), known, strict=True):
            ours = f"{index(nine, member, name):.3f}".lstrip("0")
            out.append(
                judged(
                    "power",
                    f"Council 1973, {title}, {name_of(member)}",
                    text,
                    ours,
                    "every printed digit",
                    ours == text,
                )
            )
    security = of("security-council", FIFTEEN, 39)
    out += fractions("Security Council", security, {"CHN": ("848/5080", "421/2145"), "KEN": ("84/5080", "4/2145")})
    council = {year: power("EU27", "qmv", f"{year}-05-04").passage for year in (2022, 2025)}
    ours = council[2025]
    out.append(
        judged(
            "power",
            "Council 2025, probability of passage",
            "0.1321",
            f"{ours:.4f}",
            "within 1e-4",
            abs(ours - 0.1321) <= 1e-4,
        )
    )
    out.append(stated("power", "Council 2022, probability of passage", "-", f"{council[2022]:.4f}"))
    return out


def close(rows: Sequence[Row]) -> str:
    return "Every index is a ratio of whole numbers of coalitions, so that a difference could only be an error."
