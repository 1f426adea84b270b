"""What a World must satisfy at the door, and the one written rule for each irregularity that real tables have.

1. Labels are unique, non-empty text. 2. No NaN, no infinity. 3. No negative intermediate flow. 4. Negative final use only
in `inventories` (stock changes) and `investment` (net acquisitions of valuables and used goods); kept as published, so
that the accounting identities hold; a model that needs non-negative demand states its own rule. 5. Rows balance: output =
intermediate + final use; columns balance: output = inputs + value added; both within `tolerance` x output + `rounding`.
6. A node without output has no inputs; it stays in the table, leaves before the models and comes back as zeros.
7. Negative value added is kept while all of it is under 0.1 % of world value added, and is named in `World.notes`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from interdep.errors import InputError, first_five

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interdep.world.world import World

MAY_BE_NEGATIVE = ("inventories", "investment")
NEGATIVE_VALUE_ADDED_LIMIT = 1e-3


def check_labels(name: str, economies: Sequence[str], industries: Sequence[str], final_uses: Sequence[str]) -> None:
    """Labels are there, are text, and occur once."""
    for what, labels in (("economy", economies), ("industry", industries), ("final use", final_uses)):
        if isinstance(labels, str):
            raise InputError(f"{name}: the {what} labels are the text {labels!r}; give a list of labels")
        if not labels:
            raise InputError(f"{name}: the table has no {what}; give at least one")
        if any(not isinstance(label, str) or not label.strip() for label in labels):
            raise InputError(f"{name}: every {what} label must be non-empty text; got {first_five(list(labels))}")
        doubled = sorted({label for label in labels if labels.count(label) > 1})
        if doubled:
            raise InputError(
                f"{name}: {what} {first_five(doubled)} occurs more than once;"
                " labels must be unique, merge or rename the rows"
            )


def checked_array(world: World, name: str, value: object, shape: tuple[int, ...]) -> NDArray:
    """A private copy of the right shape and type, without NaN or infinity (NaN is "unknown" in `labour_share` alone)."""
    try:
        array = np.array(value, dtype=bool if name == "estimated" else np.float64, order="C")
    except (TypeError, ValueError) as error:
        raise InputError(f"{world.name}: {name} holds something that is not a number ({error})") from error
    if array.shape != shape:
        raise InputError(
            f"{world.name}: {name} has shape {array.shape}, but {len(world.economies)} economies,"
            f" {len(world.industries)} industries and {len(world.final_uses)} final uses need {shape}"
        )
    bad = np.isinf(array) if name == "labour_share" else ~np.isfinite(array)
    if bad.any():
        raise InputError(
            f"{world.name}: {name} has {int(bad.sum())} cell(s) that are NaN or infinite: {_cells(world, bad)};"
            " missing is not zero, fill them or leave the row out"
        )
    return array


def check_flows(world: World) -> None:
    """Rules 3 and 4: no negative flow but where the category may be negative; a table of zeros is no table."""
    if not world.gross_output.any():
        raise InputError(f"{world.name}: every gross output is zero; the table holds no flows, is it complete?")
    negative = world.intermediate < 0
    if negative.any():
        raise InputError(
            f"{world.name}: {int(negative.sum())} intermediate flow(s) are negative: {_cells(world, negative)};"
            " an intermediate flow cannot be negative, correct the source"
        )
    strict = [k for k, use in enumerate(world.final_uses) if use not in MAY_BE_NEGATIVE]
    below = np.zeros(world.final_use.shape, dtype=bool)
    below[:, :, strict] = world.final_use[:, :, strict] < 0
    if below.any():
        raise InputError(
            f"{world.name}: {int(below.sum())} final-use cell(s) are negative: {_cells(world, below)};"
            f" only {' and '.join(MAY_BE_NEGATIVE)} may be"
        )
    if (world.gross_output < 0).any():
        bad = world.gross_output < 0
        raise InputError(f"{world.name}: gross output is negative at {_cells(world, bad)}; correct the source")


def check_duties(world: World) -> None:
    """A duty is above -100 %: a subsidy may be negative, but not give more than everything."""
    below = world.duties is not None and world.duties <= -1
    if np.any(below):
        p, r, s = (int(k) for k in np.argwhere(below)[0])
        raise InputError(
            f"{world.name}: the duty on {world.industries[p]} from {world.economies[r]} to {world.economies[s]} is"
            f" {world.duties[p, r, s]:.0%}; a duty must be above -100 %"  # type: ignore[index]
        )


def check_balance(world: World) -> None:
    """Rules 5, 6 and 7, with a hint where the table looks transposed."""
    for name in ("tolerance", "rounding"):
        value = getattr(world, name)
        if not (math.isfinite(value) and value >= 0):
            raise InputError(f"{world.name}: {name} is {value}; it is a finite number, 0 or more")
    sold = world.intermediate.sum(axis=1) + world.final_use.sum(axis=(1, 2))
    spent = world.intermediate.sum(axis=0) + world.value_added
    allowed = (
        world.tolerance * np.abs(world.gross_output) + world.rounding + 1e-12 * float(np.abs(world.gross_output).max())
    )
    for kind, total, meaning in (
        ("row", sold, "intermediate + final use"), ("column", spent, "inputs + value added"),
    ):  # fmt: skip
        gap = np.abs(total - world.gross_output)
        if (gap > allowed).any():
            # What the rows would add up to if the table were turned, and what they then should.
            turned = world.intermediate.sum(axis=0) + world.final_use.sum(axis=(1, 2))
            asked = world.gross_output if kind == "row" else world.intermediate.sum(axis=1) + world.value_added
            hint = "; correct the source or state a wider tolerance"
            if (np.abs(turned - asked) <= allowed).all():
                hint = "; the table looks transposed: suppliers must be rows and buyers columns"
            worst = sorted(np.flatnonzero(gap > allowed), key=lambda i: -gap[i])
            named = [
                f"{world.nodes[i][0]} {world.nodes[i][1]} ({meaning} {total[i]:.6g}, output {world.gross_output[i]:.6g})"
                for i in worst
            ]
            raise InputError(f"{world.name}: {len(worst)} {kind}(s) do not balance: {first_five(named)}{hint}")
    idle = (world.gross_output <= 0) & (world.intermediate.sum(axis=0) > allowed)
    if idle.any():
        raise InputError(f"{world.name}: node(s) without output buy inputs: {_cells(world, idle)}; correct the source")
    below = np.minimum(world.value_added, 0.0).sum()
    total_added = float(world.value_added.sum())
    if -below > NEGATIVE_VALUE_ADDED_LIMIT * max(total_added, 0.0):
        bad = world.value_added < 0
        raise InputError(
            f"{world.name}: value added is negative at {int(bad.sum())} node(s), {below:.6g} in all: {_cells(world, bad)};"
            f" more than {NEGATIVE_VALUE_ADDED_LIMIT:.1%} of the world's, check the columns"
        )


def notes(world: World) -> tuple[str, ...]:
    """One sentence for each irregularity the table has; empty for a clean table."""
    out = []
    idle = ~world.live
    if idle.any():
        out.append(f"{int(idle.sum())} of {idle.size} nodes have no output; models leave them out and return zero")
    negative = world.final_use < 0
    if negative.any():
        total = float(world.final_use[negative].sum())
        out.append(
            f"{int(negative.sum())} negative final-use cells (inventories, investment), {world.money.format(total)}; kept"
        )
    below = world.value_added < 0
    if below.any():
        cells = [f"{world.nodes[i][0]} {world.nodes[i][1]}" for i in np.flatnonzero(below)]
        total = float(world.value_added[below].sum())
        out.append(f"value added is negative at {first_five(cells)}, {world.money.format(total)} in all; kept")
    return tuple(out)


def _cells(world: World, bad: NDArray[np.bool_]) -> str:
    """The first five places where a mask over one of the world's arrays is true, by label."""
    named = []
    for place in np.argwhere(bad)[:5]:
        text = " ".join(world.nodes[place[0]])
        if bad.ndim == 2 and bad.shape[1] == len(world.nodes):
            text += " -> " + " ".join(world.nodes[place[1]])
        elif bad.ndim == 3:
            text += f" -> {world.economies[place[1]]} {world.final_uses[place[2]]}"
        named.append(text)
    more = int(bad.sum()) - len(named)
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")
