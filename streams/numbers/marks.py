"""Numbers that a word behind them, or between two, makes a day, a year, a time or a score.

"Year 2024", "day 5", "10 hour 30 part", "three to nought": where the numbers of dates and times
stand before words for them, and those words are not the units of time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.text.phrases import phrase_end, phrase_start


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.languages import Language
    from streams.text.hits import Hit, Scan


_YEARS = range(1800, 2101)
_MOST_DAYS = 31
_LONGEST_DAY = 5
"""Code points of a day in words."""
_YEAR_DIGITS = 4


def marked(scan: Scan, language: Language) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and reason of each; days and years only where the language marks them."""
    for hit in scan.role("not_figures.score_links"):
        start, end = phrase_start(scan, hit.start), phrase_end(scan, hit.end)
        if start < hit.start and end > hit.end:
            yield start, end, "score"
    if not language.time.day_marks:
        return
    for hit in scan.role("time.months"):
        # "From month 3 to month 5", "months 3-5": the first may share the word.
        yield phrase_start(scan, hit.start), hit.end, "date"
    for hit in scan.role("time.day_marks"):
        start = phrase_start(scan, hit.start)
        if start < hit.start and _is_day(scan, start, hit):
            yield start, hit.end, "date"
    for hit in scan.role("time.year_marks"):
        start = phrase_start(scan, hit.start)
        if _is_year(scan, start, hit.start):
            yield start, hit.end, "year"
    for hit in scan.role("not_figures.clock_after"):
        start = phrase_start(scan, hit.start)
        if start < hit.start and not _goes_on(scan, hit):
            yield start, hit.end, "time"


def _is_day(scan: Scan, start: int, hit: Hit) -> bool:
    """Tell whether the number before a word for days is one of a month, and not how long it lasts."""
    if scan.role("time.months").ending(start - 1):
        return True  # "7" of "since month 10 day 7"
    after, before = scan.role("time.period_after"), scan.role("time.period_before")
    if after.at(hit.end + 1) or before.ending(start - 1):
        return False
    spelled = scan.folded[start : hit.start].replace(" ", "")
    if spelled.isdecimal():
        return int(spelled) <= _MOST_DAYS
    # "From day 12 to day 15", "3-5 days": more than digits.
    return len(spelled) <= _LONGEST_DAY


def _is_year(scan: Scan, start: int, end: int) -> bool:
    """Tell whether a number is a year: four digits, in figures or in words."""
    spelled = scan.folded[start:end].replace(" ", "")
    if spelled.isdecimal():
        return len(spelled) == _YEAR_DIGITS and int(spelled) in _YEARS
    words = scan.role("numeral.cardinals").within(start, end)
    return len(spelled) == len(words) == _YEAR_DIGITS


def _goes_on(scan: Scan, hit: Hit) -> bool:
    """Tell whether the word of a clock time is the decimal sign of a number: "three point five"."""
    if scan.role("numeral.point").at(hit.start) is None:
        return False
    digit = scan.role("numeral.cardinals").at(hit.end + 1)
    return digit is not None and scan.role("not_figures.clock_after").at(digit.end + 1) is None
