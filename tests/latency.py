"""How long after an article came in its results are on the broker, at half of what a worker can do."""

from __future__ import annotations

import asyncio
import os
import statistics
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from aiokafka import AIOKafkaProducer

from streams.kafka.children import Child
from streams.kafka.connection import connection
from tests.verifier import count, stored
from tests.workers import environment, until


if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from aiokafka import ConsumerRecord

    from streams.settings import Settings
    from tests.bench import Cores
    from tests.costs import Record

LOAD = 0.5
"""The share of a worker's articles a second at which they come in."""

FIRST = 0.1
"""The share of the articles that is left out: the worker has just started."""


class Latency(NamedTuple):
    """Milliseconds from the raw record to one kind of result, the middle one and one of a hundred."""

    result: str
    number: int
    p50: float
    p99: float


def latencies(
    settings: Settings, folder: Path, records: Sequence[Record], rate: float, cores: Cores
) -> list[Latency]:
    """Return how long results take while articles come in at ``rate`` a second, one after the other.

    The topics are new, and the ones for results note when the broker has a record. Both clocks are
    this machine's.
    """
    os.sched_setaffinity(0, cores.measured)  # it is inherited
    process = Child(
        "streams.kafka.children", ["worker"], log=folder / "latency.log", environment=environment(settings)
    )
    os.sched_setaffinity(0, cores.broker)
    with process:
        until(
            lambda: "partitions assigned" in process.log.read_text() or process.status is not None, "a worker"
        )
        asyncio.run(_publish(settings, records, rate))
        results = (settings.topic_enriched, settings.topic_dead_letter)
        until(lambda: sum(asyncio.run(count(settings, results)).values()) >= len(records), "all results")
    came_in = {
        (record.partition, record.offset): record.timestamp
        for record in asyncio.run(stored(settings, settings.topic_raw))
    }
    begun = sorted(came_in.values())[int(FIRST * len(came_in))]
    found = []
    for name, topic in (
        ("enriched article", settings.topic_enriched),
        ("alert", settings.topic_alert),
        ("dead letter", settings.topic_dead_letter),
    ):
        pairs = [(came_in[_source(one)], one.timestamp) for one in asyncio.run(stored(settings, topic))]
        waits = sorted(after - before for before, after in pairs if before >= begun)
        if len(waits) > 1:
            percentiles = statistics.quantiles(waits, n=100, method="inclusive")
            found.append(Latency(name, len(waits), percentiles[49], percentiles[98]))
    return found


def of_its_own(settings: Settings, mark: str) -> Settings:
    """Return the settings with topics and a group that are nobody else's."""
    return replace(
        settings,
        topic_raw=f"l{mark}.raw",
        topic_enriched=f"l{mark}.enriched",
        topic_alert=f"l{mark}.alert",
        topic_dead_letter=f"l{mark}.dead-letter",
        group=f"l{mark}",
    )


async def _publish(settings: Settings, records: Sequence[Record], rate: float) -> None:
    """Publish at so many records a second, whatever becomes of those before."""
    loop = asyncio.get_running_loop()
    async with AIOKafkaProducer(**connection(settings)) as producer:
        began = loop.time()
        receipts = []
        for index, (key, value) in enumerate(records):
            await asyncio.sleep(max(0.0, began + index / rate - loop.time()))
            receipts.append(await producer.send(settings.topic_raw, value, key=key))
        await asyncio.gather(*receipts)


def _source(record: ConsumerRecord) -> tuple[int, int]:
    """Return partition and offset of the raw record that a result is of."""
    headers = dict(record.headers)
    return int(headers["source.partition"]), int(headers["source.offset"])
