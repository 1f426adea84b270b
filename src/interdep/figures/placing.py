"""Places for labels beside points: none over a point, another label or the border; names that fit their place."""

from __future__ import annotations

from collections.abc import Sequence

from interdep.figures.theme import TITLE, text_width, wrap

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels, from the upper left corner."""

FAR = (0.0, 16.0, 32.0, 48.0)
"""Pixels further off than close beside its point that a label may stand, tried in this order."""


def shortened(text: str, width: float, size: float, lines: int, bold: bool = False) -> list[str]:
    """A text in at most so many lines of a width in pixels; what does not fit is replaced by an ellipsis."""
    every = wrap(text, width, size, bold, phrases=False)
    # A single word may be wider than its place (names without spaces): there signs are cut, and the text ends.
    long = next((place for place, line in enumerate(every) if text_width(line, size, bold) > width), len(every))
    if len(every) <= lines and long == len(every):
        return every
    kept = every[: min(lines, long + 1)]
    last = kept[-1]
    while last and text_width(f"{last}…", size, bold) > width:
        last = last[:-1]
    return [*kept[:-1], f"{last.rstrip(' ,;:…')}…"]


def in_title(name: str, width: float) -> str:
    """A name for a figure's title: as it is, unless it would take more than two lines or is wider than the figure."""
    # Widths of bold signs are estimates; a word as wide as its line needs room to spare.
    lines = shortened(name, 0.85 * width, TITLE, 2, bold=True)
    return name if "".join("".join(lines).split()) == "".join(name.split()) else " ".join(lines)


def free_place(
    at: tuple[float, float],
    size: tuple[float, float],
    taken: Sequence[Box],
    avoided: Sequence[Box],
    room: tuple[float, float],
    close: float,
) -> tuple[Box, bool] | None:
    """(the first free place for a label beside a point, whether a line has to lead there), or None where all is taken.

    at: the point; size: width and height of the label; taken: what it must not cover; avoided: what it covers only
    where there is no other place; room: width and height of the picture; close: pixels from the point to its label.
    """
    for far, kept_free in [*((f, [*taken, *avoided]) for f in FAR), *((f, list(taken)) for f in FAR)]:
        for box in _around(at, size, close + far):
            inside = box[0] >= 2 and box[1] >= 1 and box[2] <= room[0] - 1 and box[3] <= room[1] - 1
            clear = inside and not any(_overlap(box, other) for other in kept_free)
            # A line that runs through another dot or label would lead the eye to the wrong one.
            if clear and (far == 0 or not _crossed(at, end_of(at, box), taken)):
                return box, far > 0
    return None


def _around(at: tuple[float, float], size: tuple[float, float], gap: float) -> list[Box]:
    """The places round a point: beside it, above and below, then askew."""
    (x, y), (wide, tall) = at, size
    corners = [
        (x + gap, y - tall / 2), (x - gap - wide, y - tall / 2),
        (x - wide / 2, y - gap - tall), (x - wide / 2, y + gap),
        (x + gap, y - gap - tall), (x + gap, y + gap), (x - gap - wide, y - gap - tall), (x - gap - wide, y + gap),
    ]  # fmt: skip
    return [(left, top, left + wide, top + tall) for left, top in corners]


def end_of(at: tuple[float, float], box: Box) -> tuple[float, float]:
    """The point of a box that is nearest to another point: where a line from that point ends."""
    return min(max(at[0], box[0]), box[2]), min(max(at[1], box[1]), box[3])


def way(start: tuple[float, float], end: tuple[float, float], steps: int = 20) -> list[tuple[float, float]]:
    """Points on the straight line between two points, the last one included."""
    return [
        (start[0] + (end[0] - start[0]) * i / steps, start[1] + (end[1] - start[1]) * i / steps)
        for i in range(1, steps + 1)
    ]


def _crossed(start: tuple[float, float], end: tuple[float, float], taken: Sequence[Box]) -> bool:
    """Whether the straight line between two points runs through a box that does not hold its start."""
    others = [b for b in taken if not (b[0] <= start[0] <= b[2] and b[1] <= start[1] <= b[3])]
    return any(b[0] <= x <= b[2] and b[1] <= y <= b[3] for b in others for x, y in way(start, end))


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] + 2 and other[0] < one[2] + 2 and one[1] < other[3] + 1 and other[1] < one[3] + 1
