"""Series: articles, alerts and tolls over time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from streams.dashboard.answers import CategoryPoint, Point, SeriesAnswer, TollSum
from streams.dashboard.items import TYPES, instant
from streams.dashboard.parameters import STEPS
from streams.dashboard.positions import written


if TYPE_CHECKING:
    from streams.dashboard.filters import Filter
    from streams.dashboard.items import Item
    from streams.dashboard.store import Store


MOST = 1_000
"""Points that are given, at most: the last ones."""

_FIRST, _LAST = -62_135_596_800_000, 253_402_214_400_000
"""The first and the last day that can be written, in milliseconds since 1970."""


@dataclass(slots=True)
class _Sums:
    """Tolls being added up: low, high, articles, by kind."""

    sums: dict[str, tuple[float, float, int]] = field(default_factory=dict)

    def add(self, item: Item) -> None:
        for kind, (low, high) in item.facets.tolls.items():
            lows, highs, articles = self.sums.get(kind, (0.0, 0.0, 0))
            self.sums[kind] = (lows + low, highs + high, articles + 1)

    def answer(self) -> dict[str, TollSum]:
        return {
            kind: TollSum(low=low, high=high, articles=articles)
            for kind, (low, high, articles) in sorted(self.sums.items())
        }


@dataclass(slots=True)
class _Point:
    counts: Counter[str] = field(default_factory=Counter)
    severities: Counter[str] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    by_category: dict[str, _Sums] = field(default_factory=dict)
    tolls: _Sums = field(default_factory=_Sums)

    def add(self, item: Item) -> None:
        facets = item.facets
        self.counts[item.type] += 1
        if item.type == "alert" and facets.severity:
            self.severities[facets.severity] += 1
        if item.type == "article":
            self.counts["conflict"] += bool(facets.conflict)
            self.tolls.add(item)
            if facets.category is not None:
                self.categories[facets.category] += 1
                self.by_category.setdefault(facets.category, _Sums()).add(item)

    def answer(self, start: int) -> Point:
        return Point(
            start=instant(start),
            articles=self.counts["article"],
            conflict=self.counts["conflict"],
            alerts=self.counts["alert"],
            stories=self.counts["story"],
            severities=dict(sorted(self.severities.items())),
            categories={
                category: CategoryPoint(articles=count, tolls=self.by_category[category].answer())
                for category, count in sorted(self.categories.items())
            },
            tolls=self.tolls.answer(),
        )


def series(store: Store, chosen: Filter, *, step: str, by: str) -> SeriesAnswer:
    """Return the items that are meant, counted by steps of ``minute``, ``hour`` or ``day`` (UTC).

    ``by`` is ``seen`` (the record's time) or ``published`` (the article's own, where it has one that can be
    read; else the record's).
    """
    points: dict[int, _Point] = {}
    for type_ in TYPES:
        if type_ == "dead_letter":
            continue
        for item in store.standing(type_, chosen):
            time = item.facets.published if by == "published" else None
            time = item.time if time is None or not _FIRST <= time < _LAST else time
            points.setdefault(time - time % STEPS[step], _Point()).add(item)
    starts = sorted(points)
    return SeriesAnswer(
        step=step,
        by=by,
        truncated=len(starts) > MOST,
        points=tuple(points[start].answer(start) for start in starts[-MOST:]),
        position=written(store.position()),
    )
