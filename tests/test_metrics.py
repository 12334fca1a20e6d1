"""What a worker counts is what it did; what it costs is nothing that a record could show."""

from __future__ import annotations

import json
import time
import urllib.request
from collections import Counter
from typing import TYPE_CHECKING

import pytest

import streams
from streams import enrich, languages, meanings
from streams.alerts import load_rules
from streams.decoding import decode
from streams.enrichment import examine, read
from streams.errors import ArticleError, ErrorType, Stage
from streams.kafka.deadletters import dead_letter
from streams.kafka.envelope import Incoming
from streams.kafka.metrics import Metrics, Stopwatch
from streams.kafka.outputs import outputs
from streams.kafka.vitals import Facts, Vitals
from streams.settings import Settings
from streams.steps import Step
from tests.kafka import free_port
from tests.scrape import Page, scrape
from tests.workers import Worker, articles, out, publish, until


if TYPE_CHECKING:
    from pathlib import Path

    from tests.kafka import Kafka

SETTINGS = Settings()
RULES = load_rules()
TEXT = "At least 120 civilians were killed in an air strike on the town, the ministry said on Monday."


def _source(value: bytes, timestamp: float | None = None) -> Incoming:
    return Incoming("raw", 0, 7, timestamp, b"key", value, ())


def _article(**more: str) -> bytes:
    return json.dumps({"id": "a-1", "text": TEXT, **more}).encode()


def _page(metrics: Metrics) -> Page:
    return Page(metrics.page("")[0].decode())


def _settle(metrics: Metrics, source: Incoming) -> None:
    """Let an article go its whole way, as the worker does."""
    watch = Stopwatch()
    found = outputs(SETTINGS, RULES, source, watch)
    metrics.read(watch)
    letter = None if found.content else found.records[0]
    metrics.settled(source, found.content, letter, 0.02)


def test_reading_tells_each_step_and_gives_the_same_record() -> None:
    """In order, the whole of an article's way; a listener changes nothing of what comes out."""
    told: list[Step] = []
    reading = read(_article(), RULES, told.append)
    assert reading == read(_article(), RULES)
    assert list(dict.fromkeys(told)) == [step for step in Step if step is not Step.ENCODE]
    raw = decode(_article())
    assert examine(raw, told.append).article == enrich(raw)


def test_a_text_without_data_of_its_language_goes_fewer_steps() -> None:
    """What was not done is not counted."""
    told: list[Step] = []
    read(json.dumps({"text": "ตำรวจกล่าวเมื่อวันจันทร์ว่ามีผู้บาดเจ็บสิบสองคน"}).encode(), RULES, told.append)
    assert told == [Step.DECODE, Step.CLEAN, Step.DETECT, Step.ASSEMBLE, Step.ALERTS]


def test_a_stopwatch_leaves_no_time_out() -> None:
    """The steps of an article add up to all of it: none is measured twice, none is forgotten."""
    read(_article(), RULES)
    watch = Stopwatch()
    began = time.perf_counter()
    outputs(SETTINGS, RULES, _source(_article()), watch)
    assert set(watch.seconds) == set(Step)
    assert 0 < sum(watch.seconds.values()) <= time.perf_counter() - began + 0.001


def test_an_article_is_counted_by_outcome_language_and_alerts() -> None:
    """One that was read: its language, the rules that fired, its bytes, and each step once."""
    metrics = Metrics(RULES, Vitals(300.0))
    source = _source(_article())
    _settle(metrics, source)
    page = _page(metrics)
    assert page.value("kabar_articles_total") == 1
    assert page.value("kabar_articles_total", outcome="enriched", language="en") == 1
    assert page.value("kabar_article_bytes_total") == len(source.value or b"")
    raised = Counter((alert.rule, alert.severity) for alert in read(source.value, RULES).alerts)
    assert raised
    assert page.value("kabar_alerts_total") == raised.total()
    for (rule, severity), number in raised.items():
        assert page.value("kabar_alerts_total", rule=rule, severity=severity) == number
    assert {step.value for step in Step} == page.values("kabar_step_seconds_count", "step")
    assert all(page.value("kabar_step_seconds_count", step=step.value) == 1 for step in Step)
    assert page.value("kabar_publish_seconds_sum") == pytest.approx(0.02)


