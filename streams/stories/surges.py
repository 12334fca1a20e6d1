"""Rules over time: more articles than the days before let expect, and places that were quiet for long.

A surge is judged by the negative binomial distribution (:mod:`streams.stories.baselines`). A day is one of
UTC, and is judged as far as it has come: what is not yet a surge at noon may be one in the evening.

Copies are not counted: of texts that are alike the first counts. Nor is what one source writes more than all
others together: that is its habit, or its archive. A day is only judged where what is known
reaches back as far as the baseline.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING

from streams import meanings
from streams.alerts.raising import filled
from streams.stories.baselines import MODEL, baseline_of, tail
from streams.stories.days import Day
from streams.stories.history import citation
from streams.stories.records import (
    Citation,
    Sources,
    Statistics,
    Story,
    StoryArticle,
    StoryRule,
    StorySource,
    StoryUpdate,
)
from streams.times import stamp


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from streams.alerts import Rules
    from streams.alerts.overtime import FirstMention, Surge
    from streams.records import Place, Severity
    from streams.stories.reports import Report


DAY_SECONDS = 86_400
MOST_ARTICLES = 100
MOST_SOURCES = 50


class OverTime:
    """The stories of the rules over time."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._categories = {name for surge in rules.surges for name in surge.categories}
        self._days: defaultdict[tuple[str, str], dict[int, Day]] = defaultdict(dict)
        self._towns: defaultdict[str, dict[int, Day]] = defaultdict(dict)
        self._first_day: int | None = None
        self._dirty: set[tuple[str, str, int]] = set()
        self._dirty_towns: set[tuple[str, int]] = set()
        self._all = False
        self._told: set[str] = set()

    def add(self, reports: Iterable[Report]) -> None:
        """Take in reports."""
        for report in reports:
            day = report.at // DAY_SECONDS
            if self._first_day is None or day < self._first_day:
                self._all = self._first_day is not None
                self._first_day = day
            place = report.place
            if place is None or place.country is None:
                continue
            for category in report.categories:
                if category in self._categories:
                    self._days[category, place.country].setdefault(day, Day()).add(report)
                    self._dirty.add((category, place.country, day))
            if place.feature == "town" and place.geonames_id is not None and self._rules.first_mentions:
                key = str(place.geonames_id)
                self._towns[key].setdefault(day, Day()).add(report)
                self._dirty_towns.add((key, day))

    def remove(self, reports: Iterable[Report]) -> None:
        """Take out reports that others have taken the place of."""
        for report in reports:
            day, place = report.at // DAY_SECONDS, report.place
            if place is None or place.country is None:
                continue
            for category in report.categories:
                cell = self._days.get((category, place.country), {}).get(day)
                if cell:
                    cell.drop(report)
                    self._dirty.add((category, place.country, day))
            cell = self._towns.get(str(place.geonames_id), {}).get(day)
            if cell:
                cell.drop(report)
                self._dirty_towns.add((str(place.geonames_id), day))

    def retell(self) -> Iterator[tuple[str, Story | None]]:
        """Yield the id of each story that may have changed, with the story; None where there is none now."""
        if self._all:
            self._all = False
            self._dirty = {(*key, day) for key, days in self._days.items() for day in days}
            self._dirty_towns = {(key, day) for key, days in self._towns.items() for day in days}
        dirty, self._dirty = self._dirty, set()
        towns, self._dirty_towns = self._dirty_towns, set()
        for surge in self._rules.surges:
            wanted = {
                (category, country, later)
                for category, country, day in dirty
                if category in surge.categories
                for later in range(day, day + surge.baseline_days + 1)
                if later in self._days[category, country]
            }
            for category, country, day in sorted(wanted):
                id_ = _identity(surge.id, category, country, day)
                yield from self._retold(id_, self._surge(surge, category, country, day, id_))
        for first in self._rules.first_mentions:
            wanted_towns = {
                (key, later)
                for key, day in towns
                for later in range(day, day + first.days + 1)
                if later in self._towns[key]
            }
            for key, day in sorted(wanted_towns):
                id_ = _identity(first.id, key, "", day)
                yield from self._retold(id_, self._mention(first, key, day, id_))

    def _retold(self, id_: str, story: Story | None) -> Iterator[tuple[str, Story | None]]:
        if story is not None:
            self._told.add(id_)
            yield id_, story
        elif id_ in self._told:
            self._told.remove(id_)
            yield id_, None

    def _covered(self, day: int, days: int) -> bool:
        return self._first_day is not None and self._first_day <= day - days

    def _surge(self, surge: Surge, category: str, country: str, day: int, id_: str) -> Story | None:
        """Return the story of a surge; None where there is none."""
        cells = self._days[category, country]
        cell = cells[day]
        found = cell.counted()
        if len(found) < surge.at_least or len({one.source for one in found}) < surge.sources:
            return None
        if not self._covered(day, surge.baseline_days):
            return None
        before = [
            len(cells[earlier].counted()) if earlier in cells else 0
            for earlier in range(day - surge.baseline_days, day)
        ]
        baseline = baseline_of(before)
        reached = []
        for level in surge.levels:
            number = max(surge.at_least, baseline.least(level.probability, len(found)))
            if number <= len(found):
                reached.append((level, found[number - 1]))
        if not reached:
            return None
        level, _ = reached[-1]
        statistics = Statistics(
            model=MODEL,
            category=category,
            found=len(found),
            expected=round(baseline.mean, 3),
            probability=float(f"{tail(len(found), baseline.mean, baseline.size):.3g}"),
            baseline=baseline.total,
            baseline_days=surge.baseline_days,
        )
        steps = [(one.severity, report) for one, report in reached]
        threshold = {"measure": "probability", "at_most": level.probability, "found": statistics.probability}
        place = next((one.place for one in found if one.place), None)
        label = meanings.taxonomy()[category].label
        country_place = _country(found) or place
        return _story(
            id_=id_,
            rule=surge,
            family="surge",
            steps=steps,
            cell=cell,
            ends=(day + 1) * DAY_SECONDS,
            threshold=threshold,
            place=country_place,
            category=label,
            statistics=statistics,
        )

    def _mention(self, first: FirstMention, key: str, day: int, id_: str) -> Story | None:
        """Return the story of a place that was quiet; None where it was not."""
        cells = self._towns[key]
        found = cells[day].distinct()
        if not self._covered(day, first.days) or not found or found[0].place is None:
            return None
        place = found[0].place
        if first.countries and place.country not in first.countries:
            return None
        if any(earlier in cells and cells[earlier].reports for earlier in range(day - first.days, day)):
            return None
        if any(one.raised for one in cells[day].reports.values()):
            return None  # another story tells of it
        sources: dict[str, Report] = {}
        for one in found:
            sources.setdefault(one.source, one)
        if len(sources) < first.sources:
            return None
        raising = list(sources.values())[first.sources - 1]
        statistics = Statistics(
            model="first mention",
            category=None,
            found=len(found),
            expected=0.0,
            probability=0.0,
            baseline=0,
            baseline_days=first.days,
        )
        threshold = {"measure": "sources", "at_least": first.sources, "found": len(sources)}
        return _story(
            id_=id_,
            rule=first,
            family="first_mention",
            steps=[(first.severity, raising)],
            cell=cells[day],
            ends=(day + 1) * DAY_SECONDS,
            threshold=threshold,
            place=place,
            category="",
            statistics=statistics,
        )


