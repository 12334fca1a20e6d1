"""Times of the day: "14.20", "at nine", "from 9 to 12 o'clock"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from streams.numbers.excluded import Exclusion


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.languages import Language
    from streams.text.hits import Scan


_HOURS = 24
_CLOCK = regex.compile(r"\s?\d{1,2}(?:[.:]\d{2}){0,2}(?![\d.,]\d|\d)")
# In the text itself: "14.20 – …" at the start of a line of a live report.
CLOCK_OF_ENTRY = regex.compile(r"(?m)^[ \t]*+((?:[01]?\d|2[0-3])[.:][0-5]\d)(?=[ \t]*+[-\u2013\u2014:|])")
_CLOCK_WITH_ENDING = regex.compile(r"(?<![\d.,])(?:[01]\d|2[0-3])\.[0-5]\d(?='\p{L})")
_CLOCK_WITH_DOT = regex.compile(r"(?<= )(?:[01]\d|2[0-3])\.[0-5]\d(?![\d%\p{L}]|[.,-]\d)")
_CLOCK_RANGE = regex.compile(r" ?[-\u2013] ?\d{1,2}(?:[.:]\d{2}){1,2}(?![.,]?\d)")
_CLOCK_AT_END = regex.compile(r"(?:\d{1,2}(?:[.:]\d{2}){0,2}\s?[-\u2013]\s?)?\d{1,2}(?:[.:]\d{2}){0,2}\s?$")


def clock_times(scan: Scan, language: Language) -> Iterator[Exclusion]:
    """At 14.30, at nine, a las 12: a time with a sign in it, or beside a word for one."""
    if language.digits.decimal != ".":
        for time in _CLOCK_WITH_ENDING.finditer(scan.folded):
            yield Exclusion(time.start(), time.end(), "time")
        for time in _CLOCK_WITH_DOT.finditer(scan.folded):
            counts = any(
                scan.role(role).at(time.end() + 1) for role in ("unit", "numeral.multipliers", "concept")
            )
            if scan.role("places.before").ending(time.start() - 1) and not counts:
                yield Exclusion(time.start(), time.end(), "time")
    for hit in scan.role("not_figures.clock_before"):
        match = _CLOCK.match(scan.folded, hit.end)
        # "a las 12 víctimas" is no time, nor is "frente a las 57".
        hour = regex.search(r"\d++", match.group()) if match else None
        if (
            match
            and hour
            and int(hour.group()) <= _HOURS
            and not any(scan.role(role).at(match.end() + 1) for role in ("concept", "predicate"))
        ):
            yield Exclusion(match.start(), _clock_end(scan, match.end()), "time")
    for hit in scan.role("not_figures.clock_after"):
        window_start = max(0, hit.start - 14)
        window = scan.folded[window_start : hit.start]
        if match := _CLOCK_AT_END.search(window):
            yield Exclusion(_opening(scan, window_start + match.start()), hit.end, "time")
        elif (
            scan.segmentation is None
            and (word := scan.role("numeral.cardinals").ending(hit.start - 1))
            and word.key.isdecimal()
        ):
            # "Gegen drei Uhr": the hour is a word.
            yield Exclusion(word.start, hit.end, "time")


def _opening(scan: Scan, start: int) -> int:
    """Return where a stretch of hours begins of which the second is known as one: "20 bis 6 Uhr"."""
    for role in ("ranges.to", "ranges.between_and"):
        if (joined := scan.role(role).ending(start - 1)) is not None:
            first = max(0, joined.start - 8)
            if match := _CLOCK_AT_END.search(scan.folded[first : joined.start]):
                return first + match.start()
    return start


def _clock_end(scan: Scan, end: int) -> int:
    """Return the end of a time that goes on: "from 9 to 12", "14 and 30 minutes", "8 and a half"."""
    if half := scan.role("numeral.fractions").at(end + 1):
        return half.end
    to = scan.role("ranges.to").at(end + 1)
    if dash := _CLOCK_RANGE.match(scan.folded, end):
        return dash.end()
    link = to or scan.role("numeral.joiners").at(end + 1)
    match = _CLOCK.match(scan.folded, link.end) if link else None
    if match is None:
        return end
    unit = scan.role("time.unit").at(match.end() + 1)
    if unit and unit.key == "minute":
        return unit.end
    counts = any(scan.role(role).at(match.end() + 1) for role in ("concept", "predicate", "unit", "fillers"))
    return match.end() if to and unit is None and not counts else end
