"""Years of the calendars that a language counts by."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams import find_numbers, languages
from streams.numbers.years import years_of


TIME = languages.load("en").time
SOLAR = msgspec.structs.replace(TIME, years={"1800..2100": 0, "1300..1450": 621})


@given(st.integers(0, 99_999))
def test_a_number_is_a_year_where_a_range_of_the_language_has_it(number: int) -> None:
    """And no other is, whatever digits it shares with one."""
    for time in (TIME, SOLAR):
        ranges = [range(int(first), int(last) + 1) for first, last in (key.split("..") for key in time.years)]
        found = years_of(time).year.search(f"in {number} it was") is not None
        assert found == any(number in years for years in ranges)


def test_a_year_of_another_calendar_is_told_as_one_of_the_gregorian() -> None:
    """What is to be added stands beside its range."""
    years = years_of(SOLAR)
    assert [years.gregorian(year) for year in (1357, 1403, 1978, 2024)] == [1978, 2024, 1978, 2024]


def test_two_years_may_have_a_dash_or_a_word_between_them() -> None:
    """The second one may be short behind a dash."""
    years = years_of(SOLAR)
    assert years.span.search("1357-58 and") is not None
    assert years.span.search("1357-1367 and") is not None
    match = years.pair.search("from 1357 to 1367.")
    assert match is not None
    assert match.group(1) == "to"


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        ("fa", "۱۴۰۰", [1400]),
        ("fa", "۱۴۰۰ کشته", [1400]),
        ("en", "2015", [2015]),
        ("en", "2015 killed", [2015]),
        ("en", "2015: a year of war", []),
        ("en", "In 2015", []),
    ],
)
def test_four_digits_by_themselves_are_a_number(language: str, text: str, values: list[int]) -> None:
    """Nothing says that they are a year; a word before them, or a sentence behind them, does."""
    assert [number.value for number in find_numbers(text, language)] == values
