"""Proposal: a scenario put to a vote, with whom it is meant to hit and the exemptions that may be bargained over."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from interdep.errors import InputError, unknown
from interdep.geography import economies
from interdep.shocks.kinds import EVERY, Codes, Names, YesNo
from interdep.shocks.messages import OneSentence, line_of, sentence, worst
from interdep.shocks.scenario import CalendarDay, Scenario, SourceNote
from interdep.shocks.scenario import library as scenarios

Basis = Literal["products", "equilibrium", "ario"]
BASES: tuple[str, ...] = ("products", "equilibrium", "ario")


class CarveOut(BaseModel, metaclass=OneSentence):
    """One exemption that may be bargained over, for each of the members it names or for all of them together.

    members: who may have it, default every member; together: one decision for all of them; products, modes: of which
    deliveries, default all that the proposal bans; until: the last day, default until decided otherwise.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    members: Names | None = None
    together: YesNo = False
    products: Codes | None = None
    modes: Names | None = None
    until: CalendarDay | None = None
    note: str = ""
    source: str = ""


class Past(BaseModel, metaclass=OneSentence):
    """What came of a proposal that has been decided: who objected or got an exemption, in a sentence or two, and by which source.

    It is set beside the answer and never read for it; hindsight: what of the answer was formed by somebody who knew it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    objected: Names
    text: str
    source: str
    hindsight: str = ""


class Proposal(BaseModel, metaclass=OneSentence):
    """A scenario put to a vote; made by `Proposal.read`, `Proposal.of` or by hand.

    scenario: a library scenario or a file; target: whom it is to hit; products, products_in: what it bans, where it names
    products; key_products: those of them that costs by product are counted on; costs: the basis of costs unless another is
    asked for; proposed, decided: the days; effective: from when it holds, from which exemptions are counted; happened: what came
    of it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1)]
    title: str = ""
    title_ja: str = ""
    description: str = ""
    scenario: Annotated[str, Field(min_length=1)]
    target: Annotated[str, Field(min_length=1)]
    products: Codes | None = None
    products_in: str = "HS22"
    key_products: Codes | None = None
    costs: Basis | None = None
    proposed: CalendarDay | None = None
    decided: CalendarDay | None = None
    effective: CalendarDay | None = None
    carve_outs: tuple[CarveOut, ...] = ()
    happened: Past | None = None
    sources: tuple[SourceNote, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Proposal:
        for number, each in enumerate(self.carve_outs, start=1):
            strange = [p for p in each.products or () if p not in (self.products or ())]
            if strange:
                raise ValueError(
                    f"of carve-out {number} names the product {strange[0]!r}, which the proposal does not ban"
                )
            if each.until and self.effective and each.until <= self.effective:
                raise ValueError(
                    f"of carve-out {number} ends on {each.until}, before the proposal holds ({self.effective})"
                )
        strange = [p for p in self.key_products or () if p not in (self.products or ())]
        if strange:
            raise ValueError(f"key_products names {strange[0]!r}, which is not among the products")
        return self

    @classmethod
    def read(cls, source: str | Path, members: Collection[str] = ()) -> Put:
        """A packaged proposal, a scenario of the library, or a TOML file of a proposal or of a scenario, with its scenario.

        members: who votes, so that the target of a bare scenario is one of the others. Raises InputError, with file, line and
        key, for the first thing that is wrong.
        """
        if str(source) in library():
            text = (resources.files("interdep.agreement") / "library" / f"{source}.toml").read_text(encoding="utf-8")
            return cls._parse(text, str(source), None)
        if str(source) in scenarios():
            return Put.of(Scenario.read(source), members)
        path = Path(source)
        if path.suffix != ".toml":
            raise unknown(
                "proposal",
                str(source),
                sorted({*library(), *scenarios()}),
                "the library (a file of your own ends in .toml)",
            )
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError as error:
            raise InputError(f"there is no file {path}; packaged proposals are {', '.join(library())}") from error
        except UnicodeDecodeError as error:
            raise InputError(f"{path} is not UTF-8 text; save it as UTF-8") from error
        except OSError as error:
            raise InputError(f"cannot read {path}: {error.strerror}") from error
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"{path} is not TOML: {error}") from error
        return Put.of(Scenario.read(path), members) if "shocks" in data else cls._parse(text, str(path), path.parent)

    @classmethod
    def _parse(cls, text: str, where: str, folder: Path | None) -> Put:
        try:
            made = cls.model_validate(tomllib.loads(text))
        except ValidationError as error:
            first = worst(error)
            inner = first["loc"][0] if len(first["loc"]) > 1 else ""
            model: type[BaseModel] = {"carve_outs": CarveOut, "sources": SourceNote, "happened": Past}.get(
                str(inner), cls
            )
            place = f"{where}, line {line_of(text, first['loc'])}"
            raise InputError(sentence(first, place, list(model.model_fields))) from error
        if economies(made.target) != (made.target,):
            raise InputError(
                f"{where}: target = {made.target!r} is a group; name the one economy that the proposal is to hit"
            )
        beside = folder / made.scenario if folder is not None and made.scenario.endswith(".toml") else made.scenario
        return Put(made, Scenario.read(beside))

    def __repr__(self) -> str:
        lines = [
            f"Proposal {self.name}: {self.title or self.scenario}",
            f"├─ scenario {self.scenario}, target {self.target}",
        ]
        lines += [f"├─ may be carved out: {c.note or c}" for c in self.carve_outs]
        lines.append(f"└─ proposed {self.proposed or 'on no day'}, decided {self.decided or 'not yet'}")
        return "\n".join(lines)


