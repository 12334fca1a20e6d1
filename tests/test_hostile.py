"""Hostile records, each alone and in bursts: each comes to what it must, and what is behind it comes out."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import orjson
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.producer import message_accumulator, producer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from streams.alerts import load_rules
from streams.enrichment import read
from streams.errors import ArticleError
from streams.kafka.connection import connection
from streams.kafka.envelope import Incoming, header
from streams.kafka.outputs import outputs
from streams.kafka.producer import Producer
from streams.records import to_json
from streams.settings import Settings
from tests import hostile
from tests.administration import configure
from tests.embedded import kabar
from tests.hostile import ENRICHED, GOOD, Hostile
from tests.ledger import Delay, lengths
from tests.verifier import stored
from tests.workers import PATIENCE, Worker, committed, out, publish, until


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.kafka import Kafka
    from tests.ledger import Ledger
    from tests.verifier import Stored

CODECS = ("gzip", "snappy", "lz4", "zstd")

BURST = 1_000
BURST_BYTES = 2_000_000
"""Of records that are larger a burst has fewer: it has to be read before the next one."""

_LARGEST = 12_000_000
"""Bytes that the topics of these tests take: more than Kabar reads."""

_SMALL = 2_000
"""Bytes of the records that the bursts of the short form are made of."""


@functools.cache
def records() -> dict[str, Hostile]:
    """Return the hostile records by name."""
    found = hostile.records()
    assert len({one.name for one in found}) == len(found)
    return {one.name: one for one in found}


@pytest.mark.parametrize("name", records())
def test_each_alone_comes_to_what_it_must(name: str) -> None:
    """An enriched article whose spans are right, or the dead letter that says what was wrong."""
    record, rules = records()[name], load_rules()
    if record.outcome != ENRICHED:
        with pytest.raises(ArticleError) as raised:
            read(record.value, rules)
        assert f"{raised.value.stage}/{raised.value.type}" == record.outcome
        assert len(raised.value.message) < 200
        return
    reading = read(record.value, rules)
    article = reading.article
    for span in (*article.figures, *article.keywords, *article.places, *article.actors):
        assert article.text[span.start : span.end] == span.surface
    orjson.loads(to_json(article))
    if record.size < 10_000:
        assert read(record.value, rules) == reading


def test_an_article_over_its_budget_is_given_up_wherever_it_comes_from(tmp_path: Path) -> None:
    """In process, for the worker, for a file, explained or not: the same words, each time."""
    record = records()["a word of fourteen meanings"]
    source = Incoming("raw", 0, 0, 0.0, record.key, record.value, ())
    [letter], [again] = (outputs(Settings(), load_rules(), source).records for _ in range(2))
    assert letter == again
    reason = (header(letter.headers, "error.message") or b"").decode()
    assert reason.startswith("more than 500000 words to weigh in ")
    archive = tmp_path / "slow.jsonl"
    archive.write_bytes((record.value or b"") + b"\n")
    for more in ([], ["--explain"], ["--alerts"]):
        ran = kabar("extract", *more, archive)
        assert (ran.status, ran.out) == (1, "")
        assert f"{archive}:1: enrich/too_slow: {reason}" in ran.err


@pytest.fixture
def topics(kafka: Kafka) -> Settings:
    """Give topics of one partition that take whatever comes, and note when it came."""
    settings = kafka.with_topics(
        partitions=1, record_bytes=10_000_000, dead_letter_limit=0.0, compression="zstd"
    )
    for topic in (settings.topic_raw, *settings.outputs()):
        configure(settings, topic, max_message_bytes=_LARGEST, message_timestamp_type="LogAppendTime")
    return settings


@pytest.mark.kafka
@lengths("long_texts", short=False, long=True)
def test_a_worker_comes_to_the_same(
    topics: Settings, tmp_path: Path, ledger: Ledger, *, long_texts: bool
) -> None:
    """All of them, one after the other, through Kafka: to the byte what they come to in process."""
    everything = [one for one in records().values() if long_texts or not one.name.endswith(hostile.LETTERS)]
    odd = [one for one in everything if one.is_odd]
    everything = [one for one in everything if not one.is_odd] + odd
    sent = [*_publish(topics, everything[: -len(odd)]), *_publish(topics, odd)]
    with Worker(topics, tmp_path) as worker:
        verdict = out(topics)
        assert worker.stop() == 0
    ledger.enter("hostile records, each alone", 1, verdict)
    assert verdict.problems == []
    assert verdict.duplicates == 0
    results = _outcomes(topics)
    found = {one.name: results[place.offset] for one, place in zip(everything, sent, strict=True)}
    assert found == {one.name: one.outcome for one in everything}


@pytest.mark.kafka
@lengths("form", short="mixed", long="each")
def test_a_good_article_comes_out_behind_a_burst(
    topics: Settings, tmp_path: Path, ledger: Ledger, form: str
) -> None:
    """A thousand hostile records at once, compressed by each codec in turn, and one good article behind.

    How long the good one waits is entered in the ledger.
    """
    bursts = list(_mixed() if form == "mixed" else _each())
    with Worker(topics, tmp_path) as worker, _Results(topics) as results:
        worker.wait_for("partitions assigned")
        for (name, burst), codec in zip(bursts, itertools.cycle(CODECS), strict=False):
            good = Hostile("good", ENRICHED, hostile.article(GOOD, id=name))
            sent = _publish(topics, [*burst, good], codec)
            came = results.of({one.offset for one in sent})
            last = sent[-1]
            seconds = (came[last.offset].arrived - last.timestamp) / 1_000
            pairs = zip(burst, sent, strict=False)
            wrong = {one.name for one, place in pairs if came[place.offset].outcome != one.outcome}
            ledger.delay(Delay(name, len(burst), sum(one.size for one in burst), codec, seconds))
            assert wrong == set()
            assert came[last.offset].outcome == ENRICHED
        assert worker.stop() == 0


@pytest.mark.kafka
def test_bombs_are_not_unpacked(topics: Settings, tmp_path: Path, ledger: Ledger) -> None:
    """A batch of every codec that unpacks to more than a worker has: dead letters, and the worker goes on."""
    configure(topics, topics.topic_raw, max_message_bytes=_LARGEST)
    good = hostile.article(GOOD)
    with Worker(topics, tmp_path) as worker:
        publish(topics, [(b"before", good)])
        out(topics)
        before = _peak_memory(worker.pid)
        for codec, size in {"gzip": 400, "snappy": 100, "lz4": 400, "zstd": 400}.items():
            _bomb(topics, codec, size * 1_000_000)
            publish(topics, [(b"behind", good)])
        verdict = out(topics)
        grown = _peak_memory(worker.pid) - before
        assert worker.stop() == 0
    ledger.enter("decompression bombs, each codec", 1, verdict)
    assert verdict.problems == []
    # In each batch one record before the bomb, which is read, the bomb, and one behind it.
    assert (verdict.enriched, verdict.dead_letters) == (5 + 4, 8)
    letters = _stored(topics, topics.topic_dead_letter)
    assert {letter.text("error.type") for letter in letters} == {"too_large"}
    assert {letter.text("error.not-unpacked") for letter in letters} == {"32000000"}
    assert grown < 250_000_000


@pytest.mark.kafka
def test_what_is_fed_back_goes_round_no_second_time(kafka: Kafka, tmp_path: Path) -> None:
    """Enriched articles and alerts in the raw topic become dead letters, and nothing comes of those."""
    settings = kafka.with_topics(partitions=1)
    publish(settings, [(b"key", hostile.article(GOOD))])
    with Worker(settings, tmp_path) as worker:
        out(settings)
        own = _stored(settings, settings.topic_enriched) + _stored(settings, settings.topic_alert)
        assert len(own) == 2
        publish(settings, [(record.key, record.value) for record in own])
        # With its headers too, as a tool that copies a topic would.
        for record in own:
            publish(settings, [(record.key, record.value)], record.headers)
        verdict = out(settings)
        until(lambda: committed(settings) == {0: 5}, "everything to be committed")
        assert worker.stop() == 0
    assert verdict.problems == []
    assert (verdict.raw, verdict.enriched, verdict.dead_letters, verdict.alerts) == (5, 1, 4, 1)
    letters = _stored(settings, settings.topic_dead_letter)
    assert {letter.text("error.type") for letter in letters} == {"own_output"}
    assert [letter.value for letter in letters] == [record.value for record in own] * 2


def _mixed() -> Iterator[tuple[str, list[Hostile]]]:
    """Yield a burst for each codec, of small records of all kinds."""
    small = [one for one in records().values() if one.size < _SMALL]
    for codec in CODECS:
        dice = random.Random(codec)  # noqa: S311 - it deals out records
        yield f"small ones of all kinds, {codec}", dice.choices(small, k=BURST)


def _each() -> Iterator[tuple[str, list[Hostile]]]:
    """Yield a burst of good articles, to compare with, and one of each record."""
    yield "good articles", [Hostile("a good one", ENRICHED, hostile.article(GOOD))] * BURST
    for name, one in records().items():
        yield name, [one] * max(1, min(BURST, BURST_BYTES // max(1, one.size)))


class _Receipt(NamedTuple):
    offset: int
    timestamp: int


def _publish(settings: Settings, burst: Sequence[Hostile], codec: str | None = None) -> list[_Receipt]:
    """Publish records, whatever their headers are called; return their places and times."""

    async def published() -> list[_Receipt]:
        async with Producer(
            **connection(settings), max_request_size=_LARGEST, compression_type=codec
        ) as sender:
            receipts = [
                await sender.send(
                    settings.topic_raw,
                    one.value,
                    key=one.key,
                    headers=[_named(*held) for held in one.headers],
                )
                for one in burst
            ]
            done = await asyncio.gather(*receipts)
        return [_Receipt(one.offset, one.timestamp) for one in done]

    with pytest.MonkeyPatch.context() as patch:
        if any(one.is_odd for one in burst):
            # aiokafka's own extension checks names; its code in Python takes what encodes itself.
            for module in (message_accumulator, producer):
                patch.setattr(module, "DefaultRecordBatchBuilder", _DefaultRecordBatchBuilderPy)
        return asyncio.run(published())


class _Name(str):
    """The name of a header that is encoded as bytes of one's own."""

    __slots__ = ("encoded",)
    encoded: bytes

    def encode(self, *_: str) -> bytes:
        return self.encoded


