"""Articles that could not be read: the record as it came in, and why, in its headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streams
from streams.decoding import MOST_UNPACKED, Unread
from streams.kafka.envelope import Headers, Incoming, Outgoing, cloud_event, header


if TYPE_CHECKING:
    from streams.errors import ArticleError
    from streams.settings import Settings


SCHEMA = "kabar.dead-letter.v1"

_OVERHEAD = 1_000
"""Bytes of a record beside key, value and headers, and of the headers that are added when it is cut."""

_LONGEST_MESSAGE = 500

_OWN = ("ce_", "error.", "source.", "content-type", "traceparent", "tracestate")


def dead_letter(settings: Settings, source: Incoming, error: ArticleError, *, limit: int) -> Outgoing:
    """Return the dead letter of a record: its key, value and headers, and the reason.

    A record of more than ``limit`` bytes is cut to it, and ``error.value-bytes`` then says how
    long the value was. What is cut first is the value, then the headers that came with it
    (``error.headers-left-out`` counts them), the key last (``error.key-bytes``). Of a record that
    was not unpacked nothing is known: ``error.not-unpacked`` is the limit that its batch is over.
    """
    headers = _reason(settings, source, error)
    room = limit - _OVERHEAD - Outgoing("", None, None, headers).size
    key, value = source.key, source.value
    added: list[tuple[str, bytes]] = []
    if isinstance(value, Unread):
        added.append(("error.not-unpacked", str(MOST_UNPACKED).encode()))
    if key is not None and len(key) > room:
        added.append(("error.key-bytes", str(len(key)).encode()))
        key = key[: max(0, room)]
    room -= len(key or b"")
    carried = tuple((name, held) for name, held in source.headers if not name.startswith(_OWN))
    if Outgoing("", None, None, carried).size > room:
        added.append(("error.headers-left-out", str(len(carried)).encode()))
        carried = ()
    room -= Outgoing("", None, None, carried).size
    if value is not None and len(value) > room:
        added.append(("error.value-bytes", str(len(value)).encode()))
        value = value[: max(0, room)]
    return Outgoing(settings.topic_dead_letter, key, value, (*headers, *added, *carried))


def _reason(settings: Settings, source: Incoming, error: ArticleError) -> Headers:
    wrapped = cloud_event(
        settings,
        source,
        event_id=source.place,
        event_type=SCHEMA,
        content_type=(header(source.headers, "content-type") or b"application/octet-stream")[
            :_LONGEST_MESSAGE
        ],
    )
    return (
        *wrapped,
        ("error.stage", error.stage.value.encode()),
        ("error.type", error.type.value.encode()),
        ("error.message", error.message[:_LONGEST_MESSAGE].encode(errors="replace")),
        ("error.topic", source.topic.encode()),
        ("error.partition", str(source.partition).encode()),
        ("error.offset", str(source.offset).encode()),
        ("error.app-version", streams.__version__.encode()),
    )
