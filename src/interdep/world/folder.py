"""A World as a folder that a person can write by hand: `world.toml` and labelled tables, CSV or Parquet.

    world.toml          name, year, currency, economies, industries, final_uses, ... (see `FolderHeader`)
    intermediate.csv    supplier, supplier_industry, buyer, buyer_industry, value
    final_use.csv       supplier, supplier_industry, buyer, final_use, value
    value_added.csv     economy, industry, value        (optional; else output less inputs)
    gross_output.csv    economy, industry, value        (optional; else row sums)
    duties.csv          product, supplier, buyer, value (optional; import duty as a fraction; what is not listed pays none)

Order of rows does not matter: labels do. Economies are ISO 3166 codes, group names or `ROW`; others must be declared under
`[aggregates]`. A cell that is not listed is an error unless `absent = "zero"`.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from interdep.errors import InputError, MissingData, did_you_mean, unknown
from interdep.provenance import Provenance, Source
from interdep.store import write_bytes, write_text
from interdep.units import Money
from interdep.world.invariants import check_labels
from interdep.world.world import World

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

SCALES = {"units": 1.0, "thousands": 1e3, "millions": 1e6, "billions": 1e9}


class FolderHeader(BaseModel):
    """`world.toml` of a table folder."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str
    year: int
    currency: str = Field(pattern="^[A-Z]{3}$")
    scale: Literal["units", "thousands", "millions", "billions"] = "millions"
    price_basis: str = "current basic prices"
    classification: str = "own"
    economies: list[str]
    industries: list[str]
    final_uses: list[str]
    aggregates: dict[str, str] = {}
    absent: Literal["error", "zero"] = "error"
    tolerance: float = 1e-6
    rounding: float = 0.0
    source: str
    licence: str = ""
    url: str = ""


def read_folder(folder: Path) -> World:
    """The World in a folder.

    Raises MissingData where a file is absent, InputError where a header key, a label, a number or a cell is wrong.
    """
    header = _header(folder / "world.toml")
    check_labels(str(folder / "world.toml"), header.economies, header.industries, header.final_uses)
    _known_economies(header, folder)
    nodes = (header.economies, header.industries)
    about = Source(header.source, header.year, header.licence, header.url)

    def optional(name: str) -> NDArray | None:
        if not _path(folder, name, must=False):
            return None
        return _dense(folder, name, ("economy", "industry"), nodes, header.absent).reshape(-1)

    flow_labels = ("supplier", "supplier_industry", "buyer", "buyer_industry")
    use_labels = ("supplier", "supplier_industry", "buyer", "final_use")
    size = len(header.economies) * len(header.industries)
    flows = _dense(folder, "intermediate", flow_labels, (*nodes, *nodes), header.absent)
    uses = _dense(folder, "final_use", use_labels, (*nodes, header.economies, header.final_uses), header.absent)
    duties = None
    if _path(folder, "duties", must=False):
        three = (header.industries, header.economies, header.economies)
        duties = _dense(folder, "duties", ("product", "supplier", "buyer"), three, "zero")
    return World(
        name=header.name,
        money=Money(header.currency, header.year, SCALES[header.scale]),
        economies=tuple(header.economies),
        industries=tuple(header.industries),
        final_uses=tuple(header.final_uses),
        intermediate=flows.reshape(size, size),
        final_use=uses.reshape(size, len(header.economies), -1),
        gross_output=optional("gross_output"),  # type: ignore[arg-type]
        value_added=optional("value_added"),  # type: ignore[arg-type]
        duties=duties,
        classification=header.classification,
        price_basis=header.price_basis,
        tolerance=header.tolerance,
        rounding=header.rounding,
        provenance=Provenance((about,), (f"read from the folder {folder.name}",), header.year),
    )


