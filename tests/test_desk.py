"""The desk on Apache Kafka: killed at any moment, relieved, its state compacted: no story is lost."""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING

import msgspec
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from streams.alerts import load_rules, raise_alerts
from streams.enrichment import enrich
from streams.kafka.connection import connection
from streams.kafka.envelope import RECEIVED
from streams.records import EnrichedArticle, RawArticle, to_json
from streams.stories.records import Story, story_json
from streams.stories.stories import tell_all
from streams.times import stamp
from tests.ledger import lengths
from tests.verifier import count, stored
from tests.workers import PATIENCE, Worker, until


if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from aiokafka import ConsumerRecord

    from streams.settings import Settings
    from tests.kafka import Kafka

pytestmark = pytest.mark.kafka

BEGIN = 1_790_000_000
TOWNS = ("Kharkiv", "Odesa", "Kherson", "Sumy", "Dnipro", "Zaporizhzhia", "Mykolaiv", "Poltava")


class Desk(Worker):
    """A desk in a process of its own."""

    def __init__(self, settings: Settings, folder: Path, module: str = "streams.kafka.children") -> None:
        super().__init__(settings, folder, module=module, arguments=("desk",))


def articles(number: int) -> list[EnrichedArticle]:
    """Return enriched articles of strikes on eight towns, whose tolls rise; every fifth is no conflict."""
    found = []
    for index in range(number):
        town, hour = TOWNS[index % len(TOWNS)], index / len(TOWNS)
        dead = 11 + int(hour) % 40
        text = f"A missile strike killed {dead} people in {town}, Ukraine, police said. Report {index}."
        if index % 5 == 4:
            text = f"The orchestra of {town} played for two hours in the park. Report {index}."
        found.append(
            enrich(
                RawArticle(
                    id=f"a{index}",
                    title=f"News from {town}",
                    text=text,
                    language="en",
                    published_at=stamp(BEGIN + hour * 600),
                )
            )
        )
    return found


def publish(settings: Settings, found: Sequence[EnrichedArticle]) -> None:
    """Publish enriched articles as a worker does, each received when it came out."""

    async def published() -> None:
        async with AIOKafkaProducer(**connection(settings)) as producer:
            receipts = [
                await producer.send(
                    settings.topic_enriched,
                    to_json(one),
                    key=one.id.encode(),
                    headers=[(RECEIVED, (one.published_at or "").encode())],
                )
                for one in found
            ]
            await asyncio.gather(*receipts)

    asyncio.run(published())


def expected(found: Sequence[EnrichedArticle]) -> dict[str, Story]:
    """Return the stories that articles tell, by the pure function, without their revisions."""
    rules = load_rules()
    stories, _ = tell_all(((one, raise_alerts(one, rules), None) for one in found), rules)
    return {one.id: msgspec.structs.replace(one, revision=0) for one in stories}


def told(settings: Settings) -> list[Story]:
    """Return all records of the story topic, in order."""
    decode = msgspec.json.Decoder(Story).decode
    records = asyncio.run(stored(settings, settings.topic_story))
    return [decode(one.value or b"") for one in sorted(records, key=lambda one: (one.partition, one.offset))]


def alive(records: Sequence[Story]) -> dict[str, Story]:
    """Return the last record of each story that still is one, without its revision."""
    last = {one.id: one for one in records}
    return {
        id_: msgspec.structs.replace(one, revision=0)
        for id_, one in last.items()
        if one.status not in ("superseded", "withdrawn")
    }


def wait_for(settings: Settings, wanted: dict[str, Story]) -> list[Story]:
    """Wait until the topic's last records are these stories; return all records."""
    until(lambda: alive(told(settings)) == wanted, "the stories to be told")
    return told(settings)


def check(records: Sequence[Story]) -> None:
    """Revisions of one story rise from record to record, or a record stands there twice."""
    before: dict[str, Story] = {}
    for one in records:
        known = before.get(one.id)
        assert known is None or one.revision > known.revision or one == known, one.id
        before[one.id] = one


def reports(settings: Settings) -> int:
    """Return how many records there are on the topic of reports."""
    return asyncio.run(count(settings, [settings.topic_report]))[settings.topic_report]


def test_articles_become_stories(kafka: Kafka, tmp_path: Path) -> None:
    """Each told once, all records in the order of their revisions; SIGTERM ends the desk with 0."""
    settings = kafka.with_topics()
    found = articles(160)
    with Desk(settings, tmp_path) as desk:
        publish(settings, found)
        check(wait_for(settings, expected(found)))
        assert desk.stop(PATIENCE) == 0, desk.log_tail()
    assert reports(settings) == sum(one.conflict.value for one in found)


