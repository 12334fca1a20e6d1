"""Dead letters on Apache Kafka: too many of them stop the worker, and the rest can be worked with."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from streams.kafka.letters import REPLAYED_FROM
from tests.backlog import article, backlog
from tests.embedded import Ran, kabar
from tests.kafka import free_port
from tests.ledger import lengths
from tests.verifier import stored
from tests.workers import Worker, committed, environment, out, publish


if TYPE_CHECKING:
    from pathlib import Path

    from streams.settings import Settings
    from tests.kafka import Kafka
    from tests.ledger import Ledger
    from tests.verifier import Stored

pytestmark = pytest.mark.kafka

WINDOW = 200

_FLOODS = {
    "tombstones": (None, "decode/empty"),
    "another format": (b"Obj\x01\x04\x14avro.codec\xff", "decode/not_utf8"),
}


def _command(settings: Settings, *arguments: object) -> Ran:
    """Run ``kabar dead-letters``."""
    env = {name: value for name, value in environment(settings).items() if name.startswith("KABAR_")}
    return kabar("dead-letters", *arguments, env=env)


def _stored(settings: Settings, topic: str) -> list[Stored]:
    return sorted(asyncio.run(stored(settings, topic)), key=lambda record: record.place)


@lengths("flood, records", short=("tombstones", 1_500), long=("another format", 30_000))
def test_a_worker_that_reads_nothing_but_dead_letters_stops(
    kafka: Kafka, tmp_path: Path, ledger: Ledger, flood: str, records: int
) -> None:
    """With 1 and the reason, long before the archive is buried; each restart buries no more than that.

    Once it is told to let them through, everything comes out.
    """
    value, kind = _FLOODS[flood]
    settings = kafka.with_topics(partitions=1, dead_letter_window=WINDOW, session_timeout=2.0)
    good = backlog(50, malformed=0)
    publish(settings, [*good, *((b"%d" % index, value) for index in range(records)), *good[:1]])
    for start in range(2):
        before = len(_stored(settings, settings.topic_dead_letter))
        with Worker(settings, tmp_path) as worker:
            assert worker.ended() == 1
            reason = f"{WINDOW} of the last {WINDOW} articles became dead letters ({kind} {WINDOW})"
            assert worker.says(reason), worker.log_tail()
            assert worker.says("KABAR_DEAD_LETTER_LIMIT=0")
        buried = len(_stored(settings, settings.topic_dead_letter)) - before
        # What was under way when it stopped is on the topic too.
        assert WINDOW <= buried <= WINDOW + settings.in_flight_articles + WINDOW
        assert committed(settings).get(0, 0) <= 50 + (start + 1) * WINDOW
    with Worker(replace(settings, dead_letter_limit=0.0), tmp_path) as worker:
        verdict = out(settings)
        assert worker.stop() == 0
    ledger.enter(f"a flood of {flood}: stopped twice, then let through", 3, verdict)
    assert verdict.problems == []
    assert (verdict.enriched, verdict.dead_letters) == (51, records)


def test_dead_letters_are_counted_shown_mended_and_replayed(kafka: Kafka, tmp_path: Path) -> None:
    """A release has a fault; the next one reads what it buried, and each article keeps its id."""
    settings = kafka.with_topics(partitions=2)
    struck = [
        article(index, f"Nobody expected a {kind} here.")
        for index, kind in enumerate(["ZeroDivisionError", "RecursionError", "ZeroDivisionError"])
    ]
    broken = [(b"odd", b"{"), (b"odd", b"\xff"), (b"gone", None)]
    publish(settings, [*backlog(20, malformed=0, first=10), *struck, *broken], [("desk", b"foreign")])
    with Worker(settings, tmp_path, module="tests.faulty_worker") as worker:
        out(settings)
        assert worker.stop() == 0

    listed = _command(settings, "list")
    groups = re.findall(r"^ +(\d+)  (\S+)  (\d:\d+)", listed.out, re.MULTILINE)
    assert [(count, name) for count, name, _ in groups] == [
        ("3", "enrich/internal"),
        ("1", "decode/empty"),
        ("1", "decode/not_json"),
        ("1", "decode/not_utf8"),
    ]
    assert "2 × a fault of Kabar's own: ZeroDivisionError" in listed.out
    assert listed.out.endswith("6 dead letters\n")

    shown = _command(settings, "show", groups[0][2])
    assert "reason   enrich/internal" in shown.out
    assert "header   desk: foreign" in shown.out
    assert re.search(r'^\{"id": "article-\d", .*Error here\."\}$', shown.out, re.MULTILINE)

    mended = _command(settings, "replay", "--type", "internal")
    assert mended == (0, f"published 3 articles to {settings.topic_raw}\n", "")
    with Worker(settings, tmp_path) as worker:
        # What went in again has other places than what came out of it the first time.
        verdict = out(settings)
        assert worker.stop() == 0
    assert (verdict.enriched, verdict.dead_letters) == (23, 6)
    assert [one for one in verdict.problems if "gives other bytes" not in one] == []
    again = [one for one in _stored(settings, settings.topic_raw) if one.text(REPLAYED_FROM)]
    letters = [
        one for one in _stored(settings, settings.topic_dead_letter) if one.text("error.type") == "internal"
    ]
    assert {(one.key, one.value, one.text("desk")) for one in again} == {
        (one.key, one.value, one.text("desk")) for one in letters
    }
    assert {one.text(REPLAYED_FROM) for one in again} == {":".join(map(str, one.source)) for one in letters}
    came = [
        one
        for one in _stored(settings, settings.topic_enriched)
        if one.source in {raw.place for raw in again}
    ]
    assert {one.key for one in came} == {key for key, _ in struck}
    assert {json.loads(one.value or b"")["id"].encode() for one in came} == {key for key, _ in struck}


def test_a_flood_replayed_goes_on_to_be_one_article_each(kafka: Kafka, tmp_path: Path) -> None:
    """What is replayed and fails again has a new letter; the next replay still publishes it once."""
    settings = kafka.with_topics(partitions=1)
    publish(settings, [(b"a", b"{"), (b"b", b"[1]")])
    with Worker(settings, tmp_path) as worker:
        for round_ in range(1, 3):
            out(settings)
            of = f" of {2 * round_} dead letters" if round_ > 1 else ""
            assert _command(settings, "replay").out == f"published 2 articles{of} to {settings.topic_raw}\n"
        verdict = out(settings)
        assert worker.stop() == 0
    assert verdict.problems == []
    assert (verdict.raw, verdict.enriched, verdict.dead_letters) == (6, 0, 6)
    assert _command(settings, "list", "--type", "not_json").out.endswith("3 dead letters\n")


@pytest.mark.parametrize("arguments", [["list"], ["show", "0:0"], ["replay"], ["replay", "--dry-run"]])
def test_a_topic_that_is_missing_is_said(kafka: Kafka, arguments: list[str]) -> None:
    """With those that are there."""
    settings = replace(kafka.with_topics(), topic_dead_letter="misspelt")
    ran = _command(settings, *arguments)
    assert (ran.status, ran.out) == (1, "")
    assert "misspelt" in ran.err
    assert "Traceback" not in ran.err
    assert settings.topic_raw in ran.err


@pytest.mark.parametrize("arguments", [["list"], ["show", "0:0"], ["replay"]])
def test_a_broker_that_is_not_there_is_said(kafka: Kafka, arguments: list[str]) -> None:
    """By its address, and soon."""
    address = f"127.0.0.1:{free_port()}"
    ran = _command(replace(kafka.settings(), broker_url=(address,)), *arguments)
    assert (ran.status, ran.out) == (1, "")
    assert address in ran.err
    assert "Traceback" not in ran.err
