"""Which reports tell one story: greedy, by event time, so the order they came in does not matter.

A report that comes in late is put where it belongs: the steps behind it are taken back, and taken again.
Each step costs the same however many reports there are: copies are found by their bands, places by the
square they are in, numbers by their value.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from streams.stories.likeness import Copies, alike
from streams.stories.subjects import REGION_KM, Spot, accepts, gravest, near
from streams.stories.subjects import spot as spot_of


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from streams.records import Kind, Number
    from streams.stories.subjects import Scope, Subject


_HOUR = 3_600

_LOOK_BACK = 40
"""So many of the newest stories of a country are looked at where a report names no town."""

_TELLING_NUMBER = 10
"""From here on a number tells a story by itself, also in an article that is about another country."""

_NEXT_DAY = 24 * _HOUR

_SMALL_NUMBER = 3
"""Below, numbers are alike by chance."""

_KM_OF_A_DEGREE = 55.0
"""Of longitude, at 60 degrees north."""


class Cluster:
    """Reports of one event.

    ``copies`` has of each report the one whose text it has, from another source; ``foreign`` the numbers in
    it that are another story's.
    """

    def __init__(self, first: Subject) -> None:
        self.first_at = first.report.at
        self.country = first.country
        self.subjects: list[Subject] = []
        self.copies: list[Subject | None] = []
        self.foreign: list[frozenset[tuple[Kind, Number]]] = []
        self.spots: list[Spot] = []
        self.tops: dict[Kind, Number] = {}
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
    tops: dict[Kind, Number]
    raised_at: int | None
    last_at: int
    rules: int
    window: int
    quiet: int
    filed: tuple[tuple[str, Kind, Number], ...]
    squares: tuple[tuple[int, int], ...]


class Clusters:
    """The stories of one family."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        family = scope.family
        self._window = int(family.window_hours * _HOUR)
        self._quiet = int(family.quiet_hours * _HOUR)
        self._side = (family.near_km + REGION_KM) / _KM_OF_A_DEGREE
        self._subjects: list[Subject] = []
        self._orders: list[tuple[int, str]] = []
        self._steps: list[_Step | None] = []
        self._texts = Copies()
        self._squares: defaultdict[tuple[int, int], list[Cluster]] = defaultdict(list)
        self._countries: defaultdict[str, list[Cluster]] = defaultdict(list)
        self._numbers: defaultdict[tuple[str, Kind, Number], list[Cluster]] = defaultdict(list)
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
        opened = cluster is None and bool(subject.raised or subject.numbers)
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

    def _join(self, cluster: Cluster, subject: Subject, original: Subject | None, *, opened: bool) -> _Step:
        before = (
            len(cluster.spots),
            dict(cluster.tops),
            cluster.raised_at,
            cluster.last_at,
            len(cluster.rules),
            cluster.window,
            cluster.quiet,
        )
        filed, squares = [], []
        if opened:
            self._countries[cluster.country].append(cluster)
        cluster.subjects.append(subject)
        other = original is not None and original.report.source != subject.report.source
        cluster.copies.append(original if other else None)
        cluster.foreign.append(self._foreign(cluster, subject))
        cluster.last_at = max(cluster.last_at, subject.report.at)
        spot = subject.spot if subject.country == cluster.country else None
        if spot and spot.key not in {one.key for one in cluster.spots}:
            cluster.spots.append(spot)
            square = self._square(spot)
            if cluster not in self._squares[square][-_LOOK_BACK:]:
                self._squares[square].append(cluster)
                squares.append(square)
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
            key = (cluster.country, kind, told.low)
            if cluster not in self._numbers[key][-_LOOK_BACK:]:
                self._numbers[key].append(cluster)
                filed.append(key)
        if raises and cluster.raised_at is None:
            cluster.raised_at = subject.report.at
        return _Step(cluster, opened, *before, tuple(filed), tuple(squares))

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
        del cluster.spots[step.spots :]
        del cluster.rules[step.rules :]
        cluster.tops, cluster.raised_at, cluster.last_at = step.tops, step.raised_at, step.last_at
        cluster.window, cluster.quiet = step.window, step.quiet
        for key in step.filed:
            self._numbers[key].pop()
        for square in step.squares:
            self._squares[square].pop()
        if step.opened:
            self._countries[cluster.country].pop()

    def _foreign(self, cluster: Cluster, subject: Subject) -> frozenset[tuple[Kind, Number]]:
        """Return the numbers in a report that another story has told, and this one has not."""
        own = {(kind, told.low) for kind, told in subject.numbers.items()}
        return frozenset(
            (kind, number)
            for kind, number in subject.cited
            if number >= _SMALL_NUMBER
            and (kind, number) not in own
            and (tellers := self._tellers(cluster.country, kind, number))
            and cluster not in tellers
        )

    def _original(self, subject: Subject) -> Subject | None:
        """Return the report whose text a report has, within the window; the first such."""
        earliest = subject.report.at - 2 * self._window
        for entry in self._texts.near(subject.bands):
            other = self._subjects[entry]
            if other.report.at >= earliest and alike(other.report.sketch, subject.report.sketch):
                return other
        return None

    def _home(self, subject: Subject, original: Subject | None) -> Cluster | None:
        """Return the story that a report belongs to; None where it tells of something new."""
        if original is not None:
            step = self._steps[bisect_left(self._orders, original.order)]
            if step and self._open(step.cluster, subject.report.at):
                return step.cluster
        if not (subject.raised or subject.numbers):
            return self._denied(subject)
        if subject.spot is not None:
            return (
                self._at(subject, subject.spot)
                or self._of_that_number(subject, only_unplaced=True)
                or self._of_a_place_named(subject)
                or self._of_those_numbers(subject)
                or self._abroad(subject)
            )
        return (
            self._of_that_number(subject)
            or self._of_a_place_named(subject)
            or self._abroad(subject)
            or self._of_the_country(subject)
        )

    def _open(self, cluster: Cluster, at: int) -> bool:
        """Tell whether a story takes reports of a time. One that nothing raised is soon forgotten."""
        if cluster.raised_at is not None:
            return at <= cluster.raised_at + max(self._window, cluster.window)
        return at <= min(cluster.last_at + self._quiet, cluster.first_at + self._window)

    def _at(self, subject: Subject, spot: Spot) -> Cluster | None:
        """Return the open story of a place: of several one with the report's numbers, else the newest."""
        found = [
            cluster
            for cluster in self._around(spot)
            if cluster.country == subject.country
            and self._open(cluster, subject.report.at)
            and any(near(spot, one, self.scope.family.near_km) for one in cluster.spots)
            and self._goes_on(cluster, subject)
        ]
        if not found:
            return None

        def fit(cluster: Cluster) -> tuple[bool, bool, bool, int]:
            here = any(one.key == spot.key for one in cluster.spots)
            return (self._knows(cluster, subject), here, cluster.raised_at is not None, cluster.first_at)

        return max(found, key=fit)

    def _around(self, spot: Spot) -> list[Cluster]:
        """Return the newest stories in the square of a place and those around it."""
        east, north = self._square(spot)
        found: dict[int, Cluster] = {}
        for across in (-1, 0, 1):
            for up in (-1, 0, 1):
                for cluster in self._squares.get((east + across, north + up), ())[-_LOOK_BACK:]:
                    found[id(cluster)] = cluster
        return sorted(found.values(), key=lambda one: one.subjects[0].order)

    def _square(self, spot: Spot) -> tuple[int, int]:
        return (int(spot.longitude // self._side), int(spot.latitude // self._side))

    def _goes_on(self, cluster: Cluster, subject: Subject) -> bool:
        """Tell whether a report goes on with a story; after a quiet time another number is another event's.

        It goes on with it where it gives a number that the story has told, names the story's own in its
        title, speaks of a toll that has grown, or gives one that may be that on the next day.
        """
        silence = subject.report.at - cluster.last_at
        if silence <= max(self._quiet, cluster.quiet):
            return True
        for kind in gravest(subject.numbers):
            told, top = subject.numbers[kind], cluster.tops.get(kind)
            if top is None or told.low is None:
                continue
            sums = {
                one.low for one in subject.report.figures if one.kind == kind and one.scope == "cumulative"
            }
            return (
                cluster in self._tellers(cluster.country, kind, told.low)
                or (kind, top) in subject.titled
                or (told.low in sums and (told.low > top or (kind, top) in subject.cited))
                or (top < told.low <= 2 * top and silence <= _NEXT_DAY)
                or (told.low > top and self._cites(cluster, subject, kind))
            )
        return True

    def _cites(self, cluster: Cluster, subject: Subject, kind: Kind) -> bool:
        """Tell whether a report names a number that a story has told."""
        return any(
            cluster in self._tellers(cluster.country, kind, number)
            for one, number in sorted(subject.cited)
            if one == kind and number >= _SMALL_NUMBER
        )

    def _tellers(self, country: str, kind: Kind, number: Number) -> list[Cluster]:
        """Return the newest stories of a country that have told a number."""
        return self._numbers.get((country, kind, number), [])[-_LOOK_BACK:]

    def _knows(self, cluster: Cluster, subject: Subject) -> bool:
        """Tell whether a story has told one of a report's numbers."""
        return any(
            cluster in self._tellers(cluster.country, kind, told.low)
            for kind, told in subject.numbers.items()
            if told.low is not None and told.low >= _SMALL_NUMBER
        )

    def _of_that_number(self, subject: Subject, *, only_unplaced: bool = False) -> Cluster | None:
        """Return the newest open story of the country that has told the report's number."""
        for kind in gravest(subject.numbers):
            low = subject.numbers[kind].low
            if low is None or low < _SMALL_NUMBER:
                continue
            for cluster in reversed(self._tellers(subject.country, kind, low)):
                if self._open(cluster, subject.report.at) and not (only_unplaced and cluster.spots):
                    return cluster
        return None

    def _of_those_numbers(self, subject: Subject) -> Cluster | None:
        """Return the newest open story of the country that has told several of a report's numbers.

        A report from another town is about it all the same: one number may be alike by chance.
        """
        told: dict[int, int] = {}
        found: dict[int, Cluster] = {}
        if max((number for _, number in subject.cited), default=0) < _TELLING_NUMBER:
            return None
        for kind, number in sorted(subject.cited):
            for cluster in self._tellers(subject.country, kind, number):
                if self._open(cluster, subject.report.at):
                    told[id(cluster)] = told.get(id(cluster), 0) + 1
                    found[id(cluster)] = cluster
        several = [found[one] for one, times in told.items() if times > 1]
        return max(several, key=lambda one: one.subjects[0].order, default=None)

    def _of_a_place_named(self, subject: Subject) -> Cluster | None:
        """Return the open story of another town that the article names, by its number or its rule."""
        rules = {one.rule for one in subject.raised}
        own = subject.spot
        for place in subject.report.named:
            there = spot_of(place)
            if there is None or (own and there.key == own.key):
                continue
            for cluster in reversed(self._around(there)):
                if (
                    cluster.country == place.country
                    and self._open(cluster, subject.report.at)
                    and any(near(there, one, self.scope.family.near_km) for one in cluster.spots)
                    and (
                        self._knows(cluster, subject)
                        or (own is None and cluster.raised_at is None)
                        or (not subject.numbers and rules & set(cluster.rules))
                    )
                ):
                    return cluster
        return None

    def _abroad(self, subject: Subject) -> Cluster | None:
        """Return the open story that has told the same number, in another country that the article names."""
        countries = {one.country for one in subject.report.named if one.country} - {subject.country}
        rules = {one.rule for one in subject.raised}
        if rules and not subject.numbers:
            for country in sorted(countries):
                running = [
                    cluster
                    for cluster in self._countries.get(country, ())[-_LOOK_BACK:]
                    if self._open(cluster, subject.report.at) and rules & set(cluster.rules)
                ]
                if len(running) == 1:
                    return running[0]
        for kind in gravest(subject.numbers):
            low = subject.numbers[kind].low
            if low is None or low < _TELLING_NUMBER:
                continue
            for country in sorted(countries):
                for cluster in reversed(self._tellers(country, kind, low)):
                    if self._open(cluster, subject.report.at):
                        return cluster
        return None

    def _of_the_country(self, subject: Subject) -> Cluster | None:
        """Return the one open story of a country for a report that names no town."""
        running = [
            cluster
            for cluster in self._countries.get(subject.country, ())[-_LOOK_BACK:]
            if self._open(cluster, subject.report.at)
        ]
        raised = [cluster for cluster in running if cluster.raised_at is not None]
        if len(raised) == 1 and (not subject.numbers or self._may_be_its_toll(raised[0], subject)):
            return raised[0]
        unplaced = [one for one in running if not one.spots and self._goes_on(one, subject)]
        return unplaced[-1] if unplaced else None

    def _may_be_its_toll(self, cluster: Cluster, subject: Subject) -> bool:
        """Tell whether a report raises a rule of a story, with a number not far from the story's."""
        if not {one.rule for one in subject.raised} & set(cluster.rules):
            return False
        for kind in gravest(subject.numbers):
            low, top = subject.numbers[kind].low, cluster.tops.get(kind)
            if low is not None and top is not None:
                return top / 2 <= low <= 2 * top
        return False

    def _denied(self, subject: Subject) -> Cluster | None:
        """Return the running story that a denial is about."""
        found = [
            cluster
            for cluster in self._countries.get(subject.country, ())[-_LOOK_BACK:]
            if cluster.raised_at is not None and self._open(cluster, subject.report.at)
        ]
        spot = subject.spot
        if spot is not None:
            reach = self.scope.family.near_km
            found = [one for one in found if any(near(spot, there, reach) for there in one.spots)]
            return found[-1] if found else None
        return found[0] if len(found) == 1 else None
