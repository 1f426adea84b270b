"""What `interdep measure` prints of products: dependence on one supplier, suppliers in common, reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from interdep.cli.common import print_grid, print_line, share
from interdep.dependence.compare import COMMON, SHARED, UNLIKE, printed
from interdep.dependence.criteria import CRITERIA, TIE, labels
from interdep.dependence.product_dependencies import POOLED
from interdep.errors import first_five
from interdep.units import MISSING, Money

if TYPE_CHECKING:
    from interdep.dependence.product_dependencies import ProductDependencies

_SHARE_OF = "share of the largest supplier "

_LONGEST = 52
"""Letters of a product's name in a printed table."""


def named(code: str, name: str) -> str:
    """A product code with its name, cut where it is long."""
    short = name if len(name) <= _LONGEST else name[: _LONGEST - 1].rstrip(" ,;(") + "…"
    return f"{code} {short}".strip()


def print_products(found: ProductDependencies, top: int) -> None:
    """Which products each buyer gets for more than half from one supplier, and which top suppliers the buyers share."""
    flagged, headline = found.flagged().to_rows(), found.headline().to_rows()
    for buyer in [*found.buyers, POOLED]:
        rows = [r for r in flagged if r["buyer"] == buyer]
        measured = [r for r in headline if r["buyer"] == buyer]
        if not measured:
            continue
        open_ = found.undecided(buyer)
        years = _years(r["period"] for r in measured)
        who = f"{' and '.join(found.buyers)} as one importer" if buyer == POOLED else buyer
        print_line()
        print_line(
            f"{who}: over half of imports from abroad from one supplier, in {len(rows)} of {len(measured) - len(open_)}"
            f" products{years}" + (f"; not computable for {len(open_)}: {first_five(open_)}" if open_ else "")
        )
        if not rows:
            continue
        cells = [_flagged(found, row) for row in rows[:top]]
        print_grid(["product", "year", "supplier", "HHI", "imports", "met in", "reason and limits"], cells, (2, 3, 4))
        if len(rows) > top:
            print_line(f"{len(rows) - top} more products: --top {len(rows)}")
    if len(found.buyers) > 1:
        _print_common(found, top)
    _print_changes(found)
    _print_reverse(found, top)
    print_line()
    for note in found.notes:
        print_line(f"Note: {note}")
    print_line("Every test of a product: --why BUYER:CODE, as in --why " + _example(found))


def _flagged(found: ProductDependencies, row: Mapping[str, Any]) -> list[str]:
    known, supplier = row["years_known"], f"{row['top_supplier']} {share(row['top_share']):>6}"
    return [
        named(row["product"], row["name"]), str(row["period"]), supplier, printed("hhi", row["hhi"]),
        _money(found, row["imports"]), f"{row['years_met']} of {known} yr" if known else MISSING, _reason(found, row),
    ]  # fmt: skip


def _reason(found: ProductDependencies, row: Mapping[str, Any]) -> str:
    """Which criteria hold, and what limits the claim."""
    flags = found.flags.frame
    mine = flags.filter(
        (flags["buyer"] == row["buyer"]) & (flags["product"] == row["product"]) & (flags["period"] == row["period"])
    )
    # One that asks for persistence and has it in this year only (or in years that do not decide) is said to be so.
    met = [
        CRITERIA[r["criterion"]].label + ("" if r["holds"] else " (this year)")
        for r in mine.iter_rows(named=True)
        if r["met"] and r["criterion"] != "one_supplier"
    ]
    parts = [f"share over {found.thresholds.one_supplier:.0%}".replace("%", " %"), *met]
    if row["part"] and row["part"] != row["name"]:
        parts.append(row["part"])
    if row["small"]:
        parts.append("under 1 mn a year")
    elif row["small"] is None:
        parts.append("size not told")
    return "; ".join(parts)


def _money(found: ProductDependencies, value: float | None) -> str:
    if value is None:
        return MISSING
    unit = found.products.units["imports"]
    scale = {"thousand": 1e3, "mn": 1e6, "bn": 1e9}.get(unit.split(" ")[0], 1.0)
    currency = unit.split(" ")[0] if scale == 1.0 else unit.split(" ")[1]
    return Money(currency, 0, scale).format(value)


def _years(periods: Any) -> str:
    years = sorted(set(periods))
    return f" ({years[0]})" if len(years) == 1 else f" ({years[0]}-{years[-1]})" if years else ""


def _print_common(found: ProductDependencies, top: int) -> None:
    rows = found.common.to_rows()
    print_line()
    who = " and ".join(found.buyers)
    together = found.known_for_all()
    if not together:
        print_line(f"{who}: what they have in common is not computable, no product is known for all in one year")
        return
    kinds = {kind: [r for r in rows if r["class"] == kind] for kind in (COMMON, SHARED, UNLIKE)}
    print_line(
        f"{who}: {len(kinds[COMMON])} common dependencies (one criterion met by all, same top supplier) and"
        f" {len(kinds[SHARED])} further shared top suppliers, of {len(together)} products known for all in one year and cut alike"
    )
    shown = kinds[COMMON] + kinds[SHARED]
    if shown:
        cells = [
            [named(r["product"], r["name"]), str(r["period"]), r["class"], r["top_supplier"],
             *(share(r[f"share_{b}"]) for b in found.buyers),
             (labels(r["criteria"]) or "no criterion met by all")
             + (f"; {r['part']}" if r["part"] else "")]
            for r in shown[:top]
        ]  # fmt: skip
        print_grid(
            ["product", "year", "class", "supplier", *found.buyers, "reason"], cells, range(4, 4 + len(found.buyers))
        )
        if len(shown) > top:
            print_line(f"{len(shown) - top} more: --top {len(shown)}")
    for row in kinds[UNLIKE][:5]:
        print_line(
            f"No claim on {named(row['product'], row['name'])}: {row['top_supplier']} is the top supplier of all, but the"
            f" tables do not hold the same goods ({row['part'] or 'two revisions of the HS'})"
        )