@lengths("kills", short=3, long=20)
def test_the_desk_is_killed(kafka: Kafka, tmp_path: Path, kills: int) -> None:
    """Kill -9, while it reads articles or its state: no story is lost, none doubled beyond its id."""
    settings = kafka.with_topics(session_timeout=1.0)
    dice = random.Random(kills)  # noqa: S311 - it deals out moments
    found = articles(60 * (kills + 1))
    for number in range(kills):
        before = reports(settings)
        publish(settings, found[60 * number : 60 * (number + 1)])
        with Desk(settings, tmp_path) as desk:
            if number % 3 == 2:
                # In the middle of reading its state, or before it got so far.
                until(lambda: desk.says("starting"), "a desk")
                time.sleep(dice.uniform(0, 3))
            else:
                desk.wait_for("active")
                until(lambda: reports(settings) > before, "reports")  # noqa: B023 - the same
                time.sleep(dice.uniform(0, 0.3))
            desk.kill()
    publish(settings, found[60 * kills :])
    with Desk(settings, tmp_path):
        records = wait_for(settings, expected(found))
    check(records)
    assert {one.id for one in records if one.status == "open"} == expected(found).keys()


def test_another_desk_takes_over(kafka: Kafka, tmp_path: Path) -> None:
    """Two desks: one is active, the other stands by; when the first is killed the other goes on.

    It is appointed while it asks for articles, and gets some in that moment: none of them is lost.
    """
    # Long enough that a slow machine takes no desk for dead that is not.
    settings = kafka.with_topics(session_timeout=6.0)
    found = articles(200)
    with Desk(settings, tmp_path) as first:
        first.wait_for("active")
        with Desk(settings, tmp_path, module="tests.patient_desk") as second:
            second.wait_for("standing by")
            publish(settings, found[:100])
            wait_for(settings, expected(found[:100]))
            assert not second.says("active")
            first.kill()
            publish(settings, found[100:])
            second.wait_for("active")
            check(wait_for(settings, expected(found)))


def test_a_desk_that_wrote_last_what_is_old_is_put_right(kafka: Kafka, tmp_path: Path) -> None:
    """Another desk's stale record behind the newest one: it is told over, with a higher revision."""
    settings = kafka.with_topics()
    found = articles(40)
    with Desk(settings, tmp_path):
        publish(settings, found[:20])
        [stale, *_] = wait_for(settings, expected(found[:20]))
        publish(settings, found[20:])
        wait_for(settings, expected(found))

        async def written() -> None:
            async with AIOKafkaProducer(**connection(settings)) as producer:
                key = stale.id.encode()
                await producer.send_and_wait(settings.topic_story, story_json(stale), key=key)

        asyncio.run(written())
        publish(settings, found[:1])
        records = wait_for(settings, expected(found))
    last = [one for one in records if one.id == stale.id]
    assert last[-1].revision > max(one.revision for one in last[:-1])


def test_the_state_is_compacted(kafka: Kafka, tmp_path: Path) -> None:
    """Reports and stories written again and again, old segments compacted: a new desk tells the same."""
    settings = kafka.with_topics()
    found = articles(120)
    with Desk(settings, tmp_path):
        publish(settings, found)
        wait_for(settings, expected(found))
    asyncio.run(_compact(settings))
    state = sorted(
        asyncio.run(stored(settings, settings.topic_report)), key=lambda one: (one.partition, one.offset)
    )
    _write_again(settings, state)
    first = [one for one in state if one.offset < 20]

    def compacted() -> bool:
        kept = asyncio.run(stored(settings, settings.topic_report))
        return not {one.offset for one in first} & {one.offset for one in kept}

    until(compacted, "Kafka to compact the state")
    with Desk(settings, tmp_path):
        more = articles(160)
        publish(settings, more[120:])
        check(wait_for(settings, expected(more)))


@pytest.mark.parametrize("partitions", [1, 6])
def test_any_number_of_partitions_tells_the_same(kafka: Kafka, tmp_path: Path, partitions: int) -> None:
    """Whatever order the articles come in: both runs are compared with the stories of the set."""
    settings = kafka.with_topics(partitions=partitions)
    found = articles(160)
    random.Random(partitions).shuffle(found)  # noqa: S311 - it deals out an order
    publish(settings, found)
    with Desk(settings, tmp_path):
        check(wait_for(settings, expected(found)))


async def _compact(settings: Settings) -> None:
    """Have Kafka compact the desk's topics as soon as it can."""
    client = AIOKafkaAdminClient(**connection(settings))
    await client.start()
    try:
        config = {
            "cleanup.policy": "compact",
            "segment.ms": "100",
            "segment.bytes": "1048576",
            "min.cleanable.dirty.ratio": "0.001",
            "max.compaction.lag.ms": "100",
        }
        resources = [
            ConfigResource(ConfigResourceType.TOPIC, topic, config)
            for topic in (settings.topic_report, settings.topic_story)
        ]
        await client.alter_configs(resources)
    finally:
        await client.close()


def _write_again(settings: Settings, records: Sequence[ConsumerRecord]) -> None:
    async def written() -> None:
        async with AIOKafkaProducer(**connection(settings)) as producer:
            for _ in range(2):
                for one in records:
                    await producer.send(settings.topic_report, one.value, key=one.key)
                await producer.flush()
                await asyncio.sleep(0.3)

    asyncio.run(written())
