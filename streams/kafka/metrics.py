"""What worker and desk count and measure, for Prometheus: ``/metrics`` on the web port.

Names begin with ``kabar_``, units are base units, and every label is of a bounded set: a
language's code, a step, a rule's id. Nothing of an article is in them, and nothing of a metric
is in a record. An article is counted when it is acknowledged: what was read and never
delivered is counted by the worker that reads it again.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, get_args

import prometheus_client as prometheus
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

import streams
from streams import languages, meanings
from streams.errors import ErrorType, Stage
from streams.kafka.envelope import header
from streams.records import Severity
from streams.steps import Step
from streams.times import moment


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client.core import Metric

    from streams.alerts import Rules
    from streams.kafka.envelope import Incoming, Outgoing
    from streams.kafka.outputs import Content
    from streams.kafka.vitals import Vitals
    from streams.stories.records import Story


STEP_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
"""Seconds. A step of an article of a kilobyte takes up to a millisecond, of half a megabyte seconds."""

DELIVERY_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
"""Seconds, up to what KABAR_DELIVERY_TIMEOUT is where it is not set."""

AGE_BUCKETS = (0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3_600.0, 10_800.0, 43_200.0, 86_400.0, 604_800.0)
"""Seconds, up to a week: what is older comes out of an archive."""

NO_LANGUAGE = "none"
"""The language of an article that was not read; that of a text that has none is ``und``."""

# When each counter began is said by nobody who reads them, and would double their number.
prometheus.disable_created_metrics()  # type: ignore[no-untyped-call]


class Stopwatch:
    """Adds up the seconds of each step of one article; told of a step, it looks at the clock."""

    __slots__ = ("_last", "seconds")

    def __init__(self) -> None:
        self.seconds: dict[Step, float] = {}
        self._last = time.perf_counter()

    def __call__(self, step: Step) -> None:
        """Take the time since the last call for this step's."""
        now = time.perf_counter()
        self.seconds[step] = self.seconds.get(step, 0.0) + now - self._last
        self._last = now


class Process:
    """The metrics that every process has, in a registry of their own: what it is, and how it is."""

    def __init__(self, rules: Rules, vitals: Vitals) -> None:
        self.registry = prometheus.CollectorRegistry()
        prometheus.Gauge(
            "kabar_build_info",
            "Always 1: the version, and the digests of language data and alert rules.",
            ["version", "ruleset", "rules"],
            registry=self.registry,
        ).labels(version=streams.__version__, ruleset=meanings.digest(), rules=rules.digest).set(1)
        self.registry.register(_Seen(vitals))
        prometheus.ProcessCollector(registry=self.registry)

    def page(self, accept: str) -> tuple[bytes, str]:
        """Return the metrics, and their content type, in the format that the header ``Accept`` asks for."""
        encode, content_type = prometheus.exposition.choose_encoder(accept)
        return encode(self.registry), content_type


class DeskMetrics(Process):
    """The metrics of one desk."""

    def __init__(self, rules: Rules, vitals: Vitals) -> None:
        super().__init__(rules, vitals)
        self._articles = prometheus.Counter(
            "kabar_desk_articles",
            "Enriched articles that the desk is done with: reported, known before, or why not reported.",
            ["outcome"],
            registry=self.registry,
        )
        self._stories = prometheus.Counter(
            "kabar_desk_stories",
            "Records of stories that were delivered, by severity and by what became of the story.",
            ["severity", "status"],
            registry=self.registry,
        )
        self._articles.labels(outcome="reported")
        for severity in get_args(Severity):
            self._stories.labels(severity=severity, status="open")

    def looked_at(self, outcome: str) -> None:
        """Count an enriched article."""
        self._articles.labels(outcome=outcome.replace(" ", "_")).inc()

    def told(self, story: Story) -> None:
        """Count a story's record that is on the broker."""
        self._stories.labels(severity=story.severity, status=story.status).inc()


