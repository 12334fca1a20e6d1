"""A worker that gets nothing done ends itself, and what it had not finished is read again."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.workers import Worker, articles, committed, out, publish, until


if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from streams.settings import Settings
    from tests.kafka import Kafka

pytestmark = pytest.mark.kafka

BEFORE = 20
"""Articles that go well, before the one that does not."""

ALL = 2 * BEFORE + 1
"""The offset behind the last article."""

STALL = 4
"""Seconds after which the watchdog ends a worker whose fault has shown."""

STALLED = {
    "agent waits": "no article was finished",
    "article hangs": "no article was finished",
    "fetches hang": "no article was finished",
    "commits hang": "no offset was committed",
    "commits fail": "no offset was committed",
    "never joins": "not in its group",
}
"""What the last line of the log says of each fault that the watchdog ends."""


class Ended(NamedTuple):
    """A worker that ended by itself: its status, its log, and what it had committed then."""

    settings: Settings
    status: int
    log: str
    committed: dict[int, int]


PHANTOM = "a phantom is waited for"
"""What looks like a fault from within the worker, and is none: the broker says that all is done."""


@pytest.fixture(scope="module")
def workers(
    kafka: Kafka, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, tuple[Settings, Worker]]]:
    """Start a worker with each of the faults, all at a time."""
    trouble = (b"trouble", json.dumps({"id": "trouble", "text": "Here is TROUBLE."}).encode())
    with contextlib.ExitStack() as stack:
        started: dict[str, tuple[Settings, Worker]] = {}
        for fault in (*STALLED, "commits raise", "article holds Python's lock", PHANTOM):
            settings = kafka.with_topics(partitions=1)
            publish(settings, [*articles(BEFORE), trouble, *articles(BEFORE)])
            folder = tmp_path_factory.mktemp("worker")
            more = {"FAULT": fault, "STALL": str(STALL)}
            worker = Worker(settings, folder, module="tests.stalling_worker", more=more)
            stack.callback(worker.stop, 0)
            started[fault] = (settings, worker)
        yield started


@pytest.fixture(scope="module")
def ended(workers: dict[str, tuple[Settings, Worker]]) -> dict[str, Ended]:
    """Wait until all have ended that should."""
    hungry, worker = workers["fetches hang"]
    worker.wait_for("nothing is fetched any more")
    until(lambda: committed(hungry) == {0: ALL}, "all that was there to be committed")
    publish(hungry, articles(BEFORE))
    return {
        fault: Ended(settings, worker.ended(), worker.log.read_text(), committed(settings))
        for fault, (settings, worker) in workers.items()
        if fault != PHANTOM
    }


@pytest.mark.parametrize("fault", STALLED)
def test_a_worker_that_gets_nothing_done_ends_itself(ended: dict[str, Ended], fault: str) -> None:
    """With 1, a reason, and the setting; what it had not finished is not committed."""
    worker = ended[fault]
    last = worker.log.splitlines()[-1]
    assert worker.status == 1
    assert f'reason="stalled: {STALLED[fault]}' in last
    assert "though the broker answers" in last
    assert "(KABAR_STALL_TIMEOUT)" in last
    limit = 0 if STALLED[fault] != "no article was finished" else ALL
    assert worker.committed.get(0, 0) <= limit


def test_a_commit_that_raises_ends_the_worker_at_once(ended: dict[str, Ended]) -> None:
    """Faust stops the app; the status says that something is wrong."""
    worker = ended["commits raise"]
    assert worker.status == 1
    assert "a fault on purpose" in worker.log
    assert "stalled" not in worker.log
    assert worker.committed == {}


def test_code_that_never_lets_go_of_pythons_lock_is_ended_too(ended: dict[str, Ended]) -> None:
    """No thread of Python could do that; the log says where it was, and quotes nothing."""
    worker = ended["article holds Python's lock"]
    assert worker.status == 1
    assert "stalling_worker.py" in worker.log
    assert f"Timeout (0:00:{STALL + 4:02})!" in worker.log
    assert "TROUBLE" not in worker.log
    assert worker.committed.get(0, 0) <= BEFORE


@pytest.mark.parametrize("fault", ["agent waits", "commits fail", "article holds Python's lock"])
def test_what_a_stalled_worker_had_not_finished_is_read_again(
    ended: dict[str, Ended], fault: str, tmp_path: Path
) -> None:
    """By the next worker, which has no fault: everything comes out."""
    settings = ended[fault].settings
    with Worker(settings, tmp_path) as worker:
        until(lambda: committed(settings) == {0: ALL}, "everything to be committed")
        assert worker.stop() == 0
    assert out(settings).problems == []


def test_a_worker_that_only_seems_to_wait_is_left_alone(workers: dict[str, tuple[Settings, Worker]]) -> None:
    """Where the broker says that all is committed there is nothing to do, whatever it looks like."""
    settings, worker = workers[PHANTOM]
    # The watchdog asks after a quarter of its time without a move: by then it is over.
    worker.wait_for("asked 6 times")
    assert committed(settings) == {0: ALL}
    publish(settings, articles(BEFORE))
    assert out(settings).problems == []
    assert worker.status is None
