"""One line for each record of a topic, for people at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import orjson
from rich.text import Text

from streams.decoding import decode
from streams.errors import ArticleError
from streams.terminal import SEVERITY_STYLES, printable


if TYPE_CHECKING:
    from aiokafka import ConsumerRecord

    from streams.settings import Settings


Role = Literal["raw", "enriched", "alert", "story", "report", "dead-letter"]


def topic_of(name: str, settings: Settings) -> str:
    """Return the topic that a role or a name stands for."""
    return _topics(settings).get(name, name)


def role_of(topic: str, settings: Settings) -> Role | None:
    """Return what a topic holds; None for one that is not Kabar's."""
    return {name: role for role, name in _topics(settings).items()}.get(topic)


def _topics(settings: Settings) -> dict[Any, str]:
    return {
        "raw": settings.topic_raw,
        "enriched": settings.topic_enriched,
        "alert": settings.topic_alert,
        "story": settings.topic_story,
        "report": settings.topic_report,
        "dead-letter": settings.topic_dead_letter,
    }


def headers(record: ConsumerRecord) -> dict[str, str]:
    """Return the headers of a record as text; the last of a repeated one."""
    return {name: (value or b"").decode("utf-8", "replace") for name, value in record.headers}


def summary(record: ConsumerRecord, role: Role | None) -> Text:
    """Return what a record is, on one line; whatever is in it, it is safe to show."""
    if role == "dead-letter":
        return dead_letter(record)
    try:
        found = orjson.loads(record.value or b"")
        if found.get("schema") == "kabar.alert.v1":
            return alert(found)
        if found.get("schema") == "kabar.story.v1":
            return story(found)
        if found.get("schema") == "kabar.enriched.v1":
            return _enriched(found)
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError):
        pass  # not one of Kabar's own: it is shown as what came in
    return _raw(record)


def alert(found: dict[str, Any]) -> Text:
    """Return an alert: severity, headline, who published it."""
    source = (found.get("source") or {}).get("name")
    severity = str(found["severity"])
    return Text.assemble(
        (f"{severity.upper():<8}", SEVERITY_STYLES.get(severity, "")),
        f"  {printable(found['headline'])}",
        (f"  ({printable(source)})" if source else "", "dim"),
    )


def story(found: dict[str, Any]) -> Text:
    """Return a story: severity, headline, what became of it, who tells it, and which record of it this is."""
    severity, sources = str(found["severity"]), found["sources"]
    status = "" if found["status"] == "open" else f"  {found['status'].upper()}"
    told = (
        f"  ({sources['total']} sources, {sources['independent']} independent; revision {found['revision']})"
    )
    return Text.assemble(
        (f"{severity.upper():<8}", SEVERITY_STYLES.get(severity, "")),
        f"  {printable(found['headline'])}",
        (status, "bold"),
        (told, "dim"),
    )


def dead_letter(record: ConsumerRecord) -> Text:
    """Return a dead letter: where it failed, why, and where it came from."""
    known = headers(record)
    origin = ":".join(known.get(f"error.{part}", "?") for part in ("topic", "partition", "offset"))
    return Text.assemble(
        (printable(f"{known.get('error.stage', '?')}/{known.get('error.type', '?')}"), "bold red"),
        f"  {printable(known.get('error.message'))}",
        (f"  (from {printable(origin)}, {len(record.value or b''):,} bytes)", "dim"),
    )


def _enriched(found: dict[str, Any]) -> Text:
    score = float(found["conflict"]["score"])
    title = found["title"] or found["text"].lstrip().partition("\n")[0]
    return Text.assemble(
        (f"{printable(found['id'], 32)}", "dim"),
        f"  {found['language']['code']:<5}",
        (f"  {score:4.2f}", "bold red" if found["conflict"]["value"] else ""),
        f"  {len(found['figures']):>2} figures  {len(found['keywords']):>2} keywords  ",
        printable(title, 120),
    )


def _raw(record: ConsumerRecord) -> Text:
    try:
        article = decode(record.value)
    except ArticleError as error:
        start = printable((record.value or b"")[:200].decode("utf-8", "replace"), 60)
        return Text.assemble((f"{error.stage}/{error.type}", "yellow"), f"  {start}")
    title = article.title or (article.text or article.html or "").lstrip().partition("\n")[0]
    return Text.assemble(
        (printable(article.id, 32), "dim"),
        f"  {printable(article.published_at, 25)}  ",
        printable(title, 120),
    )