class Metrics(Process):
    """The metrics of one worker. Counts on the worker's thread, told on any."""

    def __init__(self, rules: Rules, vitals: Vitals) -> None:
        super().__init__(rules, vitals)
        self._articles = prometheus.Counter(
            "kabar_articles",
            "Articles that are done, by what became of them, and by language.",
            ["outcome", "language"],
            registry=self.registry,
        )
        self._dead_letters = prometheus.Counter(
            "kabar_dead_letters",
            "Articles that became dead letters, by the stage at which they failed, and why.",
            ["stage", "type"],
            registry=self.registry,
        )
        self._alerts = prometheus.Counter(
            "kabar_alerts",
            "Alerts that were delivered, by rule and severity.",
            ["rule", "severity"],
            registry=self.registry,
        )
        self._bytes = prometheus.Counter(
            "kabar_article_bytes",
            "Bytes of the raw records that are done: their values.",
            registry=self.registry,
        )
        steps = prometheus.Histogram(
            "kabar_step_seconds",
            "Time that an article takes in each step of reading.",
            ["step"],
            buckets=STEP_BUCKETS,
            registry=self.registry,
        )
        self._steps = {step: steps.labels(step=step.value) for step in Step}
        self._publish = prometheus.Histogram(
            "kabar_publish_seconds",
            "Time from an article's results being ready to all of them being on the broker.",
            buckets=DELIVERY_BUCKETS,
            registry=self.registry,
        )
        self._record_age = prometheus.Histogram(
            "kabar_record_age_seconds",
            "Time from a raw record's timestamp to its results being on the broker.",
            buckets=AGE_BUCKETS,
            registry=self.registry,
        )
        self._article_age = prometheus.Histogram(
            "kabar_article_age_seconds",
            "Time from an article's publication, as it says itself, to its results being on the broker.",
            buckets=AGE_BUCKETS,
            registry=self.registry,
        )
        # A series that begins with its first event hides it: a rate needs a nought before.
        for code in languages.available():
            self._articles.labels(outcome="enriched", language=code)
        self._articles.labels(outcome="dead_letter", language=NO_LANGUAGE)
        for stage, type_ in ((Stage.ENRICH, ErrorType.INTERNAL), (Stage.PUBLISH, ErrorType.REFUSED)):
            self._dead_letters.labels(stage=stage.value, type=type_.value)
        for rule in rules.rules:
            for severity in {rule.severity, *(level.severity for level in rule.levels)} - {None}:
                self._alerts.labels(rule=rule.id, severity=severity)

    def read(self, watch: Stopwatch) -> None:
        """Count the time that one article took to read."""
        for step, seconds in watch.seconds.items():
            self._steps[step].observe(seconds)

    def settled(
        self, source: Incoming, content: Content | None, letter: Outgoing | None, seconds: float
    ) -> None:
        """Count an article that is done, ``seconds`` after its results were ready.

        ``letter`` is the dead letter that it became, None where what it gave was delivered.
        """
        now = time.time()
        self._publish.observe(seconds)
        self._bytes.inc(len(source.value or b""))
        if source.timestamp is not None and source.timestamp >= 0:
            self._record_age.observe(max(0.0, now - source.timestamp))
        if letter is not None or content is None:
            self._articles.labels(outcome="dead_letter", language=NO_LANGUAGE).inc()
            self._dead_letters.labels(stage=_said(letter, "stage"), type=_said(letter, "type")).inc()
            return
        self._articles.labels(outcome="enriched", language=content.language).inc()
        for rule, severity in content.alerts:
            self._alerts.labels(rule=rule, severity=severity).inc()
        published = moment(content.published_at)
        if published is not None:
            # A clock that is ahead of ours is no reason for an age below nought.
            age = (datetime.fromtimestamp(now, UTC) - published).total_seconds()
            self._article_age.observe(max(0.0, age))


def _said(letter: Outgoing | None, part: str) -> str:
    value = header(letter.headers, f"error.{part}") if letter is not None else None
    return (value or b"unknown").decode()


class _Seen:
    """What is seen of the worker from outside, asked when somebody wants to know."""

    def __init__(self, vitals: Vitals) -> None:
        self._vitals = vitals

    def describe(self) -> Iterable[Metric]:
        """Return nothing: the names are told when they are asked for."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield each metric with what it is now."""
        facts, now = self._vitals.facts, time.monotonic()
        lag = GaugeMetricFamily(
            "kabar_consumer_lag_records",
            "Records of a partition that are not committed, by what the broker last said.",
            labels=["partition"],
        )
        for partition, records in sorted(facts.lags.items()):
            lag.add_metric([str(partition)], records)
        yield lag
        for name, what, value in (
            ("kabar_partitions_assigned", "Partitions that are this worker's.", len(facts.partitions)),
            ("kabar_in_flight_articles", "Articles with results under way.", facts.delivering),
            ("kabar_in_flight_bytes", "What those and their results hold.", facts.delivering_bytes),
            ("kabar_alive", "1 where /healthz says 200.", self._vitals.alive(now).good),
            ("kabar_ready", "1 where /readyz says 200.", self._vitals.ready(now).good),
        ):
            yield GaugeMetricFamily(name, what, value=value)
        yield CounterMetricFamily("kabar_commits", "Times that offsets were committed.", value=facts.commits)
        yield CounterMetricFamily(
            "kabar_rebalances", "Times that the group dealt out its partitions anew.", value=facts.rebalances
        )
