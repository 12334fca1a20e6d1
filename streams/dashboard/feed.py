"""The feed: a consumer without a group, that fills the store from the output topics and follows them.

It leaves no trace on the broker. It takes up new topics and partitions as they appear, goes on
where it was after the broker was away, and says what it could not have (records that were deleted, a topic
that was made anew) by what the store then tells its readers.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError

from streams.dashboard import items
from streams.dashboard.items import Item, ItemError, ItemType
from streams.dashboard.positions import Spot
from streams.kafka.connection import connection
from streams.logs import log
from streams.summaries import headers


if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aiokafka import ConsumerRecord

    from streams.dashboard.counts import Counts
    from streams.dashboard.store import Store
    from streams.settings import Settings


_POLL_MS = 200
_RETRY_SECONDS = 1.0
_PORTION = 20
"""Records that are taken in before others have their turn: ten milliseconds or so."""

_HOUR_MS = 3_600_000


def topics(settings: Settings) -> dict[str, ItemType]:
    """Return the topics that are read, and what each holds."""
    return {
        settings.topic_enriched: "article",
        settings.topic_alert: "alert",
        settings.topic_story: "story",
        settings.topic_dead_letter: "dead_letter",
    }


class Feed:
    """Reads into ``store``; ``changed`` is called after each portion of records.

    ``loaded`` is set once all is read that was there when the first partitions were known.
    """

    def __init__(self, settings: Settings, store: Store, counts: Counts, changed: Callable[[], None]) -> None:
        self.loaded = asyncio.Event()
        self.error: str | None = None
        self._settings = settings
        self._store = store
        self._counts = counts
        self._changed = changed
        self._types = topics(settings)
        self._wanted: set[TopicPartition] = set()
        self._since: dict[Spot, int] = {}
        self._consumer: AIOKafkaConsumer | None = None

    def want(self, partitions: Mapping[str, int]) -> None:
        """Take notice of the topics that are on the broker, with the number of their partitions."""
        for topic in self._types.keys() & partitions.keys():
            self._wanted |= {TopicPartition(topic, number) for number in range(partitions[topic])}

    async def ends(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """Return where partitions end. Raises :class:`KafkaError` where that is not to be had."""
        if self._consumer is None:
            raise KafkaError("there is no connection")
        found: dict[TopicPartition, int] = await self._consumer.end_offsets(partitions)
        return found

    async def run(self) -> None:
        """Read for as long as the dashboard lives."""
        while True:
            try:
                await self._follow()
            except (KafkaError, OSError, TimeoutError) as error:
                said = repr(error)
                if said != self.error:
                    log("dashboard", logging.WARNING, "reading was interrupted", reason=said)
                self.error = said
            await asyncio.sleep(_RETRY_SECONDS)

    async def _follow(self) -> None:
        consumer = AIOKafkaConsumer(
            **connection(self._settings), group_id=None, enable_auto_commit=False, auto_offset_reset="none"
        )
        assigned: set[TopicPartition] = set()
        try:
            await consumer.start()
            self._consumer = consumer
            while True:
                if self._wanted - assigned:
                    await self._assign(consumer)
                    assigned = set(consumer.assignment())
                if not assigned:
                    await asyncio.sleep(_POLL_MS / 1000)
                    continue
                try:
                    batches = await consumer.getmany(timeout_ms=_POLL_MS)
                except OffsetOutOfRangeError as error:
                    await self._find_again(consumer, error.args[0])
                    continue
                self.error = None
                await self._take(batches)
                if not self.loaded.is_set():
                    await self._look_whether_loaded(consumer)
        finally:
            self._consumer = None
            await consumer.stop()

    async def _assign(self, consumer: AIOKafkaConsumer) -> None:
        """Read all partitions that are wanted; those that are new from the hours back that are set."""
        wanted = sorted(self._wanted)
        new = [one for one in wanted if Spot(*one) not in self._store.tracks]
        starts = await self._starts(consumer, new) if new else {}
        for partition, (start, end) in starts.items():
            self._store.open(Spot(*partition), self._types[partition.topic], start, end)
        consumer.assign(wanted)
        for one in wanted:
            consumer.seek(one, self._store.tracks[Spot(*one)].next)
        self._changed()

    async def _starts(
        self, consumer: AIOKafkaConsumer, partitions: list[TopicPartition]
    ) -> dict[TopicPartition, tuple[int, int]]:
        """Return for each partition where to begin, and where it ends.

        Never further back than there is room in the store. Where the broker knows no offset for the time, all
        is older than that, or it keeps no times (the embedded one): records are looked at one by one.
        """
        first = await consumer.beginning_offsets(partitions)
        ends = await consumer.end_offsets(partitions)
        hours = self._settings.dashboard_hours
        since = int(time.time() * 1000 - hours * _HOUR_MS)
        timed = await consumer.offsets_for_times(dict.fromkeys(partitions, since)) if hours else {}
        found = {}
        for one in partitions:
            at = timed.get(one)
            begin = (at.offset if at is not None else first[one]) if hours else ends[one]
            room = self._store.shelves[self._types[one.topic]].limit.most
            found[one] = (max(begin, first[one], ends[one] - room), ends[one])
            self._since[Spot(*one)] = since
        return found

    async def _find_again(self, consumer: AIOKafkaConsumer, lost: Mapping[TopicPartition, int]) -> None:
        """Go on where the next record is not there: it was deleted, or the topic was made anew."""
        first = await consumer.beginning_offsets(list(lost))
        ends = await consumer.end_offsets(list(lost))
        for one in lost:
            spot = Spot(*one)
            if self._store.tracks[spot].next < first[one]:
                self._store.leap(spot, first[one])
            else:
                self._store.open(spot, self._types[one.topic], first[one], ends[one])
            consumer.seek(one, self._store.tracks[spot].next)
        self._changed()

    async def _take(self, batches: Mapping[TopicPartition, Sequence[ConsumerRecord]]) -> None:
        count = 0
        for records in batches.values():
            for record in records:
                self._add(record)
                count += 1
                if count % _PORTION == 0:
                    self._changed()
                    await asyncio.sleep(0)
        if count:
            self._changed()

    def _add(self, record: ConsumerRecord) -> None:
        spot = Spot(record.topic, record.partition)
        if record.offset < self._store.tracks[spot].next:
            return
        if record.timestamp < self._since[spot]:
            self._store.skip(spot, record.offset)
            return
        try:
            item = self._item(record, spot=spot, offset=record.offset, time=record.timestamp)
        except ItemError:
            self._counts.unreadable += 1
            self._store.skip(spot, record.offset)
            return
        self._counts.count(item.type, live=self.loaded.is_set())
        self._store.add(item)

    def _item(self, record: ConsumerRecord, **where: Any) -> Item:  # noqa: ANN401 - spot, offset and time
        type_ = self._types[record.topic]
        value = record.value if isinstance(record.value, bytes) else None
        if type_ == "dead_letter":
            key = record.key if isinstance(record.key, bytes) else None
            return items.dead_letter(value, key, headers(record), **where)
        if value is None:
            raise ItemError("it has no value")
        return {"article": items.article, "alert": items.alert, "story": items.story}[type_](value, **where)

    async def _look_whether_loaded(self, consumer: AIOKafkaConsumer) -> None:
        positions = {Spot(*one): await consumer.position(one) for one in consumer.assignment()}
        if all(position >= self._store.tracks[spot].end for spot, position in positions.items()):
            self.loaded.set()
            kept = {type_: len(shelf.items) for type_, shelf in self._store.shelves.items()}
            log("dashboard", logging.INFO, "all is read that was there", **kept)
            self._changed()
