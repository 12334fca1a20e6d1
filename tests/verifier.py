"""The judge of delivery: reads the topics and says what was lost, doubled or changed on the way.

It knows nothing of the worker. A record of the raw topic is known by its place (topic,
partition, offset), which whatever it gave carries in its ``source.*`` headers. That is more
than ``ids(raw) == ids(enriched) ∪ ids(dead letters)``: of two records with the same id each
must have come out. It must have given an enriched article and its alerts, to the byte what
the same bytes give in process, or a dead letter; what came twice must be the same bytes.
"""

from __future__ import annotations

import asyncio
import functools
import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.alerts import load_rules
from streams.decoding import decode
from streams.enrichment import read
from streams.errors import ArticleError
from streams.kafka.connection import administrator, connection
from streams.kafka.envelope import header
from streams.kafka.topics import existing
from streams.records import to_json


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from streams.settings import Settings

    Complain = Callable[[str], None]

Place = tuple[str, int, int]

REASONS_FOR_BOTH = {"refused"}
"""Why an article may be enriched and a dead letter: the broker refused one of several results."""

_LAST_MOMENT = 253_402_300_800_000
"""Milliseconds: the year 10,000, which no calendar of Python's has. Producers may claim any 64 bits."""


class Stored(NamedTuple):
    """A record as it lies on the broker."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]

    @property
    def place(self) -> Place:
        """Return where the record itself is."""
        return (self.topic, self.partition, self.offset)

    @property
    def source(self) -> Place:
        """Return the place of the raw record that gave it; one that does not exist where it names none."""
        topic, partition, offset = (
            self.text(f"source.{part}") or "" for part in ("topic", "partition", "offset")
        )
        if not (partition.isdecimal() and offset.isdecimal()):
            return (f"{self.topic}, without a source:", self.partition, self.offset)
        return (topic, int(partition), int(offset))

    def text(self, name: str) -> str | None:
        """Return a header as text; None where there is none."""
        value = header(self.headers, name)
        return None if value is None else value.decode()


@dataclass
class Verdict:
    """What was found. ``problems`` is empty where every promise was kept.

    ``enriched`` and ``dead_letters`` count articles, each once; ``duplicates`` is how often one
    came again. ``missing`` are the places of raw records that gave nothing. ``overtaken`` are
    enriched articles that came, the first time, behind one that was read after them.
    """

    raw: int = 0
    enriched: int = 0
    dead_letters: int = 0
    alerts: int = 0
    duplicates: int = 0
    overtaken: int = 0
    missing: list[Place] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def results(self) -> int:
        """Return how many raw records came out, in whatever form."""
        return self.raw - len(self.missing)

    def committed_and_lost(self, committed: Mapping[int, int]) -> list[Place]:
        """Return what is missing and will not be read again, for the group has committed past it."""
        return [place for place in self.missing if place[2] < committed.get(place[1], 0)]


def verify(settings: Settings, gone: Sequence[Stored] = ()) -> Verdict:
    """Return the verdict on the topics of ``settings`` as they are now.

    ``gone`` are enriched articles and dead letters that were there once, in a topic that was deleted.
    """
    return asyncio.run(_verify(settings, gone))


async def _verify(settings: Settings, gone: Sequence[Stored]) -> Verdict:
    # Results first: what comes out meanwhile has then gone in for sure.
    names = (settings.topic_alert, settings.topic_dead_letter, settings.topic_enriched, settings.topic_raw)
    alerts, dead, enriched, raw = [
        [record for record in gone if record.topic == topic] + await stored(settings, topic)
        for topic in names
    ]
    return judge(raw, enriched, dead, alerts)


def judge(
    raw: Sequence[Stored], enriched: Sequence[Stored], dead: Sequence[Stored], alerts: Sequence[Stored]
) -> Verdict:
    """Return the verdict on what went in and what came out."""
    verdict = Verdict(raw=len(raw))
    by_place = {record.place: record for record in raw}
    articles, letters, raised = _by_source(enriched), _by_source(dead), _by_source(alerts)
    verdict.enriched, verdict.dead_letters = len(articles), len(letters)
    verdict.alerts = len({(record.source, record.text("ce_id")) for record in alerts})
    verdict.duplicates = len(enriched) - len(articles) + len(dead) - len(letters)
    verdict.overtaken = _overtaken(enriched)
    verdict.missing = sorted(by_place.keys() - articles.keys() - letters.keys())
    complain = verdict.problems.append
    for place in verdict.missing:
        complain(f"{place} was lost")
    for place in (articles.keys() | letters.keys() | raised.keys()) - by_place.keys():
        complain(f"{place} came out and never went in")
    for place in by_place.keys() & articles.keys():
        _check_article(by_place[place], articles[place], complain)
    for place in by_place.keys() & letters.keys():
        _check_letter(by_place[place], letters[place], complain)
    for place in by_place.keys() & (articles.keys() | raised.keys()):
        reasons = {letter.text("error.type") or "none" for letter in letters.get(place, ())}
        if place in articles and not reasons <= REASONS_FOR_BOTH:
            complain(f"{place} is an enriched article and a dead letter")
        if not (place in articles or reasons & REASONS_FOR_BOTH):
            complain(f"{place} raised an alert and is no enriched article")
        elif not reasons:
            _check_alerts(by_place[place], raised.get(place, ()), complain)
    _check_twins(alerts, complain)
    for record in (*enriched, *dead, *alerts):
        if record.source in by_place:
            _check_time(by_place[record.source], record, complain)
    return verdict


def _by_source(records: Iterable[Stored]) -> dict[Place, list[Stored]]:
    found = defaultdict(list)
    for record in records:
        found[record.source].append(record)
    return dict(found)


def _content(record: Stored) -> tuple[object, ...]:
    return (record.key, record.value, record.headers)


class _Expected(NamedTuple):
    """What an article gives in process: its id, the bytes of the enriched one, and its alerts' by id."""

    id: str
    article: bytes
    alerts: dict[str, bytes]


