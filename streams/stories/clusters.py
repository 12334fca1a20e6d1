"""Which reports tell one story: greedy, by event time, so the order they came in does not matter.

A report that comes in late is put where it belongs: the steps behind it are taken back, and taken again.
Where a report belongs is :mod:`streams.stories.homes`'s to say; copies are found by their bands.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from streams.alerts.cancelling import HELD
from streams.stories.homes import Homes
from streams.stories.likeness import Copies, alike
from streams.stories.reports import name_of
from streams.stories.shelves import SMALL_NUMBER, Shelves
from streams.stories.subjects import accepts
from streams.stories.subjects import spot as spot_of


if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from streams.records import Kind, Number
    from streams.stories.subjects import Scope, Spot, Subject


_HOUR = 3_600


class Cluster:
    """Reports of one event.

    ``copies`` has of each report the one whose text it has, from another source; ``foreign`` the numbers in
    it that are another story's. ``acts`` is what was done, ``targets`` what to, as the reports name them;
    ``told``: one of them raises something or counts somebody. ``voided`` has of each report the rules that it
    cancels, ``ended_at`` when that was first; ``latest`` is the number that was told last, by kind.
    """

    def __init__(self, first: Subject) -> None:
        self.first_at = first.report.at
        self.country = first.country
        self.subjects: list[Subject] = []
        self.copies: list[Subject | None] = []
        self.foreign: list[frozenset[tuple[Kind, Number]]] = []
        self.spots: list[Spot] = []
        self.acts: list[str] = []
        self.targets: list[str] = []
        self.told = False
        self.voided: list[frozenset[str]] = []
        self.tops: dict[Kind, Number] = {}
        self.latest: dict[Kind, Number] = {}
        self.ended_at: int | None = None
        self.raised_at: int | None = None
        self.last_at = first.report.at
        self.rules: list[str] = []
        self.window = 0
        self.quiet = 0


class _Step(NamedTuple):
    """What a report changed, to take it back."""

    cluster: Cluster
    opened: bool
    spots: int
    acts: int
    targets: int
    told: bool
    tops: dict[Kind, Number]
    latest: dict[Kind, Number]
    ended_at: int | None
    raised_at: int | None
    last_at: int
    rules: int
    window: int
    quiet: int
    filed: tuple[Hashable, ...]


class Clusters:
    """The stories of one family."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._subjects: list[Subject] = []
        self._orders: list[tuple[int, str]] = []
        self._steps: list[_Step | None] = []
        self._texts = Copies()
        self._shelves = Shelves(scope)
        self._homes = Homes(scope, self._shelves)
        self.steps_taken = 0

    def __len__(self) -> int:
        """Return how many reports there are."""
        return len(self._subjects)

    def add(self, subjects: Iterable[Subject], gone: Iterable[tuple[int, str]] = ()) -> set[Cluster]:
        """Take in reports, and take out those of the orders in ``gone``.

        Return the clusters that changed, also those that are empty now.
        """
        wanted = {one.order: one for one in subjects}
        out = {order for order in gone if self._has(order)}
        if not wanted and not out:
            return set()
        changed: set[Cluster] = set()
        begin = bisect_left(self._orders, min((*wanted, *out)))
        again = {one.order: one for one in self._subjects[begin:] if one.order not in out}
        for _ in range(len(self._subjects) - begin):
            self._take_back(changed)
        again.update(wanted)
        for order in sorted(again):
            self._take(again[order], changed)
        return changed

    def _has(self, order: tuple[int, str]) -> bool:
        at = bisect_left(self._orders, order)
        return at < len(self._orders) and self._orders[at] == order

    def since(self, before: int) -> Clusters:
        """Return these stories without those whose last report is older."""
        kept = [
            one
            for one, step in zip(self._subjects, self._steps, strict=True)
            if (step.cluster.last_at if step else one.report.at) >= before
        ]
        found = Clusters(self.scope)
        found.add(kept)
        return found

    def subjects(self) -> Iterator[Subject]:
        """Yield all reports that concern the family, in order."""
        yield from self._subjects

    def clusters(self) -> Iterator[Cluster]:
        """Yield all clusters, the oldest first."""
        for step in self._steps:
            if step and step.opened:
                yield step.cluster

    def _take(self, subject: Subject, changed: set[Cluster]) -> None:
        """Put the next report where it belongs."""
        number = len(self._subjects)
        self.steps_taken += 1
        original = self._original(subject)
        cluster = self._home(subject, original)
        opened = cluster is None and subject.opens
        if opened:
            cluster = Cluster(subject)
        self._subjects.append(subject)
        self._orders.append(subject.order)
        self._texts.add(number, subject.bands)
        if cluster is None:
            self._steps.append(None)
            return
        self._steps.append(self._join(cluster, subject, original, opened=opened))
        changed.add(cluster)

    def _home(self, subject: Subject, original: Subject | None) -> Cluster | None:
        """Return the story that a report belongs to; None where it tells of something new."""
        if original is not None:
            step = self._steps[bisect_left(self._orders, original.order)]
            if step and self._shelves.is_open(step.cluster, subject.report.at):
                return step.cluster
        return self._homes.home(subject)

    def _join(self, cluster: Cluster, subject: Subject, original: Subject | None, *, opened: bool) -> _Step:
        before = (
            len(cluster.spots),
            len(cluster.acts),
            len(cluster.targets),
            cluster.told,
            dict(cluster.tops),
            dict(cluster.latest),
            cluster.ended_at,
            cluster.raised_at,
            cluster.last_at,
            len(cluster.rules),
            cluster.window,
            cluster.quiet,
        )
        keys: list[Hashable] = [("country", cluster.country)] if opened else []
        cluster.subjects.append(subject)
        other = original is not None and original.report.source != subject.report.source
        cluster.copies.append(original if other else None)
        cluster.foreign.append(self._foreign(cluster, subject))
        voided = self._voided(cluster, subject)
        cluster.voided.append(voided)
        if voided and cluster.ended_at is None:
            cluster.ended_at = subject.report.at
        cluster.last_at = max(cluster.last_at, subject.report.at)
        cluster.told = cluster.told or subject.tells
        keys += self._places(cluster, subject)
        cluster.acts += sorted(subject.acts - set(cluster.acts))
        fresh = sorted(subject.targets - set(cluster.targets))
        cluster.targets += fresh
        keys += [("target", one) for one in fresh if one in self.scope.things]
        for alert in subject.raised:
            if alert.rule not in cluster.rules:
                cluster.rules.append(alert.rule)
                rule = self.scope.rules[alert.rule]
                cluster.window = max(cluster.window, int((rule.window_hours or 0) * _HOUR))
                cluster.quiet = max(cluster.quiet, int((rule.quiet_hours or 0) * _HOUR))
        raises = bool(subject.raised)
        for kind, told in subject.numbers.items():
            top = cluster.tops.get(kind)
            if told.low is None or not accepts(told, top):
                continue
            raises = raises or self.scope.level(kind, told.low)
            cluster.tops[kind] = told.low if top is None else max(top, told.low)
            cluster.latest[kind] = told.low
            keys.append(("number", cluster.country, kind, told.low))
        if raises and cluster.raised_at is None:
            cluster.raised_at = subject.report.at
        return _Step(cluster, opened, *before, self._shelves.file(cluster, keys))

    def _voided(self, cluster: Cluster, subject: Subject) -> frozenset[str]:
        """Return the rules of a story that a report cancels: who is free are all, or as many as told last."""
        if cluster.raised_at is None:
            return frozenset()
        held = max(cluster.latest.get(kind, 0) for kind in HELD)
        return frozenset(one.rule for one in subject.voids if one.low is None or one.low >= held)

    def _places(self, cluster: Cluster, subject: Subject) -> list[Hashable]:
        """Take in where a report says it was; return the shelves of the place and of its names."""
        spot = subject.spot if subject.country == cluster.country else None
        if spot is None:
            return []
        if spot.key not in {one.key for one in cluster.spots}:
            cluster.spots.append(spot)
        named = [one for one in (subject.place, *subject.report.named) if one is not None]
        names = {name_of(one.surface) for one in named if (found := spot_of(one)) and found.key == spot.key}
        return [self._shelves.square(spot), *(("name", one) for one in sorted(names))]

    def _take_back(self, changed: set[Cluster]) -> None:
        """Take the last step back."""
        subject = self._subjects.pop()
        self._orders.pop()
        self._texts.take_back(subject.bands)
        step = self._steps.pop()
        if step is None:
            return
        cluster = step.cluster
        changed.add(cluster)
        cluster.subjects.pop()
        cluster.copies.pop()
        cluster.foreign.pop()
        cluster.voided.pop()
        del cluster.spots[step.spots :]
        del cluster.acts[step.acts :]
        del cluster.targets[step.targets :]
        del cluster.rules[step.rules :]
        cluster.tops, cluster.raised_at, cluster.last_at = step.tops, step.raised_at, step.last_at
        cluster.latest, cluster.ended_at = step.latest, step.ended_at
        cluster.window, cluster.quiet, cluster.told = step.window, step.quiet, step.told
        self._shelves.take_back(step.filed)

    def _foreign(self, cluster: Cluster, subject: Subject) -> frozenset[tuple[Kind, Number]]:
        """Return the numbers in a report that another story has told, and this one has not."""
        own = {(kind, told.low) for kind, told in subject.numbers.items()}
        return frozenset(
            (kind, number)
            for kind, number in subject.cited
            if number >= SMALL_NUMBER
            and (kind, number) not in own
            and (tellers := self._shelves.tellers(cluster.country, kind, number))
            and cluster not in tellers
        )

    def _original(self, subject: Subject) -> Subject | None:
        """Return the report whose text a report has, within the window; the first such."""
        earliest = subject.report.at - 2 * self._shelves.window
        for entry in self._texts.near(subject.bands):
            other = self._subjects[entry]
            if other.report.at >= earliest and alike(other.report.sketch, subject.report.sketch):
                return other
        return None
