"""The gazetteer finds a place by any of its names, and is the table of what stands in places.toml."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.gazetteer import FEATURES, FILE, gazetteer, key


OWN: dict[str, Any] = tomllib.loads((FILE.parent / "places.toml").read_text("utf-8"))


def countries(name: str) -> set[str]:
    """Return the countries of the places of a name."""
    table = gazetteer()
    return {table.entry(row).country for row in table.rows(key(name))}


@pytest.mark.parametrize(
    "name",
    ["Aleppo", "ALEPPO", "Alep", "Halep", "Алеппо", "حلب", "阿勒颇", "阿勒頗", "Aléppo"],
)
def test_a_town_is_found_by_any_of_its_names(name: str) -> None:
    """Whatever its letters and accents."""
    assert "SY" in countries(name)


@pytest.mark.parametrize(
    ("one", "other"), [("Deir ez-Zor", "deir ez zor"), ("Sana’a", "Sanaa"), ("غزّة", "غزه")]
)
def test_marks_and_hyphens_make_no_difference(one: str, other: str) -> None:
    """Two ways to write a name have one key."""
    assert key(one) == key(other)


def test_the_table_holds_what_stands_in_places_toml() -> None:
    """A name added there and not to the table is told here: run ``make gazetteer``."""
    listed = [(code, name) for code, names in OWN["countries"].items() for name in names]
    listed += [(place[:2], name) for place, names in OWN["names"].items() for name in names]
    listed += [
        (place["country"], name) for place in (*OWN["regions"], *OWN["towns"]) for name in place["names"]
    ]
    assert [(code, name) for code, name in listed if code not in countries(name)] == []


def test_each_place_is_sound() -> None:
    """Degrees are degrees, a town has a country, and the largest come first."""
    table = gazetteer()
    entries = [table.entry(row) for row in range(table.head.places)]
    assert all(-90 <= entry.latitude <= 90 and -180 <= entry.longitude <= 180 for entry in entries)
    assert all(entry.country for entry in entries if entry.feature == "town")
    assert {entry.feature for entry in entries} == set(FEATURES)
    populations = [entry.population for entry in entries]
    assert populations == sorted(populations, reverse=True)


def test_its_sources_are_named() -> None:
    """GeoNames asks for it: CC BY 4.0."""
    assert any("GeoNames, CC BY 4.0" in source for source in gazetteer().head.sources)


@given(st.text())
def test_any_text_has_a_key_that_is_its_own_key(text: str) -> None:
    """So that a key may be looked up as well as a name."""
    assert key(key(text)) == key(text)
