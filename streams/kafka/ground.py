"""The desk's two topics, read without a group: what it knows of reports, and of what was told.

Read to their ends before a desk begins, and on from there: what another desk wrote, one that does not know
yet that it is none any more, is seen and put right.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.kafka.connection import connection
from streams.logs import log_few
from streams.stories.records import Story
from streams.stories.reports import Report, report_from


if TYPE_CHECKING:
    from aiokafka import ConsumerRecord

    from streams.settings import Settings


_POLL_MS = 200
_STORY = msgspec.json.Decoder(Story)


class Found(NamedTuple):
    """What was read: reports, and stories in the order they were told, with their offsets."""

    reports: list[Report]
    stories: list[tuple[int, Story]]


class Ground:
    """Follows both topics. Use :meth:`begin` first, and :meth:`end` when done."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._consumer = AIOKafkaConsumer(
            **connection(settings),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )

    async def begin(self) -> Found:
        """Return all there is up to now. Raises aiokafka's errors where the brokers cannot be reached."""
        await self._consumer.start()
        partitions = []
        for topic in (self._settings.topic_report, self._settings.topic_story):
            numbers = await self._partitions(topic)
            partitions += [TopicPartition(topic, number) for number in sorted(numbers)]
        self._consumer.assign(partitions)
        await self._consumer.seek_to_beginning(*partitions)
        ends: dict[TopicPartition, int] = await self._consumer.end_offsets(partitions)
        reports: dict[str, Report] = {}
        stories: dict[str, tuple[int, Story]] = {}
        waiting = partitions
        while waiting := [one for one in waiting if await self._consumer.position(one) < ends[one]]:
            found = self._read(await self._consumer.getmany(timeout_ms=_POLL_MS))
            reports.update((one.id, one) for one in found.reports)
            stories.update((told[1].id, told) for told in found.stories)
        return Found(list(reports.values()), list(stories.values()))

    async def more(self) -> Found:
        """Return what has come since, without waiting for any."""
        return self._read(await self._consumer.getmany(timeout_ms=0))

    async def end(self) -> None:
        """Let go of the brokers."""
        await self._consumer.stop()

    async def _partitions(self, topic: str) -> set[int]:
        # A topic that nobody asked for yet is not among those that the client knows of.
        await self._consumer._client.add_topic(topic)  # noqa: SLF001 - assign() alone asks in the background
        found: set[int] | None = self._consumer.partitions_for_topic(topic)
        return found or {0}

    def _read(self, batches: dict[TopicPartition, list[ConsumerRecord]]) -> Found:
        found = Found([], [])
        for partition, records in batches.items():
            for record in records:
                if record.value is None:
                    continue
                try:
                    if partition.topic == self._settings.topic_report:
                        found.reports.append(report_from(record.value))
                    else:
                        found.stories.append((record.offset, _STORY.decode(record.value)))
                except msgspec.DecodeError as error:
                    where = f"{record.topic}/{record.partition}/{record.offset}"
                    log_few("desk", logging.ERROR, "not a record of the desk", record=where, reason=error)
        return found
