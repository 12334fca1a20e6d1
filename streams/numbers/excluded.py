"""Stretches of a text that hold digits or number words and no figure."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple


class Exclusion(NamedTuple):
    """A stretch of text that holds no figure, and why."""

    start: int
    end: int
    reason: str


class Exclusions:
    """All stretches of a text that hold no figure."""

    def __init__(self, found: list[Exclusion]) -> None:
        self.found = sorted(found)
        self._starts = [exclusion.start for exclusion in self.found]
        # The furthest end of all that start up to here: a look-up needs one step.
        self._reach: list[Exclusion] = []
        for exclusion in self.found:
            furthest = self._reach[-1] if self._reach else exclusion
            self._reach.append(exclusion if exclusion.end >= furthest.end else furthest)

    def covering(self, start: int, end: int) -> Exclusion | None:
        """Return an exclusion that overlaps the stretch between two offsets."""
        index = bisect_right(self._starts, end - 1) - 1
        if index >= 0 and self._reach[index].end > start:
            return self._reach[index]
        return None
