"""Numbers that belong to a name: "F-16", "Boeing 737", "152-mm", "Densus 88", "Pasal 3"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from streams import meanings
from streams.numbers.excluded import Exclusion
from streams.text.affixes import are_joined
from streams.text.phrases import phrase_end, phrase_start


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.languages import Language
    from streams.text.hits import Hit, Scan


# The digit first, for most letters have none behind them.
_DIGIT_BEHIND_LETTER = regex.compile(r"\d(?<=[\p{L}\p{M}]\d|[\p{L}\p{M}][-\u2010\u2011/]\d)")
_LETTER = regex.compile(r"[\p{L}\p{M}]")
_DIGIT_CODE = regex.compile(
    r"(?<![\p{L}\p{M}\p{N}])(\p{L}[\p{L}\p{M}]*+)([-\u2010\u2011/]?)(\d[\p{L}\p{N}]*+(?:-\p{N}++(?!\p{L}))?)"
)
_LETTERED = regex.compile(r"(?<![\d.,])\d++(?:[.,]\d++)*+(?!e[+-]?\d{1,2}(?![\d\p{L}]))(\p{L}++)\d*+")
_NUMBER_OF_NAME = regex.compile(r"[\s.:]{0,2}\d++(?:[./-]\d++)*+(?:-?\p{L}\b)?")
_MOST_CALIBRE = 8
"""Code points of the number of a calibre: "12.7", "152"."""
_ARMS_WITHIN = 24
"""Code points between a calibre and the weapon it is of."""
_SIGNS_BETWEEN = frozenset(",;.()")
_NAMES_BEFORE = regex.compile(r"(?:\p{Lu}[\p{L}\p{M}.']{0,40}+ ){1,3}$")
_WORD_BEFORE = regex.compile(r"\p{Lu}[\p{L}\p{M}]{0,40}+ $")
_COMPOUND = regex.compile(r"\p{Lu}[\p{L}\p{M}]{1,30}+-")
_PLAIN_NUMBER = regex.compile(r"(?<![\d.,\p{L}-])\d{1,4}(?![\d\p{L}]|[.,]\d)")


def codes(scan: Scan, language: Language) -> Iterator[Exclusion]:
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


def lettered(scan: Scan, language: Language) -> Iterator[Exclusion]:
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


def calibres(scan: Scan, _: Language) -> Iterator[Exclusion]:
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


def names(scan: Scan, _language: Language) -> Iterator[Exclusion]:
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


def numbered_names(scan: Scan, language: Language) -> Iterator[Exclusion]:
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


def _stops(scan: Scan, at: int) -> bool:
    return any(scan.role(role).at(at) for role in ("noun_ends", "clause_ends", "conjunctions", "attribution"))
