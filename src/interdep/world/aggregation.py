"""Merging economies and industries of a World: exact where labels are merged, refused where one would have to be split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from interdep.errors import InputError, first_five, unknown
from interdep.world.world import World

if TYPE_CHECKING:
    from numpy.typing import NDArray


def aggregate(
    world: World,
    economies: Mapping[str, Sequence[str]] | str | None = None,
    industries: Mapping[str, Sequence[str]] | str | None = None,
    weights: Mapping[str, Mapping[str, float]] | None = None,
) -> World:
    """The same flows with labels merged.

    economies: {new label: old labels}, or a group name ("EU27"), whose members become one economy of that name; labels
    not mentioned stay as they are. industries: {new label: old labels} (the same), or the name of a classification that
    has a concordance from the world's own; where one industry belongs to several there, `weights` {old: {new: share}}
    must say how it splits. Splitting an industry splits its row and its column alike. Totals are kept to rounding.
    Raises InputError for labels that are unknown, named twice or would have to be split without weights.
    """
    by_economy, new_economies = _economy_matrix(world, economies)
    by_industry, new_industries, classification = _industry_matrix(world, industries, weights)
    regions, sectors = world.shape
    flows = world.intermediate.reshape(regions, sectors, regions, sectors)
    # Economies first, industries second, one side at a time: no Kronecker product is formed.
    flows = np.einsum("ar,rpsq->apsq", by_economy, flows)
    flows = np.einsum("bs,apsq->apbq", by_economy, flows)
    flows = np.einsum("ip,apbq->aibq", by_industry, flows, optimize=True)
    flows = np.einsum("jq,aibq->aibj", by_industry, flows, optimize=True)
    uses = world.final_use.reshape(regions, sectors, regions, -1)
    uses = np.einsum("ar,ip,bs,rpsf->aibf", by_economy, by_industry, by_economy, uses, optimize=True)
    nodes = len(new_economies) * len(new_industries)

    def merged(vector: NDArray) -> NDArray:
        return (by_economy @ vector.reshape(regions, sectors) @ by_industry.T).reshape(-1)

    labour = None
    if world.labour_share is not None:
        known = np.isfinite(world.labour_share)
        paid = merged(np.where(known, world.labour_share, 0.0) * world.value_added)
        over = merged(np.where(known, world.value_added, 0.0))
        complete = merged((~known & (world.value_added > 0)).astype(float)) == 0
        labour = np.divide(paid, over, out=np.full(nodes, np.nan), where=complete & (over > 0))
    duties = None
    if world.duties is not None:
        # Duties paid over the flows they are paid on; where nothing flows there is none.
        paid = np.maximum(world.final_use, 0.0).reshape(regions, sectors, regions, -1).sum(axis=3)
        paid += world.intermediate.reshape(regions, sectors, regions, sectors).sum(axis=3)
        traded = paid.transpose(1, 0, 2)
        both = [
            np.einsum("ip,ar,bs,prs->iab", by_industry, by_economy, by_economy, part, optimize=True)
            for part in (traded * world.duties, traded)
        ]
        duties = np.divide(*both, out=np.zeros_like(both[0]), where=both[1] > 0)
    merges = by_economy.sum(axis=1) > 1
    touched = (by_economy @ world.estimated.astype(float) @ by_economy.T) > 0
    steps = [f"aggregated to {len(new_economies)} economies x {len(new_industries)} industries"]
    if merges.any() or by_industry.shape[0] != sectors:
        steps.append("an aggregated block is marked estimated where any part of it is")
    return World(
        name=world.name,
        money=world.money,
        economies=new_economies,
        industries=new_industries,
        final_uses=world.final_uses,
        intermediate=flows.reshape(nodes, nodes),
        final_use=uses.reshape(nodes, len(new_economies), -1),
        gross_output=merged(world.gross_output),
        value_added=merged(world.value_added),
        labour_share=labour,
        duties=duties,
        estimated=touched,
        classification=classification,
        price_basis=world.price_basis,
        tolerance=world.tolerance,
        # Errors of merged rows add up at worst.
        rounding=world.rounding * float(by_economy.sum(axis=1).max() * by_industry.sum(axis=1).max()),
        provenance=world.provenance.then(*steps),
    )


def _economy_matrix(world: World, spec: Mapping[str, Sequence[str]] | str | None) -> tuple[NDArray, tuple[str, ...]]:
    if isinstance(spec, str):
        from interdep.geography import group

        spec = {spec: group(spec)}
    return _merge(world.economies, spec or {}, "economy", world.name)


def _industry_matrix(
    world: World,
    spec: Mapping[str, Sequence[str]] | str | None,
    weights: Mapping[str, Mapping[str, float]] | None,
) -> tuple[NDArray, tuple[str, ...], str]:
    if isinstance(spec, str):
        if spec == world.classification and weights is None:
            return np.eye(len(world.industries)), world.industries, spec
        from interdep.classifications import classification, concordance

        links = concordance(world.classification, spec)
        order = [industry.code for industry in classification(world.classification).industries]
        if tuple(order) != world.industries:
            raise InputError(
                f"{world.name}: its industries are not those of {world.classification} in that order,"
                " so the concordance does not apply; give a map {new: [old, ...]}"
            )
        new = tuple(industry.code for industry in classification(spec).industries)
        return links.weights_matrix(weights), new, spec
    if weights is not None:
        raise InputError(
            "weights only apply to a named classification; a map {new: [old, ...]} merges, it cannot split"
        )
    matrix, labels = _merge(world.industries, spec or {}, "industry", world.name)
    return matrix, labels, "own" if spec else world.classification


def _merge(
    labels: tuple[str, ...], spec: Mapping[str, Sequence[str]], kind: str, where: str
) -> tuple[NDArray, tuple[str, ...]]:
    """The 0/1 matrix (new x old) and the new labels: a merged label stands where its first part stood."""
    target: dict[str, str] = {}
    for new, olds in spec.items():
        if isinstance(olds, str):
            raise InputError(f"{kind} {new!r} is made of a list of labels: write [{olds!r}], not {olds!r}")
        if not olds:
            raise InputError(f"{kind} {new!r} would be made of nothing; name at least one label of {where}")
        for old in olds:
            if old not in labels:
                raise unknown(kind, old, labels, where)
            if old in target:
                raise InputError(f"{kind} {old!r} is asked to go to both {target[old]!r} and {new!r}; choose one")
            target[old] = new
    clash = [new for new in spec if new in labels and target.get(new, new) != new]
    clash += [new for new in spec if new in labels and new not in target]
    if clash:
        raise InputError(f"new {kind} label {first_five(clash)} is already the label of another {kind} of {where}")
    new_labels = tuple(dict.fromkeys(target.get(label, label) for label in labels))
    matrix = np.zeros((len(new_labels), len(labels)))
    for column, label in enumerate(labels):
        matrix[new_labels.index(target.get(label, label)), column] = 1.0
    return matrix, new_labels
