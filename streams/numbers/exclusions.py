"""What holds digits or number words and is no figure: dates, times, ages, names, scores ….

Each rule finds stretches of the text; a number that lies in one is dropped. The patterns
know no language; months, words before a clock time and the like come from its data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from streams.figures.singles import is_single
from streams.numbers.ages import AGE_IN_COMMAS, ages
from streams.numbers.clocks import CLOCK_OF_ENTRY, clock_times
from streams.numbers.dates import ago, dates, lone_years
from streams.numbers.designations import calibres, codes, lettered, names, numbered_names
from streams.numbers.excluded import Exclusion, Exclusions
from streams.numbers.marks import marked
from streams.numbers.ordinals import dotted_ordinals
from streams.numbers.years import years_of
from streams.text.phrases import phrase_end, phrase_start


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.languages import Language
    from streams.text.hits import Hit, Scan


_ADDRESS = regex.compile(
    r"(?:https?://|www\.)[^\s<>\"]++|(?<![\w.+-])[\w.+-]{1,64}+@[\w-]++(?:\.[\w-]++)++|(?<!\w)[@#]\w++"
)
_MARKS_OF_ADDRESSES = ("://", "www.", "@", "#")
"""Most texts hold none of them, and need not be searched for addresses letter by letter."""
_PATTERNS = (
    ("date", "/", regex.compile(r"(?<!\d)\d{4}/\d{1,2}/\d{1,2}(?!\d)")),
    (
        "date",
        "-",
        regex.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?:[t ]\d{2}:\d{2}(?::\d{2})?(?:\.\d{1,9})?z?)?(?!\d)"),
    ),
    ("date", "", regex.compile(r"(?<![\d.,/])\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d{2})(?![\d/]|[.,]\d)")),
    ("time", ":", regex.compile(r"(?<![\d.,:])(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?(?![\d:])")),
    ("time", "h", regex.compile(r"(?<![\d.,:])(?:[01]?\d|2[0-4]) ?h ?[0-5]\d(?:min)?(?!\w)")),
    ("time", "+", regex.compile(r"(?<!\d)(?:45|90|105|120)\+\d{1,2}(?!\d)")),  # minutes added to a match
    (
        "telephone",
        "",
        regex.compile(
            r"\+\d[\d ()-]{6,20}\d|(?<![\d.,])(?<!\d )0\d{1,4}[ -]\d{3,4}(?:[ -]?\d{2,5}){1,3}(?!\d)"
            r"|(?<![\d.,])0\d{7,14}(?![\d.,]\d)|\(\d{3,5}\) ?\d{3,4}[ -]\d{3,4}(?!\d)"
            r"|\(\d{3,5}\) ?\d{2,3}(?:[ -]\d{2}){2}(?!\d)"
            r"|(?<![\d.,])\d{4,5}[ -]\d{3}[ -]\d{3,4}(?![\d.,]\d|\d)"
        ),
    ),
    ("serial number", "", regex.compile(r"(?<![\d.,/\u066b])(?<!\d[\s'])(?:\d{13,}+|0\d++)(?![.,]?\d)")),
    ("age", "(", regex.compile(r"(?<=\p{L}|[\p{L}.]\s)\(\d{1,3}\)")),
)
"""Reason, a sign without which there is none, and what it looks like."""

_DAY_AND_MONTH = regex.compile(
    r"(?<![\d.,/])(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])(?:/\d{2,4})?(?![\d/])"
)
# In the text itself: folded, it has no lines.
_LIST_NUMBER = regex.compile(r"(?m)^[ \t]*+\(?\d{1,2}[.)](?=[ \t])")
_SCORE = regex.compile(r"(?<![\d.,:/-])(\d{1,3})[-\u2013:](\d{1,3})(?![\d:/-]|[.,]\d)")


_TEN = 10
_MOST_DIGITS_OF_SHARE = 3
"""Digits of the second number of "1 in 500"; one of four may be a year."""


def find_exclusions(scan: Scan, language: Language) -> Exclusions:
    """Return what in the text holds digits or number words and is no figure."""
    found: list[Exclusion] = []
    if any(mark in scan.folded for mark in _MARKS_OF_ADDRESSES):
        found += (Exclusion(*match.span(), "address") for match in _ADDRESS.finditer(scan.folded))
    for reason, sign, pattern in _PATTERNS:
        if sign in scan.folded:
            found += (
                Exclusion(match.start(), match.end(), reason) for match in pattern.finditer(scan.folded)
            )
    if "/" in scan.folded and "/" not in language.digits.decimals:
        found += (Exclusion(*match.span(), "date") for match in _DAY_AND_MONTH.finditer(scan.folded))
    found += (Exclusion(*match.span(), "list number") for match in _LIST_NUMBER.finditer(scan.text))
    found += (Exclusion(match.start(1), match.end(1), "time") for match in CLOCK_OF_ENTRY.finditer(scan.text))
    found += (Exclusion(match.start(1), match.end(1), "age") for match in AGE_IN_COMMAS.finditer(scan.text))
    for finder in (
        codes,
        lettered,
        calibres,
        dates,
        ago,
        clock_times,
        ages,
        names,
        numbered_names,
        _scores,
        _shares,
        _words,
    ):
        found += finder(scan, language)
    found += (Exclusion(*one) for one in marked(scan, language))
    known = Exclusions(found)
    found += lone_years(scan, known, years_of(language.time))
    return Exclusions(found)


def _scores(scan: Scan, _language: Language) -> Iterator[Exclusion]:
    """3-0, 21-19: two short numbers in a text that plays, or with the larger one first."""
    words = scan.role("not_figures.score_words")
    for match in _SCORE.finditer(scan.folded):
        first, second = int(match.group(1)), int(match.group(2))
        near = words.within(max(0, match.start() - 120), match.end() + 120)
        if first >= second or near:
            yield Exclusion(match.start(), match.end(), "score")


def _shares(scan: Scan, _language: Language) -> Iterator[Exclusion]:
    """One in four, 1 sur 5: which part of something, not how many."""
    for link in scan.role("not_figures.share_links"):
        start, end = phrase_start(scan, link.start), phrase_end(scan, link.end)
        of = scan.folded[link.end : end].strip()
        if start == link.start or not of or (of.isdecimal() and len(of) > _MOST_DIGITS_OF_SHARE):
            continue
        one = scan.role("numeral.cardinals").at(start)
        singular = scan.role("numeral.singular").at(start)
        of_one = scan.folded[start : link.start] == "1 " or (one and one.key == "1") or singular
        if of_one or _is_share(scan, start, link, end):
            yield Exclusion(start, end, "share")


def _is_share(scan: Scan, start: int, link: Hit, end: int) -> bool:
    """Tell whether two bare numbers are a share: "nine out of ten are women", and not "9 of 10 tanks"."""
    counted = ("concept", "unit", "time.unit", "fillers", "numeral.multipliers")
    if scan.any_at(counted, end + 1) or scan.any_at(counted, link.end + 1):
        return False
    first, second = (
        int(words) if words.isdecimal() else _cardinal(scan, at, words)
        for at, words in (
            (start, scan.folded[start : link.start].strip()),
            (link.end + 1, scan.folded[link.end : end].strip()),
        )
    )
    return 0 < first < second == _TEN


def _cardinal(scan: Scan, start: int, words: str) -> int:
    """Return the value of a number that is one word, 0 for any other words."""
    one = scan.role("numeral.cardinals").at(start)
    return int(one.key) if one and one.form == words and one.key.isdecimal() else 0


def _words(scan: Scan, language: Language) -> Iterator[Exclusion]:
    """Idioms with number words, and ordinals."""
    for hit in scan.role("not_figures.idioms"):
        yield Exclusion(hit.start, hit.end, "idiom")
    for hit in scan.role("numeral.ordinals"):
        one = scan.role("numeral.singles").at(hit.start)
        if one and one.end == hit.end and is_single(one, scan, language):
            continue  # "Two were killed and [a] third wounded"
        start = hit.start
        if start and (scan.folded[start - 1] == "-" or scan.folded[start] == "'"):
            start = phrase_start(scan, start)
        yield Exclusion(start, hit.end, "ordinal")
    for ordinal in dotted_ordinals(scan, language):
        yield Exclusion(ordinal.start, ordinal.end, "ordinal")
