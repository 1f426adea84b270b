"""Where raw data that the project may not ship are found: a folder that the reader of the papers' tables brings."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "INTERDEP_DATA"
"""Names the folder with the raw data; without it, the folder beside the project in which the tests look."""


class Absent(Exception):
    """A raw file is not here; the text says which, and where to put it."""


def raw(path: str) -> Path:
    """A raw file or folder by its place in the data folder; Absent where it is not there."""
    folder = Path(os.environ.get(VARIABLE) or Path(__file__).parents[2] / "shared" / "data")
    found = folder / path
    if not found.exists():
        raise Absent(f"needs {path} in the folder that the environment variable {VARIABLE} names")
    return found
