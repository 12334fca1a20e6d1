"""The worker on Apache Kafka: everything that goes in comes out, whatever happens to the worker."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiokafka.producer import message_accumulator, producer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from streams.kafka.connection import administrator
from streams.kafka.topics import existing
from streams.logs import FIRST_LINES
from tests.administration import configure, create, delete
from tests.kafka import free_port, running
from tests.verifier import Stored, stored, verify
from tests.workers import (
    SlowWorker,
    Worker,
    articles,
    came_out,
    committed,
    out,
    publish,
    until,
    wait_for_results,
)


if TYPE_CHECKING:
    from streams.settings import Settings
    from tests.kafka import Kafka

pytestmark = pytest.mark.kafka

# What Faust would read, were its own variables not shut out.
_FAUSTS_OWN = {
    "BROKER_URL": "kafka://127.0.0.1:1",
    "KAFKA_BOOTSTRAP_SERVER": "kafka://127.0.0.1:1",
    "APP_VERSION": "7",
    "WEB_ENABLED": "1",
    "PROCESSING_GUARANTEE": "exactly_once",
    "STREAM_WAIT_EMPTY": "0",
    "CONSUMER_AUTO_OFFSET_RESET": "latest",
    "FAUST_DATADIR": "here",
}


def _read(settings: Settings, topic: str) -> list[Stored]:
    return asyncio.run(stored(settings, topic))


def test_everything_that_goes_in_comes_out(kafka: Kafka, tmp_path: Path) -> None:
    """Each record gives an enriched article or a dead letter, and offsets are committed."""
    settings = kafka.with_topics()
    records = articles(300)
    publish(settings, records)
    with Worker(settings, tmp_path, more=_FAUSTS_OWN) as worker:
        verdict = out(settings)
        peak, ports = _peak_memory(worker.pid), _ports(worker.pid)
        assert worker.stop() == 0
    assert verdict.problems == []
    assert (verdict.raw, verdict.enriched, verdict.dead_letters) == (300, 270, 30)
    assert verdict.duplicates == 0
    ends = asyncio.run(_ends(settings))
    assert committed(settings) == {partition: end for partition, end in ends.items() if end}
    assert peak < 300_000_000
    assert ports == []
    assert [path.name for path in worker.log.parent.iterdir()] == ["log"]
    assert len(worker.log.read_text().splitlines()) < 10


def test_a_record_carries_where_it_came_from(kafka: Kafka, tmp_path: Path) -> None:
    """CloudEvents attributes, the source's place, the trace, and the time of the source record."""
    settings = kafka.with_topics(partitions=1)
    trace = [
        ("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ("tracestate", b"congo=t61rcWkgMzE"),
        ("other", b"thing"),
    ]
    text = "At least 120 civilians were killed in an air strike on Kharkiv, the ministry said on Monday."
    publish(
        settings,
        [(b"k", json.dumps({"id": "id-1", "text": text}).encode()), (b"\xff", b"{")],
        trace,
    )
    with Worker(settings, tmp_path):
        assert out(settings).problems == []
    raw = _read(settings, settings.topic_raw)
    [article] = _read(settings, settings.topic_enriched)
    [letter] = _read(settings, settings.topic_dead_letter)
    alerts = _read(settings, settings.topic_alert)
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(raw[0].timestamp / 1000))
    expected = {
        "ce_specversion": "1.0",
        "ce_id": "id-1",
        "ce_type": "kabar.enriched.v1",
        "ce_source": f"/kabar/{settings.group}",
        "ce_time": f"{moment}.{raw[0].timestamp % 1000:03d}Z",
        "content-type": "application/json",
        "source.topic": settings.topic_raw,
        "source.partition": "0",
        "source.offset": "0",
        "traceparent": trace[0][1].decode(),
        "tracestate": trace[1][1].decode(),
    }
    assert alerts
    for record in (letter, *alerts):
        assert [record.text(name) for name in ("traceparent", "tracestate")] == [
            value.decode() for _, value in trace[:2]
        ]
    assert article.key == b"id-1"
    assert {name: value.decode() for name, value in article.headers} == expected
    assert (letter.key, letter.value) == (b"\xff", b"{")
    assert {
        name: letter.text(name)
        for name in ("error.stage", "error.type", "error.topic", "error.offset", "other")
    } == {
        "error.stage": "decode",
        "error.type": "not_json",
        "error.topic": settings.topic_raw,
        "error.offset": "1",
        "other": "thing",
    }


