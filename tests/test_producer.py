"""The producer on Apache Kafka: what is refused harms nothing else, nothing comes twice or out of order."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import MessageSizeTooLargeError, OutOfOrderSequenceNumber, RequestTimedOutError
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.structs import TopicPartition

from streams.kafka.connection import connection
from streams.kafka.producer import Producer
from tests.verifier import stored


if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from streams.settings import Settings
    from tests.kafka import Kafka

pytestmark = pytest.mark.kafka

LIMIT = 20_000
"""Bytes that the topic takes in one batch."""


@asynccontextmanager
async def _producing(kafka: Kafka, **more: Any) -> AsyncIterator[tuple[Settings, Producer]]:  # noqa: ANN401 - aiokafka's
    """Yield settings whose enriched topic has one partition and a small limit, and an idempotent producer."""
    settings = kafka.settings()
    admin = AIOKafkaAdminClient(**connection(settings))
    await admin.start()
    config = {"max.message.bytes": str(LIMIT)}
    await admin.create_topics([NewTopic(settings.topic_enriched, 1, 1, topic_configs=config)])
    await admin.close()
    own = {"enable_idempotence": True, "max_batch_size": 64_000, "max_request_size": 1_000_000} | more
    async with Producer(**connection(settings), **own) as producer:
        yield settings, producer


async def _send(producer: Producer, settings: Settings, *values: bytes) -> list[object]:
    """Send all at once; return for each what it came to."""
    receipts = [await producer.send(settings.topic_enriched, value) for value in values]
    return await asyncio.gather(*receipts, return_exceptions=True)


async def _stored(settings: Settings) -> list[bytes | None]:
    return [record.value for record in await stored(settings, settings.topic_enriched)]


def _values(count: int, size: int) -> list[bytes]:
    return [b"%05d" % number + b"x" * size for number in range(count)]


async def test_a_refused_record_harms_no_other_one(kafka: Kafka) -> None:
    """In the middle of a stream: those before and behind it are stored, in order, once."""
    async with _producing(kafka) as (settings, producer):
        small = _values(40, 100)
        large = b"x" * 2 * LIMIT
        first = await _send(producer, settings, *small[:10])
        middle = await _send(producer, settings, *small[10:20], large, *small[20:30], large)
        last = await _send(producer, settings, *small[30:])
        assert [type(found) for found in middle if isinstance(found, Exception)] == [
            MessageSizeTooLargeError
        ] * 2
        assert not any(isinstance(found, Exception) for found in first + last)
        assert await _stored(settings) == small


@pytest.mark.parametrize("compression", [None, "gzip", "zstd"])
async def test_records_that_are_too_large_together_are_sent_apart(
    kafka: Kafka, compression: str | None
) -> None:
    """A batch is refused as a whole; what was in it keeps its place, and all that came with it."""
    async with _producing(kafka, compression_type=compression) as (settings, producer):
        now = int(time.time() * 1_000)  # what is old a broker may delete
        values = [bytes(b"%05d" % n) + _noise(n, 5_000) for n in range(30)]
        receipts = [
            await producer.send(
                settings.topic_enriched,
                value,
                b"key",
                timestamp_ms=now + number,
                headers=[("name", b"%d" % number), ("empty", b"")],
            )
            for number, value in enumerate(values)
        ]
        written: list[Any] = await asyncio.gather(*receipts)
        found = await stored(settings, settings.topic_enriched)
        assert [record.value for record in found] == values
        assert [record.offset for record in found] == [one.offset for one in written]
        assert [record.timestamp for record in found] == [now + n for n in range(30)]
        assert [record.headers for record in found] == [
            (("name", b"%d" % n), ("empty", b"")) for n in range(30)
        ]


async def test_a_large_record_among_others_is_the_only_one_refused(kafka: Kafka) -> None:
    """Also where a record without key and value is in its batch."""
    async with _producing(kafka, max_batch_size=200_000) as (settings, producer):
        values = [b"a", b"b" * 2 * LIMIT, b"c"]
        receipts = [await producer.send(settings.topic_enriched, value) for value in values]
        receipts.append(await producer.send(settings.topic_enriched, None, headers=[("name", b"value")]))
        found = await asyncio.gather(*receipts, return_exceptions=True)
        assert [type(one) is MessageSizeTooLargeError for one in found] == [False, True, False, False]
        assert await _stored(settings) == [b"a", b"c", None]


async def test_an_answer_that_was_lost_makes_no_duplicate(
    kafka: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broker has the batch, the producer does not know and sends it again: it is stored once."""
    async with _producing(kafka) as (settings, producer):
        values = _values(20, 100)
        await _send(producer, settings, *values[:5])
        monkeypatch.setattr(producer.client, "send", _losing_answers(producer, 3))
        assert not any(
            isinstance(found, Exception) for found in await _send(producer, settings, *values[5:15])
        )
        await _send(producer, settings, *values[15:])
        assert await _stored(settings) == values


async def test_a_producer_that_lost_count_recovers(kafka: Kafka) -> None:
    """Where the broker sees a hole it refuses once; what is sent then is stored."""
    async with _producing(kafka) as (settings, producer):
        values = _values(20, 100)
        await _send(producer, settings, *values[:10])
        producer._txn_manager.increment_sequence_number(TopicPartition(settings.topic_enriched, 0), 7)
        refused = await _send(producer, settings, *values[10:])
        assert {type(found) for found in refused} == {OutOfOrderSequenceNumber}
        assert not any(
            isinstance(found, Exception) for found in await _send(producer, settings, *values[10:])
        )
        assert await _stored(settings) == values


def _losing_answers(producer: Producer, times: int) -> Any:  # noqa: ANN401 - aiokafka's
    """Return a way to send by which the first few batches arrive, and the answers do not."""
    send = producer.client.send
    lost = iter(range(times))

    async def losing(node: int, request: object, **more: object) -> object:
        answer = await send(node, request, **more)
        if isinstance(request, ProduceRequest) and next(lost, None) is not None:
            raise RequestTimedOutError
        return answer

    return losing


def _noise(seed: int, size: int) -> bytes:
    """Return bytes that do not compress well, always the same."""
    return random.Random(seed).randbytes(size)  # noqa: S311 - nothing secret
