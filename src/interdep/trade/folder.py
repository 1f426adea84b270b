"""A Trade on disk: `trade.json` and one Parquet file a year."""

from __future__ import annotations

import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interdep.errors import InputError, MissingData, did_you_mean, first_five
from interdep.provenance import Provenance, Source
from interdep.store import write_bytes, write_json
from interdep.trade.trade import KEY, Trade

if TYPE_CHECKING:
    import polars as pl

HEADER = "trade.json"


def packaged() -> tuple[str, ...]:
    """The names of the trade tables that come with the package."""
    folder = resources.files("interdep.trade") / "tables"
    return tuple(sorted(f.name.removesuffix(".json") for f in folder.iterdir() if f.name.endswith(".json")))


def packaged_trades() -> list[Trade]:
    """The trade tables of the package, but those by mode of transport (which repeat the flows of another)."""
    return [trade for trade in map(read_trade, packaged()) if not trade.moded]


def read_trade(source: str | Path) -> Trade:
    """See `Trade.read`."""
    if str(source) in packaged():
        return _packaged(str(source))
    path = Path(source)
    if path.name == HEADER:
        path = path.parent
    if path.is_dir() and (path / HEADER).exists():
        return _folder(path)
    if path.is_dir():
        raise InputError(
            f"{path} holds no {HEADER}; a trade folder is written by `interdep get SOURCE --from FILE --out {path}`"
        )
    hint = did_you_mean(str(source), packaged())
    raise MissingData(
        f"there is no trade table {str(source)!r}: it is neither packaged ({', '.join(packaged())}) nor a folder{hint}"
    )


def write_trade(trade: Trade, folder: Path) -> None:
    """See `Trade.save`; a folder that holds files of a publisher is left alone, for they would be read no more."""
    folder = Path(folder)
    if folder.is_dir() and not (folder / HEADER).exists():
        strange = sorted(f.name for f in folder.iterdir() if f.suffix.lower() in (".csv", ".zip", ".dat", ".txt"))
        if strange:
            raise InputError(
                f"{folder} holds other data ({first_five(strange)}); save a trade table in a folder of its own"
            )
    with building(folder) as place:
        for year in trade.periods:
            write_year(trade.scan([year]).collect(engine="streaming"), year, place)
        write_header(trade, place)


def write_year(flows: pl.DataFrame, year: int, folder: Path) -> None:
    """One year's file, in groups of rows small enough to be scanned in parts."""
    buffer = io.BytesIO()
    flows.write_parquet(buffer, compression="zstd", row_group_size=1 << 19)
    write_bytes(folder / file_of(year), buffer.getvalue())


def write_header(trade: Trade, folder: Path) -> None:
    """Only `trade.json`, for a writer that has put the years there itself."""
    write_json(folder / HEADER, header(trade))


@contextmanager
def building(folder: Path) -> Iterator[Path]:
    """A hidden folder to write a trade into; on leaving it, its files take their places in `folder`, the header last.

    A former trade in `folder` gives way, with years that the new one does not have; after an error `folder` is as it was. A
    folder without a header is one of which the last step was interrupted. Raises InputError where it cannot be written.
    """
    folder = Path(folder).resolve()
    new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(dir=folder, prefix=".", suffix=".tmp"))
    except OSError as error:
        raise InputError(f"cannot write in {folder}: {error.strerror or error}; choose another --out") from error
    try:
        yield place
        made = sorted(f.name for f in place.iterdir() if f.name != HEADER)
        (folder / HEADER).unlink(missing_ok=True)
        for name in made:
            os.replace(place / name, folder / name)
        for former in folder.glob("flows-*.parquet"):
            if former.name not in made:
                former.unlink()
        os.replace(place / HEADER, folder / HEADER)
    finally:
        shutil.rmtree(place, ignore_errors=True)
        if new and not any(folder.iterdir()):
            folder.rmdir()


def file_of(year: int) -> str:
    """The name of a year's file."""
    return f"flows-{year}.parquet"


