"""Table: what every result is, a long frame that knows its dimensions, units, source and data year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interdep.errors import InputError, MissingData, unknown
from interdep.provenance import METHOD, Provenance
from interdep.store import MANIFEST, read_manifest, write_bytes, write_json

if TYPE_CHECKING:
    import polars as pl

DIMENSIONS = (
    "model", "scenario", "draw", "economy", "industry", "supplier", "buyer", "product", "period", "day", "member",
    "parameter", "criterion", "lever", "arrangement", "disruption", "budget", "mode",
)  # fmt: skip
"""The only names a dimension may have, in the order they stand in a table."""

NEVER_SUMMED = ("model", "scenario", "draw", "parameter", "criterion", "arrangement", "disruption", "budget")
"""Adding up over these would mix alternatives, so `Table.by` keeps them."""

NO_AMOUNT = ("fraction", "day", "count", "year", "quantile", "rank correlation", "the parameter's")
"""Units that begin like this are never added up."""


@dataclass(frozen=True, eq=False)
class Table:
    """A long frame of results.

    name: what it is, also its file name; frame: polars, one row a cell; dims: its dimension columns; units: the unit of
    each value column ("" for text); ratios: value columns that are `numerator / denominator` of two others, made again on
    every sum. A missing cell is null.
    """

    name: str
    frame: pl.DataFrame
    dims: tuple[str, ...]
    units: Mapping[str, str]
    title: str = ""
    ratios: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    provenance: Provenance = field(default_factory=Provenance)

    def __post_init__(self) -> None:
        for dim in self.dims:
            if dim not in DIMENSIONS:
                raise unknown("dimension", dim, DIMENSIONS, f"table {self.name!r}")
        missing = [c for c in (*self.dims, *self.units) if c not in self.frame.columns]
        if missing:
            raise InputError(
                f"table {self.name!r} has no column {missing[0]!r}; it has {', '.join(self.frame.columns)}"
            )

    @property
    def values(self) -> tuple[str, ...]:
        """The value columns, in order."""
        return tuple(self.units)

    def by(self, *dims: str) -> Table:
        """Summed over every dimension not named; alternatives (model, scenario, draw) stay; ratios are made again.

        Only amounts are summed: fractions that are no ratio of two columns, days, and text, are left out. Raises InputError where
        nothing can be summed.
        """
        import polars as pl

        for dim in dims:
            if dim not in self.dims:
                raise unknown("dimension", dim, self.dims, f"table {self.name!r}")
        keep = tuple(d for d in self.dims if d in dims or d in NEVER_SUMMED)
        sums = [c for c, unit in self.units.items() if c not in self.ratios and unit and not unit.startswith(NO_AMOUNT)]
        if not sums:
            raise InputError(f"table {self.name!r} holds no amounts that could be summed, only {', '.join(self.units)}")
        # A missing cell stays missing in the sum: polars would otherwise count it as zero.
        whole = [pl.when(pl.col(c).is_null().any()).then(None).otherwise(pl.col(c).sum()).alias(c) for c in sums]
        frame = self.frame.group_by(keep, maintain_order=True).agg(whole) if keep else self.frame.select(whole)
        for name, (top, bottom) in self.ratios.items():
            ratio = pl.when(pl.col(bottom) != 0).then(pl.col(top) / pl.col(bottom)).otherwise(None)
            frame = frame.with_columns(ratio.alias(name))
        units = {c: u for c, u in self.units.items() if c in frame.columns}
        return replace(self, frame=frame.select(*keep, *units), dims=keep, units=units)

    def grouped(self, dim: str, groups: Mapping[str, Sequence[str]], *keep: str) -> Table:
        """One row for each group in place of its members along a dimension (other dimensions but alternatives summed).

        groups: {label: members}; every member must occur, else InputError; keep: further dimensions that are not summed.
        Alternatives are refused: they are never added up.
        """
        import polars as pl

        if dim in NEVER_SUMMED:
            raise InputError(
                f"table {self.name!r}: a {dim} is an alternative, and alternatives are not added up; use where()"
            )
        empty = [label for label, members in groups.items() if not members]
        if empty or not groups:
            what = f"group {empty[0]!r}" if empty else "the mapping of groups"
            raise InputError(f"table {self.name!r}: {what} is empty; name at least one {dim}")
        summed = [self.where(**{dim: list(members)}).by(*keep) for members in groups.values()]
        frames = [part.frame.with_columns(pl.lit(label).alias(dim)) for label, part in zip(groups, summed, strict=True)]
        dims = tuple(d for d in self.dims if d in NEVER_SUMMED or d == dim or d in keep)
        return replace(self, frame=pl.concat(frames).select(*dims, *summed[0].units), dims=dims, units=summed[0].units)

    def where(self, **labels: str | list[str] | tuple[str, ...]) -> Table:
        """Only the rows with these labels; a label that does not occur is an error with the nearest one."""
        import polars as pl

        frame = self.frame
        for dim, wanted in labels.items():
            if dim not in self.dims:
                raise unknown("dimension", dim, self.dims, f"table {self.name!r}")
            names = [wanted] if isinstance(wanted, str) else list(wanted)
            present = self.frame[dim].unique(maintain_order=True).to_list()
            for name in names:
                if name not in present:
                    raise unknown(dim, str(name), [str(p) for p in present], f"table {self.name!r}")
            frame = frame.filter(pl.col(dim).is_in(names))
        return replace(self, frame=frame)

    def top(self, n: int, by: str | None = None) -> Table:
        """The n rows with the largest value (first value column unless named); equal values by label order, missing last."""
        import polars as pl

        if by is None and not self.values:
            raise InputError(f"table {self.name!r} has no value column; name the column to rank by")
        column = by or self.values[0]
        if column not in self.frame.columns:
            raise unknown("column", column, self.frame.columns, f"table {self.name!r}")
        # polars takes NaN for the largest number.
        value = pl.col(column).fill_nan(None) if self.frame[column].dtype.is_float() else pl.col(column)
        keys = [value, *self.dims]
        frame = self.frame.sort(keys, descending=[True] + [False] * len(self.dims), nulls_last=True).head(n)
        return replace(self, frame=frame)

    def to_polars(self) -> pl.DataFrame:
        """The frame itself."""
        return self.frame

    def to_pandas(self) -> Any:
        """A pandas frame indexed by the dimensions (needs pandas)."""
        try:
            import pandas as pd
        except ImportError as error:
            raise MissingData("pandas is not installed: pip install 'interdep[pandas]'") from error
        frame = pd.DataFrame({c: self.frame[c].to_list() for c in self.frame.columns})
        out = frame.set_index(list(self.dims)) if self.dims else frame
        out.attrs = {"name": self.name, "units": dict(self.units), "provenance": self.provenance.to_dict()}
        return out

    def to_xarray(self) -> Any:
        """An xarray Dataset over the dimensions, units in the attributes; absent cells are NaN (needs xarray)."""
        try:
            import xarray  # noqa: F401
        except ImportError as error:
            raise MissingData("xarray is not installed: pip install 'interdep[xarray]'") from error
        data = self.to_pandas()[list(self.units)].to_xarray()
        for column, unit in self.units.items():
            data[column].attrs["unit"] = unit
        data.attrs = {"name": self.name, "sources": [str(s) for s in self.provenance.sources]}
        return data

    def to_rows(self) -> list[dict[str, Any]]:
        """One dict a row, for JSON."""
        return self.frame.to_dicts()

    def to_dict(self) -> dict[str, Any]:
        """Everything about the table as plain data, rows included."""
        return {**self.about(), "rows": self.to_rows()}

    def about(self) -> dict[str, Any]:
        """Everything about the table but its rows."""
        return {
            "name": self.name,
            "title": self.title,
            "dimensions": list(self.dims),
            "units": dict(self.units),
            "ratios": {k: list(v) for k, v in self.ratios.items()},
            "provenance": self.provenance.to_dict(),
        }

    def csv(self) -> str:
        """The table as CSV text: units stand in the header, as in "value_added_lost [mn USD (2014)]"."""
        names = {c: f"{c} [{u}]" for c, u in self.units.items() if u}
        return self.frame.rename(names).write_csv()

    def save(self, folder: Path, csv: bool = True) -> list[Path]:
        """Write NAME.csv (UTF-8 with BOM, for Excel), where wanted, and NAME.parquet into a folder; returns the paths."""
        import io

        text, parquet = folder / f"{self.name}.csv", folder / f"{self.name}.parquet"
        if csv:
            write_bytes(text, b"\xef\xbb\xbf" + self.csv().encode("utf-8"))
        buffer = io.BytesIO()
        self.frame.write_parquet(buffer)
        write_bytes(parquet, buffer.getvalue())
        return [text, parquet] if csv else [parquet]

    @classmethod
    def load(cls, folder: Path, about: Mapping[str, Any]) -> Table:
        """The table whose `about()` stands in a manifest and whose rows lie in NAME.parquet beside it."""
        import polars as pl

        path = folder / f"{about['name']}.parquet"
        if not path.exists():
            raise InputError(f"{folder} has lost its table {about['name']}.parquet; make the results again")
        try:
            frame = pl.read_parquet(path)
        except Exception as error:
            raise InputError(
                f"{path} is not a readable Parquet file ({type(error).__name__}); make the results again"
            ) from error
        return cls(
            about["name"], frame, tuple(about["dimensions"]), dict(about["units"]), about.get("title", ""),
            {k: (v[0], v[1]) for k, v in about.get("ratios", {}).items()}, Provenance.from_dict(about["provenance"]),
        )  # fmt: skip

    def __len__(self) -> int:
        return self.frame.height

    def __repr__(self) -> str:
        sizes = " x ".join(f"{self.frame[d].n_unique()} {d}" for d in self.dims)
        lines = [f"Table {self.name}: {self.title or self.name}", f"├─ {self.frame.height} rows: {sizes}"]
        lines += [f"├─ {c} [{u}]" if u else f"├─ {c}" for c, u in self.units.items()]
        year = self.provenance.data_year
        lines.append(f"└─ data year {year}; {len(self.provenance.sources)} source(s), see .provenance.cite()")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return self.frame.head(20)._repr_html_()


def save_tables(folder: Path, tables: Mapping[str, Table], *, csv: bool = True, **facts: Any) -> None:
    """Write tables and a manifest that says what they are, from which `load_tables` reads them back.

    tables: by the name under which they are asked for again; csv: as Parquet and as CSV; facts: further plain data for the
    manifest.
    """
    for table in tables.values():
        table.save(folder, csv)
    about = {name: table.about() for name, table in tables.items()}
    write_json(folder / MANIFEST, {**read_manifest(folder), **facts, "tables": about})


def load_tables(folder: Path, kind: str) -> tuple[dict[str, Table], dict[str, Any]]:
    """(tables, manifest) of a folder written by `save_tables` with this `kind`.

    Raises InputError where the folder holds something else or was made by another method version.
    """
    manifest = read_manifest(folder)
    if manifest.get("kind") != kind:
        raise InputError(f"{folder} holds no {kind} (its {MANIFEST} is absent or of another kind)")
    tables = {name: Table.load(folder, about) for name, about in manifest["tables"].items()}
    for table in tables.values():
        if table.provenance.method != METHOD:
            raise InputError(
                f"{folder} was made with method {table.provenance.method}, this is method {METHOD}; make it again"
            )
    return tables, manifest
