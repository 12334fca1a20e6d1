"""Workers join and leave all the time, and more of them than there are partitions."""

from __future__ import annotations

import contextlib
import random
import time
from typing import TYPE_CHECKING

import pytest

from tests.backlog import Feed, backlog
from tests.ledger import lengths
from tests.verifier import verify
from tests.workers import PATIENCE, SlowWorker, Worker, came_out, committed, out, publish, until


if TYPE_CHECKING:
    from pathlib import Path

    from tests.kafka import Kafka
    from tests.ledger import Ledger

pytestmark = pytest.mark.kafka


@lengths("changes", short=12, long=60)
def test_workers_come_and_go(kafka: Kafka, tmp_path: Path, ledger: Ledger, changes: int) -> None:
    """Every few seconds one joins, is stopped or is killed; up to four at a time, over three partitions."""
    settings = kafka.with_topics(partitions=3, session_timeout=2.0, stop_timeout=60.0)
    feed = Feed(settings)
    dice = random.Random(changes)  # noqa: S311 - it deals out changes
    with contextlib.ExitStack() as stack:
        crew: list[Worker] = []
        for _ in range(changes):
            feed.keep_ahead(500)
            if len(crew) < 2 or (len(crew) < 4 and dice.random() < 0.5):
                crew.append(stack.enter_context(SlowWorker(settings, tmp_path)))
            else:
                leaving = crew.pop(dice.randrange(len(crew)))
                if dice.random() < 0.5:
                    leaving.kill()
                else:
                    assert leaving.stop(PATIENCE) == 0, leaving.log_tail()
                offsets = committed(settings)
                assert verify(settings).committed_and_lost(offsets) == []
            time.sleep(dice.uniform(2, 4))
        assert [worker.status for worker in crew] == [None] * len(crew)
        verdict = out(settings)
    ledger.enter("workers join and leave every few seconds", changes, verdict)
    assert verdict.problems == []
    assert verdict.overtaken == 0


@lengths("runs", short=2, long=10)
def test_there_are_more_workers_than_partitions(
    kafka: Kafka, tmp_path: Path, ledger: Ledger, runs: int
) -> None:
    """Those that have nothing to do wait, and take over from the one that is killed."""
    settings = kafka.with_topics(partitions=1, session_timeout=2.0)
    with contextlib.ExitStack() as stack:
        crew = [stack.enter_context(SlowWorker(settings, tmp_path)) for _ in range(3)]
        for run in range(runs):
            publish(settings, backlog(200, first=run * 200))
            wanted = came_out(settings) + 50
            until(lambda: came_out(settings) >= wanted, "articles to come out")  # noqa: B023 - called at once
            [busy] = [worker for worker in crew if _has_the_partition(worker)]
            busy.kill()
            offsets = committed(settings)
            assert verify(settings).committed_and_lost(offsets) == []
            crew.remove(busy)
            verdict = out(settings)
            crew.append(stack.enter_context(SlowWorker(settings, tmp_path)))
    ledger.enter("three workers on one partition, kill -9", runs, verdict)
    assert verdict.problems == []
    assert verdict.overtaken == 0


def _has_the_partition(worker: Worker) -> bool:
    """Tell whether a worker has the one partition, by the last that it said."""
    said = [line for line in worker.log.read_text().splitlines() if "partitions assigned" in line]
    return bool(said) and 'partitions="[0]"' in said[-1]