def header(trade: Trade) -> dict[str, Any]:
    """Everything about a Trade but its flows, as plain data."""
    provenance = trade.provenance.to_dict()
    return {
        "kind": "trade", "name": trade.name, "title": trade.title, "classification": trade.classification,
        "digits": trade.digits, "unit": trade.unit, "scale": trade.scale, "quantity_unit": trade.quantity_unit,
        "flows": "all" if trade.whole else "imports", "transport_modes": trade.moded,
        "reporters": list(trade.reporters), "sellers": list(trade.sellers), "periods": list(trade.periods),
        "products": None if trade.products is None else list(trade.products),
        "valuation": trade.valuation, "names": dict(trade.names), "parts": dict(trade.parts),
        "incomplete": {k: list(v) for k, v in trade.incomplete.items()}, "notes": list(trade.notes),
        "outside": trade.outside, "small": list(trade.small), "caveats": list(trade.caveats),
        "sources": provenance["sources"], "steps": provenance["steps"], "data_year": provenance["data_year"],
    }  # fmt: skip


def _from_header(about: dict[str, Any], files: dict[int, Any], where: str) -> Trade:
    if about.get("kind") != "trade":
        raise InputError(f"{where} is not the header of a trade table")
    parts = about.get("parts", {})
    try:
        return Trade(
            name=about["name"],
            files=files,
            classification=about["classification"],
            digits=about["digits"],
            unit=about["unit"],
            scale=about.get("scale", 1.0),
            quantity_unit=about.get("quantity_unit", ""),
            title=about.get("title", ""),
            whole=about.get("flows") == "all",
            moded=about.get("transport_modes", False),
            reporters=tuple(about.get("reporters", ())),
            sellers=tuple(about.get("sellers", ())),
            products=None if about.get("products") is None else tuple(about["products"]),
            names={**about.get("names", {}), **{k: v["name"] for k, v in parts.items() if isinstance(v, dict)}},
            parts={k: v if isinstance(v, str) else v["name"] for k, v in parts.items() if isinstance(v, str) or not v["whole"]},
            incomplete={k: tuple(v) for k, v in about.get("incomplete", {}).items()},
            valuation=about.get("valuation", ""),
            notes=tuple(about.get("notes", ())),
            outside=about.get("outside", ""),
            small=tuple(about.get("small", ())),
            caveats=tuple(about.get("caveats", ())),
            provenance=Provenance(
                tuple(Source(**s) for s in about.get("sources", ())), tuple(about.get("steps", ())),
                about.get("data_year") or max(files),
            ),
        )  # fmt: skip
    except KeyError as error:
        raise InputError(f"{where} has no key {error.args[0]!r}; write the folder again") from error


def _folder(path: Path) -> Trade:
    try:
        about = json.loads((path / HEADER).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path / HEADER} cannot be read ({error}); write the folder again") from error
    years = about.get("periods", ()) if isinstance(about, dict) else None
    if not isinstance(years, list) or not all(isinstance(year, int) for year in years):
        raise InputError(f"{path / HEADER} is not the header of a trade table; write the folder again")
    files = {year: path / file_of(year) for year in years}
    absent = [f.name for f in files.values() if not f.exists()]
    if absent or not files:
        raise InputError(
            f"{path}: the header names {first_five(absent) or 'no year'}, which is not there; write the folder again"
        )
    for file in files.values():
        _check_columns(file)
    return _from_header(about, dict(files), str(path / HEADER))


def _check_columns(file: Path) -> None:
    """The file is Parquet to its end and has the columns of flows; only its last bytes are read."""
    import polars as pl

    try:
        columns = pl.read_parquet_schema(file)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(f"{file} is not a readable Parquet file; write the folder again") from error
    wrong = [c for c in (*KEY, "value") if c not in columns] or [
        c for c, kind in (("period", pl.Int16), ("value", pl.Float64)) if columns[c] != kind
    ]
    if wrong:
        raise InputError(
            f"{file} has no column {wrong[0]!r} as flows have it (it has {', '.join(columns)}); write the folder again"
        )


@cache
def _packaged(name: str) -> Trade:
    """Read once in a process: every scenario that names products, and every variant of a fan, asks again."""
    import polars as pl

    folder = resources.files("interdep.trade") / "tables"
    about = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    frame = pl.read_parquet(io.BytesIO((folder / f"{name}.parquet").read_bytes()))
    years = {int(y): part.lazy() for (y,), part in sorted(frame.partition_by("period", as_dict=True).items())}
    return _from_header(about, years, name)
