"""Many results under way at a time, each awaited, every article acknowledged in order.

An article is acknowledged when all that it gave was delivered, and when every article
before it was acknowledged: an acknowledgement stands for all offsets below it. So whatever
ends the process, an article whose results are not on the broker is read again.

What the broker refuses for itself (its size) becomes a dead letter. What cannot be
delivered at all ends the process, at once and without a goodbye that could acknowledge it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    InvalidMessageError,
    InvalidTimestampError,
    MessageSizeTooLargeError,
    ProducerClosed,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
)

from streams.errors import ArticleError, ErrorType, Stage
from streams.kafka.deadletters import dead_letter
from streams.kafka.tolerance import Tolerance
from streams.logs import log_few


if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from typing import NoReturn

    from streams.kafka.envelope import Incoming, Outgoing
    from streams.settings import Settings

    Send = Callable[[Outgoing], Awaitable[asyncio.Future[object]]]
    """Queues a record; the future it returns is done when the broker has the record."""

    Acknowledge = Callable[[Outgoing | None], object]
    """Takes note that an article is done: with the dead letter that it became, None where it was read."""


REFUSALS = (MessageSizeTooLargeError, RecordListTooLargeError, InvalidMessageError, InvalidTimestampError)
"""What a broker says of a record that it will not take, however often it is sent."""

HOPELESS = (ClusterAuthorizationFailedError, TopicAuthorizationFailedError, ProducerClosed)
"""What will not be mended by sending again."""

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
_SMALLEST_LETTER = 2_000


class DeliveryError(Exception):
    """A record that cannot be delivered: the process has to end."""


class _Sent(NamedTuple):
    record: Outgoing
    receipt: asyncio.Future[object]


class _Article(NamedTuple):
    source: Incoming
    sent: list[_Sent]
    size: int
    acknowledge: Acknowledge

    def delivered(self) -> bool:
        """Tell whether the broker has all of it, as one can see without waiting."""
        return all(_arrived(receipt) for _, receipt in self.sent)


def _arrived(receipt: asyncio.Future[object]) -> bool:
    return receipt.done() and not receipt.cancelled() and receipt.exception() is None


def _failed(error: Exception) -> asyncio.Future[object]:
    """Return a receipt that says that a record did not arrive."""
    receipt: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    receipt.set_exception(error)
    receipt.exception()  # asyncio need not complain that nobody looked at it
    return receipt


class Delivery:
    """The articles whose results are under way.

    ``send`` queues a record and returns what to await for its receipt. ``leave`` is called
    with a reason where the process has to end; it does not return.
    """

    def __init__(self, settings: Settings, send: Send, leave: Callable[[str], NoReturn]) -> None:
        self._settings = settings
        self._send = send
        self._leave = leave
        self._articles: deque[_Article] = deque()
        self._bytes = 0
        self._tolerance = Tolerance(settings)
        self._arrived = asyncio.Event()
        self._room = asyncio.Event()
        self._settling: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """Return how many articles are under way."""
        return len(self._articles)

    @property
    def size(self) -> int:
        """Return how many bytes are under way: articles, and what they gave."""
        return self._bytes

    async def put(self, source: Incoming, records: Iterable[Outgoing], acknowledge: Acknowledge) -> None:
        """Send what an article gave; returns when there is room for the next one.

        ``acknowledge`` is called once everything is delivered, and every article that was put
        before is acknowledged.
        """
        if self._settling is None:
            self._settling = asyncio.create_task(self._settle(), name="delivery")
        sent = await self._queued(records, self._settings.delivery_timeout)
        size = len(source.value or b"") + sum(record.size for record, _ in sent)
        self._articles.append(_Article(source, sent, size, acknowledge))
        self._bytes += size
        self._arrived.set()
        while self._full():
            self._room.clear()
            await self._room.wait()

    def stop(self) -> None:
        """Acknowledge nothing more."""
        if self._settling is not None:
            self._settling.cancel()

    def _full(self) -> bool:
        return (
            len(self._articles) >= self._settings.in_flight_articles
            or self._bytes >= self._settings.in_flight_bytes
        )

    async def _queued(self, records: Iterable[Outgoing], seconds: float) -> list[_Sent]:
        """Queue records; the receipt of one that cannot be queued, or not in time, has failed already."""
        # One after the other: records of one article id keep their order.
        waiting = deque(records)
        sent: list[_Sent] = []
        try:
            async with asyncio.timeout(seconds):
                while waiting:
                    sent.append(_Sent(waiting[0], await self._receipt(waiting[0])))
                    waiting.popleft()
        except TimeoutError as error:
            sent += [_Sent(record, _failed(error)) for record in waiting]
        return sent

    async def _receipt(self, record: Outgoing) -> asyncio.Future[object]:
        try:
            return await self._send(record)
        except Exception as error:  # noqa: BLE001 - dealt with when its turn comes, as a failed receipt is
            return _failed(error)

    async def _settle(self) -> None:
        """Acknowledge, in order, for as long as the process lives."""
        try:
            while True:
                while not self._articles:
                    self._arrived.clear()
                    await self._arrived.wait()
                article = self._articles[0]
                letter = self._letter(article) if article.delivered() else await self._deliver(article)
                if reason := self._tolerance.exceeded(letter):
                    self._leave(reason)
                article.acknowledge(letter)
                self._articles.popleft()
                self._bytes -= article.size
                self._room.set()
        except DeliveryError as error:
            self._leave(str(error))
        except Exception as error:  # noqa: BLE001 - without this task nothing would ever be acknowledged again
            self._leave(f"acknowledging failed: {type(error).__name__}: {error}")

    def _letter(self, article: _Article) -> Outgoing | None:
        """Return the dead letter among what an article gave."""
        dead = self._settings.topic_dead_letter
        return next((record for record, _ in article.sent if record.topic == dead), None)

    async def _deliver(self, article: _Article) -> Outgoing | None:
        """Wait for all receipts of one article; what is refused becomes a dead letter.

        Return the dead letter that it became, None where it was read.
        """
        refused: Exception | None = None
        for record, receipt in article.sent:
            try:
                await self._received(record, receipt)
            except REFUSALS as error:
                log_few(
                    "delivery",
                    logging.WARNING,
                    "refused by the broker",
                    topic=record.topic,
                    bytes=record.size,
                )
                refused = error
        if refused is not None:
            return await self._bury(article.source, refused)
        return self._letter(article)

    async def _bury(self, source: Incoming, refused: Exception) -> Outgoing:
        """Deliver the dead letter of an article whose result was refused, cut until the broker takes it."""
        message = f"the broker refused the result: {type(refused).__name__}"
        error = ArticleError(Stage.PUBLISH, ErrorType.REFUSED, message)
        limit = self._settings.record_bytes
        while True:
            letter = dead_letter(self._settings, source, error, limit=limit)
            try:
                (sent,) = await self._queued([letter], self._settings.delivery_timeout)
                await self._received(*sent)
            except REFUSALS as again:
                limit //= 2
                if limit < _SMALLEST_LETTER:
                    raise DeliveryError(
                        f"the broker takes no dead letter, however short: {again!r}"
                    ) from again
            else:
                return letter

    async def _received(self, record: Outgoing, receipt: asyncio.Future[object]) -> None:
        """Wait until the broker has a record; send it again, less and less often, where that fails.

        Raises one of :data:`REFUSALS` where the broker does not want it, and
        :class:`DeliveryError` where the time is up, or where trying again is no use.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._settings.delivery_timeout
        pause = FIRST_PAUSE
        refusals = 0
        while True:
            reason = "no receipt"
            await asyncio.wait([receipt], timeout=max(0.0, deadline - clock()))
            if receipt.done():
                error = receipt.exception()
                if error is None:
                    return
                if isinstance(error, REFUSALS):
                    # A batch is refused as a whole: once more, for it may have been a neighbour's fault.
                    refusals += 1
                    if refusals > 1:
                        raise error
                elif isinstance(error, HOPELESS):
                    raise DeliveryError(f"topic {record.topic}: {error!r}")
                reason = f"{type(error).__name__}: {error}"
            if clock() >= deadline:
                waited = f"{self._settings.delivery_timeout:g} s"
                raise DeliveryError(f"topic {record.topic}: not delivered in {waited}: {reason}")
            if refusals == 0:
                log_few("delivery", logging.WARNING, "sending again", topic=record.topic, reason=reason)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            ((_, receipt),) = await self._queued([record], deadline - clock())
