"""sign: puts a member's sign-off into its place in a commitment's file, and changes nothing else in it."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from interdep.errors import InputError, unknown
from interdep.partnership.documents import Signature
from interdep.partnership.reading import COVER, Piece, library, text_of
from interdep.partnership.schema import Partnership, draft
from interdep.partnership.signing import ALL, SIGNATURES, content_hash, with_signature
from interdep.store import write_text


def sign(folder: str | Path, commitment: str, member: str, on: date, office: str = "") -> dict[str, str]:
    """Sign a commitment, or "all", for a member; returns {commitment: hash} of those not yet signed as they stand.

    Raises InputError where anything in the folder is wrong, where the commitment or the member is unknown, and for a partnership
    of the library, which nobody signs; and where the day lies ahead or before that of the decision. Then nothing is written.
    """
    if str(folder) in library() and not Path(folder).is_dir():
        raise InputError(f"{folder} comes with the package and is signed by nobody; copy its folder and sign the copy")
    if (Path(folder) / COVER).is_file():
        folder = Path(folder) / COVER
    found = draft(folder)
    if found.errors or found.partnership is None:
        raise InputError(found.errors[0].text)
    known = {c.id: c for c in found.partnership.commitments}
    if member not in found.partnership.members:
        raise unknown("member", member, found.partnership.members, str(folder))
    if not known:
        raise InputError(f"{folder} has no commitment to sign; write one under commitments, as in its example.toml.txt")
    if commitment != ALL and commitment not in known:
        raise unknown("commitment", commitment, list(known), str(folder))
    asked = known if commitment == ALL else [commitment]
    left = [id_ for id_ in asked if member not in known[id_].agreed_by]
    for id_ in left:
        _day(found.partnership, id_, known[id_].decision, on)
        Signature(hash=known[id_].hash, on=on, office=office)
    signed = {}
    for id_ in left:
        _write(found.files[f"commitments/{id_}"], found.partnership.members, member, known[id_].hash, on, office)
        signed[id_] = known[id_].hash
    return signed


def _day(partnership: Partnership, id_: str, decision: str, on: date) -> None:
    """Refuses a day of signature that cannot be."""
    if on > date.today():
        raise InputError(f"{id_} cannot be signed on {on}: that day lies ahead; today is {date.today()}")
    decided = partnership.decisions[decision][0].date if decision else None
    if decided and on < decided:
        raise InputError(f"{id_} cannot be signed on {on}: that is before {decision} was decided on {decided}")


def _write(piece: Piece, members: Sequence[str], member: str, seen: str, on: date, office: str) -> None:
    """The file with the member's line; refused where its signatures are written so that no line can be put there."""
    text = text_of(Path(piece.where), piece.where)
    whole = with_signature(text, members, member, seen, on, office)
    try:
        data = tomllib.loads(whole)
        placed = data[SIGNATURES][member]["hash"] == seen
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        data, placed = {}, False
    if not placed:
        raise InputError(f"{piece.where}: write its signatures under a line [signatures], each member's in one line")
    if content_hash(data) != seen:
        raise InputError(f"{piece.where} has changed while it was being signed; read it again before signing")
    write_text(Path(piece.where), whole)
