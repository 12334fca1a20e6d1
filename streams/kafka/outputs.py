"""What a raw record gives: records for the enriched and alert topics, or a dead letter.

Pure: the same record, rules and settings give the same bytes.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from streams.enrichment import read
from streams.errors import ArticleError, ErrorType, Stage
from streams.kafka.deadletters import dead_letter
from streams.kafka.envelope import Incoming, Outgoing, cloud_event
from streams.records import Alert, EnrichedArticle, to_json
from streams.steps import Step, unheard


if TYPE_CHECKING:
    from streams.alerts import Rules
    from streams.enrichment import Reading
    from streams.settings import Settings
    from streams.steps import Passed


class Content(NamedTuple):
    """What is counted of an article that was read: language, publication, rule and severity of its alerts."""

    language: str
    published_at: str | None
    alerts: tuple[tuple[str, str], ...]


class Outputs(NamedTuple):
    """The records that one raw record gives.

    ``fault`` says where in Kabar's own code an article failed, where it was a fault of Kabar's.
    ``content`` is None where it was not read.
    """

    records: tuple[Outgoing, ...]
    fault: str | None = None
    content: Content | None = None


def outputs(settings: Settings, rules: Rules, source: Incoming, passed: Passed = unheard) -> Outputs:
    """Return what a record of the raw topic gives. Never raises: what fails becomes a dead letter.

    ``passed`` is told of each step (:mod:`streams.steps`).
    """
    try:
        reading = read(source.value, rules, passed)
        records = (_enriched(settings, source, reading.article), *_alerts(settings, source, reading.alerts))
        passed(Step.ENCODE)
        return Outputs(records, content=_content(reading))
    except ArticleError as error:
        return Outputs((dead_letter(settings, source, error, limit=settings.record_bytes),))
    except Exception as error:  # noqa: BLE001 - whatever an article sets off, it must not stop the others
        # RecursionError and MemoryError too. An exception's text may quote the article, its name does not.
        message = f"a fault of Kabar's own: {type(error).__name__}"
        failed = ArticleError(Stage.ENRICH, ErrorType.INTERNAL, message)
        letter = dead_letter(settings, source, failed, limit=settings.record_bytes)
        return Outputs((letter,), f"{type(error).__name__} at {_where(error)}")


def _content(reading: Reading) -> Content:
    article = reading.article
    alerts = tuple((alert.rule, alert.severity) for alert in reading.alerts)
    return Content(article.language.code, article.published_at, alerts)


def _enriched(settings: Settings, source: Incoming, article: EnrichedArticle) -> Outgoing:
    headers = cloud_event(settings, source, event_id=article.id, event_type=_schema(EnrichedArticle))
    return Outgoing(settings.topic_enriched, article.id.encode(), to_json(article), headers)


def _alerts(settings: Settings, source: Incoming, alerts: tuple[Alert, ...]) -> list[Outgoing]:
    found = []
    for alert in alerts:
        headers = cloud_event(settings, source, event_id=alert.id, event_type=_schema(Alert))
        found.append(Outgoing(settings.topic_alert, alert.article_id.encode(), to_json(alert), headers))
    return found


def _schema(record: type[EnrichedArticle | Alert]) -> str:
    return str(record.__struct_config__.tag)


def _where(error: Exception) -> str:
    """Return the line that raised, as ``file.py:line``."""
    raised = traceback.extract_tb(error.__traceback__, limit=-1)
    return f"{Path(raised[0].filename).name}:{raised[0].lineno}" if raised else "?"