@functools.cache
def _expected(value: bytes | None) -> _Expected:
    """Return what a raw value gives; raise :class:`ArticleError` where it cannot be read."""
    reading = read(value, load_rules())
    alerts = {alert.id: to_json(alert) for alert in reading.alerts}
    return _Expected(decode(value).id, to_json(reading.article), alerts)


def _check_article(raw: Stored, articles: list[Stored], complain: Complain) -> None:
    if len({_content(article) for article in articles}) > 1:
        complain(f"{raw.place} came out in two versions")
    article = articles[0]
    try:
        expected = _expected(raw.value)
    except ArticleError as error:
        complain(f"{raw.place} cannot be read ({error}) and was enriched")
        return
    body = json.loads(article.value or b"{}")
    ids = {body.get("id"), article.text("ce_id"), (article.key or b"").decode(), expected.id}
    if len(ids) > 1:
        complain(f"{raw.place} has more ids than one: {sorted(map(str, ids))}")
    elif article.value != expected.article:
        complain(f"{raw.place} gives other bytes in process")


def _check_letter(raw: Stored, letters: list[Stored], complain: Complain) -> None:
    if len({_content(letter) for letter in letters}) > 1:
        complain(f"{raw.place} has two different dead letters")
    letter = letters[0]
    if letter.key != raw.key:
        complain(f"{raw.place} has another key as a dead letter")
    if letter.value != raw.value:
        cut = letter.text("error.value-bytes") == str(len(raw.value or b""))
        if not (cut and (raw.value or b"").startswith(letter.value or b"")):
            complain(f"{raw.place} was changed on its way to the dead letters")
    named = tuple(letter.text(f"error.{part}") for part in ("topic", "partition", "offset"))
    if named != tuple(map(str, raw.place)) or letter.text("ce_id") != "/".join(map(str, raw.place)):
        complain(f"{raw.place} is a dead letter whose headers say that it came from {named}")
    if not (letter.text("error.stage") and letter.text("error.type")):
        complain(f"{raw.place} is a dead letter without a reason")


def _check_alerts(raw: Stored, alerts: Sequence[Stored], complain: Complain) -> None:
    """Check that an article has raised the alerts that it raises in process, and no others."""
    try:
        expected = _expected(raw.value)
    except ArticleError:
        return  # said already
    found = {alert.text("ce_id"): alert for alert in alerts}
    for missing in sorted(expected.alerts.keys() - found.keys()):
        complain(f"{raw.place} raised an alert that was lost: {missing}")
    for name, alert in found.items():
        if alert.value != expected.alerts.get(str(name)) or alert.key != expected.id.encode():
            complain(f"{raw.place} raised an alert that it does not raise in process: {name}")


def _check_twins(alerts: Iterable[Stored], complain: Complain) -> None:
    """Check that an alert that came twice is the same alert."""
    seen: dict[tuple[Place, str | None], Stored] = {}
    for alert in alerts:
        twin = seen.setdefault((alert.source, alert.text("ce_id")), alert)
        if _content(twin) != _content(alert):
            complain(f"{alert.source} raised an alert in two versions")


def _check_time(raw: Stored, record: Stored, complain: Complain) -> None:
    """Check that a result bears the time of its source, not of the moment it was made."""
    written = None
    if 0 <= raw.timestamp < _LAST_MOMENT:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=raw.timestamp)
        written = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if record.text("ce_time") != written:
        complain(f"{raw.place} is of {written}, and what it gave of {record.text('ce_time')}")


def _overtaken(enriched: Iterable[Stored]) -> int:
    """Return how many articles came, the first time, behind one of their partition that was read later."""
    found = 0
    seen: set[Place] = set()
    newest: dict[tuple[int, str, int], int] = {}
    for record in enriched:  # of one partition in the order they came, also where offsets begin anew
        topic, partition, offset = record.source
        if record.source in seen:
            continue
        seen.add(record.source)
        way = (record.partition, topic, partition)
        found += newest.get(way, -1) > offset
        newest[way] = max(newest.get(way, -1), offset)
    return found


async def count(settings: Settings, topics: Iterable[str]) -> dict[str, int]:
    """Return how many records each topic holds."""
    async with administrator(settings) as admin:
        there = await existing(admin)
    partitions = [TopicPartition(topic, number) for topic in topics for number in range(there.get(topic, 0))]
    async with AIOKafkaConsumer(**connection(settings)) as consumer:
        first, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
    found: dict[str, int] = defaultdict(int)
    for partition, end in ends.items():
        found[partition.topic] += end - first[partition]
    return found


async def stored(settings: Settings, topic: str) -> list[Stored]:
    """Return every record of a topic, as it is now; none where there is no such topic."""
    async with administrator(settings) as admin:
        count = (await existing(admin)).get(topic, 0)
    if not count:
        return []
    consumer = AIOKafkaConsumer(
        **connection(settings), enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, number) for number in range(count)]
        consumer.assign(partitions)
        first, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
        found = []
        left = {partition for partition in partitions if ends[partition] > first[partition]}
        while left:
            for partition, records in (await consumer.getmany(*left, timeout_ms=500)).items():
                for record in records:
                    if record.offset < ends[partition]:
                        headers = tuple((name, value or b"") for name, value in record.headers)
                        found.append(
                            Stored(
                                record.topic,
                                record.partition,
                                record.offset,
                                record.timestamp,
                                record.key,
                                record.value,
                                headers,
                            )
                        )
            left = {partition for partition in left if await consumer.position(partition) < ends[partition]}
        return found
    finally:
        await consumer.stop()
