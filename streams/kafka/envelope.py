"""What a record is wrapped in: topic, key and headers, in and out.

Headers carry the CloudEvents attributes in binary mode, and the place of the source record:
at least once means that a record may come twice, and ``source.*`` tells that it did.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple


if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.settings import Settings


Headers = tuple[tuple[str, bytes], ...]

TRACE = ("traceparent", "tracestate")
"""Headers of the W3C Trace Context; they are carried on to what a record gives."""

_LONGEST_TRACE = 512
"""Bytes; the specification asks to carry at least as many of ``tracestate``."""


RECEIVED = "article.received"
"""The header of a raw record that says when its article is to be taken as received, RFC 3339; `kabar
replay` sets it. Where it is not there, that is the record's own time. It is carried on to what the record
gives."""

_LONGEST_TIME = 40


class Incoming(NamedTuple):
    """A record of the raw topic. ``timestamp`` is in seconds since 1970, None where there is none."""

    topic: str
    partition: int
    offset: int
    timestamp: float | None
    key: bytes | None
    value: bytes | None
    headers: Headers

    @property
    def place(self) -> str:
        """Return topic, partition and offset in one: the record's name among all records."""
        return f"{self.topic}/{self.partition}/{self.offset}"


class Outgoing(NamedTuple):
    """A record to be published."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers

    @property
    def size(self) -> int:
        """Return about how many bytes the record takes."""
        named = sum(len(name) + len(value) for name, value in self.headers)
        return len(self.key or b"") + len(self.value or b"") + named


def cloud_event(
    settings: Settings,
    source: Incoming,
    *,
    event_id: str,
    event_type: str,
    content_type: bytes = b"application/json",
) -> Headers:
    """Return the headers of a record that ``source`` gave.

    ``ce_time`` is the time of the source record, so the same record gives the same bytes.
    """
    found = [
        ("ce_specversion", b"1.0"),
        ("ce_id", event_id.encode()),
        ("ce_type", event_type.encode()),
        ("ce_source", f"/kabar/{settings.group}".encode()),
    ]
    time = _time(source.timestamp)
    if time is not None:
        found.append(("ce_time", time))
    found += [
        ("content-type", content_type),
        ("source.topic", source.topic.encode()),
        ("source.partition", str(source.partition).encode()),
        ("source.offset", str(source.offset).encode()),
    ]
    received = header(source.headers, RECEIVED)
    if received is not None and len(received) <= _LONGEST_TIME:
        found.append((RECEIVED, received))
    for name in TRACE:
        value = header(source.headers, name)
        if value is not None and len(value) <= _LONGEST_TRACE:
            found.append((name, value))
    return tuple(found)


def header(headers: Sequence[tuple[str, bytes | None]], name: str) -> bytes | None:
    """Return the value of the first header of that name, None where there is none."""
    return next((value for key, value in headers if key == name), None)


def _time(timestamp: float | None) -> bytes | None:
    """Return a time as RFC 3339 writes it, to the millisecond; None where it is none that can be written."""
    if timestamp is None or timestamp < 0:
        return None
    try:
        moment = datetime.fromtimestamp(timestamp, UTC)
    except (OverflowError, ValueError, OSError):  # a producer may claim any 64 bits
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z").encode()