def test_a_killed_worker_loses_nothing(kafka: Kafka, tmp_path: Path) -> None:
    """Kill -9 in the middle of an archive: what was under way is read again, and comes out the same."""
    settings = kafka.with_topics()
    publish(settings, articles(500))
    with SlowWorker(settings, tmp_path) as worker:
        until(lambda: committed(settings) != {}, "the worker to commit something")
        worker._process.kill()
        assert worker.stop() == -9
    before = verify(settings)
    assert before.enriched + before.dead_letters < before.raw
    with Worker(settings, tmp_path) as worker:
        verdict = out(settings)
        assert worker.stop() == 0
    assert verdict.problems == []
    assert (verdict.enriched, verdict.dead_letters) == (450, 50)


def test_an_article_without_a_receipt_is_not_committed(kafka: Kafka, tmp_path: Path) -> None:
    """Articles behind it are delivered, and its offset stays; so the next worker reads it again."""
    settings = kafka.with_topics(partitions=1, stop_timeout=2.0)
    withheld = (b"withheld", json.dumps({"id": "withheld", "text": "This one is WITHHELD."}).encode())
    publish(settings, [*articles(50), withheld, *articles(30)])
    with Worker(settings, tmp_path, module="tests.faulty_worker") as worker:
        verdict = out(settings, 80)
        assert verdict.problems == [f"{(settings.topic_raw, 0, 50)} was lost"]
        # A stop commits all that may be committed, then waits for the receipt until its time is up.
        assert worker.stop() == 1
    assert committed(settings) == {0: 50}
    with Worker(settings, tmp_path) as worker:
        out(settings)
        until(lambda: committed(settings) == {0: 81}, "everything to be committed")
        assert worker.stop() == 0
    verdict = verify(settings)
    assert verdict.problems == []
    assert verdict.duplicates == 30


def test_a_worker_that_is_stopped_is_continued_by_the_next(kafka: Kafka, tmp_path: Path) -> None:
    """SIGTERM in the middle of an archive: status 0, and nothing is read twice."""
    settings = kafka.with_topics()
    publish(settings, articles(500))
    for _ in range(2):
        before = came_out(settings)
        with SlowWorker(settings, tmp_path) as worker:
            wait_for_results(settings, before + 50)
            assert worker.stop() == 0
        verdict = verify(settings)
        assert verdict.enriched + verdict.dead_letters < verdict.raw
    with SlowWorker(settings, tmp_path) as worker:
        verdict = out(settings)
        assert worker.stop() == 0
    assert verdict.problems == []
    assert verdict.duplicates == 0


def test_workers_of_a_group_share_the_partitions(kafka: Kafka, tmp_path: Path) -> None:
    """A second worker takes half of the partitions in the middle of an archive, without a loss."""
    settings = kafka.with_topics()
    publish(settings, articles(500))
    with SlowWorker(settings, tmp_path) as first:
        first.wait_for('partitions="[0, 1, 2, 3]"')
        wait_for_results(settings, 50)
        with SlowWorker(settings, tmp_path) as second:
            second.wait_for("partitions assigned")
            verdict = out(settings)
            # Round robin: one has the even partitions, the other the odd ones.
            halves = ('partitions="[0, 2]"', 'partitions="[1, 3]"')
            until(
                lambda: all(first.says(half) or second.says(half) for half in halves), "each to have its half"
            )
            assert second.stop() == 0
        publish(settings, articles(100))
        assert out(settings).problems == []
        assert first.stop() == 0
    assert verdict.problems == []


