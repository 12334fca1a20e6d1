"""The worker's life: the broker answers, the topics are there, articles flow, the process ends.

Exit status 0 is a clean stop. Everything else ends with 1, and with a reason in the log; what
was under way then is read again by the next worker.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

from streams.enrichment import warm
from streams.kafka.app import facts, make_app, run_app
from streams.kafka.connection import administrator
from streams.kafka.heartbeat import Heartbeat
from streams.kafka.metrics import Metrics
from streams.kafka.topics import create, missing
from streams.kafka.vitals import Vitals
from streams.kafka.watchdog import Watchdog
from streams.kafka.web import serve
from streams.logs import log, log_held_back


if TYPE_CHECKING:
    from typing import NoReturn

    from aiokafka.admin import AIOKafkaAdminClient

    from streams.alerts import Rules
    from streams.settings import Settings


POLL_SECONDS = 1.0
"""How often a worker looks whether the topics that are missing have appeared."""

REMIND_SECONDS = 30.0
"""How often it says that it is waiting for them."""


def run(settings: Settings, rules: Rules) -> int:
    """Be a worker until SIGINT or SIGTERM; return the exit status.

    Raises :class:`streams.kafka.connection.BrokerError` where no broker can be reached at the start,
    or where topics cannot be created; :class:`streams.settings.SettingsError` where the
    heartbeat cannot be written, or the web port cannot be opened.
    """
    heartbeat = Heartbeat(settings.heartbeat)
    vitals = Vitals(settings.stall_timeout)
    metrics = Metrics(rules, vitals) if settings.web_port is not None else None
    serve(settings, vitals, metrics)
    log("worker", logging.INFO, "starting", brokers=",".join(settings.broker_url), group=settings.group)
    if not asyncio.run(_topics_are_there(settings, vitals)):
        log("worker", logging.INFO, "stopped")
        return 0
    # What is loaded stays: the collector need not look through a million words now and then.
    gc.collect()
    gc.freeze()
    app = make_app(settings, rules, leave, metrics)
    watchdog = Watchdog(settings, vitals, heartbeat, lambda: facts(app), leave)
    deadline = _Deadline(settings.stop_timeout)

    def stopping() -> None:
        vitals.stopping = True
        deadline.start()

    watchdog.start()
    try:
        status = run_app(app, stopping)
    finally:
        watchdog.stop()
        heartbeat.end()
        log_held_back()
    log("worker", logging.INFO if status == 0 else logging.ERROR, "stopped", status=status)
    return status


def leave(reason: str) -> NoReturn:
    """End the process at once: no offset is committed any more, so nothing under way is lost."""
    log_held_back()
    log("worker", logging.CRITICAL, "leaving at once", reason=reason)
    logging.shutdown()
    sys.stdout.flush()
    os._exit(1)


class _Deadline:
    """Ends the process where a stop takes too long, as it does where the broker has gone."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, leave, [f"the stop took more than {seconds:g} s"])
        self._timer.daemon = True
        self._started = False

    def start(self) -> None:
        if not self._started:
            self._started = True
            self._timer.start()


async def _topics_are_there(settings: Settings, vitals: Vitals) -> bool:
    """Wait for the topics, or create them; tell whether they are there (else a signal ended the wait)."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    loaded = asyncio.create_task(asyncio.to_thread(warm))
    async with administrator(settings) as admin:
        await loaded
        if settings.create_topics:
            for topic in await create(settings, admin):
                log("worker", logging.INFO, "topic created", topic=topic.name, partitions=topic.partitions)
        return await _wait_for_topics(settings, admin, vitals, stop)


async def _wait_for_topics(
    settings: Settings, admin: AIOKafkaAdminClient, vitals: Vitals, stop: asyncio.Event
) -> bool:
    loop = asyncio.get_running_loop()
    reminded: float | None = None
    while names := ", ".join(topic.name for topic in await missing(settings, admin)):
        vitals.waiting_for = f"for topics that are missing: {names}"
        if reminded is None or loop.time() - reminded >= REMIND_SECONDS:
            reminded = loop.time()
            how = "kabar topics create, or KABAR_CREATE_TOPICS=1"
            if settings.sasl_mechanism is not None or settings.tls_cert is not None:
                how += " (or they are there, and this user has no right to see them)"
            log(
                "worker",
                logging.WARNING,
                "waiting for topics that are missing",
                topics=names,
                create_them=how,
            )
        try:
            await asyncio.wait_for(stop.wait(), POLL_SECONDS)
        except TimeoutError:
            continue
        return False
    return not stop.is_set()
