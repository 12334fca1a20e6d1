"""The judge of delivery is judged: each kind of loss or change must make its verdict red."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from streams.alerts import load_rules
from streams.errors import ArticleError, ErrorType, Stage
from streams.kafka.deadletters import dead_letter
from streams.kafka.envelope import Incoming, Outgoing
from streams.kafka.outputs import outputs
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


def _with(record: Stored, name: str, value: bytes) -> Stored:
    return _changed(
        record, headers=tuple((key, value if key == name else held) for key, held in record.headers)
    )


def _without(record: Stored, name: str) -> Stored:
    return _changed(record, headers=tuple(pair for pair in record.headers if pair[0] != name))


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
    [problem] = [problem for problem in broker.problems() if "alert" not in problem]
    assert problem.endswith("was lost")


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
    broker.alerts.insert(0, _changed(broker.alerts[0], headers=(*broker.alerts[0].headers, ("more", b""))))


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
    source = Incoming(SETTINGS.topic_raw, 0, 0, 1.0, broker.raw[0].key, broker.raw[0].value, ())
    error = ArticleError(Stage.DECODE, ErrorType.NOT_JSON, "it is not")
    broker.dead.append(_stored(dead_letter(SETTINGS, source, error, limit=100_000), 5))


def _take_the_source_away(broker: Broker) -> None:
    broker.alerts.append(_without(broker.alerts[0], "source.offset"))


def _change_an_article(broker: Broker) -> None:
    body = json.loads(broker.enriched[0].value or b"") | {"title": "another"}
    broker.enriched[0] = _changed(broker.enriched[0], value=json.dumps(body).encode())


def _drop_an_alert(broker: Broker) -> None:
    del broker.alerts[0]


def _invent_an_alert(broker: Broker) -> None:
    broker.alerts.append(_with(broker.alerts[0], "ce_id", b"another"))


def _raise_an_alert_of_a_letter(broker: Broker) -> None:
    place = str(broker.dead[0].source[2]).encode()
    broker.alerts.append(_with(broker.alerts[0], "source.offset", place))


def _give_the_key_of_an_alert_away(broker: Broker) -> None:
    broker.alerts[0] = _changed(broker.alerts[0], key=b"another")


def _tell_another_time(broker: Broker) -> None:
    broker.enriched[0] = _with(broker.enriched[0], "ce_time", b"2026-10-04T12:00:00.000Z")


def _let_headers_of_a_letter_disagree(broker: Broker) -> None:
    broker.dead[0] = _with(broker.dead[0], "error.offset", b"99")


def _bury_without_a_reason(broker: Broker) -> None:
    broker.dead[0] = _without(broker.dead[0], "error.type")


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
        _take_the_source_away,
        _change_an_article,
        _drop_an_alert,
        _invent_an_alert,
        _raise_an_alert_of_a_letter,
        _give_the_key_of_an_alert_away,
        _tell_another_time,
        _let_headers_of_a_letter_disagree,
        _bury_without_a_reason,
    ],
)
def test_each_broken_promise_is_one_problem(spoil: Callable[[Broker], None]) -> None:
    """Whatever was dropped, invented or changed on the way is found, and nothing else."""
    broker = _after_a_run()
    spoil(broker)
    assert len(broker.problems()) == 1


def test_of_two_articles_with_one_id_both_must_come_out() -> None:
    """Sets of ids would not notice; places do."""
    broker = _after_a_run()
    twin = _changed(broker.raw[0], offset=20)
    missed = judge([*broker.raw, twin], broker.enriched, broker.dead, broker.alerts)
    assert missed.missing == [twin.place]
    assert missed.results == 20


def test_an_article_refused_for_one_of_its_results_may_be_in_both() -> None:
    """The reason is recorded; its alerts need not all be there then, and it need not be enriched."""
    broker = _after_a_run()
    place = broker.alerts[0].source
    raw = broker.raw[place[2]]
    source = Incoming(*raw.place, 1.0, raw.key, raw.value, ())
    error = ArticleError(Stage.PUBLISH, ErrorType.REFUSED, "too large")
    broker.dead.append(_stored(dead_letter(SETTINGS, source, error, limit=100_000), 5))
    assert broker.problems() == []
    del broker.alerts[0]
    assert broker.problems() == []
    broker.enriched[:] = [record for record in broker.enriched if record.source != place]
    assert broker.problems() == []


def test_what_was_committed_and_lost_is_told_from_what_will_be_read_again() -> None:
    """The group's offset decides."""
    broker = _after_a_run()
    del broker.enriched[3:5]
    verdict = judge(broker.raw, broker.enriched, broker.dead, broker.alerts)
    first, second = verdict.missing
    assert verdict.committed_and_lost({}) == []
    assert verdict.committed_and_lost({0: second[2]}) == [first]
    assert verdict.committed_and_lost({0: second[2] + 1}) == [first, second]


def test_articles_that_were_overtaken_are_counted() -> None:
    """Only the first time that each came counts: what is read again may come behind anything."""
    broker = _after_a_run()
    first, second, third, *rest = broker.enriched

    def overtaken(*order: Stored) -> int:
        came = [_changed(record, offset=offset) for offset, record in enumerate(order)]
        verdict = judge(broker.raw, came, broker.dead, broker.alerts)
        assert verdict.problems == []
        return verdict.overtaken

    assert overtaken(first, second, first, third, second, *rest) == 0
    assert overtaken(second, first, third, *rest) == 1
    assert overtaken(third, first, second, *rest) == 2