def test_a_fault_of_ours_costs_one_article_and_stops_nothing(kafka: Kafka, tmp_path: Path) -> None:
    """Whatever enrichment raises, the article becomes a dead letter that does not quote it."""
    settings = kafka.with_topics(partitions=1)
    kinds = ("ZeroDivisionError", "RecursionError", "MemoryError")
    faulty = [(kind.encode(), json.dumps({"text": kind}).encode()) for kind in kinds]
    publish(settings, [record for pair in zip(articles(3), faulty, strict=True) for record in pair])
    with Worker(settings, tmp_path, module="tests.faulty_worker") as worker:
        verdict = out(settings)
        assert worker.stop() == 0
    assert verdict.problems == []
    letters = _read(settings, settings.topic_dead_letter)
    assert [letter.key for letter in letters] == [kind.encode() for kind in kinds]
    assert {(letter.text("error.stage"), letter.text("error.type")) for letter in letters} == {
        ("enrich", "internal")
    }
    assert [letter.text("error.message") for letter in letters] == [
        f"a fault of Kabar's own: {kind}" for kind in kinds
    ]
    assert worker.says("faulty_worker.py:")
    assert not worker.says("SECRET")


def test_a_fault_at_each_article_does_not_fill_the_log(kafka: Kafka, tmp_path: Path) -> None:
    """A few lines tell of it, and how many there would have been."""
    settings = kafka.with_topics(partitions=1, dead_letter_limit=0.0)
    publish(
        settings, [(None, b'{"id": "%d", "text": "ZeroDivisionError"}' % number) for number in range(500)]
    )
    with Worker(settings, tmp_path, module="tests.faulty_worker") as worker:
        assert out(settings).problems == []
        assert worker.stop() == 0
        lines = [line for line in worker.log.read_text().splitlines() if "a fault of Kabar's own" in line]
    counts = [re.search(r"held_back=(\d+)", line) for line in lines]
    assert FIRST_LINES < len(lines) < 50
    last = "and more of the same" in lines[-1]
    assert len(lines) - last + sum(int(count[1]) for count in counts if count) == 500


