"""What an administrator does to topics: make them, change them, delete them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError
from aiokafka.protocol.metadata import MetadataRequest
from confluent_kafka import ConsumerGroupState, KafkaException
from confluent_kafka.admin import AdminClient

from streams.kafka import topics
from streams.kafka.connection import administrator, connection
from tests.workers import until


if TYPE_CHECKING:
    from streams.settings import Settings


def create(settings: Settings) -> None:
    """Create the topics that are missing, and wait until every node says that it has them all.

    A node answers that a topic is created before it, or another, lists the topic.
    """

    async def created() -> None:
        async with administrator(settings) as admin:
            await topics.create(settings, admin)

    asyncio.run(created())
    wanted = {topic.name for topic in topics.topics(settings)}
    until(lambda: asyncio.run(_listed(settings)) >= wanted, "every node to list the topics")


async def _listed(settings: Settings) -> set[str]:
    """Return the topics that every node lists; none where one does not answer."""
    async with administrator(settings) as admin:
        listed = []
        for node in admin._client.cluster.brokers():
            try:
                answer = await admin._send_request_to_node(node.nodeId, MetadataRequest(None))
            except (TimeoutError, KafkaError):
                return set()
            listed.append({topic["topic"] for topic in answer.to_object()["topics"]})
        return set.intersection(*listed)


def delete(settings: Settings, topic: str) -> None:
    """Delete a topic, and wait until it is gone."""

    async def deleted() -> None:
        async with administrator(settings) as admin:
            await admin.delete_topics([topic])

    asyncio.run(deleted())
    until(lambda: topic not in asyncio.run(_existing(settings)), f"{topic} to be gone")


async def _existing(settings: Settings) -> dict[str, int]:
    async with administrator(settings) as admin:
        return await topics.existing(admin)


def configure(settings: Settings, topic: str, **config: object) -> None:
    """Set a topic's options, and no others; an option is written with ``_`` for each dot.

    Returns when the broker says that it has them.
    """
    options = {name.replace("_", "."): str(value) for name, value in config.items()}
    resource = ConfigResource(ConfigResourceType.TOPIC, topic, configs=options)

    async def configured() -> None:
        async with administrator(settings) as admin:
            await admin.alter_configs([resource])

    async def known() -> dict[str, str]:
        async with administrator(settings) as admin:
            [answer] = await admin.describe_configs([resource])
        [(_, _, _, _, entries)] = answer.resources
        return {entry[0]: entry[1] for entry in entries}

    asyncio.run(configured())
    until(lambda: asyncio.run(known()) == options, f"{topic} to be configured")


def wait_for_members(settings: Settings, number: int) -> None:
    """Wait until the broker says that the group has so many members, and that each has its partitions."""
    admin = AdminClient({"bootstrap.servers": ",".join(settings.broker_url)})

    def dealt_out() -> bool:
        try:
            group = admin.describe_consumer_groups([settings.group])[settings.group].result()
        except KafkaException as error:
            # Nobody looks after groups in the first moments of a broker.
            if not error.args[0].retriable():
                raise
            return False
        return group.state == ConsumerGroupState.STABLE and len(group.members) == number

    until(dealt_out, f"a group of {number}")


def coordinator(settings: Settings) -> int:
    """Return the number of the node that looks after the group."""

    async def asked() -> int:
        admin = AIOKafkaAdminClient(**connection(settings))
        await admin.start()
        try:
            node: int = await admin.find_coordinator(settings.group)
        finally:
            await admin.close()
        return node

    return asyncio.run(asked())


def commit(settings: Settings, offset: int) -> None:
    """Commit an offset of the first partition for the group, which has no members."""

    async def committed() -> None:
        first = TopicPartition(settings.topic_raw, 0)
        consumer = AIOKafkaConsumer(**connection(settings), group_id=settings.group, enable_auto_commit=False)
        await consumer.start()
        try:
            consumer.assign([first])
            await consumer.commit({first: offset})
        finally:
            await consumer.stop()

    asyncio.run(committed())


def delete_records(settings: Settings, before: int) -> None:
    """Delete what lies before an offset of the first partition, as retention does."""

    async def deleted() -> None:
        admin = AIOKafkaAdminClient(**connection(settings))
        await admin.start()
        try:
            await admin.delete_records({TopicPartition(settings.topic_raw, 0): RecordsToDelete(before)})
        finally:
            await admin.close()

    asyncio.run(deleted())
