"""The desk: enriched articles in, stories out. One is active at a time, others stand by.

It cannot hold up the worker: it has a consumer group and a process of its own, and reads what the worker
has delivered. Whatever ends it, nothing is lost: the offsets of articles are committed when their reports
and the stories that were due are on the brokers, and the state is the set of reports on a compacted topic.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from streams import meanings
from streams.alerts import raise_alerts
from streams.kafka.assignor import OneMember
from streams.kafka.connection import connection
from streams.kafka.delivery import FIRST_PAUSE, HOPELESS, LONGEST_PAUSE, REFUSALS
from streams.kafka.ending import Deadline, leave
from streams.kafka.envelope import RECEIVED, header
from streams.kafka.ground import Ground
from streams.kafka.heartbeat import Heartbeat
from streams.kafka.metrics import DeskMetrics
from streams.kafka.producer import Producer
from streams.kafka.vitals import Facts, Vitals
from streams.kafka.waiting import topics_are_there
from streams.kafka.watchdog import Watchdog
from streams.kafka.web import serve
from streams.logs import log, log_few, log_held_back
from streams.records import EnrichedArticle
from streams.settings import GROUP_OF_THE_DESK
from streams.stories.records import story_json
from streams.stories.reports import Report, report_json, report_of
from streams.stories.stories import Stories
from streams.times import moment


if TYPE_CHECKING:
    from aiokafka import ConsumerRecord

    from streams.alerts import Rules
    from streams.settings import Settings
    from streams.stories.records import Story
    from streams.stories.stories import Change


BATCH = 500
"""Articles that are read at a time: what they change is told in one record for each story."""

POLL_MS = 200

PAUSE_SECONDS = 1.0
"""A story is told no more often, whatever happens."""

CATCH_UP_SECONDS = 5.0
"""While there is more to read nothing is told for so long: what comes may belong to it, or go before it."""

QUIET_SECONDS = 5.0
"""Where nothing came in for so long, all that waits is told."""

_TURN_SECONDS = 0.1
_HEARTBEAT_SECONDS = 3.0
_ARTICLE = msgspec.json.Decoder(EnrichedArticle)


class _Record(NamedTuple):
    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


def run(settings: Settings, rules: Rules) -> int:
    """Be a desk until SIGINT or SIGTERM; return the exit status.

    Raises :class:`streams.kafka.connection.BrokerError` where no broker can be reached at the start;
    :class:`streams.settings.SettingsError` where the heartbeat cannot be written, or the web port opened.
    """
    own = replace(settings, topic_raw=settings.topic_enriched, group=f"{settings.group}{GROUP_OF_THE_DESK}")
    heartbeat, vitals = Heartbeat(settings.heartbeat), Vitals(settings.stall_timeout)
    metrics = DeskMetrics(rules, vitals) if settings.web_port is not None else None
    serve(settings, vitals, metrics)
    log("desk", logging.INFO, "starting", brokers=",".join(settings.broker_url), group=own.group)
    names = (settings.topic_enriched, settings.topic_report, settings.topic_story)
    if not asyncio.run(topics_are_there(settings, names, vitals, meanings.digest, who="desk")):
        log("desk", logging.INFO, "stopped")
        return 0
    desk = Desk(own, rules, metrics)
    watchdog = Watchdog(own, vitals, heartbeat, desk.facts, lambda reason: leave(reason, who="desk"))
    deadline = Deadline(settings.stop_timeout, who="desk")

    def stopping() -> None:
        vitals.stopping = True
        deadline.start()

    watchdog.start()
    try:
        asyncio.run(desk.run(stopping))
    except KafkaError as error:
        leave(f"{type(error).__name__}: {error}", who="desk")
    finally:
        watchdog.stop()
        heartbeat.end()
        log_held_back()
    log("desk", logging.INFO, "stopped", status=0)
    return 0


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped here
    """Tells the desk that partitions are dealt out anew."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        del revoked
        self._desk.retire()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        if assigned:
            self._desk.appoint(assigned)
        else:
            log("desk", logging.INFO, "standing by")


