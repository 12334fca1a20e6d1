"""Step 5c: relative clauses behind what a figure counts: whose verb is whose.

"Three people who tried to flee were shot": the verb behind the clause says what happened to
them. "140 drones, of which 121 were downed": the verb in the clause speaks of the 121 alone.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.figures.quantities import Quantity
    from streams.text.hits import Hit, Scan
    from streams.text.sentences import Layout, Stretch


_NEAREST = 4
"""Verbs looked at behind that of the clause."""
_WORDS = 10
"""Words between the verb of the clause, or its end, and the main verb, at most."""
_CLAUSE = 200
"""Code points that a clause in commas has, at most."""
_STOPS = ("clause_ends", "conjunctions", "attribution")
"""What opens another clause, or goes on with this one."""


class Relatives:
    """The relative clauses of one sentence. ``hits`` are its verbs, in order."""

    def __init__(self, scan: Scan, layout: Layout, sentence: Stretch, hits: Sequence[Hit]) -> None:
        self.scan = scan
        self.layout = layout
        self.sentence = sentence
        self.hits = hits
        self.starts = [hit.start for hit in hits]
        self.pronouns = scan.role("relatives.pronouns")
        self.governing = scan.role("relatives.governing")

    def main_verbs(self, quantity: Quantity, verb: Hit, limit: int) -> Iterator[Hit]:
        """Yield the verbs that may be the main one, where ``verb`` is that of a clause behind a noun.

        ``limit`` is where the next figure begins, or the sentence ends.
        """
        pronoun = self._pronoun(quantity.noun_end)
        text = self.scan.folded
        if pronoun is None or verb.start < pronoun.end or "," in text[pronoun.end : verb.end]:
            return
        start = verb.end
        if "," in text[quantity.noun_end : pronoun.end]:
            start = text.find(",", verb.end, min(limit, verb.end + _CLAUSE)) + 1
            if start == 0 or self.scan.role("clause_ends").within(verb.end, start - 1):
                return
            if any(self.scan.role(role).at(place) for role in _STOPS for place in (start - 1, start + 1)):
                return
        at = bisect_left(self.starts, start)
        for hit in self.hits[at : at + _NEAREST]:
            if hit.end > limit or not self._reaches(start, hit.start):
                return
            if not hit.key.startswith("right") and self.governing.ending(hit.start - 1) is None:
                yield hit

    def is_of_part(self, hit: Hit, quantity: Quantity, part: Quantity) -> bool:
        """Tell whether a verb is that of a part without a noun of its own: "…, of whom nine [died]"."""
        if hit.start < part.number.phrase_end:
            return False
        own = part.counted
        if own and own.start >= part.number.phrase_end and own.start < hit.start:
            return False
        gap = self.scan.folded[quantity.noun_end : part.start]
        return "," in gap and "," not in self.scan.folded[part.number.phrase_end : hit.start]

    def _pronoun(self, end: int) -> Hit | None:
        """Return the relative pronoun right behind a noun; a comma may stand between."""
        for place in (end, end + 1, end + 2):
            if hit := self.pronouns.at(place):
                return hit
            if self.scan.folded[place : place + 1] not in (",", " "):
                return None
        return None

    def _reaches(self, start: int, end: int) -> bool:
        """Tell whether no other clause stands on the way to a verb."""
        gap = self.scan.folded[start:end]
        if any(sign in gap for sign in ",;:") or self.layout.words_between(start, end) > _WORDS:
            return False
        return not any(self.scan.role(role).within(start, end) for role in _STOPS)
