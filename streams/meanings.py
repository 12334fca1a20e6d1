"""The data that all languages share: concepts, units, kinds of figure, categories.

Read once, checked on load; a mistake names file and key (:class:`streams.errors.DataError`).
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec

from streams import toml
from streams.errors import DataError
from streams.languages import FOLDER as LANGUAGES
from streams.records import Codes, Kind, VictimRole


FOLDER = Path(__file__).parent / "data"

T = TypeVar("T")


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Concept(_Strict, frozen=True, rename={"class_": "class"}):
    """What a figure can count. See data/concepts.toml."""

    class_: str
    unit: str | None = None
    kind: Kind | None = None
    victim_role: VictimRole | None = None
    never: tuple[Kind, ...] = ()


class Unit(_Strict, frozen=True):
    """A unit of measure: its dimension, and the factor to the dimension's SI unit."""

    dimension: str
    factor: float | None = None


class Units(_Strict, frozen=True):
    """data/units.toml."""

    si: dict[str, str]
    units: dict[str, Unit]
    national: dict[str, dict[str, str]] = {}


class Kinds(_Strict, frozen=True):
    """data/kinds.toml."""

    predicates: dict[str, dict[str, Kind]]
    classes: dict[str, Kind]
    optional: list[str] = []  # predicates that a language need not have
    overruling: list[str] = []  # predicates that say more than that someone is dead


class CategoryCodes(_Strict, frozen=True):
    """One category of data/taxonomy.toml."""

    label: str
    weight: float
    supporting: bool = False
    force: bool = False
    presumes: bool = False
    named: bool = False
    aftermath: bool = False
    unsaid: bool = False
    ascribed: bool = False
    plover: str | None = None
    cameo: tuple[str, ...] = ()
    acled: str | None = None
    gdelt: tuple[str, ...] = ()

    def codes(self) -> Codes:
        """Return the codes as they stand in records."""
        return Codes(plover=self.plover, cameo=self.cameo, acled=self.acled, gdelt=self.gdelt)


@cache
def concepts() -> dict[str, Concept]:
    """Return the concepts, by id."""
    return load("concepts.toml", dict[str, Concept])


@cache
def units() -> Units:
    """Return the units of measure."""
    return load("units.toml", Units)


@cache
def kinds() -> Kinds:
    """Return what makes a figure of which kind."""
    return load("kinds.toml", Kinds)


@cache
def taxonomy() -> dict[str, CategoryCodes]:
    """Return the categories of events, by id."""
    return load("taxonomy.toml", dict[str, CategoryCodes])


@cache
def digest() -> str:
    """Return the SHA-256 of all data files, by name and content; the ruleset's identity."""
    seen = hashlib.sha256()
    for folder in (FOLDER, LANGUAGES):
        for path in sorted(folder.glob("*.toml")):
            seen.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return seen.hexdigest()[:16]


HUNDREDTH = "/100"
"""The end of a unit that is a hundredth of a currency."""


def dimension(unit: str) -> str | None:
    """Return the dimension of a unit; ``money`` for a currency, None for what is no unit.

    A hundredth of a currency is money too: "GBP/100" are pence.
    """
    unit = unit.removesuffix(HUNDREDTH)
    known = units().units.get(unit)
    if known:
        return known.dimension
    return "money" if len(unit) == 3 and unit.isupper() else None  # noqa: PLR2004 - ISO 4217


def load(name: str, type_: type[T]) -> T:
    """Return the content of a data file; a mistake names file and key."""
    try:
        return toml.decode((FOLDER / name).read_bytes(), type_)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{name}: {error}") from None
