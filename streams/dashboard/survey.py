"""The survey: every few seconds, which topics there are, and how far the worker's group is behind."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from streams.dashboard.answers import Broker, Lag, PartitionLag
from streams.dashboard.items import instant
from streams.kafka.connection import BrokerError, administrator
from streams.kafka.topics import existing
from streams.logs import log


if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiokafka.admin import AIOKafkaAdminClient

    from streams.dashboard.feed import Feed
    from streams.settings import Settings


SECONDS = 5.0
"""Between two surveys."""

_PATIENCE = 10.0
_NOT_YET = "it was not asked yet"


class Survey:
    """What was found last. That the broker goes or comes is logged."""

    def __init__(self, settings: Settings, feed: Feed) -> None:
        self.partitions: Mapping[str, int] = {}
        self.broker = Broker(connected=False, detail=_NOT_YET, since=_now())
        self.lag = Lag(group=settings.group, total=None, partitions=(), at=None, detail=_NOT_YET)
        self._settings = settings
        self._feed = feed

    async def run(self) -> None:
        """Ask for as long as the dashboard lives."""
        while True:
            try:
                async with administrator(self._settings, patience=_PATIENCE) as admin:
                    while True:
                        await asyncio.wait_for(self._ask(admin), 2 * _PATIENCE)
                        await asyncio.sleep(SECONDS)
            except (BrokerError, KafkaError, OSError, TimeoutError) as error:
                self._note(str(error) or "it does not answer")
                self.lag = Lag(
                    group=self._settings.group,
                    total=None,
                    partitions=(),
                    at=_now(),
                    detail="no broker answers",
                )
            await asyncio.sleep(SECONDS)

    async def _ask(self, admin: AIOKafkaAdminClient) -> None:
        self.partitions = await existing(admin)
        self._note(None)
        self._feed.want(self.partitions)
        raw = self._settings.topic_raw
        try:
            self.lag = await self._group(
                admin, [TopicPartition(raw, number) for number in range(self.partitions.get(raw, 0))]
            )
        except KafkaError as error:
            # It may lack the right to look at the group, which is no reason to show nothing.
            self.lag = Lag(
                group=self._settings.group, total=None, partitions=(), at=_now(), detail=repr(error)
            )

    async def _group(self, admin: AIOKafkaAdminClient, partitions: list[TopicPartition]) -> Lag:
        group = self._settings.group
        if not partitions:
            detail = f"topic {self._settings.topic_raw} is not on the broker"
            return Lag(group=group, total=None, partitions=(), at=_now(), detail=detail)
        committed = await admin.list_consumer_group_offsets(group, partitions=partitions)
        ends = await self._feed.ends(partitions)
        found = []
        for one in partitions:
            known = committed.get(one)
            # -1 is Kafka's way to say that nothing was committed there.
            offset = known.offset if known is not None and known.offset >= 0 else None
            lag = max(0, ends[one] - (offset or 0))
            found.append(PartitionLag(partition=one.partition, end=ends[one], committed=offset, lag=lag))
        return Lag(
            group=group,
            total=sum(one.lag for one in found),
            partitions=tuple(found),
            at=_now(),
            detail=None,
        )

    def _note(self, detail: str | None) -> None:
        connected = detail is None
        if connected is not self.broker.connected:
            self.broker = Broker(connected=connected, detail=detail, since=_now())
            if connected:
                log("dashboard", logging.INFO, "the broker answers")
            else:
                log("dashboard", logging.WARNING, "no broker", reason=detail)
        elif detail != self.broker.detail:
            self.broker = Broker(connected=connected, detail=detail, since=self.broker.since)


def _now() -> str:
    return instant(int(time.time() * 1000))
