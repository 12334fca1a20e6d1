"""Step 4a: what someone denies. "The army denied that it had bombed the hospital": the bombing is no fact.

What is denied stands behind the verb to the end of its clause, over one "that" and its comma; where verbs
come last, before it. Who denies only a part of its own in something ("involvement in the attack") leaves the
thing standing.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import msgspec

from streams import meanings


if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.records import Keyword
    from streams.text.hits import Scan
    from streams.text.sentences import Layout


_CUTS = frozenset(",;:.()\u2013\u2014\u060c\uff0c\u3002\uff1b\uff1a\n")

_FROM = 5
"""Words between a denial and the "that" behind which the clause begins that is denied."""

_PART = 3
"""Words between a denial and the word that makes it one of a part of one's own."""

_REACH = 240
"""Code points that a denial reaches at most."""

_ALSO = frozenset(["ceasefire", "ceasefire_broken"])
"""Categories that are denied though nothing is done by force in them."""


class Denied:
    """The stretches of a text whose events are denied."""

    def __init__(self, scan: Scan, layout: Layout, keywords: Iterable[Keyword]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        stretches = (
            _stretch(scan, layout, one)
            for one in keywords
            if one.category == "denial" and one.status == "asserted"
        )
        for start, end in sorted(one for one in stretches if one):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._starts.append(start)
                self._ends.append(end)

    def __bool__(self) -> bool:
        """Tell whether anything is denied."""
        return bool(self._starts)

    def covers(self, start: int, end: int) -> bool:
        """Tell whether what stands from ``start`` to ``end`` is denied."""
        index = bisect_right(self._starts, start) - 1
        return index >= 0 and end <= self._ends[index]


def denied(scan: Scan, layout: Layout, keywords: list[Keyword]) -> list[Keyword]:
    """Return the keywords of a text, in order; those that are denied have the status ``negated``."""
    stretches = Denied(scan, layout, keywords)
    if not stretches:
        return keywords
    taxonomy = meanings.taxonomy()
    return [
        msgspec.structs.replace(one, status="negated")
        if one.status == "asserted"
        and (taxonomy[one.category].force or one.category in _ALSO)
        and stretches.covers(one.start, one.end)
        else one
        for one in keywords
    ]


def _stretch(scan: Scan, layout: Layout, denial: Keyword) -> tuple[int, int] | None:
    """Return where what is denied begins and ends; None where it is one's own part in something."""
    sentence = layout.sentences[layout.sentence_index(denial.start)]
    if scan.role("denial.part").first_within(denial.start, denial.end):
        return None
    if layout.script.verb_last:
        part = scan.role("denial.part").last_before(denial.start, sentence.start)
        if part and layout.words_between(part.end, denial.start) <= _PART:
            return None
        return _back(scan, denial.start, max(sentence.start, denial.start - _REACH)), denial.start
    part = scan.role("denial.part").first_within(denial.end, sentence.end)
    if part and layout.words_between(denial.end, part.start) <= _PART:
        return None
    return denial.end, _end(scan, layout, denial, min(sentence.end, denial.end + _REACH))


def _end(scan: Scan, layout: Layout, denial: Keyword, limit: int) -> int:
    """Return where the clause ends that is denied: at the next sign or conjunction behind its beginning."""
    opened = not layout.script.spaces
    conjunctions = scan.role("clause_ends")
    # "Bestreitet, Zivilisten angegriffen zu haben": a comma right behind the verb, which has no object.
    bare = " " not in denial.surface
    at = start = denial.end
    while at < limit:
        sign = scan.text[at] in _CUTS
        word = conjunctions.at(at)
        if _says_else(scan, at):
            return at
        if sign or word:
            far = layout.words_between(start, at)
            begins = far <= _FROM if word else bare and far == 0 and scan.text[at] in ",\u060c"
            if opened or not begins:
                return at
            opened = opened or word is not None
            at = word.end if word else at + 1
            continue
        at += 1
    return limit


def _says_else(scan: Scan, at: int) -> bool:
    """Tell whether "and" stands at an offset with another verb of saying: "denies it and says …"."""
    joined = scan.role("conjunctions").at(at)
    said = scan.role("attribution").at(joined.end + 1) if joined else None
    return said is not None and not said.key.endswith(":denied")


def _back(scan: Scan, end: int, floor: int) -> int:
    """Return where the clause begins that ends with a denial."""
    at = end
    while at > floor and scan.text[at - 1] not in _CUTS:
        at -= 1
    return at
