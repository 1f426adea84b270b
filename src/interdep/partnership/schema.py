"""Partnership: who the members are and what the pillars are about, as a TOML file fit for review."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from interdep.errors import InputError, unknown
from interdep.geography import economies
from interdep.partnership.measures import Resilience, Sanctions, Vote
from interdep.shocks.kinds import Names
from interdep.shocks.messages import OneSentence, line_of, sentence, worst
from interdep.shocks.scenario import CalendarDay, SourceNote


class Pillar(BaseModel, metaclass=OneSentence):
    """One field of the partnership and the industries (ISIC Rev. 4) it is about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern="^[a-z0-9-]+$")]
    title: str
    title_ja: str = ""
    industries: Names | None = None


class Partnership(BaseModel, metaclass=OneSentence):
    """Members (economies or groups, each one partner), pillars and what is weighed; made by `Partnership.read` or by hand."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1)]
    title: str
    title_ja: str = ""
    members: Annotated[Names, Field(min_length=2)]
    since: CalendarDay | None = None
    legal_basis: str = ""
    sources: tuple[SourceNote, ...] = ()
    pillars: tuple[Pillar, ...] = ()
    plans: tuple[Resilience, ...] = ()
    votes: tuple[Vote, ...] = ()
    coalitions: tuple[Sanctions, ...] = ()

    @classmethod
    def read(cls, source: str | Path) -> Partnership:
        """A partnership of the library by name ("eu-japan"), or a folder with `partnership.toml`, or that file.

        Raises InputError, with file, line and key, for the first thing that is wrong, unknown members included.
        """
        if str(source) in library():
            place = resources.files("interdep.partnership") / "library" / str(source) / "partnership.toml"
            return cls._parse(place.read_text(encoding="utf-8"), str(source))
        path = Path(source)
        if path.is_dir():
            path = path / "partnership.toml"
        if path.suffix != ".toml":
            raise unknown("partnership", str(source), library(), "the library (or name a folder with partnership.toml)")
        try:
            return cls._parse(path.read_bytes().decode("utf-8-sig"), str(path))
        except FileNotFoundError as error:
            raise InputError(
                f"there is no file {path}; partnerships of the library are {', '.join(library())}"
            ) from error
        except UnicodeDecodeError as error:
            raise InputError(f"{path} is not UTF-8 text; save it as UTF-8") from error
        except OSError as error:
            raise InputError(f"cannot read {path}: {error.strerror}") from error

    @classmethod
    def _parse(cls, text: str, where: str) -> Partnership:
        try:
            partnership = cls.model_validate(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"{where} is not TOML: {error}") from error
        except ValidationError as error:
            first = worst(error)
            inside = {"pillars": Pillar, "plans": Resilience, "votes": Vote, "coalitions": Sanctions}
            model = inside.get(str(first["loc"][0]), cls) if len(first["loc"]) > 1 else cls
            place = f"{where}, line {line_of(text, first['loc'])}"
            raise InputError(sentence(first, place, list(model.model_fields))) from error
        for number, pillar in enumerate(partnership.pillars):
            if pillar.id in [other.id for other in partnership.pillars[:number]]:
                line = line_of(text, ("pillars", number, "id"))
                raise InputError(
                    f"{where}, line {line}: the pillar {pillar.id!r} stands twice; give each an id of its own"
                )
        for number, plan in enumerate(partnership.plans):
            if plan.name in [other.name for other in partnership.plans[:number]]:
                line = line_of(text, ("plans", number, "name"))
                raise InputError(
                    f"{where}, line {line}: the plan {plan.name!r} stands twice; give each a name of its own"
                )
        place = f"{where}, line {line_of(text, ('members',))}, members"
        partner_of: dict[str, str] = {}
        for member in partnership.members:
            try:
                codes = economies(member, on=partnership.since)
            except InputError as error:
                raise InputError(f"{place}: {error}") from error
            for code in codes:
                if code in partner_of:
                    raise InputError(f"{place}: {code} belongs to both {partner_of[code]} and {member}; name it once")
                partner_of[code] = member
        return partnership

    def __repr__(self) -> str:
        lines = [f"Partnership {self.name}: {self.title}", f"├─ members: {', '.join(self.members)}"]
        lines += [f"├─ pillar {p.id}: {p.title}" for p in self.pillars]
        lines.append(f"└─ since {self.since or 'not known'}")
        return "\n".join(lines)


def library() -> tuple[str, ...]:
    """The names of the partnerships that come with the package."""
    folder = resources.files("interdep.partnership") / "library"
    return tuple(sorted(f.name for f in folder.iterdir() if f.is_dir() and not f.name.startswith(("_", "."))))
