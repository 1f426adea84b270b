"""Reader of the World Input-Output Database, release 2013: 40 economies + RoW x 35 industries, 1995-2011, as .npz."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

import numpy as np

from interdep.errors import InputError, MissingData
from interdep.provenance import Provenance, Source
from interdep.units import Money
from interdep.world import World

WIOD = Source(
    "World Input-Output Database, release 2013",
    licence="CC BY 4.0",
    url="https://www.rug.nl/ggdc/valuechain/wiod/",
    citation="Timmer, M., Dietzenbacher, E., Los, B., Stehrer, R. & de Vries, G. (2015), An illustrated user guide to the"
    " World Input-Output Database, Review of International Economics 23, 575-605",
)
_CODES = {"ROM": "ROU", "RoW": "ROW"}
_YEARS = range(1995, 2012)
_ARRAYS = ("Z", "F", "x", "economies", "industries", "final_use")


def read(path: str | Path, year: int | None = None) -> World:
    """The table of one year.

    path: a .npz file with Z (N, N), F (N, R * 5), x (N,) in millions of USD and the labels economies, industries, final_use;
    year: default the one year of 1995-2011 in the file name. The release prints whole millions, so rows balance to within
    rounding: `rounding` of the World is 3 sqrt(n) for the n cells of a row, ten standard deviations of n rounding errors.
    Raises MissingData where the file is absent, InputError where it is no such file.
    """
    path = Path(path)
    if year is None:
        found = {int(digits) for digits in re.findall(r"(?<!\d)\d{4}(?!\d)", path.stem)} & set(_YEARS)
        if len(found) != 1:
            raise InputError(f"{path.name} does not name one year of 1995-2011, as wiot_2009.npz does; give year=")
        (year,) = found
    elif year not in _YEARS:
        raise InputError(f"{path.name}: the release holds 1995-2011, not {year}")
    try:
        # Opened here, because numpy leaves a file open when it turns out to be none of its own.
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            absent = [name for name in _ARRAYS if name not in file.files]
            if absent:
                raise InputError(f"{path} has no array {absent[0]!r}; it has {', '.join(file.files)}")
            Z, F, x, economies, industries, uses = (file[name] for name in _ARRAYS)
    except FileNotFoundError as error:
        raise MissingData(f"there is no file {path}; bring a WIOD 2013 table as .npz, see docs/own-table.md") from error
    except (zipfile.BadZipFile, zlib.error, TypeError, ValueError, EOFError, OSError) as error:
        # numpy's own words for bytes it does not know advise to switch a safeguard off.
        reason = f" ({error.strerror})" if isinstance(error, OSError) and error.strerror else ""
        raise InputError(f"{path} is not a readable .npz file{reason}; is it complete?") from error
    codes = tuple(_CODES.get(str(code), str(code)) for code in economies)
    nodes = len(codes) * len(industries)
    if Z.shape != (nodes, nodes) or F.shape != (nodes, len(codes) * len(uses)) or x.shape != (nodes,):
        raise InputError(f"{path}: Z {Z.shape}, F {F.shape} and x {x.shape} do not fit {nodes} labelled rows")
    return World(
        name=f"wiod-2013-{year}",
        money=Money("USD", year),
        economies=codes,
        industries=tuple(str(code) for code in industries),
        final_uses=tuple(str(use) for use in uses),
        intermediate=Z,
        final_use=F.reshape(nodes, len(codes), len(uses)),
        gross_output=x,
        classification="wiod-2013",
        rounding=0.5 * (nodes + F.shape[1]) ** 0.5 * 6,
        tolerance=1e-6,
        provenance=Provenance((WIOD,), (f"read from {path.name}; ROM renamed ROU, RoW renamed ROW",), year),
    )
