"""A Trade on disk: `trade.json` and one Parquet file a year."""

from __future__ import annotations

import io
import json
from importlib import resources
from pathlib import Path
from typing import Any

from interdep.errors import InputError, MissingData, did_you_mean
from interdep.provenance import Provenance, Source
from interdep.store import write_bytes, write_json
from interdep.trade.trade import Trade

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
    """See `Trade.save`: the header is written last, so that a folder without it is known to be unfinished."""
    for year in trade.periods:
        buffer = io.BytesIO()
        trade.scan([year]).collect(engine="streaming").write_parquet(buffer, compression="zstd", row_group_size=1 << 19)
        write_bytes(folder / file_of(year), buffer.getvalue())
    write_header(trade, folder)


def write_header(trade: Trade, folder: Path) -> None:
    """Only `trade.json`, for a writer that has put the years there itself."""
    write_json(folder / HEADER, header(trade))


def file_of(year: int) -> str:
    """The name of a year's file."""
    return f"flows-{year}.parquet"


def header(trade: Trade) -> dict[str, Any]:
    """Everything about a Trade but its flows, as plain data."""
    provenance = trade.provenance.to_dict()
    return {
        "kind": "trade", "name": trade.name, "title": trade.title, "classification": trade.classification,
        "digits": trade.digits, "unit": trade.unit, "scale": trade.scale, "quantity_unit": trade.quantity_unit,
        "flows": "all" if trade.whole else "imports", "transport_modes": trade.moded, "reporters": list(trade.reporters), "sellers": list(trade.sellers),
        "periods": list(trade.periods), "products": None if trade.products is None else list(trade.products),
        "valuation": trade.valuation, "names": dict(trade.names), "parts": dict(trade.parts),
        "incomplete": {k: list(v) for k, v in trade.incomplete.items()}, "notes": list(trade.notes),
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
    files = {int(year): path / file_of(year) for year in about.get("periods", ())}
    absent = [f.name for f in files.values() if not f.exists()]
    if absent or not files:
        raise InputError(
            f"{path}: the header names {', '.join(absent) or 'no year'}, which is not there; write the folder again"
        )
    return _from_header(about, dict(files), str(path / HEADER))


def _packaged(name: str) -> Trade:
    import polars as pl

    folder = resources.files("interdep.trade") / "tables"
    about = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    frame = pl.read_parquet(io.BytesIO((folder / f"{name}.parquet").read_bytes()))
    years = {int(y): part.lazy() for (y,), part in sorted(frame.partition_by("period", as_dict=True).items())}
    return _from_header(about, years, name)