def write_folder(world: World, folder: Path, *, parquet: bool = True) -> None:
    """Write a World in the same layout, every cell listed; Parquet unless `parquet` is False (then CSV).

    Estimates and labour shares have no place in this layout and are not written.
    """
    import io

    import polars as pl

    source = world.provenance.sources[0] if world.provenance.sources else Source("not stated")
    scale = {v: k for k, v in SCALES.items()}.get(world.money.scale)
    if scale is None:
        raise InputError(f"{world.name}: a scale of {world.money.scale:g} cannot be written; known are {list(SCALES)}")
    aggregates = [f"{_quoted(e)} = {_quoted(e)}" for e in world.economies if e not in _known()]
    lines = [
        f"name = {_quoted(world.name)}", f"year = {world.year}", f"currency = {_quoted(world.money.currency)}",
        f"scale = {_quoted(scale)}", f"price_basis = {_quoted(world.price_basis)}",
        f"classification = {_quoted(world.classification)}",
        f"economies = [{', '.join(map(_quoted, world.economies))}]",
        f"industries = [{', '.join(map(_quoted, world.industries))}]",
        f"final_uses = [{', '.join(map(_quoted, world.final_uses))}]",
        f"tolerance = {float(world.tolerance)!r}", f"rounding = {float(world.rounding)!r}",
        f"source = {_quoted(source.title)}", f"licence = {_quoted(source.licence)}", f"url = {_quoted(source.url)}",
        *(["[aggregates]", *aggregates] if aggregates else []),
    ]  # fmt: skip
    write_text(folder / "world.toml", "\n".join(lines) + "\n")
    nodes = (world.economies, world.industries)
    for name, labels, axes, values in (
        ("intermediate", ("supplier", "supplier_industry", "buyer", "buyer_industry"), (*nodes, *nodes), world.intermediate),
        ("final_use", ("supplier", "supplier_industry", "buyer", "final_use"),
         (*nodes, world.economies, world.final_uses), world.final_use),
        ("gross_output", ("economy", "industry"), nodes, world.gross_output),
        ("value_added", ("economy", "industry"), nodes, world.value_added),
        ("duties", ("product", "supplier", "buyer"), (world.industries, world.economies, world.economies), world.duties),
    ):  # fmt: skip
        if values is None:
            continue
        grid = np.indices([len(axis) for axis in axes]).reshape(len(axes), -1)
        columns = {
            label: pl.Series(label, np.array(axis, dtype=object)[place].tolist(), dtype=pl.String)
            for label, axis, place in zip(labels, axes, grid, strict=True)
        }
        frame = pl.DataFrame({**columns, "value": values.reshape(-1)})
        if parquet:
            buffer = io.BytesIO()
            frame.write_parquet(buffer)
            write_bytes(folder / f"{name}.parquet", buffer.getvalue())
        else:
            write_bytes(folder / f"{name}.csv", b"\xef\xbb\xbf" + frame.write_csv().encode())


def _quoted(text: str) -> str:
    """A TOML basic string (JSON strings are valid TOML strings)."""
    import json

    return json.dumps(text, ensure_ascii=False)


def _header(path: Path) -> FolderHeader:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise MissingData(f"{path} is absent; a table folder needs it, see docs/own-table.md") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    try:
        return FolderHeader.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path} is not TOML: {error}") from error
    except ValidationError as error:
        # A misspelt key is also an absent one; the misspelling is what helps.
        first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
        name = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise InputError(f"{path}: unknown key {name!r}{did_you_mean(name, FolderHeader.model_fields)}") from error
        if first["type"] == "missing":
            raise InputError(f"{path}: the key {name!r} is absent; add it") from error
        raise InputError(f"{path}: {name} = {first['input']!r}: {first['msg']}") from error


def _known_economies(header: FolderHeader, folder: Path) -> None:
    from interdep.geography import economies

    for code in header.economies:
        if code not in header.aggregates and code not in _known():
            try:
                economies(code)
            except InputError as error:
                raise InputError(
                    f"{folder / 'world.toml'}: {error} (an aggregate of your own is declared under [aggregates])"
                ) from error


def _known() -> set[str]:
    """Labels that need no declaration: ISO 3166 codes, ROW, group names."""
    from interdep.geography import economies, groups

    return {*economies(), *groups()}


