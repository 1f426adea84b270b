"""What the build prints and writes into the documentation: Russia in EU energy, and the distance to another build."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .assemble import Assembled
from .energy import MEMBERS, Energy, comext_russia, crude_volume_russia, wiod2013_russia
from .industries import WIOD_56, merged_50
from .parts import Parts
from .recover import Recovered


@dataclass(frozen=True)
class Reference:
    """The independent reconstruction, with economies in our order."""

    z: np.ndarray  # [r, p, s, q] mn USD
    output: float
    value_added: float


def read_reference(path: Path, economies: tuple[str, ...]) -> Reference:
    """Read `reconstructed_44x56.npz`."""
    file = np.load(path)
    order = [[str(r) for r in file["regions"]].index(e) for e in economies]
    n, m = len(economies), len(WIOD_56)
    z = file["Z"].reshape(n, m, n, m)[np.ix_(order, range(m), order, range(m))].astype(float)
    return Reference(z, float(file["x"].sum()), float(file["va_plus_taxes"].sum()))


def _russia(flows: np.ndarray, economies: tuple[str, ...]) -> np.ndarray:
    """Russia's share of each EU member's imports from deliveries [r, s]."""
    flows = flows.copy()
    np.fill_diagonal(flows, 0.0)
    members = [economies.index(m) for m in MEMBERS]
    total = flows[:, members].sum(0)
    bought = flows[economies.index("RUS"), members]
    return _ratio(np.stack([bought, total]))


def _ratio(pair: np.ndarray) -> np.ndarray:
    return np.divide(pair[0], pair[1], out=np.full(len(MEMBERS), np.nan), where=pair[1] > 0)


def _markdown(head: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def _percent(value: float) -> str:
    return "–" if np.isnan(value) else f"{100 * value:.0f}"


def russia_tables(
    parts: Parts,
    recovered: Recovered,
    built: Assembled,
    reference: Reference,
    energy: Energy,
    folder: Path,
    wiod2013: Path,
) -> dict[str, str]:
    """Return markdown tables on Russia in EU members' imported mining and petroleum: shares in %, totals in bn USD."""
    economies = parts.economies
    members, russia, row = [economies.index(m) for m in MEMBERS], economies.index("RUS"), economies.index("ROW")
    statistics = {
        "B": {
            "crude 2014": energy.crude,
            "crude 2014, volume": crude_volume_russia(folder),
            "gas 2014": energy.gas,
            "coal 2014": energy.coal,
            "crude 2019": comext_russia(folder, "2709", 2019),
            "crude 2021": comext_russia(folder, "2709", 2021),
        },
        "C19": {"2710 2019": energy.petroleum, "2710 2021": comext_russia(folder, "2710", 2021)},
    }
    out, totals, suppliers = {}, {}, {}
    for code, old in (("B", "c2"), ("C19", "c8")):
        p = WIOD_56.index(code)
        before = recovered.pairs[:, [codes[0] for codes in merged_50()].index(code)]
        after, asked = built.cross[:, p].sum(2), built.asked[code]
        columns = {
            "WIOD 2016": _russia(before, economies),
            "reconstruction": _russia(reference.z[:, p].sum(2), economies),
            "asked for": _russia(asked, economies),
            "this table": _russia(after, economies),
            "WIOD 2013 (2011)": _ratio(wiod2013_russia(wiod2013, old)),
        } | statistics[code]
        rows = [[m, *(_percent(c[i]) for c in columns.values())] for i, m in enumerate(MEMBERS)]
        out[f"russia {code}"] = _markdown(["member", *columns], rows)
        for name, value in (
            ("members' imports of intermediates", after[:, members].sum()),
            ("from Russia: WIOD 2016", before[russia, members].sum()),
            ("from Russia: asked for", asked[russia, members].sum()),
            ("from Russia: this table", after[russia, members].sum()),
            ("from Russia: WIOD 2013, year 2011", wiod2013_russia(wiod2013, old)[0].sum()),
            ("Russian final goods, in addition (published)", parts.final[russia, p][members].sum()),
            ("Russia's exports of intermediates (published)", before[russia].sum()),
            ("of which to ROW: WIOD 2016", before[russia, row]),
            ("of which to ROW: this table", after[russia, row]),
        ):
            totals.setdefault(name, []).append(f"{value / 1e3:.1f}")
        for name in ("RUS", "NOR", "GBR", "NLD", "DNK", "DEU", "POL", "USA", "ROW"):
            r = economies.index(name)
            suppliers.setdefault(name, []).extend(f"{f[r, members].sum() / 1e3:.1f}" for f in (before, after))
    out["russia totals"] = _markdown(["bn USD", "mining", "petroleum"], [[k, *v] for k, v in totals.items()])
    head = ["supplier", "mining before", "mining after", "petroleum before", "petroleum after"]
    out["suppliers"] = _markdown(head, [[k, *v] for k, v in suppliers.items()])
    return out


