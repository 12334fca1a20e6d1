"""Workers end in every way there is, in the middle of articles, and nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import random
import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.backlog import Feed, article, backlog, is_malformed
from tests.ledger import lengths
from tests.verifier import count, stored, verify
from tests.workers import (
    DwellingWorker,
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
    from collections.abc import Callable
    from pathlib import Path

    from streams.settings import Settings
    from tests.kafka import Kafka
    from tests.ledger import Ledger

pytestmark = pytest.mark.kafka

HOW_MANY = ("one worker", "two workers")


@pytest.mark.parametrize("workers", [1, 2], ids=HOW_MANY)
@lengths("runs", short=2, long=20)
def test_workers_are_killed(kafka: Kafka, tmp_path: Path, ledger: Ledger, runs: int, workers: int) -> None:
    """Kill -9: what was read again is what had been delivered and not committed, and nothing more."""
    settings = kafka.with_topics(session_timeout=2.0)
    uncommitted = 0

    def kill(worker: Worker) -> None:
        nonlocal uncommitted
        worker.kill()
        uncommitted += verify(settings).results - sum(committed(settings).values())

    _interrupt(settings, tmp_path, kill, runs, workers)
    verdict = out(settings)
    ledger.enter(f"kill -9, {HOW_MANY[workers - 1]}", runs, verdict)
    assert verdict.problems == []
    assert verdict.overtaken == 0
    if workers == 1:
        assert verdict.duplicates <= uncommitted


@pytest.mark.parametrize("workers", [1, 2], ids=HOW_MANY)
@lengths("runs", short=2, long=20)
def test_workers_are_stopped(kafka: Kafka, tmp_path: Path, ledger: Ledger, runs: int, workers: int) -> None:
    """SIGTERM: the worker ends with 0, and where it was the only one nothing is read twice."""
    settings = kafka.with_topics(stop_timeout=60.0)

    def stop(worker: Worker) -> None:
        assert worker.stop() == 0, worker.log_tail()

    _interrupt(settings, tmp_path, stop, runs, workers)
    verdict = out(settings)
    ledger.enter(f"SIGTERM, {HOW_MANY[workers - 1]}", runs, verdict)
    assert verdict.problems == []
    assert verdict.overtaken == 0
    if workers == 1:
        assert verdict.duplicates == 0


def _interrupt(
    settings: Settings, folder: Path, end: Callable[[Worker], None], runs: int, workers: int
) -> None:
    """End one of the workers again and again in the middle of a backlog, and put another in its place."""
    dice = random.Random(workers)  # noqa: S311 - it deals out moments
    feed = Feed(settings)
    with contextlib.ExitStack() as stack:

        def hired() -> Worker:
            return stack.enter_context(SlowWorker(settings, folder))

        crew = [hired() for _ in range(workers)]
        hits = 0
        for attempt in itertools.count():
            assert attempt < 3 * runs, "workers were to be ended in the middle of the backlog"
            victim = dice.randrange(workers)
            crew[victim].wait_for("partitions assigned")
            feed.keep_ahead(250 * workers)
            _wait_for_progress(settings, dice.randint(10, 100), commits=attempt % 2 == 1)
            time.sleep(dice.uniform(0, 0.05))
            end(crew[victim])
            offsets = committed(settings)
            verdict = verify(settings)
            assert verdict.committed_and_lost(offsets) == []
            crew[victim] = hired()
            # Where there are two, the other one may have come to the end meanwhile.
            hits += bool(verdict.missing)
            if hits == runs:
                break
        out(settings)


def _wait_for_progress(settings: Settings, articles: int, *, commits: bool) -> None:
    """Wait until so many more articles came out, and, where asked, until something more was committed."""
    wanted, offsets = came_out(settings) + articles, committed(settings)
    wait_for_results(settings, wanted)
    until(lambda: not commits or committed(settings) != offsets, "something to be committed")


@lengths("runs", short=2, long=20)
def test_the_grace_of_a_stop_is_shorter_than_an_article_takes(
    kafka: Kafka, tmp_path: Path, ledger: Ledger, runs: int
) -> None:
    """SIGTERM in the middle of an article, and SIGKILL before it is done: the article is read again."""
    settings = kafka.with_topics(partitions=1, session_timeout=1.0)
    publish(settings, backlog(40 * runs))
    for index in _readable(40 * runs, runs):
        with DwellingWorker(settings, tmp_path, f"article-{index}") as worker:
            worker.wait_until_it_dwells()
            assert worker.stop(grace=0.5) == -9
        assert committed(settings).get(0, 0) <= index
    with Worker(settings, tmp_path):
        verdict = out(settings)
    ledger.enter("SIGTERM, the grace too short (SIGKILL)", runs, verdict)
    assert verdict.problems == []
    assert verdict.overtaken == 0


def _readable(number: int, chosen: int) -> list[int]:
    """Return so many of the readable articles in a backlog, in order."""
    dice = random.Random(number)  # noqa: S311 - it picks articles
    return sorted(dice.sample([index for index in range(number) if not is_malformed(index)], chosen))


@lengths("runs", short=1, long=20)
def test_a_slow_article_is_followed_by_a_malformed_one(
    kafka: Kafka, tmp_path: Path, ledger: Ledger, runs: int
) -> None:
    """Kill -9 in between: the dead letter is there, its offset is not committed before the slow one's.

    Where Faust decodes, or acknowledges by itself, the slow article is lost here.
    """
    settings = kafka.with_topics(partitions=1, session_timeout=1.0)
    for run in range(runs):
        first = 40 * run
        slow = article(first + 20, "This one is WITHHELD.")
        publish(settings, [*backlog(20, first=first, malformed=0), slow, (b"behind", b"{")])
        begin = asyncio.run(count(settings, [settings.topic_raw]))[settings.topic_raw] - 22
        with Worker(settings, tmp_path, module="tests.faulty_worker") as worker:
            until(lambda: _letters(settings) == run + 1, "the dead letter")  # noqa: B023 - called at once
            until(lambda: committed(settings) == {0: begin + 20}, "a commit")  # noqa: B023 - called at once
            worker.kill()
        assert [place[2] for place in verify(settings).missing] == [begin + 20]
        with Worker(settings, tmp_path) as worker:
            out(settings)
            until(lambda: committed(settings) == {0: begin + 22}, "everything to be committed")  # noqa: B023
            assert worker.stop() == 0
    verdict = verify(settings)
    ledger.enter("slow article, malformed one behind it, kill -9", runs, verdict)
    assert verdict.problems == []
    assert (verdict.enriched, verdict.dead_letters, verdict.duplicates) == (21 * runs, runs, runs)


def test_partitions_are_dealt_out_while_a_worker_stops(kafka: Kafka, tmp_path: Path, ledger: Ledger) -> None:
    """SIGTERM, and another worker joins before the last article is done: the article is not read again.

    Faust closes the consumer where partitions are dealt out while it stops; a commit never ends then, or
    is none.
    """
    settings = kafka.with_topics(partitions=1, stop_timeout=60.0)
    publish(settings, [*backlog(20, malformed=0), article(20, "This one is BELATED.")])
    time_has_come = tmp_path / "time-has-come"
    belated = {"UNTIL": str(time_has_come)}
    with Worker(settings, tmp_path, module="tests.faulty_worker", more=belated) as worker:
        wait_for_results(settings, 21)
        until(lambda: committed(settings) == {0: 20}, "a commit")
        os.kill(worker.pid, signal.SIGTERM)
        worker.wait_for("stopping")
        with Worker(settings, tmp_path) as other:
            worker.wait_for("because it is rebalancing")
            time.sleep(1)  # for the answer to that
            time_has_come.touch()
            until(lambda: worker.status is not None, "the worker to end")
            assert worker.status == 0, worker.log_tail()
            until(lambda: committed(settings) == {0: 21}, "everything to be committed")
            assert other.stop() == 0
    verdict = verify(settings)
    ledger.enter("partitions dealt out while a worker stops", 1, verdict)
    assert verdict.problems == []
    assert verdict.enriched == 21
    assert verdict.duplicates == 0


def _letters(settings: Settings) -> int:
    return len({letter.source for letter in asyncio.run(stored(settings, settings.topic_dead_letter))})


@lengths("articles", short=400, long=2_000)
def test_enrichment_fails_at_random_articles(
    kafka: Kafka, tmp_path: Path, ledger: Ledger, articles: int
) -> None:
    """A hundred exceptions: a hundred dead letters, their neighbours as ever, and the worker goes on."""
    settings = kafka.with_topics()
    kinds = ("ZeroDivisionError", "RecursionError", "MemoryError")
    records = backlog(articles)
    struck = _readable(articles, 100)
    for number, index in enumerate(struck):
        records[index] = article(index, f"Nobody expected a {kinds[number % 3]} here.")
    publish(settings, records)
    with Worker(settings, tmp_path, module="tests.faulty_worker") as worker:
        verdict = out(settings)
        # It is still the same process, and joined its group once.
        assert worker.log.read_text().count("partitions assigned") == 1
        assert worker.stop() == 0
    ledger.enter("an exception in enrich at 100 articles", 1, verdict)
    assert verdict.problems == []
    assert verdict.duplicates == 0
    assert verdict.overtaken == 0
    letters = asyncio.run(stored(settings, settings.topic_dead_letter))
    internal = {letter.key for letter in letters if letter.text("error.type") == "internal"}
    assert internal == {records[index][0] for index in struck}
    assert verdict.dead_letters == 100 + sum(map(is_malformed, range(articles)))


def test_a_worker_that_drops_an_article_is_found_out(kafka: Kafka, tmp_path: Path) -> None:
    """On purpose, and with a receipt: the judge says which one it was, and that it will not be read again."""
    settings = kafka.with_topics(partitions=1)
    records = backlog(60)
    records[30] = article(30, "This one is DROPPED.")
    publish(settings, records)
    with Worker(settings, tmp_path, module="tests.faulty_worker") as worker:
        until(lambda: committed(settings) == {0: 60}, "everything to be committed")
        assert worker.stop() == 0
    verdict = verify(settings)
    lost = (settings.topic_raw, 0, 30)
    assert verdict.problems == [f"{lost} was lost"]
    assert verdict.committed_and_lost(committed(settings)) == [lost]
