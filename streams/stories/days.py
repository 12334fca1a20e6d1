"""The reports of one day on one matter: which of them are copies, and which count."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from streams.stories.likeness import Copies, alike, bands


if TYPE_CHECKING:
    from streams.stories.reports import Report


_FEW = 2
"""So many articles of one source always count."""


class Day:
    """The reports of one day on one category in one country, or on one town."""

    def __init__(self) -> None:
        self.reports: dict[str, Report] = {}
        self.copies: dict[str, Report] = {}
        self._kept: list[Report] = []
        self._texts = Copies()
        self._new: list[Report] = []
        self._last: tuple[int, str] | None = None

    def add(self, report: Report) -> None:
        """Take in a report."""
        self.reports[report.id] = report
        self._new.append(report)

    def drop(self, report: Report) -> None:
        """Take out a report."""
        if self.reports.pop(report.id, None) is not None:
            self._begin_again()

    def distinct(self) -> list[Report]:
        """Return the reports that are no copies, in order."""
        new = sorted(self._new, key=lambda one: one.order)
        self._new = []
        if new and self._last is not None and new[0].order <= self._last:
            self._begin_again()
            new, self._new = sorted(self._new, key=lambda one: one.order), []
        for report in new:
            text = bands(report.sketch)
            near = (self._kept[entry] for entry in self._texts.near(text))
            original = next((one for one in near if alike(one.sketch, report.sketch)), None)
            if original is not None:
                self.copies[report.id] = original
                continue
            self._texts.add(len(self._kept), text)
            self._kept.append(report)
        if new:
            self._last = new[-1].order
        return self._kept

    def counted(self) -> list[Report]:
        """Return the reports that are no copies, in order, none of a source beyond all others together."""
        kept = self.distinct()
        of = Counter(one.source for one in kept)
        left = {source: max(_FEW, len(kept) - count) for source, count in of.items()}
        found = []
        for one in kept:
            if left[one.source] > 0:
                left[one.source] -= 1
                found.append(one)
        return found

    def _begin_again(self) -> None:
        self.copies, self._kept, self._texts, self._last = {}, [], Copies(), None
        self._new = list(self.reports.values())
