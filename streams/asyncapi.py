"""The topics and their records for tools: an AsyncAPI 3.0 document, made from the topics and record types.

It is written from the worker's side: it receives raw articles, and sends what they give. The
document names the topics, and how they are split and kept, as they are where nothing is set.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import streams
from streams.errors import ErrorType, Stage
from streams.kafka.envelope import RECEIVED
from streams.kafka.topics import topics
from streams.schema import RECORDS, components, example
from streams.schema import VERSION as RECORDS_VERSION
from streams.settings import Settings


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.kafka.topics import Topic


VERSION = "3.0.0"
_KAFKA = "0.5.0"
"""The version of AsyncAPI's bindings for Kafka."""

_DEAD_LETTER = "deadLetter"

_TRACE = {
    "traceparent": "W3C Trace Context, carried from the raw record to all that it gives.",
    "tracestate": "Belongs to traceparent.",
}

_RECEIVED = {
    RECEIVED: "When the article is to be taken as received, RFC 3339; where it is missing, that is the "
    "time of the raw record. `kabar replay` sets it.",
}

_STORY = {
    "ce_specversion": "CloudEvents in binary mode: 1.0.",
    "ce_id": "The story's id, a slash, and the revision.",
    "ce_type": "The record's schema, as its field schema says.",
    "ce_source": "/kabar/ and the consumer group of the desks.",
    "ce_time": "The event time of the story's newest article.",
    "content-type": "application/json.",
}

_EVENT = {
    "ce_specversion": "CloudEvents in binary mode: 1.0.",
    "ce_id": "The record's id; what comes twice has the same one.",
    "ce_type": "The record's schema, as its field schema says.",
    "ce_source": "/kabar/ and the consumer group of the workers.",
    "ce_time": "The time of the raw record; missing where that has none.",
    "content-type": "application/json; of a dead letter, what its record came with.",
    "source.topic": "The topic of the raw record.",
    "source.partition": "Its partition.",
    "source.offset": "Its offset; the three together are the article's place, and tell a duplicate.",
}

_ERROR = {
    "error.message": "What was wrong, for a person; never a quotation of the article.",
    "error.topic": "The topic of the raw record.",
    "error.partition": "Its partition.",
    "error.offset": "Its offset.",
    "error.app-version": "The version of Kabar that could not read it.",
    "error.key-bytes": "Where the key was cut: how long it was.",
    "error.value-bytes": "Where the value was cut: how long it was.",
    "error.headers-left-out": "Where the headers of the record had no room: how many there were.",
    "error.not-unpacked": "Where the batch of the record was not unpacked: the limit it is over.",
}


def document() -> dict[str, Any]:
    """Return the document, as it is where nothing is set."""
    settings = Settings()
    # The desk's state is its own affair.
    table = [topic for topic in topics(settings) if topic.name != settings.topic_report]
    names = {topic.name: _name(topic) for topic in table}
    return {
        "asyncapi": VERSION,
        "info": {
            "title": "Kabar",
            "version": streams.__version__,
            "description": "A stream processor for conflict news: raw articles in; enriched articles, alerts "
            "and dead letters out. Delivery is at least once. Fields and headers are only ever added; "
            "readers ignore those that they do not know.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "compose": {
                "host": "localhost:9092",
                "protocol": "kafka",
                "description": "Apache Kafka as docker-compose.yml runs it.",
            }
        },
        "channels": {names[topic.name]: _channel(topic) for topic in table},
        "operations": dict(_operation(topic, settings) for topic in table),
        "components": {
            "messages": {names[topic.name]: _message(topic) for topic in table},
            "schemas": {**components("#/components/schemas/{name}"), **_headers()},
        },
    }


def document_yaml() -> str:
    """Return the document as YAML."""
    head = "# Written by `kabar schema --asyncapi`; `make schemas` writes it anew.\n"
    return head + "\n".join(_lines(document(), "")) + "\n"


def _name(topic: Topic) -> str:
    return topic.record or _DEAD_LETTER


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def _channel(topic: Topic) -> dict[str, Any]:
    config = topic.config()
    return {
        "address": topic.name,
        "title": _capital(topic.holds),
        "description": f"Key: {topic.key}. Written by: {topic.writer}.",
        "messages": {_name(topic): {"$ref": f"#/components/messages/{_name(topic)}"}},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "replicas": topic.replicas,
                "topicConfiguration": {
                    "cleanup.policy": topic.cleanup.split(","),
                    "retention.ms": int(config["retention.ms"]),
                },
                "bindingVersion": _KAFKA,
            }
        },
    }


