"""The broker goes away and comes back: in good order, killed, for seconds and for minutes."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

import pytest

from streams.kafka.heartbeat import ill
from tests.administration import commit, delete_records
from tests.backlog import backlog
from tests.kafka import free_port, running
from tests.ledger import lengths
from tests.workers import SlowWorker, Worker, came_out, out, publish, until, wait_for_results


if TYPE_CHECKING:
    from pathlib import Path

    from streams.settings import Settings
    from tests.kafka import Kafka
    from tests.ledger import Ledger

pytestmark = pytest.mark.kafka

SESSION = 2.0
"""Seconds that a worker may be silent before its partitions are given to others."""


@lengths("runs", short=1, long=10)
def test_the_broker_is_away_for_longer_than_a_session(
    kafka_classes: str, tmp_path: Path, ledger: Ledger, runs: int
) -> None:
    """Shut down and killed in turn: two workers live on, take up their work where it was, nothing is lost."""
    port = free_port()
    settings: Settings | None = None
    with contextlib.ExitStack() as stack:
        crew: list[Worker] = []
        for run, how in enumerate(("shut down", "killed") * runs):
            with running(kafka_classes, tmp_path, port) as broker:
                if settings is None:
                    settings = broker.with_topics(session_timeout=SESSION)
                    crew = [stack.enter_context(SlowWorker(settings, tmp_path)) for _ in range(2)]
                before = came_out(settings)
                publish(settings, backlog(200, first=run * 200))
                wait_for_results(settings, before + 50)
                _end(broker, how)
            time.sleep(3 * SESSION)
            assert [worker.status for worker in crew] == [None, None]
        assert settings is not None
        with running(kafka_classes, tmp_path, port):
            verdict = out(settings)
            assert [worker.status for worker in crew] == [None, None]
            for worker in crew:
                worker.stop()
    ledger.enter("broker shut down or killed, away for longer than a session", 2 * runs, verdict)
    assert verdict.problems == []


def _end(broker: Kafka, how: str) -> None:
    """End the broker; where it is to be killed, that is what leaving its context does."""
    if how == "shut down":
        broker.shut_down()


@pytest.mark.soak
@pytest.mark.parametrize("how", ["shut down", "killed"])
def test_the_broker_is_away_for_minutes(kafka_classes: str, tmp_path: Path, ledger: Ledger, how: str) -> None:
    """Workers that cannot deliver leave, are started again, and go on once it is back.

    One that has nothing to deliver stays, for longer than the watchdog waits where there is a
    broker; it is not healthy, and stops in its grace when told to. What they log is bounded.
    """
    port = free_port()
    workers: list[Worker] = []
    with contextlib.ExitStack() as stack:

        def hire(settings: Settings) -> None:
            workers.append(stack.enter_context(SlowWorker(settings, tmp_path)))

        with running(kafka_classes, tmp_path, port) as broker:
            settings = broker.with_topics(session_timeout=SESSION, delivery_timeout=60.0)
            heartbeat = tmp_path / "heartbeat"
            idle = stack.enter_context(
                Worker(
                    broker.with_topics(
                        session_timeout=SESSION,
                        delivery_timeout=60.0,
                        stall_timeout=90.0,
                        stop_timeout=5.0,
                        heartbeat=heartbeat,
                    ),
                    tmp_path,
                )
            )
            publish(settings, backlog(1_000))
            hire(settings)
            wait_for_results(settings, 50)
            until(lambda: ill(heartbeat) is None, "the idle worker to be well")
            _end(broker, how)
        # What a restart policy does.
        end = time.monotonic() + 300
        while time.monotonic() < end:
            if workers[-1].status is not None:
                hire(settings)
            time.sleep(10)
        assert idle.status is None
        assert ill(heartbeat) is not None
        assert idle.stop() == 1
        assert idle.says("the stop took more than 5 s")
        lines = sum(len(worker.log.read_text().splitlines()) for worker in (idle, *workers))
        with running(kafka_classes, tmp_path, port):
            if workers[-1].status is not None:
                hire(settings)
            verdict = out(settings)
            workers[-1].stop()
    ledger.enter(f"broker {how}, away for five minutes ({len(workers)} workers, {lines} lines)", 1, verdict)
    assert verdict.problems == []
    assert lines < 2_000


def test_records_are_deleted_before_they_are_read(kafka: Kafka, tmp_path: Path, ledger: Ledger) -> None:
    """Retention overtook the group: the worker says so as an error, and goes on with what is there."""
    settings = kafka.with_topics(partitions=1)
    publish(settings, backlog(150))
    commit(settings, 50)
    delete_records(settings, before=100)
    with Worker(settings, tmp_path) as worker:
        verdict = out(settings)
        assert worker.stop() == 0
    ledger.enter("50 of 150 records deleted before they were read", 1, verdict)
    assert verdict.problems == []
    assert verdict.raw == 50
    assert "offset=50" in _line(worker, "records were deleted before they were read")


def _line(worker: Worker, words: str) -> str:
    [line] = [line for line in worker.log.read_text().splitlines() if words in line]
    return line
