"""The broker goes away and comes back: in good order, killed, for seconds and for minutes."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

import pytest

from tests.backlog import backlog
from tests.kafka import free_port, running
from tests.ledger import lengths
from tests.workers import PATIENCE, SlowWorker, Worker, came_out, out, publish, until


if TYPE_CHECKING:
    from pathlib import Path

    from streams.settings import Settings
    from tests.kafka import Kafka
    from tests.ledger import Ledger

pytestmark = pytest.mark.kafka

SESSION = 2.0
"""Seconds that a worker may be silent before its partitions are given to others."""


@pytest.mark.parametrize("how", ["shut down", "killed"])
@lengths("runs", short=1, long=10)
def test_the_broker_is_away_for_longer_than_a_session(
    kafka_classes: str, tmp_path: Path, ledger: Ledger, runs: int, how: str
) -> None:
    """Two workers live on, take up their work where it was, and nothing is lost."""
    port = free_port()
    settings: Settings | None = None
    with contextlib.ExitStack() as stack:
        crew: list[Worker] = []
        for run in range(runs):
            with running(kafka_classes, tmp_path, port) as broker:
                if settings is None:
                    settings = broker.with_topics(session_timeout=SESSION)
                    crew = [stack.enter_context(SlowWorker(settings, tmp_path)) for _ in range(2)]
                publish(settings, backlog(300, first=run * 300))
                _wait_for_progress(settings)
                _end(broker, how)
            time.sleep(3 * SESSION)
            assert [worker.status for worker in crew] == [None, None]
        assert settings is not None
        with running(kafka_classes, tmp_path, port):
            verdict = out(settings)
            assert [worker.status for worker in crew] == [None, None]
            for worker in crew:
                worker.stop(PATIENCE)
    ledger.enter(f"broker {how}, away for longer than a session", runs, verdict)
    assert verdict.problems == []


def _end(broker: Kafka, how: str) -> None:
    """End the broker; where it is to be killed, that is what leaving its context does."""
    if how == "shut down":
        broker.shut_down()


def _wait_for_progress(settings: Settings) -> None:
    wanted = came_out(settings) + 50
    until(lambda: came_out(settings) >= wanted, "articles to come out")


@pytest.mark.soak
@pytest.mark.parametrize("how", ["shut down", "killed"])
def test_the_broker_is_away_for_minutes(kafka_classes: str, tmp_path: Path, ledger: Ledger, how: str) -> None:
    """Workers leave when they cannot deliver, are started again, and go on once it is back.

    What they log meanwhile is bounded, and one that is told to stop does so in its grace.
    """
    port = free_port()
    workers: list[Worker] = []
    with contextlib.ExitStack() as stack:

        def hire(settings: Settings) -> None:
            workers.append(stack.enter_context(SlowWorker(settings, tmp_path)))

        with running(kafka_classes, tmp_path, port) as broker:
            settings = broker.with_topics(session_timeout=SESSION, delivery_timeout=60.0)
            publish(settings, backlog(1_000))
            hire(settings)
            _wait_for_progress(settings)
            _end(broker, how)
        # What a restart policy does.
        end = time.monotonic() + 300
        while time.monotonic() < end:
            if workers[-1].status is not None:
                hire(settings)
            time.sleep(10)
        lines = sum(len(worker.log.read_text().splitlines()) for worker in workers)
        with running(kafka_classes, tmp_path, port):
            if workers[-1].status is not None:
                hire(settings)
            verdict = out(settings)
            workers[-1].stop(PATIENCE)
    ledger.enter(f"broker {how}, away for five minutes ({len(workers)} workers, {lines} lines)", 1, verdict)
    assert verdict.problems == []
    assert lines < 2_000