def _operation(topic: Topic, settings: Settings) -> tuple[str, dict[str, Any]]:
    reads = topic.writer == "publishers"
    found: dict[str, Any] = {
        "action": "receive" if reads else "send",
        "channel": {"$ref": f"#/channels/{_name(topic)}"},
        "summary": f"{'Receive' if reads else 'Send'} {topic.holds}.",
    }
    if reads:
        group = {"type": "string", "const": settings.group, "description": "KABAR_GROUP."}
        found["bindings"] = {"kafka": {"groupId": group, "bindingVersion": _KAFKA}}
    return f"{found['action']}{_capital(_name(topic))}", found


def _message(topic: Topic) -> dict[str, Any]:
    record = topic.record
    headers = "eventHeaders" if record else "deadLetterHeaders"
    headers = {"publishers": "rawHeaders", "desk": "storyHeaders"}.get(topic.writer, headers)
    payload = (
        {"$ref": f"#/components/schemas/{RECORDS[record].__name__}"}
        if record
        else {"description": "The value of the raw record, byte for byte; cut where a header says so."}
    )
    return {
        "name": f"kabar.{record or 'dead-letter'}.{RECORDS_VERSION}",
        "title": _capital(topic.holds),
        "contentType": "application/json" if record else "application/octet-stream",
        "headers": {"$ref": f"#/components/schemas/{headers}"},
        "payload": payload,
        **({"examples": [{"payload": example(record)}]} if record else {}),
        "bindings": {
            "kafka": {"key": {"type": "string", "description": topic.key}, "bindingVersion": _KAFKA}
        },
    }


def _headers() -> dict[str, Any]:
    """Return the schemas of the headers of raw, enriched and other records, and of dead letters."""
    stage = {"type": "string", "enum": [stage.value for stage in Stage], "description": "Where it failed."}
    type_ = {"type": "string", "enum": [type_.value for type_ in ErrorType], "description": "What was wrong."}
    required = [name for name in _EVENT if name != "ce_time"]
    return {
        "rawHeaders": {"type": "object", "properties": _strings(_RECEIVED | _TRACE)},
        "eventHeaders": {
            "type": "object",
            "properties": _strings(_EVENT | _RECEIVED | _TRACE),
            "required": required,
        },
        "storyHeaders": {"type": "object", "properties": _strings(_STORY), "required": list(_STORY)},
        "deadLetterHeaders": {
            "type": "object",
            "description": "Beside these, the headers that the record came with.",
            "properties": {
                **_strings(_EVENT),
                "error.stage": stage,
                "error.type": type_,
                **_strings(_ERROR | _TRACE),
            },
            "required": [
                *required,
                "error.stage",
                "error.type",
                *(name for name in list(_ERROR)[:5]),
            ],
        },
    }


def _strings(described: dict[str, str]) -> dict[str, Any]:
    return {name: {"type": "string", "description": what} for name, what in described.items()}


def _lines(value: Any, indent: str) -> Iterator[str]:  # noqa: ANN401 - JSON is anything
    """Yield a value as lines of YAML: blocks for what holds others, JSON for the rest, which is YAML too."""
    if isinstance(value, dict) and value:
        for key, held in value.items():
            yield from _entry(f"{indent}{_key(key)}:", held, indent + "  ")
    elif isinstance(value, list) and value:
        for held in value:
            yield from _entry(f"{indent}-", held, indent + "  ")
    else:
        yield indent + json.dumps(value, ensure_ascii=False)


def _entry(head: str, held: Any, indent: str) -> Iterator[str]:  # noqa: ANN401 - the same
    if isinstance(held, dict | list) and held and not _flat(held):
        yield head
        yield from _lines(held, indent)
    else:
        yield f"{head} {json.dumps(held, ensure_ascii=False)}"


def _flat(held: Any) -> bool:  # noqa: ANN401 - the same
    """Tell whether a list is short enough for one line."""
    short = 80
    return (
        isinstance(held, list)
        and not any(isinstance(one, dict | list) for one in held)
        and (len(json.dumps(held, ensure_ascii=False)) < short)
    )


def _key(key: str) -> str:
    plain = key.replace("_", "").replace("-", "").replace(".", "").isalnum() and not key[0].isdigit()
    return (
        key if plain and key not in {"null", "true", "false", "yes", "no", "on", "off"} else json.dumps(key)
    )