def _named(name: str | bytes, value: bytes | None) -> tuple[str, bytes | None]:
    if isinstance(name, str):
        return name, value
    odd = _Name("odd")
    odd.encoded = name
    return odd, value


def _bomb(settings: Settings, codec: str, size: int) -> None:
    """Publish one batch of three records, the one in the middle of so many zeros."""

    async def published() -> None:
        async with AIOKafkaProducer(
            **connection(settings),
            max_request_size=_LARGEST,
            max_batch_size=size + 10_000,
            compression_type=codec,
        ) as sender:
            batch = sender.create_batch()
            for value in (hostile.article(GOOD), bytes(size), hostile.article(GOOD)):
                assert batch.append(key=b"bomb", value=value, timestamp=None)
            receipt = await sender.send_batch(batch, settings.topic_raw, partition=0)
            await receipt

    asyncio.run(published())


def _peak_memory(pid: int) -> int:
    """Return the largest resident size that a process has had, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1_000 for line in lines if line.startswith("VmHWM"))


def _stored(settings: Settings, topic: str) -> list[Stored]:
    return asyncio.run(stored(settings, topic))


def _outcome(settings: Settings, topic: str, headers: Sequence[tuple[str, bytes]]) -> str:
    if topic == settings.topic_enriched:
        return ENRICHED
    stage, type_ = (header(headers, f"error.{part}") or b"" for part in ("stage", "type"))
    return f"{stage.decode()}/{type_.decode()}"


def _outcomes(settings: Settings) -> dict[int, str]:
    """Return what came of each record of the raw topic, by its offset."""
    return {
        record.source[2]: _outcome(settings, record.topic, record.headers)
        for topic in (settings.topic_enriched, settings.topic_dead_letter)
        for record in _stored(settings, topic)
    }


class _Came(NamedTuple):
    """What a record came to, and when it arrived, in milliseconds of the broker's clock."""

    outcome: str
    arrived: int


