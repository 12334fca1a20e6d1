"""One person who is counted without a number: "death of [a] soldier", where no word for "a" is written."""

from __future__ import annotations

from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from streams.languages import Language
    from streams.text.lexicon import Hit, Scan


_TOLD = frozenset(["killed", "wounded", "missing", "detained", "captured", "abducted", "rescued"])
"""What may have happened to a person who is counted without a number."""


_MOST_JOINED = 8
"""Persons looked at in a list of them."""


def is_single(noun: Hit, scan: Scan, language: Language) -> bool:
    """Tell whether a noun is one person to whom something happened: "death of [a] soldier and [a] child".

    What happened stands right before it, or another such person. One with an article, or that
    belongs to one with it, is known already and not counted.
    """
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
        if told:
            side, _, name = told.key.partition(":")
            return side != "left" and name in _TOLD
        one = scan.role("numeral.singles").ending(before - 1) if joined else None
        if one is None:
            return False
        noun = one
    return False


def _word_start(folded: str, end: int) -> int:
    """Return where the digits begin that end at an offset."""
    start = end
    while start and folded[start - 1].isdecimal():
        start -= 1
    return start
