"""The API described by OpenAPI 3.1: made from the endpoints, the parameters and the types of the answers."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import msgspec

import streams
from streams.dashboard import answers
from streams.dashboard.endpoints import ENDPOINTS, PREFIX, STREAM, Endpoint
from streams.dashboard.parameters import PARAMETERS
from streams.dashboard.problems import CONTENT_TYPE, TYPES, ProblemBody
from streams.records import Alert, EnrichedArticle
from streams.schema import readable
from streams.stories.records import Story


_REF: Final = "#/components/schemas/"

# What stands in an item as it came from a topic.
_RAW: Final = {
    "ArticleItem": ("article", ("ArticleSummary", "EnrichedArticle")),
    "AlertItem": ("alert", ("Alert",)),
    "StoryItem": ("story", ("Story",)),
    "DeadLetterItem": ("dead_letter", ("Letter",)),
}
_ITEMS: Final = {
    "article": "ArticleItem",
    "alert": "AlertItem",
    "story": "StoryItem",
    "dead_letter": "DeadLetterItem",
}
_EVERYWHERE: Final = ("unauthorized", "forbidden-host", "forbidden-origin", "internal")

_STREAM: Final = """\
Each event has a name, JSON in `data`, and an `id` that is a position: a browser sends the last one when it
comes back (`Last-Event-ID`), and the stream goes on there, without holes and without doubles.

| event | data | when |
|---|---|---|
| `hello` | `Hello` | first, on each connection |
| `article`, `alert`, `story`, `dead_letter` | the item, as lists have it | as it comes |
| `stats` | `StatsAnswer` | every five seconds |
| `heartbeat` | `Heartbeat` | after fifteen seconds of silence |
| `reset` | `Reset` | where something was missed that is not kept any more: read the lists anew |

Delivery on the topics is at least once: put what comes in the place of what has the same type and id. A
reader that takes nothing, and falls too far behind, is cut off.
"""


@cache
def document() -> bytes:
    """Return the description, as JSON."""
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Kabar's dashboard",
                "version": streams.__version__,
                "summary": "Enriched articles, alerts and stories of conflict news, as JSON and as a stream.",
                "description": "Only GET and HEAD. An unknown parameter is an error that names it. "
                "Fields are only ever added; pass over those that you do not know. "
                "Records are given as they stand on their topics: their text comes from articles, and is "
                "not to be trusted as HTML or as a link.",
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "paths": {PREFIX + endpoint.path: {"get": _operation(endpoint)} for endpoint in ENDPOINTS},
            "components": {
                "schemas": _schemas(),
                "securitySchemes": {
                    "token": {"type": "http", "scheme": "bearer"},
                    "session": {"type": "apiKey", "in": "cookie", "name": "kabar_session"},
                },
            },
            # Where KABAR_DASHBOARD_TOKEN is not set none is needed.
            "security": [{}, {"token": []}, {"session": []}],
        }
    )


def _schemas() -> dict[str, Any]:
    types = [
        *(type_ for type_ in vars(answers).values() if _is_answer(type_)),
        ProblemBody,
        EnrichedArticle,
        Alert,
        Story,
    ]
    _, components = msgspec.json.schema_components(types, ref_template=_REF + "{name}")
    found: dict[str, Any] = readable(components)
    for name, (field, records) in _RAW.items():
        found[name]["properties"][field] = _any_of(records)
    return dict(sorted(found.items()))


def _is_answer(type_: object) -> bool:
    return isinstance(type_, type) and issubclass(type_, answers.Answer) and type_ is not answers.Answer


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    parameters = [_in_path()] if "{id}" in endpoint.path else []
    parameters += [_in_query(name) for name in endpoint.parameters]
    if endpoint.path == STREAM:
        parameters.append(
            {
                "name": "Last-Event-ID",
                "in": "header",
                "description": "The id of the last event that was seen; it wins over `after`.",
                "schema": {"type": "string"},
            }
        )
    found: dict[str, Any] = {
        "operationId": endpoint.path.strip("/").replace("/{id}", "-one").replace("/", "-").replace(".", "-"),
        "summary": endpoint.help,
        "responses": {**_answered(endpoint), **_problems(endpoint)},
    }
    if parameters:
        found["parameters"] = parameters
    if endpoint.path == STREAM:
        found["description"] = _STREAM
    return found


def _answered(endpoint: Endpoint) -> dict[str, Any]:
    if endpoint.path in {"/login", "/logout"}:
        return {"204": {"description": "It is done."}}
    if endpoint.path == STREAM:
        return {"200": _content("Events.", {"type": "string"}, "text/event-stream")}
    return {"200": _content("What was asked for.", _schema(endpoint))}


def _schema(endpoint: Endpoint) -> dict[str, Any]:
    """Return the schema of what an endpoint answers with."""
    if endpoint.answer is not None:
        return {"$ref": _REF + endpoint.answer.__name__}
    if endpoint.page_of is not None:
        item = _item(endpoint.page_of, whole=False)
        return {"allOf": [{"$ref": _REF + "Page"}, {"properties": {"items": {"items": item}}}]}
    if endpoint.one_of is not None:
        return _item(endpoint.one_of, whole=True)
    return {"type": "object"}


def _item(type_: str, *, whole: bool) -> dict[str, Any]:
    item = {"$ref": _REF + _ITEMS[type_]}
    if type_ != "article":
        return item
    record = "EnrichedArticle" if whole else "ArticleSummary"
    return {"allOf": [item, {"properties": {"article": {"$ref": _REF + record}}}]}


def _problems(endpoint: Endpoint) -> dict[str, Any]:
    """Return the problems an endpoint may answer with, by their status."""
    by_status: dict[str, list[str]] = {}
    for name in (*endpoint.errors, *_EVERYWHERE):
        by_status.setdefault(str(TYPES[name].status.value), []).append(name)
    return {
        status: _content(
            "; ".join(f"`{name}`: {TYPES[name].title}" for name in names),
            {"$ref": _REF + "ProblemBody"},
            CONTENT_TYPE,
        )
        for status, names in sorted(by_status.items())
    }


def _content(description: str, schema: dict[str, Any], type_: str = "application/json") -> dict[str, Any]:
    return {"description": description, "content": {type_: {"schema": schema}}}


def _in_path() -> dict[str, Any]:
    return {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}


def _in_query(name: str) -> dict[str, Any]:
    parameter = PARAMETERS[name]
    found: dict[str, Any] = {"name": name, "in": "query", "description": parameter.help}
    if parameter.many:
        # Where values are split at commas, one text may hold several; repeating it is understood as well.
        found |= {"schema": {"type": "array", "items": parameter.schema}, "explode": not parameter.split}
    else:
        found["schema"] = parameter.schema
    return found


def _any_of(names: tuple[str, ...]) -> dict[str, Any]:
    refs = [{"$ref": _REF + name} for name in names]
    return refs[0] if len(refs) == 1 else {"anyOf": refs}