class _Results(contextlib.AbstractContextManager["_Results"]):
    """Reads results as they come, and keeps nothing of them but what is asked."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        self._runner.run(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._consumer.stop())
        self._runner.close()

    async def _start(self) -> None:
        self._consumer: Any = AIOKafkaConsumer(
            **connection(self._settings), enable_auto_commit=False, auto_offset_reset="earliest"
        )
        await self._consumer.start()
        topics = (self._settings.topic_enriched, self._settings.topic_dead_letter)
        self._consumer.assign([TopicPartition(topic, 0) for topic in topics])

    def of(self, offsets: set[int]) -> dict[int, _Came]:
        """Return what came of these offsets of the raw topic, once all of it is there."""
        return self._runner.run(self._read(offsets))

    async def _read(self, offsets: set[int]) -> dict[int, _Came]:
        found: dict[int, _Came] = {}
        async with asyncio.timeout(2 * PATIENCE):
            while found.keys() != offsets:
                for batch in (await self._consumer.getmany(timeout_ms=200)).values():
                    for record in batch:
                        offset = int(header(record.headers, "source.offset") or b"-1")
                        assert offset in offsets
                        assert offset not in found
                        outcome = _outcome(self._settings, record.topic, record.headers)
                        found[offset] = _Came(outcome, record.timestamp)
        return found