def test_records_that_stop_other_readers_do_not_stop_the_worker(
    kafka: Kafka, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A header whose name is not UTF-8, ten thousand headers, a key of a megabyte, every compression."""

    class Raw(str):
        __slots__ = ()

        def encode(self, *_: str) -> bytes:
            return b"\xff\xfe"

    # aiokafka's own extension checks names; its code in Python takes what encodes itself.
    for module in (message_accumulator, producer):
        monkeypatch.setattr(module, "DefaultRecordBatchBuilder", _DefaultRecordBatchBuilderPy)
    settings = kafka.with_topics(partitions=1)
    article = json.dumps({"id": "a", "text": "A quiet day."}).encode()
    publish(settings, [(b"1", article)], [(Raw("name"), b"value"), ("traceparent", b"00-a-b-01")])
    publish(
        settings, [(b"2", article), (b"3", b"{")], [(f"header-{index}", b"x" * 50) for index in range(10_000)]
    )
    publish(settings, [(b"k" * 990_000, b"{")])
    for codec in ("gzip", "snappy", "lz4", "zstd"):
        publish(settings, articles(5), compression=codec)
    with Worker(settings, tmp_path) as worker:
        verdict = out(settings)
        assert worker.stop() == 0
    assert verdict.problems == []
    assert (verdict.enriched, verdict.dead_letters) == (22, 2)
    assert _read(settings, settings.topic_enriched)[0].text("traceparent") == "00-a-b-01"


def test_a_result_that_the_broker_refuses_becomes_a_dead_letter(kafka: Kafka, tmp_path: Path) -> None:
    """A topic takes less than the worker would send: the article is buried, cut as far as it has to be."""
    settings = kafka.with_topics(partitions=1)
    for topic in (settings.topic_enriched, settings.topic_dead_letter):
        configure(settings, topic, max_message_bytes=60_000)
    long = json.dumps({"id": "long", "text": "Quiet words about nothing at all. " * 4_000}).encode()
    publish(
        settings,
        [*articles(20, malformed=0), (b"long", long), (b"after", b'{"id": "after", "text": "Short."}')],
    )
    with Worker(settings, tmp_path) as worker:
        verdict = out(settings)
        assert worker.stop() == 0
    assert verdict.problems == []
    assert (verdict.enriched, verdict.dead_letters) == (21, 1)
    [letter] = _read(settings, settings.topic_dead_letter)
    assert (letter.text("error.stage"), letter.text("error.type")) == ("publish", "refused")
    assert letter.text("error.value-bytes") == str(len(long))
    assert 10_000 < len(letter.value or b"") < 60_000


def test_a_worker_that_cannot_deliver_leaves_and_commits_nothing(kafka: Kafka, tmp_path: Path) -> None:
    """Where the dead letter topic is gone the worker ends with 1; once it is back, nothing is lost."""
    settings = kafka.with_topics(partitions=1, delivery_timeout=2.0)
    with Worker(settings, tmp_path) as worker:
        worker.wait_for("partitions assigned")
        delete(settings, settings.topic_dead_letter)
        publish(settings, [*articles(20, malformed=0), (b"bad", b"{"), *articles(20, malformed=0)])
        assert worker.ended() == 1
        assert worker.says(f"topic {settings.topic_dead_letter}: not delivered in 2 s")
    assert committed(settings).get(0, 0) <= 20
    create(settings)
    with Worker(settings, tmp_path) as worker:
        assert out(settings).problems == []
        assert worker.stop() == 0


def test_a_worker_waits_for_topics_that_are_missing(kafka: Kafka, tmp_path: Path) -> None:
    """It says which are missing, works once they are there, and can be stopped meanwhile."""
    settings = kafka.settings()
    with Worker(settings, tmp_path) as worker:
        worker.wait_for("waiting for topics that are missing")
        assert all(map(worker.says, (settings.topic_raw, *settings.outputs(), "kabar topics create")))
        assert worker.stop() == 0
    with Worker(settings, tmp_path) as worker:
        worker.wait_for("waiting for topics that are missing")
        create(settings)
        publish(settings, articles(10))
        assert out(settings).problems == []
        assert worker.stop() == 0


def test_a_worker_creates_topics_where_it_may(kafka: Kafka, tmp_path: Path) -> None:
    """With KABAR_CREATE_TOPICS=1 it makes the four topics, with the partitions that are set."""
    settings = kafka.settings(partitions=3, create_topics=True)
    with Worker(settings, tmp_path) as worker:
        worker.wait_for("partitions assigned")
        assert worker.stop() == 0

    async def there() -> dict[str, int]:
        async with administrator(settings) as admin:
            return await existing(admin)

    found = asyncio.run(there())
    names = (settings.topic_raw, settings.topic_enriched, settings.topic_alert, settings.topic_dead_letter)
    assert [found.get(name) for name in names] == [3, 3, 1, 1]


def test_a_worker_outlives_its_broker_and_stops_without_it(kafka_classes: str, tmp_path: Path) -> None:
    """Broker gone and back: nothing is lost. Broker gone for good: SIGTERM still ends the worker, with 1."""
    port = free_port()
    with running(kafka_classes, tmp_path, port) as broker:
        settings = broker.with_topics(stop_timeout=3.0)
        publish(settings, articles(400))
        worker: Worker = SlowWorker(settings, tmp_path)
        wait_for_results(settings, 50)
    with worker:
        worker.wait_for("aiokafka")
        with running(kafka_classes, tmp_path, port):
            verdict = out(settings)
            assert worker.status is None
            # More than it can do while we count: it is at work when the broker goes.
            before = came_out(settings)
            publish(settings, articles(3_000, malformed=0))
            wait_for_results(settings, before + 50)
        assert worker.stop() == 1
        assert worker.says("the stop took more than 3 s")
        assert len(worker.log.read_text().splitlines()) < 200
    assert verdict.problems == []


def _peak_memory(pid: int) -> int:
    """Return the largest resident size a process has had, in bytes; 0 where that cannot be told."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def _ports(pid: int) -> list[str]:
    """Return the addresses at which a process listens, as the kernel writes them."""
    held = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            held.add(link.readlink().name)
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in held:
                found.append(fields[1])
    return found


async def _ends(settings: Settings) -> dict[int, int]:
    """Return the offset behind the last record of each raw partition."""
    ends: dict[int, int] = {}
    for record in await stored(settings, settings.topic_raw):
        ends[record.partition] = max(ends.get(record.partition, 0), record.offset + 1)
    return ends