def _print_changes(found: ProductDependencies) -> None:
    """What crossed the line of one supplier over half in the last year, with the value before and after."""
    rows = [r for r in found.changes.to_rows() if r["criterion"] == "one_supplier"]
    years = found.products.frame.select("buyer", "period").unique().rows()
    for buyer in found.buyers:
        latest = max((year for who, year in years if who == buyer), default=None)
        last = [r for r in rows if r["buyer"] == buyer and r["period"] == latest]
        if not last:
            continue
        print_line()
        for change in ("entered", "left"):
            some = [r for r in last if r["change"] == change]
            if some:
                text = "; ".join(f"{r['product']} ({r['why'].removeprefix(_SHARE_OF)})" for r in some[:5])
                more = f" and {len(some) - 5} more" if len(some) > 5 else ""
                print_line(
                    f"{buyer}, {last[0]['period']} against the year before: {change} over half from one: {text}{more}"
                )


def print_crude(members: Iterable[str]) -> None:
    """Russian crude of EU members in 2021: share, mode and what that leaves as a way out."""
    from interdep.geography import name_of
    from interdep.trade.russian_crude import WAYS, supplied

    rows = supplied(set(members))
    if not rows:
        return
    cells = [
        [name_of(r["member"]), share(r["share_comext"]), share(r["share_nrg"]), f"{r['russian_mt']:.1f}",
         f"{r['pipeline_mt']:.1f}", f"{r['sea_mt']:.1f}", WAYS[r["alternative"]]]
        for r in rows
    ]  # fmt: skip
    print_line()
    print_line("Russian crude in 2021: share of crude from outside the EU, and how it came (Mt)")
    header = ["member", "customs\n(Comext)", "energy\nstatistics", "Mt", "pipeline", "sea", "what replaces it"]
    print_grid(header, cells, range(1, 6))


def _print_reverse(found: ProductDependencies, top: int) -> None:
    frame = found.reverse.frame
    if not frame.height:
        return
    counts: dict[str, int] = {}
    for row in frame.iter_rows(named=True):
        counts[row["supplier"]] = counts.get(row["supplier"], 0) + 1
    largest = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:5]
    text = ", ".join(f"{economy} {count}" for economy, count in largest)
    print_line()
    print_line(
        f"Reverse: products that others buy for over half from {' and '.join(found.buyers)} together: most in {text}"
    )


def _example(found: ProductDependencies) -> str:
    rows = found.flagged().to_rows() or found.headline().to_rows()
    return f"{rows[-1]['buyer']}:{rows[-1]['product']}" if rows else "JPN:2846"


def print_supplier(found: ProductDependencies, supplier: str, top: int) -> None:
    """What part of each product a supplier delivers, in each buyer's last year that is not thin."""
    from interdep.errors import unknown

    suppliers = found.suppliers.frame
    chosen = {(r["buyer"], r["product"], r["period"]): r["name"] for r in found.headline().to_rows()}
    rows = [
        r for r in suppliers.iter_rows(named=True)
        if r["supplier"] == supplier and (r["buyer"], r["product"], r["period"]) in chosen
    ]  # fmt: skip
    if not rows and supplier not in suppliers["supplier"]:
        raise unknown("supplier", supplier, sorted(set(suppliers["supplier"])), "the trade tables")
    rows.sort(key=lambda r: (-r["share"], r["buyer"], r["product"]))
    print_line()
    print_line(f"Products from {supplier}, per cent of imports from abroad")
    cells = [
        [
            r["buyer"],
            named(r["product"], chosen[r["buyer"], r["product"], r["period"]]),
            str(r["period"]),
            share(r["share"]),
        ]
        for r in rows[:top]
    ]
    print_grid(["buyer", "product", "year", "share"], cells, (3,))
    if len(rows) > top:
        print_line(f"{len(rows) - top} more products: --top {len(rows)}")
    for note in found.notes:
        print_line(f"Note: {note}")


def print_why(found: ProductDependencies, buyer: str, product: str) -> None:
    """Every test of every criterion, one line each, and where the tables fall short."""
    reasons = found.why(buyer, product).to_rows()
    about = {r["product"]: r for r in found.headline().to_rows() if r["buyer"] == buyer}
    for code in dict.fromkeys(r["product"] for r in reasons):
        mine, facts = [r for r in reasons if r["product"] == code], about[code]
        print_line(f"{buyer}, {named(code, facts['name'])}, {facts['period']} ({facts['data']})")
        cells = []
        for name, criterion in CRITERIA.items():
            for place, row in enumerate(r for r in mine if r["criterion"] == name):
                first = place == 0
                cells.append(
                    [criterion.label if first else "", row["check"], row["reason"], row["years"] if first else ""]
                )
        print_grid(["criterion", "test", "value and threshold", "met in"], cells)
        if facts["part"]:
            print_line(f"Note: the table covers {facts['part']}")
        if facts["small"]:
            print_line("Note: it rests on under 1 mn a year")
        for row in found.products.to_rows():
            if row["buyer"] == buyer and row["product"] == code and row["thin"]:
                print_line(f"Note: {row['period']} is not used: {row['thin']}")
        print_line()
    print_line(
        f"Thresholds and their sources: interdep list. A value within {TIE:g} of its threshold, relatively, lies on it."
    )
