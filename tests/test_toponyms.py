"""Places are known by country and coordinates, in any case of their names; persons are no places."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from streams import RawArticle, enrich, languages


FOLDER = Path(__file__).parent / "cases" / "places"

CASES = [
    (path.stem, block)
    for path in sorted(FOLDER.glob("*.toml"))
    for block in tomllib.loads(path.read_text("utf-8"))["places"]
]


@pytest.mark.parametrize(("code", "block"), CASES, ids=[f"{code} {block['text']}" for code, block in CASES])
def test_the_places_of_a_text_are_exactly_these(code: str, block: dict[str, Any]) -> None:
    """By the words of the text, the name in the gazetteer and the country."""
    article = enrich(RawArticle(id="1", text=block["text"], language=code))
    found = [[place.surface, place.name or "", place.country or ""] for place in article.places]
    assert found == block["places"]
    if main := block.get("main"):
        assert article.main_place is not None
        assert [article.main_place.name, article.main_place.country] == main


def test_every_language_has_cases_of_places() -> None:
    """A language whose names do not lead to the gazetteer would go unseen."""
    assert {code for code, _ in CASES} == set(languages.available())


def test_a_place_has_the_coordinates_of_the_gazetteer() -> None:
    """Degrees, and GeoNames' own number."""
    [place] = enrich(RawArticle(id="1", text="A blast in Aleppo killed two.", language="en")).places
    assert (place.feature, place.geonames_id) == ("town", 170063)
    assert (place.latitude, place.longitude) == (36.2012, 37.1612)


def test_a_country_behind_a_name_decides_for_the_whole_text() -> None:
    """The Tripoli of Lebanon is meant further on too, though the one in Libya is larger."""
    text = "Police raided a flat in Tripoli, Lebanon. Later two men were shot dead in Tripoli."
    countries = [place.country for place in enrich(RawArticle(id="1", text=text, language="en")).places]
    assert countries == ["LB", "LB"]


def test_a_title_tells_more_of_the_main_place_than_a_dateline() -> None:
    """A dateline is where the reporter is."""
    text = "GENEVA - Fighting in the east has displaced thousands, the agency said."
    article = enrich(RawArticle(id="1", title="Thousands flee clashes in Sudan", text=text, language="en"))
    assert article.main_place is not None
    assert article.main_place.country == "SD"


def test_a_text_without_places_has_no_main_place() -> None:
    """Null, not a guess."""
    assert enrich(RawArticle(id="1", text="Prices rose again last month.", language="en")).main_place is None
