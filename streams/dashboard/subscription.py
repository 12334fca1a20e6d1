"""Subscriptions: what one reader of the stream is due, pulled from the store.

A reader has no queue that could fill memory: it has a position (:mod:`streams.dashboard.positions`), and
takes what lies behind it. What it is sent depends on the records and on its position alone, never on
the order in which this server happened to read the partitions: so a reader that was cut off anywhere,
and comes back here or to a server that was started anew, gets each event exactly once.

Under a filter by severity or rule an article is due when both it and an alert that matches are behind
the position: at whichever of the two comes second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from streams.dashboard.positions import Position, Step, written


if TYPE_CHECKING:
    from collections.abc import Collection

    from streams.dashboard.filters import Filter
    from streams.dashboard.items import Item, ItemType
    from streams.dashboard.store import Store


class Event(NamedTuple):
    """An item to be sent, and the position behind it."""

    item: Item
    id: str


class Hole(NamedTuple):
    """Why a reader cannot go on where it was, and in words."""

    reason: Literal["too-old", "unknown"]
    detail: str


class Subscription:
    """One reader's way through the store.

    ``position`` is where it was; None: it begins with what comes now. ``types`` are the items that it
    is sent.
    """

    def __init__(
        self, store: Store, chosen: Filter, types: Collection[ItemType], position: Position | None
    ) -> None:
        self._store = store
        self._filter = chosen
        self._types = frozenset(types)
        self._waits = chosen.of_alerts and "article" in types
        watched: set[ItemType] = {*types, "alert"} if self._waits else {*types}
        self._watched = frozenset(watched)
        self._foreign = bool(position) and store.tracks.keys().isdisjoint(position or ())
        self._position = self._own(store.position() if position is None else position)
        self._next_seq = store.first_from(self._position, self._watched)
        self._complete()

    @property
    def id(self) -> str:
        """Return the position, as the id of an event."""
        return written(self._position)

    @property
    def behind(self) -> int:
        """Return how many items came that were not looked at."""
        return self._store.last_seq + 1 - self._next_seq

    def hole(self) -> Hole | None:
        """Return why this reader cannot have all that it is due; None where it can."""
        if self._foreign:
            return Hole("unknown", "none of those partitions is read here")
        for spot, step in self._position.items():
            track = self._store.tracks[spot]
            where = f"{spot.topic}:{spot.partition}={step.offset}"
            if step.offset > max(track.next, track.end):
                return Hole("unknown", f"{where} lies behind the end of that partition, {track.next}")
            if step.offset < track.floor:
                return Hole("too-old", f"what came from {where} on is not kept any more")
        return None

    def restart(self) -> None:
        """Go on with what comes now."""
        self._foreign = False
        self._position = self._own(self._store.position())
        self._next_seq = self._store.last_seq + 1

    def take(self, most: int) -> list[Event]:
        """Return the events of the next items, ``most`` of them looked at; nothing where there are none.

        Look for a :meth:`hole` before: what was forgotten is not missed here.
        """
        self._complete()
        items, self._next_seq = self._store.since(self._next_seq, most)
        events: list[Event] = []
        for item in items:
            if item.type not in self._watched or self._is_past(item):
                continue
            step = self._position[item.spot]
            done = step.done if item.offset == step.offset else 0
            due = self._due(item)
            for at, one in enumerate(due[done:], done + 1):
                self._position[item.spot] = Step(item.offset, at) if at < len(due) else Step(item.offset + 1)
                events.append(Event(one, self.id))
            self._position[item.spot] = Step(item.offset + 1)
        if not self.behind:
            self._pass_over()
        return events

    def _due(self, item: Item) -> list[Item]:
        """Return what is sent at an item: itself, and the article that it is the first to bring in."""
        due = []
        if item.type in self._types:
            alerts = filter(self._is_past, self._store.revisions_of_article("alert", item.id))
            if self._filter.takes(item, self._store, alerts):
                due.append(item)
        if self._waits and item.type == "alert" and self._filter.takes_alert(item):
            due += self._articles(item)
        return due

    def _articles(self, alert: Item) -> list[Item]:
        """Return the article of an alert, where it came before and no other alert has brought it in."""
        [id_] = alert.facets.articles
        past = list(filter(self._is_past, self._store.revisions("article", id_)))
        if not past or not self._filter.takes_itself(past[-1], self._store):
            return []
        others = filter(self._is_past, self._store.revisions_of_article("alert", id_))
        return [] if any(map(self._filter.takes_alert, others)) else [past[-1]]

    def _is_past(self, item: Item) -> bool:
        step = self._position.get(item.spot)
        return item.offset < (self._store.tracks[item.spot].start if step is None else step.offset)

    def _own(self, position: Position) -> Position:
        """Return the part of a position that lies in partitions that are watched here."""
        tracks = self._store.tracks
        return {
            spot: step
            for spot, step in position.items()
            if spot in tracks and tracks[spot].type in self._watched
        }

    def _complete(self) -> None:
        """Add the partitions that have come since: all that was read of them is to be sent."""
        if len(self._position) < len(self._store.tracks):
            for spot, track in self._store.tracks.items():
                if track.type in self._watched:
                    self._position.setdefault(spot, Step(track.start))

    def _pass_over(self) -> None:
        """Leave behind the records that gave no item."""
        for spot, step in self._position.items():
            if step.offset < self._store.tracks[spot].next:
                self._position[spot] = Step(self._store.tracks[spot].next)
