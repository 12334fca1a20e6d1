"""Announcements: who is named at the start of a sentence, before the colon behind which it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from streams.claims.names import Speaker
from streams.text.sentences import Stretch


if TYPE_CHECKING:
    from streams.claims.subjects import Subjects
    from streams.claims.uncased import Uncased
    from streams.text.hits import Scan
    from streams.text.sentences import Layout


_TIME_OF_ENTRY = regex.compile(
    r"[\s\[(\u3010]{0,9}+\d{1,2}[.:]\d{2}[\])\u3011]?(?:\s{0,9}+[-\u2013\u2014|\uff5c])?\s{0,9}+"
)
"""The time that an entry of a live report begins with: "14.20 \u2013", "[14:20]"."""
_MOST_ANNOUNCING = 8
"""Words between a speaker and the colon behind an announcement."""
_ANNOUNCED = 110
"""Code points from the start of a sentence to the colon behind an announcement."""


class Announcements:
    """Finds whose words follow a colon: "Ann Smith: 12 died", "The ministry has new figures: 12"."""

    def __init__(self, scan: Scan, layout: Layout, subjects: Subjects, uncased: Uncased) -> None:
        self.scan = scan
        self.layout = layout
        self.names = subjects.names
        self.subjects = subjects
        self.uncased = uncased

    def announcing(self, index: int) -> Speaker | None:
        """Return the speaker before the colon of the sentence ``index``; None where there is none."""
        return self._before_colon(self.layout.sentences[index]) or self._announcing(index)

    def _before_colon(self, sentence: Stretch) -> Speaker | None:
        if time := _TIME_OF_ENTRY.match(self.scan.text, sentence.start, sentence.end):
            sentence = Stretch(time.end(), sentence.end)
        if self.layout.script.capitals:
            return self.names.before_colon(sentence)
        named = self.uncased.before_colon(sentence)
        return Speaker(named.start, named.end) if named else None

    def _announcing(self, index: int) -> Speaker | None:
        """Return whom a sentence begins with that a colon follows: "The ministry has new figures: 12"."""
        sentence = self.layout.sentences[index]
        colon = self.scan.text.find(": ", sentence.start, sentence.start + _ANNOUNCED)
        if colon < 0 or not self.layout.script.capitals:
            return None
        named = self.subjects.opening(index)
        if named is None or not named.end <= colon < sentence.end or not self.subjects.is_known(named):
            return None
        gap = self.scan.text[named.end : colon]
        if any(map(str.isdecimal, gap)) or any(sign in gap for sign in ',;"\u201c\u00ab'):
            return None
        return named if self.layout.words_between(named.end, colon) <= _MOST_ANNOUNCING else None
