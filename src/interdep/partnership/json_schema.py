"""JSON Schema of every file of a partnership, for editors that complete and check while one types."""

from __future__ import annotations

from typing import Any

from interdep.errors import unknown

FILES = {
    "partnership": "partnership.toml", "meeting": "meetings/*.toml", "commitment": "commitments/*.toml", "lever": "levers/*.toml",
}  # fmt: skip
"""Which files each schema is for."""


def json_schema(kind: str) -> dict[str, Any]:
    """The schema (draft 2020-12) of one kind of file: "partnership", "meeting", "commitment" or "lever"."""
    from interdep.partnership.documents import Commitment, Lever, Meeting
    from interdep.partnership.indicators import INDICATORS
    from interdep.partnership.schema import Cover
    from interdep.responses.levers import LEVERS

    models = {"partnership": Cover, "meeting": Meeting, "commitment": Commitment, "lever": Lever}
    if kind not in models:
        raise unknown("kind of file", kind, list(models))
    made = models[kind].model_json_schema()
    if kind == "commitment":
        made["$defs"]["Effect"]["properties"]["id"]["enum"] = list(INDICATORS)
    if kind == "lever":
        made["properties"]["kind"]["enum"] = ["", *LEVERS]
    _one_or_several(made)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": FILES[kind]}


def _one_or_several(node: Any) -> None:
    """Where a list of names is asked for, one name by itself is taken as well."""
    if isinstance(node, list):
        for each in node:
            _one_or_several(each)
    if not isinstance(node, dict):
        return
    for name, each in list(node.items()):
        if (
            isinstance(each, dict)
            and each.get("type") == "array"
            and each.get("items") == {"type": "string"}
            and name != "prefixItems"
        ):
            about = {key: each[key] for key in ("title", "default") if key in each}
            several = {key: value for key, value in each.items() if key not in about}
            node[name] = {**about, "anyOf": [{"type": "string"}, several]}
        else:
            _one_or_several(each)