def test_a_dead_letter_is_counted_by_stage_and_type() -> None:
    """And as an article without a language; the step at which it failed took no time that counts."""
    metrics = Metrics(RULES, Vitals(300.0))
    _settle(metrics, _source(b"{"))
    page = _page(metrics)
    assert page.value("kabar_articles_total", outcome="dead_letter", language="none") == 1
    assert page.value("kabar_dead_letters_total", stage="decode", type="not_json") == 1
    assert page.value("kabar_step_seconds_count") == 0


def test_an_article_that_the_broker_refuses_is_a_dead_letter_and_no_alert() -> None:
    """What was read, and not delivered, has not been published."""
    metrics = Metrics(RULES, Vitals(300.0))
    source = _source(_article())
    error = ArticleError(Stage.PUBLISH, ErrorType.REFUSED, "the broker refused the result")
    letter = dead_letter(SETTINGS, source, error, limit=10_000)
    metrics.settled(source, outputs(SETTINGS, RULES, source).content, letter, 0.5)
    page = _page(metrics)
    assert page.value("kabar_dead_letters_total", stage="publish", type="refused") == 1
    assert page.value("kabar_articles_total", outcome="enriched") == 0
    assert page.value("kabar_alerts_total") == 0


@pytest.mark.parametrize(
    ("published_at", "counted"),
    [("2026-10-01T00:00:00Z", 1), ("Thu, 01 Oct 2026 02:00:00 +0000", 1), ("yesterday", 0)],
)
def test_the_age_of_an_article_is_counted_where_it_says_when_it_came_out(
    published_at: str, counted: int
) -> None:
    """In the forms of ISO 8601 and of e-mail; what is no time is no age."""
    metrics = Metrics(RULES, Vitals(300.0))
    _settle(metrics, _source(_article(published_at=published_at)))
    assert _page(metrics).value("kabar_article_age_seconds_count") == counted


def test_a_time_in_the_future_is_an_age_of_nought() -> None:
    """Clocks differ; a sum that falls would look like a restart."""
    metrics = Metrics(RULES, Vitals(300.0))
    _settle(metrics, _source(_article(published_at="2999-01-01T00:00:00Z"), timestamp=time.time() + 3_600))
    page = _page(metrics)
    assert page.value("kabar_article_age_seconds_sum") == page.value("kabar_record_age_seconds_sum") == 0
    assert page.value("kabar_record_age_seconds_count") == 1
    _settle(metrics, _source(_article(), timestamp=-1.0))
    assert _page(metrics).value("kabar_record_age_seconds_count") == 1


def test_what_may_happen_is_there_from_the_start() -> None:
    """At nought: a rate of a series that begins with its first event misses that event."""
    page = _page(Metrics(RULES, Vitals(300.0)))
    assert page.values("kabar_articles_total", "language") == {*languages.available(), "none"}
    assert page.values("kabar_alerts_total", "rule") == {rule.id for rule in RULES.rules}
    assert page.value("kabar_articles_total") == page.value("kabar_alerts_total") == 0
    assert (
        page.value(
            "kabar_build_info",
            version=streams.__version__,
            ruleset=meanings.digest(),
            rules=RULES.digest,
        )
        == 1
    )


def test_what_is_seen_of_the_worker_is_told_when_it_is_asked_for() -> None:
    """Lag by partition, what is in flight, commits, rebalances, and what /healthz and /readyz say."""
    vitals = Vitals(300.0)
    metrics = Metrics(RULES, vitals)
    page = _page(metrics)
    assert (page.value("kabar_alive"), page.value("kabar_ready")) == (1, 0)
    now = time.monotonic()
    vitals.begin(now)
    vitals.see(
        Facts(
            member=True,
            partitions=(0, 3),
            answers={0: 1, 3: 1},
            lags={0: 5, 3: 0},
            delivering=4,
            delivering_bytes=900,
            commits=12,
            rebalances=2,
            heard=now,
            connected=True,
        ),
        now,
    )
    page = _page(metrics)
    assert page.value("kabar_ready") == 1
    assert page.value("kabar_consumer_lag_records", partition="0") == 5
    assert page.values("kabar_consumer_lag_records", "partition") == {"0", "3"}
    assert page.value("kabar_partitions_assigned") == 2
    assert page.value("kabar_in_flight_articles") == 4
    assert page.value("kabar_in_flight_bytes") == 900
    assert page.value("kabar_commits_total") == 12
    assert page.value("kabar_rebalances_total") == 2


