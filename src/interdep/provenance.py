"""Where a number comes from: sources with year and licence, the steps taken, the version and method that made it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

VERSION = "0.6.0"
METHOD = 2
"""Rises by one whenever a change of method moves published results; CHANGELOG says which and why."""


@dataclass(frozen=True)
class Source:
    """One publication or data set: what to cite, for which year, under which licence."""

    title: str
    year: int | None = None
    licence: str = ""
    url: str = ""
    citation: str = ""

    def __str__(self) -> str:
        """The source in one line."""
        parts = [self.citation or self.title]
        if self.licence:
            parts.append(f"licence {self.licence}")
        if self.url:
            parts.append(self.url)
        return "; ".join(parts)


@dataclass(frozen=True)
class Provenance:
    """What every result carries: the data behind it, what was done to them, and the software that did it."""

    sources: tuple[Source, ...] = ()
    steps: tuple[str, ...] = ()
    data_year: int | None = None
    version: str = VERSION
    method: int = METHOD
    extra: dict[str, Any] = field(default_factory=dict)

    def then(self, *steps: str, **extra: Any) -> Provenance:
        """The same provenance with further steps (and further facts) at its end."""
        return Provenance(
            self.sources, self.steps + steps, self.data_year, self.version, self.method, {**self.extra, **extra}
        )

    def with_sources(self, *sources: Source) -> Provenance:
        """The same provenance citing these sources as well, each once."""
        joined = self.sources + tuple(s for s in sources if s not in self.sources)
        return Provenance(joined, self.steps, self.data_year, self.version, self.method, dict(self.extra))

    def to_dict(self) -> dict[str, Any]:
        """Plain data for manifests and `--json`."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Provenance:
        """The inverse of `to_dict`."""
        return cls(
            sources=tuple(Source(**s) for s in data.get("sources", ())),
            steps=tuple(data.get("steps", ())),
            data_year=data.get("data_year"),
            version=data.get("version", ""),
            method=data.get("method", 0),
            extra=dict(data.get("extra", {})),
        )

    def cite(self) -> str:
        """What to cite, one source a line, the software last."""
        lines = [f"- {source}" for source in self.sources]
        lines.append(f"- interdep {self.version} (method {self.method}), Apache-2.0")
        return "\n".join(lines)
