"""The way of an article: raw in, enriched out.

Everything here is pure: no broker, no clock, no network, no randomness. The worker, the
``extract`` command, the tests and the benchmarks all call these functions.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from streams.alerts import Rules, raise_alerts
from streams.cleaning import clean
from streams.decoding import decode
from streams.detection import detect_language
from streams.records import Alert, Conflict, EnrichedArticle, RawArticle, Ruleset


class Reading(NamedTuple):
    """What one raw record gives: the enriched article and the alerts it raises."""

    article: EnrichedArticle
    alerts: tuple[Alert, ...]


def read(value: bytes | None, rules: Rules) -> Reading:
    """Return what the bytes of a raw record give.

    Raises :class:`streams.errors.ArticleError` where they cannot be read.
    """
    article = enrich(decode(value))
    return Reading(article, raise_alerts(article, rules))


def enrich(raw: RawArticle) -> EnrichedArticle:
    """Return the enriched article of a raw one. Same input and ruleset, same record."""
    document = clean(raw)
    language = detect_language(document.text, hint=raw.language)
    return EnrichedArticle(
        id=raw.id,
        url=raw.url,
        title=raw.title,
        published_at=raw.published_at,
        source=raw.source,
        authors=raw.authors,
        text=document.text,
        title_end=document.title_end,
        text_sha256=hashlib.sha256(document.text.encode()).hexdigest(),
        language=language,
        conflict=Conflict(value=False, score=0.0),
        categories=(),
        keywords=(),
        figures=(),
        places=(),
        actors=(),
        notes=(),
        ruleset=Ruleset(version="0", digest="0"),
    )
