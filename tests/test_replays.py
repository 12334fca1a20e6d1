"""The same archive gives the same records, however often and on however many partitions and workers."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections import Counter
from importlib import resources
from typing import TYPE_CHECKING

import pytest
from aiokafka import AIOKafkaProducer

from streams.kafka.connection import connection
from tests.administration import configure
from tests.backlog import backlog
from tests.ledger import lengths
from tests.verifier import stored
from tests.workers import Worker, out


if TYPE_CHECKING:
    from pathlib import Path

    from streams.settings import Settings
    from tests.backlog import Record
    from tests.kafka import Kafka
    from tests.ledger import Ledger

pytestmark = pytest.mark.kafka

_OF_THE_PLACE = ("source.", "error.topic", "error.partition", "error.offset", "ce_source")
"""Headers that say where a record came from, which is not the same twice."""


def _archive() -> list[Record]:
    """Return the records of the sample archive, broken ones too, and some hundred more."""
    lines = resources.files("streams").joinpath("samples/sample.jsonl").read_bytes().splitlines()
    return [(b"line-%d" % index, line) for index, line in enumerate(lines)] + backlog(200)


def _replay(settings: Settings) -> None:
    """Publish the archive; each record has the same time at each replay."""

    async def published() -> None:
        async with AIOKafkaProducer(**connection(settings)) as producer:
            receipts = [
                await producer.send(
                    settings.topic_raw, value, key=key, timestamp_ms=1_700_000_000_000 + index
                )
                for index, (key, value) in enumerate(_archive())
                if value is not None or key is not None
            ]
            await asyncio.gather(*receipts)

    asyncio.run(published())


def _results(settings: Settings) -> Counter[bytes]:
    """Return a digest of each record that came out, its place left out, and how often it did."""
    found: Counter[bytes] = Counter()
    for role, topic in enumerate((settings.topic_enriched, settings.topic_alert, settings.topic_dead_letter)):
        for record in asyncio.run(stored(settings, topic)):
            place = _OF_THE_PLACE + (("ce_id",) if topic == settings.topic_dead_letter else ())
            headers = [header for header in record.headers if not header[0].startswith(place)]
            content = repr((role, record.key, record.value, headers))
            found[hashlib.sha256(content.encode()).digest()] += 1
    return found


@lengths("more", short=((),), long=(((6, 1), (2, 2)),))
def test_a_replay_gives_the_same_bytes(
    kafka: Kafka, tmp_path: Path, ledger: Ledger, more: tuple[tuple[int, int], ...]
) -> None:
    """Twice on one partition by one worker, and once on six by two: the same set of records."""
    digests: dict[str, str] = {}
    everything: list[Counter[bytes]] = []
    for partitions, workers, times in ((1, 1, 2), (6, 2, 1), *((*form, 1) for form in more)):
        settings = kafka.with_topics(partitions=partitions)
        # The records say that they are of 2023: a broker would delete them when it looks after its topics.
        configure(settings, settings.topic_raw, retention_ms=-1)
        with contextlib.ExitStack() as stack:
            crew = [stack.enter_context(Worker(settings, tmp_path)) for _ in range(workers)]
            for worker in crew:
                worker.wait_for("partitions assigned")
            for _ in range(times):
                _replay(settings)
            verdict = out(settings)
            for worker in crew:
                assert worker.stop() == 0
        assert verdict.problems == []
        assert verdict.duplicates == 0
        found = _results(settings)
        everything.append(Counter({content: count // times for content, count in found.items()}))
        assert all(count % times == 0 for count in found.values())
        form = f"{partitions} partitions, {workers} workers, {times} times"
        digests[form] = hashlib.sha256(b"".join(sorted(found))).hexdigest()
        ledger.digest(form, len(found), digests[form])
    assert len(everything[0]) > 300
    assert set(map(frozenset, (counts.items() for counts in everything))) == {
        frozenset(everything[0].items())
    }
    assert len(set(digests.values())) == 1
