"""Numbers that a dot makes ordinals: "am 3. Mai", "die 12. Brigade", "5. gün"."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import regex


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.languages import Language
    from streams.text.hits import Scan


class Ordinal(NamedTuple):
    """Digits and the dot behind them, in code points, end exclusive."""

    start: int
    end: int


_LONGEST = 4
"""Code points of an ordinal with its dot; with more it is a year, and the dot ends a sentence."""
_DOTTED = regex.compile(r"(?<![\d.,:\p{L}-])(?:\d{1,4}|\d{1,3}(?:\.\d{3}){1,3})\.(?=\s\p{L})")


def dotted_ordinals(scan: Scan, language: Language) -> Iterator[Ordinal]:
    """Yield the ordinals of a text that are written with a dot, where the language does so.

    The dot ends no sentence where a small letter or a month follows, or where a word
    stands before the number that only an ordinal can follow ("am", "die"); nor on the same
    line in a language whose sentences end in a verb.
    """
    if "." not in language.numerals.ordinal_suffixes:
        return
    months, openers = scan.role("time.months"), scan.role("numeral.ordinal_before")
    for match in _DOTTED.finditer(scan.text):
        after = match.end() + 1
        before = match.start() - 1
        if match.end() - match.start() > _LONGEST and not language.script.verb_last:
            continue
        if (
            scan.text[after].islower()
            or (language.script.verb_last and scan.text[after - 1] == " ")
            or months.at(after)
            or (scan.text[before : before + 1] == " " and openers.ending(before))
        ):
            yield Ordinal(*match.span())
