"""Step 1: the bytes of a Kafka record become a :class:`RawArticle`.

Kabar's own names are read, and those of ninjs (1 to 3), schema.org's NewsArticle and
common crawlers and feeds, through the one table :data:`ALIASES`. Unknown fields are ignored.
"""

from __future__ import annotations

from typing import Any

import orjson

from streams.errors import ArticleError, ErrorType, Stage
from streams.records import RawArticle, Source


MAX_BYTES = 8_000_000
"""The largest record that is read, in bytes. A long feature has 60 kB of text; with its
page's HTML around it 2 MB are seen."""

MOST_UNPACKED = 32_000_000
"""Bytes of a compressed batch that are unpacked: four of the largest records that are read."""


MAX_DEPTH = 64
"""The deepest nesting of JSON that is read. ninjs needs 6."""

# For each field of RawArticle the names it may come under, the first that holds something wins.
ALIASES: dict[str, tuple[str, ...]] = {
    "id": ("id", "uri", "@id", "guid", "altids", "article_id", "identifier"),
    "title": ("title", "headline", "headlines", "name"),
    "text": ("text", "body_text", "articleBody", "maintext", "body", "bodies", "content", "description_text"),
    "html": (
        "html",
        "body_html",
        "body_xhtml",
        "content_html",
        "content:encoded",
        "content_encoded",
        "raw_html",
    ),
    "url": ("url", "link", "source_url", "mainEntityOfPage", "canonical_url"),
    "published_at": (
        "published_at",
        "datePublished",
        "date_publish",
        "date_published",
        "versioncreated",
        "versionCreated",
        "contentCreated",
        "firstcreated",
        "firstCreated",
        "pubDate",
        "isoDate",
        "dc:date",
        "published",
        "date",
    ),
    "source": ("source", "publisher", "provider", "infoSources", "source_domain", "source_name", "site_name"),
    "language": ("language", "inLanguage", "lang"),
    "authors": ("authors", "author", "by", "byline", "creator", "dc:creator"),
}

SUMMARIES = ("description", "summary", "abstract")
"""Where a record holds its text nowhere else, as most feeds do, what it says in short is read."""

_OWN_SCHEMAS = ("kabar.enriched.", "kabar.alert.")


class Unread(bytes):
    """The value of a record that was not unpacked: empty, whatever it is in truth."""

    __slots__ = ()


def decode(value: bytes | None) -> RawArticle:
    """Return the article in the value of a Kafka record.

    Raises :class:`ArticleError` (stage ``decode``) where the value cannot be read: empty,
    too large, not UTF-8, not JSON, not an object, a known field of a wrong type, no text
    at all, or one of Kabar's own records fed back.
    """
    record = _parse(value)
    schema = record.get("schema")
    if isinstance(schema, str) and schema.startswith(_OWN_SCHEMAS):
        raise _error(
            ErrorType.OWN_OUTPUT, f"a record of schema {schema[:40]} is Kabar's own output, not an article"
        )
    text, html = _text(record, "text"), _html(record)
    article = RawArticle(
        id=_text(record, "id", numbers=True) or "",
        title=_text(record, "title"),
        text=text if text or html else _summary(record),
        html=html,
        url=_text(record, "url"),
        published_at=_text(record, "published_at", numbers=True),
        source=_source(record),
        language=_text(record, "language"),
        authors=_names(record),
    )
    if not any(part and part.strip() for part in (article.title, article.text, article.html)):
        known = ", ".join(name for field in ("title", "text", "html") for name in ALIASES[field][:3])
        raise _error(ErrorType.NO_TEXT, f"no text in any field that is read ({known}, …)")
    return article


def _error(type_: ErrorType, message: str) -> ArticleError:
    return ArticleError(Stage.DECODE, type_, message)


def _parse(value: bytes | None) -> dict[str, Any]:
    """Return the JSON object in ``value``, or say why there is none."""
    if value is None:
        raise _error(ErrorType.EMPTY, "no value (a tombstone)")
    if isinstance(value, Unread):
        message = f"in a batch of more than {MOST_UNPACKED} bytes once unpacked: it was not unpacked so far"
        raise _error(ErrorType.TOO_LARGE, message)
    if len(value) > MAX_BYTES:
        raise _error(ErrorType.TOO_LARGE, f"{len(value)} bytes; at most {MAX_BYTES} are read")
    if not value.removeprefix(_BOM).strip():
        raise _error(ErrorType.EMPTY, "an empty value")
    try:
        # Positions in messages are those of the record as it came; the mark has no width.
        text = value.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise _error(ErrorType.NOT_UTF8, f"not UTF-8 at byte {error.start}") from None
    if _depth_exceeds(value, MAX_DEPTH):
        raise _error(ErrorType.TOO_DEEP, f"nested more than {MAX_DEPTH} levels deep")
    try:
        record = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _error(ErrorType.NOT_JSON, f"not JSON at line {error.lineno} column {error.colno}") from None
    if not isinstance(record, dict):
        raise _error(ErrorType.NOT_AN_OBJECT, f"JSON, but {_json_type(record)} where an object is needed")
    return record


