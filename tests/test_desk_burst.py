"""Ten thousand matching articles in a minute: few records of a story, and no desk holds the worker back."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from streams.settings import GROUP_OF_THE_DESK
from streams.times import stamp
from tests.ledger import lengths
from tests.test_desk import BEGIN, TOWNS, Desk, alive, told
from tests.verifier import count
from tests.workers import Worker, committed_by, publish, until


if TYPE_CHECKING:
    from pathlib import Path

    from streams.settings import Settings
    from tests.kafka import Kafka

pytestmark = pytest.mark.kafka

MOST_RECORDS = 10
"""Records of one story, however many articles tell it: when it is raised, and as its sources are counted."""

PATIENCE = 900.0


STRIKES = (
    "A missile strike on a bus station in {town}, Ukraine, killed 12 people, police said. Report {number}.",
    "A rocket attack on a hotel in {town}, Ukraine, has left 13 people dead, soldiers said. Paper {number}.",
    "Drones hit a market in {town}, Ukraine: 14 people were killed, the mayor wrote. Dispatch {number}.",
    "At least 15 people were killed by shelling of a railway yard in {town}, Ukraine. Bulletin {number}.",
    "An air strike on flats in {town}, Ukraine, has killed 16 people, rescuers reported. Message {number}.",
    "Artillery fire killed 17 people at a bakery in {town}, Ukraine, prosecutors said. Item {number}.",
    "In {town}, Ukraine, 18 people were killed as bombs fell on a theatre, doctors said. Story {number}.",
    "Nineteen people, 19 in all, were killed by a missile in {town}, Ukraine, medics said. Brief {number}.",
)
"""One for each town, unlike each other: the articles of a town are copies of one another, near enough."""


def burst(number: int) -> list[tuple[bytes, bytes]]:
    """Return raw articles of strikes on eight towns, all of one minute, of seven hundred sources."""
    dice = random.Random(number)  # noqa: S311 - it deals out towns
    found = []
    for index in range(number):
        which = dice.randrange(len(TOWNS))
        town = TOWNS[which]
        article = {
            "id": f"b{index}",
            "title": f"News from {town}",
            "text": STRIKES[which].format(town=town, number=index),
            "language": "en",
            "published_at": stamp(BEGIN + 60 * index / number),
            "source": {"name": f"s{dice.randrange(700)}"},
        }
        found.append((f"b{index}".encode(), json.dumps(article).encode()))
    return found


def enriched(settings: Settings) -> int:
    """Return how many enriched articles there are."""
    return count_of(settings, settings.topic_enriched)


def count_of(settings: Settings, topic: str) -> int:
    """Return how many records a topic has."""
    return asyncio.run(count(settings, [topic]))[topic]


def read_by_the_desk(settings: Settings) -> int:
    """Return how many enriched articles the desk has acknowledged."""
    return sum(committed_by(settings, settings.group + GROUP_OF_THE_DESK, settings.topic_enriched).values())


def at_rest(settings: Settings) -> int:
    """Return how many it has acknowledged when it stands still: its last word may still be on its way."""
    seen = [-1]

    def is_over() -> bool:
        seen.append(read_by_the_desk(settings))
        return seen[-1] == seen[-2]

    until(is_over, "the desk's last commit to come in", pause=1.0)
    return seen[-1]


@lengths("articles", short=800, long=10_000)
@pytest.mark.parametrize("fault", ["stopped", "killed"])
def test_a_burst_is_few_records_and_no_desk_holds_the_worker_back(
    kafka: Kafka, tmp_path: Path, articles: int, fault: str
) -> None:
    """The desk stands still, or dies, in the middle: every article is enriched all the same.

    Then the desk goes on, and tells one story for each town, in as many records whatever there was.
    """
    settings = kafka.with_topics(session_timeout=6.0)
    records = burst(articles)
    received = [("article.received", stamp(BEGIN + 60).encode())]
    desk = Desk(settings, tmp_path)
    with desk, Worker(settings, tmp_path) as worker:
        desk.wait_for("active")
        publish(settings, records[: articles // 8], received)
        until(lambda: read_by_the_desk(settings) >= articles // 16, "the desk to read", patience=PATIENCE)
        os.kill(desk.pid, signal.SIGSTOP if fault == "stopped" else signal.SIGKILL)
        before = at_rest(settings)
        publish(settings, records[articles // 8 :], received)

        def is_through() -> bool:
            assert worker.status is None, worker.log_tail()
            return enriched(settings) >= articles

        until(is_through, "all articles to be enriched", patience=PATIENCE)
        # The worker is through, and the desk has not moved.
        assert read_by_the_desk(settings) == before
        assert before < articles
        if fault == "stopped":
            os.kill(desk.pid, signal.SIGCONT)
            _is_told(settings, articles)
        else:
            with Desk(settings, tmp_path):
                _is_told(settings, articles)


def _is_told(settings: Settings, articles: int) -> None:
    """Wait until each town's story has all its articles; it was told in few records, each town once."""

    def last() -> int:
        return sum(one.sources.articles for one in alive(told(settings)).values())

    until(lambda: last() == articles, "all articles to be told of", patience=PATIENCE)
    records = told(settings)
    assert len(alive(records)) == len(TOWNS)
    times = Counter(one.id for one in records)
    assert max(times.values()) <= MOST_RECORDS, times
    assert count_of(settings, settings.topic_alert) >= articles
