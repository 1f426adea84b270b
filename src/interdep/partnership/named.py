"""Checks that what a partnership's first file names exists: industries, products, scenarios, levers, proposals, economies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from interdep.errors import InputError, unknown
from interdep.partnership.reading import Piece, Problem

if TYPE_CHECKING:
    from interdep.partnership.schema import Partnership


def unknown_names(partnership: Partnership, cover: Piece) -> Iterator[Problem]:
    """One error, with file, line and the nearest known name, for each name that leads nowhere."""
    for table, looks in _looks().items():
        for number, each in enumerate(getattr(partnership, table)):
            for name, look in looks.items():
                yield from _missing(getattr(each, name), look, cover.at(table, number, name))


def _looks() -> dict[str, dict[str, Callable[[str], object]]]:
    """What each name of each table is looked up with."""
    from interdep.agreement.proposal import Proposal
    from interdep.agreement.rules import rule
    from interdep.shocks.scenario import Scenario

    return {
        "pillars": {"industries": _industry, "products": _product_set},
        "plans": {"scenarios": Scenario.read, "products": _product, "industries": _industry, "levers": _lever},
        "votes": {"proposal": Proposal.read, "members": _economies, "rule": rule},
        "coalitions": {"scenario": Scenario.read, "target": _target, "members": _economies, "add": _economies},
    }


def _missing(values: str | Sequence[str] | None, look: Callable[[str], object], place: str) -> Iterator[Problem]:
    for value in [values] if isinstance(values, str) else values or ():
        try:
            look(value)
        except InputError as error:
            yield Problem("error", f"{place}: {error}")


def _economies(name: str) -> None:
    from interdep.geography import economies

    economies(name)


def _target(name: str) -> None:
    from interdep.geography import economies, groups

    if name in groups():
        raise InputError(f"the target {name!r} is a group; name one economy, whose loss is then counted")
    economies(name)


def _industry(name: str) -> None:
    """A code of any table interdep knows, or of ISIC: which of them a table keeps apart is seen when it is measured."""
    from interdep.classifications import COMMON, classification, classifications
    from interdep.classifications.isic import divisions_of

    if divisions_of(name) is None and not any(name in classification(each).codes for each in classifications()):
        raise unknown("industry", name, classification(COMMON).codes, "ISIC Rev. 4")


def _product(code: str) -> None:
    from interdep.classifications.products import codes, newest_revision, revision_of_year, special_in_cn

    if len(code) == 8 and special_in_cn(code):
        return
    try:
        newest_revision(code[:6])
    except InputError:
        # Product codes are near to each other in meaning where they begin alike, not where they have digits in common.
        known = codes(revision_of_year(2022))
        near = [c for c in known if c.startswith(code[:4])] or [c for c in known if c.startswith(code[:2])]
        size = min(len(code), 6)
        some = list(dict.fromkeys(c[:size] for c in near))[:5]
        there = f"; codes that begin so are {', '.join(some)}" if some else "; there is no chapter that begins so"
        raise InputError(f"unknown product {code!r} in the HS{there}") from None


def _product_set(name: str) -> None:
    from interdep.classifications.product_sets import product_sets

    if name not in product_sets():
        raise unknown("product set", name, product_sets())


def _lever(name: str) -> None:
    from interdep.responses.levers import LEVERS

    if name not in LEVERS:
        raise unknown("lever", name, list(LEVERS))
