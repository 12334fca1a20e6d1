"""The judge of delivery: reads the topics and says what was lost, doubled or changed on the way.

A record of the raw topic is known by its place (topic, partition, offset), which whatever it
gave carries in its ``source.*`` headers. It must have given an enriched article or a dead
letter; what came twice must be the same bytes.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.connection import administrator, connection
from streams.decoding import decode
from streams.envelope import header
from streams.errors import ArticleError
from streams.topics import existing


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streams.settings import Settings

Place = tuple[str, int, int]


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
        """Return the place of the raw record that gave it."""
        named = [header(self.headers, f"source.{part}") for part in ("topic", "partition", "offset")]
        topic, partition, offset = (part.decode() if part is not None else "?" for part in named)
        return (topic, int(partition), int(offset))

    def text(self, name: str) -> str | None:
        """Return a header as text; None where there is none."""
        value = header(self.headers, name)
        return None if value is None else value.decode()


@dataclass
class Verdict:
    """What was found. ``problems`` is empty where every promise was kept."""

    raw: int = 0
    enriched: int = 0
    dead_letters: int = 0
    alerts: int = 0
    duplicates: int = 0
    problems: list[str] = field(default_factory=list)


def verify(settings: Settings) -> Verdict:
    """Return the verdict on the topics of ``settings`` as they are now."""
    return asyncio.run(_verify(settings))


async def _verify(settings: Settings) -> Verdict:
    raw, enriched, dead, alerts = [
        await stored(settings, topic) for topic in (settings.topic_raw, *_outputs(settings))
    ]
    return judge(raw, enriched, dead, alerts)


def _outputs(settings: Settings) -> tuple[str, str, str]:
    return (settings.topic_enriched, settings.topic_dead_letter, settings.topic_alert)


def judge(
    raw: Sequence[Stored], enriched: Sequence[Stored], dead: Sequence[Stored], alerts: Sequence[Stored]
) -> Verdict:
    """Return the verdict on what went in and what came out."""
    verdict = Verdict(raw=len(raw))
    by_place = {record.place: record for record in raw}
    articles, letters = _by_source(enriched), _by_source(dead)
    verdict.enriched, verdict.dead_letters = len(articles), len(letters)
    verdict.alerts = len({(record.source, record.text("ce_id")) for record in alerts})
    verdict.duplicates = len(enriched) - len(articles) + len(dead) - len(letters)
    complain = verdict.problems.append
    for place in by_place.keys() - articles.keys() - letters.keys():
        complain(f"{place} was lost")
    for place in (articles.keys() | letters.keys() | _by_source(alerts).keys()) - by_place.keys():
        complain(f"{place} came out and never went in")
    for place in articles.keys() & letters.keys():
        if {letter.text("error.type") for letter in letters[place]} != {"refused"}:
            complain(f"{place} is an enriched article and a dead letter")
    for place in by_place.keys() & articles.keys():
        _check_article(by_place[place], articles[place], complain)
    for place in by_place.keys() & letters.keys():
        _check_letter(by_place[place], letters[place], complain)
    _check_twins(alerts, complain)
    return verdict


def _by_source(records: Iterable[Stored]) -> dict[Place, list[Stored]]:
    found = defaultdict(list)
    for record in records:
        found[record.source].append(record)
    return dict(found)


def _content(record: Stored) -> tuple[object, ...]:
    return (record.key, record.value, record.headers)


def _check_article(raw: Stored, articles: list[Stored], complain: Complain) -> None:
    if len({_content(article) for article in articles}) > 1:
        complain(f"{raw.place} came out in two versions")
    article = articles[0]
    body = json.loads(article.value or b"null")
    try:
        expected = decode(raw.value).id
    except ArticleError as error:
        complain(f"{raw.place} cannot be read ({error}) and was enriched")
        return
    ids = {body["id"], article.text("ce_id"), (article.key or b"").decode(), expected}
    if len(ids) > 1:
        complain(f"{raw.place} has more ids than one: {sorted(map(str, ids))}")


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


def _check_twins(alerts: Iterable[Stored], complain: Complain) -> None:
    """Check that an alert that came twice is the same alert."""
    seen: dict[tuple[Place, str | None], Stored] = {}
    for alert in alerts:
        twin = seen.setdefault((alert.source, alert.text("ce_id")), alert)
        if _content(twin) != _content(alert):
            complain(f"{alert.source} raised an alert in two versions")


async def count(settings: Settings, topics: Iterable[str]) -> dict[str, int]:
    """Return how many records each topic has been given."""
    async with administrator(settings) as admin:
        there = await existing(admin)
    partitions = [TopicPartition(topic, number) for topic in topics for number in range(there.get(topic, 0))]
    async with AIOKafkaConsumer(**connection(settings)) as consumer:
        ends = await consumer.end_offsets(partitions)
    found: dict[str, int] = defaultdict(int)
    for partition, end in ends.items():
        found[partition.topic] += end
    return found


async def stored(settings: Settings, topic: str) -> list[Stored]:
    """Return every record of a topic, as it is now."""
    async with administrator(settings) as admin:
        count = (await existing(admin)).get(topic, 0)
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


if TYPE_CHECKING:
    from collections.abc import Callable

    Complain = Callable[[str], None]
