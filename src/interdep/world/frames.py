"""World to and from pandas, xarray and pymrio; labels match exactly or raise."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from interdep.errors import InputError, MissingData
from interdep.provenance import Provenance
from interdep.units import Money
from interdep.world.world import World

if TYPE_CHECKING:
    from numpy.typing import NDArray


def _need(module: str, extra: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingData(f"{module} is not installed: pip install 'interdep[{extra}]'") from error


def to_pandas(world: World) -> tuple[Any, Any]:
    """(intermediate N x N, final_use N x R*F) with MultiIndex labels; what else the World knows is in `.attrs`."""
    pd = _need("pandas", "pandas")
    rows = pd.MultiIndex.from_tuples(world.nodes, names=["economy", "industry"])
    users = pd.MultiIndex.from_product([world.economies, world.final_uses], names=["economy", "final_use"])
    flows = pd.DataFrame(world.intermediate.copy(), index=rows, columns=rows)
    uses = pd.DataFrame(world.final_use.reshape(len(rows), -1).copy(), index=rows, columns=users)
    for frame in (flows, uses):
        frame.attrs = {"name": world.name, "unit": str(world.money), "price_basis": world.price_basis}
    return flows, uses


def from_pandas(
    intermediate: Any, final_use: Any, *, year: int, currency: str, scale: float = 1e6, **about: Any
) -> World:
    """A World from two frames labelled (economy, industry) x (economy, industry) and (economy, industry) x (economy, use).

    `about` goes to World (name, value_added, tolerance, classification, ...). Raises InputError where row and column
    labels differ, also in order, and where a combination of economy and industry is absent.
    """
    _need("pandas", "pandas")
    rows, columns = list(intermediate.index), list(intermediate.columns)
    _same("rows and columns of intermediate", rows, columns)
    _same("rows of intermediate and of final_use", rows, list(final_use.index))
    economies, industries = _product("rows of intermediate", rows)
    users, uses = _product("columns of final_use", list(final_use.columns))
    _same("economies of the rows and of the final users", list(economies), list(users))
    return World(
        name=about.pop("name", "own"),
        money=Money(currency, year, scale),
        economies=economies,
        industries=industries,
        final_uses=uses,
        intermediate=intermediate.to_numpy(),
        final_use=final_use.to_numpy().reshape(len(rows), len(economies), len(uses)),
        **{"provenance": Provenance(steps=("read from pandas frames",), data_year=year), **about},
    )


def to_xarray(world: World) -> Any:
    """A Dataset with `intermediate[economy, industry, buyer, buyer_industry]` and `final_use[economy, industry, buyer, use]`.

    Gross output, value added, labour shares and estimated blocks are in it too; sources and steps are not.
    """
    xr = _need("xarray", "xarray")
    regions, sectors = world.shape
    own = ("economy", "industry")
    data: dict[str, Any] = {
        "intermediate": (
            (*own, "buyer", "buyer_industry"),
            world.intermediate.reshape(regions, sectors, regions, sectors),
        ),
        "final_use": ((*own, "buyer", "use"), world.final_use.reshape(regions, sectors, regions, -1)),
        "gross_output": (own, world.gross_output.reshape(regions, sectors)),
        "value_added": (own, world.value_added.reshape(regions, sectors)),
        "estimated": (("economy", "buyer"), world.estimated),
    }
    if world.labour_share is not None:
        data["labour_share"] = (own, world.labour_share.reshape(regions, sectors))
    if world.duties is not None:
        data["duties"] = (("industry", "economy", "buyer"), world.duties)
    return xr.Dataset(
        {name: (dims, values.copy()) for name, (dims, values) in data.items()},
        coords={
            "economy": list(world.economies), "industry": list(world.industries), "buyer": list(world.economies),
            "buyer_industry": list(world.industries), "use": list(world.final_uses),
        },
        attrs={
            "name": world.name, "currency": world.money.currency, "year": world.year, "scale": world.money.scale,
            "classification": world.classification, "price_basis": world.price_basis,
            "tolerance": world.tolerance, "rounding": world.rounding,
        },
    )  # fmt: skip


def from_xarray(data: Any) -> World:
    """The inverse of `to_xarray`; raises InputError where a variable, an attribute or a matching label is absent."""
    for name in ("intermediate", "final_use"):
        if name not in data:
            raise InputError(f"the Dataset has no variable {name!r}; it has {', '.join(map(str, data))}")
    for name in ("currency", "year"):
        if name not in data.attrs:
            raise InputError(f"the Dataset has no attribute {name!r}; set data.attrs[{name!r}]")
    for name in ("economy", "industry", "buyer", "buyer_industry", "use"):
        # xarray would number a dimension that has no labels.
        if name not in data.coords:
            raise InputError(f"the Dataset has no labels for {name!r}; set data.coords[{name!r}]")
    economies = tuple(map(str, data["economy"].values))
    industries = tuple(map(str, data["industry"].values))
    _same("economy and buyer", list(economies), [str(v) for v in data["buyer"].values])
    _same("industry and buyer_industry", list(industries), [str(v) for v in data["buyer_industry"].values])
    nodes = len(economies) * len(industries)
    order = ("economy", "industry", "buyer")
    attrs = data.attrs

    def vector(name: str) -> NDArray | None:
        return data[name].transpose("economy", "industry").values.reshape(-1) if name in data else None

    return World(
        name=str(attrs.get("name", "own")),
        money=Money(str(attrs["currency"]), int(attrs["year"]), float(attrs.get("scale", 1e6))),
        economies=economies,
        industries=industries,
        final_uses=tuple(map(str, data.coords["use"].values)),
        intermediate=data["intermediate"].transpose(*order, "buyer_industry").values.reshape(nodes, nodes),
        final_use=data["final_use"].transpose(*order, "use").values.reshape(nodes, len(economies), -1),
        gross_output=vector("gross_output"),  # type: ignore[arg-type]
        value_added=vector("value_added"),  # type: ignore[arg-type]
        labour_share=vector("labour_share"),
        duties=data["duties"].transpose("industry", "economy", "buyer").values if "duties" in data else None,
        estimated=data["estimated"].transpose("economy", "buyer").values if "estimated" in data else None,  # type: ignore[arg-type]
        classification=str(attrs.get("classification", "own")),
        price_basis=str(attrs.get("price_basis", "current basic prices")),
        tolerance=float(attrs.get("tolerance", 1e-6)),
        rounding=float(attrs.get("rounding", 0.0)),
        provenance=Provenance(steps=("read from an xarray Dataset",), data_year=int(attrs["year"])),
    )


def to_pymrio(world: World) -> Any:
    """A pymrio IOSystem with Z, Y, x and a `factor_inputs` extension holding value added."""
    pymrio = _need("pymrio", "pymrio")
    pd = _need("pandas", "pandas")
    flows, uses = to_pandas(world)
    flows.index.names = flows.columns.names = ["region", "sector"]
    uses.index.names, uses.columns.names = ["region", "sector"], ["region", "category"]
    output = pd.DataFrame({"indout": world.gross_output}, index=flows.index)
    added = pd.DataFrame([world.value_added], index=pd.Index(["Value added"], name="inputtype"), columns=flows.columns)
    unit = pd.DataFrame({"unit": [str(world.money)] * len(flows)}, index=flows.index)
    system = pymrio.IOSystem(Z=flows, Y=uses, x=output, unit=unit, name=world.name)
    system.factor_inputs = pymrio.Extension(
        name="Factor Inputs", F=added, unit=pd.DataFrame({"unit": [str(world.money)]}, index=added.index)
    )
    # pymrio itself no longer keeps a year; `from_pymrio` reads it here.
    system.year = world.year
    return system


def from_pymrio(
    system: Any, *, currency: str, year: int | None = None, scale: float = 1e6, provenance: Provenance | None = None,
    **about: Any,
) -> World:  # fmt: skip
    """A World from a pymrio IOSystem that has Z and Y (call `calc_all` before, where it has not).

    Gross output is the system's x where it has one, so that a Z and Y that do not add up to it are refused. Raises InputError
    where Z or Y is absent or where labels differ; `year` is read from the system unless given.
    """
    if getattr(system, "Z", None) is None or getattr(system, "Y", None) is None:
        raise InputError("the IOSystem has no Z or no Y; call its calc_all() first")
    year = year if year is not None else (int(system.year) if getattr(system, "year", None) else None)
    if year is None:
        raise InputError("the IOSystem does not say its year; give year=")
    name = str(getattr(system, "name", None) or "pymrio")
    source = provenance or Provenance(steps=(f"read from the pymrio IOSystem {name!r}",), data_year=year)
    about = {"name": name, "provenance": source, **about}
    if getattr(system, "x", None) is not None:
        _same("rows of Z and of x", list(system.Z.index), list(system.x.index))
        about.setdefault("gross_output", system.x.to_numpy().reshape(-1))
    return from_pandas(system.Z, system.Y, year=year, currency=currency, scale=scale, **about)


def _same(what: str, left: list, right: list) -> None:
    """Two lists of labels are equal, in order; else the first difference and the way out."""
    if left == right:
        return
    if sorted(map(str, left)) == sorted(map(str, right)):
        place = next(i for i, (a, b) in enumerate(zip(left, right, strict=True)) if a != b)
        raise InputError(
            f"{what} hold the same labels in another order (place {place + 1}: {left[place]} against {right[place]});"
            " bring both into one order, for example with frame.loc[labels, labels]"
        )
    absent = [label for label in left if label not in right] or [label for label in right if label not in left]
    if not absent:
        raise InputError(
            f"{what} differ: {len(left)} against {len(right)} labels, some more than once; make them unique"
        )
    raise InputError(
        f"{what} differ: {absent[0]} is only in one of them ({len(absent)} such label(s)); align the labels"
    )


def _product(what: str, labels: list) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """First and second labels of a full product in order, as every World needs."""
    if any(not isinstance(label, tuple) or len(label) != 2 for label in labels):
        raise InputError(f"the {what} need two-level labels; got {labels[:1]}")
    first = tuple(dict.fromkeys(str(a) for a, _ in labels))
    second = tuple(dict.fromkeys(str(b) for _, b in labels))
    full = [(a, b) for a in first for b in second]
    plain = [(str(a), str(b)) for a, b in labels]
    if plain != full:
        doubled = [label for label in dict.fromkeys(plain) if plain.count(label) > 1]
        if doubled:
            raise InputError(f"the {what} hold {doubled[0]} more than once; labels must be unique")
        absent = [label for label in full if label not in set(plain)]
        if absent:
            raise InputError(f"the {what} lack {absent[0]} ({len(absent)} in all); every economy needs every label")
        raise InputError(f"the {what} are not grouped: list all labels of one economy before the next")
    return first, second
