"""A producer for commands: records go out in order, and each delivery is awaited."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from aiokafka.errors import KafkaError

from streams.kafka.connection import BrokerError, administrator, connection
from streams.kafka.producer import Producer


if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from streams.settings import Settings


_PATIENCE = 5.0
"""Seconds to wait for a topic that is not there; a broker that creates topics takes less."""

_STOP_SECONDS = 2.0
"""How long a producer may take to stop that has nothing in flight any more, or nothing to lose."""


class _Record(NamedTuple):
    value: bytes | None
    key: bytes | None
    headers: Sequence[tuple[str, bytes]]
    tag: object


class Publisher:
    """Publishes to one topic by an idempotent producer, at most ``window`` records in flight.

    ``refused(tag, reason)`` is called for a record that the broker will not have; the
    others go on. Raises :class:`streams.kafka.connection.BrokerError` where the broker cannot be
    reached, has no such topic, or sends no receipt for ``KABAR_DELIVERY_TIMEOUT`` seconds.
    """

    def __init__(
        self, settings: Settings, topic: str, refused: Callable[[object, str], None], *, window: int = 1_000
    ) -> None:
        self.connected = False
        self.delivered = 0
        self.delivered_bytes = 0
        self._settings = settings
        self._topic = topic
        self._refused = refused
        self._window = window
        self._flying: deque[tuple[asyncio.Future[object], _Record]] = deque()
        self._producer: Any = None

    async def __aenter__(self) -> Self:
        """Connect; see to it that the topic is there."""
        async with administrator(self._settings):
            pass  # it says why where a broker cannot be reached
        await self._connect()
        self.connected = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for the last deliveries, unless something is wrong already."""
        try:
            if kind is None:
                await self.flush()
        finally:
            await self._disconnect()

    async def send(
        self,
        value: bytes | None,
        key: bytes | None = None,
        headers: Sequence[tuple[str, bytes]] = (),
        *,
        tag: object = None,
    ) -> None:
        """Send a record; wait until there is room for it. ``tag`` names it to ``refused``."""
        while len(self._flying) >= self._window:
            await self._settle()
        record = _Record(value, key, headers, tag)
        try:
            self._flying.append((await self._queue(record), record))
        except KafkaError as error:  # over the producer's own limit: it never left
            self._refused(tag, _reason(error))

    async def flush(self) -> None:
        """Wait until everything that was sent has been delivered or refused."""
        while self._flying:
            await self._settle()

    async def _connect(self) -> None:
        self._producer = Producer(
            **connection(self._settings),
            enable_idempotence=True,
            linger_ms=5,
            max_request_size=self._settings.record_bytes,
            compression_type=self._settings.compression,
        )
        try:
            await self._producer.start()
            await asyncio.wait_for(self._producer.partitions_for(self._topic), _PATIENCE)
        except (TimeoutError, KafkaError) as error:
            await self._disconnect()
            reason = str(error) or "it is not on the broker; `kabar topics create` makes Kabar's own topics"
            raise BrokerError(f"cannot publish to topic {self._topic}: {reason}") from None

    async def _disconnect(self) -> None:
        for future, _ in self._flying:
            future.cancel()
        # Stopping waits for what is in flight, which may never come.
        await asyncio.wait({asyncio.ensure_future(self._producer.stop())}, timeout=_STOP_SECONDS)

    async def _queue(self, record: _Record) -> asyncio.Future[object]:
        future: asyncio.Future[object] = await self._producer.send(
            self._topic, record.value, key=record.key, headers=list(record.headers)
        )
        return future

    async def _settle(self) -> None:
        """Wait for the receipt of the oldest record in flight."""
        future, record = self._flying.popleft()
        if await self._receipt(future, record) is not None:
            await self._one_by_one(record)

    async def _receipt(self, future: asyncio.Future[object], record: _Record) -> KafkaError | None:
        """Count a record as delivered; return why where it was not."""
        seconds = self._settings.delivery_timeout
        try:
            await asyncio.wait_for(future, seconds)
        except TimeoutError:
            raise BrokerError(
                f"no receipt from the broker for topic {self._topic} in {seconds:g} s"
            ) from None
        except KafkaError as error:
            return error
        self.delivered += 1
        self.delivered_bytes += len(record.value or b"")
        return None

    async def _one_by_one(self, first: _Record) -> None:
        """Send a record that failed, and those behind it that did too, each on its own.

        A broker refuses a batch as a whole, and after it all that an idempotent producer
        sends to that partition: its sequence numbers have a hole. Only a new producer goes on.
        """
        failed = [first]
        while self._flying:
            future, record = self._flying.popleft()
            if await self._receipt(future, record) is not None:
                failed.append(record)
        await self._renew()
        for record in failed:
            error = await self._receipt(await self._queue(record), record)
            if error is not None:
                self._refused(record.tag, _reason(error))
                await self._renew()

    async def _renew(self) -> None:
        await self._disconnect()
        await self._connect()


def _reason(error: KafkaError) -> str:
    return str(error) or type(error).__name__
