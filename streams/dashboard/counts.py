"""Counts: what was read, how fast it comes, and who reads the stream."""

from __future__ import annotations

import time
from collections import Counter, deque
from typing import TYPE_CHECKING

from streams.dashboard.answers import Clients, Kept, LetterCount, Rate
from streams.dashboard.items import TYPES, instant


if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.dashboard.items import ItemType
    from streams.dashboard.store import Store


_MINUTE = 60
_WINDOW = 5 * _MINUTE


class Counts:
    """What has happened since the start. ``clock`` gives seconds that only grow."""

    def __init__(self, most_clients: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.read: Counter[ItemType] = Counter()
        self.unreadable = 0
        self.clients = 0
        self.most_clients = most_clients
        self.served = 0
        self.dropped = 0
        self.refused = 0
        self._clock = clock
        self._seconds: deque[tuple[int, Counter[ItemType]]] = deque()

    def count(self, type_: ItemType, *, live: bool) -> None:
        """Count a record; what was there before is no part of the rate."""
        self.read[type_] += 1
        if not live:
            return
        now = int(self._clock())
        if not self._seconds or self._seconds[-1][0] != now:
            self._seconds.append((now, Counter()))
            while self._seconds[0][0] <= now - _WINDOW:
                self._seconds.popleft()
        self._seconds[-1][1][type_] += 1

    def rates(self) -> dict[str, Rate]:
        """Return for each type how many records come in a minute."""
        now = int(self._clock())
        last: Counter[ItemType] = Counter()
        window: Counter[ItemType] = Counter()
        for second, counted in self._seconds:
            if second > now - _WINDOW:
                window.update(counted)
            if second > now - _MINUTE:
                last.update(counted)
        minutes = _WINDOW / _MINUTE
        return {type_: Rate(minute=last[type_], five_minutes=window[type_] / minutes) for type_ in TYPES}

    def readers(self) -> Clients:
        """Return who reads the stream."""
        return Clients(
            now=self.clients,
            limit=self.most_clients,
            served=self.served,
            dropped=self.dropped,
            refused=self.refused,
        )


def kept(store: Store) -> dict[str, Kept]:
    """Return what is kept of each type."""
    return {
        type_: Kept(
            count=len(shelf.items),
            bytes=shelf.size,
            limit=shelf.limit.most,
            limit_bytes=shelf.limit.size,
            oldest=instant(shelf.items[0].time) if shelf.items else None,
            newest=instant(shelf.items[-1].time) if shelf.items else None,
        )
        for type_, shelf in store.shelves.items()
    }


def letters(store: Store) -> tuple[LetterCount, ...]:
    """Return how many dead letters there are of each stage and type, the most first."""
    found = Counter((item.facets.stage, item.facets.error_type) for item in store.newest("dead_letter"))
    return tuple(
        LetterCount(stage=stage or "?", error_type=error_type or "?", count=count)
        for (stage, error_type), count in found.most_common()
    )
