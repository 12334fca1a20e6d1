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
from typing import TYPE_CHECKING, Any

import msgspec
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from streams import meanings
from streams.alerts import raise_alerts
from streams.kafka.assignor import OneMember
from streams.kafka.connection import connection
from streams.kafka.dispatches import Dispatches
from streams.kafka.ending import Deadline, leave
from streams.kafka.envelope import RECEIVED, header
from streams.kafka.ground import Ground
from streams.kafka.heartbeat import Heartbeat
from streams.kafka.metrics import DeskMetrics
from streams.kafka.seen import is_behind, of_desk
from streams.kafka.vitals import Vitals
from streams.kafka.waiting import topics_are_there
from streams.kafka.watchdog import Watchdog
from streams.kafka.web import serve
from streams.logs import log, log_few, log_held_back
from streams.records import EnrichedArticle
from streams.settings import GROUP_OF_THE_DESK
from streams.stories.reports import Report, report_of
from streams.stories.stories import Stories
from streams.times import moment


if TYPE_CHECKING:
    from aiokafka import ConsumerRecord

    from streams.alerts import Rules
    from streams.kafka.vitals import Facts
    from streams.settings import Settings
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

    _dispatches: Dispatches  # from run() on: its producer needs the event loop

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
        self._active_at = 0.0
        self._told_last = 0.0
        self._acknowledged = 0
        self._commits = 0
        self._under_way = 0
        self._consumer: Any = None
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
        self._dispatches = Dispatches(settings)
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
            await self._dispatches.begin()
            await self._consumer.start()
            while not self._stop.is_set():
                await self._round()
            await self._tell_the_rest()
        finally:
            await self._let_go()
            await self._consumer.stop()
            await self._dispatches.end()
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
        sent = [self._dispatches.report(one) for one in reports]
        held = is_behind(self._consumer) and now - self._told_last < CATCH_UP_SECONDS
        due = [] if held else [change for change in stories.changes() if self._is_due(change, now)]
        self._told_last = self._told_last if held else now
        sent += [self._dispatches.story(change.story) for change in due]
        if term != self._term:
            return
        await self._dispatches.deliver(sent)
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
        if self._stories is not None and self._appointed and not is_behind(self._consumer):
            rest = self._stories.changes()
            await self._dispatches.deliver([self._dispatches.story(change.story) for change in rest])

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
        self._dispatches.offsets.clear()
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
            if offset > self._dispatches.offsets.get(story.id, -1):
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

    def facts(self) -> Facts | None:
        """Return what can be seen of the desk; None before it has started. Safe in any thread."""
        return of_desk(self)


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