_BOM = b"\xef\xbb\xbf"
_BACKSLASH, _QUOTE = b'\\"'
_OPENERS, _CLOSERS = b"[{", b"]}"


def _depth_exceeds(value: bytes, limit: int) -> bool:
    """Tell whether brackets outside strings nest deeper than ``limit``; linear in ``value``."""
    if value.count(b"[") + value.count(b"{") <= limit:
        return False
    depth = 0
    in_string = False
    escaped = False
    for byte in value:
        if in_string:
            if escaped:
                escaped = False
            elif byte == _BACKSLASH:
                escaped = True
            elif byte == _QUOTE:
                in_string = False
        elif byte == _QUOTE:
            in_string = True
        elif byte in _OPENERS:
            depth += 1
            if depth > limit:
                return True
        elif byte in _CLOSERS:
            depth -= 1
    return False


def _json_type(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    return "a string" if isinstance(value, str) else "an array" if isinstance(value, list) else "an object"


def _candidates(record: dict[str, Any], field: str) -> list[tuple[str, Any]]:
    return [
        (name, value)
        for name in ALIASES[field]
        if (value := record.get(name)) is not None and value not in ("", [], {})
    ]


def _text(record: dict[str, Any], field: str, *, numbers: bool = False) -> str | None:
    """Return the first alias of ``field`` that holds text, flattened to one string."""
    for name, value in _candidates(record, field):
        if field in _PARAGRAPHS and isinstance(value, list) and all(isinstance(item, str) for item in value):
            found: str | None = "\n\n".join(value)
        else:
            found = _flat(name, value, numbers=numbers)
        if found and found.strip():
            return found
    return None


_PARAGRAPHS = ("text", "html")
"""Fields in which a list of strings is one text in parts; elsewhere the first of a list counts."""

_VALUES = ("value", "@value", "@id", "name", "literal", "text", "url")
_NAMES = ("name", "literal", "value", "@value", "@id")
"""Keys under which an object holds its text, or the name of a person, the first that does."""

_EXACT = 2**53
"""Where whole numbers stop being exact: an id read as such a float is not the id that was sent."""


def _flat(name: str, value: object, *, numbers: bool = False, keys: tuple[str, ...] = _VALUES) -> str | None:
    """Return the text in a string, a list of strings, or the objects that ninjs and schema.org use."""
    if isinstance(value, str):
        return value
    if numbers and isinstance(value, int | float) and not isinstance(value, bool):
        return None if isinstance(value, float) and abs(value) >= _EXACT else str(value)
    if isinstance(value, dict):
        return next((found for key in keys if isinstance(found := value.get(key), str) and found), None)
    if isinstance(value, list):
        # ninjs 2 and 3: [{"role": "main", "contentType": …, "value": …}]; the main one first.
        items = sorted(value, key=lambda item: not (isinstance(item, dict) and item.get("role") == "main"))
        for item in items:
            if isinstance(item, str | dict) and (found := _flat(name, item, keys=keys)):
                return found
        return None
    raise _error(ErrorType.WRONG_TYPE, f"field {name!r} is {_json_type(value)} where text is needed")


def _summary(record: dict[str, Any]) -> str | None:
    return next((value for name in SUMMARIES if isinstance(value := record.get(name), str) and value), None)


def _html(record: dict[str, Any]) -> str | None:
    """Return the article's HTML: its own field, or a ninjs body that says it is HTML."""
    found = _text(record, "html")
    if found is None and isinstance(record.get("bodies"), list):
        for item in record["bodies"]:
            if isinstance(item, dict) and "html" in str(item.get("contentType", "")):
                return _flat("bodies", item)
    return found


def _source(record: dict[str, Any]) -> Source | None:
    for name, value in _candidates(record, "source"):
        # ninjs infoSources: the first is the main one.
        first = value[0] if isinstance(value, list) else value
        if isinstance(first, str):
            return Source(name=first)
        if not isinstance(first, dict):
            message = f"field {name!r} is {_json_type(first)} where a name or an object is needed"
            raise _error(ErrorType.WRONG_TYPE, message)
        fields = {
            key: _flat(name, first[key], numbers=True)
            for key in ("name", "id", "url", "country")
            if first.get(key)
        }
        if any(fields.values()):
            return Source(**fields)
    return None


def _names(record: dict[str, Any]) -> tuple[str, ...]:
    for name, value in _candidates(record, "authors"):
        items = value if isinstance(value, list) else [value]
        found = tuple(
            text
            for item in items
            if isinstance(item, str | dict) and (text := _flat(name, item, keys=_NAMES))
        )
        if found:
            return found
    return ()