def _country(reports: Sequence[Report]) -> Place | None:
    """Return the country as one of the articles names it."""
    for report in reports:
        for one in report.named:
            if report.place and one.feature == "country" and one.country == report.place.country:
                return one
    return None


def _story(
    *,
    id_: str,
    rule: Surge | FirstMention,
    family: str,
    steps: Sequence[tuple[Severity, Report]],
    cell: Day,
    ends: int,
    threshold: dict[str, object],
    place: Place | None,
    category: str,
    statistics: Statistics,
) -> Story:
    reports = sorted(cell.reports.values(), key=lambda one: one.order)
    where = next((one for one in reports if place in one.named or place == one.place), reports[0])
    cited = [citation(place, where)] if place else []
    fields = {"place": " ".join(place.surface.split()) if place else "", "category": category}
    severity, raised = steps[-1][0], steps[0][1]
    updates = [
        StoryUpdate(
            change="escalated" if number else "raised",
            at=stamp(report.at),
            article_id=report.article_id,
            severity=one,
            source=report.source or None,
            rule=rule.id,
        )
        for number, (one, report) in enumerate(steps)
    ]
    return Story(
        id=id_,
        revision=len(reports),
        family=family,
        rule=rule.id,
        status="open",
        severity=severity,
        headline=filled(rule.headline, fields),
        reason=filled(rule.reason, fields),
        threshold=threshold,
        cancels=rule.cancels,
        country=reports[0].place.country if reports[0].place else None,
        place=place,
        place_article_id=where.article_id if place else None,
        first_at=stamp(reports[0].at),
        last_at=stamp(reports[-1].at),
        window_ends=stamp(ends),
        rules=(
            StoryRule(
                rule=rule.id,
                severity=severity,
                threshold=threshold,
                at=stamp(raised.at),
                article_id=raised.article_id,
            ),
        ),
        tolls=(),
        claims=(),
        sources=_sources(reports, cell),
        updates=tuple(updates),
        evidence=tuple[Citation, ...](cited),
        articles=tuple(_article(one, cell.copies.get(one.id)) for one in _few(reports)),
        languages=tuple(sorted({one.language for one in reports})),
        omitted={"articles": len(reports) - MOST_ARTICLES} if len(reports) > MOST_ARTICLES else {},
        ruleset=reports[0].ruleset,
        statistics=statistics,
    )


def _few(reports: Sequence[Report]) -> Sequence[Report]:
    half = MOST_ARTICLES // 2
    return reports if len(reports) <= MOST_ARTICLES else [*reports[:half], *reports[-half:]]


def _article(report: Report, original: Report | None) -> StoryArticle:
    return StoryArticle(
        id=report.article_id,
        at=stamp(report.at),
        language=report.language,
        source=report.source or None,
        url=report.url,
        title=report.title,
        copy_of=original.article_id if original else None,
    )


def _sources(reports: Sequence[Report], cell: Day) -> Sources:
    own = {one.source for one in cell.distinct()}
    first: dict[str, Report] = {}
    for one in reports:
        first.setdefault(one.source, one)
    return Sources(
        total=len(first),
        independent=len(own),
        articles=len(reports),
        copies=len(cell.copies),
        listed=tuple(
            StorySource(
                name=name,
                articles=sum(one.source == name for one in reports),
                independent=name in own,
                first_at=stamp(one.at),
                url=one.source_url,
                country=one.source_country,
            )
            for name, one in list(first.items())[:MOST_SOURCES]
        ),
    )


def _identity(*parts: object) -> str:
    return hashlib.sha256("\x1f".join(["over time", *map(str, parts)]).encode()).hexdigest()[:32]
