"""What a desk sends: reports of articles, and stories; delivered when the brokers have all of it."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, NamedTuple

from aiokafka.errors import KafkaError

from streams.kafka.connection import connection
from streams.kafka.delivery import FIRST_PAUSE, HOPELESS, LONGEST_PAUSE, REFUSALS
from streams.kafka.ending import leave
from streams.kafka.producer import Producer
from streams.logs import log_few
from streams.stories.records import story_json
from streams.stories.reports import report_json


if TYPE_CHECKING:
    from streams.settings import Settings
    from streams.stories.records import Story
    from streams.stories.reports import Report


class Dispatch(NamedTuple):
    """A record of the desk's own topics."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


class Dispatches:
    """Sends what one desk has to say. Use :meth:`begin` first, and :meth:`end` when done.

    ``settings`` are the desk's; the producer needs a running event loop. ``offsets`` has, by id of a story,
    the offset at which this desk told it last: since its term began, which is for the desk to say.
    """

    def __init__(self, settings: Settings) -> None:
        self.offsets: dict[str, int] = {}
        self._settings = settings
        self._producer = Producer(
            **connection(settings),
            enable_idempotence=True,
            max_request_size=settings.record_bytes,
            compression_type=settings.compression,
        )

    async def begin(self) -> None:
        """Reach the brokers. Raises aiokafka's errors where they cannot be reached."""
        await self._producer.start()

    async def end(self) -> None:
        """Let go of the brokers."""
        await self._producer.stop()

    def report(self, report: Report) -> Dispatch:
        """Return the record of a report."""
        return Dispatch(
            self._settings.topic_report,
            report.id.encode("utf-8", "replace"),
            report_json(report),
            [("content-type", b"application/json")],
        )

    def story(self, story: Story) -> Dispatch:
        """Return the record of a story, with the headers of a CloudEvent."""
        headers = [
            ("ce_specversion", b"1.0"),
            ("ce_id", f"{story.id}/{story.revision}".encode()),
            ("ce_type", str(story.__struct_config__.tag).encode()),
            ("ce_source", f"/kabar/{self._settings.group}".encode()),
            ("ce_time", story.last_at.encode()),
            ("content-type", b"application/json"),
        ]
        return Dispatch(self._settings.topic_story, story.id.encode(), story_json(story), headers)

    async def deliver(self, records: list[Dispatch]) -> None:
        """Send records, and wait until the brokers have all of them; send again what fails.

        What is refused for itself is left out, and told: no story may keep the others waiting.
        """
        clock = time.monotonic
        deadline, pause = clock() + self._settings.delivery_timeout, FIRST_PAUSE
        waiting = records
        while waiting:
            receipts = [await self._queue(one) for one in waiting]
            left = []
            for one, receipt in zip(waiting, receipts, strict=True):
                error = await self._outcome(one, receipt, deadline)
                if error is None:
                    continue
                if isinstance(error, REFUSALS):
                    size = len(one.value)
                    log_few("desk", logging.ERROR, "refused by the broker", topic=one.topic, bytes=size)
                elif isinstance(error, HOPELESS) or clock() >= deadline:
                    leave(f"topic {one.topic}: not delivered: {error!r}", who="desk")
                else:
                    log_few("desk", logging.WARNING, "sending again", topic=one.topic, reason=repr(error))
                    left.append(one)
            waiting = left
            if waiting:
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    async def _queue(self, record: Dispatch) -> asyncio.Future[object] | Exception:
        send = self._producer.send(record.topic, record.value, key=record.key, headers=record.headers)
        receipt: asyncio.Future[object] | Exception
        try:
            receipt = await send
        except KafkaError as error:
            receipt = error
        return receipt

    async def _outcome(
        self, record: Dispatch, receipt: asyncio.Future[object] | Exception, deadline: float
    ) -> Exception | None:
        """Return why a record was not delivered; None where it was."""
        if isinstance(receipt, Exception):
            return receipt
        await asyncio.wait([receipt], timeout=max(0.0, deadline - time.monotonic()))
        if not receipt.done():
            return TimeoutError("no receipt")
        error = receipt.exception()
        if error is None:
            if record.topic == self._settings.topic_story:
                self.offsets[record.key.decode()] = getattr(receipt.result(), "offset", -1)
            return None
        return error if isinstance(error, Exception) else RuntimeError(repr(error))
