"""The place that an event is said of: the nearest of its sentence, or before it in its paragraph."""

from __future__ import annotations

from bisect import bisect_left
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

import msgspec


if TYPE_CHECKING:
    from streams.records import Keyword, Place, Target
    from streams.text.sentences import Layout


Said = TypeVar("Said", "Keyword", "Target")

_BEFORE = 40
"""Code points by which a place before is farther than one behind: "attack [in] X", "in X … attack"."""
_PARAGRAPH = 2_000
_MOST = 8
"""Places of a sentence that are looked at."""


class Nearest:
    """Finds the place of what is said anywhere in a text."""

    def __init__(self, places: list[Place], layout: Layout) -> None:
        self.places = places
        self.layout = layout
        self._starts = [place.start for place in places]
        self._sentence = -1
        self._shown: list[Place] = []

    def of(self, start: int, end: int) -> Place | None:
        """Return the nearest place of the sentence of a stretch, else the last before in its paragraph."""
        index = self.layout.sentence_index(start)
        if index != self._sentence:
            self._sentence = index
            sentence = self.layout.sentences[index]
            self._shown = shown(self._within(sentence.start, sentence.end))
        if not self._shown:
            first = max(self.layout.paragraph_start(start), start - _PARAGRAPH)
            before = shown(self._within(first, start)[-_MOST:])
            return before[-1] if before else None
        if len(self._shown) == 1:
            return self._shown[0]
        at = bisect_left(self._shown, start, key=_start)
        near = self._shown[max(0, at - 2) : at + 2]
        return min(near, key=lambda place: _distance(place, start, end))

    def _within(self, start: int, end: int) -> list[Place]:
        return self.places[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def placed(self, said: list[Said]) -> list[Said]:
        """Return keywords or targets, each with its place."""
        if not self.places:
            return said
        placed = []
        for one in said:
            place = self.of(one.start, one.end)
            placed.append(one if place is None else msgspec.structs.replace(one, place=place))
        return placed


_start = attrgetter("start")


def _distance(place: Place, start: int, end: int) -> int:
    return place.start - end if place.start >= end else abs(start - place.end) + _BEFORE


def shown(places: list[Place]) -> list[Place]:
    """Return where something may happen: in towns, regions, and countries behind a word such as "in"."""
    return [place for place in places if place.relation or place.feature in ("town", "region")]