def _path(folder: Path, name: str, must: bool = True) -> Path | None:
    found = [p for p in (folder / f"{name}.parquet", folder / f"{name}.csv") if p.exists()]
    if len(found) == 2:
        raise InputError(f"{folder} holds both {name}.parquet and {name}.csv; keep one")
    if not found and must:
        raise MissingData(f"{folder} has neither {name}.csv nor {name}.parquet; see docs/own-table.md for the layout")
    return found[0] if found else None


def _frame(path: Path, labels: tuple[str, ...]) -> pl.DataFrame:
    import io

    import polars as pl

    try:
        if path.suffix == ".parquet":
            frame = pl.read_parquet(path)
        else:
            frame = pl.read_csv(io.BytesIO(path.read_bytes().decode("utf-8-sig").encode()), infer_schema=False)
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text; save it as UTF-8 (in Excel: CSV UTF-8)") from error
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"{path} cannot be read ({reason}); is it complete?") from error
    wanted = (*labels, "value")
    absent = [c for c in wanted if c not in frame.columns]
    if absent:
        commas = "; separate columns by commas, not semicolons" if ";" in frame.columns[0] else ""
        raise InputError(f"{path} has no column {absent[0]!r}; it needs {', '.join(wanted)}{commas}")
    extra = [c for c in frame.columns if c not in wanted]
    if extra:
        raise InputError(f"{path} has a column {extra[0]!r} that nothing reads; it needs {', '.join(wanted)}")
    text = frame["value"]
    number = text.cast(pl.Float64, strict=False)
    bad = number.is_null() | number.is_nan()
    if bad.any():
        row = int(bad.arg_true()[0])
        cell = " ".join(str(frame[c][row]) for c in labels)
        raise InputError(
            f"{_place(path, row)} ({cell}): the value {'' if text[row] is None else text[row]!r} is not a number"
            f' ({int(bad.sum())} such row(s)); missing is not zero, fill it or drop the row with absent = "zero"'
        )
    return frame.with_columns(number.alias("value"))


def _place(path: Path, row: int) -> str:
    """A row as a person finds it: the line of a CSV file, whose first line is the header, else the row."""
    return f"{path}, line {row + 2}" if path.suffix == ".csv" else f"{path}, row {row + 1}"


def _dense(
    folder: Path, name: str, labels: tuple[str, ...], axes: tuple[list[str], ...], absent: str
) -> NDArray[np.float64]:
    """The long table as an array over its labels; unknown, doubled and (unless zero is meant) absent cells raise."""
    import polars as pl

    path = _path(folder, name)
    assert path is not None
    frame = _frame(path, labels)
    shape = [len(axis) for axis in axes]
    flat = np.zeros(frame.height, dtype=np.int64)
    for label, axis in zip(labels, axes, strict=True):
        lookup = {code: place for place, code in enumerate(axis)}
        column = frame[label].cast(pl.String)
        place = column.replace_strict(lookup, default=-1, return_dtype=pl.Int64).to_numpy()
        if (place < 0).any():
            row = int(np.argmax(place < 0))
            raise unknown(label, column[row] or "", axis, _place(path, row))
        flat = flat * len(axis) + place
    counts = np.bincount(flat, minlength=int(np.prod(shape)))

    def cell(position: int) -> str:
        return " ".join(axes[k][i] for k, i in enumerate(np.unravel_index(position, shape)))

    if (counts > 1).any():
        raise InputError(f"{path}: {cell(int(np.argmax(counts > 1)))} is listed more than once; keep one row a cell")
    if absent == "error" and (counts == 0).any():
        raise InputError(
            f"{path}: {cell(int(np.argmax(counts == 0)))} is not listed ({int((counts == 0).sum())} such cell(s));"
            ' list it, or say absent = "zero" in world.toml if an unlisted cell means no flow'
        )
    out = np.zeros(int(np.prod(shape)))
    out[flat] = frame["value"].to_numpy()
    return out.reshape(shape)