class Desk:
    """One desk. ``settings`` are its own: its raw topic is the enriched one, its group the desk's."""

    def __init__(self, settings: Settings, rules: Rules, metrics: DeskMetrics | None = None) -> None:
        self.refused: Counter[str] = Counter()
        self._metrics = metrics
        self._settings = settings
        self._rules = rules
        self._stories: Stories | None = None
        self._term = 0
        self._appointed: set[TopicPartition] = set()
        self._stop = asyncio.Event()
        self._told_at: dict[str, float] = {}
        self._own: dict[str, int] = {}
        self._active_at = 0.0
        self._told_last = 0.0
        self._acknowledged = 0
        self._commits = 0
        self._under_way = 0
        self._consumer: Any = None
        self._producer: Any = None
        self._ground: Ground | None = None
        self._cooldowns = {family.id: family.cooldown_minutes * 60 for family in rules.families}

    def appoint(self, partitions: set[TopicPartition]) -> None:
        """Make this desk the active one: it has to read the state before anything else."""
        self._term += 1
        self._appointed = partitions
        self._stories = None

    def retire(self) -> None:
        """Make this desk stand by: it writes nothing more."""
        self._term += 1
        self._appointed = set()
        self._stories = None

    async def run(self, stopping: Any) -> None:  # noqa: ANN401 - a function
        """Work until a signal; ``stopping`` is called when the stop begins."""
        loop = asyncio.get_running_loop()

        def stop() -> None:
            stopping()
            self._stop.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)
        settings = self._settings
        self._producer = Producer(
            **connection(settings),
            enable_idempotence=True,
            max_request_size=settings.record_bytes,
            compression_type=settings.compression,
        )
        self._consumer = AIOKafkaConsumer(
            **connection(settings),
            group_id=settings.group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            partition_assignment_strategy=(OneMember,),
            session_timeout_ms=int(settings.session_timeout * 1000),
            heartbeat_interval_ms=int(min(settings.session_timeout / 10, _HEARTBEAT_SECONDS) * 1000),
            request_timeout_ms=int(max(90.0, settings.session_timeout) * 1000),
        )
        self._consumer.subscribe([settings.topic_raw], listener=_Listener(self))
        try:
            await self._producer.start()
            await self._consumer.start()
            while not self._stop.is_set():
                await self._round()
            await self._tell_the_rest()
        finally:
            await self._let_go()
            await self._consumer.stop()
            await self._producer.stop()
            if self.refused:
                log("desk", logging.INFO, "no reports", **dict(sorted(self.refused.items())))

    async def _round(self) -> None:
        """Read what has come, and tell what it changes; or begin a term."""
        term = self._term
        if not self._appointed:
            await self._let_go()
            await self._consumer.getmany(timeout_ms=POLL_MS)
            return
        if self._stories is None:
            await self._begin(term)
            return
        batches = await self._consumer.getmany(timeout_ms=POLL_MS, max_records=BATCH)
        records = [record for batch in batches.values() for record in batch]
        self._under_way = len(records)
        stories = self._stories
        if stories is None or term != self._term:
            return
        await self._look_around(stories)
        now = time.monotonic()
        if records:
            self._active_at = now
        reports = await self._read(records, stories)
        stories.add(reports)
        sent = [self._report(one) for one in reports]
        held = self._is_behind() and now - self._told_last < CATCH_UP_SECONDS
        due = [] if held else [change for change in stories.changes() if self._is_due(change, now)]
        self._told_last = self._told_last if held else now
        sent += [self._story(change.story) for change in due]
        if term != self._term:
            return
        await self._deliver(sent)
        for change in due:
            stories.was_told(change.story)
            self._told_at[change.story.id] = now
            if self._metrics is not None:
                self._metrics.told(change.story)
        if batches and term == self._term:
            await self._commit({partition: batch[-1].offset + 1 for partition, batch in batches.items()})
        self._acknowledged += len(records)
        self._under_way = 0

    async def _tell_the_rest(self) -> None:
        """Tell what has waited for a cooldown: this desk ends."""
        if self._stories is not None and self._appointed and not self._is_behind():
            rest = self._stories.changes()
            await self._deliver([self._story(change.story) for change in rest])

    async def _begin(self, term: int) -> None:
        """Read the state: all reports, and what was told last of each story."""
        await self._let_go()
        began = time.monotonic()
        ground = Ground(self._settings)
        self._ground = ground
        found = await ground.begin()
        stories = Stories(self._rules, most=self._settings.story_reports)
        for _, story in found.stories:
            stories.was_told(story)
        stories.add(found.reports)
        with contextlib.suppress(IllegalStateError):  # the partitions are another desk's by now
            await self._go_back()
        if term != self._term:
            return
        self._stories = stories
        self._told_last = time.monotonic()
        self._told_at.clear()
        self._own.clear()
        log(
            "desk",
            logging.INFO,
            "active",
            reports=len(found.reports),
            stories=len(found.stories),
            seconds=round(time.monotonic() - began, 1),
        )

    async def _go_back(self) -> None:
        """Read on behind what is committed: what was fetched before this term began was told by nobody."""
        for partition in self._appointed:
            offset = await self._consumer.committed(partition)
            if offset is None:
                await self._consumer.seek_to_beginning(partition)
            else:
                self._consumer.seek(partition, offset)

    async def _let_go(self) -> None:
        if self._ground is not None:
            ground, self._ground = self._ground, None
            await ground.end()

    async def _look_around(self, stories: Stories) -> None:
        """Take in what stands on the desk's topics, also what another desk wrote there."""
        assert self._ground is not None
        found = await self._ground.more()
        if found.reports:
            stories.add(found.reports)
        for offset, story in found.stories:
            # What stands behind our own record is another desk's: that is what readers see last.
            if offset > self._own.get(story.id, -1):
                stories.was_told(story)

    async def _read(self, records: list[ConsumerRecord], stories: Stories) -> list[Report]:
        """Return the reports of articles that are news; count the others."""
        found, began = [], time.monotonic()
        for record in records:
            report = self._report_of(record)
            outcome = report if isinstance(report, str) else "known"
            if isinstance(report, str):
                self.refused[report] += 1
            elif not stories.knows(report):
                found.append(report)
                outcome = "reported"
            if self._metrics is not None:
                self._metrics.looked_at(outcome)
            if time.monotonic() - began > _TURN_SECONDS:
                await asyncio.sleep(0)
                began = time.monotonic()
        return found

    def _report_of(self, record: ConsumerRecord) -> Report | str:
        try:
            article = _ARTICLE.decode(record.value or b"")
        except msgspec.DecodeError as error:
            where = f"{record.topic}/{record.partition}/{record.offset}"
            log_few("desk", logging.ERROR, "not an enriched article", record=where, reason=error)
            return "unreadable"
        return report_of(article, raise_alerts(article, self._rules), self._rules, received(record))

    def _is_due(self, change: Change, now: float) -> bool:
        """Tell whether a change is told now; one that may wait waits for the cooldown, or for quiet."""
        told = self._told_at.get(change.story.id)
        if told is None:
            return True
        if now - told < PAUSE_SECONDS:
            return False
        if not change.may_wait or now - self._active_at >= QUIET_SECONDS:
            return True
        return now - told >= self._cooldowns.get(change.story.family, 0.0)

    def _report(self, report: Report) -> _Record:
        return _Record(
            self._settings.topic_report,
            report.id.encode("utf-8", "replace"),
            report_json(report),
            [("content-type", b"application/json")],
        )

    def _story(self, story: Story) -> _Record:
        headers = [
            ("ce_specversion", b"1.0"),
            ("ce_id", f"{story.id}/{story.revision}".encode()),
            ("ce_type", str(story.__struct_config__.tag).encode()),
            ("ce_source", f"/kabar/{self._settings.group}".encode()),
            ("ce_time", story.last_at.encode()),
            ("content-type", b"application/json"),
        ]
        return _Record(self._settings.topic_story, story.id.encode(), story_json(story), headers)

    async def _deliver(self, records: list[_Record]) -> None:
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

    async def _queue(self, record: _Record) -> asyncio.Future[object] | Exception:
        send = self._producer.send(record.topic, record.value, key=record.key, headers=record.headers)
        receipt: asyncio.Future[object] | Exception
        try:
            receipt = await send
        except KafkaError as error:
            receipt = error
        return receipt

    async def _outcome(
        self, record: _Record, receipt: asyncio.Future[object] | Exception, deadline: float
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
                self._own[record.key.decode()] = getattr(receipt.result(), "offset", -1)
            return None
        return error if isinstance(error, Exception) else RuntimeError(repr(error))

    async def _commit(self, offsets: dict[TopicPartition, int]) -> None:
        try:
            await self._consumer.commit(offsets)
        except (CommitFailedError, IllegalStateError):
            # The partitions are someone else's now, who reads these articles again: that changes nothing.
            return
        except KafkaError as error:
            log_few("desk", logging.WARNING, "not committed", reason=repr(error))
            return
        self._commits += 1

    def _is_behind(self) -> bool:
        """Tell whether there is more to read; until the brokers have answered once, there may be."""
        states = self._states().values()
        return any(one.highwater is None or one.highwater > (one._position or 0) for one in states)  # noqa: SLF001 - aiokafka does not tell

    def _states(self) -> dict[TopicPartition, Any]:
        subscription = self._consumer._subscription.subscription  # noqa: SLF001 - the same
        assignment = subscription and subscription.assignment
        return {tp: assignment.state_value(tp) for tp in assignment.tps} if assignment else {}

    def facts(self) -> Facts | None:
        """Return what can be seen of the desk; None before it has started. Safe in any thread."""
        client = self._consumer
        if client is None or getattr(client, "_coordinator", None) is None:
            return None
        coordinator, mine = client._coordinator, self._states()  # noqa: SLF001 - the same
        positions = [(state.highwater, state._position) for state in mine.values()]  # noqa: SLF001 - the same
        connections = list(client._client._conns.values())  # noqa: SLF001 - the same
        return Facts(
            member=coordinator.coordinator_id is not None and coordinator.generation >= 0,
            partitions=tuple(sorted(tp.partition for tp in mine)),
            answers={tp.partition: state.timestamp for tp, state in mine.items()},
            behind=sum(max(0, end - at) for end, at in positions if end is not None and at is not None),
            lags={
                tp.partition: max(0, state.highwater - state._position)  # noqa: SLF001 - the same
                for tp, state in mine.items()
                if state.highwater is not None and state._position is not None  # noqa: SLF001 - the same
            },
            rebalances=self._term,
            waiting=self._under_way,
            acknowledged=self._acknowledged,
            commits=self._commits,
            heard=max((one._last_action for one in connections), default=None),  # noqa: SLF001 - the same
            connected=any(one.connected() for one in connections),
        )


def received(record: ConsumerRecord) -> float:
    """Return when an article came in, in seconds since 1970.

    That is what its ``article.received`` says, else the time of its raw record (``ce_time``), else its own.
    """
    for name in (RECEIVED, "ce_time"):
        value = header(record.headers, name)
        found = moment(value.decode("ascii", "replace")) if value else None
        if found is not None:
            return found.timestamp()
    return (record.timestamp or 0) / 1_000
