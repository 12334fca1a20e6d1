"""JSON Schemas of the records on the wire, made from the record types."""

from __future__ import annotations

import re
from importlib import resources
from typing import Any

import msgspec
import orjson

from streams.records import Alert, EnrichedArticle, RawArticle
from streams.stories.records import Story


VERSION = "v1"
"""The version of all of them; a new one only for a change that breaks a reader."""

RECORDS = {"raw": RawArticle, "enriched": EnrichedArticle, "alert": Alert, "story": Story}

_SOME_TEXT = [{"required": [field]} for field in ("title", "text", "html")]

# Docstrings are written for Sphinx; a schema is read without it.
_ROLE = re.compile(r":\w++:`~?\.?([^`]++)`")
_LITERAL = re.compile(r"``([^`]++)``")


def file_name(name: str) -> str:
    """Return the name of the file that the schema of a record is checked in under."""
    return f"{name}.{VERSION}.json"


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of ``raw``, ``enriched``, ``alert`` or ``story``.

    Fields that are not in it are allowed everywhere: records gain fields, and readers ignore
    those that they do not know.
    """
    (reference,), components = msgspec.json.schema_components([RECORDS[name]], ref_template="#/$defs/{name}")
    definitions = readable(components)
    top = definitions.pop(reference["$ref"].rpartition("/")[2])
    if name == "raw":
        top["anyOf"] = _SOME_TEXT
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:kabar:schema:{name}:{VERSION}",
        **top,
        "examples": [example(name)],
        "$defs": dict(sorted(definitions.items())),
    }


def example(name: str) -> dict[str, Any]:
    """Return a record of that name as it is on the wire: ``streams/examples/NAME.json``."""
    content = resources.files("streams").joinpath(f"examples/{name}.json").read_bytes()
    found: dict[str, Any] = orjson.loads(content)
    return found


def components(template: str) -> dict[str, Any]:
    """Return the schemas of all records and their parts, by name, for a document that holds them all.

    ``template`` is what a reference to ``{name}`` looks like there.
    """
    _, found = msgspec.json.schema_components(list(RECORDS.values()), ref_template=template)
    described: dict[str, Any] = readable(found)
    described[RawArticle.__name__]["anyOf"] = _SOME_TEXT
    return dict(sorted(described.items()))


def schema_json(name: str) -> bytes:
    """Return the schema of a record as it is checked in."""
    return orjson.dumps(schema(name), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def readable(node: Any) -> Any:  # noqa: ANN401 - JSON is anything
    """Return a schema with plain descriptions, and with one list of types where a value may be of several."""
    if isinstance(node, list):
        return [readable(item) for item in node]
    if not isinstance(node, dict):
        return node
    types = [choice.get("type") if list(choice) == ["type"] else None for choice in node.get("anyOf", [])]
    if types and None not in types:
        node = {"type": types} | {key: value for key, value in node.items() if key != "anyOf"}
    return {
        key: _plain(value) if key == "description" and isinstance(value, str) else readable(value)
        for key, value in node.items()
        if not (key == "required" and not value)
    }


def _plain(text: str) -> str:
    return " ".join(_LITERAL.sub(r"\1", _ROLE.sub(r"\1", text)).split())
