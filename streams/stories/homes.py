"""Which story a report belongs to: by its place and numbers, or by less where it has less.

A report that raises nothing and counts nobody ("blast at a bus station, casualties feared") tells a story
too: it is one source more where place, time, what was done and what was hit are the story's. A place that
no country is known for means what the story that runs there means by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.stories.shelves import LOOK_BACK, SMALL_NUMBER
from streams.stories.subjects import gravest
from streams.stories.subjects import spot as spot_of


if TYPE_CHECKING:
    from streams.records import Kind
    from streams.stories.clusters import Cluster
    from streams.stories.shelves import Shelves
    from streams.stories.subjects import Scope, Spot, Subject


_TELLING_NUMBER = 10
"""From here on a number tells a story by itself, also in an article that is about another country."""

_NEXT_DAY = 24 * 3_600


class Homes:
    """Finds the story of a report among those on the shelves of its family."""

    def __init__(self, scope: Scope, shelves: Shelves) -> None:
        self._scope = scope
        self._shelves = shelves

    def home(self, subject: Subject) -> Cluster | None:
        """Return the story that a report belongs to; None where it tells of something new."""
        if subject.tells:
            return self._told(subject) or self._voided(subject)
        if subject.voids:
            return self._voided(subject)
        return self._denied(subject) if subject.denials else self._kindred(subject)

    def _told(self, subject: Subject) -> Cluster | None:
        """Return the story of a report that raises something or counts somebody."""
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
            or self._of_a_name(subject)
            or self._abroad(subject)
            or self._of_the_country(subject)
        )

    def _open(self, cluster: Cluster, subject: Subject) -> bool:
        return self._shelves.is_open(cluster, subject.report.at)

    def _running(self, subject: Subject, *key: str) -> list[Cluster]:
        """Return the stories of a shelf that are told and take reports."""
        return [
            cluster
            for cluster in self._shelves.of(*key)
            if cluster.raised_at is not None and self._open(cluster, subject)
        ]

    def _at(self, subject: Subject, spot: Spot) -> Cluster | None:
        """Return the open story of a place: of several one with the report's numbers, else the newest."""
        found = [
            cluster
            for cluster in self._shelves.at(spot, subject.country)
            if self._open(cluster, subject) and self._goes_on(cluster, subject)
        ]
        if not found:
            return None

        def fit(cluster: Cluster) -> tuple[bool, bool, bool, int]:
            here = any(one.key == spot.key for one in cluster.spots)
            return (
                self._shelves.knows(cluster, subject),
                here,
                cluster.raised_at is not None,
                cluster.first_at,
            )

        return max(found, key=fit)

    def _goes_on(self, cluster: Cluster, subject: Subject) -> bool:
        """Tell whether a report goes on with a story; after a quiet time another number is another event's.

        It goes on with it where it gives a number that the story has told, names the story's own in its
        title, speaks of a toll that has grown, or gives one that may be that on the next day. A story that
        nobody counted for yet goes on with what was done to the same.
        """
        if not cluster.told and not _kin(cluster, subject):
            return False
        if cluster.ended_at is not None and subject.report.at - cluster.ended_at > self._shelves.quiet:
            # Long after it was cancelled: what is raised there is another event.
            return self._shelves.knows(cluster, subject)
        silence = subject.report.at - cluster.last_at
        if silence <= max(self._shelves.quiet, cluster.quiet):
            return True
        for kind in gravest(subject.numbers):
            told, top = subject.numbers[kind], cluster.tops.get(kind)
            if top is None or told.low is None:
                continue
            sums = {
                one.low for one in subject.report.figures if one.kind == kind and one.scope == "cumulative"
            }
            return (
                cluster in self._shelves.tellers(cluster.country, kind, told.low)
                or (kind, top) in subject.titled
                or (told.low in sums and (told.low > top or (kind, top) in subject.cited))
                or (top < told.low <= 2 * top and silence <= _NEXT_DAY)
                or (told.low > top and self._shelves.cites(cluster, subject, kind))
            )
        return True

    def _of_that_number(self, subject: Subject, *, only_unplaced: bool = False) -> Cluster | None:
        """Return the newest open story of the country that has told the report's number."""
        for kind in gravest(subject.numbers):
            low = subject.numbers[kind].low
            if low is None or low < SMALL_NUMBER:
                continue
            for cluster in reversed(self._shelves.tellers(subject.country, kind, low)):
                if self._open(cluster, subject) and not (only_unplaced and cluster.spots):
                    return cluster
        return None

    def _of_those_numbers(self, subject: Subject) -> Cluster | None:
        """Return the newest open story of the country that has told several of a report's numbers.

        A report from another town is about it all the same: one number may be alike by chance.
        """
        if max((number for _, number in subject.cited), default=0) < _TELLING_NUMBER:
            return None
        return self._of_several(subject, subject.country, kinds=1)

    def _of_several(self, subject: Subject, country: str, *, kinds: int) -> Cluster | None:
        """Return the newest open story of a country with two of a report's numbers, of so many kinds."""
        told: dict[int, list[Kind]] = {}
        found: dict[int, Cluster] = {}
        for kind, number in sorted(subject.cited):
            for cluster in self._shelves.tellers(country, kind, number):
                if self._open(cluster, subject):
                    told.setdefault(id(cluster), []).append(kind)
                    found[id(cluster)] = cluster
        several = [found[one] for one, seen in told.items() if len(seen) > 1 and len(set(seen)) >= kinds]
        return max(several, key=lambda one: one.subjects[0].order, default=None)

    def _of_a_place_named(self, subject: Subject) -> Cluster | None:
        """Return the open story of another town that the article names, by its number or its rule."""
        rules = {one.rule for one in subject.raised}
        own = subject.spot
        for place in subject.report.named:
            there = spot_of(place)
            if there is None or (own and there.key == own.key):
                continue
            for cluster in reversed(self._shelves.at(there, place.country)):
                if (
                    self._open(cluster, subject)
                    and self._goes_on(cluster, subject)
                    and (
                        self._shelves.knows(cluster, subject)
                        or (own is None and cluster.raised_at is None)
                        or (not subject.numbers and rules & set(cluster.rules))
                    )
                ):
                    return cluster
        return None

    def _of_a_name(self, subject: Subject) -> Cluster | None:
        """Return the open story at a place of the name that the article gives without a country.

        Of several it is the one that has told the report's number; where none has, nobody knows which.
        """
        found: dict[int, Cluster] = {}
        for name in subject.report.unknown:
            for cluster in self._shelves.of("name", name):
                if self._open(cluster, subject) and self._goes_on(cluster, subject):
                    found[id(cluster)] = cluster
        known = [one for one in found.values() if self._shelves.knows(one, subject)]
        if known:
            return known[-1]
        return next(iter(found.values())) if len(found) == 1 else None

    def _abroad(self, subject: Subject) -> Cluster | None:
        """Return the open story that has told the same number, in another country that the article names."""
        countries = {one.country for one in subject.report.named if one.country} - {subject.country}
        rules = {one.rule for one in subject.raised}
        if rules and not subject.numbers:
            for country in sorted(countries):
                running = [
                    cluster
                    for cluster in self._shelves.of("country", country)
                    if self._open(cluster, subject) and rules & set(cluster.rules)
                ]
                if len(running) == 1:
                    return running[0]
        for kind in gravest(subject.numbers):
            low = subject.numbers[kind].low
            if low is None or low < _TELLING_NUMBER:
                continue
            for country in sorted(countries):
                for cluster in reversed(self._shelves.tellers(country, kind, low)):
                    if self._open(cluster, subject):
                        return cluster
        # Two dead and five wounded, and the country is named: a funeral at home.
        for country in sorted(countries):
            several = self._of_several(subject, country, kinds=2)
            if several is not None and several.raised_at is not None:
                return several
        return None

    def _of_the_country(self, subject: Subject) -> Cluster | None:
        """Return the one open story of a country for a report that names no town."""
        running = [
            cluster
            for cluster in self._shelves.of("country", subject.country)
            if self._open(cluster, subject) and cluster.told
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
        """Return the running story that a denial is about.

        Where it names no town it may name one without its country, or what was hit; who denies is often
        the other state, so stories of all countries that are named or act in the article are looked at.
        """
        spot = subject.spot
        if spot is not None:
            there = [
                one
                for one in self._shelves.at(spot, subject.country)
                if one.raised_at is not None and self._open(one, subject)
            ]
            if there:
                return there[-1]
        for name in subject.report.unknown:
            named = self._running(subject, "name", name)
            if named:
                return named[-1]
        if spot is not None:
            return None
        countries = dict.fromkeys((subject.country, *sorted(subject.report.countries)))
        every = {id(one): one for code in countries for one in self._running(subject, "country", code)}
        hit = [one for one in every.values() if set(one.targets) & subject.targets]
        if subject.targets and len(hit) == 1:
            return hit[0]
        found = self._running(subject, "country", subject.country) if subject.country else []
        return found[0] if len(found) == 1 else None

    def _voided(self, subject: Subject) -> Cluster | None:
        """Return the running story whose alerts a report cancels: there, or the one of that number."""

        def is_meant(cluster: Cluster) -> bool:
            return any(
                (one.rule in cluster.rules or set(self._scope.kinds_of(one.rule)) & cluster.tops.keys())
                and not (one.by_alert and cluster.ended_at is not None)
                for one in subject.voids
            )

        if not subject.voids:
            return None
        if subject.spot is not None:
            at = self._shelves.at(subject.spot, subject.country)
            found = [one for one in at if one.raised_at is not None and self._open(one, subject)]
        else:
            keys = [("name", name) for name in subject.report.unknown] or [("country", subject.country)]
            found = [one for key in keys for one in self._running(subject, *key)]
        found = [one for one in found if is_meant(one)]
        kinds = {kind for one in subject.voids for kind in self._scope.kinds_of(one.rule)}
        knowing = [one for one in found if any(self._shelves.cites(one, subject, kind) for kind in kinds)]
        if knowing:
            return knowing[-1]
        return found[-1] if found and (subject.spot is not None or len(found) == 1) else None

    def _kindred(self, subject: Subject) -> Cluster | None:
        """Return the story of a report that counts nobody: what was done there, then, to the same."""
        if subject.spot is not None:
            found = [
                cluster
                for cluster in self._shelves.at(subject.spot, subject.country)[-LOOK_BACK:]
                if self._open(cluster, subject)
                and subject.report.at - cluster.last_at <= self._shelves.quiet
                and _kin(cluster, subject)
            ]
            return max(found, key=lambda one: (one.raised_at is not None, one.first_at), default=None)
        if subject.country or not self._scope.things:
            return None
        # What there is so little of that its name is its place.
        running = {
            id(one): one
            for thing in sorted(subject.targets & self._scope.things)
            for one in self._running(subject, "target", thing)
        }
        return next(iter(running.values())) if len(running) == 1 else None


def _kin(cluster: Cluster, subject: Subject) -> bool:
    """Tell whether a report speaks of what was done in a story, to the same sort of thing.

    Where neither names what was hit, what was done must be said exactly: an air strike, a car bomb.
    """
    acts = subject.acts & set(cluster.acts)
    if subject.targets or cluster.targets:
        return bool(acts) and bool(subject.targets & set(cluster.targets))
    return any(exact for exact in acts if exact in subject.exact)
