"""Two nodes, of which one goes away: leaders and coordinators move, or too few replicas are left."""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from aiokafka.errors import KafkaError

from streams.kafka.connection import BrokerError
from tests.administration import configure, coordinator, create
from tests.backlog import backlog
from tests.kafka import Kafka, free_port, running, second_node
from tests.ledger import lengths
from tests.workers import PATIENCE, SlowWorker, Worker, came_out, out, publish, until, wait_for_results


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from streams.settings import Settings
    from tests.ledger import Ledger

pytestmark = pytest.mark.kafka

SHORT_PATIENCE = 3.0
"""Seconds after which these workers give up on a delivery."""

_PROPERTIES = """
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
offsets.topic.replication.factor=2
leader.imbalance.check.interval.seconds=1
leader.imbalance.per.broker.percentage=0
"""
"""It is noticed quickly that a node is gone, or back; and groups are on both nodes, as topics are."""


class Pair:
    """A node that stays, and a second one that comes and goes."""

    def __init__(self, first: Kafka, start: Callable[[], Kafka]) -> None:
        self.first = first
        self._start = start
        self._second: Kafka | None = None

    def second(self) -> Kafka:
        """Return the second node, running: the one of before, where it has not ended meanwhile."""
        if self._second is None or self._second.ended:
            self._second = self._start()
        return self._second

    def settings(self, *, delivery_timeout: float = PATIENCE, in_sync: int = 1) -> Settings:
        """Return settings whose topics are on both nodes; so many have to have what the worker gives."""
        settings = self.first.settings(
            delivery_timeout=delivery_timeout, topic_replication=2, partitions=2, session_timeout=2.0
        )

        def created() -> bool:
            try:
                create(settings)
            except BrokerError:
                return False  # the second node is not counted in yet
            return True

        until(created, "topics on two nodes")
        for topic in settings.outputs():
            configure(settings, topic, min_insync_replicas=in_sync)
        return settings


@pytest.fixture(scope="module")
def pair(kafka_classes: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Give two nodes, the first of them running."""
    first, second = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    port = free_port()
    with contextlib.ExitStack() as stack:
        broker = stack.enter_context(running(kafka_classes, first, more=_PROPERTIES))
        # The same for both: either may be the one that makes the topic of the groups' offsets.
        more = second_node(second, first) + _PROPERTIES
        yield Pair(broker, lambda: stack.enter_context(running(kafka_classes, second, port, more=more)))


@pytest.mark.parametrize("waits", [True, False], ids=["in time", "too late"])
@lengths("runs", short=1, long=5)
def test_there_are_not_enough_replicas(
    pair: Pair, tmp_path: Path, ledger: Ledger, runs: int, waits: bool
) -> None:
    """Of two nodes one goes away: the worker sends again until it is back, or leaves with 1."""
    settings: Settings | None = None
    worker: Worker | None = None
    with contextlib.ExitStack() as stack:
        for run in range(runs):
            other = pair.second()
            if settings is None:
                patience = PATIENCE if waits else SHORT_PATIENCE
                settings = pair.settings(delivery_timeout=patience, in_sync=2)
            if worker is None:
                worker = stack.enter_context(SlowWorker(settings, tmp_path))
            before = came_out(settings)
            publish(settings, backlog(150, first=run * 200))
            wait_for_results(settings, before + 20)
            if run % 2 == 0:
                other.shut_down()
            else:
                other.kill()
            # However fast it was: now it has something to deliver.
            publish(settings, backlog(50, first=run * 200 + 150))
            if waits:
                worker.wait_for("sending again")
            else:
                assert worker.ended() == 1
                assert worker.says(f"not delivered in {SHORT_PATIENCE:g} s")
                worker = None
        assert settings is not None
        pair.second()
        if worker is None:
            worker = stack.enter_context(Worker(settings, tmp_path))
        verdict = out(settings)
        assert worker.stop() == 0
    ledger.enter(f"not enough replicas, {'for a while' if waits else 'the worker leaves'}", runs, verdict)
    assert verdict.problems == []


@pytest.mark.parametrize("how", ["shut down", "killed"])
@lengths("runs", short=1, long=5)
def test_leaders_and_the_coordinator_move(
    pair: Pair, tmp_path: Path, ledger: Ledger, runs: int, how: str
) -> None:
    """With the node that leads some partitions, and the group: the worker goes on at the other one."""
    for _ in range(runs):
        other = pair.second()
        settings = _looked_after_by_the_second(pair.settings())
        with SlowWorker(settings, tmp_path) as worker:
            publish(settings, backlog(300))
            wait_for_results(settings, 20)
            if how == "shut down":
                other.shut_down()
            else:
                other.kill()
            verdict = out(settings)
            assert worker.status is None
            assert worker.stop() == 0
        ledger.enter(f"leaders and coordinator move, {how}", 1, verdict)
        assert verdict.problems == []


@lengths("runs", short=1, long=10)
def test_a_worker_is_stopped_in_the_moment_its_coordinator_dies(
    pair: Pair, tmp_path: Path, ledger: Ledger, runs: int
) -> None:
    """It waits for the next one, commits there and ends with 0; what it left undone another one does."""
    for _ in range(runs):
        other = pair.second()
        settings = replace(_looked_after_by_the_second(pair.settings()), stop_timeout=30.0)
        with SlowWorker(settings, tmp_path) as worker:
            publish(settings, backlog(300))
            wait_for_results(settings, 20)
            other.kill()
            assert worker.stop() == 0, worker.log_tail()
        with Worker(settings, tmp_path):
            verdict = out(settings)
        ledger.enter("a stop in the moment the coordinator dies", 1, verdict)
        assert verdict.problems == []


def _looked_after_by_the_second(settings: Settings) -> Settings:
    """Return the settings with a group that the second node looks after, as soon as it does."""
    groups = (replace(settings, group=f"{settings.group}-{number}") for number in itertools.count())
    found: list[Settings] = []

    def comes_by() -> bool:
        found.append(next(groups))
        with contextlib.suppress(KafkaError):  # nobody does, in the first moments of a node
            return coordinator(found[-1]) == 2
        return False

    until(comes_by, "a group at the second node")
    return found[-1]
