"""The world economy as a labelled input-output table: invariants, aggregation, frames, the packaged table."""

from interdep.world.world import World

__all__ = ["World"]
