"""Measures a partnership weighs, as its file names them: plans against disruptions, votes, coalitions with others."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from interdep.shocks.kinds import Codes, Names
from interdep.shocks.messages import OneSentence
from interdep.shocks.scenario import CalendarDay

Id = Annotated[str, Field(pattern="^[a-z0-9-]+$")]


class Resilience(BaseModel, metaclass=OneSentence):
    """A plan to be made: against which scenarios, or every supplier in turn, for which products or industries, at which budget.

    See `interdep.respond`, whose options these are.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Id
    title: str
    title_ja: str = ""
    scenarios: Names | None = None
    every_supplier: bool = False
    products: Codes | None = None
    industries: Names | None = None
    levers: Names | None = None
    budget: str = "1 % of imports/year"

    @model_validator(mode="after")
    def _something_fails(self) -> Resilience:
        if not (self.scenarios or self.every_supplier):
            raise ValueError("names nothing that fails; give scenarios, or every_supplier = true")
        return self


class Vote(BaseModel, metaclass=OneSentence):
    """A proposal that members of a group vote on; see `interdep.agree`. as_of: the last day whose data count."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    proposal: str
    members: str
    rule: str = "unanimity"
    as_of: CalendarDay | None = None

    @property
    def name(self) -> str:
        """What results are kept under."""
        return f"{self.proposal}-{self.members}-{self.rule}"


class Sanctions(BaseModel, metaclass=OneSentence):
    """A coalition against a target: who acts first, and who may join, in this order; see `interdep.coalitions`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    scenario: str
    target: str
    members: Names
    add: Names

    @property
    def name(self) -> str:
        """What results are kept under."""
        return f"{self.scenario}-{self.target}"
