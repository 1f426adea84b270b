"""Product sets: which HS codes a pillar of a partnership is about, as text files fit for review."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from interdep.classifications.hs import convert
from interdep.classifications.products import check_products, codes, revision
from interdep.errors import InputError, did_you_mean, first_five, unknown
from interdep.provenance import Source

if TYPE_CHECKING:
    import polars as pl

_REQUIRED = ("name", "title", "title_ja", "pillar", "classification", "codes", "sources")
_OF_A_SOURCE = ("title", "url", "year")


@dataclass(frozen=True)
class ProductSet:
    """A named list of products.

    `codes` are chapters, headings or six-digit codes of `classification` (all that begins with one is in the set), each
    with a short name. `pillar` is the id of the partnership's pillar that it serves. `note` says what the codes cannot
    tell apart, or "".
    """

    name: str
    title: str
    title_ja: str
    pillar: str
    classification: str
    codes: Mapping[str, str]
    sources: tuple[Source, ...]
    note: str = ""

    @classmethod
    def from_toml(cls, text: str, where: str) -> ProductSet:
        """A set written as TOML.

        Args:
            text: name, title, title_ja, pillar, classification, optional note; a table [codes] of code = "short name"; one
                [[sources]] with title, url and year for each source.
            where: what to call the text in errors.

        Raises:
            InputError: not TOML, a key that is unknown (with the nearest), missing or of the wrong kind; codes that are not
                in the classification, or of which one holds another.
        """
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"{where} is not TOML: {error}") from error
        _keys(data, tuple(field.name for field in fields(cls)), _REQUIRED, where)
        words = {key: _text(data[key], key, where) for key in data if key not in ("codes", "sources")}
        revision(words["classification"])
        listed = _table(data["codes"], "codes", where)
        names = {code: _text(name, f"codes.{code}", where) for code, name in listed.items()}
        _check_prefixes(tuple(names), words["classification"], where)
        sources = data["sources"]
        if not isinstance(sources, list) or not sources:
            raise InputError(f"{where}: write one [[sources]] for each source of the set; there is none")
        read = tuple(_source(entry, f"{where}, source {n}") for n, entry in enumerate(sources, 1))
        return cls(**words, codes=MappingProxyType(names), sources=read)


@cache
def product_sets() -> tuple[str, ...]:
    """The names of all packaged product sets, in alphabetical order."""
    folder = files("interdep.classifications").joinpath("hs/product_sets")
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


@cache
def product_set(name: str) -> ProductSet:
    """The packaged product set with this name; InputError for an unknown one, with the nearest."""
    if name not in product_sets():
        raise unknown("product set", name, product_sets())
    file = f"hs/product_sets/{name}.toml"
    text = files("interdep.classifications").joinpath(file).read_text(encoding="utf-8")
    return ProductSet.from_toml(text, f"the product set {name}")


def codes_in(products: ProductSet | str | Sequence[str], classification: str, given: str = "HS22") -> pl.DataFrame:
    """The six-digit codes of a revision that hold products of a set.

    Args:
        products: a product set, its name, or a list of chapters, headings and six-digit codes.
        classification: the revision wanted, "HS92" to "HS22".
        given: the revision of a list (a set knows its own).

    Returns:
        A frame sorted by `product`: `product`, `share` (Float64, the part of the code that is in the set, as far as
        `convert` can tell), `exact` (Boolean, true where all of the code is). Codes with `exact` false hold other goods
        too, or are shared out without published weights.

    Raises:
        InputError: an unknown set, revision or code.
    """
    import polars as pl

    if isinstance(products, str):
        products = product_set(products)
    if isinstance(products, ProductSet):
        prefixes, given = tuple(products.codes), products.classification
    else:
        prefixes = tuple(dict.fromkeys(products))
        revision(given)
        for digits in sorted({len(prefix) for prefix in prefixes}):
            check_products([p for p in prefixes if len(p) == digits], given, "the list of products")
    inside = [code for code in codes(given) if code.startswith(prefixes)] if prefixes else []
    here = pl.col("target").is_in(inside)
    return (
        convert(classification, given)
        .group_by(pl.col("source").alias("product"))
        .agg(pl.col("share").filter(here).sum(), here.all().alias("exact"), here.any().alias("some"))
        .filter("some")
        .select("product", pl.when("exact").then(1.0).otherwise("share").alias("share"), "exact")
        .sort("product")
    )


def _check_prefixes(prefixes: tuple[str, ...], classification: str, where: str) -> None:
    if not prefixes:
        raise InputError(f"{where}: [codes] is empty; a set has one code at least")
    for digits in sorted({len(prefix) for prefix in prefixes}):
        check_products([p for p in prefixes if len(p) == digits], classification, where)
    doubled = [f"{a} holds {b}" for a in prefixes for b in prefixes if a != b and b.startswith(a)]
    if doubled:
        raise InputError(f"{where}: {first_five(doubled)}, which would count it twice; keep one of the two")


def _source(entry: Any, where: str) -> Source:
    table = _table(entry, "sources", where)
    _keys(table, _OF_A_SOURCE, _OF_A_SOURCE, where)
    year = table["year"]
    if not isinstance(year, int) or isinstance(year, bool):
        raise InputError(f"{where}: year is {year!r}; write a year such as 2024")
    return Source(_text(table["title"], "title", where), year, url=_text(table["url"], "url", where))


def _keys(data: Mapping[str, Any], known: tuple[str, ...], required: tuple[str, ...], where: str) -> None:
    for key in data:
        if key not in known:
            hint = did_you_mean(key, known) or f"; known are {', '.join(known)}"
            raise InputError(f"{where}: unknown key {key!r}{hint}")
    missing = [key for key in required if key not in data]
    if missing:
        raise InputError(f"{where}: {first_five(missing)} is missing; a product set has {', '.join(required)}")


def _text(value: Any, key: str, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{where}: {key} is {value!r}; write text between quotation marks")
    return value


def _table(value: Any, key: str, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise InputError(f"{where}: {key} is {value!r}; write it as a table")
    return value
