"""How long after an article came in its results are on the broker, at half of what a worker can do."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from aiokafka import AIOKafkaProducer

from streams.kafka.children import Child
from streams.kafka.connection import connection
from streams.kafka.envelope import RECEIVED
from streams.kafka.watchdog import ask
from streams.settings import GROUP_OF_THE_DESK
from streams.stories.records import Story
from streams.times import moment, stamp
from tests.verifier import count, stored
from tests.workers import environment, until


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from aiokafka import ConsumerRecord

    from streams.settings import Settings
    from tests.bench import Cores
    from tests.costs import Record

LOAD = 0.5
"""The share of a worker's articles a second at which they come in."""

FIRST = 0.1
"""The share of the articles that is left out: the worker has just started."""


_SAMPLES = 96
"""Records of the sample archive, which comes again and again."""


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

    A desk runs beside the worker, on the broker's cores: a story's time is from the raw record of the
    article that raises it to its first record.

    The topics are new, and the ones for results note when the broker has a record. Both clocks are this
    machine's.
    """
    os.sched_setaffinity(0, cores.measured)  # it is inherited
    process = Child(
        "streams.kafka.children", ["worker"], log=folder / "latency.log", environment=environment(settings)
    )
    os.sched_setaffinity(0, cores.broker)
    desk = Child(
        "streams.kafka.children", ["desk"], log=folder / "desk.log", environment=environment(settings)
    )
    with process, desk:
        until(
            lambda: "partitions assigned" in process.log.read_text() or process.status is not None, "a worker"
        )
        until(lambda: "active" in desk.log.read_text() or desk.status is not None, "a desk")
        asyncio.run(_publish(settings, _over_months(records), rate))
        results = (settings.topic_enriched, settings.topic_dead_letter)
        until(lambda: sum(asyncio.run(count(settings, results)).values()) >= len(records), "all results")
        own = replace(
            settings, topic_raw=settings.topic_enriched, group=f"{settings.group}{GROUP_OF_THE_DESK}"
        )
        until(lambda: ask(own, range(settings.topic_partitions)).left == 0, "the desk")
    raw = asyncio.run(stored(settings, settings.topic_raw))
    came_in = {(record.partition, record.offset): record.timestamp for record in raw}
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
    waits = _stories(settings, {record.key: record.timestamp for record in raw}, begun)
    if len(waits) > 1:
        percentiles = statistics.quantiles(waits, n=100, method="inclusive")
        found.append(Latency("story", len(waits), percentiles[49], percentiles[98]))
    return found


def _stories(settings: Settings, came_in: Mapping[bytes | None, int], begun: int) -> list[int]:
    """Return how long each story took from the article that raises it to its first record."""
    first: dict[str, int] = {}
    for record in asyncio.run(stored(settings, settings.topic_story)):
        story = msgspec.json.decode(record.value or b"", type=Story)
        before = came_in.get(story.updates[0].article_id.encode())
        if before is not None and before >= begun and story.status not in ("superseded", "withdrawn"):
            first.setdefault(story.id, record.timestamp - before)
    return sorted(first.values())


def _over_months(records: Sequence[Record]) -> list[tuple[Record, list[tuple[str, bytes]]]]:
    """Return articles each time of another month, received when they came out: they tell new stories."""
    found: list[tuple[Record, list[tuple[str, bytes]]]] = []
    for index, (key, value) in enumerate(records):
        try:
            article = json.loads(value or b"")
            month = moment(article["published_at"])
        except (ValueError, KeyError, TypeError):
            found.append(((key, value), []))
            continue
        assert month is not None
        at = stamp(month.timestamp() + (index // _SAMPLES) * 30 * 86_400)
        body = json.dumps({**article, "published_at": at}).encode()
        found.append(((key, body), [(RECEIVED, at.encode())]))
    return found


def of_its_own(settings: Settings, mark: str) -> Settings:
    """Return the settings with topics and a group that are nobody else's."""
    return replace(
        settings,
        topic_raw=f"l{mark}.raw",
        topic_enriched=f"l{mark}.enriched",
        topic_alert=f"l{mark}.alert",
        topic_story=f"l{mark}.story",
        topic_report=f"l{mark}.report",
        topic_dead_letter=f"l{mark}.dead-letter",
        group=f"l{mark}",
    )


async def _publish(
    settings: Settings, records: Sequence[tuple[Record, list[tuple[str, bytes]]]], rate: float
) -> None:
    """Publish at so many records a second, whatever becomes of those before."""
    loop = asyncio.get_running_loop()
    async with AIOKafkaProducer(**connection(settings)) as producer:
        began = loop.time()
        receipts = []
        for index, ((key, value), headers) in enumerate(records):
            await asyncio.sleep(max(0.0, began + index / rate - loop.time()))
            receipts.append(await producer.send(settings.topic_raw, value, key=key, headers=headers))
        await asyncio.gather(*receipts)


def _source(record: ConsumerRecord) -> tuple[int, int]:
    """Return partition and offset of the raw record that a result is of."""
    headers = dict(record.headers)
    return int(headers["source.partition"]), int(headers["source.offset"])