def test_names_and_labels_are_as_prometheus_wants_them() -> None:
    """A prefix, base units, ``_total`` for what only grows, help for each; few labels, and no long ones."""
    metrics = Metrics(RULES, Vitals(300.0))
    _settle(metrics, _source(_article(published_at="2026-10-01T00:00:00Z")))
    _settle(metrics, _source(b"{"))
    page = _page(metrics)
    ours = {name: family for name, family in page.families.items() if name.startswith("kabar_")}
    assert page.families.keys() - ours.keys() <= {
        name for name in page.families if name.startswith("process_")
    }
    for name, family in ours.items():
        assert family.documentation.endswith(".")
        assert not name.endswith(("_ms", "_milliseconds", "_kb", "_minutes"))
        if family.type == "counter":
            assert all(sample.name.endswith("_total") for sample in family.samples)
        if family.type == "histogram":
            assert name.endswith("_seconds")
    allowed = {"outcome", "language", "stage", "type", "rule", "severity", "step", "partition", "le"}
    info = {"version", "ruleset", "rules"}
    assert {label for _, labels, _ in page for label in labels} <= allowed | info
    assert len(page.samples) < 500


@pytest.mark.kafka
def test_a_worker_tells_what_came_out(kafka: Kafka, tmp_path: Path) -> None:
    """The counts are those of the records on the topics; the lag falls to nought, and the work is seen."""
    settings = kafka.with_topics(partitions=3)
    port = free_port()
    publish(settings, articles(200))
    more = {"KABAR_WEB_PORT": str(port), "KABAR_LOG_FORMAT": "json"}
    with Worker(settings, tmp_path, more=more) as worker:
        worker.wait_for("partitions assigned")
        verdict = out(settings)
        assert verdict.problems == []
        until(lambda: scrape(port).value("kabar_articles_total") == 200, "all articles to be counted")
        until(
            lambda: (
                (page := scrape(port)).values("kabar_consumer_lag_records", "partition") == {"0", "1", "2"}
                and page.value("kabar_consumer_lag_records") == 0
            ),
            "the lag to be nought",
        )
        until(lambda: scrape(port).value("kabar_commits_total") >= 1, "a commit")
        page = scrape(port)
        assert page.value("kabar_articles_total", outcome="dead_letter") == 20
        assert page.value("kabar_dead_letters_total") == 20
        assert {"decode"} <= page.values("kabar_dead_letters_total", "stage")
        assert page.value("kabar_articles_total", outcome="enriched") == 180
        assert page.value("kabar_alerts_total") > 0
        assert page.value("kabar_publish_seconds_count") == 200
        assert page.value("kabar_record_age_seconds_count") == 200
        assert page.value("kabar_step_seconds_count", step="clean") == 180
        assert page.value("kabar_in_flight_articles") == page.value("kabar_in_flight_bytes") == 0
        assert page.value("kabar_partitions_assigned") == 3
        assert page.value("kabar_rebalances_total") >= 1
        assert page.value("kabar_alive") == page.value("kabar_ready") == 1
        assert page.value("process_resident_memory_bytes") > 50e6
        assert _content_type(port, "application/openmetrics-text").startswith("application/openmetrics-text")
        assert _content_type(port, "*/*").startswith("text/plain; version=")
    lines = [json.loads(line) for line in worker.log.read_text("utf-8").splitlines()]
    assert len(lines) < 10, "nothing is logged for an article"
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
    assert {line["level"] for line in lines} == {"INFO"}
    [assigned] = [line for line in lines if line["message"] == "partitions assigned"]
    assert assigned["topic"] == settings.topic_raw


def _content_type(port: int, accept: str) -> str:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - it is http
        return str(answer.headers["Content-Type"])
