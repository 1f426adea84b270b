"""Trade: product-level flows between economies, scanned lazily from one Parquet file a year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interdep.errors import InputError, MissingData, first_five
from interdep.provenance import Provenance

if TYPE_CHECKING:
    import polars as pl

    from interdep.tables import Table

SHARES = "fraction of the importer's imports of the product"
"""The unit of a Trade that holds no amounts, only each supplier's part."""

KEY = ("exporter", "importer", "product", "period")


@dataclass(frozen=True, eq=False)
class Trade:
    """Flows of products from exporters to importers.

    `scan()` gives them as a lazy polars frame with exporter, importer (ISO 3166 alpha-3, or a category of
    `interdep.trade.partners`), product (digits), period (year), value in `unit` x `scale` (null: not known; 0: reported as
    zero), and where the source has them quantity (`quantity_unit`) and mode of transport.

    classification: the nomenclature of `product` ("HS17", "CN8", ...), digits its length; unit: currency at current prices,
    or SHARES; whole: every flow of every exporter is there (both sides reconciled, as in BACI), so that exports and world
    exports can be computed; else only `reporters` have complete imports, and `sellers` complete exports; products: the
    codes the source covers, None for all of the nomenclature; names: {product: what it is called here}; parts: {product:
    what of it is inside} where a code is covered in part; incomplete: {first digits of products ("" for all of them): years
    in which part of them is missing}; outside: a group of which only trade with others is in the table ("EU27"), so that it
    tells the imports of the group and not those of a member; small: products known to be small where amounts are not told;
    caveats: what anybody who reads a number of it has to know.
    """

    name: str
    files: Mapping[int, Any]
    classification: str
    digits: int
    unit: str
    scale: float = 1.0
    quantity_unit: str = ""
    title: str = ""
    whole: bool = False
    moded: bool = False
    reporters: tuple[str, ...] = ()
    sellers: tuple[str, ...] = ()
    products: tuple[str, ...] | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    incomplete: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    outside: str = ""
    small: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    valuation: str = ""
    notes: tuple[str, ...] = ()
    provenance: Provenance = field(default_factory=Provenance)

    @classmethod
    def read(cls, source: str | Path) -> Trade:
        """A packaged table by name ("eu-critical-materials"), or the folder that `save` or `interdep get` has written.

        Raises MissingData where there is neither, InputError where the folder does not hold what it says.
        """
        from interdep.trade.folder import read_trade

        return read_trade(source)

    @classmethod
    def from_frame(cls, frame: Any, **about: Any) -> Trade:
        """A Trade of a frame (polars, lazy or not, or pandas) with the columns named above; `about`: the fields of Trade.

        Raises InputError for the first thing that does not hold; see `interdep.trade.invariants`.
        """
        from interdep.trade.invariants import trade_from_frame

        return trade_from_frame(frame, about)

    @property
    def periods(self) -> tuple[int, ...]:
        """The years there are, in order."""
        return tuple(sorted(self.files))

    @property
    def amounts(self) -> bool:
        """Values are money, not shares."""
        return self.unit != SHARES

    @property
    def value_unit(self) -> str:
        """The unit of `value` as it stands in table headers."""
        names = {1.0: "", 1e3: "thousand ", 1e6: "mn ", 1e9: "bn "}
        return f"{names.get(self.scale, f'{self.scale:g} ')}{self.unit} (current prices)" if self.amounts else self.unit

    @property
    def identity(self) -> dict[str, Any]:
        """What tells this table from another, as plain data: what it is, size and time of its files, or a hash of its rows."""
        paths = {year: file for year, file in self.files.items() if isinstance(file, Path)}
        stamps = {str(year): [p.stat().st_size, p.stat().st_mtime_ns] for year, p in paths.items()}
        about = (self.classification, self.digits, self.unit, self.scale, self.whole, self.reporters, self.sellers)
        held = {str(y): self._hash(f) for y, f in self.files.items() if y not in paths}
        return {
            "name": self.name, "years": list(self.periods), "products": self.products, "about": about,
            "files": stamps, "held": held,
        }  # fmt: skip

    @staticmethod
    def _hash(flows: pl.LazyFrame) -> str:
        """What tells the rows of a frame in memory from others, whatever their order."""
        return str(flows.collect().hash_rows(seed=1).sort().hash(seed=2).sum())

    def scan(self, years: Iterable[int] | None = None) -> pl.LazyFrame:
        """The flows of some years (default all), lazily; MissingData for a year that is not there."""
        import polars as pl

        wanted = self.periods if years is None else tuple(years)
        absent = [year for year in wanted if year not in self.files]
        if absent:
            raise MissingData(
                f"{self.name} has no year {first_five(absent)}; it has {', '.join(map(str, self.periods))}"
            )
        found = [self.files[year] for year in wanted]
        frames = [f if isinstance(f, pl.LazyFrame) else pl.scan_parquet(f) for f in found]
        return frames[0] if len(frames) == 1 else pl.concat(frames)

    def covers(self, importer: str) -> bool:
        """The imports of this economy are complete here (for the products covered)."""
        return self.whole or importer in self.reporters

    def tells_exports_of(self, exporter: str) -> bool:
        """The exports of this economy are complete here (for the products covered)."""
        return self.whole or exporter in self.sellers

    def rolled_up(self, digits: int) -> Trade:
        """The same flows at fewer digits of the product code, values and quantities summed.

        A sum of which a part is not known is not known. A heading of which the source covers only some subheadings is named
        in `parts`. Raises InputError for more digits than there are.
        """
        from interdep.trade.rollup import roll_up

        return self if digits == self.digits else roll_up(self, digits)

    def in_revision(self, classification: str) -> Trade:
        """The same flows in another revision of the HS; a code that split is shared out, see `hs.convert`.

        Raises InputError for other than amounts at six digits, or an unknown revision.
        """
        from interdep.trade.rollup import in_revision

        return self if classification == self.classification else in_revision(self, classification)

    def only(self, products: Sequence[str]) -> Trade:
        """Only the products that begin with one of these codes; MissingData for codes finer than the table."""
        from interdep.trade.rollup import only

        return only(self, products)

    def coverage(self, importers: Sequence[str] | None = None) -> Table:
        """Partners and totals of each importer and year against the year before, thin years marked."""
        from interdep.trade.coverage import coverage

        return coverage(self, importers)

    def save(self, folder: Path) -> None:
        """Write one Parquet file a year and `trade.json`, which `read` reads back; an error leaves the folder as it was."""
        from interdep.trade.folder import write_trade

        write_trade(self, folder)

    def with_files(self, files: Mapping[int, Any], **changes: Any) -> Trade:
        """The same Trade over other frames."""
        return replace(self, files=files, **changes)

    def __repr__(self) -> str:
        years = str(*self.periods) if len(self.periods) == 1 else f"{min(self.periods)}-{max(self.periods)}"
        who = "every economy" if self.whole else f"imports of {first_five(self.reporters)}"
        what = "all products" if self.products is None else f"{len(self.products)} products"
        lines = [f"Trade {self.name}: {self.title or who}"]
        lines.append(f"├─ {what} ({self.classification}, {self.digits} digits), {years}, {who}")
        lines.append(f"├─ {self.value_unit}" + (f", {self.valuation}" if self.valuation else ""))
        lines.append(f"└─ {len(self.provenance.sources)} source(s), see .provenance.cite()")
        return "\n".join(lines)


def one_currency(trades: Sequence[Trade]) -> None:
    """Raise InputError where amounts of several trades are in two currencies or scales."""
    units = list(dict.fromkeys((t.unit, t.scale) for t in trades if t.amounts))
    if len(units) > 1:
        names = ", ".join(f"{t.name} in {t.value_unit}" for t in trades if t.amounts)
        raise InputError(f"the trade tables are in {len(units)} units ({names}); measure them one at a time")
