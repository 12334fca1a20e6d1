"""The worker's life: the broker answers, the topics are there, articles flow, the process ends.

Exit status 0 is a clean stop. Everything else ends with 1, and with a reason in the log; what
was under way then is read again by the next worker.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from typing import TYPE_CHECKING

from streams.enrichment import warm
from streams.kafka.app import make_app, run_app
from streams.kafka.ending import Deadline, leave
from streams.kafka.heartbeat import Heartbeat
from streams.kafka.metrics import Metrics
from streams.kafka.seen import of_app
from streams.kafka.vitals import Vitals
from streams.kafka.waiting import topics_are_there
from streams.kafka.watchdog import Watchdog
from streams.kafka.web import serve
from streams.logs import log, log_held_back


if TYPE_CHECKING:
    from streams.alerts import Rules
    from streams.settings import Settings


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
    if not asyncio.run(topics_are_there(settings, (settings.topic_raw, *settings.outputs()), vitals, warm)):
        log("worker", logging.INFO, "stopped")
        return 0
    # What is loaded stays: the collector need not look through a million words now and then.
    gc.collect()
    gc.freeze()
    app = make_app(settings, rules, leave, metrics)
    watchdog = Watchdog(settings, vitals, heartbeat, lambda: of_app(app), leave)
    deadline = Deadline(settings.stop_timeout)

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
