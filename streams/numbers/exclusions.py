"""What holds digits or number words and is no figure: dates, times, ages, names, scores ….

Each rule finds stretches of the text; a number that lies in one is dropped. The patterns
know no language; months, words before a clock time and the like come from its data.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import regex

from streams import meanings
from streams.numbers.marks import marked
from streams.numbers.ordinals import dotted_ordinals
from streams.numbers.years import years_of
from streams.text.affixes import are_joined, is_joined
from streams.text.phrases import phrase_end, phrase_start


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.languages import Language
    from streams.numbers.years import Years
    from streams.text.hits import Hit, Scan


class Exclusion(NamedTuple):
    """A stretch of text that holds no figure, and why."""

    start: int
    end: int
    reason: str


class Exclusions:
    """All stretches of a text that hold no figure."""

    def __init__(self, found: list[Exclusion]) -> None:
        self.found = sorted(found)
        self._starts = [exclusion.start for exclusion in self.found]
        # The furthest end of all that start up to here: a look-up needs one step.
        self._reach: list[Exclusion] = []
        for exclusion in self.found:
            furthest = self._reach[-1] if self._reach else exclusion
            self._reach.append(exclusion if exclusion.end >= furthest.end else furthest)

    def covering(self, start: int, end: int) -> Exclusion | None:
        """Return an exclusion that overlaps the stretch between two offsets."""
        index = bisect_right(self._starts, end - 1) - 1
        if index >= 0 and self._reach[index].end > start:
            return self._reach[index]
        return None


_MOST_DAYS = 31

_ADDRESS = regex.compile(
    r"(?:https?://|www\.)[^\s<>\"]++|(?<![\w.+-])[\w.+-]{1,64}+@[\w-]++(?:\.[\w-]++)++|(?<!\w)[@#]\w++"
)
_MARKS_OF_ADDRESSES = ("://", "www.", "@", "#")
"""Most texts hold none of them, and need not be searched for addresses letter by letter."""

_PATTERNS = (
    ("date", regex.compile(r"(?<!\d)\d{4}/\d{1,2}/\d{1,2}(?!\d)")),
    ("date", regex.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?:[t ]\d{2}:\d{2}(?::\d{2})?(?:\.\d{1,9})?z?)?(?!\d)")),
    ("date", regex.compile(r"(?<![\d.,/])\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d{2})(?![\d/]|[.,]\d)")),
    ("time", regex.compile(r"(?<![\d.,:])(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?(?![\d:])")),
    ("time", regex.compile(r"(?<![\d.,:])(?:[01]?\d|2[0-4]) ?h ?[0-5]\d(?:min)?(?!\w)")),
    ("time", regex.compile(r"(?<!\d)(?:45|90|105|120)\+\d{1,2}(?!\d)")),  # minutes added to a match
    (
        "telephone",
        regex.compile(
            r"\+\d[\d ()-]{6,20}\d|(?<![\d.,])(?<!\d )0\d{1,4}[ -]\d{3,4}(?:[ -]?\d{2,5}){1,3}(?!\d)"
            r"|(?<![\d.,])0\d{7,14}(?![\d.,]\d)|\(\d{3,5}\) ?\d{3,4}[ -]\d{3,4}(?!\d)"
            r"|\(\d{3,5}\) ?\d{2,3}(?:[ -]\d{2}){2}(?!\d)"
            r"|(?<![\d.,])\d{4,5}[ -]\d{3}[ -]\d{3,4}(?![\d.,]\d|\d)"
        ),
    ),
    ("serial number", regex.compile(r"(?<![\d.,/\u066b])(?<!\d[\s'])(?:\d{13,}+|0\d++)(?![.,]?\d)")),
    ("age", regex.compile(r"(?<=\p{L}|[\p{L}.]\s)\(\d{1,3}\)")),
)
_DAY_AND_MONTH = regex.compile(
    r"(?<![\d.,/])(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])(?:/\d{2,4})?(?![\d/])"
)
# In the text itself: folded, it has no lines.
_LIST_NUMBER = regex.compile(r"(?m)^[ \t]*+\(?\d{1,2}[.)](?=[ \t])")
_AGE_IN_COMMAS = regex.compile(r"(?<=\p{Lu}[\p{L}.'-]{1,40}), (\d{1,3})(?=,\s\p{Ll}|,\s\p{Lu}|\.\s*+$)")
# The digit first, for most letters have none behind them.
_DIGIT_BEHIND_LETTER = regex.compile(r"\d(?<=[\p{L}\p{M}]\d|[\p{L}\p{M}][-\u2010\u2011/]\d)")
_LETTER = regex.compile(r"[\p{L}\p{M}]")
_DIGIT_CODE = regex.compile(
    r"(?<![\p{L}\p{M}\p{N}])(\p{L}[\p{L}\p{M}]*+)([-\u2010\u2011/]?)(\d[\p{L}\p{N}]*+(?:-\p{N}++(?!\p{L}))?)"
)
_LINKED_AGE = regex.compile(r" (\d{1,3})(?=[,;)]|\.?$|\.\s)")
_COMMA_AGE = regex.compile(r", (\d{1,3})(?=,(?!\d))")
_LETTERED = regex.compile(r"(?<![\d.,])\d++(?:[.,]\d++)*+(?!e[+-]?\d{1,2}(?![\d\p{L}]))(\p{L}++)\d*+")
_CLOCK = regex.compile(r"\s?\d{1,2}(?:[.:]\d{2}){0,2}(?![\d.,]\d|\d)")
# In the text itself: "14.20 – …" at the start of a line of a live report.
_CLOCK_OF_ENTRY = regex.compile(r"(?m)^[ \t]*+((?:[01]?\d|2[0-3])[.:][0-5]\d)(?=[ \t]*+[-\u2013\u2014:|])")
_HOURS = 24
_CLOCK_WITH_ENDING = regex.compile(r"(?<![\d.,])(?:[01]\d|2[0-3])\.[0-5]\d(?='\p{L})")
_CLOCK_WITH_DOT = regex.compile(r"(?<= )(?:[01]\d|2[0-3])\.[0-5]\d(?![\d%\p{L}]|[.,-]\d)")
_CLOCK_RANGE = regex.compile(r" ?[-\u2013] ?\d{1,2}(?:[.:]\d{2}){1,2}(?![.,]?\d)")
_CLOCK_AT_END = regex.compile(r"(?:\d{1,2}(?:[.:]\d{2}){0,2}\s?[-\u2013]\s?)?\d{1,2}(?:[.:]\d{2}){0,2}\s?$")
_NUMBER_OF_NAME = regex.compile(r"[\s.:]{0,2}\d++(?:[./-]\d++)*+(?:-?\p{L}\b)?")
_TWO_WORDS = regex.compile(r"(?:\p{L}[\p{L}'-]{0,40}+ ){1,2}")
_SCORE = regex.compile(r"(?<![\d.,:/-])(\d{1,3})[-\u2013:](\d{1,3})(?![\d:/-]|[.,]\d)")


def find_exclusions(scan: Scan, language: Language) -> Exclusions:
    """Return what in the text holds digits or number words and is no figure."""
    found: list[Exclusion] = []
    if any(mark in scan.folded for mark in _MARKS_OF_ADDRESSES):
        found += (Exclusion(*match.span(), "address") for match in _ADDRESS.finditer(scan.folded))
    for reason, pattern in _PATTERNS:
        found += (Exclusion(match.start(), match.end(), reason) for match in pattern.finditer(scan.folded))
    if "/" not in language.digits.decimals:
        found += (Exclusion(*match.span(), "date") for match in _DAY_AND_MONTH.finditer(scan.folded))
    found += (Exclusion(*match.span(), "list number") for match in _LIST_NUMBER.finditer(scan.text))
    found += (
        Exclusion(match.start(1), match.end(1), "time") for match in _CLOCK_OF_ENTRY.finditer(scan.text)
    )
    found += (Exclusion(match.start(1), match.end(1), "age") for match in _AGE_IN_COMMAS.finditer(scan.text))
    for finder in (
        _codes,
        _lettered,
        _calibres,
        _dates,
        _ago,
        _clock_times,
        _ages,
        _names,
        _numbered_names,
        _scores,
        _words,
    ):
        found += finder(scan, language)
    found += (Exclusion(*one) for one in marked(scan, language))
    known = Exclusions(found)
    found += _years(scan, known, years_of(language.time))
    return Exclusions(found)


def _codes(scan: Scan, language: Language) -> Iterator[Exclusion]:
    """F-16, MH17, G-7, ke-2: digits behind letters, unless the letters are a unit or currency."""
    units = scan.role("unit")
    end = 0
    for digit in _DIGIT_BEHIND_LETTER.finditer(scan.folded):
        start = digit.start() - 1
        while start > end and _LETTER.match(scan.folded, start - 1):
            start -= 1
        match = _DIGIT_CODE.match(scan.folded, start)
        if match is None or start < end:
            continue
        end = match.end()
        hit = units.at(match.start(1))
        money = hit and hit.end == match.end(1) and meanings.dimension(hit.key) == "money"
        if money or are_joined(scan, match.start(1), match.end(1)):
            continue
        reason = "ordinal" if match.group(1) in language.numerals.ordinal_prefixes else "name"
        yield Exclusion(match.start(), match.end(), reason)


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


def _lettered(scan: Scan, language: Language) -> Iterator[Exclusion]:
    """12th, 4G, 7B: digits with letters behind them that are no unit and no multiplier."""
    measures = ["numeral.glued", "numeral.multipliers", "unit", "time.unit", "qualifier.after"]
    if not language.script.capitals:
        measures.append("concept")  # "1250people"
    for match in _LETTERED.finditer(scan.folded):
        hits = [
            hit
            for role in measures
            if (hit := scan.role(role).at(match.start(1))) and hit.end >= match.end(1)
        ]
        if not hits:
            reason = "ordinal" if match.group(1) in language.numerals.ordinal_suffixes else "name"
            yield Exclusion(match.start(), match.end(), reason)
        elif any(hit.end == match.end() > match.end(1) for hit in hits):
            yield Exclusion(match.end(1), match.end(), "unit")  # the 2 of "km2"


_MOST_CALIBRE = 8
"""Code points of the number of a calibre: "12.7", "152"."""
_ARMS_WITHIN = 24
"""Code points between a calibre and the weapon it is of."""
_SIGNS_BETWEEN = frozenset(",;.()")


def _calibres(scan: Scan, _: Language) -> Iterator[Exclusion]:
    """152-mm howitzer, peluru 7,62 mm: millimetres beside a weapon or what it fires."""
    concepts = scan.role("concept")
    for unit in scan.role("unit"):
        if unit.key != "mm":
            continue
        end = unit.start - (scan.folded[unit.start - 1 : unit.start] in (" ", "-"))
        start = end
        while start > end - _MOST_CALIBRE and (
            scan.folded[start - 1 : start].isdecimal()
            or (start < end and scan.folded[start - 1 : start] in ".,")
        ):
            start -= 1
        if start == end:
            continue
        behind = concepts.first_within(unit.end, unit.end + _ARMS_WITHIN)
        before = concepts.last_before(start, max(0, start - _ARMS_WITHIN))
        beside = [scan.folded[unit.end : behind.start]] if behind and _is_of_arms(behind) else []
        beside += [scan.folded[before.end : start]] if before and _is_of_arms(before) else []
        if any(not _SIGNS_BETWEEN.intersection(gap) for gap in beside):
            yield Exclusion(start, unit.end, "calibre")


def _is_of_arms(noun: Hit) -> bool:
    return meanings.concepts()[noun.key].class_ in ("munition", "weapon")


def _dates(scan: Scan, language: Language) -> Iterator[Exclusion]:
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


def _clock_times(scan: Scan, language: Language) -> Iterator[Exclusion]:
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


def _ages(scan: Scan, language: Language) -> Iterator[Exclusion]:
    """Aged 5, berusia 25 tahun, 25-year-old: the number beside a word of age, or of a person and years."""
    for unit in scan.role("time.unit"):
        if unit.key != "year" or not language.time.ages_in_years:
            continue
        start = phrase_start(scan, unit.start)
        if start < unit.start and (_is_age(scan, start) or _is_apposed(scan, start, unit.end)):
            yield Exclusion(start, unit.end, "age")
    for aged in _COMMA_AGE.finditer(scan.folded):
        person = scan.role("concept").ending(aged.start())
        if person and meanings.concepts()[person.key].class_ == "person":
            yield Exclusion(aged.start(1), aged.end(1), "age")
    for link in scan.role("not_figures.age_links"):
        # "Junto a su padre, de 40."
        if scan.folded[link.start - 2 : link.start] == ", " and (
            linked := _LINKED_AGE.match(scan.folded, link.end)
        ):
            yield Exclusion(linked.start(1), linked.end(1), "age")
    for hit in scan.role("not_figures.age_before"):
        yield Exclusion(hit.start, phrase_end(scan, hit.end), "age")
    for hit in scan.role("not_figures.age_after"):
        yield Exclusion(phrase_start(scan, hit.start), hit.end, "age")


def _is_age(scan: Scan, start: int) -> bool:
    """Tell whether years are those of a person named right before them.

    "anak 12 tahun"; over a link "un niño palestino de 12 años", "Ana Ruiz, de 34 años".
    """
    link = scan.role("not_figures.age_links").ending(start - 1)
    at = link.start - 1 if link else start - 1
    if link and scan.folded[at - 1 : at] == ",":
        return True
    persons = scan.role("concept")
    word = _LAST_WORD.search(scan.folded, max(0, at - 24), at) if link else None
    return any(
        person is not None and meanings.concepts()[person.key].class_ == "person"
        for person in (persons.ending(at), persons.ending(word.start()) if word else None)
    )


def _is_apposed(scan: Scan, start: int, end: int) -> bool:
    """Tell whether years stand alone in brackets, or behind a name and a comma: "Amina Yusuf, 34 ans"."""
    if scan.folded[start - 1 : start] == "(":
        return scan.folded[end : end + 1] == ")"
    if scan.folded[start - 2 : start] != ", " or scan.folded[end : end + 1] not in ("", ",", ".", ")"):
        return False
    return _NAME_BEFORE.search(scan.text, max(0, start - 32), start - 2) is not None


_NAME_BEFORE = regex.compile(r"\p{Lu}[\p{L}\p{M}'.-]{0,40}+$")
_LAST_WORD = regex.compile(r" \p{L}++$")


def _ago(scan: Scan, _language: Language) -> Iterator[Exclusion]:
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


def _names(scan: Scan, _language: Language) -> Iterator[Exclusion]:
    """Boeing 737, Resolution 2254, No. 5, Pasal 3: the number behind a word that numbers things."""
    for hit in scan.role("not_figures.named_before"):
        if match := _NUMBER_OF_NAME.match(scan.folded, hit.end):
            if _is_thing(scan, hit) and scan.role("concept").at(match.end() + 1):
                # "am ersten Tag 1.000 Menschen"
                continue
            yield Exclusion(hit.start, match.end(), "name")
            continue
        end = phrase_end(scan, hit.end)
        if end > hit.end:
            yield Exclusion(hit.start, end, "name")
    for hit in scan.role("not_figures.named_after"):
        if scan.text[hit.start].isupper():
            # "17 Merdeka Street": names stand between.
            before = _NAMES_BEFORE.search(scan.text[max(0, hit.start - 60) : hit.start])
            start = hit.start - len(before.group()) if before else hit.start
            yield Exclusion(phrase_start(scan, start), hit.end, "name")
        yield Exclusion(phrase_start(scan, hit.start), hit.end, "name")


def _is_thing(scan: Scan, naming: Hit) -> bool:
    """Tell whether a word that numbers things is a time or a thing itself: "day", "motorway"."""
    hits = (scan.role(role).at(naming.start) for role in ("concept", "time.unit"))
    return any(hit is not None and hit.end == naming.end for hit in hits)


_NAMES_BEFORE = regex.compile(r"(?:\p{Lu}[\p{L}\p{M}.']{0,40}+ ){1,3}$")
_WORD_BEFORE = regex.compile(r"\p{Lu}[\p{L}\p{M}]{0,40}+ $")


def _numbered_names(scan: Scan, language: Language) -> Iterator[Exclusion]:
    """Densus 88, Bell 412: a number behind a capital, with nothing behind it that it could count."""
    counted = (
        "concept",
        "unit",
        "time.unit",
        "fillers",
        "numeral.multipliers",
        "parts",
        "predicate",
        "qualifier.after",
    )
    for match in _PLAIN_NUMBER.finditer(scan.folded):
        start, end = match.span()
        before = _WORD_BEFORE.search(scan.text[max(0, start - 24) : start])
        word = start - 24 + before.start() if before and start >= 24 else before.start() if before else -1  # noqa: PLR2004
        if word <= 0 or scan.text[word - 1] != " " or scan.text[word - 2] in ".!?:\n\u2013\u2014-":
            continue
        if any(
            scan.role(role).at(word) for role in ("time.months", "time.weekdays", "unit", "qualifier.before")
        ):
            continue
        after = end + 1 if scan.folded[end : end + 1] in (" ", "-", "%") else end
        if scan.folded[end : end + 1] == "%" or any(scan.role(role).at(after) for role in counted):
            continue
        if scan.folded[end : end + 1] == "'" and language.numerals.endings:
            continue
        compound = _COMPOUND.match(scan.text, after) if language.script.capital_nouns else None
        if compound and scan.role("concept").at(compound.end()):
            continue  # "nach eigenen Angaben 14 Hisbollah-Kämpfer"
        if (
            scan.folded[after : after + 1].isalpha()
            and scan.text[after].islower()
            and not _stops(scan, after)
        ):
            continue
        yield Exclusion(word, end, "name")


_COMPOUND = regex.compile(r"\p{Lu}[\p{L}\p{M}]{1,30}+-")
_PLAIN_NUMBER = regex.compile(r"(?<![\d.,\p{L}-])\d{1,4}(?![\d\p{L}]|[.,]\d)")


def _stops(scan: Scan, at: int) -> bool:
    return any(scan.role(role).at(at) for role in ("noun_ends", "clause_ends", "conjunctions", "attribution"))


def _scores(scan: Scan, _language: Language) -> Iterator[Exclusion]:
    """3-0, 21-19: two short numbers in a text that plays, or with the larger one first."""
    words = scan.role("not_figures.score_words")
    for match in _SCORE.finditer(scan.folded):
        first, second = int(match.group(1)), int(match.group(2))
        near = words.within(max(0, match.start() - 120), match.end() + 120)
        if first >= second or near:
            yield Exclusion(match.start(), match.end(), "score")


def _words(scan: Scan, language: Language) -> Iterator[Exclusion]:
    """Idioms with number words, and ordinals."""
    for hit in scan.role("not_figures.idioms"):
        yield Exclusion(hit.start, hit.end, "idiom")
    for hit in scan.role("numeral.ordinals"):
        start = hit.start
        if start and (scan.folded[start - 1] == "-" or scan.folded[start] == "'"):
            start = phrase_start(scan, start)
        yield Exclusion(start, hit.end, "ordinal")
    for ordinal in dotted_ordinals(scan, language):
        yield Exclusion(ordinal.start, ordinal.end, "ordinal")


def _years(scan: Scan, known: Exclusions, years: Years) -> Iterator[Exclusion]:
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
