"""Where the numbers beside a word begin and end, in digits or words, ranges and all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex


if TYPE_CHECKING:
    from streams.text.hits import Scan


_SHORT_NUMBER = regex.compile(r"(?<![\d.,])(\d{1,2})(?![\d]|[.,]\d)")

_NUMBER_WORDS = (
    "numeral.cardinals",
    "numeral.multipliers",
    "numeral.teens",
    "numeral.indefinite",
    "numeral.joiners",
    "numeral.fractions",
)
_STEPS = 9


def phrase_end(scan: Scan, start: int) -> int:
    """Return the end of the numbers, in digits or words, that begin at ``start``."""
    end = start
    roles = (*_NUMBER_WORDS, "qualifier.before", "ranges.to", "ranges.between_and", "time.unit")
    for _ in range(_STEPS):
        at = end
        while at < len(scan.folded) and scan.folded[at] in " -\u2013":
            at += 1
        if at == end and end != start:
            break
        hit = next((hit for role in roles if (hit := scan.role(role).at(at))), None)
        if hit and end == start and scan.role("numeral.joiners").at(at) is hit:
            # "And" joins no number to the word before it: "20 Leopards and 40 shells".
            break
        if hit:
            end = hit.end
        elif match := _SHORT_NUMBER.match(scan.folded, at):
            end = match.end()
        else:
            break
    return end


def phrase_start(scan: Scan, end: int) -> int:
    """Return the start of the numbers that finish right before ``end``."""
    start = end
    roles = (*_NUMBER_WORDS, "ranges.to", "ranges.between_and")
    for _ in range(_STEPS):
        at = start
        while at and scan.folded[at - 1] in " -\u2013":
            at -= 1
        hit = next((hit for role in roles if (hit := scan.role(role).ending(at))), None)
        if hit:
            start = hit.start
            continue
        digits = at
        while digits and scan.folded[digits - 1].isdigit():
            digits -= 1
        if digits == at or (
            digits > 1 and scan.folded[digits - 1] in ".," and scan.folded[digits - 2].isdigit()
        ):
            break
        start = digits
    return start