def comparison(parts: Parts, plain: Assembled, built: Assembled, reference: Reference, value_added: float) -> dict:
    """Return figures that set the table beside the reconstruction, over cross-border cells in 56 industries, mn USD."""
    n = len(parts.economies)
    theirs = reference.z.copy()
    theirs[np.arange(n), :, np.arange(n)] = 0.0
    out: dict[str, object] = {
        "world output, tn USD": (parts.output.sum() / 1e6, reference.output / 1e6),
        "value added with taxes and margins, tn USD": (value_added / 1e6, reference.value_added / 1e6),
        "intermediates, tn USD": ((built.cross.sum() + parts.domestic.sum()) / 1e6, reference.z.sum() / 1e6),
        "of which estimated (cross-border), tn USD": (built.cross.sum() / 1e6, theirs.sum() / 1e6),
    }
    for name, ours in (("without the energy correction", plain.cross), ("as packaged", built.cross)):
        gap = np.abs(ours - theirs)
        named = [i for i in range(n) if parts.economies[i] != "ROW"]
        core = np.ix_(named, range(len(WIOD_56)), named, range(len(WIOD_56)))
        by_pair = np.abs(ours.sum(3) - theirs.sum(3)).sum() / ours.sum()
        out[name] = {
            "correlation of cells": float(np.corrcoef(ours.ravel(), theirs.ravel())[0, 1]),
            "sum of differences / sum of cells": float(gap.sum() / ours.sum()),
            "the same without ROW": float(gap[core].sum() / ours[core].sum()),
            "the same summed over users (product x pair)": float(by_pair),
            "buyers that differ most": _largest(gap.sum((0, 1, 3)), ours.sum((0, 1, 3)), parts.economies),
            "products that differ most": _largest(gap.sum((0, 2, 3)), ours.sum((0, 2, 3)), WIOD_56),
        }
    return out


def _largest(gap: np.ndarray, base: np.ndarray, labels: tuple[str, ...], count: int = 6) -> str:
    order = np.argsort(-gap)[:count]
    return ", ".join(f"{labels[i]} {gap[i] / 1e3:.0f} bn ({100 * gap[i] / base[i]:.0f} %)" for i in order)


def flatten(figures: dict, head: list[str]) -> str:
    """Return nested figures as a markdown table."""
    rows = []
    for key, value in figures.items():
        if isinstance(value, tuple):
            rows.append([key, *(f"{v:.3f}" for v in value)])
        elif isinstance(value, dict):
            rows.extend([f"{key}: {k}", f"{v:.4f}" if isinstance(v, float) else str(v), ""] for k, v in value.items())
    return _markdown(head, rows)


def write_between_markers(path: Path, sections: dict[str, str]) -> list[str]:
    """Replace the text between `<!-- generated: NAME -->` and `<!-- end -->`; return the names that have no marker."""
    text, missing = path.read_text(encoding="utf-8"), []
    for name, body in sections.items():
        start = f"<!-- generated: {name} -->"
        if start not in text:
            missing.append(name)
            continue
        head, rest = text.split(start, 1)
        _, tail = rest.split("<!-- end -->", 1)
        text = f"{head}{start}\n{body}\n<!-- end -->{tail}"
    path.write_text(text, encoding="utf-8", newline="\n")
    return missing
