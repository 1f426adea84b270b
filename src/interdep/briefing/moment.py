"""The time a file says it was made at: given, or SOURCE_DATE_EPOCH, or now; the same time gives the same bytes."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from interdep.errors import InputError

EPOCH = "SOURCE_DATE_EPOCH"


def moment(when: datetime | None = None) -> datetime:
    """The time in UTC, to the second; raises InputError where SOURCE_DATE_EPOCH is no count of seconds."""
    if when is None:
        text = os.environ.get(EPOCH, "").strip()
        try:
            when = datetime.fromtimestamp(int(text), UTC) if text else datetime.now(UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise InputError(f"{EPOCH} is {text!r}; give whole seconds since 1970, such as 1764028800") from error
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return when.astimezone(UTC).replace(microsecond=0)
