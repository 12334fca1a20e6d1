"""A consumer for commands: reads topics without a group, and leaves no trace on the broker."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Literal

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.kafka.connection import BrokerError, administrator, connection
from streams.kafka.topics import existing


if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from aiokafka import ConsumerRecord

    from streams.settings import Settings


Start = int | Literal["beginning", "end"]
"""Where reading starts; a number is so many of the newest records."""

_POLL_MS = 200


async def read(
    settings: Settings,
    topics: Sequence[str],
    *,
    start: Start = "beginning",
    follow: Callable[[], bool] | bool = False,
) -> AsyncGenerator[ConsumerRecord, None]:
    """Yield the records of topics; with ``follow`` go on as new ones come, else stop where they ended.

    Where ``follow`` is a function, go on while it returns true, and stop where the topics end then.
    Records of one partition come in order; with a number for ``start`` those that were
    there already come in the order of their timestamps. Raises
    :class:`streams.kafka.connection.BrokerError` where the broker cannot be reached or has no
    such topic.
    """
    partitions = await partitions_of(settings, *topics)
    consumer = AIOKafkaConsumer(
        **connection(settings), group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    try:
        ends = await _seek(consumer, partitions, start)
        stored = _until(consumer, ends)
        async with contextlib.aclosing(
            _newest(stored, start) if isinstance(start, int) else stored
        ) as records:
            async for record in records:
                yield record
        while follow() if callable(follow) else follow:
            for batch in (await consumer.getmany(timeout_ms=_POLL_MS)).values():
                for record in batch:
                    yield record
        if callable(follow):
            async with contextlib.aclosing(_until(consumer, await consumer.end_offsets(partitions))) as rest:
                async for record in rest:
                    yield record
    finally:
        await consumer.stop()


async def record_at(settings: Settings, topic: str, partition: int, offset: int) -> ConsumerRecord | None:
    """Return the record at one place, None where there is none (any more).

    Raises :class:`streams.kafka.connection.BrokerError` as :func:`read` does.
    """
    partitions = [one for one in await partitions_of(settings, topic) if one.partition == partition]
    if not partitions:
        return None
    consumer = AIOKafkaConsumer(
        **connection(settings), group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    try:
        ends = await _seek(consumer, partitions, "beginning")
        consumer.seek(partitions[0], min(offset, ends[partitions[0]]))
        async with contextlib.aclosing(_until(consumer, ends)) as records:
            async for record in records:
                return record if record.offset == offset else None
        return None
    finally:
        await consumer.stop()


async def _seek(
    consumer: AIOKafkaConsumer, partitions: list[TopicPartition], start: Start
) -> dict[TopicPartition, int]:
    """Connect, and go where reading starts; return where each partition ends now."""
    try:
        await consumer.start()
        consumer.assign(partitions)
        first = await consumer.beginning_offsets(partitions)
        ends: dict[TopicPartition, int] = await consumer.end_offsets(partitions)
    except KafkaError as error:
        raise BrokerError(
            f"cannot read {', '.join({each.topic for each in partitions})}: {error!r}"
        ) from None
    for partition in partitions:
        consumer.seek(partition, _offset(start, first[partition], ends[partition]))
    return ends


async def _newest(
    stored: AsyncGenerator[ConsumerRecord, None], count: int
) -> AsyncGenerator[ConsumerRecord, None]:
    """Yield the newest records of all partitions, in the order of time."""
    records = [record async for record in stored]
    records.sort(key=lambda record: (record.timestamp, record.partition, record.offset))
    for record in records[-count:] if count else []:
        yield record


async def partitions_of(settings: Settings, *topics: str) -> list[TopicPartition]:
    """Return the partitions of topics; raises BrokerError as :func:`read` does."""
    async with administrator(settings) as admin:
        there = await existing(admin)
    missing = [topic for topic in topics if topic not in there]
    if missing:
        others = ", ".join(sorted(there)) or "none"
        raise BrokerError(f"topic {missing[0]} is not on the broker; there are: {others}")
    return [TopicPartition(topic, number) for topic in topics for number in range(there[topic])]


def _offset(start: Start, first: int, end: int) -> int:
    if start == "beginning":
        return first
    return end if start == "end" else max(first, end - start)


async def _until(
    consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]
) -> AsyncGenerator[ConsumerRecord, None]:
    """Yield the records before ``ends``; leave the consumer at those offsets."""
    while waiting := [
        partition for partition in ends if await consumer.position(partition) < ends[partition]
    ]:
        for partition, records in (await consumer.getmany(*waiting, timeout_ms=_POLL_MS)).items():
            for record in records:
                if record.offset < ends[partition]:
                    yield record
    for partition, end in ends.items():
        consumer.seek(partition, end)
