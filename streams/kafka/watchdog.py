"""The watchdog: looks at the worker from a thread of its own, and ends it where it does nothing.

Faust only logs that it has stopped to work. A worker that has articles to read, a broker that
answers, and gets nothing done for KABAR_STALL_TIMEOUT ends at once, nothing committed; whoever
runs it starts it anew. A broker that is gone is no reason to end: no restart brings it back.
"""

from __future__ import annotations

import asyncio
import faulthandler
import threading
import time
from typing import TYPE_CHECKING

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.kafka.connection import connection, last_words, why_not
from streams.kafka.vitals import Answer, Facts


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import NoReturn

    from streams.kafka.heartbeat import Heartbeat
    from streams.kafka.vitals import Vitals
    from streams.settings import Settings


LOOK_SECONDS = 1.0
"""How often the watchdog looks."""

ASK_SECONDS = 10.0
"""How long the broker may take for an answer."""

_STOP_SECONDS = 2.0


class Watchdog:
    """Follows a worker: ``look`` says what is seen of it, None where there is nothing to see yet.

    ``leave`` is called with a reason where the process has to end; it does not return.
    """

    def __init__(
        self,
        settings: Settings,
        vitals: Vitals,
        heartbeat: Heartbeat,
        look: Callable[[], Facts | None],
        leave: Callable[[str], NoReturn],
    ) -> None:
        self._settings = settings
        self._vitals = vitals
        self._heartbeat = heartbeat
        self._look = look
        self._leave = leave
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._ended = threading.Event()

    def start(self) -> None:
        """Begin to watch."""
        self._vitals.begin(time.monotonic())
        self._thread.start()

    def stop(self) -> None:
        """Watch no more."""
        self._ended.set()
        self._thread.join(LOOK_SECONDS)
        faulthandler.cancel_dump_traceback_later()

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            # Code that never lets go of Python's lock (a pattern that explodes) stops this thread too.
            # This timer needs no lock: it writes where each thread is, and ends the process with status 1.
            faulthandler.dump_traceback_later(self._settings.stall_timeout + 2 * ASK_SECONDS, exit=True)
            self.tick()

    def tick(self) -> None:
        """Look once; ask the broker where nothing moves; end the process where it has to be."""
        vitals = self._vitals
        facts, now = self._look() or Facts(), time.monotonic()
        vitals.see(facts, now)
        if facts.failed is not None and not vitals.stopping:
            self._leave(facts.failed)
        if facts.member:
            self._heartbeat.beat(time.time() - (now - vitals.moved))
        if vitals.should_ask(now):
            vitals.hear(ask(self._settings, facts.partitions), time.monotonic())
        if why := vitals.stalled(time.monotonic()):
            self._leave(f"stalled: {why} (KABAR_STALL_TIMEOUT)")


def ask(settings: Settings, partitions: Iterable[int]) -> Answer:
    """Ask the broker by a connection of its own where the group is, and where its partitions end.

    ``partitions`` are those of the raw topic that matter; where there is none, one stands for all.
    No answer is an answer, not an error.
    """
    with last_words() as words:
        try:
            return asyncio.run(_ask(settings, sorted(partitions) or [0]))
        except (KafkaError, OSError, ValueError) as error:  # also where the time is up
            why = why_not(settings, error, words)
    return Answer(refused=why.text) if why.lasting else Answer(silent=why.text)


async def _ask(settings: Settings, partitions: list[int]) -> Answer:
    mine = [TopicPartition(settings.topic_raw, number) for number in partitions]
    async with asyncio.timeout(ASK_SECONDS):
        # It joins no group: it only asks for what is known of this one.
        consumer = AIOKafkaConsumer(
            **connection(settings),
            group_id=settings.group,
            enable_auto_commit=False,
            request_timeout_ms=int(ASK_SECONDS * 1000),
        )
        try:
            await consumer.start()
            committed = {one.partition: await consumer.committed(one) for one in mine}
            starts, ends = await consumer.beginning_offsets(mine), await consumer.end_offsets(mine)
        finally:
            # Stopping may wait for an answer too.
            await asyncio.wait({asyncio.ensure_future(consumer.stop())}, timeout=_STOP_SECONDS)
    return Answer(
        committed={number: offset for number, offset in committed.items() if offset is not None},
        starts={one.partition: offset for one, offset in starts.items()},
        ends={one.partition: offset for one, offset in ends.items()},
    )
