"""measure: who depends on whom, by industry, for economies, groups and partnerships side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from interdep.dependence.lookthrough import reliance
from interdep.errors import InputError, MissingData, unknown
from interdep.geography import economies
from interdep.provenance import Source
from interdep.tables import Table, load_tables, save_tables
from interdep.world import World

if TYPE_CHECKING:
    import polars as pl

    from interdep.dependence.criteria import Thresholds
    from interdep.dependence.product_dependencies import ProductDependencies
    from interdep.trade import Trade

BALDWIN = Source(
    "Baldwin, Freeman & Theodorakopoulos (2023), Hidden exposure: measuring US supply chain reliance",
    2023,
    citation="Baldwin, R., Freeman, R. & Theodorakopoulos, A. (2023), Hidden exposure: measuring US supply chain reliance,"
    " Brookings Papers on Economic Activity",
)

REST = "ROW"
"""The rest of the world is many economies: it is shown, and never called a top supplier."""


@runtime_checkable
class HasMembers(Protocol):
    """Anything with members (a partnership)."""

    @property
    def members(self) -> Sequence[str]:
        """Economies or groups, each one buyer."""
        ...


@dataclass(frozen=True, eq=False)
class Dependencies:
    """Reliance of each buyer's industries on each supplier.

    suppliers: (buyer, industry, supplier), home left out. industries: (buyer, industry) with the home share and the top
    foreign supplier. overall: (buyer, supplier) over all the industries asked for. Shares are of all inputs, home included:
    `face_share` of direct purchases, `look_through_share` of everything produced along the chain. products: the same by
    product, None where no trade table knows any of the buyers.
    """

    buyers: Mapping[str, tuple[str, ...]]
    suppliers: Table
    industries: Table
    overall: Table
    products: ProductDependencies | None = None

    def common(self, supplier: str | None = None) -> Table:
        """Industries in which every buyer has the same top foreign supplier (look-through), the most exposed first."""
        import polars as pl

        frame = self.industries.frame
        if supplier is not None and supplier not in self.overall.frame["supplier"].to_list():
            raise unknown(
                "supplier", supplier, sorted(set(self.overall.frame["supplier"].to_list())), "these dependencies"
            )
        same = (
            frame.group_by("industry", maintain_order=True)
            .agg(
                pl.col("top_supplier").n_unique().alias("different"),
                pl.col("top_supplier").first(),
                pl.col("top_share").min().alias("smallest_share"),
                pl.len().alias("buyers"),
            )
            .filter(
                (pl.col("different") == 1)
                & pl.col("top_supplier").is_not_null()
                & (pl.col("buyers") == len(self.buyers))
            )
        )
        if supplier is not None:
            same = same.filter(pl.col("top_supplier") == supplier)
        wide = same.select("industry", "top_supplier", "smallest_share")
        for buyer in self.buyers:
            share = frame.filter(pl.col("buyer") == buyer).select(
                "industry", pl.col("top_share").alias(f"share_{buyer}")
            )
            wide = wide.join(share, on="industry", how="left", maintain_order="left")
        wide = wide.sort(["smallest_share", "industry"], descending=[True, False])
        units = {"top_supplier": "", "smallest_share": "fraction of all inputs, look-through"}
        units |= {f"share_{buyer}": "fraction of all inputs, look-through" for buyer in self.buyers}
        return Table(
            "common_top_suppliers", wide, ("industry",), units,
            f"Industries in which {' and '.join(self.buyers)} have the same top foreign supplier",
            provenance=self.industries.provenance,
        )  # fmt: skip

    def why(self, buyer: str, product: str) -> Table:
        """Every test of dependence of a buyer on the suppliers of a product, with its reason; see `ProductDependencies.why`."""
        if self.products is None:
            raise MissingData(
                f"no trade table knows {' or '.join(self.buyers)}; bring one that does, see `interdep get`"
            )
        return self.products.why(buyer, product)

    def exposure(self, supplier: str, product: str, world: World | None = None, classification: str = "HS22") -> Table:
        """Industries of the buyers' members that use the industry making a product, and value added at stake at most.

        See `interdep.dependence.exposure`. world: default the packaged one; classification: of the product's code. Raises
        InputError where the product is made by several industries, MissingData where the world lacks the supplier.
        """
        from interdep.classifications.hs import industry_of
        from interdep.dependence.exposure import Exposures

        world = world if world is not None else World.read()
        if supplier not in world.economies:
            raise MissingData(f"{world.name} does not keep {supplier} apart; bring a table that has it")
        industry = industry_of([product], classification, within=world.classification)["industry"][0]
        if industry is None:
            raise InputError(f"{product} is not specified by kind, so that no industry makes it")
        return Exposures(world, self.buyers).to(supplier, industry, [product])

    @property
    def tables(self) -> dict[str, Table]:
        """The three tables of industries by name (those of products are in `.products.tables`)."""
        return {"suppliers": self.suppliers, "industries": self.industries, "overall": self.overall}

    def save(self, folder: Path) -> None:
        """Write the tables (CSV and Parquet) and a manifest from which `load` reads them back."""
        save_tables(folder, self.tables, kind="dependencies", buyers={k: list(v) for k, v in self.buyers.items()})
        if self.products is not None:
            self.products.save(folder / "products")

    @classmethod
    def load(cls, folder: Path) -> Dependencies:
        """The dependencies saved in a folder; InputError where there are none."""
        from interdep.dependence.product_dependencies import ProductDependencies

        tables, manifest = load_tables(folder, "dependencies")
        products = ProductDependencies.load(folder / "products") if (folder / "products").is_dir() else None
        return cls({name: tuple(members) for name, members in manifest["buyers"].items()}, **tables, products=products)

    def __repr__(self) -> str:
        lines = [f"Dependencies of {', '.join(self.buyers)}: {self.industries.frame['industry'].n_unique()} industries"]
        for row in self.industries.top(5, "top_share").to_rows():
            share = f"{100 * row['top_share']:.1f} % of inputs (look-through)"
            lines.append(f"├─ {row['buyer']} {row['industry']}: {row['top_supplier']} {share}")
        lines.append(f"└─ the same top supplier in {len(self.common())} industries")
        return "\n".join(lines)


def measure(
    who: HasMembers | str | Sequence[str],
    industries: Sequence[str] | None = None,
    world: World | None = None,
    trade: Trade | str | Path | Sequence[Trade] | None = None,
    products: str | Sequence[str] | None = None,
    years: int | Sequence[int] | None = None,
    thresholds: Thresholds | None = None,
) -> Dependencies:
    """Who depends on whom, directly and through the chain, by industry and by product.

    who: a partnership, or economies and groups, each one buyer (a group's trade inside itself is home); industries: codes of
    the world or ISIC names it keeps apart, default all; world: default the packaged "world-2014"; trade: product flows,
    default the packaged tables; products: a product set ("chips") or codes or their first digits, default all; years: of
    trade, default the last three of each table; thresholds: of the criteria.
    Raises InputError for unknown names and where two buyers share a member; MissingData where the table lacks a member.
    """
    from interdep.classifications import resolve

    world = world if world is not None else World.read()
    if isinstance(who, str):
        names: Sequence[str] = [who]
    else:
        names = who.members if isinstance(who, HasMembers) else who
    buyers = buyers_in(world, names)
    asked = world.industries
    if industries is not None:
        asked = tuple(
            dict.fromkeys(i for name in industries for i in resolve(name, world.industries, world.classification))
        )
        if not asked:
            raise InputError("no industry is asked for; leave it out for all of them")
    face, through = reliance(world, buyers)
    places = [world.industry_index(i) for i in asked]
    face, through = face[:, places], through[:, places]
    provenance = world.provenance.with_sources(BALDWIN).then(f"face-value and look-through reliance on {world.name}")
    money = f"{world.money} per year"
    units = {"face_value": money, "look_through": money}
    share_units = {
        "face_share": "fraction of all direct inputs",
        "look_through_share": "fraction of all inputs, look-through",
    }
    suppliers = _supplier_frame(world, buyers, asked, face, through)
    overall = _supplier_frame(
        world, buyers, ("all",), face.sum(axis=1, keepdims=True), through.sum(axis=1, keepdims=True)
    )
    by_industry = _industry_frame(world, buyers, asked, face, through)
    top_units = {
        "inputs": money, "home_share": "fraction of all inputs, look-through",
        "foreign_face_share": "fraction of all direct inputs", "foreign_share": "fraction of all inputs, look-through",
        "top_supplier_face": "", "top_share_face": "fraction of all direct inputs",
        "top_supplier": "", "top_share": "fraction of all inputs, look-through",
    }  # fmt: skip
    by_product = _by_product(buyers, trade, products, years, thresholds)
    return Dependencies(
        buyers,
        Table("reliance_by_supplier", suppliers, ("buyer", "industry", "supplier"), {**units, **share_units},
              "Reliance on foreign suppliers, direct and through the chain", provenance=provenance),
        Table("reliance_by_industry", by_industry, ("buyer", "industry"), top_units,
              "Home share and top foreign supplier of each industry", provenance=provenance),
        Table("reliance_overall", overall.drop("industry"), ("buyer", "supplier"), {**units, **share_units},
              "Reliance on foreign suppliers over the industries asked for", provenance=provenance),
        by_product,
    )  # fmt: skip


def _by_product(
    buyers: Mapping[str, tuple[str, ...]],
    trade: Trade | str | Path | Sequence[Trade] | None,
    products: str | Sequence[str] | None,
    years: int | Sequence[int] | None,
    thresholds: Thresholds | None,
) -> ProductDependencies | None:
    """The product half; None where nothing was asked of it and no packaged table knows any of the buyers."""
    from interdep.dependence.by_product import products_of
    from interdep.trade import Trade
    from interdep.trade.folder import packaged_trades

    asked = trade is not None or products is not None or years is not None
    if isinstance(trade, (str, Path)):
        trade = Trade.read(trade)
    if isinstance(years, int):
        years = (years,)
    strange = [y for y in years or () if not isinstance(y, int)]
    if strange:
        raise InputError(f"{strange[0]!r} is no year; give years as whole numbers, as in years=[2022, 2023]")
    several = packaged_trades() if trade is None else list(trade) if isinstance(trade, Sequence) else [trade]
    if not asked and not any(t.covers(m) for t in several for members in buyers.values() for m in members):
        return None
    try:
        return products_of(buyers, several, products, years, thresholds)
    except MissingData:
        if asked:
            raise
        return None


def buyers_in(world: World, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """`members_in` for buyers that stand side by side: none may share a member with another."""
    out = members_in(world, names)
    for place, (name, members) in enumerate(out.items()):
        for other in list(out)[:place]:
            both = sorted(set(members) & set(out[other]))
            if both:
                raise InputError(f"{both[0]} belongs to both {other} and {name}; each buyer needs members of its own")
    return out


def members_in(world: World, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """{name: members in the table} for economies and groups; see `measure` for what raises."""
    if not names:
        raise InputError("nobody is named; name an economy, a group or a partnership")
    out: dict[str, tuple[str, ...]] = {}
    for name in names:
        members = (name,) if name in world.economies else economies(name)
        absent = [m for m in members if m not in world.economies]
        if absent:
            raise MissingData(
                f"{world.name} does not keep {', '.join(absent[:5])} apart"
                + (f" (members of {name})" if len(members) > 1 else "")
                + "; bring a table that has them, see docs/own-table.md"
            )
        if name in out:
            raise InputError(f"{name} is named twice")
        out[name] = members
    return out


def _shares(amounts: np.ndarray) -> np.ndarray:
    """Each supplier's part of the sum over suppliers (last axis); NaN where nothing is bought at all."""
    total = amounts.sum(axis=-1, keepdims=True)
    return np.divide(amounts, total, out=np.full_like(amounts, np.nan), where=total > 0)


def _supplier_frame(
    world: World,
    buyers: Mapping[str, tuple[str, ...]],
    industries: Sequence[str],
    face: np.ndarray,
    through: np.ndarray,
) -> pl.DataFrame:
    import polars as pl

    groups, sectors, regions = face.shape
    home = _home(world, buyers)
    frame = pl.DataFrame(
        {
            "buyer": np.repeat(list(buyers), sectors * regions),
            "industry": np.tile(np.repeat(list(industries), regions), groups),
            "supplier": np.tile(np.array(world.economies), groups * sectors),
            "face_value": face.reshape(-1),
            "look_through": through.reshape(-1),
            "face_share": _shares(face).reshape(-1),
            "look_through_share": _shares(through).reshape(-1),
            "home": np.repeat(home[:, None, :], sectors, axis=1).reshape(-1),
        }
    )
    return (
        frame.filter(~pl.col("home"))
        .drop("home")
        .with_columns(pl.col("face_share", "look_through_share").fill_nan(None))
    )


def _home(world: World, buyers: Mapping[str, tuple[str, ...]]) -> np.ndarray:
    """(G, R) true where the supplier is a member of the buyer."""
    return np.array([[economy in members for economy in world.economies] for members in buyers.values()])


def _industry_frame(
    world: World,
    buyers: Mapping[str, tuple[str, ...]],
    industries: Sequence[str],
    face: np.ndarray,
    through: np.ndarray,
) -> pl.DataFrame:
    import polars as pl

    home = _home(world, buyers)
    rest = np.array([economy == REST for economy in world.economies])
    rows = []
    for g, buyer in enumerate(buyers):
        direct, chain = _shares(face[g]), _shares(through[g])
        abroad = ~home[g] & ~rest
        for p, industry in enumerate(industries):
            tops = []
            for shares in (direct[p], chain[p]):
                known = np.where(abroad, shares, -1.0)
                best = int(np.argmax(known))
                some = np.isfinite(known[best]) and known[best] > 0
                tops += [world.economies[best], float(known[best])] if some else [None, None]
            missing = not np.isfinite(chain[p]).all()
            rows.append(
                (buyer, industry, float(face[g, p].sum()),
                 None if missing else float(chain[p][home[g]].sum()),
                 None if missing else float(direct[p][~home[g]].sum()),
                 None if missing else float(chain[p][~home[g]].sum()), *tops)
            )  # fmt: skip
    names = ("buyer", "industry", "inputs", "home_share", "foreign_face_share", "foreign_share", "top_supplier_face",
             "top_share_face", "top_supplier", "top_share")  # fmt: skip
    text = ("buyer", "industry", "top_supplier_face", "top_supplier")
    return pl.DataFrame(rows, schema={n: pl.String if n in text else pl.Float64 for n in names}, orient="row")
