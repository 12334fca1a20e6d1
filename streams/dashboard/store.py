"""The store: the newest records of the output topics, as many as there is room for.

Each type of item has a share of the memory of its own: no flood of one pushes the others out. The
oldest go first, always from the beginning of a partition, so for each partition one offset
(``floor``) says from where on all is kept.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from streams.dashboard.items import TYPES
from streams.dashboard.positions import Position, Spot, Step


if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from streams.dashboard.filters import Filter
    from streams.dashboard.items import Item, ItemType


NOT_TOLD = frozenset({"superseded", "withdrawn"})
"""Statuses of stories that are told by another one, or no more."""

_LAST_TIME = 253_402_300_799_000
"""The last millisecond that can be written with four digits of a year; a producer may claim any."""


class Limit(NamedTuple):
    """How many items of a type are kept at most, and how many bytes of memory they may take."""

    most: int
    size: int


@dataclass(slots=True)
class Track:
    """A partition: reading began at ``start``, all from ``floor`` on is kept, ``next`` is read next.

    ``end`` is where it ended when reading began.
    """

    type: ItemType
    start: int
    floor: int
    next: int
    end: int
    time: int = 0
    items: deque[Item] = field(default_factory=deque)


@dataclass(slots=True)
class Shelf:
    """The items of one type, ordered by :attr:`streams.dashboard.items.Item.key`; and their counts."""

    limit: Limit
    items: list[Item] = field(default_factory=list)
    revisions: dict[str, list[Item]] = field(default_factory=dict)
    size: int = 0
    forgotten: int = 0


class Store:
    """What is kept. Every number of it is bounded by ``limits``."""

    def __init__(self, limits: Mapping[ItemType, Limit]) -> None:
        self.shelves: dict[ItemType, Shelf] = {type_: Shelf(limits[type_]) for type_ in TYPES}
        self.tracks: dict[Spot, Track] = {}
        self.first_seq = 1
        self.last_seq = 0
        self._log: dict[int, Item] = {}
        self._of_article: dict[ItemType, dict[str, list[Item]]] = {"alert": {}, "story": {}}

    def open(self, spot: Spot, type_: ItemType, start: int, end: int) -> None:
        """Begin to read a partition at an offset; what was kept of it before is forgotten.

        ``end`` is where it ends now: no reader can have come further.
        """
        if spot in self.tracks:
            while self.tracks[spot].items:
                self._forget(spot)
        self.tracks[spot] = Track(type_, start, start, start, end)

    def leap(self, spot: Spot, offset: int) -> None:
        """Go on at a later offset: what lies between was deleted before it was read."""
        track = self.tracks[spot]
        while track.items:
            self._forget(spot)
        track.floor = track.next = offset

    def skip(self, spot: Spot, offset: int) -> None:
        """Pass over a record."""
        self.tracks[spot].next = offset + 1

    def add(self, item: Item) -> Item | None:
        """Keep an item, the next one of its partition; None where it says nothing new.

        It may be forgotten again at once, where all that is kept is newer.
        """
        track, shelf = self.tracks[item.spot], self.shelves[item.type]
        track.next = item.offset + 1
        track.time = item.time = max(track.time, item.time) if 0 <= item.time <= _LAST_TIME else track.time
        revisions = shelf.revisions.setdefault(item.id, [])
        if not self._is_new(item, revisions):
            return None
        self.last_seq += 1
        item.seq = self.last_seq
        self._log[item.seq] = item
        track.items.append(item)
        insort(shelf.items, item, key=lambda kept: kept.key)
        shelf.size += item.size
        if revisions:
            revisions[-1].latest = False
        revisions.append(item)
        self._index(item)
        self._make_room(item.type)
        return item

    def position(self, types: Collection[ItemType] = TYPES) -> Position:
        """Return how far the partitions of these types are read."""
        return {spot: Step(track.next) for spot, track in self.tracks.items() if track.type in types}

    def latest(self, type_: ItemType, id_: str) -> Item | None:
        """Return the newest revision of an item, None where it is not (any more) here."""
        revisions = self.shelves[type_].revisions.get(id_)
        return revisions[-1] if revisions else None

    def revisions(self, type_: ItemType, id_: str) -> list[Item]:
        """Return all revisions of an item that are kept, the oldest first."""
        return self.shelves[type_].revisions.get(id_, [])

    def of_article(self, type_: ItemType, article: str) -> list[Item]:
        """Return the latest alerts or stories of an article, in the order they came."""
        return [item for item in self._of_article[type_].get(article, ()) if item.latest]

    def revisions_of_article(self, type_: ItemType, article: str) -> list[Item]:
        """Return all revisions of an article's alerts or stories that are kept, in the order they came."""
        return self._of_article[type_].get(article, [])

    def newest(self, type_: ItemType, below: tuple[int, Spot, int] | None = None) -> Iterator[Item]:
        """Yield the latest items of a type, the newest first; those ``below`` a key."""
        items = self.shelves[type_].items
        end = len(items) if below is None else bisect_left(items, below, key=lambda item: item.key)
        for at in range(end - 1, -1, -1):
            if items[at].latest:
                yield items[at]

    def standing(self, type_: ItemType, chosen: Filter) -> Iterator[Item]:
        """Yield the latest items that are meant and count: no story that another one tells, or none does.

        Where a filter asks for stories by their status, all that are meant.
        """
        for item in self.newest(type_):
            told = item.facets.status not in NOT_TOLD or chosen.status is not None
            if told and chosen.takes(item, self):
                yield item

    def since(self, seq: int, most: int) -> tuple[list[Item], int]:
        """Return the items from a number on, of at most ``most`` numbers, and the next number."""
        first = max(seq, self.first_seq)
        end = min(first + most, self.last_seq + 1)
        return [item for at in range(first, end) if (item := self._log.get(at)) is not None], max(seq, end)

    def first_from(self, position: Mapping[Spot, Step], types: Collection[ItemType]) -> int:
        """Return the number of the first item that lies at or behind a position."""
        found = self.last_seq + 1
        for spot, track in self.tracks.items():
            if track.type in types:
                offset = position[spot].offset if spot in position else 0
                for item in reversed(track.items):
                    if item.offset < offset:
                        break
                    found = min(found, item.seq)
        return found

    def _is_new(self, item: Item, revisions: list[Item]) -> bool:
        """Tell whether an item is another one than those kept under its id; number it if it is."""
        if not revisions:
            return True
        if item.type == "story":
            return item.revision > revisions[-1].revision
        item.revision = revisions[-1].revision + 1
        return item.digest not in {kept.digest for kept in revisions}

    def _index(self, item: Item) -> None:
        for article in self._articles(item):
            self._of_article[item.type].setdefault(article, []).append(item)

    def _articles(self, item: Item) -> Iterable[str]:
        return item.facets.articles if item.type in self._of_article else ()

    def _make_room(self, type_: ItemType) -> None:
        shelf = self.shelves[type_]
        while shelf.items and (len(shelf.items) > shelf.limit.most or shelf.size > shelf.limit.size):
            # Of the partitions' beginnings the oldest: the oldest of all, as times only grow in a partition.
            self._forget(shelf.items[0].spot)

    def _forget(self, spot: Spot) -> None:
        """Let the first item of a partition go."""
        track = self.tracks[spot]
        item = track.items.popleft()
        track.floor = item.offset + 1
        shelf = self.shelves[item.type]
        shelf.size -= item.size
        shelf.forgotten += 1
        at = bisect_left(shelf.items, item.key, key=lambda kept: kept.key)
        del shelf.items[at]
        del self._log[item.seq]
        while self.first_seq <= self.last_seq and self.first_seq not in self._log:
            self.first_seq += 1
        _drop(shelf.revisions, item.id, item)
        for article in self._articles(item):
            _drop(self._of_article[item.type], article, item)
        remaining = shelf.revisions.get(item.id)
        if remaining and item.latest:
            remaining[-1].latest = True


def _drop(lists: dict[str, list[Item]], key: str, item: Item) -> None:
    kept = lists[key]
    kept.remove(item)
    if not kept:
        del lists[key]
