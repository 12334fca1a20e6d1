"""The judge of delivery is judged: each kind of loss or change must make its verdict red."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from streams.alerts import load_rules
from streams.envelope import Incoming, Outgoing
from streams.outputs import outputs
from streams.settings import Settings
from tests.verifier import Stored, judge
from tests.workers import articles


if TYPE_CHECKING:
    from collections.abc import Callable


SETTINGS = Settings()
RULES = load_rules()


@dataclass(frozen=True)
class Broker:
    """The four topics as they would be after a worker has run."""

    raw: list[Stored]
    enriched: list[Stored] = field(default_factory=list)
    dead: list[Stored] = field(default_factory=list)
    alerts: list[Stored] = field(default_factory=list)

    def problems(self) -> list[str]:
        """Return what the judge finds."""
        return judge(self.raw, self.enriched, self.dead, self.alerts).problems


def _after_a_run() -> Broker:
    broker = Broker([])
    topics = {
        SETTINGS.topic_enriched: broker.enriched,
        SETTINGS.topic_dead_letter: broker.dead,
        SETTINGS.topic_alert: broker.alerts,
    }
    for offset, (key, value) in enumerate(articles(20, malformed=4)):
        broker.raw.append(Stored(SETTINGS.topic_raw, 0, offset, 1_000, key, value, ()))
        source = Incoming(SETTINGS.topic_raw, 0, offset, 1.0, key, value, ())
        for record in outputs(SETTINGS, RULES, source).records:
            topics[record.topic].append(_stored(record, len(topics[record.topic])))
    return broker


def _stored(record: Outgoing, offset: int) -> Stored:
    return Stored(record.topic, 0, offset, 1_000, record.key, record.value, record.headers)


def _changed(record: Stored, **fields: object) -> Stored:
    return record._replace(**fields)  # type: ignore[arg-type]


def test_a_run_without_a_fault_has_no_problems() -> None:
    """What the worker gives for twenty records, five of them malformed, is found to be complete."""
    broker = _after_a_run()
    assert broker.problems() == []
    assert (len(broker.enriched), len(broker.dead)) == (15, 5)
    assert broker.alerts


def test_what_came_twice_is_counted_and_forgiven() -> None:
    """At least once: the same bytes twice are a duplicate and no problem."""
    broker = _after_a_run()
    twice = replace(
        broker, enriched=[*broker.enriched, broker.enriched[3]], alerts=[*broker.alerts, broker.alerts[0]]
    )
    verdict = judge(twice.raw, twice.enriched, twice.dead, twice.alerts)
    assert verdict.problems == []
    assert verdict.duplicates == 1


@pytest.mark.parametrize("index", range(15))
def test_an_article_that_was_dropped_is_missed(index: int) -> None:
    """One enriched article less, whichever it is, and the verdict is red."""
    broker = _after_a_run()
    del broker.enriched[index]
    assert [problem.endswith("was lost") for problem in broker.problems()] == [True]


def _drop_a_letter(broker: Broker) -> None:
    del broker.dead[2]


def _invent_an_article(broker: Broker) -> None:
    headers = tuple(
        (name, b"99" if name == "source.offset" else value) for name, value in broker.enriched[0].headers
    )
    broker.enriched.append(_changed(broker.enriched[0], headers=headers))


def _vary_a_duplicate(broker: Broker) -> None:
    broker.enriched.append(_changed(broker.enriched[0], value=(broker.enriched[0].value or b"") + b" "))


def _vary_the_header_of_a_duplicate(broker: Broker) -> None:
    broker.enriched.append(_changed(broker.enriched[0], headers=(*broker.enriched[0].headers, ("more", b""))))


def _vary_an_alert(broker: Broker) -> None:
    broker.alerts.append(_changed(broker.alerts[0], key=b"another"))


def _give_another_id(broker: Broker) -> None:
    body = json.loads(broker.enriched[0].value or b"") | {"id": "another"}
    broker.enriched[0] = _changed(broker.enriched[0], value=json.dumps(body).encode())


def _change_a_letter(broker: Broker) -> None:
    broker.dead[0] = _changed(broker.dead[0], value=b"something else")


def _change_the_key_of_a_letter(broker: Broker) -> None:
    broker.dead[0] = _changed(broker.dead[0], key=b"something else")


def _cut_a_letter_without_saying_so(broker: Broker) -> None:
    broker.dead[0] = _changed(broker.dead[0], value=(broker.dead[0].value or b"")[:-1])


def _enrich_and_bury(broker: Broker) -> None:
    headers = tuple(pair for pair in broker.dead[0].headers if not pair[0].startswith("source."))
    source = tuple(pair for pair in broker.enriched[0].headers if pair[0].startswith("source."))
    letter = _changed(broker.raw[0], headers=headers + source)
    broker.dead.append(letter)


@pytest.mark.parametrize(
    "spoil",
    [
        _drop_a_letter,
        _invent_an_article,
        _vary_a_duplicate,
        _vary_the_header_of_a_duplicate,
        _vary_an_alert,
        _give_another_id,
        _change_a_letter,
        _change_the_key_of_a_letter,
        _cut_a_letter_without_saying_so,
        _enrich_and_bury,
    ],
)
def test_each_broken_promise_is_one_problem(spoil: Callable[[Broker], None]) -> None:
    """Whatever was dropped, invented or changed on the way is found, and nothing else."""
    broker = _after_a_run()
    spoil(broker)
    assert len(broker.problems()) == 1
