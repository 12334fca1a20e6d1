"""The Faust app: one agent on the raw topic. The only module that imports Faust.

Faust loses articles where it is used as its guide suggests: it acknowledges an article when
the loop over the stream is left, for whatever reason, and commits past articles that are
still under way. So here the topics are raw bytes (nothing can fail before our own code),
acknowledging is ours (:mod:`streams.kafka.delivery`), and the offset that is committed is the one
behind the newest article in an unbroken row of acknowledged ones.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import faust
from faust.exceptions import ProducerSendError
from faust.transport.drivers import aiokafka as driver
from faust.transport.utils import DefaultSchedulingStrategy
from faust.types.tuples import ConsumerMessage
from mode.utils.futures import notify

from streams.kafka.connection import tls
from streams.kafka.delivery import Delivery
from streams.kafka.envelope import Incoming, Outgoing
from streams.kafka.metrics import Stopwatch
from streams.kafka.outputs import outputs
from streams.kafka.portions import portions
from streams.kafka.producer import Producer
from streams.kafka.seen import of_consumer
from streams.logs import log, log_few
from streams.steps import unheard


if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from streams.alerts import Rules
    from streams.kafka.metrics import Metrics
    from streams.kafka.outputs import Content
    from streams.kafka.vitals import Facts
    from streams.settings import Settings


# Faust's settings can be overruled by environment variables of very general names; with this
# prefix in front of them none does.
_ENVIRONMENT_PREFIX = "KABAR_FAUST_"

_BATCH_BYTES = 64_000
"""Large enough for a few results in one request, and less than any sensible max.message.bytes:
a batch is refused as a whole, innocent records with it."""

_QUEUED_PORTIONS = 2
"""Nothing more is fetched where so many portions wait for their turn."""

_FETCH_BYTES = 16_000_000
"""The most that an answer of the broker holds; a single record may be larger."""

_PARTITION_BYTES = 512 * 1024
"""The most that it holds of one partition, with the same exception."""

_TURN_SECONDS = 0.1
"""So long articles are read on end before everything else has its turn."""

_COMMIT_SECONDS = 1.0
"""How often offsets are committed: so much work is done again after a worker was killed."""

_REFRESH_MS = 10_000
"""So often the producer asks where its topics are: it is connected also while it has nothing to send."""

_HEARTBEAT_SECONDS = 3.0
"""The group hears from a worker, and the worker from the group, at least as often."""


class _Portion(ConsumerMessage):  # type: ignore[misc]  # Faust is untyped here
    """Records of one partition that are one message to Faust.

    What Faust does for a message costs a tenth of what it takes to read an article. ``open`` counts
    the articles under way, ``read`` is set when no more will be.
    """

    __slots__ = ("first", "open", "read", "records")

    def __init__(self, partition: Any, records: list[Any], generation: int) -> None:  # noqa: ANN401 - Faust's
        last = records[-1]
        super().__init__(
            last.topic,
            last.partition,
            last.offset,
            last.timestamp,
            last.timestamp_type,
            headers=None,
            key=None,
            value=b"",
            checksum=None,
            tp=partition,
            generation_id=generation,
        )
        self.records = records
        self.first = records[0].offset
        self.open = 0
        self.read = False


class _Scheduler(DefaultSchedulingStrategy):  # type: ignore[misc]  # Faust is untyped here
    def iterate(self, records: dict[Any, list[Any]]) -> Any:  # noqa: ANN401 - Faust's
        return portions(records)


class _Thread(driver.AIOKafkaConsumerThread):  # type: ignore[misc]  # Faust is untyped here
    def _create_worker_consumer(self, transport: Any) -> Any:  # noqa: ANN401 - Faust's
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_bytes = _FETCH_BYTES  # noqa: SLF001 - Faust has no setting for it
        return consumer

    async def on_thread_stop(self) -> None:
        try:
            await super().on_thread_stop()
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # aiokafka waits for what it or Faust has cancelled (a fetch between two tries, the answer to a
            # rebalance) and passes that on. Faust would take it for its own end, and wait for this thread
            # for ever. What aiokafka has left undone:
            coordinator = self._consumer._coordinator  # noqa: SLF001
            if coordinator is not None:
                await coordinator._stop_heartbeat_task()  # noqa: SLF001
                await coordinator._maybe_leave_group()  # noqa: SLF001
            await self._consumer._client.close()  # noqa: SLF001


class _Consumer(driver.Consumer):  # type: ignore[misc]  # Faust is untyped here
    """Keeps one number for a partition: the newest offset acknowledged.

    Articles are acknowledged in the order they were read (:class:`Delivery`), so all below it
    are done. Faust's own book-keeping takes acknowledgements in any order, commits past
    articles under way where it knows of no commit yet, and where records have been deleted
    it lists every offset of the hole.
    """

    _under_way = 0
    _acknowledged = 0
    _commits = 0
    _rebalances = 0

    def _new_consumer_thread(self) -> _Thread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)

    def _to_message(self, tp: Any, record: list[Any]) -> _Portion:  # noqa: ANN401 - Faust's
        return _Portion(tp, record, self.app.consumer_generation_id)

    def reads(self, portion: _Portion) -> bool:
        """Tell whether a portion is read on: not at the end, nor once partitions are dealt out anew."""
        return bool(
            self.app.flow_control.is_active() and portion.generation_id == self.app.consumer_generation_id
        )

    def dealt_out(self) -> None:
        """Take note that the group has dealt out its partitions."""
        self._rebalances += 1

    def begin(self, portion: _Portion) -> None:
        """Take note of an article of a portion."""
        portion.open += 1
        self._under_way += 1

    def acknowledge(self, portion: _Portion, offset: int) -> None:
        """Take note that an article of a portion is done, and with it all before it."""
        newest = self._acked[portion.tp]
        newest[:] = [max(offset, *newest)] if newest else [offset]
        self._n_acked += 1
        self._acknowledged += 1
        self._under_way -= 1
        portion.open -= 1
        self._end(portion)

    def finish(self, portion: _Portion) -> None:
        """Take note that no more of a portion is read. What was not is read again, by whoever gets it."""
        portion.records = []
        portion.read = True
        self._end(portion)

    def _end(self, portion: _Portion) -> None:
        if portion.read and not portion.open:
            portion.acked = True
            self._unacked_messages.discard(portion)
            notify(self._waiting_for_ack)

    def ack(self, _: Any) -> bool:  # noqa: ANN401 - Faust's
        """Acknowledge nothing: that Faust is done with a message says nothing of its articles."""
        return False

    def on_buffer_full(self, tp: Any) -> None:  # noqa: ANN401 - Faust's
        """Hold no partition back: who fetches waits until there is room in the queue."""

    def _new_offset(self, tp: Any) -> int | None:  # noqa: ANN401 - Faust's
        newest = self._acked[tp]
        return newest.pop() + 1 if newest else None

    async def _add_gap(self, tp: Any, offset_from: int, offset_to: int) -> None:  # noqa: ANN401 - Faust's
        """Keep no list of the offsets that hold no record."""

    async def on_partitions_revoked(self, revoked: Any) -> None:  # noqa: ANN401 - Faust's
        # Faust forgets here what was acknowledged and not committed yet; and while it stops, it waits for
        # nothing that is under way, which whoever gets the partitions would read again.
        await (self.wait_empty() if self.app.should_stop else self.commit())
        await super().on_partitions_revoked(revoked)

    async def _commit_offsets(self, offsets: Any, start_new_transaction: bool = True) -> bool:  # noqa: ANN401 - Faust's
        # Faust takes a commit that failed for one that was done: it is never tried again.
        before = {tp: self._committed_offset[tp] for tp in offsets}
        done = bool(await super()._commit_offsets(offsets, start_new_transaction))
        if done:
            self._commits += 1
        for tp in before.keys() & self._acked.keys() if not done else ():
            self._committed_offset[tp] = before[tp]
            self._acked[tp][:] = [max(offsets[tp] - 1, *self._acked[tp], -1)]
        return done

    def facts(self) -> Facts | None:
        """Return what can be seen of the consumer; None before it has started. Safe in any thread."""
        return of_consumer(self)


class _Producer(driver.Producer):  # type: ignore[misc]  # Faust is untyped here
    def _settings_extra(self) -> dict[str, object]:
        # What aiokafka sends twice, for want of an answer, is stored once, and in its place.
        return {"enable_idempotence": True}

    @property
    def _producer_type(self) -> type[Producer]:
        return Producer

    async def on_start(self) -> None:
        await super().on_start()
        # It would connect with the first result; now one can see from the start whether it is connected.
        await self._producer.client.set_topics(self.app.outputs)


class _Transport(driver.Transport):  # type: ignore[misc]  # Faust is untyped here
    Consumer = _Consumer
    Producer = _Producer


class _App(faust.App):  # type: ignore[misc]  # Faust is untyped here
    outputs: tuple[str, ...] = ()
    delivery: Delivery | None = None

    def _new_transport(self) -> _Transport:
        return _Transport(self.conf.broker_consumer, self)

    def _on_rebalance_when_stopped(self) -> None:
        """Go on with the stop where the group deals out its partitions meanwhile.

        Faust would close the consumer here: what is still under way could no longer be committed, and
        aiokafka would try to for ever.
        """

    def _create_directories(self) -> None:
        """Make no folders: nothing is kept on disk."""


def make_app(
    settings: Settings, rules: Rules, leave: Callable[[str], NoReturn], metrics: Metrics | None = None
) -> faust.App:
    """Return the app, which counts and measures where there is something to do so with.

    ``leave`` is called with a reason where the process has to end; it does not return.
    """
    app = _App(
        settings.group,
        env_prefix=_ENVIRONMENT_PREFIX,
        autodiscover=False,
        broker=[f"kafka://{address}" for address in settings.broker_url],
        broker_credentials=_credentials(settings),
        processing_guarantee="at_least_once",
        # No topic but ours, no table: the worker needs no right to create anything.
        topic_disable_leader=True,
        topic_allow_declare=False,
        table_standby_replicas=0,
        store="memory://",
        # Ends an app without losing what is under way.
        stream_wait_empty=True,
        stream_buffer_maxsize=_QUEUED_PORTIONS,
        ConsumerScheduler=_Scheduler,
        consumer_max_fetch_size=_PARTITION_BYTES,
        broker_commit_interval=_COMMIT_SECONDS,
        broker_session_timeout=settings.session_timeout,
        broker_heartbeat_interval=min(settings.session_timeout / 10, _HEARTBEAT_SECONDS),
        broker_request_timeout=max(90.0, settings.session_timeout),
        consumer_auto_offset_reset="earliest",
        producer_acks=-1,
        producer_request_timeout=30.0,
        producer_max_request_size=settings.record_bytes,
        producer_max_batch_size=_BATCH_BYTES,
        producer_linger=0.0,
        producer_metadata_max_age_ms=_REFRESH_MS,
        producer_compression_type=settings.compression,
        web_enabled=False,
        worker_redirect_stdouts=False,
    )
    app.outputs = settings.outputs()
    raw = app.topic(
        settings.topic_raw,
        key_type=bytes,
        key_serializer="raw",
        value_type=bytes,
        value_serializer="raw",
    )

    async def send(record: Outgoing) -> asyncio.Future[object]:
        try:
            # Not Topic.send: where that fails it logs the whole record.
            future: asyncio.Future[object] = await app.producer.send(
                record.topic, record.key, record.value, None, None, list(record.headers)
            )
        except ProducerSendError as error:
            raise (error.__cause__ or error) from None
        return future

    delivery = app.delivery = Delivery(settings, send, leave)

    def done(
        portion: _Portion, source: Incoming, content: Content | None, began: float, letter: Outgoing | None
    ) -> None:
        app.consumer.acknowledge(portion, source.offset)
        if metrics is not None:
            metrics.settled(source, content, letter, time.perf_counter() - began)

    async def read(portion: _Portion) -> None:
        consumer, began = app.consumer, time.monotonic()
        for record in portion.records:
            if not consumer.reads(portion):
                break
            source = _incoming(record)
            consumer.begin(portion)
            watch = Stopwatch() if metrics is not None else None
            found = outputs(settings, rules, source, watch or unheard)
            if metrics is not None and watch is not None:
                metrics.read(watch)
            if found.fault:
                log_few(
                    "worker",
                    logging.ERROR,
                    "a fault of Kabar's own",
                    record=source.place,
                    fault=found.fault,
                )
            acknowledge = partial(done, portion, source, found.content, time.perf_counter())
            await delivery.put(source, found.records, acknowledge)
            if time.monotonic() - began > _TURN_SECONDS:
                await asyncio.sleep(0)
                began = time.monotonic()
        consumer.finish(portion)

    @app.agent(raw, name="enrich")  # type: ignore[untyped-decorator]
    async def enrich(stream: faust.StreamT) -> None:
        try:
            async for event in stream.noack().events():
                await read(event.message)
        except Exception as error:  # noqa: BLE001 - Faust would go on with the next article, this one lost
            leave(f"{type(error).__name__}: {error}")

    @app.on_partitions_assigned.connect  # type: ignore[untyped-decorator]
    async def assigned(_: faust.App, partitions: set[Any], **__: object) -> None:
        app.consumer.dealt_out()
        numbers = sorted(tp.partition for tp in partitions)
        log("worker", logging.INFO, "partitions assigned", topic=settings.topic_raw, partitions=numbers)

    @app.on_before_shutdown.connect  # type: ignore[untyped-decorator]
    async def shutdown(_: faust.App, **__: object) -> None:
        delivery.stop()

    del enrich, assigned, shutdown  # the app holds them
    return app


class _Worker(faust.Worker):  # type: ignore[misc]  # Faust is untyped here
    """Runs the app until a signal. ``stopping`` is called when it begins to stop, for whatever reason."""

    def __init__(self, app: faust.App, stopping: Callable[[], None], loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(app, quiet=True, override_logging=False, redirect_stdouts=False, loop=loop)
        self._stopping = stopping
        self.spinner = None  # it would write to standard output

    def install_signal_handlers(self) -> None:
        # Faust's own would also open a debugger on SIGUSR2.
        for number in (signal.SIGINT, signal.SIGTERM):
            self.loop.add_signal_handler(number, self._on_signal, number)
            # The loop hears of a signal when the article under way is done; the time to stop runs already.
            signal.signal(number, lambda *_: self._stopping())
            signal.siginterrupt(number, False)  # as asyncio has it

    def _on_signal(self, number: signal.Signals) -> None:
        log("worker", logging.INFO, "stopping", signal=number.name)
        self._stopping()
        self._schedule_shutdown(number)

    def on_worker_shutdown(self) -> None:
        self._stopping()

    async def _sentinel_task(self) -> None:
        """Wait no second that nobody needs."""

    def _setproctitle(self, info: str, *, ident: str = "") -> None:
        """Leave the name of the process as it is."""


def run_app(app: faust.App, stopping: Callable[[], None]) -> int:
    """Run the app until SIGINT or SIGTERM, or until it crashes; return the exit status.

    ``stopping`` is called, maybe more than once, when it begins to stop.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        _Worker(app, stopping, loop).execute_from_commandline()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def _incoming(record: Any) -> Incoming:  # noqa: ANN401 - aiokafka's
    return Incoming(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        timestamp=None if record.timestamp is None else record.timestamp / 1_000,
        key=record.key,
        value=record.value,
        headers=tuple((name, value or b"") for name, value in record.headers),
    )


def _credentials(settings: Settings) -> Any:  # noqa: ANN401 - one of Faust's
    context = tls(settings)
    if settings.sasl_mechanism is not None:
        # Without a context this is SASL_PLAINTEXT, which the settings let through only where it is asked for.
        return faust.SASLCredentials(
            username=settings.sasl_username,
            password=settings.sasl_password,
            mechanism=settings.sasl_mechanism,
            ssl_context=context,
        )
    return faust.SSLCredentials(context=context) if context is not None else None
