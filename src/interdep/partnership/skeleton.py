"""new: a folder for a partnership between any economies, to be filled in."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from interdep.errors import InputError
from interdep.geography import economies, name_of
from interdep.partnership.json_schema import FILES, json_schema
from interdep.partnership.reading import COVER
from interdep.partnership.signing import signature_table
from interdep.store import write_json, write_text

_COVER = """\
#:schema ./schema/partnership.json
# A field that is left empty is not known, and said to be.
name = {name}
title = {title}
members = [{members}]
# since = 2026-01-01
legal_basis = ""

# [[sources]]
# title = "Joint statement of ..."
# url = "https://"

[[pillars]]
id = "supply-chains"
title = "Supply chains"
industries = ["C20", "C24", "C26", "C27", "C29"]
products = ["chips", "critical-materials", "batteries"]

[[pillars]]
id = "energy-security"
title = "Energy security"
industries = ["B", "C19", "D"]
products = ["energy"]

# What is weighed against disruptions; without a plan, any supplier of the pillars' goods is taken to stop.
# [[plans]]
# name = "rare-earths"
# title = "China bans exports of rare earths"
# scenarios = ["rare-earth-export-ban"]
"""

_MEETING = """\
#:schema ../schema/meeting.json
# Copy to meetings/first.toml and fill in; files that do not end in .toml are not read.
id = "first"
title = "First meeting"
level = "ministerial"
# date = 2026-01-01
# place = ""
# chairs = { %MEMBER% = ["Minister of ..."] }

[[decisions]]
id = "exchange"
text = "What was decided"
owners = [%MEMBERS%]
"""

_COMMITMENT = """\
#:schema ../schema/commitment.json
# Copy to commitments/NAME.toml and fill in; files that do not end in .toml are not read.
id = "exchange"
text = "What the members have committed themselves to"
pillar = "supply-chains"
decision = "first/exchange"
owners = [%MEMBERS%]
# due = 2027-01-01
# status = "under way"

# [indicator]
# id = "reliance"
# target = 0.1
# by = 2030

# [[evidence]]
# title = ""
# url = "https://"
# date = 2026-01-01

%SIGNATURES%
"""

_LEVER = """\
#:schema ../schema/lever.json
# Copy to levers/NAME.toml and fill in; files that do not end in .toml are not read.
id = "stocks"
title = "Stocks"
kind = "stockpile"
pillar = "supply-chains"
owners = [%MEMBERS%]
"""


def skeleton(name: str, members: Sequence[str] | None = None, folder: Path | None = None) -> Path:
    """Write the folder of a new partnership, and return it.

    name: of the partnership, as in "IND-AUS"; members: economies or groups, default the parts of the name; folder: default the
    name in the current folder. Raises InputError where members are not known or overlap, and where the folder holds something.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
        raise InputError(f"{name!r} must be made of letters, digits, hyphens and underscores, as in IND-AUS")
    chosen = list(members) if members is not None else name.split("-")
    if len(chosen) < 2:
        raise InputError(f"a partnership has at least two members; name them, as in --members {chosen[0]},AUS")
    partner_of: dict[str, str] = {}
    for member in chosen:
        try:
            codes = economies(member)
        except InputError as error:
            raise InputError(str(error) if members is not None else f"{error}; or give --members") from error
        for code in codes:
            if code in partner_of:
                raise InputError(f"{code} belongs to both {partner_of[code]} and {member}; name it once")
            partner_of[code] = member
    place = folder if folder is not None else Path(name)
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise InputError(f"{place} is there already and is not empty; choose another name or --out")
    listed = ", ".join(f'"{member}"' for member in chosen)
    title = "Partnership of " + " and ".join(name_of(member) for member in chosen)
    said = _COVER.format(name=json.dumps(name), title=json.dumps(title, ensure_ascii=False), members=listed)
    write_text(place / COVER, said)
    for kind in FILES:
        write_json(place / "schema" / f"{kind}.json", json_schema(kind))
    for path, text in (("meetings", _MEETING), ("commitments", _COMMITMENT), ("levers", _LEVER)):
        filled = text.replace("%MEMBERS%", listed).replace("%MEMBER%", chosen[0])
        filled = filled.replace("%SIGNATURES%", "\n".join(signature_table(chosen)))
        write_text(place / path / "example.toml.txt", filled)
    return place
