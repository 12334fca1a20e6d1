"""Numbers written in digits: which signs group thousands and which one is the decimal sign."""

from __future__ import annotations

import unicodedata
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

import msgspec
import regex

from streams.numbers.exact import Exact, ratio


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.languages import Digits


SPACES = " \u00a0\u2007\u2009\u202f"
_GROUP_SPACES = SPACES[1:]
_APOSTROPHES = "'\u2019"
# Arabic decimal and thousands signs mean the same in every language.
_ARABIC_DECIMAL, _ARABIC_THOUSANDS = "\u066b", "\u066c"

LONGEST = 25
"""Digit runs longer than this are serial numbers, not quantities."""

_SIGNS = f".,{_APOSTROPHES}{_ARABIC_DECIMAL}{_ARABIC_THOUSANDS}\uff0c\uff0e"
_TAIL = r"(?:e[+-]?\d{1,2}(?![\d\p{L}])|[½⅓⅔¼¾⅛])?|[½⅓⅔¼¾⅛]"

RUN = regex.compile(rf"\d++(?:[{_SIGNS}]\d++|[{SPACES}]\d{{3}}(?!\d))*+{_TAIL}")


@cache
def _run(decimals: str) -> regex.Pattern[str]:
    """Return the pattern of a run where some signs are decimal ones too: "1/5 million"."""
    if not decimals:
        return RUN
    more = regex.escape(decimals)
    return regex.compile(
        rf"(?<![{more}])\d++[{more}]\d{{1,2}}(?![{more}\d])|\d++(?:[{_SIGNS}]\d++|[{SPACES}]\d{{3}}(?!\d))*+{_TAIL}"
    )


class DigitRun(msgspec.Struct, frozen=True, gc=False):
    """Digits with their separators, in code points; ``ambiguous`` where "1.400" could be 1.4."""

    start: int
    end: int
    value: Exact
    ambiguous: bool


def runs(text: str, style: Digits) -> Iterator[DigitRun]:
    """Yield each run of digits in ``text``, read in a language's style; linear in the text."""
    for match in _run("".join(style.decimals)).finditer(text):
        start = match.start()
        for piece in _pieces(match.group(), style):
            end = start + len(piece)
            stripped = piece.strip(SPACES)
            if stripped and len(stripped) <= LONGEST:
                offset = start + piece.index(stripped)
                if read := parse(stripped, style):
                    yield DigitRun(offset, offset + len(stripped), *read)
            start = end


_SPACE = regex.compile(f"[{SPACES}]")
_SPACE_KEPT = regex.compile(f"([{SPACES}])")


def _pieces(run: str, style: Digits) -> list[str]:
    """Split a run at spaces that do not group thousands: "2015 200" is two numbers."""
    if run.isalnum():
        return [run]
    spaces = {character for character in run if character in SPACES}
    if not spaces:
        return [run]
    head = _SPACE.split(run, maxsplit=1)[0]
    allowed = all(space in style.thousands or space in _GROUP_SPACES for space in spaces)
    if allowed and head.isdecimal() and len(head) <= 3:  # noqa: PLR2004 - thousands come in threes
        return [run]
    return _SPACE_KEPT.split(run)


def parse(run: str, style: Digits) -> tuple[Exact, bool] | None:
    """Return the value of a run of digits and separators, and whether it could be another.

    One sign before a single group of three digits is ambiguous where the language uses it
    the other way: "1.400" in English, "1,400" in Indonesian. None where the signs make no
    number: "1.2.3", "5'11".
    """
    if run.isascii() and run.isdecimal():
        return int(run), False
    mantissa, scientific, exponent = run.partition("e")
    if scientific:
        read = parse(mantissa, style)
        return (read[0] * Fraction(10) ** int(exponent), read[1]) if read else None
    extra: Exact = 0
    if unicodedata.category(run[-1]) == "No":
        extra = Fraction(unicodedata.numeric(run[-1])).limit_denominator(8)
        run = run[:-1]
        if not run:
            return extra, False
    digits = run
    if not run.isascii():
        digits = "".join(str(unicodedata.decimal(character, character)) for character in run)
    digits = digits.replace("\uff0c", ",").replace("\uff0e", ".")
    for sign in style.decimals:
        digits = digits.replace(sign, _ARABIC_DECIMAL)
    signs = [character for character in digits if not character.isdecimal()]
    if not signs:
        return int(digits) + extra, False
    decimal, ambiguous = _decimal_sign(digits, signs, style)
    whole, _, part = digits.rpartition(decimal) if decimal else (digits, "", "")
    if not _is_grouped(whole):
        return None
    whole = "".join(character for character in whole if character.isdecimal())
    value = ratio(int(whole + part), 10 ** len(part)) if part else int(whole)
    return value + extra, ambiguous


def _decimal_sign(digits: str, signs: list[str], style: Digits) -> tuple[str | None, bool]:
    """Return the decimal sign in ``digits``, None where all signs group thousands."""
    last = signs[-1]
    if last == _ARABIC_DECIMAL:
        return last, False
    if last == _ARABIC_THOUSANDS or last in SPACES or last in _APOSTROPHES:
        return None, False
    if signs.count(last) > 1:
        # A decimal sign stands once: "1.400.000" groups thousands in any language.
        return None, False
    if len(signs) > 1:
        return last, False
    groups = _groups(digits)
    if not _is_grouped(digits) or groups[0] == "0":
        return last, False
    if last in style.thousands:
        return None, False
    if style.round_thousands and digits.endswith("00"):
        return None, True
    return last, True


def _is_grouped(whole: str) -> bool:
    """Tell whether one kind of sign sets thousands apart, or lakhs and crores: "12,34,567"."""
    first, *rest = map(len, _groups(whole))
    if not rest:
        return True
    if len({character for character in whole if not character.isdecimal()}) > 1 or rest[-1] != 3:  # noqa: PLR2004 - thousands
        return False
    between = set(rest[:-1])
    return (first <= 3 and between <= {3}) or (first <= 2 and between == {2})  # noqa: PLR2004 - thousands or lakhs


def _groups(digits: str) -> list[str]:
    groups = [""]
    for character in digits:
        if character.isdecimal():
            groups[-1] += character
        else:
            groups.append("")
    return groups
