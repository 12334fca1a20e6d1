"""What an administrator does to topics: make them, change them, delete them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from confluent_kafka import ConsumerGroupState
from confluent_kafka.admin import AdminClient

from streams import topics
from streams.connection import administrator, connection
from tests.workers import until


if TYPE_CHECKING:
    from streams.settings import Settings


def create(settings: Settings) -> None:
    """Create the topics that are missing."""

    async def created() -> None:
        async with administrator(settings) as admin:
            await topics.create(settings, admin)

    asyncio.run(created())


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
    """Set a topic's options, and no others; an option is written with ``_`` for each dot."""

    async def configured() -> None:
        admin = AIOKafkaAdminClient(**connection(settings))
        await admin.start()
        try:
            options = {name.replace("_", "."): str(value) for name, value in config.items()}
            await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs=options)])
        finally:
            await admin.close()

    asyncio.run(configured())


def wait_for_members(settings: Settings, number: int) -> None:
    """Wait until the broker says that the group has so many members, and that each has its partitions."""
    admin = AdminClient({"bootstrap.servers": ",".join(settings.broker_url)})

    def dealt_out() -> bool:
        group = admin.describe_consumer_groups([settings.group])[settings.group].result()
        return group.state == ConsumerGroupState.STABLE and len(group.members) == number

    until(dealt_out, f"a group of {number}")
