"""Which numbers can be a year: those of the calendars that a language counts by."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import regex


if TYPE_CHECKING:
    from streams.languages import Time


class Years(NamedTuple):
    """The years of a language's calendars, as patterns over folded text.

    ``year`` has its number as a group; ``span`` is two years with a dash or stroke, ``pair``
    two with a word (a group) between them; ``behind`` is one right behind a month.
    """

    added: tuple[tuple[range, int], ...]
    year: regex.Pattern[str]
    span: regex.Pattern[str]
    pair: regex.Pattern[str]
    behind: regex.Pattern[str]

    def gregorian(self, year: int) -> int:
        """Return a year of one of the calendars as one of the Gregorian."""
        return year + next((more for years, more in self.added if year in years), 0)


def years_of(time: Time) -> Years:
    """Return the years of a language; its file gives them as ``"1300..1450" = 621``."""
    return _years(tuple(time.years.items()))


@cache
def _years(given: tuple[tuple[str, int], ...]) -> Years:
    added = tuple((_range(key), more) for key, more in given)
    one = "(?:" + "|".join(piece for years, _ in added for piece in _pieces(years)) + ")"
    return Years(
        added,
        regex.compile(rf"(?<![\d.,-])({one})(?![\d]|[.,]\d)"),
        regex.compile(rf"(?<![\d.,]){one}[-\u2013/](?:{one}|\d\d)(?![\d.,]\d|\d)"),
        regex.compile(rf"(?<![\d.,]){one} (\p{{L}}{{1,12}}) ?{one}(?![\d]|[.,]\d)"),
        regex.compile(rf"[ ,.]{{0,2}}({one})(?![\d]|[.,]\d)"),
    )


def _range(key: str) -> range:
    first, _, last = key.partition("..")
    return range(int(first), int(last) + 1)


def _pieces(years: range) -> list[str]:
    """Return patterns that match the numbers of a range and no other: whole centuries, decades, years."""
    found: list[str] = []
    at = years.start
    while at < years.stop:
        for step in (100, 10, 1):
            if at % step == 0 and at + step <= years.stop:
                found.append(str(at // step) + r"\d" * (len(str(step)) - 1))
                at += step
                break
    return found
