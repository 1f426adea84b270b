"""Scenario: a named list of shocks with a start date and a horizon, written as a TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from interdep.errors import InputError, unknown
from interdep.shocks.kinds import KINDS, AnyShock, Days, Names
from interdep.shocks.messages import OneSentence, line_of, sentence, worst
from interdep.units import per_cent

if TYPE_CHECKING:
    from interdep.shocks.forcing import Forcing
    from interdep.trade import Trade
    from interdep.world import World


class SourceNote(BaseModel):
    """Where a figure of the scenario comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    url: str = ""
    note: str = ""


def _calendar_day(value: Any) -> Any:
    """A date, or text such as "2022-05-12"; a number is neither (pydantic would count it as seconds since 1970)."""
    from interdep.geography import as_date

    try:
        return None if value is None else as_date(value)
    except InputError as error:
        raise ValueError(f"= {error}") from error


CalendarDay = Annotated[date, BeforeValidator(_calendar_day)]


class _NameFirst(OneSentence):
    """Takes the name as first argument: `Scenario("taiwan", shocks=[...])`."""

    def __call__(cls, name: str | None = None, /, **data: Any) -> Any:
        return super().__call__(**data if name is None else {"name": name, **data})


class Scenario(BaseModel, metaclass=_NameFirst):
    """What happens, from which day, seen over which horizon.

    name: also the file name; start: the date of day 0, which decides who is a member of a group; horizon: days over which
    losses are counted; shocks: one or more, which compound where they overlap.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1)]
    title: str = ""
    title_ja: str = ""
    description: str = ""
    start: CalendarDay | None = None
    horizon: Days = 365
    focus: Names | None = None
    sources: tuple[SourceNote, ...] = ()
    shocks: Annotated[tuple[AnyShock, ...], Field(min_length=1)]

    if TYPE_CHECKING:

        def __init__(self, name: str, /, **data: Any) -> None: ...

    @model_validator(mode="after")
    def _within_horizon(self) -> Scenario:
        for number, shock in enumerate(self.shocks, start=1):
            if shock.start >= self.horizon:
                raise ValueError(
                    f"start of shock {number} is day {shock.start}, after the horizon of {self.horizon} days;"
                    " start it earlier or lengthen the horizon"
                )
        return self

    @classmethod
    def read(cls, source: str | Path) -> Scenario:
        """A library scenario by name ("chip-shortage"), or a TOML file.

        Raises InputError, with file, line and key, for the first thing that is wrong.
        """
        if str(source) in library():
            text = (resources.files("interdep.shocks") / "library" / f"{source}.toml").read_text(encoding="utf-8")
            return cls.parse(text, str(source))
        path = Path(source)
        if path.suffix != ".toml" and not path.exists():
            raise unknown("scenario", str(source), library(), "the library (a file of your own ends in .toml)")
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError as error:
            raise InputError(f"there is no file {path}; library scenarios are {', '.join(library())}") from error
        except IsADirectoryError as error:
            raise InputError(f"{path} is a folder; name the scenario file in it") from error
        except UnicodeDecodeError as error:
            raise InputError(f"{path} is not UTF-8 text; save it as UTF-8") from error
        except OSError as error:
            raise InputError(f"cannot read {path}: {error.strerror}") from error
        return cls.parse(text, str(path))

    @classmethod
    def parse(cls, text: str, where: str) -> Scenario:
        """The scenario in a TOML text; `where` is the file named in errors."""
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"{where} is not TOML: {error}") from error
        try:
            scenario = cls.model_validate(data)
        except ValidationError as error:
            first = worst(error)
            location = first["loc"]
            if first["type"] == "union_tag_invalid":
                location = (*location, "kind")
            if first["type"] == "value_error" and not location:
                message = str(first["msg"]).removeprefix("Value error, ")
                number = int(message.split("shock ")[1].split(" ")[0]) - 1
                raise InputError(f"{where}, line {line_of(text, ('shocks', number, 'start'))}: {message}") from error
            place = f"{where}, line {line_of(text, location)}"
            raise InputError(sentence({**first, "loc": location}, place, _known(location))) from error
        # For error texts alone: no field, so that it counts in no comparison; a copy with other shocks has no place in a file.
        vars(scenario)["_origin"] = (where, text, scenario.shocks)
        return scenario

    def toml(self) -> str:
        """The scenario as the text of a file that `read` reads back; what stands at its default is left out."""
        import tomlkit

        told = self.model_dump(mode="python", exclude_none=True, exclude_defaults=True)
        # The kind is each shock's default, and what a reader looks for first.
        told["shocks"] = [{"kind": s.kind, **each} for s, each in zip(self.shocks, told["shocks"], strict=True)]
        return tomlkit.dumps(told)

    def place(self, number: int, key: str = "") -> str:
        """Where shock `number` (from 1), or a key of it, stands: file and line, or the names of both; for error texts."""
        file, text, shocks = vars(self).get("_origin", ("", "", ()))
        if shocks is not self.shocks:
            return (
                f"scenario {self.name!r}, shock {number} ({type(self.shocks[number - 1]).__name__}){key and ', ' + key}"
            )
        line = line_of(text, ("shocks", number - 1, key) if key else ("shocks", number - 1))
        return f"{file}, line {line}{key and ', ' + key}"

    def on(self, world: World, at: date | None = None, trade: Sequence[Trade] | Trade | None = None) -> Forcing:
        """This scenario compiled against a World: labels become masks, times become daily paths.

        at: the date that decides group membership, default `start`, else the groups as they stand now; trade: where shocks
        that name products find them, default the packaged tables.
        Raises InputError where an economy or industry is not in the table or would have to be split, MissingData where no
        trade table has the products between these economies.
        """
        from interdep.shocks.forcing import compile_scenario

        several = trade if trade is None or isinstance(trade, Sequence) else (trade,)
        return compile_scenario(self, world, at or self.start, several)

    def __repr__(self) -> str:
        lines = [f"Scenario {self.name}: {self.title or self.description or 'no title'}"]
        lines.append(f"├─ {self.horizon} days" + (f" from {self.start}" if self.start else ""))
        for shock in self.shocks:
            size = per_cent(getattr(shock, "share", getattr(shock, "rate", 0.0)))
            where = ", ".join(getattr(shock, "economies", ()))
            what = ", ".join(getattr(shock, "products", None) or getattr(shock, "industries", ()))
            lines.append(
                f"├─ {type(shock).__name__} {size} {where} [{what}], day {shock.start} for {shock.days}"
                + (f" + {shock.recovery} of recovery" if shock.recovery else "")
            )
        lines.append(f"└─ {len(self.sources)} source(s)")
        return "\n".join(lines)


def library() -> tuple[str, ...]:
    """The names of the scenarios that come with the package."""
    folder = resources.files("interdep.shocks") / "library"
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


def _known(location: tuple[str | int, ...]) -> list[str]:
    """The keys that may stand where an error is: of the scenario, of a source, or of the kind of shock."""
    if location and location[0] == "shocks":
        tag = next((p for p in location if isinstance(p, str) and p in KINDS), None)
        return list(KINDS[tag].model_fields) if tag else list(KINDS)
    if location and location[0] == "sources" and len(location) > 1:
        return list(SourceNote.model_fields)
    return list(Scenario.model_fields)
