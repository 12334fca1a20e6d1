"""The broker does not take what the worker gives: never committed and lost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.administration import configure, create, delete
from tests.backlog import article, backlog, is_malformed
from tests.ledger import lengths
from tests.verifier import stored, verify
from tests.workers import PATIENCE, Worker, committed, out, publish, until


if TYPE_CHECKING:
    from pathlib import Path

    from streams.settings import Settings
    from tests.kafka import Kafka
    from tests.ledger import Ledger
    from tests.verifier import Stored

pytestmark = pytest.mark.kafka

SHORT_PATIENCE = 3.0
"""Seconds after which these workers give up on a delivery."""

SESSION = 2.0
"""Seconds after which the partitions of a worker that left are given to the next one."""

NUMBER = 60
"""Articles that are read before the output fails, and as many that come then."""


@lengths("number", short=200, long=2_000)
def test_enriched_articles_are_too_large_for_their_topic(
    kafka: Kafka, tmp_path: Path, ledger: Ledger, number: int
) -> None:
    """One in twenty is refused, and becomes a dead letter that says so; its alerts go out all the same."""
    settings = kafka.with_topics()
    configure(settings, settings.topic_enriched, max_message_bytes=100_000)
    records = backlog(number)
    large = [index for index in range(0, number, 20) if not is_malformed(index)]
    for index in large:
        words = (
            "Nineteen people were killed in an air strike on Monday. Rebels shelled the town. "
            + "Nothing else was said of it. " * 4_000
        )
        records[index] = article(index, words)
    publish(settings, records)
    with Worker(settings, tmp_path) as worker:
        verdict = out(settings)
        assert worker.stop() == 0
    ledger.enter(f"{len(large)} results larger than the topic takes", 1, verdict)
    assert verdict.problems == []
    letters = asyncio.run(stored(settings, settings.topic_dead_letter))
    refused = {letter.source for letter in letters if letter.text("error.type") == "refused"}
    assert len(refused) == len(large)
    assert verdict.dead_letters == len(large) + sum(map(is_malformed, range(number)))
    alerts = asyncio.run(stored(settings, settings.topic_alert))
    assert refused <= {alert.source for alert in alerts}


def test_alerts_are_too_large_for_their_topic(kafka: Kafka, tmp_path: Path, ledger: Ledger) -> None:
    """What raised one is enriched and a dead letter, for the recorded reason; everything else goes on."""
    settings = kafka.with_topics()
    configure(settings, settings.topic_alert, max_message_bytes=200)
    publish(settings, backlog(200))
    with Worker(settings, tmp_path) as worker:
        verdict = out(settings)
        until(lambda: not _uncommitted(settings), "everything to be committed")
        assert worker.stop() == 0
    verdict = verify(settings)
    ledger.enter("alerts larger than the topic takes", 1, verdict)
    assert verdict.problems == []
    assert verdict.alerts == 0
    assert verdict.enriched == 190
    assert verdict.dead_letters > 10


def _uncommitted(settings: Settings) -> int:
    """Return how many records of the raw topic are not committed."""
    return verify(settings).raw - sum(committed(settings).values())


@pytest.mark.parametrize("lost", ["enriched", "alert", "dead-letter"])
@lengths("runs", short=1, long=5)
def test_a_topic_is_deleted_under_the_worker(
    kafka: Kafka, tmp_path: Path, ledger: Ledger, runs: int, lost: str
) -> None:
    """The worker leaves with 1 and commits nothing that is not there; the next one goes on."""
    settings = kafka.with_topics(partitions=1, session_timeout=SESSION, delivery_timeout=SHORT_PATIENCE)
    topic = _topic(settings, lost)
    gone: list[Stored] = []
    for run in range(runs):
        with Worker(settings, tmp_path) as worker:
            publish(settings, backlog(NUMBER, first=2 * run * NUMBER))
            out(settings, gone=gone)
            until(lambda: not _uncommitted(settings), "everything to be committed")
            gone += asyncio.run(stored(settings, topic))
            delete(settings, topic)
            publish(settings, backlog(NUMBER, first=(2 * run + 1) * NUMBER))
            assert worker.ended() == 1
            assert worker.says(f"topic {topic}: not delivered in {SHORT_PATIENCE:g} s")
        assert verify(settings, gone).committed_and_lost(committed(settings)) == []
        create(settings)
    with Worker(settings, tmp_path) as worker:
        verdict = out(settings, gone=gone)
        assert worker.stop() == 0
    ledger.enter(f"{lost} topic deleted, for longer than the worker waits", runs, verdict)
    assert verdict.problems == []


def _topic(settings: Settings, role: str) -> str:
    name: str = getattr(settings, f"topic_{role.replace('-', '_')}")
    return name


@lengths("runs", short=1, long=5)
def test_a_topic_is_deleted_and_made_anew_in_time(
    kafka: Kafka, tmp_path: Path, ledger: Ledger, runs: int
) -> None:
    """The worker waits for it, and sends again what had no receipt."""
    settings = kafka.with_topics(partitions=1, delivery_timeout=PATIENCE)
    gone: list[Stored] = []
    with Worker(settings, tmp_path) as worker:
        for run in range(runs):
            publish(settings, backlog(NUMBER, first=2 * run * NUMBER))
            out(settings, gone=gone)
            gone += asyncio.run(stored(settings, settings.topic_enriched))
            delete(settings, settings.topic_enriched)
            publish(settings, backlog(NUMBER, first=(2 * run + 1) * NUMBER))
            worker.wait_for("sending again")
            create(settings)
            verdict = out(settings, gone=gone)
        assert worker.stop() == 0
    ledger.enter("enriched topic deleted and made anew", runs, verdict)
    assert verdict.problems == []


@lengths("runs", short=1, long=5)
def test_dead_letters_are_too_large_for_their_topic(
    kafka: Kafka, tmp_path: Path, ledger: Ledger, runs: int
) -> None:
    """However short they are cut: the worker leaves with 1, and the letter is not committed."""
    settings = kafka.with_topics(partitions=1, session_timeout=SESSION)
    for run in range(runs):
        configure(settings, settings.topic_dead_letter, max_message_bytes=300)
        publish(settings, backlog(NUMBER, first=run * NUMBER))
        with Worker(settings, tmp_path) as worker:
            assert worker.ended() == 1
            assert worker.says("the broker takes no dead letter, however short")
        verdict = verify(settings)
        assert verdict.missing
        assert verdict.committed_and_lost(committed(settings)) == []
        configure(settings, settings.topic_dead_letter, max_message_bytes=1_000_000)
        with Worker(settings, tmp_path) as worker:
            out(settings)
            until(lambda: not _uncommitted(settings), "everything to be committed")
            assert worker.stop() == 0
    verdict = verify(settings)
    ledger.enter("dead letters larger than their topic takes", runs, verdict)
    assert verdict.problems == []