@dataclass(frozen=True)
class Put:
    """A proposal and the scenario it puts to the vote."""

    proposal: Proposal
    scenario: Scenario

    @classmethod
    def of(cls, scenario: Scenario, members: Collection[str] = ()) -> Put:
        """A scenario as a proposal from which each member may be exempted altogether.

        The target is the one economy, other than the members, that its bans and duties are directed against; InputError where
        it is not one.
        """
        sides = {name for shock in scenario.shocks for name in against(shock, scenario.start)} - set(members)
        if len(sides) != 1:
            named = ", ".join(sorted(sides)[:5]) or "nobody"
            raise InputError(
                f'whom {scenario.name} is to hit cannot be told from it ({named}); write a proposal with target = "RUS",'
                " see docs/agreement.md"
            )
        made = Proposal(
            name=scenario.name, title=scenario.title, title_ja=scenario.title_ja, scenario=scenario.name,
            target=sides.pop(), effective=scenario.start, carve_outs=(CarveOut(note="All of it, for one member"),),
        )  # fmt: skip
        return cls(made, scenario)

    @property
    def day(self) -> date | None:
        """The day that decides who belongs to a group: of the proposal, else of its scenario."""
        return self.proposal.proposed or self.scenario.start


DECIDERS: Mapping[str, tuple[str, str]] = {
    "ImportBan": ("economies", "suppliers"), "ExportBan": ("economies", "buyers"), "Tariff": ("economies", "suppliers"),
    "TradeCost": ("economies", "suppliers"),
}  # fmt: skip
"""Kinds of shock that somebody decides: under which key those stand, and under which those it is directed against."""


def against(shock: Any, on: date | None) -> tuple[str, ...]:
    """The economies that a decided shock is directed against; of a stop that the supplier decides, nobody."""
    if shock.kind not in DECIDERS:
        return ()
    names = getattr(shock, DECIDERS[shock.kind][1])
    return names if names == (EVERY,) else economies(list(names), on=on)


def library() -> tuple[str, ...]:
    """The names of the proposals that come with the package."""
    folder = resources.files("interdep.agreement") / "library"
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))
