"""What can be got from whom: address, licence, citation, size and the manual way, one listing a source."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from interdep.errors import InputError, MissingData, unknown
from interdep.provenance import Source


@dataclass(frozen=True)
class Listing:
    """One publisher's files: how to address, cite and, where no address helps, fetch them by hand.

    url and file: templates, url None where a click or a login is needed; limit: most bytes a file may have; years: first and
    last known; bundles: the years that come in one file; revisions: product classification and its first year; version: the
    edition meant unless another is named; checked: the address was tried; manual: what to do in a browser, step by step.
    """

    name: str
    title: str
    publisher: str
    licence: str
    citation: str
    landing_page: str
    url: str | None
    file: str
    years: tuple[int, int]
    limit: int
    big: bool
    manual: tuple[str, ...]
    version: str = ""
    bundles: tuple[tuple[int, int], ...] = ()
    revisions: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    months: bool = False
    checked: bool = False
    note: str = ""

    def needs(self) -> frozenset[str]:
        """What has to be named to get a file, of year and revision."""
        asked = _fields(f"{self.url or ''}{self.file}")
        year = asked & {"year", "bundle", "period"}
        return frozenset({"year"} if year else set()) | frozenset(asked & {"revision"})

    def address(
        self,
        *,
        year: int | None = None,
        revision: str | None = None,
        version: str | None = None,
        month: int | None = None,
    ) -> str:
        """The address of the file with that year (month 1-12), revision and version; default the listing's version.

        Raises MissingData with the manual steps where there is no address; InputError for a year, revision or version
        without one, and where one that is needed is not named.
        """
        if self.url is None:
            raise MissingData(f"{self.name} has no address to download from; {self.by_hand()}")
        return self.url.format_map(self._values(year, revision, version, month))

    def file_name(
        self,
        *,
        year: int | None = None,
        revision: str | None = None,
        version: str | None = None,
        month: int | None = None,
    ) -> str:
        """The name under which that file is kept; raises as `address` does."""
        return self.file.format_map(self._values(year, revision, version, month))

    def source(
        self,
        *,
        year: int | None = None,
        revision: str | None = None,
        version: str | None = None,
        month: int | None = None,
    ) -> Source:
        """What to cite for that file; raises as `address` does."""
        citation = self.citation.format_map(self._values(year, revision, version, month))
        return Source(self.title, year=year, licence=self.licence, url=self.landing_page, citation=citation)

    def by_hand(self) -> str:
        """The manual steps in one line, ending with the option that takes the file."""
        return " ".join([*self.manual, "Then give it with --from FILE."])

    def _values(self, year: int | None, revision: str | None, version: str | None, month: int | None) -> dict[str, str]:
        asked, needs = _fields(f"{self.url or ''}{self.file}"), self.needs()
        if version is not None and version != self.version and "version" not in asked:
            edition = f"edition {self.version}" if self.version else "one edition"
            raise InputError(f"{self.name}: only {edition} has a known address, not {version!r}; {self.by_hand()}")
        if version is not None and not version.isalnum():
            raise InputError(f"{self.name}: a version is letters and digits, as {self.version!r}, not {version!r}")
        if "revision" in needs:
            if revision is None:
                raise InputError(f"{self.name} needs a revision: {', '.join(self.revisions)}")
            if revision not in self.revisions:
                raise unknown("revision", revision, list(self.revisions), self.name)
        elif revision is not None:
            raise InputError(f"{self.name} has no revisions; leave {revision!r} out")
        if "year" in needs and year is None:
            raise InputError(f"{self.name} needs a year of {self.years[0]}-{self.years[1]}")
        if month is not None and not (self.months and 1 <= month <= 12):
            raise InputError(
                f"{self.name}: there is no month {month}" + ("" if self.months else "; it has whole years")
            )
        if year is not None:
            self._check_year(year, revision, other=version not in (None, self.version))
        bundle = next((pair for pair in self.bundles if year is not None and pair[0] <= year <= pair[1]), None)
        return {
            "year": str(year),
            "bundle": f"{bundle[0]}-{bundle[1]}" if bundle else "",
            "revision": revision or "",
            "version": version or self.version,
            "period": f"{year}{month:02}" if month else f"{year}52",
        }

    def _check_year(self, year: int, revision: str | None, other: bool) -> None:
        """A year of this listing's version; another version may end elsewhere, unless the bundles fix where."""
        first, last = self.years
        if revision is not None:
            first = max(first, self.revisions[revision])
        open_ended = (other or self.months) and not self.bundles
        if year < first or (year > last and not open_ended):
            of = f"{self.name} {revision}" if revision else self.name
            raise InputError(f"{of} has the years {first}-{last}, not {year}")


def names() -> tuple[str, ...]:
    """The names of everything that can be got, in the catalogue's order."""
    return tuple(_catalogue())


def listing(name: str) -> Listing:
    """The listing of one source; raises InputError with the nearest name for one that is not there."""
    found = _catalogue().get(name)
    if found is None:
        raise unknown("source", name, names(), "the catalogue")
    return found


@cache
def _catalogue() -> Mapping[str, Listing]:
    text = files("interdep.sources").joinpath("catalogue.toml").read_text(encoding="utf-8")
    return MappingProxyType({name: _read(name, entry) for name, entry in tomllib.loads(text).items()})


def _read(name: str, entry: dict[str, Any]) -> Listing:
    first, last = entry["years"]
    return Listing(
        name=name,
        **{
            **entry,
            "url": entry.get("url"),
            "years": (first, last),
            "manual": tuple(entry["manual"]),
            "bundles": tuple((a, b) for a, b in entry.get("bundles", ())),
            "revisions": MappingProxyType(dict(entry.get("revisions", {}))),
        },
    )


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}
