"""The topics: what each holds, how it is keyed, kept and split, and why. One table.

Also what is there on the broker, and how what is missing gets there.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

from aiokafka.admin import NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    NodeNotReadyError,
    TopicAlreadyExistsError,
    for_code,
)

from streams.kafka.connection import BrokerError


if TYPE_CHECKING:
    from aiokafka.admin import AIOKafkaAdminClient

    from streams.settings import Settings


_DAY_MS = 24 * 60 * 60 * 1000

STATE_DAYS = 75
"""The longest that a rule over time looks back, and two weeks for what comes in late."""

_NODES_ASKED = 10
_PAUSE = 0.2


BROKER_BYTES = 1_048_588
"""What a broker takes for a batch of records where nothing else is set: Kafka's ``max.message.bytes``."""

_MARGIN = BROKER_BYTES - 1_000_000
"""So much more than its largest record a batch may have: what our default leaves below Kafka's."""

_ENOUGH_REPLICAS = 3
"""From so many on one replica may be away, and a record is still in two places before it counts."""


class Why(NamedTuple):
    """The reasons for how a topic is split, replicated, kept, cleaned up and keyed."""

    partitions: str
    retention: str
    cleanup: str
    key: str


class Topic(NamedTuple):
    """A topic as Kabar creates it.

    ``cleanup`` is Kafka's ``cleanup.policy``; ``retention_days`` is None where records are kept for
    ever. ``record`` names the schema of its values (:data:`streams.schema.RECORDS`), None where they
    are anything; ``writer`` is who writes it. ``most_bytes`` is the largest batch it has to take, None
    where Kafka's default is enough.
    """

    name: str
    partitions: int
    replicas: int
    retention_days: int | None
    cleanup: str
    key: str
    holds: str
    why: Why
    record: str | None
    writer: str
    most_bytes: int | None = None

    def config(self) -> dict[str, str]:
        """Return the topic's configuration as Kafka names it."""
        kept = -1 if self.retention_days is None else self.retention_days * _DAY_MS
        found = {"cleanup.policy": self.cleanup, "retention.ms": str(kept)}
        if self.replicas >= _ENOUGH_REPLICAS:
            found["min.insync.replicas"] = str(self.replicas - 1)
        if self.most_bytes is not None:
            found["max.message.bytes"] = str(self.most_bytes)
        return found


REPLICAS = (
    "KABAR_TOPIC_REPLICATION: 1 is for one broker, as on a desk; 3 for what must not be lost, and "
    "min.insync.replicas is then 2: a record counts as delivered when it is in two places, and one "
    "broker may be away"
)
"""The reason for the replicas of each topic."""

MOST_BYTES = (
    "set where KABAR_RECORD_BYTES asks for more than Kafka's own default leaves room for: "
    "a result that its topic refuses becomes a dead letter"
)
"""The reason for ``max.message.bytes``."""


