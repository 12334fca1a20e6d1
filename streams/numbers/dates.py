"""Numbers that say when: days beside a month, decades, years, and how long ago."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import regex

from streams.numbers.excluded import Exclusion
from streams.numbers.years import years_of
from streams.text.affixes import is_joined
from streams.text.phrases import phrase_end, phrase_start


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.languages import Language
    from streams.numbers.excluded import Exclusions
    from streams.numbers.years import Years
    from streams.text.hits import Scan


_MOST_DAYS = 31
_TWO_WORDS = regex.compile(r"(?:\p{L}[\p{L}'-]{0,40}+ ){1,2}")


def dates(scan: Scan, language: Language) -> Iterator[Exclusion]:
    """12 May 2024, May 12, 12–15 Mei: short numbers and years beside a month."""
    folded = scan.folded
    years = years_of(language.time)
    joins = {
        "-",
        "\u2013",
        "/",
        ",",
        "&",
        *language.conjunctions,
        *language.ranges.to,
        *language.ranges.between_and,
    }
    suffixes = tuple(language.numerals.ordinal_suffixes)
    after_month = _day_after(suffixes, tuple(join for join in sorted(joins) if join[0].isalpha()))
    for decade in _decades(tuple(language.numerals.decade_suffixes)).finditer(folded):
        yield Exclusion(decade.start(), decade.end(), "decade")
    for month in scan.role("time.months"):
        short = month.end - month.start <= 3  # noqa: PLR2004 - "may", "mar"
        if short and language.time.capital_months and not scan.text[month.start].isupper():
            continue
        start, end = month.start, month.end
        worded = phrase_start(scan, start)
        if worded < start and not scan.folded[worded].isdigit():
            yield Exclusion(worded, end, "date")
        before = _day_before(folded, start, joins, (suffixes, tuple(language.time.day_links)))
        start = before
        after = years.behind.match(folded, end)
        if after:
            end = after.end()
        elif before == month.start and language.time.month_first:
            day = after_month.match(folded, end)
            if day:
                end = day.end()
        if (start, end) != (month.start, month.end):
            yield Exclusion(start, end, "date")


@cache
def _day_after(suffixes: tuple[str, ...], joins: tuple[str, ...]) -> regex.Pattern[str]:
    """Return the pattern of a day, or days, behind a month: " 12th", " 12-15", " 12 and 13, 2024"."""
    joined = "|".join(regex.escape(join) for join in joins)
    ordinal = "|".join(regex.escape(suffix) for suffix in suffixes) or "(?!)"
    return regex.compile(
        rf"\.? (?:0?[1-9]|[12]\d|3[01])(?:{ordinal})?(?!\d|[.,]\d)"
        rf"(?:(?:[-\u2013]| (?:{joined}) )\d{{1,2}}(?!\d))?(?:,? (?:1[89]|20)\d\d)?"
    )


@cache
def _decades(suffixes: tuple[str, ...]) -> regex.Pattern[str]:
    """Return the pattern of decades: "1990s", "'90s", "1990-an"."""
    ending = "|".join(regex.escape(suffix) for suffix in suffixes) or "(?!)"
    return regex.compile(rf"(?:(?<![\d.,])(?:1[89]|20)\d0|(?<!\w)'\d0)[-']?(?:{ending})(?!\p{{L}})")


def _day_before(folded: str, start: int, joins: set[str], endings: tuple[tuple[str, ...], ...]) -> int:
    """Return where the day, or the days, before a month begin; ``start`` where there are none."""
    suffixes, links = endings
    reach = start
    first = True
    while True:
        window = folded[max(0, reach - 24) : reach]
        rest = window.rstrip(" ")
        if first:
            rest = next((rest.removesuffix(link) for link in links if rest.endswith(f" {link}")), rest)
            rest = rest.rstrip(" ")
        else:
            joined = next(
                (join for join in sorted(joins, key=len, reverse=True) if rest.endswith(join)), None
            )
            if joined is None:
                return reach
            rest = rest[: -len(joined)].rstrip(" ")
        for suffix in suffixes:
            if rest.endswith(suffix) and rest[: -len(suffix)][-1:].isdigit():
                rest = rest[: -len(suffix)]
                break
        digits = len(rest) - len(rest.rstrip("0123456789"))
        if digits not in (1, 2) or not 1 <= int(rest[-digits:]) <= _MOST_DAYS:
            return reach
        clitic = rest[:-digits].endswith(tuple(f" {join}" for join in joins))
        if rest[-digits - 1 : -digits] in (".", ",", "$") or (
            rest[-digits - 1 : -digits].isalpha() and not clitic
        ):
            return reach
        reach -= len(window) - len(rest) + digits
        first = False


def ago(scan: Scan, _language: Language) -> Iterator[Exclusion]:
    """Five years ago, dua pekan lalu: when, not how long."""
    for hit in scan.role("time.ago"):
        unit = scan.role("time.unit").ending(hit.start - 1)
        if unit and (start := phrase_start(scan, unit.start)) < unit.start:
            yield Exclusion(start, hit.end, "date")
    for hit in scan.role("time.ago_before"):
        # "Há seis meses a ponte …": a word that can join a range may follow.
        unit = scan.role("time.unit").last_before(phrase_end(scan, hit.end), hit.end)
        if unit:
            yield Exclusion(hit.start, unit.end, "date")


def lone_years(scan: Scan, known: Exclusions, years: Years) -> Iterator[Exclusion]:
    """Four digits that say when: a year, unless what follows is counted by it."""
    counted = (
        "concept",
        "unit",
        "fillers",
        "numeral.multipliers",
        "numeral.glued",
        "parts",
        "script.classifiers",
        "script.event_classifiers",
    )
    for match in years.span.finditer(scan.folded):
        yield Exclusion(match.start(), match.end(), "year")
    for match in years.pair.finditer(scan.folded):
        between, opener = match.span(1), scan.role("not_figures.year_before").ending(match.start() - 1)
        joins = (scan.role(role).at(between[0]) for role in ("ranges.to", "ranges.between_and"))
        if opener and any(hit and hit.end == between[1] for hit in joins):
            yield Exclusion(match.start(), match.end(), "year")
    for match in years.year.finditer(scan.folded):
        before, after = match.start(), match.end()
        if known.covering(before, after) or not is_joined(scan, before):
            continue
        while before and scan.folded[before - 1] == " ":
            before -= 1
        while after < len(scan.folded) and scan.folded[after] in " -":
            after += 1
        if scan.role("not_figures.year_before").ending(before):
            follows = next((hit for role in counted if (hit := scan.role(role).at(after))), None)
            if follows and scan.folded[follows.end + 1 : follows.end + 2].isdecimal():
                # "Bis 2029 weitere 12 Milliarden": what is further is counted by the next number.
                follows = None
            if (
                not follows
                or scan.folded[before - 1 : before + 1] == ""
                or scan.role("time.year_words").ending(before)
            ):
                yield Exclusion(match.start(), match.end(), "year")
            continue
        if scan.role("not_figures.dates_after").at(after):
            yield Exclusion(match.start(), match.end(), "year")
            continue
        if any(scan.role(role).ending(before) for role in ("unit", "qualifier.before", "predicate")):
            continue
        more = scan.role("qualifier.after").at(match.end() + 1)
        if more and more.key == "more_than" and scan.folded[match.end()] == "'":
            continue  # "2000'den fazla asker"
        if any(scan.role(role).at(after) for role in counted):
            continue
        if before == 0 and (after == len(scan.folded) or scan.role("predicate").at(after)):
            continue  # "1400", and nothing that would make it a year; "1400 killed"
        # "2000 Russian soldiers": a noun may stand a word or two further on.
        words = _TWO_WORDS.match(scan.folded, after)
        if (
            words
            and not scan.role("noun_ends").at(after)
            and any(scan.role("concept").at(at) for at in (words.end(), scan.folded.index(" ", after) + 1))
        ):
            continue
        yield Exclusion(match.start(), match.end(), "year")
