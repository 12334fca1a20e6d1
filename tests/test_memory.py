"""Memory is bounded in bytes: neither the backlog, nor long articles, nor many partitions fill it.

Every second article cannot be read, so that its dead letter is as long as it was.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiokafka import AIOKafkaProducer

from streams.kafka.connection import connection
from tests.workers import SlowWorker, articles, came_out, out, publish, until, wait_for_results


if TYPE_CHECKING:
    from streams.settings import Settings
    from tests.kafka import Kafka

pytestmark = pytest.mark.kafka

LENGTH = 200_000
"""Bytes of an article."""

MOST_GROWTH = 80_000_000
"""Bytes by which a worker may grow, from when it has read a few articles and has nothing to do: 32 MB
under way, 16 MB in one answer of the broker, and the one that is being read meanwhile, with room."""

FIRST = 50
"""Articles of the usual size that it reads before."""

STANDSTILL = 300.0
"""Seconds that a worker may stand still and keep its partitions: the most that can be set."""

WITHOUT_END = 3_600.0


@pytest.mark.parametrize("partitions", [4, 24])
def test_a_worker_does_not_grow_with_its_backlog(kafka: Kafka, tmp_path: Path, partitions: int) -> None:
    """Five hundred articles of 200 kB that are there at once."""
    _grows_little(kafka, tmp_path, partitions, 500)


@pytest.mark.soak
@pytest.mark.parametrize("partitions", [4, 24])
def test_a_worker_does_not_grow_with_its_backlog_long_form(
    kafka: Kafka, tmp_path: Path, partitions: int
) -> None:
    """Twenty thousand of them: 4 GB."""
    _grows_little(kafka, tmp_path, partitions, 20_000)


def _grows_little(kafka: Kafka, folder: Path, partitions: int, number: int) -> None:
    patience = {"session_timeout": STANDSTILL, "stall_timeout": WITHOUT_END}
    settings = kafka.with_topics(partitions=partitions, dead_letter_limit=0.0, **patience)
    with SlowWorker(settings, folder) as worker:
        # What is made when it is first needed is there before.
        publish(settings, articles(FIRST))
        wait_for_results(settings, FIRST)
        before = memory(worker.pid, "VmRSS")
        # It stands still meanwhile, or it might be as fast as what comes: there would be no backlog.
        with worker.frozen():
            asyncio.run(_publish(settings, number))
        until(lambda: came_out(settings) >= FIRST + number, "everything to come out", WITHOUT_END, pause=0.5)
        most = memory(worker.pid, "VmHWM")
        assert worker.stop() == 0
    figures = f"{before / 1e6:.0f} MB before, {most / 1e6:.0f} MB at most"
    print(f"\n{number} articles, {partitions} partitions: {figures}")  # noqa: T201 - for docs/guarantees.md
    assert most - before < MOST_GROWTH
    if number < 1_000:
        assert out(settings).problems == []


async def _publish(settings: Settings, number: int) -> None:
    """Publish articles of :data:`LENGTH` bytes, one as good as another, every second one not to be read."""
    async with AIOKafkaProducer(
        **connection(settings), max_request_size=2 * LENGTH, max_batch_size=2 * LENGTH
    ) as producer:
        for index in range(number):
            text = b'"Two people were killed."' if index % 2 else b"2"
            head = b'{"id": "a%d", "text": %b, "more": "' % (index, text)
            filling = os.urandom(LENGTH // 2).hex().encode()
            await producer.send(settings.topic_raw, (head + filling)[: LENGTH - 2] + b'"}')


def memory(pid: int, name: str) -> int:
    """Return a size of a process in bytes: VmRSS (resident now), VmHWM (the most that was)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1_024
    raise LookupError(name)
