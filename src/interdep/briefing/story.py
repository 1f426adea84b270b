"""The report as a whole: its order, its bottom line, its key numbers; every number comes from results."""

from __future__ import annotations

from interdep.briefing import (
    agreement_section,
    days_section,
    dependence_section,
    method_section,
    product_section,
    response_section,
    shock_section,
    years_section,
)
from interdep.briefing.content import Bullets, Document, Heading, KeyNumber, KeyNumbers
from interdep.briefing.findings import TOO_SMALL, Findings, between
from interdep.dependence.compare import COMMON, SHARED
from interdep.geography import name_of
from interdep.units import per_cent


def tell(found: Findings) -> Document:
    """The report: in short, dependence, suppliers, pillars, scenarios by weeks and by years, single stops, what to do
    together, who would sign, its footing."""
    world, provenance = found.world, found.run.provenance
    partners = " and ".join(found.names[b] for b in found.buyers)
    since = f", since {found.partnership.since}" if found.partnership.since else ""
    return Document(
        title=f"{found.partnership.title}: what {partners} depend on, and what would break",
        subtitle=f"{partners}{since}. Data of {world.year} ({world.name}), {world.money.currency} at prices of that year.",
        language="en",
        blocks=[
            Heading("In short", "short"),
            Bullets(bottom_line(found)),
            key_numbers(found),
            *dependence_section.by_industry(found),
            *dependence_section.by_supplier(found),
            *dependence_section.by_pillar(found),
            *product_section.products(found),
            *product_section.russian_crude(found),
            *shock_section.scenarios(found),
            *days_section.days(found),
            *years_section.years(found),
            *shock_section.single_stops(found),
            *response_section.responses(found),
            *agreement_section.agreement(found),
            *agreement_section.without(found),
            *method_section.doubts(found),
            *method_section.assumptions(found),
            *method_section.sources(found),
        ],
        footer=(
            f"interdep {provenance.version}, method {provenance.method}; run {found.identity};"
            f" table {world.name}, data year {world.year}. Results on a table of {world.year}: shares of today differ."
        ),
    )


def bottom_line(found: Findings) -> tuple[str, ...]:
    """Sentences: what is shared, which products come from one supplier, what hides in the chain, what would cost most in weeks
    and in years."""
    names = found.names
    both = " and ".join(names[b] for b in found.buyers)
    common = found.dependencies.common().to_rows()
    industries = found.dependencies.industries.frame["industry"].n_unique()
    counts: dict[str, int] = {}
    for row in common:
        counts[row["top_supplier"]] = counts.get(row["top_supplier"], 0) + 1
    if counts:
        leader = max(sorted(counts), key=lambda s: counts[s])
        shared = (
            f"{both} have the same top foreign supplier in {len(common)} of {industries} industries;"
            f" in {counts[leader]} of them it is {names[leader]}."
        )
    else:
        shared = f"{both} have no top foreign supplier in common in any of {industries} industries."
    hidden, costs, by_day = [], [], []
    for buyer in found.buyers:
        top = found.overall(buyer)[0]
        times = top["look_through_share"] / top["face_share"] if top["face_share"] else float("nan")
        hidden.append(
            f"{names[buyer]} buys {per_cent(top['face_share'])} of its inputs directly from {names[top['supplier']]}, and"
            f" relies on it for {per_cent(top['look_through_share'])} through the chain ({times:.1f} times as much)"
        )
        worst = max((r for r in found.by_partner() if r["economy"] == buyer), key=lambda r: r["loss_share"])
        costs.append(
            f"for {names[buyer]} it is “{names[worst['scenario']]}”, {per_cent(worst['loss_share'])} of a year's value added"
        )
        (name, _), range_ = max(
            ((key, r) for key, r in found.ranges.items() if key[1] == buyer), key=lambda each: each[1]["value"]
        )
        if range_["value"] <= TOO_SMALL:
            by_day.append(f"for {names[buyer]} none of them costs anything")
            continue
        by_day.append(
            f"for {names[buyer]} it is “{names[name]}”, {per_cent(range_['value'])}"
            f" ({between(range_['low'], range_['high'])} over the variants)"
        )
    return (
        shared,
        *by_product(found),
        "; ".join(hidden) + ".",
        "Of the scenarios tried, the costliest in the first order: " + "; ".join(costs) + ". Day by day: "
        + "; ".join(by_day) + "; before prices adjust, and with the caveats of that section.",
        *years_section.in_short(found),
        *response_section.in_short(found),
        *agreement_section.in_short(found),
    )  # fmt: skip


def by_product(found: Findings) -> tuple[str, ...]:
    """One sentence on products, where a trade table knows a partner; none else."""
    deps = found.dependencies.products
    if deps is None:
        return ()
    flagged, measured = deps.flagged().to_rows(), deps.headline().to_rows()
    parts = []
    for buyer in deps.buyers:
        of = sum(r["buyer"] == buyer for r in measured) - len(deps.undecided(buyer))
        if of:
            parts.append(f"{found.names[buyer]} in {sum(r['buyer'] == buyer for r in flagged)} of {of} products")
    text = f"More than half of imports come from one supplier for {' and for '.join(parts)}"
    shared = [r for r in deps.common.to_rows() if r["class"] in (COMMON, SHARED)]
    if shared:
        some = ", ".join(f"{r['product']} {r['name']} ({name_of(r['top_supplier'])})" for r in shared[:3])
        text += f"; the same goods from the same top supplier: {some}"
    return (f"{text}.",)


def key_numbers(found: Findings) -> KeyNumbers:
    """Shared suppliers, and the costliest single supplier of each partner."""
    common = found.dependencies.common()
    total = found.dependencies.industries.frame["industry"].n_unique()
    items = [
        KeyNumber(
            f"{len(common)} of {total}", "industries share their top foreign supplier",
            "look-through, rest of the world left out",
        )
    ]  # fmt: skip
    for buyer in found.buyers:
        worst = next(r for r in found.costliest_stops(buyer) if r["supplier"] != "ROW")
        what = f"{found.names[worst['industry']]} ({worst['industry']}) from {found.names[worst['supplier']]}"
        items.append(
            KeyNumber(
                per_cent(worst["loss_share"]),
                f"of {found.names[buyer]}'s yearly value added is lost if {what} stops for a year",
                f"the costliest single foreign supplier, in the first order; exposed {per_cent(worst['exposed_share'])}",
            )
        )
    return KeyNumbers(tuple(items))
