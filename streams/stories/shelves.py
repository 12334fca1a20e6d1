"""Where stories are found again: by the square of their places, by country, number, name and what was hit.

Each look-up costs the same however many stories there are. What was filed last is taken back first.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from streams.stories.subjects import REGION_KM, near


if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from streams.records import Kind, Number
    from streams.stories.clusters import Cluster
    from streams.stories.subjects import Scope, Spot, Subject


LOOK_BACK = 40
"""So many of the newest stories of a shelf are looked at."""

SMALL_NUMBER = 3
"""Below, numbers are alike by chance."""

_KM_OF_A_DEGREE = 55.0
"""Of longitude, at 60 degrees north."""

_HOUR = 3_600


class Shelves:
    """The stories of one family, by what a report may know of them."""

    def __init__(self, scope: Scope) -> None:
        family = scope.family
        self.near_km = family.near_km
        self.window = int(family.window_hours * _HOUR)
        self.quiet = int(family.quiet_hours * _HOUR)
        self._side = (family.near_km + REGION_KM) / _KM_OF_A_DEGREE
        self._shelves: defaultdict[Hashable, list[Cluster]] = defaultdict(list)

    def file(self, cluster: Cluster, keys: Iterable[Hashable]) -> tuple[Hashable, ...]:
        """Put a story on shelves; return those where it did not stand among the newest."""
        filed = []
        for key in keys:
            shelf = self._shelves[key]
            if cluster not in shelf[-LOOK_BACK:]:
                shelf.append(cluster)
                filed.append(key)
        return tuple(filed)

    def take_back(self, filed: tuple[Hashable, ...]) -> None:
        """Take the last story off each of these shelves."""
        for key in filed:
            self._shelves[key].pop()

    def square(self, spot: Spot) -> Hashable:
        """Return the shelf of a place."""
        return ("square", int(spot.longitude // self._side), int(spot.latitude // self._side))

    def of(self, *key: Hashable) -> list[Cluster]:
        """Return the newest stories of a shelf, the oldest of them first."""
        return self._shelves.get(key, [])[-LOOK_BACK:]

    def tellers(self, country: str, kind: Kind, number: Number) -> list[Cluster]:
        """Return the newest stories of a country that have told a number."""
        return self.of("number", country, kind, number)

    def around(self, spot: Spot) -> list[Cluster]:
        """Return the newest stories in the square of a place and those around it, the oldest first."""
        east, north = int(spot.longitude // self._side), int(spot.latitude // self._side)
        found: dict[int, Cluster] = {}
        for across in (-1, 0, 1):
            for up in (-1, 0, 1):
                for cluster in self.of("square", east + across, north + up):
                    found[id(cluster)] = cluster
        return sorted(found.values(), key=lambda one: one.subjects[0].order)

    def at(self, spot: Spot, country: str | None) -> list[Cluster]:
        """Return the newest stories at a place, or near it, in its country; the oldest first."""
        return [
            cluster
            for cluster in self.around(spot)
            if cluster.country == country and any(near(spot, one, self.near_km) for one in cluster.spots)
        ]

    def is_open(self, cluster: Cluster, at: int) -> bool:
        """Tell whether a story takes reports of a time. One that nothing raised is soon forgotten."""
        if cluster.raised_at is not None:
            return at <= cluster.raised_at + max(self.window, cluster.window)
        return at <= min(cluster.last_at + self.quiet, cluster.first_at + self.window)

    def knows(self, cluster: Cluster, subject: Subject) -> bool:
        """Tell whether a story has told one of a report's numbers."""
        return any(
            cluster in self.tellers(cluster.country, kind, told.low)
            for kind, told in subject.numbers.items()
            if told.low is not None and told.low >= SMALL_NUMBER
        )

    def cites(self, cluster: Cluster, subject: Subject, kind: Kind) -> bool:
        """Tell whether a report names a number that a story has told."""
        return any(
            cluster in self.tellers(cluster.country, kind, number)
            for one, number in sorted(subject.cited)
            if one == kind and number >= SMALL_NUMBER
        )
