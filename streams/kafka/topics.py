"""The topics: what each holds, how it is keyed, kept and split, and why. One table.

Also what is there on the broker, and how what is missing gets there.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

from aiokafka.admin import NewTopic
from aiokafka.errors import KafkaError, NodeNotReadyError, TopicAlreadyExistsError, for_code

from streams.kafka.connection import BrokerError


if TYPE_CHECKING:
    from aiokafka.admin import AIOKafkaAdminClient

    from streams.settings import Settings


_DAY_MS = 24 * 60 * 60 * 1000

_NODES_ASKED = 10
_PAUSE = 0.2


class Topic(NamedTuple):
    """A topic as Kabar creates it; ``retention_days`` and ``cleanup`` are Kafka's own terms."""

    name: str
    partitions: int
    retention_days: int
    cleanup: str
    key: str
    holds: str
    why: str

    def config(self) -> dict[str, str]:
        """Return the topic's configuration as Kafka names it."""
        return {"cleanup.policy": self.cleanup, "retention.ms": str(self.retention_days * _DAY_MS)}


def topics(settings: Settings) -> tuple[Topic, ...]:
    """Return the table: raw, enriched, alert, dead letter."""
    partitions = settings.topic_partitions
    return (
        Topic(
            name=settings.topic_raw,
            partitions=partitions,
            retention_days=7,
            cleanup="delete",
            key="the article's id, or none",
            holds="articles as they come in",
            why="a week is time enough to replay after a mistake in rules or language data; "
            "partitions bound how many workers share the load",
        ),
        Topic(
            name=settings.topic_enriched,
            partitions=partitions,
            retention_days=7,
            cleanup="delete",
            key="the article's id",
            holds="enriched articles",
            why="not compacted: two versions of an article are two facts; the key keeps them in order",
        ),
        Topic(
            name=settings.topic_alert,
            partitions=1,
            retention_days=30,
            cleanup="delete",
            key="the article's id",
            holds="alerts",
            why="few and small, so one partition keeps them all in order; a month, for those who were away",
        ),
        Topic(
            name=settings.topic_dead_letter,
            partitions=1,
            retention_days=30,
            cleanup="delete",
            key="as it came in",
            holds="articles that could not be read, untouched, with the reason in their headers",
            why="a month to mend the cause and replay them; few, so one partition",
        ),
    )


async def existing(admin: AIOKafkaAdminClient) -> dict[str, int]:
    """Return the topics that are on the broker, with the number of their partitions."""
    for left in reversed(range(_NODES_ASKED)):
        # All topics, for one that is asked for by name may be created by being asked for.
        try:
            described: list[dict[str, Any]] = await admin.describe_topics()
        except (TimeoutError, KafkaError) as error:
            # aiokafka asks any node, also one that has just gone while the others answer.
            if isinstance(error, NodeNotReadyError) and left:
                await asyncio.sleep(_PAUSE)
                continue
            raise BrokerError(f"the broker does not say which topics it has: {error!r}") from error
        else:
            break
    return {topic["topic"]: len(topic["partitions"]) for topic in described}


async def missing(settings: Settings, admin: AIOKafkaAdminClient) -> list[Topic]:
    """Return the topics of the table that are not on the broker."""
    there = await existing(admin)
    return [topic for topic in topics(settings) if topic.name not in there]


async def create(settings: Settings, admin: AIOKafkaAdminClient) -> list[Topic]:
    """Create the topics that are missing, and return them.

    Raises :class:`BrokerError` where the broker refuses, with the topic and the reason.
    """
    wanted = await missing(settings, admin)
    if not wanted:
        return []
    new = [
        NewTopic(topic.name, topic.partitions, settings.topic_replication, topic_configs=topic.config())
        for topic in wanted
    ]
    try:
        response = await admin.create_topics(new)
    except (TimeoutError, KafkaError) as error:
        raise BrokerError(f"topics cannot be created: {error!r}") from error
    answers = {answer[0]: answer[1:] for answer in response.topic_errors}
    created = []
    for topic in wanted:
        code, *reason = answers[topic.name]
        if code == 0:
            created.append(topic)
        elif code != TopicAlreadyExistsError.errno:  # that one only says that another worker was faster
            why = (reason and reason[0]) or for_code(code).description
            raise BrokerError(f"topic {topic.name} cannot be created: {why}")
    return created
