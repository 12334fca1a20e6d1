"""Numbers that go on over a joiner, and words that are numbers only sometimes."""

from __future__ import annotations

import pytest

from streams import RawArticle, enrich, find_numbers


def values(text: str, language: str = "en") -> list[tuple[object, object, object]]:
    """Return value and bounds of each number of a text."""
    return [(number.value, number.low, number.high) for number in find_numbers(text, language)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("two thousand and three hundred", 2_300),
        ("one million and two hundred thousand", 1_200_000),
        ("three million and one hundred and five thousand and six", 3_105_006),
        ("2 million and 300 thousand", 2_300_000),
        ("one hundred and five thousand", 105_000),
        ("two million and a half", 2_500_000),
    ],
)
def test_a_joiner_goes_on_with_a_number_to_its_smaller_parts(text: str, value: int) -> None:
    """What follows is part of the number where it is smaller than the unit that one counts in."""
    assert values(text) == [(value, value, value)]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("between one thousand and two thousand", 1_000, 2_000),
        ("between one hundred and two hundred", 100, 200),
        ("between two hundred and three hundred thousand", 200_000, 300_000),
    ],
)
def test_the_ends_of_a_range_are_not_joined(text: str, low: int, high: int) -> None:
    """A number as large as the one before is another number."""
    assert values(text) == [(None, low, high)]


def test_a_filler_does_not_hide_a_unit_of_time() -> None:
    """Two more weeks are weeks."""
    article = enrich(RawArticle(text="The siege lasted two more weeks.", language="en"))
    assert [(figure.kind, figure.value, figure.unit) for figure in article.figures] == [
        ("duration", 2, "week")
    ]


def test_one_who_is_hurt_needs_no_noun() -> None:
    """A verb right behind "one" stands for the person who is not named: "seorang tewas"."""
    article = enrich(RawArticle(text="Ledakan itu terjadi dini hari. Seorang tewas.", language="id"))
    assert [(figure.kind, figure.value) for figure in article.figures] == [("killed", 1)]
