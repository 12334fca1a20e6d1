"""Workers join and leave all the time, and more of them than there are partitions."""

from __future__ import annotations

import contextlib
import random
import re
import time
from typing import TYPE_CHECKING

import pytest

from tests.administration import wait_for_members
from tests.backlog import Feed, backlog
from tests.ledger import lengths
from tests.verifier import verify
from tests.workers import (
    SlowWorker,
    Worker,
    came_out,
    committed,
    out,
    publish,
    until,
    wait_for_results,
)


if TYPE_CHECKING:
    from pathlib import Path

    from tests.kafka import Kafka
    from tests.ledger import Ledger

pytestmark = pytest.mark.kafka


@lengths("changes", short=9, long=60)
def test_workers_come_and_go(kafka: Kafka, tmp_path: Path, ledger: Ledger, changes: int) -> None:
    """Every few seconds one joins, is stopped or is killed; up to four at a time, over three partitions."""
    settings = kafka.with_topics(partitions=3, session_timeout=2.0, stop_timeout=60.0)
    feed = Feed(settings)
    dice = random.Random(changes)  # noqa: S311 - it deals out changes
    with contextlib.ExitStack() as stack:
        crew: list[Worker] = []
        for _ in range(changes):
            feed.keep_ahead()
            if len(crew) < 2 or (len(crew) < 4 and dice.random() < 0.5):
                crew.append(stack.enter_context(SlowWorker(settings, tmp_path)))
            else:
                leaving = crew.pop(dice.randrange(len(crew)))
                if dice.random() < 0.5:
                    leaving.kill()
                else:
                    leaving.wait_for("partitions assigned")  # before it has begun, SIGTERM just ends it
                    assert leaving.stop() == 0, leaving.log_tail()
                offsets = committed(settings)
                assert verify(settings).committed_and_lost(offsets) == []
            time.sleep(dice.uniform(1, 3))
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
        crew: list[Worker] = [stack.enter_context(SlowWorker(settings, tmp_path)) for _ in range(3)]
        for run in range(runs):
            wait_for_members(settings, len(crew))
            before = came_out(settings)
            publish(settings, backlog(200, first=run * 200))
            wait_for_results(settings, before + 50)
            until(lambda: len(_busy(crew)) == 1, "one worker to have the partition")
            [busy] = _busy(crew)
            busy.kill()
            offsets = committed(settings)
            assert verify(settings).committed_and_lost(offsets) == []
            crew.remove(busy)
            verdict = out(settings)
            crew.append(stack.enter_context(SlowWorker(settings, tmp_path)))
    ledger.enter("three workers on one partition, kill -9", runs, verdict)
    assert verdict.problems == []
    assert verdict.overtaken == 0


def _busy(crew: list[Worker]) -> list[Worker]:
    """Return the workers that have the one partition, by the last that they said of it."""
    last = {
        worker: re.findall(r"partitions assigned .*partitions=(\S+)", worker.log.read_text())
        for worker in crew
    }
    return [worker for worker, said in last.items() if said[-1:] == ["[0]"]]
