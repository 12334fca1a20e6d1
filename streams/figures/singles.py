"""One person who is counted without a number: "death of [a] soldier", where no word for "a" is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams import meanings
from streams.text.hits import Hit


if TYPE_CHECKING:
    from streams.languages import Language
    from streams.text.hits import Scan


_TOLD = frozenset(["killed", "wounded", "missing", "detained", "captured", "abducted", "rescued"])
"""What may have happened to a person who is counted without a number."""


_TOLD_BEHIND = _TOLD - {"rescued"}
"""The same, where the verb follows; one who survived is none that was rescued."""

_TOLD_BY_ITSELF = frozenset(["death", "injury"])
_OPENING = frozenset(["", "\n", ":", ".", "-", "\u2022"])
"""Nouns that say what happened to a person, and signs behind which they begin a list."""

_THINGS = frozenset(["vehicle", "aircraft", "ship", "weapon", "building", "facility"])
_CLAUSE = 60
"""Code points behind a person within which the verb stands, where it comes last."""
_MOST_JOINED = 8
"""Persons looked at in a list of them."""


_COUNTED = 30
"""Code points before a noun in which a number stands that counts it."""


def is_single(noun: Hit, scan: Scan, language: Language) -> bool:
    """Tell whether a noun is one person to whom something happened: "death of [a] soldier and [a] child".

    What happened stands right before it, or another such person; an adjective may stand between.
    Where the language says so it may stand right behind it: "[a] soldier died", in some only where the
    noun opens a clause: "said that [a] soldier died". One with an
    article, or that belongs to one with it, is known already and not counted.
    """
    if _is_thing(noun, scan):
        return _is_listed(noun, scan)
    if language.singles_before and language.script.verb_last and _is_subject(noun, scan):
        return True
    adjectives = tuple(language.script.participle_endings)
    listed = scan.role("conjunctions").ending(noun.start - 1) is not None
    if adjectives and ((not listed and _is_counted(noun.start, scan)) or _counts(noun.end + 1, scan)):
        return False
    among = adjectives and scan.role("parts").ending(noun.start - 1) is not None  # "among them [a] girl"
    before = language.singles_before and _is_told_of(noun, scan)
    opening = language.singles_opening and (
        (_opens(noun, scan) and _is_told_of(noun, scan)) or _heads(noun, scan)
    )
    if among or before or opening:
        return True
    return _is_told_before(noun, scan, language)


def _is_told_before(noun: Hit, scan: Scan, language: Language) -> bool:
    """Tell whether what happened stands right before a noun, or before one that it is joined to."""
    adjectives = tuple(language.script.participle_endings)
    prefixes = tuple(language.script.prefixes)
    for _ in range(_MOST_JOINED):
        if scan.folded.startswith(prefixes, noun.start) or scan.folded.startswith(prefixes, noun.end + 1):
            return False
        before = noun.start
        if age := scan.role("not_figures.age_after").ending(before - 1):
            # "killed was [a] 45-year-old woman": an age says nothing of how many.
            before = _word_start(scan.folded, age.start)
        conjunctions = scan.role("conjunctions")
        joined = conjunctions.ending(before) or conjunctions.ending(before - 1)
        if joined or scan.folded[before - 1 : before] == " ":
            before = joined.start if joined else before - 1
        told = scan.role("predicate").ending(before)
        if told is None and adjectives and not joined and scan.folded.endswith(adjectives, 0, before):
            # An adjective stands between: "killed was [an] elderly woman".
            told = scan.role("predicate").ending(scan.folded.rfind(" ", max(0, before - _COUNTED), before))
        if told:
            side, _, name = told.key.partition(":")
            return side != "left" and name in _TOLD
        one = _person_ending(before - 1, scan) if joined else None
        if one is None:
            counted = scan.role("concept").ending(before - 1) if joined and adjectives else None
            return counted is not None and _is_counted(counted.start, scan)
        noun = one
    return False


def _is_thing(noun: Hit, scan: Scan) -> bool:
    own = scan.role("concept").at(noun.start)
    return own is not None and meanings.concepts()[own.key].class_ in _THINGS


def _is_listed(noun: Hit, scan: Scan) -> bool:
    """Tell whether a thing is one of a list of counted ones: "235 soldiers, [a] tank, two lorries"."""
    before = noun.start - 2 if scan.folded[noun.start - 2 : noun.start] == ", " else None
    if joined := scan.role("conjunctions").ending(noun.start - 1):
        before = joined.start - 1
    if before is not None and (other := scan.role("concept").ending(before)):
        return _is_counted(other.start, scan)
    behind = noun.end + 2 if scan.folded[noun.end : noun.end + 2] == ", " else None
    if joined := scan.role("conjunctions").at(noun.end + 1):
        behind = joined.end + 1
    told = scan.role("predicate").ending(noun.start - 1)
    return behind is not None and _counts(behind, scan) and (before is not None or told is not None)


def _is_told_of(noun: Hit, scan: Scan) -> bool:
    """Tell whether a verb right behind a noun says what happened: "[a] woman and [a] child died".

    A name may stand between: "[a] resident of Izmir was killed".
    """
    for _ in range(_MOST_JOINED):
        at = noun.end + 1
        if scan.folded[noun.end : at] != " ":
            return False
        told = scan.role("predicate").at(at)
        if told is None and scan.text[at : at + 1].isupper():
            told = scan.role("predicate").at(scan.folded.find(" ", at, at + _COUNTED) + 1)
        if told:
            side, _, name = told.key.partition(":")
            return side != "right" and name in _TOLD_BEHIND
        joined = scan.role("conjunctions").at(at)
        one = scan.role("numeral.singles").at(joined.end + 1) if joined else None
        if one is None:
            return False
        noun = one
    return False


def _opens(noun: Hit, scan: Scan) -> bool:
    """Tell whether a noun opens a clause, and its verb has no object: "said that [a] soldier died in a raid".

    "That [a] gunman killed 3 people", or "his wife", says nothing of what happened to him.
    """
    told = scan.role("predicate").at(noun.end + 1)
    if told is None or scan.role("clause_ends").ending(noun.start - 1) is None:
        return False
    behind = scan.folded[told.end : told.end + 1]
    roles = ("noun_ends", "conjunctions", "clause_ends", "script.loose_proclitics")
    return behind != " " or any(scan.role(role).at(told.end + 1) for role in roles)


def _heads(noun: Hit, scan: Scan) -> bool:
    """Tell whether a noun that says what happened begins a list of such: ": [a] dead [man] and 3 wounded"."""
    own = scan.role("concept").at(noun.start)
    if own is None or own.end != noun.end or own.key not in _TOLD_BY_ITSELF:
        return False
    first = scan.folded[max(0, noun.start - 2) : noun.start].rstrip(" ")[-1:]
    joined = scan.role("conjunctions").at(noun.end + 1)
    if first not in _OPENING or joined is None:
        return False
    behind = joined.end + (scan.folded[joined.end : joined.end + 1] == " ")
    return _counts(behind, scan) or scan.role("numeral.duals").at(behind) is not None


def _is_counted(start: int, scan: Scan) -> bool:
    """Tell whether a number stands before a noun in its clause: "12 Ukrainian soldiers"."""
    first = max(0, start - _COUNTED)
    first = max(first, *(scan.folded.rfind(sign, first, start) + 1 for sign in ",.;:(\n"))
    digits = any(map(str.isdecimal, scan.folded[first:start]))
    age = scan.role("not_figures.age_after").ending(start - 1)
    roles = ("numeral.cardinals", "numeral.indefinite", "numeral.multipliers")
    return (digits and age is None) or any(scan.role(role).within(first, start) for role in roles)


def _is_subject(noun: Hit, scan: Scan) -> bool:
    """Tell whether the verb that ends a noun's clause says what happened: "[a] man in a raid killed was"."""
    told = scan.role("predicate").first_within(noun.end, noun.end + _CLAUSE)
    if told is None:
        return False
    side, _, name = told.key.partition(":")
    gap = scan.folded[noun.end : told.start]
    cut = any(sign in gap for sign in ".,;:\u060c\n") or scan.role("clause_ends").within(noun.end, told.start)
    return side != "right" and name in _TOLD and not cut


def _person_ending(end: int, scan: Scan) -> Hit | None:
    """Return the person, or the two or more, that the list goes on from: "killed two children and [a] woman".

    A number before the noun is a part of it.
    """
    if one := scan.role("numeral.singles").ending(end) or scan.role("numeral.duals").ending(end):
        return one
    noun = scan.role("concept").ending(end)
    if noun is None or scan.folded[noun.start - 1 : noun.start] != " ":
        return None
    number = scan.role("numeral.cardinals").ending(noun.start - 1)
    start = number.start if number else _word_start(scan.folded, noun.start - 1)
    return Hit(start, noun.end, noun.key, noun.form) if start < noun.start - 1 else None


def _counts(at: int, scan: Scan) -> bool:
    """Tell whether a number stands at an offset: "[people] twenty" are not one."""
    return scan.folded[at : at + 1].isdecimal() or scan.role("numeral.cardinals").at(at) is not None


def _word_start(folded: str, end: int) -> int:
    """Return where the digits begin that end at an offset."""
    start = end
    while start and folded[start - 1].isdecimal():
        start -= 1
    return start