def topics(settings: Settings) -> tuple[Topic, ...]:
    """Return the table: raw, enriched, alert, story, report, dead letter."""
    replicas = settings.topic_replication
    most = settings.record_bytes + _MARGIN
    most_bytes = most if most > BROKER_BYTES else None
    return (
        Topic(
            name=settings.topic_raw,
            partitions=settings.topic_partitions,
            replicas=replicas,
            retention_days=7,
            cleanup="delete",
            key="the article's id, or none",
            holds="articles as they come in",
            why=Why(
                partitions="as many workers as partitions share the load, and no more; partitions can be "
                "added later, which moves keys, and never taken away",
                retention="a week is time enough to mend rules or language data and read the articles "
                "again, and for workers that were down over a long week-end",
                cleanup="delete: two versions of an article are two facts",
                key="versions of one article stay in one partition, and so in their order",
            ),
            record="raw",
            writer="publishers",
            most_bytes=most_bytes,
        ),
        Topic(
            name=settings.topic_enriched,
            partitions=settings.topic_partitions,
            replicas=replicas,
            retention_days=7,
            cleanup="delete",
            key="the article's id",
            holds="enriched articles",
            why=Why(
                partitions="as many as the raw topic, so that its readers can share the load too",
                retention="as the raw topic: what is older is made again from an archive (kabar replay)",
                cleanup="delete: two versions of an article are two facts, and a duplicate has the same id",
                key="versions of one article stay in their order",
            ),
            record="enriched",
            writer="worker",
            most_bytes=most_bytes,
        ),
        Topic(
            name=settings.topic_alert,
            partitions=1,
            replicas=replicas,
            retention_days=30,
            cleanup="delete",
            key="the article's id",
            holds="alerts",
            why=Why(
                partitions="alerts are few and small; one partition keeps them all in one order",
                retention="a month, for those who were away, and to look back after a mistake",
                cleanup="delete: an alert is told once and not changed; its id tells a duplicate",
                key="the alerts of one article stay together, also where somebody adds partitions",
            ),
            record="alert",
            writer="worker",
            most_bytes=most_bytes,
        ),
        Topic(
            name=settings.topic_story,
            partitions=1,
            replicas=replicas,
            retention_days=90,
            cleanup="compact,delete",
            key="the story's id",
            holds="stories",
            why=Why(
                partitions="stories are few; one partition keeps them all in one order",
                retention="a quarter of a year, for those who look back",
                cleanup="compact: the newest record of a story is all of it; delete, or they would pile up",
                key="the records of one story replace one another",
            ),
            record="story",
            writer="desk",
            most_bytes=most_bytes,
        ),
        Topic(
            name=settings.topic_report,
            partitions=1,
            replicas=replicas,
            retention_days=STATE_DAYS,
            cleanup="compact,delete",
            key="the article's id, with a digest of its text",
            holds="the desk's state: what each article tells",
            why=Why(
                partitions="one desk at a time reads and writes it all",
                retention="the longest that a rule over time looks back, and two weeks for late news",
                cleanup="compact: a report written twice is one; delete, or the state would grow for ever",
                key="a report takes its own place, and no other's",
            ),
            record=None,
            writer="desk",
            most_bytes=most_bytes,
        ),
        Topic(
            name=settings.topic_dead_letter,
            partitions=1,
            replicas=replicas,
            retention_days=30,
            cleanup="delete",
            key="as it came in",
            holds="articles that could not be read, untouched, with the reason in their headers",
            why=Why(
                partitions="they should be few; where they are not, that is what to mend",
                retention="a month to find the cause, mend it and replay them",
                cleanup="delete: the key is the publisher's, and may be missing",
                key="the record is kept as it was",
            ),
            record=None,
            writer="worker",
            most_bytes=most_bytes,
        ),
    )


class Difference(NamedTuple):
    """What of a topic on the broker is not as planned."""

    topic: str
    what: str
    there: str
    planned: str

    def __str__(self) -> str:
        """Return it in words."""
        return f"{self.topic}: {self.what} is {self.there}, planned is {self.planned}"


async def existing(admin: AIOKafkaAdminClient) -> dict[str, int]:
    """Return the topics that are on the broker, with the number of their partitions."""
    return {topic["topic"]: len(topic["partitions"]) for topic in await _described(admin)}


async def _described(admin: AIOKafkaAdminClient) -> list[dict[str, Any]]:
    for left in reversed(range(_NODES_ASKED)):
        # All topics, for one that is asked for by name may be created by being asked for.
        try:
            described: list[dict[str, Any]] = await admin.describe_topics()
        except (TimeoutError, KafkaError) as error:
            # aiokafka asks any node, also one that has just gone while the others answer; and on a connection
            # that the broker has given up meanwhile (idle for long, or a login to be renewed) it fails once.
            if isinstance(error, NodeNotReadyError | KafkaConnectionError) and left:
                await asyncio.sleep(_PAUSE)
                continue
            raise BrokerError(f"the broker does not say which topics it has: {error!r}") from error
        else:
            break
    return described


async def differences(settings: Settings, admin: AIOKafkaAdminClient) -> list[Difference]:
    """Return what of the topics that are on the broker is not as the table has it.

    What this user has no right to see (the configuration) is left out.
    """
    there = {described["topic"]: described["partitions"] for described in await _described(admin)}
    found = []
    for topic in topics(settings):
        if topic.name not in there:
            continue
        split = there[topic.name]
        actual = {
            "partitions": str(len(split)),
            "replicas": str(min((len(partition["replicas"]) for partition in split), default=0)),
            **await _config(admin, topic.name),
        }
        planned = {"partitions": str(topic.partitions), "replicas": str(topic.replicas), **topic.config()}
        found += [
            Difference(topic.name, what, actual[what], wanted)
            for what, wanted in planned.items()
            if actual.get(what, wanted) != wanted
        ]
    return found


async def _config(admin: AIOKafkaAdminClient, name: str) -> dict[str, str]:
    """Return a topic's configuration, as far as the broker tells it."""
    try:
        answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
    except (TimeoutError, KafkaError) as error:
        raise BrokerError(f"the broker does not say how {name} is kept: {error!r}") from error
    resources = [resource for answer in answers for resource in answer.resources]
    return {str(entry[0]): str(entry[1]) for code, *_, entries in resources if code == 0 for entry in entries}


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
        NewTopic(topic.name, topic.partitions, topic.replicas, topic_configs=topic.config())
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
