"""The topics: one table, and the commands that list and create what it says."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from streams.kafka.connection import connection
from streams.kafka.topics import topics
from streams.settings import Settings
from tests.workers import environment


if TYPE_CHECKING:
    from tests.kafka import Kafka


def test_the_table_has_every_topic_that_is_set() -> None:
    """Four topics under the names of the settings, each with a reason for how it is kept."""
    settings = Settings(topic_raw="in", topic_enriched="out", topic_alert="bell", topic_dead_letter="grave")
    table = topics(replace(settings, topic_partitions=12))
    assert [topic.name for topic in table] == ["in", "out", "bell", "grave"]
    assert [topic.partitions for topic in table] == [12, 12, 1, 1]
    assert table[0].config() == {"cleanup.policy": "delete", "retention.ms": "604800000"}
    assert all(topic.why and topic.holds and topic.key for topic in table)


@pytest.mark.kafka
def test_topics_are_listed_and_created(kafka: Kafka) -> None:
    """Missing topics are status 1 and a hint; creating them twice changes nothing the second time."""
    settings = kafka.settings(partitions=3)
    missing = _run(settings, "topics")
    assert missing.returncode == 1
    assert missing.stdout.count("missing") == 4
    assert "kabar topics create" in missing.stderr
    created = _run(settings, "topics", "create")
    assert (created.returncode, created.stdout.count("created")) == (0, 4)
    listed = _run(settings, "topics", "list")
    assert listed.returncode == 0
    assert f"{settings.topic_raw}  " in listed.stdout
    assert listed.stdout.count("3 partitions") == 2
    again = _run(settings, "topics", "create")
    assert (again.returncode, again.stdout) == (0, "all topics are there already\n")
    assert asyncio.run(_retention(settings, settings.topic_dead_letter)) == "2592000000"


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
