"""The topics: one table, and the commands that list and create what it says."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from streams.kafka.connection import administrator, connection
from streams.kafka.topics import topics
from streams.settings import Settings
from tests.embedded import kabar
from tests.workers import environment


if TYPE_CHECKING:
    from tests.kafka import Kafka


def test_the_table_has_every_topic_that_is_set() -> None:
    """Six topics under the names of the settings, each with a reason for how it is kept."""
    settings = Settings(topic_raw="in", topic_enriched="out", topic_alert="bell", topic_dead_letter="grave")
    settings = replace(settings, topic_story="tale", topic_report="note")
    table = topics(replace(settings, topic_partitions=12))
    assert [topic.name for topic in table] == ["in", "out", "bell", "tale", "note", "grave"]
    assert [topic.partitions for topic in table] == [12, 12, 1, 1, 1, 1]
    assert table[0].config() == {"cleanup.policy": "delete", "retention.ms": "604800000"}
    assert all(all(topic.why) and topic.holds and topic.key for topic in table)


def test_three_replicas_are_asked_for_with_two_in_sync() -> None:
    """And a topic takes the largest record that the settings allow; Kafka's default where that is enough."""
    table = topics(Settings(topic_replication=3, record_bytes=5_000_000))
    for topic in table:
        config = topic.config()
        assert (topic.replicas, config["min.insync.replicas"]) == (3, "2")
        assert int(config["max.message.bytes"]) > 5_000_000
    for topic in topics(Settings(topic_replication=2)):
        assert topic.config().keys() == {"cleanup.policy", "retention.ms"}


def test_the_plan_says_how_and_why_without_a_broker() -> None:
    """Each topic with its partitions, replicas, retention, cleanup and key, and a reason behind each."""
    planned = kabar("topics", "plan", env={"KABAR_TOPIC_PARTITIONS": "12", "KABAR_TOPIC_REPLICATION": "3"})
    assert planned.status == 0
    for topic in topics(Settings()):
        [own] = re.findall(rf"(?m)^{re.escape(topic.name)}  .*(?:\n  .*)+", planned.out)
        for what in ("partitions", "replicas", "retention", "cleanup", "key"):
            assert re.search(rf"(?m)^  {what} +\S.*\n      +\S", own), what
    assert planned.out.count("  12\n") == 2
    assert planned.out.count("3, min.insync.replicas=2") == 6


def test_the_page_about_topics_is_current() -> None:
    """docs/topics.md holds what the command prints where nothing is set."""
    page = (Path(__file__).parents[1] / "docs" / "topics.md").read_text("utf-8")
    assert kabar("topics", "plan", "--format", "markdown").out.strip() in page


@pytest.mark.kafka
def test_topics_are_listed_and_created(kafka: Kafka) -> None:
    """Missing topics are status 1 and a hint; creating them twice changes nothing the second time."""
    settings = kafka.settings(partitions=3)
    missing = _run(settings, "topics")
    assert missing.returncode == 1
    assert missing.stdout.count("missing") == 6
    assert "kabar topics create" in missing.stderr
    created = _run(settings, "topics", "create")
    assert (created.returncode, created.stdout.count("created")) == (0, 6)
    listed = _run(settings, "topics", "list")
    assert listed.returncode == 0
    assert f"{settings.topic_raw}  " in listed.stdout
    assert listed.stdout.count("3 partitions") == 2
    again = _run(settings, "topics", "create")
    assert (again.returncode, again.stdout, again.stderr) == (0, "all topics are there already\n", "")
    assert asyncio.run(_retention(settings, settings.topic_dead_letter)) == "2592000000"


@pytest.mark.kafka
def test_what_is_there_and_not_as_planned_is_said(kafka: Kafka) -> None:
    """Topic by topic; nothing is changed, and what is missing is created all the same."""
    settings = kafka.settings(partitions=2)
    asyncio.run(
        _make(settings, NewTopic(settings.topic_raw, 3, 1, topic_configs={"retention.ms": "3600000"}))
    )
    created = _run(settings, "topics", "create")
    others = len(topics(settings)) - 1
    assert (created.returncode, created.stdout.count("created")) == (0, others)
    assert created.stderr.splitlines() == [
        f"not as planned: {settings.topic_raw}: partitions is 3, planned is 2",
        f"not as planned: {settings.topic_raw}: retention.ms is 3600000, planned is 604800000",
    ]
    listed = _run(settings, "topics", "list")
    assert (listed.returncode, listed.stderr) == (0, created.stderr)
    assert asyncio.run(_retention(settings, settings.topic_raw)) == "3600000"


@pytest.mark.kafka
def test_what_the_broker_refuses_to_create_is_said(kafka: Kafka) -> None:
    """More replicas than there are brokers: the topic, and the broker's own words."""
    refused = _run(replace(kafka.settings(), topic_replication=5), "topics", "create")
    assert refused.returncode == 1
    assert "cannot be created" in refused.stderr
    assert "replication factor" in refused.stderr.lower()


def _run(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "streams", *arguments]
    return subprocess.run(command, env=environment(settings), capture_output=True, text=True, check=False)


async def _make(settings: Settings, topic: NewTopic) -> None:
    async with administrator(settings) as admin:
        await admin.create_topics([topic])


async def _retention(settings: Settings, topic: str) -> str:
    """Return how long the broker keeps a topic's records, in milliseconds."""
    admin = AIOKafkaAdminClient(**connection(settings))
    await admin.start()
    try:
        [answer] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    finally:
        await admin.close()
    [resource] = answer.resources
    return {str(entry[0]): str(entry[1]) for entry in resource[-1]}["retention.ms"]
